"""
What a log comes to on one scale: sums by period, code and any column, pace, compensation, and where
that stands in a survey that the user brings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from itertools import pairwise
from typing import Any, Final, TypeVar

import attrs

from cdtref.dentalrvu import LevelOfCare
from cdtref.errors import NoRelativeValuesError, listed_names, quoted, quoted_name
from cdtref.feeschedule import CONVERSION_FACTORS
from cdtref.fieldtext.amounts import exactly
from cdtref.table import shown_titles
from cdtref.worklog.benchmark import Benchmark
from cdtref.worklog.drawing import Bars, draw, require_matplotlib
from cdtref.worklog.entry import LogEntry
from cdtref.worklog.periods import DAYS_A_YEAR, PERIODS, first_day_of, name_of
from cdtref.worklog.summary import UNITS, Group, Pace, Reason, WorkSummary
from cdtref.worklog.valuing import Scale, Unvalued, Valued

DEFAULT_GROUPINGS: Final = ("month", "specialty", "code")

_CENT: Final = Decimal("0.01")
# A picture has room for a few dozen bars; the longest log in days is drawn by the shortest period
# of which it has no more.
_FEW_BARS: Final = 62

Row = dict[str, str | int | float]
KeyOf = Callable[[Valued], str]
_Item = TypeVar("_Item")
_Key = TypeVar("_Key")
_Logged = TypeVar("_Logged", Valued, Unvalued)


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
        notes: What else to know of the values, such as days that no release given was made for.
    """

    valued: tuple[Valued, ...]
    unvalued: tuple[Unvalued, ...]
    scale: Scale = "cms"
    groupings: tuple[str, ...] = DEFAULT_GROUPINGS
    notes: tuple[str, ...] = ()

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
        return {group.key: group.value for group in self._groups_by(grouping)}

    def require_grouping(self, grouping: str) -> KeyOf:
        """
        What gives the key of an entry in that grouping, in any case; a column of the log comes
        before a grouping of ours that is capitalized otherwise.

        Raises:
            ValueError: there is no such grouping.
        """
        if grouping in _KEYS:
            return _KEYS[grouping]
        # Of a log with a column "Level" that is meant by it, of one without IHS's level of care.
        columns = self._further_columns
        column = columns.get(grouping.casefold())
        if column is None and grouping.casefold() in _KEYS:
            return _KEYS[grouping.casefold()]
        if column is None:
            known = listed_names((*_KEYS, *columns.values()))
            raise ValueError(f"no grouping {quoted_name(grouping)}; there are {known}")
        return partial(_text_in, column)

    def to_rows(self, by: Iterable[str] = ()) -> tuple[Row, ...]:
        """
        A row for each combination of the groupings *by*, else of the log's own: their keys, the
        value as a float under 'work_rvus' or 'dental_rvus', and the number of entries. For tables
        and plots of other packages: `pandas.DataFrame(rows).plot(x="month")`.

        The values of all rows together are the total; entries without a value are in none.

        Raises:
            ValueError: there is no such grouping, or it has the name of a value.

        >>> from cdtref import LogEntry, WorkLog
        >>> log = WorkLog([LogEntry("2026-03-02", "D0150"), LogEntry("2026-03-05", "D0150")])
        >>> log.productivity(scale="ihs").to_rows(by=["month"])
        ({'month': '2026-03', 'dental_rvus': 2.0, 'entries': 2},)
        """
        groupings = tuple(by) or self.groupings
        unit = UNITS[self.scale].lower().replace(" ", "_")
        for grouping in groupings:
            if grouping in (unit, "entries"):
                raise ValueError(
                    f"the rows have a column {quoted_name(grouping)} of their own; rename yours"
                )
        keys_of = list(map(self.require_grouping, groupings))
        found = _grouped_by(self.valued, lambda one: tuple(key_of(one) for key_of in keys_of))
        rows: list[Row] = []
        for keys in sorted(found):
            row: Row = dict(zip(groupings, keys, strict=True))
            # No table of another package draws a Decimal.
            row[unit] = float(_sum_of(found[keys]))
            row["entries"] = len(found[keys])
            rows.append(row)
        return tuple(rows)

    def plot(
        self,
        ax: Any = None,
        *,
        period: str | None = None,
        benchmark: Benchmark | None = None,
        specialty: str | None = None,
    ) -> Any:
        """
        The work by period as bars, with the percentiles of a *benchmark* as bands; gives the axes.

        *ax* are matplotlib's Axes to draw on, else those of a new figure of pyplot. Without
        *period* that is the first one among the groupings of the log, or one that the log has
        neither few nor very many of. With *specialty* its work alone is drawn; a benchmark asks for
        it where the log has several that it knows. A band is a year's work by the share of the
        period's days that lie within the log.

        Raises:
            ValueError: there is no such period, or more of them than anyone can see; the log has no
                value; or it is unclear which specialty's percentiles are wanted.
            ImportError: matplotlib is not installed (extra `plots`).
        """
        require_matplotlib()
        if benchmark is not None:
            specialty = self._specialty_in(benchmark, specialty)
        valued = list(_only_of(specialty, self.valued))
        if not valued:
            raise ValueError("there is nothing to draw: no entry of it has a value")
        chosen = period or self._usual_period
        found = _grouped_by(valued, lambda one: first_day_of(chosen, one.entry.date))
        return draw(
            Bars(
                unit=UNITS[self.scale],
                period=chosen,
                values={day: _sum_of(found[day]) for day in sorted(found)},
                span=self._days_spanned,
                specialty=specialty,
                left_out=len(list(_only_of(specialty, self.unvalued))),
            ),
            benchmark,
            ax,
        )

    @exactly
    def annualized(self, start: date | None = None, end: date | None = None) -> Decimal:
        """
        The total a year at the pace of this log: its sum over the days from *start* to *end*, both
        included, x 365.

        Without them the first and last day that an entry names, valued or not.

        Raises:
            ValueError: the log is empty and no dates are given, or *end* is before *start*.
        """
        if start is None or end is None:
            if not self._all_entries:
                raise ValueError("an empty log has no pace; give start and end")
            first, last = self._days_spanned
            start, end = start or first, end or last
        if end < start:
            raise ValueError(f"the end {end} is before the start {start}")
        counted = _sum_of(one for one in self.valued if start <= one.entry.date <= end)
        return _pace_of(counted, start, end)

    @exactly
    def compensation(self, rate: Decimal, tiers: Iterable[tuple[Decimal, Decimal]] = ()) -> Decimal:
        """
        Dollars at *rate*, which your contract has and no release, a unit of the total; each tier
        (threshold, rate) sets the rate of the work above its threshold.

        No public factor makes dollars of the dental scale; `report` says so. CMS's conversion
        factors are for Medicare's RVUs alone and refused there.

        Raises:
            ValueError: the thresholds do not rise from above 0, a rate is no amount from 0 on, or
                one of CMS's conversion factors is given for IHS's scale.
        """
        steps = [(Decimal(0), self._own_rate(rate))]
        steps.extend((Decimal(threshold), self._own_rate(step)) for threshold, step in tiers)
        if any(low >= high for (low, _), (high, _) in pairwise(steps)):
            raise ValueError("the thresholds of the tiers must rise, from above 0")
        done = self.total
        paid = Decimal(0)
        ends = [start for start, _ in steps[1:]] + [done]
        for (start, step), end in zip(steps, ends, strict=True):
            paid += max(min(end, done) - start, Decimal(0)) * step
        return paid.quantize(_CENT, ROUND_HALF_UP)

    def report(
        self,
        benchmark: Benchmark | None = None,
        *,
        rate: Decimal | None = None,
        markdown: bool = False,
    ) -> str:
        """
        The sums by each grouping, the pace with its percentiles, the compensation at a *rate* of
        your own, and the entries without a value.

        Raises:
            ValueError: the rate is refused by `compensation`.
        """
        return self.summary(benchmark, rate=rate).to_text(markdown=markdown)

    @exactly
    def summary(
        self, benchmark: Benchmark | None = None, *, rate: Decimal | None = None
    ) -> WorkSummary:
        """
        What the report says, as a record.

        Raises:
            ValueError: the rate is refused by `compensation`.
        """
        groups: list[Group] = []
        for grouping in self.groupings:
            groups.extend(self._groups_by(grouping))
        compensation = None if rate is None else self.compensation(rate)
        paces = tuple(self._yearly_paces(benchmark))
        return WorkSummary(
            scale=self.scale,
            total=self.total,
            outside_schedule=self.outside_schedule,
            valued=len(self.valued),
            unvalued=len(self.unvalued),
            groups=tuple(groups),
            paces=paces,
            compensation=compensation,
            rate=rate,
            reasons=tuple(self._told_reasons()),
            notes=(*self.notes, *_notes_on_percentiles(benchmark, paces)),
        )

    def _groups_by(self, grouping: str) -> Iterator[Group]:
        found = _grouped_by(self.valued, self.require_grouping(grouping))
        for key in sorted(found):
            yield Group(grouping, key, _sum_of(found[key]), len(found[key]))

    def _own_rate(self, given: Decimal) -> Decimal:
        rate = Decimal(given)
        if not (rate.is_finite() and rate >= 0):
            raise ValueError(f"a rate is an amount of dollars from 0 on, not {quoted(str(given))}")
        if self.scale == "ihs" and rate in CONVERSION_FACTORS.values():
            factor = f"{rate} is a conversion factor of CMS, which is none of the dental scale"
            raise ValueError(f"{factor}; give the rate of your contract")
        return rate

    @property
    def _all_entries(self) -> list[LogEntry]:
        return [*map(_entry_of, self.valued), *map(_entry_of, self.unvalued)]

    @property
    def _days_spanned(self) -> tuple[date, date]:
        """The first and last day that an entry names, valued or not."""
        # Work without a value took its days too: without them the pace would be too high.
        days = [entry.date for entry in self._all_entries]
        return min(days), max(days)

    @property
    def _usual_period(self) -> str:
        """A period that somebody asked for, else the shortest that leaves few bars."""
        if self.groupings != DEFAULT_GROUPINGS:
            for grouping in self.groupings:
                if grouping.casefold() in PERIODS:
                    return grouping.casefold()
        first, last = self._days_spanned
        days = (last - first).days
        for period, length in (("day", 1), ("week", 7), ("month", 30), ("quarter", 91)):
            if days <= _FEW_BARS * length:
                return period
        return "year"

    def _specialty_in(self, benchmark: Benchmark, asked: str | None) -> str:
        """Whose percentiles are drawn: the one asked for, or the only one there is."""
        names = list(filter(benchmark.has, self.by("specialty")))
        known = [name for name in names if asked in (None, name)]
        if len(known) != 1:
            shared = ", ".join(map(quoted, known)) or "none"
            told = f"the specialties of the log that the benchmark has: {shared}"
            raise ValueError(f"{told}; name one of them as specialty=")
        return known[0]

    @property
    def _further_columns(self) -> dict[str, str]:
        """The further columns of the log, by their names in lower case."""
        found: dict[str, str] = {}
        for entry in self._all_entries:
            for column, _ in entry.more:
                found.setdefault(column.casefold(), column)
        return found

    def _told_reasons(self) -> Iterator[Reason]:
        """Each reason once, with the codes it holds for."""
        found = _grouped_by(self.unvalued, lambda one: one.reason)
        for text, without in found.items():
            codes = {one.entry.code for one in without}
            yield Reason(text, len(without), tuple(sorted(codes)))

    def _yearly_paces(self, benchmark: Benchmark | None) -> Iterator[Pace]:
        if not self._all_entries:
            return
        span = self._days_spanned
        yield Pace(None, _pace_of(self.total, *span))
        for specialty, done in self.by("specialty").items():
            pace = _pace_of(done, *span)
            place = ""
            if benchmark is not None and benchmark.has(specialty):
                place = benchmark.percentile(specialty, pace)
            yield Pace(specialty, pace, place)


