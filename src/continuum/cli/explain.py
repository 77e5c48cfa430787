# SPDX-License-Identifier: MIT
"""`continuum explain`: decisions in words, for a parent, for a panel, or step by step."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from continuum.cli.options import Word, about_profiles
from continuum.cli.rows import Asked, Complaints, read_all


@click.command("explain")
@about_profiles
@click.option("--for", "reader", type=Word(["parent", "panel", "trace"]), default="panel", show_default=True, help="Who reads it.")
def command(
    profiles: tuple[str, ...], on: date | None, pack: str | None, version: str | None, status: str | None,
    input_format: str | None, reader: Any,
) -> None:  # fmt: skip
    """Decide profiles and explain each in words; - is standard input."""
    asked = Asked(on, pack, version, status)
    rows = read_all(profiles, input_format, asked)
    complaints = Complaints()
    for row in rows:
        decided = asked.decide(row)
        if decided.decision is None:
            complaints.tell(decided)
            continue
        if len(rows) > 1:
            name = f"{row.file}, row {row.number}" + (f", {row.ref}" if row.ref else "")
            click.echo(f"{'' if row is rows[0] else chr(10)}{name}\n{'=' * len(name)}\n")
        click.echo(decided.decision.explain(reader).rstrip("\n"))
        if reader != "parent":
            click.echo(f"\n{decided.engines[0].upper()}{decided.engines[1:]}.")
    if complaints.rows:
        raise SystemExit(1)
