# SPDX-License-Identifier: MIT
"""The diagrams that proofs rest on, held to the reference engine: leaf by leaf, and sentence by sentence against enumeration."""

import copy
import datetime as dt
import itertools
import random
from fractions import Fraction
from functools import lru_cache, partial
from pathlib import Path

import pytest

pytest.importorskip("hypothesis")

from hypothesis import HealthCheck, Phase, assume, event, given, settings
from hypothesis import strategies as st
from tests import helpers, test_unknowns

from continuum.arithmetic import CannotWorkOut
from continuum.compiled import ABSENT
from continuum.engines.completions import Completions, Line, stands
from continuum.engines.hits import Upstream
from continuum.engines.reference import Reference
from continuum.errors import EngineError, PackError
from continuum.packs.library import Library
from continuum.proofs.diagram import Diagram, TooLargeError
from continuum.proofs.meaning import Formula
from continuum.proofs.proof import Proof, days_to_prove
from continuum.proofs.properties import FORMS, answer
from continuum.rulebook import Rulebook
from continuum.testing import boundary_profiles, packs, rulebook_of

ROOT = Path(__file__).resolve().parents[1]
ENTRIES = [entry for folder in ("rules", "examples/schemes") for entry in Library([ROOT / folder]).entries]
RULEBOOKS = {f"{entry.id} {entry.version}": Rulebook(entry.written) for entry in ENTRIES}
every_pack = pytest.mark.parametrize("rulebook", RULEBOOKS.values(), ids=RULEBOOKS)
DEEP = settings.get_current_profile_name() == "deep"
DAY = test_unknowns.DAY
PHASES = [phase for phase in Phase if phase is not Phase.explain]  # explaining a failure takes longer than finding it
small = settings(deadline=None, suppress_health_check=list(HealthCheck), phases=PHASES)

# --- diagrams -------------------------------------------------------------------------------------------------------


class World:
    """A few variables, and functions of them as tables: one value for every assignment."""

    def __init__(self, sizes, tables):
        self.sizes = sizes
        self.diagram = Diagram(sizes)
        self.everything = list(itertools.product(*map(range, sizes)))
        self.tables = [dict(zip(self.everything, table, strict=True)) for table in tables]
        self.nodes = [self.node(table) for table in self.tables]

    def node(self, table, before=()):
        """The node of a table, variable by variable from the first."""
        if len(before) == len(self.sizes):
            return self.diagram.leaf(table[before])
        children = [self.node(table, (*before, cell)) for cell in range(self.sizes[len(before)])]
        return self.diagram.node(len(before), tuple(children))

    def table(self, node):
        """What a node gives for every assignment."""
        return {one: self.diagram.value(self.diagram.at(node, dict(enumerate(one)))) for one in self.everything}

    def moved(self, one, variable, cell):
        """An assignment with one variable in another cell."""
        return (*one[:variable], cell, *one[variable + 1 :])


NUMBERS = st.sampled_from([0, 1, 2, 3, None])
TRUTHS = st.booleans()


@st.composite
def worlds(draw, *values):
    """A world with one function for each of these kinds of values."""
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=4))
    count = len(list(itertools.product(*map(range, sizes))))
    return World(sizes, [draw(st.lists(kind, min_size=count, max_size=count)) for kind in values])


@small
@given(worlds(NUMBERS))
def test_a_diagram_gives_what_the_table_gives_and_asks_only_what_matters(world):
    """A node that asks what does not matter would make equal functions different, and every proof by comparing numbers wrong."""
    (table,), (node,), diagram = world.tables, world.nodes, world.diagram
    assert world.table(node) == table
    matters = {
        variable
        for one in world.everything
        for variable, size in enumerate(world.sizes)
        if any(table[one] != table[world.moved(one, variable, cell)] for cell in range(size))
    }
    assert diagram.support(node) == matters
    assert set(diagram.values(node)) == set(table.values())
    assert len(diagram.values(node)) == len(set(diagram.values(node)))
    assert diagram.is_leaf(node) == (not matters)
    below = diagram.below(node)
    assert len(below) == len(set(below))
    assert all(len(set(diagram.children(one))) > 1 for one in below if not diagram.is_leaf(one))
    assert all(diagram.asks(child) > diagram.asks(one) for one in below for child in diagram.children(one))


@small
@given(worlds(NUMBERS, NUMBERS), st.randoms(use_true_random=False))
def test_two_functions_are_equal_exactly_where_they_are_one_number(world, rng):
    """However a function is put together, the diagram knows it again."""
    one, other = world.tables
    assert (world.nodes[0] == world.nodes[1]) == (one == other)
    built, order = world.diagram.leaf(None), list(world.everything)
    rng.shuffle(order)
    for assignment in order:
        here = world.diagram.yes
        for i, cell in enumerate(assignment):
            here = world.diagram.both(here, world.diagram.variable(i, [cell == k for k in range(world.sizes[i])]))
        built = world.diagram.choose(here, world.diagram.leaf(one[assignment]), built)
    assert built == world.nodes[0]


def test_one_and_yes_are_different_values():
    """Python holds 1 and True to be equal; a table of numbers and a table of yes and no are not."""
    diagram = Diagram([2])
    assert diagram.leaf(1) != diagram.leaf(True)
    assert diagram.variable(0, [1, True]) not in (diagram.leaf(1), diagram.leaf(True))
    assert diagram.leaf(True) == diagram.yes


@small
@given(worlds(TRUTHS, TRUTHS, NUMBERS, NUMBERS))
def test_functions_of_functions_are_worked_out_value_by_value(world):
    """Each way of putting functions together has a short cut of its own, and each short cut is a place to be wrong."""
    p, q, m, n = world.tables
    one, other, yes, no = world.nodes
    diagram, each = world.diagram, world.everything
    pairs = diagram.apply("pairs", lambda *values: values, yes, no, one)
    assert world.table(pairs) == {i: (m[i], n[i], p[i]) for i in each}
    assert world.table(diagram.both(one, other)) == {i: p[i] and q[i] for i in each}
    assert world.table(diagram.either(one, other)) == {i: p[i] or q[i] for i in each}
    assert world.table(diagram.negation(one)) == {i: not p[i] for i in each}
    assert world.table(diagram.choose(one, yes, no)) == {i: m[i] if p[i] else n[i] for i in each}
    assert diagram.negation(diagram.negation(one)) == one
    assert diagram.both(one, other) == diagram.both(other, one)
    assert diagram.negation(diagram.either(one, other)) == diagram.both(diagram.negation(one), diagram.negation(other))
    assert diagram.both(one, diagram.negation(one)) == diagram.no
    assert diagram.choose(one, diagram.yes, diagram.no) == one


@small
@given(worlds(NUMBERS), st.data())
def test_restricting_and_going_down_give_the_same(world, data):
    """Two profiles that differ in one cell are two restrictions of one function."""
    (table,), (node,), diagram = world.tables, world.nodes, world.diagram
    names = data.draw(st.sets(st.integers(0, len(world.sizes) - 1)))
    cells = {i: data.draw(st.integers(0, world.sizes[i] - 1)) for i in names}
    inside = {one: tuple(cells.get(i, cell) for i, cell in enumerate(one)) for one in world.everything}
    restricted = diagram.restrict(node, cells)
    assert world.table(restricted) == {one: table[inside[one]] for one in world.everything}
    assert not diagram.support(restricted) & names
    stopped = diagram.at(node, cells)
    assert diagram.is_leaf(stopped) or diagram.asks(stopped) not in cells
    assert all(world.table(stopped)[inside[one]] == table[inside[one]] for one in world.everything)


def per_cell(data, world, low, high):
    """A drawn number for every cell of every variable."""
    return [data.draw(st.lists(st.integers(low, high), min_size=size, max_size=size)) for size in world.sizes]


@small
@given(worlds(NUMBERS), st.data())
def test_counting_weighs_every_assignment(world, data):
    """The number of profiles is told in every proof; a variable that nobody asks counts too."""
    weights = per_cell(data, world, 0, 5)
    (table,), (node,) = world.tables, world.nodes
    brute = 0
    for one, value in table.items():
        ways = 1
        for i, cell in enumerate(one):
            ways *= weights[i][cell]
        brute += ways * (value is not None and value >= 2)
    assume(all(map(sum, weights)))
    assert world.diagram.count(node, weights, lambda value: value is not None and value >= 2) == brute


