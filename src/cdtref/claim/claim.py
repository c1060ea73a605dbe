"""
A claim: its service lines, and what it says of all of them.

No name, number or address of a patient is in it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import attrs

from cdtref.claim import segments, sv3
from cdtref.claim.finding import Finding, Place
from cdtref.claim.line import ClaimLine, as_day, as_designation, as_words, is_missing
from cdtref.errors import quoted, quoted_name
from cdtref.fieldtext.amounts import bounded_count
from cdtref.record import ModelField, plain, require_list, require_object


class Orthodontics(NamedTuple):
    """
    Orthodontic treatment (837D DN1; form items 40, 42).

    Attributes:
        months: Its months in all, or None.
        months_remaining: Those that remain, or None.
    """

    months: int | None = None
    months_remaining: int | None = None


def _to_lines(value: Iterable[ClaimLine]) -> tuple[ClaimLine, ...]:
    if isinstance(value, ClaimLine):
        raise TypeError("the lines of a claim are several; use check for one")
    lines = tuple(value)
    for line in lines:
        if not isinstance(line, ClaimLine):
            raise TypeError(f"a claim has ClaimLines, not {type(line).__name__}")
    return lines


def _to_id(value: str | None) -> str | None:
    return as_words("id", value)


def _to_place(value: str | float | None) -> str | None:
    return as_designation("place of service", value)


def _to_npi(value: str | float | None) -> str | None:
    if isinstance(value, int):  # ten digits, which are more than a count has
        return str(value % 10**10) if value < 10**10 else "9" * 11
    return as_words("provider NPI", value)


def _to_note(value: str | None) -> str | None:
    return as_words("note", value)


def _to_texts(value: Iterable[str]) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(value.replace(",", " ").split())
    texts = tuple(value)
    for text in texts:
        if not isinstance(text, str):
            raise TypeError(f"several texts are expected, not {type(text).__name__} among them")
    return tuple(filter(str.strip, texts))


def _orthodontics_of(value: Mapping[str, Any] | Iterable[int | None]) -> Orthodontics:
    if isinstance(value, Mapping):
        unknown = sorted(set(map(str, value)) - set(Orthodontics._fields))
        if unknown:
            problem = f"orthodontics have no field {quoted_name(unknown[0])}"
            raise ValueError(f"{problem}; there are {', '.join(Orthodontics._fields)}")
        return Orthodontics(**{str(name): months for name, months in value.items()})
    return Orthodontics(*value)


def _to_orthodontics(
    value: Mapping[str, Any] | Iterable[int | None] | None,
) -> Orthodontics | None:
    if value is None or is_missing(value):
        return None
    treatment = _orthodontics_of(value)
    for months in treatment:
        if months is not None:
            if type(months) is not int:
                raise TypeError(f"months are a whole number, not {type(months).__name__}")
            bounded_count(months)
    return treatment


def _to_findings(value: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(value)


def _to_truth(value: bool) -> bool:  # noqa: FBT001  # attrs gives it
    if not isinstance(value, bool):
        raise TypeError(f"predetermination is True or False, not {type(value).__name__}")
    return value


@attrs.frozen
class Claim(ModelField):
    """
    A claim. What it says holds for all its lines: a line without a date of service, or without the
    patient's birth date, gets the claim's.

    Attributes:
        lines: Its service lines.
        id: The practice's own number of it (837D CLM01).
        date: Date of service, of lines without one of their own (loop 2300 DTP*472).
        through: Last day of service, where it is of several days (DTP*472*RD8).
        predetermination: True where it asks what would be paid (form item 1; CLM19 PB).
        birth_date: The patient's date of birth (form item 13; DMG02).
        place_of_service: Such as '11' for an office (form item 38; CLM05-1).
        provider_npi: The billing provider's National Provider Identifier (form item 49; NM1*85).
        diagnoses: ICD-10-CM codes, such as ('K02.9',), to which lines point (form item 34a; HI).
        orthodontics: Months of orthodontic treatment, in all and those that remain, such as
            (24, 20) (form items 40, 42; DN1); None where there is none.
        appliance_placed: Date on which the appliance was placed (form item 41; DTP*452).
        missing_teeth: Teeth that are missing (form item 33; DN2 M).
        teeth_to_extract: Teeth that are to be extracted (DN2 E).
        note: Remarks on the claim (form item 35; NTE).
        findings: What was wrong with the file around it; `check_claim` does not repeat them.
        place: Where it stands in a file; it takes no part in comparisons.

    Raises:
        TypeError: a field is of a wrong type.
        ValueError: a date is text that is not an ISO date, or a number has more digits than a
            claim.

    >>> claim = Claim([ClaimLine("D0120")], date="2026-03-02")
    >>> claim.lines[0].date
    datetime.date(2026, 3, 2)
    >>> Claim(ClaimLine("D0120"))
    Traceback (most recent call last):
    TypeError: the lines of a claim are several; use check for one
    """

    lines: tuple[ClaimLine, ...] = attrs.field(converter=_to_lines)
    id: str | None = attrs.field(default=None, converter=_to_id)
    date: dt.date | None = attrs.field(default=None, converter=as_day)
    through: dt.date | None = attrs.field(default=None, converter=as_day)
    predetermination: bool = attrs.field(default=False, converter=_to_truth)
    birth_date: dt.date | None = attrs.field(default=None, converter=as_day)
    place_of_service: str | None = attrs.field(default=None, converter=_to_place)
    provider_npi: str | None = attrs.field(default=None, converter=_to_npi)
    diagnoses: tuple[str, ...] = attrs.field(default=(), converter=_to_texts)
    orthodontics: Orthodontics | None = attrs.field(default=None, converter=_to_orthodontics)
    appliance_placed: dt.date | None = attrs.field(default=None, converter=as_day)
    missing_teeth: tuple[str, ...] = attrs.field(default=(), converter=_to_texts)
    teeth_to_extract: tuple[str, ...] = attrs.field(default=(), converter=_to_texts)
    note: str | None = attrs.field(default=None, converter=_to_note)
    findings: tuple[Finding, ...] = attrs.field(default=(), converter=_to_findings)
    place: Place | None = attrs.field(default=None, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        lines = tuple(map(self._with_what_it_inherits, self.lines))
        object.__setattr__(self, "lines", lines)

    def _with_what_it_inherits(self, line: ClaimLine) -> ClaimLine:
        if line.date is not None and line.birth_date is not None:
            return line  # as those of a file, whose reader lends them at once
        lent: dict[str, Any] = {}
        if line.date is None and self.date is not None:
            lent["date"] = self.date
        if line.birth_date is None and self.birth_date is not None:
            lent["birth_date"] = self.birth_date
        if not lent:
            return line
        return attrs.evolve(line, **lent)

    def to_837(self, separators: sv3.Separators = sv3.USUAL) -> tuple[sv3.Elements, ...]:
        """
        Its 837D segments of the loops 2300 and 2400, from CLM on, as elements. A line has a DTP*472
        only where its date is not the claim's.

        What the claim does not know stands there as most dental claims have it, for your software
        to mend: an original claim (CLM05-3 1), signed (CLM06 Y), with accepted assignment (CLM07
        A), benefits assigned (CLM08 Y) and release of information (CLM09 Y).

        Raises:
            DataFormatError: something is missing that an 837D needs (id, place of service, a line,
                a fee), all of which is told at once, or something cannot be read or holds a
                delimiter; it names the element.

        >>> line = ClaimLine("D0120", fee=60)
        >>> claim = Claim([line], id="26-1", date="2026-03-02", place_of_service="11")
        >>> for segment in claim.to_837():
        ...     print("*".join(segment))
        CLM*26-1*60***11:B:1*Y*A*Y*Y
        DTP*472*D8*20260302
        LX*1
        SV3*AD:D0120*60****1
        >>> Claim([ClaimLine("D0120")], place_of_service="11").to_837()
        Traceback (most recent call last):
        cdtref.errors.DataFormatError: CLM01: the claim has no id; SV302: line 1 has no fee
        """
        fields = attrs.asdict(self, recurse=False)
        lines = [attrs.asdict(line, recurse=False) for line in self.lines]
        return segments.segments_of_claim(fields, lines, separators)

    def __str__(self) -> str:
        """
        Its lines, without its number and what is told of the patient.

        >>> str(Claim([ClaimLine("D0120"), ClaimLine("D0274")], date="2026-03-02"))
        'claim of D0120 on 2026-03-02; D0274 on 2026-03-02'
        """
        return f"claim of {'; '.join(map(str, self.lines))}"

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Claim:
        """
        The claim of a dict as `to_dict` gives it.

        Raises:
            DataFormatError: it is no mapping, or its lines or findings are no list of them.
            ValueError: there is no such field, or as the constructor.
            TypeError: as the constructor.

        >>> claim = Claim([ClaimLine("D0120")], date="2026-03-02")
        >>> Claim.from_dict(claim.to_dict()) == claim
        True
        """
        require_object(fields, "Claim")
        known = [name for name in attrs.fields_dict(cls) if name != "place"]
        for name in fields:
            if name not in known:
                problem = f"a claim has no field {quoted(str(name))}"
                raise ValueError(f"{problem}; its fields are {', '.join(known)}")
        if "lines" not in fields:
            raise ValueError("a claim lacks its lines")
        given = {"findings": (), **fields}
        for name in ("lines", "findings"):
            require_list(given[name], f"Claim.{name}")
        given["lines"] = map(ClaimLine.from_dict, fields["lines"])
        given["findings"] = map(Finding.from_dict, given["findings"])
        return cls(**given)

    def to_dict(self) -> dict[str, Any]:
        """The record as plain JSON values under stable keys; without its place."""
        values = plain(self)
        del values["place"]
        values["findings"] = [finding.to_dict() for finding in self.findings]
        return values
