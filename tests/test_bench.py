# SPDX-License-Identifier: MIT
"""The bench compares like with like: whatever is installed here decides as the reference engine does. Nothing is timed."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "bench"))

import by_hand  # noqa: E402  # scripts, which stand in a folder of their own
import measuring  # noqa: E402
import page  # noqa: E402
import plain_rules  # noqa: E402
import run  # noqa: E402
import ways  # noqa: E402

ROWS = 200


@pytest.fixture(scope="module")
def sixty(tmp_path_factory):
    """The 60 rules of the bench, as plain data."""
    path, by_hand_, pupils = run.sixty(tmp_path_factory.mktemp("sixty"))
    return plain_rules.read(path), by_hand_, pupils


@pytest.fixture(scope="module")
def growing(tmp_path_factory):
    """Rules over more than one word of bits, as the tables on growth use them."""
    path = tmp_path_factory.mktemp("growing") / "pack.yaml"
    path.write_text(plain_rules.generated(80, 10), encoding="utf-8")
    return plain_rules.read(path)


def taken(name, rules, rows, right):
    """In how many rows a way is wrong; a way whose library is not installed is skipped."""
    way = next(way for way in ways.WAYS if way.name == name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the libraries of others may warn as they like
        why = ways.missing(way)
        if why:
            pytest.skip(why)
        decider = way.make(rules)
        made = decider.decide(decider.form(rows))
        return measuring.disagreeing(decider, made, right, len(rows))


@pytest.mark.parametrize("name", [way.name for way in ways.WAYS])
def test_a_way_decides_the_sixty_rules_as_the_reference_does(name, sixty):
    """A time of something that decides otherwise would compare nothing. The right answers are checked with the reference."""
    rows = plain_rules.drawn(sixty[0], ROWS, seed=3)
    assert taken(name, sixty[0], rows, measuring.truth(sixty[0], rows)) == 0


@pytest.mark.parametrize("name", [way.name for way in ways.WAYS if way.kind != "engine"])
def test_a_way_decides_larger_packs_as_the_reference_does(name, growing):
    """Masks of more than one word, and other scales, have traps of their own."""
    rows = plain_rules.drawn(growing, ROWS, seed=4)
    right = measuring.truth(growing, rows)
    assert all(len(np.unique(codes)) == 3 for codes in right.values()), "every band must be seen, or the test holds nothing"
    assert taken(name, growing, rows, right) == 0


def test_a_way_that_is_wrong_in_one_row_is_found(sixty):
    """The check before the timing must not pass whatever it is given."""
    rows = plain_rules.drawn(sixty[0], ROWS)
    right = measuring.truth(sixty[0], rows)
    decider = by_hand.numpy_plain(sixty[0])
    made = {name: codes.copy() for name, codes in decider.decide(decider.form(rows)).items()}
    made["band_1"][7] = (made["band_1"][7] + 1) % 3
    assert measuring.disagreeing(decider, made, right, ROWS) == 1


def test_python_by_hand_is_the_same_in_both_scripts(sixty):
    """The rules that are read back are the rules that were written."""
    rules, written, pupils = sixty
    decide = by_hand.python(rules).one
    assert all(decide(pupil) == written(pupil) for pupil in pupils)


def test_the_page_on_speed_is_the_reports():
    """The docs show the figures that were measured, and no others."""
    assert page.PAGE.read_text(encoding="utf-8") == page.page()
