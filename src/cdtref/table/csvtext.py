"""
A csv as numbered rows: which sign divides its cells, and in which row its header stands.

Both are told by the columns that a reader needs: a row that has them all is the header, and the
sign under which it has them divides. Rows above it are a title.
"""

from __future__ import annotations

import contextlib
import csv
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from cdtref.errors import DataFormatError
from cdtref.table.source import LONGEST_LINE, LONGEST_ROW, MOST_COLUMNS, Line, Note

Fits = Callable[[Sequence[str]], int]

_DELIMITERS: Final = ",;\t|"
_SEPARATOR: Final = re.compile(r'\s*"?sep=([^\w\s"]|\t)"?\s*', re.IGNORECASE)
HEAD: Final = 30  # lines within which the header stands; CMS's own releases have ten above it


class Wanted(NamedTuple):
    """
    The header that a reader looks for.

    Attributes:
        fits: Counts the needed columns in a row of titles.
        needed: How many they are.
    """

    fits: Fits
    needed: int


class Header(NamedTuple):
    """A row that may be the header, how well it fits, and the sign that divides its titles."""

    rank: tuple[int, int, int]
    line: Line
    delimiter: str

    @property
    def fits(self) -> int:
        """How many of the needed columns it has."""
        return self.rank[0]


def _no_header() -> Header:
    """Where no row is one; made anew, for a line has a list."""
    return Header((-1, 0, 0), Line(1, []), ",")


def csv_rows(
    name: str, lines: Iterator[str], wanted: Wanted, note: Note | None
) -> tuple[Line, Iterator[Line]]:
    """
    The header, its titles stripped, and the rows below it that are not blank, each with the number
    of its first line.

    Raises:
        DataFormatError: the header is too wide, or (on reading on) a quote is never closed, text
            follows a closing quote, or a row is longer than any.
    """
    head: list[str] = []
    header = _find_header(head, lines, wanted)
    rows = _rows_under(name, itertools.chain(head, lines), header.delimiter)
    below = itertools.dropwhile(lambda row: row.number < header.line.number, rows)
    titles = title_line(name, next(below, header.line))
    tell_passed(_titles_above(head[: titles.number - 1]), titles.number, note)
    return titles, below


def title_line(name: str, header: Line) -> Line:
    """
    The header with its titles stripped.

    Raises:
        DataFormatError: it has more columns than any table.
    """
    if len(header.cells) > MOST_COLUMNS:
        problem = f"{len(header.cells)} columns, where at most {MOST_COLUMNS} are expected"
        raise DataFormatError.at(name, problem, line=header.number)
    return Line(header.number, stripped_titles(header))


def stripped_titles(row: Line) -> list[str]:
    """The cells of a row as titles, no more of them than a table may have columns."""
    return [str(cell).strip() for cell in row.cells[:MOST_COLUMNS]]


def ranked_header(row: Line, delimiter: str, wanted: Wanted) -> Header:
    """
    A row by how well it may be the header: that with most of the needed columns, the upper one of
    two, and of one row under two signs the wider one.
    """
    rank = wanted.fits(stripped_titles(row)), -row.number, len(row.cells)
    return Header(rank, row, delimiter)


def header_among(rows: Sequence[Line], wanted: Wanted) -> Line:
    """The header of a sheet, whose rows are cells already."""
    ranked = (ranked_header(row, "", wanted) for row in rows[:HEAD])
    return max(ranked, key=_rank_of, default=_no_header()).line


def is_written(row: Line) -> bool:
    """True where any cell has text."""
    return any(str(cell).strip() for cell in row.cells)


def tell_passed(count: int, header: int, note: Note | None) -> None:
    """A word on the rows above the header, where there are any."""
    if count and note is not None:
        note(f"rows above the header passed over: {count}; the header is line {header}")


def _find_header(head: list[str], lines: Iterator[str], wanted: Wanted) -> Header:
    """
    The row that fits best, read under every sign in turn. No line beyond it is asked for, since in
    a pipe the next one may be long in coming.
    """
    told = _named_delimiter(head, lines)
    delimiters = told or _DELIMITERS
    skipped = len(told)  # the line that names the sign is the first row
    readers = [
        itertools.islice(_head_rows(head, lines, delimiter), skipped, None)
        for delimiter in delimiters
    ]
    best = _no_header()
    for rows in itertools.zip_longest(*readers):
        for row, delimiter in zip(rows, delimiters, strict=True):
            if row is not None:
                best = max(best, ranked_header(row, delimiter, wanted), key=_rank_of)
        if best.fits >= wanted.needed:
            break
    return best


def _rank_of(header: Header) -> tuple[int, int, int]:
    return header.rank


def _named_delimiter(head: list[str], lines: Iterator[str]) -> str:
    """The sign that a line such as Excel's 'sep=;' names; "" where the first line is none."""
    for line in _head_lines(head, lines):
        if line.strip():
            named = _SEPARATOR.fullmatch(line)
            return "" if named is None else named[1]
    return ""


def _head_lines(head: list[str], lines: Iterator[str]) -> Iterator[str]:
    """The first lines, which are kept, since they are read several times."""
    for place in range(HEAD):
        if place == len(head):
            head.extend(itertools.islice(lines, 1))
        if place == len(head):
            return
        yield head[place]


def _head_rows(head: list[str], lines: Iterator[str], delimiter: str) -> Iterator[Line]:
    with contextlib.suppress(csv.Error):  # another sign's quotes, or such as end below the head
        yield from _csv_rows(_Feed(_head_lines(head, lines)), delimiter)


def _titles_above(head: Sequence[str]) -> int:
    written = [line for line in head if line.strip()]
    if written and _SEPARATOR.fullmatch(written[0]):
        del written[0]
    return len(written)


def _rows_under(name: str, lines: Iterable[str], delimiter: str) -> Iterator[Line]:
    feed = _Feed(lines)
    try:
        yield from _csv_rows(feed, delimiter)
    except csv.Error as error:
        problem = f"it is not csv ({_told_by(error)})"
        raise DataFormatError.at(name, problem, line=feed.row) from error


def _csv_rows(feed: _Feed, delimiter: str) -> Iterator[Line]:
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    for cells in reader:
        if any(map(str.strip, cells)):
            yield Line(feed.row, cells)
        feed.row = reader.line_num + 1
        feed.length = 0


def _told_by(error: csv.Error) -> str:
    told = str(error)
    if told == "unexpected end of data":
        return "a quote is never closed"
    if told.startswith("field larger"):
        return f"a quote is never closed, or a cell has more than {LONGEST_LINE} characters"
    return told


class _Feed:
    """
    Lines for the csv module. Within quotes it would join endless ones to one row, so their length
    is counted.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = iter(lines)
        self.row = 1  # the number of the first line of the row
        self.length = 0  # its characters so far

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self.lines)
        self.length += len(line)
        if self.length > LONGEST_ROW:
            raise csv.Error(f"a row has more than {LONGEST_ROW} characters")
        return line
