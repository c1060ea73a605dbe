"""
Claim lines that carry what their code requires, and the assertion that the lines of a claim do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sized
from datetime import date, timedelta
from itertools import islice
from typing import Any, Final

import attrs

from cdtref import bundled
from cdtref.area import Area
from cdtref.claim import ClaimLine, Finding
from cdtref.codeset import Catalog
from cdtref.lookup import check_claim
from cdtref.procedure import Procedure, Surfaces, TreatmentArea, as_date
from cdtref.requirement import is_usual
from cdtref.tooth import TEETH, Tooth

LETTERS: Final = "MDLBO"  # the first three are on every tooth; B is read as F on a front tooth
_WISDOM: Final = ("1", "16", "17", "32")
_BABY: Final = timedelta(days=200)

Fields = Mapping[str, Any]
"""Fields of a `ClaimLine` by name."""


def clean_line(
    procedure: Procedure, on: date | str | None = None, *, catalog: Catalog | None = None
) -> ClaimLine:
    """
    A line that carries what the code needs and nothing else; without a date of service *on* it is
    of 2 March in the pinned edition of *catalog*, which is the bundled one unless another is given.

    Raises:
        NotInForceError: the code was not in force on that date.
        ValueError: the catalog has no edition.

    >>> import cdtref
    >>> clean_line(cdtref.get("D2391")).tooth, clean_line(cdtref.get("D4341")).area
    ('2', '10')
    >>> clean_line(cdtref.get("D9940"))
    Traceback (most recent call last):
    cdtref.errors.NotInForceError: D9940 was not in force on ...
    """
    day = usual_day(catalog) if on is None else as_date(on)
    procedure.require_in_force(day)
    return line_of(procedure, day)


def assert_clean(lines: Iterable[ClaimLine], *, catalog: Catalog | None = None) -> None:
    """
    Nothing where the lines of a claim have no error by the *catalog*; else an AssertionError that
    shows line by line what was given (-) and what is expected (+).

    >>> import cdtref
    >>> assert_clean([cdtref.ClaimLine("D2391", "2026-03-02", tooth="14", surfaces="O")])
    >>> assert_clean([cdtref.ClaimLine("D2391", "2026-03-02", tooth="14")])
    Traceback (most recent call last):
    AssertionError: 1 error on 1 line
    line 1: ClaimLine(code='D2391', date='2026-03-02', tooth='14')
      - surfaces=None
      + D2391 is reported by tooth and surface; name the surfaces, such as O [surface.missing]
    """
    __tracebackhide__ = True  # pytest shows the test, not the kit
    given = list(lines)
    errors = [
        finding for finding in check_claim(given, catalog=catalog) if finding.severity == "error"
    ]
    if errors:
        places = sorted({finding.line_index for finding in errors})
        head = f"{_counted(errors, 'error')} on {_counted(places, 'line')}"
        raise AssertionError(
            "\n".join([head, *(_told(place, given[place], errors) for place in places)])
        )


def line_of(p: Procedure, day: date) -> ClaimLine:
    """The line of `clean_line`, whether or not the code was in force on that day."""
    return ClaimLine(
        p.code,
        day,
        tooth=_tooth(p),
        surfaces=LETTERS[: wanted_surfaces(p).least]
        if p.area is TreatmentArea.TOOTH_SURFACE
        else None,
        area=None
        if p.area is TreatmentArea.SITE
        else next((area.value for area in fitting_areas(p)), None),
        prosthesis="initial" if p.prosthesis else None,
        birth_date=day - _BABY if p.under_age else None,
        narrative="what was done and why" if p.by_report else None,
    )


def usual_day(catalog: Catalog | None = None) -> date:
    """The day of lines for which none is asked: 2 March, for codes come and go on 1 January."""
    return covered_days(catalog)[1].replace(month=3, day=2)


def covered_days(catalog: Catalog | None = None) -> tuple[date, date]:
    """The first and the last day of the editions of a catalog."""
    editions = (bundled.catalog() if catalog is None else catalog).editions()
    if not editions:
        raise ValueError(
            "the catalog has no edition, so no day is known to lie within it; build it with editions"
        )
    return editions[0].effective, date(editions[-1].effective.year, 12, 31)


def fitting_teeth(p: Procedure) -> tuple[Tooth, ...]:
    """The teeth that a line for the code may name, the natural ones first."""
    return tuple(tooth for tooth in TEETH.values() if is_usual(p, tooth))


def fitting_areas(p: Procedure) -> tuple[Area, ...]:
    """The areas that a line for the code may name; any of a site."""
    return tuple(
        area for area in Area if p.area in (area.kind, "site") and p.arch in (None, area.arch)
    )


def wanted_surfaces(p: Procedure) -> Surfaces:
    """How many surfaces a line for the code may name, where it names any."""
    return p.surfaces or Surfaces(1, len(LETTERS))


def usual_teeth(p: Procedure) -> Iterator[str]:
    """Numbers of the teeth that a line for the code may name, without the wisdom teeth."""
    return (
        number for number, tooth in TEETH.items() if number not in _WISDOM and is_usual(p, tooth)
    )


def _tooth(p: Procedure) -> str | None:
    if not (p.area.is_by_tooth or p.area is TreatmentArea.SITE):
        return None
    count = 2 if p.area is TreatmentArea.TOOTH_RANGE else 1
    return ",".join(islice(usual_teeth(p), count))


def _counted(things: Sized, noun: str) -> str:
    return f"{len(things)} {noun}" if len(things) == 1 else f"{len(things)} {noun}s"


def _told(place: int, line: ClaimLine, errors: Iterable[Finding]) -> str:
    rows = [f"line {place + 1}: {_shown(line)}"]
    for error in errors:
        if error.line_index == place:
            rows.append(f"  - {error.field}={_written(getattr(line, error.field))}")
            rows.append(f"  + {error.message} [{error.rule}]")
    return "\n".join(rows)


def _shown(line: ClaimLine) -> str:
    """The line as one would write it in Python, without the fields that say nothing."""
    fields = attrs.fields(ClaimLine)
    sent = {
        field.name: getattr(line, field.name)
        for field in fields
        if getattr(line, field.name) != field.default
    }
    return f"ClaimLine({', '.join(f'{name}={_written(value)}' for name, value in sent.items())})"


def _written(value: object) -> str:
    return repr(value.isoformat() if isinstance(value, date) else value)
