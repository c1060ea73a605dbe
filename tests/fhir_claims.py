"""
Claims written as FHIR by a hand that knows nothing of the reader: as practice systems, payers and
exchanges have them, each of the ways that the standards leave open.
"""

from __future__ import annotations

from typing import NamedTuple

import pinned
from cdtref.tooth import TEETH

UNIVERSAL = "http://terminology.hl7.org/CodeSystem/ADAUniversalToothDesignationSystem"
FDI = "http://terminology.hl7.org/CodeSystem/ex-tooth"
AREAS = "http://terminology.hl7.org/CodeSystem/ADAAreaOralCavitySystem"
ADA_SURFACES = "http://terminology.hl7.org/CodeSystem/ADAToothSurfaceCodes"
FDI_SURFACES = "http://terminology.hl7.org/CodeSystem/FDI-surface"
PLACES = "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"
HL7_CATEGORIES = "http://terminology.hl7.org/CodeSystem/claiminformationcategory"
CARIN_CATEGORIES = "http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBSupportingInfoType"
HCPCS = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
TYPES = "http://terminology.hl7.org/CodeSystem/claim-type"
ADJUDICATION = "http://terminology.hl7.org/CodeSystem/adjudication"
NPI = "http://hl7.org/fhir/sid/us-npi"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
PERSON = "Zzyzx"  # stands for all that is somebody's and may come out nowhere


class Manner(NamedTuple):
    """How a sender writes what may be written in several ways."""

    kind: str = "Claim"
    cdt: str = "http://www.ada.org/cdt"
    notation: str = UNIVERSAL
    surfaces: str = ADA_SURFACES
    is_priced_by_unit: bool = False
    use: str = "predetermination"


def concept(system, code):
    return {"coding": [{"system": system, "code": code}]}


PLAIN = Manner()


def written(claim, manner=PLAIN):
    """A resource of a claim."""
    supporting = Supporting()
    items = [item_of(line, number, claim, manner, supporting) for number, line in numbered(claim)]
    supporting.add_of_claim(claim)
    resource = {
        "resourceType": manner.kind,
        "status": "active",
        "type": concept(TYPES, "oral"),
        "use": manner.use if claim.predetermination else "claim",
        "contained": [patient_of(claim)],
        "patient": {"reference": "#p1", "display": PERSON},
        "created": f"{claim.lines[0].date or pinned.DAY}T09:30:00-05:00",
        "insurer": {"display": PERSON},
        "provider": provider_of(claim),
        "insurance": [insurance(manner)],
        "item": items,
    }
    if manner.kind == "ExplanationOfBenefit":
        resource["outcome"] = "complete"
    else:
        resource["priority"] = concept(
            "http://terminology.hl7.org/CodeSystem/processpriority", "normal"
        )
    if claim.id:
        resource["identifier"] = [{"system": "https://example.org/claims", "value": claim.id}]
    if claim.date:
        last = claim.through or claim.date
        resource["billablePeriod"] = {"start": str(claim.date), "end": str(last)}
    if claim.diagnoses:
        resource["diagnosis"] = [
            {"sequence": place * 10, "diagnosisCodeableConcept": concept(ICD, code)}
            for place, code in enumerate(claim.diagnoses, start=1)
        ]
    if supporting.entries:
        resource["supportingInfo"] = supporting.entries
    return resource


def numbered(claim):
    return enumerate(claim.lines, start=1)


def patient_of(claim):
    patient = {
        "resourceType": "Patient",
        "id": "p1",
        "identifier": [{"value": PERSON}],
        "name": [{"family": PERSON, "given": [PERSON]}],
        "address": [{"line": [PERSON]}],
    }
    if claim.birth_date:
        patient["birthDate"] = str(claim.birth_date)
    return patient


def provider_of(claim):
    provider = {"display": PERSON}
    if claim.provider_npi:
        provider["identifier"] = {"system": NPI, "value": claim.provider_npi}
    return provider


def insurance(manner):
    entry = {"focal": True, "coverage": {"reference": "Coverage/1", "display": PERSON}}
    if manner.kind == "Claim":
        entry["sequence"] = 1
    return entry


