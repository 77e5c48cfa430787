# SPDX-License-Identifier: MIT
"""What a workbook carries in its hidden sheet: every file of the pack, and what the sheets said when they were written."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from continuum.errors import Finding, PackError, Place
from continuum.spreadsheets.excel import Grid
from continuum.spreadsheets.layout import FILES, Sheet

FORMAT = "1"
MARK = "rule pack in a workbook"
CHUNK = 5_000
EXPORT_AGAIN = "export the pack again and make the changes there"


@dataclass(frozen=True)
class Carried:
    """The files by name, whether the pack is one file, and by sheet what it said."""

    files: dict[str, str]
    single: bool
    said: dict[str, Any] = field(default_factory=dict)


def packed(files: dict[str, str], shown: list[Sheet], *, single: bool) -> list[list[str]]:
    """The rows of the hidden sheet: one line of a file a cell, between quotes, so that no spreadsheet changes it."""
    rows = [[MARK, FORMAT, "file" if single else "folder"]]
    texts = [("file", name, text) for name, text in files.items()]
    for kind, name, text in [*texts, ("sheets", "", json.dumps(as_seen(shown), indent=0))]:
        rows.append([kind, name, _digest(text)])
        rows += [["text", json.dumps(piece).replace("_x", "\\u005fx")] for piece in _pieces(text)]
    return rows


def as_seen(shown: list[Sheet]) -> dict[str, Any]:
    """What each sheet says as it is written, so that a later library, with other words, does not take it for an edit."""
    return {
        sheet.name: {"top": sheet.top, "words": sheet.columns[0].words, "rows": [row.cells for row in sheet.rows]}
        for sheet in shown
    }


def _pieces(text: str) -> list[str]:
    """The lines of a text with their ends, none too long for a cell."""
    lines = [f"{line}\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return [line[i : i + CHUNK] for line in lines for i in range(0, len(line), CHUNK)]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def unpacked(grids: dict[str, Grid], book: Path) -> Carried:
    """What the hidden sheet of a workbook carries.

    Raises:
        PackError: where it is not there, was changed, or is of a kind that this library does not read.
    """
    grid = grids.get(FILES)
    if grid is None or grid.at(1, 1).text != MARK:
        raise _foreign(book, "it was not written by `continuum export xlsx`, or its hidden sheets are gone")
    if grid.at(1, 2).text != FORMAT:
        raise _foreign(book, f"it is of format {grid.at(1, 2).text}; this library reads format {FORMAT}")
    texts, marks = _texts(grid, book)
    for name, text in texts.items():
        if _digest(text) != marks[name]:
            raise _foreign(book, f"`{name or 'what the sheets say'}` in its hidden sheet `{FILES}` was changed")
        if name and not _safe(name):
            raise _foreign(book, f"its hidden sheet names the file `{name}`, which is not inside a pack")
    said = json.loads(texts.pop("", "{}"))
    if not texts:
        raise _foreign(book, f"its hidden sheet `{FILES}` is empty")
    return Carried(texts, grid.at(1, 3).text == "file", said)


def _texts(grid: Grid, book: Path) -> tuple[dict[str, str], dict[str, str]]:
    """The text of each file, and the mark by which damage to it shows."""
    texts: dict[str, list[str]] = {}
    marks: dict[str, str] = {}
    name = ""
    for row in list(grid.rows)[1:]:
        kind, text = grid.at(row, 1).text, grid.at(row, 2).text
        if kind in ("file", "sheets"):
            name, marks[text], texts[text] = text, grid.at(row, 3).text, []
        elif kind == "text" and marks:
            try:
                texts[name].append(str(json.loads(text)))
            except ValueError:
                raise _foreign(book, f"row {row} of its hidden sheet `{FILES}` was changed") from None
    return {name: "".join(parts) for name, parts in texts.items()}, marks


def _foreign(book: Path, why: str) -> PackError:
    hint = f"name a workbook that `continuum export xlsx` wrote; if this one was, {EXPORT_AGAIN}"
    return PackError(Finding("CX851", f"`{book.name}` cannot be read back: {why}", Place(book.name), hint=hint))


def _safe(name: str) -> bool:
    """Whether a name from a workbook stays inside the folder that is written."""
    parts = PurePosixPath(name).parts
    odd = "\\" in name or ":" in name or "\0" in name
    return bool(parts) and not odd and not name.startswith("/") and all(part not in ("..", ".") for part in parts)
