# SPDX-License-Identifier: MIT
"""The steepest step of a judged answer: the same as going over every profile finds, and confirmed by the reference engine."""

from __future__ import annotations

import re
from itertools import pairwise, product

from hypothesis import given
from tests.checks.drawn import faults, packs, profiles
from tests.checks.helpers import found
from tests.helpers import pack, rulebook

from continuum.checks.cliff import judged_behind, steepest
from continuum.checks.subject import Subject
from continuum.engines.hits import INDICATED

MONEY = "type: money\n    unit: GBP/year\n    places: 2\n    rounding: half_up"
AMOUNTS = {"low": "0", "mid": "100.5", "high": "350"}
STEPS = {"speech": ["none", "mild", "severe"], "hearing": ["none", "mild", "severe"], "age": list(range(5))}


def in_money(text):
    """The drawn pack with amounts for levels in its second decision."""
    head, _, out = text.partition("- decision: out")
    out = re.sub(r"(?<=then: |wise: )(low|mid|high)", lambda found: AMOUNTS[found[1]], out)
    return f"{head}- decision: out{out.replace('type: {scale: [low, mid, high]}', MONEY)}"


def judged(text):
    """The drawn pack with an age that people judge."""
    return text.replace("age: {ask: c,", "age: {ask: c, judged_by: the panel,")


def ranks(text, outcome):
    """Where each profile that can be stands, on each day; None where it has no rank."""
    book = rulebook(text)
    type_, names = book.pack.tables[outcome].type, [*book.pack.inputs]
    for env in profiles(text):
        worked = env[outcome]
        value = worked.value if worked.state == INDICATED else None
        rank = type_.values.index(value) if value is not None and type_.values else value
        yield (env["today"], *(env[name] for name in names)), rank


def longest(text, outcome):
    """The longest of all single steps, by enumeration; 0 where there is none."""
    stands, names = dict(ranks(text, outcome)), ["today", *rulebook(text).pack.inputs]
    most = 0
    for key, rank in stands.items():
        for name, values in STEPS.items():
            place = names.index(name)
            for one, after in pairwise(values):
                other = stands.get((*key[:place], after, *key[place + 1 :])) if key[place] == one else None
                if None not in (rank, other):
                    most = max(most, abs(other - rank))
    return most


def subject_of(text):
    """A pack to be checked."""
    book = rulebook(text)
    return Subject(book._reference, book._completions, book._written)


def held_against_enumeration(text):
    """Whether the steepest step of each outcome is as long as the longest, and is one step."""
    subject = subject_of(text)
    note = [fault for fault in faults(text, "cliff") if fault.severity == "note"]
    told = {}
    for outcome in subject.pack.outcomes:
        least = bool(subject.pack.tables[outcome].type.values)
        truth = longest(text, outcome)
        inputs = judged_behind(subject.proofs[0], outcome)
        pair = steepest(subject.proofs, outcome, inputs) if inputs else None
        assert not isinstance(pair, str)
        assert (pair is not None) == (truth > least), outcome
        if pair:
            before, after = (profile.as_dict() for profile in pair.profiles)
            assert (before[pair.differs], after[pair.differs]) in [*pairwise(STEPS[pair.differs])]
            assert {**before, pair.differs: None} == {**after, pair.differs: None}
            assert all(worked.state == INDICATED for worked in pair.outcomes)
            one, other = (subject.proofs[0].rank_of(outcome, worked) for worked in pair.outcomes)
            assert abs(other - one) == truth
            told[outcome] = pair
    assert len(note) == bool(told)
    if told:
        assert all(f"takes `{outcome}` from" in note[0].message for outcome in told)


@given(packs(hits=("first", "unique", "any", "highest")))
def test_the_steepest_step_of_levels_is_the_longest_of_all(text):
    """By enumeration, on every day, over levels and a judged number."""
    held_against_enumeration(judged(text))


@given(packs(hits=("first", "unique", "any")))
def test_the_steepest_step_of_an_amount_is_the_longest_of_all(text):
    """By enumeration, in pounds."""
    held_against_enumeration(judged(in_money(text)))


NEEDS = """\
scales:
  need: [none, mild, severe]
inputs:
  speech: {ask: a, type: scale, scale: need}
  cost: {ask: b, type: money, unit: GBP/year, min: 0, max: 20000}
  hours: {ask: c, type: integer, min: 0, max: 30}
"""


