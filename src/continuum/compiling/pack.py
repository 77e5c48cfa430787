# SPDX-License-Identifier: MIT
"""A pack as written to a compiled pack: names, types, units, order and cells, with every fault reported at its place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from pydantic_core import PydanticCustomError

from continuum.arithmetic import as_decimal, exact
from continuum.compiled import (
    DATE, UNPUBLISHED, YES_NO, AllOf, AnyOf, Cite, Clause, CompiledPack, Condition, Document, Expr, Impossible, Input,
    Lit, Measure, Not, Op, Property, Rate, RateRead, RateRow, Read, Rule, Table, Term, Test, Then, Type, clauses,
    condition_reads, reads, sides,
)  # fmt: skip
from continuum.compiling.cells import Cuts, cut
from continuum.compiling.expressions import Expressions, Fault, same_unit, unit_of
from continuum.compiling.sentences import read_property
from continuum.errors import PackError, listed, nearest
from continuum.packs import model
from continuum.packs.language import Between, Compare, NoneOf, NotReadable, OneOf, State, read_cell, read_expression
from continuum.packs.loading import Written
from continuum.packs.reading import Path

ROW_KEYS = ("value", "from", "to", "source", "illustrative", "note")
LONGEST_CHAIN = 60
FALLIBLE = ("/", "add_days", "add_weeks", "add_months")


def compile_pack(written: Written) -> CompiledPack:
    """Compile a pack.

    Raises:
        PackError: with every fault, each with its place.
    """
    return _Compiler(written).compiled()


class _Compiler:
    """Holds what is known so far; every part reports its own faults and the rest goes on."""

    def __init__(self, written: Written) -> None:
        self.pack, self.source, self.written = written.pack, written.source, written
        self.scales: dict[str, Type] = {}
        self.choices: dict[str, Type] = {}
        self.inputs: dict[str, Input] = {}
        self.groups: dict[str, tuple[str, ...]] = {}
        self.rates: dict[str, Rate] = {}
        self.decisions: dict[str, Type] = {}
        self.measures: dict[str, Measure | None] = {}
        self.values: frozenset[str] = frozenset()
        self._working: list[str] = []
        self._negated = False
        self.language = Expressions(self)

    # what expressions ask

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

    def known(self) -> list[str]:
        """Every name there is, for suggestions."""
        return [*self.inputs, *self.pack.measures, *self.decisions, *self.groups, *self.rates, *self.values]

    # the whole

    def compiled(self) -> CompiledPack:
        """The compiled pack, or every fault at once."""
        self._types()
        self._names()
        self.inputs = {name: made for name, asked in self.pack.inputs.items() if (made := self._input(name, asked))}
        self._groups()
        self.rates = {name: made for name, rate in self.pack.rates.items() if (made := self._rate(name, rate))}
        for name in self.pack.measures:
            with self._reported(("measures", name)):
                self.measure(name)
        tables = {made.name: made for i, table in enumerate(self.pack.decisions) if (made := self._table(i, table))}
        impossible = self._impossible()
        properties = self._properties()
        self._outcomes()
        self._terms()
        self._head()
        after = self._after()
        if not self.source.findings:
            measures = {name: measure for name, measure in self.measures.items() if measure}
            order = self._order(measures, tables)
        if self.source.findings:
            raise PackError(self.source.findings)
        measures = {name: measures[name] for name in order if name in measures}
        tables = {name: tables[name] for name in order if name in tables}
        return self._result(measures, tables, impossible, properties, after)

    def _result(
        self,
        measures: dict[str, Measure],
        tables: dict[str, Table],
        impossible: tuple[Impossible, ...],
        properties: tuple[Property, ...],
        after: dict[str, Any],
    ) -> CompiledPack:
        pack = self.pack
        approval = (pack.approval.by, pack.approval.on, pack.approval.minute) if pack.approval else None
        return CompiledPack(
            id=pack.id, version=pack.version, title=pack.title, summary=pack.summary or "",
            authority=(pack.authority.scheme, pack.authority.code, pack.authority.name),
            status=pack.status, approval=approval, start=pack.in_force.from_, end=pack.in_force.to,
            approximate=pack.in_force.approximate, digest=self.written.digest,
            sources={
                key: Document(key, d.title, d.date, d.publisher or "", d.url or "", d.from_, d.to, d.note or "")
                for key, d in pack.sources.items()
            },
            outcomes=tuple(pack.outcomes), inputs=self.inputs, groups=self.groups, measures=measures, tables=tables,
            rates=self.rates,
            terms={key: Term(t.label, t.plain or "", tuple(t.formerly)) for key, t in pack.terms.items()},
            impossible=impossible, properties=properties,
            accepted=tuple(item.model_dump() for item in pack.accepted),
            defaults_off=tuple(item.model_dump() for item in pack.defaults_off),
            after=after, not_modelled=tuple(pack.not_modelled), cuts=_cuts(self.inputs, tables, impossible),
        )  # fmt: skip

    @contextmanager
    def _reported(self, path: Path, *, key: bool = False) -> Iterator[None]:
        """Report a fault of the language at this path and go on."""
        try:
            yield
        except Fault as fault:
            if fault.code:
                self.source.report(fault.code, path, fault.message, expected=fault.expected, hint=fault.hint, key=key)
        except RecursionError:
            self.source.report("CX112", path, "this is nested too deeply", hint="split it into measures")
        except NotReadable as error:
            code = "CX302" if path[:1] == ("measures",) or path[-1:] == ("then",) else "CX301"
            self.source.report(code, path, str(error), hint=error.hint)
        except PydanticCustomError as error:
            context = error.context or {}
            self.source.report(str(context["code"]), path, str(context["what"]), expected=str(context.get("expected", "")))

    # types and names

    def _types(self) -> None:
        for name, scale in self.pack.scales.items():
            if scale.points and set(scale.points) != set(scale.values):
                self.source.report("CX213", ("scales", name), f"the points of `{name}` do not name each value once", expected=listed(scale.values))
                continue
            self._distinct(("scales", name), scale.values)
            points = tuple(exact(scale.points[v]) if scale.points else i for i, v in enumerate(scale.values))
            self.scales[name] = Type("scale", tuple(scale.values), name, points=points)
        for name, values in self.pack.choices.items():
            self._distinct(("choices", name), values)
            self.choices[name] = Type("choice", tuple(values), name)
        for i, table in enumerate(self.pack.decisions):
            with self._reported(("decisions", i, "type")):
                self.decisions[table.decision] = self._decision_type(i, table)

    def _distinct(self, path: Path, values: Iterable[str]) -> None:
        seen: set[str] = set()
        for value in values:
            if value in seen:
                self.source.report("CX202", path, f"the value `{value}` stands twice")
            seen.add(value)

    def _decision_type(self, i: int, table: model.Decision) -> Type:
        written = table.type
        collect = table.hit == "collect"
        if isinstance(written, dict) and set(written) == {"fields"} and isinstance(written["fields"], dict):
            fields = tuple(
                (name, self._field_type(table, text, ("decisions", i, "type", "fields", name)))
                for name, text in written["fields"].items()
            )
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
        type_ = self._field_type(table, written, ("decisions", i, "type"))
        if collect:
            raise Fault("CX213", "a `collect` table gives a set of values", hint="write type: {choice: [a, b, c]}")
        return type_

    def _listed_type(self, owner: str, kind: str, values: Any) -> Type:
        if isinstance(values, list):
            for value in values:
                if not isinstance(value, str) or not model.VALUE.match(value) or value in model.RESERVED:
                    raise Fault("CX111", f"`{value}` cannot be a value", expected="letters, digits and _, not a word of the language")
            if len(values) < (2 if kind == "scale" else 1):
                raise Fault("CX213", f"a {kind} has at least {'two values' if kind == 'scale' else 'one value'}")
            if len(set(values)) < len(values):
                twice = next(value for value in values if values.count(value) > 1)
                raise Fault("CX202", f"the value `{twice}` stands twice")
            return Type(kind, tuple(values), owner, points=tuple(range(len(values))) if kind == "scale" else ())
        home = self.scales if kind == "scale" else self.choices
        if not isinstance(values, str) or values not in home:
            raise Fault("CX201", f"there is no {kind} `{values}`", expected=listed(list(home)) if home else "", hint=nearest(str(values), home))
        return home[values]

    def _field_type(self, table: model.Decision, written: Any, path: Path) -> Type:
        unit, places, rounding = table.unit, table.places, table.rounding
        if isinstance(written, dict) and "type" in written:
            try:
                field = model.MoneyField.model_validate(written)
            except ValueError:
                raise Fault("CX107", "a field is {type, unit, places, rounding}") from None
            written = field.type
            unit, places, rounding = field.unit or unit, field.places if field.places is not None else places, field.rounding or rounding
        if isinstance(written, dict):
            kind = next(iter(written), "")
            if len(written) == 1 and kind in ("scale", "choice"):
                return self._listed_type(table.decision, kind, written[kind])
        if written == "money":
            if places is None or rounding is None:
                raise Fault("CX213", "an amount of money says its places and its rounding", hint="add places: 2 and rounding: half_up")
            return Type("number", unit=unit_of(unit or "GBP"), money=True, places=places, rounding=rounding)
        simple = {
            "yes_no": YES_NO, "date": DATE, "number": Type("number", unit=unit_of(unit), places=places, rounding=rounding),
            "integer": Type("number", unit=unit_of(unit), whole=True),
        }  # fmt: skip
        if not isinstance(written, str) or written not in simple:
            options = [*simple, "money", "{scale: ..}", "{choice: ..}", "{fields: ..}"]
            found = f"`{written}`" if isinstance(written, str) else "this"
            raise Fault("CX108", f"{found} is not a type", expected=listed(options), hint=nearest(str(written), options))
        return simple[written]

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
                self.source.report("CX202", path, f"`{name}` is a {kind} and a {seen[name]}", hint="rename one", key=True)
            seen.setdefault(name, kind)
        lists = [(("scales", name), scale.values) for name, scale in self.pack.scales.items()]
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
                    self.source.report("CX204", path, f"the value `{value}` is also the name of a {seen[value]}", hint=hint)
        self.values = frozenset(value for _, values in lists for value in values)
        ids: dict[str, str] = {}
        for i, table in enumerate(self.pack.decisions):
            for j, rule in enumerate(table.rules):
                if rule.id in ids:
                    hint = f"the first is in `{ids[rule.id]}`; give each rule its own id"
                    self.source.report("CX202", ("decisions", i, "rules", j, "id"), f"the rule id `{rule.id}` stands twice", hint=hint)
                ids.setdefault(rule.id, table.decision)

    # inputs

    def _input(self, name: str, asked: model.Input) -> Input | None:
        path: Path = ("inputs", name)
        before = len(self.source.findings)
        type_: Type | None = None
        with self._reported((*path, "type")):
            type_ = self._input_type(name, asked, path)
        if type_ is None:
            return None
        step = exact(asked.step) if asked.step is not None else {"integer": 1, "money": exact(model.read_number("0.01"))}.get(asked.type)
        low, high = _end(asked.min), _end(asked.max)
        self._range(asked, path, low, high, step)
        for value in asked.codes:
            if value not in type_.values:
                self.source.report("CX206", (*path, "codes", value), f"`{value}` is not a value of `{name}`", expected=listed(type_.values), hint=nearest(value, type_.values), key=True)
        if len(self.source.findings) > before:
            return None
        made = Input(
            name, asked.ask, type_, low, high, step, asked.code or "", tuple(asked.codes.items()), asked.optional,
            None, asked.protected, asked.help or "", asked.judged_by or "",
        )  # fmt: skip
        if asked.blank_means is not None:
            with self._reported((*path, "blank_means")):
                blank = self._constant(asked.blank_means, type_)
                _within(made, blank)
                made = replace(made, blank=blank)
        return made

    def _input_type(self, name: str, asked: model.Input, path: Path) -> Type:
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
                raise Fault("CX105", f"`{name}` does not list its values", hint="add of: [a, b] or the name of a list under choices:")
            return self._listed_type(name, "choice", asked.of)
        if asked.type == "yes_no":
            return YES_NO
        if asked.type == "date":
            return DATE
        money = asked.type == "money"
        unit = unit_of(asked.unit or ("GBP" if money else ""))
        return Type("number", unit=unit, money=money, whole=asked.type == "integer", places=2 if money else None)

    def _range(self, asked: model.Input, path: Path, low: Any, high: Any, step: Any) -> None:
        ranged = asked.type in ("integer", "number", "money", "date")
        if not ranged:
            for key, value in (("min", low), ("max", high), ("step", step)):
                if value is not None:
                    self.source.report("CX213", (*path, key), f"`{key}` says nothing of a {asked.type}", hint="remove it")
            return
        for key, value in (("min", low), ("max", high)):
            if value is None:
                self.source.report("CX105", path, f"the key `{key}` is missing", hint=f"add `{key}:`; a range is needed to say what may still be possible")
        if asked.type == "number" and step is None:
            self.source.report("CX105", path, "the key `step` is missing", hint="add `step:`, such as 0.5")
        if step is not None and step <= 0:
            self.source.report("CX213", (*path, "step"), "a step is more than zero")
        if low is not None and high is not None and "today" not in (low, high) and low > high:
            self.source.report("CX213", (*path, "max"), "`max` is below `min`", hint="swap the two")
        if asked.type == "integer" and any(isinstance(v, int) is False for v in (low, high, step) if v is not None):
            self.source.report("CX213", path, "an integer has whole ends and a whole step")

    def _constant(self, text: str, type_: Type) -> Any:
        """A value written plainly, by its type."""
        if type_.kind == "number":
            number = exact(model.read_number(text))
            if type_.whole and not isinstance(number, int):
                raise Fault("CX207", f"`{text}` is not a whole number", expected="a whole number")
            return number
        if type_.kind == "date":
            return model.read_day(text)
        if text not in type_.values:
            raise Fault("CX206", f"`{text}` is not {type_.words()}" if type_.kind == "yes_no" else f"`{text}` is not a value of `{type_.name}`", expected=listed(type_.values), hint=nearest(text, type_.values))
        return text == "yes" if type_.kind == "yes_no" else text

    def _groups(self) -> None:
        for name, members in self.pack.groups.items():
            unknown = [member for member in members if member not in self.pack.inputs]
            for member in unknown:
                path: Path = ("groups", name, members.index(member))
                self.source.report("CX201", path, f"`{member}` is not an input", hint=nearest(member, self.pack.inputs))
            types = {self.inputs[member].type for member in members if member in self.inputs}
            if len({(t.kind, t.values, t.unit) for t in types}) > 1:
                self.source.report("CX205", ("groups", name), f"the members of `{name}` have different types", expected="inputs of one type")
            elif not unknown:
                self.groups[name] = tuple(members)

    # rates

    def _rate(self, name: str, rate: model.Rate) -> Rate | None:
        path: Path = ("rates", name)
        before = len(self.source.findings)
        keys = []
        for i, key in enumerate(rate.keys):
            with self._reported((*path, "keys", i)):
                keys.append((key, self._key_type(key)))
        if len(self.source.findings) > before:
            return None
        money = rate.type == "money"
        unit = unit_of(rate.unit or ("GBP" if money else ""))
        type_ = Type("number", unit=unit, money=money, whole=rate.type == "integer")
        rows = [row for i, written in enumerate(rate.rows) if (row := self._row(keys, written, (*path, "rows", i)))]
        self._overlaps(name, rows, path)
        return Rate(name, tuple(keys), type_, tuple(rows)) if len(self.source.findings) == before else None

    def _key_type(self, key: str) -> Type:
        for home in (self.scales, self.choices, self.decisions):
            if key in home:
                return home[key]
        if key in self.inputs:
            return self.inputs[key].type
        known = [*self.scales, *self.choices, *self.decisions, *self.inputs]
        raise Fault("CX201", f"`{key}` is not an input, decision, scale or list of choices", hint=nearest(key, known))

    def _row(self, keys: list[tuple[str, Type]], written: dict[str, Any], path: Path) -> RateRow | None:
        before = len(self.source.findings)
        allowed = [*(key for key, _ in keys), *ROW_KEYS]
        for key in written:
            if key not in allowed:
                self.source.report("CX104", (*path, key), f"`{key}` is not a key of this row", expected=listed(allowed), hint=nearest(key, allowed), key=True)
            elif not isinstance(written[key], str):
                self.source.report("CX107", (*path, key), f"`{key}` should be one value")
        for key in (*(key for key, _ in keys), "value"):
            if key not in written:
                self.source.report("CX402", path, f"the row does not say its `{key}`", hint=f"add {key}:" + ("" if key == "value" else " (any fits every value)"))
        if len(self.source.findings) > before:
            return None
        found: list[Any] = []
        value: Any = UNPUBLISHED
        start = end = None
        cite = None
        for key, type_ in keys:
            with self._reported((*path, key)):
                found.append(None if written[key] == "any" else self._constant(written[key], type_))
        with self._reported((*path, "value")):
            value = UNPUBLISHED if written["value"] == UNPUBLISHED else exact(model.read_number(written["value"]))
        with self._reported((*path, "from")):
            start = model.read_day(written["from"]) if "from" in written else None
        with self._reported((*path, "to")):
            end = model.read_day(written["to"]) if "to" in written else None
        if start and end and end < start:
            self.source.report("CX213", (*path, "to"), "the row ends before it begins", hint="swap the two days")
        with self._reported((*path, "source")):
            cite = self._cite(written["source"]) if "source" in written else None
        if len(self.source.findings) > before:
            return None
        return RateRow(tuple(found), value, start, end, cite, written.get("illustrative", ""))

    def _overlaps(self, name: str, rows: list[RateRow], path: Path) -> None:
        by_key: dict[tuple[Any, ...], list[tuple[dt.date, dt.date, int]]] = {}
        for i, row in enumerate(rows):
            by_key.setdefault(row.keys, []).append((row.start or dt.date.min, row.end or dt.date.max, i))
        for keys, spans in by_key.items():
            spans.sort()
            for (_, end, i), (start, _, j) in zip(spans, spans[1:], strict=False):
                if start <= end:
                    shown = ", ".join("any" if key is None else str(key) for key in keys) or "this rate"
                    hint = f"end row {i + 1} before {start}"
                    self.source.report("CX401", (*path, "rows", j), f"rows {i + 1} and {j + 1} of `{name}` both hold for {shown} on {start}", hint=hint)

        wild = [(i, row) for i, row in enumerate(rows) if None in row.keys]
        for n, (i, one) in enumerate(wild):
            for j, other in wild[n + 1 :]:
                if _ambiguous(one, other, rows):
                    message = f"rows {i + 1} and {j + 1} of `{name}` both fit the same keys and neither is more exact"
                    self.source.report("CX401", (*path, "rows", j), message, hint="add a row for exactly those keys")

    def _cite(self, text: str) -> Cite:
        source, _, paragraph = text.partition("#")
        if source not in self.pack.sources:
            raise Fault("CX211", f"the source `{source}` is not listed in pack.yaml", expected=listed(list(self.pack.sources)) if self.pack.sources else "a source listed under sources:", hint=nearest(source, self.pack.sources))
        return Cite(source, paragraph)

    # measures

    def _measure(self, name: str) -> Measure | None:
        written = self.pack.measures[name]
        measure = None
        self._working.append(name)
        try:
            with self._reported(("measures", name)):
                expr = self.language.typed(read_expression(written.is_))
                self._unprotected(reads(expr))
                if written.unit is not None:
                    if expr.type.kind != "number":
                        raise Fault("CX208", f"{expr.type.words()} has no unit", hint="remove unit:")
                    expr = _in_unit(expr, same_unit(expr.type, Type("number", unit=unit_of(written.unit)), "made one"))
                measure = Measure(name, expr, written.is_, written.ask or "", self._fallible(expr))
        finally:
            self._working.pop()
        return measure

    def _unprotected(self, read: Iterable[Any]) -> None:
        for item in read:
            asked = self.inputs.get(getattr(item, "name", ""))
            if asked and asked.protected:
                raise Fault("CX210", f"`{asked.name}` is protected: it may be recorded, never read", hint="remove it; a decision may not rest on it")

    def _fallible(self, expr: Expr) -> bool:
        """Whether it may turn out that the value cannot be worked out."""
        if isinstance(expr, RateRead):
            return True
        if isinstance(expr, Op):
            return expr.op in FALLIBLE or any(self._fallible(arg) for arg in expr.args)
        if isinstance(expr, Read) and expr.of == "measure":
            measure = self.measures.get(expr.name)
            return bool(measure and measure.fallible)
        return isinstance(expr, Read) and expr.of == "decision"

    # tables

    def _table(self, i: int, table: model.Decision) -> Table | None:
        path: Path = ("decisions", i)
        type_ = self.decisions.get(table.decision)
        if type_ is None:
            return None
        with self._reported((*path, "hit")):
            self._hit(table, type_)
        rules = [rule for j, written in enumerate(table.rules) if (rule := self._rule((*path, "rules", j), written, table, type_))]
        otherwise = [rule.id for rule in rules if rule.condition is None]
        if len(otherwise) > 1:
            self.source.report("CX213", (*path, "rules"), f"the table says `otherwise` more than once: {', '.join(otherwise)}", hint="keep one")
        conditions = [rule.condition for rule in rules if rule.condition]
        read = [item for condition in conditions for item in condition_reads(condition)]
        needs = dict.fromkeys(item.name for item in read if isinstance(item, Read) and item.of == "decision")
        return Table(
            table.decision, table.asks, type_, table.hit, tuple(rules), table.rank_by or "", tuple(needs),
            _asked(conditions), self._checked(conditions), table.note or "",
        )  # fmt: skip

    def _hit(self, table: model.Decision, type_: Type) -> None:
        if table.rank_by and (type_.kind != "fields" or table.rank_by not in dict(type_.fields)):
            raise Fault("CX213", f"`rank_by: {table.rank_by}` names no field", expected=listed([name for name, _ in type_.fields]) if type_.fields else "a table with fields")
        if table.hit == "highest":
            if type_.kind == "fields" and not table.rank_by:
                raise Fault("CX213", "with several values `highest` needs to know which one ranks", hint="add rank_by: and the name of a field")
            ranked = dict(type_.fields).get(table.rank_by or "", type_)
            if not ranked.ordered:
                raise Fault("CX205", f"{ranked.words()} has no order, so nothing is highest", hint="use a scale, or hit: first")
        if table.hit == "sum" and any(part.kind != "number" for part in ([t for _, t in type_.fields] or [type_])):
            raise Fault("CX205", f"{type_.words()} cannot be added", hint="a `sum` table gives numbers or amounts")

    def _checked(self, conditions: list[Condition]) -> tuple[Expr, ...]:
        """What conditions read that may turn out not to be possible to work out: such measures, such right sides."""
        checked: dict[Expr, None] = {}
        for condition in conditions:
            for clause in clauses(condition):
                for side in (clause.subject, *sides(clause.test)):
                    decision = isinstance(side, Read) and side.of == "decision"
                    if not decision and self._fallible(side):
                        checked[side] = None
        return tuple(checked)

    def _rule(self, path: Path, written: model.Rule, table: model.Decision, type_: Type) -> Rule | None:
        before = len(self.source.findings)
        is_otherwise = written.otherwise is not None
        if is_otherwise and (written.when is not None or written.then is not None):
            self.source.report("CX213", path, f"`{written.id}` has `otherwise` beside `when` or `then`", hint="`otherwise: outcome` stands alone")
        if not is_otherwise:
            for key in ("when", "then"):
                if getattr(written, key) is None:
                    self.source.report("CX105", path, f"`{written.id}` lacks `{key}`", hint=f"add {key}:, or otherwise: alone")
        condition = self._condition(written.when, (*path, "when"), written.missing is not None) if written.when is not None else None
        outcome = "otherwise" if is_otherwise else "then"
        then = None
        with self._reported((*path, outcome)):
            then = self._then(getattr(written, outcome), table, type_, (*path, outcome))
        cites = []
        for text in written.source:
            with self._reported((*path, "source")):
                cites.append(self._cite(text))
        if not written.source and self.pack.status != "illustrative":
            self.source.report("CX212", path, f"`{written.id}` has no source", hint="add source: id#paragraph, or make the pack illustrative")
        if written.to and (then is None or then.kind != "refer"):
            self.source.report("CX213", (*path, "to"), "`to` goes with `then: refer`", hint="remove it")
        if written.missing and condition and not _condition_tests_unknown(condition):
            self.source.report("CX213", (*path, "missing"), f"`{written.id}` tests no missing answer", hint="remove missing: deliberate")
        if len(self.source.findings) > before or then is None:
            return None
        place = self.source.place(path)
        return Rule(
            written.id, condition, then, written.because, tuple(cites), written.to or "", written.illustrative or "",
            written.reading or "", written.missing is not None, written.note or "",
            f"{place.file}:{place.line}" if place else "",
        )  # fmt: skip

    def _then(self, written: Any, table: model.Decision, type_: Type, path: Path) -> Then:
        if isinstance(written, str) and written in ("refer", "not_applicable"):
            return Then(written)
        if isinstance(written, dict) and set(written) == {"individually_agreed"}:
            if written["individually_agreed"] not in ("yes", "true"):
                raise Fault("CX108", "`individually_agreed` says yes or is left out", expected="yes")
            return Then("individually_agreed")
        if type_.kind == "fields":
            return self._fields(written, type_)
        if type_.kind == "set":
            items = written if isinstance(written, list) else str(written).split(",") if isinstance(written, str) else None
            if items is None:
                raise Fault("CX107", "a `collect` rule gives a value or a list of values")
            return Then("members", tuple(("", self._outcome(str(item).strip(), replace(type_, kind="choice"))) for item in items))
        if not isinstance(written, str):
            hint = "put the list between quotes" if isinstance(written, list) else ""
            raise Fault("CX107", f"a rule of `{table.decision}` gives {type_.words()}", hint=hint)
        return Then("value", (("", self._outcome(written, type_)),))

    def _fields(self, written: Any, type_: Type) -> Then:
        names = [name for name, _ in type_.fields]
        if not isinstance(written, dict):
            raise Fault("CX107", "this table gives several values", expected="{" + ", ".join(f"{name}: .." for name in names) + "}")
        for name in written:
            if name not in names:
                raise Fault("CX104", f"`{name}` is not a field of this table", expected=listed(names), hint=nearest(name, names))
        missing = [name for name in names if name not in written]
        if missing:
            raise Fault("CX105", f"the field `{missing[0]}` is missing", hint=f"add {missing[0]}:")
        return Then("fields", tuple((name, self._outcome(str(written[name]), part)) for name, part in type_.fields))

    def _outcome(self, text: str, type_: Type) -> Expr:
        """An outcome: a plain value, or after ``=`` an expression, of the table's type."""
        if not text.startswith("="):
            return Lit(self._constant(text, type_), type_)
        try:
            expr = self.language.typed(read_expression(text[1:]), type_)
        except NotReadable as error:
            raise Fault("CX302", str(error), hint=error.hint) from None
        self._unprotected(reads(expr))
        if expr.type.kind != type_.kind or (type_.kind in ("scale", "choice") and expr.type.values != type_.values):
            raise Fault("CX205", f"this gives {expr.type.words()}", expected=type_.words())
        if type_.kind == "number":
            same_unit(expr.type, type_, "made one")
            if type_.whole and not expr.type.whole:
                raise Fault("CX205", "this may not be a whole number", expected=type_.words(), hint="use floor, ceil or round(x, 0, half_up)")
        return expr

    # conditions

    def _condition(self, written: Any, path: Path, deliberate: bool) -> Condition | None:
        if not isinstance(written, dict) or not written:
            self.source.report("CX107", path, "a condition is one or more lines, each a name and a cell")
            return None
        items: list[Condition | None] = []
        for key, value in written.items():
            here: Path = (*path, key)
            if key in ("all", "any"):
                items.append(self._several(key, value, here, deliberate))
            elif key == "not":
                self._negated = not self._negated
                inner = self._condition(value, here, deliberate)
                self._negated = not self._negated
                items.append(Not(inner) if inner else None)
            else:
                items.append(self._clause(key, value, here, deliberate))
        found = [item for item in items if item is not None]
        if len(found) < len(items):
            return None
        return found[0] if len(found) == 1 else AllOf(tuple(found))

    def _several(self, key: str, value: Any, path: Path, deliberate: bool) -> Condition | None:
        if not isinstance(value, list) or not value:
            self.source.report("CX107", path, f"`{key}` takes a list of conditions", hint="begin each with a hyphen")
            return None
        inner = [self._condition(item, (*path, i), deliberate) for i, item in enumerate(value)]
        found = tuple(item for item in inner if item is not None)
        if len(found) < len(inner):
            return None
        return AllOf(found) if key == "all" else AnyOf(found)

    def _clause(self, name: str, value: Any, path: Path, deliberate: bool) -> Clause | None:
        subject: Read | None = None
        with self._reported(path, key=True):
            subject = self._subject(name)
        text = _cell_text(value)
        if text is None:
            self.source.report("CX107", path, f"the cell of `{name}` is not text", hint="put the cell between quotes")
            return None
        if subject is None:
            return None
        with self._reported(path):
            test = self._test(read_cell(text), subject)
            self._unprotected([subject, *(item for side in sides(test) for item in reads(side))])
            if subject.of == "input" and subject.name in self.inputs:
                for side in sides(test):
                    if isinstance(side, Lit):
                        _within(self.inputs[subject.name], side.value)
            if _tests_unknown(test, negated=self._negated) and not deliberate:
                raise Fault("CX214", f"`{name}: {text}` lets a missing answer decide", hint="add `missing: deliberate` to the rule if that is meant")
            return Clause(subject, test, text)
        return None

    def _subject(self, name: str) -> Read:
        found = self.language.read(name)
        if found is None:
            if name in self.groups:
                raise Fault("CX303", f"the group `{name}` stands for several inputs", hint=f"write a measure, such as max({name}) or count({name} >= ..)")
            hint = nearest(name, [*self.inputs, *self.pack.measures, *self.decisions, "today"])
            raise Fault("CX201", f"`{name}` is not an input, measure or decision", hint=hint)
        if found.type.kind == "fields":
            raise Fault("CX205", f"`{name}` has several values", expected=listed([f"{name}.{part}" for part, _ in found.type.fields]))
        return found

    def _test(self, cell: Any, subject: Read) -> Test:
        if isinstance(cell, State):
            return self._state(cell, subject)
        if isinstance(cell, OneOf):
            return OneOf(tuple(self._test(inner, subject) for inner in cell.tests))  # type: ignore[arg-type]
        if isinstance(cell, NoneOf):
            return NoneOf(tuple(self._test(inner, subject) for inner in cell.tests))  # type: ignore[arg-type]
        type_ = replace(subject.type, kind="choice") if subject.type.kind == "set" else subject.type
        if isinstance(cell, Compare):
            side = self.language.typed(cell.side, type_)
            self.language.comparable(cell.op, type_, side.type)
            return Compare(cell.op, side)  # type: ignore[arg-type]  # a compiled test has typed sides
        low, high = (self.language.typed(end, type_) for end in (cell.low, cell.high))
        self.language.comparable("<", type_, low.type)
        self.language.comparable("<", type_, high.type)
        if isinstance(low, Lit) and isinstance(high, Lit):
            self._not_empty(cell, low.value, high.value, type_)
        return Between(low, cell.low_in, high, cell.high_in)  # type: ignore[arg-type]

    def _not_empty(self, cell: Between, low: Any, high: Any, type_: Type) -> None:
        if type_.kind == "scale":
            low, high = type_.values.index(low), type_.values.index(high)
        if low > high or (low == high and not (cell.low_in and cell.high_in)):
            raise Fault("CX213", "the interval holds nothing", hint="write the lower end first")

    def _state(self, cell: State, subject: Read) -> State:
        wanted = {"known": "input", "unknown": "input", "absent": "input", "present": "input",
                  "applicable": "decision", "not_applicable": "decision", "referred": "decision"}.get(cell.name)  # fmt: skip
        if wanted and (subject.of != wanted or subject.name == "today"):
            raise Fault("CX205", f"`{cell.name}` is asked of {'an input' if wanted == 'input' else 'a decision'}, and `{subject.name}` is a {subject.of}")
        if cell.name in ("absent", "present") and not subject.maybe_absent:
            raise Fault("CX205", f"`{subject.name}` cannot be absent", hint="add optional: yes to the input, or ask known or unknown")
        return cell

    # the rest

    def _impossible(self) -> tuple[Impossible, ...]:
        made = []
        for i, item in enumerate(self.pack.impossible):
            condition = self._condition(item.when, ("impossible", i, "when"), deliberate=False)
            if condition:
                reads_decision = [r for r in condition_reads(condition) if isinstance(r, Read) and r.of == "decision"]
                if reads_decision:
                    self.source.report("CX205", ("impossible", i), "what is impossible is said of inputs, not of decisions")
                made.append(Impossible(condition, item.because, item.fix or ""))
        return tuple(made)

    def _type_of(self, name: str) -> Type | None:
        base, _, part = name.partition(".")
        if base in self.decisions:
            type_ = self.decisions[base]
            return dict(type_.fields).get(part) if part else type_
        return self.inputs[base].type if base in self.inputs else None

    def _properties(self) -> tuple[Property, ...]:
        made = []
        for i, text in enumerate(self.pack.properties):
            with self._reported(("properties", i)):
                made.append(read_property(text, self, self._type_of))
        texts = {" ".join(text.split()) for text in self.pack.properties}
        for key, items in (("accepted", self.pack.accepted), ("defaults_off", self.pack.defaults_off)):
            for i, item in enumerate(items):
                with self._reported((key, i, "property")):
                    stated = read_property(item.property, self, self._type_of)
                    if stated.form != "default" and " ".join(item.property.split()) not in texts:
                        raise Fault("CX201", "this property is not among the pack's properties", hint=nearest(item.property, texts))
        return tuple(made)

    def _outcomes(self) -> None:
        for i, name in enumerate(self.pack.outcomes):
            if name not in self.decisions:
                self.source.report("CX201", ("outcomes", i), f"there is no decision `{name}`", hint=nearest(name, self.decisions))
        self._distinct(("outcomes",), self.pack.outcomes)

    def _terms(self) -> None:
        owners: dict[str, Type | None] = {name: type_ for name, type_ in [*self.scales.items(), *self.choices.items()]}
        owners |= {name: None for name in [*self.pack.measures, *self.pack.groups, *self.pack.rates]}
        owners |= {name: asked.type for name, asked in self.inputs.items()} | self.decisions
        for key in self.pack.terms:
            name, _, value = key.partition(".")
            path: Path = ("terms", key)
            if name not in owners:
                if name not in self.pack.inputs and name not in {t.decision for t in self.pack.decisions}:
                    self.source.report("CX201", path, f"there is nothing called `{name}`", hint=nearest(name, owners), key=True)
            elif value:
                type_ = owners[name]
                allowed = [*type_.values, *(part for part, _ in type_.fields)] if type_ else []
                if value not in allowed:
                    expected = listed(allowed) if allowed else ""
                    self.source.report("CX206", path, f"`{value}` is not a value of `{name}`", expected=expected, hint=nearest(value, allowed), key=True)

    def _head(self) -> None:
        if self.pack.status == "in_force" and self.pack.approval is None:
            self.source.report("CX105", ("status",), "a pack in force says who approved it", hint="add approval: {by: role, on: date, minute: reference}")

    def _after(self) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for decision, by_value in self.pack.after.items():
            path: Path = ("after", decision)
            with self._reported(path, key=True):
                if decision not in self.decisions:
                    raise Fault("CX201", f"there is no decision `{decision}`", hint=nearest(decision, self.decisions))
                for value, changes in by_value.items():
                    self._constant(value, self.decisions[decision])
                    for name, text in changes.items():
                        if name not in self.inputs:
                            raise Fault("CX201", f"`{name}` is not an input", hint=nearest(name, self.inputs))
                        made.setdefault(decision, {}).setdefault(value, {})[name] = self._constant(text, self.inputs[name].type)
        return made

    def _order(self, measures: dict[str, Measure], tables: dict[str, Table]) -> list[str]:
        """Measures and decisions so that each comes after all it reads; a circle is reported with its members."""
        uses = {name: _names(reads(measure.expr)) for name, measure in measures.items()}
        for name, table in tables.items():
            uses[name] = _names(item for rule in table.rules for item in _rule_reads(rule))
        order: list[str] = []
        done: set[str] = set()
        for start in uses:
            self._visit(start, uses, order, done, [])
        self._not_too_long(uses)
        return order

    def _not_too_long(self, uses: dict[str, list[str]]) -> None:
        """Refuse a chain of definitions so long that working it out would not end well."""
        if self.source.findings:
            return
        length: dict[str, int] = {}
        waiting = list(uses)
        while waiting:
            name = waiting[-1]
            below = [other for other in uses[name] if other in uses]
            open_ = [other for other in below if other not in length]
            if open_:
                waiting += open_
                continue
            length[name] = 1 + max((length[other] for other in below), default=0)
            waiting.pop()
        longest = max(length, key=lambda name: length[name], default="")
        if longest and length[longest] > LONGEST_CHAIN:
            path: Path = ("measures", longest) if longest in self.pack.measures else ("decisions",)
            message = f"`{longest}` stands at the end of a chain of {length[longest]} definitions"
            self.source.report("CX112", path, message, expected=f"at most {LONGEST_CHAIN}")

    def _visit(self, name: str, uses: dict[str, list[str]], order: list[str], done: set[str], trail: list[str]) -> None:
        if name in trail:
            members = " reads ".join(f"`{member}`" for member in [*trail[trail.index(name) :], name])
            index = next((i for i, t in enumerate(self.pack.decisions) if t.decision == name), None)
            path: Path = ("measures", name) if index is None else ("decisions", index, "decision")
            self.source.report("CX209", path, members, hint="break the circle: no decision may rest on itself")
            done.update(trail)
            return
        if name in done:
            return
        for other in uses[name]:
            if other in uses:
                self._visit(other, uses, order, done, [*trail, name])
        if name not in done or name not in order:
            order.append(name)
        done.add(name)


