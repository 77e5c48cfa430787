# SPDX-License-Identifier: MIT
"""`continuum bulk`: every row of a file is in the other, in order, whatever stands in it; and no half file is ever left."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import resource
import signal
import subprocess
import sys
from contextlib import contextmanager

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from click.testing import CliRunner
from tests.helpers import pack

import continuum
from continuum.bulk import engines, reading
from continuum.caseloads import write
from continuum.cli import bulk as command
from continuum.cli import cli

ON = "2025-10-01"
ENGINES = ("memory", "polars", "duckdb")
INPUTS = """\
scales:
  need: [none, mild, moderate, severe]
inputs:
  speech: {ask: Speech, type: scale, scale: need}
  cost: {ask: Cost, type: money, unit: GBP/year, min: 0, max: 200000}
  plan: {ask: Plan, type: yes_no}
"""
DECISIONS = """
- decision: band
  asks: Which band?
  type: {scale: [low, middle, high]}
  hit: first
  rules:
    - {id: R-1, when: {speech: "<= mild"}, then: low, because: The need is mild.}
    - {id: R-2, when: {cost: "<= 6000"}, then: middle, because: It costs little.}
    - {id: R-3, when: {cost: "> 6000"}, then: high, because: It costs much.}
"""
ROWS = [
    {"pupil": "Zoë, 1", "upn": "P000000000001", "speech": "mild", "cost": "12.50", "plan": "yes", "note": 'says "no"\nand stops'},
    {"pupil": "ﬁ 2", "upn": "D000000000002", "speech": "severe", "cost": "6000.01", "plan": "no", "note": " kept "},
    {"pupil": "=3", "upn": "T000000000003", "speech": "severe", "cost": "unknown", "plan": "yes", "note": "007"},
    {"pupil": "4", "upn": "G000000000004", "speech": "dreadful", "cost": "1", "plan": "perhaps", "note": "\t"},
    {"pupil": "5", "upn": "R000000000005", "speech": "moderate", "cost": "6000", "plan": "no", "note": "😀"},
]
BANDS = ["low", "high", None, None, "middle"]
STATUSES = ["indicated", "indicated", "range", "invalid", "indicated"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a small pack."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.yaml").write_text(pack(DECISIONS, outcomes="band", inputs=INPUTS), encoding="utf-8")
    return tmp_path


def run(*words: str):
    """`continuum bulk` with the small pack."""
    day = () if "--on" in words else ("--on", ON)
    return CliRunner().invoke(cli, ["bulk", *words, "--pack", "small.yaml", *day])


def as_csv(rows) -> str:
    """Rows as CSV."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def put(folder, name, rows=ROWS):
    """A file with these rows, in the form its name says."""
    path = folder / name
    if name.endswith(".csv"):
        path.write_text(as_csv(rows), encoding="utf-8", newline="")
    elif name.endswith(".parquet"):
        pq.write_table(pa.Table.from_pylist(rows), path)
    elif name.endswith(".jsonl"):
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    else:
        with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_numbers": False}) as book:
            sheet = book.add_worksheet()
            for number, row in enumerate([list(rows[0]), *(list(row.values()) for row in rows)]):
                sheet.write_row(number, 0, row)
    return name


