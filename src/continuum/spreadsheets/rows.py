# SPDX-License-Identifier: MIT
"""A row of a sheet to a rule, a row of a rate or a term, and for each of its keys the cell that says it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from continuum.errors import Finding
from continuum.packs.reading import Path, Source
from continuum.spreadsheets.excel import Cell, place
from continuum.spreadsheets.layout import LISTED, MORE, NESTED, OTHERWISE, Row, Sheet

ORDER = ("id", "when", "otherwise", "then", "to", "because", "source", "reading", "illustrative", "missing", "note")
"""The keys of a rule as the house writes them."""

STATES = ("refer", "not_applicable", "individually_agreed", "unpublished")
SIGNS = str.maketrans(
    {"\u00a0": " ", "\u202f": " ", "\u2265": ">=", "\u2264": "<=", "\u2260": "!=", "\u2212": "-", "\u2013": "-", "\u2014": "-",
     "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u2018": "'", "\u2019": "'", "\u200b": "", "\ufeff": ""}
)  # fmt: skip
NEXT_SOURCE = re.compile(r"\n|[;,]\s*(?=[a-z0-9][a-z0-9.-]*#)")
SENTENCES = ("to", "because", "illustrative", "reading", "note", "label", "plain", "formerly", "asks")


@dataclass(frozen=True)
class Spot:
    """A cell, and where in its text."""

    row: int
    column: int
    text: str = ""
    at: int = 1
    width: int = 0


@dataclass
class Entry:
    """A row as read: its cells by header, where each stands, and the headers themselves."""

    sheet: Sheet
    row: int
    cells: dict[str, Cell]
    columns: dict[str, int]
    header_row: int

    def spot(self, header: str) -> Spot:
        """The cell under a header."""
        return Spot(self.row, self.columns[header], self.cells.get(header, Cell()).text)

    def head(self, header: str) -> Spot:
        """The header itself."""
        return Spot(self.header_row, self.columns[header], header)

    def text(self, header: str) -> str:
        """What a cell says, tidied."""
        return tidied(header, self.cells[header].text) if header in self.cells else ""


@dataclass
class Said:
    """What a row says: the content, the cell of each path in it, the header of each key, and whether it is as before."""

    raw: dict[str, Any]
    spots: dict[Path, Spot] = field(default_factory=dict)
    heads: dict[Path, Spot] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    changed: list[tuple[str, str, str]] = field(default_factory=list)
    """Header, text before, text now."""


def tidied(header: str, text: str) -> str:
    """A cell's text without what spreadsheets and their users add: odd spaces, and signs that mean the same."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if header in SENTENCES:
        return text.replace("\u00a0", " ").strip()
    plain = text.translate(SIGNS).strip()
    return OTHERWISE if plain.lower() == OTHERWISE else plain


def differing(entry: Entry, old: Row | None) -> list[tuple[str, str, str]]:
    """Headers whose cells do not say what was exported: header, text before, text now."""
    before = old.cells if old else {}
    found = []
    for header in dict.fromkeys([*entry.columns, *before]):
        was, now = tidied(header, before.get(header, "")), entry.text(header)
        if was != now and not _same_condition(header, was, now):
            found.append((header, was, now))
    return found


def _same_condition(header: str, was: str, now: str) -> bool:
    """`otherwise` may stand under any condition; what it says is compared as a whole."""
    return (header == MORE or header.startswith("if ")) and {was, now} == {OTHERWISE, ""}


