# SPDX-License-Identifier: MIT
"""The outcome that somebody wants, as they write it, as a test of what a decision comes to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from continuum.arithmetic import exact
from continuum.compiled import CompiledPack, Type
from continuum.engines.hits import INDICATED
from continuum.errors import listed, nearest
from continuum.nearest.walk import Told
from continuum.packs.model import DAY, NUMBER

STATES = ("refer", "not_applicable", "individually_agreed")


def meant(pack: CompiledPack, outcome: str, to: Any) -> Callable[[Told], bool] | None:
    """Whether a result is the one wanted; None where any other will do.

    Raises:
        ValueError: where there is no such outcome, or it cannot come to that.
    """
    if outcome not in pack.outcomes:
        message = f"`{outcome}` is not an outcome of {pack.id}; expected {listed(pack.outcomes, 30)}"
        raise ValueError("; ".join(filter(None, [message, nearest(outcome, pack.outcomes)])))
    if to is None:
        return None
    if to in STATES:
        return lambda told: _state(told) == to
    type_ = pack.tables[outcome].type
    value = _value(pack, outcome, type_, to)
    if value is None:
        words = _words(pack, outcome, type_)
        message = f"`{outcome}` cannot come to `{to}`; expected {_expected(type_)}{listed(STATES)}"
        raise ValueError("; ".join(filter(None, [message, nearest(str(to), [*words, *STATES])])))
    if type_.kind == "set":
        return lambda told: told[0] == INDICATED and value in told[1]
    return lambda told: told[0] == INDICATED and bool(told[1] == value)


def _state(told: Told) -> str:
    return "individually_agreed" if told[2] else str(told[0])


def _value(pack: CompiledPack, outcome: str, type_: Type, to: Any) -> Any:
    """The value meant, None where it is none of the outcome's type."""
    if type_.kind == "yes_no":
        return {"yes": True, "no": False, "true": True, "false": False}.get(str(to).lower())
    if type_.values:
        words = _words(pack, outcome, type_)
        return words.get(str(to)) or words.get(str(to).lower())
    if type_.kind == "number":
        return _number(to)
    if type_.kind == "date":
        return to if isinstance(to, dt.date) else dt.date.fromisoformat(to) if isinstance(to, str) and DAY.match(to) else None
    return None


def _number(to: Any) -> Any:
    if isinstance(to, str) and NUMBER.match(to):
        to = Decimal(to)
    try:
        return exact(to) if isinstance(to, int | Decimal) and not isinstance(to, bool) else None
    except (InvalidOperation, ValueError):
        return None


def _words(pack: CompiledPack, outcome: str, type_: Type) -> dict[str, str]:
    """Every way to write a value: its name and its label."""
    found: dict[str, str] = {}
    for value in type_.values:
        for word in (value, pack.value_label(outcome, type_, value)):
            found.setdefault(word, value)
            found.setdefault(word.lower(), value)
    return found


def _expected(type_: Type) -> str:
    if type_.values:
        return f"{listed(type_.values, 30)}, "
    kinds = {"number": "a number, ", "date": "a day written 2025-10-01, ", "yes_no": "yes, no, "}
    return kinds.get(type_.kind, "")
