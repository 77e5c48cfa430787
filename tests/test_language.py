# SPDX-License-Identifier: MIT
"""The language as a whole: reading, names, types, properties, cycles, reordering, and what comes back and can be kept."""

# ruff: noqa: E501, RUF001 - packs stand on one line; look-alike characters and naive times are what is tested

from __future__ import annotations

import copy
import json
import pickle
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from tests.helpers import DAY, HEAD, INPUTS, asking, codes, decided, faults, giving, pack, rulebook, table, value

import continuum
from continuum import Decision, ProfileError, Rulebook, run_cases
from continuum.cases import check_cases
from continuum.packs import library as library_module
from continuum.packs.library import shipped
from continuum.packs.loading import read_pack, read_texts
from continuum.packs.model import RESERVED

ROOT = Path(__file__).resolve().parent.parent
KENT = ROOT / "rules" / "kent-continuum" / "2025.9.0"

PLAIN = giving("1")


def with_properties(*sentences, extra=""):
    """A pack with a scale outcome, an amount, a set, fields, and these properties."""
    lines = "".join(f'  - "{sentence}"\n' for sentence in sentences)
    decisions = """
    - {decision: band, asks: Which?, type: {scale: [T1, T2, T3]}, hit: first, rules: [{id: B-1, when: {speech: ">= severe"}, then: T3, because: b}, {id: B-2, otherwise: T1, because: b}]}
    - {decision: out, asks: What?, type: number, hit: first, rules: [{id: R-1, otherwise: "1", because: b}]}
    - {decision: provision, asks: Where?, type: {choice: [unit, school]}, hit: collect, rules: [{id: P-1, when: {band: T3}, then: unit, because: b}]}
    - {decision: award, asks: How much?, type: {fields: {low: number, high: number}}, hit: first, rules: [{id: A-1, otherwise: {low: "1", high: "2"}, because: b}]}
    """
    return pack(decisions, outcomes="band, out, provision, award", more=(f"properties:\n{lines}" if sentences else "") + extra)


# reading


@pytest.mark.parametrize(
    "text", ["no", "off", "010", "1e3", "2025.10", "~", "null", "1_000", "0x10", "12:30:45", "2025-09-01", "=", "<<x"]
)
def test_a_plain_scalar_is_the_text_that_stands_there(text):
    """YAML would make a boolean, an octal, a float or nothing of it."""
    book = rulebook(PLAIN.replace("title: A small pack", f"title: {text}"))
    assert book.pack.title == text


def test_a_version_is_text():
    """2025.10 is not 2025.1."""
    assert rulebook(PLAIN.replace('"1.0.0"', "2025.10")).version == "2025.10"


@pytest.mark.parametrize(
    "number", ["1e3", "010", "+5", ".5", "5.", "1_000", "1,000", "0x10", "½", "٣", "five", "inf", "nan", "--5", "£5", "5 "]
)
def test_a_number_is_digits_and_at_most_one_point(number):
    """Each other way of writing one has two readers."""
    text = PLAIN.replace("min: -10, max: 30", f'min: -10, max: "{number}"')
    assert "CX108" in codes(text)


@pytest.mark.parametrize("answer", ["on", "Yes", "Y", "1", "TRUE", "maybe", "[yes]"])
def test_yes_and_no_are_written_yes_and_no(answer):
    """YAML 1.1 has 22 words for it."""
    assert "CX108" in codes(
        PLAIN.replace(
            "type: number, min: -100, max: 1000, step: 0.125, optional: yes",
            f"type: number, min: -100, max: 1000, step: 0.125, optional: {answer}",
        )
    )


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ("summary: &a text", "CX106"),
        ("summary: *a", "CX106"),
        ("summary: !!str text", "CX106"),
        ("summary: !python/object:os.system x", "CX106"),
        ("<<: {summary: text}", "CX106"),
        ("title: Again", "CX103"),
        ("titel: Again", "CX104"),
        ("summary: [a, b]", "CX107"),
        ('summary: ""', "CX107"),
        ("summary: {a: b}", "CX107"),
        ("{a: b}: c", "CX107"),
        ("summary: 'unclosed", "CX102"),
        ("\tsummary: x", "CX102"),
        ("---\nformat: 1", "CX102"),
        ("summary: a: b", "CX102"),
    ],
)
def test_what_yaml_would_guess_or_hide_is_an_error(more, code):
    """Nothing is guessed and nothing is half-read."""
    assert codes(PLAIN + more + "\n") == [code]


def test_anchors_cannot_grow_a_small_file_into_a_large_one():
    """A billion laughs costs nothing: anchors are refused before anything is composed."""
    laughs = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 10)}]\n" for i in range(20)
    )
    assert set(codes(laughs)) == {"CX106"}


def test_an_ampersand_or_star_in_text_is_no_anchor():
    """`Children & young people` is a title."""
    assert rulebook(PLAIN.replace("A small pack", "Children & young people * all")).pack.title == "Children & young people * all"


def test_text_in_any_language_and_a_byte_order_mark_are_read(tmp_path):
    """Welsh, Polish, emoji; and what Notepad puts before it."""
    file = tmp_path / "p.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + PLAIN.replace("A small pack", "Anghenion dysgu ŵ – żółw 🐢").encode())
    assert Rulebook(read_pack(file)).pack.title == "Anghenion dysgu ŵ – żółw 🐢"


def test_the_digest_does_not_depend_on_the_kind_of_line_end(tmp_path):
    """A checkout on Windows is the same pack."""
    for name, data in (("a.yaml", PLAIN.encode()), ("b.yaml", PLAIN.replace("\n", "\r\n").encode())):
        (tmp_path / name).mkdir()
        (tmp_path / name / "p.yaml").write_bytes(data)
    assert read_pack(tmp_path / "a.yaml" / "p.yaml").digest == read_pack(tmp_path / "b.yaml" / "p.yaml").digest


def test_all_errors_come_at_once():
    """One round with the pack's author, not ten."""
    text = (
        PLAIN.replace("status: illustrative", "status: ilustrative")
        .replace("title: A small pack\n", "titel: x\n")
        .replace("type: yes_no", "type: yesno", 1)
    )
    assert sorted(codes(text)) == ["CX104", "CX108", "CX108"]  # `titel` says that `title` is missing too


@pytest.mark.parametrize("key", ["format", "id", "version", "title", "authority", "status", "in_force"])
def test_a_required_key_that_is_missing_is_named(key):
    """CX105 and the name of the key."""
    text = re.sub(rf"^{key}:.*\n", "", PLAIN, flags=re.MULTILINE)
    (fault,) = faults(text)
    assert fault.code == "CX105"
    assert f"`{key}`" in fault.message


@pytest.mark.parametrize("number", ["2", "0", "1.0", "one"])
def test_another_format_is_refused_and_not_guessed_at(number):
    """Only a format the library knows is read."""
    assert codes(PLAIN.replace("format: 1", f"format: {number}")) == ["CX110"]


