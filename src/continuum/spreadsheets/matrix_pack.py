# SPDX-License-Identifier: MIT
"""A grid that was read to the files of a draft pack: each amount cites its cell, and what the grid leaves open stays open."""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from continuum.cases import run_cases
from continuum.errors import Finding, PackError, Place
from continuum.packs.loading import read_texts
from continuum.packs.model import RESERVED, SLUG
from continuum.rulebook import Rulebook
from continuum.spreadsheets.matrix import Entry, Matrix, Question, chains, falls

TAKEN = ("area", "level", "tier", "amount", "published_amount", "published_low", "published_high")
"""The names that the pack itself uses."""

PHASES = re.compile(
    r"(?:(?:early years?|nursery|reception|infants?|juniors?|primary|secondary|middle|all[- ]through|sixth form|post[- ]?16"
    r"|college|further education|mainstream|special|pre[- ]?school|eyfs|fe|ks ?[1-5]|key stage [1-5])"
    r"\W*(?:and\b|to\b|schools?\b)?\W*)+",
    re.IGNORECASE,
)
"""Labels that are phases or settings, and so no areas of need."""

LONG_NAME = 40
VALUED = ("plain", "range", "up_to")
"""The kinds of cell that print an amount."""


@dataclass(frozen=True)
class Wanted:
    """What the grid does not say and the person who imports it may."""

    day: dt.date
    """The day the worked examples are for where no first day is given."""
    id: str = ""
    title: str = ""
    authority: str = ""
    code: str = ""
    unit: str = ""
    start: dt.date | None = None
    url: str = ""


@dataclass(frozen=True)
class Made:
    """A pack made from a grid: its files by name, the questions left, how the file was read, and what of it was not."""

    files: Mapping[str, str]
    questions: tuple[Finding, ...]
    about_file: tuple[Finding, ...] = ()
    left_out: tuple[Finding, ...] = ()
    unread: tuple[Finding, ...] = ()

    @property
    def notes(self) -> tuple[Finding, ...]:
        """Everything that a reader should look at beside the questions."""
        return (*self.about_file, *self.left_out, *self.unread)

    def one_file(self) -> str:
        """The same pack as one file."""
        parts = dict(self.files)
        decision = parts.pop("decisions/amount.yaml")
        lines = [("  - " if i == 0 else "    ") + line if line else "" for i, line in enumerate(decision.rstrip().split("\n"))]
        cases = parts.pop("cases/published-cells.yaml")
        return "\n".join([*(text.rstrip("\n") for text in parts.values()), "decisions:", *lines, cases])


def make_pack(matrix: Matrix, wanted: Wanted) -> Made:
    """The draft pack that says what the grid says, proved to be valid and to hold its own worked examples.

    Raises:
        PackError: where a name that was asked for cannot be used, or the grid says what the language cannot hold.
    """
    writer = _Writer(matrix, wanted)
    files = {
        "pack.yaml": writer.head(), "inputs.yaml": writer.inputs(), "rates.yaml": writer.rates(),
        "decisions/amount.yaml": writer.decision(), "terms.yaml": writer.terms(), "cases/published-cells.yaml": writer.cases(),
    }  # fmt: skip
    files = {name: text for name, text in files.items() if text}
    findings = [writer.finding(question) for question in writer.questions]
    made = Made(files, tuple(findings), tuple(matrix.grid.notes), matrix.left_out, matrix.unread)
    _prove(made)
    return made


def _prove(made: Made) -> None:
    """Compile the pack, and decide its worked examples."""
    rulebook = Rulebook(read_texts({"matrix.yaml": made.one_file()}, Path("matrix.yaml")))
    faults = [finding for result in run_cases(rulebook) for finding in result.findings]
    if faults:
        raise PackError(faults)


