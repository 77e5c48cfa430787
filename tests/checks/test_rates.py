# SPDX-License-Identifier: MIT
"""CX935: where no row of a rate fits, a pupil is referred whom everybody thought was provided for."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.checks.helpers import found
from tests.helpers import pack, rulebook

INPUTS = """
choices:
  kinds: [mainstream, special]
inputs:
  kind: {ask: Kind, type: choice, of: kinds}
  age: {ask: Age, type: integer, min: 0, max: 25}
"""
RULES = """
- decision: out
  asks: How much?
  type: money
  unit: GBP/year
  places: 2
  rounding: half_up
  hit: first
  rules: [{id: O-1, when: {age: "> 3"%s}, then: "= amount[kind]", because: b}, {id: O-2, otherwise: 0, because: b}]
"""


def text(rows, more="", of="kinds"):
    """A pack with a rate of these rows."""
    rates = f"rates:\n  amount: {{keys: [{of}], type: money, unit: GBP/year, rows: [{rows}]}}\n"
    return pack(RULES % more, inputs=INPUTS + rates)


FULL = "{kinds: mainstream, value: 1}, {kinds: special, value: 2}"


def test_rows_for_every_pupil_and_day_are_no_hole():
    """Nothing is told where nothing is wrong."""
    assert not found("CX935", text(FULL))


def test_a_missing_key_is_told_with_the_smallest_pupil_who_needs_it():
    """The example is a case that can be pasted, and the reference engine agrees."""
    (one,) = found("CX935", text("{kinds: mainstream, value: 1}"))
    assert one.message == "`amount` has no row for special on 2020-01-01, and `out` needs it"
    assert (one.place.text.strip().split(":")[0], one.severity) == ("amount", "warning")
    assert "given: {age: 4, kind: special}" in one.example
    decision = rulebook(text("{kinds: mainstream, value: 1}")).decide({"kind": "special", "age": 4}, on=dt.date(2020, 1, 1))
    assert decision.outcomes["out"].cause == "arithmetic"


@pytest.mark.parametrize(
    ("rows", "day"),
    [
        ("{kinds: any, value: 1, to: 2024-08-31}", "2024-09-01"),
        ("{kinds: any, value: 1, from: 2021-01-01}", "2020-01-01"),
        ("{kinds: any, value: 1, to: 2022-03-31}, {kinds: any, value: 2, from: 2022-04-02}", "2022-04-01"),
        ("{kinds: any, value: 1, to: 2022-03-31}, {kinds: mainstream, value: 2, from: 2022-04-01}", "2022-04-01"),
    ],
)
def test_days_without_a_row_are_told(rows, day):
    """A hole of one day is a hole."""
    (one,) = found("CX935", text(rows))
    assert f"on {day}" in one.message


def test_a_key_that_nobody_comes_to_needs_no_row():
    """A rule that asks first does not look up in vain."""
    assert not found("CX935", text("{kinds: mainstream, value: 1}", more=", kind: mainstream"))
    impossible = 'impossible: [{when: {kind: special}, because: "None here."}]\n'
    assert not found("CX935", text("{kinds: mainstream, value: 1}") + impossible)


def test_what_is_not_published_is_no_hole():
    """A pack may say that an amount is not known; the outcome says so too."""
    assert not found("CX935", text("{kinds: mainstream, value: 1}, {kinds: special, value: unpublished}"))


def test_a_hole_behind_a_measure_and_in_a_condition_is_found():
    """Wherever it is read."""
    rates = "rates:\n  amount: {keys: [kinds], type: money, unit: GBP/year, rows: [{kinds: special, value: 1}]}\n"
    measures = "measures:\n  share: amount[kind] / 2\n"
    rules = """
    - decision: out
      asks: Which?
      type: yes_no
      hit: first
      rules: [{id: O-1, when: {share: "> 0"}, then: yes, because: b}, {id: O-2, otherwise: no, because: b}]
    """
    (one,) = found("CX935", pack(rules, inputs=INPUTS + rates + measures))
    assert "given: {kind: mainstream}" in one.example


def test_every_hole_is_told_so_that_one_accepted_does_not_hide_the_next():
    """Two days without a row are two holes of one rate; of many, five are told and how many more there are."""
    days = "{kinds: any, value: 1, to: 2022-03-31}, {kinds: mainstream, value: 2, from: 2022-04-02}"
    (one,) = found("CX935", text(days))
    assert "on 2022-04-01, and `out` needs it; it has no row for special on 2022-04-02, and `out` needs it" in one.message
    many = ", ".join(f"{{kinds: any, value: 1, from: 202{i}-02-01, to: 202{i}-03-31}}" for i in range(1, 7))
    (one,) = found("CX935", text(many))
    assert one.message.count("no row for") == 5
    assert one.message.endswith(" more")


def test_an_accepted_hole_comes_back_when_another_is_beside_it():
    """The smallest pupil is the same; the hole on later days is new."""
    rows = "{kinds: mainstream, value: 1}, {kinds: special, value: 2, from: 2021-01-01}"
    witness = found("CX935", text(rows))[0].accept.rpartition("witness: ")[2].rstrip("}")
    accepted = f'accepted: [{{check: rates, about: amount, because: b, until: 2026-08-31, witness: "{witness}"}}]\n'
    assert found("CX935", text(rows) + accepted)[0].severity == "note"
    (one,) = found("CX935", text(f"{rows[:-1]}, to: 2022-12-31}}") + accepted)
    assert one.severity == "warning"
