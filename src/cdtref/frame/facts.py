"""What is known of a code, as columns: the facts that fit in one and the lives of a code."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Final

from cdtref.codeset import Catalog
from cdtref.procedure import Procedure

Fact = tuple[type, Callable[[Procedure], Any]]
"""The kind of a column and what a procedure has in it."""

_TEXTS: Final = (
    "code",
    "title",
    "category",
    "subcategory",
    "description",
    "plain_language",
    "clinical_context",
    "dates_confidence",
    "dates_note",
    "area",
    "confidence",
    "arch",
    "dentition",
    "dentition_hint",
    "teeth",
    "nomenclature",
    "descriptor",
)
FACTS: Final[Mapping[str, type]] = {
    **dict.fromkeys(_TEXTS, str),
    **dict.fromkeys(("effective", "terminated"), dt.date),
    **dict.fromkeys(("by_report", "prosthesis", "add_on"), bool),
    "under_age": int,
}
"""The fields of `Procedure` that fit in a column, with their kind."""

_DAY: Final = dt.timedelta(days=1)


def fact_of(name: str) -> Fact:
    """
    The fact of that name.

    Raises:
        ValueError: there is none, or it fits in no column.
    """
    if name not in FACTS:
        raise ValueError(f"no fact {name!r} fits in a column; those that do are {', '.join(FACTS)}")

    def field(procedure: Procedure) -> Any:
        value = getattr(procedure, name)
        # An engine may not take an enum for a text.
        return str(value) if isinstance(value, str) else value

    return FACTS[name], field


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
