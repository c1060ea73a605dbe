"""
The columns of a DataFrame: those that are read must be there and hold texts or dates; the answers
replace theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar, cast

import narwhals.stable.v2 as nw

from cdtref.errors import DataFormatError
from cdtref.frame import engines
from cdtref.frame.parsing import Frame

FrameT = TypeVar("FrameT")

_OURS: Final = "cdt__"
_TEXTS: Final = (nw.String, nw.Categorical, nw.Enum)
_DATES: Final = (nw.Date, nw.Datetime)


def opened(
    df: object, outputs: Sequence[str], texts: Sequence[str | None], day: str | None
) -> Frame:
    """*df* for narwhals, its columns looked at, without those that the outputs replace."""
    frame: Any = nw.from_native(df, pass_through=True)
    if (
        not isinstance(frame, nw.DataFrame | nw.LazyFrame)
        or frame.implementation not in engines.KNOWN
    ):
        kind = type(df).__name__
        raise TypeError(
            f"a DataFrame of pandas, Polars, PyArrow, DuckDB or PySpark is expected, not {kind}"
        )
    schema = frame.collect_schema()
    same = _sameness(frame)
    code, *others = texts  # only the code must be named
    read: list[Any] = [code, *(name for name in (*others, day) if name is not None)]
    _require_names(schema, read, dotless=frame.implementation in engines.SPARK)
    for name in read:
        if name == day:
            _require(frame, schema, name, _DATES, "a date")
        else:
            _require(frame, schema, name, _TEXTS, "text")
        if same(name) in outputs:
            raise _fault(
                f"the column {name!r} is read and would be overwritten by the answer; rename it first",
                name,
            )
    return frame.drop([name for name in schema if same(name) in outputs])


def closed(df: FrameT, frame: Frame, outputs: Sequence[str]) -> FrameT:
    """The columns of *df*, then the outputs, as the engine's own DataFrame."""
    before: Any = nw.from_native(cast(Any, df))
    same = _sameness(before)
    columns = [name for name in before.collect_schema() if same(name) not in outputs]
    return cast(FrameT, engines.selected(frame, [*columns, *outputs]))


def _sameness(frame: Frame) -> Callable[[Any], Any]:
    """
    What two names of columns have in common that are the same to the engine: to SQL, capitals are
    none.
    """
    folds = frame.implementation in (engines.DUCKDB, *engines.SPARK)
    return lambda name: name.casefold() if folds and isinstance(name, str) else name


def _require_names(schema: Mapping[Any, Any], read: Iterable[Any], *, dotless: bool) -> None:
    for name in read:
        if not isinstance(name, str):
            raise TypeError(f"the name of a column is expected, not {type(name).__name__}")
        if dotless and "." in name:
            raise _fault(
                f"the column {name!r} has a dot, which Spark takes for a field within; rename it first",
                name,
            )
    for name in schema:
        if isinstance(name, tuple):
            raise _fault(
                f"the columns have several levels, such as {name!r}; name them by one text each",
                str(name),
            )
        if isinstance(name, str) and name.casefold().startswith(_OURS):
            raise _fault(
                f"the column {name!r} begins with {_OURS!r}, as our own in between do; rename it first",
                name,
            )


def _require(
    frame: Frame, schema: Mapping[Any, Any], name: str, kinds: tuple[Any, ...], wanted: str
) -> None:
    if name not in schema:
        raise _fault(
            f"there is no column {name!r}; the columns are {', '.join(map(str, schema))}", name
        )
    kind = schema[name]
    if frame.implementation is engines.PANDAS and (kinds is _DATES or isinstance(kind, nw.Object)):
        return  # its columns may hold anything; `engine` looks into them
    if isinstance(kind, nw.Unknown) and engines.is_null_typed(frame, name):
        return
    if not isinstance(kind, kinds) or not engines.has_text_categories(frame, name, kind):
        raise _fault(
            f"the column {name!r} is {kind}, where {wanted} is expected; convert it first", name
        )


def _fault(message: str, column: str) -> DataFormatError:
    return DataFormatError(message, column=column)