@small
@given(worlds(NUMBERS), st.data())
def test_the_cheapest_way_is_the_cheapest_of_all_and_the_lowest_of_equals(world, data):
    """The example that is shown for a breach is the smallest one."""
    costs = per_cell(data, world, 0, 4)
    (table,), (node,) = world.tables, world.nodes
    found = world.diagram.cheapest(node, costs, lambda value: value == 3)
    ways = [(sum(costs[i][cell] for i, cell in enumerate(one)), one) for one, value in table.items() if value == 3]
    assert found == (dict(enumerate(min(ways)[1])) if ways else None)


@small
@given(worlds(NUMBERS))
def test_bounds_are_the_least_and_greatest_number_under_each_node(world):
    """Pairs of profiles are passed over where the bounds say that none can be wrong."""
    (node,), diagram = world.nodes, world.diagram
    for here, bound in diagram.bounds(node).items():
        numbers = [value for value in diagram.values(here) if value is not None]
        assert bound == ((min(numbers), max(numbers)) if numbers else None)


@small
@given(worlds(NUMBERS), st.booleans(), st.data())
def test_a_move_that_goes_wrong_is_found_exactly_where_there_is_one(world, bounded, data):
    """A breach that is passed over is a false proof."""
    (table,), (node,), diagram = world.tables, world.nodes, world.diagram
    variable = data.draw(st.sampled_from(range(len(world.sizes))))
    every_pair = list(itertools.permutations(range(world.sizes[variable]), 2))
    pairs = data.draw(st.lists(st.sampled_from(every_pair), unique=True)) if every_pair else []
    bounds = diagram.bounds(node)

    def wrong(one, other):
        return one is not None and other is not None and other < one

    def safe(one, other):
        return bounds[one] is None or bounds[other] is None or bounds[one][1] <= bounds[other][0]

    breaking = {
        pair for pair in pairs for one in world.everything if wrong(*(table[world.moved(one, variable, cell)] for cell in pair))
    }
    found = diagram.breaks(node, variable, pairs, wrong, *([safe] * bounded))
    assert found in breaking if breaking else found is None


def test_a_diagram_that_would_pass_its_budget_says_so():
    """A proof that cannot be made is refused; a machine that runs out of memory says nothing."""
    diagram = Diagram([2] * 12, budget=40)
    with pytest.raises(TooLargeError):
        diagram.apply("all", lambda *values: values, *(diagram.variable(i, [0, 1]) for i in range(12)))


def test_a_table_that_would_pass_the_budget_is_named():
    """The reader is told which table to split."""
    rulebook = RULEBOOKS["kent-continuum 2025.9.0"]
    proof = proof_of(rulebook, rulebook.pack.some_day)
    proof.diagram.budget = 60
    with pytest.raises(EngineError) as refused:
        [proof.meaning.table(name) for name in rulebook.pack.tables]
    (finding,) = refused.value.findings
    assert finding.code == "CX706"
    assert any(f"`{name}`" in finding.message for name in [*rulebook.pack.tables, *rulebook.pack.measures]), finding.message


# --- the diagram of a pack and the reference engine -----------------------------------------------------------------


def proof_of(rulebook, day, few=None, widest=None):
    """A proof of a pack on a day; with ``few``, inputs of more values than that are not followed value by value."""
    reference = Reference(rulebook.pack)
    with pytest.MonkeyPatch.context() as patch:
        if few is not None:
            patch.setattr("continuum.proofs.space.FEW", few)
        if widest is not None:
            patch.setattr("continuum.proofs.space.WIDEST", widest)
            patch.setattr("continuum.proofs.meaning.Meaning._too_long", lambda _self, _asked: True)
        return Proof(reference, Completions(reference), day)


class Cells:
    """In which cell of each variable a profile stands: the last of those that nothing fixed tells apart from it."""

    def __init__(self, proof):
        self.proof, self.space = proof, proof.meaning.space
        self.known = {}
        uses, completions = self.space.uses, self.space.completions
        self.cuts = {
            name: [(one, sorted(completions.constants(uses, one, proof.day))) for one in (name, *uses.through.get(name, ()))]
            for name in proof.pack.inputs
        }

    def sign(self, name, value):
        """How a value stands to all that it is compared with, itself and through measures of it alone."""
        key = (name, value)
        if key not in self.known:
            env = self.proof.reference.env({name: value}, self.proof.day)
            self.known[key] = tuple(stands(env, one, points) for one, points in self.cuts[name])
        return self.known[key]

    def cell(self, variable, value):
        """The number of the cell of a value."""
        if value is ABSENT or value in variable.cells:
            return variable.cells.index(value)
        assert not variable.exact, (variable.name, value)
        lower = [i for i, cell in enumerate(variable.cells) if cell is not ABSENT and cell <= value]
        same = [i for i in lower if self.sign(variable.name, variable.cells[i]) == self.sign(variable.name, value)]
        return (same or lower)[-1]

    def of(self, values, given):
        """The cells of all variables but the free ones."""
        found = {}
        for i, variable in enumerate(self.space.variables):
            if variable.kind == "input":
                found[i] = self.cell(variable, values[variable.name])
            elif variable.kind == "given":
                found[i] = variable.cells.index(variable.name in given)
        return found


def told(worked):
    """What a result is to a pupil, its fields in any order."""
    value = worked.value
    if isinstance(value, dict):
        value = tuple(value.items())
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        value = frozenset(value)
    return worked.state, value, worked.cause == "individually_agreed", worked.to


def parts(worked):
    """The values of a result."""
    value = worked.value
    return [part for _, part in value] if isinstance(value, tuple) and value and isinstance(value[0], tuple) else [value]


def agrees(leaf, worked):
    """Whether a leaf gives what the reference engine gives, or a formula where that gives a value."""
    if not any(isinstance(part, Formula) for part in parts(leaf)):
        return told(leaf) == told(worked)
    if worked.state != "indicated" or isinstance(leaf.value, Formula):
        return worked.state == "indicated"
    known = {name: part for name, part in leaf.value if not isinstance(part, Formula)}
    return all(worked.value[name] == part for name, part in known.items())


def held(proof, cells, values, given=None):
    """Assert that some setting of what is free gives what the reference engine gives, for all tables and for what is possible
    together; where nothing is free, that is the very leaf. How many leaves were compared and are no formula.
    """
    reference, diagram = proof.reference, proof.diagram
    given = frozenset(values) if given is None else given
    env, where = reference.env(values, proof.day, given), cells.of(values, given)
    compared = 0
    together = diagram.restrict(proof.meaning.possible, where)
    excluded = proof.completions.contradiction(env) is not None
    told_of = {"possible": diagram.values(together)}
    if excluded:
        together = diagram.negation(together)
    for name in proof.pack.tables:
        here = diagram.restrict(proof.meaning.table(name), where)
        told_of[name] = diagram.values(here)
        right = diagram.yes
        if diagram.is_leaf(here):
            leaf = diagram.value(here)
            compared += told(leaf) == told(env[name])
            right = diagram.leaf(agrees(leaf, env[name]))
        else:
            right = diagram.apply(object(), partial(lambda worked, leaf: agrees(leaf, worked), env[name]), here)
        assert right != diagram.no, (name, env[name], told_of[name], values)
        together = diagram.both(together, right)
    assert together != diagram.no, (excluded, values, told_of, dict(env))
    return compared


def value_of(asked, day):
    """Any value of an input."""
    absent = [ABSENT] * asked.optional
    if asked.type.kind == "yes_no":
        return st.sampled_from([False, True, *absent])
    if asked.type.values:
        return st.sampled_from([*asked.type.values, *absent])
    line = Line(asked, day)
    anywhere = st.integers(0, line.count - 1).map(line.at)
    return st.one_of(anywhere, st.just(ABSENT)) if absent else anywhere


