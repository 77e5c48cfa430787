# SPDX-License-Identifier: MIT
"""A sentence about what must not be is broken if and only if some pupil comes to it."""

from __future__ import annotations

from collections.abc import Iterator

from continuum.checks import sentences
from continuum.checks.subject import Check, Fault, Subject


def find(subject: Subject) -> Iterator[Fault]:
    """One fault for each sentence of this form that does not hold."""
    return sentences.of_form(subject, "never")


NEVER = Check("never", "CX914", find, proves=True)
