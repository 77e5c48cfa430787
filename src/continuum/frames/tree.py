# SPDX-License-Identifier: MIT
"""A pack as expressions over columns: what the reference engine does for one profile, said once for all rows of a frame.

Each clause, function and hit policy of the language is said in *must* and *may*, so that a row in which something is not known
comes to a range that holds all it can come to, and a row in which all is known to exactly what the reference comes to. What
cannot be said so is refused by the name of the outcome, before anything runs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise, product
from math import lcm
from typing import Any, Final

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
    Span,
    Type,
)  # fmt: skip
from continuum.frames.asked import Asked, days_in, ymd
from continuum.frames.reading import places_of
from continuum.frames.terms import (
    COMPARE,
    NO,
    YES,
    Flag,
    Number,
    Steps,
    Truth,
    added,
    both,
    chosen,
    compared,
    counted,
    either,
    first_of,
    highest,
    if_all,
    if_any,
    if_not,
    lit,
    lowest,
    nay,
    term,
    times,
)  # fmt: skip
from continuum.packs.language import Compare, NoneOf, OneOf, State

FLIPPED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
MOST_KEYS: Final = 400


class CannotSay(Exception):
    """Something of the language that is not said as an expression; ``what`` names it."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


@dataclass(frozen=True)
class Stops:
    """Where a value is not there: a decision it reads does not apply, or it is referred or cannot be worked out."""

    not_applicable: Truth = NO
    referred: Truth = NO

    def then(self, other: Stops) -> Stops:
        """This one, or where it does not stop the other: what is read first stops first."""
        free = if_not(if_any(self.not_applicable, self.referred))
        return Stops(
            if_any(self.not_applicable, if_all(free, other.not_applicable)),
            if_any(self.referred, if_all(free, other.referred)),
        )

    def where(self, truth: Truth) -> Stops:
        """Only where that holds."""
        return Stops(if_all(truth, self.not_applicable), if_all(truth, self.referred))

    @property
    def any(self) -> Truth:
        """Whether it stops at all."""
        return if_any(self.not_applicable, self.referred)


FREE: Final = Stops()


@dataclass(frozen=True)
class Value:
    """What an expression may come to: from ``low`` to ``high``, places of values, yes and no, days, or numbers in units of one
    part in ``scale``; absent, or stopped.
    """

    low: Any
    high: Any
    type: Type
    scale: int = 1
    absent: Truth = NO
    stops: Stops = FREE

    @property
    def truth(self) -> Truth:
        """A yes or no as a truth."""
        return Truth(self.low, self.high)

    def at(self, scale: int) -> Value:
        """The same number in smaller units."""
        factor = scale // self.scale
        return self if factor == 1 else replace(self, low=times(self.low, factor), high=times(self.high, factor), scale=scale)


@dataclass(frozen=True)
class Result:
    """What a decision may come to: which states, its value where it is indicated, and the rules that decide.

    The flags are those that *may* be; one must be where no other may. ``members`` are those of a set.
    """

    indicated: Flag
    referred: Flag
    agreed: Flag
    not_applicable: Flag
    value: Value | None
    rules: tuple[tuple[Flag, str], ...]
    members: tuple[Truth, ...] = ()

    @property
    def is_indicated(self) -> Truth:
        """Whether there is a value."""
        return self._one(self.indicated, self.referred, self.agreed, self.not_applicable)

    @property
    def is_not_applicable(self) -> Truth:
        """Whether it does not apply."""
        return self._one(self.not_applicable, self.indicated, self.referred, self.agreed)

    @property
    def is_referred(self) -> Truth:
        """Whether people decide, agreed individually or not."""
        return self._one(either(self.referred, self.agreed), self.indicated, self.not_applicable)

    def _one(self, flag: Flag, *others: Flag) -> Truth:
        return Truth(both(flag, nay(either(*others))), flag)


