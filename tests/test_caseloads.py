# SPDX-License-Identifier: MIT
"""Synthetic caseloads have the published margins, are valid for the pack, come again from their seed, and are about nobody."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
import math
import re
import subprocess
import sys
import time
from collections import Counter
from fractions import Fraction
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.helpers import HEAD, rulebook

import continuum
from continuum import caseloads
from continuum.caseloads import files as written
from continuum.caseloads import population as pupils
from continuum.caseloads import synthetic, write
from continuum.caseloads.answers import QUESTIONS
from continuum.caseloads.caseload import MODEL, Caseload, upn
from continuum.caseloads.chance import Chance, wheel
from continuum.caseloads.population import PLACES, _fitted, drawn, fits, population, years
from continuum.caseloads.published import TABLES, counts, districts
from continuum.caseloads.schools import Schools
from continuum.cli import cli
from continuum.errors import ContinuumError, DayError, ProfileError
from continuum.profiles import check_upn
from continuum.spreadsheets import excel

ROOT = Path(__file__).resolve().parents[1]
DATA = files("continuum.caseloads") / "data"
WHOLE = 20_635
DAY = dt.date(2026, 10, 1)
KENT = ("2025.9.0", "2026.9.0")
PACKS = sorted({path.parent for where in ("rules", "examples/schemes") for path in (ROOT / where).rglob("pack.yaml")})
OF_A_TABLE = {"placement": "placement", "age": "published_age", "sex": "published_sex", "ethnicity": "published_ethnicity"}

SMALL = """\
outcomes: [out]
scales:
  need: [none, mild, moderate, severe, profound]
  few: [none, some, much]
inputs:
  autism: {ask: Autism, type: scale, scale: need}
  speech: {ask: Speech, type: scale, scale: few, code: SLCN}
  learning_gap: {ask: Gap, type: number, unit: years, min: 0, max: 15, step: 0.5, optional: yes}
  age: {ask: Age, type: integer, min: 4, max: 25}
  plan: {ask: Plan, type: choice, of: [none, sen_support, ehcp], codes: {none: N, sen_support: K, ehcp: E}}
  advice_date: {ask: Advice, type: date, min: 2020-01-01, max: today, optional: yes}
  cost: {ask: Cost, type: money, unit: GBP/year, min: 0, max: 30000, step: 0.01}
  school: {ask: Is there a school, type: yes_no}
  stars: {ask: Stars, type: integer, min: 1, max: 5}
decisions:
  - {decision: out, asks: Out?, type: yes_no, hit: first, rules: [{id: R-1, otherwise: yes, because: It is.}]}
"""


def small(more=""):
    """A small pack that asks some of what the model knows, and some that it does not."""
    return rulebook(HEAD + SMALL + more)


@pytest.fixture(scope="module")
def kent():
    """The newest Kent pack."""
    return continuum.load("kent-continuum", version="2026.9.0")


@pytest.fixture(scope="module")
def whole(kent):
    """As many rows as there are plans."""
    return list(synthetic(kent, rows=WHOLE, seed=1, on=DAY))


def raw(table):
    """A published table as packaged, read without the code under test."""
    rows = list(csv.DictReader((DATA / f"need_by_{table}.csv").read_text(encoding="utf-8").splitlines()))
    return {(row["need"], row["value"]): int(row["count"]) for row in rows}


# -- what is published -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
def test_each_packaged_table_counts_the_same_plans(table):
    """The totals are those that the publication gives by need."""
    totals = Counter()
    for (need, _), count in raw(table).items():
        totals[need] += count
    assert totals == {
        "ASD": 9535, "SEMH": 3833, "SLCN": 3583, "MLD": 1041, "SLD": 807, "PD": 644, "SPLD": 386, "PMLD": 372, "HI": 194,
        "VI": 89, "MSI": 27, "OTH": 4, "UNKNOWN": 120,
    }  # fmt: skip
    assert totals.total() == WHOLE
    assert counts(table) == {need: {v: n for (of, v), n in raw(table).items() if of == need} for need in totals}


def test_the_packaged_data_are_counts_and_names_of_districts_with_their_licence():
    """Nothing about a person is packaged, and whoever copies the counts finds whose they are."""
    for path in (Path(str(DATA))).glob("*.csv"):
        header = path.read_text(encoding="utf-8").splitlines()[0]
        assert header == ("district,area" if path.name == "districts.csv" else "need,value,count")
    assert len(districts()) == 12
    notice = (DATA / "NOTICE.md").read_text(encoding="utf-8")
    assert "Open Government Licence v3.0" in notice
    assert "sen_needs_all_plans" in notice


@pytest.mark.parametrize("table", TABLES)
def test_margins_are_the_published_ones_cell_by_cell_at_the_published_size(whole, table):
    """The one claim that the rows make about the world."""
    found = Counter((row["need"], row[OF_A_TABLE[table]]) for row in whole)
    assert dict(found) == {cell: count for cell, count in raw(table).items() if count}


def test_the_answers_follow_the_published_cells(whole):
    """The pack's own columns have the margins too: ages, sexes, types of need and settings, none left out."""
    ages = Counter(row["age"] for row in whole)
    assert ages[10] == sum(count for (_, value), count in raw("age").items() if value == "age 10")
    assert Counter(row["sex"] for row in whole) == {"m": 14_653, "f": 5_982}
    types = Counter(row["primary_type"] for row in whole)
    assert (types["asd"], types["semh"], types[None]) == (9_535, 3_833, 120)
    settings = Counter(row["setting"] for row in whole)
    assert settings == {
        "mainstream": 6_377, "srp": 1_075, "special": 6_427, "independent_special": 1_623, "alternative": 19,
        "elsewhere": 2_952 + 1_782 + 66, None: 314,
    }  # fmt: skip
    assert {row["plan"] for row in whole} == {row["plan_status"] for row in whole} == {"ehcp"}


