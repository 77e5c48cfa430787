# SPDX-License-Identifier: MIT
"""Whatever is put in, there comes out a pack, a decision or a finding; never another exception, never a hang."""

# ruff: noqa: E501, PT017 - packs stand on one line; what a refusal says is checked where it is caught

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import textwrap
import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.helpers import DAY, INPUTS, asking, giving, pack, rulebook, table

from continuum.errors import ContinuumError, PackError, ProfileError
from continuum.packs.language import NotReadable, read_cell, read_expression
from continuum.packs.loading import read_pack, read_texts
from continuum.rulebook import Rulebook

KENT = Path(__file__).resolve().parent.parent / "rules" / "kent-continuum" / "2025.9.0"
few = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
many = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])

RICH = table(
    "highest",
    """
    - {id: R-1, when: {speech: ">= severe", any: [{age: "> 5"}, {not: {hearing: mild}}]}, then: "= 2 * age", because: b, source: paper#1}
    - {id: R-2, when: {advice: "present, > 2020-01-01"}, then: "= rate[speech] + twice", because: b}
    - {id: R-3, otherwise: refer, to: panel, because: b}
    """,
    more="""
    sources: {paper: {title: A paper}}
    measures: {twice: 2 * age, oldest: "max(age, other_age)"}
    rates:
      rate: {keys: [need], type: number, rows: [{need: any, value: 1}, {need: mild, value: unpublished, from: 2025-01-01}]}
    terms: {out: {label: The answer}}
    properties: ["raising any of [needs] never lowers out"]
    impossible: [{when: {age: "< 0"}, because: No.}]
    """,
)


def read(text):
    """A rulebook, or None where the text is refused as it should be."""
    try:
        return Rulebook(read_texts({"p.yaml": text}, Path("p.yaml")))
    except PackError as error:
        assert error.findings
        assert error.text()
        assert all(finding.code.startswith("CX") for finding in error.findings)
        return None


def outcome(book, **fields):
    """Decide, or None where the profile is refused as it should be."""
    try:
        decision = book.decide(fields, on=DAY)
    except ContinuumError as error:
        assert error.text()
        return None
    assert decision.model_dump_json()
    return decision


# the reader


@many
@given(st.text(max_size=300))
def test_any_text_is_a_pack_or_a_finding(text):
    """Nothing escapes from the YAML library."""
    read(text)


@many
@given(st.binary(max_size=300))
def test_any_bytes_are_a_pack_or_a_finding(tmp_path_factory, data):
    """A picture saved as pack.yaml, too."""
    file = tmp_path_factory.getbasetemp() / "fuzz.yaml"
    file.write_bytes(data)
    try:
        Rulebook(read_pack(file))
    except PackError as error:
        assert error.findings


@many
@given(st.text(alphabet=st.sampled_from(list(": -[]{},\n\t#&*!|>'\"%@`?abc01<=.~")), max_size=120))
def test_any_text_of_yamls_own_signs_is_a_pack_or_a_finding(text):
    """Where its grammar is densest."""
    read(text)


def lines_changed(text):
    """Ways to damage a text: lines dropped, doubled, moved, cut; characters changed."""
    count = len(text.splitlines())
    return st.lists(
        st.tuples(
            st.sampled_from(["drop", "double", "swap", "cut", "indent", "char"]),
            st.integers(0, count - 1),
            st.integers(0, 200),
            st.sampled_from(list(":-[]{},\"'#&*!|>%@?~ \tabZ09.=<\n\u00a0é\x85")),
        ),
        min_size=1,
        max_size=4,
    )


def damaged(text, changes):
    """The text after these changes."""
    lines = text.splitlines()
    for kind, line, at, char in changes:
        if not lines:
            break
        i = line % len(lines)
        if kind == "drop":
            del lines[i]
        elif kind == "double":
            lines.insert(i, lines[i])
        elif kind == "swap":
            j = at % len(lines)
            lines[i], lines[j] = lines[j], lines[i]
        elif kind == "cut":
            lines[i] = lines[i][: at % (len(lines[i]) + 1)]
        elif kind == "indent":
            lines[i] = " " * (at % 9) + lines[i].lstrip()
        else:
            k = at % (len(lines[i]) + 1)
            lines[i] = lines[i][:k] + char + lines[i][k + 1 :]
    return "\n".join(lines) + "\n"


