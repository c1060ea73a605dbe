"""
Entries appended to the file of a log: a new file beside it takes its place, whole or not at all.

What stands in the file stays byte for byte; the new rows have its encoding, its line ends, the sign
between its cells, its columns in their order, and its way to write a date.
"""

from __future__ import annotations

import contextlib
import csv
import errno
import io
import os
import re
import stat
import time
from collections.abc import Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Final, NamedTuple

import attrs

from cdtref.errors import DataFormatError, quoted
from cdtref.table import Note, shown_titles
from cdtref.worklog.entry import FIELDS, LogEntry
from cdtref.worklog.logfile import LogFile, cells_of, csv_line, csv_of, read_log

_TRIES: Final = 200
_PAUSE: Final = 0.05  # seconds; to a log of twenty thousand entries another adds within two
_NO_TEXTS: Final = (b"PK\x03\x04", b"PAR1")  # workbooks and parquet
_NO_NAMES: Final = (".xlsx", ".xlsm", ".xls", ".ods", ".parquet", ".json")
_LINE_END: Final = re.compile("\r\n|\n|\r")
_NO_DELIMITERS: Final = frozenset('" \r\n')
_MARKS: Final = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


def append_entries(
    path: str | PathLike[str],
    entries: Sequence[LogEntry],
    columns: Mapping[str, str] | None,
    note: Note | None,
) -> tuple[LogEntry, ...]:
    """
    All entries of the file, those appended at their end. See `WorkLog.append_to`.

    Raises:
        DataFormatError: the file is no log, or has no room for what an entry says.
        OSError: the file cannot be written, or another program is writing it.
    """
    # A link stays one: the file that it leads to is replaced.
    target = Path(os.path.realpath(path))
    _require_writable(target)
    with _new_file_beside(target) as new:
        old = target.read_bytes() if target.exists() else b""
        if old.strip():
            done = _continued_log(target, old, entries, _Reading(columns, note))
        else:
            done = _begun_log(target, entries)
        _write_through(new, done.content)
        if read_log(new, done.columns).entries != done.entries:
            problem = "the new rows would not be read as they were meant; nothing was written"
            raise DataFormatError.at(target, problem)
        if target.exists() and target.read_bytes() != old:
            raise _in_the_way(target, "another program has changed it meanwhile; try again")
        new.replace(target)
    return done.entries


class _Reading(NamedTuple):
    """How the file is read, as `WorkLog.from_csv` takes it."""

    columns: Mapping[str, str] | None
    note: Note | None


class _Done(NamedTuple):
    """The bytes of the new file, and the entries that it has to be read as, by these columns."""

    content: bytes
    entries: tuple[LogEntry, ...]
    columns: Mapping[str, str] | None


def _write_through(new: Path, content: bytes) -> None:
    with new.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _require_writable(target: Path) -> None:
    if not target.exists():
        return
    if not target.is_file():
        raise OSError(errno.EINVAL, "it is no file of text", str(target))
    # A new file could take the place of a protected one, which its owner did not want.
    is_protected = not target.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)
    if is_protected or not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "it is write-protected", str(target))
    lock = target.with_name(f".~lock.{target.name}#")
    if lock.exists():
        why = "it is open in LibreOffice, which would write over what is added"
        raise _in_the_way(target, f"{why}; close it there (or delete {lock.name})")


def _in_the_way(target: Path, why: str) -> OSError:
    return BlockingIOError(errno.EAGAIN, why, str(target))


@contextlib.contextmanager
def _new_file_beside(target: Path) -> Iterator[Path]:
    """
    An empty file beside the target, with its rights; gone where something fails.

    Nobody else can make it while it is there, so that of two who append at once one waits.
    """
    new = target.with_name(f"{target.name}.new")
    _create_alone(new)
    try:
        if target.exists():
            _copy_rights(target, new)
        yield new
    except BaseException:
        new.unlink()
        raise


def _create_alone(new: Path) -> None:
    for _ in range(_TRIES):
        if _is_made(new):
            return
        time.sleep(_PAUSE)
    why = f"{new.name} is there: another program is adding, or was interrupted"
    raise _in_the_way(new, f"{why}; if none is, delete that file")


def _is_made(new: Path) -> bool:
    try:
        new.open("xb").close()
    except FileExistsError:
        return False
    except OSError as error:
        why = f"{new.name} cannot be made beside it: {error.strerror}"
        raise OSError(error.errno, why, str(new)) from error
    return True


def _copy_rights(target: Path, new: Path) -> None:
    state = target.stat()
    new.chmod(stat.S_IMODE(state.st_mode))
    # Only root gives files away, and on Windows nobody does.
    with contextlib.suppress(PermissionError, AttributeError):
        os.chown(new, state.st_uid, state.st_gid)


