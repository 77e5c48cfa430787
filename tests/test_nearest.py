# SPDX-License-Identifier: MIT
"""The nearest changes, margins and two sides of a profile, held against every other profile, one by one."""

import datetime as dt
import itertools
import json
import pickle
import shutil
from functools import lru_cache
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, assume, event, given, settings
from hypothesis import strategies as st
from tests import helpers, test_unknowns
from tests.test_unknowns import VALUES

import continuum
from continuum.cli import cli
from continuum.compiled import ABSENT
from continuum.decisions import Decision
from continuum.engines.completions import Line
from continuum.engines.hits import told_apart
from continuum.errors import EngineError, ProfileError
from continuum.nearest.changes import Nearest
from continuum.nearest.sides import Sides
from continuum.nearest.walk import Walk
from continuum.packs.loading import read_cases

ROOT = Path(__file__).resolve().parents[1]
DAY = test_unknowns.DAY
PHASES = [phase for phase in Phase if phase is not Phase.explain]
small = settings(deadline=None, suppress_health_check=list(HealthCheck), phases=PHASES)
WAYS = {"a": ("up", "down", "no"), "b": ("up", "down", "no"), "c": ("no",), "n": ("up", "down", "no")}

# --- every other profile, in plain Python ---------------------------------------------------------------------------


class World:
    """A drawn pack and a profile of it, with what every set of answers comes to."""

    def __init__(self, text, values, ways):
        for name, way in ways.items():
            text = text.replace(f"  {name}: {{ask:", f"  {name}: {{changes: {way}, ask:", 1)
        self.book = test_unknowns.rulebook(text)
        self.values, self.ways = values, ways
        self.kept = {}
        inside = {name: "absent" if value is ABSENT else value for name, value in values.items()}
        self.decision = self.book.decide(inside, on=DAY)
        self.given = inside

    def env(self, filled, given_):
        """The reference on complete answers of which only some were given; None where they contradict themselves."""
        key = (tuple(filled.items()), given_)
        if key not in self.kept:
            env = self.book._reference.env(filled, DAY, given_)
            self.kept[key] = None if any(holds(env) for holds in self.book._reference.impossible) else env
        return self.kept[key]

    def results(self, outcome, values, given_=None):
        """What tells the outcomes of every way of filling in the rest apart; empty where there is none."""
        unknown = [name for name in VALUES if name not in values]
        found = set()
        for chosen in itertools.product(*(VALUES[name] for name in unknown)):
            filled = {name: {**values, **dict(zip(unknown, chosen, strict=True))}[name] for name in VALUES}
            env = self.env(filled, frozenset(values) if given_ is None else given_)
            if env is not None:
                found.add(told_apart(env[outcome]))
        return found

    def may(self, name, value):
        """Whether an answer may change to this one."""
        if name not in self.values:
            return True
        rank = {ABSENT: -1, **{one: i for i, one in enumerate(v for v in VALUES[name] if v is not ABSENT)}}
        way, up = self.ways.get(name), rank[value] - rank[self.values[name]]
        return way is None or (way != "no" and (up > 0) == (way == "up"))

    def steps(self, name, value):
        """How many steps a change counts."""
        was = self.values.get(name)
        return abs(VALUES[name].index(value) - VALUES[name].index(was)) if name == "a" and was is not None else 1

    def sets(self):
        """Every set of changes with its size."""
        options = [
            [None, *((name, value) for value in VALUES[name] if value != self.values.get(name, self) and self.may(name, value))]
            for name in VALUES
        ]
        made = [[one for one in chosen if one] for chosen in itertools.product(*options)]
        return [((len(one), sum(self.steps(*each) for each in one)), one) for one in made]

    def nearest(self, outcome, wanted):
        """The size of the smallest sets that give what is wanted, and those sets."""
        size, found = None, []
        for cost, made in sorted(self.sets(), key=lambda one: one[0]):
            if size is not None and cost > size:
                break
            results = self.results(outcome, {**self.values, **dict(made)})
            if results and wanted(results):
                size = cost
                found.append(dict(made))
        return size, found


