"""A column of the reference: its name, what it holds, what that means, and where it is from."""

from __future__ import annotations

import datetime as dt
import enum
import functools
from collections.abc import Callable, Iterable
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final

import attrs

from cdtref.frame.kinds import Fields, Kind, ListOf

OURS: Final = "written for this project"
COMPILED: Final = "compiled for this project; the column sources names what from"


@attrs.frozen
class Column:
    """
    A column of a table.

    Attributes:
        name: Its name.
        kind: What it holds: str, bool, int, Decimal, date, or lists of them.
        meaning: What it says, for a data dictionary.
        source: Where that is from.
        read: Takes it from a record; by its name, unless told otherwise.
    """

    name: str
    kind: Kind
    meaning: str
    source: str
    read: Callable[[Any], Any] = attrs.field(
        default=attrs.Factory(lambda column: attrgetter(column.name), takes_self=True), repr=False
    )

    @property
    def is_nested(self) -> bool:
        """True for a column of lists."""
        return isinstance(self.kind, ListOf)

    def value_of(self, record: Any) -> Any:
        """
        What a record has in the column: text, number, flag, `Decimal`, date or None, or a list of
        them, in which records are dicts.
        """
        return _typed_value(self.read(record))


def values_of(columns: Iterable[Column], record: Any) -> tuple[Any, ...]:
    """What a record has in each of the columns."""
    # Not by `Column.value_of`, nor a generator: half of the time of a release of thirty columns.
    return tuple([_typed_value(column.read(record)) for column in columns])


SOURCES: Final = Fields({"title": str, "address": str, "retrieved": str, "kind": str})
"""The fields of a `Source`."""


_PLAIN: Final = frozenset({str, bool, int, Decimal, dt.date, type(None)})


def _typed_value(value: Any) -> Any:
    """A value as engines take it: no enum for a text or a number, no record of ours."""
    if type(value) in _PLAIN:  # as most are; to ask the rest takes longer
        return value
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, tuple):
        return list(map(_typed_value, value))
    kind: Any = type(value)
    return {name: _typed_value(getattr(value, name)) for name in _names_of(kind)}


@functools.cache  # of three classes, for a hundred thousand sources
def _names_of(kind: Any) -> tuple[str, ...]:
    return tuple(attrs.fields_dict(kind))
