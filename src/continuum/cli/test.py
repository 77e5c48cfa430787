# SPDX-License-Identifier: MIT
"""`continuum test`: the worked examples of packs, held against what they expect."""

from __future__ import annotations

import click

from continuum.cases import run_cases
from continuum.cli.found import Found, packs_below
from continuum.errors import Finding, PackError


@click.command("test")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path())
def command(paths: tuple[str, ...]) -> None:
    """Run the worked examples of every pack at or below the paths."""
    passed = failed = broken = 0
    for found in packs_below(paths):
        held, faults, readable = _ran(found)
        for finding in faults:
            click.echo(f"{finding.place}: {finding.message}" if readable else finding.text())
        passed, failed, broken = passed + held, failed + _cases(faults, readable), broken + (not readable)
        click.echo(_summary(found, held, _cases(faults, readable), readable=readable))
    unread = f", {broken} {'packs' if broken > 1 else 'pack'} not run" if broken else ""
    click.echo(f"{passed} passed, {failed} failed{unread}")
    if failed or broken:
        raise SystemExit(1)


def _ran(found: Found) -> tuple[int, list[Finding], bool]:
    """How many cases hold, what is wrong, and whether the pack could be run at all."""
    if found.rulebook is None:
        return 0, list(found.findings), False
    try:
        results = run_cases(found.rulebook)
    except PackError as error:
        return 0, [found.located(finding) for finding in error.findings], False
    faults = [found.located(finding) for result in results for finding in result.findings]
    return sum(not result.findings for result in results), faults, True


def _cases(faults: list[Finding], readable: bool) -> int:  # noqa: FBT001  # one of two numbers the summary is made of
    """How many cases the faults are of; a case may have several."""
    return len({(finding.place, finding.message.partition(":")[0]) for finding in faults}) if readable else 0


def _summary(found: Found, held: int, failed: int, *, readable: bool) -> str:
    if not readable or found.written is None:
        return f"{found.name}: cannot be run"
    status = found.written.pack.status.replace("_", " ")
    return f"{found.name} ({status}): {held} passed" + (f", {failed} failed" if failed else "")
