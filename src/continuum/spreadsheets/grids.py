# SPDX-License-Identifier: MIT
"""A sheet or a CSV file to a grid of text, with the place of every cell; nothing is dropped and nothing is given a meaning."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from continuum.errors import Finding, PackError, Place, listed, nearest
from continuum.spreadsheets import excel

if excel.HERE:  # the extra; a CSV file is read without it
    import python_calamine as calamine

MARKS = ";\t,"
OTHERS = {b"\xd0\xcf\x11\xe0": "a workbook of the old kind (.xls)", b"%PDF": "a PDF"}
"""How files begin that are often given in place of a grid."""


@dataclass(frozen=True)
class Grid:
    """Rows of text, all of one length.

    Attributes:
        file: the file as it was named.
        sheet: the sheet; empty for CSV.
        rows: the text of each cell.
        lines: the line of a CSV file, or the row of a sheet, on which each row begins.
        merged: the cells whose text comes from the cell they are merged with.
        notes: what a reader should know about how the file was read.
    """

    file: str
    sheet: str
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    merged: frozenset[tuple[int, int]] = frozenset()
    notes: list[Finding] = field(default_factory=list)

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.rows[0]) if self.rows else 0

    def ref(self, row: int, column: int) -> str:
        """The name that spreadsheets give a cell, such as B3."""
        return excel.reference(row + 1, column + 1)

    def place(self, row: int, column: int) -> Place:
        """The place of a cell, for a finding about it."""
        text = self.rows[row][column]
        cell = f"{self.sheet}!{self.ref(row, column)}" if self.sheet else self.ref(row, column)
        return Place(self.file, self.lines[row], 1, max(1, len(text)), text, cell)


def read_grid(path: Path, sheet: str = "") -> Grid:
    """The grid of text in a CSV file or in one sheet of a workbook.

    Args:
        path: the file; what it is shows in its content, not in its name.
        sheet: the sheet of a workbook; needed where several hold something.

    Raises:
        PackError: with CX861, where the file is neither, or cannot be read as a grid.
    """
    name = path.as_posix()
    try:
        data = path.read_bytes()
    except OSError as error:
        why = (error.strerror or "no reason given").lower()
        raise PackError(Finding("CX101", f"`{name}` cannot be read: {why}", Place(name))) from None
    for start, kind in OTHERS.items():
        if data.startswith(start):
            raise _unreadable(name, f"it is {kind}", hint="save it as .xlsx or as CSV")
    grid = _workbook(path, name, sheet) if data.startswith(b"PK\x03\x04") else _csv(data, name)
    if not any(cell for row in grid.rows for cell in row):
        raise _unreadable(name, "it is empty")
    return grid


def _unreadable(
    name: str, why: str, line: int = 1, expected: str = "a workbook (.xlsx) or a CSV file", hint: str = ""
) -> PackError:
    return PackError(Finding("CX861", f"`{name}` cannot be read as a grid: {why}", Place(name, line), expected, hint))


def _squared(rows: Iterable[Iterable[str]]) -> tuple[tuple[str, ...], ...]:
    """Rows of one length, each cell on one line, without the empty columns at the right and the empty rows at the end."""
    kept = [[" ".join(cell.split()) for cell in row] for row in rows]
    while kept and not any(kept[-1]):
        kept.pop()
    width = max((index + 1 for row in kept for index, cell in enumerate(row) if cell), default=0)
    return tuple(tuple((row + [""] * width)[:width]) for row in kept)


def _workbook(path: Path, name: str, sheet: str) -> Grid:
    excel.needs_excel()
    try:
        book = excel.read_workbook(path)
        there, shown, merges = _sheets(path)
        shares = excel.shares(path)
    except PackError as error:
        why = error.findings[0].message.partition(": ")[2]
        raise _unreadable(
            name, why, hint="open it, save it again as .xlsx without a password, or save the sheet as CSV"
        ) from None
    wanted = _wanted(name, sheet, there, [one for one in shown if book[one].cells])
    found = book[wanted]
    parts = shares.get(wanted, set())
    text = [[_text(found.at(row, column), part=(row, column) in parts) for column in found.columns] for row in found.rows]
    merged = _spread(text, merges[wanted])
    kept = _squared(text)
    return Grid(name, wanted, kept, tuple(range(1, len(kept) + 1)), frozenset(merged))


def _sheets(path: Path) -> tuple[list[str], list[str], dict[str, list[Any]]]:
    """The sheets with cells, those of them that are not hidden, and the merged cells of each."""
    with calamine.CalamineWorkbook.from_path(path) as book:
        sheets = [meta for meta in book.sheets_metadata if meta.typ == calamine.SheetTypeEnum.WorkSheet]
        shown = [meta.name for meta in sheets if meta.visible == calamine.SheetVisibleEnum.Visible]
        there = [meta.name for meta in sheets]
        return there, shown, {one: book.get_sheet_by_name(one).merged_cell_ranges or [] for one in there}


def _text(cell: excel.Cell, *, part: bool = False) -> str:
    """What a cell shows; where it shows nothing, the error or the formula that it holds, so that neither passes for silence."""
    if part and re.fullmatch(r"-?[0-9.]+", cell.text):
        return f"{(Decimal(cell.text) * 100).normalize():f}%"
    return cell.text.strip() or re.sub(r"\A.*?(?:formula|error) `?|`\Z", "", cell.problem)


def _wanted(name: str, sheet: str, there: list[str], filled: list[str]) -> str:
    if sheet in there:
        return sheet
    if sheet:
        folded = {other.casefold(): other for other in there}
        close = nearest(sheet, folded)
        hint = f"did you mean `{folded[close.split('`')[1]]}`?" if close else "name one of them with --sheet"
        raise _unreadable(name, f"it has no sheet `{sheet}`", expected=listed(there), hint=hint)
    if len(filled) != 1:
        why = "more than one of its sheets holds something" if filled else "none of its sheets holds anything"
        raise _unreadable(name, why, expected=listed(filled or there), hint="name the sheet with --sheet")
    return filled[0]


def _spread(text: list[list[str]], merges: Iterable[tuple[tuple[int, int], tuple[int, int]]]) -> set[tuple[int, int]]:
    """Write the text of merged cells into each of them; the cells that were filled so."""
    filled = set()
    for (top, left), (bottom, right) in merges:
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                inside = row < len(text) and column < len(text[row])
                if (row, column) != (top, left) and inside and top < len(text) and left < len(text[top]) and text[top][left]:
                    text[row][column] = text[top][left]
                    filled.add((row, column))
    return filled


def _csv(data: bytes, name: str) -> Grid:
    text, notes = _decoded(data, name)
    best: tuple[int, int, str, list[tuple[int, list[str]]]] = (0, 0, "", [])
    open_at = 0
    for mark in MARKS:
        rows, fault = _parsed(text, mark)
        if fault:
            open_at = fault
            continue
        widths = [len(cells) for _, cells in rows if len(cells) > 1]
        width = max(sorted(set(widths), reverse=True), key=widths.count, default=0)
        if widths.count(width) > best[0]:
            best = (widths.count(width), width, mark, rows)
    filled = sum(any(cell.strip() for cell in cells) for _, cells in best[3])
    if 2 * best[0] < max(1, filled):
        if open_at and not best[0]:
            hint = 'a quotation mark inside a text is written twice, ""'
            raise _unreadable(name, "a quotation mark in the row that begins here is not closed", open_at, hint=hint)
        if name.casefold().endswith((".xlsx", ".xlsm")):
            raise _unreadable(name, "it is no workbook, whatever it is called", hint="open it, and save it again as .xlsx")
        raise _unreadable(name, "no comma, semicolon or tab parts its columns evenly")
    _even(name, best[1], best[3])
    kept = _squared(cells for _, cells in best[3])
    return Grid(name, "", kept, tuple(line for line, _ in best[3]), notes=notes)


def _decoded(data: bytes, name: str) -> tuple[str, list[Finding]]:
    """The text, and a note where it could only be read as Windows writes it."""
    encodings = ["utf-16"] if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        message = "the file is not UTF-8; it was read as Windows-1252"
        hint = "look at the £ signs and the dashes, or save it as *CSV UTF-8*"
        return text, [Finding("CX868", message, Place(name), hint=hint, severity="note")] if encoding == "cp1252" else []
    raise _unreadable(name, "it is not text")


def _parsed(text: str, mark: str) -> tuple[list[tuple[int, list[str]]], int]:
    """Each row with the line it begins on, and the line of the row that cannot be parted, or 0.

    Empty lines are rows too, so that a row keeps its number in a spreadsheet.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    rows, line = [], 1
    try:
        for cells in reader:
            rows.append((line, cells or [""]))
            line = reader.line_num + 1
    except csv.Error:
        return rows, line
    return rows, 0


def _even(name: str, width: int, rows: list[tuple[int, list[str]]]) -> None:
    """Refuse rows that are longer or shorter than the rest; a line by itself may stand above or below the grid."""
    full = [index for index, (_, cells) in enumerate(rows) if len(cells) == width]
    findings = []
    for index, (line, cells) in enumerate(rows):
        alone = not any(cell.strip() for cell in cells[1:])
        beside = index < full[0] or index > full[-1] or not cells[0].strip()
        if len(cells) == width or (alone and beside):
            continue
        message = f"the row has {len(cells)} cells and the others have {width}"
        hint = 'put an amount with a comma between quotation marks, "£3,000", and give each empty cell its separator'
        findings.append(Finding("CX861", message, Place(name, line), f"{width} cells", hint))
    if findings:
        raise PackError(findings)
