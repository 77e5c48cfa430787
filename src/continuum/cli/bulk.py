# SPDX-License-Identifier: MIT
"""`continuum bulk`: a caseload of any size, from file to file."""

from __future__ import annotations

import datetime as dt
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

import continuum
from continuum.bulk.counts import Counts
from continuum.bulk.engines import ENGINES, Question
from continuum.bulk.reading import Source, opened
from continuum.bulk.run import bulk
from continuum.bulk.writing import check_out
from continuum.cli.decide import STATUS
from continuum.cli.options import Word, library, not_a_day, pack_unasked, read_day
from continuum.compiled import CompiledPack
from continuum.errors import EngineError, Finding, ProfileError
from continuum.explain import STATUS_WORDS
from continuum.packs.reading import Source as Yaml

STATES = {
    "indicated": "indicated", "range": "not settled", "refer": "for people to decide", "not_applicable": "does not apply",
}  # fmt: skip
SHOWN = 10
"""So many reasons are told one by one."""
HERE = {
    "say so with columns={...}": "say so with --columns FILE.yaml",
    'give a prefix, such as prefix="decided_"': "give a prefix, such as --prefix decided_",
    "give a datetime.date": "give a day as 2025-10-01, or the name of a column",
    "no column of the frame": "no column of IN",
    "the frame has columns": "IN has columns",
    "`on` names": "`--on` names",
    "`columns` names": "`--columns` names",
    "`columns` leads": "`--columns` leads",
}
"""What the library says of its arguments, as the command line says it."""


@click.command("bulk")
@click.argument("source", metavar="IN", type=click.Path(path_type=Path))
@click.argument("out", metavar="OUT", type=click.Path(path_type=Path))
@click.option("--on", metavar="DATE|COLUMN", required=True, help="The day, as 2025-10-01, or the name of a column of days.")
@click.option("--pack", metavar="ID|PATH", help="The rule pack; `continuum packs` says which is taken unasked.")
@click.option("--version", "version", metavar="VERSION", help="A version of the pack by its number.")
@click.option(
    "--status", type=Word(["in_force", "illustrative", "reading", "draft", "proposed", "withdrawn"]),
    help="Ask for a draft, proposed or withdrawn version.",
)  # fmt: skip
@click.option(
    "--columns", metavar="FILE.yaml", type=click.Path(path_type=Path),
    help="Which column answers what: `SLCN level: speech_language`, one a line.",
)  # fmt: skip
@click.option("--prefix", default="", metavar="TEXT", help="Begins the name of each column that is added.")
@click.option("--engine", type=Word(list(ENGINES)), default="memory", show_default=True, help="Who decides; see below.")
@click.option("--force", is_flag=True, help="Write over OUT if it is there.")
@click.option("--strict", is_flag=True, help="Exit status 1 if a row is invalid.")
def command(source: Path, out: Path, on: str, columns: Path | None, engine: str, force: bool, strict: bool, **named: Any) -> None:  # noqa: FBT001  # flags
    """Decide a caseload of any size: IN is .csv, .tsv, .parquet, .jsonl, .ndjson or .xlsx, OUT .csv, .parquet, .jsonl or .ndjson.

    Every row of IN is in OUT, in the same order, with its decision beside it; an invalid one has the status `invalid` and says
    why. Columns that the pack does not ask pass through unread. Only some rows are in memory at a time; an Excel sheet is read
    whole. OUT is there when it is complete, and not before. The engine `memory` gives exact ranges where answers are missing;
    `polars` and `duckdb` are quicker with many such rows, and their ranges may be wider than the truth, never narrower.
    """
    if source.exists() and out.exists() and source.samefile(out):
        raise click.UsageError("IN and OUT are the same file; name another for OUT")
    prefix = named.pop("prefix")
    rulebook, day = _rulebook(on, **named)
    mapping = _mapping(columns) if columns else {}
    question = Question(rulebook, day, mapping, prefix)
    file = _opened(source, out, force=force)
    try:
        with _ended_cleanly(), _bar(file) as step:
            counts = bulk(question, file, out, engine=engine, force=force, step=step)
    except OSError as error:
        why = (error.strerror or "no reason given").lower()
        raise click.UsageError(f"`{out}` cannot be written: {why}") from None
    except EngineError as error:
        raise EngineError(_here(finding) for finding in error.findings) from None
    _say(rulebook.pack, counts, day, out)
    if strict and counts.invalid:
        raise SystemExit(1)


