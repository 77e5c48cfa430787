# SPDX-License-Identifier: MIT
"""`continuum export xlsx`: a pack as a workbook that people edit and send back."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

import continuum
from continuum.cli.options import Day, Word
from continuum.spreadsheets.workbook import export_workbook


@click.command("xlsx")
@click.argument("pack", metavar="PACK")
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path), help="The workbook; named for the pack unless given.")
@click.option("--version", "version", metavar="VERSION", help="A version of the pack by its number.")
@click.option("--on", type=Day(), metavar="DATE", help="The version for this day, as 2025-10-01; the newest unless given.")
@click.option(
    "--status", type=Word(["in_force", "reading", "illustrative", "draft", "proposed", "withdrawn"]),
    help="Ask for a draft, proposed or withdrawn version.",
)  # fmt: skip
def command(pack: str, out: Path | None, version: str | None, on: dt.date | None, status: str | None) -> None:
    """Write a pack as a workbook: a sheet for each decision table and rate, one for the words, one that says how to edit.

    PACK is the id of a pack, or the path of a version, of a folder of versions, or of a pack in one file.
    """
    rulebook = continuum.load(pack, on=on, status=status, version=version)
    path = out or Path(f"{rulebook.id}-{rulebook.version}.xlsx")
    if path.suffix.lower() != ".xlsx":
        raise click.UsageError(f"`{path}` is no name of a workbook; name it {path.name}.xlsx")
    if path.exists():
        raise click.UsageError(f"`{path}` is there already and may hold edits; name another file with --out, or move it away")
    try:
        sheets, others = export_workbook(rulebook, path)
    except OSError as error:
        why = (error.strerror or "no reason given").lower()
        raise click.UsageError(f"`{path}` cannot be written: {why}; name another file with --out") from None
    for name in others:
        click.echo(f"warning: {name} is no text, so the workbook does not carry it", err=True)
    tables = sum(sheet.kind == "table" for sheet in sheets)
    counted = "1 decision table" if tables == 1 else f"{tables} decision tables"
    click.echo(f"{rulebook.id} {rulebook.version} with {counted} written to {path}", err=True)
