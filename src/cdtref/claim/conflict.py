"""
What may not stand together on a claim, or not without another: pairs of codes with their scope,
their window, whose rule it is and how sure it is.

A conflict is a question to ask before a claim goes out, not a verdict: only a rule of the code set
of high confidence holds everywhere, all else depends on who pays. The texts are ours; the sources
stand in facts/conflict_sources.csv.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple

import attrs

from cdtref.code import Code
from cdtref.procedure import Source
from cdtref.record import Card, Record

Kind = Literal["included", "exclusive", "duplicate", "needs"]
Scope = Literal["tooth", "site", "quadrant", "arch", "visit", "day", "patient"]
Strength = Literal["code set", "practice"]
Confidence = Literal["high", "medium", "low"]

_ADVISERS: Final = (
    "a claims newsletter",
    "billing advisers",
    "coders",
    "software vendors",
    "the dental press",
    "the American Academy of Periodontology",
    "the Ohio Dental Association",
)
_MOST_NAMED: Final = 3  # of those whose practice it is; a message is to be read at a glance
SCOPES: Final[Mapping[Scope, str]] = MappingProxyType(
    {
        "tooth": "on the same tooth",
        "site": "at the same site",
        "quadrant": "in the same quadrant",
        "arch": "in the same arch",
        "visit": "at the same visit",
        "day": "on the same day",
        "patient": "of the same patient",
    }
)
"""What two lines share, in words."""
VERBS: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        "included": "is part of",
        "exclusive": "is not reported beside",
        "duplicate": "repeats",
        "needs": "is reported beside",
    }
)
"""What is said of the questioned code, by the kind."""


class CodeList(NamedTuple):
    """One side of a pair: the known codes of it, and how it is written, such as 'D2710-D2794'."""

    text: str
    codes: frozenset[str]

    def __str__(self) -> str:
        return self.text.replace("|", ", ")


@attrs.frozen(eq=False)
class Statement:
    """
    What is said of several pairs alike; *first* and *second* are the sides of each.

    Attributes:
        kind: 'included' (the first is part of the second), 'exclusive', 'duplicate', or 'needs'
            (the first is questioned where no second is; not where the second may come later, for no
            claim tells of days to come).
        scope: What the two share: 'tooth', 'site', 'quadrant', 'arch', 'visit', 'day', 'patient'.
        days: How far apart they may be; 0 is the same date of service, None is ever.
        both_ways: True where the window runs forward from the questioned code too.
        questioned: 'first', 'second' or 'either'.
        same_dentist: True where it speaks of one dentist or one office only.
        strength: 'code set', or 'practice' of a program or payer.
        confidence: 'high', 'medium' or 'low'.
        reason: Why, in a sentence or two.
        since: The first date of service that it holds for; None where it holds for all.
    """

    kind: Kind
    scope: Scope
    days: int | None
    both_ways: bool
    questioned: Literal["first", "second", "either"]
    same_dentist: bool
    strength: Strength
    confidence: Confidence
    reason: str
    since: date | None


class Pair(NamedTuple):
    """A statement of two sides; `cited` are its sources as the table cites them."""

    statement: Statement
    first: CodeList
    second: CodeList
    cited: str


class Partner(NamedTuple):
    """A pair as one code sees it: whether that code is on the first side."""

    pair: Pair
    is_first: bool

    @property
    def others(self) -> CodeList:
        """The side that the code is not on."""
        return self.pair.second if self.is_first else self.pair.first


@attrs.frozen(kw_only=True)
class Conflict(Card, Record):
    """
    What one code may not stand beside, or not without.

    Attributes:
        code: The code that was asked for.
        others: The codes that it is about; for 'needs', any one of them is enough.
        spans: The others in short, ranges as ranges: ('D2390', 'D2710-D2794').
        kind: 'included', 'exclusive', 'duplicate' or 'needs'.
        scope: What the lines share: 'tooth', 'site', 'quadrant', 'arch', 'visit', 'day' or
            'patient'. A claim does not show a site, so no rule judges by it.
        days: How far apart the lines may be; 0 is the same date of service, None is ever.
        both_ways: True where the window runs forward from the questioned code too.
        questioned: Which of the two falls away: 'code', 'other' or 'either'.
        same_dentist: True where it speaks of one dentist or one office only.
        strength: 'code set' for a rule of the code set itself, 'practice' of programs or payers.
        confidence: How sure it is as a warning: 'high', 'medium' or 'low'.
        reason: Why, in a sentence or two.
        since: The first date of service that it holds for; None where it holds for all.
        whose: Whose rule or practice it is, without repetition.
        sources: Where it is said.
    """

    code: Code
    others: tuple[Code, ...]
    spans: tuple[str, ...]
    kind: Kind
    scope: Scope
    days: int | None
    both_ways: bool
    questioned: Literal["code", "other", "either"]
    same_dentist: bool
    strength: Strength
    confidence: Confidence
    reason: str
    since: date | None = None
    whose: tuple[str, ...]
    sources: tuple[Source, ...]

    def explain(self) -> str:
        """
        It in sentences: what, why and who says so.

        >>> import cdtref
        >>> said = [found.explain() for found in cdtref.conflicts("D0230") if found.kind == "needs"]
        >>> print(said[0].split(". ")[0])
        D0230 is reported beside D0220 on the same day
        """
        return f"{self._claim}. {self.reason} {self.authority}"

    @property
    def caption(self) -> str:
        """What it says, without the reason."""
        return self._claim

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """The record in short for people: terms with their values."""
        return (
            ("Reason", self.reason),
            ("Whose", ", ".join(self.whose)),
            ("Confidence", self.confidence),
        )

    @property
    def _claim(self) -> str:
        others = listed(self.spans, "or")
        place = f"{SCOPES[self.scope]}{self._window}"
        if self.kind == "needs" and self.questioned == "other":
            return f"{self.code} is one of the codes that {others} is reported beside {place}"
        if self.questioned == "other":
            return f"{others} {VERBS[self.kind]} {self.code} {place}"
        return f"{self.code} {VERBS[self.kind]} {others} {place}"

    @property
    def _window(self) -> str:
        if self.scope in ("day", "visit") and self.days == 0:
            return ""
        return f", {window_of(self.days)}"

    @property
    def authority(self) -> str:
        """Who says so, in a sentence."""
        return authority(self.strength, self.whose)


class ConflictTable:
    """
    All pairs of the bundled table.

    A code's pairs are looked for when it is first asked about, and kept: most programs ask about
    few codes, and some pairs name every code there is.
    """

    def __init__(self, raw: Mapping[str, Any], known: Iterable[str]) -> None:
        self._known = sorted(known)
        self._sources: Mapping[str, Sequence[str]] = raw["sources"]
        self._retrieved: str = max(source["retrieved"] for source in raw["source"])
        self._keys: dict[str, str] = {}
        self._lists: dict[str, CodeList] = {}
        self._pairs = tuple(self._read_pairs(raw["conflicts"]))
        self._partners: dict[str, tuple[Partner, ...]] = {}

    def __len__(self) -> int:
        return len(self._pairs)

    def __iter__(self) -> Iterator[Pair]:
        return iter(self._pairs)

    def partners(self, code: str) -> tuple[Partner, ...]:
        """The pairs that a code is in, each side once."""
        found = self._partners.get(code)
        if found is None:
            found = self._partners[code] = tuple(self._find_partners(code))
        return found

    def conflicts(self, code: Code) -> tuple[Conflict, ...]:
        """What is said of a code, statement by statement, the surest first."""
        return self._conflicts_of(code, self.partners(code))

    def between(self, code: Code, other: Code) -> tuple[Conflict, ...]:
        """What of it is about one *other* code, and names that alone, with its own sources."""
        partners = (one for one in self.partners(code) if other in one.others.codes)
        found = self._conflicts_of(code, partners)
        # Where one of several is enough, to name this one alone would say that it has to be this.
        return tuple(one if one.kind == "needs" else _narrowed(one, other) for one in found)

    def _conflicts_of(self, code: Code, partners: Iterable[Partner]) -> tuple[Conflict, ...]:
        grouped: dict[tuple[Statement, bool], list[Partner]] = {}
        for partner in partners:
            grouped.setdefault((partner.pair.statement, partner.is_first), []).append(partner)
        found = [self._conflict_of(code, alike) for alike in grouped.values()]
        return tuple(sorted(found, key=_weight_of))

    def whose(self, cited: str) -> tuple[str, ...]:
        """Whose the sources of a pair are, without repetition."""
        return tuple(dict.fromkeys(self._sources[key][0] for key, _ in self._cited(cited)))

    def sources(self, cited: str) -> tuple[Source, ...]:
        """The sources of a pair, with the place in each."""
        found = []
        for key, place in self._cited(cited):
            _, _, what, address = self._sources[key]
            title = f"{what}, {place}" if place else what
            found.append(Source(title, address, self._retrieved))
        return tuple(found)

    def _read_pairs(self, records: Iterable[Mapping[str, Any]]) -> Iterator[Pair]:
        for record in records:
            statement = _statement_of(record)
            for first, second, cited in record["pairs"]:
                yield Pair(statement, self._list_of(first), self._list_of(second), cited)

    def _list_of(self, text: str) -> CodeList:
        found = self._lists.get(text)
        if found is None:
            found = self._lists[text] = CodeList(text, frozenset(self._opened(text)))
        return found

    def _opened(self, text: str) -> Iterator[str]:
        for part in text.split("|"):
            first, _, last = part.partition("-")
            start = bisect.bisect_left(self._known, first)
            yield from self._known[start : bisect.bisect_right(self._known, last or first)]

    def _find_partners(self, code: str) -> Iterator[Partner]:
        for pair in self._pairs:
            if code in pair.first.codes:
                yield Partner(pair, is_first=True)
                if pair.first.codes == pair.second.codes:
                    continue  # such a pair reads the same from either side
            if code in pair.second.codes:
                yield Partner(pair, is_first=False)

    def _conflict_of(self, code: Code, partners: Sequence[Partner]) -> Conflict:
        statement, is_first = partners[0].pair.statement, partners[0].is_first
        others = frozenset[str]().union(*(partner.others.codes for partner in partners))
        texts = "|".join(partner.others.text for partner in partners)
        cited = "; ".join(dict.fromkeys(partner.pair.cited for partner in partners))
        return Conflict(
            code=code,
            others=tuple(map(Code, sorted(others))),
            spans=tuple(dict.fromkeys(texts.split("|"))),
            kind=statement.kind,
            scope=statement.scope,
            days=statement.days,
            both_ways=statement.both_ways,
            questioned=_questioned_from(statement, is_first=is_first),
            same_dentist=statement.same_dentist,
            strength=statement.strength,
            confidence=statement.confidence,
            reason=statement.reason,
            since=statement.since,
            whose=self.whose(cited),
            sources=self.sources(cited),
        )

    def _cited(self, text: str) -> Iterator[tuple[str, str]]:
        """Each cited source once: its key, and the place in it."""
        for cited in dict.fromkeys(text.split("; ")):
            key = self._key_of(cited)
            yield key, cited[len(key) :].strip()

    def _key_of(self, cited: str) -> str:
        """The longest key that it begins with; the same few are cited again and again."""
        key = self._keys.get(cited)
        if key is None:
            keys = [key for key in self._sources if _is_cited(key, cited)]
            key = self._keys[cited] = max(keys, key=len)
        return key


def listed(words: Iterable[str], conjunction: str) -> str:
    """
    Words as a sentence has them.

    >>> listed(["D0220"], "or"), listed(["D0220", "D0230", "D0240"], "or")
    ('D0220', 'D0220, D0230 or D0240')
    """
    *before, last = words
    return f"{', '.join(before)} {conjunction} {last}" if before else last


def window_of(days: int | None) -> str:
    """
    A window in words.

    >>> window_of(0), window_of(180), window_of(None)
    ('on the same day', 'within 180 days', 'at any time')
    """
    if days is None:
        return "at any time"
    return f"within {days} days" if days else "on the same day"


def authority(strength: Strength, whose: Sequence[str]) -> str:
    """
    Who says so, in a sentence; of many, the first few.

    >>> authority("code set", ["the code set"])
    'A rule of the code set.'
    >>> authority("practice", ["Regence", "Ohio Medicaid"])
    'A practice of Regence and Ohio Medicaid.'
    >>> authority("practice", ["coders"])
    'Advice from coders.'
    """
    if strength == "code set":
        return "A rule of the code set."
    named = [one for one in whose if one != "the code set"]
    payers = [one for one in named if one not in _ADVISERS]
    if named and not payers:  # who advises how to bill pays nothing
        return f"Advice from {listed(named, 'and')}."
    if payers == ["Open Dental"]:
        return "A default of Open Dental."
    if len(payers) > _MOST_NAMED:
        payers = [*payers[:_MOST_NAMED], "others"]
    return f"A practice of {listed(payers or ['payers'], 'and')}."


def _narrowed(conflict: Conflict, other: Code) -> Conflict:
    return attrs.evolve(conflict, others=(other,), spans=(other,))


def _statement_of(record: Mapping[str, Any]) -> Statement:
    since = record.get("since")
    return Statement(
        kind=record["kind"],
        scope=record["scope"],
        days=record["days"],
        both_ways=record["looks"] == "both",
        questioned=record["questioned"],
        same_dentist=record["dentist"] == "same",
        strength=record["strength"],
        confidence=record["confidence"],
        reason=record["reason"],
        since=date.fromisoformat(since) if since else None,
    )


def _questioned_from(statement: Statement, *, is_first: bool) -> Literal["code", "other", "either"]:
    if statement.questioned == "either":
        return "either"
    return "code" if (statement.questioned == "first") is is_first else "other"


def _is_cited(key: str, cited: str) -> bool:
    """A source is cited by its key, alone or with a place in it: 'VA 228 note D6080'."""
    return cited.startswith(key) and cited[len(key) : len(key) + 1] in ("", " ", "(")


def _weight_of(conflict: Conflict) -> tuple[int, int]:
    """What holds everywhere first, what is one payer's wish last."""
    sure = ("high", "medium", "low").index(conflict.confidence)
    return sure, ("code set", "practice").index(conflict.strength)
