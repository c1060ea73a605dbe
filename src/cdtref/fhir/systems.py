"""
Addresses of code systems, by which a code in a resource is told from a look-alike: tooth 10 from
the quadrant 10, tooth 14 of the Universal system from FDI 14.

Those of HL7 Terminology (UTG) are as its naming systems give them; beside each stand the older ones
that software still writes.
"""

from __future__ import annotations

from enum import Enum, auto
from types import MappingProxyType
from typing import Final

CDT: Final = "http://www.ada.org/cdt"
"""The dental procedure codes."""
TOOTH: Final = "http://terminology.hl7.org/CodeSystem/ADAUniversalToothDesignationSystem"
"""Teeth as claims in the US number them."""
SURFACE: Final = "http://terminology.hl7.org/CodeSystem/ADAToothSurfaceCodes"
"""Surfaces of teeth."""
AREA: Final = "http://terminology.hl7.org/CodeSystem/ADAAreaOralCavitySystem"
"""Quadrants, arches and sextants."""
FDI_TOOTH: Final = "http://terminology.hl7.org/CodeSystem/ex-tooth"
"""Teeth in FDI notation, as FHIR's own example value set has them."""


class Kind(Enum):
    """What the codes of a system are."""

    PROCEDURE = auto()
    """CDT."""
    OTHER_PROCEDURE = auto()
    """CPT or HCPCS, which has the codes of CDT too; modifiers are theirs as well."""
    TOOTH = auto()
    AREA = auto()
    SURFACE = auto()
    FDI_TOOTH = auto()
    FDI_SURFACE = auto()
    PLACE = auto()
    DIAGNOSIS = auto()
    NPI = auto()
    INFORMATION = auto()
    """Categories of supporting information."""
    ABSENT = auto()
    """Why there is no code."""
    UNNAMED = auto()
    """No system is given."""
    FOREIGN = auto()
    """Any other system."""


_SYSTEMS: Final = {
    Kind.PROCEDURE: (
        CDT,
        "http://ada.org/cdt",
        "http://terminology.hl7.org/CodeSystem/CD2",
        "http://terminology.hl7.org/NamingSystem/CDT",
        "urn:oid:2.16.840.1.113883.6.13",
    ),
    Kind.OTHER_PROCEDURE: (
        "http://www.ama-assn.org/go/cpt",
        "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
        "https://www.cms.gov/Medicare/Coding/MedHCPCSGenInfo/index.html",
        "https://bluebutton.cms.gov/resources/codesystem/hcpcs",
        "urn:oid:2.16.840.1.113883.6.12",
        "urn:oid:2.16.840.1.113883.6.285",
    ),
    Kind.TOOTH: (
        TOOTH,
        "http://terminology.hl7.org/NamingSystem/ADAUniversalToothDesignationSystem",
        "http://hl7.org/fhir/us/carin-bb/CodeSystem/ADAUniversalNumberingSystem",
    ),
    Kind.AREA: (AREA, "http://terminology.hl7.org/NamingSystem/ADAAreaOralCavitySystem"),
    Kind.SURFACE: (SURFACE, "http://terminology.hl7.org/NamingSystem/ADAToothSurfaceCodes"),
    Kind.FDI_TOOTH: (
        FDI_TOOTH,
        "http://hl7.org/fhir/ex-tooth",
        "http://hl7.org/fhir/ex-fdi",
        "http://fdi.org/fhir/oraltoothcodes",
    ),
    Kind.FDI_SURFACE: (
        "http://terminology.hl7.org/CodeSystem/FDI-surface",
        "http://hl7.org/fhir/FDI-surface",
        "http://fdi.org/fhir/oralsurfacecodes",
    ),
    Kind.PLACE: (
        "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set",
        "http://terminology.hl7.org/NamingSystem/CMSPlaceofServiceCodes",
        "http://terminology.hl7.org/CodeSystem/ex-serviceplace",
        "urn:oid:2.16.840.1.113883.15.5",
    ),
    Kind.DIAGNOSIS: (
        "http://hl7.org/fhir/sid/icd-10-cm",
        "http://hl7.org/fhir/sid/icd-10",
        "urn:oid:2.16.840.1.113883.6.90",
    ),
    Kind.NPI: ("http://hl7.org/fhir/sid/us-npi", "urn:oid:2.16.840.1.113883.4.6"),
    Kind.INFORMATION: (
        "http://terminology.hl7.org/CodeSystem/claiminformationcategory",
        "http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBSupportingInfoType",
    ),
    Kind.ABSENT: (
        "http://terminology.hl7.org/CodeSystem/data-absent-reason",
        "http://terminology.hl7.org/CodeSystem/v3-NullFlavor",
    ),
}


def bare_address(address: str) -> str:
    """
    What is left of an address where neither scheme nor case nor a last slash makes another one, nor
    a version behind it.

    >>> bare_address("https://www.ada.org/CDT/")
    'www.ada.org/cdt'
    """
    bare, _, _ = address.strip().casefold().partition("|")
    for scheme in ("http://", "https://"):
        bare = bare.removeprefix(scheme)
    return bare.rstrip("/")


def _kinds_by_address() -> dict[str, Kind]:
    kinds = {}
    for kind, addresses in _SYSTEMS.items():
        for address in addresses:
            kinds[bare_address(address)] = kind
    return kinds


_KINDS: Final = MappingProxyType(_kinds_by_address())


def kind_of_system(address: str | None) -> Kind:
    """
    What the codes of a system are.

    >>> kind_of_system("http://ada.org/cdt"), kind_of_system("http://snomed.info/sct")
    (<Kind.PROCEDURE: 1>, <Kind.FOREIGN: 14>)
    """
    if address is None:
        return Kind.UNNAMED
    return _KINDS.get(bare_address(address), Kind.FOREIGN)