def _begun_log(target: Path, entries: Sequence[LogEntry]) -> _Done:
    # A csv by the name of a workbook would be opened as one, and be found broken.
    if target.suffix.lower() in _NO_NAMES:
        problem = f"a new log is a csv, and {target.suffix} is the name of another kind of file"
        raise DataFormatError.at(target, problem)
    return _Done(csv_of(entries).encode(), tuple(entries), None)


def _continued_log(
    target: Path, old: bytes, entries: Sequence[LogEntry], reading: _Reading
) -> _Done:
    if old.startswith(_NO_TEXTS):
        problem = "it is no text, to which rows could be added; save it as csv (UTF-8)"
        raise DataFormatError.at(target, problem)
    log = read_log(target, reading.columns, reading.note)
    fitted = [_fitted_entry(target, entry, log) for entry in entries]
    added = _rows_for(target, fitted, log, _form_of(old, log))
    return _Done(old + added, (*log.entries, *fitted), reading.columns)


def _rows_for(target: Path, entries: Sequence[LogEntry], log: LogFile, form: _Form) -> bytes:
    rows = [_row_of(entry, log, form) for entry in entries]
    try:
        return "".join((form.rest, *rows)).encode(form.encoding)
    except UnicodeEncodeError as error:
        sign = error.object[error.start]
        problem = f"its encoding, {form.encoding}, has no {sign!r}; save it as csv (UTF-8)"
        raise DataFormatError.at(target, problem) from error


def _fitted_entry(target: Path, entry: LogEntry, log: LogFile) -> LogEntry:
    """
    The entry with the file's titles for its further columns.

    Raises:
        DataFormatError: the file lacks a column for what the entry says.
    """
    given = {title.casefold(): text for title, text in entry.more}
    more = [(title, given.pop(title.casefold(), "")) for title in log.further]
    lacking = [field for field in _fields_told_by(entry) if field not in log.fields]
    lacking.extend(given)
    if lacking:
        problem = f"the log has no column {quoted(lacking[0])} for what the entry says"
        problem = f"{problem}; it has {shown_titles(log.header.cells)}"
        raise DataFormatError.at(target, problem, line=log.header.number, column=lacking[0])
    return attrs.evolve(entry, more=more)


def _fields_told_by(entry: LogEntry) -> list[str]:
    """The fields in which an entry says more than nothing, or one unit."""
    silent = LogEntry(entry.date, entry.code)
    return [field for field in FIELDS if getattr(entry, field) != getattr(silent, field)]


class _Form(NamedTuple):
    """
    How the file is written.

    Attributes:
        encoding: Of its bytes.
        line_end: Of its lines.
        rest: What its last line lacks to be ended.
        delimiter: The sign between its cells.
    """

    encoding: str
    line_end: str
    rest: str
    delimiter: str


def _form_of(old: bytes, log: LogFile) -> _Form:
    encoding = _encoding_of(old)
    text = old.decode(encoding).removeprefix("\ufeff")
    found = _LINE_END.search(text)
    line_end = "\n" if found is None else found[0]
    rest = "" if text.endswith(("\n", "\r")) else line_end
    return _Form(encoding, line_end, rest, _delimiter_in(text, log))


def _encoding_of(old: bytes) -> str:
    """As the reader of tables tells it; rows are written in it without a mark."""
    for mark, encoding in _MARKS:
        if old.startswith(mark):
            return encoding
    try:
        old.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _delimiter_in(text: str, log: LogFile) -> str:
    """The sign of the header's line under which its cells are the titles that were read."""
    lines = list(io.StringIO(text, newline=""))[log.header.number - 1 :]
    signs = [sign for sign in dict.fromkeys(lines[0]) if sign not in _NO_DELIMITERS]
    return next(sign for sign in signs if _titles_under(sign, lines) == log.header.cells)


def _titles_under(sign: str, lines: Sequence[str]) -> list[str]:
    try:
        return list(map(str.strip, next(csv.reader(lines, delimiter=sign, strict=True))))
    except csv.Error:  # text behind a quote that ended, under a sign that is no delimiter
        return []


def _row_of(entry: LogEntry, log: LogFile, form: _Form) -> str:
    texts: dict[str, str] = dict(zip(FIELDS, cells_of(entry), strict=True))
    if "/" in log.last_date:
        texts["date"] = f"{entry.date.month}/{entry.date.day}/{entry.date.year}"
    more = dict(entry.more)
    cells: list[str] = []
    for column in log.columns:
        if column.field:
            cells.append(texts[column.field])
        else:
            cells.append(more.get(column.title, ""))
    return csv_line(cells, form.delimiter, form.line_end)
