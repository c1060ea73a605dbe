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


def is_prose(text: str) -> bool:
    """
    True for what may describe something; False where its form says that it does not.

    >>> is_prose("root canal, 2 canals"), is_prose("22 Canal St, New Orleans")
    (True, False)
    """
    return _NO_PROSE.search(text) is None
