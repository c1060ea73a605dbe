"""
A search index as it is read: its plain values, each unpacked at its first use.

What a search asks of a term or a code is kept, since the same few hundred are asked again and
again; unpacking all of them would take longer than many searches. It is kept in a form of few
bytes: all codes and words together are asked for in a day.
"""

from __future__ import annotations

import functools
import heapq
import math
import sys
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from cdtref.code import Code
from cdtref.datafile import faults_of
from cdtref.textsearch import weights
from cdtref.textsearch.building import SHORT, compact, unpacked
from cdtref.textsearch.clauses import DENIED
from cdtref.textsearch.facets import Range
from cdtref.textsearch.kept import MadeOnce, kept_property
from cdtref.textsearch.lanes import SURE_UNITS, Weighed, weighed
from cdtref.textsearch.mending import Alternative
from cdtref.textsearch.mentions import strongest_field, weight_of
from cdtref.textsearch.thesaurus import Thesaurus

# A posting is a level, shifted by the bits of its field.
FIELD_BITS: Final = 3
_FILE: Final = "search.json"  # what is broken in an index is so in the bundled one
FIELD_MASK: Final = (1 << FIELD_BITS) - 1
_MOST_IN_A_BYTE: Final = 256 >> FIELD_BITS
_REFUSALS_KEPT: Final = 8  # by sets of admitted codes: the usual ones, and categories
_POWERS: Final = tuple([1 << place for place in range(128)])  # one object each, for all codes


class Postings(NamedTuple):
    """
    What a term weighs in each record that has it, in the order of records: the level, then the
    field in the last three bits.
    """

    docs: Sequence[int]
    values: Sequence[int]


_NO_POSTINGS: Final = Postings(array(SHORT), array(SHORT))


class Wordings(NamedTuple):
    """
    The title and the synonyms of a code: each term with its bit; of each wording the bits of its
    terms, and the weight of its stems.
    """

    bits: Mapping[str, int]
    each: tuple[tuple[int, float], ...]


class FacetBits(NamedTuple):
    """The facets of a code: those of groups as bits, and its numbers by unit."""

    bits: int
    ranges: Mapping[str, Range]


