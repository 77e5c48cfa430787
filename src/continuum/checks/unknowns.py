# SPDX-License-Identifier: MIT
"""A missing answer lowers an outcome if and only if some profile comes to less without one answer than with any answer.

All else is the same, and every profile spoken of is one that can be. Compared are outcomes that have an order, where they are
indicated. `absent` is an answer, and a blank that stands for one is that one. A rule that says `missing: deliberate` may do it,
and is a note.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from continuum.checks import told
from continuum.checks.sentences import NOT_PROVED
from continuum.checks.subject import Check, Fault, Subject
from continuum.compiled import Rule, Type, clauses, needed
from continuum.proofs.proof import EXCLUDED, Example, Proof
from continuum.proofs.properties import Pair, changed
from continuum.proofs.space import asks_given

HINT = "let the rule refer, or, where a missing answer is meant to decide, write `unknown` in a rule with `missing: deliberate`"

GIVEN, LEFT_OUT = 0, 1
"""The cells of the variable that says whether an answer was given."""


def find(subject: Subject) -> Iterator[Fault]:
    """One fault for each outcome and answer, and one note for each deliberate rule that lowers an outcome."""
    shown: set[str] = set()
    for proof in subject.proofs:
        for kind, name in list(proof.meaning.space.index):
            for outcome in _ordered(subject) if kind == "given" else ():
                for fault in _lowered(subject, proof, name, outcome):
                    if fault.about not in shown:
                        shown.add(fault.about)
                        yield fault


def _ordered(subject: Subject) -> Iterator[str]:
    """The outcomes, or fields of them, that have an order."""
    for outcome in subject.pack.outcomes:
        type_ = subject.pack.tables[outcome].type
        parts: list[tuple[str, Type]] = list(type_.fields) or [("", type_)]
        yield from (f"{outcome}.{part}" if part else outcome for part, inner in parts if inner.ordered)


def _lowered(subject: Subject, proof: Proof, name: str, outcome: str) -> Iterator[Fault]:
    diagram, space = proof.diagram, proof.meaning.space
    given, asked = space.index["given", name], space.index["input", name]
    ranked = proof.ranked(outcome)
    support = diagram.support(ranked)
    if given not in support:
        return
    if proof.has_formula(ranked) or any(name in proof.behind(index) for index in support & proof.meaning.free_reads.keys()):
        yield _open(subject, name, outcome, "which is worked out from amounts that are not told apart one by one")
        return
    least = diagram.leaf(None)
    for cell in range(len(space.variables[asked].cells)):
        least = diagram.apply("least", _least, least, diagram.restrict(ranked, {given: GIVEN, asked: cell}))
    where = diagram.apply("falls below", _falls, least, diagram.restrict(ranked, {given: LEFT_OUT}))
    for rule in _deliberate(subject, name, outcome):
        holds = diagram.restrict(proof.meaning.holds[rule.id], {given: LEFT_OUT})
        if diagram.both(where, holds) != diagram.no:
            message = f"`{rule.id}` lets a missing answer to `{name}` lower `{outcome}`, and says so"
            yield Fault(rule.id, message, subject.rule_path(rule.id), hint="nothing needs to be done", severity="note")
        where = diagram.both(where, diagram.negation(holds))
    if where != diagram.no:
        yield _fault(subject, proof, name, outcome, where)


def _least(one: Any, other: Any) -> Any:
    known = [rank for rank in (one, other) if rank is not None and rank != EXCLUDED]
    return min(known) if known else None


def _falls(least: Any, rank: Any) -> bool:
    return least is not None and rank is not None and rank != EXCLUDED and bool(rank < least)


def _deliberate(subject: Subject, name: str, outcome: str) -> Iterator[Rule]:
    """The rules that say that a missing answer decides, of the tables that the outcome rests on."""
    for table in (one for one in needed(subject.pack, outcome.partition(".")[0]) if one in subject.pack.tables):
        for rule in subject.pack.tables[table].rules:
            asks = (one for one in clauses(rule.condition) if asks_given(one.test) and one.subject.name == name)
            if rule.deliberate and any(asks):
                yield rule


def _fault(subject: Subject, proof: Proof, name: str, outcome: str, where: int) -> Fault:
    base, variable = outcome.partition(".")[0], proof.meaning.space.input(name)

    def rank(example: Example) -> Any:
        return proof.rank_of(outcome, proof.decide(example, base)) if proof.can_be(example) else None

    def pair(example: Example) -> Pair | None:
        """The profile without the answer, and with the answer that comes to the least."""
        without = Example(example.values, tuple(dict.fromkeys((*example.not_given, name))))
        answered = [changed(example, {name: value}) for value in variable.cells]
        ranks = [(found, i) for i, one in enumerate(answered) if (found := rank(one)) is not None]
        if not ranks or rank(without) is None or rank(without) >= min(ranks)[0]:
            return None
        both = (without, answered[min(ranks)[1]])
        return Pair(both, tuple(proof.decide(one, base) for one in both), outcome, name)

    pairs = tuple(found for example in proof.examples(where, lambda one: pair(one) is not None) if (found := pair(example)))
    if not pairs:
        return _open(subject, name, outcome, "and no pupil was found for whom it does")
    without, least = (told.result(worked) for worked in pairs[0].outcomes)
    message = f"`{outcome}` comes to {without} without an answer to `{name}`, and to no less than {least} with any answer"
    return Fault(f"{outcome} without {name}", message, subject.table_path(base), pairs, proof.day, HINT)


def _open(subject: Subject, name: str, outcome: str, why: str) -> Fault:
    message = f"it is not proved that a missing answer to `{name}` never lowers `{outcome}`, {why}"
    path = subject.table_path(outcome.partition(".")[0])
    return Fault(f"{outcome} without {name}", message, path, severity="warning", code=NOT_PROVED)


UNKNOWNS = Check("unknowns", "CX932", find, proves=True)
