# SPDX-License-Identifier: MIT
"""Profiles: how fields and values may be written, what is refused and why, and that a pupil number never comes back out."""

# ruff: noqa: E501, RUF001, DTZ001 - packs stand on one line; look-alike characters and naive times are what is tested

from __future__ import annotations

import datetime as dt
import io
import json
import logging
import pickle
import sys
import traceback
from decimal import Decimal
from fractions import Fraction

import jsonschema
import pytest
from tests.helpers import DAY, codes, faults, giving, pack, rulebook

from continuum import ProfileError
from continuum.profiles import Profile, check_upn

INPUTS = """\
scales:
  need: [none, mild, moderate, severe, profound]
inputs:
  speech: {ask: "Speech, language and communication", type: scale, scale: need, code: SLCN, blank_means: none}
  hearing: {ask: "Hearing", type: scale, scale: need, code: HI, blank_means: none}
  vision: {ask: "Vision", type: scale, scale: need, code: VI}
  plan: {ask: "SEN provision", type: choice, of: [none, sen_support, ehcp], codes: {none: N, sen_support: K, ehcp: E}}
  stage: {ask: "Key stage", type: choice, of: ["1", "2", 1A]}
  year_group: {ask: "Year group", type: integer, min: -1, max: 14}
  fives: {ask: "In fives", type: integer, min: 0, max: 100, step: 5}
  loss: {ask: "Hearing loss", type: number, unit: dBHL, min: 0, max: 120, step: 0.5}
  cost: {ask: "Cost", type: money, unit: GBP/year, min: 0, max: 200000}
  on_roll: {ask: "On roll full time", type: yes_no}
  advice_date: {ask: "Date of specialist advice", type: date, min: 2015-01-01, max: today, optional: yes}
  score: {ask: "Score", type: integer, min: 0, max: 9, optional: yes}
  sex: {ask: "Sex", type: choice, of: [f, m], protected: yes}
"""
TERMS = """
terms:
  speech: {label: "Talking and understanding"}
  need.severe: {label: "Severe need"}
  plan.ehcp: {label: "EHC plan", formerly: ["Statement"]}
"""
TEXT = pack(
    '- {decision: out, asks: What?, type: number, hit: first, rules: [{id: R-1, when: {year_group: "> 5"}, then: "1", because: b}, {id: R-2, otherwise: "0", because: b}]}',
    inputs=INPUTS,
    more=TERMS,
)
UPN = "C886200125001"
VALID = ["B801200005001", "C886200125001", "N88620012500A", "P207000016049"]
INVALID = ["A801200005001", "X80120000A001", "E000200005001", "UN1"]


@pytest.fixture
def book():
    """The rulebook the profiles are for."""
    return rulebook(TEXT)


def read(**fields):
    """What is read from these fields."""
    return rulebook(TEXT).profile(**fields).values


def refused(given=None, **fields):
    """The findings of a profile that is refused."""
    with pytest.raises(ProfileError) as caught:
        rulebook(TEXT).profile(given or {}, **fields)
    return caught.value.findings


# fields and values


@pytest.mark.parametrize(
    "field",
    [
        "speech",
        "SLCN",
        "slcn",
        "Speech, language and communication",
        "speech, language and communication",
        "Talking and understanding",
        " speech ",
    ],
)
def test_a_field_is_known_by_name_code_question_or_label(book, field):
    """Schools' systems say SLCN; people copy the question."""
    assert book.profile({field: "mild"}).values["speech"] == "mild"


@pytest.mark.parametrize(
    ("given", "expected"),
    [("severe", "severe"), ("SEVERE", "severe"), ("Severe need", "severe"), (" severe ", "severe"), ("severe need", "severe")],
)
def test_a_value_is_known_by_name_or_label_in_either_case(given, expected):
    """What a form shows is what comes back."""
    assert read(speech=given)["speech"] == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [("N", "none"), ("K", "sen_support"), ("E", "ehcp"), ("e", "ehcp"), ("ehcp", "ehcp"), ("EHC plan", "ehcp")],
)
def test_the_school_census_codes_stand_for_values(given, expected):
    """N, K and E are what schools type."""
    assert read(plan=given)["plan"] == expected


