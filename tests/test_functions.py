# SPDX-License-Identifier: MIT
"""What every function gives, at its ends and ties; exact arithmetic, units, and what cannot be worked out."""

from __future__ import annotations

import datetime as dt
import decimal
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.helpers import codes, decided, faults, giving, table, value, worked

from continuum.arithmetic import add_months, as_decimal, months_between, nearest, round_to, years_between

RATES = """
rates:
  amount:
    keys: [stage]
    type: number
    rows:
      - {stage: early, value: 10}
      - {stage: middle, value: 20}
      - {stage: late, value: unpublished}
  flat:
    keys: [stage]
    type: number
    rows: [{stage: early, value: 10}, {stage: middle, value: 20}, {stage: late, value: 30}]
  partial:
    keys: [stage]
    type: number
    rows: [{stage: early, value: 10}]
"""


# arithmetic


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 3 - 2", 5),
        ("12 / 3 / 2", 2),
        ("12 / 3 * 2", 8),
        ("-3 + 5", 2),
        ("2 - -3", 5),
        ("-(2 + 3)", -5),
        ("- 2 * 3", -6),
        ("7 / 2", Decimal("3.5")),
        ("0.1 + 0.2", Decimal("0.3")),
        ("1 / 3 + 1 / 3 + 1 / 3", 1),
        ("3 * (1 / 3)", 1),
        ("0.1 * 3 - 0.3", 0),
        ("1 / 3", Decimal("0.333333333333")),
        ("2 / 3", Decimal("0.666666666667")),
        ("if(0.1 + 0.2 = 0.3, 1, 0)", 1),
        ("if(1 / 3 * 3 = 1 and 1 / 3 != 0.333333333333, 1, 0)", 1),
    ],
)
def test_arithmetic_is_exact_and_goes_by_the_usual_order(expression, expected):
    """A penny lost to binary fractions is a penny somebody asks about."""
    assert value(expression) == expected


def test_exact_arithmetic_does_not_depend_on_the_callers_decimal_context():
    """A program around the library may have set its own precision."""
    with decimal.localcontext(decimal.Context(prec=3)):
        assert value("cost", "money", cost="123456.78") == Decimal("123456.78")
        assert value("1 / 3") == Decimal("0.333333333333")


def test_large_numbers_stay_exact():
    """No number is rounded because it is long."""
    assert value("9" * 40) == Decimal("9" * 40)


@given(st.integers(-(10**6), 10**6), st.integers(1, 10**6), st.integers(0, 6))
def test_a_number_handed_out_with_places_is_within_half_a_unit(top, bottom, places):
    """The only rounding is the one that is shown."""
    number = Fraction(top, bottom)
    assert abs(Fraction(as_decimal(number, places)) - number) <= Fraction(1, 2 * 10**places)


# rounding


@pytest.mark.parametrize(
    ("mode", "results"),
    [
        ("half_even", (2, 4, -2, -4, 3, -3)),
        ("half_up", (3, 4, -3, -4, 3, -3)),
        ("down", (2, 3, -2, -3, 2, -2)),
        ("up", (3, 4, -3, -4, 3, -3)),
        ("floor", (2, 3, -3, -4, 2, -3)),
        ("ceil", (3, 4, -2, -3, 3, -2)),
    ],
)
def test_each_way_of_rounding_does_what_its_name_says_on_both_sides_of_zero(mode, results):
    """Ties and negative numbers are where ways of rounding differ."""
    numbers = ("2.5", "3.5", "-2.5", "-3.5", "2.75", "-2.75")
    assert tuple(value(f"round(score, 0, {mode})", score=number) for number in numbers) == results
    assert tuple(value(f"round({number}, 0, {mode})") for number in numbers) == results


@pytest.mark.parametrize(("places", "expected"), [(0, "1"), (1, "1.0"), (2, "1.00"), (3, "1.005")])
def test_round_keeps_the_places_asked_for(places, expected):
    """1.005 is a half exactly, not a little less as in floating point."""
    assert value(f"round(1.005, {places}, half_even)") == Decimal(expected)


def test_round_half_up_of_one_point_oh_oh_five_goes_up():
    """Floating point would give 1.00."""
    assert value("round(1.005, 2, half_up)") == Decimal("1.01")


