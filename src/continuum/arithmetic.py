# SPDX-License-Identifier: MIT
"""Exact arithmetic of the language: what each function gives at its ends and ties, over whole numbers, fractions and days."""

from __future__ import annotations

import calendar
import datetime as dt
import math
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

Exact = int | Fraction


class CannotWorkOut(Exception):
    """A value that cannot be worked out; whatever reads it is referred with this cause and these words."""

    def __init__(self, cause: str, words: str) -> None:
        super().__init__(words)
        self.cause, self.words = cause, words


def exact(value: Decimal | int | Fraction) -> Exact:
    """A number as a whole number where it is one, else a fraction."""
    number = Fraction(value)
    return number.numerator if number.denominator == 1 else number


def divide(a: Exact, b: Exact) -> Exact:
    """A / b; by zero cannot be worked out."""
    if b == 0:
        raise CannotWorkOut("arithmetic", "a division by zero")
    return exact(Fraction(a) / b)


def round_to(value: Exact, places: int, mode: str) -> Exact:
    """Round to ``places`` decimal places; ties by ``mode``: half_even, half_up (away from zero), or down, up, floor, ceil."""
    scaled = Fraction(value) * 10**places
    low = math.floor(scaled)
    rest = scaled - low
    if rest == 0 or mode == "floor":
        whole = low
    elif mode == "ceil":
        whole = low + 1
    elif mode == "down":
        whole = low if scaled > 0 else low + 1
    elif mode == "up":
        whole = low + 1 if scaled > 0 else low
    elif rest != Fraction(1, 2):
        whole = low + (rest > Fraction(1, 2))
    elif mode == "half_up":
        whole = low + 1 if scaled > 0 else low
    else:
        whole = low if low % 2 == 0 else low + 1
    return exact(Fraction(whole, 10**places))


def as_decimal(value: Exact, places: int | None) -> Decimal:
    """An exact number as Decimal with its places; one without an end keeps 12 places, rounded half even."""
    if places is None:
        places = next((p for p in range(13) if (Fraction(value) * 10**p).denominator == 1), 12)
    scaled = round_to(value, places, "half_even") * 10**places
    return Decimal((int(scaled < 0), tuple(int(digit) for digit in str(abs(int(scaled)))), -places))


def months_between(a: dt.date, b: dt.date) -> int:
    """Completed months from a to b; the last day of a shorter month completes one begun on the 29th to 31st."""
    if b < a:
        return -months_between(b, a)
    months = (b.year - a.year) * 12 + b.month - a.month
    return months if add_months(a, months) <= b else months - 1


def weeks_between(a: dt.date, b: dt.date) -> int:
    """Completed weeks from a to b."""
    days = (b - a).days
    return days // 7 if days >= 0 else -(-days // 7)


def last_day(d: dt.date, month: int, day: int) -> dt.date:
    """The latest such day of a year that is not after d; 29 February is the last of the month."""
    found = _in_year(d.year, month, day)
    return found if found <= d else _in_year(d.year - 1, month, day)


def next_day(d: dt.date, month: int, day: int) -> dt.date:
    """The earliest such day of a year that is not before d."""
    found = _in_year(d.year, month, day)
    return found if found >= d else _in_year(d.year + 1, month, day)


def _in_year(year: int, month: int, day: int) -> dt.date:
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        raise CannotWorkOut("arithmetic", "a date outside the calendar")
    return dt.date(year, month, min(day, calendar.monthrange(year, month)[1]))


def years_between(a: dt.date, b: dt.date) -> int:
    """Completed years from a to b."""
    months = months_between(a, b)
    return months // 12 if months >= 0 else -(-months // 12)


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day of the month, ``months`` later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + _whole(months), 12)
    if not 1 <= year <= 9999:
        raise CannotWorkOut("arithmetic", "a date outside the calendar")
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


def add_days(day: dt.date, days: int) -> dt.date:
    """The day ``days`` later."""
    try:
        return day + dt.timedelta(days=_whole(days))
    except OverflowError:
        raise CannotWorkOut("arithmetic", "a date outside the calendar") from None


def _whole(number: Exact) -> int:
    if number != int(number):
        raise CannotWorkOut("arithmetic", "part of a day, week or month")
    return int(number)


def nearest(value: Exact, candidates: Sequence[tuple[Exact, Any]], toward: str = "") -> Any:
    """What stands beside the amount nearest to ``value``; half-way goes to the higher amount. With ``toward`` only amounts
    not below it (``up``) or not above it (``down``) count.

    Raises:
        CannotWorkOut: where there is no such amount.
    """
    if toward:
        candidates = [pair for pair in candidates if (pair[0] >= value if toward == "up" else pair[0] <= value)]
    if not candidates:
        raise CannotWorkOut("arithmetic", f"a value {'above' if toward == 'up' else 'below'} all it could be rounded to")
    return min(candidates, key=lambda pair: (abs(pair[0] - value), -pair[0]))[1]


PLAIN: dict[str, Any] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": divide,
    "neg": lambda a: -a,
    "abs": abs,
    "floor": math.floor,
    "ceil": math.ceil,
    "years_between": years_between,
    "months_between": months_between,
    "weeks_between": weeks_between,
    "days_between": lambda a, b: (b - a).days,
    "add_days": add_days,
    "add_weeks": lambda day, weeks: add_days(day, 7 * _whole(weeks)),
    "add_months": add_months,
}
"""Functions whose arguments are plain values, by the name of the operation."""
