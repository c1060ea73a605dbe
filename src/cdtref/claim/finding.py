"""What is wrong with a claim line, as a value."""

from __future__ import annotations

from typing import Any, Literal

import attrs

from cdtref.record import Card, plain

Severity = Literal["error", "warning", "info"]


@attrs.frozen
class Finding(Card):
    """
    One thing that is wrong with a line.

    Attributes:
        rule: Id of the rule, such as 'surface.missing'.
        severity: 'error', 'warning' or 'info'.
        field: Name of the `ClaimLine` field to mend.
        message: What is wrong and what to do.
        line_index: Place of the line in the claim, from 0.
        carc: Claim adjustment reason code that payers give for it, or None.
        rarc: Remittance advice remark code that payers give for it, or None.
        source: Where the rule comes from.
    """

    rule: str
    severity: Severity
    field: str
    message: str
    line_index: int = 0
    carc: str | None = None
    rarc: str | None = None
    source: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The record as plain JSON values under stable keys."""
        return plain(self)

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """The finding in short for people: terms with their values."""
        codes = (("CARC", self.carc), ("RARC", self.rarc), ("Source", self.source))
        told = (("Line", str(self.line_index)), ("Field", self.field), ("Message", self.message))
        return (*told, *((term, value) for term, value in codes if value))

    @property
    def caption(self) -> str:
        """Severity and rule."""
        return f"{self.severity}: {self.rule}"
