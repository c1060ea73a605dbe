"""
Where in the mouth a code applies, drawn as SVG: both arches with the teeth that a claim line for it
may name filled.

The arches stand as a dentist sees them: the patient's right is on the left, the upper arch above.
Permanent teeth form the outer rows, primary teeth the inner ones. The drawing carries its own
style, keeps to the reader's light or dark scheme, and says the same in words as its title and
description.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Final, NamedTuple

from cdtref.procedure import BY_AREA, Procedure, TreatmentArea, allows
from cdtref.tooth import TEETH, Area, Tooth

_NATURAL: Final = tuple(tooth for tooth in TEETH.values() if not tooth.supernumerary)
_REPORTED: Final = {
    TreatmentArea.TOOTH: "by the tooth",
    TreatmentArea.TOOTH_SURFACE: "by the tooth and its surfaces",
    TreatmentArea.TOOTH_RANGE: "by the tooth or range of teeth",
    TreatmentArea.SITE: "by the site: a tooth or an area of the mouth",
    TreatmentArea.QUADRANT: "by the quadrant",
    TreatmentArea.ARCH: "by the arch",
}
"""How a code is reported, for the areas that have a chart."""

_WHOLE_ARCHES: Final = (Area.MAXILLARY, Area.MANDIBULAR)
_QUADRANTS: Final = (Area.UPPER_RIGHT, Area.UPPER_LEFT, Area.LOWER_LEFT, Area.LOWER_RIGHT)

_WIDTH: Final = 360
_HEIGHT: Final = 476
_MIDDLE: Final = 180
_MIDLINES: Final = {Area.MAXILLARY: 216, Area.MANDIBULAR: 260}
_ARCHES: Final = {"permanent": (146, 186), "primary": (86, 118)}
"""Half the width and the height of the half ellipse that each dentition stands on."""

_CROWNS: Final = {
    ("permanent", Area.MAXILLARY): (8.5, 6.5, 7.5, 7.0, 7.0, 10.0, 9.5, 8.5),
    ("permanent", Area.MANDIBULAR): (5.5, 6.0, 7.0, 7.0, 7.0, 10.5, 10.0, 9.5),
    ("primary", Area.MAXILLARY): (6.5, 5.5, 6.5, 7.0, 8.5),
    ("primary", Area.MANDIBULAR): (5.0, 5.0, 6.0, 7.5, 9.0),
}
"""
Widths of the crowns from the midline in about a millimetre, the smallest a little wider so that a
number fits in.
"""

_DEPTHS: Final = {"incisor": 25, "canine": 28, "premolar": 31, "molar": 35}
_SIZES: Final = {"permanent": 1, "primary": 0.8}
_ROUNDNESS: Final = 0.36  # of the shorter side: a crown seen from above, not a brick
_GAP: Final = 2  # between two crowns, so that each outline is seen
_STEPS: Final = 400  # a step is below a pixel, which no eye tells from the curve

_ASIDE: Final = {"RIGHT": -58, "LEFT": 58}
_ABOVE_OR_BELOW: Final[Mapping[Area | None, int]] = {Area.MAXILLARY: -75, Area.MANDIBULAR: 75}
_NOT_OF_A_NAME: Final = "[^A-Za-z0-9_-]"
_STYLE: Final = (
    ".tc{--f:#0b6177;--n:#fff;--e:#66758a;--i:#4d5c6e}"
    "@media(prefers-color-scheme:dark){.tc{--f:#6cc4da;--n:#0d1b22;--e:#8393a5;--i:#b4c0cd}}"
    ".tc rect,.tc path{fill:none;stroke:var(--e)}"
    ".tc text{font:11px system-ui,sans-serif;text-anchor:middle;dominant-baseline:central;"
    "fill:var(--i)}"
    ".tc .on rect{fill:var(--f);stroke:var(--f)}.tc .on text{fill:var(--n);font-weight:600}"
    ".tc .by rect{stroke:var(--f);stroke-dasharray:3 2}.tc .sm text{font-size:10px}"
    ".tc .ar{font-weight:600}.tc .mid{stroke-dasharray:2 4}"
)


class _Place(NamedTuple):
    """
    Where a tooth stands: the middle of it, its width and depth, and how far it is turned, in
    degrees.
    """

    x: float
    y: float
    width: float
    depth: float
    turn: float


def tooth_chart(p: Procedure) -> str:
    """
    The SVG of the teeth or areas that a claim line for the code may name; "" where it names none,
    where nothing is known, and where no tooth of the drawing fits the record.

    Raises:
        TypeError: *p* is no `Procedure`.

    >>> import cdtref
    >>> tooth_chart(cdtref.get("D3330")).count('class="on"')
    12
    >>> tooth_chart(cdtref.get("D0120"))
    ''
    """
    if not isinstance(p, Procedure):
        raise TypeError(f"a chart is drawn of a Procedure, as get gives it, not {type(p).__name__}")
    if not _is_drawn(p):
        return ""
    parts = [*_head_of_drawing(p), *_side_labels(), *_tooth_rows(p)]
    if p.area in BY_AREA:
        parts += _area_labels(p)
    if p.area is TreatmentArea.TOOTH_SURFACE:
        parts += _surface_boxes(p)
    return "".join([*parts, "</svg>"])


def _head_of_drawing(p: Procedure) -> Iterator[str]:
    name = f"{re.sub(_NOT_OF_A_NAME, '-', p.code)}-chart"  # a record may be of anyone's making
    box = f'viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}"'
    labels = f'role="img" aria-labelledby="{name} {name}-text"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" class="tc" {box} {labels}>'
    yield f'<title id="{name}">{escape(caption(p))}</title>'
    yield f'<desc id="{name}-text">{escape(_description_of(p))}</desc>'
    yield f"<style>{_STYLE}</style>"


def caption(p: Procedure) -> str:
    """
    The same in a sentence; "" where there is no chart.

    >>> import cdtref
    >>> caption(cdtref.get("D5110"))
    'D5110 is reported by the arch: the maxillary arch (01), which the code itself implies.'
    """
    if not _is_drawn(p):
        return ""
    which = _area_phrase(p) if p.area in BY_AREA else _tooth_phrase(p)
    told = f"{p.code} is reported {_REPORTED[p.area]}{which}."
    sure = p.requirement.confidence.treatment_area
    if sure != "high":
        told += f" The certainty of this is {sure}."
    return told


def fitting_teeth(p: Procedure) -> tuple[Tooth, ...]:
    """The natural teeth that the code may name, or that lie in the area that it may name."""
    return tuple(tooth for tooth in _NATURAL if allows(p.requirement, tooth))


def _is_drawn(p: Procedure) -> bool:
    return p.area in _REPORTED and any(_state_of(p, tooth) == "on" for tooth in _drawn_teeth(p))


def _tooth_phrase(p: Procedure) -> str:
    told = _kind_phrase(p)
    if _is_hinted(p):
        kept = f"keep it for {p.requirement.usual_dentition} teeth (filled)"
        told += f"; lists of the Indian Health Service {kept}"
    return told


def _kind_phrase(p: Procedure) -> str:
    """Which teeth the code itself is for, as ', any permanent molar'; "" where it is for all."""
    needed = p.requirement
    if not (needed.dentition or needed.tooth_classes or needed.arch):
        return ""
    words: list[str] = []
    if needed.dentition:
        words.append(needed.dentition)
    words.append(" or ".join(map(_class_in_words, needed.tooth_classes)) or "tooth")
    if needed.arch:
        words.append(f"of the {needed.arch.label}")
    return f", any {' '.join(words)}"


def _class_in_words(kind: str) -> str:
    """'posterior tooth', but 'molar': a position is no noun."""
    if kind in ("anterior", "posterior"):
        return f"{kind} tooth"
    return kind


def _area_phrase(p: Procedure) -> str:
    arch = p.requirement.arch
    if p.area is TreatmentArea.ARCH and arch:
        return f": the {arch.label} ({arch}), which the code itself implies"
    *others, last = map(_signed_area, _areas_of(p))
    if not others:
        return f": {last}"
    return f": {', '.join(others)} or {last}"


def _areas_of(p: Procedure) -> list[Area]:
    """The areas that a line may name, those of its arch where the code has one."""
    areas = _QUADRANTS if p.area is TreatmentArea.QUADRANT else _WHOLE_ARCHES
    return [area for area in areas if p.requirement.arch in (None, area, area.arch)]


def _signed_area(area: Area) -> str:
    return f"{area.label.rsplit(' ', 1)[0]} ({area})"


def _is_hinted(p: Procedure) -> bool:
    return p.requirement.dentition is None and p.requirement.usual_dentition is not None


def _description_of(p: Procedure) -> str:
    filled = [tooth for tooth in _drawn_teeth(p) if _state_of(p, tooth) == "on"]
    spans = ", ".join(_tooth_spans(filled))
    return f"Both arches, the patient's right on the left. Filled teeth: {spans}."


def _tooth_spans(teeth: Iterable[Tooth]) -> Iterator[str]:
    """Numbers of the teeth, those in a row as one span, such as '1-16' and 'A-J'."""
    span: list[Tooth] = []
    for tooth in teeth:
        if span and not _is_next(span[-1], tooth):
            yield _span_of(span)
            span = []
        span.append(tooth)
    if span:
        yield _span_of(span)


def _span_of(span: Sequence[Tooth]) -> str:
    if len(span) == 1:
        return str(span[0])
    return f"{span[0]}-{span[-1]}"


def _is_next(tooth: Tooth, other: Tooth) -> bool:
    """Whether the other has the number after the tooth's, in the same dentition."""
    numbers = list(TEETH)
    follows = numbers.index(other.number) == numbers.index(tooth.number) + 1
    return follows and tooth.dentition == other.dentition


