# SPDX-License-Identifier: MIT
"""A synthetic caseload: its rows and what is said about it, from a pack, a number of rows, a seed and a day, and nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from continuum.caseloads.answers import child
from continuum.caseloads.chance import Chance
from continuum.caseloads.form import Form
from continuum.caseloads.population import PLACES, Pupil, drawn, population
from continuum.caseloads.published import LICENCE, SOURCE
from continuum.caseloads.schools import Schools
from continuum.errors import DayError, Finding
from continuum.profiles import UPN_LETTERS
from continuum.rulebook import LIBRARY, Rulebook

MODEL = 1
"""The number of the model: it goes up whenever the same seed gives other rows."""
UNANSWERED = Decimal("0.05")
"""The share of the made-up answers that is left unanswered, unless another is given."""
MOST = 999_999_999
"""More rows have no pupil number left."""
HEAD = ("pupil", "upn", "synthetic")
CONTEXT = (
    "district", "community", "school", "plan_status", "placement", "need", "published_age", "published_sex",
    "published_ethnicity",
)  # fmt: skip
"""What stands beside the answers. A pack that asks something by one of these names has it as ``caseload_...``."""


@dataclass(frozen=True)
class Caseload:
    """A synthetic caseload.

    Attributes:
        rulebook: the pack whose form is filled in.
        rows: how many pupils with a plan.
        seed: a whole number from 0; the same seed gives the same rows.
        on: the day of the caseload, one that the pack covers; no date in it is later.
        sen_support: how many pupils with SEN support and no plan follow.
        unknowns: the share of the made-up answers that is left unanswered, from 0 to 1.
    """

    rulebook: Rulebook
    rows: int
    seed: int
    on: dt.date
    sen_support: int = 0
    unknowns: Fraction | Decimal = UNANSWERED
    form: Form = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if min(self.rows, self.sen_support, self.seed) < 0 or self.rows + self.sen_support > MOST:
            raise ValueError(f"rows and seed are whole numbers from 0, and there are at most {MOST} rows")
        if not 0 <= self.unknowns <= 1:
            raise ValueError("the share of unknowns is from 0 to 1")
        if not self.rulebook.pack.covers(self.on):
            message = f"{self.rulebook.id} {self.rulebook.version} is {self.rulebook.pack.in_force.words()}, not on {self.on}"
            raise DayError(Finding("CX603", message, hint="name a day that the version covers"))
        object.__setattr__(self, "form", Form(self.rulebook, self.on))

    @property
    def context(self) -> dict[str, str]:
        """The context columns, each with its name in the file, which no input of the pack has."""
        taken = self.form.reader.fields
        return {name: f"caseload_{name}" if name in taken else name for name in (*HEAD, *CONTEXT)}

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of every row, in order."""
        names = self.context
        return (*(names[name] for name in HEAD), *self.rulebook.pack.inputs, *(names[name] for name in CONTEXT))

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """The rows."""
        chance, blanks, schools = Chance(self.seed, "pupils"), Chance(self.seed, "unknowns"), Schools(self.seed)
        columns = self.columns
        made_up = [name for name in self.rulebook.pack.inputs if name not in self.form.published]
        left, among = Fraction(self.unknowns).as_integer_ratio()
        for number, (pupil, status) in enumerate(self._pupils(), 1):
            where = schools.where(pupil.placement, pupil.age, chance)
            given = self.form.filled_in(child(pupil, status, self.on, chance), chance)
            for name in made_up:
                if blanks.below(among) < left:
                    given[name] = None
            head = (f"SYN-{number:09}", upn(number), "yes")
            context = (*where, status, pupil.placement, pupil.need, *pupil[2:])
            yield dict(zip(columns, (*head, *given.values(), *context), strict=True))

    def _pupils(self) -> Iterator[tuple[Pupil, str]]:
        """Who is in it: pupils with a plan, then those with SEN support, who are like the former in mainstream schools."""
        people = population(self.seed)
        order = Chance(self.seed, "order")
        yield from ((pupil, "ehcp") for pupil in drawn(people, self.rows, order))
        mainstream = [pupil for pupil in people if PLACES[pupil.placement].setting == "mainstream"]
        yield from ((pupil, "sen_support") for pupil in drawn(mainstream, self.sen_support, Chance(self.seed, "sen support")))

    def metadata(self) -> dict[str, Any]:
        """What is to be said about it: that it is synthetic, how it can be made again, and what each column rests on."""
        names, form, pack = self.context, self.form, self.rulebook.ref
        made_up = (*HEAD, "district", "community", "school", "plan_status")
        modelled = [name for name in form.modelled if name not in form.published]
        published = ("placement", "need", "published_age", "published_sex", "published_ethnicity")
        return {
            "synthetic": True,
            "says": "Every pupil here is made up. No row is about a person, and no result from it is a finding about any place.",
            "made_by": f"continuum {LIBRARY} synth, model {MODEL}",
            "pack": {"id": pack.id, "version": pack.version, "digest": pack.digest, "status": pack.status},
            "rows": self.rows + self.sen_support,
            "with_plan": self.rows,
            "with_sen_support": self.sen_support,
            "seed": self.seed,
            "on": str(self.on),
            "unknowns": str(self.unknowns),
            "upn": "local authority number 000, which does not exist",
            "columns": {
                "in_published_proportions": [names[name] for name in published],
                "following_from_those": list(form.published),
                "made_up_by_the_model": [
                    *(names[name] for name in made_up),
                    *modelled,
                ],
                "drawn_without_meaning": list(form.meaningless),
            },
            "source": SOURCE,
            "licence": LICENCE,
        }


def synthetic(
    rulebook: Rulebook,
    *,
    rows: int,
    seed: int,
    on: dt.date,
    sen_support: int = 0,
    unknowns: Fraction | Decimal = UNANSWERED,
) -> Iterator[dict[str, Any]]:
    """Made-up pupils, row by row: a synthetic id and number, the inputs of the pack by name, and columns beside them.

    Values are text, whole numbers, decimals and days, and None where a question is left unanswered.

    Args:
        rulebook: the pack whose form is filled in.
        rows: how many pupils with a plan. 20,635 gives the published counts exactly, any other number in expectation.
        seed: a whole number from 0; the same seed gives the same rows on every machine.
        on: the day of the caseload; no date in it is later.
        sen_support: how many pupils with SEN support and no plan follow; these are made up altogether.
        unknowns: the share of made-up answers that is left unanswered, from 0 to 1; one in twenty unless given.

    Raises:
        DayError: where the version does not cover the day.
        ProfileError: while the rows are read, where what the model says cannot be in this pack.
        ValueError: where a number is out of range.
    """
    return iter(Caseload(rulebook, rows, seed, on, sen_support, unknowns))


def upn(number: int) -> str:
    """A pupil number that is nobody's: a fitting check letter, authority 000, which does not exist, and a running number."""
    digits = f"{number:012}"
    return UPN_LETTERS[sum(weight * int(digit) for weight, digit in enumerate(digits, 2)) % 23] + digits
