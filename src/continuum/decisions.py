# SPDX-License-Identifier: MIT
"""What comes back: a decision with its outcomes, reasons and what is missing; frozen, strict, and the same through JSON."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PrivateAttr,
    computed_field,
    model_validator,
)  # fmt: skip
from pydantic.functional_validators import ModelWrapValidatorHandler

Status: TypeAlias = Literal["indicated", "range", "refer", "out_of_scope"]
State: TypeAlias = Literal["indicated", "range", "refer", "not_applicable"]
Cause: TypeAlias = Literal["", "rule", "gap", "conflict", "unpublished", "arithmetic", "individually_agreed", "decision"]
KINDS = ("yes_no", "scale", "choice", "set", "number", "money", "date", "fields")


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple | list) else value


Shown: TypeAlias = Annotated[Any, PlainSerializer(_plain, when_used="json")]
"""A value by the kind of its outcome: text, yes/no, int, Decimal (text in JSON), date (ISO text), tuple or mapping."""


Ids: TypeAlias = Annotated[tuple[str, ...], Field(strict=False)]


class Frozen(BaseModel):
    """Base of all that is handed out: nothing changes, nothing unknown is let in."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Outcome(Frozen):
    """One outcome of a decision.

    Attributes:
        kind: what sort of value it is.
        value: the value where the state is ``indicated``; None otherwise.
        state: ``indicated``, ``range``, ``refer`` or ``not_applicable``.
        possible: for a range, every outcome still possible, lowest first on a scale; ``refer``, ``not_applicable`` and
            ``individually_agreed`` stand for those states.
        lowest, highest: for a range over a scale, number, amount or date.
        unit: of a number or amount, such as ``GBP/year``.
        rules: the ids of the rules that decided; for a range, of all that may.
        cause, because, to: for a referral, why, in words, and to whom.
        alongside: what other rules indicate beside a referral.
        fields: for several values, the kind of each.
        exact: False where the range may be wider than the truth (it is never narrower).
    """

    kind: Literal["yes_no", "scale", "choice", "set", "number", "money", "date", "fields"]
    value: Shown = None
    state: State
    possible: Annotated[tuple[Any, ...], PlainSerializer(_plain, when_used="json")] = ()
    lowest: Shown = None
    highest: Shown = None
    unit: str = ""
    rules: Ids = ()
    cause: Cause = ""
    because: str = ""
    to: str = ""
    alongside: Shown = None
    exact: bool = True
    fields: dict[str, str] = {}

    @model_validator(mode="before")
    @classmethod
    def _typed(cls, data: Any) -> Any:
        """Values from JSON back to their types, by the kind."""
        if not isinstance(data, dict) or "kind" not in data:
            return data
        data = dict(data)
        for key in ("value", "lowest", "highest", "alongside"):
            if data.get(key) is not None:
                data[key] = _from_json(data[key], data["kind"], data.get("fields", {}))
        if isinstance(data.get("possible"), list | tuple):
            data["possible"] = tuple(_from_json(item, data["kind"], data.get("fields", {})) for item in data["possible"])
        return data

    def __hash__(self) -> int:
        return hash(self.model_dump_json())


STATES_AS_VALUES = ("refer", "not_applicable", "individually_agreed")


def _from_json(value: Any, kind: str, fields: dict[str, str]) -> Any:
    if isinstance(value, str) and value in STATES_AS_VALUES:
        return value
    if isinstance(value, str) and kind in ("number", "money"):
        return Decimal(value)
    if isinstance(value, str) and kind == "date":
        return dt.date.fromisoformat(value)
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, dict):
        return {key: _from_json(item, fields.get(key, ""), {}) for key, item in value.items()}
    return value


class Citation(Frozen):
    """A source as cited by a rule; ``in_force`` is None where the document does not say."""

    source: str
    title: str
    publisher: str = ""
    paragraph: str = ""
    url: str = ""
    date: dt.date | None = Field(default=None, strict=False)
    in_force: bool | None = None


class ClauseNote(Frozen):
    """One clause of a rule: what it asked, what it saw, whether it held (None: not known); ``parts`` are the sub-totals of a
    measure that is made of others, ``against`` the values it was compared with where the pack looks them up or works them out.
    """

    subject: str
    text: str
    saw: str
    held: bool | None
    parts: Ids = ()
    against: Ids = ()


class RuleNote(Frozen):
    """A rule with its clauses: one that decided, or one that failed on a single clause.

    ``worked_from`` says what a calculated outcome was worked out from, the row of a rate included; ``looked_at`` how the
    things stood that the rules of the table ask about, for a rule that holds because no other does.
    """

    id: str
    because: str
    then: str
    clauses: Annotated[tuple[ClauseNote, ...], Field(strict=False)] = ()
    citations: Annotated[tuple[Citation, ...], Field(strict=False)] = ()
    illustrative: str = ""
    reading: str = ""
    worked_from: Ids = ()
    looked_at: Ids = ()


class Reason(Frozen):
    """How one decision came about: the rules that decided (or may), those that failed on one clause, and those that also hold
    but were outranked or came later.
    """

    decision: str
    asks: str
    state: State
    outcome: str
    fired: Annotated[tuple[RuleNote, ...], Field(strict=False)] = ()
    nearly: Annotated[tuple[RuleNote, ...], Field(strict=False)] = ()
    also: Annotated[tuple[RuleNote, ...], Field(strict=False)] = ()
    because: str = ""
    cause: Cause = ""


class Missing(Frozen):
    """An input nobody gave whose value can still change an outcome; ``settles`` where knowing it alone is enough."""

    field: str
    ask: str
    outcomes: Ids
    settles: bool = False


