# SPDX-License-Identifier: MIT
"""Outcomes by protected characteristic at equal need.

No rule can read a protected characteristic, so two pupils with the same answers get the same outcome whoever they are. At
*exactly* equal answers every difference is therefore nought by construction, and says nothing. So the strata of equal need hold
the need alone: the highest level among the needs that the outcome rests on, and the area in which it is reached. All other
answers (the evidence, the cost, the plan, further needs) are left as they are, because it is through these, and through how they
are recorded, that groups can come to different outcomes.

Within each stratum a group is compared with all other pupils there. Both rates are standardised directly: each stratum counts as
much as it does in the whole caseload, over those strata in which the group and others are. A pupil whose outcome or need is not
settled is counted and not compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, TypeAlias

from continuum.compiled import CompiledPack, Read, condition_reads, needed, reads
from continuum.decisions import Outcome
from continuum.errors import listed, nearest
from continuum.figures.budget import WEIGHED
from continuum.figures.intervals import Interval, difference, effective, wilson
from continuum.figures.pupils import NOT_GIVEN, Pupil, Pupils
from continuum.figures.suppression import ALL, LEAST, Suppressed, suppressed

NOT_SETTLED: Final = "not settled"
NOT_APPLICABLE: Final = "does not apply"
STATES: Final = (NOT_SETTLED, NOT_APPLICABLE)
SEVERAL: Final = "several"
Stratum: TypeAlias = tuple[str, str]
"""The highest level of need, and the area where it is reached, or ``several``."""


@dataclass(frozen=True)
class Compared:
    """One outcome of one group, as it is and at equal need; every rate is withheld with its count.

    Attributes:
        rate, interval: of the group's pupils whose outcome is settled, as it is.
        equal, equal_interval: the rate at the need mix of the whole caseload.
        others: the rate of all other pupils at the same mix.
        apart, apart_interval: the first less the second.
        clear: whether the interval of the difference leaves out nought.
    """

    rate: Fraction
    interval: Interval
    equal: Fraction | None = None
    equal_interval: Interval = (0.0, 1.0)
    others: Fraction | None = None
    apart_interval: Interval = (-1.0, 1.0)

    @property
    def apart(self) -> Fraction | None:
        """The group's rate less that of the others, at equal need."""
        return None if self.equal is None or self.others is None else self.equal - self.others

    @property
    def clear(self) -> bool:
        """Whether the interval of the difference leaves out nought."""
        return self.apart is not None and (self.apart_interval[0] > 0 or self.apart_interval[1] < 0)


@dataclass(frozen=True)
class Equity:
    """The outcomes of the groups of one characteristic.

    Attributes:
        by, outcome: what was compared.
        needs: the inputs whose levels make the strata.
        values: the values of the outcome that occur.
        table: pupils by group and value, and those not settled, small counts withheld.
        strata: how many strata of equal need there are, and in how many of them more than one group is.
        figures: by group and value. **Not for publishing**; see :meth:`shown`.
    """

    by: str
    outcome: str
    needs: tuple[str, ...]
    values: tuple[str, ...]
    table: Suppressed
    strata: tuple[int, int]
    figures: dict[tuple[str, str], Compared]

    def shown(self, group: str, value: str) -> Compared | None:
        """The figures of a group; None where they would tell a count that is withheld, or it has no settled pupils.

        Those settled are all but the others, so they may be published where some of their counts are not.
        """
        told = self.settled(group) is not None and self.table.shown(group, value) is not None
        return self.figures.get((group, value)) if told else None

    def settled(self, group: str) -> int | None:
        """The pupils of a group whose outcome is settled; None where it would tell a count that is withheld."""
        others = [self.table.shown(group, column) for column in self.table.columns if column in STATES]
        whole = self.table.shown(group)
        return None if whole is None or None in others else whole - sum(count for count in others if count is not None)

    def rate(self, value: str) -> Fraction | None:
        """The rate of a value in the whole caseload; None where it is withheld."""
        found, settled = self.table.shown(ALL, value), self.settled(ALL)
        return None if found is None or not settled else Fraction(found, settled)


def protected(pack: CompiledPack) -> list[str]:
    """What the pack records so that fairness can be looked at, and no rule may read."""
    return [name for name, asked in pack.inputs.items() if asked.protected]


def needs_of(pack: CompiledPack, outcome: str, named: Sequence[str] = ()) -> tuple[str, ...]:
    """The inputs that say how high the need is: those named, or those that the outcome rests on and that share one scale, the
    scale of most of them.

    Raises:
        ValueError: where there are none, or one that is named is not on a scale.
    """
    chosen = [name for one in named for name in pack.groups.get(one, (one,))]
    for name in chosen:
        if name not in pack.inputs or pack.inputs[name].type.kind != "scale":
            scales = [each for each, asked in pack.inputs.items() if asked.type.kind == "scale"]
            raise ValueError(f"{pack.id} asks no need `{name}` on a scale; {nearest(name, scales) or listed(scales or ['none'])}")
    if not chosen:
        found = [name for name in _reads(pack, outcome) if pack.inputs[name].type.kind == "scale"]
        shared = Counter(pack.inputs[name].type.values for name in found).most_common(1)
        chosen = [name for name in found if pack.inputs[name].type.values == shared[0][0]]
    if not chosen:
        raise ValueError(f"`{outcome}` rests on no level of need, so nothing can be held equal; name the needs with --need")
    if len({pack.inputs[name].type.values for name in chosen}) > 1:
        raise ValueError(f"the needs {listed(chosen)} are on different scales, so the highest cannot be found")
    return tuple(dict.fromkeys(chosen))


