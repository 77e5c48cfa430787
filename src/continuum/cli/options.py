# SPDX-License-Identifier: MIT
"""Options that several commands share, and words whose misspelling gets the nearest fix."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable
from typing import Any, TypeVar

import click

from continuum.errors import nearest
from continuum.packs.library import Library, shipped

DEFAULT_PACK = "kent-continuum"
PACKS = "CONTINUUM_PACKS"
"""The setting that names a council's own folders of packs, to be used in place of those that ship."""
Made = TypeVar("Made", bound=Callable[..., Any])


def library() -> Library:
    """The packs of the folders that the setting names, or else those that ship."""
    folders = os.environ.get(PACKS, "")
    return Library(folders.split(os.pathsep)) if folders else shipped()


def pack_unasked(packs: Library) -> str:
    """The pack that is taken where nobody names one: the only one of a council's own, or else the one that ships."""
    if not os.environ.get(PACKS):
        return DEFAULT_PACK
    ids = list(dict.fromkeys(entry.id for entry in packs.entries))
    if len(ids) > 1:
        raise click.UsageError(f"several packs are there: {', '.join(ids)}; name one with --pack")
    return ids[0]


class Day(click.ParamType[dt.date]):
    """A day written 2025-10-01."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        """The day, or what it should have been."""
        if isinstance(value, dt.date):
            return value
        day = read_day(value)
        if day is None:
            self.fail(not_a_day(value), param, ctx)
        return day


def read_day(text: str) -> dt.date | None:
    """A day from text such as 2025-10-01; None where it is not one."""
    try:
        return dt.date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        return None


def not_a_day(text: str) -> str:
    """Why a text is not a day, with the nearest one where the order of its parts is British."""
    match = re.fullmatch(r"([0-9]{1,2})[/. -]([0-9]{1,2})[/. -]([0-9]{4})", text)
    meant = f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}" if match else ""
    hint = f"did you mean `{meant}`?" if meant and read_day(meant) else "write it as 2025-10-01"
    return f"`{text}` is not a day; {hint}"


class Word(click.Choice[str]):
    """One of a few words; a near miss gets the nearest."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The word, or the list of words and the nearest."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            words = ", ".join(str(choice) for choice in self.choices)
            close = nearest(str(value), [str(choice) for choice in self.choices])
            self.fail(f"`{value}` is not one of {words}; {close or 'choose one of them'}", param, ctx)


def about_profiles(command: Made) -> Made:
    """The arguments of commands that decide profiles."""
    for option in reversed(
        [
            click.argument("profiles", metavar="PROFILE...", nargs=-1, required=True, type=click.Path(allow_dash=True)),
            click.option("--on", type=Day(), metavar="DATE", help="The day, as 2025-10-01, unless the file says it."),
            click.option("--pack", metavar="ID|PATH", help="The rule pack; `continuum packs` says which is taken unasked."),
            click.option("--version", "version", metavar="VERSION", help="A version of the pack by its number."),
            click.option(
                "--status", type=Word(["in_force", "illustrative", "reading", "draft", "proposed", "withdrawn"]),
                help="Ask for a draft, proposed or withdrawn version.",
            ),
            click.option(
                "--input-format", type=Word(["yaml", "json", "jsonl", "csv"]), help="The format, if no name says it."
            ),
        ]
    ):  # fmt: skip
        command = option(command)
    return command
