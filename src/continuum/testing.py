# SPDX-License-Identifier: MIT
"""For the tests of a pack: profiles at and beside every threshold, and Hypothesis strategies that draw them.

``completed``, ``stepped`` and ``boundary_profiles`` need nothing more than the library; ``profiles`` and
``raised_pairs`` need Hypothesis, which is imported only when one of them is called.
"""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from itertools import combinations, product
from typing import TYPE_CHECKING, Any

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
from continuum.errors import Finding, ProfileError
from continuum.profiles import Profile
from continuum.rulebook import Rulebook

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

__all__ = ["boundary_profiles", "completed", "profiles", "raised_pairs", "stepped"]

COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
MOST_SCANNED = 20_000
FEW = 60


def profiles(rulebook: Rulebook, *, unknowns: bool = False, on: dt.date | None = None) -> SearchStrategy[Profile]:
    """Profiles of a pack that do not contradict themselves.

    Half of the numbers and dates that are drawn stand at a threshold or one step beside it. What is lowest comes first,
    so a failing example shrinks to the profile with the lowest needs.

    Args:
        rulebook: the pack that the profiles are for.
        unknowns: leave some answers out; otherwise every profile is complete.
        on: the day the profiles are to be decided for; the first day of the version unless given.
    """
    hypothesis = _hypothesis()
    strategies, room = hypothesis.strategies, _room(rulebook, on)
    one_each = {name: _drawn_from(room, asked) for name, asked in room.pack.inputs.items()}
    left_out = (
        strategies.sets(strategies.sampled_from(list(room.pack.inputs)), min_size=1) if unknowns else strategies.just(set())
    )

    def draw_one(draw: DrawFn) -> Profile:
        values: dict[str, Any] = {}
        for name in room.bound:
            values[name] = draw(one_each[name])
            if not room.possible(values):
                values[name] = draw(strategies.sampled_from(room.open_to(name, values)))
        for name in room.pack.inputs.keys() - values.keys():
            values[name] = draw(one_each[name])
        profile = room.profile(values)
        hypothesis.assume(not _contradicts(rulebook, profile, room.day))
        unknown = draw(left_out)
        return room.profile({name: None if name in unknown else value for name, value in values.items()})

    made: SearchStrategy[Profile] = strategies.composite(draw_one)()
    return made


def raised_pairs(
    rulebook: Rulebook, group: str | Iterable[str], *, on: dt.date | None = None
) -> SearchStrategy[tuple[Profile, Profile]]:
    """Pairs of complete profiles that differ in one input of a group, by one step; the lower profile comes first.

    Args:
        rulebook: the pack that the profiles are for.
        group: a group of the pack, or names of inputs with an order.
        on: the day the profiles are to be decided for; the first day of the version unless given.
    """
    hypothesis = _hypothesis()
    strategies = hypothesis.strategies
    names = list(rulebook.pack.groups.get(group, (group,))) if isinstance(group, str) else list(group)

    def draw_pair(draw: DrawFn) -> tuple[Profile, Profile]:
        profile = draw(profiles(rulebook, on=on))
        name = draw(strategies.sampled_from(names))
        raised = stepped(rulebook, profile, name, on=on)
        pair = (profile, raised) if raised else (stepped(rulebook, profile, name, -1, on=on), profile)
        hypothesis.assume(pair[0] is not None)
        hypothesis.assume(not any(_contradicts(rulebook, one, _room(rulebook, on).day) for one in pair if one))
        return pair  # type: ignore[return-value]  # the first is there, or `assume` has left

    made: SearchStrategy[tuple[Profile, Profile]] = strategies.composite(draw_pair)()
    return made


def completed(rulebook: Rulebook, given: Profile | Mapping[str, Any] | None = None, *, on: dt.date | None = None) -> Profile:
    """A profile with every answer that is not given filled in with its lowest possible value.

    Raises:
        ProfileError: where no way of filling in the rest is possible.
    """
    room = _room(rulebook, on)
    profile = given if isinstance(given, Profile) else rulebook.profile(given)
    filled = room.filled(profile.exact_values())
    if filled is None:
        raise ProfileError(Finding("CX504", "no way of filling in what is not known is possible"))
    return room.profile(filled)


