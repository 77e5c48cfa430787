# SPDX-License-Identifier: MIT
"""The smallest sets of changes to another outcome: the shortest ways through the decision diagram from where a profile stands.

An answer that is not known is either left open, and then every way of filling it in is followed at once, or found out, which
counts as a change. So a place on the way is a set of nodes. First the fewest inputs, then the fewest steps.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import count, islice
from typing import Any, TypeAlias

from continuum.engines.hits import Worked, told_apart
from continuum.errors import EngineError
from continuum.nearest.moves import Move, Place
from continuum.proofs.diagram import TooLargeError
from continuum.proofs.meaning import Formula
from continuum.proofs.proof import EXCLUDED, Proof

MOST_STATES = 60_000
MOST_WAYS = 5_000
TOO_LARGE = "the tables are too much for a decision diagram"
State: TypeAlias = frozenset[int]
Told: TypeAlias = tuple[Any, ...]
Wanted: TypeAlias = Callable[[frozenset[Told]], bool]
"""Whether these results, of all ways of filling in what is not known, are what is asked for; once not, never again with more."""


class Untold(Exception):
    """The diagram does not tell: something on the way rests on the very value of an amount, or there is too much to follow."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def diagram_of(proof: Proof, outcome: str) -> int:
    """What an outcome comes to for every profile that can be.

    Raises:
        Untold: where that is too much for a decision diagram.
    """
    try:
        return proof.outcome(outcome)
    except TooLargeError:
        raise Untold(TOO_LARGE) from None
    except EngineError as problem:
        if problem.findings[0].code != "CX706":
            raise
        raise Untold(TOO_LARGE) from None


