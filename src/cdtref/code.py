"""
Formats of procedure codes: which system a string belongs to, and nothing else.

A code here is a plain `str` in canonical form, typed as `Code`. Form only: whether a code exists is
the question of a `Catalog` or a `FeeSchedule`.

Sources: CMS RVU26C (every shape but PLA and MAAA occurs in it), HL7 UTG naming systems for CPT and
HCPCS.
"""

from __future__ import annotations

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
_FULL_WIDTH: Final = {
    wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)
}  # Unicode block FF00, to ASCII


BY_LAST: Final = {
    **dict.fromkeys("0123456789A", CodeSystem.CPT_I),
    "F": CodeSystem.CPT_II,
    "T": CodeSystem.CPT_III,
    "U": CodeSystem.CPT_PLA,
    "M": CodeSystem.CPT_MAAA,
}
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
    code = _canonical(text)
    if code is None or _system(code) is None:
        raise InvalidCodeError(_fault(text), value=_quote(text), suggestion=_suggestion(text))
    return Code(code)


def is_valid_code(text: object) -> bool:
    """
    True exactly where `parse_code` succeeds; never raises, whatever *text* is.

    >>> is_valid_code("D0389"), is_valid_code("0389"), is_valid_code(None)
    (True, False, False)
    """
    code = _canonical(text)
    return code is not None and _system(code) is not None


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
    return cast(CodeSystem, _system(parse_code(text)))


def is_anesthesia_code(text: object) -> bool:
    """
    True for the CPT anesthesia range 00100-01999, which Medicare pays by time units; never raises.

    >>> is_anesthesia_code("00170"), is_anesthesia_code("41899")
    (True, False)
    """
    code = _canonical(text)
    return code is not None and _system(code) is CodeSystem.CPT_I and "00100" <= code <= "01999"


def parse_modifier(text: object) -> Modifier:
    """
    The canonical modifier that *text* spells: X12 837 SV301-3 to -6, two characters each.

    Raises:
        InvalidCodeError: *text* is not two letters or digits.

    >>> parse_modifier("tc")
    'TC'
    >>> parse_modifier("260")
    Traceback (most recent call last):
    cdtref.errors.InvalidCodeError: '260' is not a modifier: a modifier is two letters or digits, such as 26 or KX
    """
    modifier = _plain(text)
    if modifier is None or not _is_modifier(modifier):
        what = _quote(text) if isinstance(text, str) else f"a value of type {type(text).__name__}"
        problem = "is not a modifier: a modifier is two letters or digits, such as 26 or KX"
        raise InvalidCodeError(f"{what} {problem}", value=_quote(text))
    return Modifier(modifier)


def is_valid_modifier(text: object) -> bool:
    """
    True exactly where `parse_modifier` succeeds; never raises.

    >>> is_valid_modifier("26"), is_valid_modifier("D0389")
    (True, False)
    """
    modifier = _plain(text)
    return modifier is not None and _is_modifier(modifier)


def _plain(text: object) -> str | None:
    """
    *Text* without outer space, in upper-case ASCII; None where it is no text or holds anything
    else.
    """
    if not issubclass(type(text), str):
        return None
    stripped = str.strip(text)  # type: ignore[arg-type]  # a subclass may override its own methods
    if len(stripped) > _LONGEST_SPELLING:
        return None
    ascii_text = stripped if stripped.isascii() else stripped.translate(_FULL_WIDTH)
    # Only within ASCII is upper() safe: it turns U+017F, the long s, into S.
    return ascii_text.upper() if ascii_text.isascii() else None


def _canonical(text: object) -> str | None:
    plain = _plain(text)
    return None if plain is None else _joined(plain)


def _joined(text: str) -> str:
    """Without the one hyphen or space that people put after the D of a dental code."""
    separated = len(text) == _LONGEST_SPELLING and text[0] in "Dd" and text[1] in "- "
    return text[0] + text[2:] if separated else text