def _reads(pack: CompiledPack, outcome: str) -> list[str]:
    """The inputs that an outcome rests on, in the order of the pack."""
    found: set[str] = set()
    for name in needed(pack, outcome):
        if name in pack.measures:
            read = list(reads(pack.measures[name].expr))
        else:
            rules = pack.tables[name].rules
            read = [item for rule in rules for item in condition_reads(rule.condition)]
            read += [item for rule in rules for _, expr in rule.then.values for item in reads(expr)]
        found |= {item.name for item in read if isinstance(item, Read) and item.of == "input"}
    return [name for name in pack.inputs if name in found]


def stratum(pack: CompiledPack, needs: Sequence[str], values: dict[str, Any]) -> Stratum | None:
    """The stratum of a profile; None where a need is not known."""
    if any(name not in values for name in needs):
        return None
    order = pack.inputs[needs[0]].type.values
    levels = {name: order.index(values[name]) for name in needs if values[name] != "absent"}
    highest = max(levels.values(), default=0)
    at = [name for name, level in levels.items() if level == highest] if highest else []
    return order[highest], at[0] if len(at) == 1 else SEVERAL if at else ""


def equity(pupils: Iterable[Pupil], reading: Pupils, outcome: str, needs: Sequence[str] = (), least: int = LEAST) -> list[Equity]:
    """An outcome by each characteristic that ``reading`` groups by, at equal need.

    Raises:
        ValueError: where there is no such outcome, characteristic or need.
    """
    pack = reading.rulebook.pack
    if outcome not in pack.outcomes or pack.tables[outcome].type.kind not in WEIGHED:
        named = [name for name in pack.outcomes if pack.tables[name].type.kind in WEIGHED]
        raise ValueError(f"{pack.id} has no outcome `{outcome}` of a few values; {nearest(outcome, named) or listed(named)}")
    rests_on = needs_of(pack, outcome, needs)
    cells: dict[str, Counter[tuple[str, str, Stratum | None]]] = {by: Counter() for by in reading.by}
    for pupil in pupils:
        value, where = _value(pupil.decision.outcomes[outcome]), stratum(pack, rests_on, pupil.profile.values)
        for by in reading.by:
            cells[by][reading.group(pupil, by), value, where] += 1
    reading.check()
    return [_equity(by, outcome, rests_on, pack.tables[outcome].type.values, counts, least) for by, counts in cells.items()]


def _value(outcome: Outcome) -> str:
    if outcome.state == "indicated":
        return {True: "yes", False: "no"}[outcome.value] if isinstance(outcome.value, bool) else str(outcome.value)
    return NOT_APPLICABLE if outcome.state == "not_applicable" else NOT_SETTLED


def _equity(
    by: str,
    outcome: str,
    needs: tuple[str, ...],
    order: Sequence[str],
    cells: Counter[tuple[str, str, Stratum | None]],
    least: int,
) -> Equity:
    met = {value for _, value, _ in cells}
    values = tuple(value for value in order if value in met)
    groups = sorted({group for group, _, _ in cells}, key=lambda group: (group == NOT_GIVEN, group))
    columns = [*values, *(state for state in STATES if state in met)]
    lines = {group: dict.fromkeys(columns, 0) for group in groups}
    for (group, value, _), number in cells.items():
        lines[group][value] += number
    sizes: dict[Stratum, Counter[str]] = {}
    for (group, value, where), number in cells.items():
        if where is not None and value in values:
            sizes.setdefault(where, Counter())[group] += number
    figures = {
        (group, value): _compared(group, value, lines[group], values, sizes, cells)
        for group in groups for value in values if sum(lines[group][each] for each in values)
    }  # fmt: skip
    shared = sum(len(size) > 1 for size in sizes.values())
    return Equity(by, outcome, needs, values, suppressed(lines, least=least), (len(sizes), shared), figures)


def _compared(
    group: str, value: str, line: dict[str, int], values: Sequence[str], sizes: dict[Stratum, Counter[str]],
    cells: Counter[tuple[str, str, Stratum | None]],
) -> Compared:  # fmt: skip
    """One group and one value: as it is, and against all others where both are."""
    settled = sum(line[each] for each in values)
    rate = Fraction(line[value], settled)
    here = {where: size for where, size in sizes.items() if size[group] and size.total() > size[group]}
    whole = sum(size.total() for size in here.values())
    if not whole:
        return Compared(rate, wilson(rate, settled))
    weights = {where: Fraction(size.total(), whole) for where, size in here.items()}
    mine = {where: Fraction(cells[group, value, where], size[group]) for where, size in here.items()}
    met = {where: sum(cells[other, value, where] for other in size) - cells[group, value, where] for where, size in here.items()}
    rest = {where: Fraction(met[where], size.total() - size[group]) for where, size in here.items()}
    equal, others = (sum((weights[where] * part[where] for where in here), Fraction(0)) for part in (mine, rest))
    mine_worth = effective((weights[where], size[group]) for where, size in here.items())
    rest_worth = effective((weights[where], size.total() - size[group]) for where, size in here.items())
    apart = difference(equal, mine_worth, others, rest_worth)
    return Compared(rate, wilson(rate, settled), equal, wilson(equal, mine_worth), others, apart)
