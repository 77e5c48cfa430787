# SPDX-License-Identifier: MIT
"""A pupil's need profile: what was given, checked against what the pack asks, with every fault named at once."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from pydantic import BaseModel, ConfigDict, SecretStr

from continuum.arithmetic import as_decimal, exact
from continuum.compiled import ABSENT, CompiledPack, Input, Type
from continuum.errors import Finding, ProfileError, listed, nearest
from continuum.packs.model import DAY, NUMBER

UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
UPN_LIKE = re.compile(r"[A-Za-z][0-9]{11}[0-9A-Za-z]")
LONGEST_SHOWN = 40
LARGEST = Decimal(10) ** 30
NOT_KNOWN = frozenset({"", "unknown", "not known"})
KEPT = 4_000
NOT_KEPT = ("", None)
PLAIN = frozenset((str, int, bool))
"""Values of exactly these types may be kept: they do not change, and a subclass could mean anything by equal."""


class Profile(BaseModel):
    """A checked profile. It is made by ``Rulebook.profile`` and holds exact values only.

    Attributes:
        values: what is known, by input: text for scales and choices, bool, int, Decimal, date, or ``"absent"``.
        filled: inputs that were left blank and got the value that a blank means.
        unknown: inputs that were said not to be known where a blank would mean something.
        ref: your own reference for the case, if given: a number or pseudonym, never a name.
        upn: the unique pupil number, if given; checked, and kept out of every text, log, error and decision.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    pack: str
    values: dict[str, Any]
    filled: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    ref: str = ""
    upn: SecretStr | None = None

    def __hash__(self) -> int:
        return hash((self.pack, self.ref, json.dumps(self.as_given(), sort_keys=True)))

    def as_given(self) -> dict[str, Any]:
        """The profile as plain data that can be given again: no unique pupil number, nothing that was filled in."""
        known = {name: _plain(value) for name, value in self.values.items() if name not in self.filled}
        return known | dict.fromkeys(self.unknown)

    def exact_values(self) -> dict[str, Any]:
        """The values as engines take them: whole numbers and fractions, days, and the absent value."""
        return {
            name: value if type(value) is int or (type(value) is str and value != "absent") else _exact(value)
            for name, value in self.values.items()
        }


def safe(value: Any) -> str:
    """A value as an error may repeat it: short, and never something that looks like a unique pupil number."""
    if not isinstance(value, str | int | Decimal):
        return f"a {type(value).__name__}"
    if isinstance(value, int) and value.bit_length() > 200:
        return "so large a number"
    text = str(value)
    if like_upn(text):
        return "a unique pupil number"
    return f"`{text}`" if len(text) <= LONGEST_SHOWN else f"a text of {len(text)} characters"


def like_upn(text: str) -> bool:
    """Whether a text holds what looks like a unique pupil number, spaces and hyphens apart."""
    return bool(UPN_LIKE.search(re.sub(r"[\s\-_./]", "", text)))


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal | dt.date) else value


def _exact(value: Any) -> Any:
    if value == "absent":
        return ABSENT
    return exact(value) if isinstance(value, Decimal) else value


def pack_key(pack: CompiledPack) -> str:
    """What a profile remembers of the pack that read it."""
    return f"{pack.id} {pack.version} {pack.digest[:19]}"


def check_upn(upn: str) -> str:
    """Why a unique pupil number is not well formed, without repeating it; empty where it is.

    The number is a check letter and 12 more: local authority, establishment, year, serial; the last may be a letter in a
    temporary number. Source: Government Data Standards Catalogue, Unique Pupil Number 2.0.
    """
    if len(upn) != 13:
        return f"it has {len(upn)} characters, not 13"
    if upn[0] not in UPN_LETTERS:
        return "its first character is not one of the check letters"
    if not (upn[1:12].isascii() and upn[1:12].isdigit()) or not (upn[12] in UPN_LETTERS or upn[12] in "0123456789"):
        return "after the check letter it should have 12 digits (the last may be a letter)"
    if upn[1:4] == "000":
        return "local authority 000 does not exist"
    last = UPN_LETTERS.index(upn[12]) if upn[12] in UPN_LETTERS else int(upn[12])
    total = sum(weight * int(digit) for weight, digit in zip(range(2, 13), upn[1:12], strict=True)) + 13 * last
    return "" if UPN_LETTERS[total % 23] == upn[0] else "its check letter does not fit the digits"


