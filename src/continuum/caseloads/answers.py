# SPDX-License-Identifier: MIT
"""What the model says of a pupil, question by question, before it is put in the words of a pack.

An answer is a number, a day, yes or no, ``ABSENT``, or words in order of preference, of which a pack has one or none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from continuum.caseloads.chance import Chance, wheel
from continuum.caseloads.needs import LEVELS, NONE, levels
from continuum.caseloads.population import PLACES, Pupil, years
from continuum.compiled import ABSENT

SETTINGS = {
    "mainstream": ("mainstream",),
    "srp": ("srp", "inclusion_base"),
    "alternative": ("alternative", "pru", "alternative_provision"),
    "special": ("special",),
    "independent_special": ("independent_special", "special"),
    "elsewhere": ("elsewhere", "other_place", "somewhere_else"),
    "further": ("elsewhere", "other_place", "somewhere_else"),
    "early_years": ("elsewhere", "other_place", "somewhere_else"),
    "not_recorded": (),
}
SCHOOLS = ("mainstream", "srp", "special", "independent_special")
"""Settings in which pupils after Year 11 are in a sixth form."""
SEXES = {"Female": ("f", "female", "girl"), "Male": ("m", "male", "boy")}
ETHNICITIES = {
    "Asian": ("asian",), "Black": ("black",), "Mixed": ("mixed",), "White": ("white",),
    "Any other ethnic group": ("other_group", "other"), "Unclassified": ("not_given", "unclassified"),
}  # fmt: skip
COSTS = {0: (0, 1_500), 1: (500, 4_000), 2: (2_000, 9_000), 3: (6_000, 18_000), 4: (12_000, 40_000)}
"""Made up: whole pounds a year from and to, by the highest level of need."""
CYCLES = wheel({0: 5, 1: 15, 2: 25, 3: 25, 4: 15, 5: 10, 6: 5})
EVENTS = wheel({"none": 96, "one_pupil": 2, "area_need": 1, "large_scale": 1})
ADVISED, TRAINED, MEASURED = 85, 70, 90
"""Made up: in how many of a hundred pupils there is outside advice, staff were trained, and a learning need was measured."""
LATEST_DAYS = 4 * 365
"""Made up: advice and training lie up to so many days back."""


@dataclass(frozen=True, slots=True)
class Child:
    """A pupil with what the model made up that several answers share."""

    pupil: Pupil
    status: str
    levels: dict[str, int]
    on: dt.date
    age: int
    year_group: int
    phase: str


def child(pupil: Pupil, status: str, on: dt.date, chance: Chance) -> Child:
    """A pupil with levels of need, year group and phase; age and year group go together as at the start of a school year."""
    setting = PLACES[pupil.placement].setting
    group = "special" if "special" in setting else status
    age = years(pupil.age)
    year_group = -1 if setting == "early_years" else min(max(age - 4, -1), 14)
    if year_group < 0:
        phase = "early_years"
    elif year_group <= 11:
        phase = "primary" if year_group <= 6 else "secondary"
    else:
        phase = "sixth_form" if setting in SCHOOLS else "further"
    return Child(pupil, status, levels(pupil.need, group, chance), on, age, year_group, phase)


def _phase(one: Child, _: Chance) -> Any:
    return (one.phase, "post_16") if one.phase in ("sixth_form", "further") else (one.phase,)


def _setting(one: Child, _: Chance) -> Any:
    return SETTINGS[PLACES[one.pupil.placement].setting]


def _type(one: Child, _: Chance) -> Any:
    if one.pupil.need != "UNKNOWN":
        return (one.pupil.need.lower(),)
    return ("nsa",) if one.status == "sen_support" else ABSENT


def _ethnicity(one: Child, _: Chance) -> Any:
    words = one.pupil.ethnicity
    return (words.lower(), *ETHNICITIES[words.split(" - ", maxsplit=1)[0]])


def _gap(one: Child, chance: Chance) -> Any:
    """Half-years behind, more the higher the need, and never so many that the pupil would not have begun."""
    level = one.levels["learning"]
    if level == NONE or chance.below(100) >= MEASURED:
        return ABSENT
    return Fraction(min(1 + chance.below(4 * level), 2 * one.age), 2)


def _cost(one: Child, chance: Chance) -> Any:
    low, high = COSTS[max(one.levels.values())]
    return low + chance.below(high - low + 1)


def _back(share: int) -> Callable[[Child, Chance], Any]:
    """A day before the day of the caseload, for so many of a hundred pupils."""

    def answer(one: Child, chance: Chance) -> Any:
        return one.on - dt.timedelta(days=chance.below(LATEST_DAYS)) if chance.below(100) < share else ABSENT

    return answer


def _level(name: str) -> Callable[[Child, Chance], Any]:
    """The level of a need, as one of ``LEVELS``."""
    return lambda one, _: LEVELS[one.levels[name]]


@dataclass(frozen=True, slots=True)
class Question:
    """Something the model can answer: the names and the code by which packs ask it, and the kind of input it fits.

    ``units`` are those the answer is in. ``published`` where the answer follows from the published tables, so that it is never
    left out by chance.
    """

    names: tuple[str, ...]
    kind: str
    answer: Callable[[Child, Chance], Any]
    code: str = ""
    units: tuple[str, ...] = ("",)
    published: bool = False


QUESTIONS = (
    Question(("speech_language",), "scale", _level("speech_language"), code="SLCN"),
    Question(("autism",), "scale", _level("autism"), code="ASD"),
    Question(("learning", "cognitive_functioning"), "scale", _level("learning"), code="MLD"),
    Question(("specific_learning",), "scale", _level("specific_learning"), code="SPLD"),
    Question(("mental_health",), "scale", _level("mental_health"), code="SEMH"),
    Question(("hearing",), "scale", _level("hearing"), code="HI"),
    Question(("vision",), "scale", _level("vision"), code="VI"),
    Question(("multi_sensory",), "scale", _level("multi_sensory"), code="MSI"),
    Question(("physical",), "scale", _level("physical"), code="PD"),
    Question(("medical",), "scale", _level("medical")),
    Question(("personal_care",), "scale", _level("personal_care")),
    Question(("learning_gap",), "number", _gap, units=("years", "year")),
    Question(("age",), "number", lambda one, _: one.age, units=("", "years", "year"), published=True),
    Question(("year_group",), "number", lambda one, _: one.year_group, published=True),
    Question(("school_phase", "phase"), "choice", _phase, published=True),
    Question(("state_funded",), "yes_no", lambda one, _: PLACES[one.pupil.placement].state, published=True),
    Question(("setting", "setting_now"), "choice", _setting, published=True),
    Question(("plan", "plan_held"), "choice", lambda one, _: (one.status,), published=True),
    Question(("primary_type", "primary_need"), "choice", _type, published=True),
    Question(("sex",), "choice", lambda one, _: SEXES[one.pupil.sex], published=True),
    Question(("ethnicity", "ethnic_group"), "choice", _ethnicity, published=True),
    Question(("reviewed_cycles", "reviewed_plans"), "number", lambda _, chance: chance.pick(CYCLES)),
    Question(("advice_date",), "date", _back(ADVISED)),
    Question(("training_date",), "date", _back(TRAINED)),
    Question(("provision_cost", "cost"), "number", _cost, units=("GBP/year",)),
    Question(("unpredicted_event",), "choice", lambda _, chance: (chance.pick(EVENTS),)),
    Question(("phase_transfer",), "yes_no", lambda one, _: one.year_group in (-1, 6, 11)),
    Question(("severe_and_complex",), "yes_no", lambda one, _: max(one.levels.values()) >= 3),
)
