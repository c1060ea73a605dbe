"""The reference as DataFrames: each table in one call, for every engine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Literal

from cdtref import bundled
from cdtref.codeset import Catalog
from cdtref.feeschedule import FeeSchedule
from cdtref.frame.engines import Answers, engine_named
from cdtref.frame.reference import TABLES, ReferenceTable, table_named

Backend = Literal["pandas", "polars", "pyarrow", "duckdb", "pyspark"]
"""The engines by the names of their packages."""


def codes(
    backend: Backend = "pandas",
    on: dt.date | str | None = None,
    *,
    catalog: Catalog | None = None,
) -> Any:
    """
    The code set: one row for each code, retired ones too; with *on* those in force on that day.

    Its requirement is that of the pinned edition, and its values are the last ones known:
    `requirements` and `dental_rvus` have those of a day.

    Raises:
        ValueError: there is no such backend, or *on* is not an ISO date.
        TypeError: *on* is neither a date nor a text.
        ImportError: the library of *backend* is not installed.

    >>> known = codes("polars")
    >>> known.filter(code="D9940")["replaced_by"].to_list()
    [['D9944', 'D9945', 'D9946']]
    >>> known.height > codes("polars", on="2026-03-02").height
    True
    >>> codes("excel")
    Traceback (most recent call last):
    ValueError: no backend 'excel'; there are pandas, polars, pyarrow, duckdb, pyspark
    """
    return table("codes", backend, on, catalog=catalog)


def requirements(
    backend: Backend = "pandas",
    on: dt.date | str | None = None,
    *,
    catalog: Catalog | None = None,
) -> Any:
    """
    What a claim line for each code must carry, with how sure each field is, who says so and why: a
    row for each time that is known. With *on* those of that day, of the codes in force then.

    Raises:
        ValueError, TypeError, ImportError: as `codes`.

    >>> adjustment = requirements("polars").filter(code="D9971")
    >>> adjustment.select("effective", "treatment_area").rows()
    [(None, 'tooth range'), (datetime.date(2021, 1, 1), 'tooth')]
    >>> requirements("polars", on="soon")
    Traceback (most recent call last):
    ValueError: 'soon' is not an ISO date such as '2026-03-02'
    """
    return table("requirements", backend, on, catalog=catalog)


def rvus(backend: Backend = "pandas", *, schedule: FeeSchedule | None = None) -> Any:
    """
    Medicare's relative values: every row of the bundled release, unless *schedule* is another one.

    Raises:
        ValueError, ImportError: as `codes`.

    >>> visit = rvus("polars").filter(code="99213", is_billable_with_rvu=True)
    >>> visit["status"].to_list(), visit["work"].dtype
    (['A'], Decimal(precision=9, scale=2))
    """
    wanted = TABLES["rvu"]
    rows = bundled.fee_schedule() if schedule is None else schedule
    return frame_of(wanted, wanted.rows_of(rows), backend)


def dental_rvus(backend: Backend = "pandas", on: dt.date | str | None = None) -> Any:
    """
    The relative values on the dental scale of the Indian Health Service: the last one known of each
    code that has any, or that of the day *on*.

    Raises:
        ValueError, TypeError, ImportError: as `codes`.

    >>> dental_rvus("polars", on="2019-06-01").filter(code="D2740")["value"].to_list()
    [Decimal('22.33')]
    """
    return table("dental_rvu", backend, on)


def conflicts(backend: Backend = "pandas", on: dt.date | str | None = None) -> Any:
    """
    What each code may not stand beside on a claim, or not without: the answers of
    `cdtref.conflicts` for all codes, or for those in force on the day *on*.

    Raises:
        ValueError, TypeError, ImportError: as `codes`.

    >>> said = conflicts("polars").filter(code="D0230", kind="needs")
    >>> said["spans"].to_list()[0]
    ['D0220']
    """
    return table("conflicts", backend, on)


def fields(name: str, backend: Backend = "pandas") -> Any:
    """
    The data dictionary of a table (`TABLES`): column, type in that engine, meaning and source.

    Raises:
        ValueError: there is no such table or backend.
        ImportError: the library of *backend* is not installed.

    >>> fields("dental_rvu", "polars").rows()[1][:2]
    ('value', 'Decimal(precision=9, scale=2)')
    >>> fields("fees", "polars")
    Traceback (most recent call last):
    ValueError: no table 'fees'; there are codes, rvu, dental_rvu, conflicts, requirements
    """
    engine = engine_named(backend)
    columns = table_named(name).columns
    told = {
        "column": [column.name for column in columns],
        "type": [engine.type_name(column.kind) for column in columns],
        "meaning": [column.meaning for column in columns],
        "source": [column.source for column in columns],
    }
    return engine.frame_of({name: Answers(str, cells) for name, cells in told.items()})


def table(
    name: str,
    backend: Backend = "pandas",
    on: dt.date | str | None = None,
    *,
    catalog: Catalog | None = None,
) -> Any:
    """
    A table by its name in `TABLES`, as the function of each gives it.

    Raises:
        ValueError: there is no such table, or as `codes`; no day chooses among the rows of 'rvu'.
        TypeError, ImportError: as `codes`.

    >>> table("dental_rvu", "polars").equals(dental_rvus("polars"))
    True
    >>> table("fees", "polars")
    Traceback (most recent call last):
    ValueError: no table 'fees'; there are codes, rvu, dental_rvu, conflicts, requirements
    """
    wanted = table_named(name)
    return frame_of(wanted, wanted.rows(on, catalog=catalog), backend)


def frame_of(
    wanted: ReferenceTable, rows: Iterable[tuple[Any, ...]], backend: Backend = "pandas"
) -> Any:
    """
    Rows of a table as a frame, such as those of records of your own (`ReferenceTable.rows_of`).

    Raises:
        ValueError, ImportError: as `codes`.

    >>> import cdtref
    >>> crown = cdtref.dental_rvu("D2740", on="2019-06-01")
    >>> frame_of(TABLES["dental_rvu"], TABLES["dental_rvu"].rows_of([crown]), "polars").height
    1
    """
    # The engine first: one that is not there is told before a table of seconds is read.
    engine = engine_named(backend)
    held = list(rows)
    answers = {}
    for place, column in enumerate(wanted.columns):
        answers[column.name] = Answers(column.kind, [row[place] for row in held])
    return engine.frame_of(answers)
