"""
How a query is ranked.

1. The query is read (query.py): words become terms, each with the alternatives by which the index
   may know it, and what the query fixes becomes facets. If less than `LEAST_DENTAL` of it speaks of
   teeth, nothing is answered.
2. Every code gathers what the terms weigh in its texts. A term counts by the best of its
   alternatives, an alternative by BM25F: its rarity, the field it stands in, saturated. That was
   computed when the index was built; here it is added up.
3. What the query denies ('not on implants') counts against a code whose wordings have it.
4. The best `CANDIDATES` are held against the query's facets (arch, tooth class, surfaces): a
   contradiction costs, an agreement pays a little, and so does a prior for what is done often.
5. The best `FINALISTS` of these are judged: half by what they gathered, half by the likeness of
   their best title or synonym with the query, a weighted Jaccard; times their facets again.
6. A code of which the query is the very title or synonym comes before them all, whatever it
   gathered. Those behind the finalists keep their rough order below them.

Every step is a sum or a product over values in the order of the query and of the codes, so that
the answer is the same on every platform and with every hash seed. The numbers are in weights.py.
"""

from __future__ import annotations

import copy
import functools
import itertools
import math
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import attrs

from cdtref.code import Code
from cdtref.procedure import Procedure
from cdtref.record import Record, Unpacked
from cdtref.textsearch import english, query, weights
from cdtref.textsearch.building import build, merged, with_nomenclature
from cdtref.textsearch.clauses import DENIED
from cdtref.textsearch.facets import Range
from cdtref.textsearch.kept import kept_property
from cdtref.textsearch.lanes import SHARE_UNITS, Gathered
from cdtref.textsearch.mending import Lexicon
from cdtref.textsearch.mentions import FIELDS
from cdtref.textsearch.query import Query, QueryTerm
from cdtref.textsearch.spelling import Vocabulary
from cdtref.textsearch.thesaurus import Thesaurus
from cdtref.textsearch.unpacking import FIELD_BITS, FIELD_MASK, UnpackedIndex

# What so many facets that nobody asked for leave of a score.
_UNASKED: Final = tuple(weights.UNASKED**count for count in range(64))

_FIELDS_OF_WORDINGS: Final = ("title", "synonyms")  # the synonyms from place 1 on

_Scored = tuple[float, int]  # a score and a document
_Worth = tuple[int, int, float]  # the bit of a way to a term, the term's number, its weight
_Candidate = tuple[float, int, float]  # for sorting, a document, and the fit of its facets


@attrs.frozen
class Hit(Record, Unpacked):
    """
    One word of the query in a code's texts.

    Attributes:
        word: The word or phrase as typed.
        field: The field of the record in which it says most.
        how: 'exact', 'prefix', 'abbreviation', 'typo', 'derived' (another word of the root) or
            'concept'; 'range' of codes too.
        term: The stem, or the concept of the thesaurus, by which they met.
    """

    word: str
    field: str
    how: str
    term: str


# People ask with the same few hundred words: to make a hit takes longer than to find it here.
_kept_hit: Final = functools.lru_cache(weights.HITS_KEPT)(Hit)


class Ranked(NamedTuple):
    """A code with its score and the words that met it."""

    code: Code
    score: float
    hits: tuple[Hit, ...]


