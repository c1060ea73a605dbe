"""
The rules on one claim line, as a table that reads from top to bottom: `LINE_RULES`.

A rule looks at a `ParsedLine` and gives a message or None. None fires on what an earlier one told:
where a code is malformed the rules that need to know it are silent, and where a tooth does not
exist those that need it.

Evidence: Open Dental's checks before sending an 837D, IHS dental edits, NextGen claim edits, X12
837D, the CDT nomenclature; remark codes as the published RARC and CARC lists have them.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from cdtref.claim import siterules
from cdtref.claim.parsed import ParsedLine
from cdtref.claim.rule import LineRule
from cdtref.code import code_system, is_valid_modifier
from cdtref.codesystem import CodeSystem
from cdtref.errors import NotInForceError, quoted

_KX_EXPECTED: Final = date(2025, 7, 1)


def _malformed(r: ParsedLine) -> str | None:
    return r.code_fault or None


def _other_system(r: ParsedLine) -> str | None:
    if r.procedure is not None or r.code is None or code_system(r.code) is CodeSystem.CDT:
        return None
    return f"{r.code} is a {code_system(r.code).label} code; a dental claim takes CDT codes, send it on a medical claim"


def _unknown(r: ParsedLine) -> str | None:
    if r.procedure is not None or r.code is None or code_system(r.code) is not CodeSystem.CDT:
        return None
    return f"{r.code} has the form of a CDT code, but no such code is known; check the number"


def _not_in_force(r: ParsedLine) -> str | None:
    if r.procedure is None or r.current is not None:
        return None
    try:
        r.procedure.require_in_force(r.line.date)
    except NotInForceError as error:
        return str(error)
    return None  # pragma: no cover  # then it would be current


def _beyond(r: ParsedLine) -> str | None:
    if r.covered or r.procedure is None:
        return None
    return f"{r.line.date} lies outside the editions of this catalog; what is said of the code then is not certain"


def _modifier(r: ParsedLine) -> str | None:
    bad = [modifier for modifier in r.line.modifiers if not is_valid_modifier(modifier)]
    return f"{quoted(bad[0])} is no modifier: a modifier is two letters or digits" if bad else None


def _too_few(r: ParsedLine) -> str | None:
    return (
        f"a quantity of {r.line.quantity} is none; send 1 or more" if r.line.quantity < 1 else None
    )


def _quantity(r: ParsedLine) -> str | None:
    p = r.current
    if p is None or r.line.quantity < 2 or not p.area.is_by_one_tooth:
        return None
    return f"{p.code} is reported by the tooth, and the line counts {r.line.quantity}; send one line a tooth"


def _prosthesis_missing(r: ParsedLine) -> str | None:
    p = r.current
    if p is None or not p.prosthesis or r.line.prosthesis is not None:
        return None
    return f"{p.code} is an 'initial' placement or a 'replacement'; say which (837D SV305 I or R)"


def _prosthesis_unknown(r: ParsedLine) -> str | None:
    if r.line.prosthesis in (None, "initial", "replacement"):
        return None
    return f"{quoted(r.line.prosthesis)} is neither 'initial' nor 'replacement' (I nor R)"


def _prior_missing(r: ParsedLine) -> str | None:
    if r.line.prosthesis != "replacement" or r.line.prior_placement is not None:
        return None
    return "a replacement needs the date of the prior placement (837D DTP*441; form item 44)"


def _prior_late(r: ParsedLine) -> str | None:
    prior = r.line.prior_placement
    if prior is None or prior <= r.line.date:
        return None
    return f"the prior placement {prior} is after the date of service {r.line.date}"


def _age(r: ParsedLine) -> str | None:
    p, years = r.current, _years(r)
    if p is None or p.under_age is None or years is None or years < p.under_age:
        return None
    return f"{p.code} is for patients under {p.under_age} years; the patient is {years}"


def _age_custom(r: ParsedLine) -> str | None:
    years = _years(r)
    if r.current is None or years is None or years < 0:
        return None
    if r.code == "D1110" and years < 13:
        return f"many payers take D1120 for a patient of {years} years; the age where D1110 begins is theirs to set"
    if r.code == "D1120" and years > 13:
        return f"many payers take D1110 for a patient of {years} years; the age where D1120 ends is theirs to set"
    return None


def _unborn(r: ParsedLine) -> str | None:
    birth = r.line.birth_date
    return (
        f"the birth date {birth} is after the date of service"
        if birth and birth > r.line.date
        else None
    )


def _narrative(r: ParsedLine) -> str | None:
    p = r.current
    if p is None or not p.by_report or (r.line.narrative or "").strip():
        return None
    return f"{p.code} is a code by report; send a narrative that tells what was done and why"


def _medicare(r: ParsedLine) -> str | None:
    if not r.line.medicare or r.line.date < _KX_EXPECTED or r.current is None:
        return None
    if {modifier.strip().upper() for modifier in r.line.modifiers} & {"KX", "GY"}:
        return None
    return "a dental line to Medicare needs KX (inextricably linked to a covered medical service) or GY (excluded)"


def _years(r: ParsedLine) -> int | None:
    birth, day = r.line.birth_date, r.line.date
    return (
        None
        if birth is None
        else day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
    )


_OPEN_DENTAL: Final = "Open Dental X837_5010.cs refuses to send it"
_OPEN_DENTAL_TIDY: Final = "Open Dental Tooth.SurfTidyForClaims"
_HOUSE: Final = "IHS dental edits 24, 25, 28 (2003)"
_NAMES: Final = "CDT nomenclature"

# fmt: off
LINE_RULES: Final = (
    LineRule("code.malformed", "error", "code", _malformed, carc="181",
             source="CMS RVU26C: the form of all D codes"),
    LineRule("code.system", "error", "code", _other_system, carc="181",
             source="X12 837D SV301-1 AD"),
    LineRule("code.unknown", "error", "code", _unknown, carc="181",
             source="IHS RPMS, CMS PPRRVU 2019-2026"),
    LineRule("code.not-in-force", "error", "date", _not_in_force, carc="181",
             source="IHS RPMS, CMS PPRRVU 2019-2026"),
    LineRule("date.beyond", "warning", "date", _beyond, source="editions of the catalog"),
    LineRule("modifier.malformed", "error", "modifiers", _modifier,
             source="X12 837D SV301-3 to -6: two characters"),
    LineRule("quantity.none", "error", "quantity", _too_few, source="X12 837D SV306"),
    LineRule("tooth.missing", "error", "tooth", siterules.tooth_missing, "N37",
             source=_OPEN_DENTAL, softens=True),
    LineRule("tooth.unknown", "error", "tooth", siterules.no_such_tooth, "N37",
             source=_OPEN_DENTAL),
    LineRule("tooth.several", "error", "tooth", siterules.several_teeth, "N37",
             source="X12 837D TOO", softens=True),
    LineRule("tooth.dentition", "error", "tooth", siterules.dentition, "N39", source=_NAMES),
    LineRule("tooth.class", "error", "tooth", siterules.tooth_class, "N39", source=_NAMES),
    LineRule("tooth.arch", "error", "tooth", siterules.tooth_arch, "N39", source=_NAMES),
    LineRule("tooth.house-dentition", "warning", "tooth", siterules.house_dentition, "N39",
             source=_HOUSE),
    LineRule("surface.missing", "error", "surfaces", siterules.surface_missing, "N75",
             source=_OPEN_DENTAL, softens=True),
    LineRule("surface.impossible", "error", "surfaces", siterules.surface_impossible, "N75",
             source=_OPEN_DENTAL_TIDY),
    LineRule("surface.count", "error", "surfaces", siterules.surface_count, "N81",
             source=_NAMES, softens=True),
    LineRule("area.unknown", "error", "area", siterules.no_such_area, "N346",
             source="X12 code list 1361"),
    LineRule("area.missing", "error", "area", siterules.area_missing, "N346",
             source=_OPEN_DENTAL, softens=True),
    LineRule("area.kind", "error", "area", siterules.area_kind, "N346",
             source="IHS dental edit 4", softens=True),
    LineRule("area.code", "error", "area", siterules.area_against_code, "N346", source=_NAMES),
    LineRule("area.tooth", "error", "area", siterules.area_against_tooth, "N346",
             source="ADA Universal tooth designation"),
    LineRule("site.missing", "warning", "area", siterules.site_missing, "N346",
             source="IHS operative-site flag"),
    LineRule("area.and-tooth", "warning", "area", siterules.tooth_and_area,
             source="NextGen claim edits 87, 88"),
    siterules.unwanted("tooth"),
    siterules.unwanted("surfaces"),
    siterules.unwanted("area"),
    LineRule("quantity.several", "warning", "quantity", _quantity,
             source="X12 837D: TOO repeats only where SV306 is 1"),
    LineRule("prosthesis.unknown", "error", "prosthesis", _prosthesis_unknown,
             source="X12 837D SV305"),
    LineRule("prosthesis.missing", "error", "prosthesis", _prosthesis_missing,
             source=_OPEN_DENTAL, softens=True),
    LineRule("prior.missing", "error", "prior_placement", _prior_missing, source=_OPEN_DENTAL),
    LineRule("prior.late", "error", "prior_placement", _prior_late, source="X12 837D DTP*441"),
    LineRule("age.unborn", "error", "birth_date", _unborn, "N129", source="X12 837D DMG02"),
    LineRule("age.limit", "error", "birth_date", _age, "N129", source=_NAMES),
    LineRule("age.custom", "info", "birth_date", _age_custom, "N129", source="TMHP 2012"),
    LineRule("narrative.missing", "warning", "narrative", _narrative, "N40", source=_NAMES),
    LineRule("medicare.modifier", "warning", "modifiers", _medicare,
             source="CGS cope158802 (CMS CR 13649)"),
)
# fmt: on
"""The rules on one line, in the order in which they are told."""
