# SPDX-License-Identifier: MIT
"""`continuum completion`: the script that completes commands and options in a shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from continuum.cli.options import Word

HELP = """Print the completion script for your shell.

\b
bash:  continuum completion bash >> ~/.bashrc
zsh:   continuum completion zsh >> ~/.zshrc
fish:  continuum completion fish > ~/.config/fish/completions/continuum.fish
"""


@click.command("completion", help=HELP)
@click.argument("shell", metavar="bash|zsh|fish", type=Word(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the completion script for your shell."""
    made = get_completion_class(shell)
    if made is None:  # pragma: no cover  # click knows all three
        ctx.fail(f"`{shell}` is not known to click")
    click.echo(made(ctx.find_root().command, {}, "continuum", "_CONTINUUM_COMPLETE").source())
