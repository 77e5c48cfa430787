# SPDX-License-Identifier: MIT
"""A sum is shared to the penny by indicated need, nothing is guessed, and nothing shown gives a small count away."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest

pytest.importorskip("hypothesis")
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from tests.helpers import DAY, pack, rulebook

import continuum
from continuum.cli import cli
from continuum.figures.budget import Plan, Weights, budget, one_value, read_weights
from continuum.figures.budget_told import csv_text, data
from continuum.figures.pupils import Pupils
from continuum.figures.shares import pence_of, plain_pounds, pounds, shared

KENT = continuum.load("kent-continuum", on=DAY)
FULL = {
    "age": 8, "year_group": 4, "school_phase": "primary", "state_funded": "yes", "setting": "mainstream", "plan": "ehcp",
    "primary_type": "slcn", "reviewed_cycles": 3, "advice_date": "2025-06-12", "training_date": "2025-02-03",
    "provision_cost": "8200.00", "learning_gap": "absent",
}  # fmt: skip
PREDICTABLE = FULL | {"autism": "moderate"}
EXCEPTIONAL = FULL | {"autism": "profound"}
OPEN = FULL | {"autism": "unknown", "provision_cost": "0.00"}


def caseload(*groups):
    """Rows: so many pupils with these answers in that community."""
    return [answers | {"community": name} for name, answers, number in groups for _ in range(number)]


def made(rows, plan, rules=KENT):
    """The budget of rows."""
    reading = Pupils(rules, DAY, (plan.by,))
    return budget([reading.pupil(row) for row in rows], reading, plan)


def plan(pence=100_000, weights=None, **more):
    """A plan for Kent."""
    return Plan("community", pence, weights or one_value(KENT.pack), **more)


NAMES = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.fractions(0, 50), min_size=1, max_size=12)


@given(st.integers(0, 10**12), NAMES.filter(lambda weights: any(weights.values())))
def test_shares_add_up_and_are_within_a_penny(pence, weights):
    """Nothing is left over, nobody gets a penny more or less than rounding explains, and whoever weighs nothing gets nothing."""
    shares = shared(pence, weights)
    assert sum(shares.values()) == pence
    whole = sum(weights.values())
    for name, weight in weights.items():
        assert abs(shares[name] - pence * weight / whole) < 1
        assert weight or not shares[name]


@given(st.integers(0, 10**6), NAMES.filter(lambda weights: any(weights.values())))
def test_the_pence_left_go_to_the_largest_remainders_and_then_by_name(pence, weights):
    """No order of the input changes a share, and nobody who got a penny lost less by rounding than somebody who did not."""
    shares = shared(pence, weights)
    assert shares == shared(pence, dict(reversed(weights.items())))
    whole = sum(weights.values())
    lost = {name: pence * weight / whole % 1 for name, weight in weights.items()}
    up = {name for name in weights if shares[name] > pence * weights[name] / whole}
    for lucky in up:
        assert all((-lost[lucky], lucky) < (-lost[other], other) for other in weights if other not in up)


def test_equal_claims_on_the_last_penny_are_settled_by_name():
    """Worked by hand: 100 pence over three equal claims is 33 each, and the one left goes to the first name."""
    assert shared(100, {"c": 1, "a": 1, "b": 1}) == {"c": 33, "a": 34, "b": 33}
    assert shared(101, {"c": 1, "a": 1, "b": 1}) == {"c": 33, "a": 34, "b": 34}
    assert shared(10, {"a": 7, "b": 2, "c": 1}) == {"a": 7, "b": 2, "c": 1}


def test_what_cannot_be_shared_is_refused():
    """A sum without a claim would have to be guessed."""
    with pytest.raises(ValueError, match="every weight is 0"):
        shared(100, {"a": 0})
    with pytest.raises(ValueError, match="not negative"):
        shared(100, {"a": -1, "b": 2})


@pytest.mark.parametrize(
    ("text", "pence"), [("1250000", 125_000_000), ("£1,250,000.50", 125_000_050), ("0.5", 50), ("7.05", 705), ("0", 0)]
)
def test_pounds_are_read_as_people_write_them(text, pence):
    """To the penny, and back."""
    assert pence_of(text) == pence
    assert pence_of(pounds(pence)) == pence_of(plain_pounds(pence)) == pence


@pytest.mark.parametrize("text", ["", "1.234", "-5", "1,25", "1e6", "1.5m", "12,34,567", "£"])
def test_what_is_not_a_sum_is_refused(text):
    """A slip in a sum is a costly one."""
    with pytest.raises(ValueError, match="not a sum in pounds"):
        pence_of(text)


def test_each_community_gets_its_part_by_pupils_with_predictable_need():
    """By hand: 30 and 10 pupils count; those with another band, or not settled, do not."""
    north = [("North", PREDICTABLE, 30), ("North", EXCEPTIONAL, 20)]
    rows = caseload(*north, ("South", PREDICTABLE, 10), ("South", OPEN, 12))
    found = made(rows, plan(40_000))
    assert found.shares == {"North": 30_000, "South": 10_000}
    assert [found.table.shown("South"), found.together("South", found.counted), found.together("South", found.open)] == [
        22,
        10,
        12,
    ]


def test_who_is_not_settled_is_counted_and_never_shared_for():
    """An open answer moves nobody's money, but where every outcome still possible weighs the same it is settled."""
    either = Weights({"band": {"universal": Fraction(0), "predictable": Fraction(1), "exceptional": Fraction(1)}})
    sure = FULL | {"autism": "moderate", "mental_health": "unknown"}
    assert KENT.decide(sure, on=DAY).outcomes["band"].possible == ("predictable", "exceptional")
    rows = caseload(("North", PREDICTABLE, 10), ("South", sure, 10))
    assert made(rows, plan(weights=either)).shares == {"North": 50_000, "South": 50_000}
    assert made(rows, plan()).shares == {"North": 100_000, "South": 0}


