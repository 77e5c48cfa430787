# SPDX-License-Identifier: MIT
"""`continuum packs`: which packs there are, of what standing and for which days."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import click

from continuum.cli.found import Found, packs_below, shown
from continuum.cli.options import Word, library, pack_unasked


@click.command("packs")
@click.option(
    "--path",
    "paths",
    metavar="DIR",
    multiple=True,
    type=click.Path(),
    help="A folder with more packs; may be repeated.",
)
@click.option("--format", "form", type=Word(["text", "json"]), default="text", show_default=True, help="How to print.")
def command(paths: tuple[str, ...], form: str) -> None:
    """List the rule packs there are: id, version, standing, days in force, title."""
    packs = library()
    found = list(packs_below([*packs.paths, *paths], compiled=False))
    entries = sorted((_entry(pack) for pack in found if pack.written), key=lambda entry: (entry["id"], entry["from"] or ""))
    if form == "json":
        click.echo(json.dumps(entries, ensure_ascii=False, indent=2))
    else:
        _table(entries)
        click.echo(f"\nTaken where no pack is named: {pack_unasked(packs)}", err=True)
    faults = [finding for pack in found for finding in pack.findings]
    for fault in faults:
        click.echo(f"\n{fault.text()}", err=True)
    if faults:
        raise SystemExit(1)


def _entry(found: Found) -> dict[str, Any]:
    assert found.written is not None  # noqa: S101  # the caller has looked
    pack = found.written.pack
    return {
        "id": pack.id, "version": pack.version, "status": pack.status, "from": _day(pack.in_force.from_),
        "to": _day(pack.in_force.to), "undated": pack.in_force.undated, "title": pack.title,
        "digest": found.written.digest, "path": shown(found.path),
    }  # fmt: skip


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _from(entry: dict[str, Any]) -> str:
    day = entry["from"] or ""
    return f"undated, after {day}" if entry["undated"] and day else "undated" if entry["undated"] else day


def _to(entry: dict[str, Any]) -> str:
    return entry["to"] or ("not known" if entry["undated"] else "no end")


def _table(entries: list[dict[str, Any]]) -> None:
    rows = [("PACK", "VERSION", "STATUS", "FROM", "TO", "TITLE")]
    rows += [(e["id"], e["version"], e["status"].replace("_", " "), _from(e), _to(e), e["title"]) for e in entries]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    for row in rows:
        click.echo("  ".join([*(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=False)), row[5]]))
