# SPDX-License-Identifier: MIT
"""Columns come to exactly what the reference comes to, row by row: results, rules and words."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

pytest.importorskip("numpy", reason="the extra `frames` is not installed")

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.helpers import DAY, pack, rulebook
from tests.test_unknowns import VALUES, packs
from tests.test_unknowns import rulebook as drawn

from continuum import load
from continuum.engines import columns
from continuum.engines.columns import Column, Columns, column, distinct
from continuum.errors import ContinuumError, EngineError
from continuum.packs.loading import read_cases
from continuum.testing import boundary_profiles, completed

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = sorted({path.parent for where in ("rules", "examples/schemes") for path in (ROOT / where).rglob("pack.yaml")})


def rows_of(book, day, most=6):
    """Complete profiles: those of some worked examples, and each boundary seen from them."""
    cases = [case for case in read_cases(book.written)[0] if "error" not in case.expect]
    for case in cases[:: max(1, len(cases) // most)]:
        try:
            base = completed(book, case.given, on=day)
        except ContinuumError:
            continue
        yield from (profile.exact_values() for profile in boundary_profiles(book, base, on=day, pairs=False))


def as_columns(rows, names):
    """Rows as a column for each input."""
    return {name: column([row[name] for row in rows]) for name in names}


def held(book, rows, day, *, left_out=()):
    """Hold columns against the reference, row by row."""
    decided = Columns(book.pack, day).decide(as_columns(rows, book.pack.inputs))
    assert decided.left_out == left_out
    for number, row in enumerate(rows):
        wanted = book._engine("reference").decide(row, day)
        for name, one in decided.outcomes.items():
            assert one.values[one.codes[number]] == wanted[name], (name, row)
    return decided


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(ROOT)))
def test_columns_agree_on_boundaries_of_every_shipped_pack_and_scheme(folder):
    """A mask that is one cell off shows at a threshold and nowhere else."""
    book = load(folder)
    day = book.pack.some_day
    rows = list(rows_of(book, day))
    assert rows
    held(book, rows, day)


@settings(max_examples=80, deadline=None)
@given(text=packs(form=True), data=st.data())
def test_columns_agree_on_drawn_packs(text, data):
    """What is shipped uses a part of the language; drawn packs use failures, states of decisions and formulas."""
    book = drawn(text)
    rows = data.draw(
        st.lists(
            st.fixed_dictionaries({name: st.sampled_from(values) for name, values in VALUES.items()}), min_size=1, max_size=30
        )
    )
    held(book, rows, dt.date(2025, 10, 1))
    found = Columns(book.pack, dt.date(2025, 10, 1)).contradictions(as_columns(rows, VALUES))
    for row, number in zip(rows, found, strict=True):
        assert book._completions.contradiction(book._reference.env(row, DAY)) == (None if number < 0 else number)


def test_more_rules_than_a_word_has_bits():
    """A table of 300 rules is five words; a bit at the edge of a word is a bit like any other."""
    rules = "\n".join(
        f'    - {{id: R-{i}, when: {{score: "[{i} .. {i + 3})", age: "<= {i % 25}"}}, then: {i}, because: Line {i}.}}'
        for i in range(300)
    )
    book = rulebook(pack(f"- decision: out\n  asks: What?\n  type: number\n  hit: sum\n  rules:\n{rules}"))
    base = completed(book).exact_values()
    held(
        book,
        [
            {**base, "score": score, "age": age}
            for score in (*range(55, 70), *range(120, 135), 299, 300, 310)
            for age in (0, 12, 24, 30)
        ],
        DAY,
    )


WIDE = """
- decision: out
  asks: What?
  type: number
  places: 1
  rounding: half_up
  hit: first
  rules:
    - {id: R-1, when: {on_roll: no}, then: "= cost / 3", because: A.}
    - {id: R-2, otherwise: 7, because: B.}
- {decision: rest, asks: What?, type: yes_no, hit: first, rules: [{id: S-1, when: {on_roll: yes}, then: yes, because: A.}]}
"""


def test_an_outcome_for_which_too_many_profiles_are_told_apart_is_left_out_by_name(monkeypatch):
    """Slow and right is done row by row; in columns it would only seem to be fast."""
    monkeypatch.setattr(columns, "MOST", 50)
    book = rulebook(pack(WIDE, outcomes="out, rest"))
    base = completed(book).exact_values()
    rows = [{**base, "cost": cost, "on_roll": cost % 2 == 0} for cost in range(200)]
    held(book, rows, DAY, left_out=("out",))
    monkeypatch.setattr(columns, "MOST", 500)
    held(book, rows, DAY)


def test_a_column_that_is_read_must_be_there():
    """Columns take complete rows; a guess would be a wrong amount."""
    book = rulebook(pack(WIDE, outcomes="out, rest"))
    base = completed(book).exact_values()
    given_ = {name: value for name, value in as_columns([base], base).items() if name != "on_roll"}
    with pytest.raises(EngineError) as refused:
        Columns(book.pack, DAY).decide(given_)
    assert [finding.code for finding in refused.value.findings] == ["CX704"]


def test_no_rows_are_no_decisions():
    """An empty file is no fault."""
    book = rulebook(pack(WIDE, outcomes="out, rest"))
    empty = {name: Column(np.zeros(0, dtype=np.intp), ()) for name in book.pack.inputs}
    decided = Columns(book.pack, DAY).decide(empty)
    assert {name: len(one.codes) for name, one in decided.outcomes.items()} == {"out": 0, "rest": 0}


@given(
    st.lists(st.tuples(st.integers(-2, 3), st.integers(0, 2**63 - 1) | st.integers(0, 2)), max_size=60),
    st.sampled_from([1, 2, 20]),
)
def test_rows_are_told_apart_exactly(rows, slots):
    """A hash sends different rows to one slot; they must not come out as one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "SLOTS", slots)
        firsts, group = distinct(
            [np.array([a for a, _ in rows], dtype=np.intp), np.array([b for _, b in rows], dtype=np.uint64)], len(rows)
        )
    assert len(firsts) == len(set(rows))
    assert all(rows[firsts[group[i]]] == row for i, row in enumerate(rows))


def test_numpy_is_imported_for_columns_and_frames_and_nowhere_else():
    """It is an extra: a council that decides one child at a time need not install it."""
    files = (ROOT / "src" / "continuum").rglob("*.py")
    reading = [
        path.name for path in files if re.search(r"^\s*(import|from) numpy", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert set(reading) == {"columns.py", "memory.py", "reading.py"}


def test_yes_and_one_are_two_values():
    """True equals 1 in Python; in a column they are apart."""
    found = column([True, 1, True])
    assert [type(found.values[code]) for code in found.codes] == [bool, int, bool]
