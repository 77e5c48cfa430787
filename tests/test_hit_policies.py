# SPDX-License-Identifier: MIT
"""Hit policies, gaps and conflicts; referral and not applicable within a table and from one table to the next."""

# ruff: noqa: E501 - packs stand on one line; look-alike characters and naive times are what is tested

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.helpers import DAY, INPUTS, codes, decided, pack, rulebook, table

SCALE = "{scale: [low, middle, high]}"
MONEY = "unit: GBP/year\n  places: 2\n  rounding: half_up"


def rule(number, when, then, more=""):
    """One rule of a table, as a line."""
    return f'- {{id: R-{number}, when: {{{when}}}, then: {then}, because: "Rule {number}."{more}}}\n'


def otherwise(number, then, more=""):
    """The rule that holds when no other does."""
    return f'- {{id: R-{number}, otherwise: {then}, because: "Rule {number}."{more}}}\n'


# unique


UNIQUE = table("unique", rule(1, 'age: "< 5"', "1") + rule(2, 'age: "> 3"', "2"))


def test_unique_gives_the_one_rule_that_holds():
    """The everyday case."""
    assert decided(UNIQUE, age=3).value == 1
    assert decided(UNIQUE, age=5).value == 2
    assert decided(UNIQUE, age=5).rules == ("R-2",)


def test_two_rules_of_a_unique_table_are_a_conflict_even_where_they_agree():
    """The pack said that at most one rule may hold; people look at it."""
    outcome = decided(UNIQUE, age=4)
    assert (outcome.state, outcome.cause, outcome.rules) == ("refer", "conflict", ("R-1", "R-2"))
    same = decided(UNIQUE.replace("then: 2", "then: 1"), age=4)
    assert (same.state, same.cause) == ("refer", "conflict")


# first


FIRST = table("first", rule(1, 'age: "> 10"', "1") + rule(2, 'age: "> 5"', "2") + rule(3, 'age: "> 0"', "3"))


@pytest.mark.parametrize(("age", "expected"), [(11, 1), (10, 2), (5, 3), (1, 3)])
def test_first_takes_rules_in_order(age, expected):
    """The order is part of the pack's meaning here, and only here."""
    outcome = decided(FIRST, age=age)
    assert (outcome.value, outcome.rules) == (expected, (f"R-{expected}",))


# gaps and otherwise


@pytest.mark.parametrize("hit", ["unique", "first", "highest"])
def test_no_rule_and_no_otherwise_is_a_gap_that_people_decide(hit):
    """A profile nobody wrote a rule for is not given a default."""
    outcome = decided(table(hit, rule(1, 'age: "> 10"', "1")), age=0)
    assert (outcome.state, outcome.cause, outcome.value, outcome.rules) == ("refer", "gap", None, ())


@pytest.mark.parametrize("hit", ["unique", "first", "highest", "sum"])
@pytest.mark.parametrize("position", ["before", "after"])
def test_otherwise_holds_only_when_no_other_rule_does(hit, position):
    """In every table and wherever it stands, even in a `first` table above the rest."""
    rules = [rule(1, 'age: "> 10"', "1"), otherwise(2, "7")]
    text = table(hit, "".join(rules if position == "after" else rules[::-1]))
    assert decided(text, age=11).value == 1
    assert decided(text, age=0).value == 7
    assert decided(text, age=0).rules == ("R-2",)


def test_otherwise_of_a_collect_table_stands_in_for_the_empty_set():
    """As in every table."""
    text = table("collect", rule(1, 'age: "> 10"', "a") + otherwise(2, "[c, b]"), type_="{choice: [a, b, c]}")
    assert decided(text, age=11).value == ("a",)
    assert decided(text, age=1).value == ("b", "c")


