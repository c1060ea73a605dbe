"""
A parquet file as numbered rows of text, a batch of rows at a time, by PyArrow.

Its columns have types, so dates come in ISO form and whole numbers without a point.
"""

from __future__ import annotations

import importlib
import io
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from cdtref.errors import DataFormatError
from cdtref.table.sheet import cell_text
from cdtref.table.source import LONGEST_LINE, LONGEST_ROW, MOST_CELLS, MOST_COLUMNS, Line

_MARK: Final = b"PAR1"
_BATCH: Final = 4_096  # rows that are in memory at once
_BATCH_CELLS: Final = 1_000_000  # likewise, and so fewer rows of a wide table
_BATCH_CHARACTERS: Final = 2**23  # likewise, and so fewer rows of long texts
_LARGEST_GROUP: Final = 2**30  # bytes; writers make groups of 128 MiB
_OTHER_VALUE: Final = 32  # characters that a number, a date or what parts the items of a list takes

_LONG_CELL: Final = f"a cell has more than {LONGEST_LINE} characters"
_LONG_ROW: Final = f"a row has more than {LONGEST_ROW} characters"


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
    _refuse_long_columns(name, file.schema)
    _refuse_large_groups(name, file)
    return Line(1, titles), _rows_of_batches(name, file)


def _opened_parquet(name: str, given: Path | bytes | None) -> Any:
    try:
        from pyarrow.parquet import ParquetFile  # type: ignore[import-untyped]
    except ImportError as error:
        problem = 'reading parquet needs its extra: pip install "cdtref[parquet]"'
        raise DataFormatError.at(name, problem) from error
    try:
        texts = _text_columns(ParquetFile(_source_of(given)))
        return ParquetFile(_source_of(given), read_dictionary=texts)
    except (OSError, ValueError) as error:  # what PyArrow raises of broken files
        raise _broken_parquet(name, error) from error


def _source_of(given: Path | bytes | None) -> Any:
    if isinstance(given, bytes):
        return io.BytesIO(given)
    return given


def _text_columns(file: Any) -> list[str]:
    """
    The paths of what is text. A file has a text that many rows share once, and so has the memory
    if it is asked for so: a kilobyte of file could else become gigabytes.
    """
    paths = []
    for column in map(file.schema.column, range(len(file.schema))):
        is_number = column.logical_type.type == "DECIMAL"  # as some writers store them
        if column.physical_type == "BYTE_ARRAY" and not is_number:
            paths.append(column.path)
    return paths


def _broken_parquet(name: str, error: Exception) -> DataFormatError:
    problem = f"it is no parquet file that can be read ({str(error)[:100]})"
    return DataFormatError.at(name, problem)


def _refuse_long_columns(name: str, schema: Any) -> None:
    """Of bytes whose number the column itself tells, which are no text and not shared."""
    for column in map(schema.column, range(len(schema))):
        if (column.length or 0) > LONGEST_LINE:
            raise DataFormatError.at(name, _LONG_CELL, column=column.path.split(".")[0])


def _refuse_large_groups(name: str, file: Any) -> None:
    for number in range(file.metadata.num_row_groups):
        group = file.metadata.row_group(number)
        if group.total_byte_size > _LARGEST_GROUP:
            problem = "a group of rows of more than 1 GiB; write it in smaller groups"
            raise DataFormatError.at(name, problem)
        _refuse_long_lists(name, group)


def _refuse_long_lists(name: str, group: Any) -> None:
    """A list is read whole, and all of the values of a group may be those of one row."""
    for column in map(group.column, range(group.num_columns)):
        if column.num_values > max(group.num_rows, MOST_CELLS):
            problem = f"the lists of a group of rows have more than {MOST_CELLS} values"
            told = f"{problem}; write it in smaller groups"
            raise DataFormatError.at(name, told, column=column.path_in_schema.split(".")[0])


def _rows_of_batches(name: str, file: Any) -> Iterator[Line]:
    titles = file.schema_arrow.names
    number = 0
    try:
        for batch in file.iter_batches(_rows_at_once(file.schema)):
            for few in _parts_of_batch(name, batch, number):
                for cells in _cells_of_batch(few):
                    number += 1
                    _refuse_long_cell(name, number, titles, cells)
                    if any(map(str.strip, cells)):
                        yield Line(number, cells)
    except (OSError, ValueError, NotImplementedError, ArithmeticError) as error:
        if isinstance(error, DataFormatError):
            raise
        raise _broken_parquet(name, error) from error


def _rows_at_once(schema: Any) -> int:
    """So many that a batch has room in memory, before its texts are looked at."""
    width = 1
    for column in map(schema.column, range(len(schema))):
        width += column.length or 0  # of bytes whose number the column itself tells
    return max(1, min(_BATCH, _BATCH_CELLS // max(1, len(schema)), _BATCH_CHARACTERS // width))


def _parts_of_batch(name: str, batch: Any, above: int) -> Iterator[Any]:
    """The batch in parts whose texts have room in memory, the first below *above* rows."""
    characters = sum(map(_characters_of, batch.columns))
    if characters <= _BATCH_CHARACTERS:
        yield batch
    elif batch.num_rows == 1:
        raise DataFormatError.at(name, _LONG_ROW, line=above + 1)
    else:
        half = batch.num_rows // 2
        yield from _parts_of_batch(name, batch.slice(0, half), above)
        yield from _parts_of_batch(name, batch.slice(half), above + half)


def _characters_of(values: Any) -> int:
    """How many characters an array takes as text, at most; of a text that is shared, each time."""
    from pyarrow import types  # type: ignore[import-untyped]

    compute: Any = importlib.import_module("pyarrow.compute")  # whose functions no checker sees
    kind = values.type
    if types.is_dictionary(kind):
        lengths = compute.binary_length(values.dictionary).take(values.indices)
        return compute.sum(lengths).as_py() or 0
    if types.is_nested(kind):
        return _OTHER_VALUE * len(values) + sum(map(_characters_of, _inner_arrays(values)))
    if types.is_fixed_size_binary(kind):
        return len(values) * int(kind.byte_width)
    return _OTHER_VALUE * len(values)


def _inner_arrays(values: Any) -> list[Any]:
    """What a list or a structure is made of."""
    inner = values.flatten()
    return inner if isinstance(inner, list) else [inner]


def _cells_of_batch(batch: Any) -> Iterator[list[str]]:
    columns = [_plain_values(column) for column in batch.columns]
    for values in zip(*columns, strict=True):
        yield list(map(_text_of_value, values))


def _plain_values(column: Any) -> list[Any]:
    """As Python has them; texts one by one, which takes a third of the time that shared ones do."""
    if hasattr(column, "dictionary_decode"):
        column = column.dictionary_decode()
    return column.to_pylist()  # type: ignore[no-any-return]


def _refuse_long_cell(name: str, number: int, titles: list[str], cells: list[str]) -> None:
    """As of a csv; a row as long as its longest cell may be is no fault yet."""
    total = sum(map(len, cells))
    if total <= LONGEST_LINE:
        return
    if total > LONGEST_ROW:
        raise DataFormatError.at(name, _LONG_ROW, line=number)
    for title, cell in zip(titles, cells, strict=True):
        if len(cell) > LONGEST_LINE:
            raise DataFormatError.at(name, _LONG_CELL, line=number, column=str(title))


def _text_of_value(value: Any) -> str:
    """A value as a cell of a csv has it; what is missing is blank, of a list each item a word."""
    if value is None or value != value:  # noqa: PLR0124  # NaN alone is no equal
        return ""
    if isinstance(value, list):
        return " ".join(map(_text_of_value, value))
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return cell_text(value)
