"""The columns of a code and of what a claim line for it must carry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final, NamedTuple

from cdtref import bundled
from cdtref.codeset import Catalog
from cdtref.dentalrvu import ADDRESS as IHS_ADDRESS
from cdtref.feeschedule import ADDRESS as CMS_ADDRESS
from cdtref.frame.columns import COMPILED, OURS, SOURCES, Column
from cdtref.frame.kinds import Fields, Kind, ListOf
from cdtref.procedure import REQUIREMENT_FIELDS, Procedure, Requirement

IHS: Final = f"Indian Health Service, dental package of RPMS, {IHS_ADDRESS}"
CMS: Final = f"CMS, relative value file of the physician fee schedule, {CMS_ADDRESS}"
# The official wording is not ours to hand on.
_LICENSEE: Final = "a licensee's own file; empty without one"
_REQUIRED: Final = "compiled for this project; the table requirements names what from"

_PERIOD: Final = Fields({"effective": dt.date, "terminated": dt.date, "precision": str})
_POINTER: Final = Fields({"code": str, "since": dt.date, "until": dt.date})

_NAMES: Final = (
    Column("code", str, "The code in canonical form; one row for each.", COMPILED),
    Column("title", str, "What a clinician would call it.", OURS),
    Column("category", str, "The category of service, as the slug that category= takes.", COMPILED),
    Column(
        "category_label",
        str,
        "The category as people read it.",
        COMPILED,
        attrgetter("category.label"),
    ),
    Column("subcategory", str, "Our grouping within the category.", OURS),
    Column("nomenclature", str, "The official wording.", _LICENSEE),
    Column("descriptor", str, "The official descriptor.", _LICENSEE),
)
_TEXTS: Final = (
    Column("description", str, "What is done, to what, and what sets it apart.", OURS),
    Column("plain_language", str, "The same for a patient.", OURS),
    Column("clinical_context", str, "When it is reported, and what it is confused with.", OURS),
    Column("synonyms", ListOf(str), "What people type and say for it.", OURS),
    Column("documentation", ListOf(str), "What a payer asks to see for it.", OURS),
    Column("specialties", ListOf(str), "Who performs it, the commonest first.", OURS),
)


def _is_in_edition(procedure: Procedure) -> bool:
    return procedure.in_force(bundled.catalog().last_day)


_LIFE: Final = (
    Column(
        "effective",
        dt.date,
        "First day of its latest life; null where no source knows it.",
        COMPILED,
    ),
    Column(
        "terminated",
        dt.date,
        "First day on which it is no longer valid; null while it is in force.",
        COMPILED,
    ),
    Column("in_edition", bool, "Whether the edition has it in force.", COMPILED, _is_in_edition),
    Column("periods", ListOf(_PERIOD), "Its lives, oldest first.", COMPILED),
    Column("dates_confidence", str, "How well the sources agree on dates and category.", COMPILED),
    Column("dates_note", str, "What the sources say of its dates, where needed.", COMPILED),
    Column(
        "succession",
        str,
        "What became of a retired code: replaced, split, merged, none, unsupported; "
        "null for one in force.",
        COMPILED,
    ),
    Column("replaced_by", ListOf(str), "The codes that took its place, ended ones too.", COMPILED),
    Column("pointers", ListOf(_POINTER), "What to look at in its place, with the days.", COMPILED),
)
_LINKS: Final = (
    Column(
        "related",
        ListOf(Fields({"relation": str, "code": str})),
        "What it is to which other code.",
        OURS,
    ),
    Column("compared_with", str, "The code that it is most likely mixed up with.", OURS),
)

# A row has no record within: what a requirement says stands flat, each field with how sure it is,
# under the names that `annotate` takes.
_REQUIREMENT_KINDS: Final[dict[str, tuple[Kind, str]]] = {
    "treatment_area": (str, "What a claim line must name."),
    "arch": (str, "The arch where the code itself implies it: 01 upper, 02 lower."),
    "dentition": (str, "permanent or primary, where the code is limited to it."),
    "usual_dentition": (str, "The same by house lists of the Indian Health Service, no rule."),
    "tooth_classes": (ListOf(str), "The classes or positions of teeth that it is limited to."),
    "teeth_in_quadrant": (str, "1-3 or 4+ teeth of a quadrant, where the code says so."),
    "by_report": (bool, "Whether a narrative has to go with the claim."),
    "prosthesis_code": (str, "Initial or replacement on the line: asked, allowed or never."),
    "under_age": (int, "Only for patients below this age in years."),
    "add_on": (bool, "Whether it is reported only beside another code."),
    "counted_by": (str, "What a quantity counts where a tooth may have several of it."),
}


def _requirement_columns(read: Callable[[Any], Requirement], source: str) -> Iterator[Column]:
    """The value of each field, and how sure it is."""
    for name in REQUIREMENT_FIELDS:
        yield from _value_columns(name, read, source)
        yield Column(
            f"{name}_confidence",
            str,
            f"How sure {name} is: high, medium, low; none where no source speaks of it.",
            source,
            _reader_within(read, f"confidence.{name}"),
        )


def _value_columns(name: str, read: Callable[[Any], Requirement], source: str) -> Iterator[Column]:
    value = _reader_within(read, name)
    if name == "surface_count":
        # Two columns of numbers, which every engine compares; a pair would be a list.
        for bound in ("least", "most"):
            meaning = f"How many surfaces the line names at {bound}; null where it names none."
            yield Column(f"{name}_{bound}", int, meaning, source, _bound_of(value, bound))
        return
    kind, meaning = _REQUIREMENT_KINDS[name]
    yield Column(name, kind, meaning, source, value)


def _reader_within(read: Callable[[Any], Any], path: str) -> Callable[[Any], Any]:
    within = attrgetter(path)
    return lambda record: within(read(record))


def _bound_of(read: Callable[[Any], Any], bound: str) -> Callable[[Any], int | None]:
    def read_bound(record: Any) -> int | None:
        surfaces = read(record)
        return None if surfaces is None else getattr(surfaces, bound)

    return read_bound


def _dental_value(procedure: Procedure) -> Decimal | None:
    scale = bundled.dental_scale()
    return scale.rvu(procedure.code).value if procedure.code in scale else None


def _level_of_care(procedure: Procedure) -> int | None:
    scale = bundled.dental_scale()
    level = scale.rvu(procedure.code).level_of_care if procedure.code in scale else None
    return None if level is None else int(level)


def _reader_of_cms(field: str) -> Callable[[Procedure], Decimal | None]:
    def read_value(procedure: Procedure) -> Decimal | None:
        row = bundled.fee_schedule().get(procedure.code)
        return None if row is None else getattr(row, field)

    return read_value


def _is_billable(procedure: Procedure) -> bool:
    row = bundled.fee_schedule().get(procedure.code)
    return row is not None and row.is_billable_with_rvu


_VALUES: Final = (
    Column("ihs_rvu", Decimal, "The last value known on the dental scale.", IHS, _dental_value),
    Column("ihs_level_of_care", int, "Its level of care there.", IHS, _level_of_care),
    Column("work_rvu", Decimal, "Medicare's work RVU.", CMS, _reader_of_cms("work")),
    Column(
        "total_rvu_facility",
        Decimal,
        "Medicare's total RVU in a facility.",
        CMS,
        _reader_of_cms("total_facility"),
    ),
    Column(
        "total_rvu_nonfacility",
        Decimal,
        "Medicare's total RVU outside a facility.",
        CMS,
        _reader_of_cms("total_nonfacility"),
    ),
    Column("billable", bool, "Whether Medicare's release pays it by RVUs.", CMS, _is_billable),
)
_ORIGIN: Final = (
    Column("edition", str, "The edition that this is told by.", OURS, lambda _: bundled.EDITION),
    Column("sources", ListOf(SOURCES), "Where the facts come from.", COMPILED),
)

CODE_COLUMNS: Final = (
    *_NAMES,
    *_TEXTS,
    *_LIFE,
    *_LINKS,
    *_requirement_columns(attrgetter("requirement"), _REQUIRED),
    *_VALUES,
    *_ORIGIN,
)
"""Of a `Procedure`; its requirement is that of the pinned edition."""


class DatedRequirement(NamedTuple):
    """A requirement of a code, and the first day on which another takes its place."""

    procedure: Procedure
    requirement: Requirement
    superseded: dt.date | None


def _provenance_columns() -> Iterator[Column]:
    """The sources of each field, and why it says what it says."""
    for name in REQUIREMENT_FIELDS:
        sources, reason = attrgetter(f"requirement.sources.{name}"), f"requirement.reasons.{name}"
        yield Column(f"{name}_sources", ListOf(str), f"Who says so of {name}.", OURS, sources)
        yield Column(f"{name}_reason", str, f"Why, of {name}.", OURS, attrgetter(reason))


REQUIREMENT_COLUMNS: Final = (
    Column(
        "code", str, "The code; a row for each time of it.", COMPILED, attrgetter("procedure.code")
    ),
    Column(
        "effective",
        dt.date,
        "First day on which this holds; null for since ever.",
        COMPILED,
        attrgetter("requirement.effective"),
    ),
    Column("superseded", dt.date, "First day of what took its place; null for the last.", COMPILED),
    *_requirement_columns(attrgetter("requirement"), "compiled for this project"),
    *_provenance_columns(),
)
"""Of a `DatedRequirement`."""


def procedures_of(catalog: Catalog, on: dt.date | None) -> Iterable[Procedure]:
    """All codes of a catalog, or those in force on a day."""
    if on is None:
        return catalog.values()
    return catalog.procedures(on=on)


def requirements_of(catalog: Catalog, on: dt.date | None) -> Iterator[DatedRequirement]:
    """All requirements of all codes, or those of a day of the codes in force then."""
    for procedure in procedures_of(catalog, on):
        known = procedure.requirements
        ends = [later.effective for later in known[1:]]
        for requirement, superseded in zip(known, [*ends, None], strict=True):
            if on is None or requirement is procedure.requirement_on(on):
                yield DatedRequirement(procedure, requirement, superseded)
