# SPDX-License-Identifier: MIT
"""Ways of deciding held against the right answers and timed: many rows, one pupil, processes of their own, growing packs."""

from __future__ import annotations

import gc
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import by_hand
import numpy as np
from forms import DAY, Decider
from numpy.typing import NDArray
from plain_rules import Codes, Rows, Rules, drawn, read
from run import program, words
from ways import WAYS, Way, missing

import continuum

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 2.0
"""No loop over pupils that is expected to take more seconds than this is begun."""
PATIENCE = 15.0
"""After a run of many rows at once that took more seconds than this, no more rows are tried."""
ONE_BY_ONE = 100_000
"""Ways that take pupils one by one are timed on no more: the time of a row no longer changes."""
PUPILS, MANY_PUPILS = 500, 10_000
"""So many are taken one by one for the time of a decision, and for its memory."""
HELD = 1_000
"""So many rows are also decided by the reference engine."""
SCALED_ROWS = 100_000
FEW = 0.1
"""Seconds that one run of the scaling tables should take of a way that takes pupils one by one."""


@dataclass
class Timed:
    """One run that is timed several times; ``of`` things are done in it."""

    run: Callable[[], object]
    of: int
    samples: list[float] = field(default_factory=list)

    def sample(self) -> None:
        """Time it once."""
        begun = time.perf_counter()
        self.run()
        self.samples.append((time.perf_counter() - begun) / self.of)

    @property
    def median(self) -> float:
        """The middle of the samples."""
        return statistics.median(self.samples)

    def told(self) -> str:
        """The median with its range."""
        return told(self.samples)


@dataclass
class Entry:
    """A way that can be taken here, ready to decide, and what was measured of it."""

    way: Way
    decider: Decider
    many: dict[int, Timed] = field(default_factory=dict)
    single: Timed | None = None
    wrong: int = 0
    held: int = 0
    children: list[dict[str, float]] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)

    @property
    def largest(self) -> Timed | None:
        """The run of most rows."""
        return self.many[max(self.many)] if self.many else None


def short(seconds: float) -> str:
    """A time as people write it, down to billionths of a second."""
    if seconds < 1e-6:
        return f"{seconds * 1e9:.{1 if seconds < 1e-8 else 0}f} ns"
    return words(seconds)


def told(samples: Sequence[float]) -> str:
    """The median of times, with their range."""
    return f"{short(statistics.median(samples))} ({short(min(samples))} to {short(max(samples))})"


def truth(rules: Rules, rows: Rows, held: int = HELD) -> dict[str, Codes]:
    """The right answers: NumPy by hand, which the reference engine and Python by hand confirm for the first of the rows.

    Raises:
        SystemExit: where they do not.
    """
    way = by_hand.numpy_plain(rules)
    found = way.bands(way.decide(way.form(rows)))
    few = rows.head(held)
    book = _loaded(rules)
    python = by_hand.python(rules)
    said = python.bands(python.decide(python.form(few)))
    for number, row in enumerate(few.dicts()):
        decided = book.decide_with("reference", row, on=DAY)
        for name, codes in found.items():
            band = rules.bands[codes[number]]
            if not band == getattr(decided[name], "value", decided[name]) == rules.bands[said[name][number]]:
                raise SystemExit(f"the rules by hand and the reference engine disagree in row {number}: mend bench/by_hand.py")
    return found


def _loaded(rules: Rules) -> continuum.Rulebook:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pack.yaml"
        path.write_text(rules.text, encoding="utf-8")
        return continuum.load(path)


def disagreeing(decider: Decider, made: Any, right: dict[str, Codes], count: int) -> int:
    """In how many of so many rows a way comes to something else."""
    found = decider.bands(made)
    wrong = np.zeros(count, dtype=bool)
    for name, codes in right.items():
        wrong |= found[name] != codes[:count]
    return int(wrong.sum())


def prepared(ways: Iterable[Way], rules: Rules) -> tuple[list[Entry], dict[str, str]]:
    """The ways that can be taken here, and why the others cannot."""
    entries, absent = [], {}
    for way in ways:
        why = missing(way)
        if why:
            absent[way.name] = why
            continue
        try:
            entries.append(Entry(way, way.make(rules)))
        except Exception as error:  # noqa: BLE001  # a peer may fail as it likes, and the report says how
            absent[way.name] = f"does not take the rules: {type(error).__name__}, {str(error).splitlines()[0][:120]}"
    return entries, absent


def agreed(entry: Entry, rows: Rows, right: dict[str, Codes], sizes: Sequence[int]) -> bool:
    """Whether a way agrees on all rows it will be timed on; its runs are got ready. What would take too long is left out."""
    per_row = 0.0
    for size in (20, *sizes):
        loops = entry.decider.loops
        if (loops and (per_row * size > LONGEST or size > ONE_BY_ONE)) or per_row * entry.held > PATIENCE:
            break
        form = entry.decider.form(rows.head(size))
        begun = time.perf_counter()
        made = entry.decider.decide(form)
        taken = time.perf_counter() - begun
        if size == 20:  # the first run compiles; the second tells
            begun = time.perf_counter()
            entry.decider.decide(form)
            taken = (time.perf_counter() - begun) if loops else 0.0
        per_row = taken / size
        entry.wrong, entry.held = disagreeing(entry.decider, made, right, size), size
        if entry.wrong:
            entry.many.clear()
            return False
        if size > 20:
            entry.many[size] = Timed(partial(entry.decider.decide, form), size)
    if entry.decider.one:
        of = PUPILS if per_row * PUPILS < LONGEST / 4 else 20
        pupils = entry.decider.form(rows.head(of))
        entry.single = Timed(partial(_each, entry.decider.one, pupils), of)
    return True


