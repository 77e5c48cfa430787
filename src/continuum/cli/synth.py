# SPDX-License-Identifier: MIT
"""`continuum synth`: a synthetic caseload, made up in the proportions of Kent's published counts."""

from __future__ import annotations

import datetime as dt
import sys
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click

import continuum
from continuum.caseloads.caseload import MOST, UNANSWERED, Caseload
from continuum.caseloads.files import beside, check, write_caseload, write_csv
from continuum.cli.options import Day, Word, library, pack_unasked


class Share(click.ParamType[Decimal]):
    """A share from 0 to 1, written 0.05."""

    name = "share"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        """The share, exactly as written."""
        try:
            share = Decimal(value)
        except InvalidOperation:
            share = Decimal("NaN")
        if not (share.is_finite() and 0 <= share <= 1):
            self.fail(f"`{value}` is not a share from 0 to 1, such as 0.05", param, ctx)
        return share


@click.command("synth")
@click.option("--rows", metavar="N", type=click.IntRange(0, MOST), required=True, help="How many pupils with a plan.")
@click.option("--seed", metavar="S", type=click.IntRange(0), required=True, help="A number; the same one gives the same pupils.")
@click.option("--on", type=Day(), metavar="DATE", help="The day of the caseload; the first day of the version unless given.")
@click.option("--pack", metavar="ID|PATH", help="The rule pack; `continuum packs` says which is taken unasked.")
@click.option("--version", "version", metavar="VERSION", help="A version of the pack by its number.")
@click.option(
    "--status", type=Word(["in_force", "illustrative", "reading", "draft", "proposed", "withdrawn"]),
    help="Ask for a draft, proposed or withdrawn version.",
)  # fmt: skip
@click.option(
    "--sen-support", metavar="M", type=click.IntRange(0, MOST), default=0, help="Add pupils with SEN support and no plan."
)
@click.option(
    "--unknowns", metavar="SHARE", type=Share(), default=str(UNANSWERED), show_default=True,
    help="The share of made-up answers that is left unanswered.",
)  # fmt: skip
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path), help="Standard output, as CSV, unless given.")
def command(
    pack: str | None, on: dt.date | None, version: str | None, status: str | None, out: Path | None, **numbers: Any
) -> None:
    """Make up a caseload for trying a pack on a county: FILE.csv, .jsonl, .parquet or .xlsx, by its name.

    Needs, placements, ages, sexes and ethnic groups are in the proportions that are published for Kent, exactly so with --rows
    20635. All else is made up: levels of need, evidence, costs, districts, communities and schools. No row is about a person.
    """
    packs = library()
    rulebook = continuum.load(pack or pack_unasked(packs), on=on, status=status, version=version, library=packs)
    day = on or rulebook.pack.some_day
    try:
        caseload = Caseload(rulebook, on=day, **numbers)
        if out:
            check(caseload, out)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if out:
        _write(caseload, out)
    else:
        write_csv(caseload, sys.stdout)
    _say(caseload, out)


def _write(caseload: Caseload, out: Path) -> None:
    for file in (out, beside(out)):
        if file.exists():
            raise click.UsageError(f"`{file}` is there already and is never written over; name another file, or move it away")
    try:
        write_caseload(caseload, out)
    except OSError as error:
        why = (error.strerror or "no reason given").lower()
        raise click.UsageError(f"`{out}` cannot be written: {why}; name another file with --out") from None


def _say(caseload: Caseload, out: Path | None) -> None:
    """What was made, on standard error."""
    rulebook, count = caseload.rulebook, caseload.rows + caseload.sen_support
    pupils = "1 synthetic pupil" if count == 1 else f"{count:,} synthetic pupils"
    place = f" written to {out}" if out else ""
    click.echo(f"{pupils} for {rulebook.id} {rulebook.version} on {caseload.on}, seed {caseload.seed}{place}", err=True)
    if caseload.form.meaningless:
        names = ", ".join(caseload.form.meaningless)
        click.echo(f"warning: drawn without meaning, because the model does not know them: {names}", err=True)
