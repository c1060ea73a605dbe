"""The teeth that people write, in the Universal system and in the notations of FDI and Palmer."""

from __future__ import annotations

import re
from typing import Final

from cdtref.errors import InvalidSiteError
from cdtref.tooth.area import invalid_site, plain_text
from cdtref.tooth.tooth import TEETH, Tooth

_MOST_TEETH: Final = 32  # an 837D line repeats its TOO segment that often at most
_ORDER: Final = {number: n for n, number in enumerate(TEETH)}
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
