"""The claims of a file with what is wrong with them, line by line, as they are read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import attrs

from cdtref.claim.claimrules import CLAIM_RULES
from cdtref.claim.filed import Checked, FiledClaim
from cdtref.claim.filerules import SAID_ONCE
from cdtref.claim.finding import Finding
from cdtref.claim.headerrules import HEADER_RULES
from cdtref.claim.line import ClaimLine
from cdtref.claim.linerules import LINE_RULES
from cdtref.claim.patients import EarlierLine, Histories
from cdtref.claim.rule import check_line
from cdtref.claim.together import Background, check_lines
from cdtref.codeset import Catalog

_PLACEMENT_MISSING: Final = "prosthesis.missing"
_NEEDS: Final = "conflict.needs"


def check_claims(
    claims: Iterable[FiledClaim],
    catalog: Catalog,
    background: Background,
    histories: Histories | None = None,
) -> Iterator[Checked]:
    """
    Every line of the claims with its findings. What is wrong with a claim as a whole stands before
    its lines, and a line that cannot be read at its place.

    With *histories* the lines of a patient that stand above are the claim's history. What it lacks
    proves nothing, for a file begins somewhere: a line's need is judged as without it.
    """
    judge = _Judge(catalog, background, histories)
    for filed in claims:
        yield from judge.checked(filed)


class _Judge:
    """What the claims of a file are judged by, and what of it was said once and is not repeated."""

    def __init__(
        self, catalog: Catalog, background: Background, histories: Histories | None
    ) -> None:
        self._catalog = catalog
        self._background = background
        self._histories = histories
        self._is_absence_told = False

    def checked(self, filed: FiledClaim) -> Iterator[Checked]:
        rows: list[Checked] = []
        for number, fault in zip(filed.fault_numbers, filed.faults, strict=True):
            rows.append(Checked(number, filed.id, None, (fault,)))
        by_line: dict[int | None, list[Finding]] = defaultdict(list)
        for finding in self._findings_of(filed):
            by_line[finding.line_index].append(finding)
        if None in by_line:
            yield Checked(filed.number, filed.id, None, tuple(by_line[None]))
        for index, line in enumerate(filed.lines):
            rows.append(Checked(filed.numbers[index], filed.id, line, tuple(by_line[index])))
        if filed.faults:
            rows.sort(key=_number_of)
        yield from rows

    def _findings_of(self, filed: FiledClaim) -> Iterable[Finding]:
        earlier = None
        if self._histories is not None:
            earlier = self._histories.before(filed)
        judged = self._judged(filed, earlier)
        found: Iterable[Finding] = judged
        if earlier:
            unit = "segment" if filed.kind == "claim" else "line"
            found = _naming_earlier(self._sure_needs(filed, judged), earlier, unit)
        if self._histories is not None:
            self._histories.add(filed)
        if filed.has_placement:
            return found
        return self._with_absence_told_once(found)

    def _judged(
        self, filed: FiledClaim, earlier: Sequence[EarlierLine] | None
    ) -> tuple[Finding, ...]:
        if filed.kind == "line" and not filed.is_plan and not self._background.limits:
            return _each_by_itself(filed.lines, self._catalog)
        background = self._background
        if earlier:
            history = [one.line for one in earlier]
            background = attrs.evolve(background, history=history)
        is_whole = filed.kind == "claim"
        asked = filed.claim if is_whole or filed.is_plan else filed.lines
        return check_lines(
            asked,
            self._catalog,
            LINE_RULES,
            # Of a row that names no claim nobody knows what stood beside it. A plan's limit, which
            # is no such rule, counts the row itself.
            () if filed.kind == "line" else CLAIM_RULES,
            header_rules=HEADER_RULES if is_whole else (),
            background=background,
        )

    def _sure_needs(self, filed: FiledClaim, found: Sequence[Finding]) -> Iterator[Finding]:
        """What a history that begins somewhere lacks is no fault, unless the claim lacks it too."""
        needs = [finding for finding in found if finding.rule == _NEEDS]
        if needs:
            without = self._judged(filed, None)
            sure = {finding.line_index for finding in without if finding.rule == _NEEDS}
            needs = [finding for finding in needs if finding.line_index not in sure]
        for finding in found:
            if finding not in needs:
                yield finding

    def _with_absence_told_once(self, found: Iterable[Finding]) -> Iterator[Finding]:
        """A file without a column for the prosthesis code: said of the first crown, not of each."""
        for finding in found:
            if finding.rule != _PLACEMENT_MISSING:
                yield finding
            elif not self._is_absence_told:
                self._is_absence_told = True
                told = f"{finding.message}; the file has no column for it, {SAID_ONCE}"
                yield attrs.evolve(finding, message=told)


def _each_by_itself(lines: Iterable[ClaimLine], catalog: Catalog) -> tuple[Finding, ...]:
    """A row that could not be read is one too, and has no line."""
    for line in lines:
        return check_line(line, catalog, LINE_RULES)
    return ()


def _number_of(checked: Checked) -> int:
    return checked.number


def _naming_earlier(
    found: Iterable[Finding], earlier: Sequence[EarlierLine], unit: str
) -> Iterator[Finding]:
    """The findings with the place in the file of the earlier line, where they are about one."""
    for finding in found:
        if finding.history_index is None:
            yield finding
        else:
            number = earlier[finding.history_index].number
            told = finding.message.removesuffix(".")
            message = f"{told}. The earlier line is {unit} {number} of the file."
            yield attrs.evolve(finding, message=message, history_index=None)
