# SPDX-License-Identifier: MIT
"""A difference as text, as Markdown and as data for programs, with its witnesses as worked cases to paste."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from continuum.comparing.difference import Compared, Difference, OutcomeDifference, Region, RuleAt, Transition
from continuum.comparing.same_space import NEW, OLD
from continuum.comparing.witnesses import Witness
from continuum.comparing.words import written
from continuum.engines.hits import INDICATED, NOT_APPLICABLE, Worked

FEW = 4
"""So many rules are named with their places."""


def text(difference: Difference) -> str:
    """The difference for a reader."""
    return "\n".join(_lines(difference, _Text()))


def markdown(difference: Difference) -> str:
    """The difference as Markdown."""
    return "\n".join(_lines(difference, _Markdown()))


class _Text:
    """How text looks."""

    def title(self, words: str) -> Iterator[str]:
        yield words

    def heading(self, words: str) -> Iterator[str]:
        yield ""
        yield words

    def change(self, words: str) -> str:
        return f"  {words}"

    def under(self, words: str) -> str:
        return f"    {words}"

    def region(self, words: str) -> str:
        return f"    - {words}"

    def code(self, lines: list[str]) -> Iterator[str]:
        yield from (f"        {line}" for line in lines)


class _Markdown(_Text):
    """How Markdown looks."""

    def title(self, words: str) -> Iterator[str]:
        yield f"# {words}"
        yield ""

    def heading(self, words: str) -> Iterator[str]:
        yield ""
        yield f"## {words}"
        yield ""

    def change(self, words: str) -> str:
        return f"- **{words}**"

    def under(self, words: str) -> str:
        return f"  {words}"

    def region(self, words: str) -> str:
        return f"  - {words}"

    def code(self, lines: list[str]) -> Iterator[str]:
        yield ""
        yield "    ```yaml"
        yield from (f"    {line}" for line in lines)
        yield "    ```"
        yield ""


def _lines(difference: Difference, look: _Text) -> Iterator[str]:
    yield from look.title(f"{difference.old} and {difference.new}")
    if difference.equal:
        yield "equal, proved"
    for one, other in difference.renamed:
        yield f"`{one}` is `{other}` now, and compared with it"
    for words, names in (
        ("only the old version reads", difference.removed), ("only the new version reads", difference.added),
        ("not the same in both, so that each stands for itself:", difference.unlike),
    ):  # fmt: skip
        if names:
            yield f"{words} {', '.join(f'`{name}`' for name in names)}"
    for compared in difference.compared:
        yield from _compared(difference, compared, look)


def _compared(difference: Difference, compared: Compared, look: _Text) -> Iterator[str]:
    yield from look.title(f"{_days(compared)}: {'' if compared.exact else 'at most '}{many(compared.profiles)} profiles compared")
    if not compared.exact:
        yield "it is not followed for each profile whether it is possible, so that every number here is one of at most"
    for side, count in enumerate(compared.impossible):
        if count:
            name = (difference.new, difference.old)[side]
            yield f"{many(count)} more are possible in the other version and impossible in {name}; they are not compared"
    for lost in compared.uncompared:
        name = (difference.old, difference.new)[lost.side]
        yield f"`{lost.input}`: only {name} has {lost.words}; {many(lost.profiles)} of its profiles are not compared"
    number = 0
    for outcome in compared.outcomes:
        if outcome.verdict in ("differs", "may_differ"):
            yield from look.heading(_outcome(outcome))
            for change in outcome.transitions:
                yield from _change(outcome, change, look, number)
                number += len(change.regions)
    yield from _others(difference, compared)


def _outcome(outcome: OutcomeDifference) -> str:
    was = f" (formerly `{outcome.formerly}`)" if outcome.formerly else ""
    parts = [f"for {many(outcome.profiles)} profiles"] if outcome.profiles else []
    parts += [f"perhaps for {many(outcome.perhaps)} {'more' if outcome.profiles else 'profiles'}"] if outcome.perhaps else []
    verb = "differs" if outcome.verdict == "differs" else "may differ"
    return f"`{outcome.outcome}`{was} {verb}, {' and '.join(parts)}"


def _others(difference: Difference, compared: Compared) -> Iterator[str]:
    lines = {
        "the same, proved": [one.outcome for one in compared.outcomes if one.verdict == "same"],
        f"only in {difference.old}": [one.outcome for one in compared.outcomes if one.verdict == "only_old"],
        f"only in {difference.new}": [one.outcome for one in compared.outcomes if one.verdict == "only_new"],
    }
    for words, names in lines.items():
        if names:
            yield ""
            yield f"{words}: {', '.join(f'`{name}`' for name in names)}"


def _change(outcome: OutcomeDifference, change: Transition, look: _Text, number: int) -> Iterator[str]:
    how = f"{change.old} becomes {change.new}" if change.sure else f"{change.old} may become {change.new}"
    yield look.change(f"{how}: {'' if change.sure else 'at most '}{many(change.profiles)} profiles")
    yield look.under(f"by {_rules(change.old_rules)} before, {_rules(change.new_rules)} now")
    for i, region in enumerate(change.regions, number + 1):
        yield look.region(f"{said(region)}: {many(region.profiles)}")
        if region.witness:
            yield from look.code(list(cases(region.witness, f"{outcome.outcome.replace('_', '-')}-{i}")))
        else:
            yield look.under("  no such profile was found that comes out differently; perhaps there is none")
    if change.rest:
        yield look.region(f"{many(change.rest)} more are in none of these")


def _rules(rules: tuple[RuleAt, ...]) -> str:
    if not rules:
        return "no rule of its own"
    if len(rules) > FEW:
        return ", ".join(rule.id for rule in rules)
    return ", ".join(f"{rule.id} ({rule.place})" for rule in rules)


def said(region: Region) -> str:
    """What is said of a region, in one line."""
    return "; ".join(one.words for one in region.said) or "all of them"


def many(number: int) -> str:
    """A number of profiles; a very large one by its size."""
    if number < 10**9:
        return f"{number:,}"
    power = len(str(number)) - 1
    first = (number + 5 * 10 ** (power - 2)) // 10 ** (power - 1)
    if first == 100:  # rounded up to the next power
        first, power = 10, power + 1
    return f"about {first // 10}.{first % 10} times 10^{power}"


def _days(compared: Compared) -> str:
    days = [f"{old}" if old == new else f"{old} (old) and {new} (new)" for old, new in compared.days]
    return f"on {', '.join(days)}"


# witnesses


def cases(witness: Witness, name: str) -> Iterator[str]:
    """A witness as a worked case of the new pack, and what of it is otherwise for the old one."""
    yield from _case(witness, NEW, name)
    old, new = (dict(given) for given in witness.given)
    other = [f"{field}: {written(value)}" for field, value in old.items() if field not in new or new[field] != value]
    gone = [field for field in new if field not in old]
    how = [f"on {witness.days[OLD]}"] * (witness.days[OLD] != witness.days[NEW])
    how += [f"with {{{', '.join(other)}}}"] * bool(other) + [f"without {', '.join(gone)}"] * bool(gone)
    said = f" ({', '.join(how)})" if how else ""
    yield f"  # the old version{said} came to {{{witness.outcomes[OLD]}: {_expected(witness.results[OLD])}}}"


def case(witness: Witness, side: int, name: str) -> str:
    """A witness as a worked case of one side's pack."""
    return "\n".join(_case(witness, side, name)) + "\n"


