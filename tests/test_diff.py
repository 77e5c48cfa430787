# SPDX-License-Identifier: MIT
"""Two packs compared, held against deciding every profile with both reference engines."""

import datetime as dt
import itertools
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("hypothesis")

from hypothesis import event, given, settings
from hypothesis import strategies as st
from tests import helpers, test_unknowns
from tests.test_proofs import RICH_CELLS, RICH_DAYS, RICH_THENS, WIDTHS, accepted, rich_packs, small

import continuum
from continuum.comparing import told
from continuum.comparing.difference import compare, days_compared
from continuum.comparing.same_space import SameSpace
from continuum.compiled import ABSENT
from continuum.engines.completions import Completions, Line
from continuum.engines.hits import told_apart
from continuum.engines.reference import Reference
from continuum.errors import DayError

ROOT = Path(__file__).resolve().parents[1]
DAY = test_unknowns.DAY
ALL = 10_000
QUICK = settings.default.max_examples < 100


class Brute:
    """Every profile that both packs can be asked about, decided by both reference engines."""

    def __init__(self, old, new, difference):
        self.packs = (old, new)
        (self.compared,) = difference.compared
        self.days = self.compared.days[0]
        self.engines = [Reference(pack) for pack in self.packs]
        self.completions = [Completions(engine) for engine in self.engines]
        self.renamed = {one: other for one, other in difference.renamed if one in old.inputs}
        self.unlike = set(difference.unlike)

    def values(self, side, name):
        """All values of an input."""
        asked = self.packs[side].inputs[name]
        values = [False, True] if asked.type.kind == "yes_no" else asked.type.values or list(Line(asked, self.days[side]).all())
        return [*values, *[ABSENT] * asked.optional]

    def profiles(self, read, asked):
        """Values by new name, and those that were not given; ``read`` are the names that matter, ``asked`` those of which it
        matters whether they were given.
        """
        back = {other: one for one, other in self.renamed.items()}
        options = []
        for name in read:
            lists = [self.values(0, one) for one in [back.get(name, name)] if one in self.packs[0].inputs]
            lists += [self.values(1, name)] if name in self.packs[1].inputs else []
            options.append([value for value in lists[0] if all(value in other for other in lists[1:])])
        for chosen in itertools.product(*options):
            for left_out in itertools.product([False, True], repeat=len(asked)):
                yield dict(zip(read, chosen, strict=True)), tuple(n for n, out in zip(asked, left_out, strict=True) if out)

    def decided(self, side, values, left_out):
        """What one pack's outcomes come to; None where it calls the profile impossible."""
        pack = self.packs[side]
        called = {name: self.renamed.get(name, name) if side == 0 else name for name in pack.inputs}
        full = {name: values.get(other, self.values(side, name)[0]) for name, other in called.items()}
        env = self.engines[side].env(full, self.days[side], frozenset(n for n in full if called[n] not in left_out))
        if self.completions[side].contradiction(env) is not None:
            return None
        return {name: env[name] for name in pack.outcomes}


def same_to_a_pupil(old, new, kinds):
    """Whether two results are the same, their members and fields in any order."""

    def plain(worked):
        state, value, agreed, to = told_apart(worked)
        return state, frozenset(value) if isinstance(value, tuple) else value, agreed, to

    return plain(old) == plain(new) and (old.state != "indicated" or kinds[0] == kinds[1])


def kind_of(type_):
    """What kind of value an outcome has."""
    if type_.fields:
        return frozenset((name, kind_of(one)) for name, one in type_.fields)
    return "words" if type_.kind in ("scale", "choice") else (type_.kind, type_.unit)