def _drawn_teeth(p: Procedure) -> Iterator[Tooth]:
    """
    Natural teeth; primary ones only where a line names teeth, for an area is the same in both
    dentitions.
    """
    for tooth in _NATURAL:
        if tooth.dentition == "permanent" or p.area not in BY_AREA:
            yield tooth


def _state_of(p: Procedure, tooth: Tooth) -> str:
    """
    'on' where the line may name it, 'by' where only a house list keeps it out, 'off' where the
    code does.
    """
    if not allows(p.requirement, tooth):
        return "off"
    if _is_hinted(p) and p.requirement.usual_dentition != tooth.dentition:
        return "by"
    return "on"


def _tooth_rows(p: Procedure) -> Iterator[str]:
    places = _places()
    for tooth in _drawn_teeth(p):
        place = places[tooth.number]
        drawn = f"{_tooth_box(place)}{_text_at(place.x, place.y, tooth.number)}"
        kind = _state_of(p, tooth)
        if tooth.dentition == "primary":
            kind += " sm"
        yield f'<g class="{kind}">{drawn}</g>'


def _tooth_box(place: _Place) -> str:
    x, y, width, depth, turn = place
    corner = f'x="{x - width / 2:.1f}" y="{y - depth / 2:.1f}"'
    size = f'width="{width:.1f}" height="{depth:.1f}" rx="{min(width, depth) * _ROUNDNESS:.1f}"'
    return f'<rect {corner} {size} transform="rotate({turn:.0f} {x:.1f} {y:.1f})"/>'


