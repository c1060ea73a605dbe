"""The rules on the lines of a claim together, of tables in memory."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

import narwhals.stable.v2 as nw

from cdtref.claim import ClaimLine
from cdtref.frame.claimlines import ANSWERS, NOTHING, UNDATED, ClaimColumns, LineKind, line_of
from cdtref.frame.engines import Answers
from cdtref.frame.inputs import Opened
from cdtref.frame.judge import Judge

Lines = Any  # a DataFrame of narwhals

_NO_CLAIM: Final = -1
_AT_ONCE: Final = 2**16  # claims whose lines are numbers of Python at a time


class _Suspect(NamedTuple):
    """A claim to be judged: the rows of its lines, and their days."""

    rows: list[int]
    days: list[int]


def with_claim_findings(opened: Opened, columns: ClaimColumns, judge: Judge) -> Any:
    """The frame with `cdt_claim_errors` and `cdt_claim_warnings`."""
    lines = _numbered_lines(opened, columns, judge)
    found = list(_suspects_of(_by_claim(lines), judge))
    numbers = {NOTHING: 0}
    rows, told = [], []
    for suspect, claim in zip(found, _claims_of(opened, columns, found), strict=True):
        rows += suspect.rows
        told += [numbers.setdefault(one, len(numbers)) for one in judge.told_of(claim)]
    places = (lines["row"] * 0).cast(nw.Int64)
    if rows:  # pandas 2 has no type for none
        places = places.scatter(rows, told)
    answers = {
        name: opened.engine.take(Answers(str, list(texts)), places.to_native())
        for name, texts in zip(ANSWERS, zip(*numbers, strict=True), strict=True)
    }
    return opened.engine.with_columns(opened.native, answers)


def _numbered_lines(opened: Opened, columns: ClaimColumns, judge: Judge) -> Lines:
    """The number of each line's row, claim, kind and day; the judge has read all kinds."""
    engine, native = opened.engine, opened.native
    kinds, texts = _numbered_kinds(opened, columns)
    names = {name: opened.working(name) for name in ("claim", "kind", "day")}
    numbers = {
        names["claim"]: engine.numbered(native, columns.claim),
        names["kind"]: kinds,
        names["day"]: engine.days(native, columns.date, UNDATED),
    }
    frame = nw.from_native(engine.with_columns(native, numbers), eager_only=True)
    lines = frame.select(nw.col(working).alias(name) for name, working in names.items())
    for number in lines["kind"].unique().to_list():
        judge.read(number, _kind_of(number, texts))
    blank = _are_blank(frame[columns.claim])
    if blank is not None:
        lines = lines.with_columns(claim=nw.when(blank).then(_NO_CLAIM).otherwise(lines["claim"]))
    return lines.with_row_index("row")


def _are_blank(claims: nw.Series[Any]) -> nw.Series[Any] | None:
    """Where a text is blank, which is an absent claim; None for what is no text."""
    if not isinstance(claims.dtype, (nw.String, nw.Categorical, nw.Enum)):
        return None
    return claims.cast(nw.String).str.strip_chars() == ""


def _numbered_kinds(opened: Opened, columns: ClaimColumns) -> tuple[Any, list[Sequence[Any]]]:
    """For each row the number of its kind, and the texts whose places make up such a number."""
    step = 1
    parts = []
    texts: list[Sequence[Any]] = []
    for column in (columns.code, columns.tooth, columns.area):
        distinct: list[Any] = [None]
        if column is not None:
            distinct, places = opened.engine.encode(opened.native, column)
            numbers = [place * step for place in range(len(distinct))]
            parts.append(opened.engine.renumber(places, numbers))
        texts.append(distinct)
        step *= len(distinct)
    return opened.engine.total(parts), texts


def _kind_of(number: int, texts: Iterable[Sequence[Any]]) -> LineKind:
    found = []
    for distinct in texts:
        number, place = divmod(number, len(distinct))
        found.append(distinct[place])
    return LineKind(*found)


def _by_claim(lines: Lines) -> Lines:
    """The lines that have a claim, those of one together, as they mostly are."""
    lines = lines.filter(nw.col("claim") != _NO_CLAIM)
    if lines["claim"].is_sorted():
        return lines
    return lines.sort("claim", "row")


def _suspects_of(lines: Lines, judge: Judge) -> Iterator[_Suspect]:
    if lines.is_empty():
        return
    claims = lines["claim"]
    starts = (claims != claims.shift(1)).fill_null(value=True).arg_true().to_list()
    bounds = [*starts, len(lines)]
    for first in range(0, len(starts), _AT_ONCE):
        some = bounds[first : first + _AT_ONCE + 1]
        batch = lines[some[0] : some[-1]]
        rows, kinds, days = (batch[name].to_list() for name in ("row", "kind", "day"))
        for start, end in itertools.pairwise(bound - some[0] for bound in some):
            question = judge.question(tuple(kinds[start:end]))
            if question is not None and question.asks(days[start:end]):
                yield _Suspect(rows[start:end], days[start:end])


def _claims_of(
    opened: Opened, columns: ClaimColumns, found: Iterable[_Suspect]
) -> Iterator[list[ClaimLine]]:
    """The lines of each claim that is to be judged."""
    rows = list(itertools.chain.from_iterable(suspect.rows for suspect in found))
    frame = nw.from_native(opened.native, eager_only=True)
    values = {field: frame[column][rows].to_list() for field, column in columns.fields.items()}
    fields = (dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True))
    for suspect in found:
        yield [line_of(day, next(fields)) for day in suspect.days]
