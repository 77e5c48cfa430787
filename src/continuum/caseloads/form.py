# SPDX-License-Identifier: MIT
"""A pack's form, filled in for a made-up pupil in the pack's own names and words, so that the pack takes it.

An input that the model knows by its name or code gets the model's answer. Any other input is drawn from its declared values, each
as likely as the next: such a column has no meaning and is there so that the pack can be tried.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

from continuum.arithmetic import as_decimal
from continuum.caseloads.answers import QUESTIONS, Child, Question
from continuum.caseloads.chance import Chance
from continuum.caseloads.needs import LEVELS
from continuum.compiled import ABSENT, CompiledPack, Input, RateRead, condition_reads, reads
from continuum.engines.completions import Completions, TooMany
from continuum.engines.reference import Reference
from continuum.errors import Finding, ProfileError
from continuum.profiles import Reader
from continuum.rulebook import Rulebook

TRIES = 20
"""How often meaningless answers are drawn again where they contradict the rest; after that they are left out."""
ONE_ABSENT_IN = 10
"""One in so many answers without meaning is ``absent``, where the pack allows it."""
KEPT = 4_000
"""How many answers to whether a profile is possible are remembered."""
Answer = Callable[[Child, Chance], Any]


class Form:
    """The form of one pack for one day."""

    def __init__(self, rulebook: Rulebook, on: dt.date) -> None:
        self.pack, self.on = rulebook.pack, on
        self.reader = Reader(self.pack)
        self._reference = Reference(self.pack)
        self._completions = Completions(self._reference)
        known = {name: question for name, asked in self.pack.inputs.items() if (question := _question(asked))}
        self.modelled = tuple(known)
        self.meaningless = tuple(name for name in self.pack.inputs if name not in known)
        self.published = tuple(name for name, question in known.items() if question.published)
        self._answers = tuple((name, self._modelled(self.pack.inputs[name], question)) for name, question in known.items())
        self._draws = tuple((name, self._drawn(self.pack.inputs[name])) for name in self.meaningless)
        self._matter = tuple(name for name in self.pack.inputs if name in _read_by_impossible(self.pack))
        self._told: dict[tuple[Any, ...], Finding | None] = {}

    def filled_in(self, one: Child, chance: Chance) -> dict[str, Any]:
        """The answers for a pupil, in the order of the pack: text, whole numbers, decimals and days; None where there is none.

        Raises:
            ProfileError: where what the model says of a pupil cannot be in this pack.
        """
        given = dict.fromkeys(self.pack.inputs)
        for name, answer in self._answers:
            given[name] = answer(one, chance)
        if not self._draws:
            return self._checked(given)
        for _ in range(TRIES):
            for name, draw in self._draws:
                given[name] = draw(one, chance)
            try:
                return self._checked(given)
            except ProfileError:
                continue
        return self._checked(given | dict.fromkeys(self.meaningless))

    def _checked(self, given: dict[str, Any]) -> dict[str, Any]:
        """The answers, if no entry of the pack says that they are impossible; with some left out they stay possible."""
        key = tuple([given[name] for name in self._matter])
        if key not in self._told:
            if len(self._told) >= KEPT:
                self._told.clear()
            self._told[key] = self._contradiction(given)
        if finding := self._told[key]:
            raise ProfileError(finding)
        return given

    def _contradiction(self, given: dict[str, Any]) -> Finding | None:
        env = self._reference.env(self.reader.read(given).exact_values(), self.on)
        try:
            if self._completions.filling(env) is not None:
                return None
            entry = self.pack.impossible[self._completions.excluded_by(env)[0]]
        except TooMany:
            number = self._completions.contradiction(env)
            if number is None:
                return None
            entry = self.pack.impossible[number]
        message = f"the model of synthetic caseloads does not fit {self.pack.id}: {entry.because}"
        return Finding("CX504", message, hint="make up a caseload for a pack that allows what the model says")

    def _modelled(self, asked: Input, question: Question) -> Answer:
        """The model's answer in the words of the pack; None where the pack has no word for it, or does not take the number."""
        words = self.reader.values.get(asked.name, {})

        @cache
        def said(answer: Any) -> Any:
            if answer is None or answer is ABSENT:
                return "absent" if answer is ABSENT and asked.optional else None
            if question.kind == "scale":
                return _rung(asked, words, answer)
            if question.kind == "choice":
                return next((words[word] for word in answer if word in words), None)
            if question.kind == "yes_no":
                return "yes" if answer else "no"
            return _day(asked, answer, self.on) if question.kind == "date" else _number(asked, answer)

        return lambda one, chance: said(question.answer(one, chance))

    def _drawn(self, asked: Input) -> Answer:
        """An answer without meaning: any that is declared."""
        values = (*asked.type.values, "absent") if asked.optional else asked.type.values
        if asked.type.values:
            return lambda _, chance: chance.pick(values)
        low, high = (self.on if end == "today" else end for end in (asked.low, asked.high))
        step: Any = dt.timedelta(days=1) if asked.type.kind == "date" else asked.step or 1
        if asked.type.money and (low % 1, 1 % step) == (0, 0):  # type: ignore[operator]  # a number has numbers for ends
            step = 1
        steps = (high - low) // step + 1  # type: ignore[operator]  # as above, or two days

        def answer(_: Child, chance: Chance) -> Any:
            if asked.optional and chance.below(ONE_ABSENT_IN) == 0:
                return "absent"
            value = low + chance.below(steps) * step
            return value if isinstance(value, dt.date) else _plain(value)

        return answer


