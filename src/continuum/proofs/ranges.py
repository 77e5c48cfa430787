# SPDX-License-Identifier: MIT
"""What an outcome may come to where not all is known, read from the diagram: no way of filling in the rest is left out, and none
is walked by itself.

The diagrams of a day stand; here each is copied for one profile, with the cells of what is known put in, which leaves little.
Every result that the copy can reach is one that some completion comes to, unless it is reached only through a free variable
(what rests on the very value of a wide input) or is a formula over what is not known; then the range says that it is not exact.
"""

from __future__ import annotations

import bisect
from collections.abc import Collection, Hashable, Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from typing import Any

from continuum.arithmetic import CannotWorkOut
from continuum.compiled import ABSENT, Clause, Table, clauses
from continuum.engines.bounds import Amounts, Bound, Bounds, May, Some, added, any_of, anything, either, some
from continuum.engines.completions import Leaf, Line
from continuum.engines.hits import INDICATED, NOT_APPLICABLE, REFER, Upstream, Worked, gives, hashable, rank
from continuum.engines.reference import NotKnown
from continuum.errors import EngineError
from continuum.proofs.diagram import Diagram, TooLargeError
from continuum.proofs.meaning import Formula, Raised
from continuum.proofs.proof import EXCLUDED, Proof, told
from continuum.proofs.space import Variable

SMALL = 60_000
"""The most nodes that the copy for one profile may have."""


class Ranges:
    """The tables of a pack on a day, ready to be asked about profiles of which not all is known."""

    def __init__(self, proof: Proof) -> None:
        """Make every diagram that may be asked for, so that what is too large does not depend on what was asked before."""
        self.proof, self.meaning, self.pack = proof, proof.meaning, proof.pack
        self.clauses = {(one.subject, one.test): one for one in self._clauses()}
        self.bounds = Bounds(self.meaning.reference)
        self.tables: dict[str, int] = {}
        try:
            self.possible = self.meaning.possible
            self.impossible = [self.meaning.condition(item.condition, raising=True) for item in self.pack.impossible]
            for name in self.pack.tables:
                self.tables[name] = self.meaning.table(name)
        except EngineError:
            self.tables.clear()

    def _clauses(self) -> Iterator[Clause]:
        for table in self.pack.tables.values():
            for rule in table.rules:
                yield from clauses(rule.condition)
        for item in self.pack.impossible:
            yield from clauses(item.condition)

    def partly(self, known: Mapping[str, Any], given: frozenset[str]) -> Partly | None:
        """What is left open where these inputs are known; None where the pack is too large for diagrams."""
        return Partly(self, known, given) if self.tables else None


