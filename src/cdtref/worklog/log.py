"""
A log of procedures done: immutable, as csv and JSON, each entry valued in work RVUs by the fee
schedule of its year.

An entry without a value is set apart with the reason; it never counts as zero.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import attrs

from cdtref import bundled
from cdtref.errors import CdtrefError, DataFormatError
from cdtref.feeschedule import ROW_MODIFIERS, FeeSchedule, RelativeValues, changes_share, share_of
from cdtref.record import plain
from cdtref.worklog.entry import LogEntry
from cdtref.worklog.productivity import Productivity, Unvalued, Valued

_FIELDS: Final = ("date", "code", "modifier", "units", "specialty", "note")
_ONE: Final = Decimal(1)


def _entries(entries: Iterable[LogEntry]) -> tuple[LogEntry, ...]:
    found = tuple(entries)
    for one in found:
        if not isinstance(one, LogEntry):
            raise TypeError(
                f"a log holds entries, LogEntry('2026-03-02', '99213'), not {type(one).__name__}"
            )
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

    entries: tuple[LogEntry, ...] = attrs.field(default=(), converter=_entries)

    @classmethod
    def from_csv(cls, path: str | Path) -> WorkLog:
        """
        A log from a csv with the columns date, code and, where wanted, modifier, units, specialty,
        note.

        Raises:
            DataFormatError: a column is missing or unknown, or a line cannot be read; nothing is
                loaded in part.
        """
        text = Path(path).read_text("utf-8-sig")
        rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        _check_columns(str(path), rows.fieldnames or ())
        return cls(_entry(str(path), rows.line_num, row) for row in rows)

    @classmethod
    def from_json(cls, path: str | Path) -> WorkLog:
        """
        A log from JSON as `to_json` writes it: a list of objects.

        Raises:
            DataFormatError: it is no such list, or an entry cannot be read.
        """
        try:
            rows = json.loads(Path(path).read_text("utf-8"))
        except ValueError as error:
            raise DataFormatError.at(path, f"it is not JSON ({error})") from error
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise DataFormatError.at(path, "a list of objects is expected, as to_json writes it")
        return cls(_entry(str(path), number, row) for number, row in enumerate(rows, start=1))

    def with_entries(self, entries: Iterable[LogEntry]) -> WorkLog:
        """A new log with more entries at its end."""
        return WorkLog((*self.entries, *entries))

    def to_csv(self) -> str:
        """The log as the text of a csv that `from_csv` reads back."""
        text = io.StringIO(newline="")
        rows: csv.DictWriter[str] = csv.DictWriter(text, _FIELDS, lineterminator="\n")
        rows.writeheader()
        rows.writerows(plain(entry) | {"modifier": entry.modifier or ""} for entry in self.entries)
        return text.getvalue()

    def to_json(self) -> str:
        """The log as JSON text that `from_json` reads back."""
        return json.dumps([plain(entry) for entry in self.entries], indent=1)

    def productivity(self, schedules: Iterable[FeeSchedule] | None = None) -> Productivity:
        """
        The log valued in work RVUs, each entry by the schedule of its year; without *schedules* by
        the bundled one.

        Rows that have values count with their work RVU even where Medicare does not pay by them
        (status N, for one): the figure measures work, not payment. Modifiers 50, 62, 78, 80, 81, 82
        and AS count with their share.
        """
        given = (bundled.fee_schedule(),) if schedules is None else schedules
        by_year = {schedule.year: schedule for schedule in given}
        found = [_valued(entry, by_year) for entry in self.entries]
        return Productivity(
            valued=tuple(one for one in found if isinstance(one, Valued)),
            unvalued=tuple(one for one in found if isinstance(one, Unvalued)),
        )


def _check_columns(path: str, names: Iterable[str]) -> None:
    found = list(names)
    wrong = [name for name in found if name not in _FIELDS]
    missing = [name for name in _FIELDS[:2] if name not in found]
    if wrong or missing:
        problem = f"unknown columns {wrong}" if wrong else f"missing columns {missing}"
        hint = f"the columns are {', '.join(_FIELDS)}"
        raise DataFormatError.at(path, f"{problem}; {hint}", line=1, column=(wrong or missing)[0])


def _entry(path: str, number: int, row: Mapping[str, Any]) -> LogEntry:
    try:
        return LogEntry(**{name: value for name, value in row.items() if value not in (None, "")})
    except (CdtrefError, TypeError, ValueError) as error:
        raise DataFormatError.at(path, str(error), line=number) from error


def _valued(entry: LogEntry, schedules: Mapping[int, FeeSchedule]) -> Valued | Unvalued:
    schedule = schedules.get(entry.date.year)
    if schedule is None:
        years = ", ".join(map(str, sorted(schedules))) or "none"
        return Unvalued(
            entry, f"no fee schedule of {entry.date.year} is given; there is one of {years}"
        )
    try:
        row = schedule.rvu(entry.code, entry.modifier if entry.modifier in ROW_MODIFIERS else None)
        if row.has_values:
            return Valued(entry, schedule.release, _work(entry, row))
    except CdtrefError as error:
        return Unvalued(entry, str(error))
    # Not `explain`, which is a paragraph for each entry.
    return Unvalued(
        entry,
        f"status {row.status} in {row.release}: {row.status.meaning}; all its values are 0.00",
    )


def _work(entry: LogEntry, row: RelativeValues) -> Decimal:
    share = share_of(row, entry.modifier).of_full if changes_share(entry.modifier) else _ONE
    return row.work * share * entry.units
