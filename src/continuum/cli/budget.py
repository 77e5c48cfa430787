# SPDX-License-Identifier: MIT
"""`continuum budget`: a sum shared over communities by indicated need, and what it leaves for the tariff."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from continuum.cli.caseloads import Reading, about_caseloads
from continuum.cli.options import Word
from continuum.compiled import CompiledPack
from continuum.figures.budget import TARIFF, Plan, Weights, budget, one_value, read_weights
from continuum.figures.budget_told import csv_text, data, told
from continuum.figures.layout import paragraph, title
from continuum.figures.shares import pence_of


class Pounds(click.ParamType[int]):
    """A sum in pounds, in pence for the library."""

    name = "pounds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The pence, or how a sum is written."""
        try:
            return value if isinstance(value, int) else pence_of(value)
        except ValueError as wrong:
            self.fail(str(wrong), param, ctx)


@click.command("budget")
@about_caseloads
@click.option("--total", type=Pounds(), metavar="POUNDS", required=True, help="The sum to share.")
@click.option("--by", default="community", show_default=True, metavar="COLUMN", help="What shares it: a column of the file.")
@click.option("--decision", default="", metavar="NAME", help="The outcome whose value counts; band, if the pack has it.")
@click.option("--value", multiple=True, metavar="VALUE", help="The value that counts; predictable, if the pack has it.")
@click.option("--weights", type=click.Path(exists=True, dir_okay=False), metavar="FILE", help="Weights of values, as YAML.")
@click.option("--all", "everything", type=Pounds(), metavar="POUNDS", help="All the money, to see what is left for the tariff.")
@click.option("--tariff", default="", metavar="OUTCOME", help="The outcome that is the tariff; element_3, if the pack has it.")
@click.option(
    "--format", "form", type=Word(["text", "json", "md", "csv"]), default="text", show_default=True, help="How to print."
)
def command(caseload: tuple[str, ...], input_format: str | None, form: str, **named: Any) -> None:
    """Share a sum over communities by the need that the rules indicate there, to the penny.

    Only settled outcomes share money; pupils for whom an answer is missing, or for whom people decide, are counted and never
    guessed. Small counts are withheld. A result is advice to the people who decide.
    """
    about = {name: named[name] for name in ("on", "pack", "version", "status")}
    reading = Reading(caseload, input_format, (named["by"],), **about)
    pack = reading.pupils.rulebook.pack
    try:
        made = budget(reading.decided(), reading.pupils, _plan(pack, named))
    except ValueError as wrong:
        raise click.UsageError(str(wrong)) from None
    if form == "json":
        click.echo(json.dumps(data(made, pack) | {"on": str(named["on"]), "not_decided": reading.bad}, indent=2))
    elif form == "csv":
        click.echo(csv_text(made), nl=False)
    else:
        lines = [line for words in reading.heading() for line in paragraph(words, form)]
        click.echo("\n".join([*title("Budget by indicated need", form), "", *lines, "", *told(made, pack, form)]))
    reading.close()


def _plan(pack: CompiledPack, named: dict[str, Any]) -> Plan:
    """What the command line asks for.

    Raises:
        ValueError: where the pack does not have it.
    """
    everything = named["everything"]
    tariff = named["tariff"] or (TARIFF if everything is not None and TARIFF in pack.outcomes else "")
    if everything is not None and not tariff:
        raise ValueError(f"{pack.id} has no outcome `{TARIFF}`; say which outcome is the tariff with --tariff")
    return Plan(named["by"], named["total"], _weights(pack, named), named["least"], everything, tariff)


def _weights(pack: CompiledPack, named: dict[str, Any]) -> Weights:
    if named["weights"] is None:
        return one_value(pack, named["decision"], named["value"])
    if named["decision"] or named["value"]:
        raise ValueError("give --weights, or --decision and --value, not both")
    try:
        return read_weights(pack, Path(named["weights"]).read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise ValueError(f"`{named['weights']}` is not UTF-8 text") from None
