# SPDX-License-Identifier: MIT
"""`continuum export`: packs as spreadsheets."""

from __future__ import annotations

import click

from continuum.cli.lazy import Lazy


@click.command(
    "export",
    cls=Lazy,
    prefix="export_",
    lines={"xlsx": "Write a pack as a workbook that people edit: one sheet for each decision table."},
    no_args_is_help=True,
)
def command() -> None:
    """Write packs in other forms."""
