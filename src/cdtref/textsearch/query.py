"""
A query as the index reads it: words with what each may mean, and facets.

Each word that says something becomes a term of the query: the alternatives by which the index may
know it, from the word itself down to a guess at a typo, each with a confidence. Phrases of the
thesaurus become terms of their own.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from cdtref.textsearch import facets, weights
from cdtref.textsearch.clauses import DENIED, SignedTokens, signed_tokens
from cdtref.textsearch.facets import Facets
from cdtref.textsearch.site import TEETH, teeth_in
from cdtref.textsearch.spelling import Vocabulary
from cdtref.textsearch.thesaurus import Found, Thesaurus, outermost, sameness
from cdtref.tooth import Tooth

_ALL_KINDS: Final = frozenset(weights.PHRASE_CONFIDENCE)
_HOW: Final = {"term": "concept", "abbreviation": "abbreviation", "lay": "concept"}
_OURS: Final = frozenset(("dental", "dentist", "dentistri"))
_A_QUADRANT: Final = (4, 32)  # teeth, as the codes of periodontics count them


class Alternative(NamedTuple):
    """
    One way in which a word may be met: a term of the index ('#name' for a concept), how sure, and
    how it came.
    """

    term: str
    confidence: float
    how: str


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
    """

    terms: tuple[QueryTerm, ...]
    facets: Facets
    named: frozenset[str]
    wholes: tuple[str, ...]
    dental: float
    understood: float


def read(text: str, words: Thesaurus, vocabulary: Vocabulary) -> Query:
    """A query in words; of a long one the beginning is read."""
    text = text[: weights.MOST_CHARACTERS]
    teeth = teeth_in(text)
    signed = signed_tokens(TEETH.sub(" tooth ", text) if teeth else text)
    said = _understood(signed, words, vocabulary)
    stems = [word.stem for word in said]
    found = words.find(stems, _ALL_KINDS)
    ages = facets.age_in(text)
    denied_places = frozenset(at for at, word in enumerate(said) if word.is_denied)
    affirmed = [hit for hit in found if not denied_places.issuperset(hit.places)]
    concepts = _concepts_fixed(teeth, ages, affirmed, words)
    ranges = _ranges_fixed(text, stems, len(teeth), found, words)
    dental = _DentalShare(words, found, said, has_age=bool(ages))
    return Query(
        terms=tuple(_terms_of(said, found, words)),
        facets=Facets(concepts, ranges),
        named=frozenset().union(*map(words.kin, (hit.concept for hit in affirmed))),
        wholes=_wholes_of(said),
        dental=dental.of_all(names_tooth=bool(teeth)),
        understood=_share_understood(said, words),
    )


class _Word(NamedTuple):
    """
    A word as typed, the stem that stands for it, and the ways to it; none where nobody knows it.
    """

    text: str
    stem: str
    alternatives: tuple[Alternative, ...]
    is_denied: bool = False
    is_denying: bool = False
    is_occasion: bool = False

    @property
    def is_known(self) -> bool:
        return bool(self.alternatives) and self.alternatives[0].how == "exact"


def _understood(signed: SignedTokens, words: Thesaurus, vocabulary: Vocabulary) -> list[_Word]:
    """
    The words of the query, unknown ones mended: run together, cut in two, cut short, or misspelt.
    """
    typed = signed.words[: weights.MOST_WORDS]
    said: list[_Word] = []
    at = 0
    while at < len(typed):
        joined = _joined_with_next(typed, at, words, vocabulary)
        if joined:
            understood = [_exact_word(f"{typed[at]} {typed[at + 1]}", joined)]
        else:
            is_last = at == len(typed) - 1
            understood = _words_for(typed[at], words, vocabulary, is_last=is_last)
        said += _with_signs(understood, at, signed)
        at += 2 if joined else 1
    return said


def _share_understood(said: Sequence[_Word], words: Thesaurus) -> float:
    content = [word for word in said if word.stem not in words.stop]
    understood = [word for word in content if word.alternatives]
    return len(understood) / len(content) if content else 0.0


def _with_signs(understood: list[_Word], at: int, signed: SignedTokens) -> list[_Word]:
    is_denied, is_denying = at in signed.denied, at in signed.denying
    is_occasion = at in signed.occasion
    if not (is_denied or is_denying or is_occasion):  # nearly always
        return understood
    return [_Word(*word[:3], is_denied, is_denying, is_occasion) for word in understood]


def _wholes_of(said: Sequence[_Word]) -> tuple[str, ...]:
    """The query as a wording would be; then as far as it denies nothing."""
    whole = sameness(word.stem for word in said)
    affirmed = itertools.takewhile(lambda word: not word.is_denying, said)
    before = sameness(word.stem for word in affirmed)
    return (whole,) if before == whole else (whole, before)


