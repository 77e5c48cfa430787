# SPDX-License-Identifier: MIT
"""Short ways to write a small pack, decide with it, and read what is wrong with it."""

from __future__ import annotations

import datetime as dt
import textwrap
from functools import lru_cache
from pathlib import Path

from continuum.errors import PackError
from continuum.packs.loading import read_texts
from continuum.rulebook import Rulebook

DAY = dt.date(2025, 10, 1)

HEAD = """\
format: 1
id: small
version: "1.0.0"
title: A small pack
authority: {scheme: test, code: "1", name: A council}
status: illustrative
in_force: {from: 2020-01-01, to: 2030-12-31}
"""

INPUTS = """\
scales:
  need: [none, mild, moderate, severe, profound]
  stage: {values: [early, middle, late], points: {early: 0, middle: 2, late: 5}}
choices:
  places: [mainstream, srp, special]
groups:
  needs: [speech, hearing]
inputs:
  speech: {ask: Speech, type: scale, scale: need}
  hearing: {ask: Hearing, type: scale, scale: need}
  reading: {ask: Reading stage, type: scale, scale: stage}
  age: {ask: Age, type: integer, min: -10, max: 30}
  other_age: {ask: Other age, type: integer, min: -10, max: 30}
  score: {ask: Score, type: number, min: -100, max: 1000, step: 0.125}
  cost: {ask: Cost, type: money, unit: GBP/year, min: 0, max: 200000}
  last_score: {ask: Score last year, type: number, min: -100, max: 1000, step: 0.125, optional: yes}
  seen: {ask: Day seen, type: date, min: 1900-01-01, max: 2100-12-31}
  born: {ask: Day born, type: date, min: 1900-01-01, max: 2100-12-31}
  advice: {ask: Day of advice, type: date, min: 1900-01-01, max: 2100-12-31, optional: yes}
  setting: {ask: Setting, type: choice, of: places}
  plan: {ask: Plan, type: choice, of: [none, sen_support, ehcp]}
  on_roll: {ask: On roll, type: yes_no}
  hears: {ask: Hears, type: yes_no, optional: yes}
  sex: {ask: Sex, type: choice, of: [f, m], protected: yes}
"""


@lru_cache(maxsize=512)
def rulebook(text: str) -> Rulebook:
    """The rulebook of a pack in one file."""
    return Rulebook(read_texts({"p.yaml": text}, Path("p.yaml")))


def pack(decisions: str, *, outcomes: str = "out", inputs: str = INPUTS, more: str = "", head: str = HEAD) -> str:
    """The text of a pack from the list under ``decisions:`` and what else it needs."""
    parts = [
        head,
        f"outcomes: [{outcomes}]\n",
        textwrap.dedent(inputs),
        textwrap.dedent(more),
        "\ndecisions:\n",
        textwrap.indent(textwrap.dedent(decisions).strip("\n"), "  "),
        "\n",
    ]
    return "".join(parts)


def asking(subject: str, cell: str, *, more: str = "", extra: str = "") -> str:
    """A pack whose outcome is yes where the cell holds of the subject; ``cell`` as it stands in YAML."""
    return pack(
        f"""
        - decision: out
          asks: Does it hold?
          type: yes_no
          hit: first
          rules:
            - {{id: R-1, when: {{{subject}: {cell}}}, then: yes, because: It holds.{extra}}}
            - {{id: R-2, otherwise: no, because: It does not hold.}}
        """,
        more=more,
    )


def holds(subject: str, cell: str, *, more: str = "", extra: str = "", **given: object) -> bool:
    """Whether the quoted cell holds of the subject for these fields."""
    outcome = rulebook(asking(subject, f'"{cell}"', more=more, extra=extra)).decide(given, on=DAY).outcomes["out"]
    assert outcome.state == "indicated", outcome
    return outcome.value


def giving(expression: str, type_: str = "number", *, more: str = "", unit: str = "") -> str:
    """A pack whose outcome is the value of an expression."""
    keys = ", unit: GBP/year, places: 2, rounding: half_up" if type_ == "money" else f", unit: {unit}" * bool(unit)
    return pack(
        f"""
        - {{decision: out, asks: What is it?, type: {type_}{keys}, hit: first, rules: [
            {{id: R-1, otherwise: "= {expression}", because: It is.}}]}}
        """,
        more=more,
    )


def worked(expression: str, type_: str = "number", *, more: str = "", unit: str = "", **given: object):
    """The outcome whose value is this expression."""
    return rulebook(giving(expression, type_, more=more, unit=unit)).decide(given, on=DAY).outcomes["out"]


def value(expression: str, type_: str = "number", *, more: str = "", unit: str = "", **given: object):
    """The value of an expression that can be worked out."""
    outcome = worked(expression, type_, more=more, unit=unit, **given)
    assert outcome.state == "indicated", outcome
    return outcome.value


def table(hit: str, rules: str, *, type_: str = "number", keys: str = "", more: str = "", inputs: str = INPUTS) -> str:
    """A pack with one table."""
    text = f"""
- decision: out
  asks: What is it?
  type: {type_}
  hit: {hit}
  {keys}
  rules:
"""
    lines = textwrap.indent(textwrap.dedent(rules).strip("\n"), "    ")
    return pack(text + lines, more=more, inputs=inputs)


def decided(text: str, *, on: dt.date = DAY, **given: object):
    """The outcome ``out`` of a pack for these fields."""
    return rulebook(text).decide(given, on=on).outcomes["out"]


def faults(text: str):
    """Every finding of a pack that is refused."""
    try:
        Rulebook(read_texts({"p.yaml": text}, Path("p.yaml")))
    except PackError as error:
        return error.findings
    return ()


def codes(text: str) -> list[str]:
    """The codes of every finding of a pack that is refused; none where it is accepted."""
    return [finding.code for finding in faults(text)]