def _ambiguous(one: RateRow, other: RateRow, rows: list[RateRow]) -> bool:
    """Whether two rows with wildcards fit the same keys on the same day, with nothing to choose between them."""
    if one.keys == other.keys or one.keys.count(None) != other.keys.count(None):
        return False
    if any(a is not None and b is not None and a != b for a, b in zip(one.keys, other.keys, strict=True)):
        return False
    start = max(one.start or dt.date.min, other.start or dt.date.min)
    end = min(one.end or dt.date.max, other.end or dt.date.max)
    both = tuple(b if a is None else a for a, b in zip(one.keys, other.keys, strict=True))
    covered = any(
        row.keys == both and (row.start or dt.date.min) <= start and (row.end or dt.date.max) >= end for row in rows
    )
    return start <= end and not covered


def _names(items: Iterable[Any]) -> list[str]:
    return list(dict.fromkeys(item.name for item in items if isinstance(item, Read) and item.of != "input"))


def _rule_reads(rule: Rule) -> Iterator[Any]:
    yield from condition_reads(rule.condition)
    for _, expr in rule.then.values:
        yield from reads(expr)


def _end(value: Any) -> Any:
    return value if value is None or value == "today" or isinstance(value, dt.date) else exact(value)


def _in_unit(expr: Expr, type_: Type) -> Expr:
    return replace(expr, type=type_)


