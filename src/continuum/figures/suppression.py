# SPDX-License-Identifier: MIT
"""Small counts withheld, and as many others as it takes that nobody can work them out from the totals.

A table with its totals is a network: pupils flow from the grand total through their row into their column and back, and each
count is an arc. What an onlooker cannot see is exactly what could flow differently through withheld arcs alone (Cox 1980,
*Journal of the American Statistical Association* 75; Gusfield 1988, *SIAM Journal on Computing* 17). So the lowest and the
highest value that a withheld count may have are maximal flows, and all whole numbers between them are possible.

The rule: a count from 1 to ``least - 1`` is withheld (primary). For each, in the order of the table, the cheapest other counts
are withheld (secondary) through which it could flow up to ``least``: first as few totals as possible, then as few zeros, then as
few counts, then the smallest. At last each secondary one is published again, totals first, if all stay protected. So the rest
tells nobody that a small count is below ``least``, and gives no withheld count exactly. This holds against someone who has this
table and the totals ``published`` elsewhere. It cannot hold against someone who already knows some of the withheld counts.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Final, Literal, TypeAlias

__all__ = ["ALL", "CONFIDENTIAL", "LEAST", "Key", "Suppressed", "suppressed"]

ALL: Final = "*"
"""Stands for every row, or every column, in the key of a total."""
CONFIDENTIAL: Final = "c"
"""The symbol of the Department for Education's open data standards for a figure that is withheld."""
LEAST: Final = 10
"""The smallest count that is published, unless another is asked for."""

Key: TypeAlias = tuple[str, str]
"""A row and a column; ``ALL`` in either place is a total. A list has its counts under ``(row, ALL)``."""
Table: TypeAlias = Mapping[str, int] | Mapping[str, Mapping[str, int]]
Price: TypeAlias = tuple[int, int, int, int, int]
FREE: Final[Price] = (0, 0, 0, 0, 0)
"""Grand totals, totals, zeros and other counts newly withheld, and what those amount to; the least is the cheapest."""


