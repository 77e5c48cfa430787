# SPDX-License-Identifier: MIT
"""Mutation testing of a pack: which small slips in its rules no case would notice, and the cases that would.

A slip that changes nothing for any profile cannot be noticed, and is not counted; that is proved, so the score is a true one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from continuum.exercising.differing import Difference, differences
from continuum.exercising.mutants import Mutant, mutants
from continuum.exercising.noticing import Noticing
from continuum.packs.model import Case
from continuum.rulebook import Rulebook

MOST_USEFUL = 10


@dataclass(frozen=True, slots=True)
class Survivor:
    """A mutant that no case notices, and a case that would; None where none could be written."""

    mutant: Mutant
    case: Case | None


@dataclass(frozen=True, slots=True)
class Mutation:
    """What became of the mutants of a pack.

    Attributes:
        cases: how many cases were asked: those that hold.
        made: how many mutants the pack has; fewer may have been tried.
        noticed, equal: those that a case notices, and those proved to change nothing.
        survivors: those that differ and that no case notices.
        unsettled: those of which it is not known whether they differ, each with why.
        useful: the suggested cases that notice most survivors between them, each with how many more it notices.
    """

    cases: int
    made: int
    noticed: tuple[Mutant, ...]
    equal: tuple[Mutant, ...]
    survivors: tuple[Survivor, ...]
    unsettled: tuple[tuple[Mutant, str], ...]
    useful: tuple[tuple[Case, int], ...]

    @property
    def counted(self) -> int:
        """How many mutants are known to change something."""
        return len(self.noticed) + len(self.survivors)

    def by_kind(self) -> dict[str, tuple[int, int]]:
        """For each kind of slip how many were noticed, of how many that change something."""
        noticed = Counter(mutant.kind for mutant in self.noticed)
        counted = noticed + Counter(one.mutant.kind for one in self.survivors)
        return {kind: (noticed[kind], counted[kind]) for kind in counted}


def mutate(rulebook: Rulebook, most: int | None = None) -> Mutation:
    """Try every mutant of a pack on its cases, or ``most`` of them, spread evenly.

    Raises:
        PackError: where the cases cannot be read.
    """
    noticing = Noticing(rulebook)
    made = list(mutants(rulebook.pack))
    tried = made if most is None or most >= len(made) else [made[i * len(made) // most] for i in range(most)]
    noticed = [mutant for mutant in tried if next(noticing.noticed_by(mutant), None)]
    known = set(map(id, noticed))
    rest = [mutant for mutant in tried if id(mutant) not in known]
    found = [pair for _, group in groupby(rest, key=lambda mutant: mutant.table.name) for pair in _settled(noticing, list(group))]
    survivors = named(noticing, [(mutant, one.case) for mutant, one in found if not one.equal and not one.why])
    return Mutation(
        cases=len(noticing.cases), made=len(made), noticed=tuple(noticed), survivors=survivors,
        equal=tuple(mutant for mutant, one in found if one.equal),
        unsettled=tuple((mutant, one.why) for mutant, one in found if one.why),
        useful=tuple(_most_useful(rulebook, survivors)),
    )  # fmt: skip


def _settled(noticing: Noticing, some: list[Mutant]) -> list[tuple[Mutant, Difference]]:
    return list(zip(some, differences(noticing, some), strict=True))


def named(noticing: Noticing, found: Iterable[tuple[Mutant, Case | None]]) -> tuple[Survivor, ...]:
    """Suggested cases by the rule they are about, under ids that the pack does not use; the same profile under the same id."""
    taken = {decided.case.id for decided in noticing.cases}
    known: list[Case] = []
    survivors = []
    for mutant, case in found:
        same = next((one for one in known if case and one.model_copy(update={"id": case.id}) == case), None)
        if case and same is None:
            stem, number = re.sub(r"[^a-z0-9]+", "-", mutant.rule.lower()).strip("-"), 1
            while f"{stem}-{number}" in taken:
                number += 1
            taken.add(f"{stem}-{number}")
            same = case.model_copy(update={"id": f"{stem}-{number}"})
            known.append(same)
        survivors.append(Survivor(mutant, same))
    return tuple(survivors)


def _most_useful(rulebook: Rulebook, survivors: tuple[Survivor, ...]) -> Iterable[tuple[Case, int]]:
    """Again and again the suggested case that notices most of what is left."""
    suggested = {one.case.id: one.case for one in survivors if one.case}
    asked = Noticing(rulebook, suggested.values())
    by_case: dict[str, set[int]] = {name: set() for name in suggested}
    for i, one in enumerate(survivors):
        for case in asked.noticed_by(one.mutant):
            by_case[case.id].add(i)
    for _ in range(MOST_USEFUL):
        best = max(by_case, key=lambda name: len(by_case[name]), default=None)
        if best is None or not by_case[best]:
            return
        gained = set(by_case[best])
        yield suggested[best], len(gained)
        by_case = {name: left - gained for name, left in by_case.items()}
