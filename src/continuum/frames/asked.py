# SPDX-License-Identifier: MIT
"""One column as answers to one question, read by the engine itself: the same readings and refusals as the reader of profiles."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any, Final, NamedTuple

import narwhals.stable.v2 as nw

from continuum.compiled import ABSENT
from continuum.errors import EngineError, Finding
from continuum.frames.reading import UNREAD, places_of
from continuum.frames.terms import Flag, Number, Steps, Term, both, chosen, compared, either, first_of, lit, nay, term, times
from continuum.profiles import NOT_KNOWN, Reader

WRONG, OUTSIDE, FLOATING, UNKNOWN, ABSENT_CODE = -1, -2, -3, -4, -5
CODES: Final = {WRONG: "CX502", OUTSIDE: "CX503", FLOATING: "CX507"}
FIRST_DAY, LAST_DAY = 10101, 99991231
LARGEST: Final = 10**12
"""No number that is asked is larger; what is larger in a column is outside its range."""
DAY_TEXT: Final = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
NUMBER_TEXT: Final = r"^-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?$"
INTEGERS: Final = (nw.Int8, nw.Int16, nw.Int32, nw.Int64, nw.Int128, nw.UInt8, nw.UInt16, nw.UInt32, nw.UInt64, nw.UInt128)
TEXTS: Final = (nw.String, nw.Categorical, nw.Enum)


class Asked(NamedTuple):
    """What a column says in each row. ``low`` and ``high`` are the ends of what the answer may be, the same where it is known:
    the place of a value, a yes or no, a number in units of its last place, or a day as 20250901. ``faults`` stand by the
    reader's codes.
    """

    low: Any
    high: Any
    known: Flag
    absent: Flag
    may_be_absent: Flag
    faults: dict[str, Flag]
    beyond_today: Flag


def ymd(day: dt.date) -> int:
    """A day as a number that orders like it."""
    return day.year * 10_000 + day.month * 100 + day.day


class Column:
    """The column of one question: a code in each row that says what was given."""

    def __init__(self, reader: Reader, name: str, title: str, dtype: Any, steps: Steps) -> None:
        """``title`` is the name of the column in the frame, ``dtype`` its type.

        Raises:
            EngineError: CX812, where it holds what is no answer.
        """
        self.reader, self.asked, self.dtype, self.steps = reader, reader.pack.inputs[name], dtype, steps
        if isinstance(dtype, UNREAD):
            message = f"the column of `{name}` holds {dtype}, which is no answer"
            raise EngineError(Finding("CX812", message, hint="give it as text, numbers, yes and no, or days"))
        self.cell = nw.col(title)
        self.null = steps.keep(Term(self.cell.is_null()))
        self.text = isinstance(dtype, TEXTS)
        if self.text:
            self.stripped = steps.keep(
                Term(nw.when(~self.cell.is_null()).then(self.cell.cast(nw.String)).otherwise(lit("")).str.strip_chars())
            )
            self.lower = steps.keep(term(lambda one: one.str.to_lowercase(), self.stripped))

    def read(self, today: Number) -> Asked:
        """What the column says."""
        asked = self.asked
        if asked.type.kind == "number":
            low, high = (scaled(end, places_of(asked)) for end in (asked.low, asked.high))
            return self._asked(*self._number(), low, high)
        if asked.type.kind == "date":
            ends = [today if end == "today" else end for end in (asked.low, asked.high)]
            ends = [ymd(end) if isinstance(end, dt.date) else end for end in ends]
            return self._asked(*self._day(), ends[0] or FIRST_DAY, ends[1] or LAST_DAY)
        return self._asked(*self._word(), 0, len(asked.type.values) - 1)

    def _asked(self, value: Any, status: Any, *ends: Any) -> Asked:
        status = self.steps.keep(status)
        is_ = {code: compared("=", status, code) for code in (WRONG, OUTSIDE, FLOATING, UNKNOWN, ABSENT_CODE)}
        beyond = compared("<", value, ends[0]), compared(">", value, ends[1])
        moving = self.asked.low == "today", self.asked.high == "today"
        given = self.steps.keep(compared(">=", status, 0))
        outside = either(is_[OUTSIDE], both(given, either(*(flag for flag, one in zip(beyond, moving, strict=True) if not one))))
        today = both(given, either(*(flag for flag, one in zip(beyond, moving, strict=True) if one)))
        unknown = self.steps.keep(is_[UNKNOWN])
        absent = self.steps.keep(is_[ABSENT_CODE]) if self.asked.optional else False
        low, high = (self.steps.keep(chosen(given, value, end)) for end in ends)
        if self.asked.type.kind == "yes_no":
            low, high = (self.steps.keep(compared("=", one, 1)) for one in (low, high))
        faults = {"CX502": is_[WRONG], "CX503": outside, "CX507": is_[FLOATING]}
        may = either(absent, unknown) if self.asked.optional else False
        return Asked(low, high, nay(unknown), absent, may, faults, today)

    def _given(self, value: Any, status: Any) -> tuple[Any, Any]:
        """A value and a status, with what is not known, blank or absent seen to first."""
        blank: Any = self.asked.blank
        empty = either(self.null, compared("=", self.lower, "")) if self.text else self.null
        said: list[tuple[Flag, Any]] = []
        values: list[tuple[Flag, Any]] = []
        if blank is not None:
            said.append((empty, ABSENT_CODE if blank is ABSENT else 0))
            values.append((empty, 0 if blank is ABSENT else self._coded(blank)))
        said.append((empty, UNKNOWN))
        if self.text:
            said += [(compared("=", self.lower, words), UNKNOWN) for words in sorted(NOT_KNOWN - {""})]
            said.append((compared("=", self.lower, "absent"), ABSENT_CODE if self.asked.optional else WRONG))
        status = self.steps.keep(first_of(said, status))
        value = first_of([*values, (compared("<", status, 0), 0)], value)
        return self.steps.keep(value), status

    def _coded(self, value: Any) -> int:
        if self.asked.type.kind == "yes_no":
            return int(value)
        if self.asked.type.values:
            return self.asked.type.values.index(value)
        return ymd(value) if isinstance(value, dt.date) else scaled(value, places_of(self.asked))

    # words

    def _word(self) -> tuple[Any, Any]:
        words = self.reader.values[self.asked.name]
        codes = {word: self.asked.type.values.index(value) for word, value in words.items()}
        if isinstance(self.dtype, nw.Boolean):
            if self.asked.type.kind != "yes_no":
                return self._given(0, WRONG)
            return self._given(chosen(Term(nw.when(~self.cell.is_null()).then(self.cell).otherwise(lit(value=False))), 1, 0), 0)
        if self.text:
            small = {word: code for word, code in codes.items() if word == word.lower()}
            found: Any = self._looked_up(self.lower, small)
            if any(codes[word] != codes.get(word.lower(), codes[word]) for word in codes):
                exact = self.steps.keep(self._looked_up(self.stripped, codes))
                found = chosen(compared(">=", exact, 0), exact, found)
        elif isinstance(self.dtype, INTEGERS):
            found = self._looked_up(Term(nw.when(~self.cell.is_null()).then(self.cell.cast(nw.String)).otherwise(lit(""))), codes)
        elif isinstance(self.dtype, (nw.Float32, nw.Float64)):
            whole, number = self._whole_float(1)
            found = chosen(whole, self._looked_up(term(lambda one: one.cast(nw.String), number), codes), FLOATING)
        else:
            found = WRONG
        code = self.steps.keep(found)
        return self._given(code, code)

    def _looked_up(self, text: Term, codes: dict[str, int]) -> Term:
        return term(lambda one: one.replace_strict(list(codes), list(codes.values()), default=WRONG, return_dtype=nw.Int64), text)

    # numbers

    def _number(self) -> tuple[Any, Any]:
        places = places_of(self.asked)
        if isinstance(self.dtype, INTEGERS):
            small = ~self.cell.is_null() & (self.cell <= LARGEST) & (self.cell >= (0 if self._unsigned() else -LARGEST))
            number = self.steps.keep(Term(nw.when(small).then(self.cell).cast(nw.Int64)))
            value = times(term(lambda one: nw.when(one.is_null()).then(lit(0)).otherwise(one), number), 10**places)
            status = chosen(term(lambda one: one.is_null(), number), OUTSIDE, 0)
        elif isinstance(self.dtype, (nw.Float32, nw.Float64)):
            whole, value = self._whole_float(2**places)
            value = times(value, 5**places)
            status = chosen(whole, 0, self._floating())
        elif self.text or isinstance(self.dtype, nw.Decimal):
            value, status = self._number_text(places)
        else:
            return self._given(0, WRONG)
        value = self.steps.keep(value)
        low, step = scaled(self.asked.low or 0, places), scaled(self.asked.step or 0, places)
        if step > 1:
            off = compared("!=", term(lambda one: (one - lit(low)) % lit(step), value), 0)
            status = chosen(both(compared("=", status, 0), off), OUTSIDE, status)
        return self._given(value, status)

    def _unsigned(self) -> bool:
        return isinstance(self.dtype, INTEGERS[5:])

    def _whole_float(self, factor: int) -> tuple[Flag, Term]:
        """Whether a float taken so many times (a power of two, so nothing is lost) is whole, and then that number."""
        cell = self.cell.cast(nw.Float64)
        small = ~cell.is_null() & ~cell.is_nan() & (cell <= LARGEST) & (cell >= -LARGEST)
        safe = self.steps.keep(Term(nw.when(small).then(cell * factor).otherwise(nw.lit(0.5))))
        floor = self.steps.keep(term(lambda one: one.floor(), safe))
        return self.steps.keep(compared("=", safe, floor)), term(lambda one: one.cast(nw.Int64), floor)

    def _floating(self) -> Any:
        """Why a float is none that can be taken: too large, or not exact."""
        cell = self.cell.cast(nw.Float64)
        large = ~cell.is_null() & ~cell.is_nan() & ((cell > LARGEST) | (cell < -LARGEST)) & (cell < 1e30) & (cell > -1e30)
        return chosen(Term(nw.when(large).then(lit(value=True)).otherwise(lit(value=False))), OUTSIDE, FLOATING)

    def _number_text(self, places: int) -> tuple[Any, Any]:
        text = (
            self.stripped
            if self.text
            else self.steps.keep(Term(nw.when(~self.cell.is_null()).then(self.cell.cast(nw.String)).otherwise(lit(""))))
        )

        def matches(pattern: str) -> Flag:
            found: Flag = self.steps.keep(term(lambda one: one.str.contains(pattern), text))
            return found

        number = matches(NUMBER_TEXT)
        fraction = rf"(\.[0-9]{{1,{places}}}0*)?" if places else r"(\.0+)?"
        fits = matches(rf"^-?[0-9]{{1,12}}{fraction}$")
        digits = term(lambda one: one.str.replace_all(r"\..*$", ""), text)
        if places:
            after = term(
                lambda one: nw.when(one.str.contains(r"\.")).then(one.str.replace_all(r"^[^.]*\.", "")).otherwise(lit("")), text
            )
            after = term(lambda one: nw.concat_str([one, lit("0" * places)]).str.slice(0, places), after)
            digits = term(lambda one, other: nw.concat_str([one, other]), digits, after)
        value = term(lambda when, one: nw.when(when).then(one).otherwise(lit("0")).cast(nw.Int64), fits, digits)
        other: Any = OUTSIDE
        if self.asked.type.whole:
            other = chosen(matches(r"^-?[0-9]+(\.0+)?$"), OUTSIDE, WRONG)
        return value, chosen(fits, chosen(number, 0, WRONG), chosen(number, other, WRONG))

    # days

    def _day(self) -> tuple[Any, Any]:
        day, is_day = day_of(self.cell, self.dtype, self.steps, self.stripped if self.text else None)
        return self._given(day, chosen(is_day, 0, WRONG))


def day_of(cell: nw.Expr, dtype: Any, steps: Steps, text: Term | None) -> tuple[Any, Flag]:
    """The day of a cell as a number, and whether it is one; a null is none."""
    if text is not None:
        shape = steps.keep(term(lambda one: one.str.contains(DAY_TEXT), text))
        digits = term(lambda one, other: nw.when(one).then(other).otherwise(lit("0000-00-00")), shape, text)
        number = steps.keep(term(lambda one: one.str.replace_all("-", "", literal=True).cast(nw.Int64), digits))
        month = steps.keep(term(lambda one: one // lit(100) % lit(100), number))
        year = term(lambda one: one // lit(10_000), number)
        days = days_in(steps.keep(year), month)
        day = term(lambda one: one % lit(100), number)
        real = (compared(">=", number, 10_000), compared(">=", month, 1), compared("<=", month, 12), compared(">=", day, 1))
        return number, steps.keep(both(*real, compared("<=", day, days)))
    if isinstance(dtype, nw.Date) or (isinstance(dtype, nw.Datetime) and not dtype.time_zone):
        there = ~cell.is_null()
        parts = [one.cast(nw.Int64) for one in (cell.dt.year(), cell.dt.month(), cell.dt.day())]
        number = parts[0] * 10_000 + parts[1] * 100 + parts[2]
        number = nw.when(there).then(number).otherwise(lit(0))
        if isinstance(dtype, nw.Date):
            return steps.keep(Term(number)), Term(there)
        clock = [one.cast(nw.Int64) for one in (cell.dt.hour(), cell.dt.minute(), cell.dt.second(), cell.dt.microsecond())]
        midnight = clock[0] + clock[1] + clock[2] + clock[3] == 0
        return steps.keep(Term(number)), Term(nw.when(there).then(midnight).otherwise(lit(value=False)))
    return 0, False


def days_in(year: Any, month: Any) -> Any:
    """How many days a month has."""
    by_four, by_hundred, by_more = (compared("=", _rest(year, over), 0) for over in (4, 100, 400))
    leap = either(both(by_four, nay(by_hundred)), by_more)
    short = either(*(compared("=", month, number) for number in (4, 6, 9, 11)))
    return chosen(compared("=", month, 2), chosen(leap, 29, 28), chosen(short, 30, 31))


def _rest(number: Any, over: int) -> Any:
    return number % over if isinstance(number, int) else term(lambda one: one % lit(over), number)


def scaled(value: Any, places: int) -> int:
    """A number in units of its last place."""
    return int(Fraction(value) * 10**places)
