# SPDX-License-Identifier: MIT
"""The rules of a generated pack as plain data, which every way of deciding is made from, and rows to decide.

Only what the packs of the bench say is read: ``first`` tables, whose rules test levels (``>=``, equal) and amounts (``>``).
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml
from numpy.typing import NDArray

Codes = NDArray[np.uint8]
MOST = 90_000
"""No amount is larger."""
SCALES = {3: ("none", "mild", "severe"), 5: ("none", "mild", "moderate", "severe", "profound")}


class Test(NamedTuple):
    """One clause of a rule: ``op`` is ``>=`` or ``=`` of a level, ``>`` of an amount."""

    name: str
    op: str
    value: Any


class Rule(NamedTuple):
    """What it tests, all of which must hold, and what the decision then is."""

    tests: tuple[Test, ...]
    then: str


class Table(NamedTuple):
    """The first rule that holds decides."""

    name: str
    rules: tuple[Rule, ...]
    otherwise: str


@dataclass(frozen=True)
class Rules:
    """A pack of the bench. Its levels, lowest first, are shared by all inputs ``levels``, and ``bands`` by all its tables."""

    text: str
    scale: tuple[str, ...]
    bands: tuple[str, ...]
    levels: tuple[str, ...]
    amounts: tuple[str, ...]
    tables: tuple[Table, ...]

    @property
    def inputs(self) -> tuple[str, ...]:
        """Every input."""
        return self.levels + self.amounts

    def place(self, test: Test) -> int:
        """The number that a test compares with, where a level is its place on the scale."""
        number: int = self.scale.index(test.value) if test.name in self.levels else test.value
        return number

    def words(self, test: Test) -> tuple[str, ...]:
        """The levels that pass a test of a level."""
        place = self.scale.index(test.value)
        return self.scale[place:] if test.op == ">=" else (test.value,)


@dataclass(frozen=True)
class Rows:
    """Pupils to decide: a level is the place on its scale, an amount is in whole pounds."""

    columns: dict[str, NDArray[Any]]
    rules: Rules

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def head(self, count: int) -> Rows:
        """The first so many."""
        return Rows({name: column[:count] for name, column in self.columns.items()}, self.rules)

    def dicts(self, amount: Callable[[int], Any] = int) -> list[dict[str, Any]]:
        """A dictionary a pupil, with the words of the levels."""
        words = [np.array(self.rules.scale, dtype=object)[self.columns[name]].tolist() for name in self.rules.levels]
        pounds = [list(map(amount, self.columns[name].tolist())) for name in self.rules.amounts]
        return [dict(zip(self.rules.inputs, row, strict=True)) for row in zip(*words, *pounds, strict=True)]

    def coded(self) -> list[dict[str, int]]:
        """A dictionary a pupil, with the places of the levels."""
        lists = [self.columns[name].tolist() for name in self.rules.inputs]
        return [dict(zip(self.rules.inputs, row, strict=True)) for row in zip(*lists, strict=True)]


def drawn(rules: Rules, count: int, seed: int = 1) -> Rows:
    """So many rows, each value drawn by itself, so that rows are as unlike as they can be."""
    chance = np.random.default_rng(seed)
    columns: dict[str, NDArray[Any]] = {
        name: chance.integers(0, len(rules.scale), count, dtype=np.uint8) for name in rules.levels
    }
    columns |= {name: chance.integers(0, MOST, count, dtype=np.int32) for name in rules.amounts}
    return Rows(columns, rules)


def read(path: Path) -> Rules:
    """The rules of a pack file of the bench."""
    text = path.read_text(encoding="utf-8")
    pack = yaml.load(text, yaml.BaseLoader)  # noqa: S506  # it makes text, lists and mappings only
    levels = tuple(name for name, asked in pack["inputs"].items() if asked["type"] == "scale")
    tables = tuple(_table(decision) for decision in pack["decisions"])
    bands = tuple(pack["decisions"][0]["type"]["scale"])
    amounts = tuple(name for name in pack["inputs"] if name not in levels)
    return Rules(text, tuple(pack["scales"]["need"]), bands, levels, amounts, tables)


def _table(decision: dict[str, Any]) -> Table:
    if decision["hit"] != "first":
        raise SystemExit(f"the bench reads tables whose hit is `first`; that of {decision['decision']} is {decision['hit']}")
    rules = [Rule(tuple(_test(*item) for item in rule["when"].items()), rule["then"]) for rule in decision["rules"][:-1]]
    return Table(decision["decision"], tuple(rules), decision["rules"][-1]["otherwise"])


def _test(name: str, text: str) -> Test:
    op, _, value = text.rpartition(" ")
    return Test(name, op or "=", int(value) if value.isdigit() else value)


def generated(rules: int, inputs: int, seed: int = 1) -> str:
    """A pack of so many rules in three ``first`` tables over so many inputs, one in five of them an amount. Each rule asks three
    levels of five and an amount, so that few rules hold for a pupil and a table of many rules is read far down.
    """
    chance = random.Random(seed)
    amounts = [f"cost_{i}" for i in range(inputs // 5)]
    levels = [f"need_{i}" for i in range(inputs - len(amounts))]
    lines = [
        "format: 1", "id: scaling", 'version: "1.0.0"', "title: A generated pack",
        'authority: {scheme: test, code: "1", name: A council}', "status: illustrative", "in_force: {from: 2025-09-01}",
        "outcomes: [band_0, band_1, band_2]", f"scales: {{need: [{', '.join(SCALES[5])}]}}", "inputs:",
    ]  # fmt: skip
    lines += [f"  {name}: {{ask: {name}, type: scale, scale: need}}" for name in levels]
    lines += [f"  {name}: {{ask: {name}, type: money, unit: GBP/year, min: 0, max: {MOST}}}" for name in amounts]
    lines.append("decisions:")
    for table in range(3):
        lines += [f"- decision: band_{table}", f"  asks: Band {table}?", "  type: {scale: [low, middle, high]}", "  hit: first"]
        lines.append("  rules:")
        for rule in range(rules * (table + 1) // 3 - rules * table // 3 - 1):
            tests = [f"{name}: {chance.choice(SCALES[5])}" for name in chance.sample(levels, 3)]
            tests.append(f'{chance.choice(amounts)}: "> {chance.randrange(1, 90) * 1000}"')
            then = chance.choice(("middle", "high"))
            lines.append(f"    - {{id: T{table}-{rule}, when: {{{', '.join(tests)}}}, then: {then}, because: A line.}}")
        lines.append(f"    - {{id: T{table}-{rules}, otherwise: low, because: No line.}}")
    return "\n".join([*lines, ""])