DECIMAL_MODES = {
    "half_even": decimal.ROUND_HALF_EVEN, "half_up": decimal.ROUND_HALF_UP, "down": decimal.ROUND_DOWN,
    "up": decimal.ROUND_UP, "floor": decimal.ROUND_FLOOR, "ceil": decimal.ROUND_CEILING,
}  # fmt: skip


@given(st.decimals(-1000, 1000, places=4), st.integers(0, 3), st.sampled_from(sorted(DECIMAL_MODES)))
def test_rounding_agrees_with_pythons_decimal(number, places, mode):
    """An independent implementation of the same six ways."""
    expected = number.quantize(Decimal(1).scaleb(-places), rounding=DECIMAL_MODES[mode])
    assert round_to(Fraction(number), places, mode) == Fraction(expected)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("floor(2.9)", 2),
        ("floor(-2.1)", -3),
        ("floor(2)", 2),
        ("ceil(2.1)", 3),
        ("ceil(-2.9)", -2),
        ("abs(-2.5)", Decimal("2.5")),
        ("abs(2.5)", Decimal("2.5")),
        ("abs(0)", 0),
    ],
)
def test_floor_ceil_and_abs_of_negative_numbers(expression, expected):
    """Below and above, not towards zero."""
    assert value(expression) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "round(1, 2)",
        "round(1.5, 0, half)",
        "round(1.5, 0, nearest)",
        "round(1.5, -1, up)",
        "round(1.5, 13, up)",
        "round(1.5, age, up)",
        "round(1.5, 0.5, up)",
    ],
)
def test_rounding_is_always_written_out(expression):
    """No default decides the last penny."""
    assert codes(giving(expression)) == ["CX303"]


# max, min, sum, count, points


def test_max_and_min_take_numbers_dates_and_values_of_one_scale():
    """By value, by calendar, by declared order."""
    assert value("max(age, 3, 7)", age=5) == 7
    assert value("min(age, 3, 7)", age=5) == 3
    assert value("max(age)", age=5) == 5
    assert value("max(speech, mild, hearing)", "{scale: need}", speech="none", hearing="severe") == "severe"
    assert value("min(speech, mild)", "{scale: need}", speech="severe") == "mild"
    assert value("max(seen, 2025-01-01)", "date", seen="2024-12-31") == dt.date(2025, 1, 1)
    assert value("min(seen, today)", "date", seen="2026-01-01") == dt.date(2025, 10, 1)


def test_a_group_stands_for_each_of_its_members():
    """`max(needs)` is the highest of the needs, `count` counts them one by one."""
    given_ = {"speech": "severe", "hearing": "mild"}
    assert value("max(needs)", "{scale: need}", **given_) == "severe"
    assert value("min(needs)", "{scale: need}", **given_) == "mild"
    assert value("count(needs >= mild)", **given_) == 2
    assert value("count(needs >= severe)", **given_) == 1
    assert value("count(needs = profound)", **given_) == 0
    assert value("sum(points(needs))", **given_) == 4
    assert value("sum(points(needs), 10)", **given_) == 14
    assert value("max(points(needs) * 2)", **given_) == 6
    assert value("count(needs >= mild, on_roll, age > 3)", **given_, on_roll=True, age=3) == 3


@pytest.mark.parametrize(
    "expression",
    [
        "needs + 1",
        "points(needs)",
        "if(needs >= severe, 1, 0)",
        "next(needs)",
        "abs(points(needs))",
        "count(needs >= severe and needs2 = mild)",
    ],
)
def test_a_group_stands_nowhere_else(expression):
    """Outside max, min, sum and count it would have several values."""
    found = codes(giving(expression))
    assert found == (["CX201"] if "needs2" in expression else ["CX303"])


def test_two_groups_in_one_part_are_refused():
    """Which member goes with which would be a guess."""
    more = "rates: {}\n"
    text = giving("count(needs >= others)", more=more).replace(
        "  needs: [speech, hearing]", "  needs: [speech, hearing]\n  others: [hearing, speech]"
    )
    assert codes(text) == ["CX303"]


def test_points_count_from_nought_unless_the_scale_declares_them():
    """Point sums are read off published forms, which differ."""
    assert [value("points(speech)", speech=v) for v in ("none", "mild", "profound")] == [0, 1, 4]
    assert [value("points(reading)", reading=v) for v in ("early", "middle", "late")] == [0, 2, 5]


