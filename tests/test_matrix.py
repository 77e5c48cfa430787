# SPDX-License-Identifier: MIT
"""Published grids become draft packs: every cell is found again, every silence becomes a question, and nothing is filled in."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import continuum
from continuum.cli import cli
from continuum.errors import CODES, PackError
from continuum.packs.loading import read_texts
from continuum.rulebook import Rulebook
from continuum.spreadsheets import excel
from continuum.spreadsheets.amounts import NotAnAmount, read_amount
from continuum.spreadsheets.grids import Grid, read_grid
from continuum.spreadsheets.matrix import read_matrix
from continuum.spreadsheets.matrix_pack import Wanted, make_pack

DAY = dt.date(2026, 4, 1)

TIERED = """\
Level,Tier,1A Receptive/expressive language,1B Social interaction,2A Learning difficulty
5,High,"£10,000","£10,000","£13,000"
,Med,"£7,000","£7,000","£9,000"
,Low,"£5,000","£5,000","£6,000"
4,High,"£4,000","£4,000","£4,000"
,Med,"£2,500","£2,500","£2,500"
,Low,"£1,500","£1,500","£1,500"
3,,0,0,0
2,,0,,
1,,nil,,
"""
"""The part of a published grid that we have read: five levels, tiers inside two of them, and areas of which it is silent."""

SAID = ["--authority", "A council", "--unit", "GBP/year", "--from", "2026-04-01"]


def run(*words):
    """The command line in this process."""
    return CliRunner().invoke(cli, ["import", "matrix", *map(str, words)])


def written(folder, text, name="grid.csv"):
    """A file with this text."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def made(path, sheet="", *, rows=None, lowest=None, **wanted):
    """What comes of a grid, and the rulebook of the pack."""
    pack = make_pack(read_matrix(read_grid(path, sheet), rows=rows, lowest=lowest), Wanted(DAY, **wanted))
    return pack, Rulebook(read_texts({"grid.yaml": pack.one_file()}, Path("grid.yaml")))


def amount(rulebook, **profile):
    """The amount outcome of a profile."""
    return rulebook.decide(profile, on=DAY).outcomes["amount"]


def asked(pack):
    """The questions as text."""
    return [finding.message for finding in pack.questions]


def faults(path, **said):
    """What is wrong with a grid: code and cell."""
    with pytest.raises(PackError) as caught:
        made(path, **said)
    return [(finding.code, finding.place.cell if finding.place else "") for finding in caught.value.findings]


# --- amounts


@pytest.mark.parametrize(
    ("text", "kind", "low", "high"),
    [
        ("£10,000", "plain", 10000, 10000), ("10000", "plain", 10000, 10000), ("10 000", "plain", 10000, 10000),
        ("£2,500.50", "plain", "2500.50", "2500.50"), ("£5k", "plain", 5000, 5000), ("GBP 300", "plain", 300, 300),
        ("£3,000*", "plain", 3000, 3000), ("£3,000 ¹", "plain", 3000, 3000), ("£3,000 [2]", "plain", 3000, 3000),
        ("£3,000 per annum", "plain", 3000, 3000), ("£250/week", "plain", 250, 250),
        ("nil", "plain", 0, 0), ("0", "plain", 0, 0), ("£0", "plain", 0, 0), ("Nil*", "plain", 0, 0),
        ("£5,000 - £7,000", "range", 5000, 7000), ("£5,000\u20137,000", "range", 5000, 7000), ("£5-7k", "range", 5000, 7000),
        ("between £5,000 and £7,000", "range", 5000, 7000), ("£5,000 to £5,000", "plain", 5000, 5000),
        ("up to £3,000", "up_to", None, 3000), ("Maximum of £3,000", "up_to", None, 3000),
        ("£4,500+", "open", 4500, None), ("over 4500", "open", 4500, None), ("£4,500 or more", "open", 4500, None),
        ("Individually agreed", "agreed", None, None), ("by negotiation", "agreed", None, None),
        ("n/a", "not_applicable", None, None), ("N/A", "not_applicable", None, None),
        ("", "silent", None, None), ("TBC", "silent", None, None), ("-", "silent", None, None), ("\u2013", "silent", None, None),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_printed(text, kind, low, high):
    """The ways in which English authorities print an amount."""
    found = read_amount(text)
    exact = tuple(None if end is None else Decimal(end) for end in (low, high))
    assert (found.kind, found.low, found.high) == (kind, *exact)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("£1O,000", "did you mean `£10,000`?"), ("£10.000", "did you mean `£10,000`?"),
        ("10.000,50", "did you mean `10,000.50`?"), ("£7,000 - £5,000", "did you mean `£5,000 - £7,000`?"),
        ("individualy agreed", "did you mean `individually agreed`?"), ("£3,000 (see note 2)", "did you mean `£3,000`?"),
        ("under £3,000", "write `up to` if the amount itself is included"), ("-£3,000", ""), ("£10,00", ""), ("£5 and €5", ""),
        ("from the school's budget", ""), ("1e3", ""), ("£٣٠٠", ""),
    ],
)  # fmt: skip
def test_what_is_not_an_amount_is_refused_with_the_nearest_fix(text, hint):
    """Nothing is guessed."""
    with pytest.raises(NotAnAmount) as caught:
        read_amount(text)
    assert str(caught.value) == hint


# --- whole grids


