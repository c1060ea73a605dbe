"""
A query as the index reads it: codes, words with what each may mean, and facets.

Each word that says something becomes a unit: the alternatives by which the index may know it, from
the word itself down to a guess at a typo, each with a confidence. Phrases of the thesaurus become
units of their own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from cdtref.textsearch import facets
from cdtref.textsearch.facets import Facets
from cdtref.textsearch.spelling import Vocabulary
from cdtref.textsearch.thesaurus import Found, Thesaurus, outermost, sameness, tokens

_MOST_CHARACTERS: Final = 600  # of a query; what lies beyond is not read
_MOST_WORDS: Final = 48
_MOST_ALTERNATIVES: Final = 8
_KINDS: Final = frozenset(("term", "abbreviation", "lay"))
_HOW: Final = {"term": "concept", "abbreviation": "abbreviation", "lay": "concept"}
_CONFIDENCE: Final = {"term": 0.95, "abbreviation": 0.9, "lay": 0.8}
_BROADER, _NARROWER = 0.7, 0.45
_PREFIX, _TYPO, _HALF = 0.75, 0.85, 0.9
_CUT_SHORT: Final = (
    5  # letters from which on a word within the query may be a beginning, as the last one may
)
_OURS: Final = frozenset(("dental", "dentist", "dentistri"))
_IN_PHRASE: Final = 0.35  # share left to a word whose phrase is a unit of its own
_CODE: Final = re.compile(r"(?<![a-z\d])d[- ]?(\d{4})(?!\d)", re.IGNORECASE)
_CODE_LIKE: Final = re.compile(r"(?<![a-z\d])d[- ]?\d{4,}", re.IGNORECASE)
_PIECE: Final = re.compile(r"d[- ]?(\d{0,4})|(\d{3,4})", re.IGNORECASE)
_TOOTH: Final = re.compile(
    r"(?:#|\btooth +(?:no\.? *|number +|#)?|\bteeth +#?)((?:\d{1,2}|[a-t]\b)(?:(?: *[-,&] *| and )#?\d{1,2})*)",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(r"\d{1,2}|[a-t]", re.IGNORECASE)


class Way(NamedTuple):
    """
    One way in which a word may be met: a term of the index ('#name' for a concept), how sure, and
    how it came.
    """

    term: str
    confidence: float
    how: str


class Unit(NamedTuple):
    """
    A word or phrase of the query: its text, its share of the weight, and the ways in which it may
    be met.
    """

    text: str
    share: float
    ways: tuple[Way, ...]


class Query(NamedTuple):
    """
    What was asked.

    Attributes:
        units: Words and phrases with their alternatives.
        facets: What the query fixes.
        named: All concepts that its words may mean.
        stems: Its words without the empty ones, run together, to be held against titles and
            synonyms.
        dental: How much of it is dental, 0 to 1.
    """

    units: tuple[Unit, ...]
    facets: Facets
    named: frozenset[str]
    stems: str
    dental: float


def codes_in(text: str) -> tuple[str, ...]:
    """
    The full CDT codes that a text names; a text that is nothing but four digits names one too.

    >>> codes_in("is D2740 or d-2750 right"), codes_in("2740"), codes_in("D27")
    (('D2740', 'D2750'), ('D2740',), ())
    """
    text = text[:_MOST_CHARACTERS].strip()
    bare = ("D" + text,) if len(text) == 4 and text.isascii() and text.isdigit() else ()
    return bare or tuple(dict.fromkeys("D" + digits for digits in _CODE.findall(text)))


def without_codes(text: str) -> str:
    """The text without the CDT codes in it, and without what a slip of the finger made of one."""
    return _CODE_LIKE.sub(" ", text[:_MOST_CHARACTERS])


def code_piece(text: str) -> str | None:
    """
    The beginning of a code that the text is, such as 'D27' for 'd27' or '-'; None where it is none.

    >>> code_piece(" d27"), code_piece("274"), code_piece("27"), code_piece("crown")
    ('D27', 'D274', None, None)
    """
    found = _PIECE.fullmatch(text.strip()) if len(text) < 40 else None
    return "D" + (found[1] or found[2] or "") if found and any(found.groups()) else None


def read(text: str, words: Thesaurus, vocabulary: Vocabulary) -> Query:
    """A query in words; of a long one the beginning is read."""
    text = text[:_MOST_CHARACTERS]
    teeth = _teeth(text)
    plain = _TOOTH.sub(" tooth ", text) if teeth else text
    said = _said(plain, words, vocabulary)
    stems = [word.stem for word in said]
    found = words.find(stems, _KINDS)
    return Query(
        units=tuple(_units(said, found, words)),
        facets=_facets(text, teeth, stems, found, words),
        named=frozenset(kin for hit in found for kin in words.kin(hit.concept)),
        stems=sameness(stems),
        dental=_dental(said, found, words, teeth=bool(teeth), aged=bool(facets.age_in(text))),
    )


class _Word(NamedTuple):
    """
    A word as typed, the stem that stands for it, and the ways to it; no ways where nobody knows it.
    """

    text: str
    stem: str
    ways: tuple[Way, ...]


def _teeth(text: str) -> tuple[str, ...]:
    return tuple(
        number.upper() for part in _TOOTH.findall(text) for number in _NUMBER.findall(part)
    )


def _said(text: str, words: Thesaurus, vocabulary: Vocabulary) -> list[_Word]:
    """
    The words of the query, unknown ones mended: run together, cut in two, cut short, or misspelt.
    """
    typed = tokens(text)[:_MOST_WORDS]
    said: list[_Word] = []
    skip = False
    for at, token in enumerate(typed):
        if skip:
            skip = False
            continue
        stem = words.stem(token)
        joined = (
            words.stem(token + typed[at + 1]) if at + 1 < len(typed) and token.isalpha() else ""
        )
        if len(joined) > 5 and joined in vocabulary and words.stem(typed[at + 1]) not in words.stop:
            said.append(_Word(f"{token} {typed[at + 1]}", joined, (Way(joined, 1.0, "exact"),)))
            skip = True
        elif stem in vocabulary or words.knows(stem) or not stem.isalpha():
            said.append(_Word(token, stem, (Way(stem, 1.0, "exact"),)))
        elif halves := vocabulary.halves(stem):
            said.extend(
                _Word(token, words.stem(half), (Way(words.stem(half), _HALF, "typo"),))
                for half in halves
            )
        else:
            still_typed = at == len(typed) - 1 or len(stem) >= _CUT_SHORT
            said.append(_guessed(token, stem, vocabulary, still_typed))
    return said


def _guessed(token: str, stem: str, vocabulary: Vocabulary, still_typed: bool) -> _Word:  # noqa: FBT001
    near = vocabulary.near(stem)
    ways = [Way(other, _TYPO, "typo") for other in near[:2]]
    longer = vocabulary.starting(stem) if still_typed else ()
    ways += [Way(other, _PREFIX, "prefix") for other in longer if other not in near]
    return _Word(token, ways[0].term if ways else stem, tuple(ways[:_MOST_ALTERNATIVES]))


def _units(said: Sequence[_Word], found: Sequence[Found], words: Thesaurus) -> list[Unit]:
    phrases: dict[tuple[int, ...], dict[str, Way]] = {}
    for hit in found:
        ways = phrases.setdefault(hit.places, {})
        sure = _CONFIDENCE[hit.kind] * max(
            (way.confidence for way in said[hit.places[0]].ways), default=1.0
        )
        for way in _concept_ways(hit.concept, sure, _HOW[hit.kind], words):
            if way.term not in ways or ways[way.term].confidence < way.confidence:
                ways[way.term] = way
    covered = {place for places in phrases if len(places) > 1 for place in places}
    units = []
    for at, word in enumerate(said):
        if word.stem not in words.stop or (at,) in phrases:
            share = (_IN_PHRASE if at in covered else 1.0) * (
                0.4 if word.stem[:1].isdigit() else 1.0
            )
            units.append(Unit(word.text, share, (*word.ways, *phrases.get((at,), {}).values())))
    for places, ways in phrases.items():
        if len(places) > 1:
            text = " ".join(dict.fromkeys(said[place].text for place in places))
            units.append(Unit(text, 0.8 + 0.25 * len(places), tuple(ways.values())))
    return [unit for unit in units if unit.ways]


def _concept_ways(concept: str, sure: float, how: str, words: Thesaurus) -> list[Way]:
    ways = [Way("#" + concept, sure, how)]
    ways += [Way("#" + wide, sure * _BROADER, "concept") for wide in words.broader.get(concept, ())]
    return ways + [
        Way("#" + narrow, sure * _NARROWER, "concept") for narrow in words.narrower.get(concept, ())
    ]


def _facets(
    text: str, teeth: Sequence[str], stems: Sequence[str], found: Sequence[Found], words: Thesaurus
) -> Facets:
    concepts = {
        hit.concept
        for hit in outermost(found)
        if hit.concept in words.groups
        and not (hit.kind == "lay" and words.groups[hit.concept] == "action")
    }
    for number in teeth:
        concepts |= facets.of_tooth(number)
    ages = facets.age_in(text)
    ranges = facets.numbers(stems, words)
    bare = ranges.pop("", (4, 32))
    if ages:
        concepts = {name for name in concepts if words.groups.get(name) != "age"} | ages
    if letters := facets.surfaces_in(text):
        ranges.setdefault("surface", (letters, letters))
    if teeth:
        ranges["tooth"] = (len(teeth), len(teeth))
    elif any(hit.concept == "quadrant" for hit in found):
        ranges.setdefault(
            "tooth", bare
        )  # a quadrant is four teeth or more, unless a number stands by it
    return Facets(frozenset(concepts & words.groups.keys()), ranges)


def _dental(
    said: Sequence[_Word], found: Sequence[Found], words: Thesaurus, *, teeth: bool, aged: bool
) -> float:
    """
    The share of the words that speak of teeth: everyday words count less, those of other trades
    more, an age not.
    """
    phrase = {place for hit in found if len(hit.places) > 1 for place in hit.places}
    known = {hit.places[0] for hit in found if len(hit.places) == 1}
    for_it = weight = float(
        teeth or any(word.stem in _OURS for word in said)
    )  # a tooth's number, or 'at the dentist'
    # A word that nobody knows may be a name: beside one that is known it says nothing, beside
    # guesses it casts doubt.
    unknown = 0.0 if any(word.ways[:1] and word.ways[0].how == "exact" for word in said) else 0.8
    for at, word in enumerate(said):
        if at not in phrase and (word.stem in words.stop or (aged and facets.is_of_age(word.stem))):
            continue
        sure, much = _speaks(word, at in phrase, at in known, words, unknown)
        for_it += sure * much
        weight += much
    return for_it / weight if weight else 0.0


def _speaks(
    word: _Word,
    in_phrase: bool,  # noqa: FBT001
    in_concept: bool,  # noqa: FBT001
    words: Thesaurus,
    unknown: float,
) -> tuple[float, float]:
    if in_phrase:
        return 1.0, 1.0
    if word.stem in words.elsewhere:
        return 0.0, 2.5
    if word.stem in words.everyday:
        return (0.6 if in_concept else 0.35), 0.6
    if not word.stem[:1].isalpha():
        return 0.0, 0.2
    if not word.ways:
        return 0.0, unknown
    sure = word.ways[0].confidence
    return (sure if in_concept else 0.7 * sure), 1.0
