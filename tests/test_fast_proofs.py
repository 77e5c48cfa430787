# SPDX-License-Identifier: MIT
"""What makes proofs fast must not change an answer: the order of inputs, days in one diagram, budgets, what is forgotten."""

import datetime as dt
import runpy
import time
from pathlib import Path

import pytest

pytest.importorskip("hypothesis")

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import helpers, test_proofs, test_unknowns
from tests.test_proofs import RULEBOOKS, TRUTHS, proof_of, worlds, written

from continuum.engines.completions import Completions
from continuum.engines.reference import Reference
from continuum.errors import EngineError
from continuum.packs.loading import read_texts
from continuum.proofs import answers, diagram, space
from continuum.proofs.answers import proofs_of, prove
from continuum.proofs.diagram import Diagram, TooLargeError
from continuum.proofs.proof import Proof, days_to_prove
from continuum.rulebook import Rulebook

PACKS = runpy.run_path(str(Path(__file__).resolve().parents[1] / "bench" / "packs.py"))
quick = settings(deadline=None, suppress_health_check=list(HealthCheck))
SOME = st.sampled_from([None, 1, 2])


def generated(kind, rules, seed=1):
    """A rulebook of one of the packs that speed is measured with."""
    return Rulebook(read_texts({"one.yaml": PACKS[kind](rules, seed)}, Path("one.yaml")))


def proofs(rulebook):
    """The proofs of all days of a rulebook, its own to change."""
    reference = Reference(rulebook.pack)
    return proofs_of(reference, Completions(reference))


def said(answers):
    """What answers say, without their examples, of which there may be several as small."""
    return [(one.sentence, one.verdict, one.profiles, one.apart, one.days, one.why, one.rules) for one in answers]


# --- the diagram ------------------------------------------------------------------------------------------------------


@quick
@given(worlds(SOME, SOME, SOME))
def test_functions_put_together_where_some_are_nothing_are_worked_out_value_by_value(world):
    """Tables are put together rule by rule; a short cut that is wrong would lose a rule."""
    (a, b, c), (one, other, third), each = world.tables, world.nodes, world.everything

    def add(left, right):
        return left * 10 + right

    assert world.table(world.diagram.first(one, other)) == {i: b[i] if a[i] is None else a[i] for i in each}
    merged = {i: b[i] if a[i] is None else a[i] if b[i] is None else add(a[i], b[i]) for i in each}
    assert world.table(world.diagram.merge("add", add, one, other)) == merged
    folded = world.diagram.fold(world.diagram.first, [one, other, third])
    assert world.table(folded) == {i: next((t[i] for t in (a, b, c) if t[i] is not None), None) for i in each}


@given(st.integers(1, 20))
def test_folding_keeps_the_order(count):
    """In a `first` table the order of the rules decides."""
    names = Diagram([])

    def add(one, other):
        return names.leaf(names.value(one) + names.value(other))

    made = names.fold(add, [names.leaf((i,)) for i in range(count)])
    assert names.value(made) == tuple(range(count))


@quick
@given(worlds(TRUTHS, TRUTHS, TRUTHS))
def test_conditions_meet_exactly_where_some_profile_has_them_all(world):
    """A rule that no profile comes to is found by this."""
    one, other, third = world.tables
    assert world.diagram.meet(*world.nodes) == any(one[i] and other[i] and third[i] for i in world.everything)
    assert world.diagram.meet(*world.nodes[:2]) == any(one[i] and other[i] for i in world.everything)
    assert world.diagram.meet(world.nodes[0]) == any(one.values())
    assert world.diagram.meet()


@quick
@given(worlds(test_proofs.NUMBERS), st.data())
def test_what_was_found_fine_for_one_variable_hides_no_breach_of_another(world, data):
    """Pairs of functions are remembered under a name, whichever variable they came from."""
    (table,), (node,) = world.tables, world.nodes

    def wrong(one, other):
        return one is not None and other is not None and other < one

    for variable in data.draw(st.permutations(range(len(world.sizes)))):
        pairs = [(low, high) for high in range(world.sizes[variable]) for low in range(high)]
        moved = {p: [[table[world.moved(i, variable, cell)] for cell in p] for i in world.everything] for p in pairs}
        breaking = [p for p in pairs if any(wrong(*two) for two in moved[p])]
        assert world.diagram.breaks(node, variable, pairs, wrong, name="falls") == next(iter(breaking), None)


# --- budgets ------------------------------------------------------------------------------------------------------------


def test_work_is_bounded_below_the_budget_of_nodes():
    """Few nodes may take long to find; nobody waits for minutes without an answer."""
    hard = Diagram([2] * 20, work=500)
    with pytest.raises(TooLargeError, match="work"):
        hard.apply("sum", lambda *values: sum(values), *(hard.variable(i, [0, 2**i]) for i in range(20)))
    assert hard.spent <= 501
    hard.renew()
    assert hard.both(hard.variable(0, [False, True]), hard.variable(1, [False, True])) != hard.no


def test_a_random_pack_is_refused_soon_and_its_table_is_named(monkeypatch):
    """Rules in no order at all make any diagram large; the message says which table to split."""
    monkeypatch.setattr(Diagram.__init__, "__defaults__", (50_000, 500_000))
    begun = time.process_time()
    with pytest.raises(EngineError) as refused:
        proofs(generated("drawn", 300))
    assert time.process_time() - begun < 20  # half a second where nothing else runs
    (finding,) = refused.value.findings
    assert finding.code == "CX706"
    assert "`tariff`" in finding.message
    assert "50000 nodes" in finding.message


