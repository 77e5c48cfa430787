# SPDX-License-Identifier: MIT
"""What users hold: one version of a pack, compiled. Each question is handed to the room that answers it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from copy import copy
from fractions import Fraction
from functools import cached_property
from importlib.metadata import PackageNotFoundError, entry_points, version
from pathlib import Path
from typing import Any, Literal

from continuum.arithmetic import as_decimal
from continuum.compiled import CompiledPack, Table, Type, needed
from continuum.compiling.pack import compile_pack
from continuum.decisions import Decision, Missing, Outcome, PackRef, Reason, State, Status
from continuum.engines.bounds import Bound, Bounds
from continuum.engines.completions import Completions, Leaf, TooMany, settling
from continuum.engines.durable import Durable
from continuum.engines.hits import INDICATED, NOT_APPLICABLE, REFER, Worked, hashable, told_apart
from continuum.engines.index import Index
from continuum.engines.reference import Env, NotKnown, Reference
from continuum.errors import DayError, EngineError, Finding, ProfileError, listed, nearest
from continuum.explain import explain
from continuum.packs.loading import Written, read_texts
from continuum.profiles import Profile, Reader, check_days, pack_key, profile_schema
from continuum.proofs.answers import prove
from continuum.proofs.properties import Answer
from continuum.reasons import Why

KEPT = 4_000
ENGINES: dict[str, Callable[[CompiledPack], Any]] = {"index": Index, "durable": Durable}


def _library_version() -> str:
    try:
        return version("kent-continuum")
    except PackageNotFoundError:
        return "0+unknown"


LIBRARY = _library_version()


class Rulebook:
    """One version of a pack, compiled. Immutable: threads and tasks may share it, and it pickles as its text."""

    def __init__(self, written: Written) -> None:
        """Compile a pack as read.

        Raises:
            PackError: with every fault of the pack.
        """
        self._written = written
        self.pack = compile_pack(written)
        self._reference = Reference(self.pack)
        self._completions = Completions(self._reference)
        self._bounds = Bounds(self._reference)
        self._reader = Reader(self.pack)
        self._engines: dict[str, Any] = {}
        self._outcomes: dict[Any, Outcome] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (dict(self._written.texts), str(self._written.path), self.digest)

    def __repr__(self) -> str:
        return f"<Rulebook {self.id} {self.version} ({self.pack.status})>"

    @property
    def id(self) -> str:
        """The pack's id."""
        return self.pack.id

    @property
    def version(self) -> str:
        """The pack's version."""
        return self.pack.version

    @property
    def digest(self) -> str:
        """The digest of the pack's files, as ``sha256:...``."""
        return self.pack.digest

    @property
    def written(self) -> Written:
        """The pack as written, with its texts."""
        return self._written

    @cached_property
    def ref(self) -> PackRef:
        """Which pack this is, as results name it."""
        pack = self.pack
        return PackRef(
            id=pack.id, version=pack.version, title=pack.title, status=pack.status, digest=pack.digest,
            authority=pack.authority[2], approximate=pack.in_force.approximate, undated=pack.in_force.undated,
        )  # fmt: skip

    def profile(self, given: Mapping[str, Any] | None = None, /, **fields: Any) -> Profile:
        """A checked profile from field names, codes or labels; what is left out is not known, or blank where the pack
        says what a blank means.

        Raises:
            ProfileError: with every fault, each naming its field and the nearest fix.
        """
        return self._reader.read({**(given or {}), **fields})

    def profile_schema(self) -> dict[str, Any]:
        """The JSON Schema of a profile for this pack."""
        return profile_schema(self.pack)

    def decide(self, profile: Profile | Mapping[str, Any], *, on: dt.date, cross_check: bool = False) -> Decision:
        """Decide one profile for a day.

        Args:
            profile: a profile of this pack, or its fields.
            on: the day; always given, and one the version covers.
            cross_check: decide by the reference itself, by its index, and by the durable engine where it is installed and
                takes the pack. Without it the index decides for the reference what is known.

        Raises:
            DayError: where the version does not cover the day.
            ProfileError: where the profile contradicts itself or is of another pack.
            EngineError: where the engines differ.
        """
        self._covered(on)
        checked = self._mine(profile)
        check_days(self.pack, checked, on)
        values = checked.exact_values()
        env: Env = (self._reference if cross_check else self._engine("index")).env(values, on)
        self._possible(env, complete=len(values) == len(self.pack.inputs))
        worked, leaves = self._worked(env)
        engines = self._cross_checked(values, env, worked, leaves) if cross_check else ("reference",)
        return self._decision(checked, env, worked, leaves, engines)

    def decide_with(self, engine: str, profile: Profile | Mapping[str, Any], *, on: dt.date) -> dict[str, Worked]:
        """The bare outcomes of a complete profile from a named engine: ``reference``, ``index``, ``durable`` or one that another
        distribution offers through the entry point group ``continuum.engines``.

        Raises:
            EngineError: where the engine is not there, refuses the pack, or the profile is not complete.
        """
        self._covered(on)
        values = self._mine(profile).exact_values()
        try:
            found: dict[str, Worked] = self._engine(engine).decide(values, on)
            found = {
                name: worked._replace(value=copy(worked.value)) if isinstance(worked.value, dict) else worked
                for name, worked in found.items()
            }
        except NotKnown as unknown:
            message = f"the {engine} engine takes only complete profiles; `{unknown.name}` is not known"
            raise EngineError(Finding("CX704", message, hint="use decide, which answers with a range")) from None
        return found

    def explain(self, decision: Decision, form: Literal["parent", "panel", "trace"] = "panel") -> str:
        """A decision of this pack in plain words, also one that comes from JSON.

        Raises:
            EngineError: where the decision was made by another pack or version.
        """
        if decision.pack.digest != self.digest:
            message = f"the decision was made by {decision.pack.id} {decision.pack.version}, not by {self.id} {self.version}"
            raise EngineError(Finding("CX601", message, hint="load the pack that the decision names"))
        return explain(self.pack, decision, form)

    def check(self) -> list[Finding]:
        """The questions that the pack leaves open, as warnings, and what the checks that other distributions offer (entry
        point group ``continuum.checks``) find in it.
        """
        hint = "answer it in the rules and remove it from questions:"
        asked = [Finding("CX215", f"not answered yet: {q.ask}", q.place, "", hint, "warning") for q in self.pack.questions]
        return asked + [finding for point in entry_points(group="continuum.checks") for finding in point.load()(self.pack)]

    def prove(self) -> tuple[Answer, ...]:
        """Every property answered for every profile, on each day on which something changes: the properties that all packs are
        held to, then those this one declares. Each is ``proved``, ``broken`` with examples that the reference engine confirms,
        or ``not_proved`` with the reason.

        Raises:
            EngineError: CX706, where the tables are too much for a decision diagram.
        """
        return prove(self._reference, self._completions)

    # in parts

    def _covered(self, on: dt.date) -> None:
        if not isinstance(on, dt.date) or isinstance(on, dt.datetime):  # type: ignore[redundant-expr]  # untyped callers
            raise DayError(Finding("CX603", "`on` is not a day", expected="a datetime.date"))
        if not self.pack.covers(on):
            message = f"{self.id} {self.version} is {self.pack.in_force.words()}, not on {on}"
            raise DayError(Finding("CX603", message, hint=f'ask continuum.load("{self.id}", on=...) for the version of the day'))

    def _mine(self, profile: Profile | Mapping[str, Any]) -> Profile:
        if not isinstance(profile, Profile):
            return self._reader.read(profile)
        if profile.pack != pack_key(self.pack):
            message = f"the profile was read for {profile.pack}, not for {self.id} {self.version}"
            raise ProfileError(Finding("CX504", message, hint="make it with this rulebook's profile()"))
        return profile

    def _possible(self, env: Env, *, complete: bool) -> None:
        """Refuse a profile that contradicts itself, naming the entry of the pack that says so."""
        index = self._completions.contradiction(env)
        if index is None and not complete:
            try:
                if self._completions.filling(env) is not None:
                    return
            except TooMany:
                return
            raise self._contradiction(env)
        if index is not None:
            entry = self.pack.impossible[index]
            raise ProfileError(Finding("CX504", f"the profile contradicts itself: {entry.because}", hint=entry.fix))

    def _contradiction(self, env: Env) -> ProfileError:
        """That no way of filling in what is not known is possible, and the entries that say so."""
        try:
            entries = [self.pack.impossible[i] for i in self._completions.excluded_by(env)]
        except TooMany:
            entries = []
        reasons = " ".join(entry.because for entry in entries) or f"nothing is possible on {env['today']}."
        fixes = "; ".join(entry.fix for entry in entries if entry.fix)
        return ProfileError(Finding("CX504", f"the profile contradicts itself, whatever is filled in: {reasons}", hint=fixes))

    def _worked(self, env: Env) -> tuple[dict[str, Worked], dict[str, list[Leaf] | None]]:
        """Each outcome, and for those that need what is not known the branches of the walk (None: too many)."""
        worked: dict[str, Worked] = {}
        leaves: dict[str, list[Leaf] | None] = {}
        possible: dict[tuple[Any, ...], bool] = {}
        for name in self.pack.outcomes:
            try:
                worked[name] = env[name]
            except NotKnown:
                try:
                    leaves[name] = self._completions.leaves(name, env, possible)
                    if not leaves[name]:
                        raise self._contradiction(env)
                except TooMany:
                    leaves[name] = None
        return worked, leaves

    def _engine(self, name: str) -> Any:
        if name == "reference":
            return self._reference
        if name not in self._engines:
            makers = dict(ENGINES) | {point.name: point.load for point in entry_points(group="continuum.engines")}
            if name not in makers:
                expected = listed(["reference", *makers])
                raise EngineError(Finding("CX705", f"there is no engine `{name}`", expected=expected, hint=nearest(name, makers)))
            maker = ENGINES.get(name) or makers[name]()  # type: ignore[call-arg]  # an entry point is loaded first
            self._engines[name] = maker(self.pack)
        return self._engines[name]

    def _cross_checked(
        self, values: dict[str, Any], env: Env, worked: dict[str, Worked], leaves: dict[str, list[Leaf] | None]
    ) -> tuple[str, ...]:
        """The engines that agree. The others take complete profiles, so they decide, for each branch of the walk over what is
        not known, one way of filling in the rest. An outcome whose walk is too long has a range that says it is not exact, and
        is not cross-checked. The index is not named: it is the reference's own, and no second reading of the rules.
        """
        checks: list[tuple[dict[str, Any], str, Worked]] = [({}, name, item) for name, item in worked.items()]
        for name, branches in leaves.items():
            checks += [(leaf.chosen, name, leaf.worked) for leaf in branches or ()]
        engines = [self._engine("index"), *self._durable()]
        try:
            self._agree(engines, values, env, checks)
        except TooMany:
            return ("reference",)
        return ("reference", "durable") if checks and len(engines) > 1 else ("reference",)

    def _durable(self) -> list[Any]:
        """The durable engine; none where it is not installed or does not take the pack."""
        try:
            return [self._engine("durable")]
        except EngineError as error:
            if {finding.code for finding in error.findings} <= {"CX701", "CX702"}:
                return []
            raise

    def _agree(self, engines: list[Any], values: dict[str, Any], env: Env, checks: list[tuple[Any, str, Worked]]) -> None:
        decided: dict[tuple[Any, ...], list[dict[str, Worked]]] = {}
        for chosen, name, expected in checks:
            key = tuple(chosen.items())
            if key not in decided:
                branch = self._reference.env({**values, **chosen}, env["today"], env.given)
                complete = self._completions.completed({**values, **chosen}, branch)
                decided[key] = [engine.decide(complete, env["today"], env.given) for engine in engines]
            if any(found[name] != expected for found in decided[key]):
                message = f"the engines differ on {name}; no decision is given"
                raise EngineError(Finding("CX703", message, hint="report this with the pack's id, version and digest"))

    def _decision(
        self,
        profile: Profile,
        env: Env,
        worked: dict[str, Worked],
        leaves: dict[str, list[Leaf] | None],
        engines: tuple[str, ...],
    ) -> Decision:
        values, on = profile.exact_values(), env["today"]
        outcomes: dict[str, Outcome] = {}
        for name in self.pack.outcomes:
            table = self.pack.tables[name]
            if name in worked:
                outcomes[name] = self._outcome(table, worked[name])
            elif (found := leaves[name]) is not None:
                outcomes[name] = _ranged(table, found)
            else:
                outcomes[name] = _bounded(table, self._bounds.bound(name, values, on))
        decision = Decision(
            on=on, status=_status(outcomes), outcomes=outcomes, missing=self._missing(env, leaves, outcomes),
            exact=all(outcome.exact for outcome in outcomes.values()), filled=profile.filled, pack=self.ref,
            library=LIBRARY, engines=engines,
        )  # fmt: skip
        reference, completions = self._reference, self._completions

        def why() -> tuple[Reason, ...]:
            return Why(reference, completions, values, on).reasons()

        def speak(made: Decision, form: Literal["parent", "panel", "trace"]) -> str:
            return explain(self.pack, made, form)

        return decision.with_reasons(why, speak)

    def _outcome(self, table: Table, worked: Worked) -> Outcome:
        """The outcome as handed out; the same for the same result, so it is kept."""
        if table.type.fields:
            return _settled(table, worked)  # holds mappings, so it is made anew for each caller
        key = (table.name, worked)
        kept = self._outcomes.get(key)
        if kept is None:
            if len(self._outcomes) >= KEPT:
                self._outcomes.clear()
            kept = self._outcomes[key] = _settled(table, worked)
        return kept

    def _missing(self, env: Env, leaves: dict[str, list[Leaf] | None], outcomes: dict[str, Outcome]) -> tuple[Missing, ...]:
        """The inputs that would settle what is open, those that settle most outcomes first."""
        if not leaves:
            return ()
        found: dict[str, list[str]] = {}
        settles: dict[str, bool] = {}
        order: dict[str, int] = {}
        for outcome, branches in leaves.items():
            if outcomes[outcome].state != "range" and len({told_apart(leaf.worked) for leaf in branches or ()}) < 2:
                continue
            ranked = settling(branches) if branches is not None else [(name, False) for name in self._unknown_reads(outcome, env)]
            for position, (name, alone) in enumerate(ranked):
                found.setdefault(name, []).append(outcome)
                settles[name] = settles.get(name, True) and alone
                order[name] = min(order.get(name, position), position)
        names = sorted(found, key=lambda name: (order[name], -len(found[name])))
        inputs = self.pack.inputs
        return tuple(
            Missing(field=name, ask=inputs[name].ask, outcomes=tuple(found[name]), settles=settles[name]) for name in names
        )

    def _unknown_reads(self, outcome: str, env: Env) -> list[str]:
        """The unknown inputs that an outcome reads, but for those that only decisions read whose outcome is settled without."""
        settled = {name for name in needed(self.pack, outcome) if name in self.pack.tables and name != outcome}
        settled = {name for name in settled if self._is_settled(name, env)}
        return [name for name in self._bounds.inputs_read(outcome, settled) if name not in env]

    def _is_settled(self, name: str, env: Env) -> bool:
        try:
            return len({told_apart(leaf.worked) for leaf in self._completions.leaves(name, env)}) == 1
        except TooMany:
            return False


