"""
A service line of a dental claim, as a form or an 837D has it.

Whoever fills in a form leaves a field blank, and whoever reads a table finds NaN there: both are an
absent field. What a spreadsheet makes of a tooth (14.0) is the tooth.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from numbers import Real
from typing import Any, Final

import attrs

from cdtref.claim import sv3
from cdtref.errors import quoted
from cdtref.fieldtext import as_date
from cdtref.fieldtext.amounts import MOST_COUNT, bounded_count, parse_amount
from cdtref.record import ModelField, plain, require_object
from cdtref.safetext import printable

_EXAMPLES: Final = {
    "code": "D0120",
    "tooth": "14",
    "surfaces": "MOD",
    "area": "10",
    "prosthesis": "initial",
    "narrative": "why",
    "place of service": "11",
    "id": "26-1",
    "provider NPI": "1234567893",
    "note": "why",
}
_PLACEMENTS: Final = {
    "i": "initial",
    "r": "replacement",
    "initial": "initial",
    "replacement": "replacement",
}
# A Decimal as `str` writes it, so that a record comes back from its dict.
_DECIMAL_TEXT: Final = re.compile(r"-?(?:[0-9]{1,15}(?:\.[0-9]{1,15})?(?:E-[0-9]{1,2})?|Infinity)")
_MOST_FLOAT_SHOWN: Final = 1e8  # dollars
_MOST_FEE_PLACES: Final = 15  # a database's decimal(30, 15); beyond it a text is no amount

# What a converter takes is what type checkers let into the field; all of them refuse the rest at
# run time too. The first question of each is the usual case, for they are the cost of a line.


def _to_code(value: str) -> str:
    if not isinstance(value, str):
        raise _no_text("code", value)
    return value


def _to_tooth(value: str | float | None) -> str | None:
    if value is None:
        return None
    return as_designation("tooth", value)


def _to_surfaces(value: str | None) -> str | None:
    if value is None:
        return None
    return as_words("surfaces", value)


def _to_area(value: str | float | None) -> str | None:
    if value is None:
        return None
    return as_designation("area", value)


def _to_place_of_service(value: str | float | None) -> str | None:
    if value is None:
        return None
    return as_designation("place of service", value)


def _to_narrative(value: str | None) -> str | None:
    if value is None:
        return None
    return as_words("narrative", value)


def _to_placement(value: str | None) -> str | None:
    """
    Its word, also for I and R and in any case; anything else as it is, for the rules to judge.
    """
    if value is None:
        return None
    text = as_words("prosthesis", value)
    if text is None:
        return None
    return _PLACEMENTS.get(text.strip().lower(), text)


def as_day(value: dt.date | str | None) -> dt.date | None:
    """A date, or None for an absent field."""
    if value is None or type(value) is dt.date:
        return value
    if isinstance(value, str):
        if not value.strip():
            return None
    elif is_missing(value):
        return None
    return as_date(value)


def _to_quantity(value: float | None) -> int:
    if type(value) is int:
        return bounded_count(value)
    if is_missing(value):
        return 1
    whole = _whole_number(value)
    if whole is None:
        raise TypeError(f"a quantity is a whole number, not {type(value).__name__}")
    return bounded_count(whole)


def _to_modifiers(value: Iterable[str] | str | None) -> tuple[str, ...]:
    if isinstance(value, tuple) and not value:
        return ()
    if isinstance(value, str):
        return tuple(value.replace(",", " ").replace(";", " ").split())
    if is_missing(value):
        return ()
    if not isinstance(value, Iterable):
        problem = f"modifiers are a tuple of texts such as ('KX',), not {type(value).__name__}"
        raise TypeError(problem)
    modifiers = tuple(modifier for modifier in value if not is_missing(modifier))
    for modifier in modifiers:
        if not isinstance(modifier, str):
            raise TypeError(f"a modifier is text such as 'KX', not {type(modifier).__name__}")
    return tuple(filter(str.strip, modifiers))


def _to_pointers(value: Iterable[int] | None) -> tuple[int, ...]:
    if (isinstance(value, tuple) and not value) or is_missing(value):
        return ()
    if isinstance(value, str) or not isinstance(value, Iterable):
        problem = f"diagnosis pointers are a tuple such as (1, 2), not {type(value).__name__}"
        raise TypeError(problem)
    return tuple(_to_pointer(pointer) for pointer in value if not is_missing(pointer))


def _to_pointer(value: float) -> int:
    whole = _whole_number(value)
    if whole is None:
        raise TypeError(f"a diagnosis pointer is a number, not {type(value).__name__}")
    return bounded_count(whole)


def _to_fee(value: Decimal | int | str | None) -> Decimal | None:
    if value is None:
        return None
    if isinstance(value, str):
        return _fee_of_text(value.strip())
    if isinstance(value, Decimal):
        return _bounded_fee(value)
    if is_missing(value):
        return None
    whole = None if isinstance(value, float) else _whole_number(value)
    if whole is None:
        problem = f"a fee is a Decimal or a whole number of dollars, not {type(value).__name__}"
        if isinstance(value, float) and abs(value) < _MOST_FLOAT_SHOWN:
            # In JSON the text keeps the cents, of which a binary number has others.
            problem = f'{problem}; write it as text, "{value:.2f}"'
        raise TypeError(problem)
    return Decimal(bounded_count(whole))


def _to_yes_or_no(value: bool) -> bool:  # noqa: FBT001  # attrs gives it
    if not isinstance(value, bool):
        raise TypeError(f"medicare is True or False, not {type(value).__name__}")
    return value


@attrs.frozen
class ClaimLine(ModelField):
    """
    One service line. Any text constructs and is judged by `check`; only wrong types, unreadable
    dates and fees, and numbers that no claim has room for raise. A blank text, NaN, NaT and NA are
    an absent field.

    Attributes:
        code: Procedure code (ADA form item 29; 837D SV301-2).
        date: Date of service, a date or ISO text (item 24; DTP*472). None where the claim has it,
            or in a predetermination, which has none.
        tooth: Tooth, or several as '6-11' or '3,5' where the code allows it (item 27; TOO02). It,
            the surfaces and the area may be written as people write them: '#14 and #15'.
        surfaces: Surface letters, such as 'MOD' (item 28; TOO03); of several teeth those that all
            have, or one group a tooth, as 'M,MO' beside the teeth '9,13'.
        area: Area of the oral cavity: '00'-'09', '10', '20', '30', '40', 'L', 'R', or several as
            '10,20' (item 25; SV304).
        quantity: Number of services (item 29b; SV306).
        modifiers: Claim modifiers, such as ('KX',) or 'KX 59' (written into item 30 on paper;
            SV301-3 to -6).
        fee: Charge in dollars, a Decimal, a whole number or text such as '120.10' (item 31; SV302).
        prosthesis: 'initial' or 'replacement', or as the 837D has it 'I' or 'R' (item 43; SV305).
        prior_placement: Date of the prosthesis that is replaced (item 44; DTP*441).
        birth_date: The patient's date of birth (item 13; DMG02).
        narrative: Remarks that explain the service (item 35; SV301-7).
        medicare: True for a line to Medicare.
        place_of_service: Place of service, such as '11' for an office, where it is not the claim's
            (item 38; SV303).
        diagnosis_pointers: Places in the claim's list of diagnoses, from 1 (item 29a; SV311).
        appliance_placed: Date on which an orthodontic appliance was placed (item 41; DTP*452).

    Raises:
        TypeError: a field is of a wrong type.
        ValueError: a date is text that is not an ISO date, a fee text that is no amount, or a
            number has more digits than a claim.

    >>> ClaimLine("D2391", "2026-03-02", tooth="14", surfaces="O").surfaces
    'O'
    >>> ClaimLine("D2391", "March 2nd")
    Traceback (most recent call last):
    ValueError: 'March 2nd' is not an ISO date such as '2026-03-02'
    """

    code: str = attrs.field(converter=_to_code)
    date: dt.date | None = attrs.field(default=None, converter=as_day)
    tooth: str | None = attrs.field(default=None, converter=_to_tooth)
    surfaces: str | None = attrs.field(default=None, converter=_to_surfaces)
    area: str | None = attrs.field(default=None, converter=_to_area)
    quantity: int = attrs.field(default=1, converter=_to_quantity)
    modifiers: tuple[str, ...] = attrs.field(default=(), converter=_to_modifiers)
    fee: Decimal | None = attrs.field(default=None, converter=_to_fee)
    prosthesis: str | None = attrs.field(default=None, converter=_to_placement)
    prior_placement: dt.date | None = attrs.field(default=None, converter=as_day)
    birth_date: dt.date | None = attrs.field(default=None, converter=as_day)
    narrative: str | None = attrs.field(default=None, converter=_to_narrative)
    medicare: bool = attrs.field(default=False, converter=_to_yes_or_no)
    place_of_service: str | None = attrs.field(default=None, converter=_to_place_of_service)
    diagnosis_pointers: tuple[int, ...] = attrs.field(default=(), converter=_to_pointers)
    appliance_placed: dt.date | None = attrs.field(default=None, converter=as_day)

    @classmethod
    def from_sv3(
        cls,
        segments: Iterable[sv3.Segment],
        date: dt.date | str | None = None,
        separators: sv3.Separators = sv3.USUAL,
    ) -> ClaimLine:
        """
        A line from its 837D segments SV3, TOO and DTP (472, 441, 452), each as elements or as text
        such as 'TOO*JP*14*M:O'; others are passed over.

        *date* is the claim's date of service (loop 2300), which a line without one of its own
        inherits. A predetermination has none. *separators* are those that the file's ISA names.

        Raises:
            DataFormatError: a segment is missing or has an element that 837D does not allow there.
            TypeError: a segment is bytes.

        >>> segments = ["SV3*AD:D2392*185.5****1", "TOO*JP*14*M:O", "DTP*472*D8*20260302"]
        >>> ClaimLine.from_sv3(segments).surfaces
        'MO'
        >>> ClaimLine.from_sv3(["SV3*AD:D0120*60****2.5"])
        Traceback (most recent call last):
        cdtref.errors.DataFormatError: SV306: '2.5' is no whole number
        """
        fields = blank_fields()
        sv3.add_fields(fields, segments, separators)
        if fields["date"] is None:
            fields["date"] = as_day(date)
        if cls is not ClaimLine:  # a kind of a user's own, with other fields beside
            return cls(**fields)
        return line_of_fields(fields)

    def to_sv3(self, separators: sv3.Separators = sv3.USUAL) -> tuple[sv3.Elements, ...]:
        """
        Its 837D segments SV3, TOO (one a tooth) and DTP, as elements; composites are joined by ':'.

        What goes out is canonical, however it was typed. A narrative goes into SV301-7 where it has
        at most 80 characters; a longer one belongs into the claim's NTE, which `Claim.to_837`
        writes. The birth date is the patient's (DMG), and `medicare` says which payer: neither is
        in these segments.

        Raises:
            DataFormatError: a text cannot be read, or holds a delimiter; it names the element.

        >>> ClaimLine("d-2392", "2026-03-02", tooth="#14", surfaces="om").to_sv3()[:2]
        (('SV3', 'AD:D2392', '', '', '', '', '1'), ('TOO', 'JP', '14', 'M:O'))
        >>> ClaimLine("D2392", "2026-03-02", tooth="99").to_sv3()
        Traceback (most recent call last):
        cdtref.errors.DataFormatError: TOO02: '99' is no tooth of the Universal system: ...
        """
        return sv3.segments_of(attrs.asdict(self, recurse=False), separators)

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> ClaimLine:
        """
        The line of a dict as `to_dict` gives it.

        Raises:
            DataFormatError: it is no mapping.
            ValueError: there is no such field, or as the constructor.
            TypeError: as the constructor.

        >>> line = ClaimLine("D0120", "2026-03-02", fee="60.50")
        >>> ClaimLine.from_dict(line.to_dict()) == line
        True
        """
        require_object(fields, "ClaimLine")
        if "code" not in fields:
            raise ValueError("a claim line lacks its code")
        known = attrs.fields_dict(cls)
        for name in fields:
            if name not in known:
                problem = f"a claim line has no field {quoted(str(name))}"
                raise ValueError(f"{problem}; its fields are {', '.join(known)}")
        return cls(**fields)

    def to_dict(self) -> dict[str, Any]:
        """The record as plain JSON values under stable keys."""
        return plain(self)

    def __str__(self) -> str:
        """
        Code, day and place, without what is told of the patient.

        >>> str(ClaimLine("D2391", "2026-03-02", tooth="14", surfaces="O"))
        'D2391 on 2026-03-02, tooth 14, surfaces O'
        """
        told = self.code
        if self.date is not None:
            told = f"{told} on {self.date}"
        for name in ("tooth", "surfaces", "area"):
            if getattr(self, name) is not None:
                told = f"{told}, {name} {getattr(self, name)}"
        return printable(told)


_DEFAULTS: Final = {field.name: field.default for field in attrs.fields(ClaimLine)}
_SETTERS: Final = tuple(getattr(ClaimLine, name).__set__ for name in _DEFAULTS)


def blank_fields() -> dict[str, Any]:
    """The fields of a line that says nothing yet."""
    return _DEFAULTS.copy()


def line_of_fields(fields: dict[str, Any]) -> ClaimLine:
    """
    A line of all its fields in their order, which are what the constructor would make of them. Were
    its converters to ask each one again, that would take as long as to read them.
    """
    line = ClaimLine.__new__(ClaimLine)
    # strict=True would take a fifth longer; a name too many would have no setter, and no reader.
    for set_field, value in zip(_SETTERS, fields.values()):  # noqa: B905
        set_field(line, value)
    return line


def as_words(field: str, value: object) -> str | None:
    """The text of a form's field; None for a blank."""
    if value is None:
        return None
    if isinstance(value, str):
        return sv3.unless_blank(value)
    if is_missing(value):
        return None
    raise _no_text(field, value)


