"""
Areas of the oral cavity: the codes of X12 list 1361 as a claim names them, and what people say for
them.
"""

from __future__ import annotations

import enum
import functools
from collections.abc import Iterator, Mapping
from itertools import product
from types import MappingProxyType
from typing import Final

from cdtref.errors import InvalidSiteError
from cdtref.tooth.spelling import AREA_STEPS, invalid_site, plain_text, taken


class Area(str, enum.Enum):
    """Areas of the oral cavity as a claim names them (837D SV304, ADA form item 25)."""

    ENTIRE = "00"
    MAXILLARY = "01"
    MANDIBULAR = "02"
    UPPER_RIGHT_SEXTANT = "03"
    UPPER_ANTERIOR_SEXTANT = "04"
    UPPER_LEFT_SEXTANT = "05"
    LOWER_LEFT_SEXTANT = "06"
    LOWER_ANTERIOR_SEXTANT = "07"
    LOWER_RIGHT_SEXTANT = "08"
    OTHER = "09"
    UPPER_RIGHT = "10"
    UPPER_LEFT = "20"
    LOWER_LEFT = "30"
    LOWER_RIGHT = "40"
    LEFT = "L"
    RIGHT = "R"

    @property
    def kind(self) -> str:
        """'mouth', 'arch', 'quadrant', 'sextant', 'side' or 'other'."""
        return _AREA_KINDS.get(self, "sextant")

    @property
    def arch(self) -> Area | None:
        """The arch that it lies in, or None where it spans both or is not told."""
        if self in (Area.MAXILLARY, Area.MANDIBULAR):
            return self
        if self.name.startswith("UPPER_"):
            return Area.MAXILLARY
        if self.name.startswith("LOWER_"):
            return Area.MANDIBULAR
        return None

    @property
    def label(self) -> str:
        """The name that people read, such as 'upper right quadrant'."""
        if self is Area.ENTIRE:
            return "entire oral cavity"
        if self is Area.OTHER:
            return "other area"
        name = self.name.lower().replace("_", " ")
        if self.kind == "sextant":  # its name says so already
            return name
        return f"{name} {self.kind}"

    __str__ = str.__str__


_AREA_KINDS: Final = {
    Area.ENTIRE: "mouth",
    Area.OTHER: "other",
    **dict.fromkeys((Area.MAXILLARY, Area.MANDIBULAR), "arch"),
    **dict.fromkeys(
        (Area.UPPER_RIGHT, Area.UPPER_LEFT, Area.LOWER_LEFT, Area.LOWER_RIGHT), "quadrant"
    ),
    **dict.fromkeys((Area.LEFT, Area.RIGHT), "side"),
}
_QUADRANTS: Final = {
    "UR": Area.UPPER_RIGHT,
    "UL": Area.UPPER_LEFT,
    "LL": Area.LOWER_LEFT,
    "LR": Area.LOWER_RIGHT,
}


def _spoken_names() -> Iterator[tuple[str, Area]]:
    """Every name in capitals with the area that it names, the codes of a claim first."""
    for area in Area:
        yield area.value, area
    for area in Area:
        yield area.name.replace("_", " "), area
    for short, area in _QUADRANTS.items():
        yield short, area
        yield f"{short}Q", area
    for word in ("UPPER", "MAXILLA"):
        yield word, Area.MAXILLARY
    for word in ("LOWER", "MANDIBLE"):
        yield word, Area.MANDIBULAR
    for words in ("ENTIRE ORAL CAVITY", "ENTIRE MOUTH", "FULL MOUTH", "WHOLE MOUTH"):
        yield words, Area.ENTIRE
    yield "OTHER AREA", Area.OTHER


SPOKEN: Final[Mapping[str, Area]] = MappingProxyType(dict(_spoken_names()))
"""What an area is called, in capitals; behind a name QUADRANT, ARCH or SIDE may follow."""

# How the halves and sides are written where a quadrant is told by both.
_HALVES: Final = {"UPPER": ("UPPER", "MAXILLARY", "MAX"), "LOWER": ("LOWER", "MANDIBULAR", "MAND")}
_SIDES: Final = {"RIGHT": ("RIGHT", "RT", "R"), "LEFT": ("LEFT", "LT", "L")}
_NOT_SPOKEN: Final = {
    "FM": Area.ENTIRE,
    "UA": Area.MAXILLARY,
    "MAX": Area.MAXILLARY,
    "LA": Area.MANDIBULAR,
    "MAND": Area.MANDIBULAR,
    "UPPER ANTERIOR": Area.UPPER_ANTERIOR_SEXTANT,
    "LOWER ANTERIOR": Area.LOWER_ANTERIOR_SEXTANT,
}
_KINDS_BEHIND_A_NAME: Final = {"quadrant": ("QUADRANT", "QUAD"), "arch": ("ARCH", "JAW")}


@functools.cache
def area_names() -> Mapping[str, Area]:
    """
    Every name of one area after `AREA_STEPS` that the field of a claim line may hold: those of a
    list, and the choices of menus, such as '10 UPPER RIGHT' and 'UPPER LEFT UL'.
    """
    names = dict(names_in_lists())
    shorts = [(area.value, area) for area in Area] + [*_QUADRANTS.items()]
    for short, area in shorts:
        for name, named in names_in_lists().items():
            if named is area and name != short:  # 'L L' is not the left side
                names.setdefault(f"{short} {name}", area)
                names.setdefault(f"{name} {short}", area)
    return MappingProxyType(names)


