# SPDX-License-Identifier: MIT
"""The nearest changes and the two sides of an outcome in plain words."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Iterator
from typing import Any

from continuum.compiled import CompiledPack, Input
from continuum.decisions import Outcome
from continuum.engines.completions import Line
from continuum.explain import WIDTH, advice, heading, outcome_words
from continuum.nearest.changes import Change, Nearest
from continuum.nearest.sides import Side, Sides
from continuum.reasons import shown

CLAIMS = {"at_least": "At least {} because", "at_most": "At most {} because", "exactly": "{} because"}
FEW = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def told(pack: CompiledPack, found: Nearest, sides: Sides) -> str:
    """What would change an outcome, and what holds it, for people who look at the profile together."""
    lines = [*heading(pack, found.pack, found.on), *_changes(pack, found), *_sides(pack, sides), "", advice(pack)]
    return "\n".join(part for line in lines for part in _wrapped(line)) + "\n"


def _wrapped(line: str) -> list[str]:
    hang = " " * (len(line) - len(line.lstrip())) + "  " * line.lstrip().startswith("- ")
    return textwrap.wrap(line, WIDTH, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False) or [""]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _changes(pack: CompiledPack, found: Nearest) -> Iterator[str]:
    label = _capital(pack.label(found.outcome))
    yield f"{label}: {outcome_words(pack, found.outcome, found.current)}"
    yield ""
    if not found.ways:
        yield f"{_asked(pack, found)}: {found.because}."
        return
    yield f"{_asked(pack, found)}: {_size(found)}"
    same: dict[tuple[str, str], list[str]] = {}
    for way in found.ways:
        changes = [_change(pack, change, found.on) for change in way.changes]
        gives = outcome_words(pack, found.outcome, way.gives)
        if len(changes) == 1:
            same.setdefault((changes[0][1], gives), []).append(changes[0][0])
        else:
            same[" and ".join(": ".join(change) for change in changes), gives] = []
    for (change, gives), names in same.items():
        yield f"- {_either(names)}{change}. Then: {gives}"
    if found.more:
        yield "- and other sets of this size"
    yield "It is proved that nothing smaller does it." if found.exact else f"{_capital(found.because)}."


def _asked(pack: CompiledPack, found: Nearest) -> str:
    if not found.to:
        return f"The smallest changes that would {'settle it' if found.current.state == 'range' else 'give another outcome'}"
    type_ = pack.tables[found.outcome].type
    return (
        f"The smallest changes that would give {pack.value_label(found.outcome, type_, found.to) if type_.values else found.to}"
    )


def _size(found: Nearest) -> str:
    answers = f"{_number(found.inputs)} answer{'' if found.inputs == 1 else 's'}"
    return f"{answers}, {_number(found.steps)} step{'' if found.steps == 1 else 's'}"


def _number(number: int) -> str:
    return FEW[number] if number < len(FEW) else str(number)


def _either(names: list[str]) -> str:
    """The inputs of which one is enough."""
    return f"any one of {', '.join(names)}: " if len(names) > 1 else "".join(f"{name}: " for name in names)


def _change(pack: CompiledPack, change: Change, on: dt.date) -> tuple[str, str]:
    """The input, and what its answer would be."""
    asked = pack.inputs[change.field]
    now = "not known now" if change.was is None else f"now {value_words(pack, asked, change.was)}"
    return _capital(pack.label(change.field)), f"{_becomes(pack, asked, change, on)} ({now})"


def _becomes(pack: CompiledPack, asked: Input, change: Change, on: dt.date) -> str:
    """The new answer; of a number or date the whole stretch that does the same."""
    if change.low is None or change.low == change.high:
        return value_words(pack, asked, change.becomes)
    low, high = (value_words(pack, asked, end) for end in (change.low, change.high))
    line, number = Line(asked, on), asked.type.kind == "number"
    if change.high == line.at(line.count - 1):
        return f"{low} or {'more' if number else 'later'}"
    if change.low == line.low:
        return f"{high} or {'less' if number else 'earlier'}"
    return f"{low} to {high}"


def value_words(pack: CompiledPack, asked: Input, value: Any) -> str:
    """An answer as a person reads it."""
    return "said to be none" if value == "absent" else shown(pack, asked.name, asked.type, value)


def _sides(pack: CompiledPack, sides: Sides) -> Iterator[str]:
    """The sides there are, and how much they say."""
    yield ""
    found = [side for side in (sides.exactly, sides.at_least, sides.at_most) if side is not None]
    for side in found:
        yield from _side(pack, sides, side)
    if sides.because:
        yield f"Which answers hold it there cannot be told: {sides.because}."
    else:
        these = "Each list is" if len(found) > 1 else "These answers are"
        yield f"{these} enough, whatever the other answers were, and none of them can be left out."


def _side(pack: CompiledPack, sides: Sides, side: Side) -> Iterator[str]:
    """A side, with inputs of the same answer on one line."""
    yield CLAIMS[side.claim].format(_claimed(pack, sides.outcome, sides.current, side))
    same: dict[str, list[str]] = {}
    for answer in side.because:
        asked = pack.inputs[answer.field]
        words = "not known" if answer.value is None else value_words(pack, asked, answer.value)
        same.setdefault(words if asked.type.kind == "scale" else f"{answer.field} {words}", []).append(answer.field)
    for words, names in same.items():
        yield f"- {', '.join(_capital(pack.label(name)) for name in names)}: {words.removeprefix(f'{names[0]} ')}"
    if not side.because:
        yield "- no answer could make it otherwise"


def _claimed(pack: CompiledPack, name: str, now: Outcome, side: Side) -> str:
    end = {"at_least": now.lowest, "at_most": now.highest}.get(side.claim)
    if now.state == "range" and end is not None:
        return shown(pack, name, pack.tables[name].type, end)
    return outcome_words(pack, name, now)
