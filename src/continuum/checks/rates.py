# SPDX-License-Identifier: MIT
"""A rate has a hole if and only if, on some day of the version, some pupil that can be is referred because no row of it fits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from continuum.checks.subject import Check, Fault, Subject
from continuum.compiled import CompiledPack, Expr, RateRead, Read, Table, reads
from continuum.engines.hits import Worked
from continuum.proofs.answers import tables_used
from continuum.proofs.meaning import Raised
from continuum.proofs.proof import Example, Proof, days_to_prove
from continuum.proofs.properties import Pair

ARITHMETIC = "arithmetic"
SHOWN = 4
"""How many holes are told beside the first."""


def find(subject: Subject) -> Iterator[Fault]:
    """One fault for each rate with a hole, with the pupils of the first decision that falls into it, and the other holes."""
    for rate in subject.pack.rates:
        if next(_holes(subject, rate, subject.proofs), None):
            alike = _days_alike(subject)
            fault, *others = _told_apart(subject, rate, sorted([*subject.proofs, *alike], key=lambda proof: proof.day))
            listed = [f"it {one.message.removeprefix(f'`{rate}` ')}" for one in others[:SHOWN]]
            more = [f"and {len(others) - SHOWN} more"] * (len(others) > SHOWN)
            message = "; ".join([fault.message, *listed, *more])
            yield replace(fault, message=message, extent=subject.extent(partial(_extent, rate=rate), alike))


def _told_apart(subject: Subject, rate: str, proofs: list[Proof]) -> Iterator[Fault]:
    """The holes by day; one that was there on the day before of those looked at is the same one."""
    before: set[str] = set()
    for proof in proofs:
        today: set[str] = set()
        for one in _holes(subject, rate, [proof]):
            words = one.message.replace(f" on {proof.day}", "")
            if words not in before | today:
                yield one
            today.add(words)
        before = today


def _days_alike(subject: Subject) -> list[Proof]:
    """The days on which the pack means the same as on one that is looked at: a hole of another day is another hole."""
    known = {proof.day for proof in subject.proofs}
    days = [day for day in days_to_prove(subject.pack) if day not in known]
    return [Proof(subject.reference, subject.completions, day, subject.proofs) for day in days]


def _extent(proof: Proof, rate: str) -> str:
    """For how many profiles each decision finds no row."""
    found = []
    for name in sorted(tables_used(proof.pack)):
        where = proof.diagram.fold(proof.diagram.either, [proof.diagram.no, *_without_row(proof, proof.pack.tables[name], rate)])
        found += [f"{name} {count}"] if (count := proof.count(where, left_out=True)) else []
    return ", ".join(found)


def _holes(subject: Subject, rate: str, proofs: list[Proof]) -> Iterator[Fault]:
    """A fault for each hole that an example falls into: of each day, decision and reading, the smallest and a typical one."""
    for proof in proofs:
        for table in (subject.pack.tables[name] for name in tables_used(subject.pack)):
            for where in _without_row(proof, table, rate):
                found = proof.examples(where, partial(_fell, proof, table, rate))
                pairs = [Pair((one,), (proof.decide(one, table.name),), table.name) for one in found]
                for hole in dict.fromkeys(pair.outcomes[0].because.partition(": ")[2].removesuffix(".") for pair in pairs):
                    message = f"{hole}, and `{table.name}` needs it"
                    hint = "add the row, or write unpublished as its value: what reads it is then referred, and says why"
                    yield Fault(rate, message, ("rates", rate), tuple(pairs), proof.day, hint, severity="warning")


def _fell(proof: Proof, table: Table, rate: str, example: Example) -> bool:
    return proof.can_be(example) and _is_hole(proof.decide(example, table.name), rate)


def _is_hole(worked: Worked, rate: str) -> bool:
    return worked.cause == ARITHMETIC and f": `{rate}` has no row" in worked.because


def _without_row(proof: Proof, table: Table, rate: str) -> Iterator[int]:
    """The profiles for which a reading of the rate finds no row and the table is referred, reading by reading."""
    meaning, diagram = proof.meaning, proof.diagram
    referred = diagram.apply("arithmetic", lambda worked: worked.cause == ARITHMETIC, meaning.table(table.name))
    for expr, rule in _exprs(table):
        holds = diagram.yes if rule is None else meaning.holds[rule]
        for read in _rate_reads(proof.pack, expr, rate):
            missed = diagram.yes
            if meaning.follows(read):
                missed = diagram.apply("raised", lambda value: isinstance(value, Raised), meaning.expr(read))
            yield diagram.both(diagram.both(referred, missed), diagram.both(holds, meaning.possible))


def _exprs(table: Table) -> Iterator[tuple[Expr, str | None]]:
    """What the table must be able to work out, and what each rule does where it holds."""
    for expr in table.checks:
        yield expr, None
    for rule in table.rules:
        for _, expr in rule.then.values:
            yield expr, None if rule.condition is None else rule.id


def _rate_reads(pack: CompiledPack, expr: Expr, rate: str) -> Iterator[RateRead]:
    """Every reading of the rate behind an expression, through measures."""
    for item in reads(expr):
        if isinstance(item, RateRead) and item.rate == rate:
            yield item
        elif isinstance(item, Read) and item.of == "measure":
            yield from _rate_reads(pack, pack.measures[item.name].expr, rate)


RATES = Check("rates", "CX935", find, proves=True)