@dataclass
class Tree:
    """The terms of one pack; made once for a frame."""

    pack: CompiledPack
    asked: Mapping[str, Asked]
    deciding_day: Number
    day: dt.date | None
    steps: Steps = field(default_factory=Steps)
    _measures: dict[str, Value] = field(default_factory=dict)
    _results: dict[str, Result] = field(default_factory=dict)
    _truths: dict[Any, Truth] = field(default_factory=dict)

    # conditions

    def holds(self, condition: Condition | None) -> Truth:
        """A condition."""
        if condition is None:
            return YES
        if isinstance(condition, Clause):
            key = (condition.subject, condition.test)
            if key not in self._truths:
                self._truths[key] = self._test(condition.test, condition.subject)
            return self._truths[key]
        if isinstance(condition, Not):
            return if_not(self.holds(condition.item))
        items = [self.holds(item) for item in condition.items]
        return if_all(*items) if isinstance(condition, AllOf) else if_any(*items)

    def _test(self, test: Any, subject: Read) -> Truth:
        if isinstance(test, State):
            return self._state(test.name, subject)
        if isinstance(test, OneOf | NoneOf):
            inner = if_any(*(self._test(item, subject) for item in test.tests))
            if isinstance(test, OneOf):
                return inner
            if subject.of == "decision" and not _asks_state(test):
                return if_all(self.result(subject.name).is_indicated, if_not(inner))
            return if_not(inner)
        if subject.type.kind == "set":
            return self._member(test, subject)
        value = self._subject(subject)
        if isinstance(test, Compare):
            return self.compare(test.op, value, self._side(test.side))
        return if_all(
            self.compare(">=" if test.low_in else ">", value, self._side(test.low)),
            self.compare("<=" if test.high_in else "<", value, self._side(test.high)),
        )

    def _side(self, side: Any) -> Value:
        return self._subject(side) if isinstance(side, Read) else self.value(side)

    def _subject(self, subject: Read) -> Value:
        """The subject of a cell: a decision that is not indicated counts as absent."""
        if subject.of != "decision":
            return self.value(subject)
        result = self.result(subject.name)
        if result.value is None or subject.part:
            raise CannotSay("one of several values of a decision")
        return replace(result.value, absent=if_not(result.is_indicated), stops=FREE)

    def _member(self, test: Any, subject: Read) -> Truth:
        result = self.result(subject.name)
        side: Any = getattr(test, "side", None)
        if not isinstance(side, Lit) or test.op not in ("=", "!="):
            raise CannotSay("a set compared with more than one value")
        wanted = [COMPARE[test.op](value, side.value) for value in subject.type.values]
        some = if_any(*(truth for truth, one in zip(result.members, wanted, strict=True) if one))
        return if_all(result.is_indicated, some)

    def _state(self, name: str, subject: Read) -> Truth:
        if name == "any":
            return YES
        if name in ("known", "unknown"):
            known = self.asked[subject.name].known
            return Truth(known, known) if name == "known" else Truth(nay(known), nay(known))
        if name in ("absent", "present"):
            absent = NO if subject.of == "decision" else self.value(subject).absent
            return absent if name == "absent" else if_not(absent)
        result = self.result(subject.name)
        if name == "referred":
            return result.is_referred
        return result.is_not_applicable if name == "not_applicable" else if_not(result.is_not_applicable)

    def compare(self, op: str, one: Value, other: Value) -> Truth:
        """A comparison; it does not hold where a side is absent."""
        if one.type.kind == "yes_no":
            same = if_any(if_all(one.truth, other.truth), if_all(if_not(one.truth), if_not(other.truth)))
            found = same if op == "=" else if_not(same)
        else:
            scale = lcm(one.scale, other.scale)
            found = self._compared(op, one.at(scale), other.at(scale))
        return if_all(found, if_not(one.absent), if_not(other.absent))

    def _compared(self, op: str, one: Value, other: Value) -> Truth:
        if op in ("=", "!="):
            apart = either(compared("<", one.high, other.low), compared(">", one.low, other.high))
            settled = [compared("=", value.low, value.high) for value in (one, other) if value.low is not value.high]
            same = Truth(both(*settled, compared("=", one.low, other.low)), nay(apart))
            if not settled:
                same = Truth(compared("=", one.low, other.low), compared("=", one.low, other.low))
            return same if op == "=" else if_not(same)
        if op in (">", ">="):
            return Truth(compared(op, one.low, other.high), compared(op, one.high, other.low))
        return Truth(compared(op, one.high, other.low), compared(op, one.low, other.high))

    # values

    def value(self, expr: Expr) -> Value:
        """What an expression may come to."""
        if isinstance(expr, Lit):
            return self.constant(expr.value, expr.type)
        if isinstance(expr, Known):
            known = self.asked[expr.name].known
            return Value(known, known, expr.type)
        if isinstance(expr, Read):
            return self._read(expr)
        if isinstance(expr, RateRead):
            return self._rate(expr)
        made = OPERATIONS.get(expr.op)
        if made is None:
            raise CannotSay(f"the function `{expr.op}`")
        return made(self, expr)

    def constant(self, value: Any, type_: Type) -> Value:
        """A constant."""
        if value is ABSENT:
            return Value(0, 0, type_, absent=YES)
        if type_.kind == "date":
            return Value(ymd(value), ymd(value), type_)
        if isinstance(value, bool):
            return Value(value, value, type_)
        if type_.values:
            at = type_.values.index(value)
            return Value(at, at, type_)
        number = Fraction(value)
        return Value(number.numerator, number.numerator, type_, number.denominator)

    def _read(self, expr: Read) -> Value:
        if expr.name == "today":
            return Value(self.deciding_day, self.deciding_day, expr.type)
        if expr.of == "decision":
            result = self.result(expr.name)
            if result.value is None or expr.part:
                raise CannotSay("one of several values of a decision")
            return replace(result.value, stops=Stops(result.is_not_applicable, result.is_referred))
        if expr.name in self._measures:
            return self._measures[expr.name]
        if expr.of == "measure":
            value = self.value(self.pack.measures[expr.name].expr)
            low = self.steps.keep(value.low)
            value = replace(
                value, low=low, high=low if value.high is value.low else self.steps.keep(value.high),
                absent=self.steps.keep_truth(value.absent),
            )  # fmt: skip
        else:
            asked = self.asked[expr.name]
            places = places_of(self.pack.inputs[expr.name]) if expr.type.kind == "number" else 0
            value = Value(asked.low, asked.high, expr.type, 10**places, Truth(asked.absent, asked.may_be_absent))
        self._measures[expr.name] = value
        return value

    # rates

    def _rate(self, expr: RateRead) -> Value:
        if expr.at is not None:
            raise CannotSay("a rate of another day")
        rate, keys = self.pack.rates[expr.rate], [self.value(key) for key in expr.keys]
        stops, absent = FREE, NO
        for key in keys:
            stops, absent = stops.then(key.stops), if_any(absent, key.absent)
        if expr.back is not None:
            return self._by_day(lambda day: self._backwards(expr, day))
        if any(not key.type.values and key.type.kind != "yes_no" for key in keys):
            made = self._by_day(lambda day: self._by_rows(expr, keys, day))
            return replace(made, absent=absent, stops=stops.then(made.stops))
        choices = list(product(*(_choices(key) for key in keys)))
        if len(choices) > MOST_KEYS:
            raise CannotSay(f"the rate `{rate.name}` by so many keys")
        made = self._by_day(lambda day: self._looked_up(expr, choices, day))
        return replace(made, absent=absent, stops=stops.then(made.stops))

    def _by_day(self, make: Callable[[dt.date], Value]) -> Value:
        """A value of the decision day: one for each stretch of days in which no row of a rate begins or ends."""
        if self.day is not None:
            return make(self.day)
        edges = {self.pack.start or dt.date.min}
        for rate in self.pack.rates.values():
            for row in rate.rows:
                edges |= {row.start} if row.start else set()
                edges |= {row.end + dt.timedelta(days=1)} if row.end and row.end < dt.date.max else set()
        days = sorted(day for day in edges if self.pack.covers(day))
        values = [make(day) for day in days]
        scale = lcm(*(value.scale for value in values))
        values = [value.at(scale) for value in values]

        def of(part: Callable[[Value], Any]) -> Any:
            stretches = list(zip(days, values, strict=True))[1:]
            later = [(compared(">=", self.deciding_day, ymd(day)), part(value)) for day, value in reversed(stretches)]
            return first_of(later, part(values[0]))

        def truth(part: Callable[[Value], Truth]) -> Truth:
            must = of(lambda value: part(value).must)
            same = all(part(value).may is part(value).must for value in values)
            return Truth(must, must if same else of(lambda value: part(value).may))

        low = of(lambda value: value.low)
        high = low if all(value.low is value.high for value in values) else of(lambda value: value.high)
        stops = Stops(truth(lambda value: value.stops.not_applicable), truth(lambda value: value.stops.referred))
        return Value(low, high, values[0].type, scale, truth(lambda value: value.absent), stops)

    def _looked_up(self, expr: RateRead, choices: list[tuple[Any, ...]], day: dt.date) -> Value:
        """A rate on one day: the amount beside each choice of keys that may be."""
        rate = self.pack.rates[expr.rate]
        pairs: list[tuple[Truth, Any]] = []
        for choice in choices:
            row = rate.row(tuple(value for value, _ in choice), day)
            amount = None if row is None or row.value == UNPUBLISHED else row.value
            pairs.append((if_all(*(truth for _, truth in choice)), amount))
        return self.among(pairs, rate.type)

    def _by_rows(self, expr: RateRead, keys: list[Value], day: dt.date) -> Value:
        """A rate on one day whose keys are numbers: the row that fits, the most exact first."""
        rate = self.pack.rates[expr.rate]
        rows = [row for row in rate.rows if (row.start is None or row.start <= day) and (row.end is None or day <= row.end)]
        pairs: list[tuple[Truth, Any]] = []
        before = NO
        for row in sorted(rows, key=lambda one: one.width):
            fits = if_all(*(self._fits(mine, key) for mine, key in zip(row.keys, keys, strict=True)))
            pairs.append((if_all(fits, if_not(before)), None if row.value == UNPUBLISHED else row.value))
            before = if_any(before, fits)
        return self.among([*pairs, (if_not(before), None)], rate.type)

    def _fits(self, mine: Any, key: Value) -> Truth:
        """Whether the key of a row fits a value."""
        if mine is None:
            return YES
        if not isinstance(mine, Span):
            return self.compare("=", replace(key, absent=NO), self.constant(mine, key.type))
        ends = [(">=" if mine.low_in else ">", mine.low), ("<=" if mine.high_in else "<", mine.high)]
        return if_all(
            *(self.compare(op, replace(key, absent=NO), self.constant(end, key.type)) for op, end in ends if end is not None)
        )

    def among(self, pairs: Sequence[tuple[Truth, Any]], type_: Type) -> Value:
        """One of some constants, each where its truth holds; None is one that is not there."""
        missing = if_any(*(truth for truth, value in pairs if value is None))
        there = [(truth, self.constant(value, type_)) for truth, value in pairs if value is not None]
        if not there:
            return Value(
                False if type_.kind == "yes_no" else 0, False if type_.kind == "yes_no" else 0, type_, stops=Stops(NO, YES)
            )
        if type_.kind == "yes_no":
            yes = if_any(*(truth for truth, value in there if value.low is True))
            no = if_any(*(truth for truth, value in there if value.low is False))
            return Value(nay(no.may), yes.may, type_, stops=Stops(NO, missing))
        scale = lcm(*(value.scale for _, value in there))
        by: dict[int, list[Truth]] = {}
        for truth, value in there:
            by.setdefault(value.at(scale).low, []).append(truth)
        may = {amount: either(*(truth.may for truth in truths)) for amount, truths in by.items()}
        low = first_of([(may[amount], amount) for amount in sorted(may)], max(may))
        crisp = all(truth.must is truth.may for truths in by.values() for truth in truths)
        high = low if crisp else first_of([(may[amount], amount) for amount in sorted(may, reverse=True)], min(may))
        return Value(low, high, type_, scale, stops=Stops(NO, missing))

    def _backwards(self, expr: RateRead, day: dt.date) -> Value:
        """The key whose amount is nearest: which it is depends only on between which two amounts the value lies."""
        rate, value = self.pack.rates[expr.rate], self.value(expr.back)  # type: ignore[arg-type]  # given here
        rows = [(rate.row((key,), day), at) for at, key in enumerate(rate.keys[0][1].values)]
        amounts: dict[Fraction, int] = {}
        for row, at in rows:
            if row is not None and row.value != UNPUBLISHED:
                amounts.setdefault(Fraction(row.value), at)  # type: ignore[arg-type]  # an amount
        if not amounts:
            unpublished = Stops(NO, if_not(value.absent))
            return Value(0, 0, expr.type, 1, value.absent, value.stops.then(unpublished))
        order = sorted(amounts)
        if expr.toward == "up":
            edges, op, beyond = order[:-1], ">", self.compare(">", value, self.constant(order[-1], value.type))
        elif expr.toward == "down":
            edges, op, beyond = order[1:], ">=", self.compare("<", value, self.constant(order[0], value.type))
        else:
            edges, op, beyond = [(a + b) / 2 for a, b in pairwise(order)], ">=", NO
        past = [self.compare(op, replace(value, absent=NO), self.constant(edge, value.type)) for edge in edges]
        keys = [amounts[amount] for amount in order]
        truths = [if_all(*(past[i - 1 : i]), *(if_not(one) for one in past[i : i + 1])) for i in range(len(keys))]
        type_ = expr.type
        found = self.among([(truth, rate.keys[0][1].values[key]) for truth, key in zip(truths, keys, strict=True)], type_)
        stops = value.stops.then(Stops(NO, if_all(beyond, if_not(value.absent))))
        return replace(found, absent=value.absent, stops=stops.then(found.stops))

    def result(self, name: str) -> Result:
        """What a decision may come to."""
        return self._results[name]

    def decided(self, name: str, result: Result) -> Result:
        """Remember what a decision may come to; decisions are said in the order in which they read each other."""
        self._results[name] = result
        return result