class Answered(Frozen):
    """Base of what holds answers to one input; ``kind`` is that of the input, so that they come back from JSON as they were."""

    answers: ClassVar[tuple[str, ...]] = ()
    field: str
    kind: Literal["yes_no", "scale", "choice", "number", "money", "date"]

    @model_validator(mode="before")
    @classmethod
    def _typed(cls, data: Any) -> Any:
        """Answers from JSON back to their types, by the kind."""
        if not isinstance(data, dict) or "kind" not in data:
            return data
        kept = (None, "absent")
        return data | {
            key: _from_json(data[key], data["kind"], {}) for key in cls.answers if key in data and data[key] not in kept
        }


class Margin(Answered):
    """How far one answer is from the next line that changes an outcome, all other answers as they are.

    Attributes:
        field: the input.
        way: ``up`` or ``down`` its scale; ``other`` for an answer without an order.
        steps: how many steps of the input's scale, or declared steps of its number or date.
        becomes: the first answer beyond the line.
        gives: the outcomes that change there.
        judged: whether people judge this input: it is a scale, or the pack names who judges.
        exact: False where a nearer line may have been missed.
    """

    answers: ClassVar[tuple[str, ...]] = ("becomes",)
    way: Literal["up", "down", "other"]
    steps: int
    becomes: Shown
    gives: dict[str, Outcome]
    judged: bool
    exact: bool = True


Why: TypeAlias = Callable[[], tuple[Reason, ...]]
Near: TypeAlias = Callable[[], tuple[Margin, ...]]


class PackRef(Frozen):
    """Which pack decided, and with what standing."""

    id: str
    version: str
    title: str
    status: str
    digest: str
    authority: str
    approximate: bool = False
    undated: bool = False


class Decision(Frozen):
    """An explained decision: advice to people who decide. It holds no unique pupil number and never adopts itself.

    Attributes:
        on: the day it is decided for.
        status: of the whole: ``out_of_scope``, ``refer``, ``range`` or ``indicated``.
        outcomes: by name, in the pack's order.
        missing: inputs that would settle what is open, most decisive first.
        exact: whether every outcome is exact.
        filled: inputs that were blank and for which the pack says what a blank means.
        pack, library: what decided.
        engines: the engines that decided and agreed.
    """

    on: dt.date = Field(strict=False)
    status: Status
    outcomes: dict[str, Outcome]
    missing: Annotated[tuple[Missing, ...], Field(strict=False)] = ()
    exact: bool = True
    filled: Ids = ()
    pack: PackRef
    library: str
    engines: Ids = ("reference",)
    _why: Any = PrivateAttr(default=())
    _near: Any = PrivateAttr(default=())
    _speak: Any = PrivateAttr(default=None)

    @computed_field(description="For each decision that was worked out, how it came about.")  # type: ignore[prop-decorator]
    @property
    def reasons(self) -> tuple[Reason, ...]:
        """For each decision that was worked out, how it came about; put together when first asked for."""
        why = self._why
        if callable(why):
            why = why()
            self._why = why
        reasons: tuple[Reason, ...] = why
        return reasons

    @computed_field(description="How far each answer is from the next line that changes an outcome.")  # type: ignore[prop-decorator]
    @property
    def margins(self) -> tuple[Margin, ...]:
        """How far each answer is from the next line that changes an outcome, each way; looked for when first asked for."""
        near = self._near
        if callable(near):
            near = near()
            self._near = near
        margins: tuple[Margin, ...] = near
        return margins

    @property
    def borderline(self) -> bool:
        """Whether one step of one judgement would change an outcome. A judgement is a level on a scale, or any answer of which
        the pack says who judges it; ages, dates and amounts are not.
        """
        return any(margin.judged and margin.steps == 1 for margin in self.margins)

    @property
    def cross_checked(self) -> bool:
        """Whether two independent engines decided and agreed."""
        return len(self.engines) > 1

    @model_validator(mode="wrap")
    @classmethod
    def _reasons_back(cls, data: Any, handler: ModelWrapValidatorHandler[Decision]) -> Decision:
        """A decision from JSON brings its reasons and margins along."""
        if not isinstance(data, dict) or not data.keys() & {"reasons", "margins"}:
            return handler(data)
        rest = {key: value for key, value in data.items() if key not in ("reasons", "margins")}
        decision = handler(rest)
        reasons, margins = data.get("reasons", ()), data.get("margins", ())
        decision._why = tuple(Reason.model_validate(item, strict=False) for item in reasons)  # noqa: SLF001  # its own class
        decision._near = tuple(Margin.model_validate(item, strict=False) for item in margins)  # noqa: SLF001  # its own class
        return decision

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Decision) and self.model_dump_json() == other.model_dump_json()

    def __hash__(self) -> int:
        return hash(self.model_dump_json())

    def __getstate__(self) -> dict[Any, Any]:
        self._why, self._near = self.reasons, self.margins
        state = super().__getstate__()
        return {**state, "__pydantic_private__": {"_why": self._why, "_near": self._near, "_speak": None}}

    def with_reasons(self, why: Why, near: Near, speak: Callable[[Decision, Any], str]) -> Decision:
        """The same decision, with how its reasons are put together, its margins found, and how it is put in words."""
        self._why, self._near, self._speak = why, near, speak
        return self

    def explain(self, form: Literal["parent", "panel", "trace"] = "panel") -> str:
        """The decision in plain words, for a parent, for a panel, or every step of it."""
        if self._speak is None:
            raise ValueError("a decision from JSON or a pickle is put in words by its rulebook: rulebook.explain(decision)")
        words: str = self._speak(self, form)
        return words