def test_each_published_cell_of_a_tiered_grid_is_found_again(tmp_path):
    """Tiers are asked for only where they matter; where they are not given, the answer is a range."""
    pack, rulebook = made(written(tmp_path, TIERED))
    speech, learning = "1a_receptive_expressive_language", "2a_learning_difficulty"
    assert amount(rulebook, area=speech, level="5", tier="high").value == 10000
    assert amount(rulebook, area=learning, level="5", tier="low").value == 6000
    assert amount(rulebook, area=learning, level="3").value == 0
    open_ = amount(rulebook, area=learning, level="5")
    assert (open_.lowest, open_.highest) == (6000, 13000)
    assert amount(rulebook, area=learning, level="1").state == "refer"
    assert "raising any of [level, tier] never lowers amount" in pack.files["pack.yaml"]


def test_every_silence_is_a_question_at_its_cell_and_in_the_pack(tmp_path):
    """Who, when, for how long, several areas, which end: and each empty cell."""
    pack, rulebook = made(written(tmp_path, TIERED))
    cells = [finding.place.cell for finding in pack.questions]
    assert cells == ["", "", "", "", "", "D9", "E9", "D10", "E10"]
    assert [re.findall(r"authority|day|period|several areas|least need|empty", text)[0] for text in asked(pack)] == [
        "authority", "day", "period", "several areas", "least need", "empty", "empty", "empty", "empty",
    ]  # fmt: skip
    assert [
        finding.message.removeprefix("not answered yet: ") for finding in rulebook.check() if finding.code == "CX215"
    ] == asked(pack)
    assert {finding.severity for finding in pack.questions} == {"warning"}


def test_what_is_said_on_the_command_line_is_not_asked(tmp_path):
    """Each option answers its question; how several areas go together only people can say."""
    path = written(tmp_path, 'Level,Speech,Hearing\nMild,"£1,000",£500\nSevere,"£2,000",£900\n')
    pack, rulebook = made(path, authority="A council", unit="GBP/term", start=DAY)
    assert len(asked(pack)) == 1
    assert "several areas" in asked(pack)[0]
    assert "A council" in rulebook.pack.authority
    assert "unit: GBP/term" in pack.files["rates.yaml"]
    assert "in_force: {from: 2026-04-01}" in pack.files["pack.yaml"]


def test_a_table_of_bands_without_areas_is_a_grid_of_one_column(tmp_path):
    """As published for mainstream schools by one county: three amounts, and more than the last by agreement."""
    pack, rulebook = made(written(tmp_path, "Band;Amount\n1;£1,600\n2;£3,100\n3;£4,500\nPlus package;over £4,500\n"))
    assert [amount(rulebook, level=level).value for level in ("level_1", "level_2", "level_3")] == [1600, 3100, 4500]
    agreed = amount(rulebook, level="plus_package")
    assert (agreed.state, agreed.cause) == ("refer", "individually_agreed")
    assert not any("several areas" in text for text in asked(pack))
    assert "area" not in pack.files["inputs.yaml"]


def test_columns_of_several_years_are_not_areas(tmp_path):
    """One year at a time: which days a year is, only people can say."""
    path = written(tmp_path, 'School,2023-24,2022-23,2021-22\nA,"£12,132","£11,796",£11\nB,"£11,412","£11,088",£10\n')
    assert faults(path) == [("CX864", "B1")]
    with pytest.raises(PackError, match="are years: `2023-24`, `2022-23`, `2021-22`"):
        made(path)


def test_ranges_make_the_whole_grid_a_grid_of_two_ends(tmp_path):
    """Up to an amount begins at nothing by a reading that is written down."""
    text = "Area of need\tBand A\tBand B\tBand C\tBand D\nCommunication\t£500 - £1,000\tup to £3,000\tn/a\tindividually agreed\n"
    text += "Physical\t£500\t£2,000-4,000\t£5,000+\tTBC\n"
    pack, rulebook = made(written(tmp_path, text))
    assert amount(rulebook, area="communication", level="band_a").value == {"low": 500, "high": 1000}
    assert amount(rulebook, area="communication", level="band_b").value == {"low": 0, "high": 3000}
    assert amount(rulebook, area="communication", level="band_c").state == "not_applicable"
    assert amount(rulebook, area="communication", level="band_d").cause == "individually_agreed"
    assert amount(rulebook, area="physical", level="band_a").value == {"low": 500, "high": 500}
    assert amount(rulebook, area="physical", level="band_c").cause == "individually_agreed"
    assert amount(rulebook, area="physical", level="band_d").cause == "unpublished"
    assert 'reading: "Read as: from nothing up to that amount."' in pack.files["decisions/amount.yaml"]
    for words in ("begin at nothing", "or that it is nil", "Who agrees the amount above `£5,000+`", "prints `TBC`"):
        assert any(words in text for text in asked(pack)), words


def test_levels_may_be_columns_or_rows(tmp_path):
    """The same grid turned round is the same pack."""
    across = written(tmp_path, "Area,Level 1,Level 2\nSpeech,£100,£200\nHearing,£150,£250\n", "a.csv")
    down = written(tmp_path, "Level,Speech,Hearing\nLevel 1,£100,£150\nLevel 2,£200,£250\n", "b.csv")
    for path in (across, down):
        _, rulebook = made(path)
        found = [amount(rulebook, area=area, level=level).value for area in ("speech", "hearing") for level in "12"]
        assert found == [100, 200, 150, 250]


