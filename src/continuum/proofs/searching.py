# SPDX-License-Identifier: MIT
"""Where something cannot be proved, profiles to try: at and beside every threshold, and spread over the rest. The same each time.

Nothing follows from having found nothing; whoever searches says how many profiles were tried.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import islice
from typing import Any

from continuum.compiled import ABSENT, Lit, Op, Property
from continuum.engines.completions import Line
from continuum.engines.hits import INDICATED
from continuum.proofs.proof import Example, Proof, ordinal, spread, told
from continuum.proofs.properties import Answer, Pair, changed, holds_of

TRIED = 2_000
SPREAD = 8
DRAWS = 20_000
MOST_WRITTEN = 40


def searched(prop: Property, proofs: list[Proof], answer: Answer) -> Answer:
    """The answer to a sentence that is not proved, after a search: broken by what was found, or how many were tried."""
    tried = 0
    for proof in proofs:
        for pair in islice(_pairs(proof, prop), TRIED):
            tried += 1
            if holds_of(proof, prop, pair.profiles) and _is_wrong(proof, prop, pair):
                return replace(answer, verdict="broken", days=(proof.day,), why="", pairs=(pair,))
    what = "profiles were" if prop.form in ("reach", "never") else "pairs of profiles were"
    return replace(answer, why=f"{answer.why}; {tried:,} {what} tried, at and beside every threshold, and none breaks it")


def _pairs(proof: Proof, prop: Property) -> Iterator[Pair]:
    """What a sentence speaks of, one after another: profiles with what becomes of them, two by two where it compares two."""
    parts = dict(prop.parts)
    outcomes = parts.get("outcomes") or (parts["outcome"],)
    names = {name for outcome in outcomes for name in proof.inputs_of(outcome.partition(".")[0])}
    for example in profiles_to_try(proof, names, TRIED):
        for outcome in outcomes:
            base = outcome.partition(".")[0]
            for both, differs in _spoken_of(proof, prop, example):
                yield Pair(both, tuple(proof.decide(one, base) for one in both), outcome, differs)


def _spoken_of(proof: Proof, prop: Property, example: Example) -> Iterator[tuple[tuple[Example, ...], str]]:
    """The profiles that a sentence compares, made from one, and what they differ in."""
    parts, values = dict(prop.parts), example.as_dict()
    if prop.form in ("order", "cliff", "independence"):
        for name in (one for one in parts["inputs"] if values.get(one, ABSENT) is not ABSENT):
            several = _steps_from(proof, name, values[name], near=prop.form == "cliff", up=prop.form != "independence")
            yield from (((example, changed(example, {name: value})), name) for value in several)
    elif prop.form == "never":
        low = {name: _at_most(proof, name, values[name], parts["level"]) for name in parts["inputs"] if name in values}
        yield (changed(example, low),), ""
    elif prop.form == "reach":
        yield (example,), ""
    elif prop.form == "settling":
        settled = proof.decide(example, parts["other"])
        found = settled.value if isinstance(settled.value, tuple) else (settled.value,)
        for value in found if settled.state == INDICATED else ():
            changes = proof.pack.after.get(parts["other"], {}).get(str(value), {})
            if changes:
                yield (example, changed(example, changes)), ", ".join(changes)
    elif parts["same"] == parts["outcome"] and parts["again"] == parts["input"]:
        name = parts["input"]
        yield tuple(changed(example, {name: parts[end]}) for end in ("here", "there")), name


def _steps_from(proof: Proof, name: str, value: Any, *, near: bool, up: bool) -> list[Any]:
    """Values to move an input to: the next one up and the highest, one step up, or others."""
    asked = proof.pack.inputs[name]
    if asked.type.values and asked.type.kind != "yes_no":
        order: list[Any] = list(asked.type.values)
    elif asked.type.kind == "yes_no":
        order = [False, True]
    elif near:
        line = Line(asked, proof.day)
        place = line.index(value) + 1
        return [line.at(place)] if place < line.count else []
    else:
        order = [one for one in values_to_try(proof, name) if one is not ABSENT]
    if not up:
        return [one for one in order if one != value][:SPREAD]
    above = order[order.index(value) + 1 :] if value in order else [one for one in order if one > value]
    return above[:1] if near else list(dict.fromkeys([*above[:1], *above[-1:]]))


def _at_most(proof: Proof, name: str, value: Any, level: str) -> Any:
    type_ = proof.pack.inputs[name].type
    if value is ABSENT:
        return value
    most: Any = Fraction(level) if type_.kind == "number" else level
    order = {one: i for i, one in enumerate(type_.values)} if type_.kind == "scale" else None
    return value if ordinal(value, order) <= ordinal(most, order) else most


def _is_wrong(proof: Proof, prop: Property, pair: Pair) -> bool:
    """Whether the reference engine finds a sentence broken by what it speaks of."""
    parts = dict(prop.parts)
    if prop.form == "independence":
        return told(pair.outcomes[0]) != told(pair.outcomes[1])
    if prop.form == "reach":
        return _missed(proof, parts, pair)
    ranks = [proof.rank_of(pair.outcome, worked, refer_is_highest=prop.refer_is_highest) for worked in pair.outcomes]
    if None in ranks:
        return False
    if prop.form == "never":
        type_ = proof.type_of(pair.outcome)
        order = {one: i for i, one in enumerate(type_.values)} if type_.kind == "scale" else None
        return bool(ranks[0] >= ordinal(Fraction(parts["value"]) if type_.kind == "number" else parts["value"], order))
    if prop.form in ("cliff", "alignment"):
        return bool(abs(ranks[1] - ranks[0]) > Fraction(parts["most"]))
    return bool(ranks[1] > ranks[0] if parts.get("way") == "raises" else ranks[1] < ranks[0])


def _missed(proof: Proof, parts: dict[str, Any], pair: Pair) -> bool:
    """Whether a profile with the outcome that a sentence about reach names comes to none of what it names."""
    there = proof.decide(pair.profiles[0], parts["other"])
    found = set(there.value) if isinstance(there.value, tuple) else {there.value}
    mine = pair.outcomes[0]
    return mine.state == there.state == INDICATED and str(mine.value) == parts["value"] and not found & set(parts["values"])


def profiles_to_try(proof: Proof, names: Iterable[str] = (), most: int = TRIED) -> Iterator[Example]:
    """Profiles that can be: some quite different ones, these with one answer changed (of these names, where some are given), and
    then with several.
    """
    return islice((one for one in _once(_candidates(proof, set(names))) if proof.can_be(one)), most)


def _candidates(proof: Proof, wanted: set[str]) -> Iterator[Example]:
    found = (proof.diagram.cheapest(proof.meaning.possible, costs, lambda value: value is True) for costs in spread(proof))
    bases = [next(proof.concrete(cells)) for cells in found if cells]
    yield from bases
    values = {name: values_to_try(proof, name) for base in bases[:1] for name, _ in base.values if not wanted or name in wanted}
    for base in bases:
        yield from (changed(base, {name: value}) for name, several in values.items() for value in several)
    chance = _numbers()
    names = list(values)
    for _ in range(DRAWS if names else 0):
        base = bases[next(chance) % len(bases)]
        moved = [names[next(chance) % len(names)] for _ in range(2 + next(chance) % 4)]
        yield changed(base, {name: values[name][next(chance) % len(values[name])] for name in moved})


def _once(examples: Iterator[Example]) -> Iterator[Example]:
    seen: set[Example] = set()
    for example in examples:
        if example not in seen:
            seen.add(example)
            yield example


def values_to_try(proof: Proof, name: str) -> list[Any]:
    """Values of an input: one of each cell, those a step below and above, and some between its ends; lowest first."""
    variable, asked = proof.meaning.space.input(name), proof.pack.inputs[name]
    if variable.exact or asked.type.values:
        return list(variable.cells)
    line = Line(asked, proof.day)
    written = [value for value in _written(proof) if isinstance(value, dt.date) == isinstance(line.at(0), dt.date)]
    starts = [line.index(value) for value in (*variable.cells, *written) if value is not ABSENT]
    marks = {place + step for place in starts for step in (-1, 0, 1)} | {
        i * (line.count - 1) // SPREAD for i in range(SPREAD + 1)
    }
    values = [line.at(i) for i in sorted(marks) if 0 <= i < line.count]
    return values + [ABSENT] * asked.optional


def _written(proof: Proof) -> list[Any]:
    """The numbers and days that are written in outcomes and measures: an amount may meet one of them."""
    exprs = [expr for table in proof.pack.tables.values() for rule in table.rules for _, expr in rule.then.values]
    waiting: list[Any] = [*exprs, *(measure.expr for measure in proof.pack.measures.values())]
    found: dict[Any, None] = {}
    while waiting:
        expr = waiting.pop()
        if isinstance(expr, Lit) and expr.type.kind in ("number", "date"):
            found[expr.value] = None
        waiting += expr.args if isinstance(expr, Op) else ()
    return list(found)[:MOST_WRITTEN]


def _numbers() -> Iterator[int]:
    """Numbers in no order that matters, the same each time: a linear congruence, its low digits left out."""
    state = 20_260_901
    while True:
        state = (state * 6_364_136_223_846_793_005 + 1_442_695_040_888_963_407) % 2**64
        yield state >> 33
