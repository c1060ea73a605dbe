"""
How far a word speaks of teeth: the texts of the codes against English at large.

A word is dental as far as it stands more often in our texts than in English: a crown does, and a
change hardly. One that English has and our texts have not speaks of something else, the more surely
the rarer it is; one that neither has may be a name or a brand.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from cdtref.textsearch import weights


class Evidence(NamedTuple):
    """How surely a word speaks of teeth, 0 to 1, and how much it counts."""

    sure: float
    weight: float


SILENT: Final = Evidence(0.0, 0.0)  # that of a number, of a letter, or of a patient's name


def evidence_of(*, level: float, english_level: float, in_concept: bool, sure: float) -> Evidence:
    """
    The evidence of a word by its level in the texts and in English, which are logarithms.

    *sure* is how surely it is the word of that level: 1 as typed, 0 where nobody knows it.

    >>> crown = evidence_of(level=7.2, english_level=4.7, in_concept=True, sure=1.0)
    >>> change = evidence_of(level=6.0, english_level=5.9, in_concept=False, sure=1.0)
    >>> crown.sure > 0.9, change.sure < 0.2
    (True, True)
    """
    rarity = min(1.0, max(0.0, (weights.EMPTY_LEVEL - english_level) / weights.RARITY_SPAN))
    is_english = english_level >= weights.LEAST_ENGLISH
    if not sure:
        elsewhere = weights.ELSEWHERE_WEIGHT * rarity if is_english else weights.UNKNOWN_WEIGHT
        return Evidence(0.0, elsewhere)
    above = level - max(english_level, weights.LEAST_ENGLISH)
    dental = above / weights.SURELY_DENTAL + weights.IN_CONCEPT * in_concept
    dental = min(1.0, max(0.0, dental))
    if sure < 1.0:
        if english_level:  # the word may be itself, or a name
            return Evidence(dental * sure * weights.GUESS_FOR_KNOWN, weights.UNKNOWN_WEIGHT)
        return Evidence(dental * sure, weights.GUESS_WEIGHT)
    everyday = (1.0 - dental) * weights.EVERYDAY_WEIGHT * rarity
    return Evidence(dental, dental * weights.DENTAL_WEIGHT + everyday)
