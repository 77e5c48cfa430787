# SPDX-License-Identifier: MIT
"""What a profile with unknowns comes to, held against every way of filling it in, one by one."""

import datetime as dt
import itertools
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests import helpers

from continuum.compiled import ABSENT
from continuum.engines import completions
from continuum.errors import ProfileError
from continuum.packs.loading import read_texts
from continuum.proofs import ranges
from continuum.rulebook import Rulebook, public

DAY = dt.date(2025, 10, 1)
HEAD = """format: "1"
id: small
version: "1.0.0"
title: A small pack
authority: {scheme: dfe_la, code: "886", name: Kent County Council}
status: illustrative
in_force: {from: 2025-09-01}
"""
INPUTS = """
scales:
  need: [none, mild, severe]
inputs:
  a: {ask: "Need", type: scale, scale: need}
  b: {ask: "On roll", type: yes_no, optional: yes}
  c: {ask: "Setting", type: choice, of: [x, y], optional: yes}
  n: {ask: "Cycles", type: integer, min: 0, max: 4}
measures:
  score: points(a) + 2 * n
  share: 4 / (n - 2)
  flags: "count(b) + count(c = x) + count(a >= mild)"
  worst: "if(b, a, previous(a))"
rates:
  amount:
    keys: [need]
    type: number
    rows:
      - {need: none, value: 0}
      - {need: mild, value: 10}
      - {need: severe, value: unpublished}
"""
VALUES = {
    "a": ("none", "mild", "severe"),
    "b": (False, True, ABSENT),
    "c": ("x", "y", ABSENT),
    "n": (0, 1, 2, 3, 4),
}
CELLS = [
    "a: severe", 'a: ">= mild"', 'a: "not (mild)"', 'a: "[mild .. severe]"', "b: yes", "b: no", "b: present", "c: x",
    'c: "not (x)"', "c: absent", 'n: ">= 2"', 'n: "[1 .. 3)"', 'n: "not (0, > 3)"', 'n: "> score"', 'score: ">= 6"',
    'share: "< 0"', 'flags: "2"', 'worst: "< severe"', 'a: "> worst"',
]  # fmt: skip
FORM_CELLS = ["a: known", "b: unknown", "n: unknown"]
STATES = ("applicable", "not_applicable", "referred")
THENS = {
    "scale": ["low", "mid", "top", "refer", "not_applicable", '"= if(b, low, top)"', "{individually_agreed: yes}"],
    "set": ["low", "mid", '"top, low"', "refer", "not_applicable", '["= if(n > 2, low, mid)"]'],
    "number": [
        "0", "7", '"= n / 2"', '"= max(0, score - 3) * 3"', '"= 6 / n"', '"= amount[a]"', '"= round(share, 0, up)"',
        "refer", "not_applicable", "{individually_agreed: yes}",
    ],
    "fields": [
        "{size: mid, cost: 4}", '{size: mid, cost: "= n"}', '{size: top, cost: "= amount[a]"}', "{size: low, cost: 1}",
        '{size: "= if(b, low, top)", cost: "= score"}', "refer", "not_applicable",
    ],
}  # fmt: skip
FORM_THENS = {"number": ['"= coalesce(n, 9)"', '"= if(known(c), 1, 2)"']}
TYPES = {
    "scale": "{scale: [low, mid, top]}",
    "set": "{choice: [low, mid, top]}",
    "number": "number\n    places: 1\n    rounding: half_up",
    "fields": "{fields: {size: {scale: [low, mid, top]}, cost: number}}\n    rank_by: size",
}
KINDS = {
    "unique": ["scale", "number"], "first": ["scale", "number"], "highest": ["scale", "number", "fields"],
    "collect": ["set"], "sum": ["number"],
}  # fmt: skip
READS = {
    "scale": ["first_part: top", 'first_part: ">= mid"', 'first_part: "not (low)"'],
    "set": ["first_part: top", 'first_part: "not (low)"', 'first_part: "low, mid"'],
    "number": ['first_part: "> 3"', 'first_part: "[0 .. 5]"'],
    "fields": ["first_part.size: top", 'first_part.cost: ">= n"'],
}


