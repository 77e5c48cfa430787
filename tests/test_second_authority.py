# SPDX-License-Identifier: MIT
"""Another authority's pack goes through every output there is, from a folder of its own, and nothing of Kent comes out."""

from __future__ import annotations

import csv
import datetime as dt
import importlib.metadata
import inspect
import json
import os
import re
import tomllib
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

import continuum
from continuum.cases import run_cases
from continuum.cli import COMMANDS, cli
from continuum.packs import library

DAY = dt.date(2030, 9, 1)
COUNCIL = "Anywhere Council"
PACK = "anywhere-sen/1.0.0"
PUPIL = {"communication": "severe", "learning": "moderate", "physical": "none", "phase": "primary"}

# The distribution is called so, and what one types to install an extra of it has to name it.
DISTRIBUTION = re.compile(r"pip install \"kent-continuum\[\w+\]\"")


def run(*words, stdin=None):
    """The command line in this process: everything it printed, on both streams."""
    return CliRunner().invoke(cli, [str(word) for word in words], input=stdin)


def traces(text):
    """Every trace of Kent in a text, with some words around it."""
    return re.findall(r".{0,60}(?:kent|\b886\b|medway|maidstone).{0,60}", DISTRIBUTION.sub("", text), re.IGNORECASE)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A folder with the council's own pack, pupils in every format, and profiles with each kind of mistake."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONTINUUM_PACKS", "anywhere-sen")
    words = ["--authority", COUNCIL, "--code", "999", "--title", "Anywhere bands", "--from", DAY]
    assert run("new", "anywhere-sen", *words).exit_code == 0
    (tmp_path / "one.json").write_text(json.dumps(PUPIL | {"on": str(DAY)}), encoding="utf-8")
    (tmp_path / "two.jsonl").write_text(2 * (json.dumps({"on": str(DAY), "profile": PUPIL}) + "\n"), encoding="utf-8")
    (tmp_path / "part.yaml").write_text("communication: moderate\nphase: primary\n", encoding="utf-8")
    with (tmp_path / "many.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.DictWriter(file, ["on", "ref", *PUPIL])
        rows.writeheader()
        rows.writerows(
            {"on": DAY, "ref": f"case {n}"} | PUPIL | {"physical": need} for n, need in enumerate(["none", "mild", "sever"])
        )
    (tmp_path / "grid.csv").write_text("Level,Speech,Hearing\n1,£100,£100\n2,£200,\n", encoding="utf-8")
    broken = tmp_path / "broken"
    (broken / "decisions").mkdir(parents=True)
    for name in ("pack.yaml", "inputs.yaml", "measures.yaml", "rates.yaml", "decisions/band.yaml"):
        text = (tmp_path / PACK / name).read_text(encoding="utf-8")
        (broken / name).write_text(text.replace("severe", "sever", 1).replace("provision, top_up", "provision"), encoding="utf-8")
    return tmp_path


def shown(result):
    """All that a command printed."""
    return result.stdout + result.stderr


OUTPUTS = {
    "decide text": ["decide", "anywhere-sen/pupil.yaml"],
    "decide several": ["decide", "many.csv", "--pack", PACK],
    "decide json": ["decide", "one.json", "--pack", PACK, "--format", "json"],
    "decide several as json": ["decide", "two.jsonl", "--pack", PACK, "--format", "json"],
    "decide jsonl": ["decide", "many.csv", "--pack", PACK, "--format", "jsonl"],
    "decide a range": ["decide", "part.yaml", "--on", DAY, "--pack", PACK],
    "decide where no pack is named": ["decide", "one.json"],
    "explain to a parent": ["explain", "anywhere-sen/pupil.yaml", "--for", "parent"],
    "explain to a panel": ["explain", "part.yaml", "--on", DAY, "--pack", PACK, "--for", "panel"],
    "explain the trace": ["explain", "anywhere-sen/pupil.yaml", "--for", "trace"],
    "check": ["check", PACK],
    "check a broken pack": ["check", "broken"],
    "check as json": ["check", "broken", "--format", "json"],
    "check as sarif": ["check", "broken", "--format", "sarif"],
    "check as junit": ["check", "broken", "--format", "junit"],
    "check for github": ["check", "broken", "--format", "github"],
    "test": ["test", PACK],
    "new": ["new", "another"],
    "import a grid": ["import", "matrix", "grid.csv"],
    "export": ["export", "xlsx", PACK, "--out", "pack.xlsx"],
    "a field that is not asked": ["decide", "-", "--pack", PACK, "--on", DAY],
    "a day before the first": ["decide", "one.json", "--pack", PACK, "--on", "2020-01-01"],
    "a pack that is not there": ["decide", "one.json", "--pack", "./elsewhere"],
    "a pack id that is not there": ["decide", "one.json", "--pack", "anywhere"],
    "a file that is not there": ["decide", "nobody.yaml", "--pack", PACK],
    "packs": ["packs"],
    "packs as json": ["packs", "--format", "json"],
    "the schema of a profile": ["schema", "profile", "--pack", PACK],
    "the schema of a profile where no pack is named": ["schema", "profile"],
    "all schemas": ["schema"],
    "the schema of a result": ["schema", "result"],
    "the schema of pack files": ["schema", "pack"],
    "completion": ["completion", "bash"],
    "help": ["--help"],
} | {f"help of {name}": [name, "--help"] for name in COMMANDS if name != "synth"}
"""One line for each thing the command line can print about a pack. `synth` makes up pupils in the proportions that are published
for Kent, and says so.
"""


@pytest.mark.parametrize("name", OUTPUTS)
def test_no_output_of_another_authority_names_kent(home, name):
    """On either stream, whether it went well or not."""
    result = run(*OUTPUTS[name], stdin="speach: severe\n")
    assert shown(result).strip()
    assert result.exit_code in (0, 1, 2)
    assert "this is a fault of continuum" not in shown(result)
    assert not traces(shown(result))


def test_the_outputs_are_about_the_councils_own_pack(home):
    """An empty text has no trace of Kent either."""
    assert COUNCIL in shown(run(*OUTPUTS["explain to a parent"]))
    assert "Anywhere bands, version 1.0.0" in shown(run(*OUTPUTS["decide text"]))
    assert json.loads(run(*OUTPUTS["decide json"]).stdout)["pack"]["id"] == "anywhere-sen"
    assert "did you mean `severe`?" in shown(run(*OUTPUTS["decide several"]))
    assert "CX602" in shown(run(*OUTPUTS["a day before the first"])) or "CX603" in shown(run(*OUTPUTS["a day before the first"]))
    assert "6 passed, 0 failed" in shown(run(*OUTPUTS["test"]))
    assert shown(run(*OUTPUTS["check a broken pack"])).count("error[") > 1


def test_the_only_pack_there_is_is_taken_unasked(home):
    """With the council's folders set in place of those that ship, its pack is the only one."""
    assert json.loads(run("decide", "one.json", "--format", "json").stdout)["pack"]["id"] == "anywhere-sen"
    assert [entry["id"] for entry in json.loads(run("packs", "--format", "json").stdout)] == ["anywhere-sen"]


def test_where_there_are_several_packs_one_is_named_and_none_is_taken_by_chance(home, monkeypatch):
    """A profile must not be decided by whichever pack comes first."""
    assert run("new", "elsewhere-sen").exit_code == 0
    monkeypatch.setenv("CONTINUUM_PACKS", os.pathsep.join(["anywhere-sen", "elsewhere-sen"]))
    result = run("decide", "one.json")
    assert result.exit_code == 2
    assert "anywhere-sen, elsewhere-sen; name one with --pack" in result.stderr


def test_the_workbook_of_another_authority_names_kent_nowhere(home):
    """In no sheet, shown or hidden, nor in the properties of the file."""
    excel = pytest.importorskip("continuum.spreadsheets.excel")
    if not excel.HERE:
        pytest.skip("the extra for workbooks is not installed")
    assert run("export", "xlsx", PACK, "--out", "pack.xlsx").exit_code == 0
    with zipfile.ZipFile(home / "pack.xlsx") as archive:
        for name in archive.namelist():
            assert not traces(archive.read(name).decode("utf-8", "replace")), name


def test_the_python_names_show_no_trace(home):
    """Every text that the library gives a program: representations, JSON, explanations, reasons, schemas and errors."""
    rulebook = continuum.load(home / PACK)
    texts = [repr(rulebook), repr(rulebook.pack), *(finding.text() for finding in rulebook.check())]
    for profile in (PUPIL, {"communication": "severe"}, PUPIL | {"phase": "post_16"}):
        decision = rulebook.decide(profile, on=DAY)
        texts += [repr(decision), decision.model_dump_json(), str(decision.reasons), repr(rulebook.profile(profile))]
        texts += [decision.explain(reader) for reader in ("parent", "panel", "trace")]
    for mistake in ({"speach": "severe"}, {"communication": "sever"}, {"upn": "A1"}):
        with pytest.raises(continuum.ProfileError) as caught:
            rulebook.decide(mistake, on=DAY)
        texts += [str(caught.value), caught.value.text(), repr(caught.value.findings)]
    with pytest.raises(continuum.DayError) as early:
        rulebook.decide(PUPIL, on=dt.date(2020, 1, 1))
    texts += [early.value.text(), *(repr(result) for result in run_cases(rulebook))]
    assert len(texts) > 25
    assert [found for text in texts for found in traces(text)] == []


def test_the_templates_of_a_new_pack_and_its_schemas_are_its_own(home):
    """Every file that `continuum new` writes."""
    for file in (home / "anywhere-sen").rglob("*"):
        if file.is_file():
            assert not traces(file.read_text(encoding="utf-8")), file


def test_another_distribution_offers_the_pack_by_its_id(home, monkeypatch):
    """An entry point in group `continuum.packs`, as docs/second-authority.md says."""
    monkeypatch.delenv("CONTINUUM_PACKS")
    point = SimpleNamespace(name="anywhere", load=lambda: lambda: home / "anywhere-sen")
    monkeypatch.setattr(library, "entry_points", lambda *, group: [point] if group == "continuum.packs" else [])
    decision = continuum.load("anywhere-sen", on=DAY).decide(PUPIL, on=DAY)
    assert decision.outcomes["band"].value == "specialist"
    result = run("decide", "one.json", "--pack", "anywhere-sen")
    assert result.exit_code == 0
    assert not traces(shown(result))


def test_two_councils_with_the_same_words_do_not_mix(home):
    """Each result says whose pack decided it."""
    assert run("new", "elsewhere-sen", "--authority", "Elsewhere Council", "--from", DAY).exit_code == 0
    packs = library.Library([home / "anywhere-sen", home / "elsewhere-sen"])
    ids = [
        continuum.load(name, on=DAY, library=packs).decide(PUPIL, on=DAY).pack.id for name in ("anywhere-sen", "elsewhere-sen")
    ]
    assert ids == ["anywhere-sen", "elsewhere-sen"]


def test_the_page_about_a_second_authority_names_the_real_entry_point():
    """What somebody copies into a distribution of their own must be what the library looks for."""
    page = (Path(__file__).parents[1] / "docs" / "second-authority.md").read_text(encoding="utf-8")
    project = tomllib.loads(re.search(r"```toml\n(.*?)```", page, re.DOTALL)[1])["project"]
    assert list(project["entry-points"]) == ["continuum.packs"]
    assert '"continuum.packs"' in inspect.getsource(library)
    assert project["dependencies"] == [importlib.metadata.metadata("kent-continuum")["Name"]]
