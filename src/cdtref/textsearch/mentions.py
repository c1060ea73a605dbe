"""
Where and how often a record mentions a term: two bits for each field, packed into one number.

Whole numbers are quick to add to and to keep, and all that ranks a term follows from them: what it
weighs in the record, in which field most, and, over all records, how rare it is.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable
from typing import Final

from cdtref.textsearch import weights

FIELDS: Final = tuple(weights.FIELD_WEIGHTS)
_BITS: Final = 2
OFTEN: Final = 2  # mentioned twice is as good as mentioned many times
_MASK: Final = (1 << _BITS) - 1


def mentioned_in(field: int, count: int) -> int:
    """
    So many mentions in a field, by its place in `FIELDS`; those of several fields are added up.

    >>> counts_by_field(mentioned_in(0, 1) + mentioned_in(2, 7))[:3]
    [1, 0, 2]
    """
    return min(count, OFTEN) << _BITS * field


def counts_by_field(mentions: int) -> list[int]:
    """How often each field mentions the term: 0, 1, or 2 for more."""
    return [mentions >> _BITS * field & _MASK for field in range(len(FIELDS))]


@functools.cache  # there are a few hundred combinations
def weight_of(mentions: int) -> float:
    """The sum of the weights of the fields, each times its count."""
    return sum(_weights_by_field(mentions))


@functools.cache
def strongest_field(mentions: int) -> int:
    """The field that adds most to the weight, the first of equals."""
    by_field = _weights_by_field(mentions)
    return by_field.index(max(by_field))


@functools.cache
def _speaks_of(mentions: int) -> bool:
    return weight_of(mentions) >= weights.SPEAKS_OF


def rarity_of(mentions: Iterable[int], records: int) -> float:
    """
    The inverse document frequency of BM25: how much a term says that these of all *records* have.

    >>> title = mentioned_in(0, 1)
    >>> rarity_of([title], 900) > rarity_of([title, title], 900)
    True
    """
    count = sum(map(_speaks_of, mentions)) or 1
    rarity = math.log(1 + (records - count + 0.5) / (count + 0.5))
    return round(min(rarity, weights.TOP_RARITY), 3)


def _weights_by_field(mentions: int) -> list[float]:
    counts = counts_by_field(mentions)
    return [weight * count for weight, count in zip(_WEIGHTS, counts, strict=True)]


_WEIGHTS: Final = tuple(weights.FIELD_WEIGHTS.values())
