# SPDX-License-Identifier: MIT
"""A decision may divide by zero if and only if, for some profile that can be, a division by zero is why it is referred.

What rests on it is referred too; that is safe, and still worth a look.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from continuum.checks.sentences import NOT_PROVED
from continuum.checks.subject import Check, Fault, Subject
from continuum.compiled import CompiledPack, Expr, Lit, Op, RateRead, Read, clauses, sides
from continuum.engines.bounds import Amounts, anything
from continuum.proofs.answers import tables_used
from continuum.proofs.proof import EXCLUDED, Example, Proof
from continuum.proofs.properties import Pair
from continuum.proofs.searching import profiles_to_try

WORDS = "a division by zero"
HINT = "write `if(divisor = 0, ..., ...)`, or a range of the input that leaves zero out"


def find(subject: Subject) -> Iterator[Fault]:
    """One fault for each decision that may divide by zero, shown on the first day on which it does."""
    for name in tables_used(subject.pack):
        doubtful = False
        for proof in subject.proofs:
            divisors = [one for one in _divisors(subject.pack, name) if _may_be_zero(proof, one)]
            where = _not_worked_out(proof, name) if divisors else proof.diagram.no
            if where == proof.diagram.no:
                continue
            examples = _examples(proof, name, where)
            if examples:
                message = f"`{name}` divides by zero for some pupils, and is referred for them"
                pairs = tuple(Pair((one,), (proof.decide(one, name),), name) for one in examples)
                extent = subject.extent(partial(_counted, name=name))
                yield Fault(name, message, subject.table_path(name), pairs, proof.day, HINT, "warning", extent=extent)
                break
            doubtful = True
        else:
            if doubtful:
                message = f"it is not proved that `{name}` never divides by zero, and no pupil was found for whom it does"
                yield Fault(name, message, subject.table_path(name), severity="warning", code=NOT_PROVED)


def _not_worked_out(proof: Proof, name: str) -> int:
    """The profiles for which a decision is referred because something cannot be worked out."""
    return proof.diagram.apply("cannot be worked out", _unworkable, proof.outcome(name))


def _counted(proof: Proof, name: str) -> int:
    return proof.count(_not_worked_out(proof, name), left_out=True)


def _unworkable(worked: Any) -> bool:
    return bool(worked != EXCLUDED and worked.cause == "arithmetic")


def _examples(proof: Proof, name: str, where: int) -> list[Example]:
    def confirmed(example: Example) -> bool:
        return proof.can_be(example) and WORDS in proof.decide(example, name).because

    return proof.examples(where, confirmed) or [one for one in profiles_to_try(proof) if confirmed(one)][:1]


def _divisors(pack: CompiledPack, name: str) -> Iterator[Expr]:
    """What a decision divides by: in its outcomes, in its conditions, and in the measures that it reads."""
    waiting: list[Expr] = []
    for rule in pack.tables[name].rules:
        waiting += [expr for _, expr in rule.then.values]
        for clause in clauses(rule.condition):
            waiting += [clause.subject, *sides(clause.test)]
    seen: set[str] = set()
    while waiting:
        expr = waiting.pop()
        if isinstance(expr, Op):
            waiting += expr.args
            if expr.op == "/":
                yield expr.args[1]
        elif isinstance(expr, RateRead):
            waiting += [*expr.keys, *(part for part in (expr.at, expr.back) if part)]
        elif isinstance(expr, Read) and expr.of == "measure" and expr.name not in seen:
            seen.add(expr.name)
            waiting.append(pack.measures[expr.name].expr)


def _may_be_zero(proof: Proof, divisor: Expr) -> bool:
    """Whether a divisor may be zero, as far as its ends tell; one that rests on a decision may."""
    if isinstance(divisor, Lit):
        return bool(divisor.value == 0)
    pack = proof.pack
    amounts = Amounts(
        proof.reference, lambda name: anything(pack.inputs[name], proof.day), _nothing, frozenset(pack.inputs), proof.day
    )
    try:
        found = amounts.value(divisor)
    except LookupError:
        return True
    if found.span is not None and None not in found.span:
        return bool(found.span[0] <= 0 <= found.span[1])
    return found.span is not None or 0 in found.values


def _nothing(name: str) -> Any:
    raise LookupError(name)


DIVISION = Check("division", "CX934", find, proves=True)
