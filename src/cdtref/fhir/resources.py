"""The resources: each built from a catalog's records, our texts and facts alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import starmap
from typing import Any, Final

from cdtref.codeset import Catalog
from cdtref.dentalrvu import DentalRvu
from cdtref.errors import quoted_name
from cdtref.fhir.systems import AREA, CDT, FDI_TOOTH, SURFACE, TOOTH, bare_address
from cdtref.fieldtext import as_date
from cdtref.procedure import Category, Period, Procedure
from cdtref.tooth import Area, Tooth, parse_surfaces

_CONCEPT_PROPERTY: Final = "http://hl7.org/fhir/concept-properties"
_SYNONYM: Final = {
    "system": "http://snomed.info/sct",
    "code": "900000000000013009",
    "display": "Synonym",
}
_NOTICE: Final = (
    "Texts: the cdtref authors, MIT licence. CDT is a registered trademark of the American Dental "
    "Association, which owns the code set; no nomenclature or descriptor of the ADA is included."
)
_ABOUT_DENTAL: Final = (
    "Relative value on the dental scale of the Indian Health Service, D0150 = 1.00: no value of "
    "Medicare's, and no payment. 0.00 credits no work; absent where there is no value"
)
_PROPERTIES: Final = (
    ("category", "string", None, "Category of service"),
    (
        "area",
        "string",
        None,
        "What a claim line for the code names: none, tooth, tooth+surface, quadrant, arch, ...",
    ),
    ("area-confidence", "string", None, "How sure the area is: high, medium, low or none"),
    ("status", "code", "status", "active, or retired once the code is no longer valid"),
    (
        "effective",
        "dateTime",
        "effectiveDate",
        "First day of its latest life; absent where not known",
    ),
    ("terminated", "dateTime", "retirementDate", "First day on which it is no longer valid"),
    (
        "dental-rvu",
        "decimal",
        None,
        _ABOUT_DENTAL,
    ),
    ("dental-rvu-since", "dateTime", None, "First day of that value"),
    ("level-of-care", "integer", None, "The Indian Health Service's level of care, 0 to 9"),
)
# R4B, constraint on name: [A-Z]([A-Za-z0-9_]){0,254}
_LONGEST_NAME: Final = 255
_URL: Final = re.compile(r"(?:https?://|urn:)[^\s|]+")
_NOT_IN_HL7: Final = frozenset({"HS", *(f"{letter}S" for letter in "KLMNOPQRST")})
"""Supernumerary primary teeth that HL7's list of 93 designations leaves out."""


def code_system_supplement(
    catalog: Catalog, *, url: str, dental: Iterable[DentalRvu | None] = ()
) -> dict[str, Any]:
    """
    A CodeSystem with the texts and facts of every code of *catalog*, retired ones included, under
    your own *url*.

    *dental* are values on the dental scale of the Indian Health Service, as `cdtref.dental_rvu`
    gives them; None among them is no value, and a code without one has no such property.

    Raises:
        ValueError: *url* is that of the code system itself, or neither an http(s) address nor a
            URN.

    >>> import cdtref
    >>> own_url = "https://example.org/fhir/CodeSystem/cdt-texts"
    >>> supplement = code_system_supplement(cdtref.catalog(), url=own_url)
    >>> supplement["supplements"], supplement["count"] == len(cdtref.catalog())
    ('http://www.ada.org/cdt', True)
    >>> dental = [cdtref.dental_rvu(code, default=None) for code in cdtref.catalog()]
    >>> valued = code_system_supplement(cdtref.catalog(), url=own_url, dental=dental)
    >>> {"code": "dental-rvu", "valueDecimal": 0.7} in valued["concept"][0]["property"]
    True
    >>> code_system_supplement(cdtref.catalog(), url="http://www.ada.org/cdt")
    Traceback (most recent call last):
    ValueError: a resource needs a url of your own, ...
    """
    active = {p.code for p in catalog.procedures()}
    values = {value.code: value for value in dental if value is not None}
    concepts = []
    for p in catalog.values():
        concept = _concept_of(p, url, active=p.code in active)
        concept["property"] += _dental_properties(values.get(p.code))
        concepts.append(concept)
    return {
        **_resource_head("CodeSystem", url, catalog, "Texts and facts on dental procedure codes"),
        "caseSensitive": True,
        "content": "supplement",
        "supplements": CDT,
        "count": len(catalog),
        "property": list(starmap(_declared_property, _PROPERTIES)),
        "concept": concepts,
    }


