# SPDX-License-Identifier: MIT
"""Days: passed in, in force, covered or not; rates: keys, wildcards, days, what overlaps and what is not published."""

# ruff: noqa: E501, DTZ001 - packs stand on one line; look-alike characters and naive times are what is tested

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal

import pytest
from tests.helpers import DAY, HEAD, codes, decided, faults, giving, pack, rulebook, value, worked

import continuum
from continuum.errors import DayError, PackError
from continuum.packs.library import Library

D = dt.date


def rates(rows, keys="[]", more=""):
    """A rate `r` with these rows, each as it stands in YAML."""
    lines = "".join(f"      - {row}\n" for row in rows)
    return f"rates:\n  r:\n    keys: {keys}\n    type: number\n    rows:\n{lines}{more}"


# the day of a decision


@pytest.mark.parametrize(
    ("day", "covered"), [(D(2019, 12, 31), False), (D(2020, 1, 1), True), (D(2030, 12, 31), True), (D(2031, 1, 1), False)]
)
def test_both_ends_of_in_force_are_included(day, covered):
    """From a day to a day, both of them."""
    book = rulebook(giving("1"))
    if covered:
        assert book.decide({}, on=day).on == day
    else:
        with pytest.raises(DayError) as caught:
            book.decide({}, on=day)
        (fault,) = caught.value.findings
        assert fault.code == "CX603"
        for word in ("small", "1.0.0", "2020-01-01", "2030-12-31", str(day)):
            assert word in fault.message


def test_in_force_may_have_no_end():
    """Until further notice."""
    book = rulebook(giving("1").replace(", to: 2030-12-31", ""))
    assert book.decide({}, on=D(2999, 1, 1)).status == "indicated"
    with pytest.raises(DayError, match="further notice"):
        book.decide({}, on=D(2019, 1, 1))


@pytest.mark.parametrize("day", [dt.datetime(2025, 1, 1), "2025-01-01", None, 5])  # a naive time is refused too
def test_the_day_is_a_date_and_nothing_else(day):
    """A time of day, or a text, could mean another day."""
    with pytest.raises(DayError) as caught:
        rulebook(giving("1")).decide({}, on=day)
    assert caught.value.findings[0].code == "CX603"


def test_the_day_must_be_passed():
    """The library looks at no clock."""
    with pytest.raises(TypeError):
        rulebook(giving("1")).decide({})


def test_an_approximate_day_is_shown_in_every_result():
    """Where the source gives no exact day, the result says so."""
    book = rulebook(giving("1").replace("to: 2030-12-31", "to: 2030-12-31, approximate: yes"))
    assert book.decide({}, on=DAY).pack.approximate is True
    assert rulebook(giving("1")).decide({}, on=DAY).pack.approximate is False


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("2025-02-29", "CX108"),
        ("2025-13-01", "CX108"),
        ("2025-1-1", "CX108"),
        ("01/09/2025", "CX108"),
        ("2025", "CX108"),
        ("tomorrow", "CX108"),
        ("2031-01-01", "CX213"),
    ],
)
def test_an_impossible_or_unclear_day_is_refused(written, code):
    """29 February 2025 is a slip; 01/09 is January to some."""
    assert codes(giving("1").replace("from: 2020-01-01", f"from: {written}")) == [code]


def test_a_date_input_may_end_at_today():
    """Advice dated after the decision was not there."""
    inputs = "inputs:\n  seen: {ask: Seen, type: date, min: 2020-01-01, max: today}\n"
    text = pack(
        '- {decision: out, asks: What?, type: date, hit: first, rules: [{id: R-1, otherwise: "= seen", because: b}]}',
        inputs=inputs,
    )
    assert decided(text, seen="2025-10-01").value == DAY
    for day, code in (("2025-10-02", "CX503"), ("2019-12-31", "CX503")):
        with pytest.raises(continuum.ProfileError) as caught:
            rulebook(text).decide({"seen": day}, on=DAY)
        assert [fault.code for fault in caught.value.findings] == [code]


