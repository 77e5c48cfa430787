# SPDX-License-Identifier: MIT
"""Files of profiles to rows: YAML, JSON, JSON Lines and CSV, every value as written, every row accounted for."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from continuum.errors import Finding, Place, ProfileError, listed
from continuum.packs.reading import Source

FORMATS = ("yaml", "json", "jsonl", "csv")
SUFFIXES = {
    ".yaml": "yaml", ".yml": "yaml", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv",
    ".tsv": "csv",
}  # fmt: skip
UPN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z][0-9]{11}[0-9A-Za-z](?![A-Za-z0-9])")
WITHHELD = "(a pupil number, not shown)"
LONGEST_EXPONENT = 30


@dataclass(frozen=True)
class Row:
    """One profile of a file: what was given, or why it cannot be read.

    Attributes:
        file, line, number: where it stands; ``number`` counts the profiles of a file from 1.
        given: the fields of the profile; None where the row cannot be read.
        on, pack: the day and the pack, where the file names them.
        findings: what is wrong with the row.
        alone: whether the file is one profile, not a list.
    """

    file: str
    line: int
    number: int
    given: dict[str, Any] | None = field(default=None, repr=False)
    on: str = ""
    pack: str = ""
    findings: tuple[Finding, ...] = ()
    alone: bool = False

    @property
    def place(self) -> Place:
        """Where the row begins; never with its text, which is about a pupil."""
        return Place(self.file, self.line)

    @property
    def name(self) -> str:
        """The row as people are told of it: file, number and reference."""
        return f"{self.file}, row {self.number}" + (f" ({self.ref})" if self.ref else "")

    @property
    def ref(self) -> str:
        """The reference of the case, unless it is itself a pupil number."""
        return withheld(str((self.given or {}).get("ref") or "").strip())


def withheld(text: str) -> str:
    """The text with everything that looks like a unique pupil number taken out."""
    return UPN.sub(WITHHELD, text)


def discreet(finding: Finding, place: Place) -> Finding:
    """A finding that can be shown: at the place of its row, without pupil numbers."""
    return replace(
        finding, place=finding.place or place, message=withheld(finding.message),
        expected=withheld(finding.expected), hint=withheld(finding.hint),
    )  # fmt: skip


def read_rows(file: str, form: str = "") -> list[Row]:
    """The profiles of a file, or of standard input for ``-``.

    Args:
        file: the path of the file, or ``-``.
        form: one of ``FORMATS``; by the name of the file, or by its content, unless given.

    Raises:
        ProfileError: with CX801, where the file as a whole cannot be read.
    """
    name = "standard input" if file == "-" else file
    text = _text(file, name)
    form = form or SUFFIXES.get(Path(file).suffix.lower(), "") or sniffed(text)
    rows = list({"yaml": _yaml, "json": _json, "jsonl": _json_lines, "csv": _csv}[form](text, name))
    if not rows:
        raise unreadable(name, "it holds no profiles", hint="write one profile, or a list of them")
    return rows


def sniffed(text: str) -> str:
    """The format that a text without a telling name most looks like."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    first = lines[0].strip() if lines else ""
    if first.startswith(("[", "{")):
        return "jsonl" if first.startswith("{") and first.endswith("}") and len(lines) > 1 else "json"
    if any(mark in first for mark in ",;\t") and not re.search(r":(\s|$)", first):
        return "csv"
    return "yaml"


def unreadable(name: str, why: str, line: int = 1, hint: str = "") -> ProfileError:
    """The error that a file cannot be read, from a line on."""
    return ProfileError(Finding("CX801", withheld(f"`{name}` cannot be read: {why}"), Place(name, line), hint=withheld(hint)))


def _text(file: str, name: str) -> str:
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except (OSError, ValueError) as error:
        why = (getattr(error, "strerror", None) or "the name is not one of a file").lower()
        raise unreadable(name, why) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        hint = "save it as UTF-8; a spreadsheet calls this `CSV UTF-8`"
        raise unreadable(name, "it is not UTF-8 text", line, hint) from None


def _row(content: Any, file: str, line: int, number: int, *, alone: bool = False) -> Row:
    """A row from a mapping: the fields themselves, or ``profile`` beside ``pack`` and ``on``."""
    row = Row(file, line, number, alone=alone)
    if not isinstance(content, dict):
        return _bad(row, "a profile is keys and values", "one line a field, such as `age: 9`")
    fields = dict(content)
    on, pack = fields.pop("on", None), fields.pop("pack", None)
    if "profile" in fields:
        inner = fields.pop("profile")
        if fields or not isinstance(inner, dict):
            hint = f"move {listed(list(fields))} into `profile`" if fields else ""
            return _bad(row, "`profile` stands beside fields" if fields else "`profile` should hold keys and values", hint=hint)
        fields = dict(inner)
    for key, value in (("on", on), ("pack", pack)):
        if value is not None and not isinstance(value, str):
            return _bad(row, f"`{key}` is not text")
    return replace(row, given=fields, on=(on or "").strip(), pack=(pack or "").strip())


def _bad(row: Row, message: str, expected: str = "", hint: str = "", line: int = 0) -> Row:
    place = Place(row.file, line or row.line)
    return replace(row, given=None, findings=(*row.findings, discreet(Finding("CX802", message, place, expected, hint), place)))


