"""
Whole 837D files, one claim after the other: `read_837`.

An interchange is read as it streams by: `SegmentStream` cuts it into segments, and `_Claims` goes
through the loops with a table of one method a segment. What is not in the table (addresses, payers,
payments) is passed over unread, and of the parties only the NPI and the birth date are looked at.

The claim before the current place is held back until the next one begins, for what is wrong with
the envelope around it (counts, control numbers) stands behind it.

Source: X12 837D (5010, X224A2 and X224A3) and the interchange control structure (X12.5, X12.6), by
public maps.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Context, Decimal
from os import PathLike, fspath
from types import MappingProxyType
from typing import IO, Any, Final, NamedTuple

import attrs

from cdtref.claim import filerules, sv3
from cdtref.claim.claim import Claim, Orthodontics
from cdtref.claim.filed import FiledClaim, open_given
from cdtref.claim.filerules import FileRule
from cdtref.claim.finding import Finding
from cdtref.claim.interchange import SegmentStream, words
from cdtref.claim.line import ClaimLine, blank_fields, line_of_fields
from cdtref.claim.parties import LEVELS, Parties
from cdtref.claim.patients import PatientKeys
from cdtref.claim.sv3 import element_at
from cdtref.errors import DataFormatError

_MOST_SEGMENTS: Final = 20_000  # of a claim, which has at most 50 lines; what is beyond is none
_MOST_REMARKS: Final = 100  # on one envelope; who reads more?
_DENTAL: Final = "005010X224"
_OTHER_GUIDES: Final = MappingProxyType(
    {
        "X222": "837P, a professional claim",
        "X223": "837I, an institutional claim",
        "X098": "837P of the version 4010",
        "X096": "837I of the version 4010",
        "X097": "837D of the version 4010",
        "X221": "835, a remittance",
        "X091": "835 of the version 4010",
    }
)
_EXACTLY: Final = Context(prec=28)  # the caller's own arithmetic may round


def read_837(source: str | PathLike[str] | IO[Any]) -> Iterator[Claim]:
    """
    The claims of an 837D file (5010, X224A2 or X224A3), one by one as they are read: of a path, or
    of a file that is open in either mode. It may hold several interchanges, groups and
    transactions, with any delimiters. Memory does not grow with the file.

    `Claim.findings` has what is wrong with the envelope around a claim (counts, control numbers,
    nesting) and with a line that cannot be read, which is left out; `check_claim` does not repeat
    them. `Claim.place` tells where it stands. Names, member numbers and addresses are passed over.

    Raises:
        DataFormatError: it is no 837D of the version 5010, ends before its end, or holds what is no
            segment; with the number of the segment as `line`. The claims before it were given.
        OSError: the file cannot be opened.

    >>> import io
    >>> from cdtref.testing import interchange
    >>> claim = Claim([ClaimLine("D0120", fee=60)], "26-1", "2026-03-02", place_of_service="11")
    >>> [read.id for read in read_837(io.StringIO(interchange([claim])))]
    ['26-1']
    >>> next(read_837(io.StringIO("procedure,date")))
    Traceback (most recent call last):
    cdtref.errors.DataFormatError: 837D, line 1: it begins with no ISA segment, so it is no X12 file
    """
    name = "837D"
    if isinstance(source, str | PathLike):
        name = fspath(source)
    with open_given(source, "an 837D") as file:
        for held in _Claims(file, name).read():
            yield held.claim


def filed_claims_of_837(
    file: IO[Any], name: str, keys: PatientKeys | None = None
) -> Iterator[FiledClaim]:
    """
    The claims of an open 837D, which messages call by *name*, each with its place and, where *keys*
    are given, a key of its patient.

    Raises:
        DataFormatError: as `read_837`.
    """
    for held in _Claims(file, name, keys).read():
        yield FiledClaim.of_claim(held.claim, held.numbers, held.patient)


class _Held(NamedTuple):
    """A claim, where each of its lines stands, and the key of its patient."""

    claim: Claim
    numbers: Sequence[int]
    patient: bytes | None


class _Claims:
    """The claims of a file, and what is wrong with the envelopes around them."""

    def __init__(self, file: IO[Any], name: str, keys: PatientKeys | None = None) -> None:
        self._segments = SegmentStream(file, name, frozenset(_METHODS))
        self._keys = keys
        self._held: _Held | None = None
        self._given: list[_Held] = []
        self._remarks: list[Finding] = []
        self._forget_envelope()
        self._forget_parties()
        self._forget_claim()

    def read(self) -> Iterator[_Held]:
        """The claims; where the file breaks off, those before it and then the error."""
        try:
            yield from self._read_interchanges()
        except DataFormatError:
            yield from self._take_given(finished=True)
            raise
        yield from self._take_given(finished=True)
        if self._remarks:  # there is no claim that could bear them
            raise self._segments.fault(self._remarks[0].message)

    def _read_interchanges(self) -> Iterator[_Held]:
        for interchange in self._segments.interchanges():
            self._read_separators()
            for elements in interchange:
                _METHODS[elements[0]](self, elements)
                if self._given:
                    yield from self._take_given()
                if self._segments.number > self._last_number:
                    problem = f"more than {_MOST_SEGMENTS:,} segments in one claim"
                    raise self._segments.fault(problem)
            if self._isa is not None:
                raise self._segments.fault("the file ends before its interchange does (no IEA)")

    def _read_separators(self) -> None:
        self._separators = self._segments.separators
        self._element = self._separators.element
        self._component = self._separators.component

    def _take_given(self, *, finished: bool = False) -> Iterator[_Held]:
        given, self._given = self._given, []
        yield from given
        if finished and self._held is not None:
            held, self._held = self._held, None
            yield self._with_remarks(held)

    def _with_remarks(self, held: _Held) -> _Held:
        if not self._remarks:
            return held
        remarks, self._remarks = self._remarks, []
        findings = (*held.claim.findings, *remarks)
        return held._replace(claim=attrs.evolve(held.claim, findings=findings))

    # Envelopes ------------------------------------------------------------------------------------

    def _forget_envelope(self) -> None:
        self._isa: str | None = None
        self._gs: str | None = None
        self._st: str | None = None
        self._guide = ""
        self._groups = self._transactions = 0
        self._st_number = 0

    def _add_remark(self, rule: FileRule, message: str) -> None:
        place = self._segments.place
        told = f"segment {place.segment}: {message}"
        if len(self._remarks) < _MOST_REMARKS:
            self._remarks.append(rule.finding(told, place=place))

    def _require_nesting(self, is_right: bool, message: str) -> None:  # noqa: FBT001
        if not is_right:
            self._add_remark(filerules.NESTING, message)

    def begin_interchange(self, elements: Sequence[str]) -> None:
        self._require_nesting(self._isa is None, "an ISA before the IEA of the interchange before")
        self._forget_envelope()
        self._isa = element_at(elements, 13)
        version = element_at(elements, 12)
        if version.startswith("004"):
            raise self._segments.fault(
                f"ISA12 is {version!r}: X12 of the version 4010; 5010 is read"
            )

    def begin_group(self, elements: Sequence[str]) -> None:
        self._require_nesting(self._gs is None, "a GS before the GE of the group before")
        self._gs = element_at(elements, 6)
        self._guide = element_at(elements, 8)
        self._transactions = 0
        self._groups += 1

    def begin_transaction(self, elements: Sequence[str]) -> None:
        self._require_nesting(self._gs is not None, "an ST outside of a group (GS)")
        self._require_nesting(self._st is None, "an ST before the SE of the transaction before")
        self._end_claim()
        kind, guide = element_at(elements, 1), element_at(elements, 3) or self._guide
        if kind != "837" or not guide.startswith(_DENTAL):
            raise self._segments.fault(_other_guide(kind, guide))
        self._st = element_at(elements, 2)
        self._st_number = self._segments.number
        self._transactions += 1
        self._forget_parties()

    def end_transaction(self, elements: Sequence[str]) -> None:
        self._end_claim()
        count = self._segments.number - self._st_number + 1
        if self._st is None:
            self._require_nesting(False, "an SE without its ST")  # noqa: FBT003
        else:
            self._compare_trailer("SE", elements, count, self._st, "segments")
        self._st = None

    def end_group(self, elements: Sequence[str]) -> None:
        self._require_nesting(self._st is None, "a GE before the SE of the transaction before")
        self._end_claim()
        self._st = None
        if self._gs is None:
            self._require_nesting(False, "a GE without its GS")  # noqa: FBT003
        else:
            self._compare_trailer("GE", elements, self._transactions, self._gs, "transactions")
        self._gs = None

    def end_interchange(self, elements: Sequence[str]) -> None:
        self._require_nesting(self._gs is None, "an IEA before the GE of the group before")
        self._end_claim()
        self._gs = self._st = None
        if self._isa is not None:
            self._compare_trailer("IEA", elements, self._groups, self._isa, "groups")
        self._isa = None

    def _compare_trailer(
        self, name: str, elements: Sequence[str], count: int, number: str, counted: str
    ) -> None:
        if element_at(elements, 1).lstrip("0") != str(count).lstrip("0"):
            message = f"{name}01 counts otherwise than the {count} {counted} before it"
            self._add_remark(filerules.COUNT, message)
        if element_at(elements, 2) != number:
            message = f"the control number {name}02 is not that of the segment it ends"
            self._add_remark(filerules.CONTROL_NUMBER, message)

    # Parties --------------------------------------------------------------------------------------

    def _forget_parties(self) -> None:
        self._parties = Parties(self._keys)

    def begin_level(self, elements: Sequence[str]) -> None:
        self._end_claim()
        level = element_at(elements, 3)
        if level not in LEVELS:
            self._add_remark(filerules.NESTING, "HL03 is no level of an 837D (20, 22 or 23)")
        self._parties.begin_level(level)

    def meet_party(self, elements: Sequence[str]) -> None:
        if self._head is None:  # a party within a claim is of another insurance, or a rendering one
            self._parties.meet(elements)

    def meet_birth_date(self, elements: Sequence[str]) -> None:
        if self._head is not None:
            return
        try:
            self._parties.meet_birth_date(elements)
        except DataFormatError:  # whose words would repeat what stands there
            told = f"segment {self._segments.number}: DMG02 is no date as 20260302 is one"
            self._add_fault(filerules.CLAIM_UNREADABLE, told, "birth_date")

    # Claims ---------------------------------------------------------------------------------------

    def _forget_claim(self) -> None:
        self._head: dict[str, Any] | None = None
        self._last_number = sys.maxsize  # of the segments that the claim may have
        self._charge = ""
        self._lines: list[ClaimLine] = []
        self._numbers: list[int] = []  # of their LX
        self._line_number = 0
        self._faults: list[Finding] = []
        self._notes: list[str] = []
        self._teeth: dict[str, list[str]] = {"missing_teeth": [], "teeth_to_extract": []}
        self._line: list[Sequence[str]] | None = None

    def begin_claim(self, elements: Sequence[str]) -> None:
        self._end_claim()
        self._require_nesting(self._st is not None, "a CLM outside of a transaction (ST)")
        if self._held is not None:  # now all is known of what stood between the two
            self._given.append(self._with_remarks(self._held))
            self._held = None
        place, _, _ = element_at(elements, 5).partition(self._component)
        self._charge = element_at(elements, 2)
        self._last_number = self._segments.number + _MOST_SEGMENTS
        self._head = {
            "id": element_at(elements, 1) or None,
            "place_of_service": place.strip() or None,
            "predetermination": element_at(elements, 19) == "PB",
            "date": None,
            "birth_date": self._parties.birth_date,
            "provider_npi": self._parties.npi,
            "place": self._segments.place,
        }

    def _end_claim(self) -> None:
        if self._head is None:
            return
        self._end_line()
        if self._notes:
            self._head["note"] = "".join(self._notes)
        self._head.update(self._teeth)
        self._compare_charge()
        claim = Claim(self._lines, findings=self._faults, **self._head)
        self._held = _Held(claim, self._numbers, self._parties.patient)
        self._forget_claim()

    def _compare_charge(self) -> None:
        """CLM02 is the sum of the lines' charges, where all of them could be read."""
        if self._faults:
            return
        total = Decimal()
        for line in self._lines:
            if line.fee is None:
                return
            total = _EXACTLY.add(total, line.fee)
        if not self._charge or _number_or_none(self._charge) != total:
            told = f"CLM02 is not the sum of the charges, {total}"
            self._add_fault(filerules.CLAIM_TOTAL, told)

    def _add_fault(
        self, rule: FileRule, message: str, field: str = "", index: int | None = None
    ) -> None:
        place = self._segments.place
        self._faults.append(rule.finding(message, field=field, line_index=index, place=place))

    def _try_to_read(self, field: str, action: Callable[[], None]) -> None:
        """A part of a claim that cannot be read leaves the others as they are."""
        try:
            action()
        except DataFormatError as error:
            told = f"segment {self._segments.number}: {error}"
            self._add_fault(filerules.CLAIM_UNREADABLE, told, field)

    def meet_date(self, elements: Sequence[str]) -> None:
        if self._line is not None:
            self._line.append(elements)
        elif self._head is not None:
            self._try_to_read("date", lambda: self._set_date(elements))

    def _set_date(self, elements: Sequence[str]) -> None:
        qualifier = element_at(elements, 1)
        if qualifier == "472":
            first, last = sv3.days_of_segment(elements)
            self._set_field("date", first)
            if last != first:
                self._set_field("through", last)
        elif qualifier == "452":
            self._set_field("appliance_placed", sv3.day_of_segment(elements))

    def _set_field(self, field: str, value: object) -> None:
        if self._head is not None:
            self._head[field] = value

    def meet_treatment(self, elements: Sequence[str]) -> None:
        self._try_to_read("orthodontics", lambda: self._set_treatment(elements))

    def _set_treatment(self, elements: Sequence[str]) -> None:
        months = _count_or_none("DN101", element_at(elements, 1))
        remaining = _count_or_none("DN102", element_at(elements, 2))
        self._set_field("orthodontics", Orthodontics(months, remaining))

    def meet_tooth_status(self, elements: Sequence[str]) -> None:
        fields = {"M": "missing_teeth", "E": "teeth_to_extract"}
        field = fields.get(element_at(elements, 2))
        if field is not None:
            self._teeth[field].append(element_at(elements, 1))

    def meet_note(self, elements: Sequence[str]) -> None:
        if self._head is not None and self._line is None and len(elements) > 2:
            self._notes.append(words(self._element.join(elements[2:])))

    def meet_diagnoses(self, elements: Sequence[str]) -> None:
        if self._head is None:
            return
        codes = [*self._head.get("diagnoses", ())]  # some write a segment for each
        for element in elements[1:]:
            qualifier, _, rest = element.partition(self._component)
            code, _, _ = rest.partition(self._component)
            if qualifier.strip() in ("ABK", "ABF", "BK", "BF") and code.strip():
                codes.append(_with_point(code.strip()))
        self._set_field("diagnoses", tuple(codes))

    # Lines ----------------------------------------------------------------------------------------

    def begin_line(self, _: Sequence[str]) -> None:
        if self._head is None:
            self._add_remark(filerules.NESTING, "an LX outside of a claim (CLM)")
            return
        self._end_line()
        self._line = []
        self._line_number = self._segments.number

    def meet_service(self, elements: Sequence[str]) -> None:
        if self._line is None:
            self._add_remark(filerules.NESTING, f"{elements[0]} outside of a line (LX)")
            return
        self._line.append(elements)

    def _end_line(self) -> None:
        if self._line is None or self._head is None:
            return
        segments, self._line = self._line, None
        fields = blank_fields()
        try:
            sv3.add_fields_of_elements(fields, segments, self._separators)
        except DataFormatError as error:
            index = len(self._lines)
            told = f"before segment {self._segments.number}: {error}"
            self._add_fault(filerules.LINE_UNREADABLE, told, error.column or "", index)
            return
        # Here, and not by the claim, which would have to make each line anew.
        fields["birth_date"] = self._head["birth_date"]
        if fields["date"] is None:
            fields["date"] = self._head["date"]
        if fields["narrative"] is not None:
            fields["narrative"] = words(fields["narrative"])
        self._lines.append(line_of_fields(fields))
        self._numbers.append(self._line_number)