def _cell_text(value: Any) -> str | None:
    """The cell that a YAML scalar or list spells."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return f"[{value[0]}]" if len(value) == 1 and ".." in value[0] else ", ".join(value)
    return None


def _tests_unknown(test: Test, *, negated: bool = False) -> bool:
    """Whether the test holds because an answer is missing: ``unknown``, or ``known`` under a ``not``."""
    if isinstance(test, OneOf | NoneOf):
        negated = negated != isinstance(test, NoneOf)
        return any(_tests_unknown(inner, negated=negated) for inner in test.tests)  # type: ignore[arg-type]
    return isinstance(test, State) and test.name == ("known" if negated else "unknown")


def _condition_tests_unknown(condition: Condition, *, negated: bool = False) -> bool:
    if isinstance(condition, Clause):
        return _tests_unknown(condition.test, negated=negated)
    if isinstance(condition, Not):
        return _condition_tests_unknown(condition.item, negated=not negated)
    return any(_condition_tests_unknown(item, negated=negated) for item in condition.items)


def _within(asked: Input, value: Any) -> None:
    """Refuse a constant that the input can never be."""
    low, high = asked.low, asked.high
    if isinstance(value, str | bool) or low is None or high is None:
        return
    if (low != "today" and value < low) or (high != "today" and value > high):
        raise Fault("CX207", f"`{asked.name}` is never {_written(value)}", expected=f"from {_written(low)} to {_written(high)}, as inputs.yaml says")
    if asked.step and not isinstance(value, dt.date) and (value - low) % asked.step:
        raise Fault("CX207", f"{_written(value)} is not a step of `{asked.name}`", expected=f"steps of {_written(asked.step)} from {_written(low)}")


def _written(value: Any) -> str:
    return str(value) if isinstance(value, dt.date | str) else str(as_decimal(value, None))


def _asked(conditions: list[Condition]) -> frozenset[str]:
    """The decisions of which some cell asks the state."""
    found = set()
    for condition in conditions:
        for clause in clauses(condition):
            if clause.subject.of == "decision" and _asks_state(clause.test):
                found.add(clause.subject.name)
    return frozenset(found)


def _asks_state(test: Test) -> bool:
    if isinstance(test, OneOf | NoneOf):
        return any(_asks_state(inner) for inner in test.tests)  # type: ignore[arg-type]
    return isinstance(test, State) and test.name in ("applicable", "not_applicable", "referred")


def subject_key(read: Read) -> str:
    """The name under which the cuts of a subject are kept."""
    return f"{read.name}.{read.part}" if read.part else read.name


def _cuts(inputs: dict[str, Input], tables: dict[str, Table], impossible: tuple[Impossible, ...]) -> dict[str, Cuts]:
    conditions = [rule.condition for table in tables.values() for rule in table.rules]
    conditions += [item.condition for item in impossible]
    by_subject: dict[str, list[Clause]] = {}
    for condition in conditions:
        for clause in clauses(condition):
            if clause.subject.type.kind not in ("set", "fields"):
                by_subject.setdefault(subject_key(clause.subject), []).append(clause)
    made = {}
    for name, found in by_subject.items():
        subject = found[0].subject
        made[name] = cut(subject.type, [clause.test for clause in found], optional=subject.maybe_absent)
    return made


__all__ = ["compile_pack", "subject_key"]
