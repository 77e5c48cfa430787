# SPDX-License-Identifier: MIT
"""`continuum diff`: how two versions of a pack differ, for every profile there can be."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import click

import continuum
from continuum.cli.options import Day, Word, library
from continuum.comparing import told
from continuum.rulebook import Rulebook


@click.command("diff")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--on", type=Day(), metavar="DATE", help="The day; without it, the days on which something changes in either.")
@click.option("--format", "form", type=Word(["text", "json", "md"]), default="text", show_default=True, help="How to print.")
@click.option("--most", type=click.IntRange(min=1), default=3, show_default=True, help="How many regions of a change are told.")
def command(old: str, new: str, on: dt.date | None, form: str, most: int) -> None:
    """Say how two versions of a pack differ: equal, proved, or what becomes what, for which profiles, and by which rules.

    OLD and NEW are paths, or an id with a version: my-pack@1.0.0. What is said of the profiles of a change sets them
    apart from the other profiles that had the same result before. Each example is confirmed by the reference engines of both.
    """
    difference = _loaded(old).diff(_loaded(new), on=on, most=most)
    if form == "json":
        click.echo(json.dumps(told.data(difference), ensure_ascii=False, indent=2))
    else:
        click.echo(told.markdown(difference) if form == "md" else told.text(difference))


def _loaded(name: str) -> Rulebook:
    """The pack at a path, or by its id and version."""
    if Path(name).exists() or "/" in name:
        return continuum.load(Path(name))
    id_, _, version = name.partition("@")
    return continuum.load(id_, version=version or None, library=library())
