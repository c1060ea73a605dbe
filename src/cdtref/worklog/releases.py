"""
The releases of the fee schedule that a log is valued by: which one is in force on a day, and on
which days that is not the one that CMS made for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Final, NamedTuple

import attrs

from cdtref.feeschedule import FeeSchedule, FeeSchedules
from cdtref.worklog.periods import first_day_of

# CMS revises a release each quarter and names it by a letter: RVU26C holds from July on.
_FIRST_MONTH: Final = {"A": 1, "B": 4, "C": 7, "D": 10}


class Release(NamedTuple):
    """A release and the first day on which it is in force."""

    begins: date
    schedule: FeeSchedule


@attrs.frozen
class ReleasesInTurn:
    """
    Releases by their first days, the newest first; never by the order in which they were given.

    Attributes:
        releases: All of them.
        reach_back: True where the first release of a year stands for what came before it, as in a
            loose list; `FeeSchedules` leave such days without a value.
    """

    releases: tuple[Release, ...]
    reach_back: bool

    def on(self, day: date) -> FeeSchedule | None:
        """The release in force on a day; None where none given prices it."""
        # A release prices its own year alone: the next one has another conversion factor.
        of_year = self._of_year(day)
        for release in of_year:
            if release.begins <= day:
                return release.schedule
        if of_year and self.reach_back:
            return of_year[-1].schedule
        return None

    def absence(self, day: date) -> str:
        """Why `on` gives none."""
        of_year = self._of_year(day)
        if of_year:
            first = of_year[-1]
            began = f"{first.schedule.release} is in force from {first.begins}"
            return f"no fee schedule given is in force on {day}; {began}"
        years = sorted({release.begins.year for release in self.releases})
        given = ", ".join(map(str, years)) or "none"
        return f"no fee schedule of {day.year} is given; there is one of {given}"

    def notes(self, days: Iterable[date]) -> Iterator[str]:
        """
        What to know of the entries on these days: which were valued by a release that began later,
        and which by one of a quarter gone by, while CMS makes a release for each.
        """
        early: dict[Release, list[date]] = {}
        late: dict[Release, list[date]] = {}
        for day in sorted(days):
            release = self._release_for(day)
            if release is None:
                continue
            if day < release.begins:
                early.setdefault(release, []).append(day)
            elif first_day_of("quarter", release.begins) < first_day_of("quarter", day):
                late.setdefault(release, []).append(day)
        for release, found in early.items():
            yield _told_early(release, found)
        for release, found in late.items():
            yield _told_late(release, found)

    def _release_for(self, day: date) -> Release | None:
        schedule = self.on(day)
        for release in self.releases:
            if release.schedule is schedule:
                return release
        return None

    def _of_year(self, day: date) -> list[Release]:
        return [release for release in self.releases if release.begins.year == day.year]


def releases_in_turn(schedules: Iterable[FeeSchedule]) -> ReleasesInTurn:
    """
    The releases in the order of their first days.

    Raises:
        ValueError: two of them begin on one day and are not the same.
        TypeError: something is no `FeeSchedule`.
    """
    releases = [Release(_first_day(schedule), schedule) for schedule in schedules]
    releases.sort(key=_begin_of, reverse=True)
    for later, earlier in pairwise(releases):
        if later.begins == earlier.begins and later.schedule != earlier.schedule:
            both = f"{earlier.schedule.release} and {later.schedule.release}"
            raise ValueError(f"{both} are both in force from {later.begins}; give one of them")
    return ReleasesInTurn(tuple(releases), reach_back=not isinstance(schedules, FeeSchedules))


def _begin_of(release: Release) -> date:
    return release.begins


def _first_day(schedule: FeeSchedule) -> date:
    """As its file tells, else of the quarter in its name, else of its year."""
    if not isinstance(schedule, FeeSchedule):
        raise TypeError(f"schedules are FeeSchedule, not {type(schedule).__name__}")
    if schedule.effective is not None:
        return schedule.effective
    return date(schedule.year, _FIRST_MONTH.get(schedule.release[-1:], 1), 1)


def _told_early(release: Release, days: Sequence[date]) -> str:
    name = release.schedule.release
    return f"{name}, in force from {release.begins} on only, was taken for {_told_days(days)}"


def _told_late(release: Release, days: Sequence[date]) -> str:
    name = release.schedule.release
    taken = f"{name}, in force from {release.begins}, was taken for {_told_days(days)}"
    return f"{taken}, though CMS revises it each quarter; no release of theirs was given"


def _told_days(days: Sequence[date]) -> str:
    """How many entries, and from when to when."""
    if len(days) == 1:
        return f"1 entry, of {days[0]}"
    if days[0] == days[-1]:
        return f"{len(days)} entries, all of {days[0]}"
    return f"{len(days)} entries, from {days[0]} to {days[-1]}"