@pytest.mark.parametrize(
    ("labels", "lowest", "order", "asks"),
    [
        (("5", "4", "10"), None, ["4", "5", "10"], True),
        (("Level 2", "Level 1"), None, ["1", "2"], True),
        (("High", "Low", "Medium"), None, ["low", "medium", "high"], False),
        (("Severe", "Mild"), None, ["mild", "severe"], False),
        (("Band C", "Band A"), None, ["band_c", "band_a"], True),
        (("Band C", "Band A"), "last", ["band_a", "band_c"], False),
        (("1", "2"), "last", ["2", "1"], False),
    ],
)
def test_the_order_of_levels_is_asked_where_the_labels_do_not_show_it(tmp_path, labels, lowest, order, asks):
    """Numbers by number, words of severity by their meaning, other words as printed."""
    rows = "".join(f"{label},£{100 + index},£{200 + index}\n" for index, label in enumerate(labels))
    pack, rulebook = made(written(tmp_path, "Level,Speech,Hearing\n" + rows), lowest=lowest)
    assert list(rulebook.pack.inputs["level"].type.values) == order
    assert any("of least need" in text for text in asked(pack)) == asks


def test_a_level_with_a_tier_in_its_name_has_both(tmp_path):
    """`Level 5 High` is a level and a tier."""
    text = "Area,Level 4,Level 5 High,Level 5 Low\nSpeech,£100,£300,£200\nHearing,£110,£310,£210\n"
    _, rulebook = made(written(tmp_path, text))
    assert amount(rulebook, area="speech", level="5", tier="high").value == 300
    assert amount(rulebook, area="hearing", level="4").value == 110


def test_an_amount_that_falls_is_asked_about_and_no_property_says_otherwise(tmp_path):
    """The grid itself decides which sentences it can carry."""
    text = "Level,Speech,Hearing\n1,£100,£100\n2,£200,£90\n3,£300,£300\n"
    pack, _ = made(written(tmp_path, text))
    (question,) = [finding for finding in pack.questions if "Is it meant" in finding.message]
    assert question.place.cell == "C3"
    assert "never lowers" not in pack.files["pack.yaml"]


def test_amounts_that_fall_all_the_way_are_one_question(tmp_path):
    """The first level printed may be that of most need."""
    pack, _ = made(written(tmp_path, "Band,Speech,Hearing\nA,£300,£310\nB,£200,£210\nC,£100,£110\n"))
    assert [text for text in asked(pack) if "fall" in text] == [
        "The amounts fall from `A` to `C`: is `A` the level of most need? If so, import the grid again with --lowest last."
    ]
    pack, _ = made(written(tmp_path, "Band,Speech,Hearing\n3,£100,£110\n2,£200,£210\n1,£300,£310\n"))
    assert [text for text in asked(pack) if "with --lowest first" in text]
    pack, _ = made(written(tmp_path, "Band,Speech,Hearing\n3,£100,£110\n2,£200,£210\n1,£300,£310\n"), lowest="first")
    assert "raising any of [level] never lowers amount" in pack.files["pack.yaml"]


def left_out(pack):
    """The cell and the first words of each note about a row or a column that is no part of the grid."""
    return [(finding.place.cell, re.match(r"the \w+ `[^`]*`", finding.message)[0]) for finding in pack.left_out]


TOTALS = [
    ("Total", "Total"), ("TOTAL", "Sum"), ("Grand total", "Sub-total"), ("Totals:", "Average"), ("Total (£)", "Mean"),
    ("Core total", "Overall"),
]  # fmt: skip


@pytest.mark.parametrize(("column", "row"), TOTALS)
def test_a_sum_of_the_others_is_neither_a_level_nor_an_area(tmp_path, column, row):
    """A review found a scale that ended in `total`, without a word. What is left out is told at its heading, with its amounts."""
    text = f"Level,Speech,Learning,{column}\n1,100,200,300\n2,300,400,700\n{row},400,600,1000\n"
    pack, rulebook = made(written(tmp_path, text))
    assert rulebook.pack.inputs["level"].type.values == ("1", "2")
    assert rulebook.pack.inputs["area"].type.values == ("speech", "learning")
    assert left_out(pack) == [("D1", f"the column `{column}`"), ("A4", f"the row `{row}`")]
    assert "`300, 700, 1000`" in pack.left_out[0].message
    assert {finding.severity for finding in pack.left_out} == {"note"}


@pytest.mark.parametrize(
    "text", ["Band,Total\n1,£100\n2,£200\n", "Level,Total communication,Learning\n1,£100,£200\n2,£200,£300\n"]
)
def test_what_only_sounds_like_a_sum_stays(tmp_path, text):
    """The one column of amounts, whatever it is called, and an area whose name begins so."""
    pack, _ = made(written(tmp_path, text))
    assert pack.left_out == ()
    assert "B2" in pack.files["cases/published-cells.yaml"]


NOT_MONEY = [
    ("Hours", "1-5", "6-10"), ("Hours of support", "100", "150"), ("LSA hours per week", "60", "70"), ("%", "10", "20"),
    ("Number of pupils", "60", "70"), ("FTE", "0.5", "1"), ("Points", "60", "70"), ("Share", "10%", "100%"),
]  # fmt: skip


@pytest.mark.parametrize(("heading", "one", "two"), NOT_MONEY)
def test_hours_and_shares_are_not_pounds(tmp_path, heading, one, two):
    """A review found `1-5` hours read as one to five pounds."""
    path = written(tmp_path, f'Band,{heading},Amount\nA,{one},"£1,000"\nB,{two},"£2,000"\n')
    pack, rulebook = made(path)
    assert "area" not in rulebook.pack.inputs
    assert amount(rulebook, level="band_a" if "band_a" in rulebook.pack.inputs["level"].type.values else "a").value == 1000
    shown = [finding.message for finding in pack.notes]
    assert any(heading in text for text in shown)
    assert all(any(cell in text for text in shown) for cell in (one, two))
    turned = written(tmp_path, f'Item,Band A,Band B\n{heading},{one},{two}\nAmount,"£1,000","£2,000"\n', "turned.csv")
    assert "area" not in made(turned)[1].pack.inputs