def rulebook(text):
    """The rulebook of a pack in one text."""
    return Rulebook(read_texts({"p.yaml": HEAD + text}, Path("p.yaml")))


def one_table(body, inputs=INPUTS, more=""):
    """A rulebook with one decision `d`; the body is its keys."""
    return rulebook(f"outcomes: [d]\n{inputs}{more}\ndecisions:\n  - decision: d\n    asks: What?\n{body}")


@st.composite
def conditions(draw, cells):
    """The lines of a `when`."""
    lines = draw(st.lists(st.sampled_from(cells), min_size=1, max_size=2, unique_by=lambda cell: cell.split(":")[0]))
    if len(lines) > 1 and draw(st.booleans()):
        return "{any: [" + ", ".join("{" + line + "}" for line in lines) + "]}"
    return "{" + ", ".join(lines) + "}"


@st.composite
def tables(draw, name, cells, form):
    """One table as text, and what kind of value it gives."""
    hit = draw(st.sampled_from(sorted(KINDS)))
    kind = draw(st.sampled_from(KINDS[hit]))
    thens = THENS[kind] + (FORM_THENS.get(kind, []) if form else [])
    text = f"  - decision: {name}\n    asks: What?\n    type: {TYPES[kind]}\n    hit: {hit}\n    rules:\n"
    if kind != "fields":
        text = text.replace("\n    rank_by: size", "")
    for i in range(draw(st.integers(1, 4))):
        when, then = draw(conditions(cells)), draw(st.sampled_from(thens))
        deliberate = ", missing: deliberate" if "unknown" in when else ""
        text += f'      - {{id: {name.upper()[0]}-{i}, when: {when}, then: {then}, because: "It is so."{deliberate}}}\n'
    if draw(st.booleans()):
        then = draw(st.sampled_from(thens))
        text += f'      - {{id: {name.upper()[0]}-9, otherwise: {then}, because: "Nothing else holds."}}\n'
    return text, kind


@st.composite
def packs(draw, form=True, impossible=True):
    """The text of a pack of two tables, of which the second may read the first."""
    cells = CELLS + (FORM_CELLS if form else [])
    one, kind = draw(tables("first_part", cells, form))
    subject = READS[kind][0].split(":")[0]
    reads = [*READS[kind], *(f"{subject}: {state}" for state in STATES)]
    two, _ = draw(tables("second_part", cells + 3 * reads, form))
    text = f"outcomes: [first_part, second_part]\n{INPUTS}decisions:\n{one}{two}"
    cannot = draw(st.lists(conditions(CELLS[:13]), max_size=2)) if impossible else []
    if cannot:
        text += "impossible:\n" + "".join(f'  - {{when: {when}, because: "It cannot be."}}\n' for when in cannot)
    return text


@st.composite
def profiles(draw):
    """Values for some inputs."""
    names = draw(st.sets(st.sampled_from(sorted(VALUES))))
    return {name: draw(st.sampled_from(VALUES[name])) for name in sorted(names)}


def fillings(book, values, inputs=VALUES):
    """Every complete profile that these values may be part of, with its outcomes: the meaning, in plain Python."""
    unknown = [name for name in inputs if name not in values]
    for chosen in itertools.product(*(inputs[name] for name in unknown)):
        filled = {**values, **dict(zip(unknown, chosen, strict=True))}
        env = book._reference.env(filled, DAY, frozenset(values))
        if not any(holds(env) for holds in book._reference.impossible):
            yield filled, {name: word(book, name, env[name]) for name in book.pack.outcomes}


