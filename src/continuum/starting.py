# SPDX-License-Identifier: MIT
"""The files of a new pack: small, valid and commented, for a council that begins with nothing."""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template

from continuum.errors import Finding, PackError
from continuum.packs.loading import read_texts
from continuum.packs.model import SLUG, json_schemas
from continuum.rulebook import Rulebook

VERSION = "1.0.0"
KINDS = ("pack", "inputs", "measures", "rates", "terms", "decision", "cases")
LONGEST = 60


@dataclass(frozen=True)
class Start:
    """What a new pack is called, and the first day it holds."""

    id: str
    day: dt.date
    title: str = ""
    authority: str = ""
    code: str = ""


def nearest_id(text: str) -> str:
    """The id that is closest to a text, or an empty one."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].strip("-")


def starting_files(start: Start) -> dict[str, str]:
    """The text of each file by its name inside the folder of the pack, proved to compile.

    Raises:
        PackError: where the id cannot be one.
    """
    if not SLUG.fullmatch(start.id) or len(start.id) > LONGEST or not re.search(r"[a-z0-9]\Z", start.id):
        close = nearest_id(start.id)
        expected = f"small letters, digits and hyphens, at most {LONGEST}"
        hint = f"did you mean `{close}`?" if close else "such as my-council-sen"
        raise PackError(Finding("CX111", f"`{start.id}` is not an id", expected=expected, hint=hint))
    words = {
        "id": start.id, "version": VERSION, "day": start.day.isoformat(),
        "title": json.dumps(_line(start.title) or "Bands and amounts, an example", ensure_ascii=False),
        "authority": json.dumps(_line(start.authority) or "A council", ensure_ascii=False),
        "code": json.dumps(_line(start.code) or nearest_id(start.authority) or "a-council", ensure_ascii=False),
        "scheme": "dfe_la" if re.fullmatch(r"[0-9]{3}", start.code) else "name",
    }  # fmt: skip
    found = {}
    for name, text in _templates(files("continuum").joinpath("new_pack"), ""):
        here = words | ({"title": json.loads(words["title"])} if name.endswith(".md") else {})
        found[name.replace("version/", f"{VERSION}/", 1)] = Template(text).substitute(here)
    schemas = json_schemas()
    found |= {f"schemas/{kind}.json": json.dumps(schemas[kind], ensure_ascii=False, indent=2) + "\n" for kind in KINDS}
    _prove(found)
    return found


def _line(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _templates(folder: Traversable, above: str) -> Iterator[tuple[str, str]]:
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.is_dir():
            yield from _templates(item, f"{above}{item.name}/")
        elif item.name.endswith((".yaml", ".md")):
            yield above + item.name, item.read_text(encoding="utf-8")


def _prove(found: dict[str, str]) -> None:
    """Compile the pack; nothing is handed out that does not."""
    inside = f"{VERSION}/"
    texts = {
        name.removeprefix(inside): text for name, text in found.items() if name.startswith(inside) and name.endswith(".yaml")
    }
    Rulebook(read_texts(texts, Path(VERSION)))