class Index:
    """
    An index over procedures, immutable once made; its answers do not depend on the order of sets
    or hashes.

    It knows texts, not files: `Index.of` builds it from procedures, `to_dict` keeps it.
    """

    def __init__(self, raw: Mapping[str, Any], words: Thesaurus) -> None:
        self._unpacked = UnpackedIndex(raw, words)
        self._words = words
        known = Vocabulary(words.with_own_words(raw["vocabulary"]))
        self._lexicon = Lexicon(words, known, raw["forms"].split(), english.bundled())

    @classmethod
    def of(cls, procedures: Iterable[Procedure], words: Thesaurus) -> Index:
        """An index built in memory."""
        return cls(build(tuple(procedures), words), words)

    def with_nomenclature(self, texts: Mapping[str, str]) -> Index:
        """
        The index of the same records, none of which had a nomenclature, with that of some codes.

        It is what `of` gives for them, in a fraction of the time.
        """
        raw = self._unpacked.raw
        places: dict[str, int] = {code: doc for doc, code in enumerate(raw["codes"])}
        by_place = {places[code]: text for code, text in texts.items()}
        return Index(with_nomenclature(raw, by_place, self._words), self._words)

    def laid_over(self, procedures: Iterable[Procedure]) -> Index:
        """The index of its records with the nomenclature that they have here, and of all others."""
        wordings: dict[str, str] = {}
        added = []
        known = frozenset(self._unpacked.codes)
        for procedure in procedures:
            if procedure.code not in known:
                added.append(procedure)
            elif procedure.nomenclature:
                wordings[procedure.code] = procedure.nomenclature
        index = self.with_nomenclature(wordings)
        return index.with_records(added) if added else index

    def with_records(self, added: Iterable[Procedure]) -> Index:
        """
        The index of its records and of others, in the order of their codes.

        It is what `of` gives for them all, in a fraction of the time.
        """
        raw, more = self._unpacked.raw, build(tuple(added), self._words)
        codes = sorted((*raw["codes"], *more["codes"]))
        return Index(merged(raw, more, codes), self._words)

    def to_dict(self) -> dict[str, Any]:
        """The index as plain JSON values, the same for the same texts; a copy at every call."""
        return copy.deepcopy(dict(self._unpacked.raw))

    @property
    def lexicon(self) -> Lexicon:
        """All that it knows of words."""
        return self._lexicon

    def stem(self, word: str) -> str:
        """The stem by which the index knows a word."""
        return self._words.stem(word)

    def prior_of(self, code: Code) -> float:
        """The lean of a code before any word is read."""
        return self._unpacked.prior_by_code[code]

    def read(self, text: str) -> Query:
        """A query as this index understands it."""
        return query.read(text, self._lexicon)

    def rank(self, text: str, admitted: frozenset[Code], limit: int) -> list[Ranked]:
        """
        The best *limit* codes for a query in words among those admitted; none where nothing dental
        is said.
        """
        ranking = _Ranking(self.read(text), self._unpacked, self._words, admitted)
        if not ranking.has_answer:
            return []
        return ranking.explained(ranking.best(limit))


