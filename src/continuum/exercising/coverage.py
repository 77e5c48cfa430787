# SPDX-License-Identifier: MIT
"""Coverage of a pack by its cases: rules that decide some case, clauses that count in some, thresholds touched on both sides.

A rule is exercised when it is among those that decide its table for some case. A clause is exercised when it counts in one case
where it holds and in one where it does not; it counts in a case when its rule is reached, and the rule's condition would
turn if the clause alone did (masking MC/DC). A boundary is exercised when one case has a value within one step below the
threshold and another within one step above. Of a case that leaves answers open, only what is so for every way of filling them in
is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, NamedTuple, TypeAlias

from continuum.arithmetic import CannotWorkOut
from continuum.compiled import ABSENT, AllOf, AnyOf, Clause, CompiledPack, Condition, Not, Read, Rule, Table, Type, clauses
from continuum.engines.hits import INDICATED, Upstream, blocked
from continuum.engines.reference import Env, NotKnown, Reference, problems
from continuum.exercising.differing import Difference, differences
from continuum.exercising.mutants import Mutant, line, step_of, stepped
from continuum.exercising.mutation import named
from continuum.exercising.noticing import Decided, Noticing
from continuum.packs.language import Between, Compare, NoneOf, OneOf
from continuum.packs.model import Case
from continuum.rulebook import Rulebook

RULE, CLAUSE, BOUNDARY = KINDS = ("rules", "clauses", "boundaries")
Part: TypeAlias = tuple[str, ...]
"""What a case may exercise: its kind, the rule or what the boundary is about, and which of it."""


class Item(NamedTuple):
    """One thing to exercise: one or two parts, each with what is missing where it is not exercised, and the table with a slip
    that only a case which exercises it can notice, if such a slip could be made; and where it stands.
    """

    kind: str
    rule: str
    place: str
    parts: dict[Part, tuple[str, Table, bool]]


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that no case exercises: kind, place (``file:line``), in words, and a case that would, where one was found."""

    kind: str
    place: str
    words: str
    case: Case | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a pack its cases exercise.

    Attributes:
        cases: how many cases were asked: those that hold.
        counts: for each kind how many are exercised, of how many that can be.
        apart: for each kind how many are set apart, because it is proved that they never make a difference to an outcome.
        gaps: what is not exercised.
    """

    cases: int
    counts: dict[str, tuple[int, int]]
    apart: dict[str, int]
    gaps: tuple[Gap, ...]


def cover(rulebook: Rulebook) -> Coverage:
    """What a pack's cases exercise, of those that hold.

    Raises:
        PackError: where the cases cannot be read.
    """
    noticing = Noticing(rulebook)
    done = exercised(noticing)
    items = list(_items(rulebook.pack))
    missing = [(item, part) for item in items for part in item.parts if part not in done]
    gaps = dict(zip([part for _, part in missing], _gaps(noticing, missing), strict=True))
    apart = [item for item in items if item.kind != RULE and item.parts.keys() - done and all(
        gaps[part] is None for part in item.parts.keys() - done
    )]  # fmt: skip
    counts = {}
    for kind in KINDS:
        some = [item for item in items if item.kind == kind and item not in apart]
        counts[kind] = (sum(item.parts.keys() <= done for item in some), len(some))
    return Coverage(
        len(noticing.cases), counts, {kind: sum(item.kind == kind for item in apart) for kind in KINDS},
        tuple(gap for gap in gaps.values() if gap),
    )  # fmt: skip


def exercised(noticing: Noticing) -> set[Part]:
    """The parts that some case exercises."""
    found: set[Part] = set()
    for table in noticing.pack.tables.values():
        for decided in noticing.cases:
            each = [_in_branch(noticing.reference, table, env) for env, _ in decided.branches(table.name) or ()]
            found |= set.intersection(*each) if each else set()
    thresholds = list(_thresholds(noticing.pack))
    return found | {part for decided in noticing.cases for part in _touched(noticing, thresholds, decided)}


# rules and clauses


def _in_branch(reference: Reference, table: Table, env: Env) -> set[Part]:
    """The rules that decide a table, and the clauses that count, where all that it asks is known."""
    worked = env[table.name]
    found: set[Part] = {(RULE, rule) for rule in worked.rules if worked.cause != "conflict"}
    needs = [name for name in table.needs if name not in table.asked]
    if blocked(problems(env, needs, [reference.reader(check) for check in table.checks])):
        return found
    for rule in table.rules:
        if rule.condition is None:
            continue
        truths = [_truth(reference, clause, env) for clause in clauses(rule.condition)]
        for i, truth in enumerate(truths):
            sides = [_value(rule.condition, iter([*truths[:i], side, *truths[i + 1 :]])) for side in (True, False)]
            if truth is not None and None not in sides and sides[0] != sides[1]:
                found.add((CLAUSE, rule.id, str(i), str(truth)))
        if table.hit == "first" and _value(rule.condition, iter(truths)) is not False:
            break
    return found


def _truth(reference: Reference, clause: Clause, env: Env) -> bool | None:
    try:
        return reference.holds(clause)(env)
    except (NotKnown, Upstream, CannotWorkOut):
        return None


def _value(condition: Condition, truths: Iterator[bool | None]) -> bool | None:
    """Whether a condition holds when its clauses, in order, hold so; None where that is open."""
    if isinstance(condition, Clause):
        return next(truths)
    if isinstance(condition, Not):
        inner = _value(condition.item, truths)
        return None if inner is None else not inner
    values = [_value(item, truths) for item in condition.items]
    ends = isinstance(condition, AnyOf)
    return ends if ends in values else None if None in values else not ends


# boundaries


class Threshold(NamedTuple):
    """A line that a rule draws: just before a value, so that the value is above it, or just after."""

    subject: Read
    side: Any
    before: bool
    table: Table
    rule: Rule
    words: str

    @property
    def name(self) -> Part:
        """The same for every rule that draws the line."""
        return (BOUNDARY, self.subject.key, repr(self.side), str(self.before))


def _thresholds(pack: CompiledPack) -> Iterator[Threshold]:
    for table in pack.tables.values():
        for rule in table.rules:
            for clause in clauses(rule.condition):
                for side, before in _lines(clause.test):
                    if clause.subject.type.ordered:
                        yield Threshold(clause.subject, side, before, table, rule, line(clause))


def _lines(test: Any) -> Iterator[tuple[Any, bool]]:
    if isinstance(test, Compare):
        if test.op not in ("=", "!="):
            yield test.side, test.op in (">=", "<")
    elif isinstance(test, Between):
        yield test.low, test.low_in
        yield test.high, not test.high_in
    elif isinstance(test, OneOf | NoneOf):
        for inner in test.tests:
            yield from _lines(inner)


def _touched(noticing: Noticing, thresholds: Iterable[Threshold], decided: Decided) -> Iterator[Part]:
    """The sides of thresholds that a case touches."""
    for one in thresholds:
        value = _known(decided, one.subject)
        try:
            point = noticing.reference.reader(one.side)(decided.env)
        except (NotKnown, Upstream, CannotWorkOut):
            continue
        if value is None or value is ABSENT or point is ABSENT:
            continue
        value, point = (_ordinal(one.subject.type, item) for item in (value, point))
        step = step_of(noticing.pack, one.subject) or 1
        above = value >= point if one.before else value > point
        low, high = (point, stepped(point, step, 1)) if above else (stepped(point, step, -1), point)
        if low <= value < high if one.before else low < value <= high:
            yield (*one.name, "above" if above else "below")


def _known(decided: Decided, subject: Read) -> Any:
    """The value of what a cell is about; None where the case leaves it open."""
    if subject.of == "decision":
        values = {
            repr(value): value
            for _, worked in decided.branches(subject.name) or ()
            for value in [_part(worked.value, subject.part) if worked.state == INDICATED else None]
        }
        return next(iter(values.values())) if len(values) == 1 else None
    try:
        return decided.env[subject.name]
    except (NotKnown, Upstream, CannotWorkOut):
        return None


def _part(value: Any, part: str) -> Any:
    return value[part] if part else value


def _ordinal(type_: Type, value: Any) -> Any:
    return type_.values.index(value) if type_.values else value


# what there is to exercise


def _items(pack: CompiledPack) -> Iterator[Item]:
    """All that there is to exercise, in the order of the rules; a line drawn by several rules counts once."""
    for table in pack.tables.values():
        for rule in table.rules:
            without = replace(table, rules=tuple(one for one in table.rules if one is not rule))
            words = f"{rule.id} decides no case"
            yield Item(RULE, rule.id, rule.place, {(RULE, rule.id): (words, without, True)})
            for i, clause in enumerate(clauses(rule.condition)):
                yield Item(CLAUSE, rule.id, rule.place, _clause_parts(table, rule, i, clause))
    seen = set()
    for one in _thresholds(pack):
        parts = _boundary_parts(pack, one)
        if one.name not in seen and len(parts) > 1:
            seen.add(one.name)
            yield Item(BOUNDARY, one.rule.id, one.rule.place, parts)


def _clause_parts(table: Table, rule: Rule, i: int, clause: Clause) -> dict[Part, tuple[str, Table, bool]]:
    """A clause that holds shows where it is taken never to, and one that does not where it is taken always to."""
    parts: dict[Part, tuple[str, Table, bool]] = {}
    for truth, instead in ((True, AnyOf(())), (False, AllOf(()))):
        assert rule.condition is not None  # noqa: S101  # a clause stands in a condition
        words = f"{rule.id}: in no case does it count that `{line(clause)}` {'holds' if truth else 'does not hold'}"
        changed = replace(rule, condition=_with(rule.condition, [i], instead))
        parts[CLAUSE, rule.id, str(i), str(truth)] = (words, _replaced(table, rule, changed), True)
    return parts


def _with(condition: Condition, left: list[int], instead: Condition) -> Condition:
    """The condition with another in place of the clause that ``left[0]`` others stand before."""
    if isinstance(condition, Clause):
        left[0] -= 1
        return instead if left[0] == -1 else condition
    if isinstance(condition, Not):
        return Not(_with(condition.item, left, instead))
    return replace(condition, items=tuple(_with(item, left, instead) for item in condition.items))


def _replaced(table: Table, rule: Rule, changed: Rule) -> Table:
    """A table with one rule for another. What stops it stays: where it is stopped, no clause counts."""
    return replace(table, rules=tuple(changed if one is rule else one for one in table.rules))


def _boundary_parts(pack: CompiledPack, one: Threshold) -> dict[Part, tuple[str, Table, bool]]:
    """The two sides of a threshold; those beyond the end of a scale are none."""
    parts: dict[Part, tuple[str, Table, bool]] = {}
    for side, by in (("below", -1), ("above", 1)):
        if _beyond(one, side):
            continue
        words = f"{one.rule.id}: no case is just {side} the line of `{one.words}`"
        parts[(*one.name, side)] = (words, _moved(pack, one, by), hasattr(one.side, "value"))
    return parts


def _beyond(one: Threshold, side: str) -> bool:
    values, point = one.subject.type.values, getattr(one.side, "value", None)
    if not values or point is None:
        return False
    if side == "below":
        return one.before and bool(point == values[0])
    return not one.before and bool(point == values[-1])


def _moved(pack: CompiledPack, one: Threshold, by: int) -> Table:
    """The table with the line one step further, so that what lies between is decided otherwise."""
    if not hasattr(one.side, "value"):
        return one.table
    values, value = one.subject.type.values, one.side.value
    if values:
        at = values.index(value) + by
        moved = values[at] if 0 <= at < len(values) else value
    else:
        moved = stepped(value, step_of(pack, one.subject), by)
    condition = _drawn(one.rule.condition, one, replace(one.side, value=moved))
    return _replaced(one.table, one.rule, replace(one.rule, condition=condition))


def _drawn(condition: Any, one: Threshold, side: Any) -> Any:
    """A condition in which every cell that draws the line draws it elsewhere."""
    if isinstance(condition, Clause):
        same = condition.subject == one.subject
        return replace(condition, test=_drawn_in(condition.test, one, side)) if same else condition
    if isinstance(condition, Not):
        return Not(_drawn(condition.item, one, side))
    return replace(condition, items=tuple(_drawn(item, one, side) for item in condition.items))


def _drawn_in(test: Any, one: Threshold, side: Any) -> Any:
    if isinstance(test, OneOf | NoneOf):
        return replace(test, tests=tuple(_drawn_in(inner, one, side) for inner in test.tests))
    if isinstance(test, Compare):
        return replace(test, side=side) if (one.side, one.before) in _lines(test) else test
    if isinstance(test, Between):
        ends = list(_lines(test))
        low, high = (side if end == (one.side, one.before) else end[0] for end in ends)
        return replace(test, low=low, high=high)
    return test


# gaps


def _gaps(noticing: Noticing, missing: list[tuple[Item, Part]]) -> Iterator[Gap | None]:
    """Each part that is missing, with a case that exercises it: one that would notice a slip just there. None where it is proved
    that no profile would, so that the part makes no difference; but a rule that decides no case is always told.
    """
    slips = [Mutant(item.kind, item.rule, item.place, item.parts[part][0], item.parts[part][1]) for item, part in missing]
    found: list[Difference] = []
    for _, group in groupby(slips, key=lambda slip: slip.table.name):
        found += differences(noticing, list(group))
    cases = named(noticing, [(slip, one.case) for slip, one in zip(slips, found, strict=True)])
    for (item, part), one, suggested in zip(missing, found, cases, strict=True):
        case = suggested.case
        does = case is not None and part in exercised(Noticing(noticing.rulebook, [case]))
        told = Gap(item.kind, item.place, item.parts[part][0], case if does else None)
        yield None if one.equal and item.kind != RULE and _can_show(item, part) else told


def _can_show(item: Item, part: Part) -> bool:
    """Whether a slip was made for the part: a line drawn at something worked out is not moved."""
    return item.kind != BOUNDARY or item.parts[part][2]