# versions


def versions(tmp_path, *spans, status="illustrative"):
    """A library of versions of one pack, each with its days."""
    for i, (start, end) in enumerate(spans, 1):
        text = giving("1").replace('"1.0.0"', f'"{i}.0.0"').replace("status: illustrative", f"status: {status}")
        text = text.replace(
            "{from: 2020-01-01, to: 2030-12-31}", f"{{from: {start}, to: {end}}}" if end else f"{{from: {start}}}"
        )
        (tmp_path / f"v{i}.yaml").write_text(text, encoding="utf-8")
    return Library([tmp_path])


def test_loading_by_day_takes_the_newest_version_that_covers_it(tmp_path):
    """Last year's case is decided by last year's rules."""
    library = versions(tmp_path, ("2020-01-01", "2020-12-31"), ("2021-01-01", "2021-12-31"), ("2021-06-01", None))
    assert library.find("small", on=D(2020, 12, 31)).version == "1.0.0"
    assert library.find("small", on=D(2021, 1, 1)).version == "2.0.0"
    assert library.find("small", on=D(2021, 6, 1)).version == "3.0.0"
    assert library.find("small").version == "3.0.0"
    assert library.find("small", version="1.0.0").version == "1.0.0"


def test_a_day_no_version_covers_is_refused_with_the_versions_there_are(tmp_path):
    """Naming the pack, the day and the versions."""
    library = versions(tmp_path, ("2020-01-01", "2020-12-31"), ("2022-01-01", "2022-12-31"))
    with pytest.raises(DayError) as caught:
        library.find("small", on=D(2021, 5, 5))
    (fault,) = caught.value.findings
    assert fault.code == "CX602"
    for word in ("small", "2021-05-05", "2020-12-31", "2022-01-01"):
        assert word in fault.line()


def test_versions_are_ordered_as_numbers(tmp_path):
    """2025.10 comes after 2025.9."""
    for version in ("2025.9.0", "2025.10.0"):
        text = giving("1").replace('"1.0.0"', f'"{version}"')
        (tmp_path / f"{version}.yaml").write_text(text, encoding="utf-8")
    assert Library([tmp_path]).find("small").version == "2025.10.0"


def test_an_unknown_pack_is_answered_with_the_nearest(tmp_path):
    """CX601, with what is there."""
    with pytest.raises(DayError) as caught:
        versions(tmp_path, ("2020-01-01", None)).find("smal")
    (fault,) = caught.value.findings
    assert fault.code == "CX601"
    assert "small" in fault.hint


def test_two_packs_with_one_id_and_version_are_refused(tmp_path):
    """Which of them decided could not be said."""
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(giving("1"), encoding="utf-8")
    with pytest.raises(PackError) as caught:
        _ = Library([tmp_path]).entries
    assert [fault.code for fault in caught.value.findings] == ["CX604"]


@pytest.mark.parametrize("status", ["draft", "proposed", "withdrawn"])
def test_a_version_that_is_not_in_force_is_loaded_only_when_asked_for(tmp_path, status):
    """A proposal decides nobody's case by accident."""
    text = (
        giving("1")
        .replace("status: illustrative", f"status: {status}")
        .replace("because: It is.", "because: It is., source: s#1")
    )
    text = text.replace("outcomes:", "sources: {s: {title: A paper}}\noutcomes:")
    (tmp_path / "p.yaml").write_text(text, encoding="utf-8")
    library = Library([tmp_path])
    with pytest.raises(DayError) as caught:
        library.find("small", on=DAY)
    assert caught.value.findings[0].code == "CX602"
    assert library.find("small", on=DAY, status=status).status == status


# rates


