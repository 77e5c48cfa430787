# SPDX-License-Identifier: MIT
"""`continuum new`: a small valid pack to begin from."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from continuum.cli.found import shown
from continuum.cli.options import Day, library
from continuum.starting import VERSION, Start, starting_files


@click.command("new")
@click.argument("pack", metavar="PACK")
@click.option("--out", metavar="DIR", type=click.Path(path_type=Path), default=Path(), help="Where; this folder unless given.")
@click.option("--authority", metavar="NAME", default="", help="Whose pack it is.")
@click.option("--code", metavar="CODE", default="", help="Its code; three digits are read as the code of an English authority.")
@click.option("--title", metavar="TEXT", default="", help="The title of the pack.")
@click.option("--from", "start", type=Day(), metavar="DATE", help="The first day it holds; today unless given.")
def command(pack: str, out: Path, start: dt.date | None, **said: str) -> None:
    """Write a small pack of your own to change, with a made-up pupil: PACK is its id, such as my-council-sen.

    Every figure in it is an example and says so. It checks, tests and decides as it stands.
    """
    day = start or dt.date.today()  # noqa: DTZ011  # a first day for an example, written into it
    texts = starting_files(Start(pack, day, **said))
    folder = out / pack
    if folder.exists():
        raise click.UsageError(f"`{shown(folder)}` is there already and is never written over; name another id or --out")
    try:
        for name, text in texts.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    except OSError as error:
        why = (error.strerror or "no reason given").lower()
        raise click.UsageError(f"`{shown(folder)}` cannot be written: {why}; name another folder") from None
    click.echo(f"{shown(folder / VERSION)}: a pack of {len([name for name in texts if name.startswith(VERSION)])} files")
    if pack in {entry.id for entry in library().entries}:
        click.echo(f"warning: a pack that ships is called `{pack}` too; with --pack {pack} that one is taken", err=True)
    home, pupil = _typed(shown(folder)), _typed(shown(folder / "pupil.yaml"))
    click.echo(f"Next:\n  continuum check {home}\n  continuum test {home}\n  continuum decide {pupil}")


def _typed(path: str) -> str:
    """A path as it is typed, between quotation marks where it holds a space."""
    return f'"{path}"' if " " in path else path
