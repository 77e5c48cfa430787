# SPDX-License-Identifier: MIT
"""Frames come, cell by cell, to what single profiles come to: from every engine, with no row lost and none guessed."""

from __future__ import annotations

import datetime as dt
import os
import random
import re
import shutil
import sys
from decimal import Decimal
from functools import cache
from itertools import product

import pytest

pytest.importorskip("narwhals", reason="the extra `frames` is not installed")
pytest.importorskip("polars", reason="the extra `engines` is not installed")

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from tests.helpers import DAY, pack, rulebook
from tests.test_columns import FOLDERS, ROOT, rows_of
from tests.test_unknowns import VALUES, packs
from tests.test_unknowns import rulebook as of_text

from continuum import load
from continuum.errors import DayError, EngineError, ProfileError
from continuum.frames.output import cells, columns_of, layout, written
from continuum.frames.reading import WHY
from continuum.testing.room import as_given

DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
ROWS = 20_000 if DEEP else 200
OPEN = 400 if DEEP else 15
every_pack = pytest.mark.parametrize("folder", FOLDERS, ids=[str(folder.relative_to(ROOT)) for folder in FOLDERS])


@cache
def booked(folder):
    """The rulebook of a folder."""
    return load(folder)


def text(value):
    """A value as a cell of text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return None if value is None else str(as_given(value))


WRONG = ["nonsense", "-1", "1000000000", "0.12345", "1e3", "2025-02-30", "1899-01-01", "absent", "999", "12345678901234567890"]


@cache
def drawn(folder, count, *, nulls=False, seed=1):
    """Rows of text: boundaries seen from worked examples, mixed with one another, with wrong values and (``nulls``) gaps."""
    book = booked(folder)
    chance = random.Random(seed)  # noqa: S311  # rows for a test
    bases = list(rows_of(book, book.pack.some_day))
    chance.shuffle(bases)
    rows = []
    for number in range(count):
        row = dict(bases[number % len(bases)])
        if number >= len(bases) or nulls:
            for name in chance.sample(list(row), min(len(row), chance.choice((0, 1, 1, 2)))):
                row[name] = chance.choice(bases)[name]
        row = {name: text(value) for name, value in row.items()}
        if chance.random() < 0.15:
            row[chance.choice(list(row))] = chance.choice(WRONG)
        if nulls:
            for name in chance.sample(list(row), min(len(row), chance.choice((1, 1, 2, 3)))):
                row[name] = chance.choice((None, None, "unknown", ""))
        rows.append(row)
    return rows


def told(book, row, day):
    """What the columns of one row should say, from the reference engine and the reader alone; of a fault its fields."""
    names = dict.fromkeys(layout(book.pack, ""))
    try:
        profile = book.profile({name: value for name, value in row.items() if value is not None})
        decision = book.decide(profile, on=day)
        outcomes = decision.outcomes
    except ProfileError as error:
        return names | {"status": "invalid", "fault": sorted(f.message for f in error.findings)}
    values = profile.exact_values()
    if len(values) == len(book.pack.inputs):
        decided = book._engine("reference").decide(values, day)
        outcomes = {name: book._outcome(book.pack.tables[name], worked) for name, worked in decided.items()}
    for name, outcome in outcomes.items():
        type_ = book.pack.tables[name].type
        names |= dict(zip(columns_of(name, type_), cells(outcome, type_), strict=True))
    return names | {"status": decision.status, "exact": decision.exact}


TOLD = {}
"""What the reference says of rows that were held before; engines decide the same ones."""


def held(book, rows, found, day):
    """Hold the rows that came out against the reference."""
    assert len(found) == len(rows)
    for row, one in zip(rows, found, strict=True):
        key = book.digest, day, *row.items()
        if key not in TOLD:
            TOLD[key] = told(book, row, day)
        wanted = dict(TOLD[key])
        assert {name: one[name] for name in row} == row
        faults, said = wanted.pop("fault"), one["fault"]
        assert {name: one[name] for name in wanted} == wanted, row
        assert (said is None) == (faults is None)
        for fault in faults or ():
            name = fault.split("`")[1] if fault.startswith("`") else ""
            assert (f"`{name}` " in said and any(why in said for why in WHY.values())) if name else fault.split(": ")[1] in said


def plain(frame):
    """A frame of any kind as a list of rows of plain values."""
    if isinstance(frame, pl.LazyFrame):
        frame = frame.collect()
    if isinstance(frame, pl.DataFrame):
        return frame.to_dicts()
    if isinstance(frame, pd.DataFrame):
        return [
            {name: None if pd.isna(value) else value for name, value in row.items()} for row in frame.to_dict(orient="records")
        ]
    return (frame if isinstance(frame, pa.Table) else frame.to_arrow_table()).to_pylist()


KINDS = {
    "polars": pl.DataFrame,
    "pandas, numpy": lambda rows: pd.DataFrame(rows, dtype=object),
    "pandas, nullable": lambda rows: pd.DataFrame(rows).astype("string"),
    "pandas, pyarrow": lambda rows: pd.DataFrame(rows).astype("string[pyarrow]"),
    "pyarrow": lambda rows: pa.table({name: pa.array([row[name] for row in rows], pa.string()) for name in rows[0]}),
}
as_polars = lambda rows: pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String))  # noqa: E731
KINDS["polars"] = as_polars


@every_pack
def test_a_frame_in_memory_says_what_the_reference_says_of_each_row(folder):
    """The arrays are a short way to the reference and no other reading of the rules."""
    book, rows = booked(folder), drawn(folder, ROWS)
    day = book.pack.some_day
    held(book, rows, plain(book.decide_many(as_polars(rows), on=day)), day)


@every_pack
def test_rows_with_gaps_in_memory_have_the_ranges_of_single_profiles(folder):
    """What is not known is as exact in a caseload as it is for one child."""
    book, rows = booked(folder), drawn(folder, OPEN, nulls=True)
    day = book.pack.some_day
    held(book, rows, plain(book.decide_many(as_polars(rows), on=day)), day)


KENT = ROOT / "rules" / "kent-continuum" / "2025.9.0"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_frame_in_memory_comes_back_as_its_kind_with_the_same_cells(kind):
    """Nobody should have to know which engine decided."""
    book, rows = booked(KENT), drawn(KENT, 120) + drawn(KENT, 8, nulls=True)
    day = book.pack.some_day
    frame = KINDS[kind](rows)
    found = book.decide_many(frame, on=day)
    assert type(found) is type(frame)
    held(book, rows, plain(found), day)


# --- lazy frames -----------------------------------------------------------------------------------------------------

UNSAID = {"2015.9.0": "a division by what is not a constant"}
"""Of the packs that ship, the version with an outcome that is not said as an expression, and what is not."""


def lazily(book, rows, engine, day, **more):
    """What a lazy engine says of rows of text."""
    frame = as_polars(rows)
    if engine == "duckdb":
        with duckdb.connect() as connection:
            return plain(book.decide_many(connection.from_arrow(frame.to_arrow()), on=day, **more))
    return plain(book.decide_many(frame.lazy(), on=day, **more))


def number(value):
    """A number of a cell, to compare."""
    return None if value is None else Decimal(value)


DECIDED = {}
"""Decisions of rows with gaps, as above."""


def contained(book, row, found, day):
    """Hold one row with gaps: whatever it may come to, by the exact ranges, is in what was said of it."""
    key = book.digest, day, *row.items()
    if key not in DECIDED:
        DECIDED[key] = decided_or_not(book, row, day)
    decision, together = DECIDED[key]
    if decision is None:  # that answers exclude each other only together is for a frame in memory to find
        assert found["status"] == "invalid" or together
        return
    assert found["status"] != "invalid"
    assert found["exact"] == (not any(found[f"{name}_state"] == "range" for name in book.pack.outcomes))
    for name, exact in decision.outcomes.items():
        type_ = book.pack.tables[name].type
        said = dict(zip(columns_of(name, type_), cells(exact, type_), strict=True))
        del said[f"{name}_rules"]
        assert set(exact.rules) <= set(found[f"{name}_rules"].split("; "))
        if found[f"{name}_state"] == "range":
            in_range(name, type_, exact, found)
        else:
            assert {key: found[key] for key in said} == said


def decided_or_not(book, row, day):
    """The decision of a row; or none, and whether its answers exclude each other only together."""
    try:
        return book.decide(book.profile({name: value for name, value in row.items() if value is not None}), on=day), False
    except ProfileError as error:
        return None, all("whatever is filled in" in one.message for one in error.findings)


def in_range(name, type_, exact, found):
    """Hold a range: every result that is possible is in it."""
    possible = exact.possible if exact.state == "range" else (exact.value if exact.state == "indicated" else stated(exact),)
    options = found[f"{name}_possible"].split(" or ")
    low, high = (number(found.get(f"{name}_{end}")) if type_.kind == "number" else None for end in ("lowest", "highest"))
    for one in possible:
        if isinstance(one, tuple):
            assert set(one) <= {member for option in options for member in option.split("; ")}
        elif isinstance(one, str | bool):
            assert written(one) in options
        else:
            assert low <= one <= high
    if type_.kind == "number" and exact.state == "range":
        assert exact.lowest is None or low <= exact.lowest
        assert exact.highest is None or exact.highest <= high


def stated(outcome):
    """The state of an outcome that has no value, as a range names it."""
    return "individually_agreed" if outcome.cause == "individually_agreed" else outcome.state


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
@every_pack
def test_a_lazy_frame_says_what_the_reference_says_of_each_row(folder, engine):
    """The tree is a second reading of the language, so it is held against the first, cell by cell."""
    book = booked(folder)
    day = book.pack.some_day
    rows = drawn(folder, ROWS)[: None if engine == "polars" or DEEP else 60]
    gaps = drawn(folder, OPEN, nulls=True)
    if folder.name in UNSAID:
        with pytest.raises(EngineError, match="cannot be said as an expression: " + re.escape(UNSAID[folder.name])):
            lazily(book, rows, engine, day)
        return
    found = lazily(book, rows + gaps, engine, day)
    held(book, rows, found[: len(rows)], day)
    for row, one in zip(gaps, found[len(rows) :], strict=True):
        contained(book, row, one, day)


@settings(max_examples=400 if DEEP else 30, deadline=None, suppress_health_check=list(HealthCheck))  # many packs are refused
@given(text_=packs(form=True), data=st.data())
def test_a_lazy_frame_says_what_the_reference_says_of_drawn_packs(text_, data):
    """What is shipped uses a part of the language; drawn packs read states of decisions, fail, refer and chain."""
    book = of_text(text_)
    one_of = {name: st.sampled_from(values) for name, values in VALUES.items()}
    rows = data.draw(
        st.lists(st.fixed_dictionaries({name: one | st.none() for name, one in one_of.items()}), min_size=4, max_size=12)
    )
    rows = [{name: text(value) for name, value in row.items()} for row in rows]
    try:
        found = lazily(book, rows, "polars", DAY)
    except EngineError as error:
        reject() if error.findings[0].code == "CX813" else pytest.fail(str(error))
    for row, one in zip(rows, found, strict=True):
        if any(value is None for value in row.values()):
            contained(book, row, one, DAY)
        else:
            held(book, [row], [one], DAY)


# --- what cells may be -----------------------------------------------------------------------------------------------

TYPED = """
- decision: out
  asks: What?
  type: {scale: [low, mid, top]}
  hit: first
  rules:
    - {id: R-1, when: {speech: ">= severe", score: "> 2.5"}, then: top, because: A.}
    - {id: R-2, when: {any: [{cost: "> 10.50"}, {on_roll: no}, {seen: "> 2025-01-01"}, {setting: srp}]}, then: mid, because: B.}
    - {id: R-3, otherwise: low, because: C.}
