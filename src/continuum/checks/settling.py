# SPDX-License-Identifier: MIT
"""A sentence about settling is broken if and only if deciding again, with the provision in place, lowers some pupil's outcome."""

from __future__ import annotations

from collections.abc import Iterator

from continuum.checks import sentences
from continuum.checks.subject import Check, Fault, Subject


def find(subject: Subject) -> Iterator[Fault]:
    """One fault for each sentence of this form that does not hold."""
    return sentences.of_form(subject, "settling")


SETTLING = Check("settling", "CX930", find, proves=True)
