# SPDX-License-Identifier: MIT
"""What a SAT solver answers where a diagram would be too large, held to what the diagram answers where it is not."""

import itertools
import random
from functools import partial

import pytest

pytest.importorskip("pysat")
pytest.importorskip("hypothesis")

from hypothesis import event, given, settings
from hypothesis import strategies as st
from tests import helpers, test_proofs, test_unknowns

from continuum.compiling.sentences import DEFAULTS
from continuum.errors import EngineError
from continuum.proofs import answers
from continuum.proofs.answers import askable, proofs_of, prove
from continuum.proofs.clauses import Clauses
from continuum.proofs.diagram import Diagram, TooLargeError
from continuum.proofs.properties import answer
from continuum.proofs.sat import NotCountedError, Terms

NUMBERS, TRUTHS = test_proofs.NUMBERS, test_proofs.TRUTHS
SMALL = st.sampled_from([0, 0, 3])
small = settings(test_proofs.small)

# --- literals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 2, 3, 5, 6, 7, 12, 13, 40])
def test_exactly_one_of_some_values_is_true(count):
    """Two values of one function at once would make a breach possible that is none, and none would hide one."""
    said = Clauses()
    literals = said.one_of(range(count))
    for value, literal in literals.items():
        model = said.model(literal)
        assert [other for other, one in literals.items() if one in model] == [value]
    assert not said.can(*(-literal for literal in literals.values()))
    assert not any(said.can(one, other) for one, other in itertools.combinations(literals.values(), 2))


def test_a_solver_that_finds_out_nothing_in_time_says_so():
    """Holes of pigeons are what such solvers are worst at; an answer must not be made up, nor waited for without end."""
    said = Clauses(conflicts=10)
    sits = [said.one_of(range(9)) for _ in range(10)]
    for one, other in itertools.combinations(sits, 2):
        for hole in range(9):
            said.add(-one[hole], -other[hole])
    with pytest.raises(TooLargeError, match="10 conflicts"):
        said.can()


# --- terms and diagrams ---------------------------------------------------------------------------------------------


class Twin:
    """The functions of a drawn world as terms, and as a diagram has them."""

    def __init__(self, world, most):
        self.world, self.terms, self.diagram = world, Terms(world.sizes, most), world.diagram
        self.nodes = [self.term(table) for table in world.tables]

    def term(self, table):
        """A table, put together assignment by assignment."""
        terms, built = self.terms, self.terms.leaf(next(iter(table.values())))
        for assignment, value in table.items():
            here = terms.yes
            for i, cell in enumerate(assignment):
                here = terms.both(here, terms.variable(i, [cell == k for k in range(self.world.sizes[i])]))
            built = terms.choose(here, terms.leaf(value), built)
        return built

    def held(self, term, node):
        """Assert that a term is the function of a node: the same values, and each for the same assignments."""
        assert set(self.terms.values(term)) == set(self.diagram.values(node))
        assert self.terms.support(term) == self.diagram.support(node)
        costs = [list(range(size)) for size in self.world.sizes]
        for wanted in self.diagram.values(node):
            same = partial(lambda wanted, value: repr(value) == repr(wanted), wanted)
            assert self.terms.cheapest(term, costs, same) == self.diagram.cheapest(node, costs, same)
        for assignment in self.world.everything:
            cells = dict(enumerate(assignment))
            (value,) = self.terms.values(self.terms.restrict(term, cells))
            assert value == self.diagram.value(self.diagram.at(node, cells))


@settings(small, max_examples=40)
@given(test_proofs.worlds(TRUTHS, TRUTHS, NUMBERS, NUMBERS), SMALL)
def test_a_term_is_the_function_that_the_diagram_has(world, most):
    """Every way of putting functions together is done again for terms, and each could go wrong."""
    twin = Twin(world, most)
    for make in (
        lambda d, p, _q, m, n: d.choose(p, m, n),
        lambda d, p, q, _m, _n: d.both(p, d.negation(q)),
        lambda d, p, q, _m, _n: d.either(p, q),
        lambda d, _p, _q, m, n: d.first(m, n),
        lambda d, _p, _q, m, n: d.merge("add", lambda a, b: a + b, m, n),
        lambda d, p, _q, m, n: d.apply("all", lambda *values: values, m, n, p),
        lambda d, _p, _q, m, n: d.fold(d.first, [m, n, d.leaf(7)]),
    ):
        twin.held(make(twin.terms, *twin.nodes), make(twin.diagram, *world.nodes))