- decision: amount
  asks: How much?
  type: money
  unit: GBP/year
  places: 2
  rounding: half_up
  hit: first
  rules:
    - {id: S-1, when: {hears: absent}, then: not_applicable, because: A.}
    - {id: S-2, when: {hears: no}, then: {individually_agreed: yes}, because: A.}
    - {id: S-3, otherwise: "= max(0, cost - 100) + age", because: B.}
"""
FEW = """
inputs:
  speech: {ask: Speech, type: scale, scale: need, blank_means: mild}
  score: {ask: Score, type: number, min: -100, max: 1000, step: 0.125}
  cost: {ask: Cost, type: money, unit: GBP/year, min: 0, max: 200000}
  age: {ask: Age, type: money, unit: GBP/year, min: 0, max: 30, step: 1}
  seen: {ask: Day seen, type: date, min: 2000-01-01, max: today}
  setting: {ask: Setting, type: choice, of: places, codes: {mainstream: 1, srp: 2, special: 3}}
  on_roll: {ask: On roll, type: yes_no}
  hears: {ask: Hears, type: yes_no, optional: yes}
scales:
  need: [none, mild, moderate, severe, profound]
choices:
  places: [mainstream, srp, special]
"""
TEXTS = {
    "speech": ["none", "Severe ", "PROFOUND", None, "", "unknown", "absent", "sever"],
    "score": [
        "2.5",
        "2.625",
        "-100",
        "-0.125",
        "-100.125",
        "1000",
        "1000.0",
        "0.1",
        "1e3",
        "007",
        "2.",
        "1" * 35,
        None,
        "2.6250",
    ],
    "cost": ["10.50", "10.51", "0", "100.01", "200000", "200000.01", "-0.01", "10.505", "99999999999999999999", "x", None],
    "age": ["3", "3.0", "3.5", "31", "-1", None],
    "seen": [
        "2025-01-01",
        "2025-01-02",
        "2024-02-29",
        "2023-02-29",
        "2025-10-01",
        "2025-10-02",
        "1999-12-31",
        "0000-01-01",
        "1/2/2025",
    ],
    "setting": ["srp", "2", "1", "Special", "4", None],
    "on_roll": ["yes", "No", "true", "n", "1", None],
    "hears": ["absent", "yes", "no", "ABSENT", None],
}


def typed_rows(options, count=160, seed=5):
    """Rows that take each option of each column many times, in many company."""
    chance = random.Random(seed)  # noqa: S311  # rows for a test
    return {name: [chance.choice(values) for _ in range(count)] for name, values in options.items()}


def everywhere(book, frame, on=DAY):
    """What each engine says of a frame of polars; all must say the same, to the letter where all is known."""
    eager = plain(book.decide_many(frame, on=on))
    with duckdb.connect() as connection:
        others = {
            "lazy": plain(book.decide_many(frame.lazy(), on=on)),
            "duckdb": plain(book.decide_many(connection.from_arrow(frame.to_arrow()), on=on)),
            "pandas": plain(book.decide_many(frame.to_pandas(), on=on)),
            "pandas, pyarrow": plain(book.decide_many(frame.to_pandas(use_pyarrow_extension_array=True), on=on)),
            "pyarrow": plain(book.decide_many(frame.to_arrow(), on=on)),
        }
    added = list(layout(book.pack, ""))
    for engine, rows in others.items():
        assert len(rows) == len(eager)
        for one, other in zip(eager, rows, strict=True):
            gaps = any(one[name] in (None, "", "unknown") for name in book.pack.inputs)
            if engine in ("lazy", "duckdb") and gaps and one["status"] != "invalid":
                assert one["status"] == other["status"] or "range" in other.values()
                continue
            assert {name: other[name] for name in added} == {name: one[name] for name in added}, (engine, one)
    return eager


def typed_book():
    """A pack that asks for one thing of each kind."""
    return rulebook(pack(TYPED, outcomes="out, amount", inputs=FEW))


def test_text_of_every_kind_is_read_alike_by_every_engine_and_as_for_one_profile():
    """A value that one engine refuses and another takes would be a decision that depends on the engine."""
    book, data = typed_book(), typed_rows(TEXTS)
    rows = [dict(zip(data, row, strict=True)) for row in zip(*data.values(), strict=True)]
    held(book, rows, everywhere(book, as_polars(rows)), DAY)


COLUMNS = {
    "score": [
        pl.Series([2.5, 2.625, 0.1, None, float("inf"), 5000.0, -100.0, 1e20], dtype=pl.Float64),
        pl.Series([2, 3, 1000, 1001, -101, None, 0, 9], dtype=pl.Int32),
        pl.Series([Decimal("2.625"), Decimal("2.500"), Decimal("-0.126"), None] * 2, dtype=pl.Decimal(10, 3)),
    ],
    "cost": [
        pl.Series([10.5, 10.25, 10.51, 1e9, None, 200000.0, 0.0, -1.0], dtype=pl.Float64),
        pl.Series([10, 11, 200001, 2**64 - 1, None, 0, 1, 2], dtype=pl.UInt64),
        pl.Series([Decimal("10.51"), Decimal("10.50"), Decimal("0.00"), None] * 2, dtype=pl.Decimal(20, 2)),
    ],
    "age": [
        pl.Series([3.0, 3.5, None, 30.0, 31.0, 0.0, 1.0, 2.0], dtype=pl.Float32),
        pl.Series([1, 30, 31, None] * 2, dtype=pl.Int8),
    ],
    "seen": [
        pl.Series([dt.date(2025, 1, 2), dt.date(2025, 10, 2), dt.date(2024, 2, 29), None] * 2, dtype=pl.Date),
        pl.Series([dt.datetime(2025, 1, 2), dt.datetime(2025, 1, 2, 0, 0, 1), dt.datetime(2025, 1, 1), None] * 2),  # noqa: DTZ001
    ],
    "setting": [
        pl.Series([1, 2, 3, 4, None, 0, 1, 2], dtype=pl.Int64),
        pl.Series([1.0, 2.0, 3.5, None] * 2, dtype=pl.Float64),
        pl.Series(["srp", "special", None, "2"] * 2, dtype=pl.Categorical),
        pl.Series([True, False] * 4),
    ],
    "on_roll": [pl.Series([True, False, None, True] * 2), pl.Series([1, 0, None, 1] * 2, dtype=pl.Int64)],
    "speech": [pl.Series(["none", "mild", "severe", None] * 2, dtype=pl.Enum(["none", "mild", "severe"]))],
    "hears": [pl.Series([dt.date(2025, 1, 1)] * 8), pl.Series([None] * 8, dtype=pl.String)],
}


@pytest.mark.parametrize(("name", "at"), [(name, at) for name, options in COLUMNS.items() for at in range(len(options))])
def test_a_column_of_every_type_is_read_alike_by_every_engine(name, at):
    """Numbers as integers, floats or decimals, days as dates or midnights, words as categories: one meaning."""
    base = {
        "speech": "severe", "score": "1", "cost": "50", "age": "3", "seen": "2024-01-01", "setting": "mainstream",
        "on_roll": "yes", "hears": "yes",
    }  # fmt: skip
    frame = pl.DataFrame({**{one: [value] * 8 for one, value in base.items()}, name: COLUMNS[name][at]})
    assert {row["status"] for row in everywhere(typed_book(), frame)} - {"refer"}


# --- rows, columns and days ------------------------------------------------------------------------------------------

PLAIN_ROW = {"speech": "severe", "score": "1", "cost": "50", "age": "3", "seen": "2024-01-01", "setting": "srp", "on_roll": "yes"}


def one_frame(**more):
    """A frame of three rows for the small pack, with other columns."""
    frame = {name: [value] * 3 for name, value in PLAIN_ROW.items()}
    return pl.DataFrame({**frame, "hears": ["yes", "no", "absent"], **more})


def test_the_index_of_pandas_the_order_of_rows_and_other_columns_are_kept():
    """Decisions are put beside rows by whoever reads them, so a row that moves is a pupil with another's band."""
    book = typed_book()
    frame = one_frame(note=[1.5, None, 2.5]).to_pandas().set_index(pd.Index([9, 9, 2], name="pupil"))
    before = frame.copy()
    found = book.decide_many(frame, on=DAY, prefix="d_")
    pd.testing.assert_frame_equal(frame, before)
    pd.testing.assert_frame_equal(found[list(before.columns)], before)
    assert list(found.columns) == [*before.columns, *layout(book.pack, "d_")]
    assert list(found["d_amount_state"]) == ["indicated", "refer", "not_applicable"]
    assert list(found["d_status"]) == ["indicated", "refer", "indicated"]


