"""
The answers as a plan of DuckDB or Spark: small tables are joined, and what they do not answer is
matched by the forms of `patterns`. Nothing is collected.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Mapping
from typing import Any

import narwhals.stable.v2 as nw

from cdtref.codeset import Catalog
from cdtref.frame import patterns, sites
from cdtref.frame.engines import Answers, Table
from cdtref.frame.facts import (
    Fact,
    covered_span,
    lives_of,
    most_other_requirements,
    other_requirements,
    span_of_other,
)
from cdtref.frame.inputs import Opened
from cdtref.frame.rules import (
    AREAS,
    LAPSED,
    MALFORMED,
    OTHER_SYSTEM,
    PLACES,
    SURFACES,
    TEETH_KINDS,
    UNKNOWN,
    LineColumns,
    asked_place,
    ids_by_number,
)
from cdtref.procedure import Procedure

Plan = Any  # a LazyFrame of narwhals


def with_facts(
    opened: Opened, code: str, date: str | None, facts: Mapping[str, Fact], catalog: Catalog
) -> Any:
    """The frame with the facts of each row's code, and with *date* `cdt_in_force`."""
    frame = _with_codes(opened, code, facts, date, catalog)
    if date is not None:
        frame = frame.with_columns(cdt_in_force=_in_force(opened, catalog))
    return finished(opened, frame)


def with_forms(opened: Opened, code: str, date: str | None, catalog: Catalog) -> Any:
    """The frame with `cdt_code`, `cdt_valid`, `cdt_known`, and with *date* `cdt_in_force`."""
    canonical = opened.working("canonical")
    facts: dict[str, Fact] = {
        canonical: (str, lambda procedure: procedure.code),
        opened.working("known"): (bool, lambda _: True),
    }
    frame = _with_codes(opened, code, facts, date, catalog)
    key = nw.col(opened.working("code"))
    spelled = nw.when(key.str.contains(patterns.CODE)).then(
        key.str.replace_all(patterns.DENTAL_GAP, "D")
    )
    # Searches are slow; DuckDB and Spark make them only where the table has no answer.
    frame = frame.with_columns(cdt_code=nw.coalesce(canonical, spelled))
    answers = {
        "cdt_valid": ~nw.col("cdt_code").is_null(),
        "cdt_known": ~nw.col(canonical).is_null(),
    }
    if date is not None:
        answers["cdt_in_force"] = _in_force(opened, catalog)
    return finished(opened, frame.with_columns(**answers))


def with_findings(opened: Opened, columns: LineColumns, catalog: Catalog) -> Any:
    """The frame with `cdt_errors` and `cdt_warnings`."""
    frame = _with_code_numbers(opened, columns, catalog)
    frame = sites.with_sites(opened, frame, columns)
    code, site, area = (nw.col(opened.working(name)) for name in ("number", "site", "area"))
    line = opened.working("line")
    number = (code * (TEETH_KINDS * SURFACES) + site) * AREAS + area
    frame = frame.with_columns(number.alias(line))
    told: dict[str, Answers] = {}
    for severity in ("error", "warning"):
        told[f"cdt_{severity}s"] = Answers(str, ids_by_number(columns.rules, severity))
    numbers = Answers(int, range(len(told["cdt_errors"].values)))
    native = opened.engine.look_up(frame.to_native(), [{line: numbers, **told}])
    return finished(opened, nw.from_native(native))


# What is read


def _with_codes(
    opened: Opened, code: str, facts: Mapping[str, Fact], date: str | None, catalog: Catalog
) -> Plan:
    """
    The frame with the spelled code, the facts of its procedure, and with *date* its lives and each
    row's day.
    """
    key = opened.working("code")
    native = opened.engine.with_code(opened.native, code, key)
    if date is not None:
        facts = {**facts, **_lives(opened, catalog)}
    frame = nw.from_native(opened.engine.join(native, key, _by_spelling(key, facts, catalog)))
    return frame if date is None else with_day(opened, frame, date)


def _by_spelling(key: str, facts: Mapping[str, Fact], catalog: Catalog) -> Table:
    codes = {spelling: code for code in catalog for spelling in patterns.spellings(code)}
    table = {key: Answers(str, list(codes))}
    for name, (kind, value_of) in facts.items():
        values = {code: value_of(procedure) for code, procedure in catalog.items()}
        table[name] = Answers(kind, [values[code] for code in codes.values()])
    return table


def _lives(opened: Opened, catalog: Catalog) -> dict[str, Fact]:
    facts = {}
    for life, (first, last) in enumerate(lives_of(catalog)):
        facts[opened.working(f"first_{life}")] = first
        facts[opened.working(f"last_{life}")] = last
    return facts


