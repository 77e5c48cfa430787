# SPDX-License-Identifier: MIT
"""The ways of this library: from the whole decision down to bare outcomes, row by row and in columns."""

from __future__ import annotations

import importlib
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from forms import DAY, Decider, banded, framed, one_by_one
from plain_rules import MOST, Codes, Rows, Rules


def library(rules: Rules) -> Any:
    """The pack, loaded."""
    continuum = importlib.import_module("continuum")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pack.yaml"
        path.write_text(rules.text, encoding="utf-8")
        return continuum.load(path)


def rulebook(rules: Rules) -> Decider:
    """The whole decision, from fields, with everything that is written on it."""
    book = library(rules)
    return one_by_one(rules, lambda row: book.decide(row, on=DAY), Rows.dicts, lambda made, name: made.outcomes[name].value)


def outcomes(rules: Rules) -> Decider:
    """Bare outcomes from fields, which are checked."""
    book = library(rules)
    return one_by_one(rules, lambda row: book.decide_with("index", row, on=DAY), Rows.dicts, _value)


def from_values(rules: Rules) -> Decider:
    """Bare outcomes from values that were checked before."""
    index = importlib.import_module("continuum.engines.index").Index(library(rules).pack)
    return one_by_one(rules, lambda row: index.decide(row, DAY), Rows.dicts, lambda made, name: made[name].value)


def from_cells(rules: Rules) -> Decider:
    """Bare outcomes from the cells that the values fall in, worked out before."""
    index = importlib.import_module("continuum.engines.index").Index(library(rules).pack)
    return one_by_one(rules, index.decide_cells, lambda rows: [index.encode(row, DAY) for row in rows.dicts()], _value)


def _value(made: Any, name: str) -> str:
    one = made[name]
    found: str = getattr(one, "value", one)
    return found


def in_columns(rules: Rules) -> Decider:
    """The index engine over columns of codes."""
    columns = importlib.import_module("continuum.engines.columns")
    engine = columns.Columns(library(rules).pack, DAY)
    pounds = tuple(range(MOST))

    def form(rows: Rows) -> dict[str, Any]:
        made = {name: columns.Column(rows.columns[name].astype(np.intp), rules.scale) for name in rules.levels}
        return made | {name: columns.Column(rows.columns[name].astype(np.intp), pounds) for name in rules.amounts}

    def bands(made: Any) -> dict[str, Codes]:
        return {
            name: np.array([rules.bands.index(worked.value) for worked in one.values], dtype=np.uint8)[one.codes]
            for name, one in made.outcomes.items()
        }

    return Decider(form, engine.decide, bands)


def frames(rules: Rules) -> Decider:
    """``Rulebook.decide_many`` of a frame in memory: beside each band the rule, the status and more."""
    book = library(rules)
    decide = book.decide_many
    return Decider(framed, lambda frame: decide(frame, on=DAY), lambda frame: banded(rules, frame))


def lazy_frames(rules: Rules) -> Decider:
    """``Rulebook.decide_many`` of a lazy frame, collected."""
    book = library(rules)
    decide = book.decide_many
    return Decider(
        lambda rows: framed(rows).lazy(),
        lambda frame: decide(frame, on=DAY).collect(),
        lambda frame: banded(rules, frame),
    )
