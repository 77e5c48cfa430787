# SPDX-License-Identifier: MIT
"""What a profile with unknowns means: every way of filling them in, walked only where an answer asks for a value.

The walk decides, and where an input that nobody gave is asked for it branches over that input's representative values:
one for every set of values that the pack cannot tell apart, because it only compares
the input, or measures of that input alone, with constants. An input that other arithmetic reads and that has too many
values cannot be represented so; then, and where the walk passes its budget, :class:`TooMany` is raised and the caller
answers from bounds.
"""

from __future__ import annotations

import bisect
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias, TypeGuard

from continuum.arithmetic import CannotWorkOut
from continuum.compiled import (
    ABSENT,
    CompiledPack,
    Condition,
    Expr,
    Input,
    Lit,
    Measure,
    Op,
    RateRead,
    Read,
    Table,
    clauses,
    condition_reads,
    needed,
    reads,
    sides,
)  # fmt: skip
from continuum.engines.hits import Worked, told_apart
from continuum.engines.reference import Env, NotKnown, Reference

BUDGET = 500
WIDEST = 20_000
KEPT = 1_000
Beside: TypeAlias = tuple[Any, ...] | None


class TooMany(Exception):
    """The completions are too many to walk."""


class Leaf(NamedTuple):
    """One branch of the walk: the values chosen for unknown inputs, and what the outcome came to."""

    chosen: dict[str, Any]
    worked: Worked