def stepped(rulebook: Rulebook, profile: Profile, name: str, by: int = 1, *, on: dt.date | None = None) -> Profile | None:
    """The profile with one input moved by so many steps; None where that is not known, absent or at its end."""
    room = _room(rulebook, on)
    asked, values = room.pack.inputs[name], profile.exact_values()
    value = values.get(name, ABSENT)
    if value is ABSENT:
        return None
    if asked.type.values:
        order: list[Any] = [False, True] if asked.type.kind == "yes_no" else list(asked.type.values)
        at = order.index(value) + by
        return room.profile({**values, name: order[at]}) if 0 <= at < len(order) else None
    line = Line(asked, room.day)
    at = line.index(value) + by
    return room.profile({**values, name: line.at(at)}) if 0 <= at < line.count else None


def boundary_profiles(
    rulebook: Rulebook,
    base: Profile | Mapping[str, Any] | None = None,
    *,
    on: dt.date | None = None,
    pairs: bool = True,
) -> Iterator[Profile]:
    """Complete profiles at every boundary of every threshold, seen from one profile.

    For each input in turn: every value of a scale, choice or yes/no; for a number or date each constant it is compared
    with, itself or through a measure, and one step below and above; ``absent`` where that can be said. Then, unless
    ``pairs`` is off, every two such values of two inputs that one table reads. Where a value would contradict the
    rest, the rest is mended; where it cannot be, the profile is left out.

    Args:
        rulebook: the pack that the profiles are for.
        base: the profile to start from; what it leaves out is filled in.
        on: the day the profiles are to be decided for; the first day of the version unless given.
        pairs: whether to go over pairs too.
    """
    room = _room(rulebook, on)
    start = completed(rulebook, base, on=on)
    yield start
    values = start.exact_values()
    edges = {name: room.edges(asked, values) for name, asked in room.pack.inputs.items()}
    for name, options in edges.items():
        for value in options:
            if value != values[name]:
                yield from room.mended(values, {name: value})
    for one, other in _together(room) if pairs else ():
        for first, second in product(edges[one], edges[other]):
            if first != values[one] and second != values[other]:
                yield from room.mended(values, {one: first, other: second})


def _together(room: _Room) -> Iterator[tuple[str, str]]:
    """Every two inputs that one table reads, once."""
    tables = [[name for name in room.pack.inputs if name in read] for read in room.reads.values()]
    yield from dict.fromkeys(pair for names in tables for pair in combinations(names, 2))


def _hypothesis() -> Any:
    """Hypothesis, an extra."""
    try:
        importlib.import_module("hypothesis.strategies")
        return importlib.import_module("hypothesis")
    except ImportError as error:
        message = "profiles and raised_pairs of continuum.testing need Hypothesis: pip install hypothesis"
        raise ImportError(message) from error


def _contradicts(rulebook: Rulebook, profile: Profile, day: dt.date) -> bool:
    """Whether deciding refuses the profile because it contradicts itself."""
    try:
        rulebook.decide(profile, on=day)
    except ProfileError as error:
        if {finding.code for finding in error.findings} != {"CX504"}:
            raise
        return True
    return False


def _drawn_from(room: _Room, asked: Input) -> SearchStrategy[Any]:
    """A value of one input, lowest first; half of the numbers and dates from beside a threshold."""
    strategies = _hypothesis().strategies
    near: SearchStrategy[Any] = strategies.sampled_from(room.edges(asked, None))
    if asked.type.values:
        return near
    line = Line(asked, room.day)
    anywhere: SearchStrategy[Any] = strategies.integers(0, line.count - 1).map(line.at)
    return near | anywhere


class _Room:
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
        return self.rulebook.profile({name: _given(value) for name, value in values.items()})

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
        absent = [ABSENT] if asked.optional else []
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
def _kept(rulebook: Rulebook, day: dt.date) -> _Room:
    return _Room(rulebook, day)


def _room(rulebook: Rulebook, on: dt.date | None) -> _Room:
    return _kept(rulebook, on or rulebook.pack.some_day)


def _given(value: Any) -> Any:
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
