"""
How a search index is made of the texts of procedures: postings, rarities, wordings, facets and
priors as plain values.

A posting tells what a term weighs in a code (BM25F: by the fields it stands in, saturated, times
the term's rarity) and in which field it weighs most. The same texts give the same values on every
platform.
"""

from __future__ import annotations

import base64
import heapq
import math
import struct
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from cdtref.procedure import Procedure
from cdtref.textsearch import facets, weights
from cdtref.textsearch.thesaurus import Thesaurus, outermost, sameness

FIELDS: Final = tuple(weights.FIELD_WEIGHTS)
_WEIGHT_OF_FIELD: Final = tuple(weights.FIELD_WEIGHTS.values())
_NAMING: Final = frozenset((FIELDS.index("title"), FIELDS.index("synonyms")))

# Abbreviations are trusted where a procedure is named; in a sentence 'PA' may be anything.
_KINDS_IN_NAMES: Final = frozenset(("term", "abbreviation"))
_KINDS_IN_TEXTS: Final = frozenset(("term",))

_ByField = list[float]


class _Gathered:
    """What is counted while the records are read, one by one: terms and words over all of them."""

    def __init__(self) -> None:
        self.by_term: dict[str, dict[int, _ByField]] = defaultdict(dict)
        self.vocabulary: Counter[str] = Counter()

    def add_text(self, doc: int, field: int, text: str, words: Thesaurus) -> None:
        is_name = field in _NAMING
        stems, concepts = _terms_in(text, words, _KINDS_IN_NAMES if is_name else _KINDS_IN_TEXTS)
        for term in {*stems, *map("#{}".format, concepts)}:
            self._add_term(doc, field, term)
        count = weights.NAMED_COUNT if is_name else 1
        self.vocabulary.update(dict.fromkeys(stems, count))

    def _add_term(self, doc: int, field: int, term: str) -> None:
        by_field = self.by_term[term].setdefault(doc, [0.0] * len(FIELDS))
        weight = _WEIGHT_OF_FIELD[field]
        by_field[field] = min(by_field[field] + weight, 2 * weight)  # twice is as good as often


def build(procedures: Sequence[Procedure], words: Thesaurus) -> dict[str, Any]:
    """The whole index as plain values."""
    gathered = _Gathered()
    for doc, procedure in enumerate(procedures):
        for field, text in _texts_of(procedure):
            gathered.add_text(doc, field, text, words)
    by_term = dict(sorted(gathered.by_term.items()))
    rarities = {term: _rarity_of(by_doc, len(procedures)) for term, by_doc in by_term.items()}
    return {
        "codes": [procedure.code for procedure in procedures],
        "priors": [_prior_of(procedure, words) for procedure in procedures],
        "idf": rarities,
        "vocabulary": _vocabulary_with_phrases(gathered.vocabulary, words),
        "postings": {term: packed(by_doc, rarities[term]) for term, by_doc in by_term.items()},
        "facets": [_packed_facets(procedure, words) for procedure in procedures],
        "wordings": [_packed_wordings(procedure, words) for procedure in procedures],
    }


def _texts_of(procedure: Procedure) -> Iterator[tuple[int, str]]:
    """The texts of a record with the numbers of their fields."""
    for number, field in enumerate(FIELDS):
        value = getattr(procedure, field)
        texts = value if isinstance(value, tuple) else (value,)
        for text in filter(None, texts):
            yield number, text


def _terms_in(text: str, words: Thesaurus, kinds: frozenset[str]) -> tuple[list[str], list[str]]:
    """The stems that say something, and the concepts, each once."""
    stems = words.stems(text)
    concepts = dict.fromkeys(hit.concept for hit in words.find(stems, kinds))
    return [stem for stem in stems if stem not in words.stop], list(concepts)


def _packed_wordings(procedure: Procedure, words: Thesaurus) -> list[str]:
    return [_packed_wording(text, words) for text in (procedure.title, *procedure.synonyms)]