def test_a_grid_of_hours_alone_is_refused(tmp_path):
    """There is nothing else in it."""
    assert faults(written(tmp_path, "Band,Hours\nA,100\nB,200\n")) == [("CX862", "B1")]


@pytest.mark.parametrize("heading", ["Rate per hour", "Hours (£)", "Cost of hours"])
def test_money_for_hours_is_money(tmp_path, heading):
    """A heading that names both is left to its cells."""
    pack, _ = made(written(tmp_path, f"Band,{heading}\nA,100\nB,200\n"))
    assert pack.left_out == ()


@pytest.mark.parametrize("labels", [("10 hours", "15 hours"), ("up to 5 hours", "6 hours or more")])
def test_levels_that_are_called_by_their_hours_stay(tmp_path, labels):
    """Some authorities band by hours and pay by band."""
    pack, _ = made(written(tmp_path, f"Support,Amount\n{labels[0]},3000\n{labels[1]},4500\n"))
    assert pack.left_out == ()


def test_bare_numbers_beside_pounds_are_asked_about_at_their_heading(tmp_path):
    """They may be hours; where every column prints a sign somewhere nothing is asked, and nil has none."""
    pack, _ = made(written(tmp_path, "Band,Extra,Amount,Other\nA,1-5,£100,7\nB,6-10,£200,8\n"))
    (question,) = [finding for finding in pack.questions if "other amounts do" in finding.message]
    assert (question.place.cell, "`Extra`, `Other`" in question.message) == ("B1", True)
    for text in (
        "Level,Speech,Hearing\n1,£100,£100\n2,300,400\n3,500,600\n",
        "Level,Speech,Hearing\n1,£100,nil\n2,£300,0\n",
    ):
        asked_columns = [one for one in made(written(tmp_path, text))[0].questions if "other amounts do" in one.message]
        assert [one.place.cell for one in asked_columns] == (["A3"] if "500" in text else [])


def test_a_percentage_among_amounts_is_refused_at_its_cell(tmp_path):
    """Nobody says of what it is a share."""
    assert faults(written(tmp_path, "Level,Speech,Hearing\n1,10%,20%\n2,£100,£200\n")) == [("CX863", "B2"), ("CX863", "C2")]


def test_phases_are_not_called_areas_of_need(tmp_path):
    """Columns of primary and secondary are usual; a pupil is in one of them only."""
    pack, rulebook = made(written(tmp_path, "Band,Primary,Secondary schools\n1,£100,£200\n2,£300,£400\n"))
    assert rulebook.pack.inputs["area"].ask == "Which phase or setting is it?"
    assert not any("several areas" in text for text in asked(pack))


def test_text_beside_the_grid_is_shown_and_never_swallowed(tmp_path):
    """A title, a heading over the columns, a description, a note and a footnote."""
    text = (
        "A matrix of 2030,,,,\n,,Area of need,,\nLevel,Means,Speech,Hearing,Panel\n"
        "1,a little,£100,£100,weekly\n2,a lot,£200,£200,\n* from a page without a date,,,,\n"
    )
    pack, _ = made(written(tmp_path, text))
    shown = {finding.place.cell: finding.message.partition(": ")[2] for finding in pack.notes}
    assert shown == {
        "A1": "`A matrix of 2030`", "C2": "`Area of need`", "B3": "`Means`", "B4": "`a little`", "B5": "`a lot`",
        "E3": "`Panel`", "E4": "`weekly`", "A6": "`* from a page without a date`",
    }  # fmt: skip
    assert {finding.severity for finding in pack.notes} == {"note"}


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_csv_comes_with_any_separator_and_in_any_of_the_usual_encodings(tmp_path, mark, encoding):
    """As spreadsheets of several countries and ages save it."""
    text = 'Level|Speech|Hearing\n1|"£1,000"|£500\n2|"£2,000"|£900\n'.replace("|", mark)
    pack, rulebook = made(written(tmp_path, text.encode(encoding)))
    assert amount(rulebook, level="1", area="speech").value == 1000
    assert [finding.message for finding in pack.notes] == ["the file is not UTF-8; it was read as Windows-1252"] * (
        encoding == "cp1252"
    )


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("Area,Level 1,Level 2\nSpeech,Core offer,£500\nHearing,Core offer,£700\n", ["B2", "B3"]),
        ("Level,Speech,Hearing\n1,Core offer,Core offer\n2,£500,£700\n", ["B2", "C2"]),
        ("Level,Speech,Hearing\n1,£500,£700\n2,see text,-\n", ["B3"]),
        ("Area,Level 1,,Level 2,\n,High,Low,High,Low\nSpeech,£4,£3,£10,core\nHearing,£4,£1,£10,£7\n", ["E3"]),
    ],
)
def test_words_where_an_amount_should_be_are_never_left_out(tmp_path, text, cells):
    """A row or a column of words beside the amounts is part of the grid where its heading shows it."""
    assert faults(written(tmp_path, text)) == [("CX863", cell) for cell in cells]


@pytest.mark.parametrize(
    ("last", "levels"),
    [("Seen on a page,,,", ["1", "4", "5"]), ("0,,,", ["0", "1", "4", "5"]), ("0,,TBC,-", ["0", "1", "4", "5"])],
)
def test_a_silent_row_at_the_end_is_part_of_the_grid_and_a_note_is_not(tmp_path, last, levels):
    """By its label: a number among numbers, or words."""
    text = f"Level,Tier,Speech,Hearing\n5,High,£70,£80\n,Low,£50,£60\n4,High,£40,£50\n,Low,£20,£30\n1,,nil,\n{last}\n"
    _, rulebook = made(written(tmp_path, text))
    assert list(rulebook.pack.inputs["level"].type.values) == levels