@pytest.mark.parametrize("kind", [*KINDS, "lazy", "duckdb"])
def test_no_rows_come_back_as_no_rows(kind):
    """An empty month is no fault."""
    book, frame = typed_book(), one_frame().clear()
    if kind in ("lazy", "duckdb"):
        with duckdb.connect() as connection:
            native = frame.lazy() if kind == "lazy" else connection.from_arrow(frame.to_arrow())
            assert plain(book.decide_many(native, on=DAY)) == []
        return
    native = {"polars": frame, "pyarrow": frame.to_arrow()}.get(kind)
    native = frame.to_pandas(use_pyarrow_extension_array="pyarrow" in kind) if native is None else native
    assert plain(book.decide_many(native, on=DAY)) == []


def refused(frame, **more):
    """The findings of a frame that is refused."""
    with pytest.raises(EngineError) as caught:
        typed_book().decide_many(frame, **{"on": DAY, **more})
    return [(finding.code, finding.message, finding.hint) for finding in caught.value.findings]


@pytest.mark.parametrize("lazy", [False, True])
def test_columns_that_do_not_fit_are_refused_with_the_nearest_name(lazy):
    """A misspelt heading must not make a whole caseload unknown."""
    frame = one_frame().lazy() if lazy else one_frame()
    assert refused(frame.rename({"speech": "speach"})) == [
        ("CX812", "`speech` (Speech) has no column", "did you mean `speach`?; say so with columns={...}"),
    ]
    assert refused(frame.with_columns(Speech=pl.lit("none")))[0][1] == "`speech` has two columns: one of `speech`, `Speech`"
    assert refused(frame, columns={"spech": "speech"}) == [
        ("CX812", "`columns` names `spech`, which is no column of the frame", "did you mean `speech`?"),
    ]
    assert refused(frame, columns={"cost": "csot"})[0][2] == "did you mean `cost`?"
    assert refused(frame.with_columns(Status=pl.lit(1)))[0][2] == 'give a prefix, such as prefix="decided_"'
    assert refused(frame, on="dya") == [("CX812", "`on` names `dya`, which is no column of the frame", "give a datetime.date")]
    assert refused(frame.with_columns(cost=pl.lit([1])))[0][1].startswith("the column of `cost` holds List")


