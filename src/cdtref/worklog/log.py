"""
A log of procedures done: immutable, as csv and JSON, each entry valued by the release in force on
its date.

An entry without a value is set apart with the reason; it never counts as zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from os import PathLike, fspath

import attrs

from cdtref.errors import DataFormatError, listed_names, quoted, quoted_name
from cdtref.feeschedule import FeeSchedule
from cdtref.fieldtext import as_date
from cdtref.fieldtext.amounts import exactly
from cdtref.record import plain
from cdtref.table import Note, read_json
from cdtref.worklog.appending import append_entries
from cdtref.worklog.entry import LogEntry
from cdtref.worklog.logfile import csv_of, entry_of, read_log
from cdtref.worklog.productivity import DEFAULT_GROUPINGS, Productivity
from cdtref.worklog.valuing import Scale, Unvalued, Valued, values_by_cms, values_by_ihs


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
    def from_csv(
        cls,
        path: str | PathLike[str],
        columns: Mapping[str, str] | None = None,
        *,
        note: Note | None = None,
    ) -> WorkLog:
        """
        A log from a csv or xlsx with the columns date, code and, where wanted, modifiers, units,
        specialty, note, in any case, or those that *columns* names: field -> title. The usual
        titles of practice systems are known too. Further columns are kept as `LogEntry.more`, but
        for those about patients, of whom a log keeps nothing.

        *note* is told which columns these are, of rows above the header and such with neither date
        nor code, as one of totals, which are passed over, and of an encoding that is no UTF-8.

        Raises:
            DataFormatError: a column is missing or double, or a line cannot be read, with line and
                column; nothing is loaded in part.
            ValueError: *columns* names a field that there is not.
            OSError: the file cannot be opened.
        """
        return cls(read_log(path, columns, note).entries)

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
        return cls(tuple(entry_of(place, n, row) for n, row in enumerate(rows, start=1)))

    def with_entries(self, entries: Iterable[LogEntry]) -> WorkLog:
        """A new log with more entries at its end."""
        return WorkLog((*self.entries, *entries))

    def only(self, column: str, text: str) -> WorkLog:
        """
        The entries that have *text* as their specialty or in a further column, such as the work of
        one provider; capitals do not matter.

        Raises:
            ValueError: no entry has such a column.

        >>> log = WorkLog([LogEntry("2026-03-02", "D0120", more=[("Provider", "Bo")])])
        >>> log.only("provider", "bo") == log, log.only("provider", "ann").entries
        (True, ())
        """
        known = {"specialty": "specialty"}
        kept: list[LogEntry] = []
        for entry in self.entries:
            known |= {title.casefold(): title for title, _ in entry.more}
            texts = {title.casefold(): told for title, told in entry.more}
            texts["specialty"] = entry.specialty
            if texts.get(column.casefold(), "").casefold() == text.strip().casefold():
                kept.append(entry)
        if column.casefold() not in known:
            there = listed_names(known.values())
            raise ValueError(f"no column {quoted(column)}; there are {there}")
        return WorkLog(kept)

    def between(self, first: date | str, last: date | str) -> WorkLog:
        """
        The entries from the *first* to the *last* day, both included.

        Raises:
            ValueError: one is no ISO date, or the last is before the first.

        >>> log = WorkLog([LogEntry("2026-03-02", "D0120"), LogEntry("2026-04-01", "D0120")])
        >>> len(log.between("2026-03-01", "2026-03-31").entries)
        1
        """
        start, end = as_date(first), as_date(last)
        if end < start:
            raise ValueError(f"the last day {end} is before the first {start}")
        return WorkLog(entry for entry in self.entries if start <= entry.date <= end)

    def with_specialty(self, specialty: str) -> WorkLog:
        """
        The log with that specialty in the entries that have none, such as all of a log without such
        a column; a benchmark is found by it.
        """
        named: list[LogEntry] = []
        for entry in self.entries:
            if not entry.specialty:
                named.append(attrs.evolve(entry, specialty=specialty))
            else:
                named.append(entry)
        return WorkLog(named)

    def append_to(
        self,
        path: str | PathLike[str],
        columns: Mapping[str, str] | None = None,
        *,
        note: Note | None = None,
    ) -> WorkLog:
        """
        Append the entries of this log to a csv, and give the log that the file now has; a file that
        is not there, or blank, becomes one.

        What stands in the file stays byte for byte, and the new rows are written as it is: its
        encoding, line ends, sign between cells, columns and kind of dates. They are written to a
        file beside it (its name and '.new'), which is read back and then takes its place, whole or
        not at all; while it is there nobody else appends. *columns* and *note* are as of
        `from_csv`.

        Raises:
            DataFormatError: the file is no log, is a workbook or parquet, or has no column or no
                sign for what an entry says; nothing was written.
            ValueError: *columns* names a field that there is not.
            OSError: the file or its folder cannot be written, or another program is writing it;
                nothing was written.
        """
        return WorkLog(append_entries(path, self.entries, columns, note))

    def to_csv(self) -> str:
        """
        The log as the text of a csv that `from_csv` reads back.

        A text that a spreadsheet would take for a formula has an apostrophe before it there.
        """
        return csv_of(self.entries)

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
            raise ValueError(f"no scale {quoted_name(scale)}; there are 'cms' and 'ihs'")
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
