# SPDX-License-Identifier: MIT
"""A guarded host over the C module of durable_rules: it answers rightly or it raises, and it never answers nothing.

The C module can hang, crash or be silently wrong. Everything that makes it so is shut out by construction, not caught
afterwards: rows are conjunctions of integer ranges, names are our own, rulesets stay far below every limit, each
carries a rule that always fires, and a decision that did not finish leaves a mark that forces a rebuild.
The evidence for each guard is in `tests/test_rete_guards.py`.
"""

from __future__ import annotations

import importlib
import json
import os
import threading
import weakref
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Protocol, cast

__all__ = ["Matcher", "ReteLimit", "ReteUnavailable", "Row", "available"]

Condition = tuple[str, int, int]
"""A field, its lowest and its highest value, both included. Lowest above highest is allowed and never holds."""

Row = tuple[str, tuple[Condition, ...]]
"""A row id, and conditions that must all hold; a row without conditions always holds."""

# INVARIANT: a ruleset never has more rules than the engine's stack of 64 pending nodes. Nodes waiting on that stack
# head disjoint subtrees with at least one rule each, so 60 rows and the sentinel cannot overflow it. It is also far
# below 256 rules on one node (heap overrun), 512 branches of one node (endless loop) and 4,097 rules (error 106).
ROWS_PER_RULESET = 60
FIELDS_PER_RULESET = 200  # a fact of more than 252 fields is error 302
CONDITIONS_PER_ROW = 400  # 50,000 still worked; each takes 2 kB, so this bounds the memory, not the correctness
ROWS = 10_000  # about 170 rulesets
LARGEST = 2**31  # the engine clamps at 2**63 and then takes different numbers for equal

SENTINEL = "*"
_RETRACT = '{"id":"p"}'
# fmt: off
_RESERVED = [
    "one", "id", "sid", "$s", "$forward", "all", "any", "pri", "count", "cap", "dist", "run", "$lt", "$lte", "$gt",
    "$gte", "$eq", "$neq", "$mt", "$imt", "$iall", "$iany", "$ex", "$nex", "$or", "$and", "$m", "$not", "$all", "$any",
    "$add", "$sub", "$mul", "$div", "$l", "$r",
]
# fmt: on

_MISSING = (
    "`durable_rules_engine`, the C module of durable_rules, cannot be imported ({reason}). It is built from source: "
    'pip install "kent-continuum[durable]" with a C compiler and the Python headers present; from Python 3.13 on, '
    "with CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject in the environment. Everything else works without it."
)


class ReteUnavailable(Exception):
    """durable_rules is not importable; the message says what is missing and how to build it."""


class ReteLimit(Exception):
    """Compiling would pass a limit; the message names the row and the limit."""


class _Engine(Protocol):
    """The seven calls of the C module that are used."""

    def create_ruleset(self, name: str, rules: str, /) -> int: ...
    def delete_ruleset(self, handle: int, /) -> None: ...
    def delete_state(self, handle: int, sid: str | None, /) -> None: ...
    def assert_fact(self, handle: int, fact: str, /) -> tuple[int, int]: ...
    def retract_fact(self, handle: int, fact: str, /) -> tuple[int, int]: ...
    def start_action_for_state(self, handle: int, state: int, /) -> tuple[str, str] | None: ...
    def complete_and_start_action(self, handle: int, state: int, /) -> str | None: ...


@cache
def _load() -> _Engine:
    try:
        module = importlib.import_module("durable_rules_engine")
    except ImportError as error:
        raise ReteUnavailable(_MISSING.format(reason=error)) from error
    _check_names()
    return cast("_Engine", module)


def available() -> bool:
    """Whether the C module can be imported."""
    try:
        _load()
    except ReteUnavailable:
        return False
    return True


