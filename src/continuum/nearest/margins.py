# SPDX-License-Identifier: MIT
"""How far each answer of a profile is from the next line: along one input, up and down, until some outcome is another.

The other answers stay as they are. A line is looked for where the pack tells values apart; of an input that a formula over
several amounts reads, a line may be missed, and the margin says so. An amount that simply follows a number has no lines of its
own: for that number only which rules decide is compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

from continuum.compiled import ABSENT, CompiledPack, Read, reads
from continuum.decisions import Decision, Margin, Outcome
from continuum.engines.completions import TooMany
from continuum.engines.hits import Worked, told_apart
from continuum.engines.reference import Env, NotKnown
from continuum.nearest.changes import answer, kind_of
from continuum.nearest.moves import Place, places
from continuum.nearest.walk import Untold, Walk
from continuum.proofs.proof import Proof


class Margins:
    """The margins of one profile."""

    def __init__(
        self, proof: Proof, values: Mapping[str, Any], decision: Decision, env: Callable[[Mapping[str, Any]], Env],
        outcome: Callable[[str, list[Worked]], Outcome],
    ) -> None:  # fmt: skip
        """``env`` decides what is known; ``outcome`` is how the possible results of a decision are handed out."""
        self.proof, self.pack, self.values = proof, proof.pack, values
        self.env, self.outcome = env, outcome
        self.places = places(proof.meaning.space, proof.pack, values)
        self.settled = [name for name, made in decision.outcomes.items() if made.state != "range"]
        self.left_out = False
        self._walks: dict[str, Walk] = {}
        self.here = env(values)
        self.current = {name: results for name in self.settled if (results := self._results(name, self.here))}

    def margins(self) -> tuple[Margin, ...]:
        """For each answer that can change, the nearest line each way; inputs without one are left out."""
        found: list[Margin] = []
        for place in self.places:
            if place.known and place.value is not ABSENT and place.asked.changes != "no":
                found += self._of(place)
        return tuple(found)

    def _of(self, place: Place) -> Iterator[Margin]:
        judged = place.asked.type.kind == "scale" or bool(place.asked.judged_by)
        vague = place.name in self._vague
        for way, values in place.along(spread=vague):
            for value, steps in values:
                changed = self._changed(place, value)
                if changed:
                    becomes = answer(place.asked, value)
                    yield Margin(
                        field=place.name, kind=kind_of(place.asked.type), way=way, steps=steps, becomes=becomes, gives=changed,
                        judged=judged, exact=not (vague or self.left_out),
                    )  # fmt: skip
                    if way != "other":
                        break

    def _changed(self, place: Place, value: Any) -> dict[str, Outcome]:
        """The outcomes that another answer changes; none where the profile would contradict itself."""
        env = self.env({**self.values, place.name: value})
        found: dict[str, list[Worked]] = {}
        for name, worked in self.current.items():
            there = self._results(name, env, place, value)
            ruled = all(one.rules for one in (*there, *worked))  # results from the diagram have no rules to compare
            tell = _by_rule if ruled and place.name in self._amounts[name] else told_apart
            if there and {tell(one) for one in there} != {tell(one) for one in worked}:
                found[name] = there
        if not found or not self._can_be(env):
            return {}
        return {name: self.outcome(name, there) for name, there in found.items()}

    def _results(self, name: str, env: Env, place: Place | None = None, value: Any = None) -> list[Worked]:
        """What a decision comes to: from the engine where all it asks for is known, else from the diagram, where the results lack
        their rules. None where it cannot be told, and the margins are then not exact.
        """
        try:
            return [env[name]]
        except NotKnown:
            try:
                walk = self._walks.setdefault(name, Walk(self.proof, name, self.places))
                return walk.beside(place.name, place.cell(value)) if place else walk.as_it_stands()
            except Untold:
                self.left_out = True
                return []

    def _can_be(self, env: Env) -> bool:
        try:
            return self.proof.completions.filling(env) is not None
        except TooMany:
            return True

    @cached_property
    def _vague(self) -> set[str]:
        """Inputs that stand in a formula whose lines are not told apart."""
        return {name for index in self.proof.meaning.free_reads for name in self.proof.behind(index)}

    @cached_property
    def _amounts(self) -> dict[str, set[str]]:
        return {name: set(_followed(self.pack, name)) for name in self.current}


def _followed(pack: CompiledPack, name: str) -> Iterator[str]:
    """The numbers and days that what a decision comes to is worked out from."""
    for rule in pack.tables[name].rules:
        for _, expr in rule.then.values:
            yield from _behind(pack, expr)


def _behind(pack: CompiledPack, expr: Any) -> Iterator[str]:
    for read in reads(expr):
        if not isinstance(read, Read) or read.type.values or read.name == "today":
            continue
        if read.of == "input":
            yield read.name
        elif read.of == "measure":
            yield from _behind(pack, pack.measures[read.name].expr)
        else:
            yield from _followed(pack, read.name)


def _by_rule(worked: Worked) -> tuple[Any, ...]:
    return worked.state, worked.rules, worked.cause == "individually_agreed", worked.to
