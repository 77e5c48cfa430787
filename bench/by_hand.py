# SPDX-License-Identifier: MIT
"""The same rules as a person would program them, and as one who has measured would: Python, polars, NumPy and numba."""

from __future__ import annotations

import importlib
import operator
from collections.abc import Sequence
from functools import reduce
from typing import Any, NamedTuple

import numpy as np
from forms import OP, Decider, banded, framed, item, one_by_one, selected
from numpy.typing import NDArray
from plain_rules import MOST, Rows, Rule, Rules, Test

CHUNK = 1 << 15
"""So many rows at a time fit the cache."""
FULL = 2**64 - 1


def python(rules: Rules) -> Decider:
    """As a person would program it: `if` and `elif`."""
    lines = ["def decide(pupil):"]

    def text(test: Test) -> str:
        if test.op == ">":
            return f"pupil['{test.name}'] > {test.value}"
        words = rules.words(test)
        if len(words) == 1:
            return f"pupil['{test.name}'] == {words[0]!r}"
        if len(words) == len(rules.scale) - 1:
            return f"pupil['{test.name}'] != {rules.scale[0]!r}"
        return f"pupil['{test.name}'] in {set(words)!r}"

    for table in rules.tables:
        for number, (tests, then) in enumerate(table.rules):
            lines.append(f"    {'elif' if number else 'if'} {' and '.join(map(text, tests))}:")
            lines.append(f"        {table.name} = {then!r}")
        lines += ["    else:", f"        {table.name} = {table.otherwise!r}"]
    lines.append(f"    return {{{', '.join(f'{table.name!r}: {table.name}' for table in rules.tables)}}}")
    space: dict[str, Any] = {}
    exec(compile("\n".join(lines), "by hand", "exec"), space)  # noqa: S102  # our own text
    return one_by_one(rules, space["decide"], Rows.dicts, item)


def polars_plain(rules: Rules) -> Decider:
    """As a person would write it: one `when` and `then` a rule, with the words of the levels."""
    pl = importlib.import_module("polars")
    bands = pl.Enum(rules.bands)
    chosen = []
    for table in rules.tables:
        chain = pl
        for tests, then in table.rules:
            holds = reduce(operator.and_, [OP[test.op](pl.col(test.name), test.value) for test in tests])
            chain = chain.when(holds).then(pl.lit(then, dtype=bands))
        chosen.append(chain.otherwise(pl.lit(table.otherwise, dtype=bands)).alias(table.name))
    return Decider(framed, lambda frame: frame.select(chosen), lambda frame: banded(rules, frame))


def polars_tuned(rules: Rules) -> Decider:
    """The fastest of those tried: levels by their numbers, each test worked out once, a mask a band, in streams."""
    pl = importlib.import_module("polars")
    bands = pl.Enum(rules.bands)
    names = {test: f"t{n}" for n, test in enumerate(dict.fromkeys(t for b in rules.tables for r in b.rules for t in r.tests))}

    def column(test: Test) -> Any:
        return pl.col(test.name).to_physical() if test.name in rules.levels else pl.col(test.name)

    tested = [OP[test.op](column(test), rules.place(test)).alias(name) for test, name in names.items()]
    chosen = []
    for table in rules.tables:
        masks: dict[str, Any] = {}
        for tests, then in reversed(table.rules):  # of two rules the earlier one is put on top
            holds = reduce(operator.and_, [pl.col(names[test]) for test in tests])
            masks = {band: mask & ~holds for band, mask in masks.items() if band != then} | {
                then: masks[then] | holds if then in masks else holds
            }
        chain = pl
        for band, mask in masks.items():
            chain = chain.when(mask).then(pl.lit(band, dtype=bands))
        chosen.append(chain.otherwise(pl.lit(table.otherwise, dtype=bands)).alias(table.name))
    return Decider(
        framed,
        lambda frame: frame.lazy().select(tested).select(chosen).collect(engine="streaming"),
        lambda frame: banded(rules, frame),
    )


def numpy_plain(rules: Rules) -> Decider:
    """As a person would write it: `np.select`, one condition a rule."""

    def decide(columns: dict[str, NDArray[Any]]) -> dict[str, Any]:
        return {table.name: selected(rules, table, columns) for table in rules.tables}

    return Decider(lambda rows: rows.columns, decide, lambda made: made)


class Masks(NamedTuple):
    """The rules as bits, an earlier rule lower. ``by_value[w][name]`` are the rules of word ``w`` that each value leaves;
    ``tables`` has for each table the words it stands in with its bits there, and ``then`` the band of each bit.
    """

    words: int
    by_value: list[dict[str, NDArray[np.uint64]]]
    tables: list[list[tuple[int, int]]]
    then: list[NDArray[np.uint8]]