def _asks_state(test: Any) -> bool:
    if isinstance(test, OneOf | NoneOf):
        return any(_asks_state(inner) for inner in test.tests)
    return isinstance(test, State) and test.name in ("applicable", "not_applicable", "referred")


def _choices(key: Value) -> list[tuple[Any, Truth]]:
    """Every value of a key of a rate, and whether it is that."""
    if key.type.kind == "yes_no":
        return [(True, key.truth), (False, if_not(key.truth))]
    if not key.type.values:
        raise CannotSay("a rate by a number")
    crisp = key.low is key.high
    found = []
    for at, value in enumerate(key.type.values):
        may = compared("=", key.low, at) if crisp else both(compared("<=", key.low, at), compared(">=", key.high, at))
        found.append((value, Truth(may if crisp else both(compared("=", key.low, at), compared("=", key.high, at)), may)))
    return [pair for pair in found if pair[1].may is not False]


# operations


def _args(tree: Tree, expr: Op) -> tuple[list[Value], Truth, Stops]:
    """The arguments, whether one is absent, and where they stop."""
    args = [tree.value(arg) for arg in expr.args]
    stops = FREE
    for arg in args:
        stops = stops.then(arg.stops)
    return args, if_any(*(arg.absent for arg in args)), stops


def _numbers(apply: Callable[[list[Value]], tuple[Any, Any]]) -> Callable[[Tree, Op], Value]:
    """An operation that ends nowhere else than at the ends of its arguments."""

    def made(tree: Tree, expr: Op) -> Value:
        args, absent, stops = _args(tree, expr)
        scale = lcm(*(arg.scale for arg in args))
        low, high = apply([arg.at(scale) for arg in args])
        if all(arg.low is arg.high for arg in args):
            high = low
        return Value(low, high, expr.type, scale, absent, stops)

    return made


