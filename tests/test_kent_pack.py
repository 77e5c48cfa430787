# SPDX-License-Identifier: MIT
"""What the Kent pack promises, held to account in both its versions without asking its own `properties`."""

from __future__ import annotations

import datetime as dt
import json
import re
from itertools import product
from pathlib import Path

import pytest

pytest.importorskip("hypothesis", reason="Hypothesis is an extra for tests")

from hypothesis import given, settings
from hypothesis import strategies as st

import continuum
from continuum.compiled import condition_reads, reads
from continuum.errors import ProfileError
from continuum.packs.library import Library
from continuum.packs.loading import read_cases, read_texts
from continuum.profiles import UPN_LETTERS, check_upn
from continuum.rulebook import Rulebook
from continuum.testing import boundary_profiles, completed, profiles, raised_pairs, stepped

RULES = Path(__file__).resolve().parents[1] / "rules"
KENT = {e.version: Rulebook(e.written) for e in Library([RULES]).entries if e.id == "kent-continuum"}
OLD, NEW = KENT["2025.9.0"], KENT["2026.9.0"]
ORDERED = ("support_level", "band", "tariff", "element_3")
RAISED = [*OLD.pack.groups["needs"], "medical", "personal_care", "learning_gap"]
DEEP = settings.get_current_profile_name() == "deep"
DAYS = {"2025.9.0": (dt.date(2025, 9, 1), dt.date(2025, 12, 4), dt.date(2026, 8, 31)),
        "2026.9.0": (dt.date(2026, 9, 1), dt.date(2027, 8, 31))}  # fmt: skip
every_version = pytest.mark.parametrize("kent", KENT.values(), ids=KENT)
PUPIL = {"age": 8, "year_group": 4, "school_phase": "primary", "setting": "mainstream", "provision_cost": 8000}

RECENT = {"plan": "sen_support", "advice_date": "2026-05-01", "training_date": "2026-05-01", "hearing": "severe"}
TWELVE_POINTS = {"plan": "ehcp", "autism": "profound", "learning": "severe", "mental_health": "severe"}
TWELVE_POINTS |= {"hearing": "moderate", "learning_gap": "absent"}


def evidence(kent):
    """What a pupil without a plan needs so that an individual decision can be made."""
    day = kent.pack.start
    return {"plan": "sen_support", "primary_type": "oth", "reviewed_cycles": 5, "advice_date": day, "training_date": day}


def starts(kent):
    """Profiles from which needs are swept: with a plan and without, in each phase, at either cost."""
    phases = {"primary": (8, 4), "secondary": (13, 8), "sixth_form": (17, 12)}
    for (phase, (age, year)), cost in product(phases.items(), (0, 6000, 8000)):
        pupil = {"age": age, "year_group": year, "school_phase": phase, "state_funded": "yes", "provision_cost": cost}
        yield pupil | evidence(kent)
        yield pupil | {"plan": "ehcp", "primary_type": "oth"}
        yield pupil | evidence(kent) | {"reviewed_cycles": 0}


def worked(kent, profile, day=None):
    """The bare outcomes of a complete profile."""
    return kent.decide_with("reference", profile, on=day or kent.pack.start)


def rank(kent, name, result):
    """Where an outcome stands in its order: not applicable is below all, and what people decide has no place (None)."""
    if result.state == "refer":
        return None
    if result.state == "not_applicable":
        return -1
    values = kent.pack.tables[name].type.values
    return values.index(result.value) if values else result.value


def lowered(kent, before, after):
    """The outcomes that stand lower after than before, or that people decide where there was an answer."""
    found = []
    for name in ORDERED:
        one, other = rank(kent, name, before[name]), rank(kent, name, after[name])
        if one is not None and (other is None or other < one):
            found.append((name, before[name].value, after[name].state, after[name].value))
    return found


