"""
A search index as it is read: its plain values, each unpacked at its first use.

What a search asks of a term or a code is kept, since the same few hundred are asked again and
again; unpacking all of them would take longer than many searches.
"""

from __future__ import annotations

import functools
import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from cdtref.code import Code
from cdtref.datafile import faults_of
from cdtref.textsearch import weights
from cdtref.textsearch.building import unpacked
from cdtref.textsearch.clauses import DENIED
from cdtref.textsearch.facets import Range
from cdtref.textsearch.lanes import SURE_UNITS, laned
from cdtref.textsearch.mending import Alternative
from cdtref.textsearch.mentions import strongest_field, weight_of
from cdtref.textsearch.thesaurus import Thesaurus

# A posting is a level, shifted by the bits of its field.
FIELD_BITS: Final = 3
_FILE: Final = "search.json"  # what is broken in an index is so in the bundled one
_NO_POSTINGS: Final[Mapping[int, int]] = MappingProxyType({})


class Wording(NamedTuple):
    """A title or synonym: its terms, and the weight of its stems."""

    terms: frozenset[str]
    weight: float


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
        self._postings: dict[str, Mapping[int, int]] = {}
        self._lanes: dict[tuple[Alternative, ...], int] = {}
        self._facets: dict[int, FacetBits] = {}
        self._wordings: dict[int, tuple[Wording, ...]] = {}

    @functools.cached_property
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

    def postings_of(self, term: str) -> Mapping[int, int]:
        """What a term weighs by document: the level, then the field in the last three bits."""
        postings = self._postings.get(term)
        if postings is None:
            if term not in self.rarities:
                return _NO_POSTINGS
            with faults_of(_FILE, term):
                mentions = unpacked(self.raw["postings"][term])
                postings = _weighed(mentions, self.rarities[term])
            self._postings[term] = postings
        return postings

    def lanes_of(self, alternatives: tuple[Alternative, ...]) -> int:
        """
        What a word, known by these, weighs in every document, as `lanes` has it; of several the
        best counts.
        """
        lanes = self._lanes.get(alternatives)
        if lanes is None:
            if len(self._lanes) >= weights.WORDS_WEIGHED:
                self._lanes.clear()
            lanes = laned(self._weighed(alternatives), len(self.codes))
            self._lanes[alternatives] = lanes
        return lanes

    def _weighed(self, alternatives: Sequence[Alternative]) -> Iterator[tuple[int, int]]:
        for term, confidence, _ in alternatives:
            factor = confidence * SURE_UNITS
            for doc, value in self.postings_of(term).items():
                yield doc, int(factor * (value >> FIELD_BITS))

    def facets_of(self, doc: int) -> FacetBits:
        """The facets of a code."""
        if doc not in self._facets:
            with faults_of(_FILE, self.codes[doc]):
                concepts, ranges = self.raw["facets"][doc]
                spans = {unit: _unpacked_range(*span) for unit, span in ranges.items()}
                self._facets[doc] = FacetBits(self.bits_of(concepts.split()), spans)
        return self._facets[doc]

    def wordings_of(self, doc: int) -> tuple[Wording, ...]:
        """The title and the synonyms of a code."""
        if doc not in self._wordings:
            with faults_of(_FILE, self.codes[doc]):
                packed = self.raw["wordings"][doc]
                self._wordings[doc] = tuple(map(self._unpacked_wording, packed))
        return self._wordings[doc]

    def _unpacked_wording(self, packed: str) -> Wording:
        stems, concepts, *_ = packed.split("|")
        parts = stems.split()
        terms = frozenset(parts).union(map(_term_of_concept, concepts.split()))
        return Wording(terms, sum(map(self._rarity_of, parts)))

    def _rarity_of(self, term: str) -> float:
        return self.rarities.get(term, 0.0)

    @functools.cached_property
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


def _weighed(mentions: Mapping[int, int], rarity: float) -> Mapping[int, int]:
    """The strongest postings of a term, in the order of their records."""
    weighed: dict[int, int] = {}
    postings: dict[int, int] = {}
    for doc, mentioned in mentions.items():
        if mentioned not in weighed:
            weighed[mentioned] = _weighed_mention(mentioned, rarity)
        postings[doc] = weighed[mentioned]
    if len(postings) <= weights.MOST_POSTINGS:
        return postings
    strongest = heapq.nlargest(weights.MOST_POSTINGS, postings, key=postings.__getitem__)
    return {doc: postings[doc] for doc in sorted(strongest)}


def _weighed_mention(mentioned: int, rarity: float) -> int:
    weight = weight_of(mentioned)
    saturated = rarity * weight / (weight + weights.SATURATION)
    level = round(weights.LEVELS * saturated / weights.TOP_RARITY)
    return level << FIELD_BITS | strongest_field(mentioned)


def _unpacked_range(least: float, most: float | None) -> Range:
    return least, math.inf if most is None else most
