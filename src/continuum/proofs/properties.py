# SPDX-License-Identifier: MIT
"""Property sentences of a pack, each answered for every profile: proved, broken with an example, or not proved and why."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, partial
from itertools import combinations, pairwise
from typing import Any, Literal, TypeAlias

from continuum.compiled import ABSENT, Property, Type
from continuum.engines.completions import Line
from continuum.engines.hits import INDICATED, Worked, hashable
from continuum.proofs.meaning import Formula, field_of
from continuum.proofs.proof import HIGHEST, Example, Proof, ordinal, told
from continuum.proofs.sat import NotCountedError

Verdict = Literal["proved", "broken", "not_proved"]
MOVES = 16
"""Of how many cells of an answer every move is counted."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A broken property's example: one profile, or two that differ in one input, and what became of each, on a day where it is
    not that of the whole answer. Of a sentence about two outcomes, ``beside`` is the second.
    """

    profiles: tuple[Example, ...]
    outcomes: tuple[Worked, ...]
    outcome: str
    differs: str = ""
    day: dt.date | None = None
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a property sentence came to.

    Attributes:
        verdict: ``proved``, ``broken`` or ``not_proved``.
        profiles: how many profiles it was proved for, on one day; 0 where they cannot be counted.
        days: the days it was proved for.
        apart: of these, how many were set apart, because the outcome is referred, agreed individually or not applicable.
        free: what was not followed to the inputs, so that the proof holds for more than can be.
        why: where it is not proved, why; where it is, what is to be known about it.
        pairs: examples of a breach, the smallest first.
        rules: of ``every rule can apply``, the rules that cannot.
    """

    sentence: str
    verdict: Verdict
    profiles: int = 0
    days: tuple[dt.date, ...] = ()
    apart: int = 0
    free: tuple[str, ...] = ()
    why: str = ""
    pairs: tuple[Pair, ...] = field(default=())
    rules: tuple[str, ...] = ()


Bound: TypeAlias = tuple[Any, Any]


class NotProvable(Exception):
    """Why a sentence cannot be answered from the cells."""


@dataclass(frozen=True, slots=True)
class Breach:
    """Where a sentence is broken: a function of the profiles, and how to turn a profile into an example. To count them: what it
    is ``about``, and how many ``pairs`` of profiles break it for each profile, where it compares two.
    """

    where: int
    pair: Callable[[Example], Pair]
    still: Callable[[Pair], bool]
    about: str = ""
    pairs: Fraction = Fraction(1)


def answer(prop: Property, proofs: list[Proof]) -> Answer:
    """The answer to a sentence over all the days that are proved."""
    apart, note = 0, ""
    free: tuple[str, ...] = ()
    days = tuple(proof.day for proof in proofs)
    profiles = max(spoken_of(proof, prop) for proof in proofs)
    for proof in proofs:
        asked = _Asked(proof, prop)
        try:
            found = asked.broken()
        except NotProvable as reason:
            return Answer(prop.text, "not_proved", profiles, days, why=str(reason))
        free = tuple(variable.name for variable in proof.meaning.free)
        apart, note = max(apart, asked.apart), note or asked.note
        if found is None:
            continue
        if found:
            return Answer(prop.text, "broken", profiles, (proof.day,), apart, free, pairs=tuple(found))
        why = f"it may be broken where {', '.join(free)} is free to be anything, and no profile was found that breaks it"
        return Answer(prop.text, "not_proved", profiles, days, apart, free, why)
    return Answer(prop.text, "proved", profiles, days, apart, free, note)


def extent(prop: Property, proof: Proof) -> str:
    """How many profiles, or pairs of profiles that differ in one answer, break a sentence on a day, for each outcome and input.

    All moves of an answer are counted where it has no more than :data:`MOVES` cells, else those between neighbouring cells.

    Raises:
        NotProvable: where the sentence cannot be answered from the cells.
        NotCountedError: where a SAT solver answers.
        TooLargeError: where it takes more work than one question may.
    """
    counts: Counter[str] = Counter()
    for breach in FORMS[prop.form](_Asked(proof, prop, every=True)):
        counts[breach.about] += int(breach.pairs * proof.count(breach.where, left_out=True))
    return ", ".join(f"{about} {count}" for about, count in sorted(counts.items()) if count)


