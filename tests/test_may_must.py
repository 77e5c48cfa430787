# SPDX-License-Identifier: MIT
"""What masks settle of a profile with unknowns is what every way of filling it in comes to."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests import test_unknowns as small
from tests.helpers import DAY, pack, rulebook

from continuum.compiled import ABSENT
from continuum.engines import unsure
from continuum.engines.completions import TooMany
from continuum.engines.index import Index
from continuum.engines.reference import NotKnown
from continuum.engines.unsure import Unsure
from continuum.errors import ContinuumError
from continuum.testing import packs, profiles, rulebook_of

often = settings(max_examples=max(200, settings.default.max_examples), deadline=None, suppress_health_check=list(HealthCheck))


def settled(book, values, day):
    """What the masks settle of the decisions that the reference cannot decide."""
    env = Index(book.pack).env(values, day)
    found, sure = {}, None
    for name in book.pack.tables:
        try:
            env[name]
        except NotKnown:
            sure = sure or Unsure(env)
            if worked := sure.settled(name):
                found[name] = worked
    return found


def walked(book, name, values, day):
    """Every result of the walk over what is not known, with its rules and words; None where it is too long."""
    try:
        return [leaf.worked for leaf in book._completions.leaves(name, book._reference.env(values, day))]
    except TooMany:
        return None


def faults(book, values, day):
    """The decisions that the masks settle otherwise than the walk."""
    return [
        (name, worked, results)
        for name, worked in settled(book, values, day).items()
        if (results := walked(book, name, values, day)) is not None and any(other != worked for other in results)
    ]


@often
@given(text=packs(), data=st.data())
def test_what_masks_settle_is_what_every_branch_of_the_walk_comes_to(text, data):
    """A result that some way of filling in does not come to would be a lie about a pupil."""
    book = rulebook_of(text)
    day = data.draw(st.sampled_from([dt.date(2025, 1, 1), dt.date(2025, 6, 15)]))
    for _ in range(6):
        values = data.draw(profiles(book, unknowns=True, on=day)).exact_values()
        assert not faults(book, values, day), text


@often
@given(small.packs(), small.profiles())
def test_what_masks_settle_holds_in_every_completion(text, values):
    """Held against plain enumeration, with what is impossible, absent, asked of the form and passed on."""
    book = small.rulebook(text)
    found = settled(book, values, small.DAY)
    unknown = [name for name in small.VALUES if name not in values]
    for filled, _ in small.fillings(book, values) if found and unknown else ():
        env = book._reference.env(filled, small.DAY, frozenset(values))
        assert all(env[name] == worked for name, worked in found.items()), text


@often
@given(small.packs(), small.profiles())
def test_a_decision_is_the_same_with_masks_and_by_the_walk(text, values):
    """Values, states, words, rules and what is missing: nobody must be able to tell how it was found."""
    book = small.rulebook(text)
    given_ = {name: "absent" if value is ABSENT else value for name, value in values.items()}
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Unsure, "settled", lambda _self, _name: None)
            expected = book.decide(given_, on=small.DAY)
    except ContinuumError:
        assume(False)
    assert book.decide(given_, on=small.DAY) == expected


TEXT = """
- decision: level
  asks: Level?
  type: integer
  hit: highest
  rules:
    - {id: L-1, when: {age: "> 3"}, then: 1, because: One.}
    - {id: L-2, when: {score: "> 50"}, then: 2, because: Two.}
    - {id: L-3, when: {on_roll: yes}, then: 3, because: Three.}
- decision: out
  asks: Out?
  type: integer
  hit: first
  rules:
    - {id: R-1, when: {level: ">= 3", speech: severe}, then: 7, because: High.}
    - {id: R-2, when: {level: ">= 1"}, then: 5, because: Some.}
    - {id: R-3, otherwise: 0, because: None.}
"""


def test_a_table_is_settled_by_the_rule_that_outranks_what_is_open_and_by_what_a_decision_may_come_to():
    """The highest is sure whatever the rest; and a decision that is open may be open between values that change nothing."""
    book = rulebook(pack(TEXT, outcomes="level, out"))
    found = settled(book, {"on_roll": True, "speech": "mild"}, DAY)
    assert {name: (worked.value, worked.rules) for name, worked in found.items()} == {
        "level": (3, ("L-3",)),
        "out": (5, ("R-2",)),
    }
    found = settled(book, {"age": 5, "speech": "mild"}, DAY)
    assert {name: worked.rules for name, worked in found.items()} == {"out": ("R-2",)}
    assert not settled(book, {"age": 5}, DAY)


@pytest.mark.parametrize("fault", ["may", "must"])
def test_a_planted_fault_in_the_masks_is_seen(monkeypatch, fault):
    """The laws above must be able to fail: an unknown that rules everything out, or nothing."""
    book = rulebook(pack(TEXT, outcomes="level, out"))
    values = {"age": 5, "on_roll": False, "speech": "severe"}
    assert not faults(book, values, DAY)
    right = unsure.Unsure._either

    def wrong(self, number):
        may, must = right(self, number)
        return (must, must) if fault == "may" else (may, may)

    monkeypatch.setattr(unsure.Unsure, "_either", wrong)
    assert faults(book, values, DAY)
