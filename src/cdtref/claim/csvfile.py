"""
Claim lines from a csv, xlsx or parquet whose columns are the fields of `ClaimLine`; a column
`claim` groups them.
"""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Iterator, Mapping, Sequence
from os import PathLike
from typing import Final, NamedTuple

from cdtref.claim.columns import (
    CLAIM,
    PATIENT,
    Layout,
    Place,
    fields_of_titles,
    layout_of,
    places_in,
    tell_others,
)
from cdtref.claim.filed import FiledClaim, Kind, Row
from cdtref.claim.filerules import LINE_UNREADABLE
from cdtref.claim.finding import Finding
from cdtref.claim.finding import Place as FoundPlace
from cdtref.claim.line import ClaimLine
from cdtref.claim.patients import PatientKeys
from cdtref.claim.tablelines import RowReader
from cdtref.code import is_valid_code, parse_code
from cdtref.errors import DataFormatError
from cdtref.safetext import printable
from cdtref.table import Line, Note, OpenFile, Wanted, open_table

# An 837D claim has at most 50 lines. Where more than these stand together, the column is likely
# none of claims, and all of them at once would be a whole file in memory.
_MOST_TOGETHER: Final = 500
_MOST_CLAIMS_WATCHED: Final = 100_000  # of which a hash is kept, 8 MB
_LONGEST_CLAIM: Final = 40  # characters of a claim's name that a note repeats


def read_claim_lines(  # noqa: PLR0913  # each is a part of the question, most by name only
    path: str | PathLike[str],
    columns: Mapping[str, str] | None = None,
    *,
    dates: str | None = None,
    profile: str | None = None,
    note: Note | None = None,
    sheet: str | None = None,
) -> Iterator[Row]:
    """
    The claim lines of a csv, of any length, one by one as they are read, of a sheet of an xlsx (the
    first, or the one that *sheet* names), or of a parquet; '-' is standard input.

    Its columns are the fields of `ClaimLine`, or those that *columns* names: field -> header; the
    usual titles of practice systems are known, and *profile* names one: 'open-dental', 'dentrix',
    'eaglesoft' or 'warehouse'. Others are passed over, of which *note* is told, and so are rows
    that are no lines and rows above the header. Modifiers are split by spaces, commas or
    semicolons.

    *dates* tells the order of the numbers in 3/2/2026: 'mdy', which is taken for granted where no
    date of the file says otherwise, or 'dmy'; 'none' is for a plan whose lines have no date.

    Raises:
        DataFormatError: a column is missing or double, or a cell cannot be read, or a date has the
            day first and *dates* does not tell; it names line and column.
        ValueError: *columns* names a field that there is not; no such profile or order of dates.
        OSError: the file cannot be opened.
    """
    layout = layout_of(columns, dates, profile, sheet)
    for read in _TableRows(layout, note).rows(path):
        if isinstance(read.said, DataFormatError):
            raise read.said
        yield Row(read.number, read.claim, read.said)


def claims_of_table(
    file: OpenFile, layout: Layout, note: Note | None = None, keys: PatientKeys | None = None
) -> Iterator[FiledClaim]:
    """
    The claims of a table, as they are read. Rows of one claim stand together; more than 500 of them
    are several claims. A row that names no claim is one by itself, or with *keys*, which tell its
    patient, one with the rows of that patient and day beside it.

    Raises:
        DataFormatError: a column is missing or double, or a date has the day first.
    """
    rows = _TableRows(layout, note, keys)
    for _, together in itertools.groupby(rows.rows(file), key=_group_of):
        while group := list(itertools.islice(together, _MOST_TOGETHER)):
            yield _filed_claim(group, layout, has_placement=rows.has_placement)


class _Read(NamedTuple):
    """A row that was read, and whose it is."""

    number: int
    claim: str
    patient: bytes | None
    said: ClaimLine | DataFormatError
    code: str


def _group_of(read: _Read) -> Hashable:
    if read.claim:
        return read.claim
    if read.patient is not None and isinstance(read.said, ClaimLine):
        return read.patient, read.said.date
    return read.number