def wanted_of(now, to=None):
    """What counts as another outcome, or as the one asked for."""
    if to is not None:
        return lambda results: all(("individually_agreed" if one[2] else one[0]) == to for one in results)
    return (lambda results: not results & now) if len(now) == 1 else (lambda results: len(results) == 1)


@st.composite
def worlds(draw):
    """A pack, a profile that does not contradict itself, and which way its answers may change."""
    text = draw(test_unknowns.packs())
    values = draw(test_unknowns.profiles())
    chosen = draw(st.dictionaries(st.sampled_from(sorted(WAYS)), st.integers(0, 2)))
    ways = {name: WAYS[name][number % len(WAYS[name])] for name, number in chosen.items()}
    try:
        return World(text, values, ways)
    except ProfileError:
        assume(False)


def key_of(made, world):
    """A set of changes, where the values of a known number do not count."""
    return frozenset((name, None if name == "n" and "n" in world.values else value) for name, value in made.items())


def exact_of(change):
    """The answer of a change as engines take it."""
    value = change.becomes
    return ABSENT if value == "absent" else int(value) if change.field == "n" else value


# --- nearest changes -------------------------------------------------------------------------------------------------


@small
@given(worlds(), st.sampled_from([None, None, "refer", "not_applicable", "individually_agreed"]))
def test_the_nearest_changes_are_the_smallest_of_all_and_all_of_them(world, to):
    """A smaller change that is passed over, or one that does not do it, would send people after the wrong evidence."""
    for outcome in world.book.pack.outcomes:
        now = world.results(outcome, world.values)
        found = world.book.nearest(world.given, on=DAY, outcome=outcome, to=to, most=1_000)
        wanted = wanted_of(now, to)
        size, truth = (None, []) if wanted(now) else world.nearest(outcome, wanted)
        assert found.exact
        assert not found.more
        event(f"{size} for {'another' if to is None else to}")
        if size is None:
            assert not found.ways
            assert found.because
            continue
        assert (found.inputs, found.steps) == size
        mine = [{change.field: exact_of(change) for change in way.changes} for way in found.ways]
        assert all(one in truth for one in mine)
        groups = {key_of(one, world) for one in truth}
        if "n" in world.values:
            assert sorted(map(sorted_text, (key_of(one, world) for one in mine))) == sorted(map(sorted_text, groups))
            far = {}
            for one in truth:
                key = key_of(one, world)
                far[key] = min(far.get(key, 9), abs(one.get("n", 0) - world.values["n"]) if "n" in one else 0)
            assert all(far[key_of(one, world)] == abs(one.get("n", world.values["n"]) - world.values["n"]) for one in mine)
        else:
            stretches = [
                {**one, "n": n} if "n" in one else one for one, way in zip(mine, found.ways, strict=True) for n in run(way)
            ]
            assert sorted(map(sorted_text, map(dict.items, stretches))) == sorted(map(sorted_text, map(dict.items, truth)))


def run(way):
    """The numbers of a way that do the same."""
    for change in way.changes:
        if change.field == "n":
            return range(int(change.low), int(change.high) + 1)
    return [None]


def sorted_text(items):
    """Changes in an order of their own."""
    return sorted(map(repr, items))


@small
@given(worlds())
def test_what_a_way_is_said_to_give_is_what_deciding_gives(world):
    """Each way is decided again from the answers as a form would give them."""
    for outcome in world.book.pack.outcomes:
        for way in world.book.nearest(world.given, on=DAY, outcome=outcome).ways:
            answers = {
                change.field: int(c) if isinstance(c := change.becomes, int) and change.field == "n" else c
                for change in way.changes
            }
            decided = world.book.decide({**world.given, **answers}, on=DAY).outcomes[outcome]
            assert (decided.state, decided.value, decided.possible) == (way.gives.state, way.gives.value, way.gives.possible)


