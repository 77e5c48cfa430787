# SPDX-License-Identifier: MIT
"""Conditions as bits: a cell is a mask of what it does not rule out, and what is left of all masks together holds.

A rule is a bit. An alternative inside an ``any`` is a bit of its own, below the bit of what it belongs to, so that nothing
is multiplied out. ``not`` is carried down to the clauses, where it means the other cells.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from continuum.compiled import AllOf, Clause, Condition, Not
from continuum.compiling.cells import Cuts

Literal: TypeAlias = tuple[str, frozenset[int]]
"""A field, and the cells of it in which a clause holds."""

UNKNOWN = -1
"""The cell of what is not known or cannot be worked out; in a tuple of masks it is the last."""

BROKEN = object()
"""In place of a value that cannot be worked out."""


class Cells(dict[Any, int]):
    """The values of one field to their cells; they join as they are met, up to ``most``. Without cuts: no and yes."""

    def __init__(self, cuts: Cuts | None, most: int) -> None:
        super().__init__({BROKEN: UNKNOWN})
        self.cuts, self.most, self.count = cuts, most, cuts.count if cuts else 2

    def __missing__(self, value: Any) -> int:
        cell = self.cuts.cell(value) if self.cuts else int(value)
        if cell >= self.count:
            raise ValueError("a value that cannot be absent is")
        if len(self) < self.most:
            self[value] = cell
        return cell


class Bits:
    """The rules of one table as bits: lowest the alternatives, then the rules in order, and highest ``ready``, which is
    left where all that the table reads is there.
    """

    def __init__(self, conditions: Sequence[Condition], literal: Callable[[Clause, bool], Literal]) -> None:
        self._literal = literal
        self.terms: list[list[Literal]] = []
        self._groups: dict[int, list[int]] = {}
        whole = [self._parts(condition, holds=True) for condition in conditions]
        self._first = len(self.terms)
        for parts in whole:
            self._term(*parts)
        self.ready = 1 << len(self.terms)
        self.ones = 2 * self.ready - 1
        self._grouped = sum(self._groups)

    def columns(self, counts: Mapping[str, int]) -> dict[str, list[int]]:
        """For each field that conditions are about, the mask of each of its cells."""
        columns: dict[str, list[int]] = {}
        for number, literals in enumerate(self.terms):
            for name, cells in literals:
                masks = columns.setdefault(name, [self.ones] * counts[name])
                for cell in range(len(masks)):
                    if cell not in cells:
                        masks[cell] &= ~(1 << number)
        return columns

    def held(self, bits: int) -> list[int]:
        """The numbers of the rules that are left, once every bit went of which some group has no bit left."""
        waiting = bits & self._grouped
        while waiting:
            bit = waiting & -waiting
            waiting ^= bit
            if not all(bits & group for group in self._groups[bit]):
                bits ^= bit
        return [number for number in range(len(self.terms) - self._first) if bits >> self._first + number & 1]

    def _parts(self, condition: Condition, *, holds: bool) -> tuple[list[Literal], list[int]]:
        """What must all be so for the condition to hold (or not to): clauses, and of each group of bits at least one."""
        if isinstance(condition, Clause):
            return [self._literal(condition, holds)], []
        if isinstance(condition, Not):
            return self._parts(condition.item, holds=not holds)
        inner = [self._parts(item, holds=holds) for item in condition.items]
        if isinstance(condition, AllOf) == holds or len(inner) == 1:
            return [one for literals, _ in inner for one in literals], [one for _, groups in inner for one in groups]
        return [], [sum(self._term(*parts) for parts in inner)]

    def _term(self, literals: list[Literal], groups: list[int]) -> int:
        """A bit for these parts; the bits of their groups are there before it."""
        bit = 1 << len(self.terms)
        self.terms.append(literals)
        if groups:
            self._groups[bit] = groups
        return bit


def joined(
    tables: Sequence[tuple[Bits, Mapping[str, Sequence[int]]]], counts: Mapping[str, int]
) -> tuple[dict[str, tuple[int, ...]], int, list[int]]:
    """The columns of all tables side by side, with every bit, and where each table starts.

    The last mask of each field, for ``UNKNOWN``, rules out nothing but that the tables that read it are ready.
    """
    starts: list[int] = []
    every = 0
    ruled_out = {name: [0] * (count + 1) for name, count in counts.items()}
    for bits, columns in tables:
        start = every.bit_length()
        starts.append(start)
        every |= bits.ones << start
        for name, masks in columns.items():
            for cell, mask in enumerate((*masks, ~bits.ready)):
                ruled_out[name][cell] |= (bits.ones & ~mask) << start
    return {name: tuple(every & ~out for out in masks) for name, masks in ruled_out.items()}, every, starts
