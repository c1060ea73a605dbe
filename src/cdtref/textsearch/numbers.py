"""
The numbers of codes in a query: full codes, ranges, beginnings; and what is left in words.

In a query a bare number that is a code's is meant as one: 'crown 2751', '1110 0274', '03310'. In
other texts it is not; those are read by `cdtref.code.spans`.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from typing import Final, NamedTuple

from cdtref.code import Code
from cdtref.textsearch import weights
from cdtref.textsearch.prose import is_prose

_CODE_LIKE: Final = re.compile(r"(?<![a-z\d])d[- ]?\d{4,}", re.IGNORECASE)
_LONGEST_PIECE: Final = 40  # with outer space; no text of that length is a piece of a code
_PIECE: Final = re.compile(r"d[- ]?(\d{0,4})|(\d{3,4})|d?[- ]?(\d{1,3})x{1,3}", re.IGNORECASE)
_BEGUN: Final = re.compile(r"(?=.)d?[- ]?(\d{0,4})", re.IGNORECASE)

_NUMBER: Final = re.compile(
    r"(?<![a-z\d])(?P<lettered>d[- ]?(?=o*\d)[\do]{4})(?![a-z\d])"
    r"|(?<![a-z\d])(?P<piece>d\d{2,3}|d\d{1,3}x{1,3})(?![\w-])"
    # Behind and before these, digits are part of another number: $1110, 12/1110, 1110.50; MA 01110
    # is a place.
    r"|(?<![\w.$€£#:,-])(?<!(?<!\d{4})/)(?P<bare>(?:(?-i:(?<!\b[A-Z]{2} ))0)?\d{4})"
    r"(?![\w%]|[.,:-]\d|/(?!\d{4}(?!\d)))",
    re.IGNORECASE,
)
_RANGE: Final = re.compile(
    r"(?<![\w$#-])(?P<letter>d[- ]?)?(?P<first>\d{4})"
    r"(?: ?[-–] ?| (?:to|thru|through) )(?:d[- ]?)?(?P<last>\d{4})(?![\w-])",  # noqa: RUF001
    re.IGNORECASE,
)
_DIGIT: Final = re.compile(r"\d")

_DENIED: Final = re.compile(
    r"\b(?:not|no|except|without|than|instead of) +(?:an? +|the +)?(?:codes? +)?$", re.IGNORECASE
)


class NumberHit(NamedTuple):
    """
    A number of the query: as typed, how it names codes ('exact', 'typo', 'range' or 'prefix'), and
    the first and last code, or the beginning twice.
    """

    typed: str
    how: str
    first: str
    last: str


class Numbers(NamedTuple):
    """The numbers of a query, and its text without them."""

    hits: tuple[NumberHit, ...]
    words: str


def read_numbers(text: str, known: Container[str]) -> Numbers:
    """
    The numbers of codes in a query; bare ones only where they are of known codes.

    >>> found = read_numbers("crown 2751 or d-2740, not D33xx", {"D2751", "D2740"})
    >>> [(hit.how, hit.first) for hit in found.hits], found.words.split()
    ([('exact', 'D2751'), ('exact', 'D2740')], ['crown', 'or', ',', 'not'])
    """
    text = text[: weights.MOST_CHARACTERS]
    if not _DIGIT.search(text):
        return Numbers((), text)
    if not is_prose(text):
        known = ()  # a house has a number too
    hits: list[NumberHit] = []
    for pattern, reader in ((_RANGE, _range_hit), (_NUMBER, _number_hit)):
        kept, end = "", 0
        for found in pattern.finditer(text):
            hit = reader(found, known)
            if hit is not None:
                if not _DENIED.search(text, 0, found.start()):
                    hits.append(hit)
                kept += text[end : found.start()] + " "
                end = found.end()
        text = kept + text[end:]
    return Numbers(tuple(hits), _CODE_LIKE.sub(" ", text))


def code_piece(text: str) -> str | None:
    """
    The beginning of a code that the text is, such as 'D27' for 'd27' or '-'; None where it is none.

    >>> code_piece(" d27"), code_piece("274"), code_piece("27"), code_piece("d27xx")
    ('D27', 'D274', None, 'D27')
    """
    if len(text) >= _LONGEST_PIECE:
        return None
    found = _PIECE.fullmatch(text.strip())
    if found is None or not any(found.groups()):
        return None
    digits: str = next(filter(None, found.groups()))
    return "D" + digits


def begun_code(text: str) -> str | None:
    """
    The beginning of a code that a text being typed is; of one that is still to be typed, 'D'.

    >>> begun_code("d"), begun_code("27"), begun_code("D-0"), begun_code("den"), begun_code("")
    ('D', 'D27', 'D0', None, None)
    """
    found = _BEGUN.fullmatch(text.strip()) if 0 < len(text) < _LONGEST_PIECE else None
    return found and "D" + found[1]


def codes_named_by(
    hits: tuple[NumberHit, ...], known: Iterable[str]
) -> Iterator[tuple[NumberHit, str]]:
    """The known codes that ranges and beginnings name, in the order of the codes."""
    for code in known:
        for hit in hits:
            is_in_range = hit.how == "range" and hit.first <= code <= hit.last
            if is_in_range or (hit.how == "prefix" and code.startswith(hit.first)):
                yield hit, code


def _range_hit(found: re.Match[str], known: Container[str]) -> NumberHit | None:
    first, last = Code("D" + found["first"]), Code("D" + found["last"])
    is_meant = found["letter"] is not None or (first in known and last in known)
    if not is_meant or first >= last:
        return None
    return NumberHit(found[0], "range", first, last)


def _number_hit(found: re.Match[str], known: Container[str]) -> NumberHit | None:
    typed = found[0]
    if found["piece"]:
        piece = typed.upper().rstrip("X")
        return NumberHit(typed, "prefix", piece, piece)
    digits = typed[-4:].upper().replace("O", "0")
    code = Code("D" + digits)
    if found["bare"] and code not in known:
        return None
    how = "exact" if digits == typed[-4:] else "typo"
    return NumberHit(typed, how, code, code)