# names


@pytest.mark.parametrize("word", sorted(RESERVED))
def test_a_word_of_the_language_is_no_name(word):
    """`max: mild` or an input called `today` would read as something else."""
    for text in (
        PLAIN.replace("  age:", f"  {word}:"),
        PLAIN.replace("[mainstream, srp, special]", f"[mainstream, {word}, special]"),
        PLAIN.replace("needs:", f"{word}:"),
    ):
        found = codes(text)
        assert found
        assert set(found) <= {"CX203", "CX111"}


@pytest.mark.parametrize("name", ["Age", "1age", "age-group", "age group", "_age", "âge", "age.x", ""])
def test_a_name_is_small_letters_digits_and_underscores(name):
    """One spelling, that every keyboard has."""
    assert set(codes(PLAIN.replace("  age:", f'  "{name}":'))) == {"CX111"}


@pytest.mark.parametrize("value_", ["a-b", "3-4", "a b", "", "é", "a.b"])
def test_printed_forms_are_labels_and_not_values(value_):
    """`3-4` is a label in terms.yaml."""
    assert "CX111" in codes(PLAIN.replace("[mainstream, srp, special]", f'[mainstream, "{value_}"]'))


@pytest.mark.parametrize("value_", ["T1", "1A", "A", "2", "Entry_2"])
def test_values_may_have_capitals_and_digits(value_):
    """Bands are called so."""
    text = asking("setting", f'"{value_}"').replace("[mainstream, srp, special]", f"[mainstream, {value_}, special]")
    assert not codes(text)


NUMBERED = """\
scales:
  level: {values: ["1", "2", "3", "10"], points: {"1": 0, "2": 1, "3": 2, "10": 3}}
inputs:
  level: {ask: Level, type: scale, scale: level}
  other: {ask: Other level, type: scale, scale: level}
groups:
  levels: [level, other]
"""


@pytest.mark.parametrize(
    ("cell", "fits"),
    [
        ("2", "2"),
        (">= 2", "2 3 10"),
        ("< 10", "1 2 3"),
        ("[2 .. 3]", "2 3"),
        ("1, 10", "1 10"),
        ("not (2)", "1 3 10"),
        ("> other", "10"),
    ],
)
def test_levels_that_are_printed_as_numbers_are_values_of_their_scale(cell, fits):
    """The order is the declared one: 10 stands where the list puts it, not where a sort of text would."""
    rules = f"- {{id: R-1, when: {{level: '{cell}'}}, then: yes, because: b}}\n- {{id: R-2, otherwise: no, because: b}}"
    text = table("first", rules, type_="yes_no", inputs=NUMBERED)
    found = [one for one in ("1", "2", "3", "10") if decided(text, level=one, other="3").value]
    assert found == fits.split()


@pytest.mark.parametrize(
    ("expression", "expected"), [("count(levels >= 2)", 2), ("if(2 <= level, 5, 6)", 5), ("points(max(level, 2))", 3)]
)
def test_expressions_read_numbered_levels_as_their_scale(expression, expected):
    """A published grid with levels 1 to 5 needs no other names for them."""
    text = table("first", f'- {{id: R-1, otherwise: "= {expression}", because: b}}', inputs=NUMBERED)
    assert decided(text, level="10", other="3").value == expected


def test_a_number_that_is_no_level_is_refused_where_a_level_belongs():
    """A misread level must not become a comparison of numbers."""
    assert codes(table("first", "- {id: R-1, when: {level: '>= 4'}, then: 1, because: b}", inputs=NUMBERED)) == ["CX205"]


def test_an_open_question_of_a_pack_is_a_warning_until_it_is_answered():
    """What a source leaves open is neither filled in nor forgotten."""
    book = rulebook(giving("1", more='questions: [{ask: "How do two areas combine?", about: out}]\n'))
    (finding,) = (one for one in book.check() if one.code == "CX215")
    assert finding.severity == "warning"
    assert "How do two areas combine?" in finding.text()
    assert finding.place.line == book.written.texts["p.yaml"].splitlines().index(finding.place.text) + 1
    assert book.decide({}, on=DAY).status == "indicated"


@pytest.mark.parametrize("rule_id", ["exc-1", "EXC", "EXC1", "EXC_1", "-1", "EXC-", "1"])
def test_a_rule_id_is_capitals_a_hyphen_and_more(rule_id):
    """It is cited in letters."""
    assert "CX111" in codes(PLAIN.replace("id: R-1", f"id: {rule_id}"))


def test_rule_ids_are_unique_in_the_whole_pack():
    """Two tables may not share one."""
    decisions = "".join(
        f"- {{decision: d{i}, asks: What?, type: number, hit: first, rules: [{{id: R-1, otherwise: '1', because: b}}]}}\n"
        for i in (1, 2)
    )
    assert codes(pack(decisions, outcomes="d1, d2")) == ["CX202"]


@pytest.mark.parametrize(
    "replaced",
    [
        ("[mainstream, srp, special]", "[mainstream, age, special]"),
        ("[mainstream, srp, special]", "[mainstream, needs, special]"),
        ("[mainstream, srp, special]", "[mainstream, out, special]"),
        ("[none, mild, moderate", "[none, age, moderate"),
        ("[none, sen_support, ehcp]", "[none, age, ehcp]"),
    ],
)
def test_a_value_may_not_share_its_name_with_a_thing(replaced):
    """A cell `age` would mean either."""
    assert codes(PLAIN.replace(*replaced)) == ["CX204"]


@pytest.mark.parametrize(
    "more",
    [
        "measures: {age: '1'}\n",
        "measures: {needs: '1'}\n",
        "measures: {out: '1'}\n",
        "rates: {age: {type: number, rows: [{value: 1}]}}\n",
    ],
)
def test_a_name_stands_for_one_thing(more):
    """Input, measure, decision, group and rate share one set of names."""
    assert codes(giving("1", more=more)) == ["CX202"]


@pytest.mark.parametrize("values", ["[mild, mild]", "[mild, severe, mild]"])
def test_a_value_stands_once_in_its_list(values):
    """On a scale it would have two ranks."""
    assert "CX202" in codes(PLAIN.replace("[mainstream, srp, special]", values))
    text = table("first", "- {id: R-1, otherwise: mild, because: b}", type_=f"{{choice: {values}}}")
    (fault,) = faults(text)
    assert fault.code == "CX202"
    assert "choice" in fault.place.text


