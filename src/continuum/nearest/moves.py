# SPDX-License-Identifier: MIT
"""What may change in a profile: for each input that the pack tells apart, the values it may move to, and how many steps that is.

A step is one level of a scale. Another answer to a choice, a yes or no, a number or a date counts one step, however far it is:
a level is what people judge by, and no number of pounds or days is worth a level. Of the values of a number or date that do the
same, the nearest is named, with the stretch it belongs to.
"""

from __future__ import annotations

import bisect
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias

from continuum.compiled import ABSENT, CompiledPack, Input
from continuum.engines.completions import Line
from continuum.proofs.space import Space, Variable

Direction: TypeAlias = Literal["up", "down", "other"]


@dataclass(frozen=True, slots=True)
class Move:
    """One input moved to a value: ``cell`` says where that is, ``low`` and ``high`` the stretch of values that do the same (None
    where values have no stretches), ``far`` how many declared steps a number or date moves.
    """

    name: str
    cell: int
    value: Any
    steps: int
    far: int = 0
    low: Any = None
    high: Any = None


class Place:
    """Where a profile stands in one input: its cell, None where the answer is not known, and the cells it may move to."""

    def __init__(self, space: Space, asked: Input, values: Mapping[str, Any]) -> None:
        self.asked, self.name, self.day = asked, asked.name, space.day
        self.index = space.index["input", asked.name]
        self.given = space.index.get(("given", asked.name))
        self.variable: Variable = space.variables[self.index]
        self.known = asked.name in values
        self.value = values.get(asked.name)
        self.own = self.cell(self.value) if self.known else None
        self.runs = not asked.type.values

    @cached_property
    def line(self) -> Line:
        """The values of a number or date."""
        return Line(self.asked, self.day)

    @cached_property
    def starts(self) -> list[Any]:
        """Where each stretch of a number or date begins."""
        return [cell for cell in self.variable.cells if cell is not ABSENT]

    def cell(self, value: Any) -> int:
        """The cell that a value is in."""
        if value is ABSENT or self.asked.type.values:
            return self.variable.cells.index(value)
        return bisect.bisect_right(self.starts, value) - 1

    @cached_property
    def moves(self) -> tuple[Move, ...]:
        """Every cell it may move to, the nearest first."""
        made = [self._move(cell) for cell in range(len(self.variable.cells)) if cell != self.own and self._may(cell)]
        return tuple(sorted(made, key=lambda move: (move.value is ABSENT, move.steps, move.far, move.cell)))

    def may_stand_at(self, value: Any) -> bool:
        """Whether the answer may change to a number or date, also within its own cell."""
        if self.own is None or self.value is ABSENT or self.asked.changes not in ("up", "down"):
            return self._may(self.cell(value))
        return bool(value > self.value) == (self.asked.changes == "up")

    def _may(self, cell: int) -> bool:
        """Whether the answer may change so. One that is not known may turn out to be anything, unless it is protected."""
        if self.asked.protected or self.own is None:
            return not self.asked.protected
        if self.asked.changes in ("up", "down"):
            return (self._rank(cell) > self._rank(self.own)) == (self.asked.changes == "up")
        return self.asked.changes != "no"

    def _rank(self, cell: int) -> int:
        """Said to be none stands below every value."""
        return -1 if self.variable.cells[cell] is ABSENT else cell

    def _move(self, cell: int) -> Move:
        value = self.variable.cells[cell]
        if value is ABSENT:
            return Move(self.name, cell, ABSENT, 1)
        if self.runs:
            return self.within(cell, cell, cell)
        both_on_scale = self.own is not None and self.asked.type.kind == "scale" and self.value is not ABSENT
        return Move(self.name, cell, value, abs(cell - self.own) if both_on_scale and self.own is not None else 1)

    def along(self, *, spread: bool) -> Iterator[tuple[Direction, Iterator[tuple[Any, int]]]]:
        """The other values each way, the nearest first, with how many steps away they are; ``other`` where there is no order. Of
        a number or date the nearest value of each stretch, and with ``spread`` more besides.
        """
        if self.runs:
            marks = {self.line.index(self.within(i, i, i).value) for i in range(len(self.starts)) if i != self.own}
            here = self.line.index(self.value)
            marks |= set(self.spread()) if spread else set()
            order = [self.line.at(mark) for mark in sorted(marks)]
            up = ((value, self.line.index(value) - here) for value in order if value > self.value)
            down = ((value, here - self.line.index(value)) for value in reversed(order) if value < self.value)
            yield "up", up
            yield "down", down
        elif self.asked.type.kind == "scale" and self.own is not None:
            yield "up", ((value, i) for i, value in enumerate(self.starts[self.own + 1 :], 1))
            yield "down", ((value, i) for i, value in enumerate(self.starts[: self.own][::-1], 1))
        else:
            yield "other", ((value, 1) for value in self.starts if value != self.value)

    def spread(self) -> Iterator[int]:
        """Steps of a number or date besides its stretches: around where it stands, and over its whole range."""
        marks = {i * (self.line.count - 1) // 8 for i in range(9)}
        if self.known and self.value is not ABSENT:
            here = self.line.index(self.value)
            marks |= {here + sign * by for by in (1, 10, 100, 1_000, 10_000, 100_000) for sign in (-1, 1)}
            marks -= {here}
        return (mark for mark in sorted(marks) if 0 <= mark < self.line.count)

    def within(self, cell: int, first: int, last: int) -> Move:
        """A move to the value of a cell that is nearest, where all cells from the first to the last do the same."""
        low, high = self.variable.cells[first], self._end(last)
        if not self.known or self.value is ABSENT:
            return Move(self.name, cell, low, 1, 0, low, high)
        value = max(low, min(high, self.value))
        return Move(self.name, cell, value, 1, abs(self.line.index(value) - self.line.index(self.value)), low, high)

    def _end(self, cell: int) -> Any:
        """The last value of a stretch."""
        after = self.starts[cell + 1] if cell + 1 < len(self.starts) else None
        return self.line.at((self.line.count if after is None else self.line.index(after)) - 1)

    def joined(self, results: Mapping[int, Hashable]) -> Iterator[Move]:
        """The moves that are worth looking at, by what each cell comes to: of neighbouring stretches that come to the same only
        the nearest value. Cells that are not in ``results`` part their neighbours.
        """
        if not self.runs:
            yield from (move for move in self.moves if move.cell in results)
            return
        seen: set[int] = set()
        for move in self.moves:
            if move.cell in seen or move.cell not in results:
                continue
            if move.value is ABSENT:
                yield move
                continue
            first = last = move.cell
            while self._alike(results, first - 1, move.cell):
                first -= 1
            while self._alike(results, last + 1, move.cell):
                last += 1
            seen.update(range(first, last + 1))
            yield self.within(move.cell, first, last)

    def _alike(self, results: Mapping[int, Hashable], cell: int, other: int) -> bool:
        return cell < len(self.starts) and cell in results and results[cell] == results[other]


def places(space: Space, pack: CompiledPack, values: Mapping[str, Any]) -> list[Place]:
    """Where a profile stands in each input that the pack reads, in the pack's order."""
    return [Place(space, asked, values) for name, asked in pack.inputs.items() if ("input", name) in space.index]
