# SPDX-License-Identifier: MIT
"""Every fault a pack can have, as its author reads it: one small fixture for each, with the whole text that comes back.

Run with ``UPDATE_GOLDEN=1`` in the environment to write the texts again, and read what changed.
"""

from __future__ import annotations

import datetime as dt
import os
import pickle
import re
from pathlib import Path

import pytest
from tests.helpers import DAY, faults, giving, rulebook

import continuum
from continuum.checks.run import CHECKS
from continuum.errors import CODES, ContinuumError, Finding, PackError, Place, ProfileError
from continuum.packs.loading import read_pack
from continuum.rulebook import Rulebook

FOLDER = Path(__file__).parent / "fixtures" / "errors"
FIXTURES = sorted(path for path in FOLDER.iterdir() if path.suffix == ".yaml" or path.is_dir())
BROKEN = FOLDER / "CX105-missing-key.yaml"

REFUSED_PROFILES = {
    "CX501": {"speach": "mild"},
    "CX502": {"speech": "sever"},
    "CX503": {"age": 99},
    "CX505": {"upn": "C886200125002"},
    "CX506": {"speech": "mild", "Speech": "mild"},
    "CX507": {"cost": 1.5},
}
NAMED = {
    "CX215": "test_language::test_an_open_question_of_a_pack_is_a_warning_until_it_is_answered",
    "CX504": "test_language::test_a_profile_that_contradicts_itself_is_refused_with_the_packs_own_words",
    "CX601": "test_dates_and_rates::test_an_unknown_pack_is_answered_with_the_nearest",
    "CX602": "test_dates_and_rates::test_a_day_no_version_covers_is_refused_with_the_versions_there_are",
    "CX603": "test_dates_and_rates::test_both_ends_of_in_force_are_included",
    "CX605": "test_dates_and_rates::test_no_day_chooses_between_versions_of_which_one_is_undated",
    "CX604": "test_dates_and_rates::test_two_packs_with_one_id_and_version_are_refused",
    "CX706": "test_proofs::test_a_table_that_would_pass_the_budget_is_named",
    "CX915": "test_proving::test_what_cannot_be_proved_is_a_warning_with_the_reason",
    "CX938": "checks/test_versions::test_days_between_two_versions_are_a_hole",
    "CX939": "checks/test_versions::test_the_last_version_is_told_ninety_days_before_its_end",
    "CX940": "checks/test_accepting::test_what_is_accepted_and_no_longer_occurs_is_told",
    "CX901": "test_language::test_cases_hold_or_are_reported_with_what_was_found",
}
ELSEWHERE = (
    {"CX701", "CX702", "CX703", "CX704", "CX705", "CX801", "CX802"}
    | {"CX811", "CX812", "CX813"}
    | {f"CX85{n}" for n in range(1, 5)}
    | {f"CX86{n}" for n in range(1, 9)}
    | {check.code for check in CHECKS}
)
"""Faults of engines, of files of profiles and of workbooks, held to account in the tests of those rooms; and what checks find,
each by the example on its page.
"""


def refusal(path):
    """What is wrong with the pack in this fixture."""
    with pytest.raises(PackError) as caught:
        Rulebook(read_pack(path))
    return caught.value


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_the_text_of_a_fault_is_as_agreed(path):
    """The whole output is what the author of a pack works from, so every word of it is kept."""
    error = refusal(path)
    text = error.text().replace(str(FOLDER), "errors") + "\n"
    golden = FOLDER / f"{path.stem}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", [path for path in FIXTURES if path.name.startswith("CX")], ids=lambda path: path.stem)
def test_one_fault_gives_findings_of_its_own_code_only(path):
    """A second finding that follows from the first sends the author to the wrong place."""
    assert {finding.code for finding in refusal(path).findings} == {path.name[:5]}


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_every_finding_has_a_place_whose_caret_is_on_the_line(path):
    """File, line and column, and the line itself."""
    for finding in refusal(path).findings:
        if finding.code in ("CX101", "CX109"):
            continue
        assert finding.place is not None
        place = finding.place
        file = path if path.is_file() else path / place.file
        lines = file.read_text(encoding="utf-8").splitlines()
        assert lines[place.line - 1] == place.text
        assert 1 <= place.column <= len(place.text) + 1


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_the_words_of_a_finding_are_for_people(path):
    """No name of a Python class, no brace of a format, no word of the machinery."""
    for finding in refusal(path).findings:
        assert not re.search(r"pydantic|Traceback|<class|NoneType|dict|tuple|\$END|Token|__|ANONYMOUS|LSQB", finding.text())
        assert finding.message
        assert finding.message[0] != " "


