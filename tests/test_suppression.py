# SPDX-License-Identifier: MIT
"""No withheld count can be worked out: solved for, by trying every table of whole numbers that the published figures allow."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest

pytest.importorskip("hypothesis")
from hypothesis import given, settings
from hypothesis import strategies as st

from continuum.figures.suppression import ALL, Suppressed, suppressed

LEAST = 3
COUNTS = st.sampled_from([0, 0, 1, 2, 2, 3, 4, 6])


def tables(rows: int, columns: int):
    """Tables of that size at most, with many small counts."""
    line = st.lists(COUNTS, min_size=columns, max_size=columns)
    return st.lists(line, min_size=1, max_size=rows).map(
        lambda lines: {f"r{i}": {f"c{j}": count for j, count in enumerate(line)} for i, line in enumerate(lines)}
    )


def sums(cells: dict, table: Suppressed) -> dict:
    """The inner counts with every total."""
    full = dict(cells)
    for row, column in table.counts:
        if ALL in (row, column) and (row, column) not in cells:
            full[row, column] = sum(count for key, count in cells.items() if row in (ALL, key[0]) and column in (ALL, key[1]))
    return full


def room(key: tuple, cells: dict, table: Suppressed, highest: int) -> int:
    """The most that a count may be beside those filled in already, by the totals that are published."""
    row, column = key
    lines = {(row, ALL), (ALL, column), (ALL, ALL)} - {key} - table.withheld
    taken = {(r, c): sum(n for key, n in cells.items() if r in (ALL, key[0]) and c in (ALL, key[1])) for r, c in lines}
    return min([highest, *(table.counts[line] - taken[line] for line in lines)])


def solutions(table: Suppressed) -> dict:
    """The values that each withheld entry takes in some table of whole numbers with what is published.

    It knows nothing of flows: it fills in the withheld inner counts in every way, with a cap only where no total limits them.
    """
    inner = list(product(table.rows, table.columns or (ALL,)))
    highest = max(table.counts.values()) + LEAST
    unknown = [key for key in inner if key in table.withheld]
    cells = {key: table.counts[key] for key in inner if key not in table.withheld}
    found = {key: set() for key in table.withheld}

    def fill(index: int) -> None:
        if index < len(unknown):
            for value in range(room(unknown[index], cells, table, highest) + 1):
                cells[unknown[index]] = value
                fill(index + 1)
                del cells[unknown[index]]
            return
        full = sums(cells, table)
        if all(full[key] == count for key, count in table.counts.items() if key not in table.withheld):
            for key in table.withheld:
                found[key].add(full[key])

    fill(0)
    return found


@given(tables(2, 3))
@settings(max_examples=150)
def test_no_withheld_count_can_be_worked_out(counts):
    """Each has at least two values, and no small one is known to be small."""
    table = suppressed(counts, least=LEAST)
    for key, values in solutions(table).items():
        assert len(values) > 1
        if key in table.primary:
            assert max(values) >= LEAST


@given(tables(2, 2))
@settings(max_examples=150)
def test_the_ranges_are_exactly_what_can_be_worked_out(counts):
    """An onlooker who tries everything finds the range that the flows give, and every number in it."""
    table = suppressed(counts, least=LEAST)
    found = solutions(table)
    for key, (low, high) in table.ranges().items():
        if high is None:
            assert min(found[key]) == low
            assert max(found[key]) >= max(table.counts.values())
        else:
            assert found[key] == set(range(low, high + 1))


@given(st.lists(COUNTS, min_size=1, max_size=5))
def test_a_list_is_protected_like_a_table(line):
    """Communities with one total are the commonest table of all."""
    table = suppressed({f"r{i}": count for i, count in enumerate(line)}, least=LEAST)
    for key, values in solutions(table).items():
        assert len(values) > 1
        if key in table.primary:
            assert max(values) >= LEAST


@given(tables(2, 3))
@settings(max_examples=150)
def test_no_secondary_count_is_withheld_in_vain(counts):
    """Publishing any one of them again would give something away."""
    table = suppressed(counts, least=LEAST)
    for key in table.secondary:
        looser = Suppressed(table.rows, table.columns, table.counts, table.primary, table.secondary - {key}, LEAST)
        found = solutions(looser)
        exact = any(len(values) == 1 for values in found.values())
        assert exact or any(max(found[small]) < LEAST for small in table.primary)


@given(tables(4, 4), st.sampled_from([1, 3, 5, 10]))
def test_every_small_count_is_withheld_and_large_tables_are_protected(counts, least):
    """Larger tables are held to the ranges, which smaller ones have shown to be right."""
    table = suppressed(counts, least=least)
    assert table.primary == {key for key, count in table.counts.items() if 0 < count < least}
    for key, (low, high) in table.ranges().items():
        assert high is None or low < high
        assert key not in table.primary or high is None or high >= least


def test_the_solver_finds_what_is_left_unprotected():
    """A test of protection that cannot fail would protect nobody."""
    bare = Suppressed(("a", "b"), (), {("a", ALL): 3, ("b", ALL): 20, (ALL, ALL): 23}, frozenset({("a", ALL)}), frozenset())
    assert solutions(bare) == {("a", ALL): {3}}
    assert bare.ranges() == {("a", ALL): (3, 3)}


def test_one_small_count_takes_the_smallest_other_with_it():
    """The reader loses as little as can be."""
    table = suppressed({"Ashford": 3, "Canterbury": 20, "Dartford": 40})
    assert [table.text(row) for row in (*table.rows, ALL)] == ["c", "c", "40", "63"]
    assert table.ranges() == {("Ashford", ALL): (0, 23), ("Canterbury", ALL): (0, 23)}


def test_two_small_counts_whose_sum_is_small_take_a_third():
    """63 - 55 = 8 would say that both are below ten."""
    assert suppressed({"a": 3, "b": 5, "c": 55}).secondary == {("c", ALL)}


def test_zeros_and_totals_stay_while_anything_else_will_do():
    """A zero says that a thing does not happen, and a total is what people quote."""
    table = suppressed({"a": {"x": 3, "y": 0, "z": 90}, "b": {"x": 80, "y": 0, "z": 30}})
    assert table.secondary == {("a", "z"), ("b", "x"), ("b", "z")}


def test_a_small_total_is_withheld_with_all_that_would_give_it_away():
    """A row of five pupils is itself a small count."""
    table = suppressed({"a": {"x": 5, "y": 0}, "b": {"x": 40, "y": 20}, "c": {"x": 60, "y": 30}})
    assert table.primary == {("a", "x"), ("a", ALL)}
    assert table.secondary == {("b", "x"), ("b", ALL)}


def test_a_total_that_stands_elsewhere_protects_nothing():
    """Two tables with the same totals: a total withheld here could be read there."""
    counts = {"a": {"x": 5, "y": 60}, "b": {"x": 40, "y": 0}}
    kept = [(ALL, "x"), (ALL, "y"), (ALL, ALL)]
    table = suppressed(counts, published=kept)
    assert not table.withheld & set(kept)
    with pytest.raises(ValueError, match="small count"):
        suppressed({"a": {"x": 5, "y": 60}}, published=[(ALL, "x")])


def test_a_zero_that_everybody_knows_protects_nothing():
    """What a proof says cannot be is no place to hide a pupil."""
    counts = {"a": {"x": 5, "y": 60}, "b": {"x": 40, "y": 0}}
    assert ("b", "y") in suppressed(counts).secondary
    table = suppressed(counts, impossible=[("b", "y")])
    assert table.text("b", "y") == "0"
    assert all(high is None or high >= 10 for key, (_, high) in table.ranges().items() if key in table.primary)
    with pytest.raises(ValueError, match="cannot be protected"):
        suppressed(counts, impossible=[("b", "y")], published=[("a", ALL), ("b", ALL), (ALL, "x"), (ALL, "y"), (ALL, ALL)])


def test_shares_go_with_their_counts():
    """A percentage of a published total is the count again."""
    table = suppressed({"a": {"x": 3, "y": 30}, "b": {"x": 20, "y": 30}})
    assert table.share("a", "x") is None
    assert suppressed({"a": {"x": 30, "y": 10}}).share("a", "x") == Fraction(3, 4)
    assert suppressed({"a": 30, "b": 10}).share("a") == Fraction(3, 4)
    assert suppressed({"a": {"x": 0}}).share("a", "x") is None


def test_pounds_go_with_their_counts_and_no_total_of_pounds_solves_for_them():
    """With a known price in each column, the pounds of a row are one more equation about its counts."""
    table = suppressed({"a": {"T1": 3, "T2": 30}, "b": {"T1": 20, "T2": 30}, "c": {"T1": 50, "T2": 50}})
    assert table.secondary == {("a", "T2"), ("b", "T1"), ("b", "T2")}
    assert not table.shows_amount("a", "T1", priced="columns")
    assert not table.shows_amount("a", priced="columns")
    assert table.shows_amount("c", priced="columns")
    assert table.shows_amount(ALL, "T1", priced="columns")
    assert table.shows_amount(ALL, priced="columns")
    assert not table.shows_amount(ALL, "T1")
    assert not table.shows_amount(ALL)


@given(tables(3, 2))
def test_the_pounds_that_are_shown_solve_for_nothing(counts):
    """Tried out: with a price for each column, what is shown leaves each withheld count two values still."""
    table = suppressed(counts, least=LEAST)
    prices = {column: 1000 * 7**i for i, column in enumerate(table.columns)}

    def pounds(cells, row, column):
        return sum(
            prices[c] * count for (r, c), count in cells.items() if row in (ALL, r) and column in (ALL, c) and ALL not in (r, c)
        )

    shown = [key for key in table.counts if table.shows_amount(*key, priced="columns")]
    for row, column in shown:  # each is worked out from published counts, so it tells nothing new
        known = {key: count for key, count in table.counts.items() if key not in table.withheld}
        if (row, column) == (ALL, ALL):
            again = sum(prices[c] * known[ALL, c] for c in table.columns)
        elif row == ALL:
            again = prices[column] * known[ALL, column]
        else:
            again = pounds(known, row, column)
        assert again == pounds(table.counts, row, column)


@pytest.mark.parametrize("bad", [{"a": -1}, {"a": True}, {"a": 1.5}, {ALL: 3}, {"a": {"x": 1}, "b": 2}, {"a": {ALL: 1}}])
def test_what_is_no_table_of_counts_is_refused(bad):
    """A wrong table must not come out looking protected."""
    with pytest.raises(ValueError, match=r"count|label"):
        suppressed(bad)


def test_the_order_of_labels_changes_only_their_order_where_nothing_ties():
    """The same table twice is the same figures twice."""
    counts = {"a": {"x": 3, "y": 31}, "b": {"x": 22, "y": 33}}
    assert suppressed(counts) == suppressed(counts)
