# SPDX-License-Identifier: MIT
"""CX932: who does not answer must not get less than whatever the answer could have brought."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st
from tests.checks.drawn import faults
from tests.checks.helpers import found
from tests.helpers import DAY, HEAD, pack, rulebook

from continuum.engines.hits import INDICATED
from continuum.engines.reference import Reference

INPUTS = """\
scales: {need: [none, mild, severe]}
inputs:
  speech: {ask: a, type: scale, scale: need}
  score: {ask: b, type: integer, min: 0, max: 3}
"""
PLANTED = """
- decision: out
  asks: q
  type: {scale: [low, mid, high]}
  hit: first
  rules:
    - {id: O-1, when: {speech: severe, score: known}, then: high, because: b}
    - {id: O-2, when: {score: known}, then: mid, because: b}
    - {id: O-3, otherwise: low, because: b}
"""


def test_a_missing_answer_that_lowers_an_outcome_is_told_with_two_pupils():
    """They differ in nothing but whether the score was given."""
    (finding,) = found("CX932", pack(PLANTED, inputs=INPUTS))
    assert (
        finding.message == "`out` comes to low [O-3] without an answer to `score`, and to no less than mid [O-2] with any answer"
    )
    assert "given: {speech: none}\n" in finding.example
    assert "given: {score: 0, speech: none}\n" in finding.example


def test_a_rule_that_says_so_may_do_it_and_is_a_note():
    """Somebody has thought of it."""
    said = PLANTED.replace(
        "{id: O-3, otherwise",
        "{id: O-4, when: {score: unknown}, missing: deliberate, then: low, because: b}\n    - {id: O-3, otherwise",
    )
    (finding,) = found("CX932", pack(said, inputs=INPUTS))
    assert finding.severity == "note"
    assert finding.message == "`O-4` lets a missing answer to `score` lower `out`, and says so"


def test_a_missing_answer_that_some_answer_equals_is_not_told():
    """A score of 0 would bring no more."""
    fair = PLANTED.replace("score: known", 'score: ">= 1"')
    assert found("CX932", pack(fair, inputs=INPUTS)) == []


CELLS = ["known", "not (known)", "unknown", ">= 2", "< 1"]


@st.composite
def packs(draw):
    """A table that asks whether a score was given."""
    rules = []
    for i in range(draw(st.integers(1, 3))):
        cell = draw(st.sampled_from(CELLS))
        speech = draw(st.sampled_from(["", 'speech: ">= mild", ', "speech: severe, "]))
        missing = "missing: deliberate, " * (cell in ("unknown", "not (known)"))
        then = draw(st.sampled_from(["low", "mid", "high", "refer"]))
        rules.append(f'    - {{id: O-{i}, when: {{{speech}score: "{cell}"}}, {missing}then: {then}, because: b}}')
    rules.append(f"    - {{id: O-9, otherwise: {draw(st.sampled_from(['low', 'mid', 'high']))}, because: b}}")
    hit = draw(st.sampled_from(["first", "highest"]))
    table = "\n".join(["- decision: out", "  asks: q", "  type: {scale: [low, mid, high]}", f"  hit: {hit}", "  rules:", *rules])
    return pack(table, inputs=INPUTS, head=HEAD)


@given(packs())
def test_it_is_told_exactly_where_going_over_all_answers_tells_it(text):
    """With and without the score, for every level and every score."""
    book = rulebook(text)
    reference, order = Reference(book.pack), book.pack.tables["out"].type.values
    deliberate = [rule for rule in book.pack.tables["out"].rules if rule.deliberate]

    def rank(speech, score, names):
        env = reference.env({"speech": speech, "score": score}, DAY, frozenset(names))
        worked = env["out"]
        excused = "score" not in names and any(reference.conditions[rule.id](env) for rule in deliberate)
        return (order.index(worked.value) if worked.state == INDICATED else None), excused

    lowered, excused = False, False
    for speech, score in product(("none", "mild", "severe"), range(4)):
        with_it = [found for value in range(4) if (found := rank(speech, value, ("speech", "score"))[0]) is not None]
        without, says_so = rank(speech, score, ("speech",))
        if with_it and without is not None and without < min(with_it):
            lowered, excused = lowered or not says_so, excused or says_so
    found_faults = faults(text, "unknowns")
    assert any(fault.severity == "error" for fault in found_faults) == lowered
    assert any(fault.severity == "note" for fault in found_faults) == excused
