# SPDX-License-Identifier: MIT
"""The profiles that a pack tells apart: each input as a variable with a few cells, on one day.

A cell holds values that no rule can tell apart, and is spoken of by one of them. A number or day is cut where
a rule, or a measure of that input alone, compares it with something that is the same for every profile of the day; where more is
reckoned with it, and it has few values, it has a cell for each. Other inputs have a cell for each value.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, TypeGuard

from continuum.compiled import (
    ABSENT,
    UNPUBLISHED,
    CompiledPack,
    Input,
    Known,
    Op,
    RateRead,
    Read,
    Rule,
    clauses,
    condition_reads,
    limited,
    reads,
    sides,
)
from continuum.engines.completions import WIDEST, Completions, Line, Uses, stands
from continuum.packs.language import NoneOf, OneOf, State

FEW = 64


@dataclass(frozen=True, slots=True)
class Variable:
    """One thing a profile may differ in. The kind is ``input``, ``given`` (whether an input was given at all), or, where what
    a rule reads is not followed to its inputs, ``measure`` or ``clause``: such a variable is free to take any of its cells.
    """

    name: str
    kind: str
    cells: tuple[Any, ...]
    counts: tuple[int, ...]

    @property
    def exact(self) -> bool:
        """Whether each cell holds a single value."""
        return all(count == 1 for count in self.counts)


class Space:
    """The variables of a pack on a day, those that are used together beside each other."""

    def __init__(self, completions: Completions, day: dt.date) -> None:
        self.completions, self.pack, self.day = completions, completions.pack, day
        self.uses = Uses(self.pack, [*self.pack.measures, *self.pack.tables], limited(self.pack))
        self.variables: list[Variable] = []
        self.index: dict[tuple[str, str], int] = {}
        asked = set(_asked_whether_given(self.pack))
        for name in _in_order_of_use(self.pack):
            if name in asked:
                self.add(Variable(name, "given", (True, False), (1, 1)))
            self.add(self._variable(self.pack.inputs[name]))

    def add(self, variable: Variable) -> int:
        """Put a variable behind the others; its number."""
        self.index[variable.kind, variable.name] = len(self.variables)
        self.variables.append(variable)
        return len(self.variables) - 1

    def input(self, name: str) -> Variable:
        """The variable of an input."""
        return self.variables[self.index["input", name]]

    def _variable(self, asked: Input) -> Variable:
        if asked.type.kind == "yes_no":
            values: list[Any] = [False, True]
        elif asked.type.values:
            values = list(asked.type.values)
        else:
            line = Line(asked, self.day)
            reckoned_with = asked.name in self.uses.computed or asked.name in self.uses.beside
            if line.count > FEW or not reckoned_with:
                return self._wide(asked, line)
            values = list(line.all())
        values += [ABSENT] * asked.optional
        return Variable(asked.name, "input", tuple(values), (1,) * len(values))

    def _wide(self, asked: Input, line: Line) -> Variable:
        """The stretches of values of a wide input that nothing tells apart, lowest first, with how many values each holds."""
        name, uses = asked.name, self.uses
        measures = uses.through.get(name, []) if line.count <= WIDEST else []
        cuts = [(one, sorted(self.completions.constants(uses, one, self.day))) for one in (name, *measures)]
        cuts[0] = (name, sorted({*cuts[0][1], *amounts_beside(self.pack, name)}))
        cells: list[Any] = []
        counts: list[int] = []
        last: Any = None
        for value in line.all() if measures else line.between(set(cuts[0][1])):
            env = self.completions.reference.env({name: value}, self.day)
            found = tuple(stands(env, one, points) for one, points in cuts)
            if found != last:  # values on two sides of others are two cells, so that a cell is one stretch
                cells.append(value)
                counts.append(0)
                last = found
            counts[-1] += 1
        if not measures:  # only values beside each cut were looked at, so the rest is reckoned
            starts = [line.index(value) for value in cells] + [line.count]
            counts = [after - start for start, after in pairwise(starts)]
        if asked.optional:
            cells, counts = [*cells, ABSENT], [*counts, 1]
        return Variable(name, "input", tuple(cells), tuple(counts))


def amounts_beside(pack: CompiledPack, name: str) -> set[Any]:
    """The amounts of rates that a cell looks up to compare an input with."""
    conditions = [rule.condition for table in pack.tables.values() for rule in table.rules]
    conditions += [*limited(pack), *(item.condition for item in pack.impossible)]
    found = (clause for condition in conditions for clause in clauses(condition) if clause.subject.name == name)
    rates = {side.rate for clause in found for side in sides(clause.test) if looked_up(side)}
    return {row.value for rate in rates for row in pack.rates[rate].rows if row.value != UNPUBLISHED}


def looked_up(expr: Any) -> TypeGuard[RateRead]:
    """Whether an expression is an amount or day that a rate gives, which is one of a few."""
    return isinstance(expr, RateRead) and expr.back is None and expr.type.kind in ("number", "date")


def _in_order_of_use(pack: CompiledPack) -> list[str]:
    """Inputs table by table, so that what one table tells apart is done with before the next; what nobody reads is left out."""
    found: dict[str, None] = {}
    for table in pack.tables.values():
        _place(found, [_inputs(pack, _read_by(rule)) for rule in table.rules])
    _place(found, [_inputs(pack, condition_reads(item.condition)) for item in pack.impossible])
    _place(found, [_inputs(pack, condition_reads(condition)) for condition in limited(pack)])
    return list(found)


def _place(found: dict[str, None], groups: list[list[str]]) -> None:
    """Put the inputs of some rules behind those placed before: the most used first, then always the one that is read most often
    together with those just placed, a rule counting the less the more it reads. The nearer inputs stand that are read together,
    the smaller is the diagram.
    """
    used = Counter(name for group in groups for name in group)
    left = [name for name in used if name not in found]
    together: dict[str, Fraction] = dict.fromkeys(used, Fraction(0))
    while left:
        name = max(left, key=lambda one: (together[one], used[one]))
        left.remove(name)
        found[name] = None
        for group in groups:
            if name in group and len(group) > 1:
                share = Fraction(1, len(group) - 1)
                for other in group:
                    together[other] += share


def _read_by(rule: Rule) -> Iterator[Read | Known | RateRead]:
    yield from condition_reads(rule.condition)
    for _, expr in rule.then.values:
        yield from reads(expr)


def _inputs(pack: CompiledPack, items: Iterable[Read | Known | RateRead]) -> list[str]:
    """The inputs among what is read, and those that measures among it are made of; what decisions rest on is not followed."""
    found: dict[str, None] = {}
    waiting = [*items][::-1]
    while waiting:
        name = getattr(waiting.pop(), "name", "")
        if name in pack.measures:
            waiting += [*reads(pack.measures[name].expr)][::-1]
        elif name in pack.inputs:
            found[name] = None
    return list(found)


def _asked_whether_given(pack: CompiledPack) -> Iterator[str]:
    """Inputs of which a cell or an expression asks whether they were given."""
    conditions = [*(rule.condition for table in pack.tables.values() for rule in table.rules), *limited(pack)]
    for clause in (one for condition in conditions for one in clauses(condition)):
        if asks_given(clause.test):
            yield clause.subject.name
        for side in sides(clause.test):
            yield from known_in(side)
    for measure in pack.measures.values():
        yield from known_in(measure.expr)
    for table in pack.tables.values():
        for rule in table.rules:
            for _, expr in rule.then.values:
                yield from known_in(expr)


def asks_given(test: Any) -> bool:
    """Whether a test asks if the answer was given."""
    if isinstance(test, OneOf | NoneOf):
        return any(map(asks_given, test.tests))
    return isinstance(test, State) and test.name in ("known", "unknown")


def known_in(expr: Any) -> Iterator[str]:
    """The inputs of which an expression asks whether they were given."""
    if isinstance(expr, Known):
        yield expr.name
    elif isinstance(expr, Op):
        for arg in expr.args:
            yield from known_in(arg)
