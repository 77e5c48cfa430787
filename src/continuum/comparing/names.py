# SPDX-License-Identifier: MIT
"""Which names of two packs stand for the same thing: those that are equal, and those that the newer pack says it renamed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from continuum.compiled import CompiledPack, Type

_Words: TypeAlias = Callable[[str], set[str]]


@dataclass(frozen=True)
class Names:
    """What the old pack's inputs, outcomes and their values are called in the new pack, each by its old name."""

    old: CompiledPack
    new: CompiledPack
    inputs: Mapping[str, str]
    outcomes: Mapping[str, str]

    @property
    def renamed(self) -> tuple[tuple[str, str], ...]:
        """Inputs and outcomes that are compared although their names differ."""
        both = [*self.inputs.items(), *self.outcomes.items()]
        return tuple((one, other) for one, other in both if one != other)

    def values(self, owner: str, old: Type, new: Type) -> dict[str, str]:
        """The values of the old type by what the new one calls them; those that only one has are left out."""
        other = self.inputs.get(owner) or self.outcomes.get(owner) or owner
        return _matched(
            old.values,
            new.values,
            lambda value: _said(self.old, [owner, old.name], value),
            lambda value: _formerly(self.new, [other, new.name], value),
        )


def names_of(old: CompiledPack, new: CompiledPack) -> Names:
    """What is compared with what."""

    def matched(here: Iterable[str], there: Iterable[str]) -> dict[str, str]:
        return _matched(tuple(here), tuple(there), lambda name: _said(old, [name]), lambda name: _formerly(new, [name]))

    return Names(old, new, matched(old.inputs, new.inputs), matched(old.outcomes, new.outcomes))


def _matched(old: tuple[str, ...], new: tuple[str, ...], said: _Words, formerly: _Words) -> dict[str, str]:
    """Equal names first. Another name of the new pack is matched where exactly one name that is gone was its former one."""
    found = {name: name for name in old if name in new}
    gone = [name for name in old if name not in new]
    claims = {name: [one for one in gone if said(one) & formerly(name)] for name in new if name not in old}
    for name, former in claims.items():
        if len(former) == 1 and sum(former == other for other in claims.values()) == 1:
            found[former[0]] = name
    return found


def _said(pack: CompiledPack, owners: list[str], value: str = "") -> set[str]:
    """A name and its labels."""
    labels = {_plain(pack.terms[key].label) for key in _keys(owners, value) if key in pack.terms}
    return {_plain(value or owners[0])} | labels


def _formerly(pack: CompiledPack, owners: list[str], value: str = "") -> set[str]:
    """What a name was called before."""
    return {_plain(former) for key in _keys(owners, value) if key in pack.terms for former in pack.terms[key].formerly}


def _keys(owners: list[str], value: str) -> list[str]:
    return [f"{owner}.{value}" if value else owner for owner in owners]


def _plain(text: str) -> str:
    return " ".join(text.replace("_", " ").replace("-", " ").casefold().split())
