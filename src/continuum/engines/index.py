# SPDX-License-Identifier: MIT
"""The index engine: for each cell of each thing that is asked, a mask of the rules that this cell does not rule out.

A mask is looked up for each answer, all are combined with ``&``, and the bits that are left are the rules that hold, in every
table at once. What a table came to is kept by its bits and by what the decisions it reads came to, so that it is worked out
once. What a value is, and what rules that hold amount to, comes from the reference and the hit policies. A table of which an
answer is not known is left to the reference, so that both ask for the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import reduce
from itertools import count
from operator import and_, getitem, itemgetter
from typing import Any, Final, NamedTuple, TypeVar

from continuum.arithmetic import CannotWorkOut
from continuum.compiled import (
    Clause,
    CompiledPack,
    Known,
    Lit,
    RateRead,
    Read,
    Rule,
    Table,
    condition_reads,
    reads,
)  # fmt: skip
from continuum.compiling.cells import cells_of
from continuum.engines.bounds import Bounds
from continuum.engines.hits import FIXED, Upstream, Worked, blocked, gives, settle
from continuum.engines.masks import BROKEN, UNKNOWN, Bits, Cells, Literal, joined
from continuum.engines.reference import Env, NotKnown, Reader, Reference, problems
from continuum.packs.language import Between, Compare

T = TypeVar("T")
KEPT: Final = 4_000
ENTRIES: Final = 100_000
"""What one store keeps, and about what all stores of a pack keep together; a full store is emptied."""


class Kept(NamedTuple):
    """What a table comes to for its key: the rules that hold, and the result and its number where it is always the same."""

    fired: tuple[Rule, ...]
    worked: Worked | None
    number: int | None


class Left(NamedTuple):
    """What *may* and *must* leave of a table: what it comes to, or None and all that it may come to (None: not told)."""

    kept: Kept | None
    results: tuple[Worked, ...] | None = None


class Index:
    """A compiled pack as masks. What it keeps is bounded, and threads may share it."""

    name = "index"

    def __init__(self, pack: CompiledPack) -> None:
        """``cells`` are those of each field, ``makers`` work out what is no input; ``late`` are the fields that rest on
        decisions, and whether on nothing else. ``fields`` are the others, in the order of encoded profiles, and ``masks`` those
        of their cells; ``measured`` are the fields that are measures, with the inputs these rest on, ``about``
        the decisions of fields that are about nothing else.
        """
        self.pack, self.reference = pack, Reference(pack)
        self.bounds = Bounds(self.reference)
        self.asked = frozenset(pack.inputs)
        self.numbers = count()
        expressions = sum(not constant(rule) for table in pack.tables.values() for rule in table.rules)
        stores = len(pack.tables) + len(pack.measures) + expressions
        self.most = min(KEPT, max(16, ENTRIES // stores))
        self._rests: dict[str, tuple[frozenset[str], bool]] = {}
        self._literals: dict[Any, Literal] = {}
        self.measured: dict[str, tuple[Read, tuple[str, ...]]] = {}
        self.by_unknown: dict[Any, tuple[int, int]] = {}
        self.about: dict[str, list[str]] = {}
        self.cells: dict[str, Cells] = {}
        self.late: dict[str, bool] = {}
        self.makers: dict[str, Reader] = {
            name: self.remembered(self.reference.measures[name], reads(measure.expr)) for name, measure in pack.measures.items()
        }
        self.tables = {name: Indexed(self, table) for name, table in pack.tables.items()}
        self.makers.update((name, table.decide) for name, table in self.tables.items())
        self.fields = tuple(name for name in self.cells if name not in self.late)
        self._numbering = tuple(self.cells[name] for name in self.fields)
        self._values = _getter(self.fields)
        counts = {name: self.cells[name].count for name in self.fields}
        columns, self._every, starts = joined([(table.bits, table.early) for table in self.tables.values()], counts)
        self.masks = tuple(columns.values())
        for table, start in zip(self.tables.values(), starts, strict=True):
            table.shift = start
        alone = [(name, table) for name in pack.outcomes if (table := self.tables[name]).alone]
        self._alone = [(name, table.shift, table.bits.ones, table.by_bits.get) for name, table in alone]

    def env(self, values: Mapping[str, Any], day: dt.date, given: frozenset[str] | None = None) -> Env:
        """An environment like the reference's, in which the index decides the tables of which all is known."""
        unknown = frozenset[str]() if values.keys() >= self.asked else self.asked - values.keys()
        return IndexEnv(self, values, day, frozenset(values) if given is None else given, unknown)

    def decide(self, values: Mapping[str, Any], day: dt.date, given: frozenset[str] | None = None) -> dict[str, Worked]:
        """Every outcome of a profile that gives all that they ask for; ``given`` are the inputs the form gave.

        Raises:
            NotKnown: where an outcome needs an input that is not given, as in the reference.
        """
        env = self.env(values, day, given)
        return {name: env[name] for name in self.pack.outcomes}

    def encode(self, values: Mapping[str, Any], day: dt.date, given: frozenset[str] | None = None) -> tuple[int, ...]:
        """The cell of each of :attr:`fields`, ``UNKNOWN`` where it rests on an input that is not given."""
        return self.encoded(self.env(values, day, given))

    def decide_cells(
        self,
        cells: tuple[int, ...],
        values: Mapping[str, Any] | None = None,
        day: dt.date | None = None,
        given: frozenset[str] | None = None,
    ) -> dict[str, Worked]:
        """Every outcome for these cells. Where rules give what an expression comes to, the values and the day count too; they
        must be those that were encoded.

        Raises:
            NotKnown: where an outcome needs what neither the cells nor the values give, or the day.
        """
        fired, found = self.matched(cells), {}
        for name, shift, ones, kept in self._alone:
            known = kept(fired >> shift & ones)
            if known and known.worked:
                found[name] = known.worked
        if len(found) == len(self.pack.outcomes):
            return found
        values = values or {}
        open_ = self.asked - values.keys() if UNKNOWN in cells else frozenset[str]()
        env = IndexEnv(self, values, day or dt.date.min, frozenset(values) if given is None else given, open_)
        env.fired = fired
        if day is None:
            del env["today"]  # so that it is asked for
        return {name: env[name] for name in self.pack.outcomes}

    def encoded(self, env: Env) -> tuple[int, ...]:
        """The cells of an environment."""
        try:
            return tuple(map(getitem, self._numbering, self._values(env)))
        except NotKnown:
            return tuple(_cell_or_unknown(env, *field) for field in zip(self.fields, self._numbering, strict=True))

    def matched(self, cells: tuple[int, ...]) -> int:
        """The bits of all tables that these cells leave, before `any` and what decisions came to are looked at."""
        return reduce(and_, map(getitem, self.masks, cells), self._every)

    def keep(self, kept: dict[Any, T], key: Any, found: T) -> T:
        """What was found, kept for that key."""
        if len(kept) >= self.most:
            kept.clear()
        kept[key] = found
        return found

    # building

    def literal(self, clause: Clause, holds: bool) -> Literal:  # noqa: FBT001  # called by position
        """What a clause is about, and the cells in which it holds (or does not)."""
        key = (clause.subject, clause.test)
        if key not in self._literals:
            self._literals[key] = self._field(clause)
        name, cells = self._literals[key]
        return name, cells if holds else frozenset(range(self.cells[name].count)) - cells

    def _field(self, clause: Clause) -> Literal:
        subject, cuts = clause.subject, self.pack.cuts.get(clause.subject.key)
        cells = cells_of(clause, cuts) if cuts and subject.of != "decision" else None
        if cells is None or cuts is None:
            return self._yes_no(clause), frozenset((1,))
        measure, late = self.pack.measures.get(subject.name), self.rests([subject])[1]
        name = f"{subject.key}?" if measure and measure.fallible and not late else subject.key
        if name not in self.cells:
            self.cells[name] = Cells(cuts, self.most)
            if measure and not late:
                self.measured[name] = subject, tuple(self.rests([subject])[0])
            if late:
                self.late[name] = False
            elif name != subject.key:
                self.makers[name] = _workable(lambda env: env[subject.key])
        return name, cells

    def _yes_no(self, clause: Clause) -> str:
        """The field of a clause that must be worked out, because it compares with more than constants."""
        found, holds = list(condition_reads(clause)), self.reference.holds(clause)
        name = f"{len(self._literals)}: {clause.subject.key}: {clause.text}"
        self.cells[name] = Cells(None, self.most)
        if self.rests(found)[1]:
            decisions = [item.name for item in found if isinstance(item, Read) and item.of == "decision"]
            self.late[name] = len(decisions) == len(found)
            if self.late[name]:
                self.about[name] = list(dict.fromkeys(decisions))
            self.makers[name] = holds
        else:
            self.makers[name] = _workable(self.remembered(holds, found) if isinstance(clause.test, Compare | Between) else holds)
        return name

    def check(self, table: str, checks: list[Reader]) -> str:
        """The field that says whether all that a table checks can be worked out."""
        name = f"{table}: can be worked out"
        self.cells[name] = Cells(None, self.most)

        def workable(env: Any) -> bool:
            for check in checks:
                check(env)
            return True

        self.makers[name] = _workable(workable)
        return name

    def rests(self, items: Iterable[Read | Known | RateRead]) -> tuple[frozenset[str], bool]:
        """The inputs on which these rest, directly or through others, and whether they rest on a decision."""
        inputs: set[str] = set()
        decided = False
        for item in items:
            if isinstance(item, RateRead):
                continue
            if isinstance(item, Known) or item.of == "input":
                inputs.add(item.name)
                continue
            more, deep = self._resting(item.name)
            inputs |= more
            decided = decided or deep or item.of == "decision"
        return frozenset(inputs), decided

    def _resting(self, name: str) -> tuple[frozenset[str], bool]:
        if name not in self._rests:
            measure = self.pack.measures.get(name)
            self._rests[name] = self.rests(reads(measure.expr) if measure else _table_reads(self.pack.tables[name]))
        return self._rests[name]

    def remembered(self, work_out: Reader, items: Iterable[Read | Known | RateRead]) -> Reader:
        """The same, worked out once for the same values, where all that it reads is sure to be there."""
        items = list(items)
        inputs, _ = self.rests(items)
        values: dict[str, None] = {}
        decisions: dict[str, None] = {}
        for item in items:
            measure = self.pack.measures.get(item.name) if isinstance(item, Read) else None
            if isinstance(item, Known) or (measure and measure.fallible):
                return work_out
            decided = isinstance(item, Read) and item.of == "decision"
            (decisions if decided else values)["today" if isinstance(item, RateRead) else item.name] = None
        kept: dict[Any, Any] = {}
        values_of, names = _getter(tuple(values)), tuple(decisions)

        def remember(env: Any) -> Any:
            if env.open and not inputs.isdisjoint(env.open):
                return work_out(env)
            key = values_of(env)
            if names:
                key += tuple(map(env.number, names))
            found = kept.get(key, kept)
            if found is not kept:
                return found
            value = work_out(env)
            if None not in key:
                self.keep(kept, key, value)
            return value

        return remember


