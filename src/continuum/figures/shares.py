# SPDX-License-Identifier: MIT
"""A sum shared out by weight, to the penny, with nothing left over (largest remainder, the method of Hamilton).

Each gets the whole pence of its exact part. The pence that are left go, one each, to those whose parts lost most by rounding
down; equal losses are settled by name, in the order of the alphabet. So every share is within a penny of its exact part.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import TypeVar

Name = TypeVar("Name", bound=str)
POUNDS = re.compile(r"£?(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?")


def shared(pence: int, weights: Mapping[Name, int | Fraction]) -> dict[Name, int]:
    """The pence of each name by its weight; the shares add up to exactly what is shared.

    Raises:
        ValueError: where the sum is negative, a weight is, or all are 0.
    """
    whole = sum(weights.values())
    if pence < 0 or any(weight < 0 for weight in weights.values()):
        raise ValueError("a sum and its weights are not negative")
    if not whole:
        raise ValueError("there is nothing to share by: every weight is 0")
    exact = {name: Fraction(pence) * weight / whole for name, weight in weights.items()}
    shares = {name: int(part) for name, part in exact.items()}
    left = pence - sum(shares.values())
    for name in sorted(exact, key=lambda name: (shares[name] - exact[name], name))[:left]:
        shares[name] += 1
    return shares


def pence_of(text: str) -> int:
    """A sum in pence from pounds as people write them: ``1250000``, ``£1,250,000.50``.

    Raises:
        ValueError: where it is not such a sum.
    """
    match = POUNDS.fullmatch(text.strip())
    if not match:
        raise ValueError(f"`{text}` is not a sum in pounds; write it as 1250000 or 1,250,000.50")
    return int(match[1].replace(",", "")) * 100 + int((match[2] or "").ljust(2, "0") or 0)


def pounds(pence: int) -> str:
    """``1,250,000.50``, with a minus before it where it is less than nothing."""
    return f"{'-' * (pence < 0)}{abs(pence) // 100:,}.{abs(pence) % 100:02}"


def plain_pounds(pence: int) -> str:
    """``1250000.50``, for programs."""
    return pounds(pence).replace(",", "")
