# SPDX-License-Identifier: MIT
"""What every form of cell holds of: operators, intervals, lists, states, right sides, decisions and sets."""

from __future__ import annotations

import pytest
from tests.helpers import asking, codes, decided, faults, holds, pack, rulebook, table

AGES = range(-10, 31)

LOW_HIGH = """
- decision: award
  asks: How much?
  type: {fields: {low: number, high: number}}
  hit: first
  rules: [{id: A-1, otherwise: {low: "= age", high: "10"}, because: b}]
"""

COLLECT = """
- decision: found
  asks: Which?
  type: {choice: [red, green, blue]}
  hit: collect
  rules:
    - {id: F-1, when: {age: ">= 1"}, then: red, because: b}
    - {id: F-2, when: {age: ">= 2"}, then: [green, blue], because: b}
- decision: out
  asks: Does it hold?
  type: yes_no
  hit: first
  rules:
    - {id: R-1, when: {found: "CELL"}, then: yes, because: b}
    - {id: R-2, otherwise: no, because: b}
"""

STATES = """
- decision: scope
  asks: In scope?
  type: {choice: [inside]}
  hit: first
  rules:
    - {id: S-1, when: {age: "< 0"}, then: not_applicable, because: b}
    - {id: S-2, when: {age: "> 20"}, then: refer, to: panel, because: b}
    - {id: S-3, otherwise: inside, because: b}
- decision: out
  asks: Does it hold?
  type: yes_no
  hit: first
  rules:
    - {id: R-1, when: {scope: "CELL"}, then: yes, because: b}
    - {id: R-2, otherwise: no, because: b}
"""


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("5", {5}),
        ("-3", {-3}),
        ("= 5", {5}),
        ("< 5", set(range(-10, 5))),
        ("<= 5", set(range(-10, 6))),
        ("> 5", set(range(6, 31))),
        (">= 5", set(range(5, 31))),
        ("!= 5", set(AGES) - {5}),
        ("[5 .. 8]", {5, 6, 7, 8}),
        ("(5 .. 8]", {6, 7, 8}),
        ("[5 .. 8)", {5, 6, 7}),
        ("(5 .. 8)", {6, 7}),
        ("[5 .. 5]", {5}),
        ("[-3 .. -1]", {-3, -2, -1}),
        ("[5..8]", {5, 6, 7, 8}),
        ("1, 2, 3", {1, 2, 3}),
        ("< 0, [5 .. 6], > 29", {*range(-10, 0), 5, 6, 30}),
        ("not (5)", set(AGES) - {5}),
        ("not (5, 6)", set(AGES) - {5, 6}),
        ("not (< 5, [10 .. 30])", {5, 6, 7, 8, 9}),
        ("not (not (5, 6))", {5, 6}),
        ("not (> 5), 9", {*range(-10, 6), 9}),
        ("any", set(AGES)),
        ("not (any)", set()),
        ("2 * 3", {6}),
        ("> 2 * (3 + 1)", set(range(9, 31))),
        ("[10 / 2 .. 3 * 3)", {5, 6, 7, 8}),
        ("max(3, 4)", {4}),
    ],
)
def test_a_number_cell_holds_of_exactly_these_values(cell, expected):
    """Each end of an interval and each operator decides somebody's case at the edge."""
    assert {age for age in AGES if holds("age", cell, age=age)} == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("severe", {"severe"}),
        (">= severe", {"severe", "profound"}),
        ("> severe", {"profound"}),
        ("<= mild", {"none", "mild"}),
        ("< mild", {"none"}),
        ("!= none", {"mild", "moderate", "severe", "profound"}),
        ("[mild .. severe]", {"mild", "moderate", "severe"}),
        ("(mild .. severe)", {"moderate"}),
        ("[mild .. severe)", {"mild", "moderate"}),
        ("none, >= severe", {"none", "severe", "profound"}),
        ("not (mild, severe)", {"none", "moderate", "profound"}),
    ],
)
def test_a_scale_is_compared_by_its_declared_order(cell, expected):
    """The order is the one the pack declares, never the alphabet's."""
    scale = ("none", "mild", "moderate", "severe", "profound")
    assert {value for value in scale if holds("speech", cell, speech=value)} == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("srp", {"srp"}),
        ("!= srp", {"mainstream", "special"}),
        ("srp, special", {"srp", "special"}),
        ("not (srp)", {"mainstream", "special"}),
    ],
)
def test_a_choice_is_only_equal_or_not(cell, expected):
    """A choice has no order, so equality and lists are all there is."""
    assert {v for v in ("mainstream", "srp", "special") if holds("setting", cell, setting=v)} == expected


