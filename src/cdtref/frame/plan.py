"""
The answers as a plan of DuckDB or Spark: small tables are joined, and what they do not answer is
matched by the forms of `patterns`. Nothing is collected.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable, Mapping
from typing import Any, Final

import narwhals.stable.v2 as nw

from cdtref.claim import LineRule
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
from cdtref.frame.rules import BY_AREA, BY_SURFACE, BY_TOOTH, UNSURE, LineColumns, asked_place
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
    frame = _with_code_flags(opened, columns, catalog)
    broken = _broken_codes(opened)
    if columns.tooth is not None:
        frame = sites.with_teeth(opened, frame, columns.tooth)
        broken |= _broken_teeth(opened)
    if columns.surfaces is not None:
        has_tooth = columns.tooth is not None
        frame = sites.with_surfaces(opened, frame, columns.surfaces, has_tooth=has_tooth)
        broken |= _broken_surfaces(opened, has_tooth=has_tooth)
    if columns.area is not None:
        frame = sites.with_area(opened, frame, columns.area)
        broken |= _broken_areas(opened)
    told = {
        f"cdt_{severity}s": _told(opened, columns.rules, broken, severity)
        for severity in _SEVERITIES
    }
    frame = frame.with_columns(**told)
    blank_as_null = {name: nw.when(nw.col(name) != "").then(nw.col(name)) for name in told}
    return finished(opened, frame.with_columns(**blank_as_null))


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
    spelled = {
        spelling: procedure
        for code, procedure in catalog.items()
        for spelling in patterns.spellings(code)
    }
    table = {key: Answers(str, list(spelled))}
    for name, (kind, value_of) in facts.items():
        table[name] = Answers(kind, list(map(value_of, spelled.values())))
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


def _with_code_flags(opened: Opened, columns: LineColumns, catalog: Catalog) -> Plan:
    """The frame with what the rules ask of a code, of the row's day too."""
    asked = opened.working("asked")
    facts: dict[str, Fact] = {asked: (int, lambda p: asked_place(p.requirement))}
    if columns.date is not None:
        facts |= _other_facts(opened, catalog)
    frame = _with_codes(opened, columns.code, facts, columns.date, catalog)
    is_unknown, key = nw.col(asked).is_null(), nw.col(opened.working("code"))
    # Searches are slow: they are asked only where the table has no answer.
    unknown = nw.when(is_unknown).then(key)
    told = {
        "known": ~is_unknown,
        "dental": _matches(unknown, patterns.DENTAL_CODE),
        "other": _matches(unknown, patterns.OTHER_CODE),
        "lapsed": nw.lit(value=False),
        "beyond": nw.lit(value=False),
        "place": nw.col(asked),
    }
    if columns.date is not None:
        told["lapsed"] = ~_in_force(opened, catalog).fill_null(value=True)
        told["beyond"] = ~_is_covered(opened, catalog).fill_null(value=True)
        told["place"] = _place_on_day(opened, catalog)
    frame = frame.with_columns(expr.alias(opened.working(name)) for name, expr in told.items())
    return frame.with_columns(_kind_flags(opened))


def _kind_flags(opened: Opened) -> list[nw.Expr]:
    """What is asked for on the row's day, and whether that is less than sure."""
    kinds = {"by_tooth": BY_TOOTH, "by_surface": BY_SURFACE, "by_area": BY_AREA, "unsure": UNSURE}
    place = _flag(opened, "place")
    flags = []
    for name, numbers in kinds.items():
        flag = place.is_in(numbers).fill_null(value=False)
        if name == "unsure":
            flag |= _flag(opened, "beyond")
        flags.append(flag.alias(opened.working(name)))
    return flags


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


def _matches(text: nw.Expr, form: str) -> nw.Expr:
    return text.str.contains(form).fill_null(value=False)


# Where the rules are broken


def _flag(opened: Opened, name: str) -> nw.Expr:
    return nw.col(opened.working(name))


def _broken_codes(opened: Opened) -> dict[str, nw.Expr]:
    """Where each rule on codes is broken: `linerules` on columns."""
    known, dental, other = (_flag(opened, name) for name in ("known", "dental", "other"))
    return {
        "code.malformed": ~(known | dental | other),
        "code.system": other,
        "code.unknown": dental,
        "code.not-in-force": _flag(opened, "lapsed"),
    }


def _broken_teeth(opened: Opened) -> dict[str, nw.Expr]:
    """Where each rule on teeth is broken: `siterules` on columns."""
    tooth = _flag(opened, "tooth")
    return {
        "tooth.missing": _asks(opened, "by_tooth") & tooth.is_null(),
        "tooth.unknown": ~tooth.fill_null(value=True),
    }


def _broken_surfaces(opened: Opened, *, has_tooth: bool) -> dict[str, nw.Expr]:
    """
    Where each rule on surfaces is broken: those of the tooth where one is known, else those of any.
    """
    alone, in_front, behind = (_flag(opened, name).fill_null(value=True) for name in sites.FITS)
    fits, is_missing = alone, _flag(opened, "fits").is_null()
    if has_tooth:
        front, back = _flag(opened, "front"), _flag(opened, "back")
        fits = nw.when(front).then(in_front).otherwise(nw.when(back).then(behind).otherwise(alone))
        fits = nw.when(_flag(opened, "grouped")).then(_flag(opened, "each_fits")).otherwise(fits)
        is_missing |= _flag(opened, "grouped") & fits & _flag(opened, "some_lack")
    return {
        "surface.missing": _asks(opened, "by_surface") & is_missing,
        "surface.impossible": ~fits,
    }


def _broken_areas(opened: Opened) -> dict[str, nw.Expr]:
    """Where each rule on areas is broken."""
    area = _flag(opened, "area")
    return {
        "area.unknown": ~area.fill_null(value=True),
        "area.missing": _asks(opened, "by_area") & area.is_null(),
    }


def _asks(opened: Opened, what: str) -> nw.Expr:
    """Whether a code that is in force, as far as a date is told, asks for it."""
    return _flag(opened, what).fill_null(value=False) & ~_flag(opened, "lapsed")


_SEVERITIES: Final = ("error", "warning")


def _told(
    opened: Opened, rules: Iterable[LineRule], broken: Mapping[str, nw.Expr], severity: str
) -> nw.Expr:
    """
    The ids of the broken rules of a severity; where a requirement is not sure, an error is
    softened to a warning.
    """
    unsure = _flag(opened, "unsure")
    ids = []
    for rule in rules:
        holds = broken[rule.id]
        if rule.severity == "error" and rule.rests_on:
            holds &= unsure if severity == "warning" else ~unsure
        elif rule.severity != severity:
            continue
        ids.append(nw.when(holds).then(nw.lit(rule.id)))
    if not ids:
        return nw.lit("")
    return nw.concat_str(ids, separator=" ", ignore_nulls=True)


def finished(opened: Opened, frame: Plan) -> Any:
    """The native frame without the columns in between."""
    ours = [name for name in frame.collect_schema().names() if str(name).startswith(opened.prefix)]
    return opened.engine.without(frame.to_native(), ours)
