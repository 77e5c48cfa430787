# SPDX-License-Identifier: MIT
"""What every way of deciding is made into, and the forms of rows and conditions that several of them share."""

from __future__ import annotations

import datetime as dt
import importlib
import operator
from collections.abc import Callable
from functools import reduce
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from plain_rules import Codes, Rows, Rules, Table

DAY = dt.date(2025, 10, 1)
OP = {">=": operator.ge, "=": operator.eq, ">": operator.gt}


class Decider(NamedTuple):
    """``form`` puts rows into the form that ``decide`` takes, and ``bands`` reads the bands from what it gives: neither is timed.
    ``one`` decides one of them, where it does so one by one; ``loops`` where its time is that of so many single decisions.
    """

    form: Callable[[Rows], Any]
    decide: Callable[[Any], Any]
    bands: Callable[[Any], dict[str, Codes]]
    one: Callable[[Any], Any] | None = None
    loops: bool = False


def one_by_one(
    rules: Rules, one: Callable[[Any], Any], form: Callable[[Rows], list[Any]], word: Callable[[Any, str], str]
) -> Decider:
    """A decider of single rows; ``word`` reads the band of a table from a result."""
    codes = {band: number for number, band in enumerate(rules.bands)}

    def bands(results: list[Any]) -> dict[str, Codes]:
        return {
            table.name: np.array([codes[word(result, table.name)] for result in results], dtype=np.uint8)
            for table in rules.tables
        }

    return Decider(form, lambda rows: [one(row) for row in rows], bands, one, loops=True)


def item(result: Any, name: str) -> str:
    """A band in a dictionary of bands."""
    found: str = result[name]
    return found


def framed(rows: Rows) -> Any:
    """A frame of polars, with words for levels; these are stored as a byte each."""
    pl = importlib.import_module("polars")
    rules = rows.rules
    columns = {}
    for name in rules.levels:
        places = pl.Series(name, rows.columns[name]).cast(pl.UInt32)
        columns[name] = places.cat.to(pl.Enum(rules.scale)) if hasattr(places.cat, "to") else places.cast(pl.Enum(rules.scale))
    return pl.DataFrame(columns | {name: rows.columns[name] for name in rules.amounts})


def banded(rules: Rules, frame: Any) -> dict[str, Codes]:
    """The bands in a frame of polars."""
    pl = importlib.import_module("polars")
    return {
        table.name: frame[table.name].cast(pl.Enum(rules.bands)).to_physical().to_numpy().astype(np.uint8)
        for table in rules.tables
    }


def selected(rules: Rules, table: Table, arrays: dict[str, NDArray[Any]]) -> Any:
    """The band of each row as a number, by one condition a rule."""
    conditions = [
        reduce(operator.and_, [OP[test.op](arrays[test.name], rules.place(test)) for test in r.tests]) for r in table.rules
    ]
    choices = [np.uint8(rules.bands.index(rule.then)) for rule in table.rules]
    return np.select(conditions, choices, np.uint8(rules.bands.index(table.otherwise)))
