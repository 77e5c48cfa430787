# SPDX-License-Identifier: MIT
"""Hit policies: from the rules of a table that hold to what the table decides. Every engine ends here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, Final, NamedTuple

from continuum.arithmetic import CannotWorkOut, round_to
from continuum.compiled import ABSENT, Expr, Lit, Rule, Table, Type

INDICATED: Final = "indicated"
REFER: Final = "refer"
NOT_APPLICABLE: Final = "not_applicable"


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


def told_apart(worked: Worked) -> tuple[Any, ...]:
    """What makes two results different to a pupil: state, value, whether it is agreed individually, and who decides."""
    return worked.state, hashable(worked.value), worked.cause == "individually_agreed", worked.to


def hashable(value: Any) -> Any:
    """A value as something that can be compared and kept: the fields of several values as pairs."""
    return tuple(value.items()) if isinstance(value, dict) else value


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


def settle(table: Table, fired: Sequence[Rule], outcome: Callable[[Rule], Worked]) -> Worked:
    """What the table decides when exactly these rules hold (``otherwise`` not counted); ``first`` may give only the first.

    ``outcome`` says what one rule gives for the profile at hand.
    """
    if not fired:
        fired = [rule for rule in table.rules if rule.condition is None]
    if not fired:
        return _nothing(table)
    if table.hit == "first" or len(fired) == 1:
        return outcome(fired[0])
    if table.hit == "unique":
        ids = tuple(rule.id for rule in fired)
        return Worked(REFER, rules=ids, cause="conflict", because=f"More than one rule holds: {', '.join(ids)}.")
    outcomes = [outcome(rule) for rule in fired]
    return _agreed(outcomes) if table.hit == "any" else _several(table, outcomes)


def _agreed(outcomes: list[Worked]) -> Worked:
    """Rules of an ``any`` table, which must all give the same."""
    ids = tuple(rule for worked in outcomes for rule in worked.rules)
    if len({told_apart(worked) for worked in outcomes}) > 1:
        return Worked(REFER, rules=ids, cause="conflict", because=f"Rules that hold together disagree: {', '.join(ids)}.")
    return min(outcomes, key=referral_order)._replace(rules=ids)


CAUSES = ("", "rule", "conflict", "gap", "unpublished", "arithmetic", "decision", "individually_agreed")


def referral_order(worked: Worked) -> tuple[int, str, str]:
    """Which of several referrals gives its cause and words to all, so that the order of the rules does not: what a rule says
    itself before what could not be worked out, and that before what was passed on.
    """
    return CAUSES.index(worked.cause), worked.to, worked.because


def _nothing(table: Table) -> Worked:
    if table.hit == "collect":
        return Worked(INDICATED, ())
    if table.hit == "sum":
        zero: Any = {name: 0 for name, _ in table.type.fields} if table.type.kind == "fields" else 0
        return Worked(INDICATED, zero)
    return Worked(REFER, cause="gap", because="No rule covers this profile.")


def gives(table: Table, rule: Rule, reader: Callable[[Expr], Callable[[Any], Any]]) -> Callable[[Any], Worked]:
    """What one rule gives, as a function of the environment that ``reader`` makes expressions functions of."""
    kind, ids = rule.then.kind, (rule.id,)
    if kind in FIXED:
        fixed = FIXED[kind]._replace(rules=ids, because=rule.because, to=rule.to)
        return lambda _: fixed
    readers = [(name, reader(expr)) for name, expr in rule.then.values]

    def work_out(env: Any) -> Worked:
        try:
            return _indicated(table, ids, [(name, read(env)) for name, read in readers])
        except Upstream as problem:
            return problem.passed_on()._replace(rules=ids)
        except CannotWorkOut as problem:
            return _unworkable(problem, ids)

    if all(isinstance(expr, Lit) for _, expr in rule.then.values):
        constant = work_out(None)
        return lambda _: constant
    return work_out


FIXED = {
    "refer": Worked(REFER, cause="rule"),
    "not_applicable": Worked(NOT_APPLICABLE),
    "individually_agreed": Worked(REFER, cause="individually_agreed"),
    "unpublished": Worked(REFER, cause="unpublished"),
}


def _indicated(table: Table, ids: tuple[str, ...], values: list[tuple[str, Any]]) -> Worked:
    if any(value is ABSENT for _, value in values):
        raise CannotWorkOut("arithmetic", "it rests on a value that was said to be none")
    if table.type.kind == "set":
        members = {value for _, value in values}
        return Worked(INDICATED, tuple(value for value in table.type.values if value in members), ids)
    if table.type.kind == "fields":
        types = dict(table.type.fields)
        return Worked(INDICATED, {name: shown(value, types[name]) for name, value in values}, ids)
    return Worked(INDICATED, shown(values[0][1], table.type), ids)


def shown(value: Any, type_: Type) -> Any:
    """An amount rounded as its type says; anything else as it is."""
    if type_.places is not None and type_.rounding and isinstance(value, int | Fraction):
        return round_to(value, type_.places, type_.rounding)
    return value


def _several(table: Table, outcomes: list[Worked]) -> Worked:
    """Two or more rules of a ``highest``, ``collect`` or ``sum`` table."""
    indicated = [worked for worked in outcomes if worked.state == INDICATED]
    combined = _combined(table, indicated) if indicated else None
    for agreed in (False, True):
        referred = [w for w in outcomes if w.state == REFER and (w.cause == "individually_agreed") == agreed]
        if referred:
            ids = tuple(rule for worked in referred for rule in worked.rules)
            first = min(referred, key=referral_order)
            return first._replace(rules=ids, alongside=combined.value if combined else None)
    if combined is None:
        ids = tuple(rule for worked in outcomes for rule in worked.rules)
        return min(outcomes, key=referral_order)._replace(rules=ids)
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
