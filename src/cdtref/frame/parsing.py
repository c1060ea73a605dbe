"""
Claim texts read into columns that `frame` builds its answers from; their names begin with `cdt__`
and are dropped.

Each has two readings that give the same: the scalar parser for the distinct values of a table in
memory, and a join or an expression of `pattern` for lazy engines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import narwhals.stable.v2 as nw

from cdtref.area import parse_area
from cdtref.code import code_system, is_valid_code, parse_code
from cdtref.codeset import Catalog
from cdtref.codesystem import CodeSystem
from cdtref.errors import InvalidSiteError
from cdtref.frame import engines, patterns
from cdtref.frame.engines import Answers
from cdtref.procedure import Procedure
from cdtref.tooth import TEETH, parse_surfaces, parse_teeth, parse_tooth

Frame = Any  # a narwhals DataFrame or LazyFrame; they share no base
Fact = tuple[type, Callable[[Procedure], Any]]
"""The kind of a column and what a procedure has in it."""

_KEY: Final = "cdt__key"
_EXAMPLES: Final = {"cdt__fits": None, "cdt__fits_front": TEETH["8"], "cdt__fits_back": TEETH["14"]}
FITS: Final = {"cdt__fits": "unknown", "cdt__fits_front": "anterior", "cdt__fits_back": "posterior"}


def with_codes(
    frame: Frame, code: str, facts: Mapping[str, Fact], catalog: Catalog, forms: Iterable[str] = ()
) -> Frame:
    """*Frame* with `cdt__known`, the *facts* of each row's procedure, and of `cdt_code`,
    `cdt_valid`, `cdt__dental` the *forms*; facts are null where the code is malformed or
    unknown."""
    if not isinstance(frame, nw.LazyFrame):
        return engines.gather(
            frame, code, lambda texts: _facts_of(texts, facts, catalog) | _forms_of(texts, forms)
        )
    known = {
        "cdt__known": _KNOWN,
        **facts,
        **{name: fact for name, fact in _FORMS.items() if name in forms},
    }
    frame = engines.join(engines.spell(frame, code, _KEY), _KEY, _facts_by_spelling(known, catalog))
    # Searches are slow; DuckDB and Spark make them only where the table has no answer.
    frame = frame.with_columns(nw.coalesce(name, _spelled()[name]).alias(name) for name in forms)
    return frame.with_columns(nw.col("cdt__known").fill_null(value=False))


def with_teeth(frame: Frame, column: str) -> Frame:
    """
    *Frame* with `cdt__tooth`: whether a text names a tooth or teeth, null where there is none;
    `cdt__front` and `cdt__back`: whether it names one tooth, and where that stands.
    """
    if isinstance(frame, nw.LazyFrame):
        text = nw.col(column).cast(nw.String)
        front, back = (
            _matches(text, patterns.tooth(_standing(position)))
            for position in ("anterior", "posterior")
        )
        several = nw.when(_matches(text, patterns.teeth())).then(
            ~_any(text, patterns.repeated_teeth())
        )
        tooth = nw.when(front | back).then(_TRUE).otherwise(several.otherwise(_FALSE))
        return frame.with_columns(
            cdt__tooth=nw.when(~text.is_null()).then(tooth), cdt__front=front, cdt__back=back
        )
    return engines.gather(frame, column, lambda texts: _flags(texts, _TEETH))


def with_surfaces(frame: Frame, column: str) -> Frame:
    """*Frame* with `cdt__fits`, `cdt__fits_front`, `cdt__fits_back`: whether a text names surfaces
    of a tooth that is not known, stands in front or in the back; null where there is none."""
    if isinstance(frame, nw.LazyFrame):
        text = nw.col(column).cast(nw.String)
        return frame.with_columns(
            text.str.contains(patterns.surfaces(of)).alias(name) for name, of in FITS.items()
        )
    return engines.gather(frame, column, lambda texts: _flags(texts, _SURFACES))


def with_area(frame: Frame, column: str) -> Frame:
    """
    *Frame* with `cdt__area`: whether a text names an area of the oral cavity, null where there is
    none.
    """
    if isinstance(frame, nw.LazyFrame):
        return frame.with_columns(
            cdt__area=nw.col(column).cast(nw.String).str.contains(patterns.area())
        )
    return engines.gather(frame, column, lambda texts: _flags(texts, _AREA))


def _facts_of(
    texts: Sequence[Any], facts: Mapping[str, Fact], catalog: Catalog
) -> dict[str, Answers]:
    found = [catalog.get(parse_code(text)) if is_valid_code(text) else None for text in texts]
    return {"cdt__known": Answers(bool, [procedure is not None for procedure in found])} | {
        name: Answers(kind, [None if procedure is None else fact(procedure) for procedure in found])
        for name, (kind, fact) in facts.items()
    }


def _facts_by_spelling(facts: Mapping[str, Fact], catalog: Catalog) -> dict[str, Answers]:
    spelled = [
        (spelling, procedure)
        for code, procedure in catalog.items()
        for spelling in patterns.spellings(code)
    ]
    answers = {
        name: Answers(kind, [fact(procedure) for _, procedure in spelled])
        for name, (kind, fact) in facts.items()
    }
    return {_KEY: Answers(str, [spelling for spelling, _ in spelled])} | answers


def _forms_of(texts: Sequence[Any], forms: Iterable[str]) -> dict[str, Answers]:
    codes = [parse_code(text) if is_valid_code(text) else None for text in texts]
    answers = {
        "cdt_code": Answers(str, codes),
        "cdt_valid": Answers(bool, [code is not None for code in codes]),
        "cdt__dental": Answers(
            bool, [code is not None and code_system(code) is CodeSystem.CDT for code in codes]
        ),
    }
    return {name: answers[name] for name in forms}


def _spelled() -> dict[str, nw.Expr]:
    """The forms of a code that is not in the catalog, from its spelling."""
    key = nw.col(_KEY)
    return {
        "cdt_code": nw.when(_matches(key, patterns.CODE)).then(
            key.str.replace_all(patterns.DENTAL_GAP, "D")
        ),
        "cdt_valid": _matches(key, patterns.CODE),
        "cdt__dental": _matches(key, patterns.DENTAL_CODE),
    }


def _matches(text: nw.Expr, form: str) -> nw.Expr:
    return text.str.contains(form).fill_null(value=False)


def _any(text: nw.Expr, forms: Iterable[str]) -> nw.Expr:
    return nw.any_horizontal(*(text.str.contains(form) for form in forms), ignore_nulls=False)


def _standing(position: str) -> list[Any]:
    return [tooth for tooth in TEETH.values() if tooth.position == position]


def _flags(
    texts: Sequence[Any], flags: Mapping[str, Callable[[Any], bool | None]]
) -> dict[str, Answers]:
    return {name: Answers(bool, [flag(text) for text in texts]) for name, flag in flags.items()}


def _reads(parse: Callable[..., object], *about: Any) -> Callable[[Any], bool | None]:
    """Whether a text is one that *parse* takes; None for no text."""

    def reads(text: Any) -> bool | None:
        if text is None:
            return None
        try:
            parse(text, *about)
        except InvalidSiteError:
            return False
        return True

    return reads


def _stands(position: str) -> Callable[[Any], bool]:
    return lambda text: bool(_reads(parse_tooth)(text)) and parse_tooth(text).position == position


_KNOWN: Final[Fact] = (bool, lambda _: True)
_FORMS: Final[Mapping[str, Fact]] = {
    "cdt_code": (str, lambda procedure: procedure.code),
    "cdt_valid": (bool, lambda _: True),
    "cdt__dental": (bool, lambda procedure: code_system(procedure.code) is CodeSystem.CDT),
}
_AREA: Final = {"cdt__area": _reads(parse_area)}
_SURFACES: Final = {name: _reads(parse_surfaces, tooth) for name, tooth in _EXAMPLES.items()}
_TEETH: Final = {
    "cdt__tooth": lambda text: _reads(parse_tooth)(text) or _reads(parse_teeth)(text),
    "cdt__front": _stands("anterior"),
    "cdt__back": _stands("posterior"),
}
_TRUE: Final = nw.lit(value=True)
_FALSE: Final = nw.lit(value=False)
