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

from cdtref.area import Area
from cdtref.claim.parsed import ParsedLine
from cdtref.procedure import Procedure, TreatmentArea
from cdtref.requirement import MISFITS
from cdtref.tooth import Tooth

_QUADRANT_NAMES: Final = "10 (upper right), 20 (upper left), 30 (lower left) or 40 (lower right)"
_ARCH_NAMES: Final = "01 (maxillary) or 02 (mandibular)"
_BY_AREA: Final = (TreatmentArea.QUADRANT, TreatmentArea.ARCH)
_AREAS_TO_NAME: Final = MappingProxyType(
    {TreatmentArea.QUADRANT: _QUADRANT_NAMES, TreatmentArea.ARCH: _ARCH_NAMES}
)


def no_such_tooth(r: ParsedLine) -> str | None:
    return r.tooth_fault or None


def tooth_missing(r: ParsedLine) -> str | None:
    p = r.current
    if p is None or r.line.tooth is not None or not p.area.is_by_tooth:
        return None
    wanted = "the tooth" if p.area.is_by_one_tooth else "the tooth (or teeth)"
    return f"{p.code} is reported by the tooth; name {wanted}"


def several_teeth(r: ParsedLine) -> str | None:
    p = r.current
    if p is None or len(r.teeth) < 2 or not p.area.is_by_one_tooth:
        return None
    told = f"{p.code} is reported tooth by tooth, and the line names {len(r.teeth)} teeth"
    return f"{told}; send one line a tooth"


def site_missing(r: ParsedLine) -> str | None:
    p = r.current
    if p is None or p.area is not TreatmentArea.SITE:
        return None
    if r.line.tooth is not None or r.line.area is not None:
        return None
    return f"{p.code} usually asks for a location; name the tooth or the area of the oral cavity"


def dentition(r: ParsedLine) -> str | None:
    p, wrong = r.current, _misfit(r, "tooth.dentition")
    if p is None or wrong is None:
        return None
    return f"tooth {wrong} is a {wrong.dentition} tooth; {p.code} is for {p.dentition} teeth"


def house_dentition(r: ParsedLine) -> str | None:
    p, wrong = r.current, _misfit(r, "tooth.house-dentition")
    if p is None or wrong is None:
        return None
    told = f"tooth {wrong} is {wrong.dentition}"
    return f"{told}; house lists keep {p.code} for {p.dentition_hint} teeth"


def tooth_class(r: ParsedLine) -> str | None:
    p, wrong = r.current, _misfit(r, "tooth.class")
    if p is None or wrong is None:
        return None
    kinds = " or ".join(p.tooth_class)
    article = "an" if wrong.position == "anterior" else "a"
    told = f"tooth {wrong} is {article} {wrong.position} tooth ({wrong.tooth_class})"
    return f"{told}; {p.code} is for {kinds} teeth"


def tooth_arch(r: ParsedLine) -> str | None:
    p, wrong = r.current, _misfit(r, "tooth.arch")
    if p is None or wrong is None:
        return None
    return f"tooth {wrong} is {wrong.arch.label}; {p.code} is for the {Area(p.arch).label}"


def surface_missing(r: ParsedLine) -> str | None:
    p = r.current
    if p is None or p.area is not TreatmentArea.TOOTH_SURFACE:
        return None
    if r.line.surfaces is not None and not _some_without_surfaces(r):
        return None
    example = _example_surfaces(p, r.tooth)
    return f"{p.code} is reported by tooth and surface; name the surfaces, such as {example}"


def surface_impossible(r: ParsedLine) -> str | None:
    return r.surfaces_fault or None


def surface_count(r: ParsedLine) -> str | None:
    p = r.current
    if p is None or p.surfaces is None:
        return None
    for _, surfaces in r.surfaces_by_tooth:
        count = len(surfaces)
        if p.surfaces.least <= count <= p.surfaces.most or _has_incisal_angle(p, surfaces):
            continue
        named = "1 surface" if count == 1 else f"{count} surfaces"
        told = f"{surfaces} names {named}, and {p.code} is for {_wanted_count(*p.surfaces)}"
        return f"{told}; mend the surfaces or take another code"
    return None