class UnpackedIndex:
    """
    The values of an index by term and by document, which is a code's place in `codes`.

    Attributes:
        codes: The codes, in the order of their numbers.
        priors: The lean of each document.
        rarities: How much each term says by itself.
        groups: The facets that exclude each other, as bits, by the name of their group.
        marked: The facets that make a record special, as bits.
    """

    def __init__(self, raw: Mapping[str, Any], words: Thesaurus) -> None:
        self.raw = raw
        self.codes: Sequence[Code] = raw["codes"]
        self.priors: Sequence[float] = raw["priors"]
        self.rarities: Mapping[str, float] = raw["idf"]
        self._bit_of = _bits_by_name({*words.groups, *words.marked})
        self.groups: Mapping[str, int] = self._bits_by_group(words.groups)
        self.marked: int = self.bits_of(words.marked)
        self.facets: Mapping[int, FacetBits] = MadeOnce(self._facets_of)
        self.wordings: Mapping[int, Wordings] = MadeOnce(self._wordings_of)
        self._postings: Mapping[str, Postings] = MadeOnce(self._unpacked_postings)
        self._kept_words = functools.lru_cache(weights.WORDS_WEIGHED)(self._weighed)
        self._kept_ways = functools.lru_cache(weights.WAYS_KEPT)(self._ways_to)
        self._kept_refusals = functools.lru_cache(_REFUSALS_KEPT)(self._refused)

    @kept_property
    def prior_by_code(self) -> Mapping[Code, float]:
        """The lean of each code."""
        return dict(zip(self.codes, self.priors, strict=True))

    def bits_of(self, names: Iterable[str]) -> int:
        """The facets of these names as bits; what is no facet has none."""
        bits = 0
        for name in names:
            bits |= self._bit_of.get(name, 0)
        return bits

    def _bits_by_group(self, groups: Mapping[str, str]) -> dict[str, int]:
        bits: dict[str, int] = defaultdict(int)
        for name, group in groups.items():
            bits[group] |= self._bit_of[name]
        return dict(bits)

    def postings_of(self, term: str) -> Postings:
        """What a term weighs by document."""
        return self._postings[term] if term in self.rarities else _NO_POSTINGS

    def _unpacked_postings(self, term: str) -> Postings:
        with faults_of(_FILE, term):
            docs, mentions = unpacked(self.raw["postings"][term])
            return _strongest(docs, mentions, self.rarities[term])

    def ways_to(self, alternatives: tuple[Alternative, ...]) -> Sequence[int]:
        """
        By document, the first of these that its texts have, by its place, and, in the last three
        bits, the field in which that says most, counted from 1; 0 for none.
        """
        return self._kept_ways(alternatives)

    def _ways_to(self, alternatives: Sequence[Alternative]) -> Sequence[int]:
        is_small = len(alternatives) < _MOST_IN_A_BYTE
        ways = array("B" if is_small else SHORT, [0]) * len(self.codes)
        last_first = list(enumerate(alternatives))[::-1]  # so that the surest stays
        for number, (term, _, _) in last_first:
            for doc, value in zip(*self.postings_of(term), strict=True):
                ways[doc] = number << FIELD_BITS | 1 + (value & FIELD_MASK)
        return ways

    def weighed(self, alternatives: tuple[Alternative, ...]) -> Weighed:
        """What a word, known by these, weighs in every document; of several the best counts."""
        return self._kept_words(alternatives)

    def _weighed(self, alternatives: Sequence[Alternative]) -> Weighed:
        first, *others = map(self._weights_of, alternatives)
        if not others:
            return weighed(*first, len(self.codes))
        most = dict(zip(*first, strict=True))
        for docs, by_doc in others:
            for doc, weight in zip(docs, by_doc, strict=True):
                most[doc] = max(weight, most.get(doc, 0))
        return weighed(compact(most), array(SHORT, most.values()), len(self.codes))

    def _weights_of(self, alternative: Alternative) -> tuple[Sequence[int], Sequence[int]]:
        term, confidence, _ = alternative
        docs, values = self.postings_of(term)
        factor = confidence * SURE_UNITS
        return docs, array(SHORT, [int(factor * (value >> FIELD_BITS)) for value in values])

    def refused(self, admitted: frozenset[Code]) -> Sequence[int]:
        """The documents of all codes but the admitted."""
        return self._kept_refusals(admitted)

    def _refused(self, admitted: frozenset[Code]) -> Sequence[int]:
        return [doc for doc, code in enumerate(self.codes) if code not in admitted]

    def _facets_of(self, doc: int) -> FacetBits:
        with faults_of(_FILE, self.codes[doc]):
            concepts, ranges = self.raw["facets"][doc]
            spans = {unit: _unpacked_range(*span) for unit, span in ranges.items()}
            return FacetBits(self.bits_of(concepts.split()), spans)

    def is_about(self, doc: int, term: str) -> bool:
        """True where the title of a code, which is its first wording, or two synonyms have it."""
        bits, each = self.wordings[doc]
        bit = bits.get(term, 0)
        having = [place for place, (terms, _) in enumerate(each) if terms & bit]
        return 0 in having or len(having) > 1

    def _wordings_of(self, doc: int) -> Wordings:
        with faults_of(_FILE, self.codes[doc]):
            return self._unpacked_wordings(self.raw["wordings"][doc])

    def _unpacked_wordings(self, wordings: Sequence[str]) -> Wordings:
        bits: dict[str, int] = {}
        each = []
        for packed in wordings:
            stems, concepts, *_ = packed.split("|")
            parts = stems.split()
            terms = [*parts, *map(_term_of_concept, concepts.split())]
            each.append((_bits_of_terms(terms, bits), sum(map(self._rarity_of, parts))))
        return Wordings(bits, tuple(each))

    def _rarity_of(self, term: str) -> float:
        return self.rarities.get(term, 0.0)

    @kept_property
    def named(self) -> Mapping[str, Sequence[tuple[int, int]]]:
        """The codes of which a text is the very title (place 0) or synonym, by its stems."""
        named: dict[str, list[tuple[int, int]]] = defaultdict(list)
        with faults_of(_FILE, "wordings"):
            for doc, wordings in enumerate(self.raw["wordings"]):
                for place, wording in enumerate(wordings):
                    found = named[_whole_of(wording)]
                    if not found or found[-1][0] != doc:  # of a code the first wording counts
                        found.append((doc, place))
        named.pop("", None)
        return dict(named)


def _whole_of(packed_wording: str) -> str:
    stems, _, *whole = packed_wording.split("|")
    return whole[0] if whole else stems.replace(" ", "")


def _term_of_concept(signed: str) -> str:
    if signed.startswith(DENIED):
        return f"{DENIED}#{signed.removeprefix(DENIED)}"
    return "#" + signed


def _bits_by_name(names: Iterable[str]) -> dict[str, int]:
    return {name: 1 << number for number, name in enumerate(sorted(names))}


def _bits_of_terms(terms: Iterable[str], bits: dict[str, int]) -> int:
    """The bits of some terms; those that have none get the next, as `bits` keeps it."""
    together = 0
    for term in terms:
        bit = bits.get(term)
        if bit is None:
            bit = _POWERS[len(bits)] if len(bits) < len(_POWERS) else 1 << len(bits)
            bits[sys.intern(term)] = bit
        together |= bit
    return together


def _strongest(docs: Sequence[int], mentions: Sequence[int], rarity: float) -> Postings:
    """The strongest postings of a term, in the order of their records."""
    by_mentions = {mentioned: _weighed_mention(mentioned, rarity) for mentioned in set(mentions)}
    values = array(SHORT, map(by_mentions.__getitem__, mentions))
    if len(values) <= weights.MOST_POSTINGS:
        return Postings(docs, values)
    strongest = heapq.nlargest(weights.MOST_POSTINGS, range(len(docs)), key=values.__getitem__)
    strongest.sort()
    at = docs.__getitem__, values.__getitem__
    return Postings(*[compact(map(get, strongest)) for get in at])


def _weighed_mention(mentioned: int, rarity: float) -> int:
    weight = weight_of(mentioned)
    saturated = rarity * weight / (weight + weights.SATURATION)
    level = round(weights.LEVELS * saturated / weights.TOP_RARITY)
    return level << FIELD_BITS | strongest_field(mentioned)


def _unpacked_range(least: float, most: float | None) -> Range:
    return least, math.inf if most is None else most