def _text_at(x: float, y: float, text: str, kind: str = "") -> str:
    classes = ""
    if kind:
        classes = f' class="{kind}"'
    return f'<text x="{x:.1f}" y="{y:.1f}"{classes}>{escape(text)}</text>'


def _side_labels() -> Iterator[str]:
    middle = _HEIGHT / 2
    yield _text_at(30, middle, "RIGHT")
    yield _text_at(_WIDTH - 30, middle, "LEFT")


def _area_labels(p: Procedure) -> Iterator[str]:
    """
    The codes of the areas that a line may name, inside of the arches, and the lines between them.
    """
    if p.area is TreatmentArea.QUADRANT:
        down, across = f"M{_MIDDLE} 60V{_HEIGHT - 60}", f"M60 {_HEIGHT / 2}H{_WIDTH - 60}"
        yield f'<path class="mid" d="{down}{across}"/>'
    for area in _areas_of(p):
        x = _MIDDLE + _ASIDE.get(area.name.rsplit("_", 1)[-1], 0)
        y = _HEIGHT / 2 + _ABOVE_OR_BELOW[area.arch]
        yield _text_at(x, y - 8, area.value, "ar")
        yield _text_at(x, y + 8, area.label.removesuffix(" quadrant"))


def _surface_boxes(p: Procedure) -> Iterator[str]:
    """
    A back tooth above and a front tooth below with the letters of their surfaces, as far as the
    code is for them.
    """
    positions = {tooth.position for tooth in fitting_teeth(p)}
    if "posterior" in positions:
        yield from _surface_box(186, "MODBL")
        yield _text_at(_MIDDLE, 186 - 44, "back tooth")
    if "anterior" in positions:
        yield from _surface_box(290, "MIDFL")
        yield _text_at(_MIDDLE, 290 + 44, "front tooth")


