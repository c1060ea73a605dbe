"""
What a text denies ('bridge, not on implants', 'whitening without trays', 'no flap'), and what it
tells only as an occasion ('implant after extraction').

Titles and queries are read by the same rules. A denied term stands in the index and in a query with
'!' before it, so that what denies a flap is found by whoever denies one, and what has one is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from cdtref.textsearch.thesaurus import tokens

DENIED: Final = "!"

_CLAUSE_END: Final = re.compile(r"([,;()]|[.:](?!\d|max\b))")  # e.max is a ceramic
_WITHOUT: Final = re.compile(r"\bw/o\b", re.IGNORECASE)
_NEGATORS: Final = frozenset(
    ("except", "excluding", "minus", "neither", "never", "no", "nor", "not", "without")
)
_TWO_WORD_NEGATORS: Final = frozenset((("instead", "of"), ("other", "than"), ("rather", "than")))
# A new thought, unless it is the first word that is denied ('not for children').
_TURNS: Final = frozenset(
    (
        "after",
        "and",
        "because",
        "before",
        "but",
        "for",
        "just",
        "only",
        "so",
        "then",
        "when",
        "with",
    )
)
# What follows is the occasion of what is done.
_OCCASIONS: Final = frozenset(("after", "because", "before", "due", "following", "for"))
_SIGNS: Final = _NEGATORS | _OCCASIONS | {second for _, second in _TWO_WORD_NEGATORS}
# Empty words, which do not count as what is denied.
_LINKS: Final = frozenset(("a", "an", "any", "the", "on", "in", "of", "to", "its", "my"))
# 'No' denies a thing, not what follows it: 'no show fee' is a fee.
_MOST_AFTER_NO: Final = 1


class SignedTokens(NamedTuple):
    """
    The words of a text, as `tokens` has them, with the places of those that it denies, of those
    that deny them, and of those that tell an occasion.
    """

    words: list[str]
    denied: frozenset[int] = frozenset()
    denying: frozenset[int] = frozenset()
    occasion: frozenset[int] = frozenset()


def signed_tokens(text: str) -> SignedTokens:
    """
    The words of a text with what it denies.

    >>> bridge = signed_tokens("bridge, not on implants, upper")
    >>> [bridge.words[place] for place in sorted(bridge.denied)]
    ['on', 'implants']
    >>> fee = signed_tokens("no show fee after surgery")
    >>> [fee.words[place] for place in (*fee.denied, *fee.occasion)]
    ['show', 'surgery']
    >>> scaling = signed_tokens("scaling, no laser (low level)")
    >>> [scaling.words[place] for place in sorted(scaling.denied)]
    ['laser', 'low', 'level']
    """
    plain = tokens(text)
    has_without = "/" in text and _WITHOUT.search(text) is not None
    if _SIGNS.isdisjoint(plain) and not has_without:  # nearly always
        return SignedTokens(plain)
    words: list[str] = []
    denied: set[int] = set()
    denying: set[int] = set()
    occasion: set[int] = set()
    for clause, opened_by in _clauses_of(text):
        said = tokens(clause)
        for place, is_denied in _signs_in(said):
            places = denied if is_denied else denying
            places.add(len(words) + place)
        if opened_by == "(" and len(words) - 1 in denied:  # it explains the word before it
            denied.update(range(len(words), len(words) + len(said)))
        since = next((place for place, word in enumerate(said, 1) if word in _OCCASIONS), len(said))
        occasion.update(range(len(words) + since, len(words) + len(said)))
        words += said
    return SignedTokens(words, *map(frozenset, (denied, denying, occasion)))


def _clauses_of(text: str) -> Iterator[tuple[str, str]]:
    """The clauses of a text, each with the sign before it."""
    first, *others = _CLAUSE_END.split(_WITHOUT.sub("without", text))
    yield first, ""
    yield from zip(others[1::2], others[::2], strict=True)


def _signs_in(clause: Sequence[str]) -> Iterator[tuple[int, bool]]:
    """The places of a clause that are denied (True) or deny (False)."""
    left = 0  # how many words may still be denied
    has_denied = False
    for place, word in enumerate(clause):
        is_second = place > 0 and (clause[place - 1], word) in _TWO_WORD_NEGATORS
        if word in _NEGATORS or is_second:
            left = _MOST_AFTER_NO if word == "no" else len(clause)
            has_denied = False
            yield place, False
            if is_second:
                yield place - 1, False
        elif has_denied and word in _TURNS:
            left = 0
        elif left:
            yield place, True
            if word not in _LINKS and word not in _TURNS:
                has_denied = True
                left -= 1
