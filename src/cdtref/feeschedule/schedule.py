"""FeeSchedule: one release of Medicare's physician fee schedule, every row of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from os import PathLike
from typing import Any, Final

import attrs

from cdtref.code import Code, Modifier, code_system, parse_code, parse_modifier
from cdtref.errors import UnknownCodeError, UnknownLocalityError, shown
from cdtref.feeschedule.locality import Locality, first_localities, localities_in
from cdtref.feeschedule.packed import CODE_LENGTH, unpacked_row
from cdtref.feeschedule.payment import NATIONAL, Payment, checked_factor, payment_of
from cdtref.feeschedule.values import RelativeValues
from cdtref.fieldtext import as_date
from cdtref.record import ProgramArgument

ROW_MODIFIERS: Final = ("26", "TC", "53")
"""The modifiers that are rows of their own in a release."""

# What a practice asks for in a year is a few hundred rows; a walk over all of them is not kept.
_MOST_NEAR: Final = 8  # localities that a message names
_MOST_KEPT: Final = 1024


def _own_rows(given: Mapping[str, str]) -> dict[str, str]:
    """A copy: what the caller does to a dict of theirs changes no schedule."""
    return dict(given)


def _own_localities(given: Iterable[Locality]) -> tuple[Locality, ...]:
    return tuple(given)


def _own_notes(given: Iterable[str]) -> tuple[str, ...]:
    return tuple(given)


def _first_day(given: date | str | None) -> date | None:
    if given is None:
        return None
    return as_date(given)


def _places_by_both_keys(schedule: FeeSchedule) -> dict[str, Locality]:
    by_contractor = {place.contractor_key: place for place in schedule.localities}
    return by_contractor | {place.key: place for place in schedule.localities}


_BY_BOTH_KEYS: Final[Any] = attrs.Factory(_places_by_both_keys, takes_self=True)


@attrs.frozen(kw_only=True, repr=False)
class FeeSchedule(ProgramArgument):
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
    conversion_factor: Decimal = attrs.field(converter=checked_factor)
    _rows: Mapping[str, str] = attrs.field(alias="rows", converter=_own_rows, hash=False)
    localities: tuple[Locality, ...] = attrs.field(default=(), converter=_own_localities)
    effective: date | None = attrs.field(default=None, converter=_first_day, eq=False)
    notes: tuple[str, ...] = attrs.field(default=(), converter=_own_notes, eq=False)
    _places: dict[str, Locality] = attrs.field(default=_BY_BOTH_KEYS, init=False, eq=False)
    _unpacked: dict[tuple[str, str | None], RelativeValues] = attrs.field(
        factory=dict, init=False, eq=False
    )

    @classmethod
    def from_cms(
        cls,
        path: str | PathLike[str],
        gpci: str | PathLike[str] | None = None,
        *,
        year: int | None = None,
        effective: date | str | None = None,
    ) -> FeeSchedule:
        """
        A release as CMS publishes it: the downloaded zip, or its csv, fixed-width txt or xlsx
        (extra `xlsx`), as it is or as a spreadsheet saved it again.

        Layout and release are told from the content. *year* is needed where a fixed-width file has
        a conversion factor of a year that this version does not know, and no year in its name;
        *effective*, the first day, where the file tells no quarter and `FeeSchedules` is to know.

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
            effective=effective or release.effective,
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
        try:
            return self._unpacked[code, modifier]  # the common case: asked for before
        except (KeyError, TypeError):
            pass
        known, part = self._code_of_row(code), _modifier_or_none(modifier)
        row = self._unpacked.get((known, part))
        if row is None and known + (part or "") in self._rows:
            row = self._keep_row(known + (part or ""))
        return row

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
            raise self._no_row(code, modifier)
        return found

    def is_billable_with_rvu(self, code: object, modifier: str | None = None) -> bool:
        """
        As `cdtref.is_billable_with_rvu`, whose rules stand there, by this release.

        Raises:
            InvalidCodeError: *code* or *modifier* is malformed.

        >>> import cdtref
        >>> cdtref.fee_schedule().is_billable_with_rvu("99213", "25")
        True
        >>> cdtref.fee_schedule().is_billable_with_rvu("99213", "26")
        False
        """
        part = _modifier_or_none(modifier)
        if not isinstance(code, str):
            return False
        if part not in ROW_MODIFIERS:
            part = None
        row = self.get(code, part)
        return row is not None and row.is_billable_with_rvu

    def payment(  # noqa: PLR0913  # one option for each part of a price
        self,
        code: str,
        modifier: str | None = None,
        *,
        facility: bool = False,
        locality: str | None = None,
        conversion_factor: Decimal | str | None = None,
        despite_na: bool = False,
    ) -> Payment:
        """
        What Medicare pays for *code*, before deductible and coinsurance; national without a
        *locality*.

        The modifiers 26, TC and 53 are priced from their own rows; 50, 62, 78, 80, 81, 82 and AS
        pay a share. Where CMS marks the setting as not applicable (NA), its own look-up shows an
        amount from the values beside the mark all the same; with *despite_na* so does this, and
        `note` says so.

        Raises:
            InvalidCodeError: *code* or *modifier* is malformed.
            UnknownCodeError: the release has no such row.
            UnknownLocalityError: the schedule has no such locality.
            NoRelativeValuesError: the row is not paid through RVUs, or not so; never an amount of
                0.00.
            TypeError, ValueError: *conversion_factor* is not a Decimal or text of a number above 0
                and below 10,000.

        >>> import cdtref
        >>> paid = cdtref.fee_schedule().payment("99213")
        >>> type(paid.amount), paid.amount > paid.total
        (<class 'decimal.Decimal'>, True)
        >>> cdtref.fee_schedule().payment("41899")
        Traceback (most recent call last):
        cdtref.errors.NoRelativeValuesError: ...
        """
        part, own_row = _modifier_or_none(modifier), None
        if part in ROW_MODIFIERS:
            part, own_row = None, part
        factor = self.conversion_factor
        if conversion_factor is not None:
            factor = checked_factor(conversion_factor)
        place = NATIONAL
        if locality is not None:
            place = self.locality(locality)
        return payment_of(
            self.rvu(code, own_row),
            modifier=part,
            facility=facility,
            locality=place,
            conversion_factor=factor,
            despite_na=despite_na,
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
        try:
            return self._places[wanted]
        except KeyError:
            pass  # the error is raised below, so that it stands alone in the traceback
        raise self._no_locality(wanted)

    def __contains__(self, code: object) -> bool:
        return isinstance(code, str) and any(key in self._rows for key in _keys_of(code))

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[RelativeValues]:
        for key, row in self._rows.items():
            yield unpacked_row(key, row, self.release)

    def __repr__(self) -> str:
        return f"<FeeSchedule {self.release}: {len(self)} rows>"

    def _code_of_row(self, code: str) -> Code:
        # CMS has placeholders of its own (GXXX1) that are no valid form: the release's own spelling
        # comes first.
        if isinstance(code, str) and len(code) == CODE_LENGTH and code in self._rows:
            return Code(code)
        return parse_code(code)

    def _keep_row(self, key: str) -> RelativeValues:
        row = unpacked_row(key, self._rows[key], self.release)
        if len(self._unpacked) >= _MOST_KEPT:
            self._unpacked.clear()
        return self._unpacked.setdefault((row.code, row.modifier), row)

    def _no_locality(self, wanted: str) -> UnknownLocalityError:
        message = f"{self.release} has no locality {shown(wanted)}"
        known = tuple(locality.key for locality in self.localities)
        if not known:
            return UnknownLocalityError(f"{message}; it was read without a GPCI file")
        near = sorted(map(str, self._localities_near(wanted)))
        told = ", ".join(near[:_MOST_NEAR]) or known[0]
        if len(near) > _MOST_NEAR:
            told = f"{told} and {len(near) - _MOST_NEAR} more"
        hint = f"its keys are state and number, such as {told}"
        return UnknownLocalityError(f"{message}; {hint}", known=known)

    def _localities_near(self, wanted: str) -> list[Locality]:
        """Those whose key is written otherwise; else by a piece of the name, number or state."""
        letters = "".join(filter(str.isalnum, wanted))
        if not letters:
            return []
        for is_near in (
            lambda place: place.key.replace("-", "") == letters,
            lambda place: place.key[3:] == wanted.zfill(2),
            lambda place: len(letters) > 2 and wanted in place.name.upper(),
            lambda place: place.key[:2] == letters[:2],
        ):
            near = list(filter(is_near, self.localities))
            if near:
                return near
        return []

    def _no_row(self, spelled: str, modifier: str | None) -> UnknownCodeError:
        code, part = parse_code(spelled), _modifier_or_none(modifier)
        wanted = str(code)
        if part is not None:
            wanted = f"{code} with modifier {part}"
        system = code_system(code)
        message = f"{self.release} has no row for {wanted} ({system.label})"
        hint = self._hint_on_row(code, part)
        return UnknownCodeError(f"{message}{hint}", code=code, system=system, neighbours=())

    def _hint_on_row(self, code: Code, part: Modifier | None) -> str:
        """What to ask instead of a row that there is not."""
        keys = [key for key in _keys_of(code) if key in self._rows]
        if not keys:
            return ", which is not the same as a value of zero"
        if part is not None and part not in ROW_MODIFIERS:
            return f"; modifier {part} has no values of its own here; leave it off"
        told = " and ".join(map(_told_modifier, keys))
        return f"; it has {code} {told}"


def _modifier_or_none(text: str | None) -> Modifier | None:
    if text is None:
        return None
    return parse_modifier(text)


def _keys_of(code: str) -> tuple[str, ...]:
    """The keys under which rows of a code may stand."""
    return (code, *(code + modifier for modifier in ROW_MODIFIERS))


def _told_modifier(key: str) -> str:
    modifier = key[CODE_LENGTH:]
    if not modifier:
        return "without a modifier"
    return f"with {modifier}"
