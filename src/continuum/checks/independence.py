# SPDX-License-Identifier: MIT
"""A sentence about independence is broken if and only if two pupils who differ in that input alone come to different outcomes."""

from __future__ import annotations

from collections.abc import Iterator

from continuum.checks import sentences
from continuum.checks.subject import Check, Fault, Subject


def find(subject: Subject) -> Iterator[Fault]:
    """One fault for each sentence of this form that does not hold."""
    return sentences.of_form(subject, "independence")


INDEPENDENCE = Check("independence", "CX928", find, proves=True)
