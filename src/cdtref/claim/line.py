"""
A line of a dental claim, and what is wrong with it: `check(line, catalog)` and `check_claim(lines,
catalog)`.

The rules are two tables, in `linerules` and `claimrules`, that read from top to bottom; a user
extends them or leaves out single ones by id. Checks return findings and never raise on a bad claim.
Nothing here loads data.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any, Final

import attrs

from cdtref.area import Area, parse_area
from cdtref.claim import sv3
from cdtref.claim.finding import Finding, Severity
from cdtref.code import Code, parse_code
from cdtref.codeset import Catalog
from cdtref.errors import InvalidCodeError, InvalidSiteError
from cdtref.procedure import Procedure, as_date
from cdtref.record import plain
from cdtref.tooth import Tooth, parse_surfaces, parse_teeth, parse_tooth

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

        >>> ClaimLine.from_sv3(["SV3*AD:D2392*185.5****1", "TOO*JP*14*M:O", "DTP*472*D8*20260302"]).surfaces
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


class Reading:
    """
    A line with its texts read as far as they can be: what the rules look at.

    `procedure` is None for a code that is malformed or unknown, `current` also where it was not in
    force on the date; rules on what a line needs look at `current` alone.
    """

    __slots__ = (
        "area",
        "area_fault",
        "code",
        "code_fault",
        "covered",
        "current",
        "line",
        "procedure",
        "surfaces",
        "surfaces_fault",
        "teeth",
        "tooth",
        "tooth_fault",
    )

    line: ClaimLine
    code: Code | None
    code_fault: str
    procedure: Procedure | None
    current: Procedure | None
    tooth: Tooth | None
    teeth: tuple[Tooth, ...]
    tooth_fault: str
    surfaces: str | None
    surfaces_fault: str
    area: Area | None
    area_fault: str
    covered: bool

    def __init__(self, line: ClaimLine, catalog: Catalog) -> None:
        self.line = line
        self.code, self.procedure, self.code_fault = None, None, ""
        self.tooth, self.teeth, self.tooth_fault = None, (), ""
        self.surfaces, self.surfaces_fault = None, ""
        self.area, self.area_fault = None, ""
        self.covered = catalog.covers(line.date)
        self._read_code(line.code, catalog)
        self.current = self.procedure if self._is_in_force() else None
        if line.area is not None:
            self._read_area(line.area)
        if line.tooth is not None:
            self._read_teeth(line.tooth)
        if line.surfaces is not None:
            self._read_surfaces(line.surfaces)

    def _is_in_force(self) -> bool:
        return self.procedure is not None and self.procedure.in_force(self.line.date)

    def _read_code(self, text: str, catalog: Catalog) -> None:
        if text in catalog:  # the common case: canonical already
            self.code = Code(text)
        else:
            try:
                self.code = parse_code(text)
            except InvalidCodeError as error:
                self.code_fault = str(error)
                return
        self.procedure = catalog.get(self.code)

    def _read_area(self, text: str) -> None:
        try:
            self.area = parse_area(text)
        except InvalidSiteError as error:
            self.area_fault = str(error)

    def _read_teeth(self, text: str) -> None:
        try:
            self.tooth = parse_tooth(text)
            self.teeth = (self.tooth,)
        except InvalidSiteError as error:
            try:
                self.teeth = parse_teeth(text)
            except InvalidSiteError:
                self.tooth_fault = str(error)

    def _read_surfaces(self, text: str) -> None:
        try:
            self.surfaces = parse_surfaces(text, self.tooth)
        except InvalidSiteError as error:
            self.surfaces_fault = str(error)


@attrs.frozen
class LineRule:
    """
    A rule on one line.

    Attributes:
        id: Its name, such as 'tooth.missing'.
        severity: What a finding weighs; 'error' becomes 'warning' where `softens` and the
            requirement is not sure.
        field: The `ClaimLine` field that a finding speaks of.
        judge: Takes a `Reading` and gives the message of the finding, or None.
        rarc: Remittance advice remark code, or None.
        carc: Claim adjustment reason code, or None.
        source: Where the rule comes from.
        softens: True for rules that rest on a code's requirement, whose confidence may be below
            high.
    """

    id: str
    severity: Severity
    field: str
    judge: Callable[[Reading], str | None]
    rarc: str | None = None
    carc: str | None = None
    source: str = ""
    softens: bool = False


@attrs.frozen
class ClaimRule:
    """
    A rule on the lines of one claim together; `judge` gives the place of the line at fault and the
    message.
    """

    id: str
    severity: Severity
    field: str
    judge: Callable[[Sequence[Reading]], Iterable[tuple[int, str]]]
    rarc: str | None = None
    carc: str | None = None
    source: str = ""


def check_line(line: ClaimLine, catalog: Catalog, rules: Iterable[LineRule]) -> tuple[Finding, ...]:
    """The findings of one line, in the order of the rules."""
    return tuple(_findings(_reading(line, catalog), rules, 0))


def check_lines(
    lines: Iterable[ClaimLine],
    catalog: Catalog,
    rules: Iterable[LineRule],
    claim_rules: Iterable[ClaimRule],
) -> tuple[Finding, ...]:
    """The findings of the lines of one claim: line by line, then those of the lines together."""
    if isinstance(lines, ClaimLine):
        raise TypeError("the lines of a claim are several; use check for one")
    readings = [_reading(line, catalog) for line in lines]
    table = tuple(rules)
    found = [
        finding
        for place, reading in enumerate(readings)
        for finding in _findings(reading, table, place)
    ]
    for rule in claim_rules:
        for place, message in rule.judge(readings):
            found.append(_finding(rule, rule.severity, message, place))
    return tuple(found)


def _reading(line: ClaimLine, catalog: Catalog) -> Reading:
    if not isinstance(line, ClaimLine):
        raise TypeError(f"a ClaimLine is checked, not {type(line).__name__}")
    return Reading(line, catalog)


def _findings(reading: Reading, rules: Iterable[LineRule], place: int) -> list[Finding]:
    found = []
    for rule in rules:
        message = rule.judge(reading)
        if message is not None:
            found.append(_finding(rule, _severity(rule, reading), message, place))
    return found


def _severity(rule: LineRule, reading: Reading) -> Severity:
    """Where confidence in a requirement is below high, never an error."""
    sure = reading.procedure is None or reading.procedure.confidence == "high"
    return "warning" if rule.softens and rule.severity == "error" and not sure else rule.severity


def _finding(rule: LineRule | ClaimRule, severity: Severity, message: str, place: int) -> Finding:
    return Finding(rule.id, severity, rule.field, message, place, rule.carc, rule.rarc, rule.source)
