# SPDX-License-Identifier: MIT
"""The columns that decisions become: the same from every engine.

Yes or no is a boolean and a whole number an integer. All else is text: an amount with its places, so that no engine makes a
floating point number of it (a plain pandas frame has no exact type for it, and engines differ in how far theirs reach), a day as
``2025-09-01``, several values joined with ``"; "``. Text is exact everywhere, and one cast away from the engine's own type.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

import narwhals.stable.v2 as nw

from continuum.compiled import CompiledPack, Type
from continuum.decisions import Outcome

JOIN: Final = "; "
OR: Final = " or "
STATUS, FAULT, EXACT = "status", "fault", "exact"
INVALID: Final = "invalid"


def kind(type_: Type) -> Any:
    """The kind of column for values of a type."""
    if type_.kind == "yes_no":
        return nw.Boolean
    return nw.Int64 if type_.kind == "number" and type_.whole else nw.String


def columns_of(name: str, type_: Type) -> dict[str, Any]:
    """The columns of one outcome: its value (or one for each of several), state, rules, and the ends of a range."""
    values = {f"{name}_{part}": kind(inner) for part, inner in type_.fields} if type_.fields else {name: kind(type_)}
    ends = {f"{name}_{end}": kind(type_) for end in ("lowest", "highest")} if type_.ordered else {}
    return {**values, f"{name}_state": nw.String, f"{name}_rules": nw.String, f"{name}_possible": nw.String, **ends}


def layout(pack: CompiledPack, prefix: str) -> dict[str, Any]:
    """Every column that decisions add, with its kind, in order."""
    found = {STATUS: nw.String, FAULT: nw.String, EXACT: nw.Boolean}
    for name in pack.outcomes:
        found |= columns_of(name, pack.tables[name].type)
    return {prefix + name: one for name, one in found.items()}


def cells(outcome: Outcome, type_: Type) -> list[Any]:
    """One outcome as the cells of its columns."""
    if type_.fields:
        values = [None if outcome.value is None else cell(outcome.value[part], inner) for part, inner in type_.fields]
    else:
        values = [cell(outcome.value, type_)]
    ends = [cell(outcome.lowest, type_), cell(outcome.highest, type_)] if type_.ordered else []
    possible = None if outcome.state != "range" else OR.join(_possible(outcome, type_))
    return [*values, outcome.state, joined(outcome.rules), possible, *ends]


def _possible(outcome: Outcome, type_: Type) -> list[str]:
    """What is still possible; of a set its possible members."""
    if type_.kind != "set":
        return [written(one) for one in outcome.possible]
    sets = [one for one in outcome.possible if isinstance(one, tuple)]
    members = joined(value for value in type_.values if any(value in one for one in sets))
    return [members] * bool(sets) + [one for one in outcome.possible if isinstance(one, str)]


def cell(value: Any, type_: Type) -> Any:
    """One value as a cell; None where there is none."""
    return value if value is None or kind(type_) is not nw.String else written(value)


def written(value: Any) -> str:
    """A value as text, exactly."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{name}: {written(one)}" for name, one in value.items())
    if isinstance(value, tuple):
        return joined(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def joined(words: Iterable[str]) -> str:
    """Several as one text."""
    return JOIN.join(words)