def _times(tree: Tree, expr: Op) -> Value:
    args, absent, stops = _args(tree, expr)
    constants = [arg for arg in args if isinstance(arg.low, int) and arg.low is arg.high]
    rest = [arg for arg in args if not (isinstance(arg.low, int) and arg.low is arg.high)]
    if len(rest) > 1:
        raise CannotSay("a product of two answers")
    factor, scale = 1, 1
    for arg in constants:
        factor, scale = factor * arg.low, scale * arg.scale
    if not rest:
        return Value(factor, factor, expr.type, scale, absent, stops)
    ends = [times(end, factor) for end in (rest[0].low, rest[0].high)]
    low, high = ends if factor >= 0 else ends[::-1]
    return Value(low, low if rest[0].low is rest[0].high else high, expr.type, scale * rest[0].scale, absent, stops)


def _divided(tree: Tree, expr: Op) -> Value:
    args, absent, stops = _args(tree, expr)
    number, by = args
    if not isinstance(by.low, int) or by.low is not by.high or by.low == 0:
        raise CannotSay("a division by what is not a constant")
    factor = by.scale if by.low > 0 else -by.scale
    ends = [times(end, factor) for end in (number.low, number.high)]
    low, high = ends if factor > 0 else ends[::-1]
    return Value(low, low if number.low is number.high else high, expr.type, number.scale * abs(by.low), absent, stops)