@pytest.mark.parametrize(
    ("type_", "code"),
    [
        ("{fields: {}}", "CX213"),
        ("{scale: []}", "CX213"),
        ("{scale: [a]}", "CX213"),
        ("{choice: []}", "CX213"),
        ("{scale: nothing}", "CX201"),
        ("{choice: nothing}", "CX201"),
        ("text", "CX108"),
        ("{a: b}", "CX108"),
        ("[a, b]", "CX108"),
        ("money", "CX213"),
        ("{fields: {low: money}}", "CX213"),
        ("{fields: {Low: number}}", "CX111"),
        ("{fields: {today: number}}", "CX111"),
        ("{choice: [yes, no]}", "CX111"),
        ("{choice: [a b]}", "CX111"),
        ("float", "CX108"),
    ],
)
def test_a_type_that_says_nothing_definite_is_refused(type_, code):
    """Each decision has one of the types of the language."""
    assert codes(table("first", "- {id: R-1, otherwise: refer, because: b}", type_=type_)) == [code]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("{ask: X, type: integer, min: 0}", "CX105"),
        ("{ask: X, type: integer, max: 0}", "CX105"),
        ("{ask: X, type: number, min: 0, max: 5}", "CX105"),
        ("{ask: X, type: date, min: 2020-01-01}", "CX105"),
        ("{ask: X, type: scale}", "CX105"),
        ("{ask: X, type: choice}", "CX105"),
        ("{type: yes_no}", "CX105"),
        ("{ask: X}", "CX105"),
        ("{ask: X, type: scale, scale: nothing}", "CX201"),
        ("{ask: X, type: choice, of: nothing}", "CX201"),
        ("{ask: X, type: bool}", "CX108"),
        ("{ask: X, type: integer, min: 5, max: 3}", "CX213"),
        ("{ask: X, type: integer, min: 0, max: 3, step: 0}", "CX213"),
        ("{ask: X, type: integer, min: 0, max: 3, step: 0.5}", "CX213"),
        ("{ask: X, type: integer, min: 0.5, max: 3}", "CX213"),
        ("{ask: X, type: yes_no, min: 0}", "CX213"),
        ("{ask: X, type: yes_no, unit: GBP}", "CX213"),
        ("{ask: X, type: yes_no, scale: need}", "CX213"),
        ("{ask: X, type: scale, scale: need, of: [a, b]}", "CX213"),
        ("{ask: X, type: integer, min: 0, max: today}", "CX108"),
        ("{ask: X, type: date, min: 0, max: today}", "CX108"),
        ("{ask: X, type: integer, min: 0, max: 3, blank_means: 7}", "CX207"),
        ("{ask: X, type: integer, min: 0, max: 3, blank_means: lots}", "CX108"),
        ("{ask: X, type: scale, scale: need, blank_means: nothing}", "CX206"),
        ("{ask: X, type: choice, of: [a, b], codes: {c: C}}", "CX206"),
        ("{ask: X, type: yes_no, optional: maybe}", "CX108"),
        ("{ask: X, type: yes_no, requierd: yes}", "CX104"),
    ],
)
def test_an_input_that_is_not_whole_is_refused_once(line, code):
    """Ranges are what completions are made of; one slip gives one finding."""
    assert codes(PLAIN.replace("  sex:", f"  x: {line}\n  sex:")) == [code]


def test_the_members_of_a_group_share_one_type():
    """`max(group)` of a scale and a number says nothing."""
    assert codes(PLAIN.replace("[speech, hearing]", "[speech, age]")) == ["CX205"]
    assert codes(PLAIN.replace("[speech, hearing]", "[speech, reading]")) == ["CX205"]
    assert codes(PLAIN.replace("[speech, hearing]", "[speech, heering]")) == ["CX201"]
    assert codes(PLAIN.replace("[speech, hearing]", "[]")) == ["CX107"]


def test_one_slip_is_one_finding_and_not_one_for_each_use():
    """An input with a fault is still an input where rules read it."""
    rules = "".join(
        f'- {{id: R-{i}, when: {{age: {i}, speech: ">= mild"}}, then: "= points(speech) + age", because: b}}\n'
        for i in range(1, 6)
    )
    assert codes(table("first", rules).replace("type: integer, min: -10, max: 30", "type: integer, min: -10", 1)) == ["CX105"]


# protected, sources, deliberate


@pytest.mark.parametrize(
    "decisions",
    [
        '- {decision: out, asks: What?, type: number, hit: first, rules: [{id: R-1, when: {sex: f}, then: "1", because: b}]}',
        '- {decision: out, asks: What?, type: number, hit: first, rules: [{id: R-1, otherwise: "= if(sex = f, 1, 0)", because: b}]}',
        '- {decision: out, asks: What?, type: number, hit: first, rules: [{id: R-1, when: {sex: known}, then: "1", because: b}]}',
        '- {decision: out, asks: What?, type: number, hit: first, rules: [{id: R-1, otherwise: "= if(known(sex), 1, 0)", because: b}]}',
        '- {decision: out, asks: What?, type: number, hit: first, rules: [{id: R-1, when: {not: {sex: f}}, then: "1", because: b}]}',
    ],
)
def test_a_protected_input_may_be_recorded_and_never_read(decisions):
    """Not in a cell, not in an expression, not even whether it was given."""
    assert codes(pack(decisions)) == ["CX210"]


def test_a_measure_may_not_read_a_protected_input_either():
    """A detour is a reading."""
    assert codes(giving("1", more="measures: {girl: 'if(sex = f, 1, 0)'}\n")) == ["CX210"]
    assert codes(giving("1", more="measures: {girls: 'count(sexes = f)'}\n").replace("  needs:", "  sexes: [sex]\n  needs:")) == [
        "CX210"
    ]


def test_a_protected_input_is_recorded():
    """It can be asked, for monitoring."""
    assert rulebook(PLAIN).profile(sex="f").values == {"sex": "f"}
    assert rulebook(PLAIN).decide({"sex": "f"}, on=DAY).outcomes == rulebook(PLAIN).decide({}, on=DAY).outcomes


def test_a_rule_of_a_pack_that_is_not_illustrative_has_a_listed_source():
    """What decides a case can be looked up."""
    draft = PLAIN.replace("status: illustrative", "status: draft")
    assert codes(draft) == ["CX212"]
    sourced = draft.replace("because: It is.", "because: It is., source: paper#2.1")
    assert codes(sourced) == ["CX211"]
    assert codes(sourced.replace("outcomes:", "sources: {paper: {title: A paper}}\noutcomes:")) == []


def test_a_pack_in_force_says_who_approved_it():
    """A role, a day, a minute."""
    text = (
        PLAIN.replace("status: illustrative", "status: in_force")
        .replace("because: It is.", "because: It is., source: paper#2.1")
        .replace("outcomes:", "sources: {paper: {title: A paper}}\noutcomes:")
    )
    assert codes(text) == ["CX105"]
    assert codes(text + "approval: {by: Director, on: 2020-01-01, minute: M1}\n") == []


# cycles