@st.composite
def exceptional(draw, kent):
    """A drawn profile in scope with needs high enough for the exceptional part."""
    start = draw(st.sampled_from(list(starts(kent))))
    drawn = draw(profiles(kent)).as_given()
    pupil = {name: drawn[name] for name in (*RAISED, "setting", "sex", "ethnicity", "unpredicted_event", "phase_transfer")}
    pupil[draw(st.sampled_from(kent.pack.groups["needs"]))] = "profound"
    profile = completed(kent, start | pupil)
    if worked(kent, profile)["band"].value != "exceptional":
        profile = completed(kent, start | pupil | {"plan": "ehcp", "primary_type": "oth"})
    return profile


# --- raising a need -------------------------------------------------------------------------------------------------


@every_version
@settings(max_examples=5_000 if DEEP else 150)
@given(data=st.data())
def test_raising_one_need_by_a_step_never_lowers_support(kent, data):
    """A pupil whose needs grow must not be offered less for it."""
    day = data.draw(st.sampled_from(DAYS[kent.version]))
    lower, higher = data.draw(raised_pairs(kent, RAISED, on=day))
    assert lowered(kent, worked(kent, lower, day), worked(kent, higher, day)) == []


@every_version
def test_raising_one_need_by_a_step_from_every_boundary_never_lowers_support(kent):
    """The same, systematically: every need, from every value at or beside a threshold of any other answer."""
    three = {"autism": "moderate", "hearing": "moderate", "mental_health": "mild"}
    mixes = ({}, {"learning": "severe", "learning_gap": "5"}, three)
    begin = [{"learning_gap": "absent", **start, **mix} for start, mix in product(starts(kent), mixes)]
    seen = set()
    for start in begin if DEEP else begin[2::11]:
        for lower in boundary_profiles(kent, completed(kent, start), pairs=False):
            before = worked(kent, lower)
            for higher in filter(None, (stepped(kent, lower, name) for name in RAISED)):
                after = worked(kent, higher)
                assert lowered(kent, before, after) == [], (lower.as_given(), higher.as_given())
                seen.add(after["tariff"].value)
    assert {"T1", "T2", "T3"} <= seen


@every_version
@given(data=st.data())
def test_raising_all_needs_from_none_to_the_top_never_lowers_support(kent, data):
    """A chain of steps, in any order, over the whole range of the tariff and not only beside one profile."""
    start = data.draw(st.sampled_from(list(starts(kent))))
    profile = completed(kent, start)
    for name in data.draw(st.permutations(list(RAISED[:-1]) * 2)):
        higher = stepped(kent, profile, name, 2)
        if higher:
            assert lowered(kent, worked(kent, profile), worked(kent, higher)) == []
            profile = higher
    results = worked(kent, profile)
    if start["plan"] == "ehcp":
        assert (results["band"].value, results["tariff"].value) == ("exceptional", "T6")


def declared_steps(kent):
    """The inputs and the most steps that the pack says one step of theirs moves the tariff."""
    found = {}
    for item in kent.pack.properties:
        match = re.fullmatch(r"one step in any of \[(.*)\] moves tariff by at most (\d+)", item.text)
        if match:
            for name in match[1].split(", "):
                found |= dict.fromkeys(kent.pack.groups.get(name, (name,)), int(match[2]))
    return found


@every_version
@settings(max_examples=5_000 if DEEP else 150)
@given(data=st.data())
def test_a_step_moves_the_tariff_by_no_more_than_the_pack_declares(kent, data):
    """A cliff in the tariff would make one judgement of one level worth thousands of pounds."""
    declared = declared_steps(kent)
    assert {*kent.pack.groups["needs"], "medical", "personal_care"} <= declared.keys()
    name = data.draw(st.sampled_from(list(declared)))
    lower = data.draw(exceptional(kent))
    higher = stepped(kent, lower, name) or lower
    before, after = (worked(kent, profile)["tariff"] for profile in (lower, higher))
    if before.state != "indicated":
        return
    assert after.state == "indicated"
    assert abs(rank(kent, "tariff", after) - rank(kent, "tariff", before)) <= declared[name]