class _TableRows:
    """The rows of one table."""

    def __init__(self, layout: Layout, note: Note | None, keys: PatientKeys | None = None) -> None:
        self.has_placement = True
        self._layout = layout
        self._note = note
        self._keys = keys

    def rows(self, given: str | PathLike[str] | OpenFile) -> Iterator[_Read]:
        wanted = Wanted(self._count_needed, len(self._layout.needed))
        sheet = self._layout.sheet
        with open_table(given, wanted, self._note, is_stream=True, sheet=sheet) as table:
            places = places_in(table, self._layout)
            self.has_placement = "prosthesis" in places
            self._settle_patients(places)
            tell_others(table, places, self._note)
            reader = RowReader(table, places, self._layout, self._note)
            order = _ClaimOrder(self._note)
            claim, patient = _first_of(places, CLAIM), _first_of(places, PATIENT)
            code = _first_of(places, "code")
            for line in table.lines:
                said = reader.read(line)
                if said is not None:
                    name = _cell_at(line, claim)
                    order.watch(name, line.number)
                    key = self._key_of(line, patient)
                    yield _Read(line.number, name, key, said, _cell_at(line, code))
            reader.tell_passed()

    def _settle_patients(self, places: dict[str, Place]) -> None:
        """The column of patients is looked at only where a history is asked for."""
        if self._keys is None:
            places.pop(PATIENT, None)
        elif PATIENT not in places and self._note is not None:
            told = "there is no column of patients, so no history"
            self._note(f"{told}; name it: columns={{'patient': ...}}, or --column patient=...")

    def _count_needed(self, titles: Sequence[str]) -> int:
        return len(set(self._layout.needed) & set(fields_of_titles(titles, self._layout)))

    def _key_of(self, line: Line, place: int | None) -> bytes | None:
        """Of what stands in the column of patients nothing is kept but this."""
        if self._keys is None:
            return None
        return self._keys.key_of(_cell_at(line, place))


class _ClaimOrder:
    """Whether the rows of a claim stand together; of each claim a hash is kept."""

    def __init__(self, note: Note | None) -> None:
        self._note = note
        self._claim = ""
        self._seen: set[int] = set()

    def watch(self, claim: str, number: int) -> None:
        """Tell of the first claim that comes again."""
        if claim == self._claim or self._note is None:
            return
        self._claim = claim
        if claim and hash(claim) in self._seen:
            told = f"line {number}: the claim {printable(claim[:_LONGEST_CLAIM])} comes again"
            why = "lines that do not stand together are not checked together"
            self._note(f"{told}; {why}, so sort the file by claim")
            self._note = None
        elif claim and len(self._seen) < _MOST_CLAIMS_WATCHED:
            self._seen.add(hash(claim))


def _first_of(places: Mapping[str, Place], field: str) -> int | None:
    place = places.get(field)
    return None if place is None else place.places[0]


def _cell_at(line: Line, place: int | None) -> str:
    """Of a line that is too short or too long as well, so that it does not part its claim."""
    if place is None or place >= len(line.cells):
        return ""
    cell: str = line.cells[place].strip()
    return cell


def _filed_claim(group: Sequence[_Read], layout: Layout, *, has_placement: bool) -> FiledClaim:
    lines: list[ClaimLine] = []
    numbers: list[int] = []
    faults: list[Finding] = []
    fault_numbers: list[int] = []
    for read in group:
        if isinstance(read.said, ClaimLine):
            lines.append(read.said)
            numbers.append(read.number)
        else:
            faults.append(_unreadable(read, read.said, len(lines)))
            fault_numbers.append(read.number)
    first = group[0]
    kind: Kind = "line"
    if first.claim or first.patient is not None:
        kind = "lines"
    found = lines, numbers, faults, fault_numbers
    told = has_placement, layout.dates == "none", first.patient
    return FiledClaim(kind, first.claim, *found, *told)


def _unreadable(read: _Read, error: DataFormatError, index: int) -> Finding:
    problem = str(error).removeprefix(f"{error.place}: ")
    if is_valid_code(read.code):  # a biller looks for it in the practice's system
        problem = f"{parse_code(read.code)}: {problem}"
    place = FoundPlace(read.number, 0)
    return LINE_UNREADABLE.finding(problem, field=error.column or "", line_index=index, place=place)