def near(proof, rng, name):
    """A value of an input: of a cell, or beside one, or anywhere."""
    asked = proof.pack.inputs[name]
    values = every_value(asked, proof.day) if asked.type.values else None
    if values:
        return rng.choice(values)
    if asked.optional and rng.random() < 0.2:
        return ABSENT
    line, index = Line(asked, proof.day), proof.meaning.space.index.get(("input", name))
    cells = [] if index is None else [cell for cell in proof.meaning.variables[index].cells if cell is not ABSENT]
    if cells and rng.random() < 0.7:
        at = line.index(rng.choice(cells)) + rng.choice([-1, 0, 0, 1])
        return line.at(min(max(at, 0), line.count - 1))
    return line.at(rng.randrange(line.count))


def every_value(asked, day):
    """All values of an input, lowest first."""
    absent = [ABSENT] * asked.optional
    if asked.type.kind == "yes_no":
        return [False, True, *absent]
    return [*(asked.type.values or Line(asked, day).all()), *absent]


@every_pack
def test_every_table_of_a_pack_means_what_the_reference_engine_decides_at_boundaries(rulebook):
    """A proof about the diagram is a proof about the pack only where the two are the same."""
    compared = 0
    for day in days_to_prove(rulebook.pack) if DEEP else days_to_prove(rulebook.pack)[:3]:
        proof = proof_of(rulebook, day)
        cells = Cells(proof)
        for profile in itertools.islice(boundary_profiles(rulebook, on=day, pairs=DEEP), 2_000 if DEEP else 150):
            compared += held(proof, cells, profile.exact_values())
        assert compared > 0 or proof.meaning.free


@every_pack
def test_every_table_of_a_pack_means_what_the_reference_engine_decides_of_drawn_profiles(rulebook):
    """Impossible profiles are among them: what is possible must be told rightly too."""
    rng = random.Random(rulebook.id)  # noqa: S311  # the same profiles on every machine
    for day in days_to_prove(rulebook.pack)[:2]:
        proof = proof_of(rulebook, day)
        cells = Cells(proof)
        for _ in range(2_000 if DEEP else 60):
            values = {name: near(proof, rng, name) for name in rulebook.pack.inputs}
            given = frozenset(values) if rng.random() < 0.5 else frozenset(n for n in values if rng.random() < 0.7)
            held(proof, cells, values, given)


WIDTHS = st.sampled_from([(None, None), (None, None), (0, None), (0, 0)])


@settings(small, max_examples=max(150, settings.default.max_examples))
@given(test_unknowns.packs(), WIDTHS, st.data())
def test_every_table_of_a_drawn_pack_means_what_the_reference_engine_decides(text, widths, data):
    """The same pack is also read as if its number had too many values, so that formulas and free variables come about."""
    rulebook = test_unknowns.rulebook(text)
    proof = proof_of(rulebook, DAY, *widths)
    cells = Cells(proof)
    event(f"{len(proof.meaning.free)} free")
    for _ in range(20):
        values = {name: data.draw(st.sampled_from(options)) for name, options in test_unknowns.VALUES.items()}
        given = data.draw(st.sampled_from([frozenset(values), frozenset("an"), frozenset("bc"), frozenset()]))
        held(proof, cells, values, given)


@settings(small, max_examples=max(60, settings.default.max_examples))
@given(packs(form=False), st.data())
def test_every_table_of_a_drawn_pack_of_wide_inputs_means_what_the_reference_engine_decides(text, data):
    """Days, half steps, amounts, and comparisons between inputs."""
    rulebook = rulebook_of(text)
    day = data.draw(st.sampled_from([dt.date(2025, 1, 1), dt.date(2025, 6, 15)]))
    proof = proof_of(rulebook, day)
    cells = Cells(proof)
    event(f"{len(proof.meaning.free)} free")
    rng = random.Random(data.draw(st.integers(0, 1_000)))  # noqa: S311
    for _ in range(15):
        held(proof, cells, {name: near(proof, rng, name) for name in rulebook.pack.inputs})


RICH_INPUTS = """
scales:
  need: {values: [none, mild, severe], points: {none: 0, mild: 2, severe: 5}}
inputs:
  a: {ask: "Need", type: scale, scale: need}
  b: {ask: "On roll", type: yes_no, optional: yes}
  n: {ask: "Cycles", type: integer, min: 0, max: 4}
  m: {ask: "Hours", type: number, min: 0, max: 1.5, step: 0.5, optional: yes}
  d: {ask: "Day", type: date, min: 2025-09-29, max: 2025-10-02}
measures:
  until: add_days(d, 2)
  left: days_between(d, today)
  share: n / (m - 1)
  said: if_absent(m, 2)
  blank: coalesce(n, 3)
  there: "if(known(m), points(a), n)"
  second: nth_highest(2, n, 2, points(a))
  up_to: "nearest(n, 1, 3, up)"
  bend: (n - 2) * (n - 2)
  level: printed[n]
  back: nearest(n, amount)
rates:
  amount: {keys: [need], type: number, rows: [
    {need: none, value: 0}, {need: mild, value: 1.5, from: 2025-10-01}, {need: severe, value: 3}]}
  printed: {keys: [n], type: {scale: need}, rows: [
    {n: "[0 .. 1]", value: none}, {n: 2, value: severe}, {n: 3, value: unpublished}]}
  base: {type: number, rows: [{value: 2, to: 2025-09-30}, {value: 3, from: 2025-10-01}]}
"""
RICH_VALUES = {
    "a": ("none", "mild", "severe"),
    "b": (False, True, ABSENT),
    "n": (0, 1, 2, 3, 4),
    "m": (0, Fraction(1, 2), 1, Fraction(3, 2), ABSENT),
    "d": tuple(dt.date(2025, 9, 29) + dt.timedelta(days=i) for i in range(4)),
}
RICH_CELLS = [
    "a: severe", 'a: ">= mild"', 'a: "not (mild)"', "b: yes", "b: absent", 'n: ">= 2"', 'n: "[1 .. 3)"', 'n: "> m"',
    'm: "< n / 2"', "m: present", 'm: "1, 1.5"', 'd: "< 2025-10-01"', 'd: "<= today"', 'until: "> today"', 'left: "[0 .. 1]"',
    'share: "> 1"', 'said: ">= 1"', 'blank: ">= 3"', 'there: "> 1"', 'second: "2"', 'up_to: ">= 3"', 'bend: ">= 4"',
    'bend: "> m"', "level: severe", 'level: ">= a"', 'back: ">= mild"', 'n: ">= base"', 'n: ">= amount[a]"',
    'today: ">= 2025-10-01"', "n: known", "m: unknown", 'm: "> share"',
]  # fmt: skip
RICH_TYPES = {
    "scale": ("{scale: [low, mid, top]}", ["unique", "first", "highest", "any"]),
    "set": ("{choice: [low, mid, top]}", ["collect"]),
    "number": ("number\n    places: 1\n    rounding: half_up", ["unique", "first", "highest", "any", "sum"]),
    "fields": ("{fields: {size: {scale: [low, mid, top]}, cost: number}}", ["first", "unique", "any", "highest"]),
    "date": ("date", ["first", "any", "highest"]),
    "yes_no": ("yes_no", ["first", "any"]),
}
RICH_THENS = {
    "scale": ["low", "mid", "top", '"= if(n > m, low, top)"', '"= if(b, low, mid)"', '"= if(share > 1, mid, top)"'],
    "set": ["low", '"top, low"', '["= if(n > 2, low, mid)"]', '["= if(share > 1, mid, top)"]'],
    "number": ["0", "2.5", '"= n / 3"', '"= said * base"', '"= share"', '"= amount[a]"', '"= max(n, second)"', '"= m"'],
    "fields": [
        "{size: mid, cost: 4}", "{cost: 4, size: mid}", '{size: mid, cost: "= n"}', '{size: top, cost: "= share"}',
        '{size: "= if(n > m, low, top)", cost: 0}', '{size: low, cost: "= n * m"}',
    ],
    "date": ["2025-01-01", '"= until"', '"= if(b, d, add_days(d, n))"', '"= add_months(d, n)"'],
    "yes_no": ["yes", "no", '"= n > m"', '"= b"', '"= share > 1"'],
}  # fmt: skip
REFERRALS = [
    "refer, to: A person", "refer, to: Another person", "refer, to: A person", "not_applicable", "{individually_agreed: yes}",
    "unpublished",
]  # fmt: skip
RICH_READS = {
    "scale": ["{}: top", '{}: ">= mid"', '{}: "not (low)"'],
    "set": ["{}: top", '{}: "not (low, mid)"', "{}: empty"],
    "number": ['{}: "> 2"', '{}: "> n"', '{}: "not (0)"'],
    "fields": ["{}.size: top", '{}.cost: ">= n"', '{}.cost: "> 0"'],
    "date": ['{}: "< d"', '{}: ">= 2025-10-01"'],
    "yes_no": ["{}: yes", "{}: no"],
}
READ_ON = {"number": '"= {} + n"', "scale": '"= {}"', "date": '"= {}"', "yes_no": '"= {}"'}


