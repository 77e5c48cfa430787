# SPDX-License-Identifier: MIT
"""An impact as data for programs: counts as whole numbers, pounds as text with their pence, null where a number is withheld."""

from __future__ import annotations

from typing import Any

from continuum.figures.suppression import ALL
from continuum.impact.explaining import Explained
from continuum.impact.report import proof
from continuum.impact.result import Amount, Matrix, Money
from continuum.impact.showing import GROUPS, MOVE, NEW, OLD, Showing


def data(showing: Showing) -> dict[str, Any]:
    """The impact as plain data."""
    impact = showing.impact
    return {
        "old": impact.old, "new": impact.new, "title": impact.title,
        "days": {"old": str(impact.days[OLD]), "new": str(impact.days[NEW])},
        "synthetic": impact.synthetic,
        "full": showing.full, "least": showing.least,
        "pupils": showing.pupils, "moving": showing.moving,
        "proved": impact.proved, "says": proof(impact),
        "matrices": [_matrix(showing, one) for one in impact.matrices],
        "money": [_money(showing, one) for one in impact.money],
        "by": impact.by,
        "groups": [
            {
                "group": one.name, "pupils": showing.count(GROUPS, one.name), "moving": showing.count(GROUPS, one.name, MOVE),
                "moves": {
                    key: [{"old": old, "new": new, "pupils": count} for (old, new), count in cells.items()]
                    for key, cells in one.moves.items()
                } if showing.full else None,
            }
            for one in impact.groups
        ],
        "invalid": [
            {"code": code, "what": words, "old": old if showing.full else None, "new": new if showing.full else None}
            for code, words, old, new in impact.invalid
        ],
        "sweeps": [
            {
                "asked": sweep.asked, "words": sweep.words, "now": sweep.current, "labels": dict(sweep.labels),
                "points": [
                    {
                        "value": point.value,
                        "pupils": {key: dict(counts) for key, counts in shown.pupils.items()} if shown else None,
                        "money": {key: _amount(amount) for key, amount in shown.money.items()} if shown else None,
                    }
                    for point, shown in zip(sweep.points, showing.points(sweep), strict=True)
                ],
            }
            for sweep in impact.sweep
        ],
        "notes": list(impact.notes),
    }  # fmt: skip


def _matrix(showing: Showing, matrix: Matrix) -> dict[str, Any]:
    there = showing.tables.get(matrix.key) is not None
    return {
        "key": matrix.key, "label": matrix.label, "outcome": matrix.outcome, "unit": matrix.unit,
        "moving": matrix.moving if showing.full or not matrix.moving else None,
        "rows": list(matrix.rows), "columns": list(matrix.columns),
        "before": {row: showing.count(matrix.key, row, ALL) for row in matrix.rows} if there else None,
        "now": {column: showing.count(matrix.key, ALL, column) for column in matrix.columns} if there else None,
        "cells": [
            {
                "old": old, "new": new, "pupils": showing.count(matrix.key, old, new),
                "moved": matrix.moved.get((old, new), 0) if showing.full else None,
                "why": [_why(showing, one) for one in matrix.explained.get((old, new), ())]
                if showing.count(matrix.key, old, new) is not None else None,
                "pounds": [_amount(one) for one in matrix.money[old, new]] if showing.full and matrix.money else None,
            }
            for old in matrix.rows for new in matrix.columns
            if matrix.pupils.get((old, new))
        ] if there else None,
        "unexplained": matrix.unexplained if showing.full else None,
    }  # fmt: skip


def _why(showing: Showing, one: Explained) -> dict[str, Any]:
    return {
        "old": one.old, "new": one.new,
        "rules": {
            side: [{"id": rule.id, "place": rule.place} for rule in rules]
            for side, rules in (("old", one.old_rules), ("new", one.new_rules))
        },
        "regions": [{"words": words, "pupils": count if showing.full else None} for words, count in one.regions],
        "pupils": one.pupils if showing.full else None, "open": one.open if showing.full else None,
    }  # fmt: skip


def _money(showing: Showing, money: Money) -> dict[str, Any]:
    return {
        "key": money.key, "label": money.label, "unit": money.unit,
        "total": {side: _amount(showing.pounds(money, i), showing) for i, side in enumerate(("old", "new"))},
        "by": money.by,
        "steps": {
            step: {side: _amount(showing.pounds(money, i, step), showing) for i, side in enumerate(("old", "new"))}
            for step in money.steps
        },
        "groups": {
            group: {side: _amount(showing.group_pounds(money, i, group), showing) for i, side in enumerate(("old", "new"))}
            for group in money.groups
        } if showing.impact.by else {},
    }  # fmt: skip


def _amount(amount: Amount | None, showing: Showing | None = None) -> dict[str, Any] | None:
    if amount is None:
        return None
    least = showing.least if showing else 1
    counts = {"settled": amount.settled, "ranged": amount.ranged, "unknown": amount.unknown}
    return {
        "pounds": str(amount.pounds), "lowest": str(amount.lowest), "highest": str(amount.highest),
        **{name: None if 0 < count < least else count for name, count in counts.items()},
    }  # fmt: skip
