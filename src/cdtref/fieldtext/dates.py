"""Dates as people and files write them, and days as `date`."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from cdtref.errors import quoted

# A time after the date, with seconds and zone or without: 'T09:30', ' 00:00:00.000Z', '+01:00'
_TIME_OF_DAY: Final = (
    r"(?:[T ][0-2][0-9]:[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,9})?)?"
    r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)


def as_date(on: date | str) -> date:
    """
    *on* as a plain `date`: dates and datetimes as they are, text in ISO form ('2026-03-02', with or
    without a time).

    Raises:
        ValueError: the text is not an ISO date.
        TypeError: *on* is neither a date nor a text.
    """
    if type(on) is date:
        return on
    if isinstance(on, date) and isinstance(on.year, int):  # the year of pandas' NaT is a float
        return date(on.year, on.month, on.day)
    if not isinstance(on, str):
        kind = type(on).__name__
        raise TypeError(f"a date of service is a date or ISO text such as '2026-03-02', not {kind}")
    return _date_of_iso_text(on.strip())


def years_between(birth: date, day: date) -> int:
    """
    The age in whole years on a day.

    >>> years_between(date(2001, 3, 2), date(2026, 3, 1))
    24
    """
    years = day.year - birth.year
    if (day.month, day.day) < (birth.month, birth.day):  # the birthday is still to come
        years -= 1
    return years


def _date_of_iso_text(text: str) -> date:
    try:
        return _date_of_parts(text)
    except ValueError:
        pass  # told below, in words of a bill rather than of a calendar
    raise ValueError(f"{quoted(text)} is not an ISO date such as '2026-03-02'")


def _date_of_parts(text: str) -> date:
    """Faster than `date.fromisoformat`, which takes a date alone and, since 3.11, other forms."""
    day = date(int(text[:4]), int(text[5:7]), int(text[8:10]))
    # int() reads what ISO does not write (" 2026", "+3", digits of other scripts).
    if text[:10] != day.isoformat():
        raise ValueError
    if len(text) > 10 and not re.fullmatch(_TIME_OF_DAY, text[10:]):
        raise ValueError
    return day
