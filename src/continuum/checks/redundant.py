# SPDX-License-Identifier: MIT
"""A rule is redundant if and only if some profile comes to it, and without it every profile comes to the same on every day.

The same is what the decision comes to: state, value and cause, who is to decide, and, where a rule refers or says that nothing
applies, its words. Profiles that cannot be are left out. Amounts that are worked out are the same where the expression is. A
redundant rule that would still be missed among the reasons of some outcome is a note, one for each decision; else a warning.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any

from continuum.checks.subject import Check, Fault, Subject
from continuum.compiled import Read, Rule, Table, clauses, condition_reads, sides
from continuum.engines.hits import FIXED, INDICATED, NOT_APPLICABLE, Worked, hashable, rank, settle
from continuum.packs.language import NoneOf, OneOf, State
from continuum.proofs.answers import comes_to, tables_used
from continuum.proofs.meaning import Formula, field_of, parts
from continuum.proofs.proof import Proof, spread

HINT = "remove the rule, or say in its place what it was to change; of two that say the same, one can stay"


def find(subject: Subject) -> Iterator[Fault]:
    """One warning for each rule that changes nothing, and one note for those of a decision that change reasons alone."""
    for name in tables_used(subject.pack):
        table = subject.pack.tables[name]
        tried = [_Tried(proof, table) for proof in subject.proofs]
        deciding = [rule for rule in table.rules if any(comes_to(proof, name, rule) for proof in subject.proofs)]
        silent = [rule for rule in deciding if not any(one.changes(rule) for one in tried)]
        missed = [rule.id for rule in silent if any(one.missed(rule) for one in tried)]
        for rule in (one for one in silent if one.id not in missed):
            message = f"`{rule.id}` changes nothing: without it `{name}` comes to the same for every pupil, for the same reasons"
            yield Fault(rule.id, message, subject.rule_path(rule.id), hint=HINT, severity="warning")
        if missed:
            told = ", ".join(f"`{rule}`" for rule in missed)
            alone = ", taken one at a time," if len(missed) > 1 else ""
            message = f"without {told}{alone} `{name}` comes to the same for every pupil; only reasons change"
            yield Fault(name, message, subject.rule_path(missed[0]), hint="nothing needs to be done", severity="note")


class _Tried:
    """One table on one day, with and without each of its rules."""

    def __init__(self, proof: Proof, table: Table) -> None:
        self.proof, self.table, self.diagram, self.meaning = proof, table, proof.diagram, proof.meaning
        self.meaning.table(table.name)
        self.offers = {rule.id: _worded(proof, rule) for rule in table.rules}
        self.ordinary = [rule for rule in table.rules if rule.condition is not None]
        self.vague = ("agree", table.name) in self.meaning.free_keys.values()

    def changes(self, rule: Rule) -> bool:
        """Whether some profile that can be comes to something else without the rule, or it cannot be told."""
        return self.vague or rule.id in self._seen_to_change or self._may_change(rule)

    @cached_property
    def _seen_to_change(self) -> set[str]:
        """Rules without which some profile out of a few comes to something else: most rules, and told at once."""
        found: set[str] = set()
        for costs in spread(self.proof):
            for rule in self.table.rules:
                if rule.id not in found:
                    where = self.diagram.both(self._holds(rule), self.meaning.possible)
                    cells = self.diagram.cheapest(where, costs, lambda value: value is True)
                    found |= set(self._changing(cells)) if cells else set()
        return found

    def _changing(self, cells: dict[int, int]) -> Iterator[str]:
        """The rules that make a difference to one profile; none where a formula stands in the way, or the table is stopped."""

        def at(node: int) -> Any:
            return self.diagram.value(self.diagram.at(node, cells))

        if at(self.meaning.blocked[self.table.name]) is not None:
            return
        fired = [rule for rule in self.ordinary if at(self.meaning.holds[rule.id])]
        results = {rule.id: _plain(self.table, at(self.offers[rule.id])) for rule in self.table.rules}
        if any(isinstance(part, Formula) for worked in results.values() for part in parts(worked.value)):
            return
        for rule in fired or self.table.rules:
            others = replace(self.table, rules=tuple(one for one in self.table.rules if one != rule))
            before = settle(self.table, fired, lambda one: results[one.id])
            after = settle(others, [one for one in fired if one != rule], lambda one: results[one.id])
            if _told(before) != _told(after):
                yield rule.id

    def _may_change(self, rule: Rule) -> bool:
        """Whether it is not proved that a rule changes nothing."""
        reduced = remaining(self.table, rule)
        offers = {one.id: self.offers[one.id] for one in reduced.rules}
        before, after = self.meaning.instead(self.table, self.offers), self.meaning.instead(reduced, offers)
        where = self.diagram.apply(("changes", self.table.name), self._differ, before, after)
        if (reduced.needs, reduced.asked, reduced.checks) == (self.table.needs, self.table.asked, self.table.checks):
            where = self.diagram.both(where, self._holds(rule))
        return self.diagram.both(where, self.meaning.possible) != self.diagram.no

    def missed(self, rule: Rule) -> bool:
        """Whether some profile that can be has the rule among its reasons, and no other that says the same."""
        met = [self.meaning.possible, self._holds(rule), self._unstopped()]
        for other in self.ordinary:
            holds = self.meaning.holds[other.id]
            before = self.table.hit == "first" and rule.condition is not None and _stands_before(self.table, other, rule)
            if before or (other != rule and (other.because, other.sources) == (rule.because, rule.sources)):
                met.append(self.diagram.negation(holds))
            elif other != rule and self.table.hit in ("highest", "collect", "sum"):
                over = self.diagram.apply(("over", self.table.name), self._over, self.offers[other.id], self.offers[rule.id])
                met.append(self.diagram.negation(self.diagram.both(holds, over)))
        return self.diagram.meet(*met)

    def _over(self, one: Worked, other: Worked) -> bool:
        """Whether one result leaves the other out of the reasons."""
        orders = [_order(self.table, worked) for worked in (one, other)]
        return None not in orders and orders[0] > orders[1]

    def _holds(self, rule: Rule) -> int:
        """Where a rule holds; `otherwise` where no other does."""
        if rule.condition is not None:
            return self.meaning.holds[rule.id]
        where = self.diagram.yes
        for other in self.ordinary:
            where = self.diagram.both(where, self.diagram.negation(self.meaning.holds[other.id]))
        return where

    def _unstopped(self) -> int:
        return self.diagram.apply("unstopped", lambda worked: worked is None, self.meaning.blocked[self.table.name])

    def _differ(self, one: Worked, other: Worked) -> bool:
        """Whether two results differ, or may: of amounts added up from formulas nothing is known."""
        return one != other or one.value == Formula(self.table.name)


def _plain(table: Table, worked: Worked) -> Worked:
    """A result as the hit policies take it."""
    return worked._replace(value=dict(worked.value)) if table.type.fields and worked.state == INDICATED else worked


def _order(table: Table, worked: Worked) -> Any:
    """Which results are told and which are passed over: those that refer before what is indicated, then the highest."""
    if worked.state != INDICATED:
        return (0, 0) if worked.state == NOT_APPLICABLE else (2, worked.cause != "individually_agreed")
    if table.hit != "highest":
        return (1, 0)
    vague = isinstance(field_of(worked.value, table.rank_by), Formula)
    return None if vague else (1, rank(table, dict(worked.value) if table.type.fields else worked.value))


def _stands_before(table: Table, one: Rule, other: Rule) -> bool:
    return table.rules.index(one) < table.rules.index(other)


def _told(worked: Worked) -> Any:
    return worked.state, hashable(worked.value), worked.cause, worked.to, worked.because if worked.cause != "conflict" else ""


def _worded(proof: Proof, rule: Rule) -> int:
    """What a rule gives, with the words of a referral, and with the expression in place of the name of a formula."""

    def worded(worked: Worked) -> Worked:
        if rule.then.kind in FIXED:
            return worked._replace(because=rule.because)
        if worked.state != INDICATED:
            return worked
        if isinstance(worked.value, Formula):
            return worked._replace(value=_by_expression(rule, worked.value))
        if isinstance(worked.value, tuple) and worked.value and isinstance(worked.value[0], tuple):
            return worked._replace(value=tuple((name, _by_expression(rule, value)) for name, value in worked.value))
        return worked

    return proof.diagram.apply(("worded", rule.id), worded, proof.meaning.offers[rule.id])


def _by_expression(rule: Rule, value: Any) -> Any:
    if not isinstance(value, Formula):
        return value
    exprs = [expr for name, expr in rule.then.values if rule.then.kind == "members" or name == value.part]
    return Formula(f"= {exprs!r}")


def remaining(table: Table, rule: Rule) -> Table:
    """The table without a rule; what its conditions need is what the others read."""
    rules = tuple(one for one in table.rules if one is not rule)
    conditions = [one.condition for one in rules if one.condition is not None]
    lines = [clause for condition in conditions for clause in clauses(condition)]
    read = [item for condition in conditions for item in condition_reads(condition)]
    needs = dict.fromkeys(item.name for item in read if isinstance(item, Read) and item.of == "decision")
    asked = {clause.subject.name for clause in lines if clause.subject.of == "decision" and _asks_state(clause.test)}
    compared = {side for clause in lines for side in (clause.subject, *sides(clause.test))}
    checks = tuple(check for check in table.checks if check in compared)
    return replace(table, rules=rules, needs=tuple(needs), asked=frozenset(asked), checks=checks)


def _asks_state(test: Any) -> bool:
    if isinstance(test, OneOf | NoneOf):
        return any(map(_asks_state, test.tests))
    return isinstance(test, State) and test.name in ("applicable", "not_applicable", "referred")


REDUNDANT = Check("redundant", "CX924", find, proves=True)