def held(old, new, difference):
    """Assert that a difference says of every profile what the reference engines do; how many profiles differ."""
    brute = Brute(old, new, difference)
    compared = brute.compared
    outcomes = {one.outcome: one for one in compared.outcomes if one.verdict in ("same", "differs", "may_differ")}
    names = {other: one for one, other in difference.renamed} | {name: name for name in old.outcomes if name in outcomes}
    (space,) = [SameSpace(old, new, brute.days)]
    read = [v.name for v in space.variables if v.kind == "input"]
    asked = [v.name for v in space.variables if v.kind == "given"]
    regions = [(o, t, r) for o in outcomes.values() for t in o.transitions for r in t.regions]
    counts, inside, differing, profiles = {}, {}, dict.fromkeys(outcomes, 0), 0
    only = [0, 0]
    exact = True
    for values, left_out in brute.profiles(read, asked):
        both = [brute.decided(side, values, left_out) for side in (0, 1)]
        if None in both:
            for side in (0, 1):
                only[side] += both[1 - side] is None and both[side] is not None
            continue
        profiles += 1
        for name, outcome in outcomes.items():
            one, other = both[0][names[name]], both[1][name]
            kinds = [kind_of(pack.tables[n].type) for pack, n in ((old, names[name]), (new, name))]
            differ = not same_to_a_pupil(one, other, kinds)
            differing[name] += differ
            here = [(t, r) for o, t, r in regions if o is outcome and r.holds(values, not_given=left_out)]
            assert len(here) <= 1 or old.tables[names[name]].type.kind == "set" or not all(t.sure for t, _ in here)
            assert not differ or here, (name, values, left_out, one, other)
            assert outcome.verdict != "same" or not differ, (name, values, left_out, one, other)
            for transition, region in here:
                counts[id(region)] = counts.get(id(region), 0) + 1
                exact &= transition.sure
                if transition.sure:
                    assert differ, (name, values, left_out, one, other, transition)
                    for worked, rules, pack, n in (
                        (one, transition.old_rules, old, names[name]), (other, transition.new_rules, new, name),
                    ):  # fmt: skip
                        if pack.tables[n].hit in ("first", "unique", "any", "highest"):
                            assert set(worked.rules) <= {rule.id for rule in rules}, (name, values, worked, rules)
                        for rule in rules:
                            assert rule.place == next(r.place for r in pack.tables[n].rules if r.id == rule.id)
                    shown = region.witness.results
                    inside.setdefault(id(transition), set()).add((plain(one), plain(other)))
                    assert plain(shown[0])[0] == plain(one)[0]
                    assert plain(shown[1])[0] == plain(other)[0]
    return Found(space, outcomes, regions, counts, inside, differing, profiles, only, exact)


def plain(worked):
    """A result without rules and words."""
    state, value, agreed, to = told_apart(worked)
    return state, frozenset(value) if isinstance(value, tuple) else value, agreed, to


class Found:
    """What was counted one by one."""

    def __init__(self, *found):
        (
            self.space,
            self.outcomes,
            self.regions,
            self.counts,
            self.inside,
            self.differing,
            self.profiles,
            self.only,
            self.exact,
        ) = found


CHANGES = {
    "score: points(a) + 2 * n": "score: points(a) + 3 * n",
    "share: 4 / (n - 2)": "share: 4 / (n - 1)",
    "{need: mild, value: 10}": "{need: mild, value: 11}",
    "min: 0, max: 4}": "min: 1, max: 5}",
    "of: [x, y]": "of: [z, x, y]",
    "[none, mild, severe]": "[none, mild, severe, profound]",
    "type: yes_no, optional: yes": "type: yes_no",
    "places: 1": "places: 0",
    "to: A person": "to: Another",
    "value: 1.5, from: 2025-10-01": "value: 2, from: 2025-10-01",
    "step: 0.5": "step: 0.25",
    "share: n / (m - 1)": "share: n / (m - 1) + 0",
    "min: 2025-09-29": "min: 2025-09-30",
}


