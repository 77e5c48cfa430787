# SPDX-License-Identifier: MIT
"""How a decision came about: for each table the rules that decided, what their clauses saw, and what nearly held."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from continuum.arithmetic import CannotWorkOut, as_decimal
from continuum.compiled import (
    ABSENT,
    UNPUBLISHED,
    AllOf,
    Cite,
    Clause,
    CompiledPack,
    Condition,
    Expr,
    Lit,
    RateRead,
    RateRow,
    Read,
    Rule,
    Table,
    Type,
    clauses,
    needed,
    reads,
    sides,
)  # fmt: skip
from continuum.decisions import Citation, ClauseNote, Reason, RuleNote
from continuum.engines.completions import Completions, TooMany
from continuum.engines.hits import Upstream, Worked
from continuum.engines.reference import Env, NotKnown, Reference

FEW = 4
"""More possible sets than this are told by what is certain and what is open."""
STATE_WORDS = {
    "refer": "for people to decide",
    "not_applicable": "does not apply",
    "individually_agreed": "agreed individually",
    "unpublished": "not published",
}


def shown(pack: CompiledPack, owner: str, type_: Type, value: Any) -> str:
    """A value as a person reads it: its label, or the amount with its unit."""
    if value is ABSENT:
        return "said to be none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return STATE_WORDS.get(value) or label(pack, owner, type_, value)
    if isinstance(value, tuple | list):
        return ", ".join(shown(pack, owner, type_, item) for item in value) or "none"
    if isinstance(value, dict):
        fields = dict(type_.fields)
        return ", ".join(f"{pack.label(owner, name)} {shown(pack, owner, fields[name], item)}" for name, item in value.items())
    if isinstance(value, dt.date):
        return f"{value.day} {value:%B %Y}"
    return number_words(value, type_)


def number_words(value: Any, type_: Type) -> str:
    """``£6,000 a year`` or ``4.5 years``."""
    number = value if type(value).__name__ == "Decimal" else as_decimal(value, type_.places)
    unit = type_.unit_words()
    if type_.money or unit.startswith("GBP"):
        currency, _, period = unit.partition("/")
        sign = "£" if currency in ("", "GBP") else f"{currency} "
        amount = f"{number.copy_abs():,f}".removesuffix(".00")
        return f"{'-' if number < 0 else ''}{sign}{amount}" + "".join(f" a {part}" for part in period.split("/") if part)
    unit = "per cent" if unit == "percent" else unit
    if unit.isalpha() and unit.islower() and not unit.endswith("s") and number != 1:
        unit += "s"
    return f"{number:,f} {unit}".strip()


def label(pack: CompiledPack, owner: str, type_: Type, value: str) -> str:
    """The printed form of a value of a scale or choice, from the terms of its owner or of its type."""
    return pack.value_label(owner, type_, value)


def sets_words(pack: CompiledPack, owner: str, type_: Type, sets: Sequence[Collection[Any]]) -> str:
    """Many possible sets: what all of them hold, and what only some do."""
    certain, some = set.intersection(*map(set, sets)), set().union(*sets)
    parts = [("certainly", certain), ("perhaps", some - certain)]
    ordered = [(word, tuple(value for value in type_.values if value in members)) for word, members in parts if members]
    return "; ".join(f"{word} {shown(pack, owner, type_, members)}" for word, members in ordered)


def _sentence(words: str) -> str:
    return words if words.endswith((".", "!", "?")) else f"{words}."


def _first_capital(text: str) -> str:
    return text[:1].upper() + text[1:]


class Why:
    """Puts the reasons of one profile together."""

    def __init__(self, reference: Reference, completions: Completions, values: Mapping[str, Any], day: dt.date) -> None:
        self.reference, self.pack, self.completions = reference, reference.pack, completions
        self.values, self.day = values, day
        self.env: Env = reference.env(values, day)

    def reasons(self) -> tuple[Reason, ...]:
        """One reason for each decision that the outcomes needed, in the order they were worked out."""
        return tuple(self._reason(self.pack.tables[name]) for name in self._read_tables())

    def _read_tables(self) -> list[str]:
        """The decisions that each outcome came from, in the order of the outcomes, each after those it read. Where an outcome
        is open, all that it may read.
        """
        found: dict[str, None] = {}
        for outcome in self.pack.outcomes:
            env = self.reference.env(self.values, self.day)
            try:
                env[outcome]
                read: Collection[str] = env
            except NotKnown:
                read = needed(self.pack, outcome)
            found |= {name: None for name in self.pack.tables if name in read}
        return list(found)

    def _reason(self, table: Table) -> Reason:
        worked = self._worked(table.name)
        rules = {rule.id: rule for rule in table.rules}
        states = {item.state for item in worked}
        values = list(dict.fromkeys(self._text(table, item) for item in worked))
        fired = list(dict.fromkeys(rule for item in worked for rule in item.rules))
        single = len(values) == 1 and len(states) == 1
        nearly = [rule for rule in table.rules if rule.id not in fired and self._missed_by_one(rule)]
        also = [
            rule for rule in table.rules if single and rule.id not in fired and rule.condition and self._holds(rule.condition)
        ]
        return Reason(
            decision=table.name, asks=table.asks, state=worked[0].state if single else "range",  # type: ignore[arg-type]
            outcome=values[0] if single else self._open(table, worked, values),
            fired=tuple(self._rule(table, rules[name]) for name in fired if name in rules),
            nearly=tuple(self._rule(table, rule) for rule in nearly),
            also=tuple(self._rule(table, rule) for rule in also),
            because=worked[0].because if single else "",
            cause=worked[0].cause if single else "",  # type: ignore[arg-type]
        )  # fmt: skip

    def _open(self, table: Table, worked: list[Worked], values: list[str]) -> str:
        """What an open decision may come to, in words."""
        if table.type.kind == "set" and len(values) > FEW and all(item.state == "indicated" for item in worked):
            return sets_words(self.pack, table.name, table.type, [item.value for item in worked])
        return "one of: " + "; ".join(values) if values else "cannot be said"

    def _worked(self, name: str) -> list[Worked]:
        try:
            return [self.env[name]]
        except NotKnown:
            try:
                return [leaf.worked for leaf in self.completions.leaves(name, self.env)]
            except TooMany:
                return [Worked("range")]

    def _text(self, table: Table, worked: Worked) -> str:
        if worked.cause == "individually_agreed":
            return STATE_WORDS["individually_agreed"]
        if worked.state in STATE_WORDS:
            return STATE_WORDS[worked.state]
        if worked.state == "range":
            return "not settled"
        return shown(self.pack, table.name, table.type, worked.value)

    def _missed_by_one(self, rule: Rule) -> bool:
        """Whether the rule fails on one line of its condition and only there."""
        if rule.condition is None or not isinstance(rule.condition, AllOf):
            return False
        return [self._holds(item) for item in rule.condition.items].count(False) == 1 and all(
            self._holds(item) is not None for item in rule.condition.items
        )

    def _holds(self, condition: Condition) -> bool | None:
        try:
            return self.reference.holds(condition)(self.env)
        except (NotKnown, Upstream, CannotWorkOut):
            return None

    def _rule(self, table: Table, rule: Rule) -> RuleNote:
        worked_from, rows = self._worked_from(rule)
        illustrative = [rule.illustrative, *(row.illustrative for row in rows)]
        return RuleNote(
            id=rule.id, because=rule.because, then=self._then(table, rule),
            clauses=tuple(self._clause(clause) for clause in clauses(rule.condition)),
            citations=tuple(
                citation(self.pack, cite, self.day)
                for cite in dict.fromkeys([*rule.sources, *(cite for row in rows for cite in row.sources)])
            ),
            illustrative=" ".join(_sentence(words) for words in dict.fromkeys(illustrative) if words),
            reading=rule.reading, worked_from=worked_from, looked_at=self._looked_at(table) if rule.condition is None else (),
        )  # fmt: skip

    def _looked_at(self, table: Table) -> tuple[str, ...]:
        """What the conditions of a table are about, as they stand: why none of its rules holds."""
        subjects = {clause.subject.key: clause.subject for rule in table.rules for clause in clauses(rule.condition)}
        return tuple(f"{_first_capital(self.pack.label(name))}: {self._saw(read)}" for name, read in subjects.items())

    def _worked_from(self, rule: Rule) -> tuple[tuple[str, ...], list[RateRow]]:
        """What the outcome of a rule is worked out from, in words, and the rows of the rates it looks up."""
        words: dict[str, None] = {}
        rows: list[RateRow] = []
        for item in (item for _, expr in rule.then.values for item in reads(expr)):
            if isinstance(item, Read):
                words[f"{_first_capital(self.pack.label(item.key))}: {self._saw(item)}"] = None
            elif isinstance(item, RateRead) and item.back is None:
                row = self._row(item)
                if row is not None:
                    rows.append(row)
                    amount = row.value if row.value == UNPUBLISHED else shown(self.pack, item.rate, item.type, row.value)
                    words[f"{_first_capital(self.pack.label(item.rate))}: {amount}"] = None
        return tuple(words), rows

    def _row(self, item: RateRead) -> RateRow | None:
        try:
            keys = tuple(self.reference.reader(key)(self.env) for key in item.keys)
            day = self.reference.reader(item.at)(self.env) if item.at else self.day
        except (NotKnown, Upstream, CannotWorkOut):
            return None
        return None if day is ABSENT else self.pack.rates[item.rate].row(keys, day)

    def _then(self, table: Table, rule: Rule) -> str:
        if rule.then.kind in STATE_WORDS:
            return STATE_WORDS[rule.then.kind]
        if all(isinstance(expr, Lit) for _, expr in rule.then.values):
            values = [(name, expr.value) for name, expr in rule.then.values if isinstance(expr, Lit)]
            if rule.then.kind == "fields":
                return shown(self.pack, table.name, table.type, dict(values))
            return ", ".join(shown(self.pack, table.name, table.type, value) for _, value in values)
        return "what is worked out"

    def _clause(self, clause: Clause) -> ClauseNote:
        subject = clause.subject
        return ClauseNote(
            subject=subject.key, text=clause.text, saw=self._saw(subject), held=self._holds(clause), parts=self._parts(subject),
            against=tuple(self._side(side) for side in sides(clause.test) if not isinstance(side, Lit)),
        )  # fmt: skip

    def _side(self, side: Expr) -> str:
        """What a clause compares with, where that is looked up or worked out."""
        try:
            value = self.reference.reader(side)(self.env)
        except NotKnown:
            return "what is not known"
        except (Upstream, CannotWorkOut):
            return "what cannot be worked out"
        return shown(self.pack, side.rate if isinstance(side, RateRead) else getattr(side, "name", ""), side.type, value)

    def _parts(self, subject: Read) -> tuple[str, ...]:
        """The sub-totals that a measure is made of, where it is made of other measures."""
        if subject.of != "measure":
            return ()
        inside = reads(self.pack.measures[subject.name].expr)
        made_of = [item for item in inside if isinstance(item, Read) and item.of == "measure"]
        return tuple(dict.fromkeys(f"{_first_capital(self.pack.label(item.key))}: {self._saw(item)}" for item in made_of))

    def _saw(self, subject: Read) -> str:
        try:
            value = self.env[subject.name]
        except NotKnown:
            return "not known"
        except (Upstream, CannotWorkOut):
            return "cannot be worked out"
        if isinstance(value, Worked):
            if value.state != "indicated":
                return STATE_WORDS[value.state]
            value = value.value[subject.part] if subject.part else value.value
        return shown(self.pack, subject.name, subject.type, value)


def citation(pack: CompiledPack, cite: Cite, day: dt.date) -> Citation:
    """The citation with its document, and whether that is in force on the day where the document says so."""
    document = pack.sources[cite.source]
    dated = document.start is not None or document.end is not None
    in_force = (document.start is None or document.start <= day) and (document.end is None or day <= document.end)
    return Citation(
        source=cite.source, title=document.title, publisher=document.publisher, paragraph=cite.paragraph, url=document.url,
        date=document.date, in_force=in_force if dated else None,
    )  # fmt: skip
