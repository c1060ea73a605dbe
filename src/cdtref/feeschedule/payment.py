"""
What Medicare's physician fee schedule pays: [(work x work GPCI) + (PE x PE GPCI) + (MP x MP GPCI)]
x conversion factor.

The arithmetic is exact, in Decimal; the amount alone is rounded, once, to the cent, halves up. What
a modifier pays of it stands in `share`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation, Overflow
from types import MappingProxyType
from typing import Final

import attrs

from cdtref.code import Code, Modifier
from cdtref.errors import quoted
from cdtref.feeschedule.locality import Locality
from cdtref.feeschedule.share import refusal, share_of
from cdtref.feeschedule.values import RelativeValues, with_modifier
from cdtref.record import Record

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

# Our own, for the caller's may round to seven digits or trap what is no fault. Sixty digits are
# more than a product of an RVU, an index, a factor and a share has: nothing is rounded but once.
_EXACT: Final = Context(
    prec=60,
    rounding=ROUND_HALF_UP,
    Emin=-9999,
    Emax=9999,
    capitals=1,
    clamp=0,
    flags=[],
    traps=[InvalidOperation, Overflow],
)
_CENT: Final = Decimal("0.01")
_FACTOR_BELOW: Final = 10_000  # those of thirty years lie between 30 and 40
_MOST_DIGITS: Final = 28  # of a factor: a quotient in Python's own context has as many
_PLAIN_NUMBER: Final = re.compile(r"[0-9]*\.?[0-9]+")


@attrs.frozen(kw_only=True)
class Payment(Record):
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
        note: The rule behind `share`, and that CMS marks the setting as NA where it was asked for
            all the same; else "".
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
        return _sum_of(self.work, self.pe, self.mp)

    def explain(self) -> str:
        """The sum as one would write it down."""
        factors = f"({self.work} + {self.pe} + {self.mp}) x {self.conversion_factor}"
        if self.share != 1:
            factors = f"{factors} x {self.share}"
        priced = f"{with_modifier(self.code, self.modifier)}, {self.release}, {self._told_place}"
        sentences = [f"{priced}: {factors} = ${self.amount}."]
        if self.note:
            sentences.append(self.note)
        return " ".join(sentences)

    def __str__(self) -> str:
        return f"{with_modifier(self.code, self.modifier)}: ${self.amount}, {self._told_place}"

    @property
    def _told_place(self) -> str:
        return f"{self.locality or 'national'}, {_name_of_setting(facility=self.facility)}"


def payment_of(  # noqa: PLR0913  # a price has six parts
    row: RelativeValues,
    *,
    modifier: Modifier | None,
    facility: bool,
    locality: Locality,
    conversion_factor: Decimal,
    despite_na: bool = False,
) -> Payment:
    """
    The payment of a row, with a modifier that changes its share; with *despite_na* also where the
    setting is marked as not applicable.

    Raises:
        NoRelativeValuesError: the row is not paid through RVUs, not in that setting, or not with
            that modifier.
    """
    notes = _notes_on_setting(row, facility=facility, despite_na=despite_na)
    share = share_of(row, modifier)
    multiply = _EXACT.multiply
    work = multiply(row.work, locality.work)
    pe = multiply(row.practice_expense(facility=facility), locality.pe)
    mp = multiply(row.mp, locality.mp)
    full = multiply(_sum_of(work, pe, mp), conversion_factor)
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
        amount=_EXACT.quantize(multiply(full, share.of_full), _CENT),
        note=f"{notes} {share.rule}".strip(),
        release=row.release,
    )


def checked_factor(given: Decimal | str) -> Decimal:
    """
    A conversion factor that prices can be computed with exactly.

    Raises:
        TypeError: it is neither a Decimal nor text; a float would bring digits that nobody wrote.
        ValueError: it is no plain number above 0 and below 10,000 of at most 28 digits.
    """
    if not isinstance(given, Decimal | str):
        kind = type(given).__name__
        raise TypeError(f"a conversion factor is a Decimal or text such as '33.4009', not {kind}")
    factor = Decimal(0)
    if isinstance(given, Decimal):
        factor = given
    elif len(given) <= 2 * _MOST_DIGITS and _PLAIN_NUMBER.fullmatch(given.strip()):
        factor = Decimal(given.strip())
    is_sound = factor.is_finite() and 0 < factor < _FACTOR_BELOW
    if not is_sound or len(factor.as_tuple().digits) > _MOST_DIGITS or factor.adjusted() < -9:
        shown = quoted(str(given))
        limits = f"a number above 0 and below {_FACTOR_BELOW} of at most {_MOST_DIGITS} digits"
        raise ValueError(f"the conversion factor {shown} is not {limits}")
    return factor


def _sum_of(work: Decimal, pe: Decimal, mp: Decimal) -> Decimal:
    return _EXACT.add(_EXACT.add(work, pe), mp)


def _notes_on_setting(row: RelativeValues, *, facility: bool, despite_na: bool) -> str:
    """What is to be said of the setting; an error where there is no price in it."""
    if not row.is_billable_with_rvu:
        raise refusal(row, f"no payment can be computed: {row.explain()}")
    if not row.is_na(facility=facility):
        return ""
    wanted = _name_of_setting(facility=facility)
    if despite_na:
        return f"CMS marks the {wanted} setting as not applicable (NA) and shows an amount anyway."
    other = _name_of_setting(facility=not facility)
    hint = f"the {other} setting has: {row.total(facility=not facility)} RVUs"
    if row.is_na(facility=not facility):
        hint = "neither setting has values"
    shown = "CMS's own look-up computes with the values beside the mark: despite_na=True does so"
    raise refusal(row, f"{row.code} has no {wanted} value in {row.release} (NA); {hint}; {shown}")


def _name_of_setting(*, facility: bool) -> str:
    if facility:
        return "facility"
    return "non-facility"