@st.composite
def rich_packs(draw, form=True):
    """Three tables of any kind, each of which may read those before it, over days, rates and much of what may fail."""
    cells = [cell for cell in RICH_CELLS if form or not any(word in cell for word in ("known", "blank", "there"))]
    text, kinds = "", {}
    for name in ("one", "two", "three"):
        kind = draw(st.sampled_from(sorted(RICH_TYPES)))
        type_, hits = RICH_TYPES[kind]
        hit = draw(st.sampled_from(hits))
        thens = RICH_THENS[kind] + [
            READ_ON[kind].format(one) for one, other in kinds.items() if other == kind and kind in READ_ON
        ]
        thens = draw(st.sampled_from([thens, thens + REFERRALS]))
        read = [cell.format(one) for one, other in kinds.items() for cell in RICH_READS[other]]
        whole = [f"{one}.size" if other == "fields" else one for one, other in kinds.items()]
        read += [f"{one}: {state}" for one in whole for state in test_unknowns.STATES]
        conditions = test_unknowns.conditions(cells + 3 * read)
        rank = "\n    rank_by: size" if (kind, hit) == ("fields", "highest") else ""
        text += f"  - decision: {name}\n    asks: What?\n    type: {type_}{rank}\n    hit: {hit}\n    rules:\n"
        for i in range(draw(st.integers(1, 4))):
            when, then = draw(conditions), draw(st.sampled_from(thens))
            deliberate = ", missing: deliberate" if "unknown" in when else ""
            text += f'      - {{id: {name.upper()}-{i}, when: {when}, then: {then}, because: "So."{deliberate}}}\n'
        if draw(st.booleans()):
            text += f'      - {{id: {name.upper()}-9, otherwise: {draw(st.sampled_from(thens))}, because: "Else."}}\n'
        kinds[name] = kind
    cannot = draw(st.lists(test_unknowns.conditions(cells[:29]), max_size=2))
    more = "impossible:\n" * bool(cannot) + "".join(f'  - {{when: {when}, because: "No."}}\n' for when in cannot)
    return f"outcomes: [one, two, three]\n{RICH_INPUTS}decisions:\n{text}{more}"


RICH_DAYS = st.sampled_from([DAY, dt.date(2025, 9, 30)])


@settings(small, max_examples=max(120, settings.default.max_examples))
@given(rich_packs(), WIDTHS, RICH_DAYS, st.data())
def test_every_table_of_a_drawn_pack_of_days_rates_and_failures_means_what_the_reference_engine_decides(text, widths, day, data):
    """What may not be there, and who decides then, is passed on from table to table."""
    rulebook = accepted(text)
    proof = proof_of(rulebook, day, *widths)
    cells = Cells(proof)
    event(f"{len(proof.meaning.free)} free")
    rng = random.Random(data.draw(st.integers(0, 1_000)))  # noqa: S311
    for _ in range(20):
        values = {name: rng.choice(options) for name, options in RICH_VALUES.items()}
        given = frozenset(values) if rng.random() < 0.5 else frozenset(n for n in values if rng.random() < 0.6)
        held(proof, cells, values, given)


def accepted(text):
    """The rulebook of a drawn pack; another is drawn where it is refused."""
    try:
        return test_unknowns.rulebook(text)
    except PackError as error:
        event(f"refused: {error.findings[0].code} {error.findings[0].message}")
        return assume(False)


@pytest.mark.parametrize(
    "when",
    [
        '{any: [{n: ">= amount[a]"}, {m: present}]}',
        '{any: [{m: present}, {n: ">= amount[a]"}]}',
        '{not: {n: ">= amount[a]"}}',
        '{all: [{n: ">= amount[a]"}, {not: {m: present}}]}',
    ],
)
def test_what_is_impossible_is_so_in_the_order_in_which_it_is_asked(when):
    """An entry that cannot be worked out excludes nothing, whatever its other parts say."""
    text = f"outcomes: [one]\n{RICH_INPUTS}impossible: [{{when: {when}, because: No.}}]\ndecisions:\n"
    text += "  - {decision: one, asks: W, type: yes_no, hit: first, rules: [{id: O-1, otherwise: yes, because: b}]}\n"
    proof = proof_of(test_unknowns.rulebook(text), dt.date(2025, 9, 30))  # nothing is published for mild on this day
    cells = Cells(proof)
    for chosen in itertools.product(*RICH_VALUES.values()):
        held(proof, cells, dict(zip(RICH_VALUES, chosen, strict=True)))


# --- counting -------------------------------------------------------------------------------------------------------


@settings(small, max_examples=max(60, settings.default.max_examples))
@given(test_unknowns.packs(form=False), WIDTHS)
def test_there_are_as_many_profiles_as_can_be_counted_one_by_one(text, widths):
    """The number is told to people."""
    proof = proof_of(test_unknowns.rulebook(text), DAY, *widths)
    free = {i for i, variable in enumerate(proof.meaning.variables) if variable in proof.meaning.free}
    assume(not free & proof.diagram.support(proof.meaning.possible))
    asked = [variable.name for variable in proof.meaning.variables if variable.kind == "input"]
    lowest = {name: options[0] for name, options in test_unknowns.VALUES.items()}
    brute = 0
    for chosen in itertools.product(*(test_unknowns.VALUES[name] for name in asked)):
        env = proof.reference.env({**lowest, **dict(zip(asked, chosen, strict=True))}, DAY)
        brute += proof.completions.contradiction(env) is None
    assert proof.profiles == brute


@every_pack
def test_the_cells_of_an_input_hold_all_its_values_once(rulebook):
    """Counts of profiles are products of these."""
    proof = proof_of(rulebook, rulebook.pack.some_day)
    for variable in proof.meaning.variables:
        if variable.kind == "input":
            asked = rulebook.pack.inputs[variable.name]
            whole = len(asked.type.values) if asked.type.values else Line(asked, proof.day).count
            assert sum(variable.counts) == whole + asked.optional, variable.name
            assert len(set(variable.cells)) == len(variable.cells) == len(variable.counts)


def test_cells_hold_as_many_values_as_stand_in_them():
    """Read off by hand: 0, 1 to 5,999, 6,000, and above it to 20,000 by steps of one."""
    inputs = "inputs:\n  cost: {ask: Cost, type: number, step: 1, min: 0, max: 20000}\n"
    text = helpers.table(
        "first",
        '- {id: R-1, when: {cost: "0"}, then: 0, because: b}\n'
        '- {id: R-2, when: {cost: "<= 6000"}, then: 1, because: b}\n'
        "- {id: R-3, otherwise: 2, because: b}",
        inputs=inputs,
    )
    proof = proof_of(helpers.rulebook(text), helpers.DAY)
    (variable,) = proof.meaning.variables
    assert (variable.cells, variable.counts) == ((0, 1, 6000, 6001), (1, 5999, 1, 14000))
    counted = proof.diagram.apply("one", lambda worked: worked.value == 1, proof.outcome("out"))
    assert (proof.profiles, proof.count(counted)) == (20_001, 6_000)


# --- sentences ------------------------------------------------------------------------------------------------------


