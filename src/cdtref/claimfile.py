"""Claim lines from a csv whose columns are named as the fields of `ClaimLine`; a column `claim` groups them."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final, NamedTuple

import attrs

from cdtref.claim import ClaimLine
from cdtref.errors import DataFormatError
from cdtref.finding import Finding
from cdtref.lookup import check, check_claim
from cdtref.procedure import as_date

_FIELDS: Final = tuple(field.name for field in attrs.fields(ClaimLine))
_NEEDED: Final = ("code", "date")
_YES: Final = ("1", "true", "yes", "y", "x")
_NO: Final = ("0", "false", "no", "n")


class Row(NamedTuple):
    """A line of the file: its number from 1, the claim it belongs to ('' without such a column), and what it says."""

    number: int
    claim: str
    line: ClaimLine


class Checked(NamedTuple):
    """A line of the file with what is wrong with it; `line` is None where a cell could not be read."""

    number: int
    claim: str
    line: ClaimLine | None
    findings: tuple[Finding, ...]


class _Read(NamedTuple):
    number: int
    claim: str
    line: ClaimLine | DataFormatError


def read_claim_lines(path: str | Path) -> Iterator[Row]:
    """
    The claim lines of a csv (utf-8), one by one as they are read. Modifiers are split by spaces, commas or semicolons.

    Raises:
        DataFormatError: a column is unknown or missing, or a cell cannot be read; it names line and column.
    """
    for number, claim, line in _read(path):
        if isinstance(line, DataFormatError):
            raise line
        yield Row(number, claim, line)


def check_file(path: str | Path) -> Iterator[Checked]:
    """
    Every line of the csv with its findings, as it is read; lines of one claim stand together and are checked together.
    A line with a cell that cannot be read has a finding of its own, 'line.unreadable', and the others are checked.

    Raises:
        DataFormatError: the file is not a csv in utf-8, or a column is unknown or missing.
    """
    for claim, group in itertools.groupby(_read(path), key=lambda one: one.claim or one.number):
        read = list(group)
        lines = [one.line for one in read if isinstance(one.line, ClaimLine)]
        found = check_claim(lines) if isinstance(claim, str) else [f for line in lines for f in check(line)]
        places = itertools.count()
        for number, name, line in read:
            if isinstance(line, DataFormatError):
                yield Checked(number, name, None, (_unreadable(path, line),))
            else:
                place = next(places)
                yield Checked(number, name, line, tuple(finding for finding in found if finding.line == place))


def _read(path: str | Path) -> Iterator[_Read]:
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file, strict=True)
        try:
            rows.fieldnames = [name.strip().lower() for name in rows.fieldnames or ()]
            _check_columns(path, rows.fieldnames)
            for row in rows:
                claim = (row.pop("claim", "") or "").strip()
                yield _Read(rows.line_num, claim, _line(path, rows.line_num, row))
        except (csv.Error, UnicodeDecodeError) as error:
            raise _fault(path, f"it is not a csv in utf-8 ({error})", rows.line_num or 1) from error


def _unreadable(path: str | Path, error: DataFormatError) -> Finding:
    problem = str(error).removeprefix(_place(path, error.line, error.column) + ": ")
    return Finding("line.unreadable", "error", error.column or "", problem)


def _check_columns(path: str | Path, found: list[str]) -> None:
    unknown = [name for name in found if name not in (*_FIELDS, "claim")]
    missing = [name for name in _NEEDED if name not in found]
    twice = [name for n, name in enumerate(found) if name in found[:n]]
    if twice:
        raise _fault(path, f"the column {twice[0]!r} is there twice", 1, twice[0])
    if unknown or missing:
        problem = f"unknown columns {unknown}" if unknown else f"missing columns {missing}"
        raise _fault(path, f"{problem}; the columns are {', '.join(_FIELDS)}, claim", 1, (unknown or missing)[0])


def _line(path: str | Path, number: int, row: Mapping[Any, Any]) -> ClaimLine | DataFormatError:
    if None in row or None in row.values():
        columns = len(row) - (None in row)
        return _fault(path, f"it has another number of cells than the header, which has {columns}", number)
    cells = {name: text.strip() for name, text in row.items()}
    try:
        read = {n: _cell(path, number, n, cell) for n, cell in cells.items() if cell or n in _NEEDED}
    except DataFormatError as error:
        return error
    return ClaimLine(**read)


def _cell(path: str | Path, number: int, name: str, cell: str) -> Any:
    try:
        return _READERS.get(name, str)(cell)
    except (ValueError, InvalidOperation) as error:
        raise _fault(path, f"{cell[:24]!r}, where {_EXPECTED[name]} is expected", number, name) from error


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


def _fault(path: str | Path, problem: str, line: int, column: str | None = None) -> DataFormatError:
    message = f"{_place(path, line, column)}: {problem}"
    return DataFormatError(message, path=str(path), line=line, column=column)


def _place(path: str | Path, line: int | None, column: str | None) -> str:
    return f"{path}, line {line}" + (f", column {column}" if column else "")
