# SPDX-License-Identifier: MIT
"""Outcomes at equal need: published intervals, standardisation by hand, and nothing shown that gives a small count away."""

from __future__ import annotations

import csv
import json
from fractions import Fraction

import pytest
from click.testing import CliRunner
from tests.helpers import DAY
from tests.test_budget import FULL

import continuum
from continuum.cli import cli
from continuum.figures.equity import SEVERAL, equity, needs_of, protected, stratum
from continuum.figures.equity_told import INDEPENDENT, data, notes, told
from continuum.figures.intervals import difference, effective, wilson
from continuum.figures.pupils import Pupils
from continuum.figures.suppression import ALL

KENT = continuum.load("kent-continuum", on=DAY)
NEEDS = needs_of(KENT.pack, "band")
SUPPORT = FULL | {"plan": "sen_support"}
READY = SUPPORT | {"autism": "severe"}
"""Three cycles are reviewed and advice is there, so that severe autism at this cost is exceptional."""
WAITING = READY | {"reviewed_cycles": 0}
"""The same need without the evidence is predictable."""
LOW = SUPPORT | {"autism": "mild"}


@pytest.mark.parametrize(
    ("found", "number", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_of_a_rate_is_the_published_one(found, number, low, high):
    """Newcombe, Statistics in Medicine 17 (1998) 857-872, method 3."""
    assert wilson(Fraction(found, number), number) == pytest.approx((low, high), abs=0.00005)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1),
        ((10, 10), (0, 10), 0.6075, 1),
    ],
)
def test_the_interval_of_a_difference_is_the_published_one(first, second, low, high):
    """Newcombe, Statistics in Medicine 17 (1998) 873-890, method 10."""
    found = difference(Fraction(*first), first[1], Fraction(*second), second[1])
    assert found == pytest.approx((low, high), abs=0.00005)


def test_a_weighted_mean_is_worth_as_many_pupils_as_vary_as_much():
    """Parts weighed by their size are worth all their pupils; any other weights are worth fewer."""
    assert effective([(Fraction(1, 4), 10), (Fraction(3, 4), 30)]) == 40
    assert effective([(Fraction(1, 2), 10), (Fraction(1, 2), 30)]) == 30
    assert effective([]) == 0
    assert wilson(Fraction(0), 0) == (0, 1)


def made(groups, *, by="sex", outcome="band", **more):
    """The comparison of so many pupils of each sex with these answers."""
    reading = Pupils(KENT, DAY, (by,))
    pupils = [reading.pupil(answers | {by: name}) for name, answers, number in groups for _ in range(number)]
    return equity(pupils, reading, outcome, **more)[0]


def test_groups_that_differ_only_in_need_do_not_differ_at_equal_need():
    """By hand: 80 % of one and 20 % of the other have the high need, and everybody with it comes to the same outcome."""
    found = made([("f", READY, 80), ("f", LOW, 20), ("m", READY, 20), ("m", LOW, 80)])
    f = found.shown("Female", "exceptional")
    assert f.rate == Fraction(4, 5)
    assert found.shown("Male", "exceptional").rate == Fraction(1, 5)
    assert (f.equal, f.others, f.apart) == (Fraction(1, 2), Fraction(1, 2), 0)
    assert not f.clear


def test_the_same_need_with_less_evidence_on_record_is_seen():
    """By hand: of the high need 30 in 40 and 10 in 40 have evidence; high and low need are half the caseload each."""
    found = made([("f", READY, 10), ("f", WAITING, 30), ("f", LOW, 40), ("m", READY, 30), ("m", WAITING, 10), ("m", LOW, 40)])
    f = found.shown("Female", "exceptional")
    assert (f.equal, f.others) == (Fraction(1, 8), Fraction(3, 8))
    assert f.clear
    assert f.apart_interval == pytest.approx(difference(Fraction(1, 8), 80, Fraction(3, 8), 80))
    assert "Female: Exceptional less often than others at equal need, by 25.0 percentage points" in " ".join(
        told(found, KENT.pack)
    )


def test_each_need_counts_as_it_does_in_the_whole_caseload():
    """By hand: strata of 60 and 20 weigh three quarters and one quarter, whatever the mix of the group."""
    found = made([("f", READY, 10), ("f", LOW, 10), ("m", READY, 25), ("m", WAITING, 25), ("m", LOW, 10)])
    f = found.shown("Female", "exceptional")
    assert (f.equal, f.others) == (Fraction(3, 4), Fraction(3, 4) * Fraction(1, 2))


def test_a_need_that_only_one_group_has_is_not_compared():
    """There is nobody to compare with, and nothing is made up."""
    found = made([("f", READY, 20), ("m", LOW, 20)])
    assert found.strata == (2, 0)
    assert found.shown("Female", "exceptional").apart is None
    assert data(found)["groups"][0]["rates"]["exceptional"].keys() == {"as_it_is", "as_it_is_95"}


def test_who_is_not_settled_is_counted_and_in_no_rate():
    """An unknown need is no stratum, and an open outcome is no rate."""
    found = made([("f", READY, 20), ("f", SUPPORT | {"autism": "unknown"}, 15), ("m", READY, 20)])
    assert found.table.shown("Female", "not settled") == 15
    assert found.shown("Female", "exceptional").rate == 1


