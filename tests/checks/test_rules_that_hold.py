# SPDX-License-Identifier: MIT
"""Gaps, overlaps, unreachable and redundant rules: found exactly where going over every profile finds them."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from tests.checks.drawn import faults, packs, profiles, without
from tests.checks.helpers import found
from tests.helpers import pack, rulebook

from continuum.engines.hits import FIXED, INDICATED, gives, hashable, told_apart


def fired(env, table):
    """The rules of a table that hold, in order."""
    return [rule for rule in table.rules if rule.condition is not None and env.engine.conditions[rule.id](env)]


def stopped(env, table):
    """Whether the table is not come to: its result is passed on from what it needs."""
    return any(env[need].state != INDICATED for need in table.needs if need not in table.asked)


@given(packs())
def test_a_gap_is_found_where_some_profile_has_no_rule(text):
    """By enumeration, table by table."""
    pack = rulebook(text).pack
    truth = {name for env in profiles(text) for name in pack.tables if env[name].cause == "gap"}
    told_of = faults(text, "gap")
    assert {fault.about for fault in told_of} == truth
    for fault in told_of:
        assert {worked.cause for pair in fault.witness for worked in pair.outcomes} == {"gap"}


def in_conflict(env, table):
    """Each two rules over which the table is in conflict."""
    worked = env[table.name]
    if worked.cause != "conflict":
        return
    results = {rule.id: gives(table, rule, env.engine.reader)(env) for rule in table.rules if rule.id in worked.rules}
    for one, other in combinations(worked.rules, 2):
        if table.hit == "unique" or told_apart(results[one]) != told_apart(results[other]):
            yield f"{one}, {other}"


@given(packs(hits=("unique", "any", "highest")))
def test_two_rules_overlap_where_their_table_is_in_conflict_over_them(text):
    """By enumeration, pair by pair."""
    pack = rulebook(text).pack
    truth = {both for env in profiles(text) for table in pack.tables.values() for both in in_conflict(env, table)}
    assert {fault.about for fault in faults(text, "overlap")} == truth


def reached(env, table):
    """The rules that the profile comes to."""
    if stopped(env, table):
        return []
    rules = fired(env, table)
    if not rules:
        return [rule.id for rule in table.rules if rule.condition is None]
    return [rule.id for rule in (rules[:1] if table.hit == "first" else rules)]


@given(packs())
def test_a_rule_is_unreachable_where_no_profile_comes_to_it(text):
    """By enumeration, on every day."""
    pack = rulebook(text).pack
    seen = {rule for env in profiles(text) for table in pack.tables.values() for rule in reached(env, table)}
    rules = {rule.id for table in pack.tables.values() for rule in table.rules}
    assert {fault.about for fault in faults(text, "unreachable")} == rules - seen


def told(env, table):
    """What a redundant rule must leave as it is."""
    worked = env[table.name]
    rules = {rule.id: rule for rule in table.rules}
    words = worked.because if worked.rules and rules[worked.rules[0]].then.kind in FIXED else ""
    return worked.state, hashable(worked.value), worked.cause, worked.to, words if worked.cause != "conflict" else ""


def alike(text, rule):
    """Whether every profile comes to the same in the table of a rule, and to the same reasons, without the rule."""
    other = without(text, rule)
    table = next(table for table in rulebook(text).pack.tables.values() if rule in [one.id for one in table.rules])
    reduced = rulebook(other).pack.tables[table.name]
    pairs = list(zip(profiles(text), profiles(other), strict=True))
    reasons = {one.id: one.because for one in table.rules}
    same = all(told(env, table) == told(after, reduced) for env, after in pairs)
    missed = any(
        rule in env[table.name].rules and not any(reasons[one] == reasons[rule] for one in env[table.name].rules if one != rule)
        for env, _ in pairs
    )
    return same, missed


@given(packs())
def test_a_rule_is_redundant_where_every_profile_comes_to_the_same_without_it(text):
    """The pack is written again without the rule, and every profile decided in both."""
    pack = rulebook(text).pack
    spoken = faults(text, "redundant")
    warned = {fault.about for fault in spoken if fault.severity == "warning"}
    noted = {rule for fault in spoken if fault.severity == "note" for rule in fault.message.split("`")[1::2]} - set(pack.tables)
    dead = {fault.about for fault in faults(text, "unreachable")}
    for table in pack.tables.values():
        for rule in table.rules if len(table.rules) > 1 else ():
            same, missed = alike(text, rule.id)
            assert (rule.id in warned | noted) == (same and rule.id not in dead), rule.id
            if rule.id in warned and table.hit != "first":
                assert not missed, rule.id


NEEDS = """\
scales: {need: [none, mild, severe]}
inputs:
  speech: {ask: a, type: scale, scale: need}
  hearing: {ask: b, type: scale, scale: need}
