# SPDX-License-Identifier: MIT
"""What the cells of a column say, each distinct one read once by the reader of profiles, and in which words one is refused."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any, Final, NamedTuple, TypeAlias

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from continuum.arithmetic import as_decimal
from continuum.compiled import Input
from continuum.engines.columns import Codes, column
from continuum.errors import EngineError, Finding, ProfileError
from continuum.profiles import Reader

WHY: Final = {
    "CX502": "is not a value that it takes",
    "CX503": "is outside its range or off its steps",
    "CX507": "is a floating point number, and none that is exact; give it as text or decimal",
}
"""What is wrong with a value, by the code of the reader's finding. The value itself is in its own column, and is not repeated."""
UNREAD: Final = (nw.List, nw.Array, nw.Struct, nw.Binary, nw.Duration, nw.Time)
Native: TypeAlias = Any


class Cells(NamedTuple):
    """One column: for each row a code, and for each code the exact value, or why there is none.

    ``known`` says of each code whether it has a value, ``faults`` why it is refused (empty where it is not).
    """

    codes: Codes
    values: tuple[Any, ...]
    known: NDArray[np.bool_]
    faults: tuple[str, ...]


def read_column(reader: Reader, name: str, series: nw.Series[Any]) -> Cells:
    """A column read as answers to one question.

    Raises:
        EngineError: CX812, where it holds what is no answer, such as lists.
    """
    if isinstance(series.dtype, UNREAD):
        message = f"the column of `{name}` holds {series.dtype}, which is no answer"
        raise EngineError(Finding("CX812", message, hint="give it as text, numbers, yes and no, or days"))
    codes, raw = factorised(series, name)
    read = [_read(reader, name, value) for value in [*raw, None]]  # a code of -1, a null, is the last
    return Cells(
        np.where(codes < 0, len(raw), codes),
        tuple(value for value, _ in read),
        np.array([value is not None for value, _ in read], dtype=bool),
        tuple(fault for _, fault in read),
    )


def _read(reader: Reader, name: str, value: Any) -> tuple[Any, str]:
    """The exact value of one cell, None where it is not known; or the words in which it is refused."""
    asked = reader.pack.inputs[name]
    plain = plainly(value, asked)
    try:
        given = {} if plain is None else {name: plain}
        return reader.read(given).exact_values().get(name), ""
    except ProfileError as error:
        return None, fault(name, error.findings[0])


def fault(name: str, finding: Finding) -> str:
    """Why a value of an input is refused: the field, what is wrong, and what is expected."""
    return f"`{name}` {WHY[finding.code]}; expected {finding.expected}"


def refusal(reader: Reader, name: str, code: str) -> str:
    """The words in which any value of an input is refused for a reason, by its code."""
    try:
        reader.read({name: b""})
    except ProfileError as error:
        return fault(name, Finding(code, "", expected=error.findings[0].expected))
    raise AssertionError(name)  # bytes are no answer to any question


def plainly(value: Any, asked: Input) -> Any:
    """A cell as the reader takes it: a float that is exact as a number with these places, a midnight as its day."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        if asked.type.kind != "number":
            return int(value) if value.is_integer() else value
        exact = math.isfinite(value) and (Fraction(value) * 10 ** places_of(asked)).denominator == 1
        return as_decimal(Fraction(value), None) if exact else value
    if isinstance(value, dt.datetime) and value.tzinfo is None and value.time() == dt.time.min:
        return value.date()
    return value


def places_of(asked: Input) -> int:
    """How many decimal places hold every value of a number that is asked."""
    ends = [Fraction(end) for end in (asked.low, asked.high, asked.step) if isinstance(end, int | Fraction)]
    return next(places for places in range(31) if all((end * 10**places).denominator == 1 for end in ends))


def factorised(series: nw.Series[Any], name: str) -> tuple[Codes, Sequence[Any]]:
    """For each row the place of its value among the distinct ones, -1 for a null."""
    native, engine = series.to_native(), series.implementation
    if engine.is_pyarrow():
        encoded = native.dictionary_encode().combine_chunks()
        return _as_codes(
            encoded.indices.cast("int64").fill_null(-1).to_numpy(zero_copy_only=False)
        ), encoded.dictionary.to_pylist()
    if isinstance(series.dtype, nw.Object):  # 1 and True are two values, and equal
        return _by_hand(native.tolist(), name)
    if engine.is_pandas_like():
        codes, found = native.factorize()
        return _as_codes(codes), list(found)
    codes = _as_codes(series.rank("dense").fill_null(0).cast(nw.Int64).to_numpy()) - 1
    firsts = np.zeros(codes.max(initial=-1) + 1, dtype=np.intp)
    there = np.flatnonzero(codes >= 0)
    firsts[codes[there]] = there
    return codes, series[firsts].to_list()


def _as_codes(codes: Any) -> Codes:
    return np.asarray(codes, dtype=np.intp)


def _by_hand(values: Iterable[Any], name: str) -> tuple[Codes, Sequence[Any]]:
    try:
        found = column(None if _missing(value) else value for value in values)
    except TypeError:
        message = f"the column of `{name}` holds what is no answer, such as a list"
        raise EngineError(Finding("CX812", message, hint="give it as text, numbers, yes and no, or days")) from None
    numbers = np.array([-1 if value is None else number for number, value in enumerate(found.values)], dtype=np.intp)
    return numbers[found.codes] if len(numbers) else found.codes, found.values


def _missing(value: Any) -> bool:
    """Whether pandas means that nothing is there: NaN, NaT and NA are not equal to themselves, or will not say."""
    kind = type(value).__name__
    return value is None or kind in ("NaTType", "NAType") or (isinstance(value, float) and math.isnan(value))


def ordinal(value: Any) -> int:
    """A day as a number; 0 for anything else."""
    return value.toordinal() if isinstance(value, dt.date) else 0
