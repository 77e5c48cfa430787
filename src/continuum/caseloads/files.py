# SPDX-License-Identifier: MIT
"""A synthetic caseload as a file, by its extension; every file says that it is synthetic, in a column and in what goes with it.

What goes with a CSV or JSON Lines file stands beside it, in ``FILE.meta.json``; Parquet carries it as metadata, Excel as a sheet.
An unanswered question is the word ``unknown`` in CSV and Excel, where an empty cell may mean none, and null in the others.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from continuum.caseloads.caseload import UNANSWERED, Caseload
from continuum.errors import ContinuumError, Finding
from continuum.rulebook import Rulebook
from continuum.spreadsheets import excel

if excel.HERE:  # the extra `excel`
    import xlsxwriter  # type: ignore[import-untyped, unused-ignore]

try:
    import pyarrow as pa  # type: ignore[import-untyped, import-not-found, unused-ignore]
    from pyarrow import parquet  # type: ignore[import-untyped, import-not-found, unused-ignore]
except ImportError:  # the extra `parquet`
    pa = None

UNKNOWN = "unknown"
A_SHEET = 1_048_575
"""Rows that an Excel sheet has below its header."""
A_GROUP = 65_536
"""Rows that are written to Parquet at once."""
DAY_ZERO = dt.datetime(2000, 1, 1)  # noqa: DTZ001  # the same file for the same seed: no clock is read


def write(
    rulebook: Rulebook,
    path: str | Path,
    *,
    rows: int,
    seed: int,
    on: dt.date,
    sen_support: int = 0,
    unknowns: Fraction | Decimal = UNANSWERED,
) -> dict[str, Any]:
    """Write a synthetic caseload to a file, written over if it is there: ``.csv``, ``.jsonl``, ``.parquet`` or ``.xlsx``.

    Args:
        rulebook: the pack whose form is filled in.
        path: the file; CSV and JSON Lines get a second file beside it, ``FILE.meta.json``.
        rows: how many pupils with a plan.
        seed: a whole number from 0.
        on: the day of the caseload.
        sen_support: how many pupils with SEN support and no plan follow.
        unknowns: the share of made-up answers that is left unanswered, from 0 to 1.

    Returns:
        What the file says of itself.

    Raises:
        ContinuumError: as ``synthetic``; and where the extra that Parquet or Excel needs is not installed.
        OSError: where the file cannot be written.
        ValueError: as ``synthetic``; where the extension is another, or the rows are too many for a sheet.
    """
    return write_caseload(Caseload(rulebook, rows, seed, on, sen_support, unknowns), Path(path))


def write_caseload(caseload: Caseload, path: Path) -> dict[str, Any]:
    """As ``write``, for a caseload that is there."""
    check(caseload, path)
    try:
        WRITERS[path.suffix.lower()](caseload, path)
    except ContinuumError:
        path.unlink(missing_ok=True)  # part of a caseload would be taken for the whole
        raise
    return caseload.metadata()


def check(caseload: Caseload, path: Path) -> None:
    """Refuse a file that cannot be written, before anything is.

    Raises:
        ContinuumError: where the extra that the file needs is not installed.
        ValueError: where the extension is another, or the rows are too many for a sheet.
    """
    form = path.suffix.lower()
    if form not in WRITERS:
        raise ValueError(f"a synthetic caseload is written as {', '.join(WRITERS)}, not as `{path.suffix or path.name}`")
    if form == ".parquet" and pa is None:
        hint = 'install it with: pip install "kent-continuum[parquet]"'
        raise ContinuumError(Finding("CX854", "the library that writes Parquet, pyarrow, is not installed", hint=hint))
    if form == ".xlsx":
        excel.needs_excel()
        if caseload.rows + caseload.sen_support > A_SHEET:
            raise ValueError(f"an Excel sheet has room for {A_SHEET:,} rows; write CSV, JSON Lines or Parquet")


def beside(path: Path) -> Path:
    """The file beside a CSV or JSON Lines file, in which stands what is said of it."""
    return path.with_name(f"{path.name}.meta.json")


def write_csv(caseload: Caseload, stream: TextIO) -> None:
    """The rows as CSV with a header."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(caseload.columns)
    writer.writerows([UNKNOWN if value is None else value for value in row.values()] for row in caseload)


def _csv(caseload: Caseload, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        write_csv(caseload, stream)
    _said_beside(caseload, path)


def _json_lines(caseload: Caseload, path: Path) -> None:
    encoded = json.JSONEncoder(ensure_ascii=False, default=str).encode
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.writelines(f"{encoded(row)}\n" for row in caseload)
    _said_beside(caseload, path)


def _said_beside(caseload: Caseload, path: Path) -> None:
    text = json.dumps(caseload.metadata(), indent=2, ensure_ascii=False)
    beside(path).write_text(f"{text}\n", encoding="utf-8", newline="\n")


def _parquet(caseload: Caseload, path: Path) -> None:
    metadata = {"continuum": json.dumps(caseload.metadata(), ensure_ascii=False)}
    inputs = caseload.rulebook.pack.inputs
    schema = pa.schema([(name, _arrow_type(inputs.get(name))) for name in caseload.columns], metadata=metadata)
    kinds = {field.name: field.type for field in schema}
    with parquet.ParquetWriter(path, schema) as writer:
        for some in _groups(caseload):
            columns = [[_as(row[name], text=kind == pa.string()) for row in some] for name, kind in kinds.items()]
            arrays = [pa.array(column, kind) for column, kind in zip(columns, kinds.values(), strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))


def _arrow_type(asked: Any) -> Any:
    """Whole numbers and days as such; text where ``absent`` may stand in the column, and for decimals."""
    if asked is None or asked.optional:
        return pa.string()
    if asked.type.kind == "date":
        return pa.date32()
    whole = asked.type.whole or asked.type.money
    return pa.int64() if asked.type.kind == "number" and whole else pa.string()


def _as(value: Any, *, text: bool) -> Any:
    return str(value) if text and value is not None else value


def _groups(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    waiting = iter(rows)
    while some := list(islice(waiting, A_GROUP)):
        yield some


def _excel(caseload: Caseload, path: Path) -> None:
    about = caseload.metadata()
    with path.open("wb") as stream, xlsxwriter.Workbook(stream, {**excel.AS_TEXT, "constant_memory": True}) as book:
        book.set_properties({"title": "Synthetic caseload", "comments": about["says"], "created": DAY_ZERO})
        sheet = book.add_worksheet("Synthetic caseload")
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, caseload.columns)
        for number, row in enumerate(caseload, 1):
            sheet.write_row(number, 0, [_shown(value) for value in row.values()])
        said = book.add_worksheet("About")
        for number, (key, value) in enumerate(about.items()):
            said.write_row(number, 0, [key, value if isinstance(value, str | int) else json.dumps(value, ensure_ascii=False)])


def _shown(value: Any) -> Any:
    """A value as a cell holds it: whole numbers as numbers, all else as text, so that nothing is turned into something else."""
    return UNKNOWN if value is None else value if isinstance(value, int) else str(value)


WRITERS: dict[str, Callable[[Caseload, Path], None]] = {
    ".csv": _csv, ".jsonl": _json_lines, ".parquet": _parquet, ".xlsx": _excel,
}  # fmt: skip
"""The forms of a file, by its extension."""