class Supporting:
    """The supporting information of a claim as it grows, with a number for each."""

    def __init__(self):
        self.entries = []

    def add(self, system, category, **said):
        number = len(self.entries) + 1
        self.entries.append({"sequence": number, "category": concept(system, category), **said})
        return number

    def add_of_claim(self, claim):
        self.add(CARIN_CATEGORIES, "patientaccountnumber", valueString=PERSON)
        for place, tooth in enumerate(claim.missing_teeth):
            if place % 2:
                self.add(HL7_CATEGORIES, "missingtooth", code=concept(UNIVERSAL, tooth))
            else:
                self.add(CARIN_CATEGORIES, "missingtoothnumber", code=concept(UNIVERSAL, tooth))
        if claim.note:
            self.add(HL7_CATEGORIES, "info", valueString=claim.note)
        if claim.orthodontics or claim.appliance_placed:
            said = {"valueQuantity": {"unit": "months"}}
            if claim.orthodontics and claim.orthodontics.months is not None:
                said["valueQuantity"]["value"] = claim.orthodontics.months
            if claim.appliance_placed:
                said["timingDate"] = str(claim.appliance_placed)
            self.add(CARIN_CATEGORIES, "orthodontics", **said)


def item_of(line, number, claim, manner, supporting):
    item = {
        "sequence": number,
        "productOrService": concept(manner.cdt, line.code),
        "programCode": [concept("https://example.org/programs", "children")],
        "quantity": {"value": line.quantity},
    }
    if line.date:
        item["servicedDate"] = str(line.date)
    place = line.place_of_service or claim.place_of_service
    if place:
        item["locationCodeableConcept"] = concept(PLACES, place)
    if line.modifiers:
        item["modifier"] = [concept(HCPCS, modifier) for modifier in line.modifiers]
    if line.diagnosis_pointers:
        item["diagnosisSequence"] = [place * 10 for place in line.diagnosis_pointers]
    if line.fee is not None:
        item |= priced(line, manner)
    item |= placed(line, manner)
    linked = list(linked_to(line, manner, supporting))
    if linked:
        item["informationSequence"] = linked
    return item


def priced(line, manner):
    def amount(value):
        return {"value": float(value), "currency": "USD"}

    if manner.is_priced_by_unit and not line.fee % (line.quantity * 100):
        return {"unitPrice": amount(line.fee / line.quantity)}
    if manner.kind == "Claim":
        return {"unitPrice": amount(0), "net": amount(line.fee)}
    submitted = concept(ADJUDICATION, "submitted")
    eligible = concept(ADJUDICATION, "eligible")
    return {
        "adjudication": [
            {"category": eligible, "amount": amount(1)},
            {"category": submitted, "amount": amount(line.fee)},
        ]
    }


def placed(line, manner):
    item = {}
    if line.tooth:
        item["bodySite"] = tooth_concept(line.tooth.split(",")[0], manner)
    elif line.area:
        item["bodySite"] = concept(AREAS, line.area.split(",")[0])
    if line.surfaces:
        item["subSite"] = surface_concepts(line.surfaces, manner)
    return item


def tooth_concept(number, manner):
    tooth = TEETH[number]
    if manner.notation == UNIVERSAL or tooth.fdi is None:
        return concept(UNIVERSAL, number)
    return concept(FDI, tooth.fdi)


def surface_concepts(letters, manner):
    known = ("M", "O", "I", "D", "B", "V", "L", "MO", "DO", "DI", "MOD")
    if manner.surfaces == FDI_SURFACES and letters in known:
        return [concept(FDI_SURFACES, letters)]
    return [concept(ADA_SURFACES, letter) for letter in letters]


def linked_to(line, manner, supporting):
    """The numbers of what is a line's own among the supporting information."""
    teeth = line.tooth.split(",") if line.tooth else []
    for number in teeth[1:]:
        code = tooth_concept(number, manner)
        yield supporting.add(CARIN_CATEGORIES, "additionalbodysite", code=code)
    areas = line.area.split(",") if line.area else []
    for area in areas[0 if line.tooth else 1 :]:
        code = concept(AREAS, area)
        yield supporting.add(CARIN_CATEGORIES, "additionalbodysite", code=code)
    if line.narrative:
        yield supporting.add(HL7_CATEGORIES, "info", valueString=line.narrative)
    if line.prosthesis:
        said = {"valueBoolean": line.prosthesis == "replacement"}
        if line.prior_placement:
            said["timingDate"] = str(line.prior_placement)
        yield supporting.add(CARIN_CATEGORIES, "prosthesis", **said)
