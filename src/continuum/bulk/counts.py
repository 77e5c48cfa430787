# SPDX-License-Identifier: MIT
"""What came of the rows, counted: never what stands in one of them."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from continuum.compiled import CompiledPack
from continuum.frames.output import FAULT, STATUS

REASONS = 1_000
"""Different reasons that are kept apart; the rest are counted together."""
OTHER = "other reasons"
APART = re.compile(r"; (?=`|the profile contradicts itself)")
"""Where one fault of a row ends and the next begins."""


class Counts:
    """The counts of one run.

    Attributes:
        rows: how many rows were decided, or found invalid.
        left_out: lines that are empty, and so no rows.
        statuses: rows by status.
        outcomes: by outcome, rows by value where there are few values, and by state where there is no value.
        reasons: invalid rows by reason; a row with several counts for each.
    """

    def __init__(self, pack: CompiledPack, prefix: str) -> None:
        self.pack, self.prefix = pack, prefix
        self.rows = self.left_out = 0
        self.statuses: Counter[str] = Counter()
        self.outcomes: dict[str, Counter[tuple[str, str]]] = {name: Counter() for name in pack.outcomes}
        self.reasons: Counter[str] = Counter()

    @property
    def invalid(self) -> int:
        """How many rows are invalid."""
        return self.statuses["invalid"]

    def add(self, table: Any) -> None:
        """Count the rows of a table."""
        self.rows += table.num_rows
        self.statuses.update(_counted(table, [self.prefix + STATUS], lambda row: row[0]))
        for name, counts in self.outcomes.items():
            values = self._values(name)
            columns = [f"{self.prefix}{name}_state", *values]
            counts.update(_counted(table, columns, lambda row, few=bool(values): (row[0], _said(row[1]) if few else "")))
            del counts["", ""]
        for said, count in _counted(table, [self.prefix + FAULT], lambda row: row[0]).items():
            for reason in APART.split(said) if said else ():
                self.reasons[reason if reason in self.reasons or len(self.reasons) < REASONS else OTHER] += count

    def _values(self, name: str) -> list[str]:
        """The column of an outcome of few values."""
        type_ = self.pack.tables[name].type
        few = type_.kind == "yes_no" or (bool(type_.values) and type_.kind != "set")
        return [f"{self.prefix}{name}"] if few and not type_.fields else []


def _said(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _counted(table: Any, columns: list[str], key: Any) -> Counter[Any]:
    found: Counter[Any] = Counter()
    grouped = table.select(columns).group_by(columns).aggregate([([], "count_all")])
    for row in grouped.to_pylist():
        found[key([row[name] if row[name] is not None else "" for name in columns])] += row["count_all"]
    return found
