# SPDX-License-Identifier: MIT
"""What a change of rules does to a caseload, held against counting again by other means."""

from __future__ import annotations

import datetime as dt
import json
import random
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from html.parser import HTMLParser
from itertools import product
from pathlib import Path

import pytest
from tests import helpers

import continuum
from continuum.caseloads.caseload import Caseload
from continuum.errors import EngineError
from continuum.figures.suppression import ALL
from continuum.impact import explaining
from continuum.impact.caseload import compare
from continuum.impact.data import data
from continuum.impact.markdown import markdown
from continuum.impact.page import page
from continuum.impact.showing import MOVE, showing
from continuum.impact.text import text

ROOT = Path(__file__).resolve().parents[1]
DAY = dt.date(2026, 8, 31)
SMALL = """\
format: 1
id: small
version: "{version}"
title: A small pack
authority: {{scheme: test, code: "1", name: A council}}
status: illustrative
in_force: {{from: 2020-01-01, to: 2030-12-31}}
scales:
  need: [none, mild, severe]
inputs:
  speech: {{ask: Speech, type: scale, scale: need}}
  {cost}: {{ask: Cost, type: money, unit: GBP/year, min: 0, max: 20000, step: 0.01}}
  plan: {{ask: Plan, type: yes_no}}
  seen: {{ask: Day seen, type: date, min: 2019-01-01, max: today, optional: yes}}
terms:
  {cost}: {{label: The cost{formerly}}}
rates:
  pay:
    keys: [band]
    type: money
    unit: GBP/year
    rows:
      - {{band: low, value: {low}, illustrative: Ours.}}
      - {{band: high, value: {high}, illustrative: Ours.}}
outcomes: [band, pay_now, kinds, share]
decisions:
  - decision: band
    asks: Which band?
    type: {{scale: [low, high]}}
    hit: first
    rules:
      - {{id: B-1, when: {{speech: severe}}, then: high, because: It is., illustrative: Ours.}}
      - {{id: B-2, when: {{{cost}: ">= {line}"}}, then: high, because: It is., illustrative: Ours.}}
      - {{id: B-3, when: {{speech: none, plan: no}}, then: not_applicable, because: No need., illustrative: Ours.}}
      - {{id: B-4, when: {{speech: none}}, then: refer, to: A panel, because: It is odd., illustrative: Ours.}}
      - {{id: B-0, otherwise: low, because: It is., illustrative: Ours.}}
  - decision: pay_now
    asks: How much?
    type: money
    unit: GBP/year
    places: 2
    rounding: half_up
    hit: first
    rules:
      - {{id: P-1, when: {{band: not_applicable}}, then: not_applicable, because: None., illustrative: Ours.}}
      - {{id: P-2, otherwise: "= pay[band]", because: By band., illustrative: Ours.}}
  - decision: kinds
    asks: Which kinds?
    type: {{choice: [school, team]}}
    hit: collect
    rules:
      - {{id: K-1, when: {{plan: {plan}}}, then: team, because: It may., illustrative: Ours.}}
      - {{id: K-2, when: {{speech: ">= mild"}}, then: school, because: It may., illustrative: Ours.}}
  - decision: share
    asks: Which share of the cost?
    type: money
    unit: GBP/year
    places: 2
    rounding: half_up
    hit: first
    rules:
      - {{id: S-1, when: {{seen: present}}, then: "= {cost} / {part}", because: A part., illustrative: Ours.}}
      - {{id: S-0, otherwise: "= {cost}", because: All of it., illustrative: Ours.}}
"""
FIRST = {
    "version": "1.0.0",
    "cost": "cost",
    "formerly": "",
    "low": "1000.10",
    "high": "2000",
    "line": "6000",
    "plan": "yes",
    "part": "2",
}


def small(**changed):
    """A version of the small pack."""
    return helpers.rulebook(SMALL.format(**{**FIRST, **changed}))


def drawn_rows(seed, count=120):
    """Rows of the small pack, some with unknowns and some that cannot be taken."""
    chance = random.Random(seed)  # noqa: S311  # a caseload for a test
    for number in range(count):
        yield {
            "pupil": f"P{number}",
            "district": chance.choice(["North", "South", "East"]),
            "speech": chance.choice(["none", "mild", "severe", "", "mild"]),
            "cost": chance.choice(["0", "5999.99", "6000", "6500.01", "7000", "", "30000", "123.45"]),
            "plan": chance.choice(["yes", "no", "unknown"]),
            "seen": chance.choice(["2024-02-29", "absent", "", "2024-05-01"]),
        }


