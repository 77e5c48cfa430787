# SPDX-License-Identifier: MIT
"""The pytest plugin: each worked example a test, and nothing else touched."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

PACK = """\
format: 1
id: tiny
version: "1.0.0"
title: A tiny pack
authority: {scheme: test, code: "1", name: A council}
status: illustrative
in_force: {from: 2020-01-01}
outcomes: [band]
"""
INPUTS = "inputs:\n  age: {ask: Age, type: integer, min: 0, max: 25}\n"
BAND = """\
decision: band
asks: Which band?
type: {scale: [low, high]}
hit: first
rules:
  - {id: BND-1, when: {age: ">= 10"}, then: high, because: Ten or older.}
  - {id: BND-0, otherwise: low, because: Younger.}
"""
CASES = """\
cases:
  - {id: young, on: 2025-10-01, given: {age: 9}, expect: {band: low}}
  - {id: old, on: 2025-10-01, given: {age: 10}, expect: {band: high}}
"""


@pytest.fixture
def pack(tmp_path):
    """A pack in a folder."""
    folder = tmp_path / "rules" / "tiny"
    for name, text in (("pack", PACK), ("inputs", INPUTS), ("decisions/band", BAND), ("cases/all", CASES)):
        path = folder / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def run(folder, *arguments):
    """Pytest in a process of its own, with the plugin and none that is installed beside it."""
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    environment.pop("PYTEST_ADDOPTS", None)
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "continuum.pytest_plugin", "-p", "no:cacheprovider", *arguments],
        capture_output=True, text=True, encoding="utf-8", check=False, cwd=folder, env=environment, timeout=60,
    )  # fmt: skip
    return result.returncode, result.stdout + result.stderr


def test_each_case_is_a_test_of_its_own(pack, tmp_path):
    """A case can then be named, chosen and rerun like any test."""
    code, text = run(tmp_path, "-v")
    assert code == 0
    assert "rules/tiny/pack.yaml::young PASSED" in text
    assert "rules/tiny/pack.yaml::old PASSED" in text
    code, text = run(tmp_path, "rules/tiny/pack.yaml::old")
    assert (code, "1 passed" in text) == (0, True)


def test_a_failing_case_shows_the_finding_and_no_traceback(pack, tmp_path):
    """A policy officer reads this."""
    path = pack / "cases" / "all.yaml"
    path.write_text(CASES.replace("{band: high}", "{band: low}"), encoding="utf-8")
    code, text = run(tmp_path)
    assert code == 1
    assert "1 failed, 6 passed" in text  # the other case, and what all packs are held to
    assert "case `old`: `band` is high, expected low" in text
    assert "--> rules/tiny/cases/all.yaml:3:" in text
    assert "runtest" not in text


def test_a_pack_that_cannot_be_compiled_is_one_failing_test(pack, tmp_path):
    """A broken pack must not vanish from the run."""
    (pack / "decisions" / "band.yaml").write_text(BAND.replace("then: high", "then: hihg"), encoding="utf-8")
    code, text = run(tmp_path)
    assert code == 1
    assert "1 failed" in text
    assert "did you mean `high`?" in text
    assert "runtest" not in text


def test_a_pack_in_one_file_is_collected_too(tmp_path):
    """The small form of a pack has its cases beside its tables."""
    indented = "".join(f"    {line}\n" for line in BAND.splitlines())
    whole = PACK + INPUTS + "decisions:\n  -" + indented[3:] + CASES
    (tmp_path / "pack.yaml").write_text(whole, encoding="utf-8")
    code, text = run(tmp_path)
    assert code == 0, text
    assert "7 passed" in text


def test_other_files_are_left_alone(tmp_path):
    """Other projects have files of this name, and broken YAML, and must not notice the plugin."""
    (tmp_path / "pack.yaml").write_text("name: a web bundle\nid: [\n", encoding="utf-8")
    (tmp_path / "other.yaml").write_text(PACK, encoding="utf-8")
    (tmp_path / "test_one.py").write_text("def test_one():\n    pass\n", encoding="utf-8")
    code, text = run(tmp_path)
    assert code == 0
    assert "1 passed" in text


# --- properties -----------------------------------------------------------------------------------------------------

DIP = """\
decision: band
asks: Which band?
type: {scale: [low, high]}
hit: first
rules:
  - {id: BND-1, when: {age: "[10 .. 20]"}, then: high, because: Ten to twenty.}
  - {id: BND-0, otherwise: low, because: Else.}