class Reader:
    """Reads profiles for one pack: field names, codes and labels in, exact values out."""

    def __init__(self, pack: CompiledPack) -> None:
        self.pack, self.key = pack, pack_key(pack)
        self.fields = _aliases(pack)
        self.values = {name: _value_words(pack, asked) for name, asked in pack.inputs.items() if asked.type.values}
        self._blanks = {name: asked.blank for name, asked in pack.inputs.items() if asked.blank is not None}
        self._kept: dict[tuple[str, type, Any], tuple[str, Any]] = {}

    def read(self, given: Mapping[str, Any], day: dt.date | None = None) -> Profile:
        """The profile that these fields give.

        Raises:
            ProfileError: with every fault, each naming its field and the nearest fix.
        """
        findings: list[Finding] = []
        values: dict[str, Any] = {}
        said: dict[str, str] = {}
        ref, upn = "", None
        kept = self._kept
        for key, value in given.items():
            kind = type(value)
            name, found = kept.get((key, kind, value), NOT_KEPT) if kind in PLAIN else NOT_KEPT
            if name and name not in said:
                values[name] = found
                said[name] = key
            elif key == "ref":
                ref = self._ref(value, findings)
            elif key == "upn":
                upn = self._upn(value, findings)
            else:
                self._field(key, value, values, said, findings, day)
        if findings:
            raise ProfileError(findings)
        filled = tuple(name for name in self._blanks if name not in said)
        for name in filled:
            values[name] = "absent" if self._blanks[name] is ABSENT else self._blanks[name]
        unknown = tuple(name for name in self._blanks if name not in values)
        return Profile(pack=self.key, values=values, filled=filled, unknown=unknown, ref=ref, upn=upn)

    def _ref(self, value: Any, findings: list[Finding]) -> str:
        if value is None:
            return ""
        if not isinstance(value, str | int) or like_upn(str(value)):
            message = "`ref` is your own reference: text, and never a unique pupil number"
            findings.append(Finding("CX505", message, hint="use a case number or a pseudonym"))
            return ""
        return str(value)

    def _upn(self, value: Any, findings: list[Finding]) -> SecretStr | None:
        if value is None or value == "":
            return None
        fault = check_upn(value) if isinstance(value, str) else "it is not text"
        if fault:
            message = f"`upn` is not a unique pupil number: {fault}"
            findings.append(Finding("CX505", message, hint="check it against the school's register, or leave it out"))
            return None
        return SecretStr(value)

    def _field(
        self,
        key: str,
        value: Any,
        values: dict[str, Any],
        said: dict[str, str],
        findings: list[Finding],
        day: dt.date | None,
    ) -> None:
        name = self.fields.get(str(key)) or self.fields.get(str(key).strip().lower())
        if name is None:
            hint = nearest(str(key), [*self.pack.inputs, *self.fields, "upn", "ref"])
            message = f"{safe(key)} is not asked by {self.pack.id}"
            findings.append(Finding("CX501", message, expected=listed(list(self.pack.inputs), 30), hint=hint))
            return
        if isinstance(value, str) and value.strip() == "":
            return
        if name in said:
            message = f"`{name}` is given twice: as `{said[name]}` and as `{key}`"
            findings.append(Finding("CX506", message, hint="keep one"))
            return
        said[name] = str(key)
        if value is None or (isinstance(value, str) and value.strip().lower() in NOT_KNOWN):
            return
        asked = self.pack.inputs[name]
        found = self._value(asked, value, findings)
        if found is not None and self._within(asked, found, findings, day):
            values[name] = found
            self._keep(key, value, name, found)

    def _keep(self, key: str, value: Any, name: str, found: Any) -> None:
        """Remember an answer that was checked, so that it is not checked again. A day is not kept: it may be a date of birth,
        and its range may end on the day of the decision. What is kept is bounded, and only in memory.
        """
        plain = type(key) is str and type(value) in PLAIN and len(str(value)) <= LONGEST_SHOWN  # a key of another type, or long
        if plain and self.pack.inputs[name].type.kind != "date" and len(self._kept) < KEPT:
            self._kept[key, type(value), value] = name, found

    def _value(self, asked: Input, value: Any, findings: list[Finding]) -> Any:
        """The value by the input's type, or None and a finding."""
        if isinstance(value, str):
            value = value.strip()
            if value.lower() == "absent":
                return self._absent(asked, findings)
        if isinstance(value, float):
            plain = math.isfinite(value) and "e" not in repr(value)
            hint = f'give it as text or Decimal: "{value!r}"' if plain else "give it as text or Decimal"
            message = f"`{asked.name}` is a floating point number; decisions are exact"
            findings.append(Finding("CX507", message, expected=_expected(asked), hint=hint))
            return None
        kind = asked.type.kind
        found: Any = None
        if kind == "number":
            found = _number(value, asked.type)
        elif kind == "date":
            found = _day(value)
        else:
            found = self._word(asked, value)
        if found is None:
            shown = safe(value)
            options = [*asked.type.values, *(label for label in self.values.get(asked.name, {}))]
            hint = nearest(value, options) if isinstance(value, str) and kind not in ("number", "date") else ""
            message = f"`{asked.name}` cannot be {shown}"
            findings.append(Finding("CX502", message, expected=_expected(asked), hint=hint))
        return found

    def _absent(self, asked: Input, findings: list[Finding]) -> Any:
        if asked.optional:
            return "absent"
        message = f"`{asked.name}` cannot be absent"
        findings.append(Finding("CX502", message, expected=_expected(asked), hint="leave it out where it is not known"))
        return None

    def _word(self, asked: Input, value: Any) -> Any:
        if asked.type.kind == "yes_no" and isinstance(value, bool):
            return value
        if isinstance(value, bool) or not isinstance(value, str | int):
            return None
        found = self.values[asked.name].get(str(value)) or self.values[asked.name].get(str(value).lower())
        if asked.type.kind == "yes_no":
            return None if found is None else found == "yes"
        return found

    def _within(self, asked: Input, value: Any, findings: list[Finding], day: dt.date | None) -> bool:
        if value == "absent" or asked.type.values:
            return True
        low, high = (day if end == "today" else end for end in (asked.low, asked.high))
        number: Any = exact(value) if isinstance(value, Decimal | int) else value
        outside = (low is not None and number < low) or (high is not None and number > high)
        off = (
            asked.step and isinstance(number, int | Fraction) and isinstance(low, int | Fraction) and (number - low) % asked.step
        )
        if outside or off:
            why = "outside its range" if outside else f"not a step of {_text(asked.step)} from {_text(low)}"
            message = f"`{asked.name}` is {value}, {why}"
            findings.append(Finding("CX503", message, expected=_expected(asked)))
            return False
        return True


