"""
The rows of a table as claim lines, a cell a field.

A row that is none is passed over, and how many they were is told at the end: a row without a code
and a date, as below the lines of a treatment plan, one of totals, a payment in a ledger, and the
header once more, as a report has it on each page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

from cdtref.claim.columns import CLAIM, PATIENT, Layout, Place
from cdtref.claim.filedates import FileDates, problem_of_date
from cdtref.claim.line import ClaimLine
from cdtref.errors import DataFormatError, quoted
from cdtref.fieldtext.amounts import parse_amount, parse_count
from cdtref.table import Line, Note, Table

_DATES: Final = ("date", "prior_placement", "birth_date", "appliance_placed")
_YES: Final = ("1", "true", "yes", "y", "x")
_NO: Final = ("0", "false", "no", "n")
_LETTERS: Final = "ABCD"  # by which the form points to diagnoses, and an 837D by 1 to 4
# Between the cells of columns that are put together
_BETWEEN: Final[Mapping[str, str]] = {"tooth": ",", "surfaces": "", "area": ","}
_TOTALS: Final = re.compile(r"(?:sub|grand |claim |patient )?totals?\b.{0,40}", re.IGNORECASE)
# Areas where they are no surfaces and no teeth: some charts have one column for any place
_SURFACES: Final = {"L", "1", "2", "3", "4", "5", "6"}  # or what may be meant for one
_QUADRANTS: Final[Mapping[str, str]] = {"UR": "UR", "UL": "UL", "LL": "LL", "LR": "LR"}

Reading = ClaimLine | DataFormatError | None


class _Column(NamedTuple):
    """A column of the file that is a field of the line."""

    field: str
    place: int
    read: Callable[[str], Any]


class RowReader:
    """Reads the rows of a table, whose columns are known."""

    def __init__(
        self, table: Table, places: Mapping[str, Place], layout: Layout, note: Note | None
    ) -> None:
        self._table = table
        self._note = note
        self._layout = layout
        self._width = len(table.titles)
        self._needed = [places[field].places[0] for field in layout.needed]
        self._several = [place for place in places.values() if len(place.places) > 1]
        self._dates = FileDates(table, _places_of_dates(places, layout), layout.dates, note)
        self._columns = list(self._readable_columns(places))
        self._letters = _QUADRANTS
        self._letters_beside_teeth: Mapping[str, str] = {}
        self._entries: tuple[str, ...] = ()
        if layout.profile is not None:
            self._take_signs(layout.profile.areas_by_letter)
            self._entries = layout.profile.entries
        self._is_moved = False
        self._passed = self._first_passed = 0
        self._short = self._first_short = 0

    def _take_signs(self, areas_by_letter: Mapping[str, str]) -> None:
        """Of a system that keeps areas with the surfaces, beside a range of teeth too."""
        if areas_by_letter:
            self._letters = {**_QUADRANTS, **areas_by_letter}
            signs = self._letters.keys() - _SURFACES
            self._letters_beside_teeth = {sign: self._letters[sign] for sign in signs}

    def read(self, line: Line) -> Reading:
        """
        The claim line of a row; the error where a cell cannot be read; None where it is no line.

        Raises:
            DataFormatError: the dates of the file are in another order than was told.
        """
        self._dates.line = line.number
        if len(line.cells) != self._width and not self._mend_width(line):
            return self._table.fault(self._table.width_fault(line), line.number)
        for place in self._several:
            self._put_together(line, place)
        found = self._line_of(line)
        if found is None or (isinstance(found, DataFormatError) and self._is_no_line(line)):
            self._passed += 1
            self._first_passed = self._first_passed or line.number
            return None
        return found

    def tell_passed(self) -> None:
        """How many rows were passed over, once all are read."""
        if self._passed and self._note is not None:
            told = f"rows that are no lines passed over: {self._passed}"
            why = "totals, payments, titles once more, or neither code nor date"
            self._note(f"{told}, from line {self._first_passed} ({why})")
        if self._short and self._note is not None:
            told = f"rows shorter than the header: {self._short}, from line {self._first_short}"
            self._note(f"{told}; the cells that they lack at their end are read as blank")

    def _mend_width(self, line: Line) -> bool:
        """
        Blank cells beyond the header, as spreadsheets leave them, and blank ones at the end, which
        some programs leave out; True where that mends it.
        """
        if len(line.cells) < self._width:
            return self._fill_short_row(line)
        if any(cell.strip() for cell in line.cells[self._width :]):
            return False
        del line.cells[self._width :]
        return len(line.cells) == self._width

    def _fill_short_row(self, line: Line) -> bool:
        """A row that has no cell for what every line needs was cut off, and is not mended."""
        if max(self._needed) >= len(line.cells):
            return False
        line.cells.extend([""] * (self._width - len(line.cells)))
        self._short += 1
        self._first_short = self._first_short or line.number
        return True

    def _put_together(self, line: Line, place: Place) -> None:
        cells = [line.cells[number].strip() for number in place.places]
        between = _BETWEEN.get(place.field, " ")
        line.cells[place.places[0]] = between.join(filter(None, cells))

    def _line_of(self, line: Line) -> Reading:
        cells = line.cells
        needed = [cells[place].strip() for place in self._needed]
        if not any(needed) or needed[0] in self._entries:
            return None
        read = {}
        for field, place, reader in self._columns:
            cell = cells[place].strip()
            if not cell and field not in self._layout.needed:
                continue
            try:
                read[field] = reader(cell)
            except DataFormatError:
                raise
            except ValueError:
                return self._table.fault(self._problem_of(field, cell), line.number, field)
        self._move_area(read)
        return ClaimLine(**read)

    def _problem_of(self, field: str, cell: str) -> str:
        if field in _DATES:
            return problem_of_date(cell, self._dates)
        return f"{quoted(cell)}, where {_EXPECTED[field]} is expected"

    def _move_area(self, read: dict[str, Any]) -> None:
        """A quadrant in the column of the surfaces, or of the teeth, is the line's area."""
        if "area" in read or not ("surfaces" in read or "tooth" in read):
            return
        field, letters = "tooth", _QUADRANTS
        if "surfaces" in read:
            field, letters = "surfaces", self._letters
            if "tooth" in read:
                letters = self._letters_beside_teeth
        area = letters.get(read[field].upper())
        if area is not None:
            del read[field]
            read["area"] = area
            self._tell_moved(field)

    def _tell_moved(self, field: str) -> None:
        if not self._is_moved and self._note is not None:
            self._note(f"areas of the oral cavity (such as UR) are read in the column of {field}")
        self._is_moved = True

    def _is_no_line(self, line: Line) -> bool:
        """True for a row of totals, and for the header once more."""
        titles = self._table.titles
        if [cell.strip() for cell in line.cells] == titles:
            return True
        code, *others = (line.cells[place].strip() for place in self._needed)
        return not any(others) and _TOTALS.fullmatch(code) is not None

    def _readable_columns(self, places: Mapping[str, Place]) -> Iterable[_Column]:
        for field, place in places.items():
            if field in (CLAIM, PATIENT) or (field == "date" and self._layout.dates == "none"):
                continue
            yield _Column(field, place.places[0], self._reader_of(field))

    def _reader_of(self, field: str) -> Callable[[str], Any]:
        if field == "date":
            return self._dates.read
        if field in _DATES:
            return self._dates.read_optional
        return _READERS.get(field, str)


