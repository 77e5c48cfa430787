# SPDX-License-Identifier: MIT
"""A compiled pack: pure data in which every name is resolved and every type checked. All else reads this, never YAML."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final, Self, TypeAlias

from continuum.errors import Place
from continuum.packs.language import Between, Compare, NoneOf, OneOf, State
from continuum.packs.model import Period

Exact: TypeAlias = int | Fraction
Unit: TypeAlias = tuple[tuple[str, int], ...]


class Absent:
    """The value of an optional input that was said to be none."""

    _one: Self | None = None

    def __new__(cls) -> Self:
        """There is only one."""
        if cls._one is None:
            cls._one = super().__new__(cls)
        return cls._one

    def __repr__(self) -> str:
        return "absent"

    def __reduce__(self) -> tuple[type[Absent], tuple[()]]:
        return Absent, ()


ABSENT: Final = Absent()
UNPUBLISHED: Final = "unpublished"
Value: TypeAlias = bool | str | int | Fraction | dt.date | Absent


@dataclass(frozen=True, slots=True)
class Type:
    """What kind of value: ``yes_no``, ``scale``, ``choice``, ``number``, ``date``, ``set`` or ``fields``.

    ``values`` are those of a scale (lowest first), choice or set; ``unit`` is None where a number takes any unit (a
    written number); ``pointed`` where a scale declares its points; ``money``, ``places`` and ``rounding`` say how an
    amount is shown.
    """

    kind: str
    values: tuple[str, ...] = ()
    name: str = ""
    unit: Unit | None = None
    money: bool = False
    whole: bool = False
    places: int | None = None
    rounding: str | None = None
    fields: tuple[tuple[str, Type], ...] = ()
    points: tuple[Exact, ...] = ()
    pointed: bool = False
    unit_shown: str = ""

    @property
    def ordered(self) -> bool:
        """Whether values can be compared with ``<``."""
        return self.kind in ("scale", "number", "date")

    def unit_words(self) -> str:
        """The unit as the pack writes it."""
        return self.unit_shown or unit_text(self.unit)

    def words(self) -> str:
        """The type as a policy officer would say it."""
        if self.kind in ("scale", "choice", "set"):
            named = f" of `{self.name}`" if self.name else ""
            kind = "a set of values" if self.kind == "set" else "a value"
            return f"{kind}{named} ({', '.join(self.values)})"
        if self.kind == "number":
            unit = f" in {self.unit_words()}" if self.unit else ""
            return ("an amount" if self.money else "a number") + unit
        return {"yes_no": "yes or no", "date": "a date", "fields": "several values"}[self.kind]


YES_NO = Type("yes_no", ("no", "yes"))
DATE = Type("date")


def unit_text(unit: Unit | None) -> str:
    """``GBP/year`` from its parts."""
    if not unit:
        return ""
    top = "*".join(name for name, power in unit if power > 0 for _ in range(power)) or "1"
    return top + "".join(f"/{name}" for name, power in unit if power < 0 for _ in range(-power))


@dataclass(frozen=True, slots=True)
class Lit:
    """A constant."""

    value: Any
    type: Type
    maybe_absent: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """The value of an input, a measure, a decision (or one field of it), or ``today``."""

    name: str
    type: Type
    of: str
    part: str = ""
    maybe_absent: bool = False

    @property
    def key(self) -> str:
        """The name of what is read, with its field."""
        return f"{self.name}.{self.part}" if self.part else self.name


@dataclass(frozen=True, slots=True)
class Known:
    """Whether an input was given; asked of the form as it was filled in."""

    name: str
    type: Type = YES_NO
    maybe_absent: bool = False


@dataclass(frozen=True, slots=True)
class Op:
    """An operation or function over other expressions; ``detail`` holds a rounding mode or what else is fixed."""

    op: str
    args: tuple[Expr, ...]
    type: Type
    detail: Any = None
    maybe_absent: bool = False


@dataclass(frozen=True, slots=True)
class RateRead:
    """A rate looked up by its keys, at a day; with ``back`` the key whose amount is nearest to that value, or the next one
    ``up`` or ``down`` from it where ``toward`` says so.
    """

    rate: str
    keys: tuple[Expr, ...]
    type: Type
    at: Expr | None = None
    back: Expr | None = None
    toward: str = ""
    maybe_absent: bool = False


Expr: TypeAlias = Lit | Read | Known | Op | RateRead
Test: TypeAlias = Compare | Between | State | OneOf | NoneOf
"""A cell whose sides are typed expressions."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One line of a condition: what it is about, its test, and the cell as written."""

    subject: Read
    test: Test
    text: str


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every item holds."""

    items: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one item holds."""

    items: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The item does not hold."""

    item: Condition


Condition: TypeAlias = Clause | AllOf | AnyOf | Not


@dataclass(frozen=True, slots=True)
class Cite:
    """A citation: a source of the pack and the paragraph."""

    source: str
    paragraph: str = ""


@dataclass(frozen=True, slots=True)
class Then:
    """What a rule gives: its kind and its named values.

    The kind is ``value`` (one unnamed expression), ``members``, ``fields``, ``refer``, ``not_applicable``,
    ``individually_agreed`` or ``unpublished``.
    """

    kind: str
    values: tuple[tuple[str, Expr], ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of a table; ``condition`` is None for ``otherwise``."""

    id: str
    condition: Condition | None
    then: Then
    because: str
    sources: tuple[Cite, ...] = ()
    to: str = ""
    illustrative: str = ""
    reading: str = ""
    deliberate: bool = False
    note: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One decision table. ``needs`` are the decisions whose state its conditions depend on, ``asked`` those of which a
    cell asks the state, ``checks`` what its conditions read that may turn out not to be possible to work out.
    """

    name: str
    asks: str
    type: Type
    hit: str
    rules: tuple[Rule, ...]
    rank_by: str = ""
    needs: tuple[str, ...] = ()
    asked: frozenset[str] = frozenset()
    checks: tuple[Expr, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """One thing that is asked, with its range; ``low``/``high`` may be ``"today"`` for a date. ``changes`` says how an answer
    can change: ``up``, ``down``, ``no``, or either way where it is empty.
    """

    name: str
    ask: str
    type: Type
    low: Exact | dt.date | str | None = None
    high: Exact | dt.date | str | None = None
    step: Exact | None = None
    code: str = ""
    codes: tuple[tuple[str, str], ...] = ()
    optional: bool = False
    blank: Value | None = None
    protected: bool = False
    help: str = ""
    judged_by: str = ""
    changes: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """A value worked out; ``fallible`` where it may not be possible to work it out."""

    name: str
    expr: Expr
    text: str
    ask: str = ""
    fallible: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """Values from ``low`` to ``high``, as a key of a row; an end of None is open."""

    low: Any
    high: Any
    low_in: bool = True
    high_in: bool = True

    def holds(self, value: Any) -> bool:
        """Whether the value lies in it."""
        above = self.low is None or (value >= self.low if self.low_in else value > self.low)
        return bool(above and (self.high is None or (value <= self.high if self.high_in else value < self.high)))

    def meets(self, other: Span) -> bool:
        """Whether some value may lie in both."""
        return not (self._ends_before(other) or other._ends_before(self))

    def _ends_before(self, other: Span) -> bool:
        if self.high is None or other.low is None:
            return False
        return bool(self.high < other.low or (self.high == other.low and not (self.high_in and other.low_in)))


def fits(key: Any, value: Any) -> bool:
    """Whether the key of a row fits a value: any, a span that holds it, or the value itself."""
    return key is None or (key.holds(value) if isinstance(key, Span) else key == value)


@dataclass(frozen=True, slots=True)
class RateRow:
    """One dated amount or value; a key of None fits any value."""

    keys: tuple[str | int | bool | Span | None, ...]
    value: Value
    start: dt.date | None = None
    end: dt.date | None = None
    sources: tuple[Cite, ...] = ()
    illustrative: str = ""

    @property
    def width(self) -> tuple[int, int]:
        """How little the row says about its keys: the exact key beats an interval, and that beats any."""
        return self.keys.count(None), sum(isinstance(key, Span) for key in self.keys)


@dataclass(frozen=True, slots=True)
class Rate:
    """Dated amounts, or values of a scale or choice, by key."""

    name: str
    keys: tuple[tuple[str, Type], ...]
    type: Type
    rows: tuple[RateRow, ...]

    def row(self, keys: tuple[Any, ...], day: dt.date) -> RateRow | None:
        """The row for these keys on that day; the most exact row wins."""
        best: RateRow | None = None
        for row in self.rows:
            fitting = all(fits(mine, asked) for mine, asked in zip(row.keys, keys, strict=True))
            in_time = (row.start is None or row.start <= day) and (row.end is None or day <= row.end)
            if fitting and in_time and (best is None or row.width < best.width):
                best = row
        return best


@dataclass(frozen=True, slots=True)
class Document:
    """A document that rules cite; ``start``/``end`` say when it is itself in force, where that is known."""

    id: str
    title: str
    date: dt.date | None = None
    publisher: str = ""
    url: str = ""
    start: dt.date | None = None
    end: dt.date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """The words for a name."""

    label: str
    plain: str = ""
    formerly: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Impossible:
    """Profiles that cannot be, why, and what to mend."""

    condition: Condition
    because: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What the sources leave open: the question, the name it is about, and where in the pack it stands."""

    ask: str
    about: str = ""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Property:
    """A sentence that must hold: its form and its parts, with every name resolved; ``where`` limits the profiles it speaks of."""

    text: str
    form: str
    parts: tuple[tuple[str, Any], ...] = ()
    refer_is_highest: bool = False
    where: Condition | None = None


