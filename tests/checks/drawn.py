# SPDX-License-Identifier: MIT
"""Small packs, drawn; and all their profiles one by one, so that a check can be held against the plain truth."""

from __future__ import annotations

import datetime as dt
from itertools import product

from hypothesis import strategies as st
from tests.helpers import HEAD, rulebook

from continuum.checks.run import CHECKS
from continuum.checks.subject import Subject
from continuum.compiled import ABSENT
from continuum.engines.completions import Line
from continuum.engines.reference import Reference

DAYS = (dt.date(2025, 1, 1), dt.date(2025, 12, 31))
INPUTS = """\
scales:
  need: [none, mild, severe]
choices:
  places: [here, there]
inputs:
  speech: {ask: a, type: scale, scale: need}
  hearing: {ask: b, type: scale, scale: need, blank_means: none}
  age: {ask: c, type: integer, min: 0, max: 4}
  place: {ask: d, type: choice, of: places}
  report: {ask: e, type: yes_no, optional: yes}
"""
LEVELS = ("none", "mild", "severe")
CELLS = {
    "speech": ["severe", ">= mild", "none", "< severe"],
    "hearing": ["none", ">= severe", "mild"],
    "age": [">= 3", "[1 .. 2]", "0", "< 4", "> 4"],
    "place": ["here", "there"],
    "report": ["yes", "absent", "present"],
    "now": [">= 2025-06-01", "< 2025-06-01"],
}
RESULTS = ["low", "mid", "high", "low", "high", "refer", "not_applicable"]


@st.composite
def conditions(draw, more=()):
    """One or two lines, sometimes an `any` of two."""
    names = draw(st.lists(st.sampled_from([*CELLS, *dict(more)]), min_size=1, max_size=2, unique=True))
    lines = [f'{name}: "{draw(st.sampled_from(dict(more).get(name) or CELLS[name]))}"' for name in names]
    if len(lines) == 2 and draw(st.booleans()):
        return f"{{any: [{{{lines[0]}}}, {{{lines[1]}}}]}}"
    return f"{{{', '.join(lines)}}}"


@st.composite
def tables(draw, name, letter, hits, more=()):
    """A decision with two to five rules, and perhaps an `otherwise`."""
    hit = draw(st.sampled_from(hits))
    kind = "{choice: [low, mid, high]}" if hit == "collect" else "{scale: [low, mid, high]}"
    rules = []
    for i in range(draw(st.integers(2, 5))):
        then, why = draw(st.sampled_from(RESULTS)), draw(st.sampled_from("xy"))
        to = f", to: {draw(st.sampled_from(['panel', 'head']))}" * (then == "refer")
        rules.append(f"    - {{id: {letter}-{i}, when: {draw(conditions(more))}, then: {then}{to}, because: {why}}}")
    if draw(st.booleans()):
        rules.append(f"    - {{id: {letter}-9, otherwise: {draw(st.sampled_from(RESULTS))}, because: z}}")
    return "\n".join([f"- decision: {name}", "  asks: q", f"  type: {kind}", f"  hit: {hit}", "  rules:", *rules])


@st.composite
def packs(draw, hits=("first", "unique", "any", "highest", "collect")):
    """A pack of two decisions, of which the second may read the first, and sometimes with profiles that cannot be."""
    base = draw(tables("base", "B", ("first", "unique", "highest")))
    reads_base = (("base", ["high", "low", "applicable", "referred", "not (low)"]),)
    out = draw(tables("out", "R", hits, reads_base))
    impossible = f"impossible: [{{when: {draw(conditions())}, because: c}}]\n" if draw(st.booleans()) else ""
    head = HEAD.replace("2020-01-01", str(DAYS[0])).replace("2030-12-31", str(DAYS[1]))
    return (
        f"{head}outcomes: [out, base]\n{INPUTS}measures: {{now: today}}\n{impossible}decisions:\n"
        + "\n".join(f"  {line}" for line in f"{base}\n{out}".splitlines())
        + "\n"
    )


def profiles(text):
    """Every complete profile of a pack that can be, as the reference engine sees it, on each day that matters."""
    book = rulebook(text)
    reference = Reference(book.pack)
    choices = [_values(asked, DAYS[0]) for asked in book.pack.inputs.values()]
    for day in (*DAYS, dt.date(2025, 5, 31), dt.date(2025, 6, 1)):
        for values in product(*choices):
            env = reference.env(dict(zip(book.pack.inputs, values, strict=True)), day)
            if not any(holds(env) for holds in reference.impossible):
                yield env


def _values(asked, day):
    values = [False, True] if asked.type.kind == "yes_no" else list(asked.type.values) or list(Line(asked, day).all())
    return values + [ABSENT] * asked.optional


def faults(text, check, **keys):
    """What one check finds in a pack."""
    book = rulebook(text)
    subject = Subject(book._reference, book._completions, book._written, **keys)
    return list(next(one for one in CHECKS if one.name == check).find(subject))


def without(text, rule):
    """The pack without a rule; None where the table would have none left."""
    lines = [line for line in text.splitlines() if f"{{id: {rule}," not in line]
    kept = "\n".join(lines) + "\n"
    return (
        kept if "rules:\n  -" not in kept.replace("rules:\n      -", "rules") and "    rules:\n  - decision" not in kept else None
    )