def spoken_of(proof: Proof, prop: Property) -> int:
    """How many profiles a sentence speaks of on a day; 0 where they cannot be counted."""
    if prop.where is None:
        return proof.profiles
    try:
        return proof.count(proof.diagram.both(proof.meaning.possible, proof.meaning.limit(prop.where)))
    except NotCountedError:
        return 0


def holds_of(proof: Proof, prop: Property, profiles: Sequence[Example]) -> bool:
    """Whether a sentence speaks of these profiles, as the reference engine sees it: they can be, and what limits the sentence
    holds of each; of the first alone where the others are what becomes of it.
    """
    limits = profiles[:1] if prop.form == "settling" else profiles
    return all(map(proof.can_be, profiles)) and all(prop.where is None or proof.is_so(one, prop.where) for one in limits)


class _Asked:
    """One sentence, asked of one day: for the first move of each answer that breaks it, or for ``every`` one."""

    def __init__(self, proof: Proof, prop: Property, *, every: bool = False) -> None:
        self.proof, self.prop, self.diagram, self.every = proof, prop, proof.diagram, every
        self.parts = dict(prop.parts)
        self.apart = 0
        self.note = ""

    def broken(self) -> list[Pair] | None:
        """Examples of a breach; an empty list where there may be one that the reference engine does not confirm; None where
        there is none.
        """
        unconfirmed = False
        for breach in FORMS[self.prop.form](self):
            if self.diagram.never(breach.where):
                continue

            def confirmed(example: Example, breach: Breach = breach) -> bool:
                pair = breach.pair(example)
                return holds_of(self.proof, self.prop, pair.profiles) and breach.still(pair)

            pairs = [breach.pair(example) for example in self.proof.examples(breach.where, confirmed)]
            if pairs:
                return list({pair.profiles: pair for pair in pairs}.values())
            unconfirmed = True
        return [] if unconfirmed else None

    # parts of sentences

    @cached_property
    def possible(self) -> int:
        """The profiles that the sentence speaks of: those that can be, within its limits."""
        possible = self.proof.meaning.possible
        return possible if self.prop.where is None else self.diagram.both(possible, self.proof.meaning.limit(self.prop.where))

    def among(self, node: int) -> int:
        """Where something holds, of the profiles that the sentence speaks of."""
        return node if self.diagram.never(node) else self.diagram.both(self.possible, node)

    def ranked(self, outcome: str) -> int:
        """The rank of an outcome for all profiles, refused where it is worked out from values that are not told apart."""
        self.told_apart(outcome)
        return self.proof.ranked(outcome, refer_is_highest=self.prop.refer_is_highest, all_profiles=True)

    def told_apart(self, outcome: str) -> None:
        """Refuse an outcome that is worked out from values that are not told apart."""
        if self.proof.has_formula(self.proof.ranked(outcome, all_profiles=True)):
            raise NotProvable(f"`{outcome}` is worked out from amounts that are not told apart one by one")

    def rank_of(self, outcome: str, worked: Worked) -> Any:
        """The rank of a result of the reference engine; None where it has none."""
        part = outcome.partition(".")[2]
        if worked.state != INDICATED:
            return HIGHEST if self.prop.refer_is_highest and worked.state == "refer" else None
        return self.rank(outcome, worked.value[part] if part else worked.value)

    def rank(self, owner: str, value: Any) -> Any:
        """A value of an outcome or an input as a number."""
        type_ = self.type_of(owner)
        return ordinal(value, {one: i for i, one in enumerate(type_.values)} if type_.kind == "scale" else None)

    def type_of(self, owner: str) -> Type:
        """The type of an outcome or an input."""
        return self.proof.pack.inputs[owner].type if owner in self.proof.pack.inputs else self.proof.type_of(owner)

    def value(self, owner: str, text: str) -> Any:
        """A value that a sentence names, of the type of what it belongs to."""
        kind = self.type_of(owner).kind
        if kind == "number":
            return Fraction(text)
        return {"yes": True, "no": False}[text] if kind == "yes_no" else dt.date.fromisoformat(text) if kind == "date" else text

    def variable(self, name: str, node: int) -> int | None:
        """The number of an input's variable, None where nothing reads it. Refused where the function rests on something free
        that the input stands behind: moving the input would move that too.
        """
        for index in self.proof.meaning.free_reads:
            if name in self.proof.behind(index) and self.diagram.depends(node, index):
                what = self.proof.meaning.variables[index].name
                raise NotProvable(f"`{what}` is not followed for each value of `{name}`")
        return self.proof.meaning.space.index.get(("input", name))

    def cell(self, index: int, value: Any) -> int:
        """The cell that a value stands in."""
        variable = self.proof.meaning.variables[index]
        if value in variable.cells:
            return variable.cells.index(value)
        return max(i for i, cell in enumerate(variable.cells) if cell is not ABSENT and cell <= value)

    def steps(self, index: int, *, adjacent: bool = False) -> list[tuple[int, int]]:
        """Pairs of cells of an input, the lower first."""
        places = [i for i, cell in enumerate(self.proof.meaning.variables[index].cells) if cell is not ABSENT]
        return list(pairwise(places)) if adjacent else self.two_of(places)

    def two_of(self, places: Sequence[int]) -> list[tuple[int, int]]:
        """Each two cells; where every one is asked for and they are many, each two neighbours."""
        return list(pairwise(places) if self.every and len(places) > MOVES else combinations(places, 2))

    def pairs(self, index: int, cells: tuple[int, int], *, adjacent: bool = False) -> Fraction:
        """How many pairs of values there are of two cells, for each value of the input; of two neighbours, one step."""
        counts = self.proof.meaning.variables[index].counts
        return Fraction(1 if adjacent else counts[cells[0]] * counts[cells[1]], sum(counts))

    def moved(self, outcome: str, name: str, values: tuple[Any, Any]) -> Callable[[Example], Pair]:
        """How an example becomes two profiles that differ in one input."""
        base = outcome.partition(".")[0]

        def pair(example: Example) -> Pair:
            profiles = tuple(changed(example, {name: value}) for value in values)
            return Pair(profiles, tuple(self.proof.decide(one, base) for one in profiles), outcome, name)

        return pair

    def stood_beside(self, index: int, cells: tuple[int, int]) -> tuple[Any, Any]:
        """A value of each of two cells; of two neighbours, values that are one step apart."""
        variable = self.proof.meaning.variables[index]
        low, high = (variable.cells[cell] for cell in cells)
        asked = self.proof.pack.inputs[variable.name]
        if cells[1] - cells[0] == 1 and not asked.type.values and ABSENT not in (low, high):
            line = Line(asked, self.proof.day)
            low = line.at(line.index(high) - 1)
        return low, high

    def compared(
        self, name: str, outcome: str, wrong: Callable[[Any, Any], bool], safe: Callable[[Bound, Bound], bool], *,
        adjacent: bool = False,
    ) -> Iterator[Breach]:  # fmt: skip
        """Breaches of a statement about the ranks of an outcome before and after a step up of an input; ``safe`` says of the
        least and greatest rank of two groups of profiles that no two of them can break it.
        """
        node = self.ranked(outcome)

        def never(bounds: dict[int, Bound | None], one: int, other: int) -> bool:
            before, after = bounds[one], bounds[other]
            return before is None or after is None or safe(before, after)

        key = (self.prop.text, "wrong")
        moves = _Moves(self, name, node, key, _both_ranked(wrong), partial(never, self.bounds(node)))
        for index, cells, where in moves.wrong(lambda index: self.steps(index, adjacent=adjacent)):
            pair = self.moved(outcome, name, self.stood_beside(index, cells))
            pairs = self.pairs(index, cells, adjacent=adjacent)
            yield Breach(where, pair, self.still(outcome, wrong), f"{outcome} by {name}", pairs)

    def still(self, outcome: str, wrong: Callable[[Any, Any], bool]) -> Callable[[Pair], bool]:
        """Whether the reference engine finds a pair wrong too."""

        def confirmed(pair: Pair) -> bool:
            ranks = [self.rank_of(outcome, worked) for worked in pair.outcomes]
            return None not in ranks and wrong(*ranks)

        return confirmed

    def bounds(self, node: int) -> dict[int, tuple[Any, Any] | None]:
        """The least and greatest rank under each node, kept for the next sentence."""
        if node not in self.proof.bounds:
            self.proof.bounds[node] = self.diagram.bounds(node)
        return self.proof.bounds[node]

    def set_apart(self, outcome: str) -> None:
        """Count the profiles of which a sentence about order says nothing."""
        node = self.diagram.apply("apart", lambda rank: rank is None, self.ranked(outcome))
        try:
            self.apart = max(self.apart, self.proof.count(self.among(node)))
        except NotCountedError:
            self.note = "some of them are set apart, it is not counted how many"


