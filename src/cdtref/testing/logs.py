"""Hypothesis strategies of work logs, and of dental codes by what the dental scale says of them."""

from __future__ import annotations

import functools
from datetime import date, timedelta
from typing import Final, Literal

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from cdtref import bundled
from cdtref.code import Code
from cdtref.worklog import LogEntry, WorkLog

DentalAnswer = Literal["value", "zero", "none"]

_YEAR: Final = timedelta(days=365)
_SPECIALTIES: Final = ("", "General dentistry", "Oral surgery")
_PROVIDERS: Final = ((), (("provider", "A"),), (("provider", "B"),))


def dental_codes(answer: DentalAnswer) -> SearchStrategy[Code]:
    """
    Dental codes of which the dental scale has a 'value' above 0, a value of 'zero', or 'none':
    three answers that are easily mixed up.

    Raises:
        ValueError: there is no such code, as in a build without dental values.
    """
    found = _dental_codes(answer)
    if not found:
        raise ValueError(f"no code has the answer {answer!r} on the dental scale of this build")
    return st.sampled_from(found)


def log_entries(scale: Literal["cms", "ihs"]) -> SearchStrategy[LogEntry]:
    """
    Entries of a work log that have a value on that scale, at times 0.00; on Medicare's on days of
    the bundled release.

    Raises:
        ValueError: there is no such scale, or this build has no values on it.
    """
    if scale == "ihs":
        return _dental_entries(dental_codes("value") | dental_codes("zero"))
    if scale == "cms":
        return _medical_entries()
    raise ValueError(f"no scale {scale!r}; there are 'cms' and 'ihs'")


def work_logs() -> SearchStrategy[WorkLog]:
    """
    Work logs of up to twelve entries: some with a value on either scale, where the build has both,
    and some dental ones with none.
    """
    drawn = log_entries("cms") | _entries_of(dental_codes("none"), _release_days())
    if _dental_codes("value"):
        drawn |= log_entries("ihs")
    return st.lists(drawn, max_size=12).map(WorkLog)


@functools.cache
def _dental_codes(answer: DentalAnswer) -> tuple[Code, ...]:
    scale = bundled.dental_scale()
    found: list[Code] = []
    for procedure in bundled.catalog().values():
        said = "none"
        if procedure.code in scale:
            said = "value" if scale.rvu(procedure.code).value else "zero"
        if said == answer:
            found.append(procedure.code)
    return tuple(found)


@functools.cache
def _codes_with_work() -> tuple[Code, ...]:
    rows = bundled.fee_schedule()
    return tuple(row.code for row in rows if row.has_values and not row.modifier)


@st.composite
def _dental_entries(draw: st.DrawFn, codes: SearchStrategy[Code]) -> LogEntry:
    """On days from the first of the last value on, which a value of before cannot replace."""
    code = draw(codes)
    since = bundled.dental_scale().rvu(code).since
    return draw(_entries_of(st.just(code), st.dates(since, since + _YEAR)))


def _medical_entries() -> SearchStrategy[LogEntry]:
    return _entries_of(st.sampled_from(_codes_with_work()), _release_days())


def _release_days() -> SearchStrategy[date]:
    schedule = bundled.fee_schedule()
    first = schedule.effective or date(schedule.year, 1, 1)
    return st.dates(first, date(schedule.year, 12, 31))


def _entries_of(
    codes: SearchStrategy[Code], days: SearchStrategy[date]
) -> SearchStrategy[LogEntry]:
    return st.builds(
        LogEntry,
        date=days,
        code=codes,
        units=st.integers(1, 4),
        specialty=st.sampled_from(_SPECIALTIES),
        more=st.sampled_from(_PROVIDERS),
    )
