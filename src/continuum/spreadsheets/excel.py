# SPDX-License-Identifier: MIT
"""Excel files to text: every cell as a person reads it, with what a spreadsheet did to it undone or named."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from continuum.errors import ContinuumError, Finding, PackError, Place

try:
    import python_calamine as calamine
    import xlsxwriter  # type: ignore[import-untyped]
except ImportError:  # an extra: what needs it says so
    HERE = False
else:
    HERE = True

LARGEST = 50_000_000
AS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LINKS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"


def needs_excel() -> None:
    """Refuse to go on without the libraries for workbooks.

    Raises:
        ContinuumError: saying how to install them.
    """
    if not HERE:
        hint = 'install them with: pip install "kent-continuum[excel]"'
        raise ContinuumError(Finding("CX854", "the libraries that read and write workbooks are not installed", hint=hint))


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell says, as text; ``problem`` and ``hint`` where it holds what cannot be read."""

    text: str = ""
    problem: str = ""
    hint: str = ""


EMPTY = Cell()


@dataclass
class Grid:
    """One sheet: its cells by row and column, from 1."""

    name: str
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)

    def at(self, row: int, column: int) -> Cell:
        """The cell there, or an empty one."""
        return self.cells.get((row, column), EMPTY)

    @property
    def rows(self) -> range:
        """The rows up to the last that holds anything."""
        return range(1, max((row for row, _ in self.cells), default=0) + 1)

    @property
    def columns(self) -> range:
        """The columns up to the last that holds anything."""
        return range(1, max((column for _, column in self.cells), default=0) + 1)


def reference(row: int, column: int) -> str:
    """``C7`` for row 7, column 3."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"


def new_workbook(path: Path) -> Any:
    """An empty workbook to write, in which text stays text: never a formula, a link or a number.

    Raises:
        ContinuumError: where the library that writes it is not installed.
    """
    needs_excel()
    return xlsxwriter.Workbook(str(path), AS_TEXT)


def read_workbook(path: Path) -> dict[str, Grid]:
    """Every sheet of an Excel file, in the order of the workbook.

    Raises:
        PackError: where the file cannot be read.
        ContinuumError: where the library that reads it is not installed.
    """
    needs_excel()
    try:
        if path.stat().st_size > LARGEST:
            raise _unreadable(path, "it is too large for a workbook of rules")
        book = calamine.CalamineWorkbook.from_path(path)
        marks = _marks(path)
    except OSError as error:
        raise _unreadable(path, (error.strerror or "no reason given").lower()) from None
    except (calamine.CalamineError, zipfile.BadZipFile, KeyError, ET.ParseError):
        raise _unreadable(path, "it is not an Excel workbook") from None
    with book:
        return {name: _grid(book.get_sheet_by_name(name), marks.get(name, {})) for name in book.sheet_names}


def _unreadable(path: Path, why: str) -> PackError:
    hint = "name a file that `continuum export xlsx` wrote, saved as Excel workbook (.xlsx) and without a password"
    return PackError(Finding("CX851", f"`{path.name}` cannot be read: {why}", hint=hint))


def _grid(sheet: Any, marks: dict[tuple[int, int], str]) -> Grid:
    grid = Grid(sheet.name)
    for row, values in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        for column, value in enumerate(values, start=1):
            cell = _cell(value)
            if cell != EMPTY:
                grid.cells[row, column] = cell
    for spot, mark in marks.items():
        shown = grid.at(*spot).text
        grid.cells[spot] = Cell(shown, *(_formula(mark) if mark.startswith("=") else (f"this cell holds the error {mark}",)))
    return grid


def _formula(mark: str) -> tuple[str, str]:
    what = f"the formula `{mark}`" if mark != "=" else "a formula"
    return f"this cell holds {what}", "type the value; a cell that begins with = is made text with a ' before it"


def _cell(value: Any) -> Cell:
    """A value of the spreadsheet as the text that stands for it in a pack."""
    if isinstance(value, str):
        return Cell(value.replace("\r\n", "\n").replace("\r", "\n"))
    if isinstance(value, bool):
        return Cell("yes" if value else "no")
    if isinstance(value, int | float):
        exact = Decimal(f"{value:.15g}") if isinstance(value, float) else Decimal(value)  # 15 digits are what a spreadsheet shows
        return Cell(f"{exact.normalize() if exact % 1 else exact.to_integral_value():f}")
    if isinstance(value, dt.datetime) and value.time() != dt.time():
        return Cell(str(value), f"this cell holds the time {value}", "write a day as 2025-09-01")
    if isinstance(value, dt.date):
        return Cell(value.isoformat()[:10])
    return Cell(str(value), f"this cell holds the time {value}", "set the cell's format to text and type it again")


def _marks(path: Path) -> dict[str, dict[tuple[int, int], str]]:
    """By sheet, the cells with a formula or an error, which a reader of values would pass over."""
    with zipfile.ZipFile(path) as archive:
        return {name: dict(_marked(_xml(archive, file))) for name, file in _files(archive).items()}


def _files(archive: zipfile.ZipFile) -> dict[str, str]:
    """The file inside the workbook that holds each sheet."""
    links = {
        link.get("Id"): link.get("Target", "")
        for link in _xml(archive, "xl/_rels/workbook.xml.rels").iter(f"{PACKAGE}Relationship")
    }
    found = {}
    for sheet in _xml(archive, "xl/workbook.xml").iter(f"{MAIN}sheet"):
        target = links.get(sheet.get(f"{LINKS}id"), "")
        found[sheet.get("name", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    if not found:
        raise KeyError("xl/workbook.xml")
    return found


def shares(path: Path) -> dict[str, set[tuple[int, int]]]:
    """By sheet, the cells that show a percentage: 0.5 in them is read as 50 % by everybody.

    Raises:
        PackError: where the file cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            looks = _looks(archive)
            return {name: set(_shared(_xml(archive, file), looks)) for name, file in _files(archive).items()}
    except (zipfile.BadZipFile, KeyError, ET.ParseError):
        raise _unreadable(path, "it is not an Excel workbook") from None


