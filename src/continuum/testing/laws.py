# SPDX-License-Identifier: MIT
"""What must hold of every pack and every engine, each law a function that raises :class:`BrokenLawError` where it does not.

The laws of ``OF_A_PROFILE`` take a rulebook, a profile and the day (``on``); those of ``OF_A_PACK`` take a rulebook. ``ALL``
is both. A law that has nothing to say of a profile (because it is known in full, say) says nothing.
"""

from __future__ import annotations

import datetime as dt
import decimal
import pickle
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice, product
from typing import Any, TypeAlias

from continuum.cases import run_cases
from continuum.checks.run import speaks_of
from continuum.compiled import CompiledPack, Known, Read, clauses, condition_reads, needed, reads
from continuum.decisions import Decision, Outcome
from continuum.engines.completions import Line
from continuum.engines.hits import INDICATED, Worked, told_apart
from continuum.errors import ContinuumError, EngineError, ProfileError
from continuum.packs.language import State
from continuum.profiles import Profile
from continuum.rulebook import Rulebook, public
from continuum.testing import rewriting
from continuum.testing.room import Room, as_given, room_of

__all__ = [
    "ALL",
    "OF_A_PACK",
    "OF_A_PROFILE",
    "BrokenLawError",
    "a_pupil_number_never_comes_back",
    "all_hold",
    "cases_hold",
    "cross_check_changes_nothing",
    "decimal_settings_change_nothing",
    "decision_is_the_same_through_json",
    "decision_names_its_pack",
    "engines_agree",
    "exact_range_holds_nothing_else",
    "knowing_more_never_widens",
    "known_in_full_gives_no_range",
    "missing_is_what_can_still_change",
    "one_file_and_folder_are_same",
    "only_a_decision_or_a_named_error",
    "order_of_keys_changes_nothing",
    "order_of_rules_changes_nothing",
    "properties_hold",
    "protected_changes_nothing",
    "range_holds_every_completion",
    "renaming_terms_changes_words_only",
    "replays_to_identical_bytes",
    "unread_changes_nothing",
]  # fmt: skip

Given: TypeAlias = Profile | Mapping[str, Any]
STATES = ("refer", "not_applicable", "individually_agreed")
MOST = 500
"""Of so many completions, at most, each is decided; of more, those at thresholds."""
UPN = "C886200125001"
"""A well-formed pupil number that belongs to nobody."""


class BrokenLawError(AssertionError):
    """A law does not hold of a pack; the text names the pack, the law, and the smallest facts that show it.

    Attributes:
        law: the name of the law.
        pack: id and version of the pack.
        facts: what was found.
    """

    def __init__(
        self,
        law: Callable[..., None],
        rulebook: Rulebook,
        facts: str,
        profile: Profile | None = None,
        on: dt.date | None = None,
    ) -> None:
        self.law, self.pack, self.facts = law.__name__, f"{rulebook.id} {rulebook.version}", facts
        lines = [f"{self.pack} breaks the law {self.law}: {(law.__doc__ or '').partition('.')[0]}.", f"  found: {facts}"]
        if profile is not None:
            lines.append(f"  profile: {profile.as_given()}")
        if on is not None:
            lines.append(f"  on: {on}")
        super().__init__("\n".join(lines))


# --- engines --------------------------------------------------------------------------------------------------------


def engines_agree(rulebook: Rulebook, profile: Given, *, on: dt.date, engines: Iterable[str] = ("index", "durable")) -> None:
    """Every engine comes to what the reference comes to, in value, state, rules, cause and words.

    Asked of complete profiles; an engine that is not installed or refuses the pack is passed over.
    """
    profile = _read(rulebook, profile)
    if set(rulebook.pack.inputs) - set(profile.values):
        return
    expected = rulebook.decide_with("reference", profile, on=on)
    for engine in engines:
        try:
            found = rulebook.decide_with(engine, profile, on=on)
        except EngineError as error:
            if {finding.code for finding in error.findings} <= {"CX701", "CX702"}:
                continue
            raise BrokenLawError(engines_agree, rulebook, f"the {engine} engine ends in {error}", profile, on) from error
        for name in expected:
            if found.get(name) != expected[name]:
                facts = f"`{name}` is {_told(found.get(name))} for {engine}, {_told(expected[name])} for the reference"
                raise BrokenLawError(engines_agree, rulebook, facts, profile, on)


