# SPDX-License-Identifier: MIT
"""CX933: an amount that the type of need sets alone says nothing of how much support a pupil needs."""

from __future__ import annotations

from tests.checks.helpers import found
from tests.helpers import pack

INPUTS = """\
scales: {need: [none, mild, severe]}
inputs:
  main_need: {ask: a, type: choice, of: [autism, speech, other], codes: {autism: ASD, speech: SLCN, other: OTH}}
  place: {ask: b, type: choice, of: [here, there]}
  level: {ask: c, type: scale, scale: need}
"""


def text(*rules, inputs=INPUTS, type_="type: money\n  unit: GBP/year\n  places: 2\n  rounding: half_up"):
    """A pack with one amount."""
    lines = "\n".join(f"    - {rule}" for rule in rules)
    return pack(f"- decision: out\n  asks: q\n  {type_}\n  hit: first\n  rules:\n{lines}\n", inputs=inputs)


BY_TYPE = (
    "{id: A-1, when: {main_need: autism}, then: 9000, because: b}",
    "{id: A-2, when: {main_need: speech, place: here}, then: 5000, because: b}",
    "{id: A-3, otherwise: 1000, because: b}",
)
BY_LEVEL = "{id: A-0, when: {level: severe}, then: 9000, because: b}"


def test_a_tariff_by_type_of_need_is_told_with_two_pupils_who_differ_in_nothing_else():
    """The place where a pupil is does not make it a tariff by need."""
    (finding,) = found("CX933", text(*BY_TYPE))
    assert finding.severity == "warning"
    assert finding.message == "`out` changes with the type of need (`main_need`), and with no level of need or of support"
    assert finding.example.count("- id:") == 2


def test_a_tariff_that_a_level_changes_too_is_not_told():
    """One rule about the level is enough, if some pupil comes to it."""
    assert found("CX933", text(BY_LEVEL, *BY_TYPE)) == []


def test_a_level_that_changes_nothing_does_not_count():
    """The rule that names it gives what the next one gives."""
    empty = "{id: A-0, when: {level: severe, main_need: autism}, then: 9000, because: b}"
    assert len(found("CX933", text(empty, *BY_TYPE))) == 1


def test_a_scale_that_no_rate_of_money_reads_is_no_amount():
    """A designation may well follow the type of need."""
    rules = [rule.replace("9000", "high").replace("5000", "low").replace("1000", "low") for rule in BY_TYPE]
    assert found("CX933", text(*rules, type_="type: {scale: [low, high]}")) == []


def test_without_census_codes_nothing_says_what_a_type_of_need_is():
    """The check does not guess from names."""
    plain = INPUTS.replace(", codes: {autism: ASD, speech: SLCN, other: OTH}", "")
    assert found("CX933", text(*BY_TYPE, inputs=plain)) == []
