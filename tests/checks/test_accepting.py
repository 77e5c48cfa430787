# SPDX-License-Identifier: MIT
"""A fault may stand for a reason and until a day; what was accepted is one fault, and not all that may come under its name."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.checks.helpers import found
from tests.helpers import codes, pack, rulebook

from continuum.errors import DayError

RULES = """
- decision: out
  asks: Which?
  type: yes_no
  hit: first
  rules:
    - {id: O-1, when: {age: "> %d"}, then: yes, because: b}
    - {id: O-2, when: {age: "< 3"}, then: no, because: b}
"""
WITNESS = found("CX921", pack(RULES % 3))[0].accept.rpartition("witness: ")[2].rstrip("}")


def accepting(witness=WITNESS, limit=3, until="2026-08-31", check="gap", about="out"):
    """A pack with a gap at 3, and what it accepts."""
    shown = f", witness: {witness}" if witness else ""
    line = f'accepted: [{{check: {check}, about: {about}, because: "As published.", until: {until}{shown}}}]\n'
    return pack(RULES % limit, more=line)


def test_an_accepted_fault_is_a_note_with_its_reason():
    """It is still told, so that nobody forgets it."""
    (one,) = found("CX921", accepting())
    assert (one.severity, one.hint) == ("note", "accepted until 2026-08-31: As published.")
    assert not one.accept
    assert "given: {age: 3}" in one.example


def test_the_finding_gives_the_line_that_would_accept_it():
    """As it is pasted into the pack, but for the reason and the day."""
    (one,) = found("CX921", pack(RULES % 3))
    assert one.severity == "error"
    assert one.accept == f'- {{check: gap, about: "out", because: "...", until: ..., witness: {WITNESS}}}'


@pytest.mark.parametrize(("day", "severity"), [(None, "note"), ("2026-08-31", "note"), ("2026-09-01", "error")])
def test_an_acceptance_ends_after_its_day(day, severity):
    """Without a day none has ended: the library has no clock."""
    (one,) = found("CX921", accepting(), on=day and dt.date.fromisoformat(day))
    assert one.severity == severity
    if severity == "error":
        assert one.hint.endswith("it was accepted until 2026-08-31: decide again")


@pytest.mark.parametrize(("witness", "was"), [("00000000", "for another example, `00000000`"), ("", "without its example")])
def test_another_example_is_another_fault(witness, was):
    """Somebody moved a threshold after the gap was accepted."""
    (one,) = found("CX921", accepting(witness))
    assert one.severity == "error"
    assert f"it was accepted {was}: look again, and write witness: {WITNESS}" in one.hint


def test_a_wider_gap_with_another_smallest_profile_comes_back():
    """What was accepted was the gap at 3."""
    text = accepting(limit=4).replace('age: "< 3"', 'age: "< 2"')
    (one,) = found("CX921", text)
    assert one.severity == "error"


def test_what_is_accepted_and_no_longer_occurs_is_told():
    """Else the next fault of that name would pass unseen."""
    text = accepting().replace('age: "< 3"', 'age: "<= 3"')
    (one,) = found("CX940", text)
    assert (one.severity, one.message) == ("warning", "what is accepted of `out` no longer occurs")
    assert one.place.line == text.splitlines().index(next(x for x in text.splitlines() if x.startswith("accepted:"))) + 1


def test_an_acceptance_that_names_no_check_says_which_was_meant():
    """A misspelt acceptance accepts nothing."""
    (one,) = found("CX940", accepting(check="gaps"))
    assert "names a check `gaps` that there is not" in one.message
    assert one.hint == "did you mean `gap`?"
    assert found("CX921", accepting(check="gaps"))[0].severity == "error"


def test_without_proofs_what_they_find_is_not_told_as_gone():
    """A quick check must not ask for an acceptance to be removed."""
    assert [one.code for one in rulebook(accepting()).check(proofs=False) if one.code == "CX940"] == []


@pytest.mark.parametrize(
    "line",
    [
        "{check: gap, because: b, until: 2026-08-31}",
        "{about: out, because: b, until: 2026-08-31}",
        '{property: "every profile has an outcome", because: b, until: 2026-08-31}',
        '{property: "x", check: gap, about: out, because: b, until: 2026-08-31}',
    ],
)
def test_an_acceptance_names_a_sentence_of_the_pack_or_a_check_and_what_it_is_about(line):
    """CX213: half an acceptance would accept everything or nothing."""
    assert codes(pack(RULES % 3, more=f"accepted: [{line}]\n")) == ["CX213"]


def test_what_is_not_a_day_is_refused():
    """A text would be compared with days."""
    with pytest.raises(DayError, match="`on` is not a day"):
        rulebook(accepting()).check(on="2026-08-31")