@many
@given(lines_changed(RICH))
def test_a_damaged_pack_is_a_pack_or_a_finding(changes):
    """Nothing half-loaded, nothing thrown; and what is still accepted still decides."""
    book = read(damaged(RICH, changes))
    if book:
        outcome(book, speech="severe", hearing="mild", age=7, other_age=2, advice="absent")


TEXTS = read_pack(KENT).texts


@few
@given(st.data())
def test_a_damaged_shipped_pack_is_a_pack_or_a_finding(data):
    """The same for a folder of real files."""
    name = data.draw(st.sampled_from([name for name in TEXTS if not name.startswith("cases/")]))
    changed = damaged(TEXTS[name], data.draw(lines_changed(TEXTS[name])))
    try:
        Rulebook(read_texts({**TEXTS, name: changed}, KENT))
    except PackError as error:
        assert error.findings
        assert error.text()


words = st.sampled_from(
    [
        "age",
        "speech",
        "mild",
        "x",
        "today",
        "refer",
        "1",
        "-1",
        "0.5",
        "2025-09-01",
        "yes",
        "",
        "max(needs)",
        "= age",
        "{",
        "any",
        "T1",
    ]
)
nodes = st.recursive(words, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3), max_leaves=8)
PARTS = [
    "title", "authority", "in_force", "sources", "outcomes", "properties", "accepted", "defaults_off", "after", "impossible", "not_modelled",
    "scales", "choices", "groups", "inputs", "measures", "rates", "terms", "decisions", "approval", "summary",
]  # fmt: skip


def as_yaml(node):
    """A node as flow YAML with every scalar quoted."""
    if isinstance(node, dict):
        return "{" + ", ".join(f"'{key}': {as_yaml(item)}" for key, item in node.items()) + "}"
    if isinstance(node, list):
        return "[" + ", ".join(map(as_yaml, node)) + "]"
    return f"'{node}'"


@many
@given(st.sampled_from(PARTS), nodes)
def test_any_shape_under_any_key_is_a_pack_or_a_finding(part, node):
    """A list where a mapping belongs, a mapping where a word belongs, and so on, at every key of a pack."""
    kept = "\n".join(line for line in giving("1").splitlines() if not line.startswith(f"{part}:"))
    book = read(f"{kept}\n{part}: {as_yaml(node)}\n")
    if book:
        outcome(book)


RULE_PARTS = ["id", "when", "otherwise", "then", "because", "to", "source", "illustrative", "reading", "missing", "note"]


@many
@given(
    st.dictionaries(st.sampled_from(RULE_PARTS), nodes, min_size=1, max_size=4),
    st.sampled_from(["number", "yes_no", "{scale: need}", "{fields: {a: number}}", "date"]),
    st.sampled_from(["unique", "first", "highest", "collect", "sum"]),
)
def test_any_shape_in_a_rule_is_a_pack_or_a_finding(parts, type_, hit):
    """Conditions and outcomes take any shape until they are compiled."""
    rule = {"id": "R-1", "because": "b"} | parts
    book = read(table(hit, f"- {as_yaml(rule)}", type_=type_))
    if book:
        outcome(book, age=1, speech="mild", hearing="mild")


TABLE_PARTS = ["decision", "asks", "type", "unit", "places", "rounding", "hit", "rank_by", "rules", "note"]
INPUT_PARTS = [
    "ask",
    "type",
    "scale",
    "of",
    "min",
    "max",
    "step",
    "unit",
    "code",
    "codes",
    "optional",
    "blank_means",
    "protected",
    "help",
]


@many
@given(st.dictionaries(st.sampled_from(TABLE_PARTS), nodes, min_size=1, max_size=3))
def test_any_shape_in_a_table_is_a_pack_or_a_finding(parts):
    """The type of a decision may be a word or a mapping, so anything may stand there."""
    whole = {
        "decision": "out",
        "asks": "x",
        "type": "number",
        "hit": "first",
        "rules": [{"id": "R-1", "otherwise": "1", "because": "b"}],
    } | parts
    read(pack(f"- {as_yaml(whole)}"))


