# SPDX-License-Identifier: MIT
"""A pack to a workbook and back: what people changed becomes the smallest change to the pack's files, all else is as it was."""

from __future__ import annotations

import copy
import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from pathlib import PurePosixPath
from typing import Any

from continuum.errors import Finding, PackError, Place
from continuum.packs.loading import Written, read_texts
from continuum.packs.reading import Path, Source
from continuum.rulebook import Rulebook
from continuum.spreadsheets.carried import unpacked
from continuum.spreadsheets.excel import Grid, place, read_workbook, reference
from continuum.spreadsheets.house import Change, Piece, Spelled, changed, row_lines, rule_lines, term_lines
from continuum.spreadsheets.layout import OTHERWISE, Row, Sheet, rate_row, seen, sheets
from continuum.spreadsheets.matching import Matched, Matching
from continuum.spreadsheets.meant import brief, meant
from continuum.spreadsheets.rows import Entry, Rows, Said, Spot, tidied
from continuum.spreadsheets.writing import write_workbook


@dataclass(frozen=True)
class Edit:
    """What was done to one rule, row or word: ``added``, ``removed``, ``changed`` or ``moved``."""

    sheet: str
    what: str
    name: str
    cells: tuple[tuple[str, str, str], ...] = ()
    """Header, text before, text now."""


@dataclass(frozen=True)
class Imported:
    """A workbook read back: the pack's files, what was changed, and the comments that could not be kept."""

    id: str
    version: str
    files: dict[str, str]
    edits: tuple[Edit, ...] = ()
    changed: tuple[str, ...] = ()
    """The files that are not as they were exported."""
    comments: tuple[tuple[str, int], ...] = ()
    """File and line, as exported, of comments that are gone."""


def files_of(written: Written) -> tuple[dict[str, str], list[str]]:
    """The text of every file of a pack as it is on disk, and the names of those that are no text."""
    path = written.path
    if path.is_file():
        return {path.name: path.read_bytes().decode("utf-8")}, []
    texts, others = {}, []
    names = [*written.texts, *sorted(file.relative_to(path).as_posix() for file in path.rglob("*") if file.is_file())]
    for name in dict.fromkeys(names):
        if any(part.startswith(".") for part in PurePosixPath(name).parts):
            continue
        try:
            texts[name] = (path / name).read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            others.append(name)
    return texts, others


def export_workbook(rulebook: Rulebook, path: FilePath) -> tuple[list[Sheet], list[str]]:
    """Write a pack as a workbook; the sheets, and the names of files that could not be put in because they are no text.

    Raises:
        PackError: where a text is too long for a cell.
        ContinuumError: where the libraries for workbooks are not installed.
    """
    files, others = files_of(rulebook.written)
    return write_workbook(rulebook, files, path), others


def import_workbook(path: FilePath, *, afresh: bool = False) -> Imported:
    """Read a workbook back.

    Args:
        path: the workbook.
        afresh: write every rule from its cells, also those that did not change; this shows that the sheets hold everything.

    Raises:
        PackError: with every fault, each at its cell.
        ContinuumError: where the libraries for workbooks are not installed.
    """
    return _Import(path, read_workbook(path), afresh=afresh).imported()


@dataclass
class _Part:
    """One sheet as read: what its rows say, beside what they were."""

    sheet: Sheet
    said: list[Said] = field(default_factory=list)
    old: list[Row | None] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    asks: str = ""
    asks_spot: Spot | None = None

    @property
    def where(self) -> Path:
        """The path of the list or mapping of its rows."""
        return {"table": (*self.sheet.path, "rules"), "rate": (*self.sheet.path, "rows")}.get(self.sheet.kind, self.sheet.path)

    def content(self) -> Any:
        """The rows as they should be in the file."""
        if self.sheet.kind == "terms":
            return {name: said.raw for name, said in zip(self.names, self.said, strict=True)}
        return [said.raw for said in self.said]