# --- workbooks


@pytest.fixture
def workbook(tmp_path):
    """A workbook with merged headings, numbers formatted as pounds, a merged amount, a formula and a front sheet."""
    path = tmp_path / "grid.xlsx"
    book = pytest.importorskip("xlsxwriter", reason="the extra for workbooks is not installed").Workbook(path)
    book.add_worksheet("Front").write("A1", "Read me")
    sheet = book.add_worksheet("Grid")
    pounds = book.add_format({"num_format": "£#,##0"})
    sheet.merge_range("A1:H1", "A matrix")
    sheet.write("A3", "Area")
    sheet.merge_range("B2:D2", "Level 5")
    sheet.merge_range("E2:G2", "Level 4")
    sheet.merge_range("H2:H3", "Level 3")
    for column, tier in enumerate(["High", "Med", "Low"] * 2, 1):
        sheet.write(2, column, tier)
    for row, (area, amounts) in enumerate({"Speech": (10000, 7000, 5000, 4000, 2500.5, 1500, 0)}.items(), 3):
        sheet.write(row, 0, area)
        for column, value in enumerate(amounts, 1):
            sheet.write(row, column, value, pounds)
    sheet.write("A5", "Physical")
    sheet.merge_range("B5:D5", 8000, pounds)
    sheet.write_formula("F5", "=2*700", None, 1400)
    book.close()
    return path


def test_a_workbook_is_read_with_its_merged_cells(workbook):
    """What a reader sees in a cell is what the cell says."""
    pack, rulebook = made(workbook, "Grid")
    assert amount(rulebook, area="speech", level="5", tier="med").value == 7000
    assert amount(rulebook, area="speech", level="4", tier="med").value == Decimal("2500.5")
    assert {amount(rulebook, area="physical", level="5", tier=tier).value for tier in ("low", "med", "high")} == {8000}
    assert amount(rulebook, area="physical", level="4", tier="med").value == 1400
    assert amount(rulebook, area="speech", level="3").value == 0
    assert [str(finding.place) for finding in pack.questions if finding.place.cell] == [
        f"{workbook.as_posix()}:Grid!{cell}" for cell in ("E5", "G5", "H5")
    ]
    assert [finding.place.cell for finding in pack.notes] == ["Grid!A1"]


@pytest.mark.parametrize(
    ("sheet", "words"), [("", "more than one of its sheets"), ("grd", "did you mean `Grid`?"), ("Front", "no amounts")]
)
def test_the_sheet_is_named_where_it_must_be(workbook, sheet, words):
    """With the sheets there are, and the nearest."""
    with pytest.raises(PackError, match=re.escape(words)):
        made(workbook, sheet)


def test_an_error_and_a_date_in_a_cell_are_not_silence(tmp_path):
    """A formula that failed, and `3-4` that a spreadsheet made a date of."""
    path = tmp_path / "grid.xlsx"
    book = pytest.importorskip("xlsxwriter", reason="the extra for workbooks is not installed").Workbook(path)
    sheet = book.add_worksheet("Grid")
    for row, cells in enumerate([["Level", "Speech", "Hearing"], ["1", 1000, 1000], ["2", 2000, 2000], ["3", "", ""]]):
        sheet.write_row(row, 0, cells)
    sheet.write_formula("B4", "=1/0", None, "#DIV/0!")
    sheet.write_datetime("C4", dt.datetime(2026, 4, 3), book.add_format({"num_format": "d-m"}))  # noqa: DTZ001  # a cell has no zone
    book.close()
    assert faults(path) == [("CX863", "Grid!B4"), ("CX863", "Grid!C4")]


def test_a_cell_that_shows_a_percentage_is_no_amount(tmp_path):
    """A review found 50 % read as half a pound: a spreadsheet keeps 0.5 and shows `50%`."""
    path = tmp_path / "grid.xlsx"
    book = pytest.importorskip("xlsxwriter", reason="the extra for workbooks is not installed").Workbook(path)
    sheet, looks = book.add_worksheet("Grid"), [book.add_format({"num_format": form}) for form in ("0%", "0.0 %", '0" % of"')]
    sheet.write_row(0, 0, ["Level", "Speech", "Hearing", "Sight"])
    for row, value in enumerate([0.5, 0.125, 60], 1):
        sheet.write_row(row, 0, [str(row), value, 70, 80], looks[row - 1])
    book.close()
    assert faults(path)[:2] == [("CX863", "Grid!B2"), ("CX863", "Grid!C2")]
    assert {cell[-1] for _, cell in faults(path)} == {"2", "3"}
    assert read_grid(path).rows[1:3] == (("1", "50%", "7000%", "8000%"), ("2", "12.5%", "7000%", "8000%"))


def test_without_the_extra_a_workbook_says_what_to_install_and_csv_is_read(tmp_path, workbook, monkeypatch):
    """A plain sentence in place of a missing module."""
    monkeypatch.setattr(excel, "HERE", False)
    with pytest.raises(continuum.ContinuumError, match=r"CX854.*pip install"):
        read_grid(workbook, "Grid")
    assert read_grid(written(tmp_path, TIERED)).rows[0][0] == "Level"


# --- faults, with the whole text of each

