"""
What of a claim goes beyond the limits of the patient's plan, by the lines of the claim and the
earlier ones that are given.

A line that goes beyond a limit is not counted for the lines after it. A limit per tooth, quadrant,
arch or provider is silent on a line that does not tell it, and counts no line that does not. An age
is judged where the line has the patient's date of birth.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final, NamedTuple

import attrs

from cdtref.claim.finding import Finding, Severity
from cdtref.claim.history import History
from cdtref.claim.limits import Limit, Per
from cdtref.claim.parsed import ParsedLine
from cdtref.claim.shared import shares, tells
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


class _Use(NamedTuple):
    """A service that counts: its line, how many, and where it stands."""

    line: ParsedLine
    day: date
    number: int
    other_index: int | None
    history_index: int | None


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
    for limit in limits:
        uses = list(_earlier_uses(limit, history))
        for one in served:
            if one.line.code is None or not limit.takes(one.line.code):
                continue
            beyond = [*_age_findings(limit, one), *_use_findings(limit, one, uses)]
            found.extend(beyond)
            if not beyond:
                uses.append(_Use(one.line, one.day, _number_of(one.line), one.place, None))
    return sorted(found, key=lambda finding: finding.line_index or 0)


def _served_lines(lines: Sequence[ParsedLine]) -> Iterator[_Served]:
    """A line without a day is planned, and a plan of treatment uses nothing up."""
    for place, line in enumerate(lines):
        if line.day is not None:
            yield _Served(line.day, place, line)


def _earlier_uses(limit: Limit, history: History | None) -> Iterator[_Use]:
    if history is None or limit.most is None:
        return
    for code in history.places:
        if limit.takes(code):
            for place in history.places[code]:
                line = history.parsed(place)
                if line.day is not None:
                    yield _Use(line, line.day, _number_of(line), None, place)


def _number_of(line: ParsedLine) -> int:
    """How many services a line is; a quantity that cannot be is told elsewhere, and is one."""
    return max(1, line.line.quantity)


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


def _use_findings(limit: Limit, one: _Served, uses: Iterable[_Use]) -> Iterator[Finding]:
    if limit.most is None or (limit.per and not _tells_place(limit.per, one.line)):
        return
    if limit.most == 0:
        message = f"{one.line.code}: the plan does not pay for {limit.name}"
        yield _finding_of(FREQUENCY, limit, message, one.place)
        return
    counted = [use for use in uses if _is_counted(limit, use, one)]
    over = sum(use.number for use in counted) + _number_of(one.line) - limit.most
    if over > 0:
        yield _beyond(limit, one, sorted(counted, key=lambda use: use.day), over)
    elif limit.replacement:
        yield from _too_early(limit, one)


def _is_counted(limit: Limit, use: _Use, one: _Served) -> bool:
    free = limit.free_from(use.day)
    if use.day > one.day or (free is not None and free <= one.day):
        return False
    return limit.per is None or _shares_place(limit.per, use.line, one.line)


def _tells_place(per: Per, line: ParsedLine) -> bool:
    if per == "provider":
        return _provider_of(line) is not None
    return tells(per, line)


def _shares_place(per: Per, one: ParsedLine, other: ParsedLine) -> bool:
    if per == "provider":
        return _provider_of(one) == _provider_of(other)
    return shares(per, one, other)


def _provider_of(line: ParsedLine) -> str | None:
    """The NPI of who bills for the claim that the line stands on, where that tells it."""
    if line.claim is None or line.claim.provider_npi is None:
        return None
    return line.claim.provider_npi.strip()


def _beyond(limit: Limit, one: _Served, counted: Sequence[_Use], over: int) -> Finding:
    told = f"{one.line.code} goes beyond the plan's limit on {limit.name}, {limit}"
    message = f"{told}; {_counted_in_words(counted)}{_due(limit, counted, over)}"
    found = _finding_of(FREQUENCY, limit, message, one.place)
    if not counted:
        return found
    last = counted[-1]
    return attrs.evolve(found, other_index=last.other_index, history_index=last.history_index)


def _counted_in_words(counted: Sequence[_Use]) -> str:
    if not counted:
        return "the line alone has more"
    services = [f"{use.line.code} of {use.day}" for use in counted]
    return f"counted are {', '.join(services)}"


def _due(limit: Limit, counted: Sequence[_Use], over: int) -> str:
    """The first day on which enough of what was used counts no more, where there is one."""
    for use in counted:
        over -= use.number
        if over <= 0:
            return _due_from(limit.free_from(use.day))
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
    if free is None or free > one.day:
        told = f"{one.line.code} replaces what was placed on {prior}"
        message = f"{told}, and the plan pays for {limit.name} {limit}{_due_from(free)}"
        yield _finding_of(REPLACEMENT, limit, message, one.place)


def _finding_of(rule: LimitRule, limit: Limit, message: str, place: int) -> Finding:
    source = limit.source or rule.source
    return Finding(rule.id, rule.severity, rule.field, message, place, rule.carc, rule.rarc, source)