@functools.cache
def names_in_lists() -> Mapping[str, Area]:
    """
    The names of areas of which a list is made: those of `SPOKEN` and what is only written, such as
    'Q1', 'UR QUAD' and 'MAX'.
    """
    names = dict(SPOKEN)
    for name, area in SPOKEN.items():
        names |= dict.fromkeys((f"{name} QUADRANT", f"{name} ARCH", f"{name} SIDE"), area)
    written = {**SPOKEN, **_NOT_SPOKEN, **dict(_written_names())}
    for name, area in written.items():
        names.setdefault(name, area)
        for kind in _KINDS_BEHIND_A_NAME.get(area.kind, ()):
            names.setdefault(f"{name} {kind}", area)
    return MappingProxyType(names)


def _written_names() -> Iterator[tuple[str, Area]]:
    for number, (short, area) in enumerate(_QUADRANTS.items(), start=1):
        for word in ("Q", "QUAD", "QUADRANT"):
            yield f"{word}{number}", area
            yield f"{word} {number}", area
            yield f"{word} {short}", area
        half, side = area.name.split("_")
        for one, other in product(_HALVES[half], _SIDES[side]):
            yield f"{one} {other}", area
        yield f"{side} {half}", area
        yield f"{short} SEXTANT", Area[f"{area.name}_SEXTANT"]
    sextants = [area for area in Area if area.kind == "sextant"]
    for number, area in enumerate(sextants, start=1):
        yield f"S{number}", area
        yield f"SEXTANT {number}", area


def parse_area(text: str) -> Area:
    """
    The area of the oral cavity of a code ('10', '01', 'L') or of what people say and write ('UR',
    'lower left', 'Q1', 'MAX').

    Raises:
        InvalidSiteError: there is no such area, or the text may mean two.

    >>> parse_area("ur quad").value, parse_area("lower-right quadrant").value
    ('10', '40')
    >>> parse_area("50")
    Traceback (most recent call last):
    cdtref.errors.InvalidSiteError: '50' is no area of the oral cavity: 00-09, 10, 20, 30, 40, ...
    """
    if isinstance(text, str) and text in SPOKEN:  # the common case, a claim's own code
        return SPOKEN[text]
    name = taken(AREA_STEPS, plain_text(text))
    if name not in area_names():
        raise _unknown_area(name, text)
    return area_names()[name]


def parse_areas(text: str) -> tuple[Area, ...]:
    """
    The areas of a list such as '10,20', 'UR & LR' or 'UR LR', in the order written.

    Raises:
        InvalidSiteError: as `parse_area`.

    >>> [area.value for area in parse_areas("UR/lower right")]
    ['10', '40']
    >>> parse_areas("UR, 2")
    Traceback (most recent call last):
    cdtref.errors.InvalidSiteError: '2' is no area of the oral cavity; did you mean 02 ...
    """
    if isinstance(text, str) and text in SPOKEN:
        return (SPOKEN[text],)
    return _areas_of_text(plain_text(text))


@functools.lru_cache(maxsize=1024)
def _areas_of_text(text: str) -> tuple[Area, ...]:
    listed = taken(AREA_STEPS, text)
    if listed in area_names():
        return (area_names()[listed],)
    found: list[Area] = []
    for name in listed.split(","):
        found += _areas_of(name)
    return tuple(found)


def _areas_of(name: str) -> list[Area]:
    """The area of a name, or those of codes with spaces between them."""
    codes = name.split(" ")
    if any(set(codes) <= set(run) for run in RUN_TOGETHER):
        return [SPOKEN[code] for code in codes]
    if name not in names_in_lists():
        raise _unknown_area(name, name)
    return [names_in_lists()[name]]


RUN_TOGETHER: Final = (tuple(_QUADRANTS), tuple(area.value for area in Area if area.isdigit()))
"""The codes between which a space alone may stand, each with its like: 'UR LR', '10 40'."""


def _unknown_area(name: str, text: str) -> InvalidSiteError:
    problem = "is no area of the oral cavity"
    advice = _meant_instead(name) or ": 00-09, 10, 20, 30, 40, L, R, or UR, UL, LL, LR"
    return invalid_site(text, f"{problem}{advice}")


def _meant_instead(name: str) -> str:
    """
    What a name may mean that is none, where it may be several: a spreadsheet takes the zero off 01,
    and people number the quadrants.
    """
    if name == "U":
        return "; did you mean 01 (maxillary arch)?"
    if len(name) != 1 or f"0{name}" not in SPOKEN:
        return ""
    area = SPOKEN[f"0{name}"]
    readings = [f"{area} ({area.label}), which lost its zero"]
    quadrant = SPOKEN.get(f"{name}0")
    if quadrant is not None and quadrant is not Area.ENTIRE:
        readings.append(f"{quadrant} ({quadrant.label})")
    sextant = names_in_lists().get(f"SEXTANT {name}")
    if sextant is not None:
        readings.append(f"{sextant} ({sextant.label})")
    *before, last = readings
    if before:
        last = f"{', '.join(before)} or {last}"
    return f"; did you mean {last}?"
