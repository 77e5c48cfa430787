# SPDX-License-Identifier: MIT
"""Chance from a seed: the same draws on every machine, in whole numbers, with a stream of its own for each part of the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import TypeVar

Kind = TypeVar("Kind")


class Chance:
    """Draws for one part of the model. Parts do not share draws, so a change in one leaves the others as they were.

    Everything rests on ``Random.random``, the one method of which Python promises the same sequence for ever.
    """

    def __init__(self, seed: int, part: str) -> None:
        self._random = Random(f"{seed} {part}").random  # noqa: S311  # a made-up caseload is no secret

    def below(self, number: int) -> int:
        """A whole number from 0 to one less than ``number``."""
        return int(self._random() * number)

    def pick(self, options: Sequence[Kind]) -> Kind:
        """One of the options, each as likely as the next."""
        return options[int(self._random() * len(options))]

    def shuffled(self, items: Sequence[Kind]) -> list[Kind]:
        """The items in any order, each order as likely as the next."""
        mixed = list(items)
        for last in range(len(mixed) - 1, 0, -1):
            other = self.below(last + 1)
            mixed[last], mixed[other] = mixed[other], mixed[last]
        return mixed


def wheel(weights: Mapping[Kind, int]) -> tuple[Kind, ...]:
    """Each option as often as its weight says, to be picked from."""
    return tuple(option for option, weight in weights.items() for _ in range(weight))
