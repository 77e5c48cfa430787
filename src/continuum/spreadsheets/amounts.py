# SPDX-License-Identifier: MIT
"""A printed amount to what it says: one amount, a range, an open end, an agreement, nothing at all; never a guess."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal, TypeAlias

from continuum.errors import nearest

Kind: TypeAlias = Literal["plain", "range", "up_to", "open", "agreed", "silent", "not_applicable"]

SILENT = (
    "", "-", "--", "?", "...", "tbc", "tba", "tbd", "to be confirmed", "to be agreed", "to be decided", "to be determined",
    "not known", "unknown", "not published", "not available",
)  # fmt: skip
"""What a cell holds that gives no answer; a dash could mean nil or not applicable, so it gives none either."""

NOT_APPLICABLE = ("n/a", "na", "n.a.", "n/a.", "not applicable")
NIL = ("nil", "£nil", "zero", "none", "no funding", "no top-up", "no top up")
AGREED = (
    "individually agreed", "agreed individually", "individually set", "individually assessed", "individually costed",
    "individually determined", "individually negotiated", "individual agreement", "by negotiation", "negotiated",
    "negotiable", "by agreement", "by arrangement", "bespoke", "bespoke package", "case by case", "as agreed",
)  # fmt: skip

EXPECTED = "an amount (£3,000), a range (£5,000 - £7,000), up to £3,000, £4,500+, nil, n/a, individually agreed, TBC or nothing"

SYMBOLS = {"£": "GBP", "€": "EUR", "$": "USD", "pounds": "GBP", "euros": "EUR", "dollars": "USD"}
SPANS = {
    "year": ("year", "annum", "academic year", "financial year", "yr", "pa", "p.a.", "p.a", "py"),
    "term": ("term",),
    "month": ("month",),
    "week": ("week", "wk", "pw", "p.w."),
    "day": ("day",),
    "hour": ("hour", "hr", "ph"),
}
"""A unit of time and how it is printed after an amount."""

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+|\d+)(?:\.\d{1,2})?"
_CURRENCY = r"[£€$]|gbp|eur|usd"
_WORDS = "|".join(re.escape(word) for words in SPANS.values() for word in sorted(words, key=len, reverse=True))
_SPAN = rf"(?:\s*(?:/|per|an?|each)?\s*(?P<span>{_WORDS}))?"


def _money(name: str) -> str:
    after = r"(?:gbp|eur|usd|pounds|euros|dollars)"
    return rf"(?P<c{name}>{_CURRENCY})?\s*(?P<n{name}>{_NUMBER})\s*(?P<k{name}>k)?\s*(?P<w{name}>{after})?"


_FORMS: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern + _SPAN + r"\Z", re.ASCII))  # type: ignore[misc]  # the kinds stand right below
    for kind, pattern in (
        ("plain", _money("a")),
        ("range", rf"(?:from |between )?{_money('a')}\s*(?:-|to|and)\s*{_money('b')}"),
        (
            "up_to",
            rf"(?:up to(?: a maximum of)?|a? ?maximum(?: of)?|max\.?|at most|no more than|not more than|<=)\s*{_money('a')}",
        ),
        ("open", rf"(?:over|above|more than|from|at least|a? ?minimum(?: of)?|min\.?|exceeding|>=?)\s*{_money('a')}"),
        ("open", rf"{_money('a')}\s*(?:\+|plus|or more|or above|and above|and over|or over|upwards)"),
    )
)
_MARK = re.compile(r"\s*(?:[*†‡§¹²³⁴⁵⁶⁷⁸⁹]+|\[\d{1,2}\]|\(\d{1,2}\)|\([a-z]\))\Z")
_SIGNS = {
    "-": "\u2013\u2014\u2212\u2012", " ": "\u00a0\u202f\u2009", "...": "\u2026", "<=": "\u2264", ">=": "\u2265",
}  # fmt: skip
_PLAIN = str.maketrans({printed: plain for plain, several in _SIGNS.items() for printed in several})
_YEAR = range(1990, 2101)
_LIKE = re.compile(
    r"(?:(?:approx\.?|approximately|about|around|circa|c\.)\s*)?(?:[£€$]|gbp|eur|usd).*|\W*[\doil][\doil,. ]*[\doil]{2}\W*",
    re.DOTALL,
)
_SHARE = re.compile(r"\d+(?:[.,]\d+)?\s*%")
_SLIPS = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1", "|": "1"})


@dataclass(frozen=True)
class Amount:
    """What a cell prints, read: ``low`` and ``high`` are equal for one amount, and None where no end is printed."""

    kind: Kind
    printed: str
    low: Decimal | None = None
    high: Decimal | None = None
    currency: str = ""
    span: str = ""
    mark: str = ""


class NotAnAmount(ValueError):
    """A text that no form fits; its argument is the nearest fix, or empty."""


def read_amount(text: str) -> Amount:
    """The amount that a cell prints.

    Raises:
        NotAnAmount: where no form fits; nothing is guessed.
    """
    printed = " ".join(text.split())
    words = " ".join(text.translate(_PLAIN).split()).casefold()
    found = _word(words, printed) or _form(words, printed)
    mark = _MARK.search(printed)
    if not found and mark:
        bare = _MARK.sub("", words)
        found = _word(bare, printed) or _form(bare, printed)
        found = replace(found, mark=mark[0].strip()) if found else None
    if not found:
        raise NotAnAmount(_nearest_fix(printed))
    return found


def _word(words: str, printed: str) -> Amount | None:
    kinds: tuple[tuple[Kind, tuple[str, ...]], ...] = (("silent", SILENT), ("not_applicable", NOT_APPLICABLE), ("agreed", AGREED))
    for kind, known in kinds:
        if words in known:
            return Amount(kind, printed)
    return Amount("plain", printed, Decimal(0), Decimal(0)) if words in NIL else None


def _form(words: str, printed: str) -> Amount | None:
    for kind, pattern in _FORMS:
        match = pattern.match(words)
        if match:
            return _matched(kind, match, printed)
    return None


def _matched(kind: Kind, match: re.Match[str], printed: str) -> Amount | None:
    parts = match.groupdict()
    short = bool(parts.get("kb")) and len(parts["na"]) <= 3  # 5-7k is from 5,000
    first = _number(parts["na"], thousands=bool(parts["ka"]) or short)
    last = _number(parts["nb"], thousands=bool(parts["kb"])) if parts.get("nb") else first
    signs = {SYMBOLS.get(sign, sign.upper()) for key, sign in parts.items() if sign and key[0] in "cw"}
    if len(signs) > 1 or last < first:
        return None
    span = next((unit for unit, words in SPANS.items() if parts["span"] in words), "")
    low = None if kind == "up_to" else first
    high = None if kind == "open" else last
    return Amount("plain" if kind == "range" and first == last else kind, printed, low, high, "".join(signs), span)


def _number(text: str, *, thousands: bool) -> Decimal:
    number = Decimal(text.replace(",", "").replace(" ", ""))
    return number * 1000 if thousands else number


def _nearest_fix(printed: str) -> str:
    """The nearest text that can be read, for slips of the keyboard and of another country's habits."""
    for mended in (
        printed.translate(_SLIPS),
        re.sub(r"(?<=\d)\.(?=\d{3}(?!\d))", ",", printed),
        re.sub(r"(?<=\d{3}),(?=\d\d\Z)", ".", re.sub(r"(?<=\d)\.(?=\d{3})", ",", printed)) if "." in printed else "",
        re.sub(r"(?<=\d)\s*,\s*(?=\d{3})", ",", printed),
        re.sub(r"\s*\([^)]*\)|\s*[;:].*", "", printed),
        _swapped(printed),
    ):
        if mended and mended != printed and _form(mended.translate(_PLAIN).casefold(), mended):
            return f"did you mean `{mended}`?"
    if is_a_share(printed):
        return "write the amount in money; a percentage of an amount is not read"
    if re.match(r"(?i)(?:under|below|less than|<)\s*[£€$\d]", printed):
        return "write `up to` if the amount itself is included"
    return nearest(printed, [word for word in (*SILENT, *NOT_APPLICABLE, *NIL, *AGREED) if word])


def _swapped(printed: str) -> str:
    low, dash, high = printed.translate(_PLAIN).partition("-")
    return f"{high.strip()} - {low.strip()}" if dash else ""


def looks_like_money(text: str) -> bool:
    """Whether a cell surely prints money: a number without a sign may as well be the number of a level, or a year."""
    try:
        amount = read_amount(text)
    except NotAnAmount:
        return False
    if amount.currency:
        return True
    largest = amount.high if amount.high is not None else amount.low
    year = amount.kind == "plain" and largest in _YEAR and text.strip().isdigit()
    return largest is not None and largest >= 50 and not year


def belongs_to_a_grid(text: str) -> bool:
    """Whether a cell can stand where amounts stand: readable, or so like an amount that it must be one with a slip in it."""
    try:
        read_amount(text)
    except NotAnAmount:
        like = _LIKE.fullmatch(text.strip().casefold()) or is_a_share(text)
        return bool(like) or text.startswith(("#", "="))
    return True


def is_a_share(text: str) -> bool:
    """Whether a cell prints a percentage, which is no amount."""
    return bool(_SHARE.fullmatch(text.strip()))
