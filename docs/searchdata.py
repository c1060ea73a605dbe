"""
What the site's search box knows: all that the library computed when it built its index, as plain
values that a browser adds up (`docs/site/ranking.js`).

The library ranks, with the same numbers: nothing is tuned here, and a test holds the box's first
answers to the library's.
"""

from __future__ import annotations

from typing import Any, Final

import cdtref
from cdtref.textsearch import facets, weights
from cdtref.textsearch.evidence import Evidence
from cdtref.textsearch.mending import Lexicon
from cdtref.textsearch.thesaurus import Thesaurus, bundled
from cdtref.textsearch.unpacking import FIELD_BITS, UnpackedIndex

NUMBERS: Final = [
    "PHRASE_CONFIDENCE",
    "BROADER",
    "NARROWER",
    "DERIVED",
    "SLIPS",
    "BEGINNING",
    "SHARE_IN_PHRASE",
    "SHARE_OF_NUMBER",
    "SHARE_OF_PHRASE",
    "SHARE_OF_EACH_WORD",
    "SHARE_OF_OCCASION",
    "SHARE_OF_DENIED",
    "DENIED_WORD",
    "DENIAL",
    "CANDIDATES",
    "CATCHWORD_RARITY",
    "FINALISTS",
    "GATHERED",
    "SURPLUS",
    "AGREES",
    "SILENT",
    "CONTRADICTS",
    "UNASKED",
    "NAMED_LATER",
    "LAST_PLACE",
    "NAMED_BY_FIT",
    "TOP_RARITY",
    "LEVELS",
    "CUT_SHORT",
    "SHORTEST_JOINED",
    "MOST_DERIVED",
    "MOST_SLIPS_MEANT",
    "LEAST_DENTAL",
    "SUM_OF_DENTAL",
    "MUCH_DENTAL",
    "EACH_IN_PHRASE",
    "UNKNOWN_WEIGHT",
    "EACH_WORD_TO_COMPLETE",
    "TWO_SLIPS_FROM",
    "SHORTEST_WITH_SLIP",
]
"""The tuned numbers that the box needs, by their names in weights.py."""


def search_data() -> dict[str, Any]:
    """All of it, for one file."""
    words = bundled()
    index = cdtref.catalog().search_index()
    raw = index.to_dict()
    unpacked = UnpackedIndex(raw, words)
    return {
        "numbers": {name: _plain(getattr(weights, name)) for name in NUMBERS},
        "codes": raw["codes"],
        "priors": raw["priors"],
        "rarities": raw["idf"],
        "postings": {term: _postings(unpacked, term) for term in raw["idf"]},
        "wordings": raw["wordings"],
        "facets": raw["facets"],
        "phrases": raw["phrases"],
        "evidence": _evidence(raw, index.lexicon),
        "forms": raw["forms"].split(),
        "teeth": _facets_of_teeth(),
        "ages": [[least, sorted(groups)] for least, groups in facets.AGE_GROUPS],
        **_thesaurus_data(words),
    }


def _plain(value: Any) -> Any:
    return dict(value) if hasattr(value, "keys") else value


def _postings(index: UnpackedIndex, term: str) -> list[int]:
    """Documents with what the term weighs there, one after the other."""
    flat: list[int] = []
    for doc, value in zip(*index.postings_of(term), strict=True):
        flat += (doc, value >> FIELD_BITS)
    return flat


def _thesaurus_data(words: Thesaurus) -> dict[str, Any]:
    return {
        "irregular": dict(words.irregular),
        "stop": sorted(words.stop),
        "units": dict(words.units),
        "groups": dict(words.groups),
        "marked": sorted(words.marked),
        "broader": {name: list(kin) for name, kin in words.broader.items()},
    }


def _evidence(raw: dict[str, Any], lexicon: Lexicon) -> dict[str, list[float]]:
    """How far each known stem speaks of teeth, its weight there, and how often it is said."""
    known = lexicon.words.with_own_words(raw["vocabulary"])
    told = {}
    for stem in sorted(known):
        evidence: Evidence = lexicon.evidence_of(stem)
        told[stem] = [round(evidence.sure, 3), round(evidence.weight, 3), known[stem]]
    return told


def _facets_of_teeth() -> dict[str, list[str]]:
    return {number: sorted(facets.of_tooth(tooth)) for number, tooth in cdtref.TEETH.items()}


def search_records() -> list[dict[str, Any]]:
    """What the box shows of each code."""
    current = cdtref.catalog().codes_in_force()
    return [
        {
            "code": p.code,
            "title": p.title,
            "category": p.category.label,
            "current": p.code in current,
            "about": p.plain_language or p.description,
            "names": list(p.synonyms),
        }
        for p in cdtref.catalog().values()
    ]