@pytest.mark.parametrize(("given", "expected"), [("1", "1"), (1, "1"), ("1A", "1A"), ("1a", "1A"), (2, "2")])
def test_a_value_of_digits_may_be_given_as_a_number(given, expected):
    """A spreadsheet makes a number of key stage 1."""
    assert read(stage=given)["stage"] == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("yes", True),
        ("no", False),
        (True, True),
        (False, False),
        ("Yes", True),
        ("NO", False),
        ("true", True),
        ("FALSE", False),
        ("y", True),
        ("n", False),
    ],
)
def test_yes_and_no_in_the_ways_people_and_programs_write_them(given, expected):
    """A form, a spreadsheet and JSON."""
    assert read(on_roll=given)["on_roll"] is expected


@pytest.mark.parametrize("given", [1, 0, "1", "0", "on", "maybe", "oui", Decimal(1), ["yes"], {}])
def test_anything_else_is_not_yes_or_no(given):
    """One could be a count."""
    (fault,) = refused(on_roll=given)
    assert fault.code == "CX502"
    assert "`yes` or `no`" in fault.expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [(7, 7), ("7", 7), (Decimal(7), 7), ("-1", -1), (-1, -1), ("14", 14), (0, 0), (Decimal("7.0"), 7), ("7.0", 7)],
)
def test_a_whole_number_may_be_int_text_or_decimal(given, expected):
    """All of them exact."""
    found = read(year_group=given)["year_group"]
    assert found == expected
    assert isinstance(found, int)


@pytest.mark.parametrize(
    "given",
    [
        "seven",
        "7.5",
        Decimal("7.5"),
        True,
        "1e1",
        "07",
        "+7",
        "٧",
        "½",
        "7,0",
        [7],
        dt.date(2025, 1, 1),
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("Infinity"),
        b"7",
        object(),
        Fraction(7, 2),
        7j,
    ],
)
def test_what_is_no_whole_number_is_refused(given):
    """And nothing is rounded into one."""
    (fault,) = refused(year_group=given)
    assert fault.code == "CX502"
    assert "year_group" in fault.message


@pytest.mark.parametrize("number", [7.0, 7.5, 0.1, float("nan"), float("inf"), 1234567.5, 1e300])
@pytest.mark.parametrize("field", ["year_group", "loss", "cost", "speech", "on_roll"])
def test_a_floating_point_number_is_refused(field, number):
    """0.1 is not a tenth; decisions are exact."""
    (fault,) = refused({field: number})
    assert fault.code == "CX507"
    assert field in fault.message


def test_the_hint_for_a_float_gives_the_number_that_was_meant():
    """Not one rounded to six figures."""
    (fault,) = refused(cost=123456.75)
    assert '"123456.75"' in fault.hint


@pytest.mark.parametrize(
    ("field", "low", "high", "below", "above"),
    [
        ("year_group", -1, 14, -2, 15),
        ("loss", "0", "120", "-0.5", "120.5"),
        ("cost", "0", "200000", "-0.01", "200000.01"),
        ("advice_date", "2015-01-01", "2999-01-01", "2014-12-31", None),
    ],
)
def test_both_ends_of_a_range_are_included(field, low, high, below, above):
    """From min to max."""
    assert read(**{field: low})
    assert read(**{field: high})
    for outside in (below, above):
        if outside is not None:
            (fault,) = refused({field: outside})
            assert fault.code == "CX503"
            assert field in fault.message
            assert str(outside) in fault.message


@pytest.mark.parametrize(
    ("field", "on", "off"),
    [("fives", 15, 12), ("loss", "40.5", "40.25"), ("cost", "0.01", "0.001"), ("loss", Decimal("0.5"), Decimal("0.1"))],
)
def test_a_number_is_on_its_step(field, on, off):
    """A loss of 40.25 dB was not measured."""
    assert read(**{field: on})
    (fault,) = refused({field: off})
    assert fault.code == "CX503"
    assert "step" in fault.message


@pytest.mark.parametrize("given", ["2025-09-01", dt.date(2025, 9, 1)])
def test_a_date_is_a_date_or_its_iso_text(given):
    """One way to write a day."""
    assert read(advice_date=given)["advice_date"] == dt.date(2025, 9, 1)


@pytest.mark.parametrize(
    "given",
    ["01/09/2025", "2025-9-1", "2025-02-29", "20250901", 20250901, dt.datetime(2025, 9, 1), "2025-09-01T00:00", "today", True],
)
def test_any_other_date_is_refused(given):
    """01/09 is a day in January to some; a time is not a day."""
    (fault,) = refused(advice_date=given)
    assert fault.code == "CX502"


