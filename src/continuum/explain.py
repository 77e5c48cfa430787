# SPDX-License-Identifier: MIT
"""A decision in plain words: for a parent, for a panel, or as a full trace. Every form says what it is not."""

from __future__ import annotations

import datetime as dt
import re
import textwrap
from collections.abc import Iterable, Iterator
from typing import Literal

from continuum.compiled import CompiledPack, Type
from continuum.decisions import Citation, ClauseNote, Decision, Margin, Outcome, PackRef, Reason, RuleNote
from continuum.reasons import FEW, STATE_WORDS, label, sets_words, shown

STATUS_WORDS = {
    "illustrative": "ILLUSTRATIVE: these thresholds and amounts are examples. Nobody has adopted them.",
    "reading": (
        "READING: this is a reading of a scheme that {authority} published. It has not been checked or adopted by {authority}."
    ),
    "draft": "DRAFT: these thresholds have not been adopted.",
    "proposed": "PROPOSED: these thresholds are a proposal and not in force.",
    "withdrawn": "WITHDRAWN: these thresholds are no longer used.",
}
ADVICE = (
    "This is advice to the people who decide. It is not a decision, it is not the child's entitlement, and it does not"
    " limit what {secured}."
)


def advice(pack: CompiledPack) -> str:
    """What every output ends with; in England it names the plan that stands above any threshold."""
    england = pack.authority[0] == "dfe_la"
    return ADVICE.format(secured="an education, health and care plan must secure" if england else "the law secures for the child")


CAUSES = {
    "": "for one of several reasons, by what is not known",
    "rule": "a rule says a person decides",
    "gap": "no rule covers this profile",
    "conflict": "rules conflict",
    "unpublished": "it is not published",
    "arithmetic": "a value cannot be worked out",
    "individually_agreed": "it is agreed individually",
    "decision": "it rests on another decision that people make",
}
WIDTH = 100
LABELLED = re.compile(r"  \S(?:\S| \S)+ {2,}(?=\S)")
HANGING = ("- ", "[", "source:", "because ", "worked out ", "looked at ", "illustrative:", "read as:")


def explain(pack: CompiledPack, decision: Decision, form: Literal["parent", "panel", "trace"]) -> str:
    """The decision in words.

    Args:
        pack: the pack that decided.
        decision: what it came to.
        form: ``parent`` (short, plain), ``panel`` (rules, margins, citations) or ``trace`` (every clause).
    """
    forms = {"parent": _parent, "panel": _panel, "trace": _trace}
    if form not in forms:
        raise ValueError(f"`{form}` is not a form of explanation; expected one of {', '.join(forms)}")
    return "\n".join(_wrapped(forms[form](pack, decision))).rstrip() + "\n"