def _packed_wording(text: str, words: Thesaurus) -> str:
    """
    Stems and concepts of a title or synonym, and what it is by itself where that is more than its
    stems.
    """
    stems, concepts = _terms_in(text, words, _KINDS_IN_NAMES)
    parts = [" ".join(stems), " ".join(concepts)]
    whole = sameness(words.stems(text))
    if whole != "".join(stems):
        parts.append(whole)
    return "|".join(parts)


def _packed_facets(procedure: Procedure, words: Thesaurus) -> list[Any]:
    """The concepts of exclusive groups, and the numbers; None for 'no upper limit'."""
    stems = words.stems(procedure.title)
    concepts = [hit.concept for hit in outermost(words.find(stems, _KINDS_IN_NAMES))]
    found = facets.of_procedure(procedure, concepts, stems, words)
    for text in procedure.synonyms:  # titles say small and large where the limit is a size
        if size := facets.numbers(words.stems(text), words).get("cm"):
            found.ranges.setdefault("cm", size)
    found.ranges.pop("", None)
    ranges = {unit: _packed_range(span) for unit, span in sorted(found.ranges.items())}
    return [" ".join(sorted(found.concepts)), ranges]


def _packed_range(span: facets.Range) -> list[float | None]:
    least, most = span
    return [least, None if most == math.inf else most]


def _vocabulary_with_phrases(counted: Counter[str], words: Thesaurus) -> dict[str, int]:
    """The words of the texts and of the thesaurus, with how often they stand where it counts."""
    vocabulary = dict(counted)
    for phrases in words.phrases.values():
        for said, *_ in phrases:
            for stem in said.split():
                vocabulary[stem] = max(vocabulary.get(stem, 0), weights.NAMED_COUNT)
    return {stem: count for stem, count in sorted(vocabulary.items()) if stem.isalpha()}


def _rarity_of(by_doc: Mapping[int, _ByField], count: int) -> float:
    """The inverse document frequency of BM25, of the records that speak of the term."""
    speaking = sum(1 for by_field in by_doc.values() if sum(by_field) >= weights.SPEAKS_OF)
    speaking = speaking or 1
    rarity = math.log(1 + (count - speaking + 0.5) / (speaking + 0.5))
    return round(min(rarity, weights.TOP_RARITY), 3)


def packed(by_doc: Mapping[int, _ByField], rarity: float) -> str:
    """
    Documents, then their values; a value holds the weight and, in its last bits, the field. 16
    bits each, base64.
    """
    values = [(-_posting_of(by_field, rarity), doc) for doc, by_field in by_doc.items()]
    strongest = heapq.nsmallest(weights.MOST_POSTINGS, values)
    kept = sorted((doc, -value) for value, doc in strongest)
    numbers = [doc for doc, _ in kept] + [value for _, value in kept]
    return base64.b64encode(struct.pack(f"<{len(numbers)}H", *numbers)).decode()


def _posting_of(by_field: _ByField, rarity: float) -> int:
    weight = sum(by_field)
    saturated = rarity * weight / (weight + weights.SATURATION)
    level = round(weights.LEVELS * saturated / weights.TOP_RARITY)
    return level << 3 | by_field.index(max(by_field))


def _prior_of(procedure: Procedure, words: Thesaurus) -> float:
    """
    A lean to what is done often, what many words exist for and what general dentists do, away from
    the unlisted.
    """
    names = min(len(procedure.synonyms), weights.MANY_SYNONYMS) / weights.MANY_SYNONYMS
    prior = weights.PRIOR + weights.PRIOR_OF_SYNONYMS * names
    if "general-dentistry" in procedure.specialties[:1]:
        prior += weights.PRIOR_OF_GENERAL_DENTISTS
    if procedure.code in words.common:
        prior += weights.PRIOR_OF_COMMON
    if procedure.code.endswith("99") and procedure.by_report:
        prior += weights.PRIOR_OF_UNLISTED
    return round(prior, 3)
