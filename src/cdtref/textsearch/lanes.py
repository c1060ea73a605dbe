"""
What a word weighs in every record, as lanes of one whole number: 32 bits a record.

So the weights of a query's words are added up for all records at once, by a few additions of whole
numbers, which are exact.
"""

from __future__ import annotations

import bisect
import itertools
import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from cdtref.textsearch import weights

# A lane holds a level of 12 bits, times 4 bits for how sure the word is and 8 for its share of the
# query; the rest is for the sum: not even the longest query fills it.
_LANE: Final = "I"
_LANE_BYTES: Final = 4
_TOP: Final = 1 << 8 * _LANE_BYTES
SURE_UNITS: Final = 16
SHARE_UNITS: Final = 256
LANE_UNIT: Final = weights.TOP_RARITY / (weights.LEVELS * SURE_UNITS * SHARE_UNITS)
_MOST_OF_WORD: Final = weights.LEVELS * SURE_UNITS

_EVERY_BYTE: Final = bytes(range(256))


def laned(weighed: Iterable[tuple[int, int]], records: int) -> int:
    """
    Records by their places with their weights, as one number; of several weights the most counts.

    >>> Gathered(laned([(1, 7), (3, 9), (3, 8)], 4), 1, 4).weights.tolist()
    [0, 7, 0, 9]
    """
    most = array(_LANE, bytes(_LANE_BYTES * records))
    for doc, weight in weighed:
        most[doc] = max(most[doc], weight)
    return int.from_bytes(most.tobytes(), sys.byteorder)


class Gathered:
    """
    A sum of lanes, by record.

    Attributes:
        weights: What each record gathered, in units of `LANE_UNIT`.
    """

    def __init__(self, lanes: int, shares: int, records: int) -> None:
        size = _LANE_BYTES * records
        self.weights: array[int] = array(_LANE, lanes.to_bytes(size, sys.byteorder))
        # The first byte of each lane tells roughly, once the sum is as large as it may be.
        largest = lanes * max(1, (_TOP - 1) // (shares * _MOST_OF_WORD))
        self._rough = largest.to_bytes(size, "little")[_LANE_BYTES - 1 :: _LANE_BYTES]
        if sys.byteorder == "big":  # the last lane came first
            self._rough = self._rough[::-1]

    def most_first(self, many: int) -> Iterator[int]:
        """The records that gathered anything, most first; so *many* are sorted alone."""
        least = bisect.bisect_right(range(1, 256), -many, key=self._minus_count_from)
        if least:
            below, above = b"\1" * least, b"\1" * (256 - least)
            yield from self._sorted(self._rough.translate(bytes(least) + above))
            yield from self._sorted(self._rough.translate(below + bytes(256 - least)))
        else:
            yield from self._sorted(bytes(map(bool, self.weights)))

    def _minus_count_from(self, least: int) -> int:
        """How many records have this first byte or more, below 0: it rises with *least*."""
        return -len(self._rough.translate(None, _EVERY_BYTE[:least]))

    def _sorted(self, chosen: Sequence[int]) -> list[int]:
        found = itertools.compress(range(len(self.weights)), chosen)
        by_weight = self.weights.__getitem__
        return sorted(filter(by_weight, found), key=by_weight, reverse=True)