class _Ranking:
    """The answers to one query, in the steps that the head of this module tells."""

    def __init__(
        self, asked: Query, index: UnpackedIndex, words: Thesaurus, admitted: frozenset[Code]
    ) -> None:
        self._asked = asked
        self._index = index
        self._admitted = admitted
        self._wording = Likeness(asked.terms, index)
        self._facets = FacetFit(asked, index, words)
        self._denial = _Denial(asked.terms, index)

    @property
    def has_answer(self) -> bool:
        """
        True for a wording of a record, or nearly one, for a word by itself of which one is, and
        where enough is dental and some of it is known.
        """
        if self._named and not self._asked.guessed:
            return True
        if not self._wording.total:
            return False
        return self._is_dental or self._is_nearly_named() or self._is_catchword

    @property
    def _is_dental(self) -> bool:
        return self._asked.dental >= weights.LEAST_DENTAL

    def _is_nearly_named(self) -> bool:
        """True where all words, of several, are known and one record's wording is hardly more."""
        is_single = len({term.text for term in self._asked.terms}) == 1
        if is_single or self._asked.guessed:
            return False
        best = itertools.islice(self._gathered.most_first(weights.FINALISTS), weights.FINALISTS)
        return any(self._wording.of(doc) >= weights.NEARLY_NAMED for doc in best)

    @kept_property
    def _is_catchword(self) -> bool:
        """True for a known word by itself that few records have, and of which one is."""
        if self._asked.guessed or len(self._asked.terms) != 1:
            return False
        ((_, _, (word, *_), is_denied),) = self._asked.terms
        if is_denied or self._index.rarities.get(word.term, 0.0) < weights.CATCHWORD_RARITY:
            return False
        having = self._index.postings_of(word.term).docs
        return any(
            self._is_admitted(doc) and self._index.is_about(doc, word.term) for doc in having
        )

    def best(self, limit: int) -> list[_Scored]:
        """Score and document of the best codes, best first."""
        found = self._named_outright()
        others = self._others_than({doc for _, doc in found})
        left = max(0, weights.CANDIDATES - len(found))  # of those, facets were looked at already
        rough = self._by_facets(itertools.islice(others, left))
        found += self._judged(rough[: weights.FINALISTS])
        missing = limit - len(found)
        if found and missing > 0:
            behind = (doc for _, doc, _ in rough[weights.FINALISTS :])
            rest = itertools.islice(itertools.chain(behind, others), missing)
            found += _falling_off(found[-1][0], rest)
        return found[:limit]

    def explained(self, found: Sequence[_Scored]) -> list[Ranked]:
        """The answers as they are handed out, less sure where words were not understood."""
        sure = 1 - weights.DOUBT * (1 - self._asked.understood)
        if not (self._named or self._is_dental) and self._is_catchword:
            sure *= weights.CATCHWORD_SURE
        codes = self._index.codes
        hits = hits_in([doc for _, doc in found], self._asked.terms, self._index)
        places = dict(self._named)
        for (_, doc), met in zip(found, hits, strict=True):
            if not met and doc in places:
                met.append(self._hit_of_wording(places[doc]))
        return [
            Ranked(codes[doc], round(score * sure, 4), tuple(met))
            for (score, doc), met in zip(found, hits, strict=True)
        ]

    @kept_property
    def _named(self) -> list[tuple[int, int]]:
        """The admitted codes of which the query is a wording, with the place of that wording."""
        for number, whole in enumerate(self._asked.wholes):
            named = self._index.named.get(whole, ())
            admitted = [(doc, place) for doc, place in named if self._is_admitted(doc)]
            if number:  # of what is left without the denied, only what does not have it
                admitted = [pair for pair in admitted if self._denial.factor(pair[0]) == 1.0]
            if admitted:
                return admitted
        return []

    def _hit_of_wording(self, place: int) -> Hit:
        """How a wording is met of which no word is: 'e.m.' is EM, 'p16stain' the p16 stain."""
        said = " ".join([term.text for term in self._asked.terms if not term.is_denied])
        return Hit(said, _FIELDS_OF_WORDINGS[min(place, 1)], "exact", self._asked.wholes[-1])

    def _is_admitted(self, doc: int) -> bool:
        return self._index.codes[doc] in self._admitted

    def _named_outright(self) -> list[_Scored]:
        scored = [(self._score_of_named(doc, place), doc) for doc, place in self._named]
        return sorted(scored, key=_best_first)

    def _score_of_named(self, doc: int, place: int) -> float:
        later = weights.NAMED_LATER * min(place, weights.LAST_PLACE)
        by_fit = weights.NAMED_BY_FIT * min(self._facets.fit(doc), 1.0)
        return weights.NAMED_OUTRIGHT - later + by_fit

    @kept_property
    def _gathered(self) -> Gathered:
        """What the query's terms weigh in all fields, by admitted document."""
        index = self._index
        words = [
            (round(share * SHARE_UNITS), index.weighed(alternatives))
            for _, share, alternatives, _ in self._asked.terms
        ]
        return Gathered(words, index.refused(self._admitted), len(index.codes))

    def _others_than(self, taken: Container[int]) -> Iterator[int]:
        """The admitted codes but those taken by what they gathered, most first."""
        found = self._gathered.most_first(weights.CANDIDATES)
        return itertools.filterfalse(taken.__contains__, found) if taken else found

    def _by_facets(self, docs: Iterable[int]) -> list[_Candidate]:
        """The candidates in the order of what they gathered, times their facets."""
        candidates = []
        gathered, denial = self._gathered.weights, self._denial
        held = list(docs)
        fits = self._facets.fits(held)
        if denial.denies:
            fits = [fit * denial.factor(doc) for doc, fit in zip(held, fits, strict=True)]
        for doc, fit in zip(held, fits, strict=True):
            candidates.append((-gathered[doc] * fit, doc, fit))
        candidates.sort()
        return candidates

    def _judged(self, candidates: Iterable[_Candidate]) -> list[_Scored]:
        scored = []
        gathered, unit = self._gathered.weights, self._gathered.unit
        for _, doc, fit in candidates:
            by_words = weights.GATHERED * gathered[doc] * unit / self._wording.total
            by_wording = (1 - weights.GATHERED) * self._wording.of(doc)
            scored.append((_score_by_words((by_words + by_wording) * fit), doc))
        scored.sort(key=_best_first)
        return scored


