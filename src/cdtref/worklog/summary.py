"""What a work report says, as records; and as text or Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

import attrs

from cdtref.code import Code
from cdtref.record import plain
from cdtref.worklog.reporttable import ReportTable
from cdtref.worklog.valuing import Scale

UNITS: Final = MappingProxyType({"cms": "work RVUs", "ihs": "dental RVUs"})
_MOST_CODES: Final = 6  # as wide as a column may be beside a reason
_WHOSE_SCALE: Final = (
    "Dental RVUs are values of the Indian Health Service's scale, D0150 being 1.00. No public "
    "conversion factor of this scale exists; they are none of Medicare's RVUs."
)


@attrs.frozen
class Group:
    """
    The work of the entries that share something.

    Attributes:
        grouping: What they share, such as 'month'.
        key: Which one, such as '2026-03'; "" for entries that have none.
        value: Their values on the scale of the report.
        entries: How many they are.
    """

    grouping: str
    key: str
    value: Decimal
    entries: int


@attrs.frozen
class Pace:
    """
    Work a year at the pace of the log.

    Attributes:
        specialty: Whose; None for the whole log.
        a_year: The values that a year would come to.
        percentile: Where that stands in the user's survey, such as 'p62'; "" where it does not.
    """

    specialty: str | None
    a_year: Decimal
    percentile: str = ""


@attrs.frozen
class Reason:
    """
    Why entries have no value.

    Attributes:
        text: The reason.
        entries: For how many it holds.
        codes: Their codes, each once, in order.
    """

    text: str
    entries: int
    codes: tuple[Code, ...]

    @property
    def shown_codes(self) -> str:
        """The codes, as many as a table has room for."""
        shown = ", ".join(self.codes[:_MOST_CODES])
        if len(self.codes) > _MOST_CODES:
            return f"{shown}, ..."
        return shown


@attrs.frozen(kw_only=True)
class WorkSummary:
    """
    What a work report says. Its entries' notes are not in it, for they may be about people.

    Attributes:
        scale: 'cms' or 'ihs', as of `Productivity`.
        total: All values on that scale.
        outside_schedule: What of it is outside IHS's schedule of services.
        valued: How many entries have a value.
        unvalued: How many have none.
        groups: The sums by each grouping, one grouping after the other.
        paces: Work a year, of all and of each specialty.
        compensation: Dollars at a rate of the caller's own; None where none was given.
        rate: That rate.
        reasons: Why entries have no value.
        notes: What else to know of the values.
    """

    scale: Scale
    total: Decimal
    outside_schedule: Decimal
    valued: int
    unvalued: int
    groups: tuple[Group, ...]
    paces: tuple[Pace, ...]
    compensation: Decimal | None
    rate: Decimal | None
    reasons: tuple[Reason, ...]
    notes: tuple[str, ...]

    @property
    def unit(self) -> str:
        """What is counted: 'work RVUs' or 'dental RVUs'."""
        return UNITS[self.scale]

    @property
    def headline(self) -> str:
        """The total and what it is the total of, in a line."""
        total = f"{self.total} {self.unit}"
        counts = f"from {self.valued} entries; {self.unvalued} without a value"
        if self.outside_schedule:
            total = f"{total}, of which {self.outside_schedule} outside IHS's schedule,"
        return f"{total} {counts}"

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a reader has to know, in sentences: compensation, notes, whose scale it is."""
        # First what was asked for, last what is true of every report on the scale.
        told = list(self.notes)
        if self.compensation is not None:
            told.insert(0, f"At your rate of {self.rate} that is {self.compensation} dollars.")
        if self.scale == "ihs":
            told.append(_WHOSE_SCALE)
        return tuple(told)

    @property
    def grouped(self) -> dict[str, list[Group]]:
        """The groups by their grouping."""
        found: dict[str, list[Group]] = {}
        for group in self.groups:
            found.setdefault(group.grouping, []).append(group)
        return found

    def to_dict(self) -> dict[str, Any]:
        """The summary as plain JSON values; figures as text, with all their digits."""
        return plain(self) | {"unit": self.unit, "remarks": list(self.remarks)}

    def to_text(self, *, markdown: bool = False) -> str:
        """The summary as text for a terminal, or as Markdown."""
        table = ReportTable(markdown=markdown)
        parts = [table.heading(self.headline)]
        for grouping, groups in self.grouped.items():
            rows = [(group.key, group.value) for group in groups]
            parts.append(table.drawn((grouping, self.unit), rows))
        parts.append(table.drawn(("pace", f"{self.unit} a year"), self._drawn_paces))
        parts.append(table.drawn(("without a value", "reason"), self._drawn_reasons))
        parts.extend(map(table.sentence, self.remarks))
        return "\n\n".join(filter(None, parts)) + "\n"

    @property
    def _drawn_paces(self) -> Iterator[tuple[str, str]]:
        for pace in self.paces:
            name = "all" if pace.specialty is None else pace.specialty
            shown = f"{pace.a_year} ({pace.percentile})" if pace.percentile else str(pace.a_year)
            yield name, shown

    @property
    def _drawn_reasons(self) -> Iterator[tuple[str, str]]:
        for reason in self.reasons:
            yield f"{reason.entries}: {reason.shown_codes}", reason.text
