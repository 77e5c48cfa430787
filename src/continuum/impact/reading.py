# SPDX-License-Identifier: MIT
"""One row of a caseload as two versions read it: renamed inputs and values by both names, days as long ago for both."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from continuum.caseload_files import Row, discreet, read_rows
from continuum.comparing.names import names_of
from continuum.comparing.same_space import NEW, OLD, moved
from continuum.errors import Finding, ProfileError, listed, nearest
from continuum.profiles import Profile, Reader
from continuum.rulebook import Rulebook

APART = ("pupil", "ref", "upn", "synthetic")
"""Columns that say who it is, and are never read here, or that the row is made up."""
ALSO = {"need": ("primary_type", "need_code"), "setting": ("placement",), "placement": ("setting",)}
"""Other names for what a caseload is grouped by."""
UNKNOWN = "not recorded"
Names = tuple[str, str]


class Read(NamedTuple):
    """A row as each version reads it: a profile, or what is wrong with it."""

    profiles: tuple[Profile | None, Profile | None]
    findings: tuple[tuple[Finding, ...], tuple[Finding, ...]]


def rows_of(caseload: str | Path | Iterable[Any]) -> list[Row]:
    """The rows of a file, or of mappings of fields.

    Raises:
        ProfileError: CX801, where the file cannot be read.
    """
    if isinstance(caseload, str | Path):
        return read_rows(str(caseload))
    return [
        one if isinstance(one, Row) else Row("the caseload", number, number, dict(one)) for number, one in enumerate(caseload, 1)
    ]


def day_of(rows: Iterable[Row], on: dt.date | None) -> dt.date | None:
    """The day that is asked for, or the one that every row names.

    Raises:
        ProfileError: CX802, where rows name different days.
    """
    named = {row.on for row in rows if row.on}
    if on is not None or not named:
        return on
    if len(named) > 1:
        message = f"the rows are for different days ({listed(sorted(named), 4)}), and a comparison is for one"
        raise ProfileError(Finding("CX802", message, hint="name the day with `--on`"))
    try:
        return dt.date.fromisoformat(named.pop())
    except ValueError:
        raise ProfileError(Finding("CX802", "what the rows name as `on` is not a day", hint="write it as 2025-10-01")) from None


class Reading:
    """Reads rows for both versions.

    A row is as of one of the two days. For the other version a day that can be no later than that of the decision is moved, so
    that it is as long ago for both, as ``continuum diff`` takes it.
    """

    def __init__(
        self, rulebooks: tuple[Rulebook, Rulebook], days: tuple[dt.date, dt.date], home: int, unlike: Collection[str]
    ) -> None:
        old, new = self.packs = (rulebooks[OLD].pack, rulebooks[NEW].pack)
        self.days, self.home = days, home
        self.readers = (Reader(old), Reader(new))
        self.names = names_of(old, new)
        self.paired = {one: other for one, other in self.names.inputs.items() if one not in unlike}
        self._back = {other: one for one, other in self.paired.items()}
        both = {one: (old.inputs[one], new.inputs[other]) for one, other in self.paired.items()}
        ago = {one: by for one, pair in both.items() if (by := moved(pair, days)) is not None}
        self.ago = ago, {self.paired[one]: by for one, by in ago.items()}
        self.words = {one: self.names.values(one, *(asked.type for asked in pair)) for one, pair in both.items()}
        self._columns: dict[str, Names] = {}
        self._said: dict[Any, Any] = {}

    # columns

    def column(self, key: str) -> Names:
        """What each version calls the input of a column; empty where it asks for no such thing."""
        if key not in self._columns:
            old, new = (reader.fields.get(key) or reader.fields.get(key.strip().lower()) or "" for reader in self.readers)
            if new in self._back:
                old = self._back[new]
            elif not new:
                new = self.paired.get(old, "")
            self._columns[key] = ("", "") if key.strip().lower() in APART else (old, new)
        return self._columns[key]

    def grouped(self, row: Row, by: str) -> str:
        """The group of a row: what stands in the column of that name, or of the input."""
        given = row.given or {}
        value: Any = None
        for name in (by, *ALSO.get(by, ())):
            column = next((key for key in given if key.strip().lower() == name.lower()), None)
            column = column or next((key for key in given if name in self.column(key)), None)
            if column is not None:
                value = given[column]
                names = self.column(column)
                side = NEW if names[NEW] else OLD
                if names[side]:
                    return self._label(side, names[side], value)
                break
        text = str(value).strip() if value is not None else ""
        return text.replace("_", " ") or UNKNOWN

    def _label(self, side: int, name: str, raw: Any) -> str:
        asked = self.packs[side].inputs[name]
        value = self._value(side, name, raw)
        value = self.readers[side].values.get(name, {}).get(str(value), value) if asked.type.values else value
        if value is None or str(value).strip().lower() in ("", "unknown", "not known"):
            return UNKNOWN
        return self.packs[side].value_label(name, asked.type, value) if asked.type.values else str(value)

    def has(self, rows: Iterable[Row], by: str) -> bool:
        """Whether some row says what a caseload is to be grouped by."""
        names = (by, *ALSO.get(by, ()))
        return any(key.strip().lower() in names or set(names) & set(self.column(key)) for row in rows for key in row.given or {})

    def unread(self, rows: Iterable[Row]) -> list[str]:
        """Columns that neither version asks for."""
        keys = dict.fromkeys(key for row in rows for key in row.given or {})
        return [key for key in keys if not any(self.column(key)) and key.strip().lower() not in APART]

    def slips(self, unread: Iterable[str]) -> list[str]:
        """Of those columns, the ones whose names are very nearly that of an input which no column gives."""
        given = {name for names in self._columns.values() for name in names}
        missing = [name for pack in self.packs for name in pack.inputs if name not in given]
        return [f"`{key}`: {hint}" for key in unread if (hint := nearest(key.strip().lower(), missing))]

    # rows

    def read(self, row: Row) -> Read:
        """A row by both versions."""
        if row.given is None:
            return Read((None, None), (row.findings, row.findings))
        found = [self._one(side, row) for side in (OLD, NEW)]
        return Read((found[OLD][0], found[NEW][0]), (found[OLD][1], found[NEW][1]))

    def _one(self, side: int, row: Row) -> tuple[Profile | None, tuple[Finding, ...]]:
        given: dict[str, Any] = {}
        for key, raw in (row.given or {}).items():
            name = self.column(key)[side]
            if not name or (isinstance(raw, str) and not raw.strip()):
                continue
            if name in given:
                message = f"`{name}` is given twice, once as `{key}`"
                return None, (discreet(Finding("CX506", message, hint="keep one"), row.place),)
            given[name] = self._value(side, name, raw)
        try:
            return self.readers[side].read(given), ()
        except ProfileError as error:
            return None, tuple(discreet(finding, row.place) for finding in error.findings)

    def _value(self, side: int, name: str, raw: Any) -> Any:
        """A value in the words, and as of the day, of one side."""
        if name in self.ago[side] and side != self.home:
            by = self.ago[side][name] * (1 if side == NEW else -1)
            day = _day(raw)
            return str(day + by) if day else raw
        if not isinstance(raw, str | int) or isinstance(raw, bool):
            return raw
        key = side, name, raw
        if key not in self._said:
            self._said[key] = self._word(side, name, raw)
        return self._said[key]

    def _word(self, side: int, name: str, raw: Any) -> Any:
        """A value that only the other version knows, by what this one calls it."""
        other = self.paired.get(name, "") if side == OLD else self._back.get(name, "")
        mine, its = self.readers[side].values.get(name, {}), self.readers[1 - side].values.get(other, {})
        text = str(raw).strip()
        found = its.get(text) or its.get(text.lower())
        if not other or found is None or text in mine or text.lower() in mine:
            return raw
        words = self.words[other if side == NEW else name]
        back = {new: old for old, new in words.items()}
        return (words if side == NEW else back).get(found, raw)

    # as one profile

    def together(self, values: tuple[Mapping[str, Any], Mapping[str, Any]]) -> dict[str, Any] | None:
        """A profile by the names that a difference has for it; None where the versions read one otherwise, such as a blank."""
        old, new = values
        for one, other in self.paired.items():
            if (one in old) != (other in new):
                return None
            if one in old and not self._same(one, old[one], new[other]):
                return None
        lone = {
            (f"{name} (old)" if name in self.packs[NEW].inputs else name): value
            for name, value in old.items()
            if name not in self.paired
        }
        there = self.packs[OLD].inputs
        return lone | {
            (f"{name} (new)" if name in there and name not in self._back else name): value for name, value in new.items()
        }

    def _same(self, name: str, old: Any, new: Any) -> bool:
        if name in self.ago[OLD] and isinstance(old, dt.date) and isinstance(new, dt.date):
            return bool(old + self.ago[OLD][name] == new)
        if isinstance(old, str) and self.words[name]:
            return bool(self.words[name].get(old) == new)
        return isinstance(old, bool) == isinstance(new, bool) and bool(old == new)

    def names_together(self) -> list[str]:
        """Every name that :meth:`together` may have."""
        old, new = self.packs
        lone = [f"{name} (old)" if name in new.inputs else name for name in old.inputs if name not in self.paired]
        return lone + [f"{name} (new)" if name in old.inputs and name not in self._back else name for name in new.inputs]


def _day(raw: Any) -> dt.date | None:
    if isinstance(raw, dt.date):
        return raw
    try:
        return dt.date.fromisoformat(str(raw).strip())
    except ValueError:
        return None
