"""
cdtref: the reference of US dental procedure codes (CDT), offline and typed.

Start with `get`, `parse_code`, `procedures`, `rvu` and `is_billable_with_rvu`. What most programs
need is imported here; the fee schedule's types come in when they are first named.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from cdtref.bundled import EDITION, FEE_SCHEDULE, json_schema
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
    conflicts,
    dental_rvu,
    editions,
    fee_schedule,
    find_codes,
    get,
    is_billable_with_rvu,
    page,
    procedures,
    rvu,
    search,
    verdict,
)
from cdtref.procedure import (
    Category,
    Period,
    Procedure,
    Related,
    Source,
)

if TYPE_CHECKING:
    from cdtref import fhir as fhir
    from cdtref import frame as frame
    from cdtref import pydantic as pydantic
    from cdtref import testing as testing
    from cdtref.claim import (
        CLAIM_RULES,
        HEADER_RULES,
        LINE_RULES,
        RULES,
        Checked,
        Claim,
        ClaimLine,
        ClaimRule,
        Conflict,
        ConflictRule,
        Finding,
        HeaderRule,
        Limit,
        LineRule,
        Orthodontics,
        Separators,
    )
    from cdtref.claim.csvfile import read_claim_lines
    from cdtref.claim.limitfile import read_limits
    from cdtref.claim.x12 import read_837
    from cdtref.dentalrvu import DentalRvu, LevelOfCare
    from cdtref.feeschedule import (
        CONVERSION_FACTORS,
        AnesthesiaFactor,
        FeeSchedule,
        FeeSchedules,
        Locality,
        Payment,
        RelativeValues,
        StatusIndicator,
        read_anesthesia_factors,
        read_localities,
    )
    from cdtref.lookup.files import check_file, read_claims
    from cdtref.nomenclature import NomenclatureReport, Remark
    from cdtref.pages import CodePage, Question, tooth_chart
    from cdtref.procedure import Pointer, Specialty, Surfaces, TreatmentArea
    from cdtref.procedure.edition import Change, Changes, Edition
    from cdtref.textsearch import Hit, Match, Site
    from cdtref.tooth import (
        TEETH,
        Area,
        Tooth,
        from_fdi,
        from_palmer,
        parse_area,
        parse_areas,
        parse_surfaces,
        parse_teeth,
        parse_tooth,
    )
    from cdtref.verdicts import FoundCode, Verdict
    from cdtref.worklog import Benchmark, LogEntry, Productivity, Unvalued, Valued, WorkLog

__version__ = "2026.1.0"

_LATER = {
    "CLAIM_RULES": "claim",
    "CONVERSION_FACTORS": "feeschedule",
    "HEADER_RULES": "claim",
    "LINE_RULES": "claim",
    "RULES": "claim",
    "TEETH": "tooth",
    "AnesthesiaFactor": "feeschedule",
    "Area": "tooth",
    "Benchmark": "worklog",
    "Change": "procedure.edition",
    "Changes": "procedure.edition",
    "Checked": "claim",
    "Claim": "claim",
    "ClaimLine": "claim",
    "ClaimRule": "claim",
    "CodePage": "pages",
    "Conflict": "claim",
    "ConflictRule": "claim",
    "DentalRvu": "dentalrvu",
    "Edition": "procedure.edition",
    "FeeSchedule": "feeschedule",
    "FeeSchedules": "feeschedule",
    "Finding": "claim",
    "FoundCode": "verdicts",
    "HeaderRule": "claim",
    "Hit": "textsearch",
    "LevelOfCare": "dentalrvu",
    "Limit": "claim",
    "LineRule": "claim",
    "Locality": "feeschedule",
    "LogEntry": "worklog",
    "Match": "textsearch",
    "NomenclatureReport": "nomenclature",
    "Orthodontics": "claim",
    "Payment": "feeschedule",
    "Pointer": "procedure",
    "Productivity": "worklog",
    "Question": "pages",
    "RelativeValues": "feeschedule",
    "Remark": "nomenclature",
    "Separators": "claim",
    "Site": "textsearch",
    "Specialty": "procedure",
    "StatusIndicator": "feeschedule",
    "Surfaces": "procedure",
    "Tooth": "tooth",
    "TreatmentArea": "procedure",
    "Unvalued": "worklog",
    "Valued": "worklog",
    "Verdict": "verdicts",
    "WorkLog": "worklog",
    "check_file": "lookup.files",
    "from_fdi": "tooth",
    "from_palmer": "tooth",
    "parse_area": "tooth",
    "parse_areas": "tooth",
    "parse_surfaces": "tooth",
    "parse_teeth": "tooth",
    "parse_tooth": "tooth",
    "read_837": "claim.x12",
    "read_anesthesia_factors": "feeschedule",
    "read_claim_lines": "claim.csvfile",
    "read_claims": "lookup.files",
    "read_limits": "claim.limitfile",
    "read_localities": "feeschedule",
    "tooth_chart": "pages",
}

__all__ = [
    "CLAIM_RULES",
    "CONVERSION_FACTORS",
    "EDITION",
    "FEE_SCHEDULE",
    "HEADER_RULES",
    "LINE_RULES",
    "RULES",
    "TEETH",
    "AnesthesiaFactor",
    "Area",
    "Benchmark",
    "Catalog",
    "Category",
    "CdtrefError",
    "Change",
    "Changes",
    "Checked",
    "Claim",
    "ClaimLine",
    "ClaimRule",
    "Code",
    "CodePage",
    "CodeSystem",
    "Conflict",
    "ConflictRule",
    "DataError",
    "DataFormatError",
    "DentalRvu",
    "Edition",
    "FeeSchedule",
    "FeeSchedules",
    "Finding",
    "FoundCode",
    "HeaderRule",
    "Hit",
    "InvalidCodeError",
    "InvalidSiteError",
    "LevelOfCare",
    "Limit",
    "LineRule",
    "Locality",
    "LogEntry",
    "Match",
    "Modifier",
    "NoRelativeValuesError",
    "NomenclatureReport",
    "NotInForceError",
    "Orthodontics",
    "Payment",
    "Period",
    "Pointer",
    "Procedure",
    "Productivity",
    "Question",
    "Related",
    "RelativeValues",
    "Remark",
    "Separators",
    "Site",
    "Source",
    "Specialty",
    "StatusIndicator",
    "Surfaces",
    "Tooth",
    "TreatmentArea",
    "UnknownCodeError",
    "UnknownLocalityError",
    "UnknownReleaseError",
    "Unvalued",
    "Valued",
    "Verdict",
    "WorkLog",
    "catalog",
    "changes",
    "check",
    "check_claim",
    "check_file",
    "code_system",
    "conflicts",
    "dental_rvu",
    "editions",
    "fee_schedule",
    "find_codes",
    "from_fdi",
    "from_palmer",
    "get",
    "is_anesthesia_code",
    "is_billable_with_rvu",
    "is_valid_code",
    "is_valid_modifier",
    "json_schema",
    "page",
    "parse_area",
    "parse_areas",
    "parse_code",
    "parse_modifier",
    "parse_surfaces",
    "parse_teeth",
    "parse_tooth",
    "procedures",
    "read_837",
    "read_anesthesia_factors",
    "read_claim_lines",
    "read_claims",
    "read_limits",
    "read_localities",
    "rvu",
    "search",
    "tooth_chart",
    "verdict",
]


if not TYPE_CHECKING:  # to a type checker it would promise any name, a misspelt one too

    def __getattr__(
        name: str,
    ) -> Any:  # PEP 562: what needs Decimal and the fee schedule is not paid for at import
        if name in _LATER:
            value = getattr(importlib.import_module(f"cdtref.{_LATER[name]}"), name)
            globals()[name] = value  # from then on a name like any other
            return value
        module = f"cdtref.{name}"
        try:  # annotations name what is not loaded yet in full, as cdtref.procedure.edition.Edition
            return importlib.import_module(module)
        except ModuleNotFoundError as error:
            if error.name != module:
                raise
        raise AttributeError(f"module 'cdtref' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