def test_a_rate_is_read_on_the_day_of_the_decision():
    """Both ends of a row's days are included."""
    more = rates(["{value: 1, to: 2025-08-31}", "{value: 2, from: 2025-09-01, to: 2026-08-31}", "{value: 3, from: 2026-09-01}"])
    text = giving("r[]", more=more)
    days = (D(2025, 8, 31), D(2025, 9, 1), D(2026, 8, 31), D(2026, 9, 1))
    assert [decided(text, on=day).value for day in days] == [1, 2, 2, 3]


def test_a_rate_may_be_read_at_another_day():
    """The rate of the day the plan was issued."""
    more = rates(["{value: 1, to: 2025-08-31}", "{value: 2, from: 2025-09-01}"])
    assert value("r[at: seen]", more=more, seen="2025-08-31") == 1
    assert value("r[at: seen]", more=more, seen="2025-09-01") == 2
    assert value("r[at: add_days(today, -100)]", more=more) == 1
    assert worked("r[at: advice]", more=more, advice="absent").state == "refer"


def test_a_rate_may_be_read_at_a_day_with_keys():
    """Keys first, then the day."""
    more = rates(["{stage: early, value: 1, to: 2025-08-31}", "{stage: early, value: 2, from: 2025-09-01}"], "[stage]")
    assert value("r[reading, at: 2025-01-01]", more=more, reading="early") == 1
    assert value("r[early, at: today]", more=more) == 2


def test_a_rate_without_a_row_for_the_day_or_key_cannot_be_worked_out():
    """No amount is not an amount of nought."""
    more = rates(["{stage: early, value: 1, from: 2025-09-01, to: 2026-08-31}"], "[stage]")
    assert worked("r[reading]", more=more, reading="late").cause == "arithmetic"
    outcome = decided(giving("r[early]", more=more), on=D(2026, 9, 1))
    assert (outcome.state, outcome.cause) == ("refer", "arithmetic")
    assert "2026-09-01" in outcome.because


def test_unpublished_is_a_value_that_refers_whatever_reads_it():
    """An amount the council keeps to itself is named as such."""
    more = rates(["{stage: early, value: unpublished}", "{stage: any, value: 5}"], "[stage]")
    outcome = worked("r[reading] + 1", more=more, reading="early")
    assert (outcome.state, outcome.cause) == ("refer", "unpublished")
    assert value("r[reading] + 1", more=more, reading="late") == 6


def test_up_to_three_keys_and_the_exact_one_beats_the_wildcard():
    """Area by level by stage."""
    more = rates(
        ["{need: any, stage: any, places: any, value: 1}", "{need: severe, stage: any, places: any, value: 2}",
         "{need: severe, stage: late, places: any, value: 3}", "{need: severe, stage: late, places: srp, value: 4}"],
        "[need, stage, places]",
    )  # fmt: skip
    read = "r[speech, reading, setting]"
    assert value(read, more=more, speech="mild", reading="late", setting="srp") == 1
    assert value(read, more=more, speech="severe", reading="early", setting="srp") == 2
    assert value(read, more=more, speech="severe", reading="late", setting="special") == 3
    assert value(read, more=more, speech="severe", reading="late", setting="srp") == 4


def test_the_order_of_rows_means_nothing():
    """The exact key beats the wildcard wherever it stands."""
    rows = ["{need: any, stage: any, value: 1}", "{need: severe, stage: any, value: 2}", "{need: severe, stage: late, value: 3}"]
    for order in itertools.permutations(rows):
        more = rates(order, "[need, stage]")
        assert [
            value("r[speech, reading]", more=more, speech=s, reading=r)
            for s, r in (("mild", "late"), ("severe", "early"), ("severe", "late"))
        ] == [1, 2, 3]


def test_an_exact_row_out_of_its_days_leaves_the_wildcard():
    """The rows of other days are not there."""
    more = rates(["{stage: early, value: 1, to: 2025-08-31}", "{stage: any, value: 2}"], "[stage]")
    assert value("r[early]", more=more) == 2


