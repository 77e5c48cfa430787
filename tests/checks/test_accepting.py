# SPDX-License-Identifier: MIT
"""A fault may stand for a reason and until a day; what was accepted is one fault, and not all that may come under its name."""

from __future__ import annotations

import datetime as dt
from itertools import combinations

import pytest
from tests.checks.helpers import found
from tests.helpers import codes, pack, rulebook

from continuum.engines.completions import Completions, Line
from continuum.engines.reference import Reference
from continuum.errors import DayError
from continuum.proofs.proof import Proof
from continuum.proofs.properties import extent

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


@pytest.mark.parametrize(
    ("witness", "was"), [("00000000", "for another example or extent, `00000000`"), ("", "without its example")]
)
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


def test_a_much_wider_gap_with_the_same_smallest_profile_comes_back():
    """The example at 3 stays what it was; the pupils of 4 to 10 are new."""
    text = accepting(limit=10)
    (one,) = found("CX921", text)
    assert one.example.splitlines()[2] == found("CX921", accepting())[0].example.splitlines()[2]
    assert (one.severity, "for another example or extent" in one.hint) == ("error", True)


ORDERED = """
- decision: out
  asks: Which?
  type: {scale: [low, middle, high]}
  hit: first
  rules:
    - {id: O-1, when: {need: moderate}, then: low, because: b}
    - {id: O-2, when: {need: severe}, then: %s, because: b}
    - {id: O-3, otherwise: middle, because: b}
"""
SCALES = """
scales:
  needs: [mild, moderate, severe]
inputs:
  need: {ask: Need, type: scale, scale: needs}
"""
RISES = "raising any of [need] never lowers out"


def ordered(severe, witness=""):
    """A pack in which a moderate need comes to less than a mild one, and a severe one to what is said."""
    line = f'accepted: [{{property: "{RISES}", because: b, until: 2026-08-31, witness: "{witness}"}}]\n' if witness else ""
    return pack(ORDERED % severe, inputs=SCALES, more=f'properties: ["{RISES}"]\n{line}')


def test_an_accepted_breach_of_order_comes_back_when_another_step_breaks_it():
    """Mild to moderate was accepted; that severe loses too is news, though the smallest example is the same."""
    witness = found("CX926", ordered("high"))[0].accept.rpartition("witness: ")[2].rstrip("}")
    assert [one.severity for one in found("CX926", ordered("high", witness))] == ["note"]
    assert [one.severity for one in found("CX926", ordered("low", witness))] == ["error"]


@pytest.mark.parametrize("severe", ["low", "middle", "high"])
def test_the_extent_of_a_breach_is_every_pair_of_profiles_that_breaks_it(severe):
    """Held against the reference engine, pair by pair."""
    made, needs, levels = rulebook(ordered(severe)), ["mild", "moderate", "severe"], ["low", "middle", "high"]
    day = made.pack.some_day
    ranks = [levels.index(made.decide({"need": need}, on=day).outcomes["out"].value) for need in needs]
    broken = sum(one > other for one, other in combinations(ranks, 2))
    (prop,) = made.pack.properties
    reference = Reference(made.pack)
    proof = Proof(reference, Completions(reference), day)
    assert extent(prop, proof) == f"out by need {broken}"


def test_the_extent_of_a_gap_is_every_profile_that_no_rule_covers():
    """Held against the reference engine, profile by profile; ages are told apart in ranges only."""
    made = rulebook(pack(RULES % 10))
    reference = Reference(made.pack)
    proof = Proof(reference, Completions(reference), made.pack.some_day)
    asked = made.pack.inputs["age"]
    causes = [reference.decide({"age": age}, proof.day)["out"].cause for age in Line(asked, proof.day).all()]
    assert proof.count(proof.caused("out", "gap"), left_out=True) == causes.count("gap")


def test_the_witness_does_not_rest_on_the_order_of_keys():
    """A pack that is only written in another order has the same faults."""
    inputs = "inputs:\n  age: {ask: Age, type: integer, min: 0, max: 25}\n  sex: {ask: Sex, type: yes_no}\n"
    turned = "inputs:\n  sex: {ask: Sex, type: yes_no}\n  age: {ask: Age, type: integer, min: 0, max: 25}\n"
    one, other = (found("CX921", pack(RULES % 3, inputs=text))[0].accept for text in (inputs, turned))
    assert one == other


@pytest.mark.parametrize("because", ["...", "…", '"."'])
def test_the_dots_that_hold_the_place_of_a_reason_are_no_reason(because):
    """CX213: the line of the finding was pasted and nobody said why."""
    accepted = f"accepted: [{{check: gap, about: out, because: {because}, until: 2026-08-31}}]\n"
    assert codes(pack(RULES % 3, more=accepted)) == ["CX213"]


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