def word(book, name, worked):
    """A result as `possible` names it, so that it can be put in a set."""
    if worked.state != "indicated":
        return "individually_agreed" if worked.cause == "individually_agreed" else worked.state
    return fixed(public(worked.value, book.pack.tables[name].type))


def fixed(value):
    """A value that can be put in a set."""
    return tuple(sorted(value.items())) if isinstance(value, dict) else value


def possible(outcome):
    """The results an outcome still leaves possible."""
    if outcome.state == "range":
        return {fixed(value) for value in outcome.possible}
    if outcome.state == "indicated":
        return {fixed(outcome.value)}
    return {"individually_agreed" if outcome.cause == "individually_agreed" else outcome.state}


def decided(book, values):
    """The decision on these values; None where every way of filling them in is impossible, as it should be then."""
    given_ = {name: "absent" if value is ABSENT else value for name, value in values.items()}
    truth = list(fillings(book, values))
    if not truth:
        with pytest.raises(ProfileError) as refused:
            book.decide(given_, on=DAY)
        assert {finding.code for finding in refused.value.findings} == {"CX504"}
        return None, truth
    return book.decide(given_, on=DAY), truth


def contains(outcome, truth):
    """Whether every true result is named, or lies between the ends of what is named."""
    named = possible(outcome)
    for result in truth - named:
        if result in ("refer", "not_applicable", "individually_agreed"):
            return False
        if outcome.kind == "fields":
            sizes = {dict(item)["size"] for item in named if isinstance(item, tuple)}
            costs = [dict(item)["cost"] for item in named if isinstance(item, tuple)]
            if dict(result)["size"] not in sizes or not min(costs) <= dict(result)["cost"] <= max(costs):
                return False
        elif outcome.kind not in ("number", "money", "date") or not outcome.lowest <= result <= outcome.highest:
            return False
    return True


def between_sets(outcome, truth):
    """Whether every true set lies between the smallest and the largest that is named."""
    named = possible(outcome)
    sets = [set(item) for item in named if isinstance(item, tuple)]
    smallest, largest = (set.intersection(*sets), set.union(*sets)) if sets else (None, None)
    return all(
        (sets and smallest <= set(result) <= largest) if isinstance(result, tuple) else result in named for result in truth
    )


small = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@small
@given(packs(), profiles())
def test_a_range_holds_exactly_what_some_completion_comes_to(text, values):
    """A range is the meaning of not knowing: an outcome too few hides a possibility, one too many invents one."""
    book = rulebook(text)
    decision, truth = decided(book, values)
    assume(decision is not None)
    for name, outcome in decision.outcomes.items():
        true = {results[name] for _, results in truth}
        if outcome.exact:
            assert possible(outcome) == true, text
        else:
            assert contains(outcome, true), text


@small
@given(packs(), st.fixed_dictionaries({name: st.sampled_from(values) for name, values in VALUES.items()}))
def test_a_profile_that_is_known_in_full_never_gives_a_range(text, values):
    """With nothing left to fill in there is one completion, and so one outcome."""
    decision, _ = decided(rulebook(text), values)
    assume(decision is not None)
    assert all(outcome.state != "range" for outcome in decision.outcomes.values())
    assert not decision.missing
    assert decision.exact


@small
@given(packs(form=False), profiles(), st.sampled_from(sorted(VALUES)), st.data())
def test_knowing_more_never_widens_a_range(text, values, name, data):
    """Where no rule asks about the form itself, an answer can only take completions away."""
    book = rulebook(text)
    values.pop(name, None)
    before, _ = decided(book, values)
    after, _ = decided(book, {**values, name: data.draw(st.sampled_from(VALUES[name]))})
    assume(before is not None and after is not None)
    for outcome in book.pack.outcomes:
        assert possible(after.outcomes[outcome]) <= possible(before.outcomes[outcome])


