"""
The rules on what a claim says of itself, as a table that reads from top to bottom: `HEADER_RULES`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from cdtref.claim.claim import Claim
from cdtref.claim.elements import MOST_DIAGNOSES, free_text, refusal_of
from cdtref.claim.line import ClaimLine
from cdtref.claim.placeofservice import malformed_place, unassigned_place
from cdtref.claim.rule import HeaderRule
from cdtref.claim.segments import (
    charge_element,
    diagnosis_element,
    id_element,
    remarks_element,
    tooth_element,
)
from cdtref.claim.sv3 import NARRATIVE_LENGTH, USUAL
from cdtref.code import parse_code
from cdtref.errors import DataFormatError, InvalidCodeError, InvalidSiteError
from cdtref.tooth import Tooth, parse_teeth

_PLAIN_ID: Final = re.compile("[0-9A-Za-z-]{1,20}")  # as most are
_NPI: Final = re.compile("[0-9]{10}")
# CMS: the check digit is that of the number with 80840 before it, the prefix of US health cards.
_NPI_PREFIX: Final = "80840"
_ORTHODONTICS: Final = ("D8010-D8091", "D8670")
_VISITS: Final = ("D8670",)
_EXTRACTIONS: Final = ("D7140", "D7210")  # of whole teeth; roots and buried teeth may be left
_PROSTHETICS: Final = ("D5110-D6999", "D7950-D7957")  # with the grafts before them
_ON_A_TOOTH: Final = ("D1351-D1355", "D2140-D2990", "D3110-D3950", "D6545-D6549", "D6600-D6794")
_LARGE_FEE: Final = Decimal(10**6)
_MOST_SURE_LINES: Final = 100  # so many lines below a large fee have room in CLM02


def _no_lines(claim: Claim) -> str | None:
    if claim.lines:
        return None
    return "the claim has no line that can be read; a claim has at least one (837D LX)"


def _npi_malformed(claim: Claim) -> str | None:
    npi = claim.provider_npi
    if npi is None or is_npi(npi.strip()):
        return None
    problem = "is ten digits, the last of which is the check digit"
    return f"the provider's NPI does not hold: an NPI {problem} (Luhn, behind 80840)"


def _too_many_diagnoses(claim: Claim) -> str | None:
    count = len(claim.diagnoses)
    if count <= MOST_DIAGNOSES:
        return None
    return f"the claim has {count} diagnoses, and an 837D has room for {MOST_DIAGNOSES}"


def _id_unsendable(claim: Claim) -> str | None:
    """What came out of a file is no fault of the file: others separate by other signs."""
    if claim.id is None or claim.place is not None or _PLAIN_ID.fullmatch(claim.id):
        return None
    return refusal_of(id_element, claim.id, USUAL)


def _remarks_unsendable(claim: Claim) -> str | None:
    if claim.place is not None:
        return None
    narratives = [line.narrative for line in claim.lines]
    if claim.note is None and narratives.count(None) == len(narratives):
        return None
    told = refusal_of(remarks_element, claim.note, narratives, USUAL)
    for number, narrative in enumerate(narratives, start=1):
        if told is None and narrative and len(narrative.strip()) <= NARRATIVE_LENGTH:
            told = refusal_of(free_text, "SV301-7", narrative, USUAL)
            if told is not None:
                return f"line {number}: {told}"
    return told


def _charge_too_large(claim: Claim) -> str | None:
    """The sum of fees that are each right; of a wrong one its line is told."""
    fees = [line.fee for line in claim.lines if line.fee is not None]
    if len(fees) < len(claim.lines):
        return None
    if len(fees) < _MOST_SURE_LINES and max(fees, default=0) < _LARGE_FEE:
        return None  # as of nearly all claims; this costs less
    told = refusal_of(charge_element, fees)
    if told is None or not told.startswith("CLM02"):
        return None
    return told


def _place_malformed(claim: Claim) -> str | None:
    return malformed_place("CLM05", claim.place_of_service)


def _place_unassigned(claim: Claim) -> str | None:
    return unassigned_place(claim.place_of_service)


def _missing_tooth_unknown(claim: Claim) -> str | None:
    return _no_teeth(claim.missing_teeth)


def _tooth_to_extract_unknown(claim: Claim) -> str | None:
    return _no_teeth(claim.teeth_to_extract)


def _diagnosis_malformed(claim: Claim) -> str | None:
    for text in claim.diagnoses:
        told = _refused_diagnosis(text)
        if told is not None:
            return told
    return None


@functools.lru_cache(maxsize=1024)  # few diagnoses make up thousands of claims
def _refused_diagnosis(text: str) -> str | None:
    return refusal_of(diagnosis_element, text)


def _no_teeth(texts: Iterable[str]) -> str | None:
    try:
        for text in texts:
            tooth_element(text)
    except DataFormatError as error:
        return str(error)
    return None


def _predetermination_dated(claim: Claim) -> str | None:
    if not claim.predetermination:
        return None
    if claim.date is None and all(line.date is None for line in claim.lines):
        return None
    told = "a predetermination asks about what is not done yet"
    return f"{told}; leave the date of service out, or send it as a claim"


def _line_outside_days(claim: Claim) -> str | None:
    """A line may have a day of its own, but not one outside of days that the claim spans."""
    first, last = claim.date, claim.through
    if first is None or last is None or last < first:
        return None
    for number, line in enumerate(claim.lines, start=1):
        if line.date is not None and not first <= line.date <= last:
            told = f"line {number} is of {line.date}, and the claim of {first} to {last}"
            return f"{told}; mend the date, or send the line on a claim of its own"
    return None


def _days_backwards(claim: Claim) -> str | None:
    if claim.date is None or claim.through is None or claim.date <= claim.through:
        return None
    return f"the last day of service {claim.through} is before the first, {claim.date}"


def _months_remaining(claim: Claim) -> str | None:
    if claim.orthodontics is None:
        return None
    months, remaining = claim.orthodontics
    for count in (months, remaining):
        if count is not None and count < 0:
            return f"{count} months of treatment are none; leave them out"
    if months == 0:
        return "a treatment of 0 months is none; leave it out"
    if months is None or remaining is None or remaining <= months:
        return None
    return f"{remaining} months of treatment remain, of {months} in all"


def _orthodontics_untold(claim: Claim) -> str | None:
    """Only an 837D and a claim at hand have the fields; tables and FHIR have no place for them."""
    if claim.place is not None and not claim.place.offset:
        return None
    for line in claim.lines:
        if _is_within(line.code, _ORTHODONTICS):
            lacks = ", ".join(_untold_of(claim, line))
            if lacks:
                return f"{line.code} is orthodontic treatment, and the claim lacks {lacks}"
    return None


def _untold_of(claim: Claim, line: ClaimLine) -> Iterator[str]:
    if claim.orthodontics is None or claim.orthodontics.months is None:
        yield "its months of treatment (form item 42, DN1)"
    placed = claim.appliance_placed or line.appliance_placed
    if placed is None and not claim.predetermination:
        yield "the date on which the appliance was placed (form item 41, DTP*452)"


def _appliance_late(claim: Claim) -> str | None:
    if claim.appliance_placed is None and claim.orthodontics is None:
        return None  # then it is told to lack these
    for number, line in enumerate(claim.lines, start=1):
        placed = line.appliance_placed or claim.appliance_placed
        if placed is None or line.date is None or not _is_within(line.code, _VISITS):
            continue
        if placed > line.date:
            told = f"line {number} is a periodic visit of {line.date}"
            return f"{told}, and the appliance was placed on {placed}; mend one of the two"
    return None


def _missing_tooth_treated(claim: Claim) -> str | None:
    """
    A tooth that the claim takes out may be marked too, for the prosthesis; what stands in its
    place (an implant, a pontic, a denture, a graft) is no work on it.
    """
    if not claim.missing_teeth:
        return None
    missing = frozenset(tooth for text in claim.missing_teeth for tooth in _teeth_in(text))
    taken_out = frozenset(_teeth_worked_on(claim, _EXTRACTIONS))
    if any(_is_within(line.code, _PROSTHETICS) for line in claim.lines):
        missing -= taken_out
    for number, line in enumerate(claim.lines, start=1):
        if not _is_within(line.code, (*_ON_A_TOOTH, *_EXTRACTIONS)):
            continue
        for tooth in filter(missing.__contains__, _teeth_in(line.tooth or "")):
            told = f"line {number} is {line.code} on tooth {tooth}, missing as the claim says"
            return f"{told}; mend the tooth, or leave it out of the missing ones"
    return None


def _teeth_worked_on(claim: Claim, spans: tuple[str, ...]) -> Iterator[Tooth]:
    for line in claim.lines:
        if _is_within(line.code, spans):
            yield from _teeth_in(line.tooth or "")


def _teeth_in(text: str) -> tuple[Tooth, ...]:
    """What cannot be read is told elsewhere."""
    try:
        return parse_teeth(text)
    except InvalidSiteError:
        return ()


@functools.lru_cache(maxsize=4096)  # few codes make up thousands of lines
def _is_within(text: str, spans: tuple[str, ...]) -> bool:
    """True for a code, however it is spelled, of one of the spans."""
    try:
        code = parse_code(text)
    except InvalidCodeError:
        return False
    return any(span[:5] <= code <= span[-5:] for span in spans)


@functools.lru_cache(maxsize=256)  # the claims of a file are those of few practices
def is_npi(text: str) -> bool:
    """
    True for ten digits whose last is the right check digit.

    >>> is_npi("1234567893"), is_npi("1234567890")
    (True, False)
    """
    if not _NPI.fullmatch(text):
        return False
    total = 0
    for place, digit in enumerate(reversed(_NPI_PREFIX + text)):
        value = int(digit)
        if place % 2:  # Luhn: every second digit from the right counts twice, as a sum of digits
            value = sum(divmod(2 * value, 10))
        total += value
    return total % 10 == 0


# fmt: off
HEADER_RULES: Final = (
    HeaderRule("claim.empty", "error", "lines", _no_lines, source="X12 837D loop 2400"),
    HeaderRule("claim.id", "error", "id", _id_unsendable, source="X12 837D CLM01"),
    HeaderRule("claim.remarks", "error", "note", _remarks_unsendable,
               source="X12 837D NTE02, SV301-7"),
    HeaderRule("claim.charge", "error", "lines", _charge_too_large,
               source="X12 837D CLM02: ten digits"),
    HeaderRule("claim.days", "error", "through", _days_backwards, source="X12 837D DTP*472*RD8"),
    HeaderRule("claim.line-day", "warning", "lines", _line_outside_days,
               source="X12 837D DTP*472 of both loops"),
    HeaderRule("claim.plan-day", "warning", "date", _predetermination_dated,
               source="ADA claim form item 24; X12 837D CLM19 PB"),
    HeaderRule("claim.place", "error", "place_of_service", _place_malformed, "M77",
               source="X12 837D CLM05-1"),
    HeaderRule("claim.place-unassigned", "warning", "place_of_service", _place_unassigned, "M77",
               source="CMS: place of service codes"),
    HeaderRule("claim.missing-teeth", "error", "missing_teeth", _missing_tooth_unknown, "N37",
               source="X12 837D DN201"),
    HeaderRule("claim.teeth-to-extract", "error", "teeth_to_extract", _tooth_to_extract_unknown,
               "N37", source="X12 837D DN201"),
    HeaderRule("provider.npi", "error", "provider_npi", _npi_malformed, "N257",
               source="45 CFR 162.406; CMS: the NPI's check digit"),
    HeaderRule("diagnosis.count", "error", "diagnoses", _too_many_diagnoses,
               source="X12 837D HI"),
    HeaderRule("diagnosis.malformed", "error", "diagnoses", _diagnosis_malformed, "M76",
               source="X12 837D HI: ICD-10-CM"),
    HeaderRule("orthodontics.months", "warning", "orthodontics", _months_remaining,
               source="X12 837D DN1"),
    HeaderRule("orthodontics.untold", "warning", "orthodontics", _orthodontics_untold,
               source="ADA claim form items 40 to 42; X12 837D DN1, DTP*452"),
    HeaderRule("appliance.late", "warning", "appliance_placed", _appliance_late,
               source="ADA claim form item 41; X12 837D DTP*452"),
    HeaderRule("claim.missing-tooth", "warning", "missing_teeth", _missing_tooth_treated, "N37",
               source="ADA claim form item 33 beside item 27"),
)
# fmt: on
"""The rules on what a claim says of itself, in the order in which they are told."""