class Partly:
    """The outcomes of one profile of which not all is known."""

    def __init__(self, ranges: Ranges, known: Mapping[str, Any], given: frozenset[str]) -> None:
        self.ranges, self.proof, self.meaning, self.pack = ranges, ranges.proof, ranges.meaning, ranges.pack
        self.known, self.given = known, given
        self.env = self.proof.reference.env(known, self.proof.day, given)
        self.amounts = ranges.bounds.amounts(known, self.proof.day, given)
        self.cells = dict(self._cells())
        self._open: dict[str, Open] = {}

    def outcome(self, name: str) -> Open | None:
        """What one outcome may come to; None where the copy is too large."""
        if name not in self._open:
            try:
                self._open[name] = Open(self, name)
            except TooLargeError:
                return None
        return self._open[name]

    def contradicts(self) -> list[int] | None:
        """Where nothing is possible, the ``impossible`` entries that may hold; None where something may be."""
        try:
            copy = Copy(self)
            if copy.of(self.ranges.possible) != copy.diagram.no:
                return None
            nodes = [copy.of(node) for node in self.ranges.impossible]
        except TooLargeError:
            return None
        return [i for i, node in enumerate(nodes) if any(value is True for value in copy.diagram.values(node))]

    def unknown(self, names: set[str]) -> set[str]:
        """Those of some inputs that are not known."""
        return {name for name in names if name not in self.known}

    # the cells of what is known

    def _cells(self) -> Iterator[tuple[int, tuple[int, ...]]]:
        """The cells that are left of each variable of which some are ruled out."""
        for index, variable in enumerate(self.meaning.variables):
            if variable.kind == "given":
                yield index, (variable.cells.index(variable.name in self.given),)
            elif variable.kind == "input" and variable.name in self.known:
                yield index, (cell_of(variable, self.known[variable.name]),)
        for index, key in self.meaning.free_keys.items():
            yield index, self._free(self.meaning.variables[index], key)

    def _free(self, variable: Variable, key: Any) -> tuple[int, ...]:
        """The cells of a free variable that are left, by what is known."""
        cells = range(len(variable.cells))
        kind, *rest = key
        if kind == "agree":
            return tuple(cells)
        if kind == "clause":
            try:
                return (int(self.proof.reference.holds(self.ranges.clauses[rest[0], rest[1]])(self.env)),)
            except (NotKnown, Upstream, CannotWorkOut):
                return tuple(cells)
        if kind in ("measure", "op"):
            may = self.amounts.value(self.pack.measures[rest[0]].expr if kind == "measure" else rest[0])
            return tuple(i for i in cells if _may_be(variable, i, may)) or tuple(cells)
        mays = [self.amounts.value(expr) for expr in ([expr for _, expr in rest[1]] if kind == "then" else rest)]
        stops = {_stop(problem) for may in mays for problem in may.problems}
        if kind == "then" and any(ABSENT in may.values for may in mays):
            stops.add(_stop(CannotWorkOut("arithmetic", "")))
        left = (
            [i for i in cells if variable.cells[i] in stops]
            if any(may.nothing for may in mays)
            else [i for i in cells if not i or variable.cells[i] in stops]
        )
        return tuple(left) or tuple(cells)

    # what is not known

    def may(self, name: str) -> May:
        """What a decision that a formula reads may come to.

        Raises:
            TooLargeError: where its copy is too large.
        """
        found = self.outcome(name)
        if found is None:
            raise TooLargeError
        return found.may()

    def input(self, name: str, diagram: Diagram, region: int) -> Some:
        """What an input may be where something holds."""
        asked = self.pack.inputs[name]
        if name in self.known:
            return some([self.known[name]])
        index = self.meaning.space.index.get(("input", name))
        if index is None:
            return anything(asked, self.proof.day)
        variable = self.meaning.variables[index]
        left = [i for i in range(len(variable.cells)) if diagram.restrict(region, {index: i}) != diagram.no]
        values = [variable.cells[i] for i in left]
        if variable.exact:
            return some(values)
        line = Line(asked, self.proof.day)
        starts = [line.index(cell) for cell in variable.cells if cell is not ABSENT]
        ends = [after - 1 for after in [*starts[1:], line.count]]
        last = max((i for i in left if i < len(starts)), default=None)
        absent = [ABSENT] if ABSENT in values else []
        return some(absent, None if last is None else (variable.cells[left[0]], line.at(ends[last])))

    def completed(self, cells: Mapping[int, int], name: str) -> Leaf | None:
        """A completion in these cells, with what the reference engine decides; None where it cannot be."""
        meaning, reference, day = self.meaning, self.proof.reference, self.proof.day
        chosen = {
            one: meaning.variables[index].cells[cells[index]]
            if (index := meaning.space.index.get(("input", one))) is not None
            else self.proof.completions.first(asked, day)
            for one, asked in self.pack.inputs.items()
            if one not in self.known
        }
        env = reference.env({**self.known, **chosen}, day, self.given)
        return None if self.proof.completions.contradiction(env) is not None else Leaf(chosen, env[name])


class Copy:
    """Functions of the day, copied with the known cells put in."""

    def __init__(self, partly: Partly) -> None:
        self.whole, self.cells = partly.meaning.diagram, partly.cells
        self.diagram = Diagram(self.whole.sizes, SMALL)
        self._made: dict[int, int] = {}

    def of(self, node: int) -> int:
        """The copy of a function."""
        whole, cells, made, diagram = self.whole, self.cells, self._made, self.diagram

        def go(here: int) -> int:
            found = made.get(here)
            if found is None:
                variable = whole.asks(here)
                if whole.is_leaf(here):
                    found = diagram.leaf(whole.value(here))
                elif variable in cells:
                    children, left = whole.children(here), cells[variable]
                    below = (child if i in left else children[left[0]] for i, child in enumerate(children))
                    found = diagram.node(variable, tuple(map(go, below)))
                else:
                    found = diagram.node(variable, tuple(map(go, whole.children(here))))
                made[here] = found
            return found

        return go(node)


