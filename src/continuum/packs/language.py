# SPDX-License-Identifier: MIT
"""Cells and expressions: text to syntax trees by one grammar. What the words mean is decided when a pack is compiled."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, TypeAlias

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken
from lark.exceptions import VisitError

Exact: TypeAlias = int | Fraction
A_CELL_IS = "a cell is a value, a comparison such as >= severe, an interval such as [5 .. 16], a list, or not (a, b)"
LONGEST = 2000
DEEPEST = 100
WORDED_DAY = re.compile(
    r"\b[0-9]{1,2}(?:st|nd|rd|th)? (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* [0-9]{4}", re.IGNORECASE
)
THOUSANDS = re.compile(r"(?<![0-9,])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])")
MONTH = re.compile(r"\b[0-9]{4}-(0[1-9]|1[0-2])(?![-0-9])")
SPAN = re.compile(r"\s*(\d+(?:\.\d+)?)\s*-\s*(\d+(?:\.\d+)?)\s*\Z")


@dataclass(frozen=True, slots=True)
class Num:
    """A written number."""

    value: Exact


@dataclass(frozen=True, slots=True)
class Date:
    """A written day."""

    value: dt.date


@dataclass(frozen=True, slots=True)
class Word:
    """A name, or a value: which, the pack says. ``award.low`` is one word."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments."""

    name: str
    args: tuple[Syntax, ...]


@dataclass(frozen=True, slots=True)
class Lookup:
    """A rate looked up by keys, at the decision date or another."""

    name: str
    keys: tuple[Syntax, ...]
    at: Syntax | None = None


@dataclass(frozen=True, slots=True)
class Binary:
    """Two sides and what stands between: arithmetic, a comparison, ``and``, ``or``."""

    op: str
    left: Syntax
    right: Syntax


@dataclass(frozen=True, slots=True)
class Unary:
    """``not`` or a minus sign."""

    op: str
    side: Syntax


