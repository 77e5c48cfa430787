# SPDX-License-Identifier: MIT
"""Where completions are too many to walk: an answer from intervals and sets, never narrower than the truth."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

from continuum.engines.hits import Worked
from continuum.engines.reference import Reference


class Bound(NamedTuple):
    """What an outcome may come to: results named one by one, and for numbers and dates the ends of an interval beside
    (both None where there is none). ``rules`` are all that may decide."""

    worked: tuple[Worked, ...]
    low: Any = None
    high: Any = None
    rules: tuple[str, ...] = ()


class Bounds:
    """Placeholder: replaced by interval evaluation."""

    def __init__(self, reference: Reference) -> None:
        self.reference = reference

    def bound(self, outcome: str, values: Mapping[str, Any], day: dt.date) -> Bound:
        """What the outcome may come to for these values."""
        raise NotImplementedError

    def inputs_read(self, outcome: str) -> list[str]:
        """The inputs that the outcome may read, directly or through measures and decisions."""
        raise NotImplementedError
