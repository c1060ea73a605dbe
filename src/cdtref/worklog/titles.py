"""
Which title of a table is which field of a log: by what the caller says, by the names of the fields,
and by the titles of practice systems, of which `cdtref.claim.PROFILES` has the table.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from cdtref.errors import quoted_name
from cdtref.worklog.entry import FIELDS

NEEDED: Final = ("date", "code")
_OWN: Final = {**{field: field for field in FIELDS}, "modifier": "modifiers"}
# A claim line calls units its quantity.
_OF_LINES: Final = {"date": "date", "code": "code", "quantity": "units", "modifiers": "modifiers"}
# What is a day of service in the tables of one system is another day in those of others.
_TOO_GENERAL: Final = frozenset({"fromdate", "completiondate", "dateplanned"})


def _known_fields(given: Mapping[str, str] | None) -> dict[str, str]:
    """
    The fields by the titles that the caller gives, in lower case.

    Raises:
        ValueError: there is no such field.
    """
    by_title: dict[str, str] = {}
    for field, title in (given or {}).items():
        if field not in FIELDS:
            raise ValueError(f"no field {quoted_name(field)}; the fields are {', '.join(FIELDS)}")
        by_title[title.strip().casefold()] = field
    return by_title


@attrs.frozen
class Titles:
    """
    What a caller says of the titles of a table, such as {'code': 'ProcCode'}.

    Raises:
        ValueError: there is no such field.
    """

    given: dict[str, str] = attrs.field(default=None, converter=_known_fields)

    def fields_of(self, titles: Sequence[str]) -> list[str]:
        """
        The field of each title; "" for what is none.

        >>> Titles().fields_of(["Service Date", "CODE", "Qty", "Provider"])
        ['date', 'code', 'units', '']
        >>> Titles({"date": "Posted"}).fields_of(["Date", "Posted", "ADA Code"])
        ['', 'date', 'code']
        """
        return list(map(self._field_of, titles))

    def count_needed(self, titles: Sequence[str]) -> int:
        """How many of the needed fields there are among the titles."""
        return len(set(NEEDED) & set(self.fields_of(titles)))

    def missing_from(self, titles: Sequence[str]) -> list[str]:
        """The titles that the caller gave and the table lacks."""
        there = {title.strip().casefold() for title in titles}
        return [title for title in self.given if title not in there]

    def _field_of(self, title: str) -> str:
        said = self.given.get(title.strip().casefold())
        if said is not None:
            return said
        field = field_titled(title)
        if field in self.given.values():  # the caller names another column for it
            return ""
        return field


def field_titled(title: str) -> str:
    """The field that a title is by itself; "" for what is none."""
    plain = _plain_title(title)
    if plain in _OWN:
        return _OWN[plain]
    return _titles_of_systems().get(plain, "")


def _plain_title(title: str) -> str:
    """Without its case and what parts its words: 'Proc. Code' is 'proccode'."""
    return re.sub("[^a-z0-9]+", "", title.lower())


@functools.cache
def _titles_of_systems() -> Mapping[str, str]:
    from cdtref.claim import PROFILES  # asked for a title of no field alone, since it is large

    found: dict[str, str] = {}
    for profile in PROFILES.values():
        for of_lines, field in _OF_LINES.items():
            for title in profile.titles.get(of_lines, ()):
                if _plain_title(title) not in _TOO_GENERAL:
                    found.setdefault(_plain_title(title), field)
    return found
