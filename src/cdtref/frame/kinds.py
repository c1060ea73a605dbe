"""What a column may hold, and how another world names that: an engine, a file, a dictionary."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import attrs

DIGITS: Final = 9
PLACES: Final = 2
"""Of a decimal: relative values have two places, and the greatest of all is below a thousand."""


@attrs.frozen
class ListOf:
    """Several values of one kind in a cell."""

    item: Kind


def _own_kinds(given: Mapping[str, Kind]) -> Mapping[str, Kind]:
    return MappingProxyType(dict(given))


@attrs.frozen
class Fields:
    """
    Named values in a cell, each of its own kind.

    >>> list(Fields({"relation": str, "code": str}).kinds)
    ['relation', 'code']
    """

    kinds: Mapping[str, Kind] = attrs.field(converter=_own_kinds, hash=False)


Kind = type | ListOf | Fields
"""One of str, bool, int, Decimal and date, or what holds several of them."""


class Dialect(NamedTuple):
    """How kinds are named: the five of single values, a list, and fields by their names."""

    scalars: Mapping[type, Any]
    list_of: Callable[[Any], Any]
    fields_of: Callable[[dict[str, Any]], Any]

    def name(self, kind: Kind) -> Any:
        """
        The kind in this dialect.

        >>> ENGLISH.name(ListOf(Fields({"value": Decimal, "since": dt.date})))
        'list of {value: decimal(9,2), since: date}'
        """
        if isinstance(kind, ListOf):
            return self.list_of(self.name(kind.item))
        if isinstance(kind, Fields):
            return self.fields_of({name: self.name(inner) for name, inner in kind.kinds.items()})
        return self.scalars[kind]


def _fields_in_braces(fields: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{name}: {kind}" for name, kind in fields.items()) + "}"


ENGLISH: Final = Dialect(
    scalars=MappingProxyType(
        {
            str: "text",
            bool: "boolean",
            int: "integer",
            Decimal: f"decimal({DIGITS},{PLACES})",
            dt.date: "date",
        }
    ),
    list_of="list of {}".format,
    fields_of=_fields_in_braces,
)
"""The names that a data dictionary has."""
