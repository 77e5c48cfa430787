# SPDX-License-Identifier: MIT
"""A sentence about steps is broken if and only if one step of one answer moves some pupil's outcome further than it says."""

from __future__ import annotations

from collections.abc import Iterator

from continuum.checks import sentences
from continuum.checks.subject import Check, Fault, Subject


def find(subject: Subject) -> Iterator[Fault]:
    """One fault for each sentence of this form that does not hold."""
    return sentences.of_form(subject, "cliff")


CLIFF = Check("cliff", "CX927", find, proves=True)
