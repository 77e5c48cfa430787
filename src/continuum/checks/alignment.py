# SPDX-License-Identifier: MIT
"""A sentence about settings is broken if and only if a pupil's outcome in one lies further from that in the other than it says."""

from __future__ import annotations

from collections.abc import Iterator

from continuum.checks import sentences
from continuum.checks.subject import Check, Fault, Subject


def find(subject: Subject) -> Iterator[Fault]:
    """One fault for each sentence of this form that does not hold."""
    return sentences.of_form(subject, "alignment")


ALIGNMENT = Check("alignment", "CX929", find, proves=True)