WIDE = """\
scales:
  need: [none, mild, severe]
inputs:
  need_now: {ask: Need, type: scale, scale: need}
  cost: {ask: Cost, type: money, unit: GBP/year, min: 0, max: 200000}
  advice: {ask: Day of advice, type: date, min: 2015-01-01, max: today, optional: yes, changes: up}
  age: {ask: Age, type: integer, min: 0, max: 25, changes: no}
  sex: {ask: Sex, type: choice, of: [f, m], protected: yes}
"""
BANDS = """
- decision: out
  asks: Which band?
  type: {scale: [low, mid, high]}
  hit: highest
  rules:
    - {id: R-1, when: {need_now: severe, cost: "> 6000"}, then: high, because: Both.}
    - {id: R-2, when: {cost: "[4000 .. 9000]"}, then: mid, because: The cost.}
    - {id: R-3, when: {advice: ">= 2025-01-01", need_now: ">= mild"}, then: mid, because: New advice.}
    - {id: R-4, when: {age: "> 18"}, then: high, because: The age.}
    - {id: R-0, otherwise: low, because: Nothing else.}
"""
START = {"need_now": "none", "cost": 1000, "advice": "absent", "age": 10}


def wide(**given_):
    """The nearest changes of a profile with amounts and days."""
    book = helpers.rulebook(helpers.pack(BANDS, inputs=WIDE))
    return book.nearest({**START, **given_}, on=DAY, outcome="out", to=None)


def short(found):
    """Ways as plain data."""
    return [{change.field: str(change.becomes) for change in way.changes} for way in found.ways]


def test_of_an_amount_the_nearest_value_is_named_with_the_stretch_that_does_the_same():
    """Nobody can spend between a penny and a pound: the exact value is what must be reached, and how far it goes."""
    found = wide()
    assert short(found) == [{"cost": "4000.00"}]
    (change,) = found.ways[0].changes
    assert (str(change.low), str(change.high), change.steps) == ("4000.00", "9000.00", 1)
    assert short(wide(cost=10_000)) == [{"cost": "9000.00"}]
    assert short(wide(cost=5_000)) == [{"cost": "3999.99"}]


def test_a_level_and_an_amount_count_one_step_each_so_that_both_are_shown():
    """No number of pounds is worth a level, so neither hides the other."""
    found = wide(need_now="severe", cost=6_000, advice="2024-01-01")
    assert short(found) == [{"cost": "6000.01"}]
    assert found.inputs == found.steps == 1
    assert short(wide(need_now="mild", cost=9_500, advice="2024-01-01")) == [
        {"need_now": "severe"}, {"cost": "9000.00"}, {"advice": "2025-01-01"}
    ]  # fmt: skip


def test_what_does_not_change_stays_and_what_only_grows_only_grows():
    """An age is no way to a band, and advice that was given is not taken back."""
    assert not any("age" in way for way in short(wide()))
    found = wide(need_now="mild", advice="2025-06-01")
    assert found.current.value == "mid"
    assert short(found) == [{"need_now": "none"}]
    book = helpers.rulebook(helpers.pack(BANDS, inputs=WIDE.replace(", changes: up", "")))
    free = book.nearest({**START, "need_now": "mild", "advice": "2025-06-01"}, on=DAY, outcome="out")
    assert short(free) == [{"need_now": "none"}, {"advice": "2024-12-31"}, {"advice": "absent"}]


def test_an_answer_that_is_not_known_may_turn_out_to_be_anything():
    """Also one that does not change: finding out an age changes nobody's age."""
    book = helpers.rulebook(helpers.pack(BANDS, inputs=WIDE))
    found = book.nearest({"need_now": "none", "cost": 1000, "advice": "absent"}, on=DAY, outcome="out")
    assert found.current.state == "range"
    changes = [(str(way.changes[0].low), str(way.changes[0].high), way.gives.value) for way in found.ways]
    assert changes == [("0", "18", "low"), ("19", "25", "high")]
    assert all(change.was is None for way in found.ways for change in way.changes)


def test_a_protected_answer_is_never_asked_about():
    """Not even where it is not known."""
    rules = BANDS.replace('age: "> 18"', "need_now: severe")
    book = helpers.rulebook(helpers.pack(rules, inputs=WIDE))
    for answers in ({}, {"sex": "f"}):
        found = book.nearest({**answers}, on=DAY, outcome="out", most=100)
        assert not any(change.field == "sex" for way in found.ways for change in way.changes)
    assert book.pack.inputs["sex"].changes == "no"