def test_what_is_no_frame_is_refused():
    """A list of rows is for `decide`, one by one."""
    assert refused([PLAIN_ROW])[0][1].startswith("a list cannot be decided as a frame")
    assert refused(pd.DataFrame([[1, 2]], columns=["a", "a"]))[0][0] == "CX812"


def test_a_mapping_or_a_label_names_the_input_of_a_column():
    """Nobody renames the columns of a management system."""
    book = typed_book()
    frame = one_frame().rename({"speech": "SLCN level", "cost": "Cost"})
    found = book.decide_many(frame, on=DAY, columns={"SLCN level": "speech"})
    assert found.columns[:8] == frame.columns
    assert found.drop(frame.columns).equals(book.decide_many(one_frame(), on=DAY).drop(one_frame().columns))


def test_a_day_outside_the_version_is_refused_and_in_a_column_only_its_rows_are():
    """Rules that were not in force decide nobody, and the other rows still come out."""
    book = typed_book()
    with pytest.raises(DayError):
        book.decide_many(one_frame(), on=dt.date(2031, 1, 1))
    for days in ([dt.date(2023, 12, 31), dt.date(2024, 1, 1), dt.date(2031, 1, 1)], ["2023-12-31", "2024-01-01", "2024-02-30"]):
        rows = everywhere(book, one_frame(day=days), on="day")
        assert [row["status"] for row in rows] == ["invalid", "refer", "invalid"]
        assert rows[0]["fault"].startswith("`seen` is outside its range")
        assert rows[2]["fault"] == "`day` is no day on which small 1.0.0 decides; it is in force from 2020-01-01 to 2030-12-31"


