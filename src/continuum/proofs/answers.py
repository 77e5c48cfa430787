# SPDX-License-Identifier: MIT
"""Every property of a pack answered: the sentences it declares, and those every pack is held to unless it switches one off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from continuum.compiled import CompiledPack, Rule, Table, needed
from continuum.compiling.sentences import DEFAULTS
from continuum.engines.completions import Completions
from continuum.engines.reference import Reference
from continuum.proofs.proof import EXCLUDED, Example, Proof, days_to_prove
from continuum.proofs.properties import Answer, Pair, answer

OUTCOME, AGREE, APPLY, PROTECTED, MISSING = DEFAULTS


def prove(reference: Reference, completions: Completions) -> tuple[Answer, ...]:
    """Answer every sentence for every day on which something changes: the defaults first, then those the pack declares.

    Raises:
        EngineError: CX706, where a diagram passes its budget.
    """
    pack = reference.pack
    proofs = list(_told_apart(Proof(reference, completions, day) for day in days_to_prove(pack)))
    off = {item["property"] for item in pack.defaults_off}
    found = [_default(sentence, proofs) for sentence in DEFAULTS if sentence not in off]
    return (*found, *(answer(prop, proofs) for prop in pack.properties))


def _told_apart(proofs: Iterator[Proof]) -> Iterator[Proof]:
    """The proofs of days on which the pack means something else than on those before."""
    seen = set()
    for proof in proofs:
        shape = (tuple(v.cells for v in proof.meaning.variables), tuple(_shape(proof, name) for name in proof.pack.outcomes))
        key = repr(shape)
        if key not in seen:
            seen.add(key)
            yield proof


def _shape(proof: Proof, name: str) -> Any:
    """An outcome's diagram, written so that equal ones are equal."""
    nodes = proof.diagram.below(proof.meaning.table(name))
    number = {node: i for i, node in enumerate(nodes)}
    return [
        (proof.diagram.asks(node), [number[child] for child in proof.diagram.children(node)] or repr(proof.diagram.value(node)))
        for node in nodes
    ]


def _default(sentence: str, proofs: list[Proof]) -> Answer:
    if sentence == OUTCOME:
        return _never_comes_to("gap", sentence, proofs)
    if sentence == AGREE:
        return _never_comes_to("conflict", sentence, proofs)
    if sentence == APPLY:
        return _applies(sentence, proofs)
    return _by_shape(sentence, proofs)


def _by_shape(sentence: str, proofs: list[Proof]) -> Answer:
    """What the compiler has seen to: no rule reads a protected input, and none tests a missing answer unless it says so."""
    pack = proofs[0].pack
    if sentence == MISSING:
        said = [rule.id for table in pack.tables.values() for rule in table.rules if rule.deliberate]
        why = f"but for rules that say so: {', '.join(said)}" if said else ""
        return _proved(sentence, proofs, why)
    return _proved(sentence, proofs, "no rule may read a protected input")


def _proved(sentence: str, proofs: list[Proof], why: str = "") -> Answer:
    days = tuple(proof.day for proof in proofs)
    return Answer(sentence, "proved", max(proof.profiles for proof in proofs), days, why=why)


def _tables(pack: CompiledPack) -> list[str]:
    """The decisions that the outcomes rest on."""
    used = {name for outcome in pack.outcomes for name in needed(pack, outcome)}
    return [name for name in pack.tables if name in used]


def _never_comes_to(cause: str, sentence: str, proofs: list[Proof]) -> Answer:
    """Whether no table is ever referred for this cause."""
    unconfirmed: list[str] = []
    pairs: list[Pair] = []
    for proof in proofs:
        for name in _tables(proof.pack):
            where = proof.diagram.apply(
                ("caused", cause), lambda worked: worked != EXCLUDED and worked.cause == cause, proof.outcome(name)
            )
            if where == proof.diagram.no:
                continue
            examples = proof.examples(where, _caused(proof, name, cause))
            pairs += [Pair((one,), (proof.decide(one, name),), name) for one in examples[:1]]
            unconfirmed += [] if examples else [name]
        if pairs:
            return Answer(sentence, "broken", proof.profiles, (proof.day,), pairs=tuple(pairs))
    if unconfirmed:
        why = f"what is not followed leaves it open in {', '.join(dict.fromkeys(unconfirmed))}"
        return Answer(sentence, "not_proved", proofs[0].profiles, tuple(proof.day for proof in proofs), why=why)
    return _proved(sentence, proofs)


def _caused(proof: Proof, name: str, cause: str) -> Callable[[Example], bool]:
    return lambda example: proof.can_be(example) and proof.decide(example, name).cause == cause


def _applies(sentence: str, proofs: list[Proof]) -> Answer:
    """Whether each rule decides for some profile on some day."""
    never: dict[str, None] | None = None
    for proof in proofs:
        here = {
            rule.id: None for name in _tables(proof.pack) for rule in proof.pack.tables[name].rules if not _can(proof, name, rule)
        }
        never = here if never is None else {rule: None for rule in never if rule in here}
    if never:
        days = tuple(proof.day for proof in proofs)
        return Answer(sentence, "broken", proofs[0].profiles, days, why=f"no profile comes to {', '.join(never)}")
    return _proved(sentence, proofs)


def _can(proof: Proof, name: str, rule: Rule) -> bool:
    """Whether some profile that can be comes to the rule: none before it in a `first` table, none at all for `otherwise`."""
    diagram, table = proof.diagram, proof.pack.tables[name]
    proof.meaning.table(name)
    where = diagram.apply("unstopped", lambda worked: worked is None, proof.meaning.blocked[name])
    for other in _before(table, rule):
        where = diagram.both(where, diagram.negation(proof.meaning.holds[other.id]))
    if rule.condition is not None:
        where = diagram.both(where, proof.meaning.holds[rule.id])
    return diagram.both(where, proof.meaning.possible) != diagram.no


def _before(table: Table, rule: Rule) -> list[Rule]:
    ordinary = [one for one in table.rules if one.condition is not None]
    if rule.condition is None:
        return ordinary
    return ordinary[: ordinary.index(rule)] if table.hit == "first" else []