def test_changes_are_refused_where_they_mean_nothing():
    """A choice has no order, and no change of a protected answer is ever asked about."""
    for line, wrong in (("cost: {", ""), ("sex: {", "changes: up, "), ("advice: {", "")):
        text = helpers.pack(BANDS, inputs=WIDE.replace(line, line + wrong))
        assert helpers.codes(text) == (["CX213"] if wrong else [])
    plain = WIDE.replace("of: [f, m], protected: yes", "of: [f, m], changes: down")
    assert helpers.codes(helpers.pack(BANDS, inputs=plain)) == ["CX213"]


def test_no_more_than_asked_for_are_listed_and_it_is_said():
    """All ties up to a limit, and never as if there were no more."""
    kent = kent_book()
    found = kent.nearest(PUPIL, on=KENT_DAY, outcome="tariff", most=3)
    assert len(found.ways) == 3
    assert found.more
    everything = kent.nearest(PUPIL, on=KENT_DAY, outcome="tariff", most=100)
    assert not everything.more
    assert everything.ways[:3] == found.ways


FORMULA = """
- decision: out
  asks: How much?
  type: number
  hit: first
  rules:
    - {id: R-1, when: {need_now: severe}, then: "= cost + 10", because: The cost.}
    - {id: R-0, otherwise: 100, because: Nothing else.}
- decision: over
  asks: Is half the cost over a limit that goes by age?
  type: yes_no
  hit: first
  rules:
    - {id: S-1, when: {half: "> by_age"}, then: yes, because: Over it.}
    - {id: S-0, otherwise: no, because: Not over it.}
"""


def formulas():
    """A pack whose amounts follow amounts."""
    inputs = WIDE.replace("type: money, unit: GBP/year,", "type: number, step: 0.01,")
    more = "measures:\n  half: cost / 2\n  by_age: 100 * age\n"
    return helpers.rulebook(helpers.pack(FORMULA, outcomes="out, over", inputs=inputs, more=more))


def test_where_the_diagram_does_not_tell_it_is_searched_and_said():
    """A formula over amounts is not told apart, so what is found is confirmed but not proved to be the smallest."""
    book = formulas()
    found = book.nearest({**START, "need_now": "severe"}, on=DAY, outcome="out")
    assert not found.exact
    assert "not proved" in found.because
    assert found.ways
    assert all(way.gives != found.current for way in found.ways)
    over = book.nearest(START, on=DAY, outcome="over")
    assert not over.exact
    assert over.ways[0].gives.value is True
    assert over.ways[0].changes[0].becomes > 2200
    sides = book.sides({**START, "need_now": "severe"}, on=DAY, outcome="out")
    assert sides.at_least is None
    assert sides.because


def test_a_diagram_that_is_too_large_is_no_reason_to_say_nothing():
    """The search answers, and says what it rests on."""
    book = continuum.Rulebook(helpers.rulebook(helpers.pack(BANDS, inputs=WIDE)).written)
    with book._proof(DAY) as proof:
        proof.diagram.budget = len(proof.diagram) + 1  # whatever was made for other questions
    found = book.nearest(START, on=DAY, outcome="out")
    assert not found.exact
    assert short(found)[0].keys() == {"cost"}
    assert "CX706" not in found.because
    assert book.sides(START, on=DAY, outcome="out").because


def test_an_answer_that_the_reference_does_not_confirm_is_never_given(monkeypatch):
    """A fault of the diagram stops the answer; it does not become advice."""
    book = helpers.rulebook(helpers.pack(BANDS, inputs=WIDE))
    monkeypatch.setattr(Walk, "ways", lambda self, _wanted, _most: ([(self.places[0].moves[0],)], False))
    with pytest.raises(EngineError) as stopped:
        book.nearest(START, on=DAY, outcome="out")
    assert stopped.value.findings[0].code == "CX703"


# --- two sides ---------------------------------------------------------------------------------------------------------


