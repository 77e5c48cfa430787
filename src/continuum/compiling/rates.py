# SPDX-License-Identifier: MIT
"""Rates: dated amounts or values by key, with every row checked against its keys, its days and the other rows."""

from __future__ import annotations

import datetime as dt
from contextlib import AbstractContextManager
from typing import Any, Protocol

from continuum.compiled import UNPUBLISHED, Cite, Rate, RateRow, Type
from continuum.errors import listed, nearest
from continuum.packs import model
from continuum.packs.reading import Path, Source

ROW_KEYS = ("value", "from", "to", "source", "illustrative", "note")


class Scope(Protocol):
    """What a rate needs to know of the pack's names."""

    source: Source

    def reported(self, path: Path, *, key: bool = False) -> AbstractContextManager[None, bool]:
        """Report a fault at this path and go on."""

    def key_type(self, key: str) -> Type:
        """The type of a key."""

    def constant(self, text: str, type_: Type) -> Any:
        """A value written plainly."""

    def rate_type(self, name: str, rate: model.Rate) -> Type:
        """The type of a rate's values."""

    def cite(self, text: str) -> Cite:
        """A citation of a listed source."""


def compile_rate(scope: Scope, name: str, rate: model.Rate) -> Rate | None:
    """The compiled rate, or None where something in it could not be read; faults are reported."""
    path: Path = ("rates", name)
    before = len(scope.source.findings)
    keys: list[tuple[str, Type]] = []
    for i, key in enumerate(rate.keys):
        with scope.reported((*path, "keys", i)):
            keys.append((key, scope.key_type(key)))
    type_ = None
    with scope.reported((*path, "type")):
        type_ = scope.rate_type(name, rate)
    if type_ is None or len(scope.source.findings) > before:
        return None
    rows = [row for i, written in enumerate(rate.rows) if (row := _row(scope, keys, type_, written, (*path, "rows", i)))]
    _overlaps(scope, name, rows, path)
    return Rate(name, tuple(keys), type_, tuple(rows)) if len(scope.source.findings) == before else None


def _row_keys(scope: Scope, keys: list[str], written: dict[str, Any], path: Path) -> None:
    """Report keys that are not known, missing, or hold more than one value."""
    allowed = [*keys, *ROW_KEYS]
    for key, value in written.items():
        if key not in allowed:
            scope.source.report(
                "CX104",
                (*path, key),
                f"`{key}` is not a key of this row",
                expected=listed(allowed),
                hint=nearest(key, allowed),
                key=True,
            )
        elif key == "source" and isinstance(value, list) and all(isinstance(item, str) for item in value):
            continue
        elif not isinstance(value, str):
            scope.source.report("CX107", (*path, key), f"`{key}` should be one value")
    for key in (*keys, "value"):
        if key not in written:
            scope.source.report(
                "CX402",
                path,
                f"the row does not say its `{key}`",
                hint=f"add {key}:" + ("" if key == "value" else " (any fits every value)"),
            )


def _row(scope: Scope, keys: list[tuple[str, Type]], amount: Type, written: dict[str, Any], path: Path) -> RateRow | None:
    before = len(scope.source.findings)
    _row_keys(scope, [key for key, _ in keys], written, path)
    if len(scope.source.findings) > before:
        return None
    found: list[Any] = []
    found_amount: Any = UNPUBLISHED
    start = end = None
    cites: list[Cite] = []
    for key, type_ in keys:
        with scope.reported((*path, key)):
            found.append(None if written[key] == "any" else scope.constant(written[key], type_))
    with scope.reported((*path, "value")):
        found_amount = UNPUBLISHED if written["value"] == UNPUBLISHED else scope.constant(written["value"], amount)
    with scope.reported((*path, "from")):
        start = model.read_day(written["from"]) if "from" in written else None
    with scope.reported((*path, "to")):
        end = model.read_day(written["to"]) if "to" in written else None
    if start and end and end < start:
        scope.source.report("CX213", (*path, "to"), "the row ends before it begins", hint="swap the two days")
    for text in _listed(written.get("source", [])):
        with scope.reported((*path, "source")):
            cites.append(scope.cite(text))
    if len(scope.source.findings) > before:
        return None
    return RateRow(tuple(found), found_amount, start, end, tuple(cites), written.get("illustrative", ""))


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _overlaps(scope: Scope, name: str, rows: list[RateRow], path: Path) -> None:
    by_key: dict[tuple[Any, ...], list[tuple[dt.date, dt.date, int]]] = {}
    for i, row in enumerate(rows):
        by_key.setdefault(row.keys, []).append((row.start or dt.date.min, row.end or dt.date.max, i))
    for keys, spans in by_key.items():
        spans.sort()
        last, i = spans[0][1], spans[0][2]
        for start, end, j in spans[1:]:
            if start <= last:
                shown = ", ".join("any" if key is None else str(key) for key in keys) or "this rate"
                hint = f"end row {i + 1} before {start}"
                scope.source.report(
                    "CX401",
                    (*path, "rows", j),
                    f"rows {i + 1} and {j + 1} of `{name}` both hold for {shown} on {start}",
                    hint=hint,
                )
            if end > last:
                last, i = end, j
    wild = [(i, row) for i, row in enumerate(rows) if None in row.keys]
    for n, (i, one) in enumerate(wild):
        for j, other in wild[n + 1 :]:
            if _ambiguous(one, other, rows):
                message = f"rows {i + 1} and {j + 1} of `{name}` both fit the same keys and neither is more exact"
                scope.source.report("CX401", (*path, "rows", j), message, hint="add a row for exactly those keys")


def _ambiguous(one: RateRow, other: RateRow, rows: list[RateRow]) -> bool:
    """Whether two rows with wildcards fit the same keys on the same day, with nothing to choose between them."""
    if one.keys == other.keys or one.keys.count(None) != other.keys.count(None):
        return False
    if any(a is not None and b is not None and a != b for a, b in zip(one.keys, other.keys, strict=True)):
        return False
    start = max(one.start or dt.date.min, other.start or dt.date.min)
    end = min(one.end or dt.date.max, other.end or dt.date.max)
    both = tuple(b if a is None else a for a, b in zip(one.keys, other.keys, strict=True))
    covered = any(row.keys == both and (row.start or dt.date.min) <= start and (row.end or dt.date.max) >= end for row in rows)
    return start <= end and not covered