@many
@given(
    st.dictionaries(st.sampled_from(INPUT_PARTS), nodes, min_size=1, max_size=4),
    st.sampled_from(["yes_no", "scale", "choice", "integer", "number", "money", "date"]),
)
def test_any_shape_in_an_input_is_a_pack_or_a_finding(parts, kind):
    """The ends of a range are read by the type."""
    whole = {"ask": "x", "type": kind} | parts
    book = read(giving("1").replace("  sex:", f"  extra: {as_yaml(whole)}\n  sex:"))
    if book:
        outcome(book)


ROW_PARTS = ["stage", "value", "from", "to", "source", "illustrative", "note", "x"]


@many
@given(st.lists(st.dictionaries(st.sampled_from(ROW_PARTS), nodes, max_size=4), min_size=1, max_size=3))
def test_any_shape_in_a_rate_is_a_pack_or_a_finding(rows):
    """Rows are typed by their keys."""
    read(giving("1", more=f"rates: {{r: {{keys: [stage], type: number, rows: {as_yaml(rows)}}}}}\n"))


# cells and expressions

pieces = st.sampled_from(
    [
        "age",
        "speech",
        "last_score",
        "advice",
        "on_roll",
        "needs",
        "hears",
        "mild",
        "severe",
        "yes",
        "no",
        "today",
        "0",
        "1",
        "2.5",
        "010",
        "2025-09-01",
        "2025-02-30",
        "1A",
        "sex",
        "out",
        "r",
        "r[reading]",
        "r[",
        "]",
        "[",
        "(",
        ")",
        ",",
        "..",
        "+",
        "-",
        "*",
        "/",
        "<",
        "<=",
        ">",
        ">=",
        "=",
        "!=",
        "and",
        "or",
        "not",
        "any",
        "known",
        "unknown",
        "absent",
        "present",
        "applicable",
        "referred",
        "max(",
        "min(",
        "sum(",
        "count(",
        "points(",
        "round(",
        "floor(",
        "abs(",
        "if(",
        "known(",
        "coalesce(",
        "years_between(",
        "months_between(",
        "add_days(",
        "add_months(",
        "next(",
        "previous(",
        "nearest(",
        "half_up",
        "at:",
        ".",
        "£",
        "%",
        "'",
        "\\",
        ";",
        ":",
        "@",
        "é",
        "\xa0",
    ]
)
near = st.lists(pieces, min_size=1, max_size=12).map(" ".join)
anything = near | st.text(max_size=60)


def quoted(text):
    """Text between single quotes in YAML, on one line."""
    return "'" + "".join(c for c in text if c.isprintable()).replace("'", "''") + "'"


@settings(max_examples=1500, deadline=None)
@given(anything)
def test_any_text_is_a_cell_or_an_expression_or_not_readable(text):
    """The grammar has no other way out."""
    for reader in (read_cell, read_expression):
        try:
            reader(text)
        except NotReadable as error:
            assert str(error)


RATE = "rates: {r: {keys: [stage], type: number, rows: [{stage: early, value: 1}]}}\n"
GIVEN = {
    "age": 3,
    "speech": "mild",
    "hearing": "none",
    "last_score": "absent",
    "advice": "absent",
    "on_roll": True,
    "hears": "absent",
    "reading": "late",
}


@many
@given(st.sampled_from(["age", "speech", "on_roll", "advice", "last_score", "plan", "hears"]), anything)
def test_any_cell_compiles_and_decides_or_is_a_finding(subject, cell):
    """With values present, absent and unknown."""
    book = read(asking(subject, quoted(cell), more=RATE))
    if book:
        outcome(book, **GIVEN)
        outcome(book, **GIVEN | {"last_score": "2.5", "advice": "2025-01-01", "hears": True})


