"""The answers themselves: what each door adds to a DataFrame, said once for all engines."""

from __future__ import annotations

import datetime as dt
import functools
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import narwhals.stable.v2 as nw

from cdtref import bundled
from cdtref.claim import LINE_RULES, LineRule
from cdtref.codeset import Catalog
from cdtref.frame import engines, inputs, parsing
from cdtref.frame.engines import Answers
from cdtref.frame.inputs import FrameT
from cdtref.frame.parsing import Fact, Frame
from cdtref.procedure import Procedure, TreatmentArea

__all__ = ["FACTS", "RULES", "annotate", "check", "validate"]

FACTS: Final[Mapping[str, type]] = {
    **dict.fromkeys(
        ("code", "title", "category", "subcategory", "description", "plain_language"), str
    ),
    **dict.fromkeys(
        ("clinical_context", "dates_confidence", "dates_note", "area", "confidence", "arch"), str
    ),
    **dict.fromkeys(("dentition", "dentition_hint", "teeth", "nomenclature", "descriptor"), str),
    **dict.fromkeys(("effective", "terminated"), dt.date),
    **dict.fromkeys(("by_report", "prosthesis", "add_on"), bool),
    "under_age": int,
}
"""The fields of `Procedure` that fit in a column, with their kind."""

_TOLD: Final = (
    "code.malformed",
    "code.system",
    "code.unknown",
    "code.not-in-force",
    "tooth.missing",
    "tooth.unknown",
    "surface.missing",
    "surface.impossible",
    "area.unknown",
    "area.missing",
)
RULES: Final = tuple(rule for rule in LINE_RULES if rule.id in _TOLD)
"""
The rules of `cdtref.check` that `check` applies to columns, in the order in which they are told.
"""


def _needs_area(p: Procedure) -> bool:
    return p.area is TreatmentArea.QUADRANT or (p.area is TreatmentArea.ARCH and not p.arch)


_UNSURE: Final = 1 << len(RULES)
_NEEDS: Final[Mapping[str, Fact]] = {
    "cdt__needs_tooth": (bool, lambda p: p.area.is_by_tooth),
    "cdt__needs_surface": (bool, lambda p: p.area is TreatmentArea.TOOTH_SURFACE),
    "cdt__needs_area": (bool, _needs_area),
    "cdt__sure": (bool, lambda p: p.confidence == "high"),
}


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
        DataFormatError: a column is missing or of a wrong type, or would be overwritten while it is
            read.
        TypeError: *df* is no DataFrame of an engine that is supported.
        ValueError: *columns* has a name that is not in `FACTS`.

    >>> import polars as pl
    >>> annotate(pl.DataFrame({"procedure_code": ["d-0120", "D9"]}), columns=["category"])["cdt_category"].to_list()
    ['diagnostic', None]
    >>> annotate(pl.DataFrame({"cdt": ["D0120"]}))
    Traceback (most recent call last):
    cdtref.errors.DataFormatError: there is no column 'procedure_code'; the columns are cdt
    """
    if isinstance(columns, str):
        raise TypeError(f"columns are several names, such as ({columns!r},), not one text")
    facts = {f"cdt_{name}": _fact(name) for name in columns}
    outputs = [*facts, *_in_force_if(date)]
    frame = inputs.opened(df, outputs, texts=[code], day=date)
    frame = _with_codes(frame, code, facts, date, catalog)
    return inputs.closed(df, frame, outputs)


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
    frame = inputs.opened(df, outputs, texts=[code], day=date)
    frame = _with_codes(frame, code, {}, date, catalog, forms=("cdt_code", "cdt_valid"))
    return inputs.closed(df, frame.with_columns(cdt_known=nw.col("cdt__known")), outputs)


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
    *date*. Lazy engines do not see that a text names more than 32 teeth.

    Raises:
        DataFormatError, TypeError: as `annotate`. Blank text is not missing but wrong; null is
            missing.

    >>> import polars as pl
    >>> lines = pl.DataFrame({"procedure_code": ["D2391", "D2391"], "tooth": ["14", "33"], "surfaces": ["O", None]})
    >>> check(lines, tooth="tooth", surfaces="surfaces")["cdt_errors"].to_list()
    [None, 'tooth.unknown surface.missing']
    >>> check(["D2391"])
    Traceback (most recent call last):
    TypeError: a DataFrame of pandas, Polars, PyArrow, DuckDB or PySpark is expected, not list
    """
    outputs = ["cdt_errors", "cdt_warnings"]
    frame = inputs.opened(df, outputs, texts=[code, tooth, surfaces, area], day=date)
    frame = _with_codes(frame, code, _NEEDS, date, catalog, forms=("cdt_valid", "cdt__dental"))
    frame = _with_current(frame, dated=date is not None)
    broken = _broken_codes(dated=date is not None)
    if tooth is not None:
        frame = parsing.with_teeth(frame, tooth)
        broken |= _broken_teeth()
    if surfaces is not None:
        frame = parsing.with_surfaces(frame, surfaces)
        broken |= _broken_surfaces(tooth=tooth is not None)
    if area is not None:
        frame = parsing.with_area(frame, area)
        broken |= _broken_areas()
    return inputs.closed(df, _with_told(frame, broken), outputs)