@pytest.mark.parametrize(
    ("then", "state", "cause"),
    [
        ("refer", "refer", "rule"),
        ("not_applicable", "not_applicable", ""),
        ("{individually_agreed: yes}", "refer", "individually_agreed"),
    ],
)
def test_otherwise_may_refer_or_not_apply(then, state, cause):
    """A person decides the rest, or the rest is out of scope."""
    outcome = decided(table("first", rule(1, 'age: "> 10"', "1") + otherwise(2, then)), age=0)
    assert (outcome.state, outcome.cause) == (state, cause)


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        (otherwise(1, "1") + otherwise(2, "2"), "CX213"),
        ('- {id: R-1, when: {age: 1}, otherwise: "1", because: b}\n', "CX213"),
        ('- {id: R-1, otherwise: "1", then: "2", because: b}\n', "CX213"),
        ("- {id: R-1, when: {age: 1}, because: b}\n", "CX105"),
        ('- {id: R-1, then: "1", because: b}\n', "CX105"),
        ("- {id: R-1, because: b}\n", "CX105"),
        ('- {id: R-1, when: {age: 1}, then: "1"}\n', "CX105"),
        ('- {when: {age: 1}, then: "1", because: b}\n', "CX105"),
        (rule(1, "age: 1", "1", ", to: panel"), "CX213"),
        (rule(1, "age: 1", "{individually_agreed: no}"), "CX108"),
        (rule(1, "age: 1", "severe"), "CX108"),
        (rule(1, "age: 1", "[1, 2]"), "CX107"),
        (rule(1, "age: 1", "{a: 1}"), "CX107"),
        (rule(1, "age: 1", "1") + rule(1, "age: 2", "1"), "CX202"),
    ],
)
def test_a_rule_that_is_not_whole_is_refused(rules, code):
    """One fault, and no second one that follows from it."""
    assert set(codes(table("first", rules))) == {code}


# highest


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_highest_gives_the_highest_on_the_declared_scale_whatever_the_order(order):
    """`high` is above `low` because the scale says so."""
    rules = [rule(1, 'age: "> 0"', "low"), rule(2, 'age: "> 5"', "high"), rule(3, 'age: "> 3"', "middle")]
    text = table("highest", "".join(rules[i] for i in order), type_=SCALE)
    assert [decided(text, age=age).value for age in (1, 4, 6)] == ["low", "middle", "high"]


def test_all_rules_of_the_top_rank_are_reported():
    """Each of them is a reason."""
    text = table("highest", rule(1, "age: any", "high") + rule(2, "age: any", "low") + rule(3, "age: any", "high"), type_=SCALE)
    assert decided(text, age=1).rules == ("R-1", "R-3")


def test_highest_works_over_numbers_amounts_and_dates():
    """Whatever has an order."""
    assert decided(table("highest", rule(1, "age: any", '"= age"') + rule(2, "age: any", "3")), age=5).value == 5
    dates = table("highest", rule(1, "age: any", "2025-01-01") + rule(2, "age: any", "2024-12-31"), type_="date")
    assert str(decided(dates, age=5).value) == "2025-01-01"
    money = table("highest", rule(1, "age: any", '"10"') + rule(2, "age: any", '"9.50"'), type_="money", keys=MONEY)
    assert decided(money, age=5).value == Decimal("10.00")


@pytest.mark.parametrize("type_", ["{choice: [a, b]}", "yes_no"])
def test_highest_needs_an_order(type_):
    """An order is declared, never guessed."""
    assert "CX205" in codes(table("highest", rule(1, "age: any", "not_applicable"), type_=type_))


FIELDS = "{fields: {level: {scale: [low, high]}, hours: number}}"
RANKED = (
    rule(1, 'age: "> 0"', '{level: low, hours: "20"}')
    + rule(2, 'age: "> 5"', '{level: high, hours: "10"}')
    + rule(3, 'age: "> 9"', '{level: high, hours: "5"}')
    + rule(4, 'age: "> 7"', '{level: high, hours: "10"}')
)


