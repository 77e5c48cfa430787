# SPDX-License-Identifier: MIT
"""A pack written another way: its rules, keys or files in another order, under other labels, in a folder or in one file."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from continuum.packs.loading import read_texts
from continuum.packs.model import FILES
from continuum.rulebook import Rulebook

Files: TypeAlias = dict[str, Any]
"""The content of every file of a pack by its name, each scalar as the text that stands there."""

Way: TypeAlias = Callable[[Files], Files]

IN_FOLDER = ("inputs", "measures", "rates", "terms")


@lru_cache(maxsize=64)
def rewritten(rulebook: Rulebook, way: Way) -> Rulebook:
    """The rulebook of the same pack, written in one of the ways of this module."""
    texts = rulebook.written.texts
    files = way({name: yaml.load(text, Loader=yaml.BaseLoader) for name, text in texts.items()})  # noqa: S506  # text only
    moved = {name: json.dumps(content, ensure_ascii=False) for name, content in files.items()}
    return Rulebook(read_texts(moved, Path("pack.yaml" if len(moved) == 1 else "pack")))


def with_rules_reversed(files: Files) -> Files:
    """The rules of every table in the opposite order, but for those of a ``first`` table, which are read in order."""
    return _with_decisions(files, lambda table: table if table.get("hit") == "first" else _reversed_rules(table))


def with_keys_reversed(files: Files) -> Files:
    """The keys of every mapping, and the files, in the opposite order."""
    return {name: _flipped(content) for name, content in reversed(files.items())}


def with_other_labels(files: Files) -> Files:
    """Every input, measure and decision under another printed word, and every term that there is."""
    whole = _whole(files)
    names = [*whole["inputs"], *whole.get("measures", {}), *(table["decision"] for table in whole["decisions"])]
    terms = {name: {"label": name} for name in names} | whole.get("terms", {})
    renamed = {name: {**term, "label": f"Another word {i}"} for i, (name, term) in enumerate(terms.items())}
    if len(files) == 1:
        return {next(iter(files)): whole | {"terms": renamed}}
    return files | {"terms.yaml": {"terms": renamed}}


def in_the_other_shape(files: Files) -> Files:
    """One file where the pack is a folder, a folder where it is one file."""
    whole = _whole(files)
    if len(files) > 1:
        return {"pack.yaml": whole}
    parts = {part: {key: whole.pop(key) for key in _keys(part) if key in whole} for part in IN_FOLDER}
    decisions, cases = whole.pop("decisions"), whole.pop("cases", [])
    found = {"pack.yaml": whole} | {f"{part}.yaml": content for part, content in parts.items() if content}
    found |= {f"decisions/{i:03}.yaml": table for i, table in enumerate(decisions)}
    return found | ({"cases/all.yaml": {"cases": cases}} if cases else {})


def _whole(files: Files) -> dict[str, Any]:
    """The pack as it would stand in one file."""
    if len(files) == 1:
        return dict(next(iter(files.values())))
    whole: dict[str, Any] = {}
    for name in ("pack", *IN_FOLDER):
        whole |= files.get(f"{name}.yaml", {})
    whole["decisions"] = [content for name, content in files.items() if name.startswith("decisions/")]
    cases = [case for name, content in files.items() if name.startswith("cases/") for case in content.get("cases", [])]
    return whole | ({"cases": cases} if cases else {})


def _with_decisions(files: Files, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Files:
    if len(files) == 1:
        return {
            name: {**content, "decisions": [change(table) for table in content["decisions"]]} for name, content in files.items()
        }
    return {name: change(content) if name.startswith("decisions/") else content for name, content in files.items()}


def _reversed_rules(table: dict[str, Any]) -> dict[str, Any]:
    return {**table, "rules": table["rules"][::-1]}


def _flipped(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _flipped(item) for key, item in reversed(node.items())}
    return [_flipped(item) for item in node] if isinstance(node, list) else node


def _keys(part: str) -> set[str]:
    """The keys that a file of this kind may hold."""
    return {info.alias or name for name, info in FILES[part].model_fields.items()}
