"""
The words of a query as the index may know them, unknown ones mended: read by others of their root,
cut in two, cut short, or misspelt.

A word that English has is no slip for another, whatever the texts know: 'flight' is not 'height'.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from cdtref.textsearch import weights
from cdtref.textsearch.clauses import SignedTokens
from cdtref.textsearch.english import English
from cdtref.textsearch.evidence import SILENT, Evidence, evidence_of
from cdtref.textsearch.spelling import NOTHING_NEAR, Near, Speller, Vocabulary
from cdtref.textsearch.thesaurus import Thesaurus

# Letters that a stem of `SHORTEST_JOINED` has in common with its word, unless it is irregular.
_HEAD: Final = weights.SHORTEST_JOINED - 1
_HONORIFICS: Final = frozenset(("dr", "miss", "mr", "mrs", "ms"))


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
    A word as typed, the stem that stands for it, the ways to it (none where nobody knows it), and
    how far it speaks of teeth.
    """

    text: str
    stem: str
    alternatives: tuple[Alternative, ...]
    evidence: Evidence
    is_denied: bool = False
    is_denying: bool = False
    is_occasion: bool = False

    @property
    def is_known(self) -> bool:
        """True for a word that is known by itself, or by its root."""
        return bool(self.alternatives) and self.alternatives[0].how in ("exact", "derived")


