# SPDX-License-Identifier: MIT
"""The ways of deciding that are compared. A way imports its library itself, so that one that is not installed only takes its own
ways away.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import NamedTuple

import by_hand
import others
import ours
from forms import Decider
from plain_rules import Rules


class Way(NamedTuple):
    """One way of deciding. ``kind`` is whose it is: ``ours``, ``engine`` or ``hand``; ``needs`` are modules."""

    name: str
    kind: str
    needs: tuple[str, ...]
    make: Callable[[Rules], Decider]
    note: str = ""


WAYS = (
    Way("`Rulebook.decide`", "ours", ("continuum",), ours.rulebook, "the whole decision, fields checked"),
    Way("index engine, from fields", "ours", ("continuum",), ours.outcomes, "bare outcomes, fields checked"),
    Way("index engine, from values", "ours", ("continuum",), ours.from_values, "bare outcomes"),
    Way("index engine, from cells", "ours", ("continuum",), ours.from_cells, "bare outcomes"),
    Way("index engine, in columns", "ours", ("continuum.engines.columns",), ours.in_columns, "bare outcomes"),
    Way("`decide_many`, polars in memory", "ours", ("polars", "continuum.frames.deciding"), ours.frames, "every value checked"),
    Way("`decide_many`, polars lazy", "ours", ("polars", "continuum.frames.deciding"), ours.lazy_frames, "every value checked"),
    Way("zen-engine", "engine", ("zen",), others.zen),
    Way("zen-engine, in one call", "engine", ("zen",), others.zen_batch),
    Way("rule-engine", "engine", ("rule_engine",), others.rule_engine),
    Way("business-rules", "engine", ("business_rules",), others.business_rules),
    Way("durable_rules", "engine", ("durable.engine",), others.durable),
    Way("OpenFisca-Core", "engine", ("openfisca_core.simulation_builder",), others.openfisca),
    Way("SpiffWorkflow DMN", "engine", ("SpiffWorkflow.dmn.engine.DMNEngine",), others.spiff),
    Way("pyDMNrules", "engine", ("pyDMNrules",), others.py_dmn_rules),
    Way("Python by hand", "hand", (), by_hand.python),
    Way("polars by hand", "hand", ("polars",), by_hand.polars_plain),
    Way("polars by hand, tuned", "hand", ("polars",), by_hand.polars_tuned),
    Way("NumPy by hand", "hand", ("numpy",), by_hand.numpy_plain),
    Way("NumPy by hand, masks", "hand", ("numpy",), by_hand.numpy_masks),
    Way("numba by hand, masks", "hand", ("numpy", "numba"), by_hand.numba_masks),
)


def missing(way: Way) -> str:
    """Why a way cannot be taken here, in words; empty where it can."""
    for name in way.needs:
        try:
            importlib.import_module(name)
        except ImportError as error:
            return f"`{error.name or name}` is not there"
    return ""
