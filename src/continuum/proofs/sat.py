# SPDX-License-Identifier: MIT
"""The functions of a pack where a diagram of them would be too large: asked of a SAT solver, with the face of a diagram.

A function that has a small diagram is that diagram. Any other is a *term*: a function of the values of others, never multiplied
out. A question about a term is put to a solver: the path of a profile through the small diagrams, and how values go together,
become clauses. Two profiles that differ in one input share the literals of all cells but that input's. Diagrams are numbered from
0 up, terms from -1 down.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product
from math import prod
from typing import Any, NoReturn

from continuum.proofs.clauses import Clauses, Literals
from continuum.proofs.diagram import Diagram, TooLargeError

__all__ = ["NotCountedError", "Terms"]

SMALL = 200
"""A function stays a diagram where that takes no more new nodes."""
STEPS = 10
"""And no more steps of work for each of these."""
NODES = 400_000
MANY = 4
"""So many conditions are asked of a solver together, though each of them is a diagram."""
LARGEST = 100_000
"""So many combinations of values may go together in one term."""
UNLIKE = (ArithmeticError, AttributeError, TypeError, ValueError)
"""What a function may raise of values that never go together; then it is found out first which values there are."""


class NotCountedError(TooLargeError):
    """A solver finds profiles and does not count them."""


@dataclass(frozen=True, slots=True)
class Term:
    """A function of the values of others: ``function`` of them, or, where that is None, the second where the first holds and else
    the third. ``values`` are the leaves that it may come to, of which no profile may come to some; ``asks`` the variables it may
    rest on.
    """

    name: Hashable
    function: Callable[..., Hashable] | None
    parts: tuple[int, ...]
    values: tuple[int, ...]
    asks: frozenset[int]


class Terms(Diagram):
    """A diagram of which functions that would be large are terms. What asks for the nodes of a term is refused; ``small`` says
    how many new nodes a function may take.

    Raises:
        SatMissingError: where python-sat is not installed.
        TooLargeError: where too many values go together in one term, a solver passes its budget, or a question goes through all
            the nodes of a term.
    """

    def __init__(self, sizes: Sequence[int], small: int = SMALL) -> None:
        super().__init__(sizes, budget=2 * NODES, work=sys.maxsize)
        self._small = small
        self._terms: list[Term] = []
        self._numbers: dict[Hashable, int] = {}
        self._about: dict[int, tuple[tuple[int, ...], frozenset[int]]] = {}
        self._taken: set[int] = set()
        self._shared: Reading | None = None
        Clauses()  # python-sat is asked for now, before there is any work to lose

    # making functions

    def apply(self, name: Hashable, function: Callable[..., Hashable], *nodes: int) -> int:
        """The function whose value is ``function`` of the values of others; ``name`` stands for ``function`` and nothing else."""
        return self._made(("apply", name), function, nodes, lambda: super(Terms, self).apply(name, function, *nodes))

    def both(self, one: int, other: int) -> int:
        """Where both hold."""
        return self._made(("both",), lambda a, b: a and b, (one, other), lambda: super(Terms, self).both(one, other))

    def either(self, one: int, other: int) -> int:
        """Where at least one holds."""
        return self._made(("either",), lambda a, b: a or b, (one, other), lambda: super(Terms, self).either(one, other))

    def choose(self, condition: int, yes: int, no: int) -> int:
        """``yes`` where the condition holds, else ``no``."""
        if condition in (self.yes, self.no) or yes == no:
            return no if condition == self.no else yes
        return self._made(("choose",), None, (condition, yes, no), lambda: super(Terms, self).choose(condition, yes, no))

    def first(self, one: int, other: int) -> int:
        """One function, and where it is None the other."""
        return self._made(
            ("first",), lambda a, b: b if a is None else a, (one, other), lambda: super(Terms, self).first(one, other)
        )

    def merge(self, name: Hashable, function: Callable[[Any, Any], Hashable], one: int, other: int) -> int:
        """Where one of two functions is None the other, elsewhere ``function`` of both values, for which ``name`` stands."""

        def merged(a: Any, b: Any) -> Any:
            return b if a is None else a if b is None else function(a, b)

        return self._made(("merge", name), merged, (one, other), lambda: super(Terms, self).merge(name, function, one, other))

    def fold(self, make: Callable[[int, int], int], nodes: Sequence[int]) -> int:
        """Many functions put together, each with what came of those before it: few values go with few."""
        found, *rest = nodes
        for node in rest:
            found = make(found, node)
        return found

    def restrict(self, node: int, cells: Mapping[int, int]) -> int:
        """The function where these variables stand in these cells."""
        found: dict[int, int] = {}
        for one in self.made_of(node):
            if one >= 0:
                found[one] = super().restrict(one, cells)
                continue
            term = self._terms[~one]
            parts = [found[part] for part in term.parts]
            if term.asks.isdisjoint(cells):
                found[one] = one
            elif term.function is None:
                found[one] = self.choose(*parts)
            else:
                found[one] = self._made(term.name, term.function, tuple(parts), None)
        return found[node]

    def _made(
        self,
        name: Hashable,
        function: Callable[..., Hashable] | None,
        parts: tuple[int, ...],
        small: Callable[[], int] | None,
    ) -> int:
        key = (name, parts)
        found = self._numbers.get(key)
        if found is None:
            if function is not None and small is None:
                small = lambda: super(Terms, self).apply(("again", name), function, *parts)  # noqa: E731
            found = self._as_diagram(small) if small and all(part >= 0 for part in parts) else None
            if found is None:
                found = self._as_term(name, function, parts)
            self._numbers[key] = found
        return found

    def _as_diagram(self, make: Callable[[], int]) -> int | None:
        """A function as a diagram, where that is small."""
        most = self.budget, self.work
        self.budget, self.work = min(len(self) + self._small, NODES), self.spent + STEPS * self._small
        try:
            return make()
        except TooLargeError:
            return None
        finally:
            self.budget, self.work = most

    def _as_term(self, name: Hashable, function: Callable[..., Hashable] | None, parts: tuple[int, ...]) -> int:
        try:
            values = self._combined(function, [self.leaves(part) for part in parts])
        except UNLIKE:
            values = self._combined(function, [self._narrowed(part) for part in parts])
        if len(values) == 1:
            return values[0]
        asks = frozenset[int]().union(*map(self.rests_on, parts))
        self._terms.append(Term(name, function, parts, values, asks))
        return -len(self._terms)

    def _narrowed(self, node: int) -> tuple[int, ...]:
        """The leaves that a function comes to for some profile; of a term it is kept that there are no others."""
        if node >= 0:
            return self.leaves(node)
        reading = Reading(self)
        values = tuple(leaf for leaf, literal in reading.of(node).items() if reading.clauses.can(literal))
        self._terms[~node] = replace(self._terms[~node], values=values)
        return values

    def _combined(self, function: Callable[..., Hashable] | None, sides: list[tuple[int, ...]]) -> tuple[int, ...]:
        if function is None:
            return tuple(dict.fromkeys(sides[1] + sides[2]))
        if prod(map(len, sides)) > LARGEST:
            raise TooLargeError(f"more than {LARGEST} combinations of values")
        return tuple(dict.fromkeys(self.valued(function, leaves) for leaves in product(*sides)))

    # reading functions

    def below(self, node: int) -> list[int]:
        """The nodes of a diagram."""
        return super().below(node) if node >= 0 else _refused()

    def asks(self, node: int) -> int:
        """The variable that a node asks."""
        return super().asks(node) if node >= 0 else _refused()

    def children(self, node: int) -> tuple[int, ...]:
        """Where each cell of the variable goes on."""
        return super().children(node) if node >= 0 else _refused()

    def is_leaf(self, node: int) -> bool:
        """Whether a diagram is a constant."""
        return super().is_leaf(node) if node >= 0 else _refused()

    def at(self, node: int, cells: Mapping[int, int]) -> int:
        """The leaf that cells lead to in a diagram."""
        return super().at(node, cells) if node >= 0 else _refused()

    def bounds(self, node: int) -> dict[int, tuple[Any, Any] | None]:
        """The least and the greatest number under each node of a diagram; nothing of a term."""
        return super().bounds(node) if node >= 0 else {}

    def values(self, node: int) -> list[Any]:
        """Every value that the function takes."""
        if node >= 0:
            return super().values(node)
        if node not in self._taken:
            self._taken.add(node)
            self._narrowed(node)
        return [self.value(leaf) for leaf in self.leaves(node)]

    def support(self, node: int) -> set[int]:
        """The variables that the function depends on."""
        return {variable for variable in self.rests_on(node) if self.depends(node, variable)}

    def depends(self, node: int, variable: int) -> bool:
        """Whether the function depends on a variable."""
        if node >= 0:
            return variable in self.rests_on(node)
        pairs = list(combinations(range(self.sizes[variable]), 2))
        return self.breaks(node, variable, pairs, lambda one, other: self.leaf(one) != self.leaf(other)) is not None

    def never(self, node: int) -> bool:
        """Whether the function holds nowhere."""
        return node == self.no if node >= 0 else not self._comes_to(node, lambda value: value is True)

    def meet(self, *conditions: int) -> bool:
        """Whether some profile meets all of several conditions."""
        if all(node >= 0 for node in conditions) and len(conditions) < MANY:
            return super().meet(*conditions)
        if self.no in conditions:
            return False
        if self._shared is None:
            self._shared = Reading(self)  # the rules of a table are asked of one after the other, and have nearly all in common
        reading = self._shared
        return reading.clauses.can(*(reading.of(node).get(self.yes, -reading.clauses.true) for node in conditions))

    def count(self, node: int, weights: Sequence[Sequence[int]], among: Callable[[Any], bool] = bool) -> int:
        """How many assignments lead to a wanted value.

        Raises:
            NotCountedError: of a term, where some do.
        """
        if node >= 0:
            return super().count(node, weights, among)
        if self._comes_to(node, among):
            raise NotCountedError("its diagram, so that profiles can be counted")
        return 0

    def _comes_to(self, node: int, among: Callable[[Any], bool]) -> bool:
        reading = Reading(self)
        return reading.clauses.can(reading.where(node, among))

    # what functions are made of

    def leaves(self, node: int) -> tuple[int, ...]:
        """The leaves that a function may come to; no profile may come to some of a term."""
        return self._terms[~node].values if node < 0 else self._seen(node)[0]

    def rests_on(self, node: int) -> frozenset[int]:
        """The variables that a function may depend on."""
        return self._terms[~node].asks if node < 0 else self._seen(node)[1]

    def _seen(self, node: int) -> tuple[tuple[int, ...], frozenset[int]]:
        if node not in self._about:
            below = super().below(node)
            leaves = tuple(one for one in below if self.is_leaf(one))
            self._about[node] = leaves, frozenset(self.asks(one) for one in below if not self.is_leaf(one))
        return self._about[node]

    def made_of(self, node: int) -> list[int]:
        """A function and all that it is made of, the parts of a term before it."""
        seen, waiting = {node}, [node]
        while waiting:
            one = waiting.pop()
            for part in self._terms[~one].parts if one < 0 else ():
                if part not in seen:
                    seen.add(part)
                    waiting.append(part)
        return sorted(seen, reverse=True)

    def term(self, node: int) -> Term:
        """What a term is."""
        return self._terms[~node]

    def valued(self, function: Callable[..., Hashable], leaves: Iterable[int]) -> int:
        """The leaf for a function of the values of leaves."""
        return self.leaf(function(*map(self.value, leaves)))

    # finding profiles

    def breaks(
        self, node: int, variable: int, pairs: Sequence[tuple[int, int]], wrong: Callable[[Any, Any], bool],
        safe: Callable[[int, int], bool] = lambda _one, _other: False, name: Hashable = None,
    ) -> tuple[int, int] | None:  # fmt: skip
        """The first of some pairs of cells of a variable such that moving from one to the other takes some profile to a value
        that is wrong beside the old one; None where there is none.
        """
        if node >= 0:
            return super().breaks(node, variable, pairs, wrong, safe, name)
        try:
            together = self._together_wrong(node, wrong)
        except UNLIKE:
            self._narrowed(node)
            together = self._together_wrong(node, wrong)
        if variable not in self.rests_on(node) or not together or not pairs:
            return None
        reading = Reading(self, variable)
        clauses, before, after = reading.clauses, reading.of(node), reading.of(node, second=True)
        clauses.add(
            *(clauses.all_of(before[leaf], clauses.any_of([after[one] for one in many])) for leaf, many in together.items())
        )
        low, high = reading.cells(variable), reading.cells(variable, second=True)
        moves = [clauses.all_of(low[one], high[other]) for one, other in pairs]
        clauses.add(*moves)
        first = len(moves)
        while (model := clauses.model(*(-move for move in moves[first:]))) is not None:
            first = next(i for i, move in enumerate(moves) if move in model)
        return pairs[first] if first < len(moves) else None

    def _together_wrong(self, node: int, wrong: Callable[[Any, Any], bool]) -> dict[int, list[int]]:
        """For each leaf the leaves that are wrong beside it, where there are any."""
        leaves = self.leaves(node)
        beside = {leaf: [other for other in leaves if wrong(self.value(leaf), self.value(other))] for leaf in leaves}
        return {leaf: many for leaf, many in beside.items() if many}

    def cheapest(self, node: int, costs: Sequence[Sequence[int]], among: Callable[[Any], bool] = bool) -> dict[int, int] | None:
        """The cells of the cheapest profile with a wanted value, every variable included; None where there is none. Of profiles
        that cost the same it is that with the lowest cell of the first variable, then of the next.
        """
        if node >= 0:
            return super().cheapest(node, costs, among)
        found = Reading(self).cheapest(node, among, {i: costs[i] for i in sorted(self.rests_on(node))})
        if found is None:
            return None
        return {i: found[i] if i in found else _cheapest_first(costs[i])[0] for i in range(len(self.sizes))}


class Reading:
    """What a profile comes to, as literals for a solver; and a second one, which may stand in another cell of one variable."""

    def __init__(self, terms: Terms, moved: int | None = None) -> None:
        self.terms, self._moved, self.clauses = terms, moved, Clauses()
        self._cells: dict[tuple[int, bool], list[int]] = {}
        self._literals: dict[tuple[int, bool], Literals[int]] = {}

    def cells(self, variable: int, *, second: bool = False) -> list[int]:
        """The literals of the cells of a variable."""
        key = (variable, second and variable == self._moved)
        if key not in self._cells:
            self._cells[key] = list(self.clauses.one_of(range(self.terms.sizes[variable])).values())
        return self._cells[key]

    def of(self, node: int, *, second: bool = False) -> Literals[int]:
        """The literals of the leaves that a function may come to."""
        for one in self.terms.made_of(node):
            key = self._key(one, second=second)
            if key not in self._literals:
                self._literals[key] = (
                    self._path(one, second=second) if one >= 0 else self._term(self.terms.term(one), second=second)
                )
        return self._literals[self._key(node, second=second)]

    def _key(self, node: int, *, second: bool) -> tuple[int, bool]:
        return node, second and self._moved in self.terms.rests_on(node)

    def where(self, node: int, among: Callable[[Any], bool]) -> int:
        """A literal that is true where a function has a wanted value."""
        literals = self.of(node)
        return self.clauses.any_of([literal for leaf, literal in literals.items() if among(self.terms.value(leaf))])

    def _path(self, node: int, *, second: bool) -> Literals[int]:
        """A diagram: a literal for each node that a profile's path goes through, to exactly one leaf."""
        terms, clauses = self.terms, self.clauses
        leaves = clauses.one_of(terms.leaves(node))
        through = {one: leaves[one] if terms.is_leaf(one) else clauses.new() for one in terms.below(node)}
        clauses.add(through[node])
        for one, here in through.items():
            children = terms.children(one)
            if children:
                clauses.add(-here, *{through[child] for child in children})
                for cell, child in zip(self.cells(terms.asks(one), second=second), children, strict=True):
                    clauses.add(-here, -cell, through[child])
        return leaves

    def _term(self, term: Term, *, second: bool) -> Literals[int]:
        """A term: its value for each combination of the values of its parts."""
        sides = [self._literals[self._key(part, second=second)] for part in term.parts]
        if term.function is None:
            condition, yes, no = sides
            return self.clauses.chosen(term.values, condition[self.terms.yes], yes, no)
        made = self.clauses.one_of(term.values)
        for leaves in product(*sides):
            literals = [-side[leaf] for side, leaf in zip(sides, leaves, strict=True)]
            value = made.get(self.terms.valued(term.function, leaves))
            self.clauses.add(
                *literals, *([] if value is None else [value])
            )  # None where it was found that no profile comes to it
        return made

    # the cheapest profile

    def cheapest(self, node: int, among: Callable[[Any], bool], costs: Mapping[int, Sequence[int]]) -> dict[int, int] | None:
        """The cells of the cheapest profile with a wanted value, as :meth:`Terms.cheapest` has it, by the variables that cost."""
        goal = self.where(node, among)
        greedy = self._lowest([goal], {i: _cheapest_first(each) for i, each in costs.items()})
        if greedy is None:
            return None
        cost = _cost(greedy, costs)
        totals = self._totals(costs, cost)
        while (model := self.clauses.model(goal, *(-total for total in totals[cost:]))) is not None:
            cost = _cost({i: self._stands(i, model) for i in costs}, costs)
        return self._lowest([goal, *(-total for total in totals[cost + 1 :])], {i: range(len(each)) for i, each in costs.items()})

    def _lowest(self, goal: list[int], order: Mapping[int, Sequence[int]]) -> dict[int, int] | None:
        """Cells in which a goal is met, taken variable by variable, each the first in its order that can be; None where the goal
        cannot be met.
        """
        found: dict[int, int] = {}
        model = self.clauses.model(*goal)
        if model is None:
            return None
        for variable, cells in order.items():
            literals = self.cells(variable)
            for cell in cells:
                other = model if literals[cell] in model else self.clauses.model(*goal, literals[cell])
                if other is not None:
                    model, goal, found[variable] = other, [*goal, literals[cell]], cell
                    break
        return found

    def _totals(self, costs: Mapping[int, Sequence[int]], most: int) -> list[int]:
        """A literal for each total cost from 0 to ``most``, and one for all above it; each is true where the total is that."""
        totals = [self.clauses.true]
        for variable, each in costs.items():
            before, totals = totals, [self.clauses.new() for _ in range(most + 2)]
            for literal, cost in zip(self.cells(variable), each, strict=True):
                for so_far, reached in enumerate(before):
                    self.clauses.add(-reached, -literal, totals[min(so_far + cost - min(each), most + 1)])
        return totals

    def _stands(self, variable: int, model: set[int]) -> int:
        return next(i for i, literal in enumerate(self.cells(variable)) if literal in model)


def _cost(cells: Mapping[int, int], costs: Mapping[int, Sequence[int]]) -> int:
    """What cells cost above the least that they can."""
    return sum(each[cells[i]] - min(each) for i, each in costs.items())


def _cheapest_first(costs: Sequence[int]) -> list[int]:
    """Cells from the cheapest, of equal ones the lowest first."""
    return sorted(range(len(costs)), key=costs.__getitem__)


def _refused() -> NoReturn:
    raise TooLargeError("all nodes of a diagram that is too large")
