# SPDX-License-Identifier: MIT
"""What the tables of a pack mean, as decision diagrams over the profiles that the pack tells apart.

Nothing is decided anew here: each clause, function and outcome is the reference engine's own, lifted cell by cell. What rests on
very value of a wide input (a formula over pounds) is not followed: as the outcome of a rule it stands as a :class:`Formula`, in a
condition it becomes a free variable, which may only ever make too many profiles possible and never too few.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, partial
from itertools import pairwise
from typing import Any

from continuum.arithmetic import CannotWorkOut
from continuum.compiled import (
    ABSENT,
    AnyOf,
    Clause,
    Condition,
    Expr,
    Known,
    Lit,
    Not,
    Op,
    RateRead,
    Read,
    Rule,
    Table,
    clauses,
    limited,
    reads,
    sides,
)  # fmt: skip
from continuum.engines.completions import Completions
from continuum.engines.hits import (
    INDICATED,
    NOT_APPLICABLE,
    REFER,
    Upstream,
    Worked,
    blocked,
    gives,
    hashable,
    rank,
    referral_order,
    settle,
)  # fmt: skip
from continuum.engines.reference import COMPARE, Env, Reference, operation
from continuum.errors import EngineError, Finding
from continuum.proofs.diagram import Diagram, TooLargeError
from continuum.proofs.space import Space, Variable, asks_given, known_in, looked_up

FOLDED = ("max", "min", "sum")
STOPS = (Worked(REFER, cause="arithmetic"), Worked(REFER, cause="decision"), Worked(NOT_APPLICABLE))
"""What a value that is not there may make of what reads it."""
FALLIBLE = ("/", "add_days", "add_weeks", "add_months", "last_day", "next_day")


@dataclass(frozen=True, slots=True)
class Formula:
    """An outcome that a rule works out from values which are not told apart here; only the rule is known."""

    rule: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Raised:
    """A value that is not there, and what a table that needs it comes to."""

    worked: Worked


class Meaning:
    """The tables of a pack on a day, as diagrams; made when they are first asked for. Those of other days may be given to
    stand ``beside``: where the cells are as many, both are in one diagram, and what they have in common is made once.

    Raises:
        EngineError: CX706, where a diagram passes its budget, naming the table or measure.
    """

    def __init__(
        self, reference: Reference, completions: Completions, day: dt.date, beside: Iterable[Meaning] = (),
        make: Callable[[list[int]], Diagram] = Diagram,
    ) -> None:  # fmt: skip
        self.reference, self.pack, self.day = reference, reference.pack, day
        self.space = Space(completions, day)
        self._free: dict[Hashable, int] = {}
        self._measures: dict[str, int] = {}
        self._tables: dict[str, int] = {}
        self.blocked: dict[str, int] = {}
        self.holds: dict[str, int] = {}
        self.offers: dict[str, int] = {}
        self._find_free()
        sizes = [len(variable.cells) for variable in self.space.variables]
        self.diagram: Diagram = next((other.diagram for other in beside if other.diagram.sizes == sizes), None) or make(sizes)

    @property
    def variables(self) -> list[Variable]:
        """The variables, in their order."""
        return self.space.variables

    @cached_property
    def free_reads(self) -> dict[int, list[str]]:
        """What each free variable, by its number, was to stand for the reading of."""
        return {index: list(_names_behind(key)) for key, index in self._free.items()}

    @property
    def free_keys(self) -> dict[int, Any]:
        """What each free variable stands for, by its number: its kind, then the expressions of it."""
        return {index: key for key, index in self._free.items()}

    @property
    def free(self) -> list[Variable]:
        """The variables that are not inputs but stand for what was not followed to them."""
        return [variable for variable in self.variables if variable.kind in ("measure", "clause")]

    def table(self, name: str) -> int:
        """What a decision comes to: a :class:`Worked` without its rules and words, for every profile."""
        if name not in self._tables:
            self._tables[name] = self._within(name, lambda: self._table(self.pack.tables[name]))
        return self._tables[name]

    @cached_property
    def possible(self) -> int:
        """The profiles that no ``impossible`` entry excludes; one that cannot be worked out excludes nothing."""
        node = self.diagram.yes
        for i, item in enumerate(self.pack.impossible):
            found = self._within(f"impossible {i + 1}", partial(self.condition, item.condition, raising=True))
            node = self.diagram.both(node, self.diagram.apply("surely", lambda value: value is not True, found))
        return node

    def limit(self, condition: Condition) -> int:
        """The profiles to which a sentence is limited."""
        found = self._within("where", partial(self.condition, condition, raising=True))
        return self.diagram.apply("where", lambda value: value is True, found)

    def _within(self, name: str, make: Callable[[], int]) -> int:
        try:
            return make()
        except TooLargeError as problem:
            message = f"the diagram of `{name}` would need {problem}"
            raise EngineError(Finding("CX706", message, hint="split the table, or read fewer inputs together")) from None

    # what is not followed to the inputs

    def _find_free(self) -> None:
        """Give a variable to each measure or clause that rests on the very values of a wide input."""
        conditions = [rule.condition for table in self.pack.tables.values() for rule in table.rules]
        conditions += [*limited(self.pack), *(item.condition for item in self.pack.impossible)]
        for clause in (one for condition in conditions for one in clauses(condition)):
            self._free_clause(clause)
        for measure in self.pack.measures.values():
            for op in _comparisons(measure.expr):
                self._free_comparison(op)
        for table in self.pack.tables.values():
            for rule in table.rules:
                self._free_outcome(rule)
            for check in table.checks:
                told = isinstance(check, Read) and ("measure", check.name) in self._free
                if not told and self._wide(check) and self._may_fail(check) and not self._fails_by_cell(check):
                    self._add(
                        ("check", check),
                        Variable(f"whether `{table.name}` can be worked out", "clause", (None, *STOPS), (1,) * 4),
                    )
            if _may_disagree(table) and any(self._wide(expr) for rule in table.rules for _, expr in rule.then.values):
                self._add(
                    ("agree", table.name), Variable(f"whether the rules of `{table.name}` agree", "clause", (True, False), (1, 1))
                )

    def _free_clause(self, clause: Clause) -> None:
        others = list(sides(clause.test))
        if not others and not asks_given(clause.test):
            return
        if not self._vague(clause.subject, others):
            return
        if clause.subject.of == "measure" and all(map(self.space.uses.fixed, others)):
            self._free_measure(clause.subject.name)
        else:
            self._add(
                ("clause", clause.subject, clause.test),
                Variable(f"{clause.subject.key} {clause.text}", "clause", (False, True), (1, 1)),
            )

    def _free_comparison(self, op: Op) -> None:
        for one, other in (op.args, op.args[::-1]):
            if isinstance(one, Read) and one.of == "measure" and self.space.uses.fixed(other) and self._vague(one, [other]):
                self._free_measure(one.name)
                return
        left, right = op.args
        told = any(
            isinstance(a, Read) and self.space.uses.fixed(b) and not self._vague(a, [b]) for a, b in (op.args, op.args[::-1])
        )
        if not told and (self._wide(left) or self._wide(right)):
            cells = (False, True, *(map(Raised, STOPS) if any(map(self._may_fail, op.args)) else ()))
            self._add(("op", op), Variable(f"a comparison with {op.op}", "clause", cells, (1,) * len(cells)))

    def _free_outcome(self, rule: Rule) -> None:
        """A formula that may fail, or that reads a decision, may come to nothing: whether it does is free."""
        exprs = [expr for _, expr in rule.then.values if self._wide(expr)]
        if any(map(self._may_fail, exprs)):
            variable = Variable(f"the outcome of {rule.id}", "clause", (True, *STOPS), (1,) * 4)
            self._add(("then", rule.id, rule.then.values), variable)

    def _may_fail(self, expr: Expr) -> bool:
        if isinstance(expr, RateRead) or expr.maybe_absent or (isinstance(expr, Read) and expr.of == "decision"):
            return True
        if isinstance(expr, Read):
            return expr.of == "measure" and (
                self.pack.measures[expr.name].fallible or self._may_fail(self.pack.measures[expr.name].expr)
            )
        if isinstance(expr, Op):
            return expr.op in FALLIBLE or (expr.op == "nearest" and bool(expr.detail)) or any(map(self._may_fail, expr.args))
        return False

    def _fails_by_cell(self, expr: Expr) -> bool:
        """Whether the cells of an input tell where a measure of it alone cannot be worked out, and for what cause."""
        if not isinstance(expr, Read) or expr.of != "measure" or not self._told_apart(expr.name):
            return False
        behind = reads(self.pack.measures[expr.name].expr)
        return all(isinstance(one, Read) and (one.of == "input" or one.name == "today") for one in behind)

    def _free_measure(self, name: str) -> None:
        measure = self.pack.measures[name]
        type_ = measure.expr.type
        if type_.kind in ("number", "date"):
            constants = sorted(self.space.completions.constants(self.space.uses, name, self.day))
            cells: list[Any] = _around(constants)
        else:
            cells = [False, True] if type_.kind == "yes_no" else list(type_.values)
        cells += [ABSENT] * measure.expr.maybe_absent
        if measure.fallible or self._may_fail(measure.expr):
            cells += map(Raised, STOPS)
        self._add(("measure", name), Variable(name, "measure", tuple(cells), (1,) * len(cells)))

    def _add(self, key: Hashable, variable: Variable) -> None:
        if key not in self._free:
            self._free[key] = self.space.add(variable)

    def _vague(self, subject: Read, others: list[Expr]) -> bool:
        """Whether a comparison cannot be told from the cells."""
        fixed = all(map(self.space.uses.fixed, others))
        if not fixed and any(map(self._wide, others)):
            return True
        if not self._wide(subject):
            return False
        if subject.of == "input" and all(self.space.uses.fixed(one) or looked_up(one) for one in others):
            return False
        return not (fixed and (subject.of == "input" or (subject.of == "measure" and self._told_apart(subject.name))))

    def _told_apart(self, name: str) -> bool:
        """Whether a measure of a wide input alone cuts that input's cells."""
        return any(name in measures and not self._too_long(asked) for asked, measures in self.space.uses.through.items())

    def _too_long(self, asked: str) -> bool:
        return sum(self.space.input(asked).counts) > 20_000

    def follows(self, expr: Expr) -> bool:
        """Whether the values of an expression can be told from the cells."""
        return not self._wide(expr)

    def _wide(self, expr: Expr) -> bool:
        """Whether an expression rests on the very value of a wide input."""
        if isinstance(expr, Read):
            if expr.name == "today":
                return False
            if expr.of == "input":
                return ("input", expr.name) in self.space.index and not self.space.input(expr.name).exact
            if expr.of == "measure":
                return ("measure", expr.name) in self._free or self._wide(self.pack.measures[expr.name].expr)
            return any(self._wide(inner) for rule in self.pack.tables[expr.name].rules for _, inner in rule.then.values)
        if isinstance(expr, Op):
            if expr.op in COMPARE and any(
                isinstance(a, Read) and self.space.uses.fixed(b) and not self._vague(a, [b])
                for a, b in (expr.args, expr.args[::-1])
            ):
                return False
            return ("op", expr) not in self._free and any(map(self._wide, expr.args))
        if isinstance(expr, RateRead):
            return any(map(self._wide, (*expr.keys, *(part for part in (expr.at, expr.back) if part))))
        return False

    def instead(self, table: Table, offers: Mapping[str, int]) -> int:
        """What a decision would come to with some of its rules only, each giving what ``offers`` says."""
        stop = self._blocked(table)
        unstopped = self.diagram.apply("unstopped", lambda worked: worked is None, stop)
        return self.diagram.choose(unstopped, self._settled(table, dict(offers)), stop)

    # expressions

    def expr(self, expr: Expr) -> int:
        """The values of an expression: a value, ABSENT, or :class:`Raised`."""
        if isinstance(expr, Lit):
            return self.diagram.leaf(expr.value)
        if isinstance(expr, Known):
            return self._given(expr.name)
        if isinstance(expr, Read):
            return self._read(expr)
        if isinstance(expr, RateRead):
            return self._rate(expr)
        if ("op", expr) in self._free:
            return self._variable(self._free["op", expr])
        args = [self.expr(arg) for arg in expr.args]
        if expr.op in FOLDED:
            found = args[0]
            for arg in args[1:]:
                found = self.diagram.apply(("op", expr.op, expr.args[0].type), _lifted(operation(expr)), found, arg)
            return found
        if expr.op == "count":
            return self._counted(args)
        return self.diagram.apply(("op", expr), LAZY.get(expr.op) or _lifted(operation(expr)), *args)

    def _counted(self, args: list[int]) -> int:
        total = self.diagram.leaf(0)
        for arg in args:
            total = self.diagram.apply("count", _lifted(lambda values: values[0] + (values[1] is True)), total, arg)
        return total

    def _given(self, name: str) -> int:
        return self._variable(self.space.index["given", name])

    def _variable(self, index: int) -> int:
        return self.diagram.variable(index, self.variables[index].cells)

    def _read(self, read: Read) -> int:
        if read.name == "today":
            return self.diagram.leaf(self.day)
        if read.of == "input":
            return self._variable(self.space.index["input", read.name])
        if read.of == "measure":
            return self.measure(read.name)

        def value(worked: Worked) -> Any:
            if worked.state != INDICATED:
                return Raised(_bare(Upstream(read.name, worked).passed_on()))
            return field_of(worked.value, read.part)

        return self.diagram.apply(("read", read.name, read.part), value, self.table(read.name))

    def measure(self, name: str) -> int:
        """The values of a measure."""
        if name not in self._measures:
            if ("measure", name) in self._free:
                self._measures[name] = self._variable(self._free["measure", name])
            else:
                self._measures[name] = self._within(name, lambda: self.expr(self.pack.measures[name].expr))
        return self._measures[name]

    def _rate(self, expr: RateRead) -> int:
        parts = [*expr.keys, *(part for part in (expr.at, expr.back) if part)]

        def look_up(*values: Any) -> Any:
            lits = [Lit(value, part.type) for value, part in zip(values, parts, strict=True)]
            keys, rest = tuple(lits[: len(expr.keys)]), lits[len(expr.keys) :]
            at, back = rest[0] if expr.at else None, rest[-1] if expr.back else None
            return self.reference.reader(replace(expr, keys=keys, at=at, back=back))(self.reference.env({}, self.day))

        return self.diagram.apply(("rate", expr, self.day), _lifted(lambda values: look_up(*values)), *map(self.expr, parts))

    # conditions

    def condition(self, condition: Condition, *, raising: bool = False) -> int:
        """Where a condition holds. What it reads that cannot be worked out does not hold; ``raising`` keeps it as
        :class:`Raised`, from the first part that comes to it.
        """
        if isinstance(condition, Clause):
            return self._clause(condition, raising=raising)
        if isinstance(condition, Not):
            inner = self.condition(condition.item, raising=raising)
            return self.diagram.apply("not unless raised", lambda value: value if isinstance(value, Raised) else not value, inner)
        either = isinstance(condition, AnyOf)
        node = self.diagram.no if either else self.diagram.yes
        for item in condition.items:
            after = self.condition(item, raising=raising)
            if raising:
                node = self.diagram.apply(("in order", either), partial(_in_order, either), node, after)
            else:
                node = (self.diagram.either if either else self.diagram.both)(node, after)
        return node

    def _clause(self, clause: Clause, *, raising: bool) -> int:
        key = ("clause", clause.subject, clause.test)
        if key in self._free:
            return self._variable(self._free[key])
        names = dict.fromkeys(read for side in sides(clause.test) for read in reads(side) if isinstance(read, Read))
        read = [clause.subject, *(one for one in names if one.name not in ("today", clause.subject.name))]
        given = [clause.subject.name] * asks_given(clause.test) + [name for side in sides(clause.test) for name in known_in(side)]
        holds = self.reference.holds(clause)

        def test(*values: Any) -> Any:
            seen = dict(zip([one.name for one in read], values, strict=False))
            asked = frozenset(name for name, value in zip(given, values[len(read) :], strict=True) if value)
            try:
                return holds(_Seen(self.reference, seen, self.day, asked))
            except (Upstream, CannotWorkOut):
                return Raised(Worked(REFER, cause="arithmetic")) if raising else False

        nodes = [self._whole(one) for one in read] + [self._given(name) for name in given]
        return self.diagram.apply((*key, self.day, raising), test, *nodes)

    def _whole(self, read: Read) -> int:
        return self.table(read.name) if read.of == "decision" else self._read(read)

    # tables

    def _table(self, table: Table) -> int:
        stop = self.blocked[table.name] = self._blocked(table)
        offers = {rule.id: self._offer(table, rule) for rule in table.rules}
        self.offers |= offers
        for rule in table.rules:
            if rule.condition is not None:
                self.holds[rule.id] = self.condition(rule.condition)
        settled = self._settled(table, offers)
        free = self.diagram.apply("unstopped", lambda worked: worked is None, stop)
        return self.diagram.choose(free, settled, stop)

    def _blocked(self, table: Table) -> int:
        """What stops the table: a :class:`Worked` or None."""
        node = self.diagram.leaf(None)
        for need in (name for name in table.needs if name not in table.asked):
            problem = self.diagram.apply(
                ("need", need), lambda worked, need=need: _stopped(Upstream(need, worked), worked), self.table(need)
            )
            node = self.diagram.apply("first stop", _first_stop, node, problem)
        for check in table.checks:
            free = self._free.get(("check", check))
            if free is not None:
                node = self.diagram.apply("first stop", _first_stop, node, self._variable(free))
                continue
            raised = self.diagram.apply(
                "check", lambda value: value.worked if isinstance(value, Raised) else None, self.expr(check)
            )
            node = self.diagram.apply("first stop", _first_stop, node, raised)
        return node

    def _offer(self, table: Table, rule: Rule) -> int:
        """What a rule gives where it decides."""
        exprs = dict.fromkeys(expr for _, expr in rule.then.values)
        parts = {expr: name for name, expr in rule.then.values}
        known = [expr for expr in exprs if not self._wide(expr)]
        made = gives(
            table, rule, lambda expr: (lambda _: expr.value) if isinstance(expr, Lit) else (lambda env: _there(env[expr]))
        )

        def give(*values: Any) -> Worked:
            env: dict[Expr, Any] = {expr: Formula(rule.id, parts[expr]) for expr in exprs}
            env.update(zip(known, values, strict=True))
            worked = _bare(made(env))
            vague = table.type.kind == "set" and worked.state == INDICATED and len(known) < len(exprs)
            return worked._replace(value=Formula(rule.id)) if vague else worked

        node = (
            self.diagram.apply(("give", rule.id, tuple(known)), give, *map(self.expr, known))
            if known
            else self.diagram.leaf(give())
        )
        free = self._free.get(("then", rule.id, rule.then.values))
        if free is None:
            return node
        works = lambda cell, worked: worked if cell is True else cell  # noqa: E731
        return self.diagram.apply("where it works", works, self._variable(free), node)

    def _settled(self, table: Table, offers: dict[str, int]) -> int:
        """What the table comes to where nothing stops it: the hit policy, its rules put together two by two."""
        otherwise = next((offers[rule.id] for rule in table.rules if rule.condition is None), None)
        if otherwise is None:
            otherwise = self.diagram.leaf(_bare(settle(_without_otherwise(table), [], lambda _: Worked(REFER))))
        nothing = self.diagram.leaf(None)
        given = [
            self.diagram.choose(self.holds[rule.id], offers[rule.id], nothing)
            for rule in table.rules
            if rule.condition is not None
        ]
        if not given:
            return otherwise
        found = self._joined(table, given, agree=False)
        free = self._free.get(("agree", table.name))
        if free is not None:
            found = self.diagram.choose(self._variable(free), self._joined(table, given, agree=True), found)
        return self.diagram.first(found, otherwise)

    def _joined(self, table: Table, given: list[int], *, agree: bool) -> int:
        """What the rules that hold come to together, None where none does; with ``agree`` formulas are taken to agree."""
        if table.hit == "first":
            return self.diagram.fold(self.diagram.first, given)
        if table.hit in ("unique", "any"):
            join = partial(self.diagram.merge, ("join", table.hit, agree), partial(_agreed, table, agree))
            return self.diagram.fold(join, given)
        gathered = [self.diagram.apply("gathered", _gathered, one) for one in given]
        together = partial(_together, table, agree)
        found = self.diagram.fold(partial(self.diagram.merge, ("join", table.name, agree), together), gathered)
        return self.diagram.apply("settled", _settled, found)


