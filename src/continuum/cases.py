# SPDX-License-Identifier: MIT
"""Worked examples: each case of a pack is decided and held against what it expects."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from continuum.compiled import Type
from continuum.decisions import Decision, Outcome
from continuum.engines.hits import hashable
from continuum.errors import ContinuumError, Finding, Place, ProfileError, listed, nearest
from continuum.packs.loading import case_paths, read_cases
from continuum.packs.model import Case
from continuum.packs.reading import Path, Source
from continuum.rulebook import Rulebook

STATES = ("refer", "not_applicable", "individually_agreed")
CAUSES = ("rule", "gap", "conflict", "unpublished", "arithmetic", "decision")
"""Why an outcome is referred, as a case may expect it: ``expect: {band: {refer: gap}}``."""


@dataclass(frozen=True)
class CaseResult:
    """What came of one case: no findings where it holds."""

    case: str
    place: Place | None
    findings: tuple[Finding, ...]


def run_cases(rulebook: Rulebook) -> list[CaseResult]:
    """Decide every case of a pack.

    Raises:
        PackError: where the cases cannot be read.
    """
    cases, source = read_cases(rulebook.written)
    spots = zip(cases, case_paths(source), strict=True)
    return [run_case(rulebook, case, source.place((*path, "id"))) for case, path in spots]


def check_cases(rulebook: Rulebook) -> list[Finding]:
    """What is wrong in how cases are written: names, values and days the pack does not have. Nothing is decided.

    Raises:
        PackError: where the cases cannot be read.
    """
    cases, source = read_cases(rulebook.written)
    for case, path in zip(cases, case_paths(source), strict=True):
        wanted = case.expect.get("error")
        if not rulebook.pack.covers(case.on) and wanted != "CX603":
            source.report("CX603", (*path, "on"), f"case `{case.id}`: the version is not in force on {case.on}")
        try:
            rulebook.profile({**case.given, **case.rest})
        except ProfileError as error:
            for finding in error.findings:
                if finding.code != wanted:
                    message = f"case `{case.id}`: {finding.message}"
                    source.report(finding.code, (*path, "given"), message, expected=finding.expected, hint=finding.hint)
        for name, expected in case.expect.items():
            _check_expected(rulebook, source, (*path, "expect", name), name, expected)
        for name, rules in case.rules.items():
            _check_rules(rulebook, source, (*path, "rules", name), name, rules)
    return source.findings


def _check_rules(rulebook: Rulebook, source: Source, path: Path, name: str, rules: str | list[str]) -> None:
    table = rulebook.pack.tables.get(name)
    if table is None:
        hint = nearest(name, rulebook.pack.tables)
        source.report("CX201", path, f"`{name}` is not a decision", hint=hint, key=True)
        return
    known = [rule.id for rule in table.rules]
    for rule in [rules] if isinstance(rules, str) else rules:
        if rule not in known:
            source.report("CX201", path, f"`{name}` has no rule `{rule}`", expected=listed(known), hint=nearest(rule, known))


def _check_expected(rulebook: Rulebook, source: Source, path: Path, name: str, expected: Any) -> None:
    outcomes = rulebook.pack.outcomes
    if name in ("error", "status"):
        return
    if name not in outcomes:
        hint = nearest(name, outcomes)
        source.report("CX201", path, f"`{name}` is not an outcome", expected=listed(outcomes), hint=hint, key=True)
        return
    type_ = rulebook.pack.tables[name].type
    if isinstance(expected, dict) and set(expected) == {"refer"}:
        if expected["refer"] not in CAUSES:
            hint = nearest(str(expected["refer"]), CAUSES)
            source.report(
                "CX206", path, f"`{expected['refer']}` is not why an outcome is referred", expected=listed(CAUSES), hint=hint
            )
        return
    for value, part in _plain_values(expected, type_):
        fault = _not_a_value(value, part)
        if fault:
            message = f"`{value}` is not {fault}" if part.values == () else f"`{value}` is not a value of `{name}`"
            source.report(
                "CX206", path, message, expected=listed(part.values) if part.values else fault, hint=nearest(value, part.values)
            )


def _not_a_value(text: str, type_: Type) -> str:
    """What a text should have been; empty where it can be a value of the type."""
    if text in STATES or (type_.values and text in type_.values):
        return ""
    if type_.values:
        return type_.words()
    return "" if isinstance(_value(text, type_), Decimal | dt.date) else type_.words()


def _plain_values(expected: Any, type_: Type) -> list[tuple[str, Type]]:
    """The values that an expectation names, each with its type."""
    if isinstance(expected, str):
        parts = expected.strip("[]").split(",") if type_.kind == "set" else [expected]
        return [(part.strip(), type_) for part in parts if part.strip()]
    if isinstance(expected, dict) and type_.kind == "fields" and not set(expected) & {"range", "possible"}:
        fields = dict(type_.fields)
        return [pair for name, item in expected.items() if name in fields for pair in _plain_values(item, fields[name])]
    items = [item for part in expected.values() for item in part] if isinstance(expected, dict) else expected
    return [pair for item in items for pair in _plain_values(item, type_)]


def run_case(rulebook: Rulebook, case: Case, place: Place | None = None) -> CaseResult:
    """Decide one case and compare."""
    problems: list[str] = []
    wanted = case.expect.get("error")
    try:
        decision = rulebook.decide({**case.given, **case.rest}, on=case.on)
    except ContinuumError as error:
        codes = [finding.code for finding in error.findings]
        if wanted not in codes:
            problems.append(f"refused: {error.findings[0].message} ({codes[0]})")
    else:
        if wanted:
            problems.append(f"expected to be refused with {wanted}, but was decided")
        else:
            problems += _differences(rulebook, decision, case)
    findings = tuple(Finding("CX901", f"case `{case.id}`: {problem}", place) for problem in problems)
    return CaseResult(case.id, place, findings)


def _differences(rulebook: Rulebook, decision: Decision, case: Case) -> list[str]:
    problems = []
    for name, expected in case.expect.items():
        if name == "status":
            if decision.status != expected:
                problems.append(f"status is {decision.status}, expected {expected}")
            continue
        outcome = decision.outcomes.get(name)
        if outcome is None:
            problems.append(
                f"`{name}` is not an outcome; expected {listed(list(decision.outcomes))}; {nearest(name, decision.outcomes)}"
            )
            continue
        found, want = _found(outcome, expected), _want(expected, rulebook.pack.tables[name].type)
        if found != want:
            problems.append(f"`{name}` is {_words(found)}, expected {_words(want)}")
    for name, wanted in case.rules.items():
        rules = decision.outcomes[name].rules if name in decision.outcomes else _fired(decision, name)
        if set(wanted) != set(rules) if isinstance(wanted, list) else wanted not in rules:
            expected = ", ".join(wanted) if isinstance(wanted, list) else wanted
            problems.append(f"`{name}` was decided by {', '.join(rules) or 'no rule'}, expected {expected}")
    return problems


def _fired(decision: Decision, name: str) -> tuple[str, ...]:
    return tuple(rule.id for reason in decision.reasons if reason.decision == name for rule in reason.fired)


def _found(outcome: Outcome, expected: Any) -> Any:
    if outcome.state == "range":
        if isinstance(expected, dict) and "range" in expected:
            return {"range": (outcome.lowest, outcome.highest)}
        plain = not isinstance(expected, dict)
        if plain and outcome.lowest is not None and outcome.kind in ("money", "number", "date"):
            return {"range": (outcome.lowest, outcome.highest)}
        return {"possible": frozenset(map(hashable, outcome.possible))}
    if outcome.cause == "individually_agreed":
        return "individually_agreed"
    if outcome.state == "refer" and isinstance(expected, dict) and set(expected) == {"refer"}:
        return f"refer ({outcome.cause})"
    return outcome.value if outcome.state == "indicated" else outcome.state


def _want(expected: Any, type_: Type) -> Any:
    if isinstance(expected, dict) and "range" in expected:
        return {"range": tuple(_value(item, type_) for item in expected["range"])}
    if isinstance(expected, dict) and "possible" in expected:
        return {"possible": frozenset(hashable(_value(item, type_)) for item in expected["possible"])}
    if isinstance(expected, dict) and set(expected) == {"refer"}:
        return f"refer ({expected['refer']})"
    return _value(expected, type_)


def _value(text: Any, type_: Type) -> Any:
    """What a case expects, by the outcome's type."""
    if isinstance(text, str) and text in STATES:
        return text
    if type_.kind == "set":
        items = text if isinstance(text, list) else [] if text in ("", "[]") else str(text).split(",")
        members = {str(item).strip() for item in items}
        return tuple(value for value in type_.values if value in members) + tuple(sorted(members - set(type_.values)))
    if isinstance(text, dict):
        fields = dict(type_.fields)
        return {name: _value(item, fields[name]) if name in fields else item for name, item in text.items()}
    try:
        if type_.kind == "number":
            return Decimal(text)
        if type_.kind == "date":
            return dt.date.fromisoformat(text)
    except (ValueError, ArithmeticError):
        return text
    return text == "yes" if type_.kind == "yes_no" and text in ("yes", "no") else text


def _words(value: Any) -> str:
    if isinstance(value, dict) and set(value) == {"range"}:
        return f"a range from {_words(value['range'][0])} to {_words(value['range'][1])}"
    if isinstance(value, dict) and set(value) == {"possible"}:
        return "one of " + ", ".join(sorted(_words(item) for item in value["possible"]))
    if isinstance(value, dict):
        return ", ".join(f"{name} {_words(item)}" for name, item in value.items())
    if isinstance(value, tuple) and value and all(isinstance(item, tuple) and len(item) == 2 for item in value):
        return _words(dict(value))
    if isinstance(value, tuple):
        return "[" + ", ".join(str(item) for item in value) + "]"
    return str(value)
