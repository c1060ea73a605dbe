"""The rules of `cdtref.check` that columns can be asked about."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from cdtref.claim import LINE_RULES, LineRule
from cdtref.procedure import Requirement, TreatmentArea

_TOLD: Final = (
    "code.malformed",
    "code.system",
    "code.unknown",
    "code.not-in-force",
    "tooth.missing",
    "tooth.unknown",
    "surface.missing",
    "surface.impossible",
    "area.unknown",
    "area.missing",
)
RULES: Final = tuple(rule for rule in LINE_RULES if rule.id in _TOLD)
"""
The rules of `cdtref.check` that `check` applies to columns, in the order in which they are told.
"""


class LineColumns(NamedTuple):
    """The names of the columns of claim lines; None for one that is not judged."""

    code: str
    date: str | None
    tooth: str | None
    surfaces: str | None
    area: str | None

    @property
    def rules(self) -> tuple[LineRule, ...]:
        """The rules on what is judged."""
        sites = {"tooth": self.tooth, "surfaces": self.surfaces, "area": self.area}
        return tuple(rule for rule in RULES if sites.get(rule.field, rule.id) is not None)


# What a line must name, as a number: the kinds of place, and the same again where that is not sure.
TOOTH, SURFACE, AREA, PLACES = 1, 2, 3, 4


def asked_place(needed: Requirement) -> int:
    """
    What the rules tell apart in a requirement, as a number: those of `RULES` that rest on one all
    rest on its treatment area. A code of one arch names its own.
    """
    kind, area = 0, needed.treatment_area
    if area is TreatmentArea.TOOTH_SURFACE:
        kind = SURFACE
    elif area.is_by_tooth:
        kind = TOOTH
    elif area is TreatmentArea.QUADRANT or (area is TreatmentArea.ARCH and not needed.arch):
        kind = AREA
    if needed.confidence.treatment_area != "high":
        kind += PLACES
    return kind


# What the rules tell apart in a line, as numbers that make up one. Of a code that is the number of
# what it asks for, or else one of these.
LAPSED, MALFORMED, OTHER_SYSTEM, UNKNOWN, CODES = 8, 9, 10, 11, 12
NO_TEETH, FRONT_TOOTH, BACK_TOOTH, SEVERAL_TEETH, WRONG_TEETH, TEETH_KINDS = range(6)
NO_AREA, GOOD_AREA, WRONG_AREA, AREAS = range(4)
NO_SURFACES, WRONG_SURFACES, GOOD_SURFACES, SURFACES = 0, 1, 8, 9


def kind_of_surfaces(fits: Iterable[bool]) -> int:
    """
    The number of surfaces by whether they fit a tooth that is not known, in front, in the back.

    >>> kind_of_surfaces([False] * 3) == WRONG_SURFACES, kind_of_surfaces([True] * 3)
    (True, 8)
    """
    return WRONG_SURFACES + sum(one << place for place, one in enumerate(fits))


def ids_by_number(rules: Iterable[LineRule], severity: str) -> list[str | None]:
    """
    The ids of the rules that a line breaks, for each number of a line: its area counts fastest,
    then its surfaces, its teeth and its code.
    """
    kinds = itertools.product(*map(range, (CODES, TEETH_KINDS, SURFACES, AREAS)))
    chosen = tuple(rules)
    return [" ".join(_told_of(numbers, chosen, severity)) or None for numbers in kinds]


def _told_of(numbers: tuple[int, ...], rules: Iterable[LineRule], severity: str) -> Iterator[str]:
    """Where a requirement is not sure, an error that rests on it is softened to a warning."""
    code = numbers[0]
    broken = {*_broken_by_code(code), *_broken_by_site(*numbers)}
    is_unsure = PLACES <= code < LAPSED
    for rule in rules:
        softened = rule.severity
        if rule.rests_on and is_unsure:
            softened = "warning"
        if rule.id in broken and softened == severity:
            yield rule.id


def _broken_by_code(code: int) -> Iterator[str]:
    ids = {
        MALFORMED: "code.malformed",
        OTHER_SYSTEM: "code.system",
        UNKNOWN: "code.unknown",
        LAPSED: "code.not-in-force",
    }
    if code in ids:
        yield ids[code]


def _broken_by_site(code: int, teeth: int, surfaces: int, area: int) -> Iterator[str]:
    """The rules on sites: `siterules` on numbers."""
    asked = 0
    if code < LAPSED:
        asked = code % PLACES
    if teeth == WRONG_TEETH:
        yield "tooth.unknown"
    if teeth == NO_TEETH and asked in (TOOTH, SURFACE):
        yield "tooth.missing"
    if surfaces == NO_SURFACES and asked == SURFACE:
        yield "surface.missing"
    if surfaces != NO_SURFACES and not _fits_teeth(surfaces, teeth):
        yield "surface.impossible"
    if area == WRONG_AREA:
        yield "area.unknown"
    if area == NO_AREA and asked == AREA:
        yield "area.missing"


def _fits_teeth(surfaces: int, teeth: int) -> bool:
    """Surfaces of one known tooth must be those of such a tooth, else those of any."""
    place = {FRONT_TOOTH: 1, BACK_TOOTH: 2}.get(teeth, 0)
    return bool((surfaces - WRONG_SURFACES) >> place & 1)