def _in_order(either: bool, one: Any, other: Any) -> Any:  # noqa: FBT001  # which of the two it is
    """Two parts of a condition, the second of which is looked at only where the first leaves it open."""
    return one if isinstance(one, Raised) or one is either else other


def field_of(value: Any, part: str) -> Any:
    """One field of a value of several, or the whole; a formula stays one."""
    return dict(value)[part] if part and not isinstance(value, Formula) else value


class _Seen(Env):
    """The values that one clause reads, as the reference engine meets them."""

    __slots__ = ()

    def __init__(self, engine: Reference, values: dict[str, Any], day: Any, given: frozenset[str]) -> None:
        super().__init__(engine, {name: _fields(value) for name, value in values.items()}, day, given)

    def __getitem__(self, name: str) -> Any:
        return _there(super().__getitem__(name))


def _there(value: Any) -> Any:
    """A value, or the exception that stands for its absence."""
    if isinstance(value, Raised):
        worked = value.worked
        if worked.cause in ("arithmetic", "unpublished"):
            raise CannotWorkOut(worked.cause, "")
        raise Upstream("", worked)
    return value


def _fields(value: Any) -> Any:
    if isinstance(value, Worked) and isinstance(value.value, tuple) and value.value and isinstance(value.value[0], tuple):
        return value._replace(value=dict(value.value))
    return value


