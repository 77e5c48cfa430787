# SPDX-License-Identifier: MIT
"""The index engine comes to exactly what the reference comes to, and asks for the same."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import pytest

pytest.importorskip("durable_rules_engine", reason="the packs and days are those of the test of both other engines")

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.helpers import DAY, pack, rulebook
from tests.test_engines_agree import DEEP, EVERY_DAY, HIGH, RULEBOOKS, bases, days, spread, wide_pack

from continuum.compiled import ABSENT
from continuum.engines import index
from continuum.engines.index import UNKNOWN, Index
from continuum.engines.reference import NotKnown
from continuum.errors import EngineError
from continuum.rulebook import Rulebook
from continuum.testing import boundary_profiles, completed, laws, packs, profiles, rulebook_of

each_pack = pytest.mark.parametrize("book", RULEBOOKS.values(), ids=RULEBOOKS)
INDEXES = {name: Index(book.pack) for name, book in RULEBOOKS.items()}


def index_of(book):
    """The index of a shipped pack, made once, so that what it keeps is used."""
    return INDEXES[f"{book.id} {book.version}"]


def asked(env, name):
    """What a decision comes to, or the input that is asked for."""
    try:
        return env[name]
    except NotKnown as unknown:
        return unknown.name


def same(engine, book, values, day, given=None):
    """Assert that the index and the reference come to the same for every outcome, or ask for the same input."""
    reference = book._engine("reference")
    for name in book.pack.outcomes:
        mine, theirs = (asked(one.env(values, day, given), name) for one in (engine, reference))
        assert mine == theirs, (name, values)
    if values.keys() >= book.pack.inputs.keys():
        expected = reference.decide(values, day) if given is None else None
        assert expected is None or engine.decide(values, day) == expected
        assert expected is None or engine.decide_cells(engine.encode(values, day), values, day) == expected


# --- the same as the reference --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("book", "day"), EVERY_DAY)
def test_the_index_agrees_on_every_boundary_seen_from_worked_examples(book, day):
    """A mask that is one cell off shows at a threshold and nowhere else."""
    start = bases(book, day)
    for base in start if DEEP else spread(start, 10):
        for profile in boundary_profiles(book, base, on=day, pairs=False):
            same(index_of(book), book, profile.exact_values(), day)


@each_pack
@given(data=st.data())
def test_the_index_agrees_on_drawn_profiles_known_in_full_or_not(book, data):
    """Where something is not known the index must ask for what the reference asks for, or the walk would branch elsewhere."""
    day = data.draw(st.sampled_from(days(book)))
    for unknowns in (False, False, True, True):
        same(index_of(book), book, data.draw(profiles(book, unknowns=unknowns, on=day)).exact_values(), day)


@settings(max_examples=max(100, settings.default.max_examples))
@given(text=packs(), data=st.data())
def test_the_index_agrees_on_drawn_packs(text, data):
    """The shipped packs use a part of the language; packs that nobody would write use the rest."""
    book = rulebook_of(text)
    day = data.draw(st.sampled_from([dt.date(2025, 1, 1), dt.date(2025, 6, 15)]))
    engine = Index(book.pack)
    for unknowns in (False,) * 8 + (True,) * 4:
        values = data.draw(profiles(book, unknowns=unknowns, on=day)).exact_values()
        same(engine, book, values, day)
        same(engine, book, values, day)  # from what it kept


@pytest.mark.parametrize("kept", [1, 3])
def test_an_index_that_keeps_next_to_nothing_agrees(monkeypatch, kept):
    """What is kept is bounded; a store that is emptied in the middle of a decision must not change it."""
    monkeypatch.setattr(index, "KEPT", kept)
    book = RULEBOOKS["kent-continuum 2025.9.0"]
    engine, day = Index(book.pack), book.pack.start
    for profile in boundary_profiles(book, bases(book, day)[0], on=day, pairs=False):
        same(engine, book, profile.exact_values(), day)
    assert all(len(table.by_bits) <= kept and len(table.by_numbers) <= kept for table in engine.tables.values())


def test_eight_threads_on_one_index_give_right_answers():
    """What is kept is shared by every thread of a server."""
    book, day = RULEBOOKS["kent-continuum 2025.9.0"], dt.date(2025, 12, 4)
    sample = [
        p.exact_values() for base in spread(bases(book, day), 6) for p in boundary_profiles(book, base, on=day, pairs=False)
    ]
    wanted = [book._engine("reference").decide(values, day) for values in sample]
    engine, together = Index(book.pack), threading.Barrier(8)

    def work(number):
        together.wait()
        order = [(i + number) % len(sample) for i in range(len(sample))]
        return all(engine.decide(sample[i], day) == wanted[i] for i in order)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(0, 8 * 13, 13))) == [True] * 8


# --- what is hard about masks ---------------------------------------------------------------------------------------

NESTED = pack(
    """
    - decision: out
      asks: Which rules hold?
      type: {choice: letters}
      hit: collect
      rules:
        - id: R-1
          when: {any: [{age: "> 3", all: [{any: [{on_roll: yes}, {cost: "> 10"}]}]}, {setting: srp}]}
          then: a
          because: One.
        - {id: R-2, when: {not: {any: [{age: "> 3", on_roll: yes}, {setting: srp}]}}, then: b, because: Two.}
        - {id: R-3, when: {not: {all: [{age: "> 3"}, {not: {any: [{on_roll: yes}, {cost: "= age"}]}}]}}, then: c, because: Three.}
        - {id: R-4, when: {age: "not (3, [5 .. 7))", any: [{cost: "<= 10"}]}, then: d, because: Four.}
    """,
    inputs="""
    choices: {places: [mainstream, srp], letters: [a, b, c, d]}
    inputs:
      age: {ask: Age, type: integer, min: 0, max: 9}
      cost: {ask: Cost, type: integer, min: 0, max: 99}
      setting: {ask: Setting, type: choice, of: places}
      on_roll: {ask: On roll, type: yes_no}
    """,
)


def test_any_inside_all_inside_any_and_under_not_are_right_in_every_cell():
    """Alternatives are bits below their rule: the innermost must be settled first."""
    book = rulebook(NESTED)
    engine = Index(book.pack)
    for age, cost, setting, on_roll in product((0, 3, 4, 5, 6, 7, 8), (0, 4, 10, 11), ("mainstream", "srp"), (False, True)):
        same(engine, book, {"age": age, "cost": cost, "setting": setting, "on_roll": on_roll}, DAY)


def test_forty_pairs_are_not_multiplied_out():
    """The rule would be more rows than a machine holds; as bits it is eighty and one."""
    book = rulebook_of(wide_pack(40))
    engine, day = Index(book.pack), dt.date(2025, 6, 1)
    low = dict.fromkeys(book.pack.inputs, 0)
    assert len(engine.tables["level"].bits.terms) == 81
    for values in (low, {**low, **{f"n{2 * i}": 5 for i in range(40)}}, {**low, **{f"n{2 * i + i % 2}": 5 for i in range(40)}}):
        same(engine, book, values, day)
        same(engine, book, {**values, "n6": 0, "n7": 0}, day)


@pytest.mark.parametrize("hit", ["first", "unique", "highest", "collect", "sum", "any"])
def test_a_table_of_300_rules_is_decided_by_every_hit_policy(hit):
    """A word of the machine has 64 bits; a table may have more rules."""
    type_ = {"collect": "{choice: places}", "sum": "number", "highest": "number"}.get(hit, "number")
    gives = (lambda i: ["mainstream", "srp", "special"][i % 3]) if hit == "collect" else (lambda i: i // 40)
    rules = "\n".join(
        f'        - {{id: R-{i}, when: {{score: "[{i} .. {i + 30})", age: "<= {i % 25}"}}, then: {gives(i)}, because: Line {i}.}}'
        for i in range(300)
    )
    text = f"- decision: out\n  asks: What?\n  type: {type_}\n  hit: {hit}\n  rules:\n" + rules.replace("        -", "    -")
    book = rulebook(pack(text))
    engine, base = Index(book.pack), completed(book).exact_values()
    for score, age in product((-1, 0, 29, 30, 63, 64, 65, 128, 299, 300, 329, 330), (0, 12, 24, 25)):
        same(engine, book, {**base, "score": score, "age": age}, DAY)


STATES = """
- decision: first_step
  asks: First?
  type: yes_no
  hit: first
  rules:
    - {id: F-1, when: {age: "< 5"}, then: not_applicable, because: Young.}
    - {id: F-2, when: {age: "> 15"}, then: refer, to: A person, because: Old.}
    - {id: F-3, when: {age: 6}, then: {individually_agreed: yes}, because: Six.}
    - {id: F-4, otherwise: yes, because: Else.}
