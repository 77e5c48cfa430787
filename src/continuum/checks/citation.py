# SPDX-License-Identifier: MIT
"""A citation fails if and only if a rule can decide on a day of the version on which the document it cites is not in force."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from continuum.checks.subject import Check, Fault, Subject
from continuum.compiled import CompiledPack, Document, Rule, Table
from continuum.proofs.answers import comes_to
from continuum.proofs.proof import days_to_prove

ONE_DAY = dt.timedelta(days=1)


def find(subject: Subject) -> Iterator[Fault]:
    """One fault for each document that is cited when it is not in force. A rule may only cite nothing in an illustrative pack."""
    pack = subject.pack
    for source, document in pack.sources.items():
        citing = [(table, rule) for table, rule in _rules(pack) if source in {cite.source for cite in rule.sources}]
        for day in _days_outside(pack, document) if citing else ():
            rules = [rule.id for table, rule in citing if comes_to(subject.proof_on(day), table.name, rule)]
            if rules:
                when = f"only from {document.start}" if document.start and day < document.start else f"only to {document.end}"
                message = f"{_named(rules)} can decide on {day}, citing `{source}`, which is in force {when}"
                hint = "cite what was in force then, or let the rule hold only from that day on"
                yield Fault(source, message, ("sources", source), hint=hint, severity="warning")
                break


def _rules(pack: CompiledPack) -> list[tuple[Table, Rule]]:
    return [(table, rule) for table in pack.tables.values() for rule in table.rules]


def _days_outside(pack: CompiledPack, document: Document) -> list[dt.date]:
    """The days on which the version is in force, the document is not, and something may have changed."""
    ends = [document.start and document.start - ONE_DAY, document.end and document.end + ONE_DAY]
    days = {*days_to_prove(pack), *(day for day in ends if day and pack.covers(day))}
    return sorted(day for day in days if _outside(document, day))


def _outside(document: Document, day: dt.date) -> bool:
    return bool((document.start and day < document.start) or (document.end and day > document.end))


def _named(rules: list[str], most: int = 5) -> str:
    return ", ".join(rules[:most]) + (f" and {len(rules) - most} more" if len(rules) > most else "")


CITATION = Check("citation", "CX936", find, proves=True)
