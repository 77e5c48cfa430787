# SPDX-License-Identifier: MIT
"""The libraries that files in bulk need. Each is an extra: what needs one says how to install it."""

from __future__ import annotations

from typing import Any

from continuum.errors import EngineError, Finding

try:
    import pyarrow as pa  # type: ignore[import-untyped, import-not-found, unused-ignore]
    from pyarrow import compute, parquet  # type: ignore[import-untyped, import-not-found, unused-ignore]
except ImportError:
    pa = compute = parquet = None
try:
    import polars as pl
    from polars.io.plugins import register_io_source
except ImportError:
    pl = register_io_source = None  # type: ignore[assignment]
try:
    import duckdb
except ImportError:
    duckdb = None  # type: ignore[assignment]
try:
    import python_calamine as calamine
except ImportError:
    calamine = None  # type: ignore[assignment]

__all__ = ["calamine", "compute", "duckdb", "needed", "pa", "parquet", "pl", "register_io_source"]


def needed(library: Any, name: str, extra: str) -> None:
    """Refuse to go on without a library.

    Raises:
        EngineError: CX811, saying how to install it.
    """
    if library is None:
        hint = f'install it with: pip install "kent-continuum[{extra}]"'
        raise EngineError(Finding("CX811", f"{name} is not installed, which this needs", hint=hint))
