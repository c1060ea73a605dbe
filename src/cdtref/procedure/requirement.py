"""
What a claim line for a code must carry, field by field with a confidence, and which teeth that
leaves.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import attrs

import cdtref.record  # for the name `cdtref`, see below
from cdtref.procedure.evidence import (
    RequirementConfidence,
    RequirementReasons,
    RequirementSources,
)

# Annotations name these in full: at run time the package loads a module when it is first named.
if TYPE_CHECKING:
    import cdtref.tooth

Dentition = Literal["permanent", "primary"]
ProsthesisCode = Literal["asked", "allowed", "never"]
CountedBy = Literal["root", "post", "site", "position", "screw", "attachment"]


class TreatmentArea(str, enum.Enum):
    """
    What a claim line for a code must name: a tooth, a quadrant, an arch, some site, or nothing.
    """

    NONE = "none"
    TOOTH = "tooth"
    TOOTH_SURFACE = "tooth+surface"
    TOOTH_RANGE = "tooth range"
    QUADRANT = "quadrant"
    ARCH = "arch"
    SITE = "site"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """What the line names, for people, such as 'the tooth and its surfaces'."""
        return _AREA_LABELS[self]

    @property
    def is_by_one_tooth(self) -> bool:
        """True where the code is reported tooth by tooth, a line for each."""
        return self in (TreatmentArea.TOOTH, TreatmentArea.TOOTH_SURFACE)

    @property
    def is_by_tooth(self) -> bool:
        """True where the code is reported by the tooth, or by several teeth on one line."""
        return self.is_by_one_tooth or self is TreatmentArea.TOOTH_RANGE

    __str__ = str.__str__


BY_AREA: Final = (TreatmentArea.QUADRANT, TreatmentArea.ARCH)
"""What a line names by an area of the oral cavity."""


_AREA_LABELS: Final = {
    TreatmentArea.NONE: "nothing beyond the code",
    TreatmentArea.TOOTH: "the tooth",
    TreatmentArea.TOOTH_SURFACE: "the tooth and its surfaces",
    TreatmentArea.TOOTH_RANGE: "the tooth or range of teeth",
    TreatmentArea.QUADRANT: "the quadrant",
    TreatmentArea.ARCH: "the arch",
    TreatmentArea.SITE: "the site treated: a tooth or an area of the oral cavity",
    TreatmentArea.UNKNOWN: "not on record",
}


class Surfaces(NamedTuple):
    """
    How many tooth surfaces a line for the code names.

    Attributes:
        least: At least so many.
        most: At most so many.
    """

    least: int
    most: int


_NO_CONFIDENCE: Final = RequirementConfidence()
_NO_SOURCES: Final = RequirementSources()
_NO_REASONS: Final = RequirementReasons()


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Requirement(cdtref.record.Record):
    """
    What a claim line for a code must carry, from a day on.

    Attributes:
        treatment_area: What the line must name.
        surface_count: How many tooth surfaces it names; None where it names none.
        arch: The maxillary or mandibular arch where the code itself implies it; else None.
        dentition: 'permanent' or 'primary' where the nomenclature limits the code to it; else None.
        usual_dentition: The same by house lists of the Indian Health Service, which is no rule.
        tooth_classes: The classes or positions of teeth that the nomenclature limits it to; () for
            no limit.
        teeth_in_quadrant: '1-3' or '4+' teeth of a quadrant, where the code says so; else None.
        by_report: True where a narrative has to go with the claim.
        prosthesis_code: Whether the line says that a prosthesis is an initial one or a replacement
            (837D SV305): 'asked' for, 'allowed' and never demanded, or 'never' there.
        under_age: The nomenclature limits it to patients below this age in years; else None.
        add_on: True where the code is reported only beside another one.
        counted_by: What there may be several of on one tooth, so that a quantity counts it: 'root',
            'post', 'site', 'position', 'screw' or 'attachment'; None for the tooth itself.
        effective: The first day on which this holds; None for since ever.
        confidence: How sure each of the fields is, under its name.
        sources: Which sources say so, likewise.
        reasons: Why, likewise.

    >>> import cdtref
    >>> crown = cdtref.get("D2740").requirement
    >>> crown.treatment_area.value, crown.confidence.treatment_area
    ('tooth', 'high')
    >>> crown.treatment_area = "arch"
    Traceback (most recent call last):
    attr.exceptions.FrozenInstanceError
    """

    treatment_area: TreatmentArea = TreatmentArea.UNKNOWN
    surface_count: Surfaces | None = None
    arch: cdtref.tooth.Area | None = None
    dentition: Dentition | None = None
    usual_dentition: Dentition | None = None
    tooth_classes: tuple[str, ...] = ()
    teeth_in_quadrant: Literal["1-3", "4+"] | None = None
    by_report: bool = False
    prosthesis_code: ProsthesisCode = "never"
    under_age: int | None = None
    add_on: bool = False
    counted_by: CountedBy | None = None
    effective: date | None = None
    confidence: RequirementConfidence = _NO_CONFIDENCE
    # a session would be flooded by them
    sources: RequirementSources = attrs.field(default=_NO_SOURCES, repr=False)
    reasons: RequirementReasons = attrs.field(default=_NO_REASONS, repr=False)

    @property
    def named_on_line(self) -> str:
        """What the line names, in words, with the number of surfaces where the code fixes it."""
        if self.surface_count is None:
            return self.treatment_area.label
        least, most = self.surface_count
        count = f"{least} to {most}"
        if least == most:
            count = str(least)
        return f"the tooth and {count} of its surfaces"


NOTHING_KNOWN: Final = Requirement()
"""The requirement of a code of which no source speaks."""

REQUIREMENT_FIELDS: Final = RequirementConfidence._fields
"""The fields of a `Requirement` that have a confidence, sources and a reason, in their order."""


# Asked of every tooth of every line, so each looks first at what few codes have.
def _is_other_dentition(needed: Requirement, tooth: cdtref.tooth.Tooth) -> bool:
    return needed.dentition is not None and needed.dentition != tooth.dentition


def _is_other_class(needed: Requirement, tooth: cdtref.tooth.Tooth) -> bool:
    allowed = needed.tooth_classes
    if not allowed:
        return False
    return tooth.tooth_class not in allowed and tooth.position not in allowed


def _is_other_arch(needed: Requirement, tooth: cdtref.tooth.Tooth) -> bool:
    return needed.arch is not None and needed.arch != tooth.arch


def _is_unusual_dentition(needed: Requirement, tooth: cdtref.tooth.Tooth) -> bool:
    if needed.dentition is not None or needed.usual_dentition is None:
        return False
    return needed.usual_dentition != tooth.dentition


MISFITS: Final[Mapping[str, Callable[[Requirement, cdtref.tooth.Tooth], bool]]] = MappingProxyType(
    {
        "tooth.dentition": _is_other_dentition,
        "tooth.class": _is_other_class,
        "tooth.arch": _is_other_arch,
        "tooth.house-dentition": _is_unusual_dentition,
    }
)
"""
What keeps a tooth from a code, by the id of the rule that tells it; the last is of house lists
only.
"""


def allows(needed: Requirement, tooth: cdtref.tooth.Tooth) -> bool:
    """
    True where the code set does not keep the tooth from the code.

    >>> import cdtref
    >>> molar = cdtref.parse_tooth("30")
    >>> allows(cdtref.get("D3330").requirement, molar)
    True
    >>> allows(cdtref.get("D3310").requirement, molar)
    False
    """
    return not (
        _is_other_dentition(needed, tooth)
        or _is_other_class(needed, tooth)
        or _is_other_arch(needed, tooth)
    )


def is_usual(needed: Requirement, tooth: cdtref.tooth.Tooth) -> bool:
    """
    True where neither the code set nor a house list keeps the tooth from the code.

    >>> import cdtref
    >>> baby_molar = cdtref.parse_tooth("A")
    >>> needed = cdtref.get("D2740").requirement
    >>> is_usual(needed, baby_molar) <= allows(needed, baby_molar)
    True
    """
    return allows(needed, tooth) and not _is_unusual_dentition(needed, tooth)