@small
@given(worlds())
def test_each_side_is_enough_and_nothing_in_it_can_be_spared(world):
    """Both halves matter: an answer too few is a false reason, and one too many sends people to argue about nothing."""
    for outcome in world.book.pack.outcomes:
        sides = world.book.sides(world.given, on=DAY, outcome=outcome)
        now = world.results(outcome, world.values)
        for claim, side in (("at_least", sides.at_least), ("at_most", sides.at_most), ("exactly", sides.exactly)):
            if side is None:
                continue
            holds = claim_of(world, outcome, claim, now)
            names = [answer.field for answer in side.because]
            event(f"{claim} because of {len(names)}")
            assert enough(world, outcome, names, holds)
            assert not any(enough(world, outcome, [one for one in names if one != name], holds) for name in names)
        if not (sides.at_least or sides.at_most or sides.exactly):
            assert len(now) > 1
            assert sides.because


def claim_of(world, outcome, claim, now):
    """What a side claims, told from the results and the pack."""
    type_ = world.book.pack.tables[outcome].type
    if claim == "exactly":
        assert len(now) == 1
        return lambda told: told in now
    rank = type_.values.index if type_.kind == "scale" else int
    ranks = [rank(told[1]) for told in now]
    assert all(told[0] == "indicated" for told in now)
    if claim == "at_least":
        return lambda told: told[0] == "indicated" and rank(told[1]) >= min(ranks)
    return lambda told: told[0] == "indicated" and rank(told[1]) <= max(ranks)


def enough(world, outcome, names, holds):
    """Whether a claim holds for every profile that gives these answers, whatever it gives besides, and is given at all."""
    fixed = {name: world.values[name] for name in names if name in world.values}
    open_ = [name for name in VALUES if name not in names]
    for some in itertools.chain.from_iterable(itertools.combinations(open_, k) for k in range(len(open_) + 1)):
        if not all(map(holds, world.results(outcome, fixed, frozenset(fixed) | frozenset(some)))):
            return False
    return True


def test_a_side_with_nothing_beyond_it_is_left_out():
    """That the highest band is at most the highest says nothing."""
    book = helpers.rulebook(helpers.pack(BANDS, inputs=WIDE))
    high = book.sides({**START, "need_now": "severe", "cost": 9_500}, on=DAY, outcome="out")
    assert high.at_most is None
    assert [(one.field, str(one.value)) for one in high.at_least.because] == [("need_now", "severe"), ("cost", "9500.00")]
    low = book.sides(START, on=DAY, outcome="out")
    assert low.at_least is None
    assert [one.field for one in low.at_most.because] == ["need_now", "cost", "age"]


# --- margins -----------------------------------------------------------------------------------------------------------


@small
@given(worlds())
def test_margins_are_the_first_line_each_way_and_no_line_is_missed(world):
    """A line that is missed would call a close case clear."""
    outcomes = [name for name, one in world.decision.outcomes.items() if one.state != "range"]
    amounts = any(world.book.pack.tables[name].type.kind in ("number", "fields") for name in outcomes)
    found = {}
    for margin in world.decision.margins:
        found.setdefault((margin.field, margin.way), []).append(margin)
        assert margin.exact
        assert margin.judged == (margin.field == "a")
    for name in VALUES:
        if world.values.get(name, ABSENT) is ABSENT or world.ways.get(name) == "no" or (name == "n" and amounts):
            continue
        for way, values in along(world, name):
            lines = [(value, steps, set(changed(world, outcomes, name, value))) for value, steps in values]
            lines = [line for line in lines if line[2]]
            mine = [(exact_of_margin(one), one.steps, set(one.gives)) for one in found.get((name, way), [])]
            assert mine == (lines if way == "other" else lines[:1])


def along(world, name):
    """The other values of an input each way, with their distance."""
    values = [value for value in VALUES[name] if value is not ABSENT]
    at = values.index(world.values[name])
    if name in "bc":
        return [("other", [(value, 1) for value in values if value != values[at]])]
    return [
        ("up", [(v, i) for i, v in enumerate(values[at + 1 :], 1)]),
        ("down", [(v, i) for i, v in enumerate(values[:at][::-1], 1)]),
    ]


def changed(world, outcomes, name, value):
    """The settled outcomes that another answer changes."""
    for outcome in outcomes:
        there = world.results(outcome, {**world.values, name: value})
        if there and there != world.results(outcome, world.values):
            yield outcome


def exact_of_margin(margin):
    """The answer of a margin as engines take it."""
    return int(margin.becomes) if margin.field == "n" else margin.becomes


