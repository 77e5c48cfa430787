# SPDX-License-Identifier: MIT
"""CX934: a division by zero is found before a pupil meets it."""

from __future__ import annotations

import pytest
from tests.checks.helpers import found
from tests.helpers import pack

INPUTS = """\
inputs:
  missed: {ask: a, type: number, min: 0, max: 400, step: 1}
  possible: {ask: b, type: number, min: %s, max: 400, step: 1}
  other: {ask: c, type: number, min: 0, max: 400, step: 1}
"""


def text(expression, least=0, more=""):
    """A pack in which a share decides."""
    rules = """
    - decision: out
      asks: Is the share large?
      type: yes_no
      hit: first
      rules: [{id: O-1, when: {share: ">= 0.5"}, then: yes, because: b}, {id: O-2, otherwise: no, because: b}]
    """
    return pack(rules, inputs=INPUTS % least, more=f'measures: {{share: "{expression}"}}\n{more}')


@pytest.mark.parametrize(
    ("expression", "least"),
    [
        ("missed / possible", 0),
        ("missed / (possible - 300)", 0),
        ("missed / (possible - other)", 0),
        ("missed / max(0, possible - 399)", 0),
        ("missed / round(possible / 7, 0, down)", 0),
    ],
)
def test_a_decision_that_may_divide_by_zero_is_told_with_a_pupil(expression, least):
    """The example is a case that holds: the decision is referred because it cannot be worked out."""
    (finding,) = found("CX934", text(expression, least))
    assert finding.severity == "warning"
    assert finding.message == "`out` divides by zero for some pupils, and is referred for them"
    assert "expect: {out: {refer: arithmetic}}" in finding.example


@pytest.mark.parametrize(
    ("expression", "least", "more"),
    [
        ("missed / 2", 0, ""),
        ("missed / possible", 1, ""),
        ("missed / (possible + 1)", 0, ""),
        ("missed / max(1, possible)", 0, ""),
        ("missed / possible", 0, 'impossible: [{when: {possible: "< 1"}, because: A year has sessions.}]\n'),
    ],
)
def test_a_divisor_that_is_never_zero_is_not_told(expression, least, more):
    """Its range, its shape, or what is impossible keeps it from zero."""
    assert found("CX934", text(expression, least, more)) == []


def test_a_guarded_division_is_not_told_as_one():
    """Where the divisor is zero the division is not made; if that cannot be proved, it says so and no more."""
    findings = found("CX934", text("if(possible = 0, 0, missed / possible)"))
    assert findings == []