def no_such_area(r: ParsedLine) -> str | None:
    return r.area_fault or None


def area_missing(r: ParsedLine) -> str | None:
    p = r.current
    if p is None or r.line.area is not None or p.area not in _BY_AREA:
        return None
    if p.area is TreatmentArea.ARCH and p.arch:  # the code itself says which
        return None
    return f"{p.code} is reported by the {p.area}; name it: {_AREAS_TO_NAME[p.area]}"


def area_kind(r: ParsedLine) -> str | None:
    p = r.current
    if p is None or not r.areas or p.area not in _BY_AREA:
        return None
    for area in r.areas:
        if area.kind not in (p.area, "other"):
            told = f"{area} is the {area.label}"
            return f"{told}; {p.code} is reported by the {p.area}: {_AREAS_TO_NAME[p.area]}"
    return None


def area_against_code(r: ParsedLine) -> str | None:
    p = r.current
    if p is None or p.arch is None or not r.areas or area_kind(r):
        return None
    for area in r.areas:
        if area.arch not in (None, p.arch):
            return f"{area} is the {area.label}; {p.code} is for the {Area(p.arch).label}"
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
    p = r.current
    if p is None or not r.teeth or not r.areas or p.teeth == "1-3":
        return None
    if r.areas[0].kind != "quadrant":
        return None
    if not (p.area.is_by_one_tooth or p.area is TreatmentArea.QUADRANT) or area_against_tooth(r):
        return None
    kept = "tooth" if p.area.is_by_tooth else "quadrant"
    told = "the line names tooth and quadrant"
    return f"{told}; {p.code} is reported by the {kept}, leave the other out"


def tooth_unwanted(r: ParsedLine) -> str | None:
    p = r.current
    if p is None or r.line.tooth is None or p.area is not TreatmentArea.NONE:
        return None
    return _unwanted(p, "tooth", "the tooth")


def surfaces_unwanted(r: ParsedLine) -> str | None:
    p = r.current
    if p is None or r.line.surfaces is None or p.area is TreatmentArea.TOOTH_SURFACE:
        return None
    return _unwanted(p, "surface", "the surfaces")


def area_unwanted(r: ParsedLine) -> str | None:
    p = r.current
    if p is None or r.line.area is None or p.area is not TreatmentArea.NONE:
        return None
    return _unwanted(p, "area", "the area")


def _unwanted(p: Procedure, noun: str, field: str) -> str | None:
    if p.confidence != "high":  # that a code takes no place is said of sure ones only
        return None
    return f"{p.code} is not reported by {noun}; leave {field} out"


def _misfit(r: ParsedLine, rule: str) -> Tooth | None:
    """The first tooth that a rule of `MISFITS` keeps from the code."""
    p = r.current
    if p is None or not r.teeth:
        return None
    is_misfit = MISFITS[rule]
    for tooth in r.teeth:
        if is_misfit(p, tooth):
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


def _has_incisal_angle(p: Procedure, surfaces: str) -> bool:
    """D2335 is for four or more surfaces, or for any number with the incisal angle."""
    return p.code == "D2335" and "I" in surfaces


def _wanted_count(least: int, most: int) -> str:
    if least == most:
        return str(least)
    return f"{least} to {most}"


def _example_surfaces(p: Procedure, tooth: Tooth | None) -> str:
    letters = "MODBL"
    if tooth is not None:
        letters = tooth.surfaces
    elif "anterior" in p.tooth_class:
        letters = "MIDFL"
    least = 1
    if p.surfaces is not None:
        least = p.surfaces.least
    if least == 1:  # the biting surface alone is more usual than the mesial alone
        return letters[1]
    return letters[:least]
