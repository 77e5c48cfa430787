# SPDX-License-Identifier: MIT
"""Expressions over what each input may be instead of what it is, and from them an answer where nothing better is to be had.

A value is one of several while they are few, and lies in an interval where they are not; what two values have to do with each
other is forgotten. Nothing is ever narrower than the truth. :class:`Bounds` takes every rule that what is known does not rule
out, each by itself.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain, product
from typing import Any, Final, NamedTuple, TypeAlias

from continuum.arithmetic import CannotWorkOut
from continuum.compiled import (
    ABSENT,
    UNPUBLISHED,
    AllOf,
    Clause,
    Condition,
    Expr,
    Input,
    Known,
    Lit,
    Not,
    Op,
    Rate,
    RateRead,
    Read,
    Rule,
    Table,
    Type,
    condition_reads,
    reads,
)  # fmt: skip
from continuum.engines.completions import Line
from continuum.engines.hits import INDICATED, REFER, Upstream, Worked, blocked, gives, settle, shown
from continuum.engines.reference import COMPARE, Env, NotKnown, Reference, operation

FEW: Final = 64
COMBINATIONS: Final = 1024
EITHER: Final = frozenset((True, False))
Problem: TypeAlias = Upstream | CannotWorkOut
Span: TypeAlias = tuple[Any, Any]


class Bound(NamedTuple):
    """What an outcome may come to: results named one by one, and for numbers and dates the ends of an interval beside
    (both None where there is none). ``rules`` are all that may decide.

    Where sets, or several values, are too many to name, the results named are the ends between which they lie: the
    smallest and the largest set, the lowest and the highest of each field. ``open`` where an interval lacks an end;
    ``exact`` where the results named are those that some completion comes to, and no more.
    """

    worked: tuple[Worked, ...]
    low: Any = None
    high: Any = None
    rules: tuple[str, ...] = ()
    open: bool = False
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Some:
    """What an expression may be: these values (absent among them), anything in the span, or one of these problems. An
    end of a span that is None is not known.
    """

    values: frozenset[Any] = frozenset()
    span: Span | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether it has no value at all."""
        return not self.values and self.span is None

    @property
    def hull(self) -> Span | None:
        """The ends of all that it may be, absent apart."""
        points = [(value, value) for value in self.values if value is not ABSENT]
        return _widest([*points, self.span] if self.span else points)


def _widest(spans: list[Span]) -> Span | None:
    """The span over all of these."""
    if not spans:
        return None
    lows, highs = zip(*spans, strict=True)
    return None if None in lows else min(lows), None if None in highs else max(highs)


ANYTHING: Final = Some(span=(None, None))


def some(values: Iterable[Any], span: Span | None = None, problems: Iterable[Problem] = ()) -> Some:
    """The same, with numbers and days that are many turned into a span."""
    found, problems = frozenset(values), tuple({_problem_key(problem): problem for problem in problems}.values())
    if len(found) > FEW and isinstance(next(iter(found - {ABSENT})), int | Fraction | dt.date):
        return Some(found & {ABSENT}, Some(found, span).hull, problems)
    return Some(found, span, problems)


def _problem_key(problem: Problem) -> tuple[str, str]:
    return (problem.name, problem.worked.state) if isinstance(problem, Upstream) else ("", problem.cause)


def either(*parts: Some) -> Some:
    """Any of these."""
    span = _widest([part.span for part in parts if part.span])
    return some(chain(*(part.values for part in parts)), span, chain(*(part.problems for part in parts)))