def _rebuilt(texts: dict[str, str], path: str, digest: str) -> Rulebook:
    """A rulebook from its pickled text; the digest must be that of the text."""
    rulebook = Rulebook(read_texts(texts, Path(path)))
    if rulebook.digest != digest:
        raise EngineError(Finding("CX601", "the pickled pack does not match its digest"))
    return rulebook


def kind_of(type_: Type) -> Any:
    """The kind of an outcome's value."""
    return "money" if type_.kind == "number" and type_.money else type_.kind


def _field_kinds(type_: Type) -> dict[str, str]:
    return {name: kind_of(part) for name, part in type_.fields}


def public(value: Any, type_: Type) -> Any:
    """A value as it is handed out: Decimal with its places, int where whole, otherwise as it is."""
    if isinstance(value, dict):
        fields = dict(type_.fields)
        return {name: public(item, fields[name]) for name, item in value.items()}
    if isinstance(value, bool) or not isinstance(value, int | Fraction):
        return value
    if type_.whole and isinstance(value, int):
        return value
    return as_decimal(value, type_.places)


def _settled(table: Table, worked: Worked) -> Outcome:
    unit = table.type.unit_words()
    return Outcome(
        kind=kind_of(table.type), fields=_field_kinds(table.type), state=worked.state, unit=unit, rules=worked.rules,  # type: ignore[arg-type]
        value=public(worked.value, table.type) if worked.state == INDICATED else None,
        cause=worked.cause, because=worked.because, to=worked.to,  # type: ignore[arg-type]
        alongside=None if worked.alongside is None else public(worked.alongside, table.type),
    )  # fmt: skip


