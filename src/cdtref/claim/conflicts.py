"""
What the table of conflicts finds on the lines of a claim, and between them and earlier lines.

Judged by default are the rows of high confidence and the rules of the code set of medium
confidence; the rest is one payer's wish or another's. A rule of the code set is an error only where
the claim itself decides: an earlier line may carry a wrong number, and what a line needs may stand
on a second form, a medical claim or another dentist's claim.

A row that asks for a tooth, a quadrant or an arch is silent where a line does not tell it, one that
asks for the site always, for a claim does not show it. The lines of one claim are of one dentist;
of earlier lines, a row that asks for the same dentist or office is judged where their claims and
this one name the same NPI.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import attrs

from cdtref.claim.conflict import (
    SCOPES,
    VERBS,
    ConflictTable,
    Kind,
    Statement,
    authority,
    listed,
    window_of,
)
from cdtref.claim.conflictcase import Case, days_between, heaviest_case, is_within
from cdtref.claim.conflictindex import Check, Checks, Index, Need, Practice, index_of
from cdtref.claim.finding import Finding, Severity
from cdtref.claim.history import History
from cdtref.claim.longclaim import LineIndex, cases_of, window_around
from cdtref.claim.parsed import ParsedLine
from cdtref.claim.shared import shares, tells

# Up to so many lines a look at every two costs less than to lay them out by code, tooth and day.
MOST_PAIRWISE: Final = 100
_OF_A_DAY: Final = ("day", "visit", "patient")
_REMEDIES: Final[Mapping[Kind, str]] = {
    "included": "leave it out, or tell why it is separate",
    "exclusive": "only one of the two is right",
    "duplicate": "send it once, or mend what is wrong in it",
    "needs": "add it, or tell where it is",
}


@attrs.frozen
class ConflictRule:
    """
    A rule on the lines of a claim together whose cases stand in the table of conflicts.

    Attributes:
        id: Its name, such as 'conflict.included'.
        kind: The kind of the rows that it judges by.
        severity: The most that a finding weighs; less where the row is less sure.
        field: The `ClaimLine` field that a finding speaks of.
        rarc: Remittance advice remark code, or None.
        carc: Claim adjustment reason code, or None.
        source: Where the rows come from; a finding names those of its own row.
    """

    id: str
    kind: Kind
    severity: Severity
    field: str = "code"
    rarc: str | None = None
    carc: str | None = None
    source: str = "table of conflicts, each row with its sources"


CONFLICT_RULES: Final = (
    ConflictRule("conflict.included", "included", "error", rarc="M15", carc="97"),
    ConflictRule("conflict.exclusive", "exclusive", "error", rarc="N20", carc="231"),
    ConflictRule("conflict.duplicate", "duplicate", "error", carc="18"),
    ConflictRule("conflict.needs", "needs", "warning", rarc="N122"),
)
"""The rules whose cases stand in the table of conflicts."""


def find_conflicts(
    lines: Sequence[ParsedLine],
    rules: Iterable[ConflictRule],
    table: ConflictTable,
    history: History | None = None,
    practice: Practice = "usual",
) -> list[Finding]:
    """The conflicts of the lines of one claim, in the order of the lines."""
    index = index_of(table, practice)
    found = _Found(table, rules)
    search = _Search(lines, index, history, found)
    for place, line in enumerate(lines):
        if line.current is not None:
            search.look_at(place, line, line.current.code)
    return sorted(found.findings, key=lambda finding: finding.line_index or 0)


class _Places(NamedTuple):
    """The line at fault, and the other line, of the claim or of the history."""

    line_index: int
    other_index: int | None = None
    history_index: int | None = None


class _Asked(NamedTuple):
    """
    The rows about a code at hand and one code of a history, and what narrows its lines down;
    `elsewhere` are those that hold of another office's lines too.
    """

    code: str
    checks: tuple[Check, ...]
    elsewhere: tuple[Check, ...]
    reach: int | None
    is_by_tooth: bool


class _Search:
    """The search through the lines of one claim and the patient's earlier ones."""

    def __init__(
        self,
        lines: Sequence[ParsedLine],
        index: Index,
        history: History | None,
        found: _Found,
    ) -> None:
        self._lines = lines
        self._index = index
        self._history = history
        self._found = found
        self._originals = _repeated_lines(lines)
        self._plans: dict[str, tuple[_Asked, ...]] = {}
        self._near: LineIndex | None = None
        self._cases: Mapping[int, Sequence[tuple[int, Case]]] = {}
        if len(lines) > MOST_PAIRWISE:
            self._near = LineIndex(lines, _places_but(self._originals, lines))
            self._cases = cases_of(lines, index, self._near)

    def look_at(self, place: int, line: ParsedLine, code: str) -> None:
        """Compare a line with those after it and the earlier ones; a repeated one is told once."""
        checks = self._index.checks(code)
        if place in self._originals:
            self._compare_with_original(place, line, checks.get(code, ()))
            return
        if checks:
            if line.line.quantity > 1:
                self._compare_with_itself(place, line, code)
            self._compare_within(place, line, checks)
            if self._history is not None:
                self._compare_with(self._history, place, line, code)
        for need in self._index.needs(code):
            if self._is_lacking(need, line):
                self._found.add_need(need, place, line, in_history=self._history is not None)

    def _compare_within(self, place: int, line: ParsedLine, checks: Checks) -> None:
        cases: Iterable[tuple[int, Case]] = self._cases.get(place, ())
        if self._near is None:
            cases = self._cases_pairwise(place, line, checks)
        for later, case in cases:
            if case.questioned is line:
                self._found.add_case(case, place, other_index=later)
            else:
                self._found.add_case(case, later, other_index=place)

    def _cases_pairwise(
        self, place: int, line: ParsedLine, checks: Checks
    ) -> Iterator[tuple[int, Case]]:
        for later in range(place + 1, len(self._lines)):
            other = self._lines[later]
            if other.current is None:
                continue
            asked = checks.get(other.current.code)
            if asked is None or later in self._originals:
                continue
            case = heaviest_case(asked, line, other)
            if case is not None:
                yield later, case

    def _compare_with_original(self, place: int, line: ParsedLine, asked: Iterable[Check]) -> None:
        """Of a repeated line only that it repeats: what else it conflicts with is told already."""
        original = self._originals[place]
        repeats = [check for check in asked if check.statement.kind == "duplicate"]
        case = heaviest_case(repeats, self._lines[original], line)
        if case is not None:
            self._found.add_case(case, place, other_index=original)

    def _compare_with_itself(self, place: int, line: ParsedLine, code: str) -> None:
        """
        A quantity says what so many lines would. The visits of a plan may be several, and what goes
        by tooth or area is counted with these.
        """
        for check in self._index.repeats(code):
            if line.day is not None and check.statement.scope in _OF_A_DAY:
                self._found.add_quantity(check, place, line)
                return

    def _compare_with(self, history: History, place: int, line: ParsedLine, code: str) -> None:
        plan = self._plans.get(code)
        if plan is None:
            checks = self._index.checks(code)
            plan = self._plans[code] = tuple(_plan_of(checks, history, _office_of(line)))
        for asked in plan:
            for earlier in _candidates(history, asked, line):
                other = history.parsed(earlier)
                rows = asked.checks
                if rows is not asked.elsewhere and _office_of(line) != _office_of(other):
                    rows = asked.elsewhere
                case = heaviest_case(rows, line, other)
                if case is not None:
                    self._found.add_earlier(case, place, history_index=earlier)
                    if self._found.has_told(place, asked.checks):
                        break  # years of lines say the same again

    def _is_lacking(self, need: Need, line: ParsedLine) -> bool:
        """A need with a window is silent without history, for what it wants lies in the past."""
        said = need.statement
        if not tells(said.scope, line) or _is_told_elsewhere(said, line):
            return False
        if said.days != 0 and (self._history is None or line.day is None):
            return False
        if any(_serves(said, line, other) for other in self._wanted_lines(need, line)):
            return False
        if self._history is None:
            return True
        earlier = self._history.parsed_within(need.wanted.codes, line.day, said.days)
        return not any(_serves(said, line, other) for other in earlier)

    def _wanted_lines(self, need: Need, line: ParsedLine) -> Iterator[ParsedLine]:
        """The lines with a code that a need wants; of a long claim those within its window."""
        wanted = need.wanted.codes
        if self._near is None:
            yield from (other for other in self._lines if other.code in wanted)
            return
        window = window_around(line.day, need.statement.days, 0)
        for code in self._near.codes.keys() & wanted:
            for place in self._near.near(code, window):
                yield self._lines[place]


