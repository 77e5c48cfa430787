# SPDX-License-Identifier: MIT
"""A set of profiles as a few boxes that a person can read: each says of a few inputs, measures and decisions what they are.

A box is grown from one profile. All that can be said of that profile is said, and then what need not be said is left out again,
as long as nothing outside the set comes in: first what the outcome's rules do not read themselves, and inputs before measures and
decisions, which stand for many of them. What is left is widened to every value that stays inside. So each box lies wholly in
the set, and the boxes are counted without overlap.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from continuum.comparing.same_space import SameSpace, behind

KINDS = ("input", "given", "measure", "decision")
"""What is left unsaid first."""
BEYOND = 2
"""So many more boxes are looked for than are shown, so that a large one is not missed."""
MANY = 60
"""A measure with more values than this is no help to a reader."""


@dataclass(frozen=True)
class Feature:
    """Something that can be said of a profile: a name, what kind of thing it is, its value as a function of the profile, and
    whether the rules of the outcome read it themselves.
    """

    name: str
    kind: str
    node: int
    values: tuple[Any, ...]
    direct: bool = True


@dataclass(frozen=True)
class Box:
    """What is said of the profiles of a part of a set, the part itself, and how many they are."""

    said: Mapping[Feature, tuple[Any, ...]]
    node: int
    profiles: int


class Describing:
    """Sets of profiles of one space, told by some features; ``possible`` are all there are."""

    def __init__(self, space: SameSpace, possible: int, features: Sequence[Feature]) -> None:
        self.space, self.diagram, self.possible = space, space.diagram, possible
        self.features = tuple(sorted(features, key=lambda one: (one.direct, KINDS.index(one.kind))))

    def boxes(self, where: int, among: int, most: int) -> tuple[list[Box], int]:
        """At most so many boxes of a set, the largest first, and what they leave over. They are told from the other profiles of
        a larger set, which the reader knows of.
        """
        found: list[Box] = []
        rest = where
        outside = self.diagram.both(self.diagram.both(among, self.possible), self.diagram.negation(where))
        while rest != self.diagram.no and len(found) < most + BEYOND:
            said = self._grown(self._seed(rest), outside, rest)
            part = self.diagram.both(self._all(said.items()), rest)
            found.append(Box(said, part, self.space.count(part)))
            rest = self.diagram.both(rest, self.diagram.negation(part))
        found.sort(key=lambda box: -box.profiles)
        for box in found[most:]:
            rest = self.diagram.either(rest, box.node)
        return found[:most], rest

    def _seed(self, where: int) -> dict[int, int]:
        """The cells of one profile of a set."""
        costs = [range(len(variable.cells)) for variable in self.space.variables]
        return self.diagram.cheapest(where, costs) or {}

    def _grown(self, seed: Mapping[int, int], outside: int, inside: int) -> dict[Feature, tuple[Any, ...]]:
        """What must be said so that nothing outside comes in, each with all the values it may have."""
        diagram = self.diagram
        points = [(one, (diagram.value(diagram.at(one.node, seed)),)) for one in self.features]
        after = [diagram.yes]
        for one, values in reversed(points):
            after.append(diagram.both(self._is(one, values), after[-1]))
        after.reverse()
        before, said = diagram.yes, {}
        for i, (one, values) in enumerate(points):
            if self._meets(diagram.both(before, after[i + 1]), outside):
                said[one] = values
                before = diagram.both(before, self._is(one, values))
        for one in [*reversed(said)]:
            others = self._all((each, values) for each, values in said.items() if each is not one)
            wrong = set(self._reached(one.node, others, outside))
            there = set(self._reached(one.node, others, inside))
            said[one] = tuple(value for value in one.values if value in there and value not in wrong)
        return said

    def _meets(self, one: int, other: int) -> bool:
        """Whether some profile is in both of two sets."""
        diagram, no, yes = self.diagram, self.diagram.no, self.diagram.yes
        asks, children = diagram.asks, diagram.children
        seen = set()
        waiting = [(one, other)]
        while waiting:
            here = waiting.pop()
            one, other = here
            if no in here or here in seen:
                continue
            if yes in here:
                return True
            seen.add(here)
            mine, its = asks(one), asks(other)
            if mine == its:
                waiting += zip(children(one), children(other), strict=True)
            elif mine < its:
                waiting += [(child, other) for child in children(one)]
            else:
                waiting += [(one, child) for child in children(other)]
        return False

    def _reached(self, node: int, *where: int) -> Iterator[Any]:
        """The values of a function where all of some conditions hold. Nothing is built, since most of it is asked only once."""
        diagram = self.diagram
        seen: set[tuple[int, ...]] = set()
        waiting = [(node, *where)]
        while waiting:
            here = waiting.pop()
            if here in seen or diagram.no in here[1:]:
                continue
            seen.add(here)
            top = min(map(diagram.asks, here))
            if all(map(diagram.is_leaf, here)):
                yield diagram.value(here[0])
                continue
            waiting += [
                tuple(diagram.children(one)[cell] if diagram.asks(one) == top else one for one in here)
                for cell in range(diagram.sizes[top])
            ]

    def _is(self, feature: Feature, values: tuple[Any, ...]) -> int:
        return self.diagram.apply(("is", feature.node, values), lambda value: _in(value, values), feature.node)

    def _all(self, said: Any) -> int:
        node = self.diagram.yes
        for feature, values in said:
            node = self.diagram.both(node, self._is(feature, values))
        return node


def _in(value: Any, values: Sequence[Any]) -> bool:
    """Whether a value is among some, where 1 and yes are different."""
    return any(type(value) is type(one) and value == one for one in values)


def features(
    space: SameSpace, possible: int, direct: Collection[str], measures: Sequence[str], decisions: Sequence[tuple[str, int]]
) -> Iterator[Feature]:
    """The inputs of both packs, the measures of these names that follow from them exactly, and these decisions."""
    diagram = space.diagram
    for i, variable in enumerate(space.variables):
        if variable.kind != "free" and len(variable.cells) > 1:
            cells = tuple(range(len(variable.cells)))
            yield Feature(variable.name, variable.kind, diagram.variable(i, cells), cells, variable.name in direct)
    nothing = diagram.leaf(None)
    for kind, named in (("measure", _measures(space, measures)), ("decision", decisions)):
        for name, node in named:
            values = [value for value in diagram.values(diagram.choose(possible, node, nothing)) if value is not None]
            if 1 < len(values) <= MANY and not any(variable.kind == "free" for variable in _asked(space, node)):
                yield Feature(name, kind, node, tuple(values), name in direct)


def _asked(space: SameSpace, node: int) -> list[Any]:
    return [space.variables[i] for i in space.diagram.support(node)]


def _measures(space: SameSpace, names: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Measures that both packs work out alike from inputs whose very values are told apart."""
    for name in names:
        nodes = set()
        for side, one in enumerate(space.sides):
            if name in one.pack.measures and _exact(one, name):
                nodes.add(space.carried(side, one.meaning.measure(name)))
            else:
                nodes.add(-1)
        if len(nodes) == 1 and -1 not in nodes:
            yield name, nodes.pop()


def _exact(side: Any, name: str) -> bool:
    inputs = [*behind(side.pack, side.pack.measures[name].expr)]
    indexes = [side.meaning.space.index.get(("input", one)) for one in inputs]
    return None not in indexes and all(side.meaning.variables[index].exact for index in indexes)
