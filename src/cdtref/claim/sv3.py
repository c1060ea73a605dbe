"""
The 837D segments of one service line: SV3, TOO and DTP, to and from the fields of a claim line.

Source: X12 837D (5010, X224), by public maps and by what Open Dental's X837_5010.cs writes.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from cdtref.claim.elements import (
    MOST_DIAGNOSES,
    element_fault,
    free_text,
    money_element,
    place_element,
    require_room,
)
from cdtref.code import parse_code, parse_modifier
from cdtref.errors import quoted
from cdtref.fieldtext.amounts import parse_count, parse_decimal
from cdtref.tooth import Tooth, parse_areas, parse_surfaces, parse_teeth

Elements = tuple[str, ...]
"""A segment as its elements, the name first; a composite element is joined by ':'."""

Segment = str | Sequence[Any]
"""
A segment as text with '*' between elements, or as elements; a composite may be a sequence of its
components too.
"""


class Separators(NamedTuple):
    """
    What stands between the parts of an interchange, as its ISA names them: elements (after 'ISA'),
    components (ISA16), repetitions (ISA11), and what ends a segment.
    """

    element: str = "*"
    component: str = ":"
    repetition: str = "^"
    segment: str = "~"


USUAL: Final = Separators()
NARRATIVE_LENGTH: Final = 80  # C003-07 and NTE02: a description of 1 to 80 characters

_PROSTHESES: Final = MappingProxyType({"": None, "I": "initial", "R": "replacement"})
_PLACEMENT_LETTERS: Final = MappingProxyType({"initial": "I", "replacement": "R"})
_LINE_DATES: Final[Mapping[str, str]] = {
    "472": "date",
    "441": "prior_placement",
    "452": "appliance_placed",
}
_BETWEEN_GROUPS: Final = re.compile("[,;\uff0c\uff1b]")  # full-width ones are read too
_ABSENT: Final = ("",) * 12  # a segment may be cut short; none is read further than SV311
_MOST_MODIFIERS: Final = 4  # C003-03 to -06


def add_fields(
    fields: dict[str, Any], segments: Iterable[Segment], separators: Separators = USUAL
) -> None:
    """
    Add to the fields of a claim line what its segments tell, in the form in which a line has it;
    segments other than SV3, TOO and DTP are passed over.

    Raises:
        DataFormatError: there is no SV3, more than one, or an element that 837D does not allow.
        TypeError: a segment is bytes.
    """
    if isinstance(segments, str):
        problem = "one text, where a list of segments is expected; split it at its terminator"
        raise element_fault("SV3", problem)
    between, ends = separators.element, separators.segment + "\r\n "
    cut: list[Sequence[str]] = []
    for segment in segments:
        if isinstance(segment, str):
            cut.append(segment.rstrip(ends).split(between))
        else:
            cut.append(_elements_in(segment, separators))
    add_fields_of_elements(fields, cut, separators)


def add_fields_of_elements(
    fields: dict[str, Any], segments: Iterable[Sequence[str]], separators: Separators
) -> None:
    """`add_fields`, of segments that are cut into their elements."""
    services: list[Sequence[str]] = []
    teeth: list[Sequence[str]] = []
    dates: list[Sequence[str]] = []
    for elements in segments:
        name = elements[0] if elements else ""
        if name == "SV3":
            services.append(elements)
        elif name == "TOO":
            teeth.append(elements)
        elif name == "DTP":
            dates.append(elements)
    if len(services) != 1:
        raise element_fault("SV3", f"{len(services)} SV3 segments, where one line has one")
    _add_service(fields, services[0], separators.component)
    if teeth:
        _add_teeth(fields, teeth, separators.component)
    for elements in dates:
        field = _LINE_DATES.get(element_at(elements, 1))
        if field is not None:
            day = day_of_segment(elements)
            if fields[field] not in (None, day):
                raise element_fault("DTP03", f"{day}, where another DTP says {fields[field]}")
            fields[field] = day


def segments_of(fields: Mapping[str, Any], separators: Separators = USUAL) -> tuple[Elements, ...]:
    """
    The segments SV3, TOO and DTP of a claim line, given by its fields as `add_fields` names them.

    Raises:
        DataFormatError: a text cannot be read, or holds a delimiter.
    """
    service = _service_segment(fields, separators)
    teeth = tooth_segments(fields["tooth"], fields["surfaces"], separators)
    return (service, *teeth, *_date_segments(fields))


def _elements_in(segment: Sequence[Any], separators: Separators) -> Sequence[str]:
    """
    The elements of a segment that is given as such, its name first.

    Raises:
        TypeError: it is bytes, or has an element of bytes.
    """
    _refuse_bytes(segment)
    elements = []
    for element in segment:
        _refuse_bytes(element)
        if not isinstance(element, str):
            element = separators.component.join(map(str, element))  # noqa: PLW2901
        elements.append(element)
    return elements


def _refuse_bytes(value: object) -> None:
    if isinstance(value, bytes | bytearray):
        raise TypeError("a segment is text, not bytes; decode it first, as in data.decode('ascii')")


def element_at(elements: Sequence[str], place: int) -> str:
    """An element without outer space; "" where the segment is shorter."""
    if place < len(elements):
        return elements[place].strip()
    return ""


def unless_blank(text: str) -> str | None:
    """The text of a field; None for a blank."""
    if not text or text.isspace():
        return None
    return text


# In -----------------------------------------------------------------------------------------------


def _add_service(fields: dict[str, Any], elements: Sequence[str], component: str) -> None:
    texts = [*map(str.strip, elements), *_ABSENT]
    _add_procedure(fields, texts[1], component)
    if money := texts[2]:
        fields["fee"] = read_number("SV302", money)
    if place := texts[3]:
        fields["place_of_service"] = place
    if areas := texts[4]:
        fields["area"] = unless_blank(",".join(filter(None, areas.split(component))))
    if prosthesis := texts[5]:
        if prosthesis not in _PROSTHESES:
            raise element_fault("SV305", f"{quoted(prosthesis)}, where I or R is expected")
        fields["prosthesis"] = _PROSTHESES[prosthesis]
    if count := texts[6]:
        fields["quantity"] = read_count("SV306", count)
    if pointers := texts[11]:
        fields["diagnosis_pointers"] = _pointers_of(pointers.split(component))


def _add_procedure(fields: dict[str, Any], text: str, component: str) -> None:
    """SV301 (C003): qualifier, code, four modifiers, description."""
    qualifier, _, rest = text.partition(component)
    code, _, rest = rest.partition(component)
    if qualifier != "AD" or not code.strip():
        problem = f"{quoted(text)}, where AD{component} and a procedure code are"
        hint = "a file with other separators names them in its ISA; give them as separators="
        raise element_fault("SV301", f"{problem} expected; {hint}")
    fields["code"] = code
    if rest:
        components = rest.split(component)
        fields["modifiers"] = tuple(filter(str.strip, components[:_MOST_MODIFIERS]))
        narrative = "".join(components[_MOST_MODIFIERS : _MOST_MODIFIERS + 1])
        fields["narrative"] = unless_blank(narrative)


def _add_teeth(fields: dict[str, Any], segments: Sequence[Sequence[str]], component: str) -> None:
    teeth, surfaces = [], []
    for segment in segments:
        tooth = element_at(segment, 2)
        if element_at(segment, 1) != "JP":
            problem = f"{quoted(element_at(segment, 1))}, where JP is expected"
            raise element_fault("TOO01", problem)
        if not tooth:
            raise element_fault("TOO02", "a tooth is missing")
        teeth.append(tooth)
        surfaces.append(element_at(segment, 3).replace(component, ""))
    fields["tooth"] = ",".join(teeth)
    if len(set(surfaces)) == 1:  # what all the teeth have is said once
        surfaces = surfaces[:1]
    fields["surfaces"] = unless_blank(",".join(surfaces))


def _pointers_of(components: Sequence[str]) -> tuple[int, ...]:
    return tuple(read_count("SV311", component) for component in components if component.strip())


# The same amounts, counts and days come again and again in a file.
@functools.lru_cache(maxsize=1024)
def read_number(element: str, text: str) -> Decimal:
    """
    A number as X12 writes it.

    Raises:
        DataFormatError: it is none, or beyond the bounds of an amount.
    """
    try:
        return parse_decimal(text)
    except ValueError as error:
        raise element_fault(element, str(error)) from error


@functools.lru_cache(maxsize=256)
def read_count(element: str, text: str) -> int:
    """
    A whole number.

    Raises:
        DataFormatError: it is none.
    """
    try:
        return parse_count(text)
    except ValueError as error:
        raise element_fault(element, str(error)) from error


def day_of_segment(elements: Sequence[str]) -> date:
    """
    The day of a DTP segment of one day.

    Raises:
        DataFormatError: it has a range, or no date of eight digits.
    """
    if element_at(elements, 2) == "D8":  # as nearly all are
        return read_day(element_at(elements, 3))
    first, last = days_of_segment(elements)
    if first != last:
        raise element_fault("DTP03", "a range of days, where a line has one day (D8)")
    return first


def days_of_segment(elements: Sequence[str]) -> tuple[date, date]:
    """
    The first and the last day of a DTP segment, of one day (D8) or of a range (RD8).

    Raises:
        DataFormatError: it has no dates of eight digits, or its range runs backwards.
    """
    form, text = element_at(elements, 2), element_at(elements, 3)
    if form == "RD8":
        start, _, end = text.partition("-")
        first, last = read_day(start), read_day(end)
        if last < first:
            raise element_fault("DTP03", f"{quoted(text)}, a range that runs backwards")
        return first, last
    if form != "D8":
        raise element_fault("DTP02", f"{quoted(form)}, where D8 (or RD8) is expected")
    day = read_day(text)
    return day, day


@functools.lru_cache(maxsize=4096)
def read_day(text: str, element: str = "DTP03") -> date:
    """
    A day as X12 writes it, such as 20260302.

    Raises:
        DataFormatError: it is none.
    """
    try:
        if len(text) == 8 and text.isascii() and text.isdigit():
            return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        pass
    problem = f"{quoted(text)}, where a date as 20260302 is expected (D8)"
    raise element_fault(element, problem)


# Out ----------------------------------------------------------------------------------------------


def _service_segment(fields: Mapping[str, Any], separators: Separators) -> Elements:
    elements = [
        "SV3",
        _procedure_composite(fields, separators),
        money_element("SV302", fields["fee"]),
        place_element("SV303", fields["place_of_service"]),
        _area_composite(fields["area"], separators),
        _placement_letter(fields["prosthesis"]),
        str(_positive_quantity(fields["quantity"])),
    ]
    if fields["diagnosis_pointers"]:
        pointers = _pointer_composite(fields["diagnosis_pointers"], separators)
        elements += ["", "", "", "", pointers]
    return tuple(elements)


def _pointer_composite(pointers: Sequence[int], separators: Separators) -> str:
    require_room("SV311", len(pointers), "pointers")
    for pointer in pointers:
        if not 1 <= pointer <= MOST_DIAGNOSES:
            raise element_fault("SV311", f"the pointer {pointer} points at none of four diagnoses")
    return separators.component.join(map(str, pointers))


def _procedure_composite(fields: Mapping[str, Any], separators: Separators) -> str:
    components = ["AD", _canonical_text("SV301-2", parse_code, fields["code"])]
    modifiers = fields["modifiers"]
    require_room("SV301", len(modifiers), "modifiers")
    for place, modifier in enumerate(modifiers, start=3):
        components.append(_canonical_text(f"SV301-{place}", parse_modifier, modifier))
    narrative = (fields["narrative"] or "").strip()
    if 0 < len(narrative) <= NARRATIVE_LENGTH:
        components += [""] * (2 + _MOST_MODIFIERS - len(components))
        components.append(free_text("SV301-7", narrative, separators))
    return separators.component.join(components)


def _canonical_text(element: str, parse: Any, text: str) -> str:
    """What a parser makes of a text; the parser's own words in the error of the element."""
    try:
        return str(parse(text))
    except ValueError as error:
        raise element_fault(element, str(error)) from error