def as_designation(field: str, value: object) -> str | None:
    """The same of a field whose texts may be digits, which tables hold as numbers."""
    if value is None:
        return None
    if isinstance(value, str):
        return sv3.unless_blank(value)
    if is_missing(value):
        return None
    number = _whole_number(value)
    if number is None:
        raise _no_text(field, value)
    return str(bounded_count(number))


def _whole_number(value: Any) -> int | None:
    """
    A number without a fraction, as tables with gaps hold it, and libraries with types of their own;
    None for anything else.
    """
    if type(value) is int:
        return value
    if isinstance(value, bool) or not isinstance(value, Real | Decimal):
        return None
    number: Any = value  # the types of the standard library say nothing of a Real
    if abs(number) <= MOST_COUNT and number % 1 == 0:
        return int(number)
    return None


def is_missing(value: object) -> bool:
    """None, NaN, NaT and NA, without a look at the libraries that have them."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    if isinstance(value, Decimal):
        return value.is_nan()
    return isinstance(value, Real) and value != value  # noqa: PLR0124  # NaN alone is no equal


def _no_text(field: str, value: object) -> TypeError:
    given = type(value).__name__
    return TypeError(f"{field} is text such as {_EXAMPLES[field]!r}, not {given}")


def _fee_of_text(text: str) -> Decimal | None:
    if not text:
        return None
    if _DECIMAL_TEXT.fullmatch(text):
        return _bounded_fee(Decimal(text))
    return parse_amount(text)


def _bounded_fee(fee: Decimal) -> Decimal | None:
    """
    A fee of any sign and of some places beyond the cents, for the rules to judge; but no number
    whose digits would fill the memory.
    """
    text = str(fee)
    if len(text) <= _MOST_FEE_PLACES and fee.is_finite() and "E" not in text:
        return fee  # as nearly all are; to ask for its exponent takes longer than to write it
    if fee.is_nan():
        return None
    if fee.is_infinite():
        return fee
    exponent = int(fee.as_tuple().exponent)
    if fee.adjusted() >= _MOST_FEE_PLACES or exponent < -_MOST_FEE_PLACES:
        raise ValueError(f"a fee has at most {_MOST_FEE_PLACES} digits on each side of its point")
    if exponent > 0:  # 1E+3 is written 1000, as a claim has it
        return Decimal(int(fee))
    return fee
