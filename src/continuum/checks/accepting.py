# SPDX-License-Identifier: MIT
"""Faults that a pack accepts: for a reason, until a day, with the example that was seen and for as many profiles as it was seen.

Another example, or more or fewer profiles, is another fault. Where the profiles are not counted, the example alone stands for it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from continuum.checks.subject import Fault, Subject
from continuum.checks.told import written_as
from continuum.proofs.properties import Pair

DIGITS = 8


@dataclass(frozen=True, slots=True)
class Standing:
    """How a fault stands: ``accepted`` in words, or empty; else what has ``become`` of an acceptance, and ``accept``, the line
    that would let it stand.
    """

    accepted: str = ""
    become: str = ""
    accept: str = ""


def witness_of(fault: Fault) -> str:
    """What stands for a fault: its smallest example and its extent; empty where it has no example."""
    if not fault.witness:
        return ""
    return hashlib.sha256(repr([*_facts(fault.witness[0]), fault.extent]).encode()).hexdigest()[:DIGITS]


def _facts(pair: Pair) -> list[Any]:
    """Everything about an example but the words of it."""
    profiles = [(sorted((name, written_as(value)) for name, value in one.values), one.not_given) for one in pair.profiles]
    results = [(one.state, written_as(one.value), one.cause) for one in pair.outcomes]
    return [pair.outcome, pair.differs, profiles, results]


def standing(check: str, fault: Fault, accepted: Mapping[str, Any] | None, on: dt.date | None) -> Standing:
    """How a fault stands with what the pack accepts of it, on a day; without a day nothing has ended."""
    witness = witness_of(fault)
    if accepted is None:
        return Standing(accept=_line(check, fault, witness))
    if on is not None and on > accepted["until"]:
        return Standing(become=f"it was accepted until {accepted['until']}: decide again")
    if witness and accepted["witness"] != witness:
        was = f"for another example or extent, `{accepted['witness']}`" if accepted["witness"] else "without its example"
        return Standing(become=f"it was accepted {was}: look again, and write witness: {witness} if it may still stand")
    return Standing(accepted=f"accepted until {accepted['until']}: {accepted['because']}")


def _line(check: str, fault: Fault, witness: str) -> str:
    example = f", witness: {witness}" if witness else ""
    return f'- {{check: {check}, about: "{fault.about}", because: "...", until: ...{example}}}'


def rotten(subject: Subject, found: set[tuple[str, str]], checked: set[str]) -> list[tuple[int, Mapping[str, Any]]]:
    """What the pack accepts and no check finds any more, of the checks that were made, with its number."""
    return [
        (i, item)
        for i, item in enumerate(subject.pack.accepted)
        if item["check"] in checked and (item["check"], item["about"]) not in found
    ]