GRID = "Level,Speech,Hearing\n1,£100,£100\n2,£200,£250\n"
FAULTS = {
    "CX861": ("Level,Speech,Hearing\n1,£100,£100\n2,£2,000,£250\n", """\
error[CX861]: the row has 4 cells and the others have 3
  --> grid.csv:3:1
   = expected: 3 cells
   = help: put an amount with a comma between quotation marks, "£3,000", and give each empty cell its separator
"""),
    "CX862": ("1,£100,£100\n2,£200,£250\n", """\
error[CX862]: there is no row of headings above the first amounts
  --> grid.csv:B1
   |
B1 | £100
   | ^^^^
   = help: put the names of the columns in a row above the amounts
"""),
    "CX863": (GRID.replace("£250", "£2SO"), """\
error[CX863]: `£2SO` is not an amount
  --> grid.csv:C3
   |
C3 | £2SO
   | ^^^^
   = expected: an amount (£3,000), a range (£5,000 - £7,000), up to £3,000, £4,500+, nil, n/a, individually agreed, TBC or nothing
   = help: write what such a pupil gets, or leave the cell empty: such a pupil is then referred
"""),
    "CX864": ("What,A,B\nA,£100,£100\nB,£200,£250\n", """\
error[CX864]: it does not show whether its rows are the levels or the areas
  --> grid.csv:A2
   |
A2 | A
   | ^
   = help: say so with --rows levels or --rows areas
"""),
    "CX865": (GRID.replace("£250", "€250"), """\
error[CX865]: `€250` is in EUR, and 3 amounts are in GBP
  --> grid.csv:C3
   |
C3 | €250
   | ^^^^
   = help: a grid has amounts of one kind: work them out alike, or make two grids
"""),
    "CX866": (GRID.replace("2,£", "1,£"), """\
error[CX866]: two rows are called `1`
  --> grid.csv:A3
   |
A3 | 1
   | ^
   = help: the first is in row 2; rename one, or take one out
"""),
}  # fmt: skip
"""A grid with one fault, and everything that is printed about it."""

TOLD = """\
grid.csv:A4: note[CX868]: this text is not part of the grid and was not read: `* to be reviewed`
grid.csv: warning[CX867]: What does a pupil with needs in several areas get: one amount, or several added up? \
The grid does not say.
grid.csv: warning[CX867]: Is `1` the level of least need and `2` that of most? They were taken by their numbers; \
the grid does not say.
grid.csv:C3: warning[CX867]: What does a pupil at `2`, `Hearing` get? The cell is empty.
3 questions, 1 text not read; draft pack written to pack
"""


@pytest.mark.parametrize("code", FAULTS)
def test_the_text_of_each_fault_is_as_agreed(tmp_path, monkeypatch, code):
    """Nothing is written; the whole of what an officer works from is kept here."""
    monkeypatch.chdir(tmp_path)
    text, printed = FAULTS[code]
    written(tmp_path, text)
    result = run("grid.csv", "--out", "pack")
    assert result.exit_code in (1, 2)
    assert result.stderr == printed
    assert not (tmp_path / "pack").exists()


def test_questions_and_notes_are_told_on_standard_error(tmp_path, monkeypatch):
    """One line each, and a count."""
    monkeypatch.chdir(tmp_path)
    written(tmp_path, GRID.replace("£250", "") + "* to be reviewed,,\n")
    result = run("grid.csv", "--out", "pack", *SAID)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", TOLD)


def test_every_code_of_this_room_is_seen():
    """A code nobody has seen is a sentence nobody has read."""
    assert {*FAULTS, "CX867", "CX868"} == {code for code in CODES if code.startswith("CX86")}


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("Level,Speech,Learning\n1,10%,20%\n2,30%,40%\n", ["B2", "C2", "B3", "C3"]),
        ("Level;Speech\n1;1.000,00\n2;2.000,00\n", ["B2", "B3"]),
        ('A grid,,\nLevel,Speech,Learning\n1,"£10,000 (max)",£200 approx\n2,approx £300,ask us\n', ["B3", "C3", "B4", "C4"]),
        ("Level,Speech,Learning\n1,approx £300,approx £400\n2,£500,£600\n", ["B2", "C2"]),
    ],
)  # fmt: skip
def test_where_no_amount_can_be_read_each_cell_is_told(tmp_path, text, cells):
    """A review found one fault at A1, with help that did not help."""
    assert faults(written(tmp_path, text)) == [("CX863", cell) for cell in cells]


def test_the_odd_currency_is_the_one_that_is_named(tmp_path):
    """Wherever it stands."""
    assert faults(written(tmp_path, "Level,Speech,Hearing\n1,€500,£100\n2,£200,£250\n")) == [("CX865", "B2")]


def test_an_open_quotation_mark_is_told_at_its_row(tmp_path):
    """Everything after it is one cell to a program."""
    with pytest.raises(PackError, match="quotation mark") as caught:
        read_grid(written(tmp_path, 'Level,Speech\n1,£50\n2,"£100\n3,£200\n'))
    assert caught.value.findings[0].place.line == 3


def test_a_text_that_is_called_a_workbook_is_told_so(tmp_path):
    """The name of a file says nothing of what is in it."""
    with pytest.raises(PackError, match="it is no workbook"):
        read_grid(written(tmp_path, "<html>\n<table>\n", "grid.xlsx"))


def test_counts_are_of_what_they_say(tmp_path):
    """How the file was read is a note, and no text that was not read."""
    path = written(tmp_path, "A title,,,\nLevel,Speech,Hearing,Total\n1,£100,£200,£300\n2,£300,£400,£700\n".encode("cp1252"))
    told = run(path, "--out", tmp_path / "out").stderr.splitlines()
    assert told[-1].startswith("5 questions, 1 text not read, 1 row or column left out; draft pack written")
    assert sum("CX868" in line for line in told) == 3