def got(path):
    """The rows of a file, nothing where nothing stands."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as stream:
            return [{name: value or None for name, value in row.items()} for row in csv.DictReader(stream)]
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pylist()
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("into", [".csv", ".parquet", ".jsonl"])
@pytest.mark.parametrize("form", [".csv", ".parquet", ".jsonl", ".xlsx"])
def test_every_form_goes_in_and_every_form_comes_out(folder, form, into):
    """What a council has is what it gets back, with the decision beside it and every cell as it was."""
    done = run(put(folder, f"in{form}"), f"out{into}")
    assert done.exit_code == 0, done.output
    rows = got(folder / f"out{into}")
    assert [{name: row[name] for name in ROWS[0]} for row in rows] == ROWS
    assert [row["status"] for row in rows] == STATUSES
    assert [row["band"] for row in rows] == BANDS
    assert rows[2]["band_possible"] == "middle or high"
    assert "5 rows in, 5 out" in done.stderr
    assert sorted(path.name for path in folder.iterdir()) == sorted([f"in{form}", f"out{into}", "small.yaml"])


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("at_once", [1, 2, 3, 5, 100])
def test_where_one_part_of_the_file_ends_and_the_next_begins_is_not_seen(folder, monkeypatch, engine, at_once):
    """A row at the border of two parts is a row like any other, for each engine."""
    put(folder, "in.csv", ROWS[:4] + ROWS + ROWS[3:])
    assert run("in.csv", "whole.csv", "--engine", engine).exit_code == 0
    monkeypatch.setattr(reading, "ROWS", at_once)
    assert run("in.csv", "out.csv", "--engine", engine).exit_code == 0
    assert (folder / "out.csv").read_bytes() == (folder / "whole.csv").read_bytes()


@pytest.mark.parametrize("engine", ["memory", "polars"])
def test_a_caseload_comes_to_what_decide_says_of_each_pupil(folder, monkeypatch, engine):
    """The file is another way in, not another way to decide; its synthetic pupil numbers, of authority 000, pass through."""
    rulebook = continuum.load("kent-continuum", version="2026.9.0")
    day = rulebook.pack.start
    write(rulebook, folder / "in.csv", rows=60, seed=7, on=day, unknowns=0)
    monkeypatch.setattr(reading, "ROWS", 25)
    words = ["bulk", "in.csv", "out.csv", "--on", str(day), "--engine", engine, "--version", "2026.9.0"]
    assert CliRunner().invoke(cli, words).exit_code == 0
    given, rows = got(folder / "in.csv"), got(folder / "out.csv")
    assert [{name: row[name] for name in given[0]} for row in rows] == given
    for row in rows:
        decision = rulebook.decide({name: row[name] for name in rulebook.pack.inputs}, on=day)
        assert (row["status"], row["tariff"]) == (decision.status, decision.outcomes["tariff"].value)
    assert len({row["tariff"] for row in rows}) > 2


@pytest.mark.parametrize("engine", ENGINES)
def test_rows_that_cannot_be_read_stay_in_their_place_and_say_why(folder, engine):
    """A caseload with one bad line is a caseload all the same; nobody is decided by cells that slipped."""
    text = 'pupil,speech,cost,plan\n1,mild,1,yes\n2,mild\n\n3,mild,1,yes,,\n4,mild,1,yes,over\n5,"mi"ld,1,yes\n6,severe,1,no\n'
    (folder / "in.csv").write_text(text, encoding="utf-8")
    done = run("in.csv", "out.csv", "--engine", engine, "--strict")
    assert done.exit_code == 1
    rows = got(folder / "out.csv")
    assert [row["pupil"] for row in rows] == ["1", "2", "3", "4", None, "6"]
    assert [row["status"] for row in rows] == ["indicated", "invalid", "indicated", "invalid", "invalid", "indicated"]
    assert [row["band"] for row in rows] == ["low", None, "low", None, None, "middle"]
    assert all(row[name] is None for row in rows for name in ("exact", "band_state", "band_rules") if row["status"] == "invalid")
    assert [bool(row["fault"]) for row in rows] == [row["status"] == "invalid" for row in rows]
    assert "fewer cells than the header" in rows[1]["fault"]
    assert "more cells than the header" in rows[3]["fault"]
    assert "quotation mark" in rows[4]["fault"]
    assert "6 rows in, 6 out" in done.stderr
    assert "1 empty line" in done.stderr


@pytest.mark.parametrize("engine", ENGINES)
def test_a_quotation_mark_that_swallows_lines_ends_the_run_and_leaves_nothing(folder, monkeypatch, engine):
    """Nobody can say how many pupils are in it, so none may seem to be accounted for."""
    monkeypatch.setattr(reading, "ROWS", 2)
    text = "speech,cost,plan\n" + "mild,1,yes\n" * 5 + 'mild,"1,yes\nsevere,1,yes\n'
    (folder / "in.csv").write_text(text, encoding="utf-8")
    done = run("in.csv", "out.csv", "--engine", engine)
    assert done.exit_code == 2
    assert "in.csv:7:" in done.stderr
    assert "quotation mark" in done.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["in.csv", "small.yaml"]


def test_the_summary_counts_and_tells_nothing_about_a_pupil(folder):
    """It may stand in a log."""
    put(folder, "in.csv", ROWS * 3)
    done = run("in.csv", "out.csv")
    assert done.exit_code == 0
    assert done.stdout == ""
    assert "15 rows in, 15 out, written to out.csv" in done.stderr
    assert "\nStatus\n  9  indicated\n  3  not settled\n  3  invalid\n" in done.stderr
    assert "\nBand\n  3  low\n  3  high\n  3  not settled\n  3  middle\n" in done.stderr
    reasons = done.stderr.split("by reason")[1].splitlines()[1:]
    assert [line.split("`")[1] for line in reasons] == ["speech", "plan"]
    assert all(line.startswith("  3  ") for line in reasons)
    for row in ROWS:
        assert not [
            value for name in ("pupil", "upn", "note") if (value := row[name].strip()) and len(value) > 1 and value in done.stderr
        ]
    assert "dreadful" not in done.stderr
    assert "perhaps" not in done.stderr


def test_an_engine_sees_the_columns_that_are_asked_and_no_other(folder, monkeypatch):
    """A pupil number that is never handed over cannot be read, kept or logged."""
    seen = []
    before = engines.Question.of

    def of(self, frame):
        if frame.num_rows:
            seen.append(frame.column_names)
        return before(self, frame)

    monkeypatch.setattr(engines.Question, "of", of)
    assert run(put(folder, "in.csv"), "out.csv").exit_code == 0
    assert seen == [["speech", "cost", "plan", engines.ROW]]


@contextmanager
def ended(number):
    """A bar that asks the run to end as soon as the first rows are written."""
    yield lambda _: os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_killed_leaves_nothing_and_what_was_there_stays(folder, monkeypatch, number):
    """Half a caseload would be taken for the whole."""
    monkeypatch.setattr(command, "_bar", lambda _: ended(number))
    monkeypatch.setattr(reading, "ROWS", 2)
    put(folder, "in.csv")
    assert run("in.csv", "out.csv").exit_code != 0
    assert sorted(path.name for path in folder.iterdir()) == ["in.csv", "small.yaml"]
    (folder / "out.csv").write_text("before", encoding="utf-8")
    assert run("in.csv", "out.csv", "--force").exit_code != 0
    assert (folder / "out.csv").read_text(encoding="utf-8") == "before"
    assert len(list(folder.iterdir())) == 3


def test_out_has_its_name_only_when_it_is_whole(folder, monkeypatch):
    """Whoever watches for the file may take it as soon as it is there."""
    seen = []

    @contextmanager
    def bar(_):
        yield lambda _: seen.append(sorted(path.name for path in folder.glob("out*")))

    monkeypatch.setattr(command, "_bar", bar)
    monkeypatch.setattr(reading, "ROWS", 2)
    assert run(put(folder, "in.csv"), "out.csv").exit_code == 0
    assert seen == [["out.csv.part"]] * 3
    assert [path.name for path in folder.glob("out*")] == ["out.csv"]


def test_a_file_that_is_there_is_not_written_over_unasked(folder):
    """The only copy of something must not go because of a slip."""
    put(folder, "in.csv")
    (folder / "out.csv").write_text("precious", encoding="utf-8")
    assert run("in.csv", "out.csv").exit_code == 2
    assert (folder / "out.csv").read_text(encoding="utf-8") == "precious"
    assert run("in.csv", "in.csv", "--force").exit_code == 2
    assert run("in.csv", "out.csv", "--force").exit_code == 0
    assert len(got(folder / "out.csv")) == 5
    (folder / "other.csv.part").write_text("", encoding="utf-8")
    done = run("in.csv", "other.csv")
    assert done.exit_code == 2
    assert "another run" in done.stderr


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("form", "into"), [(".csv", ".csv"), (".parquet", ".jsonl")])
def test_a_file_without_rows_becomes_one_without_rows(folder, form, into, engine):
    """A school without pupils this month is no error."""
    if form == ".csv":
        put(folder, "in.csv").join([])
        (folder / "in.csv").write_text("pupil,speech,cost,plan\n", encoding="utf-8")
    else:
        pq.write_table(pa.table({name: pa.array([], pa.string()) for name in ("pupil", "speech", "cost", "plan")}), "in.parquet")
    done = run(f"in{form}", f"out{into}", "--engine", engine)
    assert done.exit_code == 0, done.output
    assert "0 rows in, 0 out" in done.stderr
    first = (folder / f"out{into}").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[:5] for line in first] == ([["pupil", "speech", "cost", "plan", "status"]] if into == ".csv" else [])


@pytest.mark.parametrize(
    "name", ["in.csv", "in.jsonl", "in.parquet", "in.xlsx", "gone.csv", "gone.parquet", "gone.xlsx", "in.doc"]
)
def test_a_file_that_is_empty_gone_or_of_another_kind_is_told_in_words(folder, name):
    """Never a traceback, and nothing is written."""
    if name.startswith("in"):
        (folder / name).write_bytes(b"")
    done = run(name, "out.csv")
    assert done.exit_code == 2
    assert name in done.stderr
    assert not (folder / "out.csv").exists()


@pytest.mark.parametrize("engine", ENGINES)
def test_the_day_may_be_a_column(folder, engine):
    """Each panel has its day; a row for a day that the version does not cover is invalid."""
    days = ["2025-10-01", "2029-01-01", "1999-01-01", "", "next week"]
    put(folder, "in.csv", [{**ROWS[0], "panel": day} for day in days])
    done = run("in.csv", "out.csv", "--on", "panel", "--engine", engine)
    assert done.exit_code == 0, done.output
    assert [row["status"] for row in got(folder / "out.csv")] == ["indicated"] * 2 + ["invalid"] * 3
    assert "on the day in `panel`" in done.stderr


def test_columns_may_have_other_names_and_decisions_a_prefix(folder):
    """A council's export is decided as it is."""
    rows = [{"SLCN level": row["speech"], **row, "status": "open"} for row in ROWS]
    for row in rows:
        del row["speech"]
    put(folder, "in.csv", rows)
    done = run("in.csv", "out.csv")
    assert done.exit_code == 1
    assert "--columns FILE.yaml" in done.stderr or "`speech`" in done.stderr
    (folder / "names.yaml").write_text("SLCN level: speech\n", encoding="utf-8")
    done = run("in.csv", "out.csv", "--columns", "names.yaml")
    assert done.exit_code == 1
    assert "--prefix decided_" in done.stderr
    assert run("in.csv", "out.csv", "--columns", "names.yaml", "--prefix", "d_").exit_code == 0
    out = got(folder / "out.csv")
    assert [row["d_status"] for row in out] == STATUSES
    assert {row["status"] for row in out} == {"open"}
    for text in ("- a\n", "a: [b]\n", "a: b\na: c\n"):
        (folder / "names.yaml").write_text(text, encoding="utf-8")
        assert run("in.csv", "other.csv", "--columns", "names.yaml").exit_code in (1, 2)


