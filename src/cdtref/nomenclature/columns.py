"""The columns of a licensee's file: ours, and the titles that stand for each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from cdtref.errors import DataFormatError, quoted, quoted_name
from cdtref.table import Table, shown_titles

# Our columns, and the headers that stand for each: lower case, letters only; the first one there
# and not taken. 'Description' is a nomenclature's title in some exports, a descriptor's in others.
HEADERS: Final = MappingProxyType(
    {
        "code": "code cdtcode cdt procedurecode proccode adacode dcode",
        "nomenclature": "nomenclature official officialname wording procedurename name title "
        "shortdescription proceduredescription codedescription description",
        "descriptor": "descriptor officialdescriptor longdescription fulldescription description",
        "category": "category categoryofservice",
        "effective": "effective effectivedate effectivefrom startdate validfrom",
        "terminated": "terminated terminationdate termdate deleted deletedate enddate",
        "treatment_area": "treatmentarea",
        "surface_count": "surfacecount",
        "arch": "arch",
        "dentition": "dentition",
        "by_report": "byreport",
        "prosthesis_code": "prosthesiscode",
        "under_age": "underage",
        "add_on": "addon",
    }
)
REQUIRED: Final = ("code", "nomenclature")


def known_columns(columns: Mapping[str, str]) -> Mapping[str, str]:
    unknown = columns.keys() - HEADERS.keys()
    if unknown:
        raise ValueError(
            f"no column {quoted_name(min(unknown))}; the columns are {', '.join(HEADERS)}"
        )
    return columns


def count_required(header: Sequence[str], columns: Mapping[str, str]) -> int:
    return len(_standing_places(header, columns).keys() & set(REQUIRED))


def _standing_places(header: Sequence[str], columns: Mapping[str, str]) -> dict[str, list[int]]:
    """
    The places of the title that stands for each of our columns: that of *columns*, else a common
    one not taken.
    """
    plain = [re.sub(r"[^a-z]", "", title.casefold()) for title in header]
    found = {ours: _places_where(header, wanted) for ours, wanted in columns.items()}
    taken = set().union(*found.values())
    for ours, common in HEADERS.items():
        if ours in found:
            continue
        found[ours] = _first_free(plain, common.split(), taken)
        taken.update(found[ours])
    return {ours: places for ours, places in found.items() if places}


def _first_free(plain: Sequence[str], common: Iterable[str], taken: set[int]) -> list[int]:
    """The places of the first of the common titles that stands at any place not taken."""
    for title in common:
        free = [place for place in _places_where(plain, title) if place not in taken]
        if free:
            return free
    return []


def _places_where(titles: Sequence[str], wanted: str) -> list[int]:
    return [place for place, title in enumerate(titles) if title == wanted]


def places_of(table: Table, columns: Mapping[str, str]) -> dict[str, int]:
    """Where each of our columns stands; each needed one must, and none at two places."""
    found = _standing_places(table.titles, columns)
    for ours in (*columns, *REQUIRED):
        if ours not in found:
            raise _absent_column(table, ours, columns)
    for ours, places in found.items():
        if len(places) > 1:
            raise _doubled_column(table, ours, places)
    return {ours: places[0] for ours, places in found.items()}


def _doubled_column(table: Table, ours: str, places: Sequence[int]) -> DataFormatError:
    titles = table.titles
    shown = [f"{place + 1} ({quoted(titles[place])})" for place in places[:2]]
    problem = f"columns {' and '.join(shown)} both stand for the {ours}"
    remedy = f"rename one, or name the right one: columns={{{ours!r}: ...}}"
    return table.fault(f"{problem}; {remedy}", table.header.number, titles[places[0]])


def _absent_column(table: Table, ours: str, columns: Mapping[str, str]) -> DataFormatError:
    line = table.header.number
    if ours in columns:
        return table.fault(f"no column {columns[ours]!r} in its header", line, columns[ours])
    shown = shown_titles(table.titles) or "no headers"
    problem = f"no column for the {ours} is found among {shown}; name it: columns={{{ours!r}: ...}}"
    return table.fault(problem, line, ours)
