# SPDX-License-Identifier: MIT
"""Two rules overlap if and only if, for some profile that can be, both hold and their table is in conflict over them.

A `unique` table is in conflict where two rules hold; an `any` table where they give different results; a `highest` table where
they share the highest rank and give different results, and no rule that holds refers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any

from continuum.checks import sentences
from continuum.checks.subject import Check, Fault, Subject
from continuum.checks.told import result
from continuum.compiled import Rule, Table
from continuum.compiling.sentences import AGREE
from continuum.engines.hits import INDICATED, Worked, gives, rank, told_apart
from continuum.proofs.answers import tables_used
from continuum.proofs.meaning import Formula, field_of
from continuum.proofs.proof import EXCLUDED, Example, Proof
from continuum.proofs.properties import Pair

HINT = "narrow one of the rules, or choose another hit policy"


def find(subject: Subject) -> Iterator[Fault]:
    """One fault for each two rules that conflict, shown on the first day on which they do."""
    if subject.default(AGREE) is None:
        return
    shown: set[str] = set()
    doubtful: dict[str, Fault] = {}
    counted: dict[str, list[dict[str, int]]] = {}
    for proof in subject.proofs:
        for name in tables_used(subject.pack):
            for one, other, where in _conflicts(proof, subject.pack.tables[name]):
                about = f"{one.id}, {other.id}"
                if about in shown:
                    continue
                fault = _fault(subject, proof, name, (one, other), where)
                if fault.witness:
                    shown.add(about)
                    yield replace(fault, extent=_extent(subject, counted, name, about))
                else:
                    doubtful[about] = fault
    yield from (fault for about, fault in doubtful.items() if about not in shown)


def _conflicts(proof: Proof, table: Table) -> Iterator[tuple[Rule, Rule, int]]:
    """Each two rules that may conflict, and for which profiles."""
    diagram, meaning = proof.diagram, proof.meaning
    region = diagram.apply(
        ("caused", "conflict"), lambda worked: worked != EXCLUDED and worked.cause == "conflict", proof.outcome(table.name)
    )
    if region == diagram.no:
        return
    held = {rule.id: diagram.both(region, meaning.holds[rule.id]) for rule in table.rules if rule.condition is not None}
    rules = [rule for rule in table.rules if held.get(rule.id, diagram.no) != diagram.no]
    for one, other in combinations(rules, 2):
        where = diagram.both(held[one.id], held[other.id])
        if table.hit != "unique":
            same = (one.then, one.to) == (other.then, other.to)
            where = diagram.no if same else _restricted(proof, table, where, (one, other), rules)
        if where != diagram.no:
            yield one, other, where


def _extent(subject: Subject, counted: dict[str, list[dict[str, int]]], name: str, about: str) -> str:
    """For how many profiles two rules conflict on each day; all the rules of a table are counted at once, and kept."""
    if name not in counted:
        days: list[dict[str, int]] = []

        def count(proof: Proof) -> int:
            found = _conflicts(proof, subject.pack.tables[name])
            days.append({f"{one.id}, {other.id}": proof.count(where, left_out=True) for one, other, where in found})
            return len(days)

        counted[name] = days if subject.extent(count) else []
    return "; ".join(str(day.get(about, 0)) for day in counted[name])


def _restricted(proof: Proof, table: Table, where: int, both: tuple[Rule, Rule], rules: list[Rule]) -> int:
    """Where two rules give different results; in a `highest` table of one rank, and with no other rule above it."""
    diagram, meaning = proof.diagram, proof.meaning
    one, other = (meaning.offers[rule.id] for rule in both)
    differ = diagram.apply(("differ", table.name), _differing(table), one, other)
    where = diagram.both(where, differ)
    for rule in rules if table.hit == "highest" else ():
        above = diagram.apply(("above", table.name), _above(table), meaning.offers[rule.id], one)
        where = diagram.both(where, diagram.negation(diagram.both(meaning.holds[rule.id], above)))
    return where


def _differing(table: Table) -> Callable[[Worked, Worked], bool]:
    """Whether two results conflict, as far as can be told: a formula may come to anything."""

    def differ(one: Worked, other: Worked) -> bool:
        if told_apart(one) == told_apart(other):
            return False
        if table.hit == "any":
            return True
        ranked = one.state == other.state == INDICATED
        return ranked and (_vague(table, one, other) or _rank(table, one) == _rank(table, other))

    return differ


def _above(table: Table) -> Callable[[Worked, Worked], bool]:
    """Whether one result surely stands above another."""

    def above(one: Worked, other: Worked) -> bool:
        ranked = one.state == other.state == INDICATED and not _vague(table, one, other)
        return ranked and bool(_rank(table, one) > _rank(table, other))

    return above


def _vague(table: Table, *results: Worked) -> bool:
    return any(isinstance(field_of(worked.value, table.rank_by), Formula) for worked in results)


def _rank(table: Table, worked: Worked) -> Any:
    return rank(table, dict(worked.value) if table.type.fields else worked.value)


def _fault(subject: Subject, proof: Proof, name: str, both: tuple[Rule, Rule], where: int) -> Fault:
    """The fault of two rules; without an example where none is confirmed, which is then a warning that it is left open."""
    table = subject.pack.tables[name]
    made = [gives(table, rule, proof.reference.reader) for rule in both]
    one, other = both

    def confirmed(example: Example) -> bool:
        worked = proof.decide(example, name)
        if worked.cause != "conflict" or not proof.can_be(example) or not {one.id, other.id} <= set(worked.rules):
            return False
        env = proof.env(example)
        return table.hit == "unique" or told_apart(made[0](env)) != told_apart(made[1](env))

    examples = proof.examples(where, confirmed)
    about, path = f"{one.id}, {other.id}", subject.rule_path(other.id)
    if not examples:
        message = (
            f"it is not proved that `{one.id}` and `{other.id}` of `{name}` agree; no pupil was found for whom they conflict"
        )
        return Fault(about, message, path, severity="warning", code=sentences.NOT_PROVED)
    env = proof.env(examples[0])
    mine, its = (result(give(env)) for give in made)
    rules = f"`{one.id}` ({one.place}) and `{other.id}` ({other.place})"
    message = f"{rules} of `{name}` hold together: one gives {mine}, the other {its}"
    pairs = tuple(Pair((example,), (proof.decide(example, name),), name) for example in examples)
    return Fault(about, message, path, pairs, proof.day, HINT)


OVERLAP = Check("overlap", "CX922", find, proves=True)
