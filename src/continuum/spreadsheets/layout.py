# SPDX-License-Identifier: MIT
"""What stands on each sheet of a pack's workbook: one sheet a table, one column a key, one row a rule, every cell text."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from continuum.arithmetic import as_decimal
from continuum.compiled import CompiledPack, Input, Table, Type
from continuum.explain import STATUS_WORDS
from continuum.packs import model
from continuum.packs.reading import Path, Source
from continuum.rulebook import Rulebook
from continuum.spreadsheets.house import flow

READ_ME, FILES, LISTS, TERMS, INPUTS = "Read me", "Pack files", "Lists", "Words (terms)", "Asked (inputs)"
LONGEST_NAME = 31
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
TAKEN = ("history",)
"""Names that Excel keeps for itself."""

NESTED = ("all", "any", "not")
MORE, OTHERWISE = "more conditions", "otherwise"
LISTED = ("source", "formerly")
"""Keys whose cell holds one item a line."""

RULE_KEYS = ("to", "because", "illustrative", "source", "reading", "missing", "note")
"""Keys of a rule behind its outcome, in the order a reader wants them."""

KEY_WORDS = {
    "id": "Name of the rule, kept for good, such as EXC-1",
    "to": "With refer: who decides",
    "because": "The reason, as a parent may read it",
    "illustrative": "What no source gives: say what is made up",
    "source": "Source and paragraph, such as report#2.18; one a line",
    "reading": "How an ambiguous source was read",
    "missing": "deliberate, where a missing answer decides on purpose",
    "note": "For colleagues",
    "value": "The amount, or unpublished",
    "from": "First day, such as 2025-09-01; empty: no first day",
    "name": "A name of the pack, or name.value",
    "label": "What people read",
    "plain": "What it means, in plain words",
    "formerly": "What it was called before; one a line",
}
HITS = {
    "unique": "at most one rule may hold; two that do are a conflict, and a person decides.",
    "any": "several rules may hold if they agree.",
    "first": "the first rule that holds, from the top, decides: the order of the rows matters.",
    "highest": "of the rules that hold, the highest outcome wins. The order of the rows does not matter.",
    "collect": "the outcomes of all rules that hold, together. The order of the rows does not matter.",
    "sum": "the amounts of all rules that hold are added up. The order of the rows does not matter.",
}


@dataclass(frozen=True)
class Column:
    """A column: its header, the key it stands for, what helps a reader, and the values there are, if they can be listed."""

    header: str
    key: str
    name: str = ""
    words: str = ""
    values: tuple[str, ...] = ()
    printed: bool = True
    labels: tuple[str, ...] = ()
    """What people read for each of the values, as far as the terms say it."""

    @property
    def names(self) -> dict[str, str]:
        """The value for each label, in small letters; a label that is the name of a value too means that value."""
        pairs = [(label.casefold(), value) for label, value in zip(self.labels, self.values, strict=False)]
        return {label: value for label, value in pairs if label not in self.values} | {value: value for _, value in pairs}


@dataclass
class Row:
    """A rule, a row of a rate, or a term: as the file has it, and its cells by header."""

    raw: dict[str, Any]
    cells: dict[str, str]
    name: str = ""


@dataclass
class Sheet:
    """One sheet: its name, the file and path it shows, its columns and rows; ``top`` are the lines above."""

    name: str
    kind: str
    about: str
    file: str
    path: Path
    columns: list[Column] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    top: list[tuple[str, str]] = field(default_factory=list)
    fields: tuple[str, ...] = ()
    collects: bool = False
    words: str = ""
    """What stands below the first header, where that is not what this library would write."""

    @property
    def header(self) -> str:
        """The header that marks the row of headers."""
        return self.columns[0].header


def sheets(rulebook: Rulebook) -> list[Sheet]:
    """Every sheet of a pack but for the read-me and the hidden ones."""
    names = _Names()
    raw = {name: Source().read_text(text, name) for name, text in rulebook.written.texts.items()}
    single = rulebook.written.path.suffix in (".yaml", ".yml") and len(raw) == 1
    made = [_table(rulebook.pack, names, *home) for home in _tables(raw, single=single)]
    for name, content in raw.items():
        if single or name == "rates.yaml":
            made += [_rate(rulebook.pack, names, name, rate, written) for rate, written in (content.get("rates") or {}).items()]
    for name, content in raw.items():
        if (single or name == "terms.yaml") and content.get("terms"):
            made.append(_terms(rulebook.pack, name, content["terms"]))
    return [*made, _inputs(rulebook.pack)]


def seen(shown: list[Sheet], said: dict[str, Any]) -> list[Sheet]:
    """The sheets with the words that stood in them when they were written, which another version of the library may have done."""
    for sheet in shown:
        then = said.get(sheet.name, {})
        sheet.top = [(label, text) for label, text in then.get("top", sheet.top)]
        sheet.words = then.get("words", "")
        if len(then.get("rows", ())) == len(sheet.rows):
            for row, cells in zip(sheet.rows, then["rows"], strict=True):
                row.cells = cells
    return shown


def _tables(raw: dict[str, Any], *, single: bool) -> Iterator[tuple[str, Path, dict[str, Any]]]:
    for name, content in raw.items():
        if single:
            for i, table in enumerate(content["decisions"]):
                yield name, ("decisions", i), table
        elif name.startswith("decisions/"):
            yield name, (), content


class _Names:
    """Names of sheets: short, without what Excel refuses, and each once."""

    def __init__(self) -> None:
        self.used: set[str] = set()

    def new(self, name: str) -> str:
        safe = NOT_IN_NAMES.sub("_", name)[:LONGEST_NAME]
        safe = f"{safe}_" if safe.lower() in TAKEN else safe
        number = 1
        made = safe
        while made.lower() in self.used:
            number += 1
            made = f"{safe[: LONGEST_NAME - len(f'~{number}')]}~{number}"
        self.used.add(made.lower())
        return made


# --- tables -------------------------------------------------------------------------------------------------------------


def _table(pack: CompiledPack, names: _Names, file: str, path: Path, raw: dict[str, Any]) -> Sheet:
    table = pack.tables[raw["decision"]]
    fields = tuple(name for name, _ in table.type.fields)
    sheet = Sheet(names.new(table.name), "table", table.name, file, path, fields=fields, collects=table.type.kind == "set")
    lefts = dict.fromkeys(key for rule in raw["rules"] for key in (rule.get("when") or {}) if key not in NESTED)
    sheet.columns = [
        Column("id", "id", words=KEY_WORDS["id"]),
        *(_condition(pack, left) for left in lefts),
        Column(MORE, MORE, words='all, any or not, such as any: [{age: ">= 5"}, {plan: ehcp}]'),
        *(_outcome(pack, table, name) for name in fields or ("",)),
        *(Column(key, key, words=KEY_WORDS.get(key, ""), values=("deliberate",) if key == "missing" else (), printed=printed)
          for key, printed in _rule_keys()),
    ]  # fmt: skip
    sheet.rows = [Row(rule, rule_cells(sheet, rule), rule["id"]) for rule in raw["rules"]]
    sheet.top = [
        ("Decision", f"{pack.label(table.name)} ({table.name})"),
        ("Question", raw["asks"]),
        ("Rules", f"{table.hit}: {HITS.get(table.hit, '')} A rule gives {_gives(table)}."),
        ("Status", status(pack)),
    ]
    return sheet


def _rule_keys() -> Iterator[tuple[str, bool]]:
    """Keys of a rule behind its outcome, and whether they are printed; keys that the language gains come last."""
    for key in RULE_KEYS:
        yield key, key in ("to", "because", "illustrative")
    for key in model.Rule.model_fields:
        if key not in (*RULE_KEYS, "id", "when", "then", "otherwise"):
            yield key, False


def _gives(table: Table) -> str:
    type_ = table.type
    if type_.fields:
        return ", ".join(f"{name}: {part.words()}" for name, part in type_.fields)
    order = ", lowest first" if type_.kind == "scale" else ""
    return type_.words().replace(")", f"{order})").replace("`", "")


def _condition(pack: CompiledPack, left: str) -> Column:
    base, _, part = left.partition(".")
    type_, words = None, ""
    if base in pack.inputs:
        asked = pack.inputs[base]
        type_, words = asked.type, _asked(asked.ask, span(asked))
    elif base in pack.measures:
        measure = pack.measures[base]
        type_ = measure.expr.type
        words = _asked(measure.ask or measure.text, _kind(type_)) if type_.values else measure.ask or measure.text
    elif base in pack.tables:
        whole = pack.tables[base].type
        type_ = dict(whole.fields).get(part, whole)
        words = f"{pack.label(base)}{f', {part}' if part else ''}: {_kind(type_)}"
    values = type_.values if type_ else ()
    return Column(f"if {left}", "when", left, words or left, values, labels=_labels(pack, left, type_))


def _labels(pack: CompiledPack, owner: str, type_: Type | None) -> tuple[str, ...]:
    return tuple(pack.value_label(owner, type_, value) for value in type_.values) if type_ else ()


def _asked(question: str, answers: str) -> str:
    return f"{question}{'' if question.endswith('?') else ':'} {answers}"


def span(asked: Input) -> str:
    """What an input can be, in words."""
    if asked.type.values:
        return _kind(asked.type)
    step = f" in steps of {_number(asked.step)}" if asked.step not in (None, 1) else ""
    unit = f" {asked.type.unit_words()}" if asked.type.unit else ""
    return f"{_number(asked.low)} to {_number(asked.high)}{step}{unit}"


def _number(value: Any) -> str:
    return str(value) if isinstance(value, dt.date | str) else f"{as_decimal(value, None):f}"


def _kind(type_: Type) -> str:
    if type_.kind == "scale":
        return " < ".join(type_.values)
    return ", ".join(type_.values) if type_.values else type_.words()


def _outcome(pack: CompiledPack, table: Table, name: str) -> Column:
    type_ = dict(table.type.fields).get(name, table.type)
    values = (*type_.values, "refer", "not_applicable", "unpublished") if type_.values else ()
    words = "The outcome: a value, = and an expression, refer or not_applicable"
    owner = f"{table.name}.{name}" if name else table.name
    return Column(f"then {name}" if name else "then", "then", name, words, values, labels=_labels(pack, owner, type_))


def status(pack: CompiledPack) -> str:
    """The standing of the pack, and what it means."""
    said = STATUS_WORDS.get(pack.status, f"{pack.status.replace('_', ' ').upper()}: this version is in force.")
    return said.replace("{authority}", pack.authority[2])


def rule_cells(sheet: Sheet, rule: dict[str, Any]) -> dict[str, str]:
    """The cells of a rule by header; those that are empty are left out."""
    when = rule.get("when") or {}
    cells = {f"if {left}": cell_text(value) for left, value in when.items() if left not in NESTED}
    nested = {key: value for key, value in when.items() if key in NESTED}
    if nested:
        cells[MORE] = flow(nested)[1:-1]
    if rule.get("otherwise") is not None:
        cells[sheet.columns[1].header] = OTHERWISE
    outcome = rule["otherwise"] if rule.get("otherwise") is not None else rule.get("then")
    return {"id": rule["id"], **cells, **_outcome_cells(sheet, outcome), **_plain_cells(rule)}


def cell_text(value: Any) -> str:
    """A condition's cell as text; YAML may have read an interval or a list without quotes as a list."""
    if isinstance(value, list):
        return f"[{value[0]}]" if len(value) == 1 and ".." in value[0] else ", ".join(value)
    return str(value)


