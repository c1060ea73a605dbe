"""
Localities of the physician fee schedule: geographic practice cost indices (GPCI).

Source: CMS, addendum E of each release.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from os import PathLike
from typing import TYPE_CHECKING, Final

import attrs

import cdtref.errors  # for the name `cdtref`, see below
from cdtref.errors import DataFormatError, quoted

# Named in full in annotations: what unpacks files is loaded with the first of them.
if TYPE_CHECKING:
    import cdtref.feeschedule.cmsfile

# The first cell is "Medicare Administrative Contractor", with or without "(MAC)" behind it.
_HEADER: Final = ("State", "Locality Number", "Locality Name")
_INDEX: Final = re.compile(r"\d(?:\.\d{1,3})?")
_YEAR: Final = re.compile(r"\b20\d\d\b")
# The printer's form of the file: its header is cut off, so that its rows alone tell what it is.
# Before the last three there may be the work index without the floor.
_PRINTED_ROW: Final = re.compile(
    r"(\d{5}) +([A-Z]{2}) +(\d{2}) +(\S.*?) {2,}(?:\d\.\d+ +)?(\d\.\d+) +(\d\.\d+) +(\d\.\d+)"
)
_LONGEST_LINE: Final = 400  # a printed row has under 200 characters


@attrs.frozen(kw_only=True)
class Locality:
    """
    A payment locality: what the relative values are multiplied by there.

    Attributes:
        key: State and locality number, such as 'CA-18'.
        name: CMS's name of it, without its footnote marks.
        contractor: Number of the Medicare administrative contractor (MAC).
        work: GPCI of physician work (with the floor of 1.0 where the file applies it).
        pe: GPCI of practice expense.
        mp: GPCI of malpractice.
    """

    key: str
    name: str
    contractor: str
    work: Decimal
    pe: Decimal
    mp: Decimal

    def __str__(self) -> str:
        return f"{self.key} {self.name}"

    @property
    def contractor_key(self) -> str:
        """
        Contractor and locality number, such as '01182-18', which is as unique as `key`.

        >>> import cdtref
        >>> cdtref.fee_schedule().locality("CA-18").contractor_key
        '01182-18'
        """
        return f"{self.contractor}-{self.key.rpartition('-')[2]}"


def read_localities(path: str | PathLike[str]) -> tuple[Locality, ...]:
    """
    The localities of a GPCI file as CMS publishes it (csv, txt, or xlsx with the extra `xlsx`), in
    the order of the file.

    Raises:
        DataFormatError: the file is not a GPCI file, or a line of it is broken.
        OSError: it cannot be opened.
    """
    from cdtref.feeschedule.cmsfile import opened

    return localities_in(opened(path))


def is_gpci(file: cdtref.feeschedule.cmsfile.Named) -> bool:
    """True for a file of localities, told from its first words."""
    from cdtref.feeschedule.cmsfile import words_of

    words = words_of(file)
    if "Locality Number" in words and "GPCI" in words:
        return True
    return not file.is_packed and any(map(_printed_row, words.splitlines()))


def first_localities(
    files: Iterable[cdtref.feeschedule.cmsfile.Named], year: int
) -> tuple[tuple[Locality, ...], tuple[str, ...]]:
    """
    The localities of the first sound GPCI file among several, and a note on each broken one.

    Read with relative values, which stay sound without them: none at all is no error.
    """
    notes = []
    for file in files:
        if not is_gpci(file):
            continue
        try:
            return localities_in(file, year), ()
        except DataFormatError as error:
            notes.append(f"no localities were read: {error}")
    return (), tuple(notes)


def localities_in(
    file: cdtref.feeschedule.cmsfile.Named, year: int | None = None
) -> tuple[Locality, ...]:
    """
    As `read_localities`, from an open file, which is to be of *year*, if its columns name one.
    """
    rows = list(_rows_of(file, year))
    found = {locality.key: locality for locality in rows}
    if not rows or len(found) != len(rows):
        problem = f"{len(rows)} localities under {len(found)} keys, where each has its own"
        raise file.fault(problem)
    return tuple(rows)


def _rows_of(file: cdtref.feeschedule.cmsfile.Named, year: int | None) -> Iterator[Locality]:
    from cdtref.feeschedule.cmsfile import words_of

    if file.is_packed or "Locality Number" in words_of(file):
        return _rows_of_table(file, year)
    return _printed_rows(file, year)


def _rows_of_table(file: cdtref.feeschedule.cmsfile.Named, year: int | None) -> Iterator[Locality]:
    from cdtref.feeschedule.sheet import lines_of

    lines = lines_of(file)
    number, titles = _header_of(file, lines)
    _require_year(file, " ".join(titles), year, number)
    # Of two work columns the one with the floor counts, as CMS's own payments have it.
    places = [_place_of_column(file, titles, name) for name in ("Floor", "PE GPCI", "MP GPCI")]
    for number, cells in lines:
        if not _is_footnote(cells):
            yield _locality_of(file, number, cells, places)


def _header_of(
    file: cdtref.feeschedule.cmsfile.Named, lines: Iterator[tuple[int, list[str]]]
) -> tuple[int, list[str]]:
    for number, cells in lines:
        titles = [" ".join(cell.split()) for cell in cells]
        is_header = titles[0].startswith("Medicare Administrative Contractor")
        if is_header and tuple(titles[1:4]) == _HEADER:
            return number, titles
    raise _no_header(file)


def _no_header(file: cdtref.feeschedule.cmsfile.Named) -> DataFormatError:
    wanted = ", ".join(("Medicare Administrative Contractor", *_HEADER))
    return file.fault(f"no header line {wanted}, as a GPCI file (addendum E) of CMS has it")


def _require_year(
    file: cdtref.feeschedule.cmsfile.Named, titles: str, year: int | None, number: int
) -> None:
    named = _YEAR.search(titles)
    if named is not None and year not in (None, int(named[0])):
        problem = f"its indices are those of {named[0]}, and the release is of {year}"
        raise file.fault(problem, line=number)


def _place_of_column(file: cdtref.feeschedule.cmsfile.Named, titles: list[str], wanted: str) -> int:
    found = []
    for place, title in enumerate(titles):
        if wanted.lower() in title.lower() and "without" not in title.lower():
            found.append(place)
    if len(found) != 1:
        problem = f"the header has {len(found)} columns with {wanted!r}, where one is expected"
        raise file.fault(problem, column=wanted)
    return found[0]


def _is_footnote(cells: list[str]) -> bool:
    """Footnotes fill one cell at most; a line cut short is one to complain of."""
    return len(list(filter(str.strip, cells))) < 2


def _locality_of(
    file: cdtref.feeschedule.cmsfile.Named, number: int, cells: list[str], places: list[int]
) -> Locality:
    width = max(places) + 1
    if len(cells) < width:
        raise file.fault(f"{len(cells)} fields, where {width} are expected", line=number)
    contractor, state, locality, name = (cell.strip() for cell in cells[:4])
    # A spreadsheet takes the zeros of numbers; their lengths tell how many.
    contractor, locality = contractor.zfill(5), locality.zfill(2)
    if not re.fullmatch(r"\d{5}-[A-Z]{2}-\d\d", f"{contractor}-{state}-{locality}", re.ASCII):
        named = f"{quoted(contractor)}, {quoted(state)}, {quoted(locality)}"
        problem = f"{named} are no contractor, state and locality"
        raise file.fault(problem, line=number)
    work, pe, mp = (_index_of(file, number, cells[place]) for place in places)
    key = f"{state}-{locality}"
    return Locality(key=key, name=_plain_name(name), contractor=contractor, work=work, pe=pe, mp=mp)


def _index_of(file: cdtref.feeschedule.cmsfile.Named, number: int, text: str) -> Decimal:
    index = text.strip()
    if _INDEX.fullmatch(index) is None or not Decimal(index):
        problem = f"{quoted(text)}, where an index above 0 and below 10 is expected"
        raise file.fault(problem, line=number)
    return Decimal(index)


def _plain_name(name: str) -> str:
    """Without the marks of footnotes."""
    return name.rstrip("* ")


def _printed_rows(file: cdtref.feeschedule.cmsfile.Named, year: int | None) -> Iterator[Locality]:
    from cdtref.feeschedule.sheet import text_of

    lines = text_of(file).splitlines()
    first = next((n for n, line in enumerate(lines) if _printed_row(line)), None)
    if first is None:
        raise _no_header(file)
    # Above the rows stands the year of the indices; footnotes below them speak of other years.
    _require_year(file, " ".join(lines[:first]), year, 1)
    for number, line in enumerate(lines[first:], start=first + 1):
        row = _printed_row(line)
        if row is not None:
            yield _locality_of(file, number, list(row.groups()), [4, 5, 6])
        elif line[:2].isdigit():
            raise file.fault("the row of a locality is broken", line=number)


def _printed_row(line: str) -> re.Match[str] | None:
    if len(line) > _LONGEST_LINE:  # the pattern would go to and fro in it
        return None
    return _PRINTED_ROW.fullmatch(line.rstrip())
