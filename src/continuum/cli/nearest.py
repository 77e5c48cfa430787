# SPDX-License-Identifier: MIT
"""`continuum nearest`: the smallest changes that would give another outcome, and what holds the outcome where it is."""

from __future__ import annotations

import json
from typing import Any

import click

from continuum.caseload_files import Row
from continuum.cli.options import Word, about_profiles
from continuum.cli.rows import Asked, Complaints, read_all
from continuum.compiled import CompiledPack
from continuum.nearest.changes import Nearest
from continuum.nearest.sides import Sides
from continuum.nearest.told import told


@click.command("nearest")
@about_profiles
@click.option("--outcome", metavar="NAME", required=True, help="The outcome that should be another.")
@click.option("--to", metavar="VALUE", help="The outcome wanted; any other unless given.")
@click.option("--most", type=click.IntRange(1), default=20, show_default=True, help="How many sets of changes to list.")
@click.option("--format", "form", type=Word(["text", "json"]), default="text", show_default=True, help="How to print.")
def command(
    profiles: tuple[str, ...], input_format: str | None, outcome: str, to: str | None, most: int, form: str, **named: Any
) -> None:
    """Say which smallest changes to a profile would give another outcome, and which answers hold it; - is standard input.

    Answers that are protected, or that the pack says do not change, stay as they are. An answer that is not known may turn out
    to be anything.
    """
    asked = Asked(**named)
    rows = read_all(profiles, input_format, asked)
    complaints = Complaints()
    found: list[dict[str, Any]] = []
    for row in rows:
        decided = asked.decide(row)
        if decided.decision is None:
            complaints.tell(decided)
            continue
        near, sides, pack = _asked(asked, row, outcome, to, most)
        if form == "json":
            head = {"file": row.file, "line": row.line, "ref": row.ref}
            found.append(head | {"nearest": near.model_dump(mode="json"), "sides": sides.model_dump(mode="json")})
            continue
        if len(rows) > 1:
            click.echo(f"{'' if row is rows[0] else chr(10)}{row.name}\n{'=' * len(row.name)}\n")
        click.echo(told(pack, near, sides), nl=False)
    if form == "json":
        alone = len(rows) == 1 and rows[0].alone and found
        click.echo(json.dumps(found[0] if alone else found, ensure_ascii=False, indent=2))
    if complaints.rows:
        raise SystemExit(1)


def _asked(asked: Asked, row: Row, outcome: str, to: str | None, most: int) -> tuple[Nearest, Sides, CompiledPack]:
    """What the rulebook of a row answers."""
    day = asked.day(row)
    rulebook = asked.rulebook(row, day)
    profile = rulebook.profile(row.given or {})
    try:
        near = rulebook.nearest(profile, on=day, outcome=outcome, to=to, most=most)
    except ValueError as wrong:
        raise click.UsageError(str(wrong)) from None
    return near, rulebook.sides(profile, on=day, outcome=outcome), rulebook.pack