@st.composite
def pairs(draw, packs, cells, thens):
    """A pack, and one that was made of it by a few changes, some of which change nothing."""
    text = draw(packs)
    other = text
    for _ in range(draw(st.sampled_from([3, 4, 2, 5, 1, 0]))):
        way = draw(st.sampled_from(["then", "cell", "drop", "swap", "text", "rename", "possible"]))
        lines = other.splitlines()
        rules = [i for i, line in enumerate(lines) if "when: " in line and "id: " in line]
        i = draw(st.sampled_from(rules)) if rules else 0
        if way == "then":
            new = draw(st.sampled_from(thens))
            lines[i] = re.sub(r"then: .*, because", lambda _, new=new: f"then: {new}, because", lines[i])
        elif way == "cell":
            cell = draw(st.sampled_from(cells))
            lines[i] = re.sub(r"when: .*, then", lambda _, cell=cell: f"when: {{{cell}}}, then", lines[i])
        elif way == "drop" and len(rules) > 1:
            del lines[i]
        elif way == "swap" and i and i - 1 in rules:
            lines[i - 1], lines[i] = lines[i], lines[i - 1]
        elif way == "possible":
            lines = [line for line in lines if "No." not in line and "cannot be" not in line and line != "impossible:"]
        other = "\n".join(lines) + "\n"
        if way == "text":
            here = [one for one in CHANGES if one in other]
            if here:
                one = draw(st.sampled_from(here))
                other = other.replace(one, CHANGES[one])
        if way == "rename" and "\nterms:" not in other:
            other = re.sub(r"(?<![\w.:'\"/\]])\bn\b(?!\w)", "kk", other)
            other += "terms:\n  kk: {label: Cycles, formerly: [n]}\n"
    return text, other


THENS = sorted({then for thens in test_unknowns.THENS.values() for then in thens})
RICH = sorted({then for thens in RICH_THENS.values() for then in thens})


def checked(text, other, widths, day):
    """Compare two texts and hold the difference against enumeration; also as if numbers had too many values to tell apart."""
    old, new = accepted(text).pack, accepted(other).pack
    few, widest = (*widths, None)[:2] if widths else (None, None)
    with pytest.MonkeyPatch.context() as patch:
        if few is not None:
            patch.setattr("continuum.proofs.space.FEW", few)
        if widest is not None:
            patch.setattr("continuum.proofs.space.WIDEST", widest)
            patch.setattr("continuum.proofs.meaning.Meaning._too_long", lambda _self, _asked: True)
        difference = compare(old, new, day, most=ALL)
        found = held(old, new, difference)
    compared = difference.compared[0]
    sure = all(t.sure for o in compared.outcomes for t in o.transitions)
    differ = sum(map(bool, found.differing.values()))
    event(f"equal {difference.equal}, sure {sure}, {differ} outcomes differ, {len(found.regions)} regions")
    if not any(v.kind == "free" for v in found.space.variables):
        assert found.profiles == compared.profiles
        assert tuple(found.only) == compared.impossible
    if difference.equal:
        assert not any(found.differing.values())
        assert found.only == [0, 0]
    assert all(t.rest == 0 for o in compared.outcomes for t in o.transitions)
    exact = found.profiles == compared.profiles
    for _, transition, region in found.regions:
        if exact:
            assert found.counts.get(id(region), 0) == region.profiles
        if transition.sure and exact:
            assert region.witness
    for outcome in compared.outcomes:
        if exact and outcome.verdict in ("same", "differs", "may_differ"):
            assert outcome.profiles <= found.differing[outcome.outcome] <= outcome.profiles + outcome.perhaps
    return difference, found


@settings(small, max_examples=70 if QUICK else 1_500)
@given(pairs(test_unknowns.packs(), test_unknowns.CELLS, THENS), WIDTHS)
def test_a_difference_says_of_every_profile_what_both_reference_engines_say(texts, widths):
    """The union of the regions is the set of profiles that differ, each counted once; equal is said where none does."""
    checked(*texts, widths, DAY)


