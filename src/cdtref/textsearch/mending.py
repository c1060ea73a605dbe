"""
The words of a query as the index may know them, unknown ones mended: read by others of their root,
cut in two, cut short, or misspelt.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cdtref.textsearch import weights
from cdtref.textsearch.clauses import SignedTokens
from cdtref.textsearch.spelling import Vocabulary
from cdtref.textsearch.thesaurus import Thesaurus


class Alternative(NamedTuple):
    """
    One way in which a word may be met: a term of the index ('#name' for a concept), how sure, and
    how it came.
    """

    term: str
    confidence: float
    how: str


class Word(NamedTuple):
    """
    A word as typed, the stem that stands for it, and the ways to it; none where nobody knows it.
    """

    text: str
    stem: str
    alternatives: tuple[Alternative, ...]
    is_denied: bool = False
    is_denying: bool = False
    is_occasion: bool = False

    @property
    def is_known(self) -> bool:
        return bool(self.alternatives) and self.alternatives[0].how == "exact"


def understood(signed: SignedTokens, words: Thesaurus, vocabulary: Vocabulary) -> list[Word]:
    """
    The words of the query, unknown ones mended: run together, cut in two, cut short, or misspelt.
    """
    typed = signed.words[: weights.MOST_WORDS]
    said: list[Word] = []
    at = 0
    while at < len(typed):
        joined = _joined_with_next(typed, at, words, vocabulary)
        if joined:
            found = [_exact_word(f"{typed[at]} {typed[at + 1]}", joined)]
        else:
            is_last = at == len(typed) - 1
            found = _words_for(typed[at], words, vocabulary, is_last=is_last)
        said += _with_signs(found, at, signed)
        at += 2 if joined else 1
    return said


def _with_signs(found: list[Word], at: int, signed: SignedTokens) -> list[Word]:
    is_denied, is_denying = at in signed.denied, at in signed.denying
    is_occasion = at in signed.occasion
    if not (is_denied or is_denying or is_occasion):  # nearly always
        return found
    return [Word(*word[:3], is_denied, is_denying, is_occasion) for word in found]


def _joined_with_next(
    typed: Sequence[str], at: int, words: Thesaurus, vocabulary: Vocabulary
) -> str | None:
    """The stem of two words that the texts write as one, such as 'bite wing'."""
    if at + 1 >= len(typed) or not typed[at].isalpha():
        return None
    joined = words.stem(typed[at] + typed[at + 1])
    if len(joined) < weights.SHORTEST_JOINED or joined not in vocabulary:
        return None
    return None if words.stem(typed[at + 1]) in words.stop else joined


def _words_for(
    token: str, words: Thesaurus, vocabulary: Vocabulary, *, is_last: bool
) -> list[Word]:
    stem = words.stem(token)
    if stem in vocabulary or words.knows(stem) or not stem.isalpha():
        return [_exact_word(token, stem)]
    if vocabulary.derived(stem):
        return [_derived_word(token, vocabulary.derived(stem))]
    if halves := vocabulary.halves(stem):
        return [_half_word(token, words.stem(half)) for half in halves]
    is_begun = is_last or len(stem) >= weights.CUT_SHORT
    return [_guessed_word(token, stem, vocabulary, is_begun=is_begun)]


def _exact_word(text: str, stem: str) -> Word:
    return Word(text, stem, (Alternative(stem, 1.0, "exact"),))


def _half_word(text: str, stem: str) -> Word:
    return Word(text, stem, (Alternative(stem, weights.RUN_TOGETHER, "typo"),))


def _derived_word(text: str, kin: Sequence[str]) -> Word:
    """A word by others of its root, which is surer than any slip or beginning."""
    meant = kin[: weights.MOST_DERIVED]
    alternatives = [Alternative(other, weights.DERIVED, "derived") for other in meant]
    return Word(text, kin[0], tuple(alternatives))


def _guessed_word(token: str, stem: str, vocabulary: Vocabulary, *, is_begun: bool) -> Word:
    near = vocabulary.near(stem)
    meant = near[: weights.MOST_SLIPS_MEANT]
    guesses = [Alternative(other, weights.SLIP, "typo") for other in meant]
    longer = vocabulary.starting(stem) if is_begun else ()
    guesses += [
        Alternative(other, weights.BEGINNING, "prefix") for other in longer if other not in near
    ]
    stands_for = guesses[0].term if guesses else stem
    return Word(token, stands_for, tuple(guesses[: weights.MOST_ALTERNATIVES]))
