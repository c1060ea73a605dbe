"""The rules of `cdtref.check` that columns can be asked about."""

from __future__ import annotations

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
TOOTH, SURFACE, AREA, _KINDS = 1, 2, 3, 4
BY_TOOTH: Final = (TOOTH, SURFACE, TOOTH + _KINDS, SURFACE + _KINDS)
BY_SURFACE: Final = (SURFACE, SURFACE + _KINDS)
BY_AREA: Final = (AREA, AREA + _KINDS)
UNSURE: Final = tuple(range(_KINDS, 2 * _KINDS))


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
        kind += _KINDS
    return kind
