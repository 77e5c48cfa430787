# SPDX-License-Identifier: MIT
"""Coverage and mutation of a pack's own cases: what is equal is so, what survives differs, suggested cases work."""

import datetime as dt
import itertools
from pathlib import Path

import pytest

pytest.importorskip("hypothesis")

from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, event, given, settings
from tests import helpers

from continuum.cases import run_case
from continuum.cli import cli
from continuum.compiled import ABSENT
from continuum.engines.completions import Completions, Line
from continuum.engines.hits import hashable
from continuum.engines.reference import Reference
from continuum.exercising.coverage import BOUNDARY, CLAUSE, RULE, cover, exercised
from continuum.exercising.differing import differences, pasted
from continuum.exercising.mutants import KINDS, mutants, of_rules
from continuum.exercising.mutation import mutate
from continuum.exercising.noticing import Changed, Noticing, with_table
from continuum.packs.library import Library
from continuum.packs.loading import read_pack, read_texts
from continuum.proofs.diagram import Diagram
from continuum.proofs.proof import days_to_prove
from continuum.proofs.space import Space
from continuum.rulebook import Rulebook
from continuum.testing.drawn import packs, rulebook_of

ROOT = Path(__file__).resolve().parents[1]
DEEP = settings.get_current_profile_name() == "deep"
PHASES = [phase for phase in Phase if phase is not Phase.explain]
small = settings(
    deadline=None, suppress_health_check=list(HealthCheck), phases=PHASES, max_examples=300 if DEEP else 10
)  # fmt: skip
KENT = sorted((ROOT / "rules" / "kent-continuum").iterdir())
SHIPPED = {f"{one.id} {one.version}": Rulebook(one.written) for one in Library([ROOT / "rules"]).entries}

SUPPORT = """
- decision: out
  asks: How much support?
  type: {scale: [none, some, much]}
  hit: highest
  rules:
    - {id: R-1, when: {speech: ">= mild"}, then: some, because: There is a need.}
    - {id: R-2, when: {speech: ">= severe", age: "[5 .. 16]"}, then: much, because: There is a severe need.}
    - {id: R-0, otherwise: none, because: There is none.}
"""
NESTED = """
- decision: out
  asks: Is it so?
  type: yes_no
  hit: first
  rules:
    - id: R-1
      when: {any: [{on_roll: yes, not: {age: "> 10"}}, {hears: yes}]}
      then: yes
      because: It is.
    - {id: R-2, when: {speech: ">= severe"}, then: yes, because: It is.}
    - {id: R-0, otherwise: no, because: It is not.}
"""


def with_cases(decisions, *cases):
    """The rulebook of a pack with these cases, each its fields and what is expected, as YAML mappings."""
    lines = "".join(
        f"  - {{id: c-{i}, on: 2025-10-01, given: {given}, expect: {expect}}}\n" for i, (given, expect) in enumerate(cases)
    )
    return Rulebook(read_texts({"p.yaml": helpers.pack(decisions) + (f"cases:\n{lines}" if lines else "")}, Path("p.yaml")))


# --- every profile ---------------------------------------------------------------------------------------------------


def profiles(rulebook, day):
    """Every profile of a small pack on a day: the values, and the inputs that were given."""
    pack = rulebook.pack
    space = Space(Completions(Reference(pack)), day)
    lines = []
    for asked in pack.inputs.values():
        yes_no = asked.type.kind == "yes_no"
        values = [False, True] if yes_no else list(asked.type.values) or list(Line(asked, day).all())
        lines.append(values + [ABSENT] * asked.optional)
    forms = [name for kind, name in space.index if kind == "given"]
    for values in itertools.product(*lines):
        for count in range(len(forms) + 1):
            for left in itertools.combinations(forms, count):
                yield dict(zip(pack.inputs, values, strict=True)), frozenset(pack.inputs) - set(left)


def outcomes(reference, values, day, form):
    """All that a pupil is told, with the cause of a referral."""
    env = reference.env(values, day, form)
    return [(w.state, hashable(w.value), w.cause, w.to) for w in (env[name] for name in reference.pack.outcomes)]


def days_tried(rulebook):
    """The days on which something changes, and some others."""
    first = rulebook.pack.some_day
    more = [first + dt.timedelta(days=61 * i) for i in range(4)]
    return [day for day in dict.fromkeys([*days_to_prove(rulebook.pack), *more]) if rulebook.pack.covers(day)]