@every_version
def test_the_declared_step_holds_over_all_levels_of_the_four_areas(kent):
    """Every mix of levels over the areas and health, which is all the tariff points count: a proof over one phase."""
    declared = declared_steps(kent)
    levels = kent.pack.inputs["autism"].type.values
    names = ("autism", "learning", "mental_health", "physical", "medical")
    base = completed(kent, PUPIL | {"plan": "ehcp", "primary_type": "oth", "learning_gap": "6"}).exact_values()
    found = {}
    for mix in product(levels, repeat=len(names)):
        values = base | dict(zip(names, mix, strict=True))
        found[mix] = kent._engine("reference").decide(values, kent.pack.start)["tariff"]
    for mix, before in found.items():
        for at, name in enumerate(names):
            level = levels.index(mix[at]) + 1
            if level < len(levels):
                after = found[(*mix[:at], levels[level], *mix[at + 1 :])]
                assert rank(kent, "tariff", after) >= rank(kent, "tariff", before)
                if before.state == after.state == "indicated":
                    assert rank(kent, "tariff", after) - rank(kent, "tariff", before) <= declared[name], (mix, name)


# --- what must not matter -------------------------------------------------------------------------------------------


@every_version
@given(data=st.data())
def test_protected_inputs_change_nothing(kent, data):
    """Equality Act 2010: sex and ethnic group are recorded so that fairness can be checked, and decide nothing."""
    protected = [name for name, asked in kent.pack.inputs.items() if asked.protected]
    assert protected == ["sex", "ethnicity"]
    profile = data.draw(profiles(kent))
    expected = worked(kent, profile)
    for sex, ethnicity in product(*(kent.pack.inputs[name].type.values for name in protected)):
        assert worked(kent, {**profile.as_given(), "sex": sex, "ethnicity": ethnicity}) == expected


@every_version
@given(data=st.data())
def test_where_a_pupil_is_placed_changes_neither_tariff_nor_amount(kent, data):
    """Report 24/00026, 3.2: one tariff for the same needs in mainstream and special schools."""
    profile = data.draw(profiles(kent))
    results = [worked(kent, {**profile.as_given(), "setting": value}) for value in kent.pack.inputs["setting"].type.values]
    for name in ("band", "tariff", "element_3"):
        assert all(result[name] == results[0][name] for result in results)


@every_version
@given(data=st.data())
def test_the_census_label_changes_nothing(kent, data):
    """Support follows the level of need and not the label in the census."""
    profile = data.draw(profiles(kent))
    if profile.values["plan"] == "none":
        return
    types = [value for value in kent.pack.inputs["primary_type"].type.values if value not in ("none", "nsa")]
    results = [worked(kent, {**profile.as_given(), "primary_type": value}) for value in types]
    assert all(result == results[0] for result in results)


# --- ends of the scale ----------------------------------------------------------------------------------------------


@every_version
def test_no_profile_reaches_step_5_while_every_need_is_at_most_mild(kent):
    """The upper steps are for few pupils; many small needs must not add up to them. Every mix of mild needs is tried."""
    needs = kent.pack.groups["needs"]
    levels = kent.pack.inputs["medical"].type.values
    upper = {"T5", "T6"}
    engine, reached = kent._engine("reference"), set()
    for start in starts(kent):
        if start["provision_cost"] != 8000:
            continue
        base = completed(kent, {**start, "learning_gap": 15}).exact_values()
        for mild in product(("none", "mild"), repeat=len(needs)):
            for health in ("none", *levels[-2:]):
                values = base | dict(zip(needs, mild, strict=True)) | {"medical": health, "personal_care": health}
                reached.add(engine.decide(values, kent.pack.start)["tariff"].value)
    assert not reached & upper