@settings(small, max_examples=60)
@given(test_proofs.worlds(NUMBERS, TRUTHS, TRUTHS), SMALL, st.data())
def test_a_term_is_asked_as_the_diagram_is(world, most, data):
    """The answers that proofs rest on: where something never holds, which move goes wrong first, and the cheapest profile."""
    twin = Twin(world, most)
    (numbers, one, other), terms, diagram = twin.nodes, twin.terms, twin.diagram
    assert terms.never(one) == diagram.never(world.nodes[1])
    assert terms.meet(one, other) == diagram.meet(*world.nodes[1:])
    assert terms.meet(one, other, terms.negation(one), other) is False
    variable = data.draw(st.sampled_from(range(len(world.sizes))))
    pairs = list(itertools.permutations(range(world.sizes[variable]), 2))

    def wrong(one, other):
        return one is not None and other is not None and other < one

    found = diagram.breaks(world.nodes[0], variable, pairs, wrong)
    assert terms.breaks(numbers, variable, pairs, wrong) == found
    event(f"breaks: {found is not None}")
    costs = test_proofs.per_cell(data, world, 0, 4)
    assert terms.cheapest(numbers, costs, lambda value: value == 3) == diagram.cheapest(
        world.nodes[0], costs, lambda value: value == 3
    )
    weights = [[1] * size for size in world.sizes]
    counted = diagram.count(world.nodes[1], weights)
    try:
        assert terms.count(one, weights) == counted
    except NotCountedError:
        assert counted > 0


def test_what_goes_through_all_nodes_is_refused_of_a_term():
    """A term has no nodes, and another function's must not be taken for them."""
    terms = Terms([2, 2, 2], small=0)
    term = terms.apply("all", lambda *values: values, *(terms.variable(i, [0, 1]) for i in range(3)))
    assert term < 0
    for ask in (terms.below, terms.children, terms.asks, terms.is_leaf):
        with pytest.raises(TooLargeError):
            ask(term)


def test_too_many_values_together_are_refused():
    """A difference of two wide measures is neither a small diagram nor a short list of clauses."""
    terms = Terms([40] * 4, small=0)
    sums = [
        terms.apply("sum", lambda a, b: 100 * a + b, *(terms.variable(i, range(40)) for i in pair)) for pair in ((0, 1), (2, 3))
    ]
    with pytest.raises(TooLargeError):
        terms.apply("less", lambda a, b: a < b, *sums)


# --- sentences about packs ------------------------------------------------------------------------------------------


def solved_proof(rulebook, day, widths=(None, None), most=0):
    """A proof of a pack with all but the smallest diagrams as terms."""
    proof = test_proofs.proof_of(rulebook, day, *widths)
    proof.meaning.diagram = proof.diagram = Terms(proof.diagram.sizes, most)
    return proof


def alike(one, other):
    """Assert that two answers are one; of how many profiles are set apart the second may say only that there are some."""
    assert (one.sentence, one.verdict, one.pairs, one.days, one.free, one.rules) == (
        other.sentence, other.verdict, other.pairs, other.days, other.free, other.rules,
    )  # fmt: skip
    assert other.profiles in (one.profiles, 0)
    if other.apart != one.apart:
        assert one.apart
        assert "not counted" in other.why or other.verdict != "proved"
    if one.verdict != "proved":
        assert one.why == other.why


def asked_both_ways(rulebook, day, widths, most, told=event):
    """Assert that a solver answers every sentence of a pack as the diagram does, and that what it shows is so."""
    proof, solved = test_proofs.proof_of(rulebook, day, *widths), solved_proof(rulebook, day, widths, most)
    for prop in rulebook.pack.properties:
        mine, found = answer(prop, [proof]), answer(prop, [solved])
        told(f"{prop.form}: {found.verdict}")
        alike(mine, found)
        for pair in found.pairs:
            test_proofs.confirmed(proof, prop, pair)
    for sentence in DEFAULTS:
        mine, found = answers._default(sentence, [proof]), answers._default(sentence, [solved])
        told(f"{found.sentence}: {found.verdict}")
        alike(mine, found)


