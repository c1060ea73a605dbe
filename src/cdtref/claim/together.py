"""
How the rules judge the lines of a claim together, beside what is known of the patient and the plan.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence

import attrs

from cdtref.claim.claim import Claim
from cdtref.claim.conflict import ConflictTable
from cdtref.claim.conflictindex import Practice
from cdtref.claim.conflicts import ConflictRule, find_conflicts
from cdtref.claim.finding import Finding
from cdtref.claim.history import History
from cdtref.claim.limits import Limit
from cdtref.claim.line import ClaimLine
from cdtref.claim.parsed import ParsedLine
from cdtref.claim.planrules import find_beyond_limits
from cdtref.claim.rule import (
    ClaimRule,
    HeaderRule,
    LineRule,
    as_line_rules,
    finding_of,
    findings_of,
    parsed_line,
)
from cdtref.codeset import Catalog
from cdtref.errors import quoted_name


def _is_practice(_: Background, __: attrs.Attribute[Practice], value: str) -> None:
    if value not in ("usual", "all"):
        raise ValueError(f"practice is 'usual' or 'all', not {quoted_name(value)}")


def _as_limits(given: Iterable[Limit]) -> tuple[Limit, ...]:
    limits = tuple(given)
    for limit in limits:
        if not isinstance(limit, Limit):
            raise TypeError(f"a limit is a Limit, not {type(limit).__name__}; see read_limits")
    return limits


@attrs.frozen(kw_only=True)
class Background:
    """
    What a claim is judged by beside its own lines.

    Attributes:
        table: The table of conflicts.
        history: Earlier lines or claims of the patient; None where they are not known.
        practice: 'usual', or 'all' for what is one payer's wish too.
        limits: The limits of the patient's plan.
    """

    table: ConflictTable
    history: Iterable[ClaimLine | Claim] | None = None
    practice: Practice = attrs.field(default="usual", validator=_is_practice)
    limits: tuple[Limit, ...] = attrs.field(default=(), converter=_as_limits)


@functools.lru_cache(maxsize=4)
def usual_background(table: ConflictTable) -> Background:
    """A table alone, as most claims are judged by: the same one at every call."""
    return Background(table=table)


def check_lines(  # noqa: PLR0913  # each is a part of the question, two by name only
    lines: Iterable[ClaimLine] | Claim,
    catalog: Catalog,
    rules: Iterable[LineRule],
    claim_rules: Iterable[ClaimRule | ConflictRule],
    *,
    header_rules: Iterable[HeaderRule] = (),
    background: Background | None = None,
) -> tuple[Finding, ...]:
    """
    The findings of the lines of one claim: line by line, then those of the lines together; of a
    `Claim` first what is wrong with what it says of itself.

    Rules that judge by the table of conflicts are silent where no *background* is given.
    """
    if isinstance(lines, ClaimLine):
        raise TypeError("the lines of a claim are several; use check for one")
    found: list[Finding] = []
    claim = None
    if isinstance(lines, Claim):
        claim, lines = lines, lines.lines
        found = _header_findings(claim, header_rules)
    readings = [parsed_line(line, catalog, claim) for line in lines]
    line_rules = as_line_rules(rules)
    for place, reading in enumerate(readings):
        found.extend(findings_of(reading, line_rules, place))
    together = tuple(claim_rules)
    found.extend(_together_findings(readings, together))
    if background is not None:
        conflict_rules = [rule for rule in together if isinstance(rule, ConflictRule)]
        found = _with_background(found, readings, conflict_rules, background, catalog)
    if claim is None or claim.place is None or not found:
        return tuple(found)
    return tuple(attrs.evolve(finding, place=claim.place) for finding in found)


def _header_findings(claim: Claim, rules: Iterable[HeaderRule]) -> list[Finding]:
    found = []
    for rule in rules:
        message = rule.judge(claim)
        if message is not None:
            found.append(finding_of(rule, rule.severity, message, None))
    return found


def _together_findings(
    readings: Sequence[ParsedLine], rules: Iterable[ClaimRule | ConflictRule]
) -> Iterator[Finding]:
    for rule in rules:
        if isinstance(rule, ClaimRule):
            for place, message in rule.judge(readings):
                yield finding_of(rule, rule.severity, message, place)


def _with_background(
    found: list[Finding],
    readings: Sequence[ParsedLine],
    rules: Sequence[ConflictRule],
    background: Background,
    catalog: Catalog,
) -> list[Finding]:
    """What was found, and what conflicts, history and the plan add to it."""
    history = None
    if background.history is not None:
        history = History(background.history, catalog)
    conflicts = find_conflicts(readings, rules, background.table, history, background.practice)
    beyond = find_beyond_limits(readings, background.limits, history)
    return [*_told_once(found, conflicts), *conflicts, *beyond]


def _told_once(found: list[Finding], conflicts: list[Finding]) -> list[Finding]:
    """A repeated line is told by the table where it knows of it, and then not as a mere repeat."""
    if not conflicts:
        return found
    told = {one.line_index for one in conflicts if one.rule == "conflict.duplicate"}
    return [one for one in found if one.rule != "line.duplicate" or one.line_index not in told]
