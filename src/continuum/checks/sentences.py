# SPDX-License-Identifier: MIT
"""The sentences that a pack declares, as faults: broken with examples, or not proved with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from continuum.checks import told
from continuum.checks.subject import Fault, Subject
from continuum.proofs.properties import Answer, extent

NOT_PROVED = "CX915"


def of_form(subject: Subject, form: str) -> Iterator[Fault]:
    """A fault for each sentence of a form that does not hold, or that cannot be told."""
    for answer in subject.asked(form):
        yield from of(subject, answer)


def open_default(subject: Subject, sentence: str) -> Iterator[Fault]:
    """A warning where a sentence that every pack is held to is left open, for some decisions or for all."""
    answer = subject.default(sentence)
    if answer is not None and answer.why and (answer.verdict == "not_proved" or answer.pairs):
        yield _not_proved(subject, answer)


def of(subject: Subject, answer: Answer) -> Iterator[Fault]:
    """The fault of one answer; none where it is proved."""
    path = subject.property_path(answer.sentence)
    if answer.verdict == "not_proved":
        yield _not_proved(subject, answer)
    elif answer.verdict == "broken":
        facts = [answer.why] if answer.why else told.told(answer.pairs[:1])
        message = "; ".join([f"`{answer.sentence}` is broken", *facts])
        yield Fault(
            answer.sentence, message, path, answer.pairs, answer.days[0], "mend the rules", extent=_extent(subject, answer)
        )


def _extent(subject: Subject, answer: Answer) -> str:
    """How far a broken sentence of the pack is broken; not counted where a SAT solver had to be asked."""
    prop = next((one for one in subject.pack.properties if one.text == answer.sentence), None)
    return subject.extent(partial(extent, prop)) if prop is not None and answer.profiles else ""


def _not_proved(subject: Subject, answer: Answer) -> Fault:
    message = f"`{answer.sentence}` is not proved: {answer.why}"
    return Fault(answer.sentence, message, subject.property_path(answer.sentence), severity="warning", code=NOT_PROVED)