def _ranged(table: Table, leaves: list[Leaf]) -> Outcome:
    """One outcome over the branches of the walk: settled where all agree, else a range."""
    rules = tuple(dict.fromkeys(rule for leaf in leaves for rule in leaf.worked.rules))
    distinct = {_comparable(leaf.worked): leaf.worked for leaf in leaves}
    if len(distinct) > 1:
        return ranged(table, list(distinct.values()), rules)
    return _settled(table, _agreed([leaf.worked for leaf in leaves])._replace(rules=rules))


def _agreed(worked: list[Worked]) -> Worked:
    """One result of several that differ at most in why, to whom, or in what is shown beside a referral."""
    first = worked[0]
    because, to = (dict.fromkeys(getattr(item, name) for item in worked) for name in ("because", "to"))
    return first._replace(
        cause=first.cause if len({item.cause for item in worked}) == 1 else "",
        because=" Or: ".join(words for words in because if words),
        to=" or ".join(words for words in to if words),
        alongside=first.alongside if all(item.alongside == first.alongside for item in worked) else None,
    )


def ranged(table: Table, worked: list[Worked], rules: tuple[str, ...], *, exact: bool = True) -> Outcome:
    """A range over these results, lowest first."""
    values = [item.value for item in worked if item.state == INDICATED]
    ordered = table.type.ordered
    if table.type.kind in ("scale", "choice"):
        values.sort(key=table.type.values.index)
    elif ordered:
        values.sort()
    else:
        values.sort(key=str)
    states = [_state_word(item) for item in worked if item.state != INDICATED]
    plain = [public(value, table.type) for value in values]
    plain = [value for i, value in enumerate(plain) if value not in plain[:i]]
    return Outcome(
        kind=kind_of(table.type), fields=_field_kinds(table.type), state="range",
        possible=(*plain, *dict.fromkeys(states)), unit=table.type.unit_words(),
        lowest=plain[0] if plain and ordered else None, highest=plain[-1] if plain and ordered else None,
        rules=rules, exact=exact,
    )  # fmt: skip


