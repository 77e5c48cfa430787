# SPDX-License-Identifier: MIT
"""The published schemes that the language was tried on: each holds its cases in both engines and says what it leaves open."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import settings
from jsonschema import Draft202012Validator

from continuum.cases import check_cases, run_case
from continuum.engines.completions import Completions
from continuum.engines.reference import Reference
from continuum.errors import ContinuumError
from continuum.packs.library import versions_below
from continuum.packs.loading import read_cases, read_pack, read_texts
from continuum.proofs.proof import Proof, days_to_prove
from continuum.rulebook import Rulebook

SCHEMES = Path(__file__).resolve().parents[1] / "examples" / "schemes"
FOLDERS = sorted(path for path in SCHEMES.iterdir() if path.is_dir())
BOOKS = {path.relative_to(SCHEMES).as_posix(): Rulebook(read_pack(path)) for path in versions_below(SCHEMES)}
QUICK = 50
"""Examples of the quick profile."""
SEVEN = ("clinical", "devon", "kent", "lambeth", "southend", "surrey", "wakefield")

# What the sources leave without a rule or give two for, as FIDELITY.md lists it, in conditions of the language.
PERCENTILES, SCORES = 'percentile: "(14 .. 16), > 84"', 'standard_score: "(84 .. 85), > 115"'
AROUND_ROWS = 'better_ear: "< 20, (34 .. 35), (49 .. 50), (64 .. 65), (79 .. 80), > 94"'
SHORTER = 'period: "to_1, to_2, to_3, to_4, to_5"'
GAPS = {
    "attendance/2010.9.0": {"lg_inform_10": SHORTER, "lg_inform_15": SHORTER},
    "clinical-hearing/2026.11.0": {
        "degree_natsip": 'better_ear: "(20 .. 21), (40 .. 41), (70 .. 71)"',
        "degree_solihull": 'better_ear: "(40 .. 41), (70 .. 71)"',
        "in_quiet": AROUND_ROWS,
        "in_noise": AROUND_ROWS,
    },
    "clinical-vision/2026.11.0": {
        "degree_natsip": 'acuity: "not (6_60)"',
        "degree_older_set": """any: [
            {acuity: better_than_6_12, diagnosed_condition: no},
            {acuity: "[6_12 .. 6_18)", near_vision_words: "slightly_reduced, poor", diagnosed_condition: no},
            {acuity: 6_18, near_vision_words: poor, diagnosed_condition: no},
            {acuity: "(6_18 .. 6_24)", near_vision_words: "good, poor"},
            {acuity: "[6_24 .. 6_36)", near_vision_words: good}]""",
        "degree_solihull_revised": 'acuity: "< 6_36"',
    },
    "devon-topup/after-2017-review": {"top_up": "setting: mainstream, mainstream_band: absent"},
    "kent-hnf/2015.11.0": {"category": "statement: yes, statement_hours: absent"},
    "sight-registration/2026.11.0": {
        "category": """not: {any: [
            {acuity: worse_than_3_60, field: full},
            {acuity: "[6_60 .. 3_60]", field: "full, severe_reduction"},
            {acuity: "<= 6_60", field: very_reduced},
            {acuity: "[6_24 .. 6_60]", field: moderate_loss},
            {acuity: "[6_24 .. 6_60]", cloudy_media: yes},
            {acuity: "[6_24 .. 6_60]", no_lens: yes},
            {acuity: "<= 6_18", field: "half_field, much_peripheral_loss"}]}""",
    },
    "southend-banding/1.0.0": {
        "cognition_level": """near_age_expectations: no, lowest_centile: ">= 10, absent", any: [
            {from_key_stage_2: no},
            {years_behind: "< 2"}]""",
        "converted_band": "old_award: present, setting: other",
        "semh_level": "semh_difficulty: none, responds_to_policy: no",
        "speech_level": "speech_difficulty: none",
        "vision_level": """glasses_correct: no, eyes_affected: both_eyes, field_or_colour: no, print_size: "< 14, absent", any: [
            {acuity_notation: logmar, acuity_logmar: "< 0.5"},
            {acuity_notation: snellen, acuity_snellen: "< 19"}]""",
    },
    "standardised-scores/2026.11.0": {
        "bradford_range": 'standard_score: ">= 72"',
        "southend_level": 'centile: ">= 10"',
        "surrey_level": 'standard_score: "> 115"',
    },
    "surrey-mainstream-banding/2019.11.0": {"percentile_term": PERCENTILES, "term": SCORES},
    "surrey-mainstream-banding/2023.9.0": {
        "model": """plan_event: absent, any: [
            {phase: secondary},
            {decision_day: "< 2024-09-01"}]""",
        "percentile_term": PERCENTILES,
        "term": SCORES,
    },
    "wakefield-sen-matrix/1.0.0": {
        "element_2": 'areas_of_need: 1, any: [{language_level: "<= 2"}, {social_level: "<= 2"}, {learning_level: "<= 2"}]',
    },
}
OVERLAPS = {
    "clinical-vision/2026.11.0": {
        "OLD-1, OLD-2": "acuity: 6_18, near_vision_words: slightly_reduced, diagnosed_condition: yes",
        "OLD-2, OLD-3": 'acuity: 6_36, near_vision_words: "slightly_reduced, poor"',
        "OLD-3, OLD-4": "acuity: 3_60",
    },
    "sight-registration/2026.11.0": {
        "REG-2, REG-1": """any: [
            {acuity: 6_60, field: severe_reduction, cloudy_media: yes},
            {acuity: 6_60, field: severe_reduction, no_lens: yes},
            {acuity: "[6_24 .. 6_60]", field: very_reduced, cloudy_media: yes},
            {acuity: "[6_24 .. 6_60]", field: very_reduced, no_lens: yes}]""",
    },
    "surrey-mainstream-banding/2023.9.0": {
        "BND-1, BND-2": "phase: secondary, plan_event: existing, above_enhanced_2: yes",
        "TOP-1, TOP-3": """support_hours: "<= 13", any: [
            {plan_event: "new_plan, key_stage_transfer"},
            {plan_event: existing, phase: secondary},
            {phase: primary, decision_day: ">= 2024-09-01"}]""",
    },
}
NO_FIGURE = {
    "attendance/2010.9.0": ["rates norfolk_sessions"],
    "attendance/2015.9.0": ["division at_risk_one_school", "division persistent_absence", "division severe_absence"],
    "standardised-scores/2026.11.0": ["rates normal_centile"],
}
NOT_PROVED = {"standardised-scores/2026.11.0": ["raising any of [standard_score] never lowers curve_centile"]}
LOOK_AGAIN = dt.date(2027, 8, 31)
"""The day until which what a source leaves open is accepted, unless its version ends before."""


@pytest.fixture(params=BOOKS)
def book(request):
    """A version of a scheme."""
    return BOOKS[request.param]


def place(book):
    """Where a version stands among the schemes."""
    return book.written.path.relative_to(SCHEMES).as_posix()


def listed(book):
    """What a scheme is known to leave open: a check, and what it is about."""
    gaps = {f"gap {name}" for name in GAPS.get(place(book), ())}
    overlaps = {f"overlap {rules}" for rules in OVERLAPS.get(place(book), ())}
    return gaps | overlaps | set(NO_FIGURE.get(place(book), ()))


def test_every_scheme_that_was_read_is_here():
    """Seven were read; the clinical thresholds fall into packs of their own."""
    names = " ".join(folder.name for folder in FOLDERS)
    assert not [name for name in SEVEN if name not in names]
    assert {path.split("/")[0] for path in BOOKS} == {folder.name for folder in FOLDERS}


def test_a_scheme_reads_and_what_is_found_is_an_open_question_or_accepted(book):
    """What the source leaves open stays open: reported until somebody answers it, and accepted by name where pupils meet it."""
    found = [*book.check(), *check_cases(book)]
    told = [finding for finding in found if finding.severity != "note" and finding.code != "CX215"]
    assert [finding.code for finding in told] == ["CX915"] * len(NOT_PROVED.get(place(book), ()))
    assert all(any(name in finding.message for name in NOT_PROVED[place(book)]) for finding in told)
    assert {f"{item['check']} {item['about']}" for item in book.pack.accepted} == listed(book)
    assert sum(finding.hint.startswith("accepted until ") for finding in found) == len(book.pack.accepted)


def test_what_a_scheme_accepts_comes_back_on_the_day_after(book):
    """A reading that nobody looks at again would pass for what the authority says."""
    assert {item["until"] for item in book.pack.accepted} <= {LOOK_AGAIN}
    back = [f for f in book.check(on=LOOK_AGAIN + dt.timedelta(days=1)) if f.code in ("CX921", "CX922", "CX934", "CX935")]
    assert len(back) == len(listed(book))
    assert all("it was accepted until" in f.hint and f.severity != "note" for f in back)


def proved_beside(book, regions):
    """For each day on which something in a scheme changes, its proof and the profiles for which each of some conditions holds."""
    source = next(iter(book.pack.sources))
    texts = dict(book.written.texts)
    for i, region in enumerate(regions):
        rules = (
            f"rules:\n  - {{id: LISTED-{i}, when: {{{region}}}, then: yes, because: It is listed., source: {source}}}\n"
            f"  - {{id: UNLISTED-{i}, otherwise: no, because: It is not., source: {source}}}\n"
        )
        texts[f"decisions/listed_{i}.yaml"] = f"decision: listed_{i}\nasks: Is it listed?\ntype: yes_no\nhit: unique\n{rules}"
    reference = Reference(Rulebook(read_texts(texts, book.written.path)).pack)
    for day in days_to_prove(reference.pack):
        proof = Proof(reference, Completions(reference), day)
        yield proof, [said_yes(proof, f"listed_{i}") for i in range(len(regions))]


def said_yes(proof, name):
    """The profiles that can be, for which a decision is yes."""
    return proof.among_possible(proof.diagram.apply("said yes", lambda worked: worked.value is True, proof.meaning.table(name)))


def test_the_gaps_of_a_scheme_are_those_that_are_listed_for_every_profile(book):
    """A gap beside the published one would hide behind it, for a finding shows one profile."""
    gaps = GAPS.get(place(book), {})
    for proof, regions in proved_beside(book, list(gaps.values())):
        nowhere = dict.fromkeys(book.pack.tables, proof.diagram.no)
        assert {name: proof.caused(name, "gap") for name in nowhere} == nowhere | dict(zip(gaps, regions, strict=True))


def test_the_overlaps_of_a_scheme_are_those_that_are_listed_for_every_profile(book):
    """Two rules that conflict for more pupils than the source says would be a mistake of the pack."""
    overlaps = OVERLAPS.get(place(book), {})
    for proof, regions in proved_beside(book, list(overlaps.values())):
        both, either, conflicts = proof.diagram.both, proof.diagram.either, dict.fromkeys(book.pack.tables, proof.diagram.no)
        for rules, region in zip(overlaps, regions, strict=True):
            one, other = rules.split(", ")
            name = next(table.name for table in book.pack.tables.values() for rule in table.rules if rule.id == one)
            conflicts[name] = either(conflicts[name], region)
            proof.meaning.table(name)
            held = both(proof.meaning.holds[one], proof.meaning.holds[other])
            assert both(proof.caused(name, "conflict"), held) == region, rules
        assert {name: proof.caused(name, "conflict") for name in conflicts} == conflicts


def sampled(cases, most):
    """All cases in the deep profile, else at most so many from beginning to end; `continuum test` runs all in the build."""
    return cases if settings().max_examples > QUICK else cases[:: max(1, len(cases) // most)]


def test_the_cases_of_a_scheme_hold(book):
    """They are the published examples, and every edge."""
    cases, _ = read_cases(book.written)
    assert len(cases) >= 5
    assert not [finding.line() for case in sampled(cases, 25) for finding in run_case(book, case).findings]


def test_both_engines_agree_on_every_case_of_a_scheme(book):
    """A form that only one engine understood would be no form of the language."""
    cases, _ = read_cases(book.written)
    checked = 0
    for case in sampled(cases, 12):
        try:
            profile = book.profile({**case.given, **case.rest})
            decision = book.decide(profile, on=case.on, cross_check=True)
        except ContinuumError:
            continue  # a case that expects to be refused
        checked += decision.cross_checked
        assert decision.cross_checked or len(profile.values) < len(book.pack.inputs)
    assert checked >= 3


def test_a_scheme_is_a_reading_with_the_addresses_it_was_read_from(book):
    """It is not adopted by anybody, and whoever doubts it can look."""
    assert book.pack.status == "reading"
    assert any(document.url.startswith(("http://", "https://")) for document in book.pack.sources.values()) or book.pack.questions
    assert all(rule.sources for table in book.pack.tables.values() for rule in table.rules)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_scheme_says_what_its_source_leaves_open_and_how_it_treats_that(folder):
    """A gap that is filled without a word is a threshold that somebody made up."""
    text = (folder / "FIDELITY.md").read_text(encoding="utf-8")
    assert len(re.findall(r"^\|.*\|.*\|$", text, re.MULTILINE)) >= 4
    assert "open" in text.lower()


def test_what_a_scheme_accepts_is_told_where_its_source_is_told(book):
    """Who reads what a source leaves open must find there which findings stand for it, by the names that the checks use."""
    text = " ".join((book.written.path.parent / "FIDELITY.md").read_text(encoding="utf-8").split())
    assert [name for name in listed(book) if f"`{name}`" not in text] == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_file_of_a_scheme_fits_the_schema_it_names(folder):
    """An editor that follows the first line must not find fault with a file that reads."""
    for file in sorted(folder.rglob("*.yaml")):
        first, _, rest = file.read_text(encoding="utf-8").partition("\n")
        match = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
        assert match, file
        schema = json.loads((file.parent / match[1]).read_text(encoding="utf-8"))
        data = yaml.load(rest, Loader=yaml.BaseLoader)  # noqa: S506  # it makes text only, as packs are read
        found = list(Draft202012Validator(schema).iter_errors(data))
        assert not found, (file, found[0].message)
