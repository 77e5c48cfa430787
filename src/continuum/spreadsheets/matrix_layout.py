# SPDX-License-Identifier: MIT
"""Where a grid of amounts stands on its sheet: its headings, its rows and columns, and the text beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from continuum.errors import Finding, PackError
from continuum.spreadsheets.amounts import EXPECTED, NotAnAmount, belongs_to_a_grid, looks_like_money, read_amount
from continuum.spreadsheets.grids import Grid

LEVEL_WORDS = r"level|band|tier|stage|range|step|category|grade|matrix|funding|need"
NUMBERED = re.compile(rf"(?:(?:{LEVEL_WORDS})s?\W*)*(?P<number>\d{{1,2}}|[A-Z]|[ivxIVX]+)", re.IGNORECASE)
LONG_LABEL = 50
WORDED = re.compile(rf"(?:{LEVEL_WORDS})s?\b.*", re.IGNORECASE)


@dataclass(frozen=True)
class Heading:
    """A row or a column of the grid: where it is, what it is called, and what it is called inside that."""

    index: int
    main: str
    sub: str = ""


@dataclass(frozen=True)
class Layout:
    """Where the grid stands: its headings, what is printed over the labels of its rows, and the cells that are part of it."""

    rows: list[Heading]
    columns: list[Heading]
    corner: str
    inner: str
    used: frozenset[tuple[int, int]]
    left_out: tuple[Finding, ...] = ()


def _none(grid: Grid, message: str, row: int = 0, column: int = 0, expected: str = "", hint: str = "") -> PackError:
    return PackError(Finding("CX862", message, grid.place(row, column), expected, hint))


def find_layout(grid: Grid) -> Layout:
    """Where the grid stands.

    Raises:
        PackError: with CX862, where it cannot be made out.
    """
    money = [(r, c) for r, row in enumerate(grid.rows) for c, cell in enumerate(row) if looks_like_money(cell)]
    if not money:
        if faults := _unreadable(grid):
            raise PackError(faults)
        expected = "a row of headings, and under it rows that begin with a label and hold amounts"
        raise _none(grid, "there are no amounts in it", expected=expected, hint="write a small amount with its sign, £40")
    first, left, right = money[0][0], min(c for _, c in money), max(c for _, c in money)
    heads = _heads(grid, first, left, right)
    body = range(heads[-1] + 1, _end(grid, heads[-1], max(r for r, _ in money), left, right))
    columns = _columns(grid, heads, body, left)
    rows, label_cells = _rows(grid, body, columns)
    cells = {(row.index, column.index) for row in rows for column in columns}
    titles = [_title(grid, heads, column) for column in sorted({column for _, column in label_cells})]
    corner, inner = ((grid.rows[spot[0]][spot[1]] if spot else "") for spot in (*titles, None)[:2])
    named = {(head, column.index) for head in heads for column in columns} | {spot for spot in titles if spot}
    return Layout(rows, columns, corner, inner, frozenset(cells | label_cells | named))


def _unreadable(grid: Grid) -> list[Finding]:
    """Where no amount can be read: the cells that are meant for one, and those between them."""
    faults = {(r, c): fault for r, row in enumerate(grid.rows) for c, cell in enumerate(row) if (fault := misread(grid, r, c))}
    meant = [spot for spot in faults if belongs_to_a_grid(grid.rows[spot[0]][spot[1]])]
    rows, columns = {row for row, _ in meant}, {column for _, column in meant}
    return [fault for (row, column), fault in faults.items() if row in rows and column in columns]


def misread(grid: Grid, row: int, column: int) -> Finding | None:
    """What is wrong with a cell that should hold an amount; None where it can be read."""
    text = grid.rows[row][column]
    try:
        read_amount(text)
    except NotAnAmount as error:
        hint = str(error) or "write what such a pupil gets, or leave the cell empty: such a pupil is then referred"
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            hint = "a spreadsheet makes a date of `3-4`; type it as text"
        return Finding("CX863", f"{shortened(text)} is not an amount", grid.place(row, column), EXPECTED, hint)
    return None


def label_spot(grid: Grid, one: Heading, side: str) -> tuple[int, int]:
    """The cell that holds the heading of a row or column, in one of the forms it may have there."""
    labels = (one.sub or one.main, f"{one.main} {one.sub}".strip())
    spots = [(one.index, c) for c in range(grid.width)] if side == "rows" else [(r, one.index) for r in range(len(grid.rows))]
    spot = (one.index, 0) if side == "rows" else (0, one.index)
    return next((at for at in spots if grid.rows[at[0]][at[1]] in labels), spot)


def _title(grid: Grid, heads: Sequence[int], column: int) -> tuple[int, int] | None:
    """The cell that says what a column of labels is; the lowest, if there are two."""
    return next(((head, column) for head in reversed(heads) if grid.rows[head][column]), None)


def _filled(grid: Grid, row: int, left: int, right: int) -> list[str]:
    return [cell for cell in grid.rows[row][left : right + 1] if cell]


def _is_heading(grid: Grid, row: int, left: int, right: int) -> bool:
    """Whether a row holds the names of columns: neither amounts nor one title over all of them."""
    cells = _filled(grid, row, left, right)
    if not cells or (right > left and len(set(cells)) == 1):
        return False
    numbers = all(re.fullmatch(r"[1-9]\d?", cell) for cell in cells) and len(set(cells)) == len(cells) > 1
    return numbers or sum(belongs_to_a_grid(cell) for cell in cells) * 2 < len(cells)


def _heads(grid: Grid, first: int, left: int, right: int) -> list[int]:
    """The rows of headings, one or two."""
    head = next((row for row in range(first - 1, -1, -1) if _is_heading(grid, row, left, right)), None)
    if head is None and first and _filled(grid, first - 1, left, right) and not looks_like_money(grid.rows[first - 1][left]):
        head = first - 1  # one heading for several columns: which one lacks its own is said below
    if head is None:
        hint = "put the names of the columns in a row above the amounts"
        raise _none(grid, "there is no row of headings above the first amounts", first, left, hint=hint)
    above = head - 1
    if above >= 0 and _is_heading(grid, above, left, right):
        names = [one for one in _nested(grid, above, head, range(left, right + 1)) if one[1]]
        if len({sub for _, sub in names}) > 1 and len(set(names)) == len(names):
            return [above, head]
        return [above]
    return [head]


def _nested(grid: Grid, above: int, head: int, columns: Iterable[int]) -> list[tuple[str, str]]:
    """The upper and lower name of each column; an upper name holds until the next one."""
    names, main = [], ""
    for column in columns:
        sub = grid.rows[head][column]
        main = grid.rows[above][column] or (main if sub else "")
        names.append((main, "" if sub == main else sub))
    return names


def _end(grid: Grid, head: int, last: int, left: int, right: int) -> int:
    """One past the last row: rows whose cells are silent may follow where their labels are like those before; notes may not."""
    column = min((c for row in grid.rows[head + 1 : last + 1] for c, cell in enumerate(row[:left]) if cell), default=0)
    before = [row[column] for row in grid.rows[head + 1 : last + 1] if row[column]]
    end = last + 1
    while end < len(grid.rows):
        label, cells = next((cell for cell in grid.rows[end][:left] if cell), ""), _filled(grid, end, left, right)
        alike = like_a_level(label) if all(map(like_a_level, before)) else not _like_a_note(label)
        if not label or not (any(belongs_to_a_grid(cell) for cell in cells) or (alike and not cells)):
            break
        end += 1
    return end


def _like_a_note(label: str) -> bool:
    return len(label) > LONG_LABEL or label.endswith(".") or bool(re.match(r"\W|(?:notes?|source)\b", label, re.IGNORECASE))


def like_a_level(label: str) -> bool:
    """Whether a label looks like that of a level: a number, a letter, or a word such as Band before it."""
    return bool(NUMBERED.fullmatch(label) or WORDED.fullmatch(label))


def _columns(grid: Grid, heads: Sequence[int], body: range, left: int) -> list[Heading]:
    start = left
    numbered = [bool(NUMBERED.fullmatch(name)) for name in grid.rows[heads[0]]]
    while start > 1 and (_all_silent(grid, heads, body, start - 1) or (numbered[left] and numbered[start - 1])):
        start -= 1
    names = _nested(grid, heads[0], heads[-1], range(start, grid.width)) if len(heads) > 1 else []
    columns = []
    for column in range(start, grid.width):
        main, sub = names[column - start] if names else (grid.rows[heads[0]][column], "")
        cells = [grid.rows[row][column] for row in body]
        money = [row for row in body if looks_like_money(grid.rows[row][column])]
        if money and not main:
            message = f"column {grid.ref(0, column)[:-1]} holds amounts and has no heading"
            raise _none(grid, message, money[0], column, hint="write its heading above it, or take it out")
        alike = numbered[left] and numbered[column]
        if main and (money or alike or all(belongs_to_a_grid(cell) for cell in cells)):
            columns.append(Heading(column, main, sub))
    return columns


def _all_silent(grid: Grid, heads: Sequence[int], body: range, column: int) -> bool:
    """Whether a column before the first amounts is part of the grid all the same: headed, and with words such as TBC."""
    if not any(grid.rows[head][column] for head in heads):
        return False
    cells = [grid.rows[row][column] for row in body]
    return all(belongs_to_a_grid(cell) and not re.fullmatch(r"\d+", cell) for cell in cells)


def _rows(grid: Grid, body: range, columns: Sequence[Heading]) -> tuple[list[Heading], set[tuple[int, int]]]:
    first = columns[0].index
    labelled = [c for c in range(first) if any(grid.rows[row][c] for row in body)]
    rows = [row for row in body if not _blank(grid, row, columns)]
    if not labelled:
        hint = "give each row its level or area in the first column"
        raise _none(grid, "the rows of amounts have no labels", rows[0], 0, hint=hint)
    main, sub = labelled[0], labelled[1] if len(labelled) > 1 else None
    own = [grid.rows[row][main] for row in rows if (row, main) not in grid.merged]
    if sub is not None and len(own) == len(rows) == len({label for label in own if label}):
        sub = None  # each row has a name of its own: what stands beside it describes it
    headings, name = [], ""
    for row in rows:
        name = grid.rows[row][main] or (name if sub is not None else "")
        if not name:
            hint = "write the label of the row in its first cell"
            raise _none(grid, f"row {row + 1} holds amounts and has no label", row, columns[0].index, hint=hint)
        headings.append(Heading(row, name, grid.rows[row][sub] if sub is not None else ""))
    cells = {(row, c) for row in rows for c in (main, sub) if c is not None}
    return headings, cells


def _blank(grid: Grid, row: int, columns: Sequence[Heading]) -> bool:
    """Whether a row is empty, or one text merged across the whole grid."""
    cells = [grid.rows[row][column.index] for column in columns]
    label = any(grid.rows[row][: columns[0].index])
    spread = all(cells) and all((row, column.index) in grid.merged for column in columns)
    return spread or not (label or any(cells))


def beside(grid: Grid, layout: Layout) -> list[Finding]:
    """Each text of the sheet that is no part of the grid; nothing is passed over without a word."""
    notes = []
    for row, cells in enumerate(grid.rows):
        for column, cell in enumerate(cells):
            if cell and (row, column) not in layout.used | grid.merged:
                message = f"this text is not part of the grid and was not read: {shortened(cell)}"
                notes.append(Finding("CX868", message, grid.place(row, column), severity="note"))
    return notes


def shortened(text: str, most: int = 80) -> str:
    """A text between backticks, as messages quote it."""
    words = " ".join(text.split())
    return f"`{words}`" if len(words) <= most else f"`{words[:most].rstrip()}...`"
