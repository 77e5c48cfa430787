# SPDX-License-Identifier: MIT
"""The door to frames: narwhals and NumPy are an extra, so they are imported when a frame is decided and not before."""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from continuum.compiled import CompiledPack, Table
from continuum.decisions import Decision, Outcome
from continuum.engines.hits import Worked
from continuum.engines.index import Index
from continuum.errors import EngineError, Finding
from continuum.profiles import Reader


@dataclass(frozen=True)
class Rules:
    """What frames need of a rulebook: the pack, who reads its values, and who decides."""

    pack: CompiledPack
    reader: Reader
    index: Index
    decide: Callable[[Mapping[str, Any], dt.date], Decision]
    outcome: Callable[[Table, Worked], Outcome]


def decide_frame(rules: Rules, frame: Any, on: dt.date | str, columns: Mapping[str, str] | None, prefix: str) -> Any:
    """The frame with its decisions beside each row; see ``Rulebook.decide_many``.

    Raises:
        EngineError: where the extra is not installed, or the frame cannot be decided.
    """
    try:
        deciding = importlib.import_module("continuum.frames.deciding")
    except ImportError:
        hint = 'install them with: pip install "kent-continuum[frames]"'
        raise EngineError(Finding("CX811", "the libraries that decide frames are not installed", hint=hint)) from None
    return deciding.decide_frame(rules, frame, on, columns or {}, prefix)
