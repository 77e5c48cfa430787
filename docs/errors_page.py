# SPDX-License-Identifier: MIT
"""Writes docs/language/errors.md from the codes of the library and docs/errors.yaml: sentence, small example and fix.

Run ``python docs/errors_page.py`` after a code is added. The examples of kind ``pack`` and ``profile`` are real: a test turns the
right line into the wrong one and asks the library for its code.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import yaml

from continuum.checks.run import CHECKS
from continuum.errors import CODES

PAGE = Path(__file__).parent / "language" / "errors.md"

_WRITTEN = yaml.load((Path(__file__).parent / "errors.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506  # text only
PACK: str = _WRITTEN["pack"]
PROFILE: str = _WRITTEN["profile"]


class Example(NamedTuple):
    """What brings a code about, and its mending. ``kind`` says where ``right`` stands: in :data:`PACK` (``pack``), in
    :data:`PROFILE` (``profile``), or nowhere (``told``), when only the library's surroundings can show it.
    """

    kind: str
    wrong: str
    right: str
    fix: str


EXAMPLES: dict[str, Example] = {
    code: Example(item.get("in", "told"), item["wrong"], item["right"], item["fix"])
    for code, item in _WRITTEN["examples"].items()
}
"""One example for every code that is not a check's."""
PAGES: dict[str, str] = {check.code: check.name for check in CHECKS if check.code not in EXAMPLES}
"""The page of the check that a code belongs to."""

GROUPS = {
    "1": "Reading a pack's files", "2": "Names, types and sources", "3": "Cells, expressions and properties",
    "4": "Rates", "5": "Profiles", "6": "Packs, versions and days", "7": "Engines", "8": "Files of profiles, and workbooks",
    "9": "Worked examples and checks",
}  # fmt: skip

HEAD = """\
<!-- Written by docs/errors_page.py from continuum.errors.CODES. Do not edit. -->
# Errors

Every error has a code that never changes its meaning. The library reports **all** faults it can reach at once
(a fault in a file's shape can hide faults of meaning until it is mended), each with its place, what was
expected and the nearest fix:

```text
error[CX206]: `sever` is not a value of `need`
  --> decisions/band.yaml:8:26
  |
8 |     when: {highest_need: ">= sever"}
  |                          ^^^^^^^^^^
   = expected: one of `none`, `mild`, `moderate`, `severe`, `profound`
   = help: did you mean `severe`?
```

The wording of a message may improve. The code stays. No message repeats a unique pupil number.
"""


def page() -> str:
    """The whole page."""
    parts, group = [HEAD], ""
    for code, sentence in CODES.items():
        if group != (group := code[2]):
            parts.append(f"\n## {GROUPS[group]}\n")
        if code in PAGES:
            parts.append(
                f"\n### {code}\n\n{sentence[0].upper()}{sentence[1:]}: see [{PAGES[code]}](../checks/{PAGES[code]}.md).\n"
            )
            continue
        example = EXAMPLES[code]
        parts.append(
            f"\n### {code}\n\n{sentence[0].upper()}{sentence[1:]}.\n\n"
            f"{_block('Wrong', example.wrong)}\n{_block('Right', example.right)}\n{example.fix}\n"
        )
    return "".join(parts)


def _block(word: str, text: str) -> str:
    return f"{word}:\n\n```text\n{text}\n```\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
