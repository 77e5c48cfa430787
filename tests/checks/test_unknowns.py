# SPDX-License-Identifier: MIT
"""CX932: who does not answer must not get less than whatever the answer could have brought."""

from __future__ import annotations

from itertools import product

import pytest
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


BAND = """
- decision: out
  asks: q
  type: {scale: [low, high]}
  hit: first
  rules:
    - {id: O-1, when: {WHEN}, then: high, because: b}
    - {id: O-2, otherwise: low, because: b}
"""
AMOUNT = """
- decision: out
  asks: q
  type: money
  unit: GBP/year
  places: 2
  rounding: half_up
  hit: first
  rules: [{id: O-1, otherwise: "= FORMULA", because: b}]
"""


def costs(low=0, high=50000):
    """Two amounts of which there are too many to tell them apart one by one."""
    asked = f"type: money, unit: GBP/year, min: {low}, max: {high}, step: 1"
    return f"inputs:\n  cost: {{ask: a, {asked}}}\n  other: {{ask: b, {asked}}}\n"


def band(when, measure, inputs):
    """A band that a measure decides."""
    return pack(BAND.replace("WHEN", when), inputs=inputs, more=f'measures: {{spend: "{measure}"}}\n')


HOURS = "inputs: {hours: {ask: a, type: integer, min: 5, max: 30}}\n"
PLANTS = {
    "a number in its place": band('spend: ">= 5"', "coalesce(hours, 0)", HOURS),
    "a measure of whether it is known": band('spend: ">= 5"', "if(known(hours), 10, 0)", HOURS),
    "not unknown": pack(BAND.replace("WHEN", "not: {hours: unknown}"), inputs=HOURS),
    "a wide amount": band('spend: ">= 6000"', "if(known(cost), cost + 7000, 0)", costs()),
    "a number in place of a wide amount": band('spend: ">= 5"', "coalesce(cost, 0)", costs(5)),
    "another wide amount": band('spend: ">= 6000"', "if(known(cost), other + 7000, 0)", costs()),
    "an amount worked out": pack(AMOUNT.replace("FORMULA", "if(known(cost), cost + 1000, 0)"), inputs=costs()),
}


@pytest.mark.parametrize("text", PLANTS.values(), ids=PLANTS)
def test_what_a_measure_or_formula_makes_of_a_missing_answer_is_told(text):
    """Nothing that asks whether an answer was given may pass in silence because its amounts are many."""
    (finding,) = found("CX932", text)
    assert finding.severity == "error"
    (answer,) = (one for one in rulebook(text).prove() if one.sentence.startswith("a missing answer"))
    assert answer.verdict == "broken"


@pytest.mark.parametrize("high", [50000, 900000])
def test_what_is_not_told_apart_and_not_found_is_not_proved(high):
    """Some cost brings as little as none; or there are too many of them to go over."""
    measure = "if(known(cost), cost, 0)" if high == 50000 else "if(known(cost), cost + 7000, 0)"
    text = band('spend: ">= 6000"', measure, costs(high=high))
    assert found("CX932", text) == []
    (finding,) = (one for one in found("CX915", text) if "missing answer" in one.message)
    assert finding.message == (
        "it is not proved that a missing answer to `cost` never lowers `out`, "
        "which is worked out from amounts that are not told apart one by one"
    )


@st.composite
def wide(draw):
    """A pack in which something asks whether a wide amount was given, directly, through a measure or through a decision."""
    a, b = draw(st.sampled_from([0, 1000, 7000])), draw(st.sampled_from([0, 3000, 9000]))
    other = draw(st.sampled_from(["cost", "other", "min(cost, other)", "6000"]))
    measure = draw(st.sampled_from([f"if(known(cost), {other} + {a}, {b})", f"coalesce(cost, {b}) + {a}", f"other + {a}"]))
    low, high = draw(st.sampled_from([(0, 50000), (5, 30000), (8000, 300000)]))
    if draw(st.booleans()):
        return pack(AMOUNT.replace("FORMULA", measure), inputs=costs(low, high))
    more = draw(st.sampled_from(["", ", cost: known", ', other: ">= 20000"', ", not: {cost: unknown}"]))
    when = f'spend: "{draw(st.sampled_from([">=", "<"]))} {draw(st.sampled_from([5, 6000, 9000]))}"{more}'
    if draw(st.booleans()):
        return band(when, measure, costs(low, high))
    through = BAND.replace("out", "first").replace("O-", "P-").replace("WHEN", when) + BAND.replace("WHEN", "first: high")
    return pack(through, inputs=costs(low, high), more=f'measures: {{spend: "{measure}"}}\n')


@given(wide())
def test_it_is_never_passed_over_where_a_profile_was_found(text):
    """Silent and proved only where no profile tried comes to less without the cost than with every cost tried."""
    book = rulebook(text)
    reference, type_ = Reference(book.pack), book.pack.tables["out"].type
    line = [book.pack.inputs["cost"].low, 5, 999, 5999, 6000, 8999, 9000, book.pack.inputs["cost"].high]
    tried = sorted({int(one) for one in line if one >= line[0]})

    def rank(cost, other, names):
        worked = reference.env({"cost": cost, "other": other}, DAY, frozenset(names))["out"]
        assert worked.state == INDICATED
        return type_.values.index(worked.value) if type_.values else worked.value

    fallen = any(
        rank(tried[0], other, ("other",)) < min(rank(cost, other, ("cost", "other")) for cost in tried) for other in tried
    )
    told = [fault for fault in faults(text, "unknowns") if "`cost`" in fault.message]
    (answer,) = (one for one in book.prove() if one.sentence.startswith("a missing answer"))
    assert (answer.verdict == "proved") == (not told)
    assert (answer.verdict == "broken") == any(fault.severity == "error" for fault in told)
    assert told or not fallen
