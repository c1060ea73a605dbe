"""
What a rule is, and how the rules judge a line and the lines of a claim.

The rules themselves are two tables, in `linerules` and `claimrules`; a user extends them or leaves
out single ones by id. Checks return findings and never raise on a bad claim.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

import attrs

from cdtref.claim.claim import Claim
from cdtref.claim.conflict import ConflictTable
from cdtref.claim.conflictindex import Practice
from cdtref.claim.conflicts import ConflictRule, find_conflicts
from cdtref.claim.finding import Finding, Severity
from cdtref.claim.history import History
from cdtref.claim.limits import Limit
from cdtref.claim.line import ClaimLine
from cdtref.claim.parsed import ParsedLine
from cdtref.claim.planrules import find_beyond_limits
from cdtref.codeset import Catalog
from cdtref.errors import quoted_name


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


def check_line(line: ClaimLine, catalog: Catalog, rules: Iterable[LineRule]) -> tuple[Finding, ...]:
    """The findings of one line, in the order of the rules."""
    return tuple(_findings_of(_parsed_line(line, catalog), _as_line_rules(rules), 0))


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
    readings = [_parsed_line(line, catalog, claim) for line in lines]
    line_rules = _as_line_rules(rules)
    for place, reading in enumerate(readings):
        found.extend(_findings_of(reading, line_rules, place))
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
            found.append(_finding_of(rule, rule.severity, message, None))
    return found


def _together_findings(
    readings: Sequence[ParsedLine], rules: Iterable[ClaimRule | ConflictRule]
) -> Iterator[Finding]:
    for rule in rules:
        if isinstance(rule, ClaimRule):
            for place, message in rule.judge(readings):
                yield _finding_of(rule, rule.severity, message, place)


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


def _parsed_line(line: ClaimLine, catalog: Catalog, claim: Claim | None = None) -> ParsedLine:
    if not isinstance(line, ClaimLine):
        raise TypeError(f"a ClaimLine is checked, not {type(line).__name__}")
    return ParsedLine(line, catalog, claim)


class _LineRules:
    """
    Rules on one line, with those of them that a line is asked.

    Most lines have few fields, so most rules have nothing to judge on them.
    """

    def __init__(self, rules: Iterable[LineRule]) -> None:
        self.rules = tuple(rules)
        self._asked: dict[tuple[bool, ...], tuple[LineRule, ...]] = {}

    def asked_of(self, line: ClaimLine) -> tuple[LineRule, ...]:
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
_KNOWN: Final[dict[int, _LineRules]] = {}
_MOST_KNOWN: Final = 16  # tables of rules; a program has one or two


def _as_line_rules(rules: Iterable[LineRule]) -> _LineRules:
    """The same for the same tuple at every call: to sort rules takes longer than to ask them."""
    known = _KNOWN.get(id(rules))
    if known is not None and known.rules is rules:
        return known
    made = _LineRules(rules)
    if made.rules is rules:
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        _KNOWN[id(rules)] = made
    return made


def _findings_of(reading: ParsedLine, rules: _LineRules, place: int) -> list[Finding]:
    found = []
    for rule in rules.asked_of(reading.line):
        message = rule.judge(reading)
        if message is not None:
            found.append(_finding_of(rule, _severity_of(rule, reading), message, place))
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


def _finding_of(
    rule: LineRule | ClaimRule | HeaderRule, severity: Severity, message: str, place: int | None
) -> Finding:
    return Finding(rule.id, severity, rule.field, message, place, rule.carc, rule.rarc, rule.source)