class Truth:
    """Every profile of a small pack that can be, decided one by one by the reference engine."""

    def __init__(self, proof):
        self.proof, self.pack = proof, proof.pack
        self.names = list(self.pack.inputs)
        self.values = {name: every_value(asked, proof.day) for name, asked in self.pack.inputs.items()}
        self.worked = {}
        for key in itertools.product(*self.values.values()):
            env = proof.reference.env(dict(zip(self.names, key, strict=True)), proof.day)
            if proof.completions.contradiction(env) is None:
                self.worked[key] = {name: env[name] for name in self.pack.tables}
        self.everyone = self.worked

    def limited(self, prop):
        """The same, of the profiles that a sentence speaks of."""
        if prop.where is None:
            return self
        holds, found = self.proof.reference.holds(prop.where), copy.copy(self)
        envs = {key: self.proof.reference.env(dict(zip(self.names, key, strict=True)), self.proof.day) for key in self.worked}
        found.worked = {key: worked for key, worked in self.worked.items() if so(holds, envs[key])}
        return found

    def moved(self, key, **changes):
        """A profile with some inputs changed."""
        return tuple(changes.get(name, value) for name, value in zip(self.names, key, strict=True))

    def moves(self, name):
        """Pairs of profiles that can be and differ in one input only, each way."""
        at = self.names.index(name)
        for key in self.worked:
            for value in self.values[name]:
                other = self.moved(key, **{name: value})
                if value is not key[at] and other in self.worked:
                    yield key, other

    def up(self, name, *, one_step):
        """Pairs of which the second is higher in an input, or one step higher."""
        at, order = self.names.index(name), [value for value in self.values[name] if value is not ABSENT]
        for one, other in self.moves(name):
            if ABSENT not in (one[at], other[at]):
                by = order.index(other[at]) - order.index(one[at])
                if by == 1 or (by > 0 and not one_step):
                    yield one, other

    def rank(self, prop, key, outcome):
        """Where the outcome of a profile stands in its order; None where it does not."""
        base, _, part = outcome.partition(".")
        worked = self.everyone[key][base]
        if worked.state != "indicated":
            return float("inf") if prop.refer_is_highest and worked.state == "refer" else None
        value = worked.value[part] if part else worked.value
        type_ = dict(self.pack.tables[base].type.fields)[part] if part else self.pack.tables[base].type
        if isinstance(value, dt.date):
            return value.toordinal()
        return type_.values.index(value) if type_.kind == "scale" else value

    def ranks(self, prop, pairs, outcome):
        """The ranks of pairs of profiles that both have one."""
        for one, other in pairs:
            found = self.rank(prop, one, outcome), self.rank(prop, other, outcome)
            if None not in found:
                yield found

    def broken(self, prop):
        """Whether some profile or pair breaks a sentence, by the words of the documentation."""
        return any(True for _ in BRUTE[prop.form](self.limited(prop), prop, **dict(prop.parts)))

    def apart(self, prop):
        """How many profiles a sentence about order says nothing of."""
        return max(sum(self.rank(prop, key, one) is None for key in self.worked) for one in dict(prop.parts)["outcomes"])


def so(holds, env):
    """Whether a condition holds; what cannot be worked out does not."""
    try:
        return holds(env)
    except (CannotWorkOut, Upstream):
        return False


def brute_order(truth, prop, inputs, outcomes, way="lowers"):
    """A higher input and a lower outcome, or the other way."""
    for name, outcome in itertools.product(inputs, outcomes):
        for one, other in truth.ranks(prop, truth.up(name, one_step=False), outcome):
            if other < one if way == "lowers" else other > one:
                yield name


def brute_cliff(truth, prop, inputs, outcomes, most):
    """One step of an input and more than so many of an outcome."""
    for name, outcome in itertools.product(inputs, outcomes):
        for one, other in truth.ranks(prop, truth.up(name, one_step=True), outcome):
            if abs(other - one) > Fraction(most):
                yield name


def brute_independence(truth, prop, inputs, outcomes):
    """Another value of an input and another outcome."""
    for name, outcome in itertools.product(inputs, outcomes):
        base, _, part = outcome.partition(".")
        for one, other in truth.moves(name):
            first, second = truth.worked[one][base], truth.worked[other][base]
            if part and first.state == second.state == "indicated":
                if first.value[part] != second.value[part]:
                    yield name
            elif told(first) != told(second):
                yield name


def shown(worked):
    """The values of a result as a sentence names them."""
    values = worked.value if isinstance(worked.value, tuple) else (worked.value,)
    return {"yes" if one is True else "no" if one is False else one if isinstance(one, str) else Fraction(one) for one in values}


def named(text):
    """A value of a sentence."""
    return Fraction(text) if text[0].isdigit() else text


def brute_reach(truth, prop, outcome, value, other, values):
    """The outcome is that, and the other is indicated and none of those."""
    for worked in truth.worked.values():
        one, two = worked[outcome], worked[other]
        if one.state == two.state == "indicated" and named(value) in shown(one) and not shown(two) & set(map(named, values)):
            yield outcome


def brute_settling(truth, prop, other, outcomes):
    """The same profile with what follows from a decision, and an outcome that is lower."""
    for outcome in outcomes:
        for value, changes in truth.pack.after.get(other, {}).items():
            keys = [key for key, worked in truth.worked.items() if worked[other].state == "indicated"]
            keys = [key for key in keys if named(value) in shown(truth.worked[key][other])]
            pairs = [(key, truth.moved(key, **changes)) for key in keys]
            for one, after in truth.ranks(prop, [pair for pair in pairs if pair[1] in truth.everyone], outcome):
                if after < one:
                    yield outcome


def brute_never(truth, prop, outcome, value, inputs, level):
    """The outcome is at least that, and each input at most that, or absent."""
    base, _, part = outcome.partition(".")
    type_ = dict(truth.pack.tables[base].type.fields)[part] if part else truth.pack.tables[base].type
    least = type_.values.index(value) if type_.kind == "scale" else value == "yes" if type_.kind == "yes_no" else Fraction(value)
    for key in truth.worked:
        rank = truth.rank(prop, key, outcome)
        if rank is not None and rank >= least and all(at_most(truth, key, name, level) for name in inputs):
            yield key


def at_most(truth, key, name, level):
    """Whether an input of a profile is at most so high; what is absent is."""
    value, type_ = key[truth.names.index(name)], truth.pack.inputs[name].type
    if value is ABSENT:
        return True
    return type_.values.index(value) <= type_.values.index(level) if type_.kind == "scale" else value <= Fraction(level)


def brute_alignment(truth, prop, *, outcome, here, there, most, **parts):
    """Two values of one input, and outcomes that are further apart than said."""
    name = parts["input"]
    at = truth.names.index(name)
    kind = truth.pack.inputs[name].type.kind
    wanted = [Fraction(text) if kind == "number" else text == "yes" if kind == "yes_no" else text for text in (here, there)]
    pairs = [pair for pair in truth.moves(name) if [key[at] for key in pair] == wanted]
    for first, second in truth.ranks(prop, pairs, outcome):
        if abs(first - second) > Fraction(most):
            yield name


BRUTE = {
    "order": brute_order, "cliff": brute_cliff, "independence": brute_independence, "reach": brute_reach,
    "settling": brute_settling, "never": brute_never, "alignment": brute_alignment,
}  # fmt: skip


def test_every_form_of_sentence_is_enumerated_here():
    """A new form is to be tried too."""
    assert BRUTE.keys() == FORMS.keys()


def confirmed(proof, prop, pair):
    """Assert that an example is a breach: it can be, is decided as shown, and differs in one input only."""
    for profile in pair.profiles:
        values = profile.as_dict()
        for name, asked in proof.pack.inputs.items():
            assert name not in values or asked.type.values or values[name] is ABSENT or on_the_line(proof, asked, values[name])
        assert proof.completions.contradiction(proof.env(profile)) is None
    keys = [proof.env(profile) for profile in pair.profiles]
    base = pair.outcome.partition(".")[0]
    if prop.form == "reach":
        assert told(keys[0][base]) == told(pair.outcomes[0])
        assert told(keys[0][dict(prop.parts)["other"]]) == told(pair.outcomes[1])
    else:
        assert [told(env[base]) for env in keys] == [told(worked) for worked in pair.outcomes]
    if len(pair.profiles) == 2:
        one, other = (profile.as_dict() for profile in pair.profiles)
        differ = {name for name in one if one[name] is not other[name] and one[name] != other[name]}
        assert differ
        if prop.form == "settling":
            assert differ <= set(pair.differs.split(", "))
        else:
            assert differ == {pair.differs}
            assert pair.differs in dict(prop.parts).get("inputs", [dict(prop.parts).get("input")])
    assert broken_by(proof, prop, pair)


