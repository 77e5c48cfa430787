# SPDX-License-Identifier: MIT
"""How fast the library is, measured in one command: ``python bench/run.py`` prints a table and writes bench/REPORT.md.

Nothing here fails: the figures are reported beside their targets. Runs of all measurements are interleaved, so that a
slow moment of the machine falls on each of them, and the median is given.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import yaml

import continuum

ROOT = Path(__file__).resolve().parents[1]
REPORT = ROOT / "bench" / "REPORT.md"
DAY = dt.date(2025, 10, 1)
LARGE = 5_000
LOADED = 0.5
"""From this load on the machine was not idle when the measuring began."""
UNKNOWN = ("learning_gap", "reviewed_cycles", "primary_type")
"""Left out of the example for the measurement with unknowns."""


@dataclass
class Measurement:
    """One thing that is timed: ``repeat`` runs make one sample; ``target`` is in seconds."""

    name: str
    target: float | None
    run: Callable[[], object]
    repeat: int = 1
    samples: list[float] = field(default_factory=list)

    def sample(self) -> None:
        """Time it once."""
        begun = time.perf_counter()
        for _ in range(self.repeat):
            self.run()
        self.samples.append((time.perf_counter() - begun) / self.repeat)

    @property
    def median(self) -> float:
        """The middle of the samples."""
        return statistics.median(self.samples)


def program(*words: str) -> Callable[[], object]:
    """A run of the interpreter in a process of its own."""
    return lambda: subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, check=True)  # noqa: S603  # our own words


def large_pack(folder: Path, rules: int) -> Path:
    """A pack of so many rules, in tables of 50, over 40 levels and 10 amounts."""
    chance = random.Random(1)
    levels = [f"need_{i}" for i in range(40)]
    amounts = [f"cost_{i}" for i in range(10)]
    inputs = [f"  {name}: {{ask: {name}, type: scale, scale: need}}" for name in levels]
    inputs += [f"  {name}: {{ask: {name}, type: money, unit: GBP/year, min: 0, max: 90000}}" for name in amounts]
    tables, names = [], []
    for number in range(rules // 50):
        names.append(f"band_{number}")
        lines = [
            f"  - decision: band_{number}",
            f"    asks: Band {number}?",
            "    type: {scale: [low, middle, high]}",
            "    hit: highest",
            "    rules:",
        ]
        for rule in range(49):
            first, second = chance.sample(levels, 2)
            levels_at = f'{first}: ">= {chance.choice(["mild", "severe"])}", {second}: severe'
            when = f'{levels_at}, {chance.choice(amounts)}: "> {chance.randrange(1, 90) * 1000}"'
            lines.append(
                f"      - {{id: T{number}-{rule}, when: {{{when}}}, then: {chance.choice(['middle', 'high'])}, because: A line.}}"
            )
        lines.append(f"      - {{id: T{number}-49, otherwise: low, because: No line.}}")
        tables += lines
    head = [
        "format: 1", "id: large", 'version: "1.0.0"', "title: A generated pack",
        'authority: {scheme: test, code: "1", name: A council}', "status: illustrative", "in_force: {from: 2025-09-01}",
        f"outcomes: [{', '.join(names)}]", "scales:", "  need: [none, mild, severe]", "inputs:", *inputs, "decisions:",
    ]  # fmt: skip
    path = folder / "large.yaml"
    path.write_text("\n".join([*head, *tables, ""]), encoding="utf-8")
    return path


def example() -> dict[str, str]:
    """The example pupil, as fields."""
    given: dict[str, str] = yaml.load((ROOT / "examples" / "pupil.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506  # reads text only
    return {name: value for name, value in given.items() if name not in ("pack", "on")}


def measurements(folder: Path) -> list[Measurement]:
    """Everything that is measured."""
    kent = continuum.load("kent-continuum", on=DAY)
    given = example()
    complete = kent.profile(given)
    open_ = kent.profile({name: value for name, value in given.items() if name not in UNKNOWN})
    large = large_pack(folder, LARGE)
    found = [
        Measurement("`import continuum`, in a new process, less a bare start", 0.35, program("-c", "import continuum")),
        Measurement(
            "`continuum decide examples/pupil.yaml`, in a new process",
            0.8,
            program("-m", "continuum.cli", "decide", "examples/pupil.yaml"),
        ),
        Measurement("`Rulebook.decide`, reference, complete profile", 150e-6, lambda: kent.decide(complete, on=DAY), 200),
        Measurement(
            f"`Rulebook.decide`, reference, {len(UNKNOWN)} fields not known", None, lambda: kent.decide(open_, on=DAY), 5
        ),
        Measurement("`Rulebook.decide` with its reasons read", None, lambda: kent.decide(complete, on=DAY).reasons, 50),
        Measurement("bare outcomes, reference engine", None, lambda: kent.decide_with("reference", complete, on=DAY), 200),
    ]
    try:
        kent.decide_with("durable", complete, on=DAY)
    except continuum.EngineError as error:
        print(f"the durable engine is left out: {error}", file=sys.stderr)
    else:
        found += [
            Measurement("bare outcomes, durable engine", 300e-6, lambda: kent.decide_with("durable", complete, on=DAY), 100),
            Measurement("`Rulebook.decide`, cross-checked", None, lambda: kent.decide(complete, on=DAY, cross_check=True), 100),
        ]
    rules = sum(len(table.rules) for table in kent.pack.tables.values())
    path = ROOT / "rules" / "kent-continuum" / "2025.9.0"
    found += [
        Measurement(f"load the Kent pack, {rules} rules", None, lambda: continuum.load(path)),
        Measurement(f"load a generated pack, {LARGE:,} rules", 3.0, lambda: continuum.load(large)),
    ]
    return found


def words(seconds: float | None) -> str:
    """A time as people write it."""
    if seconds is None:
        return "none"
    if seconds < 1e-3:  # where milliseconds begin
        return f"{seconds * 1e6:.0f} µs"
    return f"{seconds * 1e3:.1f} ms" if seconds < 0.1 else f"{seconds:.2f} s"  # where seconds read better


def machine() -> str:
    """What it was measured on."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        cpu = next(
            (line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")), cpu
        )
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{cpu}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}, {python}"