class _Import:
    """Reads one workbook."""

    def __init__(self, path: FilePath, grids: dict[str, Grid], *, afresh: bool) -> None:
        self.path, self.grids, self.afresh = path, grids, afresh
        self.rows = Rows(path)
        self.findings: list[Finding] = []

    def imported(self) -> Imported:
        carried = unpacked(self.grids, self.path)
        stored = carried.files
        self.home = FilePath(next(iter(stored))) if carried.single else FilePath(self.path.stem)
        self.texts = {name: _plain(text) for name, text in stored.items() if name.endswith((".yaml", ".yml"))}
        book = Rulebook(read_texts(self.texts, self.home))
        matching = Matching(self.path, self.grids)
        parts = [self.part(one) for one in matching.sheets(seen(sheets(book), carried.said))]
        self.findings += matching.findings
        raws = self.contents(parts)
        self.compile(parts, raws)
        if self.findings:
            raise PackError(dict.fromkeys(map(brief, self.findings)))
        edits = [edit for part in parts for edit in self.edits(part)]
        files, comments = dict(stored), []
        for name, raw in raws.items():
            changes = [change for part in parts if part.sheet.file == name for change in self.changes(part)]
            made = changed(stored[name], raw, changes)
            comments += [(name, line) for line in made.comments]
            files[name] = made.text
        Rulebook(read_texts({name: _plain(files[name]) for name in self.texts}, self.home))
        different = tuple(name for name, text in files.items() if text != stored[name])
        return Imported(book.id, book.version, files, tuple(edits), different, tuple(comments))

    # rows

    def part(self, made: Matched) -> _Part:
        """What the rows of a sheet say; those that cannot be read are reported, and stand in the pack as they were."""
        part = _Part(made.sheet, asks=made.asks, asks_spot=made.asks_spot)
        first: dict[str, int] = {}
        for entry, old in zip(made.entries, self.partners(part.sheet, made.entries), strict=True):
            said = self.rows.said(entry, None if self.afresh else old)
            name = entry.text(part.sheet.header)
            if part.sheet.kind == "rate":
                name = rate_row(part.sheet, {header: entry.text(header) for header in entry.columns})
            if part.sheet.kind == "terms" and name and first.setdefault(name, entry.row) != entry.row:
                hint = f"the first stands in row {first[name]}; delete one"
                said.findings.append(self.rows.fault(entry, "name", f"`{name}` stands twice", hint=hint))
            self.findings += said.findings
            if said.findings:
                if old is None or name in part.names:
                    continue
                said = Said(old.raw, {(): entry.spot(part.sheet.header)}, changed=[("", "", "")])
            said.spots.setdefault((), entry.spot(part.sheet.header))
            part.said.append(said)
            part.old.append(old)
            part.names.append(name)
        if not part.said and part.sheet.kind != "terms":
            if not self.findings:
                message, hint = f"the sheet `{part.sheet.name}` has no rows", "a table or a rate has at least one"
                self.findings.append(Finding("CX853", message, place(self.path, part.sheet.name), hint=hint))
            part.said, part.old = [Said(row.raw) for row in part.sheet.rows], list(part.sheet.rows)
            part.names = [row.name for row in part.sheet.rows]
        return part

    def partners(self, sheet: Sheet, entries: list[Entry]) -> list[Row | None]:
        """For each row, the one it was: by its name, or for a rate by what it says and where it stands."""
        if sheet.kind != "rate":
            rows = {row.name: row for row in sheet.rows}
            return [rows.pop(entry.text(sheet.header), None) for entry in entries]
        before = [
            tuple(tidied(column.header, row.cells.get(column.header, "")) for column in sheet.columns) for row in sheet.rows
        ]
        now = [tuple(entry.text(column.header) for column in sheet.columns) for entry in entries]
        found: list[Row | None] = [None] * len(now)
        for _, i1, i2, j1, j2 in difflib.SequenceMatcher(None, before, now, autojunk=False).get_opcodes():
            for i, j in zip(range(i1, i2), range(j1, j2), strict=False):
                found[j] = sheet.rows[i]
        return found

    # files

    def contents(self, parts: list[_Part]) -> dict[str, Any]:
        """The content that each file with a changed sheet should have."""
        raws: dict[str, Any] = {}
        for part in parts:
            if not self.differs(part):
                continue
            name = part.sheet.file
            if name not in raws:
                raws[name] = copy.deepcopy(Source().read_text(self.texts[name], name))
            _put(raws[name], part.where, part.content())
            if part.sheet.kind == "table":
                _put(raws[name], (*part.sheet.path, "asks"), part.asks)
        return raws

    def differs(self, part: _Part) -> bool:
        if self.afresh or part.asks != dict(part.sheet.top).get("Question", ""):
            return True
        same = len(part.old) == len(part.sheet.rows) and all(a is b for a, b in zip(part.old, part.sheet.rows, strict=True))
        return not same or any(said.changed for said in part.said)

    def compile(self, parts: list[_Part], raws: dict[str, Any]) -> None:
        """Compile the pack as it should be, written so that each line of a finding says which cell it is about.

        A bad name of a rule, or a word that `missing` does not take, would hide every other fault: they are told, and the rest
        is then compiled without them.
        """
        bad = self.faults(parts, raws)
        if bad:
            stand_ins = copy.deepcopy(raws)
            for number, (file, path) in enumerate(bad, 1):
                _stand_in(stand_ins[file], path, number)
            told = len(self.findings)
            self.faults(parts, stand_ins)
            self.findings[told:] = [one for one in self.findings[told:] if one.place and one.place.cell]

    def faults(self, parts: list[_Part], raws: dict[str, Any]) -> list[tuple[str, Path]]:
        """Report what is wrong with the pack; the file and path of each fault that may hide others."""
        spelled = {name: Spelled().add(raw) for name, raw in raws.items()}
        texts = {name: spelled[name].text if name in spelled else text for name, text in self.texts.items()}
        bad = []
        try:
            Rulebook(read_texts(texts, self.home, to_compile=True))
        except PackError as error:
            sources = {name: Source() for name in raws}
            for name, source in sources.items():
                source.read_text(self.texts[name], name)
            for finding in error.findings:
                file = finding.place.file if finding.place else ""
                if finding.place and file in spelled:
                    at = self.translated(finding.place, spelled[file], parts, sources[file])
                    self.findings.append(self.in_rows(replace(finding, place=at), parts))
                    path = spelled[file].paths.get(finding.place.line, ((), 1))[0]
                    bad += [(file, path)] * (path[-3:-2] == ("rules",) and path[-1:] in (("id",), ("missing",)))
                else:
                    self.findings.append(finding)
        return bad

    def translated(self, at: Place, spelled: Spelled, parts: list[_Part], source: Source) -> Place | None:
        """The cell that a line of the spelled text stands for, or the line of the exported file."""
        path, column = spelled.paths.get(at.line, ((), 1))
        for part in parts:
            if part.sheet.file != at.file:
                continue
            if path == (*part.sheet.path, "asks") and part.asks_spot:
                return self.cell(part.sheet, part.asks_spot)
            if path == part.where:
                return place(self.path, part.sheet.name)
            if path[: len(part.where)] == part.where and len(path) > len(part.where):
                step, inner = path[len(part.where)], path[len(part.where) + 1 :]
                said = part.said[step] if isinstance(step, int) else part.said[part.names.index(str(step))]
                return self.cell(part.sheet, _spot(said, inner, key=at.column < column))
        return source.place(path)

    def cell(self, sheet: Sheet, spot: Spot) -> Place:
        made = place(self.path, sheet.name, spot.row, spot.column, spot.text)
        return replace(made, column=spot.at, width=spot.width) if spot.width else made

    def in_rows(self, finding: Finding, parts: list[_Part]) -> Finding:
        """The finding with rows of a rate counted as its sheet counts them, what the cell may have meant, and no line of a text
        that nobody sees.
        """
        sheet, _, cell = finding.place.cell.partition("!") if finding.place else ("", "", "")
        part = next((part for part in parts if part.sheet.name == sheet), None)
        rate = part if part and part.sheet.kind == "rate" else None

        def counted(match: re.Match[str]) -> str:
            return str(rate.said[int(match[0]) - 1].spots[()].row) if rate else match[0]

        row = re.compile(r"(?<=\brow )\d+|(?<=\brows )\d+|(?<=\d and )\d+(?= of )")
        message, hint = row.sub(counted, finding.message), row.sub(counted, finding.hint)
        fix = _fix(part, cell) if part else ""
        hint = f"did you mean `{fix}`?" if fix else "" if re.search(r"\bline \d", hint) else hint
        return replace(finding, message=message, hint=hint)

    def changes(self, part: _Part) -> list[Change]:
        if not self.differs(part):
            return []
        sheet = part.sheet
        index = {id(row): number for number, row in enumerate(sheet.rows)}
        pieces = []
        for said, old, name in zip(part.said, part.old, part.names, strict=True):
            number = index.get(id(old)) if old and not self.afresh else None
            kept = number if not said.changed else None
            pieces.append(Piece(said.raw, kept, number, name if sheet.kind == "terms" else ""))
        lines = {
            "table": lambda piece, indent: rule_lines(piece.raw, indent),
            "rate": lambda piece, indent: row_lines(piece.raw, indent),
            "terms": lambda piece, indent: term_lines(piece.name, piece.raw, indent),
        }[sheet.kind]
        made = [Change(part.where, pieces, lines=lines)]
        if sheet.kind == "table" and part.asks != dict(sheet.top)["Question"]:
            made.append(Change((*sheet.path, "asks"), text=part.asks))
        return made

    def edits(self, part: _Part) -> Iterator[Edit]:
        """What was done to a sheet, in words for the person who reviews it."""
        sheet = part.sheet
        if sheet.kind == "table" and part.asks != dict(sheet.top)["Question"]:
            yield Edit(sheet.name, "changed", "Question", (("Question", dict(sheet.top)["Question"], part.asks),))
        kept = [id(old) for old in part.old if old]
        order = [id(row) for row in sheet.rows if id(row) in set(kept)]
        still = difflib.SequenceMatcher(None, order, kept, autojunk=False).get_matching_blocks()
        stayed = {order[block.a + i] for block in still for i in range(block.size)}
        for said, old, name in zip(part.said, part.old, part.names, strict=True):
            if old is None:
                yield Edit(sheet.name, "added", name)
            elif said.changed and not self.afresh:
                yield Edit(sheet.name, "changed", old.name, tuple(said.changed))
            if old is not None and id(old) not in stayed:
                yield Edit(sheet.name, "moved", old.name)
        for row in sheet.rows:
            if id(row) not in set(kept):
                yield Edit(sheet.name, "removed", row.name)


