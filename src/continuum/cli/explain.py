# SPDX-License-Identifier: MIT
"""`continuum explain`: decisions in words, for a parent, for a panel, or step by step."""

from __future__ import annotations

from typing import Any

import click

from continuum.cli.options import Word, about_profiles
from continuum.cli.rows import Asked, Complaints, read_all


@click.command("explain")
@about_profiles
@click.option(
    "--for", "reader", type=Word(["parent", "panel", "trace"]), default="panel", show_default=True, help="Who reads it."
)
def command(profiles: tuple[str, ...], input_format: str | None, reader: Any, **named: Any) -> None:
    """Decide profiles and explain each in words; - is standard input."""
    asked = Asked(**named)
    rows = read_all(profiles, input_format, asked)
    complaints = Complaints()
    for row in rows:
        decided = asked.decide(row)
        if decided.decision is None:
            complaints.tell(decided)
            continue
        if len(rows) > 1:
            click.echo(f"{'' if row is rows[0] else chr(10)}{row.name}\n{'=' * len(row.name)}\n")
        footnote = decided.footnote if reader != "parent" else []
        click.echo("\n".join([decided.decision.explain(reader).rstrip("\n"), *footnote]))
    if complaints.rows:
        raise SystemExit(1)