def _count(tree: Tree, expr: Op) -> Value:
    args, _, stops = _args(tree, expr)
    truths = [if_all(arg.truth, if_not(arg.absent)) for arg in args]
    low = counted([truth.must for truth in truths])
    crisp = all(truth.must is truth.may for truth in truths)
    return Value(low, low if crisp else counted([truth.may for truth in truths]), expr.type, 1, NO, stops)


def _points(tree: Tree, expr: Op) -> Value:
    (arg,), absent, stops = _args(tree, expr)
    return replace(_mapped(tree, arg, list(arg.type.points), expr.type), absent=absent, stops=stops)


def _mapped(tree: Tree, arg: Value, values: list[Any], type_: Type) -> Value:
    """A constant for each place of a value."""
    places = [truth for _, truth in _choices(arg)]
    if len(places) < len(values):
        raise CannotSay("a constant taken for its points")
    return tree.among(list(zip(places, values, strict=True)), type_)


def _step(by: int) -> Callable[[Tree, Op], Value]:
    def made(tree: Tree, expr: Op) -> Value:
        (arg,), absent, stops = _args(tree, expr)
        top = len(arg.type.values) - 1
        ends = [lowest([added(end, by), top]) if by > 0 else highest([added(end, by), 0]) for end in (arg.low, arg.high)]
        return Value(ends[0], ends[0] if arg.low is arg.high else ends[1], expr.type, 1, absent, stops)

    return made