def test_margins_are_looked_for_when_asked_for_and_survive_json_and_pickling():
    """As the reasons do: deciding stays quick, and a kept decision says what it said."""
    decision = kent_book().decide(PUPIL, on=KENT_DAY)
    assert callable(decision._near)
    margins = decision.margins
    assert not callable(decision._near)
    again = Decision.model_validate_json(decision.model_dump_json())
    assert again == decision
    assert again.margins == margins
    assert again.borderline == decision.borderline
    assert pickle.loads(pickle.dumps(decision)).margins == margins  # noqa: S301  # its own bytes
    old = json.loads(decision.model_dump_json())
    del old["margins"]
    assert Decision.model_validate(old, strict=False).margins == ()


def test_borderline_is_one_step_of_a_judgement_and_not_of_an_amount():
    """A penny beside a line is arithmetic; a level beside it is a matter of opinion."""
    book = helpers.rulebook(helpers.pack(BANDS, inputs=WIDE))
    penny = book.decide({**START, "cost": "3999.99"}, on=DAY)
    assert [(one.field, one.way, one.steps) for one in penny.margins] == [("cost", "up", 1)]
    assert not penny.borderline
    assert "No single step of one judgement would change an outcome." in penny.explain("panel")
    level = book.decide({**START, "need_now": "mild", "cost": 9_500}, on=DAY)
    assert level.borderline
    assert "One step more in Need now would give High (Out)" in " ".join(level.explain("panel").split())
    judged = WIDE.replace("age: {", "age: {judged_by: A panel, ").replace(", changes: no", "")
    assert helpers.rulebook(helpers.pack(BANDS, inputs=judged)).decide({**START, "age": 18}, on=DAY).borderline


def test_an_amount_that_follows_a_number_has_no_lines_of_its_own():
    """Else every number would be a penny from another outcome."""
    book = formulas()
    decision = book.decide({**START, "need_now": "severe", "cost": 100}, on=DAY)
    of_cost = [margin for margin in decision.margins if margin.field == "cost"]
    assert all("out" not in margin.gives for margin in of_cost)
    assert all(not margin.exact for margin in of_cost)


# --- Kent --------------------------------------------------------------------------------------------------------------

KENT_DAY = dt.date(2026, 10, 1)
PUPIL = {
    "age": 8, "year_group": 4, "school_phase": "primary", "setting": "mainstream", "plan": "ehcp", "primary_type": "asd",
    "provision_cost": 8000, "speech_language": "severe", "mental_health": "moderate",
}  # fmt: skip


@lru_cache
def kent_book():
    """The Kent pack."""
    return continuum.load("kent-continuum", on=KENT_DAY)


CASES = [case for case in read_cases(kent_book().written)[0] if case.on == KENT_DAY and case.expect.keys() & {"band", "tariff"}][
    ::8
]


