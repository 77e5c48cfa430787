# SPDX-License-Identifier: MIT
"""A decision in plain words: for a parent, for a panel, or as a full trace."""

from __future__ import annotations

from typing import Literal

from continuum.compiled import CompiledPack
from continuum.decisions import Decision


def explain(pack: CompiledPack, decision: Decision, form: Literal["parent", "panel", "trace"]) -> str:
    """The decision in words (being written)."""
    return f"{pack.title}: {decision.status} ({form})"