@pytest.mark.parametrize(
    ("decisions", "measures", "members"),
    [
        ("", "a: b + 1, b: c + 1, c: a + 1", ["a", "b", "c"]),
        ("", "a: a + 1", ["a"]),
        (
            '- {decision: d, asks: x, type: number, hit: first, rules: [{id: D-1, when: {e: "> 1"}, then: "1", because: b}]}\n- {decision: e, asks: x, type: number, hit: first, rules: [{id: E-1, otherwise: "= d", because: b}]}\n',
            "",
            ["d", "e"],
        ),
        (
            '- {decision: d, asks: x, type: number, hit: first, rules: [{id: D-1, when: {d: "> 1"}, then: "1", because: b}]}\n',
            "",
            ["d"],
        ),
        (
            '- {decision: d, asks: x, type: number, hit: first, rules: [{id: D-1, otherwise: "= twice", because: b}]}\n',
            "twice: d + 1",
            ["d", "twice"],
        ),
    ],
)
def test_a_circle_is_named_with_its_members(decisions, measures, members):
    """So that its author can break it."""
    out = '- {decision: out, asks: x, type: number, hit: first, rules: [{id: R-1, otherwise: "1", because: b}]}\n'
    found = faults(pack(out + decisions, more=f"measures: {{{measures}}}\n" if measures else ""))
    assert {fault.code for fault in found} == {"CX209"}
    assert all(f"`{member}`" in found[0].message for member in members)


def test_a_long_chain_of_measures_is_decided_in_either_order():
    """How many measures rest on one another is no limit a pack's author should meet."""
    forward = {f"m{i + 1}": f"m{i} + 1" for i in range(40)}
    for names in (forward, dict(reversed(forward.items()))):
        more = "measures:\n  m0: age\n" + "".join(f"  {name}: {text}\n" for name, text in names.items())
        assert value("m40", more=more, age=1) == 41


def test_a_chain_too_long_is_refused_and_does_not_crash():
    """Whatever the limit, passing it is a finding."""
    more = "measures:\n  m0: age\n" + "".join(f"  m{i + 1}: m{i} + 1\n" for i in range(400))
    text = giving("m400", more=more)
    found = codes(text)
    assert found in ([], ["CX112"]) or set(found) <= {"CX112", "CX302"}
    if not found:
        assert decided(text, age=1).value == 401


# properties


@pytest.mark.parametrize(
    ("sentence", "form"),
    [
        ("raising any of [needs] never lowers band", "order"),
        ("raising any of [speech, hearing] never lowers band, out", "order"),
        ("raising any of speech never lowers band", "order"),
        ("raising any of [needs] never lowers award.low, award.high", "order"),
        ("raising any of [needs] never lowers band treating refer as highest", "order"),
        ("one step in any of [needs] moves band by at most 2", "cliff"),
        ("one step in any of [cost] moves out by at most 0.5", "cliff"),
        ("band does not depend on setting", "independence"),
        ("band, out do not depend on setting, plan", "independence"),
        ("band does not depend on [setting, plan]", "independence"),
        ("a band of T3 always reaches one of [unit, school] in provision", "reach"),
        ("an band of T3 always reaches one of [unit] in provision", "reach"),
        ("deciding again after the provision is in place does not lower band", "settling"),
        ("no profile has band at least T3 while every one of [needs] is at most mild", "never"),
        ("band with setting special is within 2 of band with setting mainstream", "alignment"),
        ("every profile has an outcome", "default"),
        ("no two rules of equal rank disagree", "default"),
        ("every rule can apply", "default"),
        ("no outcome depends on a protected input", "default"),
        ("a missing answer never decides the case by itself", "default"),
        ("  raising  any of [needs]   never lowers band ", "order"),
    ],
)
def test_every_form_of_sentence_is_read(sentence, form):
    """Each of the forms the docs name."""
    (property_,) = rulebook(with_properties(sentence)).pack.properties
    assert property_.form == form
    assert property_.refer_is_highest is sentence.endswith("treating refer as highest")


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ("the band is fair", "CX304"),
        ("raising any of [needs] never changes band", "CX304"),
        ("one step in any of [needs] moves band by at most two", "CX304"),
        ("one step in any of [needs] moves band by at most 1.2.3", "CX304"),
        ("one step in any of [needs] moves band by at most .", "CX304"),
        ("raising any of [] never lowers band", "CX304"),
        ("every profile has an outcome, probably", "CX304"),
        ("raising any of [needs] never lowers bnad", "CX201"),
        ("raising any of [neds] never lowers band", "CX201"),
        ("raising any of [needs] never lowers award.middle", "CX201"),
        ("a band of T4 always reaches one of [unit] in provision", "CX206"),
        ("a band of T3 always reaches one of [units] in provision", "CX206"),
        ("no profile has band at least T9 while every one of [needs] is at most mild", "CX206"),
        ("no profile has band at least T3 while every one of [needs] is at most late", "CX206"),
        ("no profile has out at least abc while every one of [needs] is at most mild", "CX206"),
        ("band with setting specal is within 2 of band with setting mainstream", "CX206"),
        ("raising any of [setting] never lowers band", "CX205"),
        ("raising any of [needs] never lowers provision", "CX205"),
    ],
)
def test_a_sentence_that_cannot_be_held_is_an_error(sentence, code):
    """A property that is skipped silently is worse than none."""
    found = codes(with_properties(sentence))
    assert found in ([code], ["CX304"], ["CX108"])


def test_defaults_off_and_accepted_name_a_property_and_a_reason():
    """Switching off is itself recorded."""
    off = 'defaults_off: [{property: every rule can apply, because: "A row is kept for later."}]\n'
    assert rulebook(with_properties(extra=off)).pack.defaults_off[0]["because"] == "A row is kept for later."
    sentence = "band does not depend on setting"
    accepted = f'accepted: [{{property: "{sentence}", because: x, until: 2026-08-31, witness: 4f1c09}}]\n'
    assert codes(with_properties(sentence, extra=accepted)) == []
    assert codes(with_properties(extra=accepted)) == ["CX201"]
    assert codes(with_properties(extra="defaults_off: [{property: all is well, because: x}]\n")) == ["CX304"]
    assert codes(with_properties(extra="defaults_off: [{property: every rule can apply}]\n")) == ["CX105"]
    assert codes(with_properties(sentence, extra=accepted.replace(", until: 2026-08-31", ""))) == ["CX105"]


def test_only_a_default_can_be_switched_off():
    """A pack's own sentence is simply not written."""
    sentence = "band does not depend on setting"
    assert codes(with_properties(sentence, extra=f'defaults_off: [{{property: "{sentence}", because: x}}]\n'))


@pytest.mark.parametrize(
    ("after", "code"),
    [
        ("{provision: {unit: {setting: srp}}}", None),
        ("{provision: {units: {setting: srp}}}", "CX206"),
        ("{nothing: {unit: {setting: srp}}}", "CX201"),
        ("{provision: {unit: {settin: srp}}}", "CX201"),
        ("{provision: {unit: {setting: nowhere}}}", "CX206"),
    ],
)
def test_after_names_decisions_values_and_inputs(after, code):
    """What deciding again assumes has changed."""
    assert codes(with_properties(extra=f"after: {after}\n")) == ([code] if code else [])


