"""
What a logged entry is worth, on one of two scales: the work RVUs of Medicare's fee schedule, or the
dental values of the Indian Health Service. No entry is valued on both at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final, Literal, NamedTuple

import attrs

from cdtref import bundled
from cdtref.code import Modifier, code_system
from cdtref.codesystem import CodeSystem
from cdtref.dentalrvu import DentalScale, LevelOfCare
from cdtref.errors import CdtrefError
from cdtref.feeschedule import ROW_MODIFIERS, FeeSchedule, RelativeValues, changes_share, share_of
from cdtref.worklog.entry import LogEntry

Scale = Literal["cms", "ihs"]
# CMS revises a release each quarter and names it by a letter: RVU26C holds from July on.
_FIRST_MONTH: Final = {"A": 1, "B": 4, "C": 7, "D": 10}


@attrs.frozen
class Valued:
    """
    A logged entry with what it is worth.

    Attributes:
        entry: The entry.
        release: The release that the value comes from.
        work: Its work RVUs, or its dental value, for all its units.
        level: IHS's level of care; None on Medicare's scale and where IHS does not state it.
    """

    entry: LogEntry
    release: str
    work: Decimal
    level: LevelOfCare | None = None


@attrs.frozen
class Unvalued:
    """A logged entry without a value on the scale, and why."""

    entry: LogEntry
    reason: str


def valued_by_cms(
    entries: Iterable[LogEntry], schedules: Iterable[FeeSchedule] | None
) -> Iterator[Valued | Unvalued]:
    """
    Each entry in work RVUs by the release in force on its date; without *schedules* by the bundled
    one.

    Raises:
        ValueError: two of the releases begin on one day and are not the same.
    """
    if schedules is None:
        schedules = (bundled.fee_schedule(),)
    releases = _releases_in_turn(schedules)
    for entry in entries:
        yield _cms_value(entry, releases)


def valued_by_ihs(entries: Iterable[LogEntry]) -> Iterator[Valued | Unvalued]:
    """Each entry by the dental value in use on its date."""
    scale = bundled.dental_scale()
    for entry in entries:
        yield _ihs_value(entry, scale)


class _Release(NamedTuple):
    begins: date
    schedule: FeeSchedule


def _releases_in_turn(schedules: Iterable[FeeSchedule]) -> list[_Release]:
    """By the day from which each is in force, the newest first; never by the order of the list."""
    releases = [_Release(_first_day(schedule), schedule) for schedule in schedules]
    releases.sort(key=_begin_of, reverse=True)
    for later, earlier in pairwise(releases):
        if later.begins == earlier.begins and later.schedule != earlier.schedule:
            both = f"{earlier.schedule.release} and {later.schedule.release}"
            raise ValueError(f"{both} are both in force from {later.begins}; give one of them")
    return releases


def _begin_of(release: _Release) -> date:
    return release.begins


def _first_day(schedule: FeeSchedule) -> date:
    """As its file tells, else of the quarter in its name, else of its year."""
    if schedule.effective is not None:
        return schedule.effective
    return date(schedule.year, _FIRST_MONTH.get(schedule.release[-1:], 1), 1)


def _cms_value(entry: LogEntry, releases: Sequence[_Release]) -> Valued | Unvalued:
    schedule = _schedule_on(entry.date, releases)
    if schedule is None:
        return Unvalued(entry, _no_schedule_on(entry.date, releases))
    try:
        row = schedule.rvu(entry.code, _row_modifier(entry))
        if row.has_values:
            return Valued(entry, schedule.release, _work_of(entry, row))
    except (CdtrefError, _TwoModifiersError) as error:
        return Unvalued(entry, str(error))
    # Not `explain`, which is a paragraph for each entry.
    status = f"status {row.status} in {row.release}: {row.status.meaning}"
    return Unvalued(entry, f"{status}; all its values are 0.00")


def _schedule_on(day: date, releases: Sequence[_Release]) -> FeeSchedule | None:
    """The newest that began by that day; the first of its year stands for what came before it."""
    of_year = [release for release in releases if release.begins.year == day.year]
    for release in of_year:
        if release.begins <= day:
            return release.schedule
    return of_year[-1].schedule if of_year else None


def _no_schedule_on(day: date, releases: Iterable[_Release]) -> str:
    years = sorted({release.begins.year for release in releases})
    given = ", ".join(map(str, years)) or "none"
    return f"no fee schedule of {day.year} is given; there is one of {given}"


class _TwoModifiersError(Exception):
    """Two modifiers that change one value."""


def _row_modifier(entry: LogEntry) -> Modifier | None:
    """The modifier of the row: a release has rows of their own for 26, TC and 53."""
    return _only_one(entry, [one for one in entry.modifiers if one in ROW_MODIFIERS])


def _only_one(entry: LogEntry, modifiers: Sequence[Modifier]) -> Modifier | None:
    if len(modifiers) > 1:
        both = " and ".join(modifiers)
        raise _TwoModifiersError(f"{entry.code} with {both}: each changes its value; keep one")
    return next(iter(modifiers), None)


def _work_of(entry: LogEntry, row: RelativeValues) -> Decimal:
    sharing = _only_one(entry, [one for one in entry.modifiers if changes_share(one)])
    if sharing is None:
        return row.work * entry.units
    return row.work * share_of(row, sharing).of_full * entry.units


def _ihs_value(entry: LogEntry, scale: DentalScale) -> Valued | Unvalued:
    system = code_system(entry.code)
    if system is not CodeSystem.CDT:
        return Unvalued(entry, f"a {system.label} code, which the dental scale does not value")
    try:
        if entry.code not in scale:
            return Unvalued(entry, scale.absence(bundled.catalog().lookup(entry.code)))
        found = scale.rvu(entry.code, entry.date)
    except CdtrefError as error:  # an unknown code, or a value that came later
        return Unvalued(entry, str(error))
    return Valued(entry, found.release, found.value * entry.units, found.level_of_care)
