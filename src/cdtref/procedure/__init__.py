"""A dental procedure code as a value, and what a claim line for it must carry."""

import importlib
from typing import TYPE_CHECKING, Any

from cdtref.procedure.procedure import (
    Category,
    Period,
    Precision,
    Procedure,
    Related,
    Source,
    Succession,
)

if TYPE_CHECKING:
    from cdtref.procedure.evidence import (
        Confidence,
        RequirementConfidence,
        RequirementReasons,
        RequirementSources,
    )
    from cdtref.procedure.pointer import Pointer
    from cdtref.procedure.requirement import (
        BY_AREA,
        MISFITS,
        NOTHING_KNOWN,
        REQUIREMENT_FIELDS,
        Dentition,
        ProsthesisCode,
        Requirement,
        Surfaces,
        TreatmentArea,
        allows,
        is_usual,
    )
    from cdtref.procedure.specialty import Specialty

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


# What comes later and not from `requirement`
_APART = {"Confidence": "evidence", "Pointer": "pointer", "Specialty": "specialty"}

if not TYPE_CHECKING:  # to a type checker it would promise any name, a misspelt one too

    def __getattr__(name: str) -> Any:
        if name in __all__:  # what is not here yet comes with the first procedure that is read
            module = _APART.get(name, "requirement")
            value = getattr(importlib.import_module(f"cdtref.procedure.{module}"), name)
            globals()[name] = value  # from then on a name like any other
            return value
        if name in ("edition", "evidence", "pointer", "relation", "requirement", "specialty"):
            # annotations name the side doors in full
            return importlib.import_module(f"cdtref.procedure.{name}")
        raise AttributeError(f"module 'cdtref.procedure' has no attribute {name!r}")
