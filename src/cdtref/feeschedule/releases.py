"""FeeSchedules: several releases of the fee schedule, and which of them is in force on a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise

import attrs

from cdtref.errors import UnknownReleaseError
from cdtref.feeschedule.schedule import FeeSchedule
from cdtref.fieldtext import as_date


def _in_order_of_days(given: Iterable[FeeSchedule]) -> tuple[FeeSchedule, ...]:
    schedules = tuple(given)
    for schedule in schedules:
        if not isinstance(schedule, FeeSchedule):
            raise TypeError(f"releases are FeeSchedule, not {type(schedule).__name__}")
        if schedule.effective is None:
            hint = "give it to from_cms as effective="
            raise ValueError(f"{schedule.release} tells no first day; {hint}")
    ordered = tuple(sorted(schedules, key=_first_day_of))
    for earlier, later in pairwise(ordered):
        if earlier.effective == later.effective:
            both = f"{earlier.release} and {later.release}"
            factors = f"{earlier.conversion_factor} and {later.conversion_factor}"
            told = f"{both} (factors {factors}) come into force on one day, {later.effective}"
            raise ValueError(f"{told}; give one of them")
    return ordered


def _first_day_of(schedule: FeeSchedule) -> date:
    return schedule.effective or date.min


@attrs.frozen(repr=False)
class FeeSchedules:
    """
    Releases in the order of their first days; `on` picks the one in force.

    Raises:
        ValueError: a release tells no first day, or two come into force on one day, as those of
            both conversion factors of a year do.
        TypeError: something is no `FeeSchedule`.

    >>> import cdtref
    >>> bundled = cdtref.fee_schedule()
    >>> FeeSchedules([bundled]).on(bundled.effective) is bundled
    True
    >>> FeeSchedules([bundled]).on("2001-01-01")
    Traceback (most recent call last):
    cdtref.errors.UnknownReleaseError: no release in force on 2001-01-01 is among RVU... from ...
    """

    schedules: tuple[FeeSchedule, ...] = attrs.field(converter=_in_order_of_days)

    def on(self, day: date | str) -> FeeSchedule:
        """
        The release in force on a day: of those of its year the last that began by then. A quarter
        whose release was not given is priced by the one before it.

        Raises:
            UnknownReleaseError: none of them prices that day.
            ValueError, TypeError: *day* is not an ISO date, or neither a date nor a text.
        """
        wanted = as_date(day)
        for schedule in reversed(self.schedules):
            if schedule.year == wanted.year and _first_day_of(schedule) <= wanted:
                return schedule
        known = tuple(schedule.release for schedule in self.schedules)
        spans = ", ".join(f"{one.release} from {one.effective}" for one in self.schedules)
        message = f"no release in force on {wanted} is among {spans or 'none'}"
        raise UnknownReleaseError(message, known=known)

    def __iter__(self) -> Iterator[FeeSchedule]:
        return iter(self.schedules)

    def __len__(self) -> int:
        return len(self.schedules)

    def __repr__(self) -> str:
        return f"<FeeSchedules {', '.join(schedule.release for schedule in self.schedules)}>"
