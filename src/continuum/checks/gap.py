# SPDX-License-Identifier: MIT
"""A decision has a gap if and only if some profile that can be comes to its table and no rule of it holds."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from continuum.checks import sentences
from continuum.checks.subject import Check, Fault, Subject
from continuum.compiling.sentences import OUTCOME
from continuum.proofs.proof import Proof


def find(subject: Subject) -> Iterator[Fault]:
    """One fault for each decision with a gap, shown on the first day on which it has one."""
    for name, pairs, day in subject.broken(OUTCOME):
        hint = "add a rule for it, or `otherwise`"
        extent = subject.extent(partial(_uncovered, name=name))
        message = f"no rule of `{name}` covers some pupils"
        yield Fault(name, message, subject.table_path(name), pairs, day, hint, extent=extent)
    yield from sentences.open_default(subject, OUTCOME)


def _uncovered(proof: Proof, name: str) -> int:
    """How many profiles no rule of a decision covers."""
    return proof.count(proof.caused(name, "gap"), left_out=True)


GAP = Check("gap", "CX921", find, proves=True)