def _area_composite(text: str | None, separators: Separators) -> str:
    if text is None:
        return ""
    try:
        areas = parse_areas(text)
    except ValueError as error:
        raise element_fault("SV304", str(error)) from error
    require_room("SV304", len(areas), "areas")
    return separators.component.join(areas)


def split_surfaces(text: str, teeth: int) -> list[str] | None:
    """
    The surfaces of each of so many teeth, where the text has one group a tooth, as in 'M,MO';
    None where all of them share it.
    """
    if teeth < 2:
        return None
    groups = _BETWEEN_GROUPS.split(text)
    if len(groups) != teeth:
        return None
    return groups


def _placement_letter(prosthesis: str | None) -> str:
    if prosthesis is None:
        return ""
    if prosthesis not in _PLACEMENT_LETTERS:
        raise element_fault("SV305", f"{quoted(prosthesis)} is neither initial nor replacement")
    return _PLACEMENT_LETTERS[prosthesis]


def _positive_quantity(quantity: int) -> int:
    if quantity < 1:
        raise element_fault("SV306", f"a quantity of {quantity} is none")
    return quantity


def tooth_segments(
    text: str | None, surfaces: str | None, separators: Separators
) -> list[Elements]:
    """
    The TOO segments of teeth and their surfaces.

    Raises:
        DataFormatError: they cannot be read, or there are surfaces without a tooth.
    """
    if text is None:
        if surfaces is not None:
            raise element_fault("TOO02", "there are surfaces, and no tooth that has them")
        return []
    try:
        teeth = parse_teeth(text)
    except ValueError as error:
        raise element_fault("TOO02", str(error)) from error
    composites = _surface_composites(surfaces, teeth, separators)
    segments: list[Elements] = []
    for tooth, composite in zip(teeth, composites, strict=True):
        if composite:
            segments.append(("TOO", "JP", tooth.number, composite))
        else:
            segments.append(("TOO", "JP", tooth.number))
    return segments


def _surface_composites(
    text: str | None, teeth: Sequence[Tooth], separators: Separators
) -> list[str]:
    if text is None:
        return [""] * len(teeth)
    groups = split_surfaces(text, len(teeth)) or [text] * len(teeth)
    composites = []
    for tooth, group in zip(teeth, groups, strict=True):
        letters = ""
        if group.strip():
            letters = _canonical_text("TOO03", lambda it, on=tooth: parse_surfaces(it, on), group)
        composites.append(separators.component.join(letters))
    return composites


def _date_segments(fields: Mapping[str, Any]) -> Iterator[Elements]:
    for qualifier, name in _LINE_DATES.items():
        if fields[name] is not None:
            yield date_segment(qualifier, fields[name])


def date_segment(qualifier: str, first: date, last: date | None = None) -> Elements:
    """A DTP segment of a day, or of a range of days."""
    if last is None or last == first:
        return "DTP", qualifier, "D8", compact_day(first)
    return "DTP", qualifier, "RD8", f"{compact_day(first)}-{compact_day(last)}"


def compact_day(day: date) -> str:
    """A day as X12 writes it; `strftime` writes a year below 1000 without its zeros."""
    return day.isoformat().replace("-", "")