def value_set(
    catalog: Catalog,
    *,
    url: str,
    category: Category | str | None = None,
    on: date | str | None = None,
    edition: str | int | None = None,
) -> dict[str, Any]:
    """
    A ValueSet of the codes in force, of a category or all: on a day, on the first day of an
    edition, or in the pinned.

    Raises:
        ValueError: *url* is not your own, *category* or *on* is wrong, *on* and *edition* are both
            given, or no code was in force.
        UnknownReleaseError: *edition* is not an edition of the catalog.
    """
    if on is not None and edition is not None:
        raise ValueError("give a day or an edition, not both")
    day = on if edition is None else catalog.edition(edition).effective
    found = catalog.procedures(category=category, on=day)
    if not found:
        raise ValueError("no such code was in force then, and a value set of none is not valid")
    parts = ["Dental procedure codes in force"]
    if category:
        parts.append(found[0].category.value)
    parts += _time_told(on, edition)
    return {
        **_resource_head("ValueSet", url, catalog, ", ".join(parts)),
        "compose": {"include": [{"system": CDT, "concept": [_member_of(p, url) for p in found]}]},
    }


def concept_map(catalog: Catalog, *, url: str) -> dict[str, Any]:
    """
    A ConceptMap from each retired code to the codes that took its place, where a source states
    them, or states that nothing did.
    """
    retired = [p for p in catalog.values() if p.replaced_by or p.succession == "none"]
    resource = _resource_head(
        "ConceptMap", url, catalog, "Successors of retired dental procedure codes"
    )
    if retired:  # FHIR allows no empty list
        elements = list(map(_successors_of, retired))
        resource["group"] = [{"source": CDT, "target": CDT, "element": elements}]
    return resource


def body_site(site: Tooth | Area, *, iso_3950: bool = True) -> dict[str, Any]:
    """
    A CodeableConcept for `Claim.item.bodySite`; text alone for the eleven teeth that HL7's list
    leaves out.

    A permanent tooth has its FDI number (ISO 3950) as a second coding, unless *iso_3950* is false,
    in the one system that HL7 Terminology has for them. That lists neither primary nor
    supernumerary teeth, and its quadrants contradict the standard, so these and areas have the
    ADA's coding alone.

    Raises:
        TypeError: *site* is neither a `Tooth` nor an `Area`.

    >>> import cdtref
    >>> [one["code"] for one in body_site(cdtref.parse_tooth("14"))["coding"]]
    ['14', '26']
    >>> body_site(cdtref.parse_tooth("HS"))
    {'text': 'tooth HS: supernumerary beside upper left primary canine'}
    >>> body_site("14")
    Traceback (most recent call last):
    TypeError: a site is a Tooth or an Area, not str; read it with cdtref.parse_tooth or ...
    """
    if isinstance(site, Area):
        return {"coding": [{"system": AREA, "code": site.value}], "text": site.label}
    if not isinstance(site, Tooth):
        kind = type(site).__name__
        advice = "read it with cdtref.parse_tooth or cdtref.parse_area"
        raise TypeError(f"a site is a Tooth or an Area, not {kind}; {advice}")
    text = {"text": f"tooth {site.number}: {site.label}"}
    codings = list(_tooth_codings(site, iso_3950=iso_3950))
    if not codings:
        return text
    return {"coding": codings, **text}


def _tooth_codings(tooth: Tooth, *, iso_3950: bool) -> Iterator[dict[str, str]]:
    if tooth.number not in _NOT_IN_HL7:
        yield {"system": TOOTH, "code": tooth.number}
    if iso_3950 and tooth.dentition == "permanent" and tooth.fdi is not None:
        yield {"system": FDI_TOOTH, "code": tooth.fdi}


def sub_sites(surfaces: str) -> list[dict[str, Any]]:
    """
    CodeableConcepts for `Claim.item.subSite`, one a surface.

    Raises:
        InvalidSiteError: a letter is no surface.
    """
    letters = parse_surfaces(surfaces)
    return [{"coding": [{"system": SURFACE, "code": letter}]} for letter in letters]


def _resource_head(kind: str, url: str, catalog: Catalog, title: str) -> dict[str, Any]:
    _require_own_url(kind, url)
    return {
        "resourceType": kind,
        "language": "en",
        "url": url,
        **_version_of(catalog),
        "name": _resource_name(url) or f"Cdt{kind}",
        "title": title,
        "status": "active",
        "experimental": False,
        "copyright": _NOTICE,
    }


def _require_own_url(kind: str, url: str) -> None:
    is_address = isinstance(url, str) and _URL.fullmatch(url)
    if not is_address or bare_address(url) == bare_address(CDT):
        example = f"https://example.org/fhir/{kind}/cdt"
        raise ValueError(
            f"a resource needs a url of your own, such as {example!r}, not {quoted_name(url)}"
        )


def _version_of(catalog: Catalog) -> dict[str, Any]:
    """The edition and its first day; nothing for a catalog that says nothing of editions."""
    editions = catalog.editions()
    if not editions:
        return {}
    return {"version": editions[-1].name, "date": editions[-1].effective.isoformat()}


