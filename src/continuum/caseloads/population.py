# SPDX-License-Identifier: MIT
"""The pupils behind the published tables: as many of each need, placement, age, sex and ethnicity as were counted.

The tables say nothing about how placement, age, sex and ethnicity go together, only each with need. Within a need the model joins
them at random, but for one thing: a placement is given to an age that can have it.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from continuum.caseloads.chance import Chance
from continuum.caseloads.published import counts

SWAPS = 10
"""Exchanges of ages tried for each pupil, so that nothing is left of the order in which placements were first filled."""


class Pupil(NamedTuple):
    """One pupil of the published tables, in their words."""

    need: str
    placement: str
    age: str
    sex: str
    ethnicity: str


@dataclass(frozen=True, slots=True)
class Place:
    """A kind of placement: its setting, the ages at the start of the school year that can have it, and whether it is a
    state-funded school.
    """

    setting: str
    youngest: int
    oldest: int
    state: bool = False


SCHOOL = (4, 18)
"""Reception to Year 14."""
COMPULSORY, AFTER, ANY = (5, 15), (16, 25), (0, 25)
PLACES = {
    "AP/PRU - academy": Place("alternative", *COMPULSORY, state=True),
    "AP/PRU - LA maintained": Place("alternative", *COMPULSORY, state=True),
    "Educated elsewhere - elective home education": Place("elsewhere", *SCHOOL),
    "Educated elsewhere - NEET": Place("elsewhere", *AFTER),
    "Educated elsewhere - not in education or training (compulsory school age)": Place("elsewhere", *COMPULSORY),
    "Educated elsewhere - not in education or training (other)": Place("elsewhere", *AFTER),
    "Educated elsewhere - other arrangements by LA": Place("elsewhere", *ANY),
    "Educated elsewhere - other arrangements by parents": Place("elsewhere", *ANY),
    "Educated elsewhere - other placement settings": Place("elsewhere", *ANY),
    "Educated elsewhere - other schools and establishments": Place("elsewhere", *SCHOOL),
    "FE - general FE and tertiary colleges": Place("further", *AFTER),
    "FE - specialist post-16 institutions": Place("further", *AFTER),
    "Mainstream - academy": Place("mainstream", *SCHOOL, state=True),
    "Mainstream - academy (resourced provision)": Place("srp", *SCHOOL, state=True),
    "Mainstream - academy (SEN unit)": Place("srp", *SCHOOL, state=True),
    "Mainstream - free school": Place("mainstream", *SCHOOL, state=True),
    "Mainstream - free school (resourced provision)": Place("srp", *SCHOOL, state=True),
    "Mainstream - independent": Place("mainstream", *SCHOOL),
    "Mainstream - LA maintained": Place("mainstream", *SCHOOL, state=True),
    "Mainstream - LA maintained (resourced provision)": Place("srp", *SCHOOL, state=True),
    "Mainstream - LA maintained (SEN unit)": Place("srp", *SCHOOL, state=True),
    "Non-maintained early years": Place("early_years", 0, 4),
    "Placement not recorded": Place("not_recorded", *ANY),
    "Special - Academy/free schools": Place("special", *SCHOOL, state=True),
    "Special - independent": Place("independent_special", *SCHOOL),
    "Special - LA maintained": Place("special", *SCHOOL, state=True),
    "Special - non-maintained": Place("independent_special", *SCHOOL),
}
"""Which ages can have which placement is the model's, not published. Ages are read as at the start of the school year."""


def years(age: str) -> int:
    """The whole years of a published age; ``under 3`` is read as 2."""
    return 2 if age == "under 3" else int(age.removeprefix("age "))


def fits(placement: str, age: str) -> bool:
    """Whether a pupil of this age can have this placement."""
    place = PLACES[placement]
    return place.youngest <= years(age) <= place.oldest


def population(seed: int) -> list[Pupil]:
    """The 20,635 pupils, need by need; every cell of every published table is met."""
    chance = Chance(seed, "population")
    found: list[Pupil] = []
    for need in counts("placement"):
        pairs = _joined(_each("placement", need), _each("age", need), chance)
        sexes, ethnicities = (chance.shuffled(_each(table, need)) for table in ("sex", "ethnicity"))
        found += [Pupil(need, *pair, *rest) for pair, *rest in zip(pairs, sexes, ethnicities, strict=True)]
    return found


def drawn(people: list[Pupil], rows: int, chance: Chance) -> Iterator[Pupil]:
    """So many pupils: everybody once, in a new order, as often as it goes in, then a sample of the rest without replacement."""
    while rows > 0:
        order = chance.shuffled(people)
        yield from order[:rows]
        rows -= len(order)


def _each(table: str, need: str) -> list[str]:
    """Each value of a table as often as it was counted for the need."""
    return [value for value, count in counts(table)[need].items() for _ in range(count)]


def _joined(placements: list[str], ages: list[str], chance: Chance) -> list[tuple[str, str]]:
    """Every placement with an age that can have it, as far as the counts allow, and otherwise at random."""
    pairs = _fitted(placements, ages)
    can = {(placement, age): fits(placement, age) for placement in dict.fromkeys(placements) for age in dict.fromkeys(ages)}
    for _ in range(SWAPS * len(pairs)):
        here, there = chance.below(len(pairs)), chance.below(len(pairs))
        (place, age), (other, its) = pairs[here], pairs[there]
        if can[place, its] and can[other, age]:
            pairs[here], pairs[there] = (place, its), (other, age)
    return pairs


def _fitted(placements: list[str], ages: list[str]) -> list[tuple[str, str]]:
    """As many fitting pairs as there can be: from the youngest, each age takes the free placement that ends soonest.

    A placement takes the ages from one to another, and for such ranges this is known to miss no pair (Glover, 1967).
    """
    waiting = sorted(placements, key=lambda name: PLACES[name].youngest)
    free: list[tuple[int, int, str]] = []
    pairs: list[tuple[str, str]] = []
    left: list[str] = []
    odd: list[str] = []
    begun = 0
    for age in sorted(ages, key=years):
        while begun < len(waiting) and PLACES[waiting[begun]].youngest <= years(age):
            heapq.heappush(free, (PLACES[waiting[begun]].oldest, begun, waiting[begun]))
            begun += 1
        while free and free[0][0] < years(age):
            left.append(heapq.heappop(free)[2])
        if free:
            pairs.append((heapq.heappop(free)[2], age))
        else:
            odd.append(age)
    left += [name for _, _, name in sorted(free)] + waiting[begun:]
    return pairs + list(zip(left, odd, strict=True))  # the published counts come first, even where no age fits
