"""
The rows of the table of conflicts that are judged, and how heavily, by the code at hand.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from cdtref.claim.conflict import CodeList, ConflictTable, Partner, Statement
from cdtref.claim.finding import Severity

Practice = Literal["usual", "all"]
Questioned = Literal["one", "other", "later"]

# A rule of the code set is sure everywhere, the practice of payers at most usual.
_USUAL: Final[Mapping[tuple[str, str], Severity]] = {
    ("code set", "high"): "error",
    ("practice", "high"): "warning",
    ("code set", "medium"): "warning",
}
_ALL: Final[Mapping[tuple[str, str], Severity]] = {
    **_USUAL,
    ("practice", "medium"): "warning",
    ("code set", "low"): "info",
    ("practice", "low"): "info",
}
WEIGHTS: Final[Mapping[Practice, Mapping[tuple[str, str], Severity]]] = MappingProxyType(
    {"usual": MappingProxyType(_USUAL), "all": MappingProxyType(_ALL)}
)
"""What a finding weighs by strength and confidence of its row; a row that is not here is silent."""


class Check(NamedTuple):
    """
    A row, ready to be asked of two lines, of which the first is of the code at hand.

    `questioned` is that one, the other one, or the later of the two.
    """

    statement: Statement
    questioned: Questioned
    severity: Severity
    cited: str


class Need(NamedTuple):
    """A row that wants one of several codes beside the code at hand."""

    statement: Statement
    wanted: CodeList
    severity: Severity
    cited: str


Checks = Mapping[str, tuple[Check, ...]]
"""The rows about a code at hand and another one, by the other one."""


class Index:
    """
    The rows that are judged, by code and the code beside it.

    A code's rows are laid out when it first stands on a claim: most claims are of few codes.
    """

    def __init__(self, table: ConflictTable, practice: Practice) -> None:
        self.table = table
        self._weights = WEIGHTS[practice]
        self._checks: dict[str, Checks] = {}
        self._needs: dict[str, tuple[Need, ...]] = {}
        self._repeats: dict[str, tuple[Check, ...]] = {}

    def checks(self, code: str) -> Checks:
        """The rows about a code and another one, by the other one."""
        found = self._checks.get(code)
        if found is None:
            found = self._checks[code] = self._lay_out_checks(code)
        return found

    def needs(self, code: str) -> tuple[Need, ...]:
        """The rows that want another code beside a code."""
        found = self._needs.get(code)
        if found is None:
            found = self._needs[code] = tuple(self._lay_out_needs(code))
        return found

    def repeats(self, code: str) -> tuple[Check, ...]:
        """
        The rows by which a code repeats itself, the heaviest first. On one line there is no doubt
        of days or dentists, so the less sure ones count there as warnings too.
        """
        found = self._repeats.get(code)
        if found is None:
            laid = sorted(self._lay_out_repeats(code), key=_is_warning)
            found = self._repeats[code] = tuple(laid)
        return found

    def _lay_out_repeats(self, code: str) -> Iterator[Check]:
        for partner in self.table.partners(code):
            said = partner.pair.statement
            if said.kind == "duplicate" and code in partner.others.codes:
                severity = self._weights.get((said.strength, said.confidence), "warning")
                yield Check(said, "later", severity, partner.pair.cited)

    def _lay_out_checks(self, code: str) -> Checks:
        found: dict[str, tuple[Check, ...]] = {}
        for partner, severity in self._judged(code):
            if partner.pair.statement.kind == "needs":
                continue
            for other in partner.others.codes:
                check = _check_of(partner, severity, is_same=other == code)
                found[other] = (*found.get(other, ()), check)
        return found

    def _lay_out_needs(self, code: str) -> Iterator[Need]:
        """
        At most a warning: what is wanted may stand on a second form or another's claim. What may
        come later than the line is never known to lack: no claim tells of days to come.
        """
        for partner, severity in self._judged(code):
            pair = partner.pair
            if pair.statement.both_ways:
                continue
            if pair.statement.kind == "needs" and partner.is_first:
                weight: Severity = "warning" if severity == "error" else severity
                yield Need(pair.statement, pair.second, weight, pair.cited)

    def _judged(self, code: str) -> Iterator[tuple[Partner, Severity]]:
        """A claim does not show a site, so what asks for it is not judged."""
        for partner in self.table.partners(code):
            said = partner.pair.statement
            severity = self._weights.get((said.strength, said.confidence))
            if severity is not None and said.scope != "site":
                yield partner, severity


@functools.lru_cache(maxsize=4)
def index_of(table: ConflictTable, practice: Practice) -> Index:
    """The index of a table, the same one at every call."""
    return Index(table, practice)


def _is_warning(check: Check) -> bool:
    return check.severity != "error"


def _check_of(partner: Partner, severity: Severity, *, is_same: bool) -> Check:
    pair = partner.pair
    return Check(pair.statement, _questioned_by(partner, is_same=is_same), severity, pair.cited)


def _questioned_by(partner: Partner, *, is_same: bool) -> Questioned:
    """Where both codes are on both sides, only the dates can tell which line is questioned."""
    pair, said = partner.pair, partner.pair.statement
    if is_same or said.questioned == "either" or pair.first.codes == pair.second.codes:
        return "later"
    if (said.questioned == "first") is partner.is_first:
        return "one"
    return "other"
