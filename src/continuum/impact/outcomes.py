# SPDX-License-Identifier: MIT
"""What decisions say, one thing at a time: an outcome, one part of several values, or whether a set has a value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from continuum.comparing.names import Names
from continuum.comparing.same_space import NEW, OLD
from continuum.compiled import CompiledPack, Type
from continuum.decisions import Decision, Outcome

RANGE, REFER, AGREED, NOT_APPLICABLE, INVALID, NOWHERE = STATES = (
    "not settled", "for people to decide", "agreed individually", "not applicable", "invalid", "not in this version",
)  # fmt: skip
"""What an outcome may be other than a value, in the order of the tables. ``not settled`` is a range."""
MANY = 12
"""Amounts, numbers and days of more values than this are told as lower, the same and higher."""
LOWER, SAME, HIGHER = "a lower one", "the same", "a higher one"


class Said(NamedTuple):
    """What one version says of one thing about one pupil.

    Attributes:
        state: one of ``STATES``; empty where there is a value.
        value: the value, words by the newer pack's names.
        key: what makes two of them different to a pupil.
        pounds: the lowest and highest amount it may be, 0 where it does not apply; None where nobody can say.
        exact: False where a range may be wider than the truth.
    """

    state: str
    value: Any
    key: Any
    pounds: tuple[Fraction, Fraction] | None = None
    exact: bool = True


@dataclass(frozen=True)
class View:
    """One thing that decisions say: an outcome, or of several values one ``part``, or of a set whether it has a ``member``.

    ``names`` are what each version calls the outcome, ``types`` what kind of value it is there; an empty name, and None, where it
    has no such thing.
    """

    names: tuple[str, str]
    types: tuple[Type | None, Type | None]
    words: Mapping[str, str]
    part: str = ""
    member: str = ""

    @property
    def outcome(self) -> str:
        """The name of the outcome in the newer version, or in the only one that has it."""
        return self.names[NEW] or self.names[OLD]

    @property
    def key(self) -> str:
        """A name for the view."""
        return ".".join(filter(None, (self.outcome, self.part or self.member)))

    @property
    def type(self) -> Type:
        """What kind of value it is, in the newer version first."""
        found = self.types[NEW] or self.types[OLD]
        assert found is not None  # noqa: S101  # one of them has it
        return found

    def label(self, pack: CompiledPack) -> str:
        """What it is called in a pack that has the outcome."""
        name = self.names[NEW] if self.names[NEW] in pack.tables else self.names[OLD]
        label = pack.label(name)
        more = pack.value_label(name, self.type, self.member) if self.member else self.part.replace("_", " ")
        return label[:1].upper() + label[1:] + (f": {more}" if more else "")

    @property
    def unit(self) -> str:
        """The unit of a number or an amount."""
        return self.type.unit_words() if self.type.kind == "number" else ""

    @property
    def money(self) -> bool:
        """Whether it is an amount of money."""
        return self.type.money

    def sort(self, side: int) -> Any:
        """Values of different sorts are different, whatever they look like."""
        type_ = self.types[side]
        if type_ is None or self.member:
            return None
        return "words" if type_.kind in ("scale", "choice") else (type_.kind, type_.unit)

    def said(self, side: int, decision: Decision | None) -> Said:
        """What a decision says, or that there is none because the row is invalid."""
        if decision is None:
            return Said(INVALID, None, INVALID)
        if not self.names[side]:
            return Said(NOWHERE, None, NOWHERE, (Fraction(0), Fraction(0)))
        outcome = decision.outcomes[self.names[side]]
        if outcome.state == "indicated":
            return self._settled(side, self._plain(side, outcome.value))
        if outcome.state == "range":
            return self._range(side, outcome)
        if outcome.state == "not_applicable":
            return Said(NOT_APPLICABLE, None, NOT_APPLICABLE, (Fraction(0), Fraction(0)))
        state = AGREED if outcome.cause == "individually_agreed" else REFER
        return Said(state, None, (state, outcome.to))

    def _settled(self, side: int, value: Any) -> Said:
        pounds = (Fraction(value), Fraction(value)) if self.money and isinstance(value, int | Decimal) else None
        return Said("", value, (self.sort(side), value), pounds)

    def _range(self, side: int, outcome: Outcome) -> Said:
        """A range, or what all its possible values agree on."""
        states = [item for item in outcome.possible if item in ("refer", "not_applicable", "individually_agreed")]
        values = [self._plain(side, item) for item in outcome.possible if item not in states]
        if (self.member or self.part) and outcome.exact and not states and len({_hashable(value) for value in values}) == 1:
            return self._settled(side, values[0])
        ends = [self._plain(side, end) for end in (outcome.lowest, outcome.highest)] if not (self.part or self.member) else []
        key = (RANGE, self.sort(side), frozenset(map(_hashable, values)), frozenset(states), *map(_hashable, ends))
        known = (outcome.exact if self.part else None not in ends) and not set(states) - {"not_applicable"}
        return Said(RANGE, None, key, self._pounds(values + ends, states) if known else None, outcome.exact)

    def _pounds(self, values: list[Any], states: list[str]) -> tuple[Fraction, Fraction] | None:
        """The lowest and highest amount of a range whose ends are known."""
        known = [Fraction(value) for value in values if isinstance(value, int | Decimal)]
        if not self.money or not known:
            return None
        known += [Fraction(0)] * bool(states)
        return min(known), max(known)

    def _plain(self, side: int, value: Any) -> Any:
        """A value, or what the view is of it, in the newer version's words."""
        if self.member:
            return self.member in {self._word(side, one) for one in value}
        if self.part:
            value = value[self.part] if value is not None else None
        return self._word(side, value)

    def _word(self, side: int, value: Any) -> Any:
        return self.words.get(value, value) if side == OLD and isinstance(value, str) else value


