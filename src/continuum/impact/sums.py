# SPDX-License-Identifier: MIT
"""Money added up, exactly."""

from __future__ import annotations

from fractions import Fraction

from continuum.arithmetic import as_decimal
from continuum.impact.outcomes import RANGE, Said
from continuum.impact.result import Amount


class Sum:
    """The money of some pupils."""

    def __init__(self) -> None:
        self.pounds = self.lowest = self.highest = Fraction(0)
        self.settled = self.ranged = self.unknown = 0

    def add(self, said: Said, count: int) -> None:
        """So many pupils of whom the same is said."""
        if said.pounds is None:
            self.unknown += count
        elif said.state == RANGE:
            self.ranged += count
            self.lowest += said.pounds[0] * count
            self.highest += said.pounds[1] * count
        else:
            self.settled += count
            self.pounds += said.pounds[0] * count

    def amount(self) -> Amount:
        """The sums, to the penny; more places only where an outcome has them."""
        pounds, lowest, highest = (
            as_decimal(one, 2 if (one * 100).denominator == 1 else None) for one in (self.pounds, self.lowest, self.highest)
        )
        return Amount(pounds, lowest, highest, self.settled, self.ranged, self.unknown)
