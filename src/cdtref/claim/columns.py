"""Which column of a table is which field of a claim line: by what the caller says, by profile, by
the titles that are known."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, cast, get_args

import attrs

from cdtref.claim.line import ClaimLine
from cdtref.claim.profiles import (
    PROFILES,
    Known,
    Profile,
    known_titles,
    last_titles,
    parts_of,
    plain_title,
    profile_named,
)
from cdtref.errors import DataFormatError, quoted, quoted_name
from cdtref.table import HEAD, Note, Table, shown_titles

Dates = Literal["mdy", "dmy", "none"]
"""
Whether the month or the day comes first in 3/2/2026, or that a plan of treatment has no dates.
"""

CLAIM: Final = "claim"
PATIENT: Final = "patient"
_LINE_FIELDS: Final = tuple(field.name for field in attrs.fields(ClaimLine))
FIELDS: Final = (*_LINE_FIELDS, CLAIM, PATIENT)
"""What a column may be."""

# Of two columns that may be one of these the first counts, for no rule misleads where it is the
# other; of the fields that say what was done, and where, the caller has to tell.
_FIRST_COUNTS: Final = ("fee", "narrative", "birth_date", "place_of_service", CLAIM, PATIENT)
# Share of common letters from which on a column may be a field that is misspelt
_ALIKE: Final = 0.75
# Of the columns that are passed over, what a note tells
_MOST_TOLD: Final = 40
_LONGEST_TITLE: Final = 40


class Layout(NamedTuple):
    """
    What a caller says of a table.

    Attributes:
        columns: The title of the column that a field is.
        profile: How the system that wrote it titles its columns.
        dates: The order of the numbers in 3/2/2026, if it is told.
        sheet: The sheet of a workbook, where it is not the first.
    """

    columns: Mapping[str, str] = MappingProxyType({})
    profile: Profile | None = None
    dates: Dates | None = None
    sheet: str | None = None

    @property
    def needed(self) -> tuple[str, ...]:
        """The fields without which a table is none of claim lines."""
        if self.dates == "none":
            return ("code",)
        return ("code", "date")


def layout_of(
    columns: Mapping[str, str] | None = None,
    dates: str | None = None,
    profile: str | None = None,
    sheet: str | None = None,
) -> Layout:
    """
    What a caller says, looked at.

    Raises:
        ValueError: there is no such field, profile or order of dates.
    """
    for field in columns or ():
        if field not in FIELDS:
            raise ValueError(f"no field {quoted_name(field)}; the fields are {', '.join(FIELDS)}")
    if dates is not None and dates not in get_args(Dates):
        told = "the month first ('mdy'), the day first ('dmy'), or none ('none', a plan)"
        raise ValueError(f"dates are {told}, not {quoted_name(dates)}")
    named = None if profile is None else profile_named(profile)
    return Layout(dict(columns or {}), named, cast("Dates | None", dates), sheet)


def fields_of_titles(titles: Sequence[str], layout: Layout) -> list[str]:
    """The field that each column is; "" for those that are none."""
    return _Assignment(titles, layout).fields


class _Assignment:
    """The columns of a table, each with the field that it is."""

    def __init__(self, titles: Sequence[str], layout: Layout) -> None:
        self.fields = [""] * len(titles)
        self._plain = list(map(plain_title, titles))
        self._taken = set(layout.columns)
        self._take_given(titles, layout.columns)
        if layout.profile is not None:
            self._take_profile(layout.profile)
        self._take_known()

    def _take_given(self, titles: Sequence[str], columns: Mapping[str, str]) -> None:
        given = {header.strip(): field for field, header in columns.items()}
        for place, title in enumerate(titles):
            self.fields[place] = given.get(title, "")

    def _take_profile(self, profile: Profile) -> None:
        for field, alternatives in profile.titles.items():
            if field not in self._taken:
                self._take_first(field, alternatives)

    def _take_first(self, field: str, alternatives: Sequence[str]) -> None:
        for alternative in alternatives:
            places = self._free_places(parts_of(alternative))
            if places:
                self._taken.add(field)
                for place in places:
                    self.fields[place] = field
                return

    def _free_places(self, plain: Sequence[str]) -> list[int]:
        return [
            place
            for place, title in enumerate(self._plain)
            if title in plain and not self.fields[place]
        ]

    def _take_known(self) -> None:
        for titles in (_known(), last_titles()):
            taken = self._taken.union(self.fields)
            for place, plain in enumerate(self._plain):
                known = titles.get(plain)
                if known is not None and not self.fields[place] and known.field not in taken:
                    self.fields[place] = known.field
        for field in _FIRST_COUNTS:
            if field not in self._taken:
                self._keep_first(field)

    def _keep_first(self, field: str) -> None:
        places = [place for place, other in enumerate(self.fields) if other == field]
        for place in sorted(places, key=lambda place: _rank_of(self._plain[place]))[1:]:
            self.fields[place] = ""


@functools.cache
def _known() -> Mapping[str, Known]:
    """The titles that are known without a profile: the fields' own names, then the others."""
    own = {plain_title(field): Known(field, field) for field in FIELDS}
    return own | {title: known for title, known in known_titles().items() if title not in own}


