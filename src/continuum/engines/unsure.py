# SPDX-License-Identifier: MIT
"""What the index can tell of a profile with unknowns: the rules that *may* hold, and those that *must*.

What is not known could be in several cells. A rule may hold where one of these does not rule it out, and must where none does.
However the rest is filled in, the rules that hold lie between; where all such sets come to the same, by the same rules, and
what these give is known, nothing need be filled in. What is impossible only takes ways of filling in away.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import reduce
from itertools import product
from math import prod
from operator import and_, or_
from typing import Any, Final

from continuum.compiled import Read, Table
from continuum.engines.bounds import Problem
from continuum.engines.hits import INDICATED, REFER, Worked, blocked, hashable, rank, settle
from continuum.engines.index import Indexed, IndexEnv, Left, constant
from continuum.engines.masks import UNKNOWN, Cells
from continuum.engines.reference import NotKnown, problems

MOST: Final = 64
"""So many ways in which decisions may come out together are looked at, for one clause."""


class Unsure(IndexEnv):
    """An environment in which a decision stands where whatever is filled in comes to the same; any other is not known."""

    __slots__ = ("_amounts", "_left_over", "_results")

    def __init__(self, env: IndexEnv) -> None:
        """``env`` holds what is known; it stays as it is."""
        super().__init__(env.index, env, env["today"], env.given, env.open)
        self.fired, self.numbers = env.fired, env.numbers
        self._results: dict[str, tuple[Worked, ...] | None] = {}
        known = {name: env[name] for name in env.index.asked - env.open}
        self._amounts = env.index.bounds.amounts(known, env["today"], env.given)
        self._left_over: tuple[int, int] | None = None

    def __missing__(self, name: str) -> Any:
        table = self.index.tables.get(name)
        if table is None or table.inputs.isdisjoint(self.open):
            return super().__missing__(name)
        if name in self._results:
            raise NotKnown(name)
        self._results[name] = None
        worked = self[name] = self._decided(table)
        return worked

    def settled(self, name: str) -> Worked | None:
        """What a decision comes to whatever is filled in, with its rules and words; None where the masks leave it open."""
        try:
            worked: Worked = self[name]
        except NotKnown:
            return None
        return worked

    def _decided(self, indexed: Indexed) -> Worked:
        stopped = blocked(self._missing(indexed) + self._failing(indexed))
        if stopped:
            return stopped
        may, must = (bits >> indexed.shift & indexed.bits.ones for bits in self._early())
        for name, cells, masks in indexed.late:
            left = self._late(name, cells, masks)
            may, must = may & reduce(or_, left), must & reduce(and_, left)
        key, store = (may, must), indexed.by_may_and_must
        kept, results = store.get(key) or self.index.keep(store, key, left_by(indexed, may, must))
        self._results[indexed.table.name] = results
        if kept is None:
            raise NotKnown(indexed.table.name)
        return kept.worked or settle(indexed.table, kept.fired, lambda rule: indexed.outcomes[rule.id](self))

    def _missing(self, indexed: Indexed) -> list[Problem]:
        """The decisions that the table needs and that are not there, however the rest is filled in.

        Raises:
            NotKnown: where it is not the same for all.
        """
        found: list[Problem] = []
        for name in indexed.needs:
            try:
                found += problems(self, [name], [])
            except NotKnown:
                results = self._results.get(name)
                if results is None or any(worked.state != INDICATED for worked in results):
                    raise
        return found

    def _failing(self, indexed: Indexed) -> list[Problem]:
        """What the table's conditions read and cannot be worked out, however the rest is filled in.

        Raises:
            NotKnown: where it is not the same for all.
        """
        found: list[Problem] = []
        for expr, check in zip(indexed.table.checks, indexed.checks, strict=True):
            try:
                found += problems(self, [], [check])
            except NotKnown:
                if self._amounts.value(expr).problems:
                    raise
        return found

    def _early(self) -> tuple[int, int]:
        """What may and what must be left of all tables, before what decisions came to is looked at."""
        if self._left_over is None:
            index = self.index
            cells = index.encoded(self)
            may = must = index.matched(cells)
            for number, cell in enumerate(cells):
                if cell == UNKNOWN:
                    one, other = self._either(number)
                    may, must = may & one, must & other
            self._left_over = may, must
        return self._left_over

    def _either(self, number: int) -> tuple[int, int]:
        """What the cells leave between them, and what each of them leaves, of a field that is not known."""
        index, name = self.index, self.index.fields[number]
        subject, inputs = index.measured.get(name, (None, ()))
        key = (number, self["today"], self.given, *(self.get(asked, NotKnown) for asked in inputs)) if subject else number
        kept = index.by_unknown.get(key)
        if kept is None:
            left = [index.masks[number][cell] for cell in self._cells(name, subject)]
            kept = index.keep(index.by_unknown, key, (reduce(or_, left), reduce(and_, left)))
        return kept

    def _cells(self, name: str, measure: Read | None) -> Iterable[int]:
        """The cells that a field may be in: of a measure what bounds tell, else every cell."""
        cells = self.index.cells[name]
        some = self._amounts.value(measure) if measure else None
        if some is None or some.problems or some.nothing or cells.cuts is None or None in (some.span or ()):
            return range(cells.count)
        first, last = map(cells.cuts.cell, some.span) if some.span else (0, -1)
        return {*map(cells.cuts.cell, some.values), *range(first, last + 1)}

    def _late(self, name: str, cells: Cells, masks: Sequence[int]) -> Sequence[int]:
        """The masks of the cells in which what rests on decisions may be."""
        try:
            return [masks[cells[self[name]]]]
        except NotKnown:
            about = self.index.about.get(name, ())
            results = [found for decision in about if (found := self._may_be(decision))]
            if not about or len(results) < len(about) or prod(map(len, results)) > MOST:
                return masks
            holds = self.index.makers[name]
            ways = (dict(zip(about, way, strict=True)) for way in product(*results))
            return [masks[cell] for cell in {cells[holds(self.index.reference.env(way, self["today"]))] for way in ways}]

    def _may_be(self, name: str) -> tuple[Worked, ...] | None:
        """All that a decision may come to; None where that is not told."""
        worked = self.settled(name)
        return (worked,) if worked else self._results.get(name)


def left_by(indexed: Indexed, may: int, must: int) -> Left:
    """What a table comes to by rules that may and must hold: one result where all that lies between comes to the same."""
    possible, sure = indexed.held(may), indexed.held(must)
    hit = indexed.table.hit
    if possible == sure or (hit == "first" and possible[:1] == sure[:1]):
        return Left(indexed.kept(sure))
    if hit in ("collect", "sum") or not all(map(constant, (*possible, *indexed.otherwise))):
        return Left(None)
    if hit == "first":
        possible = possible[: possible.index(sure[0]) + 1] if sure else possible
    given = {rule.id: indexed.outcomes[rule.id](None) for rule in possible}
    if hit == "highest":
        outranked = _outranked(indexed.table, given, {rule.id for rule in sure})
        if outranked == given.keys() - {rule.id for rule in sure}:
            return Left(indexed.kept(sure))
        given = {id_: worked for id_, worked in given.items() if id_ not in outranked}
    results = list(given.values())
    if not sure:
        results.append(settle(indexed.table, (), lambda rule: indexed.outcomes[rule.id](None)))
    if hit != "first" and len(given) > 1 and (hit != "highest" or _clashing(indexed.table, given)):
        results.append(Worked(REFER))
    return Left(None, tuple(results))


def _outranked(table: Table, given: Mapping[str, Worked], sure: Collection[str]) -> set[str]:
    """The rules of a ``highest`` table that make no difference, because one that must hold gives more."""
    if any(worked.state == REFER for worked in given.values()):
        return set()
    ranks: dict[str, Any] = {id_: rank(table, worked.value) for id_, worked in given.items() if worked.state == INDICATED}
    top = max((ranks[id_] for id_ in sure if id_ in ranks), default=None)
    return set() if top is None else {id_ for id_ in given if id_ not in sure and (id_ not in ranks or ranks[id_] < top)}


def _clashing(table: Table, given: Mapping[str, Worked]) -> bool:
    """Whether rules of a ``highest`` table may give different outcomes of the same rank."""
    indicated = [worked.value for worked in given.values() if worked.state == INDICATED]
    return len(set(map(hashable, indicated))) > len({rank(table, value) for value in indicated})
