# SPDX-License-Identifier: MIT
"""What the checks find in a small pack."""

from __future__ import annotations

import datetime as dt

from tests.helpers import rulebook

from continuum.errors import Finding


def found(code: str, text: str, on: dt.date | None = None) -> list[Finding]:
    """The findings of one code."""
    return [finding for finding in rulebook(text).check(on=on) if finding.code == code]