def test_rates_that_change_during_a_version_are_those_of_each_row():
    """One file may hold a whole year."""
    book, (row, *_) = booked(KENT), drawn(KENT, 1)
    first, last = book.pack.start, book.pack.end or book.pack.start + dt.timedelta(days=700)
    days = [first + dt.timedelta(days=number) for number in range(0, (last - first).days + 1, 29)]
    frame = as_polars([row] * len(days)).with_columns(day=pl.Series(days))
    lazy, eager = plain(book.decide_many(frame.lazy(), on="day")), plain(book.decide_many(frame, on="day"))
    assert lazy == eager
    for day, found in zip(days, eager, strict=True):
        held(book, [row], [found], day)


def test_a_null_is_blank_and_what_is_said_to_be_unknown_is_not():
    """The pack says what a blank means; a word for not knowing is no blank."""
    for speech, state in ((None, "indicated"), ("", "indicated"), ("unknown", "range")):
        (row, *_) = everywhere(typed_book(), one_frame().with_columns(speech=pl.lit(speech, pl.String), score=pl.lit("3")))
        assert row["out_state"] == state


def test_without_the_extra_the_error_says_what_to_install(monkeypatch):
    """The library itself needs none of it."""
    monkeypatch.setitem(sys.modules, "continuum.frames.deciding", None)
    assert refused(one_frame()) == [
        ("CX811", "the libraries that decide frames are not installed", 'install them with: pip install "kent-continuum[frames]"')
    ]


