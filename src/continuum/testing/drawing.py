# SPDX-License-Identifier: MIT
"""Hypothesis, which draws profiles and packs: an extra, so it is imported when something is drawn and not before."""

from __future__ import annotations

import importlib
from typing import Any


def hypothesis_for() -> Any:
    """Hypothesis with its strategies.

    Raises:
        ImportError: where it is not installed, saying how to install it.
    """
    try:
        importlib.import_module("hypothesis.strategies")
        return importlib.import_module("hypothesis")
    except ImportError as error:
        message = "what continuum.testing draws is drawn by Hypothesis: pip install hypothesis"
        raise ImportError(message) from error