# impossible


IMPOSSIBLE = 'impossible:\n  - {when: {age: "< 12", setting: special}, because: "Too young.", fix: "Check the age."}\n  - {when: {age: ">= 12", setting: special}, because: "Too old."}\n'


def test_a_profile_that_contradicts_itself_is_refused_with_the_packs_own_words():
    """Naming the entry and its fix."""
    with pytest.raises(ProfileError) as caught:
        rulebook(giving("1", more=IMPOSSIBLE)).decide({"age": 3, "setting": "special"}, on=DAY)
    (fault,) = caught.value.findings
    assert (fault.code, fault.hint) == ("CX504", "Check the age.")
    assert "Too young." in fault.message


def test_a_profile_that_no_filling_in_can_save_is_refused_naming_the_entries():
    """Every age is ruled out by one entry or the other."""
    with pytest.raises(ProfileError) as caught:
        rulebook(giving("1", more=IMPOSSIBLE)).decide({"setting": "special"}, on=DAY)
    (fault,) = caught.value.findings
    assert fault.code == "CX504"
    assert "Too young." in fault.line()
    assert "Too old." in fault.line()


def test_completions_keep_out_of_the_impossible():
    """What cannot be is not counted among what may be."""
    more = 'impossible:\n  - {when: {plan: ehcp, setting: mainstream}, because: "No."}\n'
    text = table(
        "first", '- {id: R-1, when: {plan: ehcp}, then: "1", because: b}\n- {id: R-2, otherwise: "0", because: b}', more=more
    )
    assert decided(text, setting="mainstream").value == 0
    assert decided(text, setting="srp").state == "range"


# changing words and order


def kent_texts():
    """The shipped pack's files."""
    return dict(read_pack(KENT).texts)


def results(book):
    """What the shipped pack's own cases come to, without the digest."""
    from continuum.packs.loading import read_cases  # noqa: PLC0415  # only here

    cases, _ = read_cases(read_pack(KENT))
    found = []
    for case in cases[:12]:
        try:
            decision = book.decide({**case.given, **case.rest}, on=case.on)
        except ProfileError as error:
            found.append([f.code for f in error.findings])
        else:
            found.append({n: (o.state, o.value, o.possible, frozenset(o.rules)) for n, o in decision.outcomes.items()})
    return found


def test_renaming_a_term_changes_words_and_nothing_else():
    """The printed word is not the value."""
    plain = kent_texts()
    renamed = plain | {"terms.yaml": re.sub(r'label: "[^"]*"', 'label: "Renamed"', plain["terms.yaml"])}
    if yaml.safe_load(renamed["terms.yaml"]) == yaml.safe_load(plain["terms.yaml"]):
        pytest.fail("nothing was renamed")
    before, after = Rulebook(read_texts(plain, KENT)), Rulebook(read_texts(renamed, KENT))
    assert before.digest != after.digest
    assert results(before) == results(after)


def flipped(node):
    """The same YAML with the keys of every mapping in the opposite order."""
    if isinstance(node, dict):
        return {key: flipped(item) for key, item in reversed(list(node.items()))}
    return [flipped(item) for item in node] if isinstance(node, list) else node


def text_of(node):
    """A plain value as YAML in which every scalar is quoted text."""
    return json.dumps(node, ensure_ascii=False)


def plain_yaml(text):
    """YAML read with every scalar as text."""
    return yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506  # the base loader makes text only


def test_the_order_of_keys_and_of_files_changes_nothing():
    """YAML mappings have no order, and neither have folders."""
    plain = kent_texts()
    moved = {name: text_of(flipped(plain_yaml(text))) for name, text in reversed(plain.items())}
    assert results(Rulebook(read_texts(plain, KENT))) == results(Rulebook(read_texts(moved, KENT)))


def test_one_file_and_a_folder_are_the_same_pack():
    """A small pack may be one file with the same keys."""
    text = giving("age", more="measures: {twice: 2 * age}\nterms: {out: {label: The answer}}\n")
    raw = plain_yaml(text)
    files = {
        "decisions/out.yaml": text_of(raw["decisions"][0]),
        "inputs.yaml": text_of({key: raw[key] for key in ("scales", "choices", "groups", "inputs")}),
        "measures.yaml": text_of({"measures": raw["measures"]}),
        "pack.yaml": text_of(
            {
                key: item
                for key, item in raw.items()
                if key not in ("scales", "choices", "groups", "inputs", "measures", "terms", "decisions")
            }
        ),
        "terms.yaml": text_of({"terms": raw["terms"]}),
    }
    folder = Rulebook(read_texts(files, Path("version")))
    assert folder.decide({"age": 3}, on=DAY).outcomes == rulebook(text).decide({"age": 3}, on=DAY).outcomes
    assert folder.pack.terms == rulebook(text).pack.terms


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("notes.yaml", "a: b", "CX109"),
        ("inputs.yaml", "rates: {}", "CX104"),
        ("measures.yaml", "[a]", "CX107"),
        ("decisions/x.yaml", "", "CX107"),
        ("rates.yaml", "rates: [", "CX102"),
    ],
)
def test_a_folder_holds_the_files_of_a_pack_and_no_others(name, text, code):
    """A misnamed file would be rules that never apply."""
    with pytest.raises(continuum.PackError) as caught:
        read_texts(kent_texts() | {name: text}, KENT)
    assert code in [fault.code for fault in caught.value.findings]


# cases


CASES = """
cases:
  - {id: one, on: 2025-10-01, given: {age: 3}, expect: {out: 3}}
  - {id: two, on: 2025-10-01, given: {age: 3}, rest: {plan: ehcp}, expect: {out: 4}}
  - {id: three, on: 2025-10-01, given: {age: 99}, expect: {error: CX503}}
  - {id: four, on: 2025-10-01, given: {age: 99}, expect: {out: 3}}
  - {id: five, on: 2025-10-01, given: {age: 3}, expect: {out: 3}, rules: {out: R-9}}
  - {id: six, on: 2025-10-01, given: {age: 3}, expect: {error: CX503}}
  - {id: seven, on: 2025-10-01, given: {}, expect: {out: {range: [-10, 30]}}}
"""


def test_cases_hold_or_are_reported_with_what_was_found():
    """A worked example is a test of the pack."""
    found = {result.case: [fault.message for fault in result.findings] for result in run_cases(rulebook(giving("age") + CASES))}
    assert [case for case, problems in found.items() if not problems] == ["one", "three", "seven"]
    assert "4" in found["two"][0]
    assert all(fault.code == "CX901" for result in run_cases(rulebook(giving("age") + CASES)) for fault in result.findings)
    assert "CX503" in found["four"][0]
    assert "R-9" in found["five"][0]
    assert "CX503" in found["six"][0]


