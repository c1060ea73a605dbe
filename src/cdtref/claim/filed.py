"""Claim lines as they stand in a file, what came of checking them, and the file as it is given."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from os import PathLike
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple

from cdtref.claim.claim import Claim
from cdtref.claim.finding import Finding, Place
from cdtref.claim.line import ClaimLine

Kind = Literal["line", "lines", "claim"]


class Row(NamedTuple):
    """
    A line of the file: its number from 1, the claim it belongs to ('' without such a column), and
    what it says.
    """

    number: int
    claim: str
    line: ClaimLine


class Checked(NamedTuple):
    """
    A line of a file with what is wrong with it; `line` is None where it could not be read, and
    where the findings are of the claim as a whole.

    Attributes:
        number: The line of a table; in an 837D the segment with which the line begins (LX), and of
            what is said of the claim as a whole its own (CLM); in FHIR the line on which its
            document begins.
        claim: The claim's own number; '' where the file tells none.
        line: What it says.
        findings: What is wrong with it.
    """

    number: int
    claim: str
    line: ClaimLine | None
    findings: tuple[Finding, ...]


class FiledClaim(NamedTuple):
    """
    The lines of a claim as a file has them, and what the file tells of them.

    Attributes:
        kind: "line" where a row of a table names no claim, "lines" of those that name one, "claim"
            where a file has whole claims.
        id: The claim's own number; "" where there is none.
        lines: Those that could be read.
        numbers: Where each of them stands.
        faults: What could not be read, and what is wrong with the file around it.
        fault_numbers: Where each of these stands.
        has_placement: Whether the file can tell an initial prosthesis from a replacement.
        is_plan: True of a plan of treatment, whose lines have no dates.
        patient: A key of the patient, which tells nothing of them; None where there is none.
        whole: The claim, where the file has whole ones.
    """

    kind: Kind
    id: str
    lines: Sequence[ClaimLine]
    numbers: Sequence[int]
    faults: Sequence[Finding] = ()
    fault_numbers: Sequence[int] = ()
    has_placement: bool = True
    is_plan: bool = False
    patient: bytes | None = None
    whole: Claim | None = None

    @classmethod
    def of_claim(
        cls, claim: Claim, numbers: Sequence[int], patient: bytes | None = None
    ) -> FiledClaim:
        """A whole claim whose lines stand at these places of its file."""
        at_faults = []
        for finding in claim.findings:
            place = finding.place or claim.place or Place(1, 0)
            at_faults.append(place.segment)
        told = claim.lines, numbers, claim.findings, at_faults
        return cls("claim", claim.id or "", *told, patient=patient, whole=claim)

    @property
    def number(self) -> int:
        """Where it begins."""
        if self.whole is not None and self.whole.place is not None:
            return self.whole.place.segment
        return min((*self.numbers, *self.fault_numbers), default=1)

    @property
    def claim(self) -> Claim:
        """The claim; of a table one of its rows, which costs what their checking need not pay."""
        if self.whole is not None:
            return self.whole
        return Claim(
            self.lines,
            id=self.id or None,
            findings=self.faults,
            predetermination=self.is_plan,
            place=Place(self.number, 0),
        )


def open_given(
    given: str | PathLike[str] | IO[Any], what: str, method: str = "read"
) -> AbstractContextManager[IO[Any]]:
    """
    A path opened to be read as bytes, or the open file that was given, which stays open.

    Raises:
        TypeError: it is neither, for it has no such *method*; *what* says what was to be read.
    """
    if isinstance(given, str | PathLike):
        return Path(given).open("rb")
    if not hasattr(given, method):
        kind = type(given).__name__
        raise TypeError(f"{what} is given by its path or as an open file, not {kind}")
    return nullcontext(given)