@pytest.mark.parametrize(
    "points", ["{early: 0, middle: 2}", "{early: 0, middle: 2, late: 5, extra: 7}", "{early: 0, middle: x, late: 5}"]
)
def test_declared_points_name_each_value_once(points):
    """A value without points would have none."""
    text = giving("1").replace("{early: 0, middle: 2, late: 5}", points)
    assert codes(text)[0] in ("CX213", "CX108")


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("points(age)", "CX205"),
        ("points(setting)", "CX205"),
        ("speech + 1", "CX205"),
        ("max(setting, plan)", "CX205"),
        ("max(speech, reading)", "CX205"),
        ("max(age, speech)", "CX205"),
        ("max(age, seen)", "CX205"),
        ("sum(speech, hearing)", "CX205"),
        ("count(age)", "CX205"),
        ("if(age, 1, 2)", "CX205"),
        ("if(on_roll, 1, speech)", "CX205"),
        ("if(on_roll, 1)", "CX303"),
        ("max()", "CX303"),
        ("abs(1, 2)", "CX303"),
        ("next(age)", "CX205"),
        ("known(3)", "CX303"),
        ("known(age + 1)", "CX303"),
        ("coalesce(3, 4)", "CX303"),
        ("coalesce(age)", "CX303"),
        ("years_between(seen, 3)", "CX205"),
        ("add_days(3, seen)", "CX205"),
        ("seen + 1", "CX205"),
        ("today - seen", "CX205"),
        ("median(1, 2)", "CX303"),
        ("maks(1, 2)", "CX303"),
        ("nothing + 1", "CX201"),
        ("amount[early]", "CX201"),
        ("not age", "CX205"),
        ("1 and 2", "CX205"),
        ("sex = f", "CX210"),
    ],
)
def test_a_function_is_given_what_it_needs(expression, code):
    """Found when the pack is read, not when a pupil's case is decided."""
    type_ = "yes_no" if expression[0] == "s" and "sex" in expression else "number"
    assert codes(giving(expression, type_)) == [code]


def test_a_misspelt_function_is_answered_with_the_nearest():
    """The fix is named."""
    (fault,) = faults(giving("rond(1, 2, up)"))
    assert "round" in fault.hint


@pytest.mark.parametrize(
    "expression",
    [
        "1 +",
        "(1",
        "1)",
        "1 2",
        "max(1,,2)",
        "a b",
        "1 == 1",
        "3 ** 2",
        "'a'",
        "x.y.z",
        "1 < 2 < 3",
        "5%",
        "1e3",
        "010",
        ".5",
        "5.",
        "a[1",
        "@",
        "__import__('os')",
        "lambda: 1",
    ],
)
def test_an_expression_that_cannot_be_read_is_refused(expression):
    """The grammar is closed: there is no way out of it to Python."""
    text = giving("1").replace('"= 1"', '"= ' + expression + '"')
    assert codes(text) in (["CX302"], ["CX303"], ["CX201"])


# dates


@pytest.mark.parametrize(
    ("a", "b", "months"),
    [
        ("2025-01-31", "2025-02-27", 0),
        ("2025-01-31", "2025-02-28", 1),
        ("2024-01-31", "2024-02-28", 0),
        ("2024-01-31", "2024-02-29", 1),
        ("2024-02-29", "2025-02-27", 11),
        ("2024-02-29", "2025-02-28", 12),
        ("2024-02-29", "2028-02-28", 47),
        ("2024-02-29", "2028-02-29", 48),
        ("2025-03-31", "2025-04-30", 1),
        ("2025-01-15", "2025-02-14", 0),
        ("2025-01-15", "2025-02-15", 1),
        ("2025-10-01", "2025-10-01", 0),
        ("2025-02-28", "2025-03-28", 1),
        ("2025-02-28", "2025-03-31", 1),
        ("2025-02-15", "2025-01-15", -1),
        ("2025-02-14", "2025-01-15", 0),
        ("2025-02-28", "2025-01-31", -1),
        ("1999-12-31", "2000-12-31", 12),
    ],
)
def test_months_between_counts_completed_months(a, b, months):
    """Month ends and leap years decide how old advice is."""
    assert value("months_between(born, seen)", unit="months", born=a, seen=b) == months
    assert value(f"months_between({a}, {b})", unit="months") == months