def masks_of(rules: Rules) -> Masks:
    """A table's last rule, which always holds, is a bit too."""
    flat = [(number, rule) for number, t in enumerate(rules.tables) for rule in (*t.rules, Rule((), t.otherwise))]
    words = -(-len(flat) // 64)
    sizes = dict.fromkeys(rules.levels, len(rules.scale)) | dict.fromkeys(rules.amounts, MOST + 1)
    by_value = [{name: np.full(size, FULL, dtype=np.uint64) for name, size in sizes.items()} for _ in range(words)]
    then = [np.zeros(64, dtype=np.uint8) for _ in range(words)]
    bits: list[dict[int, int]] = [{} for _ in rules.tables]
    for bit, (number, rule) in enumerate(flat):
        word, at = divmod(bit, 64)
        bits[number][word] = bits[number].get(word, 0) | 1 << at
        then[word][at] = rules.bands.index(rule.then)
        for test in rule.tests:
            values = by_value[word][test.name]
            fails = ~OP[test.op](np.arange(len(values)), rules.place(test))
            values[fails] &= np.uint64(FULL ^ 1 << at)
    return Masks(words, by_value, [list(found.items()) for found in bits], then)


def numpy_masks(rules: Rules) -> Decider:
    """A mask of the rules each value leaves, joined with `&`, and the lowest bit of each table, in chunks that fit the cache."""
    made = masks_of(rules)

    def decide(columns: dict[str, NDArray[Any]]) -> dict[str, Any]:
        count = len(columns[rules.inputs[0]])
        found = {table.name: np.empty(count, dtype=np.uint8) for table in rules.tables}
        for start in range(0, count, CHUNK):
            part = slice(start, start + CHUNK)
            words = [reduce(operator.iand, [m[columns[n][part]] for n, m in by_value.items()]) for by_value in made.by_value]
            for table, places in zip(rules.tables, made.tables, strict=True):
                found[table.name][part] = _lowest(words, places, made.then)
        return found

    return Decider(lambda rows: rows.columns, decide, lambda found: found)


def _lowest(words: Sequence[Any], places: Sequence[tuple[int, int]], then: Sequence[Any]) -> Any:
    """The band of the lowest bit of a table: of the words it stands in the first that has one."""
    band: Any = None
    for word, ones in reversed(places):
        left = words[word] & np.uint64(ones)
        lowest = left & (~left + np.uint64(1))
        here = then[word][np.log2(lowest, where=left != 0, out=np.zeros(len(left))).astype(np.uint8)]  # exact for powers of two
        band = here if band is None else np.where(left != 0, here, band)
    return band


def numba_masks(rules: Rules) -> Decider:  # noqa: C901  # three loops that numba compiles, which must stand together
    """The same masks, in one loop over the rows that numba compiles."""
    numba = importlib.import_module("numba")
    made = masks_of(rules)
    level_masks = np.array([[made.by_value[w][name] for name in rules.levels] for w in range(made.words)])
    amount_masks = np.array([[made.by_value[w][name] for name in rules.amounts] for w in range(made.words)])
    ones = np.zeros((len(rules.tables), made.words), dtype=np.uint64)
    for number, places in enumerate(made.tables):
        for word, bits in places:
            ones[number, word] = bits
    then = np.array(made.then)
    width = made.words

    @numba.njit  # type: ignore[misc]  # untyped
    def joined(masks: Any, columns: Any, row: int) -> Any:
        left = np.uint64(FULL)
        for number in range(len(columns)):
            left &= masks[number, columns[number][row]]
        return left

    @numba.njit  # type: ignore[misc]  # untyped
    def place(bits: Any) -> int:
        at = 0
        while not bits & np.uint64(1):
            bits >>= np.uint64(1)
            at += 1
        return at

    @numba.njit(nogil=True)  # type: ignore[misc]  # untyped
    def loop(levels: Any, amounts: Any, level_masks: Any, amount_masks: Any, ones: Any, then: Any, out: Any) -> None:
        words = np.empty(width, dtype=np.uint64)
        for row in range(out.shape[1]):
            for word in range(width):
                words[word] = joined(level_masks[word], levels, row) & joined(amount_masks[word], amounts, row)
            for table in range(out.shape[0]):
                word = 0
                while not words[word] & ones[table, word]:  # a table's last rule always holds
                    word += 1
                out[table, row] = then[word, place(words[word] & ones[table, word])]

    def decide(columns: dict[str, NDArray[Any]]) -> dict[str, Any]:
        levels, amounts = (tuple(columns[name] for name in names) for names in (rules.levels, rules.amounts))
        out = np.zeros((len(rules.tables), len(columns[rules.inputs[0]])), dtype=np.uint8)
        loop(levels, amounts, level_masks, amount_masks, ones, then, out)
        return {table.name: out[number] for number, table in enumerate(rules.tables)}

    return Decider(lambda rows: rows.columns, decide, lambda found: found)
