"""
The rules on the lines of a claim together, asked about the claims of a table.

Of millions of claims few have a finding, and most say what others said before. So lines are known
by their kind, which is what their code, tooth and area say, and what may be found on a claim is
asked once for all claims of the same kinds. That is more than the rules speak of and never less,
and the rules themselves judge what is left: no answer differs from theirs.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from cdtref.claim import (
    CLAIM_RULES,
    DIRECT_FILLINGS,
    Background,
    ClaimLine,
    Finding,
    ParsedLine,
    Scope,
    check_lines,
    index_of,
    shares,
    tells,
)
from cdtref.codeset import Catalog
from cdtref.frame.claimlines import NOTHING, LineKind, Told

_MOST_LINES: Final = 50  # of a claim, as an 837D has room for; what has more is judged at once
_EVER: Final = 10**8  # days, more than lie between any two lines
_KEPT: Final = 2**16  # sorts of claims, at some hundred bytes each
_SEVERITIES: Final = ("error", "warning")


class _Near(NamedTuple):
    """The places of two lines that may have a finding where they are as near as so many days."""

    one: int
    other: int
    days: int


class Question(NamedTuple):
    """
    What may be found on claims of the same kinds: lines that come too near; `needs`, that a line
    has what it needs only where all are of one day, and `always`, that nothing is known before.
    """

    near: tuple[_Near, ...]
    needs: bool
    always: bool

    def asks(self, days: Sequence[int]) -> bool:
        """True where a rule may speak of a claim whose lines are of these days."""
        if self.always or (self.needs and min(days) != max(days)):
            return True
        return any(abs(days[near.one] - days[near.other]) <= near.days for near in self.near)


class Judge:
    """
    Judges the lines of claims together; a kind of line has a number, which the caller gives.

    `question` gives what may be found on a claim whose lines are of these kinds, or None.
    """

    def __init__(self, catalog: Catalog, background: Background) -> None:
        self._given = (catalog, background)
        self._catalog = catalog
        self._background = background
        self._index = index_of(background.table, background.practice)
        self._kinds: dict[int, ParsedLine] = {}
        kept = functools.lru_cache(_KEPT)
        self.question: Callable[..., Question | None] = kept(self._question_of)
        self._days = functools.lru_cache(_KEPT)(self._days_of)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self._given  # kinds are read when a table is there

    def read(self, number: int, kind: LineKind) -> None:
        """Read a kind, by whose number its lines are known from now on."""
        line = ClaimLine(kind.code or "", tooth=kind.tooth, area=kind.area)
        self._kinds[number] = ParsedLine(line, self._catalog)

    def told_of(self, lines: Sequence[ClaimLine]) -> list[Told]:
        """What is told of each line of a claim."""
        found = check_lines(lines, self._catalog, (), CLAIM_RULES, background=self._background)
        if not found:
            return [NOTHING] * len(lines)
        return [_told_at(place, found) for place in range(len(lines))]

    def _question_of(self, kinds: tuple[int, ...]) -> Question | None:
        if len(kinds) > _MOST_LINES:
            return Question((), needs=False, always=True)
        near = []
        for one, other in itertools.combinations(range(len(kinds)), 2):
            days = self._days(kinds[one], kinds[other])
            if days is not None:
                near.append(_Near(one, other, days))
        met = list(self._needs_met([self._kinds[number] for number in kinds]))
        if not near and not met:
            return None
        return Question(tuple(near), needs=bool(met), always=not all(met))

    def _days_of(self, number: int, other_number: int) -> int | None:
        """How near lines of two kinds must be for a finding; None where there is none ever."""
        one, other = self._kinds[number], self._kinds[other_number]
        nearest = None
        if one.identity == other.identity or _may_split(one, other):
            nearest = 0
        if one.code is None or other.code is None:
            return nearest
        for check in self._index.checks(one.code).get(other.code, ()):
            said = check.statement
            if said.days is None and _may_share(said.scope, one, other):
                return _EVER
            if said.days is not None and _may_share(said.scope, one, other):
                nearest = max(nearest or 0, said.days)
        return nearest

    def _needs_met(self, lines: Sequence[ParsedLine]) -> Iterator[bool]:
        """Of each need of each line whether another one meets it, were they of one day."""
        for line in lines:
            if line.code is None:
                continue
            for need in self._index.needs(line.code):
                said = need.statement
                if said.days == 0:  # with a window it is silent where there is no history
                    wanted = (other for other in lines if other.code in need.wanted.codes)
                    yield _is_served(said.scope, line, wanted)


def _is_served(scope: Scope, line: ParsedLine, wanted: Iterable[ParsedLine]) -> bool:
    """True where what a line needs is surely there; what does not tell its place may be at it."""
    for other in wanted:
        if not tells(scope, other) or shares(scope, line, other):
            return scope != "arch" or not (_varies(line) or _varies(other))
    return not tells(scope, line)


def _may_share(scope: Scope, one: ParsedLine, other: ParsedLine) -> bool:
    if scope == "arch" and (_varies(one) or _varies(other)):
        return True
    return shares(scope, one, other)


def _varies(line: ParsedLine) -> bool:
    """True where the code has not always been of one arch, and so its day decides."""
    if line.procedure is None:
        return False
    arches = {needed.arch for needed in line.procedure.requirements}
    return len(arches) > 1


def _may_split(one: ParsedLine, other: ParsedLine) -> bool:
    """Surfaces of a filling on two lines."""
    if one.procedure is None or other.procedure is None:
        return False
    subcategory = one.procedure.subcategory
    is_filling = subcategory in DIRECT_FILLINGS and subcategory == other.procedure.subcategory
    return is_filling and shares("tooth", one, other)


def _told_at(place: int, found: Iterable[Finding]) -> Told:
    """Each rule once, however many lines a line conflicts with."""
    told: dict[str, dict[str, None]] = {severity: {} for severity in _SEVERITIES}
    for finding in found:
        if finding.line_index == place and finding.severity in told:
            told[finding.severity][finding.rule] = None
    return Told(*(" ".join(ids) or None for ids in told.values()))
