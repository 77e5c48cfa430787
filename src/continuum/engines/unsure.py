# SPDX-License-Identifier: MIT
"""What the index can tell of a profile with unknowns: the rules that *may* hold, and those that *must*.

What is not known could be in several cells. A rule may hold where one of these does not rule it out, and must where none does.
However the rest is filled in, the rules that hold lie between; where all such sets come to the same, by the same rules, and
what these give is known, nothing need be filled in. What is impossible only takes ways of filling in away.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import and_, or_
from typing import Any, Final

from continuum.compiled import Rule
from continuum.engines.hits import INDICATED, REFER, Worked, blocked, rank, settle
from continuum.engines.index import Indexed, IndexEnv, Kept, constant
from continuum.engines.masks import UNKNOWN, Cells
from continuum.engines.reference import NotKnown, problems

OPEN: Final = Kept((), None, None)
"""In place of what a table comes to, where the masks do not leave one result."""


class Unsure(IndexEnv):
    """An environment in which a decision stands where whatever is filled in comes to the same; any other is not known."""

    __slots__ = ("_amounts", "_left_over", "refused")

    def __init__(self, env: IndexEnv) -> None:
        """``env`` holds what is known; it stays as it is."""
        super().__init__(env.index, env, env["today"], env.given, env.open)
        self.fired, self.numbers = env.fired, env.numbers
        self.refused: set[str] = set()
        known = {name: env[name] for name in env.index.pack.inputs if name in env}
        self._amounts = env.index.bounds.amounts(known, env["today"], env.given)
        self._left_over: tuple[int, int] | None = None

    def __missing__(self, name: str) -> Any:
        table = self.index.tables.get(name)
        if table is None or table.inputs.isdisjoint(self.open):
            return super().__missing__(name)
        if name in self.refused:
            raise NotKnown(name)
        self.refused.add(name)
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
        stopped = blocked(problems(self, indexed.needs, [])) or self._failing(indexed)
        if stopped:
            return stopped
        may, must = (bits >> indexed.shift & indexed.bits.ones for bits in self._early())
        for name, cells, masks in indexed.late:
            left = self._late(name, cells, masks)
            may, must = may & reduce(or_, left), must & reduce(and_, left)
        key, store = (may, must), indexed.by_may_and_must
        kept = store.get(key) or self.index.keep(store, key, _deciding(indexed, may, must))
        if kept is OPEN:
            raise NotKnown(indexed.table.name)
        return kept.worked or settle(indexed.table, kept.fired, lambda rule: indexed.outcomes[rule.id](self))

    def _failing(self, indexed: Indexed) -> Worked | None:
        """What a table comes to because what its conditions read cannot be worked out, however the rest is filled in.

        Raises:
            NotKnown: where it is not the same for all.
        """
        found = []
        for expr, check in zip(indexed.table.checks, indexed.checks, strict=True):
            try:
                found += problems(self, [], [check])
            except NotKnown:
                if self._amounts.value(expr).problems:
                    raise
        return blocked(found)

    def _early(self) -> tuple[int, int]:
        """What may and what must be left of all tables, before what decisions came to is looked at."""
        if self._left_over is None:
            index = self.index
            cells = index.encoded(self)
            may = must = index.matched(cells)
            for name, cell, masks in zip(index.fields, cells, index.masks, strict=True):
                if cell == UNKNOWN:
                    left = [masks[cell] for cell in self._cells(name)]
                    may, must = may & reduce(or_, left), must & reduce(and_, left)
            self._left_over = may, must
        return self._left_over

    def _cells(self, field: str) -> Sequence[int] | set[int]:
        """The cells that an input or measure may be in; where that is not told, every cell."""
        cells, subject = self.index.cells[field], self.index.subjects.get(field)
        some = self._amounts.value(subject) if subject else None
        if some is None or some.problems or some.nothing or (some.span and None in some.span):
            return range(cells.count)
        ends = [cells.cuts.cell(end) for end in some.span or ()]
        return {cells.cuts.cell(value) for value in some.values}.union(range(ends[0], ends[-1] + 1) if ends else ())

    def _late(self, name: str, cells: Cells, masks: Sequence[int]) -> Sequence[int]:
        """The masks of the cells in which what rests on decisions may be."""
        try:
            return [masks[cells[self[name]]]]
        except NotKnown:
            return masks


def _deciding(indexed: Indexed, may: int, must: int) -> Kept:
    """What a table comes to by rules that may and must hold, where all that lies between comes to the same."""
    possible, sure = indexed.held(may), indexed.held(must)
    hit = indexed.table.hit
    if possible == sure or (hit == "first" and possible[:1] == sure[:1]):
        return indexed.kept(sure)
    if hit == "highest" and all(map(constant, possible)) and _outranked(indexed, possible, sure):
        return indexed.kept(sure)
    return OPEN


def _outranked(indexed: Indexed, possible: Sequence[Rule], sure: Sequence[Rule]) -> bool:
    """Whether rules that must hold give more than all that only may."""
    given = {rule.id: indexed.outcomes[rule.id](None) for rule in possible}
    if any(worked.state == REFER for worked in given.values()):
        return False
    ranks = {id_: rank(indexed.table, worked.value) for id_, worked in given.items() if worked.state == INDICATED}
    certain = {rule.id for rule in sure}
    least = [ranks[id_] for id_ in ranks if id_ in certain]
    return bool(least) and all(ranks[id_] < max(least) for id_ in ranks if id_ not in certain)