def cross_check_changes_nothing(rulebook: Rulebook, profile: Given, *, on: dt.date) -> None:
    """A cross-checked decision is the decision, and no engine disagrees with it."""
    profile = _read(rulebook, profile)
    plain = _decided(rulebook, profile, on)
    try:
        checked = _decided(rulebook, profile, on, cross_check=True)
    except EngineError as error:
        raise BrokenLawError(cross_check_changes_nothing, rulebook, str(error), profile, on) from error
    if plain is None or checked is None:
        if plain is not checked:
            facts = f"the profile is refused only {'without' if plain is None else 'with'} a cross-check"
            raise BrokenLawError(cross_check_changes_nothing, rulebook, facts, profile, on)
        return
    one, other = (decision.model_dump(mode="json", exclude={"engines"}) for decision in (plain, checked))
    if one != other:
        key = next(key for key in one if one[key] != other[key])
        facts = f"`{key}` is {one[key]} without a cross-check, {other[key]} with one"
        raise BrokenLawError(cross_check_changes_nothing, rulebook, facts, profile, on)


# --- what is not known ----------------------------------------------------------------------------------------------


def range_holds_every_completion(rulebook: Rulebook, profile: Given, *, on: dt.date, most: int = MOST) -> None:
    """What a way of filling in the unknown comes to is possible for the profile.

    Where there are at most ``most`` ways each is tried, else those at and beside thresholds.
    """
    profile = _read(rulebook, profile)
    decision = _decided(rulebook, profile, on)
    for filled, results in _completions(rulebook, profile, on, most)[0]:
        if decision is None:
            facts = f"the profile is refused, and may be completed with {_added(profile, filled)}"
            raise BrokenLawError(range_holds_every_completion, rulebook, facts, profile, on)
        for name, worked in results.items():
            result = _result(rulebook.pack, name, worked)
            if not _holds(decision.outcomes[name], result):
                facts = f"`{name}` may be {_words(decision.outcomes[name])}, but is {result} with {_added(profile, filled)}"
                raise BrokenLawError(range_holds_every_completion, rulebook, facts, profile, on)


def exact_range_holds_nothing_else(rulebook: Rulebook, profile: Given, *, on: dt.date, most: int = MOST) -> None:
    """An outcome that is called exact may be only what some way of filling in the unknown comes to.

    Asked where there are at most ``most`` ways.
    """
    profile = _read(rulebook, profile)
    decision = _decided(rulebook, profile, on)
    completions, whole = _completions(rulebook, profile, on, most)
    if not whole or decision is None:
        return
    for name, outcome in decision.outcomes.items():
        extra = _possible(outcome) - {_result(rulebook.pack, name, results[name]) for _, results in completions}
        if outcome.exact and extra:
            facts = f"`{name}` may be {next(iter(extra))}, which no completion comes to"
            raise BrokenLawError(exact_range_holds_nothing_else, rulebook, facts, profile, on)


def known_in_full_gives_no_range(rulebook: Rulebook, profile: Given, *, on: dt.date) -> None:
    """A profile that is known in full is decided: no range, nothing missing, and exact."""
    profile = _read(rulebook, profile)
    decision = _decided(rulebook, profile, on)
    if decision is None or set(rulebook.pack.inputs) - set(profile.values):
        return
    open_ = [name for name, outcome in decision.outcomes.items() if outcome.state == "range"]
    missing = [item.field for item in decision.missing]
    if open_ or missing or not decision.exact:
        facts = f"open: {open_}, missing: {missing}, exact: {decision.exact}"
        raise BrokenLawError(known_in_full_gives_no_range, rulebook, facts, profile, on)