@pytest.mark.parametrize("cell", ["> srp", "<= srp", "[mainstream .. special]"])
def test_a_choice_has_no_order(cell):
    """An order nobody declared would be guessed."""
    assert codes(asking("setting", f'"{cell}"')) == ["CX205"]


@pytest.mark.parametrize(
    ("cell", "expected"), [("yes", {True}), ("no", {False}), ("not (yes)", {False}), ("yes, no", {True, False})]
)
def test_a_yes_no_cell_takes_yes_and_no(cell, expected):
    """YAML would make booleans of these words; the pack's own schema does."""
    assert {v for v in (True, False) if holds("on_roll", cell, on_roll=v)} == expected


def test_unquoted_yes_and_no_are_the_words_they_spell():
    """Every scalar is read as text, so quotes change nothing."""
    assert decided(asking("on_roll", "no"), on_roll=False).value is True


@pytest.mark.parametrize("cell", ["> yes", "maybe", "true", "1"])
def test_a_yes_no_cell_takes_nothing_else(cell):
    """One way to write each answer."""
    assert codes(asking("on_roll", f'"{cell}"'))


@pytest.mark.parametrize(
    ("cell", "day", "expected"),
    [
        ("2025-09-01", "2025-09-01", True),
        ("< 2025-09-01", "2025-09-01", False),
        ("< 2025-09-01", "2025-08-31", True),
        ("> 2025-09-01", "2025-09-02", True),
        (">= 2025-09-01", "2025-09-01", True),
        ("[2025-09-01 .. 2026-08-31]", "2026-08-31", True),
        ("[2025-09-01 .. 2026-08-31)", "2026-08-31", False),
        ("(2025-09-01 .. 2026-08-31]", "2025-09-01", False),
        ("<= today", "2025-10-01", True),
        ("< today", "2025-10-01", False),
        ("> add_months(today, -6)", "2025-04-01", False),
        ("> add_months(today, -6)", "2025-04-02", True),
    ],
)
def test_a_date_cell_compares_days(cell, day, expected):
    """Transition rules rest on the day before and the day itself."""
    assert holds("seen", cell, seen=day) is expected


@pytest.mark.parametrize(
    ("cell", "value", "expected"),
    [
        ("[0.5 .. 0.75)", "0.5", True),
        ("[0.5 .. 0.75)", "0.625", True),
        ("[0.5 .. 0.75)", "0.75", False),
        ("(0.5 .. 0.75]", "0.5", False),
        ("(0.5 .. 0.75]", "0.75", True),
        ("0.1 + 0.2 - 0.3", "0", True),
    ],
)
def test_decimal_ends_are_exact(cell, value, expected):
    """A visual acuity of 0.5 is on one side of a line, always the same one."""
    assert holds("score", cell, score=value) is expected


def test_known_and_unknown_ask_whether_the_form_gave_the_value():
    """Nobody having said is a fact about the form, not about the pupil."""
    extra = ", missing: deliberate"
    assert holds("age", "known", age=3) is True
    assert holds("age", "known") is False
    assert holds("age", "unknown", extra=extra) is True
    assert holds("age", "unknown", extra=extra, age=3) is False
    assert holds("age", "unknown, < 3", extra=extra) is True