def views_of(old: CompiledPack, new: CompiledPack, names: Names) -> Iterator[View]:
    """Everything that either version says, in the order of the newer one."""
    back = {other: one for one, other in names.outcomes.items()}
    for name in new.outcomes:
        one = back.get(name, "")
        yield from _views((old, new), names, (one, name))
    for name in old.outcomes:
        if name not in names.outcomes:
            yield from _views((old, new), names, (name, ""))


def _views(packs: tuple[CompiledPack, CompiledPack], names: Names, called: tuple[str, str]) -> Iterator[View]:
    types = tuple(pack.tables[name].type if name else None for pack, name in zip(packs, called, strict=True))
    old, new = types
    if (old and new and (old.kind == "set") != (new.kind == "set")) or (old and new and bool(old.fields) != bool(new.fields)):
        yield from _views(packs, names, (called[OLD], ""))  # not one thing: each stands for itself
        yield from _views(packs, names, ("", called[NEW]))
        return
    first = new or old
    assert first is not None  # noqa: S101  # one of them has it
    if first.fields:
        fields = [dict(type_.fields) if type_ else {} for type_ in types]
        for part in dict.fromkeys([*fields[NEW], *fields[OLD]]):
            inner = (fields[OLD].get(part), fields[NEW].get(part))
            here = tuple(name if type_ else "" for name, type_ in zip(called, inner, strict=True))
            words = names.values(f"{called[OLD]}.{part}", *inner) if all(inner) else {}  # type: ignore[arg-type]  # both there
            yield View(here, inner, words, part=part)  # type: ignore[arg-type]  # two of each
        return
    words = names.values(called[OLD], old, new) if old and new else {}
    if first.kind == "set":
        for member in dict.fromkeys(
            [*(new.values if new else ()), *(words.get(one, one) for one in (old.values if old else ()))]
        ):
            yield View(called, (old, new), words, member=member)
        return
    yield View(called, (old, new), words)


class Classes:
    """The rows and columns that what is said of one view falls into."""

    def __init__(self, view: View, packs: tuple[CompiledPack, CompiledPack], said: Iterable[tuple[Said, Said]]) -> None:
        self.view, self.packs = view, packs
        pairs = list(said)
        states = {one.state for pair in pairs for one in pair} - {""}
        values = [{_hashable(pair[side].value) for pair in pairs if not pair[side].state} for side in (OLD, NEW)]
        self.one_by_one = view.type.values != () or view.type.kind == "yes_no" or bool(view.member)
        self.one_by_one = self.one_by_one or len(values[OLD] | values[NEW]) <= MANY
        if self.one_by_one:
            labels = [self.value_label(value) for value in self._ordered(values[OLD] | values[NEW])]
            rows = columns = labels
        else:
            rows, columns = [self.some], [LOWER, SAME, HIGHER, self.some]
        after = [state for state in STATES if state in states]
        self.rows = tuple(dict.fromkeys([*rows, *after]))
        self.columns = tuple(dict.fromkeys([*columns, *after]))

    @property
    def some(self) -> str:
        """Any value at all, where there are too many to list."""
        return {"date": "a day", "number": "an amount" if self.view.money else "a number"}[self.view.type.kind]

    def _ordered(self, values: set[Any]) -> list[Any]:
        type_, old = self.view.type, self.view.types[OLD]
        if self.view.member or type_.kind == "yes_no":
            return [False, True]
        if type_.values:
            return list(dict.fromkeys([*type_.values, *(self.view.words.get(one, one) for one in (old.values if old else ()))]))
        return sorted(values)

    def value_label(self, value: Any) -> str:
        """A value as people read it."""
        view = self.view
        if view.member:
            return "yes" if value else "no"
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, str):
            newer = view.types[NEW]
            side = NEW if newer and value in newer.values else OLD
            name = view.names[side] + (f".{view.part}" if view.part else "")
            type_ = view.types[side]
            return self.packs[side].value_label(name, type_, value) if type_ else value
        if isinstance(value, int | Decimal):
            return pounds(value, view.unit) if view.money else f"{value:,} {view.unit}".strip()
        return str(value)

    def of(self, old: Said, new: Said) -> tuple[str, str]:
        """The row and the column of a pupil."""
        if self.one_by_one:
            return tuple(one.state or self.value_label(one.value) for one in (old, new))  # type: ignore[return-value]  # two
        row = old.state or self.some
        if new.state or old.state:
            return row, new.state or self.some
        return row, SAME if old.key == new.key else LOWER if new.value < old.value else HIGHER


def pounds(value: Decimal | int | Fraction, unit: str = "GBP") -> str:
    """An amount with its thousands apart, and pence only where there are any; what is not pounds keeps its unit."""
    if not unit.startswith("GBP"):
        return f"{value:,} {unit}".strip()
    pence = Fraction(value) * 100
    if pence.denominator != 1:
        return f"£{value:,}"
    whole, rest = divmod(abs(pence.numerator), 100)
    return f"{'-' * (pence < 0)}£{whole:,}" + (f".{rest:02}" if rest else "")


def _hashable(value: Any) -> Any:
    if isinstance(value, dict):
        return tuple(sorted((name, _hashable(item)) for name, item in value.items()))
    return tuple(value) if isinstance(value, list) else value
