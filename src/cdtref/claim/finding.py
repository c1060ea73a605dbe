"""What is wrong with a claim line, as a value."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import attrs

from cdtref.record import Card, Record, plain

Severity = Literal["error", "warning", "info"]


class Place(NamedTuple):
    """
    Where something stands in a file: the number of its segment, from 1, and the byte at which that
    begins; in a table, JSON and NDJSON the number of its line, and 0, for bytes are not counted.
    """

    segment: int
    offset: int


@attrs.frozen
class Finding(Card, Record):
    """
    One thing that is wrong with a line or a claim.

    Attributes:
        rule: Id of the rule, such as 'surface.missing'.
        severity: 'error', 'warning' or 'info'.
        field: Name of the `ClaimLine` field to mend; of the `Claim` field where there is no line.
        message: What is wrong and what to do.
        line_index: Place of the line in the claim, from 0; None for the claim as a whole.
        carc: Claim adjustment reason code that payers give for it, or None.
        rarc: Remittance advice remark code that payers give for it, or None.
        source: Where the rule comes from.
        other_index: Place of the other line of the claim that it is about, or None.
        history_index: Place in the history given of the earlier line that it is about, the lines of
            claims counted through, or None.
        place: Where the claim stands in a file; it takes no part in comparisons.
    """

    rule: str
    severity: Severity
    field: str
    message: str
    line_index: int | None = 0
    carc: str | None = None
    rarc: str | None = None
    source: str = ""
    other_index: int | None = None
    history_index: int | None = None
    place: Place | None = attrs.field(default=None, eq=False, repr=False)

    @property
    def is_error(self) -> bool:
        """
        True for an error, with which a claim should not go out; warnings and infos are questions.

        >>> import cdtref
        >>> line = cdtref.ClaimLine("D2391", "2026-03-02", tooth="14")
        >>> [finding.is_error for finding in cdtref.check(line)]
        [True]
        """
        return self.severity == "error"

    def __str__(self) -> str:
        return f"{self.severity}: {self.message} ({self.rule})"

    def to_dict(self) -> dict[str, Any]:
        """The record as plain JSON values under stable keys; without its place."""
        values = plain(self)
        del values["place"]
        return values

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """The finding in short for people: terms with their values."""
        line = ""
        if self.line_index is not None:
            line = str(self.line_index)
        told = (
            ("Line", line),
            ("Field", self.field),
            ("Message", self.message),
            ("CARC", self.carc),
            ("RARC", self.rarc),
            ("Source", self.source),
        )
        return tuple((term, value) for term, value in told if value)

    @property
    def caption(self) -> str:
        """Severity and rule."""
        return f"{self.severity}: {self.rule}"
