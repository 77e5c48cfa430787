# SPDX-License-Identifier: MIT
"""The pupils of a caseload: what the pack asks is decided, and what it does not ask stands beside, such as the community."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from continuum.caseload_files import withheld
from continuum.decisions import Decision
from continuum.errors import listed, nearest
from continuum.profiles import Profile, Reader
from continuum.rulebook import Rulebook

USUAL = frozenset(
    (
        "pupil", "synthetic", "district", "community", "school", "plan_status", "placement", "need", "published_age",
        "published_sex", "published_ethnicity",
    )
)  # fmt: skip
"""Columns that stand in caseloads beside the answers."""
PREFIX = "caseload_"
"""Begins the name of such a column where the pack asks something of the same name."""
NUMBER = "upn"
"""The unique pupil number, which no figure needs: it is not read."""
NOT_GIVEN = "(not given)"


@dataclass(frozen=True)
class Pupil:
    """One row: the columns beside the answers, the answers, and the decision."""

    beside: Mapping[str, str]
    profile: Profile
    decision: Decision


class Pupils:
    """Decides the rows of a caseload with one rulebook for one day, and says which group a pupil is in."""

    def __init__(self, rulebook: Rulebook, on: dt.date, by: tuple[str, ...] = ()) -> None:
        """Take rows as they come; ``by`` names what they will be grouped by: a column, or something the pack asks."""
        self.rulebook, self.on, self.by = rulebook, on, by
        self.reader = Reader(rulebook.pack)
        self.columns: dict[str, bool] = {}
        """The columns that were met, and whether the pack asks for each."""
        self.synthetic = False
        """Whether a row says that its pupil is made up."""

    def pupil(self, given: Mapping[str, Any]) -> Pupil:
        """A row decided. A column that the pack does not ask stands beside, unless its name is close to one that it asks.

        Raises:
            ProfileError: where the row cannot be decided.
        """
        given = {name: value for name, value in given.items() if name != NUMBER}
        answers = {name: value for name, value in given.items() if self._asked(name)}
        profile = self.rulebook.profile(answers)
        decision = self.rulebook.decide(profile, on=self.on)
        beside = {
            name: withheld(str(value)).strip() for name, value in given.items() if name not in answers and value is not None
        }
        self.synthetic |= beside.get("synthetic") == "yes"
        return Pupil(beside, profile, decision)

    def group(self, pupil: Pupil, by: str) -> str:
        """The group of a pupil: the answer to what the pack asks by that name, or else the column beside."""
        asked = self._input(by)
        if asked is None:
            return pupil.beside.get(by) or NOT_GIVEN
        value = pupil.profile.values.get(asked)
        type_ = self.rulebook.pack.inputs[asked].type
        return NOT_GIVEN if value is None else self.rulebook.pack.value_label(asked, type_, value)

    def check(self) -> None:
        """Refuse a grouping by what no row has, once all are read.

        Raises:
            ValueError: naming the nearest.
        """
        for by in self.by:
            if self.columns and by not in self.columns and self._input(by) is None:
                names = [*self.columns, *self.rulebook.pack.inputs]
                raise ValueError(f"no row has `{by}`; {nearest(by, names) or f'the file has {listed(list(self.columns), 30)}'}")

    def _input(self, name: str) -> str | None:
        return self.reader.fields.get(name) or self.reader.fields.get(name.strip().lower())

    def _asked(self, name: str) -> bool:
        """Whether a column goes to the pack; one that may be a slip does, so that the pack refuses it with the nearest name."""
        if name not in self.columns:
            usual = name in USUAL or name in self.by or name.startswith(PREFIX)
            fields = self.reader.fields
            slip = not usual and bool(nearest(name, fields))
            self.columns[name] = bool(name == "ref" or self._input(name) or slip)
        return self.columns[name]