@dataclass(frozen=True)
class CompiledPack:
    """A pack as data. ``tables`` and ``measures`` stand in dependency order; ``cuts`` holds, for each thing that
    conditions are about, the points at which thresholds cut it into cells.
    """

    id: str
    version: str
    title: str
    summary: str
    authority: tuple[str, str, str]
    status: str
    approval: tuple[str, dt.date, str] | None
    in_force: Period
    decided_by: str
    digest: str
    sources: dict[str, Document]
    outcomes: tuple[str, ...]
    inputs: dict[str, Input]
    groups: dict[str, tuple[str, ...]]
    measures: dict[str, Measure]
    tables: dict[str, Table]
    rates: dict[str, Rate]
    terms: dict[str, Term]
    impossible: tuple[Impossible, ...] = ()
    properties: tuple[Property, ...] = ()
    accepted: tuple[dict[str, Any], ...] = ()
    defaults_off: tuple[dict[str, Any], ...] = ()
    after: dict[str, dict[str, dict[str, Value]]] = field(default_factory=dict)
    not_modelled: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    cuts: dict[str, Any] = field(default_factory=dict)

    def covers(self, day: dt.date) -> bool:
        """Whether the version is in force on the day."""
        return self.in_force.covers(day)

    @property
    def start(self) -> dt.date | None:
        """The first day in force; None where no source gives one."""
        return self.in_force.from_

    @property
    def end(self) -> dt.date | None:
        """The last day in force; None until further notice."""
        return self.in_force.to

    @property
    def some_day(self) -> dt.date:
        """A day that the version covers."""
        return self.start or self.end or dt.date(2025, 1, 1)

    def label(self, name: str, value: str = "") -> str:
        """The printed form of a name, or of a value of it."""
        term = self.terms.get(f"{name}.{value}" if value else name)
        if term:
            return term.label
        return (value or name.replace(".", ", ")).replace("_", " ")

    def value_label(self, owner: str, type_: Type, value: Value) -> str:
        """The printed form of a value, from the terms of its owner or of its type."""
        for name in (owner, type_.name):
            if f"{name}.{value}" in self.terms:
                return self.terms[f"{name}.{value}"].label
        return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value).replace("_", " ")