@small
@given(packs(impossible=False), profiles())
def test_missing_lists_exactly_the_inputs_that_can_still_change_an_outcome(text, values):
    """A family is asked for what matters, and not for more."""
    decision, truth = decided(rulebook(text), values)
    assume(decision.exact)
    for outcome in decision.outcomes:
        results = {tuple(filled[name] for name in VALUES): found[outcome] for filled, found in truth}
        matters = set()
        for key, result in results.items():
            for i, name in enumerate(VALUES):
                others = (results.get((*key[:i], value, *key[i + 1 :]), result) for value in VALUES[name])
                if any(other != result for other in others):
                    matters.add(name)
        assert {item.field for item in decision.missing if outcome in item.outcomes} == matters, text


@small
@given(packs(), profiles())
def test_an_input_that_settles_an_outcome_does_so_whatever_it_is(text, values):
    """Asking for one thing only is promised where `settles` says so."""
    book = rulebook(text)
    decision, truth = decided(book, values)
    assume(decision is not None)
    for item in decision.missing:
        if item.settles:
            for value in VALUES[item.field]:
                left = [results for filled, results in truth if filled[item.field] is value or filled[item.field] == value]
                assert all(len({results[name] for results in left}) <= 1 for name in item.outcomes), text


@small
@given(packs(), profiles())
def test_bounds_are_never_narrower_than_the_truth(text, values):
    """Where completions are too many an answer may be wide, but a possibility it leaves out would be a lie."""
    book = rulebook(text)
    for name in book.pack.outcomes:
        true = {results[name] for _, results in fillings(book, values)}
        assume(true)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(completions, "BUDGET", 3)
            patch.setattr(ranges, "SMALL", 1)  # too little for a diagram
            decision = book.decide({k: "absent" if v is ABSENT else v for k, v in values.items()}, on=DAY)
        outcome = decision.outcomes[name]
        assert contains(outcome, true), text
        if outcome.state == "range":
            unknown = {field for field in VALUES if field not in values}
            assert {item.field for item in decision.missing} <= unknown


@small
@given(packs(), profiles(), st.sampled_from([(1, 3), (4, 4), (1, 64)]))
def test_bounds_hold_when_they_must_forget_more(text, values, limits):
    """The coarse ways of putting rules and values together are as safe as the fine ones."""
    book = rulebook(text)
    truth = list(fillings(book, values))
    assume(truth)
    with pytest.MonkeyPatch.context() as patch:
        for name, limit in zip(("COMBINATIONS", "FEW"), limits, strict=True):
            patch.setattr(f"continuum.engines.bounds.{name}", limit)
        patch.setattr(completions, "BUDGET", 3)
        patch.setattr(ranges, "SMALL", 1)
        decision = book.decide({k: "absent" if v is ABSENT else v for k, v in values.items()}, on=DAY)
        bounds = {name: book._bounds.bound(name, values, DAY) for name in decision.outcomes}
    for name, outcome in decision.outcomes.items():
        true = {results[name] for _, results in truth}
        if outcome.kind == "set":
            assert between_sets(outcome, true), text
        elif not bounds[name].open:
            assert contains(outcome, true), text


WIDE = """
inputs:
  cost: {ask: "Cost", type: money, unit: GBP/year, min: 0, max: 200000}
  plan: {ask: "Plan", type: yes_no}
"""
MONEY = "    type: money\n    unit: GBP/year\n    places: 2\n    rounding: half_up\n"


def test_an_amount_of_a_wide_input_lies_between_its_ends():
    """Twenty million costs cannot be tried one by one; their ends say the same."""
    body = (
        MONEY
        + """    hit: first
    rules:
      - {id: D-1, when: {plan: any}, then: "= max(0, cost - 6000)", because: "The rest is paid."}
"""
    )
    outcome = one_table(body, WIDE).decide({"plan": True}, on=DAY).outcomes["d"]
    assert (outcome.state, outcome.exact) == ("range", False)
    assert (str(outcome.lowest), str(outcome.highest)) == ("0.00", "194000.00")


