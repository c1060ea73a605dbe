"""
Search as one types, for pickers: the last word is a beginning, and the list is steady while it
grows.

A title or synonym completes a text if it has all words of it and one that begins as the last one
does. What it is worth does not depend on the letters typed: a code found stays before those behind
it as long as the word that found it still begins so.
"""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping
from typing import Final, NamedTuple

from cdtref.code import Code
from cdtref.procedure import Procedure
from cdtref.textsearch import weights
from cdtref.textsearch.ranking import Hit, Index, Ranked
from cdtref.textsearch.thesaurus import tokens

_AFTER_ANY_LETTER: Final = "~"
_FIELDS: Final = ("title", "synonyms")


class _Wording(NamedTuple):
    """A title (place 0) or synonym of a code, and what it is worth among all."""

    code: Code
    place: int
    worth: float


class Completions:
    """The words of all titles and synonyms, to be completed from."""

    def __init__(self, procedures: Iterable[Procedure], index: Index) -> None:
        self._stem: Callable[[str], str] = index.stem
        self._wordings: list[_Wording] = []
        self._by_stem: dict[str, set[int]] = defaultdict(set)
        entries: set[tuple[str, int]] = set()
        for procedure in procedures:
            prior = index.prior_of(procedure.code)
            for place, text in enumerate((procedure.title, *procedure.synonyms)):
                words = tokens(text)
                number = len(self._wordings)
                worth = prior * _worth_of(place, len(words))
                self._wordings.append(_Wording(procedure.code, place, worth))
                entries.update([(word, number) for word in words])
                for stem in map(self._stem, words):
                    self._by_stem[stem].add(number)
        self._entries = sorted(entries)
        self._most = max([wording.worth for wording in self._wordings], default=1.0)

    def complete(self, text: str, admitted: Container[Code], limit: int) -> list[Ranked]:
        """The best *limit* codes whose titles or synonyms complete a text; none where none does."""
        *whole, begun = tokens(text[: weights.MOST_CHARACTERS]) or ("",)
        if not begun:
            return []
        best: dict[Code, tuple[float, int, str]] = {}
        among = self._having(whole)
        for number, word in self._beginning(begun).items():
            code, place, worth = self._wordings[number]
            is_meant = among is None or number in among
            if is_meant and code in admitted and (code not in best or worth > best[code][0]):
                best[code] = worth, place, word
        ranked = sorted(best.items(), key=lambda found: (-found[1][0], found[0]))
        return [self._ranked(begun, code, *found) for code, found in ranked[:limit]]

    def _having(self, whole: Iterable[str]) -> set[int] | None:
        """The wordings that have all these words; None where there are none to have."""
        among: set[int] | None = None
        for word in whole:
            found = self._by_stem.get(self._stem(word), set())
            among = found if among is None else among & found
        return among

    def _beginning(self, begun: str) -> Mapping[int, str]:
        """The wordings that have a word which begins so, with that word."""
        start = bisect.bisect_left(self._entries, (begun, -1))
        end = bisect.bisect_left(self._entries, (begun + _AFTER_ANY_LETTER, -1))
        return {number: word for word, number in reversed(self._entries[start:end])}

    def _ranked(self, begun: str, code: Code, worth: float, place: int, word: str) -> Ranked:
        hit = Hit(begun, _FIELDS[min(place, 1)], "prefix", word)
        return Ranked(code, round(worth / self._most, 4), (hit,))


def _worth_of(place: int, length: int) -> float:
    """A title before synonyms, the earlier before the later, and the shorter the surer."""
    later = weights.NAMED_LATER * min(place, weights.LAST_PLACE)
    return (1.0 - later) / (1.0 + weights.EACH_WORD_TO_COMPLETE * length)