def told(rulebook, row, on, name, cost="cost"):
    """What one version says, by deciding the row by itself: a value, or in a word why there is none."""
    given = {key: value for key, value in row.items() if key in ("speech", "plan", "seen") and value}
    if row["cost"]:
        given[cost] = row["cost"]
    try:
        outcome = rulebook.decide(given, on=on).outcomes[name]
    except continuum.ProfileError:
        return "invalid", None
    words = {"range": "not settled", "refer": "for people to decide", "not_applicable": "not applicable"}
    return words.get(outcome.state, ""), outcome


NEWER = {
    "version": "2.0.0",
    "cost": "yearly_cost",
    "formerly": ", formerly: [cost]",
    "low": "1100",
    "high": "1999.99",
    "line": "6500",
    "plan": "no",
    "part": "3",
}
VERSIONS = [NEWER, {"version": "2.0.0", "line": "7000"}, {"version": "2.0.0"}, {"version": "2.0.0", "high": "2500", "part": "4"}]


@pytest.mark.parametrize("changed", VERSIONS, ids=range(len(VERSIONS)))
@pytest.mark.parametrize("seed", range(3))
def test_counting_each_row_by_itself_gives_the_same_matrix_and_the_same_pounds(changed, seed):
    """The matrix is what finance plans with; a pupil lost or counted twice would be a false budget."""
    old, new, on = small(), small(**changed), dt.date(2024, 6, 1)
    rows = list(drawn_rows(seed))
    found = compare(old, new, rows, on=on, by="district")
    cost = changed.get("cost", "cost")
    assert found.pupils == len(rows)
    matrices = {matrix.key: matrix for matrix in found.matrices}
    for key in ("band", "pay_now", "share"):
        pairs = [(told(old, row, on, key), told(new, row, on, key, cost)) for row in rows]
        states = Counter((a[0], b[0]) for a, b in pairs)
        matrix = matrices[key]
        words = {"not settled", "for people to decide", "not applicable", "invalid"}
        again = Counter()
        for (row, column), count in matrix.pupils.items():
            again[row if row in words else "", column if column in words else ""] += count
        assert again == states
        assert sum(matrix.pupils.values()) == len(rows)
        assert matrix.moving == sum(a[0] != b[0] or (a[1] is not None and shown(a[1]) != shown(b[1])) for a, b in pairs)
    for money in found.money:
        for side in (0, 1):
            outcomes = [told((old, new)[side], row, on, money.key, ("cost", cost)[side])[1] for row in rows]
            settled = sum((one.value for one in outcomes if one and one.state == "indicated"), Decimal(0))
            ranges = [
                one for one in outcomes if one and one.state == "range" and one.lowest is not None and "refer" not in one.possible
            ]
            assert money.total[side].pounds == settled
            assert money.total[side].highest == sum((one.highest for one in ranges), Decimal(0))
            assert money.total[side].lowest == sum(
                (0 if "not_applicable" in one.possible else one.lowest for one in ranges), Decimal(0)
            )
            assert money.total[side].settled + money.total[side].ranged + money.total[side].unknown == len(rows)


def shown(outcome):
    """What of an outcome makes it different to a pupil."""
    return outcome.state, outcome.value, outcome.to, frozenset(map(str, outcome.possible)), outcome.lowest, outcome.highest


@lru_cache(maxsize=1)
def kent():
    """Both Kent versions, a synthetic caseload of some hundred rows, and what the change does to it."""
    old, new = (continuum.load("kent-continuum", version=version) for version in ("2025.9.0", "2026.9.0"))
    rows = list(Caseload(old, rows=220, seed=3, on=DAY, sen_support=60))
    return old, new, rows, compare(old, new, rows, on=DAY, by="district")


def test_parts_add_up_to_their_totals_to_the_penny():
    """Cells, groups and steps are three ways to cut one sum."""
    _, _, rows, found = kent()
    matrices = {matrix.key: matrix for matrix in found.matrices}
    assert found.proved
    assert found.synthetic
    assert all(sum(matrix.pupils.values()) == len(rows) for matrix in found.matrices)
    for money in found.money:
        for side in (0, 1):
            cells = [pair[side] for pair in matrices[money.key].money.values()]
            for parts in (cells, [pair[side] for pair in money.groups.values()], [pair[side] for pair in money.steps.values()]):
                for name in ("pounds", "lowest", "highest", "settled", "ranged", "unknown"):
                    assert not parts or sum(getattr(one, name) for one in parts) == getattr(money.total[side], name)
    assert sum(group.pupils for group in found.groups) == len(rows)
    assert sum(group.moving for group in found.groups) == found.moving
    for matrix in found.matrices:
        assert sum(sum(group.moves.get(matrix.key, {}).values()) for group in found.groups) == matrix.moving


