# SPDX-License-Identifier: MIT
"""How two versions of a pack differ: for each outcome what becomes what, for which profiles, and which rules make it so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, TypeAlias

from continuum.comparing.deciding import Deciding
from continuum.comparing.regions import Box, Describing, features
from continuum.comparing.results import Change, Results, Told, change, membership, statewise
from continuum.comparing.same_space import NEW, OLD, SameSpace, Uncompared
from continuum.comparing.witnesses import Witness, Witnesses
from continuum.comparing.words import Condition, Words
from continuum.compiled import CompiledPack, Read, condition_reads, needed
from continuum.errors import DayError, EngineError, Finding
from continuum.proofs.diagram import TooLargeError
from continuum.proofs.proof import days_to_prove

Verdict = Literal["same", "differs", "may_differ", "only_old", "only_new"]
MOST = 3
Lens: TypeAlias = Callable[[Told, Told], Change | None]
"""How two results differ, looked at in one way."""


@dataclass(frozen=True, slots=True)
class RuleAt:
    """A rule by its id, and where it stands."""

    id: str
    place: str


@dataclass(frozen=True)
class Region:
    """Profiles of which the same things can be said, and one of them.

    Attributes:
        said: what holds of them; nothing where it is every profile there can be.
        profiles: how many they are, those of earlier regions of the same change not counted again.
        witness: one of them, as both reference engines decide it; None where none was found.
    """

    said: tuple[Condition, ...]
    profiles: int
    witness: Witness | None
    _space: SameSpace = field(repr=False, compare=False)
    _node: int = field(repr=False, compare=False)

    def holds(self, values: Mapping[str, Any], *, not_given: tuple[str, ...] = ()) -> bool:
        """Whether a profile is one of them, and of no earlier region: its values, exact, by the newer pack's names. False where
        a value that it rests on is not among them, or is one that only one of the packs has.
        """
        return self._space.holds(self._node, values, not_given)

    def may_hold(self, values: Mapping[str, Any], *, not_given: Collection[str] = ()) -> bool:
        """Whether a profile is one of them for some way of filling in what is not known."""
        return self._space.may_hold(self._node, values, not_given)


@dataclass(frozen=True, slots=True)
class Transition:
    """What becomes what, and the rules that make it so on each side.

    Attributes:
        old, new: the results, in words.
        profiles: for how many profiles; at most so many where it is not ``sure``.
        sure: whether each of them changes so; else the results are worked out in ways that are not told apart, or may fail.
        regions: the first of its parts, the largest first.
        rest: how many profiles are in none of them.
        member: of a set, the value that is looked at; empty where a result is looked at as a whole.
    """

    old: str
    new: str
    old_rules: tuple[RuleAt, ...]
    new_rules: tuple[RuleAt, ...]
    profiles: int
    sure: bool
    regions: tuple[Region, ...] = ()
    rest: int = 0
    member: str = ""
    _space: SameSpace | None = field(default=None, repr=False, compare=False)
    _node: int = field(default=0, repr=False, compare=False)

    def may_hold(self, values: Mapping[str, Any], *, not_given: Collection[str] = ()) -> bool:
        """Whether a profile is one of those that change so, in whatever region, for some way of filling in what is not known: its
        values as for :meth:`Region.holds`.
        """
        return self._space is not None and self._space.may_hold(self._node, values, not_given)


@dataclass(frozen=True, slots=True)
class OutcomeDifference:
    """One outcome of both packs: the same, as a proof; different, with what becomes what, the largest change first; perhaps
    different, where that was neither proved nor shown; or an outcome that only one of them has.
    """

    outcome: str
    verdict: Verdict
    formerly: str = ""
    profiles: int = 0
    perhaps: int = 0
    transitions: tuple[Transition, ...] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """What was found on some days: for each pair the day of the old pack and that of the new one.

    Attributes:
        profiles: how many profiles both packs can be asked about; all numbers, and the witnesses, are those of the first days.
        exact: False where it is not followed for each profile whether it is possible: then every number is one of at most.
        impossible: how many of those that one pack allows the other calls impossible: in the new pack, in the old pack.
        uncompared: values that only one pack has, and how many of its profiles that leaves out.
    """

    days: tuple[tuple[dt.date, dt.date], ...]
    profiles: int
    exact: bool
    impossible: tuple[int, int]
    uncompared: tuple[Uncompared, ...]
    outcomes: tuple[OutcomeDifference, ...]

    @property
    def equal(self) -> bool:
        """Whether the packs are the same on these days, for every profile that either can be asked about."""
        same = all(outcome.verdict == "same" for outcome in self.outcomes)
        return same and not any(self.impossible) and not self.uncompared


@dataclass(frozen=True, slots=True)
class Difference:
    """How two packs differ.

    Attributes:
        old, new: id and version of each.
        renamed: inputs and outcomes that are the same under another name, as the new pack's terms say.
        removed, added: inputs that only the old pack, and only the new one reads.
        unlike: inputs of one name that do not mean the same, so that each stands for itself.
        compared: what was found, by the days on which it is so.
    """

    old: str
    new: str
    renamed: tuple[tuple[str, str], ...]
    removed: tuple[str, ...]
    added: tuple[str, ...]
    unlike: tuple[str, ...]
    compared: tuple[Compared, ...]

    @property
    def equal(self) -> bool:
        """Whether the packs are proved to be the same on every day that was compared."""
        return all(one.equal for one in self.compared)


def compare(old: CompiledPack, new: CompiledPack, on: dt.date | None = None, most: int = MOST) -> Difference:
    """How two packs differ, with at most so many regions for each change.

    Raises:
        DayError: where neither is in force on the day.
        EngineError: CX706, where the tables are too much for a decision diagram; CX703, where the reference engine does not
            find what the diagram shows.
    """
    found: list[Compared] = []
    try:
        spaces = [SameSpace(old, new, days) for days in days_compared(old, new, on)]
        for space in spaces:
            here = _Comparing(space, most).compared()
            same = next((i for i, one in enumerate(found) if _shape(one) == _shape(here)), None)
            if same is None:
                found.append(here)
            else:
                found[same] = replace(found[same], days=(*found[same].days, *here.days))
    except TooLargeError:
        message = f"comparing {old.id} {old.version} and {new.id} {new.version} would need a diagram of too many nodes"
        raise EngineError(
            Finding("CX706", message, hint="compare versions that differ less, or read fewer inputs together")
        ) from None
    space = spaces[0]
    read = [{v.names[side] for one in spaces for v in one.variables if v.kind == "input"} - {""} for side in (OLD, NEW)]
    lone = [[v.names[side] for v in space.variables if v.kind == "input" and not v.names[1 - side]] for side in (OLD, NEW)]
    unlike = tuple(name for name in space.unlike if name in read[OLD] or space.names.inputs[name] in read[NEW])
    return Difference(
        f"{old.id} {old.version}", f"{new.id} {new.version}",
        tuple(pair for pair in space.names.renamed if pair[0] not in space.unlike),
        tuple(name for name in lone[OLD] if name not in unlike),
        tuple(name for name in lone[NEW] if name not in {space.names.inputs[one] for one in unlike}),
        unlike, tuple(found),
    )  # fmt: skip


def _shape(found: Compared) -> Any:
    """What is said of some days, but for the numbers of profiles: of days up to today there is one more every day."""
    return [any(found.impossible), [(one.input, one.side, one.words) for one in found.uncompared]] + [
        (
            one.outcome,
            one.verdict,
            [(t.old, t.new, t.old_rules, t.new_rules, t.sure, [r.said for r in t.regions]) for t in one.transitions],
        )
        for one in found.outcomes
    ]


def days_compared(old: CompiledPack, new: CompiledPack, on: dt.date | None) -> list[tuple[dt.date, dt.date]]:
    """The days on which the old and the new pack are read: one day for both where both are in force, each day on which
    something changes; else those on which the one follows the other.
    """
    if on is not None:
        if not (old.covers(on) or new.covers(on)):
            message = f"neither version is in force on {on}: {old.version} is {old.in_force.words()}"
            raise DayError(Finding("CX603", f"{message}, {new.version} is {new.in_force.words()}"))
        return [(_nearest(old, on), _nearest(new, on))]
    days = {*days_to_prove(old), *days_to_prove(new)}
    both = [(day, day) for day in sorted(days) if old.covers(day) and new.covers(day)]
    if both:
        return both
    first, later = sorted((old, new), key=lambda pack: pack.start or dt.date.min)
    pair = first.end or first.some_day, later.start or later.some_day
    return [pair if first is old else (pair[1], pair[0])]


def _nearest(pack: CompiledPack, day: dt.date) -> dt.date:
    """The day, or the nearest on which the pack is in force."""
    if pack.covers(day):
        return day
    return pack.start if pack.start and day < pack.start else pack.end or pack.some_day


class _Comparing:
    """One pair of days."""

    def __init__(self, space: SameSpace, most: int) -> None:
        self.space, self.diagram, self.most = space, space.diagram, most
        self.words = Words(space)
        self._told_of: dict[str, Describing] = {}
        self.allowed = [space.carried(side, one.meaning.possible) for side, one in enumerate(space.sides)]
        self.both = self.diagram.both(*self.allowed)

    @cached_property
    def possible(self) -> int:
        """The profiles that neither pack surely calls impossible."""
        return self._maybe(self.both)

    @cached_property
    def exact(self) -> bool:
        """Whether it is known of every profile if it is possible."""
        known = self.space.known("possible", self.both)
        return all(len(values) == 1 for values in self.diagram.values(known))

    def _maybe(self, node: int) -> int:
        return self.diagram.apply("maybe", lambda values: True in values, self.space.known("possible", node))

    def compared(self) -> Compared:
        """Everything that is found."""
        allowed = self.space.known("allowed", self.diagram.apply("allowed", lambda *both: both, *self.allowed))
        lost = (
            self.space.count(allowed, lambda both: (True, False) in both),
            self.space.count(allowed, lambda both: (False, True) in both),
        )
        days = (self.space.sides[OLD].day, self.space.sides[NEW].day)
        outcomes = sorted(self._outcomes(), key=lambda found: -(found.profiles + found.perhaps))
        profiles, left_out = self.space.count(self.possible), tuple(self.space.uncompared())
        return Compared((days,), profiles, self.exact, lost, left_out, tuple(outcomes))

    def _outcomes(self) -> Iterator[OutcomeDifference]:
        names = self.space.names.outcomes
        for name in self.space.sides[OLD].pack.outcomes:
            if name in names:
                yield self._outcome(name, names[name])
            else:
                yield OutcomeDifference(name, "only_old")
        for name in self.space.sides[NEW].pack.outcomes:
            if name not in names.values():
                yield OutcomeDifference(name, "only_new")

    def _outcome(self, old: str, new: str) -> OutcomeDifference:
        results = Results(self.space, (old, new))
        formerly = old if old != new else ""
        whole = self._differs(results, new, change)
        if self.diagram.values(whole) == [{None}]:
            return OutcomeDifference(new, "same", formerly)
        found = [one for member, lens in _lenses(results) for one in self._changes(results, member, lens)]
        found.sort(key=lambda one: (-one.profiles, one.old, one.new))
        sure_of = self.exact and any(one.sure for one in found)
        shown = sure_of or any(region.witness for one in found for region in one.regions)
        sure, perhaps = (self.space.count(whole, among) for among in (_surely, _perhaps))
        return OutcomeDifference(new, "differs" if shown else "may_differ", formerly, sure, perhaps, tuple(found))

    def _differs(self, results: Results, name: Hashable, lens: Lens) -> int:
        """For each profile the set of changes it may come to, among them None where it may come to none."""
        tables = [self._table(results, side) for side in (OLD, NEW)]
        node = self.space.known(("change", name), self.diagram.apply(("change", name), lens, *tables))
        return self.diagram.choose(self.possible, node, self.diagram.leaf(frozenset([None])))

    def _changes(self, results: Results, member: str, lens: Lens) -> Iterator[Transition]:
        name = (results.names[NEW], member)
        differs = self._differs(results, name, lens)
        for values in self.diagram.values(differs):
            if values != {None}:
                where = self.diagram.apply(("group", name, values), lambda leaf, values=values: leaf == values, differs)
                yield from self._transitions(results, member, lens, where, values)

    def _table(self, results: Results, side: int) -> int:
        node = self.space.sides[side].meaning.table(results.names[side])
        return self.space.carried(side, node, lambda worked: results.told(side, worked), ("told", results.names[side]))

    def _telling(self, old: str, new: str) -> Describing:
        """What may be said about the profiles of an outcome: inputs, and the measures and decisions that it rests on."""
        if new in self._told_of:
            return self._told_of[new]
        packs = [side.pack for side in self.space.sides]
        behind = [needed(pack, name) for pack, name in zip(packs, (old, new), strict=True)]
        measures = [name for name in behind[NEW] if name in packs[NEW].measures]
        decisions = []
        for name in (name for name in behind[OLD] if name in packs[OLD].tables and name != old):
            other = self.space.names.outcomes.get(name, name)
            if other in behind[NEW]:
                results = Results(self.space, (name, other))
                nodes = [self._table(results, side) for side in (OLD, NEW)]
                decisions.append((other, self.diagram.apply(("both", other), _both, *nodes)))
        direct = {
            self.space.said[side].get(
                read.name, self.space.names.outcomes.get(read.name, read.name) if side == OLD else read.name
            )
            for side, name in ((OLD, old), (NEW, new))
            for rule in packs[side].tables[name].rules
            for read in condition_reads(rule.condition)
            if isinstance(read, Read)
        }
        found = features(self.space, self.possible, direct, measures, decisions)
        self._told_of[new] = Describing(self.space, self.possible, list(found))
        return self._told_of[new]

    def _transitions(
        self, results: Results, member: str, lens: Lens, where: int, values: frozenset[Change | None]
    ) -> Iterator[Transition]:
        finder = Witnesses(self.space, results, lens)
        telling = self._telling(*results.names)
        changes = sorted((one for one in values if one), key=str)
        sure = len(values) == 1 and changes[0].sure
        old, new = (self._told(results, member, side, [(one.old, one.new)[side] for one in changes]) for side in (OLD, NEW))
        before = self._before(results, lens, changes)
        for part, rules in Deciding(self.space, results).parts(where, changes):
            boxes, rest = telling.boxes(part, before, self.most)
            regions = tuple(self._region(finder, box, changes, sure=sure) for box in boxes)
            yield Transition(
                old, new, self._rules(OLD, rules[OLD]), self._rules(NEW, rules[NEW]),
                self.space.count(part), sure, regions, self.space.count(rest), member, self.space, part,
            )  # fmt: skip

    def _told(self, results: Results, member: str, side: int, told: list[Told]) -> str:
        """Results in words; of a set whether it has a value."""
        if member:
            if any(one.formula for one in told):
                return "a set worked out from the profile"
            return self.words.member(results, member, there=any(member in one.value for one in told))
        return " or ".join(dict.fromkeys(self.words.result(results, side, one) for one in told))

    def _before(self, results: Results, lens: Lens, changes: list[Change]) -> int:
        """The profiles that come to the old result, whatever becomes of them."""
        olds = tuple({one.old for one in changes})

        def is_old(told: Told) -> bool:
            return told in olds or any(_seen(lens, told, one.new) in olds for one in changes)

        node = self.diagram.apply(("before", lens, tuple(changes)), is_old, self._table(results, OLD))
        return self._maybe(node)

    def _region(self, finder: Witnesses, box: Box, changes: list[Change], *, sure: bool) -> Region:
        witness = finder.witness(box.node, changes[0] if sure else None, certain=sure and self.exact)
        return Region(self.words.said(box.said), box.profiles, witness, self.space, box.node)

    def _rules(self, side: int, ids: tuple[str, ...]) -> tuple[RuleAt, ...]:
        places = {rule.id: rule.place for table in self.space.sides[side].pack.tables.values() for rule in table.rules}
        return tuple(RuleAt(one, places[one]) for one in ids)


def _lenses(results: Results) -> Iterator[tuple[str, Lens]]:
    """The ways to look at the results of an outcome: sets value by value, others as a whole."""
    kinds = {type_.kind for type_ in results.types}
    if kinds != {"set"}:
        yield "", change
        return
    yield "", statewise
    members = dict.fromkeys([*results.types[NEW].values, *(results.words[""].get(v, v) for v in results.types[OLD].values)])
    yield from ((member, membership(member)) for member in members)


def _seen(lens: Lens, told: Told, new: Told) -> Told | None:
    """An old result as a lens sees it beside a new one."""
    found = lens(told, new)
    return found.old if found else None


def _surely(values: frozenset[Change | None]) -> bool:
    return None not in values and all(one.sure for one in values if one)


def _perhaps(values: frozenset[Change | None]) -> bool:
    return values != {None} and not _surely(values)


def _both(old: Told, new: Told) -> Any:
    """What a decision comes to on both sides: one result, or two."""
    return (old,) if old.key == new.key else (old, new)
