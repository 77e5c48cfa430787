# SPDX-License-Identifier: MIT
"""Need profiles: the levels of what is asked on scales and nothing else, told as a few boxes that a person can read.

A box says of some scales between which levels they lie. It is grown from its lowest profile: each scale is left out, or else
widened level by level, as long as the box stays inside the set. Boxes are counted without overlap.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from itertools import pairwise
from typing import TypeAlias

from continuum.compiled import ABSENT
from continuum.proofs.proof import Proof
from continuum.proofs.space import Variable

BEYOND = 2
"""So many more boxes are looked for than are shown, so that a large one is not missed."""
Said: TypeAlias = Mapping[int, AbstractSet[int]]
"""The levels, as cells, of the scales that a box speaks of."""


class Needs:
    """The need profiles of a day."""

    def __init__(self, proof: Proof) -> None:
        self.proof, self.diagram = proof, proof.diagram
        self.scales: dict[int, Variable] = {
            i: variable
            for i, variable in enumerate(proof.meaning.variables)
            if variable.kind == "input" and proof.pack.inputs[variable.name].type.kind == "scale"
        }

    def of_some(self, node: int) -> int:
        """The need profiles for which something holds with some other answers, all of them given."""
        given = {i: 0 for i, variable in enumerate(self.proof.meaning.variables) if variable.kind == "given"}
        node = self.diagram.restrict(node, given)
        made: dict[int, int] = {}
        for here in self.diagram.below(node):
            asks, below = self.diagram.asks(here), [made[child] for child in self.diagram.children(here)]
            if self.diagram.is_leaf(here):
                made[here] = here
            elif asks in self.scales:
                made[here] = self.diagram.node(asks, tuple(below))
            else:
                made[here] = self.diagram.fold(self.diagram.either, below)
        return made[node]

    def count(self, node: int) -> int:
        """How many need profiles are in a set of them."""
        return self.diagram.count(node, [self._weights(i, size) for i, size in enumerate(self.diagram.sizes)])

    def _weights(self, index: int, size: int) -> tuple[int, ...]:
        return self.scales[index].counts if index in self.scales else (1,) + (0,) * (size - 1)

    def boxes(self, where: int, most: int) -> tuple[list[tuple[Said, int]], int]:
        """At most so many boxes of a set of need profiles, each with its part of the set, the largest first; and how many need
        profiles they leave over.
        """
        diagram, outside, rest = self.diagram, self.diagram.negation(where), where
        found: list[tuple[Said, int]] = []
        while rest != diagram.no and len(found) < most + BEYOND:
            said = self._grown(rest, outside)
            part = diagram.both(self._box(said), rest)
            found.append((said, part))
            rest = diagram.both(rest, diagram.negation(part))
        found.sort(key=lambda one: -self.count(one[1]))
        over = self.count(rest) + sum(self.count(part) for _, part in found[most:])
        return found[:most], over

    def _grown(self, inside: int, outside: int) -> Said:
        """The widest box around the lowest profile of a set that keeps clear of another."""
        diagram = self.diagram
        seed = diagram.cheapest(inside, [range(size) for size in diagram.sizes]) or {}
        said: dict[int, AbstractSet[int]] = {i: {seed[i]} for i in self.scales}
        for i in self.scales:
            if not diagram.meet(self._box({**said, i: frozenset(range(diagram.sizes[i]))}), outside):
                del said[i]
        for i in [*said]:
            for level in range(diagram.sizes[i]):
                wider = {**said, i: said[i] | {level}}
                if not diagram.meet(self._box(wider), outside):
                    said = wider
        return said

    def _box(self, said: Said) -> int:
        node = self.diagram.yes
        for i, levels in said.items():
            node = self.diagram.both(node, self.diagram.variable(i, [level in levels for level in range(self.diagram.sizes[i])]))
        return node

    def around(self, where: int) -> Said:
        """What holds of all of a set: the levels that occur in it, of the scales of which not all do."""
        sizes = self.diagram.sizes
        levels = {
            i: frozenset(at for at in range(sizes[i]) if self.diagram.meet(self._box({i: {at}}), where)) for i in self.scales
        }
        return {i: found for i, found in levels.items() if len(found) < sizes[i]}

    def words(self, said: Said) -> str:
        """What a box says: ``physical severe or more, learning none``."""
        return ", ".join(f"{self.scales[i].name} {self._levels(i, levels)}" for i, levels in sorted(said.items()))

    def _levels(self, index: int, levels: AbstractSet[int]) -> str:
        cells = self.scales[index].cells
        there = [i for i in sorted(levels) if cells[i] is not ABSENT]
        last = max(i for i, cell in enumerate(cells) if cell is not ABSENT)
        words = [_stretch(cells[low], cells[high], first=low == 0, last=high == last) for low, high in _stretches(there)]
        return " or ".join([*words, *["absent"] * (len(there) < len(levels))])


def _stretches(places: list[int]) -> Iterator[tuple[int, int]]:
    """The first and last of each run of numbers that follow each other."""
    ends = [0, *(i for i, (one, after) in enumerate(pairwise(places), 1) if after != one + 1), len(places)]
    yield from ((places[low], places[high - 1]) for low, high in pairwise(ends) if low < high)


def _stretch(low: str, high: str, *, first: bool, last: bool) -> str:
    if low == high:
        return low
    if first and last:
        return "at any level"
    return f"{low} or more" if last else f"{high} or less" if first else f"{low} to {high}"