@pytest.mark.parametrize("rows", [1, 7, 20_634, 20_636, 50_000])
def test_other_sizes_are_whole_copies_and_a_sample_without_replacement(rows):
    """So no cell is ever further from its share than one copy of it."""
    people = population(3)
    found = Counter((pupil.need, pupil.placement) for pupil in drawn(people, rows, Chance(3, "order")))
    copies = rows // WHOLE
    for cell, count in raw("placement").items():
        assert copies * count <= found[cell] <= (copies + 1) * count
    assert found.total() == rows


def far(found, shares):
    """Chi-square of counts against expected shares, as a number of standard deviations from what chance would give."""
    total = found.total()
    large = {cell: total * share for cell, share in shares.items() if total * share >= 5}
    statistic = sum((found[cell] - expected) ** 2 / expected for cell, expected in large.items())
    return (statistic - len(large)) / math.sqrt(2 * len(large))


@pytest.mark.parametrize("table", TABLES)
def test_margins_hold_in_expectation_at_other_sizes(table):
    """Over many seeds the mean of every cell comes to its published share; a sample that is not random is noticed."""
    shares = {cell: Fraction(count, WHOLE) for cell, count in raw(table).items()}
    people, found, skewed = population(3), Counter(), Counter()
    for seed in range(80):
        found.update((pupil.need, getattr(pupil, table)) for pupil in drawn(people, 400, Chance(seed, "order")))
        skewed.update((pupil.need, getattr(pupil, table)) for pupil in people[seed * 40 : seed * 40 + 400])
    assert abs(far(found, shares)) < 4
    assert far(skewed, shares) > 100


def test_margins_hold_in_expectation_from_end_to_end(kent):
    """The same of whole rows, each seed with a population of its own."""
    found = Counter()
    for seed in range(6):
        found.update(row["published_age"] for row in synthetic(kent, rows=1_500, seed=seed, on=DAY))
    shares = Counter()
    for (_, age), count in raw("age").items():
        shares[age] += Fraction(count, WHOLE)
    assert abs(far(found, shares)) < 4


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_no_pupil_has_a_placement_that_the_age_cannot_have(seed):
    """The published margins force no odd pair, so there is none: said in plain ages here, not by the table of the model."""
    for pupil in population(seed):
        age = years(pupil.age)
        if pupil.placement.startswith(("FE -", "Educated elsewhere - NEET")):
            assert age >= 16
        elif pupil.placement.startswith(("Mainstream", "Special")):
            assert 4 <= age <= 18
        elif pupil.placement.startswith("AP/PRU") or "compulsory" in pupil.placement:
            assert 5 <= age <= 15
        elif "early years" in pupil.placement:
            assert age < 5
        assert fits(pupil.placement, pupil.age)


