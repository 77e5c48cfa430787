# SPDX-License-Identifier: MIT
"""Ranges read from the diagram, held against every way of filling a profile in, one by one."""

import itertools
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.test_unknowns import (
    DAY,
    VALUES,
    contains,
    decided,
    packs,
    possible,
    profiles,
    rulebook,
    word,
)

import continuum
from continuum.compiled import ABSENT
from continuum.engines import completions
from continuum.errors import ProfileError

every = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(autouse=True, scope="module")
def _no_walk():
    """Every walk is too long, so that the diagram answers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(completions, "BUDGET", 0)
        yield


# inputs of which some are wide: cells hold many values, and formulas and free variables rest on the very value

WIDE_INPUTS = """
scales:
  need: [none, mild, severe]
inputs:
  a: {ask: "Need", type: scale, scale: need}
  b: {ask: "On roll", type: yes_no, optional: yes}
  cost: {ask: "Cost", type: integer, min: 0, max: 69}
  other: {ask: "Other cost", type: integer, min: 0, max: 69, optional: yes}
measures:
  rest: max(0, cost - 20)
  both: cost + points(a)
  share: 60 / (cost - 30)
  steep: if(60 / (cost - 30) > 2, 1, 2)
rates:
  amount:
    keys: [need]
    type: number
    rows:
      - {need: none, value: 0}
      - {need: mild, value: 10}
      - {need: severe, value: unpublished}