Syntax: TypeAlias = Num | Date | Word | Call | Lookup | Binary | Unary


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison with the value the cell is about."""

    op: str
    side: Syntax


@dataclass(frozen=True, slots=True)
class Between:
    """An interval; each end says whether it is included."""

    low: Syntax
    low_in: bool
    high: Syntax
    high_in: bool


@dataclass(frozen=True, slots=True)
class State:
    """``any``, ``known``, ``unknown``, ``absent``, ``present``, ``applicable``, ``not_applicable``, ``referred``."""

    name: str


@dataclass(frozen=True, slots=True)
class OneOf:
    """Any of these tests."""

    tests: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class NoneOf:
    """None of these tests."""

    tests: tuple[Cell, ...]


Cell: TypeAlias = Compare | Between | State | OneOf | NoneOf


class NotReadable(ValueError):
    """The text does not follow the grammar.

    Attributes:
        hint: what may be meant.
        text, at: the text, and the character (from 1) at which it cannot be read; 0 where none is to blame.
    """

    def __init__(self, message: str, hint: str = "", *, text: str = "", at: int = 0) -> None:
        super().__init__(message)
        self.hint, self.text, self.at = hint, text, at

    def advice(self, *, expression: bool) -> str:
        """What may be meant, or else what a cell or an expression looks like."""
        general = "an expression is such as max(0, cost - 6000) or count(needs >= severe)" if expression else A_CELL_IS
        return self.hint or general


class _Build(Transformer[Token, Any]):
    """Grammar rules to syntax trees."""

    def number(self, items: list[Token]) -> Num:
        value = Fraction(str(items[0]))
        return Num(value.numerator if value.denominator == 1 else value)

    def day(self, items: list[Token]) -> Date:
        try:
            return Date(dt.date.fromisoformat(str(items[0])))
        except ValueError:
            raise NotReadable(f"`{items[0]}` is not a real day") from None

    def word(self, items: list[Token]) -> Word:
        return Word(str(items[0]))

    def inside(self, items: list[Any]) -> Any:
        return items[1]

    def arguments(self, items: list[Any]) -> tuple[Syntax, ...]:
        return tuple(items)

    def asked(self, items: list[Any]) -> Call:
        return Call("known", (items[2],))

    def call(self, items: list[Any]) -> Call:
        return Call(str(items[0]), items[2] or ())

    def lookup(self, items: list[Any]) -> Lookup:
        return Lookup(str(items[0]), items[2] or (), items[3])

    def binary(self, items: list[Any]) -> Binary:
        return Binary(str(items[1]), items[0], items[2])

    def both(self, items: list[Any]) -> Binary:
        return Binary("and", *items)

    def either(self, items: list[Any]) -> Binary:
        return Binary("or", *items)

    def negate(self, items: list[Any]) -> Unary:
        return Unary("not", items[0])

    def negative(self, items: list[Any]) -> Syntax:
        side = items[1]
        return Num(-side.value) if isinstance(side, Num) else Unary("-", side)

    def state(self, items: list[Token]) -> State:
        return State(str(items[0]))

    def compare(self, items: list[Any]) -> Compare:
        return Compare(str(items[0]), items[1])

    def equal(self, items: list[Any]) -> Compare:
        return Compare("=", items[0])

    def interval(self, items: list[Any]) -> Between:
        return Between(items[1], items[0] == "[", items[2], items[3] == "]")

    def tests(self, items: list[Any]) -> Cell:
        return items[0] if len(items) == 1 else OneOf(tuple(items))

    def none_of(self, items: list[Any]) -> NoneOf:
        tests = items[0]
        return NoneOf(tests.tests if isinstance(tests, OneOf) else (tests,))


@cache
def _parser() -> Lark:
    grammar = files("continuum.packs").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", start=["cell", "expression"], transformer=_Build(), maybe_placeholders=True)


@lru_cache(maxsize=50_000)
def read_cell(text: str) -> Cell:
    """The syntax of a cell.

    Raises:
        NotReadable: where the text does not follow the grammar.
    """
    if SPAN.match(text):
        low, high = SPAN.match(text).groups()  # type: ignore[union-attr]  # just matched
        raise NotReadable(f"`{text}` is a subtraction", f"an interval is written [{low} .. {high}]")
    thousands = THOUSANDS.search(text)
    if thousands:
        plain = thousands[0].replace(",", "")
        hint = f"write {plain}, or with a space after the comma if it is a list of numbers"
        raise NotReadable(f"`{thousands[0]}` may be one number or several", hint)
    cell: Cell = _parse(text, "cell")
    return cell


@lru_cache(maxsize=10_000)
def read_expression(text: str) -> Syntax:
    """The syntax of an expression.

    Raises:
        NotReadable: where the text does not follow the grammar.
    """
    syntax: Syntax = _parse(text, "expression")
    return syntax


def _parse(text: str, start: str) -> Any:
    if len(text) > LONGEST:
        raise NotReadable(f"this has {len(text)} characters; the longest allowed is {LONGEST}", "split it into measures")
    try:
        parsed = _parser().parse(text, start=start)
    except NotReadable:
        raise
    except VisitError as error:
        if isinstance(error.orig_exc, NotReadable):
            raise error.orig_exc from None
        raise
    except RecursionError:
        raise NotReadable("this is nested too deeply", "split it into measures") from None
    except UnexpectedInput as error:
        at = len(text) if _ended(error) else getattr(error, "column", 0)
        raise NotReadable(_complaint(error, text), _advice(text), text=text, at=at) from None
    if _depth(parsed) > DEEPEST:
        raise NotReadable("this is nested too deeply", "split it into measures, or use sum(a, b, ...)")
    return parsed


def _depth(parsed: Any) -> int:
    """How deep a piece of syntax is; without recursion, because this is what guards against too much of it."""
    deepest, stack = 0, [(parsed, 1)]
    while stack:
        node, depth = stack.pop()
        deepest = max(deepest, depth)
        parts = node if isinstance(node, tuple) else [getattr(node, name) for name in getattr(node, "__slots__", ())]
        stack += [(part, depth + 1) for part in parts if not isinstance(part, str | int | Fraction | dt.date)]
    return deepest


def _ended(error: UnexpectedInput) -> bool:
    return isinstance(error, UnexpectedEOF) or (isinstance(error, UnexpectedToken) and error.token.type == "$END")


def _complaint(error: UnexpectedInput, text: str) -> str:
    if _ended(error):
        return f"`{text}` stops too early"
    if isinstance(error, UnexpectedCharacters):
        column = error.column
        return f"`{text}` cannot be read at character {column}: `{text[column - 1 : column]}` is not used here"
    token = getattr(error, "token", "")
    return f"`{text}` cannot be read at character {getattr(error, 'column', 1)}: `{token}` is not expected here"


def _advice(text: str) -> str:
    advice = {
        "==": "equality is written with the value alone, or with one =",
        "=>": "write >= for at least",
        "=<": "write <= for at most",
        "<>": "write != for not equal",
        "£": "write amounts without a pound sign",
        "%": "write a share as a number, such as 0.1",
        "^": "powers are not part of the language",
        "&": "write and",
        "|": "write or",
    }
    for sign, words in advice.items():
        if sign in text:
            return words
    if WORDED_DAY.search(text):
        return "a day is written 2015-09-01"
    if re.search(r"\bor\b", text):
        return "write what is allowed as a list, such as severe, mild"
    if text.startswith("between "):
        return "an interval is written [70 .. 84], with [ or ] where the end is included and ( or ) where it is not"
    if MONTH.search(text):
        return (
            "a date has its day too, such as 2024-09-01; say in reading: how you read a date that the source gives to the month"
        )
    if " to " in text or ("-" in text and ".." not in text and text[:1].isdigit()):
        return "an interval is written [5 .. 16], with [ or ] where the end is included and ( or ) where it is not"
    return ""