def test_a_pupil_in_the_exceptional_part_of_the_kent_pack():
    """Worked by hand from the rules: EXC asks for a severe need and a cost over 6,000 pounds."""
    found = kent_book().nearest(PUPIL, on=KENT_DAY, outcome="band")
    assert found.exact
    assert found.current.value == "exceptional"
    assert short(found) == [{"speech_language": "moderate"}, {"provision_cost": "6000.00"}]
    assert {way.gives.value for way in found.ways} == {"predictable"}
    sides = kent_book().sides(PUPIL, on=KENT_DAY, outcome="band")
    assert {one.field for one in sides.at_least.because} >= {"speech_language", "plan", "provision_cost"}
    assert not {one.field for one in sides.at_least.because} & {"mental_health", "setting", "primary_type"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
@pytest.mark.parametrize("outcome", ["band", "tariff"])
def test_no_single_answer_of_a_kent_case_does_it_in_fewer_steps(case, outcome):
    """Every other value of every answer is tried, and pounds and days beside each constant of the pack."""
    book = kent_book()
    values = book.profile(case.given).exact_values()
    found = book.nearest(case.given, on=KENT_DAY, outcome=outcome, most=100)
    told = book._decided(outcome, values, KENT_DAY)[1]
    best = min(
        (
            steps
            for name, value, steps in singles(book, values)
            if (other := book._decided(outcome, {**values, name: value}, KENT_DAY))
            and (not other[1] & told if len(told) == 1 else len(other[1]) == 1)
        ),
        default=None,
    )
    assert found.exact
    assert (found.steps if found.inputs == 1 else None) == best


def singles(book, values):
    """Every answer with one value changed, and how many steps that counts; what does not change is left alone."""
    for name, asked in book.pack.inputs.items():
        if asked.protected:
            continue
        order = [False, True] if asked.type.kind == "yes_no" else list(asked.type.values)
        if not order:
            line = Line(asked, KENT_DAY)
            constants = [] if asked.type.kind == "date" else [0, 2, 4, 5, 6, 7, 6000]
            days = [dt.date(2024, 10, 1), dt.date(2024, 9, 30), dt.date(2024, 10, 2), KENT_DAY]
            order = (
                list(line.between(set(days if asked.type.kind == "date" else constants))) if line.count > 30 else list(line.all())
            )
        was = values.get(name)
        for value in [*order, *([ABSENT] if asked.optional else [])]:
            if value != was:
                apart = asked.type.kind == "scale" and was is not None
                yield name, value, abs(order.index(value) - order.index(was)) if apart else 1


def test_one_of_several_values_may_be_wanted():
    """Which changes open a kind of provision is asked for that kind, whatever else is open."""
    found = kent_book().nearest(PUPIL, on=KENT_DAY, outcome="provision", to="alternative")
    assert short(found) == [{"mental_health": "severe"}]
    assert "alternative" in found.ways[0].gives.value
    assert kent_book().nearest(PUPIL, on=KENT_DAY, outcome="provision", to="special").because == "it is so already"


def test_what_is_wanted_must_be_something_that_there_is():
    """A misspelt outcome gets the nearest, not an empty answer that looks like a proof."""
    for outcome, to, said in (("bnd", None, "did you mean `band`"), ("band", "exceptionl", "did you mean `exceptional`")):
        with pytest.raises(ValueError, match=said):
            kent_book().nearest(PUPIL, on=KENT_DAY, outcome=outcome, to=to)


def test_nearest_and_sides_are_the_same_through_json():
    """They may be kept beside a decision."""
    found = kent_book().nearest(PUPIL, on=KENT_DAY, outcome="funding_route")
    assert Nearest.model_validate_json(found.model_dump_json()) == found
    sides = kent_book().sides(PUPIL, on=KENT_DAY, outcome="tariff")
    assert Sides.model_validate_json(sides.model_dump_json()) == sides


@pytest.fixture
def pupil(tmp_path):
    """A profile in a file."""
    path = tmp_path / "pupil.yaml"
    path.write_text("on: 2026-10-01\n" + "".join(f"{name}: {value}\n" for name, value in PUPIL.items()), encoding="utf-8")
    return str(path)


def test_the_command_says_what_would_change_and_what_holds(pupil):
    """For people around a table: both on one page, with what it is not."""
    result = CliRunner().invoke(cli, ["nearest", pupil, "--outcome", "tariff"])
    assert result.exit_code == 0, result.output
    text = " ".join(result.stdout.split())
    assert "Tariff step: Step 1" in text
    assert "Speech, language and communication: Profound (now Severe). Then: Step 3" in text
    assert "any one of General learning, Specific learning, Hearing, Vision" in text
    assert "It is proved that nothing smaller does it." in text
    assert "At most Step 1 because" in text
    assert "It is not a decision" in text


def test_the_command_prints_json_and_refuses_what_there_is_not(pupil):
    """One object for one profile, a list for several, and wrong use is wrong use."""
    one = CliRunner().invoke(cli, ["nearest", pupil, "--outcome", "band", "--format", "json"])
    data = json.loads(one.stdout)
    assert Nearest.model_validate(data["nearest"], strict=False).exact
    second = shutil.copy(pupil, pupil.replace("pupil", "other"))
    both = CliRunner().invoke(cli, ["nearest", pupil, second, "--outcome", "band", "--format", "json"])
    assert len(json.loads(both.stdout)) == 2
    wrong = CliRunner().invoke(cli, ["nearest", pupil, "--outcome", "band", "--to", "exceptionl"])
    assert wrong.exit_code == 2
    assert "did you mean `exceptional`?" in wrong.stderr
