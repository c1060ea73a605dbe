"""Who performs a procedure."""

from __future__ import annotations

import enum
from typing import Final


class Specialty(str, enum.Enum):
    """
    Who performs a procedure: the recognized dental specialties, the general dentist and the
    hygienist.
    """

    GENERAL_DENTISTRY = "general-dentistry"
    PEDIATRIC_DENTISTRY = "pediatric-dentistry"
    ENDODONTICS = "endodontics"
    PERIODONTICS = "periodontics"
    PROSTHODONTICS = "prosthodontics"
    ORTHODONTICS = "orthodontics"
    ORAL_SURGERY = "oral-surgery"
    ORAL_RADIOLOGY = "oral-radiology"
    ORAL_PATHOLOGY = "oral-pathology"
    ORAL_MEDICINE = "oral-medicine"
    OROFACIAL_PAIN = "orofacial-pain"
    DENTAL_ANESTHESIOLOGY = "dental-anesthesiology"
    PUBLIC_HEALTH = "public-health"
    DENTAL_HYGIENE = "dental-hygiene"

    @property
    def label(self) -> str:
        """The name that people read, such as 'Oral & maxillofacial surgery'."""
        return _SPECIALTY_LABELS.get(self, self.value.replace("-", " ").capitalize())

    __str__ = str.__str__


_SPECIALTY_LABELS: Final = {
    Specialty.ORAL_SURGERY: "Oral & maxillofacial surgery",
    Specialty.ORAL_RADIOLOGY: "Oral & maxillofacial radiology",
    Specialty.ORAL_PATHOLOGY: "Oral & maxillofacial pathology",
    Specialty.PUBLIC_HEALTH: "Dental public health",
}
