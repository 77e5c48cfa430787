# SPDX-License-Identifier: MIT
"""What holds an outcome where it is: answers of the profile that are enough by themselves, and of which none can be spared.

An outcome with an order has two sides: the answers because of which it is at least this, and those because of which it is at
most this. Whatever the other answers were, that side would hold; without any one of these it might not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import Field

from continuum.compiled import Type
from continuum.decisions import Answered, Frozen, Outcome, PackRef, Shown
from continuum.engines.completions import TooMany
from continuum.engines.hits import INDICATED, Worked, told_apart
from continuum.nearest.changes import Question, answer, kind_of
from continuum.nearest.moves import Place, places
from continuum.nearest.walk import Told, Untold, diagram_of
from continuum.proofs.meaning import Formula
from continuum.proofs.proof import EXCLUDED, Proof, ordinal

Claim: TypeAlias = Literal["at_least", "at_most", "exactly"]
Holds: TypeAlias = Callable[[Worked], bool]


class Answer(Answered):
    """An answer of the profile; None where it matters that nobody gave one."""

    answers: ClassVar[tuple[str, ...]] = ("value",)
    value: Shown = None


class Side(Frozen):
    """One side of an outcome: what is claimed, and the answers that are enough for it."""

    claim: Claim
    because: Annotated[tuple[Answer, ...], Field(strict=False)]


class Sides(Frozen):
    """Why an outcome is not lower and not higher, or, where it has no order, why it is this one.

    Attributes:
        outcome: the outcome.
        current: what it comes to.
        at_least, at_most: the two sides; None where the outcome has no order, or nothing is below or above it.
        exactly: the only side of an outcome without an order, or of one that is not indicated.
        because: why a side is left out; empty where all are there.
        pack: the pack that decided.
    """

    outcome: str
    current: Outcome
    at_least: Side | None = None
    at_most: Side | None = None
    exactly: Side | None = None
    because: str = ""
    pack: PackRef


def sides_of(asked: Question) -> Sides:
    """The sides of an outcome, where the diagram tells them."""
    made: dict[str, Any] = {"outcome": asked.outcome, "current": asked.current, "pack": asked.ref}
    try:
        told = asked.told()
        node = diagram_of(asked.proof, asked.outcome)
    except TooMany:
        return Sides(**made, because="too much is not known to follow every way of filling it in")
    except Untold as problem:
        return Sides(**made, because=problem.why)
    claims = _claims(asked.pack.tables[asked.outcome].type, told)
    if not claims:
        return Sides(**made, because="it is not settled")
    why = _not_told(asked.proof, node)
    if why:
        return Sides(**made, because=why)
    enough = _Enough(asked, node)
    made.update((claim, enough.side(claim, holds)) for claim, holds in claims.items())
    return Sides(**made)


def _claims(type_: Type, told: frozenset[Told]) -> dict[Claim, Holds]:
    """What each side claims of a result."""
    indicated = all(state == INDICATED for state, *_ in told)
    if indicated and type_.ordered:
        order = {value: i for i, value in enumerate(type_.values)} or None
        ranks = [ordinal(value, order) for _, value, *_ in told]
        low, high = min(ranks), max(ranks)
        both: dict[Claim, Holds] = {
            "at_least": lambda worked: worked.state == INDICATED and bool(ordinal(worked.value, order) >= low),
            "at_most": lambda worked: worked.state == INDICATED and bool(ordinal(worked.value, order) <= high),
        }
        ends = {"at_least": order and low == 0, "at_most": order and high == len(type_.values) - 1}
        found = {claim: holds for claim, holds in both.items() if not ends[claim]}
        if found:
            return found
    return {"exactly": lambda worked: told_apart(worked) in told} if len(told) == 1 else {}


def _not_told(proof: Proof, node: int) -> str:
    """Why the diagram of an outcome does not tell what is enough; empty where it does."""
    free = {proof.meaning.space.index[variable.kind, variable.name] for variable in proof.meaning.free}
    rests_on = sorted(free & proof.diagram.support(node))
    if rests_on:
        return f"`{proof.meaning.variables[rests_on[0]].name}` rests on the very value of an amount or a date"
    values = [worked.value for worked in proof.diagram.values(node) if worked != EXCLUDED]
    parts = [part for value in values for part in (value if isinstance(value, tuple) else (value,))]
    if any(isinstance(part[1] if isinstance(part, tuple) else part, Formula) for part in parts):
        return "the outcome is worked out from an amount, and every amount gives another"
    return ""


class _Enough:
    """Sets of the profile's own answers, and whether a claim holds whatever the others are."""

    def __init__(self, asked: Question, node: int) -> None:
        self.diagram, self.node = asked.proof.diagram, node
        self.values = asked.values
        self.places = places(asked.proof.meaning.space, asked.pack, asked.values)

    def side(self, claim: Claim, holds: Holds) -> Side:
        """A set that is enough and of which nothing can be spared; what says least of the pupil is left out first."""
        kept = {place.name: place for place in self.places if place.known or place.given is not None}
        for place in sorted(kept.values(), key=lambda place: self._weight(claim, place)):
            rest = {name: other for name, other in kept.items() if name != place.name}
            if self._forced(rest, holds):
                kept = rest
        answers = [
            Answer(field=name, kind=kind_of(place.asked.type), value=answer(place.asked, self.values.get(name)))
            for name, place in kept.items()
        ]
        return Side(claim=claim, because=tuple(answers))

    def _weight(self, claim: Claim, place: Place) -> tuple[bool, int]:
        """The order in which answers are tried without: the low levels for *at least*, the high ones for *at most*."""
        level = place.own or 0
        return place.asked.type.kind == "scale", -level if claim == "at_most" else level

    def _forced(self, kept: dict[str, Place], holds: Holds) -> bool:
        cells: dict[int, int] = {place.index: place.own for place in kept.values() if place.own is not None}
        cells |= {place.given: int(not place.known) for place in kept.values() if place.given is not None}
        seen = {self.node}
        waiting = [self.node]
        while waiting:
            node = waiting.pop()
            if self.diagram.is_leaf(node):
                worked: Any = self.diagram.value(node)
                if worked != EXCLUDED and not holds(worked):
                    return False
                continue
            cell = cells.get(self.diagram.asks(node))
            children = self.diagram.children(node)
            after = set(children if cell is None else (children[cell],)) - seen
            seen |= after
            waiting += after
        return True
