# SPDX-License-Identifier: MIT
"""The examples of findings are cases: pasted into the pack they are read, have ids of their own, and hold."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from tests.helpers import pack, rulebook

from continuum.cases import check_cases, run_cases
from continuum.checks.as_cases import case_id
from continuum.packs.loading import read_texts
from continuum.rulebook import Rulebook

UNKNOWN = """
- decision: out
  asks: Which?
  type: {scale: [low, middle, high]}
  hit: first
  rules:
    - {id: O-1, when: {age: unknown}, then: low, because: b, missing: deliberate}
    - {id: O-2, when: {age: "> 3"}, then: high, because: b}
    - {id: O-3, when: {age: "< 3"}, then: middle, because: b}
"""
INNER = """
- decision: inner
  asks: Which?
  type: yes_no
  hit: unique
  rules:
    - {id: I-1, when: {age: "> 3"}, then: yes, because: b}
    - {id: I-2, when: {age: "> 9"}, then: no, because: b}
    - {id: I-3, when: {age: "< 2"}, then: no, because: b}
- decision: out
  asks: Which?
  type: yes_no
  hit: first
  rules:
    - {id: O-1, when: {inner: yes}, then: yes, because: b}
    - {id: O-2, otherwise: no, because: b}
"""
REACH = """
- decision: out
  asks: Which?
  type: {scale: [low, high]}
  hit: first
  rules: [{id: O-1, when: {age: "> 3"}, then: high, because: b}, {id: O-2, otherwise: low, because: b}]
- decision: help
  asks: What?
  type: {choice: [some, none]}
  hit: first
  rules: [{id: H-1, when: {age: "> 5"}, then: some, because: b}, {id: H-2, otherwise: none, because: b}]
"""
ORDER = """
- decision: out
  asks: Which?
  type: {scale: [low, high]}
  hit: first
  rules:
    - {id: O-1, when: {age: unknown}, then: low, because: b, missing: deliberate}
    - {id: O-2, when: {age: "> 3"}, then: low, because: b}
    - {id: O-3, otherwise: high, because: b}
"""
TWO = 'properties: ["an out of high always reaches one of [some] in help"]\noutcomes: [out, help]\n'
PACKS = {
    "unknown": pack(UNKNOWN),
    "inner": pack(INNER),
    "reach": pack(REACH).replace("outcomes: [out]\n", TWO),
    "order": pack(ORDER, more='properties: ["raising any of [age] never lowers out"]\n'),
}


def examples(text):
    """The cases of all findings of a pack, as they would be pasted."""
    return [case for finding in rulebook(text).check() if finding.example for case in yaml.safe_load(finding.example)]


def pasted(text):
    """The pack with the cases of all its findings, as text."""
    lines = [line for finding in rulebook(text).check() for line in finding.example.splitlines()]
    return text + "cases:\n" + "".join(f"  {line}\n" for line in lines)


@pytest.mark.parametrize("name", PACKS)
def test_pasted_examples_have_ids_of_their_own_and_hold(name):
    """Whoever pastes them keeps what was found; each says what comes of it."""
    text = PACKS[name]
    cases = examples(text)
    assert cases
    ids = [case["id"] for case in cases]
    assert len(set(ids)) == len(ids)
    assert all(case["expect"] for case in cases)
    made = Rulebook(read_texts({"p.yaml": pasted(text)}, Path("p.yaml")))
    assert not check_cases(made)
    assert [fault.message for result in run_cases(made) for fault in result.findings] == []


def test_examples_are_numbered_without_a_skip():
    """A gap in the numbers looks like a case that was lost."""
    numbers = {}
    for text in PACKS.values():
        for case in examples(text):
            name, _, number = case["id"].rpartition("-")
            numbers.setdefault((text, name), []).append(int(number))
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())


def test_the_case_of_a_sentence_about_reach_shows_what_was_not_reached():
    """Without the provision the case would hold after the fault is mended."""
    (case, *_) = (case for case in examples(PACKS["reach"]) if case["id"].startswith("reach-"))
    assert case["expect"] == {"out": "high", "help": "none"}


def test_the_case_of_a_decision_that_is_no_outcome_shows_what_rests_on_it():
    """Only outcomes can be expected."""
    (case, *_) = (case for case in examples(PACKS["inner"]) if case["id"].startswith("gap-inner"))
    assert case["expect"] == {"out": {"refer": "decision"}}


def test_ids_of_long_sentences_are_cut_and_told_apart():
    """Two sentences that begin alike are two faults."""
    start = "raising any of [one, two, three, four, five, six, seven, eight, nine] never lowers "
    one, other = case_id("order", f"{start}out"), case_id("order", f"{start}in")
    assert one != other
    assert len(one) < 70
    assert case_id("overlap", "BND-1, BND-2") == "overlap-bnd-1-bnd-2"