"""
WIDE_VALUES = {
    "a": ("none", "mild", "severe"),
    "b": (False, True, ABSENT),
    "cost": tuple(range(70)),
    "other": (*range(70), ABSENT),
}
WIDE_CELLS = [
    "a: severe", 'a: ">= mild"', "b: yes", "b: present", 'cost: ">= 20"', 'cost: "[10 .. 30)"', 'cost: "> other"',
    "other: absent", 'other: "< 40"', 'rest: "> 10"', 'both: ">= 30"', 'share: "< 0"', 'steep: "1"', "cost: known", "b: unknown",
]  # fmt: skip
WIDE_THENS = [
    "0", "7", '"= cost - 20"', '"= rest * 2"', '"= amount[a]"', '"= 60 / (cost - 5)"', '"= coalesce(other, 3)"',
    '"= if_absent(other, 1)"', '"= if(cost / (points(a) + 1) > 10, 1, 2)"', '"= steep"', "refer", "not_applicable",
]  # fmt: skip


@st.composite
def wide_packs(draw):
    """A pack of two tables over inputs of which two are wide; the second may read the first."""
    text = "outcomes: [one, two]\n" + WIDE_INPUTS + "decisions:\n"
    for name, more in (("one", []), ("two", ['one: "> 5"', "one: referred", "one: applicable"])):
        hit = draw(st.sampled_from(["first", "unique", "any", "highest", "sum"]))
        text += f"  - decision: {name}\n    asks: What?\n    type: number\n    places: 1\n    rounding: half_up\n"
        text += f"    hit: {hit}\n    rules:\n"
        thens = WIDE_THENS + ['"= one + 1"'] * bool(more)
        for i in range(draw(st.integers(1, 3))):
            cells = draw(
                st.lists(
                    st.sampled_from(WIDE_CELLS + 2 * more), min_size=1, max_size=2, unique_by=lambda cell: cell.split(":")[0]
                )
            )
            deliberate = ", missing: deliberate" if any("unknown" in cell for cell in cells) else ""
            text += (
                f"      - {{id: {name.upper()}-{i}, when: {{{', '.join(cells)}}}, then: {draw(st.sampled_from(thens))}, "
                f'because: "Rule {i}."{deliberate}}}\n'
            )
        if draw(st.booleans()):
            text += f'      - {{id: {name.upper()}-9, otherwise: {draw(st.sampled_from(thens))}, because: "Else."}}\n'
    if draw(st.booleans()):
        cell = draw(st.sampled_from([c for c in WIDE_CELLS if "known" not in c]))
        text += f'impossible:\n  - {{when: {{{cell}}}, because: "It cannot be."}}\n'
    return text


@st.composite
def wide_profiles(draw):
    """Values for some of those inputs; not both wide ones are left open, so that all can be tried."""
    names = set(draw(st.sets(st.sampled_from(sorted(WIDE_VALUES))))) | {draw(st.sampled_from(["cost", "other"]))}
    return {name: draw(st.sampled_from(WIDE_VALUES[name])) for name in sorted(names)}


def results(book, values, inputs):
    """For each outcome every true result, with the rules that decide it."""
    unknown = [name for name in inputs if name not in values]
    found = {name: ({}, set()) for name in book.pack.outcomes}
    for chosen in itertools.product(*(inputs[name] for name in unknown)):
        filled = {**values, **dict(zip(unknown, chosen, strict=True))}
        env = book._reference.env(filled, DAY, frozenset(values))
        if any(holds(env) for holds in book._reference.impossible):
            continue
        for name in found:
            worked = env[name]
            found[name][0].setdefault(word(book, name, worked), worked)
            found[name][1].update(worked.rules)
    return found


def said(values):
    """As fields."""
    return {name: "absent" if value is ABSENT else value for name, value in values.items()}


def within(outcome, true, text):
    """Whether every true result is named or lies between the ends; only a division may leave an end unknown."""
    if None in (outcome.lowest, outcome.highest) and "60 /" in text:
        amounts = {result for result in true if not isinstance(result, str)}
        low, high = outcome.lowest, outcome.highest
        return true - amounts <= possible(outcome) and all(
            (low is None or low <= amount) and (high is None or amount <= high) for amount in amounts
        )
    return contains(outcome, true)


def check(book, values, inputs, text):
    """Hold a decision against the truth; the outcomes that were exact."""
    truth = results(book, values, inputs)
    if not any(true for true, _ in truth.values()):
        with suppress(ProfileError):  # a free variable may leave open whether it is impossible
            book.decide(said(values), on=DAY)
        return 0
    decision, exact = book.decide(said(values), on=DAY), 0
    for name, outcome in decision.outcomes.items():
        true, rules = truth[name]
        if outcome.state != "range" or outcome.exact:
            assert possible(outcome) == set(true), (name, outcome, text)
            exact += outcome.state == "range"
            if outcome.state == "refer" and outcome.cause:
                assert outcome.cause in {worked.cause for worked in true.values()}
        else:
            assert within(outcome, set(true), text), (name, outcome, text)
        assert set(outcome.rules) >= rules, (name, outcome, rules, text)
    return exact


@every
@given(packs(), profiles())
def test_the_diagram_gives_exactly_what_some_completion_comes_to(text, values):
    """An exact range from the diagram is the meaning of not knowing, as one from the walk is."""
    book = rulebook(text)
    check(book, values, VALUES, text)
    decision, _ = decided(book, values)
    assert decision is None or decision.exact, text  # nothing in these packs is wide


@settings(every, max_examples=200)
@given(wide_packs(), wide_profiles())
def test_what_rests_on_wide_inputs_is_never_narrower_than_the_truth_and_where_exact_no_wider(text, values):
    """A cell of many values, a formula over them, a comparison that is not followed: each must widen, and say so."""
    check(rulebook(text), values, WIDE_VALUES, text)


@every
@given(packs(impossible=False), profiles())
def test_missing_and_settles_are_right(text, values):
    """Exactly the inputs that can still change an outcome, and a promise only where it is kept."""
    book = rulebook(text)
    decision, truth = decided(book, values)
    for outcome in decision.outcomes:
        found = {tuple(filled[name] for name in VALUES): came_to[outcome] for filled, came_to in truth}
        matters = {
            name
            for key, result in found.items()
            for i, name in enumerate(VALUES)
            if any(found.get((*key[:i], value, *key[i + 1 :]), result) != result for value in VALUES[name])
        }
        missing = {item.field for item in decision.missing if outcome in item.outcomes}
        assert missing >= matters, text
        assert missing == matters or decision.outcomes[outcome].state == "refer", text  # who decides may differ
    for item in decision.missing:
        if item.settles:
            for value in VALUES[item.field]:
                left = [came_to for filled, came_to in truth if filled[item.field] is value or filled[item.field] == value]
                assert all(len({came_to[name] for came_to in left}) <= 1 for name in item.outcomes), text


@every
@given(packs(), profiles())
def test_walk_and_diagram_give_the_same_range(text, values):
    """Which of the two answers must not be seen in the answer: results, rules, and what would settle it."""
    book = rulebook(text)
    try:
        read = book.decide(said(values), on=DAY)
    except ProfileError:
        assume(False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(completions, "BUDGET", 500)
        walked = book.decide(said(values), on=DAY)
    for name, outcome in walked.outcomes.items():
        other = read.outcomes[name]
        assert (outcome.state, possible(outcome), outcome.lowest, outcome.highest) == (
            other.state, possible(other), other.lowest, other.highest,
        ), text  # fmt: skip
        assert set(outcome.rules) == set(other.rules), (name, text)
        assert (outcome.cause, outcome.to) == (other.cause, other.to), text
    assert {(item.field, item.outcomes) for item in walked.missing} == {(item.field, item.outcomes) for item in read.missing}, (
        text
    )


@pytest.mark.parametrize("version", ["2025.9.0", "2026.9.0"])
def test_a_profile_of_which_nothing_is_known_is_decided_and_cross_checked(version):
    """The widest question there is must not be too much for anything."""
    book = continuum.load("kent-continuum", version=version)
    nothing = dict.fromkeys(book.pack.inputs)
    decision = book.decide(nothing, on=book.pack.start, cross_check=True)
    assert decision.status == "range"
    assert {outcome.state for outcome in decision.outcomes.values()} == {"range"}
    assert {item.field for item in decision.missing} <= {name for name, one in book.pack.inputs.items() if not one.protected}
