"""A dental procedure code as a value, and what a claim line for it must carry."""

import importlib
from typing import TYPE_CHECKING

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


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:  # annotations name the side doors in full
        if name in ("edition", "relation"):
            return importlib.import_module(f"cdtref.procedure.{name}")
        raise AttributeError(f"module 'cdtref.procedure' has no attribute {name!r}")