# --- every mix of rules ----------------------------------------------------------------------------------------------

MIX = """
- decision: out
  asks: What?
  type: {type}
  hit: {hit}
  rules:
    - {{id: R-1, when: {{a: yes}}, then: refer, because: A.}}
    - {{id: R-2, when: {{b: yes}}, then: {{individually_agreed: yes}}, because: B.}}
    - {{id: R-3, when: {{c: yes}}, then: not_applicable, because: C.}}
    - {{id: R-4, when: {{d: yes}}, then: {low}, because: D.}}
    - {{id: R-5, when: {{e: yes}}, then: {high}, because: E.}}
{otherwise}
- decision: after
  asks: And then?
  type: yes_no
  hit: first
  rules:
    - {{id: S-1, when: {{out: referred}}, then: no, because: A.}}
    - {{id: S-2, when: {{out: "not ({low})"}}, then: yes, because: A.}}
    - {{id: S-3, otherwise: not_applicable, because: A.}}
"""
SWITCHES = "inputs:\n" + "".join(f"  {name}: {{ask: {name.upper()}, type: yes_no}}\n" for name in "abcde")
HITS = [
    *((hit, "{scale: [low, mid, top]}", "low", "top") for hit in ("first", "unique", "any", "highest")),
    *((hit, "number", "2", "7.5") for hit in ("first", "unique", "any", "highest", "sum")),
    *((hit, "yes_no", "no", "yes") for hit in ("first", "unique", "any")),
    ("collect", "{choice: [low, mid, top]}", "low", '"top, mid"'),
]


