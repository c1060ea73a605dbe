"""The rules of `cdtref.check` that columns can be asked about."""

from __future__ import annotations

from typing import Final, NamedTuple

from cdtref.claim import LINE_RULES, LineRule
from cdtref.procedure import Procedure, TreatmentArea

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


def needs_area(procedure: Procedure) -> bool:
    """True where 'area.missing' may be told: a code of one arch names its own."""
    if procedure.area is TreatmentArea.ARCH:
        return not procedure.arch
    return procedure.area is TreatmentArea.QUADRANT
