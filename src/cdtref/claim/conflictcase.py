"""
Whether a row of the table of conflicts holds of two lines, and which of the two it questions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from cdtref.claim.conflict import Statement
from cdtref.claim.conflictindex import Check
from cdtref.claim.finding import Severity
from cdtref.claim.parsed import ParsedLine
from cdtref.claim.shared import shares

_RANK: Final[Mapping[Severity, int]] = {"info": 0, "warning": 1, "error": 2}


class Case(NamedTuple):
    """A row that holds of two lines: the questioned one, and the other one."""

    check: Check
    severity: Severity
    questioned: ParsedLine
    other: ParsedLine


def heaviest_case(asked: Iterable[Check], one: ParsedLine, other: ParsedLine) -> Case | None:
    """Of several rows that hold of two lines the heaviest, or the first of equal ones."""
    heaviest = None
    for check in asked:
        case = _case_of(check, one, other)
        if case and (heaviest is None or _RANK[case.severity] > _RANK[heaviest.severity]):
            heaviest = case
    return heaviest


def _case_of(check: Check, one: ParsedLine, other: ParsedLine) -> Case | None:
    said = check.statement
    if one.day is None or other.day is None:
        return None  # a plan of treatment, whose visits nobody knows yet
    if said.days == 0 and one.day != other.day:
        return None  # the common case, for most rows are of one day
    if said.since is not None and min(one.day, other.day) < said.since:
        return None
    if not shares(said.scope, one, other):
        return None
    questioned, beside = _questioned_first(check, one, other)
    if not is_within(said, questioned, beside) or _is_explained(said, questioned):
        return None
    return Case(check, _severity_of(check, questioned), questioned, beside)


def _questioned_first(
    check: Check, one: ParsedLine, other: ParsedLine
) -> tuple[ParsedLine, ParsedLine]:
    """Where either may be questioned it is the later one, by date and then by place."""
    is_one = check.questioned == "one"
    if check.questioned == "later":
        is_one = days_between(other, one) > 0
    if is_one:
        return one, other
    return other, one


def _severity_of(check: Check, questioned: ParsedLine) -> Severity:
    """A line without a charge is a record, and being part of another is what it records."""
    if check.statement.kind == "included" and questioned.line.fee == 0:
        return "info"
    return check.severity


def is_within(said: Statement, questioned: ParsedLine, other: ParsedLine) -> bool:
    """True where the days from the other line to the questioned one are in the window."""
    if (questioned.day is None) is not (other.day is None):
        return False  # nothing is known of how far they are apart
    apart = days_between(other, questioned)
    if apart < 0 and not said.both_ways:
        return False
    return said.days is None or abs(apart) <= said.days


def days_between(other: ParsedLine, line: ParsedLine) -> int:
    """The days from one line to another; lines of a claim without any date are of one day."""
    if line.day is None or other.day is None:
        return 0
    return (line.day - other.day).days


def _is_explained(said: Statement, questioned: ParsedLine) -> bool:
    """A rule of the code set that is less than sure has exceptions, which a narrative tells."""
    if questioned.line.narrative is None or said.kind != "included":
        return False
    return said.strength == "code set" and said.confidence != "high"
