"""
How a search index is made of the texts of procedures: postings, vocabulary, wordings, facets and
priors as plain values.

A posting tells in which fields a record mentions a term, and how often; what that weighs is told
when it is read (BM25F). So a text can be added to a finished index, and the result is the same as
if all had been read at once. The same texts give the same values on every platform.
"""

from __future__ import annotations

import binascii
import itertools
import math
import operator
import sys
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from cdtref.procedure import Procedure
from cdtref.textsearch import facets, weights
from cdtref.textsearch.clauses import DENIED, SignedTokens, signed_tokens
from cdtref.textsearch.mentions import FIELDS, OFTEN, mentioned_in, rarity_of
from cdtref.textsearch.thesaurus import Thesaurus, outermost, sameness, tokens

_NAMES: Final = ("title", "synonyms")
_NOMENCLATURE: Final = FIELDS.index("nomenclature")

# Abbreviations are trusted where a procedure is named; in a sentence 'PA' may be anything.
_KINDS_IN_NAMES: Final = frozenset(("term", "abbreviation", "brand"))
_KINDS_IN_TEXTS: Final = frozenset(("term",))

SHORT: Final = "H"  # 16 bits
_LONG: Final = "I"  # 32 bits
_MOST_SHORT: Final = 2**16 - 1
_MARK_OF_LONG: Final = "="  # no base64 begins so
_Mentions = dict[int, int]  # by the place of the record


class _Named(NamedTuple):
    """
    What a title or synonym says: its words, all its stems, those that say something and the
    concepts, denied ones with their sign; and the terms of the index, each once, where a denied
    term stands without it too.
    """

    words: list[str]
    stems: list[str]
    content: list[str]
    concepts: list[str]
    terms: list[str]


def build(procedures: Sequence[Procedure], words: Thesaurus) -> dict[str, Any]:
    """The whole index as plain values."""
    mentions: dict[str, _Mentions] = defaultdict(dict)
    vocabulary: Counter[str] = Counter()
    named: Counter[str] = Counter()
    forms = set(words.own_forms)
    wordings: list[list[str]] = []
    kept_facets: list[list[Any]] = []
    for doc, procedure in enumerate(procedures):
        names = [_said_by_name(text, words) for text in (procedure.title, *procedure.synonyms)]
        terms = _terms_in_fields(procedure, names, words)
        _add_mentions(mentions, doc, terms)
        named.update(itertools.chain(*[name.terms for name in names]))
        vocabulary.update(itertools.chain(*itertools.chain(*terms[len(_NAMES) :])))
        forms.update(itertools.chain(*[name.words for name in names]))
        wordings.append(list(map(_packed_wording, names)))
        kept_facets.append(_packed_facets(procedure, names, words))
    vocabulary.update({term: count * weights.NAMED_COUNT for term, count in named.items()})
    return {
        "codes": [procedure.code for procedure in procedures],
        "priors": [_prior_of(procedure, words) for procedure in procedures],
        **_packed_mentions(mentions, len(procedures)),
        "vocabulary": _sorted_words(vocabulary),
        "forms": " ".join(sorted(filter(str.isalpha, forms))),
        "facets": kept_facets,
        "wordings": wordings,
    }


def _add_mentions(
    mentions: dict[str, _Mentions], doc: int, fields: Sequence[Sequence[Sequence[str]]]
) -> None:
    for field, texts in enumerate(fields):
        one = mentioned_in(field, 1)
        most = mentioned_in(field, OFTEN)
        for terms in texts:  # each once
            for term in terms:
                by_record = mentions[term]
                if doc not in by_record:
                    by_record[doc] = one
                elif by_record[doc] & most != most:
                    by_record[doc] += one


