# SPDX-License-Identifier: MIT
"""Frames come, cell by cell, to what single profiles come to: from every engine, row by row, with nothing lost and nothing guessed."""

from __future__ import annotations

import datetime as dt
import os
import random
from functools import cache
from pathlib import Path

import pytest

for module in ("narwhals", "numpy", "polars", "pandas", "pyarrow", "duckdb"):
    pytest.importorskip(module, reason="the extra `frames`, or an engine, is not installed")

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
from tests.helpers import DAY, pack, rulebook
from tests.test_columns import FOLDERS, ROOT, rows_of

from continuum import load
from continuum.errors import ContinuumError, DayError, EngineError, ProfileError
from continuum.frames.output import cells, columns_of, layout
from continuum.frames.reading import WHY
from continuum.testing.room import as_given

DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
ROWS = 20_000 if DEEP else 240
OPEN = 400 if DEEP else 25
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
    chance = random.Random(seed)
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


def held(book, rows, found, day):
    """Hold the rows that came out against the reference."""
    assert len(found) == len(rows)
    for row, one in zip(rows, found, strict=True):
        wanted = told(book, row, day)
        assert {name: one[name] for name in row} == row
        faults, one = wanted.pop("fault"), dict(one)
        said = one.pop("fault")
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