def _grouped_by(items: Iterable[_Item], key_of: Callable[[_Item], _Key]) -> dict[_Key, list[_Item]]:
    """The items by their keys, both in the order in which they come."""
    found: dict[_Key, list[_Item]] = {}
    for item in items:
        found.setdefault(key_of(item), []).append(item)
    return found


def _only_of(specialty: str | None, items: Iterable[_Logged]) -> Iterator[_Logged]:
    return (one for one in items if specialty in (None, one.entry.specialty))


@exactly
def _sum_of(valued: Iterable[Valued]) -> Decimal:
    return sum(map(_work_of, valued), Decimal(0))


def _entry_of(one: Valued | Unvalued) -> LogEntry:
    return one.entry


def _work_of(one: Valued) -> Decimal:
    return one.work


def _pace_of(counted: Decimal, first: date, last: date) -> Decimal:
    length = (last - first + timedelta(days=1)).days
    return (counted * DAYS_A_YEAR / length).quantize(_CENT, ROUND_HALF_UP)


def _notes_on_percentiles(benchmark: Benchmark | None, paces: Sequence[Pace]) -> Iterator[str]:
    """A word where a benchmark places nobody, which a specialty of another name is the cause of."""
    if benchmark is None or not paces or any(pace.percentile for pace in paces):
        return
    shown = shown_titles(list(dict(benchmark.rows))) or "none"
    yield f"No specialty of the log is in the benchmark, which has {shown}."


def _period_of(period: str, one: Valued) -> str:
    return name_of(period, one.entry.date)


def _code_of(one: Valued) -> str:
    return one.entry.code


def _specialty_of(one: Valued) -> str:
    return one.entry.specialty


def _level_of(one: Valued) -> str:
    if one.level is None:
        return ""
    return f"{one.level}: {one.level.meaning}"


def _text_in(column: str, one: Valued) -> str:
    return one.entry.text_in(column)


_KEYS: Final[dict[str, KeyOf]] = {
    **{period: partial(_period_of, period) for period in PERIODS},
    "code": _code_of,
    "specialty": _specialty_of,
    "level": _level_of,
}
