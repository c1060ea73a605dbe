"""
What Medicare's physician fee schedule pays: [(work x work GPCI) + (PE x PE GPCI) + (MP x MP GPCI)]
x conversion factor.

The arithmetic is exact, in Decimal; the amount alone is rounded, once, to the cent, halves up. What
a modifier pays of it stands in `share`.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Any, Final

import attrs

from cdtref.code import Code, Modifier
from cdtref.feeschedule.locality import Locality
from cdtref.feeschedule.share import refusal, share_of
from cdtref.feeschedule.values import RelativeValues
from cdtref.record import plain

CONVERSION_FACTORS: Final[Mapping[str, Decimal]] = MappingProxyType(
    {
        "2026 non-qualifying": Decimal("33.4009"),
        "2026 qualifying APM": Decimal("33.5675"),
    }
)
"""
Both factors of 2026, in dollars an RVU; the higher is for participants in a qualifying alternative
payment model.
"""

NATIONAL: Final = Locality(
    key="", name="NATIONAL", contractor="", work=Decimal(1), pe=Decimal(1), mp=Decimal(1)
)
"""No locality: all indices are 1."""

_CENT: Final = Decimal("0.01")


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
        factors = f"({self.work} + {self.pe} + {self.mp}) x {self.conversion_factor}"
        if self.share != 1:
            factors = f"{factors} x {self.share}"
        sentences = [f"{self._key}, {self.release}, {self._place}: {factors} = ${self.amount}."]
        if self.note:
            sentences.append(self.note)
        return " ".join(sentences)

    def to_dict(self) -> dict[str, Any]:
        """
        The record as plain JSON values under stable keys; amounts as text, so that no digit is
        lost.
        """
        return plain(self)

    @property
    def _key(self) -> str:
        if self.modifier is None:
            return self.code
        return f"{self.code}-{self.modifier}"

    @property
    def _place(self) -> str:
        return f"{self.locality or 'national'}, {_setting(facility=self.facility)}"


def payment_of(
    row: RelativeValues,
    *,
    modifier: Modifier | None,
    facility: bool,
    locality: Locality,
    conversion_factor: Decimal,
) -> Payment:
    """
    The payment of a row, with a modifier that changes its share.

    Raises:
        NoRelativeValuesError: the row is not paid through RVUs, not in that setting, or not with
            that modifier.
    """
    _require_price(row, facility=facility)
    share = share_of(row, modifier)
    work = row.work * locality.work
    pe = row.practice_expense(facility=facility) * locality.pe
    mp = row.mp * locality.mp
    exact = (work + pe + mp) * conversion_factor * share.of_full
    return Payment(
        code=row.code,
        modifier=modifier or row.modifier,
        facility=facility,
        locality=locality.key or None,
        conversion_factor=conversion_factor,
        work=work,
        pe=pe,
        mp=mp,
        share=share.of_full,
        amount=exact.quantize(_CENT, ROUND_HALF_UP),
        note=share.rule,
        release=row.release,
    )


def _require_price(row: RelativeValues, *, facility: bool) -> None:
    if not row.is_billable_with_rvu:
        raise refusal(row, f"no payment can be computed: {row.explain()}")
    if not row.is_na(facility=facility):
        return
    wanted, other = _setting(facility=facility), _setting(facility=not facility)
    hint = f"the {other} setting has: {row.total(facility=not facility)} RVUs"
    if row.is_na(facility=not facility):
        hint = "neither setting has values"
    raise refusal(row, f"{row.code} has no {wanted} value in {row.release} (NA); {hint}")


def _setting(*, facility: bool) -> str:
    if facility:
        return "facility"
    return "non-facility"
