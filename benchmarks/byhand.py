"""
What is known before any table is seen, for those who write the answers of DataFrames by hand.

A day matters only by the span that it lies in, within which nothing changes; a text of a site only
by what the rules say of it. So a line is a number made up of three: of its code on its day, of its
tooth with its surfaces, and of its area, and what is told of each such number is asked once.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import cdtref
from cdtref.frame import RULES

IDS = {rule.id for rule in RULES}
CATALOG = cdtref.catalog()
PINNED = cdtref.editions()[-1].effective
SITED = ("D0120", "D7140", "D2391", "D4341")  # codes that ask for no site, or for one of each
SITES: tuple[dict[str, str | None], ...] = (
    {"tooth": None, "surfaces": None, "area": None},
    {"tooth": "14", "surfaces": "O", "area": "10"},
)
EPOCH = date(1970, 1, 1)
Told = tuple[str | None, str | None]


def _changes() -> list[date]:
    found = {CATALOG.editions()[0].effective, CATALOG.last_day + timedelta(days=1)}
    for procedure in CATALOG.values():
        for period in procedure.periods:
            found |= {day for day in (period.effective, period.terminated) if day}
        found |= {needed.effective for needed in procedure.requirements if needed.effective}
    return sorted(found)


STARTS = _changes()
SPANS = [STARTS[0] - timedelta(days=1), *STARTS, None]
"""A day of each span, and None for no day."""
FIRST, LAST = (STARTS[0] - EPOCH).days - 1, (STARTS[-1] - EPOCH).days
SPAN_OF_DAY = [
    sum((start - EPOCH).days <= day for start in STARTS) for day in range(FIRST, LAST + 1)
]
"""The span of each day from `FIRST` to `LAST`, counted since 1970 began."""
UNDATED = len(STARTS) + 1


def procedure_of(text: object) -> cdtref.Procedure | None:
    if not cdtref.is_valid_code(text):
        return None
    return CATALOG.get(cdtref.parse_code(text))


def code_of(text: object) -> str | None:
    return cdtref.parse_code(text) if cdtref.is_valid_code(text) else None


@functools.cache
def in_force(procedure: cdtref.Procedure | None) -> list[bool | None]:
    """Whether it was in force in each span."""
    if procedure is None:
        return [None] * len(SPANS)
    return [None if day is None else procedure.in_force(day) for day in SPANS]


def told_of(code: object, day: date | None, tooth: Any, surfaces: Any, area: Any) -> Told:
    line = cdtref.ClaimLine(code or "", day, tooth=tooth, surfaces=surfaces, area=area)
    found = [finding for finding in cdtref.check(line) if finding.rule in IDS]
    texts = (
        " ".join(one.rule for one in found if one.severity == severity)
        for severity in ("error", "warning")
    )
    errors, warnings = (text or None for text in texts)
    return errors, warnings


class Kinds:
    """Numbers of what the rules tell apart, each with its first example."""

    def __init__(self) -> None:
        self.numbers: dict[object, int] = {}
        self.examples: list[tuple[Any, ...]] = []

    def number(self, kind: object, example: tuple[Any, ...]) -> int:
        if kind not in self.numbers:
            self.numbers[kind] = len(self.examples)
            self.examples.append(example)
        return self.numbers[kind]


CODES = Kinds()


def _number_of(code: object, day: date | None) -> int:
    return CODES.number(tuple(told_of(code, day, **site) for site in SITES), (code, day))


@functools.cache
def kinds_of_known(code: str) -> list[int]:
    return [_number_of(code, day) for day in SPANS]


def kinds_of_code(text: object) -> list[int]:
    """The number of a code in each span; what is no known code is the same in all."""
    procedure = procedure_of(text)
    if procedure is None:
        return [_number_of(text, None)] * len(SPANS)
    return kinds_of_known(procedure.code)


def prepare() -> None:
    """All that no table is needed for."""
    for code, procedure in CATALOG.items():
        kinds_of_known(code)
        in_force(procedure)


def kinds_of_teeth(pairs: Iterable[tuple[Any, Any]]) -> tuple[list[int], Kinds]:
    kinds, numbers = Kinds(), []
    for tooth, surfaces in pairs:
        told = tuple(told_of(code, PINNED, tooth, surfaces, None) for code in SITED)
        numbers.append(kinds.number(told, (tooth, surfaces)))
    return numbers, kinds


def kinds_of_areas(areas: Iterable[Any]) -> tuple[list[int], Kinds]:
    kinds, numbers = Kinds(), []
    for area in areas:
        told = tuple(told_of(code, PINNED, None, None, area) for code in SITED)
        numbers.append(kinds.number(told, (area,)))
    return numbers, kinds


def answers_of(codes: Kinds, teeth: Kinds, areas: Kinds) -> tuple[Sequence[Any], Sequence[Any]]:
    """The errors and the warnings of each combination, the area's number counting fastest."""
    told = []
    for code, tooth, area in itertools.product(codes.examples, teeth.examples, areas.examples):
        told.append(told_of(*code, *tooth, *area))
    errors, warnings = zip(*told, strict=True)
    return errors, warnings
