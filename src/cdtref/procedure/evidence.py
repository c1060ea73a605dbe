"""
What stands behind each field of a `Requirement`: how sure it is, which sources say so, and why.
"""

# No annotation is kept as a text here: a NamedTuple compiles each that is one, and these are read
# with the first procedure.

from typing import Literal, NamedTuple

Confidence = Literal["high", "medium", "low", "none"]


class RequirementConfidence(NamedTuple):
    """
    How sure each field of a `Requirement` is: 'high', 'medium' or 'low'; 'none' where no source
    speaks of it.
    """

    treatment_area: Confidence = "none"
    surface_count: Confidence = "none"
    arch: Confidence = "none"
    dentition: Confidence = "none"
    usual_dentition: Confidence = "none"
    tooth_classes: Confidence = "none"
    teeth_in_quadrant: Confidence = "none"
    by_report: Confidence = "none"
    prosthesis_code: Confidence = "none"
    under_age: Confidence = "none"
    add_on: Confidence = "none"
    counted_by: Confidence = "none"


class RequirementSources(NamedTuple):
    """The names of the sources that say what each field of a `Requirement` says."""

    treatment_area: tuple[str, ...] = ()
    surface_count: tuple[str, ...] = ()
    arch: tuple[str, ...] = ()
    dentition: tuple[str, ...] = ()
    usual_dentition: tuple[str, ...] = ()
    tooth_classes: tuple[str, ...] = ()
    teeth_in_quadrant: tuple[str, ...] = ()
    by_report: tuple[str, ...] = ()
    prosthesis_code: tuple[str, ...] = ()
    under_age: tuple[str, ...] = ()
    add_on: tuple[str, ...] = ()
    counted_by: tuple[str, ...] = ()


class RequirementReasons(NamedTuple):
    """
    Why each field of a `Requirement` says what it says, with what sources that differ ask in
    brackets; "" where the sources simply agree.
    """

    treatment_area: str = ""
    surface_count: str = ""
    arch: str = ""
    dentition: str = ""
    usual_dentition: str = ""
    tooth_classes: str = ""
    teeth_in_quadrant: str = ""
    by_report: str = ""
    prosthesis_code: str = ""
    under_age: str = ""
    add_on: str = ""
    counted_by: str = ""
