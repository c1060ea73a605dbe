"""
Teeth and their surfaces, computed from the Universal system and parsed from what people write.

Sources: ADA Universal/National Tooth Designation System (X12 code JP), ISO 3950 for FDI numbers;
letters of surfaces by X12 837D C005 and Open Dental's rules for claims.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

import attrs

from cdtref.errors import InvalidSiteError
from cdtref.tooth.area import Area, invalid_site, plain_text

_LETTERS: Final = "M, O, I, D, B, F, L"
_MOST_TEETH: Final = 32  # an 837D line repeats its TOO segment that often at most
# From the back of a quadrant to the midline.
_CLASSES: Final = {
    "permanent": ("molar",) * 3 + ("premolar",) * 2 + ("canine",) + ("incisor",) * 2,
    "primary": ("molar",) * 2 + ("canine",) + ("incisor",) * 2,
}
_FDI_QUADRANT: Final = {"10": 1, "20": 2, "30": 3, "40": 4}


@attrs.frozen
class Tooth:
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

_ORDER: Final = {number: n for n, number in enumerate(TEETH)}
_NATURAL: Final = tuple(tooth for tooth in TEETH.values() if not tooth.supernumerary)
_BY_FDI: Final = {tooth.fdi: tooth for tooth in _NATURAL}
_BY_PALMER: Final = {tooth.palmer: tooth for tooth in _NATURAL}


def _numbers_by_row() -> dict[tuple[str, Area], list[str]]:
    """The natural teeth of each arch in each dentition, from right to left above, back below."""
    rows: dict[tuple[str, Area], list[str]] = {}
    for tooth in _NATURAL:
        rows.setdefault((tooth.dentition, tooth.arch), []).append(tooth.number)
    return rows


_ROWS: Final = _numbers_by_row()


def parse_tooth(text: str) -> Tooth:
    """
    The tooth of the Universal system that people write as '14', '#14', '03' or 'a'.

    Raises:
        InvalidSiteError: there is no such tooth.

    >>> parse_tooth("#03").label, parse_tooth("19").label
    ('upper right first molar', 'lower left first molar')
    >>> parse_tooth("33")
    Traceback (most recent call last):
    cdtref.errors.InvalidSiteError: '33' is no tooth of the Universal system: 1-32, A-T, 51-82 ...
    """
    if isinstance(text, str) and text in TEETH:  # the common case
        return TEETH[text]
    number = plain_text(text).removeprefix("#").strip().lstrip("0")
    if number not in TEETH:
        raise _unknown_tooth(text)
    return TEETH[number]


def _unknown_tooth(text: str) -> InvalidSiteError:
    problem = "is no tooth of the Universal system: 1-32, A-T, 51-82 or AS-TS"
    # A column of numbers with gaps is one of floats, where 14 becomes 14.0.
    number, point, _ = plain_text(text).partition(".0")
    if point and number in TEETH:
        problem += f"; did you mean {number}?"
    return invalid_site(text, problem)


def parse_teeth(text: str) -> tuple[Tooth, ...]:
    """
    The teeth of a list or range, such as '6-11', '3, 14' or 'A-C', in the order written.

    Raises:
        InvalidSiteError: a tooth does not exist, a range runs backwards or mixes dentitions, or a
            tooth comes twice.

    >>> [tooth.number for tooth in parse_teeth("2-4, 14")]
    ['2', '3', '4', '14']
    >>> parse_teeth("4-2")
    Traceback (most recent call last):
    cdtref.errors.InvalidSiteError: '4-2' runs backwards; write the lower number first
    """
    # Not by an expression for the spaces about a hyphen: it would go over a run of them again from
    # each place in it.
    joined = "-".join(part.strip() for part in plain_text(text).split("-"))
    found: list[Tooth] = []
    for part in re.split(r"[,;\s]+", joined):
        found += _teeth_of_range(part)
    if len(set(found)) != len(found):
        raise invalid_site(text, "names a tooth twice")
    if len(found) > _MOST_TEETH:
        raise invalid_site(text, f"names more than {_MOST_TEETH} teeth")
    return tuple(found)


def from_fdi(text: str) -> Tooth:
    """
    The tooth of an FDI (ISO 3950) number, such as '16' or '75'.

    Raises:
        InvalidSiteError: there is no such number.
    """
    found = _BY_FDI.get(plain_text(text))
    if found is None:
        raise invalid_site(text, "is no FDI number: 11-48 for permanent, 51-85 for primary teeth")
    return found


def from_palmer(text: str) -> Tooth:
    """
    The tooth of a Palmer notation with the quadrant in letters, such as 'UR6' or 'LLE'.

    Raises:
        InvalidSiteError: there is no such tooth.
    """
    found = _BY_PALMER.get(plain_text(text))
    if found is None:
        raise invalid_site(text, "is no Palmer notation: UR, UL, LL or LR, then 1-8 or A-E")
    return found


def parse_surfaces(text: str, tooth: Tooth | None = None) -> str:
    """
    Surfaces in canonical order: M, O or I, D, B or F, L. On a *tooth*, V, B and F are read as the
    letter it has.

    Raises:
        InvalidSiteError: a letter is no surface, or not one of that tooth; one comes twice; V
            without a tooth.

    >>> parse_surfaces("dom"), parse_surfaces("ML-V", parse_tooth("8"))
    ('MOD', 'MFL')
    >>> parse_surfaces("MO", parse_tooth("8"))
    Traceback (most recent call last):
    cdtref.errors.InvalidSiteError: 'MO' has O, which tooth 8 has not: its surfaces are M, I, ...
    """
    return _surfaces_in_order(plain_text(text), tooth)


@functools.lru_cache(maxsize=4096)
def _surfaces_in_order(text: str, tooth: Tooth | None) -> str:
    letters = re.sub(r"[\s,/-]", "", text)
    if not letters:
        raise invalid_site(text, f"names no surface; the letters are {_LETTERS}")
    known = "MODBLIF"
    if tooth is not None:
        known = tooth.surfaces
        letters = re.sub("[VBF]", known[3], letters)  # one side, whichever letter a typist has
    for letter in letters:
        if letter not in known:
            raise invalid_site(text, _problem_of_surface(letter, tooth))
    if len(set(letters)) != len(letters):
        raise invalid_site(text, "names a surface twice")
    ordered = "".join(sorted(letters, key="MOIDBFL".index))
    if "OI" in ordered or "BF" in ordered:
        raise invalid_site(text, "mixes surfaces of front and back teeth")
    return ordered


def _problem_of_surface(letter: str, tooth: Tooth | None) -> str:
    if tooth is None and letter == "V":
        return "has V, which is B on a back tooth and F on a front tooth; name the tooth"
    if tooth is not None and letter in "MODBLIF":
        its_own = ", ".join(tooth.surfaces)
        return f"has {letter}, which tooth {tooth} has not: its surfaces are {its_own}"
    return f"has {letter!r}, which is no surface; the letters are {_LETTERS}"


def _teeth_of_range(text: str) -> tuple[Tooth, ...]:
    first, dash, last = text.partition("-")
    if not dash:
        return (parse_tooth(text),)
    low, high = parse_tooth(first), parse_tooth(last)
    if (low.dentition, low.supernumerary) != (high.dentition, high.supernumerary):
        raise invalid_site(text, "mixes permanent, primary or supernumerary teeth in one range")
    start, end = _ORDER[low.number], _ORDER[high.number]
    if start > end:
        raise invalid_site(text, "runs backwards; write the lower number first")
    return tuple(TEETH.values())[start : end + 1]
