# SPDX-License-Identifier: MIT
"""Whether a mutant differs from its pack for any profile at all, and the smallest profile for which it does.

The changed table stands beside the pack's own in one pack, under a name of its own, so that one space of profiles tells apart all
that either of them tells apart, and one diagram holds both. Equal functions are then one node. Where they are not, a
profile is shown only if the reference engine of each pack confirms it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from continuum.checks.told import written_as
from continuum.compiled import CompiledPack, Read, Table, needed
from continuum.engines.completions import Completions
from continuum.engines.hits import INDICATED, NOT_APPLICABLE, Worked, hashable
from continuum.engines.reference import Env, NotKnown, Reference
from continuum.errors import ContinuumError, EngineError
from continuum.exercising.mutants import Mutant
from continuum.exercising.noticing import Noticing, notices, with_table
from continuum.packs.model import Case
from continuum.proofs.proof import Example, Proof, days_to_prove

FRESH = 100_000
"""How many nodes a diagram may hold before the next mutant is given one of its own."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of a mutant that no case notices: ``case`` is one that would, None where none could be written. ``equal``
    where no profile is decided otherwise, on any day on which something changes; else ``why`` says why it is not settled.
    """

    equal: bool = False
    case: Case | None = None
    why: str = ""


def differences(noticing: Noticing, mutants: Iterable[Mutant]) -> list[Difference]:
    """For each of some mutants of one table whether and where it differs."""
    found: dict[int, Difference] = {}
    unconfirmed: set[int] = set()
    waiting = list(enumerate(mutants))
    twins = {i: Twin(noticing.pack, mutant, str(i)) for i, mutant in waiting}
    pack = replace(
        noticing.pack,
        tables={**noticing.pack.tables, **{table.name: table for twin in twins.values() for table in twin.tables}},
        measures={**noticing.pack.measures, **{name: one for twin in twins.values() for name, one in twin.measures.items()}},
    )
    reference = copy(noticing.reference)
    reference.pack = pack
    completions = Completions(reference)
    for day in days_to_prove(pack):
        proof: Proof | None = None
        for i, _ in waiting:
            if i in found:
                continue
            if proof is None or len(proof.diagram) > FRESH:
                proof = Proof(reference, completions, day)
            try:
                one = twins[i].differs(proof, noticing)
            except EngineError as error:
                found[i], proof = Difference(why=error.findings[0].message), None
                continue
            if isinstance(one, Case | Difference):
                found[i] = Difference(case=one) if isinstance(one, Case) else one
            elif one:
                unconfirmed.add(i)
    why = "it may differ only by what is worked out from amounts or days, and no profile was found for which it does"
    return [found.get(i) or (Difference(why=why) if i in unconfirmed else Difference(equal=True)) for i, _ in waiting]


class Twin:
    """A mutant beside its pack: its table, and what of the pack rests on it, each under a second name."""

    def __init__(self, pack: CompiledPack, mutant: Mutant, label: str) -> None:
        self.mutant, changed = mutant, mutant.table.name
        whole = mutant.pack(pack)
        alone = changed in pack.outcomes  # then what rests on it changes only where it does
        names = [changed] if alone else [one for one in (*pack.measures, *pack.tables) if changed in needed(pack, one)]
        self.names = {name: f"{name} {label}" for name in names}
        self.outcomes = [changed] if alone else [name for name in pack.outcomes if name in self.names]
        self.tables = [self._table(pack, whole.tables[name], label) for name in names if name in pack.tables]
        self.measures = {
            self.names[name]: replace(_renamed(pack.measures[name], self.names), name=self.names[name])
            for name in names
            if name in pack.measures
        }

    def _table(self, pack: CompiledPack, table: Table, label: str) -> Table:
        """A table under its second name. A rule keeps its id exactly where it gives what the rule of the pack gives."""
        given = {rule.id: rule.then for rule in pack.tables[table.name].rules}
        rules = [_renamed(rule, self.names) for rule in table.rules]
        return replace(
            table,
            name=self.names[table.name],
            rules=tuple(rule if rule.then == given[rule.id] else replace(rule, id=f"{rule.id} {label}") for rule in rules),
            needs=tuple(self.names.get(name, name) for name in table.needs),
            asked=frozenset(self.names.get(name, name) for name in table.asked),
            checks=tuple(_renamed(check, self.names) for check in table.checks),
        )

    def differs(self, proof: Proof, noticing: Noticing) -> Case | Difference | bool:
        """Whether some profile that can be is decided otherwise on the day of a proof: a case that shows it; what is known
        where none can be written; True where it is not confirmed, False where there is none.
        """
        diagram, open_ = proof.diagram, False
        changed = with_table(noticing.reference, self.mutant.table)
        for name in self.outcomes:
            proof.diagram.work = proof.diagram.spent + WORK
            one, other = proof.meaning.table(name), proof.meaning.table(self.names[name])
            if one == other:
                continue
            where = diagram.apply("differ", lambda mine, its: mine != its, one, other)
            where = diagram.both(where, proof.meaning.possible)
            if where == diagram.no:
                continue
            examples = proof.examples(where, _Differ(proof, changed, name).confirmed)
            for example in examples:
                case = as_case(noticing, changed, example, proof.day, name)
                if case is not None:
                    return case
            if examples:
                return Difference()
            open_ = True
        return open_


WORK = 4_000_000
"""Steps that one mutant may take in a diagram."""


class _Differ:
    def __init__(self, proof: Proof, changed: Reference, name: str) -> None:
        self.proof, self.changed, self.name = proof, changed, name

    def confirmed(self, example: Example) -> bool:
        """Whether the reference engines of both packs decide the profile, one this way and one that."""
        if not self.proof.can_be(example):
            return False
        env = self.proof.env(example)
        inputs = {name: env[name] for name in self.proof.pack.inputs}
        return _told(env[self.name]) != _told(self.changed.env(inputs, self.proof.day, env.given)[self.name])


def _told(worked: Worked) -> tuple[Any, ...]:
    return worked.state, hashable(worked.value), worked.cause, worked.to


def _renamed(thing: Any, names: dict[str, str]) -> Any:
    """Any part of a pack, reading other names."""
    if isinstance(thing, Read) and thing.of in ("decision", "measure"):
        return replace(thing, name=names.get(thing.name, thing.name))
    if type(thing) is tuple:
        return tuple(_renamed(part, names) for part in thing)
    if is_dataclass(thing) and not isinstance(thing, type):
        return replace(thing, **{part.name: _renamed(getattr(thing, part.name), names) for part in fields(thing)})
    return thing


# examples as cases


def as_case(noticing: Noticing, changed: Reference, example: Example, day: dt.date, name: str) -> Case | None:
    """The smallest part of a profile that shows the difference, as a case that holds of the pack and not of the mutant."""
    known = asked_for([noticing.reference, changed], example, day, name)
    rulebook, mutated = noticing.rulebook, noticing.changed(changed)
    for given in (known, _given(example)):
        worked = _decided(noticing.reference, given, day, name, noticing)
        if worked is None:
            continue
        decided_by: dict[str, str | list[str]] = {name: list(worked.rules)}
        for rules in ({}, decided_by):
            case = Case(
                id="example", on=day, given={one: written_as(value) for one, value in given.items()},
                expect={name: expectation(worked)}, rules=rules,
            )  # fmt: skip
            if not notices(rulebook, case) and notices(mutated, case):
                return case
    return None


def _decided(reference: Reference, given: dict[str, Any], day: dt.date, name: str, noticing: Noticing) -> Worked | None:
    """What an outcome comes to for what a form gives; None where the form does not say enough or is refused."""
    try:
        values = noticing.rulebook.profile({one: written_as(value) for one, value in given.items()}).exact_values()
        worked: Worked = reference.env(values, day)[name]
    except (NotKnown, ContinuumError):
        return None
    return worked


def _given(example: Example) -> dict[str, Any]:
    return {name: value for name, value in example.values if name not in example.not_given}


def asked_for(references: list[Reference], example: Example, day: dt.date, name: str) -> dict[str, Any]:
    """The values of a profile that deciding one outcome asks for, in any of these packs; blank answers are left blank."""
    values = {**dict.fromkeys(references[0].pack.inputs), **example.as_dict()}
    found: dict[str, Any] = {}
    for reference in references:
        env: Env = reference.env(found, day, frozenset(values) - set(example.not_given))
        while True:
            try:
                env[name]
                break
            except NotKnown as unknown:
                found[unknown.name] = values[unknown.name]
                env = reference.env(found, day, env.given)
    inputs = references[0].pack.inputs
    return {
        one: found[one]
        for one in inputs
        if one in found and one not in example.not_given and (inputs[one].blank is None or inputs[one].blank != found[one])
    }


def expectation(worked: Worked) -> Any:
    """What a case expects of an outcome."""
    if worked.state == INDICATED:
        if isinstance(worked.value, tuple):
            return list(worked.value)
        if isinstance(worked.value, dict):
            return {name: written_as(part) for name, part in worked.value.items()}
        return written_as(worked.value)
    if worked.state == NOT_APPLICABLE or worked.cause == "individually_agreed":
        return worked.cause or "not_applicable"
    return {"refer": worked.cause} if worked.cause else "refer"


def pasted(case: Case) -> Iterator[str]:
    """A case as lines of YAML."""
    yield f"- id: {case.id}"
    yield f"  on: {case.on}"
    for key in ("given", "expect", "rules"):
        if getattr(case, key):
            yield f"  {key}: {_flow(getattr(case, key))}"


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name}: {_flow(part)}' for name, part in value.items())}}}"
    return f"[{', '.join(map(_flow, value))}]" if isinstance(value, list) else str(value)
