# SPDX-License-Identifier: MIT
"""A profile of a region, decided by the reference engines of both packs before it is shown, as cases to paste."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, product
from typing import Any

from continuum.comparing.results import Change, Results, Told
from continuum.comparing.same_space import NEW, OLD, SameSpace, behind
from continuum.compiled import ABSENT, CompiledPack, Known, Read, condition_reads, needed, reads
from continuum.engines.completions import Line
from continuum.engines.hits import Worked
from continuum.errors import EngineError, Finding

TRIES = 500


@dataclass(frozen=True, slots=True)
class Witness:
    """One profile as each pack is asked about it, and what both reference engines decided: the old pack's first.

    Attributes:
        days: the day for which each decided.
        given: the fields that say it, by name; what is blank, or has no part in it, is left out.
        results: what each came to.
        outcomes: what each calls the outcome.
    """

    days: tuple[dt.date, dt.date]
    given: tuple[tuple[tuple[str, Any], ...], tuple[tuple[str, Any], ...]]
    results: tuple[Worked, Worked]
    outcomes: tuple[str, str]


class Witnesses:
    """Finds profiles of one outcome."""

    def __init__(self, space: SameSpace, results: Results, lens: Callable[[Told, Told], Change | None]) -> None:
        self.space, self.results, self.lens = space, results, lens
        self.read = [set(read_by(s.pack, name)) for s, name in zip(space.sides, results.names, strict=True)]

    def witness(self, where: int, expected: Change | None, *, certain: bool) -> Witness | None:
        """The smallest profile of a set, with the change it must come to, or without one any change. Unless it is
        ``certain`` that each of them comes to it others are tried too; None where none is found.

        Raises:
            EngineError: CX703, where the reference engines do not come to the change that is expected.
        """
        cells = self.space.diagram.cheapest(where, [range(len(v.cells)) for v in self.space.variables]) or {}
        for values, left_out in self._profiles(cells, where, wide=not certain):
            results = [self._decided(side, values[side], left_out) for side in (OLD, NEW)]
            told = [self.results.told(side, worked) for side, worked in enumerate(results) if worked is not None]
            found = self.lens(*told) if len(told) == len(results) else None
            if found and (expected is None or (expected.old.fits(found.old) and expected.new.fits(found.new))):
                given = tuple(tuple(self._given(side, values[side], left_out)) for side in (OLD, NEW))
                days = (self.space.sides[OLD].day, self.space.sides[NEW].day)
                return Witness(days, given, tuple(results), self.results.names)  # type: ignore[arg-type]  # two of each
        if not certain:
            return None
        names = " and ".join(f"{s.pack.id} {s.pack.version}" for s in self.space.sides)
        message = f"the diagrams of {names} and the reference engine differ on {self.results.names[NEW]}; nothing is reported"
        raise EngineError(Finding("CX703", message, hint="report this with the ids, versions and digests of both packs"))

    def _profiles(self, cells: Mapping[int, int], where: int, *, wide: bool) -> Iterator[tuple[Any, frozenset[str]]]:
        """The profile of some cells by side, with the inputs that were not given; ``wide``, also others of the set."""
        left_out = frozenset(
            variable.name
            for i, variable in enumerate(self.space.variables)
            if variable.kind == "given" and not variable.cells[cells[i]].values[NEW]
        )
        first = {v.name: v.cells[cells[i]].values for i, v in enumerate(self.space.variables) if v.kind == "input"}
        yield [self._side(side, first) for side in (OLD, NEW)], left_out
        if not wide:
            return
        tries = {v.name: self._tries(v) for v in self.space.variables if v.kind == "input" and self._worked_with(v)}
        for chosen in islice(product(*tries.values()), TRIES):
            moved = first | dict(zip(tries, chosen, strict=True))
            values = {name: pair[NEW] if pair[NEW] is not None else pair[OLD] for name, pair in moved.items()}
            if self.space.holds(where, values, tuple(left_out)):
                yield [self._side(side, moved) for side in (OLD, NEW)], left_out

    def _worked_with(self, variable: Any) -> bool:
        """Whether amounts may be worked out from an input: numbers and days, that the outcome rests on."""
        asked = self._asked(variable)
        return not asked.type.values and any(variable.names[side] in self.read[side] for side in (OLD, NEW))

    def _asked(self, variable: Any) -> Any:
        side = NEW if variable.names[NEW] else OLD
        return self.space.sides[side].pack.inputs[variable.names[side]]

    def _tries(self, variable: Any) -> list[tuple[Any, Any]]:
        """A value of each cell, and some spread over all."""
        side = NEW if variable.names[NEW] else OLD
        line = Line(self._asked(variable), self.space.sides[side].day)
        spread = [line.at(i * (line.count - 1) // 8) for i in range(9)]
        absent = [cell.values for cell in variable.cells if ABSENT in cell.values]
        values = dict.fromkeys([cell.values[side] for cell in variable.cells if ABSENT not in cell.values] + spread)
        return [*map(variable.pair, values), *absent]

    def _side(self, side: int, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values of one side's inputs, by its names; an input that nobody reads has its first value."""
        one = self.space.sides[side]
        named = {v.names[side]: values[v.name][side] for v in self.space.variables if v.kind == "input" and v.names[side]}
        rest = {name: one.completions.first(asked, one.day) for name, asked in one.pack.inputs.items() if name not in named}
        return {**named, **rest}

    def _decided(self, side: int, values: Mapping[str, Any], left_out: frozenset[str]) -> Worked | None:
        """What the reference engine decides; None where the pack calls the profile impossible."""
        one, said = self.space.sides[side], self.space.said[side]
        env = one.reference.env(dict(values), one.day, frozenset(name for name in values if said[name] not in left_out))
        if one.completions.contradiction(env) is not None:
            return None
        worked: Worked = env[self.results.names[side]]
        return worked

    def _given(self, side: int, values: Mapping[str, Any], left_out: frozenset[str]) -> Iterator[tuple[str, Any]]:
        """The fields that a case needs."""
        pack, said = self.space.sides[side].pack, self.space.said[side]
        for name, asked in pack.inputs.items():
            if (
                name in self.read[side]
                and said[name] not in left_out
                and not (asked.blank is not None and asked.blank == values[name])
            ):
                yield name, values[name]


def read_by(pack: CompiledPack, outcome: str) -> Iterator[str]:
    """The inputs that an outcome rests on, and those that what is impossible reads."""
    tables = [pack.tables[name] for name in needed(pack, outcome) if name in pack.tables]
    conditions = [rule.condition for table in tables for rule in table.rules] + [item.condition for item in pack.impossible]
    found = [one for condition in conditions for one in condition_reads(condition)]
    found += [one for table in tables for rule in table.rules for _, expr in rule.then.values for one in reads(expr)]
    for one in found:
        if isinstance(one, Read | Known):
            yield from (name.rstrip("?") for name in behind(pack, one) if name.rstrip("?") in pack.inputs)
