"""
Places in the mouth as CodeableConcepts: teeth in Universal or FDI numbers, areas, surfaces.

Several codings of one concept are the same in other systems, so FDI beside Universal is no second
tooth. Several of one system are several teeth, as software writes that has no other place for them.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType
from typing import Final, NamedTuple

from cdtref.errors import InvalidSiteError
from cdtref.fhir.elements import Coding, Element, UnreadableError
from cdtref.fhir.systems import Kind
from cdtref.tooth import Area, from_fdi, parse_area, parse_surfaces, parse_teeth

# HL7's list has quadrants of FDI by one digit. Of 3, 4, 7 and 8 its text says the other side than
# ISO 3950 and the teeth of the same list do, so nobody can tell what a claim means by them.
_FDI_AREAS: Final = MappingProxyType({"0": "00", "1": "10", "2": "20", "5": "10", "6": "20"})
_DISPUTED: Final = ("3", "4", "7", "8")
# ISO 3950 numbers areas as the ADA does, whose letters and 'other area' it has not.
_ISO_AREAS: Final = frozenset(area.value for area in Area if area.value.isdigit()) - {"09"}
_READ: Final = "ADA Universal, ADA areas of the oral cavity, FDI"


class Site(NamedTuple):
    """Where something is done: teeth as claims write them, and areas."""

    teeth: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()


NOWHERE: Final = Site()


def site_of(concept: Element) -> Site:
    """
    What a concept says of the place; nothing, where it says that it is not known.

    Raises:
        UnreadableError: it is in no system that is read, or its codings contradict each other.
        DataFormatError: an element has a wrong type.
    """
    codings = list(concept.codings())
    if not codings:
        return _site_of_text(concept)
    named = Site(_codes_of(codings, Kind.TOOTH), _codes_of(codings, Kind.AREA))
    international = _site_of_fdi(_codes_of(codings, Kind.FDI_TOOTH), concept)
    if named.teeth and international.teeth and set(named.teeth) != set(international.teeth):
        raise UnreadableError(
            concept.path, "names one tooth in Universal numbers and another in FDI"
        )
    if named != NOWHERE:
        return named
    if international == NOWHERE and not _says_absent(codings):
        raise UnreadableError(concept.path, f"has no code of a system that is read: {_READ}")
    return international


def surfaces_of(concepts: Iterable[Element]) -> str:
    """
    The letters of surfaces, one concept or several of them, in the order in which they come.

    Raises:
        UnreadableError: one is in no system that is read.
        DataFormatError: an element has a wrong type.
    """
    return "".join(map(_letters_of, concepts))


def _letters_of(concept: Element) -> str:
    codings = list(concept.codings())
    for kind in (Kind.SURFACE, Kind.FDI_SURFACE, Kind.UNNAMED):
        letters = "".join(_codes_of(codings, kind))
        if letters:
            return letters
    text = concept.text("text")
    if not codings and text is not None and _are_surfaces(text):
        return text
    if _says_absent(codings) or not (codings or text):
        return ""
    raise UnreadableError(concept.path, "has no code of a system that is read: ADA or FDI surfaces")


def _codes_of(codings: Iterable[Coding], kind: Kind) -> tuple[str, ...]:
    """The codes of that kind, each once, in their order."""
    return tuple(dict.fromkeys(code for found, code in codings if found is kind))


def _says_absent(codings: Iterable[Coding]) -> bool:
    return bool(_codes_of(codings, Kind.ABSENT))


def _site_of_fdi(codes: Iterable[str], concept: Element) -> Site:
    teeth: list[str] = []
    areas: list[str] = []
    for code in codes:
        if code in _DISPUTED:
            problem = "HL7's list and ISO 3950 disagree on the quadrants 3, 4, 7 and 8"
            raise UnreadableError(concept.path, f"{problem}; an area of the ADA's system is plain")
        if code in _FDI_AREAS:
            areas.append(_FDI_AREAS[code])
        elif code in _ISO_AREAS:
            areas.append(code)
        else:
            teeth.append(_universal_number(code, concept))
    return Site(tuple(teeth), tuple(areas))


def _universal_number(code: str, concept: Element) -> str:
    try:
        return from_fdi(code).number
    except InvalidSiteError:
        raise UnreadableError(concept.path, "is no FDI number: 11-48 or 51-85") from None


def _site_of_text(concept: Element) -> Site:
    """
    A place in words alone, where they name a tooth or an area beyond doubt; 'L' could be either.
    """
    text = concept.text("text")
    if text is None:
        return NOWHERE
    site = Site(_teeth_named(text), _areas_named(text))
    if bool(site.teeth) == bool(site.areas):
        raise UnreadableError(concept.path, "is text that names no place beyond doubt; a code does")
    return site


def _teeth_named(text: str) -> tuple[str, ...]:
    """Also as `body_site` writes the teeth that HL7's list lacks: 'tooth HS: supernumerary ...'."""
    number, _, _ = text.casefold().removeprefix("tooth ").partition(":")
    try:
        return tuple(tooth.number for tooth in parse_teeth(number))
    except InvalidSiteError:
        return ()


def _areas_named(text: str) -> tuple[str, ...]:
    try:
        return (parse_area(text).value,)
    except InvalidSiteError:
        return ()


def _are_surfaces(text: str) -> bool:
    try:
        parse_surfaces(text.replace("V", "B"))
    except InvalidSiteError:
        return False
    return True
