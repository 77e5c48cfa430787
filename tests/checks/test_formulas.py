# SPDX-License-Identifier: MIT
"""What is worked out from amounts: proved by shape, or searched; and never proved where it does not hold."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.helpers import DAY, HEAD, pack, rulebook

from continuum.engines.reference import Reference

MONEY = "type: money\n  unit: GBP/year\n  places: 2\n  rounding: half_up"
INPUTS = """\
inputs:
  cost: {ask: a, type: money, unit: GBP/year, min: 0, max: 200, step: 1}
  hours: {ask: b, type: number, unit: GBP/year, min: 0, max: 100, step: 1}
  plan: {ask: c, type: yes_no}
"""


def answers(text):
    """The answer to each sentence."""
    return {answer.sentence: answer for answer in rulebook(text).prove()}


SENTENCES = (
    "raising any of [cost] never lowers out",
    "raising any of [hours] never lowers out",
    "raising any of [cost] never raises out",
    "no profile has out at least 50 while every one of [cost, hours] is at most 20",
)

AMOUNTS = st.recursive(
    st.sampled_from(["cost", "hours", "10", "40", "0"]),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["max", "min", "sum"]), inner, inner).map(lambda t: f"{t[0]}({t[1]}, {t[2]})"),
        st.tuples(inner, st.sampled_from("+-"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda one: f"({one} * 0.5)"),
        inner.map(lambda one: f"({one} / 3)"),
        inner.map(lambda one: f"round({one}, 0, half_even)"),
    ),
    max_leaves=4,
)


@st.composite
def packs(draw):
    """A `first` table of two or three amounts."""
    cells = ['{cost: ">= 100"}', '{hours: "< 10"}', "{plan: yes}", '{cost: "< 50", plan: no}']
    rules = [
        f"    - {{id: A-{i}, when: {draw(st.sampled_from(cells))}, then: {draw(AMOUNTS.map(_quoted))}, because: b}}"
        for i in range(draw(st.integers(1, 2)))
    ]
    rules.append(f"    - {{id: A-9, otherwise: {draw(AMOUNTS.map(_quoted))}, because: b}}")
    table = "\n".join(["- decision: out", "  asks: q", f"  {MONEY}", "  hit: first", "  rules:", *rules])
    return pack(table, inputs=INPUTS, head=HEAD, more=f"properties:\n{''.join(f'  - {one}' + chr(10) for one in SENTENCES)}")


def _quoted(expression):
    return f'"= {expression}"'


@given(packs())
def test_a_formula_is_proved_only_where_no_profile_breaks_the_sentence(text):
    """Every cost and every hour is gone over; a breach that is shown is one."""
    book = rulebook(text)
    reference, found = Reference(book.pack), answers(text)
    worth = {
        (cost, hours, plan): reference.env({"cost": cost, "hours": hours, "plan": plan}, DAY)["out"].value
        for cost in range(201)
        for hours in (*range(0, 100, 9), 10, 11, 19, 20, 21, 100)
        for plan in (False, True)
    }
    places = [(hours, plan) for cost, hours, plan in worth if cost == 0]
    by_cost = [[worth[cost, hours, plan] for cost in range(201)] for hours, plan in places]
    hours = sorted({one for _, one, _ in worth})
    by_hours = [[worth[cost, one, plan] for one in hours] for cost in range(201) for plan in (False, True)]
    broken = [
        any(a > b for row in by_cost for a, b in pairwise(row)),
        any(a > b for row in by_hours for a, b in pairwise(row)),
        any(a < b for row in by_cost for a, b in pairwise(row)),
        any(value >= 50 for (cost, one, _), value in worth.items() if cost <= 20 and one <= 20),
    ]
    for sentence, truth in zip(SENTENCES, broken, strict=True):
        assert not (truth and found[sentence].verdict == "proved"), sentence
        if found[sentence].verdict == "broken":
            assert found[sentence].pairs


@pytest.mark.parametrize(
    ("formula", "verdict"),
    [("max(0, cost - 60)", "proved"), ("cost * 2 + hours", "proved"), ("min(100, cost)", "proved"), ("100 - cost", "broken")],
)
def test_what_rises_with_an_amount_is_proved_by_its_shape(formula, verdict):
    """A formula over pounds is too fine to be gone over, and need not be."""
    table = f"""
    - decision: out
      asks: q
      {MONEY.replace(chr(10), chr(10) + "    ")}
      hit: first
      rules: [{{id: A-1, when: {{plan: no}}, then: "= 0", because: b}}, {{id: A-2, otherwise: "= {formula}", because: b}}]
    """
    sentence = "raising any of [cost] never lowers out"
    found = answers(pack(table, inputs=INPUTS, more=f'properties: ["{sentence}"]\n'))[sentence]
    assert found.verdict == verdict
    if verdict == "proved":
        assert found.why == "by the shape of its formulas"
    else:
        assert [worked.rules for worked in found.pairs[0].outcomes] == [("A-2",), ("A-2",)]


def test_what_is_neither_proved_nor_broken_says_how_many_were_tried():
    """Nothing follows from a search that finds nothing, so it says how far it went."""
    table = f"""
    - decision: out
      asks: q
      {MONEY.replace(chr(10), chr(10) + "    ")}
      hit: first
      rules: [{{id: A-2, otherwise: "= if(cost > 60, cost - 60, 0)", because: b}}]
    """
    sentence = "raising any of [cost] never lowers out"
    found = answers(pack(table, inputs=INPUTS, more=f'properties: ["{sentence}"]\n'))
    assert found[sentence].verdict == "not_proved"
    assert " pairs of profiles were tried" in found[sentence].why


HIGHEST = """
- decision: out
  asks: q
  type: {fields: {band: {scale: [low, high]}, award: money}}
  unit: GBP/year
  places: 2
  rounding: half_up
  hit: highest
  rank_by: band
  rules:
    - {id: R-1, when: {plan: yes}, then: {band: high, award: "= cost"}, because: b}
    - {id: R-2, when: {hours: ">= 0"}, then: {band: high, award: "= cost * 2"}, because: b}
