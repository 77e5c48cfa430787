# SPDX-License-Identifier: MIT
"""What is published: how many plans Kent maintains by main need and placement, age, sex and ethnicity, and the districts."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

TABLES = ("placement", "age", "sex", "ethnicity")
"""Each counts the same plans by main need and one thing more."""
SOURCE = (
    "Department for Education, Education, health and care plans, reporting year 2025, Kent, January 2025 "
    "(https://explore-education-statistics.service.gov.uk/find-statistics/education-health-and-care-plans/2025)"
)
LICENCE = "Contains public sector information licensed under the Open Government Licence v3.0."


def _rows(name: str) -> list[dict[str, str]]:
    text = (files("continuum.caseloads") / "data" / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def counts(table: str) -> dict[str, dict[str, int]]:
    """The published counts of one of ``TABLES``: by need, then by value, in the words of the publication."""
    found: dict[str, dict[str, int]] = {}
    for row in _rows(f"need_by_{table}"):
        found.setdefault(row["need"], {})[row["value"]] = int(row["count"])
    return found


@cache
def districts() -> tuple[str, ...]:
    """The twelve districts of Kent."""
    return tuple(row["district"] for row in _rows("districts"))
