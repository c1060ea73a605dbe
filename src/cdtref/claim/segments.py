"""
The 837D segments of a claim, loops 2300 and 2400: CLM, DTP, DN1, DN2, NTE, HI, and its lines.

Source: X12 837D (5010, X224), by public maps and by what Open Dental's X837_5010.cs writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Context, Decimal
from typing import Any, Final

from cdtref.claim.sv3 import (
    MOST_DIAGNOSES,
    NARRATIVE_LENGTH,
    Elements,
    Separators,
    date_segment,
    element_fault,
    free_text,
    money_element,
    place_element,
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
    number = free_text("CLM01", claim["id"], separators)
    if len(number) > _LONGEST_ID:
        raise element_fault("CLM01", f"the id has {len(number)} characters, of at most 20")
    place = place_element("CLM05", claim["place_of_service"])
    total = money_element("CLM02", _total_charge(lines))
    facility = separators.component.join((place, "B", "1"))
    elements = ("CLM", number, total, "", "", facility, "Y", "A", "Y", "Y")
    if not claim["predetermination"]:
        return elements
    return (*elements, *("",) * 9, "PB")


def _total_charge(lines: Sequence[Fields]) -> Decimal:
    total = Decimal()
    exactly = Context(prec=_MOST_DIGITS)  # the caller's own may round
    for line in lines:
        money_element("SV302", line["fee"])
        total = exactly.add(total, line["fee"])
    return total


def _treatment_segments(claim: Fields) -> Iterator[Elements]:
    if claim["appliance_placed"] is not None:
        yield date_segment("452", claim["appliance_placed"])
    if claim["date"] is not None:
        yield date_segment("472", claim["date"], claim["through"])
    if claim["orthodontics"] is not None:
        yield _orthodontic_segment(*claim["orthodontics"])
    for status, field in (("M", "missing_teeth"), ("E", "teeth_to_extract")):
        for text in claim[field]:
            try:
                tooth = parse_tooth(text)
            except InvalidSiteError as error:
                raise element_fault("DN201", str(error)) from error
            yield "DN2", tooth.number, status, "", "", "", "JP"


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
    """The claim's note, and the narratives that are too long for their lines, in pieces of 80."""
    texts = [claim["note"] or ""]
    for line in lines:
        narrative = (line["narrative"] or "").strip()
        if len(narrative) > NARRATIVE_LENGTH:
            texts.append(narrative)
    text = free_text("NTE02", " ".join(filter(None, texts)), separators)
    starts = range(0, len(text), NARRATIVE_LENGTH)
    if len(starts) > _MOST_NOTES:
        raise element_fault("NTE02", f"{len(text)} characters of remarks, where 400 have room")
    for start in starts:
        yield "NTE", "ADD", text[start : start + NARRATIVE_LENGTH]


def _diagnosis_segments(claim: Fields, separators: Separators) -> Iterator[Elements]:
    if not claim["diagnoses"]:
        return
    if len(claim["diagnoses"]) > MOST_DIAGNOSES:
        raise element_fault("HI", f"{len(claim['diagnoses'])} diagnoses, where four have room")
    composites = []
    qualifier = "ABK"  # the principal diagnosis; the others are ABF
    for text in claim["diagnoses"]:
        code = text.strip().upper().replace(".", "")  # HI has them without the point
        if not _DIAGNOSIS.fullmatch(code):
            raise element_fault("HI", f"{quoted(text)} is no ICD-10-CM code such as K02.9")
        composites.append(separators.component.join((qualifier, code)))
        qualifier = "ABF"
    yield "HI", *composites


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
