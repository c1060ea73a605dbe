"""
A claim line with its texts read as far as they can be: what the rules look at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from cdtref.claim.claim import Claim
from cdtref.claim.line import ClaimLine
from cdtref.claim.sv3 import split_surfaces
from cdtref.code import Code, invalid_code, is_valid_code, parse_code
from cdtref.codeset import Catalog
from cdtref.errors import InvalidSiteError, quoted
from cdtref.procedure import Procedure, Requirement
from cdtref.tooth import Area, Tooth, parse_area, parse_areas, parse_surfaces, parse_teeth

# An arch, or the number of a sextant; they begin at the upper right and go round.
AREAS_OF_OPEN_DENTAL: Final[Mapping[str, Area]] = MappingProxyType(
    {
        "U": Area.MAXILLARY,
        "L": Area.MANDIBULAR,
        "1": Area.UPPER_RIGHT_SEXTANT,
        "2": Area.UPPER_ANTERIOR_SEXTANT,
        "3": Area.UPPER_LEFT_SEXTANT,
        "4": Area.LOWER_LEFT_SEXTANT,
        "5": Area.LOWER_ANTERIOR_SEXTANT,
        "6": Area.LOWER_RIGHT_SEXTANT,
    }
)
"""What stands in Open Dental's surfaces of a line without a tooth, beside UR, UL, LL and LR."""


class ParsedLine:
    """
    A line with its texts read as far as they can be: what the rules look at.

    Attributes:
        line: The line as it was given.
        catalog: The code set by which it is judged.
        claim: The claim it stands in; None where it is judged by itself.
        day: Its date of service; None where it has none.
        birth_date: The patient's.
        code: Its canonical code, or None.
        code_fault: Why there is no code; "" where there is.
        procedure: None for a code that is malformed or unknown.
        current: The procedure where it was in force on the day, or where there is no day.
        requirement: What that procedure needed on the day, which is what rules on a line's needs
            look at; of the pinned edition where there is no day.
        covered: True where the day lies within the editions of the catalog, or there is none.
        tooth: The tooth, where there is just one.
        teeth: All its teeth.
        tooth_fault: Why its teeth cannot be read; "" where they can.
        surfaces: Its surfaces, where all its teeth have the same.
        surfaces_by_tooth: The surfaces of each tooth, of which each may be None.
        surfaces_fault: Why its surfaces cannot be read; "" where they can.
        area: The area, where there is just one.
        areas: All its areas.
        area_fault: Why its areas cannot be read; "" where they can.
    """

    __slots__ = (
        "area",
        "area_fault",
        "areas",
        "birth_date",
        "catalog",
        "claim",
        "code",
        "code_fault",
        "covered",
        "current",
        "day",
        "line",
        "procedure",
        "requirement",
        "surfaces",
        "surfaces_by_tooth",
        "surfaces_fault",
        "teeth",
        "tooth",
        "tooth_fault",
    )

    line: ClaimLine
    catalog: Catalog
    claim: Claim | None
    day: date | None
    birth_date: date | None
    code: Code | None
    code_fault: str
    procedure: Procedure | None
    current: Procedure | None
    requirement: Requirement | None
    covered: bool
    tooth: Tooth | None
    teeth: tuple[Tooth, ...]
    tooth_fault: str
    surfaces: str | None
    surfaces_by_tooth: tuple[tuple[Tooth | None, str], ...]
    surfaces_fault: str
    area: Area | None
    areas: tuple[Area, ...]
    area_fault: str

    def __init__(self, line: ClaimLine, catalog: Catalog, claim: Claim | None = None) -> None:
        self.line = line
        self.catalog = catalog
        self.claim = claim
        self.day = line.date
        self.birth_date = line.birth_date
        self.code, self.procedure, self.code_fault = None, None, ""
        self.tooth, self.teeth, self.tooth_fault = None, (), ""
        self.surfaces, self.surfaces_by_tooth, self.surfaces_fault = None, (), ""
        self.area, self.areas, self.area_fault = None, (), ""
        self._read_code(line.code)
        self._look_at_day()
        if line.area is not None:
            self._read_areas(line.area)
        if line.tooth is not None:
            self._read_teeth(line.tooth)
        if line.surfaces is not None:
            self._read_surfaces(line.surfaces)

    @property
    def identity(self) -> tuple[object, ...]:
        """What a line says, by which a repeated one is known however it is spelled."""
        line = self.line
        return (
            self.code or line.code,
            self.day,
            self.teeth or line.tooth,
            self.surfaces_by_tooth or line.surfaces,
            self.areas or line.area,
        )

    def _read_code(self, text: str) -> None:
        self.procedure = self.catalog.get(text)
        if self.procedure is not None:  # the common case: canonical already
            self.code = self.procedure.code
            return
        if not is_valid_code(text):
            self.code_fault = str(invalid_code(text, self.catalog))
            return
        self.code = parse_code(text)
        self.procedure = self.catalog.get(self.code)

    def _look_at_day(self) -> None:
        self.current, self.requirement = None, None
        day, procedure = self.day, self.procedure
        self.covered = day is None or self.catalog.covers(day)
        if procedure is None:
            return
        if day is None:
            self.current, self.requirement = procedure, procedure.requirement
        elif procedure.in_force(day):
            self.current, self.requirement = procedure, procedure.requirement_on(day)

    def _read_areas(self, text: str) -> None:
        try:
            self.areas = parse_areas(text)
        except InvalidSiteError as error:
            self.area_fault = str(error)
        if len(self.areas) == 1:
            self.area = self.areas[0]

    def _read_teeth(self, text: str) -> None:
        try:
            self.teeth = parse_teeth(text)
        except InvalidSiteError as error:
            self.tooth_fault = _area_instead(text, "tooth") or str(error)
        if len(self.teeth) == 1:
            self.tooth = self.teeth[0]

    def _read_surfaces(self, text: str) -> None:
        groups = split_surfaces(text, len(self.teeth))
        try:
            if groups is not None:
                self.surfaces_by_tooth = tuple(_surfaces_of_each(self.teeth, groups))
                return
            shared = self.surfaces = parse_surfaces(text, self.tooth)
        except InvalidSiteError as error:
            self.surfaces_fault = _area_instead(text, "surface") or str(error)
            if self.line.tooth is None:
                self.surfaces_fault += area_in_open_dental(text)
        else:
            bearers = self.teeth or (None,)
            self.surfaces_by_tooth = tuple((tooth, shared) for tooth in bearers)


def _surfaces_of_each(teeth: Iterable[Tooth], groups: Iterable[str]) -> Iterable[tuple[Tooth, str]]:
    for tooth, group in zip(teeth, groups, strict=True):
        if group.strip():  # in ',M' the first tooth has none
            yield tooth, parse_surfaces(group, tooth)


def area_in_open_dental(text: str) -> str:
    """
    What a lone sign may mean else, for Open Dental's surfaces have the arch and the sextant of a
    line without teeth; "" where nothing.
    """
    area = AREAS_OF_OPEN_DENTAL.get(text.strip().upper())
    if area is None:
        return ""
    meant = f"{area.value}, the {area.label}"
    return f"; from Open Dental it is area {meant} (--profile open-dental reads it so)"


def _area_instead(text: str, noun: str) -> str:
    """
    Where the text is an area in the field of another: which, and where it belongs.

    Some charts keep one column for all sites; Open Dental has quadrant and arch in its surfaces.
    """
    try:
        area = parse_area(text)
    except InvalidSiteError:
        return ""
    told = f"{quoted(text)} is no {noun} but an area, the {area.label}"
    return f"{told}; write it as area {area.value} (837D SV304, form item 25)"
