"""
The rules on what a claim says of itself, as a table that reads from top to bottom: `HEADER_RULES`.
"""

from __future__ import annotations

import functools
import re
from typing import Final

from cdtref.claim.claim import Claim
from cdtref.claim.rule import HeaderRule

_NPI: Final = re.compile("[0-9]{10}")
# CMS: the check digit is that of the number with 80840 before it, the prefix of US health cards.
_NPI_PREFIX: Final = "80840"
_MOST_DIAGNOSES: Final = 4


def _no_lines(claim: Claim) -> str | None:
    if claim.lines:
        return None
    return "the claim has no line that can be read; a claim has at least one (837D LX)"


def _npi_malformed(claim: Claim) -> str | None:
    npi = claim.provider_npi
    if npi is None or is_npi(npi.strip()):
        return None
    problem = "is ten digits, the last of which is the check digit"
    return f"the provider's NPI does not hold: an NPI {problem} (Luhn, behind 80840)"


def _too_many_diagnoses(claim: Claim) -> str | None:
    count = len(claim.diagnoses)
    if count <= _MOST_DIAGNOSES:
        return None
    return f"the claim has {count} diagnoses, and an 837D has room for {_MOST_DIAGNOSES}"


def _days_backwards(claim: Claim) -> str | None:
    if claim.date is None or claim.through is None or claim.date <= claim.through:
        return None
    return f"the last day of service {claim.through} is before the first, {claim.date}"


def _months_remaining(claim: Claim) -> str | None:
    if claim.orthodontics is None:
        return None
    months, remaining = claim.orthodontics
    if months is None or remaining is None or remaining <= months:
        return None
    return f"{remaining} months of treatment remain, of {months} in all"


@functools.lru_cache(maxsize=256)  # the claims of a file are those of few practices
def is_npi(text: str) -> bool:
    """
    True for ten digits whose last is the right check digit.

    >>> is_npi("1234567893"), is_npi("1234567890")
    (True, False)
    """
    if not _NPI.fullmatch(text):
        return False
    total = 0
    for place, digit in enumerate(reversed(_NPI_PREFIX + text)):
        value = int(digit)
        if place % 2:  # Luhn: every second digit from the right counts twice, as a sum of digits
            value = sum(divmod(2 * value, 10))
        total += value
    return total % 10 == 0


# fmt: off
HEADER_RULES: Final = (
    HeaderRule("claim.empty", "error", "lines", _no_lines, source="X12 837D loop 2400"),
    HeaderRule("claim.days", "error", "through", _days_backwards, source="X12 837D DTP*472*RD8"),
    HeaderRule("provider.npi", "error", "provider_npi", _npi_malformed, "N257",
               source="45 CFR 162.406; CMS: the NPI's check digit"),
    HeaderRule("diagnosis.count", "error", "diagnoses", _too_many_diagnoses,
               source="X12 837D HI"),
    HeaderRule("orthodontics.months", "warning", "orthodontics", _months_remaining,
               source="X12 837D DN1"),
)
# fmt: on
"""The rules on what a claim says of itself, in the order in which they are told."""
