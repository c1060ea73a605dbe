"""Dates as the files of a practice have them."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from cdtref.errors import quoted
from cdtref.fieldtext import as_date

# As practice systems export it, with midnight behind it where they know no time
_MONTH_FIRST: Final = re.compile(
    r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})(?: (?:12:00(?::00)? AM|0?0:00(?::00)?))?"
)


def date_in_file(text: str) -> date:
    """
    A date as a file of a practice has it: in ISO form, or as 3/2/2026, the month first.

    Raises:
        ValueError: it is neither.

    >>> date_in_file("03/02/2026")
    datetime.date(2026, 3, 2)
    >>> date_in_file("13/2/2026")
    Traceback (most recent call last):
    ValueError: '13/2/2026' is no date such as 2026-03-02 or 3/2/2026, the month first
    """
    stripped = text.strip()
    try:
        return as_date(stripped)
    except ValueError:
        pass  # the other form is tried
    try:
        return _date_month_first(stripped)
    except ValueError as error:
        expected = "2026-03-02 or 3/2/2026, the month first"
        raise ValueError(f"{quoted(text)} is no date such as {expected}") from error


def _date_month_first(text: str) -> date:
    found = _MONTH_FIRST.fullmatch(text)
    if found is None:
        raise ValueError
    month, day, year = map(int, found.groups())
    return date(year, month, day)
