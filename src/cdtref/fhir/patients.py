"""
Whose a claim is, as its reference tells: a key under a secret of this process, of which nobody can
tell the patient. Where it is in doubt there is none, for another patient's history would be wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cdtref.claim import PatientKeys
from cdtref.fhir.elements import Element

_VERSION: Final = "/_history/"  # behind it stands which state of the same patient
_ADDRESSES: Final = ("http://", "https://", "urn:")


class Patients:
    """Keys of the patients of a file; with no *keys* none are asked for."""

    def __init__(self, keys: PatientKeys | None, server: str = "") -> None:
        self._keys = keys
        self._server = server
        self._bundles = 0

    def entries_of(self, bundle: Element) -> Iterator[tuple[Element, Patients]]:
        """
        The resources of a Bundle. 'Patient/1' is that of the server on which the entry lies, and
        where that is not told, of this Bundle: each sender has a patient 1.
        """
        self._bundles += 1
        unknown = f"{self._server} {self._bundles}"
        for entry in bundle.parts("entry"):
            resource = entry.part("resource")
            if resource is not None:
                within = self
                if self._keys is not None:
                    within = Patients(self._keys, _server_of(entry) or unknown)
                yield resource, within

    def key_of(self, claim: Element) -> bytes | None:
        """
        The key of a claim's patient. A Claim and the ExplanationOfBenefit of it are not the history
        of each other, and what is not in force is nobody's.
        """
        if self._keys is None or claim.text("status") not in (None, "active"):
            return None
        patient = claim.part("patient")
        if patient is None:
            return None
        told = self._reference_in(patient) or _contained_patient(claim, patient)
        if not told:
            return None
        return self._keys.key_of(claim.text("resourceType") or "", *told)

    def _reference_in(self, patient: Element) -> list[str]:
        reference = patient.text("reference")
        if reference is not None and not reference.startswith("#"):
            literal = reference.partition(_VERSION)[0]
            if literal.startswith(_ADDRESSES):
                return [literal]
            return [self._server, literal]
        if reference is None and patient.has("identifier"):
            return _identifier_in(patient.part("identifier"), patient.text("display"))
        return []


def _server_of(entry: Element) -> str | None:
    """The base of a full address such as 'https://example.org/fhir/Claim/1'."""
    address = entry.text("fullUrl")
    if address is None or not address.startswith(_ADDRESSES[:2]):
        return None
    return address.rsplit("/", 2)[0]


def _identifier_in(identifier: Element | None, *more: str | None) -> list[str]:
    """A number and whose it is, with what tells apart the members of a family that shares it."""
    value = None if identifier is None else identifier.text("value")
    if identifier is None or value is None:
        return []
    return [identifier.text("system") or "", value, *(part or "" for part in more)]


def _contained_patient(claim: Element, patient: Element) -> list[str]:
    """The number, name and birth date of a Patient within the claim, all of which it must have."""
    person = contained_in(claim, patient)
    if person is None or not person.has("birthDate"):
        return []
    names = [name.text("family") or "" for name in person.parts("name")]
    for name in person.parts("name"):
        names += name.texts("given")
    for identifier in person.parts("identifier"):
        told = _identifier_in(identifier, person.text("birthDate"), *names)
        if told and any(names):
            return told
    return []


def contained_in(claim: Element, reference: Element | None) -> Element | None:
    """The resource within the claim that a reference such as '#patient' means."""
    target = None if reference is None else reference.text("reference")
    if target is None or not target.startswith("#"):
        return None
    for resource in claim.parts("contained"):
        if resource.text("id") == target[1:]:
            return resource
    return None
