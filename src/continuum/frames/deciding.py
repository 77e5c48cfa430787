# SPDX-License-Identifier: MIT
"""A frame decided: the columns found, then by arrays where it is in memory, else as expressions that the engine runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import narwhals.stable.v2 as nw
from narwhals.exceptions import NarwhalsError

from continuum.errors import EngineError, Finding, nearest
from continuum.frames.door import Rules
from continuum.frames.lazy import decide_lazily
from continuum.frames.memory import decide_in_memory
from continuum.frames.named import inputs_of, refuse_clashes


def decide_frame(rules: Rules, native: Any, on: dt.date | str, columns: Mapping[str, str], prefix: str) -> Any:
    """The frame with its decisions beside each row, of the kind that was given.

    Raises:
        EngineError: CX812, where it is no frame or its columns do not fit; CX813, where an outcome cannot be said as expressions.
    """
    frame = _frame(native)
    names = list(frame.collect_schema().names())
    if isinstance(on, str) and on not in names:
        message = f"`on` names `{on}`, which is no column of the frame"
        raise EngineError(Finding("CX812", message, hint=nearest(on, [str(name) for name in names]) or "give a datetime.date"))
    inputs = inputs_of(rules.reader, names, columns)
    refuse_clashes(rules.pack, names, prefix)
    if isinstance(frame, nw.LazyFrame):
        return decide_lazily(rules, frame, inputs, on, prefix).to_native()
    return decide_in_memory(rules, frame, inputs, on, prefix).to_native()


def _frame(native: Any) -> nw.DataFrame[Any] | nw.LazyFrame[Any]:
    try:
        frame: nw.DataFrame[Any] | nw.LazyFrame[Any] = nw.from_native(native)
    except (TypeError, NarwhalsError) as error:
        message = f"a {type(native).__name__} cannot be decided as a frame: {str(error).splitlines()[0]}"
        hint = "give a frame of polars, pandas, pyarrow, DuckDB or Spark whose columns have names of their own"
        raise EngineError(Finding("CX812", message, hint=hint)) from None
    return frame
