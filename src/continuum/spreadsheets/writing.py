# SPDX-License-Identifier: MIT
"""A pack's workbook as people see it, with the pack's files in a hidden sheet so that it can be read back."""

from __future__ import annotations

import datetime as dt
import math
import re
import textwrap
from pathlib import Path
from typing import Any

from continuum.compiled import CompiledPack
from continuum.errors import Finding, PackError
from continuum.rulebook import Rulebook
from continuum.spreadsheets.carried import packed
from continuum.spreadsheets.excel import needs_excel, new_workbook, reference
from continuum.spreadsheets.layout import FILES, LISTS, MORE, OTHERWISE, READ_ME, Column, Row, Sheet, sheets, status

LONGEST_CELL = 32_767
LONGEST_MESSAGE, LONGEST_TITLE, LONGEST_HEADER = 255, 32, 255
SPARE = 40
EXPRESSION = 30
A_PAGE = 185
"""Characters of width that stay readable on one A4 page, landscape."""

DAY_ZERO = dt.datetime(2000, 1, 1)  # noqa: DTZ001  # the same file for the same pack: no clock is read
BASE = {"num_format": "@", "text_wrap": True, "valign": "top", "font_size": 10, "font_name": "Calibri"}
EDGE = {"border": 1, "border_color": "#B8BEC6"}
LOOKS: dict[str, dict[str, Any]] = {
    "title": {**BASE, "text_wrap": False, "bold": True, "font_size": 15, "font_color": "#1F3A5F"},
    "label": {**BASE, "bold": True, "font_color": "#44546A", "text_wrap": False, "valign": "vcenter"},
    "line": {**BASE, "valign": "vcenter"},
    "banner": {**BASE, "bold": True, "bg_color": "#FCE4D6", "font_color": "#7F2A00", "valign": "vcenter"},
    "ask": {**BASE, **EDGE, "bg_color": "#FFFBE6", "valign": "vcenter"},
    "head": {**BASE, **EDGE, "bold": True, "bg_color": "#1F3A5F", "font_color": "#FFFFFF", "valign": "vcenter"},
    "words": {**BASE, **EDGE, "italic": True, "font_size": 8, "bg_color": "#E7ECF2", "font_color": "#33415C"},
    "cell": {**BASE, **EDGE, "bg_color": "#FFFBE6"},
    "strong": {**BASE, **EDGE, "bg_color": "#FFF2CC", "bold": True},
    "fixed": {**BASE, **EDGE},
    "column": {"num_format": "@", "valign": "top", "font_size": 10, "font_name": "Calibri"},
}
NOT_LISTED = {
    "error_type": "warning",
    "error_title": "Not in the list",
    "error_message": "Keep what you typed only if it is several values of the list, or = and an expression.",
}
NARROW = {"id": 14, "from": 11, "to": 12, "missing": 11, "value": 14, "code": 12, "name": 46, "label": 30}
WIDE = {
    "because": 40, "illustrative": 28, "reading": 48, "source": 28, "note": 24, "plain": 70, "formerly": 28, "question": 50,
    "answers": 50, MORE: 28,
}  # fmt: skip
NARROWEST, WIDEST, UNUSED, WHOLE, LABEL = 8.5, 18, 13.5, 12, 10.5


def write_workbook(rulebook: Rulebook, files: dict[str, str], path: Path) -> list[Sheet]:
    """Write the workbook of a pack.

    Args:
        rulebook: the pack.
        files: the text of every file of the pack, to come back as it is.
        path: the workbook to write.

    Returns:
        The sheets that people see after the read-me.

    Raises:
        PackError: where a text is too long for a cell.
        ContinuumError: where the library that writes workbooks is not installed.
    """
    needs_excel()
    shown = sheets(rulebook)
    _short_enough(shown)
    book = new_workbook(path)
    book.set_properties({"title": f"{rulebook.id} {rulebook.version}", "created": DAY_ZERO, "comments": status(rulebook.pack)})
    _Writer(book, rulebook).everything(shown, files, single=rulebook.written.path.is_file())
    book.close()
    return shown


