# SPDX-License-Identifier: MIT
"""`continuum impact`: what another version of a pack would do to a caseload."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

import continuum
from continuum.cli.options import Day, Word, library
from continuum.figures.suppression import LEAST
from continuum.impact.caseload import compare
from continuum.impact.data import data
from continuum.impact.markdown import markdown
from continuum.impact.page import page
from continuum.impact.showing import showing
from continuum.impact.text import text
from continuum.rulebook import Rulebook

PRINTERS = {"text": text, "md": markdown, "html": page}


@click.command("impact")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.argument("caseload", metavar="CASELOAD", type=click.Path(allow_dash=True))
@click.option("--on", type=Day(), metavar="DATE", help="The day of the caseload.")
@click.option("--by", metavar="COLUMN", default="", help="Group by district, community, need, sex, setting or any column.")
@click.option("--sweep", metavar="NAME.KEY=A..B:STEP", multiple=True, help="Vary an amount or a threshold of NEW.")
@click.option("--format", "form", type=Word([*PRINTERS, "json"]), default="text", show_default=True, help="How to print.")
@click.option("--least", type=click.IntRange(min=2), default=LEAST, show_default=True, help="The smallest count shown.")
@click.option("--full", is_flag=True, help="Show every count. Not for publishing.")
def command(old: str, new: str, caseload: str, form: str, least: int, full: bool, **asked: Any) -> None:  # noqa: FBT001  # a flag
    """Say what a change of rules would do to a caseload: who moves from which outcome to which, why, and the pounds.

    OLD and NEW are paths, or an id with a version: my-pack@1.0.0. CASELOAD is a CSV, JSON, JSON Lines or YAML file of
    profiles; columns that neither version asks for are left alone. Small counts are withheld in every format, unless --full is
    given. A row that a version cannot take is named on standard error and counted as invalid; the exit status is then 1.
    """
    complaints: list[str] = []
    try:
        found = compare(_loaded(old), _loaded(new), caseload, tell=complaints.append, **asked)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    shown = showing(found, least=least, full=full)
    if form == "json":
        click.echo(json.dumps(data(shown), ensure_ascii=False, indent=2))
    else:
        click.echo(PRINTERS[form](shown), nl=False)
    for complaint in complaints:
        click.echo(complaint, err=True)
    if complaints:
        raise SystemExit(1)


def _loaded(name: str) -> Rulebook:
    """The pack at a path, or by its id and version."""
    if Path(name).exists() or "/" in name:
        return continuum.load(Path(name))
    id_, _, version = name.partition("@")
    return continuum.load(id_, version=version or None, library=library())