def test_a_pupil_whom_people_decide_may_weigh_anything():
    """A referral is not a zero."""
    text = pack(
        """
        - decision: out
          asks: Which?
          type: {choice: [low, high]}
          hit: first
          rules:
            - {id: R-1, when: {on_roll: no}, then: refer, to: the panel, because: People look.}
            - {id: R-2, otherwise: high, because: It is.}
        """
    )
    weights = Weights({"out": {"low": Fraction(0), "high": Fraction(2)}})
    outcomes = {answer: rulebook(text).decide({"on_roll": answer}, on=DAY).outcomes for answer in ("yes", "no")}
    assert outcomes["no"]["out"].state == "refer"
    assert weights.of(outcomes["no"]) == (0, 2)
    assert weights.of(outcomes["yes"]) == (2, 2)
    assert weights.of(rulebook(text).decide({}, on=DAY).outcomes) == (0, 2)


def test_weights_of_several_decisions_add_up():
    """A finance officer's own scheme is a few lines of YAML."""
    text = "band: {universal: 0, predictable: 1, exceptional: 0.5}\ntransition_flag: {%s}"
    allowed = KENT.pack.tables["transition_flag"].type.values
    flags = ", ".join(f"{value}: 1/4" for value in allowed)
    weights = read_weights(KENT.pack, text % flags)
    outcomes = KENT.decide(EXCEPTIONAL | {"phase_transfer": "no"}, on=DAY).outcomes
    flag = outcomes["transition_flag"]
    expected = Fraction(1, 2) + (Fraction(1, 4) if flag.state == "indicated" else 0)
    assert weights.of(outcomes) == (expected, expected)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("band: {universal: 0, predictable: 1}", "leave out `exceptional`"),
        ("band: {universal: 0, predictable: 1, exceptional: 0, extra: 1}", "no value `extra`"),
        ("bnd: {universal: 0}", "did you mean `band`"),
        ("band: {universal: 0, predictable: -1, exceptional: 0}", "not a weight"),
        ("band: {universal: 0, predictable: much, exceptional: 0}", "not a weight"),
        ("element_3: {a: 1}", "an amount"),
        ("band: 3", "name decisions"),
        ("band: [", "not valid YAML"),
    ],
)
def test_weights_that_say_something_else_are_refused(text, said):
    """Nobody should share a million pounds by a slip."""
    with pytest.raises(ValueError, match=said):
        read_weights(KENT.pack, text)


def test_another_pack_says_which_need_counts():
    """The names of one authority are nobody else's default."""
    other = continuum.load("national-layers-2026", version="2026.2.0").pack
    with pytest.raises(ValueError, match="--decision"):
        one_value(other)
    name = next(name for name in other.outcomes if other.tables[name].type.kind in ("scale", "choice"))
    value = other.tables[name].type.values[0]
    assert one_value(other, name, [value]).values[name][value] == 1


def test_the_tariff_is_added_up_and_what_is_not_settled_has_two_ends():
    """Against each decision by itself."""
    rows = caseload(("A", PREDICTABLE, 12), ("A", EXCEPTIONAL, 15), ("B", FULL | {"autism": "unknown"}, 11))
    found = made(rows, plan(50_000, everything=100_000_000, tariff="element_3"))
    outcomes = [KENT.decide({k: v for k, v in row.items() if k != "community"}, on=DAY).outcomes["element_3"] for row in rows]
    states = Counter(outcome.state for outcome in outcomes)
    assert states == {"not_applicable": 12, "indicated": 15, "range": 11}
    assert found.tariff.indicated == sum(int(outcome.value * 100) for outcome in outcomes if outcome.state == "indicated")
    highest = [outcome.highest for outcome in outcomes if outcome.state == "range"]
    assert found.tariff.highest == sum(int(value * 100) for value in highest)
    assert found.tariff.lowest == 0  # it may come to nothing
    assert found.rest == 100_000_000 - 50_000
    told = data(found, KENT.pack)
    assert told["left_for_tariff"] == "999500.00"
    assert told["tariff"]["left_after"] == plain_pounds(found.rest - found.tariff.indicated)
    assert told["tariff"]["pupils"] == {"amount": 15, "none": 12, "range": 11, "people": 0}


