# SPDX-License-Identifier: MIT
"""Groups of commands that load a command only when it is called, so that `--help` is quick."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import click

from continuum.errors import nearest


class Lazy(click.Group):
    """A group whose commands stand in modules of `continuum.cli`, each with its help line; modules begin with ``prefix``."""

    def __init__(self, *args: Any, lines: Mapping[str, str] | None = None, prefix: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = dict(lines or {})
        self.prefix = prefix

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # the signature is click's
        """The commands, in the order a reader meets them."""
        return list(self.lines)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # as above
        """The command of that name, from the module of that name; words of Python have an underscore after them."""
        if cmd_name not in self.lines:
            return None
        module = f"{self.prefix}{cmd_name}" if self.prefix or cmd_name != "import" else "import_"
        command: click.Command = importlib.import_module(f"continuum.cli.{module}").command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """As click does, with the nearest command where there is none of that name."""
        if args and args[0] not in self.lines and not args[0].startswith("-"):
            hint = nearest(args[0], self.lines) or f"the commands are {', '.join(self.lines)}"
            ctx.fail(f"there is no command `{args[0]}`; {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # as above
        """The commands and their help lines."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.lines.items()))