def _bounded(table: Table, bound: Bound) -> Outcome:
    """One outcome from bounds: exact only where a single result is left; an end that is not known is not given."""
    interval = bound.open or bound.low is not None or bound.high is not None
    if not interval and len({_comparable(item) for item in bound.worked}) == 1:
        return _settled(table, bound.worked[0]._replace(rules=bound.rules))
    made = ranged(table, list(bound.worked), bound.rules, exact=False)
    if not interval:
        return made
    known = [value for value in (made.lowest, made.highest) if value is not None]
    ends: dict[str, Any] = {"lowest": None, "highest": None}
    if bound.low is not None:
        ends["lowest"] = min([public(bound.low, table.type), *known])
    if bound.high is not None:
        ends["highest"] = max([public(bound.high, table.type), *known])
    states = {_state_word(item) for item in bound.worked if item.state != INDICATED}
    return made.model_copy(update={**ends, "possible": tuple(item for item in made.possible if item in states)})


def _state_word(worked: Worked) -> str:
    return "individually_agreed" if worked.cause == "individually_agreed" else worked.state


def _comparable(worked: Worked) -> tuple[Any, ...]:
    return _state_word(worked), hashable(worked.value)


def _status(outcomes: Mapping[str, Outcome]) -> Status:
    states: set[State] = {outcome.state for outcome in outcomes.values()}
    if states == {NOT_APPLICABLE}:
        return "out_of_scope"
    return "refer" if REFER in states else "range" if "range" in states else "indicated"
