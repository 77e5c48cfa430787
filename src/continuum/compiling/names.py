# SPDX-License-Identifier: MIT
"""What the names of a pack stand for: types, inputs, groups, measures, decisions; and where faults are reported."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pydantic_core import PydanticCustomError

from continuum.arithmetic import as_decimal, exact
from continuum.compiled import ABSENT, DATE, YES_NO, Cite, Expr, Input, Measure, Op, Rate, RateRead, Read, Span, Type, reads
from continuum.compiling.expressions import Expressions, Fault, same_unit, unit_of
from continuum.compiling.rates import compile_rate
from continuum.errors import listed, nearest
from continuum.packs import model
from continuum.packs.language import NotReadable, read_expression
from continuum.packs.loading import Written
from continuum.packs.reading import Path, Source

FALLIBLE = ("/", "add_days", "add_weeks", "add_months", "last_day", "next_day")


def a(noun: str) -> str:
    """The noun with its article."""
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


class Reported:
    """A context in which a fault of the language is reported at its place and goes no further."""

    def __init__(self, source: Source, path: Path, *, key: bool) -> None:
        """Report to this source, at this path (or at its key)."""
        self.source, self.path, self.key = source, path, key

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        """Report what is a fault of the pack; anything else goes on."""
        if isinstance(error, Fault):
            if error.code:
                self._report(error.code, error.message, error.expected, error.hint)
        elif isinstance(error, RecursionError):
            self._report("CX112", "this is nested too deeply", "", "split it into measures")
        elif isinstance(error, NotReadable):
            expression = self.path[:1] == ("measures",) or self.path[-1:] in (("then",), ("otherwise",))
            self._report("CX302" if expression else "CX301", str(error), "", error.advice(expression=expression))
            self._point_at(error)
        elif isinstance(error, PydanticCustomError):
            context = error.context or {}
            self._report(str(context["code"]), str(context["what"]), str(context.get("expected", "")), "")
        else:
            return False
        return True

    def _point_at(self, error: NotReadable) -> None:
        """Put the caret under the character that cannot be read, where the text stands on one line."""
        finding = self.source.findings[-1]
        place = finding.place
        start = place.text.find(error.text, place.column - 1) if place and error.text else -1
        if place and start >= 0 and error.at:
            spot = replace(place, column=min(start + error.at, len(place.text)), width=1)
            self.source.findings[-1] = replace(finding, place=spot)

    def _report(self, code: str, message: str, expected: str, hint: str) -> None:
        self.source.report(code, self.path, message, expected=expected, hint=hint, key=self.key)


class Scope:
    """The names of one pack. Expressions, rates and tables are compiled against it."""

    def __init__(self, written: Written) -> None:
        """Take up a pack as read; ``declare`` then reads what it declares."""
        self.written, self.pack, self.source = written, written.pack, written.source
        self.scales: dict[str, Type] = {}
        self.choices: dict[str, Type] = {}
        self.inputs: dict[str, Input] = {}
        self.groups: dict[str, tuple[str, ...]] = {}
        self.rates: dict[str, Rate] = {}
        self.decisions: dict[str, Type] = {}
        self.measures: dict[str, Measure | None] = {}
        self.values: frozenset[str] = frozenset()
        self._working: list[str] = []
        self._read = {*self.pack.inputs, *self.pack.rates, *self.pack.groups, *(t.decision for t in self.pack.decisions)}
        self.language = Expressions(self)

    def declare(self) -> None:
        """Read scales, choices, inputs, groups, rates and measures; each fault is reported and the rest goes on."""
        self._types()
        self._names()
        for name, asked in self.pack.inputs.items():
            made = self._input(name, asked)
            if made:
                self.inputs[name] = made
        self._groups()
        for name, written in self.pack.rates.items():
            rate = compile_rate(self, name, written)
            if rate:
                self.rates[name] = rate
        for name in self.pack.measures:
            with self.reported(("measures", name)):
                self.measure(name)
        self._group_types()

    def measure(self, name: str) -> Measure | None:
        """The compiled measure, compiled now if it was not yet; None where there is no such measure."""
        if name not in self.pack.measures:
            return None
        if name in self._working:
            members = self._working[self._working.index(name) :]
            raise Fault("CX209", f"{' reads '.join(f'`{m}`' for m in [*members, name])}", hint="break the circle")
        if name not in self.measures:
            self.measures[name] = self._measure(name)
        measure = self.measures[name]
        if measure is None:
            raise Fault("", "")  # its own fault is reported at its own place
        return measure

    def broken(self, name: str) -> bool:
        """Whether the name is declared but what it stands for could not be read."""
        return name in self._read and not any(name in home for home in (self.inputs, self.rates, self.decisions, self.groups))

    def known(self) -> list[str]:
        """Every name there is, for suggestions."""
        return [*self.inputs, *self.pack.measures, *self.decisions, *self.groups, *self.rates, *self.values]

    def reported(self, path: Path, *, key: bool = False) -> Reported:
        """Report a fault of the language at this path and go on."""
        return Reported(self.source, path, key=key)

    def _types(self) -> None:
        for name, scale in self.pack.scales.items():
            if scale.points and set(scale.points) != set(scale.values):
                self.source.report(
                    "CX213",
                    ("scales", name),
                    f"the points of `{name}` do not name each value once",
                    expected=listed(scale.values),
                )
                continue
            self.distinct(("scales", name), scale.values)
            points = tuple(exact(scale.points[v]) if scale.points else i for i, v in enumerate(scale.values))
            self.scales[name] = Type("scale", tuple(scale.values), name, points=points, pointed=bool(scale.points))
        for name, values in self.pack.choices.items():
            self.distinct(("choices", name), values)
            self.choices[name] = Type("choice", tuple(values), name)
        for i, table in enumerate(self.pack.decisions):
            with self.reported(("decisions", i, "type")):
                self.decisions[table.decision] = self._decision_type(table)

    def distinct(self, path: Path, values: Iterable[str]) -> None:
        """Report a value that stands twice."""
        seen: set[str] = set()
        for value in values:
            if value in seen:
                self.source.report("CX202", path, f"the value `{value}` stands twice")
            seen.add(value)

    def _decision_type(self, table: model.Decision) -> Type:
        written = table.type
        collect = table.hit == "collect"
        if isinstance(written, dict) and set(written) == {"fields"} and isinstance(written["fields"], dict):
            fields = tuple((name, self._field_type(table, text)) for name, text in written["fields"].items())
            for name, _ in fields:
                if not model.NAME.match(name) or name in model.RESERVED:
                    raise Fault("CX111", f"`{name}` is not a name for a field", expected="small letters, digits and _")
            if not fields:
                raise Fault("CX213", "a table with fields has at least one")
            return Type("fields", fields=fields)
        if isinstance(written, dict) and len(written) == 1 and next(iter(written)) in ("scale", "choice"):
            kind, values = next(iter(written.items()))
            type_ = self._listed_type(table.decision, kind, values)
            return replace(type_, kind="set") if collect else type_
        type_ = self._field_type(table, written)
        if collect:
            raise Fault("CX213", "a `collect` table gives a set of values", hint="write type: {choice: [a, b, c]}")
        return type_

    def _listed_type(self, owner: str, kind: str, values: Any) -> Type:
        if isinstance(values, list):
            for value in values:
                if not isinstance(value, str) or not model.VALUE.match(value) or value in model.RESERVED:
                    raise Fault(
                        "CX111",
                        f"`{value}` cannot be a value",
                        expected="letters, digits and _, not a word of the language",
                    )
            if len(values) < (2 if kind == "scale" else 1):
                raise Fault("CX213", f"a {kind} has at least {'two values' if kind == 'scale' else 'one value'}")
            if len(set(values)) < len(values):
                twice = next(value for value in values if values.count(value) > 1)
                raise Fault("CX202", f"the value `{twice}` stands twice")
            return Type(kind, tuple(values), owner, points=tuple(range(len(values))) if kind == "scale" else ())
        home = self.scales if kind == "scale" else self.choices
        if not isinstance(values, str) or values not in home:
            raise Fault(
                "CX201",
                f"there is no {kind} `{values}`",
                expected=listed(list(home)) if home else "",
                hint=nearest(str(values), home),
            )
        return home[values]

    def _field_type(self, table: model.Decision, written: Any) -> Type:
        """The type of a whole outcome, or of one field of it; a field at length may have its own unit and places."""
        field = model.MoneyField.model_construct(type="number", unit=None, places=None, rounding=None)
        if isinstance(written, dict) and "type" in written:
            try:
                field = model.MoneyField.model_validate(written)
            except ValueError:
                raise Fault("CX107", "a field is {type, unit, places, rounding}") from None
            written = field.type
        if isinstance(written, dict) and len(written) == 1 and next(iter(written)) in ("scale", "choice"):
            kind, values = next(iter(written.items()))
            return self._listed_type(table.decision, kind, values)
        if written not in ("yes_no", "date", "number", "integer", "money"):
            options = ["yes_no", "date", "number", "integer", "money", "{scale: ..}", "{choice: ..}", "{fields: ..}"]
            found = f"`{written}`" if isinstance(written, str) else "this"
            raise Fault("CX108", f"{found} is not a type", expected=listed(options), hint=nearest(str(written), options))
        if written in ("yes_no", "date"):
            return YES_NO if written == "yes_no" else DATE
        places = table.places if field.places is None else field.places
        rounding = field.rounding or table.rounding
        unit = field.unit or table.unit or ("GBP" if written == "money" else "")
        if written == "money" and (places is None or rounding is None):
            hint = "add places: 2 and rounding: half_up"
            raise Fault("CX213", "an amount of money says its places and its rounding", hint=hint)
        return Type(
            "number", unit=unit_of(unit), money=written == "money", whole=written == "integer", places=places,
            rounding=rounding, unit_shown=unit,
        )  # fmt: skip

    def rate_type(self, name: str, rate: model.Rate) -> Type:
        """The type of a rate's values: amounts, numbers, dates, yes or no, or values of a scale or choice."""
        written = rate.type
        if isinstance(written, dict) and len(written) == 1 and next(iter(written)) in ("scale", "choice"):
            kind, values = next(iter(written.items()))
            return self._listed_type(name, kind, values)
        if written in ("yes_no", "date"):
            return YES_NO if written == "yes_no" else DATE
        if written not in ("money", "number", "integer"):
            options = ["money", "number", "integer", "date", "yes_no", "{scale: ..}", "{choice: ..}"]
            found = f"`{written}`" if isinstance(written, str) else "this"
            raise Fault(
                "CX108", f"{found} is not a type of a rate", expected=listed(options), hint=nearest(str(written), options)
            )
        unit = unit_of(rate.unit or ("GBP" if written == "money" else ""))
        return Type("number", unit=unit, money=written == "money", whole=written == "integer")

    def _names(self) -> None:
        """Every name stands for one thing, and no value shares its name with one."""
        homes: list[tuple[str, str, Path]] = [
            *((name, "input", ("inputs", name)) for name in self.pack.inputs),
            *((name, "measure", ("measures", name)) for name in self.pack.measures),
            *((name, "group", ("groups", name)) for name in self.pack.groups),
            *((name, "rate", ("rates", name)) for name in self.pack.rates),
        ]
        decisions = [(t.decision, "decision", ("decisions", i, "decision")) for i, t in enumerate(self.pack.decisions)]
        seen: dict[str, str] = {}
        for name, kind, path in [*homes, *decisions]:
            if name in seen:
                self.source.report(
                    "CX202", path, f"`{name}` is the name of {a(kind)} and of {a(seen[name])}", hint="rename one", key=True
                )
            seen.setdefault(name, kind)
        lists: list[tuple[Path, list[str]]] = [(("scales", name), scale.values) for name, scale in self.pack.scales.items()]
        lists += [(("choices", name), values) for name, values in self.pack.choices.items()]
        lists += [(("inputs", n, "of"), a.of) for n, a in self.pack.inputs.items() if isinstance(a.of, list)]
        lists += [
            (("decisions", i, "type"), list(self.decisions[t.decision].values))
            for i, t in enumerate(self.pack.decisions)
            if t.decision in self.decisions and isinstance(t.type, dict) and isinstance(next(iter(t.type.values()), None), list)
        ]
        for path, values in lists:
            for value in values:
                if value in seen:
                    hint = f"rename the value or the {seen[value]}; the printed word stands in terms.yaml"
                    self.source.report("CX204", path, f"the value `{value}` is also the name of {a(seen[value])}", hint=hint)
        self.values = frozenset(value for _, values in lists for value in values)
        ids: dict[str, str] = {}
        for i, table in enumerate(self.pack.decisions):
            for j, rule in enumerate(table.rules):
                if rule.id in ids:
                    hint = f"the first is in `{ids[rule.id]}`; give each rule its own id"
                    self.source.report(
                        "CX202", ("decisions", i, "rules", j, "id"), f"the rule id `{rule.id}` stands twice", hint=hint
                    )
                ids.setdefault(rule.id, table.decision)

    def _input(self, name: str, asked: model.Input) -> Input | None:
        path: Path = ("inputs", name)
        before = len(self.source.findings)
        type_: Type | None = None
        with self.reported((*path, "type")):
            type_ = self._input_type(name, asked)
        if type_ is None:
            return None
        step = (
            exact(asked.step)
            if asked.step is not None
            else {"integer": 1, "money": exact(model.read_number("0.01"))}.get(asked.type)
        )
        low, high = _end(asked.min), _end(asked.max)
        self._range(asked, path, low, high, step)
        for value in asked.codes:
            if value not in type_.values:
                self.source.report(
                    "CX206",
                    (*path, "codes", value),
                    f"`{value}` is not a value of `{name}`",
                    expected=listed(type_.values),
                    hint=nearest(value, type_.values),
                    key=True,
                )
        self._codes(name, asked, type_, path)
        self._changes(name, asked, path)
        if len(self.source.findings) > before:
            return None
        made = Input(
            name, asked.ask, type_, low, high, step, asked.code or "", tuple(asked.codes.items()), asked.optional,
            None, asked.protected, asked.help or "", asked.judged_by or "", "no" if asked.protected else asked.changes or "",
        )  # fmt: skip
        if asked.blank_means is not None:
            with self.reported((*path, "blank_means")):
                said_none = made.optional and asked.blank_means == "absent"
                blank = ABSENT if said_none else self.constant(asked.blank_means, type_)
                within(made, blank)
                made = replace(made, blank=blank)
        return made

    def _changes(self, name: str, asked: model.Input, path: Path) -> None:
        """Only what has an order can change up or down, and nobody asks whether a protected answer could be another."""
        if asked.protected and asked.changes in ("up", "down"):
            message = f"`{name}` is protected, so no change of it is ever asked about"
            self.source.report("CX213", (*path, "changes"), message, hint="remove `changes`")
        elif asked.type == "choice" and asked.changes in ("up", "down"):
            message = f"the values of `{name}` have no order, so they cannot change `{asked.changes}`"
            self.source.report("CX213", (*path, "changes"), message, hint="write changes: no, or make it a scale")

    def _codes(self, name: str, asked: model.Input, type_: Type, path: Path) -> None:
        """No code stands for two values or two inputs, or is the name of another."""
        seen: dict[str, str] = {}
        for value, code in asked.codes.items():
            other = seen.setdefault(code, value)
            if other != value or (code in type_.values and code != value):
                clash = other if other != value else code
                message = f"the code `{code}` of `{value}` also stands for `{clash}`"
                self.source.report("CX202", (*path, "codes", value), message, hint="give each value its own code")
        for other, made in self.inputs.items():
            if asked.code and asked.code in (made.code, other):
                message = f"the code `{asked.code}` of `{name}` also stands for `{other}`"
                self.source.report("CX202", (*path, "code"), message, hint="give each input its own code")

    def _input_type(self, name: str, asked: model.Input) -> Type:
        if asked.scale is not None and asked.type != "scale":
            raise Fault("CX213", f"`{name}` names a scale but its type is `{asked.type}`", hint="write type: scale")
        if asked.of is not None and asked.type != "choice":
            raise Fault("CX213", f"`{name}` lists values but its type is `{asked.type}`", hint="write type: choice")
        if asked.unit is not None and asked.type not in ("number", "money", "integer"):
            raise Fault("CX213", f"`{name}` has a unit but its type is `{asked.type}`")
        if asked.type == "scale":
            if asked.scale is None:
                raise Fault("CX105", f"`{name}` does not say which scale", hint="add scale: and its name")
            return self._listed_type(name, "scale", asked.scale)
        if asked.type == "choice":
            if asked.of is None:
                raise Fault(
                    "CX105",
                    f"`{name}` does not list its values",
                    hint="add of: [a, b] or the name of a list under choices:",
                )
            return self._listed_type(name, "choice", asked.of)
        if asked.type == "yes_no":
            return YES_NO
        if asked.type == "date":
            return DATE
        money = asked.type == "money"
        written = asked.unit or ("GBP" if money else "")
        whole, places = asked.type == "integer", 2 if money else None
        return Type("number", unit=unit_of(written), money=money, whole=whole, places=places, unit_shown=written)

    def _range(self, asked: model.Input, path: Path, low: Any, high: Any, step: Any) -> None:
        ranged = asked.type in ("integer", "number", "money", "date")
        if not ranged:
            for key, value in (("min", low), ("max", high), ("step", step)):
                if value is not None:
                    self.source.report("CX213", (*path, key), f"`{key}` says nothing of a {asked.type}", hint="remove it")
            return
        for key, value in (("min", low), ("max", high)):
            if value is None:
                self.source.report(
                    "CX105",
                    path,
                    f"the key `{key}` is missing",
                    hint=f"add `{key}:`; a range is needed to say what may still be possible",
                )
        if asked.type == "number" and step is None:
            self.source.report("CX105", path, "the key `step` is missing", hint="add `step:`, such as 0.5")
        if step is not None and step <= 0:
            self.source.report("CX213", (*path, "step"), "a step is more than zero")
        if low is not None and high is not None and "today" not in (low, high) and low > high:
            self.source.report("CX213", (*path, "max"), "`max` is below `min`", hint="swap the two")
        if asked.type == "integer" and any(isinstance(v, int) is False for v in (low, high, step) if v is not None):
            self.source.report("CX213", path, "an integer has whole ends and a whole step")

    def constant(self, text: str, type_: Type) -> Any:
        """A value written plainly, by its type."""
        if type_.kind == "number":
            number = exact(model.read_number(text))
            if type_.whole and not isinstance(number, int):
                raise Fault("CX207", f"`{text}` is not a whole number", expected="a whole number")
            return number
        if type_.kind == "date":
            return model.read_day(text)
        if text not in type_.values:
            raise Fault(
                "CX206",
                f"`{text}` is not {type_.words()}" if type_.kind == "yes_no" else f"`{text}` is not a value of `{type_.name}`",
                expected=listed(type_.values),
                hint=nearest(text, type_.values),
            )
        return text == "yes" if type_.kind == "yes_no" else text

    def _groups(self) -> None:
        for name, members in self.pack.groups.items():
            unknown = [member for member in members if member not in self.pack.inputs and member not in self.pack.measures]
            for member in unknown:
                path: Path = ("groups", name, members.index(member))
                self.source.report(
                    "CX201",
                    path,
                    f"`{member}` is not an input or a measure",
                    hint=nearest(member, [*self.pack.inputs, *self.pack.measures]),
                )
            if not unknown:
                self.groups[name] = tuple(members)

    def _group_types(self) -> None:
        """Members of a group share a type and a unit: one number is not compared with years here and months there."""
        for name, members in self.groups.items():
            types = [self.inputs[member].type for member in members if member in self.inputs]
            types += [found.expr.type for member in members if (found := self.measures.get(member)) is not None]
            if len({(t.kind, t.values, t.unit) for t in types}) > 1:
                message = f"the members of `{name}` have different types"
                self.source.report("CX205", ("groups", name), message, expected="inputs or measures of one type and unit")

    def key_type(self, key: str) -> Type:
        """The type of a rate's key: that of an input or decision, or a scale or list of choices."""
        for home in (self.scales, self.choices, self.decisions):
            if key in home:
                return home[key]
        if key in self.inputs:
            return self.inputs[key].type
        if key in self.pack.measures:
            raise Fault("CX213", f"`{key}` is a measure, so its type is said here", hint=f"write keys: [{{{key}: number}}]")
        known = [*self.scales, *self.choices, *self.decisions, *self.inputs]
        raise Fault("CX201", f"`{key}` is not an input, decision, scale or list of choices", hint=nearest(key, known))

    def reachable(self, key: str, value: Any) -> None:
        """Refuse a key of a rate's row, or the ends of an interval, that the input of that name can never be."""
        if key in self.inputs and value is not None:
            for end in (value.low, value.high) if isinstance(value, Span) else (value,):
                if end is not None:
                    within(self.inputs[key], end)

    def cite(self, text: str) -> Cite:
        """A citation, of a source that is listed."""
        source, _, paragraph = text.partition("#")
        if source not in self.pack.sources:
            raise Fault(
                "CX211",
                f"the source `{source}` is not listed in pack.yaml",
                expected=listed(list(self.pack.sources)) if self.pack.sources else "a source listed under sources:",
                hint=nearest(source, self.pack.sources),
            )
        return Cite(source, paragraph)

    def type_of(self, name: str) -> Type | None:
        """The type of an input, a decision or a field of one."""
        base, _, part = name.partition(".")
        if base in self.decisions:
            type_ = self.decisions[base]
            return dict(type_.fields).get(part) if part else type_
        return self.inputs[base].type if base in self.inputs else None

    def _measure(self, name: str) -> Measure | None:
        written = self.pack.measures[name]
        measure = None
        self._working.append(name)
        try:
            with self.reported(("measures", name)):
                expr = self.language.typed(read_expression(written.is_))
                self.unprotected(reads(expr))
                if expr.type.kind in ("set", "fields"):
                    raise Fault("CX205", f"a measure is one value, not {expr.type.words()}", hint="read the decision itself")
                if written.unit is not None:
                    if expr.type.kind != "number":
                        raise Fault("CX208", f"{expr.type.words()} has no unit", hint="remove unit:")
                    expr = _in_unit(expr, same_unit(expr.type, Type("number", unit=unit_of(written.unit)), "made one"))
                measure = Measure(name, expr, written.is_, written.ask or "", self.fallible(expr))
        finally:
            self._working.pop()
        return measure

    def unprotected(self, read: Iterable[Any]) -> None:
        """Refuse a reading of a protected input."""
        for item in read:
            asked = self.inputs.get(getattr(item, "name", ""))
            if asked and asked.protected:
                raise Fault(
                    "CX210",
                    f"`{asked.name}` is protected: it may be recorded, never read",
                    hint="remove it; a decision may not rest on it",
                )

    def fallible(self, expr: Expr) -> bool:
        """Whether it may turn out that the value cannot be worked out."""
        if isinstance(expr, RateRead):
            return True
        if isinstance(expr, Op):
            beyond = expr.op == "nearest" and bool(expr.detail)
            return beyond or expr.op in FALLIBLE or any(self.fallible(arg) for arg in expr.args)
        if isinstance(expr, Read) and expr.of == "measure":
            measure = self.measures.get(expr.name)
            return bool(measure and measure.fallible)
        return isinstance(expr, Read) and expr.of == "decision"


def _end(value: Any) -> Any:
    return value if value is None or value == "today" or isinstance(value, dt.date) else exact(value)


def _in_unit(expr: Expr, type_: Type) -> Expr:
    return replace(expr, type=type_)


def within(asked: Input, value: Any) -> None:
    """Refuse a constant that the input can never be."""
    low, high = asked.low, asked.high
    if isinstance(value, str | bool) or value is ABSENT or low is None or high is None:
        return
    if (low != "today" and value < low) or (high != "today" and value > high):
        raise Fault(
            "CX207",
            f"`{asked.name}` is never {_written(value)}",
            expected=f"from {_written(low)} to {_written(high)}, as inputs.yaml says",
        )
    if asked.step and not isinstance(value, dt.date) and (value - low) % asked.step:
        raise Fault(
            "CX207",
            f"{_written(value)} is not a step of `{asked.name}`",
            expected=f"steps of {_written(asked.step)} from {_written(low)}",
        )


def _written(value: Any) -> str:
    return str(value) if isinstance(value, dt.date | str) else str(as_decimal(value, None))