def test_the_kent_tariff_moves_as_each_decision_says_by_itself():
    """The real pack, with its unknowns and the day that separates the versions."""
    old, new, rows, found = kent()
    matrix = next(one for one in found.matrices if one.key == "tariff")
    again = Counter()
    for row in rows:
        given = {name: value for name, value in row.items() if name in old.pack.inputs}
        later = dict(given)
        for name in ("advice_date", "training_date"):
            if isinstance(given[name], dt.date):
                later[name] = given[name] + dt.timedelta(days=1)
        one, other = old.decide(given, on=DAY).outcomes["tariff"], new.decide(later, on=dt.date(2026, 9, 1)).outcomes["tariff"]
        again[one.value or one.state, other.value or other.state] += 1
    words = {"T1": "Step 1", "T2": "Step 2", "T3": "Step 3", "T4": "Step 4", "T5": "Step 5", "T6": "Step 6"}
    words |= {"range": "not settled", "refer": "for people to decide", "not_applicable": "not applicable"}
    assert {(words[a], words[b]): n for (a, b), n in again.items()} == dict(matrix.pupils)
    assert all(count == 0 or cell in matrix.explained for cell, count in matrix.moved.items())


def test_a_pupil_who_moves_outside_every_region_stops_the_report(monkeypatch):
    """A proof that does not hold for a pupil of the file must never be printed over that pupil."""
    monkeypatch.setattr(explaining.Explaining, "holding", lambda *_: [])
    with pytest.raises(EngineError, match=r"CX703.*moves outside every region"):
        compare(
            small(),
            small(version="2.0.0", line="7000"),
            [{"speech": "mild", "cost": "6500", "plan": "yes", "seen": "absent"}],
            on=DAY,
        )


def test_a_pupil_who_stays_where_everybody_moves_stops_the_report(monkeypatch):
    """The other way about: a region that claims too much."""
    monkeypatch.setattr(explaining.Explaining, "holding", lambda self, *_: list(range(len(self.changes))))
    with pytest.raises(EngineError, match=r"CX703.*stays in a region"):
        compare(
            small(),
            small(version="2.0.0", line="7000"),
            [{"speech": "severe", "cost": "1", "plan": "yes", "seen": "absent"}],
            on=DAY,
        )


def test_without_a_diagram_nothing_is_called_proved(monkeypatch):
    """A comparison that could not be made proves nothing, and every pupil is still counted."""
    too_large = EngineError(continuum.Finding("CX706", "too large"))

    def refuse(*_, **__):
        raise too_large

    monkeypatch.setattr("continuum.rulebook.compare", refuse)
    found = compare(small(), small(version="2.0.0", line="7000"), list(drawn_rows(1)), on=dt.date(2024, 6, 1))
    assert not found.proved
    assert "Not proved" in text(showing(found))
    assert sum(found.matrices[0].pupils.values()) == 120


# what may be published


@pytest.mark.parametrize("least", [10, 25])
def test_what_is_published_holds_no_small_count_and_gives_none_away(least):
    """Solved for: each withheld count may take another value while every published one of all tables stays as it is."""
    *_, found = kent()
    made = showing(found, least=least)
    equations, hidden = [], []
    kinds = [one for one, _ in found.joint]
    places = {"groups": [(group, MOVE if moves else None) for group, moves, _, _ in kinds]}
    places |= {matrix.key: [cells[i] for _, _, cells, _ in kinds] for i, matrix in enumerate(found.matrices)}
    for name, table in made.tables.items():
        if table is None or name not in places:
            continue
        for row, column in table.counts:
            if name == "groups" and column not in (ALL, MOVE):
                continue
            vector = [Fraction(row in (r, ALL) and column in (c, ALL)) for r, c in places[name]]
            count = table.shown(row, column)
            assert count is None or count == 0 or count >= least
            (hidden if count is None else equations).append(vector)
    assert hidden
    rank = _rank(equations)
    for vector in hidden:
        assert not any(vector) or _rank([*equations, vector]) == rank + 1