def _short_enough(shown: list[Sheet]) -> None:
    findings = [
        Finding("CX853", f"`{key}` of `{row.name or sheet.name}` has {len(text)} characters", expected=f"at most {LONGEST_CELL}")
        for sheet in shown for row in sheet.rows for key, text in row.cells.items() if len(text) > LONGEST_CELL
    ]  # fmt: skip
    if findings:
        raise PackError(findings)


class _Writer:
    """Puts sheets into one workbook."""

    def __init__(self, book: Any, rulebook: Rulebook) -> None:
        self.book, self.pack = book, rulebook.pack
        self.days = rulebook.written.pack.in_force.words()
        self.looks = {name: book.add_format(look) for name, look in LOOKS.items()}
        self.lists: dict[tuple[str, ...], str] = {}

    def everything(self, shown: list[Sheet], files: dict[str, str], *, single: bool) -> None:
        self.read_me(self.book.add_worksheet(READ_ME), shown)
        for sheet in shown:
            self.sheet(self.book.add_worksheet(sheet.name), sheet)
        self.values(self.book.add_worksheet(LISTS))
        self.files(self.book.add_worksheet(FILES), files, shown, single=single)

    # what is needed to read it back

    def files(self, page: Any, files: dict[str, str], shown: list[Sheet], *, single: bool) -> None:
        """The text of every file, and what the sheets say, one line a cell and between quotes: no spreadsheet changes that."""
        page.hide()
        rows = packed(files, shown, single=single)
        for number, row in enumerate(rows):
            for column, text in enumerate(row):
                page.write_string(number, column, text, self.looks["column"])

    def values(self, page: Any) -> None:
        """What drop-downs offer; a list in a cell's own rule may have 255 characters only."""
        page.hide()
        for column, values in enumerate(self.lists):
            for row, value in enumerate(values):
                page.write_string(row, column, value, self.looks["column"])

    def listed(self, values: tuple[str, ...]) -> str:
        """Where a drop-down finds its values."""
        if values not in self.lists:
            letters = reference(1, len(self.lists) + 1)[:-1]
            self.lists[values] = f"={LISTS}!${letters}$1:${letters}${len(values)}"
        return self.lists[values]

    # what people see

    def sheet(self, page: Any, sheet: Sheet) -> None:
        widths = [_width(sheet, column) for column in sheet.columns]
        for number, width in enumerate(widths):
            page.set_column(number, number, width, self.looks["column"])
        head = self.top(page, sheet, widths)
        for number, column in enumerate(sheet.columns):
            page.write_string(head, number, _broken(column.header, widths[number]), self.looks["head"])
            page.write_string(head + 1, number, column.words, self.looks["words"])
        last = head + 2 + len(sheet.rows) + (SPARE if sheet.kind != "inputs" else 0)
        for number, row in enumerate(sheet.rows, start=head + 2):
            self.row(page, number, sheet, row)
            cells = [(row.cells.get(column.header, ""), width) for column, width in zip(sheet.columns, widths, strict=True)]
            page.set_row(number, _height(max(_lines(text, width) for text, width in cells), 10))
        for number in range(head + 2 + len(sheet.rows), last):
            self.row(page, number, sheet, Row({}, {}))
        if sheet.kind != "inputs":
            for number, column in enumerate(sheet.columns):
                self.help(page, head + 2, last - 1, number, column)
        page.freeze_panes(head + 2, 1)
        pairs = list(zip(sheet.columns, widths, strict=True))
        page.set_row(head, _height(max(_lines(_broken(column.header, width), width) for column, width in pairs), 10))
        page.set_row(head + 1, _height(max(_lines(column.words, width * 1.5) for column, width in pairs), 8))
        self.paper(page, sheet, widths, head, head + 1 + len(sheet.rows))

    def top(self, page: Any, sheet: Sheet, widths: list[float]) -> int:
        """The lines above the table; the number of the row of headers, from 0."""
        across = 1
        while across < len(widths) - 1 and sum(widths[1 : across + 1]) < 100:
            across += 1
        for number, (label, text) in enumerate(sheet.top):
            page.write_string(number, 0, label, self.looks["label"])
            look = {"Question": "ask", "Status": "banner"}.get(label, "title" if number == 0 else "line")
            if across > 1:
                page.merge_range(number, 1, number, across, "", self.looks[look])
            page.write_string(number, 1, text, self.looks[look])
            page.set_row(number, 22 if number == 0 else _height(_lines(text, sum(widths[1 : across + 1])), 10))
        return len(sheet.top)

    def row(self, page: Any, number: int, sheet: Sheet, row: Row) -> None:
        for column, about in enumerate(sheet.columns):
            text = row.cells.get(about.header, "")
            strong = about.key in ("id", "then") or text == OTHERWISE or (about.key == "name" and sheet.kind == "terms")
            look = self.looks["fixed" if sheet.kind == "inputs" else "strong" if strong else "cell"]
            if text:
                page.write_string(number, column, text, look)
            else:
                page.write_blank(number, column, None, look)

    def help(self, page: Any, first: int, last: int, number: int, column: Column) -> None:
        """A drop-down where values can be listed, and what a cell may say."""
        about = {"validate": "any", "input_title": column.header[:LONGEST_TITLE], "input_message": _message(column)}
        if column.values and column.key not in ("when", MORE):
            about |= {"validate": "list", "source": self.listed(column.values), **NOT_LISTED}
        page.data_validation(first, number, last, number, about)

    def paper(self, page: Any, sheet: Sheet, widths: list[float], head: int, last: int) -> None:
        """A4 landscape; what people need on paper, as wide as it stays readable."""
        printed = [number for number, column in enumerate(sheet.columns) if column.printed]
        page.set_landscape()
        page.set_paper(9)
        page.set_margins(left=0.4, right=0.4, top=0.75, bottom=0.6)
        page.set_header(_header(sheet, status(self.pack)))
        page.repeat_rows(head, head + 1)
        page.print_area(0, 0, last, printed[-1])
        across = sum(widths[: printed[-1] + 1])
        pages = math.ceil((across - widths[0]) / (A_PAGE - widths[0])) if across > A_PAGE else 1
        if pages > 1:
            page.repeat_columns(0)
        page.fit_to_pages(pages, 0)
        pack = self.pack
        status_words = pack.status.replace("_", " ")
        page.set_footer(f"&L{pack.id} {pack.version} ({status_words})&C{sheet.name.replace('&', '&&')}&RPage &P of &N")

    def read_me(self, page: Any, shown: list[Sheet]) -> None:
        pack = self.pack
        page.set_column(0, 0, 28, self.looks["column"])
        page.set_column(1, 1, 105, self.looks["column"])
        page.hide_gridlines(2)
        rows = [
            ("title", f"{pack.title}", ""),
            ("banner", "Status", status(pack)),
            *_explained(pack, self.days),
            *_contents(shown),
        ]
        for number, (look, left, right) in enumerate(rows):
            if look == "title":
                page.write_string(number, 0, left, self.looks["title"])
                page.set_row(number, 24)
                continue
            page.write_string(number, 0, left, self.looks["label"])
            page.write_string(number, 1, right, self.looks["banner" if look == "banner" else "line"])
            page.set_row(number, _height(_lines(right, 105), 10))
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.set_footer(f"&L{pack.id} {pack.version} ({pack.status.replace('_', ' ')})&RPage &P of &N")


