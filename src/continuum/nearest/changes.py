# SPDX-License-Identifier: MIT
"""The nearest changes of a profile, each confirmed by the reference engine; where the diagram does not tell, an honest search."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import combinations, product
from typing import Annotated, Any, ClassVar, TypeAlias

from pydantic import Field

from continuum.arithmetic import as_decimal
from continuum.compiled import ABSENT, CompiledPack, Input, Type
from continuum.decisions import Answered, Frozen, Outcome, PackRef, Shown
from continuum.engines.completions import TooMany
from continuum.errors import EngineError, Finding
from continuum.nearest.moves import Move, Place, places
from continuum.nearest.walk import Told, Untold, Walk, Wanted
from continuum.proofs.proof import Proof

Decided: TypeAlias = tuple[Outcome, frozenset[Told]] | None
"""What the reference comes to, with what tells it from others; None for a profile that cannot be."""
TRIES = 2_000


class Change(Answered):
    """One answer that would be another.

    Attributes:
        field: the input.
        was: the answer now; None where it is not known, ``absent`` where it was said to be none.
        becomes: the nearest answer that does it.
        low, high: for a number or date, the stretch of answers that do the same.
        steps: how many steps of its scale; one for any other kind of answer.
    """

    answers: ClassVar[tuple[str, ...]] = ("was", "becomes", "low", "high")
    was: Shown = None
    becomes: Shown
    low: Shown = None
    high: Shown = None
    steps: int


class Way(Frozen):
    """A set of changes and what the outcome then comes to."""

    changes: Annotated[tuple[Change, ...], Field(strict=False)]
    gives: Outcome


class Nearest(Frozen):
    """The smallest sets of changes to another outcome, all of one size: the fewest inputs, and of those the fewest steps.

    Attributes:
        on: the day it is decided for.
        outcome: the outcome that is asked about.
        current: what it comes to as the profile stands.
        to: what was wanted; empty where any other outcome was.
        ways: the sets; none where nothing that may be asked about gives it.
        inputs, steps: the size of each set.
        more: whether there are more sets of this size than are listed.
        exact: whether it is proved that there is nothing smaller.
        because: why there is no way, or why it is not exact.
        pack: the pack that decided.
    """

    on: dt.date = Field(strict=False)
    outcome: str
    current: Outcome
    to: str = ""
    ways: Annotated[tuple[Way, ...], Field(strict=False)] = ()
    inputs: int = 0
    steps: int = 0
    more: bool = False
    exact: bool = True
    because: str = ""
    pack: PackRef


@dataclass(frozen=True)
class Question:
    """What is asked: the profile, the outcome, and how the reference decides it for other answers."""

    proof: Proof
    values: Mapping[str, Any]
    outcome: str
    current: Outcome
    decide: Callable[[Mapping[str, Any]], Decided]
    ref: PackRef

    @property
    def pack(self) -> CompiledPack:
        """The pack that is asked."""
        return self.proof.pack

    def told(self) -> frozenset[Told]:
        """What the profile comes to as it stands.

        Raises:
            TooMany: where what is not known cannot be followed.
        """
        decided = self.decide(self.values)
        if decided is None:
            raise _differ(self.outcome)  # deciding would have refused it
        return decided[1]


def nearest_changes(asked: Question, to: str, matches: Callable[[Told], bool] | None, most: int) -> Nearest:
    """The smallest sets of changes that give another outcome, or the one that ``matches``.

    Raises:
        EngineError: CX703, where the diagram and the reference differ.
    """
    made: dict[str, Any] = {
        "on": asked.proof.day,
        "outcome": asked.outcome,
        "current": asked.current,
        "to": to,
        "pack": asked.ref,
    }
    try:
        told = asked.told()
    except TooMany:
        return Nearest(**made, exact=False, because="too much is not known to follow every way of filling it in")
    wanted = _wanted(told, matches)
    if wanted(told):
        return Nearest(**made, because="it is so already")
    stands = places(asked.proof.meaning.space, asked.pack, asked.values)
    try:
        sets, more = _by_diagram(asked, stands, told, wanted, most)
        why = "" if sets else "no change of what may be asked about gives it"
    except Untold as problem:
        sets, more = _searched(asked, stands, wanted, most)
        said = "not proved to be the smallest" if sets else "none was found, and that is not proved"
        why = f"{said}: {problem.why}"
        return Nearest(**made, **_sized(asked, sets), more=more, exact=False, because=why)
    return Nearest(**made, **_sized(asked, sets), more=more, because=why)


def _wanted(now: frozenset[Told], matches: Callable[[Told], bool] | None) -> Wanted:
    """The one asked for; or any but the present one; or, where it is not settled now, any one by itself."""
    if matches is not None:
        return lambda results: all(map(matches, results))
    if len(now) == 1:
        return lambda results: not results & now
    return lambda results: len(results) == 1


def _sized(asked: Question, sets: list[tuple[tuple[Move, ...], Outcome]]) -> dict[str, Any]:
    if not sets:
        return {}
    first = sets[0][0]
    ways = tuple(Way(changes=tuple(_change(asked, move) for move in moves), gives=gives) for moves, gives in sets)
    return {"ways": ways, "inputs": len(first), "steps": sum(move.steps for move in first)}


def _change(asked: Question, move: Move) -> Change:
    about = asked.pack.inputs[move.name]
    was, becomes, low, high = (answer(about, value) for value in (asked.values.get(move.name), move.value, move.low, move.high))
    return Change(
        field=move.name, kind=kind_of(about.type), was=was, becomes=becomes, low=low, high=high, steps=move.steps
    )  # fmt: skip


def kind_of(type_: Type) -> Any:
    """The kind of an outcome's value, or of an answer."""
    return "money" if type_.kind == "number" and type_.money else type_.kind