def _bare(worked: Worked) -> Worked:
    """A result without its rules and words: what can differ for a pupil."""
    return Worked(worked.state, hashable(worked.value), cause=worked.cause, to=worked.to)


def _stopped(upstream: Upstream, worked: Worked) -> Worked | None:
    found = blocked([upstream]) if worked.state != INDICATED else None
    return _bare(found) if found else None


def _first_stop(one: Worked | None, other: Worked | None) -> Worked | None:
    """Not applicable goes before referred; else the first."""
    if one is None or (other is not None and other.state == NOT_APPLICABLE and one.state != NOT_APPLICABLE):
        return other
    return one


def _lifted(function: Callable[[Any], Any]) -> Callable[..., Any]:
    """A function of values that passes on what is not there, and turns what cannot be worked out into that."""

    def lifted(*values: Any) -> Any:
        for value in values:
            if isinstance(value, Raised):
                return value
        try:
            return function(values)
        except CannotWorkOut as problem:
            return Raised(Worked(REFER, cause=problem.cause))

    return lifted


def _chosen(condition: Any, yes: Any, no: Any) -> Any:
    return condition if isinstance(condition, Raised) else yes if condition is True else no


LAZY: dict[str, Callable[..., Any]] = {
    "if": _chosen,
    "coalesce": lambda known, one, other: one if known and one is not ABSENT else other,
    "if_absent": lambda one, other: other if one is ABSENT else one,
    "and": lambda one, other: one if isinstance(one, Raised) else False if one is not True else _truth(other),
    "or": lambda one, other: one if isinstance(one, Raised) else True if one is True else _truth(other),
}
"""Operations that look at one side before the other, as the reference engine does."""


