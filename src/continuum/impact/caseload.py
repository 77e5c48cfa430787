# SPDX-License-Identifier: MIT
"""A caseload decided by two versions, pupil by pupil, and counted. Each distinct pair of profiles is decided once."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from continuum.caseload_files import Row, discreet
from continuum.comparing.difference import Difference, days_compared
from continuum.comparing.same_space import NEW, OLD
from continuum.compiled import CompiledPack, RateRead, Read, reads
from continuum.decisions import Decision
from continuum.errors import CODES, EngineError, Finding, ProfileError
from continuum.explain import STATUS_WORDS
from continuum.impact.explaining import Explaining
from continuum.impact.outcomes import RANGE, Classes, Said, View, views_of
from continuum.impact.reading import Reading, day_of, rows_of
from continuum.impact.result import Amount, Cell, Group, Impact, Joint, Matrix, Money
from continuum.impact.sums import Sum
from continuum.impact.sweeping import swept
from continuum.profiles import Profile
from continuum.rulebook import Rulebook

REGIONS = 20
"""So many regions of a change are told apart; who is in none of them is counted as that."""
EVERYBODY = "all pupils"


@dataclass(frozen=True)
class Pupils:
    """Pupils with the same two profiles: what each version decides, what is wrong, and how many there are of each group."""

    profiles: tuple[Profile | None, Profile | None]
    decisions: tuple[Decision | None, Decision | None]
    row: Row
    groups: Counter[str]

    @property
    def count(self) -> int:
        """How many they are."""
        return self.groups.total()


class Deciding:
    """Decisions of one version on its day, each profile decided once."""

    def __init__(self, rulebook: Rulebook, day: dt.date) -> None:
        self.rulebook, self.day = rulebook, day
        self._kept: dict[Any, tuple[Decision | None, tuple[Finding, ...]]] = {}

    def decide(self, profile: Profile | None) -> tuple[Decision | None, tuple[Finding, ...]]:
        """A decision, or why there is none."""
        if profile is None:
            return None, ()
        key = tuple(sorted(profile.values.items()))
        if key not in self._kept:
            try:
                self._kept[key] = self.rulebook.decide(profile, on=self.day), ()
            except EngineError:
                raise
            except ProfileError as error:
                self._kept[key] = None, error.findings
        return self._kept[key]


def compare(
    old: Rulebook,
    new: Rulebook,
    caseload: str | Path | Iterable[Mapping[str, Any] | Row],
    *,
    on: dt.date | None = None,
    by: str = "",
    sweep: str | Sequence[str] = (),
    tell: Callable[[str], None] | None = None,
) -> Impact:
    """What a change of rules does to a caseload: who moves from which outcome to which, why, and what it costs.

    Every pupil is decided by both versions. Where these are not in force together, each decides for its nearest day, and a day in
    a profile that can be no later than the day of the decision is taken to be as long ago for both. So nobody moves merely
    because time passes.

    Args:
        old: the version that is in use.
        new: the version that would follow it, or take its place.
        caseload: a file of profiles (CSV, JSON, JSON Lines, YAML), or the rows themselves as mappings. Columns that neither
            version asks for are left alone.
        on: the day of the caseload; without it the first day on which both versions are in force, or else the days on which
            one follows the other.
        by: a column of the caseload, or an input, to group the pupils by.
        sweep: amounts or thresholds of the new version to vary, such as ``tariff.T3=8000..12000:500``.
        tell: called with each fault of a row, in words, without anything of the pupil; they are counted either way.

    Returns:
        Full counts. :func:`continuum.impact.showing.showing` withholds what may not be published.

    Raises:
        DayError: where neither version is in force on the day.
        ProfileError: CX801, where the file cannot be read; CX802, where its rows are for different days.
        ValueError: where there is nothing to group by, or to sweep.
        EngineError: CX703, where a pupil moves whom the proof says cannot.
    """
    rows = rows_of(caseload)
    on = day_of(rows, on)
    days = days_compared(old.pack, new.pack, on)[0]
    difference, because = _difference(old, new, days, on)
    home = NEW if on is None or new.pack.covers(on) else OLD
    reading = Reading((old, new), days, home, _unlike(old.pack, new.pack, difference))
    if by and not reading.has(rows, by):
        raise ValueError(f"no column of the caseload is `{by}`, and neither version asks for it under that name")
    pupils, complaints = _decided(rows, reading, (Deciding(old, days[OLD]), Deciding(new, days[NEW])), by, tell)
    counting = _Counting(reading, pupils, difference)
    unread = reading.unread(rows)
    asked = [sweep] * bool(sweep) if isinstance(sweep, str) else sweep
    distinct = _distinct(pupils)
    sweeps = tuple(swept(one, new, days[NEW], reading, distinct) for one in asked)
    return Impact(
        f"{old.id} {old.version}", f"{new.id} {new.version}", new.pack.title, _standing(old, new), days, by, len(rows),
        counting.moving, counting.matrices(), counting.money(), counting.groups(), _invalid(complaints),
        proved=not because, because=because, notes=tuple(_notes(reading, difference, unread)),
        synthetic=any(str((row.given or {}).get("synthetic") or "").lower() in ("yes", "true") for row in rows),
        sweep=sweeps, joint=counting.joint(),
    )  # fmt: skip


def _difference(old: Rulebook, new: Rulebook, days: tuple[dt.date, dt.date], on: dt.date | None) -> tuple[Difference | None, str]:
    """The difference on these days, and why it proves nothing."""
    try:
        found = old.diff(new, on=days[OLD] if on is None and days[OLD] == days[NEW] else on, most=REGIONS)
    except EngineError as error:
        if {finding.code for finding in error.findings} != {"CX706"}:
            raise
        return None, "the tables are too much for a decision diagram"
    if found.compared[0].days[0] != days:  # one pair of days on both ways, or nothing is claimed
        return None, "the versions were compared on other days"
    return found, "" if found.compared[0].exact else "it is not followed for each profile whether it is possible"


def _unlike(old: CompiledPack, new: CompiledPack, difference: Difference | None) -> tuple[str, ...]:
    """Inputs of one name that do not mean the same."""
    if difference:
        return difference.unlike
    return tuple(
        name
        for name, asked in old.inputs.items()
        if name in new.inputs and (asked.type.kind, asked.type.unit) != (new.inputs[name].type.kind, new.inputs[name].type.unit)
    )


def _standing(old: Rulebook, new: Rulebook) -> tuple[str, str]:
    words = [STATUS_WORDS.get(one.pack.status, "").format(authority=one.pack.authority[2]) for one in (old, new)]
    return words[OLD], words[NEW]


def _decided(
    rows: Iterable[Row],
    reading: Reading,
    deciding: tuple[Deciding, Deciding],
    by: str,
    tell: Callable[[str], None] | None,
) -> tuple[list[Pupils], Counter[tuple[int, str]]]:
    """The pupils by their two profiles, and how many rows each version refuses, by code."""
    found: dict[Any, Pupils] = {}
    complaints: Counter[tuple[int, str]] = Counter()
    for row in rows:
        profiles, findings = reading.read(row)
        results = [one.decide(profile) for one, profile in zip(deciding, profiles, strict=True)]
        for side, (_, refused) in enumerate(results):
            complaints.update({(side, finding.code) for finding in (*findings[side], *refused)})
        if tell:
            every = [*findings[OLD], *findings[NEW], *(discreet(one, row.place) for _, refused in results for one in refused)]
            for said in dict.fromkeys(one.line() for one in every):
                tell(said)
        key = tuple(tuple(sorted(profile.values.items())) if profile else None for profile in profiles)
        if key not in found:
            found[key] = Pupils(profiles, (results[OLD][0], results[NEW][0]), row, Counter())
        found[key].groups[reading.grouped(row, by) if by else EVERYBODY] += 1
    return list(found.values()), complaints


def _distinct(pupils: Iterable[Pupils]) -> list[tuple[Profile | None, int]]:
    """The profiles of the new version, and how many pupils have each."""
    return [(one.profiles[NEW], one.count) for one in pupils]


def _invalid(complaints: Counter[tuple[int, str]]) -> tuple[tuple[str, str, int, int], ...]:
    codes = sorted({code for _, code in complaints})
    return tuple((code, CODES.get(code, ""), complaints[OLD, code], complaints[NEW, code]) for code in codes)


def _notes(reading: Reading, difference: Difference | None, unread: list[str]) -> Iterator[str]:
    for one, other in difference.renamed if difference else ():
        yield f"`{one}` is `{other}` now; the caseload may use either name."
    if unread:
        yield f"Columns that neither version asks for: {', '.join(unread)}."
    yield from (f"Is this a slip? {slip}" for slip in reading.slips(unread))
    old, new = reading.days
    if old != new:
        home = reading.days[reading.home]
        yield (
            f"The old version decides for {old} and the new one for {new}. The caseload is taken to be of {home}; days that "
            "can be no later than the decision are as long ago for both, so that nobody moves because time passes."
        )


class _Counting:
    """Everything that is counted of the decided pupils."""

    def __init__(self, reading: Reading, pupils: list[Pupils], difference: Difference | None) -> None:
        self.reading, self.pupils, self.difference = reading, pupils, difference
        self.views = list(views_of(*reading.packs, reading.names))
        self.said = [[self._said(view, one) for view in self.views] for one in pupils]
        self.classes = [Classes(view, reading.packs, (line[i] for line in self.said)) for i, view in enumerate(self.views)]
        self.cells = [[classes.of(*line[i]) for i, classes in enumerate(self.classes)] for line in self.said]
        self.moves = [
            [old.key != new.key and all(view.names) for view, (old, new) in zip(self.views, line, strict=True)]
            for line in self.said
        ]
        self.explaining = [Explaining(difference, view) for view in self.views]
        self.unexplained: Counter[int] = Counter()
        self._explain()

    def _said(self, view: View, pupils: Pupils) -> tuple[Said, Said]:
        return view.said(OLD, pupils.decisions[OLD]), view.said(NEW, pupils.decisions[NEW])

    @property
    def moving(self) -> int:
        """How many pupils come out differently in anything."""
        return sum(one.count for one, moves in zip(self.pupils, self.moves, strict=True) if any(moves))

    # why

    def _explain(self) -> None:
        """Find the regions of all who move, and hold every pupil against the proof."""
        names = self.reading.names_together()
        for number, one in enumerate(self.pupils):
            values = self._together(one)
            if values is None or self.difference is None:
                for i, moves in enumerate(self.moves[number]):
                    self.unexplained[i] += one.count * moves
                continue
            not_given = tuple(name for name in names if name not in values)
            for i, explaining in enumerate(self.explaining):
                self._held_against(number, i, explaining, values, not_given)

    def _held_against(
        self, number: int, i: int, explaining: Explaining, values: Mapping[str, Any], not_given: tuple[str, ...]
    ) -> None:
        if not explaining.changes and not self.moves[number][i]:
            return
        one, (old, new), moves = self.pupils[number], self.said[number][i], self.moves[number][i]
        holding = explaining.holding(values, not_given)
        settled = RANGE not in (old.state, new.state)
        exact = self.difference is not None and self.difference.compared[0].exact
        if moves and holding:
            explaining.keep(self.cells[number][i], holding, values, not_given, one.count)
        elif moves and not (old.exact and new.exact):
            self.unexplained[i] += one.count  # a range that is wider than the truth may differ where the truth does not
        elif moves or (exact and explaining.must_move(holding, settled=settled)):
            what = "moves outside every region of the difference" if moves else "stays in a region where everybody moves"
            message = f"{one.row.name} {what}, on {self.views[i].key}; nothing is reported"
            raise EngineError(Finding("CX703", message, hint="report this with the ids, versions and digests of both packs"))

    def _together(self, one: Pupils) -> dict[str, Any] | None:
        """The one profile behind both, where both versions took it and read it alike."""
        old, new = one.profiles
        if old is None or new is None or None in one.decisions:
            return None
        return self.reading.together((old.exact_values(), new.exact_values()))

    # counts

    def matrices(self) -> tuple[Matrix, ...]:
        """Who moves from which result to which."""
        found = [self._matrix(i, view) for i, view in enumerate(self.views)]
        return tuple(sorted(found, key=lambda one: -one.moving))

    def _matrix(self, i: int, view: View) -> Matrix:
        pupils: Counter[Cell] = Counter()
        moved: Counter[Cell] = Counter()
        sums: dict[Cell, tuple[Sum, Sum]] = {}
        for one, line, cells, moves in zip(self.pupils, self.said, self.cells, self.moves, strict=True):
            pupils[cells[i]] += one.count
            moved[cells[i]] += one.count * moves[i]
            for side, total in enumerate(sums.setdefault(cells[i], (Sum(), Sum()))):
                total.add(line[i][side], one.count)
        explained = self.explaining[i].explained()
        money = {cell: (a.amount(), b.amount()) for cell, (a, b) in sums.items()} if view.money else None
        classes = self.classes[i]
        return Matrix(
            view.key, self._label(view), view.outcome, classes.rows, classes.columns, dict(pupils), +moved, explained,
            self.unexplained[i], view.unit, money,
        )  # fmt: skip

    def _label(self, view: View) -> str:
        return view.label(self.reading.packs[NEW if view.names[NEW] else OLD])

    def money(self) -> tuple[Money, ...]:
        """Pounds of each amount."""
        return tuple(self._money(i, view) for i, view in enumerate(self.views) if view.money)

    def _money(self, i: int, view: View) -> Money:
        by = self._looked_up_by(view)
        j = next((j for j, other in enumerate(self.views) if other.key == by), None)
        groups: dict[str, tuple[Sum, Sum]] = {}
        steps: dict[str, tuple[Sum, Sum]] = {label: (Sum(), Sum()) for label in (self.classes[j].rows if j is not None else ())}
        total = (Sum(), Sum())
        for one, line, cells in zip(self.pupils, self.said, self.cells, strict=True):
            for side, said in enumerate(line[i]):
                total[side].add(said, one.count)
                for group, count in one.groups.items():
                    groups.setdefault(group, (Sum(), Sum()))[side].add(said, count)
                if j is not None:
                    steps.setdefault(cells[j][side], (Sum(), Sum()))[side].add(said, one.count)
        return Money(
            view.key, self._label(view), view.unit, _pair(total), {name: _pair(one) for name, one in groups.items()}, by,
            {name: _pair(one) for name, one in steps.items()},
        )  # fmt: skip

    def _looked_up_by(self, view: View) -> str:
        """The outcome by which the rates of an amount are looked up; empty where there is none."""
        pack = self.reading.packs[NEW if view.names[NEW] else OLD]
        table = pack.tables[view.names[NEW] or view.names[OLD]]
        exprs = [expr for rule in table.rules for _, expr in rule.then.values]
        keys = [key for expr in exprs for read in reads(expr) if isinstance(read, RateRead) for key in read.keys]
        names = [key.name for key in keys if isinstance(key, Read) and key.of == "decision" and key.name in pack.outcomes]
        return names[0] if names else ""

    def groups(self) -> tuple[Group, ...]:
        """By group, the largest first."""
        pupils: Counter[str] = Counter()
        moving: Counter[str] = Counter()
        moves: dict[str, dict[str, Counter[Cell]]] = {}
        for number, one in enumerate(self.pupils):
            for group, count in one.groups.items():
                pupils[group] += count
                moving[group] += count * any(self.moves[number])
                for i, view in enumerate(self.views):
                    if self.moves[number][i]:
                        moves.setdefault(group, {}).setdefault(view.key, Counter())[self.cells[number][i]] += count
        order = sorted(pupils, key=lambda name: (-pupils[name], name))
        return tuple(Group(name, pupils[name], moving[name], moves.get(name, {})) for name in order)

    def joint(self) -> tuple[tuple[Joint, int], ...]:
        """Pupils alike in everything that is counted."""
        found: Counter[Joint] = Counter()
        order = sorted(range(len(self.views)), key=lambda i: -self._moving(i))
        amounts = [i for i, view in enumerate(self.views) if view.money]
        for number, one in enumerate(self.pupils):
            cells = tuple(self.cells[number][i] for i in order)
            paid = tuple(_paid(self.said[number][i][side]) for i in amounts for side in (OLD, NEW))
            for group, count in one.groups.items():
                found[group, any(self.moves[number]), cells, paid] += count
        return tuple(found.items())

    def _moving(self, i: int) -> int:
        return sum(one.count for one, moves in zip(self.pupils, self.moves, strict=True) if moves[i])


def _pair(sums: tuple[Sum, Sum]) -> tuple[Amount, Amount]:
    return sums[OLD].amount(), sums[NEW].amount()


def _paid(said: Said) -> bool:
    """Whether there is an amount above nothing, or there may be one."""
    return said.pounds is None or said.pounds[1] > 0
