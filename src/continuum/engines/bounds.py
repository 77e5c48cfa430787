# SPDX-License-Identifier: MIT
"""Where completions are too many to walk: an answer from sets and intervals, never narrower than the truth.

Everything is worked out once, over what each input may be instead of what it is: values named one by one while they are
few, the ends of an interval where they are not. What two values have to do with each other is forgotten, except that the
unknown inputs are first split into some :data:`CASES` at the constants that the pack compares them with.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain, combinations, pairwise, product
from typing import Any, Final, NamedTuple, TypeAlias

from continuum.arithmetic import CannotWorkOut
from continuum.compiled import (
    ABSENT,
    UNPUBLISHED,
    YES_NO,
    AllOf,
    Clause,
    CompiledPack,
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
    Test,
    Type,
    clauses,
    condition_reads,
    reads,
    sides,
)  # fmt: skip
from continuum.engines.completions import Line
from continuum.engines.hits import (
    INDICATED,
    NOT_APPLICABLE,
    REFER,
    Upstream,
    Worked,
    blocked,
    gives,
    rank,
    settle,
    shown,
)
from continuum.engines.reference import COMPARE, Reference, operation
from continuum.packs.language import Between, Compare, OneOf, State

FEW: Final = 64
COMBINATIONS: Final = 1024
CASES: Final = 64
UNDECIDED: Final = 8
LEVEL_INDICATED: Final = 2
LAST: Final = 3
EITHER: Final = frozenset((True, False))
Problem: TypeAlias = Upstream | CannotWorkOut
Span: TypeAlias = tuple[Any, Any]


class Bound(NamedTuple):
    """What an outcome may come to: results named one by one, and for numbers and dates the ends of an interval beside
    (both None where there is none). ``rules`` are all that may decide.

    Where sets, or several values, are too many to name, the results named are the ends between which they lie: the
    smallest and the largest set, the lowest and the highest of each field. ``open`` where an interval lacks an end.
    """

    worked: tuple[Worked, ...]
    low: Any = None
    high: Any = None
    rules: tuple[str, ...] = ()
    open: bool = False


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


class Bounds:
    """Bounds for the outcomes of one pack. Immutable after it is built."""

    def __init__(self, reference: Reference) -> None:
        self.reference, self.pack = reference, reference.pack
        self.constants = _constants(self.pack)

    def bound(self, outcome: str, values: Mapping[str, Any], day: dt.date) -> Bound:
        """What the outcome may come to for these values."""
        found = any_of([run.decision(outcome) for run in self._cases(outcome, values, day)])
        worked, type_ = found.worked, self.pack.tables[outcome].type
        if found.parts is None or type_.kind == "set":
            return Bound(worked, rules=found.rules)
        if type_.kind == "fields":
            ends = [[(name, end) for end in _ends(part)] for name, part in found.parts.items()]
            return Bound((*worked, *(Worked(INDICATED, dict(item)) for item in product(*ends))), rules=found.rules)
        part = found.parts[""]
        worked += tuple(Worked(INDICATED, value) for value in part.values)
        low, high = (part.hull if part.span else None) or (None, None)
        return Bound(worked, low, high, found.rules, open=part.span is not None and None in (low, high))

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

    def _cases(self, outcome: str, values: Mapping[str, Any], day: dt.date) -> list[_Run]:
        """Runs that between them cover every completion, but those that are surely impossible."""
        inputs = self.pack.inputs
        known = {name: some([values[name]]) if name in values else _anything(inputs[name], day) for name in inputs}
        cells = {name: self._cells(inputs[name], known[name], day) for name in self.inputs_read(outcome) if name not in values}
        split: dict[str, list[Some]] = {}
        for name, parts in sorted(cells.items(), key=lambda item: (item[1][0].span is None, len(item[1]))):
            if math.prod(map(len, split.values())) * len(parts) <= CASES:
                split[name] = parts
        given = frozenset(values)
        runs = [
            _Run(self.reference, {**known, **dict(zip(split, case, strict=True))}, given, day)
            for case in product(*split.values())
        ]
        return [run for run in runs if run.possible()] or runs

    def _cells(self, asked: Input, whole: Some, day: dt.date) -> list[Some]:
        """A wide input in intervals between the constants it is compared with, any other in its values."""
        if whole.span is None:
            return [some([value]) for value in whole.values] or [whole]
        line, constants = Line(asked, day), self.constants.get(asked.name)
        if not constants:
            return [whole]
        marks = sorted(map(line.index, line.between(constants)))
        gaps = [(low + 1, high - 1) for low, high in pairwise(marks) if high - low > 1]
        cells = [Some(span=(line.at(low), line.at(high))) for low, high in gaps]
        return cells + [some([value]) for value in (*map(line.at, marks), *whole.values)]


def _ends(part: Some) -> list[Any]:
    """What to name of a field: the lowest and the highest of a number or a day, else every value."""
    many = part.span or any(isinstance(value, Fraction | int | dt.date) for value in part.values)
    return list(dict.fromkeys(end for end in part.hull or () if end is not None)) if many else list(part.values)


def _constants(pack: CompiledPack) -> dict[str, set[Any]]:
    """What conditions compare each input with."""
    conditions = [rule.condition for table in pack.tables.values() for rule in table.rules]
    found: dict[str, set[Any]] = {}
    for clause in chain.from_iterable(map(clauses, conditions)):
        if clause.subject.of == "input":
            fixed = {side.value for side in sides(clause.test) if isinstance(side, Lit)}
            found.setdefault(clause.subject.name, set()).update(fixed)
    return found


def _names(items: Iterable[Read | Known | RateRead]) -> Iterator[str]:
    return (item.name for item in items if not isinstance(item, RateRead))


def _anything(asked: Input, day: dt.date) -> Some:
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


class _Run:
    """One evaluation over what each input may be; measures and decisions are worked out when first asked for."""

    def __init__(self, reference: Reference, inputs: dict[str, Some], given: frozenset[str], day: dt.date) -> None:
        self.reference, self.pack, self.given, self.day = reference, reference.pack, given, day
        self.values: dict[str, Some] = {**inputs, "today": some([day])}
        self.decisions: dict[str, May] = {}

    def possible(self) -> bool:
        """Whether no ``impossible`` entry is sure to hold."""
        return all(False in self.holds(item.condition) for item in self.pack.impossible)

    # expressions

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
            self.values[name] = self.value(self.pack.measures[name].expr)
        return self.values[name]

    def _decided(self, expr: Read) -> Some:
        may = self.decision(expr.name)
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

    # conditions

    def holds(self, condition: Condition) -> frozenset[bool]:
        """Whether a condition may hold, and may not."""
        if isinstance(condition, Clause):
            return self._clause(condition) or EITHER
        if isinstance(condition, Not):
            return frozenset(not one for one in self.holds(condition.item))
        join = all if isinstance(condition, AllOf) else any
        return _joined(join, [self.holds(item) for item in condition.items])

    def _clause(self, clause: Clause) -> frozenset[bool]:
        subject = clause.subject
        if subject.of != "decision":
            whole = self._named(subject.name)
            return self._tests(clause.test, subject, [(INDICATED, piece) for piece in _pieces(whole)])
        may = self.decision(subject.name)
        pieces = [(item.state, some([ABSENT])) for item in may.worked if item.state != INDICATED]
        sets = subject.type.kind == "set"
        seen = Some(frozenset(item.value for item in may.worked if item.state == INDICATED)) if sets else self._decided(subject)
        return self._tests(clause.test, subject, pieces + [(INDICATED, piece) for piece in _pieces(seen)])

    def _tests(self, test: Test, subject: Read, pieces: list[tuple[str, Some]]) -> frozenset[bool]:
        found: frozenset[bool] = frozenset()
        for state, piece in pieces:
            found |= self._test(test, subject, state, piece)
            if found == EITHER:
                break
        return found

    def _test(self, test: Test, subject: Read, state: str, piece: Some) -> frozenset[bool]:
        """A test of one value, or of one interval, in one state of its decision."""
        if isinstance(test, State):
            absent = ABSENT in piece.values and state == INDICATED
            return frozenset([{
                "any": True, "known": subject.name in self.given, "unknown": subject.name not in self.given,
                "absent": absent, "present": not absent, "applicable": state != NOT_APPLICABLE,
                "not_applicable": state == NOT_APPLICABLE, "referred": state == REFER,
            }[test.name]])  # fmt: skip
        if isinstance(test, Compare):
            return self._compare(test.op, subject, piece, test.side)
        if isinstance(test, Between):
            above = self._compare(">=" if test.low_in else ">", subject, piece, test.low)
            return _joined(all, [above, self._compare("<=" if test.high_in else "<", subject, piece, test.high)])
        one_of = _joined(any, [self._test(item, subject, state, piece) for item in test.tests])
        if isinstance(test, OneOf):
            return one_of
        if state != INDICATED and not _asks_state(test):
            return frozenset([False])
        return frozenset(not one for one in one_of)

    def _compare(self, op: str, subject: Read, piece: Some, side: Any) -> frozenset[bool]:
        if subject.type.kind == "set":
            type_ = replace(subject.type, kind="choice")
            members = [] if piece.values == {ABSENT} else [value for group in piece.values for value in group]
            subject = replace(subject, type=type_)
            found = [self._compare(op, subject, some([member]), side) for member in members]
            return _joined(any, found)
        return applied(Op(op, (subject, side), YES_NO), [piece, self.value(side)]).values

    # decisions

    def decision(self, name: str) -> May:
        """What a decision may come to."""
        if name not in self.decisions:
            self.decisions[name] = self._table(self.pack.tables[name])
        return self.decisions[name]

    def _table(self, table: Table) -> May:
        needs = [Read(name, self.pack.tables[name].type, "decision") for name in table.needs if name not in table.asked]
        stopping = [self._state(need) for need in needs] + [self.value(check) for check in table.checks]
        results = [[found for problem in one.problems if (found := blocked([problem]))] for one in stopping]
        sure = [found for one, found in zip(stopping, results, strict=True) if one.nothing]
        out = next((found for found in sure if all(item.state == NOT_APPLICABLE for item in found)), None)
        if out is not None:
            return any_of([_of(out)])
        stops = _of(item for found in results for item in found)
        return any_of([stops] if sure else [stops, self._settled(table)])

    def _state(self, need: Read) -> Some:
        may = self.decision(need.name)
        there = may.parts is not None or any(item.state == INDICATED for item in may.worked)
        problems = [Upstream(need.name, item) for item in may.worked if item.state != INDICATED]
        return some([True] if there else [], None, problems)

    def _settled(self, table: Table) -> May:
        """What the table decides when nothing it reads stops it."""
        truths = [(rule, self.holds(rule.condition)) for rule in table.rules if rule.condition]
        every = [rule for rule, truth in truths if True in truth]
        must = [rule for rule, truth in truths if False not in truth]
        may = [rule for rule, truth in truths if truth == EITHER]
        found = [] if must else [self._rule(table, rule) for rule in table.rules if rule.condition is None]
        if not must and not found:
            found = [_of([settle(table, [], _given({}))])]
        if table.hit == "first":
            last = every.index(must[0]) + 1 if must else len(every)
            found += [self._rule(table, rule) for rule in every[:last]]
        elif table.hit == "unique":
            found += [self._rule(table, rule) for rule in must or may] if not must[1:] else []
            found += [_of([settle(table, every, _given({}))])] if every[1:] else []
        elif table.hit == "any":
            found += [self._rule(table, rule) for rule in must[:1] or every]
            found += (
                [_of([Worked(REFER, cause="conflict", because="Rules that hold together may disagree.")])] if every[1:] else []
            )
        elif every:
            offers = {rule.id: self._rule(table, rule) for rule in every}
            found.append(_enumerated(table, must, may, offers) or _coarse(table, must, offers))
        return any_of(found)

    def _rule(self, table: Table, rule: Rule) -> May:
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


def _pieces(whole: Some) -> list[Some]:
    return [Some(frozenset([value])) for value in whole.values] + ([Some(span=whole.span)] if whole.span else [])


def _joined(join: Any, truths: list[frozenset[bool]]) -> frozenset[bool]:
    """``all`` or ``any`` of items that each may hold and may not."""
    return frozenset((join(True in truth for truth in truths), join(False not in truth for truth in truths)))


def _asks_state(test: Any) -> bool:
    if isinstance(test, State):
        return test.name in ("applicable", "not_applicable", "referred")
    return any(_asks_state(inner) for inner in getattr(test, "tests", ()))


# rules taken together


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


def _given(worked: Mapping[str, Worked]) -> Callable[[Rule], Worked]:
    return lambda rule: worked[rule.id]


def _enumerated(table: Table, must: list[Rule], may: list[Rule], offers: Mapping[str, May]) -> May | None:
    """Every set of rules that may hold together, with all that each may give; None where these are many."""
    ways = math.prod(len(give.worked) for give in offers.values()) * 2 ** len(may)
    if len(may) > UNDECIDED or ways > COMBINATIONS or any(give.parts is not None for give in offers.values()):
        return None
    found = []
    for more in chain.from_iterable(combinations(may, size) for size in range(len(may) + 1)):
        fired = [rule for rule in table.rules if rule in must or rule in more]
        choices = product(*(offers[rule.id].worked for rule in fired)) if fired else ()
        given = ({rule.id: worked for rule, worked in zip(fired, chosen, strict=True)} for chosen in choices)
        found += [settle(table, fired, _given(worked)) for worked in given]
    return any_of([_of(found)])


def _coarse(table: Table, must: list[Rule], offers: Mapping[str, May]) -> May:
    """What many rules come to, each taken by itself: referred before individually agreed before indicated."""
    sure = {rule.id for rule in must}
    level = min((max(_levels(give), default=0) for name, give in offers.items() if name in sure), default=LAST)
    states = [_of(w for w in give.worked if w.state != INDICATED and _level(w) <= level) for give in offers.values()]
    indicated = [
        (_indicated(give), name in sure and LAST not in _levels(give))
        for name, give in offers.items()
        if LEVEL_INDICATED in _levels(give)
    ]
    if level < LEVEL_INDICATED or not indicated:
        return any_of(states)
    combine = {"highest": _highest, "collect": _collected, "sum": _added}[table.hit]
    return any_of([*states, combine(table, indicated)])


def _shown(part: Some, type_: Type) -> Some:
    """Rounded as the type says; rounding keeps order, so an interval is rounded at its ends."""
    span = part.span and tuple(None if end is None else shown(end, type_) for end in part.span)
    return some((shown(value, type_) for value in part.values), span)  # type: ignore[arg-type]


def _level(worked: Worked) -> int:
    """How early a result counts among several: referred, individually agreed, indicated, not applicable."""
    if worked.state == REFER:
        return int(worked.cause == "individually_agreed")
    return LEVEL_INDICATED if worked.state == INDICATED else LAST


def _levels(may: May) -> set[int]:
    return {_level(item) for item in may.worked} | ({LEVEL_INDICATED} if may.parts is not None else set())


def _indicated(may: May) -> May:
    return May(tuple(item for item in may.worked if item.state == INDICATED), may.parts, may.rules)


def _highest(table: Table, offers: list[tuple[May, bool]]) -> May:
    """Nothing below the highest that is sure; several values may tie on the one that ranks and differ in another."""
    ranks = [_ranks(table, give) for give, _ in offers]
    sure = [low for (low, _), (_, certain) in zip(ranks, offers, strict=True) if certain and low is not None]
    floor = max(sure, default=None)
    kept = [give for give, (_, high) in zip(offers, ranks, strict=True) if floor is None or high is None or high >= floor]
    mays = [
        May(tuple(w for w in give.worked if floor is None or rank(table, w.value) >= floor), give.parts, give.rules)
        for give, _ in kept
    ]
    if table.type.kind == "fields" and len(mays) > 1:
        mays.append(_of([Worked(REFER, cause="conflict", because="Rules of equal rank may give different outcomes.")]))
    elif floor is not None and table.type.kind in ("number", "date"):
        mays = [_not_below(may, floor) for may in mays]
    return any_of(mays)


def _not_below(may: May, floor: Any) -> May:
    if may.parts is None or may.parts[""].span is None:
        return may
    part = may.parts[""]
    return replace(may, parts={"": replace(part, span=_best("max", [part.hull or (None, None), (floor, floor)]))})


def _ranks(table: Table, may: May) -> Span:
    found = [rank(table, item.value) for item in may.worked]
    type_ = dict(table.type.fields).get(table.rank_by, table.type)
    if may.parts is None:
        return min(found), max(found)
    part = may.parts[table.rank_by]
    if type_.kind == "scale":
        part = some(type_.values.index(value) for value in part.values)
    return either(some(found), part).hull or (None, None)


def _collected(table: Table, offers: list[tuple[May, bool]]) -> May:
    """Sets between those that every sure rule gives and all that any rule gives: named, or else the two ends."""
    sure: set[Any] = set()
    largest: set[Any] = set()
    for give, certain in offers:
        sets = [set(item.value) for item in give.worked]
        largest |= set().union(*sets)
        sure |= set.intersection(*sets) if certain else set()
    open_ = [value for value in table.type.values if value in largest - sure]
    rules = tuple(rule for give, _ in offers for rule in give.rules)
    sizes = range(len(open_) + 1) if len(open_) <= UNDECIDED else (0, len(open_))
    chosen = [sure.union(more) for size in sizes for more in combinations(open_, size)]
    named = [Worked(INDICATED, tuple(value for value in table.type.values if value in one)) for one in chosen]
    return May(tuple(named), {"": ANYTHING} if len(open_) > UNDECIDED else None, rules)


def _added(table: Table, offers: list[tuple[May, bool]]) -> May:
    """The sum of all that rules give; a rule that is not sure may add nothing."""
    names = [name for name, _ in table.type.fields] or [""]
    totals: dict[str, Some] = {}
    for name in names:
        total = some([0])
        for give, certain in offers:
            values = [item.value[name] if name else item.value for item in give.worked]
            part = either(some(values), give.parts[name] if give.parts else Some(), *([] if certain else [some([0])]))
            total = applied(Op("sum", (Lit(0, dict(table.type.fields).get(name, table.type)),), table.type), [total, part])
        totals[name] = total
    return May((), totals, tuple(rule for give, _ in offers for rule in give.rules))