@pytest.mark.parametrize(
    ("a", "b", "years"),
    [
        ("2020-09-01", "2025-08-31", 4),
        ("2020-09-01", "2025-09-01", 5),
        ("2004-02-29", "2005-02-28", 1),
        ("2004-02-29", "2005-02-27", 0),
        ("2004-02-29", "2008-02-28", 3),
        ("2004-02-29", "2008-02-29", 4),
        ("2025-09-01", "2020-09-01", -5),
        ("2025-09-01", "2020-09-02", -4),
        ("2025-09-01", "2025-09-02", 0),
        ("2025-09-02", "2025-09-01", 0),
    ],
)
def test_years_between_counts_completed_years(a, b, years):
    """A birthday on 29 February is completed on the 28th in a common year, as a month is."""
    assert value("years_between(born, seen)", unit="years", born=a, seen=b) == years


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("add_months(2025-01-31, 1)", "2025-02-28"),
        ("add_months(2024-01-31, 1)", "2024-02-29"),
        ("add_months(2025-03-31, -1)", "2025-02-28"),
        ("add_months(2025-12-31, 2)", "2026-02-28"),
        ("add_months(2025-01-31, 0)", "2025-01-31"),
        ("add_months(2024-02-29, 12)", "2025-02-28"),
        ("add_months(2024-02-29, 48)", "2028-02-29"),
        ("add_months(2025-01-15, -13)", "2023-12-15"),
        ("add_days(2024-02-28, 1)", "2024-02-29"),
        ("add_days(2025-02-28, 1)", "2025-03-01"),
        ("add_days(2025-01-01, -1)", "2024-12-31"),
        ("add_weeks(2025-09-01, 6)", "2025-10-13"),
        ("add_weeks(2025-01-01, -1)", "2024-12-25"),
        ("add_days(today, 0)", "2025-10-01"),
    ],
)
def test_days_are_added_in_the_calendar(expression, expected):
    """31 January plus a month is the last of February."""
    assert value(expression, "date") == dt.date.fromisoformat(expected)


def test_today_is_the_day_passed_in():
    """No rule looks at a clock."""
    text = giving("today", "date")
    for day in (dt.date(2021, 2, 3), dt.date(2030, 12, 31)):
        assert decided(text, on=day).value == day


@given(st.dates(dt.date(1950, 1, 1), dt.date(2050, 1, 1)), st.integers(-600, 600))
def test_months_added_are_months_between(day, months):
    """The two functions agree, month ends included, when counting forward."""
    moved = add_months(day, months)
    assert months_between(day, moved) == months or months < 0
    assert abs(months_between(day, moved) - months) <= 1
    assert moved.day <= day.day


@given(st.dates(), st.dates())
def test_time_between_turns_its_sign_with_its_order(a, b):
    """From b to a is minus from a to b."""
    assert months_between(a, b) == -months_between(b, a)
    assert years_between(a, b) == -years_between(b, a)
    assert abs(years_between(a, b)) == abs(months_between(a, b)) // 12


@pytest.mark.parametrize(
    "expression",
    [
        "add_months(seen, 200000)",
        "add_days(seen, 10000000)",
        "add_weeks(seen, -1000000)",
        "add_days(seen, 0.5 * age)",
        "add_months(seen, age / 2)",
    ],
)
def test_a_day_outside_the_calendar_or_part_of_one_is_for_people(expression):
    """It cannot be worked out, so the decision is referred and says why."""
    outcome = worked(expression, "date", seen="2025-01-01", age=3)
    assert (outcome.state, outcome.cause) == ("refer", "arithmetic")


# next, previous, nearest


def test_next_and_previous_stop_at_the_ends_of_the_scale():
    """The top stays the top, the bottom the bottom."""
    scale = ["none", "mild", "moderate", "severe", "profound"]
    assert [value("next(speech)", "{scale: need}", speech=v) for v in scale] == [*scale[1:], "profound"]
    assert [value("previous(speech)", "{scale: need}", speech=v) for v in scale] == ["none", *scale[:-1]]
    assert value("next(next(speech))", "{scale: need}", speech="severe") == "profound"


