# SPDX-License-Identifier: MIT
"""Terms of an expression: narwhals expressions and constants alike, so that what is settled beforehand costs no row anything.

A truth has two sides, after Kleene: what *must* hold whatever is not known, and what *may*. For a row in which all is known they
are the same. No term is ever null, so that no engine's own rules for nulls come into it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, Final, NamedTuple, TypeAlias

import narwhals.stable.v2 as nw

HIDDEN: Final = "continuum__"
"""Columns of this prefix are made on the way and dropped."""


@dataclass(frozen=True, eq=False)
class Term:
    """An expression, how many steps must have been taken before its columns are there, and which of those made it reads."""

    expr: nw.Expr
    level: int = 0
    uses: frozenset[str] = frozenset()


Flag: TypeAlias = bool | Term
Number: TypeAlias = int | Term
Words: TypeAlias = str | Term


class Truth(NamedTuple):
    """What must hold, and what may."""

    must: Flag
    may: Flag


YES: Final = Truth(must=True, may=True)
NO: Final = Truth(must=False, may=False)


def lit(value: Any) -> nw.Expr:
    """A constant as an expression; a number in 64 bits, or engines would do arithmetic in fewer."""
    if isinstance(value, bool) or not isinstance(value, int):
        return nw.lit(value)
    return nw.lit(value, nw.Int64)


def term(make: Callable[..., nw.Expr], *args: Any) -> Term:
    """An expression over terms and constants."""
    exprs = [arg.expr if isinstance(arg, Term) else lit(arg) for arg in args]
    terms = [arg for arg in args if isinstance(arg, Term)]
    uses = frozenset[str]().union(*(one.uses for one in terms))
    return Term(make(*exprs), max((one.level for one in terms), default=0), uses)


def both(*flags: Flag) -> Flag:
    """All hold."""
    if any(flag is False for flag in flags):
        return False
    terms = list(dict.fromkeys(flag for flag in flags if isinstance(flag, Term)))
    return reduce(lambda one, other: term(operator.and_, one, other), terms) if terms else True


def either(*flags: Flag) -> Flag:
    """At least one holds."""
    if any(flag is True for flag in flags):
        return True
    terms = list(dict.fromkeys(flag for flag in flags if isinstance(flag, Term)))
    return reduce(lambda one, other: term(operator.or_, one, other), terms) if terms else False


def nay(flag: Flag) -> Flag:
    """It does not hold."""
    return term(operator.invert, flag) if isinstance(flag, Term) else not flag


def compared(op: str, one: Any, other: Any) -> Flag:
    """A comparison of two numbers, or of words."""
    apply = COMPARE[op]
    if isinstance(one, Term) or isinstance(other, Term):
        return term(apply, one, other)
    return bool(apply(one, other))


COMPARE: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def chosen(flag: Flag, yes: Any, no: Any) -> Any:
    """One where the flag holds, else the other."""
    if not isinstance(flag, Term):
        return yes if flag else no
    if yes is no or (not isinstance(yes, Term) and not isinstance(no, Term) and (type(yes), yes) == (type(no), no)):
        return yes
    if isinstance(yes, bool) and isinstance(no, bool):
        return flag if yes else nay(flag)
    return term(lambda when, then, other: nw.when(when).then(then).otherwise(other), flag, yes, no)


def first_of(pairs: Sequence[tuple[Flag, Any]], otherwise: Any) -> Any:
    """What stands beside the first flag that holds."""
    for flag, value in reversed(pairs):
        otherwise = chosen(flag, value, otherwise)
    return otherwise


def highest(numbers: Sequence[Number]) -> Number:
    """The highest of some numbers."""
    return _extreme(numbers, max, nw.max_horizontal)


def lowest(numbers: Sequence[Number]) -> Number:
    """The lowest of some numbers."""
    return _extreme(numbers, min, nw.min_horizontal)


def _extreme(numbers: Sequence[Number], apply: Callable[..., int], make: Callable[..., nw.Expr]) -> Number:
    constants = [one for one in numbers if not isinstance(one, Term)]
    rest = [apply(constants)] if constants else []
    terms: list[Any] = [*dict.fromkeys(one for one in numbers if isinstance(one, Term)), *rest]
    return term(make, *terms) if len(terms) > 1 else terms[0]


def added(*numbers: Number) -> Number:
    """A sum."""
    constant = sum(one for one in numbers if not isinstance(one, Term))
    terms: list[Any] = [one for one in numbers if isinstance(one, Term)]
    if not terms:
        return constant
    total: Number = reduce(lambda one, other: term(operator.add, one, other), [*terms, *([constant] if constant else [])])
    return total


def times(number: Number, factor: int) -> Number:
    """A number taken so many times."""
    return number if factor == 1 else term(operator.mul, number, factor) if isinstance(number, Term) else number * factor


def counted(flags: Sequence[Flag]) -> Number:
    """How many hold."""
    return added(*(chosen(flag, 1, 0) for flag in flags))


def together(parts: Sequence[Words | tuple[Flag, Words]], separator: str) -> Words:
    """The words whose flags hold, joined."""
    pairs: list[tuple[Flag, Words]] = [(True, part) if isinstance(part, str | Term) else part for part in parts]
    pairs = [(flag, words) for flag, words in pairs if flag is not False]
    if all(flag is True and isinstance(words, str) for flag, words in pairs):
        return separator.join(str(words) for _, words in pairs)
    said = [
        chosen_or_null(flag, words) if isinstance(flag, Term) else words if isinstance(words, Term) else Term(lit(words))
        for flag, words in pairs
    ]
    if len(said) == 1:
        return term(lambda one: nw.when(~one.is_null()).then(one).otherwise(lit("")), said[0])
    return term(lambda *all_: nw.concat_str(list(all_), separator=separator, ignore_nulls=True), *said)


def chosen_or_null(flag: Flag, value: Any) -> Term:
    """The value where the flag holds, else nothing: for what is handed out, never for what is reckoned with."""
    if flag is False:
        return term(lambda one: nw.when(lit(value=False)).then(one), value)
    if flag is True:
        return value if isinstance(value, Term) else Term(lit(value))
    return term(lambda when, then: nw.when(when).then(then), flag, value)


@dataclass
class Steps:
    """The columns that are made on the way, step by step; each step reads those before it."""

    made: list[dict[str, Term]] = field(default_factory=list)
    count: int = 0

    def keep(self, one: Any) -> Any:
        """The same as a column, so that it is worked out once."""
        if not isinstance(one, Term):
            return one
        name = f"{HIDDEN}{self.count}"
        self.count += 1
        while len(self.made) <= one.level:
            self.made.append({})
        self.made[one.level][name] = one
        return Term(nw.col(name), one.level + 1, frozenset((name,)))

    def keep_truth(self, truth: Truth) -> Truth:
        """A truth as columns; one where both sides are the same."""
        must = self.keep(truth.must)
        return Truth(must, must if truth.may is truth.must else self.keep(truth.may))

    def run(self, frame: nw.LazyFrame[Any], last: Mapping[str, Term]) -> nw.LazyFrame[Any]:
        """The frame with the last columns; a column that no later step reads is made no more, or dropped."""
        names = frame.collect_schema().names()
        wanted = frozenset[str]().union(*(one.uses for one in last.values()))
        steps: list[tuple[dict[str, Term], frozenset[str]]] = []
        for step in reversed(self.made):
            made = {name: one for name, one in step.items() if name in wanted}
            kept = wanted - made.keys()
            steps.append((made, kept))
            wanted = kept.union(*(one.uses for one in made.values()))
        for made, kept in reversed(steps):
            if made:
                frame = frame.select(*names, *sorted(kept), *(one.expr.alias(name) for name, one in made.items()))
        return frame.select(*names, *(one.expr.alias(name) for name, one in last.items()))


def if_all(*truths: Truth) -> Truth:
    """All hold."""
    return _sided(truths, both)


def if_any(*truths: Truth) -> Truth:
    """At least one holds."""
    return _sided(truths, either)


def _sided(truths: Sequence[Truth], apply: Callable[..., Flag]) -> Truth:
    must = apply(*(one.must for one in truths))
    return Truth(must, must if all(map(crisp, truths)) else apply(*(one.may for one in truths)))


def if_not(truth: Truth) -> Truth:
    """It does not hold."""
    must = nay(truth.may)
    return Truth(must, must if crisp(truth) else nay(truth.must))


def crisp(truth: Truth) -> bool:
    """Whether what may hold must, so that one expression says both."""
    return truth.must is truth.may
