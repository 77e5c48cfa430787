# SPDX-License-Identifier: MIT
"""`continuum check`: what is wrong with packs, for people and for the programs that show findings."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

import click

from continuum.cases import check_cases
from continuum.checks import told
from continuum.checks.versions import between
from continuum.cli.found import Found, packs_below
from continuum.cli.options import Day, Word
from continuum.errors import CODES, EngineError, Finding, PackError
from continuum.packs.loading import read_cases
from continuum.rulebook import LIBRARY

LEVELS = {"error": "error", "warning": "warning"}
"""SARIF's and GitHub's words for severities; anything else is a note."""


@click.command("check")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path())
@click.option(
    "--format", "form", type=Word(["text", "json", "sarif", "junit", "github"]), default="text", show_default=True,
    help="How to print.",
)  # fmt: skip
@click.option("--on", type=Day(), help="The day for which acceptances that have ended, and versions about to end, are told.")
@click.option("--quick", is_flag=True, help="Leave out the checks that prove something of every profile.")
@click.option("--proved", "proving", is_flag=True, help="Also tell what is proved, on standard error.")
def command(paths: tuple[str, ...], form: str, on: dt.date | None, *, quick: bool, proving: bool) -> None:
    """Look for mistakes in every pack at or below the paths: in how it is written, and, for every profile there can be and each
    day on which something changes, in what it comes to. A finding gives profiles that show it, as cases to paste.
    """
    checked = _between(_twice([(found, _faults(found, on, proofs=not quick)) for found in packs_below(paths)]), on)
    if proving:
        for found, _ in checked:
            _tell_proved(found)
    FORMATS[form](checked)
    if any(finding.severity == "error" for _, findings in checked for finding in findings):
        raise SystemExit(1)


Checked = list[tuple[Found, list[Finding]]]


def _faults(found: Found, on: dt.date | None, *, proofs: bool) -> list[Finding]:
    """Faults of reading and compiling, of the cases' text, and what the checks find."""
    if found.written is None:
        return list(found.findings)
    findings = list(found.findings)
    try:
        cases = check_cases(found.rulebook) if found.rulebook else []
        findings += [found.located(finding) for finding in cases]
        if not found.rulebook:
            read_cases(found.written)
    except PackError as error:
        findings += [found.located(finding) for finding in error.findings]
    if found.rulebook:
        findings += [found.located(finding) for finding in found.rulebook.check(on=on, proofs=proofs)]
    return list(dict.fromkeys(findings))


def _tell_proved(found: Found) -> None:
    try:
        answers = found.rulebook.prove() if found.rulebook else ()
    except EngineError:  # told as a finding
        return
    for answer in answers:
        if answer.verdict == "proved":
            click.echo(f"{found.name}: {told.proved(answer)}", err=True)


def _twice(checked: Checked) -> Checked:
    """With a finding for each pack whose id and version another has too."""
    first: dict[str, Found] = {}
    for found, findings in checked:
        if found.written and first.setdefault(found.name, found) is not found:
            message = f"{found.name} stands in `{first[found.name].path}` and in `{found.path}`"
            findings.append(found.located(Finding("CX604", message, hint="keep one; a correction is a new version")))
    return checked


def _between(checked: Checked, on: dt.date | None) -> Checked:
    """With what is wrong between the versions of a pack."""
    books = {id(found.rulebook.pack): (found, findings) for found, findings in checked if found.rulebook}
    for pack, fault in between([found.rulebook.pack for found, _ in books.values() if found.rulebook], on):
        found, findings = books[id(pack)]
        place = found.written.source.place(fault.path) if found.written else None
        findings.append(found.located(Finding(fault.code, fault.message, place, hint=fault.hint, severity=fault.severity)))
    return checked


def _text(checked: Checked) -> None:
    findings = [finding for _, findings in checked for finding in findings]
    for finding in findings:
        click.echo(finding.text() + "\n")
    packs = f"{len(checked)} pack{'' if len(checked) == 1 else 's'} checked"
    numbers = [(level, sum(finding.severity == level for finding in findings)) for level in ("error", "warning", "note")]
    found = [f"{number} {level}{'' if number == 1 else 's'}" for level, number in numbers if number]
    click.echo(f"{packs}, {listed_in_words(found) or 'nothing found'}")


def listed_in_words(items: list[str]) -> str:
    """``a, b and c``."""
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def _json(checked: Checked) -> None:
    data = [
        {"pack": found.name, "path": found.path.as_posix(), "findings": [finding.as_dict() for finding in findings]}
        for found, findings in checked
    ]
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))


def _sarif(checked: Checked) -> None:
    findings = [finding for _, findings in checked for finding in findings]
    rules = [{"id": code, "shortDescription": {"text": CODES.get(code, code)}} for code in sorted({f.code for f in findings})]
    driver = {"name": "continuum", "version": LIBRARY, "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": [_result(f) for f in findings]}
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    click.echo(json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2))


def _result(finding: Finding) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.code, "level": LEVELS.get(finding.severity, "note"), "message": {"text": _sentence(finding)},
    }  # fmt: skip
    if finding.place:
        place = finding.place
        region = {"startLine": place.line, "startColumn": place.column, "endColumn": place.column + place.width}
        physical = {"artifactLocation": {"uri": place.file}, "region": region}
        result["locations"] = [{"physicalLocation": physical}]
    return result


def _sentence(finding: Finding) -> str:
    expected = f"; expected {finding.expected}" if finding.expected else ""
    return finding.message + expected + (f"; {finding.hint}" if finding.hint else "")


def _junit(checked: Checked) -> None:
    faults = [(found, [finding for finding in findings if finding.severity != "note"]) for found, findings in checked]
    failures = sum(len(findings) for _, findings in faults)
    tests = sum(max(1, len(findings)) for _, findings in faults)
    root = ET.Element("testsuites", name="continuum check", tests=str(tests), failures=str(failures))
    for found, findings in faults:
        tests = max(1, len(findings))
        suite = ET.SubElement(root, "testsuite", name=found.name, tests=str(tests), failures=str(len(findings)))
        if not findings:
            ET.SubElement(suite, "testcase", classname=found.name, name="reads and compiles")
        for finding in findings:
            case = ET.SubElement(suite, "testcase", classname=found.name, name=f"{finding.code} {finding.place}")
            failure = ET.SubElement(case, "failure", type=finding.code, message=_printable(_sentence(finding)))
            failure.text = _printable(finding.text())
    ET.indent(root)
    click.echo('<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode"))


def _printable(text: str) -> str:
    """The text without characters that XML cannot hold."""
    return "".join(letter if letter.isprintable() or letter in "\n\t" else "?" for letter in text)


def _github(checked: Checked) -> None:
    for _, findings in checked:
        for finding in findings:
            level = {"error": "error", "warning": "warning"}.get(finding.severity, "notice")
            place = finding.place
            where = f"file={_property(place.file)},line={place.line},col={place.column}," if place else ""
            click.echo(f"::{level} {where}title={finding.code}::{_data(_sentence(finding))}")


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


FORMATS: dict[str, Callable[[Checked], None]] = {
    "text": _text, "json": _json, "sarif": _sarif, "junit": _junit, "github": _github,
}  # fmt: skip
