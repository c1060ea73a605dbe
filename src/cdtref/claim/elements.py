"""
The elements of the 837D as they are written, and why one is not.

Source: X12 837D (5010, X224), by public maps and by what Open Dental's X837_5010.cs writes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from cdtref.errors import DataFormatError, quoted
from cdtref.fieldtext.amounts import bounded_amount

MOST_DIAGNOSES: Final = 4
"""Of a claim (HI), and of a line's pointers to them (C004)."""

_ROOM: Final = MappingProxyType(
    {
        "areas": ("five", 5),  # C006
        "diagnoses": ("four", MOST_DIAGNOSES),
        "modifiers": ("four", 4),  # C003-03 to -06
        "pointers": ("four", MOST_DIAGNOSES),
    }
)
_PLACE_OF_SERVICE: Final = re.compile("[0-9A-Z]{1,2}")
_CONTROL_CHARACTER: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def element_fault(element: str, problem: str) -> DataFormatError:
    """The error of an element of the 837D."""
    return DataFormatError(f"{element}: {problem}", path="837D", column=element)


def refusal_of(write: Callable[..., object], *given: object) -> str | None:
    """The sentence with which something is not written into an 837D; None where it is."""
    try:
        write(*given)
    except DataFormatError as error:
        return str(error)
    return None


def require_room(element: str, count: int, what: str) -> None:
    """
    Nothing where an element has room for so many.

    Raises:
        DataFormatError: it has not.
    """
    word, most = _ROOM[what]
    if count > most:
        raise element_fault(element, f"{count} {what}, where {word} have room")


def free_text(element: str, text: str, separators: Iterable[str]) -> str:
    """
    A text for an element of words, without outer space.

    Raises:
        DataFormatError: it holds a delimiter or a control character, which no element may.
    """
    stripped = text.strip()
    for delimiter in separators:
        if delimiter in stripped:
            raise element_fault(element, f"it holds {delimiter!r}, which separates; leave it out")
    if _CONTROL_CHARACTER.search(stripped):
        raise element_fault(element, "it holds a line break or another control character")
    return stripped


def money_element(element: str, fee: Decimal | None) -> str:
    """
    An amount as X12 writes it; "" for None.

    Raises:
        DataFormatError: it is no amount of dollars and cents, or beyond ten digits.
    """
    if fee is None:
        return ""
    try:
        bounded = bounded_amount(fee)
    except ValueError as error:
        raise element_fault(element, str(error)) from error
    whole, point, places = f"{bounded:f}".partition(".")
    if not bounded:
        whole = "0"  # of -0 too
    return f"{whole}{point}{places[:2]}"  # beyond the cents are zeros, as databases keep them


def place_element(element: str, place: str | None) -> str:
    """
    A place of service; "" for None.

    Raises:
        DataFormatError: it is not one or two letters or digits.
    """
    if place is None:
        return ""
    code = place.strip().upper()
    if not _PLACE_OF_SERVICE.fullmatch(code):
        raise element_fault(element, f"{quoted(place)} is no place of service such as 11")
    return code