def test_two_wildcard_rows_that_fit_equally_well_are_refused():
    """Else the order of the rows would decide an amount."""
    rows = ["{need: mild, stage: any, value: 1}", "{need: any, stage: late, value: 2}"]
    assert codes(giving("r[speech, reading]", more=rates(rows, "[need, stage]"))) == ["CX401"]
    settled = [*rows, "{need: mild, stage: late, value: 3}"]
    assert codes(giving("r[speech, reading]", more=rates(settled, "[need, stage]"))) == []
    apart = ["{need: mild, stage: any, value: 1, to: 2024-12-31}", "{need: any, stage: late, value: 2, from: 2025-01-01}"]
    assert codes(giving("r[speech, reading]", more=rates(apart, "[need, stage]"))) == []


@pytest.mark.parametrize(
    ("rows", "overlap"),
    [
        (["{value: 1}", "{value: 2}"], True),
        (["{value: 1, to: 2025-08-31}", "{value: 2, from: 2025-08-31}"], True),
        (["{value: 1, to: 2025-08-31}", "{value: 2, from: 2025-09-01}"], False),
        (["{value: 2, from: 2025-09-01}", "{value: 1, to: 2025-08-31}"], False),
        (["{value: 1, from: 2025-01-01}", "{value: 2, to: 2025-06-01}"], True),
        (["{value: 1, from: 2025-01-01, to: 2025-01-01}", "{value: 2, from: 2025-01-02}"], False),
    ],
)
def test_overlapping_days_for_one_key_are_an_error(rows, overlap):
    """On that day there would be two amounts."""
    assert codes(giving("r[]", more=rates(rows))) == (["CX401"] if overlap else [])


def test_a_row_inside_a_longer_one_does_not_hide_another_overlap():
    """Every overlap is found at once."""
    rows = [
        "{value: 1, from: 2020-01-01, to: 2030-01-01}",
        "{value: 2, from: 2021-01-01, to: 2021-02-01}",
        "{value: 3, from: 2025-01-01, to: 2025-02-01}",
    ]
    assert codes(giving("r[]", more=rates(rows))) == ["CX401", "CX401"]


def test_a_wildcard_and_an_exact_row_do_not_overlap():
    """One beats the other."""
    assert codes(giving("r[early]", more=rates(["{stage: any, value: 1}", "{stage: early, value: 2}"], "[stage]"))) == []


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("{value: 1}", "CX402"),
        ("{stage: early}", "CX402"),
        ("{stage: early, value: 1, extra: 2}", "CX104"),
        ("{stage: earlier, value: 1}", "CX206"),
        ("{stage: early, value: lots}", "CX108"),
        ("{stage: early, value: 1, from: soon}", "CX108"),
        ("{stage: early, value: 1, from: 2025-02-30}", "CX108"),
        ("{stage: early, value: 1, from: 2025-02-02, to: 2025-02-01}", "CX213"),
        ("{stage: early, value: 1, source: nowhere#1}", "CX211"),
        ("{stage: [early, late], value: 1}", "CX107"),
        ("{stage: early, value: {a: 1}}", "CX107"),
    ],
)
def test_a_row_fits_its_keys(row, code):
    """One fault, at its place."""
    (fault,) = faults(giving("r[early]", more=rates([row], "[stage]")))
    assert fault.code == code
    assert fault.place is not None
    assert row.strip("{}").split(":")[0] in fault.place.text


