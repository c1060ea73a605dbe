"""
CMS's own files, read as they are downloaded: what is in them, told from their content and never
from their names.

A relative value file comes as csv, as xlsx (extra `cms`) and as fixed-width text, or as the zip
with all three; the localities (GPCI) and anesthesia factors (ANES) come as csv. Nothing is loaded
in part: a file that is not what it says raises `DataFormatError` with its line and column.

Source of the layouts: CMS, documentation of RVU25D and RVU26A, and the files themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Final, NamedTuple

from cdtref.errors import DataFormatError, quoted
from cdtref.feeschedule.cmsfile import Line, Named, lines_of, text_of, xlsx_lines

_MOST_HEADER_LINES: Final = 40
_HEAD_BYTES: Final = 8192
_QUARTERS: Final = {"January": "A", "April": "B", "July": "C", "October": "D"}

# The fixed-width file names no year; its conversion factor tells it (Federal Register, PFS final
# rules).
YEAR_OF_FACTOR: Final[Mapping[str, int]] = {
    "36.0391": 2019,
    "36.0896": 2020,
    "34.8931": 2021,
    "34.6062": 2022,
    "33.8872": 2023,
    "32.7442": 2024,
    "33.2875": 2024,
    "32.3465": 2025,
    "33.4009": 2026,
    "33.5675": 2026,
}


class Column(NamedTuple):
    """
    A column of the relative value file: our name, its header, its form, its place in a fixed-width
    record.
    """

    name: str
    header: str
    form: str
    place: tuple[int, int]


_NUMBER: Final = r"\d+(?:\.\d*)?|\.\d+"
_NA: Final = r"(?:NA)?"
_MARK: Final = r"[0-9A-Z]"

# Places are from 1 and inclusive, as CMS's documentation gives them.
COLUMNS: Final = (
    Column("code", "HCPCS", r"[0-9A-Z]{5}", (1, 5)),
    Column("modifier", "MOD", r"(?:26|TC|53)?", (6, 7)),
    Column("status", "STATUS CODE", r"[ABCEIJMNPRTX]", (58, 58)),
    Column("not_used_for_payment", "NOT USED FOR MEDICARE PAYMENT", r"\+?", (59, 59)),
    Column("work", "WORK RVU", _NUMBER, (60, 65)),
    Column("pe_nonfacility", "NON-FAC PE RVU", _NUMBER, (67, 72)),
    Column("na_nonfacility", "NON-FAC NA INDICATOR", _NA, (73, 74)),
    Column("pe_facility", "FACILITY PE RVU", _NUMBER, (76, 81)),
    Column("na_facility", "FACILITY NA INDICATOR", _NA, (82, 83)),
    Column("mp", "MP RVU", _NUMBER, (85, 89)),
    Column("total_nonfacility", "NON-FACILITY TOTAL", _NUMBER, (91, 96)),
    Column("total_facility", "FACILITY TOTAL", _NUMBER, (97, 102)),
    Column("pctc", "PCTC IND", _MARK, (103, 103)),
    Column("global_days", "GLOB DAYS", r"\d{3}|[A-Z]{3}", (104, 106)),
    Column("pre_op", "PRE OP", _NUMBER, (107, 109)),
    Column("intra_op", "INTRA OP", _NUMBER, (110, 112)),
    Column("post_op", "POST OP", _NUMBER, (113, 115)),
    Column("multiple_procedure", "MULT PROC", _MARK, (116, 116)),
    Column("bilateral", "BILAT SURG", _MARK, (117, 117)),
    Column("assistant", "ASST SURG", _MARK, (118, 118)),
    Column("co_surgeon", "CO- SURG", _MARK, (119, 119)),
    Column("team", "TEAM SURG", _MARK, (120, 120)),
    Column("endoscopic_base", "ENDO BASE", r"(?:[0-9A-Z]{5})?", (128, 132)),
    Column("conversion_factor", "CONV FACTOR", r"\d+\.\d+", (133, 140)),
    Column(
        "supervision", "PHYSICIAN SUPERVISION OF DIAGNOSTIC PROCEDURES", r"[0-9A-Z]{2}", (142, 143)
    ),
    Column("imaging_family", "DIAGNOSTIC IMAGING FAMILY INDICATOR", r"\d{1,2}", (146, 147)),
    Column(
        "opps_pe_nonfacility", "NON-FACILITY PE USED FOR OPPS PAYMENT AMOUNT", _NUMBER, (152, 157)
    ),
    Column("opps_pe_facility", "FACILITY PE USED FOR OPPS PAYMENT AMOUNT", _NUMBER, (159, 164)),
    Column("opps_mp", "MP USED FOR OPPS PAYMENT AMOUNT", _NUMBER, (166, 171)),
)


class Release(NamedTuple):
    """A relative value file as read: what it is, and its rows packed under code and modifier."""

    name: str
    year: int
    conversion_factor: Decimal
    rows: dict[str, str]


def is_release(file: Named) -> bool:
    """
    True for relative values: fixed-width text, an xlsx, or a csv headed by code, modifier and
    description.
    """
    if file.is_packed:
        return True
    text = file.content[:_HEAD_BYTES].decode("latin-1")
    return (
        text.startswith("HDR")
        or re.search(r"^HCPCS,MOD,DESCRIPTION,", text, re.MULTILINE) is not None
    )


def is_gpci(file: Named) -> bool:
    """True for a csv of localities."""
    return (
        b"Locality Number" in file.content[:_HEAD_BYTES] and b"GPCI" in file.content[:_HEAD_BYTES]
    )


def read_release(file: Named) -> Release:
    """The relative values in one file: csv, fixed-width text or xlsx."""
    if file.is_packed:
        return _from_table(file, xlsx_lines(file))
    text = text_of(file)
    if text.startswith("HDR"):
        return _from_fixed(file, text)
    return _from_table(file, lines_of(file, text))


def first_release(path: str | Path, files: tuple[Named, ...]) -> Release:
    """
    The relative values among several files: the csv before the other forms of the same; where a zip
    holds the files of both conversion factors of a year, the lower one, which is that of the
    non-qualifying.
    """
    found = [file for file in files if is_release(file)]
    for ending in (".csv", ".txt", ".xlsx", ""):
        chosen = [file for file in found if file.name.lower().endswith(ending)]
        if chosen:
            return min(map(read_release, chosen), key=lambda release: release.conversion_factor)
    raise Named(str(path), b"").fault(
        "no relative value file (PPRRVU) of CMS is in it: no csv headed HCPCS,MOD,DESCRIPTION, no such text or xlsx"
    )


def _from_table(file: Named, lines: Iterator[Line]) -> Release:
    header = _header(file, lines)
    titles = " ".join(cell for _, cells in header for cell in cells)
    places = _places(file, header)
    width = len(header[-1][1])
    records = (
        (number, [cells[place].strip() for place in places])
        for number, cells in _filled(file, lines, width)
    )
    return _release(file, titles, records)


def _header(file: Named, lines: Iterator[Line]) -> list[Line]:
    """The title lines and the lines of the header, down to the one that begins with HCPCS."""
    header: list[Line] = []
    for line in lines:
        header.append(line)
        if line[1] and line[1][0].strip() == "HCPCS":
            return header
        if len(header) > _MOST_HEADER_LINES:
            break
    raise file.fault(
        "no header line that begins with HCPCS, as a relative value file (PPRRVU) of CMS has it"
    )


def _places(file: Named, header: list[Line]) -> list[int]:
    """Where each column stands, by its name, which is split over the lines of the header."""
    titled = [
        cells
        for _, cells in header
        if not re.search("National Physician|copyright|RELEASED", " ".join(cells))
    ]
    if not titled:
        raise file.fault(
            "the header line speaks of copyright or release; no column can be told",
            line=header[-1][0],
        )
    width = len(titled[-1])
    stacked = [
        " ".join(" ".join(cells[n] for cells in titled if n < len(cells)).split())
        for n in range(width)
    ]
    for column in COLUMNS:
        if stacked.count(column.header) != 1:
            problem = f"the header has {stacked.count(column.header)} columns of that name, where one is expected"
            raise file.fault(problem, line=header[-1][0], column=column.header)
    return [stacked.index(column.header) for column in COLUMNS]


def _filled(file: Named, lines: Iterator[Line], width: int) -> Iterator[Line]:
    for number, cells in lines:
        if not any(cells):
            continue
        if len(cells) < width or any(cells[width:]):
            raise file.fault(f"{len(cells)} fields, where {width} are expected", line=number)
        yield number, cells


def _from_fixed(file: Named, text: str) -> Release:
    lines = enumerate(text.splitlines(), start=1)
    records = (
        (
            number,
            [
                line[first - 1 : last].strip()
                for first, last in (column.place for column in COLUMNS)
            ],
        )
        for number, line in lines
        if not line.startswith("HDR")
    )
    return _release(file, "", records)


def _release(file: Named, titles: str, records: Iterable[tuple[int, list[str]]]) -> Release:
    names = [column.name for column in COLUMNS]
    factor_at = names.index("conversion_factor")
    check = _checker(file)
    rows: dict[str, str] = {}
    factors: set[str] = set()
    for number, record in records:
        values = check(number, record)
        factors.add(values.pop(factor_at))
        key = values[0] + values[1]
        if key in rows:
            raise file.fault(
                f"{values[0]} {values[1]} is there a second time".replace("  ", " "), line=number
            )
        rows[key] = "|".join(values[2:])
    if len(factors) != 1:
        raise file.fault(
            f"{len(factors)} conversion factors, where one is expected: {sorted(factors)[:4]}"
        )
    factor = factors.pop()
    name, year = _identity(file, titles, factor)
    return Release(name, year, Decimal(factor), rows)


def _checker(file: Named) -> Callable[[int, list[str]], list[str]]:
    """
    Checks the form of a record's values, by one pattern, and writes numbers as the csv prints them.
    """
    whole = re.compile("\x1f".join(f"(?:{column.form})" for column in COLUMNS), re.ASCII)
    two = [n for n, column in enumerate(COLUMNS) if column.form is _NUMBER]

    def check(number: int, record: list[str]) -> list[str]:
        record[0] = record[0].zfill(5)
        if whole.fullmatch("\x1f".join(record)) is None:
            raise _misfit(file, number, record)
        for n in two:
            if len(record[n]) < 4 or record[n][-3] != ".":  # ".10" and "1" as "0.10" and "1.00"
                record[n] = f"{Decimal(record[n]):.2f}"
        return record

    return check


def _misfit(file: Named, number: int, record: list[str]) -> DataFormatError:
    pairs = zip(
        COLUMNS, record, strict=True
    )  # no form takes the separator, so one of them at least is not met
    column, value = next(
        pair for pair in pairs if re.fullmatch(pair[0].form, pair[1], re.ASCII) is None
    )
    expected = "a number" if column.form is _NUMBER else f"the form {column.form}"
    return file.fault(
        f"{quoted(value)}, where {expected} is expected", line=number, column=column.header
    )


def _identity(file: Named, titles: str, factor: str) -> tuple[str, int]:
    """
    Name and year of the release: from the title lines, else the year alone from the conversion
    factor.
    """
    quarter = next(
        (letter for month, letter in _QUARTERS.items() if f"{month} Release" in titles), ""
    )
    titled = re.search(r"(20\d\d) National Physician Fee Schedule", titles)
    year = int(titled[1]) if titled else YEAR_OF_FACTOR.get(factor)
    if year is None:
        raise file.fault(f"neither a title line nor its conversion factor {factor} tells the year")
    return f"RVU{year % 100:02}{quarter}", year
