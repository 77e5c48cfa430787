# SPDX-License-Identifier: MIT
"""Equity in words and as data: only what may be published, and what it does and does not mean."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from continuum.compiled import CompiledPack
from continuum.figures.budget_told import WITHHELD
from continuum.figures.equity import NOT_SETTLED, STATES, Compared, Equity
from continuum.figures.intervals import Interval
from continuum.figures.layout import paragraph, table, title
from continuum.figures.suppression import ALL, CONFIDENTIAL

INDEPENDENT = (
    "Independence is not fairness. No rule can read what is compared here, so two pupils with the same answers get the same "
    "outcome. That does not show that the outcomes are fair: needs may differ between groups, and so may how often they are "
    "noticed, who records them, who is asked for evidence, and who gets a plan. The figures show where to look, and never why."
)
MEANING = (
    "At equal need: each group is compared with all other pupils whose highest need has the same level and is in the same area. "
    "Each such stratum counts as much as it does in the whole caseload. Where a stratum holds only one group, nothing is "
    "compared. An interval, in brackets, says how far chance alone may move a rate if the caseload is one of many that might "
    "have been (Wilson; for differences Newcombe 1998; for rates at equal need an approximation). Of 20 such intervals about one "
    "misses."
)


def told(made: Equity, pack: CompiledPack, form: str = "text") -> list[str]:
    """One characteristic as lines of text or Markdown."""
    lines = [*title(f"{_capital(pack.label(made.outcome))} by {pack.label(made.by).lower()}", form, 2), ""]
    head = [_capital(pack.label(made.by)), *(_name(made, pack, column) for column in made.table.columns), "All"]
    columns = (*made.table.columns, ALL)
    rows = [
        ["All" if row == ALL else row, *(made.table.text(row, column) for column in columns)] for row in (*made.table.rows, ALL)
    ]
    lines += [*table(head, rows, form), ""]
    for value in made.values:
        lines += _value(made, pack, value, form)
    strata, several = made.strata
    return lines + paragraph(f"There are {strata} strata of equal need; in {several} of them more than one group is.", form)


def notes(made: list[Equity], form: str = "text") -> list[str]:
    """What the figures mean and do not mean; said once."""
    said = [MEANING, INDEPENDENT]
    if any(one.table.withheld for one in made):
        said.append(WITHHELD.format(most=made[0].table.least - 1).replace("Pounds", "Rates"))
    return [line for words in said for line in [*paragraph(words, form), ""]][:-1]


def _name(made: Equity, pack: CompiledPack, column: str) -> str:
    label = column if column in STATES else pack.value_label(made.outcome, pack.tables[made.outcome].type, column)
    return _capital(label).replace(" ", "\n") if len(label) > 10 else _capital(label)


def _value(made: Equity, pack: CompiledPack, value: str, form: str) -> list[str]:
    """One value of the outcome: each group as it is, and against the others at equal need."""
    name = _name(made, pack, value).replace("\n", " ")
    head = [_capital(pack.label(made.by)), "As it is", "At equal\nneed", "Others", "Difference"]
    whole = made.rate(value)
    rows = [[row, *_cells(made.shown(row, value))] for row in made.table.rows]
    rows.append(["All", CONFIDENTIAL if whole is None else _percent(whole), "", "", ""])
    lines = [f"{name}, % of those whose outcome is settled", "", *table(head, rows, form), ""]
    return lines + [line for words in _clear(made, pack, value) for line in [*paragraph(words, form), ""]]


def _cells(one: Compared | None) -> list[str]:
    if one is None:
        return [CONFIDENTIAL] * 4
    said = [f"{_percent(one.rate)} {_between(one.interval)}"]
    if one.equal is None or one.others is None or one.apart is None:
        return [*said, "-", "-", "-"]
    return [*said, _percent(one.equal), _percent(one.others), f"{_percent(one.apart, '+')} {_between(one.apart_interval, '+')}"]


def _percent(rate: Fraction, sign: str = "") -> str:
    return _decimal(round(rate * 1000), 1, sign)


def _between(interval: Interval, sign: str = "") -> str:
    low, high = (f"{100 * end:{sign}.1f}" for end in interval)
    return f"({low} to {high})" if sign else f"({low}-{high})"


def _clear(made: Equity, pack: CompiledPack, value: str) -> Iterator[str]:
    """A sentence for each group that differs by more than chance would explain; else one for all."""
    name = _name(made, pack, value).replace("\n", " ")
    found = {row: one for row in made.table.rows if (one := made.shown(row, value)) and one.apart is not None}
    clear = {row: one for row, one in found.items() if one.clear}
    for row, one in clear.items():
        apart = one.apart or Fraction(0)
        way, points = "more" if apart > 0 else "less", _percent(abs(apart))
        between = _between(one.apart_interval, "+")
        yield f"{row}: {name} {way} often than others at equal need, by {points} percentage points {between}."
    if found and not clear:
        yield f"{name}: no group that is shown differs from the others at equal need by more than chance would explain."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def data(made: Equity) -> dict[str, Any]:
    """One characteristic as plain data: rates from 0 to 1 as text, withheld figures as ``c``."""
    counts = made.table
    return {
        "by": made.by, "outcome": made.outcome, "needs": list(made.needs), "least": counts.least,
        "strata": made.strata[0], "strata_shared": made.strata[1],
        "groups": [
            {"name": row, "pupils": _plain(counts.shown(row)),
             "counts": {column: _plain(counts.shown(row, column)) for column in counts.columns},
             "rates": {value: _figures(made.shown(row, value)) for value in made.values}}
            for row in counts.rows
        ],
        "pupils": _plain(counts.shown(ALL)),
        "counts": {column: _plain(counts.shown(ALL, column)) for column in counts.columns},
        "means": MEANING, "does_not_mean": INDEPENDENT, "not_settled": NOT_SETTLED,
    }  # fmt: skip


def _plain(count: int | None) -> int | str:
    return CONFIDENTIAL if count is None else count


def _figures(one: Compared | None) -> dict[str, Any] | str:
    if one is None:
        return CONFIDENTIAL
    found: dict[str, Any] = {"as_it_is": _rate(one.rate), "as_it_is_95": _ends(one.interval)}
    if one.equal is None or one.others is None or one.apart is None:
        return found
    return found | {
        "equal_need": _rate(one.equal), "equal_need_95": _ends(one.equal_interval), "others": _rate(one.others),
        "difference": _rate(one.apart), "difference_95": _ends(one.apart_interval), "differs": one.clear,
    }  # fmt: skip


def _rate(rate: Fraction) -> str:
    return _decimal(round(rate * 10_000), 4)


def _decimal(number: int, places: int, sign: str = "") -> str:
    """A whole number of tenths, or the like, with its point."""
    whole, part = divmod(abs(number), 10**places)
    return f"{'-' if number < 0 else sign * bool(number)}{whole}.{part:0{places}}"


def _ends(interval: Interval) -> list[str]:
    return [f"{end:.4f}" for end in interval]
