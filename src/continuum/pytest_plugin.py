# SPDX-License-Identifier: MIT
"""For pytest: each worked example of a pack is a test, and so is each property that it is held to.

Only files named pack.yaml that look like packs are read. A pack is proved once, when the first of its properties is asked for;
``pytest -m "not pack_property"`` leaves the properties out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

if TYPE_CHECKING:
    from continuum.checks.subject import Subject
    from continuum.compiled import CompiledPack
    from continuum.errors import Finding

HEAD = 4096
MARKER = "pack_property"
KEYS = (re.compile(rb"^format:", re.MULTILINE), re.compile(rb"^id:", re.MULTILINE))


class FailedCaseError(Exception):
    """A case or property does not hold, or the pack cannot be read; the text says why."""


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known by which properties can be chosen or left out."""
    config.addinivalue_line("markers", f"{MARKER}: a property of a rule pack, proved for every profile")


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

    rulebook: Any

    def collect(self) -> Iterator[pytest.Item]:
        """One test for each case and each property; where the pack cannot be read or compiled, one test that fails."""
        # Not loaded before there is a pack: a test run without packs does not wait for the library.
        from continuum.errors import PackError  # noqa: PLC0415
        from continuum.packs.loading import case_paths, read_cases, read_pack  # noqa: PLC0415
        from continuum.rulebook import Rulebook  # noqa: PLC0415

        try:
            self.rulebook = rulebook = Rulebook(read_pack(self._root()))
            cases, source = read_cases(rulebook.written)
        except PackError as error:
            yield PackItem.from_parent(self, name="pack", findings=error.findings)
            return
        for case, spot in zip(cases, case_paths(source), strict=True):
            yield CaseItem.from_parent(self, name=case.id, rulebook=rulebook, case=case, place=source.place((*spot, "id")))
        for sentence in _sentences(rulebook.pack):
            yield PropertyItem.from_parent(self, name=f"property {sentence}", sentence=sentence)

    @cached_property
    def subject(self) -> Subject:
        """The pack with what is proved about it, which is worked out when it is first asked for."""
        from continuum.checks.subject import Subject  # noqa: PLC0415  # loaded with the pack
        from continuum.engines.completions import Completions  # noqa: PLC0415
        from continuum.engines.reference import Reference  # noqa: PLC0415

        reference = Reference(self.rulebook.pack)
        return Subject(reference, Completions(reference), self.rulebook.written)

    @cached_property
    def findings(self) -> list[Finding]:
        """What the checks of the pack find; asked for where a property is broken: the words, the example, what is accepted."""
        from continuum.checks.run import check  # noqa: PLC0415  # loaded with the pack

        return check(self.subject)

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


class PropertyItem(pytest.Item):
    """One property: passes where it is proved and fails where it is broken. A breach that the pack accepts is a failure that is
    expected; a property that can neither be proved nor shown to be broken is skipped, for nothing is known of it.
    """

    parent: PackFile

    def __init__(self, *, sentence: str, **more: Any) -> None:
        super().__init__(**more)
        self.sentence = sentence
        self.add_marker(MARKER)

    def runtest(self) -> None:
        """Look up what the proof of the pack came to."""
        from continuum.checks.run import speaks_of  # noqa: PLC0415  # loaded with the pack
        from continuum.errors import EngineError, Finding  # noqa: PLC0415  # loaded with the pack

        try:
            answer = next(one for one in self.parent.subject.answers if one.sentence == self.sentence)
        except EngineError as error:
            self._open(error.findings[0].message)
        if answer.verdict == "not_proved":
            self._open(answer.why)
        if answer.verdict == "broken":
            found = [finding for finding in self.parent.findings if speaks_of(finding, self.sentence)]
            if found and all(finding.severity == "note" for finding in found):
                pytest.xfail("; ".join(dict.fromkeys(finding.hint for finding in found)))
            untold = Finding("CX914", f"`{self.sentence}` is broken; {answer.why or answer.pairs}")
            _raise(self, tuple(finding for finding in found if finding.severity != "note") or (untold,))

    def _open(self, why: str) -> NoReturn:
        pytest.skip(f"{self.parent.rulebook.id}: `{self.sentence}` is not proved: {why}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The finding with its example, not a traceback."""
        return _told(excinfo) or super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The line of the sentence, or of the pack's id for one that all packs are held to."""
        place = self.parent.rulebook.written.source.place(self.parent.subject.property_path(self.sentence))
        return self.path, place.line - 1 if place else None, self.name


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


def _sentences(pack: CompiledPack) -> list[str]:
    """The properties that a pack is held to: those of all packs that it does not switch off, then its own."""
    from continuum.compiling.sentences import DEFAULTS  # noqa: PLC0415  # loaded with the pack

    off = {item["property"] for item in pack.defaults_off}
    return list(dict.fromkeys([*(one for one in DEFAULTS if one not in off), *(prop.text for prop in pack.properties)]))


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