class Lexicon:
    """
    All that is known of words: those of an index, of the thesaurus, and of English at large.

    Attributes:
        words: The thesaurus.
    """

    def __init__(
        self, words: Thesaurus, known: Vocabulary, forms: Iterable[str], english: English
    ) -> None:
        self.words = words
        self._known = known
        self._speller = Speller(forms, words.stem, known)
        self._english = english
        # People ask with the same few hundred words: each is looked up once.
        kept = functools.lru_cache(weights.WORDS_KEPT)
        self._inner: Callable[[str], tuple[Word, ...]] = kept(self._words_within)
        self._last: Callable[[str], tuple[Word, ...]] = kept(self._words_at_end)
        self._heads = known.heads(_HEAD)
        keep_pairs = functools.lru_cache(weights.PAIRS_KEPT)
        self._joined: Callable[[str, str], Word | None] = keep_pairs(self._joined_word)
        self._concepts: Callable[[str, float, str], tuple[Alternative, ...]] = kept(self._concept)

    def understood(self, signed: SignedTokens) -> list[Word]:
        """The words of a query, the last of which may be cut short."""
        typed = signed.words[: weights.MOST_WORDS]
        has_signs = bool(signed.denied or signed.denying or signed.occasion)
        said: list[Word] = []
        at, last = 0, len(typed) - 1
        while at <= last:
            joined = self._one_word(typed[at], typed[at + 1]) if at < last else None
            if joined:
                found: tuple[Word, ...] = (joined,)
            else:
                found = self._inner(typed[at]) if at < last else self._last(typed[at])
            if at and typed[at - 1] in _HONORIFICS:
                found = tuple(map(_as_name, found))
            said += _with_signs(found, at, signed) if has_signs else found
            at += 2 if joined else 1
        return said

    def concept(self, name: str, sure: float, how: str) -> tuple[Alternative, ...]:
        """The ways to a concept, so sure and by such a phrase: itself, those above and below it."""
        return self._concepts(name, sure, how)

    def _concept(self, concept: str, sure: float, how: str) -> tuple[Alternative, ...]:
        kin = dict.fromkeys(self.words.broader.get(concept, ()), weights.BROADER)
        kin |= dict.fromkeys(self.words.narrower.get(concept, ()), weights.NARROWER)
        alternatives = [Alternative("#" + concept, sure, how)]
        for name, nearness in kin.items():
            alternatives.append(Alternative("#" + name, sure * nearness, "concept"))
        return tuple(alternatives)

    def evidence_of(self, stem: str) -> Evidence:
        """How far a word speaks of teeth that was typed as it is known."""
        return self._evidence(self._english.level_of(stem), stem, 1.0)

    def _one_word(self, first: str, second: str) -> Word | None:
        joined = first + second
        if joined[:_HEAD] not in self._heads and joined not in self.words.irregular:
            return None  # nearly always
        return self._joined(first, second)

    def _joined_word(self, first: str, second: str) -> Word | None:
        """The one word as which the texts write two, such as 'bite wing'."""
        stem = self.words.stem(first + second)
        if not first.isalpha() or len(stem) < weights.SHORTEST_JOINED or stem not in self._known:
            return None
        if self.words.stem(second) in self.words.stop:
            return None
        word = self._exact_word(f"{first} {second}", stem)
        sure, weight = word.evidence
        return word._replace(evidence=Evidence(sure, 2 * weight))

    def _words_within(self, token: str) -> tuple[Word, ...]:
        return self._words_for(token, is_begun=len(self.words.stem(token)) >= weights.CUT_SHORT)

    def _words_at_end(self, token: str) -> tuple[Word, ...]:
        return self._words_for(token, is_begun=True)

    def _words_for(self, token: str, *, is_begun: bool) -> tuple[Word, ...]:
        stem = self.words.stem(token)
        if stem in self._known or self.words.knows(stem) or not stem.isalpha():
            return (self._exact_word(token, stem),)
        if kin := self._known.derived(stem):
            return (self._derived_word(token, kin),)
        is_english = self._english.level_of_word(token, stem) >= weights.COMMON_ENGLISH
        near = NOTHING_NEAR if is_english else self._speller.near(token)
        # One letter amiss is likelier than a space left out: 'attachmet' is no 'attach met'.
        may_join = not is_english and near.slips != 1
        halves = self._known.halves(token, self.words.stem) if may_join else None
        if halves:
            return tuple(self._half_word(token, half) for half in halves)
        return (self._guessed_word(token, stem, near, is_begun=is_begun),)

    def _exact_word(self, text: str, stem: str) -> Word:
        evidence = self.evidence_of(stem)
        return Word(text, stem, (Alternative(stem, 1.0, "exact"),), evidence)

    def _half_word(self, text: str, stem: str) -> Word:
        sure = weights.RUN_TOGETHER
        known_as = (Alternative(stem, sure, "typo"),)
        typed = self._english.level_of_word(text, self.words.stem(text))
        return Word(text, stem, known_as, self._evidence(typed, stem, sure))

    def _derived_word(self, text: str, kin: Sequence[str]) -> Word:
        """A word by others of its root, which is surer than any slip or beginning."""
        sure = weights.DERIVED
        meant = kin[: weights.MOST_DERIVED]
        known_as = tuple([Alternative(other, sure, "derived") for other in meant])
        return Word(text, kin[0], known_as, self.evidence_of(kin[0]))

    def _guessed_word(self, token: str, stem: str, near: Near, *, is_begun: bool) -> Word:
        meant = near.stems[: weights.MOST_SLIPS_MEANT]
        guesses = [Alternative(other, weights.SLIPS[near.slips], "typo") for other in meant]
        longer = self._known.starting(stem) if is_begun else ()
        guesses += [
            Alternative(other, weights.BEGINNING, "prefix")
            for other in longer
            if other not in meant
        ]
        del guesses[weights.MOST_ALTERNATIVES :]
        typed = self._english.level_of_word(token, stem)
        if not guesses:
            return Word(token, stem, (), self._evidence(typed, stem, 0.0))
        first, sure, _ = guesses[0]
        return Word(token, first, tuple(guesses), self._evidence(typed, first, sure))

    def _evidence(self, english_level: float, meant: str, sure: float) -> Evidence:
        """How far a word speaks of teeth that English has so often as typed, meant so, as sure."""
        says_alone = self.words.says_alone(meant)
        is_known = says_alone or meant in self._known
        if len(meant) == 1 or not (is_known or meant.isalpha()):
            return SILENT
        return evidence_of(
            level=self._known.level_of(meant),
            english_level=english_level,
            in_concept=says_alone,
            sure=sure if is_known else 0.0,
        )


def _as_name(word: Word) -> Word:
    """What follows 'Mrs.' and is no word of ours is a name, whatever it may be a slip for."""
    if word.alternatives and word.alternatives[0].how == "exact":
        return word
    return Word(word.text, word.stem, (), SILENT)


def _with_signs(found: Sequence[Word], at: int, signed: SignedTokens) -> list[Word]:
    is_denied, is_denying = at in signed.denied, at in signed.denying
    is_occasion = at in signed.occasion
    return [Word(*word[:4], is_denied, is_denying, is_occasion) for word in found]
