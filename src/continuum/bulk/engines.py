# SPDX-License-Identifier: MIT
"""Tables decided one after the other by an engine, and the columns of the decisions handed back, row for row.

An engine gets the columns that the pack asks and nothing else: no pupil number, no name and no remark ever comes to it. A column
of row numbers goes through it, so that a row that is lost or moved is noticed.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from continuum.bulk.extras import duckdb, needed, pa, pl, register_io_source
from continuum.bulk.reading import ROWS, Chunk
from continuum.frames.named import inputs_of
from continuum.profiles import Reader
from continuum.rulebook import Rulebook

ROW = "(number of the row)"
Decided: TypeAlias = tuple[Chunk, Any]


@dataclass(frozen=True)
class Question:
    """What is asked of every table: by which rules, for which day, and which columns answer."""

    rulebook: Rulebook
    on: dt.date | str
    columns: Mapping[str, str]
    prefix: str

    def layout(self, schema: Any) -> Any:
        """The columns of the decisions, found by deciding no rows at all.

        Raises:
            DayError, EngineError: as ``Rulebook.decide_many``.
        """
        decided = self.of(pa.schema([(name, pa.string()) for name in schema.names]).empty_table())
        return pa.schema([decided.schema.field(name) for name in decided.schema.names if name not in schema.names])

    def asked(self, schema: Any) -> list[str]:
        """The columns of a table that are read."""
        found = set(inputs_of(Reader(self.rulebook.pack), schema.names, self.columns).values())
        return [name for name in schema.names if name in found or name == self.on]

    def of(self, frame: Any) -> Any:
        """The frame decided."""
        return self.rulebook.decide_many(frame, on=self.on, columns=self.columns, prefix=self.prefix)


def decided(engine: str, question: Question, schema: Any, chunks: Iterator[Chunk]) -> Iterator[Decided]:
    """Each chunk with the columns of its decisions.

    Raises:
        EngineError: where the engine is not installed, or cannot decide the pack.
        ProfileError: where the file cannot be read any further.
    """
    layout, asked = question.layout(schema), question.asked(schema)
    count = 0
    for chunk, table in ENGINES[engine](question, _Asked(schema, asked), chunks):
        numbers = pa.array(range(count, count + chunk.table.num_rows), pa.int64())
        if not table.column(ROW).combine_chunks().cast(pa.int64()).equals(numbers):
            raise AssertionError(f"the engine {engine} lost or moved a row")
        count += chunk.table.num_rows
        added = table.select(layout.names).cast(layout)
        yield chunk, added


class _Asked:
    """Makes the table that an engine gets: the columns that are asked, and the numbers of the rows."""

    def __init__(self, schema: Any, asked: list[str]) -> None:
        self.asked, self.count = asked, 0
        self.schema = pa.schema([*(schema.field(name) for name in asked), (ROW, pa.int64())])

    def of(self, chunk: Chunk) -> Any:
        """The table of a chunk; chunks are given in order."""
        first, self.count = self.count, self.count + chunk.table.num_rows
        numbers = pa.array(range(first, self.count), pa.int64())
        columns = [chunk.table.column(name) for name in self.asked]
        return pa.Table.from_arrays([*columns, numbers], schema=self.schema)


def _memory(question: Question, asked: _Asked, chunks: Iterator[Chunk]) -> Iterator[Decided]:
    """Each table as it is: ranges are as exact as for one profile."""
    for chunk in chunks:
        yield chunk, question.of(asked.of(chunk))


def _polars(question: Question, asked: _Asked, chunks: Iterator[Chunk]) -> Iterator[Decided]:
    """One lazy frame, made once, over whichever table is next."""
    needed(pl, "polars", "polars")
    now: list[Any] = []

    def table(columns: Any, *_: Any) -> Iterator[Any]:
        yield now[0].select(columns) if columns else now[0]

    empty: Any = pl.from_arrow(asked.schema.empty_table())
    lazy = question.of(register_io_source(table, schema=empty.schema))
    for chunk in chunks:
        now[:] = [pl.from_arrow(asked.of(chunk))]
        yield chunk, lazy.collect().to_arrow()


def _duckdb(question: Question, asked: _Asked, chunks: Iterator[Chunk]) -> Iterator[Decided]:
    """One relation over a stream of tables; what comes back is cut into the same tables."""
    needed(duckdb, "DuckDB", "duckdb")
    waiting: deque[Chunk] = deque()
    failed: list[Exception] = []

    def batches() -> Iterator[Any]:
        try:
            for chunk in chunks:
                waiting.append(chunk)
                yield from asked.of(chunk).combine_chunks().to_batches()
        except Exception as error:
            failed.append(error)
            raise

    with duckdb.connect(config={"threads": 1}) as connection:  # several read ahead, and memory grows with the file
        stream = pa.RecordBatchReader.from_batches(asked.schema, batches())
        relation = question.of(connection.from_arrow(stream))
        ready = None
        try:
            for batch in relation.to_arrow_reader(ROWS):
                some = pa.Table.from_batches([batch])
                ready = some if ready is None else pa.concat_tables([ready, some])
                while waiting and ready.num_rows >= (count := waiting[0].table.num_rows):
                    yield waiting.popleft(), ready.slice(0, count)
                    ready = ready.slice(count)
        except (duckdb.Error, pa.ArrowException):
            if failed:
                raise failed[0] from None
            raise


ENGINES: dict[str, Callable[[Question, _Asked, Iterator[Chunk]], Iterator[Decided]]] = {
    "memory": _memory, "polars": _polars, "duckdb": _duckdb,
}  # fmt: skip
"""Who decides."""