def _rank(vectors):
    """The rank of a matrix over whole numbers modulo a large prime that the library does not use."""
    prime, rows, rank = 1_000_003, [[int(value) for value in vector] for vector in vectors], 0
    width = len(rows[0]) if rows else 0
    for column in range(width):
        pivot = next((i for i in range(rank, len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        by = pow(rows[rank][column], -1, prime)
        for i in range(rank + 1, len(rows)):
            if times := rows[i][column] * by % prime:
                rows[i] = [(a - times * b) % prime for a, b in zip(rows[i], rows[rank], strict=True)]
        rank += 1
    return rank


@pytest.mark.parametrize("form", [text, markdown, page, lambda made: json.dumps(data(made))], ids=["text", "md", "html", "json"])
def test_no_form_shows_a_withheld_count_unless_it_is_asked_for_in_full(form):
    """A small count planted in a table must be in the full report and in no other."""
    rows = [{"speech": "mild", "cost": "6100", "plan": "yes", "seen": "absent", "district": "North"}] * 7
    rows += [{"speech": "severe", "cost": "6100", "plan": "yes", "seen": "absent", "district": "South"}] * 4_214
    rows += [{"speech": "mild", "cost": "1", "plan": "yes", "seen": "absent", "district": "North"}] * 3_333
    found = compare(small(), small(version="2.0.0", line="7000"), rows, on=DAY, by="district")
    assert found.moving == 7
    full, published = form(showing(found, full=True)), form(showing(found))
    assert re.search(r"\b7 pupils|: 7\b|\"moving\": 7\b|>7<|\| 7 \|", full)
    assert not re.search(
        r"(?<![\d.£,])7(?![\d.,:])(?! ?000)", re.sub(r"[0-9]\.0\.0|svg.*?/svg|:root.*?</style>", "", published, flags=re.DOTALL)
    )
    plain = published.replace(",", "")
    for before, now in (("4221", "4214"), ("3333", "3340")):  # each of the two gives the seven away beside the other
        assert not (before in plain and now in plain)


def test_a_sweep_shows_no_value_that_differs_from_another_by_a_few_pupils():
    """Two large counts whose difference is small give that small number away."""
    rows = [
        {"speech": "mild", "cost": str(cost), "plan": "yes", "seen": "absent"}
        for cost in (5000,) * 50 + (5600,) * 3 + (8000,) * 40
    ]
    found = compare(small(), small(version="2.0.0"), rows, on=DAY, sweep="B-2.cost=5000..9000:500")
    made = showing(found, least=10)
    points = [point for point in made.points(found.sweep[0]) if point]
    for one, other in product(points, points):
        for label, count in one.pupils["band"].items():
            assert not 0 < abs(count - other.pupils["band"][label]) < 10
    assert points
    assert len(points) < len(found.sweep[0].points)


# sweeps


def test_the_ends_of_a_sweep_are_what_packs_with_those_values_give():
    """The changed compiled pack must decide as the compiler's own would."""
    rows, on = list(drawn_rows(5)), dt.date(2024, 6, 1)
    old = small()
    for asked, key, values in (
        ("band.high=1500..2500:500", "high", ("1500", "2500")),
        ("B-2.cost=5000..7000:1000", "line", ("5000", "7000")),
    ):
        (sweep,) = compare(old, small(version="2.0.0"), rows, on=on, sweep=asked).sweep
        for point, value in ((sweep.points[0], values[0]), (sweep.points[-1], values[1])):
            by_hand = compare(old, small(version="2.0.0", **{key: value}), rows, on=on)
            matrices = {matrix.key: matrix for matrix in by_hand.matrices}
            assert point.money["pay_now"] == next(one for one in by_hand.money if one.key == "pay_now").total[1]
            for name, counts in point.pupils.items():
                assert {label: count for label, count in counts.items() if count} == {
                    label: matrices[name].new(label) for label in matrices[name].columns if matrices[name].new(label)
                }


def test_a_kent_threshold_and_a_kent_amount_can_be_varied():
    """The two forms of the issue, on the pack that ships."""
    old, new, rows, _ = kent()
    found = compare(old, new, rows[:60], on=DAY, sweep=["tariff.T3=4000..6000:1000", "EXC-1.highest_need=moderate..profound"])
    amount, level = found.sweep
    assert [point.value for point in amount.points] == ["£4,000", "£5,000", "£6,000"]
    assert set(amount.labels) <= {"element_3"}
    assert [point.value for point in level.points] == ["Moderate", "Severe", "Profound"]
    assert "band" in level.labels


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ("high", "is not a sweep"),
        ("bnd.high=1..2", "is no rate and no rule.*did you mean `band`"),
        ("band.middle=1..2", "has no amount for `middle`"),
        ("band.high=2..1", "the lower first"),
        ("B-2.speech=none..mild", "B-2 asks nothing about `speech`"),
        ("B-2.cost=0..1:0.001", "take a larger step"),
    ],
)
def test_a_sweep_that_cannot_be_made_says_why(asked, why):
    """A policy officer types it by hand."""
    with pytest.raises(ValueError, match=why):
        compare(small(), small(version="2.0.0"), list(drawn_rows(1, 3)), on=DAY, sweep=asked)


# the forms


GOLDEN = """\
What small 2.0.0 would change
=============================
A small pack: small 1.0.0 (decided for 2026-08-31) against small 2.0.0 (for
2026-08-31).
"""


def test_the_text_says_what_moved_and_why():
    """Held word by word, so that a change of words is seen."""
    rows = [{"speech": "mild", "cost": "6100", "plan": "yes", "seen": "absent"}] * 12
    rows += [{"speech": "severe", "cost": "6100", "plan": "yes", "seen": "absent"}] * 20
    said = text(showing(compare(small(), small(version="2.0.0", line="7000"), rows, on=DAY)))
    assert said.startswith(GOLDEN)
    assert "12 of 32 pupils come out differently in something." in said
    assert "- high becomes low: 12 pupils, by B-2 before, B-0 now" in said
    assert "         1   2  Before\n 2 high  12  20      32\n   Now   12  20      32\n 1 low (now only)\n" in said
    assert all(len(line) <= 80 for line in said.splitlines())


class Page(HTMLParser):
    """The tags of a page, and those that are open."""

    def __init__(self, source):
        super().__init__()
        self.tags, self.open = [], []
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        """A tag opens."""
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "line", "rect", "circle", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        """A tag closes, and it must be the one that is open."""
        assert self.open.pop() == tag

    def handle_startendtag(self, tag, attrs):
        """A tag that holds nothing."""
        self.tags.append((tag, dict(attrs)))


def test_the_page_needs_nothing_else_and_says_what_its_tables_are():
    """It is mailed to people who read it offline, some of them with a screen reader."""
    *_, found = kent()
    source = page(showing(replace(found, title="<script>alert(1)</script>")))
    made = Page(source)
    assert made.open == []
    assert not {"script", "link", "img", "iframe"} & {tag for tag, _ in made.tags}
    assert not re.search(r"https?://|url\((?!#)", source)
    assert any(attrs.get("http-equiv") == "Content-Security-Policy" for tag, attrs in made.tags if tag == "meta")
    assert ("html", {"lang": "en-GB"}) in made.tags
    tables = sum(tag == "table" for tag, _ in made.tags)
    assert tables == sum(tag == "caption" for tag, _ in made.tags) > 3
    assert all(attrs.get("scope") in ("col", "row") for tag, attrs in made.tags if tag == "th")
    assert all(attrs.get("aria-label") for tag, attrs in made.tags if tag == "svg")


def test_the_command_reports_bad_rows_and_decides_the_rest(tmp_path):
    """A slip in one row must not cost the report, and must not go unseen."""
    file = tmp_path / "rows.csv"
    file.write_text("speech,cost,plan,seen,upn\nmild,6100,yes,absent,\nsever,1,yes,absent,A000000000000\n", encoding="utf-8")
    for name, changed in (("old", {}), ("new", {"version": "2.0.0", "line": "7000"})):
        (tmp_path / f"{name}.yaml").write_text(SMALL.format(**{**FIRST, **changed}), encoding="utf-8")
    words = [
        sys.executable,
        "-m",
        "continuum.cli",
        "impact",
        "./old.yaml",
        "./new.yaml",
        "rows.csv",
        "--full",
        "--format",
        "json",
    ]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert "rows.csv:3" in done.stderr
    assert "CX502" in done.stderr
    assert "A0000" not in done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert found["pupils"] == 2
    assert found["invalid"] == [{"code": "CX502", "what": "a field has a value that is not known", "old": 1, "new": 1}]
