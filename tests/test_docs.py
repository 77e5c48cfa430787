# SPDX-License-Identifier: MIT
"""The docs tell the truth: their examples run, their commands work, and what they name is there."""

from __future__ import annotations

import datetime as dt
import importlib.util
import re
import shlex
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import yaml

from continuum.checks.run import CHECKS
from continuum.errors import CODES, ContinuumError
from continuum.packs.loading import read_texts
from continuum.rulebook import Rulebook

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
DAY = dt.date(2025, 10, 1)
BAND = "decisions/band.yaml"
KENT = ROOT / "rules" / "kent-continuum" / "2025.9.0"


def text_of(page: str) -> str:
    """A page of the docs."""
    return (DOCS / page).read_text(encoding="utf-8")


def plain(text: str):
    """YAML with every value as text."""
    return yaml.load(text, yaml.BaseLoader)  # noqa: S506  # it makes text, lists and mappings only


def run(words: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """The command line, in a folder."""
    if words[0] == "continuum":
        words = [sys.executable, "-m", "continuum.cli", *words[1:]]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


def blocks(language: str) -> list:
    """Every fenced block of a language, named by its page and line."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for match in re.finditer(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
            line = text.count("\n", 0, match.start()) + 1
            found.append(pytest.param(match[1], id=f"{page.relative_to(ROOT)}:{line}"))
    return found


@cache
def generator(name: str):
    """A generator of pages, as a module."""
    spec = importlib.util.spec_from_file_location(name, DOCS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def errors_page():
    """The generator of the errors page."""
    return generator("errors_page")


def checks_page():
    """The generator of the pages on checks."""
    return generator("checks_page")


@pytest.mark.parametrize("code", blocks("python"))
def test_python_in_the_docs_runs(code, monkeypatch):
    """A reader copies the example before reading the text."""
    monkeypatch.chdir(ROOT)
    exec(compile(code, "example", "exec"), {"__name__": "example"})  # noqa: S102  # our own text


@pytest.mark.parametrize("lines", blocks("console"))
def test_commands_in_the_docs_work(lines, tmp_path):
    """Every command ends as the page says: with status 0, or the one written beside it."""
    for folder in ("rules", "examples"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    for line in lines.splitlines():
        command, _, note = line.partition("   # ")
        expected = int(match[1]) if (match := re.search(r"exit status (\d)", note)) else 0
        words = shlex.split(command)
        assert words[0] in ("continuum", "cp", "sed"), "only commands that are safe to run stand in console blocks"
        done = run(words, tmp_path)
        assert done.returncode == expected, f"{line}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"


def test_the_case_that_the_tour_says_will_change_does(tmp_path):
    """The tour quotes what `continuum test` prints."""
    shutil.copytree(KENT, tmp_path / "my-pack")
    band = tmp_path / "my-pack" / BAND
    band.write_text(band.read_text(encoding="utf-8").replace('areas_mild: ">= 2"', 'areas_mild: ">= 3"'), encoding="utf-8")
    quoted = re.search(r"^my-pack/.*$", text_of("tour.md"), re.MULTILINE)
    assert quoted
    assert quoted[0] in run(["continuum", "test", "my-pack"], tmp_path).stdout


def test_the_rule_that_the_tour_reads_aloud_stands_in_the_pack():
    """A threshold quoted in prose must not drift from the pack."""
    rule = re.search(r"^```yaml\n(.*?)^```", text_of("tour.md"), re.MULTILINE | re.DOTALL)
    assert plain(rule[1])[0] in plain((KENT / BAND).read_text(encoding="utf-8"))["rules"]


def nav(items) -> list[str]:
    """Every page that the navigation names."""
    if isinstance(items, str):
        return [items]
    values = items.values() if isinstance(items, dict) else items
    return [page for item in values for page in nav(item)]


class Config(yaml.SafeLoader):
    """Reads mkdocs.yml, whatever tags it has."""


Config.add_multi_constructor("", lambda *_: None)


def test_the_navigation_and_the_pages_are_the_same_set():
    """No dead entry, and no page that nobody finds."""
    config = yaml.load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"), Config)  # noqa: S506  # a safe loader
    assert sorted(nav(config["nav"])) == sorted(page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_to_files(page):
    """The site is built strictly; the README is not part of it, so it is followed here."""
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if not re.match(r"[a-z]+:", target):
            assert (page.parent / target).exists(), target


def test_every_code_has_its_entry_and_its_example():
    """Whoever meets a code finds it."""
    headings = re.findall(r"^### (CX\d{3})$", text_of("language/errors.md"), re.MULTILINE)
    assert headings == list(CODES)
    module = errors_page()
    assert list(module.EXAMPLES) == [code for code in CODES if code not in module.PAGES]


def test_the_errors_page_is_what_the_generator_writes():
    """A page edited by hand would lose the edit. Write it again with: python docs/errors_page.py."""
    module = errors_page()
    assert module.PAGE.read_text(encoding="utf-8") == module.page()


def test_the_pages_of_the_checks_are_what_the_generator_writes():
    """Each with the finding as it is told. Write them again with: python docs/checks_page.py."""
    module = checks_page()
    written = {path.name: path.read_text(encoding="utf-8") for path in module.FOLDER.glob("*.md")}
    assert written == module.pages()


def test_no_check_finds_fault_with_the_pack_of_the_examples():
    """Else a reader would see a finding that the page says nothing of."""
    module = checks_page()
    assert [finding.line() for finding in module.found_in(module.PACK) if finding.severity != "note"] == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_each_check_speaks_of_its_example_and_says_when_it_speaks(check):
    """The first sentence of its module, and of its page."""
    module = checks_page()
    assert check.code in {finding.code for finding in module.findings(check.name)}
    assert module.sentence(check).count("if and only if") == 1 or check.name == "question"


@pytest.mark.parametrize("code", [code for code, example in errors_page().EXAMPLES.items() if example.kind != "told"])
def test_each_example_gives_its_code(code):
    """An example of an error must be that error, and its mending must mend it."""
    module = errors_page()
    example = module.EXAMPLES[code]
    pack, profile = module.PACK, module.PROFILE
    assert example.right in (pack if example.kind == "pack" else profile)

    def decided(pack: str, profile: str) -> None:
        rulebook = Rulebook(read_texts({"p.yaml": pack}, Path("p.yaml")))
        rulebook.decide(plain(profile), on=DAY)

    decided(pack, profile)
    if example.kind == "pack":
        pack = pack.replace(example.right, example.wrong, 1)
    else:
        profile = profile.replace(example.right, example.wrong, 1)
    with pytest.raises(ContinuumError) as caught:
        decided(pack, profile)
    assert caught.value.findings[0].code == code


def test_every_test_that_the_architecture_names_is_there():
    """A law without its test is a wish."""
    named = re.findall(r"`(tests/\w+\.py)::(\w+)`", text_of("architecture.md"))
    assert named
    for file, test in named:
        assert f"def {test}(" in (ROOT / file).read_text(encoding="utf-8"), f"{file}::{test}"


def test_the_architecture_lists_the_rooms_in_the_order_that_is_held():
    """One list in two places is one list only if something compares them."""
    spec = importlib.util.spec_from_file_location("architecture", ROOT / "tests" / "test_architecture.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    text = text_of("architecture.md")
    rooms = re.findall(r"^\| `([\w/]+)` \|", text.partition("## The way of a question")[0], re.MULTILINE)
    assert ["continuum" if room == "__init__" else room.strip("/") for room in rooms] == list(module.ROOMS)
