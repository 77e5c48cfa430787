# SPDX-License-Identifier: MIT
"""The laws of the test kit: each holds of packs that are right, and each is broken by a fault that is planted for it."""

from __future__ import annotations

import datetime as dt
import decimal
import re
from collections import Counter
from itertools import count
from pathlib import Path

import pytest

pytest.importorskip("hypothesis")

from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st
from tests.helpers import HEAD

from continuum.engines.index import Index
from continuum.packs.library import Library
from continuum.packs.loading import read_texts
from continuum.rulebook import Rulebook
from continuum.testing import BrokenLawError, laws, packs, profiles, rulebook_of

DAY = dt.date(2025, 6, 15)
RULES = Path(__file__).resolve().parents[1] / "rules"
SHIPPED = [pytest.param(entry, id=f"{entry.id} {entry.version}") for entry in Library([RULES]).entries]
TEXT = (
    HEAD
    + """
outcomes: [out]
scales: {need: [none, mild, severe]}
inputs:
  a: {ask: Need, type: scale, scale: need}
  n: {ask: Cycles, type: integer, min: 0, max: 2}
  c: {ask: Nobody asks, type: choice, of: [x, y]}
  sex: {ask: Sex, type: choice, of: [f, m], protected: yes}
decisions:
  - decision: out
    asks: What is it?
    type: number
    hit: highest
    rules:
      - {id: R-1, when: {a: ">= mild"}, then: 1, because: A need.}
      - {id: R-2, when: {n: ">= 1"}, then: 2, because: A cycle.}
      - {id: R-3, otherwise: 0, because: Neither.}
"""
)
KNOWN = {"a": "mild", "n": 0, "c": "x", "sex": "f"}
OPEN = {"a": "mild", "c": "x", "sex": "f"}
WRONG_CASE = "cases: [{id: wrong, on: 2025-06-15, given: {a: mild, n: 0}, expect: {out: 2}}]\n"


def book(more=""):
    """A fresh rulebook, of which no law has kept anything."""
    return Rulebook(read_texts({"pack.yaml": TEXT + more}, Path("pack.yaml")))


# --- each law is broken by a fault planted for it -------------------------------------------------------------------


def other(decision, **fields):
    """The decision with another outcome."""
    outcome = decision.outcomes["out"].model_copy(update=fields)
    return decision.model_copy(update={"outcomes": {"out": outcome}})


def wrong(decision):
    """The decision with an outcome that is not the right one."""
    return other(decision, value=decimal.Decimal(9), state="indicated", possible=(), lowest=None, highest=None)


def where(condition):
    """A fault of decisions of which the condition holds."""
    return lambda rulebook, profile, decision: wrong(decision) if condition(rulebook, profile) else decision


