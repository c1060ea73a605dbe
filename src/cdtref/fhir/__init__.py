"""
FHIR R4 and R4B as plain JSON values. In: claims of Claim and ExplanationOfBenefit. Out: a catalog
as CodeSystem supplement, ValueSet and ConceptMap, and sites of the mouth.

The code system itself is the ADA's (`http://www.ada.org/cdt`) and is not given; a supplement adds
our texts to its codes, and a licensee's wording in a catalog is left out.
Identifiers of the systems are those of HL7 Terminology (UTG).
"""

from cdtref.fhir.claims import claims_of
from cdtref.fhir.files import claims_in
from cdtref.fhir.resources import (
    body_site,
    code_system_supplement,
    concept_map,
    sub_sites,
    value_set,
)
from cdtref.fhir.systems import AREA, CDT, FDI_TOOTH, SURFACE, TOOTH

__all__ = [
    "AREA",
    "CDT",
    "FDI_TOOTH",
    "SURFACE",
    "TOOTH",
    "body_site",
    "claims_in",
    "claims_of",
    "code_system_supplement",
    "concept_map",
    "sub_sites",
    "value_set",
]
