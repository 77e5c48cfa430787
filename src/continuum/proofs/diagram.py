# SPDX-License-Identifier: MIT
"""A reduced, ordered decision diagram: equal functions of the variables are the same number, and are never listed out.

A variable has a few cells, numbered from 0. A node asks one variable and goes on by its cell; a leaf holds a value. A function
that does not depend on a variable has no node that asks it. Everything is built with :meth:`Diagram.apply`, which works cell
by cell and remembers what it has worked out; so the same question asked of an equal function is answered at once.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any

from continuum.proofs.nodes import BUDGET, Nodes, TooLargeError

__all__ = ["BUDGET", "WORK", "Diagram", "TooLargeError"]

WORK = 5_000_000
"""How many steps one question may take: each is one combination of nodes looked at for the first time, in one or two µs."""
REMEMBERED = 1_000_000
"""After so many steps what was worked out is forgotten, so that memory stays bounded; asked again, it is worked out anew."""
SHIFT = 24
"""Two node numbers make one key; there are never so many nodes."""


class Diagram(Nodes):
    """Nodes, and the functions that are built of them. It goes on while the steps ``spent`` are no more than ``work``."""

    def __init__(self, sizes: Sequence[int], budget: int = BUDGET, work: int = WORK) -> None:
        super().__init__(sizes, budget)
        self.spent, self.work, self._allowance = 0, work, work
        self._memo: dict[Hashable, dict[Any, int]] = {}
        self._fine: dict[Hashable, set[int]] = {}

    def renew(self) -> None:
        """Allow as much work again: another question begins."""
        self.work = self.spent + self._allowance

    def _step(self) -> None:
        self.spent += 1
        if self.spent > self.work:
            raise TooLargeError("more work than one question may take")
        if self.spent % REMEMBERED == 0:
            for memo in self._memo.values():
                memo.clear()
            for fine in self._fine.values():
                fine.clear()

    # building functions

    def apply(self, name: Hashable, function: Callable[..., Hashable], *nodes: int) -> int:
        """The function whose value is ``function`` of the values of others; ``name`` stands for ``function`` and nothing else."""
        memo = self._memo.setdefault((name, len(nodes)), {})
        values = self._value
        if not nodes:
            return self.leaf(function())
        if len(nodes) == 1:
            return self._each(memo, lambda value: self.leaf(function(value)), nodes[0])
        if len(nodes) > 2:  # two have a quick way of their own
            return self._together(memo, lambda many: self.leaf(function(*(values[one] for one in many))), nodes)
        last = len(self.sizes)
        variables = self._variable

        def ends(one: int, other: int) -> int | None:
            return self.leaf(function(values[one], values[other])) if variables[one] == last == variables[other] else None

        return self._pair(memo, ends, *nodes)

    def _each(self, memo: dict[int, int], leaf: Callable[[Any], int], node: int) -> int:
        """A function of one other."""
        variables, children = self._variable, self._children

        def go(here: int) -> int:
            made = memo.get(here)
            if made is None:
                self._step()
                below = children[here]
                made = memo[here] = self.node(variables[here], tuple(map(go, below))) if below else leaf(self._value[here])
            return made

        return go(node)

    def _pair(self, memo: dict[int, int], ends: Callable[[int, int], int | None], one: int, other: int) -> int:
        """A function of two others; ``ends`` gives it where there is no need to look further."""
        variables, children = self._variable, self._children

        def go(one: int, other: int) -> int:
            made = ends(one, other)
            if made is not None:
                return made
            key = one << SHIFT | other
            made = memo.get(key)
            if made is None:
                self._step()
                mine, its = variables[one], variables[other]
                if mine == its:
                    below = tuple(map(go, children[one], children[other]))
                elif mine < its:
                    below = tuple(map(go, children[one], repeat(other)))
                else:
                    below = tuple(map(go, repeat(one), children[other]))
                made = memo[key] = self.node(min(mine, its), below)
            return made

        return go(one, other)

    def _together(self, memo: dict[tuple[int, ...], int], leaf: Callable[[tuple[int, ...]], int], nodes: tuple[int, ...]) -> int:
        """A function of several others."""
        variables, last = self._variable, len(self.sizes)

        def go(here: tuple[int, ...]) -> int:
            made = memo.get(here)
            if made is None:
                self._step()
                top = min(map(variables.__getitem__, here))
                made = leaf(here) if top == last else self.node(top, tuple(map(go, self._cofactors(here, top))))
                memo[here] = made
            return made

        return go(nodes)

    def _cofactors(self, nodes: tuple[int, ...], variable: int) -> Iterator[tuple[int, ...]]:
        """The functions in each cell of a variable."""
        return zip(*self._by_cell(nodes, variable), strict=False)

    def _by_cell(self, nodes: tuple[int, ...], variable: int) -> list[Iterable[int]]:
        """For each function what it is in each cell of a variable, which at least one of them asks."""
        variables, children = self._variable, self._children
        return [children[node] if variables[node] == variable else repeat(node) for node in nodes]

    def both(self, one: int, other: int) -> int:
        """Where both hold; a false side is not looked past."""
        return self._short("and", one, other, self.no, self.yes)

    def either(self, one: int, other: int) -> int:
        """Where at least one holds."""
        return self._short("or", one, other, self.yes, self.no)

    def _short(self, name: str, one: int, other: int, stops: int, passes: int) -> int:
        def ends(one: int, other: int) -> int | None:
            if one in (other, stops) or other == passes:
                return one
            return other if one == passes or other == stops else None

        return self._pair(self._memo.setdefault(name, {}), ends, *sorted((one, other)))

    def negation(self, node: int) -> int:
        """Where it does not hold."""
        return self.apply("not", lambda value: not value, node)

    def choose(self, condition: int, yes: int, no: int) -> int:
        """``yes`` where the condition holds, else ``no``."""
        memo, variables = self._memo.setdefault("choose", {}), self._variable

        def go(condition: int, yes: int, no: int) -> int:
            if condition == self.yes or yes == no:
                return yes
            if condition == self.no:
                return no
            key = (condition, yes, no)
            made = memo.get(key)
            if made is None:
                self._step()
                top = min(variables[condition], variables[yes], variables[no])
                made = memo[key] = self.node(top, tuple(map(go, *self._by_cell(key, top))))
            return made

        return go(condition, yes, no)

    def first(self, one: int, other: int) -> int:
        """One function, and where it is None the other."""
        nothing, last = self.leaf(None), len(self.sizes)

        def ends(one: int, other: int) -> int | None:
            if one == nothing:
                return other
            return one if other in (one, nothing) or self._variable[one] == last else None

        return self._pair(self._memo.setdefault("first", {}), ends, one, other)

    def merge(self, name: Hashable, function: Callable[[Any, Any], Hashable], one: int, other: int) -> int:
        """Where one of two functions is None the other, elsewhere ``function`` of both values, for which ``name`` stands."""
        nothing, last, variables, values = self.leaf(None), len(self.sizes), self._variable, self._value

        def ends(one: int, other: int) -> int | None:
            if nothing in (one, other):
                return other if one == nothing else one
            return self.leaf(function(values[one], values[other])) if variables[one] == last == variables[other] else None

        return self._pair(self._memo.setdefault(("merge", name), {}), ends, one, other)

    def fold(self, make: Callable[[int, int], int], nodes: Sequence[int]) -> int:
        """Many functions put together two by two, in their order, neighbours first: what comes of few of them is small. ``make``
        must not mind where the brackets stand.
        """
        while len(nodes) > 1:
            pairs = zip(nodes[::2], nodes[1::2], strict=False)
            nodes = [make(one, other) for one, other in pairs] + list(nodes[len(nodes) & ~1 :])
        return nodes[0]

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

    # profiles for which two things hold, and those that differ in one cell

    def meet(self, *conditions: int) -> bool:
        """Whether some conditions hold together for some profile. Nothing is built: lower cells are tried first."""
        seen: set[tuple[int, ...]] = set()
        waiting: list[tuple[int, ...]] = [conditions]
        while waiting:
            here = tuple(sorted(set(waiting.pop()) - {self.yes}))
            if self.no in here or here in seen:
                continue
            if len(here) <= 1:
                return True
            self._step()
            seen.add(here)
            waiting += reversed([*self._cofactors(here, min(map(self._variable.__getitem__, here)))])
        return False

    def breaks(
        self, node: int, variable: int, pairs: Sequence[tuple[int, int]], wrong: Callable[[Any, Any], bool],
        safe: Callable[[int, int], bool] = lambda _one, _other: False, name: Hashable = None,
    ) -> tuple[int, int] | None:  # fmt: skip
        """The first of some pairs of cells of a variable such that moving from one to the other takes some profile to a value
        that is wrong beside the old one; None where there is none. ``safe`` says of two nodes that no two of their values can be
        wrong. Nothing is built, and what was looked at is not looked at again; with a ``name``, which stands for ``wrong`` and
        nothing else, not in later calls either, whichever variable they are about.
        """
        fine = self._fine.setdefault(name, set()) if name is not None else set()
        asking = [self._children[one] for one in self.below(node) if self._variable[one] == variable]
        for low, high in pairs:
            for children in asking:
                if self._clash(children[low], children[high], wrong, safe, fine):
                    return low, high
        return None

    def _clash(
        self, one: int, other: int, wrong: Callable[[Any, Any], bool], safe: Callable[[int, int], bool], fine: set[int]
    ) -> bool:
        """Whether some profile is wrong with one function beside the other; ``fine`` are pairs of which none is."""
        seen: set[int] = set()
        waiting = [(one, other)]
        while waiting:
            one, other = waiting.pop()
            key = one << SHIFT | other
            if one == other or key in fine or key in seen or safe(one, other):
                continue
            self._step()
            seen.add(key)
            mine, its = self._variable[one], self._variable[other]
            if mine == its == len(self.sizes):
                if wrong(self._value[one], self._value[other]):
                    return True
            else:
                waiting += self._cofactors((one, other), min(mine, its))  # type: ignore[arg-type]  # two in, two out
        fine |= seen  # only now: while the search went on they were not all looked through
        return False
