# SPDX-License-Identifier: MIT
"""Every property of a pack answered: the sentences it declares, and those every pack is held to unless it switches one off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from continuum.compiled import CompiledPack, Property, Rule, Table, limited, needed
from continuum.compiling.sentences import AGREE, APPLY, DEFAULTS, MISSING, OUTCOME
from continuum.engines.completions import Completions
from continuum.engines.reference import Reference
from continuum.errors import EngineError, Finding
from continuum.proofs import shape
from continuum.proofs.clauses import available
from continuum.proofs.diagram import Diagram, TooLargeError
from continuum.proofs.missing import lowered, ordered
from continuum.proofs.proof import Example, Proof, days_to_prove
from continuum.proofs.properties import Answer, Pair, answer
from continuum.proofs.sat import Terms
from continuum.proofs.searching import searched

INSTALL = 'have a SAT solver answer: pip install "kent-continuum[proofs]"; or split the table, or read fewer inputs together'


def proofs_of(reference: Reference, completions: Completions, make: Callable[[list[int]], Diagram] = Diagram) -> list[Proof]:
    """The days on which a pack means something of its own, each with what can be asked of it.

    Raises:
        EngineError: CX706, where a diagram passes its budget.
    """
    found: dict[Any, Proof] = {}
    for day in days_to_prove(reference.pack):
        proof = Proof(reference, completions, day, list(found.values()), make)
        found.setdefault(_meant(proof), proof)
    return list(found.values())


def askable(reference: Reference, completions: Completions, diagrams: Callable[[], list[Proof]] | None = None) -> list[Proof]:
    """What :func:`proofs_of` gives, or ``diagrams`` where the caller keeps those; where they are too large, what a SAT solver can
    be asked.

    Raises:
        EngineError: CX706, where a diagram passes its budget and python-sat is not installed, or the solver does not help.
    """
    try:
        return diagrams() if diagrams else proofs_of(reference, completions)
    except EngineError as problem:
        if not available():
            raise EngineError(Finding("CX706", problem.findings[0].message, hint=INSTALL)) from None
    return proofs_of(reference, completions, Terms)


def prove(proofs: list[Proof]) -> tuple[Answer, ...]:
    """Answer every sentence for all these days: the defaults first, then those the pack declares.

    Raises:
        EngineError: CX706, where a diagram passes its budget.
    """
    pack = proofs[0].pack
    off = {item["property"] for item in pack.defaults_off}
    found = [_answered(sentence, proofs, partial(_default, sentence)) for sentence in DEFAULTS if sentence not in off]
    return (*found, *(_settled(prop, proofs) for prop in pack.properties))


def _settled(prop: Property, proofs: list[Proof]) -> Answer:
    """The answer to a sentence of the pack: from the cells; else from the shape of formulas; else after a search."""
    found = _answered(prop.text, proofs, partial(answer, prop))
    if found.verdict != "not_proved" or prop.form == "default":
        return found
    by_shape = _answered(prop.text, proofs, partial(_by_formulas, prop, found))
    return by_shape if by_shape.verdict == "proved" else searched(prop, proofs, found)


def _by_formulas(prop: Property, found: Answer, proofs: list[Proof]) -> Answer:
    proved = all(shape.proves(proof, prop) for proof in proofs)
    return replace(found, verdict="proved", why="by the shape of its formulas") if proved else found


def _answered(sentence: str, proofs: list[Proof], ask: Callable[[list[Proof]], Answer]) -> Answer:
    """The answer to one sentence, which may take as much work as any other. Where it would take more, a SAT solver is asked; not
    proved where there is none, or it would take too much of that too.
    """
    for proof in proofs:
        proof.diagram.renew()
    try:
        return ask(proofs)
    except TooLargeError as problem:
        why = f"it would need {problem}"
    solved = _by_solver(proofs)
    if solved:
        return _answered(sentence, solved, ask)
    return Answer(sentence, "not_proved", proofs[0].profiles, tuple(proof.day for proof in proofs), why=why)


def _by_solver(proofs: list[Proof]) -> list[Proof]:
    """The same days to be asked of a SAT solver; none where they are so already, or it does not help."""
    if isinstance(proofs[0].diagram, Terms) or not available():
        return []
    try:
        return proofs_of(proofs[0].reference, proofs[0].completions, Terms)
    except EngineError:
        return []  # what the diagram needed too much of is then the reason that is told


def _meant(proof: Proof) -> Any:
    """What a pack means on a day, as something to compare: the cells, and the diagrams of all tables and of each of their rules.
    Days with as many cells stand in one diagram, so equal functions are equal numbers.
    """
    meaning = proof.meaning
    tables = tuple(meaning.table(name) for name in tables_used(proof.pack))
    rules = tuple(tuple(sorted(kept.items())) for kept in (meaning.blocked, meaning.holds, meaning.offers))
    limits = tuple(meaning.limit(condition) for condition in limited(proof.pack))
    return (tuple((one.kind, one.name, one.cells) for one in meaning.variables), meaning.possible, tables, rules, limits)


def _default(sentence: str, proofs: list[Proof]) -> Answer:
    if sentence == OUTCOME:
        return _never_comes_to("gap", sentence, proofs)
    if sentence == AGREE:
        return _never_comes_to("conflict", sentence, proofs)
    if sentence == APPLY:
        return _applies(sentence, proofs)
    return _missing(sentence, proofs) if sentence == MISSING else _protected(sentence, proofs)


def _protected(sentence: str, proofs: list[Proof]) -> Answer:
    """What the compiler has seen to."""
    return _proved(sentence, proofs, "no rule may read a protected input")


def _missing(sentence: str, proofs: list[Proof]) -> Answer:
    """Whether no outcome that has an order is lower without an answer than with any, but for rules that say so."""
    pack = proofs[0].pack
    found = {(one.outcome, one.name, bool(one.pairs)): one for proof in proofs for one in lowered(proof) if not one.rule}
    pairs = tuple({(pair.outcome, pair.differs): pair for one in found.values() for pair in one.pairs[::-1]}.values())
    shown = {(pair.outcome, pair.differs) for pair in pairs}
    doubts = [one for key, one in found.items() if key[:2] not in shown]
    why = "; ".join(f"`{one.outcome}` may be lower without an answer to `{one.name}`, {one.why}" for one in doubts)
    if pairs:
        days = tuple(dict.fromkeys(pair.day for pair in pairs if pair.day))
        return Answer(sentence, "broken", proofs[0].profiles, days, why=why, pairs=pairs)
    if doubts:
        return Answer(sentence, "not_proved", proofs[0].profiles, tuple(proof.day for proof in proofs), why=why)
    said = [rule.id for table in pack.tables.values() for rule in table.rules if rule.deliberate]
    unordered = [name for name in pack.outcomes if not any(one.partition(".")[0] == name for one in ordered(pack))]
    notes = [f"but for rules that say so: {', '.join(said)}"] * bool(said)
    notes += [f"not asked of outcomes without an order: {', '.join(unordered)}"] * bool(unordered)
    return _proved(sentence, proofs, "; ".join(notes))


def _proved(sentence: str, proofs: list[Proof], why: str = "") -> Answer:
    days = tuple(proof.day for proof in proofs)
    return Answer(sentence, "proved", max(proof.profiles for proof in proofs), days, why=why)


def tables_used(pack: CompiledPack) -> list[str]:
    """The decisions that the outcomes rest on."""
    used = {name for outcome in pack.outcomes for name in needed(pack, outcome)}
    return [name for name in pack.tables if name in used]


def _never_comes_to(cause: str, sentence: str, proofs: list[Proof]) -> Answer:
    """Whether no table is ever referred for this cause; each that is, with examples of the first day on which it is."""
    unconfirmed: list[str] = []
    pairs: list[Pair] = []
    shown: set[str] = set()
    for proof in proofs:
        for name in (one for one in tables_used(proof.pack) if one not in shown):
            where = proof.caused(name, cause)
            if proof.diagram.never(where):
                continue
            examples = proof.examples(where, _caused(proof, name, cause))
            pairs += [Pair((one,), (proof.decide(one, name),), name, day=proof.day) for one in examples]
            unconfirmed += [] if examples else [name]
            shown |= {name} if examples else set()
    open_in = [name for name in dict.fromkeys(unconfirmed) if name not in shown]
    why = f"what is not followed leaves it open in {', '.join(open_in)}" if open_in else ""
    days = tuple(proof.day for proof in proofs)
    if pairs:
        first = dict.fromkeys(pair.day for pair in pairs if pair.day)
        return Answer(sentence, "broken", proofs[0].profiles, tuple(first), why=why, pairs=tuple(pairs))
    if why:
        return Answer(sentence, "not_proved", proofs[0].profiles, days, why=why)
    return _proved(sentence, proofs)


def _caused(proof: Proof, name: str, cause: str) -> Callable[[Example], bool]:
    return lambda example: proof.can_be(example) and proof.decide(example, name).cause == cause


def _applies(sentence: str, proofs: list[Proof]) -> Answer:
    """Whether each rule decides for some profile on some day."""
    never: dict[str, None] | None = None
    for proof in proofs:
        rules = ((name, rule) for name in tables_used(proof.pack) for rule in proof.pack.tables[name].rules)
        here = {rule.id: None for name, rule in rules if not comes_to(proof, name, rule)}
        never = here if never is None else {rule: None for rule in never if rule in here}
    if never:
        days = tuple(proof.day for proof in proofs)
        return Answer(
            sentence, "broken", proofs[0].profiles, days, why=f"no profile comes to {', '.join(never)}", rules=tuple(never)
        )
    return _proved(sentence, proofs)


def comes_to(proof: Proof, name: str, rule: Rule) -> bool:
    """Whether some profile that can be comes to the rule: none before it in a `first` table, none at all for `otherwise`."""
    return rule.id in proof.deciding(name)


def before(table: Table, rule: Rule) -> list[Rule]:
    """The rules that must not hold where a profile comes to this one."""
    ordinary = [one for one in table.rules if one.condition is not None]
    if rule.condition is None:
        return ordinary
    return ordinary[: ordinary.index(rule)] if table.hit == "first" else []
