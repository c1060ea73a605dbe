"""
The search index: what each word and concept says for each code, and how a query is ranked against
it.

Two steps. First every code gathers the weights of the query's words over all text fields (BM25F: a
word counts by its rarity and by the field it stands in). Then the best of them are held against the
query one by one: their title and synonyms as wholes, and their facets (arch, tooth class,
surfaces), where a contradiction costs and an agreement pays.

The index knows texts, not files: `Index.of` builds it from procedures, `to_dict` and `from_dict`
keep it.
"""

from __future__ import annotations

import base64
import functools
import itertools
import math
import struct
from collections import defaultdict
from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from cdtref.code import Code
from cdtref.procedure import Procedure
from cdtref.textsearch import query
from cdtref.textsearch.building import FIELDS, LEVELS, TOP_IDF, build
from cdtref.textsearch.facets import Range
from cdtref.textsearch.query import Query, Unit
from cdtref.textsearch.spelling import Vocabulary
from cdtref.textsearch.thesaurus import Thesaurus

_CANDIDATES: Final = 28  # codes whose facets are looked at
_FINALISTS: Final = 10  # codes whose wordings are looked at
_THRESHOLD: Final = (
    0.56  # share of dental words below which nothing is answered; see benchmarks/search
)
_GATHERED: Final = 0.5  # weight of all fields together, against the likeness of the best wording
_SURPLUS: Final = 0.7  # what a word of a wording that nobody asked for counts
_AGREES, _SILENT, _CONTRADICTS, _UNASKED = 1.1, 0.95, 0.55, 0.88


_NOTHING: Final[Mapping[int, int]] = {}
_Worth = Mapping[str, Sequence[tuple[int, float]]]


class Hit(NamedTuple):
    """
    One word of the query in a code's texts.

    Attributes:
        word: The word or phrase as typed.
        field: The field of the record in which it says most.
        how: 'exact', 'prefix', 'abbreviation', 'typo' or 'concept'; 'code' for the number itself.
        term: The stem, or the concept of the thesaurus, by which they met.
    """

    word: str
    field: str
    how: str
    term: str


class Ranked(NamedTuple):
    """A code with its score and the words that met it."""

    code: Code
    score: float
    hits: tuple[Hit, ...]


class _Wording(NamedTuple):
    """A title or synonym: its terms, and the weight of its stems."""

    terms: frozenset[str]
    weight: float


