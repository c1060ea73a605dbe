"""
A catalog as FHIR R4B resources in plain JSON values: CodeSystem supplement, ValueSet, ConceptMap;
sites of the mouth.

The code system itself is the ADA's (`http://www.ada.org/cdt`) and is not given; a supplement adds
our texts to its codes, and a licensee's wording in a catalog is left out.
Identifiers of the systems are those of HL7 Terminology (UTG).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final

from cdtref.area import Area
from cdtref.codeset import Catalog
from cdtref.procedure import Category, Period, Procedure, as_date
from cdtref.tooth import Tooth

__all__ = [
    "AREA",
    "CDT",
    "SURFACE",
    "TOOTH",
    "body_site",
    "code_system_supplement",
    "concept_map",
    "sub_sites",
    "value_set",
]

CDT: Final = "http://www.ada.org/cdt"
TOOTH: Final = "http://terminology.hl7.org/CodeSystem/ADAUniversalToothDesignationSystem"
SURFACE: Final = "http://terminology.hl7.org/CodeSystem/ADAToothSurfaceCodes"
AREA: Final = "http://terminology.hl7.org/CodeSystem/ADAAreaOralCavitySystem"

_CONCEPT_PROPERTY: Final = "http://hl7.org/fhir/concept-properties"
_SYNONYM: Final = {
    "system": "http://snomed.info/sct",
    "code": "900000000000013009",
    "display": "Synonym",
}
_NOTICE: Final = (
    "Texts: the cdtref authors, MIT licence. CDT is a registered trademark of the American Dental Association, which "
    "owns the code set; no nomenclature or descriptor of the ADA is included."
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
)
_URL: Final = re.compile(r"(?:https?://|urn:)[^\s|]+")
_NOT_IN_HL7: Final = frozenset({"HS", *(f"{letter}S" for letter in "KLMNOPQRST")})
"""Supernumerary primary teeth that HL7's list of 93 designations leaves out."""


