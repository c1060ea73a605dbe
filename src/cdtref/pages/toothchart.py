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
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import pairwise
from typing import Final, NamedTuple

from cdtref.area import Area
from cdtref.procedure import Procedure, TreatmentArea
from cdtref.requirement import allows
from cdtref.tooth import TEETH, Tooth

_BY_AREA: Final = (TreatmentArea.QUADRANT, TreatmentArea.ARCH)
_REPORTED: Final = {
    TreatmentArea.TOOTH: "by the tooth",
    TreatmentArea.TOOTH_SURFACE: "by the tooth and its surfaces",
    TreatmentArea.TOOTH_RANGE: "by the tooth or range of teeth",
    TreatmentArea.SITE: "by the site: a tooth or an area of the mouth",
    TreatmentArea.QUADRANT: "by the quadrant",
    TreatmentArea.ARCH: "by the arch",
}
"""How a code is reported, for the areas that have a chart."""

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
_STYLE: Final = (
    ".tc{--f:#0b6177;--n:#fff;--e:#66758a;--i:#4d5c6e}"
    "@media(prefers-color-scheme:dark){.tc{--f:#6cc4da;--n:#0d1b22;--e:#8393a5;--i:#b4c0cd}}"
    ".tc rect,.tc path{fill:none;stroke:var(--e)}"
    ".tc text{font:11px system-ui,sans-serif;text-anchor:middle;dominant-baseline:central;fill:var(--i)}"
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
    name = f"{p.code}-chart"
    box = f'viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="tc" {box} role="img" aria-labelledby="{name} {name}-text">',
        f'<title id="{name}">{escape(caption(p))}</title>',
        f'<desc id="{name}-text">{escape(_described(p))}</desc>',
        f"<style>{_STYLE}</style>",
        *_sides(),
        *_rows(p),
        *(_areas(p) if p.area in _BY_AREA else ()),
        *(_surfaces(p) if p.area is TreatmentArea.TOOTH_SURFACE else ()),
    ]
    return "".join([*parts, "</svg>"])


def caption(p: Procedure) -> str:
    """
    The same in a sentence; "" where there is no chart.

    >>> import cdtref
    >>> caption(cdtref.get("D5110"))
    'D5110 is reported by the arch: the maxillary arch (01), which the code itself implies.'
    """
    if not _is_drawn(p):
        return ""
    which = _which_area(p) if p.area in _BY_AREA else _which_tooth(p)
    unsure = "" if p.confidence == "high" else f" The certainty of this is {p.confidence}."
    return f"{p.code} is reported {_REPORTED[p.area]}{which}.{unsure}"


def fitting_teeth(p: Procedure) -> tuple[Tooth, ...]:
    """The natural teeth that the code may name, or that lie in the area that it may name."""
    return tuple(tooth for tooth in TEETH.values() if not tooth.supernumerary and allows(p, tooth))


def _is_drawn(p: Procedure) -> bool:
    return p.area in _REPORTED and any(_state(p, tooth) == "on" for tooth in _drawn_teeth(p))


def _which_tooth(p: Procedure) -> str:
    kinds = (
        " or ".join(f"{kind} tooth" if kind.endswith("terior") else kind for kind in p.tooth_class)
        or "tooth"
    )
    arch = f" of the {Area(p.arch).label}" if p.arch else ""
    limit = f", any {f'{p.dentition} ' if p.dentition else ''}{kinds}{arch}"
    hint = (
        f"; lists of the Indian Health Service keep it for {p.dentition_hint} teeth (filled)"
        if _is_hinted(p)
        else ""
    )
    return f"{'' if limit == ', any tooth' else limit}{hint}"


def _which_area(p: Procedure) -> str:
    if p.area is TreatmentArea.ARCH and p.arch:
        return f": the {Area(p.arch).label} ({p.arch}), which the code itself implies"
    areas = [area for area in _named_areas(p) if p.arch in (None, area, area.arch)]
    return f": {' or '.join(', '.join(map(_signed, areas)).rsplit(', ', 1))}"


def _signed(area: Area) -> str:
    return f"{area.label.rsplit(' ', 1)[0]} ({area})"


def _is_hinted(p: Procedure) -> bool:
    return p.dentition is None and p.dentition_hint is not None


def _named_areas(p: Procedure) -> tuple[Area, ...]:
    return _QUADRANTS if p.area is TreatmentArea.QUADRANT else (Area.MAXILLARY, Area.MANDIBULAR)


def _described(p: Procedure) -> str:
    filled = [tooth for tooth in _drawn_teeth(p) if _state(p, tooth) == "on"]
    return (
        f"Both arches, the patient's right on the left. Filled teeth: {', '.join(_spans(filled))}."
    )


def _spans(teeth: Sequence[Tooth]) -> Iterator[str]:
    """Numbers of the teeth, those in a row as one span, such as '1-16' and 'A-J'."""
    order = list(TEETH)
    breaks = [n for n, (a, b) in enumerate(pairwise(teeth), 1) if _parted(order, a, b)]
    for start, end in pairwise([0, *breaks, len(teeth)]):
        first, last = teeth[start], teeth[end - 1]
        yield str(first) if first is last else f"{first}-{last}"


def _parted(order: Sequence[str], a: Tooth, b: Tooth) -> bool:
    return a.dentition != b.dentition or order.index(b.number) != order.index(a.number) + 1


def _drawn_teeth(p: Procedure) -> Iterator[Tooth]:
    """
    Natural teeth; primary ones only where a line names teeth, for an area is the same in both
    dentitions.
    """
    for tooth in TEETH.values():
        if not tooth.supernumerary and (tooth.dentition == "permanent" or p.area not in _BY_AREA):
            yield tooth