def knowing_more_never_widens(
    rulebook: Rulebook, profile: Given, *, on: dt.date, answers: Mapping[str, Any] | None = None
) -> None:
    """One more answer leaves nothing possible that was not possible before, unless a rule asks what is on the form.

    Args:
        rulebook: the pack.
        profile: a profile of which something is not known.
        on: the day.
        answers: what may be added, each answer by itself; unless given, the highest value of each unknown input.
    """
    profile = _read(rulebook, profile)
    before, room = _decided(rulebook, profile, on), room_of(rulebook, on)
    names = [name for name in rulebook.pack.outcomes if not _asks_the_form(rulebook.pack, name)]
    if before is None or not names:
        return
    for name, value in (answers or _highest(room, profile)).items():
        added = {name: value}
        more = _again(rulebook, profile, added)
        after = _decided(rulebook, more, on)
        if after is None:
            continue
        for outcome in names:
            one, other = before.outcomes[outcome], after.outcomes[outcome]
            wider = [item for item in (*_possible(other), *_between(other)) if not _holds(one, item)]
            if wider:
                facts = f"`{outcome}` may be {_words(one)}; with {added} it may be {wider[0]}"
                raise BrokenLawError(knowing_more_never_widens, rulebook, facts, profile, on)


def missing_is_what_can_still_change(rulebook: Rulebook, profile: Given, *, on: dt.date, most: int = MOST) -> None:
    """What is listed as missing is exactly what can still change an outcome by itself.

    Asked where there are at most ``most`` ways of filling in the unknown, all of them possible.
    """
    profile = _read(rulebook, profile)
    decision = _decided(rulebook, profile, on)
    if decision is None or not decision.exact or rulebook.pack.impossible:
        return
    completions, whole = _completions(rulebook, profile, on, most)
    if not whole:
        return
    unknown = [name for name in rulebook.pack.inputs if name not in profile.values]
    for outcome in decision.outcomes:
        listed = {item.field for item in decision.missing if outcome in item.outcomes}
        matters = set(_mattering(unknown, completions, outcome))
        if listed != matters:
            facts = f"for `{outcome}` {sorted(listed)} is said to be missing, and {sorted(matters)} can change it"
            raise BrokenLawError(missing_is_what_can_still_change, rulebook, facts, profile, on)


# --- what must not matter -------------------------------------------------------------------------------------------


def order_of_rules_changes_nothing(rulebook: Rulebook, profile: Given, *, on: dt.date) -> None:
    """The order of the rules of a table means nothing, but in a `first` table."""
    _same_written(order_of_rules_changes_nothing, rulebook, rewriting.with_rules_reversed, _read(rulebook, profile), on)


def order_of_keys_changes_nothing(rulebook: Rulebook, profile: Given, *, on: dt.date) -> None:
    """The order of keys and of files means nothing."""
    _same_written(order_of_keys_changes_nothing, rulebook, rewriting.with_keys_reversed, _read(rulebook, profile), on)


def renaming_terms_changes_words_only(rulebook: Rulebook, profile: Given, *, on: dt.date) -> None:
    """Another printed word for a name changes no outcome."""
    _same_written(renaming_terms_changes_words_only, rulebook, rewriting.with_other_labels, _read(rulebook, profile), on)


def one_file_and_folder_are_same(rulebook: Rulebook, profile: Given, *, on: dt.date) -> None:
    """A pack in one file and the same pack in a folder decide alike."""
    _same_written(one_file_and_folder_are_same, rulebook, rewriting.in_the_other_shape, _read(rulebook, profile), on)


