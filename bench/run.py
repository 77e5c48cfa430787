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
import runpy
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from packs import layered
from page import write_page

import continuum
from continuum.engines.columns import Column, Columns
from continuum.engines.index import Index
from continuum.testing import completed

ROOT = Path(__file__).resolve().parents[1]
REPORT = ROOT / "bench" / "REPORT.md"
DAY = dt.date(2025, 10, 1)
LARGE = 5_000
ROWS = 100_000
PUPILS = 500
BY_HAND = "60 rules of 3 tables, written out by hand as `if` and `elif`"
FROM_CELLS = "the same rules, index engine, from cells"
PROVED_RULES = 300
PROVED_MB = 500
PROVING = (
    "import continuum, resource, sys; continuum.load(sys.argv[1]).prove(); "
    "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
)
LOADED = 0.5
"""From this load on the machine was not idle when the measuring began."""
UNKNOWN = ("learning_gap", "reviewed_cycles", "primary_type")
"""Left out of the example for the measurement with unknowns."""


@dataclass
class Measurement:
    """One thing that is timed: ``repeat`` runs, each of ``of`` things, make one sample; ``target`` is in seconds."""

    name: str
    target: float | None
    run: Callable[[], object]
    repeat: int = 1
    of: int = 1
    samples: list[float] = field(default_factory=list)

    def sample(self) -> None:
        """Time it once."""
        begun = time.perf_counter()
        for _ in range(self.repeat):
            self.run()
        self.samples.append((time.perf_counter() - begun) / self.repeat / self.of)

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


def sixty(folder: Path) -> tuple[Path, Callable[[Mapping[str, Any]], dict[str, str]], list[dict[str, Any]]]:
    """A pack of 60 rules in three `first` tables, the same rules as a person would program them, and profiles drawn for both."""
    chance = random.Random(2)
    levels, amounts = [f"need_{i}" for i in range(12)], [f"cost_{i}" for i in range(3)]
    pack = [
        "format: 1", "id: sixty", 'version: "1.0.0"', "title: A generated pack",
        'authority: {scheme: test, code: "1", name: A council}', "status: illustrative", "in_force: {from: 2025-09-01}",
        "outcomes: [band_0, band_1, band_2]", "scales: {need: [none, mild, severe]}", "inputs:",
    ]  # fmt: skip
    pack += [f"  {name}: {{ask: {name}, type: scale, scale: need}}" for name in levels]
    pack += [f"  {name}: {{ask: {name}, type: money, unit: GBP/year, min: 0, max: 90000}}" for name in amounts]
    pack.append("decisions:")
    program = ["def decide(pupil):"]
    for table in range(3):
        pack += [f"- decision: band_{table}", f"  asks: Band {table}?", "  type: {scale: [low, middle, high]}", "  hit: first"]
        pack.append("  rules:")
        for rule in range(19):
            first, second = chance.sample(levels, 2)
            least, band = chance.choice(["mild", "severe"]), chance.choice(["middle", "high"])
            amount, cost = chance.choice(amounts), chance.randrange(1, 90) * 1000
            when = f'{{{first}: ">= {least}", {second}: severe, {amount}: "> {cost}"}}'
            pack.append(f"    - {{id: T{table}-{rule}, when: {when}, then: {band}, because: A line.}}")
            test = f"pupil['{first}'] " + ("== 'severe'" if least == "severe" else "!= 'none'")
            test += f" and pupil['{second}'] == 'severe' and pupil['{amount}'] > {cost}"
            program += [f"    {'elif' if rule else 'if'} {test}:", f"        band_{table} = '{band}'"]
        pack.append(f"    - {{id: T{table}-19, otherwise: low, because: No line.}}")
        program += ["    else:", f"        band_{table} = 'low'"]
    program.append("    return {'band_0': band_0, 'band_1': band_1, 'band_2': band_2}")
    path, by_hand = folder / "sixty.yaml", folder / "sixty.py"
    path.write_text("\n".join([*pack, ""]), encoding="utf-8")
    by_hand.write_text("\n".join([*program, ""]), encoding="utf-8")
    pupils = [
        {**{name: chance.choice(["none", "mild", "severe"]) for name in levels}, **{n: chance.randrange(90_000) for n in amounts}}
        for _ in range(PUPILS)
    ]
    return path, runpy.run_path(str(by_hand))["decide"], pupils


def layered_pack(folder: Path) -> Path:
    """The generated pack that is proved."""
    path = folder / "layered.yaml"
    path.write_text(layered(PROVED_RULES), encoding="utf-8")
    return path


def memory_of_proving(folder: Path) -> str:
    """How much memory a process takes at most that loads and proves the generated pack; only Linux says so in KB."""
    if sys.platform != "linux":
        return "not measured here"
    done = subprocess.run([sys.executable, "-c", PROVING, str(layered_pack(folder))], capture_output=True, check=True)  # noqa: S603  # our own words
    return f"{int(done.stdout) / 1024:.0f} MB"


def over(function: Callable[[Any], object], items: list[Any]) -> Callable[[], object]:
    """A run over all of these."""

    def run() -> None:
        for item in items:
            function(item)

    return run