@pytest.mark.parametrize(
    ("keys", "expression", "code"),
    [
        ("[nothing]", "1", "CX201"),
        ("[stage, need, places, plan]", "1", "CX107"),
        ("[stage]", "r[early, mild]", "CX303"),
        ("[stage]", "r[]", "CX303"),
        ("[stage]", "r[speech]", "CX205"),
        ("[stage]", "r[mild]", "CX206"),
        ("[stage]", "r[age]", "CX205"),
        ("[stage]", "r[early, at: age]", "CX205"),
        ("[stage]", "r", "CX303"),
        ("[stage]", "q[early]", "CX201"),
        ("[age]", "nearest(score, r)", "CX303"),
    ],
)
def test_a_rate_is_looked_up_by_its_keys(keys, expression, code):
    """As many as it has, each of its type."""
    key = keys.strip("[]").split(", ")[0]
    row = "{" + f"{key}: any, value: 1" + "}"
    assert codes(giving(expression, more=rates([row], keys))) in ([code], [code, "CX201"], ["CX402"], [code, "CX402"])


@pytest.mark.parametrize(
    ("key", "cell", "given_"),
    [
        ("age", "5", {"age": 5}),
        ("on_roll", "yes", {"on_roll": True}),
        ("seen", "2025-01-01", {"seen": "2025-01-01"}),
        ("setting", "srp", {"setting": "srp"}),
        ("plan", "ehcp", {"plan": "ehcp"}),
    ],
)
def test_a_rate_may_be_keyed_by_any_input(key, cell, given_):
    """By year group, by phase, by whether there is a plan."""
    more = rates([f"{{{key}: {cell}, value: 9}}", f"{{{key}: any, value: 1}}"], f"[{key}]")
    assert value(f"r[{key}]", more=more, **given_) == 9


def test_a_rate_may_be_keyed_by_a_decision():
    """Band to amount."""
    decisions = """
    - {decision: band, asks: Which?, type: {scale: [T1, T2]}, hit: first, rules: [{id: B-1, when: {age: "> 5"}, then: T2, because: b}, {id: B-2, otherwise: T1, because: b}]}
    - {decision: out, asks: What?, type: number, hit: first, rules: [{id: R-1, otherwise: "= r[band]", because: b}]}
    """
    text = pack(decisions, more=rates(["{band: T1, value: 100}", "{band: T2, value: 200}"], "[band]"))
    assert [decided(text, age=n).value for n in (5, 6)] == [100, 200]


def test_a_money_rate_keeps_its_unit_and_its_pennies():
    """GBP a year in, GBP a year out."""
    more = "rates:\n  r: {keys: [], type: money, unit: GBP/year, rows: [{value: 0.10}]}\n"
    assert value("r[] * 3", "money", more=more) == Decimal("0.30")
    assert codes(giving("r[]", "money", more=more.replace("GBP/year", "GBP/term"))) == ["CX208"]


@pytest.mark.parametrize("value_", ["1.5", "0.5"])
def test_a_whole_number_rate_has_whole_amounts(value_):
    """Its type says so."""
    more = f"rates:\n  r: {{keys: [], type: integer, rows: [{{value: {value_}}}]}}\n"
    assert codes(giving("r[]", more=more))


def test_the_head_of_the_small_pack_is_complete():
    """What the other tests replace in it is there."""
    assert "in_force: {from: 2020-01-01, to: 2030-12-31}" in HEAD


# versions that no source dates

UNDATED = HEAD.replace("{from: 2020-01-01, to: 2030-12-31}", "{undated: yes}")


def test_an_undated_version_covers_every_day_and_says_so():
    """A first day made up is worse than none."""
    book = rulebook(giving("1").replace(HEAD, UNDATED))
    decision = book.decide({}, on=D(1999, 1, 1))
    assert decision.pack.undated
    assert "no source says from which day" in decision.explain("parent")
    assert not rulebook(giving("1")).decide({}, on=DAY).pack.undated


def test_the_days_of_an_undated_version_are_those_it_cannot_pass():
    """A page revised at some time after a known day was not in force before it."""
    book = rulebook(giving("1").replace(HEAD, UNDATED.replace("undated: yes", "undated: yes, from: 2018-01-08")))
    assert book.decide({}, on=D(2018, 1, 8)).outcomes["out"].value == 1
    with pytest.raises(DayError, match=r"undated \(not before 2018-01-08\), not on 2018-01-07"):
        book.decide({}, on=D(2018, 1, 7))