"""
RISING = "raising any of [age] never lowers band"


def declaring(pack, *sentences, more=""):
    """The pack with these properties, and a band that is lower again from 21 on."""
    lines = "".join(f"  - {sentence}\n" for sentence in sentences)
    (pack / "pack.yaml").write_text(f"{PACK}properties:\n{lines}{more}", encoding="utf-8")
    (pack / "decisions" / "band.yaml").write_text(DIP, encoding="utf-8")
    return "rules/tiny/pack.yaml::property"


def test_each_property_is_a_test_that_passes_where_it_is_proved(pack, tmp_path):
    """What all packs are held to, and what this one declares, each by its sentence."""
    named = declaring(pack, "no profile has band at least high while every one of [age] is at most 9")
    code, text = run(tmp_path, "-v")
    assert code == 0, text
    assert f"{named} every profile has an outcome PASSED" in text
    assert f"{named} no profile has band at least high while every one of [age] is at most 9 PASSED" in text
    assert "8 passed" in text


def test_a_broken_property_fails_with_the_words_and_the_example(pack, tmp_path):
    """Two pupils that differ in one step, ready to paste among the cases."""
    named = declaring(pack, RISING)
    code, text = run(tmp_path, f"{named} {RISING}")
    assert code == 1, text
    assert "1 failed" in text
    assert f"`{RISING}` is broken; age from 10 to 21 takes `band` from high" in text
    assert "given: {age: 21}" in text
    assert "--> rules/tiny/pack.yaml:10" in text
    assert "runtest" not in text


def test_a_broken_default_fails_too(pack, tmp_path):
    """A gap is told with the profile that falls into it."""
    named = declaring(pack, RISING)
    path = pack / "decisions" / "band.yaml"
    path.write_text(DIP.replace("  - {id: BND-0, otherwise: low, because: Else.}\n", ""), encoding="utf-8")
    code, text = run(tmp_path, f"{named} every profile has an outcome")
    assert (code, "1 failed" in text, "given: {age: 0}" in text) == (1, True, True), text


def test_an_accepted_breach_is_a_failure_that_is_expected(pack, tmp_path):
    """It stays in sight, with the reason, and stops nobody."""
    named = declaring(pack, RISING)
    _, text = run(tmp_path, f"{named} {RISING}")
    witness = re.search(r"witness: (\w+)", text) or re.search(r"witness: (\w+)", checked(pack))
    line = f'accepted: [{{check: order, about: "{RISING}", because: Adults leave., until: 2030-01-01, witness: {witness[1]}}}]\n'
    declaring(pack, RISING, more=line)
    code, text = run(tmp_path, "-rx", f"{named} {RISING}")
    assert (code, "1 xfailed" in text, "Adults leave." in text) == (0, True, True), text


def checked(pack):
    """What `continuum check` says of the pack."""
    done = subprocess.run(
        [sys.executable, "-m", "continuum.cli", "check", str(pack)], capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def test_a_property_that_is_not_proved_is_skipped_with_the_reason(pack, tmp_path):
    """Neither held nor broken: a test that passed would be a promise that nobody kept."""
    sentence = "one step in any of [cost] moves pay by at most 1"
    named = declaring(pack, sentence)
    (pack / "pack.yaml").write_text(
        (pack / "pack.yaml").read_text(encoding="utf-8").replace("[band]", "[band, pay]"), encoding="utf-8"
    )
    (pack / "inputs.yaml").write_text(
        INPUTS + "  cost: {ask: Cost, type: money, unit: GBP/year, min: 0, max: 200000}\n", encoding="utf-8"
    )
    (pack / "decisions" / "pay.yaml").write_text(
        "decision: pay\nasks: How much?\ntype: money\nunit: GBP/year\nplaces: 2\nrounding: half_up\nhit: first\nrules:\n"
        '  - {id: PAY-1, otherwise: "= cost / (1 + age)", because: A share.}\n',
        encoding="utf-8",
    )
    code, text = run(tmp_path, "-rs", f"{named} {sentence}")
    assert (code, "1 skipped" in text, "is not proved: " in text) == (0, True, True), text


def test_properties_can_be_left_out(pack, tmp_path):
    """A proof of a large pack takes seconds."""
    declaring(pack, RISING)
    code, text = run(tmp_path, "-m", "not pack_property", "--strict-markers")
    assert (code, "2 passed, 6 deselected" in text) == (0, True), text


def test_a_pack_is_proved_once_and_only_when_a_property_is_asked_for(pack, tmp_path):
    """Seconds each, for a large pack."""
    declaring(pack, "band does not depend on age treating refer as highest")
    (tmp_path / "conftest.py").write_text(
        "from continuum.checks.subject import Subject\nfrom continuum.checks import subject\nright = subject.prove\n"
        "def prove(proofs):\n    print('PROVING')\n    return right(proofs)\nsubject.prove = prove\n",
        encoding="utf-8",
    )
    _, text = run(tmp_path, "-s")
    assert text.count("PROVING") == 1, text
    _, text = run(tmp_path, "-s", "-m", "not pack_property")
    assert "PROVING" not in text