typed = st.deferred(lambda: numbers)
conditions = st.deferred(
    lambda: (
        st.tuples(numbers, st.sampled_from(["<", "<=", ">", ">=", "=", "!="]), numbers).map(" ".join).map("({})".format)
        | st.sampled_from(["on_roll", "hears", "speech >= mild", "known(age)", "advice > today", "not on_roll"])
        | st.tuples(conditions, st.sampled_from(["and", "or"]), conditions).map(" ".join).map("({})".format)
    )
)
leaves = st.sampled_from(
    [
        "age",
        "other_age",
        "last_score",
        "score",
        "points(speech)",
        "0",
        "1",
        "0.5",
        "7",
        "r[reading]",
        "r[early]",
        "sum(points(needs))",
        "count(needs >= mild)",
    ]
)
numbers = st.deferred(
    lambda: (
        leaves
        | st.tuples(numbers, st.sampled_from(["+", "-", "*", "/"]), numbers).map(" ".join).map("({})".format)
        | st.tuples(st.sampled_from(["max", "min", "sum"]), numbers, numbers).map(lambda t: f"{t[0]}({t[1]}, {t[2]})")
        | st.tuples(conditions, numbers, numbers).map(lambda t: f"if({', '.join(t)})")
        | st.tuples(st.sampled_from(["floor", "ceil", "abs"]), numbers).map(lambda t: f"{t[0]}({t[1]})")
        | st.tuples(numbers, st.sampled_from(["half_even", "half_up", "down", "up", "floor", "ceil"])).map(
            lambda t: f"round({t[0]}, 2, {t[1]})"
        )
        | st.tuples(numbers, numbers, numbers).map(lambda t: f"nearest({', '.join(t)})")
        | st.tuples(st.sampled_from(["age", "last_score"]), numbers).map(lambda t: f"coalesce({t[0]}, {t[1]})")
    )
)


@many
@given(numbers, st.sampled_from(["number", "integer"]), st.booleans())
def test_any_well_formed_expression_gives_a_number_or_a_referral(expression, type_, absent):
    """Absent values, divisions by zero, missing rows: all of them end in an outcome."""
    if len(expression) > 1500:
        return
    book = read(giving(expression, type_, more=RATE))
    if book is None:
        return
    decision = outcome(book, **GIVEN | {"other_age": 0, "score": "0.125", "last_score": "absent" if absent else "2"})
    assert decision is not None
    found = decision.outcomes["out"]
    assert found.state in ("indicated", "refer")
    assert (found.value is None) is (found.state == "refer")
    if found.state == "indicated":
        assert isinstance(found.value, Decimal | int)


# profiles

FIELDS = [
    "speech",
    "age",
    "score",
    "cost",
    "last_score",
    "seen",
    "advice",
    "plan",
    "setting",
    "on_roll",
    "hears",
    "sex",
    "upn",
    "ref",
    "Speech",
    "UPN",
    "nothing",
    "",
]
values = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.decimals() | st.dates() | st.datetimes()
    | st.binary(max_size=5) | st.lists(st.integers(), max_size=2) | st.dictionaries(st.text(max_size=3), st.integers(), max_size=2)
    | st.fractions() | st.complex_numbers()
    | st.sampled_from(["absent", "unknown", "severe", "E", "ehcp", "2025-02-30", "2025-09-01", "1e3", "-0", "00", "9" * 400, "C886200125001", "yes", "1.0", "٣"])
)  # fmt: skip


@settings(max_examples=1500, deadline=None)
@given(st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=8) | st.integers(), values, max_size=5))
def test_any_profile_is_decided_or_refused(fields):
    """A spreadsheet may hold anything."""
    book = rulebook(RICH)
    try:
        profile = book.profile(fields)
    except ProfileError as error:
        assert error.findings
        assert error.text()
        return
    assert book.profile(profile.as_given()).values == profile.values


@many
@given(
    st.fixed_dictionaries(
        {
            "age": st.integers(-10, 30),
            "speech": st.sampled_from(["none", "mild", "severe"]),
            "hearing": st.sampled_from(["none", "mild"]),
        },
        optional={"advice": st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)) | st.just("absent")},
    )
)
def test_any_good_profile_is_decided_or_contradicts_itself(fields):
    """And its decision is the same every time."""
    first, second = (outcome(rulebook(RICH), **fields) for _ in range(2))
    assert first == second
    assert (first is None) is (fields["age"] < 0)


# deep and large