def test_a_date_after_the_day_of_decision_is_refused_when_deciding(book):
    """Its range ends today, and today is known only then."""
    profile = book.profile(advice_date="2025-10-02", year_group=3)
    with pytest.raises(ProfileError) as caught:
        book.decide(profile, on=DAY)
    assert [fault.code for fault in caught.value.findings] == ["CX503"]
    assert book.decide(profile, on=DAY + dt.timedelta(days=1)).status == "indicated"


# unknown, absent, blank


@pytest.mark.parametrize("given", [None, "unknown", "not known", "Unknown", "NOT KNOWN"])
def test_unknown_is_said_in_words_or_with_none(given):
    """And is no value; what a blank means does not apply, because it was not left blank."""
    assert "vision" not in read(vision=given)
    profile = rulebook(TEXT).profile(speech=given)
    assert "speech" not in profile.values
    assert profile.filled == ("hearing",)


@pytest.mark.parametrize("given", ["", "  "])
def test_blank_text_is_a_field_left_out(given):
    """An empty cell of a spreadsheet."""
    profile = rulebook(TEXT).profile(speech=given, vision=given)
    assert profile.values["speech"] == "none"
    assert "vision" not in profile.values
    assert profile.filled == ("speech", "hearing")


def test_what_a_blank_means_is_filled_in_and_listed(book):
    """A form that lists only the needs a pupil has."""
    decision = book.decide({"SLCN": "severe", "year_group": 4}, on=DAY)
    assert decision.filled == ("hearing",)
    profile = book.profile(SLCN="severe")
    assert profile.values == {"speech": "severe", "hearing": "none"}
    assert profile.as_given() == {"speech": "severe"}
    assert book.profile(profile.as_given()) == profile


@pytest.mark.parametrize("given", ["absent", "Absent", " absent "])
def test_absent_is_a_value_of_optional_inputs_only(given):
    """Said to be none."""
    assert read(score=given)["score"] == "absent"
    assert read(advice_date=given)["advice_date"] == "absent"
    for field in ("year_group", "speech", "on_roll"):
        (fault,) = refused({field: given})
        assert fault.code == "CX502"


# what is refused


def test_an_unknown_field_is_answered_with_the_nearest():
    """A misspelt field would be a missing answer."""
    (fault,) = refused(speach="mild")
    assert fault.code == "CX501"
    assert "speech" in fault.hint


def test_an_unknown_value_is_answered_with_the_nearest():
    """And with all there are."""
    (fault,) = refused(speech="sever")
    assert fault.code == "CX502"
    assert "severe" in fault.hint
    assert "profound" in fault.expected


@pytest.mark.parametrize(
    "fields",
    [
        {"speech": "mild", "SLCN": "mild"},
        {"SLCN": "mild", "Talking and understanding": "severe"},
        {"speech": "mild", "slcn": None},
    ],
)
def test_a_field_given_twice_is_refused_even_where_both_agree(fields):
    """Which of them holds could not be said."""
    (fault,) = refused(fields)
    assert fault.code == "CX506"
    assert all(name in fault.message for name in fields)


def test_all_faults_of_a_profile_come_at_once():
    """One round with the school."""
    found = refused(speech="sever", year_group=99, cost=1.5, colour="red", upn="X")
    assert sorted(fault.code for fault in found) == ["CX501", "CX502", "CX503", "CX505", "CX507"]


@pytest.mark.parametrize(
    "given",
    ["9" * 5000, 10**5000, Decimal("1e100000"), Decimal("1e-100000"), "0." + "0" * 10000 + "1", -(10**5000)],
    ids=list("abcdef"),
)
@pytest.mark.parametrize("field", ["year_group", "loss", "cost"])
def test_a_huge_number_is_refused_at_once(field, given):
    """Whatever it is, it is outside the range, and the message is short."""
    (fault,) = refused({field: given})
    assert fault.code in ("CX502", "CX503")
    assert len(fault.line()) < 1000


@pytest.mark.parametrize(
    "given", ["x" * 100_000, ["a"] * 10_000, {"a": 1}, object(), b"bytes", "\x00", "\ud800", "🐢"], ids=list("abcdefgh")
)
def test_a_strange_value_is_refused_in_a_short_message(given):
    """A log line, not a page."""
    (fault,) = refused(speech=given)
    assert fault.code == "CX502"
    assert len(fault.line()) < 1000


