"""
The rules on the lines of one claim together, as a table that reads from top to bottom:
`CLAIM_RULES`.

Evidence: IHS dental edits 19-23, 26 and 27, payers' published remarks, NextGen claim edits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from cdtref.claim.parsed import ParsedLine
from cdtref.claim.rule import ClaimRule
from cdtref.procedure import Category, Procedure
from cdtref.requirement import TreatmentArea

_EXTRACTIONS: Final = ("extractions", "surgical extractions")
# Coronectomy, nerve, sinus: no whole tooth comes out.
_NOT_REMOVALS: Final = ("D7251", "D7252", "D7259", "D7260", "D7261")
_DIRECT: Final = ("amalgam fillings", "resin fillings")

Found = Iterator[tuple[int, str]]


def _lines_in_force(readings: Sequence[ParsedLine]) -> Iterator[tuple[int, ParsedLine, Procedure]]:
    """The lines whose code was in force, with their place."""
    for place, reading in enumerate(readings):
        if reading.current is not None:
            yield place, reading, reading.current


def is_extraction(p: Procedure) -> bool:
    """Codes with which a whole tooth comes out."""
    return (
        p.subcategory in _EXTRACTIONS
        and p.area is TreatmentArea.TOOTH
        and p.code not in _NOT_REMOVALS
    )


def is_restoration(p: Procedure) -> bool:
    """
    Fillings, crowns and what else is put on a natural tooth; implants, pontics, grafts and
    dentures are not.
    """
    return p.category is Category.RESTORATIVE and p.area.is_by_one_tooth


def is_exam(p: Procedure) -> bool:
    """Evaluations of the patient, of which most payers take one a visit."""
    return p.subcategory == "oral evaluations"


def _extractions_by_tooth(
    readings: Sequence[ParsedLine],
) -> dict[str, list[tuple[int, ParsedLine]]]:
    found: dict[str, list[tuple[int, ParsedLine]]] = defaultdict(list)
    for place, reading, p in _lines_in_force(readings):
        if is_extraction(p):
            for tooth in reading.teeth:
                found[tooth.number].append((place, reading))
    return found


def _extracted_twice(readings: Sequence[ParsedLine]) -> Found:
    for tooth, lines in _extractions_by_tooth(readings).items():
        _, first = lines[0]
        for place, reading in lines[1:]:
            if not _is_repetition(reading, first):
                codes = f"({first.code} and {reading.code})"
                yield place, f"tooth {tooth} is extracted twice on this claim {codes}"


def _restored_after_extraction(readings: Sequence[ParsedLine]) -> Found:
    gone = _first_day_without(readings)
    for place, reading, p in _lines_in_force(readings):
        if reading.day is None or not is_restoration(p):
            continue
        for tooth in reading.teeth:
            day = gone.get(tooth.number)
            if day is not None and day <= reading.day:
                told = f"tooth {tooth} is restored with {p.code}"
                yield place, f"{told} on or after the day of its extraction"


def _first_day_without(readings: Sequence[ParsedLine]) -> dict[str, date]:
    """The day on which each tooth came out, the first one where it is told twice."""
    gone: dict[str, date] = {}
    for tooth, lines in _extractions_by_tooth(readings).items():
        days = [reading.day for _, reading in lines if reading.day is not None]
        if days:
            gone[tooth] = min(days)
    return gone


def _fillings_split(readings: Sequence[ParsedLine]) -> Found:
    first: dict[tuple[object, ...], tuple[ParsedLine, str]] = {}
    for place, reading, p in _lines_in_force(readings):
        if p.subcategory not in _DIRECT:
            continue
        for tooth, surfaces in reading.surfaces_by_tooth:
            key = (tooth, reading.day, p.subcategory)
            earlier, before = first.setdefault(key, (reading, surfaces))
            if tooth is not None and not _is_repetition(reading, earlier):
                told = f"tooth {tooth} has {before} and {surfaces} on two lines of one day"
                yield place, f"{told}; one code covers them together"


def _exams_on_one_day(readings: Sequence[ParsedLine]) -> Found:
    first: dict[date | None, ParsedLine] = {}
    for place, reading, p in _lines_in_force(readings):
        if not is_exam(p):
            continue
        earlier = first.setdefault(reading.day, reading)
        if not _is_repetition(reading, earlier):
            told = f"{earlier.code} and {reading.code} are two exams{_on_day(reading)}"
            yield place, f"{told}; most payers take one a visit"


def _duplicate_lines(readings: Sequence[ParsedLine]) -> Found:
    seen: set[object] = set()
    for place, reading in enumerate(readings):
        key = _line_identity(reading)
        if key in seen:
            told = f"{reading.line.code} is on an earlier line of the claim too"
            yield place, f"{told}; send a quantity, or leave it out"
        seen.add(key)


def _add_on_alone(readings: Sequence[ParsedLine]) -> Found:
    present = {(p.code, reading.day) for _, reading, p in _lines_in_force(readings)}
    for place, reading, p in _lines_in_force(readings):
        bases = _base_codes(p)
        served = {(base, reading.day) for base in bases}
        if bases and present.isdisjoint(served):
            told = f"{p.code} is reported beside {_either_of(bases)}"
            yield place, f"{told}, which this claim lacks{_on_day(reading)}"


def _base_codes(p: Procedure) -> list[str]:
    """The codes beside which an add-on is reported; none for other codes."""
    if not p.requirement.add_on:
        return []
    return [link.code for link in p.related if link.relation == "additional_to"]


def _on_day(reading: ParsedLine) -> str:
    if reading.day is None:
        return ""
    return f" on {reading.day}"


def _either_of(codes: Sequence[str]) -> str:
    if len(codes) == 1:
        return codes[0]
    return f"{', '.join(codes[:-1])} or {codes[-1]}"


def _line_identity(reading: ParsedLine) -> tuple[object, ...]:
    """What a line says, by which a repeated one is known however it is spelled."""
    line = reading.line
    return (
        reading.code or line.code,
        reading.day,
        reading.teeth or line.tooth,
        reading.surfaces_by_tooth or line.surfaces,
        reading.areas or line.area,
    )


def _is_repetition(one: ParsedLine, other: ParsedLine) -> bool:
    """A repeated line is told once, as a duplicate."""
    return one is other or _line_identity(one) == _line_identity(other)


# fmt: off
CLAIM_RULES: Final = (
    ClaimRule("tooth.extracted-twice", "error", "tooth", _extracted_twice,
              "N39", source="IHS dental edit 20"),
    ClaimRule("tooth.after-extraction", "error", "tooth", _restored_after_extraction,
              "N39", source="IHS dental edits 21-27"),
    ClaimRule("surface.split", "warning", "surfaces", _fillings_split,
              "N81", source="payer remark 224"),
    ClaimRule("exam.twice", "warning", "code", _exams_on_one_day,
              source="IHS dental edit 19"),
    ClaimRule("add-on.alone", "warning", "code", _add_on_alone,
              "N122", source="CDT nomenclature: each additional"),
    ClaimRule("line.duplicate", "warning", "code", _duplicate_lines,
              source="payers' edits of duplicates"),
)
# fmt: on
"""The rules on the lines of a claim together, in the order in which they are told."""
