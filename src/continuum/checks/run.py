# SPDX-License-Identifier: MIT
"""All checks over a pack: faults become findings, and those that the pack accepts are told apart from those it does not."""

from __future__ import annotations

from collections.abc import Iterator

from continuum.checks.accepting import rotten, standing
from continuum.checks.alignment import ALIGNMENT
from continuum.checks.as_cases import case_id, worked_case
from continuum.checks.citation import CITATION
from continuum.checks.cliff import CLIFF
from continuum.checks.division import DIVISION
from continuum.checks.gap import GAP
from continuum.checks.independence import INDEPENDENCE
from continuum.checks.need_type import NEED_TYPE
from continuum.checks.never import NEVER
from continuum.checks.order import ORDER
from continuum.checks.overlap import OVERLAP
from continuum.checks.question import QUESTION
from continuum.checks.rates import RATES
from continuum.checks.reach import REACH
from continuum.checks.redundant import REDUNDANT
from continuum.checks.settling import SETTLING
from continuum.checks.subject import Check, Fault, Subject
from continuum.checks.term import TERM
from continuum.checks.unknowns import UNKNOWNS
from continuum.checks.unreachable import UNREACHABLE
from continuum.checks.unread import UNREAD
from continuum.compiling.sentences import AGREE, APPLY, OUTCOME
from continuum.errors import EngineError, Finding, nearest
from continuum.proofs.diagram import TooLargeError

CHECKS: tuple[Check, ...] = (
    QUESTION, UNREAD, RATES, CITATION, TERM,
    GAP, OVERLAP, UNREACHABLE, REDUNDANT, DIVISION, UNKNOWNS, NEED_TYPE,
    ORDER, CLIFF, INDEPENDENCE, ALIGNMENT, SETTLING, REACH, NEVER,
)  # fmt: skip
"""Every check, in the order in which their findings are told."""


def check(subject: Subject, *, proofs: bool = True) -> list[Finding]:
    """What the checks find; without ``proofs`` only those that need no decision diagram are made."""
    found: list[Finding] = []
    made: set[str] = set()
    seen: set[tuple[str, str]] = set()
    unmade: dict[str, list[str]] = {}
    for one in CHECKS:
        if one.proves and not proofs:
            continue
        try:
            faults = _faults(subject, one)
        except EngineError as error:
            unmade.setdefault(error.findings[0].message, []).append(one.name)
            continue
        made.add(one.name)
        seen |= {(one.name, fault.about) for fault in faults}
        found += [_finding(subject, one, fault) for fault in faults]
    return [*found, *_not_made(unmade), *_rotten(subject, seen, made)]


def _not_made(unmade: dict[str, list[str]]) -> Iterator[Finding]:
    """Which checks were not made, and why: nothing is known to be wrong, and nothing to be right."""
    for why, names in unmade.items():
        hint = "split the table, or read fewer inputs together"
        yield Finding("CX706", f"not checked: {', '.join(names)}: {why}", hint=hint, severity="warning")


def _faults(subject: Subject, check: Check) -> list[Fault]:
    """What one check finds. Where its diagrams no longer fit beside those of the others, it gets some of its own."""
    subject.renew()
    try:
        return list(check.find(subject))
    except TooLargeError:
        pass
    try:
        return list(check.find(subject.afresh()))
    except TooLargeError as problem:
        raise EngineError(Finding("CX706", f"it would need {problem}")) from None


DEFAULTS = {OUTCOME: GAP.code, AGREE: OVERLAP.code, APPLY: UNREACHABLE.code}


def speaks_of(finding: Finding, sentence: str) -> bool:
    """Whether a finding is about a property: one that the pack declares, or one of the defaults that checks look for."""
    return finding.code == DEFAULTS[sentence] if sentence in DEFAULTS else finding.message.startswith(f"`{sentence}`")


def _finding(subject: Subject, check: Check, fault: Fault) -> Finding:
    accepted = {(item["check"], item["about"]): item for item in subject.pack.accepted}.get((check.name, fault.about))
    stands = standing(check.name, fault, accepted, subject.on)
    hints = [stands.accepted or fault.hint, stands.become]
    return Finding(
        fault.code or check.code, fault.message, subject.written.source.place(fault.path),
        hint="; ".join(hint for hint in hints if hint), severity="note" if stands.accepted else fault.severity,
        example="\n".join(_example(subject, check, fault)), accept="" if fault.severity == "note" else stands.accept,
    )  # fmt: skip


def _example(subject: Subject, check: Check, fault: Fault) -> Iterator[str]:
    shown = ((pair, profile) for pair in fault.witness[:2] for profile in pair.profiles)
    for i, (pair, profile) in enumerate(shown if fault.day else (), 1):
        yield from worked_case(
            subject, f"{case_id(check.name, fault.about)}-{i}", fault.day or subject.pack.some_day, pair, profile
        )


def _rotten(subject: Subject, seen: set[tuple[str, str]], made: set[str]) -> Iterator[Finding]:
    names = {one.name for one in CHECKS}
    for i, item in rotten(subject, seen, made | ({one["check"] for one in subject.pack.accepted} - names)):
        known = item["check"] in names
        message = f"what is accepted of `{item['about']}` " + (
            "no longer occurs" if known else f"names a check `{item['check']}` that there is not"
        )
        hint = "remove it from accepted:" if known else nearest(item["check"], names)
        yield Finding("CX940", message, subject.written.source.place(("accepted", i)), hint=hint, severity="warning")
