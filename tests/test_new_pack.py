# SPDX-License-Identifier: MIT
"""A new pack checks, tests and decides at once, teaches as it is read, and belongs to nobody."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import continuum
from continuum.cli import cli
from continuum.errors import PackError
from continuum.packs.loading import read_pack, read_texts
from continuum.rulebook import Rulebook
from continuum.starting import VERSION, Start, nearest_id, starting_files

DAY = dt.date(2030, 9, 1)


def run(*words):
    """The command line in this process."""
    return CliRunner().invoke(cli, [str(word) for word in words])


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A folder with a new pack in it, as somebody who knows nothing makes it."""
    monkeypatch.chdir(tmp_path)
    assert run("new", "my-council-sen").exit_code == 0
    return tmp_path


def yaml_files(folder):
    """Every YAML file below a folder."""
    return sorted(folder.rglob("*.yaml"))


def test_it_checks_without_an_error_or_a_warning(home):
    """A beginner who starts from a warning learns to ignore warnings. Two notes say how steep it is, and what it repeats."""
    result = run("check", "my-council-sen")
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "1 pack checked, 2 notes")


def test_its_worked_examples_hold(home):
    """There are a few, on both sides of thresholds, one referred and one open."""
    result = run("test", "my-council-sen")
    assert result.exit_code == 0
    assert int(re.search(r"(\d+) passed, 0 failed", result.stdout)[1]) >= 5
    text = (home / "my-council-sen" / VERSION / "cases" / "bands.yaml").read_text(encoding="utf-8")
    assert "top_up: refer" in text
    assert "range:" in text


def test_the_made_up_pupil_is_decided_without_an_option(home):
    """The file names its pack and its day."""
    result = run("decide", "my-council-sen/pupil.yaml")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "ILLUSTRATIVE" in result.stdout
    assert "Specialist" in result.stdout


def test_the_command_ends_with_what_to_type_next_and_all_of_it_works(tmp_path, monkeypatch):
    """Three lines that can be copied, from a folder whose name has a space too."""
    monkeypatch.chdir(tmp_path)
    for out in (".", "a folder"):
        said = run("new", "my-council-sen", "--out", out).stdout
        lines = [line.strip() for line in said.splitlines() if line.startswith("  ")]
        assert [line.split()[1] for line in lines] == ["check", "test", "decide"]
        for line in lines:
            words = [sys.executable, "-m", "continuum.cli", *re.findall(r'"[^"]+"|\S+', line)[1:]]
            done = subprocess.run([word.strip('"') for word in words], capture_output=True, check=False, timeout=60)
            assert done.returncode == 0, line


def test_what_is_said_on_the_command_line_stands_in_the_pack(tmp_path):
    """Authority, code, title and first day; in quotation marks, whatever they hold."""
    name, title = "The \u201cOld\u201d Council: Łódź # 1", 'Bands "and" amounts: {draft}'
    words = ["--authority", name, "--code", "999", "--title", title, "--from", "2030-09-01"]
    assert run("new", "x", "--out", tmp_path, *words).exit_code == 0
    pack = read_pack(tmp_path / "x" / VERSION).pack
    assert (pack.authority.name, pack.authority.code, pack.authority.scheme) == (name, "999", "dfe_la")
    assert (pack.title, pack.in_force.from_) == (title, DAY)
    assert title in (tmp_path / "x" / VERSION / "CHANGELOG.md").read_text(encoding="utf-8")
    assert continuum.load(tmp_path / "x" / VERSION).decide({"communication": "none"}, on=DAY).status == "range"


def test_an_existing_folder_is_never_written_over(home):
    """Whoever types the command twice loses nothing."""
    file = home / "my-council-sen" / VERSION / "pack.yaml"
    file.write_text("mine", encoding="utf-8")
    result = run("new", "my-council-sen")
    assert result.exit_code == 2
    assert "never written over" in result.stderr
    assert file.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("id_", "hint"),
    [
        ("My Council SEN", "did you mean `my-council-sen`?"), ("Łódź_SEN", "did you mean `odz-sen`?"),
        ("../up", "did you mean `up`?"), ("a/b", "did you mean `a-b`?"), ("a.", "did you mean `a`?"),
        ("x" * 90, "did you mean"), ("", "such as my-council-sen"), ("-", "such as my-council-sen"),
    ],
)  # fmt: skip
def test_a_bad_id_gets_the_nearest_good_one(tmp_path, monkeypatch, id_, hint):
    """And nothing is written, least of all outside the folder."""
    monkeypatch.chdir(tmp_path)
    result = run("new", "--", id_)
    assert result.exit_code == 1
    assert "CX111" in result.stderr
    assert hint in result.stderr
    assert not list(tmp_path.parent.glob("up*"))
    assert not list(tmp_path.iterdir())


