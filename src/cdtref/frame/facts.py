"""What is known of a code, as columns: the facts that fit in one and the lives of a code."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from cdtref import bundled
from cdtref.codeset import Catalog
from cdtref.procedure import REQUIREMENT_FIELDS, Procedure, Requirement

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
    "compared_with",
    "succession",
    "nomenclature",
    "descriptor",
)
_REQUIREMENTS: Final[Mapping[str, type]] = {
    **dict.fromkeys(("treatment_area", "arch", "dentition", "usual_dentition"), str),
    **dict.fromkeys(("teeth_in_quadrant", "prosthesis_code"), str),
    **dict.fromkeys(("by_report", "add_on"), bool),
    "under_age": int,
}
_CMS_VALUES: Final = {
    "work_rvu": "work",
    "total_rvu_facility": "total_facility",
    "total_rvu_nonfacility": "total_nonfacility",
}
FACTS: Final[Mapping[str, type]] = MappingProxyType(
    {
        **dict.fromkeys(_TEXTS, str),
        **dict.fromkeys(("effective", "terminated"), dt.date),
        **_REQUIREMENTS,
        **dict.fromkeys(map("{}_confidence".format, REQUIREMENT_FIELDS), str),
        "ihs_rvu": Decimal,
        "ihs_level_of_care": int,
        **dict.fromkeys(_CMS_VALUES, Decimal),
        "billable": bool,
    }
)
"""
The fields of `Procedure` and of its `requirement` that fit in a column, with their kind; how sure
one of the latter is stands under its name and `_confidence`.

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
        raise ValueError(f"no fact {name!r} fits in a column; those that do are {', '.join(FACTS)}")

    value_of = _VALUES.get(name) or functools.partial(_value_of, name=name)

    def field(procedure: Procedure) -> Any:
        value = value_of(procedure)
        # An engine may not take an enum for a text.
        return str(value) if isinstance(value, str) else value

    return FACTS[name], field


def _value_of(procedure: Procedure, *, name: str) -> Any:
    if name in _REQUIREMENTS:
        return getattr(procedure.requirement, name)
    if name.removesuffix("_confidence") in REQUIREMENT_FIELDS:
        return getattr(procedure.requirement.confidence, name.removesuffix("_confidence"))
    return getattr(procedure, name)


def _dental_value(procedure: Procedure) -> Decimal | None:
    scale = bundled.dental_scale()
    return scale.rvu(procedure.code).value if procedure.code in scale else None


def _level_of_care(procedure: Procedure) -> int | None:
    scale = bundled.dental_scale()
    level = scale.rvu(procedure.code).level_of_care if procedure.code in scale else None
    return None if level is None else int(level)


def _cms_value(procedure: Procedure, *, field: str) -> Decimal | None:
    row = bundled.fee_schedule().get(procedure.code)
    value: Decimal | None = None if row is None else getattr(row, field)
    return value


def _is_billable(procedure: Procedure) -> bool:
    row = bundled.fee_schedule().get(procedure.code)
    return row is not None and row.is_billable_with_rvu


_VALUES: Final[Mapping[str, Callable[[Procedure], Any]]] = {
    "ihs_rvu": _dental_value,
    "ihs_level_of_care": _level_of_care,
    **{name: functools.partial(_cms_value, field=field) for name, field in _CMS_VALUES.items()},
    "billable": _is_billable,
}


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
