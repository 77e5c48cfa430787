# SPDX-License-Identifier: MIT
"""`continuum test`: the worked examples of packs, held against what they expect."""

from __future__ import annotations

import click

from continuum.cases import run_cases
from continuum.cli.found import Found, packs_below
from continuum.errors import Finding, PackError, Place
from continuum.exercising.coverage import RULE, cover
from continuum.exercising.mutation import mutate
from continuum.exercising.words import coverage_words, mutation_words


@click.command("test")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path())
@click.option("--coverage", is_flag=True, help="Say which rules, clauses and boundaries the cases exercise.")
@click.option("--mutate", "mutating", is_flag=True, help="Say which small changes of a rule no case would notice.")
@click.option("--most", type=click.IntRange(min=1), help="Try at most so many changes a pack, spread evenly (with --mutate).")
@click.option(
    "--fail-under", type=click.IntRange(0, 100), metavar="PERCENT",
    help="Exit with 1 where a pack is under it: of its rules, with --coverage; of the changes that matter, with --mutate.",
)  # fmt: skip
def command(paths: tuple[str, ...], *, coverage: bool, mutating: bool, most: int | None, fail_under: int | None) -> None:
    """Run the worked examples of every pack at or below the paths."""
    if (most is not None and not mutating) or (fail_under is not None and not (coverage or mutating)):
        raise click.UsageError("--most goes with --mutate, and --fail-under with --coverage or --mutate")
    passed = failed = broken = under = 0
    for found in packs_below(paths):
        held, faults, readable = _ran(found)
        for finding in faults:
            click.echo(f"{finding.place}: {finding.message}" if readable else finding.text())
        passed, failed, broken = passed + held, failed + _cases(faults, readable), broken + (not readable)
        click.echo(_summary(found, held, _cases(faults, readable), readable=readable))
        if readable and coverage:
            under += _below(fail_under, _covered(found))
        if readable and mutating:
            under += _below(fail_under, _mutated(found, most))
    unread = f", {broken} {'packs' if broken > 1 else 'pack'} not run" if broken else ""
    click.echo(f"{passed} passed, {failed} failed{unread}")
    if under:
        click.echo(f"{under} under {fail_under} %")
    if failed or broken or under:
        raise SystemExit(1)


def _covered(found: Found) -> tuple[int, int]:
    """Print the coverage of a pack; how many of its rules are exercised, of how many."""
    assert found.rulebook is not None  # noqa: S101  # the pack could be run
    result = cover(found.rulebook)
    for line in coverage_words(result, lambda place: _located(found, place)):
        click.echo(line)
    return result.counts[RULE]


def _mutated(found: Found, most: int | None) -> tuple[int, int]:
    """Print what became of the mutants of a pack; how many are noticed, of how many that change something."""
    assert found.rulebook is not None  # noqa: S101  # the pack could be run
    result = mutate(found.rulebook, most)
    for line in mutation_words(result, lambda place: _located(found, place)):
        click.echo(line)
    return len(result.noticed), result.counted


def _below(percent: int | None, share: tuple[int, int]) -> bool:
    return percent is not None and 100 * share[0] < percent * share[1]


def _located(found: Found, place: str) -> str:
    """A ``file:line`` of a pack, named from where the command runs."""
    file, _, line = place.rpartition(":")
    there = found.located(Finding("", "", Place(file, int(line)))).place
    return f"{there.file}:{there.line}" if there else place


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
