# SPDX-License-Identifier: MIT
"""The reference engine: the definition of the language, over typed clauses and raw values; it knows nothing of cells.

Every expression and condition becomes a small function of an environment. The environment is a dictionary in which inputs
stand as given; measures and decisions are worked out when first asked for, and asking for an input that nobody has given
raises :class:`NotKnown`, which is how completions know where to branch.
"""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable, Mapping
from typing import Any

from continuum.arithmetic import PLAIN, CannotWorkOut, last_day, nearest, next_day, round_to
from continuum.compiled import (
    ABSENT,
    UNPUBLISHED,
    AllOf,
    Clause,
    CompiledPack,
    Condition,
    Expr,
    Known,
    Lit,
    Not,
    Op,
    RateRead,
    Read,
    Table,
    Test,
    Type,
)  # fmt: skip
from continuum.engines.hits import INDICATED, NOT_APPLICABLE, REFER, Upstream, Worked, blocked, gives, settle
from continuum.packs.language import Compare, NoneOf, OneOf, State

Reader = Callable[["Env"], Any]
Holds = Callable[["Env"], bool]
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


class NotKnown(Exception):
    """An input that nobody has given was asked for."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Env(dict[str, Any]):
    """The values of one profile on one day; measures and decisions join it as they are worked out."""

    __slots__ = ("engine", "given")

    def __init__(self, engine: Reference, values: Mapping[str, Any], day: dt.date, given: frozenset[str]) -> None:
        super().__init__(values)
        self["today"] = day
        self.engine, self.given = engine, given

    def also(self, name: str, value: Any) -> Env:
        """The same with one more input known. What was worked out without it stands: it did not ask for it."""
        return Env(self.engine, {**self, name: value}, self["today"], self.given)

    def __missing__(self, name: str) -> Any:
        measure = self.engine.measures.get(name)
        if measure:
            value = measure(self)
        else:
            table = self.engine.tables.get(name)
            if table is None:
                raise NotKnown(name)
            value = table(self)
        self[name] = value
        return value


class Reference:
    """A compiled pack as plain functions. Immutable after it is built, so threads may share it."""

    name = "reference"

    def __init__(self, pack: CompiledPack) -> None:
        self.pack = pack
        self.measures: dict[str, Reader] = {name: self.reader(m.expr) for name, m in pack.measures.items()}
        self.conditions: dict[str, Holds] = {
            rule.id: self.holds(rule.condition) for t in pack.tables.values() for rule in t.rules if rule.condition
        }
        self.tables: dict[str, Callable[[Env], Worked]] = {name: self._table(t) for name, t in pack.tables.items()}
        self.impossible: list[Holds] = [_if_workable(self.holds(item.condition)) for item in pack.impossible]

    def env(self, values: Mapping[str, Any], day: dt.date, given: frozenset[str] | None = None) -> Env:
        """An environment for these values; ``given`` are the inputs the form gave, where that differs."""
        return Env(self, values, day, frozenset(values) if given is None else given)

    def decide(self, values: Mapping[str, Any], day: dt.date) -> dict[str, Worked]:
        """Every outcome of a profile that gives all that they ask for.

        Raises:
            NotKnown: where an outcome needs an input that is not given.
        """
        env = self.env(values, day)
        return {name: env[name] for name in self.pack.outcomes}

    # tables

    def _table(self, table: Table) -> Callable[[Env], Worked]:
        rules = [(rule, self.conditions[rule.id]) for rule in table.rules if rule.condition]
        needs = [name for name in table.needs if name not in table.asked]
        checks = [self.reader(expr) for expr in table.checks]
        outcomes = {rule.id: gives(table, rule, self.reader) for rule in table.rules}
        first = table.hit == "first"

        def decide(env: Env) -> Worked:
            if needs or checks:
                problem = blocked(problems(env, needs, checks))
                if problem:
                    return problem
            if first:
                fired = next(([rule] for rule, holds in rules if holds(env)), [])
            else:
                fired = [rule for rule, holds in rules if holds(env)]
            return settle(table, fired, lambda rule: outcomes[rule.id](env))

        return decide

    # conditions

    def holds(self, condition: Condition) -> Holds:
        """A condition as a function."""
        if isinstance(condition, Clause):
            return self._clause(condition)
        if isinstance(condition, Not):
            inner = self.holds(condition.item)
            return lambda env: not inner(env)
        items = [self.holds(item) for item in condition.items]
        return _every(items) if isinstance(condition, AllOf) else _some(items)

    def _clause(self, clause: Clause) -> Holds:
        return self._test(clause.test, clause.subject)

    def _test(self, test: Test, subject: Read) -> Holds:
        if isinstance(test, State):
            return _state(test.name, subject)
        if isinstance(test, OneOf | NoneOf):
            inner = [self._test(item, subject) for item in test.tests]
            if isinstance(test, OneOf):
                return _some(inner)
            if subject.of == "decision" and not _asks_state(test):
                name = subject.name
                return lambda env: env[name].state == INDICATED and not any(item(env) for item in inner)
            return lambda env: not any(item(env) for item in inner)
        if subject.type.kind == "set":
            return self._member(test, subject)
        get = _value_of(subject)
        if isinstance(test, Compare):
            return self._compare(test.op, get, test.side, subject)
        above = self._compare(">=" if test.low_in else ">", get, test.low, subject)
        below = self._compare("<=" if test.high_in else "<", get, test.high, subject)
        return lambda env: above(env) and below(env)

    def _member(self, test: Any, subject: Read) -> Holds:
        """A cell about a set: some member satisfies it."""
        name, compare = subject.name, COMPARE[test.op]
        side = _value_of(test.side) if isinstance(test.side, Read) else self.reader(test.side)

        def some(env: Env) -> bool:
            worked, wanted = env[name], side(env)
            return worked.state == INDICATED and wanted is not ABSENT and any(compare(m, wanted) for m in worked.value)

        return some

    def _compare(self, op: str, get: Reader, side: Any, subject: Read) -> Holds:
        compare = COMPARE[op]
        order = {value: i for i, value in enumerate(subject.type.values)} if subject.type.kind == "scale" else None
        name = subject.name
        if isinstance(side, Lit) and subject.of == "decision" and op == "=" and not subject.part:
            wanted = side.value
            return lambda env: env[name].value == wanted and env[name].state == INDICATED
        if isinstance(side, Lit) and subject.of != "decision" and not subject.maybe_absent:
            constant = order[side.value] if order else side.value
            if order:
                return lambda env: compare(order[env[name]], constant)
            return lambda env: compare(env[name], constant)
        other = _value_of(side) if isinstance(side, Read) else self.reader(side)

        def against(env: Env) -> bool:
            left, right = get(env), other(env)
            if left is ABSENT or right is ABSENT:
                return False
            return compare(order[left], order[right]) if order else compare(left, right)

        return against

    # expressions

    def reader(self, expr: Expr) -> Reader:
        """An expression as a function."""
        if isinstance(expr, Lit):
            value = expr.value
            return lambda _: value
        if isinstance(expr, Known):
            name = expr.name
            return lambda env: name in env.given
        if isinstance(expr, Read):
            return _read(expr)
        if isinstance(expr, RateRead):
            return self._rate(expr)
        return self._operation(expr)

    def _operation(self, expr: Op) -> Reader:
        args = [self.reader(arg) for arg in expr.args]
        if expr.op == "if":
            condition, yes, no = args
            return lambda env: yes(env) if condition(env) is True else no(env)
        if expr.op == "if_absent":
            asked, instead = args
            return lambda env: instead(env) if (value := asked(env)) is ABSENT else value
        if expr.op == "coalesce":
            known, first, second = args
            return lambda env: value if known(env) and (value := first(env)) is not ABSENT else second(env)
        if expr.op == "and":
            return lambda env: args[0](env) is True and args[1](env) is True
        if expr.op == "or":
            return lambda env: args[0](env) is True or args[1](env) is True
        apply = operation(expr)
        if len(args) == 1:
            only = args[0]
            return lambda env: apply((only(env),))
        return lambda env: apply([arg(env) for arg in args])

    def _rate(self, expr: RateRead) -> Reader:
        rate = self.pack.rates[expr.rate]
        if expr.back is not None:
            return self._backwards(expr)
        keys = [self.reader(key) for key in expr.keys]
        at = self.reader(expr.at) if expr.at else None

        def look_up(env: Env) -> Any:
            found = tuple(key(env) for key in keys)
            day = at(env) if at else env["today"]
            if day is ABSENT or ABSENT in found:
                return ABSENT
            row = rate.row(found, day)
            if row is None or row.value == UNPUBLISHED:
                printed = [self.pack.value_label(*key, value) for key, value in zip(rate.keys, found, strict=True)]
                for_ = f" for {', '.join(printed)}" if printed else ""
                if row is None:
                    raise CannotWorkOut("arithmetic", f"`{rate.name}` has no row{for_} on {day}")
                raise CannotWorkOut("unpublished", f"`{rate.name}`{for_} is not published for {day}")
            return row.value

        return look_up

    def _backwards(self, expr: RateRead) -> Reader:
        rate, value_of = self.pack.rates[expr.rate], self.reader(expr.back)  # type: ignore[arg-type]  # given here
        values = rate.keys[0][1].values

        def find(env: Env) -> Any:
            value = value_of(env)
            if value is ABSENT:
                return ABSENT
            rows = [(rate.row((key,), env["today"]), key) for key in values]
            candidates = [(row.value, key) for row, key in rows if row and row.value != UNPUBLISHED]
            if not candidates:
                raise CannotWorkOut("unpublished", f"`{rate.name}` has no published amounts on {env['today']}")
            return nearest(value, candidates, expr.toward)  # type: ignore[arg-type]  # unpublished rows are left out

        return find


def _if_workable(holds: Holds) -> Holds:
    """A condition that does not hold where what it reads cannot be worked out."""

    def workable(env: Env) -> bool:
        try:
            return holds(env)
        except (CannotWorkOut, Upstream):
            return False

    return workable


def _every(items: list[Holds]) -> Holds:
    """All hold, in order; written out for two and three because that is most conditions."""
    if len(items) == 2:
        first, second = items
        return lambda env: first(env) and second(env)
    if len(items) == 3:
        one, two, three = items
        return lambda env: one(env) and two(env) and three(env)

    def every(env: Env) -> bool:
        for item in items:  # noqa: SIM110  # a loop is faster than all() over a generator, and this is the hot path
            if not item(env):
                return False
        return True

    return every


def _some(items: list[Holds]) -> Holds:
    def some(env: Env) -> bool:
        for item in items:  # noqa: SIM110  # as above
            if item(env):
                return True
        return False

    return some


def problems(env: Env, needs: list[str], checks: list[Reader]) -> list[Upstream | CannotWorkOut]:
    """Why a table cannot be worked out: the decisions and values that its conditions need and that are not there."""
    problems: list[Upstream | CannotWorkOut] = []
    for name in needs:
        worked = env[name]
        if worked.state != INDICATED:
            problems.append(Upstream(name, worked))
    for check in checks:
        try:
            check(env)
        except (Upstream, CannotWorkOut) as problem:
            problems.append(problem)
    return problems


def _read(expr: Read) -> Reader:
    name, part = expr.name, expr.part
    if expr.of != "decision":
        return lambda env: env[name]

    def read(env: Env) -> Any:
        worked = env[name]
        if worked.state != INDICATED:
            raise Upstream(name, worked)
        return worked.value[part] if part else worked.value

    return read


def _asks_state(test: Test) -> bool:
    if isinstance(test, OneOf | NoneOf):
        return any(_asks_state(inner) for inner in test.tests)
    return isinstance(test, State) and test.name in ("applicable", "not_applicable", "referred")


def _value_of(subject: Read) -> Reader:
    """The subject of a cell; a decision that is not indicated counts as absent, so that ordinary cells do not hold."""
    name, part = subject.name, subject.part
    if subject.of != "decision":
        return lambda env: env[name]

    def value(env: Env) -> Any:
        worked = env[name]
        if worked.state != INDICATED:
            return ABSENT
        return worked.value[part] if part else worked.value

    return value


def _state(name: str, subject: Read) -> Holds:
    asked = subject.name
    tests: dict[str, Holds] = {
        "any": lambda _env: True,
        "known": lambda env: asked in env.given,
        "unknown": lambda env: asked not in env.given,
        "absent": lambda env: env[asked] is ABSENT,
        "present": lambda env: env[asked] is not ABSENT,
        "applicable": lambda env: env[asked].state != NOT_APPLICABLE,
        "not_applicable": lambda env: env[asked].state == NOT_APPLICABLE,
        "referred": lambda env: env[asked].state == REFER,
    }
    return tests[name]


def operation(expr: Op) -> Callable[[Any], Any]:
    """An operation as a function of the values of its arguments; anything over an absent value is absent, but a
    comparison with one does not hold and a count does not count it.
    """
    op, type_ = expr.op, expr.args[0].type
    if op == "count":
        return lambda values: sum(1 for value in values if value is True)
    if op == "not":
        return lambda values: values[0] is not True
    apply = _function(expr, type_)
    if op in COMPARE:
        return lambda values: False if ABSENT in values else apply(values)
    if not any(arg.maybe_absent for arg in expr.args):
        return apply
    return lambda values: ABSENT if ABSENT in values else apply(values)


def _function(expr: Op, type_: Type) -> Callable[[Any], Any]:
    op, order = expr.op, {value: i for i, value in enumerate(type_.values)} if type_.kind == "scale" else None
    if op in COMPARE:
        compare = COMPARE[op]
        if order:
            return lambda values: compare(order[values[0]], order[values[1]])
        return lambda values: compare(values[0], values[1])
    if op in ("max", "min", "nth_highest"):
        return _in_order(expr, order)
    if op == "sum":
        return sum
    if op == "points":
        points = dict(zip(type_.values, type_.points, strict=True))
        return lambda values: points[values[0]]
    if op in DETAILED:
        detailed, detail = DETAILED[op], expr.detail
        return lambda values: detailed(values, detail)
    if op in ("next", "previous"):
        step, last = (1, len(type_.values) - 1) if op == "next" else (-1, 0)
        return lambda values: type_.values[last if order[values[0]] == last else order[values[0]] + step]  # type: ignore[index]
    plain = PLAIN[op]
    return lambda values: plain(*values)


def _in_order(expr: Op, order: dict[str, int] | None) -> Callable[[Any], Any]:
    """The highest, the lowest, or the one that stands in a certain place from the highest."""
    key = order.__getitem__ if order else None
    if expr.op == "nth_highest":
        place = expr.detail - 1
        return lambda values: sorted(values, key=key, reverse=True)[place]
    best: Any = max if expr.op == "max" else min
    return (lambda values: best(values, key=key)) if key else best


DETAILED: dict[str, Callable[[Any, Any], Any]] = {
    "round": lambda values, detail: round_to(values[0], *detail),
    "nearest": lambda values, toward: nearest(values[0], [(value, value) for value in values[1:]], toward),
    "last_day": lambda values, month_and_day: last_day(values[0], *month_and_day),
    "next_day": lambda values, month_and_day: next_day(values[0], *month_and_day),
}
"""Functions of which a part is fixed when the pack is written, by the name of the operation."""
