"""
The places of service that are assigned in CMS's code set, in which other payers take part too.

Source: CMS, Place of Service Codes for Professional Claims.
"""

from __future__ import annotations

import functools
from typing import Final

from cdtref.claim.elements import place_element, refusal_of
from cdtref.errors import quoted

_ASSIGNED: Final = "01-27 31-34 41-42 49-58 60-62 65-66 71-72 81-81 99-99"


@functools.lru_cache(maxsize=256)  # the claims of a file are of few places
def malformed_place(element: str, text: str | None) -> str | None:
    """The sentence with which a place of service is not written; None where it is, or is absent."""
    return refusal_of(place_element, element, text)


@functools.lru_cache(maxsize=256)
def unassigned_place(text: str | None) -> str | None:
    """
    What is wrong with a place of service that has the form of one; None where it is assigned, or
    has not that form.

    >>> unassigned_place("11")
    >>> unassigned_place("98")
    "'98' is no place of service of CMS's code set; an office is 11"
    >>> unassigned_place("3")
    "'3' is no place of service of CMS's code set; did you mean 03"
    """
    if text is None or malformed_place("SV303", text):
        return None
    code = text.strip().upper()
    for span in _ASSIGNED.split():
        first, _, last = span.partition("-")
        if len(code) == len(first) and first <= code <= last:
            return None
    hint = "an office is 11"
    if len(code) == 1 and unassigned_place(f"0{code}") is None:  # a table has lost the zero
        hint = f"did you mean 0{code}"
    return f"{quoted(code)} is no place of service of CMS's code set; {hint}"
