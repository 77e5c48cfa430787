# SPDX-License-Identifier: MIT
"""An amount rests on the type of need alone if and only if it changes with a type of need, and with no input that has an order.

An amount is a decision that gives money, or a scale by which a rate of money is looked up. An input is a type of need where two
or more of its values carry codes that the Department for Education gives to primary types of need. Levels, hours, costs and ages
have an order.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from continuum.checks.subject import Check, Fault, Subject
from continuum.compiled import CompiledPack, Input, RateRead, Read, Type, reads
from continuum.engines.hits import INDICATED
from continuum.proofs.answers import tables_used
from continuum.proofs.meaning import Formula, parts
from continuum.proofs.proof import EXCLUDED, Example, Proof, told
from continuum.proofs.properties import Pair, changed

TYPES = frozenset(("SPLD", "MLD", "SLD", "PMLD", "SEMH", "SLCN", "HI", "VI", "MSI", "PD", "ASD", "DS", "OTH", "NSA"))
"""The codes of primary types of need in the school census."""
HINT = "let the amount rest on the level of need or of support too, or accept it with a reason where the tariff is an old one"


def find(subject: Subject) -> Iterator[Fault]:
    """One fault for each amount, shown on the first day on which it holds of that day."""
    types = [name for name, asked in subject.pack.inputs.items() if is_type_of_need(asked)]
    for name in tables_used(subject.pack) if types else ():
        if not _is_amount(subject.pack, name):
            continue
        for proof in subject.proofs:
            moved = [one for one in types if _example(proof, name, one)]
            ordered = [one for one, asked in subject.pack.inputs.items() if asked.type.ordered]
            if moved and not any(_moves(proof, name, one) for one in ordered):
                pair = _example(proof, name, moved[0])
                message = f"`{name}` changes with the type of need (`{moved[0]}`), and with no level of need or of support"
                yield Fault(name, message, subject.table_path(name), (pair,) if pair else (), proof.day, HINT, "warning")
                break


def is_type_of_need(asked: Input) -> bool:
    """Whether an input asks for the primary type of need, by its census codes."""
    return len(TYPES & {code for _, code in asked.codes}) > 1


def _is_amount(pack: CompiledPack, name: str) -> bool:
    type_ = pack.tables[name].type
    parts: list[Type] = [inner for _, inner in type_.fields] or [type_]
    return any(part.money for part in parts) or (type_.kind == "scale" and name in _keys_of_money(pack))


def _keys_of_money(pack: CompiledPack) -> set[str]:
    """The decisions by which a rate of money is looked up."""
    exprs = [measure.expr for measure in pack.measures.values()]
    exprs += [expr for table in pack.tables.values() for rule in table.rules for _, expr in rule.then.values]
    rates = [one for expr in exprs for one in reads(expr) if isinstance(one, RateRead) and pack.rates[one.rate].type.money]
    return {key.name for one in rates for key in one.keys if isinstance(key, Read) and key.of == "decision"}


def _moves(proof: Proof, name: str, asked: str) -> bool:
    """Whether an input changes a decision, or may: a formula reads it, or what is not followed to the inputs."""
    support = proof.diagram.support(proof.meaning.table(name))
    free = any(asked in proof.behind(index) for index in support & proof.meaning.free_reads.keys())
    return free or asked in _behind_formulas(proof, name) or _where(proof, name, asked) is not None


def _behind_formulas(proof: Proof, name: str) -> set[str]:
    """The inputs that formulas of a decision rest on."""
    results = [worked for worked in proof.diagram.values(proof.meaning.table(name)) if worked.state == INDICATED]
    formulas = {part.rule for worked in results for part in parts(worked.value) if isinstance(part, Formula)}
    return {asked for rule in formulas for asked in proof.behind_rule(rule)}


def _where(proof: Proof, name: str, asked: str) -> tuple[int, tuple[int, int], int] | None:
    """Two cells of an input between which a decision changes, and for which profiles."""
    index, node = proof.meaning.space.index.get(("input", asked)), proof.outcome(name)
    if index is None or index not in proof.diagram.support(proof.meaning.table(name)):
        return None
    for cells in combinations(range(len(proof.meaning.variables[index].cells)), 2):
        one, other = (proof.diagram.restrict(node, {index: cell}) for cell in cells)
        where = proof.diagram.apply("come to different results", _differ, one, other)
        if where != proof.diagram.no:
            return index, cells, where
    return None


def _differ(one: object, other: object) -> bool:
    return EXCLUDED not in (one, other) and told(one) != told(other)  # type: ignore[arg-type]  # results but for EXCLUDED


def _example(proof: Proof, name: str, asked: str) -> Pair | None:
    """Two profiles that differ in the type of need and in what a decision comes to."""
    found = _where(proof, name, asked)
    if found is None:
        return None
    index, cells, where = found
    values = [proof.meaning.variables[index].cells[cell] for cell in cells]

    def pair(example: Example) -> Pair:
        both = tuple(changed(example, {asked: value}) for value in values)
        return Pair(both, tuple(proof.decide(one, name) for one in both), name, asked)

    def confirmed(example: Example) -> bool:
        both = pair(example)
        return all(map(proof.can_be, both.profiles)) and told(both.outcomes[0]) != told(both.outcomes[1])

    return next((pair(example) for example in proof.examples(where, confirmed)), None)


NEED_TYPE = Check("need_type", "CX933", find, proves=True)