def test_where_no_age_fits_the_counts_are_kept_all_the_same():
    """A later year's tables may force an odd pair; a margin is never changed for one, and no more pairs are odd than must be."""
    college, school, any_place = "FE - general FE and tertiary colleges", "Mainstream - academy", "Placement not recorded"
    pairs = _fitted([college, college, school, any_place], ["age 5", "age 6", "age 17", "age 3"])
    assert Counter(age for _, age in pairs) == Counter(["age 3", "age 5", "age 6", "age 17"])
    assert Counter(place for place, _ in pairs) == {college: 2, school: 1, any_place: 1}
    assert sum(not fits(*pair) for pair in pairs) == 1


def test_placements_and_ages_are_mixed_and_not_in_the_order_they_were_filled(monkeypatch):
    """Filling from the youngest gives one kind of school the infants and the next the rest; the exchanges must undo it."""

    def apart():
        means = []
        for name in ("Mainstream - academy", "Mainstream - LA maintained"):
            ages = [years(pupil.age) for pupil in population(1) if (pupil.need, pupil.placement) == ("ASD", name)]
            means.append(Fraction(sum(ages), len(ages)))
        return abs(means[0] - means[1])

    assert apart() < Fraction(1, 2)
    monkeypatch.setattr(pupils, "SWAPS", 0)
    assert apart() > 3


def test_every_published_placement_has_its_ages():
    """A placement without ages could not be given."""
    assert set(PLACES) == {value for _, value in raw("placement")}


# -- the seed ----------------------------------------------------------------------------------------------------------------

DIGEST = "4d5a2e2814766b49"


def test_the_same_seed_gives_the_same_bytes_for_ever(tmp_path):
    """Whoever changes the model counts MODEL up and writes the new digest here."""
    write(small(), tmp_path / "a.csv", rows=300, seed=11, on=dt.date(2025, 10, 1), sen_support=20)
    assert (MODEL, hashlib.sha256((tmp_path / "a.csv").read_bytes()).hexdigest()[:16]) == (1, DIGEST)


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.xlsx"])
def test_the_same_seed_gives_the_same_file_and_another_seed_another(name, kent, tmp_path):
    """A result that rests on a caseload can be made again by somebody else."""
    if name.endswith("xlsx") and not excel.HERE:
        pytest.skip("the extra `excel` is not installed")
    made = []
    for folder, seed in (("one", 4), ("two", 4), ("three", 5)):
        (tmp_path / folder).mkdir()
        write(kent, tmp_path / folder / name, rows=150, seed=seed, on=DAY)
        made.append((tmp_path / folder / name).read_bytes())
    assert made[0] == made[1] != made[2]


def test_the_order_of_sets_and_hashes_changes_nothing(tmp_path):
    """Python mixes the hashes of text anew in every run."""
    made = []
    for number in ("1", "2"):
        words = [sys.executable, "-m", "continuum.cli", "synth", "--rows", "80", "--seed", "9"]
        done = subprocess.run(words, env={"PYTHONHASHSEED": number}, capture_output=True, cwd=tmp_path, check=True)
        made.append(done.stdout)
    assert made[0] == made[1]
    assert made[0].count(b"\n") == 81


def test_a_smaller_caseload_is_the_beginning_of_a_larger_one(kent):
    """So a trial run shows the pupils that the full run will have."""
    few, many = (list(synthetic(kent, rows=rows, seed=6, on=DAY)) for rows in (20, 60))
    assert few == many[:20]


def test_draws_are_even_and_every_order_can_come():
    """A lopsided draw would bend every margin in expectation."""
    chance = Chance(1, "test")
    assert set(Counter(chance.below(6) for _ in range(600))) == set(range(6))
    orders = Counter(tuple(chance.shuffled("abc")) for _ in range(6_000))
    assert len(orders) == 6
    assert all(850 < count < 1_150 for count in orders.values())
    assert wheel({"a": 2, "b": 1}) == ("a", "a", "b")
    assert Chance(1, "a").below(10**9) != Chance(1, "b").below(10**9) != Chance(2, "b").below(10**9)


# -- the rows ----------------------------------------------------------------------------------------------------------------


def answers(book, row):
    """The part of a row that is a profile."""
    return {name: row[name] for name in book.pack.inputs}


