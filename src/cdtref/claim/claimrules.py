"""
The rules on the lines of one claim together, as a table that reads from top to bottom:
`CLAIM_RULES`.

What may not stand together, or not alone, is a table of its own, in `cdtref.claim.conflict`; the
rules that judge by it stand here with the rest. Evidence of the others: payers' published remarks,
NextGen claim edits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from cdtref.claim.conflicts import CONFLICT_RULES, ConflictRule
from cdtref.claim.parsed import ParsedLine
from cdtref.claim.rule import ClaimRule
from cdtref.procedure import BY_AREA, Procedure

DIRECT_FILLINGS: Final = ("amalgam fillings", "resin fillings")
"""The subcategories whose codes tell by their number how many surfaces of a tooth are filled."""


Found = Iterator[tuple[int, str]]


def _lines_in_force(readings: Sequence[ParsedLine]) -> Iterator[tuple[int, ParsedLine, Procedure]]:
    """The lines whose code was in force, with their place."""
    for place, reading in enumerate(readings):
        if reading.current is not None:
            yield place, reading, reading.current


def _fillings_split(readings: Sequence[ParsedLine]) -> Found:
    first: dict[tuple[object, ...], tuple[ParsedLine, str]] = {}
    for place, reading, p in _lines_in_force(readings):
        if p.subcategory not in DIRECT_FILLINGS:
            continue
        for tooth, surfaces in reading.surfaces_by_tooth:
            key = (tooth, reading.day, p.subcategory)
            earlier, before = first.setdefault(key, (reading, surfaces))
            if tooth is not None and not _is_repetition(reading, earlier):
                told = f"tooth {tooth} has {before} and {surfaces} on two lines of one day"
                apart = "if they are separate, many payers join them all the same"
                yield place, f"{told}; if they meet, one code covers them together; {apart}"


def _duplicate_lines(readings: Sequence[ParsedLine]) -> Found:
    if len({reading.code for reading in readings}) == len(readings):
        return  # the common case
    seen: set[object] = set()
    for place, reading in enumerate(readings):
        key = reading.identity
        if key in seen and not _is_counted_within_tooth(reading):
            told = f"{reading.line.code} is on an earlier line of the claim too"
            yield place, f"{told}; {_remedy_of_repeat(reading)}"
        seen.add(key)


def _is_counted_within_tooth(reading: ParsedLine) -> bool:
    """Two roots of one tooth are two lines alike, and both are right."""
    return reading.requirement is not None and reading.requirement.counted_by is not None


def _remedy_of_repeat(reading: ParsedLine) -> str:
    """No advice that another rule refuses: what goes by the tooth or by the area has no two."""
    needed = reading.requirement
    if needed is not None and needed.treatment_area.is_by_one_tooth:
        return "leave it out, or mend the tooth"
    if needed is not None and needed.treatment_area in BY_AREA:
        return "leave it out, or mend the area"
    return "send a quantity, or leave it out"


def _is_repetition(one: ParsedLine, other: ParsedLine) -> bool:
    """A repeated line is told once, as a duplicate."""
    return one is other or one.identity == other.identity


CLAIM_RULES: Final[tuple[ClaimRule | ConflictRule, ...]] = (
    ClaimRule(
        "surface.split", "warning", "surfaces", _fillings_split, "N81", source="payer remark 224"
    ),
    ClaimRule(
        "line.duplicate", "warning", "code", _duplicate_lines, source="payers' edits of duplicates"
    ),
    *CONFLICT_RULES,
)
"""The rules on the lines of a claim together, in the order in which they are told."""
