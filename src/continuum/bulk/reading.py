# SPDX-License-Identifier: MIT
"""Files as tables of some rows at a time, every cell as it stands; a row that cannot be read is there too, and says so."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Protocol
from xml.etree import ElementTree as ET

from continuum.bulk.extras import calamine, needed, pa, parquet
from continuum.caseload_files import TwiceError, decoder, header_of, separator_of, unreadable
from continuum.spreadsheets.excel import LINKS, MAIN

ROWS = 25_000
"""Rows that are read, decided and written at once."""
ERROR = re.compile(rb"""<(?:\w+:)?c\b([^>]*\bt=["']e["'][^>]*)>.*?<(?:\w+:)?v>([^<]*)<""", re.DOTALL)
SPOT = re.compile(rb"""\br=["']([A-Z]+)([0-9]+)["']""")
WHOLE = 2**63
"""Whole numbers below this, either way, are a column of numbers; larger ones are text."""


class Chunk(NamedTuple):
    """Some rows, and which of them cannot be read, with the reason. Such a row keeps the cells that could be read."""

    table: Any
    faults: dict[int, str]


class Source(Protocol):
    """A file being read.

    Attributes:
        schema: the columns, the same in every chunk.
        size, done: how much there is and how much was read, in bytes or rows.
        left_out: lines that are empty, and so no rows.
        as_json: columns of text that is JSON, such as numbers with their decimal places as they were written.
    """

    schema: Any
    size: int
    done: int
    left_out: int
    as_json: frozenset[str]

    def chunks(self) -> Iterator[Chunk]:
        """The rows, in order.

        Raises:
            ProfileError: CX801, where the file cannot be read any further.
        """


def opened(path: Path) -> Source:
    """A file to be read, by its extension.

    Raises:
        ProfileError: CX801, where it cannot be read.
        EngineError: CX811, where a library for it is not installed.
        ValueError: where the extension is another.
    """
    needed(pa, "pyarrow, the library for columns in files,", "parquet")
    if path.suffix.lower() not in READERS:
        raise ValueError(f"`{path.name}` is not read; a caseload is one of {', '.join(READERS)}")
    try:
        source: Source = READERS[path.suffix.lower()](path)
    except OSError as error:
        raise unreadable(path.name, (error.strerror or "no reason given").lower()) from None
    return source


class Csv:
    """CSV in UTF-8: the first line names the columns, and every cell is text."""

    as_json: frozenset[str] = frozenset()

    def __init__(self, path: Path) -> None:
        self.path, self.size, self.done, self.left_out = path, path.stat().st_size, 0, 0
        with self._lines() as (_, lines):
            self.mark = separator_of(lines.readline())
        with self._lines() as (_, lines):
            self.names = header_of(self._reader(lines), path.name)
        self.schema = pa.schema([(name, pa.string()) for name in self.names])

    def chunks(self) -> Iterator[Chunk]:
        """The rows, some at a time."""
        with self._lines() as (raw, lines):
            reader = self._reader(lines)
            next(reader)
            rows = self._rows(reader)
            while some := list(islice(rows, ROWS)):
                self.done = raw.tell()
                yield _chunk([cells for cells, _ in some], [fault for _, fault in some], self.schema)

    @contextmanager
    def _lines(self) -> Iterator[tuple[BinaryIO, io.TextIOWrapper]]:
        with _text(self.path) as (raw, lines):
            yield raw, lines

    def _reader(self, lines: Iterable[str]) -> Any:
        return csv.reader(lines, delimiter=self.mark, strict=True)

    def _rows(self, reader: Any) -> Iterator[tuple[list[str | None], str]]:
        """Each row as wide as the header, and what is wrong with it."""
        width = len(self.names)
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                if reader.line_num > line:  # who knows how many rows a quotation mark swallowed
                    why = "a quotation mark is not closed, or text follows it, so that it cannot be said where the row ends"
                    raise unreadable(self.path.name, why, line, "mend this row and begin again; nothing was written") from None
                yield [None] * width, "the row cannot be read: a quotation mark is not closed, or text follows it"
                continue
            if not cells:
                self.left_out += 1
            elif len(cells) == width:
                yield cells, ""
            elif len(cells) < width:
                yield cells + [None] * (width - len(cells)), "the row has fewer cells than the header"
            else:
                over = any(cell.strip() for cell in cells[width:])
                yield cells[:width], "the row has more cells than the header, and those beyond it are left out" if over else ""


class JsonLines:
    """JSON Lines: one object a line. The file is read twice, first for the names of all keys and for what stands in them."""

    def __init__(self, path: Path) -> None:
        self.path, self.size, self.done, self.left_out = path, path.stat().st_size, 0, 0
        kinds: dict[str, set[str]] = {}
        with _text(path) as (_, lines):
            for content, fault in self._objects(lines):
                for key, value in {} if fault else content.items():
                    kinds.setdefault(key, set()).add(_kind(value))
        self.left_out = 0
        if not kinds:
            raise unreadable(path.name, "no line of it names anything", hint="write one profile in braces on each line")
        types = {frozenset({"yes_no"}): pa.bool_(), frozenset({"whole"}): pa.int64()}
        known = {name: frozenset(found - {"none"}) for name, found in kinds.items()}
        self.schema = pa.schema([(name, types.get(found, pa.string())) for name, found in known.items()])
        self.as_json = frozenset(name for name, found in known.items() if found not in types and not found & {"text"})

    def chunks(self) -> Iterator[Chunk]:
        """The rows, some at a time."""
        with _text(self.path) as (raw, lines):
            rows = self._objects(lines)
            while some := list(islice(rows, ROWS)):
                self.done = raw.tell()
                cells = [[self._cell(name, content.get(name)) for name in self.schema.names] for content, _ in some]
                yield _chunk(cells, [fault for _, fault in some], self.schema)

    def _objects(self, lines: Iterable[str]) -> Iterator[tuple[dict[str, Any], str]]:
        for line in lines:
            words = line.strip()
            if not words:
                self.left_out += 1
                continue
            try:
                content = decoder.decode(words)
            except TwiceError:
                yield {}, "the row cannot be read: a key stands twice"
            except (ValueError, RecursionError):
                yield {}, "the row cannot be read: it is not valid JSON"
            else:
                good = isinstance(content, dict)
                yield (content, "") if good else ({}, "the row cannot be read: it is not keys and values in braces")

    def _cell(self, name: str, value: Any) -> Any:
        if value is None or self.schema.field(name).type != pa.string():
            return value
        return value if isinstance(value, str) else written(value)


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "yes_no"
    if isinstance(value, int):
        return "whole" if -WHOLE <= value < WHOLE else "number"
    return "none" if value is None else "text" if isinstance(value, str) else "json"


def written(value: Any) -> str:
    """A value as JSON, numbers with the places they were written with."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, list):
        return f"[{', '.join(written(one) for one in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key, ensure_ascii=False)}: {written(one)}" for key, one in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False, default=str)


class Parquet:
    """Parquet: columns with kinds of their own."""

    as_json: frozenset[str] = frozenset()

    def __init__(self, path: Path) -> None:
        self.path, self.done, self.left_out = path, 0, 0
        path.stat()  # a missing file is told as any other
        try:
            with parquet.ParquetFile(path) as file:
                self.schema, self.size = file.schema_arrow, file.metadata.num_rows
        except (pa.ArrowException, OSError):
            raise unreadable(path.name, "it is not a Parquet file") from None
        for name in self.schema.names:
            if self.schema.names.count(name) > 1:
                raise unreadable(path.name, f"two columns are named `{name}`", hint="keep one")

    def chunks(self) -> Iterator[Chunk]:
        """The rows, some at a time."""
        try:
            with parquet.ParquetFile(self.path) as file:
                for batch in file.iter_batches(ROWS):
                    self.done += batch.num_rows
                    yield Chunk(pa.Table.from_batches([batch]), {})
        except (pa.ArrowException, OSError):
            raise unreadable(self.path.name, f"it is damaged after row {self.done:,}") from None


class Excel:
    """The first sheet of a workbook, read whole: the first row names the columns, and every cell is text."""

    as_json: frozenset[str] = frozenset()

    def __init__(self, path: Path) -> None:
        needed(calamine, "python-calamine, the library that reads Excel files,", "excel")
        self.path, self.done, self.left_out = path, 0, 0
        path.stat()  # as above
        try:
            with calamine.CalamineWorkbook.from_path(path) as book:
                rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
            for row, column, error in _errors(path):
                rows[row - 1][column - 1] = error
        except (calamine.CalamineError, zipfile.BadZipFile, KeyError, ET.ParseError):
            raise unreadable(path.name, "it is not an Excel workbook, or it has a password") from None
        self.names = header_of(iter([[_shown(cell) for cell in rows[0]]] if rows else []), path.name)
        self.rows = rows[1:]
        self.size = len(self.rows)
        self.schema = pa.schema([(name, pa.string()) for name in self.names])

    def chunks(self) -> Iterator[Chunk]:
        """The rows, some at a time."""
        rows = self._rows()
        while some := list(islice(rows, ROWS)):
            yield _chunk([cells for cells, _ in some], [fault for _, fault in some], self.schema)

    def _rows(self) -> Iterator[tuple[list[str], str]]:
        width = len(self.names)
        for row in self.rows:
            self.done += 1
            cells = [_shown(cell) for cell in row]
            if not any(cells):
                self.left_out += 1
                continue
            over = any(cell.strip() for cell in cells[width:])
            yield cells[:width], "the row has more cells than the header, and those beyond it are left out" if over else ""


def _errors(path: Path) -> Iterator[tuple[int, int, str]]:
    """The cells of the first sheet with an error such as #N/A, which the reader of values would pass over as empty."""
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read(_first_sheet(archive))
    for cell in ERROR.finditer(sheet):
        spot = SPOT.search(cell[1])
        if spot:
            column = 0
            for letter in spot[1]:
                column = column * 26 + letter - ord("A") + 1
            yield int(spot[2]), column, cell[2].decode()


def _first_sheet(archive: zipfile.ZipFile) -> str:
    """The name, inside the workbook, of its first sheet."""
    first = next(ET.fromstring(archive.read("xl/workbook.xml")).iter(f"{MAIN}sheet")).get(f"{LINKS}id")  # noqa: S314  # as excel.py
    links = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314  # as above
    target = next(link.get("Target", "") for link in links if link.get("Id") == first)
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _shown(value: Any) -> str:
    """A cell as a spreadsheet shows it: a whole number without a point, others with 15 digits, a day as 2025-09-01."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        exact = Decimal(f"{value:.15g}")
        return f"{exact.normalize() if exact % 1 else exact.to_integral_value():f}"
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return str(value)


@contextmanager
def _text(path: Path) -> Iterator[tuple[BinaryIO, io.TextIOWrapper]]:
    """The bytes of a file, and over them its text."""
    with path.open("rb") as raw, io.TextIOWrapper(raw, encoding="utf-8-sig", newline="") as lines:
        try:
            yield raw, lines
        except UnicodeDecodeError:
            hint = "save it as UTF-8; a spreadsheet calls this `CSV UTF-8`"
            raise unreadable(path.name, "it is not UTF-8 text", _not_utf8(path), hint) from None


def _not_utf8(path: Path) -> int:
    """The first line that is not UTF-8."""
    with path.open("rb") as raw:
        for number, line in enumerate(raw, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return 1


def _chunk(rows: list[list[Any]], faults: list[str], schema: Any) -> Chunk:
    arrays = [pa.array(column, field.type) for column, field in zip(zip(*rows, strict=True), schema, strict=True)]
    return Chunk(pa.Table.from_arrays(arrays, schema=schema), {number: fault for number, fault in enumerate(faults) if fault})


READERS: dict[str, Any] = {
    ".csv": Csv, ".tsv": Csv, ".parquet": Parquet, ".jsonl": JsonLines, ".ndjson": JsonLines, ".xlsx": Excel,
}  # fmt: skip
"""Who reads a file, by its extension."""
