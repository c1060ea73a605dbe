"""
Formats of procedure codes: which system a string belongs to, and nothing else.

A code here is a plain `str` in canonical form, typed as `Code`. Form only: whether a code exists is
the question of a `Catalog` or a `FeeSchedule`.

Sources: CMS RVU26C (every shape but PLA and MAAA occurs in it), HL7 UTG naming systems for CPT and
HCPCS.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from types import MappingProxyType
from typing import Final, NewType, cast

from cdtref.codesystem import CodeSystem
from cdtref.errors import InvalidCodeError, quoted

Code = NewType("Code", str)
"""A procedure code in canonical form: upper case, ASCII, five characters."""

Modifier = NewType("Modifier", str)
"""A claim modifier in canonical form: two upper-case ASCII letters or digits."""

HCPCS_LETTERS: Final = "ABCEGHJKLMPQRSTUV"
"""First letters of HCPCS Level II codes; D is the dental codes' own."""
_LONGEST_QUOTED: Final = 24  # beyond it no single character is at fault
_LONGEST_SPELLING: Final = 6  # "D-0389"
_LONGEST_SLIP: Final = 12  # "CDT D-0389.0"
# Unicode block FF00, to ASCII: what an East Asian keyboard types for letters and digits.
_FULL_WIDTH: Final = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
# What a word processor makes of a hyphen: hyphens, dashes, the minus sign.
_DASHES: Final = dict.fromkeys((*range(0x2010, 0x2016), 0x2212), "-")
_LOOKALIKES: Final = MappingProxyType({"O": "0", "I": "1", "L": "1", "|": "1"})

BY_LAST: Final = MappingProxyType(
    {
        **dict.fromkeys("0123456789A", CodeSystem.CPT_I),
        "F": CodeSystem.CPT_II,
        "T": CodeSystem.CPT_III,
        "U": CodeSystem.CPT_PLA,
        "M": CodeSystem.CPT_MAAA,
    }
)
"""
The system by the last character of "four digits and one more".

`A` is Category I, as the vaccine administration codes had it.
"""


def parse_code(text: object) -> Code:
    """
    The canonical code that *text* spells.

    Takes what people type: outer space, lower case, full-width characters, and one hyphen or space
    after the D of a dental code. It never guesses.

    Raises:
        InvalidCodeError: *text* is not the form of any code; the message names the character at
            fault.

    >>> parse_code(" d-0389 ")
    'D0389'
    >>> parse_code("0389")
    Traceback (most recent call last):
    cdtref.errors.InvalidCodeError: '0389' is four digits without a letter; did you mean D0389?
    """
    code = _canonical_form(text)
    if code is None or _system_of_form(code) is None:
        raise invalid_code(text)
    return Code(code)


def is_valid_code(text: object) -> bool:
    """
    True exactly where `parse_code` succeeds; never raises, whatever *text* is.

    >>> is_valid_code("D0389"), is_valid_code("0389"), is_valid_code(None)
    (True, False, False)
    """
    code = _canonical_form(text)
    return code is not None and _system_of_form(code) is not None


def code_system(text: object) -> CodeSystem:
    """
    The system whose form *text* has.

    Raises:
        InvalidCodeError: as `parse_code`.

    >>> code_system("0071T")
    <CodeSystem.CPT_III: 'CPT_III'>
    >>> code_system("K02.9")
    Traceback (most recent call last):
    cdtref.errors.InvalidCodeError: 'K02.9' has '.' at position 4, where a code has none
    """
    return cast(CodeSystem, _system_of_form(parse_code(text)))


def dental_code_of_five_digits(code: str) -> Code | None:
    """
    The dental code behind the ADA's old form, in which a 0 stood where the D stands: '00140'. None
    for all others. By its form alone it is a CPT code, and may be one.

    >>> dental_code_of_five_digits("00140"), dental_code_of_five_digits("99213")
    ('D0140', None)
    """
    if len(code) != 5 or not code.startswith("0") or not (code.isascii() and code.isdigit()):
        return None
    return Code(f"D{code[1:]}")


def is_anesthesia_code(text: object) -> bool:
    """
    True for the CPT anesthesia range 00100-01999, which Medicare pays by time units; never raises.

    >>> is_anesthesia_code("00170"), is_anesthesia_code("41899")
    (True, False)
    """
    code = _canonical_form(text)
    if code is None or _system_of_form(code) is not CodeSystem.CPT_I:
        return False
    return "00100" <= code <= "01999"


def parse_modifier(text: object) -> Modifier:
    """
    The canonical modifier that *text* spells: X12 837 SV301-3 to -6, two characters each.

    Raises:
        InvalidCodeError: *text* is not two letters or digits.

    >>> parse_modifier("tc")
    'TC'
    >>> parse_modifier("260")
    Traceback (most recent call last):
    cdtref.errors.InvalidCodeError: '260' is not a modifier: a modifier is two letters ...
    """
    modifier = _upper_ascii(text)
    if modifier is None or not _is_modifier(modifier):
        raise _invalid_modifier(text)
    return Modifier(modifier)


