"""
What a logged entry is worth, on one of two scales: the work RVUs of Medicare's fee schedule, or the
dental values of the Indian Health Service. No entry is valued on both at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Literal

import attrs

from cdtref import bundled
from cdtref.code import Modifier, code_system
from cdtref.codesystem import CodeSystem
from cdtref.dentalrvu import DentalScale, LevelOfCare
from cdtref.errors import CdtrefError
from cdtref.feeschedule import (
    ROW_MODIFIERS,
    FeeSchedule,
    RelativeValues,
    changes_share,
    share_of,
)
from cdtref.worklog.entry import LogEntry
from cdtref.worklog.releases import ReleasesInTurn, releases_in_turn

Scale = Literal["cms", "ihs"]


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


Found = list[Valued | Unvalued]
Notes = tuple[str, ...]


def values_by_cms(
    entries: Iterable[LogEntry], schedules: Iterable[FeeSchedule] | None
) -> tuple[Found, Notes]:
    """
    Each entry in work RVUs by the release in force on its date, without *schedules* by the bundled
    one; and what to know of these values.

    Raises:
        ValueError: two of the releases begin on one day and are not the same.
        TypeError: something is no `FeeSchedule`.
    """
    if schedules is None:
        schedules = (bundled.fee_schedule(),)
    releases = releases_in_turn(schedules)
    found = [_cms_value(entry, releases) for entry in entries]
    # Dental codes have no value in any release, so for them it does not matter which one it was.
    days = (one.entry.date for one in found if not _is_dental(one.entry))
    return found, (*releases.notes(days), *_notes_on_other_scale(found))


def values_by_ihs(entries: Iterable[LogEntry]) -> tuple[Found, Notes]:
    """Each entry by the dental value in use on its date, of which there is nothing more to know."""
    scale = bundled.dental_scale()
    return [_ihs_value(entry, scale) for entry in entries], ()


def _is_dental(entry: LogEntry) -> bool:
    return code_system(entry.code) is CodeSystem.CDT


def _notes_on_other_scale(found: Found) -> Iterator[str]:
    scale = bundled.dental_scale()
    missed = [one for one in found if isinstance(one, Unvalued) and one.entry.code in scale]
    if missed:
        told = f"Entries without a value here whose codes the dental scale has: {len(missed)}"
        yield f"{told}; ask for the scale 'ihs', which is never added to this one"


def _cms_value(entry: LogEntry, releases: ReleasesInTurn) -> Valued | Unvalued:
    schedule = releases.on(entry.date)
    if schedule is None:
        return Unvalued(entry, releases.absence(entry.date))
    try:
        row = schedule.rvu(entry.code, _row_modifier(entry))
        if row.has_values:
            return Valued(entry, schedule.release, _work_of(entry, row))
    except (CdtrefError, _TwoModifiersError) as error:
        return Unvalued(entry, str(error))
    # Not `explain`, which is a paragraph for each entry.
    status = f"status {row.status} in {row.release}: {row.status.meaning}"
    return Unvalued(entry, f"{status}; all its values are 0.00")


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
    if not _is_dental(entry):
        system = code_system(entry.code)
        return Unvalued(entry, f"a {system.label} code, which the dental scale does not value")
    try:
        if entry.code not in scale:
            return Unvalued(entry, scale.absence(bundled.catalog().lookup(entry.code)))
        found = scale.rvu(entry.code, entry.date)
    except CdtrefError as error:  # an unknown code, or a value that came later
        return Unvalued(entry, str(error))
    return Valued(entry, found.release, found.value * entry.units, found.level_of_care)