def test_all_faults_come_at_once(tmp_path):
    """Two currencies, two slips and a label twice."""
    text = "Level,Speech,Hearing\nMild,£100,£500\nModerate,£1OO,£400\nSevere,€700,1.000\nMild,-,x\n"
    assert faults(written(tmp_path, text)) == [
        ("CX863", "B3"), ("CX865", "B4"), ("CX863", "C4"), ("CX866", "A5"), ("CX863", "C5"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7", "it is a PDF"), (b"\xd0\xcf\x11\xe0rest", "old kind"), (b"", "evenly"), (b"\0\1\2,\0", "it is not text"),
        (b"PK\x03\x04rest", "cannot be read as a grid"), (b'a,"b\n1,2\n', "quotation mark"), (b"\n\n,,\n", "it is empty"),
        (b"one sentence\nand another\n", "evenly"), ("Level,Speech\n1,nil\n", "no amounts"),
        ("Level,Speech,\n1,£100,£100\n", "has no heading"), (",Speech,Hearing\n,£100,£100\n", "no label"),
    ],
)  # fmt: skip
def test_what_is_not_a_grid_is_refused(tmp_path, data, words):
    """In words, never with a traceback."""
    result = run(written(tmp_path, data))
    assert result.exit_code in (1, 2)
    assert words in result.stderr
    assert result.stdout == ""


def test_a_unit_that_the_grid_contradicts_is_refused(tmp_path):
    """The command line may say what the grid does not, and no more."""
    path = written(tmp_path, "Level,Speech,Hearing\n1,£100 a week,£100\n2,£200,£250 per week\n")
    assert faults(path, unit="GBP/year") == [("CX865", "")]
    pack, _ = made(path)
    assert "unit: GBP/week" in pack.files["rates.yaml"]
    assert not any("period" in text for text in asked(pack))


@pytest.mark.parametrize(("unit", "status"), [("GBP/year", 0), ("GBP", 0), ("hours/week", 2), ("£/year", 2), ("gbp/year", 2)])
def test_a_unit_is_one_of_money(tmp_path, unit, status):
    """A grid of hours would be read as pounds."""
    result = run(written(tmp_path, TIERED), "--unit", unit)
    assert result.exit_code == status
    assert ("write it as GBP/year" in result.stderr) == (status == 2)


def test_a_grid_without_a_currency_is_asked_about(tmp_path):
    """Numbers alone may be hours or points."""
    pack, _ = made(written(tmp_path, "Level,Speech,Hearing\n1,100,200\n2,300,400 per week\n"))
    assert any("Are the amounts in pounds?" in text for text in asked(pack))


# --- the command


def test_a_folder_and_a_file_and_the_screen_are_the_same_pack(tmp_path):
    """Each checks, and each holds its own worked examples."""
    path = written(tmp_path, TIERED)
    assert run(path, "--out", tmp_path / "folder", *SAID).exit_code == 0
    assert run(path, "--out", tmp_path / "one.yaml", *SAID).exit_code == 0
    printed = run(path, *SAID)
    assert printed.stdout == (tmp_path / "one.yaml").read_text(encoding="utf-8")
    folder, one = (continuum.load(tmp_path / name) for name in ("folder", "one.yaml"))
    profile = {"area": "1b_social_interaction", "level": "4"}
    assert folder.decide(profile, on=DAY).outcomes == one.decide(profile, on=DAY).outcomes
    for name in ("folder", "one.yaml"):
        checked = CliRunner().invoke(cli, ["check", str(tmp_path / name)])
        assert (checked.exit_code, "error" in checked.output) == (0, False)
        tested = CliRunner().invoke(cli, ["test", str(tmp_path / name)])
        assert "24 passed, 0 failed" in tested.output


def test_nothing_is_ever_written_over(tmp_path):
    """A folder with anything in it, or a file."""
    path = written(tmp_path, TIERED)
    for taken in (tmp_path, path):
        result = run(path, "--out", taken)
        assert result.exit_code == 2
        assert "never written over" in result.stderr
    assert path.read_text(encoding="utf-8") == TIERED


def test_an_id_that_is_none_gets_the_nearest(tmp_path):
    """From the words that were given."""
    result = run(written(tmp_path, TIERED), "--id", "My Grid")
    assert "did you mean `my-grid`?" in result.stderr
    assert "id: a-grid-of-2030\n" in run(written(tmp_path, TIERED, "A grid of 2030.csv")).stdout


def test_each_amount_cites_its_cell(tmp_path):
    """Whoever doubts an amount finds it in the grid."""
    pack, _ = made(written(tmp_path, TIERED))
    rows = yaml.load(pack.files["rates.yaml"], yaml.BaseLoader)["rates"]["published_amount"]["rows"]  # noqa: S506  # text only
    cells = list(csv.reader(io.StringIO(TIERED)))
    for row in rows:
        letter, line = re.fullmatch(r"grid#([A-Z])(\d+)", row["source"]).groups()
        printed = cells[int(line) - 1][ord(letter) - ord("A")]
        assert row["value"] == {"": "unpublished", "nil": "0"}.get(printed, printed.strip("£").replace(",", ""))


# --- any grid