def _outcome_cells(sheet: Sheet, outcome: Any) -> dict[str, str]:
    heads = [f"then {name}" for name in sheet.fields] or ["then"]
    if isinstance(outcome, dict) and "individually_agreed" in outcome:
        return {heads[0]: "individually_agreed"}
    if isinstance(outcome, dict):
        return {f"then {name}": str(value) for name, value in outcome.items()}
    return {heads[0]: ", ".join(outcome) if isinstance(outcome, list) else str(outcome)}


def _plain_cells(raw: dict[str, Any]) -> dict[str, str]:
    """The cells of keys whose text is the cell."""
    cells = {}
    for key, value in raw.items():
        if key in LISTED and isinstance(value, list):
            cells[key] = "\n".join(value)
        elif key not in ("id", "when", "then", "otherwise"):
            cells[key] = value if isinstance(value, str) else flow(value)
    return cells


# --- rates, terms, inputs -----------------------------------------------------------------------------------------------


def _rate(pack: CompiledPack, names: _Names, file: str, name: str, raw: dict[str, Any]) -> Sheet:
    rate = pack.rates[name]
    sheet = Sheet(names.new(f"rate {name}"), "rate", name, file, ("rates", name))
    sheet.columns = [
        *(Column(key, key, words=f"{pack.label(key)}: {', '.join(type_.values) or type_.words()}, or any",
                 values=(*type_.values, "any") if type_.values else (), labels=_labels(pack, key, type_))
          for key, type_ in rate.keys),
        Column("value", "value", words=KEY_WORDS["value"], values=(*rate.type.values, "unpublished") if rate.type.values else ()),
        Column("from", "from", words=KEY_WORDS["from"]),
        Column("to", "to", words="Last day; empty: until further notice"),
        *(Column(key, key, words=KEY_WORDS[key]) for key in ("source", "illustrative", "note")),
    ]  # fmt: skip
    sheet.rows = [Row(row, cells, rate_row(sheet, cells)) for row in raw["rows"] for cells in [_plain_cells(row)]]
    unit = f"; unit {raw['unit']}" if raw.get("unit") else ""
    sheet.top = [
        ("Rate", f"{pack.label(name)} ({name})"),
        ("Look-up", f"By {', '.join(raw.get('keys', [])) or 'nothing: one amount'}; the exact key beats `any`{unit}."),
        ("Status", status(pack)),
    ]
    return sheet


