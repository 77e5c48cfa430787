# SPDX-License-Identifier: MIT
"""One file decided into another: read, decide, count and write, some rows at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from continuum.bulk.counts import Counts
from continuum.bulk.engines import Question, decided
from continuum.bulk.extras import compute, pa
from continuum.bulk.reading import Source
from continuum.bulk.writing import check_out, written_whole
from continuum.frames.output import FAULT, INVALID, STATUS


def bulk(
    question: Question,
    source: Source,
    out: Path,
    *,
    engine: str = "memory",
    force: bool = False,
    step: Callable[[int], object] = lambda _: None,
) -> Counts:
    """Decide every row of a file into another, in its order; a row that cannot be read or decided is there too, and says why.

    Args:
        question: the rules, the day, and which columns answer.
        source: the file, opened.
        out: the file that is written: ``.csv``, ``.parquet``, ``.jsonl`` or ``.ndjson``.
        engine: one of ``ENGINES``.
        force: write over a file that is there.
        step: told after some rows how much more was read.

    Raises:
        DayError, EngineError: as ``Rulebook.decide_many``; where a library is not installed.
        OSError: where the file cannot be written.
        ProfileError: CX801, where the source cannot be read any further.
        ValueError: where ``out`` is there already, or is no file that is written.
    """
    check_out(out, source.schema, force=force)
    layout = question.layout(source.schema)
    counts = Counts(question.rulebook.pack, question.prefix)
    schema = pa.schema([*source.schema, *layout], metadata=source.schema.metadata)
    done = 0
    with written_whole(out, schema, source.as_json) as sink:
        for chunk, columns in decided(engine, question, source.schema, source.chunks()):
            added = _refused(columns, chunk.faults, question.prefix)
            counts.add(added)
            sink.write(pa.Table.from_arrays([*chunk.table.columns, *added.columns], schema=schema))
            step(source.done - done)
            done = source.done
    counts.left_out = source.left_out
    return counts


def _refused(added: Any, faults: dict[int, str], prefix: str) -> Any:
    """The decisions, with those of rows that could not be read taken back."""
    if not faults:
        return added
    kept = pa.array([None if row in faults else row for row in range(added.num_rows)], pa.int64())
    added = added.take(kept)
    bad = pa.array([row in faults for row in range(added.num_rows)])
    said = pa.array([faults.get(row) for row in range(added.num_rows)], pa.string())
    for name, words in ((STATUS, INVALID), (FAULT, said)):
        at = added.schema.get_field_index(prefix + name)
        column = compute.if_else(bad, words, added.column(at).combine_chunks())
        added = added.set_column(at, added.schema.field(at), column)
    return added