def broken_by(proof, prop, pair):
    """Whether these profiles alone break the sentence, by enumeration."""
    truth = Truth.__new__(Truth)
    truth.proof, truth.pack, truth.names = proof, proof.pack, list(proof.pack.inputs)
    envs = [proof.env(profile) for profile in pair.profiles]
    keys = [tuple(env[name] for name in truth.names) for env in envs]
    truth.worked = {key: {name: env[name] for name in proof.pack.tables} for key, env in zip(keys, envs, strict=True)}
    truth.everyone = truth.worked
    asked = enumerate(proof.pack.inputs.items())
    truth.values = {name: among(proof, one, [key[i] for key in keys]) for i, (name, one) in asked}
    if prop.form == "cliff" and not proof.pack.inputs[pair.differs].type.values:
        line = Line(proof.pack.inputs[pair.differs], proof.day)
        low, high = (line.index(env[pair.differs]) for env in envs)
        assert high - low == 1
    return truth.broken(prop)


def among(proof, asked, values):
    """These values of an input, in its order; of a scale or choice all its values."""
    if asked.type.values or asked.type.kind == "yes_no":
        return every_value(asked, proof.day)
    return [*sorted({value for value in values if value is not ABSENT}), *([ABSENT] if ABSENT in values else [])]


def on_the_line(proof, asked, value):
    """Whether a number or day is one that the input can take."""
    line = Line(asked, proof.day)
    index = line.index(value)
    return 0 <= index < line.count and line.at(index) == value


@lru_cache(maxsize=512)
def names_of(text):
    """The types of the outcomes of a drawn pack and of their fields, and the names of those that have an order."""
    rulebook = test_unknowns.rulebook(text)
    types = {name: table.type for name, table in rulebook.pack.tables.items()}
    for name, type_ in list(types.items()):
        types |= {f"{name}.{part}": inner for part, inner in type_.fields}
    return types, [name for name, type_ in types.items() if type_.ordered or type_.kind == "yes_no"]


SMALL_INPUTS = {
    "raised": ["a", "n", "a, n"],
    "read": "abcn",
    "beside": [("a none", "a severe"), ("b no", "b yes"), ("c x", "c y"), ("n 0", "n 3")],
    "after": "{c: x}",
    "limits": ["b is yes", "a is >= mild", "n is [1 .. 3] and c is x", "score is > 3", "share is >= 1", "worst is mild, severe"],
}
RICH_ASKED = {
    "raised": ["a", "n", "m", "d"],
    "read": "abnmd",
    "beside": [("a none", "a severe"), ("b no", "b yes"), ("n 0", "n 3"), ("m 0.5", "m 1.5")],
    "after": "{b: no, m: 0.5}",
    "limits": ["b is yes", "d is >= 2025-10-01 and n is not (2)", "share is < 2", "left is 0, 1"],
}


@st.composite
def sentences(draw, text, asked):
    """The lines of a sentence that fits a drawn pack."""
    types, ordered = names_of(text)
    whole = [name for name in types if "." not in name and words(types[name])]
    form, names = draw(st.sampled_from(sorted(FORMS))), draw(st.sampled_from(asked["raised"]))
    end, after = draw(st.sampled_from(["", "", " treating refer as highest"])), ""
    outcome = draw(st.sampled_from(ordered or [""]))
    assume(outcome or form in ("independence", "reach"))
    if form == "independence":
        sentence = f"{draw(st.sampled_from(list(types)))} does not depend on {draw(st.sampled_from(asked['read']))}"
    elif form == "reach":
        assume(whole)
        one, other = draw(st.sampled_from(whole)), draw(st.sampled_from(whole))
        values = ", ".join(draw(st.lists(st.sampled_from(words(types[other])), min_size=1, max_size=2, unique=True)))
        sentence = f"a {one} of {draw(st.sampled_from(words(types[one])))} always reaches one of [{values}] in {other}"
    elif form == "settling":
        found = [name for name in whole if types[name].values and types[name].kind != "yes_no"]
        assume(found)
        other = draw(st.sampled_from(found))
        first, second = types[other].values[:2]
        after = f"after:\n  {other}:\n    {first}: {asked['after']}\n    {second}: {{n: 1, a: none}}\n"
        sentence = f"deciding again after the {other} is in place does not lower {outcome}{end}"
    elif form == "order":
        sentence = f"raising any of [{names}] never {draw(st.sampled_from(['lowers', 'raises']))} {outcome}{end}"
    elif form == "cliff":
        sentence = f"one step in any of [{names}] moves {outcome} by at most {draw(st.sampled_from(['0', '1', '2.5']))}{end}"
    elif form == "never":
        assume(words(types[outcome]))
        limit = draw(st.sampled_from(["[a] is at most mild", "[n] is at most 2", "[n] is at most 0"]))
        sentence = f"no profile has {outcome} at least {draw(st.sampled_from(words(types[outcome])))} while every one of {limit}"
    else:
        here, there = draw(st.sampled_from(asked["beside"]))
        sentence = f"{outcome} with {here} is within {draw(st.sampled_from(['0', '1', '3']))} of {outcome} with {there}"
    limit = draw(st.sampled_from(["", *(f" where {one}" for one in asked["limits"])]))
    assume(form != "alignment" or not any(f" {one.split()[0]} is" in limit for one in (here,)))
    sentence = sentence.removesuffix(end) + limit + end
    return f"properties: [{sentence!r}]\n{after}"


def words(type_):
    """Values of a type as a sentence writes them."""
    if type_.kind == "yes_no":
        return ["no", "yes"]
    return list(type_.values) or (["0", "2.5", "7"] if type_.kind == "number" else [])


def as_enumerated(rulebook, day, widths):
    """Assert that the answer to the sentence of a pack is that of enumeration: the same where all is followed value by value,
    and else never a proof of what is broken nor a breach of what holds.
    """
    proof = proof_of(rulebook, day, *widths)
    (prop,) = rulebook.pack.properties
    truth, found = Truth(proof), answer(prop, [proof])
    breaks = truth.broken(prop)
    event(f"{prop.form}: {found.verdict}, {'broken' if breaks else 'holds'}")
    assert found.verdict != ("proved" if breaks else "broken"), (prop.text, found)
    followed = all(variable.exact for variable in proof.meaning.variables) and not proof.meaning.free
    if followed and not formulas(proof):
        assert found.verdict == ("broken" if breaks else "proved"), (prop.text, found)
    assert bool(found.pairs) == (found.verdict == "broken")
    assert bool(found.why) == (found.verdict == "not_proved")
    for pair in found.pairs:
        confirmed(proof, prop, pair)


@settings(small, max_examples=max(250, settings.default.max_examples))
@given(test_unknowns.packs(form=False), WIDTHS, st.data())
def test_a_sentence_is_proved_exactly_where_no_profile_breaks_it(text, widths, data):
    """A false proof is worse than none; a breach that is none wastes people's trust."""
    as_enumerated(accepted(text + data.draw(sentences(text, SMALL_INPUTS))), DAY, widths)


@settings(small, max_examples=max(80, settings.default.max_examples))
@given(rich_packs(form=False), WIDTHS, RICH_DAYS, st.data())
def test_a_sentence_over_days_rates_and_failures_is_proved_exactly_where_no_profile_breaks_it(text, widths, day, data):
    """Three tables that read each other, and amounts that cannot always be worked out."""
    accepted(text)
    as_enumerated(accepted(text + data.draw(sentences(text, RICH_ASKED))), day, widths)


def formulas(proof):
    """Whether any table gives what is worked out from values that are not told apart."""
    tables = (proof.diagram.values(proof.meaning.table(name)) for name in proof.pack.tables)
    return any(isinstance(part, Formula) for values in tables for worked in values for part in parts(worked))