def protected_changes_nothing(rulebook: Rulebook, profile: Given, *, on: dt.date) -> None:
    """A protected input changes no outcome, and nobody is asked for it."""
    names = [name for name, asked in rulebook.pack.inputs.items() if asked.protected]
    _without_effect(protected_changes_nothing, rulebook, names, _read(rulebook, profile), on)


def unread_changes_nothing(rulebook: Rulebook, profile: Given, *, on: dt.date) -> None:
    """An input that no outcome rests on changes no outcome, and nobody is asked for it."""
    read = _read_by_rules(rulebook.pack)
    names = [name for name, asked in rulebook.pack.inputs.items() if name not in read and not asked.protected]
    _without_effect(unread_changes_nothing, rulebook, names, _read(rulebook, profile), on)


def decimal_settings_change_nothing(rulebook: Rulebook, profile: Given, *, on: dt.date) -> None:
    """A decision is the same whatever precision and rounding the caller's arithmetic is set to."""
    profile = _read(rulebook, profile)
    usual = _results(rulebook, profile, on)
    with decimal.localcontext(decimal.Context(prec=1, rounding=decimal.ROUND_UP, traps=[decimal.Inexact])):
        try:
            other = _results(rulebook, profile, on)
        except decimal.DecimalException as error:
            raise BrokenLawError(decimal_settings_change_nothing, rulebook, f"ends in {error!r}", profile, on) from error
    _compare(decimal_settings_change_nothing, rulebook, usual, other, "under other settings", profile, on)


# --- what comes back ------------------------------------------------------------------------------------------------


def decision_is_the_same_through_json(rulebook: Rulebook, profile: Given, *, on: dt.date) -> None:
    """A decision that is written as JSON and read again is the same, with its reasons and the types of its values."""
    profile = _read(rulebook, profile)
    decision = _decided(rulebook, profile, on)
    if decision is None:
        return
    again = Decision.model_validate_json(decision.model_dump_json())
    if again != decision or again.reasons != decision.reasons:
        raise BrokenLawError(decision_is_the_same_through_json, rulebook, "another decision is read", profile, on)
    for name, outcome in decision.outcomes.items():
        if again.outcomes[name] != outcome or type(again.outcomes[name].value) is not type(outcome.value):
            facts = f"`{name}` was {outcome.value!r} and is read as {again.outcomes[name].value!r}"
            raise BrokenLawError(decision_is_the_same_through_json, rulebook, facts, profile, on)


def replays_to_identical_bytes(rulebook: Rulebook, profile: Given, *, on: dt.date) -> None:
    """The same question gives the same bytes: asked again, and asked of the pack rebuilt from its text."""
    profile = _read(rulebook, profile)
    decision = _decided(rulebook, profile, on)
    if decision is None:
        return
    first = decision.model_dump_json()
    try:
        rebuilt = _rebuilt(rulebook)
    except ContinuumError as error:
        raise BrokenLawError(replays_to_identical_bytes, rulebook, f"it cannot be rebuilt from its text: {error}") from error
    for words, book in (("asked again", rulebook), ("asked of the pack rebuilt from its text", rebuilt)):
        other = _decided(book, _again(book, profile), on)
        if other is None or other.model_dump_json() != first:
            facts = "is refused" if other is None else _first_difference(first, other.model_dump_json())
            raise BrokenLawError(replays_to_identical_bytes, rulebook, f"{words}, {facts}", profile, on)


def decision_names_its_pack(rulebook: Rulebook, profile: Given, *, on: dt.date) -> None:
    """A decision names its pack, version, status and digest, and so does each text that a person reads, but for the digest."""
    profile = _read(rulebook, profile)
    decision = _decided(rulebook, profile, on)
    if decision is None:
        return
    pack, ref = rulebook.pack, decision.pack
    if (ref.id, ref.version, ref.status, ref.digest) != (pack.id, pack.version, pack.status, rulebook.written.digest):
        raise BrokenLawError(decision_names_its_pack, rulebook, f"it names {ref}", profile, on)
    status = {"in_force": ""}.get(pack.status, f"{pack.status.upper()}:")
    for form in ("parent", "panel", "trace"):
        words = " ".join(decision.explain(form).split())
        lacking = [word for word in (" ".join(pack.title.split()), pack.version, status) if word not in words]
        if lacking:
            raise BrokenLawError(decision_names_its_pack, rulebook, f"the {form} text lacks {lacking}", profile, on)