def slug(text: str, join: str = "_") -> str:
    """A text as the words of a name: small letters and digits."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    words = re.findall(r"[a-z0-9]+", plain)
    kept = words[:1]
    for word in words[1:]:
        if len(join.join([*kept, word])) > LONG_NAME:
            break
        kept.append(word)
    return join.join(kept)[:LONG_NAME]


def quoted(text: str) -> str:
    """A text between quotation marks, on one line, as YAML reads it."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return json.dumps(line, ensure_ascii=False)


def names_for(labels: Sequence[str], prefix: str, taken: set[str]) -> dict[str, str]:
    """A name for each label, in order: its number where all have one, else its words; none twice, none of the language."""
    numbers = [match[1] if (match := re.fullmatch(r"\D*?\s*(\d{1,3})", label)) else "" for label in labels]
    if prefix == "level" and all(numbers) and len({int(number) for number in numbers}) == len(labels):
        return {label: str(int(number)) for label, number in zip(labels, numbers, strict=True)}
    names: dict[str, str] = {}
    for label in labels:
        name = slug(label)
        if not name or name in RESERVED or name in taken or name.isdigit():
            name = f"{prefix}_{name or len(names) + 1}"
        base, count = name, 2
        while name in taken:
            name, count = f"{base}_{count}", count + 1
        names[label] = name
        taken.add(name)
    return names


def _number(number: Decimal) -> str:
    return f"{number.quantize(Decimal(1)) if number == number.to_integral_value() else number:f}"


