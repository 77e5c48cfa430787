# SPDX-License-Identifier: MIT
"""A question is open if and only if the pack lists it."""

from __future__ import annotations

from collections.abc import Iterator

from continuum.checks.subject import Check, Fault, Subject


def find(subject: Subject) -> Iterator[Fault]:
    """One fault for each question of the pack."""
    hint = "answer it in the rules and remove it from questions:"
    for i, question in enumerate(subject.pack.questions):
        yield Fault(question.ask, f"not answered yet: {question.ask}", ("questions", i), hint=hint, severity="warning")


QUESTION = Check("question", "CX215", find)
