# SPDX-License-Identifier: MIT
"""Clauses for a SAT solver: functions of the cells as literals, one for each value, of which exactly one is true.

A literal is a whole number, its negation the negative one. Clauses are only ever added; a question assumes some literals for its
own time and leaves nothing behind.
"""

from __future__ import annotations

import importlib
from collections.abc import Hashable, Iterable, Sequence
from functools import cache
from itertools import combinations
from typing import Any, TypeAlias, TypeVar

from continuum.proofs.diagram import TooLargeError

__all__ = ["Clauses", "SatMissingError", "available"]

SOLVER = "glucose4"
"""It can be held to a number of conflicts, which is the same on every machine; CaDiCaL cannot."""
CONFLICTS = 200_000
FEW = 6

Value = TypeVar("Value", bound=Hashable)
Literals: TypeAlias = dict[Value, int]
"""The literal of each value that a function may take."""


class SatMissingError(Exception):
    """python-sat is not installed."""


@cache
def _solvers() -> Any:
    try:
        return importlib.import_module("pysat.solvers")
    except ImportError as error:
        raise SatMissingError from error


def available() -> bool:
    """Whether python-sat is installed."""
    try:
        _solvers()
    except SatMissingError:
        return False
    return True


class Clauses:
    """One solver, with what has been told to it.

    Raises:
        SatMissingError: where python-sat is not installed.
    """

    def __init__(self, conflicts: int = CONFLICTS) -> None:
        self._solver: Any = _solvers().Solver(name=SOLVER)
        self.conflicts = conflicts
        self._last = 0
        self.true = self.new()
        self.add(self.true)

    # telling

    def new(self) -> int:
        """A literal that nothing is said of yet."""
        self._last += 1
        return self._last

    def add(self, *literals: int) -> None:
        """At least one of these is true."""
        self._solver.add_clause(literals)

    def one_of(self, values: Iterable[Value]) -> Literals[Value]:
        """New literals, of which exactly one is true; the one of two is the negation of the other."""
        known = list(values)
        if len(known) == 1:
            return {known[0]: self.true}
        if len(known) == 2:  # yes and no
            literal = self.new()
            return {known[0]: literal, known[1]: -literal}
        made = {value: self.new() for value in known}
        self.add(*made.values())
        self._at_most_one(list(made.values()))
        return made

    def _at_most_one(self, literals: list[int]) -> None:
        """Few in pairs; of more, each few with one new literal that stands for them in the next."""
        while len(literals) > FEW:
            first, literals = literals[: FEW - 1], literals[FEW - 1 :]
            so_far = self.new()
            for literal in first:
                self.add(-literal, so_far)
            self._at_most_one(first)
            literals.append(so_far)
        for one, other in combinations(literals, 2):
            self.add(-one, -other)

    def any_of(self, literals: Sequence[int]) -> int:
        """A literal that is true where one of these is."""
        if len(literals) <= 1:
            return literals[0] if literals else -self.true
        found = self.new()
        self.add(-found, *literals)
        for literal in literals:
            self.add(-literal, found)
        return found

    def all_of(self, *literals: int) -> int:
        """A literal that is true where all of these are."""
        return -self.any_of([-literal for literal in literals])

    def chosen(self, values: Iterable[Value], condition: int, yes: Literals[Value], no: Literals[Value]) -> Literals[Value]:
        """The one function where the condition holds, and else the other; ``values`` are all that this comes to."""
        made = self.one_of(values)
        for switch, side in ((-condition, yes), (condition, no)):
            for value in made.keys() | side.keys():
                mine, its = made.get(value, -self.true), side.get(value, -self.true)
                self.add(switch, -its, mine)
                self.add(switch, its, -mine)
        return made

    # asking

    def can(self, *assumed: int) -> bool:
        """Whether all clauses and these literals can be true together.

        Raises:
            TooLargeError: where the solver does not find out within its budget of conflicts.
        """
        self._solver.conf_budget(self.conflicts)
        found: bool | None = self._solver.solve_limited(assumptions=assumed)
        if found is None:
            raise TooLargeError(f"more than {self.conflicts} conflicts of a SAT solver")
        return found

    def model(self, *assumed: int) -> set[int] | None:
        """The literals that are true in one way of making all clauses and these literals true; None where there is no way.

        Raises:
            TooLargeError: as :meth:`can`.
        """
        return set(self._solver.get_model()) if self.can(*assumed) else None