@settings(small, max_examples=15 if QUICK else 400)
@given(pairs(rich_packs(), RICH_CELLS, RICH), WIDTHS, RICH_DAYS)
def test_a_difference_of_packs_with_days_rates_and_failures_is_what_the_engines_say(texts, widths, day):
    """What cannot be worked out, what rests on another decision, and what was not given."""
    checked(*texts, widths, day)


# --- what changes ---------------------------------------------------------------------------------------------------

RULES = """
- decision: out
  asks: Which?
  type: {scale: [low, mid, high]}
  hit: first
  rules:
    - {id: O-1, when: {speech: ">= severe"}, then: high, because: b}
    - {id: O-2, when: {age: ">= 12", on_roll: yes}, then: mid, because: b}
    - {id: O-3, otherwise: low, because: b}
"""


def diff(old, new, **more):
    """Two texts compared."""
    return helpers.rulebook(old).diff(helpers.rulebook(new), **more)


def only(difference):
    """The one outcome that differs, of the one stretch of days."""
    (compared,) = difference.compared
    (outcome,) = [one for one in compared.outcomes if one.verdict != "same"]
    return outcome


def test_packs_that_say_the_same_otherwise_are_proved_equal():
    """Rules put in other words and another order are the same pack to a pupil."""
    other = RULES.replace('speech: ">= severe"', 'speech: "severe, profound"').replace('age: ">= 12"', 'age: "> 11"')
    found = diff(helpers.pack(RULES), helpers.pack(other))
    assert found.equal
    assert "equal, proved" in told.text(found)


def test_a_line_that_moves_is_told_with_its_rules_and_places():
    """Read off by hand: on roll, 10 or 11, and no severe need of speech."""
    found = only(diff(helpers.pack(RULES), helpers.pack(RULES.replace(">= 12", ">= 10"))))
    (change,) = found.transitions
    assert (change.old, change.new, change.sure) == ("low", "mid", True)
    assert [rule.id for rule in (*change.old_rules, *change.new_rules)] == ["O-3", "O-2"]
    assert all(re.fullmatch(r"p.yaml:[0-9]+", rule.place) for rule in change.old_rules)
    (region,) = change.regions
    assert {one.name: one.values for one in region.said} == {"age": ("10 to 11",), "on_roll": ("yes",)}
    assert region.profiles == found.profiles == 2 * 3  # years of age, and none, mild or moderate needs of speech
    assert region.holds({"age": 11, "on_roll": True, "speech": "mild"})
    assert not region.holds({"age": 12, "on_roll": True, "speech": "mild"})
    assert not region.holds({"age": 11, "on_roll": True, "speech": "severe"})
    assert not region.holds({"age": 11, "on_roll": True})  # not known to be one of them


def test_more_regions_than_are_wanted_are_counted():
    """A reader is told that there is more, and how much."""
    other = RULES.replace("on_roll: yes", "setting: srp").replace(">= 12", ">= 1")
    (change, *_) = only(diff(helpers.pack(RULES), helpers.pack(other), most=1)).transitions
    whole = next(
        one for one in only(diff(helpers.pack(RULES), helpers.pack(other), most=99)).transitions if one.new == change.new
    )
    assert len(change.regions) == 1
    assert change.regions[0].profiles + change.rest == change.profiles == sum(one.profiles for one in whole.regions)


def renamed(text, terms):
    """A pack whose input `speech` is `talking` now."""
    return text.replace("speech", "talking") + f"terms:\n  talking: {{label: Talking, formerly: [{terms}]}}\n"


def test_an_input_that_was_renamed_is_compared_with_what_it_was():
    """The new pack's terms say so, by the old name or by its label."""
    old = helpers.pack(RULES)
    for former in ("speech", "Speech"):
        found = diff(old, renamed(old, former))
        assert found.equal
        assert found.renamed == (("speech", "talking"),)
    found = diff(old, renamed(old, "something else"))
    assert not found.equal
    assert (found.removed, found.added) == (("speech",), ("talking",))
    assert only(found).verdict == "differs"