COUNTED = count()
FAULTS = {
    "cross_check_changes_nothing": (OPEN, lambda _book, _profile, decision: other(decision, because=f"Turn {next(COUNTED)}.")),
    "range_holds_every_completion": (OPEN, lambda _book, _profile, decision: other(decision, possible=(decimal.Decimal(1),))),
    "exact_range_holds_nothing_else": (
        OPEN,
        lambda _book, _profile, decision: other(decision, possible=(*decision.outcomes["out"].possible, "refer")),
    ),
    "known_in_full_gives_no_range": (KNOWN, lambda _book, _profile, decision: decision.model_copy(update={"exact": False})),
    "knowing_more_never_widens": (OPEN, where(lambda _book, profile: "n" in profile.values)),
    "missing_is_what_can_still_change": (OPEN, lambda _book, _profile, decision: decision.model_copy(update={"missing": ()})),
    "order_of_rules_changes_nothing": (KNOWN, where(lambda book, _profile: book.pack.tables["out"].rules[0].id != "R-1")),
    "order_of_keys_changes_nothing": (KNOWN, where(lambda book, _profile: next(iter(book.pack.inputs)) != "a")),
    "renaming_terms_changes_words_only": (KNOWN, where(lambda book, _profile: book.pack.terms)),
    "one_file_and_folder_are_same": (KNOWN, where(lambda book, _profile: len(book.written.texts) > 1)),
    "protected_changes_nothing": (KNOWN, where(lambda _book, profile: profile.values.get("sex") == "m")),
    "unread_changes_nothing": (KNOWN, where(lambda _book, profile: "c" not in profile.values)),
    "decimal_settings_change_nothing": (KNOWN, where(lambda _book, _profile: decimal.getcontext().prec == 1)),
    "decision_is_the_same_through_json": (KNOWN, lambda _book, _profile, decision: other(decision, value="1")),
    "replays_to_identical_bytes": (KNOWN, lambda _book, _profile, decision: other(decision, because=f"Turn {next(COUNTED)}.")),
    "decision_names_its_pack": (
        KNOWN,
        lambda _book, _profile, decision: decision.model_copy(
            update={"pack": decision.pack.model_copy(update={"version": "0.9.0"})}
        ),
    ),
    "a_pupil_number_never_comes_back": (
        KNOWN,
        lambda _book, profile, decision: other(decision, because=f"{profile.upn and profile.upn.get_secret_value()}"),
    ),
}
"""For each law a profile, and how decisions of it go wrong."""


def plant(monkeypatch, fault):
    """Let every decision go wrong in one way."""
    right = Rulebook.decide
    monkeypatch.setattr(
        Rulebook,
        "decide",
        lambda self, profile, **asked: fault(self, self._mine(profile), right(self, profile, **asked)),
    )


@pytest.mark.parametrize("name", FAULTS)
def test_a_law_holds_until_its_fault_is_planted(monkeypatch, name):
    """A law that cannot be broken says nothing."""
    law, (profile, fault) = getattr(laws, name), FAULTS[name]
    law(book(), profile, on=DAY)
    plant(monkeypatch, fault)
    with pytest.raises(BrokenLawError) as broken:
        law(book(), profile, on=DAY)
    text = str(broken.value)
    assert f"small 1.0.0 breaks the law {name}: {law.__doc__.splitlines()[0]}" in text
    assert "'a': 'mild'" in text
    assert (broken.value.law, broken.value.pack) == (name, "small 1.0.0")
    assert broken.value.facts in text


def test_an_engine_that_differs_breaks_the_law_that_engines_agree(monkeypatch):
    """The words name the engine, the outcome and both results."""
    laws.engines_agree(book(), KNOWN, on=DAY)
    right = Index.decide
    monkeypatch.setattr(Index, "decide", lambda *asked: {"out": right(*asked)["out"]._replace(value=2, rules=("R-2",))})
    with pytest.raises(BrokenLawError, match="`out` is 2 by R-2 for index, 1 by R-1 for the reference"):
        laws.engines_agree(book(), KNOWN, on=DAY)


def test_an_engine_that_ends_in_an_error_breaks_the_law_that_engines_agree():
    """No answer is not the same answer."""
    with pytest.raises(BrokenLawError, match="there is no engine `none`"):
        laws.engines_agree(book(), KNOWN, on=DAY, engines=["none"])


def test_a_fault_of_the_index_breaks_the_cross_check(monkeypatch):
    """The engine error is told as the breach that it is."""
    right = Index.decide
    monkeypatch.setattr(Index, "decide", lambda *asked: {"out": right(*asked)["out"]._replace(value=2)})
    with pytest.raises(BrokenLawError, match="CX703"):
        laws.cross_check_changes_nothing(book(), KNOWN, on=DAY)


def test_a_pack_changed_behind_its_back_does_not_replay():
    """The text that travels must be the text that decides."""
    changed = book()
    changed._written = book(more="not_modelled: [Something else]\n").written
    with pytest.raises(BrokenLawError, match="cannot be rebuilt from its text"):
        laws.replays_to_identical_bytes(changed, KNOWN, on=DAY)