def _each(one: Callable[[Any], object], rows: list[Any]) -> None:
    for row in rows:
        one(row)


def read_once(columns: Iterable[NDArray[Any]]) -> Callable[[], object]:
    """Every byte of these columns read once, as fast as NumPy can: eight at a time."""
    whole = [column[: len(column) // 8 * 8].view(np.uint64) for column in columns]
    return lambda: [column.sum() for column in whole]


def interleaved(runs: Sequence[Timed], rounds: int) -> None:
    """All of these in turn, so many times. What was made before is kept out of the way of the collector."""
    gc.collect()
    gc.freeze()
    for _ in range(rounds):
        for run in runs:
            run.sample()
    gc.unfreeze()


# in a process of its own


def child(name: str, count: int, path: Path) -> None:
    """Print, of one way, how long it takes to take the rules and decide a first pupil, and what memory deciding takes."""
    rules = read(path)
    way = next(way for way in WAYS if way.name == name)
    why = missing(way)  # imports it
    if why:
        raise SystemExit(why)
    rows = drawn(rules, count)
    begun = time.perf_counter()
    decider = way.make(rules)
    decider.decide(decider.form(rows.head(1)))
    ready = time.perf_counter() - begun
    form = decider.form(rows)
    before = _memory("VmRSS")
    _forget_peak()
    made = decider.decide(form)
    peak = _memory("VmHWM")
    print(
        json.dumps(
            {
                "ready": ready,
                "before": before,
                "peak": peak,
                "given": _size(form),
                "size": _size(form) + _size(made),
                "rows": count,
            }
        )
    )


def _forget_peak() -> None:
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")
    except OSError:
        return


def _memory(kind: str) -> float:
    """Memory of this process in bytes, by the kernel's own line where it has one: ``ru_maxrss`` may be that of the parent."""
    status = Path("/proc/self/status")
    if status.exists():
        return next(
            int(line.split()[1]) * 1024 for line in status.read_text(encoding="utf-8").splitlines() if line.startswith(kind)
        )
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def _size(thing: Any) -> float:
    """Bytes of a frame or of arrays; 0 where that is not known."""
    if hasattr(thing, "collect"):
        thing = thing.collect()
    if hasattr(thing, "estimated_size"):
        return float(thing.estimated_size())
    if isinstance(thing, dict):
        return float(sum(getattr(array, "nbytes", 0) for array in thing.values()))
    return 0.0


def in_processes(entries: Sequence[Entry], path: Path, rounds: int) -> None:
    """Start-up, the first decision and memory, each in processes of their own, in turn."""
    for _ in range(rounds):
        bare = _taken(program("-c", "pass"))
        for entry in entries:
            if not entry.many and not entry.single:
                continue
            imports = "; ".join(f"import {name}" for name in entry.way.needs) or "pass"
            entry.starts.append(max(0.0, _taken(program("-c", imports)) - bare))
            count = max(entry.many, default=PUPILS)
            count = min(count, MANY_PUPILS) if entry.decider.loops else count
            asked = [
                sys.executable,
                str(Path(__file__).with_name("peers.py")),
                "--child",
                entry.way.name,
                "--rows",
                str(count),
                "--pack",
                str(path),
            ]
            done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603  # our own words
            entry.children.append(json.loads(done.stdout.splitlines()[-1]))


def _taken(run: Callable[[], object]) -> float:
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


# scaling


def scaled(packs: Sequence[Rules], ways: Sequence[Way], rounds: int) -> dict[str, list[Timed | str]]:
    """The time of a row for each way and pack, or why there is none. After a run that took too long no larger pack is tried."""
    found: dict[str, list[Timed | str]] = {way.name: [] for way in ways}
    for rules in packs:
        rows = drawn(rules, SCALED_ROWS)
        right = truth(rules, rows, PUPILS // 5)
        for way in ways:
            line = found[way.name]
            line.append("too slow" if line and _too_slow(line[-1]) else _scaling(way, rules, rows, right))
    runs = [item for line in found.values() for item in line if isinstance(item, Timed)]
    interleaved([run for run in runs if not _too_slow(run)], rounds - 1)
    return found


def _too_slow(item: Timed | str) -> bool:
    return isinstance(item, str) or item.samples[0] * item.of > LONGEST


def _scaling(way: Way, rules: Rules, rows: Rows, right: dict[str, Codes]) -> Timed | str:
    """A run that agrees, with its first sample."""
    try:
        decider = way.make(rules)
        few = decider.form(rows.head(10))
        decider.decide(few)
        count = len(rows)
        if decider.loops:
            count = max(10, min(count, int(FEW / (_taken(lambda: decider.decide(few)) / 10))))
        form = decider.form(rows.head(count))
        begun = time.perf_counter()
        made = decider.decide(form)
        taken = time.perf_counter() - begun
        wrong = disagreeing(decider, made, right, count)
    except Exception as error:  # noqa: BLE001  # a peer may fail as it likes, and the report says how
        return f"fails: {type(error).__name__}"
    return "disagrees" if wrong else Timed(partial(decider.decide, form), count, [taken / count])