def test_rank_by_names_the_field_that_ranks():
    """Twenty hours at a low level do not outrank ten at a high one."""
    text = table("highest", RANKED, type_=FIELDS, keys="rank_by: level")
    assert decided(text, age=1).value == {"level": "low", "hours": 20}
    assert decided(text, age=6).value == {"level": "high", "hours": 10}
    assert decided(table("highest", RANKED, type_=FIELDS, keys="rank_by: hours"), age=6).value == {"level": "low", "hours": 20}


def test_top_rules_that_agree_are_no_conflict_and_top_rules_that_differ_are():
    """Equal rank with another amount: people decide which."""
    text = table("highest", RANKED, type_=FIELDS, keys="rank_by: level")
    assert decided(text, age=8).rules == ("R-2", "R-4")
    outcome = decided(text, age=10)
    assert (outcome.state, outcome.cause, set(outcome.rules)) == ("refer", "conflict", {"R-2", "R-3", "R-4"})


@pytest.mark.parametrize(("keys", "type_"), [("", FIELDS), ("rank_by: nothing", FIELDS), ("rank_by: level", "number")])
def test_rank_by_must_name_a_field(keys, type_):
    """With several values, which ranks must be said."""
    then = '"1"' if type_ == "number" else '{level: low, hours: "1"}'
    assert codes(table("highest", rule(1, "age: any", then), type_=type_, keys=keys)) == ["CX213"]


@pytest.mark.parametrize(
    ("then", "code"),
    [
        ("{level: low}", "CX105"),
        ('{level: low, hours: "1", more: "2"}', "CX104"),
        ('"1"', "CX107"),
        ('{level: top, hours: "1"}', "CX206"),
        ("{level: low, hours: lots}", "CX108"),
    ],
)
def test_a_rule_gives_every_field_and_no_other(then, code):
    """An amount left out is not nought."""
    assert codes(table("first", rule(1, "age: any", then), type_=FIELDS)) == [code]


def test_fields_may_be_expressions_and_refer_stands_for_all():
    """An award from and to."""
    text = table("first", rule(1, 'age: "> 0"', '{level: high, hours: "= age / 2"}') + otherwise(2, "refer"), type_=FIELDS)
    assert decided(text, age=5).value == {"level": "high", "hours": Decimal("2.5")}
    assert decided(text, age=0).state == "refer"


# collect


COLLECT = "{choice: [a, b, c, d]}"


def test_collect_gives_a_set_in_declared_order():
    """The order of rules does not show."""
    rules = [rule(1, 'age: "> 1"', "c"), rule(2, 'age: "> 2"', "[d, a]"), rule(3, 'age: "> 3"', '"a, b"')]
    for order in itertools.permutations(rules):
        text = table("collect", "".join(order), type_=COLLECT)
        assert [decided(text, age=n).value for n in (1, 2, 3, 4)] == [(), ("c",), ("a", "c", "d"), ("a", "b", "c", "d")]


def test_collect_over_a_scale_is_shown_lowest_first():
    """Declared order is the scale's."""
    text = table("collect", rule(1, "age: any", "[high, low]"), type_=SCALE)
    assert decided(text, age=0).value == ("low", "high")


@pytest.mark.parametrize("type_", ["number", "yes_no", "money", "date"])
def test_collect_gives_values_of_a_list(type_):
    """A set of amounts would be unclear: a sum adds them."""
    assert "CX213" in codes(table("collect", rule(1, "age: any", "refer"), type_=type_, keys=MONEY if type_ == "money" else ""))


def test_a_collected_value_must_be_declared():
    """A slip would drop a provision."""
    assert codes(table("collect", rule(1, "age: any", "[a, e]"), type_=COLLECT)) == ["CX206"]


# sum


def test_sum_adds_what_holds_and_is_nought_when_nothing_does():
    """Cumulative supplements."""
    text = table("sum", rule(1, 'age: "> 1"', '"100.10"') + rule(2, 'age: "> 2"', '"= cost / 3"'), type_="money", keys=MONEY)
    assert [decided(text, age=n, cost=1).value for n in (1, 2, 3)] == [Decimal("0.00"), Decimal("100.10"), Decimal("100.43")]
    assert decided(text, age=3, cost=1).rules == ("R-1", "R-2")
    assert str(decided(text, age=1, cost=1).value) == "0.00"