def test_a_refusal_that_should_not_be_breaks_the_range(monkeypatch):
    """A profile that can be completed may not be refused as one that contradicts itself."""
    text = 'impossible: [{when: {a: severe, n: 2}, because: "Not both."}]\n'
    laws.range_holds_every_completion(book(text), OPEN, on=DAY)
    monkeypatch.setattr(Rulebook, "_possible", lambda self, env, **_more: (_ for _ in ()).throw(self._contradiction(env)))
    with pytest.raises(BrokenLawError, match="is refused, and may be completed"):
        laws.range_holds_every_completion(book(text), OPEN, on=DAY)


def test_any_other_error_breaks_the_law_of_named_errors(monkeypatch):
    """A traceback helps nobody at a panel."""
    for given_ in (KNOWN, OPEN, {}, {"a": "nonsense"}, {"b": 1}, {"a": object()}, {1: 2}):
        laws.only_a_decision_or_a_named_error(book(), given_, on=DAY)
    monkeypatch.setattr(Rulebook, "_worked", lambda *_asked: {}["missing"])
    with pytest.raises(BrokenLawError, match="ends in KeyError"):
        laws.only_a_decision_or_a_named_error(book(), KNOWN, on=DAY)


def test_a_case_that_does_not_hold_breaks_the_law_of_cases():
    """The words are those of the case."""
    laws.cases_hold(book(WRONG_CASE.replace("{out: 2}", "{out: 1}")))
    with pytest.raises(BrokenLawError, match="case `wrong`: `out` is 1, expected 2"):
        laws.cases_hold(book(WRONG_CASE))


def test_a_broken_property_breaks_the_law_of_properties():
    """The example is in the text."""
    laws.properties_hold(book("properties: ['raising any of [a, n] never lowers out']\n"))
    with pytest.raises(BrokenLawError, match=r"`out does not depend on n` is broken: .*'n'"):
        laws.properties_hold(book("properties: ['out does not depend on n']\n"))


def test_a_property_that_is_not_proved_breaks_the_law_unless_that_is_allowed(monkeypatch):
    """Not proved is not held."""
    sentence = "out does not depend on c"
    subject = book(f"properties: ['{sentence}']\n")
    answers = tuple(
        type(one)(one.sentence, "not_proved", why="It is too much.") if one.sentence == sentence else one
        for one in subject.prove()
    )
    monkeypatch.setattr(Rulebook, "prove", lambda _self: answers)
    with pytest.raises(BrokenLawError, match="is not proved: It is too much"):
        laws.properties_hold(subject)
    laws.properties_hold(subject, unproved=[sentence])


def test_every_law_has_a_test_that_breaks_it():
    """A law is added together with its planted fault."""
    elsewhere = {"engines_agree", "only_a_decision_or_a_named_error", "cases_hold", "properties_hold"}
    assert {law.__name__ for law in laws.ALL} == FAULTS.keys() | elsewhere
    assert {law.__name__ for law in laws.ALL} == set(laws.__all__) - {
        "ALL", "OF_A_PACK", "OF_A_PROFILE", "BrokenLawError", "all_hold",
    }  # fmt: skip
    assert all(law.__doc__ for law in laws.ALL)


def test_the_docs_list_the_laws_with_what_they_say():
    """A reader learns the laws from the page and not from the source."""
    page = (RULES.parent / "docs" / "testing.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(\w+)` \| (.+) \|$", page, re.MULTILINE)
    assert listed == [(law.__name__, law.__doc__.splitlines()[0].rstrip(".")) for law in laws.ALL]


