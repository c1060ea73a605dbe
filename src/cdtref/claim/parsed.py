"""
A claim line with its texts read as far as they can be: what the rules look at.
"""

from __future__ import annotations

from cdtref.area import Area, parse_area
from cdtref.claim.line import ClaimLine
from cdtref.code import Code, parse_code
from cdtref.codeset import Catalog
from cdtref.errors import InvalidCodeError, InvalidSiteError
from cdtref.procedure import Procedure
from cdtref.tooth import Tooth, parse_surfaces, parse_teeth, parse_tooth


class ParsedLine:
    """
    A line with its texts read as far as they can be: what the rules look at.

    `procedure` is None for a code that is malformed or unknown, `current` also where it was not in
    force on the date; rules on what a line needs look at `current` alone.
    """

    __slots__ = (
        "area",
        "area_fault",
        "code",
        "code_fault",
        "covered",
        "current",
        "line",
        "procedure",
        "surfaces",
        "surfaces_fault",
        "teeth",
        "tooth",
        "tooth_fault",
    )

    line: ClaimLine
    code: Code | None
    code_fault: str
    procedure: Procedure | None
    current: Procedure | None
    tooth: Tooth | None
    teeth: tuple[Tooth, ...]
    tooth_fault: str
    surfaces: str | None
    surfaces_fault: str
    area: Area | None
    area_fault: str
    covered: bool

    def __init__(self, line: ClaimLine, catalog: Catalog) -> None:
        self.line = line
        self.code, self.procedure, self.code_fault = None, None, ""
        self.tooth, self.teeth, self.tooth_fault = None, (), ""
        self.surfaces, self.surfaces_fault = None, ""
        self.area, self.area_fault = None, ""
        self.covered = catalog.covers(line.date)
        self._read_code(line.code, catalog)
        self.current = self.procedure if self._is_in_force() else None
        if line.area is not None:
            self._read_area(line.area)
        if line.tooth is not None:
            self._read_teeth(line.tooth)
        if line.surfaces is not None:
            self._read_surfaces(line.surfaces)

    def _is_in_force(self) -> bool:
        return self.procedure is not None and self.procedure.in_force(self.line.date)

    def _read_code(self, text: str, catalog: Catalog) -> None:
        if text in catalog:  # the common case: canonical already
            self.code = Code(text)
        else:
            try:
                self.code = parse_code(text)
            except InvalidCodeError as error:
                self.code_fault = str(error)
                return
        self.procedure = catalog.get(self.code)

    def _read_area(self, text: str) -> None:
        try:
            self.area = parse_area(text)
        except InvalidSiteError as error:
            self.area_fault = str(error)

    def _read_teeth(self, text: str) -> None:
        try:
            self.tooth = parse_tooth(text)
            self.teeth = (self.tooth,)
        except InvalidSiteError as error:
            try:
                self.teeth = parse_teeth(text)
            except InvalidSiteError:
                self.tooth_fault = str(error)

    def _read_surfaces(self, text: str) -> None:
        try:
            self.surfaces = parse_surfaces(text, self.tooth)
        except InvalidSiteError as error:
            self.surfaces_fault = str(error)