def test_sum_of_fields_adds_field_by_field():
    """Hours and money side by side."""
    type_ = "{fields: {hours: number, pay: {type: money, unit: GBP/year, places: 2, rounding: half_up}}}"
    text = table(
        "sum",
        rule(1, 'age: "> 1"', '{hours: "1.5", pay: "10"}') + rule(2, 'age: "> 2"', '{hours: "2", pay: "0.50"}'),
        type_=type_,
    )
    assert decided(text, age=3).value == {"hours": Decimal("3.5"), "pay": Decimal("10.50")}
    assert decided(text, age=0).value == {"hours": 0, "pay": Decimal("0.00")}


@pytest.mark.parametrize("type_", [SCALE, "yes_no", "date", FIELDS])
def test_only_numbers_and_amounts_are_added(type_):
    """A sum of words says nothing."""
    assert "CX205" in codes(table("sum", rule(1, "age: any", "refer"), type_=type_))


# refer, individually agreed and not applicable among other rules

TYPES = {"highest": ("number", ""), "collect": (COLLECT, ""), "sum": ("number", "")}
BESIDE = {"highest": 2, "collect": ("a", "b"), "sum": 3}


def mixed(hit, *thens):
    """A table in which a rule with each of these outcomes always holds, beside two that indicate something."""
    values = ("a", "b") if hit == "collect" else ("1", "2")
    rules = "".join(rule(n, "age: any", then) for n, then in enumerate((*values, *thens), 1))
    return table(hit, rules, type_=TYPES[hit][0])


@pytest.mark.parametrize("hit", ["highest", "collect", "sum"])
def test_a_rule_that_refers_wins_and_the_rest_is_shown_beside_it(hit):
    """A person decides, knowing what the other rules say."""
    outcome = decided(mixed(hit, "refer, to: the panel"), age=1)
    assert (outcome.state, outcome.cause, outcome.to, outcome.value) == ("refer", "rule", "the panel", None)
    assert outcome.alongside == BESIDE[hit]
    assert outcome.because == "Rule 3."


@pytest.mark.parametrize("hit", ["highest", "collect", "sum"])
def test_individually_agreed_wins_over_values_but_not_over_refer(hit):
    """An open top band is agreed one by one; a referral comes first."""
    outcome = decided(mixed(hit, "{individually_agreed: yes}"), age=1)
    assert (outcome.state, outcome.cause, outcome.alongside) == ("refer", "individually_agreed", BESIDE[hit])
    for thens in (("{individually_agreed: yes}", "refer"), ("refer", "{individually_agreed: yes}")):
        assert decided(mixed(hit, *thens), age=1).cause == "rule"


@pytest.mark.parametrize("hit", ["highest", "collect", "sum"])
def test_not_applicable_counts_only_when_nothing_else_holds(hit):
    """One rule out of scope does not undo the others."""
    assert decided(mixed(hit, "not_applicable"), age=1).value == BESIDE[hit]
    assert decided(mixed(hit, "not_applicable", "refer"), age=1).state == "refer"
    alone = table(hit, rule(1, "age: any", "not_applicable") + rule(2, "age: any", "not_applicable"), type_=TYPES[hit][0])
    outcome = decided(alone, age=1)
    assert (outcome.state, outcome.rules) == ("not_applicable", ("R-1", "R-2"))


def test_two_referrals_are_both_named():
    """Each rule that refers is a reason."""
    assert decided(mixed("highest", "refer, to: one", "refer, to: two"), age=1).rules == ("R-3", "R-4")


# from one decision to the next


