# SPDX-License-Identifier: MIT
"""What is told beside the answers to sentences: only where all of it is followed to the inputs, and with no more work
than one question may take.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from continuum.checks.subject import Subject
from continuum.errors import EngineError
from continuum.proofs.diagram import TooLargeError
from continuum.proofs.proof import Proof

Found = TypeVar("Found")


def days(subject: Subject) -> list[Proof]:
    """The days on which the pack means something of its own; none where the diagrams are too large, which the checks that cannot
    do without them tell (CX706).
    """
    try:
        return subject.proofs
    except EngineError:
        return []


def one_question(proofs: list[Proof], ask: Callable[[], Found]) -> Found | str:
    """What is found within the work that one question may take; else what it would need, in words."""
    for proof in proofs:
        proof.diagram.renew()
    try:
        return ask()
    except TooLargeError as problem:
        return f"it would need {problem}"


def followed(proof: Proof, node: int) -> bool:
    """Whether a function rests on nothing but inputs, so that each profile in it is one that there can be."""
    return not proof.diagram.support(node) & proof.meaning.free_reads.keys()
