# SPDX-License-Identifier: MIT
"""What somebody meant by a cell that cannot be read: labels for names, and intervals as other people write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from continuum.errors import Finding, Place

LONGEST_QUOTE = 100
LONGEST_LINE = 160
_END = r"-?\d{4}-\d\d-\d\d|-?\d+(?:\.\d+)?"
INTERVAL = re.compile(rf"(?P<open>[\[(]?)\s*(?P<low>{_END})\s*(?:\.{{2,}}|\u2026|-|:|to)\s*(?P<high>{_END})\s*(?P<close>[\])]?)")
COMPARED = re.compile(r"(?P<before>>=|<=|!=|>|<|=|not\s*\()?\s*(?P<rest>.*?)\s*(?P<after>\)?)", re.DOTALL)


def meant(text: str, names: Mapping[str, str]) -> str:
    """The cell as the language has it, or nothing where that cannot be told.

    Args:
        text: what the cell says.
        names: the name for each label of its column, the labels in small letters.
    """
    interval = INTERVAL.fullmatch(text)
    if interval:
        found = f"{interval['open'] or '['}{interval['low']} .. {interval['high']}{interval['close'] or ']'}"
    else:
        parts = COMPARED.fullmatch(text)
        members = _named(parts["rest"], names) if parts else ""
        before = parts["before"] or "" if parts else ""
        gap = " " if before and "not" not in before else ""
        found = f"{before}{gap}{members}{')' if 'not' in before else ''}" if members else ""
    return found if found != text else ""


def _named(text: str, names: Mapping[str, str]) -> str:
    """The names for one label, or for several with commas between; nothing where one of them is no label."""
    if text.casefold() in names:
        return names[text.casefold()]
    several = [names.get(part.strip().casefold(), "") for part in text.split(",")]
    return ", ".join(several) if all(several) else ""


def brief(finding: Finding) -> Finding:
    """The finding with a very long cell cut short: its beginning is enough to know it by."""
    cut = [re.sub(rf"`([^`]{{{LONGEST_QUOTE}}})[^`]+`", r"`\1...`", text) for text in (finding.message, finding.hint)]
    return replace(finding, message=cut[0], hint=cut[1], place=_narrow(finding.place) if finding.place else None)


def _narrow(at: Place) -> Place:
    if len(at.text) <= LONGEST_LINE:
        return at
    first = max(0, min(at.column - LONGEST_LINE // 2, len(at.text) - LONGEST_LINE))
    shown = at.text[first : first + LONGEST_LINE]
    text = f"{'...' if first else ''}{shown}{'...' if first + LONGEST_LINE < len(at.text) else ''}"
    column = at.column - first + (3 if first else 0)
    return replace(at, text=text, column=column, width=max(1, min(at.width, len(text) - column + 1)))
