# SPDX-License-Identifier: MIT
"""The shape of a pack's files: what keys there are and what kind of text each takes; meaning comes when it is compiled."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

RESERVED = frozenset(
    [
        "and",
        "or",
        "not",
        "any",
        "all",
        "known",
        "unknown",
        "absent",
        "present",
        "applicable",
        "not_applicable",
        "referred",
        "refer",
        "otherwise",
        "today",
        "if",
        "at",
        "individually_agreed",
        "empty",
        "unpublished",
        "yes",
        "no",
        "range",
        "max",
        "min",
        "sum",
        "count",
        "points",
        "round",
        "floor",
        "ceil",
        "abs",
        "coalesce",
        "if_absent",
        "years_between",
        "months_between",
        "weeks_between",
        "days_between",
        "add_days",
        "add_weeks",
        "add_months",
        "next",
        "previous",
        "nearest",
        "nth_highest",
        "last_day",
        "next_day",
        "half_even",
        "half_up",
        "down",
        "up",
        "upn",
        "ref",
        "on",
    ]
)
"""Words of the language; none may be the name of an input, measure, decision, scale, group, rate or value."""

NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
VALUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]*\Z")
SLUG = re.compile(r"[a-z0-9][a-z0-9.-]*\Z")
RULE_ID = re.compile(r"[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+\Z")
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?\Z")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


def _bad(code: str, message: str, **more: str) -> PydanticCustomError:
    context: dict[str, Any] = {"code": code, "what": message.replace("{", "(").replace("}", ")"), **more}
    return PydanticCustomError("pack", "{what}", context)


def _matching(pattern: re.Pattern[str], what: str, example: str) -> BeforeValidator:
    def check(value: Any) -> Any:
        if not isinstance(value, str) or not pattern.match(value):
            found = f"`{value}`" if isinstance(value, str) else "this"
            raise _bad("CX111", f"{found} is not {what}", expected=example)
        return value

    return BeforeValidator(check)


def _name(value: Any) -> Any:
    if value in RESERVED:
        raise _bad("CX203", f"`{value}` is a word of the language", hint="choose another name")
    return value


def read_day(value: Any) -> dt.date:
    """A date from text such as ``2025-09-01``; an impossible one is refused."""
    if isinstance(value, dt.date):
        return value
    try:
        if isinstance(value, str) and DAY.match(value):
            return dt.date.fromisoformat(value)
    except ValueError:
        pass
    raise _bad(
        "CX108",
        f"`{value}` is not a date" if isinstance(value, str) else "this is not a date",
        expected="a real day, written 2025-09-01",
    )


def read_number(value: Any) -> Decimal:
    """An exact number from text such as ``6000`` or ``0.5``."""
    if isinstance(value, Decimal):
        return value
    try:
        if isinstance(value, str) and len(value) <= 40 and NUMBER.match(value):
            return Decimal(value)
    except InvalidOperation:
        pass
    found = f"`{value}`" if isinstance(value, str) else "this"
    expected = "digits with at most one point and no leading zero, such as 6000 or 0.5"
    raise _bad("CX108", f"{found} is not a number", expected=expected)


def _yes_no(value: Any) -> bool:
    answers = {"yes": True, "no": False, "true": True, "false": False}
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in answers:
        return answers[value]
    found = f"`{value}`" if isinstance(value, str) else "this"
    raise _bad("CX108", f"{found} is neither yes nor no", expected="yes or no")


def _whole(value: Any) -> int:
    number = value if isinstance(value, int) else read_number(value)
    if number != int(number):
        raise _bad("CX108", f"`{value}` is not a whole number", expected="a whole number, such as 2")
    return int(number)


def _text(value: Any) -> Any:
    if not isinstance(value, str):
        raise _bad("CX107", "this is not text", expected="one line of text; quote it if it holds : [ { or #")
    if not value.strip():
        raise _bad("CX107", "this is empty", expected="some text")
    return value


def _many(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


_SCALAR = {"type": ["string", "number", "boolean"]}
Text: TypeAlias = Annotated[str, BeforeValidator(_text), WithJsonSchema(_SCALAR)]
Name: TypeAlias = Annotated[
    str, BeforeValidator(_name), _matching(NAME, "a name", "small letters, digits and _, beginning with a letter"),
    WithJsonSchema({"type": "string", "pattern": NAME.pattern[:-2] + "$"}),
]  # fmt: skip
Value: TypeAlias = Annotated[
    str, BeforeValidator(_name), _matching(VALUE, "a value name", "letters, digits and _"), WithJsonSchema(_SCALAR)
]
Slug: TypeAlias = Annotated[
    str, _matching(SLUG, "an id", "small letters, digits, - and ."), WithJsonSchema(_SCALAR)
]  # fmt: skip
RuleId: TypeAlias = Annotated[
    str,
    _matching(RULE_ID, "a rule id", "capitals, a hyphen and more, such as EXC-1"),
    WithJsonSchema({"type": "string"}),
]
Day: TypeAlias = Annotated[dt.date, BeforeValidator(read_day), WithJsonSchema({"type": "string", "format": "date"})]
DayOrToday: TypeAlias = Annotated[
    dt.date | Literal["today"],
    BeforeValidator(lambda v: v if v == "today" else read_day(v)),
    WithJsonSchema({"type": "string"}),
]
Number: TypeAlias = Annotated[Decimal, BeforeValidator(read_number), WithJsonSchema({"type": ["number", "string"]})]
Whole: TypeAlias = Annotated[int, BeforeValidator(_whole), WithJsonSchema({"type": ["integer", "string"]})]
YesNo: TypeAlias = Annotated[bool, BeforeValidator(_yes_no), WithJsonSchema({"enum": ["yes", "no", True, False]})]
Texts: TypeAlias = Annotated[
    list[Text], BeforeValidator(_many), WithJsonSchema({"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR}]})
]
ValueList: TypeAlias = list[Value]
KEY_KINDS = ("integer", "number", "money", "date", "yes_no")


def _rate_key(value: Any) -> Any:
    name, kind = next(iter(value.items())) if isinstance(value, dict) and len(value) == 1 else (value, "number")
    if not isinstance(name, str) or not NAME.match(name) or kind not in KEY_KINDS:
        found = f"`{name}: {kind}`" if isinstance(name, str) else "this"
        expected = "a name, or {name: integer}, number, money, date or yes_no"
        raise _bad("CX108", f"{found} is not a key of a rate", expected=expected)
    return value


RateKey: TypeAlias = Annotated[
    str | dict[str, str], BeforeValidator(_rate_key),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"enum": list(KEY_KINDS)}}]}),
]  # fmt: skip
Rounding = Literal["half_even", "half_up", "down", "up", "floor", "ceil"]
HitPolicy = Literal["unique", "any", "first", "highest", "collect", "sum"]
Status = Literal["in_force", "draft", "proposed", "withdrawn", "illustrative", "reading"]
Kind = Literal["yes_no", "scale", "choice", "integer", "number", "money", "date"]
When: TypeAlias = Annotated[
    dict[str, Any],
    WithJsonSchema({"type": "object", "description": "all lines must hold: a name and its cell, or all, any, not"}),
]


class Part(BaseModel):
    """Base of every piece of a pack: unknown keys are errors and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Authority(Part):
    """Who the pack belongs to, in a named register of authorities."""

    scheme: Text
    code: Text | None = None
    name: Text