def _comparison(tree: Tree, expr: Op) -> Value:
    (one, other), _, stops = _args(tree, expr)
    truth = tree.compare(expr.op, one, other)
    return Value(truth.must, truth.may, expr.type, 1, NO, stops)


def _is_true(value: Value) -> Truth:
    return if_all(value.truth, if_not(value.absent))


def _and(tree: Tree, expr: Op) -> Value:
    one, other = (tree.value(arg) for arg in expr.args)
    truth = if_all(_is_true(one), _is_true(other))
    return Value(truth.must, truth.may, expr.type, 1, NO, one.stops.then(other.stops.where(_is_true(one))))


def _or(tree: Tree, expr: Op) -> Value:
    one, other = (tree.value(arg) for arg in expr.args)
    truth = if_any(_is_true(one), _is_true(other))
    return Value(truth.must, truth.may, expr.type, 1, NO, one.stops.then(other.stops.where(if_not(_is_true(one)))))


def _not(tree: Tree, expr: Op) -> Value:
    (one,), _, stops = _args(tree, expr)
    truth = if_not(_is_true(one))
    return Value(truth.must, truth.may, expr.type, 1, NO, stops)


def _if(tree: Tree, expr: Op) -> Value:
    condition, yes, no = (tree.value(arg) for arg in expr.args)
    truth = _is_true(condition)
    return _either(truth, yes, no, expr.type, condition.stops)


def _coalesce(tree: Tree, expr: Op) -> Value:
    known, first, second = (tree.value(arg) for arg in expr.args)
    asked = known.truth
    there = if_all(asked, if_not(first.absent))
    return _either(there, replace(first, absent=NO, stops=FREE), second, expr.type, first.stops.where(asked))


def _if_absent(tree: Tree, expr: Op) -> Value:
    asked, instead = (tree.value(arg) for arg in expr.args)
    return _either(if_not(asked.absent), replace(asked, absent=NO), instead, expr.type, asked.stops)