def _yaml(text: str, name: str) -> Iterator[Row]:
    source = Source()
    content = source.read_text(text, name)
    alone = isinstance(content, dict)
    if content is None or not isinstance(content, dict | list):
        fault = source.findings[0] if source.findings else Finding("CX107", "it is not a profile or a list of profiles")
        at = fault.place.line if fault.place else 1
        message = "an anchor or an alias stands in it" if fault.code == "CX106" else fault.message
        raise unreadable(name, message, at, hint=fault.hint)
    items = [content] if alone else content
    starts = [1] if alone else [place.line if (place := source.place((i,))) else 1 for i in range(len(items))]
    if alone and (first := source.place((next(iter(content), ""),), key=True)):
        starts = [first.line]
    for number, (item, start) in enumerate(zip(items, starts, strict=True), 1):
        row = _row(item, name, start, number, alone=alone)
        end = starts[number] if number < len(starts) else sys.maxsize
        for fault in source.findings:
            line = fault.place.line if fault.place else start
            if start <= line < end or (line < start and number == 1):
                row = _bad(row, fault.message, fault.expected, fault.hint, line)
        yield row


class TwiceError(ValueError):
    """A key of a JSON object stands twice."""


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise TwiceError(f"`{key}` stands twice")
        found[key] = value
    return found


def _number(text: str) -> Decimal | str:
    """A JSON number as written; one with an exponent beyond reason stays text, which no field takes."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return number if abs(number.adjusted()) <= LONGEST_EXPONENT else text


def _whole(text: str) -> int | str:
    return int(text) if len(text) <= LONGEST_EXPONENT else text


decoder = json.JSONDecoder(parse_float=_number, parse_int=_whole, parse_constant=lambda word: word, object_pairs_hook=_pairs)
"""Reads JSON with numbers as they are written; a key that stands twice is an error."""


def _json(text: str, name: str) -> Iterator[Row]:
    """One object, or an array read item by item, so that each keeps its line."""
    at = _past_space(text, 0)
    if not text.startswith("[", at):
        yield _json_item(text, at, Row(name, _line(text, at), 1, alone=True))[0]
        return
    at, number, line, counted = _past_space(text, at + 1), 0, 1, 0
    while not text.startswith("]", at):
        number, line, counted = number + 1, line + text.count("\n", counted, at), at
        row, at = _json_item(text, at, Row(name, line, number))
        yield row
        at = _past_space(text, at)
        if text.startswith(",", at):
            at = _past_space(text, at + 1)
        elif not text.startswith("]", at):
            raise unreadable(name, "the list does not end, or a comma is missing", _line(text, at))
    if text[at + 1 :].strip():
        raise unreadable(name, "something stands after the end of the list", _line(text, at), "write JSON Lines as .jsonl")


def _json_item(text: str, at: int, row: Row) -> tuple[Row, int]:
    """The profile that begins at ``at``, and where it ends."""
    name, line = row.file, row.line
    try:
        content, end = decoder.raw_decode(text, at)
    except TwiceError as error:
        # The object is read again without the check, to find where it ends.
        _, end = json.JSONDecoder(parse_int=str, parse_float=str).raw_decode(text, at)
        return _bad(row, str(error), hint="keep one"), end
    except json.JSONDecodeError as error:
        raise unreadable(name, f"it is not valid JSON: {error.msg.lower()}", error.lineno) from None
    except RecursionError:
        raise unreadable(name, "it is nested too deeply", line) from None
    if row.alone and text[end:].strip():
        raise unreadable(name, "something stands after the end of the profile", _line(text, end), "write JSON Lines as .jsonl")
    return _row(content, name, line, row.number, alone=row.alone), end


def _past_space(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _json_lines(text: str, name: str) -> Iterator[Row]:
    number = 0
    for line, words in enumerate(text.split("\n"), 1):
        if not words.strip():
            continue
        number += 1
        row = Row(name, line, number)
        try:
            content = decoder.decode(words.strip())
        except TwiceError as error:
            yield _bad(row, str(error), hint="keep one")
        except json.JSONDecodeError as error:
            yield _bad(row, f"this line is not valid JSON: {error.msg.lower()}", "one profile in braces on each line")
        except RecursionError:
            yield _bad(row, "this line is nested too deeply")
        else:
            yield _row(content, name, line, number)


def _csv(text: str, name: str) -> Iterator[Row]:
    mark = separator_of(text.splitlines()[0] if text else "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    header, number, line = header_of(reader, name), 0, reader.line_num + 1
    while True:
        row = Row(name, line, number + 1)
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield _bad(row, "a quotation mark is not closed, or text follows it; what comes after it cannot be read")
            return
        line = reader.line_num + 1
        if not any(cell.strip() for cell in cells):
            continue
        number += 1
        if len(cells) < len(header) or any(cell.strip() for cell in cells[len(header) :]):
            hint = "put a cell that holds the separator between quotation marks"
            yield _bad(row, f"the row has {len(cells)} cells and the header has {len(header)}", hint=hint)
        else:
            yield _row(dict(zip(header, cells, strict=False)), name, row.line, number)


def separator_of(first: str) -> str:
    """What stands between the cells of a CSV file, by its first line."""
    bare = re.sub(r'"[^"]*"', "", first)
    return max(",;\t", key=bare.count)


def header_of(reader: Any, name: str) -> list[str]:
    """The names of the columns, from the first row.

    Raises:
        ProfileError: with CX801, where a column has no name, or that of another.
    """
    try:
        header = [cell.strip() for cell in next(reader, [])]
    except csv.Error:
        raise unreadable(name, "its first line is not a header", hint="name one field in each column") from None
    while header and not header[-1]:
        header.pop()
    if not header:
        raise unreadable(name, "it has no header", hint="the first line names the fields")
    if "" in header:
        raise unreadable(name, f"column {header.index('') + 1} has no name", hint="name one field in each column")
    for cell in header:
        if header.count(cell) > 1:
            raise unreadable(name, f"two columns are named `{cell}`", hint="keep one")
    return header
