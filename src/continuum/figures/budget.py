# SPDX-License-Identifier: MIT
"""A sum shared over communities by the need that the rules indicate there, and what that leaves for the tariff.

Each pupil weighs what the outcomes weigh that the rules indicate. Only settled weights share money: a pupil whose outcome people
must decide, or for whom an answer is missing, is counted and never guessed, unless every outcome still possible weighs the same.
Pupils of the same weight are one column of a table of counts. Everything shown is worked out from that table, and small counts in
it are withheld, so the pounds tell no more than the counts do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Final, TypeAlias

import yaml

from continuum.compiled import CompiledPack
from continuum.decisions import Outcome
from continuum.errors import listed, nearest
from continuum.figures.pupils import Pupil, Pupils
from continuum.figures.shares import shared
from continuum.figures.suppression import ALL, LEAST, Suppressed, suppressed

DECISION: Final = "band"
VALUE: Final = "predictable"
TARIFF: Final = "element_3"
"""The names that are taken unasked where the pack has them: those of the Kent pack."""
WEIGHED: Final = ("scale", "choice", "yes_no")
Weight: TypeAlias = tuple[Fraction, Fraction]
"""The lowest and the highest weight that a pupil may have; the same twice where it is settled."""
NOTHING: Final[Weight] = (Fraction(0), Fraction(0))


@dataclass(frozen=True)
class Weights:
    """What each value of some decisions weighs; a pupil weighs what its outcomes weigh together."""

    values: Mapping[str, Mapping[str, Fraction]]

    def of(self, outcomes: Mapping[str, Outcome]) -> Weight:
        """The lowest and the highest weight of a pupil. An outcome that does not apply weighs nothing; one that people decide may
        come to anything.
        """
        ends = [self._of(outcomes[name], weights) for name, weights in self.values.items()]
        return sum((low for low, _ in ends), Fraction(0)), sum((high for _, high in ends), Fraction(0))

    @staticmethod
    def _of(outcome: Outcome, weights: Mapping[str, Fraction]) -> Weight:
        possible = outcome.possible if outcome.state == "range" else (outcome.value,)
        if outcome.state == "refer" or not {"refer", "individually_agreed"}.isdisjoint(map(str, possible)):
            return min(0, *weights.values()), max(0, *weights.values())  # type: ignore[return-value]  # 0 is exact
        if outcome.state == "not_applicable":
            return NOTHING
        found = [Fraction(0) if value == "not_applicable" else weights[_word(value)] for value in possible]
        return min(found), max(found)


def _word(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def one_value(pack: CompiledPack, decision: str = "", values: Iterable[str] = ()) -> Weights:
    """One for each pupil whose outcome is one of the values, nothing for any other.

    Raises:
        ValueError: where the pack has no such decision or value.
    """
    chosen = list(values)
    if not decision and not chosen:
        known = pack.tables.get(DECISION)
        if DECISION not in pack.outcomes or known is None or VALUE not in known.type.values:
            message = f"{pack.id} has no outcome `{DECISION}` with the value `{VALUE}`"
            raise ValueError(f"{message}; say which need counts with --decision and --value, or with --weights")
    name = decision or DECISION
    allowed = _allowed(pack, name)
    for value in chosen or [VALUE]:
        if value not in allowed:
            raise ValueError(f"`{name}` has no value `{value}`; {nearest(value, allowed) or listed(allowed)}")
    return Weights({name: {value: Fraction(value in (chosen or [VALUE])) for value in allowed}})


def read_weights(pack: CompiledPack, text: str) -> Weights:
    """The weights in a small YAML text: for each decision, a weight for every one of its values.

    Raises:
        ValueError: with what is wrong in it.
    """
    try:
        content = yaml.load(text, yaml.BaseLoader)  # noqa: S506  # it makes text, lists and mappings only
    except yaml.YAMLError:
        raise ValueError("the weights are not valid YAML; write `band: {universal: 0, predictable: 1}`") from None
    if not isinstance(content, dict) or not content or not all(isinstance(part, dict) for part in content.values()):
        raise ValueError("the weights name decisions, and for each its values: `band: {universal: 0, predictable: 1}`")
    return Weights({name: _weights(pack, name, part) for name, part in content.items()})


def _weights(pack: CompiledPack, name: str, part: Mapping[str, Any]) -> dict[str, Fraction]:
    allowed = _allowed(pack, name)
    for value in part:
        if value not in allowed:
            raise ValueError(f"`{name}` has no value `{value}`; {nearest(value, allowed) or listed(allowed)}")
    if missing := [value for value in allowed if value not in part]:
        raise ValueError(f"the weights of `{name}` leave out {listed(missing)}; write 0 where it should not count")
    return {value: _weight(part[value]) for value in allowed}


def _weight(text: Any) -> Fraction:
    try:
        weight = Fraction(text)
    except (ValueError, TypeError, ZeroDivisionError):
        weight = Fraction(-1)
    if weight < 0 or len(str(text)) > 20:
        raise ValueError(f"`{text}` is not a weight; write a number from 0, such as 0.5 or 1/3")
    return weight


def _allowed(pack: CompiledPack, name: str) -> list[str]:
    if name not in pack.outcomes:
        raise ValueError(f"{pack.id} has no outcome `{name}`; {nearest(name, pack.outcomes) or listed(pack.outcomes)}")
    if pack.tables[name].type.kind not in WEIGHED:
        raise ValueError(f"`{name}` is {pack.tables[name].type.words()}; weights are for an outcome that is one of a few values")
    return list(pack.tables[name].type.values)


@dataclass(frozen=True)
class Tariff:
    """What the tariff amounts of a caseload come to, in pence a unit of time.

    Attributes:
        counts: pupils with an amount, with none, in a range, and for people to decide.
        indicated: what the settled amounts come to.
        lowest: what those in a range come to at least; an end that is not known adds nothing.
        highest: what they come to at most, but for those ``endless``.
        endless: how many in a range have no known highest amount.
    """

    name: str
    unit: str
    counts: Suppressed
    indicated: int
    lowest: int
    highest: int
    endless: int


@dataclass(frozen=True)
class Plan:
    """What is to be shared, and how.

    Attributes:
        by: a column, or something the pack asks, whose groups share the sum.
        pence: the sum.
        weights: what each outcome weighs.
        least: the smallest count that is published.
        everything: all the money there is, in pence, if what is left is asked for.
        tariff: the outcome that is the tariff amount, if it is asked for.
    """

    by: str
    pence: int
    weights: Weights
    least: int = LEAST
    everything: int | None = None
    tariff: str = ""


@dataclass(frozen=True)
class Budget:
    """A sum shared over groups of pupils.

    Attributes:
        plan: what was asked.
        columns: the weight that each column of ``table`` stands for.
        table: how many pupils of each group have each weight, small counts withheld.
        tariff: what the tariff comes to, where it was asked for.
        shares: the pence of each group. **Not for publishing**; see :meth:`share`.
    """

    plan: Plan
    columns: Mapping[str, Weight]
    table: Suppressed
    tariff: Tariff | None
    shares: Mapping[str, int]

    def weight(self, row: str) -> Fraction | None:
        """The weight of a group, of which its share is a part; None where it would tell a count that is withheld."""
        shown = self.together(row, self.counted) is not None
        return _weight_of(self.table.counts, self.columns, row) if shown else None

    @cached_property
    def counted(self) -> tuple[str, ...]:
        """The columns whose pupils share the money."""
        return tuple(name for name, (low, high) in self.columns.items() if low == high and low)

    @cached_property
    def open(self) -> tuple[str, ...]:
        """The columns of pupils whose weight is not settled."""
        return tuple(name for name, (low, high) in self.columns.items() if low != high)

    @cached_property
    def other(self) -> tuple[str, ...]:
        """The columns of pupils who weigh nothing."""
        return tuple(name for name in self.columns if name not in (*self.counted, *self.open))

    def together(self, row: str, columns: Iterable[str]) -> int | None:
        """How many pupils of a group are in some columns; None where any of those counts is withheld."""
        found = [self.table.shown(row, column) for column in columns]
        return None if None in found else sum(count for count in found if count is not None)

    def share(self, row: str) -> int | None:
        """The pence of a group; None where they would tell a count that is withheld."""
        totals = self.together(ALL, self.counted)  # with a share and a count, the total weight could be worked out
        return None if totals is None or self.together(row, self.counted) is None else self.shares[row]

    @property
    def rest(self) -> int | None:
        """What is left for the tariff, in pence."""
        return None if self.plan.everything is None else self.plan.everything - self.plan.pence


def _weight_of(counts: Mapping[tuple[str, str], int], columns: Mapping[str, Weight], row: str) -> Fraction:
    """The settled weight of a group."""
    return sum((low * counts[row, name] for name, (low, high) in columns.items() if low == high), Fraction(0))


def weight_words(weight: Weight) -> str:
    """A weight as the head of a column."""
    low, high = (str(int(end)) if end.denominator == 1 else str(end) for end in weight)
    return low if low == high else f"{low} to {high}"


def budget(pupils: Iterable[Pupil], reading: Pupils, plan: Plan) -> Budget:
    """A sum shared over the groups of a caseload, decided by ``reading``.

    Raises:
        ValueError: where no row has what it is shared by, nobody weighs anything, or the tariff is not an amount.
    """
    pack = reading.rulebook.pack
    if plan.tariff and (plan.tariff not in pack.outcomes or not pack.tables[plan.tariff].type.money):
        amounts = [name for name in pack.outcomes if pack.tables[name].type.money]
        raise ValueError(f"{pack.id} has no amount of money `{plan.tariff}`; {listed(amounts) if amounts else 'it has none'}")
    groups: dict[str, Counter[Weight]] = {}
    tariffs: list[Outcome] = []
    for pupil in pupils:
        outcomes = pupil.decision.outcomes
        groups.setdefault(reading.group(pupil, plan.by), Counter())[plan.weights.of(outcomes)] += 1
        tariffs += [outcomes[plan.tariff]] if plan.tariff else []
    reading.check()
    found = sorted({weight for group in groups.values() for weight in group}, key=lambda w: (w[0] != w[1], -w[0], -w[1]))
    columns = {weight_words(weight): weight for weight in found}
    lines = {row: {name: groups[row][weight] for name, weight in columns.items()} for row in sorted(groups)}
    table = suppressed(lines, least=plan.least)
    weights = {row: _weight_of(table.counts, columns, row) for row in lines}
    if not any(weights.values()):
        raise ValueError("no pupil in the caseload has the need that the sum is shared by, so it cannot be shared")
    tariff = _tariff(pack, plan.tariff, tariffs, plan.least) if plan.tariff else None
    return Budget(plan, columns, table, tariff, shared(plan.pence, weights))


def _tariff(pack: CompiledPack, name: str, outcomes: Iterable[Outcome], least: int) -> Tariff:
    """The amounts of a caseload, those that are settled and the ends of those that are not."""
    counts: Counter[str] = Counter({"amount": 0, "none": 0, "range": 0, "people": 0})
    indicated = lowest = highest = Fraction(0)
    endless = 0
    for outcome in outcomes:
        if outcome.state == "range":
            counts["range"] += 1
            low, high = _ends(outcome)
            lowest += low
            highest += high or 0
            endless += high is None
        elif outcome.state == "indicated":
            counts["amount"] += 1
            indicated += Fraction(outcome.value)
        else:
            counts["none" if outcome.state == "not_applicable" else "people"] += 1
    pence, least_pence, most_pence = (round(amount * 100) for amount in (indicated, lowest, highest))
    table = suppressed(dict(counts), least=least)
    return Tariff(name, pack.tables[name].type.unit_words(), table, pence, least_pence, most_pence, endless)


def _ends(outcome: Outcome) -> tuple[Fraction, Fraction | None]:
    """The lowest amount of a range, 0 where none is known or it may come to nothing; the highest, None where none is known."""
    words = {value for value in outcome.possible if isinstance(value, str)}
    ends = [Fraction(end) for end in (outcome.lowest, outcome.highest) if end is not None]
    nothing = [Fraction(0)] if words or len(ends) < 2 else []
    known = words <= {"not_applicable"} and (len(ends) == 2 or (bool(words) and not ends and outcome.exact))
    return min([*ends, *nothing]), max([*ends, *nothing]) if known else None