def a_pupil_number_never_comes_back(rulebook: Rulebook, profile: Given, *, on: dt.date) -> None:
    """A pupil number that is given stands in no profile, decision, explanation or error."""
    profile = _read(rulebook, profile)
    read = _again(rulebook, profile, {"upn": UPN})
    texts = {"the profile": repr(read), "the profile as given": repr(read.as_given())}
    try:
        decision = rulebook.decide(read, on=on)
        texts["the decision"] = decision.model_dump_json() + repr(decision)
        texts |= {f"the {form} text": decision.explain(form) for form in ("parent", "panel", "trace")}
        rulebook.decide({**profile.as_given(), next(iter(rulebook.pack.inputs)): UPN}, on=on)
    except ContinuumError as error:
        texts["the error"] = str(error) + repr(error)
    for where, text in texts.items():
        if UPN in text:
            raise BrokenLawError(a_pupil_number_never_comes_back, rulebook, f"it stands in {where}", profile, on)


def only_a_decision_or_a_named_error(rulebook: Rulebook, given: Given, *, on: dt.date) -> None:
    """Whatever is given, it ends in a decision or in an error that says what is wrong and where."""
    try:
        rulebook.decide(given, on=on)
    except ContinuumError as error:
        if error.findings and all(finding.code and finding.message for finding in error.findings):
            return
        facts = f"{error!r} says nothing"
    except Exception as error:  # noqa: BLE001  # any other error is the breach that is looked for
        facts = f"{given!r} ends in {type(error).__name__}: {error}"
    else:
        return
    raise BrokenLawError(only_a_decision_or_a_named_error, rulebook, facts, on=on)


# --- laws of a pack -------------------------------------------------------------------------------------------------


def cases_hold(rulebook: Rulebook) -> None:
    """Every worked example of the pack comes to what it expects."""
    faults = [finding for result in run_cases(rulebook) for finding in result.findings]
    if faults:
        raise BrokenLawError(cases_hold, rulebook, "; ".join(finding.message for finding in faults))


def properties_hold(rulebook: Rulebook, *, unproved: Collection[str] = ()) -> None:
    """Every property that the pack is held to is proved, or its breach is accepted in the pack.

    Args:
        rulebook: the pack.
        unproved: sentences that need not be proved, as they stand in the pack; that one is broken is told all the same.
    """
    findings = rulebook.check()
    for answer in rulebook.prove():
        sentence = answer.sentence
        told = [finding for finding in findings if speaks_of(finding, sentence)]
        if answer.verdict == "broken" and not (told and all(finding.severity == "note" for finding in told)):
            shown = [dict(example.values) for pair in answer.pairs[:1] for example in pair.profiles]
            found = " and ".join(map(str, shown)) or answer.why
            raise BrokenLawError(properties_hold, rulebook, f"`{sentence}` is broken: {found}")
        if answer.verdict == "not_proved" and sentence not in unproved:
            raise BrokenLawError(properties_hold, rulebook, f"`{sentence}` is not proved: {answer.why}")


OF_A_PROFILE: tuple[Callable[..., None], ...] = (
    engines_agree, cross_check_changes_nothing, range_holds_every_completion, exact_range_holds_nothing_else,
    known_in_full_gives_no_range, knowing_more_never_widens, missing_is_what_can_still_change, order_of_rules_changes_nothing,
    order_of_keys_changes_nothing, renaming_terms_changes_words_only, one_file_and_folder_are_same, protected_changes_nothing,
    unread_changes_nothing, decimal_settings_change_nothing, decision_is_the_same_through_json, replays_to_identical_bytes,
    decision_names_its_pack, a_pupil_number_never_comes_back, only_a_decision_or_a_named_error,
)  # fmt: skip
OF_A_PACK: tuple[Callable[..., None], ...] = (cases_hold, properties_hold)
ALL = OF_A_PROFILE + OF_A_PACK


