"""One procedure done, as a work log keeps it."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from datetime import date
from typing import Final

import attrs

from cdtref.code import Code, Modifier, parse_code, parse_modifier
from cdtref.errors import quoted
from cdtref.fieldtext import as_date
from cdtref.fieldtext.amounts import bounded_count, parse_count

Pairs = tuple[tuple[str, str], ...]
FIELDS: Final = ("date", "code", "modifiers", "units", "specialty", "note")
"""The columns that every log has a place for."""
# Titles of what belongs to patients, in the tables of practice systems and of claims
_OF_PATIENTS: Final = (
    r"patient|pat ?num|birth|\bdob\b|\bssn\b|\bmember|subscriber|guarantor|insured|\bchart\b"
)


@functools.lru_cache(1_000)  # asked of the same few titles for each entry
def is_of_patients(title: str) -> bool:
    """
    True for the title of a column about patients, of whom a log keeps nothing.

    >>> is_of_patients("Patient ID"), is_of_patients("PatNum"), is_of_patients("Provider")
    (True, True, False)
    """
    return re.search(_OF_PATIENTS, title, re.IGNORECASE) is not None


def is_reserved(title: str) -> bool:
    """True for the title that a field has, which no further column may have."""
    return title.strip().casefold() in FIELDS


def _read_modifiers(given: str | Iterable[str] | None) -> tuple[Modifier, ...]:
    if given is None:
        return ()
    if isinstance(given, str):
        given = given.replace(",", " ").replace(";", " ").split()
    if not isinstance(given, Iterable):
        raise TypeError(f"modifiers are text such as '26 RT', not {type(given).__name__}")
    return tuple(map(parse_modifier, given))


def _units_from_one(given: int | str) -> int:
    if isinstance(given, bool) or not isinstance(given, int | str):
        raise TypeError(f"units are a whole number, not {type(given).__name__}")
    if isinstance(given, str):
        try:
            count = parse_count(given)
        except ValueError as error:
            raise ValueError(f"units are a whole number from 1, not {quoted(given)}") from error
    else:
        count = bounded_count(given)
    if count < 1:
        raise ValueError(f"units are a whole number from 1, not {count}")
    return count


def _own_text(given: str) -> str:
    if not isinstance(given, str):
        raise TypeError(f"text is expected, not {type(given).__name__}")
    return given


def _own_name(given: str) -> str:
    return _own_text(given).strip()


def _more_pairs(given: Iterable[tuple[str, str]]) -> Pairs:
    """Sorted by their columns, so that entries with the same texts are equal."""
    pairs = [(_own_name(column), _own_name(text)) for column, text in given]
    taken: set[str] = set(FIELDS)
    for name, _ in pairs:
        if not name or name.casefold() in taken:
            raise ValueError(f"{quoted(name)} is no name of a further column, or is there twice")
        if is_of_patients(name):
            raise ValueError(f"{quoted(name)} is about patients, of whom a log keeps nothing")
        taken.add(name.casefold())
    return tuple(sorted((name, text) for name, text in pairs if text))


@attrs.frozen
class LogEntry:
    """
    One procedure done.

    Attributes:
        date: Date of service; ISO text is taken too.
        code: The procedure code, in canonical form.
        modifiers: Claim modifiers; text such as '26 RT' is taken too.
        units: How often, from 1.
        specialty: Any name of the user's own, such as the one in a benchmark table.
        note: Any text.
        more: What further columns of the user's own say, such as (('provider', 'B'),); none about
            patients.

    >>> LogEntry("2026-03-02", "71046", "26 RT").modifiers
    ('26', 'RT')
    """

    date: date = attrs.field(converter=as_date)
    code: Code = attrs.field(converter=parse_code)
    modifiers: tuple[Modifier, ...] = attrs.field(default=(), converter=_read_modifiers)
    units: int = attrs.field(default=1, converter=_units_from_one)
    specialty: str = attrs.field(default="", converter=_own_name)
    note: str = attrs.field(default="", converter=_own_text)
    more: Pairs = attrs.field(default=(), converter=_more_pairs)

    def text_in(self, column: str) -> str:
        """What a further column of the user's own says; "" where the entry has nothing in it."""
        return dict(self.more).get(column, "")
