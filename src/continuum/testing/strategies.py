# SPDX-License-Identifier: MIT
"""Profiles at and beside every threshold of a pack, and Hypothesis strategies that draw them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, product
from typing import TYPE_CHECKING, Any

from continuum.compiled import ABSENT, Input
from continuum.engines.completions import Line
from continuum.errors import Finding, ProfileError
from continuum.profiles import Profile
from continuum.rulebook import Rulebook
from continuum.testing.drawing import hypothesis_for
from continuum.testing.room import Room, room_of

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy


def profiles(rulebook: Rulebook, *, unknowns: bool = False, on: dt.date | None = None) -> SearchStrategy[Profile]:
    """Profiles of a pack that do not contradict themselves.

    Half of the numbers and dates that are drawn stand at a threshold or one step beside it. What is lowest comes first,
    so a failing example shrinks to the profile with the lowest needs.

    Args:
        rulebook: the pack that the profiles are for.
        unknowns: leave some answers out; otherwise every profile is complete.
        on: the day the profiles are to be decided for; the first day of the version unless given.
    """
    hypothesis = hypothesis_for()
    strategies, room = hypothesis.strategies, room_of(rulebook, on)
    one_each = {name: _drawn_from(room, asked) for name, asked in room.pack.inputs.items()}
    left_out = (
        strategies.sets(strategies.sampled_from(list(room.pack.inputs)), min_size=1) if unknowns else strategies.just(set())
    )

    def draw_one(draw: DrawFn) -> Profile:
        values: dict[str, Any] = {}
        for name in room.bound:
            values[name] = draw(one_each[name])
            if not room.possible(values):
                values[name] = draw(strategies.sampled_from(room.open_to(name, values)))
        for name in room.pack.inputs.keys() - values.keys():
            values[name] = draw(one_each[name])
        profile = room.profile(values)
        hypothesis.assume(not _contradicts(rulebook, profile, room.day))
        unknown = draw(left_out)
        return room.profile({name: None if name in unknown else value for name, value in values.items()})

    made: SearchStrategy[Profile] = strategies.composite(draw_one)()
    return made


def raised_pairs(
    rulebook: Rulebook, group: str | Iterable[str], *, on: dt.date | None = None
) -> SearchStrategy[tuple[Profile, Profile]]:
    """Pairs of complete profiles that differ in one input of a group, by one step; the lower profile comes first.

    Args:
        rulebook: the pack that the profiles are for.
        group: a group of the pack, or names of inputs with an order.
        on: the day the profiles are to be decided for; the first day of the version unless given.
    """
    hypothesis = hypothesis_for()
    strategies = hypothesis.strategies
    names = list(rulebook.pack.groups.get(group, (group,))) if isinstance(group, str) else list(group)

    def draw_pair(draw: DrawFn) -> tuple[Profile, Profile]:
        profile = draw(profiles(rulebook, on=on))
        name = draw(strategies.sampled_from(names))
        raised = stepped(rulebook, profile, name, on=on)
        pair = (profile, raised) if raised else (stepped(rulebook, profile, name, -1, on=on), profile)
        hypothesis.assume(pair[0] is not None)
        hypothesis.assume(not any(_contradicts(rulebook, one, room_of(rulebook, on).day) for one in pair if one))
        return pair  # type: ignore[return-value]  # the first is there, or `assume` has left

    made: SearchStrategy[tuple[Profile, Profile]] = strategies.composite(draw_pair)()
    return made


def completed(rulebook: Rulebook, given: Profile | Mapping[str, Any] | None = None, *, on: dt.date | None = None) -> Profile:
    """A profile with every answer that is not given filled in with its lowest possible value.

    Raises:
        ProfileError: where no way of filling in the rest is possible.
    """
    room = room_of(rulebook, on)
    profile = given if isinstance(given, Profile) else rulebook.profile(given)
    filled = room.filled(profile.exact_values())
    if filled is None:
        raise ProfileError(Finding("CX504", "no way of filling in what is not known is possible"))
    return room.profile(filled)


def stepped(rulebook: Rulebook, profile: Profile, name: str, by: int = 1, *, on: dt.date | None = None) -> Profile | None:
    """The profile with one input moved by so many steps; None where that is not known, absent or at its end."""
    room = room_of(rulebook, on)
    asked, values = room.pack.inputs[name], profile.exact_values()
    value = values.get(name, ABSENT)
    if value is ABSENT:
        return None
    if asked.type.values:
        order: list[Any] = [False, True] if asked.type.kind == "yes_no" else list(asked.type.values)
        at = order.index(value) + by
        return room.profile({**values, name: order[at]}) if 0 <= at < len(order) else None
    line = Line(asked, room.day)
    at = line.index(value) + by
    return room.profile({**values, name: line.at(at)}) if 0 <= at < line.count else None


def boundary_profiles(
    rulebook: Rulebook,
    base: Profile | Mapping[str, Any] | None = None,
    *,
    on: dt.date | None = None,
    pairs: bool = True,
) -> Iterator[Profile]:
    """Complete profiles at every boundary of every threshold, seen from one profile.

    For each input in turn: every value of a scale, choice or yes/no; for a number or date each constant it is compared
    with, itself or through a measure, and one step below and above; ``absent`` where that can be said. Then, unless
    ``pairs`` is off, every two such values of two inputs that one table reads. Where a value would contradict the
    rest, the rest is mended; where it cannot be, the profile is left out.

    Args:
        rulebook: the pack that the profiles are for.
        base: the profile to start from; what it leaves out is filled in.
        on: the day the profiles are to be decided for; the first day of the version unless given.
        pairs: whether to go over pairs too.
    """
    room = room_of(rulebook, on)
    start = completed(rulebook, base, on=on)
    yield start
    values = start.exact_values()
    edges = {name: room.edges(asked, values) for name, asked in room.pack.inputs.items()}
    for name, options in edges.items():
        for value in options:
            if value != values[name]:
                yield from room.mended(values, {name: value})
    for one, other in _together(room) if pairs else ():
        for first, second in product(edges[one], edges[other]):
            if first != values[one] and second != values[other]:
                yield from room.mended(values, {one: first, other: second})


def _together(room: Room) -> Iterator[tuple[str, str]]:
    """Every two inputs that one table reads, once."""
    tables = [[name for name in room.pack.inputs if name in read] for read in room.reads.values()]
    yield from dict.fromkeys(pair for names in tables for pair in combinations(names, 2))


def _contradicts(rulebook: Rulebook, profile: Profile, day: dt.date) -> bool:
    """Whether deciding refuses the profile because it contradicts itself."""
    try:
        rulebook.decide(profile, on=day)
    except ProfileError as error:
        if {finding.code for finding in error.findings} != {"CX504"}:
            raise
        return True
    return False


def _drawn_from(room: Room, asked: Input) -> SearchStrategy[Any]:
    """A value of one input, lowest first; half of the numbers and dates from beside a threshold."""
    strategies = hypothesis_for().strategies
    near: SearchStrategy[Any] = strategies.sampled_from(room.edges(asked, None))
    if asked.type.values:
        return near
    line = Line(asked, room.day)
    anywhere: SearchStrategy[Any] = strategies.integers(0, line.count - 1).map(line.at)
    return near | anywhere