def _read_by_impossible(pack: CompiledPack) -> set[str]:
    """The inputs on which it rests whether a profile is possible, directly or through measures."""
    found: set[str] = set()
    waiting = [item for entry in pack.impossible for item in condition_reads(entry.condition)]
    while waiting:
        item = waiting.pop()
        if not isinstance(item, RateRead) and item.name not in found:  # what a rate is looked up by comes as items of its own
            found.add(item.name)
            waiting += reads(pack.measures[item.name].expr) if item.name in pack.measures else ()
    return found


def _question(asked: Input) -> Question | None:
    """What the model knows of an input: by its name, or by its code; None where it is of another kind or in another unit."""
    kinds = {"scale": ("scale",), "choice": ("choice", "scale"), "number": ("number",), "date": ("date",), "yes_no": ("yes_no",)}
    by_name = (question for question in QUESTIONS if asked.name in question.names)
    by_code = (question for question in QUESTIONS if asked.code and asked.code.upper() == question.code)
    fitting = (one for one in (*by_name, *by_code) if asked.type.kind in kinds[one.kind] and asked.type.unit_words() in one.units)
    return next(fitting, None)


def _rung(asked: Input, words: dict[str, str], level: str) -> str:
    """A level on the pack's own scale: by its word, or else as far up as it is among the model's, rounded up."""
    if level in words:
        return words[level]
    last = len(LEVELS) - 1
    return asked.type.values[-(-LEVELS.index(level) * (len(asked.type.values) - 1) // last)]


def _number(asked: Input, answer: Any) -> int | Decimal | None:
    """A number that the input takes: brought down to its step, None where it lies outside."""
    low: Any = asked.low
    high: Any = asked.high
    step = asked.step or (1 if asked.type.whole else 0)
    value = answer - (answer - low) % step if step else answer
    return _plain(value) if low <= value <= high else None


def _day(asked: Input, day: dt.date, on: dt.date) -> dt.date | None:
    low, high = (on if end == "today" else end for end in (asked.low, asked.high))
    return day if low <= day <= high else None  # type: ignore[operator]  # a date has days for ends


def _plain(value: int | Fraction) -> int | Decimal:
    """A number as data: whole, or a decimal."""
    return int(value) if value == int(value) else as_decimal(value, None)
