"""
The rules on the lines of a claim together, as a plan of an engine that hands groups of rows to
Python when it is worked out.

It may be worked out in any order and in parts more than once, so no row has a number of its own: a
line is known by its place in its claim, among lines in the order of what they say.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import narwhals.stable.v2 as nw

from cdtref.claim import ClaimLine
from cdtref.frame import patterns
from cdtref.frame.claimlines import (
    ANSWERS,
    FIRST_DAY,
    NOTHING,
    UNDATED,
    ClaimColumns,
    LineKind,
    line_of,
)
from cdtref.frame.inputs import Opened
from cdtref.frame.judge import Judge
from cdtref.frame.plan import finished, with_day

Plan = Any  # a LazyFrame of narwhals


def with_claim_findings(opened: Opened, columns: ClaimColumns, judge: Judge) -> Any:
    """The frame with `cdt_claim_errors` and `cdt_claim_warnings`."""
    claim, place = opened.working("claim"), opened.working("place")
    given = {name: opened.working(f"given_{name}") for name in ("day", *columns.fields)}
    frame = _with_what_is_given(opened, columns, given)
    answers = {claim: str, place: int, **dict.fromkeys(ANSWERS, str)}
    clerk = _Clerk(judge, list(answers), list(columns.fields))
    engine, native = opened.engine, frame.to_native()
    of_kind = [given[field] for field in clerk.of_kind]
    asked = nw.from_native(
        engine.asked_groups(native, claim, of_kind, given["day"], clerk.is_asked)
    )
    # Few claims are asked about, so the others' lines need no place, for which all are sorted.
    suspects = frame.join(asked, on=claim, how="semi").to_native()
    placed = engine.with_places(suspects, claim, given.values(), place)
    rows = [claim, place, *given.values()]
    told = nw.from_native(engine.told_of_groups(placed, claim, rows, clerk.told_of, answers))
    judged = nw.from_native(placed).join(told, on=[claim, place], how="left")
    nothing = [nw.lit(None).cast(nw.String).alias(name) for name in ANSWERS]
    others = frame.join(asked, on=claim, how="anti").with_columns(nothing)
    parts = [nw.from_native(finished(opened, part)) for part in (others, judged)]
    return nw.concat(parts).to_native()


def _with_what_is_given(opened: Opened, columns: ClaimColumns, given: dict[str, str]) -> Plan:
    """The frame with the claim as text, null where it is blank, and what is judged of a line."""
    frame = with_day(opened, nw.from_native(opened.native), columns.date)
    claim = nw.col(columns.claim).cast(nw.String)
    day = nw.col(opened.working("day")) - nw.lit(FIRST_DAY)  # a number of days in DuckDB
    told: dict[str, nw.Expr] = {
        opened.working("claim"): _unless_blank(claim),
        given["day"]: nw.coalesce(day, nw.lit(UNDATED)),
    }
    for field, column in columns.fields.items():
        told[given[field]] = nw.col(column)
    if columns.fee is not None:
        told[given["fee"]] = nw.when(nw.col(columns.fee) == 0).then(nw.lit(0))
    return frame.with_columns(expr.alias(name) for name, expr in told.items())


def _unless_blank(text: nw.Expr) -> nw.Expr:
    # Most begin with a sign of ASCII that is seen; a search takes ten times as long.
    begins_well = (text >= nw.lit("!")) & (text <= nw.lit("~"))
    searched = nw.when(text.str.contains(patterns.NOT_BLANK)).then(text)
    return nw.when(begins_well).then(text).otherwise(searched)


class _Clerk:
    """
    Hands a claim's rows to the judge, and back what is told of them.

    A row has the claim, the line's place on it, its day, and the fields of a line that there are.
    """

    def __init__(self, judge: Judge, names: Sequence[str], fields: Sequence[str]) -> None:
        self._judge = judge
        self._names = names
        self._fields = fields
        self.of_kind = [field for field in LineKind._fields if field in fields]
        self._kinds: dict[tuple[str, ...], int] = {}
        self._free_number = itertools.count()

    def is_asked(self, kinds: Sequence[Sequence[str]], is_one_day: bool) -> bool:  # noqa: FBT001
        """Whether a rule may speak of a claim with lines of these kinds."""
        question = self._judge.question(tuple(self._number_of(tuple(texts)) for texts in kinds))
        if question is None:
            return False
        return not is_one_day or question.asks([0] * len(kinds))

    def told_of(self, rows: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
        """The answers of the lines of which something is told."""
        width = len(self.of_kind)
        kinds = (tuple(row[_FIELDS : _FIELDS + width]) for row in rows)
        question = self._judge.question(tuple(map(self._number_of, kinds)))
        if question is None or not question.asks([int(row[_DAY]) for row in rows]):
            return []
        rows = sorted(rows, key=lambda row: int(row[_PLACE]))
        told = self._judge.told_of(list(map(self._line_of, rows)))
        found = []
        for row, one in zip(rows, told, strict=True):
            if one != NOTHING:
                found.append(dict(zip(self._names, (*row[:_DAY], *one), strict=True)))
        return found

    def _number_of(self, texts: tuple[str, ...]) -> int:
        """The number of a kind, whose texts these are."""
        number = self._kinds.get(texts)
        if number is None:
            number = next(self._free_number)  # of several threads each gets its own
            self._judge.read(number, LineKind(**dict(zip(self.of_kind, texts, strict=True))))
            self._kinds[texts] = number
        return number

    def _line_of(self, row: Sequence[str]) -> ClaimLine:
        return line_of(int(row[_DAY]), dict(zip(self._fields, row[_FIELDS:], strict=True)))


_PLACE, _DAY, _FIELDS = 1, 2, 3  # in a row