def test_every_code_is_covered_by_a_fixture_or_a_named_test():
    """A code nobody has seen is a sentence nobody has read."""
    fixtures = {path.name[:5] for path in FIXTURES if path.name.startswith("CX")}
    covered = fixtures | set(REFUSED_PROFILES) | set(NAMED) | ELSEWHERE
    assert set(CODES) <= covered
    assert covered <= set(CODES)


@pytest.mark.parametrize("code", sorted(NAMED))
def test_the_named_tests_are_there(code):
    """A list that names a test that is gone covers nothing."""
    file, name = NAMED[code].split("::")
    text = (Path(__file__).parent / f"{file}.py").read_text(encoding="utf-8")
    assert f"def {name}(" in text
    assert code in text


@pytest.mark.parametrize("code", sorted(REFUSED_PROFILES))
def test_a_refused_profile_gives_one_finding_with_what_was_expected(code):
    """Each names its field and the nearest fix."""
    with pytest.raises(ProfileError) as caught:
        rulebook(giving("1")).profile(REFUSED_PROFILES[code])
    (finding,) = caught.value.findings
    assert finding.code == code
    assert finding.expected or finding.hint
    assert finding.severity == "error"


def test_there_is_no_golden_text_without_its_fixture():
    """Nor a fixture without its text."""
    assert {path.stem for path in FOLDER.glob("*.txt")} == {path.stem for path in FIXTURES}


def test_the_codes_are_one_sentence_each():
    """For the page of the docs that lists them."""
    for code, sentence in CODES.items():
        assert re.fullmatch(r"CX[1-9][0-9]{2}", code)
        assert sentence
        assert not sentence.endswith(".")


def test_a_file_or_folder_that_is_not_there_is_named(tmp_path):
    """CX101, with the path that was asked for."""
    error = refusal(tmp_path / "nothing")
    assert [finding.code for finding in error.findings] == ["CX101"]
    assert "nothing" in error.text()


@pytest.mark.parametrize(
    "make",
    [
        lambda: PackError(Finding("CX101", "m", Place("f", 2, 3), "e", "h")),
        lambda: ProfileError([Finding("CX501", "m"), Finding("CX502", "n")]),
    ],
)
def test_errors_survive_pickling_with_all_their_findings(make):
    """Worker pools pickle what they raise."""
    error = make()
    again = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own bytes
    assert type(again) is type(error)
    assert again.findings == error.findings
    assert str(again) == str(error)


def test_every_error_of_the_library_is_a_continuum_error():
    """One name to catch."""
    for name in ("PackError", "ProfileError", "DayError", "EngineError"):
        assert issubclass(getattr(continuum, name), ContinuumError)
    with pytest.raises(ContinuumError):
        continuum.load(BROKEN)
    with pytest.raises(ContinuumError):
        continuum.load("no-such-pack", on=dt.date(2025, 10, 1))


def test_a_finding_in_one_line_names_place_code_and_fix():
    """For logs and for programs."""
    (finding,) = refusal(BROKEN).findings
    assert re.match(r"CX105-missing-key\.yaml:[0-9]+:[0-9]+: error\[CX105\]: ", finding.line())
    assert "\n" not in finding.line()


def test_a_finding_as_data_leaves_out_what_is_empty():
    """For editors and pull requests."""
    (finding,) = refusal(BROKEN).findings
    data = finding.as_dict()
    assert data["code"] == "CX105"
    assert data["place"]["line"] > 1
    assert all(value not in (None, "") for value in data.values())


@pytest.mark.parametrize(("text", "line", "column"), [("Żółw 🐢", 4, 8), ("x" * 500, 4, 8)])
def test_places_count_characters_and_not_bytes(text, line, column):
    """The caret stands under the spot in any language."""
    broken = giving("1").replace("title: A small pack", f"title: [{text}]")
    (finding,) = faults(broken)
    assert (finding.place.line, finding.place.column) == (line, column)
    assert finding.place.text == f"title: [{text}]"


def test_a_long_line_is_not_printed_whole():
    """A page of one line hides the caret."""
    broken = giving("1").replace("title: A small pack", f"title: [{'x' * 5000}]")
    assert max(len(line) for line in faults(broken)[0].text().splitlines()) < 400


def test_the_day_of_these_tests_is_in_force():
    """So that nothing here is refused for its day."""
    assert rulebook(giving("1")).pack.covers(DAY)
