"""The formats of `export`: how each writes a table, and how it holds what a column holds."""

from __future__ import annotations

import datetime as dt
import importlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import click

import cdtref.frame
from cdtref.frame import ENGLISH, Dialect, ReferenceTable
from cdtref.safetext import guarded_cell

Rows = Iterable[tuple[Any, ...]]


class Format(NamedTuple):
    """A format: the types of its columns, and its lines where it is text, else its writer."""

    types: Dialect
    lines: Callable[[ReferenceTable, Rows], Iterator[str]] | None
    write: Callable[[Path, ReferenceTable, Rows], None]


def _csv_lines(table: ReferenceTable, rows: Rows) -> Iterator[str]:
    yield _csv_line(table.names)
    for row in rows:
        yield _csv_line(row)


def _csv_line(values: Iterable[Any]) -> str:
    return ",".join(map(_csv_cell, values)) + "\n"


def _csv_cell(value: Any) -> str:
    """
    Texts have quotes, always: an empty text is one, and an empty cell without quotes is null, as
    Postgres reads them.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, str):
        text = guarded_cell(value)  # a licensee's wording may be a formula to a spreadsheet
    elif isinstance(value, list):
        text = _json_text(value)
    else:
        return str(value)
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _json_value(value: Any) -> Any:
    """A decimal of two places is the same number as the nearest float is, written in short."""
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat()


# One for all cells, since `json.dumps` would make one for each.
_json_text: Final = json.JSONEncoder(ensure_ascii=False, default=_json_value).encode


def _ndjson_lines(table: ReferenceTable, rows: Rows) -> Iterator[str]:
    names = table.names
    for row in rows:
        yield _json_text(dict(zip(names, row, strict=True))) + "\n"


def _json_lines(table: ReferenceTable, rows: Rows) -> Iterator[str]:
    yield "["
    separator = "\n"
    for line in _ndjson_lines(table, rows):
        yield separator + line.rstrip("\n")
        separator = ",\n"
    yield "\n]\n"


def _writer_of(lines: Callable[[ReferenceTable, Rows], Iterator[str]]) -> Callable[..., None]:
    def write(path: Path, table: ReferenceTable, rows: Rows) -> None:
        # Half of a surrogate, which no encoding carries, is written as JSON writes it.
        with path.open("x", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.writelines(lines(table, rows))

    return write


def _write_sqlite(path: Path, table: ReferenceTable, rows: Rows) -> None:
    columns = [f'"{column.name}" {_AFFINITIES.name(column.kind)}' for column in table.columns]
    places = ", ".join("?" * len(columns))
    cells = (tuple(map(_sqlite_cell, row)) for row in rows)
    try:
        with closing(sqlite3.connect(path)) as database, database:
            database.execute(f'CREATE TABLE "{table.name}" ({", ".join(columns)})')
            database.executemany(f'INSERT INTO "{table.name}" VALUES ({places})', cells)  # noqa: S608
    except sqlite3.Error as error:  # a full disk, which other formats tell as an OSError
        raise OSError(str(error)) from error


def _sqlite_cell(value: Any) -> Any:
    if isinstance(value, list):
        return _json_text(value)
    if isinstance(value, Decimal | dt.date):
        return _json_value(value)
    return value


def _write_parquet(path: Path, table: ReferenceTable, rows: Rows) -> None:
    try:
        parquet = importlib.import_module("pyarrow.parquet")
        frame = cdtref.frame.frame_of(table, rows, "pyarrow")
    except ImportError as error:
        advice = 'parquet needs its extra: pip install "cdtref[parquet]"'
        raise click.ClickException(advice) from error
    parquet.write_table(frame, path)


_AFFINITIES: Final = Dialect(
    scalars={str: "TEXT", bool: "INTEGER", int: "INTEGER", Decimal: "REAL", dt.date: "TEXT"},
    list_of=lambda _: "TEXT",
    fields_of=lambda _: "TEXT",
)


def _types_stored_as(kinds: dict[type, str], list_of: str) -> Dialect:
    """The names of kinds, with how a format holds those that it has not."""
    scalars = dict(ENGLISH.scalars)
    for kind, stored in kinds.items():
        scalars[kind] = f"{scalars[kind]} as {stored}"
    return ENGLISH._replace(scalars=MappingProxyType(scalars), list_of=list_of.format)


_IN_JSON: Final = _types_stored_as({Decimal: "number", dt.date: "text"}, "list of {}")
_IN_SQLITE: Final = {bool: "INTEGER", Decimal: "REAL", dt.date: "TEXT"}

FORMATS: Final[Mapping[str, Format]] = MappingProxyType(
    {
        "csv": Format(_types_stored_as({}, "JSON list of {}"), _csv_lines, _writer_of(_csv_lines)),
        "json": Format(_IN_JSON, _json_lines, _writer_of(_json_lines)),
        "ndjson": Format(_IN_JSON, _ndjson_lines, _writer_of(_ndjson_lines)),
        "parquet": Format(ENGLISH, None, _write_parquet),
        "sqlite": Format(
            _types_stored_as(_IN_SQLITE, "JSON list of {} as TEXT"), None, _write_sqlite
        ),
    }
)
"""The formats by their names, which are also the endings of their files."""


def dictionary_lines(table: ReferenceTable, types: Dialect) -> Iterator[str]:
    """The data dictionary of a table as csv."""
    yield _csv_line(("column", "type", "meaning", "source"))
    for column in table.columns:
        yield _csv_line((column.name, types.name(column.kind), column.meaning, column.source))