def _truth(value: Any) -> Any:
    return value if isinstance(value, Raised) else value is True


def _names_behind(key: Any) -> Iterator[str]:
    """What something free reads, by the key it is kept under."""
    kind, *rest = key
    if kind in ("measure", "agree"):
        yield rest[0]
        return
    exprs = [rest[0], *sides(rest[1])] if kind == "clause" else [expr for _, expr in rest[1]] if kind == "then" else rest
    for expr in exprs:
        yield from (one.name for one in reads(expr) if isinstance(one, Read))


def _comparisons(expr: Expr) -> Iterator[Op]:
    if isinstance(expr, Op):
        if expr.op in COMPARE:
            yield expr
        for arg in expr.args:
            yield from _comparisons(arg)


def _around(constants: list[Any]) -> list[Any]:
    """A value below, at, between and above each of some constants."""
    if not constants:
        return [0]
    one: Any = dt.timedelta(days=1) if isinstance(constants[0], dt.date) else 1
    cells = [constants[0] - one, constants[0]]
    for low, high in pairwise(constants):
        cells += [low + Fraction(high - low) / 2 if one == 1 else low + one, high]
    return [*cells, constants[-1] + one]


def _without_otherwise(table: Table) -> Table:
    return replace(table, rules=tuple(rule for rule in table.rules if rule.condition is not None))


