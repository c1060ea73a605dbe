"""
The parties before a claim of an 837D, of which only what judges a claim is kept: the NPI of the
billing provider, the patient's birth date, and, where it is asked for, a key of the patient.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from cdtref.claim import sv3
from cdtref.claim.patients import PatientKeys
from cdtref.claim.sv3 import element_at

PROVIDER: Final = "20"
SUBSCRIBER: Final = "22"
PATIENT: Final = "23"
LEVELS: Final = (PROVIDER, SUBSCRIBER, PATIENT)
_PEOPLE: Final = (
    "IL",
    "QC",
)  # the subscriber (2010BA), and the patient where it is another (2010CA)


class Parties:
    """
    What the levels of an 837D tell of a claim below them.

    Attributes:
        npi: The billing provider's.
        birth_date: The patient's.
    """

    def __init__(self, keys: PatientKeys | None = None) -> None:
        self._keys = keys
        self.npi: str | None = None
        self.birth_date: date | None = None
        self._party = ""
        self._member = ""
        self._person = ("", "")

    def begin_level(self, level: str) -> None:
        """Forget what the level before told; of a patient's level the subscriber stays."""
        if level == PROVIDER:
            self.npi = None
        if level != PATIENT:
            self._member = ""
        self.birth_date = None
        self._person = ("", "")
        self._party = ""

    def meet(self, elements: Sequence[str]) -> None:
        """A party by its NM1."""
        self._party = element_at(elements, 1)
        if self._party == "85" and element_at(elements, 8) == "XX":
            self.npi = element_at(elements, 9) or None
        if self._keys is not None and self._party in _PEOPLE:
            self._person = element_at(elements, 3), element_at(elements, 4)
            if self._party == "IL":
                self._member = element_at(elements, 9)

    def meet_birth_date(self, elements: Sequence[str]) -> None:
        """
        The birth date of the person met last, by its DMG.

        Raises:
            DataFormatError: it is no date.
        """
        text = element_at(elements, 2)
        if text and self._party in _PEOPLE:
            self.birth_date = sv3.read_day(text, "DMG02")

    @property
    def patient(self) -> bytes | None:
        """
        The key of the patient: by the member number, which a family shares, the name and the birth
        date. None where one of them is missing, or no keys are asked for.
        """
        if self._keys is None or not self._member or self.birth_date is None:
            return None
        last, first = self._person
        return self._keys.key_of(self._member, last, first, self.birth_date.isoformat())
