"""
Areas of the oral cavity: the codes of X12 list 1361 as a claim names them, and what people say for
them.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from cdtref.errors import InvalidSiteError, quoted

LONGEST_SITE: Final = 256
"""
Characters of a tooth, surfaces or an area, outer space apart: 32 teeth, the most of a claim line,
take 160. A longer text is none, so that nobody's cell keeps a reader busy.
"""


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

_KIND_BEHIND_A_NAME: Final = re.compile(r" (QUADRANT|ARCH|SIDE)$")


def parse_area(text: str) -> Area:
    """
    The area of the oral cavity of a code ('10', '01', 'L') or of what people say ('UR', 'lower
    left', 'maxillary').

    Raises:
        InvalidSiteError: there is no such area.

    >>> parse_area("ur").value, parse_area("lower-right quadrant").value
    ('10', '40')
    >>> parse_area("50")
    Traceback (most recent call last):
    cdtref.errors.InvalidSiteError: '50' is no area of the oral cavity: 00-09, 10, 20, 30, 40, ...
    """
    if isinstance(text, str) and text in SPOKEN:  # the common case, a claim's own code
        return SPOKEN[text]
    words = plain_text(text).replace("-", " ")
    name = _KIND_BEHIND_A_NAME.sub("", words)
    if name not in SPOKEN:
        known = "00-09, 10, 20, 30, 40, L, R, or UR, UL, LL, LR"
        raise invalid_site(text, f"is no area of the oral cavity: {known}")
    return SPOKEN[name]


def plain_text(text: object) -> str:
    """*Text* in upper case without outer space; only ASCII has an upper case that stays itself."""
    if not isinstance(text, str):
        raise InvalidSiteError(f"a tooth, surface or area is text, not {type(text).__name__}")
    stripped = text.strip()
    if len(stripped) > LONGEST_SITE:
        raise invalid_site(stripped, f"has {len(stripped)} characters; no site has that many")
    if stripped.isascii():
        return stripped.upper()
    return stripped


def invalid_site(text: object, problem: str) -> InvalidSiteError:
    """The error that quotes a piece of the text and tells what is wrong with it."""
    return InvalidSiteError(f"{quoted(str(text))} {problem}")
