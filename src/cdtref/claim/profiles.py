"""
The titles that practice systems and warehouses give their columns, as a table: `PROFILES`.

A title counts without its case and without what parts its words: 'Tooth #' is 'tooth'. Most are
known without a profile. To name one settles which of two columns counts (Eaglesoft has a fee and an
amount), and how the system keeps an arch.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from cdtref.claim.parsed import AREAS_OF_OPEN_DENTAL
from cdtref.errors import quoted

TOGETHER: Final = " + "


class Profile(NamedTuple):
    """
    How a system titles its columns.

    Attributes:
        name: By which it is asked for, such as 'open-dental'.
        system: What it is called.
        titles: By field, those of its columns, the one that counts first; 'A + B' are two columns
            whose cells are put together.
        source: Where they are known from.
        areas_by_letter: Areas of the oral cavity that it keeps in the column of the surfaces, where
            a line has no tooth.
        entries: What stands in the column of codes in rows that are no services.
    """

    name: str
    system: str
    titles: Mapping[str, tuple[str, ...]]
    source: str
    areas_by_letter: Mapping[str, str] = MappingProxyType({})
    entries: tuple[str, ...] = ()


_OPEN_DENTAL: Final = Profile(
    "open-dental",
    "Open Dental",
    {
        "code": ("ProcCode", "Proc Code", "ADA Code"),
        "date": ("ProcDate", "Date"),
        "tooth": ("ToothNum + ToothRange", "Th"),
        "surfaces": ("Surf",),
        "quantity": ("UnitQty",),
        "modifiers": ("CodeMod1 + CodeMod2 + CodeMod3 + CodeMod4",),
        "fee": ("ProcFee", "Amount"),
        "prosthesis": ("Prosthesis",),
        "prior_placement": ("DateOriginalProsth",),
        "birth_date": ("Birthdate",),
        "narrative": ("ClaimNote",),
        "claim": ("ClaimNum",),
        "patient": ("PatNum",),
    },
    "its tables procedurelog and patient, as its API gives them, and the grid of its chart",
    {sign: area.value for sign, area in AREAS_OF_OPEN_DENTAL.items()},
)
_DENTRIX: Final = Profile(
    "dentrix",
    "Dentrix, Easy Dental",
    {
        "code": ("ADA Code", "Proc Code", "Procedure Code", "Code"),
        "date": ("Proc Date", "Procedure Date", "Date"),
        "tooth": ("Tooth", "Tooth #"),
        "surfaces": ("Surface", "Surf"),
        "area": ("Quadrant",),
        "fee": ("Amount", "Fee"),
        "birth_date": ("Birth Date", "Birthdate"),
        "claim": ("Claim ID",),
        "patient": ("Patient ID", "Chart #", "Name"),
    },
    "the columns of its Ledger and of its lists of procedures",
    entries=("Pay", "Ins", "Adj"),
)
_EAGLESOFT: Final = Profile(
    "eaglesoft",
    "Eaglesoft",
    {
        "code": ("ADA Code", "Service Code"),
        "date": ("Service Date", "Tran Date", "Completion Date", "Date Planned", "Date"),
        "tooth": ("Tooth",),
        "surfaces": ("Surface",),
        "fee": ("Fee", "Amount"),
        "birth_date": ("Birth Date",),
        "claim": ("Claim ID",),
        "patient": ("Patient ID",),
    },
    "its tables transactions and planned_services",
)
_WAREHOUSE: Final = Profile(
    "warehouse",
    "Warehouses and claims databases",
    {
        "code": ("CDT Code", "Procedure Code", "Line Prcdr Cd", "Proc Cd"),
        "date": (
            *("Service Date", "Date of Service", "DOS", "First Service Dt", "Line Srvc Bgn Dt"),
            *("Service From Date", "From Date"),
        ),
        "tooth": (
            *("Tooth Number", "Tooth Num", "Tooth Code", "Dental Tooth Code", "Tooth No"),
            "Tooth",
        ),
        "surfaces": (
            *("Tooth Surface", "Tooth Surfaces", "Surface", "Dental Tooth Surface Code"),
            *("Tooth Srfc Cd", "Surface Code"),
        ),
        "area": (
            *("Quadrant", "Dental Quadrant", "Dental Quadrant ID", "Oral Cavity"),
            *("Oral Cavity Code", "Oral Cavity Area", "Oral Cavity Designation"),
            "Tooth Oral Cvty Area Dsgntd Cd",
        ),
        "quantity": ("Units", "Service Units", "Qty", "Quantity"),
        "modifiers": (
            "Modifier 1 + Modifier 2 + Modifier 3 + Modifier 4",
            "Procedure Modifier 1 + Procedure Modifier 2",
            "Procedure Modifier Code 1 + Procedure Modifier Code 2",
            "Line Prcdr Mdfr Cd 1 + Line Prcdr Mdfr Cd 2",
            "Modifier",
        ),
        "fee": (
            "Charge Amount",
            "Billed Amount",
            "Submitted Amount",
            "Charge",
            "Charges",
            "Fee",
        ),
        "birth_date": ("Birth Date", "Date of Birth", "DOB", "Patient DOB", "Member DOB"),
        "place_of_service": ("Place of Service", "Place of Service Code", "POS"),
        "claim": ("Claim ID", "Claim Number", "Claim No", "Clm ID"),
        "patient": ("Patient ID", "Member ID", "Person ID", "Bene ID", "Internal Member ID"),
    },
    "the layouts of all-payer claims databases and of Medicaid's T-MSIS",
)


def _sealed(profile: Profile) -> Profile:
    """The profile as all may share it."""
    titles = MappingProxyType(dict(profile.titles))
    return profile._replace(
        titles=titles, areas_by_letter=MappingProxyType(dict(profile.areas_by_letter))
    )


PROFILES: Final[Mapping[str, Profile]] = MappingProxyType(
    {profile.name: _sealed(profile) for profile in (_OPEN_DENTAL, _DENTRIX, _EAGLESOFT, _WAREHOUSE)}
)
"""The systems whose columns are known, by the name of their profile."""

# What people call their columns in tables of their own
_PLAIN_TITLES: Final[Mapping[str, tuple[str, ...]]] = {
    "tooth": ("Teeth",),
    "modifiers": ("Modifiers",),
    "narrative": ("Remarks",),
    "patient": ("Patient", "Patient Number"),
}
# Those that count only where no other column is the field
_LAST_TITLES: Final[Mapping[str, tuple[str, ...]]] = {
    "code": ("CDT", "ADA", "Procedure Cd", "Service Cd", "Treatment Code", "Billing Code"),
    "date": ("Svc Date", "Treatment Date", "Visit Date", "Date Completed", "Completed Date"),
    "tooth": ("Tooth(s)", "Tooth Nbr"),
    "area": ("Quad", "Area of Oral Cavity"),
    "fee": ("UCR Fee", "Fee Amount", "Charge Amt", "Total Charge"),
}
# Titles that mean something else in the tables of others, and so need their profile
_TOO_GENERAL: Final = frozenset({"name", "fromdate", "completiondate", "dateplanned"})


def profile_named(name: str) -> Profile:
    """
    A profile by its name, in any case, its words parted or not.

    Raises:
        ValueError: there is none of that name.

    >>> profile_named("OpenDental").system
    'Open Dental'
    >>> profile_named("paper")
    Traceback (most recent call last):
    ValueError: no profile 'paper'; the profiles are open-dental, dentrix, eaglesoft, warehouse
    """
    for profile in PROFILES.values():
        if plain_title(profile.name) == plain_title(name):
            return profile
    raise ValueError(f"no profile {quoted(name)}; the profiles are {', '.join(PROFILES)}")


def plain_title(title: str) -> str:
    """A title without its case and what parts its words."""
    return re.sub("[^a-z0-9]+", "", title.lower())


def parts_of(title: str) -> list[str]:
    """The plain titles of the columns that are put together."""
    return list(map(plain_title, title.split(TOGETHER)))


class Known(NamedTuple):
    """The field of a title that is known without a profile, and the titles it is put beside."""

    field: str
    together: str


def known_titles() -> Mapping[str, Known]:
    """The titles that are known without a profile, plain."""
    return _by_title(*(profile.titles for profile in PROFILES.values()), _PLAIN_TITLES)


def last_titles() -> Mapping[str, Known]:
    """Those that count where no other column is the field, plain."""
    return _by_title(_LAST_TITLES)


def _by_title(*tables: Mapping[str, tuple[str, ...]]) -> dict[str, Known]:
    known: dict[str, Known] = {}
    for table in tables:
        for field, alternatives in table.items():
            for alternative in alternatives:
                for part in parts_of(alternative):
                    if part not in _TOO_GENERAL:
                        known.setdefault(part, Known(field, alternative))
    return known
