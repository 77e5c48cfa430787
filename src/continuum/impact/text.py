# SPDX-License-Identifier: MIT
"""An impact as text of 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from continuum.impact.report import Bullets, Heading, Line, Table, report
from continuum.impact.showing import Showing

WIDTH = 80


def text(showing: Showing) -> str:
    """The impact for a terminal."""
    lines = [line for block in report(showing) for line in _lines(block)]
    return "\n".join(lines).strip("\n") + "\n"


def _lines(block: object) -> Iterator[str]:
    if isinstance(block, Heading):
        yield ""
        yield from textwrap.wrap(block.words, WIDTH)
        yield ("=", "-")[block.level > 1] * min(WIDTH, len(block.words)) if block.level < 3 else ""
    elif isinstance(block, Line):
        lead = "! " if block.kind == "warning" else ""
        yield from textwrap.wrap(lead + block.words, WIDTH, subsequent_indent="  " * bool(lead), break_on_hyphens=False)
        yield ""
    elif isinstance(block, Bullets):
        for depth, words in block.items:
            yield from textwrap.wrap(
                words,
                WIDTH,
                initial_indent="    " * depth + "- ",
                subsequent_indent="    " * depth + "  ",
                break_on_hyphens=False,
            )
        yield ""
    elif isinstance(block, Table):
        yield from _square(block) if block.order else _table(block)
        yield ""


def _square(table: Table) -> Iterator[str]:
    """A matrix: its columns are numbered, and the rows say what the numbers stand for."""
    numbers = {label: str(number) for number, label in enumerate(table.order, 1)}
    heads = ("", *(numbers[label] for label in table.columns[1:-1]), table.columns[-1])
    rows = [(f"{numbers[row[0]]:>2} {row[0]}" if row[0] in numbers else f"   {row[0]}", *row[1:]) for row in table.rows]
    told = {row[0] for row in table.rows}
    if _wide([heads, *rows]):
        rows = [(f"{numbers.get(row[0], row[0]):>4}", *row[1:]) for row in table.rows]
        told = set()
    yield from _grid(heads, rows)
    yield from (f"{numbers[label]:>2} {label}{' (now only)' if told else ''}" for label in table.order if label not in told)


def _wide(lines: Sequence[tuple[str, ...]]) -> bool:
    """Whether a table is too wide for the page."""
    return sum(_widths(lines)) + 2 * (len(lines[0]) - 1) > WIDTH


def _widths(lines: Sequence[tuple[str, ...]]) -> list[int]:
    return [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]


def _table(table: Table) -> Iterator[str]:
    yield from textwrap.wrap(table.caption, WIDTH)
    yield from _grid(table.columns, table.rows)


def _grid(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    lines = [heads, *rows]
    if _wide(lines):
        yield from _tall(heads, rows)
        return
    first, *widths = _widths(lines)
    for line in lines:
        cells = [f"{cell:>{width}}" for cell, width in zip(line[1:], widths, strict=True)]
        yield "  ".join([f"{line[0]:<{first}}", *cells]).rstrip()


def _tall(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """A table too wide for the page: each row becomes lines."""
    width = max(len(head) for head in heads[1:])
    for row in rows:
        yield row[0]
        for head, cell in zip(heads[1:], row[1:], strict=True):
            if cell:
                yield from textwrap.wrap(f"{head:<{width}}  {cell}", WIDTH, initial_indent="    ", subsequent_indent="      ")