def is_valid_modifier(text: object) -> bool:
    """
    True exactly where `parse_modifier` succeeds; never raises.

    >>> is_valid_modifier("26"), is_valid_modifier("D0389")
    (True, False)
    """
    modifier = _upper_ascii(text)
    return modifier is not None and _is_modifier(modifier)


def _upper_ascii(text: object) -> str | None:
    """
    *Text* without outer space, in upper-case ASCII; None where it is no text or holds anything
    else.
    """
    if not issubclass(type(text), str):
        return None
    stripped = str.strip(text)  # type: ignore[arg-type]  # a subclass may have its own
    if len(stripped) > _LONGEST_SPELLING:
        return None
    if not stripped.isascii():
        stripped = stripped.translate(_FULL_WIDTH)
    # Only within ASCII is upper() safe: it turns U+017F, the long s, into S.
    return stripped.upper() if stripped.isascii() else None


def _canonical_form(text: object) -> str | None:
    upper = _upper_ascii(text)
    if upper is None:
        return None
    return _without_separator(upper)


def _without_separator(text: str) -> str:
    """Without the one hyphen or space that people put after the D of a dental code."""
    if len(text) == _LONGEST_SPELLING and text[0] in "Dd" and text[1] in "- ":
        return text[0] + text[2:]
    return text


def _system_of_form(code: str) -> CodeSystem | None:
    """The system of five ASCII characters; `isdigit` is exact here because they are ASCII."""
    if len(code) != 5:
        return None
    if code[:4].isdigit():
        return BY_LAST.get(code[4])
    if not code[1:].isdigit():
        return None
    if code[0] == "D":
        return CodeSystem.CDT
    if code[0] in HCPCS_LETTERS:
        return CodeSystem.HCPCS
    return None


def _is_modifier(text: str) -> bool:
    return len(text) == 2 and text.isalnum()


def invalid_code(text: object, known: Container[str] | None = None) -> InvalidCodeError:
    """
    The error of a text that is no code: what it is, and what it may have been meant for. Of dental
    codes only those of *known* are meant; without it the one that the form allows, if it is one.
    """
    meant = _meant_by(text, known)
    one = meant[0] if len(meant) == 1 else None
    return InvalidCodeError(_problem_of(text, meant), value=_short_value(text), suggestion=one)


def _invalid_modifier(text: object) -> InvalidCodeError:
    what = _short_value(text)
    told = f"a value of type {what}"
    if isinstance(text, str):
        told = quoted(text)
    problem = "is not a modifier: a modifier is two letters or digits, such as 26 or KX"
    return InvalidCodeError(f"{told} {problem}", value=what)


def _short_value(text: object) -> str:
    """A short piece of *text*, or the name of its type."""
    if not issubclass(type(text), str):
        return type(text).__name__
    stripped = str.strip(text)  # type: ignore[arg-type]  # a subclass may have its own
    if len(stripped) <= _LONGEST_QUOTED:
        return stripped
    return f"{stripped[:_LONGEST_QUOTED]}..."


def _problem_of(text: object, meant: Sequence[Code]) -> str:
    """What is wrong with *text* as a code, in a sentence that a person can act on."""
    if not issubclass(type(text), str):
        return f"a code is text such as 'D0389', not {type(text).__name__}"
    stripped = str.strip(text)  # type: ignore[arg-type]  # as above
    quote = quoted(stripped)
    if len(stripped) > _LONGEST_QUOTED:
        return f"{quote} is longer than any code; a code has five characters, such as D0389"
    if not stripped:
        return "the text is empty; a code has five characters, such as D0389"
    problem = f"{quote} {_problem_of_spelling(_ascii_spelling(stripped))}"
    if not meant:
        return problem
    return f"{problem}; did you mean {' or '.join(meant)}?"


def _meant_by(text: object, known: Container[str] | None) -> tuple[Code, ...]:
    """
    The code behind one common slip; without *known* several where its form allows them, as D01110
    may be D1110 as well as D0111.
    """
    if not issubclass(type(text), str):
        return ()
    stripped = str.strip(text)  # type: ignore[arg-type]  # as above
    if len(stripped) > _LONGEST_SLIP:  # a text may be of any size
        return ()
    spelled = _ascii_spelling(stripped.translate(_DASHES))
    meant = tuple(dict.fromkeys(_codes_meant_by(spelled.upper())))
    if known is None:
        return meant
    for code in meant:
        if code in known or _system_of_form(code) is not CodeSystem.CDT:
            return (code,)
    return ()