@pytest.mark.parametrize("otherwise", ["", "    - {id: R-6, otherwise: refer, because: F.}"], ids=["", "otherwise"])
@pytest.mark.parametrize(
    ("hit", "type_", "low", "high"), HITS, ids=[f"{hit} {kind.strip('{').split(':')[0]}" for hit, kind, *_ in HITS]
)
def test_every_mix_of_rules_of_every_hit_policy_comes_to_what_the_reference_says(hit, type_, low, high, otherwise):
    """Which of a referral, an agreement and an amount goes before the others is where a second reading goes wrong first."""
    body = MIX.format(hit=hit, type=type_, low=low, high=high, otherwise=otherwise)
    book = rulebook(pack(body, outcomes="out, after", inputs=SWITCHES))
    rows = [dict(zip("abcde", row, strict=True)) for row in product(("yes", "no", None), repeat=5)]
    found = lazily(book, rows, "polars", DAY)
    for row, one in zip(rows, found, strict=True):
        if None in row.values():
            contained(book, row, one, DAY)
        else:
            held(book, [row], [one], DAY)
    held(book, rows, plain(book.decide_many(as_polars(rows), on=DAY)), DAY)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "folder", [folder for folder in FOLDERS if folder.name in ("2018.1.0", "earlier")], ids=lambda folder: f"{folder.parent.name}"
)
def test_spark_says_what_the_reference_says_of_each_row(folder):
    """The same expression, run where nothing of this library is installed."""
    sql = pytest.importorskip("pyspark.sql", reason="the extra `spark` is not installed")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java")
    spark = sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    book, rows, gaps = booked(folder), drawn(folder, 100), drawn(folder, 20, nulls=True)
    frame = spark.createDataFrame(
        [tuple(row[name] for name in rows[0]) for row in rows + gaps], ", ".join(f"`{name}` string" for name in rows[0])
    )
    decided = book.decide_many(frame, on=book.pack.some_day)
    assert type(decided) is type(frame)
    found = [row.asDict() for row in decided.collect()]
    held(book, rows, found[: len(rows)], book.pack.some_day)
    for row, one in zip(gaps, found[len(rows) :], strict=True):
        contained(book, row, one, book.pack.some_day)
