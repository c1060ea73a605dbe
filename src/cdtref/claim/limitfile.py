"""Limits of a plan from a file: csv or xlsx with a limit a row, or JSON."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from os import PathLike, fspath
from typing import Any, Final

import attrs

from cdtref.claim.limits import Limit
from cdtref.errors import DataFormatError, quoted
from cdtref.fieldtext.amounts import parse_count
from cdtref.table import Line, Note, Table, Wanted, open_table, read_json, shown_titles

_FIELDS: Final = tuple(field.name for field in attrs.fields(Limit))
_NEEDED: Final = "codes"
_ALIKE: Final = 0.66  # share of common letters from which on a name may be a misspelt one
_LONGEST_NAME: Final = 40  # to compare longer ones takes time
_YES: Final = ("yes", "true", "1", "x", "y")
_NO: Final = ("no", "false", "0", "n")


def read_limits(path: str | PathLike[str], *, note: Note | None = None) -> tuple[Limit, ...]:
    """
    The limits of a plan from a csv or xlsx whose columns are the fields of `Limit` (of which only
    'codes' is needed, with ';' between codes), or from a JSON file of the schema
    data/schemas/limits.schema.json in the package: {"limits": [{"codes": ["bitewings"], ...}]}.

    *note* is told of columns that are passed over.

    Raises:
        DataFormatError: the file is none of these, a column is likely a misspelt one, or a limit
            is not as `Limit` describes.
        OSError: the file cannot be opened.
    """
    if fspath(path).lower().endswith(".json"):
        return tuple(_limits_in_json(path))
    wanted = Wanted(lambda titles: int(_NEEDED in _named_fields(titles)), 1)
    with open_table(path, wanted, note) as table:
        fields = _fields_of(table, note)
        return tuple(_limit_of(table, line, fields) for line in table.lines)


def _limits_in_json(path: str | PathLike[str]) -> Iterator[Limit]:
    raw = read_json(path)
    if not isinstance(raw, dict) or not isinstance(raw.get("limits"), list):
        problem = 'limits in JSON are {"limits": [{"codes": ["D0210"], "most": 1}]}'
        raise DataFormatError.at(path, problem)
    for number, fields in enumerate(raw["limits"], start=1):
        if not isinstance(fields, dict):
            raise DataFormatError.at(path, f"limit {number} is no object of fields")
        unknown = sorted(set(fields) - set(_FIELDS))
        if unknown:
            told = quoted(unknown[0]) + _hint_at(unknown[0], fields)
            problem = f"limit {number} has {told}; its fields are {', '.join(_FIELDS)}"
            raise DataFormatError.at(path, problem)
        try:
            yield _made_limit(fields)
        except (ValueError, TypeError) as error:
            raise DataFormatError.at(path, f"limit {number}: {error}") from error


def _made_limit(fields: Mapping[str, Any]) -> Limit:
    if _NEEDED not in fields:
        raise ValueError("a limit is of codes: D0274, D2710-D2794 or the name of a group")
    return Limit(**fields)


def _named_fields(titles: Sequence[str]) -> list[str]:
    return ["_".join(title.lower().split()) for title in titles]


def _fields_of(table: Table, note: Note | None) -> list[str]:
    fields = _named_fields(table.titles)
    if _NEEDED not in fields:
        known = ", ".join(_FIELDS)
        problem = f"there is no column 'codes'; the columns are {shown_titles(table.titles)}"
        problem = f"{problem}, and a plan's may be {known}"
        raise table.fault(problem, table.header.number, _NEEDED)
    for title, field in zip(table.titles, fields, strict=True):
        if fields.count(field) > 1:
            problem = f"the column {quoted(title)} is there twice"
            raise table.fault(problem, table.header.number, title)
    _judge_others(table, fields, note)
    return fields


def _judge_others(table: Table, fields: Sequence[str], note: Note | None) -> None:
    """A limit whose period stands in a column that is passed over would be another limit."""
    others = []
    for title, field in zip(table.titles, fields, strict=True):
        if field in _FIELDS:
            continue
        hint = _hint_at(field, fields)
        if hint:
            raise table.fault(f"no limit has {quoted(title)}{hint}", table.header.number, title)
        others.append(title)
    if others and note is not None:
        note(f"columns passed over: {shown_titles(others)}")


def _hint_at(name: str, given: Container[str]) -> str:
    """The field that a misspelt name may be, of those that are not there; "" where none is near."""
    free = [field for field in _FIELDS if field not in given]
    for near in difflib.get_close_matches(name[:_LONGEST_NAME], free, 1, _ALIKE):
        return f" (did you mean {near}?)"
    return ""


def _limit_of(table: Table, line: Line, fields: Sequence[str]) -> Limit:
    if len(line.cells) != len(fields):
        raise table.fault(table.width_fault(line), line.number)
    told: dict[str, Any] = {}
    for place, field in enumerate(fields):
        text = table.text(line, place)
        if text and field in _FIELDS:
            told[field] = _read_cell(table, line, field, text)
    try:
        return _made_limit(told)
    except ValueError as error:
        raise table.fault(str(error), line.number) from error


def _read_cell(table: Table, line: Line, field: str, text: str) -> Any:
    try:
        return _READERS.get(field, str)(text)
    except ValueError:
        problem = f"{quoted(text)}, where {_EXPECTED[field]} is expected"
        raise table.fault(problem, line.number, field) from None


def _yes_or_no(text: str) -> bool:
    if text.lower() in _YES:
        return True
    if text.lower() in _NO:
        return False
    raise ValueError(text)


_COUNTS: Final = ("most", "least_age", "most_age")
_READERS: Final[dict[str, Callable[[str], Any]]] = {
    **dict.fromkeys(_COUNTS, parse_count),
    "replacement": _yes_or_no,
}
_EXPECTED: Final = {**dict.fromkeys(_COUNTS, "a whole number"), "replacement": "yes or no"}
