"""
The lines of a long claim that conflict, found by code, tooth and day: a look at every two of a
thousand lines is half a million looks.
"""

from __future__ import annotations

import bisect
import itertools
import operator
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from cdtref.claim.conflict import Statement
from cdtref.claim.conflictcase import Case, heaviest_case
from cdtref.claim.conflictindex import Check, Index
from cdtref.claim.parsed import ParsedLine

Found = tuple[int, int, Case]
"""The places of two lines in their order, and what the one says of the other."""

_FIRST_DAY: Final = date.min.toordinal()
_LAST_DAY: Final = date.max.toordinal()
_UNDATED: Final = 0  # before every day, so that no window reaches it


class Window(NamedTuple):
    """The days from the first to the last, as numbers."""

    first: int
    last: int


def window_around(day: date | None, back: int | None, ahead: int | None) -> Window:
    """So many days before a day and after it; None is ever, and a line without a day has none."""
    if day is None:
        return Window(_UNDATED, _UNDATED)
    number = day.toordinal()
    first = _FIRST_DAY if back is None else max(_FIRST_DAY, number - back)
    last = _LAST_DAY if ahead is None else number + ahead
    return Window(first, last)


class _Dated:
    """Places of lines by their days."""

    def __init__(self, places: Iterable[int], lines: Sequence[ParsedLine]) -> None:
        by_day: dict[int, list[int]] = {}
        for place in places:
            day = lines[place].day
            by_day.setdefault(_UNDATED if day is None else day.toordinal(), []).append(place)
        self._days = sorted(by_day)
        self._places = [by_day[day] for day in self._days]

    def within(self, window: Window) -> Sequence[int]:
        """The places of the lines in a window, in their order."""
        start = bisect.bisect_left(self._days, window.first)
        end = bisect.bisect_right(self._days, window.last)
        if end - start == 1:  # the common case, for most rows are of one day
            return self._places[start]
        return sorted(itertools.chain.from_iterable(self._places[start:end]))


class LineIndex:
    """
    Lines by code, by tooth where a rule asks so, and by day.

    Attributes:
        codes: The places of the lines of each code.
    """

    def __init__(self, lines: Sequence[ParsedLine], places: Iterable[int]) -> None:
        self.codes: dict[str, list[int]] = {}
        self._lines = lines
        self._by_code: dict[str, _Dated] = {}
        self._by_tooth: dict[str, Mapping[str, _Dated]] = {}
        self._by_day: dict[date | None, dict[str, list[int]]] = {}
        for place in places:
            code, day = lines[place].code, lines[place].day
            if code is not None:
                self.codes.setdefault(code, []).append(place)
                self._by_day.setdefault(day, {}).setdefault(code, []).append(place)

    def on_day(self, day: date) -> Mapping[str, Sequence[int]]:
        """The places of the lines of a day, by code."""
        return self._by_day.get(day, {})

    def near(self, code: str, window: Window) -> Sequence[int]:
        """The places of the lines of a code in a window."""
        dated = self._by_code.get(code)
        if dated is None:
            dated = self._by_code[code] = _Dated(self.codes.get(code, ()), self._lines)
        return dated.within(window)

    def on_teeth(self, code: str, line: ParsedLine, window: Window) -> Sequence[int]:
        """Those that name a tooth of a line."""
        by_tooth = self._by_tooth.get(code)
        if by_tooth is None:
            by_tooth = self._by_tooth[code] = self._lines_by_tooth(code)
        named = [by_tooth[tooth.number] for tooth in line.teeth if tooth.number in by_tooth]
        if len(named) == 1:
            return named[0].within(window)
        return sorted({place for dated in named for place in dated.within(window)})

    def _lines_by_tooth(self, code: str) -> Mapping[str, _Dated]:
        places: dict[str, list[int]] = {}
        for place in self.codes.get(code, ()):
            for tooth in self._lines[place].teeth:
                places.setdefault(tooth.number, []).append(place)
        return {number: _Dated(found, self._lines) for number, found in places.items()}


class _Beside(NamedTuple):
    """What may question a line beside one of another code, and where such lines are looked for."""

    code: str
    statements: frozenset[Statement]
    back: int | None
    ahead: int | None
    is_by_tooth: bool

    @property
    def is_of_day(self) -> bool:
        """True where all rows are of one day, as most are, and of more than a tooth."""
        return self.back == 0 and not self.is_by_tooth