class Completions:
    """Walks the completions of profiles of one pack."""

    def __init__(self, reference: Reference) -> None:
        self.reference, self.pack = reference, reference.pack
        self._uses = {
            name: Uses(reference.pack, needed(reference.pack, name) if name else ()) for name in ("", *reference.pack.tables)
        }
        self._limits = tuple(name for name in reference.pack.inputs if name in _limiting(reference.pack))
        self._kept: dict[tuple[str, str, dt.date, Beside], tuple[list[Any] | None]] = {}

    def leaves(self, outcome: str, start: Env, possible: dict[tuple[Any, ...], bool] | None = None) -> list[Leaf]:
        """Every branch that some completion follows from what is known, for one outcome.

        ``possible`` remembers, from one outcome of a profile to the next, which values leave something possible.

        Raises:
            TooMany: where they cannot be walked within the budget.
        """
        found: list[Leaf] = []
        possible = {} if possible is None else possible
        stack: list[tuple[dict[str, Any], Env]] = [({}, start)]
        spent = 0
        while stack:
            chosen, env = stack.pop()
            spent += 1
            if spent > BUDGET:
                raise TooMany
            if chosen and self.contradiction(env) is not None:
                continue
            try:
                worked = env[outcome]
            except NotKnown as unknown:
                stack += self._branches(outcome, chosen, env, unknown.name)
                continue
            limits = tuple(env.get(name, NotKnown) for name in self._limits)
            if limits not in possible:
                possible[limits] = self.filling(env) is not None
            if possible[limits]:
                found.append(Leaf(chosen, worked))
        return found

    def _branches(self, outcome: str, chosen: dict[str, Any], env: Env, name: str) -> list[tuple[dict[str, Any], Env]]:
        """One branch for each representative value, so that the first is taken first."""
        values = self._values(outcome, name, env)
        return [({**chosen, name: value}, env.also(name, value)) for value in reversed(values)]

    def completed(self, values: Mapping[str, Any], env: Env) -> dict[str, Any]:
        """One way of filling in all that is not known, and not impossible.

        Raises:
            TooMany: where none is found within the budget.
        """
        chosen = self.filling(env)
        if chosen is None:
            raise TooMany
        rest = {name: self.first(asked, env["today"]) for name, asked in self.pack.inputs.items()}
        return {**rest, **values, **chosen}

    def first(self, asked: Input, day: dt.date) -> Any:
        """The first value an input can take."""
        if asked.type.values:
            return asked.type.kind != "yes_no" and asked.type.values[0]
        return Line(asked, day).low

    def filling(self, start: Env) -> dict[str, Any] | None:
        """Values for what the ``impossible`` entries ask about, such that none of them holds; None where there are none.

        Raises:
            TooMany: where neither is found within the budget.
        """
        return next((chosen for chosen, entry in self._fillings(start) if entry is None), None)

    def excluded_by(self, start: Env) -> list[int]:
        """The ``impossible`` entries that between them exclude every way of filling in the rest."""
        return sorted({entry for _, entry in self._fillings(start) if entry is not None})

    def _fillings(self, start: Env) -> Iterator[tuple[dict[str, Any], int | None]]:
        """Ways of filling in what the ``impossible`` entries ask about, each with the first entry that holds."""
        stack: list[tuple[dict[str, Any], Env]] = [({}, start)]
        spent = 0
        while stack:
            chosen, env = stack.pop()
            spent += 1
            if spent > BUDGET:
                raise TooMany
            entry, unknown = self._excluded(env)
            if entry is None and unknown:
                stack += self._branches("", chosen, env, unknown)
            else:
                yield chosen, entry

    def _excluded(self, env: Env) -> tuple[int | None, str]:
        """The first ``impossible`` entry that surely holds, and an unknown input that another still asks for."""
        asked = ""
        for i, holds in enumerate(self.reference.impossible):
            try:
                if holds(env):
                    return i, ""
            except NotKnown as unknown:
                asked = asked or unknown.name
        return None, asked

    def contradiction(self, env: Env) -> int | None:
        """The number of the first ``impossible`` entry that holds whatever is filled in, or None."""
        return self._excluded(env)[0]

    def _values(self, outcome: str, name: str, env: Env) -> list[Any]:
        beside = self._beside(outcome, name, env)
        key = (outcome, name, env["today"], beside)
        kept = self._kept.get(key)
        if kept is None:  # worked out into a local name: another thread may clear what is kept at any moment
            if len(self._kept) >= KEPT:
                self._kept.clear()
            kept = self._kept[key] = (self.representatives(outcome, self.pack.inputs[name], env["today"], beside),)
        if kept[0] is None:
            raise TooMany
        return kept[0]

    def _beside(self, outcome: str, name: str, env: Env) -> Beside:
        """The values of the inputs that this one is compared with; None where one of them is not known either."""
        others = self._uses[outcome].beside.get(name, ())
        return tuple(env[other] for other in others) if all(other in env for other in others) else None

    def representatives(self, outcome: str, asked: Input, day: dt.date, beside: Beside = ()) -> list[Any] | None:
        """Values that stand for all the input can take, for one outcome and for what is impossible (for an empty name only
        for that), lowest first; None where no short list does. ``beside`` holds the values it is compared with that other
        inputs of the profile have.
        """
        uses = self._uses[outcome]
        absent = [ABSENT] if asked.optional else []
        if asked.type.kind == "yes_no":
            return [False, True, *absent]
        if asked.type.values:
            return [*asked.type.values, *absent]
        line = Line(asked, day)
        through = uses.through.get(asked.name, ())
        known = {value for value in beside or () if value is not ABSENT}
        if asked.name in uses.computed or beside is None:
            return [*line.all(), *absent] if line.count <= BUDGET else None
        if not through:
            return [*line.between(self.constants(uses, asked.name, day) | known), *absent]
        return [*self._told_apart(uses, asked.name, line, day, known), *absent] if line.count <= WIDEST else None

    def constants(self, uses: Uses, name: str, day: dt.date) -> set[Any]:
        """What an input or measure is compared with on a day; what cannot be worked out tells no values apart."""
        env, found = self.reference.env({}, day), set()
        for expr in uses.constants.get(name, ()):
            with suppress(CannotWorkOut):
                found.add(self.reference.reader(expr)(env))
        return found - {ABSENT}

    def _told_apart(self, uses: Uses, name: str, line: Line, day: dt.date, known: set[Any]) -> list[Any]:
        """The first value of every set that neither the input's constants nor these measures' tell apart."""
        cuts = [(name, sorted(self.constants(uses, name, day) | known))]
        cuts += [(n, sorted(self.constants(uses, n, day))) for n in uses.through[name]]
        first: dict[tuple[tuple[int, int], ...], Any] = {}
        for value in line.all():
            env = self.reference.env({name: value}, day)
            first.setdefault(tuple(stands(env, n, points) for n, points in cuts), value)
        return list(first.values())