def with_nomenclature(
    index: Mapping[str, Any], texts: Mapping[int, str], words: Thesaurus
) -> dict[str, Any]:
    """An index of records that had no nomenclature, with that of some, by their places."""
    added: dict[str, list[int]] = defaultdict(list)
    vocabulary = Counter(index["vocabulary"])
    for doc, text in texts.items():
        terms = _terms_of_sentences(text, words)
        for term in terms:
            added[term].append(doc)
        vocabulary.update(terms)
    mentions: dict[str, _Mentions] = {}
    for term, docs in added.items():
        found = dict(zip(*unpacked(index["postings"].get(term, "")), strict=True))
        for doc in docs:
            found[doc] = found.get(doc, 0) + mentioned_in(_NOMENCLATURE, 1)
        mentions[term] = dict(sorted(found.items()))
    renewed = _packed_mentions(mentions, len(index["codes"]))
    return {
        **index,
        "idf": dict(sorted({**index["idf"], **renewed["idf"]}.items())),
        "postings": dict(sorted({**index["postings"], **renewed["postings"]}.items())),
        "vocabulary": _sorted_words(vocabulary),
    }


def merged(
    index: Mapping[str, Any], more: Mapping[str, Any], codes: Sequence[str]
) -> dict[str, Any]:
    """
    The index of the records of two, which have no code in common, in the order of *codes*; what
    `build` gives for all of them.
    """
    parts = (index, more)
    place_of = {code: place for place, code in enumerate(codes)}
    places = [list(map(place_of.__getitem__, part["codes"])) for part in parts]
    forms = {form for part in parts for form in part["forms"].split()}
    vocabulary = Counter(index["vocabulary"])
    vocabulary.update(more["vocabulary"])
    return {
        "codes": list(codes),
        "priors": _in_places(places, [part["priors"] for part in parts]),
        **_packed_mentions(_mentions_in(parts, places), len(codes)),
        "vocabulary": _sorted_words(vocabulary),
        "forms": " ".join(sorted(forms)),
        "facets": _in_places(places, [part["facets"] for part in parts]),
        "wordings": _in_places(places, [part["wordings"] for part in parts]),
    }


def _mentions_in(
    parts: Iterable[Mapping[str, Any]], places: Iterable[Sequence[int]]
) -> dict[str, _Mentions]:
    """The postings of several indexes, whose records have these places now."""
    mentions: dict[str, _Mentions] = {}
    for part, moved in zip(parts, places, strict=True):
        for term, posting in part["postings"].items():
            docs, said = unpacked(posting)
            found = dict(zip(map(moved.__getitem__, docs), said, strict=True))
            if term in mentions:
                found = dict(sorted({**mentions[term], **found}.items()))
            mentions[term] = found
    return mentions


def _in_places(places: Iterable[Sequence[int]], parts: Iterable[Sequence[Any]]) -> list[Any]:
    held = zip(itertools.chain(*places), itertools.chain(*parts), strict=True)
    return [value for _, value in sorted(held, key=operator.itemgetter(0))]


def packed(mentions: _Mentions) -> str:
    """
    Records as they come, then their mentions: 16 bits each, base64; 32 bits, with a mark in front,
    where there are more records than that.

    >>> docs, mentions = unpacked(packed({1: 512, 3: 1}))
    >>> docs.tolist(), mentions.tolist()
    ([1, 3], [512, 1])
    >>> unpacked(packed({70_000: 1}))[0].tolist()
    [70000]
    """
    last = next(reversed(mentions), 0)
    kind, mark = (_LONG, _MARK_OF_LONG) if last > _MOST_SHORT else (SHORT, "")
    numbers = array(kind, mentions)
    numbers.extend(mentions.values())  # of 14 bits
    text = binascii.b2a_base64(_little_endian(numbers).tobytes(), newline=False).decode()
    return f"{mark}{text}"


def unpacked(text: str) -> tuple[Sequence[int], Sequence[int]]:
    """The inverse of `packed`: records, and their mentions."""
    numbers = array(_LONG if text.startswith(_MARK_OF_LONG) else SHORT)
    numbers.frombytes(binascii.a2b_base64(text.lstrip(_MARK_OF_LONG)))
    numbers = _little_endian(numbers)
    half = len(numbers) // 2
    return numbers[:half], numbers[half:]


def compact(numbers: Iterable[int]) -> Sequence[int]:
    """Numbers of 16 bits each, or of 32 where one is larger."""
    held = array(_LONG, numbers)
    return held if max(held, default=0) > _MOST_SHORT else array(SHORT, held)