def test_every_case_of_every_shipped_pack_holds():
    """The packs that ship are as their examples say."""
    for entry in shipped().entries:
        for result in run_cases(Rulebook(entry.written)):
            assert not result.findings, [fault.line() for fault in result.findings]


# what comes back


RICH = pack(
    """
    - {decision: level, asks: Which?, type: {scale: [low, high]}, hit: highest, rules: [{id: L-1, when: {speech: ">= severe"}, then: high, because: b}, {id: L-2, otherwise: low, because: b}]}
    - {decision: kind, asks: Which?, type: {choice: [x, y]}, hit: first, rules: [{id: K-1, otherwise: y, because: b}]}
    - {decision: places, asks: Where?, type: {choice: [unit, school, home]}, hit: collect, rules: [{id: P-1, when: {level: high}, then: [home, unit], because: b}, {id: P-2, when: {on_roll: yes}, then: school, because: b}]}
    - {decision: hours, asks: How many?, type: number, unit: hours/week, hit: first, rules: [{id: H-1, otherwise: "= age / 4", because: b}]}
    - {decision: pay, asks: How much?, type: money, unit: GBP/year, places: 2, rounding: half_up, hit: sum, rules: [{id: Y-1, when: {speech: any}, then: "10.10", because: b}, {id: Y-2, when: {age: "> 5"}, then: refer, to: panel, because: b}]}
    - {decision: again, asks: When?, type: date, hit: first, rules: [{id: A-1, otherwise: "= add_months(today, age)", because: b}]}
    - {decision: fit, asks: Does it?, type: yes_no, hit: first, rules: [{id: F-1, otherwise: yes, because: b}]}
    - {decision: whole, asks: How many?, type: integer, hit: first, rules: [{id: W-1, when: {age: "< 0"}, then: not_applicable, because: b}, {id: W-2, otherwise: "= age", because: b}]}
    - {decision: open, asks: What?, type: number, hit: first, rules: [{id: O-1, otherwise: {individually_agreed: yes}, because: b}]}
    - {decision: award, asks: What?, type: {fields: {low: {type: money, unit: GBP/year, places: 2, rounding: half_up}, since: date, ok: yes_no, n: integer, grade: {choice: ["1", "2"]}}}, hit: first, rules: [{id: G-1, otherwise: {low: "1.50", since: 2025-01-02, ok: no, n: "3", grade: "2"}, because: b}]}
    """,
    outcomes="level, kind, places, hours, pay, again, fit, whole, open, award",
)
PROFILES = [
    {"speech": "severe", "on_roll": True, "age": 6},
    {"speech": "mild", "on_roll": False, "age": -1},
    {"age": 3},
    {"speech": "severe"},
    {},
]


@pytest.mark.parametrize("given_", PROFILES)
def test_a_decision_is_the_same_through_json(given_):
    """Stored today, read in a tribunal in three years."""
    decision = rulebook(RICH).decide(given_, on=DAY)
    again = Decision.model_validate_json(decision.model_dump_json())
    assert again == decision
    assert again.reasons == decision.reasons
    for name, outcome in decision.outcomes.items():
        assert again.outcomes[name] == outcome
        assert type(again.outcomes[name].value) is type(outcome.value)
    assert Decision.model_validate(json.loads(decision.model_dump_json())) == decision


@pytest.mark.parametrize("given_", PROFILES)
def test_a_decision_survives_pickling_and_copying(given_):
    """Worker pools pickle what they return."""
    decision = rulebook(RICH).decide(given_, on=DAY)
    for again in (pickle.loads(pickle.dumps(decision)), copy.deepcopy(decision)):  # noqa: S301  # our own bytes
        assert again == decision
        assert again.reasons == decision.reasons
        assert hash(again) == hash(decision)


def test_numbers_in_json_are_text_so_that_no_reader_makes_floats_of_them():
    """0.10 stays 0.10."""
    outcome = json.loads(rulebook(giving("cost", "money")).decide({"cost": "0.10"}, on=DAY).model_dump_json())["outcomes"]["out"]
    assert outcome["value"] == "0.10"


def test_a_decision_cannot_be_changed():
    """It is a record."""
    decision = rulebook(PLAIN).decide({}, on=DAY)
    with pytest.raises(ValueError, match="frozen"):
        decision.status = "refer"
    with pytest.raises(ValueError, match="extra"):
        Decision.model_validate({**json.loads(decision.model_dump_json()), "more": 1})


@pytest.mark.parametrize("text", [PLAIN, RICH])
def test_a_rulebook_survives_pickling(text):
    """It travels as its text and is the same pack there."""
    book = rulebook(text)
    again = pickle.loads(pickle.dumps(book))  # noqa: S301  # our own bytes
    assert (again.id, again.version, again.digest) == (book.id, book.version, book.digest)
    for given_ in PROFILES:
        assert again.decide(given_, on=DAY) == book.decide(given_, on=DAY)


def test_a_folder_pack_survives_pickling():
    """All its files travel."""
    book = continuum.load(KENT)
    again = pickle.loads(pickle.dumps(book))  # noqa: S301  # our own bytes
    assert again.digest == book.digest


def test_threads_share_a_rulebook():
    """Eight threads, one rulebook, the answers of one thread."""
    book = Rulebook(read_texts({"p.yaml": RICH}, Path("p.yaml")))
    profiles = [{"speech": s, "on_roll": o, "age": a} for s in ("none", "severe") for o in (True, False) for a in range(-3, 8)]
    expected = [book.decide(p, on=DAY).model_dump_json() for p in profiles]
    fresh = Rulebook(read_texts({"p.yaml": RICH}, Path("p.yaml")))
    barrier = threading.Barrier(8)

    def work(_):
        barrier.wait()
        return [fresh.decide(p, on=DAY).model_dump_json() for p in profiles]

    with ThreadPoolExecutor(8) as pool:
        assert all(found == expected for found in pool.map(work, range(8)))


def test_packs_can_be_read_in_many_threads_at_once():
    """The parser of cells is shared."""
    texts = [asking("age", f'"> {i}, [{i} .. {i + 1}), not ({i})"') for i in range(24)]
    with ThreadPoolExecutor(8) as pool:
        books = list(pool.map(lambda text: Rulebook(read_texts({"p.yaml": text}, Path("p.yaml"))), texts))
    assert all(book.decide({"age": 30}, on=DAY).outcomes["out"].value is True for book in books)


def test_an_outcome_says_what_unit_it_is_in():
    """Twelve of what."""
    outcome = rulebook(RICH).decide(PROFILES[0], on=DAY).outcomes["hours"]
    assert (outcome.value, outcome.kind) == (Decimal("1.5"), "number")
    assert outcome.unit in ("hours/week", "hour/week")


def test_reasons_name_the_rule_and_what_its_clauses_saw():
    """The rule that decided, and what it looked at."""
    decision = rulebook(RICH).decide(PROFILES[0], on=DAY)
    reason = next(r for r in decision.reasons if r.decision == "level")
    assert [rule.id for rule in reason.fired] == ["L-1"]
    (clause,) = reason.fired[0].clauses
    assert (clause.subject, clause.held) == ("speech", True)


