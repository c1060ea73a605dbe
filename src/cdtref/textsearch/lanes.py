"""
What a word weighs in every record, and the sum over the words of a query.

A word of many records is kept as lanes of one whole number, 32 bits a record: a multiplication and
an addition of whole numbers, which are exact, add it for all records at once. One of few records is
kept as these, and added one by one.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

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
_FIRST_BYTE: Final = {"little": _LANE_BYTES - 1, "big": 0}[sys.byteorder]

_BYTES: Final = 256
_EVERY_BYTE: Final = bytes(range(_BYTES))
_BELOW: Final = tuple([_EVERY_BYTE[:least] for least in range(_BYTES)])


class Weighed(NamedTuple):
    """What a word weighs: as lanes, or, where it stands in few records, by these."""

    lanes: int
    docs: Sequence[int]
    weights: Sequence[int]


def weighed(docs: Sequence[int], by_doc: Sequence[int], records: int) -> Weighed:
    """
    Records by their places with their weights, in the form that is added sooner.

    >>> words = [(2, weighed([1, 3], [7, 9], 4)), (1, weighed([3], [1], 4))]
    >>> gathered = Gathered(words, [1], 4)
    >>> [weight * gathered.unit / LANE_UNIT for weight in gathered.weights]
    [0.0, 0.0, 0.0, 19.0]
    >>> list(gathered.most_first(1))
    [3]
    """
    if len(docs) * weights.ONE_RECORD_IN < records:
        return Weighed(0, docs, by_doc)
    lanes = array(_LANE, bytes(_LANE_BYTES * records))
    for doc, weight in zip(docs, by_doc, strict=True):
        lanes[doc] = weight
    return Weighed(int.from_bytes(lanes.tobytes(), sys.byteorder), (), ())


class Gathered:
    """
    What the words of a query weigh in each record.

    They are given with their shares, in `SHARE_UNITS`; records that are *refused* gather nothing.

    Attributes:
        weights: What each record gathered, in units of `unit`.
        unit: `LANE_UNIT`, or a power of two less.
    """

    def __init__(
        self, words: Sequence[tuple[int, Weighed]], refused: Iterable[int], records: int
    ) -> None:
        shares = sum([share for share, _ in words]) + 1
        # The first byte of each lane tells roughly, once the sum is as large as it may be. A power
        # of two leaves all digits of what is made of it.
        scale = 1 << max(0, (_TOP // (shares * _MOST_OF_WORD)).bit_length() - 1)
        lanes = 0
        for share, word in words:
            lanes += share * scale * word.lanes
        scaled: array[int] = array(_LANE, lanes.to_bytes(_LANE_BYTES * records, sys.byteorder))
        for share, (_, docs, by_doc) in words:
            factor = share * scale
            for doc, weight in zip(docs, by_doc, strict=True):
                scaled[doc] += factor * weight
        for doc in refused:
            scaled[doc] = 0
        self.weights = scaled
        self.unit: float = LANE_UNIT / scale
        self._rough = scaled.tobytes()[_FIRST_BYTE::_LANE_BYTES]

    def most_first(self, many: int) -> Iterator[int]:
        """The records that gathered anything, most first; so *many* are sorted alone."""
        least = _least_of(self._rough, many)
        if not least:
            yield from self._sorted(_places_of(bytes(map(bool, self.weights))))
            return
        first = self._rough.translate(bytes(least) + b"\1" * (_BYTES - least))
        yield from self._sorted(_places_of(first))
        others = self._rough.translate(b"\1" * least + bytes(_BYTES - least))
        yield from self._sorted(filter(self.weights.__getitem__, _places_of(others)))

    def _sorted(self, places: Iterable[int]) -> list[int]:
        return sorted(places, key=self.weights.__getitem__, reverse=True)


def _least_of(rough: bytes, many: int) -> int:
    """The largest byte that *many* are not below; 0 where there are not so many above 0."""
    least, beyond = 0, _BYTES
    while beyond - least > 1:
        middle = (least + beyond) // 2
        upper = rough.translate(None, _BELOW[middle])
        if len(upper) >= many:
            least, rough = middle, upper  # those below count no more
        else:
            beyond = middle
    return least


def _places_of(chosen: bytes) -> list[int]:
    """The places of the bytes that are 1."""
    places: list[int] = []
    at = chosen.find(1)
    while at >= 0:
        places.append(at)
        at = chosen.find(1, at + 1)
    return places