@pytest.mark.parametrize("version", KENT)
@pytest.mark.parametrize("unknowns", [Fraction(0), Fraction(1, 20), Fraction(1, 2)])
def test_every_row_is_a_profile_that_the_kent_pack_decides(version, unknowns):
    """A caseload with rows that are refused would say more about the model than about the rules."""
    book = continuum.load("kent-continuum", version=version)
    on = book.pack.some_day + dt.timedelta(days=40)
    rows = list(synthetic(book, rows=1_500, seed=8, on=on, sen_support=300, unknowns=unknowns))
    for row in rows:
        book.profile(answers(book, row))
    for row in rows[:: 150 if unknowns > Fraction(1, 4) else 25]:  # what is not known takes its time
        assert book.decide(answers(book, row), on=on).outcomes


@pytest.mark.parametrize("folder", PACKS, ids=lambda folder: str(folder.relative_to(ROOT)))
def test_every_row_is_a_profile_that_any_shipped_pack_decides(folder):
    """A council tries its own pack, which asks what the model has never heard of."""
    book = continuum.load(folder)
    on = book.pack.some_day
    for row in list(synthetic(book, rows=60, seed=2, on=on, sen_support=30))[::2]:
        assert book.decide(answers(book, row), on=on).outcomes


def test_rows_hold_no_floats_no_later_days_and_whole_pounds(whole):
    """What is exact in the pack is exact in the caseload."""
    for row in whole:
        assert not any(isinstance(value, float) for value in row.values())
        assert type(row["provision_cost"]) in (int, type(None))
        assert all(not isinstance(value, dt.date) or value <= DAY for value in row.values())
    assert {type(row["training_date"]) for row in whole} == {dt.date, str, type(None)}


def test_every_row_says_synthetic_and_has_the_columns_in_order(kent, whole):
    """One row cut out of the file still says what it is."""
    columns = Caseload(kent, 1, 1, DAY).columns
    assert {row["synthetic"] for row in whole} == {"yes"}
    assert all(tuple(row) == columns for row in whole[:50])
    assert columns[3:-9] == tuple(kent.pack.inputs)
    assert len({row["pupil"] for row in whole}) == WHOLE


def test_pupil_numbers_are_well_formed_and_nobodys(whole):
    """Authority 000 does not exist, so no number can be a pupil's; the check letter is reckoned here from the published rule."""
    letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
    for row in whole[::7]:
        number = row["upn"]
        assert re.fullmatch(r"[A-Z]000[0-9]{9}", number)
        assert number[0] == letters[sum(i * int(digit) for i, digit in zip(range(2, 14), number[1:], strict=True)) % 23]
        assert check_upn(number) == "local authority 000 does not exist"
    assert len({row["upn"] for row in whole}) == WHOLE
    assert upn(200_005_001) == "E000200005001"


def test_there_are_53_communities_of_8_to_14_schools_each_in_one_district(whole):
    """As published; which schools they are is made up."""
    for seed in range(5):
        schools = Schools(seed)
        everywhere = schools.primaries + schools.secondaries
        sizes = Counter(where.community for where in everywhere)
        assert len(sizes) == 53
        assert all(8 <= size <= 14 for size in sizes.values())
        assert len({where.school for where in everywhere}) == len(everywhere)
        assert {where.community for where in schools.secondaries} == set(sizes)
    of = {row["community"]: row["district"] for row in whole}
    assert len(of) == 53
    assert set(of.values()) == set(districts())
    assert all(of[row["community"]] == row["district"] for row in whole)
    home = {row["school"]: row["community"] for row in whole if row["setting"] in ("mainstream", "srp") and row["school"]}
    assert all(home.get(row["school"], row["community"]) == row["community"] for row in whole)
    near = {row["school"]: row["district"] for row in whole if row["setting"] == "special"}
    assert len(near) == 24
    assert all(near.get(row["school"], row["district"]) == row["district"] for row in whole)


def test_schools_are_made_up_and_fit_the_age(whole):
    """No school has a real name, and no infant is in a secondary school."""
    for row in whole:
        assert re.fullmatch(r"(|Special school [0-9]{2}|(Primary|Secondary) school [0-9]{2}-[0-9]{2})", row["school"])
        if row["school"].startswith("Primary"):
            assert row["age"] <= 10
        if row["school"].startswith("Secondary"):
            assert row["age"] >= 11