def test_rules_that_share_out_a_wide_input_do_not_seem_to_clash():
    """The constants that rules compare an input with cut it into parts, and in each part one rule holds."""
    body = (
        MONEY
        + """    hit: unique
    rules:
      - {id: D-1, when: {cost: "< 6000"}, then: 0, because: "The school pays."}
      - {id: D-2, when: {cost: ">= 6000"}, then: "= cost - 6000", because: "The rest is paid."}
"""
    )
    decision = one_table(body, WIDE).decide({"plan": True}, on=DAY)
    outcome = decision.outcomes["d"]
    assert "refer" not in outcome.possible
    assert (outcome.lowest, outcome.highest) == (0, 194000)
    assert set(outcome.rules) == {"D-1", "D-2"}
    assert [item.field for item in decision.missing] == ["cost"]


def test_an_interval_without_an_end_claims_none():
    """Divided by what may be nothing an amount may be anything, and may not be worked out at all."""
    inputs = WIDE.replace('plan: {ask: "Plan", type: yes_no}', "hours: {ask: Hours, type: number, min: 0, max: 500, step: 0.5}")
    body = (
        MONEY
        + """    hit: first
    rules:
      - {id: D-1, when: {hours: any}, then: "= cost / hours", because: "It is shared out."}
"""
    )
    bound = one_table(body, inputs)._bounds.bound("d", {"cost": 100}, DAY)
    assert bound.open
    assert [worked.cause for worked in bound.worked] == ["arithmetic"]


def test_a_profile_that_leaves_nothing_possible_is_refused():
    """Each answer is possible by itself, but nothing fills in the rest."""
    more = """impossible:
  - {when: {a: severe, b: yes}, because: "Not both."}
  - {when: {a: severe, b: no}, because: "Not this either."}
  - {when: {a: severe, b: absent}, because: "Nor this."}
"""
    body = "    type: yes_no\n    hit: first\n    rules:\n      - {id: D-1, otherwise: yes, because: Always}\n"
    book = one_table(body, more=more)
    with pytest.raises(ProfileError) as refused:
        book.decide({"a": "severe"}, on=DAY)
    assert [finding.code for finding in refused.value.findings] == ["CX504"]
    assert book.decide({"a": "mild"}, on=DAY).outcomes["d"].value is True


FORM = """    type: number
    hit: first
    rules:
      - {id: D-1, when: {a: unknown}, then: 1, because: "Not said.", missing: deliberate}
      - {id: D-2, when: {n: known}, then: "= coalesce(n, 9)", because: "Said."}
      - {id: D-3, otherwise: "= coalesce(n, 9)", because: "Not said either."}
"""


@pytest.mark.parametrize("budget", [500, 0])
def test_known_and_coalesce_ask_about_the_form_and_not_about_completions(budget, monkeypatch):
    """Filling in does not make an answer given: a rule about a blank would otherwise never hold."""
    monkeypatch.setattr(completions, "BUDGET", budget)
    book = one_table(FORM)
    assert book.decide({}, on=DAY).outcomes["d"].value == 1
    assert book.decide({"a": "mild"}, on=DAY).outcomes["d"].value == 9
    assert book.decide({"a": "mild", "n": 3}, on=DAY).outcomes["d"].value == 3
    assert book._bounds.bound("d", {"a": "mild"}, DAY).worked[0].value == 9


