"""
Claim lines from a csv whose columns are the fields of `ClaimLine`; a column `claim` groups them.
"""

from __future__ import annotations

import contextlib
import csv
import difflib
import io
import itertools
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from os import PathLike
from pathlib import Path
from typing import Any, Final, NamedTuple, TextIO

import attrs

from cdtref.claim.claimrules import CLAIM_RULES
from cdtref.claim.filed import Checked, Row
from cdtref.claim.finding import Finding
from cdtref.claim.line import ClaimLine
from cdtref.claim.linerules import LINE_RULES
from cdtref.claim.rule import check_line, check_lines
from cdtref.codeset import Catalog
from cdtref.errors import DataFormatError, quoted
from cdtref.procedure import as_date

_FIELDS: Final = (*(field.name for field in attrs.fields(ClaimLine)), "claim")
_NEEDED: Final = ("code", "date")
_ALSO: Final = {
    "procedure_code": "code",
    "service_date": "date",
    "date_of_service": "date",
    "teeth": "tooth",
    "surface": "surfaces",
    "qty": "quantity",
    "units": "quantity",
    "dob": "birth_date",
}
Note = Callable[[str], object]
"""Takes a word on what was passed over."""
_ALIKE: Final = (
    0.75  # share of common letters from which on a column may be a field that is misspelt
)
_DELIMITERS: Final = ",;\t"
_YES: Final = ("1", "true", "yes", "y", "x")
_NO: Final = ("0", "false", "no", "n")


class _Read(NamedTuple):
    number: int
    claim: str
    line: ClaimLine | DataFormatError


def read_claim_lines(
    path: str | PathLike[str], columns: Mapping[str, str] | None = None, *, note: Note | None = None
) -> Iterator[Row]:
    """
    The claim lines of a csv (utf-8; split by commas, semicolons or tabs), one by one as they are
    read; '-' is standard input. Its columns are the fields of `ClaimLine`, or those that *columns*
    names: field -> header. Others are passed over, of which *note* is told, and so are rows without
    text. Modifiers are split by spaces, commas or semicolons.

    Raises:
        DataFormatError: a column is missing or double, or a cell cannot be read; it names line and
            column.
        ValueError: *columns* names a field that there is not.
    """
    for number, claim, line in _read(path, columns or {}, note):
        if isinstance(line, DataFormatError):
            raise line
        yield Row(number, claim, line)


def check_lines_of(
    path: str | PathLike[str],
    catalog: Catalog,
    columns: Mapping[str, str] | None = None,
    *,
    note: Note | None = None,
) -> Iterator[Checked]:
    """
    Every line of the csv with its findings, as it is read; lines of one claim stand together and
    are checked together. A line with a cell that cannot be read has a finding of its own,
    'line.unreadable', and the others are checked.

    Raises:
        DataFormatError: the file is not a csv in utf-8, or a column is missing or double.
        ValueError: *columns* names a field that there is not.
    """
    for claim, group in itertools.groupby(
        _read(path, columns or {}, note), key=lambda one: one.claim or one.number
    ):
        read = list(group)
        lines = [one.line for one in read if isinstance(one.line, ClaimLine)]
        if isinstance(claim, str):
            found = check_lines(lines, catalog, LINE_RULES, CLAIM_RULES)
        else:
            found = tuple(
                finding for line in lines for finding in check_line(line, catalog, LINE_RULES)
            )
        places = itertools.count()
        for number, name, line in read:
            if isinstance(line, DataFormatError):
                yield Checked(number, name, None, (_unreadable(line),))
            else:
                place = next(places)
                yield Checked(
                    number,
                    name,
                    line,
                    tuple(finding for finding in found if finding.line_index == place),
                )


def _read(
    path: str | PathLike[str], columns: Mapping[str, str], note: Note | None
) -> Iterator[_Read]:
    number = 0
    with _opened(path) as file:
        try:
            rows = _rows(path, file)
            number, header = next(rows, (1, []))
            fields = _fields(path, header, columns)
            _tell_others(header, fields, note)
            for number, cells in rows:  # the last one is told where the next cannot be read
                cells_of = (
                    dict(zip(fields, cells, strict=True)) if len(cells) == len(header) else {}
                )
                claim = cells_of.pop("claim", "").strip()
                yield _Read(number, claim, _line(path, number, cells_of, len(header)))
        except (csv.Error, UnicodeDecodeError) as error:
            problem = f"it is not a csv in utf-8 ({error}); save it as CSV UTF-8"
            place = number + 1 if isinstance(error, csv.Error) else _undecodable(path, number)
            raise DataFormatError.at(path, problem, line=place) from error


def _opened(path: str | PathLike[str]) -> contextlib.AbstractContextManager[TextIO]:
    if path == "-":  # as bytes, for the terminal's encoding may let through what is none
        return contextlib.nullcontext(
            io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig", newline="")
        )
    return Path(path).open(encoding="utf-8-sig", newline="")