@pytest.mark.parametrize(
    ("score", "toward", "expected"),
    [
        ("10", "up", 10),
        ("10.125", "up", 20),
        ("20", "down", 20),
        ("19.875", "down", 10),
        ("-100", "up", 10),
        ("1000", "down", 30),
    ],
)
def test_nearest_may_be_told_to_go_up_or_down(score, toward, expected):
    """An old award between two bands moves to the higher, where the scheme says so."""
    assert value(f"nearest(score, 10, 20, 30, {toward})", score=score) == expected


@pytest.mark.parametrize(("score", "toward"), [("30.125", "up"), ("9.875", "down")])
def test_beyond_the_last_there_is_no_nearest_up_or_down(score, toward):
    """Above the highest band people decide; nobody is quietly put into it."""
    outcome = worked(f"nearest(score, 10, 20, 30, {toward})", score=score)
    assert (outcome.state, outcome.cause) == ("refer", "arithmetic")
    outcome = worked(f"nearest(score, amount, {toward})", "{scale: stage}", more=RATES.replace("unpublished", "30"), score=score)
    assert (outcome.state, outcome.cause) == ("refer", "arithmetic")


@pytest.mark.parametrize(("score", "expected"), [("10", "early"), ("10.125", "middle"), ("20.125", "late")])
def test_the_next_band_up_is_the_one_whose_amount_is_enough(score, expected):
    """Rounded up when between two bands."""
    more = RATES.replace("unpublished", "30")
    assert value("nearest(score, amount, up)", "{scale: stage}", more=more, score=score) == expected


@pytest.mark.parametrize("expression", ["nearest(score, amount, 3)", "nearest(score, amount, up, down)", "nearest(score, up)"])
def test_nearest_takes_one_rate_or_a_list_and_then_a_direction(expression):
    """Anything else is a slip."""
    assert set(codes(giving(expression, more=RATES))) <= {"CX303", "CX201"}
    assert codes(giving(expression, more=RATES))


@pytest.mark.parametrize(
    ("score", "expected"), [("14", 10), ("15", 20), ("16", 20), ("-100", 10), ("1000", 30), ("25", 30), ("10", 10)]
)
def test_nearest_of_numbers_goes_to_the_higher_half_way(score, expected):
    """Fifteen is as far from ten as from twenty; the pupil gets the higher."""
    assert value("nearest(score, 10, 20, 30)", score=score) == expected
    assert value("nearest(score, 30, 10, 20)", score=score) == expected


@pytest.mark.parametrize(
    ("score", "expected"),
    [("14.875", "early"), ("15", "middle"), ("24.875", "middle"), ("25", "late"), ("-100", "early"), ("1000", "late")],
)
def test_nearest_in_a_rate_gives_the_key(score, expected):
    """Rounding to a band."""
    assert value("nearest(score, flat)", "{scale: stage}", more=RATES, score=score) == expected


def test_nearest_in_a_rate_leaves_out_what_is_not_published():
    """An amount nobody knows is near to nothing."""
    assert value("nearest(score, amount)", "{scale: stage}", more=RATES, score="1000") == "middle"


@given(st.fractions(-50, 50), st.lists(st.fractions(-50, 50), min_size=1, max_size=6))
def test_nearest_does_not_depend_on_the_order_of_its_candidates(number, candidates):
    """Half-way goes to the higher amount wherever it stands."""
    pairs = [(c, c) for c in candidates]
    assert nearest(number, pairs) == nearest(number, pairs[::-1])


# if, known, coalesce


def test_if_works_out_only_the_side_it_takes():
    """A division by zero on the other side is not met."""
    assert value("if(age = 0, 0, 10 / age)", age=0) == 0
    assert value("if(age = 0, 0, 10 / age)", age=5) == 2


