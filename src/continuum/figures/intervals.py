# SPDX-License-Identifier: MIT
"""How far a rate, or the difference of two rates, may be from what was counted: 95 % intervals.

This is the one module with binary floating point in it. It reads counts and no decision reads it.

- A rate: the score interval of Wilson (1927), as in Newcombe, *Statistics in Medicine* 17 (1998), 857-872, method 3.
- A difference of two rates: Newcombe, *Statistics in Medicine* 17 (1998), 873-890, method 10: the distances from the rates to
  the ends of their Wilson intervals, put together like the sides of a right angle.

A rate that is a weighted mean of many has no count of its own. It is taken as if counted on ``effective`` pupils, the number
whose plain mean would vary as much (Kish, *Survey Sampling*, 1965). That is an approximation.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import sqrt
from typing import Final, TypeAlias

Z: Final = 1.959963984540054
"""The normal deviate that leaves 2.5 % on either side."""
Interval: TypeAlias = tuple[float, float]


def wilson(rate: Fraction, number: Fraction | int) -> Interval:
    """The interval of a rate counted on a number of pupils; from 0 to 1 where there are none."""
    if not number:
        return 0.0, 1.0
    p, n = rate.numerator / rate.denominator, Fraction(number).numerator / Fraction(number).denominator
    middle = p + Z * Z / (2 * n)
    side = Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    low = 0.0 if rate == 0 else (middle - side) / (1 + Z * Z / n)
    high = 1.0 if rate == 1 else (middle + side) / (1 + Z * Z / n)
    return max(0.0, low), min(1.0, high)


def difference(rate: Fraction, number: Fraction | int, other: Fraction, other_number: Fraction | int) -> Interval:
    """The interval of the first rate less the other, counted on different pupils."""
    p, q = rate.numerator / rate.denominator, other.numerator / other.denominator
    (low, high), (other_low, other_high) = wilson(rate, number), wilson(other, other_number)
    down, up = sqrt((p - low) ** 2 + (other_high - q) ** 2), sqrt((high - p) ** 2 + (q - other_low) ** 2)
    return max(-1.0, p - q - down), min(1.0, p - q + up)


def effective(parts: Iterable[tuple[Fraction, int]]) -> Fraction:
    """How many pupils a weighted mean is worth: from the weight and the number of each part, where the weights add up to 1."""
    spread = sum((weight * weight / number for weight, number in parts if weight), Fraction(0))
    return 1 / spread if spread else Fraction(0)
