# SPDX-License-Identifier: MIT
"""What a check looks at, and what it gives back: a pack with what has been worked out about it, and faults found in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

from continuum.compiled import Rule, Table
from continuum.engines.completions import Completions
from continuum.engines.reference import Reference
from continuum.errors import EngineError
from continuum.packs.loading import Written
from continuum.packs.reading import Path
from continuum.proofs.answers import askable, proofs_of, prove
from continuum.proofs.diagram import TooLargeError
from continuum.proofs.proof import Proof
from continuum.proofs.properties import Answer, NotProvable, Pair
from continuum.proofs.sat import NotCountedError

Severity: TypeAlias = Literal["error", "warning", "note"]


class Subject:
    """A pack that is checked. What is proved about it is worked out once, when a check first asks.

    Attributes:
        pack: the pack, compiled.
        written: the pack as written, with the places of its keys.
        on: the day for which acceptances and versions are judged; None where nobody said.
    """

    def __init__(self, reference: Reference, completions: Completions, written: Written, on: dt.date | None = None) -> None:
        self.reference, self.completions, self.pack = reference, completions, reference.pack
        self.written, self.on = written, on

    @property
    def proofs(self) -> list[Proof]:
        """The days on which the pack means something of its own, the first in force first.

        Raises:
            EngineError: CX706, where a diagram passes its budget.
        """
        if isinstance(self._proofs, EngineError):
            raise self._proofs
        return self._proofs

    @cached_property
    def _proofs(self) -> list[Proof] | EngineError:
        try:
            return proofs_of(self.reference, self.completions)
        except EngineError as problem:  # told once for each check, and not worked out again
            return problem

    def afresh(self) -> Subject:
        """The same, with nothing worked out yet."""
        return Subject(self.reference, self.completions, self.written, self.on)

    def renew(self) -> None:
        """Let the next check do as much work as any other."""
        made = self.__dict__.get("_proofs", ())
        for proof in () if isinstance(made, EngineError) else made:
            proof.diagram.renew()

    def proof_on(self, day: dt.date) -> Proof:
        """What can be asked of one day, which the version covers."""
        return next((proof for proof in self.proofs if proof.day == day), None) or Proof(self.reference, self.completions, day)

    def extent(self, count: Callable[[Proof], Hashable], more: Sequence[Proof] = ()) -> str:
        """How far a fault goes on each day told apart, and on ``more`` days; empty where it cannot be counted within the work of
        one question.
        """
        try:
            return "; ".join(str(count(proof)) for proof in [*self._renewed(), *more])
        except (EngineError, TooLargeError, NotCountedError, NotProvable):
            return ""
        finally:
            self.renew()

    def _renewed(self) -> list[Proof]:
        self.renew()
        return self.proofs

    @cached_property
    def answers(self) -> tuple[Answer, ...]:
        """The default sentences and the pack's own, answered."""
        return prove(askable(self.reference, self.completions, lambda: self.proofs))

    def asked(self, form: str) -> list[Answer]:
        """The answers to the pack's own sentences of a form."""
        texts = {_plain(prop.text) for prop in self.pack.properties if prop.form == form}
        return [answer for answer in self.answers if _plain(answer.sentence) in texts]

    def default(self, sentence: str) -> Answer | None:
        """The answer to a sentence that every pack is held to; None where the pack switches it off."""
        return next((answer for answer in self.answers if answer.sentence == sentence), None)

    def broken(self, sentence: str) -> Iterator[tuple[str, tuple[Pair, ...], dt.date]]:
        """The decisions for which a sentence that every pack is held to is broken, with examples and their day."""
        answer = self.default(sentence)
        if answer is not None and answer.verdict == "broken":
            for name in dict.fromkeys(pair.outcome for pair in answer.pairs):
                mine = tuple(pair for pair in answer.pairs if pair.outcome == name)
                yield name, mine, mine[0].day or answer.days[0]

    # where things stand in the pack

    def table_path(self, name: str) -> Path:
        """Where a decision is named."""
        return ("decisions", self._tables[name], "decision")

    def rule(self, rule: str) -> tuple[Table, Rule]:
        """A rule and its table."""
        return next((table, one) for table in self.pack.tables.values() for one in table.rules if one.id == rule)

    def rule_path(self, rule: str) -> Path:
        """Where a rule has its id."""
        return self._rules[rule]

    def property_path(self, sentence: str) -> Path:
        """Where a sentence of the pack stands; for one that every pack is held to, the head of the pack."""
        for i, prop in enumerate(self.pack.properties):
            if _plain(prop.text) == _plain(sentence):
                return ("properties", i)
        return ("id",)

    @cached_property
    def _tables(self) -> dict[str, int]:
        return {table.decision: i for i, table in enumerate(self.written.pack.decisions)}

    @cached_property
    def _rules(self) -> dict[str, Path]:
        return {
            rule.id: ("decisions", i, "rules", j, "id")
            for i, table in enumerate(self.written.pack.decisions)
            for j, rule in enumerate(table.rules)
        }


def _plain(sentence: str) -> str:
    return " ".join(sentence.split())


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault that a check found.

    Attributes:
        about: what it is about, by name: a decision, a rule, an input, a rate, a source or a sentence.
        message: the fault in one sentence.
        path: where it stands in the pack, as keys from the top.
        witness: example profiles, the smallest first and a typical one after it, with what they come to.
        day: the day of the examples.
        hint: what to do.
        severity: ``error``, ``warning`` or ``note``.
        extent: for how many profiles it is so, on each day told apart; empty where that is not counted.
        code: where it is not the code of the check.
    """

    about: str
    message: str
    path: Path = ()
    witness: tuple[Pair, ...] = ()
    day: dt.date | None = None
    hint: str = ""
    severity: Severity = "error"
    code: str = ""
    extent: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """A check: its name, its code, and how it looks; the first sentence of its module says when it speaks. ``proves`` where it
    needs the decision diagrams.
    """

    name: str
    code: str
    find: Callable[[Subject], Iterator[Fault]]
    proves: bool = False
