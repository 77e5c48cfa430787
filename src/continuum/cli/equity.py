# SPDX-License-Identifier: MIT
"""`continuum equity`: an outcome by protected characteristic, at equal need."""

from __future__ import annotations

import json
from typing import Any

import click

from continuum.cli.caseloads import Reading, about_caseloads
from continuum.cli.options import Word
from continuum.figures.budget import DECISION
from continuum.figures.equity import equity, protected
from continuum.figures.equity_told import data, notes, told
from continuum.figures.layout import paragraph, title


@click.command("equity")
@about_caseloads
@click.option("--by", multiple=True, metavar="NAME", help="What is compared; all that the pack protects, unless given.")
@click.option("--outcome", default=DECISION, show_default=True, metavar="NAME", help="The outcome that is compared.")
@click.option("--need", multiple=True, metavar="NAME", help="A need, or a group of them, to hold equal; those the outcome reads.")
@click.option("--format", "form", type=Word(["text", "json", "md"]), default="text", show_default=True, help="How to print.")
def command(caseload: tuple[str, ...], input_format: str | None, form: str, **named: Any) -> None:
    """Compare an outcome between groups of pupils at equal need, with 95 % intervals; small counts are withheld.

    No rule can read a protected characteristic. What differs is need, and how it comes to be recorded.
    """
    about = {name: named[name] for name in ("on", "pack", "version", "status")}
    reading = Reading(caseload, input_format, named["by"], **about)
    pack = reading.pupils.rulebook.pack
    reading.pupils.by = named["by"] or tuple(protected(pack))
    if not reading.pupils.by:
        raise click.UsageError(f"{pack.id} records no protected characteristic; name a column with --by")
    try:
        made = equity(reading.decided(), reading.pupils, named["outcome"], named["need"], named["least"])
    except ValueError as wrong:
        raise click.UsageError(str(wrong)) from None
    if form == "json":
        head = {"pack": {"id": pack.id, "version": pack.version, "digest": pack.digest}, "on": str(named["on"])}
        found = head | {"not_decided": reading.bad, "compared": [data(one) for one in made]}
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        lines = [line for words in reading.heading() for line in paragraph(words, form)]
        parts = [line for one in made for line in [*told(one, pack, form), ""]]
        click.echo("\n".join([*title("Outcomes at equal need", form), "", *lines, "", *parts, *notes(made, form)]))
    reading.close()
