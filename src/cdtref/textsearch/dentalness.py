"""
How far a query speaks of teeth, by the evidence of its words.

The sum of what is dental counts beside its share: a long story with three dental words in it is one
of teeth.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Final

from cdtref.textsearch import facets, weights
from cdtref.textsearch.mending import Word

_OURS: Final = frozenset(("dental", "dentist", "dentistri"))


def dentalness(
    said: Sequence[Word],
    in_phrase: Container[int],
    *,
    stop: Container[str],
    has_age: bool,
    names_tooth: bool,
) -> float:
    """How far the words of a query speak of teeth, 0 to 1; an age says nothing of it."""
    # A tooth's number, or 'at the dentist', is as good as one dental word.
    is_ours = names_tooth or any(word.stem in _OURS for word in said)
    dental = total = 1.0 if is_ours else 0.0
    for at, word in enumerate(said):
        if at in in_phrase:
            dental += weights.EACH_IN_PHRASE
            total += weights.EACH_IN_PHRASE
        elif not (
            word.is_denying or word.stem in stop or (has_age and facets.is_of_age(word.stem))
        ):
            sure, weight = word.evidence
            dental += sure * weight
            total += weight
    if not total:
        return 0.0
    enough = min(dental, weights.MUCH_DENTAL) - 1.0
    return min(1.0, max(0.0, dental / total + weights.SUM_OF_DENTAL * enough))
