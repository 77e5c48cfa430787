# SPDX-License-Identifier: MIT
"""An impact put in order for a reader: headings, lines and tables, that text, Markdown and the page each print in their way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from continuum.figures.suppression import ALL, CONFIDENTIAL
from continuum.impact.explaining import Explained
from continuum.impact.outcomes import RANGE, pounds
from continuum.impact.result import Amount, Impact, Matrix, Money, Sweep
from continuum.impact.showing import GROUPS, MOVE, NEW, OLD, Showing

WARNING = "Full counts: for the people who work on this, and not for publishing. Small numbers can give a pupil away."
RULES = 4
"""So many rules are named, and then how many more there are."""


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is the title."""

    words: str
    level: int = 2


@dataclass(frozen=True)
class Line:
    """A paragraph; ``kind`` is ``warning`` or ``key`` where it must be seen."""

    words: str
    kind: str = ""


@dataclass(frozen=True)
class Bullets:
    """A list; what is indented belongs to the item before it."""

    items: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Table:
    """A table: its caption, the heads of its columns, and rows whose first cell is their head. ``order`` are the results
    where rows and columns are such, so that text may number them.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    order: tuple[str, ...] = ()
    last_is_total: bool = False


@dataclass(frozen=True)
class Bars:
    """A chart of pairs of bars: a label, and the number before and now; None is withheld."""

    caption: str
    pairs: tuple[tuple[str, Decimal | int | None, Decimal | int | None], ...]
    money: bool = False


@dataclass(frozen=True)
class Curve:
    """A chart of one number against the values of a sweep; None is withheld."""

    caption: str
    points: tuple[tuple[str, Decimal | int | None], ...]
    money: bool = False


Block = Heading | Line | Bullets | Table | Bars | Curve


def report(showing: Showing) -> list[Block]:
    """Everything there is to tell, in order."""
    return [*_head(showing), *_money(showing), *_moves(showing), *_groups(showing), *_sweeps(showing), *_end(showing)]


# the head


def _head(showing: Showing) -> Iterator[Block]:
    impact = showing.impact
    yield Heading(f"What {impact.new} would change", 1)
    yield Line(f"{impact.title}: {impact.old} (decided for {impact.days[OLD]}) against {impact.new} (for {impact.days[NEW]}).")
    if showing.full:
        yield Line(WARNING, "warning")
    else:
        yield Line(
            f"Counts from 1 to {showing.least - 1} are withheld, and others with them so that they cannot be worked out: "
            f"{CONFIDENTIAL} stands in their place."
        )
    if impact.synthetic:
        yield Line(
            "The caseload is synthetic: every pupil in it is made up, and no number here is a finding about a real place.",
            "warning",
        )
    for words in dict.fromkeys(filter(None, impact.standing)):
        yield Line(words)
    yield Line(f"{said(showing.moving)} of {said(showing.pupils)} pupils come out differently in something.", "key")
    yield Line(proof(impact))
    yield Line("The result is advice. People decide, and nobody's support changes because of this comparison.")


def proof(impact: Impact) -> str:
    """What is proved, and what is not."""
    if impact.proved:
        return (
            "Proved for every profile there can be, in this caseload or not: nobody outside the regions named below can change. "
            "Each pupil here was decided by both versions, and held against that."
        )
    return (
        f"Not proved that nobody else can change: {impact.because}. Each pupil here was decided by both versions; "
        "of pupils who are not in the caseload nothing is said."
    )


# money


def _money(showing: Showing) -> Iterator[Block]:
    impact = showing.impact
    if not impact.money:
        return
    yield Heading("Pounds")
    yield Line(
        "Amounts of different outcomes are not added up: they are paid by different budgets. A range is not counted at any one "
        "amount: its lowest and its highest stand apart. Where people decide, or a row is invalid, there is no amount."
    )
    rows = [row for money in impact.money for row in _money_rows(showing, money)]
    yield Table("Each amount, over all pupils", ("Amount", "Before", "Now", "Change"), tuple(rows))
    for money in impact.money:
        if money.by:
            yield from _steps(showing, money)


def _money_rows(showing: Showing, money: Money) -> Iterator[tuple[str, ...]]:
    old, new = (showing.pounds(money, side) for side in (OLD, NEW))
    unit = f" ({money.unit})"
    yield f"{money.label}{unit}", *(_sum(one, money, "pounds") for one in (old, new)), change(old, new, money)
    full = showing.full
    if not full and (old is None or new is None):
        return
    if money.total[OLD].ranged or money.total[NEW].ranged:
        for name in ("lowest", "highest"):
            yield f"  ranges, at their {name}", *(_sum(one, money, name) for one in (old, new)), change(old, new, money, name)
        yield "  pupils whose amount is a range", *(_few(showing, one.ranged if one else None) for one in (old, new)), ""
    if money.total[OLD].unknown or money.total[NEW].unknown:
        yield "  pupils without an amount", *(_few(showing, one.unknown if one else None) for one in (old, new)), ""


def _few(showing: Showing, count: int | None) -> str:
    return said(None if count is None or (0 < count < showing.least) else count)


def _sum(amount: Amount | None, money: Money, name: str) -> str:
    return CONFIDENTIAL if amount is None else pounds(getattr(amount, name), money.unit)


def change(old: Amount | None, new: Amount | None, money: Money, name: str = "pounds") -> str:
    """How much more or less it is now."""
    if old is None or new is None:
        return CONFIDENTIAL
    by = getattr(new, name) - getattr(old, name)
    return "no change" if not by else f"{'+' if by > 0 else ''}{pounds(by, money.unit)}"


def _steps(showing: Showing, money: Money) -> Iterator[Block]:
    impact = showing.impact
    matrix = next(one for one in impact.matrices if one.key == money.by)
    rows: list[tuple[str, ...]] = []
    bars: list[tuple[str, Decimal | None, Decimal | None]] = []
    for step, pair in money.steps.items():
        if not any(one.settled + one.ranged + one.unknown for one in pair):
            continue
        counts = (
            showing.count(money.by, step, ALL) if step in matrix.rows else 0,
            showing.count(money.by, ALL, step) if step in matrix.columns else 0,
        )
        amounts = showing.pounds(money, OLD, step), showing.pounds(money, NEW, step)
        shown = ["" if one and not one.settled else _sum(one, money, "pounds") for one in amounts]
        rows.append((step, said(counts[OLD]), shown[OLD], said(counts[NEW]), shown[NEW]))
        if any(one.ranged for one in pair):
            rows += [(f"  ranges, at their {name}", "", *_between(amounts, money, name)) for name in ("lowest", "highest")]
        before, now = (one.pounds if one else None for one in amounts)
        bars.append((step, before, now))
    yield Table(
        f"{money.label}, by {matrix.label[:1].lower()}{matrix.label[1:]}",
        (matrix.label, "Pupils before", "Pounds before", "Pupils now", "Pounds now"), tuple(rows),
    )  # fmt: skip
    yield Bars(
        f"{money.label} by {matrix.label[:1].lower()}{matrix.label[1:]}, before and now",
        tuple(one for one in bars if any(one[1:])),
        money=True,
    )


def _between(amounts: Sequence[Amount | None], money: Money, name: str) -> tuple[str, str, str]:
    """One end of the ranges, before and now, with the empty cell between."""
    old, new = ("" if one and not one.ranged else _sum(one, money, name) for one in amounts)
    return old, "", new


# moves


def _moves(showing: Showing) -> Iterator[Block]:
    impact = showing.impact
    moving = [one for one in impact.matrices if one.moving]
    yield Heading("Who moves")
    if moving:
        yield Line("Rows are results by the old version, columns by the new one. Who stands where the two are the same stays.")
    for matrix in moving:
        yield from _matrix(showing, matrix)
    still = [matrix.label for matrix in impact.matrices if not matrix.moving]
    if still:
        yield Line(f"The same for every pupil here: {'; '.join(still)}.")


def _matrix(showing: Showing, matrix: Matrix) -> Iterator[Block]:
    yield Heading(matrix.label, 3)
    table = showing.tables.get(matrix.key)
    if table is None:
        yield Line("This table is withheld: with those above it, it would show how few pupils there are in some of its cells.")
        return
    rows = [row for row in matrix.rows if table.counts[row, ALL]]
    columns = [column for column in matrix.columns if table.counts[ALL, column]]
    moving = said(matrix.moving) if showing.full else _moving(showing, matrix)
    yield Line(f"{moving} pupils move." if moving != "1" else "1 pupil moves.")
    yield Table(
        f"{matrix.label}: pupils by what they came to before (rows) and come to now (columns)", ("", *columns, "Before"),
        (
            *((row, *(_cell(showing, matrix.key, row, column) for column in (*columns, ALL))) for row in rows),
            ("Now", *(_cell(showing, matrix.key, ALL, column) for column in (*columns, ALL))),
        ),
        order=tuple(label for label in dict.fromkeys([*matrix.rows, *matrix.columns]) if label in rows or label in columns),
        last_is_total=True,
    )  # fmt: skip
    if matrix.money is None:  # an amount has other values before and now, and a chart by steps
        yield Bars(f"{matrix.label}: pupils before and now", tuple(_before_and_now(showing, matrix, [*rows, *columns])))
    yield Bullets(tuple(_why(showing, matrix)))
    again = sum(n for (old, new), n in matrix.moved.items() if old == new)
    if again and showing.full:
        yield Line(f"{said(again)} of them stay not settled, or with people, but as another range, or with other people.")
    if matrix.unexplained and showing.full:
        yield Line(
            f"{said(matrix.unexplained)} of them move because the versions read their rows otherwise, or one cannot take them."
        )


def _before_and_now(showing: Showing, matrix: Matrix, labels: Sequence[str]) -> Iterator[tuple[str, int | None, int | None]]:
    """How many pupils have each result before, and now."""
    for label in dict.fromkeys(labels):
        before = showing.count(matrix.key, label, ALL) if label in matrix.rows else 0
        now = showing.count(matrix.key, ALL, label) if label in matrix.columns else 0
        yield label, before, now


def _moving(showing: Showing, matrix: Matrix) -> str:
    """How many move, where every cell that says so is shown."""
    cells = [cell for cell, count in matrix.moved.items() if count]
    shown = [showing.count(matrix.key, *cell) for cell in cells]
    plain = all(matrix.moved[cell] == matrix.pupils[cell] for cell in cells)
    return said(sum(filter(None, shown))) if plain and None not in shown else CONFIDENTIAL


def _cell(showing: Showing, key: str, row: str, column: str) -> str:
    count = showing.count(key, row, column)
    return "." if count == 0 else said(count)


def _why(showing: Showing, matrix: Matrix) -> Iterator[tuple[int, str]]:
    """Why pupils move, cell by cell; where a cell is withheld nothing is said of it."""
    for cell, why in sorted(matrix.explained.items(), key=lambda one: -matrix.moved[one[0]]):
        count = showing.count(matrix.key, *cell)
        if count is None:
            continue
        if RANGE in cell:
            yield 0, _perhaps(showing, cell, why, matrix.moved[cell])
            continue
        for one in why:
            yield 0, f"{cell[0]} becomes {cell[1]}: {_told(showing, one.pupils, matrix.moved[cell])}, {_rules(one)}"
            for words, pupils in one.regions:
                number = f": {said(pupils)}" if showing.full and len(one.regions) > 1 else ""
                yield 1, f"{words}{number}"
            if one.open and showing.full:
                yield 1, f"{said(one.open)} of these perhaps: what is not known of them decides"


def _perhaps(showing: Showing, cell: tuple[str, str], why: Sequence[Explained], moved: int) -> str:
    """Of pupils who are not settled, what they may be among."""
    becomes = "not settled before and now" if cell[0] == cell[1] else f"{cell[0]} becomes {cell[1]}"
    told = list(dict.fromkeys(f"{one.old} becomes {one.new}" for one in why))
    more = f", or another of {len(told)} moves" if len(told) > RULES else ""
    number = f"{said(moved)} pupils" if showing.full or cell[0] != cell[1] else "some pupils"
    return f"{becomes}: {number}. What is not known of them leaves open whether {', or '.join(told[:RULES])}{more}"


def _told(showing: Showing, pupils: int, moved: int) -> str:
    if showing.full or pupils == moved:
        return f"{said(pupils)} pupil{'' if pupils == 1 else 's'}"
    return "some pupils"


def _rules(one: Explained) -> str:
    sides = []
    for rules in (one.old_rules, one.new_rules):
        names = [rule.id for rule in rules]
        more = len(names) - RULES
        sides.append(", ".join(names[:RULES]) + (f" and {more} more" if more > 0 else "") or "no rule of its own")
    return f"by {sides[OLD]} before, {sides[NEW]} now"


# groups


def _groups(showing: Showing) -> Iterator[Block]:
    impact = showing.impact
    if not impact.by:
        return
    yield Heading(f"By {impact.by.replace('_', ' ')}")
    if showing.tables.get(GROUPS) is None:
        yield Line("The groups are withheld: they are too small.")
        return
    changing = [money for money in impact.money if money.total[OLD] != money.total[NEW]]
    heads = (impact.by.replace("_", " ").capitalize(), "Pupils", MOVE.capitalize(), *(f"{one.label}, change" for one in changing))
    rows = []
    for group in impact.groups:
        changes = [
            change(showing.group_pounds(one, OLD, group.name), showing.group_pounds(one, NEW, group.name), one)
            for one in changing
        ]
        rows.append(
            (group.name, said(showing.count(GROUPS, group.name)), said(showing.count(GROUPS, group.name, MOVE)), *changes)
        )
    total = [change(showing.pounds(one, OLD), showing.pounds(one, NEW), one) for one in changing]
    rows.append(("All", said(showing.count(GROUPS)), said(showing.moving), *total))
    yield Table(
        f"Pupils and pounds by {impact.by.replace('_', ' ')}; changes are of settled amounts",
        heads,
        tuple(rows),
        last_is_total=True,
    )


# sweeps


def _sweeps(showing: Showing) -> Iterator[Block]:
    for sweep in showing.impact.sweep:
        yield Heading(f"Varied: {sweep.words}")
        yield Line(f"It is {sweep.current} in {showing.impact.new}. All else stays as it is there.")
        yield from _sweep(showing, sweep)


def _sweep(showing: Showing, sweep: Sweep) -> Iterator[Block]:
    points = showing.points(sweep)
    if not sweep.labels:
        yield Line("Nothing comes out differently for any pupil here, whichever of these values it has.")
        return
    amounts = {money.key: money for money in showing.impact.money}
    first = sweep.points[0]
    values = [point.value for point in sweep.points]
    for key in first.money:
        money = amounts[key]
        rows = [
            (value.value, *([CONFIDENTIAL] * 3 if shown is None else _amounts(shown.money[key], money)))
            for value, shown in zip(sweep.points, points, strict=True)
        ]
        yield Table(f"{money.label} for each value", ("Value", "Pounds", "Ranges, lowest", "Ranges, highest"), tuple(rows))
        sums = [shown.money[key].pounds if shown else None for shown in points]
        yield Curve(f"{money.label}: settled pounds for each value", tuple(zip(values, sums, strict=True)), money=True)
    for key, counts in first.pupils.items():
        labels = [label for label in counts if any(point.pupils[key][label] for point in sweep.points)]
        rows = [
            (value.value, *(said(shown.pupils[key][label] if shown else None) for label in labels))
            for value, shown in zip(sweep.points, points, strict=True)
        ]
        yield Table(f"{sweep.labels[key]}: pupils for each value", ("Value", *labels), tuple(rows))
        for label in labels:
            if len({point.pupils[key][label] for point in sweep.points}) > 1:
                numbers = [shown.pupils[key][label] if shown else None for shown in points]
                yield Curve(f"{sweep.labels[key]}, {label}: pupils for each value", tuple(zip(values, numbers, strict=True)))


def _amounts(amount: Amount, money: Money) -> Sequence[str]:
    ends = [pounds(one, money.unit) if amount.ranged else "" for one in (amount.lowest, amount.highest)]
    return pounds(amount.pounds, money.unit), *ends


# the end


def _end(showing: Showing) -> Iterator[Block]:
    impact = showing.impact
    if impact.invalid:
        yield Heading("Rows that cannot be taken")
        if showing.full:
            rows = tuple((code, words, said(old), said(new)) for code, words, old, new in impact.invalid)
            yield Table("Rows with each fault, by version", ("Code", "What is wrong", "Old", "New"), rows)
        else:
            yield Line(f"Their faults: {', '.join(f'{words} ({code})' for code, words, _, _ in impact.invalid)}.")
    if impact.notes:
        yield Heading("Notes")
        yield Bullets(tuple((0, words) for words in impact.notes))


def said(count: int | None) -> str:
    """A count as people read it."""
    return CONFIDENTIAL if count is None else f"{count:,}"
