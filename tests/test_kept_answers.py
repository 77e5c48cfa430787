# SPDX-License-Identifier: MIT
"""A reader of profiles remembers answers that it checked; nobody must be able to tell, but by the clock."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.helpers import asking, rulebook

from continuum import profiles
from continuum.errors import ProfileError
from continuum.profiles import Reader

BOOK = rulebook(asking("on_roll", "yes"))
FIELDS = [
    "speech",
    "age",
    "AGE",
    " age",
    "Speech",
    "score",
    "cost",
    "last_score",
    "born",
    "setting",
    "on_roll",
    "hears",
    "ref",
    "upn",
    "no",
]
VALUES = [
    True, False, 1, 0, 1.0, 0.0, 1.5, "1", "0", "yes", "no", "mild", " Mild ", "MILD", "absent", "unknown", "", None, "srp",
    "12.5", Decimal(1), Decimal("12.5"), 10**40, -11, "x" * 50, [], {}, ["mild"], dt.date(2010, 1, 1), "2010-01-01",
    dt.datetime(2010, 1, 1, tzinfo=dt.UTC), b"mild", "A123456789012", "T801200001001",
]  # fmt: skip
WARM = Reader(BOOK.pack)


def read(reader, given_):
    """What a reader makes of fields: values with their types, or the faults."""
    try:
        profile = reader.read(given_)
    except ProfileError as error:
        return [str(finding) for finding in error.findings]
    return {name: (type(value), value) for name, value in profile.values.items()}, profile.filled, profile.ref


@given(st.lists(st.tuples(st.sampled_from(FIELDS), st.sampled_from(VALUES)), max_size=4))
def test_a_reader_that_has_read_much_reads_as_a_new_one(fields):
    """True is not 1 and 1 is not 1.0, though they are equal: each must be refused or read as if it were the first."""
    given_ = dict(fields)
    assert read(WARM, given_) == read(Reader(BOOK.pack), given_) == read(WARM, given_)


@pytest.mark.parametrize("value", ["purple", 1.0, 99, "absent", [], True])
def test_what_is_refused_is_refused_each_time(value):
    """A fault that was kept as an answer would be let in the second time."""
    reader = Reader(BOOK.pack)
    for _ in range(2):
        with pytest.raises(ProfileError):
            reader.read({"age": value})
    assert not reader._kept


def test_an_answer_that_is_given_twice_is_refused_though_both_are_known():
    """Two names of one field: which of the two was meant?"""
    reader = Reader(BOOK.pack)
    reader.read({"age": 5})
    reader.read({"AGE": 5})
    with pytest.raises(ProfileError) as refused:
        reader.read({"age": 5, "AGE": 5})
    assert [finding.code for finding in refused.value.findings] == ["CX506"]


def test_nothing_that_names_a_pupil_is_kept():
    """No pupil number, no reference, no day that may be a date of birth, and no free text."""
    reader = Reader(BOOK.pack)
    reader.read({"upn": "H801200001001", "ref": "case 7", "born": "2012-03-04", "seen": dt.date(2012, 3, 4), "speech": "mild"})
    assert list(reader._kept.values()) == [("speech", "mild")]


def test_what_is_kept_is_bounded(monkeypatch):
    """A service reads for years."""
    monkeypatch.setattr(profiles, "KEPT", 3)
    reader = Reader(BOOK.pack)
    for age in range(20):
        assert reader.read({"age": age}).values == {"age": age}
    assert len(reader._kept) == 3
    reader.read({"speech": " " * 60 + "mild"})
    assert all(len(str(key[2])) <= 40 for key in reader._kept)
