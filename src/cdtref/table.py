"""
A table that a user has, as a header and numbered lines of cells: csv, JSON or rows in memory.

The delimiter (`, ; | tab`) is told from the header or from Excel's own `sep=;` line, the encoding
from the bytes. What cannot be read as a whole is a `DataFormatError` that names source, line and
column.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from numbers import Number
from pathlib import Path
from typing import Any, Final, NamedTuple

from cdtref.errors import DataFormatError

Rows = str | Path | Mapping[str, Any] | Iterable[Mapping[str, Any]]
Fits = Callable[[Sequence[str]], int]

_DELIMITERS: Final = ",;\t|"
_SEP: Final = re.compile(r'\s*"?sep=([^\w\s"]|\t)"?(?:\r\n?|\n|\Z)', re.IGNORECASE)
_MULTI_BYTE: Final = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf](?:[\x80-\xbf]|\Z)|[\xf0-\xf4][\x80-\xbf]{1,2}(?:[\x80-\xbf]|\Z)"
)
"""
Characters of UTF-8 that take several bytes, cut off at the end of a file too; no text in
Windows-1252 looks so.
"""


class Line(NamedTuple):
    """
    A line of the table: its number (that of the row in JSON and rows), and its cells as the source
    has them.
    """

    number: int
    cells: list[Any]


class Table(NamedTuple):
    """
    A table that was opened.

    Attributes:
        source: The file, or 'rows'.
        header: Its column names.
        lines: Its lines that are not blank; reading on may raise a `DataFormatError`.
    """

    source: str
    header: Line
    lines: Iterator[Line]

    def text(self, line: Line, place: int) -> str:
        """
        The cell at *place* as text with single spaces; "" where it is missing: None, NaN and the
        like.

        Raises:
            DataFormatError: it is neither text nor number nor date, such as a list or True.
        """
        value = line.cells[place] if place < len(line.cells) else None
        if _is_missing(value):
            return ""
        if isinstance(value, bool) or not isinstance(value, str | Number | date):
            title, kind = self.header.cells[place], type(value).__name__
            problem = f"the value of {title!r} is no single one: {kind}, where text, a number or a date is expected"
            raise self.fault(problem, line.number, title)
        return " ".join(str(value).split())

    def fault(self, problem: str, line: int, column: str) -> DataFormatError:
        """The error that names the place."""
        return _fault(self.source, problem, line, column)


def read_table(given: Rows, pair: tuple[str, str], fits: Fits) -> Table:
    """
    The table of a csv or JSON file, of rows, or of a mapping, whose keys and values are two columns
    named by *pair*.

    *fits* counts the needed columns in a header; the delimiter of a csv is the one under which most
    are found.

    Raises:
        DataFormatError: it is not text, no JSON, or not made of objects.
        TypeError: it is neither a path nor rows nor a mapping.
        OSError: the file cannot be opened.
    """
    if isinstance(given, str | Path):
        source = str(given)
        text = _decoded(source, Path(given).read_bytes())
        return (
            _from_json(source, text, pair)
            if text.lstrip()[:1] in ("[", "{")
            else _from_csv(source, text, fits)
        )
    if isinstance(given, bytes) or not isinstance(given, Iterable):
        raise TypeError(
            f"a source is a path, rows, or a mapping of code to wording, not {type(given).__name__}"
        )
    return _from_rows("rows", given, pair)


def _from_rows(source: str, given: Any, pair: tuple[str, str]) -> Table:
    rows = (
        [dict(zip(pair, item, strict=True)) for item in given.items()]
        if isinstance(given, Mapping)
        else list(given)
    )
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, Mapping):
            hint = "; a DataFrame's are df.to_dict('records')"
            raise _fault(
                source, f"a row is an object of columns, not {type(row).__name__}{hint}", number
            )
    header = list(dict.fromkeys(key for row in rows for key in row))
    lines = (Line(n, [row.get(key) for key in header]) for n, row in enumerate(rows, start=1))
    return Table(source, Line(1, [str(key) for key in header]), lines)


def _is_missing(value: Any) -> bool:
    """None, a number that is none, and pandas' NA, which has no truth value to ask for."""
    if value is None or type(value).__name__ == "NAType":
        return True
    return isinstance(value, Number | date) and value != value  # noqa: PLR0124


def _from_json(source: str, text: str, pair: tuple[str, str]) -> Table:
    try:
        given = json.loads(text)
    except ValueError as error:  # a number of thousands of digits has no line
        raise _fault(source, f"it is not JSON ({error})", getattr(error, "lineno", None)) from error
    except RecursionError as error:
        raise _fault(source, "its JSON is nested too deeply") from error
    return _from_rows(source, given, pair)


def _decoded(source: str, data: bytes) -> str:
    encoding = _encoding(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("latin-1")
        problem = f"its encoding is unclear: read as {encoding}, a character here is broken; save it as csv (UTF-8)"
        raise _fault(source, problem, _line_after(before)) from error
    if "\0" in text:
        raise _fault(
            source, "it is not text; save it as csv (UTF-8)", _line_after(text[: text.index("\0")])
        )
    return text


def _encoding(data: bytes) -> str:
    """UTF-16 where its mark says so, else UTF-8, else Windows-1252: what spreadsheets write."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        data.decode("utf-8")
    except (
        UnicodeDecodeError
    ):  # damaged UTF-8 is not taken for Windows-1252, in which nearly any bytes are text
        return (
            "utf-8-sig"
            if data.startswith(codecs.BOM_UTF8) or _MULTI_BYTE.search(data)
            else "cp1252"
        )
    return "utf-8-sig"


def _line_after(before: str) -> int:
    return (before.count("\n") or before.count("\r")) + 1


def _from_csv(source: str, text: str, fits: Fits) -> Table:
    told = _SEP.match(text)
    lines = _csv_lines(source, text, told[1] if told else _delimiter(text, fits))
    if told:
        next(lines)
    header = next(lines, Line(1, []))
    return Table(source, Line(header.number, _titles(header)), lines)


def _delimiter(text: str, fits: Fits) -> str:
    """The one under which most of the needed columns are found, then that of the most columns."""

    def found(delimiter: str) -> tuple[int, int]:
        try:
            titles = _titles(next(_csv_lines("", text, delimiter), Line(1, [])))
        except DataFormatError:  # another one's quotes
            return 0, 0
        return fits(titles), len(titles)

    return max(_DELIMITERS, key=found)


def _titles(header: Line) -> list[str]:
    return [cell.strip() for cell in header.cells]


def _csv_lines(source: str, text: str, delimiter: str) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield Line(number, cells)
            number = reader.line_num + 1
    except csv.Error as error:
        raise _fault(source, f"it is not csv ({error})", number) from error


def _fault(
    source: str, problem: str, line: int | None = None, column: str | None = None
) -> DataFormatError:
    return DataFormatError.at(source, problem, line=line, column=column)