def _either(truth: Truth, yes: Value, no: Value, type_: Type, stops: Stops) -> Value:
    """One value where that holds, else the other."""
    no_stops = no.stops.where(if_not(truth))
    stops = stops.then(Stops(if_any(yes.stops.where(truth).not_applicable, no_stops.not_applicable),
                             if_any(yes.stops.where(truth).referred, no_stops.referred)))  # fmt: skip
    absent = if_any(if_all(truth, yes.absent), if_all(if_not(truth), no.absent))
    if type_.kind == "yes_no":
        must = either(both(truth.must, yes.low), both(nay(truth.may), no.low), both(yes.low, no.low))
        may = either(both(truth.may, yes.high), both(nay(truth.must), no.high))
        return Value(must, may, type_, 1, absent, stops)
    scale = lcm(yes.scale, no.scale)
    yes, no = yes.at(scale), no.at(scale)
    low = chosen(truth.must, yes.low, chosen(truth.may, lowest([yes.low, no.low]), no.low))
    if truth.must is truth.may:
        low = chosen(truth.must, yes.low, no.low)
    crisp = truth.must is truth.may and yes.low is yes.high and no.low is no.high
    high = low if crisp else chosen(truth.must, yes.high, chosen(truth.may, highest([yes.high, no.high]), no.high))
    return Value(low, high, type_, scale, absent, stops)


def _add_months(tree: Tree, expr: Op) -> Value:
    (day, months), absent, stops = _args(tree, expr)
    if not isinstance(months.low, int) or months.low is not months.high or months.scale != 1:
        raise CannotSay("months that are not a constant, added to a day")
    ends = [_months_later(tree.steps, end, months.low) for end in ((day.low,) if day.low is day.high else (day.low, day.high))]
    before = Truth(compared("<", ends[-1], 10_000), compared("<", ends[0], 10_000))
    after = Truth(compared(">=", ends[0], 100_000_000), compared(">=", ends[-1], 100_000_000))
    outside = if_all(if_not(absent), if_any(before, after))
    return Value(ends[0], ends[-1], expr.type, 1, absent, stops.then(Stops(NO, outside)))


def _months_later(steps: Steps, day: Any, months: int) -> Any:
    """A day so many months later; before the year 1 or after 9999 where that is outside the calendar."""
    number = steps.keep(added(times(_part(day, 10_000, 10_000), 12), _part(day, 100, 100), months - 1))
    year, month = steps.keep(_part(number, 12, 10**9)), steps.keep(added(_part(number, 1, 12), 1))
    last = lowest([_part(day, 1, 100), days_in(year, month)])
    return steps.keep(added(times(year, 10_000), times(month, 100), last))


def _part(number: Any, over: int, below: int) -> Any:
    """A part of a number, such as the month of a day."""
    if isinstance(number, int):
        return number // over % below
    return term(lambda one: one // lit(over) % lit(below), number)


OPERATIONS: Final[dict[str, Callable[[Tree, Op], Value]]] = {
    "+": _numbers(lambda args: (added(*(a.low for a in args)), added(*(a.high for a in args)))),
    "sum": _numbers(lambda args: (added(*(a.low for a in args)), added(*(a.high for a in args)))),
    "-": _numbers(lambda args: (added(args[0].low, times(args[1].high, -1)), added(args[0].high, times(args[1].low, -1)))),
    "neg": _numbers(lambda args: (times(args[0].high, -1), times(args[0].low, -1))),
    "max": _numbers(lambda args: (highest([a.low for a in args]), highest([a.high for a in args]))),
    "min": _numbers(lambda args: (lowest([a.low for a in args]), lowest([a.high for a in args]))),
    "*": _times, "count": _count, "points": _points, "next": _step(1), "previous": _step(-1),
    **dict.fromkeys(COMPARE, _comparison), "and": _and, "or": _or, "not": _not, "if": _if,
    "if_absent": _if_absent, "coalesce": _coalesce, "/": _divided,
    "add_months": _add_months,
}  # fmt: skip
"""How each operation of the language is said."""