class Approval(Part):
    """Who approved a pack that is in force: a role, the day, the minute."""

    by: Text
    on: Day
    minute: Text


class Period(Part):
    """Days from and to, both included; ``to`` may be open. Where no source says from which day, the period is ``undated``,
    and the days, if any, are those before and after which it cannot have been in force.
    """

    from_: Day | None = Field(default=None, alias="from")
    to: Day | None = None
    approximate: YesNo = False
    undated: YesNo = False

    @model_validator(mode="after")
    def _in_order(self) -> Period:
        if not self.from_ and not self.undated:
            hint = "add from: and the first day, or undated: yes where no source gives one"
            raise _bad("CX105", "the key `from` is missing", hint=hint)
        if self.undated and self.approximate:
            raise _bad("CX213", "a period is undated or approximate, not both", hint="undated: no source gives a day at all")
        if self.to and self.from_ and self.to < self.from_:
            raise _bad("CX213", f"the period ends ({self.to}) before it begins ({self.from_})", hint="swap the two days")
        return self

    def covers(self, day: dt.date) -> bool:
        """Whether the day may lie in the period."""
        return (self.from_ is None or self.from_ <= day) and (self.to is None or day <= self.to)

    def words(self) -> str:
        """When it is in force, as a sentence goes on after `is`."""
        if not self.undated:
            return f"in force from {self.from_} to {self.to or 'further notice'}"
        limits = [f"not before {self.from_}"] * bool(self.from_) + [f"not after {self.to}"] * bool(self.to)
        return "undated" + (f" ({', '.join(limits)})" if limits else "")


