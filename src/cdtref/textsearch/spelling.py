"""
The words that the index knows, and what an unknown word may have meant: its beginning, a slip of
the pen, two in one.

A known word is never corrected: an onlay is no slip for an inlay.
"""

from __future__ import annotations

import bisect
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

from cdtref.textsearch.kept import kept_property
from cdtref.textsearch.weights import (
    LONGEST_WORD,
    MOST_BEGUN,
    OFTEN_SAID,
    SHORTEST_BEGINNING,
    SHORTEST_WITH_SLIP,
    TWO_SLIPS_FROM,
)

# Words as typed, their letters as bits, and their stems; by beginning or end, and length.
_Buckets = Mapping[tuple[str, int], list[tuple[str, int, str]]]

# Endings by which one root makes verbs, nouns and adjectives, the longest first. A stem has lost
# -e, -ing, -ed and plurals already.
_DERIVING: Final = (
    *("izational", "ization", "isation", "ational", "ability", "ibility"),
    *("ation", "ativ", "ition", "ament", "ement"),
    *("ator", "ical", "ably", "able", "ibl", "ance", "anc", "ence", "enc", "ment", "ness"),
    *("ial", "ion", "ist", "iti", "ity", "iv", "ous", "ant", "ent", "abl"),
    *("al", "at", "er", "ic", "iz", "or", "li"),
)
_SHORTEST_ROOT: Final = 5  # shorter ones meet by chance: 'oral' and 'oration'
_ADVERB: Final = "li"  # -ly
_SHORTEST_ROOT_OF_ADVERB: Final = 4

_ENDING: Final = 2  # letters; a slip at the beginning is sought among words that end alike


class Vocabulary:
    """
    A fixed set of stems with their weights, asked for kin of a word that it lacks, the weightiest
    first.
    """

    def __init__(self, words: Mapping[str, float]) -> None:
        self._words = sorted(words)
        self._weights = words
        self._total = sum(words.values()) or 1.0

    def level_of(self, word: str) -> float:
        """
        The logarithm of how often a word stands in a thousand million of these.

        >>> Vocabulary({"molar": 999, "mole": 1}).level_of("molar") > 8.9
        True
        """
        return math.log10((self._weights.get(word, 0) + 0.5) / self._total) + 9

    def __contains__(self, word: object) -> bool:
        return word in self._weights

    def heads(self, letters: int) -> frozenset[str]:
        """The beginnings of the words, of so many letters."""
        return frozenset([word[:letters] for word in self._words])

    def starting(self, prefix: str, most: int = MOST_BEGUN) -> tuple[str, ...]:
        """
        The words that begin with *prefix*, of at least three letters, weightiest first.

        >>> Vocabulary({"molar": 3, "mole": 1, "mucosa": 2}).starting("mol")
        ('molar', 'mole')
        """
        if len(prefix) < SHORTEST_BEGINNING:
            return ()
        start = bisect.bisect_left(self._words, prefix)
        end = bisect.bisect_left(self._words, prefix + "~", start)
        return tuple(sorted(self._words[start:end], key=self.by_weight)[:most])

    def derived(self, word: str) -> tuple[str, ...]:
        """
        The words of the same root, weightiest first: the verb, noun or adjective of *word*.

        >>> Vocabulary({"extract": 5, "extraction": 3, "exam": 5}).derived("extractor")
        ('extract', 'extraction')
        """
        if len(word) < _SHORTEST_ROOT or not word.isalpha():
            return ()
        return self._by_root.get(root_of(word), ())

    @kept_property
    def _by_root(self) -> Mapping[str, tuple[str, ...]]:
        roots: dict[str, list[str]] = defaultdict(list)
        for word in self._words:
            if len(word) >= _SHORTEST_ROOT_OF_ADVERB and word.isalpha():
                roots[root_of(word)].append(word)
        return {root: tuple(sorted(words, key=self.by_weight)) for root, words in roots.items()}

    def halves(self, typed: str, stem: Callable[[str], str]) -> tuple[str, str] | None:
        """The stems of two words often said, of three letters or more, that *typed* joins."""
        for cut in range(3, min(len(typed), LONGEST_WORD) - 2):
            first, second = stem(typed[:cut]), stem(typed[cut:])
            if self._is_often_said(first) and self._is_often_said(second):
                return first, second
        return None

    def _is_often_said(self, word: str) -> bool:
        return self._weights.get(word, 0) >= OFTEN_SAID

    def by_weight(self, word: str) -> tuple[float, str]:
        """For sorting: the weightiest first, equals by their letters."""
        return -self._weights.get(word, 0), word