FORMS = st.one_of(
    st.integers(0, 99999).map(lambda n: (f"£{n:,}", n)),
    st.integers(50, 1989).map(lambda n: (str(n), n)),
    st.sampled_from([("", "refer"), ("TBC", "refer"), ("-", "refer"), ("nil", 0), ("n/a", "not_applicable")]),
    st.sampled_from([("£4,500+", "agreed"), ("individually agreed", "agreed"), ("by negotiation", "agreed")]),
    st.tuples(st.integers(0, 500), st.integers(501, 9999)).map(lambda ends: (f"£{ends[0]} - £{ends[1]:,}", ends)),
)
WORDS = st.text(st.characters(categories=["L"]), min_size=2, max_size=12)


@st.composite
def grids(draw):
    """A grid as text, and what each of its cells should come to."""
    levels = [f"Level {n}" for n in draw(st.lists(st.integers(1, 40), min_size=2, max_size=4, unique=True))]
    areas = draw(st.lists(WORDS, min_size=2, max_size=4, unique_by=str.casefold))
    cells = {(level, area): draw(FORMS) for level in levels for area in areas}
    cells[levels[0], areas[0]] = ("£1,234", 1234)  # so that there is an amount
    turned = draw(st.booleans())
    down, across = (areas, levels) if turned else (levels, areas)
    out = io.StringIO()
    rows = csv.writer(out, delimiter=draw(st.sampled_from(",;\t")))
    rows.writerow(["", *across])
    for one in down:
        rows.writerow([one, *(cells[(other, one) if turned else (one, other)][0] for other in across)])
    return out.getvalue(), levels, areas, {key: value for key, (_, value) in cells.items()}


TOKENS = st.sampled_from(
    [
        *["", "", "", "£100", "£200", "£3,000*", "1", "2", "3", "nil", "n/a", "TBC", "-", "£1 - £9", "up to £7", "over £9"],
        *["Level 1", "Level 2", "Level 2 High", "High", "Low", "Band A", "A", "Speech", "Hearing", "Level", "Area", "a note."],
        *["€5", "£1O0", "by negotiation", "Total", "Hours", "50%", "approx £5", "Average"],
    ]
)  # fmt: skip
SHEETS = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.lists(TOKENS, min_size=width, max_size=width), min_size=1, max_size=6)
)


@settings(max_examples=150, deadline=None)
@given(SHEETS, st.sampled_from([None, "levels", "areas"]), st.sampled_from([None, "first", "last"]))
def test_any_sheet_is_refused_at_a_cell_or_makes_a_pack_that_holds(rows, across, lowest):
    """Never a traceback, whatever stands on it; and what is made has passed its own worked examples."""
    grid = Grid("sheet.csv", "", tuple(tuple(row) for row in rows), tuple(range(1, len(rows) + 1)))
    try:
        pack = make_pack(read_matrix(grid, rows=across, lowest=lowest), Wanted(DAY))
    except PackError as error:
        assert {finding.code for finding in error.findings} <= {"CX862", "CX863", "CX864", "CX865", "CX866"}  # noqa: PT017
        assert all(finding.place and finding.place.cell for finding in error.findings)  # noqa: PT017
        return
    told = " ".join([pack.one_file(), *(finding.message for finding in pack.notes)])
    for text in {cell for row in rows for cell in row} - {"nil"}:
        numbers = re.findall(r"\d+", text.replace(",", ""))
        assert text in told or (numbers and all(number in told for number in numbers)), text


def expected(outcome, value, *, ends):
    """Whether an outcome is what the cell prints."""
    if value == "not_applicable":
        return outcome.state == "not_applicable"
    if value == "refer":
        return (outcome.state, outcome.cause) == ("refer", "unpublished")
    if value == "agreed":
        return (outcome.state, outcome.cause) == ("refer", "individually_agreed")
    low, high = value if isinstance(value, tuple) else (value, value)
    return outcome.value == ({"low": low, "high": high} if ends else high)


@settings(max_examples=40, deadline=None)
@given(grids())
def test_every_cell_of_any_grid_is_found_again(tmp_path_factory, drawn):
    """Whatever the labels, whichever way round, and however the amounts are printed."""
    text, levels, areas, cells = drawn
    pack, rulebook = made(written(tmp_path_factory.mktemp("grid"), text))
    labels = {term: name for name, term in label_names(pack).items()}
    ends = "published_low" in pack.files["rates.yaml"]
    for (level, area), value in cells.items():
        outcome = amount(rulebook, level=labels["levels", level], area=labels["areas", area])
        assert expected(outcome, value, ends=ends), (level, area, value, outcome)
    assert not pack.notes
    silent = sum(value == "refer" for value in cells.values())
    assert sum("The cell" in text and "get?" in text for text in asked(pack)) == silent
    assert len(levels) * len(areas) == len(cells)


def label_names(pack):
    """The printed label of each value, by list and name."""
    terms = yaml.load(pack.files["terms.yaml"], yaml.BaseLoader)["terms"]  # noqa: S506  # text only
    return {name.partition(".")[2]: (name.partition(".")[0], term["label"]) for name, term in terms.items() if "." in name}


def test_the_page_about_grids_shows_what_is_there_and_what_is_printed(tmp_path, monkeypatch):
    """docs/matrix.md quotes the example file and the output of its first command."""
    root = Path(__file__).parents[1]
    page = (root / "docs" / "matrix.md").read_text(encoding="utf-8")
    (tmp_path / "examples").symlink_to(root / "examples")
    monkeypatch.chdir(tmp_path)
    grid, console, printed = (re.search(rf"```{kind}\n(.*?)```", page, re.DOTALL)[1] for kind in ("csv", "console", "text"))
    assert grid == (root / "examples" / "grid.csv").read_text(encoding="utf-8")
    words = next(csv.reader([console.splitlines()[0]], delimiter=" "))[3:]
    assert run(*words).stderr == printed
