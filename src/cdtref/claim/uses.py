"""
The services that count against a limit of a plan on the day of a line.

The lines of a claim are taken by their days, and what was done later counts longer. So a service is
taken in once and let go once: to look through all of them for each line takes, of a claim and a
history ten times as long, a hundred times the time.
"""

from __future__ import annotations

import itertools
import operator
from collections import deque
from collections.abc import Collection, Sequence
from datetime import date
from typing import Final, NamedTuple

from cdtref.claim.history import History
from cdtref.claim.limits import Limit, Per
from cdtref.claim.line import ClaimLine
from cdtref.claim.parsed import ParsedLine
from cdtref.claim.shared import places_of
from cdtref.tooth import Area, Tooth

CountedPlace = Tooth | Area | str
"""What a limit counts for: a tooth, a quadrant or an arch, a provider's NPI, or the patient."""

_PATIENT: Final[frozenset[CountedPlace]] = frozenset({"patient"})


class Use(NamedTuple):
    """
    A service that counts: its code and day in words, the day from which on it counts no more, how
    many, and the place of its line in the claim or in the history. By rank they are in order of
    their days.
    """

    rank: int
    said: str
    free: date | None
    number: int
    other_index: int | None
    history_index: int | None


class _Earlier(NamedTuple):
    """A line of the history that a limit takes, which is not read in full for it."""

    day: date
    code: str
    place: int


class _Series:
    """Services of the very same places, by their days, and how many they are together."""

    def __init__(self) -> None:
        self.uses: deque[Use] = deque()
        self.number = 0

    def add(self, use: Use) -> None:
        self.uses.append(use)
        self.number += use.number

    def let_go(self, day: date) -> None:
        """Those that count no more from a day on, which are the first."""
        while self.uses and not counts_on(day, self.uses[0].free):
            self.number -= self.uses.popleft().number


class Uses:
    """
    What was used of a limit, by where it counts. Days that are asked for only go forward.

    Two series have no service in common, so that their numbers add up.
    """

    def __init__(self, limit: Limit, history: History | None) -> None:
        self._limit = limit
        self._history = history
        self._earlier = deque(_earlier_lines(limit, history))
        self._waiting: deque[tuple[ParsedLine, int]] = deque()
        self._series: dict[frozenset[CountedPlace], _Series] = {}
        self._at: dict[CountedPlace, list[_Series]] = {}
        self._count = 0

    def number_on(self, day: date, places: Collection[CountedPlace]) -> int:
        """How many services of any of these places count on a day."""
        return sum(series.number for series in self._series_on(day, places))

    def services_on(self, day: date, places: Collection[CountedPlace]) -> Sequence[Use]:
        """These services by their days; of one day those of the history first."""
        uses = (series.uses for series in self._series_on(day, places))
        return sorted(itertools.chain.from_iterable(uses))

    def add_line(self, line: ParsedLine, place: int) -> None:
        """Counts a line of the claim from its day on."""
        self._waiting.append((line, place))  # of most claims nobody asks any more

    def _series_on(self, day: date, places: Collection[CountedPlace]) -> Collection[_Series]:
        while self._waiting:
            self._add_waiting(*self._waiting.popleft())
        while self._earlier and self._earlier[0].day <= day:
            self._add_earlier(self._earlier.popleft(), day)
        found: set[_Series] = set()
        for place in places:
            found.update(self._at.get(place, ()))
        for series in found:
            series.let_go(day)
        return found

    def _add_waiting(self, line: ParsedLine, place: int) -> None:
        if line.day is not None:
            free = self._limit.free_from(line.day)
            told = (f"{line.code} of {line.day}", free, number_of(line.line), place, None)
            self._add_use(Use(self._count, *told), counted_places(self._limit.per, line))

    def _add_earlier(self, earlier: _Earlier, day: date) -> None:
        free = self._limit.free_from(earlier.day)
        if self._history is None or not counts_on(day, free):
            return
        number = number_of(self._history.lines[earlier.place])
        told = (f"{earlier.code} of {earlier.day}", free, number, None, earlier.place)
        places = _PATIENT
        if self._limit.per is not None:
            places = counted_places(self._limit.per, self._history.parsed(earlier.place))
        self._add_use(Use(self._count, *told), places)

    def _add_use(self, use: Use, places: frozenset[CountedPlace]) -> None:
        self._count += 1
        series = self._series.get(places)
        if series is None:
            series = self._series[places] = _Series()
            for place in places:
                self._at.setdefault(place, []).append(series)
        series.add(use)


def counted_places(per: Per | None, line: ParsedLine) -> frozenset[CountedPlace]:
    """Where a line counts; nowhere if it does not tell what the limit is counted for."""
    if per is None:
        return _PATIENT
    if per != "provider":
        return places_of(per, line)
    # The office that bills for the claim that the line stands on, where that tells it
    if line.claim is None or line.claim.provider_npi is None:
        return frozenset()
    return frozenset({line.claim.provider_npi.strip()})


def counts_on(day: date, free: date | None) -> bool:
    """True on the days before a service counts no more."""
    return free is None or day < free


def number_of(line: ClaimLine) -> int:
    """How many services a line is; a quantity that cannot be is told elsewhere, and is one."""
    return max(1, line.quantity)


def _earlier_lines(limit: Limit, history: History | None) -> Sequence[_Earlier]:
    """By their days; a line without one is planned, and uses nothing up."""
    found: list[_Earlier] = []
    if history is None or limit.most is None:
        return found
    for code, places in history.places.items():
        if limit.takes(code):
            for place in places:
                day = history.lines[place].date
                if day is not None:
                    found.append(_Earlier(day, code, place))
    return sorted(found, key=operator.attrgetter("day"))