"""
ANY = f"""
- decision: out
  asks: q
  {MONEY}
  hit: any
  rules:
    - {{id: R-1, when: {{hours: ">= 0"}}, then: "= 10", because: b}}
    - {{id: R-2, when: {{plan: [no, yes]}}, then: "= cost", because: b}}
- decision: verdict
  asks: q
  type: {{scale: [low, high]}}
  hit: first
  rules:
    - {{id: V-1, when: {{out: referred}}, then: low, because: b}}
    - {{id: V-2, otherwise: high, because: b}}
"""
THROUGH = f"""
- decision: base
  asks: q
  {MONEY}
  hit: first
  rules:
    - {{id: B-1, when: {{cost: "> 100"}}, then: "= 10", because: b}}
    - {{id: B-2, otherwise: "= 20 + hours / 2", because: b}}
- decision: out
  asks: q
  {MONEY}
  hit: first
  rules: [{{id: V-1, otherwise: "= base * 2", because: b}}]
"""


@pytest.mark.parametrize(
    ("table", "outcome", "sentence"),
    [
        (HIGHEST, "out", "no two rules of equal rank disagree"),
        (ANY, "verdict", "raising any of [cost] never lowers verdict"),
        (ANY, "verdict", "verdict does not depend on cost"),
        (THROUGH, "out", "out does not depend on cost"),
    ],
)
def test_what_once_was_proved_and_does_not_hold_is_found(table, outcome, sentence):
    """Formulas that may agree or not, and inputs that a formula rests on through another decision, are not to be overlooked."""
    more = "" if "equal rank" in sentence else f'properties: ["{sentence}"]\n'
    assert answers(pack(table, outcomes=outcome, inputs=INPUTS, more=more))[sentence].verdict == "broken"


def test_a_day_on_which_only_a_rule_changes_is_a_day_of_its_own():
    """A rule that begins to hold in 2025 and gives what the next one gives is not unreachable."""
    table = """
    - decision: out
      asks: q
      type: {scale: [low, high]}
      hit: first
      rules:
        - {id: V-1, when: {now: ">= 2025-01-01", plan: yes}, then: low, because: b}
        - {id: V-2, otherwise: low, because: b}
    """
    assert answers(pack(table, inputs=INPUTS, more="measures: {now: today}\n"))["every rule can apply"].verdict == "proved"
