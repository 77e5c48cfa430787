# SPDX-License-Identifier: MIT
"""For pytest: each worked example of a pack is a test. Only files named pack.yaml that look like packs are read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from continuum.errors import Finding

HEAD = 4096
KEYS = (re.compile(rb"^format:", re.MULTILINE), re.compile(rb"^id:", re.MULTILINE))


class FailedCaseError(Exception):
    """A case does not hold, or its pack cannot be read; the text says why."""


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> PackFile | None:
    """Collect a pack; anything else is left alone."""
    if file_path.name != "pack.yaml" or not _is_pack(file_path):
        return None
    return PackFile.from_parent(parent, path=file_path)


def _is_pack(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = b"\n" + file.read(HEAD).removeprefix(b"\xef\xbb\xbf")
    except OSError:
        return False
    return all(key.search(head) for key in KEYS)


class PackFile(pytest.File):
    """The pack whose ``pack.yaml`` this is."""

    def collect(self) -> Iterator[pytest.Item]:
        """One test for each case; where the pack cannot be read or compiled, one test that fails."""
        # Not loaded before there is a pack: a test run without packs does not wait for the library.
        from continuum.errors import PackError  # noqa: PLC0415
        from continuum.packs.loading import case_paths, read_cases, read_pack  # noqa: PLC0415
        from continuum.rulebook import Rulebook  # noqa: PLC0415

        try:
            rulebook = Rulebook(read_pack(self._root()))
            cases, source = read_cases(rulebook.written)
        except PackError as error:
            yield PackItem.from_parent(self, name="pack", findings=error.findings)
            return
        for case, spot in zip(cases, case_paths(source), strict=True):
            yield CaseItem.from_parent(self, name=case.id, rulebook=rulebook, case=case, place=source.place((*spot, "id")))

    def _root(self) -> Path:
        """The folder of the pack, or the file where the whole pack stands in it."""
        whole = b"\ndecisions:" in b"\n" + self.path.read_bytes().replace(b"\r\n", b"\n")
        return self.path if whole else self.path.parent


class CaseItem(pytest.Item):
    """One worked example."""

    def __init__(self, *, rulebook: Any, case: Any, place: Any, **more: Any) -> None:
        super().__init__(**more)
        self.rulebook, self.case, self.place = rulebook, case, place

    def runtest(self) -> None:
        """Decide the case and compare."""
        from continuum.cases import run_case  # noqa: PLC0415  # loaded with the pack

        _raise(self, run_case(self.rulebook, self.case, self.place).findings)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The findings, not a traceback."""
        return _told(excinfo) or super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the case stands."""
        if self.place is None:
            return self.path, None, self.name
        return self.path.parent / self.place.file, self.place.line - 1, f"case {self.name}"


class PackItem(pytest.Item):
    """A pack that cannot be read or compiled."""

    def __init__(self, *, findings: tuple[Finding, ...], **more: Any) -> None:
        super().__init__(**more)
        self.findings = findings

    def runtest(self) -> None:
        """Fail with every fault of the pack."""
        _raise(self, self.findings)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The findings, not a traceback."""
        return _told(excinfo) or super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The pack's first file."""
        return self.path, None, "pack"


def _raise(item: pytest.Item, findings: tuple[Finding, ...]) -> None:
    if findings:
        root = item.path.parent
        located = [replace(f, place=replace(f.place, file=_shown(item, root / f.place.file))) if f.place else f for f in findings]
        raise FailedCaseError("\n\n".join(finding.text() for finding in located))


def _shown(item: pytest.Item, path: Path) -> str:
    start = item.config.invocation_params.dir
    return path.relative_to(start).as_posix() if path.is_relative_to(start) else path.as_posix()


def _told(excinfo: pytest.ExceptionInfo[BaseException]) -> str:
    return str(excinfo.value) if isinstance(excinfo.value, FailedCaseError) else ""