@dataclass(frozen=True, slots=True)
class May:
    """What a decision may come to: these results, or values whose ``parts`` are known (by field, or by ``""``)."""

    worked: tuple[Worked, ...] = ()
    parts: Mapping[str, Some] | None = None
    rules: tuple[str, ...] = ()

    @property
    def indicated(self) -> May:
        """Without what stops it."""
        return replace(self, worked=tuple(item for item in self.worked if item.state == INDICATED))

    def bound(self, type_: Type, *, exact: bool = False) -> Bound:
        """The same as it is told: what is too much to name by its ends."""
        if self.parts is None or type_.kind == "set":
            return Bound(self.worked, rules=self.rules, exact=exact)
        if type_.kind == "fields":
            ends = [[(name, end) for end in _ends(part)] for name, part in self.parts.items()]
            return Bound((*self.worked, *(Worked(INDICATED, dict(item)) for item in product(*ends))), rules=self.rules)
        part = self.parts[""]
        low, high = (part.hull if part.span else None) or (None, None)
        worked = (*self.worked, *(Worked(INDICATED, value) for value in part.values))
        return Bound(worked, low, high, self.rules, open=part.span is not None and None in (low, high))


def any_of(mays: Sequence[May]) -> May:
    """Any of these; results that are many become parts."""
    worked = {_key(item): item for may in mays for item in may.worked}
    rules = tuple(dict.fromkeys(rule for may in mays for rule in may.rules))
    partial = [may.parts for may in mays if may.parts is not None]
    values = [item.value for item in worked.values() if item.state == INDICATED]
    if len(values) > FEW and not isinstance(values[0], tuple | str):
        names = values[0] if isinstance(values[0], dict) else [""]
        partial.append({name: some(item[name] if name else item for item in values) for name in names})
        worked = {key: item for key, item in worked.items() if item.state != INDICATED}
    parts = {name: either(*(one[name] for one in partial)) for name in partial[0]} if partial else None
    return May(tuple(worked.values()), parts, rules)


def _key(worked: Worked) -> tuple[Any, ...]:
    value = tuple(worked.value.items()) if isinstance(worked.value, dict) else worked.value
    return worked.state, worked.cause == "individually_agreed", value


def _of(worked: Iterable[Worked]) -> May:
    found = tuple(worked)
    return May(found, None, tuple(rule for item in found for rule in item.rules))


def _ends(part: Some) -> list[Any]:
    """What to name of a field: the lowest and the highest of a number or a day, else every value."""
    many = part.span or any(isinstance(value, Fraction | int | dt.date) for value in part.values)
    return list(dict.fromkeys(end for end in part.hull or () if end is not None)) if many else list(part.values)


def _names(items: Iterable[Read | Known | RateRead]) -> Iterator[str]:
    return (item.name for item in items if not isinstance(item, RateRead))


def anything(asked: Input, day: dt.date) -> Some:
    """All that an input can be."""
    absent = [ABSENT] if asked.optional else []
    if asked.type.kind == "yes_no":
        return some([False, True, *absent])
    if asked.type.values:
        return some([*asked.type.values, *absent])
    line = Line(asked, day)
    if line.count <= FEW:
        return some([*map(line.at, range(line.count)), *absent])
    return some(absent, (line.at(0), line.at(line.count - 1)))


