# SPDX-License-Identifier: MIT
"""A sentence about order is broken if and only if one step of one need or answer takes some pupil the wrong way."""

from __future__ import annotations

from collections.abc import Iterator

from continuum.checks import sentences
from continuum.checks.subject import Check, Fault, Subject


def find(subject: Subject) -> Iterator[Fault]:
    """One fault for each sentence of this form that does not hold."""
    return sentences.of_form(subject, "order")


ORDER = Check("order", "CX926", find, proves=True)