def check_days(pack: CompiledPack, profile: Profile, day: dt.date) -> None:
    """Refuse dates that end at ``today`` and lie after the decision day.

    Raises:
        ProfileError: naming each such field.
    """
    findings = []
    for name, value in profile.values.items():
        asked = pack.inputs[name]
        if isinstance(value, dt.date) and ((asked.high == "today" and value > day) or (asked.low == "today" and value < day)):
            message = f"`{name}` is {value}, outside its range on {day}"
            findings.append(Finding("CX503", message, expected=_expected(asked)))
    if findings:
        raise ProfileError(findings)


def _aliases(pack: CompiledPack) -> dict[str, str]:
    """Every way to name a field; what would name two is left to neither."""
    found: dict[str, str | None] = {}
    for name, asked in pack.inputs.items():
        for alias in {name, asked.code, asked.code.lower(), pack.label(name).lower(), asked.ask.lower()} - {""}:
            found[alias] = name if found.get(alias, name) == name else None
    found |= {name: name for name in pack.inputs}
    return {alias: name for alias, name in found.items() if name}


def _value_words(pack: CompiledPack, asked: Input) -> dict[str, str]:
    """Every way to write a value of this input: its name, its code, its label."""
    codes = dict(asked.codes)
    words: dict[str, str] = {}
    for value in asked.type.values:
        labels = {pack.label(owner, value) for owner in (asked.name, asked.type.name) if owner}
        for word in (value, codes.get(value, ""), *labels):
            if word:
                words.setdefault(word, value)
                words.setdefault(word.lower(), value)
    if asked.type.kind == "yes_no":
        words |= {"true": "yes", "false": "no", "y": "yes", "n": "no"}
    return words