def test_a_profile_of_another_pack_is_refused(book):
    """Its values were checked against other ranges."""
    for text in (giving("1").replace("id: small", "id: other"), giving("1").replace("1.0.0", "1.0.1"), giving("1")):
        with pytest.raises(ProfileError) as caught:
            rulebook(text).decide(book.profile(year_group=3), on=DAY)
        assert [fault.code for fault in caught.value.findings] == ["CX504"]


def test_a_profile_is_the_same_however_it_was_given(book):
    """By name, code or label, as text or number, in any order."""
    one = book.profile({"speech": "severe", "plan": "ehcp", "year_group": 3})
    two = book.profile({"Year group": "3", "plan": "E", "SLCN": "Severe need"})
    assert one == two
    assert hash(one) == hash(two)
    assert book.decide(one, on=DAY) == book.decide(two, on=DAY)
    assert one != book.profile({"speech": "severe", "plan": "ehcp", "year_group": 4})


def test_a_profile_cannot_be_changed(book):
    """It was checked as it stands."""
    with pytest.raises(ValueError, match="frozen"):
        book.profile(year_group=3).ref = "x"


def test_ref_is_the_callers_own(book):
    """A number or pseudonym, kept on the profile and not in the decision."""
    assert book.profile(ref="case-17").ref == "case-17"
    assert book.profile(ref=17).ref == "17"
    assert "case-17" not in book.decide({"ref": "case-17", "year_group": 3}, on=DAY).model_dump_json()


def test_two_fields_with_one_code_are_named_by_neither():
    """A code that could mean two inputs is not a name for either."""
    text = TEXT.replace("code: HI", "code: SLCN")
    found = codes(text)
    if not found:
        with pytest.raises(ProfileError):
            rulebook(text).profile(SLCN="mild")


def test_two_values_with_one_code_are_refused_when_the_pack_is_read():
    """Else E would mean whichever stands first."""
    (fault,) = faults(TEXT.replace("{none: N, sen_support: K, ehcp: E}", "{none: N, sen_support: E, ehcp: E}"))
    assert fault.code in ("CX202", "CX213")


def test_a_code_that_is_also_a_value_name_of_another_value_is_refused():
    """`codes: {f: m}` would turn one into the other."""
    text = TEXT.replace("of: [f, m], protected", "of: [f, m], codes: {f: m}, protected")
    assert codes(text)


def test_the_schema_takes_what_the_reader_takes(book):
    """What a form checks is what the library checks, for the usual ways of writing."""
    schema = book.profile_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for good in (
        {},
        {"speech": "mild", "plan": "E", "year_group": 3, "loss": "40.5", "on_roll": True, "advice_date": "absent", "upn": UPN},
        {"vision": None},
    ):
        assert validator.is_valid(good)
        assert book.profile(good)
    for bad in ({"speach": "mild"}, {"speech": "sever"}, {"year_group": 99}, {"on_roll": "maybe"}, {"year_group": "absent"}):
        assert not validator.is_valid(bad)
        with pytest.raises(ProfileError):
            book.profile(bad)


# unique pupil numbers


@pytest.mark.parametrize("upn", VALID)
def test_a_well_formed_unique_pupil_number_is_taken(upn):
    """Permanent and temporary numbers; the bodies are made up or printed in public documentation."""
    assert check_upn(upn) == ""
    assert rulebook(TEXT).profile(upn=upn).upn.get_secret_value() == upn


@pytest.mark.parametrize(
    "upn",
    [
        *INVALID,
        UPN.lower(),
        UPN + "0",
        UPN[:-1],
        "",
        "C88620012500１",
        "C 86200125001",
        "I886200125001",
        "C886200125002",
        "D886200125001",
    ],
)
def test_a_number_that_is_not_well_formed_is_refused_without_being_repeated(upn):
    """A wrong number may be another child's."""
    if not upn:
        assert rulebook(TEXT).profile(upn=upn).upn is None
        return
    (fault,) = refused(upn=upn)
    assert fault.code == "CX505"
    assert upn not in fault.text()


@pytest.mark.parametrize("position", range(13))
def test_one_wrong_character_is_noticed(position):
    """The check letter is there for it."""
    for other in "0123456789ABCDEFGHJKLMNPQRTUVWXYZ":
        changed = UPN[:position] + other + UPN[position + 1 :]
        if changed != UPN and (position, other) != (12, "B"):  # in the last place B counts as 1, so the letter is right
            assert check_upn(changed), changed


