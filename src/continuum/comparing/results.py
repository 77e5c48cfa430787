# SPDX-License-Identifier: MIT
"""What a decision comes to, written so that the results of two packs can be compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from continuum.comparing.same_space import OLD, SameSpace
from continuum.compiled import Type
from continuum.engines.hits import INDICATED, Worked, hashable
from continuum.proofs.meaning import Formula


@dataclass(frozen=True, slots=True)
class Amount:
    """What a formula works out: two are equal exactly where they are the same formula."""

    number: int


class Told(NamedTuple):
    """A result: its state and value in the newer pack's words, what kind of value that is, whether it is agreed individually, to
    whom a referral goes and why there is one. Why makes no difference to a pupil.
    """

    state: str
    value: Any = None
    kind: Any = None
    agreed: bool = False
    to: str = ""
    cause: str = ""

    @property
    def key(self) -> tuple[Any, ...]:
        """What makes two results different to a pupil."""
        return self[:5]

    @property
    def formula(self) -> bool:
        """Whether the value, or a part of it, is worked out and not told apart."""
        return any(isinstance(part, Amount) for part in _parts(self))

    def fits(self, told: Told) -> bool:
        """Whether a result of the reference engine may be this one, whose formulas stand for any value."""
        if not self.formula:
            return self.key == told.key
        if self.key[2:] != told.key[2:] or self.state != told.state:
            return False
        one, other = (dict(each.value) if isinstance(each.value, tuple) else {"": each.value} for each in (self, told))
        if "" in one:
            return True
        return one.keys() == other.keys() and all(isinstance(one[name], Amount) or one[name] == other[name] for name in one)


class Change(NamedTuple):
    """Two different results of one profile; not ``sure`` where they are worked out by different formulas."""

    old: Told
    new: Told
    sure: bool


class Results:
    """Results of one outcome, by its old and its new name."""

    def __init__(self, space: SameSpace, names: tuple[str, str]) -> None:
        self.space, self.names = space, names
        self.types = tuple(side.pack.tables[name].type for side, name in zip(space.sides, names, strict=True))
        self.kinds = tuple(_kind(type_) for type_ in self.types)
        self.fields = tuple(dict(type_.fields) for type_ in self.types)
        self.words = {part: self._words(part) for part in ("", *(self.fields[OLD].keys() & self.fields[1].keys()))}

    def _words(self, part: str) -> dict[str, str]:
        old, new = (fields[part] if part else type_ for fields, type_ in zip(self.fields, self.types, strict=True))
        return self.space.names.values(f"{self.names[OLD]}.{part}" if part else self.names[OLD], old, new)

    def told(self, side: int, worked: Worked) -> Told:
        """A result of one side, of the diagram or of the reference engine."""
        if worked.state != INDICATED:
            return Told(worked.state, agreed=worked.cause == "individually_agreed", to=worked.to, cause=worked.cause)
        return Told(worked.state, self._value(side, hashable(worked.value)), self.kinds[side])

    def _value(self, side: int, value: Any) -> Any:
        type_ = self.types[side]
        if isinstance(value, Formula):
            return self._plain(side, value, "")
        if type_.kind == "set":
            return self._members([self._plain(side, one, "") for one in value])
        if type_.fields:
            return tuple(sorted((name, self._plain(side, one, name)) for name, one in value))
        return self._plain(side, value, "")

    def _members(self, values: list[Any]) -> Any:
        """A set in any order; one of which a member is worked out is not told apart, and equal only to the very same."""
        if not any(isinstance(one, Amount) for one in values):
            return tuple(sorted(values))
        return Amount(self.space.number(("set", frozenset(values))))

    def _plain(self, side: int, value: Any, part: str) -> Any:
        if isinstance(value, Formula):
            return Amount(self.space.formula(side, value.rule, value.part))
        return self.words.get(part, {}).get(value, value) if side == OLD and isinstance(value, str) else value


def membership(member: str) -> Callable[[Told, Told], Change | None]:
    """How two sets differ in one of their values; nothing where one of them is no set."""

    def differs(old: Told, new: Told) -> Change | None:
        if old.state != INDICATED or new.state != INDICATED:
            return None
        if old.formula or new.formula:
            return None if old.value == new.value else Change(old, new, sure=False)
        if (member in old.value) == (member in new.value):
            return None
        one, other = (told._replace(value=(member,) if member in told.value else ()) for told in (old, new))
        return Change(one, other, sure=True)

    return differs


def statewise(old: Told, new: Told) -> Change | None:
    """How two results differ where they are not both sets."""
    return None if old.state == new.state == INDICATED else change(old, new)


def change(old: Told, new: Told) -> Change | None:
    """How two results differ; None where they are the same to a pupil."""
    if old.key == new.key:
        return None
    if not (old.formula or new.formula) or old.key[2:] != new.key[2:] or old.state != new.state:
        return Change(old, new, sure=True)
    if old.kind == ("set", None):
        return Change(old, new, sure=False)
    one, other = (dict(each.value) if isinstance(each.value, tuple) else {"": each.value} for each in (old, new))
    if one.keys() != other.keys():  # a whole of several values that is not followed
        return Change(old, new, sure=False)
    sure = any(one[name] != other[name] and not any(isinstance(p[name], Amount) for p in (one, other)) for name in one)
    return Change(old, new, sure=sure)


def _parts(told: Told) -> list[Any]:
    if isinstance(told.value, tuple):
        return [part[1] if isinstance(part, tuple) else part for part in told.value]
    return [told.value]


def _kind(type_: Type) -> Any:
    """What else than its value makes two results different: what kind of value it is, and its unit."""
    if type_.fields:
        return tuple(sorted((name, str(_kind(one))) for name, one in type_.fields))
    return "words" if type_.kind in ("scale", "choice") else (type_.kind, type_.unit)