class Matcher:
    """Rows compiled into rulesets; asked from any thread, copied or forked into any process."""

    def __init__(self, name: str, rows: Sequence[Row]) -> None:
        """Compile the rows, refusing by name what passes a limit (`ReteLimit`) or is malformed (`ValueError`)."""
        engine = _load()
        self.name = name
        self.rows = tuple((row, tuple(conditions)) for row, conditions in rows)
        _check_rows(name, self.rows)
        self.fields = _fields(self.rows)
        self._lock = threading.Lock()
        self._rulesets: list[_Ruleset] = []
        # Rulesets are C memory, which nothing else gives back. At exit the process gives it back itself.
        weakref.finalize(self, _release, self._rulesets).atexit = False
        for chunk in _chunks(self.rows):
            self._rulesets.append(_Ruleset(engine, chunk))
        _living.add(self)

    def fired(self, fact: Mapping[str, int]) -> frozenset[str]:
        """The ids of all rows whose conditions hold; every field of every row must be given, as an `int`."""
        values = _values(self.fields, fact)
        found: list[str] = []
        with self._lock:
            for ruleset in self._rulesets:
                found += ruleset.fired(values)
        return frozenset(found)

    def __reduce__(self) -> tuple[type[Matcher], tuple[str, tuple[Row, ...]]]:
        """A handle means nothing in another process, so a copy is compiled again."""
        return Matcher, (self.name, self.rows)

    def after_fork(self) -> None:
        """In a child, the thread that held the lock half-way through a decision does not exist: start afresh."""
        self._lock = threading.Lock()
        for ruleset in self._rulesets:
            ruleset.finished = False


class _Ruleset:
    """Up to `ROWS_PER_RULESET` rows and the sentinel behind one handle, with one fact in one session.

    `finished` is lowered before the first call of a decision and raised after its last. Whatever comes between, be it
    an engine error, Ctrl-C or a timeout, leaves it lowered, and the next decision starts by building the ruleset anew:
    an interrupted session would answer with empty or stale sets. No handler has to run for this, so none can be missed.
    """

    def __init__(self, engine: _Engine, rows: Sequence[Row]) -> None:
        self.engine = engine
        self.fields = _fields(rows)
        self.source = _source(rows, self.fields)
        self.template = '{"id":"p","one":1' + "".join(f',"f{n}":%d' for n in range(len(self.fields))) + "}"
        self.ids = {f"r{n}": row for n, (row, _) in enumerate(rows)}
        self.handle: int | None = None
        self.started = False
        self.finished = False
        self.build()

    def fired(self, values: Mapping[str, int]) -> list[str]:
        if not self.finished:
            self.build()
        return self.decide(tuple([values[field] for field in self.fields]))

    def build(self) -> None:
        self.release()
        self.handle = self.engine.create_ruleset("rete", self.source)
        self.decide((0,) * len(self.fields))  # an engine that cannot fire the sentinel is found out here

    def decide(self, values: tuple[int, ...]) -> list[str]:
        self.finished = False
        names = self._collect(self.template % values)
        if not names or names[0] != SENTINEL:
            raise RuntimeError("the durable engine did not answer: its sentinel rule did not fire first")
        try:
            found = [self.ids[name] for name in names[1:]]
        except KeyError as unknown:
            raise RuntimeError(f"the durable engine fired an unknown rule {unknown}") from None
        if len(set(found)) != len(found):
            raise RuntimeError("the durable engine fired one rule twice for one fact")
        self.finished = True
        return found

    def _collect(self, message: str) -> list[str]:
        """Assert the fact, take the name of every firing (`{"r0":{"m":...` in each answer) and retract it."""
        engine, handle = self.engine, cast("int", self.handle)
        asserted, state = engine.assert_fact(handle, message)
        first = engine.start_action_for_state(handle, state)
        self.started = self.started or first is not None
        names = [] if first is None else [_name(first[1])]
        while names and (match := engine.complete_and_start_action(handle, state)) is not None:
            names.append(_name(match))
            if len(names) > len(self.ids) + 1:
                raise RuntimeError("the durable engine fired more often than it has rules")
        retracted, _ = engine.retract_fact(handle, _RETRACT)
        if asserted or retracted:
            raise RuntimeError(f"the durable engine refused its fact with code {asserted or retracted}")
        return names

    def release(self) -> None:
        """Give the C memory back; forget the handle first, because freeing one twice would free another's."""
        handle, started = self.handle, self.started
        self.handle, self.started, self.finished = None, False, False
        if handle is None:
            return
        if started:  # before a first action has started, `delete_state` frees an uninitialised pointer
            self.engine.delete_state(handle, None)
        self.engine.delete_ruleset(handle)


def _name(match: str) -> str:
    return match[2 : match.index('"', 2)]


def _fields(rows: Sequence[Row]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(field for _, conditions in rows for field, _, _ in conditions))


