"""
A table that a user has, as a header and numbered lines of text: csv, JSON or rows in memory.

The delimiter (`, ; | tab`) is told from the first line, the encoding from the bytes. What cannot be read as a whole is
a `DataFormatError` that names source, line and column.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from cdtref.errors import DataFormatError

Rows = str | Path | Mapping[str, Any] | Iterable[Mapping[str, Any]]


class Line(NamedTuple):
    """A line below the header: its number (that of the row in JSON and rows), and its cells."""

    number: int
    cells: list[str]


class Table(NamedTuple):
    """
    A table that was opened.

    Attributes:
        source: The file, or 'rows'.
        header: Its column names.
        lines: Its lines that are not blank; reading on may raise a `DataFormatError`.
    """

    source: str
    header: list[str]
    lines: Iterator[Line]

    def place(self, title: str) -> int:
        """
        Where the column *title* stands.

        Raises:
            DataFormatError: there is no such column.
        """
        if title not in self.header:
            raise self.fault(f"no column {title!r} in its header", line=1, column=title)
        return self.header.index(title)

    def fault(self, problem: str, line: int | None = None, column: str | None = None) -> DataFormatError:
        """The error that names the place."""
        return _fault(self.source, problem, line, column)


def read_table(given: Rows, pair: tuple[str, str]) -> Table:
    """
    The table of a csv or JSON file, of rows, or of a mapping, whose keys and values are two columns named by *pair*.

    Raises:
        DataFormatError: it is not text, no JSON, or not made of objects with single values.
        OSError: the file cannot be opened.
    """
    if not isinstance(given, str | Path):
        return _from_rows("rows", given, pair)
    source = str(given)
    text = _decoded(source, Path(given).read_bytes())
    if text.lstrip()[:1] in ("[", "{"):
        return _from_rows(source, _json(source, text), pair)
    lines = _csv_lines(source, text)
    header = next(lines, Line(1, []))
    return Table(source, [cell.strip() for cell in header.cells], lines)


def _from_rows(source: str, given: Any, pair: tuple[str, str]) -> Table:
    rows = [dict(zip(pair, item, strict=True)) for item in given.items()] if isinstance(given, Mapping) else list(given)
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, Mapping):
            raise _fault(source, f"a row is an object of columns, not {type(row).__name__}", number)
    header = list(dict.fromkeys(key for row in rows for key in row))
    lines = (Line(n, [_cell(source, n, key, row.get(key)) for key in header]) for n, row in enumerate(rows, start=1))
    return Table(source, [str(key) for key in header], lines)


def _cell(source: str, number: int, column: str, value: Any) -> str:
    if isinstance(value, list | tuple | Mapping):
        raise _fault(source, f"the value of {column!r} is no single one", number, column)
    return "" if value is None or value != value else str(value)  # noqa: PLR0124  # NaN stands for no text


def _json(source: str, text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise _fault(source, f"it is not JSON ({error.msg})", error.lineno) from error
    except RecursionError as error:
        raise _fault(source, "its JSON is nested too deeply") from error


def _decoded(source: str, data: bytes) -> str:
    """UTF-16 where its mark says so, else UTF-8, else Windows-1252: what spreadsheets write."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = _decoded_as(source, data, "utf-16")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = _decoded_as(source, data, "cp1252")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise _fault(source, "it is not text; save it as csv (UTF-8)", line)
    return text


def _decoded_as(source: str, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        problem = "its encoding is none of UTF-8, UTF-16 and Windows-1252; save it as csv (UTF-8)"
        raise _fault(source, problem, data.count(b"\n", 0, error.start) + 1) from error


def _csv_lines(source: str, text: str) -> Iterator[Line]:
    first = text.lstrip().partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t|", key=first.count), strict=True)
    number = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield Line(number, cells)
            number = reader.line_num + 1
    except csv.Error as error:
        raise _fault(source, f"it is not csv ({error})", number) from error


def _fault(source: str, problem: str, line: int | None = None, column: str | None = None) -> DataFormatError:
    place = source if line is None else f"{source}, line {line}"
    return DataFormatError(f"{place}: {problem}", path=source, line=line, column=column)