def answer(about: Input, value: Any) -> Any:
    """An answer as it is handed out; None where it is not known."""
    if value is ABSENT:
        return "absent"
    if value is None or about.type.kind != "number" or (about.type.whole and isinstance(value, int)):
        return value
    return as_decimal(value, about.type.places)


# by the diagram


def _by_diagram(
    asked: Question, stands: list[Place], told: frozenset[Told], wanted: Wanted, most: int
) -> tuple[list[tuple[tuple[Move, ...], Outcome]], bool]:
    walk = Walk(asked.proof, asked.outcome, stands)
    if walk.current() != told:
        raise _differ(asked.outcome)
    ways, more = walk.ways(wanted, most)
    return [(moves, _confirmed(asked, moves, wanted)) for moves in ways], more


def _confirmed(asked: Question, moves: tuple[Move, ...], wanted: Wanted) -> Outcome:
    """What the reference makes of a set of changes, at the nearest values and at both ends of their stretches."""
    found = None
    for values in _values(asked, moves):
        try:
            decided = asked.decide(values)
        except TooMany:
            raise Untold("there are too many ways of filling in what is not known") from None
        if decided is None or not wanted(decided[1]):
            raise _differ(asked.outcome)
        found = found or decided[0]
    if found is None:
        raise _differ(asked.outcome)
    return found


def _values(asked: Question, moves: tuple[Move, ...]) -> Iterator[dict[str, Any]]:
    yield {**asked.values, **{move.name: move.value for move in moves}}
    for move in moves:
        for end in (move.low, move.high):
            if end is not None and end != move.value:
                yield {**asked.values, **{other.name: other.value for other in moves}, move.name: end}


def _differ(outcome: str) -> EngineError:
    message = f"the diagram and the reference engine differ on {outcome}; no answer is given"
    return EngineError(Finding("CX703", message, hint="report this with the pack's id, version and digest"))


# by searching


def _searched(
    asked: Question, stands: list[Place], wanted: Wanted, most: int
) -> tuple[list[tuple[tuple[Move, ...], Outcome]], bool]:
    """What a search finds that asks the reference for one change, then for two, as far as its tries go."""
    tried = [(place, list(_tries(place))) for place in stands]
    singles = ((move,) for _, moves in tried for move in moves)
    pairs = (pair for (_, one), (_, other) in combinations(tried, 2) for pair in product(one, other))
    for sets in (singles, pairs):
        found = list(_giving(asked, sets, wanted))
        if found:
            least = min(_size(moves) for moves, _ in found)
            nearest: dict[tuple[Any, ...], tuple[tuple[Move, ...], Outcome]] = {}
            for moves, gives in sorted(found, key=lambda one: sum(move.far for move in one[0])):
                if _size(moves) == least:
                    nearest.setdefault(tuple((m.name, None if m.far else str(m.value)) for m in moves), (moves, gives))
            listed = list(nearest.values())
            return listed[:most], len(listed) > most
    return [], False


def _size(moves: tuple[Move, ...]) -> int:
    return sum(move.steps for move in moves)


def _giving(asked: Question, sets: Iterable[tuple[Move, ...]], wanted: Wanted) -> Iterator[tuple[tuple[Move, ...], Outcome]]:
    for _, moves in zip(range(TRIES), sets, strict=False):
        with suppress(TooMany):
            decided = asked.decide({**asked.values, **{move.name: move.value for move in moves}})
            if decided is not None and wanted(decided[1]):
                yield moves, decided[0]


def _tries(place: Place) -> Iterator[Move]:
    """Values worth trying: in each cell; of a number or date also the next steps, and some over its whole range."""
    yield from (move if move.low is None else Move(move.name, move.cell, move.value, 1, move.far) for move in place.moves)
    if not place.runs:
        return
    here = place.line.index(place.value) if place.known and place.value is not ABSENT else None
    for mark in place.spread():
        value = place.line.at(mark)
        if place.may_stand_at(value):
            yield Move(place.name, -1, value, 1, abs(mark - here) if here is not None else 0)
