"""
Claims from FHIR R4 and R4B: Claim and ExplanationOfBenefit, alone or in Bundles.

Sources: HL7 FHIR R4 (Claim, ExplanationOfBenefit), and CARIN Blue Button's profile of oral claims,
which has further teeth, prostheses and orthodontics as supporting information.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, Final

import attrs

from cdtref.claim import Claim, ClaimLine, Finding
from cdtref.fhir.elements import Element, UnreadableError, fault_at
from cdtref.fhir.items import Surroundings, UnreadableLine, lines_of_item
from cdtref.fhir.passed import Passed
from cdtref.fhir.patients import Patients, contained_in
from cdtref.fhir.supporting import SupportingInfo
from cdtref.fhir.systems import Kind, kind_of_system
from cdtref.table import Note

_CLAIMS: Final = ("Claim", "ExplanationOfBenefit")
_READ: Final = (*_CLAIMS, "Bundle")
_OTHER_CLAIMS: Final = ("institutional", "pharmacy", "vision")
_ASKING: Final = ("preauthorization", "predetermination")
_MOST_NESTED: Final = 3  # Bundles within each other; an exchange of searches has two
_SOURCE: Final = "HL7 FHIR R4"


def claims_of(resource: Mapping[str, Any], *, note: Note | None = None) -> Iterator[Claim]:
    """
    The claims of a FHIR resource, a dict as `json` reads it: a Claim or ExplanationOfBenefit (R4,
    R4B), or a Bundle with any number of them.

    Teeth in Universal or FDI numbers, areas, surfaces, modifiers, charges, diagnoses and
    supporting information become the fields of `Claim` and `ClaimLine`. `Claim.findings` has what
    is wrong with a line that cannot be read, which is left out. Of people nothing is kept but the
    birth date of a contained Patient and the NPI of a provider. *note* is told what is passed over,
    each thing once, in words that repeat nothing of the resource.

    Raises:
        DataFormatError: an element has another type than FHIR R4 gives it, or there is no
            resourceType; with the path of the element as `column`.

    >>> code = {"coding": [{"system": "http://www.ada.org/cdt", "code": "D0120"}]}
    >>> item = {"sequence": 1, "productOrService": code, "servicedDate": "2026-03-02"}
    >>> claim = next(claims_of({"resourceType": "Claim", "item": [item]}))
    >>> claim.lines[0].code, str(claim.lines[0].date)
    ('D0120', '2026-03-02')
    >>> next(claims_of({"resourceType": "Claim", "item": [{"productOrService": "D0120"}]}))
    Traceback (most recent call last):
    cdtref.errors.DataFormatError: Claim.item[0].productOrService: a text, where FHIR R4 has an ...
    """
    for claim, _ in claims_within(resource_of(resource), Passed(note), Patients(None)):
        yield claim


def resource_of(value: object) -> Element:
    """A resource that stands in no other; its path begins with its kind."""
    resource = Element(value, "resource")
    kind = resource.text("resourceType")
    if kind not in _READ:  # what else stands there may be anything
        return resource
    return Element(value, kind)


def claims_within(
    resource: Element, passed: Passed, patients: Patients, depth: int = 0
) -> Iterator[tuple[Claim, bytes | None]]:
    """
    The claims of a resource that stands in others, which are as many as *depth*; each with the key
    of its patient.
    """
    kind = resource.text("resourceType")
    if kind is None:
        problem = "has no resourceType, so it is no FHIR resource"
        raise fault_at(resource.path, problem)
    if kind == "Bundle":
        yield from _claims_of_bundle(resource, passed, patients, depth)
    elif kind not in _CLAIMS:
        passed.tell("resources other than Claim and ExplanationOfBenefit")
    elif _is_dental(resource, passed):
        yield _claim_of(resource, passed), patients.key_of(resource)


def _claims_of_bundle(
    bundle: Element, passed: Passed, patients: Patients, depth: int
) -> Iterator[tuple[Claim, bytes | None]]:
    if depth == _MOST_NESTED:
        raise fault_at(bundle.path, f"more than {_MOST_NESTED} Bundles within each other")
    for resource, theirs in patients.entries_of(bundle):
        yield from claims_within(resource, passed, theirs, depth + 1)


def _is_dental(claim: Element, passed: Passed) -> bool:
    """Also of another type than oral, for a surgeon bills some services as a professional."""
    if claim.text("status") == "entered-in-error":
        passed.tell("claims that were entered in error")
        return False
    concept = claim.part("type")
    codes = set() if concept is None else {code for _, code in concept.codings()}
    if "oral" in codes or codes.isdisjoint(_OTHER_CLAIMS):
        return True
    passed.tell("institutional, pharmacy and vision claims")
    return False


def _claim_of(claim: Element, passed: Passed) -> Claim:
    supporting = SupportingInfo(claim, passed)
    diagnoses, places = _diagnoses_of(claim, passed)
    head, findings = _head_of(claim, supporting, passed)
    around = Surroundings(supporting, places, passed)
    lines: list[ClaimLine] = []
    for item in claim.parts("item"):
        for line in lines_of_item(item, around):
            if isinstance(line, ClaimLine):
                lines.append(line)
            else:
                findings.append(_unreadable_line(line, len(lines)))
    if claim.has("addItem"):
        passed.tell("items that a payer added")
    return _with_one_place(Claim(lines, diagnoses=diagnoses, findings=findings, **head))


def _unreadable_line(line: UnreadableLine, index: int) -> Finding:
    return Finding("line.unreadable", "error", line.field, line.problem, index, source=_SOURCE)


def _head_of(
    claim: Element, supporting: SupportingInfo, passed: Passed
) -> tuple[dict[str, Any], list[Finding]]:
    """What the claim says of itself; a field that cannot be read leaves the others as they are."""
    head: dict[str, Any] = {}
    findings: list[Finding] = []
    for field, read in _HEAD.items():
        said = _said_or_finding(field, partial(read, claim, supporting, passed))
        if isinstance(said, Finding):
            findings.append(said)
        else:
            head.update(said)
    return head, findings


def _said_or_finding(field: str, read: Callable[[], dict[str, Any]]) -> dict[str, Any] | Finding:
    try:
        return read()
    except UnreadableError as error:
        problem = str(error)
        return Finding("claim.unreadable", "error", field, problem, None, source=_SOURCE)


def _with_one_place(claim: Claim) -> Claim:
    """A place of service that all lines have is the claim's, as on a form; FHIR has it a line."""
    places = {line.place_of_service for line in claim.lines}
    if len(places) != 1 or None in places:
        return claim
    lines = [attrs.evolve(line, place_of_service=None) for line in claim.lines]
    return attrs.evolve(claim, lines=lines, place_of_service=places.pop())


