"""
Teeth and their surfaces, computed from the Universal system and parsed from what people write.

Sources: ADA Universal/National Tooth Designation System (X12 code JP), ISO 3950 for FDI numbers;
letters of surfaces by X12 837D C005 and Open Dental's rules for claims.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Final

import attrs

from cdtref.area import Area, invalid_site, plain_text

_MOST_TEETH: Final = 32  # an 837D line repeats its TOO segment that often at most
_PERMANENT_CLASSES: Final = ("molar",) * 3 + ("premolar",) * 2 + ("canine",) + ("incisor",) * 2
_PRIMARY_CLASSES: Final = ("molar",) * 2 + ("canine",) + ("incisor",) * 2
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
        return "anterior" if self.tooth_class in ("incisor", "canine") else "posterior"

    @property
    def arch(self) -> Area:
        """The maxillary or the mandibular arch."""
        return (
            Area.MAXILLARY
            if self.quadrant in (Area.UPPER_RIGHT, Area.UPPER_LEFT)
            else Area.MANDIBULAR
        )

    @property
    def sextant(self) -> Area:
        """The sextant it stands in."""
        if self.position == "anterior":
            return (
                Area.UPPER_ANTERIOR_SEXTANT
                if self.arch is Area.MAXILLARY
                else Area.LOWER_ANTERIOR_SEXTANT
            )
        return Area[f"{self.quadrant.name}_SEXTANT"]

    @property
    def surfaces(self) -> str:
        """
        Letters of its surfaces in canonical order: a back tooth has O and B where a front tooth
        has I and F.
        """
        return "MIDFL" if self.position == "anterior" else "MODBL"

    @property
    def natural(self) -> Tooth:
        """The natural tooth that a supernumerary one stands beside; itself for a natural one."""
        if not self.supernumerary:
            return self
        return TEETH[
            self.number[:-1] if self.dentition == "primary" else str(int(self.number) - 50)
        ]

    @property
    def fdi(self) -> str | None:
        """The two digits of ISO 3950; None for a supernumerary tooth."""
        primary = 4 if self.dentition == "primary" else 0
        return (
            None if self.supernumerary else f"{_FDI_QUADRANT[self.quadrant] + primary}{self.place}"
        )

    @property
    def palmer(self) -> str | None:
        """
        Palmer notation with the quadrant in letters, such as 'UR6' or 'LLE'; None for a
        supernumerary tooth.
        """
        sign = "ABCDE"[self.place - 1] if self.dentition == "primary" else str(self.place)
        return None if self.supernumerary else f"{_short(self.quadrant)}{sign}"

    @property
    def neighbours(self) -> tuple[Tooth, ...]:
        """The natural teeth beside it in its arch, in the order of their numbers."""
        row = _ROWS[self.dentition, self.arch]
        at = row.index(self.natural.number)
        return tuple(TEETH[row[n]] for n in (at - 1, at + 1) if 0 <= n < len(row))

    @property
    def label(self) -> str:
        """The name that people read, such as 'upper left first molar'."""
        ordinals = (
            {"molar": 5, "premolar": 3, "incisor": 0}
            if self.dentition == "permanent"
            else {"molar": 3, "incisor": 0}
        )
        nth = self.place - ordinals.get(self.tooth_class, self.place)
        names = (
            ("", "central", "lateral")
            if self.tooth_class == "incisor"
            else ("", "first", "second", "third")
        )
        extra = "supernumerary beside " if self.supernumerary else ""
        primary = "primary" if self.dentition == "primary" else ""
        side = self.quadrant.name.lower().replace("_", " ")
        return extra + " ".join(
            word for word in (side, primary, names[nth], self.tooth_class) if word
        )

    def __str__(self) -> str:
        return self.number


def _short(quadrant: Area) -> str:
    return "".join(word[0] for word in quadrant.name.split("_"))


def _quadrants() -> Iterator[tuple[Area, bool]]:
    """Quadrants in the order of the Universal numbers, and whether they run towards the midline."""
    yield Area.UPPER_RIGHT, True
    yield Area.UPPER_LEFT, False
    yield Area.LOWER_LEFT, True
    yield Area.LOWER_RIGHT, False


def _all_teeth() -> Iterator[Tooth]:
    for extra in (False, True):
        permanent, primary = (
            iter(range(51, 83) if extra else range(1, 33)),
            iter("ABCDEFGHIJKLMNOPQRST"),
        )
        for dentition, classes in (
            ("permanent", _PERMANENT_CLASSES),
            ("primary", _PRIMARY_CLASSES),
        ):
            for quadrant, inwards in _quadrants():
                order = range(len(classes)) if inwards else range(len(classes) - 1, -1, -1)
                for n in order:
                    number = (
                        str(next(permanent))
                        if dentition == "permanent"
                        else next(primary) + "S" * extra
                    )
                    yield Tooth(number, extra, dentition, classes[n], quadrant, len(classes) - n)


TEETH: Final = {tooth.number: tooth for tooth in _all_teeth()}
"""All 104 teeth by their designation: 1-32, A-T, 51-82, AS-TS."""

_ROWS: Final = {
    (dentition, arch): [
        tooth.number
        for tooth in TEETH.values()
        if (tooth.dentition, tooth.arch, tooth.supernumerary) == (dentition, arch, False)
    ]
    for dentition in ("permanent", "primary")
    for arch in (Area.MAXILLARY, Area.MANDIBULAR)
}
_BY_FDI: Final = {tooth.fdi: tooth for tooth in TEETH.values() if tooth.fdi}
_BY_PALMER: Final = {tooth.palmer: tooth for tooth in TEETH.values() if tooth.palmer}


def parse_tooth(text: str) -> Tooth:
    """
    The tooth of the Universal system that people write as '14', '#14', '03' or 'a'.

    Raises:
        InvalidSiteError: there is no such tooth.

    >>> parse_tooth("#03").label, parse_tooth("19").label
    ('upper right first molar', 'lower left first molar')
    >>> parse_tooth("33")
    Traceback (most recent call last):
    cdtref.errors.InvalidSiteError: '33' is no tooth of the Universal system: 1-32, A-T, 51-82 or AS-TS
    """
    tooth = TEETH.get(text) if isinstance(text, str) else None
    if tooth is None:
        tooth = TEETH.get(plain_text(text).removeprefix("#").strip().lstrip("0"))
    if tooth is None:
        number, point, _ = plain_text(text).partition(
            ".0"
        )  # what a column with gaps makes of whole numbers
        hint = f"; did you mean {number}?" if point and number in TEETH else ""
        raise invalid_site(
            text, f"is no tooth of the Universal system: 1-32, A-T, 51-82 or AS-TS{hint}"
        )
    return tooth


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
    found = [
        tooth
        for part in re.split(r"[,;\s]+", re.sub(r"\s*-\s*", "-", plain_text(text)))
        for tooth in _range(part)
    ]
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
    cdtref.errors.InvalidSiteError: 'MO' has O, which tooth 8 has not: its surfaces are M, I, D, F, L
    """
    return _surfaces(plain_text(text), tooth)


