# SPDX-License-Identifier: MIT
"""CX936: a rule that cites a document before it was made, or after it was withdrawn, rests on nothing."""

from __future__ import annotations

import pytest
from tests.checks.helpers import found
from tests.helpers import pack

RULES = """
- decision: out
  asks: Which?
  type: yes_no
  hit: first
  rules:
    - {id: O-1, when: {age: "> 3"%s}, then: yes, because: b, source: act}
    - {id: O-2, otherwise: no, because: b, source: act}
"""


def text(days, more="", source="act"):
    """A pack whose rules cite a document that is in force on some days."""
    rules = (RULES % more).replace(
        "O-2, otherwise: no, because: b, source: act", f"O-2, otherwise: no, because: b, source: {source}"
    )
    return pack(rules, more=f"sources: {{act: {{title: An act{days}}}, old: {{title: Older}}}}\n")


@pytest.mark.parametrize(
    ("days", "day", "when"),
    [
        (", from: 2020-01-02", "2020-01-01", "only from 2020-01-02"),
        (", to: 2030-12-30", "2030-12-31", "only to 2030-12-30"),
        (", from: 2031-06-01", "2020-01-01", "only from 2031-06-01"),
    ],
)
def test_a_rule_that_can_decide_while_its_document_is_not_in_force_is_told(days, day, when):
    """One day is enough."""
    (one,) = found("CX936", text(days))
    assert one.message == f"O-1, O-2 can decide on {day}, citing `act`, which is in force {when}"
    assert one.severity == "warning"


@pytest.mark.parametrize("days", ["", ", from: 2020-01-01", ", from: 2020-01-01, to: 2030-12-31", ", from: 1981-01-01"])
def test_a_document_that_is_in_force_throughout_is_no_fault(days):
    """Both ends included."""
    assert not found("CX936", text(days))


def test_a_rule_that_waits_for_its_document_is_no_fault():
    """What counts is whether the rule can decide on that day, not that it stands in the pack."""
    waits = ', today: ">= 2024-05-01"'
    assert not found("CX936", text(", from: 2024-05-01", waits, "old"))
    assert found("CX936", text(", from: 2024-05-02", waits, "old"))
