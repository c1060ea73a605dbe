"""What is known of a code, as columns: the facts that fit in one and the lives of a code."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple, cast

from cdtref.codeset import Catalog
from cdtref.errors import quoted_name
from cdtref.frame.codecolumns import CODE_COLUMNS
from cdtref.procedure import Procedure, Requirement

Fact = tuple[type, Callable[[Procedure], Any]]
"""The kind of a column and what a procedure has in it."""

_COLUMNS: Final = {column.name: column for column in CODE_COLUMNS if not column.is_nested}
FACTS: Final[Mapping[str, type]] = MappingProxyType(
    {name: cast(type, column.kind) for name, column in _COLUMNS.items()}
)
"""
The columns of the table of codes (`codes`) that are no lists, with their kind: the fields of
`Procedure` and of its `requirement`, how sure one of the latter is under its name and
`_confidence`, and relative values.

On the dental scale of the Indian Health Service, `ihs_rvu` is the last value known and
`ihs_level_of_care` its level; on Medicare's, `work_rvu`, `total_rvu_facility` and
`total_rvu_nonfacility` are those of the pinned release, and `billable` tells whether it pays by
them. The two scales are never added up. Null is no value, which 0.00 is not.
"""

_DAY: Final = dt.timedelta(days=1)


def fact_of(name: str) -> Fact:
    """
    The fact of that name.

    Raises:
        ValueError: there is none, or it fits in no column.
    """
    if name not in FACTS:
        raise ValueError(
            f"no fact {quoted_name(name)} fits in a column; those that do are {', '.join(FACTS)}"
        )

    return FACTS[name], _COLUMNS[name].value_of


def facts_named(names: Iterable[str]) -> dict[str, Fact]:
    """
    The facts of these names, by those of their columns of answers.

    Raises:
        ValueError: as `fact_of`.
    """
    return {f"cdt_{name}": fact_of(name) for name in names}


class OtherRequirement(NamedTuple):
    """A requirement that is not the pinned edition's, and its first and last day."""

    requirement: Requirement
    first: dt.date
    last: dt.date


def other_requirements(procedure: Procedure) -> list[OtherRequirement]:
    """What a code needed before and will need after the pinned edition's requirement."""
    known = procedure.requirements
    begins = [dt.date.min, *(needed.effective or dt.date.min for needed in known[1:])]
    ends = [*(begin - _DAY for begin in begins[1:]), dt.date.max]
    spans = list(map(OtherRequirement, known, begins, ends))
    del spans[len(procedure.earlier_requirements)]
    return spans


def most_other_requirements(catalog: Catalog) -> int:
    return max((len(procedure.requirements) for procedure in catalog.values()), default=1) - 1


def span_of_other(nth: int) -> tuple[Fact, Fact]:
    """First and last day of a code's nth other requirement; of one that it has not, no day."""

    def first(procedure: Procedure) -> dt.date:
        others = other_requirements(procedure)
        return others[nth].first if nth < len(others) else dt.date.max

    def last(procedure: Procedure) -> dt.date:
        others = other_requirements(procedure)
        return others[nth].last if nth < len(others) else dt.date.min

    return (dt.date, first), (dt.date, last)


def covered_span(catalog: Catalog) -> tuple[dt.date, dt.date]:
    """The first and the last day of the editions of a catalog; no day where it has none."""
    editions = catalog.editions()
    if not editions:
        return dt.date.max, dt.date.min
    return editions[0].effective, catalog.last_day


def lives_of(catalog: Catalog) -> list[tuple[Fact, Fact]]:
    """
    First and last day of each life of a code: the numbers of three codes had two. An end that is
    not known is the first or the last of all days; a life that a code has not ends before it
    begins.
    """
    most = max((len(procedure.periods) for procedure in catalog.values()), default=1)
    return [((dt.date, _first_day_of(life)), (dt.date, _last_day_of(life))) for life in range(most)]


def _first_day_of(life: int) -> Callable[[Procedure], dt.date]:
    def first(procedure: Procedure) -> dt.date:
        if life >= len(procedure.periods):
            return dt.date.max
        return procedure.periods[life].effective or dt.date.min

    return first


def _last_day_of(life: int) -> Callable[[Procedure], dt.date]:
    def last(procedure: Procedure) -> dt.date:
        if life >= len(procedure.periods):
            return dt.date.min
        terminated = procedure.periods[life].terminated
        return dt.date.max if terminated is None else terminated - _DAY

    return last