class Amounts:
    """Expressions over what each input and each decision may be; measures are worked out when first asked for."""

    def __init__(
        self,
        reference: Reference,
        inputs: Callable[[str], Some],
        decisions: Callable[[str], May],
        given: frozenset[str],
        day: dt.date,
    ) -> None:
        """``inputs`` and ``decisions`` say what each may be; ``given`` are the inputs that the form gave."""
        self.reference, self.pack, self.given, self.day = reference, reference.pack, given, day
        self.inputs, self.decisions = inputs, decisions
        self.values: dict[str, Some] = {"today": some([day])}

    def value(self, expr: Expr) -> Some:
        """What an expression may be."""
        if isinstance(expr, Lit):
            return some([expr.value])
        if isinstance(expr, Known):
            return some([expr.name in self.given])
        if isinstance(expr, Read):
            return self._decided(expr) if expr.of == "decision" else self._named(expr.name)
        if isinstance(expr, RateRead):
            return self._rate(expr)
        if expr.op in ("if", "coalesce", "if_absent", "and", "or"):
            return self._choice(expr)
        args = [self.value(arg) for arg in expr.args]
        if expr.op in ("max", "min", "sum"):
            whole = args[0]
            for arg in args[1:]:
                whole = applied(expr, [whole, arg])
            return whole
        return applied(expr, args)

    def _named(self, name: str) -> Some:
        if name not in self.values:
            measure = self.pack.measures.get(name)
            self.values[name] = self.value(measure.expr) if measure else self.inputs(name)
        return self.values[name]

    def _decided(self, expr: Read) -> Some:
        may = self.decisions(expr.name)
        values = [item.value for item in may.worked if item.state == INDICATED]
        problems = [Upstream(expr.name, item) for item in may.worked if item.state != INDICATED]
        rest = may.parts[expr.part] if may.parts else Some()
        return either(some((value[expr.part] if expr.part else value for value in values), None, problems), rest)

    def _choice(self, expr: Op) -> Some:
        first, yes = self.value(expr.args[0]), expr.args[1]
        if expr.op == "if_absent":
            first = self.value(expr.args[0])
            there = replace(first, values=first.values - {ABSENT})
            return either(there, self.value(expr.args[1])) if ABSENT in first.values else there
        if expr.op == "coalesce":
            if True not in first.values:
                return self.value(expr.args[2])
            found = self.value(yes)
            rest = [self.value(expr.args[2])] if ABSENT in found.values else []
            return either(Some(found.values - {ABSENT}, found.span, found.problems), *rest)
        true, false = True in first.values, first.values != {True}
        if expr.op == "if":
            taken = ([self.value(yes)] if true else []) + ([self.value(expr.args[2])] if false else [])
            return either(Some(problems=first.problems), *taken)
        if not (true if expr.op == "and" else false):
            return some([true], None, first.problems)
        second = self.value(yes)
        kept = ({False} if false else set()) if expr.op == "and" else ({True} if true else set())
        return some(kept | {value is True for value in second.values}, None, (*first.problems, *second.problems))

    def _rate(self, expr: RateRead) -> Some:
        """A rate by every key it may be asked with; where these are too many, every amount it has."""
        read = [*expr.keys, *(part for part in (expr.at, expr.back) if part)]
        args = [self.value(part) for part in read]
        problems = [problem for arg in args for problem in arg.problems]
        if any(arg.span for arg in args) or math.prod(len(arg.values) for arg in args) > COMBINATIONS:
            rate = self.pack.rates[expr.rate]
            every = self._published(rate) if expr.back else [row.value for row in rate.rows if row.value != UNPUBLISHED]
            absent = [ABSENT] if any(ABSENT in arg.values for arg in args) else []
            return some(
                [*every, *absent],
                None,
                [*problems, CannotWorkOut("arithmetic", f"`{rate.name}` may have no row")],
            )
        found = []
        for values in product(*(arg.values for arg in args)):
            lits = [Lit(value, part.type) for value, part in zip(values, read, strict=True)]
            keys, rest = tuple(lits[: len(expr.keys)]), lits[len(expr.keys) :]
            at, back = rest[0] if expr.at else None, rest[-1] if expr.back else None
            try:
                found.append(self.reference.reader(replace(expr, keys=keys, at=at, back=back))(self.reference.env({}, self.day)))
            except CannotWorkOut as problem:
                problems.append(problem)
        return some(found, None, problems)

    def _published(self, rate: Rate) -> list[str]:
        """The keys that have an amount on the day."""
        rows = [(key, rate.row((key,), self.day)) for key in rate.keys[0][1].values]
        return [key for key, row in rows if row and row.value != UNPUBLISHED]

    def rule(self, table: Table, rule: Rule) -> May:
        """What one rule gives."""
        exprs = {expr: self.value(expr) for _, expr in rule.then.values}
        work_out = gives(table, rule, _chosen)
        if not any(one.span for one in exprs.values()) and math.prod(map(_ways, exprs.values())) <= COMBINATIONS:
            chosen = product(*([*one.values, *one.problems] for one in exprs.values()))
            return any_of([_of(work_out(dict(zip(exprs, values, strict=True))) for values in chosen)])
        if rule.then.kind == "members":
            largest = {value for one in exprs.values() for value in one.values}
            named = ((), tuple(value for value in table.type.values if value in largest))
            return May(tuple(Worked(INDICATED, value) for value in named), {"": ANYTHING}, (rule.id,))
        none = [CannotWorkOut("arithmetic", "it rests on a value that was said to be none")]
        stops = [p for one in exprs.values() for p in (*one.problems, *(none if ABSENT in one.values else []))]
        fields = dict(table.type.fields)
        given = {expr: replace(one, values=one.values - {ABSENT}) for expr, one in exprs.items()}
        parts = {name: _shown(given[expr], fields.get(name, table.type)) for name, expr in rule.then.values}
        there = not any(part.nothing for part in parts.values())
        return May(tuple(work_out(dict.fromkeys(exprs, p)) for p in stops), parts if there else None, (rule.id,))