class Near(NamedTuple):
    """The least number of slips to a word, 0 where all are farther, and the stems so near."""

    slips: int
    stems: tuple[str, ...]


NOTHING_NEAR: Final = Near(0, ())


class Speller:
    """What a slip of the pen may have meant, sought among words as they are typed."""

    def __init__(self, forms: Iterable[str], stem: Callable[[str], str], known: Vocabulary) -> None:
        self._forms = forms
        self._stem = stem
        self._known = known

    def near(self, typed: str) -> Near:
        """
        The least number of slips from *typed* to a word, one, or two in a long word, and the stems
        of the words so near; none where all are farther.

        A slip is a letter too many, too few, wrong, or two swapped (Damerau 1964).

        >>> known = Vocabulary({"fill": 5, "file": 2})
        >>> forms = ["filling", "fill", "file"]
        >>> speller = Speller(forms, lambda form: form.removesuffix("ing"), known)
        >>> speller.near("fillng")
        Near(slips=1, stems=('fill',))
        """
        if not (SHORTEST_WITH_SLIP <= len(typed) <= LONGEST_WORD and typed.isalpha()):
            return NOTHING_NEAR
        heads, tails = self._buckets
        alike = self._nearest_in(heads, typed[0], typed)
        return alike if alike.slips else self._nearest_in(tails, typed[-_ENDING:], typed)

    def _nearest_in(self, buckets: _Buckets, key: str, word: str) -> Near:
        """
        Of the words of about the length that begin alike, or end alike, those at the least
        distance.
        """
        allowed = 2 if len(word) >= TWO_SLIPS_FROM else 1
        letters = _letters_as_bits(word)
        by_distance: dict[int, dict[str, None]] = defaultdict(dict)
        for length in range(len(word) - allowed, len(word) + allowed + 1):
            # Each slip accounts for one letter that the other word lacks, and one added.
            lacking = allowed - max(0, length - len(word))
            added = allowed - max(0, len(word) - length)
            for other, theirs, stem in buckets.get((key, length), ()):
                if (letters & ~theirs).bit_count() > lacking:
                    continue
                if (theirs & ~letters).bit_count() <= added:
                    by_distance[slips(word, other, allowed)][stem] = None
        by_distance.pop(allowed + 1, None)
        if not by_distance:
            return NOTHING_NEAR
        least = min(by_distance)
        return Near(least, tuple(sorted(by_distance[least], key=self._known.by_weight)))

    @kept_property
    def _buckets(self) -> tuple[_Buckets, _Buckets]:
        heads, tails = defaultdict(list), defaultdict(list)
        for form in sorted(self._forms):
            if len(form) < SHORTEST_WITH_SLIP - 1 or not form.isalpha():
                continue
            entry = (form, _letters_as_bits(form), self._stem(form))
            heads[form[0], len(form)].append(entry)
            if len(form) > SHORTEST_WITH_SLIP + 1:  # short words end alike too often
                tails[form[-_ENDING:], len(form)].append(entry)
        return dict(heads), dict(tails)


def root_of(word: str) -> str:
    """
    A stem without the ending that makes it a verb, noun or adjective.

    >>> [root_of(word) for word in ("restor", "restoration", "restorativ", "oral")]
    ['restor', 'restor', 'restor', 'oral']
    """
    for ending in _DERIVING:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_ROOT:
            return word.removesuffix(ending)
    if len(word) - len(_ADVERB) >= _SHORTEST_ROOT_OF_ADVERB:
        return word.removesuffix(_ADVERB)
    return word


def slips(word: str, other: str, most: int) -> int:
    """
    Slips between two words (optimal string alignment distance), or *most* + 1 where there are more.

    >>> slips("hygeine", "hygiene", 2), slips("onlay", "inlay", 2), slips("crown", "bridge", 2)
    (1, 1, 3)
    """
    start = _length_of_common_start(word, other)
    word, other = word[start:], other[start:]
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


def _length_of_common_start(word: str, other: str) -> int:
    """In how many letters two words begin alike; no shortest way between them changes those."""
    for place, (letter, there) in enumerate(zip(word, other)):  # noqa: B905  # of two lengths
        if letter != there:
            return place
    return min(len(word), len(other))


def _letters_as_bits(word: str) -> int:
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) & 31)
    return bits