def all_hold(rulebook: Rulebook, profile: Given, *, on: dt.date) -> None:
    """Every law of ``OF_A_PROFILE`` holds of this profile.

    Raises:
        BrokenLawError: for the first that does not.
    """
    for law in OF_A_PROFILE:
        law(rulebook, profile, on=on)


# --- asking ---------------------------------------------------------------------------------------------------------


def _read(rulebook: Rulebook, profile: Given) -> Profile:
    return profile if isinstance(profile, Profile) else rulebook.profile(profile)


def _again(rulebook: Rulebook, profile: Profile, changed: Mapping[str, Any] | None = None) -> Profile:
    """The profile read by a rulebook of the same pack, with changes."""
    return rulebook.profile({**profile.as_given(), **(changed or {})})


def _decided(rulebook: Rulebook, profile: Profile, on: dt.date, *, cross_check: bool = False) -> Decision | None:
    """The decision; None where the profile contradicts itself."""
    try:
        return rulebook.decide(profile, on=on, cross_check=cross_check)
    except ProfileError as error:
        if {finding.code for finding in error.findings} != {"CX504"}:
            raise
        return None


@lru_cache(maxsize=16)
def _rebuilt(rulebook: Rulebook) -> Rulebook:
    made: Rulebook = pickle.loads(pickle.dumps(rulebook))  # noqa: S301  # our own bytes
    return made


def _results(rulebook: Rulebook, profile: Profile, on: dt.date) -> dict[str, tuple[Any, ...]] | None:
    """What a profile comes to, apart from words and from the order in which things are listed; None where it is refused."""
    return _results_of(_decided(rulebook, profile, on))


def _results_of(decision: Decision | None) -> dict[str, tuple[Any, ...]] | None:
    if decision is None:
        return None
    return {
        name: (outcome.state, outcome.exact, _possible(outcome), *_between(outcome), frozenset(outcome.rules), outcome.cause)
        for name, outcome in decision.outcomes.items()
    }


def _compare(
    law: Callable[..., None], rulebook: Rulebook, one: Any, other: Any, when: str, profile: Profile, on: dt.date
) -> None:
    """Break the law where two results differ; where an answer is not exact, how wide it is may depend on the order of things."""
    if (one is None) != (other is None):
        raise BrokenLawError(law, rulebook, f"the profile is refused only {when if one else 'as it stands'}", profile, on)
    for name in one or ():
        if one[name] != other[name] and one[name][1] and other[name][1]:
            raise BrokenLawError(law, rulebook, f"`{name}` is {one[name]}, and {when} {other[name]}", profile, on)


def _same_written(law: Callable[..., None], rulebook: Rulebook, way: rewriting.Way, profile: Profile, on: dt.date) -> None:
    """Break the law where the pack written another way decides otherwise."""
    try:
        other = rewriting.rewritten(rulebook, way)
    except ContinuumError as error:
        raise BrokenLawError(law, rulebook, f"written so, the pack is refused: {error}") from error
    found = _results(other, _again(other, profile), on)
    _compare(law, rulebook, _results(rulebook, profile, on), found, "written so", profile, on)


def _without_effect(law: Callable[..., None], rulebook: Rulebook, names: list[str], profile: Profile, on: dt.date) -> None:
    """Break the law where a value of one of these inputs changes an outcome, or where it is listed as missing."""
    before, room = _results(rulebook, profile, on), room_of(rulebook, on)
    for name in names:
        for value in (None, *room.edges(rulebook.pack.inputs[name], None)):
            other = _again(rulebook, profile, {name: as_given(value)})
            decision = _decided(rulebook, other, on)
            _compare(law, rulebook, before, _results_of(decision), f"with {name} {value}", profile, on)
            if decision and name in [item.field for item in decision.missing]:
                raise BrokenLawError(law, rulebook, f"`{name}` is listed as missing", other, on)


