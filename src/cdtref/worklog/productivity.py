"""
What a log comes to on one scale: sums by period, code and any column, pace, compensation, and where
that stands in a survey that the user brings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Final

import attrs

from cdtref.dentalrvu import LevelOfCare
from cdtref.errors import NoRelativeValuesError
from cdtref.fieldtext.amounts import exactly
from cdtref.worklog.benchmark import Benchmark
from cdtref.worklog.entry import LogEntry
from cdtref.worklog.reporttable import ReportTable
from cdtref.worklog.valuing import Scale, Unvalued, Valued

DEFAULT_GROUPINGS: Final = ("month", "specialty", "code")

_CENT: Final = Decimal("0.01")
_DAYS_A_YEAR: Final = 365
_UNITS: Final = {"cms": "work RVUs", "ihs": "dental RVUs"}
_WHOSE_SCALE: Final = (
    "Dental RVUs are values of the Indian Health Service's scale, D0150 being 1.00. No public "
    "conversion factor of this scale exists; they are none of Medicare's RVUs."
)


@attrs.frozen
class Productivity:
    """
    A valued log.

    Attributes:
        valued: The entries with a value.
        unvalued: The entries without, each with the reason; they are in no sum.
        scale: 'cms' for work RVUs of Medicare's fee schedule, 'ihs' for the dental values of the
            Indian Health Service.
        groupings: What the report sums by.
    """

    valued: tuple[Valued, ...]
    unvalued: tuple[Unvalued, ...]
    scale: Scale = "cms"
    groupings: tuple[str, ...] = DEFAULT_GROUPINGS

    @property
    def total(self) -> Decimal:
        """All values of the log, on its scale."""
        return _sum_of(self.valued)

    @property
    def work_rvus(self) -> Decimal:
        """
        All work RVUs of the log.

        Raises:
            NoRelativeValuesError: it is valued on IHS's scale, whose values are no work RVUs.
        """
        if self.scale != "cms":
            raise NoRelativeValuesError("dental RVUs of IHS are no work RVUs; ask for total")
        return self.total

    @property
    def outside_schedule(self) -> Decimal:
        """
        What of the total is work outside IHS's schedule of services (level 9). IHS's own reports
        add levels 1 to 6 alone.
        """
        return _sum_of(one for one in self.valued if one.level is LevelOfCare.EXCLUDED)

    def by(self, grouping: str) -> dict[str, Decimal]:
        """
        The values by 'day', 'week' (ISO, 2026-W10), 'month', 'quarter', 'year', 'code',
        'specialty', 'level' (of care, on IHS's scale) or any further column of the log, in order.

        Raises:
            ValueError: *grouping* is none of these.
        """
        key_of = self.require_grouping(grouping)
        sums: dict[str, list[Valued]] = {}
        for one in self.valued:
            sums.setdefault(key_of(one), []).append(one)
        return {key: _sum_of(sums[key]) for key in sorted(sums)}

    def require_grouping(self, grouping: str) -> Callable[[Valued], str]:
        """
        What gives the key of an entry in that grouping.

        Raises:
            ValueError: there is no such grouping.
        """
        if grouping in _KEYS:
            return _KEYS[grouping]
        columns = self._further_columns
        column = columns.get(grouping.casefold())
        if column is None:
            known = ", ".join((*_KEYS, *columns.values()))
            raise ValueError(f"no grouping {grouping!r}; there are {known}")
        return lambda one: one.entry.text_in(column)

    @exactly
    def annualized(self, start: date | None = None, end: date | None = None) -> Decimal:
        """
        The total a year at the pace of this log: its sum over the days from *start* to *end*, both
        included, x 365.

        Without them the first and last day that an entry names, valued or not.

        Raises:
            ValueError: the log is empty and no dates are given, or *end* is before *start*.
        """
        days = [entry.date for entry in self._entries]
        if not days and (start is None or end is None):
            raise ValueError("an empty log has no pace; give start and end")
        first, last = start or min(days), end or max(days)
        if last < first:
            raise ValueError(f"the end {last} is before the start {first}")
        counted = _sum_of(one for one in self.valued if first <= one.entry.date <= last)
        return _pace_of(counted, first, last)

    @exactly
    def compensation(self, rate: Decimal, tiers: Iterable[tuple[Decimal, Decimal]] = ()) -> Decimal:
        """
        Dollars at *rate*, which your contract has and no release, a unit of the total; each tier
        (threshold, rate) sets the rate of the work above its threshold.

        Raises:
            ValueError: the thresholds do not rise from above 0.
        """
        steps = [(Decimal(0), Decimal(rate))]
        steps.extend((Decimal(threshold), Decimal(step)) for threshold, step in tiers)
        if any(low >= high for (low, _), (high, _) in pairwise(steps)):
            raise ValueError("the thresholds of the tiers must rise, from above 0")
        done = self.total
        paid = Decimal(0)
        for place, (start, step) in enumerate(steps):
            ends = [done, *(threshold for threshold, _ in steps[place + 1 : place + 2])]
            paid += max(min(ends) - start, Decimal(0)) * step
        return paid.quantize(_CENT, ROUND_HALF_UP)

    @exactly
    def report(self, benchmark: Benchmark | None = None, *, markdown: bool = False) -> str:
        """
        The sums by each grouping, the pace with its percentiles, and the entries without a value.
        """
        unit = _UNITS[self.scale]
        table = ReportTable(markdown=markdown)
        parts = [table.heading(self._headline)]
        parts.extend(table.drawn((name, unit), self.by(name).items()) for name in self.groupings)
        parts.append(table.drawn(("pace", f"{unit} a year"), self._paces(benchmark)))
        parts.append(table.drawn(("without a value", "reason"), self._reasons()))
        if self.scale == "ihs":
            parts.append(_WHOSE_SCALE)
        return "\n\n".join(filter(None, parts)) + "\n"

    @property
    def _headline(self) -> str:
        total = f"{self.total} {_UNITS[self.scale]}"
        counts = f"from {len(self.valued)} entries; {len(self.unvalued)} without a value"
        outside = self.outside_schedule
        if outside:
            total = f"{total}, of which {outside} outside IHS's schedule,"
        return f"{total} {counts}"

    @property
    def _entries(self) -> list[LogEntry]:
        return [*(one.entry for one in self.valued), *(one.entry for one in self.unvalued)]

    @property
    def _further_columns(self) -> dict[str, str]:
        """The further columns of the log, by their names in lower case."""
        found: dict[str, str] = {}
        for entry in self._entries:
            for column, _ in entry.more:
                found.setdefault(column.casefold(), column)
        return found

    def _reasons(self) -> Iterator[tuple[str, str]]:
        """Each reason once, with how many entries it holds for and their codes."""
        codes: dict[str, list[str]] = {}
        for one in self.unvalued:
            codes.setdefault(one.reason, []).append(one.entry.code)
        for reason, found in codes.items():
            yield f"{len(found)}: {', '.join(sorted(set(found)))}", reason

    def _paces(self, benchmark: Benchmark | None) -> Iterator[tuple[str, str]]:
        days = [entry.date for entry in self._entries]
        if not days:
            return
        yield "all", str(self.annualized())
        known = dict(benchmark.rows) if benchmark else {}
        for specialty, done in self.by("specialty").items():
            pace = _pace_of(done, min(days), max(days))
            shown = str(pace)
            if benchmark and specialty in known:
                shown = f"{pace} ({benchmark.percentile(specialty, pace)})"
            yield specialty, shown


@exactly
def _sum_of(valued: Iterable[Valued]) -> Decimal:
    return sum((one.work for one in valued), Decimal(0))


def _pace_of(counted: Decimal, first: date, last: date) -> Decimal:
    length = (last - first + timedelta(days=1)).days
    return (counted * _DAYS_A_YEAR / length).quantize(_CENT, ROUND_HALF_UP)


def _day_of(one: Valued) -> str:
    return one.entry.date.isoformat()


def _week_of(one: Valued) -> str:
    year, week, _ = one.entry.date.isocalendar()
    return f"{year:04}-W{week:02}"


def _month_of(one: Valued) -> str:
    return _day_of(one)[:7]


def _quarter_of(one: Valued) -> str:
    quarter = (one.entry.date.month + 2) // 3
    return f"{_year_of(one)}-Q{quarter}"


def _year_of(one: Valued) -> str:
    return _day_of(one)[:4]


def _code_of(one: Valued) -> str:
    return one.entry.code


def _specialty_of(one: Valued) -> str:
    return one.entry.specialty


def _level_of(one: Valued) -> str:
    if one.level is None:
        return ""
    return f"{one.level}: {one.level.meaning}"


_KEYS: Final[dict[str, Callable[[Valued], str]]] = {
    "day": _day_of,
    "week": _week_of,
    "month": _month_of,
    "quarter": _quarter_of,
    "year": _year_of,
    "code": _code_of,
    "specialty": _specialty_of,
    "level": _level_of,
}
