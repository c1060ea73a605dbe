"""The four doors: what each adds to a DataFrame, in memory or as a plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

from cdtref import bundled
from cdtref.claim import Background, Practice
from cdtref.codeset import Catalog
from cdtref.errors import quoted_name
from cdtref.frame import claimsinmemory, claimsinplan, memory, plan
from cdtref.frame.claimlines import ANSWERS, ClaimColumns
from cdtref.frame.engines import Deferring, Grouping, InMemory, Lazy, engine_of
from cdtref.frame.facts import facts_named
from cdtref.frame.inputs import FrameT, Opened, opened
from cdtref.frame.judge import Judge
from cdtref.frame.rules import LineColumns

__all__ = ["annotate", "check", "check_claims", "validate"]


def annotate(
    df: FrameT,
    code: str = "procedure_code",
    date: str | None = None,
    columns: Iterable[str] = ("title", "category"),
    *,
    catalog: Catalog | None = None,
) -> FrameT:
    """
    *df* with what is known of each row's code: a column `cdt_` + name for each of *columns*, which
    are names of `FACTS`; null where the code is malformed or unknown. Retired codes are answered
    too.

    With *date*, the name of the column of dates of service, also `cdt_in_force`: whether the code
    was in force on that day; null where the code is unknown or the date null. Codes are read as
    `parse_code` reads them.

    Raises:
        DataFormatError: a column is missing, double or of a wrong type, or would be overwritten
            while it is read.
        TypeError: *df* is no DataFrame of an engine that is supported.
        ValueError: *columns* has a name that is not in `FACTS`.

    >>> import polars as pl
    >>> lines = pl.DataFrame({"procedure_code": ["d-0120", "D9"]})
    >>> annotate(lines, columns=["category"])["cdt_category"].to_list()
    ['diagnostic', None]
    >>> annotate(pl.DataFrame({"cdt": ["D0120"]}))
    Traceback (most recent call last):
    cdtref.errors.DataFormatError: there is no column 'procedure_code'; the columns are cdt
    """
    if isinstance(columns, str):
        raise TypeError(
            f"columns are several names, such as ({quoted_name(columns)},), not one text"
        )
    names = tuple(columns)
    facts = facts_named(names)
    ready = opened(df, [*facts, *_in_force_if(date)], texts=[code], day=date)
    known = bundled.catalog() if catalog is None else catalog
    day = ready.read_as(date)
    if isinstance(ready.engine, Lazy):
        found = plan.with_facts(ready, code, day, facts, known)
    else:
        found = _answered(ready, memory.Facts(code, day, names, known))
    return cast(FrameT, ready.without_copies(found))


def validate(
    df: FrameT,
    code: str = "procedure_code",
    date: str | None = None,
    *,
    catalog: Catalog | None = None,
) -> FrameT:
    """
    *df* with `cdt_code`, the canonical code or null where it is malformed; `cdt_valid`, whether it
    has the form of any code; `cdt_known`, whether the catalog has it; and with *date*
    `cdt_in_force` as in `annotate`.

    Raises:
        DataFormatError, TypeError: as `annotate`.

    >>> import polars as pl
    >>> validate(pl.DataFrame({"procedure_code": ["d-0120", "99213", "0120"]})).rows()
    [('d-0120', 'D0120', True, True), ('99213', '99213', True, False), ('0120', None, False, False)]
    >>> validate(pl.DataFrame({"procedure_code": [120]}))
    Traceback (most recent call last):
    cdtref.errors.DataFormatError: the column 'procedure_code' is Int64, where text is expected; ...
    """
    outputs = ["cdt_code", "cdt_valid", "cdt_known", *_in_force_if(date)]
    ready = opened(df, outputs, texts=[code], day=date)
    known = bundled.catalog() if catalog is None else catalog
    day = ready.read_as(date)
    if isinstance(ready.engine, Lazy):
        found = plan.with_forms(ready, code, day, known)
    else:
        found = _answered(ready, memory.Forms(code, day, known))
    return cast(FrameT, ready.without_copies(found))


def check(  # noqa: PLR0913  # the columns of a claim line
    df: FrameT,
    code: str = "procedure_code",
    date: str | None = None,
    *,
    tooth: str | None = None,
    surfaces: str | None = None,
    area: str | None = None,
    catalog: Catalog | None = None,
) -> FrameT:
    """
    *df* with `cdt_errors` and `cdt_warnings`: the ids of the rules of `RULES` that each line
    breaks, in their order and with a space between, or null. They are those that `cdtref.check`
    finds on the line; for its messages, and for the other rules, ask it about the lines found here.

    A column that is not named is not judged: without *date* no date, without *tooth* no tooth, and
    surfaces are read as those of an unknown one. A row whose date is null is judged as one without
    *date*, and a blank tooth, surface or area as an absent one. The column of teeth may hold
    numbers: 14 and 14.0 are tooth 14. DuckDB and Spark do not see that a text names more than 32
    teeth, and where surfaces are told tooth by tooth beside a list with a range in it ('2-4,14')
    they do not see on which tooth one cannot be.

    Raises:
        DataFormatError, TypeError: as `annotate`.

    >>> import polars as pl
    >>> lines = pl.DataFrame(
    ...     {"procedure_code": ["D2391", "D2391"], "tooth": ["14", "33"], "surfaces": ["O", None]}
    ... )
    >>> check(lines, tooth="tooth", surfaces="surfaces")["cdt_errors"].to_list()
    [None, 'tooth.unknown surface.missing']
    >>> check(["D2391"])
    Traceback (most recent call last):
    TypeError: a DataFrame of pandas, Polars, PyArrow, DuckDB or PySpark is expected, not list
    """
    texts = [code, tooth, surfaces, area]
    ready = opened(df, ["cdt_errors", "cdt_warnings"], texts=texts, day=date, numbered=tooth)
    columns = LineColumns(code, ready.read_as(date), ready.read_as(tooth), surfaces, area)
    known = bundled.catalog() if catalog is None else catalog
    if isinstance(ready.engine, Lazy):
        found = plan.with_findings(ready, columns, known)
    else:
        found = _answered(ready, memory.Findings(columns, known))
    return cast(FrameT, ready.without_copies(found))


def check_claims(  # noqa: PLR0913  # the columns of a claim line
    df: FrameT,
    code: str = "procedure_code",
    *,
    claim: str,
    date: str,
    tooth: str | None = None,
    surfaces: str | None = None,
    area: str | None = None,
    fee: str | None = None,
    practice: Practice = "usual",
    catalog: Catalog | None = None,
) -> FrameT:
    """
    *df* with `cdt_claim_errors` and `cdt_claim_warnings`: the ids of the rules on lines together
    (`CLAIM_RULES`: conflicts, duplicates, split fillings) that each line breaks beside the others
    of its claim, in their order and with a space between, or null. They are those that
    `cdtref.check_claim` finds; for its messages, and for the lines that a line does not go with,
    ask it about the claims found here. What it finds as 'info' is not told.

    *claim* is the column that tells the claims apart, of any type; lines of one may stand anywhere
    in the table. A row whose claim is null or blank is on none, and nothing is told of it. *date*
    is the column of dates of service, without which two lines are not known to be of one day.
    *tooth* is one of texts or numbers, *surfaces* and *area* are columns of texts, *fee* is one of
    numbers, where 0 is a record and no charge; one that is not named is not judged. *practice* is
    that of `check_claim`.

    Of two lines of a day either may be the questioned one: it is the one further down, and in
    DuckDB, whose rows have no order, one of them. A plan of Polars holds the whole table in memory
    when it comes to this step. DuckDB reads the relation several times then, so make a table of one
    that takes long or has other rows each time; what the claims say it hands to Python, for which
    it needs pandas. PySpark's DataFrames are not taken.

    Raises:
        DataFormatError: as `annotate`.
        TypeError: as `annotate`, or *df* is a DataFrame of PySpark.
        ValueError: *practice* is neither "usual" nor "all".

    >>> import datetime as dt
    >>> import polars as pl
    >>> lines = pl.DataFrame(
    ...     {
    ...         "claim_id": [1, 1, 2],
    ...         "procedure_code": ["D4341", "D1110", "D1110"],
    ...         "date": [dt.date(2026, 3, 2)] * 3,
    ...     }
    ... )
    >>> check_claims(lines, claim="claim_id", date="date")["cdt_claim_warnings"].to_list()
    [None, 'conflict.exclusive', None]
    >>> check_claims(lines, claim="claim", date="date")
    Traceback (most recent call last):
    cdtref.errors.DataFormatError: there is no column 'claim'; the columns are claim_id, ...
    """
    texts = [code, tooth, surfaces, area]
    ready = opened(df, ANSWERS, texts, date, number=fee, others=[claim], numbered=tooth)
    day, teeth = str(ready.read_as(date)), ready.read_as(tooth)
    columns = ClaimColumns(claim, code, day, teeth, area, surfaces, fee)
    known = bundled.catalog() if catalog is None else catalog
    judge = Judge(known, Background(table=bundled.conflict_table(), practice=practice))
    return cast(FrameT, ready.without_copies(_way_of_claims(ready)(ready, columns, judge)))


def _in_force_if(date: str | None) -> list[str]:
    return [] if date is None else ["cdt_in_force"]


def _answered(ready: Opened, told: memory.Told) -> Any:
    """The frame with what is told of its rows: at once, or when its batches come."""
    if isinstance(ready.engine, InMemory):
        return told.added_to(ready)

    held = ready._replace(engine=None, native=None)  # a plan with itself in it is sent nowhere

    def work(batch: Any) -> Any:
        return told.added_to(held._replace(engine=engine_of(batch), native=batch))

    name = ready.working("told")
    return ready.engine.batched(ready.native, told.columns, work, told.kinds, name)


def _way_of_claims(ready: Opened) -> Callable[[Opened, ClaimColumns, Judge], Any]:
    """How the claims are judged: a claim's lines may stand anywhere in the table."""
    if isinstance(ready.engine, InMemory):
        return claimsinmemory.with_claim_findings
    if isinstance(ready.engine, Deferring):
        return _deferred_claims
    if isinstance(ready.engine, Grouping):
        return claimsinplan.with_claim_findings
    problem = "a claim's lines are not brought together in PySpark"
    raise TypeError(f"{problem}; give check_claims its rows as df.toArrow() or df.toPandas()")


def _deferred_claims(ready: Opened, columns: ClaimColumns, judge: Judge) -> Any:
    held = ready._replace(engine=None, native=None)

    def work(native: Any) -> Any:
        there = held._replace(engine=engine_of(native), native=native)
        return claimsinmemory.with_claim_findings(there, columns, judge)

    return ready.engine.deferred(ready.native, work, ANSWERS)
