"""
The forms that `code` and `tooth` read, as regular expressions and lists of spellings that every
engine understands alike.

No look-around, no back reference and no class that one engine reads as ASCII and another as
Unicode: what Rust's regex, RE2, Java and Python have in common. No repetition stands within a
repetition of the same signs, since Java goes back over every way to divide a text between them.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from cdtref.code import BY_LAST, HCPCS_LETTERS
from cdtref.tooth import RUN_TOGETHER, TEETH, Steps, Tooth, names_in_lists

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

SPACE_RUN: Final = f"[{_SPACE_CLASS}]+"
NOT_BLANK: Final = f"[^{_SPACE_CLASS}]"

# On text that took the steps of its field.
WITHOUT_ZEROS: Final[Steps] = (("^0+", ""), ("-0+", "-"))
"""From a tooth or a range to its designations."""
FACIAL: Final = "[BF]"
"""Where class V is of the surface that is named."""
TWICE_V: Final = "V[^V]*V"
NO_GROUPS: Final = (
    "[^MODBFVLI,]|M[^,]*M|O[^,]*[OI]|I[^,]*[OI]|D[^,]*D|L[^,]*L|V[^,]*V|[BF][^,]*[BF]"
)
"""What no group of surfaces has, whatever its tooth."""


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
def areas() -> str:
    """
    Areas of a list, as `parse_areas` reads them.

    >>> import re
    >>> texts = ("10,40", "UR LR", "UPPER,Q3", "10 UR,20", "50")
    >>> [bool(re.search(areas(), text)) for text in texts]
    [True, True, True, False, False]
    """
    runs = [f"(?:{codes})(?: (?:{codes}))+" for codes in map("|".join, RUN_TOGETHER)]
    part = "|".join([*names_in_lists(), *runs])
    return f"^(?:{part})(?:,(?:{part}))*$"


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
    """The designations as alternatives, with zeros before."""
    numbers = [tooth.number for tooth in teeth_named]
    return f"0*(?:{'|'.join(numbers)})"


# Teeth and groups of surfaces in step: a letter for each tooth of a list in which none is a range,
# and one for each group, are laid beside each other at a fixed distance.

FRONT, BACK, NEITHER, BLANK = "A", "P", "N", "E"


def positions() -> Steps:
    """
    From a list of teeth, each with a low line in front and a space behind, to a letter each.

    >>> import re
    >>> listed = "_9 _013 "
    >>> for form, instead in positions():
    ...     listed = re.sub(form, instead, listed)
    >>> listed
    'AP'
    """
    front = [tooth for tooth in TEETH.values() if tooth.position == "anterior"]
    back = [tooth for tooth in TEETH.values() if tooth.position == "posterior"]
    return (f"_{_number_of(front)} ", FRONT), (f"_{_number_of(back)} ", BACK)


@functools.cache
def ranges() -> Mapping[str, str]:
    """
    A letter for each tooth of each range.

    >>> ranges()["4-7"]
    'PPAA'
    """
    found = {}
    for tooth in TEETH.values():
        row = _row_of(tooth)
        letters = ""
        for last in row[row.index(tooth) :]:
            letters += FRONT if last.position == "anterior" else BACK
            found[f"{tooth}-{last}"] = letters
    return MappingProxyType(found)


DEMANDS: Final[Steps] = (
    ("_[MDBFVL]*O[MDBFVL]*", "O"),
    ("_[MDBFVL]*I[MDBFVL]*", "I"),
    ("_[MDBFVL]+", NEITHER),
    ("_", BLANK),
    (",", ""),
)
"""From groups of surfaces, each with a low line in front, to what each demands of its tooth."""

MOST_TEETH: Final = 32
MISPLACED: Final = f"{FRONT}.{{{MOST_TEETH - 1}}}O|{BACK}.{{{MOST_TEETH - 1}}}I"
"""On letters of teeth, filled up to the most, with those of groups behind: what does not fit."""
