"""A small catalog of obviously fictitious codes, for tests that must not depend on the real set."""

from __future__ import annotations

import functools
from datetime import date
from typing import Any, Final

from cdtref import bundled
from cdtref.code import Code
from cdtref.codeset import Catalog
from cdtref.procedure import (
    Category,
    Period,
    Pointer,
    Procedure,
    Requirement,
    RequirementConfidence,
    Surfaces,
    TreatmentArea,
)
from cdtref.procedure.edition import Edition
from cdtref.tooth import Area

_START, _END = date(2020, 1, 1), date(2025, 1, 1)
_CURRENT = Period(_START, None, "day")


def _by(area: TreatmentArea, **more: Any) -> Requirement:
    """A requirement that is sure in every field that it names."""
    values = {"treatment_area": area, **more}
    confidence_by_field: dict[str, Any] = dict.fromkeys(values, "high")
    sure = RequirementConfidence(**confidence_by_field)
    return Requirement(**values, confidence=sure)


def _fictitious_procedure(
    code: str, title: str, requirement: Requirement, **more: Any
) -> Procedure:
    fields: dict[str, Any] = {
        "category": Category.ADJUNCTIVE,
        "subcategory": "fictitious",
        "periods": (_CURRENT,),
        "requirement": requirement,
    }
    return Procedure(code=Code(code), title=title, **(fields | more))


@functools.cache
def fictitious_catalog() -> Catalog:
    """
    Six codes that no payer has ever seen: of the tooth, of the surface, of the quadrant, of the
    arch, without a place, and one that ended on 2025-01-01 and was replaced. Its editions are
    yearly, from 2020 to the pinned one.

    >>> [procedure.code for procedure in fictitious_catalog().procedures(on="2026-01-01")]
    ['D0001', 'D0002', 'D0003', 'D0004', 'D0005']
    """
    return Catalog({procedure.code: procedure for procedure in _PROCEDURES}, _yearly_editions)


_PROCEDURES: Final = (
    _fictitious_procedure("D0001", "Fictitious greeting of the patient", _by(TreatmentArea.NONE)),
    _fictitious_procedure("D0002", "Fictitious tooth tickling", _by(TreatmentArea.TOOTH)),
    _fictitious_procedure(
        "D0003",
        "Fictitious two-surface glitter",
        _by(TreatmentArea.TOOTH_SURFACE, surface_count=Surfaces(2, 2)),
    ),
    _fictitious_procedure("D0004", "Fictitious quadrant serenade", _by(TreatmentArea.QUADRANT)),
    _fictitious_procedure(
        "D0005",
        "Fictitious upper arch bunting",
        _by(TreatmentArea.ARCH, arch=Area.MAXILLARY, prosthesis_code="asked"),
    ),
    _fictitious_procedure(
        "D0006",
        "Fictitious greeting, long form",
        _by(TreatmentArea.NONE),
        periods=(Period(_START, _END, "day"),),
        succession="replaced",
        replaced_by=(Code("D0001"),),
        pointers=(Pointer(Code("D0001"), _END, None),),
    ),
)


def _yearly_editions() -> tuple[Edition, ...]:
    pinned_year = bundled.editions()[-1].effective.year
    return tuple(map(_edition_of, range(_START.year, pinned_year + 1)))


def _edition_of(year: int) -> Edition:
    day = date(year, 1, 1)
    count = 6
    if day >= _END:  # D0006 has ended
        count = 5
    return Edition(name=str(year), effective=day, count=count, revised=(), revision_list="complete")