class _Writer:
    """The text of each file, from one matrix and what was asked for."""

    def __init__(self, matrix: Matrix, wanted: Wanted) -> None:
        self.matrix, self.wanted = matrix, wanted
        self.fields = any(one.amount.kind in ("range", "up_to") for one in matrix.entries)
        taken = set(TAKEN)
        self.level = names_for(matrix.levels, "level", taken)
        self.area = names_for(matrix.areas, "area", taken)
        self.tier = names_for(matrix.tiers, "tier", taken)
        self.phases = bool(self.area) and all(PHASES.fullmatch(label) for label in self.area)
        self.where = matrix.grid.file.rpartition("/")[2]
        self.currency = matrix.currency or "GBP"
        self.unit = wanted.unit or (f"{self.currency}/{matrix.span}" if matrix.span else self.currency)
        self.questions = tuple(self._questions())
        self._contradicted()

    def _contradicted(self) -> None:
        """Refuse a unit that the grid itself contradicts."""
        said = f"{self.matrix.currency or self.currency}/{self.matrix.span}" if self.matrix.span else self.matrix.currency
        if said and self.wanted.unit and not f"{self.wanted.unit}/".startswith(f"{said}/"):
            message = f"the unit `{self.wanted.unit}` was asked for, and the amounts are printed in {said}"
            raise PackError(Finding("CX865", message, Place(self.matrix.grid.file), hint=f"leave --unit out, or give {said}"))

    def _questions(self) -> Iterator[Question]:
        """Everything that nobody has said yet, the whole before its parts."""
        matrix, wanted = self.matrix, self.wanted
        if not wanted.authority:
            yield Question("Whose grid is this? It does not name the authority.")
        if not wanted.start:
            yield Question("From which day does it hold? It gives no day, so the pack is undated.")
        if not wanted.unit and not matrix.span:
            yield Question("What period is an amount for: a year, a term, a week? The grid does not say.", "amount")
        if not wanted.unit and not matrix.currency:
            yield Question("Are the amounts in pounds? They were taken so; the grid prints no currency.", "amount")
        if matrix.areas and not self.phases:
            yield Question(
                "What does a pupil with needs in several areas get: one amount, or several added up? The grid does not say.",
                "area",
            )
        yield from matrix.questions

    def finding(self, question: Question) -> Finding:
        """A question as a finding at its cell."""
        place = self.matrix.grid.place(*question.cell) if question.cell else Place(self.matrix.grid.file)
        return Finding("CX867", question.ask, place, severity="warning")

    def cite(self, row: int, column: int) -> str:
        """The source of what a cell says."""
        return f"grid#{self.matrix.grid.ref(row, column)}"

    # --- files

    def head(self) -> str:
        """`pack.yaml`."""
        wanted = self.wanted
        sheet = f", sheet `{self.matrix.grid.sheet}`" if self.matrix.grid.sheet else ""
        title = wanted.title or f"Grid of amounts in {self.where}"
        url = f", url: {quoted(wanted.url)}" if wanted.url else ""
        lines = [
            f"# Written by `continuum import matrix` from `{self.where}`{sheet}. Each amount cites its cell, as grid#B3.",
            "# A draft: nothing is filled in that the grid does not say. Answer each question, then take it out.",
            "format: 1",
            f"id: {self._id()}",
            'version: "0.1.0"',
            f"title: {quoted(title)}",
            'summary: "The amounts that a published grid prints for each level of need, and nothing more."',
            f"authority: {self._authority()}",
            "status: draft",
            f"in_force: {{from: {wanted.start}}}" if wanted.start else "in_force: {undated: yes}",
            "sources:",
            f"  grid: {{title: {quoted(title)}, note: {quoted(f'Read from {self.where}{sheet}.')}{url}}}",
            "outcomes: [amount]",
            *self._properties(),
            "questions:",
            *(self._question(question) for question in self.questions),
        ]
        if not self.questions:
            lines.pop()
        return "\n".join(lines) + "\n"

    def _id(self) -> str:
        name = self.wanted.id
        if name and not SLUG.fullmatch(name):
            hint = f"did you mean `{slug(name, '-')}`?" if slug(name, "-") else ""
            raise PackError(Finding("CX111", f"`{name}` is not an id", expected="small letters, digits, - and .", hint=hint))
        return name or slug(Path(self.where).stem, "-") or "matrix"

    def _authority(self) -> str:
        name, code = self.wanted.authority, self.wanted.code
        if not name and not code:
            return '{scheme: name, code: not-given, name: "an authority that the grid does not name"}'
        scheme = "dfe_la" if re.fullmatch(r"\d{3}", code) else "name"
        return f"{{scheme: {scheme}, code: {quoted(code or slug(name, '-'))}, name: {quoted(name or code)}}}"

    def _properties(self) -> list[str]:
        """The sentences about order that hold of the whole grid."""
        parts = "amount.low, amount.high" if self.fields else "amount"
        rising = []
        for name, several in chains(self.matrix.entries, self.matrix.levels, self.matrix.tiers).items():
            steps = [step for chain in several for step in pairwise(chain)]
            if steps and not any(falls(after, before) for before, after in steps):
                rising.append(name)
        return ["properties:", f"  - raising any of [{', '.join(rising)}] never lowers {parts}"] if rising else []

    def _question(self, question: Question) -> str:
        about = f", about: {question.about}" if question.about else ""
        source = f", source: {self.cite(*question.cell)}" if question.cell else ""
        return f"  - {{ask: {quoted(question.ask)}{about}{source}}}"

    def inputs(self) -> str:
        """`inputs.yaml`."""
        lines = ["scales:", f"  levels: [{', '.join(self.level.values())}]        # lowest need first"]
        lines += [f"  tiers: [{', '.join(self.tier.values())}]"] if self.tier else []
        lines += ["choices:", f"  areas: [{', '.join(self.area.values())}]"] if self.area else []
        lines += ["inputs:"]
        asked = "Which phase or setting is it?" if self.phases else "Which area of need is it?"
        lines += [f"  area: {{ask: {quoted(asked)}, type: choice, of: areas}}"] if self.area else []
        lines += ['  level: {ask: "Which level of need is it?", type: scale, scale: levels}']
        lines += ['  tier: {ask: "Which tier inside the level?", type: scale, scale: tiers}'] if self.tier else []
        return "\n".join(lines) + "\n"

    @property
    def keys(self) -> list[str]:
        """The inputs that a cell is found by."""
        return [*(["area"] if self.area else []), "level", *(["tier"] if self.tier else [])]

    def values(self, one: Entry) -> dict[str, str]:
        """What those inputs are for a cell; a level without tiers is the same whatever the tier."""
        found = {"area": self.area.get(one.area, ""), "level": self.level[one.level], "tier": self.tier.get(one.tier, "any")}
        return {key: found[key] for key in self.keys}

    def rates(self) -> str:
        """`rates.yaml`."""
        lines = ["rates:"]
        for name in ("published_low", "published_high") if self.fields else ("published_amount",):
            rows = [row for one in self.matrix.entries if (row := self._row(name, one))]
            if not rows:
                continue
            lines += [
                f"  {name}:",
                f"    keys: [{', '.join(self.keys)}]",
                "    type: money",
                f"    unit: {self.unit}",
                "    rows:",
                *rows,
            ]
        return "\n".join(lines) + "\n" if len(lines) > 1 else ""

    def _row(self, name: str, one: Entry) -> str:
        """The row of a rate for a cell; none where a rule of the table answers for the cell."""
        low, high = one.amount.low, one.amount.high
        value = low if name == "published_low" else high
        if one.amount.kind not in (*VALUED, "silent") or (value is None and one.amount.kind in VALUED):
            return ""
        shown = "unpublished" if value is None else _number(value)
        keys = ", ".join(f"{key}: {value}" for key, value in self.values(one).items())
        return f"      - {{{keys}, value: {shown}, source: {self.cite(one.row, one.column)}}}"

    def decision(self) -> str:
        """`decisions/amount.yaml`."""
        pence = any(
            end and end != end.to_integral_value() for one in self.matrix.entries for end in (one.amount.low, one.amount.high)
        )
        money = f"{{type: money, unit: {self.unit}, places: {2 if pence else 0}, rounding: half_even}}"
        kind = [f"type: {{fields: {{low: {money}, high: {money}}}}}"]
        if not self.fields:
            kind = ["type: money", f"unit: {self.unit}", f"places: {2 if pence else 0}", "rounding: half_even"]
        lines = ["decision: amount", 'asks: "What does the grid give?"', *kind, "hit: unique", "rules:"]
        for number, (printed, cells) in enumerate(self._special().items(), 1):
            lines += self._rule(number, printed, cells)
        lookup = f"[{', '.join(self.keys)}]"
        fields = f'{{low: "= published_low{lookup}", high: "= published_high{lookup}"}}'
        if any(one.amount.kind in ("plain", "range", "silent") for one in self.matrix.entries):
            lines += [
                "  - id: AMT-0",
                f"    otherwise: {fields}" if self.fields else f'    otherwise: "= published_amount{lookup}"',
                '    because: "The grid prints this amount."',
                "    source: grid",
            ]
        return "\n".join(lines) + "\n"

    def _special(self) -> dict[tuple[str, str], list[Entry]]:
        """The cells that print no plain amount, together where they print the same."""
        found: dict[tuple[str, str], list[Entry]] = {}
        for one in self.matrix.entries:
            if one.amount.kind in ("not_applicable", "open", "agreed", "up_to"):
                found.setdefault((one.amount.kind, one.amount.printed), []).append(one)
        return found

    def _rule(self, number: int, key: tuple[str, str], cells: Sequence[Entry]) -> list[str]:
        kind, printed = key
        lookup = f"[{', '.join(self.keys)}]"
        then = {
            "not_applicable": "not_applicable",
            "up_to": f'{{low: 0, high: "= published_high{lookup}"}}',
        }.get(kind, "{individually_agreed: yes}")
        because = f"The grid prints `{printed}` here" + {"open": ", without an upper end.", "agreed": ", and no amount."}.get(
            kind, "."
        )
        reading = {
            "not_applicable": "Read as: the grid has no amount for such a pupil; not as nil.",
            "up_to": "Read as: from nothing up to that amount.",
        }.get(kind, "")
        lines = [f"  - id: AMT-{number}", *self._when(cells), f"    then: {then}", f"    because: {quoted(because)}"]
        lines += [f"    reading: {quoted(reading)}"] if reading else []
        cites = ", ".join(self.cite(one.row, one.column) for one in cells)
        return [*lines, f"    source: [{cites}]"]

    def _when(self, cells: Sequence[Entry]) -> list[str]:
        """The cells of one form as conditions: the areas of each level, and levels with the same areas together."""
        areas: dict[tuple[str, str], list[str]] = {}
        for one in cells:
            value = self.values(one)
            areas.setdefault((value["level"], value.get("tier", "any")), []).append(value.get("area", ""))
        together: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        for (level, tier), several in areas.items():
            together.setdefault((tier, tuple(several)), []).append(level)
        lines = []
        for (tier, alike), levels in together.items():
            parts = {"area": _any_of(alike, self.area.values()), "level": _any_of(levels, ()), "tier": tier}
            shown = [f"{key}: {cell}" for key, cell in parts.items() if key in self.keys and cell != "any"]
            lines.append("{" + ", ".join(shown) + "}")
        return (
            [f"    when: {lines[0]}"]
            if len(lines) == 1
            else ["    when:", "      any:", *(f"        - {line}" for line in lines)]
        )

    def terms(self) -> str:
        """`terms.yaml`."""
        word = re.match(r"[A-Za-z]+", self.matrix.levels[0])
        label = word[0].capitalize() if word and all(level.startswith(word[0]) for level in self.matrix.levels) else "Level"
        printed = self.matrix.names
        given = f"{printed['amount']} (as the grid gives it)" if printed.get("amount") else "Amount that the grid gives"
        labels = {"area": "Phase or setting" if self.phases else "Area of need", "level": label, "tier": "Tier"} | {
            key: text for key, text in printed.items() if text
        }
        lines = [
            "terms:",
            *(f"  {key}: {{label: {quoted(labels[key])}}}" for key in self.keys),
            f"  amount: {{label: {quoted(given)}}}",
        ]
        lines += ['  amount.low: {label: "At least"}', '  amount.high: {label: "At most"}'] if self.fields else []
        for home, names in (("areas", self.area), ("levels", self.level), ("tiers", self.tier)):
            lines += [f"  {home}.{name}: {{label: {quoted(text)}}}" for text, name in names.items()]
        return "\n".join(lines) + "\n"

    def cases(self) -> str:
        """`cases/published-cells.yaml`: each cell that says something, and one that says nothing."""
        day = self.wanted.start or self.wanted.day
        lines, seen, silent = ["cases:"], set(), False
        for one in self.matrix.entries:
            if one.amount.kind == "silent":
                if silent:
                    continue
                silent = True
            given = {key: value for key, value in self.values(one).items() if value != "any"}
            name = base = "-".join(given.values()).replace("_", "-").casefold()
            count = 2
            while name in seen:
                name, count = f"{base}-{count}", count + 1
            seen.add(name)
            shown = ", ".join(f"{key}: {value}" for key, value in given.items())
            source = self.cite(one.row, one.column)
            expect = f"expect: {{amount: {self._expected(one)}}}"
            lines.append(f"  - {{id: cell-{name}, on: {day}, given: {{{shown}}}, {expect}, source: {source}}}")
        return "\n".join(lines) + "\n"

    def _expected(self, one: Entry) -> str:
        other = {
            "silent": "{refer: unpublished}",
            "not_applicable": "not_applicable",
            "open": "individually_agreed",
            "agreed": "individually_agreed",
        }
        if one.amount.kind in other:
            return other[one.amount.kind]
        low, high = _number(one.amount.low or Decimal(0)), _number(one.amount.high or Decimal(0))
        return f"{{low: {low}, high: {high}}}" if self.fields else high


def _any_of(values: Sequence[str], every: Iterable[str]) -> str:
    """A cell that holds of any of the values."""
    if set(values) == set(every):
        return "any"
    return values[0] if len(values) == 1 else quoted(", ".join(values))