class Rows:
    """Reads the rows of one workbook."""

    def __init__(self, book: FilePath) -> None:
        """Name the workbook that findings speak of."""
        self.book = book

    def fault(self, entry: Entry, header: str, message: str, *, expected: str = "", hint: str = "") -> Finding:
        """A cell that cannot be read."""
        spot = entry.spot(header)
        at = place(self.book, entry.sheet.name, spot.row, spot.column, spot.text)
        return Finding("CX853", message, at, expected, hint)

    def said(self, entry: Entry, old: Row | None) -> Said:
        """What a row says; with ``old``, the row it was, keys whose cells did not change keep their content."""
        read: Callable[[Entry, Row | None], Said] = {"table": self.rule, "rate": self.rate_row, "terms": self.term}[
            entry.sheet.kind
        ]
        made = read(entry, old)
        made.changed = differing(entry, old)
        if old and entry.sheet.kind == "table" and (OTHERWISE in made.raw) != (OTHERWISE in old.raw):
            was, now = (OTHERWISE if OTHERWISE in raw else "conditions" for raw in (old.raw, made.raw))
            made.changed.insert(0, ("if", was, now))
        problems = [
            self.fault(entry, header, cell.problem, hint=cell.hint) for header, cell in entry.cells.items() if cell.problem
        ]
        if problems:
            made.findings = problems
        return made

    # rules

    def rule(self, entry: Entry, old: Row | None) -> Said:
        """A rule: its conditions and outcome, and the keys whose cell is their text."""
        said = Said({})
        stays = {header for header in entry.columns if old and not _differs(entry, old, header)}
        conditions = [header for header in entry.columns if header.startswith("if ") or header == MORE]
        self.required(entry, said, "id", "give the rule a name that no other has, such as EXC-1")
        self.plain(entry, said, "id", stays, old)
        spoken = [header for header in conditions if entry.text(header) == OTHERWISE]
        if spoken:
            key = "otherwise"
            self.alone(entry, said, spoken, conditions)
        else:
            key = "then"
            self.when(entry, said, conditions, stays, old)
        self.outcome(entry, said, key, stays, old)
        self.required(entry, said, "because", "write the reason in words a parent may read")
        for column in entry.sheet.columns:
            if column.key not in ("id", "when", "then", MORE):
                self.plain(entry, said, column.key, stays, old)
        said.raw = _ordered(said.raw, old.raw if old else {})
        return said

    def required(self, entry: Entry, said: Said, header: str, hint: str, what: str = "the rule") -> None:
        """Report a cell that must not be empty."""
        if not entry.text(header):
            said.findings.append(self.fault(entry, header, f"{what} has no `{header}`", hint=hint))

    def alone(self, entry: Entry, said: Said, spoken: list[str], conditions: list[str]) -> None:
        """`otherwise` goes with no condition."""
        beside = [header for header in conditions if entry.text(header) and header not in spoken]
        if beside:
            message = f"`{entry.text(beside[0])}` stands beside `otherwise`"
            hint = "an `otherwise` rule has no conditions: empty one of the two cells"
            said.findings.append(self.fault(entry, beside[0], message, hint=hint))

    def when(self, entry: Entry, said: Said, conditions: list[str], stays: set[str], old: Row | None) -> None:
        """The conditions: a line for each cell, and what the cell of nested ones spells."""
        before = (old.raw.get("when") or {}) if old else {}
        lines: dict[str, Any] = {}
        nested = self.nested(entry, said) if entry.text(MORE) and not (MORE in stays and before) else {}
        if MORE in stays:
            nested = {key: value for key, value in before.items() if key in NESTED}
            said.spots |= {("when", key): entry.spot(MORE) for key in nested}
        for header in conditions:
            text, left = entry.text(header), header.removeprefix("if ")
            if header != MORE and text:
                lines[left] = before[left] if header in stays and left in before else text
                said.spots["when", left], said.heads["when", left] = entry.spot(header), entry.head(header)
        for left in nested.keys() & lines.keys():
            message = f"`{left}` has a cell of its own and stands in `{MORE}` too"
            said.findings.append(self.fault(entry, MORE, message, hint=f"put one of them into all: [{{{left}: ..}}]"))
        both = {**lines, **nested}
        if not both and not said.findings:
            first = next(header for header in conditions)
            hint = "write a condition, or `otherwise` where the rule holds when no other does"
            said.findings.append(self.fault(entry, first, "the rule has no condition", hint=hint))
        ordered = [*(key for key in before if key in both), *(key for key in both if key not in before)]
        said.raw["when"] = {key: both[key] for key in ordered}
        said.spots["when",] = entry.spot(conditions[0])

    def nested(self, entry: Entry, said: Said) -> dict[str, Any]:
        """The conditions that a cell spells in the language: all, any, not."""
        written = entry.text(MORE)
        inner = written[1:-1] if written.startswith("{") and written.endswith("}") else written
        source = Source()
        raw = source.read_text("{" + inner + "}", "")
        if source.findings or not isinstance(raw, dict):
            found = (
                source.findings[0].message.removeprefix("this is not valid YAML: ")
                if source.findings
                else "it is not keys and cells"
            )
            hint = 'write it so: any: [{areas: ">= 2"}, {hearing: ">= severe", age: "< 5"}], with quotes around each cell'
            said.findings.append(self.fault(entry, MORE, f"these conditions cannot be read: {found}", hint=hint))
            return {}
        spot = entry.spot(MORE)
        for paths, marks in ((said.spots, source.values), (said.heads, source.keys)):
            for path, (_, line, column, width) in marks.items():
                at = sum(len(piece) + 1 for piece in inner.split("\n")[:line]) + column
                paths["when", *path] = Spot(spot.row, spot.column, written, max(1, at + len(written) - len(inner)), width)
        return raw

    def outcome(self, entry: Entry, said: Said, key: str, stays: set[str], old: Row | None) -> None:
        """The outcome: a state, a value, one for each field, or a list."""
        heads = [column.header for column in entry.sheet.columns if column.key == "then"]
        said.spots[key,] = entry.spot(heads[0])
        for name, head in zip(entry.sheet.fields, heads, strict=False):
            said.spots[key, name] = entry.spot(head)
        if old and key in old.raw and all(head in stays for head in heads):
            said.raw[key] = old.raw[key]
            return
        texts = [entry.text(head) for head in heads]
        state = texts[0].lower().replace(" ", "_")
        if state in STATES and not (state == "unpublished" and any(texts[1:])):
            said.raw[key] = {state: "yes"} if state == "individually_agreed" else state
            for head, text in zip(heads[1:], texts[1:], strict=True):
                if text:
                    said.findings.append(
                        self.fault(entry, head, f"`{text}` stands beside `{state}`", hint="empty one of the two")
                    )
            return
        for head, text in zip(heads, texts, strict=True):
            if not text:
                hint = "write a value, = and an expression, refer or not_applicable"
                said.findings.append(self.fault(entry, head, "the rule has no outcome", hint=hint))
        if entry.sheet.fields:
            said.raw[key] = dict(zip(entry.sheet.fields, texts, strict=True))
        elif entry.sheet.collects:
            members = list(_members(texts[0]))
            said.raw[key] = members if len(members) > 1 or "," in texts[0] else texts[0]
            said.spots |= {(key, i): entry.spot(heads[0]) for i in range(len(members))}
        else:
            said.raw[key] = texts[0]

    # rates and terms

    def rate_row(self, entry: Entry, old: Row | None) -> Said:
        """A row of a rate."""
        said = Said({})
        stays = {header for header in entry.columns if old and not _differs(entry, old, header)}
        for column in entry.sheet.columns:
            self.plain(entry, said, column.key, stays, old)
            if column.key not in ("from", "to", *SENTENCES, *LISTED):
                hint = (
                    "write the amount, or unpublished"
                    if column.key == "value"
                    else "write a value, or any where it fits every one"
                )
                self.required(entry, said, column.key, hint, "the row")
        said.raw = _like(said.raw, old.raw if old else {})
        return said

    def term(self, entry: Entry, old: Row | None) -> Said:
        """The words for a name."""
        said = Said({})
        stays = {header for header in entry.columns if old and not _differs(entry, old, header)}
        self.required(entry, said, "name", "write the name that the words are for", "the row")
        self.required(entry, said, "label", "write what people read; to take a word out, delete its row", "the row")
        for key in ("label", "plain", "formerly"):
            self.plain(entry, said, key, stays, old)
        said.raw = _like(said.raw, old.raw if old else {})
        return said

    def plain(self, entry: Entry, said: Said, key: str, stays: set[str], old: Row | None) -> None:
        """A key whose cell is its text, or one item a line."""
        text = entry.text(key)
        said.spots[key,] = entry.spot(key)
        if old and key in stays:
            if key in old.raw:
                said.raw[key] = old.raw[key]
            elif key == "id":
                said.raw[key] = text
        elif text:
            said.raw[key] = self.value(entry, said, key, text)
        if isinstance(said.raw.get(key), list):
            said.spots |= {(key, i): entry.spot(key) for i in range(len(said.raw[key]))}

    def value(self, entry: Entry, said: Said, key: str, text: str) -> Any:
        """What the text of a cell stands for: a list where the key takes one."""
        if key in LISTED:
            items = [item.strip() for item in (NEXT_SOURCE if key == "source" else re.compile("\n")).split(text) if item.strip()]
            return items[0] if key == "source" and len(items) == 1 else items
        if text[0] in "[{" and key not in (*ORDER, "label", "plain", "value"):
            source = Source()
            raw = source.read_text(text, "")
            if source.findings:
                said.findings.append(self.fault(entry, key, f"`{text}` cannot be read", hint="put text between quotes"))
            return raw
        return text


def _differs(entry: Entry, old: Row, header: str) -> bool:
    return tidied(header, old.cells.get(header, "")) != entry.text(header)


def _members(text: str) -> Iterator[str]:
    """What stands between the commas that are in no bracket."""
    depth, start = 0, 0
    for i, letter in enumerate(text):
        depth += (letter in "([") - (letter in ")]")
        if letter == "," and depth == 0:
            yield text[start:i].strip()
            start = i + 1
    yield text[start:].strip()


def _ordered(raw: dict[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of a rule in the order it had, new ones where the house puts them."""
    keys = [key for key in old if key in raw]
    for key in sorted((key for key in raw if key not in old), key=lambda key: ORDER.index(key) if key in ORDER else len(ORDER)):
        before = ORDER[: ORDER.index(key)] if key in ORDER else ORDER
        at = max((keys.index(other) + 1 for other in keys if other in before), default=0)
        keys.insert(at if key in ORDER else len(keys), key)
    return {key: raw[key] for key in keys}


def _like(raw: dict[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    keys = [*(key for key in old if key in raw), *(key for key in raw if key not in old)]
    return {key: raw[key] for key in keys}
