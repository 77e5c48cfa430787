# SPDX-License-Identifier: MIT
"""Placeholder while the durable engine is built."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from continuum.compiled import CompiledPack
from continuum.engines.hits import Worked
from continuum.errors import EngineError, Finding


class Durable:
    """Not yet."""

    def __init__(self, pack: CompiledPack) -> None:
        raise EngineError(Finding("CX701", "the durable engine is not installed"))

    def decide(self, values: Mapping[str, Any], day: dt.date) -> dict[str, Worked]:
        raise NotImplementedError
