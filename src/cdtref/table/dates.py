"""
Dates as the files of a practice have them: ISO 8601, 2026-3-2, 20260302, Mar 2, 2026, and 3/2/2026,
of which no single one tells whether the month or the day comes first.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final, Literal, NamedTuple

from cdtref.errors import quoted
from cdtref.fieldtext import as_date

DateOrder = Literal["mdy", "dmy"]
"""Whether the month or the day comes first in 3/2/2026."""

# A time of day behind the date, as practice systems export it; of a service it tells nothing.
_TIME: Final = r"(?:[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?: ?[AaPp][Mm])?)?"
_NUMBERS: Final = re.compile(rf"([0-9]{{1,2}})([/-])([0-9]{{1,2}})\2([0-9]{{4}}){_TIME}")
_YEAR_FIRST: Final = re.compile(rf"([0-9]{{4}})([/-])([0-9]{{1,2}})\2([0-9]{{1,2}}){_TIME}")
# Eight digits may be any number; a date of a practice is of these centuries.
_COMPACT: Final = re.compile(r"((?:18|19|20|21)[0-9]{2})([0-9]{2})([0-9]{2})")
_DAY_AND_NAME: Final = re.compile(r"([0-9]{1,2})[- ]([A-Za-z]{3,9})[- ]([0-9]{4})")
_NAME_AND_DAY: Final = re.compile(r"([A-Za-z]{3,9})\.? ([0-9]{1,2}),? ([0-9]{4})")
_MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
    *("october", "november", "december"),
)
_SHORT_YEAR: Final = re.compile(rf"[0-9]{{1,2}}[/-][0-9]{{1,2}}[/-][0-9]{{2}}{_TIME}")
# Days that Excel counts, from 1927 on: a shorter number may be a year, a longer one 20260302.
_SERIAL: Final = re.compile(r"([1-6][0-9]{4}|7[0-2][0-9]{3})(?:\.[0-9]{1,15})?")

# The groups that are year, month and day
_OF_ONE_ORDER: Final = (
    (_COMPACT, (1, 2, 3)),
    (_YEAR_FIRST, (1, 3, 4)),
    (_DAY_AND_NAME, (3, 2, 1)),
    (_NAME_AND_DAY, (3, 1, 2)),
)

EPOCH_1900: Final = date(1899, 12, 30)  # Excel counts a 29 February 1900, which there was not
EPOCH_1904: Final = date(1904, 1, 1)  # of workbooks that were made on old Macs


class DateNumbers(NamedTuple):
    """A date as 3/2/2026, whose first two numbers are month and day in an order yet to be told."""

    first: int
    second: int
    year: int

    def in_order(self, order: DateOrder) -> date:
        """
        The day that it is in an order.

        Raises:
            ValueError: there is no such day.
        """
        if order == "mdy":
            return date(self.year, self.first, self.second)
        return date(self.year, self.second, self.first)

    @property
    def order(self) -> DateOrder | None:
        """The order in which alone it is a date; None where both will do, or neither."""
        if 12 < self.first <= 31 and self.second <= 12:
            return "dmy"
        if 12 < self.second <= 31 and self.first <= 12:
            return "mdy"
        return None


def date_in_file(text: str, order: DateOrder = "mdy") -> date:
    """
    A date as a file of a practice has it: in ISO form, as 2026-3-2 or 20260302, or as 3/2/2026 in
    the order given, the month first if none is.

    Raises:
        ValueError: it is none of these, or its year has two digits.

    >>> date_in_file("03/02/2026"), date_in_file("3/2/2026", "dmy")
    (datetime.date(2026, 3, 2), datetime.date(2026, 2, 3))
    >>> date_in_file("13/2/2026")
    Traceback (most recent call last):
    ValueError: '13/2/2026' is no date such as 2026-03-02 or 3/2/2026, the month first
    """
    found = date_of_one_order(text)
    if found is not None:
        return found
    numbers = numbers_of_date(text)
    try:
        if numbers is not None:
            return numbers.in_order(order)
    except ValueError:
        pass  # told below, in words of a bill rather than of a calendar
    first = "the month first" if order == "mdy" else "the day first"
    usual = f"2026-03-02 or 3/2/2026, {first}"
    raise ValueError(f"{quoted(text)} is no date such as {usual}{advice_on_date(text)}")


def date_of_one_order(text: str) -> date | None:
    """
    The day of a text that says the same to everyone: 2026-03-02, 2026-3-2, 20260302, 2-Mar-2026 or
    Mar 2, 2026.

    >>> date_of_one_order("20260302"), date_of_one_order("3/2/2026")
    (datetime.date(2026, 3, 2), None)
    """
    stripped = text.strip()
    try:
        return as_date(stripped)
    except ValueError:
        pass  # the other forms are tried
    try:
        for pattern, order in _OF_ONE_ORDER:
            found = pattern.fullmatch(stripped)
            if found is not None:
                year, month, day = found.group(*order)
                return date(int(year), _month_number(month), int(day))
    except ValueError:
        pass  # there is no such day
    return None


def _month_number(text: str) -> int:
    """
    Of digits, or of a name or its beginning.

    Raises:
        ValueError: it is no month.
    """
    if text.isdigit():
        return int(text)
    for number, name in enumerate(_MONTHS, start=1):
        if name.startswith(text.lower()):
            return number
    raise ValueError(text)


def numbers_of_date(text: str) -> DateNumbers | None:
    """
    The numbers of a date such as 3/2/2026; None for any other text.

    >>> numbers_of_date("25/3/2026").order
    'dmy'
    """
    found = _NUMBERS.fullmatch(text.strip())
    if found is None:
        return None
    return DateNumbers(*map(int, found.group(1, 3, 4)))


def date_of_serial(text: str, epoch: date) -> date | None:
    """
    The day of a number that Excel shows as a date, counted from an epoch; None for any other text.

    >>> date_of_serial("46083", EPOCH_1900)
    datetime.date(2026, 3, 2)
    """
    found = _SERIAL.fullmatch(text.strip())
    if found is None:
        return None
    return epoch + timedelta(days=int(found[1]))


def advice_on_date(text: str) -> str:
    """
    What a text that is no date looks like, to be added to a message; "" where that says nothing.

    >>> advice_on_date("3/2/26")
    '; its year has two digits, where four are needed'
    """
    stripped = text.strip()
    if _SHORT_YEAR.fullmatch(stripped):
        return "; its year has two digits, where four are needed"
    if _SERIAL.fullmatch(stripped):
        return "; it looks like a day as Excel counts them: format the column as a date"
    return ""
