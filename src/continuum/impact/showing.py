# SPDX-License-Identifier: MIT
"""Which of the numbers may be shown: all of them to those who work on the case, or those that give nobody away.

Each table is protected by itself (``figures.suppression``). But tables of one caseload speak of the same pupils: what one
withholds another may give away. So tables are published one after the other, and one that would let a withheld count be worked
out, by adding and taking away what is published, is left out whole.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from continuum.figures.suppression import ALL, LEAST, Key, Suppressed, suppressed
from continuum.impact.result import Amount, Cell, Impact, Matrix, Money, Point, Sweep

GROUPS = "groups"
MOVE, STAY = "come out differently", "stay as they are"
PAID, UNPAID = "an amount", "none"
PRIME = 2**31 - 1
"""Equations are solved modulo this prime. What follows with fractions follows so too, unless it divides a denominator."""
LANE, MASK = 96, 2**96 - 1
OLD, NEW = 0, 1


@dataclass
class Showing:
    """The numbers of an impact as they may be shown.

    Attributes:
        impact: all of them.
        least: the smallest count that is shown; 1 shows all.
        tables: by matrix, and for the groups, what is shown; None for a table that is left out.
    """

    impact: Impact
    least: int
    tables: dict[str, Suppressed | None] = field(default_factory=dict)

    @property
    def full(self) -> bool:
        """Whether everything is shown."""
        return self.least <= 1

    def __post_init__(self) -> None:
        counted = dict(_tables(self.impact))
        known = _Equations(len(self.impact.joint))
        withheld: list[frozenset[int]] = []
        for name, (counts, atoms) in counted.items():
            made = self._protected(counts)
            if made is not None and not self.full:
                shown = [_vector(atoms, key) for key in made.counts if key not in made.withheld]
                hidden = [_vector(atoms, key) for key in made.withheld if made.counts[key]]
                more = known.with_more(shown)
                if any(more.give_away(one) for one in (*withheld, *hidden)):
                    made = None
                else:
                    known = more
                    withheld += hidden
            self.tables[name] = made

    def _protected(self, counts: Mapping[str, Mapping[str, int]]) -> Suppressed | None:
        """One table with what is small withheld; None where nothing would protect it. Every empty cell is taken to be known."""
        if self.full:
            return suppressed(counts, least=1)
        whole = 0 < self.impact.pupils < self.least
        empty = {
            (row, column)
            for row in (*counts, ALL)
            for column in (*next(iter(counts.values()), {}), ALL)
            if not sum(n for r, line in counts.items() if row in (r, ALL) for c, n in line.items() if column in (c, ALL))
        }
        try:
            return suppressed(counts, least=self.least, published=() if whole else {(ALL, ALL)}, impossible=empty - {(ALL, ALL)})
        except ValueError:
            return None

    # counts

    def count(self, table: str, row: str = ALL, column: str = ALL) -> int | None:
        """A count, or None where it is withheld."""
        found = self.tables.get(table)
        return found.shown(row, column) if found else None

    @property
    def moving(self) -> int | None:
        """How many pupils come out differently in anything."""
        return self.count(GROUPS, ALL, MOVE)

    @property
    def pupils(self) -> int | None:
        """How many pupils there are."""
        return self.impact.pupils if self.full or not 0 < self.impact.pupils < self.least else None

    # pounds

    def pounds(self, money: Money, side: int, step: str = ALL) -> Amount | None:
        """What all pupils, or those of one step, come to; None where it would give away how many they are."""
        amount = money.total[side] if step == ALL else money.steps[step][side]
        if self.full:
            return amount
        counts = (amount.settled, amount.ranged, amount.unknown)
        large = all(not 0 < count < self.least for count in counts)
        if step == ALL and money.key not in self.tables:
            return amount if large else None  # nobody moves, and nothing else is shown of it
        key = money.key if step == ALL else money.by
        matrix = next(one for one in self.impact.matrices if one.key == key)
        labels = (matrix.rows, matrix.columns)[side] if step == ALL else (step,)
        if any(self._of_side(key, side, label) is None for label in labels):
            return None
        return amount if step == ALL or large else None

    def _of_side(self, key: str, side: int, label: str) -> int | None:
        return self.count(key, *((label, ALL) if side == OLD else (ALL, label)))

    def group_pounds(self, money: Money, side: int, group: str) -> Amount | None:
        """What a group comes to; None where so few have an amount that it would give them away."""
        amount = money.groups[group][side]
        if self.full:
            return amount
        found = self.tables.get(paid_of(money, side))
        shown = found is not None and found.shows_amount(group, PAID) and found.shows_amount(group, UNPAID)
        counts = (amount.ranged, amount.unknown)
        return amount if shown and all(not 0 < count < self.least for count in counts) else None

    # sweeps

    def points(self, sweep: Sweep) -> list[Point | None]:
        """The values of a sweep, None where its counts, or how they differ from those of another value, would be small."""
        if self.full:
            return [*sweep.points]
        matrices = {one.key: one for one in self.impact.matrices}
        now = {key: {label: self._now(matrices[key], label) for label in labels} for key, labels in _counted(sweep)}
        shown: list[Mapping[str, Mapping[str, int | None]]] = [now]
        found: list[Point | None] = []
        for point in sweep.points:
            fits = all(self._apart(point.pupils, other) for other in shown) and all(
                not 0 < amount.settled + amount.ranged < self.least for amount in point.money.values()
            )
            found.append(point if fits else None)
            if fits:
                shown.append(point.pupils)
        return found

    def _now(self, matrix: Matrix, label: str) -> int | None:
        return self.count(matrix.key, ALL, label) if label in matrix.columns and self.tables.get(matrix.key) else None

    def _apart(self, mine: Mapping[str, Mapping[str, int]], other: Mapping[str, Mapping[str, int | None]]) -> bool:
        """Whether the counts, and their differences from those of another value, are each nothing or large enough."""
        for key, labels in mine.items():
            for label, count in labels.items():
                its = other.get(key, {}).get(label)
                if 0 < count < self.least or (its is not None and 0 < abs(count - its) < self.least):
                    return False
        return True


def showing(impact: Impact, *, least: int = LEAST, full: bool = False) -> Showing:
    """The numbers that may be shown: all where it is ``full``, else no count from 1 to ``least - 1`` nor what gives one away."""
    return Showing(impact, 1 if full else least)


def paid_of(money: Money, side: int) -> str:
    """The name of the table of who has an amount, by group."""
    return f"{money.key} {('old', 'new')[side]} {GROUPS}"


def _counted(sweep: Sweep) -> list[tuple[str, list[str]]]:
    first = sweep.points[0].pupils if sweep.points else {}
    return [(key, list(labels)) for key, labels in first.items()]


# tables

_Atoms = list[tuple[Cell, int]]


def _tables(impact: Impact) -> Iterator[tuple[str, tuple[Mapping[str, Mapping[str, int]], _Atoms]]]:
    """Every table that is shown, the most telling first, and for each kind of pupils where they stand in it."""
    joint = [one for one, _ in impact.joint]
    groups = [(group, MOVE if moves else STAY) for group, moves, _, _ in joint]
    yield GROUPS, _table(impact, groups, [one.name for one in impact.groups], [MOVE, STAY])
    steps = {money.by for money in impact.money}
    for i, matrix in enumerate(impact.matrices):
        if matrix.moving or matrix.key in steps:
            yield matrix.key, _table(impact, [cells[i] for _, _, cells, _ in joint], matrix.rows, matrix.columns)
    if impact.by:
        for i, money in enumerate(impact.money):
            for side in (OLD, NEW):
                places = [(group, PAID if paid[2 * i + side] else UNPAID) for group, _, _, paid in joint]
                yield paid_of(money, side), _table(impact, places, [one.name for one in impact.groups], [PAID, UNPAID])


def _table(
    impact: Impact, places: list[Cell], rows: Sequence[str], columns: Sequence[str]
) -> tuple[Mapping[str, Mapping[str, int]], _Atoms]:
    counts = {row: dict.fromkeys(columns, 0) for row in rows}
    for (row, column), (_, count) in zip(places, impact.joint, strict=True):
        counts[row][column] += count
    return counts, list(zip(places, range(len(places)), strict=True))


def _vector(atoms: _Atoms, key: Key) -> frozenset[int]:
    """A count as a sum of kinds of pupils."""
    row, column = key
    return frozenset(number for (its_row, its_column), number in atoms if row in (its_row, ALL) and column in (its_column, ALL))


class _Equations:
    """What is published, as equations solved for their first unknown, in arithmetic modulo a prime.

    An equation is one large whole number of ``LANE`` bits for each unknown, so that two are added at once. A lane is wide enough
    for all that is added to it before it is brought below the prime again.
    """

    def __init__(self, unknowns: int, solved: tuple[tuple[int, int], ...] = ()) -> None:
        self.unknowns, self.solved = unknowns, list(solved)

    def with_more(self, sums: Iterable[frozenset[int]]) -> _Equations:
        """These and more."""
        made = _Equations(self.unknowns, tuple(self.solved))
        for one in sums:
            made._add(one)  # its own class
        return made

    def _add(self, one: frozenset[int]) -> None:
        rest = self._rest(one)
        first = next((number for number, value in enumerate(rest) if value), None)
        if first is not None:
            by = pow(rest[first], -1, PRIME)
            insort(self.solved, (first, _packed([value * by % PRIME for value in rest])))

    def give_away(self, one: frozenset[int]) -> bool:
        """Whether a count can be worked out."""
        return not any(self._rest(one))

    def _rest(self, one: frozenset[int]) -> list[int]:
        """What is left of a sum when all that is known is taken away."""
        rest = sum(1 << number * LANE for number in one)
        for first, known in self.solved:
            times = (rest >> first * LANE & MASK) % PRIME
            if times:
                rest += (PRIME - times) * known
        data = rest.to_bytes((self.unknowns + 1) * LANE // 8, "little")
        width = LANE // 8
        return [int.from_bytes(data[at : at + width], "little") % PRIME for at in range(0, self.unknowns * width, width)]


def _packed(values: list[int]) -> int:
    return int.from_bytes(b"".join(value.to_bytes(LANE // 8, "little") for value in values), "little")
