# SPDX-License-Identifier: MIT
"""`continuum decide`: profiles in, decisions out."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from typing import Any

import click

from continuum.cli.options import Word, about_profiles
from continuum.cli.rows import Asked, Complaints, Decided, progress, read_all
from continuum.compiled import CompiledPack
from continuum.decisions import Decision
from continuum.explain import STATUS_WORDS, WIDTH, outcome_words
from continuum.rulebook import Rulebook

STATUS = {
    "indicated": "indicated", "range": "not settled", "refer": "for people to decide", "out_of_scope": "out of scope",
}  # fmt: skip
BESIDE = ("CX501", "CX505")
"""Codes of findings about columns beside the answers."""
FOR_CASELOADS = "   = help: `continuum bulk IN OUT` decides caseloads; columns that the pack does not ask pass through it unread"


@click.command("decide")
@about_profiles
@click.option("--format", "form", type=Word(["text", "json", "jsonl"]), default="text", show_default=True, help="How to print.")
def command(profiles: tuple[str, ...], input_format: str | None, form: str, **named: Any) -> None:
    """Decide the profiles in YAML, JSON, JSON Lines or CSV files; - is standard input.

    A profile that cannot be decided is named on standard error, the others are decided, and the exit status is 1.
    Every complete profile is decided by two engines where both are installed.
    """
    asked = Asked(**named)
    rows = read_all(profiles, input_format, asked)
    complaints = Complaints()
    alone = len(rows) == 1 and rows[0].alone
    with progress(rows) as shown:
        _print(_told((asked.decide(row) for row in shown), complaints), form, alone=alone)
    if len(rows) > 1:
        click.echo(_count(len(rows), complaints.rows), err=True)
    if complaints.rows:
        raise SystemExit(1)


def _told(results: Iterator[Decided], complaints: Complaints) -> Iterator[Decided]:
    said = False
    for decided in results:
        if decided.findings:
            complaints.tell(decided)
            if not said and not decided.row.alone and any(finding.code in BESIDE for finding in decided.findings):
                said = True
                click.echo(FOR_CASELOADS, err=True)
        yield decided


def _count(rows: int, bad: int) -> str:
    return f"{rows - bad} decided, {bad} not decided" if bad else f"{rows} decided"


def _print(results: Iterator[Decided], form: str, *, alone: bool) -> None:
    if form == "jsonl":
        for decided in results:
            click.echo(json.dumps(decided.as_dict(), ensure_ascii=False))
    elif form == "json" and alone:
        decided = next(results)
        data = decided.decision.model_dump(mode="json") if decided.decision else decided.as_dict()
        if decided.footnote:
            click.echo(decided.engines, err=True)
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
    elif form == "json":
        before = "[\n"
        for decided in results:
            click.echo(before + json.dumps(decided.as_dict(), ensure_ascii=False, indent=2), nl=False)
            before = ",\n"
        click.echo("\n]")
    elif alone:
        decided = next(results)
        if decided.decision:
            click.echo("\n".join([decided.decision.explain("panel").rstrip("\n"), *decided.footnote]))
    else:
        _blocks(results)


def _blocks(results: Iterator[Decided]) -> None:
    """A short block for each case, with a heading wherever the pack changes."""
    heading = ""
    for decided in results:
        decision, rulebook = decided.decision, decided.rulebook
        if decision is None or rulebook is None:
            click.echo(f"{decided.row.name}: NOT DECIDED\n  see the message for line {decided.row.line}\n")
            continue
        if heading != (heading := _heading(rulebook)):
            click.echo(f"{heading}\n")
        click.echo("\n".join(_block(decided, decision, rulebook.pack)) + "\n")


def _heading(rulebook: Rulebook) -> str:
    pack = rulebook.pack
    standing = STATUS_WORDS.get(pack.status, "").format(authority=pack.authority)
    return f"{pack.title}, version {pack.version}" + (f"\n{standing}" if standing else "")


def _block(decided: Decided, decision: Decision, pack: CompiledPack) -> Iterator[str]:
    yield f"{decided.row.name}: {STATUS[decision.status]} on {decision.on.day} {decision.on:%B %Y}"
    width = max(len(pack.label(name)) for name in decision.outcomes)
    for name, outcome in decision.outcomes.items():
        label = pack.label(name)
        yield from _wrapped(f"{label[:1].upper()}{label[1:]:<{width - 1}}", outcome_words(pack, name, outcome))
    if decision.missing:
        wanted = ", ".join(pack.label(missing.field) for missing in decision.missing)
        yield from _wrapped(f"{'Not known':<{width}}", wanted)
    yield from _wrapped(f"{'Engines':<{width}}", decided.engines)


def _wrapped(label: str, words: str) -> list[str]:
    margin = " " * (len(label) + 4)
    return textwrap.wrap(words, WIDTH, initial_indent=f"  {label}  ", subsequent_indent=margin, break_long_words=False)
