# SPDX-License-Identifier: MIT
"""The sheets of a workbook as they came back, held against those that were written: what is where, and what has no place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from continuum.errors import Finding, nearest
from continuum.spreadsheets.carried import EXPORT_AGAIN
from continuum.spreadsheets.excel import EMPTY, Grid, place
from continuum.spreadsheets.layout import FILES, LISTS, READ_ME, Sheet
from continuum.spreadsheets.rows import Entry, Spot, tidied

REFERENCE = "this sheet is for reference and is not read back"


@dataclass
class Matched:
    """A sheet, the rows that came back in it, and its question."""

    sheet: Sheet
    entries: list[Entry] = field(default_factory=list)
    asks: str = ""
    asks_spot: Spot | None = None


class Matching:
    """Matches the sheets of one workbook."""

    def __init__(self, path: Path, grids: dict[str, Grid]) -> None:
        """Name the workbook that findings speak of, and its sheets."""
        self.path, self.grids = path, grids
        self.findings: list[Finding] = []

    def sheets(self, shown: list[Sheet]) -> list[Matched]:
        """Every sheet that is read back, as far as it can be; the rest is in the findings."""
        known = [READ_ME, *(sheet.name for sheet in shown), LISTS, FILES]
        strange = [name for name in self.grids if name not in known]
        gone = [sheet for sheet in shown if sheet.name not in self.grids]
        for name in strange:
            near = nearest(name, [sheet.name for sheet in gone])
            gone = [sheet for sheet in gone if f"`{sheet.name}`" not in near]
            hint = near or "delete it; a new decision is begun in a file of the pack"
            self.report("CX852", f"the sheet `{name}` is not one of this workbook", name, hint=hint)
        for sheet in gone:
            hint = f"put it back, or {EXPORT_AGAIN}; a decision is taken out in the files of the pack"
            self.report("CX852", f"the sheet `{sheet.name}` is missing", sheet.name, hint=hint)
        found = [self.sheet(sheet, self.grids[sheet.name]) for sheet in shown if sheet.name in self.grids]
        return [one for one in found if one and one.sheet.kind != "inputs"]

    def report(self, code: str, message: str, sheet: str, *, spot: Spot | None = None, hint: str = "") -> None:
        """Note a finding about a sheet, or about a cell of it."""
        at = place(self.path, sheet, spot.row, spot.column, spot.text) if spot else place(self.path, sheet)
        self.findings.append(Finding(code, message, at, hint=hint))

    def sheet(self, sheet: Sheet, grid: Grid) -> Matched | None:
        """One sheet; None where its rows cannot be told."""
        head = self.head(sheet, grid)
        if head is None:
            hint = f"put back the row that begins with `{sheet.header}`, or {EXPORT_AGAIN}"
            self.report("CX852", f"the sheet `{sheet.name}` has no row of headers", sheet.name, hint=hint)
            return None
        made = Matched(sheet)
        self.top(made, grid, head)
        columns = self.columns(sheet, grid, head)
        if columns is None:
            return None
        made.entries = list(self.entries(sheet, grid, head, columns))
        if sheet.kind == "inputs":
            self.untouched(sheet, made.entries)
        return made

    def head(self, sheet: Sheet, grid: Grid) -> int | None:
        """The row of headers: the one with most of them."""
        wanted = {_bare(column.header) for column in sheet.columns}
        counts = {row: sum(_bare(grid.at(row, column).text) in wanted for column in grid.columns) for row in list(grid.rows)[:60]}
        best = max(counts, key=lambda row: counts[row], default=0)
        return best if best and counts[best] * 2 >= len(wanted) else None

    def columns(self, sheet: Sheet, grid: Grid, head: int) -> dict[str, int] | None:
        """Where each header stands; None where one is missing, twice there, or not known."""
        wanted = {_bare(column.header): column.header for column in sheet.columns}
        found: dict[str, int] = {}
        strange: dict[str, int] = {}
        before = len(self.findings)
        for number in grid.columns:
            text = grid.at(head, number).text
            header = wanted.get(_bare(text), " ".join(text.split()))
            if header in found:
                spot = Spot(head, number, text)
                self.report("CX852", f"the column `{header}` stands twice", sheet.name, spot=spot, hint="delete one")
            elif header in wanted.values():
                found[header] = number
            elif header:
                strange[header] = number
        self.strange(sheet, head, wanted, found, strange)
        return dict(sorted(found.items(), key=lambda item: item[1])) if len(self.findings) == before else None

    def strange(self, sheet: Sheet, head: int, wanted: dict[str, str], found: dict[str, int], others: dict[str, int]) -> None:
        """Headers that were not written: renamed ones, conditions that somebody added, and what has no place; then those gone."""
        gone = [header for header in wanted.values() if header not in found]
        for header, number in others.items():
            spot, near = Spot(head, number, header), nearest(header, gone)
            if near:
                gone.remove(near.split("`")[1])
            elif sheet.kind == "table" and re.fullmatch(r"if [^ ]+", header):
                found[header] = number
                continue
            hint = "delete the column; one with the header `if` and a name may be added" if sheet.kind == "table" else "delete it"
            self.report("CX852", f"`{header}` is not a column of this sheet", sheet.name, spot=spot, hint=near or hint)
        for header in gone:
            spot = Spot(head, 1, sheet.header)
            hint = f"put it back, or {EXPORT_AGAIN}; a condition is taken out by emptying its cells"
            self.report("CX852", f"the column `{header}` is missing", sheet.name, spot=spot, hint=hint)

    def top(self, made: Matched, grid: Grid, head: int) -> None:
        """The lines above the headers: the question may be changed, the rest is read by people only."""
        sheet = made.sheet
        expected = dict(sheet.top)
        made.asks = expected.get("Question", "")
        for row in range(1, head):
            label = grid.at(row, 1).text.strip()
            spots = [Spot(row, column, text) for column in grid.columns if (text := grid.at(row, column).text).strip()]
            known = label in expected
            for spot in spots[2:] if known else spots:
                hint = "empty it; words for colleagues go into the column `note`"
                self.report("CX852", "this cell is not read back", sheet.name, spot=spot, hint=hint)
            if not known:
                continue
            spots = [spot for spot in spots if spot.column > 1]
            spot = spots[0] if spots else Spot(row, 2)
            text = tidied("asks", spot.text)
            if label == "Question" and sheet.kind == "table":
                if not text or grid.at(row, spot.column).problem:
                    self.report("CX853", "the table has no question", sheet.name, spot=spot, hint="write what the table answers")
                elif text != tidied("asks", expected[label]):
                    made.asks = text
                made.asks_spot = spot
            elif text != tidied("asks", expected[label]):
                hint = f"put back: {expected[label]}"
                self.report("CX853", f"`{label}` is for reference and is not read back", sheet.name, spot=spot, hint=hint)

    def entries(self, sheet: Sheet, grid: Grid, head: int, columns: dict[str, int]) -> Iterator[Entry]:
        """The rows below the headers that hold anything."""
        words = _bare(sheet.words or sheet.columns[0].words)
        for row in list(grid.rows)[head:]:
            cells = {number: grid.at(row, number) for number in grid.columns}
            here = {number: cell for number, cell in cells.items() if cell.text.strip() or cell.problem}
            if not here or _bare(here.get(columns[sheet.header], EMPTY).text) == words:
                continue
            for number in here.keys() - set(columns.values()):
                spot = Spot(row, number, here[number].text)
                self.report("CX852", "this cell stands in a column without a header", sheet.name, spot=spot, hint="empty it")
            found = {header: here[number] for header, number in columns.items() if number in here}
            if found:
                yield Entry(sheet, row, found, columns, head)

    def untouched(self, sheet: Sheet, entries: list[Entry]) -> None:
        """What is asked is for reference: a change would be lost, so it is refused."""
        now = {entry.text("name"): entry for entry in entries}
        for row in sheet.rows:
            entry = now.pop(row.name, None)
            for header, before in row.cells.items():
                if entry is None:
                    message = f"`{row.name}` is for reference and cannot be taken out here"
                    self.report("CX853", message, sheet.name, hint=EXPORT_AGAIN)
                    break
                if entry.text(header) != tidied(header, before):
                    self.report("CX853", REFERENCE, sheet.name, spot=entry.spot(header), hint=f"put back: {before}")
        for entry in now.values():
            hint = "delete the row; what is asked is changed in inputs.yaml and measures.yaml"
            self.report("CX853", REFERENCE, sheet.name, spot=entry.spot("name"), hint=hint)


def _bare(text: str) -> str:
    """A header without the spaces and line ends that its width asked for."""
    return re.sub(r"[\s\u00a0]+", "", text).lower()
