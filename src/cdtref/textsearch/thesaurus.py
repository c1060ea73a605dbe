"""
The dental thesaurus: how words are cut from a text, brought to a stem, and gathered into concepts.

A concept is a set of phrases that mean one thing. Its `terms` and `abbreviations` are recognized in
the texts of the codes and in queries alike; its `lay` phrases in queries only, for what a patient
says may mean several things. The entries are this project's own; they stand in data/thesaurus.json.
"""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from cdtref.datafile import faults_of, read
from cdtref.textsearch.kept import kept_property
from cdtref.textsearch.weights import NAMED_COUNT

_TOKEN: Final = re.compile(
    r"[a-z]{4,}"  # most words; nothing else begins so
    r"|[a-z]&[a-z]\b"  # P&C, B&L, I&D
    # F/ and /F: a full denture above, below; of 'lab/c', which is being typed, /c is none
    r"|(?<![a-z])[fcp]/[fcp]?(?![a-z])|(?<![a-z])-?/[fcp](?![a-z])"
    r"|\d+/\d+|#[a-z\d]+|\d+\.\d+|\d+\+?"
    r"|[a-z]{1,3}\d+[a-z]+"  # N2O, A1c
    r"|[a-z]+|\+"
)
# What has none of these is words of letters alone, which are cut in a fraction of the time.
_SHORTHAND: Final = re.compile(r"[\d&/#+]")
_LETTERS_ALONE: Final = re.sub(b"[^a-z]", b" ", bytes(range(256)))
_VOWEL: Final = re.compile("[aeiouy]")

# Stems without which a wording is still itself; without other stop words it is not, such as AM, OR
# or 'other'.
_EMPTY: Final = frozenset(
    (
        *("a", "an", "and", "at", "by", "for", "from", "in", "into", "is", "it", "my", "of", "on"),
        *("our", "that", "the", "their", "to", "with", "your"),
        *("dental", "dentist", "patient", "procedur", "servic", "visit"),
    )
)
_Alone = Mapping[str, Sequence[str]]  # the concepts that a stem by itself says
_Runs = Mapping[tuple[str, str], Sequence["Phrase"]]  # phrases by their first two stems
_KINDS: Final = {"terms": "term", "abbreviations": "abbreviation", "lay": "lay"}
# An event has its count of words beside it, below 0 where the thing stands first.
EVENT: Final = "event"
_SHORTEST_STEMMED: Final = 4  # what is shorter is an abbreviation or has no ending to lose
_STEMS_KEPT: Final = 8192  # more than the texts have


class Phrase(NamedTuple):
    """
    One way to say a concept: its stems, how many, the concept's name, and 'term',
    'abbreviation', 'brand', 'lay', or 'event'.
    """

    stems: str
    length: int
    concept: str
    kind: str


class Found(NamedTuple):
    """A phrase met in a text: the positions of its words, the concept, and the kind of phrase."""

    places: tuple[int, ...]
    concept: str
    kind: str


def tokens(text: str) -> list[str]:
    """
    The words of a text: lower case, letters without accents, numbers apart from letters, shorthand
    such as 'p&c' whole.

    >>> tokens("4BW, Post-op P&C #14")
    ['4', 'bw', 'post', 'op', 'p&c', '#14']
    """
    plain = text if text.isascii() else _without_accents(text)
    lower = plain.lower().replace("'s", "").replace("'", "").replace("e.max", "emax")
    if _SHORTHAND.search(lower):
        return _TOKEN.findall(lower)
    return lower.encode("ascii").translate(_LETTERS_ALONE).decode("ascii").split()


def _without_accents(text: str) -> str:
    dashed = text.replace("–", "-")  # noqa: RUF001  # the dash of ranges
    return unicodedata.normalize("NFKD", dashed).encode("ascii", "ignore").decode()


