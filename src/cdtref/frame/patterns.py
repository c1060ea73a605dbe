"""
The forms that `code` and `tooth` read, as regular expressions and lists of spellings that every
engine understands alike.

No look-around, no back reference and no class that one engine reads as ASCII and another as
Unicode: what Rust's regex, RE2, Java and Python have in common. No repetition stands within a
repetition of the same signs, since Java goes back over every way to divide a text between them.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from types import MappingProxyType
from typing import Final

from cdtref.code import BY_LAST, HCPCS_LETTERS
from cdtref.tooth import SPOKEN, TEETH, Tooth

SPACES: Final = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680"
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
"""Every character that `str.strip` takes off and that `\\s` stands for."""

_SPACE_CLASS: Final = "\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"

_SMALL: Final = {chr(n): chr(n - 32) for n in range(ord("a"), ord("z") + 1)}
_WIDE: Final = {chr(n + 0xFEE0): chr(n).upper() for n in range(ord("!"), ord("~") + 1)}
CODE_SIGNS: Final = MappingProxyType(_SMALL | _WIDE)
"""What a code's characters are read as: small letters as capitals, full-width ones as ASCII."""

# On text without outer space whose characters were replaced by CODE_SIGNS.
_DENTAL: Final = "D[- ]?[0-9]{4}"
_HCPCS: Final = f"[{HCPCS_LETTERS}][0-9]{{4}}"
_CPT: Final = f"[0-9]{{4}}[{''.join(BY_LAST)}]"
DENTAL_CODE: Final = f"^{_DENTAL}$"
OTHER_CODE: Final = f"^(?:{_HCPCS}|{_CPT})$"
CODE: Final = f"^(?:{_DENTAL}|{_HCPCS}|{_CPT})$"
DENTAL_GAP: Final = "^D[- ]"

# On text without outer space, in capitals where it is ASCII, as `area.plain_text` has it.
BEFORE_TOOTH: Final = f"^#?[{_SPACE_CLASS}]*0*"
"""What may stand before the number of a tooth."""
SURFACE_GAP: Final = f"[{_SPACE_CLASS},/-]"
"""What may stand between the letters of surfaces."""
SPACE_RUN: Final = f"[{_SPACE_CLASS}]+"
GAP_RUN: Final = f"[,;{_SPACE_CLASS}]+"
"""What stands between the teeth of a list."""


def spellings(code: str) -> tuple[str, ...]:
    """
    What a canonical code may be once its characters are replaced by `CODE_SIGNS`.

    >>> spellings("D0389"), spellings("99213")
    (('D0389', 'D-0389', 'D 0389'), ('99213',))
    """
    if code.startswith("D"):
        return code, f"D-{code[1:]}", f"D {code[1:]}"
    return (code,)


def tooth_spellings(number: str) -> tuple[str, ...]:
    """
    How the designation of a tooth is mostly written, in capitals.

    >>> tooth_spellings("3"), tooth_spellings("AS")
    (('3', '#3', '03', '#03'), ('AS', '#AS'))
    """
    if number.isdigit() and len(number) == 1:
        return number, f"#{number}", f"0{number}", f"#0{number}"
    return number, f"#{number}"


@functools.cache
def areas() -> tuple[str, ...]:
    """
    What an area of the oral cavity may be called, in capitals and with a space for each hyphen.

    >>> [name in areas() for name in ("10", "UR QUADRANT", "UPPER RIGHT", "50")]
    [True, True, True, False]
    """
    kinds = ("", " QUADRANT", " ARCH", " SIDE")
    names = dict.fromkeys(f"{name}{kind}" for name in SPOKEN for kind in kinds)
    return tuple(names)


@functools.cache
def teeth() -> str:
    """
    Several teeth, as `parse_teeth` reads them but for those that come twice or make more than 32;
    no space stands about a hyphen, and one space between two parts.

    >>> import re
    >>> [bool(re.search(teeth(), text)) for text in ("3 14", "6-11", "11-6", "3 33")]
    [True, True, False, False]
    """
    part = "|".join(map(_tooth_or_range, TEETH.values()))
    return f"^(?:{part})(?: (?:{part}))*$"


@functools.cache
def repeated_teeth() -> tuple[str, ...]:
    """
    Teeth of which one comes twice, singly or within a range, in a text that `teeth` takes: one
    expression for each set of teeth that a range may join, since RE2 slows down eighty-fold on all
    of them together.

    >>> import re
    >>> texts = ("3 14", "3 03", "6-11 8", "6-8 9-11")
    >>> [any(re.search(form, text) for form in repeated_teeth()) for text in texts]
    [False, True, True, False]
    """
    rows = {tuple(_row_of(tooth)) for tooth in TEETH.values()}
    return tuple("|".join(map(_twice, row)) for row in sorted(rows, key=str))


def _row_of(tooth: Tooth) -> list[Tooth]:
    """The teeth that a range may join to it, in order."""
    kind = tooth.dentition, tooth.supernumerary
    return [one for one in TEETH.values() if (one.dentition, one.supernumerary) == kind]


def _tooth_or_range(tooth: Tooth) -> str:
    row = _row_of(tooth)
    return f"{_number_of([tooth])}(?:-{_number_of(row[row.index(tooth) :])})?"


def _twice(tooth: Tooth) -> str:
    """A part that names the tooth, and behind it another: '3-3' alone names 3 once."""
    row = _row_of(tooth)
    at = row.index(tooth)
    part = f"(?:{_number_of([tooth])}|{_number_of(row[: at + 1])}-{_number_of(row[at:])})"
    return f"(?:^| ){part} (?:.* )?{part}(?: |$)"


def _number_of(teeth_named: Iterable[Tooth]) -> str:
    """
    The designations as alternatives, in any case and with zeros before. Single letters are one
    class: of [Kk]|[Ss] RE2 makes a set with U+212A and U+017F.
    """
    numbers = [tooth.number for tooth in teeth_named]
    single = "".join(number for number in numbers if number in _LETTERS)
    longer = [_folded(number) for number in numbers if number not in _LETTERS]
    if single:
        longer.append(f"[{single}{single.lower()}]")
    return f"#?0*(?:{'|'.join(longer)})"


_LETTERS: Final = frozenset("ABCDEFGHIJKLMNOPQRST")


def _folded(number: str) -> str:
    return "".join(f"[{sign}{sign.lower()}]" if sign.isalpha() else sign for sign in number)