def test_the_main_need_is_high_and_says_what_its_type_says(kent):
    """Severe learning difficulty with a mild learning need would be nonsense."""
    main = {"ASD": "autism", "SEMH": "mental_health", "SLCN": "speech_language", "PD": "physical"}
    named = {"MLD": "moderate", "SLD": "severe", "PMLD": "profound"}
    rows = list(synthetic(kent, rows=4_000, seed=3, on=DAY, unknowns=Fraction(0)))
    levels = Counter(row[main[row["need"]]] for row in rows if row["need"] in main)
    assert levels["none"] == 0
    assert levels["severe"] + levels["moderate"] > 10 * levels["mild"]
    assert all(row["learning"] == named[row["need"]] for row in rows if row["need"] in named)
    assert all(row["learning"] != "none" or row["learning_gap"] == "absent" for row in rows)
    second = sum(row["speech_language"] != "none" for row in rows if row["need"] == "ASD")
    assert 0.4 < second / sum(row["need"] == "ASD" for row in rows) < 0.6


def test_unknowns_leave_out_the_share_asked_for_and_nothing_that_is_published(kent):
    """And the pupils stay the same, so that what not knowing does can be seen by itself."""
    full, some = (list(synthetic(kent, rows=3_000, seed=3, on=DAY, unknowns=share)) for share in (Fraction(0), Fraction(1, 5)))
    made_up = [name for name in kent.pack.inputs if name not in Caseload(kent, 1, 1, DAY).form.published]
    assert len(made_up) == 18
    left = Counter(name for row in some for name in made_up if row[name] is None)
    assert all(500 < left[name] < 700 for name in made_up)
    assert all(row[name] is not None for row in full for name in made_up)
    for row, same in zip(full, some, strict=True):
        assert all(same[name] is None and name in made_up for name in row if same[name] != row[name])
    assert {name for row in full for name in row if row[name] is None} == {"primary_type", "setting"}


def test_pupils_with_sen_support_have_no_plan_and_follow_the_others(kent):
    """They are made up altogether, so they must not touch the published margins."""
    rows = list(synthetic(kent, rows=50, seed=3, on=DAY, sen_support=200))
    assert rows[:50] == list(synthetic(kent, rows=50, seed=3, on=DAY))
    assert {row["plan"] for row in rows[50:]} == {row["plan_status"] for row in rows[50:]} == {"sen_support"}
    assert {row["setting"] for row in rows[50:]} == {"mainstream"}


def test_inputs_are_found_by_name_or_code_and_others_drawn_evenly():
    """A council's pack has its own names; a column without meaning is named as such."""
    book = small()
    caseload = Caseload(book, 2_000, 1, dt.date(2025, 10, 1), unknowns=Fraction(0))
    rows = list(caseload)
    assert caseload.form.meaningless == ("school", "stars")
    assert caseload.metadata()["columns"]["drawn_without_meaning"] == ["school", "stars"]
    assert all(row["speech"] in ("some", "much") for row in rows if row["need"] == "SLCN")
    stars = Counter(row["stars"] for row in rows)
    assert set(stars) == {1, 2, 3, 4, 5}
    assert all(330 < count < 470 for count in stars.values())
    assert all(row["age"] is None for row in rows if row["published_age"] == "age 3")
    assert all(row["cost"] is None or row["cost"] <= 30_000 for row in rows)
    assert {row["school"] for row in rows} == {"yes", "no"}
    assert any(row["caseload_school"].startswith("Primary") for row in rows)


def test_an_input_of_the_same_name_in_another_unit_is_not_taken_for_it():
    """An age in months is not an age in years."""
    months = (
        small().written.texts["p.yaml"].replace("age: {ask: Age, type: integer,", "age: {ask: Age, type: integer, unit: months,")
    )
    assert "age" in Caseload(rulebook(months), 1, 1, dt.date(2025, 10, 1)).form.meaningless


def test_answers_without_meaning_never_contradict_the_rest():
    """They are drawn again until the pack takes them, and left out where it never does."""
    book = small("impossible: [{when: {plan: ehcp, stars: '>= 2'}, because: No stars.}]\n")
    rows = list(synthetic(book, rows=300, seed=1, on=dt.date(2025, 10, 1), unknowns=Fraction(0)))
    assert {row["stars"] for row in rows} <= {1, None}
    assert sum(row["stars"] == 1 for row in rows) > 250
    never = small("impossible: [{when: {plan: ehcp, stars: '>= 1'}, because: No stars.}, {when: {school: yes}, because: No.}]\n")
    with pytest.raises(ProfileError, match="does not fit small"):
        list(synthetic(never, rows=1, seed=1, on=dt.date(2025, 10, 1)))