def _office_of(line: ParsedLine) -> str | None:
    """The NPI of who bills for the claim that the line stands on, where that tells it."""
    if line.claim is None or line.claim.provider_npi is None:
        return None
    return line.claim.provider_npi.strip()


def _plan_of(checks: Checks, history: History, office: str | None) -> Iterator[_Asked]:
    """The rows about a code and each code of the history, laid out once for all its lines."""
    for code in history.places:
        if code not in checks:
            continue
        asked = checks[code]
        elsewhere = tuple(check for check in asked if not check.statement.same_dentist)
        if office is None or len(elsewhere) == len(asked):
            asked = elsewhere  # the same one, by which it is known that no office matters
        if asked:
            is_by_tooth = all(check.statement.scope == "tooth" for check in asked)
            yield _Asked(code, asked, elsewhere, _reach_of(asked), is_by_tooth)


def _reach_of(asked: Iterable[Check]) -> int | None:
    """How far from a line the furthest of the rows looks, in days; None is ever."""
    reach = 0
    for check in asked:
        if check.statement.days is None:
            return None
        reach = max(reach, check.statement.days)
    return reach


def _candidates(history: History, asked: _Asked, line: ParsedLine) -> Iterable[int]:
    """The places of the earlier lines that the rows may hold of, the others passed over."""
    if asked.is_by_tooth:
        places = history.on_teeth(asked.code, line.teeth)
        return history.within(places, line.day, asked.reach)
    if asked.reach == 0:
        return history.on_day(asked.code, line.day)
    return history.within(history.places[asked.code], line.day, asked.reach)


