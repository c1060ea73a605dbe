"""
A catalog as FHIR R4B resources in plain JSON values: CodeSystem supplement, ValueSet, ConceptMap;
sites of the mouth.

The code system itself is the ADA's (`http://www.ada.org/cdt`) and is not given; a supplement adds
our texts to its codes, and a licensee's wording in a catalog is left out.
Identifiers of the systems are those of HL7 Terminology (UTG).
"""

from cdtref.fhir.resources import (
    AREA,
    CDT,
    SURFACE,
    TOOTH,
    body_site,
    code_system_supplement,
    concept_map,
    sub_sites,
    value_set,
)

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