def test_and_and_or_stop_where_they_can():
    """As `if` does."""
    assert value("if(age != 0 and 10 / age > 1, 1, 0)", age=0) == 0
    assert value("if(age = 0 or 10 / age > 1, 1, 0)", age=0) == 1


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("if(not on_roll and age > 3, 1, 0)", 0),
        ("if(not (on_roll and age > 3), 1, 0)", 1),
        ("if(on_roll or age > 3 and age > 4, 1, 0)", 1),
        ("if(on_roll = yes, 1, 0)", 1),
        ("if(speech = mild or hearing = mild, 1, 0)", 1),
    ],
)
def test_and_binds_more_than_or_and_not_most(expression, expected):
    """The usual order, so that a sentence reads as it is meant."""
    assert value(expression, on_roll=True, age=2, speech="mild", hearing="none") == expected


def test_known_and_coalesce_ask_the_form():
    """A fallback for what nobody gave; absent is given, and has no value."""
    assert value("if(known(age), 1, 0)") == 0
    assert value("if(known(age), 1, 0)", age=3) == 1
    assert value("if(known(last_score), 1, 0)", last_score="absent") == 1
    assert value("coalesce(age, 7)") == 7
    assert value("coalesce(age, 7)", age=3) == 3
    assert value("coalesce(last_score, 7)", last_score="absent") == 7
    assert value("coalesce(last_score, score)", last_score="absent", score=9) == 9
    assert value("coalesce(speech, mild)", "{scale: need}") == "mild"


# absent


def test_a_comparison_with_absent_does_not_hold_and_is_not_counted():
    """Said to be none is no number."""
    given_ = {"last_score": "absent", "score": 1}
    assert value("count(last_score > 0, score > 0)", **given_) == 1
    assert value("if(last_score > 0, 1, 0)", **given_) == 0
    assert value("if(last_score <= 0, 1, 0)", **given_) == 0
    assert value("if(max(last_score, score) > 0, 1, 0)", **given_) == 0
    assert value("if(last_score + score != 4, 1, 0)", **given_) == 0


def test_an_absent_answer_to_a_yes_or_no_question_is_not_yes():
    """It is counted nowhere and no condition holds of it."""
    assert value("count(hears)", hears="absent") == 0
    assert value("count(hears)", hears=True) == 1
    assert value("if(hears, 1, 0)", hears="absent") == 0
    assert value("if(hears and on_roll, 1, 0)", hears="absent", on_roll=True) == 0
    assert value("if(hears or on_roll, 1, 0)", hears="absent", on_roll=False) == 0


@pytest.mark.parametrize(
    ("expression", "type_"),
    [
        ("last_score + 1", "number"),
        ("max(last_score, 3)", "number"),
        ("points(if(known(advice), speech, mild)) + last_score", "number"),
        ("add_days(advice, 1)", "date"),
        ("advice", "date"),
        ("hears", "yes_no"),
        ("round(last_score, 0, up)", "number"),
        ("if(on_roll, last_score, 1)", "number"),
    ],
)
def test_an_outcome_over_an_absent_value_is_for_people(expression, type_):
    """There is no number to give, so no number is given, and the result can still be written down."""
    given_ = {"last_score": "absent", "advice": "absent", "hears": "absent", "on_roll": True}
    outcome = worked(expression, type_, **given_)
    assert (outcome.state, outcome.value) == ("refer", None)
    assert outcome.model_dump_json()


def test_an_absent_amount_in_a_sum_is_for_people():
    """A total without one of its parts would be too low."""
    rules = """
    - {id: R-1, when: {age: any}, then: "= last_score", because: b}
    - {id: R-2, when: {age: any}, then: "5", because: b}
    """
    outcome = decided(table("sum", rules), age=3, last_score="absent")
    assert (outcome.state, outcome.alongside) == ("refer", 5)


# what cannot be worked out


@pytest.mark.parametrize(
    ("expression", "cause"),
    [
        ("10 / age", "arithmetic"),
        ("1 / (age - age)", "arithmetic"),
        ("amount[late]", "unpublished"),
        ("amount[reading] + 1", "unpublished"),
        ("partial[middle]", "arithmetic"),
    ],
)
def test_what_cannot_be_worked_out_is_referred_with_its_cause(expression, cause):
    """Never an exception, never a nought."""
    outcome = worked(expression, more=RATES, age=0, reading="late")
    assert (outcome.state, outcome.cause, outcome.value) == ("refer", cause, None)
    assert outcome.rules == ("R-1",)
    assert outcome.because


