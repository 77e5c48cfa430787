# SPDX-License-Identifier: MIT
"""A step of one answer is told if and only if it moves an outcome further than a sentence says, or (a note) the furthest of all.

The note speaks of the answers that people judge and that have an order (scales, and inputs with ``judged_by``), and of each
outcome that is a scale or a number, over all days. A step of one level is the least there can be, so of scales only steeper ones
are told. The steepest step is the one that no step passes: the sentence that none does is asked again and again, each time with
the step that breaks it, until it is proved. An outcome of which that cannot be told, since it rests on amounts that are not told
apart, is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

from continuum.arithmetic import as_decimal
from continuum.checks import sentences, told
from continuum.checks.followed import days, one_question
from continuum.checks.subject import Check, Fault, Subject
from continuum.compiled import Property, Type
from continuum.proofs.proof import Proof
from continuum.proofs.properties import Pair, answer

SHOWN = 3
HINT = "if it is meant, hold it there by a sentence under properties: one step in any of [...] moves ... by at most ..."


def find(subject: Subject) -> Iterator[Fault]:
    """One fault for each sentence of this form that does not hold, and a note of the steepest step of each outcome."""
    yield from sentences.of_form(subject, "cliff")
    if proofs := days(subject):
        yield from _note(proofs)


def _note(proofs: list[Proof]) -> Iterator[Fault]:
    pairs: list[Pair] = []
    steps: list[str] = []
    left_out: list[str] = []
    for outcome, type_ in _with_an_order(proofs[0]):
        judged = judged_behind(proofs[0], outcome)
        found = steepest(proofs, outcome, judged) if judged else None
        if isinstance(found, str):
            left_out.append(f"`{outcome}` ({found})")
        elif found:
            pairs.append(found)
            steps.append(f"{next(told.told((found,)))} ({_far(type_, _length(proofs[0], found))})")
    if steps or left_out:
        first = [f"the steepest single step of a judged answer: {'; '.join(steps)}"] * bool(steps)
        rest = [f"how steep a step is cannot be told of {', '.join(left_out)}"] * bool(left_out)
        day = next((pair.day for pair in pairs), None)
        shown = tuple(pair for pair in pairs if pair.day == day)[:SHOWN]
        yield Fault("steepest step", "; ".join(first + rest), ("id",), shown, day, HINT if steps else "", "note")


def _with_an_order(proof: Proof) -> Iterator[tuple[str, Type]]:
    """The outcomes, or fields of outcomes, that are scales or numbers."""
    for name in proof.pack.outcomes:
        type_ = proof.pack.tables[name].type
        parts = [(f"{name}.{part}", inner) for part, inner in type_.fields] or [(name, type_)]
        yield from ((part, inner) for part, inner in parts if inner.kind in ("scale", "number"))


def judged_behind(proof: Proof, outcome: str) -> tuple[str, ...]:
    """The answers with an order that people judge and that an outcome may rest on."""
    behind = set(proof.inputs_of(outcome.partition(".")[0]))
    judged = (one for one in proof.pack.inputs.values() if one.type.ordered and (one.type.kind == "scale" or one.judged_by))
    return tuple(one.name for one in judged if one.name in behind)


def steepest(proofs: list[Proof], outcome: str, inputs: tuple[str, ...]) -> Pair | str | None:
    """Two profiles, one step of one input apart, between which an outcome moves furthest; None where it moves by no more than the
    least, and the reason where that cannot be told.
    """
    far: Any = Fraction(proofs[0].type_of(outcome).kind == "scale")
    best: Pair | None = None
    while True:
        text = f"one step in any of [{', '.join(inputs)}] moves {outcome} by at most {far}"
        prop = Property(text, "cliff", (("inputs", inputs), ("outcomes", (outcome,)), ("most", str(far))))
        found = one_question(proofs, partial(answer, prop, proofs))
        if isinstance(found, str) or found.verdict == "not_proved":
            return found if isinstance(found, str) else found.why
        if found.verdict == "proved":
            return best
        best = max(found.pairs, key=lambda pair: _length(proofs[0], pair))
        best, far = replace(best, day=found.days[0]), _length(proofs[0], best)


def _length(proof: Proof, pair: Pair) -> Any:
    """How far a pair stands apart in its outcome."""
    one, other = (proof.rank_of(pair.outcome, worked) for worked in pair.outcomes)
    return abs(other - one)


def _far(type_: Type, length: Any) -> str:
    if type_.kind == "scale":
        return f"{length} levels"
    return f"{as_decimal(length, None):,} {type_.unit_words()}".strip()


CLIFF = Check("cliff", "CX927", find, proves=True)