def sorted_out(rulebook, every):
    """For each mutant whether some profile is decided otherwise, by trying all of them with the reference engine."""
    reference = Reference(rulebook.pack)
    changed = {i: Reference(one.pack(rulebook.pack)) for i, one in enumerate(every)}
    found = set()
    for day in days_tried(rulebook):
        for values, form in profiles(rulebook, day):
            env = reference.env(values, day, form)
            if any(holds(env) for holds in reference.impossible):
                continue
            was = outcomes(reference, values, day, form)
            for i in list(changed):
                if outcomes(changed[i], values, day, form) != was:
                    found.add(i)
                    del changed[i]
    return found


@small
@given(packs(small=True))
def test_what_is_proved_equal_is_equal_and_what_survives_differs(text):
    """A false `equal` hides a slip and raises the score; a false survivor sends people to write a case that cannot be."""
    rulebook = rulebook_of(text)
    noticing = Noticing(rulebook, [])
    every = list(mutants(rulebook.pack))[:40]
    differing = sorted_out(rulebook, every)
    found = []
    for name in dict.fromkeys(one.table.name for one in every):
        found += differences(noticing, [one for one in every if one.table.name == name])
    for i, (mutant, one) in enumerate(zip(every, found, strict=True)):
        if one.equal:
            event("equal")
            assert i not in differing, mutant.words
        elif not one.why:
            event("a case" if one.case else "no case")
            assert one.case or i in differing, mutant.words
        else:
            event("not settled")
        if one.case:
            assert not run_case(rulebook, one.case).findings, mutant.words
            changed = Changed(rulebook, Reference(mutant.pack(rulebook.pack)), {})
            assert run_case(changed, one.case).findings, mutant.words
            assert list(Noticing(rulebook, [one.case]).noticed_by(mutant)), mutant.words


@small
@given(packs())
def test_a_table_of_its_own_rules_is_the_table(text):
    """What a mutant's conditions need is worked out as the compiler works it out."""
    for table in rulebook_of(text).pack.tables.values():
        made = of_rules(table, table.rules)
        assert made == table


# --- mutants ---------------------------------------------------------------------------------------------------------


def test_every_slip_of_a_rule_is_made_once_and_said_in_words():
    """The list is the promise of the page: thresholds, edges, conditions, outcomes and rules."""
    found = [one.words for one in mutants(with_cases(SUPPORT).pack) if one.rule == "R-2"]
    assert found == [
        "R-2: the rule was dropped",
        "R-2: `all` became `any` in (`speech >= severe`, `age: [5 .. 16]`)",
        "R-2: `speech >= severe` was dropped",
        "R-2: `age: [5 .. 16]` was dropped",
        "R-2: `speech >= severe` became `speech > severe`",
        "R-2: `speech >= severe` became `speech >= moderate`",
        "R-2: `speech >= severe` became `speech >= profound`",
        "R-2: `age: [5 .. 16]` became `age: (5 .. 16]`",
        "R-2: `age: [5 .. 16]` became `age: [5 .. 16)`",
        "R-2: `age: [5 .. 16]` became `age: [4 .. 16]`",
        "R-2: `age: [5 .. 16]` became `age: [6 .. 16]`",
        "R-2: `age: [5 .. 16]` became `age: [5 .. 15]`",
        "R-2: `age: [5 .. 16]` became `age: [5 .. 17]`",
        "R-2: the outcome `much` became `some`",
    ]


def test_neighbours_of_a_first_table_are_swapped_and_lists_lose_a_value():
    """The two slips that the other table cannot show."""
    table = """
    - decision: out
      asks: Where?
      type: {choice: [a, b]}
      hit: first
      rules:
        - {id: R-1, when: {setting: "srp, special"}, then: a, because: It is.}
        - {id: R-2, when: {on_roll: yes}, then: b, because: It is.}
        - {id: R-0, otherwise: a, because: It is.}
    """
    found = [one.words for one in mutants(with_cases(table).pack)]
    assert "R-2: was put before R-1" in found
    assert "R-1: `setting: srp, special` became `setting: special`" in found
    assert not any("R-0: was put" in words for words in found)


