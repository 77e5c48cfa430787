# SPDX-License-Identifier: MIT
"""YAML in the house style, and the smallest change to a file's text that makes it say something else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml

from continuum.packs.reading import Path, Source

WIDTH = 130
PLAIN = re.compile(r"-?[A-Za-z0-9][A-Za-z0-9_.#/-]*\Z")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
ODD = re.compile(r"[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
SENTENCES = frozenset({"because", "illustrative", "reading", "note", "to", "asks", "label", "plain", "formerly"})
"""Keys whose words are always put between quotes."""


def quoted(text: str) -> str:
    """Text between double quotes."""
    return ODD.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(text, ensure_ascii=False))


def scalar(text: str, key: str = "") -> str:
    """A value, with quotes where YAML or the house asks for them."""
    bare = PLAIN.match(text) and (key not in SENTENCES or DAY.match(text))
    return text if bare else quoted(text)


def flow(raw: Any, key: str = "") -> str:
    """A value on one line."""
    if isinstance(raw, dict):
        return "{" + ", ".join(f"{scalar(name)}: {flow(value, name)}" for name, value in raw.items()) + "}"
    if isinstance(raw, list):
        return "[" + ", ".join(flow(value, key) for value in raw) + "]"
    return scalar(raw, key)


def block(raw: Any, indent: int, key: str = "") -> list[str]:
    """A value below its key, each line indented; for what does not fit on a line."""
    pad, lines = " " * indent, []
    if isinstance(raw, dict):
        for name, value in raw.items():
            lines += keyed(name, value, indent)
        return lines
    for value in raw:
        one = f"{pad}- {flow(value, key)}"
        if _breaks(value) and (len(one) > WIDTH or (isinstance(value, dict) and _branches(value))):
            inner = block(value, indent + 2)
            lines += [f"{pad}- {inner[0].lstrip()}", *inner[1:]]
        else:
            lines.append(one)
    return lines


def keyed(name: str, value: Any, indent: int) -> list[str]:
    """A key and its value: on one line where it fits, or where there is nothing to break."""
    one = f"{' ' * indent}{scalar(name)}: {flow(value, name)}"
    if (len(one) <= WIDTH and not _branches(value)) or not _breaks(value):
        return [one]
    return [f"{' ' * indent}{scalar(name)}:", *block(value, indent + 2, name)]


def _breaks(value: Any) -> bool:
    """Whether a value can be written over several lines."""
    return bool(value) and (
        isinstance(value, dict) or (isinstance(value, list) and any(isinstance(item, dict) for item in value))
    )


def _branches(value: Any) -> bool:
    """Whether a list of mappings stands in it of which one has several keys: those are read best one below the other."""
    if isinstance(value, dict):
        return any(_branches(inner) for inner in value.values())
    return isinstance(value, list) and any(isinstance(item, dict) and (len(item) > 1 or _branches(item)) for item in value)


def rule_lines(raw: dict[str, Any], indent: int) -> list[str]:
    """A rule of a table as an item of a list, one key a line."""
    lines = block(raw, indent + 2)
    return [f"{' ' * indent}- {lines[0].lstrip()}", *lines[1:]]


def row_lines(raw: dict[str, Any], indent: int) -> list[str]:
    """A row of a rate as an item of a list, on one line."""
    return [f"{' ' * indent}- {flow(raw)}"]


def term_lines(name: str, raw: dict[str, Any], indent: int) -> list[str]:
    """A term, on one line."""
    return [f"{' ' * indent}{scalar(name)}: {flow(raw)}"]


# --- text with one scalar a line, so that a line says which key it is -------------------------------------------------


@dataclass
class Spelled:
    """A file's content with every scalar on a line of its own."""

    lines: list[str] = field(default_factory=list)
    paths: dict[int, tuple[Path, int]] = field(default_factory=dict)
    """By line, from 1: the path, and the column from 1 at which its value begins."""

    @property
    def text(self) -> str:
        """The whole file."""
        return "\n".join(self.lines) + "\n"

    def add(self, raw: Any, path: Path = (), lead: str = "", indent: int = 0) -> Spelled:
        """Write a value, after what stands before it on its first line."""
        items = list(raw.items()) if isinstance(raw, dict) else list(enumerate(raw)) if isinstance(raw, list) else []
        if not items:
            text = quoted(raw) if isinstance(raw, str) else "{}" if isinstance(raw, dict) else "[]"
            self.lines.append(f"{lead}{text}")
            self.paths[len(self.lines)] = (path, len(lead) + 1)
            return self
        if lead:
            self.lines.append(lead.rstrip())
            self.paths[len(self.lines)] = (path, len(lead) + 1)
        pad = " " * indent
        for key, value in items:
            mark = f"{pad}- " if isinstance(raw, list) else f"{pad}{quoted(str(key))}: "
            self.add(value, (*path, key), mark, indent + 2)
        return self


