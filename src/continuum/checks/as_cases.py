# SPDX-License-Identifier: MIT
"""The examples of a fault as worked cases that can be pasted into a pack, and that hold there as long as the fault does."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator

from continuum.checks.subject import Subject
from continuum.checks.told import written_as
from continuum.compiled import needed
from continuum.engines.completions import TooMany
from continuum.engines.hits import INDICATED, NOT_APPLICABLE, Worked, told_apart
from continuum.proofs.proof import Example
from continuum.proofs.properties import Pair

LONGEST = 48
"""How much of what a fault is about stands in the id of a case; what is longer is cut, and told apart by four digits."""


def case_id(check: str, about: str) -> str:
    """What the ids of the cases of a fault begin with: its check and what it is about."""
    name = re.sub(r"[^a-z0-9]+", "-", about.lower()).strip("-")
    if len(name) > LONGEST:
        name = f"{name[:LONGEST].rpartition('-')[0]}-{hashlib.sha256(about.encode()).hexdigest()[:4]}"
    return f"{check.replace('_', '-')}-{name}"


def worked_case(subject: Subject, name: str, day: dt.date, pair: Pair, profile: Example) -> Iterator[str]:
    """A profile of an example as a worked case of a day, in YAML, with all that surely comes of it."""
    given = {field: value for field, value in profile.values if field in subject.pack.inputs and field not in profile.not_given}
    expected = ((outcome, _expected(subject, day, outcome, given)) for outcome in _outcomes(subject, pair))
    yield f"- id: {name}"
    yield f"  on: {day}"
    yield f"  given: {{{', '.join(f'{field}: {written_as(value)}' for field, value in given.items())}}}"
    yield f"  expect: {{{', '.join(f'{outcome}: {words}' for outcome, words in expected if words)}}}"


def _outcomes(subject: Subject, pair: Pair) -> list[str]:
    """The outcomes of the pack that an example is about; of a decision that is none, those that rest on it."""
    about = [name.partition(".")[0] for name in (pair.outcome, pair.beside) if name]
    outcomes = subject.pack.outcomes
    named = [name for name in about if name in outcomes]
    return named or [name for name in outcomes if set(about) & set(needed(subject.pack, name))]


def _expected(subject: Subject, day: dt.date, outcome: str, given: dict[str, object]) -> str:
    """What an outcome comes to for these answers, whatever the others may be; empty where that is too much to write."""
    try:
        leaves = subject.completions.leaves(outcome, subject.reference.env(given, day))
    except TooMany:
        return ""
    results = list({told_apart(leaf.worked): leaf.worked for leaf in leaves}.values())
    if len(results) == 1:
        same_cause = len({leaf.worked.cause for leaf in leaves}) == 1
        return _written(results[0] if same_cause else results[0]._replace(cause=""))
    if subject.pack.tables[outcome].type.kind not in ("scale", "choice"):
        return ""
    possible = dict.fromkeys(_written(one._replace(cause=one.cause if one.cause == AGREED else "")) for one in results)
    return f"{{possible: [{', '.join(possible)}]}}" if possible else ""


AGREED = "individually_agreed"


def _written(worked: Worked) -> str:
    """A result as a case expects it."""
    if worked.state == INDICATED:
        return f"[{', '.join(worked.value)}]" if isinstance(worked.value, tuple) else written_as(worked.value)
    if worked.state == NOT_APPLICABLE or worked.cause == AGREED:
        return worked.cause or "not_applicable"
    return f"{{refer: {worked.cause}}}" if worked.cause else "refer"
