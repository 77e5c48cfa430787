# SPDX-License-Identifier: MIT
"""Tables to a file, as they come. The file has its name only when it is whole."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from json.encoder import encode_basestring
from pathlib import Path
from typing import Any, Protocol

from continuum.bulk.extras import pa, parquet
from continuum.bulk.reading import written

YES_NO = {True: "yes", False: "no", None: None}


class Sink(Protocol):
    """A file being written."""

    def write(self, table: Any) -> None:
        """Add the rows of a table."""

    def close(self) -> None:
        """End the file."""


class Csv:
    """CSV in UTF-8 with a header: nothing stands in a cell without a value, and yes or no is written so."""

    def __init__(self, path: Path, schema: Any, as_json: frozenset[str]) -> None:  # noqa: ARG002  # in CSV all is text
        self.stream = path.open("w", encoding="utf-8", newline="")
        self.writer = csv.writer(self.stream, lineterminator="\n")
        self.writer.writerow(schema.names)

    def write(self, table: Any) -> None:
        """Add the rows of a table."""
        self.writer.writerows(zip(*[_texts(column) for column in table.columns], strict=True))

    def close(self) -> None:
        """End the file."""
        self.stream.close()


class JsonLines:
    """JSON Lines: every row names every column."""

    def __init__(self, path: Path, schema: Any, as_json: frozenset[str]) -> None:
        self.stream = path.open("w", encoding="utf-8", newline="")
        self.keys = [f"{encode_basestring(name)}: " for name in schema.names]
        self.as_json = [name in as_json for name in schema.names]

    def write(self, table: Any) -> None:
        """Add the rows of a table."""
        cells = [
            [key + cell for cell in _json(column, as_json=as_json)]
            for key, column, as_json in zip(self.keys, table.columns, self.as_json, strict=True)
        ]
        self.stream.writelines("{" + ", ".join(row) + "}\n" for row in zip(*cells, strict=True))

    def close(self) -> None:
        """End the file."""
        self.stream.close()


class Parquet:
    """Parquet: columns keep their kinds."""

    def __init__(self, path: Path, schema: Any, as_json: frozenset[str]) -> None:  # noqa: ARG002  # such a column is text
        self.writer = parquet.ParquetWriter(path, schema)

    def write(self, table: Any) -> None:
        """Add the rows of a table."""
        self.writer.write_table(table)

    def close(self) -> None:
        """End the file."""
        self.writer.close()


WRITERS: dict[str, Any] = {".csv": Csv, ".parquet": Parquet, ".jsonl": JsonLines, ".ndjson": JsonLines}
"""Who writes a file, by its extension."""


def check_out(path: Path, schema: Any, *, force: bool) -> None:
    """Refuse what cannot be written, before anything is decided; ``force`` says that what is there may go.

    Raises:
        ValueError: saying what is wrong with it.
    """
    if path.suffix.lower() not in WRITERS:
        raise ValueError(f"`{path.name}` is not written; OUT is one of {', '.join(WRITERS)}")
    raw = [field.name for field in schema if pa.types.is_binary(field.type) or pa.types.is_large_binary(field.type)]
    if raw and WRITERS[path.suffix.lower()] is not Parquet:
        raise ValueError(f"`{raw[0]}` holds bytes, which only Parquet keeps; write OUT as .parquet, or leave the column out")
    for one in () if force else (path, _part(path)):
        if one.exists():
            cause = "" if one == path else "; another run writes it, or was killed"
            raise ValueError(f"`{one}` is there already{cause}; move it away, or write over it with --force")


@contextmanager
def written_whole(path: Path, schema: Any, as_json: frozenset[str]) -> Iterator[Sink]:
    """A file that is written under another name beside it, and gets its own when all is in it; else nothing is left.

    Raises:
        OSError: where it cannot be written.
    """
    part = _part(path)
    try:
        sink: Sink = WRITERS[path.suffix.lower()](part, schema, as_json)
        try:
            yield sink
        finally:
            sink.close()
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _part(path: Path) -> Path:
    """The name that a file has until it is whole."""
    return path.with_name(f"{path.name}.part")


def _texts(column: Any) -> list[Any]:
    """A column as text; nothing for what is null."""
    kind, values = column.type, column.to_pylist()
    if pa.types.is_boolean(kind):
        return [YES_NO[value] for value in values]
    return values if pa.types.is_string(kind) else [None if value is None else _text(value) for value in values]


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return written(value) if isinstance(value, list | dict) else str(value)


def _json(column: Any, *, as_json: bool) -> list[str]:
    """A column as JSON."""
    values = column.to_pylist()
    if pa.types.is_string(column.type):
        encode = str if as_json else encode_basestring
        return ["null" if value is None else encode(value) for value in values]
    return [_as_json(value) for value in values]


def _as_json(value: Any) -> str:
    """A value as JSON: a decimal as a number with its places, a day as text."""
    if isinstance(value, dt.date | dt.time):
        return json.dumps(value.isoformat())
    return written(value)
