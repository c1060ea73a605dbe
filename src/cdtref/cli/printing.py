"""
How answers are printed: tables for a person, plain text split by tabs for a program, JSON where it
is asked for.

All text passes `printable` on its way to a terminal and `spreadsheet_cell` on its way into a row of
a pipe, for it may be a user's. JSON is exact: what could act stands in its strings as an escape.
"""

from __future__ import annotations

import codecs
import io
import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

import click
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cdtref.safetext import printable, spreadsheet_cell

# A table is drawn when all of its rows are there; so many can be held and read without trouble.
_ROWS_A_TABLE: Final = 1_000
# What JSON leaves as it is in a string: on a terminal it would act, or hide.
_ACTING: Final = re.compile("[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
# What to write in Python, where an option follows, and where none does.
_OR_OPTION: Final = re.compile(
    r"(?:columns=\{'\w+': \.\.\.\}|dates='\w+'|sheet=\.\.\.), or (?=--[a-z])"
)
_AS_COLUMNS: Final = re.compile(r"columns=\{'(\w+)': \.\.\.\}")
_HALVES: Final = re.compile("[\ud800-\udfff]")  # of surrogates, which no encoding carries
_IN_ASCII: Final = str.maketrans(
    {"\u201c": '"', "\u201d": '"', "\u2018": "'", "\u2019": "'", "\u2013": "-", "\u2014": "-"}
)


def prepare_output() -> None:
    """Let what the encoding of a terminal lacks be written by its nearest signs in ASCII."""
    codecs.register_error("cdtref.nearest", _nearest_signs)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="cdtref.nearest")


def _nearest_signs(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end].translate(_IN_ASCII)
    plain = unicodedata.normalize("NFKD", lacking).encode("ascii", "ignore").decode("ascii")
    return plain or "?" * len(lacking), error.end


def said(value: Any) -> str:
    """A value as a cell: nothing for None, yes or no for a truth."""
    if value is None:
        return ""
    if value is True:
        return "yes"
    if value is False:
        return "no"
    return str(value)


def tell(message: str) -> None:
    """A word to the person at the terminal, after what was answered so far."""
    sys.stdout.flush()
    click.echo(printable(in_options(message)), err=True)


def in_options(message: str) -> str:
    """
    A message of the library in words of the command line: of what to write in Python or as an
    option, the option.

    >>> in_options("name it: columns={'code': ...}, or --column code=...")
    'name it: --column code=...'
    """
    told = _OR_OPTION.sub("", message)
    return _AS_COLUMNS.sub(r"--column \1=...", told)


def print_json(value: Any) -> None:
    """One JSON value."""
    click.echo(json_text(value))


def print_json_list(values: Iterable[Any]) -> None:
    """A JSON list, item by item as they come, in the very form that it has as a whole."""
    separator = "[\n  "
    for value in values:
        sys.stdout.write(separator + json_text(value).replace("\n", "\n  "))
        separator = ",\n  "
    sys.stdout.write("[]\n" if separator.startswith("[") else "\n]\n")


def print_json_rows(values: Iterable[Any]) -> None:
    """JSON values as they come, each on a line of its own."""
    for value in values:
        sys.stdout.write(json_text(value, indent=None) + "\n")


def json_text(value: Any, indent: int | None = 2) -> str:
    """JSON for people, in which signs stand for themselves where the output can carry them."""
    is_utf8 = codecs.lookup(sys.stdout.encoding or "ascii").name == "utf-8"
    text = json.dumps(value, indent=indent, ensure_ascii=not is_utf8)
    escaped = _ACTING if sys.stdout.isatty() else _HALVES
    return escaped.sub(_json_escape, text)


def _json_escape(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be", "surrogatepass").hex()
    return re.sub("(.{4})", r"\\u\1", units)


def print_table(
    head: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    header: bool = False,
) -> None:
    """
    A drawn table for a person; for a program a line a row as it comes, split by tabs, with the
    *head* only if *header* asks for it.
    """
    if sys.stdout.isatty():
        for table in _tables(head, rows):
            print_paged(table)
        return
    if header:
        _print_row(head)
    for row in rows:
        _print_row(row)


def _print_row(cells: Iterable[Any]) -> None:
    # Not by click, which flushes each line: of a large file there are many.
    sys.stdout.write("\t".join(spreadsheet_cell(said(cell)) for cell in cells) + "\n")


def _tables(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[Table]:
    """The rows as tables of at most a thousand, so that a long answer needs little memory."""
    for part in _batches(rows):
        table = Table(*head, header_style="bold")
        for row in part:
            table.add_row(*(Text(printable(said(cell))) for cell in row))
        yield table


def _batches(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    left = iter(rows)
    while part := list(islice(left, _ROWS_A_TABLE)):
        yield part


def print_notices(notices: Iterable[tuple[str, str]]) -> None:
    """For a person, as they come: a line that says where and what, and below it the message."""
    screen = console()
    for title, message in notices:
        screen.print(Text(printable(title), style="bold"))
        screen.print(Padding(Text(printable(message)), (0, 0, 0, 2)))


def print_line(text: str) -> None:
    """A sentence, folded to the width of a terminal."""
    console().print(Text(printable(text)))


def print_paged(drawn: Any) -> None:
    """Something drawn by rich; in a pager where a person sits and it is longer than the screen."""
    screen = console()
    if not (sys.stdout.isatty() and sys.stdin.isatty()):
        screen.print(drawn)
        return
    with screen.capture() as caught:
        screen.print(drawn)
    text = caught.get()
    if text.count("\n") < screen.height:
        click.echo(text, nl=False)
    else:
        click.echo_via_pager(text)


def console() -> Console:
    """
    Rich keeps to plain text in pipes, and to no colors under NO_COLOR; in a pipe lines are not
    folded either.
    """
    return Console(highlight=False, markup=False, emoji=False, soft_wrap=not sys.stdout.isatty())
