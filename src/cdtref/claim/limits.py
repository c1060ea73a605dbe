"""
What a dental plan pays for at most, as its booklet says it, and what of a claim goes beyond it.

No plan's limits come with the package, for they differ: a series every 36 or every 60 months, a
sealant up to 13 or up to 17 years. What comes with it are names for groups of codes that share a
limit. The limits are yours to give, as records or from a file (`read_limits`).
"""

from __future__ import annotations

import calendar
import functools
import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, Final, Literal, get_args

import attrs

from cdtref.claim.conflict import listed
from cdtref.code import code_system, is_valid_code, parse_code
from cdtref.codeset import Catalog
from cdtref.codesystem import CodeSystem
from cdtref.errors import InvalidCodeError, quoted, shown
from cdtref.record import Record

Per = Literal["tooth", "quadrant", "arch", "provider"]

GROUPS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "examinations": "D0120 D0140 D0145 D0150 D0160 D0170 D0171 D0180",
        "recall examinations": "D0120",
        "comprehensive examinations": "D0150 D0160 D0180",
        "bitewings": "D0270-D0274 D0277",
        "series": "D0210",
        "panoramic images": "D0330",
        "series and panoramic images": "D0210 D0330",
        "single images": "D0220 D0230",
        "cleanings": "D1110 D1120",
        "cleanings and maintenance": "D1110 D1120 D4346 D4910",
        "fluoride": "D1206 D1208",
        "sealants": "D1351 D1352",
        "space maintainers": "D1510-D1527 D1575",
        "fillings": "D2140-D2161 D2330-D2335 D2391-D2394",
        "crowns": "D2710-D2794",
        "ready-made crowns": "D2928-D2934",
        "inlays and onlays": "D2510-D2664",
        "veneers": "D2960-D2962",
        "crowns, inlays and onlays": "D2510-D2664 D2710-D2794",
        "build-ups and posts": "D2950 D2952 D2954",
        "root canals": "D3310-D3330",
        "root canals done again": "D3346-D3348",
        "root planing": "D4341 D4342",
        "gross debridement": "D4355",
        "periodontal maintenance": "D4910",
        "gum and bone surgery": "D4210-D4261",
        "full dentures": "D5110-D5140",
        "partial dentures": "D5211-D5228 D5282-D5286",
        "dentures": "D5110-D5228 D5282-D5286",
        "relines and rebases": "D5710-D5761",
        "denture adjustments": "D5410-D5422",
        "implants": "D6010 D6012 D6013 D6040 D6050",
        "implant crowns": "D6058-D6067 D6082-D6084 D6086-D6088 D6094 D6097",
        "bridges": "D6205-D6252 D6545-D6792 D6794",
        "extractions": "D7111-D7250",
        "orthodontics": "D8010-D8091",
        "night guards": "D9944-D9946",
    }
)
"""Groups of codes that people name and plans limit together, by name: codes and ranges of them."""

_PERIOD: Final = re.compile(
    r"([1-9]\d{0,3}) (?:month|day)s?|(?:calendar|benefit) year|lifetime|day"
)
_DAY: Final = timedelta(days=1)


def _as_codes(given: str | Iterable[str]) -> tuple[str, ...]:
    """Codes, ranges and groups in canonical form; a text has them apart by ';' or '|'."""
    parts = re.split("[;|]", given) if isinstance(given, str) else tuple(given)
    for part in parts:
        if not isinstance(part, str):
            raise TypeError(f"a code is text such as 'D0274', not {type(part).__name__}")
    found = tuple(_as_span(part.strip()) for part in parts if part.strip())
    if not found:
        raise ValueError("a limit is of codes: D0274, D2710-D2794 or the name of a group")
    return found


def _as_span(text: str) -> str:
    name = " ".join(text.lower().split())
    if name in GROUPS:
        return name
    if is_valid_code(text):
        return parse_code(text)
    try:
        ends = list(map(parse_code, text.split("-")))
    except InvalidCodeError:
        known = ", ".join(GROUPS)
        problem = f"{quoted(text)} is no code, no range of codes and no group"
        raise ValueError(f"{problem}; the groups are {known}") from None
    if ends != sorted(ends) or len(ends) > 2:
        raise ValueError(
            f"{quoted(text)} is no range; write the lower code first, as 'D2710-D2794'"
        )
    return "-".join(ends)


def _as_period(text: str) -> str:
    period = " ".join(text.lower().split())
    if not _PERIOD.fullmatch(period):
        example = "'12 months', '180 days', 'calendar year', 'benefit year', 'lifetime' or 'day'"
        raise ValueError(f"{quoted(text)} is no period; write {example}")
    return period


def _is_count(_: Limit, attribute: attrs.Attribute[Any], value: object) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"{attribute.name} is a whole number from 0 on, not {shown(value)}")


def _is_place(_: Limit, __: attrs.Attribute[Any], value: object) -> None:
    if value is not None and value not in get_args(Per):
        raise ValueError(f"per is {listed(get_args(Per), 'or')}, not {shown(value)}")


def _is_start(_: Limit, __: attrs.Attribute[Any], value: str) -> None:
    try:
        _start_in(value, 2001)
    except (ValueError, TypeError, OverflowError):
        problem = f"{shown(value)} is no day of a year"
        raise ValueError(f"{problem}; write month and day, '07-01'") from None


def _name_by_codes(limit: Limit) -> str:
    return ", ".join(limit.codes)


_NAMED_BY_CODES: Final[Any] = attrs.Factory(_name_by_codes, takes_self=True)