@settings(small, max_examples=max(40, settings.default.max_examples // 2))
@given(test_unknowns.packs(form=False), test_proofs.WIDTHS, SMALL, st.data())
def test_a_solver_answers_as_the_diagram_does(text, widths, most, data):
    """Two ways of proving that share the functions and not the proof; a false one would show here first."""
    text += data.draw(test_proofs.sentences(text, test_proofs.SMALL_INPUTS))
    asked_both_ways(test_proofs.accepted(text), test_proofs.DAY, widths, most)


@settings(small, max_examples=max(20, settings.default.max_examples // 4))
@given(test_proofs.rich_packs(form=False), test_proofs.WIDTHS, test_proofs.RICH_DAYS, SMALL, st.data())
def test_a_solver_answers_as_the_diagram_does_over_days_rates_and_failures(text, widths, day, most, data):
    """Tables that read each other, every hit policy, and amounts that cannot always be worked out."""
    test_proofs.accepted(text)
    text += data.draw(test_proofs.sentences(text, test_proofs.RICH_ASKED))
    asked_both_ways(test_proofs.accepted(text), day, widths, most)


@pytest.mark.parametrize("text", [text for text, _ in test_proofs.BREACHES.values()], ids=list(test_proofs.BREACHES))
def test_a_planted_breach_is_found_by_a_solver_too(text):
    """Each form of sentence, with the very profiles that the diagram shows."""
    asked_both_ways(helpers.rulebook(text), helpers.DAY, (None, None), 0, told=str)


@pytest.mark.parametrize("text", test_proofs.HOLDS.values(), ids=list(test_proofs.HOLDS))
def test_a_sentence_that_holds_is_proved_by_a_solver_too(text):
    """The packs beside the planted ones."""
    asked_both_ways(helpers.rulebook(text), helpers.DAY, (None, None), 0, told=str)


# --- packs that are too large for a diagram -------------------------------------------------------------------------

LEVELS = ("none", "mild", "moderate", "severe", "profound")
NEEDS = [f"need_{i}" for i in range(20)]
SENTENCES = [
    f"raising any of [{', '.join(NEEDS)}] never lowers out",
    "out does not depend on setting",
    f"one step in any of [{', '.join(NEEDS)}] moves out by at most 4",
    "no profile has out at least T5 while every one of [need_1, need_2, need_3] is at most none",
]


def drawn_without_order(rules, seed=1):
    """A pack of rules whose tests, inputs and outcomes have nothing to do with each other."""
    chance = random.Random(seed)  # noqa: S311  # the same pack on every machine
    lines = []
    for i in range(rules - 1):
        names = chance.sample(NEEDS, chance.randint(2, 5))
        tests = ", ".join(f'{name}: "{chance.choice(["", "< "])}{chance.choice(LEVELS[1:])}"' for name in names)
        lines.append(f"    - {{id: R-{i}, when: {{{tests}}}, then: T{chance.randrange(6)}, because: b}}\n")
    head = "scales: {need: [none, mild, moderate, severe, profound], tariff: [T0, T1, T2, T3, T4, T5]}\n"
    inputs = "inputs:\n" + "".join(f"  {name}: {{ask: Need, type: scale, scale: need}}\n" for name in NEEDS)
    inputs += "  setting: {ask: Where, type: choice, of: [x, y, z]}\n"
    table = "- decision: out\n  asks: Which?\n  type: {scale: tariff}\n  hit: first\n  rules:\n" + "".join(lines)
    table += "    - {id: R-LAST, otherwise: T0, because: b}\n"
    return helpers.rulebook(helpers.pack(table, inputs=head + inputs, more=f"properties: [{', '.join(map(repr, SENTENCES))}]\n"))


@pytest.fixture(scope="module")
def unordered():
    """300 rules over 20 needs, of which no diagram can be made."""
    return drawn_without_order(300)


def test_a_pack_that_no_diagram_holds_is_answered_by_a_solver(unordered):
    """Each answer is a proof or a breach that the reference engine confirms; none is left open."""
    poor = partial(proofs_of, unordered._reference, unordered._completions, partial(Diagram, budget=100_000))
    proofs = askable(unordered._reference, unordered._completions, poor)  # the true budget would be passed some seconds later
    assert isinstance(proofs[0].diagram, Terms)
    found = {one.sentence: one for one in prove(proofs)}
    assert all(one.verdict in ("proved", "broken") for one in found.values())
    assert found["out does not depend on setting"].verdict == "proved"
    assert found[SENTENCES[0]].verdict == "broken"
    for prop in unordered.pack.properties:
        for pair in found[prop.text].pairs:
            test_proofs.confirmed(proofs[0], prop, pair)


def test_a_pack_that_is_too_large_is_refused_with_a_hint_where_there_is_no_solver(unordered, monkeypatch):
    """The reader is told what to install; nothing is claimed."""
    monkeypatch.setattr(answers, "available", lambda: False)

    poor = partial(proofs_of, unordered._reference, unordered._completions, partial(Diagram, budget=3_000))
    with pytest.raises(EngineError) as refused:
        askable(unordered._reference, unordered._completions, poor)
    (finding,) = refused.value.findings
    assert finding.code == "CX706"
    assert "`out`" in finding.message
    assert "kent-continuum[proofs]" in finding.hint


def test_a_solver_that_gives_up_leaves_a_sentence_not_proved(unordered, monkeypatch):
    """What was not found out is said to be open, with the reason."""
    monkeypatch.setattr(Clauses.__init__, "__defaults__", (1,))
    found = prove(proofs_of(unordered._reference, unordered._completions, Terms))
    open_ = [one for one in found if one.verdict == "not_proved"]
    assert open_
    assert all("1 conflicts" in one.why for one in open_)
