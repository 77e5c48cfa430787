# SPDX-License-Identifier: MIT
"""Mutants: copies of a pack with one small slip in one rule, such as a person may make. A good set of cases notices each.

A mutant is what the compiler would have made of the changed text: one table is another, and all else is the same. Amounts, rates,
measures and what is impossible are left as they are.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

from continuum.checks.told import written_as
from continuum.compiled import (
    AllOf,
    AnyOf,
    Clause,
    CompiledPack,
    Condition,
    Lit,
    Not,
    Read,
    Rule,
    Table,
    Test,
    Type,
    clauses,
    condition_reads,
    sides,
)  # fmt: skip
from continuum.packs.language import Between, Compare, NoneOf, OneOf, State

MOVED, EDGE, LIST, DROPPED, CONDITION, OUTCOME, JOINED, ORDER = KINDS = (
    "threshold moved", "edge flipped", "value dropped from a list", "rule dropped", "condition dropped", "outcome moved",
    "`any` and `all` exchanged", "neighbours swapped",
)  # fmt: skip
"""What kinds of slips there are, in words."""
FLIPPED = {">=": ">", ">": ">=", "<=": "<", "<": "<="}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One slip: its kind, the rule with its place in the pack (``file:line``), what was changed in words, and the table that
    stands in place of the one of its name. ``moved`` is what a moved threshold is about.
    """

    kind: str
    rule: str
    place: str
    words: str
    table: Table
    moved: Read | None = None

    def pack(self, original: CompiledPack) -> CompiledPack:
        """The whole pack with the slip in it."""
        return replace(original, tables={**original.tables, self.table.name: self.table})


def mutants(pack: CompiledPack) -> Iterator[Mutant]:
    """Every mutant of a pack, in the order of its rules."""
    for table in pack.tables.values():
        for i, rule in enumerate(table.rules):
            for kind, words, changed, moved in _slips(pack, table, rule):
                rules = (*table.rules[:i], *changed, *table.rules[i + 1 :])
                yield Mutant(kind, rule.id, rule.place, f"{rule.id}: {words}", of_rules(table, rules), moved)
        if table.hit == "first":
            yield from _swaps(table)


def _slips(pack: CompiledPack, table: Table, rule: Rule) -> Iterator[tuple[str, str, list[Rule], Read | None]]:
    """The kind, the words, the rules that stand in place of one, and what a moved threshold is about."""
    if len(table.rules) > 1:
        yield DROPPED, "the rule was dropped", [], None
    if rule.condition is not None:
        for kind, words, condition, moved in _conditions(pack, rule.condition):
            yield kind, words, [replace(rule, condition=condition)], moved
    for i, (name, expr) in enumerate(rule.then.values):
        type_ = dict(table.type.fields)[name] if table.type.fields else table.type
        if isinstance(expr, Lit) and type_.kind in ("scale", "yes_no"):
            for value in _beside(expr.value, type_, None):
                values = (*rule.then.values[:i], (name, replace(expr, value=value)), *rule.then.values[i + 1 :])
                words = f"{name or 'the outcome'} `{written_as(expr.value)}` became `{written_as(value)}`"
                yield OUTCOME, words, [replace(rule, then=replace(rule.then, values=values))], None


def _swaps(table: Table) -> Iterator[Mutant]:
    ordinary = [i for i, rule in enumerate(table.rules) if rule.condition is not None]
    for one, other in pairwise(ordinary):
        rules = list(table.rules)
        rules[one], rules[other] = rules[other], rules[one]
        words = f"{rules[one].id}: was put before {rules[other].id}"
        yield Mutant(ORDER, rules[one].id, rules[one].place, words, of_rules(table, tuple(rules)))


def of_rules(table: Table, rules: tuple[Rule, ...]) -> Table:
    """The table with other rules; what its conditions need is what they read now."""
    conditions = [rule.condition for rule in rules if rule.condition is not None]
    read = [item for condition in conditions for item in condition_reads(condition)]
    needs = dict.fromkeys(item.name for item in read if isinstance(item, Read) and item.of == "decision")
    lines = [clause for condition in conditions for clause in clauses(condition)]
    asked = {clause.subject.name for clause in lines if clause.subject.of == "decision" and _asks_state(clause.test)}
    compared = {side for clause in lines for side in (clause.subject, *sides(clause.test))}
    checks = tuple(check for check in table.checks if check in compared)
    return replace(table, rules=rules, needs=tuple(needs), asked=frozenset(asked), checks=checks)


def _asks_state(test: Test) -> bool:
    if isinstance(test, OneOf | NoneOf):
        return any(map(_asks_state, test.tests))
    return isinstance(test, State) and test.name in ("applicable", "not_applicable", "referred")


# conditions


