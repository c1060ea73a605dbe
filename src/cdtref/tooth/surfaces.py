"""
The surfaces of teeth that people write.

Source: letters of surfaces by X12 837D C005 and Open Dental's rules for claims.
"""

from __future__ import annotations

import functools
import re
from typing import Final

from cdtref.tooth.area import invalid_site, plain_text
from cdtref.tooth.tooth import Tooth

_LETTERS: Final = "M, O, I, D, B, F, L"


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
