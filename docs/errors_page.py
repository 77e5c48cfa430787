# SPDX-License-Identifier: MIT
"""Writes docs/language/errors.md from the codes of the library: each code with its sentence, a small example and the fix.

Run ``python docs/errors_page.py`` after a code is added. The examples of kind ``pack`` and ``profile`` are real: a test turns the
right line into the wrong one and asks the library for its code.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from continuum.errors import CODES

PAGE = Path(__file__).parent / "language" / "errors.md"

PACK = """\
format: 1
id: example
version: "1.0.0"
title: An example
authority: {scheme: dfe_la, code: "000", name: A council}
status: draft
in_force: {from: 2025-09-01, to: 2026-08-31}
sources:
  policy: {title: "A policy"}
outcomes: [band, top_up]
properties:
  - raising any of [needs] never lowers band
impossible:
  - {when: {age: "< 4", band_before: severe}, because: "A child under four had no band before.", fix: "Correct the age."}
scales:
  need: [none, mild, severe]
groups:
  needs: [speech, hearing]
inputs:
  speech: {ask: "Speech and language", type: scale, scale: need}
  hearing: {ask: "Hearing", type: scale, scale: need}
  band_before: {ask: "Level last year", type: scale, scale: need}
  cost: {ask: "Yearly cost", type: money, unit: GBP/year, min: 0, max: 50000}
  hours: {ask: "Hours of help", type: number, unit: hours/week, min: 0, max: 40, step: 0.5}
  age: {ask: "Age", type: integer, min: 0, max: 25}
  sex: {ask: "Sex", type: choice, of: [f, m], protected: yes}
measures:
  highest_need: max(needs)
  yearly_hours: hours * 39
rates:
  amount:
    keys: [need]
    type: money
    unit: GBP/year
    rows:
      - {need: any, value: 0, from: 2025-09-01, to: 2026-08-31}
      - {need: severe, value: 3000, from: 2025-09-01, to: 2026-08-31}
