"""One procedure done, as a work log keeps it."""

from __future__ import annotations

from datetime import date

import attrs

from cdtref.code import Code, Modifier, parse_code, parse_modifier
from cdtref.errors import quoted
from cdtref.procedure import as_date


def _modifier(text: str | None) -> Modifier | None:
    return None if text is None or text == "" else parse_modifier(text)


def _units(value: int | str) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise TypeError(f"units are a whole number, not {type(value).__name__}")
    count = (
        int(value)
        if isinstance(value, int) or (value.strip().isascii() and value.strip().isdigit())
        else 0
    )
    if count < 1:
        raise ValueError(f"units are a whole number from 1, not {quoted(str(value))}")
    return count


@attrs.frozen
class LogEntry:
    """
    One procedure done.

    Attributes:
        date: Date of service; ISO text is taken too.
        code: The procedure code, in canonical form.
        modifier: One claim modifier, or None.
        units: How often, from 1.
        specialty: Any name of the user's own, such as the one in a benchmark table.
        note: Any text.
    """

    date: date = attrs.field(converter=as_date)
    code: Code = attrs.field(converter=parse_code)
    modifier: Modifier | None = attrs.field(default=None, converter=_modifier)
    units: int = attrs.field(default=1, converter=_units)
    specialty: str = ""
    note: str = ""
