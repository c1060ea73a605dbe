"""Periods of the calendar: which one a day lies in, what it is called, and which come after it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

# At most so many days, so that the day so far ahead of a period's first lies in the next one.
_LONGEST: Final = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}
DAYS_A_YEAR: Final = 365
PERIODS: Final = tuple(_LONGEST)
"""The shortest first."""


def first_day_of(period: str, day: date) -> date:
    """
    The first day of the period that *day* lies in; weeks begin on Monday.

    >>> first_day_of("quarter", date(2026, 3, 2))
    datetime.date(2026, 1, 1)
    """
    if period == "week":
        # The year 1 begins on a Monday, so that no week begins before the first date there is.
        return day - timedelta(days=day.weekday())
    if period == "month":
        return day.replace(day=1)
    if period == "quarter":
        return date(day.year, 3 * quarter_of(day) - 2, 1)
    if period == "year":
        return date(day.year, 1, 1)
    return day


def name_of(period: str, day: date) -> str:
    """
    What the period is called that *day* lies in; in order of their names they are in order of time.

    >>> [name_of(period, date(2026, 3, 2)) for period in PERIODS[:4]]
    ['2026-03-02', '2026-W10', '2026-03', '2026-Q1']
    """
    if period == "week":
        year, week, _ = day.isocalendar()
        return f"{year:04}-W{week:02}"
    if period == "quarter":
        return f"{day.year:04}-Q{quarter_of(day)}"
    return day.isoformat()[: {"month": 7, "year": 4}.get(period)]


def quarter_of(day: date) -> int:
    """The quarter of the year, from 1, that *day* lies in."""
    return (day.month + 2) // 3


def first_days(period: str, first: date, last: date) -> Iterator[date]:
    """
    The first day of each period from the one of *first* to the one of *last*, none left out.

    >>> list(first_days("month", date(2026, 1, 31), date(2026, 2, 1)))
    [datetime.date(2026, 1, 1), datetime.date(2026, 2, 1)]
    """
    begins = first_day_of(period, first)
    while begins <= last:
        yield begins
        if (date.max - begins).days < _LONGEST[period]:  # the calendar ends
            return
        begins = first_day_of(period, begins + timedelta(days=_LONGEST[period]))