INPUTS = """
scales:
  need: [none, mild, severe]
inputs:
  a: {ask: Need, type: scale, scale: need}
  b: {ask: Other need, type: scale, scale: need}
  c: {ask: Setting, type: choice, of: [x, y, z], optional: yes}
  n: {ask: Cycles, type: integer, min: 0, max: 6}
  f: {ask: Told, type: yes_no}
  score: {ask: Score, type: integer, min: 0, max: 300}
  cost: {ask: Cost, type: money, unit: GBP/year, min: 0, max: 200000}
  other: {ask: Other cost, type: money, unit: GBP/year, min: 0, max: 200000}
  seen: {ask: Day seen, type: date, min: 2020-01-01, max: 2030-12-31}
"""


def written(rules, sentence, *, type_="integer", keys="", hit="first", more="", places=""):
    """A pack with a decision `out`, perhaps one `places`, and one sentence; rules one in each line."""
    text = f"- decision: out\n  asks: What?\n  type: {type_}\n  hit: {hit}\n{keys}  rules:\n"
    text += "".join(f"    - {{{line.strip()}, because: b}}\n" for line in rules.strip().splitlines())
    if places:
        text += "- decision: places\n  asks: Where?\n  type: {choice: [here, there, away]}\n  hit: collect\n  rules:\n"
        text += "".join(f"    - {{{line.strip()}, because: b}}\n" for line in places.strip().splitlines())
    outcomes = "out, places" if places else "out"
    return helpers.pack(text, inputs=INPUTS, outcomes=outcomes, more=f"properties: ['{sentence}']\n{more}")


def answered(text):
    """A proof of a pack with one sentence, the sentence, and its answer; every pair that it shows is confirmed."""
    rulebook = helpers.rulebook(text)
    proof = proof_of(rulebook, helpers.DAY)
    (prop,) = rulebook.pack.properties
    found = answer(prop, [proof])
    assert bool(found.pairs) == (found.verdict == "broken")
    for pair in found.pairs:
        confirmed(proof, prop, pair)
    return proof, prop, found


A_DIP = """
id: R-1, when: {a: severe, b: mild}, then: 1
id: R-2, when: {a: ">= mild"}, then: 2
id: R-3, otherwise: 0
"""
A_STEP = """
id: R-1, when: {cost: ">= 6000"}, then: 5
id: R-2, when: {cost: ">= 100"}, then: 2
id: R-3, otherwise: 0
"""
A_SCALE = """
id: R-1, when: {a: severe}, then: top
id: R-2, when: {b: ">= mild", f: yes}, then: mid
id: R-3, otherwise: low
"""
SCALE = {"type_": "{scale: [low, mid, top]}"}
WAYS = """
id: P-1, when: {out: top}, then: here
id: P-2, when: {out: ">= mid", c: not (x)}, then: there
"""
FIELDS = {"type_": "{fields: {low: integer, high: integer}}"}
A_FIELD = """
id: R-1, when: {a: severe, b: ">= mild"}, then: {low: 1, high: 9}
id: R-2, when: {a: severe}, then: {low: 2, high: 9}
id: R-3, otherwise: {low: 0, high: 0}
"""
A_YES = """
id: R-1, when: {a: severe, b: ">= mild"}, then: no
id: R-2, when: {a: ">= mild"}, then: yes
id: R-3, otherwise: no
"""
AFTER = "after: {out: {low: {c: z}, top: {c: x, n: 1}}}\n"
A_RETURN = """
id: R-1, when: {a: severe, n: ">= 2"}, then: top
id: R-2, when: {a: severe}, then: mid
id: R-3, otherwise: low
"""
BREACHES = {
    "order, lowers": (written(A_DIP, "raising any of [a, b] never lowers out"), {"a", "b"}),
    "order, raises": (written(A_DIP, "raising any of [a] never raises out"), {"a"}),
    "order over a scale": (written(A_SCALE, "raising any of [b] never raises out", **SCALE), {"b"}),
    "order over yes and no": (written(A_YES, "raising any of [b] never lowers out", type_="yes_no"), {"b"}),
    "order of a field": (written(A_FIELD, "raising any of [b] never lowers out.low", **FIELDS), {"b"}),
    "order of days": (
        written(
            'id: R-1, when: {seen: ">= 2025-05-01"}, then: 2024-01-01\nid: R-2, otherwise: 2025-01-01',
            "raising any of [seen] never lowers out",
            type_="date",
        ),
        {"seen"},
    ),
    "order with a referral as the highest": (
        written(
            "id: R-1, when: {a: mild}, then: refer, to: A person\nid: R-2, otherwise: 3",
            "raising any of [a] never lowers out treating refer as highest",
        ),
        {"a"},
    ),
    "order through a measure that goes both ways": (
        written(
            'id: R-1, when: {far: "> 20"}, then: 1\nid: R-2, otherwise: 0',
            "raising any of [score] never raises out",
            more='measures: {far: "max(100 - score, score - 100)"}\n',
        ),
        {"score"},
    ),
    "cliff": (written(A_STEP, "one step in any of [cost] moves out by at most 2"), {"cost"}),
    "cliff over a scale": (written(A_SCALE, "one step in any of [a] moves out by at most 1", **SCALE), {"a"}),
    "cliff over days": (
        written(
            'id: R-1, when: {n: "> 3"}, then: 2024-01-01\nid: R-2, otherwise: 2024-02-01',
            "one step in any of [n] moves out by at most 30",
            type_="date",
        ),
        {"n"},
    ),
    "independence": (written(A_DIP, "out does not depend on b"), {"b"}),
    "independence of what may be absent": (
        written("id: R-1, when: {c: absent}, then: 1\nid: R-2, otherwise: 0", "out does not depend on c"),
        {"c"},
    ),
    "independence of who decides": (
        written(
            "id: R-1, when: {f: yes}, then: refer, to: A person\nid: R-2, otherwise: refer, to: Another person",
            "out does not depend on f",
        ),
        {"f"},
    ),
    "independence where the first value cannot be": (
        written(
            "id: R-1, when: {a: severe}, then: 1\nid: R-2, otherwise: 0",
            "out does not depend on a",
            more="impossible: [{when: {a: none}, because: no}]\n",
        ),
        {"a"},
    ),
    "independence of a field": (written(A_FIELD, "out.low does not depend on b", **FIELDS), {"b"}),
    "reach": (written(A_SCALE, "an out of mid always reaches one of [there] in places", places=WAYS, **SCALE), set()),
    "reach of yes": (
        written(
            A_YES,
            "an out of yes always reaches one of [here] in places",
            type_="yes_no",
            places="id: P-1, when: {a: mild}, then: here\nid: P-2, otherwise: away",
        ),
        set(),
    ),
    "reach of a number": (
        written(
            "id: R-1, when: {f: yes}, then: 2.5\nid: R-2, otherwise: 0",
            "an out of 2.5 always reaches one of [here] in places",
            type_="number",
            places="id: P-1, when: {a: mild}, then: here",
        ),
        set(),
    ),
    "settling": (
        written(A_RETURN, "deciding again after the out is in place does not lower out", more=AFTER, **SCALE),
        {"c, n"},
    ),
    "never": (written(A_SCALE, "no profile has out at least mid while every one of [a] is at most mild", **SCALE), set()),
    "never, of amounts": (written(A_STEP, "no profile has out at least 2 while every one of [cost] is at most 150.50"), set()),
    "alignment": (written(A_SCALE, "out with a mild is within 1 of out with a severe", **SCALE), {"a"}),
    "alignment of amounts": (written(A_STEP, "out with cost 150 is within 2 of out with cost 70000"), {"cost"}),
}
HOLDS = {
    "order, lowers": written(A_STEP, "raising any of [cost, a] never lowers out"),
    "order, raises": written(A_DIP, "raising any of [b] never raises out").replace("b: mild", 'b: ">= mild"'),
    "order where what is between is referred": written(
        "id: R-1, when: {a: mild}, then: refer, to: A person\nid: R-2, otherwise: 3", "raising any of [a] never lowers out"
    ),
    "order where the higher cannot be": written(
        A_DIP, "raising any of [a, b] never lowers out", more="impossible: [{when: {a: severe, b: mild}, because: no}]\n"
    ),
    "cliff": written(A_STEP, "one step in any of [cost] moves out by at most 3"),
    "independence": written(A_DIP, "out does not depend on n"),
    "independence where the other value cannot be": written(
        A_DIP, "out does not depend on b", more="impossible: [{when: {b: not (none)}, because: no}]\n"
    ),
    "independence of a field": written(A_FIELD, "out.high does not depend on b", **FIELDS),
    "reach": written(A_SCALE, "an out of mid always reaches one of [here, there] in places", places=WAYS, **SCALE).replace(
        ", c: not (x)", ""
    ),
    "settling": written(
        A_RETURN.replace(">= 2", ">= 1"), "deciding again after the out is in place does not lower out", more=AFTER, **SCALE
    ),
    "never": written(A_SCALE, "no profile has out at least top while every one of [a] is at most mild", **SCALE),
    "never, of amounts": written(A_STEP, "no profile has out at least 5 while every one of [cost] is at most 5999.99"),
    "alignment": written(A_SCALE, "out with a none is within 1 of out with a mild", **SCALE),
    "alignment of amounts": written(A_STEP, "out with cost 6000 is within 2 of out with cost 70000"),
}


