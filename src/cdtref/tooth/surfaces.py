"""
The surfaces of teeth that people write.

Source: letters of surfaces by X12 837D C005; for class V, Open Dental's rules for claims (V is the
B of a back and the F of a front tooth) and notes of practices (B5, L5).
"""

from __future__ import annotations

import functools
from typing import Final

from cdtref.tooth.spelling import SURFACE_STEPS, invalid_site, plain_text, taken
from cdtref.tooth.tooth import Tooth

_LETTERS: Final = "M, O, I, D, B, F, L"
_MOST_SURFACES: Final = 5  # of a tooth
_TIDY: Final = frozenset("MOIDBFL")


def parse_surfaces(text: str, tooth: Tooth | None = None) -> str:
    """
    Surfaces in canonical order: M, O or I, D, B or F, L. On a *tooth*, V, B and F are read as the
    letter it has.

    A restoration of class V is of the surface that it lies on: BV, FV, LV, B5 and L5 are B, F and
    L, and V or 5 alone is the facial surface.

    Raises:
        InvalidSiteError: a letter is no surface, or not one of that tooth; one comes twice; V
            without a tooth.

    >>> from cdtref.tooth.tooth import TEETH
    >>> parse_surfaces("dom"), parse_surfaces("ML-V", TEETH["8"]), parse_surfaces("MODB5")
    ('MOD', 'MFL', 'MODB')
    >>> parse_surfaces("MO", TEETH["8"])
    Traceback (most recent call last):
    cdtref.errors.InvalidSiteError: 'MO' has O, which tooth 8 has not: its surfaces are M, I, ...
    """
    if isinstance(text, str) and len(text) <= _MOST_SURFACES and _TIDY.issuperset(text):
        return _surfaces_in_order(text, tooth)  # the common case
    return _surfaces_in_order(plain_text(text), tooth)


@functools.lru_cache(maxsize=4096)
def _surfaces_in_order(text: str, tooth: Tooth | None) -> str:
    letters = text
    if not _TIDY.issuperset(text):  # the steps take ten times as long as all the rest
        letters = taken(SURFACE_STEPS, text)
    if not letters:
        raise invalid_site(text, f"names no surface; the letters are {_LETTERS}")
    return letters_in_order(letters, tooth, text)


def letters_in_order(letters: str, tooth: Tooth | None, text: str) -> str:
    """The surfaces of letters that took the steps; *text* is what an error quotes."""
    if letters.count("V") == 1 and ("B" in letters or "F" in letters):
        letters = letters.replace("V", "")  # class V of the surface that is named
    known = "MODBLIF"
    if tooth is not None:
        known = tooth.surfaces
        for facial in "VBF":  # one side, whichever letter a typist has
            letters = letters.replace(facial, known[3])
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
    if letter == "P":
        return f"has 'P', which is no surface; the palatal one is L; the letters are {_LETTERS}"
    return f"has {letter!r}, which is no surface; the letters are {_LETTERS}"