def test_an_input_that_only_one_pack_reads_is_free_in_the_other():
    """What used to be alike for all may now depend on an answer that was never asked for."""
    other = RULES.replace("{age", "{hearing: mild, age")
    found = diff(helpers.pack(RULES), helpers.pack(other))
    assert found.added == ()  # it was asked before, and read by no rule
    (change,) = only(found).transitions
    assert {one.name for one in change.regions[0].said} == {"hearing"}


def test_a_value_that_only_one_pack_has_is_said_and_counted():
    """It cannot be compared, and the packs are not called equal."""
    old = helpers.pack(RULES)
    new = old.replace("severe, profound]", "severe, profound, total]").replace("min: -10, max: 30}", "min: -10, max: 40}")
    found = diff(old, new)
    assert not found.equal
    lost = {(one.input, one.side): (one.words, one.profiles) for one in found.compared[0].uncompared}
    assert lost["speech", 1] == ("total", 51 * 2)
    assert lost["age", 1] == ("10 values", 10 * 6 * 2)
    assert all(one.verdict == "same" for one in found.compared[0].outcomes)


def test_the_same_name_with_another_unit_is_another_input():
    """Ten sessions are not ten per cent."""
    old = helpers.pack(RULES.replace("age", "cost").replace("12", "5000"))
    found = diff(
        old, old.replace("cost: {ask: Cost, type: money, unit: GBP/year", "cost: {ask: Cost, type: money, unit: GBP/week")
    )
    assert found.unlike == ("cost",)
    assert not found.equal


AMOUNT = """
- {decision: out, asks: How much?, type: money, unit: GBP/year, places: 2, rounding: half_up, hit: first, rules: [
    {id: A-1, when: {speech: severe}, then: "= max(0, cost - base)", because: b},
    {id: A-2, otherwise: 0, because: b}]}
"""
BASE = "rates:\n  base: {type: money, unit: GBP/year, rows: [{value: 6000, to: 2025-08-31}, {value: %s, from: 2025-09-01}]}\n"


def test_equal_formulas_over_equal_rates_are_proved_the_same_and_others_are_not():
    """A formula is not followed pound by pound, and so it must be the very same one."""
    old = helpers.pack(AMOUNT, more=BASE % 6000)
    assert diff(old, helpers.pack(AMOUNT, more=BASE % 6000 + "  other: {type: number, rows: [{value: 3}]}\n")).equal
    assert diff(old, helpers.pack(AMOUNT.replace("cost - base", "cost - 6000"), more=BASE % 6000)).equal is False
    later = diff(old, helpers.pack(AMOUNT, more=BASE % 6500))
    before, after = sorted(later.compared, key=lambda one: one.days[0])
    assert before.equal
    assert {pair[0] for pair in before.days} >= {dt.date(2020, 1, 1)}
    (outcome,) = after.outcomes
    assert outcome.verdict == "differs"  # a profile was found that shows it
    (change,) = outcome.transitions
    assert not change.sure
    assert outcome.profiles == 0 < outcome.perhaps
    assert change.regions[0].witness.results[0].value - change.regions[0].witness.results[1].value in range(1, 501)


def test_a_set_with_a_member_that_is_worked_out_is_the_same_only_where_it_is_written_the_same():
    """Which member it is, is not told apart; the other members may be the same and the set another."""
    rules = """
    - {decision: out, asks: Which?, type: {choice: [near, far, here]}, hit: collect, rules: [
        {id: C-1, when: {speech: severe}, then: ["= if(cost > 2 * last_score, near, far)"], because: b},
        {id: C-2, when: {hearing: ">= mild"}, then: here, because: b}]}
    """
    inputs = (
        helpers.INPUTS.replace("unit: GBP/year, min", "min")
        .replace("type: money", "type: number, step: 1")
        .replace(", optional: yes}", "}")
    )
    old = helpers.pack(rules, inputs=inputs)
    assert diff(old, old).equal
    for change in (("near, far)", "far, near)"), (">= mild", ">= moderate")):
        found = only(diff(old, old.replace(*change)))
        assert found.verdict == "differs"
        assert found.perhaps > 0