def _rank_of(plain: str) -> int:
    """Own names, then those of the systems; last what counts only where they are missing."""
    return [*_known(), *last_titles()].index(plain)


class Place(NamedTuple):
    """The columns of a field: one, or several whose cells are put together."""

    field: str
    places: tuple[int, ...]


def places_in(table: Table, layout: Layout) -> dict[str, Place]:
    """
    The columns of each field of a table.

    Raises:
        DataFormatError: a column is missing, or two may be the same field.
    """
    titles = table.titles
    if not titles:
        raise table.fault("the file is empty", table.header.number)
    fields = fields_of_titles(titles, layout)
    found: dict[str, Place] = {}
    for place, field in enumerate(fields):
        if field in found:
            _refuse_second(table, layout, [*found[field].places, place], field)
            found[field] = Place(field, (*found[field].places, place))
        elif field:
            found[field] = Place(field, (place,))
    for wanted in (*layout.columns, *layout.needed):
        if wanted not in found:
            raise _missing_column(table, layout, wanted)
    return found


def _refuse_second(table: Table, layout: Layout, places: Sequence[int], field: str) -> None:
    """Two columns of one field, unless they are known to be put together."""
    titles = [table.titles[place] for place in places]
    plain = list(map(plain_title, titles))
    if len(set(plain)) == len(plain) and _are_together(plain, layout):
        return
    problem = f"the column {quoted(titles[-1])} is there twice, as {field}"
    remedy = f"name the one that counts: columns={{{field!r}: ...}}, or --column {field}=..."
    raise table.fault(f"{problem}; {remedy}", table.header.number, titles[-1])


def _are_together(plain: Sequence[str], layout: Layout) -> bool:
    alternatives = [known.together for known in _known().values()]
    if layout.profile is not None:
        for titles in layout.profile.titles.values():
            alternatives.extend(titles)
    return any(set(plain) <= set(parts_of(alternative)) for alternative in alternatives)


def _missing_column(table: Table, layout: Layout, wanted: str) -> DataFormatError:
    title = layout.columns.get(wanted, wanted)
    problem = (
        f"there is no column {quoted_name(title)}; the columns are {shown_titles(table.titles)}"
    )
    remedies = [f"name it: columns={{{wanted!r}: ...}}, or --column {wanted}=..."]
    if set(layout.needed).isdisjoint(fields_of_titles(table.titles, layout)):
        problem = f"{problem}; the header has to stand in the first {HEAD} lines"
    if layout.profile is None and not layout.columns:
        remedies.append(f"or tell the system that wrote it: --profile {', '.join(PROFILES)}")
    if wanted == "date" and wanted not in layout.columns:
        remedies.append("a plan of treatment has none: dates='none', or --dates none")
    if table.other_sheets:
        told = f"or another sheet than {quoted(table.sheet)} is meant, of {table.other_sheets}"
        remedies.append(f"{told}: sheet=..., or --sheet NAME")
    return table.fault("; ".join([problem, *remedies]), table.header.number, title)


def tell_others(table: Table, used: Mapping[str, Place], note: Note | None) -> None:
    """Which columns are passed over, those that may be misspelt with the field that is meant."""
    places = {place for column in used.values() for place in column.places}
    others = [title for place, title in enumerate(table.titles) if title and place not in places]
    if not others or note is None:
        return
    free = [field for field in FIELDS if field not in used and field != PATIENT]
    told = [*map(functools.partial(_told_of, free=free), others[:_MOST_TOLD])]
    if len(others) > _MOST_TOLD:
        told.append(f"{len(others) - _MOST_TOLD} more")
    note(f"columns passed over: {', '.join(told)}")


def _told_of(title: str, free: Sequence[str]) -> str:
    shown = title[:_LONGEST_TITLE]
    words = re.sub("[^a-z0-9]+", "_", shown.lower()).strip("_")
    for near in difflib.get_close_matches(words, free, 1, _ALIKE):
        return f"{shown} (did you mean {near}?)"
    return shown