CHAIN = """
- decision: scope
  asks: In scope?
  type: {choice: [inside, edge]}
  hit: first
  rules:
    - {id: S-1, when: {age: "< 0"}, then: not_applicable, because: Too young.}
    - {id: S-2, when: {age: "> 20"}, then: refer, to: the panel, because: Too old.}
    - {id: S-3, when: {age: 20}, then: {individually_agreed: yes}, because: At the top.}
    - {id: S-4, otherwise: inside, because: Inside.}
- decision: out
  asks: What is it?
  type: number
  hit: first
  rules:
    - {id: R-1, when: {WHEN}, then: "1", because: b}
    - {id: R-2, otherwise: "0", because: b}
"""


def chained(when):
    """A pack whose outcome rests on a scope."""
    return pack(CHAIN.replace("WHEN", when))


def test_a_decision_that_reads_one_that_does_not_apply_does_not_apply():
    """Out of scope is passed on."""
    outcome = decided(chained("scope: inside"), age=-1)
    assert (outcome.state, outcome.rules) == ("not_applicable", ())
    assert "scope" in outcome.because


def test_a_decision_that_reads_one_that_was_referred_is_referred():
    """With its cause, and to whom."""
    outcome = decided(chained("scope: inside"), age=25)
    assert (outcome.state, outcome.cause, outcome.to) == ("refer", "decision", "the panel")
    assert decided(chained("scope: inside"), age=20).state == "refer"
    assert decided(chained("scope: inside"), age=3).value == 1


@pytest.mark.parametrize("cell", ["inside", '"!= edge"', '"not (edge)"', "any"])
def test_any_ordinary_cell_counts_as_reading(cell):
    """`not (edge)` of a decision for people is not known to hold."""
    assert decided(chained(f"scope: {cell}"), age=25).state == "refer"


@pytest.mark.parametrize(
    ("cell", "young", "old"),
    [("inside, referred", 0, 1), ("inside, not_applicable", 1, 0), ("applicable", 0, 1), ("not (referred)", 1, 0)],
)
def test_a_cell_that_asks_the_state_stops_the_passing_on(cell, young, old):
    """The rule itself says what to do; ordinary cells then do not hold."""
    text = chained(f'scope: "{cell}"')
    assert decided(text, age=-1).value == young
    assert decided(text, age=25).value == old


def test_one_cell_that_asks_is_enough_for_the_whole_table():
    """Ordinary cells in other rules then do not hold."""
    text = chained("scope: inside").replace(
        "    - {id: R-2", '    - {id: R-3, when: {scope: referred}, then: "5", because: b}\n      - {id: R-2'
    )
    text = text.replace("      - {id: R-2", "      - {id: R-2")
    assert decided(text, age=25).value == 5
    assert decided(text, age=-1).value == 0
    assert decided(text, age=3).value == 1


def test_individually_agreed_counts_as_referred():
    """It is for people, too."""
    assert decided(chained("scope: referred"), age=20).value == 1


def test_not_applicable_goes_before_referred():
    """Of two decisions read, one out of scope settles it."""
    other = (
        CHAIN.split("- decision: out", maxsplit=1)[0].replace("scope", "other").replace("S-", "T-").replace("age", "other_age")
    )
    text = pack(other + CHAIN.replace("WHEN", "other: inside, scope: inside"))
    assert decided(text, age=-1, other_age=25).state == "not_applicable"
    assert decided(text, age=25, other_age=-1).state == "not_applicable"
    assert decided(text, age=25, other_age=3).state == "refer"


def test_what_a_then_reads_matters_only_when_its_rule_decides():
    """An amount worked out elsewhere need not be there for the other rows."""
    decisions = """
    - {decision: amount, asks: How much?, type: number, hit: first, rules: [
        {id: A-1, when: {age: "< 0"}, then: not_applicable, because: b}, {id: A-2, otherwise: refer, because: b}]}
    - {decision: out, asks: What?, type: number, hit: first, rules: [
        {id: R-1, when: {other_age: 1}, then: "= amount", because: b}, {id: R-2, otherwise: "0", because: b}]}
    """
    text = pack(decisions)
    assert decided(text, age=1, other_age=2).value == 0
    assert decided(text, age=1, other_age=1).state == "refer"
    assert decided(text, age=-1, other_age=1).state == "not_applicable"