def _diagnoses_of(claim: Element, passed: Passed) -> tuple[list[str], dict[int, int]]:
    """The codes in their order, and the place of each by the number that items point to."""
    codes: list[str] = []
    places: dict[int, int] = {}
    for diagnosis in claim.parts("diagnosis"):
        code = _diagnosis_in(diagnosis)
        if code is None:
            passed.tell("diagnoses in another system than ICD-10, and references to conditions")
            continue
        codes.append(code)
        number = diagnosis.integer("sequence")
        if number is not None:
            places.setdefault(number, len(codes))
    return codes, places


def _diagnosis_in(diagnosis: Element) -> str | None:
    concept = diagnosis.part("diagnosisCodeableConcept")
    if concept is None:
        return None
    for kind, code in concept.codings():
        if kind in (Kind.DIAGNOSIS, Kind.UNNAMED):
            return code
    return None


# What the claim says of itself --------------------------------------------------------------------


def _number_of(claim: Element, *_: object) -> dict[str, Any]:
    """The number that its sender knows it by, else the resource's own."""
    for identifier in claim.parts("identifier"):
        value = identifier.text("value")
        if value is not None:
            return {"id": value}
    return {"id": claim.text("id")}


def _days_of(claim: Element, *_: object) -> dict[str, Any]:
    period = claim.part("billablePeriod")
    if period is None:
        return {}
    first, last = period.day("start"), period.day("end")
    if first == last:
        last = None
    return {"date": first, "through": last}


def _use_of(claim: Element, *_: object) -> dict[str, Any]:
    return {"predetermination": claim.text("use") in _ASKING}


def _birth_date_of(claim: Element, _: SupportingInfo, passed: Passed) -> dict[str, Any]:
    patient = contained_in(claim, claim.part("patient"))
    if patient is None or not patient.has("birthDate"):
        return {}
    try:
        return {"birth_date": patient.day("birthDate")}
    except UnreadableError:  # FHIR allows a year alone, and then no rule on age speaks
        passed.tell("birth dates that are no whole date")
        return {}


def _provider_of(claim: Element, *_: object) -> dict[str, Any]:
    reference = claim.part("provider")
    if reference is None:
        return {}
    named = reference.part("identifier")
    if named is not None:
        return {"provider_npi": _npi_in([named])}
    provider = contained_in(claim, reference)
    if provider is None:
        return {}
    return {"provider_npi": _npi_in(provider.parts("identifier"))}


def _npi_in(identifiers: Iterable[Element]) -> str | None:
    for identifier in identifiers:
        if kind_of_system(identifier.text("system")) is Kind.NPI:
            return identifier.text("value")
    return None


def _orthodontics_of(_: Element, supporting: SupportingInfo, *__: object) -> dict[str, Any]:
    return supporting.orthodontics()


def _missing_teeth_of(_: Element, supporting: SupportingInfo, *__: object) -> dict[str, Any]:
    return {"missing_teeth": tuple(supporting.missing_teeth())}


def _note_of(_: Element, supporting: SupportingInfo, *__: object) -> dict[str, Any]:
    return {"note": supporting.note()}


_Reader = Callable[[Element, SupportingInfo, Passed], dict[str, Any]]

_HEAD: Final[Mapping[str, _Reader]] = MappingProxyType(
    {
        "id": _number_of,
        "date": _days_of,
        "predetermination": _use_of,
        "birth_date": _birth_date_of,
        "provider_npi": _provider_of,
        "orthodontics": _orthodontics_of,
        "missing_teeth": _missing_teeth_of,
        "note": _note_of,
    }
)
