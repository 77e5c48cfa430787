# SPDX-License-Identifier: MIT
"""An impact as one HTML page that needs nothing else: no script, no network; charts stand beside the tables of their numbers."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import groupby

from continuum.impact.drawing import bars, curve
from continuum.impact.report import Bars, Block, Bullets, Curve, Heading, Line, Table, report
from continuum.impact.showing import Showing

STYLE = """
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1b1b1b; --quiet: #4a4a4a; --line: #8a8a8a; --band: #f1f3f5;
  --now: #1d5b9b; --before: #7a4b00; --warn: #7a1f00; }
@media (prefers-color-scheme: dark) { :root { --paper: #16181b; --ink: #f0f0f0; --quiet: #c4c4c4; --line: #8c8c8c; --band:
  #23272c;
  --now: #8fc1ff; --before: #f0b860; --warn: #ffb49a; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 62rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, "Segoe UI", Arial, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.6rem; line-height: 1.25; } h2 { margin-top: 2.5rem; border-bottom: 2px solid var(--line); } h3 {
  margin-top: 2rem; }
p { max-width: 44rem; } .warning { border-left: .4rem solid var(--warn); padding-left: .8rem; color: var(--warn);
  font-weight: 600; }
.key { font-size: 1.15rem; font-weight: 600; }
.wide { overflow-x: auto; } .wide:focus-visible { outline: 3px solid var(--now); }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding-bottom: .4rem; }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: right; vertical-align: top; }
th:first-child, td:first-child { text-align: left; } thead th { background: var(--band); vertical-align: bottom; min-width:
  4.2rem; }
tbody th { font-weight: 400; min-width: 7rem; } tr.total > * { font-weight: 600; border-top: 2px solid var(--line); }
tbody th.sub { padding-left: 1.6rem; color: var(--quiet); } td.same { background: var(--band); } td.none { color: var(--quiet); }
figure { margin: 1rem 0; max-width: 26rem; } figcaption { color: var(--quiet); font-size: .9rem; }
svg { width: 100%; height: auto; display: block; } svg text { fill: var(--ink); font-size: 12px; } svg .label { font-weight:
  600; }
svg .new { fill: var(--now); } svg .old { stroke: var(--before); } svg .hatch { stroke: var(--before); stroke-width: 4; }
svg .axis { stroke: var(--line); } svg .line { stroke: var(--now); stroke-width: 2; }
.charts { display: flex; flex-wrap: wrap; gap: 1rem 2rem; } .charts figure { flex: 1 1 17rem; }
footer { margin-top: 3rem; color: var(--quiet); }
@media print { body { max-width: none; } .wide { overflow: visible; } }
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def page(showing: Showing) -> str:
    """The impact as a page."""
    blocks = report(showing)
    title = next(block.words for block in blocks if isinstance(block, Heading))
    body = "\n".join(_all(blocks))
    return (
        '<!doctype html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _all(blocks: list[Block]) -> Iterator[str]:
    number = 0
    for charts, some in groupby(blocks, lambda block: isinstance(block, Bars | Curve)):
        if not charts:
            yield from map(_one, some)
            continue
        yield '<div class="charts">'
        for chart in some:
            number += 1
            drawn = bars(chart, f"before-{number}") if isinstance(chart, Bars) else curve(chart)  # type: ignore[arg-type]  # charts
            note = ". Hatched: before; solid: now." if isinstance(chart, Bars) else ""
            yield f"<figure>{drawn}<figcaption>{escape(chart.caption)}{note}</figcaption></figure>"  # type: ignore[union-attr]  # as above
        yield "</div>"


def _one(block: Block) -> str:
    if isinstance(block, Heading):
        return f"<h{block.level}>{escape(block.words)}</h{block.level}>"
    if isinstance(block, Line):
        return f'<p class="{block.kind}">{escape(block.words)}</p>' if block.kind else f"<p>{escape(block.words)}</p>"
    if isinstance(block, Bullets):
        return "".join(_list(block.items))
    return _table(block) if isinstance(block, Table) else ""


def _list(items: tuple[tuple[int, str], ...]) -> Iterator[str]:
    """A list of two levels."""
    if not items:
        return
    yield "<ul>"
    opened = False
    for (depth, words), (after, _) in zip(items, (*items[1:], (0, "")), strict=True):
        yield f"<li>{escape(words)}"
        if depth == 0 and after == 1:
            yield "<ul>"
            opened = True
        else:
            yield "</li>"
        if opened and after == 0:
            yield "</ul></li>"
            opened = False
    yield "</ul>"


def _table(table: Table) -> str:
    heads = "".join(f'<th scope="col">{escape(head)}</th>' if head else "<td></td>" for head in table.columns)
    rows = "\n".join(_row(table, row, last=i == len(table.rows)) for i, row in enumerate(table.rows, 1))
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{escape(table.caption)}"><table>'
        f"<caption>{escape(table.caption)}</caption>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>"
    )


def _row(table: Table, row: tuple[str, ...], *, last: bool) -> str:
    cells = []
    for head, cell in zip(table.columns[1:], row[1:], strict=True):
        kind = "same" if table.order and head == row[0] else "none" if cell == "." else ""
        shown = "0" if cell == "." else escape(cell)
        cells.append(f'<td class="{kind}">{shown}</td>' if kind else f"<td>{shown}</td>")
    sub = ' class="sub"' if row[0].startswith(" ") else ""
    total = ' class="total"' if last and table.last_is_total else ""
    return f'<tr{total}><th scope="row"{sub}>{escape(row[0].strip())}</th>{"".join(cells)}</tr>'