# one operation over sets and intervals


def applied(expr: Op, args: list[Some]) -> Some:
    """An operation over all that its arguments may be."""
    problems = [problem for arg in args for problem in arg.problems]
    if any(arg.nothing for arg in args):
        return some([], None, problems)
    if expr.op == "count":
        least, most = sum(arg.values == {True} for arg in args), sum(True in arg.values for arg in args)
        return some(range(least, most + 1), None, problems)
    apply = operation(expr)
    if not any(arg.span for arg in args) and math.prod(len(arg.values) for arg in args) <= COMBINATIONS:
        found = []
        for values in product(*(arg.values for arg in args)):
            try:
                found.append(apply(values))
            except CannotWorkOut as problem:
                problems.append(problem)
        return some(found, None, problems)
    none = [False if expr.op in COMPARE else ABSENT] if any(ABSENT in arg.values for arg in args) else []
    spans = [arg.hull for arg in args if arg.hull]
    if len(spans) < len(args):
        return some(none, None, problems)
    if expr.op == "points":
        return some([*expr.args[0].type.points, *none], None, problems)
    if expr.args[0].type.kind not in ("number", "date"):
        return either(_any_of_type(expr.type), some(none, None, problems))
    if expr.op in COMPARE:
        return some([*_compared(expr.op, *spans), *none], None, problems)
    span, failing = _spanned(expr, spans)
    return some(none, span, [*problems, *failing])


def _any_of_type(type_: Type) -> Some:
    values = EITHER if type_.kind == "yes_no" else type_.values
    return some(values) if values else ANYTHING


def _compared(op: str, one: Span, other: Span) -> frozenset[bool]:
    """How two intervals may compare."""
    less = None in (one[0], other[1]) or one[0] < other[1]
    greater = None in (one[1], other[0]) or one[1] > other[0]
    equal = (None in (one[0], other[1]) or one[0] <= other[1]) and (None in (one[1], other[0]) or one[1] >= other[0])
    signs = [sign for sign, can in ((-1, less), (0, equal), (1, greater)) if can]
    return frozenset(COMPARE[op](sign, 0) for sign in signs)


def _spanned(expr: Op, spans: list[Span]) -> tuple[Span, list[Problem]]:
    """The interval of an operation over intervals. Every one of them rises or falls all along in each argument, so that
    its ends stand at the corners; where not, that is seen to first.
    """
    op, apply = expr.op, operation(expr)
    may_fail: list[Problem] = []
    if op == "nearest":
        problem = CannotWorkOut("arithmetic", "a value beyond all it could be rounded to")
        return _widest(spans[1:]) or (None, None), [problem] if expr.detail else may_fail
    if op in ("max", "min"):
        return _best(op, spans), may_fail
    if op == "nth_highest":
        low, high = (_placed([span[end] for span in spans], expr.detail) for end in (0, 1))
        return (low, high), may_fail
    if op == "/" and _straddles(spans[1]):
        return (None, None), [CannotWorkOut("arithmetic", "a division by zero")]
    if any(None in span for span in spans):
        return (None, None), [CannotWorkOut("arithmetic", "a date outside the calendar")] if op.startswith("add_") else []
    if op.startswith("add_"):
        if not expr.args[1].type.whole:
            may_fail.append(CannotWorkOut("arithmetic", "part of a day, week or month"))
        spans = [spans[0], (math.floor(spans[1][0]), math.ceil(spans[1][1]))]
    ends: list[Any] = [0] if op == "abs" and _straddles(spans[0]) else []
    for corner in product(*spans):
        try:
            ends.append(apply(corner))
        except CannotWorkOut as problem:
            return (None, None), [*may_fail, problem]
    return (min(ends), max(ends)), may_fail


