"""
The rules on the lines of one claim together, as a table that reads from top to bottom:
`CLAIM_RULES`.

Evidence: IHS dental edits 19-23, 26 and 27, payers' published remarks, NextGen claim edits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from cdtref.claim.parsed import ParsedLine
from cdtref.claim.rule import ClaimRule
from cdtref.procedure import Category, Procedure, TreatmentArea

_EXTRACTIONS: Final = ("extractions", "surgical extractions")
# Coronectomy, nerve, sinus: no whole tooth comes out.
_NOT_REMOVALS: Final = ("D7251", "D7252", "D7259", "D7260", "D7261")
_DIRECT: Final = ("amalgam fillings", "resin fillings")

Found = Iterator[tuple[int, str]]


def _placed(readings: Sequence[ParsedLine]) -> Iterator[tuple[int, ParsedLine, Procedure]]:
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


def _extractions(readings: Sequence[ParsedLine]) -> dict[str, list[tuple[int, ParsedLine]]]:
    found: dict[str, list[tuple[int, ParsedLine]]] = defaultdict(list)
    for place, reading, p in _placed(readings):
        if reading.tooth is not None and is_extraction(p):
            found[reading.tooth.number].append((place, reading))
    return found


def _extracted_twice(readings: Sequence[ParsedLine]) -> Found:
    for tooth, lines in _extractions(readings).items():
        for place, reading in lines[1:]:
            if not _same(reading, lines[0][1]):
                yield (
                    place,
                    f"tooth {tooth} is extracted twice on this claim ({lines[0][1].code} and {reading.code})",
                )


def _after_extraction(readings: Sequence[ParsedLine]) -> Found:
    extracted = _extractions(readings)
    for place, reading, p in _placed(readings):
        if reading.tooth is None or not is_restoration(p):
            continue
        for _, other in extracted.get(reading.tooth.number, ()):
            if other.line.date <= reading.line.date:
                yield (
                    place,
                    f"tooth {reading.tooth} is restored with {p.code} on or after the day of its extraction",
                )
                break


def _split_fillings(readings: Sequence[ParsedLine]) -> Found:
    first: dict[tuple[object, ...], ParsedLine] = {}
    for place, reading, p in _placed(readings):
        if p.subcategory not in _DIRECT or reading.tooth is None or not reading.surfaces:
            continue
        key = (reading.tooth.number, reading.line.date, p.subcategory)
        if key in first and not _same(reading, first[key]):
            together = f"{first[key].surfaces} and {reading.surfaces}"
            yield (
                place,
                f"tooth {reading.tooth} has {together} on two lines of one day; one code covers them together",
            )
        first.setdefault(key, reading)


def _two_exams(readings: Sequence[ParsedLine]) -> Found:
    first: dict[object, ParsedLine] = {}
    for place, reading, p in _placed(readings):
        if not is_exam(p):
            continue
        day = reading.line.date
        if day in first and not _same(reading, first[day]):
            yield (
                place,
                f"{first[day].code} and {reading.code} are two exams on {day}; most payers take one a visit",
            )
        first.setdefault(day, reading)


def _duplicates(readings: Sequence[ParsedLine]) -> Found:
    seen: set[object] = set()
    for place, reading in enumerate(readings):
        key = _identity(reading)
        if key in seen:
            yield (
                place,
                f"{reading.line.code} is on an earlier line of the claim too; send a quantity, or leave it out",
            )
        seen.add(key)


def _add_on_alone(readings: Sequence[ParsedLine]) -> Found:
    present = {(p.code, reading.line.date) for _, reading, p in _placed(readings)}
    for place, reading, p in _placed(readings):
        bases = [link.code for link in p.related if link.relation == "additional_to"]
        if p.add_on and bases and not any((base, reading.line.date) in present for base in bases):
            yield (
                place,
                f"{p.code} is reported beside {_either(bases)}, which this claim lacks on {reading.line.date}",
            )


def _either(codes: Sequence[str]) -> str:
    return codes[0] if len(codes) == 1 else f"{', '.join(codes[:-1])} or {codes[-1]}"


def _identity(reading: ParsedLine) -> tuple[object, ...]:
    line = reading.line
    tooth = reading.tooth.number if reading.tooth else line.tooth
    return (
        reading.code or line.code,
        line.date,
        tooth,
        reading.surfaces or line.surfaces,
        reading.area or line.area,
    )


def _same(one: ParsedLine, other: ParsedLine) -> bool:
    """A repeated line is told once, as a duplicate."""
    return _identity(one) == _identity(other)


# fmt: off
CLAIM_RULES: Final = (
    ClaimRule("tooth.extracted-twice", "error", "tooth", _extracted_twice, "N39", source="IHS dental edit 20"),
    ClaimRule("tooth.after-extraction", "error", "tooth", _after_extraction, "N39", source="IHS dental edits 21-27"),
    ClaimRule("surface.split", "warning", "surfaces", _split_fillings, "N81", source="payer remark 224"),
    ClaimRule("exam.twice", "warning", "code", _two_exams, source="IHS dental edit 19"),
    ClaimRule("add-on.alone", "warning", "code", _add_on_alone, "N122", source="CDT nomenclature: each additional"),
    ClaimRule("line.duplicate", "warning", "code", _duplicates, source="payers' edits of duplicates"),
)
# fmt: on
"""The rules on the lines of a claim together, in the order in which they are told."""
