# SPDX-License-Identifier: MIT
"""Rows of profiles to decisions: which pack and day a row is for, and what came of it."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import click

import continuum
from continuum.caseload_files import Row, discreet, read_rows
from continuum.cli.options import library, not_a_day, pack_unasked, read_day
from continuum.decisions import Decision
from continuum.errors import ContinuumError, EngineError, Finding, PackError, ProfileError
from continuum.packs.library import Library
from continuum.rulebook import Rulebook

UNCHECKED = {
    "CX701": "the durable engine is not installed",
    "CX704": "the profile is not complete, and there are too many ways to complete it",
}
LONG = 50
"""From this many rows on a progress bar is worth its line."""


@dataclass(frozen=True)
class Decided:
    """What came of a row: a decision, or what is wrong with it. ``engines`` says in words who decided."""

    row: Row
    decision: Decision | None
    engines: str
    findings: tuple[Finding, ...]
    rulebook: Rulebook | None = None

    @property
    def footnote(self) -> list[str]:
        """A last line under an explanation, which itself names engines that agree but not why one was not asked."""
        crossed = self.decision is None or self.decision.cross_checked
        return [] if crossed else ["", f"{self.engines[:1].upper()}{self.engines[1:]}."]

    def as_dict(self) -> dict[str, Any]:
        """The row as plain data: its decision, or its errors."""
        head: dict[str, Any] = {"file": self.row.file, "line": self.row.line, "row": self.row.number}
        if self.row.ref:
            head["ref"] = self.row.ref
        if self.decision is None:
            return head | {"errors": [finding.as_dict() for finding in self.findings]}
        return head | {"decision": self.decision.model_dump(mode="json"), "cross_check": self.engines}


@dataclass
class Asked:
    """What the command line says about pack and day; it prevails over what a file says."""

    on: dt.date | None = None
    pack: str | None = None
    version: str | None = None
    status: str | None = None

    def __post_init__(self) -> None:
        self._rulebooks: dict[tuple[Any, ...], Rulebook] = {}
        self._unchecked: dict[str, str] = {}

    def decide(self, row: Row) -> Decided:
        """Decide a row.

        Raises:
            EngineError: where the engines differ; nothing more should be decided then.
            ContinuumError: where the pack named on the command line is not there or cannot be read.
        """
        if row.given is None:
            return Decided(row, None, "", row.findings)
        try:
            day = self.day(row)
            rulebook = self.rulebook(row, day)
            profile = rulebook.profile(row.given)
            decision = rulebook.decide(profile, on=day, cross_check=True)
        except EngineError:
            raise
        except ContinuumError as error:
            if self._named_here(error, row):
                raise
            return Decided(row, None, "", tuple(discreet(finding, row.place) for finding in error.findings))
        return Decided(row, decision, self._engines(rulebook, decision, profile, day), (), rulebook)

    def _named_here(self, error: ContinuumError, row: Row) -> bool:
        """Whether the fault is with what the command line names or takes unasked, and so not with this row."""
        codes = {finding.code for finding in error.findings}
        own_pack = bool(row.pack) and not self.pack
        return not own_pack and (isinstance(error, PackError) or "CX601" in codes or bool(self.on and codes & {"CX602", "CX603"}))

    def day(self, row: Row) -> dt.date:
        """The day a row is decided for."""
        if self.on:
            return self.on
        day = read_day(row.on)
        if day is None:
            message = not_a_day(row.on) if row.on else "the row has no day"
            raise ProfileError(Finding("CX802", message, row.place, hint="give `on`, as 2025-10-01"))
        return day

    def rulebook(self, row: Row, day: dt.date) -> Rulebook:
        """The rulebook for a row and a day, compiled once."""
        name = self.pack or row.pack or pack_unasked(self._library)
        if _is_path(name) or (self.pack and Path(name).exists() and name not in {e.id for e in self._library.entries}):
            path = Path(name) if self.pack or row.file == "standard input" else Path(row.file).parent / name
            if path.is_file() or (path / "pack.yaml").is_file():
                return self._kept((path, None), lambda: continuum.load(path, on=day))
            library = Library([path])
            entry = library.find(library.entries[0].id, on=day, status=self.status, version=self.version)
        else:
            entry = self._library.find(name, on=day, status=self.status, version=self.version)
        return self._kept((entry.id, entry.version, entry.path), lambda: Rulebook(entry.written))

    def _kept(self, key: tuple[Any, ...], make: Any) -> Rulebook:
        if key not in self._rulebooks:
            self._rulebooks[key] = make()
        return self._rulebooks[key]

    @cached_property
    def _library(self) -> Library:
        return library()

    def _engines(self, rulebook: Rulebook, decision: Decision, profile: Any, day: dt.date) -> str:
        """Which engines agreed, or why only one was asked."""
        if decision.cross_checked:
            return f"cross-checked: the {' and '.join(decision.engines)} engines agree"
        reason = self._unchecked.get(rulebook.digest, "")
        if not reason:
            try:
                rulebook.decide_with("durable", profile, on=day)
            except EngineError as error:
                code, said = error.findings[0].code, error.findings[0].message
                reason = UNCHECKED.get(code, said)
                if code in ("CX701", "CX702"):
                    self._unchecked[rulebook.digest] = reason
        return f"not cross-checked: {reason or 'one engine was asked'}"


def _is_path(name: str) -> bool:
    return name in (".", "..") or "/" in name or "\\" in name or Path(name).suffix in (".yaml", ".yml")


def read_all(profiles: Iterable[str], form: str | None, asked: Asked) -> list[Row]:
    """The rows of all files, before any is decided.

    Raises:
        ProfileError: where a file cannot be read.
        click.UsageError: where no day is given at all.
    """
    rows: list[Row] = []
    findings: list[Finding] = []
    for file in dict.fromkeys(profiles):
        try:
            rows += read_rows(file, form or "")
        except ProfileError as error:
            findings += error.findings
    if findings:
        raise ProfileError(findings)
    readable = [row for row in rows if row.given is not None]
    if asked.on is None and readable and not any(row.on for row in readable):
        raise click.UsageError("the day is always given: add `--on 2025-10-01`, or `on: 2025-10-01` in the profile")
    return rows


@contextmanager
def progress(rows: list[Row]) -> Iterator[Iterable[Row]]:
    """The rows, with a bar on a terminal where there are many and the results go elsewhere."""
    if len(rows) < LONG or not sys.stderr.isatty() or sys.stdout.isatty():
        yield rows
        return
    with click.progressbar(rows, label="deciding", file=sys.stderr) as bar:
        yield bar


class Complaints:
    """What is wrong with rows, on standard error; the same fault in many rows of a file is written out once."""

    def __init__(self) -> None:
        self.rows = 0
        self._seen: dict[tuple[str, ...], int] = {}

    def tell(self, decided: Decided) -> None:
        """Say what is wrong with a row."""
        self.rows += 1
        for finding in decided.findings:
            place = finding.place or decided.row.place
            key = (place.file, finding.code, finding.message)
            first = self._seen.setdefault(key, place.line)
            rest = f"{finding.code}: the same as line {first}" if first != place.line else _told(finding)
            click.echo(f"{place.file}:{place.line}: {rest}", err=True)


def _told(finding: Finding) -> str:
    expected = f"\n   = expected: {finding.expected}" if finding.expected else ""
    hint = f"\n   = help: {finding.hint}" if finding.hint else ""
    return f"{finding.severity}[{finding.code}]: {finding.message}{expected}{hint}"
