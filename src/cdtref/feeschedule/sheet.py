"""
A table of CMS as numbered lines of cells, whichever program saved it: a text whose cells are split
by commas, semicolons, tabs or bars, or the first sheet of a workbook.

Nothing here knows what the cells mean. Refused are formulas, and what is larger than any table of
CMS.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Final

from cdtref.feeschedule.cmsfile import Named, decoded, parts_of, unzipped

Line = tuple[int, list[str]]
"""A line of a file as cells, with its number from 1."""

MOST_ROWS: Final = 99_999  # a release has under 20,000
MOST_COLUMNS: Final = 78  # up to BZ in a spreadsheet; a release has 32

_DELIMITERS: Final = ",;\t|"
_HEAD: Final = 16384  # characters of a text by which the delimiter is told
# Where a DOS program thought a file ended; Excel keeps it as a cell, and writes it so in an xlsx.
_ENDS: Final = ("\x1a", "_x001A_")
_FORMULA: Final = re.compile(rb"<(?:\w+:)?f[\s>/]")
# The address of a cell behind the column BZ, or of a cell or row behind the row 99999.
_FAR_CELL: Final = re.compile(rb"""\sr\s*=\s*["'](?:[A-Z]{3}|[C-Z][A-Z]|[A-Z]{0,2}\d{6})""")
_SHEET_DATA: Final = re.compile(rb"<(?:\w+:)?sheetData\b")


def lines_of(file: Named) -> Iterator[Line]:
    """All lines of a table that are not blank; what stands behind a mark of the end is refused."""
    lines = _text_lines(file)
    if file.is_packed:
        lines = _workbook_lines(file)
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


def _workbook_lines(file: Named) -> Iterator[Line]:
    """
    The first sheet of a workbook; formulas are refused, since their cached values may be stale or
    planted.
    """
    _require_plain_sheets(file)
    try:
        import python_calamine
    except ImportError as error:
        raise file.fault('reading xlsx needs an extra: pip install "cdtref[cms]"') from error
    try:
        sheet = python_calamine.load_workbook(io.BytesIO(file.content)).get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
    except Exception as error:  # calamine's errors have no common base that it exports
        raise file.fault(f"it is not a workbook that can be read ({error})") from error
    for number, row in enumerate(rows, start=1):
        yield number, [_text_of_cell(value) for value in row]


def _require_plain_sheets(file: Named) -> None:
    """Before the parser, which makes room for the whole of what the cells' addresses span."""
    with unzipped(file) as packed:
        for part in parts_of(file, packed, packed.infolist()):
            if not _SHEET_DATA.search(part.content):
                continue
            if _FORMULA.search(part.content):
                raise part.fault("it holds a formula, where CMS gives plain values")
            if _FAR_CELL.search(part.content):
                most = f"at most {MOST_ROWS} rows of {MOST_COLUMNS} columns are expected"
                raise part.fault(f"a cell stands far outside of a table; {most}")


def _text_of_cell(value: object) -> str:
    """A cell as the csv prints it: whole numbers without a point."""
    if not isinstance(value, float):
        return str(value)
    if value.is_integer():
        return str(int(value))
    return repr(value)
