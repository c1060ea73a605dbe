"""
A search index as it is read: its plain values, each unpacked at its first use.

What a search asks of a term or a code is kept, since the same few hundred are asked again and
again; unpacking all of them would take longer than many searches.
"""

from __future__ import annotations

import base64
import functools
import math
import struct
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from cdtref.code import Code
from cdtref.textsearch.facets import Range
from cdtref.textsearch.thesaurus import Thesaurus

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
        self.groups = self._bits_by_group(words.groups)
        self.marked = self.bits_of(words.marked)
        self._postings: dict[str, Mapping[int, int]] = {}
        self._facets: dict[int, FacetBits] = {}
        self._wordings: dict[int, tuple[Wording, ...]] = {}

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
            postings = self._postings[term] = _unpacked_postings(self.raw["postings"][term])
        return postings

    def facets_of(self, doc: int) -> FacetBits:
        """The facets of a code."""
        if doc not in self._facets:
            concepts, ranges = self.raw["facets"][doc]
            spans = {unit: _unpacked_range(*span) for unit, span in ranges.items()}
            self._facets[doc] = FacetBits(self.bits_of(concepts.split()), spans)
        return self._facets[doc]

    def wordings_of(self, doc: int) -> tuple[Wording, ...]:
        """The title and the synonyms of a code."""
        if doc not in self._wordings:
            self._wordings[doc] = tuple(map(self._unpacked_wording, self.raw["wordings"][doc]))
        return self._wordings[doc]

    def _unpacked_wording(self, packed: str) -> Wording:
        stems, concepts, *_ = packed.split("|")
        parts = stems.split()
        terms = frozenset(parts).union(map("#{}".format, concepts.split()))
        return Wording(terms, sum(map(self._rarity_of, parts)))

    def _rarity_of(self, term: str) -> float:
        return self.rarities.get(term, 0.0)

    @functools.cached_property
    def named(self) -> Mapping[str, Sequence[tuple[int, int]]]:
        """The codes of which a text is the very title (place 0) or synonym, by its stems."""
        named: dict[str, list[tuple[int, int]]] = defaultdict(list)
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


def _bits_by_name(names: Iterable[str]) -> dict[str, int]:
    return {name: 1 << number for number, name in enumerate(sorted(names))}


def _unpacked_postings(text: str) -> Mapping[int, int]:
    raw = base64.b64decode(text)
    numbers = struct.unpack(f"<{len(raw) // 2}H", raw)
    half = len(numbers) // 2
    return dict(zip(numbers[:half], numbers[half:], strict=True))


def _unpacked_range(least: float, most: float | None) -> Range:
    return least, math.inf if most is None else most
