# SPDX-License-Identifier: MIT
"""Questions about every profile of a pack at once, and an example where the answer is no, confirmed by the reference engine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, product
from typing import Any

from continuum.arithmetic import CannotWorkOut
from continuum.compiled import (
    ABSENT,
    CompiledPack,
    Condition,
    Expr,
    Lit,
    Op,
    RateRead,
    Read,
    Table,
    Type,
    clauses,
    condition_reads,
    needed,
    reads,
    sides,
)  # fmt: skip
from continuum.engines.completions import Completions, Line
from continuum.engines.hits import INDICATED, Upstream, Worked, hashable
from continuum.engines.reference import Env, Reference
from continuum.proofs.diagram import Diagram
from continuum.proofs.meaning import Formula, Meaning, field_of
from continuum.proofs.sat import NotCountedError

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
    """What holds for every profile of a pack on one day; what it has in common with proofs ``beside`` it, of the same pack
    on other days, is worked out once.

    Raises:
        EngineError: CX706, where a diagram passes its budget.
    """

    def __init__(
        self, reference: Reference, completions: Completions, day: dt.date, beside: Sequence[Proof] = (),
        make: Callable[[list[int]], Diagram] = Diagram,
    ) -> None:  # fmt: skip
        self.reference, self.pack, self.day = reference, reference.pack, day
        self.completions = completions
        self.meaning: Meaning = Meaning(reference, completions, day, [other.meaning for other in beside], make)
        self.diagram = self.meaning.diagram
        self._deciding: dict[str, frozenset[str]] = {}
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

    def caused(self, name: str, cause: str) -> int:
        """The profiles that can be, for which a decision is referred for this cause."""
        node = self.diagram.apply(("caused", cause), lambda worked: worked.cause == cause, self.meaning.table(name))
        return self.among_possible(node)

    def deciding(self, name: str) -> frozenset[str]:
        """The rules of a decision that decide for some profile that can be: in a ``first`` table where none before it holds,
        ``otherwise`` where none holds at all.
        """
        if name not in self._deciding:
            self._deciding[name] = frozenset(self._rules_deciding(self.pack.tables[name]))
        return self._deciding[name]

    def _rules_deciding(self, table: Table) -> Iterator[str]:
        diagram, holds = self.diagram, self.meaning.holds
        self.meaning.table(table.name)
        where = self.among_possible(diagram.apply("unstopped", lambda worked: worked is None, self.meaning.blocked[table.name]))
        ordinary = [rule.id for rule in table.rules if rule.condition is not None]
        for i, rule in enumerate(ordinary):
            if diagram.meet(where, holds[rule], *(self._none_of(ordinary[:i]) if table.hit == "first" else ())):
                yield rule
        yield from (rule.id for rule in table.rules if rule.condition is None and diagram.meet(where, *self._none_of(ordinary)))

    def _none_of(self, rules: list[str]) -> Iterator[int]:
        """Conditions that say together that none of some rules holds: of the first 64, the next 32 and so on, which the
        rules that follow have in common.
        """
        at, holds = 0, [self.meaning.holds[rule] for rule in rules]
        for power in reversed(range(len(rules).bit_length())):
            if len(rules) >> power & 1:
                yield self.diagram.negation(self.diagram.fold(self.diagram.either, holds[at : at + 2**power]))
                at += 2**power

    def among_possible(self, node: int) -> int:
        """Where something holds, without the profiles that cannot be."""
        return node if self.diagram.never(node) else self.diagram.both(self.meaning.possible, node)

    def behind_rule(self, rule: str) -> set[str]:
        """The inputs that the outcome of a rule, or of a whole table, rests on."""
        rules = [one for table in self.pack.tables.values() for one in table.rules if rule in (one.id, table.name)]
        names = {read.name for one in rules for _, expr in one.then.values for read in reads(expr) if isinstance(read, Read)}
        return {name for read in names for name in self.inputs_of(read)}

    # counting

    @cached_property
    def profiles(self) -> int:
        """How many profiles there are, on this day, of all that the pack reads; 0 where they cannot be counted."""
        try:
            return self.count(self.meaning.possible)
        except NotCountedError:
            return 0

    def count(self, node: int, *, left_out: bool = False) -> int:
        """For how many complete profiles something holds; what is free is counted for each of its cells. With ``left_out`` also
        those with answers that nobody gave, each counted with every value that may stand behind it.
        """
        weights = [
            tuple(map(int, variable.cells)) if variable.kind == "given" and not left_out else variable.counts
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
            found += list(islice((one for one in self.concrete(cells) if confirmed(one)), 1))
        return list(dict.fromkeys(found))

    def _lowest(self) -> list[list[int]]:
        return [list(range(len(variable.cells))) for variable in self.meaning.variables]

    def _middle(self) -> list[list[int]]:
        return [[abs(2 * i - len(v.cells) + 1) for i in range(len(v.cells))] for v in self.meaning.variables]

    def concrete(self, cells: Mapping[int, int]) -> Iterator[Example]:
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
        return {name for read in self.meaning.free_reads[index] for name in self.inputs_of(read)}

    def inputs_of(self, name: str) -> Iterator[str]:
        """The inputs that an input, measure or decision rests on."""
        if name in self.pack.inputs:
            yield name
        elif name in self.pack.measures or name in self.pack.tables:
            for inner in needed(self.pack, name):
                yield from (read for read in _read_by(self.pack, inner) if read in self.pack.inputs)

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

    def rank_of(self, outcome: str, worked: Worked, *, refer_is_highest: bool = False) -> Any:
        """Where a result of the reference engine stands, as :meth:`ranked`; None where it is not indicated."""
        if worked.state != INDICATED:
            return HIGHEST if refer_is_highest and worked.state == "refer" else None
        type_, part = self.type_of(outcome), outcome.partition(".")[2]
        order = {value: i for i, value in enumerate(type_.values)} if type_.kind == "scale" else None
        return ordinal(worked.value[part] if part else worked.value, order)

    def is_so(self, example: Example, condition: Condition) -> bool:
        """Whether a condition holds of the profile; what cannot be worked out does not."""
        try:
            return bool(self.reference.holds(condition)(self.env(example)))
        except (Upstream, CannotWorkOut):
            return False

    def can_be(self, example: Example) -> bool:
        """Whether no ``impossible`` entry holds of the profile."""
        return self.completions.contradiction(self.env(example)) is None


def _read_by(pack: CompiledPack, name: str) -> Iterator[str]:
    """What a measure or a decision reads itself."""
    if name in pack.measures:
        items = list(reads(pack.measures[name].expr))
    else:
        rules = pack.tables[name].rules
        items = [item for rule in rules for item in condition_reads(rule.condition)]
        items += [item for rule in rules for _, expr in rule.then.values for item in reads(expr)]
    yield from (item.name for item in items if isinstance(item, Read))


def spread(proof: Proof, times: int = 6) -> Iterator[list[list[int]]]:
    """Costs of the cells under which the cheapest profiles are quite different ones: the lowest, the highest, others between."""
    sizes = [len(variable.cells) for variable in proof.meaning.variables]
    yield [list(range(size)) for size in sizes]
    yield [list(range(size))[::-1] for size in sizes]
    for turn in range(1, times - 1):
        yield [[(cell * 7 + i * 5 + turn * (3 + i % 4)) * 13 % 11 for cell in range(size)] for i, size in enumerate(sizes)]


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
    """The days named in what also reads the decision date: a clause, or the formula of a measure or an outcome."""
    rules = [rule for table in pack.tables.values() for rule in table.rules]
    conditions = [*(rule.condition for rule in rules), *(item.condition for item in pack.impossible)]
    found = [[clause.subject, *sides(clause.test)] for condition in conditions for clause in clauses(condition)]
    found += [[expr] for rule in rules for _, expr in rule.then.values]
    found += [[measure.expr] for measure in pack.measures.values()]
    for exprs in found:
        named = {day for expr in exprs for day in _days_named(pack, expr)}
        if None in named:
            yield from (day for day in named if day is not None)


def _days_named(pack: CompiledPack, expr: Expr) -> Iterator[dt.date | None]:
    """The days that an expression names, measures and rates in it included; None where it reads the decision date."""
    if isinstance(expr, Lit) and isinstance(expr.value, dt.date):
        yield expr.value
    elif isinstance(expr, Read) and expr.name == "today":
        yield None
    elif isinstance(expr, Read) and expr.of == "measure":
        yield from _days_named(pack, pack.measures[expr.name].expr)
    elif isinstance(expr, Op):
        for arg in expr.args:
            yield from _days_named(pack, arg)
    elif isinstance(expr, RateRead):
        yield from (row.value for row in pack.rates[expr.rate].rows if isinstance(row.value, dt.date))


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