def rate_row(sheet: Sheet, cells: Mapping[str, str]) -> str:
    """What a row of a rate is called: its keys, and its first day where it has one."""
    keys = [cells.get(column.key, "") for column in sheet.columns[: [column.key for column in sheet.columns].index("value")]]
    start = f"from {cells['from']}" if cells.get("from") else ""
    return ", ".join(key for key in (*keys, start) if key) or "the amount"


def _terms(pack: CompiledPack, file: str, raw: dict[str, Any]) -> Sheet:
    sheet = Sheet(TERMS, "terms", "terms", file, ("terms",))
    sheet.columns = [Column(key, key, words=KEY_WORDS[key]) for key in ("name", "label", "plain", "formerly")]
    sheet.rows = [Row(term, {"name": name, **_plain_cells(term)}, name) for name, term in raw.items()]
    sheet.top = [
        ("Words", "Every word a person reads. Renaming here changes words and nothing else."),
        ("Status", status(pack)),
    ]
    return sheet


def _inputs(pack: CompiledPack) -> Sheet:
    sheet = Sheet(INPUTS, "inputs", "inputs", "", ())
    heads = {"name": "In the rules", "question": "What is asked", "answers": "What can be answered", "code": "Other name"}
    sheet.columns = [Column(key, key, words=words) for key, words in heads.items()]
    for name, asked in pack.inputs.items():
        more = "; may be absent" * asked.optional + "; recorded, never read by a rule" * asked.protected
        cells = {"name": name, "question": asked.ask, "answers": span(asked) + more, "code": asked.code}
        sheet.rows.append(Row({}, {key: text for key, text in cells.items() if text}, name))
    for name, measure in pack.measures.items():
        cells = {"name": name, "question": measure.ask, "answers": f"worked out: {measure.text}"}
        sheet.rows.append(Row({}, {key: text for key, text in cells.items() if text}, name))
    sheet.top = [("Inputs", "For reference: what the rules can ask about. This sheet is not read back.")]
    return sheet
