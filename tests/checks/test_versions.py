# SPDX-License-Identifier: MIT
"""CX938, CX939: a day that no version covers is found before somebody asks for a decision on it."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys

import pytest
from tests.helpers import pack, rulebook

from continuum.checks.versions import between

RULES = "- {decision: out, asks: Which?, type: yes_no, hit: first, rules: [{id: O-1, otherwise: yes, because: b, source: act}]}"


def version(number, period, status="illustrative"):
    """A version of the small pack."""
    text = (
        pack(RULES, more="sources: {act: {title: An act}}\n")
        .replace('version: "1.0.0"', f'version: "{number}"')
        .replace("status: illustrative", f"status: {status}")
    )
    return text.replace("{from: 2020-01-01, to: 2030-12-31}", period)


def told(*versions, on=None):
    """What is found between versions, as code, version and message."""
    books = [rulebook(version(*one)).pack for one in versions]
    return [(fault.code, book.version, fault.message) for book, fault in between(books, on)]


def test_days_between_two_versions_are_a_hole():
    """A decision for such a day is refused."""
    assert told(("2.0.0", "{from: 2022-01-03}"), ("1.0.0", "{from: 2020-01-01, to: 2021-12-31}")) == [
        ("CX938", "2.0.0", "no version covers 2022-01-01 to 2022-01-02, between 1.0.0 and 2.0.0")
    ]


def test_versions_that_stand_beside_each_other_are_no_fault():
    """The day after the last is the first."""
    assert not told(("1.0.0", "{from: 2020-01-01, to: 2021-12-31}"), ("2.0.0", "{from: 2022-01-01}"))


@pytest.mark.parametrize(
    ("second", "days"),
    [("{from: 2021-12-31}", "2021-12-31 to 2021-12-31"), ("{from: 2021-06-01, to: 2021-06-30}", "2021-06-01 to 2021-06-30")],
)
def test_days_of_two_versions_are_noted(second, days):
    """The higher number decides; that is allowed, and worth knowing."""
    assert told(("1.0.0", "{from: 2020-01-01, to: 2021-12-31}"), ("2.0.0", second)) == [
        ("CX938", "2.0.0", f"1.0.0 and 2.0.0 both cover {days}; the higher number decides")
    ]


def test_drafts_and_undated_versions_are_left_out():
    """No day finds them."""
    assert not told(("1.0.0", "{from: 2020-01-01, to: 2021-12-31}"), ("2.0.0", "{from: 2024-01-01}", "draft"))
    assert not told(("1.0.0", "{from: 2020-01-01, to: 2021-12-31}"), ("2.0.0", "{undated: yes}"))


@pytest.mark.parametrize(
    ("on", "said"),
    [("2021-10-01", None), ("2021-10-02", "ends"), ("2021-12-31", "ends"), ("2022-01-01", "ended"), (None, None)],
)
def test_the_last_version_is_told_ninety_days_before_its_end(on, said):
    """Somebody has to write the next one; without a day nothing is told, because the library has no clock."""
    found = told(("1.0.0", "{from: 2020-01-01, to: 2021-12-31}"), on=on and dt.date.fromisoformat(on))
    assert found == ([("CX939", "1.0.0", f"1.0.0 {said} on 2021-12-31, and no version follows")] if said else [])


def test_a_version_with_one_after_it_does_not_lapse():
    """The next version is there."""
    versions = ("1.0.0", "{from: 2020-01-01, to: 2021-12-31}"), ("2.0.0", "{from: 2022-01-01}")
    assert not told(*versions, on=dt.date(2022, 6, 1))


def test_the_command_line_tells_it_of_all_packs_below_a_path(tmp_path):
    """With the place of the period in the later version."""
    (tmp_path / "1.yaml").write_text(version("1.0.0", "{from: 2020-01-01, to: 2021-12-31}"), encoding="utf-8")
    (tmp_path / "2.yaml").write_text(version("2.0.0", "{from: 2022-01-03, to: 2022-12-31}"), encoding="utf-8")
    command = [sys.executable, "-m", "continuum.cli", "check", "--on", "2022-12-01", str(tmp_path)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "warning[CX938]: no version covers 2022-01-01 to 2022-01-02" in result.stdout
    assert "warning[CX939]: 2.0.0 ends on 2022-12-31" in result.stdout
    assert "2.yaml:7:11" in result.stdout
    assert result.returncode == 0
