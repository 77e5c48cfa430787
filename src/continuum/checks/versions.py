# SPDX-License-Identifier: MIT
"""The versions of a pack have a hole if and only if none covers some day between the first day of one and the last of another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import pairwise

from continuum.checks.subject import Fault
from continuum.compiled import CompiledPack

HOLE, LAPSE = "CX938", "CX939"
BY_DAY = ("in_force", "illustrative", "reading")
"""The statuses of versions that are found by day alone."""
SOON = 90
ONE_DAY = dt.timedelta(days=1)


def between(packs: Sequence[CompiledPack], on: dt.date | None) -> Iterator[tuple[CompiledPack, Fault]]:
    """What is wrong between the versions of packs, each with the version that it is told of: days that no version covers, and
    days that two do; with a day also the version that has ended by then, or ends soon after, and is followed by none.
    """
    for id_ in dict.fromkeys(pack.id for pack in packs):
        versions = sorted((pack for pack in packs if pack.id == id_ and _dated(pack)), key=_first)
        yield from _neighbours(versions)
        if on is not None and versions:
            yield from _ending(versions, on)


def _dated(pack: CompiledPack) -> bool:
    return pack.status in BY_DAY and not pack.in_force.undated


def _first(pack: CompiledPack) -> dt.date:
    return pack.start or dt.date.min


def _neighbours(versions: list[CompiledPack]) -> Iterator[tuple[CompiledPack, Fault]]:
    for before, after in pairwise(versions):
        if before.end is not None and before.end + ONE_DAY < _first(after):
            days = f"{before.end + ONE_DAY} to {_first(after) - ONE_DAY}"
            message = f"no version covers {days}, between {before.version} and {after.version}"
            hint = "a decision for one of those days is refused; let one of the two begin or end beside the other"
            yield after, Fault(after.version, message, ("in_force",), hint=hint, severity="warning", code=HOLE)
        elif before.end is None or before.end >= _first(after):
            last = min(before.end or dt.date.max, after.end or dt.date.max)
            days = f"{_first(after)} to {'further notice' if last == dt.date.max else last}"
            message = f"{before.version} and {after.version} both cover {days}; the higher number decides"
            yield after, Fault(after.version, message, ("in_force",), severity="note", code=HOLE)


def _ending(versions: list[CompiledPack], on: dt.date) -> Iterator[tuple[CompiledPack, Fault]]:
    last = max(versions, key=lambda pack: pack.end or dt.date.max)
    if last.end is None or (last.end - on).days > SOON:
        return
    when = "ended" if last.end < on else "ends"
    message = f"{last.version} {when} on {last.end}, and no version follows"
    hint = "write the next version, or give this one a later last day"
    yield last, Fault(last.version, message, ("in_force",), hint=hint, severity="warning", code=LAPSE)