def _places_of_dates(places: Mapping[str, Place], layout: Layout) -> list[int]:
    fields = [field for field in _DATES if field in places]
    if layout.dates == "none" and "date" in fields:
        fields.remove("date")
    return [place for field in fields for place in places[field].places]


def _modifiers_in(cell: str) -> tuple[str, ...]:
    return tuple(cell.replace(",", " ").replace(";", " ").split())


def _pointers_in(cell: str) -> tuple[int, ...]:
    """Places in the list of diagnoses, as '1,2' or by the letters of the form, 'AB'."""
    letters = cell.upper().replace(" ", "").replace(",", "")
    if letters and not letters.strip(_LETTERS):
        return tuple(_LETTERS.index(letter) + 1 for letter in letters)
    return tuple(map(parse_count, _modifiers_in(cell)))


def _yes_or_no(cell: str) -> bool:
    if cell.lower() in (*_YES, *_NO):
        return cell.lower() in _YES
    raise ValueError(cell)


_READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "quantity": parse_count,
    "modifiers": _modifiers_in,
    "fee": parse_amount,
    "medicare": _yes_or_no,
    "diagnosis_pointers": _pointers_in,
}
_EXPECTED: Final[Mapping[str, str]] = {
    "quantity": "a whole number",
    "fee": "an amount of dollars such as 1,250.50",
    "medicare": "yes or no",
    "diagnosis_pointers": "a list of places such as 1,2",
}