def _conditions(pack: CompiledPack, condition: Condition) -> Iterator[tuple[str, str, Condition, Read | None]]:
    """Every slip in a condition: its kind, the words, the condition with it, and what a moved threshold is about."""
    if isinstance(condition, Clause):
        for kind, test in _tests(pack, condition.subject, condition.test):
            clause = replace(condition, test=test, text=cell(test))
            yield kind, f"`{line(condition)}` became `{line(clause)}`", clause, condition.subject if kind == MOVED else None
        return
    if isinstance(condition, Not):
        for kind, words, item, moved in _conditions(pack, condition.item):
            yield kind, words, Not(item), moved
        return
    items = condition.items
    if len(items) > 1:
        was, becomes = ("all", AnyOf) if isinstance(condition, AllOf) else ("any", AllOf)
        now = "any" if was == "all" else "all"
        yield JOINED, f"`{was}` became `{now}` in {said(condition)}", becomes(items), None
        for i, item in enumerate(items):
            yield CONDITION, f"{said(item)} was dropped", replace(condition, items=items[:i] + items[i + 1 :]), None
    for i, item in enumerate(items):
        for kind, words, changed, moved in _conditions(pack, item):
            yield kind, words, replace(condition, items=(*items[:i], changed, *items[i + 1 :])), moved


def _tests(pack: CompiledPack, subject: Read, test: Any, *, in_list: bool = False) -> Iterator[tuple[str, Any]]:
    """Every slip in one cell. A value that a list names is dropped and not moved."""
    if isinstance(test, Compare):
        if test.op in FLIPPED:
            yield EDGE, replace(test, op=FLIPPED[test.op])
        if not in_list or test.op in FLIPPED:
            yield from ((MOVED, replace(test, side=side)) for side in _sides(pack, subject, test.side))
    elif isinstance(test, Between):
        yield EDGE, replace(test, low_in=not test.low_in)
        yield EDGE, replace(test, high_in=not test.high_in)
        yield from ((MOVED, replace(test, low=side)) for side in _sides(pack, subject, test.low))
        yield from ((MOVED, replace(test, high=side)) for side in _sides(pack, subject, test.high))
    elif isinstance(test, OneOf | NoneOf):
        yield from _lists(pack, subject, test)


def _lists(pack: CompiledPack, subject: Read, test: OneOf | NoneOf) -> Iterator[tuple[str, Any]]:
    for i, inner in enumerate(test.tests):
        if len(test.tests) > 1:
            yield LIST, replace(test, tests=test.tests[:i] + test.tests[i + 1 :])
        for kind, changed in _tests(pack, subject, inner, in_list=True):
            yield kind, replace(test, tests=(*test.tests[:i], changed, *test.tests[i + 1 :]))


def _sides(pack: CompiledPack, subject: Read, side: Any) -> Iterator[Any]:
    """A constant one step down and one step up; nothing else is a threshold that can be moved."""
    if isinstance(side, Lit) and subject.type.ordered:
        for value in _beside(side.value, subject.type, step_of(pack, subject)):
            yield replace(side, value=value)


def step_of(pack: CompiledPack, subject: Read) -> Any:
    """One step of what a cell is about: the input's own step, a day, or for what is worked out one, or the least amount shown;
    None for a scale, which has its own.
    """
    type_ = subject.type
    if type_.kind == "date":
        return dt.timedelta(days=1)
    if type_.kind != "number":
        return None
    if subject.of == "input" and subject.name in pack.inputs:
        return pack.inputs[subject.name].step or 1
    return Fraction(1, 10**type_.places) if type_.places and not type_.whole else 1


def _beside(value: Any, type_: Type, step: Any) -> list[Any]:
    """The values one step below and one step above, where there are such."""
    if type_.kind == "yes_no":
        return [not value]
    if type_.values:
        place = type_.values.index(value)
        return [*type_.values[max(0, place - 1) : place], *type_.values[place + 1 : place + 2]]
    return [stepped(value, step, -1), stepped(value, step, 1)]


def stepped(value: Any, step: Any, by: int) -> Any:
    """A number or day so many steps on."""
    moved = value + by * step
    return int(moved) if isinstance(moved, Fraction) and moved.denominator == 1 else moved


# words


def line(clause: Clause) -> str:
    """A clause in one line, as ``hearing >= severe`` or ``plan: sen_support, ehcp``."""
    test: Any = clause.test
    name = clause.subject.key
    if isinstance(test, Compare) and test.op != "=":
        side: Any = test.side
        written = _value(side) if isinstance(side, Lit | Read) else re.sub(r"^\s*[<>=!]+\s*", "", clause.text)
        return f"{name} {test.op} {written}"
    return f"{name}: {clause.text if isinstance(test, State) else cell(test)}"


def cell(test: Any) -> str:
    """A test as a cell of a pack."""
    if isinstance(test, Compare):
        return f"{'' if test.op == '=' else f'{test.op} '}{_value(test.side)}"
    if isinstance(test, Between):
        ends = "[" if test.low_in else "(", "]" if test.high_in else ")"
        return f"{ends[0]}{_value(test.low)} .. {_value(test.high)}{ends[1]}"
    if isinstance(test, OneOf):
        return ", ".join(map(cell, test.tests))
    return f"not ({', '.join(map(cell, test.tests))})" if isinstance(test, NoneOf) else str(test.name)


def _value(side: Any) -> str:
    if isinstance(side, Lit):
        return written_as(side.value)
    return side.key if isinstance(side, Read) else "what it is worked out to be"


def said(condition: Condition) -> str:
    """A condition in a few words."""
    if isinstance(condition, Clause):
        return f"`{line(condition)}`"
    if isinstance(condition, Not):
        return f"not ({said(condition.item)})"
    return (", " if isinstance(condition, AllOf) else " or ").join(map(said, condition.items)).join("()")