def _is_told_elsewhere(said: Statement, line: ParsedLine) -> bool:
    """A narrative says where the other code is; what is replaced stands on what was there."""
    if line.line.narrative is not None:
        return True
    return said.days != 0 and line.line.prosthesis == "replacement"


def _serves(said: Statement, line: ParsedLine, other: ParsedLine) -> bool:
    """What does not tell its place may be at the right one."""
    if not is_within(said, line, other):
        return False
    return not tells(said.scope, other) or shares(said.scope, line, other)


def _places_but(left_out: Mapping[int, int], lines: Sequence[ParsedLine]) -> Iterator[int]:
    """Of lines that are the same the first stands for all."""
    for place in range(len(lines)):
        if place not in left_out:
            yield place


def _repeated_lines(lines: Sequence[ParsedLine]) -> Mapping[int, int]:
    """The place of each line that says again what an earlier one says, with that one's place."""
    if len({line.code for line in lines}) == len(lines):
        return {}  # the common case
    first: dict[object, int] = {}
    repeated = {}
    for place, line in enumerate(lines):
        original = first.setdefault(line.identity, place)
        if original != place:
            repeated[place] = original
    return repeated


class _Found:
    """What was found: of a line by one row once, however many lines it conflicts with."""

    def __init__(self, table: ConflictTable, rules: Iterable[ConflictRule]) -> None:
        self.findings: list[Finding] = []
        self._table = table
        self._rules = tuple(rules)
        self._told: set[tuple[int, Statement]] = set()

    def add_case(self, case: Case, place: int, *, other_index: int) -> None:
        """A conflict of two lines of the claim."""
        said = case.check.statement
        beside = f"{case.other.code}"
        if said.days != 0:
            beside = f"{beside} {_distance_of(case)}"
        self._add(case, beside, _Places(place, other_index=other_index))

    def add_quantity(self, check: Check, place: int, line: ParsedLine) -> None:
        """A line that counts several of what there is one of."""
        told = f"{line.code} counts {line.line.quantity} {SCOPES[check.statement.scope]}"
        self._keep(check, told, check.severity, _Places(place))

    def add_earlier(self, case: Case, place: int, *, history_index: int) -> None:
        """A conflict with an earlier line, which never makes an error: it may be wrong itself."""
        if case.severity == "error":
            case = case._replace(severity="warning")
        beside = f"{case.other.code} {_distance_of(case)}"
        self._add(case, beside, _Places(place, history_index=history_index))

    def add_need(self, need: Need, place: int, line: ParsedLine, *, in_history: bool) -> None:
        """A line that lacks another one."""
        said = need.statement
        wanted = listed(str(need.wanted).split(", "), "or")
        lacks = "which is not in the history given" if in_history else "which this claim lacks"
        told = f"{line.code} {VERBS['needs']} {wanted} {_place_of(said)}, {lacks}"
        self._keep(need, told, need.severity, _Places(place))

    def has_told(self, place: int, checks: Iterable[Check]) -> bool:
        """True where each of the rows is told of the line, so that nothing more can be."""
        return all((place, check.statement) in self._told for check in checks)

    def _add(self, case: Case, beside: str, places: _Places) -> None:
        said = case.check.statement
        if (places.line_index, said) not in self._told:
            self._told.add((places.line_index, said))
            told = f"{case.questioned.code} {VERBS[said.kind]} {beside} {SCOPES[said.scope]}"
            self._keep(case.check, told, case.severity, places)

    def _keep(self, row: Check | Need, told: str, severity: Severity, places: _Places) -> None:
        said = row.statement
        rule = next((rule for rule in self._rules if rule.kind == said.kind), None)
        if rule is None:
            return
        whose = authority(said.strength, self._table.whose(row.cited))
        finding = Finding(
            rule=rule.id,
            severity=severity,
            field=rule.field,
            message=f"{told}; {_REMEDIES[said.kind]}. {said.reason} {whose}",
            carc=rule.carc,
            rarc=rule.rarc,
            source="; ".join(source.title for source in self._table.sources(row.cited)),
            line_index=places.line_index,
            other_index=places.other_index,
            history_index=places.history_index,
        )
        self.findings.append(finding)


def _place_of(said: Statement) -> str:
    if said.scope in ("day", "visit") and said.days == 0:
        return SCOPES[said.scope]
    return f"{SCOPES[said.scope]}, {window_of(said.days)}"


def _distance_of(case: Case) -> str:
    """Where the other line lies, seen from the questioned one."""
    day = case.other.day
    apart = days_between(case.other, case.questioned)
    if apart == 0:
        return f"of {day}"
    days = "1 day" if abs(apart) == 1 else f"{abs(apart)} days"
    when = "earlier" if apart > 0 else "later"
    return f"of {day} ({days} {when})"
