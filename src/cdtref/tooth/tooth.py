"""
Teeth, computed from the Universal system.

Sources: ADA Universal/National Tooth Designation System (X12 code JP), ISO 3950 for FDI numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

import attrs

from cdtref.record import ProgramArgument
from cdtref.tooth.area import Area

# From the back of a quadrant to the midline.
_CLASSES: Final = {
    "permanent": ("molar",) * 3 + ("premolar",) * 2 + ("canine",) + ("incisor",) * 2,
    "primary": ("molar",) * 2 + ("canine",) + ("incisor",) * 2,
}
_FDI_QUADRANT: Final = {"10": 1, "20": 2, "30": 3, "40": 4}


# What is kept of a tooth is kept under it, and to hash six fields takes longer than to find it.
@attrs.frozen(cache_hash=True)
class Tooth(ProgramArgument):
    """
    One of the 104 designations of the Universal system: 1-32, A-T, and the supernumerary 51-82 and
    AS-TS.

    Attributes:
        number: The designation, such as '14', 'A', '51' or 'AS'.
        supernumerary: True for an extra tooth beside the natural one.
        dentition: 'permanent' or 'primary'.
        tooth_class: 'incisor', 'canine', 'premolar' or 'molar'.
        quadrant: The quadrant it stands in.
        place: Its place in the quadrant, from the midline: 1 to 8, or 1 to 5 for primary teeth.
    """

    number: str
    supernumerary: bool
    dentition: str
    tooth_class: str
    quadrant: Area
    place: int

    @property
    def position(self) -> str:
        """'anterior' (incisors and canines) or 'posterior'."""
        if self.tooth_class in ("incisor", "canine"):
            return "anterior"
        return "posterior"

    @property
    def arch(self) -> Area:
        """The maxillary or the mandibular arch."""
        if self.quadrant in (Area.UPPER_RIGHT, Area.UPPER_LEFT):
            return Area.MAXILLARY
        return Area.MANDIBULAR

    @property
    def sextant(self) -> Area:
        """The sextant it stands in."""
        if self.position == "posterior":
            return Area[f"{self.quadrant.name}_SEXTANT"]
        if self.arch is Area.MAXILLARY:
            return Area.UPPER_ANTERIOR_SEXTANT
        return Area.LOWER_ANTERIOR_SEXTANT

    @property
    def surfaces(self) -> str:
        """
        Letters of its surfaces in canonical order: a back tooth has O and B where a front tooth
        has I and F.
        """
        if self.position == "anterior":
            return "MIDFL"
        return "MODBL"

    @property
    def natural(self) -> Tooth:
        """The natural tooth that a supernumerary one stands beside; itself for a natural one."""
        if not self.supernumerary:
            return self
        if self.dentition == "primary":
            return TEETH[self.number.removesuffix(_PRIMARY_EXTRA)]
        return TEETH[str(int(self.number) - _PERMANENT_EXTRA)]

    @property
    def fdi(self) -> str | None:
        """The two digits of ISO 3950; None for a supernumerary tooth."""
        if self.supernumerary:
            return None
        quadrant = _FDI_QUADRANT[self.quadrant]
        if self.dentition == "primary":
            quadrant += 4  # ISO 3950 counts the primary quadrants from 5 to 8
        return f"{quadrant}{self.place}"

    @property
    def palmer(self) -> str | None:
        """
        Palmer notation with the quadrant in letters, such as 'UR6' or 'LLE'; None for a
        supernumerary tooth.
        """
        if self.supernumerary:
            return None
        sign = str(self.place)
        if self.dentition == "primary":
            sign = "ABCDE"[self.place - 1]
        return f"{_quadrant_letters(self.quadrant)}{sign}"

    @property
    def neighbours(self) -> tuple[Tooth, ...]:
        """The natural teeth beside it in its arch, in the order of their numbers."""
        row = _ROWS[self.dentition, self.arch]
        at = row.index(self.natural.number)
        beside = row[max(at - 1, 0) : at] + row[at + 1 : at + 2]
        return tuple(TEETH[number] for number in beside)

    @property
    def label(self) -> str:
        """The name that people read, such as 'upper left first molar'."""
        words = [self.quadrant.name.lower().replace("_", " ")]
        if self.supernumerary:
            words.insert(0, "supernumerary beside")
        if self.dentition == "primary":
            words.append("primary")
        words += _ORDINALS.get((self.dentition, self.place), ())
        return " ".join([*words, self.tooth_class])

    def __str__(self) -> str:
        return self.number


def _quadrant_letters(quadrant: Area) -> str:
    upper_or_lower, side = quadrant.name.split("_")
    return upper_or_lower[0] + side[0]


# What tells a tooth from the others of its class, by dentition and place from the midline; a
# canine is the only one.
_ORDINALS: Final = {
    ("permanent", 1): ("central",),
    ("permanent", 2): ("lateral",),
    ("permanent", 4): ("first",),
    ("permanent", 5): ("second",),
    ("permanent", 6): ("first",),
    ("permanent", 7): ("second",),
    ("permanent", 8): ("third",),
    ("primary", 1): ("central",),
    ("primary", 2): ("lateral",),
    ("primary", 4): ("first",),
    ("primary", 5): ("second",),
}


class _Run(NamedTuple):
    """A quadrant as the Universal numbers run through it."""

    quadrant: Area
    is_inwards: bool  # towards the midline


# In the order of the numbers, which go round the mouth clockwise as seen from in front of it.
_RUNS: Final = (
    _Run(Area.UPPER_RIGHT, is_inwards=True),
    _Run(Area.UPPER_LEFT, is_inwards=False),
    _Run(Area.LOWER_LEFT, is_inwards=True),
    _Run(Area.LOWER_RIGHT, is_inwards=False),
)
_PERMANENT_NUMBERS: Final = tuple(map(str, range(1, 33)))
_PRIMARY_NUMBERS: Final = tuple("ABCDEFGHIJKLMNOPQRST")
_PERMANENT_EXTRA: Final = 50  # ADA: a supernumerary permanent tooth has its neighbour's number + 50
_PRIMARY_EXTRA: Final = "S"  # ADA: a supernumerary primary tooth has its neighbour's letter and S


def _all_teeth() -> Iterator[Tooth]:
    yield from _dentition_of(_PERMANENT_NUMBERS, "permanent", supernumerary=False)
    yield from _dentition_of(_PRIMARY_NUMBERS, "primary", supernumerary=False)
    beside = [str(int(number) + _PERMANENT_EXTRA) for number in _PERMANENT_NUMBERS]
    yield from _dentition_of(beside, "permanent", supernumerary=True)
    beside = [number + _PRIMARY_EXTRA for number in _PRIMARY_NUMBERS]
    yield from _dentition_of(beside, "primary", supernumerary=True)


def _dentition_of(
    numbers: Iterable[str], dentition: str, *, supernumerary: bool
) -> Iterator[Tooth]:
    """The teeth of a dentition under the numbers given, in their order."""
    classes = _CLASSES[dentition]
    following = iter(numbers)
    for quadrant, is_inwards in _RUNS:
        order = range(len(classes))
        if not is_inwards:
            order = order[::-1]
        for n in order:
            place = len(classes) - n
            number = next(following)
            yield Tooth(number, supernumerary, dentition, classes[n], quadrant, place)


TEETH: Final[Mapping[str, Tooth]] = MappingProxyType(
    {tooth.number: tooth for tooth in _all_teeth()}
)
"""All 104 teeth by their designation: 1-32, A-T, 51-82, AS-TS."""

_NATURAL: Final = tuple(tooth for tooth in TEETH.values() if not tooth.supernumerary)


def _numbers_by_row() -> dict[tuple[str, Area], list[str]]:
    """The natural teeth of each arch in each dentition, from right to left above, back below."""
    rows: dict[tuple[str, Area], list[str]] = {}
    for tooth in _NATURAL:
        rows.setdefault((tooth.dentition, tooth.arch), []).append(tooth.number)
    return rows


_ROWS: Final = _numbers_by_row()