def _in_force_if(date: str | None) -> list[str]:
    return [] if date is None else ["cdt_in_force"]


def _fact(name: str) -> Fact:
    if name not in FACTS:
        raise ValueError(f"no fact {name!r} fits in a column; those that do are {', '.join(FACTS)}")

    def fact(procedure: Procedure) -> Any:
        value = getattr(procedure, name)
        return (
            str(value) if isinstance(value, str) else value
        )  # an engine may not take an enum for a text

    return FACTS[name], fact


def _with_codes(  # noqa: PLR0913  # what the three doors ask for
    frame: Frame,
    code: str,
    facts: Mapping[str, Fact],
    date: str | None,
    catalog: Catalog | None,
    *,
    forms: Sequence[str] = (),
) -> Frame:
    """*Frame* with what the code tells, and with *date* `cdt_in_force`."""
    known = bundled.catalog() if catalog is None else catalog
    if date is None:
        return parsing.with_codes(frame, code, facts, known, forms)
    lives = max((len(procedure.periods) for procedure in known.values()), default=1)
    frame = parsing.with_codes(frame, code, {**facts, **_bounds(lives)}, known, forms)
    frame = engines.days(frame, date, "cdt__day")
    is_told = nw.col("cdt__known") & ~nw.col("cdt__day").is_null()
    holds = nw.any_horizontal(*map(_holds, range(lives)), ignore_nulls=True)
    in_force = nw.when(is_told).then(
        nw.col("cdt__known") & holds
    )  # the known is nullable, so the answer is in pandas
    return frame.with_columns(cdt_in_force=in_force)


def _with_current(frame: Frame, *, dated: bool) -> Frame:
    """
    *Frame* with `cdt__current`: whether the code is known and, as far as a date is told, in force.
    """
    known = nw.col("cdt__known")
    return frame.with_columns(
        cdt__current=known & nw.col("cdt_in_force").fill_null(value=True) if dated else known
    )


def _bounds(lives: int) -> dict[str, Fact]:
    """First and end day of each life of a code; one that it has not ends before every day."""

    def bound(life: int, name: str) -> Callable[[Procedure], Any]:
        return lambda p: getattr(p.periods[life], name) if life < len(p.periods) else dt.date.min

    bounds: dict[str, Fact] = {}
    for life in range(lives):
        bounds[f"cdt__first_{life}"] = (dt.date, bound(life, "effective"))
        bounds[f"cdt__end_{life}"] = (dt.date, bound(life, "terminated"))
    return bounds