def hits_in(
    docs: Sequence[int], terms: Iterable[QueryTerm], index: UnpackedIndex
) -> list[list[Hit]]:
    """The terms that met each of some codes, each by its surest alternative."""
    hits: list[list[Hit]] = [[] for _ in docs]
    for text, _, alternatives, _ in terms:
        ways = index.ways_to(alternatives)
        made: dict[int, Hit] = {}
        for doc, met in zip(docs, hits, strict=True):
            if way := ways[doc]:
                if way not in made:
                    term, _, how = alternatives[way >> FIELD_BITS]
                    made[way] = _kept_hit(text, FIELDS[(way & FIELD_MASK) - 1], how, term)
                met.append(made[way])
    return hits


class Likeness:
    """
    How well the best title or synonym of a code covers the query, and the query it: a weighted
    Jaccard.
    """

    def __init__(self, terms: Sequence[QueryTerm], index: UnpackedIndex) -> None:
        self._wordings = index.wordings
        # What each way to a term is worth, by the term of the query.
        self._worth: dict[str, list[tuple[int, float]]] = {}
        self.total: float = 0.0
        rarity_of = index.rarities.get
        for number, term in enumerate(terms):
            rarest = max([sure * rarity_of(way, 0.0) for way, sure, _ in term.alternatives])
            weight = term.share * rarest
            self.total += weight
            for known_as, confidence, _ in term.alternatives:
                self._worth.setdefault(known_as, []).append((number, weight * confidence))

    def of(self, doc: int) -> float:
        """The likeness of a code, at most 1."""
        bits, each = self._wordings[doc]
        asked, worth = self._worth_within(bits)
        best, total, surplus = 0.0, self.total, weights.SURPLUS
        met: dict[int, float] = {}  # many wordings share the same terms
        for terms, weight in each:
            shared = terms & asked
            if not shared:
                continue
            if shared not in met:
                met[shared] = _met_by(shared, worth)
            common = met[shared]
            if common > weight:  # noqa: PLR1730  # min() and max() take three times as long
                common = weight
            likeness = common / (total + surplus * (weight - common))
            if likeness > best:  # noqa: PLR1730
                best = likeness
        return min(best, 1.0)

    def _worth_within(self, bits: Mapping[str, int]) -> tuple[int, list[_Worth]]:
        """The bits of those of a code's terms that are asked for, and what each is worth."""
        asked, worth = 0, []
        for term in bits.keys() & self._worth.keys():
            bit = bits[term]
            asked |= bit
            for number, value in self._worth[term]:
                worth.append((bit, number, value))
        return asked, worth