class Walk:
    """Ways from one profile through the diagram of one outcome."""

    def __init__(self, proof: Proof, outcome: str, stands: Sequence[Place]) -> None:
        self.diagram, self.places = proof.diagram, sorted(stands, key=lambda place: place.index)
        self.variables = proof.meaning.variables
        self.root: State = frozenset([diagram_of(proof, outcome)])
        self._turn = {place.index: i for i, place in enumerate(self.places)}
        self._turn |= {place.given: i for i, place in enumerate(self.places) if place.given is not None}
        self._place = {place.name: i for i, place in enumerate(self.places)}
        self._order = {place.name: i for i, place in enumerate(stands)}

    def as_it_stands(self) -> list[Worked]:
        """What the profile comes to for every way of filling in what is not known, without the rules.

        Raises:
            Untold: where the diagram does not tell.
        """
        return self._worked(self._end)

    def current(self) -> frozenset[Told]:
        """The same, as what tells results apart."""
        return self.results(self._end)

    def beside(self, name: str, cell: int) -> list[Worked]:
        """What the profile comes to with one input in another cell, for every way of filling in what is not known, without the
        rules; none where it cannot be.

        Raises:
            Untold: where the diagram does not tell.
        """
        turn = self._place[name]
        state = self._end
        if turn in self._path:
            state = self._to(self._path[turn], self.places[turn], cell, given=True)
            while (turn_on := self._next(state)) is not None and state != self._path.get(turn_on):
                state = self._stay(state, self.places[turn_on])
            state = state if turn_on is None else self._end
        return self._worked(state)

    def _worked(self, state: State) -> list[Worked]:
        self.results(state)
        return [self.diagram.value(node) for node in sorted(state)]

    @cached_property
    def _path(self) -> dict[int, State]:
        """The states that the profile passes as it stands, by whose turn it is."""
        found: dict[int, State] = {}
        state = self.root
        while (turn := self._next(state)) is not None:
            found[turn] = state
            state = self._stay(state, self.places[turn])
        return found

    @property
    def _end(self) -> State:
        if not self._path:
            return self.root
        last = max(self._path)
        return self._stay(self._path[last], self.places[last])

    def ways(self, wanted: Wanted, most: int) -> tuple[list[tuple[Move, ...]], bool]:
        """The smallest sets of moves to what is wanted, all of one size, and whether there are more than were listed.

        Raises:
            Untold: where the diagram does not tell.
        """
        goals, behind = self._search(wanted)
        found: dict[tuple[Any, ...], tuple[Move, ...]] = {}
        way_on = (way for goal in goals for way in self._back(goal, behind))
        listed = list(islice(way_on, MOST_WAYS + 1))
        for way in listed[:MOST_WAYS]:
            moves = tuple(sorted(way, key=lambda move: self._order[move.name]))
            key = tuple((move.name, None if move.far else move.cell) for move in moves)
            if key not in found or _far(moves) < _far(found[key]):
                found[key] = moves
        ways = sorted(found.values(), key=lambda way: [(self._order[move.name], move.cell) for move in way])
        return ways[:most], len(ways) > most or len(listed) > MOST_WAYS

    def _search(self, wanted: Wanted) -> tuple[list[State], dict[State, list[tuple[State, Move | None]]]]:
        """The nearest goals, and how each state on the way is reached at its least cost."""
        order = count()
        best: dict[State, tuple[int, int]] = {self.root: (0, 0)}
        behind: dict[State, list[tuple[State, Move | None]]] = {self.root: []}
        waiting = [((0, 0), next(order), self.root)]
        goals: list[State] = []
        done: set[State] = set()
        while waiting:
            cost, _, state = heapq.heappop(waiting)
            if goals and cost > best[goals[0]]:
                break
            if state in done:
                continue
            done.add(state)
            turn = self._next(state)
            if turn is None:
                goals += [state] if self.results(state) and self._open(state, wanted) else []
                continue
            for after, move in self._onward(state, self.places[turn], wanted):
                price = (cost[0] + 1, cost[1] + move.steps) if move else cost
                if after not in best or price < best[after]:
                    best[after], behind[after] = price, []
                    heapq.heappush(waiting, (price, next(order), after))
                if price == best[after]:
                    behind[after].append((state, move))
            if len(best) > MOST_STATES:
                raise Untold("there are too many ways to follow")
        return goals, behind

    def _back(self, state: State, behind: dict[State, list[tuple[State, Move | None]]]) -> Iterator[tuple[Move, ...]]:
        """Every way that leads to a state."""
        if state == self.root:
            yield ()
        for before, move in behind[state]:
            for way in self._back(before, behind):
                yield (*way, move) if move else way

    def _onward(self, state: State, place: Place, wanted: Wanted) -> Iterator[tuple[State, Move | None]]:
        """Where a state leads by one input: as the profile stands, and by each move."""
        stay = self._stay(state, place)
        if self._open(stay, wanted):
            yield stay, None
        after = {move.cell: self._to(state, place, move.cell, given=True) for move in place.moves}
        worth = {cell: found for cell, found in after.items() if found != stay and self._open(found, wanted)}
        for move in place.joined(worth):
            yield after[move.cell], move

    def _stay(self, state: State, place: Place) -> State:
        return self._to(state, place, place.own, given=place.known)

    def _to(self, state: State, place: Place, cell: int | None, *, given: bool) -> State:
        """The state after an input: in one cell, or in all of them where it is not known."""
        diagram, found = self.diagram, set()
        for start in state:
            node = start
            if place.given is not None and diagram.asks(node) == place.given:
                node = diagram.children(node)[0 if given else 1]
            if diagram.asks(node) != place.index:
                found.add(node)
            elif cell is None:
                found.update(diagram.children(node))
            else:
                found.add(diagram.children(node)[cell])
        return frozenset(node for node in found if not (diagram.is_leaf(node) and diagram.value(node) == EXCLUDED))

    def _next(self, state: State) -> int | None:
        """The place that is asked next; None where nothing is asked any more."""
        variables = {self.diagram.asks(node) for node in state if not self.diagram.is_leaf(node)}
        if not variables:
            return None
        try:
            return min(self._turn[variable] for variable in variables)
        except KeyError:
            untold = next(variable for variable in sorted(variables) if variable not in self._turn)
            name = self.variables[untold].name
            raise Untold(f"`{name}` rests on the very value of an amount or a date") from None

    def _open(self, state: State, wanted: Wanted) -> bool:
        """Whether a state can still come to what is wanted."""
        results = self.results(state)
        return bool(state) and (not results or wanted(results))

    def results(self, state: State) -> frozenset[Told]:
        """The results that a state has come to so far.

        Raises:
            Untold: where one is worked out from the very value of an amount.
        """
        return frozenset(self._result(node) for node in state if self.diagram.is_leaf(node))

    def _result(self, node: int) -> Told:
        worked = self.diagram.value(node)
        parts = worked.value if isinstance(worked.value, tuple) else (worked.value,)
        if any(isinstance(part[1] if isinstance(part, tuple) else part, Formula) for part in parts):
            raise Untold("the outcome is worked out from an amount, and every amount gives another")
        return told_apart(worked)


def _far(moves: tuple[Move, ...]) -> int:
    return sum(move.far for move in moves)
