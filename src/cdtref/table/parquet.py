"""
A parquet file as numbered rows of text, a batch of rows at a time, by PyArrow.

Its columns have types, so dates come in ISO form and whole numbers without a point.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from cdtref.errors import DataFormatError
from cdtref.table.sheet import cell_text
from cdtref.table.source import MOST_COLUMNS, Line

_MARK: Final = b"PAR1"
_BATCH: Final = 4_096  # rows that are in memory at once
_LARGEST_GROUP: Final = 2**30  # bytes; writers make groups of 128 MiB


def is_parquet(first: bytes) -> bool:
    """True for the beginning of a parquet file."""
    return first.startswith(_MARK)


def parquet_rows(name: str, given: Path | bytes | None) -> tuple[Line, Iterator[Line]]:
    """
    Its titles, and its rows that are not blank, counted from 1. *name* is what messages call it.

    Raises:
        DataFormatError: it is no parquet, PyArrow is not installed, or it is larger than any table.
    """
    file = _opened_parquet(name, given)
    titles = list(map(str, file.schema_arrow.names))
    if len(titles) > MOST_COLUMNS:
        problem = f"{len(titles)} columns, where at most {MOST_COLUMNS} are expected"
        raise DataFormatError.at(name, problem)
    _refuse_large_groups(name, file)
    return Line(1, titles), _rows_of_batches(name, file)


def _opened_parquet(name: str, given: Path | bytes | None) -> Any:
    try:
        from pyarrow.parquet import ParquetFile  # type: ignore[import-untyped]
    except ImportError as error:
        problem = 'reading parquet needs its extra: pip install "cdtref[parquet]"'
        raise DataFormatError.at(name, problem) from error
    source: Any = given
    if isinstance(given, bytes):
        source = io.BytesIO(given)
    try:
        return ParquetFile(source)
    except (OSError, ValueError) as error:  # what PyArrow raises of broken files
        raise _broken_parquet(name, error) from error


def _broken_parquet(name: str, error: Exception) -> DataFormatError:
    problem = f"it is no parquet file that can be read ({str(error)[:100]})"
    return DataFormatError.at(name, problem)


def _refuse_large_groups(name: str, file: Any) -> None:
    for number in range(file.metadata.num_row_groups):
        if file.metadata.row_group(number).total_byte_size > _LARGEST_GROUP:
            problem = "a group of rows of more than 1 GiB; write it in smaller groups"
            raise DataFormatError.at(name, problem)


def _rows_of_batches(name: str, file: Any) -> Iterator[Line]:
    number = 0
    try:
        for batch in file.iter_batches(_BATCH):
            columns = [column.to_pylist() for column in batch.columns]
            for values in zip(*columns, strict=True):
                number += 1
                cells = list(map(_text_of_value, values))
                if any(map(str.strip, cells)):
                    yield Line(number, cells)
    except (OSError, ValueError, NotImplementedError) as error:
        raise _broken_parquet(name, error) from error


def _text_of_value(value: Any) -> str:
    """A value as a cell of a csv has it; what is missing is blank, of a list each item a word."""
    if value is None or value != value:  # noqa: PLR0124  # NaN alone is no equal
        return ""
    if isinstance(value, list):
        return " ".join(map(_text_of_value, value))
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return cell_text(value)