@given(st.text(max_size=80))
def test_the_nearest_id_is_one_or_nothing(text):
    """A fix that does not work is worse than none."""
    close = nearest_id(text)
    if close:
        assert VERSION in starting_files(Start(close, DAY))[f"{VERSION}/pack.yaml"]
    else:
        with pytest.raises(PackError):
            starting_files(Start(text, DAY))


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=12))
def test_any_words_make_a_pack_that_compiles(title, authority, code):
    """Whatever people type into a name."""
    found = starting_files(Start("x", DAY, title, authority, code))
    inside = {name.removeprefix(f"{VERSION}/"): text for name, text in found.items() if name.startswith(VERSION)}
    texts = {name: text for name, text in inside.items() if name.endswith(".yaml")}
    assert Rulebook(read_texts(texts, Path("x"))).pack.id == "x"


def test_every_figure_says_that_it_is_an_example(home):
    """Each rule and each published row; nothing in it can be taken for somebody's policy."""
    version = home / "my-council-sen" / VERSION
    pack = read_pack(version).pack
    assert pack.status == "illustrative"
    assert all(rule.illustrative for table in pack.decisions for rule in table.rules)
    rows = [row for rate in pack.rates.values() for row in rate.rows]
    assert all("example" in row["illustrative"] for row in rows if row["value"] != "unpublished")


def test_every_file_begins_by_saying_what_it_is(home):
    """The comments teach; each file by itself."""
    for file in yaml_files(home):
        lines = file.read_text(encoding="utf-8").splitlines()
        comment = next(line for line in lines if not line.startswith("# yaml-language-server"))
        assert comment.startswith("# "), file
        assert len(comment) > 30, file


def test_no_council_is_named_in_it(home):
    """Names and words of no place, except those given."""
    for file in home.rglob("*"):
        if file.is_file() and file.suffix != ".json":
            assert not re.search(r"kent|medway|\b886\b|@|Mr |Mrs ", file.read_text(encoding="utf-8"), re.IGNORECASE), file


def test_an_editor_finds_the_schema_of_each_file_and_the_file_fits_it(home):
    """The first line names a schema that is there."""
    for file in yaml_files(home / "my-council-sen" / VERSION):
        line = file.read_text(encoding="utf-8").splitlines()[0]
        schema = file.parent / line.removeprefix("# yaml-language-server: $schema=")
        assert schema.is_file(), line
        content = yaml.load(file.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506  # text only, as the library reads it
        jsonschema.validate(content, json.loads(schema.read_text(encoding="utf-8")))


def test_a_second_version_stands_beside_the_first(home):
    """As the comments tell: copy the folder, raise the number, change the day."""
    first = home / "my-council-sen" / VERSION
    second = home / "my-council-sen" / "2.0.0"
    shutil.copytree(first, second)
    head = second / "pack.yaml"
    text = head.read_text(encoding="utf-8").replace(f'"{VERSION}"', '"2.0.0"')
    head.write_text(re.sub(r"from: \d{4}", "from: 2090", text), encoding="utf-8")
    cases = second / "cases" / "bands.yaml"
    cases.write_text(re.sub(r"on: \d{4}", "on: 2090", cases.read_text(encoding="utf-8")), encoding="utf-8")
    last = run("check", "my-council-sen").stdout.splitlines()[-1]
    assert last == "2 packs checked, 5 notes"  # the fifth: both versions cover days
    assert "12 passed, 0 failed" in run("test", "my-council-sen").stdout


def test_the_templates_travel_in_the_package():
    """They are read as resources; none is left behind that is not used."""
    folder = Path(continuum.__file__).parent / "new_pack"
    names = {
        file.relative_to(folder).as_posix().replace("version/", f"{VERSION}/") for file in folder.rglob("*.*") if file.is_file()
    }
    found = starting_files(Start("x", DAY))
    assert names == {name for name in found if not name.startswith("schemas/")}