def _resource_name(url: str) -> str:
    """
    The end of *url* as a name by FHIR's rule: a capital letter, then letters and digits; "" where
    there is none.
    """
    words = re.findall("[A-Za-z0-9]+", url.rstrip("/").rpartition("/")[2])
    name = "".join(word[0].upper() + word[1:] for word in words)
    if not name[:1].isalpha():
        return ""
    return name[:_LONGEST_NAME]


def _declared_property(code: str, kind: str, standard: str | None, about: str) -> dict[str, Any]:
    declared = {"code": code, "description": about, "type": kind}
    if standard is not None:
        declared["uri"] = f"{_CONCEPT_PROPERTY}#{standard}"
    return declared


def _member_of(p: Procedure, url: str) -> dict[str, Any]:
    return {"code": p.code, **_under_key("designation", _title_designations(p, url))}


def _concept_of(p: Procedure, url: str, *, active: bool) -> dict[str, Any]:
    texts = _under_key("designation", _designations_of(p, url))
    return {"code": p.code, **texts, "property": list(_property_values(p, active=active))}


def _under_key(key: str, values: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """A list under its key, or nothing at all: FHIR allows no empty list."""
    found = list(values)
    if not found:
        return {}
    return {key: found}


def _title_designations(p: Procedure, url: str) -> Iterator[dict[str, Any]]:
    """
    Our title as a designation; none where it is the official wording, as of a code that a
    licensee's file added.
    """
    if p.title != p.nomenclature:
        yield _designation_in(p.title, _own_use(url, "title"))


def _designations_of(p: Procedure, url: str) -> Iterator[dict[str, Any]]:
    yield from _title_designations(p, url)
    for synonym in p.synonyms:
        yield _designation_in(synonym, _SYNONYM)
    for use, text in (("description", p.description), ("plain-language", p.plain_language)):
        if text:
            yield _designation_in(text, _own_use(url, use))


def _designation_in(text: str, use: dict[str, str]) -> dict[str, Any]:
    return {"language": "en", "use": use, "value": text}


def _own_use(url: str, kind: str) -> dict[str, str]:
    """The list of designation uses is open: ours are told apart under the url of the resource."""
    return {"system": f"{url}/designation-use", "code": kind, "display": kind.replace("-", " ")}


def _property_values(p: Procedure, *, active: bool) -> Iterator[dict[str, Any]]:
    yield {"code": "category", "valueString": p.category.value}
    yield {"code": "area", "valueString": p.area.value}
    sure = p.requirement.confidence.treatment_area
    yield {"code": "area-confidence", "valueString": sure}
    # A code whose end is announced is active until that day.
    is_retired = p.terminated is not None and not active
    yield {"code": "status", "valueCode": "retired" if is_retired else "active"}
    life = p.periods[-1]
    if life.effective is not None:
        yield {"code": "effective", "valueDateTime": _first_day(life)}
    if life.terminated is not None:
        yield {"code": "terminated", "valueDateTime": life.terminated.isoformat()}


def _dental_properties(value: DentalRvu | None) -> Iterator[dict[str, Any]]:
    if value is None:
        return
    # JSON has one kind of number; two decimals survive it.
    yield {"code": "dental-rvu", "valueDecimal": float(value.value)}
    yield {"code": "dental-rvu-since", "valueDateTime": value.since.isoformat()}
    if value.level_of_care is not None:
        yield {"code": "level-of-care", "valueInteger": int(value.level_of_care)}


def _first_day(life: Period) -> str:
    """FHIR's dateTime may be a month, which is what is known of some."""
    if life.precision == "month":
        return f"{life.effective:%Y-%m}"
    return str(life.effective)


def _successors_of(p: Procedure) -> dict[str, Any]:
    """
    Codes that divide the retired one are narrower, a code that took it in is wider; of all others
    only a relation is known. Where nothing took its place, that is said too.
    """
    comment = f"{p.code} was valid {'; '.join(map(str, p.periods))}"
    if not p.replaced_by:
        told = {"equivalence": "unmatched", "comment": f"{comment}; nothing took its place"}
        return {"code": p.code, "target": [told]}
    equivalence, heirs = "relatedto", ", ".join(p.replaced_by)
    if p.succession == "split":
        # R4B: the sense in which a target is narrower shall be described in its comment.
        equivalence = "narrower"
        comment += f"; split into {heirs}: each is a part of it, choose by the service"
    elif p.succession == "merged" and len(p.replaced_by) == 1:
        equivalence = "wider"
        comment += f"; taken into {heirs}"
    told = {"equivalence": equivalence, "comment": comment}
    return {"code": p.code, "target": [{"code": code, **told} for code in p.replaced_by]}


def _time_told(on: date | str | None, edition: str | int | None) -> Iterator[str]:
    if edition is not None:
        yield f"CDT {edition}"
    elif on is not None:
        yield as_date(on).isoformat()
