"""
What the rules find on a line's teeth, surfaces and area: each takes a `ParsedLine` and gives a
message or None.

Most lines name no tooth, or the right one. So each rule asks first what is cheap and mostly
settles it: whether the line has the field at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType
from typing import Final

from cdtref.claim.elements import refusal_of, require_room
from cdtref.claim.parsed import ParsedLine, area_in_open_dental
from cdtref.claim.sv3 import USUAL, tooth_segments
from cdtref.procedure import BY_AREA, MISFITS, Requirement, TreatmentArea
from cdtref.tooth import Area, Tooth

_QUADRANT_NAMES: Final = "10 (upper right), 20 (upper left), 30 (lower left) or 40 (lower right)"
_ARCH_NAMES: Final = "01 (maxillary) or 02 (mandibular)"
_SEVERAL: Final = 2
_AREAS_TO_NAME: Final = MappingProxyType(
    {TreatmentArea.QUADRANT: _QUADRANT_NAMES, TreatmentArea.ARCH: _ARCH_NAMES}
)


def no_such_tooth(r: ParsedLine) -> str | None:
    return r.tooth_fault or None


def tooth_missing(r: ParsedLine) -> str | None:
    needed = r.requirement
    if needed is None or r.line.tooth is not None or not needed.treatment_area.is_by_tooth:
        return None
    wanted = "the tooth" if needed.treatment_area.is_by_one_tooth else "the tooth (or teeth)"
    return f"{r.code} {_is_reported(needed)} by the tooth; name {wanted}"


def several_teeth(r: ParsedLine) -> str | None:
    needed = r.requirement
    if needed is None or len(r.teeth) < 2 or not needed.treatment_area.is_by_one_tooth:
        return None
    told = f"{r.code} is reported tooth by tooth, and the line names {len(r.teeth)} teeth"
    return f"{told}; send one line a tooth"


def _is_reported(needed: Requirement) -> str:
    """What is less than sure is no rule, and does not sound like one."""
    if needed.confidence.treatment_area == "high":
        return "is reported"
    return "is usually reported"


def site_missing(r: ParsedLine) -> str | None:
    needed = r.requirement
    if needed is None or needed.treatment_area is not TreatmentArea.SITE:
        return None
    if r.line.tooth is not None or r.line.area is not None:
        return None
    return f"{r.code} usually asks for a location; name the tooth or the area of the oral cavity"


def dentition(r: ParsedLine) -> str | None:
    needed, wrong = r.requirement, _misfitting_tooth(r, "tooth.dentition")
    if needed is None or wrong is None:
        return None
    return f"tooth {wrong} is a {wrong.dentition} tooth; {r.code} is for {needed.dentition} teeth"


def house_dentition(r: ParsedLine) -> str | None:
    needed, wrong = r.requirement, _misfitting_tooth(r, "tooth.house-dentition")
    if needed is None or wrong is None:
        return None
    told = f"tooth {wrong} is {wrong.dentition}"
    return f"{told}; house lists keep {r.code} for {needed.usual_dentition} teeth"


def tooth_class(r: ParsedLine) -> str | None:
    needed, wrong = r.requirement, _misfitting_tooth(r, "tooth.class")
    if needed is None or wrong is None:
        return None
    kinds = " or ".join(needed.tooth_classes)
    article = "an" if wrong.position == "anterior" else "a"
    told = f"tooth {wrong} is {article} {wrong.position} tooth ({wrong.tooth_class})"
    return f"{told}; {r.code} is for {kinds} teeth"


def tooth_arch(r: ParsedLine) -> str | None:
    needed, wrong = r.requirement, _misfitting_tooth(r, "tooth.arch")
    if needed is None or needed.arch is None or wrong is None:
        return None
    return f"tooth {wrong} is {wrong.arch.label}; {r.code} is for the {needed.arch.label}"


def surface_missing(r: ParsedLine) -> str | None:
    needed = r.requirement
    if needed is None or needed.treatment_area is not TreatmentArea.TOOTH_SURFACE:
        return None
    if r.line.surfaces is not None and not _some_without_surfaces(r):
        return None
    example = _example_surfaces(needed, r.tooth)
    return f"{r.code} is reported by tooth and surface; name the surfaces, such as {example}"


def surface_impossible(r: ParsedLine) -> str | None:
    return r.surfaces_fault or None


def surfaces_of_no_tooth(r: ParsedLine) -> str | None:
    """Of one tooth all is told; a code that surely goes by the tooth is told to lack it."""
    if r.tooth is not None or r.tooth_fault or r.surfaces_fault:
        return None
    needed = r.requirement
    if tooth_missing(r) and needed and r.covered and needed.confidence.treatment_area == "high":
        return None
    told = refusal_of(tooth_segments, r.line.tooth, r.line.surfaces, USUAL)
    if told is None or r.line.tooth is not None or r.line.surfaces is None:
        return told
    return f"{told}{area_in_open_dental(r.line.surfaces)}"


def surface_count(r: ParsedLine) -> str | None:
    needed = r.requirement
    if needed is None or needed.surface_count is None:
        return None
    least, most = needed.surface_count
    for _, surfaces in r.surfaces_by_tooth:
        count = len(surfaces)
        if least <= count <= most or _has_incisal_angle(r.code, surfaces):
            continue
        named = "1 surface" if count == 1 else f"{count} surfaces"
        told = f"{surfaces} names {named}, and {r.code} is for {_wanted_count(least, most)}"
        return f"{told}; mend the surfaces or take another code"
    return None


def no_such_area(r: ParsedLine) -> str | None:
    return r.area_fault or None


def too_many_areas(r: ParsedLine) -> str | None:
    return refusal_of(require_room, "SV304", len(r.areas), "areas")


def area_missing(r: ParsedLine) -> str | None:
    needed = r.requirement
    if needed is None or r.line.area is not None or needed.treatment_area not in BY_AREA:
        return None
    kind = needed.treatment_area
    if kind is TreatmentArea.ARCH and needed.arch:  # the code itself says which
        return None
    return f"{r.code} {_is_reported(needed)} by the {kind}; name it: {_AREAS_TO_NAME[kind]}"


def areas_uncounted(r: ParsedLine) -> str | None:
    """A quantity is that of the quadrants or arches, where the code surely goes by them."""
    if r.line.quantity == 1 and len(r.areas) < _SEVERAL:
        return None
    needed = r.requirement
    if needed is None or needed.treatment_area not in BY_AREA:
        return None
    count = len(r.areas)
    if not count and needed.arch is not None:  # the code itself names one
        count = 1
    if not count or needed.confidence.treatment_area != "high" or r.line.quantity == count:
        return None
    if r.line.quantity < 1 or area_kind(r) or area_against_code(r):
        return None
    told = f"{r.code} is reported by the {needed.treatment_area}, of which the line names {count}"
    if count == 1:
        return f"{told}, and it counts {r.line.quantity}; name all of them, or send a quantity of 1"
    return f"{told}, and it counts {r.line.quantity}; send one line each, or the quantity of all"


def area_kind(r: ParsedLine) -> str | None:
    needed = r.requirement
    if needed is None or not r.areas or needed.treatment_area not in BY_AREA:
        return None
    for area in r.areas:
        if area.kind not in (needed.treatment_area, "other"):
            kind, told = needed.treatment_area, f"{area} is the {area.label}"
            return f"{told}; {r.code} is reported by the {kind}: {_AREAS_TO_NAME[kind]}"
    return None


def area_against_code(r: ParsedLine) -> str | None:
    needed = r.requirement
    if needed is None or needed.arch is None or not r.areas or area_kind(r):
        return None
    for area in r.areas:
        if area.arch not in (None, needed.arch):
            return f"{area} is the {area.label}; {r.code} is for the {needed.arch.label}"
    return None


def area_against_tooth(r: ParsedLine) -> str | None:
    if not r.areas:
        return None
    for tooth in r.teeth:
        if not _areas_hold(r.areas, tooth):
            named = " or the ".join(area.label for area in r.areas)
            return f"tooth {tooth} is not in the {named}; mend the tooth or the area"
    return None


def tooth_and_area(r: ParsedLine) -> str | None:
    needed = r.requirement
    if needed is None or not r.teeth or not r.areas or needed.teeth_in_quadrant == "1-3":
        return None
    if r.areas[0].kind != "quadrant":
        return None
    if not (
        needed.treatment_area.is_by_one_tooth or needed.treatment_area is TreatmentArea.QUADRANT
    ) or area_against_tooth(r):
        return None
    kept = "tooth" if needed.treatment_area.is_by_tooth else "quadrant"
    told = "the line names tooth and quadrant"
    return f"{told}; {r.code} is reported by the {kept}, leave the other out"


def tooth_unwanted(r: ParsedLine) -> str | None:
    needed = r.requirement
    if needed is None or r.line.tooth is None or needed.treatment_area is not TreatmentArea.NONE:
        return None
    return _unwanted_message(r, needed, "tooth", "the tooth")


def surfaces_unwanted(r: ParsedLine) -> str | None:
    needed = r.requirement
    if needed is None or r.line.surfaces is None:
        return None
    if r.line.tooth is None and not r.surfaces_fault:
        return None  # that no tooth has them is told already
    if needed.treatment_area is TreatmentArea.TOOTH_SURFACE:
        return None
    return _unwanted_message(r, needed, "surface", "the surfaces")


def area_unwanted(r: ParsedLine) -> str | None:
    needed = r.requirement
    if needed is None or r.line.area is None or needed.treatment_area is not TreatmentArea.NONE:
        return None
    if r.area is Area.ENTIRE:  # Open Dental sends it for all that is of the mouth, which is true
        return None
    return _unwanted_message(r, needed, "area", "the area")


def _unwanted_message(r: ParsedLine, needed: Requirement, noun: str, field: str) -> str | None:
    if (
        needed.confidence.treatment_area != "high"
    ):  # that a code takes no place is said of sure ones only
        return None
    return f"{r.code} is not reported by {noun}; leave {field} out"


def _misfitting_tooth(r: ParsedLine, rule: str) -> Tooth | None:
    """The first tooth that a rule of `MISFITS` keeps from the code."""
    needed = r.requirement
    if needed is None or not r.teeth:
        return None
    is_misfit = MISFITS[rule]
    for tooth in r.teeth:
        if is_misfit(needed, tooth):
            return tooth
    return None


def _some_without_surfaces(r: ParsedLine) -> bool:
    """True where surfaces are told tooth by tooth, and a tooth has none."""
    return not r.surfaces_fault and len(r.surfaces_by_tooth) < len(r.teeth)


def _areas_hold(areas: Iterable[Area], tooth: Tooth) -> bool:
    """True where one of the areas has the tooth in it."""
    side = Area.LEFT
    if tooth.quadrant.name.endswith("RIGHT"):
        side = Area.RIGHT
    fitting = (tooth.quadrant, tooth.arch, tooth.sextant, side, Area.ENTIRE, Area.OTHER)
    return any(area in fitting for area in areas)


def _has_incisal_angle(code: str | None, surfaces: str) -> bool:
    """D2335 is for four or more surfaces, or for any number with the incisal angle."""
    return code == "D2335" and "I" in surfaces


def _wanted_count(least: int, most: int) -> str:
    if least == most:
        return str(least)
    return f"{least} to {most}"


def _example_surfaces(needed: Requirement, tooth: Tooth | None) -> str:
    letters = "MODBL"
    if tooth is not None:
        letters = tooth.surfaces
    elif "anterior" in needed.tooth_classes:
        letters = "MIDFL"
    least = 1
    if needed.surface_count is not None:
        least = needed.surface_count.least
    if least == 1:  # the biting surface alone is more usual than the mesial alone
        return letters[1]
    return letters[:least]
