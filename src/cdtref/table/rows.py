"""
Rows as they are in memory, or as JSON has them: objects of columns, or a mapping of one column to
another.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from numbers import Number
from typing import Any, Final

from cdtref.errors import DataFormatError, quoted
from cdtref.table.source import MOST_COLUMNS, Line, bounded_rows

MOST_JSON: Final = 16 * 2**20  # bytes; as objects they take up to thirty times as much
Pair = tuple[str, str]
"""The columns that the keys and the values of a mapping are."""


def text_of(source: str, title: str, line: int, value: Any) -> str:
    """
    A value as text with single spaces; "" where it is missing: None, NaN and the like.

    Raises:
        DataFormatError: it is neither text nor number nor date, such as a list or True.
    """
    if _is_missing(value):
        return ""
    if isinstance(value, bool) or not isinstance(value, str | Number | date):
        expected = f"{type(value).__name__}, where text, a number or a date is expected"
        problem = f"the value of {quoted(title)} is no single one: {expected}"
        raise DataFormatError.at(source, problem, line=line, column=title)
    return " ".join(str(value).split())


def rows_of(source: str, given: Any, pair: Pair) -> tuple[Line, Iterator[Line]]:
    """
    The header, which has the columns of all rows in the order in which they come, and the rows.

    Raises:
        DataFormatError: a row is no object of columns, or they have more columns or are more than
            in any table.
    """
    rows = list(_objects_of(given, pair))
    header: dict[Any, None] = {}
    for number, row in enumerate(rows, start=1):
        _check_row(source, number, row)
        header.update(dict.fromkeys(row))
        # A key of its own in each row would make as many cells as the square of the rows.
        if len(header) > MOST_COLUMNS:
            problem = f"more than {MOST_COLUMNS} columns; the rows have to share them"
            raise DataFormatError.at(source, problem, line=number)
    lines = (Line(n, list(map(row.get, header))) for n, row in enumerate(rows, start=1))
    return Line(1, list(map(str, header))), bounded_rows(source, lines)


def json_rows(source: str, text: str, pair: Pair) -> tuple[Line, Iterator[Line]]:
    """
    The same of a text in JSON.

    Raises:
        DataFormatError: it is no JSON, larger than any table, or not made of objects.
    """
    if len(text) > MOST_JSON:
        problem = f"JSON of more than {MOST_JSON} characters; save it as csv (UTF-8)"
        raise DataFormatError.at(source, problem)
    return rows_of(source, parsed_json(source, text), pair)


def parsed_json(source: str, text: str) -> Any:
    """
    What a text in JSON says.

    Raises:
        DataFormatError: it is no JSON, or nested too deeply.
    """
    try:
        return json.loads(text)
    except ValueError as error:  # a number of thousands of digits has no line
        line = getattr(error, "lineno", None)
        raise DataFormatError.at(source, f"it is not JSON ({error})", line=line) from error
    except RecursionError as error:
        raise DataFormatError.at(source, "its JSON is nested too deeply") from error


def _objects_of(given: Any, pair: Pair) -> Iterable[Any]:
    if not isinstance(given, Mapping):
        return given  # type: ignore[no-any-return]
    return (dict(zip(pair, item, strict=True)) for item in given.items())


def _check_row(source: str, number: int, row: Any) -> None:
    if not isinstance(row, Mapping):
        hint = "a DataFrame's are df.to_dict('records')"
        problem = f"a row is an object of columns, not {type(row).__name__}; {hint}"
        raise DataFormatError.at(source, problem, line=number)


def _is_missing(value: Any) -> bool:
    """None, a number that is none, and pandas' NA, which has no truth value to ask for."""
    if value is None or type(value).__name__ == "NAType":
        return True
    return isinstance(value, Number | date) and value != value  # noqa: PLR0124
