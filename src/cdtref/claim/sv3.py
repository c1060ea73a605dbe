"""
The 837D segments of one service line: SV3, TOO and DTP, to and from the fields of a claim line.

Not an X12 parser: users bring theirs and hand over the segments of a line. Source: X12 837D (5010),
by public maps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from cdtref.area import parse_area
from cdtref.errors import DataFormatError, InvalidSiteError, quoted
from cdtref.tooth import Tooth, parse_surfaces, parse_teeth

Elements = tuple[str, ...]
"""A segment as its elements, the name first; a composite element is joined by ':'."""

Segment = str | Sequence[Any]
"""
A segment as text with '*' between elements, or as elements; a composite may be a sequence of its
components too.
"""

_PROSTHESIS: Final = {"I": "initial", "R": "replacement"}
_DATES: Final = {"472": "date", "441": "prior_placement"}


def fields_of(segments: Iterable[Segment]) -> dict[str, Any]:
    """
    The fields of a claim line in its segments; segments other than SV3, TOO and DTP are passed
    over.

    Raises:
        DataFormatError: there is no SV3, more than one, no date of service, or an element that 837D
            does not allow.
    """
    if isinstance(segments, str):
        raise _fault(
            "SV3", "one text, where a list of segments is expected; split it at its terminator"
        )
    elements = [_elements(segment) for segment in segments]
    services = [found for found in elements if found[:1] == ("SV3",)]
    if len(services) != 1:
        raise _fault("SV3", f"{len(services)} SV3 segments, where one line has one")
    fields = _service(services[0]) | _teeth([found for found in elements if found[:1] == ("TOO",)])
    for found in elements:
        if found[:1] == ("DTP",) and _at(found, 1) in _DATES:
            fields[_DATES[_at(found, 1)]] = _date(found)
    if "date" not in fields:
        raise _fault("DTP", "no date of service (DTP*472)")
    return fields


def segments_of(fields: Mapping[str, Any]) -> tuple[Elements, ...]:
    """
    The segments SV3, TOO and DTP of a claim line, given by its fields as `fields_of` names them.

    Texts that cannot be read go out as they stand.
    """
    procedure = ":".join(("AD", fields["code"], *fields["modifiers"]))
    money, area = _money(fields["fee"]), _area(fields["area"])
    letter = _placement_letter(fields["prosthesis"])
    service = ("SV3", procedure, money, "", area, letter, str(fields["quantity"]))
    teeth = _tooth_segments(fields["tooth"], fields["surfaces"])
    return (service, *teeth, *_date_segments(fields))


def _placement_letter(prosthesis: str | None) -> str:
    letters = {name: letter for letter, name in _PROSTHESIS.items()}
    return letters.get(prosthesis or "", prosthesis or "")


def _date_segments(fields: Mapping[str, Any]) -> Iterator[Elements]:
    for qualifier, name in _DATES.items():
        if fields[name] is not None:
            yield "DTP", qualifier, "D8", _compact(fields[name])


def _service(found: Elements) -> dict[str, Any]:
    qualifier, code, *modifiers = (*_at(found, 1).split(":"), "")
    if qualifier != "AD" or not code.strip():
        raise _fault(
            "SV301", f"{quoted(_at(found, 1))}, where AD and a procedure code are expected"
        )
    prosthesis = _at(found, 5)
    if prosthesis not in ("", *_PROSTHESIS):
        raise _fault("SV305", f"{quoted(prosthesis)}, where I or R is expected")
    areas = [area for area in _at(found, 4).split(":") if area]
    if len(areas) > 1:
        raise _fault(
            "SV304", f"{len(areas)} areas, where one line here has one; send one line an area"
        )
    return {
        "code": code,
        "modifiers": tuple(modifier for modifier in modifiers if modifier),
        "fee": _amount(_at(found, 2)),
        "area": areas[0] if areas else None,
        "prosthesis": _PROSTHESIS.get(prosthesis),
        "quantity": _quantity(_at(found, 6)),
    }


def _teeth(found: list[Elements]) -> dict[str, Any]:
    for segment in found:
        if _at(segment, 1) != "JP" or not _at(segment, 2):
            raise _fault(
                "TOO", f"{quoted('*'.join(segment))}, where TOO*JP and a tooth are expected"
            )
    surfaces = {_at(segment, 3).replace(":", "") for segment in found}
    if len(surfaces) > 1:
        raise _fault("TOO03", "several teeth with different surfaces; send one line a tooth")
    return {
        "tooth": ",".join(_at(segment, 2) for segment in found) or None,
        "surfaces": next(iter(surfaces), None) or None,
    }


def _tooth_segments(text: str | None, surfaces: str | None) -> list[Elements]:
    if text is None:
        return []
    try:
        teeth = parse_teeth(text)
    except InvalidSiteError:
        return [("TOO", "JP", text, *_surfaces(surfaces, None))]
    only = teeth[0] if len(teeth) == 1 else None  # several teeth share one spelling
    letters = _surfaces(surfaces, only)
    return [("TOO", "JP", tooth.number, *letters) for tooth in teeth]


def _surfaces(text: str | None, tooth: Tooth | None) -> tuple[str, ...]:
    if text is None:
        return ()
    try:
        return (":".join(parse_surfaces(text, tooth)),)
    except InvalidSiteError:
        return (text,)


def _area(text: str | None) -> str:
    try:
        return "" if text is None else parse_area(text).value
    except InvalidSiteError:
        return text or ""


def _money(fee: Decimal | None) -> str:
    return "" if fee is None else f"{fee:f}"


def _elements(segment: Segment) -> Elements:
    parts = segment.rstrip("~\r\n ").split("*") if isinstance(segment, str) else segment
    return tuple(part if isinstance(part, str) else ":".join(map(str, part)) for part in parts)


def _at(found: Elements, place: int) -> str:
    return found[place].strip() if place < len(found) else ""


def _amount(text: str) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation as error:
        raise _fault("SV302", f"{quoted(text)}, where an amount is expected") from error


def _quantity(text: str) -> int:
    if not text:
        return 1
    amount = _amount(text)
    if amount is None or not amount.is_finite() or amount != int(amount):
        raise _fault("SV306", f"{quoted(text)}, where a whole number is expected")
    return int(amount)


def _compact(day: date) -> str:
    return day.isoformat().replace("-", "")  # strftime writes a year below 1000 without its zeros


def _date(found: Elements) -> str:
    text = _at(found, 3)
    if _at(found, 2) != "D8" or len(text) != 8 or not (text.isascii() and text.isdigit()):
        raise _fault("DTP03", f"{quoted(text)}, where D8 and a date as 20260302 are expected")
    return f"{text[:4]}-{text[4:6]}-{text[6:]}"


def _fault(element: str, problem: str) -> DataFormatError:
    return DataFormatError(f"{element}: {problem}", path="837D", column=element)