def test_a_pack_that_the_model_contradicts_is_refused_in_words():
    """Rows that cannot be are never written."""
    book = small("impossible: [{when: {autism: '>= mild', plan: ehcp}, because: Autism never has a plan here.}]\n")
    with pytest.raises(ProfileError, match="Autism never has a plan here"):
        list(synthetic(book, rows=300, seed=1, on=dt.date(2025, 10, 1)))


def test_every_question_of_the_model_is_asked_by_some_shipped_pack():
    """An answer that nobody asks for is dead weight."""
    asked = {name for folder in PACKS for name in continuum.load(folder).pack.inputs}
    assert all(set(question.names) & asked for question in QUESTIONS)


@pytest.mark.parametrize("wrong", [{"rows": -1}, {"seed": -1}, {"rows": 10**9}, {"sen_support": -1}, {"unknowns": Fraction(2)}])
def test_numbers_out_of_range_are_refused_before_the_first_row(kent, wrong):
    """Python takes a seed of -1 for a seed of 1."""
    with pytest.raises(ValueError, match="from 0"):
        synthetic(kent, **({"rows": 1, "seed": 1, "on": DAY} | wrong))


def test_a_day_that_the_version_does_not_cover_is_refused(kent):
    """Its dates would be for other rules."""
    with pytest.raises(DayError):
        synthetic(kent, rows=1, seed=1, on=dt.date(2020, 1, 1))


# -- files -------------------------------------------------------------------------------------------------------------------


def test_metadata_says_synthetic_and_how_to_make_it_again(kent, tmp_path):
    """A file that has lost its name still says what it is, and whose counts it rests on."""
    said = write(kent, tmp_path / "a.jsonl", rows=30, seed=4, on=DAY, sen_support=5)
    assert said == json.loads((tmp_path / "a.jsonl.meta.json").read_text(encoding="utf-8"))
    assert said["synthetic"] is True
    assert (said["rows"], said["with_plan"], said["with_sen_support"], said["seed"], said["on"]) == (35, 30, 5, 4, str(DAY))
    assert said["pack"]["digest"] == kent.digest
    assert "Open Government Licence v3.0" in said["licence"]
    listed = [name for names in said["columns"].values() for name in names]
    assert sorted(listed) == sorted(Caseload(kent, 1, 1, DAY).columns)


def test_csv_and_json_lines_hold_the_same_profiles(kent, tmp_path):
    """Not known is a word in CSV, because an empty cell means none there where the pack says so."""
    for name in ("a.csv", "a.jsonl"):
        write(kent, tmp_path / name, rows=120, seed=4, on=DAY, unknowns=Fraction(1, 4))
    text = (tmp_path / "a.csv").read_bytes()
    assert b"\r" not in text
    rows = list(csv.DictReader(text.decode("utf-8").splitlines()))
    lines = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(rows) == len(lines) == 120
    for row, line in zip(rows, lines, strict=True):
        assert kent.profile(answers(kent, row)).values == kent.profile(answers(kent, line)).values


def test_a_workbook_says_synthetic_on_a_sheet_and_in_every_row(kent, tmp_path):
    """Somebody will print the first sheet."""
    pytest.importorskip("xlsxwriter", reason="the extra `excel` is not installed")
    write(kent, tmp_path / "a.xlsx", rows=20, seed=4, on=DAY)
    grids = excel.read_workbook(tmp_path / "a.xlsx")
    assert list(grids) == ["Synthetic caseload", "About"]
    assert [grids["Synthetic caseload"].at(row, 3).text for row in (1, 2, 21, 22)] == ["synthetic", "yes", "yes", ""]
    assert "made up" in grids["About"].at(2, 2).text


def test_parquet_carries_what_is_said_of_it(kent, tmp_path):
    """Parquet keeps whole numbers and what is not known as such."""
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    said = write(kent, tmp_path / "a.parquet", rows=200, seed=4, on=DAY)
    table = parquet.read_table(tmp_path / "a.parquet")
    assert json.loads(table.schema.metadata[b"continuum"]) == said
    lines = [{name: str(v) if isinstance(v, dt.date) else v for name, v in row.items()} for row in table.to_pylist()]
    for row, line in zip(synthetic(kent, rows=200, seed=4, on=DAY), lines, strict=True):
        assert kent.profile(answers(kent, row)).values == kent.profile(answers(kent, line)).values