def _codes_meant_by(upper: str) -> Iterator[Code]:
    """What a text in ASCII capitals may be meant for, the likeliest first."""
    if not upper.isascii():
        return
    for form, template, _ in _SLIPS:
        found = re.fullmatch(form, upper)
        if found is not None and _system_of_form(template.format(found[1])) is not None:
            yield Code(template.format(found[1]))
    for other in (_without_marks(upper), _with_digits_for_letters(upper)):
        if _system_of_form(other) is not None:
            yield Code(other)


def _without_marks(upper: str) -> str:
    """
    Without a cue or sign before, punctuation behind, and what divides the digits of a dental code:
    '#D0389', 'CDT D0389', 'D0389.0', 'D-27-40'.
    """
    led = re.sub("^(?:#|CDT|ADA|CODE)[ :#-]?", "", upper)
    ended = re.sub("(?:[.]0{1,2}|[.,;:])$", "", led)
    if ended[:1] != "D":  # K02.90 is a diagnosis, and no code but a dental one is written apart
        return ended
    return re.sub("[ -]", "", ended)


# What practices' files have for codes, and the code that each was meant for. As texts: they are
# compiled when a code is refused, and not at import.
_SLIPS: Final = (
    ("([0-9]{4})", "D{}", "is four digits without a letter"),
    (
        "([1-9][0-9]{2})",
        "D0{}",
        "is three digits, without the letter and the first zero",
    ),
    ("D([1-9][0-9]{2})", "D0{}", "has three digits, without the first zero"),
    ("D0([0-9]{4})", "D{}", "has 6 characters, perhaps a zero too many"),
    ("(D[0-9]{4})0", "{}", "has 6 characters, perhaps a zero too many"),
    ("(D[0-9]{4})[A-Z]", "{}", "has a letter behind the code"),
    ("([0-9A-Z]{5})[- ][0-9A-Z]{2}", "{}", "has a modifier behind the code"),
    ("D[- ]([0-9]{4})[- ][0-9A-Z]{2}", "D{}", "has a modifier behind the code"),
    (
        "(?:CDT|ADA|CODE)[ :#-]?([0-9]{4})",
        "D{}",
        "has the name of the code set in place of the letter",
    ),
)


def _problem_of_slip(upper: str) -> str:
    """What is wrong by `_SLIPS`; "" where it is none of them."""
    for form, template, problem in _SLIPS:
        found = re.fullmatch(form, upper)
        if found is not None and _system_of_form(template.format(found[1])) is not None:
            return problem
    return ""


def _ascii_spelling(stripped: str) -> str:
    return _without_separator(stripped.translate(_FULL_WIDTH))


def _with_digits_for_letters(upper: str) -> str:
    """Of what looks like a digit; the first letter stays, for no system has codes under O or I."""
    digits = upper[1:]
    for letter, digit in _LOOKALIKES.items():
        digits = digits.replace(letter, digit)
    return upper[:1] + digits


def _problem_of_spelling(spelled: str) -> str:
    if spelled.isascii():
        problem = _problem_of_slip(spelled.upper())
        if problem:
            return problem
    for position, character in enumerate(spelled, start=1):
        if not (character.isascii() and character.isalnum()):
            shown = _shown_character(character)
            return f"has {shown} at position {position}, where a code has none"
    return _problem_of_letters(spelled.upper())


def _problem_of_letters(upper: str) -> str:
    """What is wrong with ASCII letters and digits, in capitals."""
    digits = _with_digits_for_letters(upper)
    if digits != upper and _system_of_form(digits) is not None:
        return _problem_of_lookalike(upper)
    if _is_modifier(upper):
        return "is the form of a modifier, not of a code"
    if len(upper) == 1:
        return "has 1 character; a code has five, such as D0389"
    if len(upper) != 5:
        return f"has {len(upper)} characters; a code has five, such as D0389"
    return _problem_of_five(upper)


def _problem_of_lookalike(upper: str) -> str:
    """The first letter that stands for a digit."""
    digit_of = {"0": "a zero", "1": "a one"}
    for position, letter in enumerate(upper[1:], start=2):
        if letter in _LOOKALIKES:
            told = digit_of[_LOOKALIKES[letter]]
            return f"has the letter {letter} at position {position} for {told}"
    raise AssertionError("no letter looks like a digit")  # pragma: no cover  # asked before


def _problem_of_five(upper: str) -> str:
    """The character at fault among five ASCII letters and digits."""
    if upper[:4].isdigit():
        rule = "after four digits a code ends in a digit or A, F, M, T or U"
        return f"ends in {upper[4]!r} at position 5; {rule}"
    for position, character in enumerate(upper[1:], start=2):
        if not character.isdigit():
            return f"has {character!r} at position {position}, where a digit belongs"
    return f"begins with {upper[0]!r} at position 1; no code system has codes under that letter"


def _shown_character(character: str) -> str:
    """
    A character for a message; one outside ASCII with its number, since it may look like another.
    """
    if character.isascii():
        return repr(character)
    return f"{character!r} (U+{ord(character):04X})"
