# SPDX-License-Identifier: MIT
"""Decision tables: rules, their conditions cell by cell, and what they give."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from continuum.compiled import (
    AllOf,
    AnyOf,
    Cite,
    Clause,
    Condition,
    Expr,
    Lit,
    Not,
    Read,
    Rule,
    Table,
    Test,
    Then,
    Type,
    clauses,
    condition_reads,
    reads,
    sides,
)  # fmt: skip
from continuum.compiling.expressions import Fault, same_unit
from continuum.compiling.names import Scope, within
from continuum.errors import listed, nearest
from continuum.packs import model
from continuum.packs.language import Between, Compare, NoneOf, OneOf, State, read_cell, read_expression
from continuum.packs.reading import Path


class Tables:
    """Compiles the tables of one pack, and its conditions elsewhere, against the names in a scope."""

    def __init__(self, scope: Scope) -> None:
        """Compile against these names."""
        self.scope, self.source, self.pack, self.language = scope, scope.source, scope.pack, scope.language
        self._negated = False

    def table(self, i: int, table: model.Decision) -> Table | None:
        """The compiled table, or None where its type could not be read; faults are reported."""
        path: Path = ("decisions", i)
        type_ = self.scope.decisions.get(table.decision)
        if type_ is None:
            return None
        with self.scope.reported((*path, "rank_by") if table.rank_by else (*path, "hit")):
            self._hit(table, type_)
        rules = [
            rule for j, written in enumerate(table.rules) if (rule := self._rule((*path, "rules", j), written, table, type_))
        ]
        otherwise = [rule.id for rule in rules if rule.condition is None]
        if len(otherwise) > 1:
            self.source.report(
                "CX213",
                (*path, "rules"),
                f"the table says `otherwise` more than once: {', '.join(otherwise)}",
                hint="keep one",
            )
        conditions = [rule.condition for rule in rules if rule.condition]
        read = [item for condition in conditions for item in condition_reads(condition)]
        needs = dict.fromkeys(item.name for item in read if isinstance(item, Read) and item.of == "decision")
        return Table(
            table.decision, table.asks, type_, table.hit, tuple(rules), table.rank_by or "", tuple(needs),
            _asked(conditions), self._checked(conditions), table.note or "",
        )  # fmt: skip

    def _hit(self, table: model.Decision, type_: Type) -> None:
        if table.rank_by and (type_.kind != "fields" or table.rank_by not in dict(type_.fields)):
            raise Fault(
                "CX213",
                f"`rank_by: {table.rank_by}` names no field",
                expected=listed([name for name, _ in type_.fields]) if type_.fields else "a table with fields",
            )
        if table.hit == "highest":
            if type_.kind == "fields" and not table.rank_by:
                raise Fault(
                    "CX213",
                    "with several values `highest` needs to know which one ranks",
                    hint="add rank_by: and the name of a field",
                )
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
                    if not decision and self.scope.fallible(side):
                        checked[side] = None
        return tuple(checked)

    def _rule(self, path: Path, written: model.Rule, table: model.Decision, type_: Type) -> Rule | None:
        before = len(self.source.findings)
        self._shape(path, written)
        condition = None
        if written.when is not None:
            condition = self.condition(written.when, (*path, "when"), deliberate=written.missing is not None)
        key = "then" if written.otherwise is None else "otherwise"
        given = getattr(written, key)
        then = None
        if given is not None:
            with self.scope.reported((*path, key)):
                then = self._then(given, table, type_)
        cites = self._cites(path, written)
        self._extras(path, written, condition, then)
        unread = written.when is not None and condition is None
        if len(self.source.findings) > before or then is None or unread:
            return None
        place = self.source.place(path)
        return Rule(
            written.id, condition, then, written.because, tuple(cites), written.to or "", written.illustrative or "",
            written.reading or "", written.missing is not None, written.note or "",
            f"{place.file}:{place.line}" if place else "",
        )  # fmt: skip

    def _shape(self, path: Path, written: model.Rule) -> None:
        """A rule has ``when`` and ``then``, or ``otherwise`` alone."""
        if written.otherwise is None:
            for key in ("when", "then"):
                if getattr(written, key) is None:
                    self.source.report("CX105", path, f"`{written.id}` lacks `{key}`", hint=f"add {key}:, or otherwise: alone")
        elif written.when is not None or written.then is not None:
            message = f"`{written.id}` has `otherwise` beside `when` or `then`"
            self.source.report("CX213", path, message, hint="`otherwise: outcome` stands alone")

    def _cites(self, path: Path, written: model.Rule) -> list[Cite]:
        cites = []
        for text in written.source:
            with self.scope.reported((*path, "source")):
                cites.append(self.scope.cite(text))
        if not written.source and self.pack.status != "illustrative":
            hint = "add source: id#paragraph, or make the pack illustrative"
            self.source.report("CX212", path, f"`{written.id}` has no source", hint=hint)
        return cites

    def _extras(self, path: Path, written: model.Rule, condition: Condition | None, then: Then | None) -> None:
        """``to`` and ``missing`` stand only where they say something."""
        if written.to and then and then.kind != "refer":
            self.source.report("CX213", (*path, "to"), "`to` goes with `then: refer`", hint="remove it")
        if written.missing and condition and not _condition_tests_unknown(condition):
            message = f"`{written.id}` tests no missing answer"
            self.source.report("CX213", (*path, "missing"), message, hint="remove missing: deliberate")

    def _then(self, written: Any, table: model.Decision, type_: Type) -> Then:
        if isinstance(written, str) and written in ("refer", "not_applicable", "unpublished"):
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
            return Then(
                "members",
                tuple(("", self._outcome(str(item).strip(), replace(type_, kind="choice"))) for item in items),
            )
        if not isinstance(written, str):
            hint = "put the list between quotes" if isinstance(written, list) else ""
            raise Fault("CX107", f"a rule of `{table.decision}` gives {type_.words()}", hint=hint)
        return Then("value", (("", self._outcome(written, type_)),))

    def _fields(self, written: Any, type_: Type) -> Then:
        names = [name for name, _ in type_.fields]
        if not isinstance(written, dict):
            raise Fault(
                "CX107",
                "this table gives several values",
                expected="{" + ", ".join(f"{name}: .." for name in names) + "}",
            )
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
            if type_.kind == "number" and any(sign in text[1:] for sign in "*+/-([") and not text.startswith(("[", "(")):
                raise Fault("CX108", f"`{text}` is not a number", hint=f'an expression begins with =, as in "= {text}"')
            return Lit(self.scope.constant(text, type_), type_)
        expr = self.language.typed(read_expression(text[1:]), type_)
        self.scope.unprotected(reads(expr))
        if expr.type.kind != type_.kind or (type_.kind in ("scale", "choice") and expr.type.values != type_.values):
            raise Fault("CX205", f"this gives {expr.type.words()}", expected=type_.words())
        if type_.kind == "number":
            same_unit(expr.type, type_, "made one")
            if type_.whole and not expr.type.whole:
                raise Fault(
                    "CX205",
                    "this may not be a whole number",
                    expected=type_.words(),
                    hint="use floor, ceil or round(x, 0, half_up)",
                )
        return expr

    def condition(self, written: Any, path: Path, *, deliberate: bool) -> Condition | None:
        """The condition that a mapping of lines spells; ``deliberate`` where a missing answer may decide."""
        if not isinstance(written, dict) or not written:
            self.source.report("CX107", path, "a condition is one or more lines, each a name and a cell")
            return None
        items: list[Condition | None] = []
        for key, value in written.items():
            here: Path = (*path, key)
            if key in ("all", "any"):
                items.append(self._several(key, value, here, deliberate=deliberate))
            elif key == "not":
                self._negated = not self._negated
                inner = self.condition(value, here, deliberate=deliberate)
                self._negated = not self._negated
                items.append(Not(inner) if inner else None)
            else:
                items.append(self._clause(key, value, here, deliberate=deliberate))
        found = [item for item in items if item is not None]
        if len(found) < len(items):
            return None
        return found[0] if len(found) == 1 else AllOf(tuple(found))

    def _several(self, key: str, value: Any, path: Path, *, deliberate: bool) -> Condition | None:
        if not isinstance(value, list) or not value:
            self.source.report("CX107", path, f"`{key}` takes a list of conditions", hint="begin each with a hyphen")
            return None
        inner = [self.condition(item, (*path, i), deliberate=deliberate) for i, item in enumerate(value)]
        found = tuple(item for item in inner if item is not None)
        if len(found) < len(inner):
            return None
        return AllOf(found) if key == "all" else AnyOf(found)

    def _clause(self, name: str, value: Any, path: Path, *, deliberate: bool) -> Clause | None:
        subject: Read | None = None
        with self.scope.reported(path, key=True):
            subject = self._subject(name)
        text = _cell_text(value)
        if text is None:
            self.source.report("CX107", path, f"the cell of `{name}` is not text", hint="put the cell between quotes")
            return None
        if subject is None:
            return None
        with self.scope.reported(path, key=True):
            self.scope.unprotected([subject])
        with self.scope.reported(path):
            test = self._test(read_cell(text), subject)
            self.scope.unprotected(item for side in sides(test) for item in reads(side))
            if subject.of == "input" and subject.name in self.scope.inputs:
                for side in sides(test):
                    if isinstance(side, Lit):
                        within(self.scope.inputs[subject.name], side.value)
            if _tests_unknown(test, negated=self._negated) and not deliberate:
                raise Fault(
                    "CX214",
                    f"`{name}: {text}` lets a missing answer decide",
                    hint="add `missing: deliberate` to the rule if that is meant",
                )
            return Clause(subject, test, text)
        return None

    def _subject(self, name: str) -> Read:
        found = self.language.read(name)
        if found is None:
            if name in self.scope.groups:
                raise Fault(
                    "CX303",
                    f"the group `{name}` stands for several inputs",
                    hint=f"write a measure, such as max({name}) or count({name} >= ..)",
                )
            hint = nearest(name, [*self.scope.inputs, *self.pack.measures, *self.scope.decisions, "today"])
            raise Fault("CX201", f"`{name}` is not an input, measure or decision", hint=hint)
        if found.type.kind == "fields":
            raise Fault(
                "CX205",
                f"`{name}` has several values",
                expected=listed([f"{name}.{part}" for part, _ in found.type.fields]),
            )
        return found

    def _test(self, cell: Any, subject: Read, *, inner: bool = False) -> Test:
        if isinstance(cell, State):
            return self._empty(subject, inner=inner) if cell.name == "empty" else self._state(cell, subject)
        if isinstance(cell, OneOf):
            listed_ = OneOf(tuple(self._test(one, subject, inner=True) for one in cell.tests))
            self._says_something(listed_, subject.type)
            return listed_
        if isinstance(cell, NoneOf):
            return NoneOf(tuple(self._test(one, subject, inner=True) for one in cell.tests))
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

    def _says_something(self, cell: OneOf, type_: Type) -> None:
        """Refuse a list such as `>= 1200, < 5000`, which holds of every value: an interval was meant."""
        if len(cell.tests) != 2 or not all(isinstance(test, Compare) and isinstance(test.side, Lit) for test in cell.tests):
            return
        order = {value: i for i, value in enumerate(type_.values)} if type_.kind == "scale" else None
        ends: dict[str, Any] = {test.op[0]: test.side.value for test in cell.tests}  # type: ignore[union-attr]
        if set(ends) != {"<", ">"}:
            return
        low, high = (order[ends[sign]] if order else ends[sign] for sign in (">", "<"))
        if low < high:
            shown = ", ".join(f"{test.op} {test.side.value}" for test in cell.tests)  # type: ignore[union-attr]
            message = f"`{shown}` is a list of which one has to hold, so it holds always"
            raise Fault("CX213", message, hint=f"write an interval, such as [{ends['>']} .. {ends['<']})")

    def _empty(self, subject: Read, *, inner: bool) -> Test:
        """That a `collect` decision gave nothing: none of the values it could give."""
        if subject.type.kind != "set" or inner:
            hint = "write `not: {name: empty}` for the opposite" if inner else "`empty` is asked of a `collect` decision"
            raise Fault("CX205", "`empty` stands alone, and is asked of a decision that gives a set", hint=hint)
        one = replace(subject.type, kind="choice")
        return NoneOf(tuple(Compare("=", Lit(value, one)) for value in one.values))  # type: ignore[arg-type]  # as above

    def _not_empty(self, cell: Between, low: Any, high: Any, type_: Type) -> None:
        if type_.kind == "scale":
            low, high = type_.values.index(low), type_.values.index(high)
        if low > high or (low == high and not (cell.low_in and cell.high_in)):
            raise Fault("CX213", "the interval holds nothing", hint="write the lower end first")

    def _state(self, cell: State, subject: Read) -> State:
        wanted = {"known": "input", "unknown": "input", "absent": "input", "present": "input",
                  "applicable": "decision", "not_applicable": "decision", "referred": "decision"}.get(cell.name)  # fmt: skip
        if wanted and (subject.of != wanted or subject.name == "today"):
            raise Fault(
                "CX205",
                f"`{cell.name}` is not asked of a {subject.of} such as `{subject.name}`",
                expected="an input" if wanted == "input" else "a decision",
            )
        if cell.name in ("absent", "present") and not subject.maybe_absent:
            raise Fault(
                "CX205",
                f"`{subject.name}` cannot be absent",
                hint="add optional: yes to the input, or ask known or unknown",
            )
        return cell


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
        return any(_tests_unknown(inner, negated=negated) for inner in test.tests)
    return isinstance(test, State) and test.name == ("known" if negated else "unknown")


def _condition_tests_unknown(condition: Condition, *, negated: bool = False) -> bool:
    if isinstance(condition, Clause):
        return _tests_unknown(condition.test, negated=negated)
    if isinstance(condition, Not):
        return _condition_tests_unknown(condition.item, negated=not negated)
    return any(_condition_tests_unknown(item, negated=negated) for item in condition.items)


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
        return any(_asks_state(inner) for inner in test.tests)
    return isinstance(test, State) and test.name in ("applicable", "not_applicable", "referred")