class _Moves:
    """One input moved while all else stands still; ``wrong`` is said of the values before and after, under the name ``key``.
    First all profiles are looked at, which is quicker, and where that finds something, those of them that can be.
    """

    def __init__(
        self, asked: _Asked, name: str, node: int, key: Hashable, wrong: Callable[[Any, Any], bool],
        safe: Callable[[int, int], bool] = lambda _one, _other: False,
    ) -> None:  # fmt: skip
        self.asked, self.name, self.node, self.key, self._wrong, self._safe = asked, name, node, key, wrong, safe
        self.index = asked.variable(name, node)

    def wrong(self, steps: Callable[[int], list[tuple[int, int]]]) -> Iterator[tuple[int, tuple[int, int], int]]:
        """The first of some moves (each, where every one is asked for) that goes wrong for a profile that can be before it and
        after: the variable, its cells, and where.
        """
        if self.index is None:
            return
        left, diagram = steps(self.index), self.asked.diagram
        while (cells := diagram.breaks(self.node, self.index, left, self._wrong, self._safe, self.key)) is not None:
            where = self._among_possible(self.index, cells)
            if not diagram.never(where):
                yield self.index, cells, where
                if not self.asked.every:
                    return
            left.remove(cells)

    def _among_possible(self, index: int, cells: tuple[int, int]) -> int:
        """All profiles for which that move goes wrong."""
        diagram, possible = self.asked.diagram, self.asked.possible
        self.asked.variable(self.name, possible)
        one, other = (diagram.restrict(self.node, {index: cell}) for cell in cells)
        where = diagram.apply(self.key, self._wrong, one, other)
        for cell in cells:
            where = diagram.both(where, diagram.restrict(possible, {index: cell}))
        return where


