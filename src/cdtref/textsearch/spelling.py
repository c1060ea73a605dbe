"""
The words that the index knows, and what an unknown word may have meant: its beginning, a slip of
the pen, two in one.

A known word is never corrected: an onlay is no slip for an inlay.
"""

from __future__ import annotations

import bisect
import functools
from collections import defaultdict
from collections.abc import Mapping
from typing import Final

_SHORTEST_PREFIX: Final = 3
_SHORTEST_TYPO: Final = 4
_LONG: Final = 7  # from this length on two slips are forgiven
_LONGEST: Final = 24
_COMMON: Final = 5  # the weight from which on a word can be what a slip was meant to be

_Buckets = dict[
    tuple[str, int], list[tuple[str, int]]
]  # words with their letters, by beginning or end, and length


class Vocabulary:
    """
    A fixed set of words with their weights, asked for neighbors of a word that it lacks, the
    weightiest first.
    """

    def __init__(self, words: Mapping[str, float]) -> None:
        self._words = sorted(words)
        self._weights = words

    def __contains__(self, word: object) -> bool:
        return word in self._weights

    def starting(self, prefix: str, most: int = 12) -> tuple[str, ...]:
        """
        The words that begin with *prefix*, of at least three letters, weightiest first.

        >>> Vocabulary({"molar": 3, "mole": 1, "mucosa": 2}).starting("mol")
        ('molar', 'mole')
        """
        if len(prefix) < _SHORTEST_PREFIX:
            return ()
        start = bisect.bisect_left(self._words, prefix)
        end = bisect.bisect_left(self._words, prefix + "~", start)
        return tuple(sorted(self._words[start:end], key=self._rank)[:most])

    def _rank(self, word: str) -> tuple[float, str]:
        return -self._weights[word], word

    def near(self, word: str) -> tuple[str, ...]:
        """
        The words at the least distance from *word*: one slip, or two in a long word; none where all
        are farther.

        A slip is a letter too many, too few, wrong, or two swapped (Damerau 1964).

        >>> Vocabulary({"inlay": 5, "onlay": 5, "extraction": 5}).near("extracton")
        ('extraction',)
        """
        if not (_SHORTEST_TYPO <= len(word) <= _LONGEST and word.isalpha()):
            return ()
        allowed = 2 if len(word) >= _LONG else 1
        heads, tails = self._buckets
        return self._nearest(word, allowed, heads, word[0]) or self._nearest(
            word, allowed, tails, word[-2:]
        )

    def _nearest(self, word: str, allowed: int, buckets: _Buckets, key: str) -> tuple[str, ...]:
        """
        Of the words of about the length that begin alike, or end alike, those at the least
        distance.
        """
        letters = _letters(word)
        best: dict[int, list[str]] = defaultdict(list)
        for length in range(len(word) - allowed, len(word) + allowed + 1):
            for other, mask in buckets.get((key, length), ()):
                if (mask ^ letters).bit_count() <= 2 * allowed:
                    best[slips(word, other, allowed)].append(other)
        least = min(best, default=allowed + 1)
        return tuple(sorted(best[least], key=self._rank)) if least <= allowed else ()

    def halves(self, word: str) -> tuple[str, str] | None:
        """Two known words of three letters or more that *word* runs together."""
        for cut in range(3, min(len(word), _LONGEST) - 2):
            if word[:cut] in self._weights and word[cut:] in self._weights:
                return word[:cut], word[cut:]
        return None

    @functools.cached_property
    def _buckets(self) -> tuple[_Buckets, _Buckets]:
        heads, tails = defaultdict(list), defaultdict(list)
        for word in self._words:
            if (
                self._weights[word] >= _COMMON
                and len(word) >= _SHORTEST_TYPO - 1
                and word.isalpha()
            ):
                entry = (word, _letters(word))
                heads[word[0], len(word)].append(entry)
                if len(word) > _SHORTEST_TYPO + 1:
                    tails[word[-2:], len(word)].append(entry)
        return dict(heads), dict(tails)


def slips(word: str, other: str, most: int) -> int:
    """
    Slips between two words (optimal string alignment distance), or *most* + 1 where there are more.

    >>> slips("hygeine", "hygiene", 2), slips("onlay", "inlay", 2), slips("crown", "bridge", 2)
    (1, 1, 3)
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(word, 1):
        earlier, before, row = before, row, [i]
        for j, there in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != there))
            if i > 1 and j > 1 and letter == other[j - 2] and word[i - 2] == there:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def _letters(word: str) -> int:
    """The set of letters of a word as bits."""
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) & 31)
    return bits
