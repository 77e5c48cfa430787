# SPDX-License-Identifier: MIT
"""Why a pupil moves: the regions of the difference that hold for the pupil; and that nobody moves outside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from continuum.comparing.difference import Difference, RuleAt, Transition
from continuum.comparing.told import said
from continuum.impact.outcomes import View

ELSEWHERE = "in none of the regions told"


@dataclass(frozen=True, slots=True)
class Explained:
    """Why some pupils move from one result to another.

    Attributes:
        old, new: the results, in words.
        old_rules, new_rules: the rules that decide on each side.
        regions: what sets these pupils apart from the others of the old result, and how many pupils that holds for.
        pupils: how many pupils it explains.
        open: how many of them it may explain or not, because of what is not known of them.
    """

    old: str
    new: str
    old_rules: tuple[RuleAt, ...]
    new_rules: tuple[RuleAt, ...]
    regions: tuple[tuple[str, int], ...]
    pupils: int
    open: int


class Explaining:
    """The regions of a difference for one view."""

    def __init__(self, difference: Difference | None, view: View) -> None:
        compared = difference.compared[0] if difference else None
        found = [one for one in compared.outcomes if one.outcome == view.outcome] if compared else []
        every = [change for one in found for change in one.transitions]
        self.changes: list[Transition] = [one for one in every if one.member in ("", view.member)]
        self.whole = not view.part
        self._kept: Counter[tuple[tuple[str, str], int, str, bool]] = Counter()

    def holding(self, values: Mapping[str, Any], not_given: Collection[str]) -> list[int]:
        """The changes that a profile is, or may be, among."""
        return [i for i, one in enumerate(self.changes) if one.may_hold(values, not_given=not_given)]

    def must_move(self, holding: list[int], *, settled: bool) -> bool:
        """Whether a profile of these changes surely comes out differently."""
        return self.whole and settled and any(self.changes[i].sure for i in holding)

    def keep(
        self, cell: tuple[str, str], holding: list[int], values: Mapping[str, Any], not_given: tuple[str, ...], pupils: int
    ) -> None:
        """Remember why some pupils of a cell move."""
        sure = len(holding) == 1
        for i in holding:
            regions = self.changes[i].regions
            words = next((said(one) for one in regions if one.may_hold(values, not_given=not_given)), ELSEWHERE) if sure else ""
            self._kept[cell, i, words, sure] += pupils

    def explained(self) -> dict[tuple[str, str], tuple[Explained, ...]]:
        """By cell, what explains the most pupils first."""
        found: dict[tuple[str, str], list[Explained]] = {}
        for cell, i in dict.fromkeys(key[:2] for key in self._kept):
            change = self.changes[i]
            mine = {key: count for key, count in self._kept.items() if key[:2] == (cell, i)}
            regions: Counter[str] = Counter()
            for (_, _, words, _), count in mine.items():
                regions[words] += count
            told = tuple((words, count) for words, count in regions.most_common() if words)
            unsure = sum(count for key, count in mine.items() if not key[3])
            found.setdefault(cell, []).append(
                Explained(change.old, change.new, change.old_rules, change.new_rules, told, sum(mine.values()), unsure)
            )
        return {cell: tuple(sorted(some, key=lambda one: -one.pupils)) for cell, some in found.items()}
