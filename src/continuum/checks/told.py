# SPDX-License-Identifier: MIT
"""Answers to properties in words, with their examples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from continuum.arithmetic import as_decimal
from continuum.compiled import ABSENT
from continuum.engines.hits import INDICATED, NOT_APPLICABLE, Worked
from continuum.proofs.properties import Answer, Pair

CAUSES = {
    "gap": "no rule covers it", "conflict": "rules conflict", "rule": "people decide", "decision": "it rests on another decision",
    "unpublished": "not published", "arithmetic": "cannot be worked out", "individually_agreed": "agreed individually",
}  # fmt: skip


def proved(answer: Answer) -> str:
    """A proved sentence in one line."""
    apart = f", {_many(answer.apart)} of them set apart" if answer.apart else ""
    note = f" ({answer.why})" if answer.why else ""
    days = f"{len(answer.days)} day{'' if len(answer.days) == 1 else 's'}"
    return f"proved: {answer.sentence}, for all {_many(answer.profiles)} profiles{apart}, on {days}{note}"


def _many(number: int) -> str:
    if number < 10**7:
        return f"{number:,}"
    text = str(number)
    return f"about {text[0]}.{text[1]} times 10^{len(text) - 1}"


def told(pairs: tuple[Pair, ...]) -> Iterator[str]:
    """Each example in words: what one profile comes to, or what a change of one input makes of an outcome."""
    for pair in pairs[:3]:
        if len(pair.profiles) == 1:
            results = " and ".join(result(worked) for worked in pair.outcomes)
            yield f"`{pair.outcome}` comes to {results}"
        else:
            before, after = (dict(profile.values) for profile in pair.profiles)
            moved = ", ".join(
                f"{name} from {written_as(before.get(name))} to {written_as(after.get(name))}"
                for name in pair.differs.split(", ")
            )
            yield f"{moved} takes `{pair.outcome}` from {result(pair.outcomes[0])} to {result(pair.outcomes[1])}"


def result(worked: Worked) -> str:
    """A result in words, with the rules that decided."""
    rules = f" [{', '.join(worked.rules)}]" if worked.rules else ""
    if worked.state == INDICATED:
        return f"{written_as(worked.value)}{rules}"
    words = "not applicable" if worked.state == NOT_APPLICABLE else f"a referral ({CAUSES.get(worked.cause, worked.cause)})"
    return words + rules


def written_as(value: Any) -> str:
    """A value as a pack writes it."""
    if value is ABSENT:
        return "absent"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {written_as(part)}" for name, part in value.items()) + "}"
    if isinstance(value, tuple):
        return ", ".join(map(written_as, value)) or "nothing"
    if hasattr(value, "denominator"):
        return f"{as_decimal(value, None).normalize():f}"
    return str(value)
