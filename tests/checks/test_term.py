# SPDX-License-Identifier: MIT
"""CX937: what is printed in a letter should have been written by somebody, not made from the name in a rule."""

from __future__ import annotations

from tests.checks.helpers import found
from tests.helpers import pack

RULES = """
- decision: out
  asks: Which?
  type: {scale: [low, high]}
  hit: first
  rules: [{id: O-1, when: {hid: low}, then: high, because: b}, {id: O-2, otherwise: low, because: b}]
- {decision: hid, asks: Which?, type: {choice: [low, hidden]}, hit: first, rules: [{id: N-1, otherwise: low, because: b}]}
"""
TERMS = "terms:\n  out: {label: The outcome}\n  out.low: {label: Low}\n"


def test_outcomes_and_their_values_without_words_are_named_once():
    """A decision that nobody is shown needs none."""
    (one,) = found("CX937", pack(RULES))
    assert one.message == "people are shown `out`, `out.low`, `out.high` as they are: there is no term for them"
    assert one.severity == "note"


def test_what_has_words_is_not_named():
    """The words of a pack are its own."""
    (one,) = found("CX937", pack(RULES, more=TERMS))
    assert "`out.high` as they are" in one.message
    assert not found("CX937", pack(RULES, more=TERMS + "  out.high: {label: High}\n"))
