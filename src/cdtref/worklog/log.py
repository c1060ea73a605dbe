"""
A log of procedures done: immutable, as csv and JSON, each entry valued by the release in force on
its date.

An entry without a value is set apart with the reason; it never counts as zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from os import PathLike, fspath
from typing import Any, Final, NamedTuple

import attrs

from cdtref.errors import CdtrefError, DataFormatError, quoted
from cdtref.feeschedule import FeeSchedule
from cdtref.fieldtext.amounts import exactly
from cdtref.record import plain
from cdtref.safetext import bare_cell, guarded_cell
from cdtref.table import (
    Line,
    Note,
    Table,
    Wanted,
    date_in_file,
    open_table,
    read_json,
    shown_titles,
)
from cdtref.worklog.entry import FIELDS, LogEntry
from cdtref.worklog.productivity import DEFAULT_GROUPINGS, Productivity
from cdtref.worklog.valuing import Scale, Unvalued, Valued, values_by_cms, values_by_ihs

_NEEDED: Final = ("date", "code")
_ALSO: Final = {"modifier": "modifiers"}
# What a csv has to put between quotes; the csv module lets a carriage return stand bare.
_QUOTED_SIGNS: Final = frozenset(',"\r\n')


def _only_entries(entries: Iterable[LogEntry]) -> tuple[LogEntry, ...]:
    found = tuple(entries)
    for one in found:
        if not isinstance(one, LogEntry):
            expected = "entries, LogEntry('2026-03-02', '99213')"
            raise TypeError(f"a log holds {expected}, not {type(one).__name__}")
    return found


@attrs.frozen
class WorkLog:
    """
    Entries in the order they were logged. A log never changes: `with_entries` gives a new one.

    >>> import cdtref
    >>> day = f"{cdtref.fee_schedule().year}-03-02"
    >>> log = WorkLog([LogEntry(day, "99213", units=2), LogEntry(day, "D0120")])
    >>> log.productivity().work_rvus == 2 * cdtref.rvu("99213").work
    True
    >>> LogEntry("2026-03-02", "0120")
    Traceback (most recent call last):
    cdtref.errors.InvalidCodeError: '0120' is four digits without a letter; did you mean D0120?
    """

    entries: tuple[LogEntry, ...] = attrs.field(default=(), converter=_only_entries)

    @classmethod
    def from_csv(cls, path: str | PathLike[str], *, note: Note | None = None) -> WorkLog:
        """
        A log from a csv or xlsx with the columns date, code and, where wanted, modifiers, units,
        specialty, note, in any case. Further columns are kept as `LogEntry.more`.

        *note* is told which columns these are, of rows above the header, and of an encoding that is
        no UTF-8.

        Raises:
            DataFormatError: a column is missing or double, or a line cannot be read, with line and
                column; nothing is loaded in part.
            OSError: the file cannot be opened.
        """
        with open_table(path, Wanted(_count_needed, len(_NEEDED)), note) as table:
            columns = _columns_of(table)
            _tell_further(columns, note)
            return cls(tuple(_entry_on(table, line, columns) for line in table.lines))

    @classmethod
    def from_json(cls, path: str | PathLike[str]) -> WorkLog:
        """
        A log from JSON as `to_json` writes it: a list of objects.

        Raises:
            DataFormatError: it is no such list, or an entry cannot be read; its line is the place
                in the list, from 1.
            OSError: the file cannot be opened.
        """
        rows = read_json(path)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise DataFormatError.at(path, "a list of objects is expected, as to_json writes it")
        place = fspath(path)
        return cls(tuple(_entry_of(place, n, row) for n, row in enumerate(rows, start=1)))

    def with_entries(self, entries: Iterable[LogEntry]) -> WorkLog:
        """A new log with more entries at its end."""
        return WorkLog((*self.entries, *entries))

    def to_csv(self) -> str:
        """
        The log as the text of a csv that `from_csv` reads back.

        A text that a spreadsheet would take for a formula has an apostrophe before it there.
        """
        further = sorted({column for entry in self.entries for column, _ in entry.more})
        lines = [_csv_line((*FIELDS, *further))]
        lines.extend(_csv_line(_cells_of(entry, further)) for entry in self.entries)
        return "".join(lines)

    def to_json(self) -> str:
        """The log as JSON text that `from_json` reads back."""
        import json

        return json.dumps([plain(entry) for entry in self.entries], indent=1)

    @exactly
    def productivity(
        self,
        schedules: Iterable[FeeSchedule] | None = None,
        *,
        scale: Scale = "cms",
        by: Iterable[str] = (),
    ) -> Productivity:
        """
        The log valued on one of two scales, which are never added up: "cms", work RVUs of
        Medicare's fee schedule, or "ihs", the dental values of the Indian Health Service. Entries
        that the scale has no value for are set apart with the reason.

        On Medicare's scale each entry is valued by the one of *schedules* in force on its date,
        without them by the bundled one. The first of a year stands in for the days before it, as
        the `notes` of the answer say; not so of `FeeSchedules`, which leave such days without a
        value. The notes also name days of a quarter whose release was not given.

        Rows that have values count with their work RVU even where Medicare does not pay by them
        (status N, for one): the figure measures work, not payment. Modifiers 50, 62, 78, 80, 81, 82
        and AS count with their share. On IHS's scale modifiers change nothing.

        *by* names the groupings of the report, such as "quarter" or a column of the log.

        Raises:
            ValueError: there is no such scale or grouping, schedules are given for IHS's scale, or
                two schedules begin on one day.

        >>> WorkLog([LogEntry("2026-03-02", "D0150", units=2)]).productivity(scale="ihs").total
        Decimal('2.00')
        """
        if scale not in ("cms", "ihs"):
            raise ValueError(f"no scale {scale!r}; there are 'cms' and 'ihs'")
        if scale == "ihs" and schedules is not None:
            raise ValueError("fee schedules are CMS's; the dental scale of IHS takes none")
        if scale == "cms":
            found, notes = values_by_cms(self.entries, schedules)
        else:
            found, notes = values_by_ihs(self.entries)
        done = Productivity(
            valued=tuple(one for one in found if isinstance(one, Valued)),
            unvalued=tuple(one for one in found if isinstance(one, Unvalued)),
            scale=scale,
            groupings=tuple(by) or DEFAULT_GROUPINGS,
            notes=notes,
        )
        for grouping in done.groupings:
            done.require_grouping(grouping)
        return done


class _Column(NamedTuple):
    """A column of a file: the field that it is, or "" and the title of a further one."""

    place: int
    field: str
    title: str


def _named_fields(titles: Sequence[str]) -> list[str]:
    """The field of each title; "" for what is none."""
    plain_titles = [title.strip().casefold() for title in titles]
    named = [_ALSO.get(title, title) for title in plain_titles]
    return [name if name in FIELDS else "" for name in named]


def _count_needed(titles: Sequence[str]) -> int:
    return len(set(_NEEDED) & set(_named_fields(titles)))


def _columns_of(table: Table) -> list[_Column]:
    titles, line = list(map(bare_cell, table.titles)), table.header.number
    fields = _named_fields(titles)
    for needed in _NEEDED:
        if needed not in fields:
            problem = f"missing column {needed!r} among {shown_titles(titles) or 'none'}"
            remedy = f"the columns are {', '.join(FIELDS)}, and what else you keep"
            raise table.fault(f"{problem}; {remedy}", line, needed)
    columns = list(map(_Column, range(len(titles)), fields, titles))
    seen: set[str] = set()
    for column in columns:
        name = column.field or column.title.casefold()
        if name and name in seen:
            problem = f"the column {quoted(column.title)} is there twice"
            raise table.fault(problem, line, column.title)
        seen.add(name)
    return columns


def _tell_further(columns: Sequence[_Column], note: Note | None) -> None:
    further = [column.title for column in columns if column.title and not column.field]
    if further and note is not None:
        note(f"columns kept as they are: {shown_titles(further)}")


def _entry_on(table: Table, line: Line, columns: Sequence[_Column]) -> LogEntry:
    if fault := table.width_fault(line):
        raise table.fault(fault, line.number)
    row: dict[str, Any] = {}
    more: list[tuple[str, str]] = []
    for column in columns:
        cell = bare_cell(line.cells[column.place])
        if not cell:
            continue
        if column.field:
            row[column.field] = cell
        elif column.title:
            more.append((column.title, cell))
        elif cell.strip():
            raise table.fault(f"{quoted(cell)} stands in a column without a title", line.number)
    return _entry_of(table.source, line.number, row | {"more": more})


def _entry_of(source: str, number: int, row: Mapping[str, Any]) -> LogEntry:
    for needed in _NEEDED:
        if row.get(needed) in (None, ""):
            problem = f"there is no {needed}"
            raise DataFormatError.at(source, problem, line=number, column=needed)
    place = _Place(source, number)
    return LogEntry(**{field: _read_field(place, field, value) for field, value in row.items()})


class _Place(NamedTuple):
    """Where an entry stands, for what is told of it."""

    source: str
    number: int


def _read_field(place: _Place, field: str, value: Any) -> Any:
    """By the field's own converter, so that an error can name the column."""
    try:
        reader = _READERS[field]
        if isinstance(value, str) and field != "note":
            return reader(value.strip())
        return reader(value)
    except (CdtrefError, TypeError, ValueError) as error:
        problem = str(error)
    except KeyError:
        problem = f"no field {quoted(field)}; the fields are {', '.join(_READERS)}"
    raise DataFormatError.at(place.source, problem, line=place.number, column=field)


_READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    **{field.name: field.converter for field in attrs.fields(LogEntry)},  # type: ignore[misc]
    "date": date_in_file,
}


def _cells_of(entry: LogEntry, further: Sequence[str]) -> Iterator[str]:
    yield entry.date.isoformat()
    yield entry.code
    yield " ".join(entry.modifiers)
    yield str(entry.units)
    yield entry.specialty
    yield entry.note
    more = dict(entry.more)
    yield from (more.get(column, "") for column in further)


def _csv_line(cells: Iterable[str]) -> str:
    return ",".join(map(_csv_cell, cells)) + "\n"


def _csv_cell(text: str) -> str:
    guarded = guarded_cell(text)
    if _QUOTED_SIGNS.isdisjoint(guarded):
        return guarded
    return f'"{guarded.replace(chr(34), chr(34) * 2)}"'