def test_absent_counts_as_given():
    """Said to be none is an answer."""
    assert holds("last_score", "known", last_score="absent") is True
    assert holds("last_score", "absent", last_score="absent") is True
    assert holds("last_score", "present", last_score="absent") is False
    assert holds("last_score", "absent", last_score="3") is False
    assert holds("last_score", "present", last_score="3") is True


@pytest.mark.parametrize("cell", ["= 3", "!= 3", "< 3", ">= -100", "[-100 .. 1000]", "> score"])
def test_an_absent_value_satisfies_no_comparison(cell):
    """There is nothing to compare."""
    assert holds("last_score", cell, last_score="absent", score=3) is False


def test_not_of_a_value_holds_of_absent_because_it_is_not_that_value():
    """`not (3)` asks whether it is none of these, and it is none of these."""
    assert holds("last_score", "not (3)", last_score="absent") is True
    assert holds("last_score", "absent, > 3", last_score="absent") is True


def test_a_comparison_with_an_absent_right_side_does_not_hold():
    """Last year's score said to be none is no threshold."""
    for cell in ("> last_score", "<= last_score", "!= last_score", "> last_score - 1"):
        assert holds("score", cell, score=1, last_score="absent") is False


@pytest.mark.parametrize("cell", ["absent", "present"])
def test_only_an_optional_input_can_be_absent(cell):
    """Otherwise the cell could never hold."""
    assert codes(asking("age", cell)) == ["CX205"]


def test_a_cell_may_compare_with_another_input_a_measure_or_an_expression():
    """Thresholds are often last year's value, or worked out."""
    assert holds("age", "> other_age", age=4, other_age=3) is True
    assert holds("age", "> other_age", age=3, other_age=3) is False
    assert holds("age", "[other_age .. other_age + 2]", age=5, other_age=3) is True
    assert holds("age", "(other_age .. other_age + 2)", age=5, other_age=3) is False
    assert holds("speech", ">= hearing", speech="severe", hearing="mild") is True
    assert holds("age", "= twice", age=6, other_age=3, more="measures: {twice: 2 * other_age}\n") is True


def test_a_cell_may_compare_with_a_rate_looked_up():
    """A threshold by stage is a rate by stage."""
    more = """
    rates:
      threshold:
        keys: [stage]
        type: number
        rows:
          - {stage: early, value: 3}
          - {stage: any, value: 7}
    """
    assert holds("score", ">= threshold[reading]", more=more, score=5, reading="early") is True
    assert holds("score", ">= threshold[reading]", more=more, score=5, reading="late") is False
    assert holds("score", "[threshold[early] .. threshold[late]]", more=more, score=7) is True


def test_a_dotted_field_of_a_decision_may_stand_on_either_side():
    """A decision may give several values."""
    text = pack(
        LOW_HIGH
        + """
- decision: out
  asks: Does it hold?
  type: yes_no
  hit: first
  rules:
    - {id: R-1, when: {award.low: "> 3", age: "<= award.high"}, then: yes, because: b}
    - {id: R-2, otherwise: no, because: b}
"""
    )
    assert [decided(text, age=age).value for age in (3, 4, 10, 11)] == [False, True, True, False]


@pytest.mark.parametrize(("subject", "code"), [("award", "CX205"), ("award.middle", "CX201"), ("age.low", "CX201")])
def test_a_decision_with_fields_is_read_by_field(subject, code):
    """Which of the values is meant must be said."""
    text = pack(
        LOW_HIGH
        + f"""
- decision: out
  asks: Does it hold?
  type: yes_no
  hit: first
  rules:
    - {{id: R-1, when: {{{subject}: "> 3"}}, then: yes, because: b}}
    - {{id: R-2, otherwise: no, because: b}}
"""
    )
    assert codes(text) == [code]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("red", [False, True, True]),
        ("green", [False, False, True]),
        ("green, blue", [False, False, True]),
        ("not (red)", [True, False, False]),
        ("not (blue)", [True, True, False]),
        ("not (green, blue)", [True, True, False]),
        ("!= red", [False, False, True]),
        ("any", [True, True, True]),
    ],
)
def test_a_cell_on_a_collect_decision_asks_for_a_member(cell, expected):
    """`not` holds when no member satisfies what it lists."""
    text = pack(COLLECT.replace("CELL", cell))
    assert [decided(text, age=age).value for age in (0, 1, 2)] == expected