def load() -> str:
    """How busy the machine was, where it says so."""
    if not hasattr(os, "getloadavg"):
        return "load not known"
    before = os.getloadavg()[0]
    return f"load {before:.1f}" + (": other programs were running, so these figures may be too high" if before >= LOADED else "")


def report(found: list[Measurement], rounds: int, busy: str) -> str:
    """The table, as a page."""
    lines = [
        "# How fast it is", "",
        "Written by `.venv/bin/python bench/run.py`. Targets are reported, not asserted: a busy machine fails no build.", "",
        f"- Machine: {machine()}; {busy}",
        f"- Library {continuum.__version__}, Kent pack of {DAY}, {dt.datetime.now(dt.UTC):%Y-%m-%d}",
        f"- {rounds} rounds, all measurements interleaved; median, and the fastest to the slowest round", "",
        "| what | median | range | target | |", "|---|---|---|---|---|",
    ]  # fmt: skip
    for item in found:
        verdict = "" if item.target is None else "met" if item.median <= item.target else "**missed**"
        spread = f"{words(min(item.samples))} to {words(max(item.samples))}"
        lines.append(f"| {item.name} | {words(item.median)} | {spread} | {words(item.target)} | {verdict} |")
    return "\n".join([*lines, ""])


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=9, help="how often everything is measured (default 9)")
    parser.add_argument("--no-report", action="store_true", help="print only")
    asked = parser.parse_args()
    busy = load()
    with tempfile.TemporaryDirectory() as folder:
        found = measurements(Path(folder))
        bare = program("-c", "pass")
        for done in range(asked.rounds + 1):
            begun = time.perf_counter()
            bare()
            start = time.perf_counter() - begun
            for item in found:
                item.sample()
                if item.name.startswith("`import"):
                    item.samples[-1] -= start
                if not done:  # the first round warms caches
                    item.samples.clear()
    text = report(found, asked.rounds, busy)
    print(text)
    if not asked.no_report:
        REPORT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