# --- completions ----------------------------------------------------------------------------------------------------

Completed: TypeAlias = tuple[dict[str, Any], dict[str, Worked]]


def _completions(rulebook: Rulebook, profile: Profile, on: dt.date, most: int) -> tuple[list[Completed], bool]:
    """Complete values with what the reference engine makes of them, and whether these are all there are."""
    room, values = room_of(rulebook, on), profile.exact_values()
    unknown = {name: asked for name, asked in rulebook.pack.inputs.items() if name not in values}
    count = 1
    for asked in unknown.values():
        count *= (len(asked.type.values) or Line(asked, on).count) + asked.optional
    whole = count <= most
    ways: Iterable[dict[str, Any]]
    if whole:
        lists = [_all_values(room, name) for name in unknown]
        ways = ({**values, **dict(zip(unknown, chosen, strict=True))} for chosen in product(*lists))
    else:
        ways = islice(_at_thresholds(room, values, list(unknown)), most)
    found = [(filled, _worked(room, filled, frozenset(values))) for filled in ways]
    return [(filled, results) for filled, results in found if results is not None], whole


def _all_values(room: Room, name: str) -> list[Any]:
    asked = room.pack.inputs[name]
    return room.edges(asked, None) if asked.type.values else [*Line(asked, room.day).all(), *room.absent(asked)]


def _at_thresholds(room: Room, values: dict[str, Any], unknown: list[str]) -> Iterator[dict[str, Any]]:
    """The lowest completion, and each that differs from it in one input, or in every one."""
    start = room.filled(values)
    if start is None:
        return
    yield start
    edges = {name: room.edges(room.pack.inputs[name], start) for name in unknown}
    yield {**start, **{name: options[-1] for name, options in edges.items()}}
    for turn in range(max(map(len, edges.values()), default=0)):
        for name, options in edges.items():
            if turn < len(options):
                yield {**start, name: options[turn]}


def _worked(room: Room, filled: dict[str, Any], given: frozenset[str]) -> dict[str, Worked] | None:
    """What the reference engine makes of complete values; None where they cannot be."""
    env = room.reference.env(filled, room.day, given)
    if any(holds(env) for holds in room.reference.impossible):
        return None
    return {name: env[name] for name in room.pack.outcomes}


def _result(pack: CompiledPack, name: str, worked: Worked) -> Any:
    """A result as the possible values of an outcome name it, so that it can be put in a set."""
    if worked.state != INDICATED:
        return "individually_agreed" if worked.cause == "individually_agreed" else worked.state
    return _fixed(public(worked.value, pack.tables[name].type))


def _mattering(unknown: list[str], completions: list[Completed], outcome: str) -> Iterator[str]:
    """The inputs of which some completion shows that another value of them alone changes the outcome."""
    for name in unknown:
        seen: dict[Any, set[Any]] = {}
        for filled, results in completions:
            seen.setdefault(tuple(filled[other] for other in unknown if other != name), set()).add(told_apart(results[outcome]))
        if any(len(results) > 1 for results in seen.values()):
            yield name


def _highest(room: Room, profile: Profile) -> dict[str, Any]:
    """The highest answer to each input that is not known."""
    unknown = [asked for name, asked in room.pack.inputs.items() if name not in profile.values]
    return {asked.name: as_given(room.edges(asked, None)[-1]) for asked in unknown}


# --- outcomes -------------------------------------------------------------------------------------------------------


def _fixed(value: Any) -> Any:
    """A value that can be put in a set."""
    return tuple(sorted(value.items())) if isinstance(value, dict) else value