@functools.lru_cache(maxsize=4096)
def _surfaces(text: str, tooth: Tooth | None) -> str:
    letters = re.sub(r"[\s,/-]", "", text)
    if not letters:
        raise invalid_site(text, "names no surface; the letters are M, O, I, D, B, F, L")
    if tooth is not None:
        letters = re.sub("[VBF]", tooth.surfaces[3], letters)
    for letter in letters:
        if letter not in (tooth.surfaces if tooth else "MODBLIF"):
            raise invalid_site(text, _no_surface(letter, tooth))
    if len(set(letters)) != len(letters):
        raise invalid_site(text, "names a surface twice")
    ordered = "".join(sorted(letters, key="MOIDBFL".index))
    if "OI" in ordered or "BF" in ordered:
        raise invalid_site(text, "mixes surfaces of front and back teeth")
    return ordered


def _no_surface(letter: str, tooth: Tooth | None) -> str:
    if tooth is None and letter == "V":
        return "has V, which is B on a back tooth and F on a front tooth; name the tooth"
    if tooth is not None and letter in "MODBLIF":
        return f"has {letter}, which tooth {tooth} has not: its surfaces are {', '.join(tooth.surfaces)}"
    return f"has {letter!r}, which is no surface; the letters are M, O, I, D, B, F, L"


def _range(text: str) -> tuple[Tooth, ...]:
    first, dash, last = text.partition("-")
    if not dash:
        return (parse_tooth(text),)
    low, high = parse_tooth(first), parse_tooth(last)
    order = list(TEETH)
    if (low.dentition, low.supernumerary) != (high.dentition, high.supernumerary):
        raise invalid_site(text, "mixes permanent, primary or supernumerary teeth in one range")
    if order.index(low.number) > order.index(high.number):
        raise invalid_site(text, "runs backwards; write the lower number first")
    return tuple(
        TEETH[number] for number in order[order.index(low.number) : order.index(high.number) + 1]
    )