def _placed(ends: list[Any], place: int) -> Any:
    return None if None in ends else sorted(ends, reverse=True)[place - 1]


def _straddles(span: Span) -> bool:
    return None in span or span[0] <= 0 <= span[1]


def _best(op: str, spans: list[Span]) -> Span:
    """The highest (or lowest) of several: one end is known as soon as one of them has it."""
    best = max if op == "max" else min
    near, far = (0, 1) if op == "max" else (1, 0)
    known = [span[near] for span in spans if span[near] is not None]
    ends = (
        best(known) if known else None,
        None if any(span[far] is None for span in spans) else best(span[far] for span in spans),
    )
    return ends if op == "max" else (ends[1], ends[0])


def _ways(one: Some) -> int:
    return len(one.values) + len(one.problems)


def _chosen(expr: Expr) -> Callable[[Any], Any]:
    """An expression as a function of the values, or the problems, that were chosen for it and others."""

    def read(chosen: Any) -> Any:
        value = expr.value if isinstance(expr, Lit) else chosen[expr]
        if isinstance(value, Exception):
            raise value
        return value

    return read


def _shown(part: Some, type_: Type) -> Some:
    """Rounded as the type says; rounding keeps order, so an interval is rounded at its ends."""
    span = part.span and tuple(None if end is None else shown(end, type_) for end in part.span)
    return some((shown(value, type_) for value in part.values), span)  # type: ignore[arg-type]


# where nothing better is to be had


class Bounds:
    """Bounds for the outcomes of one pack. Immutable after it is built."""

    def __init__(self, reference: Reference) -> None:
        self.reference, self.pack = reference, reference.pack

    def bound(self, outcome: str, values: Mapping[str, Any], day: dt.date) -> Bound:
        """What the outcome may come to for these values."""
        return _Run(self.reference, values, day).decision(outcome).bound(self.pack.tables[outcome].type)

    def amounts(self, values: Mapping[str, Any], day: dt.date, given: frozenset[str]) -> Amounts:
        """Expressions over what is known, and anything else that may be."""
        return _Run(self.reference, values, day, given).amounts

    def inputs_read(self, outcome: str, without: Collection[str] = ()) -> list[str]:
        """The inputs that the outcome may read, directly or through measures and decisions other than those ``without``."""
        seen: set[str] = set(without)
        stack = [outcome]
        while stack:
            name = stack.pop()
            if name not in seen:
                seen.add(name)
                stack += self._read_by(name)
        return [name for name in self.pack.inputs if name in seen]

    def _read_by(self, name: str) -> Iterator[str]:
        if name in self.pack.measures:
            yield from _names(reads(self.pack.measures[name].expr))
        elif name in self.pack.tables:
            for rule in self.pack.tables[name].rules:
                yield from _names(condition_reads(rule.condition))
                for _, expr in rule.then.values:
                    yield from _names(reads(expr))


