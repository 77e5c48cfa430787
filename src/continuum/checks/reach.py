# SPDX-License-Identifier: MIT
"""A sentence about reach is broken if and only if some pupil with the outcome it names comes to none of the provision it names.

What a pack calls specialist is what its sentence names, and nothing is guessed where it has none. The fault of a broken sentence
also lists the need profiles (the levels on scales) that never reach it: some pupil with these levels has the outcome and comes to
something else, and whatever else may be answered, no pupil with these levels and the outcome comes to what is named. As in the
sentence, pupils whose provision is referred or not applicable are left aside. The list is of the first day on which the sentence
is broken; there is none where an amount or anything else that is not followed to the inputs has a part in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from continuum.checks import sentences
from continuum.checks.followed import days, followed, one_question
from continuum.checks.needs import Needs
from continuum.checks.subject import Check, Fault, Subject
from continuum.compiled import Property
from continuum.engines.hits import INDICATED, Worked
from continuum.proofs.meaning import Formula
from continuum.proofs.proof import Example, Proof
from continuum.proofs.properties import Answer, Pair, holds_of

SHOWN = 5


def find(subject: Subject) -> Iterator[Fault]:
    """One fault for each sentence of this form that does not hold, with the need profiles that never reach what it names."""
    asked = {prop.text: prop for prop in subject.pack.properties if prop.form == "reach"}
    for answer in subject.asked("reach"):
        for fault in sentences.of(subject, answer):
            yield _listed(subject, asked[answer.sentence], answer, fault)


def _listed(subject: Subject, prop: Property, answer: Answer, fault: Fault) -> Fault:
    """The fault with its list of need profiles, where there is one."""
    if answer.verdict != "broken" or not days(subject):
        return fault
    proof = subject.proof_on(answer.days[0])
    found = one_question([proof], partial(never_reaching, proof, prop))
    if found is None:
        return fault
    if isinstance(found, str):
        return replace(fault, message=f"{fault.message}; which needs never reach it is not told, {found}")
    witness = fault.witness[:1] + tuple(need.witness for need in found.told) + fault.witness[1:]
    return replace(fault, message=f"{fault.message}; {_words(prop, found)}", witness=tuple(dict.fromkeys(witness)))


@dataclass(frozen=True, slots=True)
class NeedProfiles:
    """Some need profiles in words, how many they are, and a pupil who has one of them."""

    words: str
    count: int
    witness: Pair


@dataclass(frozen=True, slots=True)
class Unreached:
    """The need profiles that never reach what a sentence names: what all of them have in common, and then group by group, the
    largest first; ``over`` of them are left untold, and ``among`` have the outcome.
    """

    common: str
    told: tuple[NeedProfiles, ...]
    over: int
    among: int


def never_reaching(proof: Proof, prop: Property) -> Unreached | None:
    """The need profiles that never reach what a sentence names on a day; None where that cannot be told exactly."""
    parts, needs, diagram = dict(prop.parts), Needs(proof), proof.diagram
    both = [proof.outcome(parts[name], all_profiles=True) for name in ("outcome", "other")]
    if not all(_plain(proof, parts[name]) for name in ("outcome", "other")):
        return None
    spoken_of = proof.meaning.possible
    if prop.where is not None:
        spoken_of = diagram.both(spoken_of, proof.meaning.limit(prop.where))
    missed, reached = (
        diagram.both(spoken_of, diagram.apply((prop.text, "need profiles", which), _coming(parts, reaching=which), *both))
        for which in (False, True)
    )
    if not (needs.scales and followed(proof, missed) and followed(proof, reached)):
        return None
    some = needs.of_some(missed)
    never = diagram.both(some, diagram.negation(needs.of_some(reached)))
    common, (boxes, over) = needs.around(never), needs.boxes(never, SHOWN)
    told = []
    for said, part in boxes:
        pair = _confirmed(proof, prop, diagram.both(missed, part))
        if pair is None:
            return None
        own = {i: levels for i, levels in said.items() if levels != common.get(i)}
        told.append(NeedProfiles(needs.words(own), needs.count(part), pair))
    return Unreached(
        needs.words(common) if told else "", tuple(told), over, needs.count(diagram.either(some, needs.of_some(reached)))
    )


def _plain(proof: Proof, name: str) -> bool:
    """Whether a decision is a word, or a set of words, none of which rests on what is not told apart."""
    results = proof.diagram.values(proof.outcome(name, all_profiles=True))
    return proof.type_of(name).kind in ("scale", "choice", "set") and not any(isinstance(one.value, Formula) for one in results)


def _coming(parts: dict[str, Any], *, reaching: bool) -> Callable[[Worked, Worked], bool]:
    """Whether two results are the outcome of a sentence and some provision, which is what it names or is not."""

    def coming(outcome: Worked, other: Worked) -> bool:
        if outcome.state != INDICATED or other.state != INDICATED or not _has(outcome, (parts["value"],)):
            return False
        return _has(other, parts["values"]) is reaching

    return coming


def _has(worked: Worked, values: tuple[str, ...]) -> bool:
    found = worked.value if isinstance(worked.value, tuple) else (worked.value,)
    return any(value in found for value in values)


def _confirmed(proof: Proof, prop: Property, where: int) -> Pair | None:
    """The smallest pupil of a region, whom the reference engine sees missed too."""
    parts = dict(prop.parts)
    missed = _coming(parts, reaching=False)

    def pair(example: Example) -> Pair:
        outcomes = tuple(proof.decide(example, parts[name]) for name in ("outcome", "other"))
        return Pair((example,), outcomes, parts["outcome"], beside=parts["other"])

    def confirmed(example: Example) -> bool:
        return holds_of(proof, prop, (example,)) and missed(*pair(example).outcomes)

    return next((pair(example) for example in proof.examples(where, confirmed)), None)


def _words(prop: Property, found: Unreached) -> str:
    parts = dict(prop.parts)
    named = f"{parts['value']} in `{parts['outcome']}`"
    if not found.told:
        return f"no level of needs keeps a pupil from it: with each that has {named}, it is reached with some other answers"
    total = found.over + sum(need.count for need in found.told)
    common = f", all with {found.common}" if found.common else ""
    listed = "; ".join(f"{need.words} ({need.count:,})" for need in found.told if need.words)
    more = f"; and {found.over:,} more" if found.over else ""
    groups = f": {listed}{more}" if listed else ""
    return f"of {found.among:,} need profiles with {named}, {total:,} never reach it, whatever else is answered{common}{groups}"


REACH = Check("reach", "CX931", find, proves=True)