def code_system_supplement(catalog: Catalog, *, url: str) -> dict[str, Any]:
    """
    A CodeSystem with the texts and facts of every code of *catalog*, retired ones included, under
    your own *url*.

    Raises:
        ValueError: *url* is that of the code system itself, or neither an http(s) address nor a
            URN.

    >>> import cdtref
    >>> supplement = code_system_supplement(cdtref.catalog(), url="https://example.org/fhir/CodeSystem/cdt-texts")
    >>> supplement["supplements"], supplement["count"] == len(cdtref.catalog())
    ('http://www.ada.org/cdt', True)
    >>> code_system_supplement(cdtref.catalog(), url="http://www.ada.org/cdt")
    Traceback (most recent call last):
    ValueError: a resource needs a url of your own, ...
    """
    active = {p.code for p in catalog.procedures()}
    return {
        **_head("CodeSystem", url, catalog, "Texts and facts on dental procedure codes"),
        "caseSensitive": True,
        "content": "supplement",
        "supplements": CDT,
        "count": len(catalog),
        "property": [_property(*row) for row in _PROPERTIES],
        "concept": [_concept(p, url, active=p.code in active) for p in catalog.values()],
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
    kind = found[0].category.value if category else ""
    title = ", ".join(filter(None, ("Dental procedure codes in force", kind, _when(on, edition))))
    concepts = [{"code": p.code, **_list("designation", _titles(p, url))} for p in found]
    return {
        **_head("ValueSet", url, catalog, title),
        "compose": {"include": [{"system": CDT, "concept": concepts}]},
    }


def concept_map(catalog: Catalog, *, url: str) -> dict[str, Any]:
    """
    A ConceptMap from each retired code to the codes that took its place, where a source states
    them.
    """
    retired = [p for p in catalog.values() if p.replaced_by]
    group = {"source": CDT, "target": CDT, "element": [_element(p) for p in retired]}
    head = _head("ConceptMap", url, catalog, "Successors of retired dental procedure codes")
    return {**head, **({"group": [group]} if retired else {})}


def body_site(site: Tooth | Area) -> dict[str, Any]:
    """
    A CodeableConcept for `Claim.item.bodySite`; text alone for the eleven teeth that HL7's list
    leaves out.

    Raises:
        TypeError: *site* is neither a `Tooth` nor an `Area`.

    >>> import cdtref
    >>> body_site(cdtref.parse_tooth("14"))["coding"][0]["code"], body_site(cdtref.parse_tooth("HS"))
    ('14', {'text': 'tooth HS: supernumerary beside upper left primary canine'})
    >>> body_site("14")
    Traceback (most recent call last):
    TypeError: a site is a Tooth or an Area, not str; read it with cdtref.parse_tooth or cdtref.parse_area
    """
    if isinstance(site, Area):
        return {"coding": [{"system": AREA, "code": site.value}], "text": site.label}
    if not isinstance(site, Tooth):
        kind = type(site).__name__
        raise TypeError(
            f"a site is a Tooth or an Area, not {kind}; read it with cdtref.parse_tooth or cdtref.parse_area"
        )
    text = {"text": f"tooth {site.number}: {site.label}"}
    return (
        text
        if site.number in _NOT_IN_HL7
        else {"coding": [{"system": TOOTH, "code": site.number}], **text}
    )


def sub_sites(surfaces: str) -> list[dict[str, Any]]:
    """
    CodeableConcepts for `Claim.item.subSite`, one a surface.

    Raises:
        InvalidSiteError: a letter is no surface.
    """
    from cdtref.tooth import parse_surfaces

    return [
        {"coding": [{"system": SURFACE, "code": letter}]} for letter in parse_surfaces(surfaces)
    ]


def _head(kind: str, url: str, catalog: Catalog, title: str) -> dict[str, Any]:
    if not isinstance(url, str) or not _URL.fullmatch(url) or _bare(url) == _bare(CDT):
        raise ValueError(
            f"a resource needs a url of your own, such as 'https://example.org/fhir/{kind}/cdt', not {url!r}"
        )
    editions = catalog.editions()
    about = (
        {"version": editions[-1].name, "date": editions[-1].effective.isoformat()}
        if editions
        else {}
    )
    return {
        "resourceType": kind,
        "language": "en",
        "url": url,
        **about,
        "name": _name(url) or f"Cdt{kind}",
        "title": title,
        "status": "active",
        "experimental": False,
        "copyright": _NOTICE,
    }


def _bare(url: str) -> str:
    """
    What is left of an address where neither scheme nor case nor a last slash makes another one.
    """
    return url.casefold().partition("://")[2].rstrip("/")


def _name(url: str) -> str:
    """
    The end of *url* as a name by FHIR's rule: a capital letter, then letters and digits; "" where
    there is none.
    """
    words = re.findall("[A-Za-z0-9]+", url.rstrip("/").rpartition("/")[2])
    name = "".join(word[0].upper() + word[1:] for word in words)
    return name[:255] if name[:1].isalpha() else ""


def _property(code: str, kind: str, standard: str | None, about: str) -> dict[str, Any]:
    uri = {"uri": f"{_CONCEPT_PROPERTY}#{standard}"} if standard else {}
    return {"code": code, **uri, "description": about, "type": kind}


def _concept(p: Procedure, url: str, *, active: bool) -> dict[str, Any]:
    texts = _list("designation", _designations(p, url))
    return {"code": p.code, **texts, "property": list(_values(p, active=active))}


def _list(key: str, values: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """A list under its key, or nothing at all: FHIR allows no empty list."""
    found = list(values)
    return {key: found} if found else {}


def _titles(p: Procedure, url: str) -> Iterator[dict[str, Any]]:
    """
    Our title as a designation; none where it is the official wording, as of a code that a
    licensee's file added.
    """
    if p.title != p.nomenclature:
        yield _designation(p.title, _use(url, "title"))


def _designations(p: Procedure, url: str) -> Iterator[dict[str, Any]]:
    yield from _titles(p, url)
    for synonym in p.synonyms:
        yield _designation(synonym, _SYNONYM)
    for use, text in (("description", p.description), ("plain-language", p.plain_language)):
        if text:
            yield _designation(text, _use(url, use))


def _designation(text: str, use: dict[str, str]) -> dict[str, Any]:
    return {"language": "en", "use": use, "value": text}


def _use(url: str, kind: str) -> dict[str, str]:
    """The list of designation uses is open: ours are told apart under the url of the resource."""
    return {"system": f"{url}/designation-use", "code": kind, "display": kind.replace("-", " ")}


def _values(p: Procedure, *, active: bool) -> Iterator[dict[str, Any]]:
    yield {"code": "category", "valueString": p.category.value}
    yield {"code": "area", "valueString": p.area.value}
    yield {"code": "area-confidence", "valueString": p.confidence}
    yield {"code": "status", "valueCode": "retired" if p.terminated and not active else "active"}
    life = p.periods[-1]
    if life.effective is not None:
        yield {"code": "effective", "valueDateTime": _start(life)}
    if life.terminated is not None:
        yield {"code": "terminated", "valueDateTime": life.terminated.isoformat()}


def _start(life: Period) -> str:
    """FHIR's dateTime may be a month, which is what is known of some."""
    text = str(life.effective)
    return text[:7] if life.precision == "month" else text


def _element(p: Procedure) -> dict[str, Any]:
    """
    Several successors split the code, so each is narrower; of a single one only a relation is
    known.
    """
    is_split = len(p.replaced_by) > 1
    equivalence = "narrower" if is_split else "relatedto"
    parts = (
        f"; split into {', '.join(p.replaced_by)}: each is a part of it, choose by the service"
        if is_split
        else ""
    )
    comment = f"{p.code} was valid {'; '.join(map(str, p.periods))}{parts}"
    targets: Iterable[dict[str, Any]] = (
        {"code": code, "equivalence": equivalence, "comment": comment} for code in p.replaced_by
    )
    return {"code": p.code, "target": list(targets)}


def _when(on: date | str | None, edition: str | int | None) -> str:
    if edition is not None:
        return f"CDT {edition}"
    return "" if on is None else as_date(on).isoformat()
