# SPDX-License-Identifier: MIT
"""A sentence about reach is broken if and only if some pupil with the outcome it names comes to none of the provision it names."""

from __future__ import annotations

from collections.abc import Iterator

from continuum.checks import sentences
from continuum.checks.subject import Check, Fault, Subject


def find(subject: Subject) -> Iterator[Fault]:
    """One fault for each sentence of this form that does not hold."""
    return sentences.of_form(subject, "reach")


REACH = Check("reach", "CX931", find, proves=True)
