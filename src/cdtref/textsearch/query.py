"""
A query as the index reads it: words with what each may mean, and facets.

Each word that says something becomes a term of the query: the alternatives by which the index may
know it, from the word itself down to a guess at a typo, each with a confidence. Phrases of the
thesaurus become terms of their own.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from cdtref.textsearch import facets, weights
from cdtref.textsearch.clauses import DENIED, SignedTokens, signed_tokens
from cdtref.textsearch.dentalness import dentalness
from cdtref.textsearch.facets import Facets
from cdtref.textsearch.mending import Alternative, Lexicon, Word
from cdtref.textsearch.prose import is_prose
from cdtref.textsearch.site import TEETH, teeth_in
from cdtref.textsearch.thesaurus import Found, Thesaurus, outermost, sameness
from cdtref.tooth import Tooth

_ALL_KINDS: Final = frozenset(weights.PHRASE_CONFIDENCE)
_SHORT: Final = "abbreviation"
_ADDRESS: Final = re.compile(r"\S+@\S+|\w+://\S*|\bwww\.\S*")  # of the net: it says nothing
_FILLING: Final = "filling"
_A_QUADRANT: Final = (4, 32)  # teeth, as the codes of periodontics count them


class QueryTerm(NamedTuple):
    """
    A word or phrase of the query: its text, its share of the weight, the ways in which it may be
    met, and whether the query denies it.
    """

    text: str
    share: float
    alternatives: tuple[Alternative, ...]
    is_denied: bool = False


class Query(NamedTuple):
    """
    What was asked.

    Attributes:
        terms: Words and phrases with their alternatives.
        facets: What the query fixes.
        named: All concepts that its words may mean.
        wholes: Its words without the empty ones, run together, to be held against titles and
            synonyms; then, where it denies something, those before that.
        dental: How much of it is dental, 0 to 1.
        understood: The share of its words that the index knows or can mend, 0 to 1.
        guessed: How many of its words are not known, by themselves or by their root.
    """

    terms: tuple[QueryTerm, ...]
    facets: Facets
    named: frozenset[str]
    wholes: tuple[str, ...]
    dental: float
    understood: float
    guessed: int


def read(text: str, lexicon: Lexicon) -> Query:
    """A query in words; of a long one the beginning is read."""
    words = lexicon.words
    text = _without_addresses(text[: weights.MOST_CHARACTERS])
    teeth = teeth_in(text)
    signed = _signed_text(text, names_tooth=bool(teeth))
    said = lexicon.understood(signed)
    stems = [word.stem for word in said]
    found = words.find(stems, _ALL_KINDS)
    ages = facets.age_in(text)
    affirmed = _affirmed(found, said) if signed.denied else found
    surfaces = facets.surface_letters_in(text)
    concepts = _concepts_fixed(teeth, ages, affirmed, words, has_surfaces=bool(surfaces))
    ranges = _ranges_fixed(stems, found, words, surfaces=len(surfaces), teeth=len(teeth))
    told = {"has_age": bool(ages), "names_tooth": bool(teeth)}
    dental, guessed = _sense_of(text, said, found, words, **told)
    terms = _terms_of(said, found, lexicon)
    return Query(
        terms=(*terms, *_filling_terms(surfaces, concepts)),
        facets=Facets(concepts, ranges),
        named=frozenset().union(*[words.kin(hit.concept) for hit in affirmed]),
        wholes=_wholes_of(said, stems, denies=bool(signed.denying)),
        dental=dental,
        understood=_share_understood(said, words),
        guessed=guessed,
    )


def _without_addresses(text: str) -> str:
    if "@" in text or "://" in text or "www." in text:
        return _ADDRESS.sub(" ", text)
    return text


def _signed_text(text: str, *, names_tooth: bool) -> SignedTokens:
    """The words of a query, in which the teeth that it numbers are teeth."""
    if names_tooth:
        text = TEETH.sub(" tooth ", text)
    return signed_tokens(text)


def _sense_of(
    text: str, said: Sequence[Word], found: Sequence[Found], words: Thesaurus, **told: bool
) -> tuple[float, int]:
    """
    How far the query speaks of teeth, and how many of its words are not known; what is no prose
    says none of its words, known or not.
    """
    if not is_prose(text):
        return 0.0, len(said)
    dental = dentalness(said, _places_in_phrases(found), stop=words.stop, **told)
    return dental, [word.is_known for word in said].count(False)


def _affirmed(found: Sequence[Found], said: Sequence[Word]) -> list[Found]:
    """The phrases of which not every word is denied."""
    denied = frozenset(at for at, word in enumerate(said) if word.is_denied)
    return [hit for hit in found if not denied.issuperset(hit.places)]


def _places_in_phrases(found: Sequence[Found]) -> frozenset[int]:
    """The places of the words that stand in phrases of several."""
    return frozenset().union(*[hit.places for hit in found if len(hit.places) > 1])


def _share_understood(said: Sequence[Word], words: Thesaurus) -> float:
    content = [word for word in said if word.stem not in words.stop]
    understood = [word for word in content if word.alternatives]
    return len(understood) / len(content) if content else 0.0


def _wholes_of(said: Sequence[Word], stems: Sequence[str], *, denies: bool) -> tuple[str, ...]:
    """The query as a wording would be; then as far as it denies nothing."""
    whole = sameness(stems)
    if not denies:
        return (whole,)
    affirmed = itertools.takewhile(lambda word: not word.is_denying, said)
    before = sameness([word.stem for word in affirmed])
    return (whole,) if before == whole else (whole, before)


_Places = tuple[int, ...]


def _terms_of(said: Sequence[Word], found: Sequence[Found], lexicon: Lexicon) -> list[QueryTerm]:
    """The words that say something, each with the concepts it means alone; then the phrases."""
    concepts = _concepts_by_places(said, found, lexicon)
    phrases = {places: surest for places, surest in concepts.items() if len(places) > 1}
    covered = set().union(*phrases)
    stop = lexicon.words.stop
    terms = []
    for at, word in enumerate(said):
        meant = concepts.get((at,), ())
        if word.is_denying or not (meant or word.stem not in stop):
            continue
        alternatives = word.alternatives + meant
        if alternatives:
            share = _share_of_word(word, in_phrase=at in covered)
            terms.append(QueryTerm(word.text, share, alternatives, word.is_denied))
    for places, surest in phrases.items():
        terms.append(_phrase_term(said, places, surest))
    return list(map(_signed, terms))


def _filling_terms(surfaces: str, concepts: Container[str]) -> Iterator[QueryTerm]:
    """What letters of surfaces mean, where a filling is asked for."""
    if not surfaces or _FILLING not in concepts:
        return
    sure = weights.PHRASE_CONFIDENCE["abbreviation"]
    known_as = (Alternative("#" + _FILLING, sure, "abbreviation"),)
    yield QueryTerm(surfaces, weights.SHARE_OF_PHRASE, known_as)


def _signed(term: QueryTerm) -> QueryTerm:
    """A denied term is met by those who deny it too, and a little by the word as such."""
    if not term.is_denied:
        return term
    signed: list[Alternative] = []
    for known_as, sure, how in term.alternatives:
        signed.append(Alternative(DENIED + known_as, sure, how))
        signed.append(Alternative(known_as, sure * weights.DENIED_WORD, how))
    share = term.share * weights.SHARE_OF_DENIED
    return term._replace(share=share, alternatives=tuple(signed))


def _share_of_word(word: Word, *, in_phrase: bool) -> float:
    share = weights.SHARE_IN_PHRASE if in_phrase else 1.0
    if word.stem[:1].isdigit():
        share *= weights.SHARE_OF_NUMBER
    return share * weights.SHARE_OF_OCCASION if word.is_occasion else share


def _phrase_term(
    said: Sequence[Word], places: _Places, alternatives: tuple[Alternative, ...]
) -> QueryTerm:
    text = " ".join(dict.fromkeys(said[place].text for place in places))
    share = weights.SHARE_OF_PHRASE + weights.SHARE_OF_EACH_WORD * len(places)
    is_denied = all(said[place].is_denied for place in places)
    return QueryTerm(text, share, alternatives, is_denied)


def _concepts_by_places(
    said: Sequence[Word], found: Sequence[Found], lexicon: Lexicon
) -> dict[_Places, tuple[Alternative, ...]]:
    """The concepts that the words at some places mean, each by its surest phrase."""
    by_places: dict[_Places, tuple[Alternative, ...]] = {}
    for places, concept, kind in found:
        sure = weights.PHRASE_CONFIDENCE[kind] * _best_confidence(said[places[0]].alternatives)
        how = _SHORT if kind == _SHORT else "concept"
        meant = lexicon.concept(concept, sure, how)
        if places in by_places:
            meant = _surest_of(by_places[places] + meant)
        by_places[places] = meant
    return by_places


def _surest_of(alternatives: Iterable[Alternative]) -> tuple[Alternative, ...]:
    """Each term once."""
    surest: dict[str, Alternative] = {}
    for alternative in alternatives:
        so_far = surest.get(alternative.term)
        if so_far is None or so_far.confidence < alternative.confidence:
            surest[alternative.term] = alternative
    return tuple(surest.values())


def _best_confidence(alternatives: Sequence[Alternative]) -> float:
    if len(alternatives) == 1:
        return alternatives[0].confidence
    return max([alternative.confidence for alternative in alternatives], default=1.0)


def _concepts_fixed(
    teeth: Iterable[Tooth],
    ages: frozenset[str],
    found: Sequence[Found],
    words: Thesaurus,
    *,
    has_surfaces: bool,
) -> frozenset[str]:
    """The facets of the query by its words, its teeth, and an age, which beats 'child'."""
    concepts = {hit.concept for hit in outermost(found) if _fixes_facet(hit, words)}
    concepts.update(*map(facets.of_tooth, teeth))
    if ages:
        concepts = {name for name in concepts if words.groups.get(name) != "age"} | ages
    groups = {words.groups.get(name) for name in concepts}
    if has_surfaces and "restoration" not in groups:
        concepts.add(_FILLING)  # what has surfaces and is not said to be anything else
        if any(hit.concept == "resin" for hit in found):
            concepts.add("composite")
    return frozenset(concepts & words.groups.keys())


def _fixes_facet(hit: Found, words: Thesaurus) -> bool:
    """True for concepts of exclusive groups; but 'came off' of a patient fixes no action."""
    group = words.groups.get(hit.concept)
    return group is not None and not (hit.kind == "lay" and group == "action")


def _ranges_fixed(
    stems: Sequence[str], found: Sequence[Found], words: Thesaurus, *, surfaces: int, teeth: int
) -> dict[str, facets.Range]:
    """The numbers of the query by what they count; so many surfaces and teeth it names besides."""
    ranges = facets.numbers(stems, words)
    bare = ranges.pop("", _A_QUADRANT)
    if surfaces:
        ranges.setdefault("surface", (surfaces, surfaces))
    if teeth:
        ranges["tooth"] = (teeth, teeth)
    elif any(hit.concept == "quadrant" for hit in found):
        ranges.setdefault("tooth", bare)  # a bare number beside a quadrant counts its teeth
    return ranges