# hit policies, two results at a time


def _agreed(table: Table, agree: bool, one: Worked, other: Worked) -> Worked:  # noqa: FBT001  # bound before it is called
    """What two rules of a ``unique`` or ``any`` table come to: one and the same, or a conflict, which stays one."""
    formulas = agree and any(isinstance(part, Formula) for worked in (one, other) for part in parts(worked.value))
    same = CONFLICTING not in (one, other) and (formulas or _same(one, other))
    return min(one, other, key=referral_order) if table.hit == "any" and same else CONFLICTING


def _gathered(worked: Worked | None) -> Any:
    """What a rule gives, as what several rules give together: an indicated value, and one of each other kind."""
    if worked is None:
        return None
    if worked.state == INDICATED:
        return (worked.value, None, None, None)
    if worked.state == NOT_APPLICABLE:
        return (None, None, None, worked)
    return (None, None, worked, None) if worked.cause == "individually_agreed" else (None, worked, None, None)


def _together(table: Table, agree: bool, one: Any, other: Any) -> Any:  # noqa: FBT001  # as above
    """Two such together, whatever the order of their rules."""
    values = [found[0] for found in (one, other) if found[0] is not None]
    value = _combined(table, *values, agree=agree) if len(values) == 2 else next(iter(values), None)  # both
    kinds = [[worked for worked in pair if worked] for pair in zip(one[1:], other[1:], strict=True)]
    return (value, *(min(pair, key=referral_order) if pair else None for pair in kinds))


