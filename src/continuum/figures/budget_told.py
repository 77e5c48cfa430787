# SPDX-License-Identifier: MIT
"""A budget in words, as data, and as rows for a spreadsheet: only what may be published."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from continuum.compiled import CompiledPack
from continuum.figures.budget import Budget, Tariff, weight_words
from continuum.figures.layout import paragraph, table, title
from continuum.figures.shares import plain_pounds, pounds
from continuum.figures.suppression import ALL, CONFIDENTIAL

WITHHELD = (
    "c is the symbol for a figure that is withheld: a count from 1 to {most}, or one by which such a count could be worked out. "
    "Pounds are withheld with their counts."
)


def _count(count: int | None) -> str:
    return CONFIDENTIAL if count is None else f"{count:,}"


def _money(pence: int | None) -> str:
    return CONFIDENTIAL if pence is None else pounds(pence)


def told(made: Budget, pack: CompiledPack, form: str = "text") -> list[str]:
    """The budget as lines of text or Markdown."""
    plan = made.plan
    lines = paragraph(f"£{pounds(plan.pence)} shared by {pack.label(plan.by)}, in proportion to {need_words(made, pack)}.", form)
    head = [pack.label(plan.by).capitalize(), "Pupils", "Counted", "Others", "Not\nsettled", "Share\nin £"]
    lines += ["", *table(head, list(_rows(made)), form), ""]
    lines += paragraph(_about(made), form)
    if made.table.withheld:
        lines += paragraph(WITHHELD.format(most=plan.least - 1), form)
    if made.rest is not None or made.tariff:
        lines += ["", *title("What is left for the tariff", form, 2), "", *_left(made, pack, form)]
    return lines


def need_words(made: Budget, pack: CompiledPack) -> str:
    """What the sum is shared by."""
    said = []
    for name, values in made.plan.weights.values.items():
        type_ = pack.tables[name].type
        weighing = {pack.value_label(name, type_, value): weight for value, weight in values.items() if weight}
        if set(weighing.values()) == {1} and len(made.plan.weights.values) == 1:
            return f"the pupils for whom the rules indicate {pack.label(name)}: {' or '.join(weighing)}"
        said.append(f"{pack.label(name)}: " + ", ".join(f"{value} {weight_words((w, w))}" for value, w in weighing.items()))
    return f"weights ({'; '.join(said)}), all other outcomes 0"


def _rows(made: Budget) -> Iterator[list[str]]:
    for row in (*made.table.rows, ALL):
        parts = [_count(made.together(row, columns)) for columns in (made.counted, made.other, made.open)]
        share = _money(made.plan.pence if row == ALL else made.share(row))
        yield ["Total" if row == ALL else row, made.table.text(row), *parts, share]


def _about(made: Budget) -> str:
    said = "Shares are rounded to the penny by largest remainder and add up exactly."
    number = made.together(ALL, made.open)
    if not made.open:
        return said
    low, high = (
        sum((made.columns[name][end] * made.table.counts[ALL, name] for name in made.open), Fraction(0)) for end in (0, 1)
    )
    said += f" Not settled: an answer is missing, or people decide. These {_count(number)} pupils have no part in the sum"
    whole = made.weight(ALL)
    if number is None or whole is None:
        return f"{said}."
    ends = f"between {weight_words((low, low))} and {weight_words((high, high))}"
    return f"{said}; settled, they would add {ends} to the {weight_words((whole, whole))} counted."


def _left(made: Budget, pack: CompiledPack, form: str) -> list[str]:
    lines = [["All the money", pounds(made.plan.everything)]] if made.plan.everything is not None else []
    if made.rest is not None:
        lines += [["Less the sum shared above", pounds(-made.plan.pence)], ["Left for the tariff", pounds(made.rest)]]
    tariff = made.tariff
    if tariff is None:
        return table(["", "£"], lines, form)
    counts = tariff.counts
    lines.append([f"Indicated for {counts.text('amount')} pupils", _money(_signed(made, indicated(tariff)))])
    if made.rest is not None:
        lines.append(["Left after these", _money(after(made, indicated(tariff)))])
    said = table(["", "£"], lines, form)
    said += [
        "",
        *paragraph(
            f"Indicated is {pack.label(tariff.name)}, in {tariff.unit or 'pounds'}; the sums are taken to be for the same time.",
            form,
        ),
    ]
    return said + [line for words in _unsettled(made, tariff) for line in paragraph(words, form)]


def _signed(made: Budget, pence: int | None) -> int | None:
    return pence if pence is None or made.rest is None else -pence


def indicated(tariff: Tariff) -> int | None:
    """What the settled amounts come to, in pence; None where their count is withheld."""
    return None if tariff.counts.shown("amount") is None else tariff.indicated


def ends(tariff: Tariff) -> tuple[int | None, int | None]:
    """The lowest and highest that the unsettled amounts come to; None where withheld or not known."""
    if tariff.counts.shown("range") is None:
        return None, None
    return tariff.lowest, None if tariff.endless else tariff.highest


def after(made: Budget, *amounts: int | None) -> int | None:
    """What is left of the rest after these amounts; None where one is withheld."""
    known = [amount for amount in amounts if amount is not None]
    return made.rest - sum(known) if made.rest is not None and len(known) == len(amounts) else None


def _unsettled(made: Budget, tariff: Tariff) -> Iterator[str]:
    """Those who have no settled amount: how many, and between which ends."""
    counts, (low, high) = tariff.counts, ends(tariff)
    if counts.counts["range", ALL]:
        said = f"For {counts.text('range')} more pupils an answer is missing"
        if low is not None:
            said += f": between £{pounds(low)} and {'more than can be said' if high is None else f'£{pounds(high)}'} in all"
            least, most = after(made, indicated(tariff), high), after(made, indicated(tariff), low)
            if least is not None and most is not None:
                said += f", which would leave between £{pounds(least)} and £{pounds(most)}"
        yield said + "."
    if counts.counts["people", ALL]:
        yield f"For {counts.text('people')} pupils people decide; no amount is guessed for them."


def data(made: Budget, pack: CompiledPack) -> dict[str, Any]:
    """The budget as plain data: pounds as text, withheld figures as ``c``."""
    plan, counts = made.plan, made.table
    rows = [
        {"name": row, "pupils": _plain(counts.shown(row)), "share": _plain_money(made.share(row))}
        | {"counts": {name: _plain(counts.shown(row, name)) for name in made.columns}}
        for row in counts.rows
    ]
    said: dict[str, Any] = {
        "pack": {"id": pack.id, "version": pack.version, "digest": pack.digest}, "by": plan.by, "total": plain_pounds(plan.pence),
        "weights": {name: {v: str(w) for v, w in values.items()} for name, values in plan.weights.values.items()},
        "columns": {name: {"lowest": str(low), "highest": str(high)} for name, (low, high) in made.columns.items()},
        "groups": rows, "pupils": _plain(counts.shown(ALL)),
        "counts": {name: _plain(counts.shown(ALL, name)) for name in made.columns}, "least": plan.least,
    }  # fmt: skip
    if made.rest is not None and plan.everything is not None:
        said |= {"all": plain_pounds(plan.everything), "left_for_tariff": plain_pounds(made.rest)}
    return said | ({"tariff": _tariff(made, made.tariff)} if made.tariff else {})


def _tariff(made: Budget, tariff: Tariff) -> dict[str, Any]:
    low, high = ends(tariff)
    shown = tariff.counts.shown("range") is not None
    left = {"left_after": _plain_money(after(made, indicated(tariff)))} if made.rest is not None else {}
    return {
        "outcome": tariff.name, "unit": tariff.unit,
        "pupils": {row: _plain(tariff.counts.shown(row)) for row in tariff.counts.rows},
        "indicated": _plain_money(indicated(tariff)), "lowest": _plain_money(low),
        "highest": None if shown and high is None else _plain_money(high),
    } | left  # fmt: skip


def _plain(count: int | None) -> int | str:
    return CONFIDENTIAL if count is None else count


def _plain_money(pence: int | None) -> str:
    return CONFIDENTIAL if pence is None else plain_pounds(pence)


def csv_text(made: Budget) -> str:
    """The shares as CSV, one line a group and one for the total."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([made.plan.by, "pupils", "counted", "others", "not_settled", "share"])
    for row in (*made.table.rows, ALL):
        parts = [_plain(made.together(row, columns)) for columns in (made.counted, made.other, made.open)]
        share = plain_pounds(made.plan.pence) if row == ALL else _plain_money(made.share(row))
        writer.writerow(["total" if row == ALL else row, _plain(made.table.shown(row)), *parts, share])
    return out.getvalue()
