"""Formats of procedure codes: which system a string belongs to."""

from cdtref.code.code import (
    BY_LAST,
    HCPCS_LETTERS,
    Code,
    Modifier,
    code_system,
    dental_code_of_five_digits,
    invalid_code,
    is_anesthesia_code,
    is_valid_code,
    is_valid_modifier,
    parse_code,
    parse_modifier,
)

__all__ = [
    "BY_LAST",
    "HCPCS_LETTERS",
    "Code",
    "Modifier",
    "code_system",
    "dental_code_of_five_digits",
    "invalid_code",
    "is_anesthesia_code",
    "is_valid_code",
    "is_valid_modifier",
    "parse_code",
    "parse_modifier",
]
