# SPDX-License-Identifier: MIT
"""A name is never read if and only if no outcome rests on it, and no `impossible` entry and no property speaks of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from continuum.checks.subject import Check, Fault, Subject
from continuum.compiled import CompiledPack, Known, RateRead, Read, condition_reads, needed, reads
from continuum.packs.reading import Path


def find(subject: Subject) -> Iterator[Fault]:
    """One fault for each name that is never read; a protected input is recorded, and not meant to be read."""
    pack = subject.pack
    read = _read(pack)
    kinds: list[tuple[str, Iterable[str], str]] = [
        ("the input", [name for name, asked in pack.inputs.items() if not asked.protected], "inputs"),
        ("the measure", pack.measures, "measures"),
        ("the rate", pack.rates, "rates"),
        ("the decision", pack.tables, ""),
    ]
    for kind, names, key in kinds:
        for name in (one for one in names if one not in read):
            path: Path = (key, name) if key else subject.table_path(name)
            hint = "remove it, or write the rule that was to read it"
            yield Fault(name, f"{kind} `{name}` is never read: it changes no outcome", path, hint=hint, severity="warning")


def _read(pack: CompiledPack) -> set[str]:
    """Every name that an outcome or an `impossible` entry rests on, or of which a property speaks."""
    found = {name for outcome in pack.outcomes for name in needed(pack, outcome)}
    spoken = [item for entry in pack.impossible for item in condition_reads(entry.condition)]
    found |= {inner for item in spoken if isinstance(item, Read) and item.of != "input" for inner in needed(pack, item.name)}
    items = [*spoken, *(item for name in found for item in _reads_of(pack, name))]
    asked = {name for prop in pack.properties for name in dict(prop.parts).get("inputs", ())}
    return found | asked | {item.rate if isinstance(item, RateRead) else item.name for item in items}


def _reads_of(pack: CompiledPack, name: str) -> Iterator[Read | Known | RateRead]:
    if name in pack.measures:
        yield from reads(pack.measures[name].expr)
        return
    for rule in pack.tables[name].rules:
        yield from condition_reads(rule.condition)
        for _, expr in rule.then.values:
            yield from reads(expr)


UNREAD = Check("unread", "CX925", find)
