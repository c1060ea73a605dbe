"""How much of a query speaks of teeth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cdtref.textsearch import facets, weights
from cdtref.textsearch.mending import Word
from cdtref.textsearch.thesaurus import Found, Thesaurus

_OURS: Final = frozenset(("dental", "dentist", "dentistri"))


class DentalShare:
    """
    The share of a query's words that speak of teeth: everyday words count less, those of other
    trades more, an age not.
    """

    def __init__(
        self, words: Thesaurus, found: Sequence[Found], said: Sequence[Word], *, has_age: bool
    ) -> None:
        self._words = words
        self._said = said
        self._has_age = has_age
        self._in_phrase: set[int] = set()
        self._in_concept: set[int] = set()
        for hit in found:
            places = self._in_phrase if len(hit.places) > 1 else self._in_concept
            places.update(hit.places)
        is_anything_known = any(word.is_known for word in said)
        self._unknown_weight = 0.0 if is_anything_known else weights.UNKNOWN_WEIGHT

    def of_all(self, *, names_tooth: bool) -> float:
        """A tooth's number, or 'at the dentist', is as good as one dental word."""
        is_ours = names_tooth or any(word.stem in _OURS for word in self._said)
        dental = total = 1.0 if is_ours else 0.0
        for at, word in enumerate(self._said):
            if at in self._in_phrase:
                dental += 1.0
                total += 1.0
            elif not self._says_nothing(word):
                sure, weight = self._dental_weight(at, word)
                dental += sure * weight
                total += weight
        return dental / total if total else 0.0

    def _says_nothing(self, word: Word) -> bool:
        if word.is_denying:
            return True
        return word.stem in self._words.stop or (self._has_age and facets.is_of_age(word.stem))

    def _dental_weight(self, at: int, word: Word) -> tuple[float, float]:
        """How surely a word speaks of teeth, and how much it counts."""
        in_concept = at in self._in_concept
        if word.stem in self._words.elsewhere:
            return 0.0, weights.ELSEWHERE_WEIGHT
        if word.stem in self._words.everyday:
            sure = weights.EVERYDAY_IN_CONCEPT if in_concept else weights.EVERYDAY
            return sure, weights.EVERYDAY_WEIGHT
        if not word.stem[:1].isalpha():
            return 0.0, weights.NUMBER_WEIGHT
        if not word.alternatives:
            return 0.0, self._unknown_weight
        sure = word.alternatives[0].confidence
        return (sure if in_concept else weights.KNOWN_TO_TEXTS * sure), 1.0
