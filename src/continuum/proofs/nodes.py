# SPDX-License-Identifier: MIT
"""The nodes of decision diagrams: each made once, no more than a budget allows, and read: their values, how many profiles lead to
them, and the cheapest way there.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

BUDGET = 800_000
KEPT = 16


class TooLargeError(Exception):
    """The diagram would pass its budget of nodes or of work; its words say of which."""

    def __init__(self, needs: str = "more than a diagram may hold") -> None:
        super().__init__(needs)


class Nodes:
    """The nodes of one space of variables; ``sizes`` says how many cells each variable has, in their order. No more than
    ``budget`` nodes are made.
    """

    def __init__(self, sizes: Sequence[int], budget: int = BUDGET) -> None:
        self.sizes, self.budget = list(sizes), budget
        self._variable: list[int] = []
        self._children: list[tuple[int, ...]] = []
        self._value: list[Any] = []
        self._leaves: dict[Hashable, int] = {}
        self._nodes: list[dict[tuple[int, ...], int]] = [{} for _ in self.sizes]
        self._below: dict[int, list[int]] = {}
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
        if children.count(children[0]) == len(children):
            return children[0]
        found = self._nodes[variable].get(children)
        if found is None:
            found = self._nodes[variable][children] = self._new(variable, children, None)
        return found

    def _new(self, variable: int, children: tuple[int, ...], value: Any) -> int:
        if len(self._variable) >= self.budget:
            raise TooLargeError(f"more than {self.budget} nodes")
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
        kept = self._below.get(node)
        if kept is not None:
            return kept
        seen = {node}
        waiting = [node]
        while waiting:
            for child in self._children[waiting.pop()]:
                if child not in seen:
                    seen.add(child)
                    waiting.append(child)
        if len(self._below) >= KEPT:
            self._below.clear()
        found = self._below[node] = sorted(seen, key=self._variable.__getitem__, reverse=True)
        return found

    def values(self, node: int) -> list[Any]:
        """Every value that the function takes."""
        return [self._value[one] for one in self.below(node) if self.is_leaf(one)]

    def values_where(self, node: int, variable: int, cell: int) -> list[Any]:
        """Every value that the function takes where one variable stands in a cell; nothing is built."""
        seen, waiting, found = {node}, [node], []
        while waiting:
            here = waiting.pop()
            children = self._children[here]
            if not children:
                found.append(self._value[here])
            for child in (children[cell],) if children and self._variable[here] == variable else children:
                if child not in seen:
                    seen.add(child)
                    waiting.append(child)
        return found

    def support(self, node: int) -> set[int]:
        """The variables that the function depends on."""
        return {self._variable[one] for one in self.below(node)} - {len(self.sizes)}

    def depends(self, node: int, variable: int) -> bool:
        """Whether the function depends on a variable."""
        return variable in self.support(node)

    def never(self, node: int) -> bool:
        """Whether a condition holds nowhere."""
        return node == self.no

    def at(self, node: int, cells: Mapping[int, int]) -> int:
        """The leaf (or the node, where a variable it asks is not given) that these cells lead to."""
        while self._children[node] and self._variable[node] in cells:
            node = self._children[node][cells[self._variable[node]]]
        return node

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
        least = [min(cells) for cells in costs]
        best: dict[int, int | None] = {}  # the least cost from a node on, with the least of every variable before it

        def ways(here: int) -> list[int | None]:
            pairs = zip(costs[self._variable[here]], self._children[here], strict=True)
            return [None if (past := best[child]) is None else cost + past for cost, child in pairs]

        for here in self.below(node):
            if self._children[here]:
                open_ = [way for way in ways(here) if way is not None]
                best[here] = min(open_) - least[self._variable[here]] if open_ else None
            else:
                best[here] = sum(least) if among(self._value[here]) else None
        cells: dict[int, int] = {}
        while (past := best[node]) is not None and self._children[node]:
            variable = self._variable[node]
            cells[variable] = ways(node).index(past + least[variable])
            node = self._children[node][cells[variable]]
        if past is None:
            return None
        return {i: cells.get(i, min(range(size), key=lambda cell: (costs[i][cell], cell))) for i, size in enumerate(self.sizes)}
