"""
What of a claim goes beyond the limits of the patient's plan, by the lines of the claim and the
earlier ones that are given.

A line that goes beyond a limit is not counted for the lines after it. A limit per tooth, quadrant,
arch or provider is silent on a line that does not tell it, and counts no line that does not. An age
is judged where the line has the patient's date of birth.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import date
from typing import Final, NamedTuple

import attrs

from cdtref.claim.finding import Finding, Severity
from cdtref.claim.history import History
from cdtref.claim.limits import Limit
from cdtref.claim.parsed import ParsedLine
from cdtref.claim.uses import Use, Uses, counted_places, counts_on, number_of
from cdtref.fieldtext import years_between


@attrs.frozen
class LimitRule:
    """
    A rule that judges by the limits of a plan; without limits it is silent.

    Attributes:
        id: Its name, such as 'limit.frequency'.
        severity: What a finding weighs.
        field: The `ClaimLine` field that a finding speaks of.
        rarc: Remittance advice remark code.
        carc: Claim adjustment reason code.
        source: Where the limits come from.
    """

    id: str
    severity: Severity
    field: str
    rarc: str
    carc: str
    source: str = "the limits of the plan, as given"


FREQUENCY: Final = LimitRule("limit.frequency", "warning", "code", "N640", "119")
REPLACEMENT: Final = LimitRule("limit.replacement", "warning", "prior_placement", "N640", "119")
AGE: Final = LimitRule("limit.age", "warning", "birth_date", "N129", "6")
LIMIT_RULES: Final = (FREQUENCY, REPLACEMENT, AGE)
"""The rules that judge by the limits of a plan."""

_MOST_COUNTED: Final = 12  # services of a message, the latest; a history may have thousands


class _Served(NamedTuple):
    """A line of the claim with its place and its day, by which the lines are taken in order."""

    day: date
    place: int
    line: ParsedLine


def find_beyond_limits(
    lines: Sequence[ParsedLine], limits: Sequence[Limit], history: History | None
) -> list[Finding]:
    """What of the lines of a claim goes beyond the limits, in the order of the lines."""
    found: list[Finding] = []
    if not limits:  # most claims are checked without a plan
        return found
    served = sorted(_served_lines(lines), key=lambda one: (one.day, one.place))
    codes = {one.line.code for one in served if one.line.code is not None}
    for limit in limits:
        taken = set(filter(limit.takes, codes))
        if taken:
            found.extend(_findings_beyond(limit, history, served, taken))
    return sorted(found, key=lambda finding: finding.line_index or 0)


def _findings_beyond(
    limit: Limit, history: History | None, served: Iterable[_Served], codes: Container[str | None]
) -> Iterator[Finding]:
    uses = Uses(limit, history)
    for one in served:
        if one.line.code in codes:
            beyond = [*_age_findings(limit, one), *_use_findings(limit, one, uses)]
            yield from beyond
            if not beyond:
                uses.add_line(one.line, one.place)


def _served_lines(lines: Sequence[ParsedLine]) -> Iterator[_Served]:
    """A line without a day is planned, and a plan of treatment uses nothing up."""
    for place, line in enumerate(lines):
        if line.day is not None:
            yield _Served(line.day, place, line)


def _age_findings(limit: Limit, one: _Served) -> Iterator[Finding]:
    birth = one.line.birth_date
    if birth is None or birth > one.day:
        return
    years = years_between(birth, one.day)
    said = f"{one.line.code}: the plan pays for {limit.name}"
    if limit.least_age is not None and years < limit.least_age:
        message = f"{said} from {limit.least_age} years on; the patient is {years}"
        yield _finding_of(AGE, limit, message, one.place)
    elif limit.most_age is not None and years > limit.most_age:
        message = f"{said} up to {limit.most_age} years; the patient is {years}"
        yield _finding_of(AGE, limit, message, one.place)


def _use_findings(limit: Limit, one: _Served, uses: Uses) -> Iterator[Finding]:
    places = counted_places(limit.per, one.line)
    if limit.most is None or not places:
        return
    if limit.most == 0:
        message = f"{one.line.code}: the plan does not pay for {limit.name}"
        yield _finding_of(FREQUENCY, limit, message, one.place)
        return
    over = uses.number_on(one.day, places) + number_of(one.line.line) - limit.most
    if over > 0:
        yield _beyond(limit, one, uses.services_on(one.day, places), over)
    elif limit.replacement:
        yield from _too_early(limit, one)


def _beyond(limit: Limit, one: _Served, counted: Sequence[Use], over: int) -> Finding:
    told = f"{one.line.code} goes beyond the plan's limit on {limit.name}, {limit}"
    message = f"{told}; {_counted_in_words(counted)}{_due(counted, over)}"
    found = _finding_of(FREQUENCY, limit, message, one.place)
    if not counted:
        return found
    last = counted[-1]
    return attrs.evolve(found, other_index=last.other_index, history_index=last.history_index)


def _counted_in_words(counted: Sequence[Use]) -> str:
    if not counted:
        return "the line alone has more"
    earlier, latest = counted[:-_MOST_COUNTED], counted[-_MOST_COUNTED:]
    said = ", ".join([use.said for use in latest])
    if earlier:
        return f"counted are {said} and {len(earlier)} before"
    return f"counted are {said}"


def _due(counted: Sequence[Use], over: int) -> str:
    """The first day on which enough of what was used counts no more, where there is one."""
    for use in counted:
        over -= use.number
        if over <= 0:
            return _due_from(use.free)
    return ""


def _due_from(free: date | None) -> str:
    if free is None:
        return ""
    return f"; the next is due from {free} on"


def _too_early(limit: Limit, one: _Served) -> Iterator[Finding]:
    prior = one.line.line.prior_placement
    if prior is None:
        return
    free = limit.free_from(prior)
    if counts_on(one.day, free):
        told = f"{one.line.code} replaces what was placed on {prior}"
        message = f"{told}, and the plan pays for {limit.name} {limit}{_due_from(free)}"
        yield _finding_of(REPLACEMENT, limit, message, one.place)


def _finding_of(rule: LimitRule, limit: Limit, message: str, place: int) -> Finding:
    source = limit.source or rule.source
    return Finding(rule.id, rule.severity, rule.field, message, place, rule.carc, rule.rarc, source)
