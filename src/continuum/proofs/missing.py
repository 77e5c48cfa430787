# SPDX-License-Identifier: MIT
"""Whether a missing answer lowers an outcome: some profile comes to less without one answer than with any answer.

All else is the same, and every profile spoken of is one that can be. Compared are outcomes that have an order, where they are
indicated. Where the cells tell it, they are asked; where the outcome is worked out from amounts that are not told apart, profiles
are tried, and what is not found there is not proved. `absent` is an answer, and a blank that stands for one is that one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from continuum.compiled import ABSENT, CompiledPack, Condition, Expr, Known, Read, Rule, Type, clauses, needed, reads, sides
from continuum.engines.completions import Line
from continuum.proofs.meaning import Formula
from continuum.proofs.proof import EXCLUDED, Example, Proof, spread
from continuum.proofs.properties import Pair, changed
from continuum.proofs.space import asks_given

GIVEN, LEFT_OUT = 0, 1
"""The cells of the variable that says whether an answer was given."""
LONGEST = 60_000
"""Of how many values an input may have one for each to be gone over, where cells do not tell."""
TRIES = 20
NOT_TOLD_APART = "which is worked out from amounts that are not told apart one by one"


@dataclass(frozen=True, slots=True)
class Lowered:
    """An outcome that is lower without an answer, on the day of the proof that was asked.

    Attributes:
        outcome: the outcome, or a field of one.
        name: the input that is not answered.
        pairs: profiles without the answer, each with the answer that comes to the least; the reference engine confirms them.
        rule: the rule that says so with `missing: deliberate`; empty where none does.
        why: where there are no pairs and no rule: why it is not proved that the outcome is never lower.
    """

    outcome: str
    name: str
    pairs: tuple[Pair, ...] = ()
    rule: str = ""
    why: str = ""


def lowered(proof: Proof) -> Iterator[Lowered]:
    """Each outcome and answer for which it is so, or not proved that it is not.

    Raises:
        TooLargeError: where a diagram passes its budget.
    """
    for kind, name in list(proof.meaning.space.index):
        for outcome in ordered(proof.pack) if kind == "given" else ():
            yield from _lowered(proof, name, outcome)


def ordered(pack: CompiledPack) -> Iterator[str]:
    """The outcomes, or fields of them, that have an order."""
    for outcome in pack.outcomes:
        type_ = pack.tables[outcome].type
        parts: list[tuple[str, Type]] = list(type_.fields) or [("", type_)]
        yield from (f"{outcome}.{part}" if part else outcome for part, inner in parts if inner.ordered)


def _lowered(proof: Proof, name: str, outcome: str) -> Iterator[Lowered]:
    diagram, given = proof.diagram, proof.meaning.space.index["given", name]
    ranked = proof.ranked(outcome)
    support = diagram.support(ranked)
    hidden = name in _hidden(proof, ranked, support)
    if given not in support and not hidden:
        return
    if hidden or proof.has_formula(ranked) or any(name in proof.behind(one) for one in support & proof.meaning.free_reads.keys()):
        pair = _tried(proof, name, outcome, diagram.restrict(ranked, {given: LEFT_OUT}))
        yield Lowered(outcome, name, (pair,)) if pair else Lowered(outcome, name, why=NOT_TOLD_APART)
        return
    yield from _by_cells(proof, name, outcome, ranked)


def _by_cells(proof: Proof, name: str, outcome: str, ranked: int) -> Iterator[Lowered]:
    """Where the cells tell what each answer comes to, the profiles that come to less without."""
    diagram, space = proof.diagram, proof.meaning.space
    given, asked = space.index["given", name], space.index["input", name]
    least = diagram.leaf(None)
    for cell in range(len(space.variables[asked].cells)):
        least = diagram.apply("least", _least, least, diagram.restrict(ranked, {given: GIVEN, asked: cell}))
    where = diagram.apply("falls below", _falls, least, diagram.restrict(ranked, {given: LEFT_OUT}))
    for rule in _deliberate(proof.pack, name, outcome):
        holds = diagram.restrict(proof.meaning.holds[rule.id], {given: LEFT_OUT})
        if not diagram.never(diagram.both(where, holds)):
            yield Lowered(outcome, name, rule=rule.id)
        where = diagram.both(where, diagram.negation(holds))
    if diagram.never(where):
        return
    cells = space.variables[asked].cells
    found = (_pair(proof, name, outcome, one, cells) for one in proof.examples(where, _confirmed(proof, name, outcome)))
    pairs = tuple(pair for pair in found if pair)
    yield Lowered(outcome, name, pairs) if pairs else Lowered(outcome, name, why="and no pupil was found for whom it does")


def _confirmed(proof: Proof, name: str, outcome: str) -> Any:
    cells = proof.meaning.space.input(name).cells
    return lambda example: _pair(proof, name, outcome, example, cells) is not None


def _least(one: Any, other: Any) -> Any:
    known = [rank for rank in (one, other) if rank is not None and rank != EXCLUDED]
    return min(known) if known else None


def _falls(least: Any, rank: Any) -> bool:
    return least is not None and rank is not None and rank != EXCLUDED and bool(rank < least)


def _deliberate(pack: CompiledPack, name: str, outcome: str) -> Iterator[Rule]:
    """The rules that say that a missing answer decides, of the tables that the outcome rests on."""
    for table in (one for one in needed(pack, outcome.partition(".")[0]) if one in pack.tables):
        for rule in pack.tables[table].rules:
            asks = (one for one in clauses(rule.condition) if asks_given(one.test) and one.subject.name == name)
            if rule.deliberate and any(asks):
                yield rule


# what the cells do not tell


def _tried(proof: Proof, name: str, outcome: str, without: int) -> Pair | None:
    """A profile among quite different ones that is lowered, and that no rule says so of."""
    diagram, deliberate = proof.diagram, list(_deliberate(proof.pack, name, outcome))
    where = diagram.apply("indicated", lambda rank: rank is not None and rank != EXCLUDED, without)
    answers = _every_answer(proof, name)
    if answers is None:
        return None
    for costs in spread(proof):
        cells = diagram.cheapest(where, costs, lambda value: value is True)
        for example in islice(proof.concrete(cells), TRIES) if cells is not None else ():
            pair = _pair(proof, name, outcome, example, answers)
            if pair and not any(rule.condition and proof.is_so(pair.profiles[0], rule.condition) for rule in deliberate):
                return pair
    return None


def _every_answer(proof: Proof, name: str) -> list[Any] | None:
    """Every answer there is, those first that are most unlike; None where there are too many to go over."""
    variable, asked = proof.meaning.space.input(name), proof.pack.inputs[name]
    if variable.exact or asked.type.values:
        return list(variable.cells)
    line = Line(asked, proof.day)
    if line.count > LONGEST:
        return None
    apart = (line.at(i * (line.count - 1) // 8) for i in range(9))
    return list(dict.fromkeys([*variable.cells, *apart, *line.all(), *[ABSENT] * asked.optional]))


def _pair(proof: Proof, name: str, outcome: str, example: Example, answers: Iterable[Any]) -> Pair | None:
    """The profile without the answer, and with the answer that comes to the least; None unless that is more."""
    base = outcome.partition(".")[0]

    def rank(one: Example) -> Any:
        return proof.rank_of(outcome, proof.decide(one, base)) if proof.can_be(one) else None

    without = Example(example.values, tuple(dict.fromkeys((*example.not_given, name))))
    lower = rank(without)
    if lower is None:
        return None
    least: tuple[Any, Example] | None = None
    for value in answers:
        answered = changed(example, {name: value})
        found = rank(answered)
        if found is not None and found <= lower:
            return None
        if found is not None and (least is None or found < least[0]):
            least = found, answered
    if least is None:
        return None
    both = (without, least[1])
    return Pair(both, tuple(proof.decide(one, base) for one in both), outcome, name, proof.day)


def _hidden(proof: Proof, ranked: int, support: set[int]) -> set[str]:
    """The inputs of which is asked whether they were given, by what is not followed: formulas, and what is free."""
    found: set[str] = set()
    for index in support & proof.meaning.free_keys.keys():
        found |= _asked_by_free(proof.pack, proof.meaning.free_keys[index])
    for value in proof.diagram.values(ranked):
        if isinstance(value, Formula):
            found |= _asked_by_formula(proof.pack, value.rule)
    return found


def _asked_by_free(pack: CompiledPack, key: Any) -> set[str]:
    kind, *rest = key
    if kind in ("measure", "agree"):
        return _asked_by_name(pack, rest[0])
    if kind == "clause":
        subject, test = rest
        return _asked(pack, [subject, *sides(test)]) | ({subject.name} if asks_given(test) else set())
    return _asked(pack, [expr for _, expr in rest[1]] if kind == "then" else rest)


def _asked_by_formula(pack: CompiledPack, made_by: str) -> set[str]:
    """The same of an outcome that a rule, or the rules of a table together, work out."""
    if made_by in pack.tables:
        return _asked_by_name(pack, made_by)
    rules = (rule for table in pack.tables.values() for rule in table.rules if rule.id == made_by)
    return {name for rule in rules for name in _asked(pack, [expr for _, expr in rule.then.values])}


def _asked_by_name(pack: CompiledPack, name: str) -> set[str]:
    """The same of a measure or decision and all that it rests on."""
    found: set[str] = set()
    for inner in needed(pack, name):
        if inner in pack.measures:
            found |= _known([pack.measures[inner].expr])
        else:
            for rule in pack.tables[inner].rules:
                found |= _known(expr for _, expr in rule.then.values) | _asked_by_condition(rule.condition)
    return found


def _asked_by_condition(condition: Condition | None) -> set[str]:
    found = {clause.subject.name for clause in clauses(condition) if asks_given(clause.test)}
    return found | _known(side for clause in clauses(condition) for side in sides(clause.test))


def _asked(pack: CompiledPack, exprs: Iterable[Expr]) -> set[str]:
    """The same of expressions and all that they rest on."""
    exprs = list(exprs)
    behind = {one.name for expr in exprs for one in reads(expr) if isinstance(one, Read)}
    below = (name for name in behind if name in pack.measures or name in pack.tables)
    return _known(exprs).union(*(_asked_by_name(pack, name) for name in below))


def _known(exprs: Iterable[Expr]) -> set[str]:
    return {one.name for expr in exprs for one in reads(expr) if isinstance(one, Known)}
