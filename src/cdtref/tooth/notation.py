"""
The teeth that people write, in the Universal system and in the notations of FDI and Palmer.

A claim names teeth by the Universal system. What another notation has is read as such only where
it can mean nothing else; the rest is told, for FDI's 16 and Palmer's UR6 are teeth of a claim too.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from cdtref.errors import InvalidSiteError
from cdtref.tooth.spelling import TEETH_STEPS, invalid_site, plain_text, taken
from cdtref.tooth.tooth import TEETH, Tooth

_MOST_TEETH: Final = 32  # an 837D line repeats its TOO segment that often at most
_ORDER: Final = {number: n for n, number in enumerate(TEETH)}
_NATURAL: Final = tuple(tooth for tooth in TEETH.values() if not tooth.supernumerary)
# A spreadsheet takes 3-5 for the fifth of March, and 3/5 too.
_MONTHS: Final = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()  # noqa: SIM905
_BESIDE: Final = {tooth.natural.number: tooth for tooth in TEETH.values() if tooth.supernumerary}
_BY_FDI: Final = {tooth.fdi: tooth for tooth in _NATURAL}
_BY_PALMER: Final = {str(tooth.palmer): tooth for tooth in _NATURAL}


def parse_tooth(text: str) -> Tooth:
    """
    The tooth of the Universal system that people write as '14', '#14', '03', 'Tooth A' or, from a
    spreadsheet, '14.0'; behind its quadrant, as in 'LL 19' or Palmer's 'LL6', where that can mean
    one tooth only.

    Raises:
        InvalidSiteError: there is no such tooth, or the text may mean two.

    >>> parse_tooth("#03").label, parse_tooth("19.0").label
    ('upper right first molar', 'lower left first molar')
    >>> parse_tooth("33")
    Traceback (most recent call last):
    cdtref.errors.InvalidSiteError: '33' is no tooth of the Universal system: 1-32, A-T, 51-82 ...
    """
    if isinstance(text, str) and text in TEETH:  # the common case
        return TEETH[text]
    return _tooth_of_text(plain_text(text))


# What can be read is kept, which takes a tenth of the time; what cannot is nobody's to keep.
@functools.lru_cache(maxsize=4096)
def _tooth_of_text(text: str) -> Tooth:
    return _tooth_of(taken(TEETH_STEPS, text), text)


def parse_teeth(text: str) -> tuple[Tooth, ...]:
    """
    The teeth of a list or range, such as '6-11', '3, 14', 'A thru C' or '#14 and #15', in the order
    written.

    Raises:
        InvalidSiteError: a tooth does not exist, a range runs backwards or mixes dentitions, or a
            tooth comes twice.

    >>> [tooth.number for tooth in parse_teeth("2-4 & 14")]
    ['2', '3', '4', '14']
    >>> parse_teeth("4-2")
    Traceback (most recent call last):
    cdtref.errors.InvalidSiteError: '4-2' runs backwards; write the lower number first
    """
    if isinstance(text, str) and text in TEETH:
        return (TEETH[text],)
    return _teeth_of_text(plain_text(text))


@functools.lru_cache(maxsize=4096)
def _teeth_of_text(text: str) -> tuple[Tooth, ...]:
    listed = taken(TEETH_STEPS, text)
    if _without_gap(listed.lstrip("0")) in _behind_quadrants():
        return (_tooth_of(listed, text),)
    found: list[Tooth] = []
    for part in listed.split(" "):
        found += _teeth_of_range(part, text)
    if len(set(found)) != len(found):
        raise invalid_site(text, "names a tooth twice")
    if len(found) > _MOST_TEETH:
        raise invalid_site(text, f"names more than {_MOST_TEETH} teeth")
    return tuple(found)


def from_fdi(text: str) -> Tooth:
    """
    The tooth of an FDI (ISO 3950) number, such as '16', '1.6' or '75'.

    Raises:
        InvalidSiteError: there is no such number.

    >>> from_fdi("1.6").number
    '3'
    >>> from_fdi("19")
    Traceback (most recent call last):
    cdtref.errors.InvalidSiteError: '19' is no FDI number: 11-48 for permanent, 51-85 for ...
    """
    number = plain_text(text).removeprefix("#").strip().removesuffix(".0")
    quadrant, _, place = number.replace("-", ".").partition(".")
    found = _BY_FDI.get(f"{quadrant}{place}")
    if found is None:
        raise invalid_site(text, "is no FDI number: 11-48 for permanent, 51-85 for primary teeth")
    return found


def from_palmer(text: str) -> Tooth:
    """
    The tooth of a Palmer notation with the quadrant in letters, such as 'UR6', 'UR 6' or 'LLE'.

    Raises:
        InvalidSiteError: there is no such tooth.

    >>> from_palmer("UR 6").number, from_palmer("ll-e").number
    ('3', 'K')
    >>> from_palmer("UR9")
    Traceback (most recent call last):
    cdtref.errors.InvalidSiteError: 'UR9' is no Palmer notation: UR, UL, LL or LR, then 1-8 or A-E
    """
    written = plain_text(text)
    quadrant, sign = written[:2], written[2:].strip(" #.-")
    found = _BY_PALMER.get(f"{quadrant}{sign}")
    if found is None:
        raise invalid_site(text, "is no Palmer notation: UR, UL, LL or LR, then 1-8 or A-E")
    return found


@functools.cache
def tooth_names() -> Mapping[str, Tooth]:
    """
    What one tooth may be called after `TEETH_STEPS`, but for zeros in front: its designation, or a
    quadrant and a sign behind it that mean one tooth together, such as 'LL6' and 'UL 14'.
    """
    names = dict(TEETH)
    for sign, teeth in _behind_quadrants().items():
        if len(teeth) == 1:
            for between in ("", " ", "-"):
                names[f"{sign[:2]}{between}{sign[2:]}"] = teeth[0]
    return MappingProxyType(names)


@functools.cache
def _behind_quadrants() -> Mapping[str, tuple[Tooth, ...]]:
    """
    What a quadrant with a sign behind it may mean, in Palmer notation or by the tooth's own number:
    'LL6' and 'LL19' are tooth 19 alone, 'UR6' is 3 or 6.
    """
    meant: dict[str, tuple[Tooth, ...]] = {}
    for palmer, tooth in _BY_PALMER.items():
        for sign in {palmer, f"{palmer[:2]}{tooth.number}"}:  # they are one for C
            meant[sign] = (*meant.get(sign, ()), tooth)
    return MappingProxyType(meant)


def _teeth_of_range(part: str, text: str) -> tuple[Tooth, ...]:
    first, dash, last = part.partition("-")
    if not dash:
        return (_designated(part, part or text),)
    if first in TEETH and last in _MONTHS:
        month = _MONTHS.index(last) + 1
        meant = f"{month}-{first}, or {month} and {first}"
        raise invalid_site(text, f"is a date; did you mean {meant}?")
    low, high = _designated(first, first or text), _designated(last, last or text)
    if (low.dentition, low.supernumerary) != (high.dentition, high.supernumerary):
        raise invalid_site(part, "mixes permanent, primary or supernumerary teeth in one range")
    start, end = _ORDER[low.number], _ORDER[high.number]
    if start > end:
        raise invalid_site(part, "runs backwards; write the lower number first")
    return tuple(TEETH.values())[start : end + 1]


def _tooth_of(name: str, text: str) -> Tooth:
    """The tooth of a name that took the steps; *text* is what an error quotes."""
    found = tooth_names().get(name.lstrip("0"))
    if found is None:
        raise _unknown_tooth(name, text)
    return found


def _designated(name: str, text: str) -> Tooth:
    """The same of a tooth of a list, which has designations alone."""
    found = TEETH.get(name.lstrip("0"))
    if found is None:
        raise _unknown_tooth(name, text)
    return found


def _unknown_tooth(name: str, text: str) -> InvalidSiteError:
    problem = "is no tooth of the Universal system: 1-32, A-T, 51-82 or AS-TS"
    meant = " or ".join(_readings_of(name))
    if meant:
        problem += f"; did you mean {meant}?"
    return invalid_site(text, problem)


def _readings_of(name: str) -> Iterator[str]:
    """What a name may mean that is no tooth of a claim."""
    first, _, second = name.partition(".")
    fdi = _BY_FDI.get(f"{first}{second}")
    if fdi is not None:
        yield f"{fdi} (FDI {fdi.fdi})"
    if first in TEETH and second in TEETH:  # some clearing houses take a period for a comma
        yield f"teeth {first} and {second}"
    for tooth in _behind_quadrants().get(_without_gap(name), ()):
        if tooth.palmer == _without_gap(name):
            yield f"{tooth} (Palmer)"
        else:
            yield f"{tooth}"
    if name.endswith("S") and name[:-1] in _BESIDE:  # as primary teeth have it
        yield f"{_BESIDE[name[:-1]]} (supernumerary)"


def _without_gap(name: str) -> str:
    return name.replace(" ", "").replace("-", "")