# --- changes to a text --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Piece:
    """An item of a list or mapping as it should be: one of before, by its number, or a new one; ``name`` in a mapping."""

    raw: Any
    kept: int | None = None
    instead_of: int | None = None
    name: str = ""


@dataclass
class Change:
    """What should stand at a path: pieces of a list or mapping, or one text."""

    path: Path
    pieces: list[Piece] | None = None
    text: str = ""
    lines: Callable[[Piece, int], list[str]] = lambda _piece, _indent: []


class NotSimple(Exception):  # said to the caller, who writes the file anew
    """The text is written in a way that cannot be changed in parts."""


@dataclass
class Changed:
    """A text after its changes, and the lines of the old one whose comments are gone."""

    text: str
    comments: list[int] = field(default_factory=list)


def changed(text: str, raw: Any, changes: list[Change]) -> Changed:
    """The text with the changes made and all else left as it is; written anew where that cannot be done.

    Args:
        text: the file as it is.
        raw: the content that it should have after the changes; whatever is written is read again and held against it.
        changes: where they differ.
    """
    ends = "\r\n" if "\r\n" in text else "\n"
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n")
    try:
        made = _Splice(plain).made(changes)
    except NotSimple:
        made = Changed(plain)
    if Source().read_text(made.text, "") != raw:
        made = Changed("\n".join(_whole(plain, raw)) + "\n", _comments_below(plain))
    return Changed(mark + made.text.replace("\n", ends), made.comments)


def _whole(text: str, raw: dict[str, Any]) -> list[str]:
    """A whole file in the house style, with the comments that stand above its first key."""
    lines = [line for line in text.split("\n")[: _first(text)] if line.startswith("#")]
    for key, value in raw.items():
        if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            lines.append(f"{scalar(key)}:")
            for item in value:
                lines += rule_lines(item, 2)
        elif isinstance(value, dict) and value and all(isinstance(item, dict) for item in value.values()):
            lines.append(f"{scalar(key)}:")
            for name, item in value.items():
                lines += keyed(name, item, 2)
        else:
            lines += keyed(key, value, 0)
    return lines


def _first(text: str) -> int:
    lines = text.split("\n")
    return next((i for i, line in enumerate(lines) if line.strip() and not line.startswith("#")), len(lines))


def _comments_below(text: str) -> list[int]:
    return [n for n, line in enumerate(text.split("\n"), start=1) if n > _first(text) and re.search(r"(^|\s)#", line)]


