"""
What the rules find on a line's teeth, surfaces and area: each takes a `ParsedLine` and gives a
message or None.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Final

from cdtref.area import Area
from cdtref.claim.parsed import ParsedLine
from cdtref.claim.rule import LineRule
from cdtref.procedure import Procedure, TreatmentArea
from cdtref.requirement import MISFITS
from cdtref.tooth import Tooth

_QUADRANT_NAMES: Final = "10 (upper right), 20 (upper left), 30 (lower left) or 40 (lower right)"
_BY_AREA: Final = (TreatmentArea.QUADRANT, TreatmentArea.ARCH)


def no_such_tooth(r: ParsedLine) -> str | None:
    return r.tooth_fault or None


def tooth_missing(r: ParsedLine) -> str | None:
    p = r.current
    if p is None or not p.area.is_by_tooth or r.line.tooth is not None:
        return None
    several = "" if p.area.is_by_one_tooth else " (or teeth)"
    return f"{p.code} is reported by the tooth; name the tooth{several}"


def several_teeth(r: ParsedLine) -> str | None:
    p = r.current
    if p is None or not p.area.is_by_one_tooth or len(r.teeth) < 2:
        return None
    return f"{p.code} is reported tooth by tooth, and the line names {len(r.teeth)} teeth; send one line a tooth"


def site_missing(r: ParsedLine) -> str | None:
    p = r.current
    if (
        p is None
        or p.area is not TreatmentArea.SITE
        or r.line.tooth is not None
        or r.line.area is not None
    ):
        return None
    return f"{p.code} usually asks for a location; name the tooth or the area of the oral cavity"


def dentition(r: ParsedLine) -> str | None:
    p, wrong = r.current, _misfit(r, "tooth.dentition")
    return (
        f"tooth {wrong} is a {wrong.dentition} tooth; {r.code} is for {p.dentition} teeth"
        if p and wrong
        else None
    )


def house_dentition(r: ParsedLine) -> str | None:
    p, wrong = r.current, _misfit(r, "tooth.house-dentition")
    if p is None or wrong is None:
        return None
    return f"tooth {wrong} is {wrong.dentition}; house lists keep {p.code} for {p.dentition_hint} teeth"


def tooth_class(r: ParsedLine) -> str | None:
    p, wrong = r.current, _misfit(r, "tooth.class")
    if p is None or wrong is None:
        return None
    kinds = " or ".join(p.tooth_class)
    article = "an" if wrong.position == "anterior" else "a"
    return f"tooth {wrong} is {article} {wrong.position} tooth ({wrong.tooth_class}); {p.code} is for {kinds} teeth"


def tooth_arch(r: ParsedLine) -> str | None:
    p, wrong = r.current, _misfit(r, "tooth.arch")
    return (
        f"tooth {wrong} is {wrong.arch.label}; {r.code} is for the {Area(p.arch).label}"
        if p and wrong
        else None
    )


def surface_missing(r: ParsedLine) -> str | None:
    p = r.current
    if p is None or p.area is not TreatmentArea.TOOTH_SURFACE or r.line.surfaces is not None:
        return None
    return f"{p.code} is reported by tooth and surface; name the surfaces, such as {_example(p, r.tooth)}"


def surface_impossible(r: ParsedLine) -> str | None:
    return r.surfaces_fault or None


def surface_count(r: ParsedLine) -> str | None:
    p = r.current
    if p is None or p.surfaces is None or r.surfaces is None:
        return None
    count = len(r.surfaces)
    if p.surfaces.least <= count <= p.surfaces.most or (p.code == "D2335" and "I" in r.surfaces):
        return None  # D2335 is for four or more surfaces, or for any number with the incisal angle
    wanted = (
        str(p.surfaces.least)
        if p.surfaces.least == p.surfaces.most
        else f"{p.surfaces.least} to {p.surfaces.most}"
    )
    named = "1 surface" if count == 1 else f"{count} surfaces"
    return f"{r.surfaces} names {named}, and {p.code} is for {wanted}; mend the surfaces or take another code"


def no_such_area(r: ParsedLine) -> str | None:
    return r.area_fault or None


def area_missing(r: ParsedLine) -> str | None:
    p = r.current
    if p is None or r.line.area is not None or p.area not in _BY_AREA:
        return None
    if p.area is TreatmentArea.QUADRANT:
        return f"{p.code} is reported by the quadrant; name it: {_QUADRANT_NAMES}"
    return (
        None
        if p.arch
        else f"{p.code} is reported by the arch; name it: 01 (maxillary) or 02 (mandibular)"
    )


def area_kind(r: ParsedLine) -> str | None:
    p = r.current
    if p is None or r.area is None or p.area not in _BY_AREA or r.area.kind in (p.area, "other"):
        return None
    wanted = (
        _QUADRANT_NAMES if p.area is TreatmentArea.QUADRANT else "01 (maxillary) or 02 (mandibular)"
    )
    return f"{r.area} is the {r.area.label}; {p.code} is reported by the {p.area}: {wanted}"


def area_against_code(r: ParsedLine) -> str | None:
    p = r.current
    if (
        p is None
        or p.arch is None
        or r.area is None
        or r.area.arch in (None, p.arch)
        or area_kind(r)
    ):
        return None
    return f"{r.area} is the {r.area.label}; {p.code} is for the {Area(p.arch).label}"


def area_against_tooth(r: ParsedLine) -> str | None:
    if r.area is None:
        return None
    area = r.area
    wrong = _first(r, lambda tooth: not _holds(area, tooth))
    return (
        f"tooth {wrong} is not in the {area.label}; mend the tooth or the area" if wrong else None
    )


def tooth_and_area(r: ParsedLine) -> str | None:
    p = r.current
    if p is None or not r.teeth or r.area is None or r.area.kind != "quadrant" or p.teeth == "1-3":
        return None
    if area_against_tooth(r) or not (p.area.is_by_one_tooth or p.area is TreatmentArea.QUADRANT):
        return None
    keep = "tooth" if p.area.is_by_tooth else "quadrant"
    return f"the line names tooth and quadrant; {p.code} is reported by the {keep}, leave the other out"


def unwanted(field: str) -> LineRule:
    names = {"tooth": "the tooth", "surfaces": "the surfaces", "area": "the area"}

    def judge(r: ParsedLine) -> str | None:
        p = r.current
        if (
            p is None
            or p.confidence != "high"
            or getattr(r.line, field) is None
            or not _is_unwanted(p, field)
        ):
            return None
        return f"{p.code} is not reported by {'surface' if field == 'surfaces' else field}; leave {names[field]} out"

    return LineRule(
        f"{field.removesuffix('s')}.unwanted",
        "warning",
        field,
        judge,
        source="requirement of the code",
    )


def _is_unwanted(p: Procedure, field: str) -> bool:
    if field == "surfaces":
        return p.area is not TreatmentArea.TOOTH_SURFACE
    return p.area is TreatmentArea.NONE


def _misfit(r: ParsedLine, rule: str) -> Tooth | None:
    if r.current is None or not r.teeth:  # most lines name no tooth, and four rules ask
        return None
    return _first(r, functools.partial(MISFITS[rule], r.current))


def _first(r: ParsedLine, wrong: Callable[[Tooth], bool]) -> Tooth | None:
    return next((tooth for tooth in r.teeth if wrong(tooth)), None)


def _holds(area: Area, tooth: Tooth) -> bool:
    side = Area.RIGHT if tooth.quadrant.name.endswith("RIGHT") else Area.LEFT
    return area in (tooth.quadrant, tooth.arch, tooth.sextant, side, Area.ENTIRE, Area.OTHER)


def _example(p: Procedure, tooth: Tooth | None) -> str:
    letters = tooth.surfaces if tooth else "MIDFL" if "anterior" in p.tooth_class else "MODBL"
    least = p.surfaces.least if p.surfaces else 1
    return letters[1] if least == 1 else letters[:least]