def test_no_day_chooses_between_versions_of_which_one_is_undated(tmp_path):
    """CX605: the newest by number would be a guess; the version is named instead."""
    for version, head in (("1.0.0", UNDATED), ("2.0.0", UNDATED.replace('"1.0.0"', '"2.0.0"'))):
        (tmp_path / f"{version}.yaml").write_text(giving("1").replace(HEAD, head), encoding="utf-8")
    library = Library([tmp_path])
    with pytest.raises(DayError, match=r"CX605.*no source says which version of small is in force on 2025-10-01") as caught:
        library.find("small", on=DAY)
    assert "name the version" in caught.value.findings[0].hint
    assert library.find("small", on=DAY, version="1.0.0").version == "1.0.0"
    (tmp_path / "2.0.0.yaml").unlink()
    assert Library([tmp_path]).find("small", on=DAY).version == "1.0.0"


@pytest.mark.parametrize(
    ("period", "code"),
    [("{to: 2030-01-01}", "CX105"), ("{approximate: yes}", "CX105"), ("{undated: yes, approximate: yes}", "CX213")],
)
def test_a_period_has_a_first_day_or_is_undated(period, code):
    """Approximate means about this day; undated means no day at all."""
    text = giving("1").replace("{from: 2020-01-01, to: 2030-12-31}", period)
    assert codes(text) == [code]


# rates that give values and not amounts

GRID = """
rates:
  band_of:
    keys: [setting, stage]
    type: {scale: need}
    rows:
      - {setting: mainstream, stage: early, value: mild}
      - {setting: mainstream, stage: any, value: severe, from: 2025-01-01}
      - {setting: srp, stage: any, value: unpublished}
  starts:
    keys: [setting]
    type: date
    rows: [{setting: any, value: 2026-09-01}]
  counts:
    keys: [setting]
    type: yes_no
    rows: [{setting: any, value: no}, {setting: srp, value: yes}]
"""


@pytest.mark.parametrize(("setting", "stage", "expected"), [("mainstream", "early", "mild"), ("mainstream", "late", "severe")])
def test_a_rate_may_give_a_band_by_two_keys(setting, stage, expected):
    """A grid of areas and levels often names a band and not an amount."""
    assert value("band_of[setting, reading]", "{scale: need}", more=GRID, setting=setting, reading=stage) == expected


def test_a_band_that_is_not_published_is_referred_and_a_band_that_is_can_be_compared():
    """It is a value like any other: it has an order, and its silence is kept."""
    outcome = worked("band_of[setting, reading]", "{scale: need}", more=GRID, setting="srp", reading="late")
    assert (outcome.state, outcome.cause) == ("refer", "unpublished")
    assert value("if(band_of[setting, reading] >= severe, 1, 0)", more=GRID, setting="mainstream", reading="late") == 1
    assert value("if(counts[setting], 1, 0)", more=GRID, setting="srp") == 1
    assert value("starts[setting]", "date", more=GRID, setting="srp") == D(2026, 9, 1)


def test_an_unknown_key_of_a_band_leaves_the_bands_that_are_still_possible():
    """What is not known is never looked up as something."""
    outcome = worked("band_of[setting, reading]", "{scale: need}", more=GRID, setting="mainstream")
    assert (outcome.state, outcome.possible) == ("range", ("mild", "severe"))


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("value: mild", "value: mil", "CX206"), ("{scale: need}", "{scale: needs}", "CX201"), ("{scale: need}", "scale", "CX108"),
        ("type: date", "type: day", "CX108"), ("value: 2026-09-01", "value: soon", "CX108"), ("value: no}", "value: never}", "CX206"),
    ],
)  # fmt: skip
def test_a_value_of_a_rate_is_held_to_its_type(old, new, code):
    """A misspelt band is found when the pack is read."""
    assert set(codes(giving("if(counts[setting], 1, 0)", more=GRID.replace(old, new, 1)))) == {code}