def _little_endian(numbers: array[int]) -> array[int]:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def _packed_mentions(by_term: Mapping[str, _Mentions], records: int) -> dict[str, dict[str, Any]]:
    rarities, postings = {}, {}
    for term, mentions in sorted(by_term.items()):
        rarities[term] = rarity_of(mentions.values(), records)
        postings[term] = packed(mentions)
    return {"idf": rarities, "postings": postings}


def _terms_in_fields(
    procedure: Procedure, names: Sequence[_Named], words: Thesaurus
) -> list[list[list[str]]]:
    """The terms of each text of each field, in the order of `FIELDS`."""
    terms = []
    for field in FIELDS:
        if field in _NAMES:
            texts = names[:1] if field == _NAMES[0] else names[1:]
            terms.append([name.terms for name in texts])
        else:
            text = getattr(procedure, field)
            terms.append([_terms_of_sentences(text, words)] if text else [])
    return terms


def _terms_of_sentences(text: str, words: Thesaurus) -> list[str]:
    """
    The terms of a text in sentences, each once. What such a text denies is what its procedure is
    told apart from: that is no use to who denies it.
    """
    stems = list(map(words.stem, tokens(text)))
    content = [stem for stem in stems if stem not in words.stop]
    concepts = words.concepts_in(stems, content, _KINDS_IN_TEXTS)
    return [*dict.fromkeys(content), *map("#".__add__, concepts)]


def _said_by_name(text: str, words: Thesaurus) -> _Named:
    signed = signed_tokens(text)
    stems = list(map(words.stem, signed.words))
    if signed.denying:
        return _said_by_denial(signed, stems, words)
    content = [stem for stem in stems if stem not in words.stop]
    concepts = sorted(words.concepts_in(stems, content, _KINDS_IN_NAMES))
    terms = [*dict.fromkeys(content), *map("#".__add__, concepts)]
    return _Named(signed.words, stems, content, concepts, terms)


def _said_by_denial(signed: SignedTokens, stems: list[str], words: Thesaurus) -> _Named:
    denied = signed.denied
    content: list[str] = []
    concepts: dict[str, None] = {}
    terms: dict[str, None] = {}
    for place, stem in enumerate(stems):
        if stem in words.stop or place in signed.denying:
            continue
        sign = DENIED if place in denied else ""
        content.append(sign + stem)
        terms[stem] = terms[sign + stem] = None
    for hit in words.find(stems, _KINDS_IN_NAMES):
        sign = DENIED if denied.issuperset(hit.places) else ""
        concepts[sign + hit.concept] = None
        terms["#" + hit.concept] = terms[f"{sign}#{hit.concept}"] = None
    return _Named(signed.words, stems, content, sorted(concepts), list(terms))


def _sorted_words(counted: Counter[str]) -> dict[str, int]:
    return {term: count for term, count in sorted(counted.items()) if term.isalpha()}


def _packed_wording(said: _Named) -> str:
    """
    Stems and concepts of a title or synonym, and what it is by itself where that is more than its
    stems.
    """
    parts = [" ".join(said.content), " ".join(said.concepts)]
    whole = sameness(said.stems)  # with what is denied, for the text as such
    if whole != "".join(said.content):
        parts.append(whole)
    return "|".join(parts)


def _packed_facets(procedure: Procedure, names: Sequence[_Named], words: Thesaurus) -> list[Any]:
    """The concepts of exclusive groups, and the numbers; None for 'no upper limit'."""
    title, *synonyms = names
    concepts = [hit.concept for hit in outermost(words.find(title.stems, _KINDS_IN_NAMES))]
    found = facets.of_procedure(procedure, concepts, title.stems, words)
    for synonym in synonyms:  # titles say small and large where the limit is a size
        if words.has_size(synonym.stems) and (
            size := facets.numbers(synonym.stems, words).get("cm")
        ):
            found.ranges.setdefault("cm", size)
    found.ranges.pop("", None)
    ranges = {unit: _packed_range(span) for unit, span in sorted(found.ranges.items())}
    return [" ".join(sorted(found.concepts)), ranges]


def _packed_range(span: facets.Range) -> list[float | None]:
    least, most = span
    return [least, None if most == math.inf else most]


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
    if procedure.code.endswith("99") and procedure.requirement.by_report:
        prior += weights.PRIOR_OF_UNLISTED
    return round(prior, 3)
