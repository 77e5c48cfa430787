# SPDX-License-Identifier: MIT
"""What went wrong, as a value: a finding says where, what was found, what was expected and the nearest fix."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

LONG = 160
CODES: dict[str, str] = {
    "CX101": "the file cannot be read",
    "CX102": "the text is not valid YAML",
    "CX103": "a key stands twice",
    "CX104": "a key is not known here",
    "CX105": "a required key is missing",
    "CX106": "YAML anchors, aliases, merge keys and tags are not used in packs",
    "CX107": "a value has the wrong shape",
    "CX108": "a value is not of the kind this key takes",
    "CX109": "a pack lacks a required file, or holds one that is not known",
    "CX110": "the format of the pack is not known",
    "CX111": "a name is not well formed",
    "CX112": "the content is too deep or too large",
    "CX201": "a name is not known",
    "CX202": "a name is used twice",
    "CX203": "a word of the language is used as a name",
    "CX204": "a value shares its name with an input, measure, decision, group or rate",
    "CX205": "two types do not go together",
    "CX206": "a value is not one of those declared",
    "CX207": "a number or date is outside its declared range or off its step",
    "CX208": "two units do not go together",
    "CX209": "definitions go round in a circle",
    "CX210": "a rule reads a protected input",
    "CX211": "a source is not listed",
    "CX212": "a rule has no source",
    "CX213": "a declaration is incomplete or contradicts itself",
    "CX214": "a rule tests a missing answer without saying that this is deliberate",
    "CX215": "the pack leaves a question open",
    "CX301": "a cell cannot be read",
    "CX302": "an expression cannot be read",
    "CX303": "a function is not given what it needs",
    "CX304": "a property sentence cannot be read",
    "CX401": "rows of a rate overlap",
    "CX402": "a row of a rate does not fit its keys",
    "CX501": "the profile has a field that is not asked",
    "CX502": "a field has a value that is not known",
    "CX503": "a field is outside its range",
    "CX504": "the profile contradicts itself",
    "CX505": "the unique pupil number is not well formed",
    "CX506": "a field is given twice",
    "CX507": "a number was given as floating point",
    "CX601": "no such pack",
    "CX602": "no version of the pack covers the day",
    "CX603": "the day is outside the version",
    "CX604": "two packs have the same id and version",
    "CX605": "no source says which version is in force",
    "CX701": "the durable engine is not installed",
    "CX702": "the pack passes a limit of the engine",
    "CX703": "two engines differ",
    "CX704": "the engine takes only complete profiles",
    "CX705": "no such engine",
    "CX706": "the tables are too much for a decision diagram",
    "CX801": "a file of profiles cannot be read",
    "CX802": "a row of a file of profiles cannot be read",
    "CX811": "the libraries that decide frames are not installed",
    "CX812": "a frame, or one of its columns, cannot be taken as it is",
    "CX813": "an outcome cannot be said as an expression for a lazy frame",
    "CX851": "a workbook cannot be read, or was not written by this library",
    "CX852": "a sheet, a row of headers or a column of a workbook is missing, renamed or not known",
    "CX853": "a cell of a workbook cannot be read",
    "CX854": "the libraries for workbooks are not installed",
    "CX861": "a file cannot be read as a grid of cells",
    "CX862": "the grid of amounts cannot be made out on its sheet",
    "CX863": "an amount in a grid cannot be read",
    "CX864": "a grid does not show which side is the levels and which the areas",
    "CX865": "the amounts of a grid are in two currencies or for two periods",
    "CX866": "a label of a grid stands twice",
    "CX867": "a grid leaves a question open",
    "CX868": "part of a sheet was not read as the grid of amounts",
    "CX901": "a worked case does not hold",
    "CX914": "a sentence about what must not be is broken",
    "CX915": "a property of the pack is not proved",
    "CX921": "a decision has a gap",
    "CX922": "rules of a decision conflict",
    "CX923": "a rule can never decide",
    "CX924": "a rule changes nothing",
    "CX925": "a name of the pack is never read",
    "CX926": "a sentence about order is broken",
    "CX927": "a sentence about steps is broken",
    "CX928": "a sentence about independence is broken",
    "CX929": "a sentence about settings is broken",
    "CX930": "a sentence about settling is broken",
    "CX931": "a sentence about reach is broken",
    "CX932": "a missing answer lowers an outcome",
    "CX933": "an amount rests on the type of need alone",
    "CX934": "a decision may divide by zero",
    "CX935": "a rate has a hole",
    "CX936": "a citation fails",
    "CX937": "a term is missing",
    "CX938": "the versions of a pack leave days out, or share them",
    "CX939": "the last version of a pack ends soon",
    "CX940": "what the pack accepts no longer occurs",
}
"""Every code and the one sentence it stands for; each has its entry on the errors page of the documentation."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file: lines and columns count from 1; ``text`` is the line itself.

    In a workbook ``cell`` names the spot (``band!C7``), ``line`` is the row, and ``column`` counts within ``text``, the cell's.
    """

    file: str
    line: int = 1
    column: int = 1
    width: int = 1
    text: str = ""
    cell: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.cell}" if self.cell else f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: a stable code, what was found, and, where they are known, place, expectation and fix; example
    profiles as worked cases, and the line for ``accepted:`` that lets it stand.
    """

    code: str
    message: str
    place: Place | None = None
    expected: str = ""
    hint: str = ""
    severity: str = "error"
    example: str = ""
    accept: str = ""

    def line(self) -> str:
        """The finding in one line, for programs and logs."""
        where = f"{self.place}: " if self.place else ""
        rest = "".join([f"; expected {self.expected}" if self.expected else "", f"; {self.hint}" if self.hint else ""])
        return f"{where}{self.severity}[{self.code}]: {self.message}{rest}"

    def text(self) -> str:
        """The finding as a block for people, with the line it speaks of and a caret under the spot."""
        lines = [f"{self.severity}[{self.code}]: {self.message}"]
        if self.place:
            lines.append(f"  --> {self.place}")
            lines.extend(_frame(self.place))
        if self.expected:
            lines.append(f"   = expected: {self.expected}")
        if self.hint:
            lines.append(f"   = help: {self.hint}")
        if self.example:
            lines += ["   = example:", *(f"     {line}" for line in self.example.splitlines())]
        if self.accept:
            lines.append(f"   = to let it stand, under accepted: {self.accept}")
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """The finding as plain data, without the empty parts."""
        data = {key: value for key, value in asdict(self).items() if value not in (None, "")}
        if self.place and not self.place.cell:
            del data["place"]["cell"]
        return data


