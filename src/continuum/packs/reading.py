# SPDX-License-Identifier: MIT
"""YAML text to plain text values with their places: nothing is guessed, and every fault is found in one pass."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any, TypeAlias

import yaml

from continuum.errors import Finding, Place

Path: TypeAlias = tuple[str | int, ...]
Spot: TypeAlias = tuple[int, int, int, int]
"""Index of the file, then line, column and width, all from 0."""

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MAYBE_ANCHOR = re.compile(r"(?:^|[\s\[{,:-])[&*][^\s&*]", re.MULTILINE)
MARKS = re.compile(r"(?:[-?:][ \t]+){50}|^ {200}|(?:[\[{][ \t]*){50}", re.MULTILINE)
SUSPICIOUS = 50
DEEPEST = 40
LARGEST = 20_000_000


@dataclass
class Source:
    """The text of a pack as read: its files, and for each path of keys the spot where its value and its key stand."""

    files: list[str] = field(default_factory=list)
    lines: list[list[str]] = field(default_factory=list)
    values: dict[Path, Spot] = field(default_factory=dict)
    keys: dict[Path, Spot] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    unknown: list[Path] = field(default_factory=list)

    def place(self, path: Path, *, key: bool = False) -> Place | None:
        """The place of the value (or the key) at ``path``, or of the nearest thing around it."""
        spots = self.keys if key else self.values
        while path:
            spot = spots.get(path) or self.values.get(path) or self.keys.get(path)
            if spot:
                return self._at(spot)
            path = path[:-1]
        if not self.files:
            return None
        first = next((i for i, line in enumerate(self.lines[0]) if line.strip() and not line.startswith("#")), 0)
        return self._at((0, first, 0, 1)) if self.lines[0] else Place(self.files[0])

    def _at(self, spot: Spot) -> Place:
        file, line, column, width = spot
        lines = self.lines[file]
        text = lines[line].rstrip("\n") if line < len(lines) else ""
        return Place(self.files[file], line + 1, column + 1, max(1, width), text)

    def report(self, code: str, path: Path, message: str, *, expected: str = "", hint: str = "", key: bool = False) -> None:
        """Note a finding at ``path``."""
        self.findings.append(Finding(code, message, self.place(path, key=key), expected, hint))

    def read(self, file: FilePath, name: str, at: Path = ()) -> Any:
        """Read one file; the paths of its content begin with ``at``. None where it cannot be read (and noted)."""
        try:
            data = file.read_bytes()
            text = data.decode("utf-8-sig")
        except OSError as error:
            self.findings.append(Finding("CX101", f"`{name}` cannot be read: {error.strerror}", Place(name)))
            return None
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            message = f"`{name}` is not UTF-8 text: byte {error.start} cannot be read"
            hint = "save the file as UTF-8"
            self.findings.append(Finding("CX101", message, Place(name, line), hint=hint))
            return None
        return self.read_text(text, name, at)

    def read_text(self, text: str, name: str, at: Path = ()) -> Any:
        """As :meth:`read`, from text."""
        self.files.append(name)
        self.lines.append(text.splitlines())
        index = len(self.files) - 1
        for n in range(1, len(at)):
            self.values.setdefault(at[:n], (index, 0, 0, 1))
        if len(text) > LARGEST:
            message = f"the file has {len(text)} characters"
            self.findings.append(Finding("CX112", message, Place(name), expected=f"at most {LARGEST}"))
            return None
        if _too_deep(text):
            self.findings.append(
                Finding("CX112", "the file is nested too deeply", Place(name), expected=f"at most {DEEPEST} levels")
            )
            return None
        node = self._compose(text, index)
        if node is None:
            return None
        return _Walk(self, index).value(node, at, 0)

    def _anchored(self, text: str, file: int) -> bool:
        """Whether anchors or aliases are used; looked for before composing, because they can grow without end."""
        if not MAYBE_ANCHOR.search(text):
            return False
        found = False
        for token in yaml.scan(text, Loader=Loader):
            if isinstance(token, yaml.AnchorToken | yaml.AliasToken):
                mark = token.start_mark
                place = self._at((file, mark.line, mark.column, len(token.value) + 1))
                message = f"`{place.text[mark.column : mark.column + len(token.value) + 1]}` is an anchor or an alias"
                hint = "write the value out where it is needed, or put it between quotes if it is text"
                self.findings.append(Finding("CX106", message, place, hint=hint))
                found = True
        return found

    def _compose(self, text: str, file: int) -> yaml.Node | None:
        try:
            if self._anchored(text, file):
                return None
            node = yaml.compose(text, Loader=Loader)
        except yaml.YAMLError as error:
            self._syntax(error, file)
            return None
        except RecursionError:
            self.findings.append(Finding("CX112", "the file is nested too deeply", Place(self.files[file])))
            return None
        if node is None:
            message = f"`{self.files[file]}` is empty"
            self.findings.append(Finding("CX107", message, Place(self.files[file]), expected="keys and values"))
        return node

    def _syntax(self, error: yaml.YAMLError, file: int) -> None:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
        if "alias" in problem or "anchor" in problem:
            code, hint = "CX106", "write the value out where it is needed"
        elif "second document" in problem or "single document" in problem or "another document" in problem:
            code, hint = "CX102", "a file holds one document: remove the `---` line"
        else:
            code = "CX102"
            hint = "put cells that hold > < = [ ( , or : between quotes, and indent with spaces, never tabs"
        line = self.lines[file][mark.line] if mark and mark.line < len(self.lines[file]) else ""
        if mark and line[mark.column : mark.column + 1] == "\t":
            problem = "a tab is used where spaces belong"
        place = self._at((file, mark.line, mark.column, 1)) if mark else Place(self.files[file])
        self.findings.append(Finding(code, f"this is not valid YAML: {problem}", place, hint=hint))


def _too_deep(text: str) -> bool:
    """Whether the text nests so deep that composing would exhaust the machine: a cheap look, then a count of events."""
    brackets = abs(text.count("[") - text.count("]")) + abs(text.count("{") - text.count("}"))
    if brackets < SUSPICIOUS and not MARKS.search(text) and "[" * SUSPICIOUS not in text and "{" * SUSPICIOUS not in text:
        return False
    depth = 0
    try:
        for event in yaml.parse(text, Loader=Loader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > 2 * DEEPEST:
                return True
    except yaml.YAMLError:
        return False
    return False


class _Walk:
    """Nodes to values, noting places on the way."""

    def __init__(self, source: Source, file: int) -> None:
        self.source, self.file = source, file

    def spot(self, node: yaml.Node) -> Spot:
        start, end = node.start_mark, node.end_mark
        width = end.column - start.column if end.line == start.line else 1
        return self.file, start.line, start.column, width

    def value(self, node: yaml.Node, path: Path, depth: int) -> Any:
        self.source.values[path] = self.spot(node)
        if depth > DEEPEST:
            self.source.report("CX112", path, "this is nested too deeply", expected=f"at most {DEEPEST} levels")
            return ""
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node, path)
        tag = "tag:yaml.org,2002:map" if isinstance(node, yaml.MappingNode) else "tag:yaml.org,2002:seq"
        if node.tag != tag:
            self.tagged(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, i), depth + 1) for i, item in enumerate(node.value)]
        return self.mapping(node, path, depth)  # type: ignore[arg-type]  # the third kind of node there is

    def scalar(self, node: yaml.ScalarNode, path: Path) -> str:
        if node.tag.startswith("tag:yaml.org,2002:"):
            line, column = node.start_mark.line, node.start_mark.column
            lines = self.source.lines[self.file]
            if line < len(lines) and lines[line][column : column + 1] == "!":
                self.tagged(node, path)
        else:
            self.tagged(node, path)
        return str(node.value)

    def tagged(self, node: yaml.Node, path: Path) -> None:
        tag = node.tag.replace("tag:yaml.org,2002:", "!!")
        self.source.report("CX106", path, f"the tag `{tag}` is not used in packs", hint="remove the tag")

    def mapping(self, node: yaml.MappingNode, path: Path, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.source.values[(*path, "?")] = self.spot(key_node)
                hint = "put a cell that begins with [ or { between quotes"
                self.source.report("CX107", (*path, "?"), "a key must be a word", hint=hint)
                continue
            key = str(key_node.value)
            here: Path = (*path, key)
            if key_node.tag == "tag:yaml.org,2002:merge":
                self.source.keys[here] = self.spot(key_node)
                self.source.report("CX106", here, "merge keys are not used in packs", hint="write the keys out", key=True)
            elif key in result:
                first = self.source.place(here, key=True)
                self.source.keys[here] = self.spot(key_node)
                hint = f"the first stands at line {first.line}; remove or rename one" if first else "remove one"
                self.source.report("CX103", here, f"`{key}` stands twice", hint=hint, key=True)
            else:
                self.source.keys[here] = self.spot(key_node)
                result[key] = self.value(value_node, here, depth + 1)
        return result