def _header(sheet: Sheet, standing: str) -> str:
    """What every page says above its columns: which table it is, and what standing the pack has."""
    name = sheet.top[0][1].replace("&", "&&")
    left, right = '&L&"Calibri,Bold"&9', '&R&"Calibri,Bold"&9'
    room = LONGEST_HEADER - len(left) - len(right)
    standing = standing.replace("&", "&&")
    if len(name) + len(standing) > room:
        standing = standing.partition(": ")[0] if ": " in standing else standing[: room // 2]
    return f"{left}{name[: room - len(standing)]}{right}{standing}"


def _width(sheet: Sheet, column: Column) -> float:
    texts = [row.cells[column.header] for row in sheet.rows if column.header in row.cells]
    if column.key in WIDE:
        return WIDE[column.key] if texts else UNUSED
    if column.key in NARROW and column.header in NARROW:
        longest = max((len(text) for text in texts), default=0)
        return min(NARROW[column.key], max(LABEL, longest + 2)) if column.key in ("id", "name") else NARROW[column.key]
    whole = [text if len(text) <= WHOLE else max([*text.split(), ""], key=len) for text in texts]
    pieces = [*whole, *re.findall(r"[^ _]+_?", column.header)]
    widest = EXPRESSION if column.key == "then" else WIDEST
    return max(NARROWEST, min(widest, max(len(piece) for piece in pieces) + 1.8))


def _lines(text: str, width: float) -> int:
    """How many lines a text takes in a column so wide."""
    most = max(1, int(width * 1.05))
    return sum(max(1, len(textwrap.wrap(line, most))) for line in text.split("\n"))


def _broken(header: str, width: float) -> str:
    """A header with line ends where its words may break; they mean nothing when it is read."""
    lines = [""]
    for piece in re.findall(r"[^ _]*[ _]?", header):
        if len(lines[-1]) + len(piece.strip()) > width - 1.5 and lines[-1]:
            lines.append("")
        lines[-1] += piece
    return "\n".join(line.strip() for line in lines)


def _height(lines: int, size: int) -> float:
    return 4 + lines * size * 1.35


def _message(column: Column) -> str:
    said = column.words
    if column.key == "when":
        examples = f">= {column.values[-1]}" if column.values else ">= 2, [5 .. 16]"
        said = f"{said}. For example {examples}, not (a, b), known. Empty: any. otherwise: when no other rule holds."
    return said if len(said) <= LONGEST_MESSAGE else said[: LONGEST_MESSAGE - 3] + "..."


GUIDE = """
What this is | The pack's decision tables, rates and words, to read and to edit. Each row of a table is one rule.
What to edit | Cells with a pale yellow ground, and the question above a table. All else is for reference. Rules may be added,
    deleted and put in another order; an empty row means nothing. A column whose header is "if" and the name of an input,
    measure or decision (the last sheet lists them) may be added. The page that you read now is not read back.
Do not | rename or delete sheets or headers, type spreadsheet formulas, or write anything about a real child.
To give it back | Save as an Excel workbook (.xlsx). A colleague runs: continuum import xlsx FILE --out FOLDER. It says which
    rules were added, deleted, changed or moved, and points to any cell that cannot be read.
A published version | is never changed: a changed pack gets a new version number and dates, in its file pack.yaml.
On paper | a table prints up to its reasons and what is illustrative; source, reading and notes are on the screen only.

if ... (conditions) | A rule holds when every cell of its row does. An empty cell asks nothing.
severe, 3, yes | equal to this
>= severe   < 6000   != 3 | at least; less than; not equal
[5 .. 16]   (40 .. 70] | from 5 to 16, both included; above 40 up to 70
a, b, c | any of these
not (a, b) | none of these
known   unknown | the answer was given; was not given
absent   present | an optional answer was said to be none; there is one
otherwise | in the first condition: the rule holds when no other does; it has no other condition
more conditions | all, any and not, one inside another, such as: any: [{areas: ">= 2"}, {hearing: ">= severe", age: "< 5"}]
then | the outcome: a value; = and an expression, such as = max(0, cost - 6000); refer; not_applicable; unpublished;
    individually_agreed; in a table that collects, several with commas between
to | who decides, where the outcome is refer
because | the reason, in words a parent may read
illustrative | what in the rule no source gives
source | the source's id, # and the paragraph; one a line (Alt+Enter in Excel, Ctrl+Enter in LibreOffice)
reading | how a source that can be read in two ways was read
missing | deliberate, where a missing answer decides on purpose
"""
"""What the read-me says, a line for each row."""


def _explained(pack: CompiledPack, days: str) -> list[tuple[str, str, str]]:
    rows = [
        ("Rule pack", f"{pack.id}, version {pack.version}; {pack.authority[2]}"),
        ("For which days", days),
        ("Summary", pack.summary or "The pack has no summary."),
    ]
    for line in GUIDE.replace("\n    ", " ").split("\n")[:-1]:
        left, _, right = line.partition(" | ")
        rows.append((left, right))
    return [("line", left, right) for left, right in [*rows, ("", "")]]


def _contents(shown: list[Sheet]) -> list[tuple[str, str, str]]:
    return [("line", f"Sheet {sheet.name}", sheet.top[1][1] if sheet.kind == "table" else sheet.top[0][1]) for sheet in shown]
