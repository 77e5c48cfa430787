# SPDX-License-Identifier: MIT
"""A missing answer lowers an outcome if and only if some profile comes to less without one answer than with any answer.

All else is the same, and every profile spoken of is one that can be. A rule that says `missing: deliberate` may do it, and is a
note. Where it can be neither found nor ruled out, it is not proved.
"""

from __future__ import annotations

from collections.abc import Iterator

from continuum.checks import told
from continuum.checks.sentences import NOT_PROVED
from continuum.checks.subject import Check, Fault, Subject
from continuum.proofs.missing import Lowered, lowered

HINT = "let the rule refer, or, where a missing answer is meant to decide, write `unknown` in a rule with `missing: deliberate`"


def find(subject: Subject) -> Iterator[Fault]:
    """One fault for each outcome and answer, and one note for each deliberate rule that lowers an outcome."""
    found: dict[str, Fault] = {}
    for proof in subject.proofs:
        for one in lowered(proof):
            fault = _fault(subject, one)
            if fault.about not in found or (fault.witness and not found[fault.about].witness):
                found[fault.about] = fault  # an example of a later day goes before a doubt on an earlier one
    yield from found.values()


def _fault(subject: Subject, found: Lowered) -> Fault:
    outcome, name = found.outcome, found.name
    if found.rule:
        message = f"`{found.rule}` lets a missing answer to `{name}` lower `{outcome}`, and says so"
        return Fault(found.rule, message, subject.rule_path(found.rule), hint="nothing needs to be done", severity="note")
    about, path = f"{outcome} without {name}", subject.table_path(outcome.partition(".")[0])
    if not found.pairs:
        message = f"it is not proved that a missing answer to `{name}` never lowers `{outcome}`, {found.why}"
        return Fault(about, message, path, severity="warning", code=NOT_PROVED)
    without, least = (told.result(worked) for worked in found.pairs[0].outcomes)
    message = f"`{outcome}` comes to {without} without an answer to `{name}`, and to no less than {least} with any answer"
    return Fault(about, message, path, found.pairs, found.pairs[0].day, HINT)


UNKNOWNS = Check("unknowns", "CX932", find, proves=True)
