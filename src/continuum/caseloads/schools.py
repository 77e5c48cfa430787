# SPDX-License-Identifier: MIT
"""Districts, communities of schools and schools, made up: 53 communities of 8 to 14 schools, each in one district.

How many communities there are, and how large they are, is published; which schools they hold is not in our data, nor is any count
by district. So communities are dealt to the districts in turn, every school has a number for a name, and each school is as likely
as the next. Nothing about a real district, community or school can be read from it.
"""

from __future__ import annotations

from typing import NamedTuple

from continuum.caseloads.chance import Chance
from continuum.caseloads.population import PLACES, years
from continuum.caseloads.published import districts

COMMUNITIES = 53
FEWEST, MOST = 8, 14
PRIMARIES_FOR_A_SECONDARY = 4
SPECIAL_IN_A_DISTRICT = 2


class Where(NamedTuple):
    """Where a pupil is: the school is empty where the placement is not in a state-funded school."""

    district: str
    community: str
    school: str


class Schools:
    """The schools of one caseload, and the dealing of pupils to them."""

    def __init__(self, seed: int) -> None:
        chance = Chance(seed, "schools")
        self.primaries: list[Where] = []
        self.secondaries: list[Where] = []
        for number in range(1, COMMUNITIES + 1):
            district = districts()[number % len(districts())]
            size = FEWEST + chance.below(MOST - FEWEST + 1)
            for school in range(1, size + 1):
                first = school <= size // (PRIMARIES_FOR_A_SECONDARY + 1)
                kind, schools = ("Secondary", self.secondaries) if first else ("Primary", self.primaries)
                schools.append(Where(district, f"Community {number:02}", f"{kind} school {number:02}-{school:02}"))
        self.special = {
            district: [f"Special school {SPECIAL_IN_A_DISTRICT * i + j:02}" for j in range(1, SPECIAL_IN_A_DISTRICT + 1)]
            for i, district in enumerate(districts())
        }

    def where(self, placement: str, age: str, chance: Chance) -> Where:
        """Where a pupil of this placement and age is: at a school of a community, at a special school of the district, or only at
        home in the area of a community.
        """
        place = PLACES[placement]
        near = chance.pick(self.primaries if years(age) <= 10 else self.secondaries)
        if place.setting in ("mainstream", "srp") and place.state:
            return near
        school = chance.pick(self.special[near.district]) if place.setting == "special" else ""
        return near._replace(school=school)
