# SPDX-License-Identifier: MIT
"""`continuum import`: packs from spreadsheets."""

from __future__ import annotations

import click

from continuum.cli.lazy import Lazy


@click.command(
    "import",
    cls=Lazy,
    prefix="import_",
    lines={
        "matrix": "Make a pack from a published grid of levels and areas with amounts.",
        "xlsx": "Read back a workbook that `continuum export xlsx` wrote.",
    },
    no_args_is_help=True,
)
def command() -> None:
    """Make packs from spreadsheets."""
