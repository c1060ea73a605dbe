"""
What Medicare's physician fee schedule pays: [(work x work GPCI) + (PE x PE GPCI) + (MP x MP GPCI)]
x conversion factor.

The arithmetic is exact, in Decimal; the amount alone is rounded, once, to the cent, halves up.
Payment policy of
modifiers: Medicare Claims Processing Manual (CMS publication 100-04), chapter 12, cited at each.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, NamedTuple, NoReturn

import attrs

from cdtref.code import Code, Modifier
from cdtref.errors import NoRelativeValuesError
from cdtref.feeschedule.locality import Locality
from cdtref.feeschedule.values import RelativeValues
from cdtref.record import plain

CONVERSION_FACTORS: Final = {
    "2026 non-qualifying": Decimal("33.4009"),
    "2026 qualifying APM": Decimal("33.5675"),
}
"""
Both factors of 2026, in dollars an RVU; the higher is for participants in a qualifying alternative
payment model.
"""

_CENT: Final = Decimal("0.01")
_ONE: Final = Decimal(1)


@attrs.frozen(kw_only=True)
class Payment:
    """
    A payment amount with its parts, in US dollars, before deductible, coinsurance, sequestration
    and the multiple procedure rules.

    Attributes:
        code: The procedure code.
        modifier: The modifier that it was priced with, or None.
        facility: True for the facility setting.
        locality: Key of the locality, such as 'CA-18'; None for national (all indices 1).
        conversion_factor: Dollars an RVU.
        work: Work RVU times its index.
        pe: Practice expense RVU of the setting times its index.
        mp: Malpractice RVU times its index.
        share: What the modifier pays of the full amount, such as 0.625; 1 without one.
        amount: (work + pe + mp) x conversion factor x share, rounded to the cent, halves up.
        note: The rule behind `share`, or "".
        release: The fee schedule release.
    """

    code: Code
    modifier: Modifier | None
    facility: bool
    locality: str | None
    conversion_factor: Decimal
    work: Decimal
    pe: Decimal
    mp: Decimal
    share: Decimal
    amount: Decimal
    note: str
    release: str

    @property
    def total(self) -> Decimal:
        """The RVUs that the conversion factor is applied to."""
        return self.work + self.pe + self.mp

    def explain(self) -> str:
        """The sum as one would write it down."""
        parts = f"({self.work} + {self.pe} + {self.mp}) x {self.conversion_factor}"
        share = f" x {self.share}" if self.share != 1 else ""
        place = f"{self.locality or 'national'}, {'facility' if self.facility else 'non-facility'}"
        named = f"{self.code}-{self.modifier}" if self.modifier else self.code
        note = f" {self.note}" if self.note else ""
        return f"{named}, {self.release}, {place}: {parts}{share} = ${self.amount}.{note}"

    def to_dict(self) -> dict[str, Any]:
        """
        The record as plain JSON values under stable keys; amounts as text, so that no digit is
        lost.
        """
        return plain(self)


class Share(NamedTuple):
    """What a modifier pays of the full amount, and the rule that says so."""

    of_full: Decimal
    rule: str


def payment_of(
    row: RelativeValues,
    *,
    modifier: Modifier | None,
    facility: bool,
    locality: Locality | None,
    conversion_factor: Decimal,
) -> Payment:
    """
    The payment of a row, with a modifier that changes its share.

    Raises:
        NoRelativeValuesError: the row is not paid through RVUs, not in that setting, or not with
            that modifier.
    """
    _require_values(row, facility=facility)
    share = share_of(row, modifier)
    work = row.work * (locality.work if locality else _ONE)
    pe = (row.pe_facility if facility else row.pe_nonfacility) * (locality.pe if locality else _ONE)
    mp = row.mp * (locality.mp if locality else _ONE)
    return Payment(
        code=row.code,
        modifier=modifier or row.modifier,
        facility=facility,
        locality=locality.key if locality else None,
        conversion_factor=conversion_factor,
        work=work,
        pe=pe,
        mp=mp,
        share=share.of_full,
        amount=((work + pe + mp) * conversion_factor * share.of_full).quantize(
            _CENT, ROUND_HALF_UP
        ),
        note=share.rule,
        release=row.release,
    )


def _require_values(row: RelativeValues, *, facility: bool) -> None:
    if not row.is_billable_with_rvu:
        _refuse(row, f"no payment can be computed: {row.explain()}")
    wanted, other = ("facility", "non-facility") if facility else ("non-facility", "facility")
    na, other_na = (
        (row.na_facility, row.na_nonfacility) if facility else (row.na_nonfacility, row.na_facility)
    )
    if na:
        hint = (
            "neither setting has values"
            if other_na
            else f"the {other} setting has: {row.total(facility=not facility)} RVUs"
        )
        _refuse(row, f"{row.code} has no {wanted} value in {row.release} (NA); {hint}")


def changes_share(modifier: Modifier | None) -> bool:
    """True for the modifiers that change what a row pays; the others only inform."""
    return modifier in _SHARES or modifier in _BY_REPORT


def share_of(row: RelativeValues, modifier: Modifier | None) -> Share:
    """
    What a modifier pays of the full amount of a row.

    Raises:
        NoRelativeValuesError: the row's indicator does not allow it, it is priced by report, or it
            has no price.
    """
    if modifier is None:
        return Share(_ONE, "")
    if modifier in _BY_REPORT:
        _refuse(
            row,
            f"modifier {modifier} is priced by report, case by case ({_BY_REPORT[modifier]}): no amount",
        )
    if modifier not in _SHARES:
        known = ", ".join(("26", "TC", "53", *_SHARES))
        _refuse(
            row,
            f"modifier {modifier} has no price of its own here; leave it off, or use one of {known}",
        )
    return _SHARES[modifier](row)


def _refuse(row: RelativeValues, message: str) -> NoReturn:
    raise NoRelativeValuesError(message, code=row.code)


def _bilateral(row: RelativeValues) -> Share:
    if row.bilateral == "1":
        return Share(
            Decimal("1.5"), "Modifier 50: 150 % for both sides (BILAT 1; manual ch. 12, 40.7)."
        )
    if row.bilateral == "3":
        return Share(Decimal(2), "Modifier 50: 100 % for each side (BILAT 3; manual ch. 12, 40.7).")
    reasons = {
        "0": "the 150 % rule does not apply to it",
        "2": "its values are for both sides already",
    }
    reason = reasons.get(row.bilateral, "the concept does not apply")
    _refuse(row, f"{row.code} takes no modifier 50: {reason} (BILAT {row.bilateral})")


def _co_surgeon(row: RelativeValues) -> Share:
    conditions = {
        "1": " with documentation of the need",
        "2": " where the two are of different specialties",
    }
    if row.co_surgeon not in conditions:
        _refuse(
            row,
            f"{row.code} takes no modifier 62: co-surgeons are not paid for it (CO-SURG {row.co_surgeon})",
        )
    evidence = f"(CO-SURG {row.co_surgeon}; manual ch. 12, 40.8)"
    return Share(
        Decimal("0.625"),
        f"Modifier 62: 62.5 % for each surgeon{conditions[row.co_surgeon]} {evidence}.",
    )


def _assistant(modifier: str, of_full: str, section: str) -> Callable[[RelativeValues], Share]:
    def share(row: RelativeValues) -> Share:
        conditions = {"0": ", only with documentation of medical necessity", "2": ""}
        if row.assistant not in conditions:
            reason = f"an assistant is not paid for it (ASST {row.assistant})"
            _refuse(row, f"{row.code} takes no modifier {modifier}: {reason}")
        evidence = f"(ASST {row.assistant}; manual ch. 12, {section})"
        percent = (Decimal(of_full) * 100).normalize()
        rule = f"Modifier {modifier}: {percent} %{conditions[row.assistant]} {evidence}."
        return Share(Decimal(of_full), rule)

    return share


def _return_to_operating_room(row: RelativeValues) -> Share:
    if row.intra_op == 0:
        _refuse(
            row,
            f"{row.code} takes no modifier 78: it has no intra-operative share (global days {row.global_days})",
        )
    return Share(
        row.intra_op,
        f"Modifier 78: the intra-operative share, {row.intra_op} (manual ch. 12, 40.4).",
    )


_SHARES: Final[dict[str, Callable[[RelativeValues], Share]]] = {
    "50": _bilateral,
    "62": _co_surgeon,
    "78": _return_to_operating_room,
    "80": _assistant("80", "0.16", "20.4.3"),
    "81": _assistant("81", "0.16", "20.4.3"),
    "82": _assistant("82", "0.16", "20.4.3"),
    "AS": _assistant("AS", "0.136", "110.2"),  # 85 % of an assistant's 16 %
}

_BY_REPORT: Final = {
    "52": "reduced services; manual ch. 12, 20.4.6",
    "66": "surgical team; manual ch. 12, 40.8",
}