def _fix(part: _Part, cell: str) -> str:
    """What a cell of a condition, an outcome or a key of a rate may have meant."""
    columns = {column.header: column for column in part.sheet.columns}
    for said in part.said:
        for path, spot in said.spots.items():
            if len(path) > 2 or not path or reference(spot.row, spot.column) != cell:
                continue
            name = f"if {path[-1]}" if path[0] == "when" else " ".join(["then", *map(str, path[1:])])
            column = columns.get(name if path[0] in ("when", "then", OTHERWISE) else str(path[0]))
            if (column and column.values) or path[0] == "when":
                return meant(tidied(name, spot.text), column.names if column else {})
    return ""


def _stand_in(raw: Any, path: Path, number: int) -> None:
    """Put something that holds in the place of a rule's bad name; take out what else is wrong there."""
    for step in path[:-1]:
        raw = raw[step]
    if path[-1] == "id":
        raw["id"] = f"NAMELESS-{number}"
    else:
        raw.pop(path[-1], None)


def _spot(said: Said, path: Path, *, key: bool) -> Spot:
    """The cell of a path in a row, or of the nearest thing around it."""
    if key and path in said.heads:
        return said.heads[path]
    while path and path not in said.spots:
        path = path[:-1]
    return said.spots[path]


def _put(raw: Any, path: Path, value: Any) -> None:
    for step in path[:-1]:
        raw = raw[step]
    raw[path[-1]] = value


def _plain(text: str) -> str:
    """A file's text as packs are read: without a byte order mark, with one kind of line end."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n")
