# SPDX-License-Identifier: MIT
"""Packs below the paths that a command names, each with the faults found in reading and compiling it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from continuum.errors import Finding, PackError, Place
from continuum.packs.library import versions_below
from continuum.packs.loading import Written, read_pack
from continuum.rulebook import Rulebook


@dataclass(frozen=True)
class Found:
    """A version of a pack on disk: as written and compiled where it could be, and what is wrong with it."""

    path: Path
    written: Written | None
    rulebook: Rulebook | None
    findings: tuple[Finding, ...]

    @property
    def name(self) -> str:
        """The pack's id and version, or its path where it cannot be read."""
        if self.written is None:
            return shown(self.path)
        return f"{self.written.pack.id} {self.written.pack.version}"

    def located(self, finding: Finding) -> Finding:
        """A finding whose file is named from where the command runs, not from the pack."""
        base = self.path.parent if self.path.is_file() else self.path
        place = finding.place or Place(self.path.name if self.path.is_file() else "pack.yaml")
        return replace(finding, place=replace(place, file=shown(base / place.file)))


def shown(path: Path) -> str:
    """A path as short as it can be said from here."""
    try:
        short = os.path.relpath(path)
    except ValueError:  # another drive
        return path.as_posix()
    return path.as_posix() if short.startswith("..") and path.is_absolute() else Path(short).as_posix()


def packs_below(paths: Iterable[str | Path], *, compiled: bool = True) -> Iterator[Found]:
    """Every pack at or below the paths, once each.

    Raises:
        PackError: where a path is not there or holds no packs.
    """
    seen: dict[Path, None] = {}
    for path in paths:
        for version in versions_below(_home(Path(path))):
            seen.setdefault(version)
    for version in seen:
        yield _found(version, compiled=compiled)


def _home(path: Path) -> Path:
    """The folder of the pack that a file is part of, or the path itself; commit hooks name single files."""
    if not path.is_file():
        return path
    if path.name == "pack.yaml" and "\ndecisions:" not in path.read_text(encoding="utf-8-sig", errors="replace"):
        return path.parent
    if path.name != "pack.yaml":
        for folder in list(path.parents)[:2]:
            if (folder / "pack.yaml").is_file():
                return folder
    return path


def _found(path: Path, *, compiled: bool) -> Found:
    bare = Found(path, None, None, ())
    try:
        written = read_pack(path, to_compile=True)
    except PackError as error:
        return replace(bare, findings=tuple(bare.located(finding) for finding in error.findings))
    bare = replace(bare, written=written)
    if not compiled:
        return bare
    try:
        return replace(bare, rulebook=Rulebook(written))
    except PackError as error:
        return replace(bare, findings=tuple(bare.located(finding) for finding in error.findings))
