"""Where in the mouth a query says the work is done, read by the library's own parsers: `Site`."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from typing import Final

import attrs

from cdtref.errors import InvalidSiteError
from cdtref.procedure import Procedure, TreatmentArea
from cdtref.record import Record
from cdtref.textsearch import facets, weights
from cdtref.tooth import (
    SPOKEN,
    Area,
    Tooth,
    from_fdi,
    parse_area,
    parse_surfaces,
    parse_teeth,
    parse_tooth,
)

# A letter is a primary tooth where it is a capital or has its sign: 'a tooth a little loose'.
_LETTER: Final = r"(?-i:\b[A-T]\b)"
TEETH: Final = re.compile(
    rf"(?:#(?=\w)|\btooth +(?:no\.? *|number +|#)?|\bteeth +#?)"
    rf"((?:\d{{1,2}}|(?<=#)[a-t]\b|{_LETTER})"
    rf"(?:(?: *[-,&\u2013\u2014] *| and | thru | through | to )#?"
    rf"(?:\d{{1,2}}|(?<=#)[a-t]\b|{_LETTER}))*)(?!\d)",
    re.IGNORECASE,
)
_TOOTH: Final = re.compile(r"\d{1,2}|\b[a-t]\b", re.IGNORECASE)

# A word is no area where it is a number of the list, a single letter, or 'other'.
_WORDS: Final = sorted((name for name in SPOKEN if len(name) > 1 and name.isupper()), key=len)
_AREA: Final = re.compile(
    r"\b(?:" + "|".join(map(re.escape, reversed(_WORDS))).replace(r"\ ", "[ -]") + r")\b",
    re.IGNORECASE,
)
_WORD: Final = re.compile("[A-Z]+")
_FIRST_WORDS: Final = frozenset([name.split()[0] for name in _WORDS])
_KIND_OF_LINE: Final = {TreatmentArea.QUADRANT: "quadrant", TreatmentArea.ARCH: "arch"}


@attrs.frozen
class Site(Record):
    """
    What a query says about the place, as the fields of a claim line have it; None where it says
    nothing.

    Attributes:
        tooth: The tooth, or several as '3, 4', in the Universal system.
        surfaces: Surface letters in their order, such as 'MOD'.
        area: The area of the oral cavity, such as '30' for the lower left quadrant.
    """

    tooth: str | None = None
    surfaces: str | None = None
    area: str | None = None

    def __str__(self) -> str:
        named = []
        if self.tooth:
            named.append(f"tooth {self.tooth}")
        if self.surfaces:
            named.append(self.surfaces)
        if self.area:
            named.append(parse_area(self.area).label)
        return ", ".join(named)

    def for_procedure(self, procedure: Procedure) -> Site | None:
        """What of it a claim line for the procedure names; None where it names nothing of it."""
        asked = procedure.area
        tooth = surfaces = area = None
        if asked.is_by_tooth or asked is TreatmentArea.SITE:
            tooth = self.tooth
        if asked is TreatmentArea.TOOTH_SURFACE:
            surfaces = self.surfaces
        if self.area and not tooth and _is_area_for(asked, parse_area(self.area)):
            area = self.area
        return Site(tooth, surfaces, area) if tooth or surfaces or area else None


def site_in(text: str) -> Site | None:
    """
    The place that a text names, None where it names none. Never a guess: of two areas, or a tooth
    that there is not, nothing.

    >>> site_in("deep cleaning lower left")
    Site(tooth=None, surfaces=None, area='30')
    >>> site_in("#19 MODB5 filling")
    Site(tooth='19', surfaces='MODB', area=None)
    """
    text = text[: weights.MOST_CHARACTERS]
    teeth = teeth_in(text)
    areas = _areas_in(text)
    tooth = ", ".join([tooth.number for tooth in teeth]) or None
    surfaces = _surfaces_in(text, teeth)
    area = areas.pop().value if len(areas) == 1 else None
    return Site(tooth, surfaces, area) if tooth or surfaces or area else None


def _areas_in(text: str) -> set[Area]:
    if _FIRST_WORDS.isdisjoint(_WORD.findall(text.upper())):  # mostly
        return set()
    return {parse_area(found.replace("-", " ")) for found in _AREA.findall(text)}


def teeth_in(text: str) -> tuple[Tooth, ...]:
    """
    The teeth of a text, ranges written out; FDI numbers only where they cannot be Universal.

    >>> [tooth.number for tooth in teeth_in("#2-4 and tooth 36")], teeth_in("tooth 99")
    (['2', '3', '4', '19'], ())
    """
    found: dict[Tooth, None] = {}
    lower = text.lower()
    if "#" not in lower and "tooth" not in lower and "teeth" not in lower:  # mostly
        return ()
    for part in TEETH.findall(text):
        found.update(dict.fromkeys(_teeth_of_list(part)))
    return tuple(found)


def _teeth_of_list(text: str) -> Sequence[Tooth]:
    """The teeth of one list or range; none where it names one that there is not."""
    for read in (parse_teeth, _known_teeth_of_list):  # as a claim has them, then FDI's too
        with contextlib.suppress(InvalidSiteError):
            return read(text)
    return ()


def _known_teeth_of_list(text: str) -> list[Tooth]:
    teeth: list[Tooth] = []
    joined = ""
    end = 0
    for found in _TOOTH.finditer(text):
        joined, end = text[end : found.start()], found.end()
        tooth = _tooth_of(found[0])
        if "-" in joined and teeth:
            teeth += _between(teeth[-1], tooth)
        teeth.append(tooth)
    return teeth


def _tooth_of(number: str) -> Tooth:
    try:
        return parse_tooth(number)
    except InvalidSiteError:
        return from_fdi(number)


def _between(first: Tooth, last: Tooth) -> Sequence[Tooth]:
    """The teeth of a range but its ends; FDI's numbers may run against the Universal order."""
    if first.dentition != last.dentition:
        return ()
    low, high = sorted((first, last), key=lambda tooth: (len(tooth.number), tooth.number))
    between = parse_teeth(f"{low}-{high}")[1:-1]
    if low is first:
        return between
    return between[::-1]


def _surfaces_in(text: str, teeth: Sequence[Tooth]) -> str | None:
    letters = facets.surface_letters_in(text)
    if not letters:
        return None
    try:
        return parse_surfaces(letters, teeth[0] if len(teeth) == 1 else None)
    except InvalidSiteError:
        return None


def _is_area_for(asked: TreatmentArea, area: Area) -> bool:
    if asked is TreatmentArea.SITE:
        return True
    return _KIND_OF_LINE.get(asked) == area.kind
