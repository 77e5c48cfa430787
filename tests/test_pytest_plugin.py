# SPDX-License-Identifier: MIT
"""The pytest plugin: each worked example a test, and nothing else touched."""

from __future__ import annotations

import os
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
    assert "1 failed, 1 passed" in text
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
    assert "2 passed" in text


def test_other_files_are_left_alone(tmp_path):
    """Other projects have files of this name, and broken YAML, and must not notice the plugin."""
    (tmp_path / "pack.yaml").write_text("name: a web bundle\nid: [\n", encoding="utf-8")
    (tmp_path / "other.yaml").write_text(PACK, encoding="utf-8")
    (tmp_path / "test_one.py").write_text("def test_one():\n    pass\n", encoding="utf-8")
    code, text = run(tmp_path)
    assert code == 0
    assert "1 passed" in text