def _met_by(shared: int, worth: Iterable[_Worth]) -> float:
    """The sum over the query's terms of the best that one of the shared ways to it brings."""
    best: dict[int, float] = {}
    for bit, number, value in worth:
        if bit & shared and value > best.get(number, 0.0):
            best[number] = value
    return math.fsum(best.values())  # exact, so that the order of a set does not show


class _Denial:
    """What the query denies, held against what the wordings of a code have."""

    def __init__(self, terms: Sequence[QueryTerm], index: UnpackedIndex) -> None:
        self._index = index
        self._denied: list[tuple[float, dict[str, float]]] = []
        for term in terms:
            if term.is_denied:
                weighed = {}
                for known_as, sure, _ in term.alternatives:
                    weighed[known_as] = sure * index.rarities.get(known_as, 0.0)
                plain = {name: weight for name, weight in weighed.items() if name[0] != DENIED}
                self._denied.append((max(plain.values(), default=0.0), plain))
        self._total = sum(weight for weight, _ in self._denied)

    @property
    def denies(self) -> bool:
        """True for a query that denies anything."""
        return self._total > 0

    def factor(self, doc: int) -> float:
        """1 for a code that has nothing of it, or denies it too; less the more it has."""
        if not self._total:
            return 1.0
        said = self._index.wordings[doc].bits
        had = 0.0
        for _, plain in self._denied:
            present = [plain[name] for name in plain if name in said]
            if present and not any(DENIED + name in said for name in plain):
                had += max(present)
        return 1.0 - weights.DENIAL * had / self._total


class FacetFit:
    """
    How well a code's facets agree with the query's: below 1 where one contradicts or says what
    nobody asked.
    """

    def __init__(self, asked: Query, index: UnpackedIndex, words: Thesaurus) -> None:
        self._index = index
        self._ranges = asked.facets.ranges
        self._unasked = index.marked & ~index.bits_of(asked.named | asked.facets.concepts)
        wanted: dict[str, int] = {}
        for name in asked.facets.concepts:
            group = words.groups[name]
            wanted[group] = wanted.get(group, 0) | index.bits_of(words.kin(name))
        self._wanted = [(index.groups[group], wanted[group]) for group in sorted(wanted)]

    def fit(self, doc: int) -> float:
        """The factor of a code, its prior included."""
        return self.fits((doc,))[0]

    def fits(self, docs: Sequence[int]) -> list[float]:
        """The factor of each of some codes."""
        facets, priors = self._index.facets, self._index.priors
        unasked, groups, ranges = self._unasked, self._wanted, self._ranges
        fits = []
        for doc in docs:
            bits, mine = facets[doc]
            factor = priors[doc]
            if bits & unasked:
                factor *= _UNASKED[(bits & unasked).bit_count()]
            for group, wanted in groups:
                have = bits & group
                if not have:
                    factor *= weights.SILENT
                else:
                    factor *= weights.AGREES if have & wanted else weights.CONTRADICTS
            if ranges:
                factor *= self._fit_of_ranges(mine)
            fits.append(factor)
        return fits

    def _fit_of_ranges(self, mine: Mapping[str, Range]) -> float:
        factor = 1.0
        for unit, (least, most) in self._ranges.items():
            if unit not in mine:
                factor *= weights.SILENT
                continue
            mine_least, mine_most = mine[unit]
            overlaps = mine_least <= most and least <= mine_most
            factor *= weights.AGREES if overlaps else weights.CONTRADICTS
        return factor


def _best_first(scored: _Scored) -> tuple[float, int]:
    score, doc = scored
    return -score, doc


def _score_by_words(judgement: float) -> float:
    """Any judgement above 0 as a score below those of codes named outright."""
    return min(judgement / (judgement + weights.HALF_SCORE), weights.MOST_BY_WORDS)


def _falling_off(last: float, docs: Iterable[int]) -> Iterator[_Scored]:
    for number, doc in enumerate(docs, 1):
        yield last / (1 + weights.FALL_OFF * number), doc
