# SPDX-License-Identifier: MIT
"""Caseloads for commands that make figures: one pack and one day for all rows; each row that cannot be decided is named."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import click

from continuum.caseload_files import Row, discreet
from continuum.cli.options import Day, Word
from continuum.cli.rows import Asked, progress, read_all
from continuum.errors import Finding, ProfileError
from continuum.explain import STATUS_WORDS
from continuum.figures.pupils import Pupil, Pupils
from continuum.figures.suppression import LEAST

Made = TypeVar("Made", bound=Callable[..., Any])


def about_caseloads(command: Made) -> Made:
    """The arguments of commands that make figures of a caseload."""
    for option in reversed(
        [
            click.argument("caseload", metavar="CASELOAD...", nargs=-1, required=True, type=click.Path(allow_dash=True)),
            click.option("--on", type=Day(), metavar="DATE", required=True, help="The day, as 2025-10-01."),
            click.option("--pack", metavar="ID|PATH", help="The rule pack; `continuum packs` says which is taken unasked."),
            click.option("--version", "version", metavar="VERSION", help="A version of the pack by its number."),
            click.option(
                "--status", type=Word(["in_force", "illustrative", "reading", "draft", "proposed", "withdrawn"]),
                help="Ask for a draft, proposed or withdrawn version.",
            ),
            click.option(
                "--input-format", type=Word(["yaml", "json", "jsonl", "csv"]), help="The format, if no name says it."
            ),
            click.option(
                "--least", type=click.IntRange(1), default=LEAST, show_default=True,
                help="The smallest count that is shown; 1 shows all, and is not for publishing.",
            ),
        ]
    ):  # fmt: skip
        command = option(command)
    return command


class Reading:
    """A caseload being decided; what is wrong with rows goes to standard error."""

    def __init__(self, files: tuple[str, ...], input_format: str | None, by: tuple[str, ...], **named: Any) -> None:
        self.asked = Asked(**named)
        self.day: dt.date = named["on"]
        self.rows = read_all(files, input_format, self.asked)
        self.pupils = Pupils(self.asked.rulebook(Row("", 1, 1, given={}), self.day), self.day, by)
        self.bad = 0
        self._faults: dict[tuple[str, str], list[Finding]] = {}

    def decided(self) -> Iterator[Pupil]:
        """The pupils of the rows that can be decided."""
        with progress(self.rows) as shown:
            for row in shown:
                pupil = self._pupil(row)
                if pupil:
                    yield pupil

    def _pupil(self, row: Row) -> Pupil | None:
        """The pupil of a row; None, and its faults kept, where it cannot be decided."""
        if row.given is None:
            self._refuse(row.findings)
            return None
        try:
            return self.pupils.pupil(row.given)
        except ProfileError as error:
            self._refuse(discreet(finding, row.place) for finding in error.findings)
            return None

    def _refuse(self, findings: Iterable[Finding]) -> None:
        self.bad += 1
        for finding in findings:
            self._faults.setdefault((finding.code, finding.message), []).append(finding)

    def heading(self) -> list[str]:
        """Which pack, which day, and what the figures stand on."""
        pack = self.pupils.rulebook.pack
        standing = STATUS_WORDS.get(pack.status, "").format(authority=pack.authority)
        said = [f"{pack.title}, version {pack.version}, on {self.day.day} {self.day:%B %Y}.", *([standing] if standing else [])]
        if self.pupils.synthetic:
            said.append("SYNTHETIC: the pupils are made up.")
        if self.bad:
            said.append(f"{self.bad:,} of {len(self.rows):,} rows could not be decided and are in no figure.")
        return said

    def beside(self) -> list[str]:
        """Columns that the pack does not ask and that played no part."""
        return [name for name, asked in self.pupils.columns.items() if not asked and name not in self.pupils.by]

    def close(self) -> None:
        """Say how many rows were decided, and end with status 1 where some were not."""
        for same in self._faults.values():
            rows = f"   = {len(same) - 1:,} more rows have this fault\n" if len(same) > 1 else ""
            click.echo(f"{same[0].text()}\n{rows}", err=True)
        click.echo(f"{len(self.rows) - self.bad:,} decided" + (f", {self.bad:,} not decided" if self.bad else ""), err=True)
        if unread := self.beside():
            click.echo(f"columns that the pack does not ask and that were not used: {', '.join(unread)}", err=True)
        if self.bad:
            raise SystemExit(1)
