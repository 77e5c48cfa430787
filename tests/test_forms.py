# SPDX-License-Identifier: MIT
"""The page of forms tells the truth: each pack on it can be copied, checked and run, and its examples use all its rules."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from continuum.cases import check_cases, run_cases
from continuum.packs.loading import read_cases, read_texts
from continuum.rulebook import Rulebook

PAGE = Path(__file__).resolve().parents[1] / "docs" / "language" / "forms.md"

FORMS = (
    "Rates or criteria that change by date",
    "Evidence that gates a matched rule",
    "Conditions nested in all, any and not",
    "A level judged by people",
    "A setting that changes the outcome, or must not",
    "Intervals on a measured value",
    "Thresholds by age, phase or key stage",
    "Caps on an award",
    "A person's decision in place of the rules",
    "A fixed amount for each band",
    "Supplements that add up",
    "Hours times rate times weeks, pro rata",
    "Cost above a threshold",
    "The highest of nested rules wins",
    "Exclusions",
    "A number of areas, one of them compulsory",
    "Protected and phased arrangements",
    "Residence and jurisdiction",
    "A review that moves one level",
    "Provision or eligibility as the outcome",
    "An amount by area and level",
    "An exceptional route",
    "Evidence that is recent enough",
    "Published intervals with gaps or overlaps",
    "Primary need selects the table",
    "Amounts given as ranges",
    "A top band without an upper end",
    "Amounts by age or phase",
    "A fallback where a value is missing",
    "Split placements",
    "The better or the worse eye or ear",
    "Points that are summed and cut",
    "A base amount and a multiplier",
    "Bands one after another, and rounding to a band",
    "Sub-tiers, staffing ratios, overrides and shares",
)

PART = "Learnt from the schemes that were read"

LEARNT = (
    "A score looked up in a printed table of ranges",
    "The two areas of most need count",
    "A fixed day of the school year",
    "Never below last year's award",
    "A source that can be read in two ways",
    "A version without a date, and a reading",
    "Two sources side by side that disagree",
    "One rule written for several areas",
    "A gate before everything",
)


def sections() -> dict[str, str]:
    """The text under each heading of the second and the third rank."""
    pieces = re.split(r"^###? (.+)$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


def packs() -> list:
    """Every pack of the page, named by its id and the line on which its fence opens."""
    text = PAGE.read_text(encoding="utf-8")
    found = []
    for match in re.finditer(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        name = re.search(r"^id: (\S+)$", match[1], re.MULTILINE)
        line = text.count("\n", 0, match.start()) + 1
        found.append(pytest.param(match[1], id=f"{name[1] if name else 'no id'}:{line}"))
    return found


PACKS = packs()
every_pack = pytest.mark.parametrize("text", PACKS)


@cache
def rulebook(text: str) -> Rulebook:
    """The rulebook of one pack, as an author would have it after copying."""
    return Rulebook(read_texts({"form.yaml": text}, Path("form.yaml")))


@cache
def decided(text: str) -> list:
    """Each case that is decided, with its decision by both engines."""
    book = rulebook(text)
    cases, _ = read_cases(book.written)
    return [
        (case, book.decide({**case.given, **case.rest}, on=case.on, cross_check=True))
        for case in cases
        if "error" not in case.expect
    ]


FAULTS = {
    "form-gaps-overlaps": ["CX921", "CX922"],  # what the form is about
    "form-two-sources": ["CX922"],
    "form-gate": ["CX921"],
}
"""The forms that show what a check finds, with its codes."""


@every_pack
def test_a_pack_compiles_and_has_no_error_but_those_it_is_to_show(text):
    """A reader who copies an example must not begin with an error; a question it asks is repeated."""
    book = rulebook(text)
    found = [*check_cases(book), *book.check()]
    assert [finding.code for finding in found if finding.severity == "error"] == FAULTS.get(book.id, [])
    assert sum(finding.code == "CX215" for finding in found) == len(book.written.pack.questions)


@every_pack
def test_the_cases_of_a_pack_hold(text):
    """What the page says comes out is what comes out."""
    results = run_cases(rulebook(text))
    assert [finding.message for result in results for finding in result.findings] == []
    assert len(results) >= 3


@every_pack
def test_both_engines_decide_the_cases_alike(text):
    """A form that one engine reads otherwise would be no form of the language. Bounds that are not exact have no second."""
    pytest.importorskip("durable_rules_engine", reason="durable_rules is an extra: it needs a C compiler")
    for case, decision in decided(text):
        assert decision.engines == ("reference", "durable") or not decision.exact, case.id
    assert sum(decision.cross_checked for _, decision in decided(text)) >= 3


@every_pack
def test_every_rule_of_a_pack_decides_a_case(text):
    """A rule shown but never tried is a rule that a reader copies on trust."""
    fired: set[str] = set()
    for _, decision in decided(text):
        fired |= {rule for outcome in decision.outcomes.values() if outcome.state != "range" for rule in outcome.rules}
        fired |= {rule.id for reason in decision.reasons if reason.state != "range" for rule in reason.fired}
    every = {rule.id for table in rulebook(text).written.pack.decisions for rule in table.rules}
    assert every - fired == set()


@every_pack
def test_a_pack_is_plainly_an_invented_one(text):
    """Nobody may take an example for a council's own rules."""
    pack = rulebook(text).written.pack
    assert pack.status in {"illustrative", "reading"}
    assert [source.title for source in pack.sources.values() if "invented" not in source.title] == []
    assert (pack.authority.scheme, pack.authority.code, pack.authority.name) == ("example", "000", "Example Council")
    assert pack.id.startswith("form-")


def test_no_two_packs_have_one_id():
    """Packs with one id cannot stand in one folder, and a reader may copy them all into one."""
    ids = Counter(rulebook(param.values[0]).id for param in PACKS)
    assert [name for name, times in ids.items() if times > 1] == []


def test_every_form_has_its_section_with_a_pack():
    """The forms were counted over real schemes; one left out is one that an author looks for in vain."""
    found = sections()
    assert tuple(found) == (*FORMS, PART, *LEARNT)
    assert [title for title, text in found.items() if "```yaml\n" not in text] == [PART]


def test_the_table_leads_to_every_section_in_its_order():
    """The table is how a reader finds a form; a link to nowhere is worse than none."""
    head = PAGE.read_text(encoding="utf-8").split("\n## ", 1)[0]
    linked = re.findall(r"^\| .*?\]\(#([\w-]+)\)", head, re.MULTILINE)
    titles = (*FORMS, *LEARNT)
    assert linked == [re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", title).strip().lower()) for title in titles]


def test_a_form_that_was_not_counted_says_so():
    """A number of schemes that nobody counted would be an invented figure."""
    head = PAGE.read_text(encoding="utf-8").split("\n## ", 1)[0]
    counts = dict(re.findall(r"^\| \[(.+?)\]\(#[\w-]+\) \| (.+?) \|", head, re.MULTILINE))
    assert [title for title, count in counts.items() if count == "met here"] == list(LEARNT)
    assert all(counts[title].isdigit() for title in FORMS)
