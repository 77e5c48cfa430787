# SPDX-License-Identifier: MIT
"""The need profiles that never reach what a sentence names: the same as going over every profile finds."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st
from tests.checks.drawn import faults, packs, profiles
from tests.checks.helpers import found
from tests.helpers import pack, rulebook

from continuum.checks.needs import Needs
from continuum.checks.reach import never_reaching
from continuum.checks.subject import Subject
from continuum.engines.hits import INDICATED

SENTENCES = (
    "an out of high always reaches one of [high] in base",
    "a base of high always reaches one of [mid, high] in out",
    "a base of low always reaches one of [high] in out where age is >= 2",
)


def subject_of(text):
    """A pack to be checked."""
    book = rulebook(text)
    return Subject(book._reference, book._completions, book._written)


def holds(worked, values):
    """Whether a result is, or has, one of some values."""
    return bool(set(values) & set(worked.value if isinstance(worked.value, tuple) else (worked.value,)))


def truth(text, prop, day, names):
    """The need profiles of some pupil who misses what is named, and of some pupil who reaches it, by enumeration."""
    parts, missed, reached = dict(prop.parts), set(), set()
    for env in profiles(text):
        outcome, other = env[parts["outcome"]], env[parts["other"]]
        spoken_of = env["today"] == day and (prop.where is None or env["age"] >= 2)
        if spoken_of and outcome.state == other.state == INDICATED and holds(outcome, (parts["value"],)):
            (reached if holds(other, parts["values"]) else missed).add(tuple(env[name] for name in names))
    return missed, reached


@given(packs(), st.sampled_from(SENTENCES))
def test_the_need_profiles_that_never_reach_it_are_those_of_an_enumeration(text, sentence):
    """Which, how many, and each group with a pupil of its own."""
    text = text.replace("decisions:", f'properties: ["{sentence}"]\ndecisions:')
    subject = subject_of(text)
    (prop,) = subject.pack.properties
    for proof in subject.proofs:
        needs = Needs(proof)
        names = [variable.name for variable in needs.scales.values()]
        listed = never_reaching(proof, prop)
        if not names:
            assert listed is None
            continue
        missed, reached = truth(text, prop, proof.day, names)
        assert listed.among == len(missed | reached)
        assert sum(need.count for need in listed.told) + listed.over == len(missed - reached)
        for need in listed.told:
            pupil = need.witness.profiles[0].as_dict()
            assert tuple(pupil[name] for name in names) in missed - reached
    answer = subject.asked("reach")[0]
    (fault,) = faults(text, "reach") or [None]
    assert (fault is not None) == (answer.verdict == "broken")


@given(st.sets(st.tuples(*[st.integers(0, 2)] * 3)))
def test_boxes_hold_exactly_the_set_they_describe(chosen):
    """Nothing outside comes in, nothing is counted twice, and what is left over is said."""
    needs = Needs(subject_of(THREE).proofs[0])
    diagram, scales = needs.diagram, [*needs.scales]
    where = diagram.no
    for levels in chosen:
        where = diagram.either(where, needs._box({i: {level} for i, level in zip(scales, levels, strict=True)}))
    for most in (1, 27):
        boxes, over = needs.boxes(where, most)
        inside = [{levels for levels in product(range(3), repeat=3) if _in(said, scales, levels)} for said, _ in boxes]
        assert all(one <= chosen for one in inside)
        assert sum(needs.count(part) for _, part in boxes) + over == len(chosen)
        assert [needs.count(part) for _, part in boxes] == sorted((needs.count(part) for _, part in boxes), reverse=True)
        assert over or set().union(*inside) == chosen
        assert all(_in(needs.around(where), scales, levels) for levels in chosen)


def _in(said, scales, levels):
    """Whether a need profile is in a box."""
    return all(level in said.get(i, {level}) for i, level in zip(scales, levels, strict=True))


THREE = pack(
    """
    - decision: out
      asks: q
      type: {scale: [low, high]}
      hit: first
      rules:
        - {id: A-1, when: {speech: severe, hearing: severe, physical: severe}, then: high, because: b}
        - {id: A-2, otherwise: low, because: b}
    """,
    inputs="""
    scales:
      need: [none, mild, severe]
    inputs:
      speech: {ask: a, type: scale, scale: need}
      hearing: {ask: b, type: scale, scale: need}
      physical: {ask: c, type: scale, scale: need}
    """,
)

GAP = pack(
    """
    - decision: band
      asks: q
      type: {scale: [low, high]}
      hit: first
      rules:
        - {id: B-1, when: {any: [{learning: severe}, {physical: severe}]}, then: high, because: b}
        - {id: B-2, when: {autism: severe, mental_health: ">= mild"}, then: high, because: b}
        - {id: B-3, otherwise: low, because: b}
    - decision: place
      asks: q
      type: {choice: [mainstream, special]}
      hit: first
      rules:
        - {id: P-1, when: {learning: ">= mild", band: high}, then: special, because: b}
        - {id: P-2, otherwise: mainstream, because: b}
    """,
    outcomes="band, place",
    inputs="""
    scales:
      need: [none, mild, severe]
    inputs:
      learning: {ask: a, type: scale, scale: need}
      physical: {ask: b, type: scale, scale: need}
      autism: {ask: c, type: scale, scale: need}
      mental_health: {ask: d, type: scale, scale: need}
      age: {ask: e, type: integer, min: 0, max: 20}
    properties: ["a band of high always reaches one of [special] in place"]
    """,
)


def test_the_gap_of_a_scheme_is_told_in_words_with_exact_numbers():
    """As in a consultation on special schools: no place for a physical disability, or autism with mental health needs, without
    a learning difficulty.
    """
    (finding,) = found("CX931", GAP)
    with_high = 27 + 2 * (9 + 2 * 2)  # learning severe; else physical severe, or autism severe with mental health
    assert finding.message.endswith(
        f"; of {with_high} need profiles with high in `band`, 13 never reach it, whatever else is answered, all with"
        " learning none: physical severe (9); autism severe, mental_health mild or more (4)"
    )
    assert "physical: severe" in finding.example


def test_where_other_answers_decide_no_need_profile_is_blamed():
    """Each level of needs reaches a place at some age."""
    (finding,) = found("CX931", GAP.replace('learning: ">= mild", band: high', 'age: "< 16", band: high'))
    assert finding.message.endswith(
        "no level of needs keeps a pupil from it: with each that has high in `band`, it is reached with some other answers"
    )


def test_nothing_is_listed_where_the_sentence_holds_or_the_pack_declares_none():
    """What is specialist is not guessed."""
    assert found("CX931", GAP.replace('{learning: ">= mild", band: high}', "{band: high}")) == []
    assert found("CX931", GAP.replace('properties: ["a band of high always reaches one of [special] in place"]', "")) == []


def test_what_cannot_be_followed_to_the_inputs_is_not_listed():
    """A clause that compares two wide amounts is free to be anything, so a list could name what cannot be."""
    text = GAP.replace('learning: ">= mild", band: high', 'cost: "> other * 2", band: high').replace(
        "  age: {ask: e, type: integer, min: 0, max: 20}",
        "  cost: {ask: e, type: money, unit: GBP/year, min: 0, max: 90000}\n"
        "  other: {ask: f, type: money, unit: GBP/year, min: 0, max: 90000}",
    )
    (finding,) = found("CX931", text)
    assert "need profiles" not in finding.message
    assert "is broken" in finding.message