def _state(p: Procedure, tooth: Tooth) -> str:
    """
    'on' where the line may name it, 'by' where only a house list keeps it out, 'off' where the
    code does.
    """
    if not allows(p, tooth):
        return "off"
    return "by" if _is_hinted(p) and p.dentition_hint != tooth.dentition else "on"


def _rows(p: Procedure) -> Iterator[str]:
    places = _places()
    for tooth in _drawn_teeth(p):
        place = places[tooth.number]
        small = " sm" if tooth.dentition == "primary" else ""
        yield f'<g class="{_state(p, tooth)}{small}">{_box(place)}{_text(place.x, place.y, tooth.number)}</g>'


def _box(place: _Place) -> str:
    x, y, width, depth, turn = place
    return (
        f'<rect x="{x - width / 2:.1f}" y="{y - depth / 2:.1f}" width="{width:.1f}" height="{depth:.1f}" '
        f'rx="{min(width, depth) * 0.36:.1f}" transform="rotate({turn:.0f} {x:.1f} {y:.1f})"/>'
    )


def _text(x: float, y: float, text: str, kind: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}"{kind and f" class={chr(34)}{kind}{chr(34)}"}>{escape(text)}</text>'


def _sides() -> Iterator[str]:
    middle = _HEIGHT / 2
    yield _text(30, middle, "RIGHT")
    yield _text(_WIDTH - 30, middle, "LEFT")


def _areas(p: Procedure) -> Iterator[str]:
    """
    The codes of the areas that a line may name, inside of the arches, and the lines between them.
    """
    if p.area is TreatmentArea.QUADRANT:
        yield f'<path class="mid" d="M{_MIDDLE} 60V{_HEIGHT - 60}M60 {_HEIGHT / 2}H{_WIDTH - 60}"/>'
    for area in _named_areas(p):
        if p.arch in (None, area, area.arch):
            aside = {"RIGHT": -58, "LEFT": 58}.get(area.name.rsplit("_", 1)[-1], 0)
            y = _HEIGHT / 2 + (-75 if area.arch is Area.MAXILLARY else 75)
            words = area.label.removesuffix(" quadrant")
            yield _text(_MIDDLE + aside, y - 8, area.value, "ar") + _text(
                _MIDDLE + aside, y + 8, words
            )


def _surfaces(p: Procedure) -> Iterator[str]:
    """
    A back tooth above and a front tooth below with the letters of their surfaces, as far as the
    code is for them.
    """
    positions = {tooth.position for tooth in fitting_teeth(p)}
    for position, letters, y in (("posterior", "MODBL", 186), ("anterior", "MIDFL", 290)):
        if position in positions:
            yield from _surface_box(
                _MIDDLE, y, letters, f"{'back' if position == 'posterior' else 'front'} tooth"
            )


def _surface_box(x: float, y: float, letters: str, words: str) -> Iterator[str]:
    """
    Mesial left, distal right, the cheek or lip above, the tongue below, the biting surface in the
    middle.
    """
    yield f'<path d="M{x - 32} {y - 32}h64v64h-64zl20 20h24v24h-24v-24m24 0l20-20m-20 44l20 20m-44-20l-20 20"/>'
    aside = ((-22, 0), (0, 0), (22, 0), (0, -22), (0, 22))
    yield from (
        _text(x + right, y + down, letter)
        for letter, (right, down) in zip(letters, aside, strict=True)
    )
    yield _text(x, y + (-44 if y < _HEIGHT / 2 else 44), words)


@functools.cache
def _places() -> dict[str, _Place]:
    """The place of each natural tooth, side by side along its arch from the midline outwards."""
    found = {}
    for tooth in TEETH.values():
        if not tooth.supernumerary:
            crowns = _CROWNS[tooth.dentition, tooth.arch]
            half = _quarter(*_ARCHES[tooth.dentition])
            scale = half[-1][0] / sum(crowns)
            inner = sum(crowns[: tooth.place - 1])
            found[tooth.number] = _placed(
                tooth, half, scale * inner, scale * crowns[tooth.place - 1]
            )
    return found


def _placed(
    tooth: Tooth, half: Sequence[tuple[float, float]], inner: float, width: float
) -> _Place:
    across, up = _ARCHES[tooth.dentition]
    angle = next(angle for way, angle in half if way >= inner + width / 2)
    side = -1 if tooth.quadrant.name.endswith("RIGHT") else 1
    rise = 1 if tooth.arch is Area.MAXILLARY else -1
    x = _MIDDLE + side * across * math.sin(angle)
    y = _MIDLINES[tooth.arch] - rise * up * math.cos(angle)
    turn = side * rise * math.degrees(math.atan2(up * math.sin(angle), across * math.cos(angle)))
    small = 0.8 if tooth.dentition == "primary" else 1
    return _Place(x, y, width - 2, small * _DEPTHS[tooth.tooth_class], turn)


@functools.cache
def _quarter(across: float, up: float) -> tuple[tuple[float, float], ...]:
    """A quarter of the ellipse from the midline outwards: the way along it, and the angle there."""
    steps = 400
    points = [
        (across * math.sin(a), up * math.cos(a), a)
        for a in (math.pi / 2 * n / steps for n in range(steps + 1))
    ]
    return tuple(_ways(points))


def _ways(points: Iterable[tuple[float, float, float]]) -> Iterator[tuple[float, float]]:
    way = 0.0
    for (x0, y0, _), (x1, y1, angle) in pairwise(points):
        way += math.hypot(x1 - x0, y1 - y0)
        yield way, angle
