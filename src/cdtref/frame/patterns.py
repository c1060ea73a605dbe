"""
The forms that `code` and `tooth` read, as regular expressions that every DataFrame engine
understands alike.

No look-around, no back reference and no class that one engine reads as ASCII and another as
Unicode: what Rust's regex, RE2, Java and Python have in common. Each is for a search in the whole
text, outer space included.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Final

from cdtref.area import SPOKEN
from cdtref.code import BY_LAST, HCPCS_LETTERS
from cdtref.tooth import TEETH, Tooth

SPACES: Final = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680"
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
"""Every character that `str.strip` takes off and that `\\s` stands for."""

_ASCII_SPACE: Final = "\t-\r\x1c- "
_ANY_SPACE: Final = _ASCII_SPACE + "\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"

_SMALL: Final = {chr(n): chr(n - 32) for n in range(ord("a"), ord("z") + 1)}
CODE_SIGNS: Final = _SMALL | {
    chr(n + 0xFEE0): chr(n).upper() for n in range(ord("!"), ord("~") + 1)
}
"""What a code's characters are read as: small letters as capitals, full-width ones as ASCII."""

# On text without outer space whose characters were replaced by CODE_SIGNS.
_DENTAL: Final = "D[- ]?[0-9]{4}"
_HCPCS: Final = f"[{HCPCS_LETTERS}][0-9]{{4}}"
_CPT: Final = f"[0-9]{{4}}[{''.join(BY_LAST)}]"
DENTAL_CODE: Final = f"^{_DENTAL}$"
CODE: Final = f"^(?:{_DENTAL}|{_HCPCS}|{_CPT})$"
DENTAL_GAP: Final = "^D[- ]"


def spellings(code: str) -> tuple[str, ...]:
    """
    What a canonical code may be once its characters are replaced by `CODE_SIGNS`.

    >>> spellings("D0389"), spellings("99213")
    (('D0389', 'D-0389', 'D 0389'), ('99213',))
    """
    return (code, f"D-{code[1:]}", f"D {code[1:]}") if code[0] == "D" else (code,)


def tooth(teeth: Iterable[Tooth] = TEETH.values()) -> str:
    """
    One of the *teeth*, as `parse_tooth` reads it.

    >>> import re
    >>> [bool(re.search(tooth(), text)) for text in ("14", " #03 ", "as", "33")]
    [True, True, True, False]
    """
    numbers = [one.number for one in teeth]
    return _either(lambda fold, space: f"#?[{space}]*0*(?:{_one_of(numbers, fold)})")


@functools.cache
def teeth() -> str:
    """
    Several teeth, as `parse_teeth` reads them but for those that come twice or make more than 32.

    >>> import re
    >>> [bool(re.search(teeth(), text)) for text in ("3, 14", "6 - 11", "11-6", "3 33")]
    [True, True, False, False]
    """
    dash = f"[{_ANY_SPACE}]*-[{_ANY_SPACE}]*"
    part = "|".join(
        f"{_number([one])}(?:{dash}{_number(_row(one)[_row(one).index(one) :])})?"
        for one in TEETH.values()
    )
    return f"^[{_ANY_SPACE}]*(?:{part})(?:[,;{_ANY_SPACE}]+(?:{part}))*[{_ANY_SPACE}]*$"


@functools.cache
def repeated_teeth() -> tuple[str, ...]:
    """
    Teeth of which one comes twice, singly or within a range, in a text that `teeth` takes: one
    expression for each set of teeth that a range may join, since RE2 slows down eighty-fold on all
    of them together.

    >>> import re
    >>> [any(re.search(form, text) for form in repeated_teeth()) for text in ("3, 14", "3 03", "6-11, 8", "6-8, 9-11")]
    [False, True, True, False]
    """
    rows = {tuple(_row(one)) for one in TEETH.values()}
    return tuple("|".join(map(_twice, row)) for row in sorted(rows, key=str))


def surfaces(of: str) -> str:
    """
    The surfaces of an 'anterior' or a 'posterior' tooth, or those of an 'unknown' one, as
    `parse_surfaces` reads them.

    >>> import re
    >>> [bool(re.search(surfaces(of), "mov")) for of in ("anterior", "posterior", "unknown")]
    [False, True, False]
    """
    letters = {"anterior": ("M", "I", "D", "BFV", "L"), "posterior": ("M", "O", "D", "BFV", "L")}
    classes = letters.get(of, ("M", "OI", "D", "BF", "L"))
    return _either(
        lambda fold, space: (
            f"[{space},/-]*{_each_once(tuple(map(_class(fold), classes)), f'[{space},/-]*')}"
        )
    )


def area() -> str:
    """
    An area of the oral cavity, as `parse_area` reads it.

    >>> import re
    >>> [bool(re.search(area(), text)) for text in ("10", "ur", "upper right quadrant", "50")]
    [True, True, True, False]
    """
    kind = "(?: (?:QUADRANT|ARCH|SIDE))?"
    return _either(lambda fold, _: fold(f"(?:{'|'.join(SPOKEN)}){kind}").replace(" ", "[ -]"))


def _either(form: Callable[[Callable[[str], str], str], str]) -> str:
    """
    A form in any case; but where a space in it is not ASCII in capitals, as in `tooth`, which
    folds ASCII only.
    """
    outer = f"[{_ANY_SPACE}]*"
    return f"^{outer}(?:{form(_folded, _ASCII_SPACE)}|{form(str, _ANY_SPACE)}){outer}$"


def _folded(text: str) -> str:
    return "".join(f"[{letter}{letter.lower()}]" if letter.isalpha() else letter for letter in text)


def _class(fold: Callable[[str], str]) -> Callable[[str], str]:
    return lambda letters: f"[{letters}{letters.lower()}]" if fold is _folded else f"[{letters}]"


def _each_once(classes: tuple[str, ...], gap: str) -> str:
    """At least one of the classes and none of them twice, in any order, with a gap after each."""
    if len(classes) == 1:
        return classes[0] + gap
    rests = ((one, tuple(other for other in classes if other != one)) for one in classes)
    return f"(?:{'|'.join(f'{one}{gap}(?:{_each_once(rest, gap)})?' for one, rest in rests)})"


def _row(one: Tooth) -> list[Tooth]:
    """The teeth that a range may join to *one*, in order."""
    return [
        t
        for t in TEETH.values()
        if (t.dentition, t.supernumerary) == (one.dentition, one.supernumerary)
    ]


def _number(of: Iterable[Tooth]) -> str:
    return f"#?0*(?:{_one_of([one.number for one in of], _folded)})"


def _one_of(numbers: Iterable[str], fold: Callable[[str], str]) -> str:
    """
    The numbers as alternatives, single letters as one class: of [Kk]|[Ss] RE2 makes a set with
    U+212A and U+017F.
    """
    longer = [fold(number) for number in numbers if len(number) > 1 or number.isdigit()]
    letters = "".join(number for number in numbers if len(number) == 1 and number.isalpha())
    return "|".join([*longer, *([_class(fold)(letters)] if letters else [])])


def _twice(one: Tooth) -> str:
    row = _row(one)
    at = row.index(one)
    dash = f"[{_ANY_SPACE}]*-[{_ANY_SPACE}]*"
    part = f"(?:{_number([one])}|{_number(row[: at + 1])}{dash}{_number(row[at:])})"
    gap = f",;{_ANY_SPACE}"
    return f"(?:^|[{gap}]){part}[{gap}]+(?:[^{gap}-](?s:.*)[{gap}])?{part}(?:[{gap}]|$)"  # '3 - 3' names 3 once