def test_the_helpers_pack_is_accepted():
    """Everything here stands on it."""
    assert (
        codes(
            HEAD
            + "outcomes: [out]\n"
            + INPUTS
            + "decisions:\n  - {decision: out, asks: x, type: number, hit: first, rules: [{id: R-1, otherwise: '1', because: b}]}\n"
        )
        == []
    )


# cases: what they may expect

AWARDS = pack(
    """
    - decision: out
      asks: Which?
      type: {scale: [low, high]}
      hit: highest
      rules:
        - {id: O-1, when: {age: "> 5"}, then: high, because: b}
        - {id: O-2, when: {age: "> 7"}, then: high, because: b}
        - {id: O-3, when: {age: "< 0"}, then: refer, because: b}
    - decision: award
      asks: How much?
      type: {fields: {least: money, most: money}}
      places: 0
      rounding: half_up
      hit: first
      rules:
        - {id: W-1, when: {speech: severe}, then: {least: 10, most: 20}, because: b}
        - {id: W-2, otherwise: {least: 0, most: 5}, because: b}
    """,
    outcomes="out, award",
)


def outcome_of_case(line):
    """What is wrong with one case of the pack above: its findings when checked, and when run."""
    book = rulebook(AWARDS + f"cases:\n  - {{id: one, on: 2025-10-01, {line}}}\n")
    return [f.code for f in check_cases(book)], [f.message for f in run_cases(book)[0].findings]


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        ("given: {age: 3}, expect: {out: {refer: gap}}", True),
        ("given: {age: 3}, expect: {out: {refer: rule}}", False),
        ("given: {age: -1}, expect: {out: {refer: rule}}", True),
        ("given: {age: 8}, expect: {out: high}, rules: {out: [O-1, O-2]}", True),
        ("given: {age: 8}, expect: {out: high}, rules: {out: O-1}", True),
        ("given: {age: 8}, expect: {out: high}, rules: {out: [O-1]}", False),
        ("given: {}, expect: {award: {possible: [{least: 0, most: 5}, {least: 10, most: 20}]}}", True),
        ("given: {}, expect: {award: {possible: [{least: 0, most: 5}]}}", False),
        ("given: {}, expect: {award: {least: 0, most: 5}}", False),
    ],
)
def test_a_case_says_why_it_is_referred_by_which_rules_and_what_is_possible(line, holds):
    """`refer` alone would pass where a gap was meant and a rule referred."""
    faults_, problems = outcome_of_case(line)
    assert not faults_
    assert (problems == []) is holds


@pytest.mark.parametrize(
    "expect",
    ["{out: {refer: gaps}}", "{out: hihg}", "{award: {least: lots, most: 1}}", "{award: {possible: [{least: 1, most: x}]}}"],
)
def test_what_a_case_expects_is_held_to_the_type_of_the_outcome(expect):
    """A misspelt expectation is found by `continuum check`, with its place."""
    assert outcome_of_case(f"given: {{age: 3}}, expect: {expect}")[0] == ["CX206"]


# small things that authors of other schemes asked for


def test_a_rate_without_keys_is_read_by_its_name():
    """One dated figure is the commonest rate of all."""
    more = "rates: {base: {type: number, rows: [{value: 20, to: 2025-08-31}, {value: 15, from: 2025-09-01}]}}\n"
    assert value("base * 2", more=more) == 30
    assert value("base[] * 2", more=more) == 30


def test_a_blank_may_mean_that_there_is_none():
    """A form that says nothing about an old award means that there was none."""
    inputs = INPUTS.replace("step: 0.125, optional: yes}", "step: 0.125, optional: yes, blank_means: absent}")
    text = table(
        "first",
        "- {id: R-1, when: {last_score: absent}, then: 1, because: b}\n- {id: R-2, otherwise: 2, because: b}",
        inputs=inputs,
    )
    decision = rulebook(text).decide({}, on=DAY)
    assert (decision.outcomes["out"].value, decision.filled) == (1, ("last_score",))
    assert decided(text, last_score="3").value == 2
    assert "absent" in decision.explain("parent") or "none" in decision.explain("parent")


def test_a_reading_of_a_published_scheme_says_whose_it_is_and_who_decides():
    """It is neither an example of ours nor adopted by those who published it."""
    text = giving("1").replace("status: illustrative", "status: reading\ndecided_by: a teacher of the deaf and the school")
    assert codes(text) == ["CX212"]
    text = text.replace("because: It is.", "because: It is., source: doc").replace(
        "outcomes:", "sources: {doc: {title: A page, publisher: A body}}\noutcomes:"
    )
    words = rulebook(text).decide({}, on=DAY).explain("parent")
    assert "READING: this is a reading of a scheme that A council published." in words
    assert "A teacher of the deaf and the school decide." in words
    assert "A body, A page" in rulebook(text).decide({}, on=DAY).explain("panel")


def test_a_date_to_the_month_is_answered_with_how_to_write_one():
    """Sources often give the month only."""
    (fault,) = faults(asking("seen", '">= 2024-09"'))
    assert "2024-09-01" in fault.hint


def test_a_higher_score_that_never_raises_an_outcome_is_a_property():
    """On many scales more is better."""
    assert not codes(giving("1", more='properties: ["raising any of [age] never raises out"]\n'))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("min(16, 4 * sum(points(needs)))", 16), ("min(40, 4 * sum(points(needs)))", 20), ("max(0, sum(points(needs)) - 4)", 1),
        ("min(2, count(needs >= mild))", 2), ("sum(count(needs >= severe), 10)", 11), ("max(points(needs))", 3),
        ("sum(points(needs) * count(needs >= mild))", 10), ("count(max(needs) >= severe)", 1),
    ],
)  # fmt: skip
def test_a_group_is_written_out_by_the_innermost_function_around_it(expression, expected):
    """A sub-total capped at 16 is the cap of the sum, not the highest of capped parts."""
    assert value(expression, speech="severe", hearing="moderate") == expected


def test_a_scale_of_printed_figures_says_how_many_points_each_has():
    """Levels 1 to 5 would otherwise count 0 to 4, and every total would be plausible and wrong."""
    bare = NUMBERED.replace('{values: ["1", "2", "3", "10"], points: {"1": 0, "2": 1, "3": 2, "10": 3}}', '["1", "2", "3"]')
    rule = '- {id: R-1, otherwise: "= sum(points(levels))", because: b}'
    (fault,) = faults(table("first", rule, inputs=bare))
    assert fault.code == "CX213"
    assert 'points: {"1": 1, "2": 2, "3": 3}' in fault.hint
    assert not codes(table("first", rule, inputs=bare.replace('["1", "2", "3"]', '["0", "1", "2"]')))