@every_version
@given(data=st.data())
def test_no_drawn_profile_reaches_step_5_while_every_need_is_at_most_mild(kent, data):
    """As above, over what the sweep holds fixed."""
    profile = data.draw(profiles(kent))
    mild = {name: "mild" for name in kent.pack.groups["needs"] if profile.values[name] != "none"}
    assert worked(kent, {**profile.as_given(), **mild})["tariff"].value not in ("T5", "T6")


@every_version
@given(data=st.data())
def test_an_exceptional_band_with_a_plan_always_reaches_special(kent, data):
    """A line must not shut a pupil with a plan out of the kind of school that the line is about."""
    profile = data.draw(exceptional(kent))
    provision = worked(kent, profile)["provision"].value
    assert "mainstream" in provision
    assert ("special" if profile.values["plan"] == "ehcp" else "plan_assessment") in provision


@every_version
@given(data=st.data())
def test_deciding_again_after_the_provision_is_in_place_does_not_lower_the_tariff(kent, data):
    """Support that works must not be the reason for taking its money away."""
    profile = data.draw(exceptional(kent))
    before = worked(kent, profile)
    for given_provision in before["provision"].value:
        placed = kent.pack.after["provision"].get(given_provision, {})
        again = {**profile.exact_values(), **placed}
        after = kent._engine("reference").decide(again, kent.pack.start)
        assert rank(kent, "tariff", after["tariff"]) >= rank(kent, "tariff", before["tariff"])
        assert after["element_3"] == before["element_3"]


# --- what is written ------------------------------------------------------------------------------------------------


@every_version
def test_there_are_sixty_rules_each_with_a_reason_and_a_source(kent):
    """A rule that cannot say why, or on whose word, is an opinion."""
    found = [rule for table in kent.pack.tables.values() for rule in table.rules]
    assert len(found) >= 60
    for rule in found:
        assert rule.because.endswith((".", "?")), rule.id
        assert len(rule.because.split()) >= 4, rule.id
        assert rule.sources, rule.id
        assert all(cite.source in kent.pack.sources for cite in rule.sources), rule.id


@every_version
def test_there_are_sixty_worked_examples_and_all_hold(kent):
    """The examples are what a policy officer signs."""
    results = continuum.run_cases(kent)
    assert len(results) >= 60
    assert [finding.message for result in results for finding in result.findings] == []


def test_the_two_versions_follow_each_other_without_a_gap():
    """A day between two versions would leave pupils undecided."""
    assert OLD.pack.end + dt.timedelta(days=1) == NEW.pack.start
    for day, version in ((OLD.pack.end, "2025.9.0"), (NEW.pack.start, "2026.9.0")):
        assert continuum.load("kent-continuum", on=day).version == version


@pytest.mark.parametrize(
    ("pupil", "outcome", "before", "after"),
    [
        pytest.param(RECENT | {"reviewed_cycles": 2}, "evidence", "evidence_ready", "evidence_missing", id="two reviewed plans"),
        pytest.param(RECENT | {"reviewed_cycles": 3}, "tariff", "T1", None, id="the tariff is only for pupils with a plan"),
        pytest.param(TWELVE_POINTS, "tariff", "T4", "T5", id="the fifth step starts a point lower"),
    ],
)
def test_a_pupil_is_decided_by_the_version_of_the_day(pupil, outcome, before, after):
    """A changed threshold changes the outcome overnight, and the old version still answers for the old day."""
    found = []
    for day in (dt.date(2026, 8, 31), dt.date(2026, 9, 1)):
        book = continuum.load("kent-continuum", on=day)
        found.append(book.decide(PUPIL | {"primary_type": "oth"} | pupil, on=day).outcomes[outcome].value)
    assert found == [before, after]