CONFLICT = "rules of equal rank differ"
CONFLICTING = Worked(REFER, cause="conflict")


def _may_disagree(table: Table) -> bool:
    """Whether rules that hold together are in conflict where they give different values of one rank."""
    return table.hit == "any" or (table.hit == "highest" and bool(table.type.fields))


def _combined(table: Table, one: Any, other: Any, *, agree: bool) -> Any:
    """Two indicated values of a ``highest``, ``collect`` or ``sum`` table; with ``agree`` formulas come to the same as others."""
    if table.hit == "highest":
        return _higher(table, one, other, agree=agree)
    if any(isinstance(part, Formula) for value in (one, other) for part in parts(value)):
        return Formula(table.name)
    if table.hit == "collect":
        return tuple(value for value in table.type.values if value in one or value in other)
    if table.type.fields:
        return tuple((name, amount + dict(other)[name]) for name, amount in one)
    return one + other


def _higher(table: Table, one: Any, other: Any, *, agree: bool) -> Any:
    """Two indicated values of a ``highest`` table: the one of higher rank, or that two of one rank differ."""
    kept = [value[1] if _conflicts(value) else value for value in (one, other)]
    ranked = [field_of(value, table.rank_by) for value in kept]
    if any(isinstance(value, Formula) for value in ranked):
        return Formula(table.name) if agree or not table.type.fields else (CONFLICT, Formula(table.name))
    ranks: list[Any] = [rank(table, dict(value) if table.type.fields else value) for value in kept]
    if ranks[0] != ranks[1]:
        return one if ranks[0] > ranks[1] else other
    formulas = agree and any(isinstance(part, Formula) for value in kept for part in parts(value))
    same = one == other or (formulas and not _conflicts(one) and not _conflicts(other))
    return one if _conflicts(one) or same else other if _conflicts(other) else (CONFLICT, kept[0])


def _conflicts(value: Any) -> bool:
    """Whether values of one rank that differ stand behind this one."""
    return isinstance(value, tuple) and bool(value) and value[0] == CONFLICT


def parts(value: Any) -> list[Any]:
    """The fields of a value, or the value alone."""
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        return [part for _, part in value]
    return [value]


def _settled(found: Any) -> Worked | None:
    """What a ``highest``, ``collect`` or ``sum`` table comes to, from all that its rules give."""
    if found is None:
        return None
    indicated, refer, agreed, nothing = found
    told: Worked | None = refer or agreed or (nothing if indicated is None else None)
    if told or indicated is None:
        return told
    return CONFLICTING if _conflicts(indicated) else Worked(INDICATED, indicated)


def _same(one: Worked, other: Worked) -> bool:
    keys = [(w.state, w.value, w.cause == "individually_agreed", w.to) for w in (one, other)]
    return keys[0] == keys[1]