- decision: share
  asks: Share?
  type: number
  hit: first
  rules: [{id: S-1, when: {first_step: yes}, then: "= cost_share", because: It is.}]
- decision: out
  asks: Out?
  type: number
  hit: sum
  rules:
    - {id: R-1, when: {first_step: not_applicable}, then: 1, because: One.}
    - {id: R-2, when: {first_step: referred, age: "> 10"}, then: 2, because: Two.}
    - {id: R-3, when: {first_step: yes}, then: 4, because: Three.}
    - {id: R-4, when: {share: "> 2"}, then: "= share", because: Four.}
    - {id: R-5, when: {cost_share: "> 3"}, then: 16, because: Five.}
"""


def test_states_failures_and_what_rests_on_them_are_the_references():
    """Not applicable goes before referred, and both before what cannot be worked out."""
    book = rulebook(
        pack(STATES, outcomes="first_step, share, out", more="measures: {cost_share: {is: score / (age - 7), ask: Share}}")
    )
    engine, base = Index(book.pack), completed(book).exact_values()
    states = set()
    for age, score in product((4, 5, 6, 7, 8, 15, 16), (0, 2, 3, 4, 100)):
        values = {**base, "age": age, "score": score}
        same(engine, book, values, DAY)
        states |= {(worked.state, worked.cause) for worked in engine.decide(values, DAY).values()}
    assert {"rule", "arithmetic", "decision", "individually_agreed"} <= {cause for _, cause in states}


def test_what_the_form_gave_is_asked_of_the_form():
    """Values may have been filled in; `known` is about what was given."""
    text = pack(
        """
        - decision: out
          asks: Out?
          type: yes_no
          hit: first
          rules:
            - {id: R-1, when: {age: known, speech: severe}, then: yes, because: Given.}
            - {id: R-2, when: {age: unknown}, then: no, missing: deliberate, because: Not given.}
            - {id: R-3, otherwise: refer, because: Else.}
        """
    )
    book = rulebook(text)
    engine, values = Index(book.pack), completed(book, {"speech": "severe"}).exact_values()
    for given_ in (frozenset(values), frozenset(values) - {"age"}):
        same(engine, book, values, DAY, given_)
    found = [engine.decide(values, DAY, given_)["out"].rules for given_ in (None, frozenset(values) - {"age"})]
    assert found == [("R-1",), ("R-2",)]


def test_what_cannot_be_worked_out_matters_only_where_it_is_read():
    """The same bits, once with and once without a value: what was kept for one must not answer for the other."""
    text = pack(
        """
        - decision: out
          asks: Out?
          type: yes_no
          hit: first
          rules:
            - {id: R-1, when: {cost_share: "[0 .. 0]"}, then: yes, because: Nothing.}
            - {id: R-2, otherwise: no, because: Else.}
        """,
        more="measures: {cost_share: {is: cost / age, ask: Share}}",
    )
    book = rulebook(text)
    engine, base = Index(book.pack), completed(book).exact_values()
    for age, cost in [(1, 0), (0, 0), (1, 0), (1, 5), (0, 5), (1, 5)]:
        same(engine, book, {**base, "age": age, "cost": cost}, DAY)


def test_a_decision_is_worked_out_only_where_an_outcome_reads_it():
    """As in the reference: a table that no outcome reads may ask for what is not known."""
    text = pack(
        """
        - {decision: aside, asks: A?, type: yes_no, hit: first, rules: [{id: A-1, when: {age: "> 3"}, then: yes, because: A.}]}
        - {decision: out, asks: B?, type: yes_no, hit: first, rules: [{id: R-1, when: {on_roll: yes}, then: yes, because: B.}]}
        """
    )
    book = rulebook(text)
    assert Index(book.pack).decide({"on_roll": True}, DAY)["out"].value is True


# --- cells ----------------------------------------------------------------------------------------------------------


@each_pack
def test_cells_are_whole_numbers_and_tell_profiles_apart_no_more_than_the_rules_do(book):
    """Columns of cells are what bulk work decides over."""
    engine, day = index_of(book), book.pack.start
    for profile in boundary_profiles(book, bases(book, day)[0], on=day, pairs=False):
        cells = engine.encode(profile.exact_values(), day)
        assert len(cells) == len(engine.fields)
        assert all(
            type(cell) is int and UNKNOWN <= cell < engine.cells[name].count
            for name, cell in zip(engine.fields, cells, strict=True)
        )


def test_cells_alone_decide_where_rules_give_constants():
    """An encoded profile needs no values: 18 and 19 are one cell where no rule parts them."""
    book = rulebook_of(wide_pack(2))
    engine, day = Index(book.pack), dt.date(2025, 6, 1)
    values = {"n0": 5, "n1": 0, "n2": 0, "n3": 9}
    cells = engine.encode(values, day)
    assert engine.decide_cells(cells) == engine.decide(values, day)
    assert engine.encode({**values, "n3": 8}, day) == cells


def test_cells_that_do_not_suffice_say_what_is_missing():
    """Never an answer from what is not there."""
    book = rulebook(
        pack(
            """
        - decision: out
          asks: A?
          type: number
          hit: first
          rules: [{id: R-1, when: {age: 4}, then: "= age + 1", because: A.}]
        """
        )
    )
    engine = Index(book.pack)
    assert engine.encode({}, DAY) == (UNKNOWN,)
    with pytest.raises(NotKnown, match="age"):
        engine.decide_cells((UNKNOWN,))
    with pytest.raises(NotKnown, match="age"):
        engine.decide_cells(engine.encode({"age": 4}, DAY))
    assert engine.decide_cells(engine.encode({"age": 4}, DAY), {"age": 4}, DAY)["out"].value == 5


def test_cells_without_a_day_ask_for_the_day():
    """A rate of some other day would be a wrong amount."""
    book = rulebook(
        pack(
            "- {decision: out, asks: A?, type: money, unit: GBP/year, places: 2, rounding: half_up, hit: first, "
            "rules: [{id: R-1, when: {on_roll: yes}, then: '= fee[]', because: A.}]}",
            more="""
            rates:
              fee:
                keys: []
                type: money
                unit: GBP/year
                rows:
                  - {from: 2020-01-01, to: 2024-12-31, value: 5}
                  - {from: 2025-01-01, value: 7}
            """,
        )
    )
    engine, values = Index(book.pack), {"on_roll": True}
    with pytest.raises(NotKnown, match="today"):
        engine.decide_cells(engine.encode(values, DAY), values)
    days_ = (dt.date(2024, 12, 31), dt.date(2025, 1, 1), dt.date(2024, 12, 31))
    assert [engine.decide_cells(engine.encode(values, day), values, day)["out"].value for day in days_] == [5, 7, 5]
    for day in days_:
        same(engine, book, values, day)


def test_a_value_that_cannot_be_is_refused():
    """A cell past the last would rule nothing out."""
    book = rulebook_of(wide_pack(2))
    with pytest.raises(ValueError, match="cannot be absent"):
        Index(book.pack).decide({"n0": 5, "n1": 0, "n2": 0, "n3": ABSENT}, dt.date(2025, 6, 1))


# --- in the rulebook ------------------------------------------------------------------------------------------------


@each_pack
@given(data=st.data())
def test_a_decision_is_the_same_with_and_without_the_index(book, data):
    """The index decides for the reference; nobody must be able to tell."""
    day = data.draw(st.sampled_from(days(book)))
    profile = data.draw(profiles(book, unknowns=data.draw(st.booleans()), on=day))
    laws.cross_check_changes_nothing(book, profile, on=day)


@pytest.mark.parametrize("unknown", [{}, {"specific_learning": None}], ids=["complete", "with an unknown"])
def test_a_planted_fault_of_the_index_stops_a_cross_checked_decision(monkeypatch, unknown):
    """A silent fault must end in an error and never in a decision."""
    book = Rulebook(RULEBOOKS["kent-continuum 2025.9.0"].written)
    right = Index.matched
    ready = sum(table.bits.ready << table.shift for table in book._engine("index").tables.values())
    monkeypatch.setattr(Index, "matched", lambda self, cells: right(self, cells) & ready)
    with pytest.raises(EngineError) as stopped:
        book.decide({**HIGH, **unknown}, on=dt.date(2026, 1, 15), cross_check=True)
    assert [finding.code for finding in stopped.value.findings] == ["CX703"]


@pytest.mark.parametrize("text", [wide_pack(10), wide_pack(2)], ids=["durable refuses", "durable takes"])
def test_the_index_is_no_second_engine_of_a_decision(text):
    """Engines that agree are readings of the rules that share no matching; the index is the reference's own."""
    book = rulebook_of(text)
    decision = book.decide(dict.fromkeys(book.pack.inputs, 5), on=dt.date(2025, 6, 1), cross_check=True)
    assert "index" not in decision.engines
