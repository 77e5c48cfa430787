# SPDX-License-Identifier: MIT
"""Levels of need, made up: a high main need, as the pupil's published type says, and some others beside it.

We found no published count of levels or of second needs for Kent. The shares below are the model's own, chosen to be plausible
and easy to read; they were not fitted to anything, and no result that rests on them says anything about Kent.
"""

from __future__ import annotations

from continuum.caseloads.chance import Chance, wheel

NONE, MILD, MODERATE, SEVERE, PROFOUND = range(5)
LEVELS = ("none", "mild", "moderate", "severe", "profound")

MAIN = {
    "SLCN": "speech_language", "ASD": "autism", "SPLD": "specific_learning", "MLD": "learning", "SLD": "learning",
    "PMLD": "learning", "SEMH": "mental_health", "HI": "hearing", "VI": "vision", "MSI": "multi_sensory", "PD": "physical",
}  # fmt: skip
"""The need that a type names. Other types (``OTH``, ``UNKNOWN``) name none: one is picked, each as likely as the next."""
NAMED = {"MLD": MODERATE, "SLD": SEVERE, "PMLD": PROFOUND}
"""Types whose very name says the level."""

MAIN_LEVEL = {
    "special": wheel({MODERATE: 20, SEVERE: 55, PROFOUND: 25}),
    "ehcp": wheel({MILD: 5, MODERATE: 45, SEVERE: 45, PROFOUND: 5}),
    "sen_support": wheel({MILD: 45, MODERATE: 45, SEVERE: 10}),
}
"""How high the main need is, in a hundred pupils: in a special school, elsewhere with a plan, and with SEN support."""
SECOND_LEVEL = {
    "special": wheel({MILD: 30, MODERATE: 40, SEVERE: 25, PROFOUND: 5}),
    "ehcp": wheel({MILD: 50, MODERATE: 35, SEVERE: 15}),
    "sen_support": wheel({MILD: 80, MODERATE: 20}),
}
"""How high each second need is, likewise."""

SECOND = {
    "autism": {"speech_language": 50, "learning": 35, "mental_health": 35, "specific_learning": 10, "personal_care": 10},
    "speech_language": {"autism": 15, "learning": 35, "mental_health": 20, "specific_learning": 20},
    "specific_learning": {"speech_language": 25, "mental_health": 20, "learning": 10},
    "learning": {"speech_language": 60, "autism": 25, "mental_health": 20, "physical": 15, "medical": 15, "personal_care": 25},
    "mental_health": {"autism": 25, "speech_language": 25, "learning": 20, "specific_learning": 15},
    "hearing": {"speech_language": 50, "vision": 5, "learning": 15},
    "vision": {"hearing": 5, "learning": 15, "physical": 15, "personal_care": 15},
    "multi_sensory": {"hearing": 80, "vision": 80, "speech_language": 60, "learning": 40, "personal_care": 40},
    "physical": {"medical": 40, "personal_care": 50, "speech_language": 25, "learning": 25},
}
"""For each main need, in how many of a hundred pupils each other need stands beside it."""
RARE = 3
"""In how many of a hundred pupils any other need stands beside the main one."""
EVERY = (*SECOND, "medical", "personal_care")
CHANCES = {main: tuple((other, beside.get(other, RARE)) for other in EVERY if other != main) for main, beside in SECOND.items()}


def levels(need: str, group: str, chance: Chance) -> dict[str, int]:
    """The level of every need of a pupil, 0 for none to 4 for profound.

    Args:
        need: the published type of need.
        group: ``special``, ``ehcp`` or ``sen_support``: which shares hold.
        chance: where the draws come from.
    """
    main = MAIN.get(need) or chance.pick(tuple(SECOND))
    found = dict.fromkeys(EVERY, NONE)
    found[main] = NAMED.get(need) or chance.pick(MAIN_LEVEL[group])
    for other, share in CHANCES[main]:
        if chance.below(100) < share:
            found[other] = chance.pick(SECOND_LEVEL[group])
    return found
