"""
A procedure as the bundled files have it: read at the first question, and never at import.
"""

from __future__ import annotations

import functools
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import cdtref.code  # for the name `cdtref`, see below
from cdtref.code import Code
from cdtref.datafile import field_of
from cdtref.procedure.evidence import (
    RequirementConfidence,
    RequirementReasons,
    RequirementSources,
)
from cdtref.procedure.procedure import (
    Category,
    Period,
    Procedure,
    Related,
    Source,
)
from cdtref.procedure.requirement import (
    REQUIREMENT_FIELDS,
    Requirement,
    Surfaces,
    TreatmentArea,
)
from cdtref.procedure.specialty import Specialty

# Annotations name these in full: at run time the package loads a module when it is first named.
if TYPE_CHECKING:
    import cdtref.procedure.pointer
    import cdtref.tooth


def procedure_of(shelf: str, raw: dict[str, Any], sources: tuple[Source, ...] = ()) -> Procedure:
    """The record of a raw one, as a category's file has it."""
    for name in _TEXTS & raw.keys():
        field_of(raw, name, str)
    for name in _LISTS & raw.keys():
        field_of(raw, name, list)
    fields = {name: _READERS.get(name, _as_it_is)(value) for name, value in raw.items()}
    return Procedure(category=Category(shelf), sources=sources, **fields)


def source_of(raw: dict[str, Any]) -> Source:
    """Where facts come from, as the head of a file has it."""
    address = raw["address"]  # "" where it is not public
    if type(address) is not str:
        raise TypeError(f"address is {type(address).__name__} and no text")
    return Source(field_of(raw, "title", str), address, field_of(raw, "retrieved", str))


def _as_it_is(value: Any) -> Any:
    return value


def _day_or_none(text: str | None) -> date | None:
    if text is None:
        return None
    return date.fromisoformat(text)


def _period_of(raw: dict[str, Any]) -> Period:
    start, end = _day_or_none(raw["effective"]), _day_or_none(raw["terminated"])
    return Period(start, end, raw["precision"])


def _periods_of(raw: list[dict[str, Any]]) -> tuple[Period, ...]:
    return tuple(map(_period_of, raw))


def _pointer_of(raw: list[Any]) -> cdtref.procedure.pointer.Pointer:
    from cdtref.procedure.pointer import Pointer

    code, since, until = raw
    return Pointer(Code(code), date.fromisoformat(since), _day_or_none(until))


def _pointers_of(raw: list[list[Any]]) -> tuple[cdtref.procedure.pointer.Pointer, ...]:
    return tuple(map(_pointer_of, raw))


def _requirement_of(raw: dict[str, Any]) -> Requirement:
    values: dict[str, Any] = {"effective": _day_or_none(raw["effective"])}
    confidence, sources, reasons = {}, {}, {}
    for name in REQUIREMENT_FIELDS:
        if name in raw:
            told = raw[name]
            values[name] = _REQUIREMENT_READERS.get(name, _as_it_is)(told["value"])
            confidence[name] = told["confidence"]
            sources[name] = _interned_names(tuple(told["sources"]))
            reasons[name] = told.get("reason", "")
    return Requirement(
        **values,
        confidence=RequirementConfidence(**confidence),
        sources=RequirementSources(**sources),
        reasons=RequirementReasons(**reasons),
    )


def _requirements_of(raw: list[dict[str, Any]]) -> tuple[Requirement, ...]:
    return tuple(map(_requirement_of, raw))


@functools.cache  # a few dozen lists of sources serve two thousand fields
def _interned_names(names: tuple[str, ...]) -> tuple[str, ...]:
    return names


def _arch_of(text: str) -> cdtref.tooth.Area:
    from cdtref.tooth import Area

    return Area(text)


_REQUIREMENT_READERS: Final[dict[str, Any]] = {
    "treatment_area": TreatmentArea,
    "surface_count": lambda span: Surfaces(*span),
    "arch": _arch_of,
    "tooth_classes": tuple,
}

_TEXTS: Final = frozenset(
    ("code", "title", "subcategory", "description", "plain_language", "clinical_context")
)
_LISTS: Final = frozenset(
    (
        *("periods", "synonyms", "documentation", "specialties", "related", "replaced_by"),
        *("pointers", "earlier_requirements", "later_requirements"),
    )
)
_READERS: Final[dict[str, Any]] = {
    "periods": _periods_of,
    "synonyms": tuple,
    "documentation": tuple,
    "specialties": lambda slugs: tuple(map(Specialty, slugs)),
    "related": lambda links: tuple(Related(relation, Code(code)) for relation, code in links),
    "replaced_by": tuple,
    "pointers": _pointers_of,
    "requirement": _requirement_of,
    "earlier_requirements": _requirements_of,
    "later_requirements": _requirements_of,
}