def test_a_measure_over_a_referred_decision_passes_it_on():
    """A detour through a measure changes nothing."""
    decisions = """
    - {decision: amount, asks: How much?, type: number, hit: first, rules: [
        {id: A-1, when: {age: "< 0"}, then: not_applicable, because: b}, {id: A-2, when: {age: "> 9"}, then: "3", because: b}, {id: A-3, otherwise: refer, because: b}]}
    - {decision: out, asks: What?, type: number, hit: first, rules: [
        {id: R-1, when: {twice: "> 4"}, then: "1", because: b}, {id: R-2, otherwise: "0", because: b}]}
    """
    text = pack(decisions, more="measures: {twice: 2 * amount}\n")
    assert [decided(text, age=n).state for n in (-1, 5, 10)] == ["not_applicable", "refer", "indicated"]


def test_a_decision_is_worked_out_only_when_an_outcome_needs_it():
    """A table nobody asks for cannot refer anything, nor ask for inputs."""
    decisions = """
    - {decision: other, asks: What?, type: number, hit: first, rules: [{id: A-1, when: {age: 1}, then: refer, because: b}]}
    - {decision: out, asks: What?, type: number, hit: first, rules: [{id: R-2, otherwise: "0", because: b}]}
    """
    decision = rulebook(pack(decisions)).decide({}, on=DAY)
    assert decision.status == "indicated"
    assert [reason.decision for reason in decision.reasons] == ["out"]


# the status of the whole


def test_the_status_of_a_result_takes_the_most_serious_state():
    """Out of scope only when all are; refer before range before indicated."""
    thens = {"n": "not_applicable", "r": "refer", "i": '"1"', "o": '"= age"'}
    expected = {
        "nn": "out_of_scope", "nr": "refer", "ni": "indicated", "no": "range", "rr": "refer", "ri": "refer",
        "ro": "refer", "ii": "indicated", "io": "range", "oo": "range", "rn": "refer", "on": "range",
    }  # fmt: skip
    for pair, status in expected.items():
        decisions = "".join(
            f"- {{decision: d{i}, asks: What?, type: number, hit: first, rules: [{{id: R-{i}, otherwise: {thens[letter]}, because: b}}]}}\n"
            for i, letter in enumerate(pair)
        )
        text = pack(decisions, outcomes="d0, d1", inputs="inputs:\n  age: {ask: Age, type: integer, min: 0, max: 3}\n")
        assert rulebook(text).decide({}, on=DAY).status == status, pair


# the order of rules


@settings(max_examples=40, deadline=None)
@given(st.permutations(range(5)), st.sampled_from(["unique", "highest", "collect", "sum"]), st.integers(0, 6))
def test_the_order_of_rules_means_nothing_but_in_a_first_table(order, hit, age):
    """Moving a row in a file must not change a pupil's outcome."""
    values = ("a", "b", "c", "d", "a") if hit == "collect" else ("1", "5", "3", "5", "2")
    rules = [
        rule(n, f'age: "{cell}"', then)
        for n, (cell, then) in enumerate(zip(("> 1", "[2 .. 4]", "< 4", "3", "> 5"), values, strict=True), 1)
    ]
    plain = decided(table(hit, "".join(rules), type_=TYPES.get(hit, ("number",))[0]), age=age)
    moved = decided(table(hit, "".join(rules[i] for i in order), type_=TYPES.get(hit, ("number",))[0]), age=age)
    assert (moved.value, moved.state, moved.cause, set(moved.rules)) == (plain.value, plain.state, plain.cause, set(plain.rules))


