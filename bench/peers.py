# SPDX-License-Identifier: MIT
"""How fast the library is beside other rule engines and beside the same rules by hand: ``python bench/peers.py``.

It is run where the peers are installed (``pip install -e ".[bench,frames]"``), writes bench/PEERS.md and copies it into
docs/speed.md. Every way of deciding is first held against the same answers on all rows it is timed on. One that says something
else is reported and not timed. As in run.py nothing fails, runs are interleaved, and the median is given with its range.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib.metadata
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from measuring import (
    FEW,
    HELD,
    LONGEST,
    SCALED_ROWS,
    Entry,
    Timed,
    agreed,
    child,
    in_processes,
    interleaved,
    prepared,
    read_once,
    scaled,
    told,
    truth,
)
from page import REPORTS, write_page
from plain_rules import Rules, drawn, generated, read
from run import load, machine, sixty
from ways import WAYS

import continuum

RULES, AT_INPUTS = (10, 60, 300, 1000), 20
INPUTS, AT_RULES = (5, 20, 40), 60
BEGUN = time.perf_counter()
QUICK = 10_000
OFTEN = 3
"""So often what takes longest is measured: processes, and growing packs."""
PACKAGES = (
    "zen-engine", "rule-engine", "business-rules", "durable_rules", "OpenFisca-Core", "SpiffWorkflow", "pyDMNrules", "polars",
    "numpy", "numba", "narwhals",
)  # fmt: skip
INTRO = """\
# Beside other engines, and by hand

Written by `python bench/peers.py`, in an environment of its own:

```text
python -m venv /tmp/bench
/tmp/bench/bin/pip install -e ".[bench,frames]"
/tmp/bench/bin/python bench/peers.py
```

- Machine: {machine}; {before}; after the run {after}
- Library {version}, {today}; {versions}
- Rules: {rules} in {tables} `first` tables over {levels} levels and {amounts} amounts, put into the form of each engine by a
  function in `bench/`. Rows: all is known, each value drawn by itself.
- {rounds} rounds, all runs of a table interleaved; the median, and in brackets the fastest and the slowest. The form that the
  rows are in is made before and not timed. Pupils are not taken one by one where that would take over {longest:.0f} s.
- The right answers are those of the reference engine for the first {held:,} rows; NumPy by hand agrees with it there, and gives
  them for the others.
"""
MANY = """
## Many rows

The time of a row, with so many rows in one call or loop. The ratios are of the longest run of a way, against others with as
many rows. The bound is reading every byte of the columns once, {width} bytes a row. Up to a million rows they may fit the
cache, and the bound is then lower than memory allows.
"""
PROCESSES = """
## Memory and start

Each in processes of its own. *Import*: the libraries, less a bare start of Python. *Ready*: from the rules to the first decision.
*Before*: the memory of the process when the rows are there; *peak*: its most while it decides them; *a row*: the difference, by
rows. For memory the largest of the runs.
"""
SCALING = """
## As packs grow

