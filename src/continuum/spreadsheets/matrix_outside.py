# SPDX-License-Identifier: MIT
"""Rows and columns that stand among the amounts of a grid and are none of them: left out, and each one told at its heading."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from continuum.errors import Finding, PackError
from continuum.spreadsheets.amounts import NotAnAmount, read_amount
from continuum.spreadsheets.grids import Grid
from continuum.spreadsheets.matrix_layout import Heading, Layout, label_spot, shortened

LONGEST_LIST = 300
TOTAL = re.compile(
    r"(?:.*\W)?(?:(?:grand|overall|column|row|sub)[\s-]*)?(?:sub)?totals?\W*"
    r"|(?:(?:grand|overall)\s+)?(?:total|sum|average|mean)s?(?:\s+(?:amount|cost|fund|value|top-?up|of|for|per|all|[(£€$]).*)?\W*"
    r"|overall|all (?:areas|levels|bands|needs)",
    re.IGNORECASE,
)
NOT_MONEY = re.compile(
    r"(?:number|nos?|no\.|count|percentage|proportion|share) of \D*|\D*%\D*"
    r"|(?:\D*\W)?(?:hours|hrs|minutes|mins|sessions|percent|percentage|per cent|shares?|proportion|fte)(?:\W\D*)?"
    r"|(?:pupils|children|learners|headcount|points?|scores?|ages?|ratio)(?: (?:per|in|on|to) \D*)?",
    re.IGNORECASE,
)
"""Headings of what is counted. One with a digit, such as `15 hours`, may be the name of a level and is none of these."""

MONEY = re.compile(r"[£€$]|\b(?:gbp|eur|usd|rates?|costs?|amounts?|fund\w*|price|pay\w*|value|top-?ups?|pounds)\b", re.IGNORECASE)
HINT_SUM = "if it is no sum of the others, import the grid again with another name for it"
HINT_OTHER = "if these are amounts, print them with their sign, as £40"


@dataclass(frozen=True)
class Side:
    """The rows or the columns of a grid, with what their cells print."""

    grid: Grid
    layout: Layout
    name: str

    @property
    def headings(self) -> list[Heading]:
        """The rows or the columns."""
        return self.layout.rows if self.name == "rows" else self.layout.columns

    def cells(self, one: Heading) -> list[str]:
        """What stands in a row or column."""
        if self.name == "rows":
            return [self.grid.rows[one.index][column.index] for column in self.layout.columns]
        return [self.grid.rows[row.index][one.index] for row in self.layout.rows]

    def spot(self, one: Heading) -> tuple[int, int]:
        """The cell of its heading."""
        return label_spot(self.grid, one, self.name)

    def keeping(self, kept: list[Heading], notes: Sequence[Finding]) -> Layout:
        """The layout with these rows or columns only."""
        told = (*self.layout.left_out, *notes)
        if self.name == "rows":
            return replace(self.layout, rows=kept, left_out=told)
        return replace(self.layout, columns=kept, left_out=told)


def without_others(grid: Grid, layout: Layout) -> Layout:
    """The layout without the rows and columns that hold hours, counts or shares, and then without those that hold sums.

    Raises:
        PackError: with CX862, where nothing is left.
    """
    for find, why, hint in (
        (_not_money, "does not hold money", HINT_OTHER),
        (_sum, "was taken for a sum of the others", HINT_SUM),
    ):
        for name in ("columns", "rows"):
            side = Side(grid, layout, name)
            out = [one for one in side.headings if find(side, one)]
            kept = [one for one in side.headings if one not in out]
            if not kept and find is _not_money:
                raise PackError(
                    Finding("CX862", f"`{_name(out[0])}` does not hold money", grid.place(*side.spot(out[0])), hint=hint)
                )
            if out and kept:
                layout = side.keeping(kept, [_note(side, one, why, hint) for one in out])
    return layout


def unsigned(grid: Grid, layout: Layout) -> list[tuple[tuple[int, int], list[str]]]:
    """For each side on which bare numbers stand beside amounts with a currency: the cell of the first heading, and the names."""
    found = []
    for name in ("columns", "rows"):
        side = Side(grid, layout, name)
        signed = [_signed(side, one) for one in side.headings]
        bare = [one for one, sign in zip(side.headings, signed, strict=True) if sign is False]
        if bare and True in signed:
            found.append((side.spot(bare[0]), list(dict.fromkeys(_name(one) for one in bare))))
    return found


def _name(one: Heading) -> str:
    return f"{one.main} {one.sub}".strip()


def _note(side: Side, one: Heading, why: str, hint: str) -> Finding:
    printed = dict.fromkeys(cell for cell in side.cells(one) if cell)
    held = f", with {shortened(', '.join(printed), LONGEST_LIST)}" if printed else ""
    message = f"the {side.name[:-1]} `{_name(one)}` {why} and is left out{held}"
    return Finding("CX868", message, side.grid.place(*side.spot(one)), hint=hint, severity="note")


def _sum(_: Side, one: Heading) -> bool:
    return any(TOTAL.fullmatch(name) for name in (one.main, one.sub) if name)


def _not_money(side: Side, one: Heading) -> bool:
    named = any(NOT_MONEY.fullmatch(name) and not MONEY.search(name) for name in (one.main, one.sub) if name)
    return named and not _signed(side, one)


def _signed(side: Side, one: Heading) -> bool | None:
    """Whether a row or column prints a currency; None where it holds no number that could have one."""
    if re.search(r"[£€$]", f"{one.main} {one.sub}"):
        return True
    bare = False
    for cell in side.cells(one):
        try:
            amount = read_amount(cell)
        except NotAnAmount:
            if re.search(r"[£€$]", cell):
                return True
            continue
        if amount.currency:
            return True
        bare = bare or bool(amount.low or amount.high)
    return False if bare else None