def cases_of(
    lines: Sequence[ParsedLine], index: Index, near: LineIndex
) -> Mapping[int, Sequence[tuple[int, Case]]]:
    """
    The conflicts of lines of a claim by the place of the earlier line, each with the later one's.

    Of a line by one row there is the conflict with the earliest of all, and few more.
    """
    found = sorted(_Comparison(lines, index, near).cases(), key=operator.itemgetter(0, 1))
    cases: dict[int, list[tuple[int, Case]]] = {}
    for first, second, case in found:
        cases.setdefault(first, []).append((second, case))
    return cases


class _Comparison:
    """Each line is compared with those by which it may be questioned, until nothing is left."""

    def __init__(self, lines: Sequence[ParsedLine], index: Index, near: LineIndex) -> None:
        self._lines = lines
        self._index = index
        self._near = near

    def cases(self) -> Iterator[Found]:
        """The conflicts, by the line that is questioned."""
        for code, places in self._near.codes.items():
            of_day, wider = self._lay_out(code)
            for place in places:
                day = self._lines[place].day
                if day is not None:  # of a plan of treatment nobody knows the visits yet
                    yield from self._cases_of_day(place, of_day, self._near.on_day(day))
                    yield from self._cases_near(place, wider)

    def _lay_out(self, code: str) -> tuple[Mapping[str, _Beside], Sequence[_Beside]]:
        """What may question a line of a code: beside which codes of its day, and what else."""
        of_day, wider = {}, []
        checks = self._index.checks(code)
        for other in checks.keys() & self._near.codes.keys():
            rows = [check for check in checks[other] if check.questioned != "other"]
            beside = _beside_of(other, rows)
            if rows and beside.is_of_day:
                of_day[other] = beside
            elif rows:
                wider.append(beside)
        return of_day, wider

    def _cases_of_day(
        self, place: int, beside: Mapping[str, _Beside], day: Mapping[str, Sequence[int]]
    ) -> Iterator[Found]:
        for code in beside.keys() & day.keys():
            yield from self._cases_beside(place, beside[code], day[code])

    def _cases_near(self, place: int, beside: Iterable[_Beside]) -> Iterator[Found]:
        for one in beside:
            places = self._places_beside(self._lines[place], one)
            if places:
                yield from self._cases_beside(place, one, places)

    def _cases_beside(self, place: int, beside: _Beside, others: Iterable[int]) -> Iterator[Found]:
        left = set(beside.statements)
        for other in others:
            first, second = min(place, other), max(place, other)
            case = self._case_of(first, second)
            if case is None or case.questioned is not self._lines[place]:
                continue
            if case.check.statement in left:
                yield first, second, case
                left.remove(case.check.statement)
            if not left:
                return

    def _places_beside(self, line: ParsedLine, beside: _Beside) -> Sequence[int]:
        window = window_around(line.day, beside.back, beside.ahead)
        if beside.is_by_tooth:
            return self._near.on_teeth(beside.code, line, window)
        return self._near.near(beside.code, window)

    def _case_of(self, first: int, second: int) -> Case | None:
        one, other = self._lines[first], self._lines[second]
        if first == second or one.current is None or other.current is None:
            return None
        rows = self._index.checks(one.current.code).get(other.current.code, ())
        return heaviest_case(rows, one, other)


def _beside_of(code: str, rows: Sequence[Check]) -> _Beside:
    said = [check.statement for check in rows]
    ahead = [check.statement for check in rows if _looks_ahead(check)]
    is_by_tooth = all(one.scope == "tooth" for one in said)
    return _Beside(code, frozenset(said), _reach_of(said), _reach_of(ahead), is_by_tooth)


def _looks_ahead(check: Check) -> bool:
    """The later of two lines has nothing ahead; another one where the row says so."""
    return check.questioned == "one" and check.statement.both_ways


def _reach_of(statements: Iterable[Statement]) -> int | None:
    """How far the furthest of them looks, in days; None is ever."""
    reach = 0
    for said in statements:
        if said.days is None:
            return None
        reach = max(reach, said.days)
    return reach
