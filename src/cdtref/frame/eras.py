"""
The eras of a catalog: spans of days within which nothing changes, neither what is in force nor what
is needed nor what is covered. So each code is asked about once for an era, and not for every day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from cdtref.codeset import Catalog

_DAY = dt.timedelta(days=1)


def starts_of_eras(catalog: Catalog) -> list[dt.date]:
    """
    The first day of each era but the first one.

    >>> import cdtref
    >>> days = starts_of_eras(cdtref.catalog())
    >>> cdtref.get("D1352").terminated in days
    True
    >>> starts_of_eras(cdtref.Catalog({}))
    []
    """
    found: set[dt.date | None] = set(_days_of_editions(catalog))
    for procedure in catalog.values():
        for period in procedure.periods:
            found |= {period.effective, period.terminated}
        found.update(needed.effective for needed in procedure.requirements)
    return sorted(day for day in found if day is not None)


def days_of_eras(starts: Iterable[dt.date]) -> list[dt.date | None]:
    """A day of each era, by their starts, and at last None for where there is no day."""
    return [dt.date.min, *starts, None]


def _days_of_editions(catalog: Catalog) -> Iterator[dt.date]:
    editions = catalog.editions()
    if editions:
        yield editions[0].effective
    if editions and catalog.last_day < dt.date.max:
        yield catalog.last_day + _DAY
