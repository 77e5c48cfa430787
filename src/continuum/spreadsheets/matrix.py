# SPDX-License-Identifier: MIT
"""A published grid of levels and areas with amounts, found on its sheet and read: what it says, and what it leaves open."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal, TypeAlias

from continuum.errors import Finding, PackError
from continuum.spreadsheets.amounts import Amount, read_amount
from continuum.spreadsheets.grids import Grid
from continuum.spreadsheets.matrix_layout import (
    LEVEL_WORDS,
    NUMBERED,
    WORDED,
    Heading,
    Layout,
    beside,
    find_layout,
    label_spot,
    like_a_level,
    misread,
    shortened,
)
from continuum.spreadsheets.matrix_outside import unsigned, without_others

Axis: TypeAlias = Literal["levels", "areas"]

SEVERITIES = (
    ("low", "medium", "high"),
    ("low", "med", "high"),
    ("low", "middle", "high"),
    ("l", "m", "h"),
    ("lower", "middle", "higher"),
    ("lower", "upper"),
    ("mild", "moderate", "severe", "profound"),
    ("universal", "targeted", "specialist"),
)
"""Words whose order anybody knows, lowest first."""

LEVEL_HEAD = re.compile(rf"(?:\W*(?:{LEVEL_WORDS})s?(?: of (?:need|funding|support))?\W*)+", re.IGNORECASE)
AREA_HEAD = re.compile(r"(?:primary |main |area of |type of )?(?:need|area|category of need)s?(?: of need)?", re.IGNORECASE)
YEARS = re.compile(r"(?:\D*\s)?(?:19|20)\d\d(?:\s*[-/\u2013]\s*(?:\d\d|20\d\d))?", re.IGNORECASE)
TIERED = re.compile(
    r"(?P<main>.*\w)[\s,:(\u2013-]+(?P<tier>low|medium|med|middle|high|lower|upper|higher|mild|moderate|severe)\)?", re.IGNORECASE
)


@dataclass(frozen=True)
class Entry:
    """A cell of the grid: whom it is for, and what it says. ``tier`` is empty where the grid has no tiers for the level."""

    level: str
    area: str
    tier: str
    amount: Amount
    row: int
    column: int


@dataclass(frozen=True)
class Question:
    """What the grid leaves open; ``about`` is the name of what it is about, ``cell`` where it shows."""

    ask: str
    about: str = ""
    cell: tuple[int, int] | None = None


@dataclass(frozen=True)
class Matrix:
    """What a grid says.

    Attributes:
        grid: where it was read.
        levels, areas, tiers: the labels as printed; levels and tiers with the lowest first. A grid may have no areas or tiers.
        entries: each cell, in the order of the sheet.
        currency, span: what the amounts are in and for; empty where the grid does not say.
        questions: what it leaves open.
        names: what is printed over the labels of the rows, by the input they answer, and over the amounts of a single column.
        left_out: the rows and columns that hold no amounts, or sums of the others.
        unread: the text beside it, which is not read.
    """

    grid: Grid
    levels: tuple[str, ...]
    areas: tuple[str, ...]
    tiers: tuple[str, ...]
    entries: tuple[Entry, ...]
    currency: str
    span: str
    questions: tuple[Question, ...]
    names: Mapping[str, str]
    left_out: tuple[Finding, ...] = field(default=(), repr=False)
    unread: tuple[Finding, ...] = field(default=(), repr=False)


def read_matrix(grid: Grid, *, rows: Axis | None = None, lowest: Literal["first", "last"] | None = None) -> Matrix:
    """Find the grid of amounts on its sheet and read it.

    Args:
        grid: the text of the sheet.
        rows: what the rows are, where their labels do not show it.
        lowest: whether the first or the last level printed is the lowest need, where the labels do not show it.

    Raises:
        PackError: with every fault at its cell.
    """
    layout = _tiers_inside(without_others(grid, find_layout(grid)))
    faults = _twice(grid, layout)
    across = _axis(grid, layout, rows)
    raw, unread = _amounts(grid, layout)
    currency, span, mixed = _one_unit(grid, raw)
    if faults := [*faults, *unread, *mixed]:
        raise PackError(faults)
    levels, areas = (layout.rows, layout.columns) if across == "levels" else (layout.columns, layout.rows)
    alone = areas[0].main if len(areas) == 1 else ""
    if alone:
        areas = []
    entries = tuple(_entry(row, column, amount, across) for (row, column), amount in raw)
    if not areas:
        entries = tuple(Entry(one.level, "", one.tier, one.amount, one.row, one.column) for one in entries)
    tiers = _unique(one.tier for one in entries if one.tier)
    _enough(grid, levels, tiers)
    printed = _unique(one.main for one in levels)
    ordered, about_levels = _ordered(printed, "level", lowest)
    ordered_tiers, about_tiers = _ordered(tiers, "tier", None)
    labels = (ordered, _unique(one.main for one in areas), ordered_tiers)
    questions = (
        *about_levels,
        *about_tiers,
        *_bare(grid, layout),
        *_open_cells(entries),
        *_falls(entries, ordered, ordered_tiers, printed[0]),
    )
    if alone and across == "areas":
        alone = f"{layout.corner} {alone}".strip()
    names = {"level" if across == "levels" else "area": layout.corner, "tier": layout.inner, "amount": alone}
    return Matrix(grid, *labels, entries, currency, span, questions, names, layout.left_out, tuple(beside(grid, layout)))


def _enough(grid: Grid, levels: Sequence[Heading], tiers: Sequence[str]) -> None:
    """Refuse a grid with one level, or with tiers of one name: there is nothing to put in order."""
    for what, names in (("level", _unique(one.main for one in levels)), ("tier", tiers)):
        if len(names) == 1:
            message = f"the only {what} in it is `{names[0]}`"
            hint = "say with --rows what the rows are, if the other side is the levels" if what == "level" else "take it out"
            raise PackError(Finding("CX862", message, grid.place(0, 0), f"at least two {what}s", hint))


def _tiers_inside(layout: Layout) -> Layout:
    """The layout with labels such as `Level 5 High` parted, where a side has more than one tier of some level."""
    return replace(layout, rows=_parted(layout.rows), columns=_parted(layout.columns))


def _parted(headings: list[Heading]) -> list[Heading]:
    matches = [TIERED.fullmatch(one.main) for one in headings]
    mains = [match["main"] for match in matches if match]
    if any(one.sub for one in headings) or not any(mains.count(main) > 1 and like_a_level(main) for main in mains):
        return headings
    return [
        replace(one, main=match["main"].rstrip(" ,:(-\u2013"), sub=match["tier"])
        if match and mains.count(match["main"]) > 1
        else one
        for one, match in zip(headings, matches, strict=True)
    ]


def _unique(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


# --- what the grid says


def _twice(grid: Grid, layout: Layout) -> list[Finding]:
    """Labels that stand twice on one side."""
    findings = []
    for side, headings in (("rows", layout.rows), ("columns", layout.columns)):
        seen: dict[tuple[str, str], Heading] = {}
        for one in headings:
            key = (one.main.casefold(), one.sub.casefold())
            if key not in seen:
                seen[key] = one
                continue
            name = f"{one.main} {one.sub}".strip()
            number = seen[key].index + 1 if side == "rows" else grid.ref(0, seen[key].index)[:-1]
            place = grid.place(*label_spot(grid, one, side))
            hint = f"the first is in {side[:-1]} {number}; rename one, or take one out"
            findings.append(Finding("CX866", f"two {side} are called `{name}`", place, hint=hint))
    return findings


def _axis(grid: Grid, layout: Layout, rows: Axis | None) -> Axis:
    """Whether the rows are levels or areas.

    Raises:
        PackError: where neither side shows that it is the levels, or both do.
    """
    for headings, what in ((layout.rows, "rows"), (layout.columns, "columns")):
        names = [one.main for one in headings]
        if len(names) > 1 and all(YEARS.fullmatch(name) for name in names):
            place = grid.place(*label_spot(grid, headings[0], what))
            hint = "keep the amounts of one year, and give its first day with --from"
            shown = ", ".join(f"`{name}`" for name in _unique(names))
            raise PackError(Finding("CX864", f"the {what} are years: {shown}", place, "levels and areas", hint))
    if rows:
        return rows
    if len(layout.columns) == 1 or len(layout.rows) == 1:
        return "levels" if len(layout.columns) == 1 else "areas"
    by_row, by_column = _levelness(layout.rows), _levelness(layout.columns)
    if LEVEL_HEAD.fullmatch(layout.corner):
        by_row += 1
    elif AREA_HEAD.fullmatch(layout.corner):
        by_column += 1
    if by_row == by_column:
        message = "it does not show whether its rows are the levels or the areas"
        raise PackError(
            Finding("CX864", message, grid.place(layout.rows[0].index, 0), hint="say so with --rows levels or --rows areas")
        )
    return "levels" if by_row > by_column else "areas"


def _levelness(headings: Sequence[Heading]) -> int:
    """How much the labels look like levels: a word such as Band, words of severity, tiers inside, or bare numbers."""
    names = [one.main for one in headings]
    if all(WORDED.fullmatch(name) for name in names) or _severity(_unique(names)):
        return 4
    if any(one.sub for one in headings):
        return 3
    return 2 if all(NUMBERED.fullmatch(name) for name in names) else 0


def _severity(names: Sequence[str]) -> tuple[str, ...]:
    """The words in which the names have a known order, or nothing."""
    folded = [name.casefold().strip(".") for name in names]
    return next((words for words in SEVERITIES if len(folded) > 1 and set(folded) <= set(words)), ())


def _amounts(grid: Grid, layout: Layout) -> tuple[list[tuple[tuple[Heading, Heading], Amount]], list[Finding]]:
    found, faults = [], []
    for row in layout.rows:
        for column in layout.columns:
            if fault := misread(grid, row.index, column.index):
                faults.append(fault)
            else:
                found.append(((row, column), read_amount(grid.rows[row.index][column.index])))
    return found, faults


def _one_unit(grid: Grid, amounts: Sequence[tuple[tuple[Heading, Heading], Amount]]) -> tuple[str, str, list[Finding]]:
    """The currency and the period that the amounts print, and each amount that prints another."""
    findings = []
    currencies = Counter(amount.currency for _, amount in amounts if amount.currency)
    spans = Counter(amount.span for _, amount in amounts if amount.span)
    currency, span = ("".join(one for one, _ in count.most_common(1)) for count in (currencies, spans))
    for (row, column), amount in amounts:
        other = ""
        if amount.currency not in ("", currency):
            other = f"is in {amount.currency}, and {_of(currencies[currency], f'in {currency}')}"
        if amount.span not in ("", span):
            other = f"is for a {amount.span}, and {_of(spans[span], f'for a {span}')}"
        if other:
            hint = "a grid has amounts of one kind: work them out alike, or make two grids"
            place = grid.place(row.index, column.index)
            findings.append(Finding("CX865", f"{shortened(amount.printed)} {other}", place, hint=hint))
    return currency, span, findings


def _of(number: int, what: str) -> str:
    return f"{number} amounts are {what}" if number > 1 else f"another is {what}"


def _entry(row: Heading, column: Heading, amount: Amount, across: Axis) -> Entry:
    level, area = (row, column) if across == "levels" else (column, row)
    return Entry(level.main, area.main, level.sub or area.sub, amount, row.index, column.index)


# --- what it leaves open


def _ordered(
    names: tuple[str, ...], what: str, lowest: Literal["first", "last"] | None
) -> tuple[tuple[str, ...], list[Question]]:
    """The names, lowest first, and the question that this order leaves."""
    if len(names) < 2:
        return names, []
    if lowest:
        return (names if lowest == "first" else names[::-1]), []
    if words := _severity(names):
        return tuple(sorted(names, key=lambda name: words.index(name.casefold().strip(".")))), []
    numbers = [match["number"] if (match := NUMBERED.fullmatch(name)) else "" for name in names]
    if all(number.isdigit() for number in numbers):
        names = tuple(name for _, name in sorted(zip(map(int, numbers), names, strict=True)))
    how = "by their numbers" if all(number.isdigit() for number in numbers) else "in the order in which they are printed"
    say = (
        f"Is `{names[0]}` the {what} of least need and `{names[-1]}` that of most? They were taken {how}; the grid does not say."
    )
    return names, [Question(say, what)]


def _bare(grid: Grid, layout: Layout) -> list[Question]:
    """A question for bare numbers beside amounts with a currency: they may be hours or points."""
    return [
        Question(f"Is {_either(names)} money? It prints no currency, and other amounts do; it was taken so.", "amount", spot)
        if len(names) == 1
        else Question(
            f"Are {_either(names)} money? They print no currency, and other amounts do; they were taken so.", "amount", spot
        )
        for spot, names in unsigned(grid, layout)
    ]


def _either(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _open_cells(entries: Sequence[Entry]) -> list[Question]:
    """A question for each form of cell that leaves something open."""
    questions = []
    for one in entries:
        who, cell, printed = _who(one), (one.row, one.column), one.amount.printed
        if one.amount.kind == "silent":
            shown = f"prints `{printed}`" if printed else "is empty"
            dash = " Is it nil, or does it not apply?" if printed.startswith("-") else ""
            questions.append(Question(f"What does {who} get? The cell {shown}.{dash}", "amount", cell))
        elif one.amount.kind == "not_applicable":
            questions.append(
                Question(f"Does `{printed}` for {who} mean that there is no amount, or that it is nil?", "amount", cell)
            )
        elif one.amount.kind == "open":
            questions.append(Question(f"Who agrees the amount above `{printed}` for {who}, and up to what?", "amount", cell))
        elif one.amount.kind == "agreed":
            questions.append(
                Question(f"Who agrees the amount for {who}, and by what? The cell prints `{printed}`.", "amount", cell)
            )
        elif one.amount.kind == "up_to":
            questions.append(Question(f"Does `{printed}` for {who} begin at nothing? It was read so.", "amount", cell))
        if one.amount.mark:
            questions.append(Question(f"What does the mark `{one.amount.mark}` on `{printed}` for {who} say?", "amount", cell))
    return questions


def _who(one: Entry) -> str:
    parts = [one.level, *([one.tier] if one.tier else []), *([one.area] if one.area else [])]
    return "a pupil at `" + "`, `".join(parts) + "`"


def chains(entries: Sequence[Entry], levels: Sequence[str], tiers: Sequence[str]) -> dict[str, list[list[Entry]]]:
    """The cells with an amount that a pupil meets on the way up: through the levels, and through the tiers of one level."""
    at: dict[tuple[str, str, str], Entry] = {(one.area, one.level, one.tier): one for one in entries}
    areas = _unique(one.area for one in entries)
    up = [[at.get((a, level, t)) or at.get((a, level, "")) for level in levels] for a in areas for t in (tiers or ("",))]
    inside = [[at.get((a, level, t)) for t in tiers] for a in areas for level in levels]
    kept = {"level": up, "tier": inside}
    return {
        what: [[one for one in chain if one and one.amount.kind in ("plain", "range", "up_to")] for chain in found]
        for what, found in kept.items()
    }


def falls(one: Entry, other: Entry) -> bool:
    """Whether an amount is lower than the one before it, at either end that both print."""
    ends = ((one.amount.low, other.amount.low), (one.amount.high, other.amount.high))
    return any(end is not None and before is not None and end < before for end, before in ends)


def _falls(entries: Sequence[Entry], levels: Sequence[str], tiers: Sequence[str], printed_first: str) -> list[Question]:
    """A question wherever more need gets less; one for the whole side where that is the rule and not the exception."""
    questions = {}
    for what, several in chains(entries, levels, tiers).items():
        steps = [step for chain in several for step in pairwise(chain)]
        down = [(before, after) for before, after in steps if falls(after, before)]
        if len(down) > 1 and 2 * len(down) > len(steps):
            names = levels if what == "level" else tiers
            say = f"The amounts fall from `{names[0]}` to `{names[-1]}`: is `{names[0]}` the {what} of most need?"
            if what == "level":
                say += f" If so, import the grid again with --lowest {'last' if names[0] == printed_first else 'first'}."
            questions[say] = Question(say, what)
            continue
        for before, after in down:
            more, less = after.amount.printed, before.amount.printed
            say = f"Is it meant that {_who(after)} gets `{more}`, less than {_who(before)} (`{less}`)?"
            questions[say] = Question(say, "amount", (after.row, after.column))
    return list(questions.values())
