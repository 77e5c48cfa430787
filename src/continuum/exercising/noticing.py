# SPDX-License-Identifier: MIT
"""Whether some case of a pack notices a mutant: its expectation no longer holds when the mutant decides it.

A case is run again only where the changed table comes to something else for it; else nothing it expects can have changed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from copy import copy
from dataclasses import replace
from typing import Any

from continuum.arithmetic import CannotWorkOut
from continuum.cases import run_case
from continuum.compiled import Input, Read, Table, needed
from continuum.engines.completions import Beside, Completions, TooMany
from continuum.engines.hits import INDICATED, Upstream, Worked, told_apart
from continuum.engines.reference import Env, NotKnown, Reference
from continuum.errors import ContinuumError
from continuum.exercising.mutants import Mutant
from continuum.packs.loading import read_cases
from continuum.packs.model import Case
from continuum.rulebook import Changed, Rulebook


def with_table(reference: Reference, table: Table) -> Reference:
    """A reference engine with one table in place of another."""
    pack = reference.pack
    alone = Reference(replace(pack, tables={table.name: table}))
    made = copy(reference)
    made.pack = replace(pack, tables={**pack.tables, table.name: table})
    made.tables = {**reference.tables, **alone.tables}
    made.conditions = {**reference.conditions, **alone.conditions}
    return made


class Walks(Completions):
    """Completions of a mutant. Which values stand for an unknown input is remembered from one mutant to the next, by all that it
    rests on: most mutants cut most inputs as the pack does.
    """

    def __init__(self, reference: Reference, known: dict[Any, list[Any] | None]) -> None:
        super().__init__(reference)
        self.known = known

    def representatives(self, outcome: str, asked: Input, day: dt.date, beside: Beside = ()) -> list[Any] | None:
        """As in :class:`Completions`."""
        uses, name = self._uses[outcome], asked.name
        through = tuple(uses.through.get(name, ()))
        cuts = tuple(frozenset(uses.constants.get(one, ())) for one in (name, *through))
        key = (name, day, beside, through, cuts, name in uses.computed)
        if key not in self.known:
            self.known[key] = super().representatives(outcome, asked, day, beside)
        return self.known[key]


class Decided:
    """One case that holds, and what the tables come to for every way of filling in what it does not say."""

    def __init__(self, case: Case, env: Env, completions: Completions) -> None:
        self.case, self.env, self._completions = case, env, completions
        pack = completions.pack
        expected = {*case.expect, *case.rules}
        self.rests_on = {inner for name in expected & set(pack.tables) for inner in needed(pack, name)}
        self.on_all = bool(expected & {"status"} or case.rules.keys() - set(pack.outcomes))
        self._branches: dict[str, list[tuple[Env, Worked]] | None] = {}

    def branches(self, name: str) -> list[tuple[Env, Worked]] | None:
        """What a table comes to in each branch of the walk over what the case does not say; None where they are too many."""
        if name not in self._branches:
            try:
                leaves = self._completions.leaves(name, self.env)
                self._branches[name] = [(self._with(leaf.chosen), leaf.worked) for leaf in leaves]
            except TooMany:
                self._branches[name] = None
        return self._branches[name]

    def _with(self, chosen: dict[str, Any]) -> Env:
        env = self.env
        for name, value in chosen.items():
            env = env.also(name, value)
        return env

    def stands(self, mutant: Mutant, table: Callable[[Env], Worked]) -> bool | None:
        """Whether the case surely holds with a changed table, or surely does not; None where it has to be run. The values that
        stand for what is not known serve the changed table as they served the pack's, unless it draws a new line through them.
        """
        name = mutant.table.name
        if not (self.on_all or name in self.rests_on):
            return True
        branches = self.branches(name)
        if branches is None:
            return True
        found = [(_comes_to(table, env), worked) for env, worked in branches]
        if name in self.case.expect and len({told_apart(worked) for _, worked in found}) == 1:
            first = found[0][1]
            if first.state == INDICATED and any(now and (now.state, now.value) != (first.state, first.value) for now, _ in found):
                return False
        same = all(now == worked for now, worked in found)
        return True if same and not self._cuts(mutant.moved) else None

    def _cuts(self, moved: Read | None) -> bool:
        """Whether a threshold was moved of something that the case leaves open."""
        if moved is None or moved.of == "decision":
            return False
        try:
            self.env[moved.name]
        except (NotKnown, Upstream, CannotWorkOut):
            return True
        return False


def _comes_to(table: Callable[[Env], Worked], env: Env) -> Worked | None:
    """What a changed table comes to beside what the others came to already; None where it asks for more."""
    try:
        return table(env)
    except NotKnown:
        return None


class Noticing:
    """The cases of a pack that hold, and which of them notice a change."""

    def __init__(self, rulebook: Rulebook, cases: Iterable[Case] | None = None) -> None:
        """With ``cases``, these instead of the pack's own.

        Raises:
            PackError: where the pack's cases cannot be read.
        """
        self.rulebook, self.pack = rulebook, rulebook.pack
        self.reference = Reference(rulebook.pack)
        self._known: dict[Any, list[Any] | None] = {}
        self.completions = Walks(self.reference, self._known)
        read = read_cases(rulebook.written)[0] if cases is None else cases
        self.cases = [decided for case in read if (decided := self._decided(case))]

    def _decided(self, case: Case) -> Decided | None:
        """A case that is decided, and as it expects; one that must be refused says nothing of a rule."""
        if "error" in case.expect or run_case(self.rulebook, case).findings:
            return None
        values = self.rulebook.profile({**case.given, **case.rest}).exact_values()
        return Decided(case, self.reference.env(values, case.on), self.completions)

    def noticed_by(self, mutant: Mutant) -> Iterator[Case]:
        """Every case that notices a mutant, in their order. A case of which too many ways of filling it in would have to be
        walked is not asked.
        """
        name, reference = mutant.table.name, with_table(self.reference, mutant.table)
        changed: Changed | None = None
        for decided in self.cases:
            stands = decided.stands(mutant, reference.tables[name])
            if stands is None:
                changed = changed or self.changed(reference)
                stands = not notices(changed, decided.case)
            if not stands:
                yield decided.case

    def changed(self, reference: Reference) -> Changed:
        """The rulebook of a mutant, by its reference engine."""
        return Changed(self.rulebook, reference, Walks(reference, self._known))


def notices(changed: Rulebook, case: Case) -> bool:
    """Whether a case no longer holds."""
    try:
        return bool(run_case(changed, case).findings)
    except ContinuumError:
        return True
