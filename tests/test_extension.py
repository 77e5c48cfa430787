# SPDX-License-Identifier: MIT
"""Packs, checks and engines that other distributions offer through entry points."""

import datetime as dt
from types import SimpleNamespace

import pytest

import continuum
from continuum.engines.reference import Reference
from continuum.packs import library

DAY = dt.date(2025, 10, 1)


def offering(monkeypatch, module, **offers):
    """Make a module see these entry points, each a group and its points by name."""

    def entry_points(*, group):
        points = offers.get(group.removeprefix("continuum."), {})
        return [SimpleNamespace(name=name, load=lambda thing=thing: thing) for name, thing in points.items()]

    monkeypatch.setattr(module, "entry_points", entry_points)


def small_pack(folder):
    """A pack of another authority in one file."""
    text = """format: 1
id: elsewhere
version: "1.0.0"
title: Elsewhere
authority: {scheme: dfe_la, code: "000", name: Another council}
status: illustrative
in_force: {from: 2025-01-01}
outcomes: [out]
inputs: {age: {ask: Age, type: integer, min: 0, max: 25}}
decisions:
  - decision: out
    asks: "What?"
    type: yes_no
    hit: first
    rules: [{id: A-1, when: {age: ">= 5"}, then: yes, because: b}, {id: A-2, otherwise: no, because: b}]
"""
    (folder / "elsewhere.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_pack_that_another_distribution_offers_is_found_by_id(monkeypatch, tmp_path):
    """Another council ships its own pack and nothing of Kent's is needed or shown."""
    offering(monkeypatch, library, packs={"elsewhere": lambda: small_pack(tmp_path)})
    rulebook = continuum.load("elsewhere", on=DAY)
    decision = rulebook.decide({"age": 5}, on=DAY)
    assert decision.outcomes["out"].value is True
    assert "Kent" not in decision.model_dump_json() + decision.explain("trace")


def test_an_engine_that_another_distribution_offers_can_be_asked_by_name(monkeypatch, tmp_path):
    """Someone else's engine is held to the same outcomes as ours."""
    rulebook = continuum.load(small_pack(tmp_path) / "elsewhere.yaml")
    offering(monkeypatch, __import__("continuum.rulebook", fromlist=["rulebook"]), engines={"theirs": Reference})
    assert rulebook.decide_with("theirs", {"age": 4}, on=DAY) == rulebook.decide_with("reference", {"age": 4}, on=DAY)


def test_an_engine_that_is_not_there_is_refused_by_name(tmp_path):
    """A misspelt engine must not quietly become the default one."""
    rulebook = continuum.load(small_pack(tmp_path) / "elsewhere.yaml")
    with pytest.raises(continuum.EngineError, match=r"CX705.*durible.*did you mean `durable`"):
        rulebook.decide_with("durible", {"age": 4}, on=DAY)


def test_a_check_that_another_distribution_offers_reports_with_ours(monkeypatch, tmp_path):
    """A council may hold its packs to rules of its own."""
    rulebook = continuum.load(small_pack(tmp_path) / "elsewhere.yaml")
    finding = continuum.Finding("XX001", "the title is too short")
    check = lambda pack: [finding] if len(pack.title) < 20 else []  # noqa: E731  # an entry point is any callable
    offering(monkeypatch, __import__("continuum.rulebook", fromlist=["rulebook"]), checks={"titles": check})
    assert finding in rulebook.check()