"""


def small(hit, *rules, more=""):
    """A pack with one table over two needs."""
    lines = "\n".join(f"    - {rule}" for rule in rules)
    return pack(
        f"- decision: out\n  asks: q\n  type: {{scale: [low, high]}}\n  hit: {hit}\n  rules:\n{lines}\n", inputs=NEEDS, more=more
    )


def test_two_rules_that_conflict_are_named_with_their_places_and_results():
    """CX922: of three rules only the two that meet."""
    text = small(
        "unique",
        "{id: A-1, when: {speech: severe}, then: high, because: b}",
        "{id: A-2, when: {speech: mild}, then: low, because: b}",
        '{id: A-3, when: {hearing: severe, speech: ">= severe"}, then: low, because: b}',
    )
    (finding,) = found("CX922", text)
    first, second = finding.message.split("`")[2].strip(" ()and"), str(finding.place).rpartition(":")[0]
    assert (
        finding.message
        == f"`A-1` ({first}) and `A-3` ({second}) of `out` hold together: one gives high [A-1], the other low [A-3]"
    )
    assert "expect: {out: {refer: conflict}}" in finding.example


def test_a_rule_that_nobody_comes_to_is_told_with_the_reason():
    """CX923: shadowed by two rules together, contradicted by itself, or by what is impossible."""
    text = small(
        "first",
        "{id: A-1, when: {speech: severe}, then: high, because: b}",
        "{id: A-2, when: {hearing: none}, then: low, because: b}",
        '{id: A-3, when: {hearing: ">= mild"}, then: low, because: b}',
        "{id: A-4, when: {speech: mild}, then: high, because: b}",
        "{id: A-5, when: {all: [{speech: mild}, {speech: none}]}, then: high, because: b}",
        "{id: A-6, when: {speech: none, hearing: severe}, then: high, because: b}",
        more="impossible: [{when: {speech: none, hearing: severe}, because: c}]\n",
    )
    assert [finding.message for finding in found("CX923", text)] == [
        "no pupil comes to `A-4`: `A-2` and `A-3` together hold wherever it might, and go first",
        "no pupil comes to `A-5`: its conditions cannot hold together, or ask for more than the inputs range over",
        "no pupil comes to `A-6`: wherever it holds, the profile contradicts itself, as `impossible` says",
    ]


def test_an_otherwise_that_is_shadowed_by_rules_about_missing_answers_is_told():
    """CX923: profiles without an answer count for nothing in numbers of profiles, and still have to be covered."""
    text = small(
        "first",
        "{id: A-1, when: {speech: known}, then: high, because: b}",
        "{id: A-2, when: {speech: unknown}, missing: deliberate, then: low, because: b}",
        "{id: A-3, otherwise: low, because: b}",
    )
    (finding,) = found("CX923", text)
    assert finding.message.startswith("no pupil comes to `A-3`: `A-1` and `A-2` together hold")


def test_a_rule_that_changes_nothing_is_a_warning_and_one_that_adds_a_reason_a_note():
    """CX924: an outranked rule is of no use to anybody; one that says why may be."""
    text = small(
        "highest",
        "{id: A-1, when: {speech: severe}, then: high, because: b}",
        "{id: A-2, when: {speech: severe, hearing: severe}, then: low, because: c}",
        "{id: A-3, when: {speech: severe, hearing: mild}, then: high, because: d}",
        "{id: A-4, otherwise: low, because: b}",
    )
    assert [(finding.severity, finding.message) for finding in found("CX924", text)] == [
        ("warning", "`A-2` changes nothing: without it `out` comes to the same for every pupil, for the same reasons"),
        ("note", "without `A-3` `out` comes to the same for every pupil; only reasons change"),
    ]
