# SPDX-License-Identifier: MIT
"""Published thresholds for special educational needs, compiled: a need profile in, an explained decision out."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from continuum.cases import CaseResult, run_cases
from continuum.comparing.difference import Difference
from continuum.decisions import Citation, ClauseNote, Decision, Margin, Missing, Outcome, PackRef, Reason, RuleNote
from continuum.errors import ContinuumError, DayError, EngineError, Finding, PackError, Place, ProfileError
from continuum.impact.caseload import compare
from continuum.impact.result import Impact
from continuum.nearest.changes import Nearest
from continuum.nearest.sides import Sides
from continuum.packs.library import Library, shipped
from continuum.packs.loading import read_pack
from continuum.profiles import Profile
from continuum.proofs.properties import Answer
from continuum.rulebook import LIBRARY, Rulebook

__version__ = LIBRARY

__all__ = [
    "Answer",
    "CaseResult",
    "Citation",
    "ClauseNote",
    "ContinuumError",
    "DayError",
    "Decision",
    "Difference",
    "EngineError",
    "Finding",
    "Impact",
    "Library",
    "Margin",
    "Missing",
    "Nearest",
    "Outcome",
    "PackError",
    "PackRef",
    "Place",
    "Profile",
    "ProfileError",
    "Reason",
    "RuleNote",
    "Rulebook",
    "Sides",
    "__version__",
    "compare",
    "load",
    "run_cases",
]


def load(
    pack: str | Path,
    *,
    on: dt.date | None = None,
    status: str | None = None,
    version: str | None = None,
    library: Library | None = None,
) -> Rulebook:
    """The rulebook of a pack: by id from a library, or from a path.

    Args:
        pack: the id of a pack, or the path of a version, of a folder of versions, or of a pack in one file.
        on: the day the version must cover; without it the newest version is taken.
        status: ask for a ``draft``, ``proposed`` or ``withdrawn`` version by name.
        version: ask for one version by its number.
        library: where to look for an id; the packs that ship, and those other distributions offer, unless given.

    Raises:
        DayError: where no such pack or no version that covers the day is there.
        PackError: with every fault of the pack.
    """
    path = Path(pack)
    if isinstance(pack, Path) or pack in (".", "..") or "/" in pack or "\\" in pack or path.suffix in (".yaml", ".yml"):
        if path.is_file() or (path / "pack.yaml").is_file():
            return _direct(path, on)
        library = Library([path])
        pack = library.entries[0].id
    return Rulebook((library or shipped()).find(str(pack), on=on, status=status, version=version).written)


def _direct(path: Path, on: dt.date | None) -> Rulebook:
    rulebook = Rulebook(read_pack(path, to_compile=True))
    if on is not None and not rulebook.pack.covers(on):
        message = f"{rulebook.id} {rulebook.version} is {rulebook.pack.in_force.words()}, not on {on}"
        raise DayError(Finding("CX602", message))
    return rulebook
