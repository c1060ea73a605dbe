"""
The columns of a relative value file of CMS: their headers, forms and places.

Source of the layouts: CMS, documentation of RVU25D and RVU26A, and the files themselves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final, NamedTuple


class Column(NamedTuple):
    """
    A column of the relative value file.

    Attributes:
        name: Our name.
        header: CMS's, whose words stand below each other.
        form: A pattern of its values.
        place: Its first and last character in a fixed-width record, from 1.
        digits: How long a value of digits alone is, where a spreadsheet may have taken its zeros;
            else 0.
    """

    name: str
    header: str
    form: str
    place: tuple[int, int]
    digits: int = 0


# A figure has six characters in the fixed-width file, and two decimals at most in any.
NUMBER: Final = r"\d{1,4}(?:\.\d{0,2})?|\.\d{1,2}"
_NA: Final = r"(?:NA)?"
_MARK: Final = r"[0-9A-Z]"

_PHYSICIAN_SUPERVISION: Final = "PHYSICIAN SUPERVISION OF DIAGNOSTIC PROCEDURES"
_OPPS_NONFACILITY: Final = "NON-FACILITY PE USED FOR OPPS PAYMENT AMOUNT"

# Places are from 1 and inclusive, as CMS's documentation gives them.
COLUMNS: Final = (
    Column("code", "HCPCS", r"[0-9A-Z]{5}", (1, 5), digits=5),
    Column("modifier", "MOD", r"(?:26|TC|53)?", (6, 7)),
    Column("status", "STATUS CODE", r"[ABCEIJMNPRTX]", (58, 58)),
    Column("not_used_for_payment", "NOT USED FOR MEDICARE PAYMENT", r"\+?", (59, 59)),
    Column("work", "WORK RVU", NUMBER, (60, 65)),
    Column("pe_nonfacility", "NON-FAC PE RVU", NUMBER, (67, 72)),
    Column("na_nonfacility", "NON-FAC NA INDICATOR", _NA, (73, 74)),
    Column("pe_facility", "FACILITY PE RVU", NUMBER, (76, 81)),
    Column("na_facility", "FACILITY NA INDICATOR", _NA, (82, 83)),
    Column("mp", "MP RVU", NUMBER, (85, 89)),
    Column("total_nonfacility", "NON-FACILITY TOTAL", NUMBER, (91, 96)),
    Column("total_facility", "FACILITY TOTAL", NUMBER, (97, 102)),
    Column("pctc", "PCTC IND", _MARK, (103, 103)),
    Column("global_days", "GLOB DAYS", r"\d{3}|[A-Z]{3}", (104, 106), digits=3),
    Column("pre_op", "PRE OP", NUMBER, (107, 109)),
    Column("intra_op", "INTRA OP", NUMBER, (110, 112)),
    Column("post_op", "POST OP", NUMBER, (113, 115)),
    Column("multiple_procedure", "MULT PROC", _MARK, (116, 116)),
    Column("bilateral", "BILAT SURG", _MARK, (117, 117)),
    Column("assistant", "ASST SURG", _MARK, (118, 118)),
    Column("co_surgeon", "CO- SURG", _MARK, (119, 119)),
    Column("team", "TEAM SURG", _MARK, (120, 120)),
    Column("endoscopic_base", "ENDO BASE", r"(?:[0-9A-Z]{5})?", (128, 132), digits=5),
    Column("conversion_factor", "CONV FACTOR", r"\d{1,3}\.\d{1,4}", (133, 140)),
    Column("supervision", _PHYSICIAN_SUPERVISION, r"[0-9A-Z]{2}", (142, 143), digits=2),
    Column("imaging_family", "DIAGNOSTIC IMAGING FAMILY INDICATOR", r"\d{1,2}", (146, 147)),
    Column("opps_pe_nonfacility", _OPPS_NONFACILITY, NUMBER, (152, 157)),
    Column("opps_pe_facility", _OPPS_NONFACILITY.removeprefix("NON-"), NUMBER, (159, 164)),
    Column("opps_mp", "MP USED FOR OPPS PAYMENT AMOUNT", NUMBER, (166, 171)),
)

PLACE_OF: Final[Mapping[str, int]] = MappingProxyType(
    {column.name: place for place, column in enumerate(COLUMNS)}
)
"""Where each column stands in a record."""

SEPARATOR: Final = "\x1f"
"""Between the values of a record for its form: no value has it."""


def _form_of_record(*, number: str) -> re.Pattern[str]:
    """One pattern of all columns, where figures have the form *number*."""
    forms = ["(?:" + column.form.replace(NUMBER, number) + ")" for column in COLUMNS]
    return re.compile(SEPARATOR.join(forms), re.ASCII)


FORM_OF_RECORD: Final = _form_of_record(number=NUMBER)
"""The form of all values of a record."""

PRINTED_RECORD: Final = _form_of_record(number=r"\d{1,4}\.\d\d")
"""The same with all figures as the csv prints them, such as 0.10 and not .1."""

# Federal Register, PFS final rules; the second of 2024 is of the Consolidated Appropriations Act.
YEAR_OF_FACTOR: Final[Mapping[str, int]] = MappingProxyType(
    {
        "36.0391": 2019,
        "36.0896": 2020,
        "34.8931": 2021,
        "34.6062": 2022,
        "33.8872": 2023,
        "32.7442": 2024,
        "33.2875": 2024,
        "32.3465": 2025,
        "33.4009": 2026,
        "33.5675": 2026,
    }
)
"""The year that a conversion factor tells where the file names none: fixed-width ones do not."""

FIRST_DAY_OF_FACTOR: Final[Mapping[str, date]] = MappingProxyType({"33.2875": date(2024, 3, 9)})
"""The day from which a factor holds that changed within a quarter."""

FIRST_MONTH: Final[Mapping[str, int]] = MappingProxyType({"A": 1, "B": 4, "C": 7, "D": 10})
"""The month in which each quarter's release comes into force."""

QUARTER_OF_MONTH: Final[Mapping[str, str]] = MappingProxyType(
    {"January": "A", "April": "B", "July": "C", "October": "D"}
)
"""The quarter that a title line names by its month."""
