# SPDX-License-Identifier: MIT
"""A term is missing if and only if a decision that people are shown, or a value of it, has no words in the pack's terms."""

from __future__ import annotations

from collections.abc import Iterator

from continuum.checks.subject import Check, Fault, Subject
from continuum.compiled import CompiledPack


def find(subject: Subject) -> Iterator[Fault]:
    """One note for the pack, which names them."""
    missing = list(_missing(subject.pack))
    if missing:
        message = f"people are shown {', '.join(f'`{name}`' for name in missing)} as they are: there is no term for them"
        hint = "add a label for each to terms:, as it is printed in letters"
        yield Fault("terms", message, ("terms",), hint=hint, severity="note")


def _missing(pack: CompiledPack) -> Iterator[str]:
    for name in pack.outcomes:
        type_ = pack.tables[name].type
        if name not in pack.terms:
            yield name
        owners = (name, type_.name)
        for value in () if type_.kind == "yes_no" else type_.values:
            if not any(f"{owner}.{value}" in pack.terms for owner in owners):
                yield f"{name}.{value}"
        for field, _ in type_.fields:
            if f"{name}.{field}" not in pack.terms:
                yield f"{name}.{field}"


TERM = Check("term", "CX937", find)
