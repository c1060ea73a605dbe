"""
The items of a Claim or an ExplanationOfBenefit as claim lines: `lines_of_item`.

A detail of an item, and a sub-detail of that, is a line of its own where it has a code of a
procedure; it has its item's day and place. The net amount of an item holds those of its details.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from cdtref.claim import ClaimLine
from cdtref.fhir.elements import Element, UnreadableError
from cdtref.fhir.passed import Passed
from cdtref.fhir.sites import NOWHERE, Site, site_of, surfaces_of
from cdtref.fhir.supporting import SupportingInfo
from cdtref.fhir.systems import Kind
from cdtref.fieldtext.amounts import bounded_amount

_EXACT: Final = Context(prec=60, rounding=ROUND_HALF_EVEN)  # of three numbers of 18 digits
_CENT: Final = Decimal("0.01")
_ONE: Final = Decimal(1)
_DOLLARS: Final = "USD"
# What a claim line has no field for; the first is a program of a payer, such as one for children.
_NO_FIELD: Final = ("programCode", "revenue", "udi", "encounter")


class Surroundings(NamedTuple):
    """
    What of a claim its lines point to.

    Attributes:
        supporting: Its supporting information.
        diagnoses: Places in its list of diagnoses, from 1, by the numbers that items point to.
        passed: Takes word of what is passed over.
    """

    supporting: SupportingInfo
    diagnoses: Mapping[int, int]
    passed: Passed


class UnreadableLine(NamedTuple):
    """A line that is left out: the field that cannot be read, and why."""

    field: str
    problem: str


class _UnreadableFieldError(Exception):
    def __init__(self, line: UnreadableLine) -> None:
        super().__init__(line.problem)
        self.line = line


def lines_of_item(item: Element, around: Surroundings) -> Iterator[ClaimLine | UnreadableLine]:
    """
    The line of an item and those of its details; in place of a line that cannot be read, why.

    Raises:
        DataFormatError: an element has a wrong type.
    """
    try:
        shared = _read_fields(_SHARED, item, around)
    except _UnreadableFieldError as unread:
        yield unread.line
        return
    _tell_without_field(item, around.passed)
    details = list(_lines_of_details(item, "detail", shared, around))
    has_code = bool(code_of(item)) or not details
    if has_code:
        yield from _one_line(item, shared, around, is_group=bool(details))
    else:
        around.passed.tell("an item that groups its details and has no code of a procedure")
    yield from details


def code_of(element: Element) -> str | None:
    """
    The procedure's code: of CDT, else of HCPCS or CPT, else one whose system is not given; None
    where there is no such code.
    """
    concept = element.part("productOrService")
    if concept is None:
        return None
    codings = list(concept.codings())
    for kind in (Kind.PROCEDURE, Kind.OTHER_PROCEDURE, Kind.UNNAMED):
        for found, code in codings:
            if found is kind:
                return code
    return None


def _lines_of_details(
    element: Element, name: str, shared: Mapping[str, Any], around: Surroundings
) -> Iterator[ClaimLine | UnreadableLine]:
    for detail in element.parts(name):
        below = list(_lines_of_details(detail, "subDetail", shared, around))
        if code_of(detail):
            yield from _one_line(detail, shared, around, is_group=bool(below))
        else:
            around.passed.tell("details of an item without a code of a procedure")
        yield from below


def _one_line(
    element: Element, shared: Mapping[str, Any], around: Surroundings, *, is_group: bool
) -> Iterator[ClaimLine | UnreadableLine]:
    try:
        own = _read_fields(_OWN, element, around)
    except _UnreadableFieldError as unread:
        yield unread.line
        return
    if is_group:
        own["fee"] = None
    yield ClaimLine(**shared, **own)


def _read_fields(
    readers: Mapping[str, Callable[[Element, Surroundings], Any]],
    element: Element,
    around: Surroundings,
) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for field, read in readers.items():
        try:
            value = read(element, around)
        except UnreadableError as error:
            raise _UnreadableFieldError(UnreadableLine(field, str(error))) from None
        if isinstance(value, dict):
            fields.update(value)
        else:
            fields[field] = value
    return fields


def _tell_without_field(item: Element, passed: Passed) -> None:
    for name in _NO_FIELD:
        if item.has(name):
            passed.tell(f"{name} of an item")


# One reader a field -------------------------------------------------------------------------------


def _required_code(element: Element, _: Surroundings) -> str:
    code = code_of(element)
    if code is None:
        path = element.path_of("productOrService")
        raise UnreadableError(path, "has no code of CDT, HCPCS or CPT")
    return code


def _day_of_service(item: Element, around: Surroundings) -> date | None:
    if item.has("servicedDate"):
        return item.day("servicedDate")
    period = item.part("servicedPeriod")
    if period is None:
        return None
    first, last = period.day("start"), period.day("end")
    if last is not None and first != last:
        around.passed.tell("the last day of an item's period")
    return first


def _place_in_mouth(item: Element, around: Surroundings) -> dict[str, Any]:
    """Tooth and area, for an item may name both; the place in the item is the first of them."""
    sites = [_body_site(item), *around.supporting.sites(item)]
    teeth: list[str] = []
    areas: list[str] = []
    for site in sites:
        teeth += site.teeth
        areas += site.areas
    return {
        "tooth": ",".join(dict.fromkeys(teeth)) or None,
        "area": ",".join(dict.fromkeys(areas)) or None,
    }


def _body_site(item: Element) -> Site:
    concept = item.part("bodySite")
    if concept is None:
        return NOWHERE
    return site_of(concept)


def _surfaces(item: Element, _: Surroundings) -> str | None:
    return surfaces_of(item.parts("subSite")) or None


def _place_of_service(item: Element, around: Surroundings) -> str | None:
    concept = item.part("locationCodeableConcept")
    if concept is None:
        return None
    for kind, code in concept.codings():
        if kind in (Kind.PLACE, Kind.UNNAMED):
            return code
    around.passed.tell("places of service in another system than CMS's")
    return None


def _pointers(item: Element, around: Surroundings) -> tuple[int, ...]:
    places = []
    for number in item.integers("diagnosisSequence"):
        place = around.diagnoses.get(number)
        if place is None:
            around.passed.tell("pointers to diagnoses that are not read")
        else:
            places.append(place)
    return tuple(places)


def _prosthesis(item: Element, around: Surroundings) -> dict[str, Any]:
    return around.supporting.prosthesis(item)


def _narrative(item: Element, around: Surroundings) -> str | None:
    return around.supporting.narrative(item)


def _quantity(element: Element, _: Surroundings) -> int:
    quantity = element.part("quantity")
    if quantity is None:
        return 1
    count = quantity.count("value")
    if count is None:
        return 1
    return count


def _modifiers(element: Element, around: Surroundings) -> tuple[str, ...]:
    found = []
    for concept in element.parts("modifier"):
        code = _modifier_in(concept)
        if code is not None:
            found.append(code)
        elif concept.has("coding"):
            around.passed.tell("modifiers in another system than HCPCS and CPT")
    return tuple(found)


def _modifier_in(concept: Element) -> str | None:
    for kind, code in concept.codings():
        if kind in (Kind.OTHER_PROCEDURE, Kind.UNNAMED):
            return code
    return None


def _charge(element: Element, around: Surroundings) -> Decimal | None:
    """The net amount, the amount that was submitted to a payer, or price by quantity."""
    for money in _amounts_of(element):
        value = money.number("value")
        if value is not None:
            return _dollars(value, money, around.passed)
    price = element.part("unitPrice")
    value = None if price is None else price.number("value")
    if price is None or value is None:
        return None
    factor = element.number("factor")
    product = _EXACT.multiply(value, _count_of(element))
    if factor is not None:
        product = _EXACT.multiply(product, factor)
    return _dollars(_in_cents(product), price, around.passed)


def _amounts_of(element: Element) -> Iterator[Element]:
    net = element.part("net")
    if net is not None:
        yield net
    for adjudication in element.parts("adjudication"):
        category = adjudication.part("category")
        amount = adjudication.part("amount")
        if category is None or amount is None:
            continue
        if "submitted" in {code for _, code in category.codings()}:
            yield amount


def _count_of(element: Element) -> Decimal:
    quantity = element.part("quantity")
    value = None if quantity is None else quantity.number("value")
    return _ONE if value is None else value


def _in_cents(value: Decimal) -> Decimal:
    """A product without what multiplying put behind its cents."""
    rounded = _EXACT.quantize(value, _CENT)
    return rounded if rounded == value else value


def _dollars(value: Decimal, money: Element, passed: Passed) -> Decimal | None:
    currency = money.text("currency")
    if currency not in (None, _DOLLARS):
        passed.tell("amounts in another currency than dollars")
        return None
    try:
        return bounded_amount(value)
    except ValueError as error:
        raise UnreadableError(money.path, str(error)) from None


_SHARED: Final[Mapping[str, Callable[[Element, Surroundings], Any]]] = MappingProxyType(
    {
        "date": _day_of_service,
        "tooth": _place_in_mouth,
        "surfaces": _surfaces,
        "place_of_service": _place_of_service,
        "diagnosis_pointers": _pointers,
        "prosthesis": _prosthesis,
        "narrative": _narrative,
    }
)
_OWN: Final[Mapping[str, Callable[[Element, Surroundings], Any]]] = MappingProxyType(
    {
        "code": _required_code,
        "quantity": _quantity,
        "modifiers": _modifiers,
        "fee": _charge,
    }
)