def stands(env: Env, name: str, points: list[Any]) -> tuple[int, int]:
    """Where a value stands among the constants; one that cannot be worked out stands apart."""
    try:
        return bisect.bisect_left(points, env[name]), bisect.bisect_right(points, env[name])
    except CannotWorkOut:
        return -1, -1


class Line:
    """The values of a number or date input as steps from its lowest."""

    def __init__(self, asked: Input, day: dt.date) -> None:
        low, high = (day if end == "today" else end for end in (asked.low, asked.high))
        self.low: Any = low
        self.days = isinstance(low, dt.date)
        self.step: int | Fraction = 1 if self.days else asked.step or 1
        self.count = max(0, self.index(high) + 1)

    def index(self, value: Any) -> int:
        """The number of the last step at or below the value."""
        return int((value - self.low).days if self.days else (value - self.low) // self.step)

    def at(self, index: int) -> Any:
        """The value at a step."""
        if self.days:
            return self.low + dt.timedelta(days=index)
        value = self.low + index * self.step
        return int(value) if isinstance(value, Fraction) and value.denominator == 1 else value

    def all(self) -> Iterator[Any]:
        """Every value, lowest first."""
        return (self.at(i) for i in range(self.count))

    def between(self, constants: set[Any]) -> Iterator[Any]:
        """One value at each constant that is on the line and one in every gap between constants."""
        marks = {0, self.count - 1}
        for constant in constants:
            index = self.index(constant)
            marks |= {index - 1, index, index + 1}
        return (self.at(i) for i in sorted(marks) if 0 <= i < self.count)


class Uses:
    """How some tables and measures, and what is impossible, read the inputs of a pack.

    Attributes:
        constants: what inputs and measures are compared with, by name, where that is the same for every profile of a day.
        beside: for an input, the other inputs that it is compared with, as they stand.
        computed: inputs that anything more than such comparisons reads.
        through: for an input, the measures of it alone that are themselves only compared with constants.
    """

    def __init__(self, pack: CompiledPack, names: Iterable[str], more: Iterable[Condition] = ()) -> None:
        """Read what these names of tables and measures, and some conditions more, are made of."""
        tables, measures = _reached(pack, names)
        self._measures = pack.measures
        self.constants: dict[str, set[Expr]] = {}
        self.beside: dict[str, dict[str, None]] = {}
        self.computed: set[str] = set()
        self.through: dict[str, list[str]] = {}
        conditions = [rule.condition for table in tables for rule in table.rules]
        for condition in [*conditions, *more, *(item.condition for item in pack.impossible)]:
            for clause in clauses(condition):
                for side in sides(clause.test):
                    self._compared(clause.subject, side)
        for table in tables:
            for rule in table.rules:
                for _, expr in rule.then.values:
                    self._walk(expr)
        for name, measure in measures:
            alone = _single_input(pack, measure.expr)
            if alone and measure.expr.type.kind in ("number", "date") and name not in self.computed:
                self.through.setdefault(alone, []).append(name)
            else:
                self._walk(measure.expr)

    def fixed(self, expr: Expr) -> bool:
        """Whether an expression is the same for every profile of a day."""
        if isinstance(expr, Read):
            measure = self._measures.get(expr.name) if expr.of == "measure" else None
            return expr.name == "today" or bool(measure and self.fixed(measure.expr))
        if isinstance(expr, RateRead):
            return expr.back is None and all(self.fixed(part) for part in (*expr.keys, *([expr.at] if expr.at else [])))
        return isinstance(expr, Lit) or (isinstance(expr, Op) and all(map(self.fixed, expr.args)))

    def _compared(self, left: Expr, right: Expr) -> None:
        if _plain_input(left) and _plain_input(right):
            self.beside.setdefault(left.name, {})[right.name] = None
            self.beside.setdefault(right.name, {})[left.name] = None
            return
        for one, other in ((left, right), (right, left)):
            if isinstance(one, Read) and one.of != "decision" and one.name != "today" and self.fixed(other):
                self.constants.setdefault(one.name, set()).add(other)
                return
        self._walk(left)
        self._walk(right)

    def _walk(self, expr: Expr) -> None:
        if isinstance(expr, Read) and expr.of != "decision":
            self.computed.add(expr.name)
        elif isinstance(expr, Op) and expr.op in ("=", "!=", "<", "<=", ">", ">="):
            self._compared(*expr.args)
        elif isinstance(expr, Op):
            for arg in expr.args:
                self._walk(arg)
        elif isinstance(expr, RateRead):
            for part in (*expr.keys, expr.at, expr.back):
                if part is not None:
                    self._walk(part)


def _plain_input(expr: Expr) -> TypeGuard[Read]:
    """Whether an expression is an input as it stands, and nothing else."""
    return isinstance(expr, Read) and expr.of == "input" and expr.name != "today"


def _single_input(pack: CompiledPack, expr: Expr) -> str:
    """The one input an expression reads, beside the day; empty where it reads more or anything else."""
    read = [item for item in reads(expr) if getattr(item, "name", "") != "today"]
    names = {item.name for item in read if isinstance(item, Read) and item.of == "input"}
    plain = all(isinstance(item, Read) and item.of == "input" for item in read)
    name = next(iter(names), "")
    ranged = name in pack.inputs and not pack.inputs[name].type.values
    return name if plain and len(names) == 1 and ranged else ""


def _limiting(pack: CompiledPack) -> set[str]:
    """The inputs that what is impossible reads, directly or through measures."""
    found: set[str] = set()
    waiting = [read for item in pack.impossible for read in condition_reads(item.condition)]
    while waiting:
        read = waiting.pop()
        name = getattr(read, "name", "")
        if name in pack.measures:
            waiting += reads(pack.measures[name].expr)
        found.add(name)
    return found


def _reached(pack: CompiledPack, wanted: Iterable[str]) -> tuple[list[Table], list[tuple[str, Measure]]]:
    """The tables and measures of these names and of what is impossible; measures after those that read them."""
    names = dict.fromkeys(wanted)
    for item in pack.impossible:
        for read in condition_reads(item.condition):
            if isinstance(read, Read) and read.of == "measure":
                names |= needed(pack, read.name)
    tables = [table for name, table in pack.tables.items() if name in names]
    measures = [(name, measure) for name, measure in reversed(pack.measures.items()) if name in names]
    return tables, measures


def settling(leaves: list[Leaf]) -> list[tuple[str, bool]]:
    """The unknown inputs whose value can still change the outcome, most decisive first, each with whether knowing it
    alone is sure to settle the outcome.
    """
    asked = list(dict.fromkeys(name for leaf in leaves for name in leaf.chosen))
    # Inputs that what is impossible ties together never change one by one; then each of them can settle the outcome.
    names = [name for name in asked if _matters(name, leaves)] or asked
    ranked = []
    for position, name in enumerate(names):
        values = list(dict.fromkeys(leaf.chosen[name] for leaf in leaves if name in leaf.chosen))
        open_after = [
            len({told_apart(leaf.worked) for leaf in leaves if leaf.chosen.get(name, value) == value}) for value in values
        ]
        ranked.append((Fraction(sum(open_after), len(values)), position, name, max(open_after) == 1))
    return [(name, settles) for _, _, name, settles in sorted(ranked)]


def _matters(name: str, leaves: list[Leaf]) -> bool:
    """Whether two branches that differ only in this input come to different outcomes."""
    for i, one in enumerate(leaves):
        if name not in one.chosen:
            continue
        for other in leaves[i + 1 :]:
            if other.chosen.get(name, one.chosen[name]) == one.chosen[name] or told_apart(one.worked) == told_apart(other.worked):
                continue
            shared = (one.chosen.keys() & other.chosen.keys()) - {name}
            if all(one.chosen[key] == other.chosen[key] for key in shared):
                return True
    return False