def test_what_may_be_impossible_in_one_pack_only_is_never_called_equal():
    """Whether a profile can be may rest on something that is not followed; equal is said only where that is the same thing."""
    old = helpers.pack(RULES)
    entry = 'impossible: [{when: {cost: "> %s"}, because: It cannot be.}]\n'
    one, other = (helpers.pack(RULES, more=entry % what) for what in ("score * 100", "score * 200"))
    more = one.replace("unit: GBP/year, ", "").replace("type: money", "type: number, step: 1")
    less = other.replace("unit: GBP/year, ", "").replace("type: money", "type: number, step: 1")
    assert diff(more, more).equal
    assert not diff(more, less).equal
    assert not diff(old, one.replace("score * 100", "100")).equal


def test_formulas_written_otherwise_are_never_called_equal_nor_different_without_an_example():
    """Nothing was proved, and nothing was found: that is what is said."""
    other = AMOUNT.replace("max(0, cost - base)", "max(0, 0 + cost - base)")
    found = only(diff(helpers.pack(AMOUNT, more=BASE % 6000), helpers.pack(other, more=BASE % 6000)))
    assert found.verdict == "may_differ"
    assert found.transitions[0].regions[0].witness is None


def test_versions_that_follow_each_other_are_read_on_the_days_they_meet():
    """A version that only goes on from where the last one ended is the same; days are as long ago for both."""
    rules = """
    - {decision: out, asks: Which?, type: yes_no, hit: first, rules: [
        {id: O-1, when: {advised_since: "<= 18", advice: present}, then: yes, because: b}, {id: O-2, otherwise: no, because: b}]}
    """
    more = "measures:\n  advised_since: if_absent(months_between(advice, today), 99)\n"
    inputs = helpers.INPUTS.replace(
        "advice, type: date, min: 1900-01-01, max: 2100-12-31", "advice, type: date, min: 1990-01-01, max: today"
    )
    old = helpers.pack(rules, more=more, inputs=inputs, head=helpers.HEAD.replace("2030-12-31", "2026-08-31"))
    new = old.replace("2020-01-01", "2026-09-01").replace("2026-08-31", "2027-08-31")
    found = diff(old, new)
    assert found.compared[0].days == ((dt.date(2026, 8, 31), dt.date(2026, 9, 1)),)
    assert found.equal, told.text(found)
    assert not diff(old, new.replace("<= 18", "<= 17")).equal


def test_days_are_those_of_both_or_the_day_that_is_asked_for():
    """Each side is read on a day on which it is in force."""
    one, other = (
        helpers.rulebook(helpers.pack(RULES, head=helpers.HEAD.replace("2020-01-01", day))).pack
        for day in ("2020-01-01", "2024-05-01")
    )
    assert {pair[0] for pair in days_compared(one, other, None)} == {dt.date(2024, 5, 1), dt.date(2030, 12, 31)}
    assert days_compared(one, other, dt.date(2021, 1, 1)) == [(dt.date(2021, 1, 1), dt.date(2024, 5, 1))]
    with pytest.raises(DayError):
        days_compared(one, other, dt.date(2035, 1, 1))


# --- shipped versions -----------------------------------------------------------------------------------------------