def beside_by_hand(folder: Path) -> list[Measurement]:
    """The index engine beside the same rules written out by hand; both must come to the same."""
    path, by_hand, pupils = sixty(folder)
    book = continuum.load(path)
    engine = Index(book.pack)
    for pupil in pupils:
        if {name: worked.value for name, worked in engine.decide(pupil, DAY).items()} != by_hand(pupil):
            raise SystemExit("the rules written out by hand come to something else: mend bench/run.py")
    cells = [engine.encode(pupil, DAY) for pupil in pupils]
    return [
        Measurement(BY_HAND, None, over(by_hand, pupils), 10, PUPILS),
        Measurement(FROM_CELLS, None, over(engine.decide_cells, cells), 10, PUPILS),
        Measurement("the same, from values", None, over(lambda pupil: engine.decide(pupil, DAY), pupils), 4, PUPILS),
        Measurement(
            "the same, from fields, checked",
            12e-6,
            over(lambda pupil: book.decide_with("index", pupil, on=DAY), pupils),
            2,
            PUPILS,
        ),
    ]


def in_columns(folder: Path, kent: continuum.Rulebook, complete: continuum.Profile) -> list[Measurement]:
    """Many rows at once: each input drawn by itself from what it may be, so that rows are as unlike as they can be."""
    book, chance = continuum.load(sixty(folder)[0]), np.random.default_rng(1)

    def drawn(values: tuple[Any, ...]) -> Column:
        return Column(chance.integers(0, len(values), ROWS), values)

    known = complete.exact_values()
    by_type = {name: asked.type.values or (known[name],) for name, asked in kent.pack.inputs.items()}
    sixty_rows = {name: drawn(asked.type.values or tuple(range(90_000))) for name, asked in book.pack.inputs.items()}
    kent_rows = {name: drawn(tuple(map(_yes, values))) for name, values in by_type.items()}
    found = []
    for name, pack, rows in (("60 rules", book.pack, sixty_rows), ("the Kent pack", kent.pack, kent_rows)):
        decide, columns = Columns(pack, DAY).decide, rows
        found.append(Measurement(f"a row of {ROWS:,}, in columns, {name}", None, partial(decide, columns), 1, ROWS))
    return found


def _yes(value: Any) -> Any:
    return {"yes": True, "no": False}.get(value, value)


def example() -> dict[str, str]:
    """The example pupil, as fields."""
    given: dict[str, str] = yaml.load((ROOT / "examples" / "pupil.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506  # reads text only
    return {name: value for name, value in given.items() if name not in ("pack", "on")}


def measurements(folder: Path) -> list[Measurement]:
    """Everything that is measured."""
    kent = continuum.load("kent-continuum", on=DAY)
    given = example()
    complete = completed(kent, given, on=DAY)
    open_ = kent.profile({name: value for name, value in given.items() if name not in UNKNOWN})
    southend = continuum.load(ROOT / "examples" / "schemes" / "southend-banding")
    large = large_pack(folder, LARGE)
    found = [
        Measurement("`import continuum`, in a new process, less a bare start", 0.35, program("-c", "import continuum")),
        Measurement(
            "`continuum decide examples/pupil.yaml`, in a new process",
            0.8,
            program("-m", "continuum.cli", "decide", "examples/pupil.yaml"),
        ),
        Measurement("`Rulebook.decide`, complete profile", 150e-6, lambda: kent.decide(complete, on=DAY), 200),
        Measurement(f"`Rulebook.decide`, {len(UNKNOWN)} fields and more not known", None, lambda: kent.decide(open_, on=DAY), 5),
        Measurement("`Rulebook.decide` with its reasons read", None, lambda: kent.decide(complete, on=DAY).reasons, 50),
        Measurement("bare outcomes, reference engine", None, lambda: kent.decide_with("reference", complete, on=DAY), 200),
        Measurement("bare outcomes, index engine", None, lambda: kent.decide_with("index", complete, on=DAY), 200),
        *beside_by_hand(folder),
        *in_columns(folder, kent, complete),
        Measurement(
            f"`Rulebook.decide`, nothing known of {len(southend.pack.inputs)} fields, ranges by the diagram",
            None,
            lambda: southend.decide({}, on=DAY),
            2,
        ),
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
    proved = layered_pack(folder)
    found += [
        Measurement("prove all properties of the Kent pack", 2.0, kent.prove),
        Measurement(f"load and prove a generated pack, {PROVED_RULES} rules", 20.0, lambda: continuum.load(proved).prove()),
        Measurement(f"load the Kent pack, {rules} rules", None, lambda: continuum.load(path)),
        Measurement(f"load a generated pack, {LARGE:,} rules", 3.0, lambda: continuum.load(large)),
    ]
    return found


def words(seconds: float | None) -> str:
    """A time as people write it."""
    if seconds is None:
        return "none"
    if seconds < 1e-3:  # where milliseconds begin
        return f"{seconds * 1e6:.{1 if seconds < 1e-5 else 0}f} µs"
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


def report(found: list[Measurement], rounds: int, busy: str, memory: str) -> str:
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
    by_hand, from_cells = (item for item in found if item.name in (BY_HAND, FROM_CELLS))
    lines += [
        "",
        f"From cells the 60 rules take {from_cells.median / by_hand.median:.2f} times as long as by hand (target: 1.5).",
        "",
        f"To load and prove the pack of {PROVED_RULES} rules a process takes {memory} at most (target: {PROVED_MB} MB).",
    ]
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
        memory = memory_of_proving(Path(folder))
    text = report(found, asked.rounds, busy, memory)
    print(text)
    if not asked.no_report:
        REPORT.write_text(text, encoding="utf-8")
        write_page()


if __name__ == "__main__":
    main()