def _possible(outcome: Outcome) -> frozenset[Any]:
    """The results that an outcome names as possible."""
    if outcome.state == "range":
        return frozenset(map(_fixed, outcome.possible))
    if outcome.state == INDICATED:
        return frozenset([_fixed(outcome.value)])
    return frozenset(["individually_agreed" if outcome.cause == "individually_agreed" else outcome.state])


def _between(outcome: Outcome) -> tuple[Any, ...]:
    """The ends of a range, where it has ends."""
    return tuple(end for end in (outcome.lowest, outcome.highest) if end is not None)


def _holds(outcome: Outcome, result: Any) -> bool:
    """Whether a result is among those possible, or between the ends of an outcome that is not exact."""
    named = _possible(outcome)
    if result in named or outcome.exact:
        return result in named
    if result in STATES:
        return False
    values = [value for value in named if value not in STATES]
    if outcome.kind == "fields":
        parts = [dict(value) for value in values]
        return all(_among(value, [part[name] for part in parts if name in part]) for name, value in result)
    if outcome.kind == "set" and values:
        return set[Any].intersection(*map(set, values)) <= set(result) <= set[Any].union(*map(set, values))
    if outcome.kind not in ("number", "money", "date"):
        return False
    low, high = outcome.lowest, outcome.highest
    return (low is None or low <= result) and (high is None or result <= high)


def _among(value: Any, others: list[Any]) -> bool:
    """Whether a field's value is one of these, or between the least and the greatest of them."""
    if value in others or not others or isinstance(value, str | bool):
        return value in others
    return bool(min(others) <= value <= max(others))


def _words(outcome: Outcome) -> str:
    if _between(outcome) and not outcome.exact:
        return f"from {outcome.lowest} to {outcome.highest}, or {list(map(str, outcome.possible))}"
    return " or ".join(sorted(map(str, _possible(outcome))))


def _told(worked: Worked | None) -> str:
    if worked is None:
        return "nothing"
    what = worked.value if worked.state == INDICATED else f"{worked.state} ({worked.cause})"
    return f"{what} by {', '.join(worked.rules) or 'no rule'}"


def _added(profile: Profile, filled: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in filled.items() if name not in profile.values}


def _first_difference(one: str, other: str) -> str:
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return f"{other[max(0, at - 40) : at + 40]!r} stands where {one[max(0, at - 40) : at + 40]!r} stood"


# --- what a pack reads ----------------------------------------------------------------------------------------------


def _read_by_rules(pack: CompiledPack) -> set[str]:
    """The inputs that an outcome rests on, or that tell which profiles cannot be."""
    found = [item for entry in pack.impossible for item in condition_reads(entry.condition)]
    names = {name for outcome in pack.outcomes for name in needed(pack, outcome)}
    names |= {inner for item in found if (name := getattr(item, "name", "")) in pack.measures for inner in needed(pack, name)}
    found += [item for name in names for item in _reads_of(pack, name)]
    return {item.name for item in found if isinstance(item, Read | Known) and item.name in pack.inputs}


def _reads_of(pack: CompiledPack, name: str) -> Iterator[Any]:
    if name in pack.measures:
        yield from reads(pack.measures[name].expr)
    for rule in pack.tables[name].rules if name in pack.tables else ():
        yield from condition_reads(rule.condition)
        for _, expr in rule.then.values:
            yield from reads(expr)


def _asks_the_form(pack: CompiledPack, outcome: str) -> bool:
    """Whether an outcome rests on a rule or measure that asks what was given, or a profile may be impossible by that."""
    for name in needed(pack, outcome):
        if any(isinstance(item, Known) for item in _reads_of(pack, name)):
            return True
        tested = (
            clause for rule in (pack.tables[name].rules if name in pack.tables else ()) for clause in clauses(rule.condition)
        )
        if any(isinstance(clause.test, State) and clause.test.name in ("known", "unknown") for clause in tested):
            return True
    return False
