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
from cdtref.claim.elements import MOST_DIAGNOSES, refusal_of, require_room
from cdtref.claim.parsed import ParsedLine
from cdtref.claim.placeofservice import malformed_place, unassigned_place
from cdtref.claim.rule import LineRule
from cdtref.code import code_system, dental_code_of_five_digits, is_valid_modifier
from cdtref.codesystem import CodeSystem
from cdtref.errors import NotInForceError, quoted
from cdtref.fieldtext import years_between
from cdtref.fieldtext.amounts import MOST_DOLLARS, ends_in_cents

_KX_EXPECTED: Final = date(2025, 7, 1)  # the day that CMS CR 13649 takes effect
_MEDICARE_MODIFIERS: Final = ("KX", "GY")
_MOST_SERVICES: Final = 99  # item 29b of the form
_CENTS: Final = 2  # places of an amount
_CLEANINGS: Final = ("D1110", "D1120")  # of adults, of children
_ADULT_CLEANING_AGE: Final = 13  # TMHP 2012; the code set itself goes by dentition


def _code_malformed(r: ParsedLine) -> str | None:
    return r.code_fault or None


def _code_of_other_system(r: ParsedLine) -> str | None:
    if r.procedure is not None or r.code is None:
        return None
    system = code_system(r.code)
    if system is CodeSystem.CDT:
        return None
    told = f"{r.code} is a {system.label} code; a dental claim takes CDT codes"
    dental = dental_code_of_five_digits(r.code)
    if dental is not None and dental in r.catalog:
        return f"{told}: {dental}, if this is the ADA's old form of five digits"
    return f"{told}, send it on a medical claim"


def _code_unknown(r: ParsedLine) -> str | None:
    if r.procedure is not None or r.code is None or code_system(r.code) is not CodeSystem.CDT:
        return None
    return f"{r.code} has the form of a CDT code, but no such code is known; check the number"


def _date_missing(r: ParsedLine) -> str | None:
    if r.day is not None or (r.claim is not None and r.claim.predetermination):
        return None
    return "the date of service is missing (837D DTP*472; form item 24)"


def _code_not_in_force(r: ParsedLine) -> str | None:
    if r.procedure is None or r.current is not None:
        return None
    try:
        r.procedure.require_in_force(r.day or date.max)
    except NotInForceError as error:
        return str(error)
    return None  # pragma: no cover  # then it would be current


def _date_beyond_editions(r: ParsedLine) -> str | None:
    if r.covered or r.procedure is None:
        return None
    told = f"{r.day} lies outside the editions of this catalog"
    return f"{told}; what is said of the code then is not certain"


def _modifier_malformed(r: ParsedLine) -> str | None:
    for modifier in r.line.modifiers:
        if not is_valid_modifier(modifier):
            return f"{quoted(modifier)} is no modifier: a modifier is two letters or digits"
    return None


def _too_many_modifiers(r: ParsedLine) -> str | None:
    return refusal_of(require_room, "SV301", len(r.line.modifiers), "modifiers")


def _too_many_pointers(r: ParsedLine) -> str | None:
    return refusal_of(require_room, "SV311", len(r.line.diagnosis_pointers), "pointers")


def _place_malformed(r: ParsedLine) -> str | None:
    return malformed_place("SV303", r.line.place_of_service)


def _place_unassigned(r: ParsedLine) -> str | None:
    return unassigned_place(r.line.place_of_service)


def _quantity_none(r: ParsedLine) -> str | None:
    if r.line.quantity >= 1:
        return None
    return f"a quantity of {r.line.quantity} is none; send 1 or more"


def _quantity_too_large(r: ParsedLine) -> str | None:
    if r.line.quantity <= _MOST_SERVICES:
        return None
    told = f"a quantity of {r.line.quantity} has no room on the form, whose item 29b has two digits"
    return f"{told}; mend it, or send several lines"


def _quantity_several(r: ParsedLine) -> str | None:
    needed = r.requirement
    if needed is None or r.line.quantity < 2 or not needed.treatment_area.is_by_one_tooth:
        return None
    if needed.counted_by is not None:
        return None
    told = f"{r.code} is reported by the tooth, and the line counts {r.line.quantity}"
    return f"{told}; send one line a tooth"