class Open:
    """What one outcome may come to.

    Attributes:
        results: every result, without its rules and words; a value may be, or hold, a :class:`Formula`.
        exact: whether some completion comes to each of them, and each is told in full.
    """

    def __init__(self, partly: Partly, name: str) -> None:
        """Copy the outcome.

        Raises:
            TooLargeError: where the copy is too large.
        """
        self.partly, self.name, self.table = partly, name, partly.pack.tables[name]
        self.copy = Copy(partly)
        self.diagram = self.copy.diagram
        self.possible = self.copy.of(partly.ranges.possible)
        came_to = self.diagram.apply("worked out", self._worked_out, self.copy.of(partly.ranges.tables[name]))
        self.node = self.diagram.choose(self.possible, came_to, self.diagram.leaf(EXCLUDED))
        self.results: list[Worked] = [value for value in self.diagram.values(self.node) if value != EXCLUDED]
        self.formulas = list(dict.fromkeys(part for worked in self.results for part in _formulas(worked)))
        self.exact = not self.formulas and set(self.results) <= self._surely_reached()

    def _worked_out(self, worked: Worked) -> Hashable:
        """A formula over what is known is what it comes to."""
        formula = next(iter(_formulas(worked)), None)
        rule = next((rule for rule in self.table.rules if formula and rule.id == formula.rule), None)
        if rule is None:
            return worked
        try:
            found = gives(self.table, rule, self.partly.proof.reference.reader)(self.partly.env)
        except NotKnown:
            return worked
        return Worked(found.state, hashable(found.value), cause=found.cause, to=found.to)

    def _surely_reached(self) -> set[Any]:
        """The results that are reached whatever the free variables are."""
        return set(_reached(self.diagram, self.node, self.partly.meaning.free_keys.keys()))

    # what would settle it

    def settling(self) -> list[tuple[str, bool]]:
        """The unknown inputs whose value can still change the outcome, most decisive first, each with whether knowing it
        alone is sure to settle the outcome.
        """
        meaning = self.partly.meaning
        support = sorted(self.diagram.support(self.node))
        asked = [index for index in support if meaning.variables[index].kind == "input"]
        names = [meaning.variables[index].name for index in asked if self._matters(index)]
        names += sorted(self._behind() - set(names), key=list(self.partly.pack.inputs).index)
        if not names:  # what is impossible ties them together: none changes by itself
            names = [meaning.variables[index].name for index in asked]
        ranked = []
        for position, name in enumerate(names):
            open_after = self._open_after(name)
            ranked.append((Fraction(sum(open_after), len(open_after)), position, name, max(open_after) == 1))
        return [(name, settles) for _, _, name, settles in sorted(ranked)]

    def _matters(self, index: int) -> bool:
        """Whether two completions that differ only in this input come to different outcomes."""

        def differ(one: Any, other: Any) -> bool:
            return EXCLUDED not in (one, other) and told(one) != told(other)

        pairs = list(combinations(range(self.diagram.sizes[index]), 2))
        return self.diagram.breaks(self.node, index, pairs, differ) is not None

    def _behind(self) -> set[str]:
        """The unknown inputs on which the outcome rests otherwise than by their cells."""
        proof = self.partly.proof
        found = {name for formula in self.formulas for name in proof.behind_rule(formula.rule)}
        for index in self.diagram.support(self.node) & self.partly.meaning.free_keys.keys():
            found |= proof.behind(index)
        return self.partly.unknown(found)

    def _open_after(self, name: str) -> list[int]:
        """For each cell of an input that leaves something possible, how many results are left."""
        index = self.partly.meaning.space.index["input", name]
        found = []
        for cell in range(self.diagram.sizes[index]):
            left = [one for one in self.diagram.values_where(self.node, index, cell) if one != EXCLUDED]
            still = {
                other
                for one in left
                for formula in _formulas(one)
                for other in self.partly.unknown(self.partly.proof.behind_rule(formula.rule)) - {name}
            }
            found += [len({told(one) for one in left}) + bool(still)] if left else []
        return found

    # all that may be

    def bound(self) -> Bound:
        """Every result as it is told: what rests on values that are not known by its ends."""
        return self.may().bound(self.table.type, exact=self.exact)

    def may(self) -> May:
        """Every result, with what formulas may come to where they are the result."""
        mays = [self._amount(worked) if _formulas(worked) else May((self._spoken(worked),)) for worked in self.results]
        parts = [may.parts for may in mays if may.parts is not None]
        joined = {name: either(*(part[name] for part in parts)) for name in parts[0]} if parts else None
        return May(tuple(item for may in mays for item in may.worked), joined, self.rules)

    def _spoken(self, worked: Worked) -> Worked:
        """A result as engines give it: several values by their names."""
        return worked._replace(value=dict(worked.value)) if self.table.type.fields and worked.state == INDICATED else worked

    def _amount(self, worked: Worked) -> May:
        """What a result that is, or holds, a formula may come to."""
        region = self._where(worked)
        amounts = self._amounts(region)
        formula = _formulas(worked)[0]
        rules = [rule for rule in self.table.rules if formula.rule in (rule.id, self.table.name)]
        if len(rules) == 1:
            return amounts.rule(self.table, rules[0]).indicated
        together = [(rule, self.diagram.both(region, self._deciding[rule.id])) for rule in rules]
        offers = [
            (amounts.rule(self.table, rule).indicated, both == region) for rule, both in together if both != self.diagram.no
        ]
        return added(self.table, offers) if self.table.hit == "sum" else any_of([offer for offer, _ in offers])

    def _amounts(self, region: int) -> Amounts:
        """Expressions over what each input may be where something holds."""
        partly = self.partly

        def one(name: str) -> Some:
            return partly.input(name, self.diagram, region)

        return Amounts(partly.proof.reference, one, partly.may, partly.given, partly.proof.day)

    def _where(self, worked: Worked) -> int:
        """Where the outcome comes to this result."""
        return self.diagram.apply(("is", worked), lambda value: value == worked, self.node)

    # the rules

    @cached_property
    def rules(self) -> tuple[str, ...]:
        """Every rule that may decide, in the order of the table."""
        return tuple(name for name, node in self._deciding.items() if node != self.diagram.no)

    @cached_property
    def _deciding(self) -> dict[str, int]:
        """For each rule, where it is one of those that decide; somewhat more where formulas are ranked."""
        diagram, meaning, table = self.diagram, self.partly.meaning, self.table
        stopped = self.copy.of(meaning.blocked[self.name])
        left = diagram.both(self.possible, diagram.apply("goes on", lambda worked: worked is None, stopped))
        holds = {
            rule.id: diagram.both(left, self.copy.of(meaning.holds[rule.id]))
            for rule in table.rules
            if rule.condition is not None
        }
        found: dict[str, int] = {}
        for rule in table.rules:
            if rule.condition is None:
                found[rule.id] = left
                for node in holds.values():
                    found[rule.id] = diagram.both(found[rule.id], diagram.negation(node))
            elif table.hit == "first":
                found[rule.id] = diagram.both(left, holds[rule.id])
                left = diagram.both(left, diagram.negation(holds[rule.id]))
            else:
                found[rule.id] = holds[rule.id]
        return self._that_count(holds, found) if table.hit in ("highest", "collect", "sum") else found

    def _that_count(self, holds: dict[str, int], found: dict[str, int]) -> dict[str, int]:
        """Of the rules that hold together those whose kind of result counts, and in a ``highest`` table the highest."""
        diagram, table = self.diagram, self.table
        offers = {name: self.copy.of(self.partly.meaning.offers[name]) for name in holds}
        ranks = {name: diagram.apply("rank", lambda offer: _rank(table, offer), offers[name]) for name in holds}
        top = nothing = diagram.leaf(None)
        for name, node in holds.items():
            top = diagram.apply("higher", _higher, top, diagram.choose(node, ranks[name], nothing))

        def counts(holding: bool, offer: Any, came_to: Any, own: Any, highest: Any) -> bool:  # noqa: FBT001  # cells
            if not holding or _level(offer) != _level(came_to):
                return False
            return table.hit != "highest" or own is None or highest is None or own >= highest

        return found | {
            name: diagram.apply("counts", counts, node, offers[name], self.node, ranks[name], top) for name, node in holds.items()
        }

    # examples

    def examples(self) -> Iterator[Leaf]:
        """A completion for each result and for each rule that may decide, with what the reference engine decides on it."""
        for node in dict.fromkeys([*map(self._where, self.results), *self._deciding.values()]):
            cells = self.diagram.cheapest(node, self._costs, lambda value: value is True) if node != self.diagram.no else None
            if cells is not None:
                example = self.partly.completed(cells, self.name)
                if example:
                    yield example

    @cached_property
    def _costs(self) -> list[range]:
        return [range(size) for size in self.diagram.sizes]

    def agreed(self) -> list[Worked]:
        """What the reference engine decides on the examples, where all come to the one result there is."""
        results = {told(worked)[:3] for worked in self.results}
        return [leaf.worked for leaf in self.examples() if told(leaf.worked)[:3] in results]


