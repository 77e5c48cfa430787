# SPDX-License-Identifier: MIT
"""Thresholds cut each thing that conditions are about into cells; a clause is then a set of cell numbers.

A scale, choice or yes/no has one cell for each value. A number or date with thresholds t0 < t1 < ... has a cell for each
threshold and one for each gap between: below t0 is 0, t0 itself 1, between t0 and t1 is 2, and so on. An optional value
has one more cell at the end, for absent. Engines that match whole numbers need no more than this.
"""

from __future__ import annotations

import bisect
import operator
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from continuum.compiled import ABSENT, Clause, Lit, Test, Type, sides
from continuum.packs.language import Between, Compare, NoneOf, OneOf, State

COMPARE: dict[str, Any] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cuts:
    """The cells of one subject."""

    type: Type
    points: tuple[Any, ...]
    optional: bool = False

    @property
    def count(self) -> int:
        """How many cells there are, the one for absent included."""
        return self.plain + self.optional

    @property
    def plain(self) -> int:
        """How many cells there are but for absent; where absent is a cell, this is its number."""
        return len(self.type.values) if self.type.values else 2 * len(self.points) + 1

    def cell(self, value: Any) -> int:
        """The number of the cell that holds the value."""
        if value is ABSENT:
            return self.plain
        if self.type.kind == "yes_no":
            return int(value)
        if self.type.values:
            return self.type.values.index(value)
        at = bisect.bisect_left(self.points, value)
        return 2 * at + (at < len(self.points) and self.points[at] == value)

    def position(self, value: Any) -> int:
        """Where a threshold stands among the cells."""
        return self.cell(value)


def cut(type_: Type, tests: Iterable[Test], *, optional: bool) -> Cuts:
    """The cells that these tests cut a subject of this type into."""
    if type_.values:
        return Cuts(type_, (), optional)
    constants = {side.value for test in tests for side in sides(test) if isinstance(side, Lit)}
    return Cuts(type_, tuple(sorted(constants)), optional)


def cells_of(clause: Clause, cuts: Cuts) -> frozenset[int] | None:
    """The cells in which the clause holds; None where it compares with something that is not a constant, asks about
    the form or a decision's state, or is about a set, so that it must be worked out before matching.
    """
    if clause.subject.type.kind == "set" or not _constant(clause.test):
        return None
    return frozenset(cell for cell in range(cuts.count) if _holds(clause.test, cell, cuts))


def _constant(test: Test) -> bool:
    if isinstance(test, State):
        return test.name in ("any", "absent", "present")
    if isinstance(test, OneOf | NoneOf):
        return all(_constant(inner) for inner in test.tests)
    return all(isinstance(side, Lit) for side in sides(test))


def _holds(test: Test, cell: int, cuts: Cuts) -> bool:
    absent = cuts.optional and cell == cuts.plain
    if isinstance(test, State):
        return test.name == "any" or (test.name == "absent") == absent
    if isinstance(test, OneOf):
        return any(_holds(inner, cell, cuts) for inner in test.tests)
    if isinstance(test, NoneOf):
        return not any(_holds(inner, cell, cuts) for inner in test.tests)
    if absent:
        return False
    if isinstance(test, Compare):
        return bool(COMPARE[test.op](cell, cuts.position(test.side.value)))  # type: ignore[union-attr]  # constant
    return _between(test, cell, cuts)


def _between(test: Between, cell: int, cuts: Cuts) -> bool:
    low, high = cuts.position(test.low.value), cuts.position(test.high.value)  # type: ignore[union-attr]  # constant
    above = cell >= low if test.low_in else cell > low
    below = cell <= high if test.high_in else cell < high
    return above and below
