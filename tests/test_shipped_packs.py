# SPDX-License-Identifier: MIT
"""Every pack that ships: it loads, its examples hold and use its rules, its words are there, and it says what it is."""

from __future__ import annotations

import datetime as dt
import json
import re
from functools import cache
from itertools import combinations
from pathlib import Path

import jsonschema
import pytest
import yaml

import continuum
from continuum.packs import model
from continuum.packs.library import Library
from continuum.packs.loading import read_cases
from continuum.rulebook import Rulebook

RULES = Path(__file__).resolve().parents[1] / "rules"
ENTRIES = Library([RULES]).entries
RULEBOOKS = {f"{entry.id} {entry.version}": Rulebook(entry.written) for entry in ENTRIES}
FILES = sorted(RULES.rglob("*.yaml"))
SCHEMA_LINE = re.compile(r"# yaml-language-server: \$schema=((?:\.\./)+schemas/([a-z-]+)\.json)")
every_pack = pytest.mark.parametrize("rulebook", RULEBOOKS.values(), ids=RULEBOOKS)
every_file = pytest.mark.parametrize("file", FILES, ids=[str(file.relative_to(RULES)) for file in FILES])

# Rules that no worked example makes decide, each with the reason that is enough. Empty is best.
NOT_IN_ANY_CASE: dict[str, dict[str, str]] = {}


class Editor(yaml.SafeLoader):
    """A safe loader that types scalars as editors do (YAML 1.2): `no` and dates are text, digits are numbers."""


FLOAT, INT = "tag:yaml.org,2002:float", "tag:yaml.org,2002:int"
NUMBER = [(FLOAT, re.compile(r"[-+]?[0-9]+\.[0-9]+$")), (INT, re.compile(r"[-+]?[0-9]+$"))]
TRUTH = [("tag:yaml.org,2002:bool", re.compile(r"(true|false)$"))]
Editor.yaml_implicit_resolvers = dict.fromkeys("-+0123456789", NUMBER) | dict.fromkeys("tf", TRUTH)
SCHEMAS = model.json_schemas()


def kind(file):
    """Which schema a file of a pack falls under, by where it stands."""
    return {"decisions": "decision", "cases": "cases"}.get(file.parent.name, file.stem)


@cache
def decided(rulebook):
    """The decision of every case that is decided, with the case."""
    cases, _ = read_cases(rulebook.written)
    return [(c, rulebook.decide({**c.given, **c.rest}, on=c.on)) for c in cases if "error" not in c.expect]


def fired(decision):
    """The rules that decided, in every table that was worked out."""
    found = {rule for outcome in decision.outcomes.values() if outcome.state != "range" for rule in outcome.rules}
    return found | {rule.id for reason in decision.reasons if reason.state != "range" for rule in reason.fired}


# --- files ----------------------------------------------------------------------------------------------------------


def test_every_folder_of_rules_is_a_pack_that_loads():
    """A pack that fell out of the library by a misspelt file name would be missed by nobody but a school."""
    folders = {path.parent for path in RULES.rglob("pack.yaml")}
    assert {entry.path for entry in ENTRIES} == folders
    assert {path for path in RULES.glob("*/*") if path.is_dir()} == folders
    assert all((entry.path.parent.name, entry.path.name) == (entry.id, entry.version) for entry in ENTRIES)
    for entry in ENTRIES:
        assert continuum.load(entry.id, version=entry.version).digest == entry.written.digest


@every_file
def test_the_first_line_of_a_file_names_its_schema(file):
    """An editor checks a file as it is typed only where this line is right."""
    first = file.read_text(encoding="utf-8").split("\n", 1)[0]
    match = SCHEMA_LINE.fullmatch(first)
    assert match, first
    assert match[2] == kind(file)
    assert json.loads((file.parent / match[1]).read_text(encoding="utf-8")) == SCHEMAS[match[2]], "run: continuum schema --out"


@every_file
def test_a_file_is_valid_by_the_schema_it_names(file):
    """The schema that editors use and the reader must not part ways."""
    schema = SCHEMAS[kind(file)]
    content = yaml.load(file.read_text(encoding="utf-8"), Loader=Editor)  # noqa: S506 - a safe loader
    faults = [f"{error.json_path}: {error.message}" for error in jsonschema.Draft202012Validator(schema).iter_errors(content)]
    assert faults == []


@every_pack
def test_a_pack_has_a_change_log_that_begins_with_its_version(rulebook):
    """A new version without a word on what changed cannot be checked by those it changes things for."""
    text = (rulebook.written.path / "CHANGELOG.md").read_text(encoding="utf-8")
    first = next(line for line in text.splitlines() if line.startswith("## "))
    assert rulebook.version in first


def test_no_two_versions_of_a_pack_cover_the_same_day():
    """A pupil would be decided by whichever comes first."""
    for one, other in combinations(ENTRIES, 2):
        if one.id == other.id:
            periods = [(e.in_force.from_ or dt.date.min, e.in_force.to or dt.date.max) for e in (one, other)]
            assert periods[0][1] < periods[1][0] or periods[1][1] < periods[0][0]


# --- examples -------------------------------------------------------------------------------------------------------


@every_pack
def test_every_worked_example_holds(rulebook):
    """The examples are the pack's own word on what its rules mean."""
    results = continuum.run_cases(rulebook)
    assert len(results) >= 40
    assert [finding.message for result in results for finding in result.findings] == []