def cell_of(variable: Variable, value: Any) -> int:
    """The cell that holds a value of an input."""
    if value is ABSENT or isinstance(value, bool | str):
        return variable.cells.index(value)
    return bisect.bisect_right([cell for cell in variable.cells if cell is not ABSENT], value) - 1


def _measured(variable: Variable, value: Any) -> int:
    """The cell that holds a value of a free measure: below, at, between and above what it is compared with."""
    if value is ABSENT or isinstance(value, bool | str):
        return variable.cells.index(value)
    points = [cell for cell in variable.cells if cell is not ABSENT and not isinstance(cell, Raised)][1::2]
    at = bisect.bisect_left(points, value)
    return 2 * at + (at < len(points) and points[at] == value)


def _formulas(worked: Worked) -> list[Formula]:
    """The formulas in a result."""
    value = worked.value
    parts = [part for _, part in value] if isinstance(value, tuple) and value and isinstance(value[0], tuple) else [value]
    return [part for part in parts if isinstance(part, Formula)]


def _rank(table: Table, offer: Any) -> Any:
    """Where what a rule gives stands in a ``highest`` table; None where it does not, or where that is not told."""
    if table.hit != "highest" or not isinstance(offer, Worked) or offer.state != INDICATED:
        return None
    value = dict(offer.value).get(table.rank_by) if table.type.fields and not isinstance(offer.value, Formula) else offer.value
    if isinstance(value, Formula):
        return None
    return rank(table, dict(offer.value) if table.type.fields else offer.value)