@every_version
def test_words_renamed_in_terms_change_only_words(kent):
    """The council has said that `predictable` and `exceptional` may be renamed; no result may change with them."""
    texts = dict(kent.written.texts)
    renamed = texts["terms.yaml"]
    for old, new in (("Exceptional", "Set apart"), ("Severe", "Strong")):
        renamed = renamed.replace(f'label: "{old}"', f'label: "{new}"')
    assert renamed != texts["terms.yaml"]
    other = Rulebook(read_texts(texts | {"terms.yaml": renamed}, kent.written.path))
    for start in starts(kent):
        for profile in boundary_profiles(kent, start, pairs=False):
            assert worked(kent, profile) == worked(other, profile.as_given())
    high = PUPIL | {"plan": "ehcp", "primary_type": "asd", "autism": "severe", "mental_health": "severe"}
    one, two = (book.decide(high, on=kent.pack.start) for book in (kent, other))
    assert one.outcomes == two.outcomes
    for form in ("panel", "parent"):
        assert "Exceptional" in one.explain(form)
        assert "Exceptional" not in two.explain(form)
        assert "Set apart" in two.explain(form)


@every_version
def test_nsa_with_a_plan_is_refused_naming_the_fix(kent):
    """Census rule 2166: NSA is for SEN support only; the school is told what to record instead."""
    with pytest.raises(ProfileError) as refused:
        kent.decide(PUPIL | {"plan": "ehcp", "primary_type": "NSA"}, on=kent.pack.start)
    (finding,) = refused.value.findings
    assert finding.code == "CX504"
    assert "NSA" in finding.message
    assert "type of need that the plan names" in finding.hint
    assert kent.decide(PUPIL | {"plan": "sen_support", "primary_type": "NSA"}, on=kent.pack.start).outcomes


@every_version
def test_no_rule_reads_the_setting_for_money_or_the_label_for_anything(kent):
    """The same promise read off the rules, so that it holds for all profiles and not only for those drawn."""

    def behind(names):
        seen, stack = set(), list(names)
        while stack:
            name = stack.pop()
            if name in seen:
                continue
            seen.add(name)
            found = []
            if name in kent.pack.measures:
                found = list(reads(kent.pack.measures[name].expr))
            elif name in kent.pack.tables:
                for rule in kent.pack.tables[name].rules:
                    found += [*condition_reads(rule.condition), *(r for _, e in rule.then.values for r in reads(e))]
            stack += [item.name for item in found if hasattr(item, "name")]
        return seen

    assert "setting" not in behind(["band", "tariff", "element_3"])
    assert "primary_type" not in behind(kent.pack.outcomes)


def upn():
    """A well-formed unique pupil number, of no pupil."""
    return next(f"{letter}886000000001" for letter in UPN_LETTERS if not check_upn(f"{letter}886000000001"))


@every_version
def test_a_unique_pupil_number_never_leaves(kent):
    """A result is shared with panels and parents; the number that finds a child in every register is not for them."""
    number = upn()
    profile = kent.profile(PUPIL | {"plan": "ehcp", "primary_type": "asd", "upn": number, "ref": "case 7"})
    decision = kent.decide(profile, on=kent.pack.start)
    texts = [
        decision.model_dump_json(), repr(decision), str(decision), repr(profile), str(profile), profile.model_dump_json(),
        json.dumps(profile.as_given(), default=str), *(decision.explain(form) for form in ("parent", "panel", "trace")),
    ]  # fmt: skip
    assert profile.upn.get_secret_value() == number
    assert not [text for text in texts if number in text or number[1:] in text]
    with pytest.raises(ProfileError) as refused:
        kent.profile(PUPIL | {"upn": "Z" + number[1:]})
    assert number[1:] not in str(refused.value)


@every_version
def test_every_worked_example_reads_back_as_it_was_given(kent):
    """What a case gives is what the profile holds; a case that silently lost an answer would prove nothing."""
    cases, _ = read_cases(kent.written)
    for case in cases:
        if "error" not in case.expect:
            profile = kent.profile({**case.given, **case.rest})
            assert set(profile.as_given()) == {n for n, v in {**case.given, **case.rest}.items() if v != "unknown"}
