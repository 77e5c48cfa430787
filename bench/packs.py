# SPDX-License-Identifier: MIT
"""Generated packs to measure with: rules laid out as published schemes lay them out, and rules drawn without any order."""

from __future__ import annotations

import random

LEVELS = ("none", "mild", "moderate", "severe", "profound")
OUTCOMES = ("T0", "T1", "T2", "T3", "T4", "T5")
NEEDS = tuple(f"need_{i}" for i in range(20))
HEAD = [
    "format: 1", "id: generated", 'version: "1.0.0"', "title: A generated pack",
    'authority: {scheme: test, code: "1", name: A council}', "status: illustrative",
    "in_force: {from: 2025-09-01, to: 2026-08-31}",
    f"scales: {{need: [{', '.join(LEVELS)}], tariff: [{', '.join(OUTCOMES)}]}}",
]  # fmt: skip
OTHERS = [
    "  year_group: {ask: Year group?, type: integer, min: 0, max: 14}",
    "  hours: {ask: Hours of support?, type: integer, min: 0, max: 40}",
    "  cycles: {ask: Reviewed cycles?, type: integer, min: 0, max: 10}",
    "  setting: {ask: Setting?, type: choice, of: [mainstream, base, special, alternative]}",
    "  plan: {ask: Plan?, type: yes_no}",
]


def layered(rules: int = 300, seed: int = 1) -> str:
    """A pack of so many rules over 20 needs and 5 other inputs, as schemes of thresholds are: rules read two to five inputs, and
    the further down a table, the lower the thresholds and the outcome. Four tables: a grid, one table for each half of the needs,
    and a tariff that reads these three decisions and five of the needs again.
    """
    chance = random.Random(seed)
    grid = rules // 5
    each = (rules - grid) // 3
    tables = [
        *_grid(grid),
        *_thresholds("learning", "first", each, NEEDS[:10], ("cycles",), chance),
        *_thresholds("wellbeing", "highest", each, NEEDS[10:], ("cycles",), chance),
        *_thresholds("tariff", "first", rules - grid - 2 * each, NEEDS[::4], ("grid", "learning", "wellbeing"), chance),
    ]
    needs = ", ".join(NEEDS)
    properties = [
        "properties:",
        f"  - raising any of [{needs}] never lowers learning, wellbeing, tariff",
        f"  - one step in any of [{needs}] moves tariff by at most 5",
        "  - tariff does not depend on setting",
        "  - learning does not depend on hours, setting",
        "  - a tariff of T5 always reaches one of [T2, T3, T4, T5] in wellbeing",
        f"  - no profile has tariff at least T5 while every one of [{needs}] is at most mild",
    ]
    outcomes = "outcomes: [learning, wellbeing, tariff]"
    return "\n".join([*HEAD, outcomes, *properties, *_inputs(), "decisions:", *tables, ""])


def drawn(rules: int = 300, seed: int = 1) -> str:
    """A pack of as many rules whose tests, inputs and outcomes have nothing to do with each other, in one ``first`` table."""
    chance = random.Random(seed)
    lines = _table("tariff", "first")
    for i in range(rules - 1):
        tests = [
            f"{name}: {chance.choice(LEVELS)}" if chance.random() < 0.5 else f'{name}: "< {chance.choice(LEVELS[1:])}"'  # a coin
            for name in chance.sample(NEEDS, chance.randint(2, 5))
        ]
        lines.append(_rule(f"R-{i}", ", ".join(tests), chance.choice(OUTCOMES)))
    lines.append(f"    - {{id: R-{rules}, otherwise: T0, because: No line.}}")
    return "\n".join([*HEAD, "outcomes: [tariff]", *_inputs(), "decisions:", *lines, ""])


def _inputs() -> list[str]:
    return ["inputs:", *(f"  {name}: {{ask: {name}?, type: scale, scale: need}}" for name in NEEDS), *OTHERS]


def _table(name: str, hit: str) -> list[str]:
    return [f"- decision: {name}", f"  asks: Which {name}?", "  type: {scale: tariff}", f"  hit: {hit}", "  rules:"]


def _rule(name: str, when: str, then: str) -> str:
    return f"    - {{id: {name}, when: {{{when}}}, then: {then}, because: A line.}}"


def _grid(rules: int) -> list[str]:
    """A `unique` table of hours and year groups, as published grids are: bands of hours across, school stages down."""
    stages = ["[0 .. 2]", "[3 .. 6]", "[7 .. 9]", "[10 .. 11]", "[12 .. 14]"]
    across = -(-rules // len(stages))
    edges = [41 * i // across for i in range(across + 1)]
    lines = _table("grid", "unique")
    for row, stage in enumerate(stages):
        for column in range(across):
            when = f'year_group: "{stage}", hours: "[{edges[column]} .. {edges[column + 1] - 1}]"'
            lines.append(_rule(f"G-{row}-{column}", when, OUTCOMES[min(column * len(OUTCOMES) // across, len(OUTCOMES) - 1)]))
    return lines


def _thresholds(
    name: str, hit: str, rules: int, needs: tuple[str, ...], others: tuple[str, ...], chance: random.Random
) -> list[str]:
    """Thresholds that fall with the outcome: of one to four of these needs, and for half of the rules of one of the others; where
    the others are decisions, of two of them and at most two needs.
    """
    layered = "cycles" not in others
    lines = _table(name, hit)
    for i in range(rules - 1):
        top = len(OUTCOMES) - 1 - i * (len(OUTCOMES) - 1) // (rules - 1)  # falls with the order
        asked = chance.sample(needs, chance.randint(0, 2) if layered else chance.randint(2, 4))
        tests = [f'{need}: ">= {LEVELS[max(1, min(4, top - chance.randint(0, 2)))]}"' for need in asked]
        if layered:
            tests += [f'{other}: ">= {OUTCOMES[max(1, top - chance.randint(0, 2))]}"' for other in chance.sample(others, 2)]
        elif chance.random() < 0.5:  # half of them
            tests.append(f'{others[0]}: ">= {chance.choice((1, 2, 3))}"')
        lines.append(_rule(f"{name[0].upper()}-{i}", ", ".join(tests), OUTCOMES[top]))
    lines.append(f"    - {{id: {name[0].upper()}-{rules - 1}, otherwise: T0, because: No line.}}")
    return lines
