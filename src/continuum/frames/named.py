# SPDX-License-Identifier: MIT
"""Which column of a frame answers which question, and what the columns beside it will be called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from continuum.compiled import CompiledPack
from continuum.errors import EngineError, Finding, listed, nearest
from continuum.frames.output import layout
from continuum.profiles import Reader, safe


def inputs_of(reader: Reader, names: Sequence[Any], given: Mapping[str, str]) -> dict[str, Any]:
    """For each input of the pack its column. A column stands for an input by the mapping, or by its name, code or label.

    Raises:
        EngineError: CX812, with every input that has no column or two, and every entry of the mapping that leads nowhere.
    """
    pack, findings = reader.pack, []
    found: dict[str, list[Any]] = {name: [] for name in pack.inputs}
    for column, asked in given.items():
        name = reader.fields.get(asked) or reader.fields.get(asked.strip().lower())
        if column not in names:
            hint = nearest(str(column), [str(one) for one in names])
            findings.append(Finding("CX812", f"`columns` names {safe(column)}, which is no column of the frame", hint=hint))
        elif name is None:
            hint = nearest(asked, [*pack.inputs, *reader.fields])
            findings.append(Finding("CX812", f"`columns` leads to {safe(asked)}, which is not asked by {pack.id}", hint=hint))
        else:
            found[name].append(column)
    for column in names:
        name = reader.fields.get(str(column)) or reader.fields.get(str(column).strip().lower())
        if name and column not in given:
            found[name].append(column)
    findings += [
        Finding(
            "CX812", f"`{name}` has two columns: {listed([str(one) for one in two])}",
            hint="drop or rename one",
        )
        for name, two in found.items() if len(two) > 1
    ]  # fmt: skip
    taken = {column for two in found.values() for column in two}
    findings += [_missing(pack, name, [str(one) for one in names if one not in taken]) for name, one in found.items() if not one]
    if findings:
        raise EngineError(findings)
    return {name: one[0] for name, one in found.items()}


def _missing(pack: CompiledPack, name: str, free: list[str]) -> Finding:
    """That no column is there; nothing is taken for unknown because a heading is misspelt."""
    close = nearest(name, free) or nearest(pack.label(name), free) or nearest(pack.inputs[name].ask, free)
    hint = close + "; say so with columns={...}" if close else "where nobody knows it, add a column without values"
    return Finding("CX812", f"`{name}` ({pack.inputs[name].ask}) has no column", hint=hint)


def refuse_clashes(pack: CompiledPack, names: Sequence[Any], prefix: str) -> None:
    """Refuse to write over a column of the frame.

    Raises:
        EngineError: CX812, naming the columns.
    """
    lower = {str(name).lower() for name in names}  # DuckDB and Spark do not tell the cases apart
    clashes = [name for name in layout(pack, prefix) if name.lower() in lower]
    if clashes:
        message = f"the frame has columns that the decisions would write over: {listed(clashes, 5)}"
        raise EngineError(Finding("CX812", message, hint='give a prefix, such as prefix="decided_"'))
