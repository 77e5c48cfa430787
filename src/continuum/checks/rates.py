# SPDX-License-Identifier: MIT
"""A rate has a hole if and only if, on some day of the version, some pupil that can be is referred because no row of it fits."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from continuum.checks.subject import Check, Fault, Subject
from continuum.compiled import CompiledPack, Expr, RateRead, Read, Table, reads
from continuum.engines.hits import Worked
from continuum.proofs.answers import tables_used
from continuum.proofs.meaning import Raised
from continuum.proofs.proof import Example, Proof
from continuum.proofs.properties import Pair

ARITHMETIC = "arithmetic"


def find(subject: Subject) -> Iterator[Fault]:
    """One fault for each rate with a hole, with the pupils of the first decision that falls into it."""
    for rate in subject.pack.rates:
        fault = next(_holes(subject, rate), None)
        if fault:
            yield fault


def _holes(subject: Subject, rate: str) -> Iterator[Fault]:
    for proof in subject.proofs:
        for table in (subject.pack.tables[name] for name in tables_used(subject.pack)):
            for where in _without_row(proof, table, rate):
                found = proof.examples(where, partial(_fell, proof, table, rate))
                pairs = [Pair((one,), (proof.decide(one, table.name),), table.name) for one in found]
                if pairs:
                    hole = pairs[0].outcomes[0].because.partition(": ")[2].removesuffix(".")
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
