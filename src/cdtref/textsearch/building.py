"""
How a search index is made of the texts of procedures: postings, vocabulary, wordings, facets and
priors as plain values.

A posting tells in which fields a record mentions a term, and how often; what that weighs is told
when it is read (BM25F). So a text can be added to a finished index, and the result is the same as
if all had been read at once. The same texts give the same values on every platform.
"""

from __future__ import annotations

import base64
import itertools
import math
import struct
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from cdtref.procedure import Procedure
from cdtref.textsearch import facets, weights
from cdtref.textsearch.clauses import DENIED, SignedTokens, signed_tokens
from cdtref.textsearch.mentions import FIELDS, mentioned_in, rarity_of
from cdtref.textsearch.thesaurus import Thesaurus, outermost, sameness, tokens

_NAMES: Final = (FIELDS.index("title"), FIELDS.index("synonyms"))
_NOMENCLATURE: Final = FIELDS.index("nomenclature")

# Abbreviations are trusted where a procedure is named; in a sentence 'PA' may be anything.
_KINDS_IN_NAMES: Final = frozenset(("term", "abbreviation"))
_KINDS_IN_TEXTS: Final = frozenset(("term",))

_Mentions = dict[int, int]  # by the place of the record


class _Said(NamedTuple):
    """
    What a text says: its words, all its stems, those that say something and the concepts, denied
    ones with their sign; and the terms of the index, each once, where a denied term stands without
    it too.
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
    forms = set(words.own_forms)
    wordings: list[list[str]] = []
    kept_facets: list[list[Any]] = []
    for doc, procedure in enumerate(procedures):
        said = _said_in_fields(procedure, words)
        for term, found in _mentions_in(said).items():
            mentions[term][doc] = found
        names = said[_NAMES[0]] + said[_NAMES[1]]
        for text in itertools.chain(*said, *[names] * (weights.NAMED_COUNT - 1)):
            vocabulary.update(text.terms)
        for text in names:
            forms.update(text.words)
        wordings.append(list(map(_packed_wording, names)))
        kept_facets.append(_packed_facets(procedure, names, words))
    return {
        "codes": [procedure.code for procedure in procedures],
        "priors": [_prior_of(procedure, words) for procedure in procedures],
        **_packed_mentions(mentions, len(procedures)),
        "vocabulary": _sorted_words(vocabulary),
        "forms": " ".join(sorted(filter(str.isalpha, forms))),
        "facets": kept_facets,
        "wordings": wordings,
    }


def with_nomenclature(
    index: Mapping[str, Any], texts: Mapping[int, str], words: Thesaurus
) -> dict[str, Any]:
    """An index of records that had no nomenclature, with that of some, by their places."""
    added: dict[str, list[int]] = defaultdict(list)
    vocabulary = Counter(index["vocabulary"])
    for doc, text in texts.items():
        said = _said_by(text, words, _KINDS_IN_TEXTS)
        for term in said.terms:
            added[term].append(doc)
        vocabulary.update(said.terms)
    mentions: dict[str, _Mentions] = {}
    for term, docs in added.items():
        found = unpacked(index["postings"].get(term, ""))
        for doc in docs:
            found[doc] = found.get(doc, 0) + mentioned_in(_NOMENCLATURE, 1)
        mentions[term] = found
    renewed = _packed_mentions(mentions, len(index["codes"]))
    return {
        **index,
        "idf": dict(sorted({**index["idf"], **renewed["idf"]}.items())),
        "postings": dict(sorted({**index["postings"], **renewed["postings"]}.items())),
        "vocabulary": _sorted_words(vocabulary),
    }


def packed(mentions: Mapping[int, int]) -> str:
    """
    Records, in their order, then their mentions: 16 bits each, base64.

    >>> unpacked(packed({3: 1, 1: 512}))
    {1: 512, 3: 1}
    """
    docs = sorted(mentions)
    numbers = [*docs, *map(mentions.__getitem__, docs)]
    return base64.b64encode(struct.pack(f"<{len(numbers)}H", *numbers)).decode()


def unpacked(text: str) -> _Mentions:
    """The inverse of `packed`."""
    raw = base64.b64decode(text)
    numbers = struct.unpack(f"<{len(raw) // 2}H", raw)
    half = len(numbers) // 2
    return dict(zip(numbers[:half], numbers[half:], strict=True))


def _packed_mentions(by_term: Mapping[str, _Mentions], records: int) -> dict[str, dict[str, Any]]:
    rarities, postings = {}, {}
    for term, mentions in sorted(by_term.items()):
        rarities[term] = rarity_of(mentions.values(), records)
        postings[term] = packed(mentions)
    return {"idf": rarities, "postings": postings}


def _said_in_fields(procedure: Procedure, words: Thesaurus) -> list[list[_Said]]:
    """What the texts of each field say, in the order of `FIELDS`."""
    said = []
    for number, field in enumerate(FIELDS):
        value = getattr(procedure, field)
        texts = value if isinstance(value, tuple) else (value,)
        kinds = _KINDS_IN_NAMES if number in _NAMES else _KINDS_IN_TEXTS
        said.append([_said_by(text, words, kinds) for text in texts if text])
    return said


def _said_by(text: str, words: Thesaurus, kinds: frozenset[str]) -> _Said:
    if kinds is _KINDS_IN_NAMES:
        return _said_by_tokens(signed_tokens(text), words, kinds)
    # A sentence denies what its procedure is told apart from; that is no use to who denies it.
    return _said_by_tokens(SignedTokens(tokens(text)), words, kinds)


def _said_by_tokens(signed: SignedTokens, words: Thesaurus, kinds: frozenset[str]) -> _Said:
    stems = list(map(words.stem, signed.words))
    denied = signed.denied
    content: list[str] = []
    concepts: dict[str, None] = {}
    terms: dict[str, None] = {}
    for place, stem in enumerate(stems):
        if stem in words.stop or place in signed.denying:
            continue
        sign = DENIED if place in denied else ""
        content.append(sign + stem)
        terms |= {stem: None, sign + stem: None}
    for hit in words.find(stems, kinds):
        sign = DENIED if denied.issuperset(hit.places) else ""
        concepts[sign + hit.concept] = None
        terms |= {f"#{hit.concept}": None, f"{sign}#{hit.concept}": None}
    return _Said(signed.words, stems, content, list(concepts), list(terms))


def _mentions_in(said: Sequence[Sequence[_Said]]) -> dict[str, int]:
    """The mentions of each term of a record."""
    mentions: dict[str, int] = {}
    for field, texts in enumerate(said):
        for term, count in Counter(itertools.chain(*[text.terms for text in texts])).items():
            mentions[term] = mentions.get(term, 0) + mentioned_in(field, count)
    return mentions


def _sorted_words(counted: Counter[str]) -> dict[str, int]:
    return {term: count for term, count in sorted(counted.items()) if term.isalpha()}


def _packed_wording(said: _Said) -> str:
    """
    Stems and concepts of a title or synonym, and what it is by itself where that is more than its
    stems.
    """
    parts = [" ".join(said.content), " ".join(said.concepts)]
    whole = sameness(said.stems)  # with what is denied, for the text as such
    if whole != "".join(said.content):
        parts.append(whole)
    return "|".join(parts)


def _packed_facets(procedure: Procedure, names: Sequence[_Said], words: Thesaurus) -> list[Any]:
    """The concepts of exclusive groups, and the numbers; None for 'no upper limit'."""
    title, *synonyms = names
    concepts = [hit.concept for hit in outermost(words.find(title.stems, _KINDS_IN_NAMES))]
    found = facets.of_procedure(procedure, concepts, title.stems, words)
    for synonym in synonyms:  # titles say small and large where the limit is a size
        if size := facets.numbers(synonym.stems, words).get("cm"):
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