def test_a_case_on_each_side_of_a_line_notices_every_slip_of_it():
    """The score is of the mutants that change something: all of them here are noticed, and what is equal is not counted."""
    sides = [
        ({"speech": level, "age": age}, {"out": out})
        for level, age, out in [
            ("none", 8, "none"), ("mild", 8, "some"), ("moderate", 8, "some"), ("severe", 8, "much"), ("severe", 5, "much"),
            ("severe", 4, "some"), ("severe", 16, "much"), ("severe", 17, "some"), ("profound", 8, "much"),
        ]
    ]  # fmt: skip
    cases = [(str(given).replace("'", ""), str(expect).replace("'", "")) for given, expect in sides]
    found = mutate(with_cases(SUPPORT, *cases))
    assert not found.survivors
    assert not found.unsettled
    assert found.counted == len(found.noticed) > 20
    fewer = mutate(with_cases(SUPPORT, *cases[:-4]))
    assert {one.mutant.words for one in fewer.survivors} >= {
        "R-2: `age: [5 .. 16]` became `age: [5 .. 15]`",
        "R-2: `age: [5 .. 16]` became `age: [5 .. 17]`",
    }
    assert all(one.case for one in fewer.survivors)
    assert sum(more for _, more in fewer.useful) == len(fewer.survivors)
    suggested = {one.case.id: one.case for one in fewer.survivors}
    assert all(one.case == suggested[one.case.id] for one in fewer.survivors)


def test_a_suggested_case_can_be_pasted():
    """What is printed is what was confirmed: the text, put among the cases, notices the slip."""
    rulebook = with_cases(SUPPORT)
    found = mutate(rulebook)
    lines = [f"  {line}" for case in {one.case.id: one.case for one in found.survivors}.values() for line in pasted(case)]
    again = Rulebook(read_texts({"p.yaml": helpers.pack(SUPPORT) + "cases:\n" + "\n".join(lines) + "\n"}, Path("p.yaml")))
    after = mutate(again)
    assert len(found.survivors) > 20
    assert not after.survivors
    assert len(after.noticed) == len(found.survivors)


def test_a_slip_in_a_table_that_is_no_outcome_counts_only_where_it_reaches_one():
    """Nobody sees a table that no outcome rests on in that way."""
    text = """
    - decision: inner
      asks: What first?
      type: {scale: [low, mid, high]}
      hit: first
      rules:
        - {id: I-1, when: {age: "> 10"}, then: high, because: It is.}
        - {id: I-2, when: {age: "> 5"}, then: mid, because: It is.}
        - {id: I-0, otherwise: low, because: It is.}
    - decision: out
      asks: What then?
      type: yes_no
      hit: first
      rules:
        - {id: O-1, when: {inner: ">= mid"}, then: yes, because: It is.}
        - {id: O-0, otherwise: no, because: It is not.}
    """
    rulebook = with_cases(text)
    found = mutate(rulebook)
    equal = {one.words for one in found.equal}
    differs = {one.mutant.words for one in found.survivors}
    assert "I-1: `age > 10` became `age > 11`" in equal  # high or mid, it is yes
    assert "I-2: `age > 5` became `age > 6`" in differs
    assert "I-0: the outcome `low` became `mid`" in differs
    every = list(mutants(rulebook.pack))
    narrow = {one.words for one in every} - {every[i].words for i in sorted_out_by_age(rulebook, every)}
    assert equal == narrow


def sorted_out_by_age(rulebook, every):
    """Which mutants differ for some age."""
    reference = Reference(rulebook.pack)
    changed = [Reference(one.pack(rulebook.pack)) for one in every]
    return {
        i
        for age in range(-10, 31)
        for i, one in enumerate(changed)
        if one.env({"age": age}, helpers.DAY)["out"]._replace(rules=(), because="")
        != reference.env({"age": age}, helpers.DAY)["out"]._replace(rules=(), because="")
    }


def test_what_the_diagram_does_not_follow_is_not_settled_and_never_equal():
    """Twice a cost and a cost plus itself are the same, but the diagram knows only that two rules differ."""
    table = """
    - decision: out
      asks: How much?
      type: money
      unit: GBP/year
      places: 2
      rounding: half_up
      hit: first
      rules:
        - {id: R-1, when: {on_roll: yes}, then: "= cost * 2", because: It is.}
        - {id: R-0, otherwise: "= cost + cost", because: It is.}
    """
    found = mutate(with_cases(table))
    assert "R-1: the rule was dropped" in [mutant.words for mutant, _ in found.unsettled]
    assert "R-0: the rule was dropped" in [one.mutant.words for one in found.survivors]
    assert not found.equal


def test_a_diagram_that_grows_too_large_settles_nothing(monkeypatch):
    """A mutant that could not be looked at is not said to be equal."""
    monkeypatch.setattr(Diagram.__init__, "__defaults__", (4, 4_000_000))
    found = mutate(with_cases(SUPPORT))
    assert len(found.unsettled) == found.made
    assert all("nodes" in why for _, why in found.unsettled)


