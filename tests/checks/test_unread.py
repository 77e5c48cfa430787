# SPDX-License-Identifier: MIT
"""CX925: what nobody reads changes nothing, and somebody may think that it does."""

from __future__ import annotations

from tests.checks.helpers import found
from tests.helpers import pack

INPUTS = """
inputs:
  age: {ask: Age, type: integer, min: 0, max: 25}
  cost: {ask: Cost, type: money, unit: GBP/year, min: 0, max: 9000}
  sex: {ask: Sex, type: choice, of: [f, m], protected: yes}
measures:
  double: age * 2
  yearly: cost * 2
rates:
  amount: {type: money, unit: GBP/year, rows: [{value: 1}]}
  other: {type: money, unit: GBP/year, rows: [{value: 2}]}
"""
RULES = """
- decision: out
  asks: Which?
  type: yes_no
  hit: first
  rules: [{id: O-1, when: {double: "> 3"}, then: yes, because: b}, {id: O-2, otherwise: no, because: b}]
- decision: spare
  asks: How much?
  type: money
  unit: GBP/year
  places: 2
  rounding: half_up
  hit: first
  rules: [{id: S-1, when: {cost: "> amount"}, then: "= yearly", because: b}, {id: S-2, otherwise: 0, because: b}]
"""


def test_each_name_that_no_outcome_rests_on_is_told_with_its_place():
    """Also what only a decision reads that no outcome needs."""
    assert [(one.message, one.place.line) for one in found("CX925", pack(RULES, inputs=INPUTS))] == [
        ("the input `cost` is never read: it changes no outcome", 12),
        ("the measure `yearly` is never read: it changes no outcome", 16),
        ("the rate `amount` is never read: it changes no outcome", 18),
        ("the rate `other` is never read: it changes no outcome", 19),
        ("the decision `spare` is never read: it changes no outcome", 27),
    ]


def test_what_an_outcome_rests_on_is_read():
    """Through decisions, measures and conditions."""
    assert [one.message for one in found("CX925", pack(RULES, outcomes="out, spare", inputs=INPUTS))] == [
        "the rate `other` is never read: it changes no outcome"
    ]


def test_what_is_impossible_and_what_a_property_says_is_read_too():
    """An input may be recorded only so that independence from it can be held."""
    spoken = 'impossible: [{when: {cost: "> 8000"}, because: b}]\n'
    names = [one.message.split("`")[1] for one in found("CX925", pack(RULES, inputs=INPUTS, more=spoken))]
    assert "cost" not in names
    names = [
        one.message.split("`")[1]
        for one in found("CX925", pack(RULES, inputs=INPUTS, more='properties: ["out does not depend on cost"]\n'))
    ]
    assert "cost" not in names
