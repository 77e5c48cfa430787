# SPDX-License-Identifier: MIT
"""What a change of rules does to a caseload, as numbers. All of them are full counts: nothing here is for publishing as it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from continuum.impact.explaining import Explained

Cell = tuple[str, str]
"""What a pupil comes to by the old and by the new version."""


Joint = tuple[str, bool, tuple[Cell, ...], tuple[bool, ...]]
"""The group of a pupil, whether anything moves, the cell of each matrix, and of each amount whether there is any, old and new."""


@dataclass(frozen=True, slots=True)
class Amount:
    """Money of some pupils.

    Attributes:
        pounds: the sum of the amounts that are settled, those of 0 where an outcome does not apply among them.
        lowest, highest: the sums of the lowest and of the highest amounts of those that are ranges.
        settled, ranged: for how many pupils each of these speaks.
        unknown: for how many nobody can say: people decide, the row is invalid, or an end of the range is not known.
    """

    pounds: Decimal
    lowest: Decimal
    highest: Decimal
    settled: int
    ranged: int
    unknown: int


@dataclass(frozen=True)
class Matrix:
    """Who moves from which result to which, for one outcome, part of one, or value of a set.

    Attributes:
        key, label: its name for programs, and in words.
        outcome: the outcome it is about.
        rows, columns: the results by the old and by the new version, in order.
        pupils: how many pupils in each cell; cells with none are left out.
        moved: how many of them come out differently. It is all of a cell off the diagonal, and none on it but where a range or a
            referral is another one.
        explained: for each cell with pupils who move, why.
        unexplained: pupils who move because the versions read their answers otherwise, such as a blank, or because only one of
            them takes their row.
        unit: of a number or amount.
        money: for an amount, by cell, what it comes to by the old and by the new version; None where it is no amount.
    """

    key: str
    label: str
    outcome: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    pupils: Mapping[Cell, int]
    moved: Mapping[Cell, int]
    explained: Mapping[Cell, tuple[Explained, ...]]
    unexplained: int
    unit: str = ""
    money: Mapping[Cell, tuple[Amount, Amount]] | None = None

    @property
    def moving(self) -> int:
        """How many pupils come out differently."""
        return sum(self.moved.values())

    def old(self, row: str) -> int:
        """How many pupils have this result by the old version."""
        return sum(count for (one, _), count in self.pupils.items() if one == row)

    def new(self, column: str) -> int:
        """How many pupils have this result by the new version."""
        return sum(count for (_, one), count in self.pupils.items() if one == column)


@dataclass(frozen=True)
class Money:
    """Pounds of one outcome. Those of different outcomes are never added up: they are paid by different budgets.

    Attributes:
        key, label, unit: which amount.
        total: of all pupils, by the old and by the new version.
        groups: of each group.
        by: the outcome that its rates are looked up by, such as the tariff; empty where there is none.
        steps: by each result of that outcome, how many pupils and pounds there are by the old, and by the new version.
    """

    key: str
    label: str
    unit: str
    total: tuple[Amount, Amount]
    groups: Mapping[str, tuple[Amount, Amount]]
    by: str
    steps: Mapping[str, tuple[Amount, Amount]]


@dataclass(frozen=True)
class Group:
    """Pupils of one group: how many there are, how many come out differently in anything, and the moves of each matrix."""

    name: str
    pupils: int
    moving: int
    moves: Mapping[str, Mapping[Cell, int]]


@dataclass(frozen=True, slots=True)
class Point:
    """One value of a sweep: how many pupils come to each result, and what each amount comes to."""

    value: str
    pupils: Mapping[str, Mapping[str, int]]
    money: Mapping[str, Amount]


@dataclass(frozen=True)
class Sweep:
    """An amount or threshold of the new version varied.

    Attributes:
        asked: what was asked for.
        words: what is varied, in words.
        current: what it is in the new version.
        unit: of the values.
        points: the values, in order.
        labels: what the outcomes and amounts of the points are called. Only those that vary are there.
    """

    asked: str
    words: str
    current: str
    unit: str
    points: tuple[Point, ...]
    labels: Mapping[str, str]


@dataclass(frozen=True)
class Impact:
    """What a change of rules does to a caseload.

    Attributes:
        old, new: id and version of each.
        title: of the new version's pack.
        days: the days for which the old and the new version decided.
        by: what the groups are of; empty where there is one group, everybody.
        pupils: how many rows there are; every row is in every matrix.
        moving: how many come out differently in anything.
        matrices: who moves from which result to which, those with the most movers first.
        money: pounds, for each outcome that is an amount.
        groups: by group, the largest first.
        invalid: how many rows the old, and the new version cannot take, by code and words.
        proved: whether it is proved that nobody outside the regions of the difference can change, whoever is in the caseload.
        because: why that is not proved.
        notes: what else a reader must know, such as columns that no version reads.
        synthetic: whether the caseload says that it is made up.
        sweep: amounts or thresholds varied.
    """

    old: str
    new: str
    title: str
    standing: tuple[str, str]
    days: tuple[dt.date, dt.date]
    by: str
    pupils: int
    moving: int
    matrices: tuple[Matrix, ...]
    money: tuple[Money, ...]
    groups: tuple[Group, ...]
    invalid: tuple[tuple[str, str, int, int], ...]
    proved: bool
    because: str
    notes: tuple[str, ...]
    synthetic: bool
    sweep: tuple[Sweep, ...] = ()
    joint: tuple[tuple[Joint, int], ...] = field(default=(), repr=False)
    """How many pupils are alike in everything that is counted."""
