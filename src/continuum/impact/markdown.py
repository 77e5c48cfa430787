# SPDX-License-Identifier: MIT
"""An impact as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from continuum.impact.report import Bullets, Heading, Line, Table, report
from continuum.impact.showing import Showing


def markdown(showing: Showing) -> str:
    """The impact as Markdown."""
    return "\n".join(line for block in report(showing) for line in _lines(block)).strip("\n") + "\n"


def _lines(block: object) -> Iterator[str]:
    if isinstance(block, Heading):
        yield f"{'#' * block.level} {_plain(block.words)}"
    elif isinstance(block, Line):
        yield f"**{_plain(block.words)}**" if block.kind else _plain(block.words)
    elif isinstance(block, Bullets):
        yield from (f"{'  ' * depth}- {_plain(words)}" for depth, words in block.items)
    elif isinstance(block, Table):
        yield f"{_plain(block.caption)}:"
        yield ""
        yield _row(block.columns)
        yield "|" + " --- |" + " ---: |" * (len(block.columns) - 1)
        yield from map(_row, block.rows)
    else:
        return  # a chart shows nothing that a table does not
    yield ""


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(_plain(cell.strip()) for cell in cells)} |"


def _plain(words: str) -> str:
    """Words of a pack or a caseload that cannot be taken for Markdown or HTML."""
    for mark in "\\*_[]<>|#":
        words = words.replace(mark, f"\\{mark}")
    return words