def limited(pack: CompiledPack) -> list[Condition]:
    """The conditions that limit sentences of a pack to some profiles."""
    return [prop.where for prop in pack.properties if prop.where is not None]


def clauses(condition: Condition | None) -> Iterator[Clause]:
    """Every clause of a condition, in the order written."""
    if isinstance(condition, Clause):
        yield condition
    elif isinstance(condition, Not):
        yield from clauses(condition.item)
    elif condition is not None:
        for item in condition.items:
            yield from clauses(item)


def sides(test: Test) -> Iterator[Expr]:
    """Every expression a test compares with."""
    if isinstance(test, Compare):
        yield test.side  # type: ignore[misc]  # the sides of a compiled test are typed
    elif isinstance(test, Between):
        yield from (test.low, test.high)  # type: ignore[misc]
    elif isinstance(test, OneOf | NoneOf):
        for inner in test.tests:
            yield from sides(inner)


def reads(expr: Expr) -> Iterator[Read | Known | RateRead]:
    """Everything an expression reads, rates included."""
    if isinstance(expr, Read | Known):
        yield expr
    elif isinstance(expr, Op):
        for arg in expr.args:
            yield from reads(arg)
    elif isinstance(expr, RateRead):
        yield expr
        for inner in (*expr.keys, *(x for x in (expr.at, expr.back) if x)):
            yield from reads(inner)


def needed(pack: CompiledPack, name: str) -> dict[str, None]:
    """The decision or measure of that name and every one it rests on, directly or through others."""
    found: dict[str, None] = {}
    waiting = [name]
    while waiting:
        here = waiting.pop()
        if here in found:
            continue
        found[here] = None
        if here in pack.measures:
            read = list(reads(pack.measures[here].expr))
        else:
            read = [item for rule in pack.tables[here].rules for item in condition_reads(rule.condition)]
            read += [item for rule in pack.tables[here].rules for _, expr in rule.then.values for item in reads(expr)]
        waiting += [item.name for item in read if isinstance(item, Read) and item.of != "input"]
    return found


def condition_reads(condition: Condition | None) -> Iterator[Read | Known | RateRead]:
    """Everything a condition reads: subjects and sides."""
    for clause in clauses(condition):
        yield clause.subject
        for side in sides(clause.test):
            yield from reads(side)