def run(program, timeout=60):
    """A program in another process, so that a crash there is seen here as its exit code."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, timeout=timeout, check=False
    )
    return done.returncode, done.stdout.strip(), done.stderr[-300:]


@pytest.mark.parametrize(
    "text",
    [
        "'a: ' + '[' * 100_000",
        "'a: ' + '[' * 50_000 + ']' * 50_000",
        "'a: ' + '{a: ' * 50_000",
        "'- ' * 50_000 + 'a'",
        "'? ' * 50_000 + 'a'",
        "''.join(' ' * i + 'a:\\n' for i in range(2_000))",
        "'a: ' + '{' * 200_000",
        "'\\n'.join(' ' * (198 * i) + '- ' * 98 + '-' for i in range(430)) + ' a'",
        "'a: !!x ' * 10_000",
        "'a: \"' + 'x' * 21_000_000 + '\"'",
    ],
)
def test_deep_or_huge_text_is_a_finding_and_no_crash(text):
    """50 kB of brackets must not take a server down."""
    program = f"""
        from pathlib import Path
        from continuum.errors import PackError
        from continuum.packs.loading import read_texts
        try: read_texts({{"p.yaml": {text}}}, Path("p.yaml"))
        except PackError as error: print(error.findings[0].code)
    """
    code, said, error = run(program)
    assert code == 0, error
    assert said in ("CX112", "CX102", "CX107", "CX106", "CX103")


@pytest.mark.parametrize(
    "expression",
    [
        "-" * 1500 + "age",
        "(" * 900 + "age" + ")" * 900,
        "if(" + "not " * 450 + "on_roll, 1, 2)",
        " + ".join(["age"] * 450),
        "*".join(["age"] * 900),
        "abs(" * 350 + "age" + ")" * 350,
        "if(on_roll, " * 120 + "1" + ", 2)" * 120,
        "max(" + "age, " * 350 + "1)",
        "r[" * 600 + "early" + "]" * 600,
        "9" * 1990,
        "1" + "*9999999999" * 150,
        "0." + "1" * 1900,
    ],
    ids=["minus", "brackets", "not", "sum", "product", "abs", "if", "max", "rate", "digits", "large", "small"],
)
def test_a_deep_or_long_expression_is_decided_or_a_finding(expression):
    """No limit of Python's shows through."""
    book = read(giving(expression, more=RATE))
    if book:
        assert outcome(book, age=1, on_roll=True)


def test_brackets_inside_text_do_not_count_as_depth():
    """Half-open intervals and prose have brackets that do not pair."""
    assert read(giving("1").replace("because: It is.", "because: '" + "see [3 or {4; " * 800 + "'")) is not None


def test_an_expression_longer_than_the_limit_says_so():
    """And what to do."""
    with pytest.raises(NotReadable, match="2000"):
        read_expression("1 + " * 1000 + "1")


@pytest.mark.parametrize(
    "cell",
    [
        ", ".join(["3"] * 600),
        "not (" * 300 + "3" + ")" * 300,
        "not (" + ", ".join(["[1 .. 2]"] * 200) + ")",
        "> " + "-" * 1900 + "1",
    ],
)
def test_a_deep_or_long_cell_is_decided_or_a_finding(cell):
    """The same for cells."""
    book = read(asking("age", f'"{cell}"'))
    if book:
        assert outcome(book, age=3)


def test_a_large_pack_is_read_in_reasonable_time():
    """A thousand rules are a large council."""
    rules = "\n".join(
        f'- {{id: R-{i}, when: {{age: "> {i % 30}", speech: ">= mild", score: "[{i} .. {i + 1})"}}, then: "{i}", because: b}}'
        for i in range(1000)
    )
    started = time.perf_counter()
    book = read(table("highest", rules))
    assert book is not None
    assert outcome(book, age=30, speech="mild", score="500").outcomes["out"].rules == ("R-500",)
    assert time.perf_counter() - started < 20


def test_many_unknown_keys_are_reported_in_reasonable_time():
    """Suggestions are looked for each of them."""
    started = time.perf_counter()
    read(giving("1") + "".join(f"key_number_{i}: 1\n" for i in range(2000)))
    assert time.perf_counter() - started < 20


def test_the_parts_of_these_tests_are_there():
    """The line that inputs are put before stands in the small pack."""
    assert "  sex:" in INPUTS
    assert read(RICH) is not None
