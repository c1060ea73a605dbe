"""
A table of CMS as numbered lines of cells, whichever program saved it: a text whose cells are split
by commas, semicolons, tabs or bars, or the first sheet of a workbook.

Nothing here knows what the cells mean. Refused are formulas, and what is larger than any table of
CMS.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Final

from cdtref.feeschedule.cmsfile import Named, decoded
from cdtref.table import sheet_rows

Line = tuple[int, list[str]]
"""A line of a file as cells, with its number from 1."""

MOST_ROWS: Final = 99_999  # a release has under 20,000
MOST_COLUMNS: Final = 78  # up to BZ in a spreadsheet; a release has 32

_DELIMITERS: Final = ",;\t|"
_HEAD: Final = 16384  # characters of a text by which the delimiter is told
# Where a DOS program thought a file ended; Excel keeps it as a cell, and writes it so in an xlsx.
_ENDS: Final = ("\x1a", "_x001A_")


def lines_of(file: Named) -> Iterator[Line]:
    """All lines of a table that are not blank; what stands behind a mark of the end is refused."""
    lines: Iterable[Line] = _text_lines(file)
    if file.is_packed:
        lines = sheet_rows(file.name, file.content)
    ended = False
    for number, cells in lines:
        if not any(cells):
            continue
        if ended:
            raise file.fault("a row stands behind the mark of the file's end", line=number)
        if cells[0] in _ENDS and not any(cells[1:]):
            ended = True
            continue
        if number > MOST_ROWS or len(cells) > MOST_COLUMNS:
            most = f"at most {MOST_ROWS} rows of {MOST_COLUMNS} fields are expected"
            raise file.fault(f"{len(cells)} fields, where {most}", line=number)
        yield number, cells


def text_of(file: Named) -> str:
    """The text of a file, without the final Ctrl-Z of old tools."""
    text = decoded(file.content).rstrip("\x1a\r\n ")
    at = text.find("\0")
    if at >= 0:
        raise file.fault("it holds NUL bytes, where a text, an xlsx or a zip is expected")
    return text


def _text_lines(file: Named) -> Iterator[Line]:
    text = text_of(file)
    delimiter = max(_DELIMITERS, key=text[:_HEAD].count)
    # newline="" leaves the ends of lines to the csv reader, which takes CR, LF and both.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise file.fault(f"it is not a csv ({error})", line=reader.line_num) from error
