# SPDX-License-Identifier: MIT
"""Random packs: each is valid, uses any part of the language, and shrinks to one input, one decision and one rule."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from continuum.errors import PackError
from continuum.packs.loading import read_texts
from continuum.rulebook import Rulebook
from continuum.testing.drawing import hypothesis_for
from continuum.testing.room import room_of

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

HEAD = {
    "format": "1", "id": "drawn", "version": "1.0.0", "title": "A drawn pack", "status": "illustrative",
    "authority": {"scheme": "test", "code": "1", "name": "A council"}, "in_force": {"from": "2025-01-01", "to": "2025-12-31"},
}  # fmt: skip
LEVELS = ("none", "mild", "severe", "profound")
PLACES = ("here", "there", "away")
SCALES: dict[str, Any] = {"level": list(LEVELS), "stage": {"values": ["early", "late"], "points": {"early": "0", "late": "5"}}}

Text = dict[str, Any]


class Thing(NamedTuple):
    """An input or measure that may be drawn: what it is, as the pack writes it, and what that rests on."""

    name: str
    kind: str
    keys: Text
    needs: tuple[str, ...] = ()
    small: bool = True


def _input(name: str, kind: str, keys: Text, *, small: bool = True) -> Thing:
    return Thing(name, kind, {"ask": f"What is {name}?", **keys}, (), small)


def _measure(name: str, kind: str, expression: str, *needs: str) -> Thing:
    return Thing(name, kind, {"is": expression, "ask": f"What is {name}?"}, needs)


LEVEL, STAGE, PLACE = {"type": "scale", "scale": "level"}, {"type": "scale", "scale": "stage"}, {"type": "choice", "of": "places"}
INPUTS = (
    _input("need", "level", LEVEL),
    _input("cycles", "number", {"type": "integer", "min": "0", "max": "4"}),
    _input("third", "level", {**LEVEL, "blank_means": "none"}),
    _input("told", "yes_no", {"type": "yes_no"}),
    _input("place", "place", PLACE),
    _input("other", "level", {**LEVEL, "optional": "yes"}),
    _input("hours", "number", {"type": "number", "min": "0", "max": "1.5", "step": "0.5", "optional": "yes"}),
    _input("lately", "date", {"type": "date", "min": "2025-05-30", "max": "2025-06-02"}),
    _input("heard", "yes_no", {"type": "yes_no", "optional": "yes"}),
    _input("reads", "stage", STAGE),
    _input("age", "number", {"type": "integer", "min": "0", "max": "9"}, small=False),
    _input("gap", "number", {"type": "number", "min": "0", "max": "6", "step": "0.5", "optional": "yes"}, small=False),
    _input("cost", "money", {"type": "money", "unit": "GBP/year", "min": "0", "max": "100", "step": "0.5"}, small=False),
    _input("seen", "date", {"type": "date", "min": "2024-06-01", "max": "today"}, small=False),
    _input("advice", "date", {"type": "date", "min": "2024-06-01", "max": "today", "optional": "yes"}, small=False),
)
"""What is asked; those that are not small have too many values for every profile to be tried."""
PROTECTED = [_input("sex", "protected", {"type": "choice", "of": ["f", "m"], "protected": "yes"})]
MEASURES = (
    _measure("score", "number", "sum(points(need), 2 * cycles)", "need", "cycles"),
    _measure("highest", "level", "max(need, third)", "need", "third"),
    _measure("second", "number", "nth_highest(2, cycles, 2, points(need))", "cycles", "need"),
    _measure("many", "number", "count(needs >= mild)", "need", "third"),
    _measure("filled", "form", "coalesce(hours, 1)", "hours"),
    _measure("yeses", "number", "count(heard) + count(place = here)", "heard", "place"),
    _measure("worst", "level", "if(told, need, previous(need))", "told", "need"),
    _measure("share", "number", "4 / (cycles - 2)", "cycles"),
    _measure("bend", "number", "(cycles - 2) * (cycles - 2)", "cycles"),
    _measure("up_to", "number", "nearest(cycles, 1, 3, up)", "cycles"),
    _measure("said", "number", "if_absent(hours, 2)", "hours"),
    _measure("blank", "form", "coalesce(cycles, 3)", "cycles"),
    _measure("known_need", "form", "if(known(need), points(need), 1)", "need"),
    _measure("until", "date", "add_days(lately, 2)", "lately"),
    _measure("left", "days", "days_between(lately, today)", "lately"),
    _measure("printed_level", "level", "printed[cycles]", "cycles"),
    _measure("back", "level", "nearest(cycles, amount)", "cycles"),
    _measure("expires", "date", "add_months(seen, 6)", "seen"),
    _measure("each", "money", "cost / (age - 3)", "cost", "age"),
)
"""What is worked out; ``form`` where that depends on what was given, and not only on what is true."""
RATES: Text = {
    "amount": {"keys": ["level"], "type": "number", "rows": [
        {"level": "none", "value": "0"}, {"level": "mild", "value": "1.5", "from": "2025-06-01"},
        {"level": "severe", "value": "3"}, {"level": "profound", "value": "unpublished"},
    ]},
    "printed": {"keys": ["cycles"], "type": {"scale": "level"}, "rows": [
        {"cycles": "[0 .. 1]", "value": "none"}, {"cycles": "2", "value": "severe"}, {"cycles": "3", "value": "unpublished"},
    ]},
    "base": {"type": "number", "rows": [{"value": "2", "to": "2025-05-31"}, {"value": "3", "from": "2025-06-01"}]},
}  # fmt: skip

CONSTANTS: dict[str, tuple[str, ...]] = {
    "number": ("0", "1", "2", "3"), "days": ("0", "1", "2", "30"), "form": ("0", "1", "2", "3"),
    "money": ("0", "50", "99.5"), "date": ("2024-12-31", "2025-06-01"),
    "level": LEVELS, "stage": ("early", "late"), "grade": LEVELS,
}  # fmt: skip
IN_RANGE = {
    "hours": ("0", "0.5", "1.5"), "lately": ("2025-05-31", "2025-06-01"), "seen": ("2024-12-31", "2025-01-01"),
    "advice": ("2024-12-31", "2025-01-01"),
}  # fmt: skip
"""Constants of an input with a range of its own, which no cell may leave."""
SIDES: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "number": (
        ("cycles / 2", ("cycles",)), ("2 * hours", ("hours",)), ("age - 1", ("age",)), ("gap", ("gap",)), ("base", ()),
        ("amount[need]", ("need",)), ("score", ("score",)), ("share", ("share",)),
    ),
    "money": (("cost", ("cost",)), ("each", ("each",))),
    "date": (("today", ()), ("lately", ("lately",)), ("add_weeks(seen, 3)", ("seen",)), ("expires", ("expires",))),
    "level": (
        ("third", ("third",)), ("need", ("need",)), ("next(need)", ("need",)), ("highest", ("highest",)), ("worst", ("worst",)),
    ),
}  # fmt: skip
"""What a value may be compared with besides constants: an expression and the names that it reads."""
GIVES: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "grade": (("= need", ("need",)), ("= if(told, none, severe)", ("told",)), ("= max(need, third)", ("need", "third"))),
    "ways": (("= if(cycles > 2, here, there)", ("cycles",)), ("= if(share > 1, here, away)", ("share",))),
    "number": (
        ("= cycles / 2", ("cycles",)), ("= max(0, score - 3) * 3", ("score",)), ("= amount[need]", ("need",)), ("= base", ()),
        ("= round(share, 0, up)", ("share",)), ("= hours", ("hours",)), ("= gap * 2", ("gap",)), ("= said * base", ("said",)),
        ("= 6 / cycles", ("cycles",)), ("= blank", ("blank",)),
    ),
    "money": (("= cost / 3", ("cost",)), ("= each", ("each",)), ("= max(0, cost - 60)", ("cost",))),
    "date": (("= until", ("until",)), ("= add_months(lately, cycles)", ("lately", "cycles")), ("= expires", ("expires",))),
    "yes_no": (("= cycles > 1", ("cycles",)), ("= told", ("told",)), ("= share > 1", ("share",))),
}  # fmt: skip
"""What a rule may give besides constants."""
OUTCOMES: dict[str, tuple[str | Text, tuple[str, ...], tuple[str, ...]]] = {
    "grade": ({"scale": "level"}, ("first", "unique", "highest", "any"), LEVELS),
    "ways": ({"choice": "places"}, ("collect",), PLACES),
    "number": ("number", ("first", "unique", "highest", "any", "sum"), ("0", "1", "2.5", "7")),
    "money": ("money", ("first", "unique", "highest", "any", "sum"), ("0", "50", "99.5")),
    "yes_no": ("yes_no", ("first", "any"), ("no", "yes")),
    "date": ("date", ("first", "highest", "any"), ("2025-01-01", "2025-09-01")),
    "award": ({"fields": {"size": {"scale": "level"}, "cost": "number"}}, ("first", "unique", "highest", "any"), ()),
}
"""For each kind of decision: its type, its hit policies, and constants that a rule may give."""
MORE_KEYS: dict[str, Text] = {
    "number": {"places": "1", "rounding": "half_up"},
    "money": {"unit": "GBP/year", "places": "2", "rounding": "half_up"},
}
REFERRALS: tuple[Any, ...] = ("refer", "not_applicable", {"individually_agreed": "yes"}, "unpublished")
STATES = ("applicable", "not_applicable", "referred")
OPERATORS = (">=", "<=", ">", "<", "!=")


def packs(*, form: bool = True, impossible: bool = True, small: bool = False) -> SearchStrategy[str]:
    """Random valid packs, each as the text of one file; :func:`rulebook_of` makes a rulebook of it.

    One to four decisions that may rest on each other, over every kind of input and hit policy, with measures, dated rates,
    referrals, nested conditions, and properties. Some profile of each can be. The smallest has one input, one decision and
    one rule.

    Args:
        form: whether rules and measures may ask what was given, and not only what is true.
        impossible: whether some profiles may be impossible.
        small: only inputs of few values, and at most four of them, so that every profile can be tried.
    """
    hypothesis = hypothesis_for()
    made: SearchStrategy[str] = hypothesis.strategies.composite(_pack)(form, impossible, small)
    return made


@lru_cache(maxsize=512)
def rulebook_of(text: str) -> Rulebook:
    """The rulebook of a pack in one text.

    Raises:
        PackError: with every fault of the pack.
    """
    return Rulebook(read_texts({"pack.yaml": text}, Path("pack.yaml")))


def _pack(draw: DrawFn, form: bool, impossible: bool, small: bool) -> str:  # noqa: FBT001  # handed on by Hypothesis
    hypothesis = hypothesis_for()
    drawing = _Drawing(draw, hypothesis.strategies)
    pack = drawing.pack(form=form, impossible=impossible, small=small)
    text = json.dumps(pack, indent=1)
    try:
        rulebook = rulebook_of(text)
    except PackError as error:
        hypothesis.event(f"refused: {error.findings[0].code}")
        hypothesis.reject()
    hypothesis.assume(not impossible or room_of(rulebook, None).filled({}) is not None)
    return text


def _used(pack: Text) -> Text:
    """The pack with the rates, groups, scales and lists of values that it speaks of."""
    text = json.dumps(pack)
    rates = {name: rate for name, rate in RATES.items() if f"{name}[" in text or f" {name}" in text or f"{name})" in text}
    text += json.dumps(rates)
    parts = {
        "rates": rates,
        "groups": {"needs": ["need", "third"]} if "(needs" in text else {},
        "scales": {name: scale for name, scale in SCALES.items() if f'"{name}"' in text},
        "choices": {"places": list(PLACES)} if ': "places"' in text else {},
    }
    return pack | {key: content for key, content in parts.items() if content}


class _Drawing:
    """One pack as it is drawn: the names that there are so far, each with its kind."""

    def __init__(self, draw: DrawFn, strategies: Any) -> None:
        self.draw, self.st = draw, strategies
        self.kinds: dict[str, str] = {}
        self.optional: set[str] = set()
        self.asked: list[str] = []
        self.states: list[str] = []

    def one(self, items: Any) -> Any:
        return self.draw(self.st.sampled_from(list(items)))

    def some(self, items: Any, least: int = 0, most: int = 3) -> list[Any]:
        items = list(items)
        if not items:
            return []
        return list(self.draw(self.st.lists(self.st.sampled_from(items), min_size=least, max_size=most, unique_by=str)))

    def yes(self) -> bool:
        return bool(self.draw(self.st.booleans()))

    def pack(self, *, form: bool, impossible: bool, small: bool) -> Text:
        inputs = self._take([thing for thing in INPUTS if thing.small or not small], 1, 4 if small else 7)
        self.asked = [thing.name for thing in inputs]
        inputs += PROTECTED * self.yes()
        self.kinds["today"] = "date"
        self.optional = {thing.name for thing in inputs if "optional" in thing.keys}
        possible = [one for one in MEASURES if self.has(one.needs) and (form or one.kind != "form")]
        measures = self._take(possible, 0, 4) if possible else []
        cannot = [{"when": self.condition(form=False), "because": "It cannot be."} for _ in range(self.few(impossible))]
        decisions = [self.decision(i, form=form) for i in range(1, 1 + self.draw(self.st.integers(1, 4)))]
        outcomes = [table["decision"] for table in decisions]
        tables: Text = {
            "inputs": {thing.name: thing.keys for thing in inputs},
            "measures": {thing.name: thing.keys for thing in measures},
            "decisions": decisions,
            "impossible": cannot,
            "properties": self.properties(outcomes),
        }
        return _used({**HEAD, "outcomes": outcomes, **{key: content for key, content in tables.items() if content}})

    def few(self, wanted: bool) -> int:  # noqa: FBT001
        return self.draw(self.st.integers(0, 2)) if wanted else 0

    def has(self, names: tuple[str, ...]) -> bool:
        return all(name in self.kinds for name in names)

    def _take(self, things: list[Thing], least: int, most: int) -> list[Thing]:
        count = self.draw(self.st.integers(least, min(most, len(things))))
        names = [thing.name for thing in things]
        names = names[:count] if self.yes() else self.some(names, count, count)  # the first ones go together
        taken = [thing for thing in things if thing.name in names]
        self.kinds |= {thing.name: thing.kind for thing in taken}
        return taken

    # conditions

    def condition(self, *, form: bool, depth: int = 2) -> Text:
        """The lines of a `when`, perhaps nested."""
        kind = self.one(["plain", "plain", "any", "all", "not"]) if depth else "plain"
        if kind == "not":
            return {"not": self.condition(form=False, depth=depth - 1)}
        if kind in ("any", "all"):
            count = self.draw(self.st.integers(1, 3))
            return {kind: [self.condition(form=form, depth=depth - 1) for _ in range(count)]}
        return {name: self.cell(name, form=form) for name in self.some([*self.kinds, *self.states], 1, 2)}

    def cell(self, name: str, *, form: bool) -> str:
        """A cell about an input, a measure, an earlier decision, or a field of one."""
        kind = self.kinds[name]
        ways = [self.states_cell] if name in self.states else []
        ways += [self.form_cell] if form and name in self.asked else []
        ways += [self.absent_cell] if name in self.optional else []
        values = {
            "yes_no": self.truth, "place": self.member, "ways": self.set_cell,
        }  # fmt: skip
        plain = values.get(kind, self.ordered)
        return str(self.one([plain, plain, plain, *ways])(name))

    def states_cell(self, _: str) -> str:
        return str(self.one(STATES))

    def form_cell(self, _: str) -> str:
        return str(self.one(["known", "unknown"]))

    def absent_cell(self, _: str) -> str:
        return str(self.one(["absent", "present"]))

    def truth(self, _: str) -> str:
        return str(self.one(["yes", "no"]))

    def member(self, _: str) -> str:
        return self.listed(self.some(PLACES, 1, 2))

    def set_cell(self, name: str) -> str:
        return "empty" if self.yes() and self.yes() else self.member(name)

    def listed(self, cells: list[str]) -> str:
        return f"not ({', '.join(cells)})" if self.yes() else ", ".join(cells)

    def ordered(self, name: str) -> str:
        """A comparison, an interval, or any or none of some."""
        kind = self.kinds[name]
        constants = IN_RANGE.get(name, CONSTANTS[kind])
        way = self.one(["compared", "listed", "mixed", "between"])
        if way in ("listed", "mixed"):
            some = self.some(constants, 1, 2)
            return self.listed([*some, f"{self.one('<>')} {self.one(constants)}"] if way == "mixed" else some)
        if way == "between":
            low, high = self.one(combinations(constants, 2))
            return f"{self.one('[(')}{low} .. {high}{self.one('])')}"
        others = SIDES.get("level" if kind == "grade" else kind, ())
        sides = [side for side, reads in others if self.has(reads)]
        return f"{self.one(OPERATORS)} {self.one([*constants, *sides])}"

    # decisions

    def decision(self, number: int, *, form: bool) -> Text:
        """A table that may read those before it."""
        kind = self.one(OUTCOMES)
        type_, hits, _ = OUTCOMES[kind]
        hit, name = self.one(hits), f"part_{number}"
        referring = self.yes()
        rules = [
            self._rule(f"P{number}-{i}", {"when": self.condition(form=form)}, kind, "then", referring=referring)
            for i in range(1, 1 + self.draw(self.st.integers(1, 4)))
        ]
        if self.yes():
            rules.append(self._rule(f"P{number}-0", {}, kind, "otherwise", referring=referring))
        table = {"decision": name, "asks": "What is it?", "type": type_, **MORE_KEYS.get(kind, {}), "hit": hit, "rules": rules}
        self._decided(name, kind)
        return table | ({"rank_by": "size"} if (kind, hit) == ("award", "highest") else {})

    def _decided(self, name: str, kind: str) -> None:
        if kind == "award":
            self.kinds |= {f"{name}.size": "grade", f"{name}.cost": "number"}
            self.states += [f"{name}.size"]
        else:
            self.kinds[name] = kind
            self.states += [name]

    def _rule(self, id_: str, when: Text, kind: str, key: str, *, referring: bool) -> Text:
        gives = self.one(REFERRALS) if referring and self.yes() else self.gives(kind)
        more = {"to": "A person"} if gives == "refer" else {}
        more |= {"missing": "deliberate"} if "unknown" in json.dumps(when) else {}
        return {"id": id_, **when, key: gives, "because": "It is so.", **more}

    def gives(self, kind: str) -> Any:
        """What a rule gives."""
        if kind == "award":
            return {"size": self.gives("grade"), "cost": self.gives("number")}
        worked = [text for text, reads in GIVES.get(kind, ()) if self.has(reads)]
        earlier = [f"= {name}" for name, other in self.kinds.items() if other == kind and name.startswith("part_")]
        given = self.one([*OUTCOMES[kind][2], *worked, *(earlier if kind != "ways" else [])])
        return self.some([*PLACES, *worked], 1, 2) if kind == "ways" else given

    # properties

    def properties(self, names: list[str]) -> list[str]:
        """Up to two sentences that fit the pack, true or not."""
        raised = [name for name in self.asked if self.kinds[name] in ("level", "stage", "number", "money", "date")]
        ordered = [name for name, kind in self.kinds.items() if name.startswith("part_") and kind in CONSTANTS]
        forms: list[Callable[[], str]] = []
        if raised and ordered:
            forms += [
                lambda: f"raising any of [{self.one(raised)}] never {self.one(['lowers', 'raises'])} {self.one(ordered)}",
                lambda: f"one step in any of [{self.one(raised)}] moves {self.one(ordered)} by at most {self.one('0123')}",
            ]
        forms += [lambda: f"{self.one(names)} does not depend on {self.one(self.asked)}"] if self.asked else []
        found = [self.one(forms)() for _ in range(self.few(wanted=True))] if forms else []
        return list(dict.fromkeys(found))