@pytest.mark.parametrize(("name", "extra"), [("a.parquet", "parquet"), ("a.xlsx", "excel")])
def test_a_missing_extra_is_named(kent, tmp_path, monkeypatch, name, extra):
    """The core writes CSV and JSON Lines; for the rest the error says what to install."""
    monkeypatch.setattr(written, "pa", None)
    monkeypatch.setattr(excel, "HERE", False)
    with pytest.raises(ContinuumError) as error:
        write(kent, tmp_path / name, rows=1, seed=1, on=DAY)
    assert f"kent-continuum[{extra}]" in error.value.findings[0].hint
    assert not (tmp_path / name).exists()


def test_another_extension_and_too_many_rows_for_a_sheet_are_refused(kent, tmp_path):
    """Before anything is written."""
    with pytest.raises(ValueError, match=r"not as `\.txt`"):
        write(kent, tmp_path / "a.txt", rows=1, seed=1, on=DAY)
    if excel.HERE:
        with pytest.raises(ValueError, match="Excel sheet has room"):
            write(kent, tmp_path / "a.xlsx", rows=1_048_576, seed=1, on=DAY)
    assert not list(tmp_path.iterdir())


def test_the_command_writes_a_file_and_never_over_another(tmp_path):
    """The words go to standard error, so that the rows can be piped."""
    out = str(tmp_path / "a.csv")
    done = CliRunner().invoke(cli, ["synth", "--rows", "1200", "--seed", "1", "--out", out])
    assert done.exit_code == 0
    assert "1,200 synthetic pupils" in done.stderr
    assert done.stdout == ""
    again = CliRunner().invoke(cli, ["synth", "--rows", "2", "--seed", "1", "--out", out])
    assert again.exit_code == 2
    assert "never written over" in again.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--out", "a.txt"], "not as `.txt`"),
        (["--unknowns", "5%"], "is not a share"),
        (["--unknowns", "1.5"], "is not a share"),
        (["--unknowns", "nan"], "is not a share"),
        (["--on", "2001-01-01"], "2001-01-01"),
        (["--seed", "-1"], "seed"),
        (["--sen-support", "999999999"], "at most"),
        (["--out", "no-such-folder/a.csv"], "cannot be written"),
    ],
)
def test_wrong_use_of_the_command_is_told_in_words(words, said, tmp_path, monkeypatch):
    """No traceback, and what to do instead."""
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli, ["synth", "--rows", "2", "--seed", "1", *words])
    assert done.exit_code == 2
    assert said in done.stderr


def test_part_of_a_caseload_is_never_left_as_a_file(tmp_path):
    """It would be taken for the whole."""
    book = small("impossible: [{when: {autism: profound, plan: ehcp}, because: Never.}]\n")
    for name in ("a.csv", "a.jsonl"):
        with pytest.raises(ProfileError):
            write(book, tmp_path / name, rows=2_000, seed=1, on=dt.date(2025, 10, 1))
    assert not list(tmp_path.iterdir())


def test_what_stands_beside_a_file_is_not_written_over_either(tmp_path):
    """It may belong to a caseload that was moved."""
    (tmp_path / "a.csv.meta.json").write_text("{}", encoding="utf-8")
    done = CliRunner().invoke(cli, ["synth", "--rows", "2", "--seed", "1", "--out", str(tmp_path / "a.csv")])
    assert done.exit_code == 2
    assert "a.csv.meta.json" in done.stderr
    assert not (tmp_path / "a.csv").exists()


def test_the_command_names_columns_without_meaning():
    """Nobody should read a finding into noise."""
    done = CliRunner().invoke(cli, ["synth", "--rows", "2", "--seed", "1", "--pack", "kent-high-needs-2018"])
    assert done.exit_code == 0
    assert "drawn without meaning" in done.stderr
    assert "lift_advice" in done.stderr


def test_the_public_face_is_two_names():
    """What is not public may change."""
    assert caseloads.__all__ == ["synthetic", "write"]


@pytest.mark.slow
def test_a_hundred_thousand_rows_take_less_than_ten_seconds(kent, tmp_path):
    """Of the processor's time, so that a busy machine does not fail it."""
    begun = time.process_time()
    write(kent, tmp_path / "a.csv", rows=100_000, seed=1, on=DAY)
    assert time.process_time() - begun < 10
