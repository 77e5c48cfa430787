# SPDX-License-Identifier: MIT
"""`continuum import matrix`: a published grid in, a draft pack and the questions that it leaves out."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import click

from continuum.cli.options import Day, Word
from continuum.errors import Finding
from continuum.spreadsheets.grids import read_grid
from continuum.spreadsheets.matrix import read_matrix
from continuum.spreadsheets.matrix_pack import Made, Wanted, make_pack


def _money(_: click.Context, __: click.Parameter, unit: str) -> str:
    """A unit of money, such as GBP/year; a grid of hours or points is not read."""
    if unit and not re.fullmatch(r"[A-Z]{3}(/[a-z_]+)?", unit):
        raise click.BadParameter(f"`{unit}` is not a unit of money; write it as GBP/year")
    return unit


@click.command("matrix")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--sheet", metavar="NAME", default="", help="The sheet of a workbook; needed where several hold something.")
@click.option(
    "--out", metavar="DIR|FILE", type=click.Path(path_type=Path), help="A new folder, or a new .yaml file, for the pack."
)
@click.option("--id", "id_", metavar="ID", default="", help="The id of the pack; from the name of the file unless given.")
@click.option("--title", metavar="TEXT", default="", help="The title of the pack.")
@click.option("--authority", metavar="NAME", default="", help="Whose grid it is.")
@click.option("--authority-code", "code", metavar="CODE", default="", help="Its code in the register of authorities.")
@click.option("--unit", metavar="UNIT", default="", callback=_money, help="What the amounts are in, as GBP/year.")
@click.option("--from", "start", type=Day(), metavar="DATE", help="The first day it holds, as 2025-09-01.")
@click.option("--source-url", "url", metavar="URL", default="", help="Where the grid is published.")
@click.option("--rows", type=Word(["levels", "areas"]), help="What the rows are, where their labels do not show it.")
@click.option("--lowest", type=Word(["first", "last"]), help="Which of the levels printed is the lowest need.")
def command(file: Path, sheet: str, out: Path | None, id_: str, rows: Any, lowest: Any, **said: Any) -> None:
    """Make a draft pack from a published grid of levels and areas with amounts (.xlsx or CSV).

    Without --out the pack is printed as one file. What the grid does not say is left open: each question is printed, and
    written into the pack. Nothing is written where the grid cannot be read in full.
    """
    # The day of the worked examples where the grid gives none; nothing that is decided depends on it.
    wanted = Wanted(day=dt.date.today(), id=id_, **said)  # noqa: DTZ011  # a day of the calendar on the wall
    _refuse(out)
    made = make_pack(read_matrix(read_grid(file, sheet), rows=rows, lowest=lowest), wanted)
    if out is None:
        click.echo(made.one_file(), nl=False)
    else:
        _write(made, out)
    _tell([*made.notes, *made.questions])
    told = [_count(len(made.questions), "question"), f"{_count(len(made.unread), 'text')} not read"]
    if made.left_out:
        told.append(f"{_count(len(made.left_out), 'row or column', 'rows or columns')} left out")
    click.echo(f"{', '.join(told)}{f'; draft pack written to {out}' if out else ''}", err=True)


def _count(number: int, what: str, several: str = "") -> str:
    return f"{number} {what if number == 1 else several or f'{what}s'}"


def _tell(findings: list[Finding]) -> None:
    """Each finding in a line or two, without the frame: the cell says it all."""
    for finding in findings:
        help_ = f"\n   = help: {finding.hint}" if finding.hint else ""
        where = finding.place if finding.place and finding.place.cell else finding.place and finding.place.file
        click.echo(f"{where}: {finding.severity}[{finding.code}]: {finding.message}{help_}", err=True)


def _refuse(out: Path | None) -> None:
    """Never write over what is there."""
    if out and out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise click.UsageError(f"`{out}` is there already and is never written over; name a new folder or .yaml file")


def _write(made: Made, out: Path) -> None:
    one = out.suffix in (".yaml", ".yml")
    files = {out: made.one_file()} if one else {out / name: text for name, text in made.files.items()}
    try:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        why = (error.strerror or "no reason given").lower()
        raise click.UsageError(f"`{out}` cannot be written: {why}; name another place") from None