def _case(witness: Witness, side: int, name: str) -> Iterator[str]:
    fields = ", ".join(f"{field}: {written(value)}" for field, value in witness.given[side])
    yield f"- id: {name}"
    yield f"  on: {witness.days[side]}"
    yield f"  given: {{{fields}}}"
    yield f"  expect: {{{witness.outcomes[side]}: {_expected(witness.results[side])}}}"


def _expected(worked: Worked) -> str:
    if worked.state == INDICATED:
        return written(worked.value)
    if worked.state == NOT_APPLICABLE or worked.cause == "individually_agreed":
        return worked.cause or NOT_APPLICABLE
    return f"{{refer: {worked.cause}}}"


# data


def data(difference: Difference) -> dict[str, Any]:
    """The difference for programs; numbers of profiles are exact."""
    return {
        "old": difference.old, "new": difference.new, "equal": difference.equal,
        "renamed": [{"old": old, "new": new} for old, new in difference.renamed],
        "removed": list(difference.removed), "added": list(difference.added), "unlike": list(difference.unlike),
        "compared": [_compared_data(one) for one in difference.compared],
    }  # fmt: skip


def _compared_data(compared: Compared) -> dict[str, Any]:
    return {
        "days": [{"old": old.isoformat(), "new": new.isoformat()} for old, new in compared.days],
        "profiles": compared.profiles, "exact": compared.exact,
        "impossible": {"new": compared.impossible[OLD], "old": compared.impossible[NEW]},
        "uncompared": [
            {"input": one.input, "only": ("old", "new")[one.side], "values": one.words, "profiles": one.profiles}
            for one in compared.uncompared
        ],
        "outcomes": [
            {
                "outcome": one.outcome, "formerly": one.formerly, "verdict": one.verdict, "profiles": one.profiles,
                "perhaps": one.perhaps, "changes": [_change_data(one, change) for change in one.transitions],
            }
            for one in compared.outcomes
        ],
    }  # fmt: skip


def _change_data(outcome: OutcomeDifference, change: Transition) -> dict[str, Any]:
    return {
        "old": change.old, "new": change.new, "sure": change.sure, "profiles": change.profiles,
        "rules": {
            side: [{"id": rule.id, "place": rule.place} for rule in rules]
            for side, rules in (("old", change.old_rules), ("new", change.new_rules))
        },
        "regions": [_region_data(outcome, region) for region in change.regions],
        "rest": change.rest,
    }  # fmt: skip


def _region_data(outcome: OutcomeDifference, region: Region) -> dict[str, Any]:
    name = outcome.outcome.replace("_", "-")
    return {
        "said": [{"name": one.name, "kind": one.kind, "words": one.words, "values": list(one.values)} for one in region.said],
        "profiles": region.profiles,
        "witness": region.witness and {
            side: {
                "on": region.witness.days[i].isoformat(),
                "given": {field: written(value) for field, value in region.witness.given[i]},
                "result": _expected(region.witness.results[i]),
                "rules": list(region.witness.results[i].rules),
                "case": case(region.witness, i, name),
            }
            for i, side in enumerate(("old", "new"))
        },
    }  # fmt: skip