class _Run:
    """The decisions of one profile, each worked out from all rules that may hold."""

    def __init__(
        self, reference: Reference, values: Mapping[str, Any], day: dt.date, given: frozenset[str] | None = None
    ) -> None:
        self.reference, self.pack = reference, reference.pack
        self.env: Env = reference.env(values, day, given)
        self.amounts = Amounts(reference, self._input, self.decision, self.env.given, day)
        self.decisions: dict[str, May] = {}

    def _input(self, name: str) -> Some:
        return some([self.env[name]]) if name in self.env else anything(self.pack.inputs[name], self.env["today"])

    def decision(self, name: str) -> May:
        """What a decision may come to."""
        if name not in self.decisions:
            self.decisions[name] = self._table(self.pack.tables[name])
        return self.decisions[name]

    def _table(self, table: Table) -> May:
        needs = [self.decision(name) for name in table.needs if name not in table.asked]
        problems: list[Problem] = [problem for check in table.checks for problem in self.amounts.value(check).problems]
        for name, need in zip((name for name in table.needs if name not in table.asked), needs, strict=True):
            problems += [Upstream(name, item) for item in need.worked if item.state != INDICATED]
        stops = _of(stop for problem in problems if (stop := blocked([problem])))
        there = all(need.parts is not None or need.indicated.worked for need in needs)
        return any_of([stops, self._settled(table)] if there else [stops])

    def _settled(self, table: Table) -> May:
        """What the table comes to when nothing it reads stops it."""
        truths = [(rule, self._holds(rule.condition)) for rule in table.rules if rule.condition]
        every = [rule for rule, truth in truths if truth is not False]
        sure = [rule for rule, truth in truths if truth is True]
        found = [] if sure else [self.amounts.rule(table, rule) for rule in table.rules if rule.condition is None]
        if not sure and not found:
            found = [_of([settle(table, [], _nothing_given)])]
        if table.hit == "first" and sure:
            every = every[: every.index(sure[0]) + 1]
        offers = [self.amounts.rule(table, rule) for rule in every]
        if table.hit == "sum" and every:
            offers += [added(table, [(offer, rule in sure) for offer, rule in zip(offers, every, strict=True)])]
        elif table.hit == "collect" and every:
            offers += [_collected(table, offers)]
        elif table.hit != "first" and every[1:]:
            words = "Rules that may hold together may give different outcomes."
            offers += [_of([Worked(REFER, tuple(rule.id for rule in every), cause="conflict", because=words)])]
        return any_of([*found, *offers])

    def _holds(self, condition: Condition | None) -> bool | None:
        """Whether a condition holds, whatever is filled in; None where that is open."""
        if isinstance(condition, Clause):
            try:
                return self.reference.holds(condition)(self.env)
            except (NotKnown, Upstream, CannotWorkOut):
                return None
        if isinstance(condition, Not):
            inner = self._holds(condition.item)
            return None if inner is None else not inner
        truths = {self._holds(item) for item in condition.items} if condition else {True}
        ends = not isinstance(condition, AllOf)
        return ends if ends in truths else None if None in truths else not ends


def _nothing_given(_: Rule) -> Worked:
    return Worked(REFER)


def _collected(table: Table, offers: list[May]) -> May:
    """The ends of all sets that rules may give together: none of them, and all."""
    largest = {value for offer in offers for item in offer.indicated.worked for value in item.value}
    named = ((), tuple(value for value in table.type.values if value in largest))
    return May(tuple(Worked(INDICATED, value) for value in dict.fromkeys(named)), {"": ANYTHING})


def added(table: Table, offers: Iterable[tuple[May, bool]]) -> May:
    """The sum of what rules give; one that is not sure may add nothing."""
    totals: dict[str, Some] = {}
    types = dict(table.type.fields) or {"": table.type}
    for name, type_ in types.items():
        whole = some([0])
        for offer, sure in offers:
            values = [item.value[name] if name else item.value for item in offer.indicated.worked]
            part = either(some(values), offer.parts[name] if offer.parts else Some(), *([] if sure else [some([0])]))
            if not part.nothing:
                whole = applied(Op("sum", (Lit(0, type_),), type_), [whole, part])
        totals[name] = whole
    return May((), totals)
