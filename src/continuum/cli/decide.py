# SPDX-License-Identifier: MIT
"""`continuum decide`: profiles in, decisions out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import click

from continuum.cli.options import Word, about_profiles
from continuum.cli.rows import Asked, Complaints, Decided, progress, read_all
from continuum.decisions import Decision, Outcome, PackRef


@click.command("decide")
@about_profiles
@click.option("--format", "form", type=Word(["text", "json", "jsonl"]), default="text", show_default=True, help="How to print.")
def command(
    profiles: tuple[str, ...], on: date | None, pack: str | None, version: str | None, status: str | None,
    input_format: str | None, form: str,
) -> None:  # fmt: skip
    """Decide the profiles in YAML, JSON, JSON Lines or CSV files; - is standard input.

    A profile that cannot be decided is named on standard error, the others are decided, and the exit status is 1.
    Every complete profile is decided by two engines where both are installed.
    """
    asked = Asked(on, pack, version, status)
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
    for decided in results:
        if decided.findings:
            complaints.tell(decided)
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
            click.echo(decided.decision.explain("panel").rstrip("\n"))
            click.echo(f"\n{decided.engines[0].upper()}{decided.engines[1:]}.")
    else:
        _blocks(results)


def _blocks(results: Iterator[Decided]) -> None:
    """A short block for each case, with a heading wherever the pack changes."""
    heading = ""
    for decided in results:
        decision = decided.decision
        if decision is None:
            click.echo(f"\n{_name(decided)}: not decided, see the messages")
            continue
        if heading != (heading := _heading(decision.pack)):
            click.echo(heading)
        click.echo(f"\n{_name(decided)}: {_STATUS[decision.status]}, for {decision.on}")
        width = max(map(len, decision.outcomes))
        for name, outcome in decision.outcomes.items():
            click.echo(f"  {name:<{width}}  {in_words(outcome)}")
        settles = [missing.field for missing in decision.missing]
        if settles:
            click.echo(f"  not known: {', '.join(settles)}")
        click.echo(f"  {decided.engines}")


_STATUS = {"indicated": "indicated", "range": "open", "refer": "refer", "out_of_scope": "out of scope"}
STANDING = {
    "illustrative": "ILLUSTRATIVE: not a policy in force.",
    "draft": "DRAFT: not a policy in force.",
    "proposed": "PROPOSED: not a policy in force.",
    "withdrawn": "WITHDRAWN: no longer in force.",
}


def _heading(pack: PackRef) -> str:
    standing = STANDING.get(pack.status)
    return f"{pack.title}, version {pack.version}" + (f"\n{standing}" if standing else "")


def _name(decided: Decided) -> str:
    row = decided.row
    return f"{row.file}, row {row.number}" + (f", {row.ref}" if row.ref else "")


def in_words(outcome: Outcome) -> str:
    """An outcome in a few words."""
    if outcome.state == "indicated":
        return _value(outcome.value, outcome.unit)
    if outcome.state == "refer":
        to = f" to {outcome.to}" if outcome.to else ""
        return f"refer{to}: {outcome.because}" if outcome.because else f"refer{to}"
    if outcome.state == "not_applicable":
        return "does not apply"
    if outcome.lowest is not None and outcome.lowest != outcome.highest:
        words = f"from {_value(outcome.lowest, '')} to {_value(outcome.highest, outcome.unit)}"
        states = [_value(item, "") for item in outcome.possible if item in ("refer", "not_applicable", "individually_agreed")]
        return f"open: {words}" + "".join(f", or {state}" for state in states)
    return "open: " + " or ".join(_value(item, outcome.unit) for item in outcome.possible)


def _value(value: Any, unit: str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(_value(item, "") for item in value) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_value(item, unit)}" for name, item in value.items())
    if isinstance(value, int | Decimal):
        money, _, per = unit.partition("/")
        if money == "GBP":
            return f"£{value:,}" + (f" a {per}" if per else "")
        return f"{value:,f} {unit}".rstrip() if isinstance(value, Decimal) else f"{value} {unit}".rstrip()
    return str(value).replace("_", " ")