@settings(max_examples=40, deadline=None)
@given(st.permutations(range(4)), st.sampled_from(["highest", "collect", "sum"]))
def test_the_order_of_rules_means_nothing_among_referrals_either(order, hit):
    """State, cause and what stands beside are the same, whichever row comes first."""
    values = ("a", "b") if hit == "collect" else ("1", "2")
    rules = [rule(n, "age: any", then) for n, then in enumerate((*values, "{individually_agreed: yes}", "refer"), 1)]
    outcome = decided(table(hit, "".join(rules[i] for i in order), type_=TYPES[hit][0]), age=1)
    assert (outcome.state, outcome.cause, outcome.alongside) == ("refer", "rule", BESIDE[hit])


def test_the_inputs_of_the_helpers_are_a_pack_of_their_own():
    """The small pack the other tests build on holds every type once."""
    for kind in ("yes_no", "scale", "choice", "integer", "number", "money", "date"):
        assert f"type: {kind}" in INPUTS


# any: rules that hold together must agree

ANY = """
- {id: A-1, when: {age: ">= 5"}, then: %s, because: "Five or more."}
- {id: A-2, when: {setting: special}, then: %s, because: "In a special school."}
- {id: A-3, when: {age: "< 0"}, then: refer, to: a panel, because: "Not born."}
"""


@pytest.mark.parametrize(
    ("age", "setting", "value", "rules"),
    [(5, "srp", 1, ("A-1",)), (4, "special", 1, ("A-2",)), (5, "special", 1, ("A-1", "A-2"))],
)
def test_rules_of_an_any_table_that_agree_decide_together(age, setting, value, rules):
    """A source often states one outcome twice; that is no conflict."""
    outcome = decided(table("any", ANY % (1, 1)), age=age, setting=setting)
    assert (outcome.state, outcome.value, outcome.rules) == ("indicated", value, rules)


@pytest.mark.parametrize(("age", "setting"), [(5, "special"), (-1, "special")])
def test_rules_of_an_any_table_that_disagree_are_a_conflict(age, setting):
    """Which of the two was meant is for people to say."""
    outcome = decided(table("any", ANY % (1, 2)), age=age, setting=setting)
    assert (outcome.state, outcome.cause) == ("refer", "conflict")


def test_an_any_table_leaves_a_gap_where_nothing_holds_and_ranges_over_what_is_not_known():
    """As every table."""
    text = table("any", ANY % (1, 1))
    assert decided(text, age=2, setting="srp").cause == "gap"
    assert decided(text, setting="special").possible == (1, "refer")
    assert decided(text, age=7).value == 1


def test_what_is_not_published_is_an_outcome_of_its_own():
    """`then: unpublished` does not say that a person was meant to decide."""
    text = table("highest", "- {id: A-1, when: {age: '>= 5'}, then: unpublished, because: The amount is not printed.}")
    outcome = decided(text, age=5)
    assert (outcome.state, outcome.cause, outcome.because) == ("refer", "unpublished", "The amount is not printed.")
    assert "it is not published" in rulebook(text).decide({"age": 5}, on=DAY).explain("parent")


FOUND = """
- {decision: found, asks: a, type: {choice: [red, green]}, hit: collect, rules: [
    {id: F-1, when: {age: ">= 5"}, then: red, because: b}, {id: F-2, when: {age: ">= 9"}, then: green, because: b}]}
- {decision: out, asks: a, type: yes_no, hit: first, rules: [
    {id: O-1, when: {%s}, then: yes, because: b}, {id: O-2, otherwise: no, because: b}]}
"""


@pytest.mark.parametrize(("cell", "fits"), [("found: empty", [4]), ("not: {found: empty}", [5, 9]), ("found: 'not (red)'", [4])])
def test_a_cell_may_ask_whether_a_set_is_empty(cell, fits):
    """A list of every value in `not (..)` would go stale when a value is added."""
    text = pack(FOUND % cell)
    assert [age for age in (4, 5, 9) if decided(text, age=age).value] == fits


@pytest.mark.parametrize("cell", ["age: empty", "found: 'red, empty'", "found: 'not (empty)'"])
def test_empty_stands_alone_and_is_asked_of_a_set(cell):
    """Anywhere else it would say nothing."""
    assert codes(pack(FOUND % cell)) == ["CX205"]
