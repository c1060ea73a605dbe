"""
The systems of procedure codes that a claim or a fee schedule may carry, and the names that people
know.
"""

from __future__ import annotations

import enum
from typing import Final


class CodeSystem(str, enum.Enum):
    """
    The code systems whose codes a claim or a fee schedule line may carry, by the shape of their
    codes.
    """

    CDT = "CDT"
    CPT_I = "CPT_I"
    CPT_II = "CPT_II"
    CPT_III = "CPT_III"
    CPT_PLA = "CPT_PLA"
    CPT_MAAA = "CPT_MAAA"
    HCPCS = "HCPCS"

    @property
    def label(self) -> str:
        """The name that people know, such as 'CPT Category III'."""
        return _LABELS[self]

    __str__ = str.__str__


_LABELS: Final = {
    CodeSystem.CDT: "CDT",
    CodeSystem.CPT_I: "CPT Category I",
    CodeSystem.CPT_II: "CPT Category II",
    CodeSystem.CPT_III: "CPT Category III",
    CodeSystem.CPT_PLA: "CPT PLA",
    CodeSystem.CPT_MAAA: "CPT MAAA",
    CodeSystem.HCPCS: "HCPCS Level II",
}