def test_nearest_needs_a_rate_of_amounts():
    """There is no distance between two bands."""
    more = "rates: {level_of: {keys: [stage], type: {scale: need}, rows: [{stage: any, value: mild}]}}\n"
    assert codes(giving("nearest(score, level_of)", "{scale: stage}", more=more)) == ["CX303"]


# rows for ranges of a number

RANGES = """
measures: {total: "points(speech) + points(hearing)"}
rates:
  weight:
    keys: [{total: number}, setting]
    type: number
    rows:
      - {total: "[0 .. 2]", setting: any, value: 10}
      - {total: "(2 .. 5]", setting: any, value: 20}
      - {total: "(2 .. 5]", setting: srp, value: 25}
      - {total: ">= 6", setting: any, value: 30}
"""


@pytest.mark.parametrize(
    ("speech", "hearing", "setting", "expected"),
    [
        ("none", "none", "srp", 10), ("moderate", "none", "srp", 10), ("severe", "none", "special", 20), ("severe", "none", "srp", 25),
        ("severe", "moderate", "special", 20), ("severe", "severe", "srp", 30), ("profound", "profound", "special", 30),
    ],
)  # fmt: skip
def test_a_printed_table_of_score_ranges_is_a_rate(speech, hearing, setting, expected):
    """One row a printed line, edges as printed; a row for one setting beats the row for any."""
    found = value("weight[total, setting]", more=RANGES, speech=speech, hearing=hearing, setting=setting)
    assert found == expected


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('"(2 .. 5]", setting: any', '"[2 .. 5]", setting: any', "CX401"), ('">= 6"', '">= 5"', "CX401"),
        ('">= 6"', '"[6 .. 5]"', "CX213"), ('">= 6"', '"[6 .. total]"', "CX402"), ('">= 6"', '"not (6)"', "CX108"), ('">= 6"', "x", "CX108"),
        ("{total: number}", "total", "CX213"), ("{total: number}", "{total: numbers}", "CX108"),
    ],
)  # fmt: skip
def test_ranges_of_a_rate_that_overlap_or_say_nothing_are_refused(old, new, code):
    """Two rows for one score would leave the amount to the order of the rows."""
    assert set(codes(giving("weight[total, setting]", more=RANGES.replace(old, new, 1)))) == {code}


def test_an_exact_key_beats_an_interval_and_an_interval_beats_any():
    """A row for one score is meant as the exception to its range."""
    more = (
        "rates: {r: {keys: [age], type: number, rows: [{age: any, value: 1}, {age: '[5 .. 9]', value: 2}, {age: 7, value: 3}]}}\n"
    )
    assert [value("r[age]", more=more, age=age) for age in (4, 5, 7, 9)] == [1, 2, 3, 2]


def test_a_score_between_two_printed_rows_is_referred_with_the_table_named():
    """A gap in a printed table stays one."""
    outcome = worked(
        "weight[total, setting]", more=RANGES.replace(">= 6", ">= 7"), speech="severe", hearing="severe", setting="srp"
    )
    assert (outcome.state, outcome.cause) == ("refer", "arithmetic")
    assert "weight" in outcome.because


@pytest.mark.parametrize(
    ("keys", "row"), [("[age]", '"[5 .. 11]"'), ("[seen]", '"[2025-01-01 .. 2025-12-31]"'), ("[seen]", '"< 2026-01-01"')]
)
def test_ages_and_days_may_be_looked_up_by_range_too(keys, row):
    """Amounts by age group, without a table that turns ages into groups."""
    more = f"rates: {{r: {{keys: {keys}, type: number, rows: [{{{keys[1:-1]}: {row}, value: 7}}]}}}}\n"
    assert value(f"r{keys}", more=more, age="7", seen="2025-06-01") == 7
