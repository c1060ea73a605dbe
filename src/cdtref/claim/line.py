"""
A service line of a dental claim, as a form or an 837D has it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

import attrs

from cdtref.claim import sv3
from cdtref.dates import as_date
from cdtref.record import plain

_EXAMPLES: Final = {
    "code": "D0120",
    "tooth": "14",
    "surfaces": "MOD",
    "area": "10",
    "prosthesis": "initial",
    "narrative": "why",
}


_PLACEMENTS: Final = {
    "i": "initial",
    "r": "replacement",
    "initial": "initial",
    "replacement": "replacement",
}


def _is_text(_: ClaimLine, attribute: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, str):
        example = _EXAMPLES[attribute.name]
        raise TypeError(f"{attribute.name} is text such as {example!r}, not {type(value).__name__}")


def _is_text_or_none(line: ClaimLine, attribute: attrs.Attribute[Any], value: object) -> None:
    if value is not None:
        _is_text(line, attribute, value)


# What a converter takes is what type checkers let into the field; all of them refuse the rest at
# run time too.
def _date(value: dt.date | str) -> dt.date:
    return as_date(value)


def _optional_date(value: dt.date | str | None) -> dt.date | None:
    return None if value is None else as_date(value)


def _placement(value: str | None) -> str | None:
    """
    Its word, also for I and R and in any case; anything else as it is, for the rules to judge.
    """
    return _PLACEMENTS.get(value.strip().lower(), value) if isinstance(value, str) else value


def _count(value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"a quantity is a whole number, not {type(value).__name__}")
    return value


def _texts(value: Iterable[str]) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise TypeError(
            f"modifiers are a tuple of texts such as ('KX',), not {type(value).__name__}"
        )
    modifiers = tuple(value)
    if wrong := [one for one in modifiers if not isinstance(one, str)]:
        raise TypeError(f"a modifier is text such as 'KX', not {type(wrong[0]).__name__}")
    return modifiers


def _money(value: Decimal | int | None) -> Decimal | None:
    if value is None or isinstance(value, Decimal):
        return value
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(
            f"a fee is a Decimal or a whole number of dollars, not {type(value).__name__}"
        )
    return Decimal(value)


def _yes(value: bool) -> bool:  # noqa: FBT001  # attrs gives it
    if not isinstance(value, bool):
        raise TypeError(f"medicare is True or False, not {type(value).__name__}")
    return value


@attrs.frozen
class ClaimLine:
    """
    One service line. Any text and any whole number constructs and is judged by `check`; only wrong
    types and unreadable dates raise.

    Attributes:
        code: Procedure code (ADA form item 29; 837D SV301-2).
        date: Date of service, a date or ISO text (item 24; DTP*472).
        tooth: Tooth, or several as '6-11' or '3,5' where the code allows it (item 27; TOO02).
        surfaces: Surface letters, such as 'MOD' (item 28; TOO03).
        area: Area of the oral cavity: '00'-'09', '10', '20', '30', '40', 'L', 'R' (item 25; SV304).
        quantity: Number of services (item 29b; SV306).
        modifiers: Claim modifiers, such as ('KX',) (written into item 30 on paper; SV301-3 to -6).
        fee: Charge in dollars (item 31; SV302).
        prosthesis: 'initial' or 'replacement', or as the 837D has it 'I' or 'R' (item 43; SV305).
        prior_placement: Date of the prosthesis that is replaced (item 44; DTP*441).
        birth_date: The patient's date of birth (item 13; DMG02).
        narrative: Remarks that explain the service (item 35; NTE).
        medicare: True for a line to Medicare.

    Raises:
        TypeError: a field is of a wrong type.
        ValueError: a date is text that is not an ISO date.

    >>> ClaimLine("D2391", "2026-03-02", tooth="14", surfaces="O").surfaces
    'O'
    >>> ClaimLine("D2391", "March 2nd")
    Traceback (most recent call last):
    ValueError: 'March 2nd' is not an ISO date such as '2026-03-02'
    """

    code: str = attrs.field(validator=_is_text)
    date: dt.date = attrs.field(converter=_date)
    tooth: str | None = attrs.field(default=None, validator=_is_text_or_none)
    surfaces: str | None = attrs.field(default=None, validator=_is_text_or_none)
    area: str | None = attrs.field(default=None, validator=_is_text_or_none)
    quantity: int = attrs.field(default=1, converter=_count)
    modifiers: tuple[str, ...] = attrs.field(default=(), converter=_texts)
    fee: Decimal | None = attrs.field(default=None, converter=_money)
    prosthesis: str | None = attrs.field(
        default=None, validator=_is_text_or_none, converter=_placement
    )
    prior_placement: dt.date | None = attrs.field(default=None, converter=_optional_date)
    birth_date: dt.date | None = attrs.field(default=None, converter=_optional_date)
    narrative: str | None = attrs.field(default=None, validator=_is_text_or_none)
    medicare: bool = attrs.field(default=False, converter=_yes)

    @classmethod
    def from_sv3(cls, segments: Iterable[sv3.Segment]) -> ClaimLine:
        """
        A line from its 837D segments SV3, TOO and DTP (472, 441), each as elements or as text such
        as 'TOO*JP*14*M:O'.

        Raises:
            DataFormatError: a segment is missing or has an element that 837D does not allow there.

        >>> segments = ["SV3*AD:D2392*185.5****1", "TOO*JP*14*M:O", "DTP*472*D8*20260302"]
        >>> ClaimLine.from_sv3(segments).surfaces
        'MO'
        """
        return cls(**sv3.fields_of(segments))

    def to_sv3(self) -> tuple[sv3.Elements, ...]:
        """
        Its 837D segments SV3, TOO (one a tooth) and DTP, as elements; composites are joined by ':'.

        >>> ClaimLine("D2392", "2026-03-02", tooth="14", surfaces="MO").to_sv3()[1]
        ('TOO', 'JP', '14', 'M:O')
        """
        return sv3.segments_of(attrs.asdict(self, recurse=False))

    def to_dict(self) -> dict[str, Any]:
        """The record as plain JSON values under stable keys."""
        return plain(self)