def _prosthesis_missing(r: ParsedLine) -> str | None:
    needed = r.requirement
    if needed is None or needed.prosthesis_code != "asked" or r.line.prosthesis is not None:
        return None
    return f"{r.code} is an 'initial' placement or a 'replacement'; say which (837D SV305 I or R)"


def _prosthesis_unknown(r: ParsedLine) -> str | None:
    if r.line.prosthesis in (None, "initial", "replacement"):
        return None
    return f"{quoted(r.line.prosthesis)} is neither 'initial' nor 'replacement' (I nor R)"


def _prior_missing(r: ParsedLine) -> str | None:
    if r.line.prosthesis != "replacement" or r.line.prior_placement is not None:
        return None
    return "a replacement needs the date of the prior placement (837D DTP*441; form item 44)"


def _prior_of_initial(r: ParsedLine) -> str | None:
    if r.line.prosthesis != "initial" or r.line.prior_placement is None:
        return None
    told = "an initial placement has none before it, and the line names one"
    return f"{told}; leave the date out, or send a replacement"


def _prior_unborn(r: ParsedLine) -> str | None:
    prior, birth = r.line.prior_placement, r.birth_date
    if prior is None or birth is None or birth <= prior:
        return None
    return f"the prior placement {prior} is before the patient's birth"


def _prior_late(r: ParsedLine) -> str | None:
    prior = r.line.prior_placement
    if prior is None or r.day is None or prior <= r.day:
        return None
    return f"the prior placement {prior} is after the date of service {r.day}"


def _age_beyond_limit(r: ParsedLine) -> str | None:
    needed = r.requirement
    if needed is None or needed.under_age is None or r.birth_date is None or r.day is None:
        return None
    years = years_between(r.birth_date, r.day)
    if years < needed.under_age:
        return None
    return f"{r.code} is for patients under {needed.under_age} years; the patient is {years}"


def _age_against_custom(r: ParsedLine) -> str | None:
    birth, day = r.birth_date, r.day
    if birth is None or r.current is None or r.code not in _CLEANINGS:
        return None
    if day is None or birth > day:
        return None
    years = years_between(birth, day)
    said = f"for a patient of {years} years; the age where"
    if r.code == "D1110" and years < _ADULT_CLEANING_AGE:
        return f"many payers take D1120 {said} D1110 begins is theirs to set"
    if r.code == "D1120" and years > _ADULT_CLEANING_AGE:
        return f"many payers take D1110 {said} D1120 ends is theirs to set"
    return None


def _age_unborn(r: ParsedLine) -> str | None:
    birth = r.birth_date
    if birth is None or r.day is None or birth <= r.day:
        return None
    return f"the birth date {birth} is after the date of service"


def _narrative_missing(r: ParsedLine) -> str | None:
    needed = r.requirement
    if needed is None or not needed.by_report or r.line.narrative is not None:
        return None
    if r.claim is not None and r.claim.note is not None:
        return None
    return f"{r.code} is a code by report; send a narrative that tells what was done and why"


def _medicare_modifier_missing(r: ParsedLine) -> str | None:
    if not r.line.medicare or r.current is None or r.day is None or r.day < _KX_EXPECTED:
        return None
    for modifier in r.line.modifiers:
        if modifier.strip().upper() in _MEDICARE_MODIFIERS:
            return None
    wanted = "KX (inextricably linked to a covered medical service) or GY (excluded)"
    return f"a dental line to Medicare needs {wanted}"


def _diagnosis_pointer(r: ParsedLine) -> str | None:
    if not r.line.diagnosis_pointers:
        return None
    last, there_are = MOST_DIAGNOSES, f"a claim has at most {MOST_DIAGNOSES}"
    if r.claim is not None:
        last = len(r.claim.diagnoses)
        there_are = f"the claim has {last or 'none'}"
    for pointer in r.line.diagnosis_pointers:
        if not 1 <= pointer <= last:
            return f"the diagnosis pointer {pointer} points at no diagnosis; {there_are}"
    return None


# A missing fee is no fault of a line, which is checked before it is priced.
def _fee_not_a_number(r: ParsedLine) -> str | None:
    fee = r.line.fee
    if fee is None or fee.is_finite():
        return None
    return f"a fee of {fee} is no amount; send dollars and cents"


def _fee_negative(r: ParsedLine) -> str | None:
    fee = r.line.fee
    if fee is None or not fee.is_signed() or not fee.is_finite() or fee >= 0:  # it may be -0.00
        return None
    return f"a fee of {fee} is below zero; send the charge, and credits in other segments"


