# SPDX-License-Identifier: MIT
"""Hit policies: from the rules of a table that hold to what the table decides. Every engine ends here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, Final, NamedTuple

from continuum.arithmetic import CannotWorkOut, round_to
from continuum.compiled import Expr, Rule, Table, Type

INDICATED: Final = "indicated"
REFER: Final = "refer"
NOT_APPLICABLE: Final = "not_applicable"
Evaluate = Callable[[Expr], Any]


class Worked(NamedTuple):
    """What a decision came to: its state and value, the rules that decided, and for a referral its cause.

    ``cause`` is ``rule``, ``gap``, ``conflict``, ``unpublished``, ``arithmetic``, ``individually_agreed`` or
    ``decision`` (another decision it reads was referred). ``alongside`` is what other rules indicate beside a referral.
    """

    state: str
    value: Any = None
    rules: tuple[str, ...] = ()
    cause: str = ""
    because: str = ""
    to: str = ""
    alongside: Any = None


class Upstream(Exception):
    """A value that is not there because the decision it comes from is not applicable or was referred."""

    def __init__(self, name: str, worked: Worked) -> None:
        super().__init__(name)
        self.name, self.worked = name, worked

    def passed_on(self) -> Worked:
        """What the decision that needed the value comes to."""
        if self.worked.state == NOT_APPLICABLE:
            return Worked(NOT_APPLICABLE, because=f"`{self.name}` does not apply.")
        return Worked(REFER, cause="decision", because=f"`{self.name}` is for people to decide.", to=self.worked.to)


def blocked(upstream: Sequence[Upstream | CannotWorkOut]) -> Worked | None:
    """What a table comes to when something its conditions read is not there; not applicable goes before referred."""
    for problem in upstream:
        if isinstance(problem, Upstream) and problem.worked.state == NOT_APPLICABLE:
            return problem.passed_on()
    for problem in upstream:
        return problem.passed_on() if isinstance(problem, Upstream) else _unworkable(problem)
    return None


def _unworkable(problem: CannotWorkOut, rules: tuple[str, ...] = ()) -> Worked:
    return Worked(REFER, rules=rules, cause=problem.cause, because=f"This cannot be worked out: {problem.words}.")


def settle(table: Table, fired: Sequence[Rule], evaluate: Evaluate) -> Worked:
    """What the table decides when exactly these rules hold (``otherwise`` not counted); ``first`` may give only the first."""
    if not fired:
        fired = [rule for rule in table.rules if rule.condition is None]
    if not fired:
        return _nothing(table)
    if table.hit == "first":
        return _outcome(table, fired[0], evaluate)
    if len(fired) == 1:
        return _outcome(table, fired[0], evaluate)
    if table.hit == "unique":
        ids = tuple(rule.id for rule in fired)
        return Worked(REFER, rules=ids, cause="conflict", because=f"More than one rule holds: {', '.join(ids)}.")
    return _several(table, [_outcome(table, rule, evaluate) for rule in fired])


def _nothing(table: Table) -> Worked:
    if table.hit == "collect":
        return Worked(INDICATED, ())
    if table.hit == "sum":
        zero: Any = {name: 0 for name, _ in table.type.fields} if table.type.kind == "fields" else 0
        return Worked(INDICATED, zero)
    return Worked(REFER, cause="gap", because="No rule covers this profile.")


def _outcome(table: Table, rule: Rule, evaluate: Evaluate) -> Worked:
    """What one rule gives."""
    kind, ids = rule.then.kind, (rule.id,)
    if kind == "refer":
        return Worked(REFER, rules=ids, cause="rule", because=rule.because, to=rule.to)
    if kind == "not_applicable":
        return Worked(NOT_APPLICABLE, rules=ids, because=rule.because)
    if kind == "individually_agreed":
        return Worked(REFER, rules=ids, cause="individually_agreed", because=rule.because)
    try:
        values = {name: evaluate(expr) for name, expr in rule.then.values}
    except Upstream as problem:
        return problem.passed_on()._replace(rules=ids)
    except CannotWorkOut as problem:
        return _unworkable(problem, ids)
    if kind == "fields":
        return Worked(INDICATED, {name: shown(values[name], part) for name, part in table.type.fields}, ids)
    if kind == "members":
        members = {evaluate(expr) for _, expr in rule.then.values}
        return Worked(INDICATED, tuple(value for value in table.type.values if value in members), ids)
    return Worked(INDICATED, shown(values[""], table.type), ids)


def shown(value: Any, type_: Type) -> Any:
    """An amount rounded as its type says; anything else as it is."""
    if type_.places is not None and type_.rounding and isinstance(value, int | Fraction):
        return round_to(value, type_.places, type_.rounding)
    return value


def _several(table: Table, outcomes: list[Worked]) -> Worked:
    """Two or more rules of a ``highest``, ``collect`` or ``sum`` table."""
    indicated = [worked for worked in outcomes if worked.state == INDICATED]
    combined = _combined(table, indicated) if indicated else None
    for wins in (lambda w: w.cause and w.cause != "individually_agreed", lambda w: w.cause == "individually_agreed"):
        referred = [worked for worked in outcomes if worked.state == REFER and wins(worked)]
        if referred:
            ids = tuple(rule for worked in referred for rule in worked.rules)
            return referred[0]._replace(rules=ids, alongside=combined.value if combined else None)
    if combined is None:
        return outcomes[0]._replace(rules=tuple(rule for worked in outcomes for rule in worked.rules))
    return combined


def _combined(table: Table, indicated: list[Worked]) -> Worked:
    ids = tuple(rule for worked in indicated for rule in worked.rules)
    if table.hit == "collect":
        members = {value for worked in indicated for value in worked.value}
        return Worked(INDICATED, tuple(value for value in table.type.values if value in members), ids)
    if table.hit == "sum":
        if table.type.kind == "fields":
            return Worked(INDICATED, {n: sum(w.value[n] for w in indicated) for n, _ in table.type.fields}, ids)
        return Worked(INDICATED, sum(worked.value for worked in indicated), ids)
    top = max(rank(table, worked.value) for worked in indicated)
    best = [worked for worked in indicated if rank(table, worked.value) == top]
    ids = tuple(rule for worked in best for rule in worked.rules)
    if any(worked.value != best[0].value for worked in best):
        because = f"Rules of equal rank give different outcomes: {', '.join(ids)}."
        return Worked(REFER, rules=ids, cause="conflict", because=because)
    return best[0]._replace(rules=ids)


def rank(table: Table, value: Any) -> int | Fraction | dt.date:
    """Where an outcome stands in the order of a ``highest`` table."""
    type_ = table.type
    if table.rank_by:
        type_, value = dict(type_.fields)[table.rank_by], value[table.rank_by]
    if type_.kind == "scale":
        return type_.values.index(value)
    ranked: int | Fraction | dt.date = value
    return ranked
