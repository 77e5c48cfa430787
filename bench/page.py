# SPDX-License-Identifier: MIT
"""The page on speed in the docs: the reports of the bench, word for word, so that page and reports cannot disagree."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REPORTS = (ROOT / "bench" / "REPORT.md", ROOT / "bench" / "PEERS.md")
PAGE = ROOT / "docs" / "speed.md"


def page() -> str:
    """The reports, their headings one step lower."""
    parts = ["# Speed\n"]
    for report in REPORTS:
        if report.exists():
            lines = report.read_text(encoding="utf-8").splitlines()
            parts.append("\n".join(f"#{line}" if line.startswith("#") else line for line in lines) + "\n")
    return "\n".join(parts)


def write_page() -> None:
    """Write it."""
    PAGE.write_text(page(), encoding="utf-8")
