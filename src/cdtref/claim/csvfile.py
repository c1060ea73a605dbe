"""
Claim lines from a csv or xlsx whose columns are the fields of `ClaimLine`; a column `claim` groups
them.
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from os import PathLike
from typing import Any, Final, NamedTuple

import attrs

from cdtref.claim.claimrules import CLAIM_RULES
from cdtref.claim.filed import Checked, Row
from cdtref.claim.finding import Finding
from cdtref.claim.line import ClaimLine
from cdtref.claim.linerules import LINE_RULES
from cdtref.claim.rule import Background, check_line, check_lines
from cdtref.codeset import Catalog
from cdtref.errors import DataFormatError, quoted
from cdtref.fieldtext.amounts import parse_amount, parse_count
from cdtref.table import Line, Note, Table, Wanted, date_in_file, open_table, shown_titles

_FIELDS: Final = (*(field.name for field in attrs.fields(ClaimLine)), "claim")
_NEEDED: Final = ("code", "date")
# Titles of practice systems and warehouses, lower case, without what parts their words
_ALSO: Final = {
    "procedurecode": "code",
    "proccode": "code",
    "adacode": "code",
    "cdtcode": "code",
    "servicedate": "date",
    "dateofservice": "date",
    "procdate": "date",
    "proceduredate": "date",
    "teeth": "tooth",
    "toothnum": "tooth",
    "toothnumber": "tooth",
    "surface": "surfaces",
    "surf": "surfaces",
    "qty": "quantity",
    "units": "quantity",
    "modifier": "modifiers",
    "procfee": "fee",
    "dob": "birth_date",
    "dateofbirth": "birth_date",
    "birthdate": "birth_date",
}
# Share of common letters from which on a column may be a field that is misspelt
_ALIKE: Final = 0.75
_YES: Final = ("1", "true", "yes", "y", "x")
_NO: Final = ("0", "false", "no", "n")
# An 837D claim has at most 50 lines. Where more than these stand together, the column is likely
# none of claims, and all of them at once would be a whole file in memory.
_MOST_TOGETHER: Final = 500
# Of the columns that are passed over, what a note tells
_MOST_TOLD: Final = 40
_LONGEST_TITLE: Final = 40


_PLACEMENT_MISSING: Final = "prosthesis.missing"


class _FiledLine(NamedTuple):
    number: int
    claim: str
    line: ClaimLine | DataFormatError
    has_placement: bool  # whether the file has a column for initial or replacement


class _Column(NamedTuple):
    """A column of the file that is a field of the line."""

    field: str
    place: int
    read: Callable[[str], Any]


def read_claim_lines(
    path: str | PathLike[str], columns: Mapping[str, str] | None = None, *, note: Note | None = None
) -> Iterator[Row]:
    """
    The claim lines of a csv, of any length, one by one as they are read, or of the first sheet of
    an xlsx; '-' is standard input.

    Its columns are the fields of `ClaimLine`, or those that *columns* names: field -> header.
    Others are passed over, of which *note* is told, and so are rows without text and rows above the
    header. Modifiers are split by spaces, commas or semicolons.

    Raises:
        DataFormatError: a column is missing or double, or a cell cannot be read; it names line and
            column.
        ValueError: *columns* names a field that there is not.
        OSError: the file cannot be opened.
    """
    for number, claim, line, _ in _filed_lines(path, columns or {}, note):
        if isinstance(line, DataFormatError):
            raise line
        yield Row(number, claim, line)


def check_lines_of(
    path: str | PathLike[str],
    catalog: Catalog,
    columns: Mapping[str, str] | None = None,
    background: Background | None = None,
    *,
    note: Note | None = None,
) -> Iterator[Checked]:
    """
    Every line of the csv or xlsx with its findings, as it is read; lines of one claim stand
    together and are checked together, 500 at a time. A line with a cell that cannot be read has a
    finding of its own, 'line.unreadable', and the others are checked. Where the file has no column
    for the prosthesis code, that is said once.

    Raises:
        DataFormatError: the file is no csv and no xlsx, or a column is missing or double.
        ValueError: *columns* names a field that there is not.
        OSError: the file cannot be opened.
    """
    filed = _filed_lines(path, columns or {}, note)
    absence = _AbsentColumn()
    for _, together in itertools.groupby(filed, key=_claim_or_number):
        while group := list(itertools.islice(together, _MOST_TOGETHER)):
            checked = _checked_group(group, catalog, background)
            if group[0].has_placement:
                yield from checked
            else:
                yield from map(absence.told_once, checked)


class _AbsentColumn:
    """A file without a column for the prosthesis code: said of the first crown, not of each."""

    def __init__(self) -> None:
        self._is_told = False

    def told_once(self, checked: Checked) -> Checked:
        return checked._replace(findings=tuple(self._kept_findings(checked)))

    def _kept_findings(self, checked: Checked) -> Iterator[Finding]:
        for finding in checked.findings:
            if finding.rule != _PLACEMENT_MISSING:
                yield finding
            elif not self._is_told:
                self._is_told = True
                told = f"{finding.message}; the file has no column for it, so this is said once"
                yield attrs.evolve(finding, message=told)


def _claim_or_number(one: _FiledLine) -> str | int:
    return one.claim or one.number


def _checked_group(
    group: Sequence[_FiledLine], catalog: Catalog, background: Background | None
) -> Iterator[Checked]:
    lines = [one.line for one in group if isinstance(one.line, ClaimLine)]
    if group[0].claim:
        found = _findings_by_place(lines, catalog, background)
    else:  # a line without a claim stands alone in its group
        found = dict(enumerate(check_line(line, catalog, LINE_RULES) for line in lines))
    places = itertools.count()
    for number, claim, line, _ in group:
        if isinstance(line, DataFormatError):
            yield Checked(number, claim, None, (_unreadable(line),))
        else:
            yield Checked(number, claim, line, tuple(found[next(places)]))


def _findings_by_place(
    lines: Sequence[ClaimLine], catalog: Catalog, background: Background | None
) -> Mapping[int | None, Sequence[Finding]]:
    found: dict[int | None, list[Finding]] = defaultdict(list)
    together = check_lines(lines, catalog, LINE_RULES, CLAIM_RULES, background=background)
    for finding in together:
        found[finding.line_index].append(finding)
    return found


def _filed_lines(
    path: str | PathLike[str], columns: Mapping[str, str], note: Note | None
) -> Iterator[_FiledLine]:
    _check_mapping(columns)
    wanted = Wanted(lambda titles: _count_needed(titles, columns), len(_NEEDED))
    with open_table(path, wanted, note, is_stream=True) as table:
        fields = _fields_of(table, columns)
        _tell_others(table.titles, fields, note)
        claim = _place_of("claim", fields)
        read = _columns_of(fields)
        width, has_placement = len(fields), "prosthesis" in fields
        for line in table.lines:
            name = _claim_of(line, claim)
            if len(line.cells) == width:
                said = _claim_line(table, line, read)
                yield _FiledLine(line.number, name, said, has_placement)
            else:
                fault = table.fault(table.width_fault(line), line.number)
                yield _FiledLine(line.number, name, fault, has_placement)


def _claim_of(line: Line, place: int | None) -> str:
    """Of a line that is too short or too long as well, so that it does not part its claim."""
    if place is None or place >= len(line.cells):
        return ""
    claim: str = line.cells[place].strip()
    return claim


def _check_mapping(columns: Mapping[str, str]) -> None:
    for field in columns:
        if field not in _FIELDS:
            raise ValueError(f"no field {field!r}; the fields are {', '.join(_FIELDS)}")


def _count_needed(titles: Sequence[str], columns: Mapping[str, str]) -> int:
    return len(set(_NEEDED) & set(_named_fields(titles, columns)))


def _named_fields(titles: Sequence[str], columns: Mapping[str, str]) -> list[str]:
    """
    What each column is: a field, or its own name, which is no field's, where it is passed over.
    """
    given = {header: field for field, header in columns.items()}
    return [given.get(title) or _field_named(title, columns) for title in titles]


def _fields_of(table: Table, columns: Mapping[str, str]) -> list[str]:
    """The same, where no field is missing and none comes twice."""
    titles, line = table.titles, table.header.number
    if not titles:
        raise table.fault("the file is empty", line)
    fields = _named_fields(titles, columns)
    seen: set[str] = set()
    for title, field in zip(titles, fields, strict=True):
        if field in seen:
            problem = f"the column {quoted(title)} is there twice, as {field}"
            raise table.fault(problem, line, title)
        seen.update({field} & set(_FIELDS))
    for missing in (*columns, *_NEEDED):
        if missing not in seen:
            wanted = columns.get(missing, missing)
            problem = f"there is no column {wanted!r}; the columns are {shown_titles(titles)}"
            remedy = f"name it: columns={{{missing!r}: ...}}, or --column {missing}=..."
            raise table.fault(f"{problem}; {remedy}", line, wanted)
    return fields


def _place_of(field: str, fields: Sequence[str]) -> int | None:
    return fields.index(field) if field in fields else None


def _columns_of(fields: Sequence[str]) -> list[_Column]:
    columns = []
    for place, field in enumerate(fields):
        if field in _FIELDS and field != "claim":
            columns.append(_Column(field, place, _READERS.get(field, str)))
    return columns


def _field_named(title: str, columns: Mapping[str, str]) -> str:
    """
    A field by its name or another one, such as 'Tooth #'; "" where *columns* gives that field
    another column.
    """
    plain = re.sub("[^a-z0-9]+", "_", title.lower()).strip("_")
    field = _ALSO.get(plain.replace("_", ""), plain)
    return "" if field in columns else field


def _tell_others(titles: Sequence[str], fields: Sequence[str], note: Note | None) -> None:
    """Which columns are passed over, those that may be misspelt with the field that is meant."""
    free = [name for name in _FIELDS if name not in fields]
    others = [place for place, field in enumerate(fields) if field not in _FIELDS]
    if not others or note is None:
        return
    told = [_told_of(titles[place], fields[place], free) for place in others[:_MOST_TOLD]]
    if len(others) > _MOST_TOLD:
        told.append(f"{len(others) - _MOST_TOLD} more")
    note(f"columns passed over: {', '.join(told)}")


def _told_of(title: str, plain: str, free: Sequence[str]) -> str:
    shown = title[:_LONGEST_TITLE]
    for near in difflib.get_close_matches(plain[:_LONGEST_TITLE], free, 1, _ALIKE):
        return f"{shown} (did you mean {near}?)"
    return shown


def _unreadable(error: DataFormatError) -> Finding:
    problem = str(error).removeprefix(f"{error.place}: ")
    return Finding("line.unreadable", "error", error.column or "", problem)


def _claim_line(
    table: Table, line: Line, columns: Iterable[_Column]
) -> ClaimLine | DataFormatError:
    read = {}
    for field, place, reader in columns:
        cell = line.cells[place].strip()
        if not cell and field not in _NEEDED:
            continue
        try:
            read[field] = reader(cell)
        except ValueError:
            problem = f"{quoted(cell)}, where {_EXPECTED[field]} is expected"
            return table.fault(problem, line.number, field)
    return ClaimLine(**read)


def _modifiers_in(cell: str) -> tuple[str, ...]:
    return tuple(cell.replace(",", " ").replace(";", " ").split())


def _yes_or_no(cell: str) -> bool:
    if cell.lower() in (*_YES, *_NO):
        return cell.lower() in _YES
    raise ValueError(cell)


_DATES: Final = ("date", "prior_placement", "birth_date")
_READERS: Final[dict[str, Callable[[str], Any]]] = {
    **dict.fromkeys(_DATES, date_in_file),
    "quantity": parse_count,
    "modifiers": _modifiers_in,
    "fee": parse_amount,
    "medicare": _yes_or_no,
}
_EXPECTED: Final = {
    **dict.fromkeys(_DATES, "a date such as 2026-03-02 or 3/2/2026"),
    "quantity": "a whole number",
    "fee": "an amount of dollars such as 1,250.50",
    "medicare": "yes or no",
}
