# SPDX-License-Identifier: MIT
"""Tables as expressions: which rules may decide, and what a table may come to, by its hit policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import lcm
from typing import Any

from continuum.compiled import AnyOf, Impossible, Lit, Not, Read, Rule, Table, condition_reads
from continuum.engines.hits import FIXED
from continuum.frames.terms import (
    NO,
    YES,
    Flag,
    Truth,
    added,
    both,
    chosen,
    compared,
    counted,
    crisp,
    either,
    first_of,
    highest,
    if_all,
    if_any,
    if_not,
    lowest,
    nay,
)  # fmt: skip
from continuum.frames.tree import CannotSay, Result, Tree, Value


@dataclass(frozen=True)
class Given:
    """What one rule gives where it holds, whether it holds, and whether it may be one of those that decide."""

    rule: Rule
    fires: Truth
    indicated: Truth
    referred: Truth
    agreed: Truth
    not_applicable: Truth
    value: Value | None = None
    members: frozenset[str] = frozenset()

    def coming_to(self, state: str) -> Truth:
        """Whether it holds and gives that state."""
        return if_all(self.fires, getattr(self, state))


STATES = ("indicated", "referred", "agreed", "not_applicable")


def decide(tree: Tree, table: Table) -> Result:
    """What a table may come to.

    Raises:
        CannotSay: where it cannot be said as an expression.
    """
    if table.type.fields or table.rank_by:
        raise CannotSay("several values in one outcome")
    steps = tree.steps
    needs = [tree.result(name) for name in table.needs if name not in table.asked]
    checks = [tree.value(check).stops for check in table.checks]
    out = if_any(*(one.is_not_applicable for one in needs), *(one.not_applicable for one in checks))
    stopped = if_any(*(if_not(one.is_indicated) for one in needs), *(one.any for one in checks))
    out, stopped = steps.keep_truth(out), steps.keep_truth(stopped)
    free = if_not(stopped)
    given = _given(tree, table)
    found = HITS[table.hit](tree, table, given)
    value = found.value
    if value is not None:
        low = steps.keep(value.low)
        value = replace(value, low=low, high=low if value.high is value.low else steps.keep(value.high))
    referred = either(both(stopped.may, nay(out.must)), both(free.may, found.referred))
    return Result(
        steps.keep(both(free.may, found.indicated)), steps.keep(referred), steps.keep(both(free.may, found.agreed)),
        steps.keep(either(out.may, both(free.may, found.not_applicable))), value,
        tuple((both(free.may, flag), rule) for flag, rule in found.rules),
        tuple(steps.keep_truth(one) for one in found.members),
    )  # fmt: skip


def contradicts(tree: Tree, entry: Impossible) -> Truth:
    """Whether an ``impossible`` entry holds; where it cannot be worked out it does not."""
    holds = tree.holds(entry.condition)
    stops = [
        tree.value(item).stops.any
        for item in condition_reads(entry.condition)
        if not isinstance(item, Read) or item.of == "measure"
    ]
    stop = if_any(*stops)
    if stop != NO and isinstance(entry.condition, AnyOf | Not):
        raise CannotSay("what cannot be worked out, in an entry of `impossible`")
    return if_all(holds, if_not(stop))


def _given(tree: Tree, table: Table) -> list[Given]:
    """Every rule with whether it holds; ``otherwise`` holds where no other does."""
    fires = {rule.id: tree.steps.keep_truth(tree.holds(rule.condition)) for rule in table.rules if rule.condition}
    some = tree.steps.keep_truth(if_any(*fires.values()))
    found = []
    for rule in table.rules:
        made = _gives(tree, table, rule)
        found.append(replace(made, fires=fires[rule.id] if rule.condition else if_not(some)))
    return found


def _gives(tree: Tree, table: Table, rule: Rule) -> Given:
    kind = rule.then.kind
    if kind in FIXED:
        people, agreed, out = kind in ("refer", "unpublished"), kind == "individually_agreed", kind == "not_applicable"
        said = [YES if one else NO for one in (people, agreed, out)]
        return Given(rule, YES, NO, said[0], said[1], said[2])
    if table.type.kind == "set":
        exprs = [expr for _, expr in rule.then.values]
        if not all(isinstance(expr, Lit) for expr in exprs):
            raise CannotSay("a set whose members are worked out")
        return Given(rule, YES, YES, NO, NO, NO, members=frozenset(expr.value for expr in exprs if isinstance(expr, Lit)))
    ((_, expr),) = rule.then.values
    value = tree.constant(expr.value, table.type) if isinstance(expr, Lit) else tree.value(expr)
    if not isinstance(expr, Lit) and value.type.values != table.type.values:
        raise CannotSay("a value of one scale given as one of another")
    places = table.type.places
    if places is not None and table.type.kind == "number" and 10**places % value.scale:
        raise CannotSay("rounding")
    value = replace(value, type=table.type)
    referred = if_any(value.stops.referred, if_all(if_not(value.stops.any), value.absent))
    indicated = if_not(if_any(value.stops.not_applicable, referred))
    return Given(rule, YES, indicated, referred, NO, value.stops.not_applicable, replace(value, absent=NO))


# hit policies


def _first(tree: Tree, table: Table, given: Sequence[Given]) -> Result:
    """The first rule that holds."""
    decides: list[Given] = []
    must: list[Flag] = []
    may: list[Flag] = []
    for one in given:
        if one.rule.condition:
            decides.append(
                replace(one, fires=Truth(both(one.fires.must, nay(either(*may))), both(one.fires.may, nay(either(*must)))))
            )
            must.append(one.fires.must)
            may.append(one.fires.may)
        else:
            decides.append(one)
    return _one_of(table, [_kept(tree, one) for one in decides], _gap(given))


def _unique(tree: Tree, table: Table, given: Sequence[Given]) -> Result:
    """The only rule that holds; several are a conflict."""
    rules = [one for one in given if one.rule.condition]
    must, may = (tree.steps.keep(counted([getattr(one.fires, side) for one in rules])) for side in ("must", "may"))
    conflict = Truth(compared(">=", must, 2), compared(">=", may, 2))
    alone = []
    for one in given:
        fires = one.fires
        if one.rule.condition:
            others = added(must, _minus(fires.must))
            fires = Truth(both(fires.must, compared("<", may, 2)), both(fires.may, compared("=", others, 0)))
        alone.append(_kept(tree, replace(one, fires=fires)))
    found = _one_of(table, alone, either(_gap(given), conflict.may))
    conflicting = {one.rule.id: both(conflict.may, one.fires.may) for one in rules}
    return replace(found, rules=tuple((either(flag, conflicting.get(rule, False)), rule) for flag, rule in found.rules))


def _minus(flag: Flag) -> Any:
    return chosen(flag, -1, 0)


def _any(tree: Tree, table: Table, given: Sequence[Given]) -> Result:
    """What all rules that hold give; where they disagree, a conflict."""
    groups: dict[Any, list[Given]] = {}
    for one in given:
        if not one.rule.condition:
            continue
        if one.value is not None and not isinstance(one.value.low, int):
            raise CannotSay("hit policy `any` over what is worked out")
        value = None if one.value is None else (one.value.low, one.value.scale)
        key = (value, one.members, *(getattr(one, state) for state in STATES), one.rule.to)
        groups.setdefault(key, []).append(one)
    merged = [replace(ones[0], fires=if_any(*(one.fires for one in ones))) for ones in groups.values()]
    others = [one for one in given if not one.rule.condition]
    found = _unique(tree, table, [*merged, *others])
    return replace(found, rules=tuple((one.fires.may, one.rule.id) for one in given))


def _gap(given: Sequence[Given]) -> Flag:
    """Whether no rule may hold."""
    return nay(either(*(one.fires.must for one in given))) if all(one.rule.condition for one in given) else False


def _kept(tree: Tree, one: Given) -> Given:
    return replace(one, fires=tree.steps.keep_truth(one.fires))


def _one_of(table: Table, decides: Sequence[Given], referred: Flag) -> Result:
    """What one of these rules gives: exactly one decides, or ``referred``."""
    states = {state: either(*(one.coming_to(state).may for one in decides)) for state in STATES}
    states["referred"] = either(states["referred"], referred)
    rules = tuple((one.fires.may, one.rule.id) for one in decides)
    members = tuple(
        Truth(
            nay(either(*(one.fires.may for one in decides if value not in one.members and one.indicated.may is not False))),
            either(*(one.fires.may for one in decides if value in one.members)),
        )
        for value in (table.type.values if table.type.kind == "set" else ())
    )
    return _made(states, _ends(table, decides), rules, members)


def _made(
    states: Mapping[str, Flag],
    value: Value | None,
    rules: tuple[tuple[Flag, str], ...],
    members: tuple[Truth, ...] = (),
) -> Result:
    """The result of these states."""
    return Result(
        states["indicated"], states["referred"], states["agreed"], states["not_applicable"], value, rules, members
    )  # fmt: skip


def _ends(table: Table, decides: Sequence[Given]) -> Value | None:
    """The ends of what those that may decide give."""
    if table.type.kind == "set":
        return None
    values = [(one.coming_to("indicated"), one.value) for one in decides if one.value is not None]
    if not values:
        return Value(False, False, table.type) if table.type.kind == "yes_no" else Value(0, 0, table.type)  # noqa: FBT003
    if table.type.kind == "yes_no":
        no = either(*(both(truth.may, nay(value.low)) for truth, value in values))
        yes = either(*(both(truth.may, value.high) for truth, value in values))
        return Value(nay(no), yes, table.type)
    low, high, scale = _extremes(values)
    return Value(low, high, table.type, scale)


def _extremes(values: Sequence[tuple[Truth, Value]]) -> tuple[Any, Any, int]:
    """The lowest and the highest of the values whose truth may hold."""
    scale = lcm(*(value.scale for _, value in values))
    scaled = [(truth, value.at(scale)) for truth, value in values]
    fixed: dict[int, list[Flag]] = {}
    for truth, value in scaled:
        if isinstance(value.low, int) and value.low is value.high:
            fixed.setdefault(value.low, []).append(truth.may)
    open_ = [(truth.may, value) for truth, value in scaled if not (isinstance(value.low, int) and value.low is value.high)]
    may = {amount: either(*flags) for amount, flags in fixed.items()}
    low = first_of([(may[amount], amount) for amount in sorted(may)], _TOP if open_ else max(may, default=0))
    high = first_of([(may[amount], amount) for amount in sorted(may, reverse=True)], -_TOP if open_ else min(may, default=0))
    if open_:
        low = lowest([low, *(chosen(flag, value.low, _TOP) for flag, value in open_)])
        high = highest([high, *(chosen(flag, value.high, -_TOP) for flag, value in open_)])
    return low, high, scale


_TOP = 10**17
"""Above every amount."""


def _states(given: Sequence[Given], gap: Flag) -> dict[str, Flag]:
    """The states that several rules that hold may come to together: referred before agreed before indicated."""
    may = {state: either(*(one.coming_to(state).may for one in given)) for state in STATES}
    must = {state: either(*(one.coming_to(state).must for one in given)) for state in STATES}
    return {
        "referred": either(may["referred"], gap),
        "agreed": both(may["agreed"], nay(must["referred"])),
        "indicated": both(may["indicated"], nay(must["referred"]), nay(must["agreed"])),
        "not_applicable": both(may["not_applicable"], nay(must["referred"]), nay(must["agreed"]), nay(must["indicated"])),
    }


def _highest(tree: Tree, table: Table, given: Sequence[Given]) -> Result:
    """The highest of what the rules that hold give."""
    states = {state: tree.steps.keep(flag) for state, flag in _states(given, _gap(given)).items()}
    values = [(one.coming_to("indicated"), one.value) for one in given if one.value is not None]
    if not values:
        return _made(states, Value(0, 0, table.type), _several(given, states))
    least, high, scale = _extremes(values)
    fixed: dict[int, list[Flag]] = {}
    lows: list[Any] = []
    for truth, value in values:
        scaled = value.at(scale)
        if isinstance(scaled.low, int):
            fixed.setdefault(scaled.low, []).append(truth.must)
        else:
            lows.append(chosen(truth.must, scaled.low, -_TOP))
    sure = first_of([(either(*fixed[amount]), amount) for amount in sorted(fixed, reverse=True)], -_TOP)
    low = highest([least, sure, *lows])
    low, high = tree.steps.keep(low), tree.steps.keep(high)

    def may_be_highest(one: Given) -> Flag:
        return one.value is not None and compared(">=", one.value.at(scale).high, low)

    rules = _several(given, states, may_be_highest)
    return _made(states, Value(low, high, table.type, scale), rules)


def _several(given: Sequence[Given], states: dict[str, Flag], deciding: Any = None) -> tuple[tuple[Flag, str], ...]:
    """The rules that may be named: those that give the state that it may come to."""
    found = []
    for one in given:
        flags = []
        for state in STATES:
            flag = both(states[state], one.coming_to(state).may)
            flags.append(both(flag, deciding(one)) if state == "indicated" and deciding and flag is not False else flag)
        found.append((either(*flags), one.rule.id))
    return tuple(found)


def _collect(tree: Tree, table: Table, given: Sequence[Given]) -> Result:
    """All members that the rules that hold give; none where no rule holds."""
    states = _states(given, False)  # noqa: FBT003
    states["indicated"] = either(states["indicated"], _gap(given))
    states = {state: tree.steps.keep(flag) for state, flag in states.items()}
    members = tuple(if_any(*(one.coming_to("indicated") for one in given if value in one.members)) for value in table.type.values)
    return _made(states, None, _several(given, states), members)


def _sum(_: Tree, table: Table, given: Sequence[Given]) -> Result:
    """The sum of what the rules that hold give; nothing where no rule holds."""
    states = _states(given, False)  # noqa: FBT003
    states["indicated"] = either(states["indicated"], _gap(given))
    values = [(one.coming_to("indicated"), one.value) for one in given if one.value is not None]
    scale = lcm(*(value.scale for _, value in values))
    low: list[Any] = []
    high: list[Any] = []
    for truth, value in ((truth, value.at(scale)) for truth, value in values):
        low.append(chosen(truth.must, value.low, chosen(truth.may, lowest([value.low, 0]), 0)))
        high.append(chosen(truth.must, value.high, chosen(truth.may, highest([value.high, 0]), 0)))
        if crisp(truth) and value.low is value.high:
            low[-1] = high[-1] = chosen(truth.must, value.low, 0)
    total = Value(added(*low), added(*high), table.type, scale)
    return _made(states, total, _several(given, states))


HITS = {"first": _first, "unique": _unique, "any": _any, "highest": _highest, "collect": _collect, "sum": _sum}
