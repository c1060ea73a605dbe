"""
Relative values of the Medicare physician fee schedule (PFS): one row of a release as a value, and
its status.

Source of every rule here: CMS, "RVU26A" documentation and Attachment A of the PFS relative value
files, in our words.
"""

from __future__ import annotations

import enum
from decimal import Decimal
from typing import Final

import attrs

from cdtref.code import Code, Modifier, code_system, is_valid_code
from cdtref.codesystem import CodeSystem
from cdtref.errors import NoRelativeValuesError
from cdtref.record import Card, Record

ADDRESS: Final = (
    "https://www.cms.gov/medicare/payment/fee-schedules/physician/pfs-relative-value-files"
)
"""Where CMS publishes the releases."""

_DENTAL_PLANS: Final = (
    "It is a dental (CDT) code: a missing RVU says nothing about billing it to a dental plan, "
    "which pays by its own fee schedule."
)


class StatusIndicator(str, enum.Enum):
    """
    CMS's status indicator of a fee schedule row. Only A, R and T are ever paid through relative
    values.
    """

    A = "A"
    B = "B"
    C = "C"
    E = "E"
    I = "I"  # noqa: E741  # CMS's own letter
    J = "J"
    M = "M"
    N = "N"
    P = "P"
    R = "R"
    T = "T"
    X = "X"

    @property
    def meaning(self) -> str:
        """What the letter says of Medicare payment, in a few words."""
        return _MEANINGS[self]

    @property
    def pays_through_rvus(self) -> bool:
        """True for the letters under which Medicare uses relative values for payment."""
        return self in _PAID_LETTERS

    __str__ = str.__str__


# A tuple, for a set would ask Enum for a hash, which takes longer than three comparisons.
_PAID_LETTERS: Final = (StatusIndicator.A, StatusIndicator.R, StatusIndicator.T)

_MEANINGS: Final = {
    StatusIndicator.A: "active code, paid separately where Medicare covers the service",
    StatusIndicator.B: "bundled into other services, never paid by itself",
    StatusIndicator.C: "contractor-priced: each Medicare contractor sets the value, case by case",
    StatusIndicator.E: "excluded from the physician fee schedule by regulation",
    StatusIndicator.I: "not valid for Medicare, which uses another code for the service",
    StatusIndicator.J: "anesthesia, paid by base and time units instead of relative values",
    StatusIndicator.M: "a measurement code, used for reporting only",
    StatusIndicator.N: "not covered by Medicare",
    StatusIndicator.P: (
        "bundled or excluded, paid with the service it goes with or under another rule"
    ),
    StatusIndicator.R: "restricted coverage, priced by the Medicare contractor if covered at all",
    StatusIndicator.T: (
        "paid only where no other payable service is billed that day by the same provider"
    ),
    StatusIndicator.X: "excluded by statute from physician services",
}


