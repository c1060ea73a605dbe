"""
cdtref: the reference of US dental procedure codes (CDT), offline and typed.

Start with `get`, `parse_code`, `procedures`, `rvu` and `is_billable_with_rvu`. What most programs need is imported
here; the fee schedule's types come in when they are first named.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from cdtref.bundled import EDITION, FEE_SCHEDULE
from cdtref.code import (
    Code,
    Modifier,
    code_system,
    is_anesthesia_code,
    is_valid_code,
    is_valid_modifier,
    parse_code,
    parse_modifier,
)
from cdtref.codeset import Catalog
from cdtref.codesystem import CodeSystem
from cdtref.errors import (
    CdtrefError,
    DataError,
    DataFormatError,
    InvalidCodeError,
    InvalidSiteError,
    NoRelativeValuesError,
    NotInForceError,
    UnknownCodeError,
    UnknownLocalityError,
    UnknownReleaseError,
)
from cdtref.lookup import (
    catalog,
    changes,
    check,
    check_claim,
    check_file,
    editions,
    fee_schedule,
    get,
    is_billable_with_rvu,
    page,
    procedures,
    rvu,
    search,
)
from cdtref.procedure import Category, Period, Procedure, Related, Specialty, Surfaces, TreatmentArea

if TYPE_CHECKING:
    from cdtref import fhir as fhir
    from cdtref import frame as frame
    from cdtref import testing as testing
    from cdtref.area import Area, parse_area
    from cdtref.claim import CLAIM_RULES, LINE_RULES, ClaimLine, ClaimRule, Finding, Rule
    from cdtref.claim.csvfile import read_claim_lines
    from cdtref.edition import Changes, Edition
    from cdtref.feeschedule import (
        CONVERSION_FACTORS,
        AnesthesiaFactor,
        FeeSchedule,
        Locality,
        Payment,
        RelativeValues,
        Status,
        read_anesthesia_factors,
        read_localities,
    )
    from cdtref.nomenclature import Overlay
    from cdtref.pages import CodePage
    from cdtref.textsearch import Match
    from cdtref.tooth import Tooth, parse_surfaces, parse_teeth, parse_tooth
    from cdtref.worklog import Benchmark, Entry, Productivity, WorkLog

__version__ = "2026.1.0"

_LATER = {
    "CLAIM_RULES": "claim",
    "CONVERSION_FACTORS": "feeschedule",
    "LINE_RULES": "claim",
    "AnesthesiaFactor": "feeschedule",
    "Area": "area",
    "Benchmark": "worklog",
    "Changes": "edition",
    "ClaimLine": "claim",
    "ClaimRule": "claim",
    "CodePage": "pages",
    "Edition": "edition",
    "Entry": "worklog",
    "FeeSchedule": "feeschedule",
    "Finding": "claim",
    "Locality": "feeschedule",
    "Match": "textsearch",
    "Overlay": "nomenclature",
    "Payment": "feeschedule",
    "Productivity": "worklog",
    "RelativeValues": "feeschedule",
    "Rule": "claim",
    "Status": "feeschedule",
    "Tooth": "tooth",
    "WorkLog": "worklog",
    "parse_area": "area",
    "parse_surfaces": "tooth",
    "parse_teeth": "tooth",
    "parse_tooth": "tooth",
    "read_anesthesia_factors": "feeschedule",
    "read_claim_lines": "claim.csvfile",
    "read_localities": "feeschedule",
}

__all__ = [
    "CLAIM_RULES",
    "CONVERSION_FACTORS",
    "EDITION",
    "FEE_SCHEDULE",
    "LINE_RULES",
    "AnesthesiaFactor",
    "Area",
    "Benchmark",
    "Catalog",
    "Category",
    "CdtrefError",
    "Changes",
    "ClaimLine",
    "ClaimRule",
    "Code",
    "CodePage",
    "CodeSystem",
    "DataError",
    "DataFormatError",
    "Edition",
    "Entry",
    "FeeSchedule",
    "Finding",
    "InvalidCodeError",
    "InvalidSiteError",
    "Locality",
    "Match",
    "Modifier",
    "NoRelativeValuesError",
    "NotInForceError",
    "Overlay",
    "Payment",
    "Period",
    "Procedure",
    "Productivity",
    "Related",
    "RelativeValues",
    "Rule",
    "Specialty",
    "Status",
    "Surfaces",
    "Tooth",
    "TreatmentArea",
    "UnknownCodeError",
    "UnknownLocalityError",
    "UnknownReleaseError",
    "WorkLog",
    "catalog",
    "changes",
    "check",
    "check_claim",
    "check_file",
    "code_system",
    "editions",
    "fee_schedule",
    "get",
    "is_anesthesia_code",
    "is_billable_with_rvu",
    "is_valid_code",
    "is_valid_modifier",
    "page",
    "parse_area",
    "parse_code",
    "parse_modifier",
    "parse_surfaces",
    "parse_teeth",
    "parse_tooth",
    "procedures",
    "read_anesthesia_factors",
    "read_claim_lines",
    "read_localities",
    "rvu",
    "search",
]


if not TYPE_CHECKING:  # to a type checker it would promise any name, a misspelt one too

    def __getattr__(name: str) -> Any:  # PEP 562: what needs Decimal and the fee schedule is not paid for at import
        if name in _LATER:
            return getattr(importlib.import_module(f"cdtref.{_LATER[name]}"), name)
        module = f"cdtref.{name}"
        try:  # annotations name what is not loaded yet in full, as cdtref.edition.Edition
            return importlib.import_module(module)
        except ModuleNotFoundError as error:
            if error.name != module:
                raise
        raise AttributeError(f"module 'cdtref' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