def test_the_stratum_is_the_highest_level_and_its_area():
    """The area matters, further needs do not."""
    levels = dict.fromkeys(NEEDS, "none")
    assert stratum(KENT.pack, NEEDS, levels) == ("none", "")
    assert stratum(KENT.pack, NEEDS, levels | {"autism": "severe", "vision": "mild"}) == ("severe", "autism")
    assert stratum(KENT.pack, NEEDS, levels | {"autism": "severe", "vision": "severe"}) == ("severe", SEVERAL)
    assert stratum(KENT.pack, NEEDS, {"autism": "severe"}) is None


def test_the_needs_are_those_that_the_outcome_rests_on():
    """Through measures and other decisions; never what is protected."""
    assert {"autism", "hearing", "medical", "personal_care"} <= set(NEEDS)
    assert not set(NEEDS) & set(protected(KENT.pack))
    assert protected(KENT.pack) == ["sex", "ethnicity"]
    assert needs_of(KENT.pack, "band", ["sensory_physical_needs", "autism"])[-1] == "autism"
    with pytest.raises(ValueError, match="did you mean `autism`"):
        needs_of(KENT.pack, "band", ["autsm"])


def test_no_outcome_changes_with_what_is_compared():
    """The premise of the report: the rules cannot read it."""
    outcomes = {sex: KENT.decide(READY | {"sex": sex}, on=DAY).outcomes for sex in ("f", "m")}
    assert outcomes["f"] == outcomes["m"]


def test_rates_go_with_their_counts():
    """Three pupils: their rate and what would give it away are not shown, and a rate of published counts still is."""
    rows = [("f", READY, 3), ("f", WAITING, 40), ("f", LOW, 40), ("m", READY, 30), ("m", WAITING, 40), ("m", LOW, 40)]
    found = made(rows)
    assert found.table.primary == {("Female", "exceptional")}
    for group, value in found.table.withheld:
        if ALL not in (group, value):
            assert found.shown(group, value) is None
    rates = {row["name"]: row["rates"] for row in data(found)["groups"]}
    assert rates["Female"]["exceptional"] == rates["Male"]["exceptional"] == "c"
    text = " ".join(told(found, KENT.pack))
    assert "3.6" not in text  # 3 in 83
    shown = [(group, value) for group in found.table.rows for value in found.values if found.shown(group, value)]
    assert shown
    for group, value in shown:  # each is worked out from published counts alone
        settled = found.settled(group)
        assert found.shown(group, value).rate == Fraction(found.table.shown(group, value), settled)
    assert made(rows, least=1).shown("Female", "exceptional").rate == Fraction(3, 83)


def test_a_rate_does_not_tell_how_few_are_not_settled():
    """20 of 40 settled, and 43 in all: three would be left."""
    unknown = SUPPORT | {"autism": "unknown"}
    found = made([(sex, answers, number) for sex, some in (("f", 20), ("m", 30)) for answers, number in
                  ((READY, some), (WAITING, some), (unknown, some // 7))])  # fmt: skip
    assert found.table.text("Female", "not settled") == "c"
    assert any(found.table.shown("Female", value) is not None for value in found.values)
    assert all(found.shown("Female", value) is None for value in found.values)


def test_the_report_says_what_it_does_not_mean():
    """A table of rates without its limits is read as a verdict."""
    found = made([("f", READY, 20), ("m", READY, 20)])
    assert INDEPENDENT.split(".")[0] == "Independence is not fairness"
    assert "Independence is not fairness." in "\n".join(notes([found]))
    assert data(found)["does_not_mean"] == INDEPENDENT


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """A caseload of both sexes."""
    path = tmp_path_factory.mktemp("caseload") / "caseload.csv"
    rows = [(sex, answers) for sex, number in (("f", 15), ("m", 25)) for answers in (READY, WAITING, LOW) for _ in range(number)]
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, [*READY, "sex", "ethnicity", "borough"])
        writer.writeheader()
        writer.writerows(
            answers | {"sex": sex, "ethnicity": "not_given", "borough": "A borough with quite a long name"}
            for sex, answers in rows
        )
    return path


def run(*words):
    """The command."""
    return CliRunner().invoke(cli, ["equity", *map(str, words), "--on", "2025-10-01"])


@pytest.mark.parametrize("by", [[], ["--by", "sex"], ["--by", "borough"], ["--by", "setting"]])
def test_the_command_compares_what_the_pack_protects_or_what_is_named(file, by):
    """Readable at 80 columns."""
    done = run(file, *by)
    assert done.exit_code == 0, done.stderr
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "Independence is not fairness." in done.stdout


def test_json_and_markdown_hold_the_same_figures(file):
    """For a report, and for a program."""
    found = json.loads(run(file, "--by", "sex", "--format", "json").stdout)["compared"][0]
    rate = {row["name"]: row["rates"]["exceptional"] for row in found["groups"]}["Female"]
    assert rate["as_it_is"] == "0.3333"
    assert "| Female | 33.3 (" in run(file, "--by", "sex", "--format", "md").stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--by", "boro"], "no row has `boro`"),
        (["--outcome", "bnd"], "did you mean `band`"),
        (["--outcome", "element_3"], "of a few values"),
        (["--need", "autsm"], "did you mean `autism`"),
    ],
)
def test_a_slip_on_the_command_line_is_told(file, words, said):
    """Status 2, and the nearest fix."""
    done = run(file, *words)
    assert done.exit_code == 2
    assert said in done.stderr
