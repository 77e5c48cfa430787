# SPDX-License-Identifier: MIT
"""Charts as SVG, of the numbers that a table beside them gives. No colour carries a meaning alone: bars before are hatched."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from html import escape
from itertools import pairwise

from continuum.arithmetic import as_decimal
from continuum.impact.outcomes import pounds
from continuum.impact.report import Bars, Curve

WIDE, ROW, BAR = 320, 46, 13
HIGH = 170
"""Sizes are for a narrow screen; a wide one shows the chart larger."""
Number = Decimal | int | None


def bars(chart: Bars, name: str) -> str:
    """Two bars for each label: before, hatched, and now."""
    top = max([Fraction(n) for _, *pair in chart.pairs for n in pair if n is not None], default=Fraction(0)) or Fraction(1)
    parts = [_hatch(name)]
    for i, (label, old, new) in enumerate(chart.pairs):
        y = i * (ROW + 8)
        parts.append(f'<text x="0" y="{y + 12}" class="label">{escape(label)}</text>')
        for j, (number, kind) in enumerate(((old, f'fill="url(#{name})" class="old"'), (new, 'class="new"'))):
            at = y + 17 + j * (BAR + 2)
            long = Decimal(0) if number is None else _tenths(Fraction(number) / top * 220)
            if long:
                parts.append(f'<rect x="0" y="{at}" width="{long}" height="{BAR}" {kind}/>')
            parts.append(f'<text x="{long + 5}" y="{at + 11}">{_said(number, money=chart.money)}</text>')
    return _svg(parts, len(chart.pairs) * (ROW + 8), chart.caption)


def curve(chart: Curve) -> str:
    """A point for each value, joined where both are shown; the lowest and the highest of them are written beside the axis."""
    known = [Fraction(number) for _, number in chart.points if number is not None]
    low, high = min(known, default=Fraction(0)), max(known, default=Fraction(1))
    low = Fraction(0) if low >= 0 and low * 2 < high else low
    span = (high - low) or Fraction(1)
    last = max(len(chart.points) - 1, 1)
    spots = [
        None
        if number is None
        else (_tenths(12 + Fraction(i * (WIDE - 24), last)), _tenths(HIGH - 40 - (Fraction(number) - low) / span * 100))
        for i, (_, number) in enumerate(chart.points)
    ]
    parts = [f'<text x="0" y="12">{_said(_whole(high), money=chart.money)}</text>']
    parts.append(f'<text x="0" y="{HIGH - 22}">{_said(_whole(low), money=chart.money)}</text>')
    parts.append(f'<line x1="0" y1="{HIGH - 38}" x2="{WIDE}" y2="{HIGH - 38}" class="axis"/>')
    for one, other in pairwise(spots):
        if one and other:
            parts.append(f'<line x1="{one[0]}" y1="{one[1]}" x2="{other[0]}" y2="{other[1]}" class="line"/>')
    parts += [f'<circle cx="{spot[0]}" cy="{spot[1]}" r="4" class="new"/>' for spot in spots if spot]
    ends = ((0, "start", chart.points[0][0]), (WIDE, "end", chart.points[-1][0]))
    parts += [f'<text x="{x}" y="{HIGH - 4}" text-anchor="{anchor}">{escape(words)}</text>' for x, anchor, words in ends]
    return _svg(parts, HIGH, chart.caption)


def _svg(parts: Sequence[str], high: int, caption: str) -> str:
    return f'<svg viewBox="0 0 {WIDE} {high}" role="img" aria-label="{escape(caption)}">{"".join(parts)}</svg>'


def _hatch(name: str) -> str:
    return (
        f'<defs><pattern id="{name}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<line x1="0" y1="0" x2="0" y2="6" class="hatch"/></pattern></defs>'
    )


def _tenths(number: Fraction) -> Decimal:
    """A place on the chart, to a tenth of a unit."""
    return as_decimal(number, 1)


def _whole(number: Fraction) -> Decimal:
    return as_decimal(number, None)


def _said(number: Number, *, money: bool) -> str:
    if number is None:
        return "c (withheld)"
    return pounds(number) if money else f"{number:,}"