def _holds(life: int) -> nw.Expr:
    """`Period.holds`, of a row's day."""
    first, end, day = nw.col(f"cdt__first_{life}"), nw.col(f"cdt__end_{life}"), nw.col("cdt__day")
    return (first.is_null() | (first <= day)) & (end.is_null() | (day < end))


def _broken_codes(*, dated: bool) -> dict[str, nw.Expr]:
    """
    Where each rule on codes is broken: `linerules` on columns; `cdt__current` is its
    `ParsedLine.current`.
    """
    valid, dental, known = nw.col("cdt_valid"), nw.col("cdt__dental"), nw.col("cdt__known")
    broken = {
        "code.malformed": ~valid,
        "code.system": valid & ~dental,
        "code.unknown": dental & ~known,
    }
    return broken | ({"code.not-in-force": known & ~nw.col("cdt__current")} if dated else {})


def _broken_teeth() -> dict[str, nw.Expr]:
    """Where each rule on teeth is broken: `siterules` on columns."""
    tooth = nw.col("cdt__tooth")
    return {
        "tooth.missing": _needs("tooth") & tooth.is_null(),
        "tooth.unknown": ~tooth.fill_null(value=True),
    }


def _broken_surfaces(*, tooth: bool) -> dict[str, nw.Expr]:
    """
    Where each rule on surfaces is broken: those of the tooth where one is known, else those of any.
    """
    alone, in_front, behind = (nw.col(name).fill_null(value=True) for name in parsing.FITS)
    front, back = nw.col("cdt__front"), nw.col("cdt__back")
    fits = (front & in_front) | (back & behind) | (~front & ~back & alone) if tooth else alone
    return {
        "surface.missing": _needs("surface") & nw.col("cdt__fits").is_null(),
        "surface.impossible": ~fits,
    }


def _broken_areas() -> dict[str, nw.Expr]:
    """Where each rule on areas is broken."""
    area = nw.col("cdt__area")
    return {
        "area.unknown": ~area.fill_null(value=True),
        "area.missing": _needs("area") & area.is_null(),
    }


def _needs(what: str) -> nw.Expr:
    return nw.col("cdt__current") & nw.col(f"cdt__needs_{what}").fill_null(value=False)


def _with_told(frame: Frame, broken: Mapping[str, nw.Expr]) -> Frame:
    """
    *Frame* with the ids of the broken rules as texts: each set of them is a number, whose texts
    are looked up.
    """
    parts = [
        _bit(broken[rule.id], 1 << place) for place, rule in enumerate(RULES) if rule.id in broken
    ]
    unsure = _bit(nw.col("cdt__known") & ~nw.col("cdt__sure").fill_null(value=False), _UNSURE)
    frame = frame.with_columns(cdt__broken=functools.reduce(operator.add, parts, unsure))
    if isinstance(frame, nw.LazyFrame):
        sets = range(2 * _UNSURE)
        return engines.join(
            frame, "cdt__broken", {"cdt__broken": Answers(int, sets), **_told(sets)}
        )
    return engines.gather(frame, "cdt__broken", _told)


def _bit(flag: nw.Expr, bit: int) -> nw.Expr:
    return nw.when(flag).then(nw.lit(bit, nw.Int64)).otherwise(nw.lit(0, nw.Int64))


def _told(sets: Sequence[int | None]) -> dict[str, Answers]:
    return {
        name: Answers(str, [None if one is None else _ids(one, severity) for one in sets])
        for name, severity in (("cdt_errors", "error"), ("cdt_warnings", "warning"))
    }


def _ids(broken: int, severity: str) -> str | None:
    """
    The broken rules of a severity; where a requirement is not sure, an error is softened to a
    warning.
    """
    unsure = bool(broken & _UNSURE)
    found = [
        rule.id
        for place, rule in enumerate(RULES)
        if broken & 1 << place and _weight(rule, unsure=unsure) == severity
    ]
    return " ".join(found) or None


def _weight(rule: LineRule, *, unsure: bool) -> str:
    return "warning" if rule.severity == "error" and rule.softens and unsure else rule.severity
