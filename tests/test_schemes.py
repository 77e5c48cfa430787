# SPDX-License-Identifier: MIT
"""The published schemes that the language was tried on: each holds its cases in both engines and says what it leaves open."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import settings
from jsonschema import Draft202012Validator

from continuum.cases import check_cases, run_case
from continuum.errors import ContinuumError
from continuum.packs.library import versions_below
from continuum.packs.loading import read_cases, read_pack
from continuum.rulebook import Rulebook

SCHEMES = Path(__file__).resolve().parents[1] / "examples" / "schemes"
FOLDERS = sorted(path for path in SCHEMES.iterdir() if path.is_dir())
BOOKS = {path.relative_to(SCHEMES).as_posix(): Rulebook(read_pack(path)) for path in versions_below(SCHEMES)}
QUICK = 50
"""Examples of the quick profile."""
SEVEN = ("clinical", "devon", "kent", "lambeth", "southend", "surrey", "wakefield")


@pytest.fixture(params=BOOKS)
def book(request):
    """A version of a scheme."""
    return BOOKS[request.param]


def test_every_scheme_that_was_read_is_here():
    """Seven were read; the clinical thresholds fall into packs of their own."""
    names = " ".join(folder.name for folder in FOLDERS)
    assert not [name for name in SEVEN if name not in names]
    assert {path.split("/")[0] for path in BOOKS} == {folder.name for folder in FOLDERS}


def test_a_scheme_reads_and_its_only_findings_are_open_questions(book):
    """What the source leaves open stays open, and is reported until somebody answers it."""
    assert {finding.code for finding in [*book.check(), *check_cases(book)]} <= {"CX215"}
    assert {finding.severity for finding in book.check()} <= {"warning"}


def sampled(cases, most):
    """All cases in the deep profile, else at most so many from beginning to end; `continuum test` runs all in the build."""
    return cases if settings().max_examples > QUICK else cases[:: max(1, len(cases) // most)]


def test_the_cases_of_a_scheme_hold(book):
    """They are the published examples, and every edge."""
    cases, _ = read_cases(book.written)
    assert len(cases) >= 5
    assert not [finding.line() for case in sampled(cases, 25) for finding in run_case(book, case).findings]


def test_both_engines_agree_on_every_case_of_a_scheme(book):
    """A form that only one engine understood would be no form of the language."""
    cases, _ = read_cases(book.written)
    checked = 0
    for case in sampled(cases, 12):
        try:
            profile = book.profile({**case.given, **case.rest})
            decision = book.decide(profile, on=case.on, cross_check=True)
        except ContinuumError:
            continue  # a case that expects to be refused
        checked += decision.cross_checked
        assert decision.cross_checked or len(profile.values) < len(book.pack.inputs)
    assert checked >= 3


def test_a_scheme_is_a_reading_with_the_addresses_it_was_read_from(book):
    """It is not adopted by anybody, and whoever doubts it can look."""
    assert book.pack.status == "reading"
    assert any(document.url.startswith(("http://", "https://")) for document in book.pack.sources.values()) or book.pack.questions
    assert all(rule.sources for table in book.pack.tables.values() for rule in table.rules)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_scheme_says_what_its_source_leaves_open_and_how_it_treats_that(folder):
    """A gap that is filled without a word is a threshold that somebody made up."""
    text = (folder / "FIDELITY.md").read_text(encoding="utf-8")
    assert len(re.findall(r"^\|.*\|.*\|$", text, re.MULTILINE)) >= 4
    assert "open" in text.lower()


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_file_of_a_scheme_fits_the_schema_it_names(folder):
    """An editor that follows the first line must not find fault with a file that reads."""
    for file in sorted(folder.rglob("*.yaml")):
        first, _, rest = file.read_text(encoding="utf-8").partition("\n")
        match = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
        assert match, file
        schema = json.loads((file.parent / match[1]).read_text(encoding="utf-8"))
        data = yaml.load(rest, Loader=yaml.BaseLoader)  # noqa: S506  # it makes text only, as packs are read
        found = list(Draft202012Validator(schema).iter_errors(data))
        assert not found, (file, found[0].message)