@pytest.mark.parametrize(("text", "differs"), BREACHES.values(), ids=BREACHES)
def test_a_planted_breach_is_found_with_profiles_that_show_it(text, differs):
    """What is shown can be looked up and tried; two profiles differ in what the sentence speaks of, and in nothing else."""
    _, _, found = answered(text)
    assert found.verdict == "broken", found
    assert {pair.differs for pair in found.pairs} <= (differs or {""})


@pytest.mark.parametrize("text", HOLDS.values(), ids=HOLDS)
def test_a_pack_that_keeps_its_sentence_is_proved(text):
    """The packs beside the planted ones: the breach is found for its own reason."""
    proof, _, found = answered(text)
    assert found.verdict == "proved", found
    assert found.profiles == proof.profiles > 0
    assert found.days == (helpers.DAY,)
    assert found.why == ""


def test_every_form_of_sentence_has_a_planted_breach_and_a_proof():
    """A new form is to be tried here too."""
    for texts in ([text for text, _ in BREACHES.values()], HOLDS.values()):
        assert {helpers.rulebook(text).pack.properties[0].form for text in texts} == FORMS.keys()


def test_the_two_profiles_of_a_cliff_are_one_step_apart():
    """The sentence speaks of one step; a pair that is thousands of pounds apart would show nothing."""
    _, _, found = answered(written(A_STEP, "one step in any of [cost] moves out by at most 2"))
    for pair in found.pairs:
        low, high = (profile.as_dict()["cost"] for profile in pair.profiles)
        assert (low, high) == (Fraction("5999.99"), 6000)


A_FORMULA = """
id: R-1, when: {a: severe}, then: "= cost / 2"
id: R-2, otherwise: 0
"""
MONEY = {"type_": "money", "keys": "  unit: GBP/year\n  places: 2\n  rounding: half_up\n"}


@pytest.mark.parametrize(
    "sentence",
    [
        "raising any of [cost] never lowers out",
        "raising any of [a] never lowers out",
        "one step in any of [a] moves out by at most 2",
        "out does not depend on cost",
        "an out of 0 always reaches one of [here] in places",
        "no profile has out at least 7 while every one of [a] is at most mild",
        "out with a none is within 2 of out with a severe",
        "deciding again after the out is in place does not lower out",
    ],
)
def test_a_sentence_over_a_formula_is_not_proved_and_says_why(sentence):
    """Half of the cost is another amount for every cost: the cells do not tell, and so nothing is claimed."""
    places = "id: P-1, when: {a: mild}, then: here"
    _, _, found = answered(written(A_FORMULA, sentence, places=places, more="after: {out: {0: {c: x}}}\n", **MONEY))
    assert found.verdict == "not_proved"
    assert "`out`" in found.why or "R-1" in found.why


def test_a_formula_does_not_depend_on_what_it_does_not_read():
    """Which amount it is may be open, and yet it is the same for every setting."""
    assert answered(written(A_FORMULA, "out does not depend on c, f", **MONEY))[2].verdict == "proved"


FREE = """
id: R-1, when: {cost: "> other", a: severe}, then: 0
id: R-2, otherwise: 1
"""


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ("raising any of [cost] never lowers out", "not_proved"),
        ("raising any of [other] never raises out", "not_proved"),
        ("one step in any of [cost] moves out by at most 0", "not_proved"),
        ("out does not depend on other", "not_proved"),
        ("out with cost 1 is within 0 of out with cost 70000", "not_proved"),
        ("raising any of [a] never raises out", "proved"),
        ("raising any of [a] never lowers out", "broken"),
        ("one step in any of [a] moves out by at most 1", "proved"),
        ("out does not depend on b", "proved"),
    ],
)
def test_an_input_behind_what_is_not_followed_is_never_held_to_be_without_effect(sentence, verdict):
    """Two costs that are compared with each other are not followed; moving one of them may turn the comparison."""
    proof, _, found = answered(written(FREE, sentence))
    assert found.verdict == verdict
    assert [variable.name for variable in proof.meaning.free] == ["cost > other"]
    assert found.free == (("cost > other",) if verdict != "not_proved" else ())


def test_a_decision_that_may_come_to_nothing_is_not_held_to_be_there():
    """A share of nothing cannot be worked out, and the tables after it are referred."""
    rules = 'id: R-1, otherwise: "= cost / other"'
    places = "id: P-1, when: {out: referred}, then: here"
    proof, _, found = answered(written(rules, "places does not depend on other", places=places, type_="number"))
    assert found.verdict != "proved"
    values = proof.diagram.values(proof.meaning.table("places"))
    assert {worked.value for worked in values if worked.state == "indicated"} == {(), ("here",)}


@pytest.mark.parametrize("sentence", ["raising any of [a] never lowers out", "one step in any of [a] moves out by at most 9"])
def test_profiles_that_a_sentence_about_order_says_nothing_of_are_counted(sentence):
    """A proof that sets nearly everything apart should look like one."""
    rules = "id: R-1, when: {a: mild, f: yes}, then: refer, to: A person\n"
    rules += "id: R-2, when: {f: no}, then: not_applicable\nid: R-3, otherwise: 3"
    _, _, found = answered(written(rules, sentence))
    assert (found.verdict, found.profiles, found.apart) == ("proved", 6, 4)


def test_a_breach_on_a_later_day_is_found_and_says_the_day():
    """A pack is proved for the days on which something changes, and each of them counts."""
    rules = 'id: R-1, when: {today: ">= 2025-04-01", a: severe}, then: 0\nid: R-2, otherwise: 1'
    rulebook = helpers.rulebook(written(rules, "raising any of [a] never lowers out"))
    days = days_to_prove(rulebook.pack)
    assert {dt.date(2020, 1, 1), dt.date(2025, 4, 1), dt.date(2030, 12, 31)} <= set(days)
    (prop,) = rulebook.pack.properties
    proofs = {day: proof_of(rulebook, day) for day in days}
    found = answer(prop, list(proofs.values()))
    assert (found.verdict, found.days) == ("broken", (dt.date(2025, 4, 1),))
    for pair in found.pairs:
        confirmed(proofs[dt.date(2025, 4, 1)], prop, pair)
    before = [proofs[day] for day in days if day < dt.date(2025, 4, 1)]
    assert answer(prop, before).verdict == "proved"


def test_a_breach_among_profiles_where_an_answer_was_not_given_is_shown_as_such():
    """The form as it was filled in is part of what a rule may ask about."""
    rules = "id: R-1, when: {n: unknown, f: yes}, then: 1, missing: deliberate\nid: R-2, otherwise: 0"
    proof, _, found = answered(written(rules, "no profile has out at least 1 while every one of [a] is at most none"))
    assert found.verdict == "broken"
    assert all("n" in pair.profiles[0].not_given for pair in found.pairs)
    assert proof.profiles == 14


@every_pack
def test_what_the_shipped_packs_say_of_themselves_is_answered_and_every_pair_is_confirmed(rulebook):
    """The reports name these profiles; each must be what it is said to be."""
    proofs = {day: proof_of(rulebook, day) for day in days_to_prove(rulebook.pack)[:2]}
    for prop in (one for one in rulebook.pack.properties if one.form in FORMS):
        found = answer(prop, list(proofs.values()))
        assert found.verdict in ("proved", "broken", "not_proved")
        for pair in found.pairs:
            confirmed(proofs[found.days[0]], prop, pair)
