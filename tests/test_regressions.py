# SPDX-License-Identifier: MIT
"""Faults that a reader found after the tests were green; each is kept so that it does not come back."""

import pytest
from tests.helpers import DAY, codes, pack, rulebook

import continuum


def book(rules, type_="{choice: [x, y]}", *, hit="first", **more):
    """A pack with one table."""
    return rulebook(pack(f"\n- decision: out\n  asks: q\n  type: {type_}\n  hit: {hit}\n  rules:\n{rules}\n", **more))


def test_an_unknown_that_changes_who_decides_is_missing_and_both_are_named():
    """A pupil on roll was sent to the panel for pupils off roll, without a word."""
    rules = "    - {id: R-1, when: {on_roll: yes}, then: refer, to: panel A, because: On roll.}\n"
    rules += "    - {id: R-2, otherwise: refer, to: panel B, because: Off roll.}"
    decision = book(rules).decide({}, on=DAY)
    outcome = decision.outcomes["out"]
    assert outcome.state == "refer"
    assert {"panel A", "panel B"} == set(outcome.to.split(" or "))
    assert [item.field for item in decision.missing] == ["on_roll"]


def test_what_stands_beside_a_referral_is_not_asserted_where_it_rests_on_an_unknown():
    """`alongside` said none although nobody had said what the hearing need is."""
    rules = '    - {id: R-1, when: {speech: ">= severe"}, then: refer, to: panel, because: b}\n'
    rules += '    - {id: R-2, when: {hearing: any}, then: "= hearing", because: b}'
    outcome = book(rules, "{scale: need}", hit="highest").decide({"speech": "severe"}, on=DAY).outcomes["out"]
    assert outcome.state == "refer"
    assert outcome.alongside is None


def test_what_is_impossible_may_not_rest_on_a_decision_through_a_measure():
    """It passed the compiler and broke the first decision."""
    rules = '    - {id: R-1, when: {age: "> 3"}, then: "2", because: b}\n    - {id: R-2, otherwise: "1", because: b}'
    text = pack(
        f"\n- decision: out\n  asks: q\n  type: integer\n  hit: first\n  rules:\n{rules}\n",
        more='\nmeasures: {plus: "out + 1"}\nimpossible: [{when: {plus: "> 5"}, because: "no"}]\n',
    )
    assert codes(text) == ["CX205"]


def test_a_caller_cannot_change_the_decisions_of_others():
    """Several values come as a mapping; the one handed out was the engine's own."""
    fields = '    - {id: R-1, otherwise: {low: "1", high: "2"}, because: b}'
    mine = book(fields, "{fields: {low: integer, high: integer}}")
    mine.decide({}, on=DAY).outcomes["out"].value["low"] = 99
    mine.decide_with("reference", {}, on=DAY)["out"].value["low"] = 77
    assert mine.decide({}, on=DAY).outcomes["out"].value == {"low": 1, "high": 2}


def test_a_range_never_stands_without_a_possibility():
    """Where nothing can be filled in, that is a contradiction and not an open question."""
    rules = '    - {id: R-1, when: {dd: "> 2026-02-01"}, then: yes, because: b}\n    - {id: R-2, otherwise: no, because: b}'
    inputs = "inputs:\n  dd: {ask: D, type: date, min: 2026-01-01, max: today}\n"
    with pytest.raises(continuum.ProfileError, match="CX504"):
        book(rules, "yes_no", inputs=inputs).decide({}, on=DAY)


def test_inputs_that_what_is_impossible_ties_together_are_named_as_missing():
    """An open range with nothing missing leaves a panel without a question to ask."""
    inputs = "inputs:\n  on_roll: {ask: R, type: yes_no}\n  other: {ask: O, type: yes_no}\n"
    tied = '\nimpossible:\n  - {when: {on_roll: yes, other: no}, because: "no"}\n'
    tied += '  - {when: {on_roll: no, other: yes}, because: "no"}\n'
    rules = '    - {id: R-1, otherwise: "= count(on_roll, other)", because: b}'
    decision = book(rules, "integer", inputs=inputs, more=tied).decide({}, on=DAY)
    assert decision.outcomes["out"].possible == (0, 2)
    assert {item.field for item in decision.missing} == {"on_roll", "other"}


@pytest.mark.parametrize("number", ["C886200125001", "C886 2001 25001", "c-886-200125001"])
def test_a_pupil_number_is_known_for_one_however_it_is_spaced(number):
    """A hyphen must not carry it into a reference or an error."""
    rules = '    - {id: R-1, when: {age: "> 3"}, then: x, because: b}\n    - {id: R-2, otherwise: y, because: b}'
    mine = book(rules)
    with pytest.raises(continuum.ProfileError, match="CX505"):
        mine.profile(ref=number)
    with pytest.raises(continuum.ProfileError) as caught:
        mine.profile(age=number)
    assert number not in caught.value.text()


def test_a_fault_in_a_folder_names_the_key_and_its_line(tmp_path):
    """In decisions and cases, the files that officers edit, the key and its line were lost."""
    folder = tmp_path / "small"
    (folder / "decisions").mkdir(parents=True)
    (folder / "cases").mkdir()
    head = 'format: 1\nid: small\nversion: "1"\ntitle: T\nauthority: {scheme: s, code: "1", name: A}\n'
    head += "status: illustrative\nin_force: {from: 2025-01-01}\noutcomes: [out]\n"
    (folder / "pack.yaml").write_text(head, encoding="utf-8")
    (folder / "inputs.yaml").write_text("inputs: {age: {ask: A, type: integer, min: 0, max: 9}}\n", encoding="utf-8")
    table = "decision: out\nasks: q\ntype: yes_no\nhitt: first\nrules: [{id: A-1, otherwise: yes, because: b}]\n"
    (folder / "decisions" / "out.yaml").write_text(table, encoding="utf-8")
    with pytest.raises(continuum.PackError) as caught:
        continuum.load(folder)
    (finding,) = caught.value.findings
    assert (finding.code, finding.place.line, finding.hint) == ("CX104", 4, "did you mean `hit`?")