def _fee_not_cents(r: ParsedLine) -> str | None:
    fee = r.line.fee
    if fee is None or not fee.is_finite():
        return None
    digits, _, places = str(fee).partition(".")
    if len(places) <= _CENTS and "E" not in digits:  # as nearly all are; this costs less
        return None
    if ends_in_cents(fee):
        return None
    return f"a fee of {fee} has parts of a cent; round it to cents"


def _fee_too_large(r: ParsedLine) -> str | None:
    fee = r.line.fee
    if fee is None or not fee.is_finite() or fee <= MOST_DOLLARS:
        return None
    return f"a fee of {fee} is beyond {MOST_DOLLARS}, the most that an 837D has room for"


_OPEN_DENTAL: Final = "Open Dental X837_5010.cs refuses to send it"
_OPEN_DENTAL_TIDY: Final = "Open Dental Tooth.SurfTidyForClaims"
_HOUSE: Final = "IHS dental edits 24, 25, 28 (2003)"
_NAMES: Final = "CDT nomenclature"
_REQUIREMENT: Final = "requirement of the code"

# fmt: off
LINE_RULES: Final = (
    LineRule("code.malformed", "error", "code", _code_malformed, carc="181",
             source="CMS RVU26C: the form of all D codes"),
    LineRule("code.system", "error", "code", _code_of_other_system, carc="181",
             source="X12 837D SV301-1 AD"),
    LineRule("code.unknown", "error", "code", _code_unknown, carc="181",
             source="IHS RPMS, CMS PPRRVU 2019-2026"),
    LineRule("code.not-in-force", "error", "date", _code_not_in_force, carc="181",
             source="IHS RPMS, CMS PPRRVU 2019-2026"),
    LineRule("date.missing", "error", "date", _date_missing, source="X12 837D DTP*472"),
    LineRule("date.beyond", "warning", "date", _date_beyond_editions,
             source="editions of the catalog"),
    LineRule("modifier.malformed", "error", "modifiers", _modifier_malformed,
             source="X12 837D SV301-3 to -6: two characters", where_given=True),
    LineRule("modifier.count", "error", "modifiers", _too_many_modifiers,
             source="X12 837D SV301-3 to -6", where_given=True),
    LineRule("place.malformed", "error", "place_of_service", _place_malformed, "M77",
             source="X12 837D SV303", where_given=True),
    LineRule("place.unassigned", "warning", "place_of_service", _place_unassigned, "M77",
             source="CMS: place of service codes", where_given=True),
    LineRule("quantity.none", "error", "quantity", _quantity_none, source="X12 837D SV306",
             where_given=True),
    LineRule("quantity.too-large", "warning", "quantity", _quantity_too_large, "M53",
             source="ADA claim form item 29b", where_given=True),
    LineRule("fee.not-a-number", "error", "fee", _fee_not_a_number, source="X12 837D SV302",
             where_given=True),
    LineRule("fee.negative", "error", "fee", _fee_negative, source="X12 837D SV302",
             where_given=True),
    LineRule("fee.not-cents", "error", "fee", _fee_not_cents, source="X12 837D SV302",
             where_given=True),
    LineRule("fee.too-large", "error", "fee", _fee_too_large,
             source="X12 837D SV302: ten digits", where_given=True),
    LineRule("tooth.missing", "error", "tooth", siterules.tooth_missing, "N37",
             source=_OPEN_DENTAL, rests_on="treatment_area"),
    LineRule("tooth.unknown", "error", "tooth", siterules.no_such_tooth, "N37",
             source=_OPEN_DENTAL, where_given=True),
    LineRule("tooth.several", "error", "tooth", siterules.several_teeth, "N37",
             source="X12 837D TOO", rests_on="treatment_area", where_given=True),
    LineRule("tooth.dentition", "error", "tooth", siterules.dentition, "N39", source=_NAMES,
             rests_on="dentition", where_given=True),
    LineRule("tooth.class", "error", "tooth", siterules.tooth_class, "N39", source=_NAMES,
             rests_on="tooth_classes", where_given=True),
    LineRule("tooth.arch", "error", "tooth", siterules.tooth_arch, "N39", source=_NAMES,
             rests_on="arch", where_given=True),
    LineRule("tooth.house-dentition", "warning", "tooth", siterules.house_dentition, "N39",
             source=_HOUSE, where_given=True),
    LineRule("surface.missing", "error", "surfaces", siterules.surface_missing, "N75",
             source=_OPEN_DENTAL, rests_on="treatment_area"),
    LineRule("surface.impossible", "error", "surfaces", siterules.surface_impossible, "N75",
             source=_OPEN_DENTAL_TIDY, where_given=True),
    LineRule("surface.tooth", "error", "surfaces", siterules.surfaces_of_no_tooth, "N37",
             source="X12 837D TOO", where_given=True),
    LineRule("surface.count", "error", "surfaces", siterules.surface_count, "N81",
             source=_NAMES, rests_on="surface_count", where_given=True),
    LineRule("area.unknown", "error", "area", siterules.no_such_area, "N346",
             source="X12 code list 1361", where_given=True),
    LineRule("area.count", "error", "area", siterules.too_many_areas, "N346",
             source="X12 837D SV304", where_given=True),
    LineRule("area.missing", "error", "area", siterules.area_missing, "N346",
             source=_OPEN_DENTAL, rests_on="treatment_area"),
    LineRule("area.kind", "error", "area", siterules.area_kind, "N346",
             source="IHS dental edit 4", rests_on="treatment_area", where_given=True),
    LineRule("area.code", "error", "area", siterules.area_against_code, "N346", source=_NAMES,
             rests_on="arch", where_given=True),
    LineRule("area.tooth", "error", "area", siterules.area_against_tooth, "N346",
             source="ADA Universal tooth designation", where_given=True),
    LineRule("site.missing", "warning", "area", siterules.site_missing, "N346",
             source="IHS operative-site flag"),
    LineRule("area.and-tooth", "warning", "area", siterules.tooth_and_area,
             source="NextGen claim edits 87, 88", where_given=True),
    LineRule("tooth.unwanted", "warning", "tooth", siterules.tooth_unwanted,
             source=_REQUIREMENT, where_given=True),
    LineRule("surface.unwanted", "warning", "surfaces", siterules.surfaces_unwanted,
             source=_REQUIREMENT, where_given=True),
    LineRule("area.unwanted", "warning", "area", siterules.area_unwanted,
             source=_REQUIREMENT, where_given=True),
    LineRule("quantity.several", "warning", "quantity", _quantity_several,
             source="X12 837D: TOO repeats only where SV306 is 1", where_given=True),
    LineRule("quantity.areas", "warning", "quantity", siterules.areas_uncounted,
             source=_REQUIREMENT),
    LineRule("prosthesis.unknown", "error", "prosthesis", _prosthesis_unknown,
             source="X12 837D SV305", where_given=True),
    LineRule("prosthesis.missing", "error", "prosthesis", _prosthesis_missing,
             source=_OPEN_DENTAL, rests_on="prosthesis_code"),
    LineRule("prior.missing", "error", "prior_placement", _prior_missing, source=_OPEN_DENTAL),
    LineRule("prior.initial", "warning", "prior_placement", _prior_of_initial,
             source="ADA claim form items 43, 44; X12 837D DTP*441", where_given=True),
    LineRule("prior.unborn", "error", "prior_placement", _prior_unborn, source="X12 837D DTP*441",
             where_given=True),
    LineRule("prior.late", "error", "prior_placement", _prior_late, source="X12 837D DTP*441",
             where_given=True),
    LineRule("age.unborn", "error", "birth_date", _age_unborn, "N129", source="X12 837D DMG02",
             where_given=True),
    LineRule("age.limit", "error", "birth_date", _age_beyond_limit, "N129", source=_NAMES,
             rests_on="under_age", where_given=True),
    LineRule("age.custom", "info", "birth_date", _age_against_custom, "N129", source="TMHP 2012",
             where_given=True),
    LineRule("narrative.missing", "warning", "narrative", _narrative_missing, "N40", source=_NAMES),
    LineRule("diagnosis.pointer", "error", "diagnosis_pointers", _diagnosis_pointer,
             source="X12 837D SV311", where_given=True),
    LineRule("diagnosis.pointers", "error", "diagnosis_pointers", _too_many_pointers,
             source="X12 837D SV311", where_given=True),
    LineRule("medicare.modifier", "warning", "modifiers", _medicare_modifier_missing,
             source="CGS cope158802 (CMS CR 13649)"),
)
# fmt: on
"""The rules on one line, in the order in which they are told."""