def _opened(source: Path, out: Path, *, force: bool) -> Source:
    """The file to be read, once it is sure that the other may be written."""
    try:
        file = opened(source)
        check_out(out, file.schema, force=force)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    return file


def _rulebook(on: str, pack: str | None, version: str | None, status: str | None) -> tuple[Any, dt.date | str]:
    """The rules, and the day or the column of days."""
    day = read_day(on)
    if day is None and on[:1].isdigit():
        raise click.UsageError(not_a_day(on))
    packs = library()
    return continuum.load(pack or pack_unasked(packs), on=day, status=status, version=version, library=packs), day or on


def _mapping(file: Path) -> dict[str, str]:
    """Which column answers what, from a file of YAML."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise click.UsageError(f"`{file}` cannot be read; name a YAML file in UTF-8") from None
    read = Yaml()
    content = read.read_text(text, str(file))
    if read.findings:
        raise ProfileError(read.findings)
    if not isinstance(content, dict) or not all(isinstance(value, str) for value in content.values()):
        raise click.UsageError(f"`{file}` should hold a column and what it answers on each line: `SLCN level: speech_language`")
    return content


def _here(finding: Finding) -> Finding:
    """A finding of the library in the words of the command line."""
    message, hint = finding.message, finding.hint
    for there, here in HERE.items():
        message, hint = message.replace(there, here), hint.replace(there, here)
    return replace(finding, message=message, hint=hint)


@contextmanager
def _ended_cleanly() -> Iterator[None]:
    """What asks the run to end ends it as an interruption does, so that no half file is left."""

    def end(number: int, _: Any) -> None:
        raise SystemExit(128 + number)

    if threading.current_thread() is not threading.main_thread():  # where nobody may listen to signals
        yield
        return
    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _bar(file: Source) -> Iterator[Callable[[int], object]]:
    """A bar on a terminal; nothing where standard error goes elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with click.progressbar(length=file.size, label="deciding", file=sys.stderr) as bar:
        yield bar.update


def _say(pack: CompiledPack, counts: Counts, day: dt.date | str, out: Path) -> None:
    """What came of it, on standard error."""
    click.echo("\n".join(_summary(pack, counts, day, out)), err=True)


def _summary(pack: CompiledPack, counts: Counts, day: dt.date | str, out: Path) -> Iterator[str]:
    standing = STATUS_WORDS.get(pack.status, "").format(authority=pack.authority)
    when = f"on {day.day} {day:%B %Y}" if isinstance(day, dt.date) else f"on the day in `{day}`"
    yield f"{pack.title}, version {pack.version}, {when}." + (f"\n{standing}" if standing else "")
    rows = "1 row" if counts.rows == 1 else f"{counts.rows:,} rows"
    yield f"{rows} in, {counts.rows:,} out, written to {out}"
    if counts.left_out:
        yield f"{counts.left_out:,} empty lines are no rows and were left out"
    yield from _listed("Status", Counter({STATUS.get(name, name): count for name, count in counts.statuses.items()}))
    for name, found in counts.outcomes.items():
        label = pack.label(name)
        type_ = pack.tables[name].type
        said: Counter[str] = Counter()
        for (state, value), count in found.items():
            said[pack.value_label(name, type_, value) if value else STATES[state]] += count
        yield from _listed(f"{label[:1].upper()}{label[1:]}", said)
    yield from _listed("Invalid rows, by reason (a row with several is counted for each)", counts.reasons, SHOWN)


def _listed(heading: str, counts: Counter[str], most: int | None = None) -> Iterator[str]:
    """Counts under a heading, the largest first."""
    if not counts:
        return
    yield f"\n{heading}"
    width = max(len(f"{count:,}") for count in counts.values())
    for words, count in counts.most_common(most):
        yield f"  {count:>{width},}  {words}"
    if most and len(counts) > most:
        yield f"  and {len(counts) - most:,} more reasons; the column of faults in OUT has them all"