def _joined_with_next(
    typed: Sequence[str], at: int, words: Thesaurus, vocabulary: Vocabulary
) -> str | None:
    """The stem of two words that the texts write as one, such as 'bite wing'."""
    if at + 1 >= len(typed) or not typed[at].isalpha():
        return None
    joined = words.stem(typed[at] + typed[at + 1])
    if len(joined) < weights.SHORTEST_JOINED or joined not in vocabulary:
        return None
    return None if words.stem(typed[at + 1]) in words.stop else joined


def _words_for(
    token: str, words: Thesaurus, vocabulary: Vocabulary, *, is_last: bool
) -> list[_Word]:
    stem = words.stem(token)
    if stem in vocabulary or words.knows(stem) or not stem.isalpha():
        return [_exact_word(token, stem)]
    if vocabulary.derived(stem):
        return [_derived_word(token, vocabulary.derived(stem))]
    if halves := vocabulary.halves(stem):
        return [_half_word(token, words.stem(half)) for half in halves]
    is_begun = is_last or len(stem) >= weights.CUT_SHORT
    return [_guessed_word(token, stem, vocabulary, is_begun=is_begun)]


def _exact_word(text: str, stem: str) -> _Word:
    return _Word(text, stem, (Alternative(stem, 1.0, "exact"),))


def _half_word(text: str, stem: str) -> _Word:
    return _Word(text, stem, (Alternative(stem, weights.RUN_TOGETHER, "typo"),))


def _derived_word(text: str, kin: Sequence[str]) -> _Word:
    """A word by others of its root, which is surer than any slip or beginning."""
    meant = kin[: weights.MOST_DERIVED]
    alternatives = [Alternative(other, weights.DERIVED, "derived") for other in meant]
    return _Word(text, kin[0], tuple(alternatives))


def _guessed_word(token: str, stem: str, vocabulary: Vocabulary, *, is_begun: bool) -> _Word:
    near = vocabulary.near(stem)
    meant = near[: weights.MOST_SLIPS_MEANT]
    guesses = [Alternative(other, weights.SLIP, "typo") for other in meant]
    longer = vocabulary.starting(stem) if is_begun else ()
    guesses += [
        Alternative(other, weights.BEGINNING, "prefix") for other in longer if other not in near
    ]
    stands_for = guesses[0].term if guesses else stem
    return _Word(token, stands_for, tuple(guesses[: weights.MOST_ALTERNATIVES]))


_Places = tuple[int, ...]


def _terms_of(said: Sequence[_Word], found: Sequence[Found], words: Thesaurus) -> list[QueryTerm]:
    """The words that say something, each with the concepts it means alone; then the phrases."""
    concepts = _concepts_by_places(said, found, words)
    phrases = {places: surest for places, surest in concepts.items() if len(places) > 1}
    covered = set().union(*phrases)
    terms = []
    for at, word in enumerate(said):
        if word.is_denying:
            continue
        if word.stem not in words.stop or (at,) in concepts:
            share = _share_of_word(word, in_phrase=at in covered)
            alternatives = (*word.alternatives, *concepts.get((at,), ()))
            terms.append(QueryTerm(word.text, share, alternatives, word.is_denied))
    terms += [_phrase_term(said, places, surest) for places, surest in phrases.items()]
    return [_signed(term) for term in terms if term.alternatives]


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


def _share_of_word(word: _Word, *, in_phrase: bool) -> float:
    share = weights.SHARE_IN_PHRASE if in_phrase else 1.0
    if word.stem[:1].isdigit():
        share *= weights.SHARE_OF_NUMBER
    return share * weights.SHARE_OF_OCCASION if word.is_occasion else share


def _phrase_term(
    said: Sequence[_Word], places: _Places, alternatives: tuple[Alternative, ...]
) -> QueryTerm:
    text = " ".join(dict.fromkeys(said[place].text for place in places))
    share = weights.SHARE_OF_PHRASE + weights.SHARE_OF_EACH_WORD * len(places)
    is_denied = all(said[place].is_denied for place in places)
    return QueryTerm(text, share, alternatives, is_denied)


def _concepts_by_places(
    said: Sequence[_Word], found: Sequence[Found], words: Thesaurus
) -> dict[_Places, tuple[Alternative, ...]]:
    """The concepts that the words at some places mean, each by its surest phrase."""
    by_places: dict[_Places, dict[str, Alternative]] = {}
    for hit in found:
        surest = by_places.setdefault(hit.places, {})
        first = said[hit.places[0]].alternatives
        sure = weights.PHRASE_CONFIDENCE[hit.kind] * _best_confidence(first)
        for alternative in _concept_alternatives(hit.concept, sure, _HOW[hit.kind], words):
            so_far = surest.get(alternative.term)
            if so_far is None or so_far.confidence < alternative.confidence:
                surest[alternative.term] = alternative
    return {places: tuple(surest.values()) for places, surest in by_places.items()}