def with_day(opened: Opened, frame: Plan, date: str) -> Plan:
    """The frame with each row's day."""
    kinds = frame.collect_schema()
    same = opened.engine.sameness()
    (name,) = (name for name in kinds if same(name) == same(date))
    is_time = isinstance(kinds[name], nw.Datetime)
    day = nw.col(name).dt.date() if is_time else nw.col(name).cast(nw.Date)
    return frame.with_columns(day.alias(opened.working("day")))


def _in_force(opened: Opened, catalog: Catalog) -> nw.Expr:
    """Whether a row's day lies in one of the lives of its code; null where either is not known."""
    day = nw.col(opened.working("day"))
    spans = []
    for life, _ in enumerate(lives_of(catalog)):
        first, last = opened.working(f"first_{life}"), opened.working(f"last_{life}")
        spans.append((nw.col(first) <= day) & (day <= nw.col(last)))
    return functools.reduce(operator.or_, spans)


def _with_code_numbers(opened: Opened, columns: LineColumns, catalog: Catalog) -> Plan:
    """The frame with `number`: that of what the rules tell apart in a code, on the row's day."""
    asked = opened.working("asked")
    facts: dict[str, Fact] = {asked: (int, lambda p: asked_place(p.requirement))}
    if columns.date is not None:
        facts |= _other_facts(opened, catalog)
    frame = _with_codes(opened, columns.code, facts, columns.date, catalog)
    number = nw.col(asked)
    if columns.date is not None:
        number = _number_on_day(opened, catalog)
    # Searches are slow: they are asked only where the table has no answer.
    unknown = _kind_of_unknown(nw.col(opened.working("code")))
    number = nw.when(nw.col(asked).is_null()).then(unknown).otherwise(number)
    return frame.with_columns(number.alias(opened.working("number")))


def _kind_of_unknown(key: nw.Expr) -> nw.Expr:
    is_other = key.str.contains(patterns.OTHER_CODE)
    other = nw.when(is_other).then(nw.lit(OTHER_SYSTEM)).otherwise(nw.lit(MALFORMED))
    is_dental = key.str.contains(patterns.DENTAL_CODE)
    return nw.when(is_dental).then(nw.lit(UNKNOWN)).otherwise(other)


def _number_on_day(opened: Opened, catalog: Catalog) -> nw.Expr:
    """What a known code asks for on the row's day; beyond the editions that is not sure."""
    place = _place_on_day(opened, catalog)
    is_beyond = ~_is_covered(opened, catalog)
    unsure = nw.when(is_beyond & (place < PLACES)).then(place + PLACES).otherwise(place)
    return nw.when(~_in_force(opened, catalog)).then(nw.lit(LAPSED)).otherwise(unsure)


def _other_facts(opened: Opened, catalog: Catalog) -> dict[str, Fact]:
    """What a code needed on days before and after those of the pinned requirement."""
    facts: dict[str, Fact] = {}
    for nth in range(most_other_requirements(catalog)):
        first, last = span_of_other(nth)
        facts[opened.working(f"since_{nth}")] = first
        facts[opened.working(f"until_{nth}")] = last
        facts[opened.working(f"asked_{nth}")] = (int, functools.partial(_other_place, nth))
    return facts


def _other_place(nth: int, procedure: Procedure) -> int:
    others = other_requirements(procedure)
    if nth < len(others):
        return asked_place(others[nth].requirement)
    return asked_place(procedure.requirement)


def _place_on_day(opened: Opened, catalog: Catalog) -> nw.Expr:
    day, place = nw.col(opened.working("day")), nw.col(opened.working("asked"))
    for nth in range(most_other_requirements(catalog)):
        since, until = (
            nw.col(opened.working(f"since_{nth}")),
            nw.col(opened.working(f"until_{nth}")),
        )
        held = ((since <= day) & (day <= until)).fill_null(value=False)
        place = nw.when(held).then(nw.col(opened.working(f"asked_{nth}"))).otherwise(place)
    return place


def _is_covered(opened: Opened, catalog: Catalog) -> nw.Expr:
    """`Catalog.covers` of a row's day; null where there is none."""
    day = nw.col(opened.working("day"))
    first, last = covered_span(catalog)
    return (nw.lit(first) <= day) & (day <= nw.lit(last))


def finished(opened: Opened, frame: Plan) -> Any:
    """The native frame without the columns in between."""
    ours = [name for name in frame.collect_schema().names() if str(name).startswith(opened.prefix)]
    return opened.engine.without(frame.to_native(), ours)