def changed(example: Example, changes: dict[str, Any]) -> Example:
    """A profile with some values changed, or said where they were not."""
    not_given = tuple(name for name in example.not_given if name not in changes)
    return Example(tuple((example.as_dict() | changes).items()), not_given)


def _both_ranked(wrong: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def both(one: Any, other: Any) -> bool:
        return one is not None and other is not None and wrong(one, other)

    return both


# the forms of sentences


def _order(asked: _Asked) -> Iterator[Breach]:
    falls = asked.parts.get("way", "lowers") == "lowers"
    wrong, safe = (_falls, lambda one, other: one[1] <= other[0]) if falls else (_rises, lambda one, other: one[0] >= other[1])
    for outcome in asked.parts["outcomes"]:
        asked.set_apart(outcome)
        for name in asked.parts["inputs"]:
            yield from asked.compared(name, outcome, wrong, safe)


def _falls(one: Any, other: Any) -> bool:
    return bool(other < one)


def _rises(one: Any, other: Any) -> bool:
    return bool(other > one)


def _cliff(asked: _Asked) -> Iterator[Breach]:
    most = Fraction(asked.parts["most"])

    def safe(one: Bound, other: Bound) -> bool:
        return bool(max(one[1], other[1]) - min(one[0], other[0]) <= most)

    for outcome in asked.parts["outcomes"]:
        asked.set_apart(outcome)
        for name in asked.parts["inputs"]:
            yield from asked.compared(name, outcome, _further(most), safe, adjacent=True)


def _further(most: Fraction) -> Callable[[Any, Any], bool]:
    return lambda one, other: bool(abs(other - one) > most)


def _independence(asked: _Asked) -> Iterator[Breach]:
    for outcome in asked.parts["outcomes"]:
        base, _, part = outcome.partition(".")
        if _read_by_formulas(asked, base, asked.parts["inputs"]):
            raise NotProvable(f"`{base}` is worked out from what it should not depend on")
        for name in asked.parts["inputs"]:
            yield from _dependence(asked, name, base, part)


def _dependence(asked: _Asked, name: str, base: str, part: str) -> Iterator[Breach]:
    def differ(one: Any, other: Any) -> bool:
        return _differ(one, other, part)

    moves = _Moves(asked, name, asked.proof.outcome(base, all_profiles=True), ("differ", part), differ)

    def still(pair: Pair) -> bool:
        one, other = (worked._replace(value=hashable(worked.value)) for worked in pair.outcomes)
        return _differ(one, other, part)

    for index, cells, where in moves.wrong(lambda index: asked.two_of(range(len(asked.proof.meaning.variables[index].cells)))):
        pair = asked.moved(base, name, asked.stood_beside(index, cells))
        yield Breach(where, pair, still, f"{base}.{part} by {name}", asked.pairs(index, cells))


def _differ(one: Any, other: Any, part: str) -> bool:
    if part and one.state == other.state == INDICATED:
        return bool(field_of(one.value, part) != field_of(other.value, part))
    return told(one) != told(other)


def _read_by_formulas(asked: _Asked, decision: str, inputs: tuple[str, ...]) -> bool:
    """Whether a formula that is not followed reads one of these inputs."""
    formulas = {
        part.rule
        for worked in asked.diagram.values(asked.proof.outcome(decision, all_profiles=True))
        if worked.state == INDICATED
        for part in _values_of(worked)
        if isinstance(part, Formula)
    }
    return any(name in asked.proof.behind_rule(rule) for rule in formulas for name in inputs)


def _values_of(worked: Worked) -> list[Any]:
    value = worked.value
    return [part for _, part in value] if isinstance(value, tuple) and value and isinstance(value[0], tuple) else [value]


def _reach(asked: _Asked) -> Iterator[Breach]:
    outcome, other = asked.parts["outcome"], asked.parts["other"]
    value = asked.value(outcome, asked.parts["value"])
    values = {asked.value(other, text) for text in asked.parts["values"]}

    def missed(one: Any, two: Any) -> bool:
        return _is(one, {value}) and two.state == INDICATED and not _is(two, values)

    for name in (outcome, other):
        asked.told_apart(name)
    both = (asked.proof.outcome(one, all_profiles=True) for one in (outcome, other))
    where = asked.among(asked.diagram.apply((asked.prop.text, "missed"), missed, *both))

    def pair(example: Example) -> Pair:
        return Pair((example,), (asked.proof.decide(example, outcome), asked.proof.decide(example, other)), outcome, beside=other)

    yield Breach(where, pair, lambda found: missed(*found.outcomes))


def _is(worked: Worked, values: set[Any]) -> bool:
    """Whether a result is indicated and is, or holds, one of some values."""
    if worked.state != INDICATED:
        return False
    return bool(values & set(worked.value)) if isinstance(worked.value, tuple) else worked.value in values


def _settling(asked: _Asked) -> Iterator[Breach]:
    asked.told_apart(asked.parts["other"])
    for outcome in asked.parts["outcomes"]:
        for value, changes in asked.proof.pack.after.get(asked.parts["other"], {}).items():
            yield from _settled(asked, outcome, value, changes)


def _settled(asked: _Asked, outcome: str, value: str, changes: dict[str, Any]) -> Iterator[Breach]:
    other = asked.parts["other"]
    wanted = {asked.value(other, value)}

    def wrong(one: Any, before: Any, after: Any) -> bool:
        return _is(one, wanted) and _both_ranked(_falls)(before, after)

    diagram, possible = asked.diagram, asked.proof.meaning.possible
    node, first = asked.ranked(outcome), asked.proof.outcome(other, all_profiles=True)
    numbers = {name: asked.variable(name, node) for name in changes}
    cells = {index: asked.cell(index, changes[name]) for name, index in numbers.items() if index is not None}
    where = diagram.apply((asked.prop.text, outcome, value), wrong, first, node, diagram.restrict(node, cells))
    if diagram.never(where):
        return
    for name in changes:
        asked.variable(name, possible)
    where = diagram.both(asked.among(where), diagram.restrict(possible, cells))

    def pair(example: Example) -> Pair:
        profiles = (example, changed(example, changes))
        outcomes = tuple(asked.proof.decide(one, outcome.partition(".")[0]) for one in profiles)
        return Pair(profiles, outcomes, outcome, ", ".join(changes))

    def still(found: Pair) -> bool:
        return _is(asked.proof.decide(found.profiles[0], other), wanted) and asked.still(outcome, _falls)(found)

    yield Breach(where, pair, still, f"{outcome} by {value}")


def _never(asked: _Asked) -> Iterator[Breach]:
    outcome, level = asked.parts["outcome"], asked.parts["level"]
    least = asked.rank(outcome, asked.value(outcome, asked.parts["value"]))

    def reached(rank: Any) -> bool:
        return rank is not None and bool(rank >= least)

    where = asked.diagram.apply((asked.prop.text, "reached"), reached, asked.ranked(outcome))
    for name in asked.parts["inputs"]:
        where = asked.diagram.both(where, _at_most(asked, name, level))
    where = asked.among(where)

    def pair(example: Example) -> Pair:
        return Pair((example,), (asked.proof.decide(example, outcome.partition(".")[0]),), outcome)

    def still(found: Pair) -> bool:
        values = found.profiles[0].as_dict()
        low = all(_is_at_most(asked, name, values.get(name, ABSENT), level) for name in asked.parts["inputs"])
        return low and reached(asked.rank_of(outcome, found.outcomes[0]))

    yield Breach(where, pair, still)


def _at_most(asked: _Asked, name: str, level: str) -> int:
    index = asked.proof.meaning.space.index.get(("input", name))
    if index is None:
        return asked.diagram.yes
    cells = asked.proof.meaning.variables[index].cells
    return asked.diagram.variable(index, [_is_at_most(asked, name, cell, level) for cell in cells])


def _is_at_most(asked: _Asked, name: str, value: Any, level: str) -> bool:
    return value is ABSENT or bool(asked.rank(name, value) <= asked.rank(name, asked.value(name, level)))


def _alignment(asked: _Asked) -> Iterator[Breach]:
    outcome, name = asked.parts["outcome"], asked.parts["input"]
    if asked.parts["same"] != outcome or asked.parts["again"] != name:
        raise NotProvable("it compares two different outcomes or inputs")
    values = asked.value(name, asked.parts["here"]), asked.value(name, asked.parts["there"])
    far = _further(Fraction(asked.parts["most"]))
    moves = _Moves(asked, name, asked.ranked(outcome), (asked.prop.text, "far"), _both_ranked(far))
    for _, _, where in moves.wrong(lambda index: [(asked.cell(index, values[0]), asked.cell(index, values[1]))]):
        yield Breach(where, asked.moved(outcome, name, values), asked.still(outcome, far))


FORMS: dict[str, Callable[[_Asked], Iterator[Breach]]] = {
    "order": _order, "cliff": _cliff, "independence": _independence, "reach": _reach, "settling": _settling, "never": _never,
    "alignment": _alignment,
}  # fmt: skip
"""The forms of sentences that a pack declares, by the name the compiler gives them."""