def test_a_condition_that_cannot_be_worked_out_refers_the_table():
    """Which rule holds is not known, so none is picked."""
    rules = """
    - {id: R-1, when: {age: "> 10 / other_age"}, then: "1", because: b}
    - {id: R-2, otherwise: "0", because: b}
    """
    text = table("first", rules)
    assert decided(text, age=3, other_age=5).value == 1
    outcome = decided(text, age=3, other_age=0)
    assert (outcome.state, outcome.cause) == ("refer", "arithmetic")


@pytest.mark.parametrize("expression", ["1 / 0", "5 / (2 - 2)", "add_months(2025-01-01, 200000)"])
def test_a_constant_that_cannot_be_worked_out_is_found_when_the_pack_is_read(expression):
    """Not when a pupil's case is decided."""
    assert codes(giving(expression, "date" if "add" in expression else "number")) == ["CX303"]


# types and units


@pytest.mark.parametrize("then", ['"2.5"', '"= 5 / 2"', '"= age / 2"'])
def test_a_whole_number_outcome_is_whole(then):
    """An integer table that can give two and a half has the wrong type."""
    text = table("first", f"- {{id: R-1, otherwise: {then}, because: b}}", type_="integer")
    assert codes(text) or decided(text, age=3).state == "refer"


@pytest.mark.parametrize("expression", ["plan", "if(on_roll, plan, setting)"])
def test_choices_with_different_values_do_not_mix(expression):
    """Else a decision could give a value its type does not have."""
    text = giving(expression, "{choice: places}")
    assert codes(text) == ["CX205"]


UNITS = """
rates:
  hourly: {keys: [], type: money, unit: GBP/hour, rows: [{value: 20}]}
  weekly_hours: {keys: [], type: number, unit: hours/week, rows: [{value: 5}]}
  weeks: {keys: [], type: number, unit: weeks/year, rows: [{value: 39}]}
  termly: {keys: [], type: money, unit: GBP/term, rows: [{value: 100}]}
  terms_a_year: {keys: [], type: number, unit: terms/year, rows: [{value: 3}]}
"""


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("weekly_hours[] * hourly[] * weeks[]", "3900.00"),
        ("termly[] * terms_a_year[] + cost", "310.00"),
        ("cost + 5", "15.00"),
        ("cost * 3", "30.00"),
        ("max(0, cost - 6000)", "0.00"),
        ("cost * cost / cost", "10.00"),
        ("if(cost > 5, cost, 0)", "10.00"),
    ],
)
def test_units_are_multiplied_and_cancelled(expression, expected):
    """Hours a week times pounds an hour times weeks a year is pounds a year."""
    assert value(expression, "money", more=UNITS, cost=10) == Decimal(expected)


@pytest.mark.parametrize(
    "expression",
    [
        "cost + termly[]",
        "termly[]",
        "weekly_hours[] * hourly[]",
        "max(cost, termly[])",
        "if(on_roll, cost, termly[])",
        "cost * cost",
        "nearest(cost, termly[], cost)",
        "cost + age",
        "coalesce(cost, termly[])",
        "if(cost > termly[], cost, cost)",
    ],
)
def test_units_that_differ_are_refused(expression):
    """Pounds a term added to pounds a year is a wrong amount with a straight face."""
    assert codes(giving(expression, "money", more=UNITS)) == ["CX208"]


def test_the_words_for_two_units_name_both():
    """Which two, and what to do."""
    (fault,) = faults(giving("cost + termly[]", "money", more=UNITS))
    assert "GBP/year" in fault.message
    assert "GBP/term" in fault.message
    assert "factor" in fault.hint


def test_a_measure_may_state_the_unit_of_a_bare_number():
    """A written number takes the unit it is used with."""
    assert value("cost + extra", "money", more="measures: {extra: {is: '5', unit: GBP/year}}\n", cost=1) == Decimal("6.00")
    assert codes(giving("cost", "money", more="measures: {extra: {is: cost, unit: GBP/term}}\n")) == ["CX208"]