decisions:
  - decision: band
    asks: "Which band?"
    type: {scale: [lower, upper]}
    hit: highest
    rules:
      - id: BND-1
        when: {highest_need: ">= severe", cost: "> 6000"}
        then: upper
        because: "A severe need that costs more than 6,000 pounds."
        source: policy#1
      - {id: BND-2, otherwise: lower, because: "No line is reached.", source: policy#2}
  - decision: top_up
    asks: "How much?"
    type: money
    unit: GBP/year
    places: 2
    rounding: half_up
    hit: first
    rules:
      - {id: TOP-1, when: {band: upper}, then: "= amount[highest_need]", because: "The amount of the level.", source: policy#3}
      - {id: TOP-2, otherwise: not_applicable, because: "Only in the upper band.", source: policy#4}
"""

PROFILE = 'speech: severe\nhearing: none\nband_before: mild\ncost: 8200.00\nhours: 4.5\nage: 9\nsex: f\n'


class Example(NamedTuple):
    """What brings a code about, and its mending. ``kind`` says where ``right`` stands: in :data:`PACK`, in
    :data:`PROFILE`, or nowhere (``told``), when only the library's surroundings can show it."""

    kind: str
    wrong: str
    right: str
    fix: str


EXAMPLES: dict[str, Example] = {
    "CX101": Example("told", "continuum check rules/no-such-pack", "continuum check rules/kent-continuum", "Check the path, that you may read it, and that it is saved as UTF-8."),
    "CX102": Example("pack", 'title: "An example', "title: An example", "Close the quote or bracket. Indent with spaces, not tabs."),
    "CX103": Example("pack", "title: An example\ntitle: Another", "title: An example", "Keep one of the two."),
    "CX104": Example("pack", "titel: An example", "title: An example", "Spell the key as the language has it, or move it to the file it belongs in."),
    "CX105": Example("pack", "{id: BND-2, otherwise: lower, source: policy#2}", '{id: BND-2, otherwise: lower, because: "No line is reached.", source: policy#2}', "Add the key that is named."),
    "CX106": Example("pack", "title: &title An example", "title: An example", "Write the value out each time. Quote text that begins with `&`, `*` or `!`."),
    "CX107": Example("pack", "outcomes: band", "outcomes: [band, top_up]", "Write a list as `[a, b]` and a mapping as `{key: value}`."),
    "CX108": Example("pack", "status: final", "status: draft", "Use one of the words that the message lists."),
    "CX109": Example("told", "decisions.yaml beside pack.yaml", "decisions/band.yaml", "Name the file as the language has it. A pack needs `pack.yaml`, `inputs.yaml` and one file in `decisions/`."),
    "CX110": Example("pack", "format: 9", "format: 1", "Write `format: 1`, or use a newer library."),
    "CX111": Example("pack", "highestNeed: max(needs)", "highest_need: max(needs)", "Small letters, digits and `_` for names; rule ids look like `EXC-1`."),
    "CX112": Example("told", "when: {not: {not: {not: … forty levels deep …}}}", "when: {highest_need: severe}", "Split the file, or flatten what is nested."),
    "CX201": Example("pack", 'when: {highest_ned: ">= severe", cost: "> 6000"}', 'when: {highest_need: ">= severe", cost: "> 6000"}', "Spell the name as it is declared; the message names the nearest."),
    "CX202": Example("pack", "id: BND-1, otherwise", "id: BND-2, otherwise", "Give each thing a name of its own. Rule ids are unique in the whole pack."),
    "CX203": Example("pack", "today: max(needs)", "highest_need: max(needs)", "Choose a name that is not a word of the language."),
    "CX204": Example("pack", "need: [none, mild, severe, cost]", "need: [none, mild, severe]", "Rename the value or the input."),
    "CX205": Example("pack", 'cost: "> severe"', 'cost: "> 6000"', "Compare like with like: a level with a level, an amount with an amount."),
    "CX206": Example("pack", 'highest_need: ">= sever"', 'highest_need: ">= severe"', "Use a declared value; the message names the nearest."),
    "CX207": Example("told", 'cost: "> 60000"   # where cost ends at 50,000', 'cost: "> 6000"', "Write a number that the input can take, or widen its range. The code is kept for this; the library does not report it yet."),
    "CX208": Example("pack", "yearly_hours: hours + cost", "yearly_hours: hours * 39", "Bring both sides to one unit with a written factor."),
    "CX209": Example("pack", "yearly_hours: yearly_hours * 39", "yearly_hours: hours * 39", "Break the circle: one of the definitions must stand on inputs alone."),
    "CX210": Example("pack", "when: {sex: f, cost:", 'when: {highest_need: ">= severe", cost:', "Take the clause out. A protected input may be recorded, never read."),
    "CX211": Example("pack", "source: polcy#1", "source: policy#1", "List the source under `sources:`, or spell its id as there."),
    "CX212": Example("pack", '{id: BND-2, otherwise: lower, because: "No line is reached."}', '{id: BND-2, otherwise: lower, because: "No line is reached.", source: policy#2}', "Cite the paragraph. Only an illustrative pack may leave sources out."),
    "CX213": Example("pack", "min: 50000, max: 0}", "min: 0, max: 50000}", "Mend what the message names: a range that ends before it begins, an amount without its rounding, a table with two `otherwise`."),
    "CX214": Example("pack", 'when: {highest_need: ">= severe", cost: unknown}', 'when: {highest_need: ">= severe", cost: "> 6000"}', "Add `missing: deliberate` to the rule if a missing answer is meant to decide; else test the value."),
    "CX301": Example("pack", 'cost: ">> 6000"', 'cost: "> 6000"', "Write the cell in one of the forms the language lists."),
    "CX302": Example("pack", "highest_need: max(needs", "highest_need: max(needs)", "Close the brackets and use the operators the language lists."),
    "CX303": Example("pack", "yearly_hours: round(hours)", "yearly_hours: hours * 39", "Give the function all its arguments: `round(hours, 0, half_up)`."),
    "CX304": Example("pack", "- band should rise with [needs]", "- raising any of [needs] never lowers band", "Use one of the sentence forms, word for word."),
    "CX401": Example("pack", "{need: any, value: 0, from: 2025-09-01, to: 2026-08-31}\n      - {need: any, value: 10, from: 2026-01-01}", "{need: any, value: 0, from: 2025-09-01, to: 2026-08-31}", "End one row the day before the next begins."),
    "CX402": Example("pack", "{need: severe, from: 2025", "{need: severe, value: 3000, from: 2025", "Give each row every key of the rate, and its `value`. `any` fits every value of a key."),
    "CX501": Example("profile", "speach: severe", "speech: severe", "Spell the field as the pack asks it; codes and labels work too."),
    "CX502": Example("profile", "speech: huge", "speech: severe", "Use one of the values the message lists. Leave the field out where nobody knows."),
    "CX503": Example("profile", "age: 90", "age: 9", "Check the number against the range and the step that the message gives."),
    "CX504": Example("profile", "band_before: severe\ncost: 8200.00\nhours: 4.5\nage: 3", "band_before: mild\ncost: 8200.00\nhours: 4.5\nage: 9", "Correct one of the fields; the message says which cannot stand together and why."),
    "CX505": Example("profile", "sex: f\nupn: A12", "sex: f", "Copy the 13 characters again, or leave the number out: deciding does not need it."),
    "CX506": Example("profile", "speech: severe\nSpeech and language: mild", "speech: severe", "Keep one. The two names mean the same field."),
    "CX507": Example("told", "rulebook.profile(cost=8200.10)", 'rulebook.profile(cost="8200.10")', "Give text, `int` or `Decimal`."),
    "CX601": Example("told", 'continuum.load("kent")', 'continuum.load("kent-continuum")', "Use an id that `continuum packs` lists, or a path."),
    "CX602": Example("told", 'continuum.load("kent-continuum", on=dt.date(2019, 1, 1))', 'continuum.load("kent-continuum", on=dt.date(2025, 10, 1))', "Take a day that a version covers; ask for a proposed or draft version by its status."),
    "CX603": Example("told", "kent_2025.decide(pupil, on=dt.date(2027, 1, 1))", "kent_2025.decide(pupil, on=dt.date(2025, 10, 1))", "Load the version of that day."),
    "CX604": Example("told", "two folders that both say `id: example`, `version: \"1.0.0\"`", "one folder a version", "Keep one. A correction is a new version."),
    "CX701": Example("told", 'pip install .', 'pip install ".[durable]"', "Install the extra; it needs a C compiler and the Python headers. Everything else works without it."),
    "CX702": Example("told", "a rule whose nested `any` writes out to thousands of rows", "several rules", "Split the rule, or decide without the cross-check."),
    "CX703": Example("told", "no example is known: this is a fault of the library", "—", "Use no result. Report the pack's id, version and digest, with a made-up profile that shows it."),
    "CX704": Example("told", 'kent.decide_with("durable", {"speech_language": "severe"}, on=day)', 'kent.decide({"speech_language": "severe"}, on=day)', "Use `decide`, which answers with a range."),
    "CX705": Example("told", 'kent.decide_with("durible", pupil, on=day)', 'kent.decide_with("durable", pupil, on=day)', "Use a name that the message lists."),
    "CX801": Example("told", "continuum decide no-such-file.yaml", "continuum decide examples/pupil.yaml", "Check the path and the format; save spreadsheets as *CSV UTF-8*."),
    "CX802": Example("told", "on: 1/10/2025", "on: 2025-10-01", "Mend the row that is named. The other rows are decided all the same."),
    "CX901": Example("told", "expect: {band: lower}   # the rules say upper", "expect: {band: upper}", "Decide which is wrong, the rule or the example, and mend that one."),
}  # fmt: skip
"""One example for every code."""

GROUPS = {
    "1": "Reading a pack's files", "2": "Names, types and sources", "3": "Cells, expressions and properties",
    "4": "Rates", "5": "Profiles", "6": "Packs, versions and days", "7": "Engines", "8": "Files of profiles",
    "9": "Worked examples",
}  # fmt: skip

HEAD = """\
<!-- Written by docs/errors_page.py from continuum.errors.CODES. Do not edit. -->
# Errors

Every error has a code that never changes its meaning. The library reports **all** faults at once, each with its place, what was
expected and the nearest fix:

```text
error[CX206]: `sever` is not a value of highest_need
  --> decisions/band.yaml:8:30
  |
8 |     when: {highest_need: ">= sever"}
  |                              ^^^^^
   = help: did you mean `severe`?
```

The wording of a message may improve. The code stays. No message repeats a unique pupil number.
"""


def page() -> str:
    """The whole page."""
    parts, group = [HEAD], ""
    for code, sentence in CODES.items():
        if group != (group := code[2]):
            parts.append(f"\n## {GROUPS[group]}\n")
        example = EXAMPLES[code]
        parts.append(
            f"\n### {code}\n\n{sentence[0].upper()}{sentence[1:]}.\n\n"
            f"{_block('Wrong', example.wrong)}\n{_block('Right', example.right)}\n{example.fix}\n"
        )
    return "".join(parts)


def _block(word: str, text: str) -> str:
    return f"{word}:\n\n```text\n{text}\n```\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
