"""
The rows of a relative value file, checked and packed as they come.

Checked is what is known of every row: the form of its values, that its key stands once, and that
work, practice expense and malpractice make up CMS's totals.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from cdtref.errors import quoted
from cdtref.feeschedule.cmsfile import Named
from cdtref.feeschedule.layout import (
    COLUMNS,
    FORM_OF_RECORD,
    NUMBER,
    PLACE_OF,
    PRINTED_RECORD,
    SEPARATOR,
)

Record = tuple[int, tuple[str, ...]]
"""The number of a line, and its values in the order of `COLUMNS`."""

_FACTOR: Final = PLACE_OF["conversion_factor"]
_KEY_LENGTH: Final = 2  # code and modifier are the key of a packed row
_FIGURES: Final = tuple(PLACE_OF[column.name] for column in COLUMNS if column.form is NUMBER)
_WORK, _MP = PLACE_OF["work"], PLACE_OF["mp"]
_TOTALS: Final = (
    (PLACE_OF["pe_nonfacility"], PLACE_OF["total_nonfacility"]),
    (PLACE_OF["pe_facility"], PLACE_OF["total_facility"]),
)


class Rows:
    """
    The rows of one file, for as long as it is read.

    `may_lack_zeros` is True for a table, whose leading zeros a spreadsheet takes when it saves it.
    """

    def __init__(self, file: Named, *, may_lack_zeros: bool) -> None:
        self._file = file
        self._may_lack_zeros = may_lack_zeros
        self._packed: dict[str, str] = {}
        self._factors: set[str] = set()
        self._mended: dict[int, list[int]] = {}  # the lines of each column that got a zero back
        # By figure, for the same ones come again and again.
        self._cents: dict[str, int] = {}
        self._figures: dict[str, str] = {}

    def add_all(self, records: Iterable[Record]) -> None:
        """
        All rows of the file.

        Raises:
            DataFormatError: a value has the wrong form, a key stands twice, a sum is wrong, or some
                values of a column lost their zeros and others did not.
        """
        for number, values in records:
            if PRINTED_RECORD.fullmatch(SEPARATOR.join(values)):  # nearly every line of CMS's csv
                self._add_row(number, list(values))
            else:
                self._add_row(number, self._as_printed(number, list(map(str.strip, values))))
        for place, lines in self._mended.items():
            self._require_all_mended(place, lines)

    def conversion_factor(self) -> str:
        """The one factor of all rows, as it is printed."""
        if len(self._factors) != 1:
            problem = f"{len(self._factors)} conversion factors, where one is expected"
            raise self._file.fault(f"{problem}: {sorted(self._factors)[:4]}")
        (factor,) = self._factors
        if not Decimal(factor):
            raise self._file.fault("a conversion factor of 0, where one above 0 is expected")
        return factor

    def packed(self) -> dict[str, str]:
        """The rows as packed texts by code and modifier."""
        return self._packed

    def _add_row(self, number: int, values: list[str]) -> None:
        self._check_totals(number, values)
        self._factors.add(values.pop(_FACTOR))
        key = values[0] + values[1]
        if key in self._packed:
            twice = " ".join(filter(None, values[:_KEY_LENGTH]))
            raise self._file.fault(f"{twice} is there a second time", line=number)
        self._packed[key] = "|".join(values[_KEY_LENGTH:])

    def _as_printed(self, number: int, values: list[str]) -> list[str]:
        """The values with the zeros that a spreadsheet took, and figures as the csv prints them."""
        if FORM_OF_RECORD.fullmatch(SEPARATOR.join(values)) is None:
            self._mend_values(number, values)
        for place in _FIGURES:
            values[place] = self._printed_figure(values[place])
        return values

    def _mend_values(self, number: int, values: list[str]) -> None:
        """Put back the zeros that a spreadsheet took, or tell which value has the wrong form."""
        for place, column in enumerate(COLUMNS):
            value = values[place]
            if self._may_lack_zeros and 0 < len(value) < column.digits and _is_digits(value):
                values[place] = value.zfill(column.digits)
                self._mended.setdefault(place, []).append(number)
            elif re.fullmatch(column.form, value, re.ASCII) is None:
                self._refuse_value(number, place, value)

    def _refuse_value(self, number: int, place: int, value: str) -> None:
        column = COLUMNS[place]
        expected = f"the form {column.form}"
        if column.form is NUMBER:
            expected = "a number of at most two decimals"
        problem = f"{quoted(value)}, where {expected} is expected"
        raise self._file.fault(problem, line=number, column=column.header)

    def _require_all_mended(self, place: int, lines: list[int]) -> None:
        """
        A spreadsheet takes the zeros of a whole column; where others kept theirs, the short values
        may lack any digit.
        """
        with_zero = [value for value in self._values_at(place) if value[:1] == "0"]
        if sum(map(_is_digits, with_zero)) > len(lines):
            problem = "a value is too short, and others of the column kept their leading zeros"
            raise self._file.fault(problem, line=lines[0], column=COLUMNS[place].header)

    def _values_at(self, place: int) -> Iterator[str]:
        if place == 0:
            yield from (key[:5] for key in self._packed)
            return
        at = place - _KEY_LENGTH
        if place > _FACTOR:  # which is not among the packed values
            at -= 1
        for row in self._packed.values():
            yield row.split("|")[at]

    def _check_totals(self, number: int, values: list[str]) -> None:
        """work + PE + MP = total, in both settings."""
        base = self._in_cents(values[_WORK]) + self._in_cents(values[_MP])
        for expense, total in _TOTALS:
            told = self._in_cents(values[total])
            summed = base + self._in_cents(values[expense])
            if summed != told:
                problem = f"{values[total]}, where work, practice expense and malpractice make"
                column = COLUMNS[total].header
                raise self._file.fault(f"{problem} {summed / 100:.2f}", number, column)

    def _printed_figure(self, figure: str) -> str:
        """ ".1" and "1" as "0.10" and "1.00"."""
        try:
            return self._figures[figure]
        except KeyError:
            printed = self._figures[figure] = f"{Decimal(figure):.2f}"
            return printed

    def _in_cents(self, figure: str) -> int:
        try:
            return self._cents[figure]
        except KeyError:
            cents = self._cents[figure] = int(figure.replace(".", ""))
            return cents


def _is_digits(value: str) -> bool:
    return value.isascii() and value.isdigit()
