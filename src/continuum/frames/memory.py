# SPDX-License-Identifier: MIT
"""Frames in memory: rows in which all is known by the arrays of the index, each other distinct row by the rulebook.

A row in which something is not known is decided as one profile is: its ranges are exact wherever the diagram makes them so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from continuum.arithmetic import as_decimal
from continuum.compiled import ABSENT, CompiledPack, Known, RateRead, Read, Rule, condition_reads, reads
from continuum.decisions import Outcome
from continuum.engines.columns import Codes, Column, Columns, TooManyError, column, distinct
from continuum.errors import Finding, ProfileError
from continuum.frames.door import Rules
from continuum.frames.output import EXACT, FAULT, INVALID, JOIN, STATUS, cells, columns_of
from continuum.frames.reading import Cells, factorised, ordinal, read_column, refusal
from continuum.packs.model import DAY

Rows = NDArray[np.intp]


def decide_in_memory(
    rules: Rules, frame: nw.DataFrame[Any], inputs: Mapping[str, Any], on: dt.date | str, prefix: str
) -> nw.DataFrame[Any]:
    """The frame with its decisions."""
    count = len(frame)
    read = {name: read_column(rules.reader, name, frame[one]) for name, one in inputs.items()}
    table = _Rows(rules, read, count)
    days = _days(rules.pack, frame, on, table)
    for day, rows in days:
        table.decide(day, rows)
    return frame.with_columns(*table.columns(frame, prefix))


def _days(pack: CompiledPack, frame: nw.DataFrame[Any], on: dt.date | str, table: _Rows) -> list[tuple[dt.date, Rows]]:
    """The days to decide for, each with its rows; a row without a day that the version covers is refused."""
    if isinstance(on, dt.date):
        return [(on, np.arange(table.count))]
    codes, raw = factorised(frame[on], on)
    days = [_day(value) for value in raw]
    covered = np.array([bool(day and pack.covers(day)) for day in days] + [False], dtype=bool)
    table.refuse(np.flatnonzero(~covered[codes]), refused_day(pack, on))
    together: dict[dt.date, list[int]] = {}
    for number, day in enumerate(days):
        if day and covered[number]:
            together.setdefault(day, []).append(number)
    return [(day, np.flatnonzero(np.isin(codes, numbers))) for day, numbers in together.items()]


def _day(value: Any) -> dt.date | None:
    if isinstance(value, np.datetime64):
        value = value.astype("datetime64[us]").item()
    if isinstance(value, dt.datetime):
        return value.date() if value.tzinfo is None and value.time() == dt.time.min else None
    if isinstance(value, str) and DAY.match(value.strip()):
        try:
            return dt.date.fromisoformat(value.strip())
        except ValueError:
            return None
    return value if isinstance(value, dt.date) else None


def refused_day(pack: CompiledPack, name: str) -> str:
    """Why a row is refused whose day the version does not cover."""
    return f"`{name}` is no day on which {pack.id} {pack.version} decides; it is {pack.in_force.words()}"


class _Rows:
    """The rows of one frame as they are decided: for each outcome a code, which is the place of what it came to."""

    def __init__(self, rules: Rules, read: Mapping[str, Cells], count: int) -> None:
        self.rules, self.pack, self.count = rules, rules.pack, count
        self.read = {name: _merged(cells) for name, cells in read.items()}
        self.asked = [name for name in self.pack.inputs if name in inputs_read(self.pack)]
        self.faults: NDArray[Any] = np.full(count, "", dtype=object)
        self.codes = {name: np.full(count, -1, dtype=np.intp) for name in self.pack.outcomes}
        self.came_to: dict[str, list[Outcome]] = {name: [] for name in self.pack.outcomes}
        for one in read.values():
            for number, words in enumerate(one.faults):
                if words:
                    self.refuse(np.flatnonzero(one.codes == number), words)

    def refuse(self, rows: Rows, words: str) -> None:
        """Say of these rows why they are not decided."""
        for row in rows:
            before = self.faults[row]
            self.faults[row] = before + JOIN + words if before else words

    def decide(self, day: dt.date, rows: Rows) -> None:
        """Decide these rows for a day."""
        for name, asked in self.pack.inputs.items():
            if "today" in (asked.low, asked.high):
                read, today = self.read[name], day.toordinal()
                ends = np.array([ordinal(value) for value in read.values], dtype=np.int64)[read.codes[rows]]
                outside = (ends > today) if asked.high == "today" else (ends < today) & (ends > 0)
                self.refuse(rows[outside], refusal(self.rules.reader, name, "CX503"))
        rows = rows[self.faults[rows] == ""]
        complete = np.ones(len(rows), dtype=bool)
        for name in self.asked:
            read = self.read[name]
            complete &= read.known[read.codes[rows]]
        try:
            self._together(day, rows[complete])
        except TooManyError:
            self._singly(day, rows[complete])
        self._singly(day, rows[~complete])

    def _together(self, day: dt.date, rows: Rows) -> None:
        """Rows in which all is known."""
        columns = Columns(self.pack, day, self.rules.index)
        found = columns.contradictions(self._columns(rows))
        for number, entry in enumerate(self.pack.impossible):
            self.refuse(rows[found == number], f"the profile contradicts itself: {entry.because}")
        rows = rows[found < 0]
        decided = columns.decide(self._columns(rows))
        for name, one in decided.outcomes.items():
            outcomes = [self.rules.outcome(self.pack.tables[name], worked) for worked in one.values]
            self.codes[name][rows] = one.codes + len(self.came_to[name])
            self.came_to[name] += outcomes
        self._singly(day, rows, decided.left_out)

    def _columns(self, rows: Rows) -> dict[str, Column]:
        """The inputs of these rows, with the values that they have."""
        found = {}
        for name in self.asked:
            codes, values = self.read[name].codes[rows], self.read[name].values
            used = np.zeros(len(values), dtype=bool)
            used[codes] = True
            found[name] = Column((np.cumsum(used) - 1)[codes], tuple(values[number] for number in np.flatnonzero(used)))
        return found

    def _singly(self, day: dt.date, rows: Rows, outcomes: Sequence[str] | None = None) -> None:
        """Rows in which not all is known, or which tell too many apart: each distinct one is decided as a profile."""
        names = self.pack.outcomes if outcomes is None else outcomes
        if not names or not len(rows):
            return
        firsts, group = distinct([self.read[name].codes[rows] for name in self.asked], len(rows))
        order, places = np.argsort(group, kind="stable"), np.searchsorted(np.sort(group), np.arange(len(firsts) + 1))
        for number, first in enumerate(rows[firsts]):
            mine = rows[order[places[number] : places[number + 1]]]
            try:
                decision = self.rules.decide(self._profile(first), day)
            except ProfileError as error:
                self.refuse(mine, JOIN.join(_told(finding) for finding in error.findings))
                continue
            for name in names:
                self.codes[name][mine] = len(self.came_to[name])
                self.came_to[name].append(decision.outcomes[name])

    def _profile(self, row: int) -> dict[str, Any]:
        """One row as a profile is given. What is not known is said to be so, or a blank would be filled in."""
        found = {}
        for name in self.pack.inputs:
            value = self.read[name].values[self.read[name].codes[row]]
            found[name] = "absent" if value is ABSENT else as_decimal(value, None) if isinstance(value, Fraction) else value
        return found

    # what comes out

    def columns(self, frame: nw.DataFrame[Any], prefix: str) -> list[nw.Series[Any]]:
        """The columns of the decisions."""
        make = _maker(frame)
        found = [make(prefix + STATUS, nw.String, *self._statuses())]
        found.append(make(prefix + FAULT, nw.String, *_coded(self.faults)))
        found.append(make(prefix + EXACT, nw.Boolean, *self._exact()))
        for name in self.pack.outcomes:
            type_ = self.pack.tables[name].type
            rows = [cells(outcome, type_) for outcome in self.came_to[name]]
            for place, (title, dtype) in enumerate(columns_of(name, type_).items()):
                found.append(make(prefix + title, dtype, self.codes[name], [row[place] for row in rows]))
        return found

    def _statuses(self) -> tuple[Codes, list[Any]]:
        """Of a row the state that comes last in this order, which any of its outcomes has."""
        order = ("not_applicable", "indicated", "range", "refer")
        worst = np.zeros(self.count, dtype=np.intp)
        for name, found in self.came_to.items():
            ranks = np.array([order.index(outcome.state) for outcome in found] + [0], dtype=np.intp)
            worst = np.maximum(worst, ranks[self.codes[name]])
        worst[self.faults != ""] = len(order)
        return worst, ["out_of_scope", *order[1:], INVALID]

    def _exact(self) -> tuple[Codes, list[Any]]:
        exact = np.ones(self.count, dtype=np.intp)
        for name, found in self.came_to.items():
            exact &= np.array([outcome.exact for outcome in found] + [True], dtype=np.intp)[self.codes[name]]
        exact[self.faults != ""] = -1
        return exact, [False, True]


def inputs_read(pack: CompiledPack) -> frozenset[str]:
    """The inputs that an outcome or an ``impossible`` entry reads; the others are only recorded."""
    found: set[str] = set()
    items = [read for rule in _rules(pack) for read in _reads_of(rule)]
    items += [read for table in pack.tables.values() for check in table.checks for read in reads(check)]
    items += [read for entry in pack.impossible for read in condition_reads(entry.condition)]
    items += [read for measure in pack.measures.values() for read in reads(measure.expr)]
    for item in items:
        if not isinstance(item, RateRead) and (isinstance(item, Known) or item.of == "input"):
            found.add(item.name)
    return frozenset(found)


def _rules(pack: CompiledPack) -> Iterator[Rule]:
    return (rule for table in pack.tables.values() for rule in table.rules)


def _reads_of(rule: Rule) -> Iterator[Read | Known | RateRead]:
    yield from condition_reads(rule.condition)
    for _, expr in rule.then.values:
        yield from reads(expr)


def _merged(cells: Cells) -> Cells:
    """The same with one code for each value, however it was written."""
    one = column(cells.values)
    return Cells(one.codes[cells.codes], one.values, np.array([value is not None for value in one.values], dtype=bool), ())


def _told(finding: Finding) -> str:
    return finding.message


def _coded(texts: NDArray[Any]) -> tuple[Codes, list[Any]]:
    """Texts by code; an empty one is none."""
    one = column(texts.tolist())
    return one.codes, [text or None for text in one.values]


def _maker(frame: nw.DataFrame[Any]) -> Callable[[str, Any, Codes, list[Any]], nw.Series[Any]]:
    """How a column is made for this engine from codes and the few values they stand for; -1 is none."""
    engine = frame.implementation
    types = _pandas_types(frame) if engine.is_pandas_like() else {}

    def make(name: str, dtype: Any, codes: Codes, values: list[Any]) -> nw.Series[Any]:
        if types:  # a plain NumPy column cannot be without a value
            native = nw.get_native_namespace(frame).Series([*values, None], dtype=types[dtype])
            few = nw.from_native(native, series_only=True)
        else:
            few = nw.new_series(name, [*values, None], dtype, backend=engine)
        made: nw.Series[Any] = few[np.where(codes < 0, len(values), codes)].alias(name)
        return made

    return make


def _pandas_types(frame: nw.DataFrame[Any]) -> dict[Any, str]:
    """The pandas types of columns: of pyarrow where the frame has such columns, else those that can be without a value."""
    if any("pyarrow" in str(one) for one in frame.to_native().dtypes):
        return {nw.Boolean: "bool[pyarrow]", nw.Int64: "int64[pyarrow]", nw.String: "string[pyarrow]"}
    return {nw.Boolean: "boolean", nw.Int64: "Int64", nw.String: "string"}