def _looks(archive: zipfile.ZipFile) -> set[str]:
    """The numbers of the formats that show a percentage."""
    if "xl/styles.xml" not in archive.namelist():
        return set()
    styles = _xml(archive, "xl/styles.xml")
    codes = {one.get("numFmtId"): one.get("formatCode", "") for one in styles.iter(f"{MAIN}numFmt")}
    whole = {number for number, code in codes.items() if "%" in re.sub(r'"[^"]*"|\\.', "", code)} | {"9", "10"}
    kept = styles.find(f"{MAIN}cellXfs")
    return {str(place) for place, one in enumerate([] if kept is None else kept) if one.get("numFmtId") in whole}


def _shared(sheet: ET.Element, looks: set[str]) -> Iterator[tuple[int, int]]:
    for cell in sheet.iter(f"{MAIN}c"):
        if cell.get("s") in looks and cell.get("t") in (None, "n"):
            yield _spot(cell.attrib["r"])


def _xml(archive: zipfile.ZipFile, name: str) -> ET.Element:
    if archive.getinfo(name).file_size > LARGEST:
        raise KeyError(name)
    return ET.fromstring(archive.read(name))  # noqa: S314  # the parser refuses entities that grow, and sizes are bounded


def _marked(sheet: ET.Element) -> Iterator[tuple[tuple[int, int], str]]:
    for cell in sheet.iter(f"{MAIN}c"):
        formula, value = cell.find(f"{MAIN}f"), cell.find(f"{MAIN}v")
        if formula is not None:
            yield _spot(cell.attrib["r"]), f"={formula.text or ''}"
        elif cell.get("t") == "e":
            yield _spot(cell.attrib["r"]), str(value.text if value is not None else "#ERROR")


def _spot(name: str) -> tuple[int, int]:
    letters, digits = re.fullmatch(r"([A-Z]+)([0-9]+)", name).groups()  # type: ignore[union-attr]  # Excel names cells so
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(digits), column


def place(path: Path, sheet: str, row: int = 0, column: int = 0, text: str = "") -> Place:
    """The place of a cell, or of a sheet, in a workbook."""
    cell = f"{sheet}!{reference(row, column)}" if row else sheet
    line = " ".join(text.split("\n"))
    return Place(path.name, max(row, 1), 1, max(1, len(line)), line, cell)
