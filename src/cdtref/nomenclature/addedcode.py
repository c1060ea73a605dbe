"""
A code that the catalog lacks, as a licensee's file has it: its life, its category, and what a claim
line for it must carry.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, Literal

import attrs

from cdtref.code import Code
from cdtref.errors import quoted
from cdtref.fieldtext import as_date
from cdtref.procedure import (
    Category,
    Period,
    Procedure,
    Requirement,
    RequirementConfidence,
    RequirementReasons,
    RequirementSources,
    Source,
    Surfaces,
    TreatmentArea,
)
from cdtref.tooth import Area, parse_area

Cells = Mapping[str, str]
_OWN_FILE: Final = "your own file"
_YES: Final = ("yes", "y", "true", "1", "x")
_NO: Final = ("no", "n", "false", "0")


def added_procedure(
    code: Code, cells: Cells, known: Mapping[str, Procedure], codes: Sequence[str], source: str
) -> Procedure | None:
    """
    The record of a new code by the cells of its line; without a date from which it is valid, that
    of an earlier file under its new title, or None. *codes* are those that are *known*, in order.

    Raises:
        ValueError: a date or the category cannot be read, or is missing and not told by the codes
            beside it.
    """
    period = _period_of(cells)
    title = cells["nomenclature"]
    if period is None:
        earlier = known.get(code)
        return earlier and attrs.evolve(earlier, title=title)
    given = cells.get("category", "")
    category = _named_category(given) if given else _category_beside(code, known, codes)
    requirement, _ = requirement_in(cells)
    return Procedure(
        code=code,
        title=title,
        category=category,
        subcategory="",
        periods=(period,),
        requirement=requirement,
        sources=(Source("Dates, by your own file", source, "", "licensee"),),
    )


def requirement_in(cells: Cells) -> tuple[Requirement, tuple[str, ...]]:
    """
    What the line says that a claim must carry, and what of it cannot be read, in sentences.

    The file's owner answers for it, so that it is as sure as our own.
    """
    values: dict[str, Any] = {}
    faults = []
    for name, text in _told_requirements(cells):
        value, fault = _value_or_fault(name, text)
        if fault:
            faults.append(f"{name} {quoted(text)} is passed over: {fault}")
        else:
            values[name] = value
    return _owned_requirement(values), tuple(faults)


def _value_or_fault(name: str, text: str) -> tuple[Any, str]:
    try:
        return REQUIREMENT_READERS[name](text), ""
    except ValueError as error:
        return None, str(error)


def _told_requirements(cells: Cells) -> Iterator[tuple[str, str]]:
    for name in REQUIREMENT_READERS:
        if cells.get(name, ""):
            yield name, cells[name]


def _owned_requirement(values: Mapping[str, Any]) -> Requirement:
    confidence: dict[str, Any] = dict.fromkeys(values, "high")
    sources: dict[str, Any] = dict.fromkeys(values, (_OWN_FILE,))
    return Requirement(
        **values,
        confidence=RequirementConfidence(**confidence),
        sources=RequirementSources(**sources),
        reasons=RequirementReasons(),
    )


def _treatment_area(text: str) -> TreatmentArea:
    plain = text.casefold()
    for area in TreatmentArea:
        if plain in (area.value, area.label.casefold()):
            return area
    raise ValueError(f"the areas are {', '.join(TreatmentArea)}")


def _surface_count(text: str) -> Surfaces:
    least, _, most = text.replace(" ", "").partition("-")
    if not (least.isdecimal() and (most or least).isdecimal()):
        raise ValueError("write the number of surfaces as 2 or 3-5")
    return Surfaces(int(least), int(most or least))


def _arch(text: str) -> Area:
    area = parse_area(text)
    if area.kind != "arch":
        raise ValueError("the arches are 01, maxillary, and 02, mandibular")
    return area


def _dentition(text: str) -> Literal["permanent", "primary"]:
    plain = text.casefold()
    if plain == "permanent":
        return "permanent"
    if plain == "primary":
        return "primary"
    raise ValueError("write permanent or primary")


def _prosthesis_code(text: str) -> Literal["asked", "allowed", "never"]:
    plain = text.casefold()
    if plain == "asked":
        return "asked"
    if plain == "allowed":
        return "allowed"
    if plain == "never":
        return "never"
    raise ValueError("write asked, allowed or never")


def _truth(text: str) -> bool:
    plain = text.casefold()
    if plain in _YES:
        return True
    if plain in _NO:
        return False
    raise ValueError("write yes or no")


def _years(text: str) -> int:
    if not text.isdecimal() or len(text) > 3:
        raise ValueError("write a number of years")
    return int(text)


REQUIREMENT_READERS: Final[Mapping[str, Callable[[str], Any]]] = MappingProxyType(
    {
        "treatment_area": _treatment_area,
        "surface_count": _surface_count,
        "arch": _arch,
        "dentition": _dentition,
        "by_report": _truth,
        "prosthesis_code": _prosthesis_code,
        "under_age": _years,
        "add_on": _truth,
    }
)
"""The columns of a requirement that a file may have, each with what reads its cells."""


def _period_of(cells: Cells) -> Period | None:
    """The life that the line gives a code; None where it has no date from which it is valid."""
    start, end = cells.get("effective", ""), cells.get("terminated", "")
    if not start:
        return None
    if not end:
        return Period(as_date(start), None, "day")
    if as_date(end) <= as_date(start):
        raise ValueError("it ends before it begins")
    return Period(as_date(start), as_date(end), "day")


def _category_beside(code: Code, known: Mapping[str, Procedure], codes: Sequence[str]) -> Category:
    """That which the code has, or both its neighbours by number have."""
    if code in known:
        return known[code].category
    beside = [known[other].category for other in _codes_beside(code, codes)]
    if len(beside) < 2 or beside[0] is not beside[1]:
        told = "the known codes beside it are not of one category"
        raise ValueError(f"no category is given, and {told}")
    return beside[0]


def _codes_beside(code: Code, codes: Sequence[str]) -> Sequence[str]:
    place = bisect_left(codes, code)
    return codes[max(place - 1, 0) : place + 1]


def _named_category(given: str) -> Category:
    for category in Category:
        if given.casefold() in (category.value, category.label.casefold()):
            return category
    raise ValueError(f"no category {quoted(given)}; the categories are {', '.join(Category)}")
