# SPDX-License-Identifier: MIT
"""Frames that are not in memory: the tree of the pack over their columns, and what it comes to as the columns of decisions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import narwhals.stable.v2 as nw

from continuum.compiled import Table, needed
from continuum.errors import EngineError, Finding
from continuum.frames.asked import TEXTS, Asked, Column, day_of, ymd
from continuum.frames.door import Rules
from continuum.frames.memory import refused_day
from continuum.frames.output import EXACT, FAULT, INVALID, JOIN, OR, STATUS, layout
from continuum.frames.reading import refusal
from continuum.frames.tables import contradicts, decide
from continuum.frames.terms import (
    Flag,
    Steps,
    Term,
    both,
    chosen,
    chosen_or_null,
    compared,
    counted,
    either,
    first_of,
    lit,
    nay,
    term,
    together,
)  # fmt: skip
from continuum.frames.tree import CannotSay, Result, Tree, Value


def decide_lazily(
    rules: Rules, frame: nw.LazyFrame[Any], inputs: Mapping[str, Any], on: dt.date | str, prefix: str
) -> nw.LazyFrame[Any]:
    """The frame with its decisions, worked out when its engine is asked for them.

    Raises:
        EngineError: CX813, naming an outcome that cannot be said as an expression, and why.
    """
    made = _Made(rules, frame.collect_schema(), inputs, on)
    return made.steps.run(frame, {prefix + name: one for name, one in made.columns().items()})


class _Made:
    """The terms of one frame."""

    def __init__(self, rules: Rules, schema: Mapping[str, Any], inputs: Mapping[str, Any], on: dt.date | str) -> None:
        self.rules, self.pack, self.steps = rules, rules.pack, Steps()
        self.on = on
        self.day_is_covered: Flag = True
        today = self._today(schema, on)
        self.asked: dict[str, Asked] = {
            name: Column(rules.reader, name, inputs[name], schema[inputs[name]], self.steps).read(today)
            for name in self.pack.inputs
        }
        self.tree = Tree(self.pack, self.asked, today, None if isinstance(on, str) else on, self.steps)
        self.results = self._results()
        self.fault = self._fault()

    def _today(self, schema: Mapping[str, Any], on: dt.date | str) -> Any:
        if not isinstance(on, str):
            return ymd(on)
        dtype, cell = schema[on], nw.col(on)
        text = None
        if isinstance(dtype, TEXTS):
            there = nw.when(~cell.is_null()).then(cell.cast(nw.String)).otherwise(lit(""))
            text = self.steps.keep(Term(there.str.strip_chars()))
        number, is_day = day_of(cell, dtype, self.steps, text)
        ends = [compared(">=", number, ymd(self.pack.start))] if self.pack.start else []
        ends += [compared("<=", number, ymd(self.pack.end))] if self.pack.end else []
        self.day_is_covered = self.steps.keep(both(is_day, *ends))
        return self.steps.keep(chosen(self.day_is_covered, number, ymd(self.pack.some_day)))

    def _results(self) -> dict[str, Result]:
        wanted = {name for outcome in self.pack.outcomes for name in needed(self.pack, outcome)}
        found = {}
        for name, table in self.pack.tables.items():
            if name in wanted:
                try:
                    found[name] = self.tree.decided(name, decide(self.tree, table))
                except CannotSay as unsaid:
                    message = f"`{name}` cannot be said as an expression: {unsaid.what}"
                    hint = "decide the frame in memory, as polars, pandas or pyarrow (for instance frame.collect())"
                    raise EngineError(Finding("CX813", message, hint=hint)) from None
        return {name: found[name] for name in self.pack.outcomes}

    def _fault(self) -> Term:
        """What is wrong with each row, or nothing."""
        parts: list[tuple[Flag, str]] = []
        for name, asked in self.asked.items():
            parts += [(flag, refusal(self.rules.reader, name, code)) for code, flag in asked.faults.items()]
        if isinstance(self.on, str):
            parts.append((nay(self.day_is_covered), refused_day(self.pack, self.on)))
        parts += [
            (both(self.day_is_covered, asked.beyond_today), refusal(self.rules.reader, name, "CX503"))
            for name, asked in self.asked.items()
        ]
        wrong = self.steps.keep(either(*(flag for flag, _ in parts)))
        try:
            entries = [(contradicts(self.tree, entry), entry.because) for entry in self.pack.impossible]
        except CannotSay as unsaid:
            message = f"an entry of `impossible` cannot be said as an expression: {unsaid.what}"
            raise EngineError(Finding("CX813", message, hint="decide the frame in memory")) from None
        sure = [(self.steps.keep(truth.must), f"the profile contradicts itself: {because}") for truth, because in entries]
        self.invalid: Flag = self.steps.keep(either(wrong, *(flag for flag, _ in sure)))
        words = first_of(sure, "")
        said = chosen(wrong, together(parts, JOIN), words) if parts else words
        return chosen_or_null(self.invalid, said)

    # what comes out

    def columns(self) -> dict[str, Term]:
        """The columns of decisions, by their names."""
        found: dict[str, Any] = {}
        states = {name: _State(self, self.pack.tables[name], result) for name, result in self.results.items()}
        referred = either(*(one.referred for one in states.values()))
        ranged = either(*(one.ranged for one in states.values()))
        out = both(*(one.out for one in states.values()))
        status = [(self.invalid, INVALID), (referred, "refer"), (ranged, "range"), (out, "out_of_scope")]
        found[STATUS] = first_of(status, "indicated")
        found[FAULT] = self.fault
        found[EXACT] = chosen_or_null(nay(self.invalid), nay(ranged))
        for one in states.values():
            found |= one.columns()
        kinds = layout(self.pack, "")
        return {name: term(lambda one, dtype=kinds[name]: one.cast(dtype), found[name]) for name in kinds}


class _State:
    """One outcome as columns."""

    def __init__(self, made: _Made, table: Table, result: Result) -> None:
        self.made, self.table, self.result = made, table, result
        keep = made.steps.keep
        flags = (result.indicated, result.referred, result.agreed, result.not_applicable)
        value = result.value
        if value is None:
            wide = either(*(both(one.may, nay(one.must)) for one in result.members))
        else:
            wide = False if value.low is value.high else _apart(value)
        self.valid = nay(made.invalid)
        self.ranged = keep(either(compared(">=", counted(flags), 2), both(result.indicated, wide)))
        settled = nay(self.ranged)
        self.referred = keep(both(settled, either(result.referred, result.agreed)))
        self.out = keep(both(settled, result.not_applicable))
        self.indicated = keep(both(self.valid, settled, result.indicated))

    def columns(self) -> dict[str, Any]:
        """Its value, state, rules, what is possible, and the ends of a range."""
        name, type_, result, valid = self.table.name, self.table.type, self.result, self.valid
        state = first_of([(self.ranged, "range"), (self.referred, "refer"), (self.out, "not_applicable")], "indicated")
        found = {
            name: chosen_or_null(self.indicated, self._value()),
            f"{name}_state": chosen_or_null(valid, state),
            f"{name}_rules": chosen_or_null(valid, together([(flag, rule) for flag, rule in result.rules], JOIN)),
            f"{name}_possible": chosen_or_null(both(valid, self.ranged), self._possible()),
        }
        if type_.ordered and result.value is not None:
            may = both(valid, self.ranged, result.indicated)
            found[f"{name}_lowest"] = chosen_or_null(may, shown(result.value.low, result.value))
            found[f"{name}_highest"] = chosen_or_null(may, shown(result.value.high, result.value))
        return found

    def _value(self) -> Any:
        if self.result.value is None:
            return together(
                [(one.must, value) for one, value in zip(self.result.members, self.table.type.values, strict=True)], JOIN
            )
        return shown(self.result.value.low, self.result.value)

    def _possible(self) -> Any:
        """Every value that is still possible, or of a set every member; where a number is open, only the states."""
        result, type_ = self.result, self.table.type
        parts: list[tuple[Flag, Any]] = []
        if result.value is None:
            members = [(both(one.may, result.indicated), value) for one, value in zip(result.members, type_.values, strict=True)]
            parts.append((result.indicated, together(members, JOIN)))
        elif type_.kind == "yes_no":
            parts += [(both(result.indicated, nay(result.value.low)), "no"), (both(result.indicated, result.value.high), "yes")]
        elif type_.values:
            low, high = result.value.low, result.value.high
            parts += [
                (both(result.indicated, compared("<=", low, at), compared(">=", high, at)), value)
                for at, value in enumerate(type_.values)
            ]
        else:
            parts.append((both(result.indicated, nay(_apart(result.value))), shown(result.value.low, result.value)))
        parts += [(result.referred, "refer"), (result.not_applicable, "not_applicable"), (result.agreed, "individually_agreed")]
        return together(parts, OR)


def _apart(value: Value) -> Flag:
    if value.type.kind == "yes_no":
        return both(value.high, nay(value.low))
    return compared("<", value.low, value.high)


def shown(number: Any, value: Value) -> Any:
    """A value as it is handed out, from its place, its number or its day."""
    type_ = value.type
    if type_.kind == "yes_no":
        return number
    if type_.values:
        return first_of([(compared("=", number, at), word) for at, word in enumerate(type_.values)][1:], type_.values[0])
    if type_.kind == "date":
        text = term(lambda one: (one + 100_000_000).cast(nw.String), number)
        return term(
            lambda one: nw.concat_str([one.str.slice(1, 4), one.str.slice(5, 2), one.str.slice(7, 2)], separator="-"), text
        )
    return _whole(number, value) if type_.whole else _decimal(number, value)


def _whole(number: Any, value: Value) -> Any:
    return number if value.scale == 1 else term(lambda one: one // lit(value.scale), number)


def _decimal(number: Any, value: Value) -> Any:
    """A number as decimal text: with its places where it has them, else with as many as it needs."""
    wanted = value.type.places
    places = next((p for p in range(19) if 10**p % value.scale == 0), None)
    if places is None:
        raise CannotSay("a number without an end")
    places = max(places, wanted or 0)
    units = term(lambda one: one * lit(10**places // value.scale), number)
    size = term(lambda one: nw.when(one < lit(0)).then(lit(0) - one).otherwise(one), units)
    whole = term(lambda one: (one // lit(10**places)).cast(nw.String), size)
    sign = chosen(compared("<", units, 0), "-", "")
    if not places:
        return together([sign, whole], "")
    digits = term(lambda one: (one % lit(10**places) + lit(10**places)).cast(nw.String).str.slice(1, places), size)
    text = together([sign, whole, ".", digits], "")
    return text if wanted is not None else term(lambda one: one.str.replace_all(r"\.?0+$", ""), text)
