# SPDX-License-Identifier: MIT
"""Finding packs: which folders hold which versions, and which version covers a day."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import entry_points
from importlib.resources import files
from pathlib import Path

from continuum.errors import DayError, Finding, PackError, listed, nearest
from continuum.packs.loading import Written, read_pack
from continuum.packs.model import Period

READY = ("in_force", "illustrative", "reading")


@dataclass(frozen=True)
class Entry:
    """One version of a pack on disk."""

    id: str
    version: str
    title: str
    status: str
    in_force: Period
    path: Path
    written: Written

    @property
    def start(self) -> dt.date | None:
        """The first day in force; None where no source gives one."""
        return self.in_force.from_

    @property
    def end(self) -> dt.date | None:
        """The last day in force; None until further notice."""
        return self.in_force.to

    def covers(self, day: dt.date) -> bool:
        """Whether the version is, or may be, in force on the day."""
        return self.in_force.covers(day)


class Library:
    """An explicit set of packs: folders that hold packs, packs that hold versions, or versions themselves."""

    def __init__(self, paths: Iterable[str | Path]) -> None:
        """Name where packs are; nothing is read until it is asked for."""
        self.paths = tuple(Path(path) for path in paths)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Every version in the library, by id and version.

        Raises:
            PackError: with every fault of every pack that cannot be read.
        """
        findings: list[Finding] = []
        found: dict[tuple[str, str], Entry] = {}
        for place in (place for path in self.paths for place in versions_below(path)):
            try:
                entry = _entry(place)
            except PackError as error:
                findings += error.findings
                continue
            first = found.setdefault((entry.id, entry.version), entry)
            if first is not entry:
                message = f"{entry.id} {entry.version} stands in `{first.path}` and in `{entry.path}`"
                findings.append(Finding("CX604", message, hint="keep one; a correction is a new version"))
        if findings:
            raise PackError(findings)
        return tuple(sorted(found.values(), key=lambda entry: (entry.id, _parts(entry.version))))

    def find(self, pack: str, *, on: dt.date | None = None, status: str | None = None, version: str | None = None) -> Entry:
        """The newest version of a pack that covers the day; drafts, proposals and withdrawn versions only by status.

        Raises:
            DayError: naming the pack, the day and the nearest versions, where there is none, or where several may be in
                force and one of them is undated, so that nobody can say which.
        """
        versions = [entry for entry in self.entries if entry.id == pack]
        if not versions:
            known = sorted({entry.id for entry in self.entries})
            raise DayError(Finding("CX601", f"there is no pack `{pack}`", expected=listed(known), hint=nearest(pack, known)))
        fitting = [
            entry for entry in versions
            if (version is None or entry.version == version)
            and (entry.status == status if status else version is not None or entry.status in READY)
            and (on is None or entry.covers(on))
        ]  # fmt: skip
        if not fitting:
            raise DayError(_none_covers(pack, versions, on, status, version))
        if len(fitting) > 1 and any(entry.in_force.undated for entry in fitting):
            there = "; ".join(f"{entry.version} is {entry.in_force.words()}" for entry in fitting)
            message = f"no source says which version of {pack} is in force{f' on {on}' if on else ''}: {there}"
            raise DayError(Finding("CX605", message, hint="name the version"))
        return fitting[-1]


def _none_covers(pack: str, versions: list[Entry], on: dt.date | None, status: str | None, version: str | None) -> Finding:
    asked = " ".join(part for part in (pack, version or "", f"with status {status}" if status else "") if part)
    there = "; ".join(f"{e.version} ({e.status}) {e.in_force.words()}" for e in versions)
    kept_back = sorted({entry.status for entry in versions if entry.status not in READY})
    hint = f"a version that is {' or '.join(kept_back)} is found by asking for that status" if kept_back and not status else ""
    day = f" covers {on}" if on else " is there"
    return Finding("CX602", f"no version of {asked}{day}", expected=f"one of: {there}", hint=hint)


def _parts(version: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in version.split("."))


def _entry(path: Path) -> Entry:
    written = read_pack(path, to_compile=True)
    pack = written.pack
    return Entry(pack.id, pack.version, pack.title, pack.status, pack.in_force, path, written)


def versions_below(path: Path) -> list[Path]:
    """The versions at or below a path: a file, a folder with pack.yaml, or folders of such, two levels deep.

    Raises:
        PackError: where there is nothing of the kind.
    """
    if path.is_file() or (path / "pack.yaml").is_file():
        return [path]
    found = sorted(place.parent for depth in ("*", "*/*") for place in path.glob(f"{depth}/pack.yaml"))
    found += sorted(file for file in path.glob("*.yaml") if _is_pack(file))
    found += sorted(file for file in path.glob("*/*.yaml") if file.name != "pack.yaml" and _is_pack(file))
    if not found:
        what = "holds no packs" if path.exists() else "does not exist"
        raise PackError(Finding("CX101", f"`{path}` {what}", hint="name a folder with pack.yaml in it, or in its folders"))
    return found


def _is_pack(file: Path) -> bool:
    """Whether a single file looks like a whole pack: a format, an id and decisions."""
    if (file.parent / "pack.yaml").exists():
        return False
    text = file.read_text(encoding="utf-8-sig", errors="replace")
    return "\nformat:" in f"\n{text}" and "\ndecisions:" in text


def shipped() -> Library:
    """The packs that come with the library and those that other distributions offer (entry point ``continuum.packs``,
    each a function that returns a path).
    """
    inside = Path(str(files("continuum").joinpath("_packs")))
    beside = Path(__file__).resolve().parents[3] / "rules"
    own = inside if inside.is_dir() else beside
    return Library([own, *_offered()])


def _offered() -> list[Path]:
    """Folders that other distributions offer; one that is not there is that distribution's fault, and stops nobody else."""
    found = []
    for point in entry_points(group="continuum.packs"):
        folder = Path(point.load()())
        if folder.exists():
            found.append(folder)
        else:
            message = f"the packs that `{point.value}` offers are not there: `{folder}` does not exist"
            warnings.warn(message, RuntimeWarning, stacklevel=3)
    return found
