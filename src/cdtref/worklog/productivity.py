"""
Work RVUs by period, code and specialty; pace, compensation, and percentiles of a survey that the
user brings.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from itertools import pairwise
from pathlib import Path
from typing import Final, Literal

import attrs

from cdtref.errors import DataFormatError
from cdtref.worklog.entry import LogEntry

Grouping = Literal["day", "week", "month", "year", "code", "specialty"]

_CENT: Final = Decimal("0.01")
_DAYS_A_YEAR: Final = 365
_PERCENTILES: Final = (10, 25, 50, 75, 90)


@attrs.frozen
class Valued:
    """A logged entry with its work RVUs (for all its units) and the release that they come from."""

    entry: LogEntry
    release: str
    work: Decimal


@attrs.frozen
class Unvalued:
    """A logged entry that has no work RVUs, and why."""

    entry: LogEntry
    reason: str


@attrs.frozen
class Benchmark:
    """
    A table of survey percentiles: annual work RVUs by specialty. cdtref ships none; the user's
    licensed one is read.

    Attributes:
        rows: For each specialty the annual work RVUs at p10, p25, p50, p75 and p90.
    """

    rows: tuple[tuple[str, tuple[Decimal, ...]], ...]

    @classmethod
    def from_csv(cls, path: str | Path) -> Benchmark:
        """
        A table from a csv with the columns specialty, p10, p25, p50, p75, p90.

        Raises:
            DataFormatError: a column is missing, a figure is no number, or the figures of a row do
                not rise.
        """
        rows = csv.DictReader(
            io.StringIO(Path(path).read_text("utf-8-sig"), newline=""), strict=True
        )
        wanted = ("specialty", *(f"p{n}" for n in _PERCENTILES))
        missing = [name for name in wanted if name not in (rows.fieldnames or ())]
        if missing:
            problem = f"missing columns {missing}; the columns are {', '.join(wanted)}"
            raise DataFormatError.at(path, problem, line=1, column=missing[0])
        return cls(
            tuple((row["specialty"], _figures(str(path), rows.line_num, row)) for row in rows)
        )

    def percentile(self, specialty: str, annual_work_rvus: Decimal) -> str:
        """
        Where a year's work stands, such as 'p62', by linear interpolation; else 'below p10' or
        'above p90'.

        Raises:
            KeyError: the table has no such specialty.
        """
        figures = dict(self.rows)[specialty]
        if annual_work_rvus < figures[0]:
            return f"below p{_PERCENTILES[0]}"
        if annual_work_rvus > figures[-1]:
            return f"above p{_PERCENTILES[-1]}"
        for (low, low_rvus), (high, high_rvus) in pairwise(zip(_PERCENTILES, figures, strict=True)):
            if annual_work_rvus <= high_rvus:
                part = (annual_work_rvus - low_rvus) / (high_rvus - low_rvus)
                return f"p{(low + (high - low) * part).quantize(Decimal(1), ROUND_HALF_UP)}"
        raise AssertionError("the figures of a row rise")  # pragma: no cover


@attrs.frozen
class Productivity:
    """
    A valued log.

    Attributes:
        valued: The entries with work RVUs.
        unvalued: The entries without, each with the reason; they are in no sum.
    """

    valued: tuple[Valued, ...]
    unvalued: tuple[Unvalued, ...]

    @property
    def work_rvus(self) -> Decimal:
        """All work RVUs of the log."""
        return sum((one.work for one in self.valued), Decimal(0))

    def by(self, grouping: Grouping) -> dict[str, Decimal]:
        """
        Work RVUs by 'day', 'week' (ISO, 2026-W10), 'month', 'year', 'code' or 'specialty', in
        order.

        Raises:
            ValueError: *grouping* is none of these.
        """
        if grouping not in _KEYS:
            raise ValueError(f"no grouping {grouping!r}; there are {', '.join(_KEYS)}")
        sums: dict[str, Decimal] = {}
        for one in self.valued:
            key = _KEYS[grouping](one.entry)
            sums[key] = sums.get(key, Decimal(0)) + one.work
        return dict(sorted(sums.items()))

    def annualized(self, start: date | None = None, end: date | None = None) -> Decimal:
        """
        Work RVUs a year at the pace of this log: its sum over the days from *start* to *end*, both
        included, x 365.

        Without them the first and last day that an entry names, valued or not.

        Raises:
            ValueError: the log is empty and no dates are given, or *end* is before *start*.
        """
        days = self._days
        if not days and (start is None or end is None):
            raise ValueError("an empty log has no pace; give start and end")
        first, last = start or min(days), end or max(days)
        if last < first:
            raise ValueError(f"the end {last} is before the start {first}")
        counted = sum(
            (one.work for one in self.valued if first <= one.entry.date <= last), Decimal(0)
        )
        length = (last - first + timedelta(days=1)).days
        return (counted * _DAYS_A_YEAR / length).quantize(_CENT, ROUND_HALF_UP)

    def compensation(self, rate: Decimal, tiers: Iterable[tuple[Decimal, Decimal]] = ()) -> Decimal:
        """
        Dollars at *rate* a work RVU; each tier (threshold, rate) sets the rate of the work above
        its threshold.

        Raises:
            ValueError: the thresholds do not rise from above 0.
        """
        steps = [(Decimal(0), Decimal(rate)), *((Decimal(t), Decimal(r)) for t, r in tiers)]
        if any(low >= high for (low, _), (high, _) in pairwise(steps)):
            raise ValueError("the thresholds of the tiers must rise, from above 0")
        ends = [*(threshold for threshold, _ in steps[1:]), max(self.work_rvus, steps[-1][0])]
        done = self.work_rvus
        within = (
            (max(min(done, end) - start, Decimal(0)), step)
            for (start, step), end in zip(steps, ends, strict=True)
        )
        paid = sum((work * step for work, step in within), Decimal(0))
        return paid.quantize(_CENT, ROUND_HALF_UP)

    def report(self, benchmark: Benchmark | None = None, *, markdown: bool = False) -> str:
        """
        The sums by month, specialty and code, the pace with its percentiles, and the entries
        without a value.
        """
        title = f"{self.work_rvus} work RVUs from {len(self.valued)} entries; {len(self.unvalued)} without a value"
        parts = [f"# {title}" if markdown else title]
        groupings: tuple[Grouping, ...] = ("month", "specialty", "code")
        parts += [
            _table((name, "work RVUs"), self.by(name).items(), markdown=markdown)
            for name in groupings
        ]
        parts.append(
            _table(("pace", "work RVUs a year"), self._paces(benchmark), markdown=markdown)
        )
        parts.append(_table(("without a value", "reason"), self._reasons(), markdown=markdown))
        return "\n\n".join(part for part in parts if part) + "\n"

    def _reasons(self) -> Iterable[tuple[str, str]]:
        """Each reason once, with how many entries it holds for and their codes."""
        codes: dict[str, list[str]] = {}
        for one in self.unvalued:
            codes.setdefault(one.reason, []).append(one.entry.code)
        for reason, found in codes.items():
            yield f"{len(found)}: {', '.join(sorted(set(found)))}", reason

    @property
    def _days(self) -> list[date]:
        return [one.entry.date for one in self.valued] + [one.entry.date for one in self.unvalued]

    def _paces(self, benchmark: Benchmark | None) -> Iterable[tuple[str, str]]:
        if not (self.valued or self.unvalued):
            return
        yield "all", str(self.annualized())
        known = dict(benchmark.rows) if benchmark else {}
        for specialty in self.by("specialty"):
            own = Productivity(
                tuple(one for one in self.valued if one.entry.specialty == specialty), ()
            )
            pace = own.annualized(min(self._days), max(self._days))
            place = (
                f" ({benchmark.percentile(specialty, pace)})"
                if benchmark and specialty in known
                else ""
            )
            yield specialty or "(none)", f"{pace}{place}"


_KEYS: Final[dict[str, Callable[[LogEntry], str]]] = {
    "day": lambda entry: entry.date.isoformat(),
    "week": lambda entry: f"{entry.date.isocalendar().year}-W{entry.date.isocalendar().week:02}",
    "month": lambda entry: entry.date.isoformat()[:7],
    "year": lambda entry: entry.date.isoformat()[:4],
    "code": lambda entry: entry.code,
    "specialty": lambda entry: entry.specialty,
}


def _figures(path: str, number: int, row: dict[str, str]) -> tuple[Decimal, ...]:
    try:
        figures = tuple(Decimal(row[f"p{n}"].replace(",", "")) for n in _PERCENTILES)
    except (InvalidOperation, AttributeError) as error:
        raise DataFormatError.at(path, "a percentile is not a number", line=number) from error
    if not all(low < high for low, high in pairwise((Decimal(0), *figures))):
        raise DataFormatError.at(path, "the percentiles do not rise from above 0", line=number)
    return figures


def _table(head: tuple[str, str], rows: Iterable[tuple[str, object]], *, markdown: bool) -> str:
    lines = [(key or "(none)", str(value)) for key, value in rows]
    if not lines:
        return ""
    if markdown:
        body = [f"| {key} | {value.replace('|', '/')} |" for key, value in lines]
        return "\n".join([f"| {head[0]} | {head[1]} |", "| --- | --- |", *body])
    width = max(len(key) for key, _ in (head, *lines))
    return "\n".join(f"{key:<{width}}  {value}" for key, value in (head, *lines))
