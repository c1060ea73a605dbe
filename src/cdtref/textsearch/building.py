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
from cdtref.textsearch import facets
from cdtref.textsearch.thesaurus import Thesaurus, outermost, sameness

FIELDS: Final = (
    "title",
    "synonyms",
    "subcategory",
    "plain_language",
    "description",
    "clinical_context",
    "nomenclature",
)
_WEIGHTS: Final = (3.0, 2.5, 1.0, 1.2, 1.0, 0.35, 2.5)
_NAMED: Final = frozenset(("term", "abbreviation"))
_SPELT: Final = frozenset(("term",))
_SATURATION: Final = 1.5
_STRONG: Final = 1.0  # a term with less weight in a record does not count for its rarity
LEVELS: Final = 4095
TOP_IDF: Final = 8.0
_MOST_POSTINGS: Final = 180


def build(procedures: Sequence[Procedure], words: Thesaurus) -> dict[str, Any]:
    """The whole index as plain values."""
    weights: dict[str, dict[int, list[float]]] = defaultdict(dict)
    records: dict[str, list[Any]] = {"facets": [], "wordings": []}
    vocabulary: Counter[str] = Counter()
    for doc, procedure in enumerate(procedures):
        for number, text in _texts(procedure):
            stems, concepts = _terms(text, words, named=number < 2)
            for term in {*stems, *("#" + name for name in concepts)}:
                by_field = weights[term].setdefault(doc, [0.0] * len(FIELDS))
                by_field[number] = min(by_field[number] + _WEIGHTS[number], 2 * _WEIGHTS[number])
            vocabulary.update(dict.fromkeys(set(stems), 5 if number < 2 else 1))
        records["facets"].append(_kept_facets(procedure, words))
        records["wordings"].append(
            [_kept_wording(text, words) for text in (procedure.title, *procedure.synonyms)]
        )
    idf = {term: _rarity(by_doc, len(procedures)) for term, by_doc in sorted(weights.items())}
    return {
        "codes": [procedure.code for procedure in procedures],
        "priors": [_prior(procedure, words) for procedure in procedures],
        "idf": idf,
        "vocabulary": dict(sorted(_spoken(vocabulary, words).items())),
        "postings": {term: pack(by_doc, idf[term]) for term, by_doc in sorted(weights.items())},
        **records,
    }


def _texts(procedure: Procedure) -> Iterator[tuple[int, str]]:
    for number, field in enumerate(FIELDS):
        value = getattr(procedure, field)
        for text in value if isinstance(value, tuple) else (value,):
            if text:
                yield number, text


def _terms(text: str, words: Thesaurus, *, named: bool) -> tuple[list[str], list[str]]:
    """
    The stems that say something, and the concepts; abbreviations are trusted in titles and
    synonyms only.
    """
    stems = words.stems(text)
    found = words.find(stems, _NAMED if named else _SPELT)
    return [stem for stem in stems if stem not in words.stop], list(
        dict.fromkeys(hit.concept for hit in found)
    )


def _kept_wording(text: str, words: Thesaurus) -> str:
    """
    Stems and concepts of a title or synonym, and what it is by itself where that is more than its
    stems.
    """
    stems, concepts = _terms(text, words, named=True)
    whole = sameness(words.stems(text))
    return "|".join([" ".join(stems), " ".join(concepts), *[whole] * (whole != "".join(stems))])


def _kept_facets(procedure: Procedure, words: Thesaurus) -> list[Any]:
    stems = words.stems(procedure.title)
    concepts = [hit.concept for hit in outermost(words.find(stems, _NAMED))]
    found = facets.of_procedure(procedure, concepts, stems, words)
    for text in procedure.synonyms:  # titles say small and large where the limit is a size
        if size := facets.numbers(words.stems(text), words).get("cm"):
            found.ranges.setdefault("cm", size)
    ranges = {
        unit: [least, None if most == math.inf else most]
        for unit, (least, most) in sorted(found.ranges.items())
        if unit
    }
    return [" ".join(sorted(found.concepts)), ranges]


def _spoken(vocabulary: Counter[str], words: Thesaurus) -> dict[str, int]:
    """The words of the texts and of the thesaurus, with how often they stand where it counts."""
    known = Counter(
        {
            stem: 5
            for said in words.phrases.values()
            for phrase in said
            for stem in phrase[0].split()
        }
    )
    return {stem: count for stem, count in sorted((vocabulary | known).items()) if stem.isalpha()}


def _rarity(by_doc: Mapping[int, Sequence[float]], count: int) -> float:
    strong = sum(sum(by_field) >= _STRONG for by_field in by_doc.values()) or 1
    return round(min(math.log(1 + (count - strong + 0.5) / (strong + 0.5)), TOP_IDF), 3)


def pack(by_doc: Mapping[int, Sequence[float]], idf: float) -> str:
    """
    Documents, then their values; a value holds the weight and, in its last bits, the field. 16
    bits each, base64.
    """
    values = []
    for doc, by_field in by_doc.items():
        weight = sum(by_field)
        level = round(LEVELS * idf * weight / (weight + _SATURATION) / TOP_IDF)
        field = max(range(len(FIELDS)), key=lambda number: (by_field[number], -number))
        values.append((level << 3 | field, doc))
    kept = sorted(
        heapq.nsmallest(_MOST_POSTINGS, values, key=lambda pair: (-pair[0], pair[1])),
        key=lambda pair: pair[1],
    )
    numbers = [doc for _, doc in kept] + [value for value, _ in kept]
    return base64.b64encode(struct.pack(f"<{len(numbers)}H", *numbers)).decode()


def _prior(procedure: Procedure, words: Thesaurus) -> float:
    """
    A lean to what is done often, what many words exist for and what general dentists do, away from
    the unlisted.
    """
    many = min(len(procedure.synonyms), 10) / 10
    general = "general-dentistry" in procedure.specialties[:1]
    unlisted = procedure.code.endswith("99") and procedure.by_report
    return round(
        0.9 + 0.1 * many + 0.05 * general + 0.1 * (procedure.code in words.common) - 0.2 * unlisted,
        3,
    )
