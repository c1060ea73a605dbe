"""What is no description of anything by its form, whatever its words are."""

from __future__ import annotations

import re
from typing import Final

# What describes nothing: addresses of the post, statements of a query language, markup. Their words
# may be anybody's: Canal Street, 'select code from'.
_NO_PROSE: Final = re.compile(
    r"</?[a-z]+>|\bp\.? ?o\.? +box\b|(?-i:\b[A-Z]{2},? +\d{5}\b)"
    r"|\b\d+ +(?:[a-z]+ +){1,3}(?:st|street|ave|avenue|blvd|boulevard|rd|road|ln|lane|hwy|pkwy)\b"
    r"|\bselect\b.+\bfrom\b|\binsert +into\b|\bupdate\b.+\bset\b.*=|\bdelete +from\b"
    r"|\b(?:alter|create|drop|truncate) +table\b",
    re.IGNORECASE,
)
# What of them has no digit has one of these.
_SIGNS: Final = (
    *("<", "box"),
    *("select", "insert", "update", "delete", "alter", "create", "drop", "truncate"),
)
_DIGIT: Final = re.compile(r"\d")


def is_prose(text: str) -> bool:
    """
    True for what may describe something; False where its form says that it does not.

    >>> is_prose("root canal, 2 canals"), is_prose("22 Canal St, New Orleans")
    (True, False)
    """
    return _has_no_sign(text) or _NO_PROSE.search(text) is None


def _has_no_sign(text: str) -> bool:
    """True where nothing can be found, as mostly: that takes a fifth of the time."""
    if not text.isascii() or _DIGIT.search(text):
        return False
    lower = text.lower()
    return not any(map(lower.__contains__, _SIGNS))
