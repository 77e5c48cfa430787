# SPDX-License-Identifier: MIT
"""A reduced, ordered decision diagram: equal functions of the variables are the same number, and are never listed out.

A variable has a few cells, numbered from 0. A node asks one variable and goes on by its cell; a leaf holds a value. A function
that does not depend on a variable has no node that asks it. Everything is built with :meth:`Diagram.apply`, which works cell
by cell and remembers what it has worked out.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Any

BUDGET = 400_000


class TooLargeError(Exception):
    """The diagram would pass its budget of nodes."""


class Diagram:
    """The nodes of one space of variables; ``sizes`` says how many cells each variable has, in their order."""

    def __init__(self, sizes: Sequence[int], budget: int = BUDGET) -> None:
        self.sizes, self.budget = list(sizes), budget
        self._variable: list[int] = []
        self._children: list[tuple[int, ...]] = []
        self._value: list[Any] = []
        self._leaves: dict[Hashable, int] = {}
        self._nodes: dict[tuple[int, tuple[int, ...]], int] = {}
        self._memo: dict[Hashable, dict[tuple[int, ...], int]] = {}
        self.no, self.yes = self.leaf(False), self.leaf(True)  # noqa: FBT003  # the values themselves

    def __len__(self) -> int:
        """How many nodes and leaves there are."""
        return len(self._variable)

    # making nodes

    def leaf(self, value: Hashable) -> int:
        """The constant function; 1 and True are different values."""
        key = (type(value), value)
        if key not in self._leaves:
            self._leaves[key] = self._new(len(self.sizes), (), value)
        return self._leaves[key]

    def variable(self, index: int, values: Sequence[Hashable]) -> int:
        """The function that gives the value of the cell of one variable."""
        return self.node(index, tuple(self.leaf(value) for value in values))

    def node(self, variable: int, children: tuple[int, ...]) -> int:
        """The function that goes on by the cell of a variable; where all cells go the same way it asks nothing."""
        if all(child == children[0] for child in children):
            return children[0]
        key = (variable, children)
        found = self._nodes.get(key)
        if found is None:
            found = self._nodes[key] = self._new(variable, children, None)
        return found

    def _new(self, variable: int, children: tuple[int, ...], value: Any) -> int:
        if len(self._variable) >= self.budget:
            raise TooLargeError
        self._variable.append(variable)
        self._children.append(children)
        self._value.append(value)
        return len(self._variable) - 1

    # reading nodes

    def is_leaf(self, node: int) -> bool:
        """Whether the function is constant."""
        return not self._children[node]

    def value(self, node: int) -> Any:
        """The value of a leaf."""
        return self._value[node]

    def asks(self, node: int) -> int:
        """The variable that a node asks; for a leaf, one past the last."""
        return self._variable[node]

    def children(self, node: int) -> tuple[int, ...]:
        """Where each cell of the variable goes on."""
        return self._children[node]

    def below(self, node: int) -> list[int]:
        """The node and every node under it, once each, those asked later first."""
        seen = {node}
        waiting = [node]
        while waiting:
            for child in self._children[waiting.pop()]:
                if child not in seen:
                    seen.add(child)
                    waiting.append(child)
        return sorted(seen, key=lambda one: -self._variable[one])

    def values(self, node: int) -> list[Any]:
        """Every value that the function takes."""
        return [self._value[one] for one in self.below(node) if self.is_leaf(one)]

    def support(self, node: int) -> set[int]:
        """The variables that the function depends on."""
        return {self._variable[one] for one in self.below(node)} - {len(self.sizes)}

    def at(self, node: int, cells: Mapping[int, int]) -> int:
        """The leaf (or the node, where a variable it asks is not given) that these cells lead to."""
        while self._children[node] and self._variable[node] in cells:
            node = self._children[node][cells[self._variable[node]]]
        return node

    # building functions

    def apply(self, name: Hashable, function: Callable[..., Hashable], *nodes: int) -> int:
        """The function whose value is ``function`` of the values of others; ``name`` stands for ``function`` and nothing else."""
        memo = self._memo.setdefault(name, {})
        return self._apply(memo, function, nodes) if nodes else self.leaf(function())

    def _apply(self, memo: dict[tuple[int, ...], int], function: Callable[..., Hashable], nodes: tuple[int, ...]) -> int:
        found = memo.get(nodes)
        if found is not None:
            return found
        top = min(self._variable[node] for node in nodes)
        if top == len(self.sizes):
            made = self.leaf(function(*(self._value[node] for node in nodes)))
        else:
            children = tuple(self._apply(memo, function, self._cofactors(nodes, top, cell)) for cell in range(self.sizes[top]))
            made = self.node(top, children)
        memo[nodes] = made
        return made

    def _cofactors(self, nodes: tuple[int, ...], variable: int, cell: int) -> tuple[int, ...]:
        return tuple(self._children[node][cell] if self._variable[node] == variable else node for node in nodes)

    def both(self, one: int, other: int) -> int:
        """Where both hold; a false side is not looked past."""
        return self._short("and", one, other, self.no, self.yes)

    def either(self, one: int, other: int) -> int:
        """Where at least one holds."""
        return self._short("or", one, other, self.yes, self.no)

    def _short(self, name: str, one: int, other: int, ends: int, passes: int) -> int:
        if one in (other, ends) or other == passes:
            return one
        if one == passes or other == ends:
            return other
        key = (min(one, other), max(one, other))
        memo = self._memo.setdefault(name, {})
        found = memo.get(key)
        if found is None:
            top = min(self._variable[one], self._variable[other])
            pairs = (self._cofactors(key, top, cell) for cell in range(self.sizes[top]))
            found = memo[key] = self.node(top, tuple(self._short(name, a, b, ends, passes) for a, b in pairs))
        return found

    def negation(self, node: int) -> int:
        """Where it does not hold."""
        return self.apply("not", lambda value: not value, node)

    def choose(self, condition: int, yes: int, no: int) -> int:
        """``yes`` where the condition holds, else ``no``."""
        if condition == self.yes or yes == no:
            return yes
        if condition == self.no:
            return no
        memo = self._memo.setdefault("choose", {})
        key = (condition, yes, no)
        found = memo.get(key)
        if found is None:
            top = min(self._variable[node] for node in key)
            parts = (self._cofactors(key, top, cell) for cell in range(self.sizes[top]))
            found = memo[key] = self.node(top, tuple(self.choose(*part) for part in parts))
        return found

    def restrict(self, node: int, cells: Mapping[int, int]) -> int:
        """The function where these variables stand in these cells."""
        memo: dict[int, int] = {}

        def go(here: int) -> int:
            if here not in memo:
                variable, children = self._variable[here], self._children[here]
                if not children:
                    memo[here] = here
                elif variable in cells:
                    memo[here] = go(children[cells[variable]])
                else:
                    memo[here] = self.node(variable, tuple(go(child) for child in children))
            return memo[here]

        return go(node)

    # profiles that differ in one cell

    def breaks(
        self, node: int, variable: int, pairs: Sequence[tuple[int, int]], wrong: Callable[[Any, Any], bool],
        safe: Callable[[int, int], bool] = lambda _one, _other: False,
    ) -> tuple[int, int] | None:  # fmt: skip
        """The first of some pairs of cells of a variable such that moving from one to the other takes some profile to a value
        that is wrong beside the old one; None where there is none. ``safe`` says of two nodes that no two of their values can be
        wrong. Nothing is built, and what was looked at is not looked at again.
        """
        seen: set[tuple[int, ...]] = set()
        waiting: list[tuple[int, ...]] = [(node,)]
        while waiting:
            here = waiting.pop()
            if here in seen:
                continue
            seen.add(here)
            top = min(self._variable[one] for one in here)
            if len(here) == 1:
                if top > variable:
                    continue
                children = self._children[here[0]]
                waiting += [children] if top == variable else [(child,) for child in children]
                continue
            if all(here[low] == here[high] or safe(here[low], here[high]) for low, high in pairs):
                continue
            if top == len(self.sizes):
                for low, high in pairs:
                    if wrong(self._value[here[low]], self._value[here[high]]):
                        return low, high
                continue
            waiting += [self._cofactors(here, top, cell) for cell in range(self.sizes[top])]
        return None

    def bounds(self, node: int) -> dict[int, tuple[Any, Any] | None]:
        """For a node and each one under it the least and the greatest of its numbers; None where it has none."""
        found: dict[int, tuple[Any, Any] | None] = {}
        for here in self.below(node):
            children = self._children[here]
            if not children:
                value = self._value[here]
                found[here] = None if value is None or isinstance(value, str) else (value, value)
                continue
            known = [bound for child in children if (bound := found[child]) is not None]
            found[here] = (min(low for low, _ in known), max(high for _, high in known)) if known else None
        return found

    # counting and finding

    def count(self, node: int, weights: Sequence[Sequence[int]], among: Callable[[Any], bool] = bool) -> int:
        """How many assignments lead to a leaf whose value is ``among`` those wanted; ``weights`` says how many values stand in
        each cell of each variable.
        """
        totals = [sum(cells) for cells in weights]
        past = [1] * (len(totals) + 1)
        for i in range(len(totals) - 1, -1, -1):
            past[i] = past[i + 1] * totals[i]
        found: dict[int, int] = {}
        for here in self.below(node):
            variable, children = self._variable[here], self._children[here]
            if not children:
                found[here] = int(among(self._value[here]))
                continue
            ways = (
                weight * found[child] * (past[variable + 1] // past[self._variable[child]])
                for weight, child in zip(weights[variable], children, strict=True)
            )
            found[here] = sum(ways)
        return found[node] * (past[0] // past[self._variable[node]])

    def cheapest(self, node: int, costs: Sequence[Sequence[int]], among: Callable[[Any], bool] = bool) -> dict[int, int] | None:
        """The cells of the cheapest way to a wanted leaf, every variable included; None where none leads there. ``costs`` gives
        each cell of each variable its cost; equal costs go to the lower cell.
        """
        best: dict[int, int | None] = {}
        for here in self.below(node):
            children = self._children[here]
            if not children:
                best[here] = 0 if among(self._value[here]) else None
                continue
            ways = [way for way in self._ways(here, costs, best) if way is not None]
            best[here] = min(ways) if ways else None
        if best[node] is None:
            return None
        cells: dict[int, int] = {}
        while self._children[node]:
            variable = self._variable[node]
            cells[variable] = list(self._ways(node, costs, best)).index(best[node])
            node = self._children[node][cells[variable]]
        return {i: cells.get(i, min(range(size), key=lambda cell: (costs[i][cell], cell))) for i, size in enumerate(self.sizes)}

    def _ways(self, node: int, costs: Sequence[Sequence[int]], best: Mapping[int, int | None]) -> Iterator[int | None]:
        variable, children = self._variable[node], self._children[node]
        for cost, child in zip(costs[variable], children, strict=True):
            below = best[child]
            yield None if below is None else below + cost + self._skipped(costs, variable, child)

    def _skipped(self, costs: Sequence[Sequence[int]], variable: int, child: int) -> int:
        """The least cost of the variables that nobody asks between a node and its child."""
        return sum(min(costs[i]) for i in range(variable + 1, self._variable[child]))
