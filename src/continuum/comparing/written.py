# SPDX-License-Identifier: MIT
"""What an expression of a pack comes down to on a day, so that two packs' expressions are equal only if they mean the same.

Measures are written out, rates are the rows of the day, inputs have the names of the newer pack. Two that are written
differently may still mean the same: nothing is concluded from a difference.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from continuum.compiled import (
    AnyOf,
    Clause,
    CompiledPack,
    Condition,
    Expr,
    Known,
    Lit,
    Not,
    Op,
    Read,
    Table,
    Type,
)  # fmt: skip
from continuum.packs.language import Between, Compare, NoneOf, OneOf


class Written:
    """The expressions of one pack on a day; ``names`` says what its inputs are called where two packs are compared, and ``moved``
    which of them are not the same day for both.
    """

    def __init__(self, pack: CompiledPack, day: dt.date, names: Mapping[str, str], moved: Collection[str] = ()) -> None:
        self.pack, self.day, self.names, self.moved = pack, day, names, moved
        self._tables: dict[str, Any] = {}

    def expr(self, expr: Expr) -> Any:
        """An expression, written out."""
        if isinstance(expr, Lit):
            return "is", type(expr.value).__name__, expr.value
        if isinstance(expr, Known):
            return "given", self.names[expr.name]
        if isinstance(expr, Read):
            return self._read(expr)
        if isinstance(expr, Op):
            return expr.op, expr.detail, _kind(expr.type), *((_kind(arg.type), self.expr(arg)) for arg in expr.args)
        parts = [self.expr(part) for part in (*expr.keys, *(one for one in (expr.at, expr.back) if one))]
        return "rate", bool(expr.at), bool(expr.back), expr.toward, self._rows(expr.rate, dated=bool(expr.at)), *parts

    def _read(self, read: Read) -> Any:
        if read.name == "today":
            return "today", self.day
        if read.of == "input":
            day = self.day if read.name in self.moved else None
            return "input", self.names[read.name], _kind(read.type), self.pack.inputs[read.name].optional, day
        if read.of == "measure":
            return self.expr(self.pack.measures[read.name].expr)
        return "decision", read.part, self.table(read.name)

    def _rows(self, name: str, *, dated: bool) -> Any:
        """The rows of a rate, with their days only where another day than that of the decision is asked for."""
        rate = self.pack.rates[name]
        keys = tuple(_kind(type_) for _, type_ in rate.keys)
        if dated:
            return keys, _kind(rate.type), tuple((row.keys, row.value, row.start, row.end) for row in rate.rows)
        there = [row for row in rate.rows if (not row.start or row.start <= self.day) and (not row.end or self.day <= row.end)]
        return keys, _kind(rate.type), tuple((row.keys, row.value) for row in there)

    def condition(self, condition: Condition | None) -> Any:
        """A condition, written out."""
        if condition is None:
            return "otherwise"
        if isinstance(condition, Clause):
            return self.clause(condition.subject, condition.test)
        if isinstance(condition, Not):
            return "not", self.condition(condition.item)
        return "any" if isinstance(condition, AnyOf) else "all", *map(self.condition, condition.items)

    def clause(self, subject: Read, test: Any) -> Any:
        """A test of something, written out."""
        return "clause", _kind(subject.type), self.expr(subject), self._test(test)

    def _test(self, test: Any) -> Any:
        if isinstance(test, Compare):
            return test.op, self.expr(test.side)  # type: ignore[arg-type]  # the sides of a compiled test are typed
        if isinstance(test, Between):
            return test.low_in, test.high_in, self.expr(test.low), self.expr(test.high)  # type: ignore[arg-type]
        if isinstance(test, OneOf | NoneOf):
            return type(test).__name__, *map(self._test, test.tests)
        return test

    def table(self, name: str) -> Any:
        """A table, written out with all it reads, but for ids and words."""
        if name not in self._tables:
            table = self.pack.tables[name]
            checks = tuple(map(self.expr, table.checks))
            self._tables[name] = (table.hit, table.rank_by, shape(table), checks, tuple(map(self._rule, table.rules)))
        return self._tables[name]

    def _rule(self, rule: Any) -> Any:
        return self.condition(rule.condition), *self.then(rule), rule.to

    def then(self, rule: Any) -> Any:
        """What a rule gives, written out."""
        return rule.then.kind, tuple((part, self.expr(expr)) for part, expr in rule.then.values)

    def free(self, key: Any) -> Any:
        """What a free variable of the meaning stands for, by the key it is kept under."""
        kind, *rest = key
        if kind == "clause":
            return self.clause(*rest)
        if kind == "measure":
            return kind, self.expr(self.pack.measures[rest[0]].expr)
        if kind == "then":
            return kind, tuple((part, self.expr(expr)) for part, expr in rest[1])
        return kind, self.table(rest[0]) if kind == "agree" else self.expr(rest[0])

    def formula(self, rule: str, part: str) -> Any:
        """What a rule works out, as it is shown; for the name of a table, all that its rules do together."""
        for table in self.pack.tables.values():
            for one in table.rules:
                if one.id == rule:
                    return "formula", shape(table, part), self.expr(dict(one.then.values)[part])
        return "formulas", self.table(rule)


def shape(table: Table, part: str = "") -> Any:
    """How the values of a table, or of one field of it, are made and rounded."""
    type_ = dict(table.type.fields)[part] if part else table.type
    fields = tuple((name, one.places, one.rounding) for name, one in type_.fields)
    return _kind(type_), type_.places, type_.rounding, fields


def _kind(type_: Type) -> Any:
    """What of a type an operation can tell apart."""
    return type_.kind, type_.values, type_.points, type_.unit, tuple((name, _kind(one)) for name, one in type_.fields)
