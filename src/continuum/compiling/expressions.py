# SPDX-License-Identifier: MIT
"""Syntax to typed expressions: every name resolved, every type and unit checked, groups written out member by member."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from continuum.arithmetic import PLAIN, CannotWorkOut, round_to
from continuum.compiled import (
    DATE,
    YES_NO,
    Expr,
    Input,
    Known,
    Lit,
    Measure,
    Op,
    Rate,
    RateRead,
    Read,
    Type,
    Unit,
    unit_text,
)  # fmt: skip
from continuum.errors import listed, nearest
from continuum.packs.language import Binary, Call, Date, Lookup, Num, Syntax, Unary, Word

COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
ROUNDING = ("half_even", "half_up", "down", "up", "floor", "ceil")

LONGEST_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Fault(Exception):
    """Something wrong in a cell or an expression, to be reported at its place."""

    def __init__(self, code: str, message: str, *, expected: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.expected, self.hint = code, message, expected, hint


class Names(Protocol):
    """What expressions may speak of; the compiler of the pack fills it."""

    inputs: dict[str, Input]
    groups: dict[str, tuple[str, ...]]
    rates: dict[str, Rate]
    decisions: dict[str, Type]
    values: frozenset[str]

    def measure(self, name: str) -> Measure | None:
        """The compiled measure of that name."""

    def broken(self, name: str) -> bool:
        """Whether the name is declared but what it stands for could not be read."""

    def known(self) -> list[str]:
        """Every name there is, for suggestions."""


def unit_of(text: str | None) -> Unit:
    """``GBP/year`` in parts; plural and singular are one (hours/week, hour/week)."""
    if not text:
        return ()
    top, *bottom = text.split("/")
    powers: dict[str, int] = {}
    for names, sign in [(top, 1), *((part, -1) for part in bottom)]:
        for name in names.replace("*", " ").split():
            one = name[:-1] if len(name) > 3 and name.endswith("s") and not name.endswith("ss") else name
            powers[one] = powers.get(one, 0) + sign
    return tuple(sorted((name, power) for name, power in powers.items() if power and name != "1"))


@dataclass
class Expressions:
    """Types the expressions of one pack."""

    names: Names
    _functions: dict[str, Callable[..., Expr]] = field(init=False)

    def __post_init__(self) -> None:
        self._functions = {
            "max": self._best, "min": self._best, "sum": self._sum, "count": self._count, "points": self._points,
            "round": self._round, "floor": self._single, "ceil": self._single, "abs": self._single, "if": self._if,
            "known": self._known, "coalesce": self._coalesce, "if_absent": self._if_absent, "years_between": self._dates,
            "months_between": self._dates, "weeks_between": self._dates, "days_between": self._dates,
            "add_days": self._dates, "add_weeks": self._dates, "add_months": self._dates, "last_day": self._day_of_year,
            "next_day": self._day_of_year, "next": self._step, "previous": self._step, "nearest": self._nearest,
            "nth_highest": self._nth,
        }  # fmt: skip

    def typed(self, syntax: Syntax, want: Type | None = None) -> Expr:
        """The typed expression; ``want`` is the type that a bare value takes."""
        if isinstance(syntax, Num):
            if want and want.kind in ("scale", "choice", "set") and str(syntax.value) in want.values:
                return Lit(str(syntax.value), want)  # levels that are printed as numbers
            return Lit(syntax.value, Type("number", whole=isinstance(syntax.value, int)))
        if isinstance(syntax, Date):
            return Lit(syntax.value, DATE)
        if isinstance(syntax, Word):
            return self._word(syntax.name, want)
        if isinstance(syntax, Unary):
            return self._unary(syntax)
        if isinstance(syntax, Binary):
            return self._binary(syntax)
        if isinstance(syntax, Lookup):
            return self._lookup(syntax)
        return self._call(syntax, want)

    # names and values

    def read(self, name: str) -> Read | None:
        """The reading of a name that stands for a value, or None where the word is not such a name."""
        if name == "today":
            return Read("today", DATE, "input")
        base, _, part = name.partition(".")
        if self.names.broken(base):
            raise Fault("", "")  # its own fault is reported at its own place
        if base in self.names.inputs and not part:
            asked = self.names.inputs[base]
            return Read(base, asked.type, "input", maybe_absent=asked.optional)
        if base in self.names.decisions:
            return self._decision(base, part)
        measure = self.names.measure(base) if not part else None
        if measure:
            return Read(base, measure.expr.type, "measure", maybe_absent=measure.expr.maybe_absent)
        return None

    def _decision(self, base: str, part: str) -> Read:
        type_ = self.names.decisions[base]
        if type_.kind != "fields":
            if part:
                raise Fault("CX201", f"`{base}` has no fields", hint=f"write `{base}`")
            return Read(base, type_, "decision")
        fields = dict(type_.fields)
        if not part:
            return Read(base, type_, "decision")
        if part not in fields:
            raise Fault("CX201", f"`{base}` has no field `{part}`", expected=listed(list(fields)), hint=nearest(part, fields))
        return Read(base, fields[part], "decision", part)

    def _word(self, name: str, want: Type | None) -> Expr:
        found = self.read(name)
        if found:
            if found.type.kind == "fields":
                options = [f"{name}.{part}" for part, _ in found.type.fields]
                raise Fault("CX205", f"`{name}` has several values", expected=listed(options))
            return found
        if name in self.names.groups:
            raise Fault(
                "CX303", f"the group `{name}` stands for several inputs",
                hint=f"put it inside max, min, sum or count, such as max({name})",
            )  # fmt: skip
        if name in self.names.rates and not self.names.rates[name].keys:
            return RateRead(name, (), self.names.rates[name].type)
        if name in self.names.rates:
            keys = ", ".join(key for key, _ in self.names.rates[name].keys)
            raise Fault("CX303", f"the rate `{name}` is looked up by key", hint=f"write {name}[{keys}]")
        return self._value(name, want)

    def _value(self, name: str, want: Type | None) -> Lit:
        if want is None or want.kind in ("number", "date", "fields"):
            if name in ("yes", "no") and want is None:
                return Lit(name == "yes", YES_NO)
            kind = f" where {want.words()} belongs" if want and name in self.names.values else ""
            if kind:
                raise Fault("CX205", f"the value `{name}` stands{kind}")
            raise Fault("CX201", f"`{name}` is not known", hint=nearest(name, self.names.known()))
        if name not in want.values:
            code = "CX206" if name in self.names.values or want.kind in ("scale", "choice", "set", "yes_no") else "CX201"
            raise Fault(
                code, f"`{name}` is not {'a value of `' + want.name + '`' if want.name else 'one of its values'}",
                expected=listed(want.values), hint=nearest(name, [*want.values, *self.names.known()]),
            )  # fmt: skip
        return Lit(name == "yes" if want.kind == "yes_no" else name, want)

    def together(self, parts: Sequence[Syntax], want: Type | None = None) -> list[Expr]:
        """Type expressions that must share a type: bare values take the type of the others."""
        first: Type | None = want
        typed: list[Expr | None] = [None] * len(parts)
        for i, part in enumerate(parts):
            if not self._bare(part):
                typed[i] = self.typed(part, want)
                first = first or typed[i].type  # type: ignore[union-attr]
        return [done or self.typed(part, first) for done, part in zip(typed, parts, strict=True)]

    def _bare(self, syntax: Syntax) -> bool:
        if isinstance(syntax, Num):
            return isinstance(syntax.value, int)
        return isinstance(syntax, Word) and self.read(syntax.name) is None and syntax.name not in self.names.rates

    # operators

    def _unary(self, syntax: Unary) -> Expr:
        if syntax.op == "not":
            side = self.condition(syntax.side)
            return Op("not", (side,), YES_NO)
        side = self._number(self.typed(syntax.side), "after a minus sign")
        return self._folded(Op("neg", (side,), side.type, maybe_absent=side.maybe_absent))

    def condition(self, syntax: Syntax) -> Expr:
        """An expression that says yes or no."""
        side = self.typed(syntax, YES_NO)
        if side.type.kind != "yes_no":
            raise Fault("CX205", f"{side.type.words()} stands where a condition belongs", expected="something that is yes or no")
        return side

    def _binary(self, syntax: Binary) -> Expr:
        if syntax.op in ("and", "or"):
            both = (self.condition(syntax.left), self.condition(syntax.right))
            return Op(syntax.op, both, YES_NO)
        if syntax.op in COMPARISONS:
            left, right = self.together([syntax.left, syntax.right])
            self.comparable(syntax.op, left.type, right.type)
            return Op(syntax.op, (left, right), YES_NO, maybe_absent=False)
        left, right = self.typed(syntax.left), self.typed(syntax.right)
        if "date" in (left.type.kind, right.type.kind):
            hint = "use add_days, add_months, days_between, months_between or years_between"
            raise Fault("CX205", "dates are not added or subtracted with + and -", hint=hint)
        self._number(left, f"before {syntax.op}")
        self._number(right, f"after {syntax.op}")
        type_ = self._sum_type(left, right) if syntax.op in "+-" else _product_type(syntax.op, left.type, right.type)
        absent = left.maybe_absent or right.maybe_absent
        return self._folded(Op(syntax.op, (left, right), type_, maybe_absent=absent))

    def comparable(self, op: str, left: Type, right: Type) -> None:
        """Refuse a comparison of two types that do not go together."""
        if left.kind != right.kind or left.values != right.values:
            raise Fault("CX205", f"{left.words()} is compared with {right.words()}", expected=left.words())
        if op not in ("=", "!=") and not left.ordered:
            raise Fault("CX205", f"{left.words()} has no order, so `{op}` says nothing", hint="use = or a list of values")
        if left.kind == "number":
            same_unit(left, right, "compared")

    def _number(self, expr: Expr, where: str) -> Expr:
        if expr.type.kind != "number":
            hint = "points(x) turns a value of a scale into a number" if expr.type.kind == "scale" else ""
            raise Fault("CX205", f"{expr.type.words()} stands {where}, where a number belongs", hint=hint)
        return expr

    def _sum_type(self, *parts: Expr) -> Type:
        type_ = parts[0].type
        for part in parts[1:]:
            type_ = same_unit(type_, part.type, "added")
        return type_

    def _folded(self, op: Op) -> Expr:
        """A constant, where all that the operation reads is constant."""
        if op.op in PLAIN and all(isinstance(arg, Lit) for arg in op.args):
            try:
                return Lit(PLAIN[op.op](*(arg.value for arg in op.args)), op.type)  # type: ignore[union-attr]
            except CannotWorkOut as fault:
                raise Fault("CX303", f"this is {fault.words}") from None
        return op

    # rates

    def _lookup(self, syntax: Lookup) -> Expr:
        if self.names.broken(syntax.name):
            raise Fault("", "")  # as above
        rate = self.names.rates.get(syntax.name)
        if rate is None:
            raise Fault("CX201", f"there is no rate `{syntax.name}`", hint=nearest(syntax.name, self.names.rates))
        if len(syntax.keys) != len(rate.keys):
            keys = ", ".join(key for key, _ in rate.keys)
            raise Fault("CX303", f"`{rate.name}` is looked up by {len(rate.keys)} keys", expected=f"{rate.name}[{keys}]")
        typed_keys: list[Expr] = []
        for key, (name, type_) in zip(syntax.keys, rate.keys, strict=True):
            typed = self.typed(key, type_)
            if typed.type.kind != type_.kind or (type_.values and typed.type.values != type_.values):
                raise Fault("CX205", f"the key `{name}` of `{rate.name}` is {type_.words()}, not {typed.type.words()}")
            typed_keys.append(typed)
        at = self.typed(syntax.at) if syntax.at else None
        if at and at.type.kind != "date":
            raise Fault("CX205", f"`at:` takes a date, not {at.type.words()}")
        absent = any(key.maybe_absent for key in typed_keys) or bool(at and at.maybe_absent)
        return RateRead(rate.name, tuple(typed_keys), rate.type, at, maybe_absent=absent)

    # functions

    def _call(self, syntax: Call, want: Type | None) -> Expr:
        function = self._functions.get(syntax.name)
        if function is None:
            raise Fault(
                "CX303", f"there is no function `{syntax.name}`",
                expected=listed(sorted(self._functions), 30), hint=nearest(syntax.name, self._functions),
            )  # fmt: skip
        return function(syntax, want)

    def _args(self, syntax: Call, least: int, most: int | None = None) -> tuple[Syntax, ...]:
        most = least if most is None else most
        if not least <= len(syntax.args) <= most:
            wanted = f"{least}" if least == most else f"{least} or more" if most > 99 else f"{least} to {most}"
            raise Fault("CX303", f"`{syntax.name}` is given {len(syntax.args)} things", expected=wanted)
        return syntax.args

    def _members(self, syntax: Call) -> list[Syntax]:
        """The arguments, each that speaks of a group written once for each member of it."""
        written: list[Syntax] = []
        for arg in self._args(syntax, 1, 1000):
            groups = sorted(set(own_words(arg)) & set(self.names.groups))
            if len(groups) > 1:
                raise Fault("CX303", f"one part of `{syntax.name}` speaks of two groups: {' and '.join(groups)}")
            if groups:
                written += [substituted(arg, groups[0], member) for member in self.names.groups[groups[0]]]
            else:
                written.append(arg)
        return written

    def _best(self, syntax: Call, want: Type | None) -> Expr:
        args = self.together(self._members(syntax), want if want and want.kind == "scale" else None)
        type_ = args[0].type
        if not type_.ordered:
            raise Fault("CX205", f"`{syntax.name}` takes numbers, dates or values of one scale, not {type_.words()}")
        for arg in args[1:]:
            self.comparable("<", type_, arg.type)
            type_ = same_unit(type_, arg.type, "compared") if type_.kind == "number" else type_
        return Op(syntax.name, tuple(args), type_, maybe_absent=any(arg.maybe_absent for arg in args))

    def _sum(self, syntax: Call, want: Type | None) -> Expr:  # noqa: ARG002  # one signature for all functions
        args = [self._number(self.typed(arg), "in sum") for arg in self._members(syntax)]
        return Op("sum", tuple(args), self._sum_type(*args), maybe_absent=any(arg.maybe_absent for arg in args))

    def _count(self, syntax: Call, want: Type | None) -> Expr:  # noqa: ARG002
        args = tuple(self.condition(arg) for arg in self._members(syntax))
        return Op("count", args, Type("number", unit=(), whole=True))

    def _points(self, syntax: Call, want: Type | None) -> Expr:  # noqa: ARG002
        arg = self.typed(self._args(syntax, 1)[0])
        if arg.type.kind != "scale":
            raise Fault("CX205", f"`points` takes a value of a scale, not {arg.type.words()}")
        printed = all(value.isdigit() for value in arg.type.values)
        if printed and not arg.type.pointed and any(int(v) != p for v, p in zip(arg.type.values, arg.type.points, strict=True)):
            example = ", ".join(f'"{value}": {value}' for value in arg.type.values)
            message = f"the values of `{arg.type.name}` are printed as numbers, and it does not say how many points each has"
            raise Fault("CX213", message, hint=f"add points: {{{example}}} to the scale, or other points")
        whole = all(isinstance(points, int) for points in arg.type.points)
        return Op("points", (arg,), Type("number", unit=(), whole=whole), maybe_absent=arg.maybe_absent)

    def _round(self, syntax: Call, want: Type | None) -> Expr:  # noqa: ARG002
        value, places, mode = self._args(syntax, 3)
        if not (isinstance(places, Num) and isinstance(places.value, int) and 0 <= places.value <= 12):
            raise Fault("CX303", "`round` takes the number of decimal places second", expected="0 to 12")
        if not (isinstance(mode, Word) and mode.name in ROUNDING):
            raise Fault("CX303", "`round` takes the way of rounding third", expected=listed(ROUNDING))
        arg = self._number(self.typed(value), "in round")
        if isinstance(arg, Lit):
            return Lit(round_to(arg.value, places.value, mode.name), arg.type)
        type_ = replace(arg.type, whole=places.value == 0)
        return Op("round", (arg,), type_, (places.value, mode.name), maybe_absent=arg.maybe_absent)

    def _single(self, syntax: Call, want: Type | None) -> Expr:  # noqa: ARG002
        arg = self._number(self.typed(self._args(syntax, 1)[0]), f"in {syntax.name}")
        type_ = replace(arg.type, whole=arg.type.whole or syntax.name != "abs")
        return self._folded(Op(syntax.name, (arg,), type_, maybe_absent=arg.maybe_absent))

    def _if(self, syntax: Call, want: Type | None) -> Expr:
        test, yes, no = self._args(syntax, 3)
        condition = self.condition(test)
        a, b = self.together([yes, no], want)
        self.comparable("=", a.type, b.type)
        type_ = same_unit(a.type, b.type, "chosen between") if a.type.kind == "number" else a.type
        return Op("if", (condition, a, b), type_, maybe_absent=a.maybe_absent or b.maybe_absent)

    def _known(self, syntax: Call, want: Type | None) -> Expr:  # noqa: ARG002
        return self._asked(self._args(syntax, 1)[0], "known")

    def _asked(self, arg: Syntax, function: str) -> Known:
        if not (isinstance(arg, Word) and arg.name in self.names.inputs):
            raise Fault("CX303", f"`{function}` asks whether an input was given", expected="the name of one input")
        return Known(arg.name)

    def _coalesce(self, syntax: Call, want: Type | None) -> Expr:
        first, second = self._args(syntax, 2)
        asked = self._asked(first, "coalesce")
        a, b = self.together([first, second], want)
        self.comparable("=", a.type, b.type)
        return Op("coalesce", (asked, a, b), a.type, maybe_absent=b.maybe_absent)

    def _if_absent(self, syntax: Call, want: Type | None) -> Expr:
        first, second = self._args(syntax, 2)
        a, b = self.together([first, second], want)
        self.comparable("=", a.type, b.type)
        if not a.maybe_absent:
            raise Fault("CX303", "the first thing in `if_absent` is never absent", hint="it is for inputs with optional: yes")
        return Op("if_absent", (a, b), a.type, maybe_absent=b.maybe_absent)

    def _dates(self, syntax: Call, want: Type | None) -> Expr:  # noqa: ARG002
        a, b = (self.typed(arg) for arg in self._args(syntax, 2))
        between = syntax.name.endswith("between")
        if a.type.kind != "date" or b.type.kind != ("date" if between else "number"):
            expected = "two dates" if between else "a date and a number"
            raise Fault("CX205", f"`{syntax.name}` is given {a.type.words()} and {b.type.words()}", expected=expected)
        unit = unit_of(syntax.name.split("_")[0])
        type_ = Type("number", unit=unit, whole=True) if between else DATE
        return self._folded(Op(syntax.name, (a, b), type_, maybe_absent=a.maybe_absent or b.maybe_absent))

    def _day_of_year(self, syntax: Call, want: Type | None) -> Expr:  # noqa: ARG002
        first, *rest = self._args(syntax, 3)
        month, day = (part.value if isinstance(part, Num) else 0 for part in rest)
        if not (isinstance(month, int) and isinstance(day, int) and 1 <= month <= 12 and 1 <= day <= LONGEST_MONTHS[month - 1]):
            hint = f"such as {syntax.name}(today, 9, 1) for 1 September"
            raise Fault("CX303", f"`{syntax.name}` takes a date, a month from 1 to 12 and a day of that month", hint=hint)
        date = self.typed(first)
        if date.type.kind != "date":
            raise Fault("CX205", f"`{syntax.name}` is given {date.type.words()}", expected="a date")
        return Op(syntax.name, (date,), DATE, (month, day), maybe_absent=date.maybe_absent)

    def _nth(self, syntax: Call, want: Type | None) -> Expr:
        first = self._args(syntax, 2, 1000)[0]
        among = self._best(Call("max", syntax.args[1:]), want)
        if not (isinstance(among, Op) and isinstance(first, Num) and first.value in range(1, len(among.args) + 1)):
            raise Fault("CX303", "`nth_highest` takes a whole number, then at least as many things", hint="nth_highest(2, needs)")
        return Op("nth_highest", among.args, among.type, int(first.value), maybe_absent=among.maybe_absent)

    def _step(self, syntax: Call, want: Type | None) -> Expr:
        arg = self.typed(self._args(syntax, 1)[0], want)
        if arg.type.kind != "scale":
            raise Fault("CX205", f"`{syntax.name}` takes a value of a scale, not {arg.type.words()}")
        return Op(syntax.name, (arg,), arg.type, maybe_absent=arg.maybe_absent)

    def _nearest(self, syntax: Call, want: Type | None) -> Expr:  # noqa: ARG002
        args = self._args(syntax, 2, 1000)
        last = args[-1]
        toward = last.name if isinstance(last, Word) and last.name in ("up", "down") and len(args) > 2 else ""
        if toward:
            args = args[:-1]
        value = self._number(self.typed(args[0]), "in nearest")
        if isinstance(args[1], Word) and args[1].name in self.names.rates:
            rate = self.names.rates[args[1].name]
            if len(rate.keys) != 1 or rate.keys[0][1].kind not in ("scale", "choice"):
                raise Fault("CX303", f"`nearest` needs a rate with one key that is a scale or a choice; `{rate.name}` has not")
            if len(args) > 2 or rate.type.kind != "number":
                what = (
                    "one rate, then up or down" if len(args) > 2 else f"a rate of amounts; `{rate.name}` is {rate.type.words()}"
                )
                raise Fault("CX303", f"`nearest` takes {what}")
            same_unit(value.type, rate.type, "compared")
            return RateRead(rate.name, (), rate.keys[0][1], None, value, toward, value.maybe_absent)
        others = [self._number(self.typed(arg), "in nearest") for arg in args[1:]]
        type_ = self._sum_type(*others)
        same_unit(value.type, type_, "compared")
        absent = any(arg.maybe_absent for arg in (value, *others))
        return Op("nearest", (value, *others), type_, toward, maybe_absent=absent)


def same_unit(a: Type, b: Type, verb: str) -> Type:
    """The common type of two numbers; a written number takes the unit of the other."""
    if a.unit is not None and b.unit is not None and a.unit != b.unit:
        raise Fault(
            "CX208",
            f"`{unit_text(a.unit) or 'a plain number'}` and `{unit_text(b.unit) or 'a plain number'}` cannot be {verb}",
            hint="write the factor that turns one into the other, such as 3 * amount",
        )
    known = a if a.unit is not None else b
    return replace(known, money=a.money or b.money, whole=a.whole and b.whole, places=None, rounding=None)


def _product_type(op: str, a: Type, b: Type) -> Type:
    money, whole = a.money or b.money, a.whole and b.whole and op == "*"
    if a.unit is None or b.unit is None:
        return Type("number", money=money, whole=whole)
    powers = dict(a.unit)
    for name, power in b.unit:
        powers[name] = powers.get(name, 0) + (power if op == "*" else -power)
    unit = tuple(sorted((name, power) for name, power in powers.items() if power))
    return Type("number", unit=unit, money=money and bool(unit), whole=whole)


def own_words(syntax: Syntax) -> list[str]:
    """Every word in a piece of syntax, but for those inside a `max`, `min`, `sum` or `count`, whose own they are."""
    if isinstance(syntax, Word):
        return [syntax.name]
    if _gathers(syntax):
        return []
    return [word for part in _parts(syntax) for word in own_words(part)]


def _gathers(syntax: Syntax) -> bool:
    return isinstance(syntax, Call) and syntax.name in ("max", "min", "sum", "count", "nth_highest")


def _parts(syntax: Syntax) -> tuple[Syntax, ...]:
    if isinstance(syntax, Call):
        return syntax.args
    if isinstance(syntax, Lookup):
        return (*syntax.keys, *([syntax.at] if syntax.at else []))
    if isinstance(syntax, Binary):
        return (syntax.left, syntax.right)
    return (syntax.side,) if isinstance(syntax, Unary) else ()


def substituted(syntax: Syntax, group: str, member: str) -> Syntax:
    """The syntax with the name of a member in place of the group's, but where an inner function gathers the group."""

    def swap(part: Any) -> Any:
        return substituted(part, group, member) if part is not None else None

    if isinstance(syntax, Word):
        return Word(member) if syntax.name == group else syntax
    if _gathers(syntax):
        return syntax
    if isinstance(syntax, Call):
        return Call(syntax.name, tuple(map(swap, syntax.args)))
    if isinstance(syntax, Lookup):
        return Lookup(syntax.name, tuple(map(swap, syntax.keys)), swap(syntax.at))
    if isinstance(syntax, Binary):
        return Binary(syntax.op, swap(syntax.left), swap(syntax.right))
    return Unary(syntax.op, swap(syntax.side)) if isinstance(syntax, Unary) else syntax
