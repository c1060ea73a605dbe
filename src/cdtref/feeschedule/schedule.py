"""
FeeSchedule: one release of Medicare's physician fee schedule, every row of it.

A release is kept as CMS prints it, a packed text a row (fields in the order of `FIELDS`, split by
'|'), and a row becomes a `RelativeValues` when it is asked for: twenty thousand records built at
once would take a second and 60 MB.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

import attrs

from cdtref.code import Code, Modifier, code_system, parse_code, parse_modifier
from cdtref.errors import UnknownCodeError, UnknownLocalityError, quoted
from cdtref.feeschedule.locality import Locality, first_localities, localities_in
from cdtref.feeschedule.payment import NATIONAL, Payment, payment_of
from cdtref.feeschedule.values import RelativeValues, StatusIndicator

_SEPARATOR: Final = "|"
_CODE_LENGTH: Final = 5
ROW_MODIFIERS: Final = ("26", "TC", "53")
"""The modifiers that are rows of their own in a release."""


def _factor(given: Decimal | str) -> Decimal:
    if not isinstance(given, Decimal | str):  # a float would bring digits that nobody wrote
        kind = type(given).__name__
        raise TypeError(f"a conversion factor is a Decimal or text such as '33.4009', not {kind}")
    try:
        factor = Decimal(given)
    except InvalidOperation:
        factor = Decimal(0)
    if not (factor.is_finite() and factor > 0):
        raise ValueError(f"the conversion factor {quoted(str(given))} is not a number above 0")
    return factor


def _flag(text: str) -> bool:
    return bool(text)


def _code_or_none(text: str) -> Code | None:
    return Code(text) if text else None


_READERS: Final[Mapping[str, Any]] = {
    "status": StatusIndicator,
    "not_used_for_payment": _flag,
    "work": Decimal,
    "pe_nonfacility": Decimal,
    "na_nonfacility": _flag,
    "pe_facility": Decimal,
    "na_facility": _flag,
    "mp": Decimal,
    "total_nonfacility": Decimal,
    "total_facility": Decimal,
    "pctc": str,
    "global_days": str,
    "pre_op": Decimal,
    "intra_op": Decimal,
    "post_op": Decimal,
    "multiple_procedure": str,
    "bilateral": str,
    "assistant": str,
    "co_surgeon": str,
    "team": str,
    "endoscopic_base": _code_or_none,
    "supervision": str,
    "imaging_family": str,
    "opps_pe_nonfacility": Decimal,
    "opps_pe_facility": Decimal,
    "opps_mp": Decimal,
}

FIELDS: Final = tuple(_READERS)
"""
Names of the fields of a packed row, in their order; the key of a row is its code, then its
modifier if any.
"""


@attrs.frozen(kw_only=True, repr=False)
class FeeSchedule:
    """
    The relative values of one release; `len(fee)` is its number of rows.

    Two schedules are equal where their rows, year, factor and localities are, whatever they are
    called.

    Attributes:
        release: CMS's name of the release: RVU, the year, and the letter of the quarter where the
            file tells it.
        year: Calendar year that it prices.
        conversion_factor: Dollars an RVU, as printed in the release.
        localities: The localities whose indices it can price with; () where no GPCI file was given.
        effective: The first day on which it is in force; None where the file tells no quarter.
        notes: What was passed over while it was read, in sentences.
    """

    release: str = attrs.field(eq=False)
    year: int
    conversion_factor: Decimal
    _rows: Mapping[str, str] = attrs.field(alias="rows", hash=False)
    localities: tuple[Locality, ...] = ()
    effective: date | None = attrs.field(default=None, eq=False)
    notes: tuple[str, ...] = attrs.field(default=(), eq=False)
    _places: dict[str, Locality] = attrs.field(init=False, eq=False)

    @_places.default
    def _places_by_both_keys(self) -> dict[str, Locality]:
        by_contractor = {place.contractor_key: place for place in self.localities}
        return by_contractor | {place.key: place for place in self.localities}

    @classmethod
    def from_cms(
        cls, path: str | Path, gpci: str | Path | None = None, *, year: int | None = None
    ) -> FeeSchedule:
        """
        A release as CMS publishes it: the downloaded zip, or its csv, fixed-width txt or xlsx
        (extra `cms`), as it is or as a spreadsheet saved it again.

        Layout and release are told from the content. *year* is needed where a fixed-width file has
        a conversion factor of a year that this version does not know, and no year in its name.

        The localities come from *gpci*, or from the GPCI file in the zip. Where that one is broken
        the values are read all the same, and `notes` says why there are no localities.

        Raises:
            DataFormatError: a file is not what it says, with file, line and column; nothing is
                loaded in part.
            OSError: a file cannot be opened.
        """
        from cdtref.feeschedule import cmsfile, pprrvu

        files = cmsfile.members(cmsfile.opened(path))
        release = pprrvu.first_release(path, files, year)
        localities, notes = first_localities(files, release.year)
        if gpci is not None:
            localities, notes = localities_in(cmsfile.opened(gpci), release.year), ()
        return cls(
            release=release.name,
            year=release.year,
            effective=release.effective,
            conversion_factor=release.conversion_factor,
            rows=release.rows,
            localities=localities,
            notes=notes,
        )

    def get(self, code: str, modifier: str | None = None) -> RelativeValues | None:
        """
        The row of *code* and *modifier*, or None where the release has no such row.

        A missing modifier means the row without one, which a few codes lack (86153 has a row for 26
        only).

        Raises:
            InvalidCodeError: *code* or *modifier* is malformed, and no row is named so.
        """
        key = self._key(code, modifier)
        row = self._rows.get(key)
        return None if row is None else self._unpacked(key, row)

    def rvu(self, code: str, modifier: str | None = None) -> RelativeValues:
        """
        As `get`, for those who expect the row.

        Raises:
            InvalidCodeError: *code* or *modifier* is malformed.
            UnknownCodeError: the release has no such row; that is another answer than a row of
                zeros.
        """
        found = self.get(code, modifier)
        if found is None:
            raise self._absent(
                parse_code(code), None if modifier is None else parse_modifier(modifier)
            )
        return found

    def payment(
        self,
        code: str,
        modifier: str | None = None,
        *,
        facility: bool = False,
        locality: str | None = None,
        conversion_factor: Decimal | str | None = None,
    ) -> Payment:
        """
        What Medicare pays for a code: [(work x GPCI) + (PE x GPCI) + (MP x GPCI)] x conversion
        factor, in dollars.

        Without *locality* the national amount (indices of 1); without *conversion_factor* that of
        the release. Modifiers 26, TC and 53 are rows of the release; 50, 62, 78, 80, 81, 82 and AS
        pay a share.

        Raises:
            InvalidCodeError: *code* or *modifier* is malformed.
            UnknownCodeError: the release has no such row.
            UnknownLocalityError: the schedule has no such locality.
            NoRelativeValuesError: the row is not paid through RVUs, or not so; never an amount of
                0.00.
            TypeError, ValueError: *conversion_factor* is not a Decimal or text of a number above 0.

        >>> import cdtref
        >>> paid = cdtref.fee_schedule().payment("99213")
        >>> type(paid.amount), paid.amount > paid.total
        (<class 'decimal.Decimal'>, True)
        >>> cdtref.fee_schedule().payment("41899")
        Traceback (most recent call last):
        cdtref.errors.NoRelativeValuesError: ...
        """
        part = None if modifier is None else parse_modifier(modifier)
        own_row = part in ROW_MODIFIERS
        return payment_of(
            self.rvu(code, part if own_row else None),
            modifier=None if own_row else part,
            facility=facility,
            locality=NATIONAL if locality is None else self.locality(locality),
            conversion_factor=self.conversion_factor
            if conversion_factor is None
            else _factor(conversion_factor),
        )

    def locality(self, key: str) -> Locality:
        """
        The locality of a state and number, such as 'CA-18', or of a contractor and number, such as
        '01182-18'.

        Raises:
            UnknownLocalityError: the schedule has no such locality.

        >>> import cdtref
        >>> cdtref.fee_schedule().locality("ca-18").contractor
        '01182'
        >>> cdtref.fee_schedule().locality(18)
        Traceback (most recent call last):
        cdtref.errors.UnknownLocalityError: ... has no locality '18'; its keys are ...
        """
        wanted = str(key).strip().upper()  # a number is told what a key is, as any other text
        found = self._places.get(wanted)
        if found is None:
            raise self._no_locality(wanted)
        return found

    def __contains__(self, code: object) -> bool:
        return isinstance(code, str) and any(code == row.code for row in self._rows_of(code))

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[RelativeValues]:
        return (self._unpacked(key, row) for key, row in self._rows.items())

    def __repr__(self) -> str:
        return f"<FeeSchedule {self.release}: {len(self)} rows>"

    def _key(self, code: str, modifier: str | None) -> str:
        part = "" if modifier is None else parse_modifier(modifier)
        # CMS has placeholders of its own (GXXX1) that are no valid form: the release's own spelling
        # comes first.
        if isinstance(code, str) and len(code) == _CODE_LENGTH and code + part in self._rows:
            return code + part
        return parse_code(code) + part

    def _unpacked(self, key: str, row: str) -> RelativeValues:
        fields = {
            name: _READERS[name](text)
            for name, text in zip(FIELDS, row.split(_SEPARATOR), strict=True)
        }
        return RelativeValues(
            code=Code(key[:_CODE_LENGTH]),
            modifier=Modifier(key[_CODE_LENGTH:]) or None,
            release=self.release,
            **fields,
        )

    def _rows_of(self, code: str) -> tuple[RelativeValues, ...]:
        keys = (code, *(code + modifier for modifier in ROW_MODIFIERS))
        return tuple(self._unpacked(key, self._rows[key]) for key in keys if key in self._rows)

    def _no_locality(self, wanted: str) -> UnknownLocalityError:
        message = f"{self.release} has no locality {wanted!r}"
        known = tuple(locality.key for locality in self.localities)
        if not known:
            return UnknownLocalityError(f"{message}; it was read without a GPCI file")
        near = [
            key for key in known if wanted[:2] == key[:2] or wanted.zfill(2) == key[3:]
        ] or known[:1]
        hint = f"its keys are state and number, such as {', '.join(near)}"
        return UnknownLocalityError(f"{message}; {hint}", known=known)

    def _absent(self, code: Code, modifier: Modifier | None) -> UnknownCodeError:
        wanted = f"{code} with modifier {modifier}" if modifier else code
        others = [
            f"with {row.modifier}" if row.modifier else "without a modifier"
            for row in self._rows_of(code)
        ]
        hint = (
            f"; it has {code} {' and '.join(others)}"
            if others
            else ", which is not the same as a value of zero"
        )
        return UnknownCodeError(
            f"{self.release} has no row for {wanted} ({code_system(code).label}){hint}",
            code=code,
            system=code_system(code),
            neighbours=(),
        )