def test_money_is_rounded_only_at_the_end_by_the_way_the_table_names():
    """A third of 100 three times is 100."""
    assert value("cost / 3 + cost / 3 + cost / 3", "money", cost=100) == Decimal("100.00")
    assert value("cost / 3", "money", cost=100) == Decimal("33.33")
    assert str(value("cost / 8", "money", cost="100.04")) == "12.51"
    assert str(value("cost", "money", cost="0.1")) == "0.10"


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("half_even", "0.12"), ("half_up", "0.13"), ("down", "0.12"), ("up", "0.13"), ("floor", "0.12"), ("ceil", "0.13")],
)
def test_each_money_table_names_its_rounding(mode, expected):
    """Half a penny is somebody's."""
    text = giving("cost / 8", "money").replace("half_up", mode)
    assert str(decided(text, cost=1).value) == expected


@settings(max_examples=60)
@given(st.integers(0, 2_000_000), st.integers(0, 2_000_000))
def test_amounts_add_as_pennies_do(a, b):
    """Against whole pennies, which cannot go wrong."""
    rules = """
    - {id: R-1, when: {age: any}, then: "= cost", because: b}
    - {id: R-2, when: {age: any}, then: "= extra", because: b}
    """
    keys = "unit: GBP/year\n  places: 2\n  rounding: half_up"
    inputs = """
    inputs:
      age: {ask: Age, type: integer, min: 0, max: 9}
      cost: {ask: Cost, type: money, unit: GBP/year, min: 0, max: 20000}
      extra: {ask: Extra, type: money, unit: GBP/year, min: 0, max: 20000}
    """
    text = table("sum", rules, type_="money", keys=keys, inputs=inputs)
    given_ = {"age": 1, "cost": Decimal(a) / 100, "extra": Decimal(b) / 100}
    assert decided(text, **given_).value == Decimal(a + b) / 100


# days of the year, and the second highest


@pytest.mark.parametrize(
    ("expression", "seen", "expected"),
    [
        ("last_day(seen, 9, 1)", "2025-09-01", "2025-09-01"), ("last_day(seen, 9, 1)", "2025-08-31", "2024-09-01"),
        ("next_day(seen, 7, 31)", "2025-07-31", "2025-07-31"), ("next_day(seen, 7, 31)", "2025-08-01", "2026-07-31"),
        ("last_day(seen, 2, 29)", "2025-03-01", "2025-02-28"), ("last_day(seen, 2, 29)", "2024-03-01", "2024-02-29"),
    ],
)  # fmt: skip
def test_a_fixed_day_of_the_year_needs_no_row_for_every_year(expression, seen, expected):
    """Ages are counted at the start of the school year, awards end with it."""
    assert str(value(expression, "date", seen=seen)) == expected


@pytest.mark.parametrize(
    "expression", ["last_day(seen, 13, 1)", "last_day(seen, 2, 30)", "next_day(seen, age, 1)", "next_day(seen, 4, 0.5)"]
)
def test_a_day_of_the_year_is_a_day_that_there_is(expression):
    """The thirtieth of February never comes."""
    assert codes(giving(expression, "date")) == ["CX303"]


@pytest.mark.parametrize(("numbers", "expected"), [("1, 5, 3", 3), ("5, 5, 3", 5), ("5, 1", 1)])
def test_the_second_highest_counts_equals_each(numbers, expected):
    """Where two areas are equally high, the second is as high as the first."""
    assert value(f"nth_highest(2, {numbers})") == expected


def test_the_second_highest_of_a_group_of_levels():
    """The award goes by the two areas of most need."""
    given = {"speech": "severe", "hearing": "mild"}
    assert value("nth_highest(2, needs)", "{scale: need}", **given) == "mild"
    assert value("points(nth_highest(1, needs)) + points(nth_highest(2, needs)) / 2", **given) == 3.5
    assert worked("nth_highest(2, needs)", "{scale: need}", speech="mild").possible == ("none", "mild")
    for wrong in ("nth_highest(3, needs)", "nth_highest(0, needs)", "nth_highest(needs, 2)", "nth_highest(2)"):
        assert codes(giving(wrong, "{scale: need}")) == ["CX303"]


@given(st.lists(st.integers(-100, 100), min_size=2, max_size=6), st.data())
def test_the_nth_highest_is_that_of_a_sorted_list(numbers, data):
    """For every list and place."""
    place = data.draw(st.integers(1, len(numbers)))
    expected = sorted(numbers, reverse=True)[place - 1]
    assert value(f"nth_highest({place}, {', '.join(str(number) for number in numbers)})") == expected
