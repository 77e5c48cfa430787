# SPDX-License-Identifier: MIT
"""Properties of packs, answered for their authors: what is proved, what is broken and shown, what cannot be told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.helpers import pack, rulebook

import continuum

ROOT = Path(__file__).resolve().parents[1]
RULES = """
- decision: out
  asks: Which?
  type: {scale: [low, high]}
  hit: first
  rules:
    - {id: O-1, when: {speech: severe}, then: high, because: b}
    - {id: O-2, when: {speech: profound, age: "[3 .. 9]"}, then: low, because: b}
    - {id: O-3, when: {speech: [none, mild, moderate]}, then: low, because: b}
    - {id: O-4, when: {speech: mild, age: 4}, then: high, because: b}
"""
SENTENCE = "raising any of [speech] never lowers out"


def text(more=""):
    """A pack with a gap, a fall and a rule that nobody comes to."""
    return pack(RULES, more=f'properties: ["{SENTENCE}"]\n{more}')


def answers(written):
    """The answer to each sentence."""
    return {answer.sentence: answer for answer in rulebook(written).prove()}


def check(folder, *more):
    """The command line's check, with proofs."""
    return subprocess.run(
        [sys.executable, "-m", "continuum.cli", "check", "--proved", str(folder), *more],
        capture_output=True,
        text=True,
        check=False,
    )


def test_each_sentence_is_answered_once_with_its_examples():
    """The defaults come first, then what the pack declares."""
    found = answers(text())
    assert found["every profile has an outcome"].verdict == "broken"
    assert found["every rule can apply"].why == "no profile comes to O-4"
    assert found["no two rules of equal rank disagree"].verdict == "proved"
    broken = found[SENTENCE]
    assert broken.verdict == "broken"
    before, after = broken.pairs[0].profiles
    differ = [name for name, value in before.values if dict(after.values)[name] != value]
    assert differ == ["speech"]


def test_a_default_that_is_switched_off_is_not_asked():
    """A pack that leaves gaps on purpose says so, with a reason."""
    off = 'defaults_off: [{property: "every profile has an outcome", because: "The source leaves gaps."}]\n'
    assert "every profile has an outcome" not in answers(text(off))


def test_a_broken_property_is_shown_with_cases_that_can_be_pasted(tmp_path):
    """CX926: what is shown can be tried at once, and holds."""
    path = tmp_path / "p.yaml"
    path.write_text(text(), encoding="utf-8")
    result = check(tmp_path)
    assert result.returncode == 1
    assert f"`{SENTENCE}` is broken; speech from severe to profound takes `out` from high [O-1] to low [O-2]" in result.stdout
    assert "proved: no two rules of equal rank disagree, for all " in result.stderr
    blocks = [line.removeprefix("     ") for line in result.stdout.splitlines() if line.startswith("     ")]
    cases = "\n".join(f"  {line}" for line in blocks)
    names = iter(range(99))
    cases = "\n".join(f"  - id: e{next(names)}" if "- id:" in line else line for line in cases.splitlines())
    path.write_text(text() + f"cases:\n{cases}\n", encoding="utf-8")
    results = continuum.run_cases(continuum.load(path))
    assert len(results) == 5  # a profile without an outcome, and two pairs
    assert not [finding.line() for one in results for finding in one.findings]


def test_an_accepted_breach_is_a_note_until_its_end(tmp_path):
    """It is still listed, and comes back when its time is over."""
    (finding,) = (one for one in rulebook(text()).check() if one.code == "CX926")
    line = finding.accept.replace('"..."', '"As published."').replace("...", "2026-08-31")
    (tmp_path / "p.yaml").write_text(text(f"accepted:\n  {line}\n"), encoding="utf-8")
    for day, severity in (("2026-08-31", "note[CX926]"), ("2026-09-01", "error[CX926]")):
        assert f"{severity}: `{SENTENCE}` is broken" in check(tmp_path, "--on", day).stdout


def test_what_cannot_be_proved_is_a_warning_with_the_reason(tmp_path):
    """CX915: a formula over pounds is not followed pound by pound."""
    rules = """
    - decision: out
      asks: How much?
      type: money
      unit: GBP/year
      places: 2
      rounding: half_up
      hit: first
      rules: [{id: A-1, otherwise: "= if(cost > 6000, cost - 6000, 0)", because: b}]
    """
    (tmp_path / "p.yaml").write_text(
        pack(rules, more='properties: ["raising any of [cost] never lowers out"]\n'), encoding="utf-8"
    )
    result = check(tmp_path)
    assert result.returncode == 0
    assert "warning[CX915]" in result.stdout
    assert "worked out from amounts that are not told apart" in result.stdout


@pytest.mark.parametrize("version", ["2025.9.0", "2026.9.0"])
def test_every_property_of_the_kent_packs_is_proved(version):
    """For every profile there can be, on each day on which something changes."""
    found = continuum.load(ROOT / "rules" / "kent-continuum" / version).prove()
    assert len(found) >= 15
    assert {answer.verdict for answer in found} == {"proved"}
    assert min(answer.profiles for answer in found) > 10**29


@pytest.mark.parametrize(
    ("scheme", "gaps"),
    [("clinical-hearing/2026.11.0", {"better_ear": "20.25"}), ("surrey-mainstream-banding/2019.11.0", {})],
)
def test_the_gaps_between_published_intervals_are_found(scheme, gaps):
    """21 to 40 and 41 to 70 leave something between them, and a pupil in it is shown."""
    found = {answer.sentence: answer for answer in continuum.load(ROOT / "examples" / "schemes" / scheme).prove()}
    broken = found["every profile has an outcome"]
    assert broken.verdict == "broken"
    first = {name: str(float(value)) for name, value in broken.pairs[0].profiles[0].values if name in gaps}
    assert first == gaps


MISSING = "a missing answer never decides the case by itself"


@pytest.mark.parametrize(
    ("when", "measure", "verdict"),
    [
        ('hrs: ">= 5"', "coalesce(hours, 0)", "broken"),
        ('hrs: ">= 5"', "if(known(hours), 10, 0)", "broken"),
        ('hrs: ">= 6"', "coalesce(hours, 0)", "proved"),
    ],
)
def test_that_a_missing_answer_never_decides_is_asked_and_not_taken_for_granted(tmp_path, when, measure, verdict):
    """The check that shows the pupil and the sentence that says there is none must never both speak."""
    inputs = "inputs: {hours: {ask: H, type: integer, min: 5, max: 30}}\n"
    rules = f"""
    - decision: out
      asks: Which?
      type: {{scale: [low, high]}}
      hit: first
      rules:
        - {{id: O-1, when: {{{when}}}, then: high, because: b}}
        - {{id: O-2, otherwise: low, because: b}}
    """
    written = pack(rules, inputs=inputs, more=f'measures: {{hrs: "{measure}"}}\n')
    found = answers(written)[MISSING]
    assert found.verdict == verdict
    assert [pair.differs for pair in found.pairs] == ["hours"] * (verdict == "broken")
    (tmp_path / "p.yaml").write_text(written, encoding="utf-8")
    result = check(tmp_path)
    assert ("error[CX932]" in result.stdout) == (verdict == "broken")
    assert (f"proved: {MISSING}" in result.stderr) == (verdict == "proved")


def test_a_proved_missing_answer_names_the_outcomes_that_it_says_nothing_of():
    """What has no order is neither lower nor higher."""
    rules = RULES.replace("scale: [low, high]", "choice: [low, high]")
    assert answers(pack(rules))[MISSING].why == "not asked of outcomes without an order: out"
