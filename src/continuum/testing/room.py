# SPDX-License-Identifier: MIT
"""What one pack asks on one day: where its thresholds are, and which profiles are possible."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

from continuum.arithmetic import CannotWorkOut, as_decimal
from continuum.compiled import (
    ABSENT,
    Clause,
    CompiledPack,
    Condition,
    Expr,
    Input,
    Lit,
    Op,
    RateRead,
    Read,
    clauses,
    condition_reads,
    reads,
    sides,
)  # fmt: skip
from continuum.engines.completions import Line
from continuum.engines.hits import Upstream
from continuum.engines.reference import Holds, NotKnown, Reference
from continuum.profiles import Profile
from continuum.rulebook import Rulebook

COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
MOST_SCANNED = 20_000
FEW = 60


class Room:
    """What one pack asks on one day: where its thresholds are, and which profiles are possible."""

    def __init__(self, rulebook: Rulebook, day: dt.date) -> None:
        self.pack: CompiledPack = rulebook.pack
        self.rulebook, self.day = rulebook, day
        self.reference = Reference(self.pack)
        self.reads = {
            name: self._inputs(item for rule in table.rules for item in _rule_reads(rule.condition, rule.then.values))
            for name, table in self.pack.tables.items()
        }
        self.parts = _apart([self._inputs(condition_reads(item.condition)) for item in self.pack.impossible])
        self.bound = [name for name in self.pack.inputs if any(name in names for names, _ in self.parts)]
        self._found: dict[Any, bool] = {}
        self.clauses = [clause for condition in self._conditions() for clause in clauses(condition)]
        self._through: dict[str, list[Any]] = {}

    def profile(self, values: Mapping[str, Any]) -> Profile:
        """A checked profile from exact values; None stands for not known."""
        return self.rulebook.profile({name: as_given(value) for name, value in values.items()})

    # which profiles are possible

    def possible(self, values: Mapping[str, Any]) -> bool:
        """Whether some way of filling in the rest does not contradict itself."""
        return all(self._search(names, entries, values) for names, entries in self.parts)

    def _search(self, names: frozenset[str], entries: tuple[int, ...], values: Mapping[str, Any]) -> bool:
        """Whether these entries of ``impossible`` can all be kept from holding; they read only these inputs."""
        known = {name: value for name, value in values.items() if name in names}
        key = (entries, tuple(known.items()))
        if key not in self._found:
            self._found[key] = self._searched([self.reference.impossible[i] for i in entries], known)
        return self._found[key]

    def _searched(self, entries: list[Holds], known: dict[str, Any]) -> bool:
        stack = [known]
        for _ in range(MOST_SCANNED):
            if not stack:
                return False
            values = stack.pop()
            try:
                if not any(holds(self.reference.env(values, self.day)) for holds in entries):
                    return True
            except NotKnown as unknown:
                options = self.edges(self.pack.inputs[unknown.name], values)
                stack += [{**values, unknown.name: value} for value in options]
        return True

    def open_to(self, name: str, values: Mapping[str, Any]) -> list[Any]:
        """The values of an input that go with those of the others; all, where none is found that does."""
        rest = {key: value for key, value in values.items() if key != name}
        edges = self.edges(self.pack.inputs[name], rest)
        return [value for value in edges if self.possible({**rest, name: value})] or edges

    def filled(self, values: Mapping[str, Any]) -> dict[str, Any] | None:
        """Complete values, lowest first where there is a choice; None where they contradict themselves."""
        found = dict(values)
        if not self.possible(found):
            return None
        for name, asked in self.pack.inputs.items():
            if name not in found:
                options = self.open_to(name, found) if name in self.bound else self.edges(asked, found)
                found[name] = options[0]
        return found

    def mended(self, values: Mapping[str, Any], changed: Mapping[str, Any]) -> Iterator[Profile]:
        """The changed values with as much of the rest as they do not contradict; nothing where none is possible."""
        whole = {**values, **changed}
        if not self.possible(whole):
            whole = {name: value for name, value in whole.items() if name in changed or name not in self.bound}
            for name in self.bound:
                if name not in changed and self.possible({**whole, name: values[name]}):
                    whole[name] = values[name]
        found = self.filled(whole)
        if found is not None:
            yield self.profile(found)

    # where the thresholds are

    def edges(self, asked: Input, base: Mapping[str, Any] | None) -> list[Any]:
        """The values at and beside each threshold of an input, lowest first, ``absent`` last.

        What an input is compared with may depend on the rest of the profile; it is worked out from ``base``.
        """
        absent = self.absent(asked)
        if asked.type.values:
            plain: list[Any] = [False, True] if asked.type.kind == "yes_no" else list(asked.type.values)
            return plain + absent
        line = Line(asked, self.day)
        if line.count <= FEW and not base:
            return [*line.all(), *absent]
        marks = {0, line.count - 1}
        for constant in [*self._compared(asked.name, base), *self._scanned(asked, line)]:
            at = line.index(constant)
            marks |= {at - 1, at, at + 1}
        return [*(line.at(i) for i in sorted(marks) if 0 <= i < line.count), *absent]

    def absent(self, asked: Input) -> list[Any]:
        """The absent value, of an input that can have it."""
        return [ABSENT] if asked.optional else []

    def _compared(self, name: str, base: Mapping[str, Any] | None) -> Iterator[Any]:
        """What an input is itself compared with."""
        pairs: list[tuple[Expr, Expr]] = [(clause.subject, side) for clause in self.clauses for side in sides(clause.test)]
        exprs = [measure.expr for measure in self.pack.measures.values()]
        exprs += [expr for t in self.pack.tables.values() for rule in t.rules for _, expr in rule.then.values]
        exprs += [side for _, side in pairs]
        pairs += [pair for expr in exprs for pair in _comparisons(expr)]
        for left, right in pairs:
            for one, other in ((left, right), (right, left)):
                if isinstance(one, Read) and one.of == "input" and one.name == name:
                    found = self._worth(other, base)
                    if found is not None:
                        yield found

    def _worth(self, expr: Expr, base: Mapping[str, Any] | None) -> Any:
        """The value of an expression for a profile; None where it has none."""
        if isinstance(expr, Lit):
            return expr.value
        try:
            found = self.reference.reader(expr)(self.reference.env(base or {}, self.day))
        except (NotKnown, CannotWorkOut, Upstream):
            return None
        return None if found is ABSENT else found

    def _scanned(self, asked: Input, line: Line) -> list[Any]:
        """Where a measure of this input alone, or a clause about one, changes its answer."""
        if asked.name not in self._through:
            self._through[asked.name] = list(self._changes(asked, line)) if line.count <= MOST_SCANNED else []
        return self._through[asked.name]

    def _changes(self, asked: Input, line: Line) -> Iterator[Any]:
        alone = [name for name, m in self.pack.measures.items() if self._inputs(reads(m.expr)) == {asked.name}]
        about = [c for c in self.clauses if c.subject.name in alone and not _others(c, {"today", asked.name, *alone})]
        tests = [self.reference.holds(clause) for clause in about]
        if not tests:
            return
        before: list[Any] | None = None
        for value in line.all():
            env = self.reference.env({asked.name: value}, self.day)
            try:
                now = [test(env) for test in tests]
            except CannotWorkOut:
                now = []
            if before is not None and now != before:
                yield value
            before = now

    def _conditions(self) -> Iterator[Condition]:
        for table in self.pack.tables.values():
            yield from (rule.condition for rule in table.rules if rule.condition)
        yield from (item.condition for item in self.pack.impossible)

    def _inputs(self, found: Iterable[Any]) -> set[str]:
        """The inputs behind what is read, through measures but not through decisions."""
        names: set[str] = set()
        stack = list(found)
        while stack:
            item = stack.pop()
            name = item.name if not isinstance(item, RateRead) else ""
            if name in self.pack.inputs:
                names.add(name)
            elif name in self.pack.measures:
                stack += reads(self.pack.measures[name].expr)
        return names


def _apart(entries: list[set[str]]) -> list[tuple[frozenset[str], tuple[int, ...]]]:
    """Entries that share inputs together, with all the inputs they read."""
    parts: list[tuple[frozenset[str], tuple[int, ...]]] = []
    for i, names in enumerate(entries):
        sharing = [part for part in parts if part[0] & names]
        joined = frozenset(names).union(*(part[0] for part in sharing))
        parts = [part for part in parts if part not in sharing]
        parts.append((joined, (*(number for part in sharing for number in part[1]), i)))
    return parts


@lru_cache(maxsize=64)
def _kept(rulebook: Rulebook, day: dt.date) -> Room:
    return Room(rulebook, day)


def room_of(rulebook: Rulebook, on: dt.date | None) -> Room:
    """The room of a pack on a day, kept for the next question; on the first day of the version where none is given."""
    return _kept(rulebook, on or rulebook.pack.some_day)


def as_given(value: Any) -> Any:
    """An exact value as a profile takes it."""
    if value is ABSENT:
        return "absent"
    return as_decimal(value, None) if isinstance(value, Fraction) else value


def _comparisons(expr: Expr) -> Iterator[tuple[Expr, Expr]]:
    """The two sides of every comparison in an expression."""
    if isinstance(expr, Op):
        if expr.op in COMPARISONS:
            yield expr.args[0], expr.args[1]
        for arg in expr.args:
            yield from _comparisons(arg)


def _others(clause: Clause, names: set[str]) -> bool:
    """Whether the sides of a clause read anything but these."""
    return any(getattr(item, "name", "") not in names for side in sides(clause.test) for item in reads(side))


def _rule_reads(condition: Condition | None, values: Iterable[tuple[str, Expr]]) -> Iterator[Any]:
    yield from condition_reads(condition)
    for _, expr in values:
        yield from reads(expr)