def test_a_sentence_that_would_need_too_much_is_not_proved_and_the_others_are_answered(monkeypatch):
    """A budget that is spent is no proof."""
    monkeypatch.setattr(answers, "available", lambda: False)  # no solver to ask instead
    rulebook = generated("layered", 40)
    free, held = proofs(rulebook), proofs(rulebook)
    for proof in held:
        proof.diagram.budget = len(proof.diagram) + 50
    expected, found = prove(free), prove(held)
    assert [one.sentence for one in found] == [one.sentence for one in expected]
    stopped = [one.sentence for one in found if "nodes" in one.why]
    assert stopped
    assert all(one.verdict != "proved" for one in found if one.sentence in stopped)
    assert all(one.verdict in (other.verdict, "not_proved") for one, other in zip(found, expected, strict=True))
    assert len([one for one in found if one.verdict == "proved"]) > 1


def test_what_is_forgotten_is_worked_out_anew_to_the_same(monkeypatch):
    """Memory is bounded by forgetting; the answers stay."""
    rulebook = generated("layered", 25)
    expected = said(prove(proofs(rulebook)))
    monkeypatch.setattr(diagram, "REMEMBERED", 97)
    assert said(prove(proofs(rulebook))) == expected


# --- the order of the inputs ----------------------------------------------------------------------------------------------


def test_every_input_that_is_read_has_its_place_once():
    """An input without a variable would be held to have no effect."""
    for rulebook in RULEBOOKS.values():
        found = space._in_order_of_use(rulebook.pack)
        assert len(found) == len(set(found))
        assert set(found) == {v.name for v in proof_of(rulebook, rulebook.pack.some_day).meaning.variables if v.kind == "input"}


@settings(quick, max_examples=12)
@given(st.sampled_from(["layered", "drawn"]), st.integers(1, 50), st.randoms(use_true_random=False))
def test_any_order_of_the_inputs_gives_the_same_answers(kind, seed, rng):
    """The order is chosen for speed and for nothing else."""
    rulebook = generated(kind, 16, seed)
    expected = said(prove(proofs(rulebook)))
    chosen = space._in_order_of_use(rulebook.pack)
    rng.shuffle(chosen)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(space, "_in_order_of_use", lambda _pack: chosen)
        assert said(prove(proofs(rulebook))) == expected


@settings(quick, max_examples=60)
@given(test_unknowns.packs(form=False))
def test_the_rules_that_decide_are_those_that_decide_for_some_profile(text):
    """A rule is said to be of no use only where that is so."""
    proof = proof_of(test_unknowns.rulebook(text), test_proofs.DAY)
    if proof.meaning.free:
        return
    truth = test_proofs.Truth(proof)
    for name, table in proof.pack.tables.items():
        if table.hit == "first":
            rules = {rule.id for rule in table.rules}
            assert proof.deciding(name) == {rule for worked in truth.worked.values() for rule in worked[name].rules} & rules


# --- days ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rulebook", RULEBOOKS.values(), ids=RULEBOOKS)
def test_days_in_one_diagram_give_the_answers_of_days_apart(rulebook):
    """Most of a pack is the same on every day and made once; what is not must not be taken from another day."""
    reference = Reference(rulebook.pack)
    together = proofs(rulebook)
    for proof in together if len(together) > 1 else ():
        apart = Proof(reference, Completions(reference), proof.day)
        assert said(prove([proof])) == said(prove([apart]))


@settings(quick, max_examples=25)
@given(test_proofs.rich_packs(form=False))
def test_days_of_a_drawn_pack_in_one_diagram_give_the_answers_of_days_apart(text):
    """Rates that change, ages on the day, and what is compared with the day."""
    rulebook = test_proofs.accepted(text)
    reference = Reference(rulebook.pack)
    days = days_to_prove(rulebook.pack)[:4]
    together = []
    for day in days:
        together.append(Proof(reference, Completions(reference), day, together))
    for proof in together:
        apart = Proof(reference, Completions(reference), proof.day)
        assert said(prove([proof])) == said(prove([apart]))
        assert proof.profiles == apart.profiles


ONLY_THEN = {
    "a clause": ('id: R-1, when: {today: "[2025-04-01 .. 2025-04-30]", a: severe}, then: 0\nid: R-2, otherwise: 1', ""),
    "a measure": (
        "id: R-1, when: {window: yes, a: severe}, then: 0\nid: R-2, otherwise: 1",
        'measures:\n  window: {is: "today >= 2025-04-01 and today < 2025-05-01"}\n',
    ),
    "what is impossible": (
        "id: R-1, when: {a: severe}, then: 0\nid: R-2, otherwise: 1",
        'impossible:\n- {when: {today: "not ([2025-04-01 .. 2025-04-30])", a: severe}, because: b, fix: f}\n',
    ),
}


@pytest.mark.parametrize(("rules", "more"), ONLY_THEN.values(), ids=ONLY_THEN)
def test_a_breach_on_some_days_only_is_found_wherever_the_pack_names_the_days(rules, more):
    """Neither the first nor the last day of the version shows it, and what the tables come to may be the same on all days."""
    sentence = "raising any of [a] never lowers out"
    rulebook = helpers.rulebook(written(rules, sentence, more=more))
    assert {dt.date(2025, 4, 1), dt.date(2025, 5, 1)} <= set(days_to_prove(rulebook.pack))
    (found,) = (one for one in rulebook.prove() if one.sentence == sentence)
    assert (found.verdict, found.days) == ("broken", (dt.date(2025, 4, 1),))
