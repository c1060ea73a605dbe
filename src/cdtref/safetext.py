"""
A user's text made safe for where it goes: a terminal and a row of a pipe, or a spreadsheet.

Cells, headers and names of files are other people's text. On a terminal its escapes would move the
cursor, set the title or fill the clipboard; in a row its tabs and ends of lines would make columns
and rows of their own; in a spreadsheet it could be a formula.
"""

from __future__ import annotations

import re
from typing import Final

_NUMBER: Final = re.compile(r"[+-]?[0-9][0-9,]*(?:\.[0-9]+)?")
# What opens a formula, also in full width, and a quote, behind which a program that imports the
# row would look for one; at the start, and after what other programs take for the end of a cell.
_FORMULA: Final = re.compile('(^|[,;|])(?=["=+@\uff0b\uff0d\uff1d\uff20-])')


def printable(text: str) -> str:
    r"""
    *Text* in one line in which nothing acts: what is not to be seen is written as its escape.

    These are control characters (of C0 and C1, so CSI, OSC and DCS too), ends of lines, tabs, marks
    that turn the direction of writing or have no width, and lone halves of surrogates. Spaces of
    any kind are plain ones. All else stays.

    >>> printable("D0120\x1b[31m\tred")
    'D0120\\x1b[31m\\tred'
    >>> printable("zahn\u00e4rztlich")
    'zahnärztlich'
    """
    if text.isprintable():
        return text
    return "".join(map(_seen_character, text))


def spreadsheet_cell(text: str) -> str:
    """
    *Text* as a cell that a spreadsheet shows and does not compute: printable, with an apostrophe
    before what would open a formula. A number stays one.

    >>> spreadsheet_cell("=HYPERLINK(A1)"), spreadsheet_cell("-0.40"), spreadsheet_cell("D0120")
    ("'=HYPERLINK(A1)", '-0.40', 'D0120')
    """
    shown = printable(text)
    if _NUMBER.fullmatch(shown):
        return shown
    return _FORMULA.sub(r"\1'", shown)


def _seen_character(character: str) -> str:
    if character.isprintable():
        return character
    if character.isspace() and character not in _ENDS_AND_TABS:
        return " "
    return character.encode("unicode_escape").decode("ascii")


_ENDS_AND_TABS: Final = "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029"
