# SPDX-License-Identifier: MIT
"""A pack as written to a compiled pack: names, types, units, order and cells, with every fault reported at its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from continuum.compiled import (
    Clause,
    CompiledPack,
    Condition,
    Document,
    Impossible,
    Measure,
    Property,
    Question,
    Read,
    Rule,
    Table,
    Term,
    Type,
    clauses,
    condition_reads,
    reads,
)  # fmt: skip
from continuum.compiling.cells import Cuts, cut
from continuum.compiling.expressions import Fault
from continuum.compiling.names import Scope
from continuum.compiling.sentences import DEFAULTS, HIGHEST, limits, read_property
from continuum.compiling.tables import Tables
from continuum.errors import PackError, listed, nearest
from continuum.packs.loading import Written
from continuum.packs.reading import Path

LONGEST_CHAIN = 60


def compile_pack(written: Written) -> CompiledPack:
    """Compile a pack.

    Raises:
        PackError: with every fault, each with its place.
    """
    return _Compiler(written).compiled()


class _Compiler:
    """Puts the parts together; every part reports its own faults and the rest goes on."""

    def __init__(self, written: Written) -> None:
        self.scope = Scope(written)
        self.written, self.pack, self.source = written, written.pack, written.source
        self.tables = Tables(self.scope)

    def compiled(self) -> CompiledPack:
        """The compiled pack, or every fault at once."""
        self.scope.declare()
        tables = [self.tables.table(i, table) for i, table in enumerate(self.pack.decisions)]
        by_name = {table.name: table for table in tables if table}
        impossible, properties, after = self._impossible(), self._properties(), self._after()
        accepted, questions = self._accepted(), self._questions()
        self._outcomes()
        self._terms()
        self._head()
        measures = {name: measure for name, measure in self.scope.measures.items() if measure}
        order = [] if self.source.findings else self._order(measures, by_name)
        if self.source.findings:
            raise PackError(self.source.findings)
        return self._result(
            {name: measures[name] for name in order if name in measures},
            {name: by_name[name] for name in order if name in by_name},
            impossible, properties, after, accepted, questions,
        )  # fmt: skip

    def _result(
        self,
        measures: dict[str, Measure],
        tables: dict[str, Table],
        impossible: tuple[Impossible, ...],
        properties: tuple[Property, ...],
        after: dict[str, Any],
        accepted: tuple[dict[str, Any], ...],
        questions: tuple[Question, ...],
    ) -> CompiledPack:
        pack = self.pack
        approval = (pack.approval.by, pack.approval.on, pack.approval.minute) if pack.approval else None
        return CompiledPack(
            id=pack.id, version=pack.version, title=pack.title, summary=pack.summary or "",
            authority=(pack.authority.scheme, pack.authority.code or "", pack.authority.name),
            status=pack.status, approval=approval, in_force=pack.in_force,
            decided_by=pack.decided_by or f"people at {pack.authority.name}", digest=self.written.digest,
            sources={
                key: Document(key, d.title, d.date, d.publisher or "", d.url or "", d.from_, d.to, d.note or "")
                for key, d in pack.sources.items()
            },
            outcomes=tuple(pack.outcomes), inputs=self.scope.inputs, groups=self.scope.groups, measures=measures, tables=tables,
            rates=self.scope.rates,
            terms={key: Term(t.label, t.plain or "", tuple(t.formerly)) for key, t in pack.terms.items()},
            impossible=impossible, properties=properties, accepted=accepted,
            defaults_off=tuple(item.model_dump() for item in pack.defaults_off),
            after=after, not_modelled=tuple(pack.not_modelled), questions=questions, cuts=_cuts(tables, impossible),
        )  # fmt: skip

    def _questions(self) -> tuple[Question, ...]:
        known = [*self.scope.known(), *(rule.id for table in self.pack.decisions for rule in table.rules)]
        for i, item in enumerate(self.pack.questions):
            if item.about and item.about.partition(".")[0] not in known:
                message = f"`{item.about}` is not the name of anything in the pack"
                self.source.report("CX201", ("questions", i, "about"), message, hint=nearest(item.about, known))
            for text in item.source:
                with self.scope.reported(("questions", i, "source")):
                    self.scope.cite(text)
        return tuple(
            Question(item.ask, item.about or "", self.source.place(("questions", i)))
            for i, item in enumerate(self.pack.questions)
        )

    def _impossible(self) -> tuple[Impossible, ...]:
        made = []
        for i, item in enumerate(self.pack.impossible):
            condition = self.tables.condition(item.when, ("impossible", i, "when"), deliberate=False)
            if condition:
                if any(self._rests_on_decision(read) for read in condition_reads(condition)):
                    self.source.report("CX205", ("impossible", i), "what is impossible is said of inputs, not of decisions")
                made.append(Impossible(condition, item.because, item.fix or ""))
        return tuple(made)

    def _rests_on_decision(self, read: Any) -> bool:
        """Whether what is read is a decision, or a measure that rests on one."""
        if not isinstance(read, Read):
            return False
        measure = self.scope.measures.get(read.name) if read.of == "measure" else None
        return read.of == "decision" or bool(measure and any(map(self._rests_on_decision, reads(measure.expr))))

    def _properties(self) -> tuple[Property, ...]:
        made: list[Property] = []
        for i, text in enumerate(self.pack.properties):
            with self.scope.reported(("properties", i)):
                prop = read_property(text, self.scope, self.scope.type_of)
                lines = limits(" ".join(text.split()).removesuffix(HIGHEST))[1]
                made.append(replace(prop, where=self._limit(prop, lines, ("properties", i))) if lines else prop)
        for i, off in enumerate(self.pack.defaults_off):
            with self.scope.reported(("defaults_off", i, "property")):
                if read_property(off.property, self.scope, self.scope.type_of).form != "default":
                    raise Fault("CX304", "only a default property can be switched off", expected=listed(DEFAULTS))
        return tuple(made)

    def _limit(self, prop: Property, lines: dict[str, str], path: Path) -> Condition | None:
        """The profiles that a sentence speaks of, as a condition on inputs."""
        moved = dict(prop.parts).get("input")
        if moved in lines:
            raise Fault("CX304", f"the sentence itself says which `{moved}`", hint=f"leave out `{moved} is ...`")
        condition = self.tables.condition(lines, path, deliberate=True)
        if "today" in lines:
            raise Fault("CX304", "a sentence is held to every day of the version", hint="leave out `today is ...`")
        if condition and any(self._rests_on_decision(read) for read in condition_reads(condition)):
            raise Fault("CX205", "what limits a sentence is said of inputs and measures, not of decisions")
        return condition

    def _accepted(self) -> tuple[dict[str, Any], ...]:
        """What the pack accepts, each with the check that finds it: for a property, the one named for its form."""
        texts = {" ".join(text.split()) for text in self.pack.properties}
        made = []
        for i, item in enumerate(self.pack.accepted):
            fault = {"check": item.check, "about": item.about}
            if item.property is not None:
                with self.scope.reported(("accepted", i, "property")):
                    sentence = " ".join(item.property.split())
                    form = read_property(sentence, self.scope, self.scope.type_of).form
                    if form == "default":
                        hint = "write check: and about: as `continuum check` gives them"
                        raise Fault("CX213", "what a default property finds is accepted one by one", hint=hint)
                    if sentence not in texts:
                        raise Fault("CX201", "this property is not among the pack's properties", hint=nearest(sentence, texts))
                    fault = {"check": form, "about": sentence}
            made.append({**fault, "because": item.because, "until": item.until, "witness": item.witness})
        return tuple(made)

    def _outcomes(self) -> None:
        for i, name in enumerate(self.pack.outcomes):
            if name not in self.scope.decisions and not self.scope.broken(name):
                self.source.report(
                    "CX201", ("outcomes", i), f"there is no decision `{name}`", hint=nearest(name, self.scope.decisions)
                )
        self.scope.distinct(("outcomes",), self.pack.outcomes)

    def _terms(self) -> None:
        owners: dict[str, Type | None] = {**self.scope.scales, **self.scope.choices}
        owners |= dict.fromkeys([*self.pack.measures, *self.pack.groups, *self.pack.rates])
        owners |= {name: rate.type for name, rate in self.scope.rates.items()}
        owners |= {name: asked.type for name, asked in self.scope.inputs.items()} | self.scope.decisions
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
                    self.source.report(
                        "CX206",
                        path,
                        f"`{value}` is not a value of `{name}`",
                        expected=expected,
                        hint=nearest(value, allowed),
                        key=True,
                    )

    def _head(self) -> None:
        if self.pack.status == "in_force" and self.pack.approval is None:
            self.source.report(
                "CX105",
                ("status",),
                "a pack in force says who approved it",
                hint="add approval: {by: role, on: date, minute: reference}",
            )

    def _after(self) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for decision, by_value in self.pack.after.items():
            path: Path = ("after", decision)
            with self.scope.reported(path, key=True):
                if decision not in self.scope.decisions:
                    raise Fault("CX201", f"there is no decision `{decision}`", hint=nearest(decision, self.scope.decisions))
                for value, changes in by_value.items():
                    self.scope.constant(value, self.scope.decisions[decision])
                    for name, text in changes.items():
                        if name not in self.scope.inputs:
                            raise Fault("CX201", f"`{name}` is not an input", hint=nearest(name, self.scope.inputs))
                        made.setdefault(decision, {}).setdefault(value, {})[name] = self.scope.constant(
                            text, self.scope.inputs[name].type
                        )
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


def _names(items: Iterable[Any]) -> list[str]:
    return list(dict.fromkeys(item.name for item in items if isinstance(item, Read) and item.of != "input"))


def _rule_reads(rule: Rule) -> Iterator[Any]:
    yield from condition_reads(rule.condition)
    for _, expr in rule.then.values:
        yield from reads(expr)


def _cuts(tables: dict[str, Table], impossible: tuple[Impossible, ...]) -> dict[str, Cuts]:
    conditions = [rule.condition for table in tables.values() for rule in table.rules]
    conditions += [item.condition for item in impossible]
    by_subject: dict[str, list[Clause]] = {}
    for condition in conditions:
        for clause in clauses(condition):
            if clause.subject.type.kind not in ("set", "fields"):
                by_subject.setdefault(clause.subject.key, []).append(clause)
    made = {}
    for name, found in by_subject.items():
        subject = found[0].subject
        made[name] = cut(subject.type, [clause.test for clause in found], optional=subject.maybe_absent)
    return made