class Thesaurus:
    """
    The concepts, with what is said about words outside them; made from the JSON of
    data/thesaurus.json.
    """

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.irregular: Mapping[str, str] = MappingProxyType(raw["irregular"])
        self.stem: Callable[[str], str] = functools.lru_cache(_STEMS_KEPT)(self._stem_of)
        self.stop: frozenset[str] = frozenset(map(self.stem, raw["stop"]))
        self.units: Mapping[str, str] = MappingProxyType(self._by_stem(raw["units"]))
        self.broader: Mapping[str, Sequence[str]] = MappingProxyType(raw["broader"])
        self.narrower: Mapping[str, Sequence[str]] = MappingProxyType(_turned(self.broader))
        self.groups: Mapping[str, str] = MappingProxyType(_by_member(raw["groups"]))
        self.marked: frozenset[str] = frozenset(raw["marked"])
        self.common: frozenset[str] = frozenset(raw["common"])
        self._said_by_kinds: dict[frozenset[str], tuple[_Alone, _Runs]] = {}
        self._kin: dict[str, frozenset[str]] = {}
        self._singles: dict[frozenset[str], dict[str, Sequence[tuple[str, str]]]] = {}
        self._raw = raw
        phrases = raw.get("phrases") or self._compiled()
        self.phrases: Mapping[str, Sequence[Phrase]] = MappingProxyType(phrases)

    def _by_stem(self, units: Mapping[str, Sequence[str]]) -> dict[str, str]:
        return {self.stem(word): unit for word, unit in _by_member(units).items()}

    def _compiled(self) -> dict[str, list[Phrase]]:
        """All phrases by their first stem, each once for a concept."""
        phrases: dict[str, list[Phrase]] = defaultdict(list)
        for text, concept, kind in self._said:
            stems = self.stems(text)
            phrase = Phrase(" ".join(stems), len(stems), concept, kind)
            if phrase not in phrases[stems[0]]:
                phrases[stems[0]].append(phrase)
        return dict(phrases)

    def stems(self, text: str) -> list[str]:
        """The stems of all words of a text."""
        return [self.stem(token) for token in tokens(text)]

    def knows(self, stem: str) -> bool:
        """True where a phrase begins with the stem, or it is one that says nothing."""
        return stem in self.stop or stem in self.phrases

    def says_alone(self, stem: str) -> bool:
        """True where the stem by itself is a phrase."""
        return stem in self._single

    def with_own_words(self, vocabulary: Mapping[str, int]) -> dict[str, int]:
        """A vocabulary with the words of all phrases, which are known as well as those of names."""
        known = dict(vocabulary)
        for stem in self._own_words:
            known[stem] = max(known.get(stem, 0), NAMED_COUNT)
        return known

    @kept_property
    def _own_words(self) -> Sequence[str]:
        stems: dict[str, None] = {}
        for phrases in self.phrases.values():
            for said, *_ in phrases:
                stems.update(dict.fromkeys(said.split()))
        return [stem for stem in stems if stem.isalpha()]

    @kept_property
    def own_forms(self) -> frozenset[str]:
        """The words of all phrases as they are written."""
        return frozenset(tokens(" ".join([text for text, _, _ in self._said])))

    @kept_property
    def _said(self) -> Sequence[tuple[str, str, str]]:
        """Every phrase with its concept and its kind."""
        said: list[tuple[str, str, str]] = []
        for concept, entry in self._raw["concepts"].items():
            for key, texts in entry.items():
                said += [(text, concept, _KINDS[key]) for text in texts]
        for concept, names in self._raw["brands"].items():
            said += [(name, concept, "brand") for name in names]
        for event in self._raw["events"].values():
            said += _composed(event["said"], event["means"])
        return said

    def has_size(self, stems: Sequence[str]) -> bool:
        """True where a text names the unit in which lesions are measured."""
        return not self._sizes.isdisjoint(stems)

    @kept_property
    def _sizes(self) -> frozenset[str]:
        return frozenset([stem for stem, unit in self.units.items() if unit == "cm"])

    def find(self, stems: Sequence[str], kinds: frozenset[str]) -> list[Found]:
        """
        The concepts said in a sequence of stems by phrases of these kinds, with or without the
        stop words.
        """
        found: dict[Found, None] = {}
        single, stop = self._single_of(kinds), self.stop
        for at in [at for at, stem in enumerate(stems) if stem in single]:
            places = (at,)
            for concept, kind in single[stems[at]]:
                found[Found(places, concept, kind)] = None
        alone = len(found)
        self._find_runs(stems, None, kinds, found)
        content = [place for place, stem in enumerate(stems) if stem not in stop]
        if len(content) < len(stems):
            self._find_runs([stems[place] for place in content], content, kinds, found)
        longer = list(filter(self._may_hold, itertools.islice(found, alone, None)))
        if not longer:
            return list(found)
        return [hit for hit in found if not self._is_part(hit, longer)]

    def concepts_in(
        self, stems: Sequence[str], content: Sequence[str], kinds: frozenset[str]
    ) -> set[str]:
        """
        The concepts that `find` finds in stems of which *content* says something, without their
        places: a third of the time.
        """
        alone, runs = self._said_in(kinds)
        found: set[str] = set()
        for stem in alone.keys() & stems:
            found.update(alone[stem])
        pairs = runs.keys() & itertools.pairwise(stems)
        if len(content) < len(stems):
            pairs |= runs.keys() & itertools.pairwise(content)
        if not pairs:
            return found
        text = f" {' '.join(stems)} \n {' '.join(content)} "
        longer: set[str] = set()
        for pair in pairs:
            for said, length, concept, _ in runs[pair]:
                if length == 2 or f" {said} " in text:
                    longer.add(concept)
        if self._may_exclude(longer, found):
            return {hit.concept for hit in self.find(stems, kinds)}
        return found | longer

    def _may_exclude(self, longer: Iterable[str], found: Iterable[str]) -> bool:
        """True where a phrase may have another of its group within it: high noble is not noble."""
        groups = self.groups
        of_longer = {groups[concept] for concept in longer if concept in groups}
        if not of_longer:
            return False
        others = [groups.get(concept) for concept in {*longer, *found}]
        return any(others.count(group) > 1 for group in of_longer)

    def _find_runs(
        self,
        run: Sequence[str],
        places: Sequence[int] | None,
        kinds: frozenset[str],
        found: dict[Found, None],
    ) -> None:
        """Adds the phrases of several words in a run of stems, by their places if not in a row."""
        runs = self._runs
        if runs.keys().isdisjoint(itertools.pairwise(run)):
            return
        for at in [at for at, pair in enumerate(itertools.pairwise(run)) if pair in runs]:
            for said, length, concept, kind in runs[run[at], run[at + 1]]:
                plain, _, count = kind.partition(":")
                if plain not in kinds:
                    continue
                if length == 2 or " ".join(run[at : at + length]) == said:
                    where = places[at : at + length] if places else range(at, at + length)
                    met = tuple(where)[_part_of_event(int(count))] if count else tuple(where)
                    found[Found(met, concept, plain)] = None

    def _said_in(self, kinds: frozenset[str]) -> tuple[_Alone, _Runs]:
        """The phrases of these kinds: the concepts of single stems, and the runs."""
        kept = self._said_by_kinds.get(kinds)
        if kept is None:
            alone, runs = {}, {}
            for stem, meant in self._single_of(kinds).items():
                alone[stem] = [concept for concept, _ in meant]
            for pair, phrases in self._runs.items():
                if wanted := [phrase for phrase in phrases if phrase[-1] in kinds]:
                    runs[pair] = wanted
            kept = self._said_by_kinds[kinds] = alone, runs
        return kept

    def _single_of(self, kinds: frozenset[str]) -> Mapping[str, Sequence[tuple[str, str]]]:
        """The concepts that a stem alone may say by phrases of these kinds."""
        kept = self._singles.get(kinds)
        if kept is None:
            made: dict[str, Sequence[tuple[str, str]]] = {}
            for stem, meant in self._single.items():
                if wanted := [pair for pair in meant if pair[1] in kinds]:
                    made[stem] = wanted
            # Only now: another thread takes what is there for the whole.
            kept = self._singles[kinds] = made
        return kept

    @kept_property
    def _single(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """The concepts that a stem alone may say, each with the kind of the phrase."""
        single: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for phrases in self.phrases.values():
            for said, length, concept, kind in phrases:
                if length == 1:
                    single[said].append((concept, kind))
        return dict(single)

    @kept_property
    def _runs(self) -> _Runs:
        """The phrases of several words by their first two: so hardly one is tried in vain."""
        runs: dict[tuple[str, str], list[Phrase]] = defaultdict(list)
        for phrases in self.phrases.values():
            for phrase in phrases:
                if phrase[1] > 1:
                    first, second, *_ = phrase[0].split()
                    runs[first, second].append(phrase)
        return dict(runs)

    def _may_hold(self, hit: Found) -> bool:
        return hit.kind == EVENT or (len(hit.places) > 1 and hit.concept in self.groups)

    def _is_part(self, hit: Found, longer: Iterable[Found]) -> bool:
        """True for what a longer phrase of the same group takes in: high noble is not noble."""
        group = self.groups.get(hit.concept)
        if group is None:
            return False
        return any(
            other.concept != hit.concept
            and (_calls_for(other, group) or self._is_longer_of(other, hit, group))
            and set(hit.places) <= set(other.places)
            for other in longer
            if other is not hit
        )

    def _is_longer_of(self, other: Found, hit: Found, group: str) -> bool:
        is_longer = len(other.places) > len(hit.places)
        return is_longer and self.groups.get(other.concept) == group

    def kin(self, concept: str) -> frozenset[str]:
        """
        The concept with those above and below it: what a text may say that does not contradict it.
        """
        kin = self._kin.get(concept)
        if kin is None:
            kin = self._kin[concept] = self._kin_of(concept)
        return kin

    def _kin_of(self, concept: str) -> frozenset[str]:
        return frozenset((concept, *self.broader.get(concept, ()), *self.narrower.get(concept, ())))

    def _stem_of(self, word: str) -> str:
        word = self.irregular.get(word, word)
        if len(word) < _SHORTEST_STEMMED or not word.isalpha():
            return word
        return _without_ending(_singular_of(word))


def sameness(stems: Iterable[str]) -> str:
    """
    What a wording is by itself: its stems run together, without the empty ones unless it has no
    others.
    """
    found = list(stems)
    return "".join(stem for stem in found if stem not in _EMPTY) or "".join(found)


@functools.cache
def bundled() -> Thesaurus:
    """The thesaurus that comes with the package; the same object at every call."""
    return from_bundle({})


def from_bundle(compiled: Mapping[str, Any]) -> Thesaurus:
    """
    The bundled thesaurus made anew; *compiled* may have its `phrases`, cut into stems when the
    index was built.
    """
    with faults_of("thesaurus.json") as file:
        return Thesaurus({**read(file), **compiled})


def _part_of_event(count: int) -> slice:
    """The words that tell what happened: the first so many, or the last; not those of the thing."""
    return slice(count) if count > 0 else slice(count, None)


def _calls_for(event: Found, group: str) -> bool:
    """True for an event, which tells the action whatever its words would without the thing."""
    return event.kind == EVENT and group == "action"


def outermost(found: Sequence[Found]) -> list[Found]:
    """The phrases that are no part of a longer one: in 'first molar' nothing comes first."""
    if max([len(hit.places) for hit in found], default=1) == 1:
        return list(found)
    longest: dict[int, int] = {}
    for hit in found:
        for place in hit.places:
            longest[place] = max(longest.get(place, 0), len(hit.places))
    return [hit for hit in found if len(hit.places) == max(map(longest.__getitem__, hit.places))]


def _composed(
    said: Iterable[str], means: Mapping[str, Sequence[str]]
) -> list[tuple[str, str, str]]:
    """What happened to each thing, in both orders: 'crown fell out', 'broken crown'."""
    phrases = []
    for concept, things in means.items():
        for thing, happened in itertools.product(things, said):
            count = len(happened.split())
            phrases.append((f"{thing} {happened}", concept, f"{EVENT}:-{count}"))
            phrases.append((f"{happened} {thing}", concept, f"{EVENT}:{count}"))
    return phrases


def _singular_of(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes", "zes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _without_ending(word: str) -> str:
    """
    Without -ing, -ed and the last -e; words of these endings that belong together meet in one stem.
    """
    for ending in ("ing", "ed"):
        root = word.removesuffix(ending)
        if root != word and len(root) > 2 and _VOWEL.search(root):
            word = _without_doubled_end(root)
            break
    if word.endswith("e") and len(word) > 3:
        word = word[:-1]
    if word.endswith("y") and len(word) > 3:
        return word[:-1] + "i"  # 'biopsy' as 'biopsies' and 'biopsied'
    return word


def _without_doubled_end(root: str) -> str:
    """Fitt(ed) as fit; but 'fill', 'press' and 'fizz' end so themselves."""
    is_doubled = root[-1] == root[-2] and root[-1] not in "lsz"
    return root[:-1] if is_doubled else root


def _by_member(sets: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The name of the set that each word belongs to."""
    return {word: name for name, members in sets.items() for word in members}


def _turned(relation: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    back = defaultdict(list)
    for narrow, wide in relation.items():
        for name in wide:
            back[name].append(narrow)
    return {name: tuple(names) for name, names in back.items()}