def test_pounds_go_with_the_count_they_would_tell():
    """Three pupils in a community: neither they nor their pounds are shown, nor those of one more, nor the weight they add."""
    predictable = [("A", PREDICTABLE, 3), ("B", PREDICTABLE, 20), ("C", PREDICTABLE, 30)]
    rows = caseload(*predictable, ("A", EXCEPTIONAL, 30), ("B", EXCEPTIONAL, 30))
    found = made(rows, plan())
    assert [found.share(name) is None for name in "ABC"] == [True, True, False]
    assert sum(found.shares.values()) == 100_000
    text = csv_text(found) + json.dumps(data(found, KENT.pack))
    assert plain_pounds(found.shares["A"]) not in text
    assert plain_pounds(found.shares["B"]) not in text
    lines = list(csv.DictReader(io.StringIO(csv_text(found))))
    assert [line["share"] for line in lines] == ["c", "c", plain_pounds(found.shares["C"]), "1000.00"]
    assert made(rows, plan(least=1)).share("A") is not None


def test_where_the_total_is_withheld_every_share_is():
    """A share and a count would give the total by the rule of three."""
    exceptional = [(name, EXCEPTIONAL, 30) for name in "ABC"]
    found = made(caseload(("A", PREDICTABLE, 4), ("B", PREDICTABLE, 3), *exceptional), plan())
    assert found.table.shown("C", "1") == 0
    assert [found.share(name) for name in "ABC"] == [None, None, None]


def test_the_community_is_beside_the_answers_and_a_slip_is_not():
    """A misspelt answer must not turn into a pupil without it."""
    reading = Pupils(KENT, DAY, ("community",))
    reading.pupil(PREDICTABLE | {"community": "A", "school": "S", "upn": "not read"})
    assert [name for name, asked in reading.columns.items() if not asked] == ["community", "school"]
    with pytest.raises(continuum.ProfileError, match="provision_cost"):
        reading.pupil(PREDICTABLE | {"provision_csot": "1"})


def test_a_grouping_that_no_row_has_is_refused():
    """Everybody in one group without a name is no budget."""
    with pytest.raises(ValueError, match="did you mean `community`"):
        made(caseload(("A", PREDICTABLE, 2)), Plan("comunity", 100, one_value(KENT.pack)))


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    """A caseload with two communities, and one row that cannot be decided."""
    path = tmp_path_factory.mktemp("caseload") / "caseload.csv"
    rows = caseload(("North", PREDICTABLE, 30), ("South", PREDICTABLE, 10), ("South", EXCEPTIONAL, 12))
    rows.append(FULL | {"autism": "huge", "community": "South"})
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, [*FULL, "autism", "community"])
        writer.writeheader()
        writer.writerows(rows)
    return path


def run(*words):
    """The command."""
    return CliRunner().invoke(cli, ["budget", *map(str, words), "--on", "2025-10-01"])


def test_the_command_names_the_bad_row_and_shares_for_the_rest(file):
    """One bad row in twenty thousand does not stop a county."""
    done = run(file, "--total", "400.00", "--all", "1,000,000")
    assert done.exit_code == 1
    assert "CX502" in done.stderr
    assert "1 of 53 rows could not be decided" in done.stdout
    assert "300.00" in done.stdout
    assert "999,600.00" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


@pytest.mark.parametrize("form", ["json", "csv", "md"])
def test_every_form_says_the_same_shares(file, form):
    """A spreadsheet and a report must not differ."""
    done = run(file, "--total", "400", "--format", form)
    assert "300.00" in done.stdout
    assert "100.00" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--total", "4e2"], "not a sum in pounds"),
        (["--total", "400", "--value", "predictible"], "did you mean `predictable`"),
        (["--total", "400", "--by", "comunity"], "did you mean `community`"),
        (["--total", "400", "--all", "500", "--tariff", "elment_3"], "no amount of money"),
        (["--total", "400", "--value", "universal"], "cannot be shared"),
    ],
)
def test_a_slip_on_the_command_line_is_told(file, words, said):
    """Status 2, and the nearest fix."""
    done = run(file, *words)
    assert done.exit_code == 2
    assert said in done.stderr
