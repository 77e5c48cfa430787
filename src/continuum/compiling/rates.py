# SPDX-License-Identifier: MIT
"""Rates: dated amounts or values by key, with every row checked against its keys, its days and the other rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

from continuum.compiled import DATE, UNPUBLISHED, YES_NO, Cite, Rate, RateRow, Span, Type, fits
from continuum.compiling.expressions import Fault
from continuum.errors import listed, nearest
from continuum.packs import model
from continuum.packs.language import Between, Compare, Date, Num, read_cell
from continuum.packs.reading import Path, Source

ROW_KEYS = ("value", "from", "to", "source", "illustrative", "note")


class Scope(Protocol):
    """What a rate needs to know of the pack's names."""

    source: Source

    def reported(self, path: Path, *, key: bool = False) -> AbstractContextManager[None, bool]:
        """Report a fault at this path and go on."""

    def key_type(self, key: str) -> Type:
        """The type of a key."""

    def reachable(self, key: str, value: Any) -> None:
        """Refuse a key that the input of that name can never be."""

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
            keys.append((key, scope.key_type(key)) if isinstance(key, str) else _typed_key(key))
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
            found.append(_key(scope, written[key], type_))
            scope.reachable(key, found[-1])
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


def _typed_key(written: Mapping[str, str]) -> tuple[str, Type]:
    """A key that says its own type, as `{total: number}`: any number, date or yes or no may be looked up with it."""
    name, kind = next(iter(written.items()))
    if kind in ("yes_no", "date"):
        return name, YES_NO if kind == "yes_no" else DATE
    return name, Type("number", money=kind == "money", whole=kind == "integer")


def _key(scope: Scope, text: str, type_: Type) -> Any:
    """A key of a row: any, a value, or a span of numbers or days."""
    if text == "any":
        return None
    if type_.kind not in ("number", "date") or not text.lstrip().startswith(("[", "(", "<", ">")):
        return scope.constant(text, type_)
    cell = read_cell(text)
    if isinstance(cell, Between):
        span = Span(_end(cell.low), _end(cell.high), cell.low_in, cell.high_in)
        if span.low > span.high or (span.low == span.high and not (span.low_in and span.high_in)):
            raise Fault("CX213", "the interval holds nothing", hint="write the lower end first")
        return span
    if isinstance(cell, Compare) and cell.op in ("<", "<=", ">", ">="):
        end, inside = _end(cell.side), "=" in cell.op
        return Span(end, None, low_in=inside) if cell.op[0] == ">" else Span(None, end, high_in=inside)
    raise Fault("CX402", f"`{text}` is not a key of a row", expected="a value, any, an interval such as [27 .. 36], or >= 37")


def _end(side: Any) -> Any:
    if not isinstance(side, Num | Date):
        raise Fault("CX402", "the ends of a key are plain numbers or days", expected="such as [27 .. 36]")
    return side.value


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
    wild = [(i, row) for i, row in enumerate(rows) if any(key is None or isinstance(key, Span) for key in row.keys)]
    for n, (i, one) in enumerate(wild):
        for j, other in wild[n + 1 :]:
            if _ambiguous(one, other, rows):
                message = f"rows {i + 1} and {j + 1} of `{name}` both fit the same keys and neither is more exact"
                by_span = any(isinstance(key, Span) for key in one.keys)
                hint = "the intervals overlap: mend an end of one of them" if by_span else "add a row for exactly those keys"
                scope.source.report("CX401", (*path, "rows", j), message, hint=hint)


def _share(one: Any, other: Any) -> bool:
    """Whether two keys of rows may fit the same value."""
    if one is None or other is None:
        return True
    if isinstance(one, Span) and isinstance(other, Span):
        return one.meets(other)
    return fits(one, other) if isinstance(one, Span) else fits(other, one)


def _ambiguous(one: RateRow, other: RateRow, rows: list[RateRow]) -> bool:
    """Whether two rows with wildcards fit the same keys on the same day, with nothing to choose between them."""
    if one.keys == other.keys or one.width != other.width:
        return False
    if not all(map(_share, one.keys, other.keys)):
        return False
    start = max(one.start or dt.date.min, other.start or dt.date.min)
    end = min(one.end or dt.date.max, other.end or dt.date.max)
    both = tuple(b if a is None else a for a, b in zip(one.keys, other.keys, strict=True))
    covered = any(row.keys == both and (row.start or dt.date.min) <= start and (row.end or dt.date.max) >= end for row in rows)
    return start <= end and (both in (one.keys, other.keys) or not covered)
