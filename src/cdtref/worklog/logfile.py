"""
A work log as a table: which column is which field, a row as an entry, an entry as a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from os import PathLike
from typing import Any, Final, NamedTuple

import attrs

from cdtref.errors import CdtrefError, DataFormatError, quoted
from cdtref.safetext import bare_cell, guarded_cell
from cdtref.table import Line, Note, Table, Wanted, date_in_file, open_table, shown_titles
from cdtref.worklog.entry import FIELDS, LogEntry, is_of_patients, is_reserved
from cdtref.worklog.titles import NEEDED, Titles

_NAMED: Final = "columns={'date': ...}"
_OPTION: Final = "or --column date=..."
# What a csv has to put between quotes beside its delimiter; the csv module lets a carriage return
# stand bare.
_QUOTED_SIGNS: Final = frozenset('"\r\n')


class Column(NamedTuple):
    """A column of a file: the field that it is, or "" and the title of a further one."""

    place: int
    field: str
    title: str

    @property
    def is_further(self) -> bool:
        """True where it is kept under its title: not of those passed over, nor without a title."""
        return bool(self.title) and not self.field and not self.is_passed_over

    @property
    def is_passed_over(self) -> bool:
        """
        True where it is about patients, or has a field's name while another column is the field.
        """
        return not self.field and (is_of_patients(self.title) or is_reserved(self.title))


class LogFile(NamedTuple):
    """
    A log as a file has it.

    Attributes:
        header: The row of its titles.
        columns: What they are.
        entries: Its entries, in order.
        last_date: The date of the last one, as it is written.
        passed: The lines with neither date nor code, such as one of totals.
    """

    header: Line
    columns: list[Column]
    entries: tuple[LogEntry, ...]
    last_date: str
    passed: tuple[int, ...]

    @property
    def fields(self) -> set[str]:
        """The fields that it has a column for."""
        return {column.field for column in self.columns if column.field}

    @property
    def further(self) -> list[str]:
        """The titles of its further columns."""
        return [column.title for column in self.columns if column.is_further]

    def tell(self, note: Note) -> None:
        """Which columns are kept, and which columns and lines are passed over."""
        if self.further:
            note(f"columns kept as they are: {shown_titles(self.further)}")
        passed = [column.title for column in self.columns if column.is_passed_over]
        if passed:
            note(f"columns passed over: {shown_titles(passed)}")
        if self.passed:
            told = f"lines with neither date nor code passed over: {len(self.passed)}"
            note(f"{told}, from line {self.passed[0]}")


def read_log(
    path: str | PathLike[str], given: Mapping[str, str] | None = None, note: Note | None = None
) -> LogFile:
    """
    The log in a csv or xlsx, as `WorkLog.from_csv` reads it.

    Raises:
        DataFormatError: a column is missing or double, or a line cannot be read.
        OSError: the file cannot be opened.
    """
    known = Titles(given)
    with open_table(path, Wanted(known.count_needed, len(NEEDED)), note) as table:
        columns = _columns_of(table, known)
        dates = next(column.place for column in columns if column.field == "date")
        entries: list[LogEntry] = []
        last_date = ""
        passed: list[int] = []
        for line in table.lines:
            entry = _entry_on(table, line, columns)
            if entry is None:
                passed.append(line.number)
            else:
                entries.append(entry)
                last_date = line.cells[dates]
    log = LogFile(table.header, columns, tuple(entries), last_date, tuple(passed))
    if note is not None:
        log.tell(note)
    return log


def csv_of(entries: Sequence[LogEntry]) -> str:
    """The entries as the text of a csv, with every further column that one of them has."""
    further = sorted({column for entry in entries for column, _ in entry.more})
    lines = [csv_line((*FIELDS, *further))]
    for entry in entries:
        more = dict(entry.more)
        lines.append(csv_line((*cells_of(entry), *(more.get(column, "") for column in further))))
    return "".join(lines)


def _columns_of(table: Table, known: Titles) -> list[Column]:
    """
    The columns of a log's table.

    Raises:
        DataFormatError: one is missing or double.
    """
    titles, line = list(map(bare_cell, table.titles)), table.header.number
    fields = known.fields_of(titles)
    lacking = [needed for needed in NEEDED if needed not in fields]
    for missing in (*known.missing_from(titles), *lacking):
        problem = f"missing column {missing!r} among {shown_titles(titles) or 'none'}"
        remedy = f"the fields are {', '.join(FIELDS)}; name theirs: {_NAMED}, {_OPTION}"
        raise table.fault(f"{problem}; {remedy}", line, missing)
    columns = list(map(Column, range(len(titles)), fields, titles))
    _refuse_doubles(table, columns)
    return columns


def _refuse_doubles(table: Table, columns: Sequence[Column]) -> None:
    seen: set[str] = set()
    for column in columns:
        if column.field or column.is_further:
            name = column.field or column.title.casefold()
            if name in seen:
                raise _told_twice(table, column)
            seen.add(name)


def _told_twice(table: Table, column: Column) -> DataFormatError:
    problem = f"the column {quoted(column.title)} is there twice"
    if column.field:
        problem = f"{problem}, as {column.field}; name the one that counts: {_NAMED}, {_OPTION}"
    return table.fault(problem, table.header.number, column.title)


def _entry_on(table: Table, line: Line, columns: Sequence[Column]) -> LogEntry | None:
    """The entry of a line; None of one with neither date nor code."""
    if fault := table.width_fault(line):
        raise table.fault(fault, line.number)
    row: dict[str, Any] = {}
    more: list[tuple[str, str]] = []
    for column in columns:
        cell = bare_cell(line.cells[column.place])
        if not cell:  # a blank cell is an absent field: units are 1, and not none
            continue
        if column.field:
            row[column.field] = cell
        elif column.is_further:
            more.append((column.title, cell))
        elif cell.strip() and not column.title:
            raise table.fault(f"{quoted(cell)} stands in a column without a title", line.number)
    if not any(row.get(needed, "").strip() for needed in NEEDED):
        return None
    return entry_of(table.source, line.number, row | {"more": more})


def entry_of(source: str, number: int, row: Mapping[str, Any]) -> LogEntry:
    """
    The entry of a row by field; *number* is that of the row, for messages.

    Raises:
        DataFormatError: it has no date or code, or a field that cannot be read.
    """
    for needed in NEEDED:
        if row.get(needed) in (None, ""):
            problem = f"there is no {needed}"
            raise DataFormatError.at(source, problem, line=number, column=needed)
    try:
        return LogEntry(**{**row, "date": _date_of_cell(row["date"])})
    except (CdtrefError, TypeError, ValueError):
        # Field by field it takes longer, and tells which one it is.
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


def _date_of_cell(value: Any) -> date:
    """In JSON it may be anything."""
    if not isinstance(value, str):
        raise TypeError(f"a date is text such as '2026-03-02', not {type(value).__name__}")
    return date_in_file(value)


_READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    **{field.name: field.converter for field in attrs.fields(LogEntry)},  # type: ignore[misc]
    "date": _date_of_cell,
}


def cells_of(entry: LogEntry) -> tuple[str, ...]:
    """The entry's fields as texts, in the order of `FIELDS`."""
    day, modifiers = entry.date.isoformat(), " ".join(entry.modifiers)
    return day, entry.code, modifiers, str(entry.units), entry.specialty, entry.note


def csv_line(cells: Iterable[str], delimiter: str = ",", line_end: str = "\n") -> str:
    """A row of a csv, in which a spreadsheet computes nothing."""
    return delimiter.join(_csv_cell(cell, delimiter) for cell in cells) + line_end


def _csv_cell(text: str, delimiter: str) -> str:
    guarded = guarded_cell(text)
    if delimiter not in guarded and _QUOTED_SIGNS.isdisjoint(guarded):
        return guarded
    return f'"{guarded.replace(chr(34), chr(34) * 2)}"'
