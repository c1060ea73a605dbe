"""
Claim lines that carry what their code requires, and the assertion that the lines of a claim do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import islice
from typing import Any, Final

import attrs

from cdtref import bundled
from cdtref.claim import ClaimLine, Finding
from cdtref.codeset import Catalog
from cdtref.fieldtext import as_date
from cdtref.lookup import check_claim
from cdtref.procedure import Procedure, Requirement, Surfaces, TreatmentArea, is_usual
from cdtref.tooth import TEETH, Area, Tooth

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
        TypeError: *procedure* is a code and no `Procedure`.

    >>> import cdtref
    >>> clean_line(cdtref.get("D2391")).tooth, clean_line(cdtref.get("D4341")).area
    ('2', '10')
    >>> clean_line(cdtref.get("D9940"))
    Traceback (most recent call last):
    cdtref.errors.NotInForceError: D9940 was not in force on ...
    """
    if not isinstance(procedure, Procedure):
        given = type(procedure).__name__
        raise TypeError(f"a clean line is of a Procedure, as cdtref.get gives it, not of {given}")
    if on is None:
        on = usual_day(catalog)
    day = as_date(on)
    procedure.require_in_force(day)
    return line_of(procedure, day)


def assert_clean(lines: Iterable[ClaimLine] | ClaimLine, *, catalog: Catalog | None = None) -> None:
    """
    Nothing where the lines of a claim, or one line, have no error by the *catalog*; else an
    AssertionError that shows line by line what was given (-) and what is expected (+).

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
    given = [lines] if isinstance(lines, ClaimLine) else list(lines)
    errors: dict[int, list[Finding]] = defaultdict(list)
    for finding in check_claim(given, catalog=catalog):
        if finding.severity == "error" and finding.line_index is not None:
            errors[finding.line_index].append(finding)
    if errors:
        raise AssertionError(_error_report(given, errors))


def line_of(p: Procedure, day: date) -> ClaimLine:
    """The line of `clean_line`, whether or not the code was in force on that day."""
    needed = p.requirement_on(day)
    fields: dict[str, Any] = dict(_site_fields(needed))
    if needed.prosthesis_code == "asked":
        fields["prosthesis"] = "initial"
    if needed.under_age:
        fields["birth_date"] = day - _BABY
    if needed.by_report:
        fields["narrative"] = "what was done and why"
    return ClaimLine(p.code, day, **fields)


def _site_fields(needed: Requirement) -> Iterator[tuple[str, str]]:
    """Where on the body: of a site, which takes either, the tooth."""
    kind = needed.treatment_area
    if kind.is_by_tooth or kind is TreatmentArea.SITE:
        count = 2 if kind is TreatmentArea.TOOTH_RANGE else 1
        yield "tooth", ",".join(islice(usual_teeth(needed), count))
    if kind is TreatmentArea.TOOTH_SURFACE:
        yield "surfaces", LETTERS[: wanted_surfaces(needed).least]
    if kind is not TreatmentArea.SITE:
        for area in fitting_areas(needed)[:1]:
            yield "area", area.value


def known_catalog(catalog: Catalog | None) -> Catalog:
    """The bundled catalog unless another is given."""
    if catalog is None:
        return bundled.catalog()
    return catalog


def usual_day(catalog: Catalog | None = None) -> date:
    """The day of lines for which none is asked: 2 March, for codes come and go on 1 January."""
    return covered_days(catalog)[1].replace(month=3, day=2)


def covered_days(catalog: Catalog | None = None) -> tuple[date, date]:
    """The first and the last day of the editions of a catalog."""
    editions = known_catalog(catalog).editions()
    if not editions:
        problem = "the catalog has no edition, so no day is known to lie within it"
        raise ValueError(f"{problem}; build it with editions")
    return editions[0].effective, date(editions[-1].effective.year, 12, 31)


def fitting_teeth(needed: Requirement) -> tuple[Tooth, ...]:
    """The teeth that a line for the code may name, the natural ones first."""
    return tuple(tooth for tooth in TEETH.values() if is_usual(needed, tooth))


def fitting_areas(needed: Requirement) -> tuple[Area, ...]:
    """The areas that a line for the code may name; any of a site."""
    of_arch = [area for area in Area if needed.arch in (None, area.arch)]
    if needed.treatment_area is TreatmentArea.SITE:
        return tuple(of_arch)
    return tuple(area for area in of_arch if area.kind == needed.treatment_area)


def wanted_surfaces(needed: Requirement) -> Surfaces:
    """How many surfaces a line for the code may name, where it names any."""
    return needed.surface_count or Surfaces(1, len(LETTERS))


def usual_teeth(needed: Requirement) -> Iterator[str]:
    """Numbers of the teeth that a line for the code may name, without the wisdom teeth."""
    for tooth in fitting_teeth(needed):
        if tooth.number not in _WISDOM:
            yield tooth.number


def _error_report(given: Sequence[ClaimLine], errors: Mapping[int, Sequence[Finding]]) -> str:
    count = sum(map(len, errors.values()))
    rows = [f"{_counted_noun(count, 'error')} on {_counted_noun(len(errors), 'line')}"]
    for place in sorted(errors):
        rows.append(f"line {place + 1}: {_line_in_python(given[place])}")
        for error in errors[place]:
            value = getattr(given[place], error.field)
            rows.append(f"  - {error.field}={_value_in_python(value)}")
            rows.append(f"  + {error.message} [{error.rule}]")
    return "\n".join(rows)


def _counted_noun(count: int, noun: str) -> str:
    if count == 1:
        return f"1 {noun}"
    return f"{count} {noun}s"


def _line_in_python(line: ClaimLine) -> str:
    """The line as one would write it in Python, without the fields that say nothing."""
    sent = []
    for field in attrs.fields(ClaimLine):
        value = getattr(line, field.name)
        if value != field.default:
            sent.append(f"{field.name}={_value_in_python(value)}")
    return f"ClaimLine({', '.join(sent)})"


def _value_in_python(value: object) -> str:
    if isinstance(value, date):  # a date of service may be given as text, which is shorter
        return repr(value.isoformat())
    return repr(value)
