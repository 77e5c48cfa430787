# SPDX-License-Identifier: MIT
"""Writes docs/checks/ from the checks of the library and docs/checks.yaml: a page for each check, with the finding as it is told.

Run ``python docs/checks_page.py`` after a check is added or its words change. Nothing on these pages is written by hand.
"""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path

import yaml

from continuum.checks.run import CHECKS
from continuum.checks.subject import Check
from continuum.errors import Finding
from continuum.packs.loading import read_texts
from continuum.rulebook import Rulebook

FOLDER = Path(__file__).parent / "checks"
_WRITTEN = yaml.load((Path(__file__).parent / "checks.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506  # text only
PACK: str = _WRITTEN["pack"]
EXAMPLES: dict[str, dict[str, str]] = _WRITTEN["checks"]
MARK = "<!-- Written by docs/checks_page.py from docs/checks.yaml. Do not edit. -->\n"

INDEX = """\
# Checks

`continuum check PACK...` looks for mistakes in packs: in how they are written, and in what they come to for **every** profile
there can be, on each day on which something changes. It decides nothing. Its exit code is 1 where an error is found.

```console
continuum check rules/kent-continuum
```

| | |
|---|---|
| `--on DATE` | acceptances that have ended by that day come back, and a last version that ends within 90 days is told |
| `--quick` | leaves out the checks marked *proves* below |
| `--proved` | also tells what is proved, and over how many profiles |
| `--format` | `text`, `json`, `sarif` (code scanning), `junit` (build servers) or `github` (notes on a pull request) |

Each finding has a code, its place, one sentence, and where it speaks of pupils two examples as worked cases to paste into the
pack: the smallest profile, and a typical one from the middle of the ranges. No example is shown that the reference engine does
not confirm.

| check | code | | speaks |
|---|---|---|---|
"""

ACCEPTING = """
Between the versions of a pack: CX938 where no version covers some day between two of them, or two cover the same; CX939, with
`--on`, where the last one ends within 90 days or has ended.

## Letting a fault stand

A pack may accept a fault, for a reason and until a day. The finding gives the line:

```yaml
accepted:
  - {check: gap, about: "band", because: "Nobody has said what holds at exactly 41.", until: 2027-08-31, witness: f1ceae13}
```

It is still told, as a note. `witness` stands for the example that was seen and for how many profiles the fault was so, on each
day on which something changes, with each answer given or left out. The finding comes back as it was when the example or that
number changes and, with `--on`, when the day has passed; an acceptance of what no longer occurs is told as CX940, so that it
does not rot. `because` must be a reason: the three dots that hold its place are refused.

Of a sentence that compares two profiles the pairs that break it are counted, for each outcome and answer; of an answer with
more than 16 ranges that the pack tells apart, only the steps from one range to the next. Not noticed is a fault that changes
and is so for as many profiles as before, with the same smallest example, nor that a step that was broken goes further. Where
the number cannot be counted (amounts that are not told apart, a diagram that is too large), and of the checks that do not
speak of a region of profiles (CX932, CX933), the example alone stands for the fault.

Property sentences are accepted by `property:` and the sentence. A default property may be switched off as a whole, with a
reason, under `defaults_off:`.

A check of your own is a function of the compiled pack that returns findings, offered under the entry point group
`continuum.checks`.
"""


def found_in(pack: str) -> list[Finding]:
    """What the checks find in a pack in one file."""
    return Rulebook(read_texts({"pack.yaml": pack}, Path("pack.yaml"))).check()


def findings(name: str) -> list[Finding]:
    """What is found in the pack with the fault of a check's example planted."""
    example = EXAMPLES[name]
    if example["right"] not in PACK:
        raise LookupError(f"the right text of `{name}` does not stand in the pack of docs/checks.yaml")
    return found_in(PACK.replace(example["right"], example["wrong"], 1))


def sentence(check: Check) -> str:
    """When a check speaks: the first sentence of its module."""
    return " ".join((sys.modules[check.find.__module__].__doc__ or "").partition("\n\n")[0].split())


def page(check: Check) -> str:
    """The page of one check."""
    example = EXAMPLES[check.name]
    told = next(finding for finding in findings(check.name) if finding.code == check.code)
    parts = [
        f"{MARK}# {title(check)} ({check.code})\n\n{sentence(check)}\n\n{example['why']}\n",
        f"\nWith this in a pack:\n\n```yaml\n{_straight(example, 'wrong')}\n```\n",
        f"\n`continuum check` says:\n\n```text\n{told.text()}\n```\n",
        f"\n{example['fix']} Here it should be:\n\n```yaml\n{_straight(example, 'right')}\n```\n",
        f"\n{example['not']}\n" if "not" in example else "",
    ]
    return "".join(parts)


def _straight(example: dict[str, str], key: str) -> str:
    """A text as it stands in the pack, moved to the margin."""
    column = len(PACK.partition(example["right"])[0].rpartition("\n")[2])
    return textwrap.dedent(" " * column + example[key])


def title(check: Check) -> str:
    """A check's name, as a heading."""
    return check.name.replace("_", " ").capitalize()


def pages() -> dict[str, str]:
    """The text of every page by its file name."""
    rows = [
        f"| [{title(check).lower()}]({check.name}.md) | {check.code} | {'proves' if check.proves else ''} | {sentence(check)} |\n"
        for check in CHECKS
    ]
    made = {"index.md": MARK + INDEX + "".join(rows) + ACCEPTING}
    return made | {f"{check.name}.md": page(check) for check in CHECKS}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for file, text in pages().items():
        (FOLDER / file).write_text(text, encoding="utf-8")