@attrs.frozen(kw_only=True)
class Limit(Record):
    """
    What a plan pays for at most.

    Attributes:
        codes: The codes that it counts together: codes, ranges such as 'D2710-D2794', and names of
            `GROUPS`; one text with ';' between them does too.
        name: What it is called in findings; the codes unless another is given.
        most: How many in the period, or None where it only sets ages; 0 is none at all.
        period: '12 months', '180 days', 'calendar year', 'benefit year', 'lifetime' or 'day'. A
            period of months or days runs back from the date of service.
        per: 'tooth', 'quadrant', 'arch' or 'provider' where it counts for each of them, or None.
            The provider is the one that bills, by the NPI of a `Claim`.
        least_age: The age in years from which on it is paid, or None.
        most_age: The last age in years at which it is paid, or None.
        year_starts: Month and day on which a benefit year begins, '01-01' unless another is given.
        replacement: True where a line's own date of prior placement counts too.
        source: Where the plan says so.

    Raises:
        ValueError: a field is not as described here.

    >>> Limit(codes="bitewings; d0210", most=1, period="12 months").codes
    ('bitewings', 'D0210')
    >>> Limit(codes="x-rays", most=1)
    Traceback (most recent call last):
    ValueError: 'x-rays' is no code, no range of codes and no group; the groups are ...
    >>> Limit(codes="crowns", period="60 months")
    Traceback (most recent call last):
    ValueError: a limit of 'crowns' limits nothing; say how many it allows (most), or an age ...
    """

    codes: tuple[str, ...] = attrs.field(converter=_as_codes)
    name: str = attrs.field(default=_NAMED_BY_CODES, validator=attrs.validators.instance_of(str))
    most: int | None = attrs.field(default=None, validator=_is_count)
    period: str = attrs.field(default="lifetime", converter=_as_period)
    per: Per | None = attrs.field(default=None, validator=_is_place)
    least_age: int | None = attrs.field(default=None, validator=_is_count)
    most_age: int | None = attrs.field(default=None, validator=_is_count)
    year_starts: str = attrs.field(default="01-01", validator=_is_start)
    replacement: bool = attrs.field(default=False, validator=attrs.validators.instance_of(bool))
    source: str = attrs.field(default="", validator=attrs.validators.instance_of(str))

    def __attrs_post_init__(self) -> None:
        # A misspelt column of a file would else be a limit that allows all.
        if self.most is None and self.least_age is None and self.most_age is None:
            advice = "how many it allows (most), or an age (least_age, most_age)"
            raise ValueError(f"a limit of {shown(self.name)} limits nothing; say {advice}")
        if self.least_age is not None and self.most_age is not None:
            _require_order(self.least_age, self.most_age)

    def takes(self, code: str) -> bool:
        """
        True for the codes that it counts.

        >>> Limit(codes="crowns", most=1).takes("D2740")
        True
        """
        return any(first <= code <= last for first, last in _spans_of(self.codes))

    def __str__(self) -> str:
        """
        What it allows, in words.

        >>> str(Limit(codes="crowns", most=1, period="60 months", per="tooth"))
        '1 in 60 months per tooth'
        """
        counted = "any number" if self.most is None else str(self.most)
        period = _PERIODS_SAID.get(self.period, f"in {self.period}")
        if self.per is None:
            return f"{counted} {period}"
        return f"{counted} {period} per {self.per}"

    def free_from(self, used: date) -> date | None:
        """
        The day from which on a service of the day *used* counts no more; None is never, and where
        the calendar ends before it.

        >>> yearly = Limit(codes="D0210", most=1, period="benefit year", year_starts="07-01")
        >>> yearly.free_from(date(2026, 3, 2))
        datetime.date(2026, 7, 1)
        """
        if self.period == "lifetime":
            return None
        try:
            return self._day_after_period(used)
        except (ValueError, OverflowError):  # after 9999, which some systems write for no end
            return None

    def _day_after_period(self, used: date) -> date:
        if self.period == "day":
            return used + _DAY
        if self.period.endswith("year"):
            return self._next_start(used)
        count, unit = self.period.split()
        if unit.startswith("day"):
            return used + timedelta(days=int(count))
        return _months_after(used, int(count))

    def _next_start(self, used: date) -> date:
        """The first day of the year after the one that a day lies in."""
        starts = self.year_starts if self.period == "benefit year" else "01-01"
        start = _start_in(starts, used.year)
        if used < start:
            return start
        return _start_in(starts, used.year + 1)


def require_known(limits: Iterable[Limit], catalog: Catalog) -> None:
    """
    Refuses a limit of a dental code that the catalog lacks: it would allow all that was meant.

    Raises:
        UnknownCodeError: there is one; ranges and groups are of whatever lies in them.
    """
    for limit in limits:
        for named in limit.codes:
            if named in catalog or named in GROUPS or "-" in named:
                continue
            if code_system(named) is CodeSystem.CDT:
                catalog.lookup(named)


def _require_order(least_age: int, most_age: int) -> None:
    if least_age > most_age:
        problem = f"least_age is {least_age}, above most_age, {most_age}"
        raise ValueError(f"{problem}; no patient is of such an age")


_PERIODS_SAID: Final = {
    "calendar year": "a calendar year",
    "benefit year": "a benefit year",
    "lifetime": "in a lifetime",
    "day": "a day",
}


def _start_in(month_and_day: str, year: int) -> date:
    month, _, day = month_and_day.partition("-")
    return date(year, int(month), int(day))


def _months_after(day: date, months: int) -> date:
    """The same day of a later month, or its last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


@functools.lru_cache(maxsize=1024)
def _spans_of(codes: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """The first and the last code of each range, groups opened."""
    spans = []
    for named in codes:
        for span in GROUPS.get(named, named).split():
            first, _, last = span.partition("-")
            spans.append((first, last or first))
    return tuple(spans)
