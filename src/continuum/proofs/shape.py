# SPDX-License-Identifier: MIT
"""Sentences proved by the shape of formulas: what is made of sums, `max` and `min` rises with each part, and has ends.

This follows what the cells do not tell apart. It never refutes: where a shape says nothing, nothing is proved.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import Any, TypeAlias

from continuum.compiled import ABSENT, Expr, Known, Lit, Op, Property, RateRead, Read, reads
from continuum.engines.bounds import Amounts, Some, anything, some
from continuum.engines.completions import Line
from continuum.engines.hits import shown
from continuum.proofs.meaning import Formula
from continuum.proofs.proof import EXCLUDED, Proof

Ends: TypeAlias = tuple[Any, Any] | None
RISES, STAYS, FALLS = 1, 0, -1


def proves(proof: Proof, prop: Property) -> bool:
    """Whether the shape of the formulas proves a sentence for one day: one about order, or about what must not be."""
    if prop.form == "order":
        parts = dict(prop.parts)
        return all(_ordered(proof, prop, outcome, name) for outcome in parts["outcomes"] for name in parts["inputs"])
    return prop.form == "never" and _never(proof, prop)


def way(proof: Proof, expr: Expr, name: str) -> int | None:
    """How an expression goes where one input rises and all else stands still: it rises (or stays), stays, falls; None where its
    shape does not say.
    """
    if isinstance(expr, Lit | Known):
        return STAYS
    if isinstance(expr, Read):
        if expr.name == name:
            return RISES
        if expr.of == "measure":
            return way(proof, proof.pack.measures[expr.name].expr, name)
        return STAYS if name not in proof.inputs_of(expr.name) else None
    if isinstance(expr, RateRead):
        behind = {one for item in reads(expr) if isinstance(item, Read) for one in proof.inputs_of(item.name)}
        return STAYS if name not in behind else None
    ways = [way(proof, arg, name) for arg in expr.args]
    if all(one == STAYS for one in ways):
        return STAYS
    return _joined(expr, ways)


def _joined(expr: Op, ways: list[int | None]) -> int | None:
    """How an operation goes, from how its arguments go."""
    if expr.op == "-" and len(ways) == 2:  # one from the other
        ways = [ways[0], None if ways[1] is None else -ways[1]]
    elif expr.op in ("*", "/"):
        factors = [arg for arg in expr.args[expr.op == "/" :] if isinstance(arg, Lit)]
        if len(expr.args) != 2 or len(factors) != 1 or factors[0].value <= 0:  # a value and a positive factor
            return None
    elif expr.op not in ("+", "max", "min", "sum", "round", "floor", "ceil"):
        return None
    known = {one for one in ways if one != STAYS}
    return known.pop() if len(known) == 1 else None


# sentences


def _ordered(proof: Proof, prop: Property, outcome: str, name: str) -> bool:
    """Whether raising an input never takes an outcome the wrong way."""
    node = proof.ranked(outcome, refer_is_highest=prop.refer_is_highest)
    index = proof.meaning.space.index.get(("input", name))
    if any(name in proof.behind(one) for one in proof.diagram.support(node) & proof.meaning.free_reads.keys()):
        return False
    if proof.type_of(outcome).kind != "number":
        return False
    falls = dict(prop.parts).get("way", "lowers") == "lowers"
    cells = proof.meaning.variables[index].cells if index is not None else ()
    places = [i for i, cell in enumerate(cells) if cell is not ABSENT]
    for pair in combinations_with_replacement(places, 2):
        ends = [_ends_within(proof, {name: _stretch(proof, name, place)}) for place in pair]
        safe = _safe(proof, name, ends, falls=falls)
        one, other = (proof.diagram.restrict(node, {index: place}) for place in pair) if index is not None else (node, node)
        wrong = proof.diagram.apply(
            (prop.text, outcome, name, pair, proof.day), lambda a, b, safe=safe: not safe(a, b), one, other
        )
        if wrong != proof.diagram.no:
            return False
    return True


def _safe(proof: Proof, name: str, ends: list[Callable[[Any], Ends]], *, falls: bool) -> Callable[[Any, Any], bool]:
    """Whether a step from one rank to another is surely not the wrong way."""

    def safe(one: Any, other: Any) -> bool:
        if one is None or other is None or EXCLUDED in (one, other):
            return True
        if one == other and isinstance(one, Formula):
            expr = _expr(proof, one)
            return expr is not None and way(proof, expr, name) in ((RISES, STAYS) if falls else (FALLS, STAYS))
        before, after = ends[0](one), ends[1](other)
        if before is None or after is None:
            return False
        return bool(before[1] <= after[0] if falls else before[0] >= after[1])

    return safe


def _never(proof: Proof, prop: Property) -> bool:
    """Whether an outcome surely stays below a value while some inputs are low."""
    parts = dict(prop.parts)
    outcome, type_ = parts["outcome"], proof.type_of(parts["outcome"])
    inputs = {name: proof.pack.inputs[name] for name in parts["inputs"]}
    if type_.kind != "number" or any(asked.type.kind != "number" or asked.low is None for asked in inputs.values()):
        return False
    least, level = Fraction(parts["value"]), Fraction(parts["level"])
    ends = _ends_within(proof, {name: (asked.low, level) for name, asked in inputs.items()})
    where = proof.meaning.possible
    for name in inputs:
        index = proof.meaning.space.index.get(("input", name))
        if index is not None:
            cells = proof.meaning.variables[index].cells
            low = proof.diagram.variable(index, [cell is ABSENT or bool(cell <= level) for cell in cells])
            where = proof.diagram.both(where, low)

    def reaches(rank: Any) -> bool:
        if rank is None or rank == EXCLUDED:
            return False
        found = ends(rank)
        return found is None or bool(shown(found[1], type_) >= least)

    node = proof.ranked(outcome, refer_is_highest=prop.refer_is_highest)
    reached = proof.diagram.apply((prop.text, "by shape", proof.day), reaches, node)
    return proof.diagram.both(where, reached) == proof.diagram.no


# the ends of a formula


def _ends_within(proof: Proof, stretches: dict[str, tuple[Any, Any]]) -> Callable[[Any], Ends]:
    """The least and greatest that a rank may be, while some inputs keep to a stretch; None where that cannot be told."""

    def inputs(name: str) -> Some:
        return some([], stretches[name]) if name in stretches else anything(proof.pack.inputs[name], proof.day)

    def ends(rank: Any) -> Ends:
        if not isinstance(rank, Formula):
            return rank, rank
        expr = _expr(proof, rank)
        if expr is None or any(isinstance(one, Known) or getattr(one, "of", "") == "decision" for one in _all_reads(proof, expr)):
            return None
        found = Amounts(proof.reference, inputs, _no_decision, frozenset(proof.pack.inputs), proof.day).value(expr)
        hull = found.hull
        return hull if hull is not None and None not in hull and ABSENT not in found.values else None

    return ends


def _no_decision(name: str) -> Any:
    raise LookupError(name)


def _all_reads(proof: Proof, expr: Expr) -> list[Any]:
    """Everything an expression reads, through measures."""
    found: list[Any] = []
    waiting: list[Any] = [*reads(expr)]
    while waiting:
        item = waiting.pop()
        found.append(item)
        if isinstance(item, Read) and item.of == "measure":
            waiting += reads(proof.pack.measures[item.name].expr)
    return found


def _expr(proof: Proof, formula: Formula) -> Expr | None:
    """The expression that a formula stands for; None where it stands for several together."""
    rules = [rule for table in proof.pack.tables.values() for rule in table.rules if rule.id == formula.rule]
    return next((expr for rule in rules for name, expr in rule.then.values if name == formula.part), None)


def _stretch(proof: Proof, name: str, place: int) -> tuple[Any, Any]:
    """The values that one cell of an input stands for: its least and its greatest."""
    variable, asked = proof.meaning.space.input(name), proof.pack.inputs[name]
    value = variable.cells[place]
    if variable.exact or asked.type.values:
        return value, value
    line = Line(asked, proof.day)
    return value, line.at(line.index(value) + variable.counts[place] - 1)


__all__ = ["proves", "way"]