def _source(rows: Sequence[Row], fields: Sequence[str]) -> str:
    """The ruleset as JSON, in names of our own, so that no name of the caller is escaped, reserved or hashed."""
    short = {field: f"f{n}" for n, field in enumerate(fields)}
    rules: dict[str, object] = {SENTINEL: _rule([{"one": 1}])}
    for n, (_, conditions) in enumerate(rows):
        tests = [test for field, low, high in conditions for test in _tests(short[field], low, high)]
        rules[f"r{n}"] = _rule(tests or [{"one": 1}])
    return json.dumps(rules, separators=(",", ":"))


def _rule(tests: list[dict[str, object]]) -> dict[str, object]:
    return {"all": [{"m": tests[0] if len(tests) == 1 else {"$and": tests}}]}


def _tests(field: str, low: int, high: int) -> list[dict[str, object]]:
    # One key in each object: the engine reads the first and drops the others without a word.
    return [{field: low}] if low == high else [{"$gte": {field: low}}, {"$lte": {field: high}}]


def _chunks(rows: Sequence[Row]) -> Iterator[list[Row]]:
    chunk: list[Row] = []
    fields: set[str] = set()
    for row in rows:
        wider = fields.union(_fields([row]))
        if chunk and (len(chunk) == ROWS_PER_RULESET or len(wider) > FIELDS_PER_RULESET):
            yield chunk
            chunk, wider = [], set(_fields([row]))
        chunk.append(row)
        fields = wider
    if chunk:
        yield chunk


def _values(fields: tuple[str, ...], fact: Mapping[str, int]) -> dict[str, int]:
    values = {field: fact.get(field) for field in fields}
    for field, value in values.items():
        # `True` and 3.0 would be written as other numbers, and text ranks above every number in the engine.
        if type(value) is not int:
            found = f"a {type(value).__name__}" if field in fact else "nothing"
            raise ValueError(f"field `{field}` must be an int, found {found}")
        if not -LARGEST <= value <= LARGEST:
            raise ValueError(f"field `{field}` must be within {LARGEST} of zero, found `{value}`")
    return cast("dict[str, int]", values)


def _check_rows(name: str, rows: tuple[Row, ...]) -> None:
    if len(rows) > ROWS:
        raise ReteLimit(f"`{name}` has {len(rows)} rows, and row `{rows[ROWS][0]}` passes the limit of {ROWS}")
    seen: set[str] = set()
    for row, conditions in rows:
        if row in seen:
            raise ValueError(f"`{name}` has row `{row}` twice")
        seen.add(row)
        for field, low, high in conditions:
            _check_condition(f"row `{row}` of `{name}`, field `{field}`", low, high)
        _check_size(f"row `{row}` of `{name}`", conditions)


def _check_condition(place: str, low: int, high: int) -> None:
    for bound in (low, high):
        if type(bound) is not int:
            raise ValueError(f"{place}: a bound must be an int, found a {type(bound).__name__}")
        if not -LARGEST <= bound <= LARGEST:
            raise ReteLimit(f"{place}: the bound `{bound}` passes the limit of {LARGEST} on either side of zero")


def _check_size(place: str, conditions: Sequence[Condition]) -> None:
    fields = len({field for field, _, _ in conditions})
    if fields > FIELDS_PER_RULESET:
        raise ReteLimit(f"{place} uses {fields} fields, and the limit is {FIELDS_PER_RULESET}")
    if len(conditions) > CONDITIONS_PER_ROW:
        raise ReteLimit(f"{place} has {len(conditions)} conditions, and the limit is {CONDITIONS_PER_ROW}")


def _check_names() -> None:
    """The engine knows a name by its 32-bit hash only: two names with one hash would be one field."""
    names = [*_RESERVED, *(f"f{n}" for n in range(FIELDS_PER_RULESET))]
    if len({_hash(name) for name in names}) != len(names):
        raise RuntimeError("two generated names have the same 32-bit hash")


def _hash(name: str) -> int:
    value = 0x811C9DC5  # FNV-1a, as in the engine's json.c
    for byte in name.encode():
        value = (value ^ byte) * 16_777_619 % 2**32
    return value


def _release(rulesets: list[_Ruleset]) -> None:
    while rulesets:
        rulesets.pop().release()


_living: weakref.WeakSet[Matcher] = weakref.WeakSet()


def _after_fork() -> None:
    for matcher in list(_living):
        matcher.after_fork()


if hasattr(os, "register_at_fork"):  # a hook runs before any other thread of the child, as a look at the pid would not
    os.register_at_fork(after_in_child=_after_fork)
