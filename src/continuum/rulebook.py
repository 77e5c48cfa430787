# SPDX-License-Identifier: MIT
"""What users hold: one version of a pack, compiled. Each question is handed to the room that answers it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from fractions import Fraction
from functools import cached_property, partial
from importlib.metadata import PackageNotFoundError, entry_points, version
from pathlib import Path
from threading import RLock
from typing import Any, Literal

from continuum.arithmetic import as_decimal
from continuum.checks.run import check
from continuum.checks.subject import Subject
from continuum.comparing.difference import Difference, compare
from continuum.compiled import CompiledPack, Table, Type, needed
from continuum.compiling.pack import compile_pack
from continuum.decisions import Decision, Margin, Missing, Outcome, PackRef, Reason, State, Status
from continuum.engines.bounds import Bound, Bounds
from continuum.engines.completions import Completions, Leaf, TooMany, settling
from continuum.engines.durable import Durable
from continuum.engines.hits import INDICATED, NOT_APPLICABLE, REFER, Worked, hashable, told_apart
from continuum.engines.index import Index, IndexEnv
from continuum.engines.reference import Env, NotKnown, Reference
from continuum.engines.unsure import Unsure
from continuum.errors import DayError, EngineError, Finding, ProfileError, listed, nearest
from continuum.explain import explain
from continuum.frames.door import Rules, decide_frame
from continuum.nearest.changes import Decided, Nearest, Question, kind_of, nearest_changes
from continuum.nearest.margins import Margins
from continuum.nearest.sides import Sides, sides_of
from continuum.nearest.wanted import meant
from continuum.packs.loading import Written, read_texts
from continuum.profiles import Profile, Reader, check_days, pack_key, profile_schema
from continuum.proofs.answers import askable, prove
from continuum.proofs.diagram import TooLargeError
from continuum.proofs.proof import Proof
from continuum.proofs.properties import Answer
from continuum.proofs.ranges import Open, Partly, Ranges
from continuum.reasons import Why

KEPT = 4_000
DAYS_KEPT = 4
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
        self._proofs: dict[tuple[dt.date, Reference], Proof] = {}
        self._ranges: dict[tuple[dt.date, Reference], Ranges] = {}
        self._proving = RLock()

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
        wide = self._wide(env, leaves)
        engines = self._cross_checked(values, env, worked, leaves, wide) if cross_check else ("reference",)
        return self._decision(checked, env, worked, leaves, wide, engines)

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

    def check(self, *, on: dt.date | None = None, proofs: bool = True) -> list[Finding]:
        """What the checks find in the pack, proved for every profile and each day on which something changes, and what the
        checks that other distributions offer (entry point group ``continuum.checks``) find.

        Args:
            on: the day for which acceptances that have ended come back; without it none has ended.
            proofs: False leaves out the checks that need proofs.

        Raises:
            DayError: where ``on`` is not a day.
        """
        if on is not None:
            _is_day(on)
        found = check(Subject(self._reference, self._completions, self._written, on), proofs=proofs)
        return found + [finding for point in entry_points(group="continuum.checks") for finding in point.load()(self.pack)]

    def prove(self) -> tuple[Answer, ...]:
        """Every property answered for every profile, on each day on which something changes: the properties that all packs are
        held to, then those this one declares. Each is ``proved``, ``broken`` with examples that the reference engine confirms,
        or ``not_proved`` with the reason.

        Raises:
            EngineError: CX706, where the tables are too much for a decision diagram.
        """
        return prove(askable(self._reference, self._completions))

    def nearest(
        self, profile: Profile | Mapping[str, Any], *, on: dt.date, outcome: str, to: Any = None, most: int = 20
    ) -> Nearest:
        """The smallest sets of changes to a profile that would give another outcome: the fewest answers, and of those the fewest
        steps of their scales. Answers that are protected, or that the pack says do not change, stay as they are; one that is not
        known may turn out to be anything. Each set is confirmed by the reference engine.

        Args:
            profile: a profile of this pack, or its fields.
            on: the day it is decided for.
            outcome: the outcome that should be another.
            to: the outcome wanted: a value or its label, ``refer``, ``not_applicable`` or ``individually_agreed``; for an outcome
                of several values one that should be among them. Any other outcome unless given.
            most: how many sets are listed.

        Raises:
            ValueError: where there is no such outcome, or it cannot come to ``to``.
            DayError, ProfileError, EngineError: as :meth:`decide`.
        """
        wanted = meant(self.pack, outcome, to)
        asked = self._question(profile, on, outcome)
        with self._proof(on) as proof:
            return nearest_changes(asked(proof), "" if to is None else str(to), wanted, most)

    def sides(self, profile: Profile | Mapping[str, Any], *, on: dt.date, outcome: str) -> Sides:
        """What holds an outcome where it is: answers of the profile because of which it is at least this, and those because of
        which it is at most this. Each set is enough whatever the other answers were, and nothing in it can be spared. Where the
        diagram cannot tell, a side is left out and ``because`` says why.

        Raises:
            ValueError: where there is no such outcome.
            DayError, ProfileError, EngineError: as :meth:`decide`.
        """
        meant(self.pack, outcome, None)
        asked = self._question(profile, on, outcome)
        with self._proof(on) as proof:
            return sides_of(asked(proof))

    def diff(self, other: Rulebook, *, on: dt.date | None = None, most: int = 3) -> Difference:
        """How another version differs from this one, for every profile: equal, as a proof, or what becomes what, for which
        profiles and by which rules.

        Args:
            other: the newer version; its terms may say what it renamed.
            on: the day; without it the days on which something changes in either, or those on which one follows the other.
            most: how many regions of each change are told.

        Raises:
            DayError: where neither is in force on the day.
            EngineError: CX706, where the tables are too much for a decision diagram.
        """
        return compare(self.pack, other.pack, on, most)

    def decide_many(self, frame: Any, *, on: dt.date | str, columns: Mapping[str, str] | None = None, prefix: str = "") -> Any:
        """A caseload decided: the frame with the decision beside each row, of the kind that was given, lazily where that is.

        Frames of polars, pandas and pyarrow are decided in memory. A lazy frame of polars, a DuckDB relation or a Spark frame
        becomes one expression that its engine runs, and its ranges may be wider than the truth, never narrower.

        Args:
            frame: one row a profile; columns that answer no question pass through.
            on: the day, or the name of a column of days.
            columns: for columns that bear neither name, code nor label of an input, the input they answer.
            prefix: put before the name of each column that is added.

        Raises:
            DayError: where the version does not cover the day.
            EngineError: CX811, CX812, CX813, where the extra ``frames`` is not installed, the columns do not fit, or an outcome
                cannot be said as an expression.
        """
        if not isinstance(on, str):
            self._covered(on)
        rules = Rules(self.pack, self._reader, self._engine("index"), lambda one, day: self.decide(one, on=day), self._outcome)
        return decide_frame(rules, frame, on, columns, prefix)

    # in parts

    def _question(self, profile: Profile | Mapping[str, Any], on: dt.date, outcome: str) -> Callable[[Proof], Question]:
        """What is asked about an outcome of a profile, once there is a diagram to ask."""
        checked = self._mine(profile)
        now = self.decide(checked, on=on).outcomes[outcome]
        values = checked.exact_values()
        return lambda proof: Question(proof, values, outcome, now, lambda other: self._decided(outcome, other, on), self.ref)

    def _decided(self, name: str, values: Mapping[str, Any], on: dt.date) -> Decided:
        """One outcome of other answers, as the reference has it; None where they contradict themselves.

        Raises:
            TooMany: where what is not known cannot be followed.
        """
        env = self._reference.env(values, on)
        complete = len(values) == len(self.pack.inputs)
        if self._completions.contradiction(env) is not None or not (complete or self._completions.filling(env) is not None):
            return None
        try:
            worked: Worked = env[name]
        except NotKnown:
            leaves = self._completions.leaves(name, env)
            results = frozenset(told_apart(leaf.worked) for leaf in leaves)
            return (_ranged(self.pack.tables[name], leaves), results) if leaves else None
        return self._outcome(self.pack.tables[name], worked), frozenset([told_apart(worked)])

    @contextmanager
    def _proof(self, day: dt.date) -> Iterator[Proof]:
        """What holds for every profile on a day: ``with self._proof(on) as proof``. A few days are kept, and one thread at a time
        asks, because a diagram grows as it is asked; ask only what is the same for every profile, so that it does not fill up.

        Raises:
            EngineError: CX706, where a diagram passes its budget; also from within the block.
        """
        with self._proving:
            key = day, self._reference
            if key not in self._proofs:
                if len(self._proofs) >= DAYS_KEPT:
                    del self._proofs[next(iter(self._proofs))]
                self._proofs[key] = Proof(self._reference, self._completions, day)
            yield self._proofs[key]

    def _ranges_of(self, day: dt.date) -> Ranges:
        """The ranges of the outcomes of a day, which are only read once they are made. They have diagrams of their own: where a
        budget is passed must not depend on what else was asked before.
        """
        key = day, self._reference
        with self._proving:
            if key not in self._ranges:
                if len(self._ranges) >= DAYS_KEPT:
                    del self._ranges[next(iter(self._ranges))]
                self._ranges[key] = Ranges(Proof(self._reference, self._completions, day))
            return self._ranges[key]

    def _covered(self, on: dt.date) -> None:
        _is_day(on)
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
                partly = self._partly(env)
                if partly is None or partly.contradicts() is None:
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
            partly = self._partly(env)
            entries = [self.pack.impossible[i] for i in (partly.contradicts() if partly else None) or ()]
        reasons = " ".join(entry.because for entry in entries) or f"nothing is possible on {env['today']}."
        fixes = "; ".join(entry.fix for entry in entries if entry.fix)
        return ProfileError(Finding("CX504", f"the profile contradicts itself, whatever is filled in: {reasons}", hint=fixes))

    def _worked(self, env: Env) -> tuple[dict[str, Worked], dict[str, list[Leaf] | None]]:
        """Each outcome, and for those that need what is not known the branches of the walk (None: too many)."""
        worked: dict[str, Worked] = {}
        leaves: dict[str, list[Leaf] | None] = {}
        possible: dict[tuple[Any, ...], bool] = {}
        unsure: Unsure | None = None
        for name in self.pack.outcomes:
            try:
                worked[name] = env[name]
            except NotKnown:
                unsure = unsure or (Unsure(env) if isinstance(env, IndexEnv) else None)
                if unsure and (settled := unsure.settled(name)):
                    worked[name] = settled
                    continue
                try:
                    leaves[name] = self._completions.leaves(name, env, possible)
                    if not leaves[name]:
                        raise self._contradiction(env)
                except TooMany:
                    leaves[name] = None
        return worked, leaves

    def _wide(self, env: Env, leaves: dict[str, list[Leaf] | None]) -> dict[str, Open | None]:
        """The outcomes whose walk is too long, by the diagram; None where that is too large too."""
        names = [name for name, found in leaves.items() if found is None]
        partly = self._partly(env) if names else None
        wide = {name: partly.outcome(name) if partly else None for name in names}
        if any(found and not found.results for found in wide.values()):
            raise self._contradiction(env)
        return wide

    def _partly(self, env: Env) -> Partly | None:
        """What the known inputs leave open, by the diagram; None where the pack is too large for one."""
        known = {name: env[name] for name in self.pack.inputs if name in env}
        return self._ranges_of(env["today"]).partly(known, env.given)

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
        self,
        values: dict[str, Any],
        env: Env,
        worked: dict[str, Worked],
        leaves: dict[str, list[Leaf] | None],
        wide: dict[str, Open | None],
    ) -> tuple[str, ...]:
        """The engines that agree. The others take complete profiles, so they decide, for each branch of the walk over what is
        not known, one way of filling in the rest; where the walk is too long, an example of each result and of each rule, and
        where the diagram is too large for that, nothing: such a range says that it is not exact. The index is not named: it is
        the reference's own, and no second reading of the rules.
        """
        checks: list[tuple[dict[str, Any], str, Worked]] = [({}, name, item) for name, item in worked.items()]
        for name, branches in leaves.items():
            decided = _examples(wide, name) if branches is None else branches
            checks += [(leaf.chosen, name, leaf.worked) for leaf in decided]
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
        wide: dict[str, Open | None],
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
                outcomes[name] = self._bounded(table, env, wide)
        decision = Decision(
            on=on, status=_status(outcomes), outcomes=outcomes, missing=self._missing(env, leaves, wide, outcomes),
            exact=all(outcome.exact for outcome in outcomes.values()), filled=profile.filled, pack=self.ref,
            library=LIBRARY, engines=engines,
        )  # fmt: skip
        reference, completions = self._reference, self._completions

        def why() -> tuple[Reason, ...]:
            return Why(reference, completions, values, on).reasons()

        def near() -> tuple[Margin, ...]:
            return self._margins(values, decision)

        def speak(made: Decision, form: Literal["parent", "panel", "trace"]) -> str:
            return explain(self.pack, made, form)

        return decision.with_reasons(why, near, speak)

    def _margins(self, values: Mapping[str, Any], decision: Decision) -> tuple[Margin, ...]:
        """How far each answer is from the next line; made like the decision, by the index."""

        def outcome(name: str, worked: list[Worked]) -> Outcome:
            table = self.pack.tables[name]
            if table.type.fields:  # the diagram holds several values as pairs
                worked = [one._replace(value=dict(one.value)) if one.value else one for one in worked]
            return self._outcome(table, worked[0]) if len(worked) == 1 else _ranged(table, [Leaf({}, one) for one in worked])

        env = partial(self._engine("index").env, day=decision.on)
        with self._proof(decision.on) as proof:
            return Margins(proof, values, decision, env, outcome).margins()

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

    def _bounded(self, table: Table, env: Env, wide: dict[str, Open | None]) -> Outcome:
        """An outcome whose walk is too long: by the diagram, else from bounds."""
        found = wide[table.name]
        try:
            if found:
                return _bounded(table, found.bound(), found.agreed)
        except TooLargeError:
            wide[table.name] = None
        known = {name: env[name] for name in self.pack.inputs if name in env}
        return _bounded(table, self._bounds.bound(table.name, known, env["today"]))

    def _missing(
        self,
        env: Env,
        leaves: dict[str, list[Leaf] | None],
        wide: dict[str, Open | None],
        outcomes: dict[str, Outcome],
    ) -> tuple[Missing, ...]:
        """The inputs that would settle what is open, those that settle most outcomes first."""
        if not leaves:
            return ()
        found: dict[str, list[str]] = {}
        settles: dict[str, bool] = {}
        order: dict[str, int] = {}
        for outcome, branches in leaves.items():
            open_ = wide.get(outcome)
            came_to = [leaf.worked for leaf in branches or ()] or (open_.results if open_ else [])
            different = set(map(told_apart, came_to))
            if outcomes[outcome].state != "range" and len(different) < 2:  # one is settled
                continue
            if branches is not None:
                ranked = settling(branches)
            else:
                ranked = _settling(open_) or [(name, False) for name in self._unknown_reads(outcome, env)]
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


class Changed(Rulebook):
    """A rulebook of a compiled pack that is not what its text says, such as one with another amount; the reference decides.

    Its profiles, id and digest are those of the original, so that its decisions are for comparing and not for handing out.
    """

    def __init__(self, original: Rulebook, reference: Reference, completions: Completions | None = None) -> None:
        vars(self).update(vars(original))
        self.pack, self._reference = reference.pack, reference
        self._completions, self._bounds = completions or Completions(reference), Bounds(reference)
        self._engines, self._outcomes, self._proofs, self._ranges = {"index": reference}, {}, {}, {}

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("a changed rulebook has no text to be made again from")


def _examples(wide: dict[str, Open | None], name: str) -> list[Leaf]:
    """Examples of what an outcome may come to; none where its diagram is too large, and then it is left to the bounds."""
    found = wide.get(name)
    try:
        return list(found.examples()) if found else []
    except TooLargeError:
        wide[name] = None
        return []


def _settling(open_: Open | None) -> list[tuple[str, bool]]:
    """What would settle an outcome, most decisive first; nothing where that would take too much to tell."""
    try:
        return open_.settling() if open_ else []
    except TooLargeError:
        return []


def _is_day(on: dt.date) -> None:
    if not isinstance(on, dt.date) or isinstance(on, dt.datetime):  # type: ignore[redundant-expr]  # untyped callers
        raise DayError(Finding("CX603", "`on` is not a day", expected="a datetime.date"))


def _rebuilt(texts: dict[str, str], path: str, digest: str) -> Rulebook:
    """A rulebook from its pickled text; the digest must be that of the text."""
    rulebook = Rulebook(read_texts(texts, Path(path)))
    if rulebook.digest != digest:
        raise EngineError(Finding("CX601", "the pickled pack does not match its digest"))
    return rulebook


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


def _bounded(table: Table, bound: Bound, agreed: Callable[[], list[Worked]] = list) -> Outcome:
    """One outcome from bounds: where a single result is left, settled, in the words of those who ``agreed`` on it; an end
    that is not known is not given.
    """
    interval = bound.open or bound.low is not None or bound.high is not None
    distinct = {_comparable(item): item for item in bound.worked}
    if not interval and len(distinct) == 1:
        return _settled(table, _agreed(agreed() or list(bound.worked))._replace(rules=bound.rules, alongside=None))
    made = ranged(table, list(distinct.values()), bound.rules, exact=bound.exact)
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
