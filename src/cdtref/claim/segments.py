"""
The 837D segments of a claim, loops 2300 and 2400: CLM, DTP, DN1, DN2, NTE, HI, and its lines.

Source: X12 837D (5010, X224), by public maps and by what Open Dental's X837_5010.cs writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Context, Decimal
from typing import Any, Final

from cdtref.claim.elements import (
    element_fault,
    free_text,
    money_element,
    place_element,
    require_room,
)
from cdtref.claim.sv3 import (
    NARRATIVE_LENGTH,
    Elements,
    Separators,
    date_segment,
    segments_of,
)
from cdtref.errors import InvalidSiteError, quoted
from cdtref.tooth import parse_tooth

_LONGEST_ID: Final = 20  # CLM01: what payers must give back has at most 20 characters
_MOST_DIGITS: Final = 28  # enough for a sum of any lines, each of ten digits
_MOST_NOTES: Final = 5  # NTE repeats five times in loop 2300
_MOST_NUMBERS: Final = 12  # of lines, which a message repeats
_DIAGNOSIS: Final = re.compile("[A-Z][0-9][0-9A-Z]{1,5}")

Fields = Mapping[str, Any]


def segments_of_claim(
    claim: Fields, lines: Sequence[Fields], separators: Separators
) -> tuple[Elements, ...]:
    """
    The segments of a claim and its lines, each given by its fields.

    Raises:
        DataFormatError: something that an 837D needs is missing, cannot be read, or holds a
            delimiter.
    """
    _require_what_is_needed(claim, lines)
    head = (_claim_segment(claim, lines, separators), *_treatment_segments(claim))
    notes = _note_segments(claim, lines, separators)
    return (
        *head,
        *notes,
        *_diagnosis_segments(claim, separators),
        *_line_segments(claim, lines, separators),
    )


def _require_what_is_needed(claim: Fields, lines: Sequence[Fields]) -> None:
    """All that is missing is told at once: it is asked of people, who are asked once."""
    missing = []
    if claim["id"] is None:
        missing.append(("CLM01", "the claim has no id"))
    if claim["place_of_service"] is None:
        missing.append(("CLM05", "the claim has no place of service, such as 11"))
    if not lines:
        missing.append(("LX", "the claim has no lines"))
    free = [number for number, line in enumerate(lines, start=1) if line["fee"] is None]
    if free:
        missing.append(("SV302", _told_of_lines(free, "no fee")))
    if missing:
        first, problem = missing[0]
        others = [": ".join(one) for one in missing[1:]]
        raise element_fault(first, "; ".join([problem, *others]))


def _told_of_lines(numbers: Sequence[int], lack: str) -> str:
    if len(numbers) == 1:
        return f"line {numbers[0]} has {lack}"
    shown = ", ".join(map(str, numbers[:_MOST_NUMBERS]))
    if len(numbers) > _MOST_NUMBERS:
        shown = f"{shown} and {len(numbers) - _MOST_NUMBERS} more"
    return f"the lines {shown} have {lack}"


def _claim_segment(claim: Fields, lines: Sequence[Fields], separators: Separators) -> Elements:
    number = id_element(claim["id"], separators)
    place = place_element("CLM05", claim["place_of_service"])
    total = charge_element([line["fee"] for line in lines])
    facility = separators.component.join((place, "B", "1"))
    elements = ("CLM", number, total, "", "", facility, "Y", "A", "Y", "Y")
    if not claim["predetermination"]:
        return elements
    return (*elements, *("",) * 9, "PB")


def id_element(number: str, separators: Separators) -> str:
    """
    CLM01: the practice's number of a claim.

    Raises:
        DataFormatError: it is too long or holds a delimiter.
    """
    text = free_text("CLM01", number, separators)
    if len(text) > _LONGEST_ID:
        raise element_fault("CLM01", f"the id has {len(text)} characters, of at most 20")
    return text


def charge_element(fees: Iterable[Decimal]) -> str:
    """
    CLM02: the sum of the lines' fees.

    Raises:
        DataFormatError: one is no amount, or the sum is too large.
    """
    total = Decimal()
    exactly = Context(prec=_MOST_DIGITS)  # the caller's own may round
    for fee in fees:
        money_element("SV302", fee)
        total = exactly.add(total, fee)
    return money_element("CLM02", total)


def _treatment_segments(claim: Fields) -> Iterator[Elements]:
    if claim["appliance_placed"] is not None:
        yield date_segment("452", claim["appliance_placed"])
    if claim["date"] is not None:
        yield date_segment("472", claim["date"], claim["through"])
    if claim["orthodontics"] is not None:
        yield _orthodontic_segment(*claim["orthodontics"])
    for status, field in (("M", "missing_teeth"), ("E", "teeth_to_extract")):
        for text in claim[field]:
            yield "DN2", tooth_element(text), status, "", "", "", "JP"


def tooth_element(text: str) -> str:
    """
    DN201: the number of a tooth that is missing or to be extracted.

    Raises:
        DataFormatError: it is none.
    """
    try:
        return parse_tooth(text).number
    except InvalidSiteError as error:
        raise element_fault("DN201", str(error)) from error


def _orthodontic_segment(months: int | None, remaining: int | None) -> Elements:
    if months is None and remaining is None:
        return "DN1", "", "", "", "Y"
    total = _count_element(months)
    if remaining is None:
        return "DN1", total
    return "DN1", total, _count_element(remaining)


def _count_element(count: int | None) -> str:
    if count is None:
        return ""
    return str(count)


def _note_segments(
    claim: Fields, lines: Sequence[Fields], separators: Separators
) -> Iterator[Elements]:
    text = remarks_element(claim["note"], [line["narrative"] for line in lines], separators)
    for start in range(0, len(text), NARRATIVE_LENGTH):
        yield "NTE", "ADD", text[start : start + NARRATIVE_LENGTH]


def remarks_element(
    note: str | None, narratives: Sequence[str | None], separators: Separators
) -> str:
    """
    NTE02, in one piece: the claim's note, and the narratives that are too long for their lines.

    Raises:
        DataFormatError: they are longer than all NTE of a claim, or hold a delimiter.
    """
    texts = [note or ""]
    for narrative in narratives:
        told = (narrative or "").strip()
        if len(told) > NARRATIVE_LENGTH:
            texts.append(told)
    text = free_text("NTE02", " ".join(filter(None, texts)), separators)
    if len(text) > _MOST_NOTES * NARRATIVE_LENGTH:
        raise element_fault("NTE02", f"{len(text)} characters of remarks, where 400 have room")
    return text


def _diagnosis_segments(claim: Fields, separators: Separators) -> Iterator[Elements]:
    if not claim["diagnoses"]:
        return
    require_room("HI", len(claim["diagnoses"]), "diagnoses")
    composites = []
    qualifier = "ABK"  # the principal diagnosis; the others are ABF
    for text in claim["diagnoses"]:
        composites.append(separators.component.join((qualifier, diagnosis_element(text))))
        qualifier = "ABF"
    yield "HI", *composites


def diagnosis_element(text: str) -> str:
    """
    A diagnosis as HI has it, without its point.

    Raises:
        DataFormatError: it has not the form of an ICD-10-CM code.
    """
    code = text.strip().upper().replace(".", "")
    if not _DIAGNOSIS.fullmatch(code):
        raise element_fault("HI", f"{quoted(text)} is no ICD-10-CM code such as K02.9")
    return code


def _line_segments(
    claim: Fields, lines: Sequence[Fields], separators: Separators
) -> Iterator[Elements]:
    known = len(claim["diagnoses"])
    for number, line in enumerate(lines, start=1):
        if max(line["diagnosis_pointers"], default=0) > known:
            problem = f"line {number} points at a diagnosis beyond the claim's {known}"
            raise element_fault("SV311", problem)
        own = dict(line)
        if own["date"] == claim["date"]:
            own["date"] = None
        yield "LX", str(number)
        yield from segments_of(own, separators)
