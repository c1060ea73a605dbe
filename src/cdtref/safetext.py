"""
A user's text made safe for where it goes: a terminal and a row of a pipe, a spreadsheet, Markdown.

Cells, headers and names of files are other people's text. On a terminal its escapes would move the
cursor, set the title or fill the clipboard; in a row its tabs and ends of lines would make columns
and rows of their own; in a spreadsheet it could be a formula, in Markdown a link or a tag.
"""

from __future__ import annotations

import re
from typing import Final

_NUMBER: Final = re.compile(r"[+-]?[0-9][0-9,]*(?:\.[0-9]+)?")
# What opens a formula, also in full width, and a quote, behind which a program that imports the
# row would look for one; at the start, and after what other programs take for the end of a cell.
# A text that has apostrophes before its formula gets one more, so that each comes back as it was.
_GUARDED: Final = re.compile("'*[=+@\\t\\r\uff0b\uff0d\uff1d\uff20-]")
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


def guarded_cell(text: str) -> str:
    """
    *Text* as a cell of a file that comes back: with an apostrophe before what a spreadsheet would
    take for a formula, and else as it is. `bare_cell` takes the apostrophe away.

    >>> guarded_cell("=HYPERLINK(A1)"), guarded_cell("-0.40"), bare_cell("'=HYPERLINK(A1)")
    ("'=HYPERLINK(A1)", '-0.40', '=HYPERLINK(A1)')
    """
    if _GUARDED.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def bare_cell(cell: str) -> str:
    """The text of a cell that `guarded_cell` wrote; one apostrophe less before a formula."""
    if cell.startswith("'") and _GUARDED.match(cell):
        return cell[1:]
    return cell


def markdown_text(text: str) -> str:
    r"""
    *Text* in one line of Markdown that shows it and is no markup, in CommonMark and the dialects
    that people render with: Python-Markdown, PyMdown, MyST.

    Where the dialects disagree on what a backslash takes the meaning from, a character reference
    stands, which is text to all of them. What marks a block by standing first is not looked at:
    see `markdown_block`.

    >>> markdown_text("[a](javascript:b) <i>")
    '&#91;a&#93;(javascript:b) &lt;i&gt;'
    >>> markdown_text("a_b*")
    'a\\_b\\*'
    """
    return _MARKUP.sub(_unmarked, " ".join(text.split()))


def markdown_block(text: str) -> str:
    r"""
    *Text*, already Markdown, as the beginning of a block: neither list, heading, definition, fence
    nor comment.

    >>> markdown_block("1. one"), markdown_block(": a definition"), markdown_block("one. two")
    ('1\\. one', '&#58; a definition', 'one. two')
    """
    item = _LIST_START.match(text)
    if item:
        return f"{item[0]}\\{text[item.end() :]}"
    sign = text[:1]
    if sign in _SLASHED_STARTS:
        return f"\\{text}"
    if sign in _OTHER_STARTS:
        return f"&#{ord(sign)};{text[1:]}"
    return text


# Marks that all dialects take a backslash before; and marks that some do not, which are written as
# references: brackets, attributes and substitutions, tags, tables, math, strikes, raised, marked
# and inserted text.
_SLASHED: Final = "\\`*_"
_MARKUP: Final = re.compile(r"[\\`*_\[\]{}<>|$~^]|==|\+\+|&(?=#?\w+;)")
_NAMED: Final = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
# The number or letters of a list item; PyMdown counts in Roman numerals too.
_LIST_START: Final = re.compile(
    r"(?:[0-9]{1,9}|[A-Za-z]|[ivxlcdm]{1,15}|[IVXLCDM]{1,15})(?=[.)](?: |$))"
)
# Signs of headings, lists, rules, admonitions and targets, before which all take a backslash; and
# of definitions, comments, details, blocks and citations, before which some do not.
_SLASHED_STARTS: Final = tuple("#+-!(")
_OTHER_STARTS: Final = tuple("=:%?/@")


def _unmarked(found: re.Match[str]) -> str:
    mark = found[0]
    if mark in _SLASHED:
        return f"\\{mark}"
    if mark in _NAMED:
        return _NAMED[mark]
    return "".join(f"&#{ord(sign)};" for sign in mark)


def _seen_character(character: str) -> str:
    if character.isprintable():
        return character
    if character.isspace() and character not in _ENDS_AND_TABS:
        return " "
    return character.encode("unicode_escape").decode("ascii")


_ENDS_AND_TABS: Final = "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029"
