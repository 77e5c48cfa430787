# SPDX-License-Identifier: MIT
"""The durable engine: the pack as durable_rules (Rete) rule sets, one for each table, chained decision by decision.

It is an independent matcher. Thresholds have been cut into cells beforehand, so the rule sets see only small whole numbers;
a clause that compares with something that is not a constant, asks about the form or about a decision's state, becomes a
yes/no number worked out before matching. ``any`` and ``not`` are written out as rows of ranges. What holds comes back from
the rule set; what it means is settled by the hit policy, as in every engine.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, TypeAlias

from continuum.compiled import AllOf, Clause, CompiledPack, Condition, Not, Rule, Table
from continuum.compiling.cells import cells_of
from continuum.engines.hits import Worked, blocked, gives, settle
from continuum.engines.reference import Env, Holds, Reference, problems
from continuum.engines.rete import Matcher, ReteLimit, ReteUnavailable, Row
from continuum.errors import EngineError, Finding

Range: TypeAlias = tuple[str, int, int]
Rows: TypeAlias = list[tuple[Range, ...]]
MOST_ROWS_OF_A_RULE = 512


class Durable:
    """A compiled pack behind guarded rule sets. One lock a rule set: threads may share it."""

    name = "durable"

    def __init__(self, pack: CompiledPack) -> None:
        """Compile the rule sets.

        Raises:
            EngineError: where durable_rules is not installed (CX701) or the pack passes a limit (CX702), naming it.
        """
        self.pack = pack
        self.values_engine = Reference(pack)
        self._derived: dict[str, Holds] = {}
        self.tables = {name: self._matched(table) for name, table in pack.tables.items()}

    def decide(self, values: Mapping[str, Any], day: dt.date, given: frozenset[str] | None = None) -> dict[str, Worked]:
        """Every outcome of a complete profile; ``given`` are the inputs the form gave, where values were filled in.

        Raises:
            NotKnown: where a table needs an input that is not given.
        """
        env = _Env(self, self.values_engine, values, day, frozenset(values) if given is None else given)
        return {name: env[name] for name in self.pack.outcomes}

    def _matched(self, table: Table) -> _Matched:
        rows: list[Row] = []
        for rule in table.rules:
            if rule.condition:
                written = self._rows(rule.condition, rule.id)
                if len(written) > MOST_ROWS_OF_A_RULE:
                    raise _limit(f"`{rule.id}` is {len(written)} rows when `any` is written out, more than {MOST_ROWS_OF_A_RULE}")
                rows += [(f"{rule.id}/{i}", row) for i, row in enumerate(written)]
        try:
            return _Matched(self, table, Matcher(table.name, rows), dict.fromkeys(f for _, row in rows for f, _, _ in row))
        except ReteUnavailable as error:
            raise EngineError(Finding("CX701", str(error))) from None
        except ReteLimit as error:
            raise _limit(str(error)) from None

    # conditions to rows: every row is ranges that all hold; the rule holds where one row does

    def _rows(self, condition: Condition, rule: str, *, holds: bool = True) -> Rows:
        if isinstance(condition, Not):
            return self._rows(condition.item, rule, holds=not holds)
        if isinstance(condition, Clause):
            return [(piece,) for piece in self._ranges(condition, rule, holds=holds)]
        inner = (self._rows(item, rule, holds=holds) for item in condition.items)
        if isinstance(condition, AllOf) == holds:
            return self._product(inner, rule)
        return [row for rows in inner for row in rows]

    def _product(self, parts: Iterator[Rows], rule: str) -> Rows:
        product: Rows = [()]
        for rows in parts:
            if len(product) * len(rows) > 8 * MOST_ROWS_OF_A_RULE:
                raise _limit(f"`{rule}` has too many rows when `any` is written out")
            product = [joined for row in product for other in rows if (joined := _joined(row, other)) is not None]
        return product

    def _ranges(self, clause: Clause, rule: str, *, holds: bool) -> list[Range]:
        """The ranges of cells in which the clause holds (or does not)."""
        name = clause.subject.key
        cuts = self.pack.cuts.get(name)
        cells = cells_of(clause, cuts) if cuts and clause.subject.of != "decision" else None
        if cells is None or cuts is None:
            field = f"{rule} {name}: {clause.text}"
            self._derived[field] = self.values_engine.holds(clause)
            return [(field, int(holds), int(holds))]
        wanted = sorted(cells if holds else set(range(cuts.count)) - cells)
        return [(name, low, high) for low, high in _runs(wanted)]

    def fact(self, fields: Mapping[str, None], env: _Env) -> dict[str, int]:
        """The whole numbers that a table's rule set is asked about."""
        return {
            field: int(self._derived[field](env)) if field in self._derived else self.pack.cuts[field].cell(env[field])
            for field in fields
        }


class _Env(Env):
    """As the reference's environment, but decisions come from the rule sets."""

    __slots__ = ("durable",)

    def __init__(
        self, durable: Durable, reference: Reference, values: Mapping[str, Any], day: dt.date, given: frozenset[str]
    ) -> None:
        super().__init__(reference, values, day, given)
        self.durable = durable

    def __missing__(self, name: str) -> Any:
        matched = self.durable.tables.get(name)
        if matched is None:
            return super().__missing__(name)
        self[name] = matched.decide(self)
        return self[name]


class _Matched:
    """One table and its rule set."""

    def __init__(self, durable: Durable, table: Table, matcher: Matcher, fields: dict[str, None]) -> None:
        self.durable, self.table, self.matcher, self.fields = durable, table, matcher, fields
        self.needs = [name for name in table.needs if name not in table.asked]
        self.checks = [durable.values_engine.reader(expr) for expr in table.checks]
        self.outcomes = {rule.id: gives(table, rule, durable.values_engine.reader) for rule in table.rules}

    def decide(self, env: _Env) -> Worked:
        """What the table comes to."""
        problem = blocked(problems(env, self.needs, self.checks))
        if problem:
            return problem
        held = {row.split("/")[0] for row in self.matcher.fired(self.durable.fact(self.fields, env))}
        fired: list[Rule] = [rule for rule in self.table.rules if rule.id in held]
        return settle(self.table, fired, lambda rule: self.outcomes[rule.id](env))


def _joined(row: tuple[Range, ...], other: tuple[Range, ...]) -> tuple[Range, ...] | None:
    """Both rows in one; None where they cannot both hold."""
    ends = {field: (low, high) for field, low, high in row}
    for field, low, high in other:
        at_least, at_most = ends.get(field, (low, high))
        ends[field] = (max(low, at_least), min(high, at_most))
        if ends[field][0] > ends[field][1]:
            return None
    return tuple((field, low, high) for field, (low, high) in ends.items())


def _runs(numbers: list[int]) -> list[tuple[int, int]]:
    """Numbers in ascending order as runs of neighbours."""
    if not numbers:
        return []
    breaks = [i for i, (a, b) in enumerate(pairwise(numbers), 1) if b != a + 1]
    starts = [0, *breaks]
    return [(numbers[a], numbers[b - 1]) for a, b in zip(starts, [*breaks, len(numbers)], strict=True)]


def _limit(message: str) -> EngineError:
    return EngineError(Finding("CX702", message, hint="the reference engine takes the pack as it is"))