@pytest.mark.parametrize("cell", ["> red", "purple", "[red .. blue]"])
def test_a_set_has_no_order_and_only_its_own_values(cell):
    """A typing slip must not become a rule that never applies."""
    assert codes(pack(COLLECT.replace("CELL", cell))) in (["CX205"], ["CX206"])


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("applicable", [False, True, True]),
        ("not_applicable", [True, False, False]),
        ("referred", [False, False, True]),
        ("not (referred)", [True, True, False]),
        ("inside, referred", [False, True, True]),
        ("not_applicable, inside", [True, True, False]),
    ],
)
def test_a_cell_may_ask_the_state_of_a_decision(cell, expected):
    """A rule may say what to do when another decision is for people, or does not apply."""
    text = pack(STATES.replace("CELL", cell))
    assert [decided(text, age=age).value for age in (-1, 5, 25)] == expected


@pytest.mark.parametrize(
    ("subject", "cell"), [("age", "referred"), ("age", "applicable"), ("today", "known"), ("twice", "known")]
)
def test_states_are_asked_of_what_has_them(subject, cell):
    """An input is never referred; a measure is never given."""
    assert codes(asking(subject, cell, more="measures: {twice: 2 * age}\n")) == ["CX205"]


@pytest.mark.parametrize(
    ("yaml", "expected"),
    [
        ("5", {5}),
        ("[5, 6]", {5, 6}),
        ("['< 0', 6]", {*range(-10, 0), 6}),
        ("[5 .. 7]", {5, 6, 7}),
        ("'[5 .. 7]'", {5, 6, 7}),
        ('"> 28"', {29, 30}),
        ("not (> -9)", {-10, -9}),
    ],
)
def test_a_yaml_number_or_list_is_read_as_the_cell_it_spells(yaml, expected):
    """People write a list without quotes; it means what it says."""
    text = asking("age", yaml)
    assert {age for age in AGES if decided(text, age=age).value} == expected


@pytest.mark.parametrize("yaml", ["{a: 1}", "[[1]]", "[]"])
def test_a_cell_that_is_no_text_is_refused_with_the_fix(yaml):
    """A mapping where a cell belongs is a missing quote."""
    (fault,) = faults(asking("age", yaml))
    assert fault.code == "CX107"
    assert "quotes" in fault.hint


def test_an_operator_without_quotes_is_a_yaml_fault_whose_hint_says_so():
    """`>` begins a block of text in YAML."""
    (fault,) = faults(asking("age", "x").replace("{age: x}", "\n        age: >= 3"))
    assert fault.code == "CX102"
    assert "quotes" in fault.hint


@pytest.mark.parametrize(
    ("cell", "hint"),
    [
        ("== 3", "="),
        ("=> 3", ">="),
        ("=< 3", "<="),
        ("<> 3", "!="),
        ("£6000", "pound"),
        ("10%", "0.1"),
        ("5 to 16", "[5 .. 16]"),
        ("3-4", ".."),
        ("5-16", ".."),
        ("> 3 & < 5", "and"),
        ("[5 .. 16", ""),
        ("", ""),
        (">=", ""),
        ("1,500", "write 1500"),
        ("not 5", ""),
        ("not ()", ""),
    ],
)
def test_a_cell_that_cannot_be_read_gets_the_nearest_fix(cell, hint):
    """What people write in letters and spreadsheets is named, not just refused."""
    found = faults(asking("cost" if "500" in cell else "age", f'"{cell}"'))
    assert [fault.code for fault in found] == ["CX301"]
    assert hint in found[0].hint