def _surface_box(y: float, letters: str) -> Iterator[str]:
    """
    Mesial left, distal right, the cheek or lip above, the tongue below, the biting surface in the
    middle.
    """
    x = _MIDDLE
    outer, inner = f"M{x - 32} {y - 32}h64v64h-64z", "l20 20h24v24h-24v-24"
    yield f'<path d="{outer}{inner}m24 0l20-20m-20 44l20 20m-44-20l-20 20"/>'
    places = ((-22, 0), (0, 0), (22, 0), (0, -22), (0, 22))
    for letter, (right, down) in zip(letters, places, strict=True):
        yield _text_at(x + right, y + down, letter)


@functools.cache
def _places() -> dict[str, _Place]:
    """The place of each natural tooth, side by side along its arch from the midline outwards."""
    return {tooth.number: _place_of(tooth) for tooth in _NATURAL}


def _place_of(tooth: Tooth) -> _Place:
    crowns = _CROWNS[tooth.dentition, tooth.arch]
    quarter = _quarter_of_ellipse(*_ARCHES[tooth.dentition])
    whole, _ = quarter[-1]
    scale = whole / sum(crowns)  # the crowns side by side fill the quarter
    inner, width = sum(crowns[: tooth.place - 1]), crowns[tooth.place - 1]
    return _standing_at(tooth, _angle_at(quarter, scale * (inner + width / 2)), scale * width)


def _angle_at(quarter: Sequence[tuple[float, float]], wanted: float) -> float:
    """The angle at which the way along the quarter is as long as wanted."""
    return next(angle for way, angle in quarter if way >= wanted)


def _standing_at(tooth: Tooth, angle: float, width: float) -> _Place:
    across, up = _ARCHES[tooth.dentition]
    side = -1 if tooth.quadrant.name.endswith("RIGHT") else 1
    rise = 1 if tooth.arch is Area.MAXILLARY else -1
    x = _MIDDLE + side * across * math.sin(angle)
    y = _MIDLINES[tooth.arch] - rise * up * math.cos(angle)
    slope = math.atan2(up * math.sin(angle), across * math.cos(angle))
    depth = _DEPTHS[tooth.tooth_class] * _SIZES[tooth.dentition]
    return _Place(x, y, width - _GAP, depth, side * rise * math.degrees(slope))


@functools.cache
def _quarter_of_ellipse(across: float, up: float) -> tuple[tuple[float, float], ...]:
    """A quarter of the ellipse from the midline outwards: the way along it, and the angle there."""
    way, x0, y0 = 0.0, 0.0, up
    found = []
    for step in range(1, _STEPS + 1):
        angle = math.pi / 2 * step / _STEPS
        x, y = across * math.sin(angle), up * math.cos(angle)
        way += math.hypot(x - x0, y - y0)
        found.append((way, angle))
        x0, y0 = x, y
    return tuple(found)
