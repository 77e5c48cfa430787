# SPDX-License-Identifier: MIT
"""The command line: it prints, and leaves thinking to the library. Data on standard output, talk on standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

import click

from continuum.cli.lazy import Lazy
from continuum.errors import ContinuumError
from continuum.rulebook import LIBRARY

COMMANDS = {
    "decide": "Decide profiles from files.",
    "bulk": "Decide a caseload of any size, from file to file.",
    "explain": "Explain decisions in words.",
    "nearest": "Say what would give another outcome.",
    "budget": "Share a sum by the need that is indicated.",
    "equity": "Compare outcomes of groups at equal need.",
    "packs": "List the rule packs there are.",
    "schema": "Print the JSON Schemas of packs, profiles and decisions.",
    "test": "Run the worked examples of packs.",
    "check": "Look for mistakes in packs.",
    "diff": "Say how two versions of a pack differ.",
    "impact": "Say what another version would do to a caseload.",
    "synth": "Make up a caseload to try packs on.",
    "new": "Begin a pack of your own.",
    "import": "Make packs from spreadsheets.",
    "export": "Write packs in other forms.",
    "completion": "Print the completion script for your shell.",
}
"""Each command and its help line, so that `--help` need not load the commands."""

EXAMPLES = {
    "decide": "decide pupil.yaml --on 2025-10-01",
    "bulk": "bulk caseload.csv decided.csv --on 2025-10-01",
    "explain": "explain pupil.yaml --on 2025-10-01 --for parent",
    "nearest": "nearest pupil.yaml --on 2025-10-01 --outcome band",
    "budget": "budget caseload.csv --total 1000000 --on 2025-10-01",
    "equity": "equity caseload.csv --by sex --on 2025-10-01",
    "test": "test rules",
    "check": "check rules",
    "diff": "diff kent-continuum@2025.9.0 kent-continuum@2026.9.0",
    "impact": "impact kent-continuum@2025.9.0 kent-continuum@2026.9.0 pupils.csv",
    "new": "new my-council-sen",
    "matrix": "import matrix grid.xlsx --out my-pack",
    "xlsx": "export xlsx my-pack",
    "completion": "completion bash",
}
"""What to type where the argument is missing."""

WRONG_USE = ("CX101", "CX601", "CX602", "CX801", "CX851", "CX854", "CX861")
"""Codes of errors that mean a file or pack is not there, rather than that its content is wrong."""


class Commands(Lazy):
    """The commands; what the library refuses is told in its own words."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what the library refuses is told in its own words."""
        try:
            return super().invoke(ctx)
        except click.MissingParameter as missing:
            said = f"something is missing after `{missing.ctx.info_name if missing.ctx else 'continuum'}`"
            example = EXAMPLES.get(missing.ctx.info_name or "" if missing.ctx else "", "--help")
            raise click.UsageError(f"{said}; for example `continuum {example}`", missing.ctx) from None
        except ContinuumError as error:
            click.echo(error.text(), err=True)
            ctx.exit(2 if error.findings[0].code in WRONG_USE else 1)


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:  # noqa: FBT001  # the signature is click's
    if wanted and not ctx.resilient_parsing:
        click.echo(f"continuum {LIBRARY}")
        ctx.exit()


@click.command(
    cls=Commands,
    lines=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    no_args_is_help=True,
)
@click.option("--version", is_flag=True, callback=_version, expose_value=False, is_eager=True, help="Show the version.")
def cli() -> None:
    """Published thresholds for special educational needs: a need profile in, an explained decision out.

    A result is advice to the people who decide. Exit status: 0 fine, 1 the content has problems, 2 wrong use or a file
    that cannot be read.
    """


def main() -> None:
    """The entry point `continuum`: never a traceback, always UTF-8."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Callable[..., None] | None = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        cli.main(prog_name="continuum")
    except Exception as error:
        if os.environ.get("CONTINUUM_DEBUG"):
            raise
        # Only the kind of error: its text could hold something about a pupil.
        name = type(error).__name__
        click.echo(f"error: this is a fault of continuum, not of your files ({name})", err=True)
        click.echo("   = help: run it again with CONTINUUM_DEBUG=1 set to see where, and report it", err=True)
        sys.exit(1)
