"""
What a rule is, and how the rules judge a line.

The rules themselves are tables, in `linerules`, `claimrules` and `headerrules`; a user extends them
or leaves out single ones by id. Checks return findings and never raise on a bad claim.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

import attrs

from cdtref.claim.claim import Claim
from cdtref.claim.finding import Finding, Severity
from cdtref.claim.line import ClaimLine
from cdtref.claim.parsed import ParsedLine
from cdtref.codeset import Catalog


@attrs.frozen
class LineRule:
    """
    A rule on one line.

    Attributes:
        id: Its name, such as 'tooth.missing'.
        severity: What a finding weighs; 'error' becomes 'warning' where the rule rests on a
            requirement that is not sure.
        field: The `ClaimLine` field that a finding speaks of.
        judge: Takes a `ParsedLine` and gives the message of the finding, or None.
        rarc: Remittance advice remark code, or None.
        carc: Claim adjustment reason code, or None.
        source: Where the rule comes from.
        rests_on: The field of `Requirement` that the rule rests on, whose confidence may be below
            high; "" for a rule that rests on none.
        where_given: True for a rule on what stands in its field, which is not asked of a line where
            nothing does.
    """

    id: str
    severity: Severity
    field: str
    judge: Callable[[ParsedLine], str | None]
    rarc: str | None = None
    carc: str | None = None
    source: str = ""
    rests_on: str = ""
    where_given: bool = False


@attrs.frozen
class ClaimRule:
    """
    A rule on the lines of one claim together; `judge` gives the place of the line at fault and the
    message.
    """

    id: str
    severity: Severity
    field: str
    judge: Callable[[Sequence[ParsedLine]], Iterable[tuple[int, str]]]
    rarc: str | None = None
    carc: str | None = None
    source: str = ""


@attrs.frozen
class HeaderRule:
    """
    A rule on what a claim says of itself; `judge` takes a `Claim` and gives the message, or None.
    """

    id: str
    severity: Severity
    field: str
    judge: Callable[[Claim], str | None]
    rarc: str | None = None
    carc: str | None = None
    source: str = ""


def check_line(line: ClaimLine, catalog: Catalog, rules: Iterable[LineRule]) -> tuple[Finding, ...]:
    """The findings of one line, in the order of the rules."""
    return tuple(findings_of(parsed_line(line, catalog), as_line_rules(rules), 0))


def parsed_line(line: ClaimLine, catalog: Catalog, claim: Claim | None = None) -> ParsedLine:
    """A line as the rules look at it."""
    if not isinstance(line, ClaimLine):
        raise TypeError(f"a ClaimLine is checked, not {type(line).__name__}")
    return ParsedLine(line, catalog, claim)


class LineRules:
    """
    Rules on one line, with those of them that a line is asked.

    Most lines have few fields, so most rules have nothing to judge on them.
    """

    def __init__(self, rules: Iterable[LineRule]) -> None:
        self.rules: tuple[LineRule, ...] = tuple(rules)
        self._asked: dict[tuple[bool, ...], tuple[LineRule, ...]] = {}

    def asked_of(self, line: ClaimLine) -> tuple[LineRule, ...]:
        """The rules that have something to judge on it."""
        given = (
            line.tooth is not None,
            line.surfaces is not None,
            line.area is not None,
            line.fee is not None,
            line.prosthesis is not None,
            line.prior_placement is not None,
            line.birth_date is not None,
            line.modifiers != (),
            line.diagnosis_pointers != (),
            line.place_of_service is not None,
            line.quantity != 1,  # as a blank one is
        )
        asked = self._asked.get(given)
        if asked is None:
            absent = {name for name, is_given in zip(_MAY_LACK, given, strict=True) if not is_given}
            rules = [
                rule for rule in self.rules if not rule.where_given or rule.field not in absent
            ]
            asked = self._asked[given] = tuple(rules)
        return asked


_MAY_LACK: Final = (
    "tooth",
    "surfaces",
    "area",
    "fee",
    "prosthesis",
    "prior_placement",
    "birth_date",
    "modifiers",
    "diagnosis_pointers",
    "place_of_service",
    "quantity",
)
_KNOWN: Final[dict[int, LineRules]] = {}
_MOST_KNOWN: Final = 16  # tables of rules; a program has one or two


def as_line_rules(rules: Iterable[LineRule]) -> LineRules:
    """The same for the same tuple at every call: to sort rules takes longer than to ask them."""
    known = _KNOWN.get(id(rules))
    if known is not None and known.rules is rules:
        return known
    made = LineRules(rules)
    if made.rules is rules:
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        _KNOWN[id(rules)] = made
    return made


def findings_of(reading: ParsedLine, rules: LineRules, place: int) -> list[Finding]:
    """What the rules find on the line at a place of its claim."""
    found = []
    for rule in rules.asked_of(reading.line):
        message = rule.judge(reading)
        if message is not None:
            found.append(finding_of(rule, _severity_of(rule, reading), message, place))
    return found


def _severity_of(rule: LineRule, reading: ParsedLine) -> Severity:
    """
    Where confidence in what a rule rests on is below high, and on days that no edition covers,
    never an error.
    """
    if not rule.rests_on or rule.severity != "error" or reading.requirement is None:
        return rule.severity
    if reading.covered and getattr(reading.requirement.confidence, rule.rests_on) == "high":
        return "error"
    return "warning"


def finding_of(
    rule: LineRule | ClaimRule | HeaderRule, severity: Severity, message: str, place: int | None
) -> Finding:
    """What a rule found, as it is told."""
    return Finding(rule.id, severity, rule.field, message, place, rule.carc, rule.rarc, rule.source)
