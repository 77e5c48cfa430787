# SPDX-License-Identifier: MIT
"""`continuum schema`: the JSON Schemas of pack files, profiles and decisions, for editors and other programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

import continuum
from continuum.cli.options import Word, library, pack_unasked
from continuum.packs.model import json_schemas

PACK_KINDS = ("pack", "inputs", "measures", "rates", "terms", "decision", "cases", "one-file")
KINDS = (*PACK_KINDS, "profile", "result")


@click.command("schema")
@click.argument("kind", metavar="[KIND]", required=False, type=Word(KINDS))
@click.option(
    "--pack", metavar="ID|PATH", help="The pack whose profile is described; `continuum packs` says which is taken unasked."
)
@click.option("--out", metavar="DIR", type=click.Path(path_type=Path), help="Write one file for each kind here.")
def command(kind: str | None, pack: str | None, out: Path | None) -> None:
    """Print the JSON Schema of one kind, or of all kinds as one object.

    Kinds: pack, inputs, measures, rates, terms, decision (a table), cases and one-file are files of a pack;
    profile is what a pack asks; result is a decision as `continuum decide --format json` prints it.
    """
    kinds = [kind] if kind else list(KINDS)
    schemas = _schemas(kinds, pack)
    if out is None:
        click.echo(_text(schemas[kind] if kind else schemas), nl=False)
        return
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, schema in schemas.items():
            (out / f"{name}.json").write_text(_text(schema), encoding="utf-8")
    except OSError as error:
        why = (error.strerror or "no reason given").lower()
        raise click.UsageError(f"`{out}` cannot be written: {why}; name another folder") from None
    click.echo(f"{len(schemas)} schemas written to {out}", err=True)


def _schemas(kinds: list[str], pack: str | None) -> dict[str, Any]:
    files = json_schemas()
    schemas: dict[str, Any] = {kind: files[kind] for kind in kinds if kind in files}
    if "profile" in kinds:
        schemas["profile"] = _rulebook(pack).profile_schema()
    if "result" in kinds:
        head = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": "https://continuum.example/schemas/1/result.json",
        }
        schemas["result"] = head | continuum.Decision.model_json_schema(mode="serialization")
    return schemas


def _rulebook(pack: str | None) -> continuum.Rulebook:
    packs = library()
    return continuum.load(pack or pack_unasked(packs), library=packs)


def _text(schema: Any) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
