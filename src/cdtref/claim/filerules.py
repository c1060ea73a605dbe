"""
What a file can be wrong in before its claims are judged, as a table: `FILE_RULES`.

The readers of files find these, and no rule judges by them; they stand here so that all that a
finding may be called stands in tables.
"""

from __future__ import annotations

from typing import Final

import attrs

from cdtref.claim.finding import Finding, Place, Severity


@attrs.frozen
class FileRule:
    """
    What a reader of files may find.

    Attributes:
        id: Its name, such as 'envelope.count'.
        severity: What a finding weighs.
        field: The field that a finding speaks of; "" where each names its own, or none.
        source: Where it comes from.
        rarc: None, for no payer answers what it cannot read with a remark.
        carc: None, likewise.
    """

    id: str
    severity: Severity
    field: str
    source: str
    rarc: str | None = None
    carc: str | None = None

    def finding(
        self,
        message: str,
        *,
        field: str = "",
        line_index: int | None = None,
        place: Place | None = None,
    ) -> Finding:
        """A finding of this kind."""
        field = field or self.field
        told = (self.id, self.severity, field, message, line_index)
        return Finding(*told, source=self.source, place=place)


_CONTROL: Final = "X12.6 interchange control structure"
_DENTAL: Final = "X12 837D"

NESTING: Final = FileRule("envelope.nesting", "error", "", _CONTROL)
COUNT: Final = FileRule("envelope.count", "error", "", _CONTROL)
CONTROL_NUMBER: Final = FileRule("envelope.control-number", "error", "", _CONTROL)
CLAIM_UNREADABLE: Final = FileRule("claim.unreadable", "error", "", _DENTAL)
CLAIM_TOTAL: Final = FileRule("claim.total", "error", "lines", _DENTAL)
LINE_UNREADABLE: Final = FileRule("line.unreadable", "error", "", "the form of the file")
SAID_ONCE: Final = "so this is said once"
"""The end of a message on what holds for many lines of a file, and is told of the first."""

FILE_RULES: Final = (
    NESTING,
    COUNT,
    CONTROL_NUMBER,
    CLAIM_UNREADABLE,
    CLAIM_TOTAL,
    LINE_UNREADABLE,
)
"""What the readers of files find, in the order of the file: its envelopes, claims and lines."""