class Document(Part):
    """A document that rules cite."""

    title: Text
    date: Day | None = None
    publisher: Text | None = None
    url: Text | None = None
    from_: Day | None = Field(default=None, alias="from")
    to: Day | None = None
    note: Text | None = None


class Accepted(Part):
    """A known fault: of a property, by its sentence, or of what a check finds about a name; why it stands and until when."""

    property: Text | None = None
    check: Text | None = None
    about: Text | None = None
    because: Text
    until: Day
    witness: Text | None = None

    @model_validator(mode="after")
    def _has_a_reason(self) -> Accepted:
        if not self.because.strip(" .…?-"):
            hint = "write in a sentence why it may stand, and who says so"
            raise _bad("CX213", f"what is accepted has no reason: `{self.because}` only holds its place", hint=hint)
        return self

    @model_validator(mode="after")
    def _one_fault(self) -> Accepted:
        if (self.check is None) == (self.property is None) or (self.check is None) != (self.about is None):
            hint = "write property: and the sentence, or check: and about: as the finding gives them"
            raise _bad("CX213", "what is accepted is a property, or what a check finds about a name", hint=hint)
        return self


class DefaultOff(Part):
    """A default property switched off, and why."""

    property: Text
    because: Text


class Impossible(Part):
    """Profiles that cannot be."""

    when: When
    because: Text
    fix: Text | None = None


class Question(Part):
    """What a source leaves open and nobody has answered yet."""

    ask: Text
    about: Text | None = None
    source: Texts = []
    note: Text | None = None


class PackHead(Part):
    """``pack.yaml``: identity, status, dates, sources, outcomes, properties."""

    format: Text
    id: Slug
    version: Slug
    title: Text
    summary: Text | None = None
    authority: Authority
    status: Status
    approval: Approval | None = None
    decided_by: Text | None = None
    in_force: Period
    sources: dict[Slug, Document] = {}
    outcomes: Annotated[list[Name], Field(min_length=1)]
    properties: list[Text] = []
    accepted: list[Accepted] = []
    defaults_off: list[DefaultOff] = []
    after: dict[Name, dict[Value, dict[Name, Text]]] = {}
    impossible: list[Impossible] = []
    not_modelled: list[Text] = []
    questions: list[Question] = []


class Short(Part):
    """Base of a piece that may also be written short, in place of its mapping."""

    short: ClassVar[dict[str, Any]] = {}

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """The schema of the mapping, or of the short form."""
        return {"anyOf": [cls.short, handler.resolve_ref_schema(handler(core))]}


class Scale(Short):
    """An ordered list of values, lowest first, with points where they are not 0, 1, 2."""

    short: ClassVar[dict[str, Any]] = {"type": "array", "items": _SCALAR, "minItems": 2}
    values: Annotated[list[Value], Field(min_length=2)]
    points: dict[Value, Number] = {}

    @model_validator(mode="before")
    @classmethod
    def _plain_list(cls, value: Any) -> Any:
        return {"values": value} if isinstance(value, list) else value


class Input(Part):
    """One thing that is asked about a pupil."""

    ask: Text
    type: Kind
    scale: Name | None = None
    of: Name | list[Value] | None = None
    unit: Text | None = None
    min: Number | DayOrToday | None = None
    max: Number | DayOrToday | None = None
    step: Number | None = None
    code: Text | None = None
    codes: dict[Value, Text] = {}
    optional: YesNo = False
    blank_means: Text | None = None
    protected: YesNo = False
    changes: Literal["up", "down", "no"] | None = None
    help: Text | None = None
    judged_by: Text | None = None
    source: Texts = []
    note: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _ends(cls, value: Any) -> Any:
        """Read the two ends by the type, so that a wrong one gets one error and not one for each kind of end."""
        if isinstance(value, dict) and value.get("type") in ("integer", "number", "money", "date"):
            read: Any = (lambda v: v if v == "today" else read_day(v)) if value["type"] == "date" else read_number
            return {k: read(v) if k in ("min", "max") and isinstance(v, str) else v for k, v in value.items()}
        return value