def test_the_words_for_the_command_line_are_those_that_the_library_says(folder):
    """A hint that names an argument of Python helps nobody at a command line; one that is never said is dead."""
    put(folder, "in.csv", [{**row, "speach": row["speech"], "status": ""} for row in ROWS])
    text = (folder / "in.csv").read_text(encoding="utf-8").replace("speech,", "other,", 1)
    (folder / "in.csv").write_text(text, encoding="utf-8", newline="")
    (folder / "names.yaml").write_text("not there: speech\nnote: height\n", encoding="utf-8")
    said = run("in.csv", "out.csv").stderr + run("in.csv", "out.csv", "--columns", "names.yaml").stderr
    said += run("in.csv", "out.csv", "--on", "zzz").stderr
    put(folder, "other.csv", [{**row, "status": ""} for row in ROWS])
    said += run("other.csv", "out.csv").stderr
    assert not [there for there in command.HERE if there in said]
    assert not [here for here in command.HERE.values() if here not in said]


def test_json_lines_come_back_with_the_kinds_they_had(folder):
    """A number stays one, with the places it was written with; keys may differ from line to line."""
    lines = [
        '{"speech": "mild", "cost": 12.50, "plan": true, "age": 9, "mixed": 1.0, "list": [1.20, {"a": null}]}',
        '{"speech": "severe", "cost": 7000, "plan": false, "mixed": "text", "late": 0.10}',
        '{"speech": "severe", "speech": "mild"}', "[1]", "nonsense", "",
        '{"speech": null, "cost": null, "plan": null}',
    ]  # fmt: skip
    (folder / "in.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = run("in.jsonl", "out.jsonl")
    assert done.exit_code == 0, done.output
    out = (folder / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert out[0].startswith(
        '{"speech": "mild", "cost": 12.50, "plan": true, "age": 9, "mixed": "1.0", "list": [1.20, {"a": null}], "late": null, '
        '"status": "indicated"'
    )
    assert '"cost": 7000' in out[1]
    assert '"late": 0.10' in out[1]
    rows = got(folder / "out.jsonl")
    assert [row["status"] for row in rows] == ["indicated", "indicated", "invalid", "invalid", "invalid", "range"]
    assert [row["band"] for row in rows] == ["low", "high", None, None, None, None]


def test_parquet_keeps_its_kinds_and_what_it_says_of_itself(folder):
    """Categories, decimals, days, lists and the note that it is synthetic all pass through."""
    table = pa.table(
        {
            "speech": pa.array(["mild", "severe"]).dictionary_encode(),
            "cost": pa.array([1, None], pa.decimal128(9, 2)),
            "plan": [True, False],
            "day": [dt.date(2025, 1, 1), None],
            "list": [[1, 2], []],
        }
    ).replace_schema_metadata({"continuum": "synthetic"})
    pq.write_table(table, folder / "in.parquet")
    for engine in ENGINES:
        assert run("in.parquet", "out.parquet", "--engine", engine, "--force").exit_code == 0
        out = pq.read_table(folder / "out.parquet")
        assert out.select(table.column_names).to_pylist() == table.to_pylist()
        assert out.schema.field("cost").type == table.schema.field("cost").type
        assert out.schema.metadata[b"continuum"] == b"synthetic"
        assert out.column("status").to_pylist() == ["indicated", "range"]
    assert run("in.parquet", "out.csv").exit_code == 0
    assert got(folder / "out.csv")[0]["list"] == "[1, 2]"
    assert got(folder / "out.csv")[0]["day"] == "2025-01-01"
    assert run("in.parquet", "out.jsonl").exit_code == 0
    assert '"cost": 1.00, "plan": true, "day": "2025-01-01", "list": [1, 2]' in (folder / "out.jsonl").read_text(encoding="utf-8")
    pq.write_table(table.append_column("photo", pa.array([b"1", b"2"])), folder / "in.parquet")
    assert run("in.parquet", "other.csv").exit_code == 2
    assert run("in.parquet", "other.parquet").exit_code == 0


def test_an_excel_sheet_says_what_a_person_sees_in_it(folder):
    """A day is a day, 9 is not 9.0, and an error of the spreadsheet is no empty cell."""
    with xlsxwriter.Workbook(folder / "in.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["speech", "cost", "plan", "day", "age"])
        sheet.write_row(1, 0, ["mild", 0.1, True])
        sheet.write_datetime(1, 3, dt.date(2025, 9, 1), book.add_format({"num_format": "dd/mm/yyyy"}))
        sheet.write_number(1, 4, 9)
        sheet.write_row(3, 0, ["severe"])
        sheet.write_formula(3, 1, "=1/0", value="#DIV/0!")
        book.add_worksheet("About").write(0, 0, "=1/0")
    done = run("in.xlsx", "out.csv")
    assert done.exit_code == 0, done.output
    first, second = got(folder / "out.csv")
    assert [first[name] for name in ("cost", "plan", "day", "age", "status")] == ["0.1", "yes", "2025-09-01", "9", "indicated"]
    assert (second["cost"], second["status"]) == ("#DIV/0!", "invalid")
    assert "1 empty line" in done.stderr


def test_an_export_of_a_spreadsheet_is_read(folder):
    """A mark at its beginning, semicolons, line ends of Windows, empty columns at the end."""
    (folder / "in.csv").write_bytes("\ufeffspeech;cost;plan;;\r\nmild;1;yes;;\r\n".encode())
    assert run("in.csv", "out.csv").exit_code == 0
    assert (folder / "out.csv").read_text(encoding="utf-8").startswith("speech,cost,plan,status,")
    (folder / "in.csv").write_bytes(b"speech,cost,plan,name\n" + b"mild,1,yes,Zoe\n" * 3 + b"mild,1,yes,Zo\xeb\n")
    done = run("in.csv", "other.csv")
    assert done.exit_code == 2
    assert "in.csv:5:" in done.stderr
    assert "UTF-8" in done.stderr
    assert not (folder / "other.csv").exists()


def test_a_row_that_an_engine_loses_or_moves_stops_the_run(folder, monkeypatch):
    """The planted fault: an engine that turns the rows round."""

    def turned(question, asked, chunks):
        for chunk in chunks:
            yield chunk, question.of(asked.of(chunk)).sort_by([(engines.ROW, "descending")])

    monkeypatch.setitem(engines.ENGINES, "polars", turned)
    put(folder, "in.csv")
    done = run("in.csv", "out.csv", "--engine", "polars")
    assert isinstance(done.exception, AssertionError)
    assert not (folder / "out.csv").exists()


def test_decide_sends_caseloads_here(folder):
    """Columns beside the answers are an error for one profile, and usual in a caseload."""
    put(folder, "in.csv")
    done = CliRunner().invoke(cli, ["decide", "in.csv", "--pack", "small.yaml", "--on", ON])
    assert done.exit_code == 1
    assert done.stderr.count("continuum bulk") == 1


@pytest.mark.slow
def test_memory_does_not_grow_with_the_file(folder):
    """A county, a country: what is in memory is some rows of it."""
    peaks = []
    for rows in (100_000, 1_000_000):
        with (folder / "in.csv").open("w", encoding="utf-8") as stream:
            stream.write("pupil,speech,cost,plan\n")
            stream.writelines(f"{number},severe,{number % 9000},yes\n" for number in range(rows))
        words = [
            sys.executable,
            "-m",
            "continuum.cli",
            "bulk",
            "in.csv",
            "out.csv",
            "--on",
            ON,
            "--pack",
            "small.yaml",
            "--force",
        ]
        with subprocess.Popen(words, stderr=subprocess.DEVNULL) as child:
            _, status, used = os.wait4(child.pid, 0)
            child.returncode = status
        assert status == 0
        assert isinstance(used, resource.struct_rusage)
        peaks.append(used.ru_maxrss / 1024)
    assert peaks[1] < peaks[0] + 60, peaks
    assert len(pl.read_csv(folder / "out.csv", infer_schema=False)) == 1_000_000