def _higher(one: Any, other: Any) -> Any:
    return other if one is None or (other is not None and other > one) else one


def _level(worked: Any) -> str:
    """How a result counts among several: referred, individually agreed, indicated (also when these differ), not applicable."""
    if not isinstance(worked, Worked) or worked.cause == "conflict":
        return INDICATED if isinstance(worked, Worked) else ""
    return worked.cause if worked.cause == "individually_agreed" else worked.state


def _stop(problem: Upstream | CannotWorkOut) -> Worked:
    """What a value that is not there comes to, as free variables tell it."""
    if isinstance(problem, CannotWorkOut):
        return Worked(REFER, cause="arithmetic")
    return Worked(NOT_APPLICABLE) if problem.worked.state == NOT_APPLICABLE else Worked(REFER, cause="decision")


def _may_be(variable: Variable, cell: int, may: Some) -> bool:
    """Whether a free measure that may be this may stand in a cell."""
    value = variable.cells[cell]
    if isinstance(value, Raised):
        return any(value.worked == _stop(problem) for problem in may.problems)
    if value is ABSENT or isinstance(value, bool | str):
        return value in may.values or (value is not ABSENT and may.span is not None)
    if may.hull is None:
        return False
    low, high = may.hull
    return (low is None or _measured(variable, low) <= cell) and (high is None or cell <= _measured(variable, high))


def _reached(diagram: Diagram, node: int, unless: Collection[int]) -> Iterator[Any]:
    """The values reached without asking some variables."""
    seen, waiting = {node}, [node]
    while waiting:
        here = waiting.pop()
        if diagram.is_leaf(here):
            yield diagram.value(here)
        elif diagram.asks(here) not in unless:
            waiting += [child for child in diagram.children(here) if child not in seen]
            seen.update(diagram.children(here))