# --- the laws hold of what is right ---------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", SHIPPED)
def test_the_laws_hold_of_the_packs_that_ship(entry):
    """One profile that is known in full and one that is not, of each."""
    rulebook = Rulebook(entry.written)
    laws.cases_hold(rulebook)

    @settings(max_examples=max(1, settings.default.max_examples // 200), suppress_health_check=list(HealthCheck), deadline=None)
    @given(profiles(rulebook), profiles(rulebook, unknowns=True))
    def hold(known, unknown):
        for profile in (known, unknown):
            laws.all_hold(rulebook, profile, on=rulebook.pack.some_day)

    hold()


@settings(max_examples=max(8, settings.default.max_examples // 8), suppress_health_check=list(HealthCheck))
@given(packs(), st.data())
def test_the_laws_hold_of_drawn_packs(text, data):
    """Packs that nobody would write use the rest of the language."""
    rulebook = rulebook_of(text)
    for unknowns in (False, True):
        laws.all_hold(rulebook, data.draw(profiles(rulebook, unknowns=unknowns, on=DAY)), on=DAY)


@settings(max_examples=max(20, settings.default.max_examples // 2), suppress_health_check=list(HealthCheck))
@given(packs(small=True), st.data())
def test_what_is_not_known_is_what_every_completion_says(text, data):
    """Of small packs every completion is tried."""
    rulebook = rulebook_of(text)
    profile = data.draw(profiles(rulebook, unknowns=True, on=DAY))
    laws.range_holds_every_completion(rulebook, profile, on=DAY)
    laws.exact_range_holds_nothing_else(rulebook, profile, on=DAY)
    laws.missing_is_what_can_still_change(rulebook, profile, on=DAY)
    laws.knowing_more_never_widens(rulebook, profile, on=DAY)


# --- drawn packs ----------------------------------------------------------------------------------------------------

PARTS = [
    '"hit": "first"', '"hit": "unique"', '"hit": "highest"', '"hit": "any"', '"hit": "collect"', '"hit": "sum"', '"fields"',
    '"rank_by"', '"type": "scale"', '"points"', '"type": "choice"', '"type": "yes_no"', '"type": "integer"', '"type": "number"',
    '"type": "money"', '"type": "date"', '"max": "today"', '"optional"', '"blank_means"', '"protected"', '"groups"', '"max(',
    '"count(needs', '"if(', "coalesce(", '"rates"', "amount[", '"unpublished"', '"impossible"', '"properties"', '"refer"',
    '"not_applicable"', '"individually_agreed"', '"any": [', '"all": [', '"not": {', '"not (', '" .. ', '"known"', '"unknown"',
    '"absent"', '"part_1": ', '"part_1.size": ', '"empty"', '"otherwise"', '"missing": "deliberate"', "sum(",
]  # fmt: skip


def test_drawn_packs_use_every_part_of_the_language():
    """A part that is never drawn is a part that no law is held to."""
    seen = Counter()

    @settings(max_examples=300, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(packs())
    def draw(text):
        assert rulebook_of(text).pack.outcomes
        seen.update(part for part in PARTS if part.replace('" .. ', " .. ") in text)
        seen["drawn"] += 1

    draw()
    assert seen["drawn"] >= 300
    assert not [part for part in PARTS if not seen[part]]


def test_a_drawn_pack_shrinks_to_one_input_one_decision_and_one_rule():
    """What a failing test shows must be read by a person."""
    quick = settings(max_examples=50, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    smallest = rulebook_of(find(packs(), lambda text: '"first"' in text, settings=quick)).pack
    (table,) = smallest.tables.values()
    assert (len([one for one in smallest.inputs.values() if not one.protected]), len(table.rules)) == (1, 1)


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(packs(form=False, impossible=False, small=True))
def test_what_is_left_out_of_drawn_packs_is_left_out(text):
    """Tests that enumerate rely on it."""
    pack = rulebook_of(text).pack
    assert not pack.impossible
    assert not any(word in text for word in ('"known"', '"unknown"', "known(", "coalesce("))
    assert len([one for one in pack.inputs.values() if not one.protected]) <= 4