class IndexEnv(Env):
    """As the reference's environment; ``open`` are the inputs that are not known, ``numbers`` those of kept results."""

    __slots__ = ("fired", "index", "numbers", "open")

    def __init__(
        self, index: Index, values: Mapping[str, Any], day: dt.date, given: frozenset[str], open_: frozenset[str]
    ) -> None:
        super().__init__(index.reference, values, day, given)
        self.index, self.open = index, open_
        self.fired: int | None = None
        self.numbers: dict[str, int | None] = {}

    def __missing__(self, name: str) -> Any:
        make = self.index.makers.get(name)
        if make is None:
            raise NotKnown(name)
        value = self[name] = make(self)
        return value

    def number(self, name: str) -> int | None:
        """The number of what a decision came to; None where that is not kept."""
        if name not in self.numbers:
            self[name]
        return self.numbers[name]


class Indexed:
    """One table. ``early`` are the columns of what is known before anything is decided, ``late`` those of what rests on
    decisions; ``alone`` where it has none of the latter, ``keeps`` where decisions say all of it.
    """

    def __init__(self, index: Index, table: Table) -> None:
        self.index, self.table, self.shift = index, table, 0
        self.inputs, _ = index.rests(_table_reads(table))
        self.needs = [name for name in table.needs if name not in table.asked]
        self.checks = [index.reference.reader(expr) for expr in table.checks]
        self.late_checks = any(index.rests(reads(expr))[1] for expr in table.checks)
        self.outcomes = {rule.id: self._outcome(rule) for rule in table.rules}
        self.rules = tuple(rule for rule in table.rules if rule.condition)
        self.otherwise = tuple(rule for rule in table.rules if not rule.condition)
        self.bits = Bits([rule.condition for rule in self.rules if rule.condition], index.literal)
        columns = self.bits.columns({name: cells.count for name, cells in index.cells.items()})
        self.early = {name: masks for name, masks in columns.items() if name not in index.late}
        self.late = [(name, index.cells[name], columns[name]) for name in columns if name in index.late]
        if self.checks and not self.late_checks:
            self.early[index.check(table.name, self.checks)] = [self.bits.ones, self.bits.ones]
        self.alone = not table.needs and not self.late and not self.late_checks
        self.keeps = all(index.late[name] for name, _, _ in self.late)
        self.by_numbers: dict[tuple[int | None, ...], Kept] = {}
        self.by_bits: dict[int, Kept] = {}
        self.by_may_and_must: dict[tuple[int, int], Left] = {}

    def _outcome(self, rule: Rule) -> Callable[[Any], Worked]:
        gives_ = gives(self.table, rule, self.index.reference.reader)
        read = [item for _, expr in rule.then.values for item in reads(expr)]
        return self.index.remembered(gives_, read) if read else gives_

    def decide(self, env: Any) -> Worked:
        """What the table comes to."""
        name = self.table.name
        if env.fired is None:
            env.fired = self.index.matched(self.index.encoded(env))
        bits = env.fired >> self.shift & self.bits.ones
        if not bits & self.bits.ready or (env.open and not self.inputs.isdisjoint(env.open)):
            env.numbers[name] = None
            return self.index.reference.tables[name](env)
        if self.late_checks:
            problem = blocked(problems(env, self.needs, self.checks))
            if problem:
                env.numbers[name] = None
                return problem
        key = (bits, *map(env.number, self.table.needs))
        found = self.by_numbers.get(key) or self._found(env, key)
        env.numbers[name] = found.number
        return found.worked or settle(self.table, found.fired, lambda rule: self.outcomes[rule.id](env))

    def _found(self, env: IndexEnv, key: tuple[Any, ...]) -> Kept:
        problem = blocked(problems(env, self.needs, []))
        keeps = self.keeps and None not in key
        if problem:
            found = Kept((), problem, next(self.index.numbers) if keeps else None)
        else:
            bits: int = key[0]
            for name, cells, masks in self.late:
                bits &= masks[cells[env[name]]]
            found = self.by_bits.get(bits) or self._settled(bits)
        if keeps:
            self.index.keep(self.by_numbers, key, found)
        return found

    def _settled(self, bits: int) -> Kept:
        return self.index.keep(self.by_bits, bits, self.kept(self.held(bits)))

    def held(self, bits: int) -> tuple[Rule, ...]:
        """The rules that hold where these bits are left."""
        return tuple([self.rules[number] for number in self.bits.held(bits)])

    def kept(self, fired: tuple[Rule, ...]) -> Kept:
        """What the table comes to when these rules hold."""
        decides = (fired or self.otherwise)[: 1 if self.table.hit == "first" else None]
        if all(constant(rule) for rule in decides):
            worked = settle(self.table, fired, lambda rule: self.outcomes[rule.id](None))
            return Kept(fired, worked, next(self.index.numbers))
        return Kept(fired, None, None)


def constant(rule: Rule) -> bool:
    """Whether a rule always gives the same."""
    return rule.then.kind in FIXED or all(isinstance(expr, Lit) for _, expr in rule.then.values)


def _table_reads(table: Table) -> Iterator[Read | Known | RateRead]:
    """All that the conditions and outcomes of a table read."""
    for rule in table.rules:
        yield from condition_reads(rule.condition)
        for _, expr in rule.then.values:
            yield from reads(expr)


def _getter(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """The values of these names, as a tuple however many there are."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda env: tuple([env[name] for name in names])


def _workable(work_out: Reader) -> Reader:
    """The same, but ``BROKEN`` where it cannot be worked out."""

    def workable(env: Env) -> Any:
        try:
            return work_out(env)
        except (CannotWorkOut, Upstream):
            return BROKEN

    return workable


def _cell_or_unknown(env: Env, name: str, cells: Cells) -> int:
    try:
        return cells[env[name]]
    except NotKnown:
        return UNKNOWN