def _undecodable(path: str | PathLike[str], read: int) -> int:
    """The first line that is not utf-8; the file was read by blocks, which end elsewhere."""
    if path == "-":
        return read + 1
    with Path(path).open("rb") as file:
        return next(
            number
            for number, line in enumerate(file, 1)
            if line.decode("utf-8", "ignore").encode() != line
        )


def _rows(path: str | PathLike[str], file: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """
    The rows that have any text, with the number of their last line; the header tells how they are
    split.
    """
    lines = iter(file)
    above, first = next(((n, line) for n, line in enumerate(lines) if line.strip()), (0, ""))
    if not first:
        raise DataFormatError.at(path, "the file is empty", line=1)
    outside = re.sub('"[^"]*"', "", first)
    reader = csv.reader(
        itertools.chain([first], lines), delimiter=max(_DELIMITERS, key=outside.count), strict=True
    )
    return (
        (above + reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)
    )


def _fields(
    path: str | PathLike[str], header: Sequence[str], columns: Mapping[str, str]
) -> list[str]:
    """
    What each column is: a field, or its own name, which is no field's, where it is passed over.
    """
    unknown = [field for field in columns if field not in _FIELDS]
    if unknown:
        raise ValueError(f"no field {unknown[0]!r}; the fields are {', '.join(_FIELDS)}")
    given = {header: field for field, header in columns.items()}
    titles = [title.strip() for title in header]
    fields = [given.get(title) or _field(title, columns) for title in titles]
    for place, (title, field) in enumerate(zip(titles, fields, strict=True)):
        if field in _FIELDS and field in fields[:place]:
            problem = f"the column {title!r} is there twice, as {field}"
            raise DataFormatError.at(path, problem, line=1, column=title)
    for missing in (*columns, *_NEEDED):
        if missing not in fields:
            wanted = columns.get(missing, missing)
            problem = f"there is no column {wanted!r}; the columns are {', '.join(titles)}"
            raise DataFormatError.at(path, problem, line=1, column=wanted)
    return fields


def _field(title: str, columns: Mapping[str, str]) -> str:
    """
    A field by its name or another one, such as 'Tooth #'; "" where *columns* gives that field
    another column.
    """
    plain = re.sub("[^a-z0-9]+", "_", title.lower()).strip("_")
    field = _ALSO.get(plain, plain)
    return "" if field in columns else field


def _tell_others(header: Sequence[str], fields: Sequence[str], note: Note | None) -> None:
    """Which columns are passed over, those that may be misspelt with the field that is meant."""
    told = []
    for title, field in zip(header, fields, strict=True):
        free = [name for name in _FIELDS if name not in fields]
        near = difflib.get_close_matches(field, free, 1, _ALIKE) if field not in _FIELDS else []
        if field not in _FIELDS:
            told.append(title.strip() + (f" (did you mean {near[0]}?)" if near else ""))
    if told and note is not None:
        note(f"columns passed over: {', '.join(told)}")


def _unreadable(error: DataFormatError) -> Finding:
    problem = str(error).removeprefix(f"{error.place}: ")
    return Finding("line.unreadable", "error", error.column or "", problem)


def _line(
    path: str | PathLike[str], number: int, row: Mapping[str, str], width: int
) -> ClaimLine | DataFormatError:
    if not row:
        problem = f"it has another number of cells than the header, which has {width}"
        return DataFormatError.at(path, problem, line=number)
    cells = {name: text.strip() for name, text in row.items() if name in _FIELDS}
    try:
        read = {
            n: _cell(path, number, n, cell) for n, cell in cells.items() if cell or n in _NEEDED
        }
    except DataFormatError as error:
        return error
    return ClaimLine(**read)


def _cell(path: str | PathLike[str], number: int, name: str, cell: str) -> Any:
    try:
        return _READERS.get(name, str)(cell)
    except (ValueError, InvalidOperation) as error:
        problem = f"{quoted(cell)}, where {_EXPECTED[name]} is expected"
        raise DataFormatError.at(path, problem, line=number, column=name) from error


def _modifiers(cell: str) -> tuple[str, ...]:
    return tuple(cell.replace(",", " ").replace(";", " ").split())


def _yes_or_no(cell: str) -> bool:
    if cell.lower() in (*_YES, *_NO):
        return cell.lower() in _YES
    raise ValueError(cell)


def _amount(cell: str) -> Decimal:
    amount = Decimal(cell.lstrip("$").replace(",", ""))
    if not amount.is_finite():
        raise ValueError(cell)
    return amount


_DATES: Final = ("date", "prior_placement", "birth_date")
_READERS: Final[dict[str, Callable[[str], Any]]] = {
    **dict.fromkeys(_DATES, as_date),
    "quantity": int,
    "modifiers": _modifiers,
    "fee": _amount,
    "medicare": _yes_or_no,
}
_EXPECTED: Final = {
    **dict.fromkeys(_DATES, "an ISO date such as 2026-03-02"),
    "quantity": "a whole number",
    "fee": "an amount of dollars",
    "medicare": "yes or no",
}
