# SPDX-License-Identifier: MIT
"""Two settings: how far they rank pupils alike, held against going over every pair of profiles."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import combinations
from math import prod

from hypothesis import given
from hypothesis import strategies as st
from tests.checks.drawn import faults, packs, profiles
from tests.checks.helpers import found
from tests.helpers import pack, rulebook

from continuum.checks.alignment import concordance, image, most_opposite
from continuum.checks.subject import Subject
from continuum.engines.hits import INDICATED

SIZES = {"speech": 3, "hearing": 3, "age": 5, "report": 3}


def subject_of(text):
    """A pack to be checked."""
    book = rulebook(text)
    return Subject(book._reference, book._completions, book._written)


def by_enumeration(text, outcome, limited):
    """On each day, of how many profiles the outcome stands at each two ranks in the two settings."""
    book = rulebook(text)
    order = book.pack.tables[outcome].type.values
    stands = {}
    for env in profiles(text):
        key = tuple(env[name] for name in SIZES)
        if env[outcome].state == INDICATED and (not limited or env["age"] >= 2):
            stands[env["today"], env["place"], key] = order.index(env[outcome].value)
    found = {}
    for day, place, key in stands:
        if place == "here" and (day, "there", key) in stands:
            found.setdefault(day, Counter())[stands[day, "here", key], stands[day, "there", key]] += 1
    return found


@given(packs(hits=("first", "unique", "any", "highest")), st.sampled_from(["out", "base"]), st.booleans())
def test_the_ranks_in_two_settings_are_those_of_an_enumeration(text, outcome, limited):
    """Counts exactly, on each day; and a note exactly where some pupil's outcome differs."""
    sentence = f"{outcome} with place here is within 1 of {outcome} with place there" + " where age is >= 2" * limited
    text = text.replace("decisions:", f'properties: ["{sentence}"]\ndecisions:')
    subject, truth = subject_of(text), by_enumeration(text, outcome, limited)
    (prop,) = subject.pack.properties
    differ = False
    for proof in subject.proofs:
        told = image(proof, prop)
        here = truth.get(proof.day, Counter())
        if told is None:
            assert all(one == other for one, other in here)
            continue
        times = prod(size for name, size in SIZES.items() if ("input", name) not in proof.meaning.space.index)
        assert {ranks: count * times for ranks, count in told.counts.items()} == here
        differ = differ or any(one != other for one, other in here)
    notes = [fault for fault in faults(text, "alignment") if fault.severity == "note"]
    assert bool(notes) == differ
    for note in notes:
        assert note.witness
        for pair in note.witness:
            assert [profile.as_dict()["place"] for profile in pair.profiles] == ["here", "there"]
            assert all(worked.state == INDICATED for worked in pair.outcomes)


@given(st.dictionaries(st.tuples(st.integers(0, 3), st.integers(0, 3)), st.integers(1, 4), max_size=6))
def test_pairs_are_counted_as_by_going_over_each_of_them(counts):
    """Every two profiles, and the two that stand furthest apart in opposite orders."""
    ranks = [one for one, count in counts.items() for _ in range(count)]
    signs = [(one[0] - two[0]) * (one[1] - two[1]) for one, two in combinations(ranks, 2)]
    same, opposite = sum(sign > 0 for sign in signs), sum(sign < 0 for sign in signs)
    order = concordance(counts)
    assert (order.same, order.opposite) == (same, opposite)
    assert order.gamma == (Fraction(same - opposite, same + opposite) if same + opposite else None)
    turned = most_opposite(counts)
    assert (turned is not None) == bool(opposite)
    if turned:
        one, two = turned
        assert (one[0] - two[0]) * (one[1] - two[1]) == min(signs)


def settings(here, within=2):
    """A pack with an outcome in two settings; ``here`` is a rule of the one alone."""
    return pack(
        f"""
        - decision: out
          asks: q
          type: {{scale: [low, middle, high]}}
          hit: first
          rules:
            - {{id: A-0, when: {here}, because: b}}
            - {{id: A-1, when: {{speech: severe}}, then: high, because: b}}
            - {{id: A-2, when: {{speech: mild}}, then: middle, because: b}}
            - {{id: A-3, otherwise: low, because: b}}
        """,
        inputs=f"""
        scales:
          need: [none, mild, severe]
        inputs:
          speech: {{ask: a, type: scale, scale: need}}
          setting: {{ask: b, type: choice, of: [mainstream, unit]}}
        properties: ["out with setting unit is within {within} of out with setting mainstream"]
        """,
    )


def test_two_pupils_whom_the_settings_rank_oppositely_are_told():
    """CX929: with exact numbers of pairs, and gamma."""
    (note,) = found("CX929", settings("{speech: severe, setting: unit}, then: low"))
    assert note.severity == "note"
    assert note.message == (
        "`out` with setting unit differs from that with setting mainstream for 1 of 3 profiles; of all pairs of them 1"
        " stand in the same order in both, 1 in the opposite one (gamma 0.000): one pupil comes to low [A-0] and high [A-1];"
        " another to middle [A-2] and middle [A-2]"
    )
    assert "setting: unit" in note.example
    assert "setting: mainstream" in note.example


def test_a_broken_sentence_has_its_error_and_the_note_beside_it():
    """How far apart, and how often."""
    text = settings("{speech: severe, setting: unit}, then: low", within=0)
    assert [finding.severity for finding in found("CX929", text)] == ["error", "note"]


def test_equal_settings_say_nothing_more():
    """Equality is more than concordance."""
    assert found("CX929", settings("{speech: none}, then: low", within=0)) == []
    assert found("CX929", settings("{speech: none, setting: unit}, then: low")) == []
