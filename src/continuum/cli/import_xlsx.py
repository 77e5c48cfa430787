# SPDX-License-Identifier: MIT
"""`continuum import xlsx`: what was changed in a workbook, and the pack's files with those changes."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import click

from continuum.spreadsheets.workbook import Edit, Imported, import_workbook

SHOWN = 60
KINDS = ("added", "removed", "changed", "moved")


@click.command("xlsx")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="A new or empty folder for the pack's files; for a pack in one file also a new .yaml file.",
)
def command(file: Path, out: Path | None) -> None:
    """Read back a workbook that `continuum export xlsx` wrote, and say what was changed in it.

    Without --out nothing is written. With it the whole pack is: files that were not changed as they were, letter for letter,
    and in those that were, the rules that were not. Nothing is written while any cell cannot be read.
    """
    one_file = out is not None and out.suffix in (".yaml", ".yml")
    if out is not None and (out.is_file() or (out.is_dir() and any(out.iterdir()))):
        raise click.UsageError(f"`{out}` is there already and is not empty; name a new folder with --out")
    found = import_workbook(file)
    if one_file and len(found.files) > 1:
        raise click.UsageError(f"the pack has {len(found.files)} files; name a folder with --out, not a .yaml file")
    _tell(found)
    if out is None:
        click.echo("nothing was written; to write the pack's files, add --out FOLDER", err=True)
        return
    try:
        for name, text in found.files.items():
            target = out if one_file else out / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text.encode("utf-8"))
    except OSError as error:
        why = (error.strerror or "no reason given").lower()
        raise click.UsageError(f"`{out}` cannot be written: {why}; name another folder") from None
    click.echo(
        f"{_count(len(found.files), 'file')} written to {out}; next: continuum check {out} and continuum test {out}", err=True
    )


def _tell(found: Imported) -> None:
    """What was done, sheet by sheet, and what a reviewer should know."""
    click.echo(f"{found.id} {found.version}")
    for sheet, several in groupby(found.edits, key=lambda edit: edit.sheet):
        edits = list(several)
        counts = [f"{number} {kind}" for kind in KINDS if (number := sum(edit.what == kind for edit in edits))]
        click.echo(f"\n{sheet}: {', '.join(counts)}")
        for edit in edits:
            click.echo(f"  {edit.what:<8} {edit.name}{_cells(edit)}")
    if not found.edits:
        click.echo("nothing was changed")
        return
    click.echo(f"\n{_count(len(found.changed), 'file')} changed: {', '.join(found.changed)}")
    for name, line in found.comments:
        click.echo(f"warning: the comment in {name}, line {line}, stood in what was changed and is not kept", err=True)
    click.echo(
        f"warning: the version is still {found.version}; a published version is never changed, so raise it in pack.yaml first",
        err=True,
    )


def _cells(edit: Edit) -> str:
    """Each cell that changed, on a line of its own where there are several."""
    lines = [f"{header}: {_short(before)} -> {_short(now)}" for header, before, now in edit.cells]
    if not lines:
        return ""
    return f"  {lines[0]}" + "".join(f"\n{'':11}{' ' * len(edit.name)}  {line}" for line in lines[1:])


def _short(text: str) -> str:
    line = " ".join(text.split())
    if not line:
        return "(empty)"
    return f"`{line}`" if len(line) <= SHOWN else f"`{line[: SHOWN - 3]}...`"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
