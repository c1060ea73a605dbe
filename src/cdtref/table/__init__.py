"""
A table that a user has, as a header and numbered lines of cells: csv, xlsx, parquet, JSON, or rows
in memory. Behind every reader of such tables, so that all of them read and refuse alike.

- UTF-8, UTF-16 by its mark, else Windows-1252 with a note; damaged UTF-8 is refused.
- Commas, semicolons, tabs or bars, or what a line `sep=;` names; the first sheet of an xlsx, or
  the one that is named.
- The header is the row with the needed columns; rows above it are passed over with a note, and
  blank rows everywhere.
- What cannot be read is a `DataFormatError` with file, line and column, and so is what is larger
  than any table: `table.source` has the bounds.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from os import PathLike, fspath
from typing import Any, Final, NamedTuple

from cdtref.errors import DataFormatError, quoted
from cdtref.table.csvtext import (
    HEAD,
    Wanted,
    csv_rows,
    header_among,
    is_written,
    tell_passed,
    title_line,
)
from cdtref.table.dates import (
    DateOrder,
    advice_on_date,
    date_in_file,
    date_of_one_order,
    date_of_serial,
    numbers_of_date,
)
from cdtref.table.decoding import decoded_texts, text_lines
from cdtref.table.parquet import is_parquet, parquet_rows
from cdtref.table.rows import MOST_JSON, Pair, json_rows, parsed_json, rows_of, text_of
from cdtref.table.sheet import is_sheet, sheet_of, sheet_rows
from cdtref.table.source import (
    MOST_BYTES,
    Line,
    Note,
    OpenFile,
    Progress,
    bounded_blocks,
    bounded_rows,
    open_file,
)

__all__ = [
    "HEAD",
    "DateOrder",
    "Line",
    "Note",
    "OpenFile",
    "Progress",
    "Rows",
    "Table",
    "Wanted",
    "advice_on_date",
    "date_in_file",
    "date_of_one_order",
    "date_of_serial",
    "decoded_texts",
    "numbers_of_date",
    "open_file",
    "open_table",
    "parsed_json",
    "read_json",
    "sheet_rows",
    "shown_titles",
]

Rows = str | PathLike[str] | Mapping[str, Any] | Iterable[Mapping[str, Any]]
# Of a header, what a message repeats
_MOST_SHOWN: Final = 40
_LONGEST: Final = 200


class Table(NamedTuple):
    """
    A table that was opened.

    Attributes:
        source: The file, or 'rows'.
        header: Its column names.
        lines: Its lines that are not blank; reading on may raise a `DataFormatError`.
        again: Gives its lines from the first on, once more; None for a pipe, which gives them once.
        epoch: The day from which a workbook counts; None for other tables.
        sheet: The sheet of a workbook that is read; "" for other tables.
        other_sheets: The names of its other sheets, for a message; "" where there are none.
    """

    source: str
    header: Line
    lines: Iterator[Line]
    again: Callable[[], Iterator[Line]] | None = None
    epoch: date | None = None
    sheet: str = ""
    other_sheets: str = ""

    @property
    def titles(self) -> list[str]:
        """Its column names."""
        return list(map(str, self.header.cells))

    def text(self, line: Line, place: int) -> str:
        """
        The cell at *place* as text with single spaces; "" where it is missing: None, NaN and the
        like.

        Raises:
            DataFormatError: it is neither text nor number nor date, such as a list or True.
        """
        value = line.cells[place] if place < len(line.cells) else None
        return text_of(self.source, str(self.header.cells[place]), line.number, value)

    def fault(self, problem: str, line: int, column: str | None = None) -> DataFormatError:
        """The error that names the place."""
        return DataFormatError.at(self.source, problem, line=line, column=column)

    def width_fault(self, line: Line) -> str:
        """What is wrong with a line that has more or fewer cells than the header; else ""."""
        width = len(self.header.cells)
        if len(line.cells) == width:
            return ""
        return f"it has {len(line.cells)} fields, where the header has {width}"


@contextlib.contextmanager
def open_table(  # noqa: PLR0913  # what is asked, most by name only
    given: Rows | OpenFile,
    wanted: Wanted,
    note: Note | None = None,
    *,
    pair: Pair | None = None,
    is_stream: bool = False,
    sheet: str | None = None,
) -> Iterator[Table]:
    """
    The table of a csv, a sheet of an xlsx (the first, unless *sheet* names one), or of a parquet;
    '-' is standard input, which stays open.

    With *pair* also of JSON, of rows, or of a mapping, whose keys and values are two columns of
    these names. A csv is read as its lines are asked for; *is_stream* is for readers that keep none
    of them, and sets no bound to their number.

    Raises:
        DataFormatError: it cannot be read as a table; on reading its lines too.
        TypeError: it is neither a path nor rows nor a mapping.
        OSError: the file cannot be opened.
    """
    if isinstance(given, OpenFile):
        yield _file_table(given, _Asked(wanted, note, pair, is_stream, sheet))
    elif isinstance(given, str | PathLike):
        with open_file(given) as file:
            yield _file_table(file, _Asked(wanted, note, pair, is_stream, sheet))
    elif pair is None or isinstance(given, bytes) or not isinstance(given, Iterable):
        accepted = "a path, rows, or a mapping of code to wording"
        raise TypeError(f"a source is {accepted}, not {type(given).__name__}")
    else:
        yield Table("rows", *rows_of("rows", given, pair))


def read_json(path: str | PathLike[str]) -> Any:
    """
    What a JSON file says.

    Raises:
        DataFormatError: it is no text, no JSON, or larger than any table.
        OSError: the file cannot be opened.
    """
    name = fspath(path)
    with open_file(path) as file:
        texts = decoded_texts(name, bounded_blocks(name, file.blocks, MOST_JSON), None)
        return parsed_json(name, "".join(texts))


class _Asked(NamedTuple):
    """What a reader asks of a file."""

    wanted: Wanted
    note: Note | None
    pair: Pair | None
    is_stream: bool
    sheet: str | None


def _file_table(file: OpenFile, asked: _Asked) -> Table:
    name = file.name
    first, file = file.begun(bool)
    if is_sheet(first):
        return _sheet_table(name, b"".join(bounded_blocks(name, file.blocks, MOST_BYTES)), asked)
    if asked.sheet is not None:
        problem = f"it is no workbook, and has no sheet {quoted(asked.sheet)}"
        raise DataFormatError.at(name, problem)
    if is_parquet(first):
        return _parquet_table(file, is_stream=asked.is_stream)
    if asked.is_stream:
        table = _text_table(name, file.blocks, asked)
        return table._replace(again=_reading_again(file, asked))
    table = _text_table(name, bounded_blocks(name, file.blocks, MOST_BYTES), asked)
    return table._replace(lines=bounded_rows(name, table.lines))


def _reading_again(file: OpenFile, asked: _Asked) -> Callable[[], Iterator[Line]] | None:
    """The lines of a text from the first on, read once more; what is to be told of it is told."""
    path = file.path
    if path is None:
        return None

    def lines() -> Iterator[Line]:
        with open_file(path) as again:
            silent = asked._replace(note=None)
            yield from _text_table(file.name, again.blocks, silent).lines

    return lines


def _text_table(name: str, blocks: Iterable[bytes], asked: _Asked) -> Table:
    texts: Iterable[str] = decoded_texts(name, blocks, asked.note)
    if asked.pair is not None:
        following = iter(texts)
        begun = "".join(_first_written(following))
        texts = itertools.chain([begun], following)
        if begun.lstrip()[:1] in ("[", "{"):
            return Table(name, *json_rows(name, "".join(texts), asked.pair))
    return Table(name, *csv_rows(name, text_lines(name, texts), asked.wanted, asked.note))


def _first_written(texts: Iterator[str]) -> Iterator[str]:
    """The text up to its first sign that is no space, which tells JSON from csv."""
    for text in texts:
        yield text
        if text.strip():
            return


def _sheet_table(name: str, content: bytes, asked: _Asked) -> Table:
    sheet = sheet_of(name, content, asked.sheet)
    if sheet.others and asked.sheet is None and asked.note is not None:
        told = f"the first sheet of the workbook is read, {quoted(sheet.name)}"
        asked.note(f"{told}; others are passed over: {sheet.others}")
    rows = [row for row in sheet.rows if is_written(row)]
    header = header_among(rows, asked.wanted)
    above = [row for row in rows if row.number < header.number]
    tell_passed(len(above), header.number, asked.note)

    def below() -> Iterator[Line]:
        return itertools.islice(rows, len(above) + 1, None)

    titles = title_line(name, header)
    return Table(name, titles, below(), below, sheet.epoch, sheet.name, sheet.others)


def _parquet_table(file: OpenFile, *, is_stream: bool) -> Table:
    """Its columns have names, and nothing stands above them."""
    content = None
    if file.path is None:
        content = b"".join(bounded_blocks(file.name, file.blocks, MOST_BYTES))

    def lines() -> Iterator[Line]:
        _, rows = parquet_rows(file.name, file.path or content)
        return rows if is_stream else bounded_rows(file.name, rows)

    titles, _ = parquet_rows(file.name, file.path or content)
    return Table(file.name, title_line(file.name, titles), lines(), lines)


def shown_titles(titles: Sequence[str]) -> str:
    """The titles of a header in quotes for a message, as many as it has room for."""
    shown = ", ".join(map(quoted, titles[:_MOST_SHOWN]))
    if len(shown) <= _LONGEST and len(titles) <= _MOST_SHOWN:
        return shown
    return f"{shown[:_LONGEST]} ..."