class _Splice:
    """Finds where things stand in a text, and puts others in their place."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.node: Any = yaml.compose(text, Loader=yaml.SafeLoader)
        self.comments: list[int] = []
        self.whole: set[int] = set()
        """Items of the list at hand whose text stays, but for single values."""

    def made(self, changes: list[Change]) -> Changed:
        edits = []
        for change in changes:
            node = self.found(change.path)
            if change.pieces is None:
                edits.append((node.start_mark.index, node.end_mark.index, quoted(change.text)))
            elif node.flow_style:
                edits.append(self.in_flow(node, change.pieces))
            else:
                edits.append(self.in_block(node, change))
        text = self.text
        for start, end, new in sorted(edits, reverse=True):
            text = text[:start] + new + text[end:]
        return Changed(text, sorted(self.comments))

    def found(self, path: Path) -> Any:
        node = self.node
        for step in path:
            if isinstance(node, yaml.MappingNode):
                node = next((value for key, value in node.value if key.value == step), None)
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
                node = node.value[step]
            else:
                node = None
            if node is None:
                raise NotSimple
        return node

    def in_flow(self, node: Any, pieces: list[Piece]) -> tuple[int, int, str]:
        """A list or mapping between brackets: its items as they stand, or on one line each."""
        pairs = [(item, item) for item in node.value] if isinstance(node, yaml.SequenceNode) else node.value
        if not pairs or not pieces:
            raise NotSimple
        spans = [(key.start_mark.index, value.end_mark.index) for key, value in pairs]
        several = "\n" in self.text[spans[0][0] : spans[-1][1]]
        between = ",\n" + " " * pairs[0][0].start_mark.column if several else ", "
        items = []
        for piece in pieces:
            mended = self.mended(piece, spans, pairs)
            if mended is not None:
                items.append(mended)
            else:
                items.append(f"{scalar(piece.name)}: {flow(piece.raw)}" if piece.name else flow(piece.raw))
        for start, end in zip([end for _, end in spans], [start for start, _ in spans[1:]], strict=False):
            self.lose(start, end, [])
        self.lose_items(spans, pairs)
        return spans[0][0], spans[-1][1], between.join(items)

    def in_block(self, node: Any, change: Change) -> tuple[int, int, str]:
        """A list or mapping over lines: the lines of each item as they stand, with the comments above it, or new ones."""
        mapping = isinstance(node, yaml.MappingNode)
        pairs = node.value if mapping else [(item, item) for item in node.value]
        starts = [self.line_start(key.start_mark.index if mapping else self.dash(key)) for key, _ in pairs]
        ends = [self.line_end(value) for _, value in pairs]
        if any(start < end for start, end in zip(starts[1:], ends, strict=False)):
            raise NotSimple
        leads = ["", *(self.text[end + 1 : start] for start, end in zip(starts[1:], ends, strict=False))]
        spans = list(zip(starts, ends, strict=True))
        indent = re.match(" *", self.text[starts[0] :]).end()  # type: ignore[union-attr]  # it always matches
        parts = []
        for piece in change.pieces or []:
            old = piece.kept if piece.kept is not None else piece.instead_of
            lead = leads[old] if old is not None else ""
            mended = self.mended(piece, spans, pairs)
            parts.append(lead + (mended if mended is not None else "\n".join(change.lines(piece, indent))))
        self.lose_items(spans, pairs)
        there = {number for piece in change.pieces or [] for number in (piece.kept, piece.instead_of)}
        for i, lead in enumerate(leads):
            if i not in there and lead:
                self.lose(ends[i - 1] + 1, starts[i], [])
        return starts[0], ends[-1], "\n".join(parts)

    def mended(self, piece: Piece, spans: list[tuple[int, int]], pairs: list[Any]) -> str | None:
        """The text of an item that stays, or in which only some values change; None where it has to be written anew."""
        number = piece.kept if piece.kept is not None else piece.instead_of
        if number is None:
            return None
        (start, end), made = spans[number], []
        if piece.kept is None:
            found = self.values(pairs[number][1], piece.raw)
            if found is None:
                return None
            made = sorted(found, reverse=True)
        text = self.text[start:end]
        for first, last, new in made:
            text = text[: first - start] + new + text[last - start :]
        if made and any(len(line) > WIDTH and line.lstrip("- ").startswith("when:") for line in text.split("\n")):
            return None
        self.whole.add(number)
        for first, last, _ in made:
            self.lose(first, last, [])
        return text

    def values(self, node: Any, raw: Any, key: str = "") -> list[tuple[int, int, str]] | None:
        """Where values have to be replaced so that a node says this; None where it has other keys."""
        if _content(node) == raw:
            return []
        if isinstance(node, yaml.MappingNode) and isinstance(raw, dict) and [one.value for one, _ in node.value] == list(raw):
            parts = [self.values(value, raw[one.value], one.value) for one, value in node.value]
            return None if None in parts else [spot for part in parts if part for spot in part]
        simple = node.style in (None, "'", '"') if isinstance(node, yaml.ScalarNode) else node.flow_style
        at = (node.start_mark.index, node.end_mark.index)
        if not simple or "\n" in self.text[slice(*at)] or not key:
            return None
        return [(*at, flow(raw, key))]

    def lose_items(self, spans: list[tuple[int, int]], pairs: list[Any]) -> None:
        """Note the comments in items that are gone or written anew."""
        for i, (key, value) in enumerate(pairs):
            if i not in self.whole:
                self.lose(*spans[i], [key, value])
        self.whole = set()

    def dash(self, node: yaml.Node) -> int:
        """Where the hyphen of an item stands."""
        at = self.text.rfind("-", 0, node.start_mark.index)
        if at < 0 or self.text[at + 1 : node.start_mark.index].strip():
            raise NotSimple
        return at

    def line_start(self, index: int) -> int:
        start = self.text.rfind("\n", 0, index) + 1
        if self.text[start:index].strip():
            raise NotSimple
        return start

    def line_end(self, node: yaml.Node) -> int:
        """The end of the last line of a node, with the comment behind it."""
        index = _end(node)
        while index and self.text[index - 1] in "\n ":
            index -= 1
        end = self.text.find("\n", index)
        end = len(self.text) if end < 0 else end
        rest = self.text[index:end].strip()
        if rest and not rest.startswith("#"):
            raise NotSimple
        return end

    def lose(self, start: int, end: int, nodes: list[yaml.Node]) -> None:
        """Note the comments between two spots that are not part of these nodes' values."""
        scalars = [span for node in nodes for span in _scalars(node)]
        for match in re.finditer(r"(?:^|(?<=\s))#", self.text[start:end], re.MULTILINE):
            at = start + match.start()
            if not any(first <= at < last for first, last in scalars):
                self.comments.append(self.text.count("\n", 0, at) + 1)


def _end(node: yaml.Node) -> int:
    """The index after the last character of a node; a block's own end mark stands behind the comments that follow it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def _content(node: Any) -> Any:
    """What a node says, every scalar as text."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: _content(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_content(item) for item in node.value]
    return node.value


def _scalars(node: yaml.Node) -> list[tuple[int, int]]:
    if isinstance(node, yaml.ScalarNode):
        return [(node.start_mark.index, node.end_mark.index)]
    inner = [part for item in node.value for part in (item if isinstance(item, tuple) else (item,))]
    return [span for part in inner for span in _scalars(part)]