@attrs.frozen(kw_only=True, repr=False)
class RelativeValues(Card, Record):
    """
    One row of a fee schedule release: a code, with or without a modifier.

    Relative values are `Decimal` relative value units (RVUs), not dollars; an RVU of 0.00 is CMS's
    own zero.

    Attributes:
        code: The procedure code, as the release prints it.
        modifier: '26', 'TC' or '53' where the row is for that part only, else None.
        status: CMS's status indicator.
        not_used_for_payment: The release marks these values as not used for Medicare payment ('+').
        work: Work RVU of the physician.
        pe_nonfacility: Practice expense RVU outside a facility (an office).
        pe_facility: Practice expense RVU in a facility (a hospital or surgery center).
        na_nonfacility: CMS marks the non-facility setting as not applicable (NA).
        na_facility: CMS marks the facility setting as not applicable (NA).
        mp: Malpractice RVU.
        total_nonfacility: CMS's non-facility total, which is work + PE + MP.
        total_facility: CMS's facility total.
        pctc: PC/TC indicator: whether the service has a professional and a technical component.
        global_days: Global period: '000', '010', '090', 'MMM', 'XXX', 'YYY' or 'ZZZ'.
        pre_op: Share of the global package before the operation (a fraction of 1).
        intra_op: Share of the operation itself.
        post_op: Share after the operation.
        multiple_procedure: Multiple procedure indicator (modifier 51).
        bilateral: Bilateral surgery indicator (modifier 50).
        assistant: Assistant at surgery indicator (modifiers 80, 81, 82, AS).
        co_surgeon: Co-surgeon indicator (modifier 62).
        team: Team surgery indicator (modifier 66).
        endoscopic_base: The base code of its endoscopy family, or None.
        supervision: Physician supervision indicator of a diagnostic procedure.
        imaging_family: Diagnostic imaging family indicator.
        opps_pe_nonfacility: Non-facility PE used for the OPPS payment cap.
        opps_pe_facility: Facility PE used for the OPPS payment cap.
        opps_mp: Malpractice RVU used for the OPPS payment cap.
        release: CMS's name of the release: RVU, the year, and the letter of the quarter where
            known.
    """

    code: Code
    modifier: Modifier | None
    status: StatusIndicator
    not_used_for_payment: bool
    work: Decimal
    pe_nonfacility: Decimal
    na_nonfacility: bool
    pe_facility: Decimal
    na_facility: bool
    mp: Decimal
    total_nonfacility: Decimal
    total_facility: Decimal
    pctc: str
    global_days: str
    pre_op: Decimal
    intra_op: Decimal
    post_op: Decimal
    multiple_procedure: str
    bilateral: str
    assistant: str
    co_surgeon: str
    team: str
    endoscopic_base: Code | None
    supervision: str
    imaging_family: str
    opps_pe_nonfacility: Decimal
    opps_pe_facility: Decimal
    opps_mp: Decimal
    release: str

    @property
    def system(self) -> CodeSystem | None:
        """The code's system; None for a placeholder of CMS's own, such as GXXX1."""
        if not is_valid_code(self.code):
            return None
        return code_system(self.code)

    @property
    def is_billable_with_rvu(self) -> bool:
        """
        True exactly where the release pays this row through RVUs: status A, R or T with a total
        above zero.
        """
        return self.status.pays_through_rvus and self.has_values

    @property
    def has_values(self) -> bool:
        """True where either total is above zero."""
        return bool(self.total_nonfacility or self.total_facility)  # none is below

    def require_values(self) -> None:
        """
        Nothing where the row has relative values, paid by them or not.

        Raises:
            NoRelativeValuesError: all its values are 0.00; the message explains its status.
        """
        if not self.has_values:
            raise NoRelativeValuesError(self.explain(), code=self.code)

    def total(self, *, facility: bool = False) -> Decimal:
        """Total RVUs in the named setting."""
        if facility:
            return self.total_facility
        return self.total_nonfacility

    def practice_expense(self, *, facility: bool = False) -> Decimal:
        """Practice expense RVU in the named setting."""
        if facility:
            return self.pe_facility
        return self.pe_nonfacility

    def is_na(self, *, facility: bool = False) -> bool:
        """True where CMS marks the named setting as not applicable (NA)."""
        if facility:
            return self.na_facility
        return self.na_nonfacility

    def explain(self) -> str:
        """
        Why this row is or is not paid through RVUs, in sentences, with status letter, release and
        source.
        """
        named, meaning = self._key_and_system, self.status.meaning
        sentences = [
            f"{named} has status {self.status} in {self.release}: {meaning}.",
            self._told_values,
        ]
        if self.system is CodeSystem.CDT:
            sentences.append(_DENTAL_PLANS)
        return " ".join([*sentences, f"Source: CMS, {self.release}, {ADDRESS}."])

    def __repr__(self) -> str:
        told = f"status {self.status}, {self._told_totals}"
        return f"<RelativeValues {with_modifier(self.code, self.modifier)}, {self.release}: {told}>"

    def __str__(self) -> str:
        return f"{self._key_and_system}, {self.release}: {self._told_totals}"

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """
        The row in short for people: terms with their values, and relative values only where it has
        any.
        """
        paid = "no"
        if self.is_billable_with_rvu:
            paid = "yes"
        told = (("Status", f"{self.status}: {self.status.meaning}"), ("Billable with RVUs", paid))
        figures = self._labelled_figures
        return (*told, *figures, ("Release", self.release))

    @property
    def caption(self) -> str:
        """The code with its modifier and system."""
        return self._key_and_system

    @property
    def _labelled_figures(self) -> tuple[tuple[str, str], ...]:
        if not self.has_values:
            return (("Relative values", "all 0.00"),)
        outside, within = self.na_nonfacility, self.na_facility
        return (
            ("Work RVU", str(self.work)),
            (
                "Practice expense RVU, non-facility",
                _figure_or_na(self.pe_nonfacility, is_na=outside),
            ),
            ("Practice expense RVU, facility", _figure_or_na(self.pe_facility, is_na=within)),
            ("Malpractice RVU", str(self.mp)),
            ("Total RVU, non-facility", _figure_or_na(self.total_nonfacility, is_na=outside)),
            ("Total RVU, facility", _figure_or_na(self.total_facility, is_na=within)),
            ("Global period", self.global_days),
        )

    @property
    def _key_and_system(self) -> str:
        key = with_modifier(self.code, self.modifier)
        if self.system is None:
            return f"{key} (a placeholder of CMS's own)"
        return f"{key} ({self.system.label})"

    @property
    def _told_values(self) -> str:
        totals = self._told_totals
        if self.is_billable_with_rvu:
            return f"It is billable with RVUs: {totals}."
        if self.has_values:
            shown = "are shown for information; Medicare does not pay by them."
            return f"Its values ({totals}) {shown}"
        return "All its relative values are 0.00, so it is not billable with RVUs."

    @property
    def _told_totals(self) -> str:
        outside = _figure_or_na(self.total_nonfacility, is_na=self.na_nonfacility)
        within = _figure_or_na(self.total_facility, is_na=self.na_facility)
        return f"work {self.work}, total {outside} non-facility, {within} facility"


def with_modifier(code: Code, modifier: Modifier | None) -> str:
    """As '76942-26': a code, with its modifier where it has one."""
    if modifier is None:
        return code
    return f"{code}-{modifier}"


def _figure_or_na(figure: Decimal, *, is_na: bool) -> str:
    """CMS prints a figure beside the NA flag; it is not a figure for that setting."""
    if is_na:
        return "not applicable"
    return str(figure)