@every_pack
def test_every_rule_decides_in_some_worked_example(rulebook):
    """A rule that no example reaches has never been seen to work."""
    every = {rule.id for table in rulebook.pack.tables.values() for rule in table.rules}
    used = set().union(*(fired(decision) for _, decision in decided(rulebook)))
    allowed = NOT_IN_ANY_CASE.get(f"{rulebook.id} {rulebook.version}", {})
    assert every - used == set(allowed)


@every_pack
def test_every_refusal_is_shown_by_a_worked_example(rulebook):
    """A contradiction that no example shows may be written so that it never holds, or holds of too much."""
    cases, _ = read_cases(rulebook.written)
    said = set()
    for case in cases:
        if case.expect.get("error") == "CX504":
            with pytest.raises(continuum.ProfileError) as refused:
                rulebook.decide({**case.given, **case.rest}, on=case.on)
            said |= {finding.message for finding in refused.value.findings}
    unseen = [item.because for item in rulebook.pack.impossible if not any(item.because in text for text in said)]
    assert unseen == []


@every_pack
def test_every_impossible_profile_names_a_fix(rulebook):
    """A refusal that does not say what to mend sends people away."""
    assert all(item.because and item.fix for item in rulebook.pack.impossible)


# --- words ----------------------------------------------------------------------------------------------------------


@every_pack
def test_every_outcome_and_every_value_of_one_has_a_term(rulebook):
    """A word that a parent reads must not be a name with underscores."""
    pack = rulebook.pack
    missing = []
    for name in pack.outcomes:
        type_ = pack.tables[name].type
        missing += [] if name in pack.terms else [name]
        if type_.kind in ("scale", "choice", "set"):
            owners = [owner for owner in (name, type_.name) if owner]
            missing += [f"{name}.{v}" for v in type_.values if not any(f"{owner}.{v}" in pack.terms for owner in owners)]
    assert missing == []


@every_pack
def test_every_input_and_measure_has_a_label(rulebook):
    """Panels read the reasons, and reasons name inputs and measures."""
    pack = rulebook.pack
    assert [name for name in (*pack.inputs, *pack.measures) if name not in pack.terms] == []


@every_pack
def test_every_source_is_cited_by_a_rule_or_says_what_it_is_for(rulebook):
    """A list of sources that nothing rests on lends weight that is not there."""
    pack = rulebook.pack
    cited = {cite.source for table in pack.tables.values() for rule in table.rules for cite in rule.sources}
    cited |= {cite.source for rate in pack.rates.values() for row in rate.rows for cite in row.sources}
    assert [i for i, doc in pack.sources.items() if i not in cited and not doc.note] == []


@every_pack
def test_every_rule_ends_its_reason_as_a_sentence(rulebook):
    """Reasons are read aloud at panels."""
    rules = [rule for table in rulebook.pack.tables.values() for rule in table.rules]
    assert [rule.id for rule in rules if not (rule.because[0].isupper() and rule.because.endswith("."))] == []


@every_pack
@pytest.mark.parametrize("form", ["parent", "panel", "trace"])
def test_an_illustrative_pack_says_so_in_every_form_of_words(rulebook, form):
    """Nobody may take an illustration for the council's policy, whichever page they are handed."""
    assert rulebook.pack.status in ("illustrative", "proposed", "in_force")
    word = {"illustrative": "ILLUSTRATIVE", "proposed": "PROPOSED"}[rulebook.pack.status]
    shown = 0
    for _, decision in decided(rulebook)[::4]:
        assert word in decision.explain(form)
        shown += 1
    assert shown


@every_pack
def test_no_words_show_a_name_of_the_program(rulebook):
    """`sen_support` and `in_scope` are for the machine; people read labels."""
    names = {name for name in (*rulebook.pack.inputs, *rulebook.pack.measures, *rulebook.pack.tables) if "_" in name}
    names |= {value for asked in rulebook.pack.inputs.values() for value in asked.type.values if "_" in value}
    names |= {value for table in rulebook.pack.tables.values() for value in table.type.values if "_" in value}
    shown = set()
    for _, decision in decided(rulebook)[::5]:
        words = set(re.findall(r"[a-z0-9_]+", decision.explain("parent") + decision.explain("panel")))
        shown |= words & names
    assert shown == set()


# --- promises -------------------------------------------------------------------------------------------------------


@every_pack
def test_the_properties_of_a_pack_are_read_and_are_all_there(rulebook):
    """A property that was not understood would be a promise that nobody checks."""
    pack = rulebook.pack
    assert [item.text for item in pack.properties] == [" ".join(text.split()) for text in rulebook.written.pack.properties]
    assert len(pack.properties) >= 3
    assert all(item.form and item.form != "default" for item in pack.properties)


@every_pack
def test_what_a_pack_leaves_to_people_is_said(rulebook):
    """A rule pack is never the whole of a decision."""
    assert len(rulebook.pack.not_modelled) >= 3


@every_pack
def test_a_decision_of_every_case_is_the_same_through_json(rulebook):
    """What a case system keeps must read back as what was decided."""
    for _, decision in decided(rulebook)[::6]:
        back = continuum.Decision.model_validate_json(decision.model_dump_json())
        assert back.outcomes == decision.outcomes
        assert json.loads(back.model_dump_json()) == json.loads(decision.model_dump_json())
