"""A dental procedure code as a value, and what a claim line for it must carry."""

import importlib
from typing import TYPE_CHECKING, Any

from cdtref.procedure.procedure import (
    Category,
    Period,
    Pointer,
    Precision,
    Procedure,
    Related,
    Source,
    Specialty,
    Succession,
)

if TYPE_CHECKING:
    from cdtref.procedure.requirement import (
        BY_AREA,
        MISFITS,
        NOTHING_KNOWN,
        REQUIREMENT_FIELDS,
        Confidence,
        Dentition,
        ProsthesisCode,
        Requirement,
        RequirementConfidence,
        RequirementReasons,
        RequirementSources,
        Surfaces,
        TreatmentArea,
        allows,
        is_usual,
    )

__all__ = [
    "BY_AREA",
    "MISFITS",
    "NOTHING_KNOWN",
    "REQUIREMENT_FIELDS",
    "Category",
    "Confidence",
    "Dentition",
    "Period",
    "Pointer",
    "Precision",
    "Procedure",
    "ProsthesisCode",
    "Related",
    "Requirement",
    "RequirementConfidence",
    "RequirementReasons",
    "RequirementSources",
    "Source",
    "Specialty",
    "Succession",
    "Surfaces",
    "TreatmentArea",
    "allows",
    "is_usual",
]


if not TYPE_CHECKING:  # to a type checker it would promise any name, a misspelt one too

    def __getattr__(name: str) -> Any:
        if name in __all__:  # what is not here yet comes with the first procedure that is read
            value = getattr(importlib.import_module("cdtref.procedure.requirement"), name)
            globals()[name] = value  # from then on a name like any other
            return value
        if name in ("edition", "relation", "requirement"):
            # annotations name the side doors in full
            return importlib.import_module(f"cdtref.procedure.{name}")
        raise AttributeError(f"module 'cdtref.procedure' has no attribute {name!r}")