_METHODS: Final[Mapping[str, Callable[[_Claims, Sequence[str]], None]]] = {
    "ISA": _Claims.begin_interchange,
    "GS": _Claims.begin_group,
    "ST": _Claims.begin_transaction,
    "HL": _Claims.begin_level,
    "NM1": _Claims.meet_party,
    "DMG": _Claims.meet_birth_date,
    "CLM": _Claims.begin_claim,
    "DTP": _Claims.meet_date,
    "DN1": _Claims.meet_treatment,
    "DN2": _Claims.meet_tooth_status,
    "NTE": _Claims.meet_note,
    "HI": _Claims.meet_diagnoses,
    "LX": _Claims.begin_line,
    "SV3": _Claims.meet_service,
    "TOO": _Claims.meet_service,
    "SE": _Claims.end_transaction,
    "GE": _Claims.end_group,
    "IEA": _Claims.end_interchange,
}


def _other_guide(kind: str, guide: str) -> str:
    """What another transaction is, and what is read."""
    wanted = "an 837D of the version 5010 (005010X224A2 or A3) is read"
    for form, name in _OTHER_GUIDES.items():
        if form in guide:
            return f"it is an {name}; {wanted}"
    if kind != "837":
        return f"ST01 is no 837; {wanted}"
    return f"neither ST03 nor GS08 names an 837D; {wanted}"


def _with_point(code: str) -> str:
    """A diagnosis with the point that HI leaves out."""
    if len(code) <= 3 or "." in code:
        return code
    return f"{code[:3]}.{code[3:]}"


def _count_or_none(element: str, text: str) -> int | None:
    if not text:
        return None
    return sv3.read_count(element, text)


def _number_or_none(text: str) -> Decimal | None:
    try:
        return sv3.read_number("CLM02", text)
    except DataFormatError:
        return None
