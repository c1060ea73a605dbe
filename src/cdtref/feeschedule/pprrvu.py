"""
CMS's relative value files (PPRRVU), read as they are downloaded or as a spreadsheet left them.

What is in a file is told from its content and never from its name: a table, as text or as xlsx
(extra `xlsx`), or fixed-width records. Nothing is loaded in part: a file that is not what it says
raises `DataFormatError` with its line and column. Checked is what is known of every row: the form
of its values, and that work, practice expense and malpractice make up CMS's totals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from operator import itemgetter
from os import PathLike
from pathlib import Path
from typing import Final, NamedTuple

from cdtref.feeschedule.cmsfile import Named, words_of
from cdtref.feeschedule.layout import (
    COLUMNS,
    FIRST_DAY_OF_FACTOR,
    FIRST_MONTH,
    QUARTER_OF_MONTH,
    YEAR_OF_FACTOR,
)
from cdtref.feeschedule.rows import Record, Rows
from cdtref.feeschedule.sheet import Line, lines_of, text_of

_MOST_HEADER_LINES: Final = 40  # ten in every file seen
_TITLES: Final = re.compile("National Physician|copyright|RELEASED")
_TITLED_YEAR: Final = re.compile(r"(20\d\d) National Physician Fee Schedule")
_HEADER: Final = re.compile(r'(?:^|[\r\n])"?HCPCS"?[,;\t|]"?MOD"?[,;\t|]"?DESCRIPTION')
_YEAR_IN_NAME: Final = re.compile(r"RVU(?:20)?(\d\d)(?!\d)", re.IGNORECASE)


class Release(NamedTuple):
    """
    A relative value file as read: what it is, and its rows packed under code and modifier.

    `effective` is None where neither the file nor a known factor tells the quarter.
    """

    name: str
    year: int
    effective: date | None
    conversion_factor: Decimal
    rows: dict[str, str]


def is_release(file: Named) -> bool:
    """True for relative values: fixed-width text, or a table headed by code, modifier and more."""
    words = words_of(file)
    if file.is_packed:
        return {"HCPCS", "MOD", "DESCRIPTION"} <= {word.strip() for word in words.split("\n")}
    return words.startswith("HDR") or _HEADER.search(words) is not None


def first_release(
    path: str | PathLike[str], files: tuple[Named, ...], year: int | None = None
) -> Release:
    """
    The relative values among several files: the csv before the other forms of the same; where a zip
    holds the files of both conversion factors of a year, the lower one, which is that of the
    non-qualifying.
    """
    for ending in (".csv", ".txt", ".xlsx", ""):
        named = [file for file in files if file.name.lower().endswith(ending)]
        found = [read_release(file, year) for file in named if is_release(file)]
        if found:
            return min(found, key=lambda release: release.conversion_factor)
    forms = "no csv headed HCPCS,MOD,DESCRIPTION, no such text or xlsx"
    raise Named(str(path), b"").fault(f"no relative value file (PPRRVU) of CMS is in it: {forms}")


def read_release(file: Named, year: int | None = None) -> Release:
    """
    The relative values in one file: a table or fixed-width text; *year* is that of the release
    where the file does not tell it.
    """
    if not file.is_packed and words_of(file).startswith("HDR"):
        rows = Rows(file, may_lack_zeros=False)
        rows.add_all(_fixed_records(file))
        return _named_release(file, "", rows, year)
    lines = lines_of(file)
    header = _header_lines(file, lines)
    rows = Rows(file, may_lack_zeros=True)
    rows.add_all(_records_of_table(file, header, lines))
    titles = " ".join(" ".join(cells) for _, cells in header)
    return _named_release(file, titles, rows, year)


def _header_lines(file: Named, lines: Iterator[Line]) -> list[Line]:
    """The title lines and the lines of the header, down to the one that begins with HCPCS."""
    header: list[Line] = []
    for line in lines:
        header.append(line)
        if line[1][0].strip() == "HCPCS":
            return header
        if len(header) > _MOST_HEADER_LINES:
            break
    wanted = "a relative value file (PPRRVU) of CMS"
    raise file.fault(f"no header line that begins with HCPCS, as {wanted} has it")


def _records_of_table(file: Named, header: list[Line], lines: Iterator[Line]) -> Iterator[Record]:
    # itemgetter, for a list of 29 cells made twenty thousand times takes a third of all time.
    values_in = itemgetter(*_places_of_columns(file, header))
    width = len(header[-1][1])
    for number, cells in lines:
        if len(cells) < width or any(cells[width:]):
            raise file.fault(f"{len(cells)} fields, where {width} are expected", line=number)
        yield number, values_in(cells)


def _places_of_columns(file: Named, header: list[Line]) -> list[int]:
    """Where each column stands, by its name, which is split over the lines of the header."""
    line = header[-1][0]
    titled = [cells for _, cells in header if not _TITLES.search(" ".join(cells))]
    if not titled:
        problem = "the header line speaks of copyright or release; no column can be told"
        raise file.fault(problem, line=line)
    stacked = [_stacked_words(titled, place) for place in range(len(titled[-1]))]
    for column in COLUMNS:
        count = stacked.count(column.header)
        if count != 1:
            problem = f"the header has {count} columns of that name, where one is expected"
            raise file.fault(problem, line=line, column=column.header)
    return [stacked.index(column.header) for column in COLUMNS]


def _stacked_words(titled: list[list[str]], place: int) -> str:
    """The name of a column, whose words stand below each other."""
    cells = [cells[place] for cells in titled if place < len(cells)]
    return " ".join(" ".join(cells).split())


def _fixed_records(file: Named) -> Iterator[Record]:
    slices = [slice(column.place[0] - 1, column.place[1]) for column in COLUMNS]
    for number, line in enumerate(text_of(file).splitlines(), start=1):
        if not line.startswith("HDR"):
            yield number, tuple(line[part] for part in slices)


def _named_release(file: Named, titles: str, rows: Rows, given: int | None) -> Release:
    printed = rows.conversion_factor()
    year, quarter = _told_year(file, titles, printed, given), _told_quarter(titles)
    effective = _first_day(year, quarter, printed)
    return Release(f"RVU{year % 100:02}{quarter}", year, effective, Decimal(printed), rows.packed())


def _first_day(year: int, quarter: str, factor: str) -> date | None:
    """The day on which the release comes into force: with its quarter, or with a later factor."""
    changed = FIRST_DAY_OF_FACTOR.get(factor)
    if not quarter:
        return changed
    first = date(year, FIRST_MONTH[quarter], 1)
    if changed is None:
        return first
    return max(first, changed)


def _told_quarter(titles: str) -> str:
    """The letter of the quarter that a title line names; "" where none does."""
    for month, letter in QUARTER_OF_MONTH.items():
        if f"{month} Release" in titles:
            return letter
    return ""


def _told_year(file: Named, titles: str, factor: str, given: int | None) -> int:
    """
    The year of a title line, else of a known factor, else the one given, else of the file's name.
    """
    titled = _TITLED_YEAR.search(titles)
    told = YEAR_OF_FACTOR.get(factor)
    if titled is not None:
        told = int(titled[1])
    if told is not None:
        if given not in (None, told):
            raise file.fault(f"it is of {told}, and year={given} was given")
        return told
    if given is not None:
        return given
    named = _YEAR_IN_NAME.search(Path(file.name).name)
    if named is not None:
        return 2000 + int(named[1])
    problem = f"neither a title line nor its conversion factor {factor} nor its name tells the year"
    raise file.fault(f"{problem}; give it as year=")