class InputsPart(Part):
    """``inputs.yaml``: scales, lists of choices, groups and inputs."""

    scales: dict[Name, Scale] = {}
    choices: dict[Name, Annotated[list[Value], Field(min_length=1)]] = {}
    groups: dict[Name, Annotated[list[Name], Field(min_length=1)]] = {}
    inputs: Annotated[dict[Name, Input], Field(min_length=1)]


class Measure(Short):
    """A value worked out from inputs, rates and decisions."""

    short: ClassVar[dict[str, Any]] = _SCALAR
    is_: Text = Field(alias="is")
    ask: Text | None = None
    unit: Text | None = None
    note: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _plain_text(cls, value: Any) -> Any:
        return {"is": value} if isinstance(value, str) else value


class MeasuresPart(Part):
    """``measures.yaml``."""

    measures: dict[Name, Measure] = {}


class MoneyField(Part):
    """A field of a decision written at length."""

    type: Literal["money", "number", "integer", "yes_no", "date"]
    unit: Text | None = None
    places: Whole | None = None
    rounding: Rounding | None = None


class Rule(Part):
    """One row of a decision table."""

    id: RuleId
    when: When | None = None
    otherwise: Any = None
    then: Any = None
    because: Text
    to: Text | None = None
    source: Texts = []
    illustrative: Text | None = None
    reading: Text | None = None
    missing: Literal["deliberate"] | None = None
    note: Text | None = None


class Decision(Part):
    """``decisions/*.yaml``: one decision table."""

    decision: Name
    asks: Text
    type: Any
    unit: Text | None = None
    places: Whole | None = None
    rounding: Rounding | None = None
    hit: HitPolicy
    rank_by: Name | None = None
    rules: Annotated[list[Rule], Field(min_length=1)]
    note: Text | None = None


class Rate(Part):
    """Dated amounts or values looked up by key; rows are checked when the pack is compiled."""

    keys: list[RateKey] = Field(default=[], max_length=3)
    type: Any
    unit: Text | None = None
    rows: Annotated[list[dict[Text, Any]], Field(min_length=1)]
    note: Text | None = None


class RatesPart(Part):
    """``rates.yaml``."""

    rates: dict[Name, Rate] = {}


class Term(Part):
    """The words for a name: its label, its plain meaning, what it was called before."""

    label: Text
    plain: Text | None = None
    formerly: list[Text] = []


class TermsPart(Part):
    """``terms.yaml``."""

    terms: dict[Text, Term] = {}


class Case(Part):
    """A worked example that must hold."""

    id: Slug
    on: Day
    given: dict[Text, Any]
    rest: dict[Text, Any] = {}
    expect: dict[Text, Any]
    rules: dict[Name, RuleId | list[RuleId]] = {}
    source: Texts = []
    note: Text | None = None


class CasesPart(Part):
    """``cases/*.yaml``."""

    cases: list[Case] = []


class Pack(PackHead, InputsPart, MeasuresPart, RatesPart, TermsPart):
    """A whole pack but for its cases, as written."""

    decisions: Annotated[list[Decision], Field(min_length=1)]


class OneFile(Pack, CasesPart):
    """A pack in one file, its cases included."""


FILES: dict[str, type[Part]] = {
    "pack": PackHead,
    "inputs": InputsPart,
    "measures": MeasuresPart,
    "rates": RatesPart,
    "terms": TermsPart,
    "decision": Decision,
    "cases": CasesPart,
    "one-file": OneFile,
}
"""The kinds of file and the model of each."""


def json_schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schema of every kind of file, by kind; for editors, which read YAML scalars as numbers where they can."""
    base = "https://continuum.example/schemas/1"
    return {
        kind: {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"{base}/{kind}.json"}
        | model.model_json_schema()
        for kind, model in FILES.items()
    }
