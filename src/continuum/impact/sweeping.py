# SPDX-License-Identifier: MIT
"""An amount or a threshold of the newer version varied over values: how many pupils come to what, and what it costs."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from continuum.arithmetic import as_decimal, exact
from continuum.comparing.same_space import NEW
from continuum.compiled import (
    Clause,
    CompiledPack,
    Condition,
    Lit,
    Not,
    Rate,
    RateRead,
    RateRow,
    Rule,
    Table,
    Type,
    clauses,
    needed,
    reads,
    sides,
)  # fmt: skip
from continuum.engines.reference import Reference
from continuum.errors import ContinuumError, EngineError, listed, nearest
from continuum.impact.outcomes import Classes, Said, View, pounds, views_of
from continuum.impact.reading import Reading
from continuum.impact.result import Amount, Point, Sweep
from continuum.impact.sums import Sum
from continuum.packs.language import Compare
from continuum.profiles import Profile
from continuum.rulebook import Changed, Rulebook

ASKED = re.compile(r"(?P<name>[^.=\s]+)\.(?P<key>[^=]+?)\s*=\s*(?P<low>.+?)\.\.(?P<high>[^:]+?)(?::(?P<step>.+))?$")
FORM = "write it as `tariff.T3=8000..12000:500`, or `EXC-3.provision_cost=5000..8000:500`"
MOST = 200
"""A sweep has at most so many values."""


@dataclass(frozen=True)
class Varied:
    """What is varied: how it is called, its type, what it is now, and the pack with another value in its place."""

    words: str
    type: Type
    current: Any
    with_value: Callable[[Any], CompiledPack]
    table: str = ""
    rate: str = ""

    def resting(self, pack: CompiledPack) -> tuple[str, ...]:
        """The outcomes that rest on it, by way of whatever: no other can come out differently."""
        return tuple(name for name in pack.outcomes if any(map(self._is_part, _behind(pack, name))))

    def _is_part(self, item: Table | str) -> bool:
        return item == self.rate if isinstance(item, str) else item.name == self.table


def _behind(pack: CompiledPack, outcome: str) -> Iterator[Table | str]:
    """The tables, and the names of the rates, that an outcome rests on."""
    for name in needed(pack, outcome):
        if name in pack.tables:
            table = pack.tables[name]
            yield table
            exprs = [expr for rule in table.rules for _, expr in rule.then.values]
            exprs += [
                one for rule in table.rules for clause in clauses(rule.condition) for one in (clause.subject, *sides(clause.test))
            ]
        elif name in pack.measures:
            exprs = [pack.measures[name].expr]
        else:
            continue
        yield from (read.rate for expr in exprs for read in reads(expr) if isinstance(read, RateRead))


def swept(asked: str, new: Rulebook, day: dt.date, reading: Reading, profiles: Sequence[tuple[Profile | None, int]]) -> Sweep:
    """The pupils and pounds of the new version for each value.

    Raises:
        ValueError: where there is no such amount or threshold, or the values are not ones that it can have.
    """
    match = ASKED.match(asked.strip())
    if not match:
        raise ValueError(f"`{asked}` is not a sweep; {FORM}")
    varied = found(new.pack, match["name"], match["key"], day)
    values = list(_values(varied.type, match["low"].strip(), match["high"].strip(), (match["step"] or "").strip()))
    resting = varied.resting(new.pack)
    views = [view for view in views_of(*reading.packs, reading.names) if view.names[NEW] in resting]
    lines = []
    for value in values:
        pack = replace(varied.with_value(value), outcomes=resting)
        lines.append(_line(Changed(new, Reference(pack)), day, views, profiles))
    classes = [
        Classes(view, reading.packs, [(line[i], line[i]) for each in lines for line, _ in each]) for i, view in enumerate(views)
    ]
    points = [_point(_shown(new.pack, varied, value), views, classes, line) for value, line in zip(values, lines, strict=True)]
    return _only_what_varies(asked, new.pack, varied, views, points)


def found(pack: CompiledPack, name: str, key: str, day: dt.date) -> Varied:
    """The amount or threshold that a sweep names: a rate, or what a rate is looked up by, and the key of a row; or a rule and
    what one of its clauses asks about.

    Raises:
        ValueError: where there is none, or more than one.
    """
    rules = {rule.id: (table, rule) for table in pack.tables.values() for rule in table.rules}
    if name in rules:
        return _threshold(pack, *rules[name], key)
    rates = [rate for rate in pack.rates.values() if name == rate.name or [name] == [one for one, _ in rate.keys]]
    rows = [(rate, row) for rate in rates if (row := _row(rate, key, day))]
    if len(rows) == 1:
        return _amount(pack, *rows[0])
    if rows:
        raise ValueError(f"`{name}.{key}` is an amount of {listed([rate.name for rate, _ in rows])}; name the rate")
    if rates:
        keys = [", ".join(str(one) for one in row.keys) for rate in rates for row in rate.rows if row.value != "unpublished"]
        raise ValueError(f"`{rates[0].name}` has no amount for `{key}` on {day}; it has {listed(keys)}")
    names = [*rules, *pack.rates, *(one for rate in pack.rates.values() for one, _ in rate.keys)]
    raise ValueError(f"`{name}` is no rate and no rule of {pack.id} {pack.version}; {nearest(name, names) or FORM}")


# amounts


def _row(rate: Rate, key: str, day: dt.date) -> RateRow | None:
    """The row of a rate that holds a number on the day, by its keys as they are written."""
    parts = [part.strip() for part in key.split(",")]
    if len(parts) != len(rate.keys) or rate.type.kind != "number":
        return None
    asked = tuple(_key(type_, part) for (_, type_), part in zip(rate.keys, parts, strict=True))
    row = rate.row(asked, day) if None not in asked else None
    return row if row and isinstance(row.value, int | Fraction) and not isinstance(row.value, bool) else None


def _key(type_: Type, text: str) -> Any:
    if type_.kind == "yes_no":
        return {"yes": True, "no": False}.get(text)
    if type_.values:
        return text if text in type_.values else None
    return _number(text)


def _amount(pack: CompiledPack, rate: Rate, row: RateRow) -> Varied:
    def with_value(value: Any) -> CompiledPack:
        rows = tuple(replace(one, value=value) if one is row else one for one in rate.rows)
        return replace(pack, rates={**pack.rates, rate.name: replace(rate, rows=rows)})

    keys = ", ".join("any" if one is None else str(one) for one in row.keys)
    return Varied(f"`{rate.name}` for {keys}", rate.type, row.value, with_value, rate=rate.name)


# thresholds


def _threshold(pack: CompiledPack, table: Table, rule: Rule, subject: str) -> Varied:
    asked = [clause for clause in clauses(rule.condition) if clause.subject.key == subject]
    if not asked:
        there = list(dict.fromkeys(clause.subject.key for clause in clauses(rule.condition)))
        raise ValueError(
            f"{rule.id} asks nothing about `{subject}`; it asks about {listed(there)}" if there else f"{rule.id} asks nothing"
        )
    movable = [clause for clause in asked if _constant(clause)]
    if len(movable) != 1 or len(asked) != 1:
        why = "more than once" if len(asked) > 1 else "not by comparing it with one value (such as `>= 6000`)"
        raise ValueError(f"{rule.id} asks about `{subject}` {why}, so there is no one threshold to vary")
    clause = movable[0]
    test: Any = clause.test

    def with_value(value: Any) -> CompiledPack:
        changed = replace(clause, test=replace(test, side=replace(test.side, value=value)))
        rules = tuple(
            replace(one, condition=_with(one.condition, clause, changed)) if one is rule and one.condition else one
            for one in table.rules
        )
        return replace(pack, tables={**pack.tables, table.name: replace(table, rules=rules)})

    return Varied(
        f"{rule.id}: {pack.label(subject)} {test.op}", clause.subject.type, test.side.value, with_value, table=table.name
    )


def _constant(clause: Clause) -> bool:
    """Whether a clause compares something that has an order with one value."""
    side: Any = clause.test.side if isinstance(clause.test, Compare) else None
    return isinstance(side, Lit) and clause.subject.type.ordered


def _with(condition: Condition, old: Clause, new: Clause) -> Condition:
    """A condition with one clause in place of another."""
    if isinstance(condition, Clause):
        return new if condition is old else condition
    if isinstance(condition, Not):
        return Not(_with(condition.item, old, new))
    return replace(condition, items=tuple(_with(item, old, new) for item in condition.items))


# values


def _values(type_: Type, low: str, high: str, step: str) -> Iterator[Any]:
    """The values of a sweep.

    Raises:
        ValueError: where they are not values of the type, or are too many.
    """
    if type_.values:
        places = [type_.values.index(end) if end in type_.values else -1 for end in (low, high)]
        by = int(step) if step.isdecimal() else 1
        if -1 in places or places[0] > places[1] or not by:
            raise ValueError(f"`{low}..{high}` are not two values of the scale, the lower first; it has {listed(type_.values)}")
        yield from type_.values[places[0] : places[1] + 1 : by]
        return
    if type_.kind == "date":
        raise ValueError("a day cannot be varied by steps")
    ends, by = (_number(low), _number(high)), _number(step or "1")
    if None in (*ends, by) or by <= 0 or ends[0] > ends[1]:
        raise ValueError(f"`{low}..{high}:{step or 1}` are not two numbers, the lower first, and a step; {FORM}")
    if type_.whole and any(Fraction(one).denominator != 1 for one in (*ends, by)):
        raise ValueError(f"`{low}..{high}:{step or 1}` must be whole numbers here")
    count = int((ends[1] - ends[0]) / by) + 1
    if count > MOST:
        raise ValueError(f"{count} values are more than {MOST}; take a larger step")
    for i in range(count):
        value = Fraction(ends[0] + i * by)
        yield value.numerator if value.denominator == 1 else value


def _number(text: str) -> Any:
    return exact(Decimal(text)) if re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,6})?", text) else None


# counting


def _line(
    rulebook: Rulebook, day: dt.date, views: Sequence[View], profiles: Sequence[tuple[Profile | None, int]]
) -> list[tuple[list[Said], int]]:
    found = []
    for profile, count in profiles:
        try:
            decision = rulebook.decide(profile, on=day) if profile else None
        except EngineError:
            raise
        except ContinuumError:
            decision = None
        found.append(([view.said(NEW, decision) for view in views], count))
    return found


def _point(value: str, views: Sequence[View], classes: Sequence[Classes], line: list[tuple[list[Said], int]]) -> Point:
    pupils: dict[str, dict[str, int]] = {}
    money: dict[str, Amount] = {}
    for i, view in enumerate(views):
        counts: Counter[str] = Counter(dict.fromkeys(classes[i].rows, 0))
        total = Sum()
        for said, count in line:
            counts[classes[i].of(said[i], said[i])[0]] += count
            total.add(said[i], count)
        pupils[view.key] = dict(counts)
        if view.money:
            money[view.key] = total.amount()
    return Point(value, pupils, money)


def _only_what_varies(asked: str, pack: CompiledPack, varied: Varied, views: Sequence[View], points: list[Point]) -> Sweep:
    """The points without what is the same at each of them. An amount is told by its pounds, and not by how many have which."""
    money = [view.key for view in views if view.money and len({point.money[view.key] for point in points}) > 1]
    counted = [
        view.key for view in views if not view.money and len({tuple(point.pupils[view.key].items()) for point in points}) > 1
    ]
    labels = {view.key: view.label(pack) for view in views if view.key in (*money, *counted)}
    unit = varied.type.unit_words() if varied.type.kind == "number" else ""
    return Sweep(
        asked, varied.words, _shown(pack, varied, varied.current), unit,
        tuple(
            Point(point.value, {key: point.pupils[key] for key in counted}, {key: point.money[key] for key in money})
            for point in points
        ),
        labels,
    )  # fmt: skip


def _shown(pack: CompiledPack, varied: Varied, value: Any) -> str:
    type_ = varied.type
    if type_.values:
        return pack.value_label(type_.name, type_, value)
    plain = as_decimal(value, type_.places if type_.money else None)
    return pounds(plain, type_.unit_words()) if type_.money else f"{plain:,}"
