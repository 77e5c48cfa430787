# SPDX-License-Identifier: MIT
"""The index engine over columns: many complete profiles at once, each answer a number.

A column is an array of codes with the values that they stand for. The masks of :mod:`continuum.engines.masks` become arrays
of 64-bit words and are combined with ``&`` for all rows together. Rows that are left with the same bits, and the same of all
else that a table looks at, are one: the index engine decides the first of them and its result stands for all. So nothing is
decided here that it does not decide, and the work grows with the profiles that the rules tell apart, not with the rows.

NumPy is an extra (``pip install kent-continuum[frames]``); nothing else in the package imports this module.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from continuum.compiled import CompiledPack, Expr, Known, Lit, Op, RateRead, Read, Rule, clauses, condition_reads, reads
from continuum.engines.hits import FIXED, INDICATED, Worked, hashable
from continuum.engines.index import Index, Indexed
from continuum.engines.masks import joined
from continuum.engines.reference import Env, operation
from continuum.errors import EngineError, Finding

Codes: TypeAlias = NDArray[np.intp]
Words: TypeAlias = NDArray[np.uint64]
MOST: Final = 200_000
"""An outcome for which more profiles than this must be told apart is left out."""
WORD: Final = 64
FULL: Final = (1 << WORD) - 1
SLOTS: Final = 20
"""Rows are hashed into at most so many bits of slots."""
IN_ORDER: Final = ("if", "coalesce", "if_absent", "and", "or")
"""Operations that look at one side before the other are worked out whole."""
MIXING: Final = 0x9E3779B97F4A7C15


class Column(NamedTuple):
    """One input, or one outcome, of many profiles: for each row a code, which is the place of its value."""

    codes: Codes
    values: tuple[Any, ...]


class Decided(NamedTuple):
    """The outcomes of many profiles; ``left_out`` are those that are not done in columns, and must be decided row by row."""

    outcomes: dict[str, Column]
    left_out: tuple[str, ...]


class TooManyError(Exception):
    """The profiles that must be told apart are too many."""


def column(values: Iterable[Any]) -> Column:
    """Values, as engines take them, as a column."""
    places: dict[Any, int] = {}
    codes = [places.setdefault((type(value), value), len(places)) for value in values]
    return Column(np.array(codes, dtype=np.intp), tuple(value for _, value in places))


def distinct(columns: Sequence[NDArray[Any]], rows: int) -> tuple[Codes, Codes]:
    """The first row of each group of rows that are equal in all columns, and the group of each row.

    Rows are hashed into slots. Those that equal the first of their slot are done; the others go round again, hashed anew.
    """
    group = np.zeros(rows, dtype=np.intp)
    if not columns or not rows:
        return np.arange(min(rows, 1)), group
    firsts: list[Codes] = []
    count, turn, left = 0, 1, np.arange(rows)
    while left.size:
        parts = [one[left] for one in columns] if len(left) < rows else list(columns)
        width = min(SLOTS, len(left).bit_length() + 2)
        slots = _slots(parts, turn) >> np.uint64(WORD - width)
        first = np.zeros(1 << width, dtype=np.intp)
        first[slots[::-1]] = np.arange(len(left))[::-1]  # of several the last one written stays: the first row
        leads = first[slots]
        same = np.ones(len(left), dtype=bool)
        for part in parts:
            same &= part == part[leads]
        heads = leads == np.arange(len(left))
        numbers = count + np.cumsum(heads) - 1
        group[left[same]] = numbers[leads[same]]
        firsts.append(left[heads])
        count, turn, left = count + int(heads.sum()), turn + 1, left[~same]
    return np.concatenate(firsts), group


def _slots(parts: Sequence[NDArray[Any]], turn: int) -> Words:
    total = np.zeros(len(parts[0]), dtype=np.uint64)
    for number, part in enumerate(parts):
        total = (total ^ part.astype(np.uint64)) * np.uint64((MIXING * (2 * (turn + 31 * number) + 1)) % (1 << WORD) | 1)
        total ^= total >> np.uint64(29)
    return total


class Columns:
    """A pack on one day, ready to decide columns. What it keeps is bounded, and threads may share it."""

    def __init__(self, pack: CompiledPack, day: dt.date, index: Index | None = None) -> None:
        """With ``index``, the index of this pack that is there already."""
        self.pack, self.day, self.index = pack, day, index or Index(pack)
        self.given = frozenset(pack.inputs)
        rests = {name: self.index.rests(reads(measure.expr))[1] for name, measure in pack.measures.items()}
        self.measures = {name for name, measure in pack.measures.items() if not measure.fallible and not rests[name]}
        self.fields = {name: list(dict.fromkeys(items)) for name, items in self._fields().items()}
        counts = {name: self.index.cells[name].count for name in self.index.fields}
        tables = self.index.tables.values()
        masks, self.every, self.starts = joined([(table.bits, table.early) for table in tables], counts)
        self.words = -(-self.every.bit_length() // WORD)
        self.masks = {name: _in_words(values, self.words) for name, values in masks.items()}

    def decide(self, columns: Mapping[str, Column]) -> Decided:
        """Every outcome of complete rows, with the very results of the reference engine, their rules and words among them.

        Raises:
            EngineError: CX704, where an input that is read has no column.
        """
        run = _Rows(self, columns)
        found: dict[str, Column] = {}
        for name in self.pack.outcomes:
            try:
                found[name] = run.table(name)
            except TooManyError:
                continue
        return Decided(found, tuple(name for name in self.pack.outcomes if name not in found))

    def contradictions(self, columns: Mapping[str, Column]) -> Codes:
        """For each row the number of the first ``impossible`` entry that holds; -1 where none does.

        Raises:
            EngineError: CX704, where an input that is read has no column.
        """
        run = _Rows(self, columns)
        found = np.full(run.count, -1, dtype=np.intp)
        for number, (item, holds) in reversed(
            list(enumerate(zip(self.pack.impossible, self.index.reference.impossible, strict=True)))
        ):
            firsts, group = run.told_apart(self.direct(condition_reads(item.condition)))
            held = np.array([holds(run.env(row)) for row in firsts], dtype=bool)
            found[held[group]] = number
        return found

    def direct(self, items: Iterable[Read | Known | RateRead]) -> list[str]:
        """The inputs, measures and decisions that these rest on; measures that may fail or read decisions are looked through."""
        found: dict[str, None] = {}
        for item in items:
            if isinstance(item, Read) and item.name in self.measures:
                found[item.name] = None
            elif isinstance(item, Read) and item.of == "measure":
                found |= dict.fromkeys(self.direct(reads(self.pack.measures[item.name].expr)))
            elif isinstance(item, Read) and (item.name in self.pack.inputs or item.of == "decision"):
                found[item.name] = None
        return list(found)

    def _fields(self) -> dict[str, list[Any]]:
        """What each field of the index reads."""
        found: dict[str, list[Any]] = {}
        for table in self.pack.tables.values():
            for rule in table.rules:
                for clause in clauses(rule.condition):
                    found.setdefault(self.index.literal(clause, True)[0], []).extend(condition_reads(clause))  # noqa: FBT003
            for field in self.index.tables[table.name].early:
                if field not in found:
                    found[field] = [item for check in table.checks for item in reads(check)]
        return found


class _Rows:
    """The rows of one call."""

    def __init__(self, owner: Columns, columns: Mapping[str, Column]) -> None:
        self.owner, self.pack, self.index, self.columns = owner, owner.pack, owner.index, columns
        self.count = len(next(iter(columns.values())).codes) if columns else 0
        self._tables: dict[str, Column] = {}
        self._measures: dict[str, Column] = {}
        self._cells: dict[str, Codes] = {}
        self._bits: list[Words] | None = None

    def env(self, row: int, names: Iterable[str] | None = None) -> Env:
        """One row, or only these inputs of it, as the index engine takes it."""
        chosen = self.columns if names is None else {name: self.columns[name] for name in names}
        values = {name: one.values[one.codes[row]] for name, one in chosen.items()}
        return self.index.env(values, self.owner.day, self.owner.given)

    def codes(self, name: str) -> Codes:
        """The codes of an input or of what a decision came to."""
        if name in self.pack.tables:
            return self.table(name).codes
        return self.column(name).codes

    def column(self, name: str) -> Column:
        """An input as it was given, or a measure as it is worked out."""
        if name in self.owner.measures:
            if name not in self._measures:
                self._measures[name] = self._value(self.pack.measures[name].expr)
            return self._measures[name]
        if name not in self.columns:
            message = f"columns are decided only where all is known; `{name}` has no column"
            raise EngineError(Finding("CX704", message, hint="give it a value in every row, or decide row by row"))
        return self.columns[name]

    def _value(self, expr: Expr) -> Column:
        """An expression that cannot fail, worked out once for the values that its parts have together; a sum, a count or the
        highest of many two by two, so that these are few.
        """
        if isinstance(expr, Read) and expr.name != "today":
            return self.column(expr.name)
        if not isinstance(expr, Op) or expr.op in IN_ORDER:
            read = self.index.reference.reader(expr)
            firsts, group = self.told_apart(self.owner.direct(reads(expr)))
            return _gathered([read(self.env(row)) for row in firsts], group)
        parts = [self._value(arg) for arg in expr.args]
        if expr.op == "count":
            whole = self._together(lambda values: int(values[0] is True), parts[:1])
            for part in parts[1:]:
                whole = self._together(lambda values: values[0] + (values[1] is True), [whole, part])
            return whole
        if expr.op in ("max", "min", "sum"):
            whole = parts[0]
            for part in parts[1:]:
                whole = self._together(operation(expr), [whole, part])
            return whole
        return self._together(operation(expr), parts)

    def _together(self, apply: Callable[[Any], Any], parts: Sequence[Column]) -> Column:
        firsts, group = distinct([part.codes for part in parts], self.count)
        if len(firsts) > MOST:
            raise TooManyError
        return _gathered([apply([part.values[part.codes[row]] for part in parts]) for row in firsts], group)

    def told_apart(self, names: Iterable[str], *more: NDArray[Any], rows: Codes | None = None) -> tuple[Codes, Codes]:
        """The first row for each of the values that these have together, and which of them each row has."""
        columns = [*more, *(self.codes(name) if rows is None else self.codes(name)[rows] for name in names)]
        firsts, group = distinct(columns, self.count if rows is None else len(rows))
        if len(firsts) > MOST:
            raise TooManyError
        return firsts if rows is None else rows[firsts], group

    def cells(self, field: str) -> Codes:
        """The cell of a field in each row, the last one where it cannot be worked out."""
        if field not in self._cells:
            names, cells = self.owner.direct(self.owner.fields[field]), self.index.cells[field]
            if names == [field]:  # an input as it stands, or a measure
                codes, values = self.column(field)
                self._cells[field] = np.array([cells[value] for value in values], dtype=np.intp)[codes]
            else:
                firsts, codes = self.told_apart(names)
                needed = names if all(name in self.pack.inputs for name in names) else None
                self._cells[field] = np.array([cells[self.env(row, needed)[field]] for row in firsts], dtype=np.intp)[codes]
        return self._cells[field]

    def bits(self) -> list[Words]:
        """The bits of all tables that are left in each row, word by word."""
        if self._bits is None:
            every = [self.owner.every >> WORD * i & FULL for i in range(self.owner.words)]
            words = [np.full(self.count, word, dtype=np.uint64) for word in every]
            for field, masks in self.owner.masks.items():
                cells = self.cells(field)
                for i in range(self.owner.words):
                    if (masks[:, i] != every[i]).any():
                        words[i] &= masks[:, i][cells]
            self._bits = words
        return self._bits

    def table(self, name: str) -> Column:
        """What a table comes to in each row."""
        if name not in self._tables:
            self._tables[name] = self._decided(self.index.tables[name])
        return self._tables[name]

    def _left(self, table: Indexed) -> list[Words]:
        """The bits of a table that are left in each row, what rests on decisions looked at too."""
        ones = table.bits.ones << table.shift
        parts = {i: part for i in range(self.owner.words) if (part := ones >> WORD * i & FULL)}
        words = {i: self.bits()[i] & np.uint64(part) for i, part in parts.items()}
        for field, _, masks in table.late:
            shifted = _in_words([mask << table.shift for mask in masks], self.owner.words)
            for i in words:
                words[i] &= shifted[:, i][self.cells(field)]
        return list(words.values())

    def _decisive(self, table: Indexed) -> list[NDArray[Any]]:
        """What of these bits matters: of a ``first`` table whose rules are a bit each only the first rule that holds."""
        left = self._left(table)
        if table.table.hit != "first" or len(table.bits.terms) > len(table.rules):
            return list(left)
        ready, place = table.bits.ready << table.shift, (table.bits.ready << table.shift).bit_length() - 1
        found: list[NDArray[Any]] = []
        before = np.zeros(self.count, dtype=bool)
        start = table.shift // WORD
        for i, word in enumerate(left, start):
            if i == place // WORD:
                found.append(word & np.uint64(ready >> WORD * i))
            rules = word & np.uint64(~(ready >> WORD * i) & FULL)
            found.append(np.where(before, np.uint64(0), rules & (~rules + np.uint64(1))))
            before |= rules != 0
        return found

    def _stops(self, need: str) -> Codes:
        """What a decision that a table needs comes to, as far as it stops the table."""
        one = self.table(need)
        return np.array([0 if worked.state == INDICATED else 1 + i for i, worked in enumerate(one.values)], dtype=np.intp)[
            one.codes
        ]

    def _decided(self, table: Indexed) -> Column:
        """One table: rows with the same bits, and the same of what its results rest on beside them, are decided once."""
        firsts, group = self.told_apart((), *map(self._stops, table.needs), *self._decisive(table))
        rests = [tuple(self._rests_on(table, row)) for row in firsts]
        codes = np.zeros(self.count, dtype=np.intp)
        results: dict[Hashable, int] = {}
        values: list[Worked] = []
        for names in dict.fromkeys(rests):
            rows = np.flatnonzero(np.array([one == names for one in rests])[group])
            leads, inner = self.told_apart(names, group[rows], rows=rows)
            found = []
            for row in leads:
                worked: Worked = self.env(row)[table.table.name]
                key = (*worked[:1], hashable(worked.value), *worked[2:6], hashable(worked.alongside))
                if key not in results:
                    results[key] = len(values)
                    values.append(worked)
                found.append(results[key])
            codes[rows] = np.array(found, dtype=np.intp)[inner]
        return Column(codes, tuple(values))

    def _rests_on(self, table: Indexed, row: int) -> list[str]:
        """What the result of a row rests on beside the rules that hold."""
        bits = 0
        for i, word in enumerate(self.bits()):
            bits |= int(word[row]) << WORD * i
        bits = bits >> table.shift & table.bits.ones
        if not bits & table.bits.ready or table.late_checks:
            return self.owner.direct([item for rule in table.table.rules for item in _read_by(rule)])
        for field, _, masks in table.late:
            bits &= masks[self.cells(field)[row]]
        fired = [table.rules[number] for number in table.bits.held(bits)]
        decides = (fired or list(table.otherwise))[: 1 if table.table.hit == "first" else None]
        return self.owner.direct([item for rule in decides if not _constant(rule) for item in _given_by(rule)])


def _gathered(values: list[Any], group: Codes) -> Column:
    """The values of groups of rows as a column of the rows."""
    found = column(values)
    return Column(found.codes[group] if values else group, found.values)


def _constant(rule: Rule) -> bool:
    return rule.then.kind in FIXED or all(isinstance(expr, Lit) for _, expr in rule.then.values)


def _given_by(rule: Rule) -> Iterator[Any]:
    for _, expr in rule.then.values:
        yield from reads(expr)


def _read_by(rule: Rule) -> Iterator[Any]:
    yield from condition_reads(rule.condition)
    yield from _given_by(rule)


def _in_words(masks: Sequence[int], words: int) -> Words:
    """Masks as rows of 64-bit words."""
    return np.array([[mask >> WORD * i & FULL for i in range(words)] for mask in masks], dtype=np.uint64)