def test_unknown_absent_and_a_blank_that_means_something_are_three_things():
    """Nobody has said, it was said to be none, and the form says what a blank means: never mixed."""
    inputs = INPUTS.replace("optional: yes}\n  n:", "optional: yes, blank_means: y}\n  n:")
    body = """    type: {choice: [none_given, plain, special]}
    hit: first
    rules:
      - {id: D-1, when: {c: absent}, then: none_given, because: "Said to be none."}
      - {id: D-2, when: {c: y}, then: plain, because: "Plain."}
      - {id: D-3, when: {c: x}, then: special, because: "Special."}
"""
    book = one_table(body, inputs)
    blank, absent, unknown = (book.decide(profile, on=DAY) for profile in ({}, {"c": "absent"}, {"c": "unknown"}))
    assert (blank.outcomes["d"].value, blank.filled) == ("plain", ("c",))
    assert (absent.outcomes["d"].value, absent.filled) == ("none_given", ())
    assert unknown.outcomes["d"].state == "range"
    assert set(unknown.outcomes["d"].possible) == {"none_given", "plain", "special"}
    assert [item.field for item in unknown.missing] == ["c"]


# what an unknown input is compared with


def test_an_input_compared_with_a_known_one_is_exact():
    """Three kinds of values are enough: below, at and above what is known."""
    text = helpers.table(
        "first",
        '- {id: R-1, when: {score: "< last_score"}, then: 1, because: b}\n'
        '- {id: R-2, when: {score: "> 900"}, then: 2, because: b}\n'
        "- {id: R-3, otherwise: 3, because: b}",
    )
    outcome = helpers.decided(text, last_score="20.5")
    assert (outcome.possible, outcome.exact) == ((1, 2, 3), True)
    assert not helpers.decided(text).exact


def test_a_date_compared_with_a_day_reckoned_from_today_is_exact():
    """Two years ago is a constant once the day is given."""
    text = helpers.table(
        "first",
        '- {id: R-1, when: {seen: "< two_years_ago"}, then: 1, because: b}\n- {id: R-2, otherwise: 2, because: b}',
        more='measures: {two_years_ago: "add_months(today, -24)"}',
    )
    outcome = helpers.decided(text)
    assert (outcome.possible, outcome.exact) == ((1, 2), True)


def test_reasons_are_of_the_tables_that_were_read():
    """A table that played no part is no reason, and its open outcome is nobody's question."""
    text = helpers.pack(
        """
        - {decision: one, asks: a, type: integer, hit: first, rules: [{id: A-1, otherwise: "= age", because: b}]}
        - {decision: two, asks: a, type: integer, hit: first, rules: [{id: B-1, otherwise: "= other_age", because: b}]}
        - {decision: out, asks: a, type: integer, hit: first, rules: [
            {id: C-1, when: {on_roll: yes}, then: "= one", because: b}, {id: C-2, otherwise: "= two", because: b}]}
        """
    )
    book = helpers.rulebook(text)
    assert [reason.decision for reason in book.decide({"on_roll": True, "age": 4}, on=DAY).reasons] == ["one", "out"]
    assert [reason.decision for reason in book.decide({"age": 4}, on=DAY).reasons] == ["one", "two", "out"]


def test_an_amount_that_may_be_absent_and_is_not_known_leaves_a_range():
    """Never below 98.5 % of last year's award, if there was one."""
    inputs = helpers.INPUTS.replace("min: 0, max: 200000}", "min: 0, max: 200000, optional: yes}")
    text = helpers.table(
        "first",
        '- {id: R-1, when: {cost: present, score: "< 900"}, then: "= cost * 0.985", because: b}\n'
        '- {id: R-2, otherwise: "= 7", because: b}',
        inputs=inputs.replace("unit: GBP/year, ", ""),
    )
    outcome = helpers.decided(text.replace("type: money", "type: number, step: 0.01"), score="5")
    assert outcome.state == "range"
    assert outcome.highest == 197000


def test_what_counts_when_absent_says_nothing_of_what_is_not_known():
    """No response counts as 130 dB; a child whom nobody has tested is another matter."""
    text = helpers.giving("if_absent(last_score, 130)")
    assert helpers.value("if_absent(last_score, 130)", last_score="absent") == 130
    assert helpers.value("if_absent(last_score, 130)", last_score="20") == 20
    assert helpers.decided(text).state == "range"
    assert helpers.codes(helpers.giving("if_absent(score, 130)")) == ["CX303"]
