# SPDX-License-Identifier: MIT
"""The house keeps its shape: imports point one way, the public face is small, and deciding is exact."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import continuum

ROOT = Path(__file__).resolve().parents[1]
SRC = ROOT / "src" / "continuum"

# Each room may import from the rooms above it and from itself. docs/architecture.md shows the same list.
ROOMS = (
    "errors", "arithmetic", "packs", "compiled", "compiling", "engines", "proofs", "checks", "profiles", "decisions",
    "reasons", "explain", "comparing", "nearest", "frames", "rulebook", "cases", "exercising", "caseload_files",
    "figures", "impact", "spreadsheets", "caseloads", "bulk", "starting", "testing", "continuum", "cli",
    "pytest_plugin",
)  # fmt: skip

# Who may draw by chance, and why; always from a seed that the caller gives.
CHANCE = {"caseloads/chance.py": "pupils are made up, from a seed, to try packs on; no decision reads it"}

# Who may import when a function runs, and why; never to break a circle.
LAZY = {
    "cli/lazy.py": "a command is loaded when it is called, so that `--help` is quick",
    "engines/rete.py": "durable_rules is an extra",
    "frames/door.py": "narwhals and NumPy are an extra",
    "proofs/clauses.py": "python-sat is an extra",
    "pytest_plugin.py": "pytest loads the plugin in every run, also where there is no pack",
    "testing/drawing.py": "Hypothesis is an extra",
}

MODULES = sorted(SRC.rglob("*.py"))


def name(path: Path) -> str:
    """The path of a module inside the package."""
    return path.relative_to(SRC).as_posix()


def room(path: Path) -> str:
    """The room a module stands in."""
    first = path.relative_to(SRC).parts[0]
    return "continuum" if first == "__init__.py" else first.removesuffix(".py")


def is_module(dotted: str) -> bool:
    """Whether a dotted name is a module of this package, and not a name in one."""
    return SRC.joinpath(*dotted.split(".")[1:]).with_suffix(".py").is_file()


def imports(tree: ast.AST) -> list[str]:
    """The modules of this package that the nodes below import."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written in full"
            # `from continuum.packs import model` imports a module by its package.
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            found += [node.module, *(module for module in inner if is_module(module))]
    return [module for module in found if module == "continuum" or module.startswith("continuum.")]


def room_of(module: str) -> str:
    """The room of an imported module."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "continuum"


def parsed(path: Path) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(path.read_text(encoding="utf-8"))


def test_every_room_is_in_the_list_and_every_room_of_the_list_exists():
    """A new room gets its place before it gets its second file."""
    assert {room(path) for path in MODULES} == set(ROOMS)


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_imports_point_one_way(path):
    """No file reaches up: what is below can be read, tested and replaced without what is above."""
    mine = ROOMS.index(room(path))
    above = [module for module in imports(parsed(path)) if ROOMS.index(room_of(module)) > mine]
    assert not above


def test_no_two_modules_import_each_other():
    """A circle inside a room is a circle all the same."""
    reads = {"continuum." + name(path).removesuffix(".py").replace("/", "."): imports(parsed(path)) for path in MODULES}
    done: list[str] = []

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " -> ".join((*path, module))
        if module in reads and module not in done:
            for other in reads[module]:
                if other != module:
                    visit(other, (*path, module))
            done.append(module)

    for module in reads:
        visit(module, ())


def lazy(path: Path) -> bool:
    """Whether a function of the module imports, by a statement or through importlib."""
    functions = [node for node in ast.walk(parsed(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    inside = [node for function in functions for node in ast.walk(function)]
    by_name = any(isinstance(node, ast.Attribute) and node.attr == "import_module" for node in inside)
    return by_name or any(isinstance(node, ast.Import | ast.ImportFrom) for node in inside)


def test_only_the_modules_listed_import_inside_a_function():
    """An import in a function hides a circle, unless it is there for speed and says so."""
    assert {name(path) for path in MODULES if lazy(path)} == set(LAZY)


def test_the_public_names_are_sorted_and_few():
    """A small face can be kept for years."""
    assert continuum.__all__ == sorted(continuum.__all__)
    assert len(continuum.__all__) <= 30


def test_the_public_names_are_those_the_docs_list():
    """A name is public when it is written down, and only then."""
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    listed = re.findall(r"`(\w+)`", text.split("\n\n")[2])
    assert sorted(listed) == continuum.__all__
    described = re.findall(r"^::: continuum\.(\w+)$", text, re.MULTILINE)
    assert sorted([*described, "__version__"]) == continuum.__all__


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_every_module_says_its_licence_and_its_idea(path):
    """A newcomer reads the first lines."""
    assert path.read_text(encoding="utf-8").startswith("# SPDX-License-Identifier: MIT\n")
    assert ast.get_docstring(parsed(path))


def called(path: Path) -> set[str]:
    """The plain names that a module calls."""
    return {node.func.id for node in ast.walk(parsed(path)) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_nothing_is_evaluated_as_python(path):
    """A pack is data: no text of it may run."""
    assert not called(path) & {"eval", "exec", "compile", "__import__"}


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_no_float_is_made_in_a_decision(path):
    """Money and thresholds are exact. Only a JSON Schema, which no decision reads, writes its ends as JSON numbers."""
    assert "float" not in called(path) or name(path) == "profiles.py"


@pytest.mark.parametrize("path", [path for path in MODULES if room(path) not in ("cli", "pytest_plugin")], ids=name)
def test_deciding_has_no_clock_no_chance_and_no_network(path):
    """A decision is a function of profile, pack and day, so the same question gives the same answer for ever."""
    tops = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            tops |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            tops.add(node.module.split(".")[0])
        elif isinstance(node, ast.Attribute):
            assert node.attr not in {"today", "now", "utcnow"}
    assert not tops & {"time", "secrets", "uuid", "socket", "urllib", "http", "requests", "logging"}
    assert ("random" in tops) == (name(path) in CHANCE)