SHIPPED = {
    "kent-continuum": ("rules/kent-continuum", "2025.9.0", "2026.9.0"),
    "lambeth": ("examples/schemes/lambeth-ey-inclusion-fund", "earlier", "later"),
    "devon": ("examples/schemes/devon-topup", "before-2017-review", "after-2017-review"),
    "surrey": ("examples/schemes/surrey-mainstream-banding", "2019.11.0", "2023.9.0"),
    "kent-hnf 2015": ("examples/schemes/kent-hnf", "2015.11.0", "2018.1.0"),
    "kent-hnf 2018": ("examples/schemes/kent-hnf", "2018.1.0", "2018.2.0"),
    "attendance": ("examples/schemes/attendance", "2010.9.0", "2015.9.0"),
}


@pytest.mark.parametrize(("folder", "old", "new"), SHIPPED.values(), ids=SHIPPED)
def test_every_witness_of_shipped_versions_can_be_pasted_into_both_packs(folder, old, new, tmp_path):
    """A case that does not hold where it is pasted would be a false example."""
    books = [continuum.load(ROOT / folder / version) for version in (old, new)]
    difference = books[0].diff(books[1], most=1)
    assert not difference.equal
    witnesses = [
        region.witness
        for compared in difference.compared
        for outcome in compared.outcomes
        for change in outcome.transitions
        for region in change.regions
        if region.witness
    ]
    assert witnesses
    for side, book in enumerate(books):
        folder_ = tmp_path / str(side)
        shutil.copytree(book.written.path, folder_)
        shutil.rmtree(folder_ / "cases", ignore_errors=True)
        (folder_ / "cases").mkdir()
        text = "cases:\n" + "".join(told.case(one, side, f"w-{i}") for i, one in enumerate(witnesses))
        (folder_ / "cases" / "diff.yaml").write_text(text, encoding="utf-8")
        results = continuum.run_cases(continuum.load(folder_))
        assert len(results) == len(witnesses)
        assert not [finding.text() for one in results for finding in one.findings]


def test_what_kent_changed_is_what_its_changes_say():
    """The tariff lines at 12 and 15 points, tariff only with a plan, three reviewed plans, and the amounts."""
    old, new = (continuum.load(ROOT / "rules" / "kent-continuum" / version) for version in ("2025.9.0", "2026.9.0"))
    (compared,) = old.diff(new).compared
    found = {one.outcome: one for one in compared.outcomes}
    assert {name for name, one in found.items() if one.verdict == "same"} == {
        "scope", "support_level", "element_2", "transition_flag",
    }  # fmt: skip
    steps = {(t.old, t.new): t for t in found["tariff"].transitions}
    for step, points in (("Step 4", "12"), ("Step 5", "15")):
        (region,) = steps[step, f"Step {int(step[-1]) + 1}"].regions
        assert {one.name: one.values for one in region.said} == {"need_points": (points,), "plan": ("ehcp",)}
    (change,) = found["evidence"].transitions
    assert {one.name: one.values for one in change.regions[0].said} == {"plan": ("sen_support",), "reviewed_cycles": ("2",)}
    assert compared.impossible == (0, 0)
    assert compared.uncompared == ()


def command(*words):
    """What the command line prints."""
    return subprocess.run([sys.executable, "-m", "continuum.cli", "diff", *words], capture_output=True, text=True, check=False)


def test_the_command_prints_text_markdown_and_json():
    """The same findings, for a reader, for a report and for a program."""
    names = ("kent-hnf/2018.1.0", "kent-hnf/2018.2.0")
    paths = [str(ROOT / "examples" / "schemes" / name) for name in names]
    text, markdown, data = (command(*paths, "--format", form) for form in ("text", "md", "json"))
    assert {one.returncode for one in (text, markdown, data)} == {0}
    assert "`considered` differs" in text.stdout
    assert "## `considered` differs" in markdown.stdout
    found = json.loads(data.stdout)
    assert found["equal"] is False
    considered = next(one for one in found["compared"][0]["outcomes"] if one["outcome"] == "considered")
    assert considered["changes"][0]["regions"][0]["witness"]["new"]["case"].startswith("- id: considered")
    assert command(paths[0], paths[0]).stdout.splitlines()[1] == "equal, proved"
