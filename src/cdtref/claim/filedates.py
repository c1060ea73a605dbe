"""
The dates of one file, which have their numbers all in one order: whether 3/2/2026 is a day in March
or in February, no single date tells.

The month comes first where nothing says otherwise, of which a note is told, for so the systems of
US practices write. Before the first such date is read, all of the file is looked over for a date
that says otherwise, as 25/3/2026 does; then the file is refused until the caller tells the order. A
pipe gives its lines once, so there the file is refused at the line where such a date comes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from cdtref.claim.columns import Dates
from cdtref.errors import DataFormatError, quoted
from cdtref.table import (
    DateOrder,
    Line,
    Note,
    Table,
    advice_on_date,
    date_of_one_order,
    date_of_serial,
    numbers_of_date,
)

# Days that stand in place of none: of Open Dental, of MySQL
_NO_DAYS: Final = ("0001-01-01", "1/1/0001", "01/01/0001", "0000-00-00")
_FIRST: Final = {"mdy": "the month first", "dmy": "the day first"}
_MOST_KEPT: Final = 4_096  # texts of which the day is kept; there are fewer days in eleven years


class FileDates:
    """
    Reads the dates of a table.

    Attributes:
        line: The number of the line at hand, for what is told of it.
    """

    def __init__(
        self, table: Table, places: Sequence[int], told: Dates | None, note: Note | None
    ) -> None:
        self.line: int = table.header.number
        self._table = table
        self._places = places
        self._note = note
        self._days: dict[str, date] = {}
        self._order: DateOrder | None = None if told == "none" else told
        self._is_told = self._order is not None

    def read(self, cell: str) -> date:
        """
        The day of a cell.

        Raises:
            ValueError: it is no date that this file may have.
            DataFormatError: the numbers of its dates are in another order than the month first.
        """
        if cell in _NO_DAYS:
            raise ValueError(cell)
        day = self._days.get(cell)
        if day is None:
            day = self._read_anew(cell)
            if len(self._days) == _MOST_KEPT:
                self._days.clear()
            self._days[cell] = day
        return day

    def read_optional(self, cell: str) -> date | None:
        """The day of a cell; None for a day that stands in place of none."""
        if cell.partition(" ")[0] in _NO_DAYS:
            return None
        return self.read(cell)

    @property
    def expected(self) -> str:
        """What a cell should be."""
        usual = "a date such as 2026-03-02 or 3/2/2026 is expected"
        if self._order is None:
            return usual
        return f"{usual}, {_FIRST[self._order]}"

    def _read_anew(self, cell: str) -> date:
        found = date_of_one_order(cell)
        if found is not None:
            return found
        numbers = numbers_of_date(cell)
        if numbers is None:
            return self._day_of_serial(cell)
        if self._order is None:
            self._order = self._usual_order()
        if not self._is_told and numbers.order == "dmy":
            raise self._refusal(self.line, cell)
        return numbers.in_order(self._order)

    def _day_of_serial(self, cell: str) -> date:
        found = None
        if self._table.epoch is not None:
            found = date_of_serial(cell, self._table.epoch)
        if found is None:
            raise ValueError(cell)
        return found

    def _usual_order(self) -> DateOrder:
        if self._table.again is not None:
            for line in _unbroken_lines(self._table.again()):
                self._refuse_day_first(line)
        if self._note is not None:
            told = "dates such as 3/2/2026 are read with the month first"
            self._note(f"{told}; dates='mdy' or 'dmy' (--dates) tells their order")
        return "mdy"

    def _refuse_day_first(self, line: Line) -> None:
        for place in self._places:
            cell = line.cells[place] if place < len(line.cells) else ""
            numbers = numbers_of_date(cell)
            if numbers is not None and numbers.order == "dmy":
                raise self._refusal(line.number, cell)

    def _refusal(self, number: int, cell: str) -> DataFormatError:
        problem = f"{quoted(cell)} has the day first, so no date of this file is sure"
        remedy = "say dates='dmy' (--dates dmy) where all have it, or 'mdy' where this one is wrong"
        return self._table.fault(f"{problem}; {remedy}", number)


def _unbroken_lines(lines: Iterator[Line]) -> Iterator[Line]:
    """The lines up to where the file is broken, which is told when it is read so far."""
    try:
        yield from lines
    except DataFormatError:
        return


def problem_of_date(cell: str, dates: FileDates) -> str:
    """What is wrong with a cell that is no date."""
    return f"{quoted(cell)}, where {dates.expected}{advice_on_date(cell)}"
