# SPDX-License-Identifier: MIT
"""What is said of a region and of results, in the words of the newer pack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from continuum.arithmetic import as_decimal
from continuum.comparing.regions import Feature
from continuum.comparing.results import Amount, Results, Told
from continuum.comparing.same_space import NEW, OLD, SameSpace, Shared
from continuum.compiled import ABSENT, Type
from continuum.engines.hits import INDICATED, NOT_APPLICABLE
from continuum.proofs.meaning import Raised

CAUSES = {
    "gap": "no rule covers it", "conflict": "rules conflict", "rule": "people decide", "decision": "it rests on another decision",
    "unpublished": "not published", "arithmetic": "it cannot be worked out",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that holds of a region: of what, what it is, in words, and the values as a pack writes them; of numbers and days
    the first and last of each stretch.
    """

    name: str
    kind: str
    words: str
    values: tuple[str, ...]


class Words:
    """The words for one pair of packs."""

    def __init__(self, space: SameSpace) -> None:
        self.space = space
        self.old, self.new = (side.pack for side in space.sides)
        self.inputs = {variable.name: variable for variable in space.variables if variable.kind == "input"}

    # results

    def result(self, results: Results, side: int, told: Told) -> str:
        """A result of one outcome."""
        if told.state == NOT_APPLICABLE:
            return "not applicable"
        if told.agreed:
            return "agreed individually"
        if told.state != INDICATED:
            to = f" to {told.to}" if told.to else ""
            return f"referred{to} ({CAUSES.get(told.cause, told.cause)})"
        return self._value(results, side, told.value)

    def member(self, results: Results, value: str, *, there: bool) -> str:
        """Whether a value is one of a set."""
        side = NEW if value in results.types[NEW].values else OLD
        return ("with " if there else "without ") + self._one(side, results.names[side], results.types[side], value)

    def _value(self, results: Results, side: int, value: Any) -> str:
        type_, name = results.types[side], results.names[side]
        if type_.fields and isinstance(value, tuple):
            fields = dict(type_.fields)
            shown = dict(value)
            return ", ".join(
                f"{part.replace('_', ' ')} {self._one(side, f'{name}.{part}', fields[part], shown[part])}" for part in fields
            )
        if type_.kind == "set" and not isinstance(value, Amount):
            return ", ".join(self._one(side, name, type_, one) for one in value) or "nothing"
        return self._one(side, name, type_, value)

    def _one(self, side: int, owner: str, type_: Type, value: Any) -> str:
        if isinstance(value, Amount):
            return "a value worked out from the profile" if type_.kind != "number" else "an amount worked out from the profile"
        if type_.kind in ("scale", "choice", "set"):
            pack = self.new if side == NEW or (value in type_.values and value in self._newer(owner)) else self.old
            return pack.value_label(owner, type_, value)
        unit = f" {type_.unit_words()}" if type_.unit else ""
        return plain(value, type_.places) + unit

    def _newer(self, owner: str) -> tuple[str, ...]:
        """The values of an outcome in the newer pack."""
        name = self.space.names.outcomes.get(owner, owner)
        return self.new.tables[name].type.values if name in self.new.tables else ()

    # regions

    def said(self, said: Mapping[Feature, tuple[Any, ...]]) -> tuple[Condition, ...]:
        """What is said of a region: decisions first, then measures and inputs, those of a group together."""
        order = sorted(said.items(), key=lambda one: ("decision", "measure", "input", "given").index(one[0].kind))
        return tuple(self._condition(feature, values) for feature, values in order)

    def _condition(self, feature: Feature, values: tuple[Any, ...]) -> Condition:
        name = feature.name
        if feature.kind == "given":
            word = "given" if values == (0,) else "not given"
            return Condition(name, "given", f"{self.label(name)}: {word}", ("yes" if values == (0,) else "no",))
        if feature.kind == "input":
            return self._input(self.inputs[name], values)
        if feature.kind == "decision":
            results = tuple(self._decision(name, value) for value in values)
            return Condition(name, "decision", f"{self.label(name)}: {_or(results)}", results)
        texts, words = self._measured(name, feature, values)
        return Condition(name, "measure", f"{self.label(name)}: {words}", texts)

    def label(self, name: str) -> str:
        """What a name is called; one that only the old pack has, by its own words."""
        return (self.new if name in self.new.terms else self.old).label(name)

    def _decision(self, name: str, told: tuple[Told, ...]) -> str:
        old = next((one for one, other in self.space.names.outcomes.items() if other == name), name)
        results = Results(self.space, (old, name))
        words = [
            self.result(results, side, one) for side, one in zip((NEW,) if len(told) == 1 else (OLD, NEW), told, strict=True)
        ]
        return f"changes from {words[0]} to {words[1]}" if len(words) == 2 else words[0]  # from and to

    def _input(self, variable: Shared, places: tuple[int, ...]) -> Condition:
        side = NEW if variable.names[NEW] else OLD
        asked = self.space.sides[side].pack.inputs[variable.names[side]]
        cells = [(variable.cells[i].values[side], variable.last(variable.cells[i])) for i in range(len(variable.cells))]
        there = [i for i, (value, _) in enumerate(cells) if value is not ABSENT]
        absent = any(cells[i][0] is ABSENT for i in places)
        chosen = [i for i in places if i in there]
        runs = [] if chosen == there else list(_runs(chosen))
        ordered = asked.type.ordered

        def say(value: Any) -> str:
            if asked.type.values and not isinstance(value, bool):
                return self.space.sides[side].pack.value_label(asked.name, asked.type, value)
            return plain(value, 2 if asked.type.money and Fraction(value).denominator != 1 else None)

        words: list[str] = []
        if runs and ordered:
            ends = there[0], there[-1]
            words = [_range(say(cells[i][0]), say(cells[j][1]), first=i == ends[0], last=j == ends[1]) for i, j in runs]
        elif runs:
            words = [say(cells[i][0]) for i in chosen]
        if not ordered and len(there) > 3 and len(chosen) * 2 > len(there) and runs:  # a short list is clearer
            words = ["not " + _or([say(cells[i][0]) for i in there if i not in chosen])]
        if not chosen and absent:
            words = ["absent"]
        elif absent and runs:
            words.append("absent")
        elif not runs and not absent:
            words = ["not absent"]
        texts = (
            tuple(
                written(cells[low][0])
                if cells[low][0] == cells[high][1]
                else f"{written(cells[low][0])} to {written(cells[high][1])}"
                for low, high in (_runs(chosen) if ordered else ((i, i) for i in chosen))
            )
            + ("absent",) * absent
        )
        return Condition(variable.name, "input", f"{self.label(variable.name)}: {_or(words)}", texts)

    def _measured(self, name: str, feature: Feature, values: tuple[Any, ...]) -> tuple[tuple[str, ...], str]:
        type_ = self.new.measures[name].expr.type
        order = [one for one in feature.values if not isinstance(one, Raised) and one is not ABSENT]
        if type_.ordered:
            order.sort(key=type_.values.index if type_.kind == "scale" else None)
        places = [i for i, one in enumerate(order) if one in values]

        def say(value: Any) -> str:
            return self.new.value_label(name, type_, value) if type_.values and not isinstance(value, bool) else plain(value)

        if type_.ordered:
            words = [
                _range(say(order[low]), say(order[high]), first=low == 0, last=high == len(order) - 1)
                for low, high in _runs(places)
            ]
        else:
            words = [say(order[i]) for i in places]
        words += ["absent"] * (ABSENT in values)
        words += ["that cannot be worked out"] * any(isinstance(one, Raised) for one in values)
        return tuple(words), _or(words)


def _runs(places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The stretches of numbers that follow each other."""
    if not places:
        return
    ends = [0, *(i for i, (one, after) in enumerate(pairwise(places), 1) if after != one + 1), len(places)]
    yield from ((places[low], places[high - 1]) for low, high in pairwise(ends))


def _range(low: str, high: str, *, first: bool, last: bool) -> str:
    if low == high:
        return low
    if last:
        return f"{low} or more"
    return f"{high} or less" if first else f"{low} to {high}"


def _or(words: Sequence[str]) -> str:
    return ", ".join(words[:-1]) + (" or " if len(words) > 1 else "") + words[-1] if words else ""


def plain(value: Any, places: int | None = None) -> str:
    """A value for a reader: yes, no, a number with its thousands apart, a day."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | Fraction):
        return f"{as_decimal(value, places):,}"
    return str(value)


def written(value: Any) -> str:
    """A value as a pack writes it."""
    if value is ABSENT:
        return "absent"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {written(part)}" for name, part in value.items()) + "}"
    if isinstance(value, tuple):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, int | Fraction):
        return f"{as_decimal(value, None).normalize():f}"
    return str(value)