def _wrapped(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        indent = " " * (len(line) - len(line.lstrip()))
        column = LABELLED.match(line)
        hang = " " * column.end() if column else indent + ("  " if line.lstrip().startswith(HANGING) else "")
        yield from textwrap.wrap(line, WIDTH, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False) or [""]


def outcome_words(pack: CompiledPack, name: str, outcome: Outcome) -> str:
    """What an outcome came to, in words."""
    type_ = pack.tables[name].type
    if outcome.state == "indicated":
        return _capital(shown(pack, name, type_, outcome.value))
    if outcome.state == "not_applicable":
        return "Does not apply"
    if outcome.state == "refer":
        to = f" ({outcome.to})" if outcome.to else ""
        beside = ""
        if outcome.alongside is not None:
            beside = f"; the other rules indicate {shown(pack, name, type_, outcome.alongside)}"
        return f"For people to decide{to}: {CAUSES[outcome.cause]}{beside}"
    return _range(pack, name, type_, outcome)


def _range(pack: CompiledPack, name: str, type_: Type, outcome: Outcome) -> str:
    wide = "" if outcome.exact else " (this range may be wider than the truth)"
    if type_.kind in ("number", "date") and outcome.lowest is not None:
        lowest = shown(pack, name, type_, outcome.lowest)
        same = outcome.lowest == outcome.highest
        ends = lowest if same else f"{lowest} to {shown(pack, name, type_, outcome.highest)}"
        others = [STATE_WORDS[str(item)] for item in outcome.possible if isinstance(item, str)]
        return f"Not settled: {ends}{''.join(f', or {word}' for word in others)}{wide}"
    options = [STATE_WORDS.get(item) if isinstance(item, str) else None for item in outcome.possible]
    words = [word or shown(pack, name, type_, item) for word, item in zip(options, outcome.possible, strict=True)]
    if type_.kind == "set":
        sets = [item for item in outcome.possible if not isinstance(item, str)]
        if len(sets) > FEW and len(sets) == len(outcome.possible):
            return f"Not settled: {sets_words(pack, name, type_, sets)}{wide}"
        words = [f"({word})" if ", " in word else word for word in words]
    return f"Not settled: {' or '.join(words)}{wide}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def heading(pack: CompiledPack, ref: PackRef, on: dt.date) -> Iterator[str]:
    """Which pack speaks, for which day, and with what standing."""
    about = " (its dates are approximate)" if ref.approximate else ""
    about = " (no source says from which day)" if ref.undated else about
    yield f"{pack.title}, version {pack.version}{about}, on {on.day} {on:%B %Y}"
    if ref.status in STATUS_WORDS:
        yield STATUS_WORDS[ref.status].format(authority=ref.authority)
    yield ""


def _parent(pack: CompiledPack, decision: Decision) -> Iterator[str]:
    yield from heading(pack, decision.pack, decision.on)
    yield "What the published thresholds indicate"
    for name, outcome in decision.outcomes.items():
        yield f"- {_capital(pack.label(name))}: {outcome_words(pack, name, outcome)}"
        term = pack.terms.get(f"{name}.{outcome.value}") if outcome.state == "indicated" else None
        if term and term.plain:
            yield f"  {term.plain}"
    yield from _why(pack, decision)
    yield from _missing(pack, decision, "What is not known and could change this")
    if decision.filled:
        yield ""
        yield "Nothing was said about these. The form takes that to mean:"
        for meaning, names in _filled(pack, decision).items():
            yield f"- {names[0]}: {meaning}" if len(names) == 1 else f"- {meaning}: {', '.join(names)}"
    yield ""
    yield advice(pack)
    yield f"{_capital(pack.decided_by)} decide. You can ask for their reasons, and you can challenge a decision."


def _why(pack: CompiledPack, decision: Decision) -> Iterator[str]:
    """The sentences of the rules that decided, under each outcome that applies where there are several."""
    asked = [reason for reason in decision.reasons if reason.decision in decision.outcomes]
    deciding = [reason for reason in asked if reason.state not in ("range", "not_applicable")] or [
        reason for reason in asked if reason.state != "range"
    ]
    if not any(reason.fired for reason in deciding):
        return
    yield ""
    yield "Why"
    for reason in deciding:
        name = f"{_capital(pack.label(reason.decision))}: " if len(deciding) > 1 else ""
        for rule in reason.fired:
            yield f"- {name}{rule.because}"


def _filled(pack: CompiledPack, decision: Decision) -> dict[str, list[str]]:
    """What was left blank, by what the pack says a blank means."""
    found: dict[str, list[str]] = {}
    for name in decision.filled:
        asked = pack.inputs[name]
        found.setdefault(shown(pack, name, asked.type, asked.blank), []).append(_capital(pack.label(name)))
    return found


def _missing(pack: CompiledPack, decision: Decision, title: str) -> Iterator[str]:
    if not decision.missing:
        return
    yield ""
    yield title
    for item in decision.missing:
        outcomes = _some(pack, item.outcomes)
        settles = "knowing it settles" if item.settles else "it can change"
        yield f"- {item.ask} ({settles} {outcomes})"


def _some(pack: CompiledPack, names: tuple[str, ...]) -> str:
    """The first outcomes by name and how many more, so that a page does not fill with lists."""
    shown_names = [pack.label(name) for name in names[:3]]
    more = len(names) - len(shown_names)
    return ", ".join(shown_names) + (f" and {more} more" if more else "")


def _panel(pack: CompiledPack, decision: Decision) -> Iterator[str]:
    yield from heading(pack, decision.pack, decision.on)
    width = max(len(pack.label(name)) for name in decision.outcomes) + 2
    for name, outcome in decision.outcomes.items():
        rules = f"  [{', '.join(outcome.rules)}]" if outcome.rules else ""
        yield f"  {_capital(pack.label(name)):<{width}}{outcome_words(pack, name, outcome)}{rules}"
    yield from _missing(pack, decision, "What would settle it, most decisive first")
    yield ""
    yield "Reasons"
    for reason in decision.reasons:
        yield from _reason(pack, reason, clauses=False)
    yield from _margins(pack, decision, all_of_them=False)
    yield from _foot(pack, decision)


def _trace(pack: CompiledPack, decision: Decision) -> Iterator[str]:
    yield from heading(pack, decision.pack, decision.on)
    for reason in decision.reasons:
        yield from _reason(pack, reason, clauses=True)
    yield from _margins(pack, decision, all_of_them=True)
    if decision.missing:
        yield from _missing(pack, decision, "What would settle it, most decisive first")
        yield ""
    if pack.not_modelled:
        yield "What this pack leaves to people"
        for text in pack.not_modelled:
            yield f"- {text}"
        yield ""
    yield from _foot(pack, decision)


def _reason(pack: CompiledPack, reason: Reason, *, clauses: bool) -> Iterator[str]:
    yield f"  {_capital(pack.label(reason.decision))}: {_capital(reason.outcome)}"
    shown_rules = reason.fired if clauses else reason.fired[:4]
    mark = "may hold" if reason.state == "range" else ""
    for rule in shown_rules:
        yield from _rule(pack, rule, f"would give {rule.then}" if reason.cause == "conflict" else mark, clauses=clauses)
    if len(shown_rules) < len(reason.fired):
        more = len(reason.fired) - len(shown_rules)
        yield f"    and {more} more {'rule that may hold' if more == 1 else 'rules that may hold'}"
    if reason.because and (not reason.fired or reason.cause in ("unpublished", "arithmetic", "conflict")):
        yield f"    {_named(pack, reason.because)}"
    for rule in reason.also if clauses else ():
        yield f"    also holds [{rule.id}] {_capital(rule.then)}: {rule.because}"
    for rule in reason.nearly:
        failing = next((clause for clause in rule.clauses if clause.held is False), None)
        if failing and clauses:
            yield f"    nearly [{rule.id}] {_capital(rule.then)}: {_clause(pack, failing)}"
    yield ""


def _margins(pack: CompiledPack, decision: Decision, *, all_of_them: bool) -> Iterator[str]:
    """What one step of one judgement would change; in full every margin."""
    if not any(outcome.state in ("indicated", "refer") for outcome in decision.outcomes.values()):
        return
    margins = [margin for margin in decision.margins if all_of_them or (margin.judged and margin.steps == 1)]
    yield "How near the lines are" if margins else "No single step of one judgement would change an outcome."
    same: dict[tuple[str, str], list[str]] = {}
    for margin in margins:
        same.setdefault((_step(pack, margin), _given_there(pack, margin)), []).append(_capital(pack.label(margin.field)))
    for (step, gives), names in same.items():
        yield f"  - {step} {'any of ' if len(names) > 1 else ''}{', '.join(names)} would give {gives}"
    yield ""


def _step(pack: CompiledPack, margin: Margin) -> str:
    asked = pack.inputs[margin.field]
    if asked.type.kind == "scale":
        number = "one step" if margin.steps == 1 else f"{margin.steps} steps"
        return f"{_capital(number)} {'more' if margin.way == 'up' else 'less'} in"
    becomes = shown(pack, margin.field, asked.type, margin.becomes)
    return f"{_capital(becomes)}{'' if margin.exact else ' (there may be a nearer line)'} in"


def _given_there(pack: CompiledPack, margin: Margin) -> str:
    return "; ".join(
        f"{outcome_words(pack, name, outcome)} ({_capital(pack.label(name))})" for name, outcome in margin.gives.items()
    )


def _named(pack: CompiledPack, text: str) -> str:
    """Names of decisions between backticks in their printed form."""
    pieces = text.split("`")
    return "".join(_capital(pack.label(piece)) if i % 2 else piece for i, piece in enumerate(pieces))


def _rule(pack: CompiledPack, rule: RuleNote, mark: str, *, clauses: bool) -> Iterator[str]:
    yield f"    [{rule.id}]{f' ({mark})' if mark else ''} {rule.because}"
    if clauses:
        for clause in rule.clauses:
            yield f"      - {_clause(pack, clause)}"
    else:
        asked = [clause for clause in rule.clauses if clause.held and clause.subject.split(".")[0] not in pack.tables]
        saw = dict.fromkeys(f"{_capital(pack.label(clause.subject))}: {clause.saw}{_against(clause)}" for clause in asked)
        if saw:
            yield f"      because {'; '.join(saw)}"
    if rule.looked_at:
        yield f"      looked at {'; '.join(rule.looked_at)}"
    if rule.worked_from:
        yield f"      worked out from {'; '.join(rule.worked_from)}"
    for source in _citations(rule.citations):
        yield f"      source: {source}"
    if rule.illustrative:
        yield f"      illustrative: {rule.illustrative}"
    if rule.reading:
        yield f"      read as: {rule.reading}"


def _against(clause: ClauseNote) -> str:
    return f", held against {' and '.join(clause.against)}" if clause.against else ""


def _clause(pack: CompiledPack, clause: ClauseNote) -> str:
    held = {True: "yes", False: "no", None: "not known"}[clause.held]
    saw = "" if clause.saw == "not known" else f" (it is {clause.saw}{_against(clause)})"
    parts = f"; {'; '.join(clause.parts)}" if clause.parts else ""
    return f"{_capital(pack.label(clause.subject))} {cell_words(pack, clause)}? {held}{saw}{parts}"


def cell_words(pack: CompiledPack, clause: ClauseNote) -> str:
    """A cell as a question a person can read: ``>= severe`` is *at least severe*."""
    text = clause.text.strip()
    for sign, words in (
        (">=", "at least"),
        ("<=", "at most"),
        ("!=", "other than"),
        (">", "more than"),
        ("<", "less than"),
    ):
        if text.startswith(sign) and "," not in text:
            return f"{words} {_value(pack, clause.subject, text.removeprefix(sign).strip())}"
    if text[:1] in "[(" and ".." in text:
        low, high = text[1:-1].split("..", 1)
        ends = ["" if text[0] == "[" else " (not included)", "" if text[-1] == "]" else " (not included)"]
        return f"from {low.strip()}{ends[0]} to {high.strip()}{ends[1]}"
    return " or ".join(_value(pack, clause.subject, part.strip()) for part in text.split(",")) if "(" not in text else text


def _value(pack: CompiledPack, subject: str, text: str) -> str:
    asked, measure, table = pack.inputs.get(subject), pack.measures.get(subject), pack.tables.get(subject)
    type_ = asked.type if asked else measure.expr.type if measure else table.type if table else None
    return label(pack, subject, type_, text) if type_ and text in type_.values else text.replace("_", " ")


def _citations(cites: Iterable[Citation]) -> Iterator[str]:
    """One line for each document, with all the paragraphs cited."""
    by_document: dict[tuple[str, bool | None], list[str]] = {}
    for cite in cites:
        title = f"{cite.publisher}, {cite.title}" if cite.publisher else cite.title
        by_document.setdefault((title, cite.in_force), []).append(cite.paragraph)
    for (title, in_force), paragraphs in by_document.items():
        force = "" if in_force is None else " (in force)" if in_force else " (NOT in force on this day)"
        yield ", ".join([title, *(paragraph for paragraph in paragraphs if paragraph)]) + force


def _foot(pack: CompiledPack, decision: Decision) -> Iterator[str]:
    checked = f"decided by {' and '.join(decision.engines)}, which agree" if decision.cross_checked else "not cross-checked"
    yield f"{pack.id} {pack.version}, {decision.pack.status}, {decision.pack.digest[:19]}; {checked}; library {decision.library}"
    yield advice(pack)