@dataclass(frozen=True)
class Suppressed:
    """A table with its totals, of which some are withheld.

    Attributes:
        rows, columns: the labels in order; a list has no columns.
        counts: every count and total as it is. **Not for publishing**.
        primary: the keys of small counts.
        secondary: the keys withheld so that those cannot be worked out.
        least: the smallest count that is published.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: Mapping[Key, int]
    primary: frozenset[Key]
    secondary: frozenset[Key]
    least: int = LEAST

    @property
    def withheld(self) -> frozenset[Key]:
        """Every key that is not published."""
        return self.primary | self.secondary

    def shown(self, row: str, column: str = ALL) -> int | None:
        """The count, or None where it is withheld."""
        return None if (row, column) in self.withheld else self.counts[row, column]

    def text(self, row: str, column: str = ALL) -> str:
        """The count as people read it: ``1,234``, or ``c``."""
        count = self.shown(row, column)
        return CONFIDENTIAL if count is None else f"{count:,}"

    def share(self, row: str, column: str = ALL) -> Fraction | None:
        """The count as a part of its row, in a list of the whole; None where either is withheld, or the whole is nothing."""
        whole = self.shown(row) if self.columns else self.shown(ALL)
        count = self.shown(row, column)
        return None if count is None or not whole else Fraction(count, whole)

    def shows_amount(self, row: str, column: str = ALL, *, priced: Literal["", "rows", "columns"] = "") -> bool:
        """Whether the pounds of an entry may be published.

        An amount goes with its count. A total of pounds can solve for the counts behind it where the price of each is known, so
        it is withheld as soon as any count in it is, unless it says no more than the published counts do: every pupil in a
        column costs the same (``priced="columns"``), so that its pounds are its count again; or likewise in a row.
        """
        if (row, column) in self.withheld:
            return False
        if row == column == ALL and priced:
            lines = [(ALL, name) for name in self.columns] if priced == "columns" else [(name, ALL) for name in self.rows]
            return not self.withheld & set(lines)
        if (priced == "columns" and row == ALL) or (priced == "rows" and column == ALL):
            return True
        return not any(row in (ALL, key[0]) and column in (ALL, key[1]) for key in self.withheld)

    def ranges(self) -> dict[Key, tuple[int, int | None]]:
        """For each withheld entry, the lowest and highest value that the published ones leave possible; None is no limit."""
        network = Network(self.rows, self.columns, self.counts)
        return {key: network.range(key, self.withheld) for key in network.arcs if key in self.withheld}


def suppressed(
    counts: Table, *, least: int = LEAST, published: Collection[Key] = (), impossible: Collection[Key] = ()
) -> Suppressed:
    """A list or a table of counts with its totals, small counts withheld so that they cannot be worked out.

    Args:
        counts: the count of each label; or of each row and column, where what is left out is 0. Totals are worked out here.
        least: the smallest count that is published; 1 withholds nothing.
        published: keys that are published elsewhere, so that withholding them here would protect nothing: totals that several
            tables share. Tables that share nothing but published totals protect each other's counts no less than their own.
        impossible: keys that everybody knows to be 0, which protect nothing either.

    Raises:
        ValueError: where a count is negative or not a whole number, a label is ``*``, a published total is itself small, an
            impossible one is not 0, or what is published elsewhere leaves no way to protect a count.
    """
    rows, columns, full = _with_totals(counts)
    network = Network(rows, columns, full)
    fixed = frozenset(published) | frozenset(impossible)
    primary = frozenset(key for key in network.arcs if 0 < full[key] < least)
    for key in fixed:
        if key not in full or key in primary or (key in impossible and full[key]):
            raise ValueError(f"{key} is not in the table, is a small count, or is called impossible and is not 0")
    withheld = primary
    for key in network.arcs:
        if key in primary:
            needed = least - full[key]
            pushed, used = network.raised(key, needed, withheld, fixed)
            if pushed < needed:
                raise ValueError(f"{key} cannot be protected: too many of the other counts are published elsewhere")
            withheld |= used
    spared = _spared(network, primary, withheld, least)
    return Suppressed(rows, columns, full, primary, spared - primary, least)


def _spared(network: Network, primary: frozenset[Key], withheld: frozenset[Key], least: int) -> frozenset[Key]:
    """What is withheld without those that can be published after all, totals and large counts first."""

    def protected(key: Key, rest: frozenset[Key]) -> bool:
        if key in primary:
            needed = least - network.values[key]
            return network.raised(key, needed, rest)[0] == needed
        return bool(network.raised(key, 1, rest)[0] or network.lowered(key, 1, rest))

    for key in sorted(withheld - primary, key=lambda key: (network.price(key), key), reverse=True):
        rest = withheld - {key}
        if all(protected(other, rest) for other in rest):
            withheld = rest
    return withheld


def _with_totals(counts: Table) -> tuple[tuple[str, ...], tuple[str, ...], dict[Key, int]]:
    """Rows, columns, and every count with every total."""
    rows = tuple(counts)
    nested = {row: line for row, line in counts.items() if isinstance(line, Mapping)}
    columns = tuple(dict.fromkeys(column for line in nested.values() for column in line))
    if nested and len(nested) < len(rows):
        raise ValueError("every row is a count, or every row has columns")
    if ALL in (*rows, *columns):
        raise ValueError(f"`{ALL}` stands for a total and is no label")
    full: dict[Key, int] = {}
    for row in rows:
        line: Mapping[str, Any] = nested.get(row) or dict.fromkeys(columns, 0) if nested else {ALL: counts[row]}
        full |= {(row, column): line.get(column, 0) for column in columns or (ALL,)}
    if any(type(count) is not int or count < 0 for count in full.values()):
        raise ValueError("a count is a whole number, 0 or more")
    if columns:
        full |= {(row, ALL): sum(full[row, column] for column in columns) for row in rows}
        full |= {(ALL, column): sum(full[row, column] for row in rows) for column in columns}
    full[ALL, ALL] = sum(full[row, ALL] for row in rows)
    return rows, columns, full


class Network:
    """The counts as flows. An arc may carry more without limit, and less down to nothing."""

    def __init__(self, rows: tuple[str, ...], columns: tuple[str, ...], values: Mapping[Key, int]) -> None:
        self.values = values
        self.arcs: dict[Key, tuple[str, str]] = {}
        for row in rows:
            for column in columns:
                self.arcs[row, column] = f"row {row}", f"column {column}"
            self.arcs[row, ALL] = "from", f"row {row}" if columns else "to"
        for column in columns:
            self.arcs[ALL, column] = f"column {column}", "to"
        self.arcs[ALL, ALL] = "to", "from"

    @cached_property
    def steps(self) -> dict[str, list[tuple[str, Key, int]]]:
        """From each node: where an arc leads, and whether more (1) or less (-1) flows through it."""
        found: dict[str, list[tuple[str, Key, int]]] = {}
        for key, (tail, head) in self.arcs.items():
            found.setdefault(tail, []).append((head, key, 1))
            found.setdefault(head, []).append((tail, key, -1))
        return found

    def price(self, key: Key) -> Price:
        """What it costs the reader to lose a count."""
        totals, value = key.count(ALL), self.values[key]
        return int(key == (ALL, ALL)), int(totals == 1 and self._wide), int(not value), 1, value

    @cached_property
    def _wide(self) -> bool:
        return any(ALL not in key for key in self.arcs)

    def raised(
        self, key: Key, needed: int, withheld: Collection[Key], fixed: Collection[Key] | None = None
    ) -> tuple[int, frozenset[Key]]:
        """How much more a count might be, up to ``needed``, and the arcs through which; without ``fixed`` only those withheld,
        with it also all others but the fixed ones.
        """
        tail, head = self.arcs[key]
        return self._pushed(head, tail, needed, self._prices(key, withheld, fixed))

    def lowered(self, key: Key, needed: int, withheld: Collection[Key]) -> int:
        """How much less a count might be, up to ``needed``."""
        tail, head = self.arcs[key]
        return self._pushed(tail, head, min(needed, self.values[key]), self._prices(key, withheld, None))[0]

    def range(self, key: Key, withheld: Collection[Key]) -> tuple[int, int | None]:
        """The lowest and highest value of a withheld count."""
        value, endless = self.values[key], sum(self.values.values()) + 1
        up = self.raised(key, endless, withheld)[0]
        return value - self.lowered(key, value, withheld), None if up == endless else value + up

    def _prices(self, key: Key, withheld: Collection[Key], fixed: Collection[Key] | None) -> dict[Key, Price]:
        prices = {} if fixed is None else {other: self.price(other) for other in self.arcs if other not in fixed}
        prices |= dict.fromkeys(withheld, FREE)
        prices.pop(key, None)
        return prices

    def _pushed(self, start: str, end: str, needed: int, prices: dict[Key, Price]) -> tuple[int, frozenset[Key]]:
        """The flow from one node to another over the arcs with a price, cheapest path by cheapest path, and the arcs used."""
        values, pushed, used = dict(self.values), 0, frozenset[Key]()
        while pushed < needed and (path := self._path(start, end, values, prices)):
            amount = min([needed - pushed, *(values[key] for key, way in path if way < 0)])
            for key, way in path:
                values[key] += way * amount
            pushed += amount
            used |= {key for key, _ in path}
            prices |= {key: FREE for key, _ in path}
        return pushed, used

    def _path(self, start: str, end: str, values: dict[Key, int], prices: dict[Key, Price]) -> list[tuple[Key, int]]:
        """The cheapest path, then the one of fewest steps; ties go to the first name (Dijkstra)."""
        came: dict[str, tuple[str, Key, int]] = {}
        done: set[str] = set()
        heap: list[tuple[Price, int, str, tuple[str, Key, int] | None]] = [(FREE, 0, start, None)]
        while heap:
            price, length, node, by = heapq.heappop(heap)
            if node in done:
                continue
            done.add(node)
            if by:
                came[node] = by
            if node == end:
                break
            for other, key, way in self.steps[node]:
                if key in prices and other not in done and (way > 0 or values[key] > 0):
                    heapq.heappush(heap, (_dearer(price, prices[key]), length + 1, other, (node, key, way)))
        path: list[tuple[Key, int]] = []
        while end != start:
            if end not in came:
                return []
            end, key, way = came[end]
            path.append((key, way))
        return path


def _dearer(price: Price, more: Price) -> Price:
    return price[0] + more[0], price[1] + more[1], price[2] + more[2], price[3] + more[3], price[4] + more[4]
