"""
How people, practice systems and spreadsheets write a place in the mouth, as steps from a text to
the form in which it is looked up.

A step is an expression and what stands in its place. The expressions are those that Python, Java,
RE2 and Rust understand alike, without look-around, references or a repetition within another, so
that a table of any engine is read by the very steps of the scalar doors.

Sources: X12 element 1361 in its releases before 4010 (UA, LA, FM); manuals of Open Dental (V for
class V, U and L for arches) and of Dental4Web (Q1 to Q4); clearing houses that take periods for
commas; notes of practices (`MODB5`, `MB(V)L(V)`, `DOL/5`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from cdtref.errors import InvalidSiteError, quoted

Steps = tuple[tuple[str, str], ...]

LONGEST_SITE: Final = 256
"""
Characters of a tooth, surfaces or an area, outer space apart: 32 teeth, the most of a claim line,
take 160. A longer text is none, so that nobody's cell keeps a reader busy.
"""

SPACES: Final = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680"
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
"""Every character that `str.strip` takes off and that `\\s` stands for."""

# Hyphens and dashes of word processors, and the minus of spreadsheets.
_DASHES: Final = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63"
_WIDE: Final = {chr(n + 0xFEE0): chr(n).upper() for n in range(ord("!"), ord("~") + 1)}
_SMALL: Final = {chr(n): chr(n - 32) for n in range(ord("a"), ord("z") + 1)}

SITE_SIGNS: Final[Mapping[str, str]] = MappingProxyType(
    _SMALL | _WIDE | dict.fromkeys(_DASHES, "-") | dict.fromkeys(SPACES, " ")
)
"""
What the characters of a site are read as: small letters as capitals, full-width ones as ASCII, any
dash as a hyphen and any space as the common one. No other letter is folded, since U+017F is no S.
"""

_SIGNS: Final = str.maketrans(dict(SITE_SIGNS))

# Each on a plain text with a space on either side.

TEETH_STEPS: Final[Steps] = (
    ("[ ,;:/&+#]+", " "),
    (" (?:TOOTH|TEETH) ", " "),
    (r" NOS?(?:\. ?| )", " "),
    (r"\.0+ ", " "),  # what a spreadsheet makes of a column of numbers with gaps
    (r"\.0+-", "-"),
    (r"\. $", ""),
    ("^ | $", ""),
    (" AND ", " "),  # now that nothing stands about it, 'and' at an end is a list cut off
    (" ?(?:-| THROUGH | THRU | TO ) ?", "-"),
)
"""To a list of numbers and ranges with one space between two of them."""

AREA_STEPS: Final[Steps] = (
    (r"\.0+ ", " "),
    ("[ _.()-]+", " "),
    ("[;/&+]", ","),
    (" ?, ?", ","),
    (",+", ","),
    ("^[ ,]|[ ,]$", ""),
    (",AND | AND ", ","),
)
"""To names of `area_names` with a comma between two of them."""

_SURFACE_NAMES: Final[Steps] = (
    ("MESI(?:AL|O)", "M"),
    ("OCCLUS(?:AL|O)", "O"),
    ("INCIS(?:AL|O)", "I"),
    ("DIST(?:AL|O)", "D"),
    ("BUCC(?:AL|O)", "B"),
    ("(?:FACI|LABI)(?:AL|O)", "F"),
    ("(?:LINGU|PALAT)(?:AL|O)", "L"),
    ("CLASS", ""),
    (" AND ", " "),
    ("[()]", ""),
    ("LV", "L"),  # as BV and FV: the lingual surface at its neck, where 'L V' are two surfaces
)
_CLASS_V: Final[Steps] = (
    ("L5", "L"),
    ("5", "V"),  # Canada's sign for class V, where V is the vestibular surface
)

SURFACE_STEPS: Final[Steps] = (*_SURFACE_NAMES, ("[ ,;:./&+_-]+", ""), *_CLASS_V)
"""To letters."""

GROUP_STEPS: Final[Steps] = (
    ("[,;]", " , "),
    *_SURFACE_NAMES,
    ("[ :./&+_-]+", ""),
    *_CLASS_V,
)
"""To letters with a comma between those of one tooth and those of the next."""


def taken(steps: Steps, text: str) -> str:
    """A plain text after the steps."""
    text = f" {text} "
    for form, instead in steps:
        text = re.sub(form, instead, text)
    return text


def plain_text(text: object) -> str:
    """
    *Text* without outer space and by `SITE_SIGNS`.

    Raises:
        InvalidSiteError: it is no text, or longer than any site.
    """
    if not isinstance(text, str):
        raise InvalidSiteError(f"a tooth, surface or area is text, not {type(text).__name__}")
    stripped = text.strip()
    if len(stripped) > LONGEST_SITE:
        raise invalid_site(stripped, f"has {len(stripped)} characters; no site has that many")
    if stripped.isascii() and stripped.isprintable():  # then there is but case to fold
        return stripped.upper()
    return stripped.translate(_SIGNS)


def invalid_site(text: object, problem: str) -> InvalidSiteError:
    """The error that quotes a piece of the text and tells what is wrong with it."""
    return InvalidSiteError(f"{quoted(str(text))} {problem}")