def _system(code: str) -> CodeSystem | None:
    """The system of five ASCII characters; `isdigit` is exact here because they are ASCII."""
    if len(code) != 5:
        return None
    if code[:4].isdigit():
        return BY_LAST.get(code[4])
    if not code[1:].isdigit():
        return None
    if code[0] == "D":
        return CodeSystem.CDT
    return CodeSystem.HCPCS if code[0] in HCPCS_LETTERS else None


def _is_modifier(text: str) -> bool:
    return len(text) == 2 and text.isalnum()


def _quote(text: object) -> str:
    """A short piece of *text* for a message, or the name of its type."""
    if not issubclass(type(text), str):
        return type(text).__name__
    return quoted(str.strip(text))  # type: ignore[arg-type]  # a subclass may override its own methods


def _fault(text: object) -> str:
    """What is wrong with *text* as a code, in a sentence that a person can act on."""
    if not issubclass(type(text), str):
        return f"a code is text such as 'D0389', not {type(text).__name__}"
    stripped = str.strip(text)  # type: ignore[arg-type]
    if len(stripped) > _LONGEST_QUOTED:
        return f"{_quote(text)} is longer than any code; a code has five characters, such as D0389"
    if not stripped:
        return "the text is empty; a code has five characters, such as D0389"
    meant = _suggestion(text)
    hint = "" if meant is None else f"; did you mean {meant}?"
    return f"{_quote(text)} {_fault_of(_spelled(stripped))}{hint}"


def _suggestion(text: object) -> Code | None:
    """The code behind one common slip: a D left out, or the letter O for a zero."""
    if not issubclass(type(text), str):
        return None
    stripped = str.strip(text)  # type: ignore[arg-type]
    spelled = _spelled(
        stripped[: _LONGEST_SPELLING + 1]
    )  # a text may be of any size, and no code is longer
    if not (spelled.isascii() and spelled.isalnum()):
        return None
    if _is_code_without_letter(spelled):
        return Code(f"D{spelled}")
    zeros = _zeros_for_o(spelled)
    return Code(zeros) if _system(zeros) is not None else None


def _spelled(stripped: str) -> str:
    return _joined(stripped.translate(_FULL_WIDTH))


def _is_code_without_letter(spelled: str) -> bool:
    return len(spelled) == 4 and spelled.isascii() and spelled.isdigit()


def _zeros_for_o(spelled: str) -> str:
    upper = spelled.upper()
    return upper[:1] + upper[1:].replace("O", "0")


def _fault_of(spelled: str) -> str:
    upper = spelled.upper()
    if _is_code_without_letter(spelled):
        return "is four digits without a letter"
    for position, character in enumerate(spelled, start=1):
        if not (character.isascii() and character.isalnum()):
            return f"has {_name(character)} at position {position}, where a code has none"
    zeros = _zeros_for_o(spelled)
    if zeros != upper and _system(zeros) is not None:
        return f"has the letter O at position {upper.index('O', 1) + 1} for a zero"
    if _is_modifier(upper):
        return "is the form of a modifier, not of a code"
    if len(spelled) != 5:
        return f"has {len(spelled)} character{'s' * (len(spelled) > 1)}; a code has five, such as D0389"
    return _fault_of_five(upper)


def _fault_of_five(upper: str) -> str:
    """The character at fault among five ASCII letters and digits."""
    if upper[:4].isdigit():
        return f"ends in {upper[4]!r} at position 5; after four digits a code ends in a digit or A, F, M, T or U"
    for position, character in enumerate(upper[1:], start=2):
        if not character.isdigit():
            return f"has {character!r} at position {position}, where a digit belongs"
    return f"begins with {upper[0]!r} at position 1; no code system has codes under that letter"


def _name(character: str) -> str:
    """
    A character for a message; one outside ASCII with its number, since it may look like another.
    """
    return repr(character) if character.isascii() else f"{character!r} (U+{ord(character):04X})"