@pytest.mark.parametrize("upn", [123, ["C886200125001"], True, b"C886200125001", 1.5])
def test_a_number_that_is_not_text_is_refused(upn):
    """And not repeated."""
    (fault,) = refused(upn=upn)
    assert fault.code == "CX505"


def everything_said(book):
    """All that a program may print about a profile with a pupil number, and what is decided for it."""
    profile = book.profile(upn=UPN, SLCN="severe", ref="case-17")
    decision = book.decide(profile, on=DAY)
    yield from (repr(profile), str(profile), f"{profile}", profile.model_dump_json(), repr(profile.model_dump()))
    yield json.dumps(profile.as_given())
    yield repr(profile.exact_values())
    yield from (repr(decision), str(decision), decision.model_dump_json(), repr(decision.reasons), repr(decision.model_dump()))
    for form in ("parent", "panel", "trace"):
        yield decision.explain(form)
    yield repr(vars(decision))
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logger = logging.getLogger("upn-test")
    logger.addHandler(handler)
    logger.warning("%s %r %s", profile, profile, decision)
    logger.removeHandler(handler)
    yield stream.getvalue()


def test_the_pupil_number_never_comes_back_out(book):
    """Not in text, JSON, a decision, its reasons, a log."""
    for said in everything_said(book):
        assert UPN not in said
        assert UPN[1:] not in said


def test_the_pupil_number_is_not_in_a_pickled_decision(book):
    """A worker's answer does not carry it."""
    assert UPN.encode() not in pickle.dumps(book.decide({"upn": UPN, "year_group": 3}, on=DAY))


@pytest.mark.parametrize(
    "fields",
    [
        {"upn": UPN, "speech": "sever"},
        {"plan": UPN},
        {"year_group": UPN},
        {"advice_date": UPN},
        {"on_roll": UPN},
        {UPN: "mild"},
        {"upn": "D" + UPN[1:]},
        {"upn": " " + UPN},
        {"UPN": UPN},
        {"Upn": UPN},
        {"ref": UPN},
        {"pupil": UPN},
        {"upn": [UPN]},
        {"speech": [UPN]},
        {"year_group": {"upn": UPN}},
    ],
)
def test_no_error_repeats_a_pupil_number_wherever_it_was_put(book, fields):
    """A column shifted by one must not write children's numbers into a log."""
    try:
        said = repr(book.profile(fields))
    except ProfileError as error:
        said = "\n".join(
            [
                str(error),
                repr(error),
                error.text(),
                repr([f.as_dict() for f in error.findings]),
                *traceback.format_exception(error),
            ]
        )
    assert UPN not in said
    assert UPN[1:] not in said


def test_a_profile_error_in_a_traceback_shows_no_locals(book):
    """The default traceback prints lines of source, not values."""
    try:
        book.profile({"upn": "D" + UPN[1:], "speech": "sever"})
    except ProfileError:
        text = "".join(traceback.format_exception(*sys.exc_info()))
    assert UPN[1:] not in text


def test_two_profiles_with_different_pupil_numbers_have_the_same_decision(book):
    """The number decides nothing."""
    decisions = {book.decide({"upn": upn, "year_group": 3}, on=DAY).model_dump_json() for upn in (*VALID, None)}
    assert len(decisions) == 1


def test_a_profile_is_made_by_a_rulebook():
    """Its model refuses what it does not know."""
    with pytest.raises(ValueError, match="extra"):
        Profile(pack="x", values={}, name="A child")


def test_what_was_said_not_to_be_known_stays_so_when_it_is_given_again():
    """A blank may mean none; not known never does."""
    text = pack(
        "- {decision: out, asks: Which?, type: yes_no, hit: first, rules: [{id: O-1, when: {age: '> 3'}, then: yes, because: b}, {id: O-2, otherwise: no, because: b}]}",
        inputs="inputs: {age: {ask: Age, type: integer, min: 0, max: 9, blank_means: 0}, size: {ask: Size, type: integer, min: 0, max: 9}}",
    )
    book = rulebook(text)
    unknown, blank = book.profile({"age": None}), book.profile({})
    assert (unknown.unknown, unknown.filled) == (("age",), ())
    assert book.profile(unknown.as_given()) == unknown
    assert book.profile(blank.as_given()) == blank != unknown
    assert book.decide(book.profile(unknown.as_given()), on=DAY).status == "range"