def _where(finding: Finding) -> tuple[str, str, int, int, str, int]:
    """Findings come in the order of the file, sheet by sheet; those without a place keep their order, after the rest."""
    place = finding.place
    if not place:
        return "\uffff", "", 0, 0, "", 0
    return place.file, place.cell.rpartition("!")[0], place.line, len(place.cell), place.cell, place.column


def _frame(place: Place) -> list[str]:
    if not place.text:
        return []
    number = place.cell.rpartition("!")[2] or str(place.line)
    pad = " " * len(number)
    start = 0 if len(place.text) <= LONG else max(0, place.column - 1 - LONG // 2)
    text = ("..." if start else "") + place.text[start : start + LONG] + ("..." if start + LONG < len(place.text) else "")
    column = place.column - start + (3 if start else 0)
    caret = " " * (column - 1) + "^" * max(1, min(place.width, len(text) - column + 1))
    return [f"{pad} |", f"{number} | {text}", f"{pad} | {caret}"]


class ContinuumError(Exception):
    """The base of every error of this library: it carries all findings, not only the first."""

    def __init__(self, findings: Finding | Iterable[Finding]) -> None:
        several = (findings,) if isinstance(findings, Finding) else tuple(findings)
        self.findings: tuple[Finding, ...] = tuple(sorted(several, key=_where))
        super().__init__("\n".join(finding.line() for finding in self.findings))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.findings,)

    def text(self) -> str:
        """All findings as blocks for people."""
        return "\n\n".join(finding.text() for finding in self.findings)


class PackError(ContinuumError):
    """A pack cannot be read or compiled."""


class ProfileError(ContinuumError):
    """A profile has unknown fields, wrong values or contradicts itself. Never carries a unique pupil number."""


class DayError(ContinuumError):
    """No pack, or no version of it, covers what was asked for."""


class EngineError(ContinuumError):
    """An engine is missing, refuses the pack, or differs from the reference."""


def nearest(word: str, candidates: Iterable[str]) -> str:
    """``did you mean ...?`` for the candidate closest to ``word``, or an empty text where none is close."""
    close = difflib.get_close_matches(word.lower(), sorted(set(candidates)), n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else ""


def listed(words: Sequence[str], most: int = 12) -> str:
    """``one of a, b, c``, shortened where there are many."""
    shown = ", ".join(f"`{word}`" for word in words[:most])
    if len(words) == 1:
        return shown
    return f"one of {shown}" + (f" and {len(words) - most} more" if len(words) > most else "")