def _number(value: Any, type_: Type) -> int | Decimal | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        if len(value) > 40 or not NUMBER.match(value):
            return None
        value = Decimal(value)
    if isinstance(value, Decimal):
        if not value.is_finite() or value.adjusted() > 30 or value.as_tuple().exponent < -30:  # type: ignore[operator]
            return None
        whole = value == value.to_integral_value()
        return int(value) if whole and (type_.whole or not type_.money) else None if type_.whole else value
    return value if isinstance(value, int) and abs(value) < LARGEST else None


def _day(value: Any) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return None
    if isinstance(value, dt.date):
        return value
    if isinstance(value, str) and DAY.match(value):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            return None
    return None


def _text(value: Any) -> str:
    return str(as_decimal(value, None)) if isinstance(value, int | Fraction) else str(value)


def _expected(asked: Input) -> str:
    """What the field takes, in words."""
    kind = asked.type.kind
    if kind == "yes_no":
        words = "`yes` or `no`"
    elif asked.type.values:
        words = listed(asked.type.values, 30)
        if asked.codes:
            words += f" (codes {', '.join(code for _, code in asked.codes)})"
    elif kind == "date":
        words = f"a day from {asked.low} to {asked.high}, written 2025-09-01"
    else:
        unit = f" {asked.type.unit_words()}" if asked.type.unit else ""
        step = "" if asked.step in (None, 1) else f" in steps of {_text(asked.step)}"
        whole = "a whole number" if asked.type.whole else "a number"
        words = f"{whole} from {_text(asked.low)} to {_text(asked.high)}{unit}{step}"
    return words + (", or `absent`" if asked.optional else "")


def profile_schema(pack: CompiledPack) -> dict[str, Any]:
    """The JSON Schema of a profile for this pack."""
    properties: dict[str, Any] = {
        "ref": {"type": "string", "description": "your reference for the case; never a name"},
        "upn": {"type": "string", "minLength": 13, "maxLength": 13, "description": "unique pupil number, optional"},
    }
    for name, asked in pack.inputs.items():
        options: list[dict[str, Any]] = [{"type": "null"}, *_json_types(asked)]
        if asked.optional:
            options.append({"const": "absent"})
        properties[name] = {"description": asked.ask, "anyOf": options}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"https://continuum.example/schemas/1/{pack.id}/{pack.version}/profile.json",
        "title": f"Profile for {pack.title}", "type": "object", "additionalProperties": False, "properties": properties,
    }  # fmt: skip


def _json_types(asked: Input) -> list[dict[str, Any]]:
    kind = asked.type.kind
    if kind == "yes_no":
        return [{"type": "boolean"}, {"enum": ["yes", "no"]}]
    if asked.type.values:
        return [{"enum": [*asked.type.values, *(code for _, code in asked.codes)]}]
    if kind == "date":
        return [{"type": "string", "format": "date"}]
    ends = {
        key: int(value) if isinstance(value, int) else float(value)
        for key, value in (("minimum", asked.low), ("maximum", asked.high))
        if isinstance(value, int | Fraction)
    }
    return [
        {"type": "integer" if asked.type.whole else "number", **ends},
        {"type": "string", "pattern": NUMBER.pattern[:-2] + "$"},
    ]
