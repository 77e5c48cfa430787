# SPDX-License-Identifier: MIT
"""Property sentences: a closed grammar of about ten forms; a sentence that fits none is an error, never ignored."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from continuum.compiled import Property, Type
from continuum.compiling.expressions import Fault, Names
from continuum.errors import listed, nearest

DEFAULTS = (
    "every profile has an outcome",
    "no two rules of equal rank disagree",
    "every rule can apply",
    "no outcome depends on a protected input",
    "a missing answer never decides the case by itself",
)
"""The properties every pack is held to unless it switches one off, with a reason."""
OUTCOME, AGREE, APPLY, PROTECTED, MISSING = DEFAULTS

WORD = r"[A-Za-z0-9_.]+"
LIST = r"\[[^\]]*\]|" + WORD
AMOUNT = r"[0-9]+(?:\.[0-9]+)?"
NAMED = rf"{WORD}(?:, {WORD})*"
FORMS: dict[str, re.Pattern[str]] = {
    form: re.compile(pattern + r"\Z")
    for form, pattern in {
        "order": rf"raising any of (?P<inputs>{LIST}) never (?P<way>lowers|raises) (?P<outcomes>{NAMED})",
        "cliff": rf"one step in any of (?P<inputs>{LIST}) moves (?P<outcomes>{NAMED}) by at most (?P<most>{AMOUNT})",
        "independence": rf"(?P<outcomes>{NAMED}) do(?:es)? not depend on (?P<inputs>{LIST}|{NAMED})",
        "reach": rf"an? (?P<outcome>{WORD}) of (?P<value>{WORD}) always reaches one of (?P<values>{LIST}) in (?P<other>{WORD})",
        "settling": rf"deciding again after the (?P<other>{WORD}) is in place does not lower (?P<outcomes>{NAMED})",
        "never": rf"no profile has (?P<outcome>{WORD}) at least (?P<value>{WORD})"
        rf" while every one of (?P<inputs>{LIST}) is at most (?P<level>{WORD})",
        "alignment": rf"(?P<outcome>{WORD}) with (?P<input>{WORD}) (?P<here>{WORD}) is within (?P<most>{AMOUNT})"
        rf" of (?P<same>{WORD}) with (?P<again>{WORD}) (?P<there>{WORD})",
    }.items()
}
SHAPES = (
    "raising any of [inputs] never lowers outcomes",
    "raising any of [inputs] never raises outcomes",
    "one step in any of [inputs] moves outcomes by at most N",
    "outcome does not depend on inputs",
    "an outcome of value always reaches one of [values] in outcome",
    "deciding again after the outcome is in place does not lower outcomes",
    "no profile has outcome at least value while every one of [inputs] is at most level",
    "outcome with input value is within N of outcome with input value",
)


WHERE, HIGHEST = " where ", " treating refer as highest"
LINE = re.compile(rf"(?P<name>{WORD}) is (?P<cell>\S.*)")


def limits(text: str) -> tuple[str, dict[str, str]]:
    """A sentence without what limits it, and that as the lines of a condition: ``where age is [5 .. 11] and plan is ehcp``.

    Raises:
        Fault: where what follows ``where`` is not a name, ``is`` and a cell, or names something twice.
    """
    sentence, _, rest = text.partition(WHERE)
    lines: dict[str, str] = {}
    for part in rest.split(" and ") if rest else ():
        line = LINE.fullmatch(part)
        if not line or line["name"] in lines:
            hint = "write `where`, a name, `is` and a cell; join several by `and`"
            raise Fault("CX304", f"`{part}` does not say for which profiles the sentence holds", hint=hint)
        lines[line["name"]] = line["cell"]
    return sentence, lines


def read_property(text: str, names: Names, values_of: Callable[[str], Type | None]) -> Property:
    """The property a sentence states, its names resolved.

    Raises:
        Fault: where the sentence fits no form, or speaks of a name or value that is not known.
    """
    sentence = " ".join(text.split())
    highest = sentence.endswith(HIGHEST)
    sentence, lines = limits(sentence.removesuffix(HIGHEST))
    if lines and sentence in DEFAULTS:
        raise Fault("CX304", "a property that every pack is held to is not limited", hint="leave out `where`")
    if sentence in DEFAULTS:
        return Property(text, "default", (("name", sentence),), highest)
    for form, pattern in FORMS.items():
        match = pattern.match(sentence)
        if match:
            parts = {name: value.strip() for name, value in match.groupdict().items()}
            return Property(text, form, tuple(_resolved(form, parts, names, values_of).items()), highest)
    hint = nearest(sentence, [*SHAPES, *DEFAULTS])
    raise Fault("CX304", f"`{sentence}` is not a sentence of the language", expected=listed([*SHAPES, *DEFAULTS]), hint=hint)


def _resolved(form: str, parts: dict[str, str], names: Names, values_of: Callable[[str], Type | None]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for part, text in parts.items():
        words = [word for word in text.strip("[]").replace(" ", "").split(",") if word]
        if part == "inputs":
            result[part] = tuple(member for word in words for member in _inputs(word, names))
        elif part == "outcomes":
            result[part] = tuple(_decision(word, names) for word in words)
        elif part in ("outcome", "other", "same"):
            result[part] = _decision(text, names)
        elif part in ("input", "again"):
            result[part] = _inputs(text, names)[0]
        else:
            result[part] = tuple(words) if part == "values" else text
    if "inputs" in result and not result["inputs"]:
        raise Fault("CX304", "the list of inputs is empty", hint="name at least one input or group")
    _values(result, values_of)
    _ordered(form, result, values_of)
    return result


def _ordered(form: str, result: dict[str, Any], values_of: Callable[[str], Type | None]) -> None:
    """Refuse a sentence about order over something that has none."""
    asked = {"order": ("inputs", "outcomes"), "cliff": ("inputs", "outcomes"), "settling": ("outcomes",),
             "never": ("inputs", "outcome"), "alignment": ("outcome",)}.get(form, ())  # fmt: skip
    for part in asked:
        for name in result[part] if isinstance(result[part], tuple) else (result[part],):
            type_ = values_of(name)
            if type_ and not type_.ordered and not (type_.kind == "yes_no" and part != "inputs"):
                raise Fault(
                    "CX205",
                    f"`{name}` has no order, so it is neither raised nor lowered",
                    hint="name a scale, number or date",
                )


def _inputs(word: str, names: Names) -> tuple[str, ...]:
    if word in names.groups:
        measures = [member for member in names.groups[word] if member not in names.inputs]
        if measures:
            raise Fault(
                "CX201", f"`{measures[0]}` in the group `{word}` is a measure; only what is asked is raised", hint="name inputs"
            )
        return names.groups[word]
    if word in names.inputs:
        return (word,)
    raise Fault("CX201", f"`{word}` is not an input or a group", hint=nearest(word, [*names.inputs, *names.groups]))


def _decision(word: str, names: Names) -> str:
    base, _, part = word.partition(".")
    if base not in names.decisions:
        raise Fault("CX201", f"`{word}` is not a decision", hint=nearest(word, names.decisions))
    if part and part not in dict(names.decisions[base].fields):
        raise Fault("CX201", f"`{base}` has no field `{part}`", hint=nearest(part, dict(names.decisions[base].fields)))
    return word


def _values(result: dict[str, Any], values_of: Callable[[str], Type | None]) -> None:
    homes = [("value", "outcome"), ("values", "other"), ("level", "inputs"), ("here", "input"), ("there", "again")]
    for part, home in homes:
        if part not in result:
            continue
        owner = result[home][0] if home == "inputs" else result[home]
        type_ = values_of(owner)
        for value in result[part] if isinstance(result[part], tuple) else (result[part],):
            if type_ and type_.kind == "number" and not re.fullmatch(AMOUNT, value):
                raise Fault("CX206", f"`{value}` is not a number, and `{owner}` is one", expected="a number, such as 6000")
            if type_ and type_.values and value not in type_.values:
                raise Fault(
                    "CX206",
                    f"`{value}` is not a value of `{owner}`",
                    expected=listed(type_.values),
                    hint=nearest(value, type_.values),
                )
