"""All codes that a text has, each with what is to be said of it: `FoundCode`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final, Literal

import attrs

from cdtref.code import Code
from cdtref.code.spans import CodeSpan, code_spans
from cdtref.codeset import Catalog
from cdtref.codesystem import CodeSystem
from cdtref.fieldtext import as_date
from cdtref.record import Record
from cdtref.verdicts.verdict import Verdict, verdict_of

FoundStatus = Literal["in force", "not in force", "unknown", "malformed", "other system"]

_STATUSES: Final[dict[bool | None, FoundStatus]] = {
    True: "in force",
    False: "not in force",
    None: "unknown",
}


@attrs.frozen(kw_only=True)
class FoundCode(Record):
    """
    Something in a text that is or looks like a procedure code.

    Attributes:
        text: As it stands in the text, which is `whole[start:end]`.
        start: Where it begins.
        end: Behind its last character.
        code: The code in canonical form; None where it is malformed.
        system: The system whose form it has; None likewise.
        status: 'in force' or 'not in force' on the day asked, without one in the pinned edition;
            'unknown' where the catalog lacks a dental code, 'malformed', or 'other system', which
            a catalog of dental codes says nothing of.
        replaced_by: Successors of a code that is not in force.
        suggestion: The code that a malformed text may mean, or None.
    """

    text: str
    start: int
    end: int
    code: Code | None
    system: CodeSystem | None
    status: FoundStatus
    replaced_by: tuple[str, ...] = ()
    suggestion: str | None = None


def codes_found_in(
    text: str, catalog: Catalog, on: date | str | None = None
) -> Iterator[FoundCode]:
    """As `cdtref.find_codes`, whose rules stand there, by a catalog."""
    if not isinstance(text, str):
        raise TypeError(f"codes are found in a text, not in {type(text).__name__}")
    day = None if on is None else as_date(on)
    verdicts: dict[str, Verdict] = {}  # a letter cites the same few codes again and again
    for span in code_spans(text):
        if span.is_sure or span.code in catalog:
            spelled = span.code or span.text
            if spelled not in verdicts:
                verdicts[spelled] = verdict_of(spelled, catalog, day)
            yield _found_code(span, verdicts[spelled])


def _found_code(span: CodeSpan, verdict: Verdict) -> FoundCode:
    return FoundCode(
        text=span.text,
        start=span.start,
        end=span.end,
        code=verdict.code,
        system=verdict.system,
        status=_status_of(verdict),
        replaced_by=verdict.replaced_by,
        suggestion=verdict.suggestion,
    )


def _status_of(verdict: Verdict) -> FoundStatus:
    if not verdict.is_well_formed:
        return "malformed"
    if verdict.system is not CodeSystem.CDT:
        return "other system"
    return _STATUSES[verdict.in_force]
