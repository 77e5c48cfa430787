# SPDX-License-Identifier: MIT
"""Which rules make a result: for each profile of a set, on each side, the rules that decided there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from continuum.comparing.results import Amount, Change, Results, Told
from continuum.comparing.same_space import NEW, OLD, SameSpace
from continuum.compiled import Rule, Table
from continuum.engines.hits import INDICATED

ALONE = ("first", "unique")
"""Hit policies by which one rule decides; by others the rules that have a part in a result are named together."""
PARTS = 8
"""A set is not taken apart by more combinations of rules than this; then all of them are named together."""
Pair: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]


class Deciding:
    """The rules behind the results of one outcome."""

    def __init__(self, space: SameSpace, results: Results) -> None:
        self.space, self.diagram, self.results = space, space.diagram, results

    def parts(self, where: int, changes: list[Change]) -> list[tuple[int, Pair]]:
        """A set of profiles taken apart by the rules that decide them in the old and in the new pack."""
        deciding = [list(self._deciding(side, where, changes)) for side in (OLD, NEW)]
        together = [(where, tuple(tuple(rule for rule, _ in one) for one in deciding))]
        if any(side.pack.tables[name].hit not in ALONE for side, name in zip(self.space.sides, self.results.names, strict=True)):
            return together  # type: ignore[return-value]  # two of each
        found: list[tuple[int, Pair]] = [(where, ((), ()))]
        for side in (OLD, NEW):
            for rule, holds in deciding[side]:
                found = [part for one in found for part in self._split(one, side, rule, holds)]
                if len(found) > PARTS:
                    return together  # type: ignore[return-value]  # two of each
        return found

    def _split(self, part: tuple[int, Pair], side: int, rule: str, holds: int) -> Iterator[tuple[int, Pair]]:
        where, rules = part
        more = ((*rules[OLD], rule), rules[NEW]) if side == OLD else (rules[OLD], (*rules[NEW], rule))
        for node, named in (
            (self.diagram.both(where, holds), more),
            (self.diagram.both(where, self.diagram.negation(holds)), rules),
        ):
            if node != self.diagram.no:
                yield node, named

    def _deciding(self, side: int, where: int, changes: list[Change]) -> Iterator[tuple[str, int]]:
        """The rules of one side that have a part in its results somewhere in a set, and where they may have it."""
        one, name = self.space.sides[side], self.results.names[side]
        table, meaning, diagram = one.pack.tables[name], one.meaning, self.diagram
        rest = diagram.both(where, self.space.carried(side, meaning.blocked[name], lambda worked: worked is None, "free"))
        otherwise = rest
        for rule in table.rules:
            if rule.condition is None:
                here = otherwise
            else:
                here = diagram.both(rest, self.space.carried(side, meaning.holds[rule.id]))
                otherwise = diagram.both(otherwise, diagram.negation(here))
                if table.hit == "first":
                    rest = otherwise
                else:
                    here = diagram.both(here, self._matters(side, table, rule, changes))
            here = diagram.apply("maybe", lambda values: True in values, self.space.known(rule.id, here))
            if here != diagram.no:
                yield rule.id, here

    def _matters(self, side: int, table: Table, rule: Rule, changes: list[Change]) -> int:
        """Where what a rule gives has a part in the result."""
        if table.hit in ("unique", "any"):
            return self.diagram.yes
        results = [(one.old, one.new) if side == OLD else (one.new, one.old) for one in changes]
        offer = self.space.carried(
            side, self.space.sides[side].meaning.offers[rule.id],
            lambda worked: self.results.told(side, worked), ("told", self.results.names[side]),
        )  # fmt: skip
        key = ("matters", side, table.name, tuple(results))
        return self.diagram.apply(key, lambda given: any(_part(table, given, *pair) for pair in results), offer)


def _part(table: Table, given: Told, mine: Told, other: Told) -> bool:
    """Whether what one rule gives is part of its side's result, and of the difference from the other side's."""
    if mine.state != INDICATED:
        alike = (given.state, given.agreed) == (mine.state, mine.agreed)  # to whom it goes is said by the first of them
        return alike or (mine.cause == "conflict" and given.state == INDICATED)
    if given.state != INDICATED:
        return False
    if table.hit == "collect" and not (given.formula or mine.formula or other.formula):
        return other.state != INDICATED or bool((set(given.value) & set(mine.value)) - set(other.value))
    return table.hit == "sum" or isinstance(mine.value, Amount) or given.key == mine.key
