# SPDX-License-Identifier: MIT
"""Tables of figures as people read them: lined up in text, and in Markdown."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

WIDTH = 80
GAP = "  "
SHORTEST = 12
"""A first column that must make room for figures is not cut below this."""


def table(head: Sequence[str], rows: Iterable[Sequence[str]], form: str = "text") -> list[str]:
    """The lines of a table: names to the left, figures to the right; a heading may take two lines, with a line break."""
    body = [list(row) for row in rows]
    return _markdown(head, body) if form == "md" else _text(head, body)


def _text(head: Sequence[str], body: list[list[str]]) -> list[str]:
    heads = [cell.split("\n") for cell in head]
    deep = max(map(len, heads))
    above = [[""] * (deep - len(cell)) + cell for cell in heads]
    lines = [list(line) for line in zip(*above, strict=True)]
    widths = [max(len(row[i]) for row in [*lines, *body]) for i in range(len(head))]
    widths[0] = min(widths[0], max(SHORTEST, len(head[0]), WIDTH - sum(widths[1:]) - len(GAP) * (len(widths) - 1)))
    body = [[row[0] if len(row[0]) <= widths[0] else row[0][: widths[0] - 3] + "...", *row[1:]] for row in body]

    def line(row: Sequence[str]) -> str:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        return GAP.join(cells).rstrip()

    rule = "-" * (sum(widths) + len(GAP) * (len(widths) - 1))
    return [*map(line, lines), rule, *map(line, body)]


def _markdown(head: Sequence[str], body: list[list[str]]) -> list[str]:
    def line(row: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("\n", " ").replace("|", "\\|") for cell in row) + " |"

    return [line(head), "|---" + "|---:" * (len(head) - 1) + "|", *map(line, body)]


def paragraph(text: str, form: str = "text") -> list[str]:
    """A paragraph, wrapped in text."""
    return [text] if form == "md" else textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def title(text: str, form: str, level: int = 1) -> list[str]:
    """A heading."""
    return [f"{'#' * level} {text}"] if form == "md" else [text, ("=" if level == 1 else "-") * min(len(text), WIDTH)]
