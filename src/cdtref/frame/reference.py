"""The tables of the reference: which there are, their columns, and the records of their rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

import attrs

from cdtref import bundled
from cdtref.codeset import Catalog
from cdtref.errors import quoted_name
from cdtref.fieldtext import as_date
from cdtref.frame.codecolumns import (
    CODE_COLUMNS,
    REQUIREMENT_COLUMNS,
    procedures_of,
    requirements_of,
)
from cdtref.frame.columns import Column, values_of
from cdtref.frame.valuecolumns import (
    CONFLICT_COLUMNS,
    DENTAL_RVU_COLUMNS,
    RVU_COLUMNS,
    conflicts_of,
    dental_rvus_of,
)


@attrs.frozen
class ReferenceTable:
    """
    A table of the reference, for frames and files alike.

    Attributes:
        name: Its name, as a table of SQL has it.
        columns: Its columns, in their order.
        is_dated: True where a day chooses among its rows.
    """

    name: str
    columns: tuple[Column, ...]
    _records_of: Callable[[Catalog, dt.date | None], Iterable[Any]] = attrs.field(repr=False)
    is_dated: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its columns."""
        return tuple(column.name for column in self.columns)

    def records(
        self, on: dt.date | str | None = None, *, catalog: Catalog | None = None
    ) -> Iterable[Any]:
        """
        The records behind its rows, which may be those of a day.

        Raises:
            ValueError: *on* is not an ISO date, or no day chooses among its rows.
            TypeError: *on* is neither a date nor a text.
        """
        day = None
        if on is not None:
            day = as_date(on)
            if not self.is_dated:
                raise ValueError(f"the table {self.name} is of one release and has no days")
        known = bundled.catalog() if catalog is None else catalog
        return self._records_of(known, day)

    def rows(
        self, on: dt.date | str | None = None, *, catalog: Catalog | None = None
    ) -> Iterator[tuple[Any, ...]]:
        """
        Its rows: texts, numbers, flags, `Decimal`, dates, None, and lists of them, a row at a time.

        Raises:
            ValueError, TypeError: as `records`.

        >>> code, title, category, *_ = next(TABLES["codes"].rows())
        >>> code, category
        ('D0120', 'diagnostic')
        >>> TABLES["rvu"].rows(on="2026-03-02")
        Traceback (most recent call last):
        ValueError: the table rvu is of one release and has no days
        """
        return self.rows_of(self.records(on, catalog=catalog))

    def rows_of(self, records: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
        """The rows of records, one at a time."""
        return map(self._row_of, records)

    def _row_of(self, record: Any) -> tuple[Any, ...]:
        return values_of(self.columns, record)


def _rows_of_release(_catalog: Catalog, _on: dt.date | None) -> Iterable[Any]:
    # CMS prices its codes by release, so neither a catalog nor a day chooses among them.
    return bundled.fee_schedule()


_ALL: Final = (
    ReferenceTable("codes", CODE_COLUMNS, procedures_of),
    ReferenceTable("rvu", RVU_COLUMNS, _rows_of_release, is_dated=False),
    ReferenceTable("dental_rvu", DENTAL_RVU_COLUMNS, dental_rvus_of),
    ReferenceTable("conflicts", CONFLICT_COLUMNS, conflicts_of),
    ReferenceTable("requirements", REQUIREMENT_COLUMNS, requirements_of),
)
TABLES: Final[Mapping[str, ReferenceTable]] = MappingProxyType(
    {table.name: table for table in _ALL}
)
"""The tables of the reference by their names."""


def table_named(name: str) -> ReferenceTable:
    """
    The table of that name.

    Raises:
        ValueError: there is none.
    """
    if name not in TABLES:
        raise ValueError(f"no table {quoted_name(name)}; there are {', '.join(TABLES)}")
    return TABLES[name]