class Index:
    """
    An index over procedures, immutable once made; its answers do not depend on the order of sets
    or hashes.
    """

    def __init__(self, raw: Mapping[str, Any], words: Thesaurus) -> None:
        self._raw = raw
        self._words = words
        self._codes: Sequence[Code] = raw["codes"]
        self._priors: Sequence[float] = raw["priors"]
        self._idf: Mapping[str, float] = raw["idf"]
        self._vocabulary = Vocabulary(raw["vocabulary"])
        self._postings: dict[str, Mapping[int, int]] = {}
        self._stamps: dict[int, tuple[int, Mapping[str, Range]]] = {}
        self._wordings: dict[int, tuple[_Wording, ...]] = {}
        self._bits = {
            name: 1 << number for number, name in enumerate(sorted({*words.groups, *words.marked}))
        }
        self._marked = self._mask(words.marked)
        self._groups: dict[str, int] = defaultdict(int)
        for name, group in words.groups.items():
            self._groups[group] |= self._bits[name]

    @classmethod
    def of(cls, procedures: Iterable[Procedure], words: Thesaurus) -> Index:
        """An index built in memory."""
        return cls(build(tuple(procedures), words), words)

    def to_dict(self) -> Mapping[str, Any]:
        """The index as plain JSON values, the same for the same texts."""
        return self._raw

    def rank(self, text: str, admitted: Container[Code], limit: int) -> list[Ranked]:
        """
        The best *limit* codes for a query in words among those admitted; none where nothing dental
        is said.
        """
        asked = query.read(text, self._words, self._vocabulary)
        weights = [
            unit.share * max([way.confidence * self._idf.get(way.term, 0.0) for way in unit.ways])
            for unit in asked.units
        ]
        named = [
            (doc, place)
            for doc, place in self._named.get(asked.stems, ())
            if self._codes[doc] in admitted
        ]
        if not named and (not sum(weights) or asked.dental < _THRESHOLD):
            return []
        top = self._ordered(asked, weights, named, admitted, limit)[:limit]
        hits = self._hits(asked.units)
        return [Ranked(self._codes[doc], round(score, 4), hits(doc)) for score, doc in top]

    def _ordered(
        self,
        asked: Query,
        weights: Sequence[float],
        named: Sequence[tuple[int, int]],
        admitted: Container[Code],
        limit: int,
    ) -> list[tuple[float, int]]:
        """
        Score and code: those named outright, the finalists as judged, then, if asked for, the
        other candidates.
        """
        gathered = self._gathered(asked.units)
        fit = self._fitter(asked)
        judge = self._judge(asked.units, weights)
        ordered = sorted(
            (-0.94 + 0.01 * min(place, 4) - 0.04 * min(fit(doc), 1.0), doc) for doc, place in named
        )
        taken = {doc for doc, _ in named}
        order = sorted(gathered, key=gathered.__getitem__, reverse=True)
        admissible = (doc for doc in order if self._codes[doc] in admitted and doc not in taken)
        rough = sorted(
            (-gathered[doc] * fit(doc), doc) for doc in itertools.islice(admissible, _CANDIDATES)
        )
        ordered += sorted(
            (-_bounded(judge(doc, gathered[doc]) * fit(doc)), doc) for _, doc in rough[:_FINALISTS]
        )
        found = [(-score, doc) for score, doc in ordered]
        if limit > len(found):  # the rest keeps its first order, below the finalists
            rest = itertools.islice(
                itertools.chain((doc for _, doc in rough[_FINALISTS:]), admissible), limit
            )
            found += [
                (found[-1][0] / (1 + 0.05 * number), doc) for number, doc in enumerate(rest, 1)
            ]
        return found

    def _judge(
        self, units: Sequence[Unit], weights: Sequence[float]
    ) -> Callable[[int, float], float]:
        """
        The score of a finalist: half what it gathered of what could be, half the likeness of its
        best wording.
        """
        total = sum(weights)
        worth = _worth(units, weights)
        asked = frozenset(worth)

        def judge(doc: int, gathered: float) -> float:
            return _GATHERED * gathered / total + (1 - _GATHERED) * self._likeness(
                doc, asked, worth, total
            )

        return judge

    def _gathered(self, units: Sequence[Unit]) -> dict[int, float]:
        """
        What the query's words weigh in all fields, by code; of the ways to one word the best
        counts.
        """
        sums: dict[int, float] = {}
        for unit in units:
            brought = self._brought(unit)
            if not sums:
                sums = brought
                continue
            so_far = sums.get
            for doc, weight in brought.items():
                sums[doc] = so_far(doc, 0.0) + weight
        return sums

    def _brought(self, unit: Unit) -> dict[int, float]:
        brought: dict[int, float] = {}
        for way in unit.ways:
            factor = way.confidence * unit.share * TOP_IDF / (LEVELS << 3)
            postings = self._postings_of(way.term)
            if not brought:
                brought = {doc: factor * value for doc, value in postings.items()}
                continue
            so_far = brought.get
            for doc, value in postings.items():
                weight = factor * value
                if weight > so_far(doc, 0.0):
                    brought[doc] = weight
        return brought

    @functools.cached_property
    def _named(self) -> Mapping[str, Sequence[tuple[int, int]]]:
        """The codes of which a text is the very title (place 0) or synonym."""
        named: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for doc, wordings in enumerate(self._raw["wordings"]):
            for place, wording in enumerate(wordings):
                stems, _, *whole = wording.split("|")
                found = named[whole[0] if whole else stems.replace(" ", "")]
                if not found or found[-1][0] != doc:  # of a code the first wording counts
                    found.append((doc, place))
        return {stems: found for stems, found in named.items() if stems}

    def _likeness(self, doc: int, asked: frozenset[str], worth: _Worth, total: float) -> float:
        """
        How well the best title or synonym covers the query and the query it: weighted Jaccard.
        """
        best = 0.0
        for terms, weight in self._wordings_of(doc):
            if shared := terms & asked:
                common = min(_met(shared, worth), weight)
                likeness = common / (total + _SURPLUS * (weight - common))
                best = max(best, likeness)
        return min(best, 1.0)

    def _fitter(self, asked: Query) -> Callable[[int], float]:
        """
        How well a code's facets agree with the query's: below 1 where one contradicts or says what
        nobody asked.
        """
        wanted: dict[str, int] = {}
        for name in asked.facets.concepts:
            group = self._words.groups[name]
            wanted[group] = wanted.get(group, 0) | self._mask(self._words.kin(name))
        pairs = [(self._groups[group], bits) for group, bits in sorted(wanted.items())]
        unasked = self._marked & ~self._mask(asked.named | asked.facets.concepts)
        ranges = asked.facets.ranges

        def fit(doc: int) -> float:
            bits, mine = self._stamp(doc)
            factor: float = self._priors[doc] * _UNASKED ** (bits & unasked).bit_count()
            for group, good in pairs:
                have = bits & group
                factor *= _SILENT if not have else _AGREES if have & good else _CONTRADICTS
            for unit, (least, most) in ranges.items():
                span = mine.get(unit)
                factor *= (
                    _SILENT
                    if span is None
                    else _AGREES
                    if span[0] <= most and least <= span[1]
                    else _CONTRADICTS
                )
            return factor

        return fit

    def _mask(self, names: Iterable[str]) -> int:
        return functools.reduce(int.__or__, (self._bits.get(name, 0) for name in names), 0)

    def _hits(self, units: Sequence[Unit]) -> Callable[[int], tuple[Hit, ...]]:
        """The words that met a code, each by its surest way."""
        met = [
            [(self._postings_of(way.term), unit.text, way.how, way.term) for way in unit.ways]
            for unit in units
        ]

        def hits(doc: int) -> tuple[Hit, ...]:
            found = []
            for ways in met:
                for postings, text, how, term in ways:  # the surest way comes first
                    if value := postings.get(doc):
                        found.append(Hit(text, FIELDS[value & 7], how, term))
                        break
            return tuple(found)

        return hits

    def _postings_of(self, term: str) -> Mapping[int, int]:
        """What a term weighs by code, unpacked at its first use."""
        postings = self._postings.get(term)
        if postings is None:
            if term not in self._idf:
                return _NOTHING
            raw = base64.b64decode(self._raw["postings"][term])
            packed = struct.unpack(f"<{len(raw) // 2}H", raw)
            half = len(packed) // 2
            postings = self._postings[term] = dict(zip(packed[:half], packed[half:], strict=True))
        return postings

    def _stamp(self, doc: int) -> tuple[int, Mapping[str, Range]]:
        """The facets of a code: those of groups as bits, and its numbers."""
        if doc not in self._stamps:
            concepts, ranges = self._raw["facets"][doc]
            spans = {
                unit: (least, math.inf if most is None else most)
                for unit, (least, most) in ranges.items()
            }
            self._stamps[doc] = (self._mask(concepts.split()), spans)
        return self._stamps[doc]

    def _wordings_of(self, doc: int) -> tuple[_Wording, ...]:
        if doc not in self._wordings:
            self._wordings[doc] = tuple(map(self._wording, self._raw["wordings"][doc]))
        return self._wordings[doc]

    def _wording(self, text: str) -> _Wording:
        stems, concepts, *_ = text.split("|")
        parts = stems.split()
        terms = frozenset(parts) | {"#" + name for name in concepts.split()}
        return _Wording(terms, sum(self._idf.get(stem, 0.0) for stem in parts))


def _bounded(score: float) -> float:
    """Any score above 0 as one below those of codes named outright."""
    return min(score / (score + 0.3), 0.85)


def _worth(units: Sequence[Unit], weights: Sequence[float]) -> _Worth:
    """What each term brings, and to which unit of the query."""
    worth: dict[str, list[tuple[int, float]]] = {}
    for number, (unit, weight) in enumerate(zip(units, weights, strict=True)):
        for way in unit.ways:
            worth.setdefault(way.term, []).append((number, weight * way.confidence))
    return worth


def _met(shared: Collection[str], worth: _Worth) -> float:
    """The sum over units of the best that one of the shared terms brings."""
    best: dict[int, float] = {}
    for term in shared:
        for number, value in worth[term]:
            if number not in best or value > best[number]:
                best[number] = value
    return math.fsum(best.values())  # exact, so that the order of a set does not show