def _best_confidence(alternatives: Sequence[Alternative]) -> float:
    return max([alternative.confidence for alternative in alternatives], default=1.0)


def _concept_alternatives(
    concept: str, sure: float, how: str, words: Thesaurus
) -> list[Alternative]:
    alternatives = [Alternative("#" + concept, sure, how)]
    kin = dict.fromkeys(words.broader.get(concept, ()), weights.BROADER)
    kin |= dict.fromkeys(words.narrower.get(concept, ()), weights.NARROWER)
    return alternatives + [
        Alternative("#" + name, sure * nearness, "concept") for name, nearness in kin.items()
    ]


def _concepts_fixed(
    teeth: Iterable[Tooth], ages: frozenset[str], found: Sequence[Found], words: Thesaurus
) -> frozenset[str]:
    """The facets of the query by its words, its teeth, and an age, which beats 'child'."""
    concepts = {hit.concept for hit in outermost(found) if _fixes_facet(hit, words)}
    concepts.update(*map(facets.of_tooth, teeth))
    if ages:
        concepts = {name for name in concepts if words.groups.get(name) != "age"} | ages
    return frozenset(concepts & words.groups.keys())


def _fixes_facet(hit: Found, words: Thesaurus) -> bool:
    """True for concepts of exclusive groups; but 'came off' of a patient fixes no action."""
    group = words.groups.get(hit.concept)
    return group is not None and not (hit.kind == "lay" and group == "action")


def _ranges_fixed(
    text: str, stems: Sequence[str], count: int, found: Sequence[Found], words: Thesaurus
) -> dict[str, facets.Range]:
    """The numbers of the query by what they count, *count* teeth among them."""
    ranges = facets.numbers(stems, words)
    bare = ranges.pop("", _A_QUADRANT)
    if letters := facets.surface_letters_in(text):
        ranges.setdefault("surface", (len(letters), len(letters)))
    if count:
        ranges["tooth"] = (count, count)
    elif any(hit.concept == "quadrant" for hit in found):
        ranges.setdefault("tooth", bare)  # a bare number beside a quadrant counts its teeth
    return ranges


class _DentalShare:
    """
    The share of a query's words that speak of teeth: everyday words count less, those of other
    trades more, an age not.
    """

    def __init__(
        self, words: Thesaurus, found: Sequence[Found], said: Sequence[_Word], *, has_age: bool
    ) -> None:
        self._words = words
        self._said = said
        self._has_age = has_age
        self._in_phrase: set[int] = set()
        self._in_concept: set[int] = set()
        for hit in found:
            places = self._in_phrase if len(hit.places) > 1 else self._in_concept
            places.update(hit.places)
        is_anything_known = any(word.is_known for word in said)
        self._unknown_weight = 0.0 if is_anything_known else weights.UNKNOWN_WEIGHT

    def of_all(self, *, names_tooth: bool) -> float:
        """A tooth's number, or 'at the dentist', is as good as one dental word."""
        is_ours = names_tooth or any(word.stem in _OURS for word in self._said)
        dental = total = 1.0 if is_ours else 0.0
        for at, word in enumerate(self._said):
            if at in self._in_phrase:
                dental += 1.0
                total += 1.0
            elif not self._says_nothing(word):
                sure, weight = self._dental_weight(at, word)
                dental += sure * weight
                total += weight
        return dental / total if total else 0.0

    def _says_nothing(self, word: _Word) -> bool:
        if word.is_denying:
            return True
        return word.stem in self._words.stop or (self._has_age and facets.is_of_age(word.stem))

    def _dental_weight(self, at: int, word: _Word) -> tuple[float, float]:
        """How surely a word speaks of teeth, and how much it counts."""
        in_concept = at in self._in_concept
        if word.stem in self._words.elsewhere:
            return 0.0, weights.ELSEWHERE_WEIGHT
        if word.stem in self._words.everyday:
            sure = weights.EVERYDAY_IN_CONCEPT if in_concept else weights.EVERYDAY
            return sure, weights.EVERYDAY_WEIGHT
        if not word.stem[:1].isalpha():
            return 0.0, weights.NUMBER_WEIGHT
        if not word.alternatives:
            return 0.0, self._unknown_weight
        sure = word.alternatives[0].confidence
        return (sure if in_concept else weights.KNOWN_TO_TEXTS * sure), 1.0