def test_only_some_are_tried_where_that_is_asked():
    """A large pack may be sampled, and the report says of how many."""
    found = mutate(with_cases(SUPPORT), most=5)
    assert len(found.noticed) + len(found.equal) + len(found.survivors) + len(found.unsettled) == 5
    assert found.made > 5


@pytest.mark.parametrize("name", ["national-layers-2026 2026.2.0", "kent-high-needs-2018 2018.1.0"])
def test_the_cases_that_notice_are_those_that_fail_when_all_are_run(name):
    """Most cases are not run again for a mutant; this runs them all, unknown answers and ranges included."""
    rulebook = SHIPPED[name]
    noticing = Noticing(rulebook)
    every = list(mutants(rulebook.pack))
    for mutant in every if DEEP else every[:: max(1, len(every) // 12)]:
        changed = Changed(rulebook, Reference(mutant.pack(rulebook.pack)), {})
        walked = [one for one in noticing.cases if one.branches(mutant.table.name) is not None]  # the others are not asked
        failing = [one.case.id for one in walked if run_case(changed, one.case).findings]
        assert [case.id for case in noticing.noticed_by(mutant)] == failing, mutant.words


def test_one_table_put_in_place_of_another_is_the_changed_pack():
    """The engine of a mutant is the pack's own with one table replaced; it must be what compiling all anew gives."""
    rulebook = SHIPPED["national-layers-2026 2026.2.0"]
    noticing = Noticing(rulebook)
    for mutant in list(mutants(rulebook.pack))[::7]:
        quick, anew = with_table(noticing.reference, mutant.table), Reference(mutant.pack(rulebook.pack))
        for one in noticing.cases:
            values = rulebook.profile({**one.case.given, **one.case.rest}).exact_values()
            full = {
                **{name: noticing.completions.first(asked, one.case.on) for name, asked in rulebook.pack.inputs.items()},
                **values,
            }
            assert quick.decide(full, one.case.on) == anew.decide(full, one.case.on)


# --- coverage --------------------------------------------------------------------------------------------------------


def covered(decisions, *cases):
    """The parts that cases exercise: rules, and clauses as rule, number and how it stands."""
    found = exercised(Noticing(with_cases(decisions, *cases)))
    return {part[1] for part in found if part[0] == RULE}, {part[1:] for part in found if part[0] == CLAUSE}


def test_a_clause_counts_where_it_alone_would_turn_the_rule():
    """Masking MC/DC, by hand: in (on roll and not over ten) or hears, each clause is looked past where another decides."""
    young, old, hearing = (
        ("{on_roll: yes, age: 8, hears: no, speech: none}", "{out: yes}"),
        ("{on_roll: yes, age: 11, hears: no, speech: none}", "{out: no}"),
        ("{on_roll: yes, age: 8, hears: yes, speech: none}", "{out: yes}"),
    )
    assert covered(NESTED, young) == ({"R-1"}, {("R-1", "0", "True"), ("R-1", "1", "False")})
    assert covered(NESTED, old) == ({"R-0"}, {("R-1", "1", "True"), ("R-1", "2", "False"), ("R-2", "0", "False")})
    assert covered(NESTED, hearing) == ({"R-1"}, set())  # each way holds, so neither counts
    rules, parts = covered(NESTED, young, old, ("{on_roll: no, age: 8, hears: yes, speech: none}", "{out: yes}"))
    assert rules == {"R-1", "R-0"}
    assert {part for part in parts if part[:2] == ("R-1", "2")} == {("R-1", "2", "True"), ("R-1", "2", "False")}


def test_a_rule_behind_one_that_holds_is_not_reached():
    """In a `first` table nobody looks at the rules after the one that decides."""
    rules, parts = covered(NESTED, ("{on_roll: yes, age: 8, hears: no, speech: severe}", "{out: yes}"))
    assert rules == {"R-1"}
    assert not any(part[0] == "R-2" for part in parts)


def test_a_case_that_leaves_answers_open_exercises_what_is_so_however_they_are_filled_in():
    """An open age leaves the second line open, and not the first."""
    rules, parts = covered(SUPPORT, ("{speech: mild}", "{out: some}"))
    assert rules == {"R-1"}
    assert parts == {("R-1", "0", "True")}  # whether R-2's age holds is open, so its other clause does not count


def test_a_boundary_is_touched_by_values_one_step_to_each_side():
    """At five, `[5 .. 16]` is touched from above; from below at four; at six it is not."""

    def sides(*ages):
        cases = [(f"{{speech: none, age: {age}}}", "{out: none}") for age in ages]
        return {part[2:] for part in exercised(Noticing(with_cases(SUPPORT, *cases))) if part[:2] == (BOUNDARY, "age")}

    def told(value, before, side):
        return (repr(line_at(value)), str(before), side)

    def line_at(value):
        table = with_cases(SUPPORT).pack.tables["out"]
        test = table.rules[1].condition.items[1].test
        return test.low if value == 5 else test.high

    assert sides(6, 10, 15, 18) == set()
    assert sides(5) == {told(5, before=True, side="above")}
    assert sides(4) == {told(5, before=True, side="below")}
    assert sides(16, 17) == {told(16, before=False, side="below"), told(16, before=False, side="above")}


def test_what_is_missing_is_told_with_a_case_that_exercises_it():
    """Each gap names the rule, and its case closes it."""
    rulebook = with_cases(SUPPORT, ("{speech: mild, age: 8}", "{out: some}"))
    found = cover(rulebook)
    assert found.counts[RULE] == (1, 3)
    words = [gap.words for gap in found.gaps]
    assert "R-2 decides no case" in words
    assert "R-2: no case is just above the line of `age: [5 .. 16]`" in words
    assert all(gap.case for gap in found.gaps)
    for gap in found.gaps:
        before, after = (exercised(Noticing(rulebook, some)) for some in ([], [gap.case]))
        assert not run_case(rulebook, gap.case).findings
        assert after > before


def test_a_clause_that_never_makes_a_difference_is_set_apart():
    """A condition that another rule makes idle cannot be exercised, and does not lower the figure."""
    table = """
    - decision: out
      asks: Is it so?
      type: yes_no
      hit: first
      rules:
        - {id: R-1, when: {on_roll: yes}, then: yes, because: It is.}
        - {id: R-2, when: {on_roll: no, hears: yes}, then: yes, because: It is.}
        - {id: R-0, otherwise: no, because: It is not.}
    """
    cases = [
        ("{on_roll: yes}", "{out: yes}"),
        ("{on_roll: no, hears: yes}", "{out: yes}"),
        ("{on_roll: no, hears: no}", "{out: no}"),
    ]
    found = cover(with_cases(table, *cases))
    assert found.counts == {RULE: (3, 3), CLAUSE: (2, 2), BOUNDARY: (0, 0)}
    assert found.apart == {RULE: 0, CLAUSE: 1, BOUNDARY: 0}


# --- the Kent packs, and the command ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", KENT, ids=[path.name for path in KENT])
def test_the_kent_cases_exercise_every_rule_and_notice_nine_slips_in_ten(path):
    """The pack that others copy holds to what it asks; in the quick profile of a sample of its mutants."""
    rulebook = Rulebook(read_pack(path))
    found = mutate(rulebook, None if DEEP else 24)
    assert 10 * len(found.noticed) >= 9 * found.counted > 0
    assert not found.unsettled
    assert {one.kind for one in found.noticed} <= set(KINDS)
    rules = {part[1] for part in exercised(Noticing(rulebook)) if part[0] == RULE}
    assert rules == {rule.id for table in rulebook.pack.tables.values() for rule in table.rules}


def test_the_command_prints_and_fails_under(tmp_path):
    """A threshold that is not met ends with 1; the words name file, line and change."""
    file = tmp_path / "p.yaml"
    file.write_text(
        helpers.pack(SUPPORT) + "cases:\n  - {id: one, on: 2025-10-01, given: {speech: mild, age: 8}, expect: {out: some}}\n"
    )
    run = CliRunner().invoke
    good = run(cli, ["test", str(file), "--coverage", "--mutate", "--fail-under", "0"])
    assert good.exit_code == 0, good.output
    assert "coverage by 1 cases: 1 of 3 rules (33 %)" in good.output
    assert "R-2: `speech >= severe` became `speech > severe`: no case notices" in good.output
    assert "p.yaml:" in good.output
    for words, code in (
        (["--coverage", "--fail-under", "34"], 1),
        (["--coverage", "--fail-under", "33"], 0),
        (["--mutate", "--fail-under", "99"], 1),
    ):
        assert run(cli, ["test", str(file), *words]).exit_code == code, words
    assert run(cli, ["test", str(file), "--fail-under", "5"]).exit_code == 2
    assert run(cli, ["test", str(file), "--most", "5"]).exit_code == 2