The time of a row where each rule asks three of the levels, of five, and an amount: {rows:,} rows, or as many as a way that takes
pupils one by one decides in {few} s. The time of a frame includes planning its expression, which does not grow with the rows.
After a run of over {longest:.0f} s larger packs are not tried (*too slow*).
"""
UNLIKE = (
    "- The aims were set for the Kent pack, which nobody has written out by hand; here they are held against generated rules.\n"
    "- `decide_many` checks every value and writes the rules that decided, the state and the reason of a refusal beside each "
    "band. The ways by hand, the other engines and *bare outcomes* do none of that."
)


@dataclass
class Found:
    """All that was measured."""

    rules: Rules
    entries: list[Entry]
    absent: dict[str, str]
    bound: dict[int, Timed]
    by_rules: dict[str, list[Timed | str]]
    by_inputs: dict[str, list[Timed | str]]
    rounds: int
    busy: tuple[str, str]

    def best(self, kind: str, size: int) -> tuple[str, float] | None:
        """The fastest of a kind with so many rows, and its time of a row."""
        times = [(e.way.name, e.many[size].median) for e in self.entries if e.way.kind == kind and size in e.many]
        return min(times, key=lambda item: item[1], default=None)

    def best_single(self, kind: str) -> tuple[str, float] | None:
        """The fastest of a kind with one pupil."""
        times = [(e.way.name, e.single.median) for e in self.entries if e.way.kind == kind and e.single]
        return min(times, key=lambda item: item[1], default=None)

    def named(self, name: str) -> Entry | None:
        """The entry of a way, where it was taken."""
        return next((entry for entry in self.entries if entry.way.name == name), None)


def times(mine: float, other: tuple[str, float] | None) -> str:
    """How many times as long as the other."""
    if other is None:
        return ""
    return plain(mine / other[1])


def plain(ratio: float) -> str:
    """A ratio in two figures, or as a whole number."""
    return f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.1f}" if ratio >= 1 else f"{ratio:.2g}"


def rate(seconds: float) -> str:
    """Rows a second, in three figures."""
    rows = 1 / seconds
    return f"{rows / 1e6:.3g} million" if rows >= 1e6 else f"{float(f'{rows:.3g}'):,.0f}"


def row(*cells: str) -> str:
    """A line of a table."""
    return f"| {' | '.join(cells)} |"


def header(*cells: str) -> list[str]:
    """The first two lines of a table."""
    return [row(*cells), "|" + "---|" * len(cells)]


def intro(found: Found) -> list[str]:
    """What was compared, where and how."""
    rules, versions = found.rules, []
    for name in PACKAGES:
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    count = sum(len(table.rules) + 1 for table in rules.tables)
    text = INTRO.format(
        machine=machine(), before=found.busy[0], after=found.busy[1], version=continuum.__version__,
        today=f"{dt.datetime.now(dt.UTC):%Y-%m-%d}", versions=", ".join(versions), rules=count, tables=len(rules.tables),
        levels=len(rules.levels), amounts=len(rules.amounts), rounds=found.rounds, longest=LONGEST, held=HELD,
    )  # fmt: skip
    lines = text.splitlines()
    if not found.absent and not any(entry.wrong for entry in found.entries):
        return [*lines, "", f"All {len(found.entries)} ways gave the right bands in every row they are timed on."]
    right = sum(not entry.wrong for entry in found.entries)
    lines += ["", f"{right} ways gave the right bands in every row they are timed on. Not so, or not there:", ""]
    for entry in found.entries:
        if entry.wrong:
            lines.append(f"- {entry.way.name}: **wrong** in {entry.wrong} of {entry.held} rows; not timed")
    return [*lines, *(f"- {name}: {why}" for name, why in found.absent.items())]


def single(found: Found) -> list[str]:
    """One decision."""
    lines = ["", "## One decision", ""]
    lines += header("way", "one decision", "times the best other engine", "times Python by hand")
    best, hand = found.best_single("engine"), found.best_single("hand")
    for entry in sorted((e for e in found.entries if e.single), key=lambda e: e.single.median if e.single else 0):
        if entry.single:
            mine = entry.single.median
            note = f" ({entry.way.note})" if entry.way.note else ""
            lines.append(row(entry.way.name + note, entry.single.told(), times(mine, best), times(mine, hand)))
    return lines


def many(found: Found) -> list[str]:
    """Many rows."""
    sizes = sorted(found.bound)
    ratios = ("times the best other engine", "times the best by hand", "times the bound")
    lines = [
        *MANY.format(width=_width(found)).splitlines(),
        "",
        *header("way", *(f"{size:,}" for size in sizes), "rows a second", *ratios),
        row("*the bound*", *(found.bound[size].told() for size in sizes), rate(found.bound[sizes[-1]].median), "", "", ""),
    ]
    order = sorted((e for e in found.entries if e.many), key=lambda e: e.many[max(e.many)].median)
    for entry in order:
        size = max(entry.many)
        mine = entry.many[size].median
        cells = [entry.many[one].told() if one in entry.many else "" for one in sizes]
        bests = [times(mine, found.best(kind, size)) for kind in ("engine", "hand")]
        note = f" ({entry.way.note})" if entry.way.note else ""
        lines.append(row(entry.way.name + note, *cells, rate(mine), *bests, times(mine, ("", found.bound[size].median))))
    return lines


def _width(found: Found) -> int:
    return len(found.rules.levels) + 4 * len(found.rules.amounts)


def processes(found: Found) -> list[str]:
    """Memory and start."""
    lines = [*PROCESSES.splitlines(), "", *header("way", "import", "ready", "rows", "before", "peak", "a row")]
    for entry in found.entries:
        if entry.children:
            count = int(entry.children[0]["rows"])
            before, peak = (max(one[key] for one in entry.children) for key in ("before", "peak"))
            times_ = _import(entry.starts), told([one["ready"] for one in entry.children])
            more = max(one["peak"] - one["before"] for one in entry.children) / count
            lines.append(row(entry.way.name, *times_, f"{count:,}", _mb(before), _mb(peak), f"{more:,.0f} bytes"))
    return lines


def _import(samples: list[float]) -> str:
    return told(samples) if statistics.median(samples) >= 1e-3 else "less than 1 ms"  # a start of Python varies by more


def _mb(number: float) -> str:
    return f"{number / 1e6:,.0f} MB"


def scaling(found: Found) -> list[str]:
    """How the time of a row grows."""
    lines = SCALING.format(rows=SCALED_ROWS, few=FEW, longest=LONGEST).splitlines()
    for title, across, lines_of in (
        (f"Rules, over {AT_INPUTS} inputs", RULES, found.by_rules),
        (f"Inputs, with {AT_RULES} rules", INPUTS, found.by_inputs),
    ):
        lines += ["", f"### {title}", "", *header("way", *(f"{number:,}" for number in across))]
        lines += [
            row(name, *(one if isinstance(one, str) else one.told() for one in line)) for name, line in lines_of.items() if line
        ]
    return lines


def verdict(found: Found) -> list[str]:
    """What the figures say, against what was aimed at. Every word of it follows from the tables."""
    lines = ["", "## What they say", ""]
    for name in ("`decide_many`, polars in memory", "`decide_many`, polars lazy", "index engine, in columns"):
        entry = found.named(name)
        if entry is None or not entry.many:
            lines.append(f"- {name}: not measured ({found.absent.get(name, 'too slow')}).")
            continue
        size = max(entry.many)
        mine = entry.many[size].median
        said = [f"- {name}, {size:,} rows:"]
        for other, aim in (("polars by hand", 1.3), ("polars by hand, tuned", 1.3)):
            theirs = found.named(other)
            if theirs and size in theirs.many:
                ratio = mine / theirs.many[size].median
                said.append(f"{plain(ratio)} times {other} (aim: {aim}, {'met' if ratio <= aim else '**missed**'}),")
        best = found.best("engine", size)
        if best:
            ratio = best[1] / mine
            faster = f"{plain(ratio)} times as fast as" if ratio >= 1 else f"**takes {plain(1 / ratio)} times as long as**"
            said.append(f"{faster} {best[0]}, the best other engine (aim: 5, {'met' if ratio >= 5 else '**missed**'}),")
        said.append(f"{mine / found.bound[size].median:,.0f} times the bound.")
        if entry.children and entry.children[0]["size"]:
            used = statistics.median((one["peak"] - one["before"] + one["given"]) / one["size"] for one in entry.children)
            met = "met" if used <= 3 else "**missed**"
            most = f"at most {plain(used)} times the memory of rows and answers (aim: 3, {met})"
            said.append(f"Rows, answers and work took {most}.")
        lines.append(" ".join(said))
    lines += _slower(found)
    return [*lines, UNLIKE]


def _slower(found: Found) -> list[str]:
    """Who is faster than ours."""
    lines = []
    mine = found.named("`Rulebook.decide`")
    if mine and mine.single:
        faster = [e.way.name for e in found.entries if e.way.kind != "ours" and e.single and e.single.median < mine.single.median]
        lines.append(f"- One pupil, faster than `Rulebook.decide`: {', '.join(faster) or 'none of the others'}.")
    ours = found.named("`decide_many`, polars in memory")
    if ours and ours.largest:
        size = max(ours.many)
        others = [
            e for e in found.entries if e.way.kind != "ours" and size in e.many and e.many[size].median < ours.many[size].median
        ]
        names = ", ".join(e.way.name for e in others)
        lines.append(f"- {size:,} rows, faster than `decide_many` in memory: {names or 'none of the others'}.")
    return lines


def report(found: Found) -> str:
    """The page."""
    parts: Iterable[Callable[[Found], list[str]]] = (intro, verdict, single, many, processes, scaling)
    return "\n".join([line for part in parts for line in part(found)] + [""])


def measured(rows: int, rounds: int, scales: tuple[Sequence[int], Sequence[int]]) -> Found:
    """Everything, in this order: agreement, processes, many rows and one, growth."""
    busy = load()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = sixty(folder)[0]
        rules = read(path)
        given = drawn(rules, rows)
        right = truth(rules, given)
        entries, absent = prepared(WAYS, rules)
        sizes = [size for size in (10**power for power in range(3, 8)) if size <= rows]
        bound = {size: Timed(read_once(given.head(size).columns.values()), size) for size in sizes}
        for entry in entries:
            _progress(f"{entry.way.name}: {'agrees' if agreed(entry, given, right, sizes) else 'DISAGREES'}")
        in_processes(entries, path, min(rounds, OFTEN))
        _progress("processes measured")
        runs = [run for entry in entries for run in (*entry.many.values(), entry.single) if run]
        interleaved([*bound.values(), *runs], rounds)
        _progress("rows measured")
        good = [entry.way for entry in entries if not entry.wrong]
        packs = []
        for each in scales:
            packs.append([])
            for number in each:
                at = (number, AT_INPUTS) if each is scales[0] else (AT_RULES, number)
                file = folder / f"{at[0]}-{at[1]}.yaml"
                file.write_text(generated(*at), encoding="utf-8")
                packs[-1].append(read(file))
        by_rules, by_inputs = (scaled(each, good, min(rounds, OFTEN)) for each in packs)
    return Found(rules, entries, absent, bound, by_rules, by_inputs, rounds, (busy, load()))


def _progress(text: str) -> None:
    print(f"{time.perf_counter() - BEGUN:5.0f} s: {text}", file=sys.stderr, flush=True)


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=float, default=1e6, help="the most rows, a power of ten from 1e3 (default 1e6)")
    parser.add_argument("--large", action="store_true", help="10 million rows; takes some 8 GB of memory")
    parser.add_argument("--rounds", type=int, default=5, help="how often everything is measured (default 5)")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK:,} rows, 3 rounds, packs of up to 60 rules; print only")
    parser.add_argument("--no-report", action="store_true", help="print only")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--pack", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        child(asked.child, int(asked.rows), asked.pack)
        return
    rows = QUICK if asked.quick else 10**7 if asked.large else int(asked.rows)
    scales = (RULES[:2], INPUTS[:2]) if asked.quick else (RULES, INPUTS)
    text = report(measured(rows, 3 if asked.quick else asked.rounds, scales))
    print(text)
    if not (asked.no_report or asked.quick):
        REPORTS[1].write_text(text, encoding="utf-8")
        write_page()


if __name__ == "__main__":
    main()