def test_a_group_may_hold_measures():
    """The condition of an area is written once, and counted over all of them."""
    more = "measures: {a: points(speech), b: points(hearing)}\n"
    inputs = INPUTS.replace("groups:\n", "groups:\n  totals: [a, b]\n")
    rule = '- {id: R-1, otherwise: "= count(totals >= 2)", because: b}'
    assert decided(table("first", rule, inputs=inputs, more=more), speech="severe", hearing="mild").value == 1
    found = codes(table("first", rule, inputs=inputs, more=more + 'properties: ["raising any of [totals] never lowers out"]\n'))
    assert found == ["CX201"]


@pytest.mark.parametrize(
    ("cell", "hint"),
    [
        ("severe or mild", "severe, mild"),
        ("between 7 and 9", "[70 .. 84]"),
        ("< 1 September 2015", "2015-09-01"),
        ("= £1000", "pound"),
    ],
)
def test_a_cell_in_plain_english_is_answered_with_how_to_write_it(cell, hint):
    """What a newcomer types first."""
    (fault,) = faults(asking("age", f'"{cell}"'))
    assert hint in fault.hint


def test_an_outcome_that_is_worked_out_begins_with_the_sign_of_equality():
    """`then: age * 3` reads as a value, and no value is called so."""
    (fault,) = faults(table("first", "- {id: R-1, when: {age: any}, then: age * 3, because: b}"))
    assert '"= age * 3"' in fault.hint


@pytest.mark.parametrize("line", ["rules: {out: O-9}", "rules: {outt: O-1}", "rules: {out: [O-1, O-7]}"])
def test_a_case_names_rules_that_there_are(line):
    """A rule that was renamed is noticed before the case fails."""
    assert outcome_of_case(f"given: {{age: 8}}, expect: {{out: high}}, {line}")[0] == ["CX201"]


def test_an_amount_in_another_currency_is_printed_with_it():
    """A pound sign on dollars is a wrong amount."""
    text = pack(
        """
        - {decision: out, asks: a, type: money, unit: AUD/year, places: 2, rounding: half_up, hit: first, rules: [
            {id: A-1, otherwise: 14190, because: b}]}
        """
    )
    assert "AUD 14,190 a year" in rulebook(text).decide({}, on=DAY).explain("parent")


def test_only_an_english_council_is_told_of_the_plan_that_english_law_knows():
    """Words of law are those of the authority's own country."""
    words = rulebook(giving("1")).decide({}, on=DAY).explain("parent")
    assert "what the law secures for the child" in " ".join(words.split())
    english = rulebook(giving("1").replace("scheme: test", "scheme: dfe_la")).decide({}, on=DAY).explain("parent")
    assert "education, health and care plan" in " ".join(english.split())


def test_the_words_of_the_language_are_listed_on_its_page():
    """An author who picks one of them finds it there."""
    page = (Path(__file__).resolve().parents[1] / "docs" / "language" / "index.md").read_text(encoding="utf-8")
    listed_ = page[page.index("Words of the language") : page.index("may not be names.")]
    functions = set(re.findall(r"`(\w+)\(", page[page.index("## Expressions") :]))
    assert set(re.findall(r"\w+", listed_)) | functions >= RESERVED


@pytest.mark.filterwarnings("ignore")
def test_packs_that_are_not_where_a_distribution_says_stop_nobody_else(monkeypatch, tmp_path):
    """A council's half-installed packs must not take Kent's away."""
    point = SimpleNamespace(value="theirs:packs", load=lambda: lambda: tmp_path / "nowhere")
    monkeypatch.setattr(library_module, "entry_points", lambda **_: [point])
    with pytest.warns(RuntimeWarning, match=r"`theirs:packs` offers are not there"):
        assert shipped().entries


def test_a_group_of_measures_has_one_unit():
    """Two years and two months are not both two."""
    more = 'measures: {a: "years_between(born, today)", b: "months_between(born, today)"}\n'
    inputs = INPUTS.replace("groups:\n", "groups:\n  spans: [a, b]\n")
    rule = '- {id: R-1, otherwise: "= count(spans >= 2)", because: b}'
    assert codes(table("first", rule, inputs=inputs, more=more)) == ["CX205"]


@pytest.mark.parametrize(("more", "code"), [("{ask: q, about: zz}", "CX201"), ("{ask: q, source: nowhere}", "CX211")])
def test_a_question_is_about_something_that_there_is(more, code):
    """A question about nothing is never answered."""
    assert codes(giving("1", more=f"questions: [{more}]\n")) == [code]


def test_a_key_of_a_rate_is_one_that_its_input_can_be():
    """A row that nobody can ever reach is a slip."""
    more = 'rates: {r: {keys: [age], type: number, rows: [{age: "> 90", value: 1}, {age: any, value: 2}]}}\n'
    assert codes(giving("r[age]", more=more)) == ["CX207"]


def test_an_open_amount_tells_its_ends_and_no_single_amounts():
    """A service that reads what is possible must not see one amount of many."""
    inputs = INPUTS.replace("max: 200000}", "max: 200000, optional: yes}")
    keys = '{decision: out, asks: a, type: money, unit: GBP/year, places: 2, rounding: half_up, hit: first, rules: [{id: A-1, otherwise: "= if_absent(cost, 50)", because: b}]}'
    outcome = decided(pack(f"- {keys}", inputs=inputs))
    assert (outcome.possible, outcome.lowest, outcome.highest) == ((), 0, 200000)


@pytest.mark.parametrize(("cell", "code", "hint"), [(">= 1,200", "CX301", "write 1200"), (">= 5, < 9", "CX213", "[5 .. 9)")])
def test_a_comma_that_is_no_list_is_not_taken_for_one(cell, code, hint):
    """`>= 1,200` would hold of 200, and `>= 5, < 9` of everything."""
    (fault,) = faults(asking("age", f'"{cell}"'))
    assert fault.code == code
    assert hint in fault.hint


@pytest.mark.parametrize("cell", ["< 5, > 9", "5, 9", ">= 5, 3", "<= 5, >= 5"])
def test_a_list_of_comparisons_that_leaves_something_out_is_a_list(cell):
    """Outside an interval is said so."""
    assert not codes(asking("age", f'"{cell}"')) or cell == "<= 5, >= 5"


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        ("age is [5 .. 11] and setting is mainstream, srp", None),
        ("age is known", None),
        ("plan is", "CX304"),
        ("age is 5 and age is 6", "CX304"),
        ("today is >= 2026-01-01", "CX304"),
        ("band is T1", "CX205"),
        ("nothing is 4", "CX201"),
        ("sex is f", "CX210"),
    ],
)
def test_a_sentence_may_be_limited_to_some_profiles(limit, code):
    """By what is asked and measured; a limit that cannot be read would limit nothing."""
    assert codes(with_properties(f"raising any of [speech] never lowers band where {limit}")) == ([code] if code else [])
