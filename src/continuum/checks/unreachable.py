# SPDX-License-Identifier: MIT
"""A rule is unreachable if and only if no profile that can be comes to it on any day.

It never holds; or, where it does, a rule that goes before it holds too (in a `first` table; any other rule, where it says
`otherwise`), or a decision that the whole table needs is not there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from continuum.checks import sentences
from continuum.checks.subject import Check, Fault, Subject
from continuum.compiled import Read, Rule, Table, condition_reads
from continuum.compiling.sentences import APPLY
from continuum.proofs.answers import before
from continuum.proofs.proof import Proof

FEW = 4


def find(subject: Subject) -> Iterator[Fault]:
    """One fault for each rule that never decides, with the reason."""
    answer = subject.default(APPLY)
    for rule in answer.rules if answer is not None and answer.verdict == "broken" else ():
        reasons: dict[str, list[dt.date]] = {}
        for proof in subject.proofs:
            reasons.setdefault(_reason(proof, *subject.rule(rule)), []).append(proof.day)
        told = [why + (f" (on {', '.join(map(str, days))})" if len(reasons) > 1 else "") for why, days in reasons.items()]
        hint = "remove the rule, mend its conditions, or move it before the rules that hold wherever it does"
        yield Fault(rule, f"no pupil comes to `{rule}`: {'; '.join(told)}", subject.rule_path(rule), hint=hint)
    yield from sentences.open_default(subject, APPLY)


def _reason(proof: Proof, table: Table, rule: Rule) -> str:
    """Why no profile comes to a rule on one day."""
    diagram, meaning = proof.diagram, proof.meaning
    meaning.table(table.name)
    holds = diagram.yes if rule.condition is None else meaning.holds[rule.id]
    if holds == diagram.no:
        asked = [one.name for one in condition_reads(rule.condition) if isinstance(one, Read) and one.of == "decision"]
        if asked:
            return f"nothing that {' and '.join(f'`{name}`' for name in dict.fromkeys(asked))} may come to makes it hold"
        return "its conditions cannot hold together, or ask for more than the inputs range over"
    where = diagram.both(holds, meaning.possible)
    if where == diagram.no:
        return "wherever it holds, the profile contradicts itself, as `impossible` says"
    where = diagram.both(where, diagram.apply("unstopped", lambda worked: worked is None, meaning.blocked[table.name]))
    if where == diagram.no:
        return f"wherever it holds, what `{table.name}` needs is not there"
    return _covered(proof, where, before(table, rule))


def _covered(proof: Proof, where: int, rules: list[Rule]) -> str:
    """The rules that hold wherever another does: those that cover the most of it first, none that the rest make needless."""
    diagram, holds = proof.diagram, proof.meaning.holds
    chosen: list[str] = []
    rest = where
    while rest != diagram.no:
        parts = [(diagram.both(rest, holds[rule.id]), -i) for i, rule in enumerate(rules)]
        best = rules[-max((proof.count(part), i) for part, i in parts if part != diagram.no)[1]]
        rest = diagram.both(rest, diagram.negation(holds[best.id]))
        chosen.append(best.id)
    for one in list(chosen):
        left = where
        for other in chosen:
            left = left if other == one else diagram.both(left, diagram.negation(holds[other]))
        if left == diagram.no:
            chosen.remove(one)
    names = sorted(chosen, key=[rule.id for rule in rules].index)
    if len(names) > FEW:
        return f"one of {len(names)} rules that go first, such as `{names[0]}`, always holds"
    several = len(names) > 1
    told = " and ".join(f"`{name}`" for name in names)
    return f"{told} {'together hold' if several else 'holds'} wherever it might, and {'go' if several else 'goes'} first"


UNREACHABLE = Check("unreachable", "CX923", find, proves=True)
