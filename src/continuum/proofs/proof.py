# SPDX-License-Identifier: MIT
"""Questions about every profile of a pack at once, and an example where the answer is no, confirmed by the reference engine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, product
from typing import Any

from continuum.compiled import ABSENT, CompiledPack, Read, Type, clauses, needed, reads, sides
from continuum.engines.completions import Completions, Line
from continuum.engines.hits import INDICATED, Worked, hashable
from continuum.engines.reference import Env, Reference
from continuum.proofs.meaning import Formula, Meaning, field_of

EXCLUDED = "excluded"
"""Stands for profiles that cannot be."""
TRIES = 500
HIGHEST = 10**40
"""Where a referral stands when a sentence treats it as highest."""


@dataclass(frozen=True, slots=True)
class Example:
    """A profile with every input that the pack reads; of those ``not_given`` nobody has said the value that stands here."""

    values: tuple[tuple[str, Any], ...]
    not_given: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The values by input."""
        return dict(self.values)


class Proof:
    """What holds for every profile of a pack on one day.

    Raises:
        EngineError: CX706, where a diagram passes its budget.
    """

    def __init__(self, reference: Reference, completions: Completions, day: dt.date) -> None:
        self.reference, self.pack, self.day = reference, reference.pack, day
        self.completions = completions
        self.meaning = Meaning(reference, completions, day)
        self.diagram = self.meaning.diagram
        self.bounds: dict[int, dict[int, tuple[Any, Any] | None]] = {}

    # functions over the profiles that can be

    def outcome(self, name: str, *, all_profiles: bool = False) -> int:
        """What a decision comes to for each profile that can be, and EXCLUDED for the others; with ``all_profiles`` also for
        those that cannot be, which is a smaller diagram and proves as much where nothing is found.
        """
        node = self.meaning.table(name)
        return node if all_profiles else self.diagram.choose(self.meaning.possible, node, self.diagram.leaf(EXCLUDED))

    def ranked(self, name: str, *, refer_is_highest: bool = False, all_profiles: bool = False) -> int:
        """Where a decision (or one field of it, ``award.low``) stands in its order for each profile, as :meth:`outcome`; None
        where it is not indicated, a :class:`Formula` where it cannot be told from the cells.
        """
        base, _, part = name.partition(".")
        type_ = self.type_of(name)
        order = {value: i for i, value in enumerate(type_.values)} if type_.kind == "scale" else None

        def place(worked: Any) -> Any:
            if worked == EXCLUDED:
                return EXCLUDED
            if worked.state != INDICATED:
                return HIGHEST if refer_is_highest and worked.state == "refer" else None
            value = field_of(worked.value, part)
            return value if isinstance(value, Formula) else ordinal(value, order)

        return self.diagram.apply(("ranked", name, refer_is_highest), place, self.outcome(base, all_profiles=all_profiles))

    def type_of(self, name: str) -> Type:
        """The type of a decision or of a field of one."""
        base, _, part = name.partition(".")
        type_ = self.pack.tables[base].type
        return dict(type_.fields)[part] if part else type_

    def has_formula(self, node: int) -> bool:
        """Whether some value of a function is worked out from values that are not told apart."""
        return any(isinstance(value, Formula) for value in self.diagram.values(node))

    def behind_rule(self, rule: str) -> set[str]:
        """The inputs that the outcome of a rule, or of a whole table, rests on."""
        rules = [one for table in self.pack.tables.values() for one in table.rules if rule in (one.id, table.name)]
        names = {read.name for one in rules for _, expr in one.then.values for read in reads(expr) if isinstance(read, Read)}
        return {name for read in names for name in self._inputs_of(read)}

    # counting

    @cached_property
    def profiles(self) -> int:
        """How many profiles there are, on this day, of all that the pack reads."""
        return self.count(self.meaning.possible)

    def count(self, node: int) -> int:
        """For how many complete profiles something holds; what is free is counted for each of its cells."""
        weights = [
            tuple(map(int, variable.cells)) if variable.kind == "given" else variable.counts
            for variable in self.meaning.variables
        ]
        free = 1
        for variable in self.meaning.free:
            free *= len(variable.cells)
        return self.diagram.count(node, weights, lambda value: value is True) // free

    # examples

    def examples(self, node: int, confirmed: Callable[[Example], bool]) -> list[Example]:
        """A smallest and a typical profile for which something holds, as the reference engine confirms; none where it cannot."""
        found = []
        for costs in (self._lowest(), self._middle()):
            cells = self.diagram.cheapest(node, costs, lambda value: value is True)
            if cells is None:
                return []
            found += list(islice((one for one in self._concrete(cells) if confirmed(one)), 1))
        return list(dict.fromkeys(found))

    def _lowest(self) -> list[list[int]]:
        return [list(range(len(variable.cells))) for variable in self.meaning.variables]

    def _middle(self) -> list[list[int]]:
        return [[abs(2 * i - len(v.cells) + 1) for i in range(len(v.cells))] for v in self.meaning.variables]

    def _concrete(self, cells: Mapping[int, int]) -> Iterator[Example]:
        """Profiles in these cells. Where a free variable is among them, other values of the inputs behind it are tried."""
        values = {
            variable.name: variable.cells[cells[i]]
            for i, variable in enumerate(self.meaning.variables)
            if variable.kind == "input"
        }
        left_out = tuple(
            variable.name
            for i, variable in enumerate(self.meaning.variables)
            if variable.kind == "given" and not variable.cells[cells[i]]
        )
        behind = [name for name in dict.fromkeys(self._behind()) if name in values]
        yield Example(tuple(values.items()), left_out)
        choices = [self._tries(name) for name in behind]
        for chosen in islice(product(*choices), TRIES):
            yield Example(tuple((values | dict(zip(behind, chosen, strict=True))).items()), left_out)

    def _behind(self) -> Iterator[str]:
        """The inputs that free variables rest on."""
        for index in self.meaning.free_reads:
            yield from self.behind(index)

    def behind(self, index: int) -> set[str]:
        """The inputs that a free variable rests on."""
        return {name for read in self.meaning.free_reads[index] for name in self._inputs_of(read)}

    def _inputs_of(self, name: str) -> Iterator[str]:
        if name in self.pack.inputs:
            yield name
        elif name in self.pack.measures:
            for read in reads(self.pack.measures[name].expr):
                if isinstance(read, Read):
                    yield from self._inputs_of(read.name)
        elif name in self.pack.tables:
            for inner in needed(self.pack, name):
                if inner != name:
                    yield from self._inputs_of(inner)

    def _tries(self, name: str) -> list[Any]:
        variable = self.meaning.space.input(name)
        asked = self.pack.inputs[name]
        if variable.exact or asked.type.values:
            return list(variable.cells)
        line = Line(asked, self.day)
        spread = [line.at(i * (line.count - 1) // 8) for i in range(9)]
        return list(dict.fromkeys([*variable.cells, *spread]))

    # confirming

    def env(self, example: Example) -> Env:
        """The profile as the reference engine sees it; inputs that nobody reads take their first value."""
        values = example.as_dict()
        rest = {name: self.completions.first(asked, self.day) for name, asked in self.pack.inputs.items() if name not in values}
        everything = {**rest, **values}
        return self.reference.env(everything, self.day, frozenset(everything) - set(example.not_given))

    def decide(self, example: Example, name: str) -> Worked:
        """What the reference engine decides."""
        found: Worked = self.env(example)[name]
        return found

    def can_be(self, example: Example) -> bool:
        """Whether no ``impossible`` entry holds of the profile."""
        return self.completions.contradiction(self.env(example)) is None


def days_to_prove(pack: CompiledPack) -> list[dt.date]:
    """The days on which something may change: the first and last in force, those of rates, and those that rules compare with."""
    found = {pack.some_day}
    if pack.end:
        found.add(pack.end)
    for rate in pack.rates.values():
        for row in rate.rows:
            found |= {day for day in (row.start, row.end and row.end + dt.timedelta(days=1)) if day}
    for day in _days_compared(pack):
        found |= {day, day + dt.timedelta(days=1)}
    return sorted(day for day in found if pack.covers(day))


def _days_compared(pack: CompiledPack) -> Iterator[dt.date]:
    """The days that conditions compare the decision date with, by its own name or by that of a measure."""
    for table in pack.tables.values():
        for rule in table.rules:
            for clause in clauses(rule.condition):
                measure = pack.measures.get(clause.subject.name)
                if "today" in (clause.subject.name, getattr(measure and measure.expr, "name", "")):
                    for side in sides(clause.test):
                        value = getattr(side, "value", None)
                        if isinstance(value, dt.date):
                            yield value


def ordinal(value: Any, order: Mapping[str, int] | None) -> Any:
    """A value as a number that can be compared and counted with: its place on a scale, its day, itself."""
    if isinstance(value, dt.date):
        return value.toordinal()
    return order[value] if order else int(value) if isinstance(value, bool) else value


def words(value: Any) -> str:
    """A value as it is written in a case."""
    if value is ABSENT:
        return "absent"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def told(worked: Worked) -> tuple[Any, ...]:
    """What makes two results different to a pupil."""
    return worked.state, hashable(worked.value), worked.cause == "individually_agreed", worked.to
