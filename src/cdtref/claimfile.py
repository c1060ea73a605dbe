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
    """A line of the file with what is wrong with it."""

    row: Row
    findings: tuple[Finding, ...]


def read_claim_lines(path: str | Path) -> Iterator[Row]:
    """
    The claim lines of a csv (utf-8), one by one as they are read. Modifiers are split by spaces, commas or semicolons.

    Raises:
        DataFormatError: a column is unknown or missing, or a cell cannot be read; it names line and column.
    """
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file, strict=True)
        try:
            rows.fieldnames = [name.strip().lower() for name in rows.fieldnames or ()]
            _check_columns(path, rows.fieldnames)
            for row in rows:
                yield Row(rows.line_num, (row.pop("claim", "") or "").strip(), _line(path, rows.line_num, row))
        except (csv.Error, UnicodeDecodeError) as error:
            raise _fault(path, f"it is not a csv in utf-8 ({error})", rows.line_num or 1) from error


def check_file(path: str | Path) -> Iterator[Checked]:
    """
    Every line of the csv with its findings, as it is read; lines of one claim stand together and are checked together.

    Raises:
        DataFormatError: as `read_claim_lines`.
    """
    for claim, group in itertools.groupby(read_claim_lines(path), key=lambda row: row.claim or row.number):
        rows = list(group)
        found = check_claim([row.line for row in rows]) if isinstance(claim, str) else check(rows[0].line)
        for place, row in enumerate(rows):
            yield Checked(row, tuple(finding for finding in found if finding.line == place))


def _check_columns(path: str | Path, found: list[str]) -> None:
    unknown = [name for name in found if name not in (*_FIELDS, "claim")]
    missing = [name for name in _NEEDED if name not in found]
    twice = [name for n, name in enumerate(found) if name in found[:n]]
    if twice:
        raise _fault(path, f"the column {twice[0]!r} is there twice", 1, twice[0])
    if unknown or missing:
        problem = f"unknown columns {unknown}" if unknown else f"missing columns {missing}"
        raise _fault(path, f"{problem}; the columns are {', '.join(_FIELDS)}, claim", 1, (unknown or missing)[0])


def _line(path: str | Path, number: int, row: Mapping[Any, Any]) -> ClaimLine:
    if None in row or None in row.values():
        raise _fault(
            path, f"it has another number of cells than the header, which has {len(row) - (None in row)}", number
        )
    fields = {}
    for name, text in row.items():
        cell = text.strip()
        if cell or name in _NEEDED:
            fields[name] = _cell(path, number, name, cell)
    try:
        return ClaimLine(**fields)
    except ValueError as error:
        raise _fault(path, str(error), number) from error


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
    place = f"{path}, line {line}" + (f", column {column}" if column else "")
    return DataFormatError(f"{place}: {problem}", path=str(path), line=line, column=column)