def award(*rules, type_=MONEY):
    """A pack with one outcome."""
    lines = "\n".join(f"    - {rule}" for rule in rules)
    return pack(f"- decision: out\n  asks: q\n  {type_.replace('    ', '  ')}\n  hit: first\n  rules:\n{lines}\n", inputs=NEEDS)


def test_the_note_tells_pounds_the_two_pupils_and_the_rules():
    """CX927: what a panel would want to look at first."""
    (note,) = found(
        "CX927",
        award(
            "{id: A-1, when: {speech: severe}, then: 9000, because: b}",
            "{id: A-2, when: {speech: mild}, then: 1500.5, because: b}",
            "{id: A-3, otherwise: 0, because: b}",
        ),
    )
    assert note.severity == "note"
    assert note.message == (
        "the steepest single step of a judged answer: speech from mild to severe takes `out` from 1500.5 [A-2] to 9000 [A-1]"
        " (7,499.5 GBP/year)"
    )
    assert "given: {speech: mild}" in note.example
    assert "given: {speech: severe}" in note.example


def test_nothing_is_told_where_every_step_is_of_one_level_or_nobody_judges():
    """A scale cannot be smoother than that; and what is measured is no matter of judgement."""
    levels = "type: {scale: [low, middle, high]}"
    smooth = award(
        "{id: A-1, when: {speech: severe}, then: high, because: b}",
        "{id: A-2, when: {speech: mild}, then: middle, because: b}",
        "{id: A-3, otherwise: low, because: b}",
        type_=levels,
    )
    assert found("CX927", smooth) == []
    measured = ('{id: A-1, when: {hours: ">= 20"}, then: high, because: b}', "{id: A-3, otherwise: low, because: b}")
    assert found("CX927", award(*measured, type_=levels)) == []
    (note,) = found("CX927", award(*measured, type_=levels).replace("ask: c,", "ask: c, judged_by: the school,"))
    assert "hours from 19 to 20 takes `out` from low [A-3] to high [A-1] (2 levels)" in note.message


def test_an_amount_worked_out_from_pounds_is_named_and_not_guessed():
    """A formula over wide amounts is not gone over."""
    (note,) = found(
        "CX927", award('{id: A-1, when: {speech: severe}, then: "= cost / 2", because: b}', "{id: A-2, otherwise: 0, because: b}")
    )
    assert note.message == (
        "how steep a step is cannot be told of `out` (`out` is worked out from amounts that are not told apart one by one)"
    )
    assert note.example == ""


def test_a_broken_sentence_about_steps_is_told_before_the_note():
    """The note is beside the sentences of the pack, not in their place."""
    text = award("{id: A-1, when: {speech: severe}, then: 9000, because: b}", "{id: A-3, otherwise: 0, because: b}").replace(
        "decisions:", 'properties: ["one step in any of [speech] moves out by at most 100"]\ndecisions:'
    )
    assert [finding.severity for finding in found("CX927", text)] == ["error", "note"]


def test_enumeration_goes_over_every_profile():
    """Else it would agree with too little."""
    text = judged(in_money(HAND))
    assert len(dict(ranks(text, "out"))) == len([*product(range(3), range(3), range(5), range(2), range(3), range(4))])
    assert longest(text, "out") == 350


HAND = """\
format: 1
id: small
version: "1.0.0"
title: A small pack
authority: {scheme: test, code: "1", name: A council}
status: illustrative
in_force: {from: 2025-01-01, to: 2025-12-31}
outcomes: [out]
scales:
  need: [none, mild, severe]
choices:
  places: [here, there]
inputs:
  speech: {ask: a, type: scale, scale: need}
  hearing: {ask: b, type: scale, scale: need, blank_means: none}
  age: {ask: c, type: integer, min: 0, max: 4}
  place: {ask: d, type: choice, of: places}
  report: {ask: e, type: yes_no, optional: yes}
decisions:
  - decision: out
    asks: q
    type: {scale: [low, mid, high]}
    hit: first
    rules:
      - {id: R-1, when: {speech: severe, age: ">= 3"}, then: high, because: x}
      - {id: R-9, otherwise: low, because: z}
"""