@pytest.mark.parametrize("cell", ["[16 .. 5]", "(5 .. 5)", "[5 .. 5)", "(5 .. 5]"])
def test_an_interval_that_holds_nothing_is_refused(cell):
    """It could only be a slip."""
    assert codes(asking("age", f'"{cell}"')) == ["CX213"]


@pytest.mark.parametrize(
    ("subject", "cell", "code"),
    [
        ("age", "severe", "CX205"),
        ("speech", "3", "CX205"),
        ("speech", "late", "CX206"),
        ("speech", "sever", "CX206"),
        ("seen", "3", "CX205"),
        ("age", "2025-01-01", "CX205"),
        ("speech", ">= reading", "CX205"),
        ("plan", "setting", "CX205"),
        ("age", "> cost", "CX208"),
        ("age", "> nothing", "CX201"),
        ("agee", "3", "CX201"),
        ("seen", "2025-02-30", "CX301"),
        ("needs", ">= severe", "CX303"),
        ("sex", "f", "CX210"),
    ],
)
def test_a_cell_of_the_wrong_type_is_refused(subject, cell, code):
    """A rule that can never hold, or means something else, is found when the pack is read."""
    assert codes(asking(subject, f'"{cell}"')) == [code]


@pytest.mark.parametrize(
    ("subject", "cell"), [("age", "99"), ("age", "-11"), ("age", "2.5"), ("score", "0.1"), ("cost", "0.001")]
)
def test_a_value_that_the_input_can_never_take_is_refused(subject, cell):
    """Equal to a number off the range or the step can never hold, so it is a slip."""
    assert codes(asking(subject, f'"{cell}"')) == ["CX207"]


def test_a_misspelt_value_is_answered_with_the_nearest():
    """The fix is named."""
    (fault,) = faults(asking("speech", "sever"))
    assert "severe" in fault.hint


@pytest.mark.parametrize("cell", ["unknown", "unknown, < 3", "not (known)"])
def test_a_missing_answer_decides_only_on_purpose(cell):
    """A form left empty must not give money or take it away unless the rule says it is meant."""
    text = asking("age", f'"{cell}"')
    assert codes(text) == ["CX214"]
    assert codes(text.replace("because: It holds.", "because: It holds., missing: deliberate")) == []


def test_deliberate_without_a_missing_answer_is_refused():
    """A mark that says nothing would rot."""
    assert codes(asking("age", "3", extra=", missing: deliberate")) == ["CX213"]


def test_conditions_nest_all_any_and_not():
    """Real criteria do."""
    rules = """
    - id: R-1
      when:
        age: "> 0"
        any:
          - {speech: ">= severe", hearing: ">= mild"}
          - all:
              - {speech: mild}
              - not: {hearing: none}
        not: {setting: special}
      then: "1"
      because: b
    - {id: R-2, otherwise: "0", because: b}
    """
    text = table("first", rules)
    base = {"age": 1, "speech": "severe", "hearing": "mild", "setting": "srp"}

    def answer(**changed):
        return int(decided(text, **base | changed).value)

    assert answer() == 1
    assert answer(age=0) == 0
    assert answer(hearing="none") == 0
    assert answer(speech="mild") == 1
    assert answer(speech="mild", hearing="none") == 0
    assert answer(setting="special") == 0


@pytest.mark.parametrize(
    "when", ["{}", "[]", "{any: []}", "{all: {age: 3}}", "{not: []}", "{any: [{}]}", "{any: [3]}", "{not: {}}"]
)
def test_an_empty_or_misshapen_condition_is_refused(when):
    """An empty `any` or `all` would hold never or always, by accident."""
    rules = f"""
    - {{id: R-1, when: {when}, then: "1", because: b}}
    - {{id: R-2, otherwise: "0", because: b}}
    """
    assert set(codes(table("first", rules))) == {"CX107"}


def test_cells_are_compiled_once_and_shared():
    """The same words mean the same wherever they stand."""
    assert rulebook(asking("age", '"> 3"')) is rulebook(asking("age", '"> 3"'))
