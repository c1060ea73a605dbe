"""pandas: columns that may hold anything, and dates that are times at midnight."""

from __future__ import annotations

import datetime as dt
import functools
import operator
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import narwhals.stable.v2 as nw

from cdtref.errors import DataFormatError, quoted_name
from cdtref.frame.engines.base import Answers, InMemory, Table, are_wide
from cdtref.frame.kinds import ENGLISH, Dialect, Fields, Kind, ListOf

_KINDS: Final = {
    str: "string",
    bool: "boolean",
    int: "Int64",
    Decimal: "Float64",  # pandas has no decimal of its own
    dt.date: "datetime64[us]",
}
_OBJECT: Final = "object"  # what pandas has for lists
_PLACE: Final = "int32"
_DAY: Final = "datetime64[us]"


class PandasEngine(InMemory):
    """Tables of pandas. A null has the place -1, which takes the last."""

    package = "pandas"
    dialect: Dialect = Dialect(_KINDS, list_of=lambda _: _OBJECT, fields_of=lambda _: _OBJECT)

    def type_name(self, kind: Kind) -> str:
        if isinstance(kind, ListOf | Fields):
            return f"{_OBJECT}: {ENGLISH.name(kind)}"
        return super().type_name(kind)

    def frame_of(self, columns: Table) -> Any:
        pd = self._library
        return pd.DataFrame({name: self._column_of(answers) for name, answers in columns.items()})

    def takes_text(self, native: Any, column: str, kind: Any) -> bool:
        if isinstance(kind, nw.Categorical):
            return self._has_text_categories(native[column].dtype)
        # Of pandas 2, narwhals does not know it.
        if str(self._type_of(native, column)) == "string_view[pyarrow]":
            return True
        if _is_blank(native[column]):
            return True
        # Objects may be anything; `encode` looks at them.
        return isinstance(kind, nw.Object) or super().takes_text(native, column, kind)

    def takes_date(self, native: Any, column: str, kind: Any) -> bool:  # noqa: ARG002
        return True  # objects, texts and Arrow's own types may be dates; `_days_of` looks at them

    def takes_number(self, native: Any, column: str, kind: Any) -> bool:
        # Decimals are objects here; what else an object may be is not 0.
        return native[column].dtype == object or super().takes_number(native, column, kind)

    def without(self, native: Any, names: Iterable[str]) -> Any:
        return native.drop(columns=list(names))

    def encode(self, native: Any, column: str) -> tuple[list[Any], Any]:
        kind = native[column].dtype
        if isinstance(kind, self._library.CategoricalDtype):  # which has what is looked for
            places = native[column].cat.codes.to_numpy().astype(_PLACE)
            distinct = kind.categories
        else:
            places, distinct = self._factorized(native, column)
        # pandas 2 lists the null of a column of Arrow's nulls, though its places are -1.
        texts = [*distinct.dropna(), None]
        _require_texts(texts, column)
        return texts, places

    def renumber(self, places: Any, numbers: Sequence[int]) -> Any:
        kind = "int64" if are_wide(numbers) else _PLACE
        return self._array(numbers, kind)[places]

    def multiplied(self, places: Any, factor: int, *, wide: bool) -> Any:
        # Of a null that is less than 0 by the factor, and so takes what is as far from the end.
        return places.astype("int64") * factor if wide else places * factor

    def total(self, parts: Sequence[Any]) -> Any:
        return functools.reduce(operator.add, parts)

    def take(self, answers: Answers, places: Any) -> Any:
        return self._column_of(answers).take(places)

    def numbered(self, native: Any, column: str) -> Any:
        return self._factorized(native, column)[0]

    def days(self, native: Any, date: str, missing: int) -> Any:
        days = self._days_of(native[date], date).to_numpy()
        numbers = _numbers_of(days)
        numbers[self._library.isna(days)] = missing
        return numbers

    def day_places(self, native: Any, date: str, first: int, last: int) -> Any:
        days = self._days_of(native[date], date).to_numpy()
        places = _numbers_of(days).clip(first, last).astype(_PLACE) - first
        places[self._library.isna(days)] = last + 1 - first
        return places

    def with_columns(self, native: Any, columns: Mapping[str, Any]) -> Any:
        return native.assign(**columns)

    def _factorized(self, native: Any, column: str) -> tuple[Any, Any]:
        try:
            places, distinct = self._library.factorize(native[column])
        except TypeError as error:  # lists and the like, which are not hashable
            problem = f"holds values that are no texts ({error}); convert it first"
            raise DataFormatError(
                f"the column {quoted_name(column)} {problem}", column=column
            ) from error
        return places, distinct

    def _type_of(self, native: Any, column: str) -> object:
        return native[column].dtype

    def _column_of(self, answers: Answers) -> Any:
        values: Sequence[Any] = answers.values
        if answers.kind is Decimal:
            values = [None if value is None else float(value) for value in values]
        return self._library.array(values, dtype=self.dialect.name(answers.kind))

    def _array(self, values: Sequence[Any], dtype: str) -> Any:
        return self._library.Series(values, dtype=dtype).to_numpy()

    def _has_text_categories(self, kind: Any) -> bool:
        if not hasattr(kind, "categories"):  # a dictionary of Arrow's
            return "string" in str(kind.pyarrow_dtype.value_type)
        held = self._library.api.types.infer_dtype(kind.categories)
        return held in ("string", "empty")

    def _days_of(self, dates: Any, column: str) -> Any:
        pd = self._library
        kind = dates.dtype
        if _is_blank(dates):
            return dates.astype(_DAY)
        if getattr(kind, "kind", "") == "O" or isinstance(kind, pd.StringDtype):
            dates = self._days_of_objects(dates, column)
        elif isinstance(kind, pd.DatetimeTZDtype):
            dates = dates.dt.tz_localize(None)
        elif _is_date_of_arrow(pd, kind):
            if "tz=" in str(kind):  # by whose zone, where tz_localize of pandas 2 goes by UTC
                dates = dates.dt.date
        elif getattr(kind, "kind", "") != "M" or isinstance(kind, pd.SparseDtype):
            raise _no_dates(column, kind)
        return dates.astype(_DAY)  # `_numbers_of` rounds down to the day

    def _days_of_objects(self, dates: Any, column: str) -> Any:
        pd = self._library
        held = pd.api.types.infer_dtype(dates, skipna=True)
        if held in ("datetime", "datetime64"):  # each by its own zone
            return dates.map(lambda value: pd.Timestamp(value).date(), na_action="ignore")
        if held not in ("date", "empty"):
            raise _no_dates(column, held)
        return dates


def _is_blank(values: Any) -> bool:
    """True of a column of nothing, which `read_csv` makes one of floats that are all NaN."""
    return getattr(values.dtype, "kind", "") == "f" and bool(values.isna().all())


def _numbers_of(days: Any) -> Any:
    """Days since 1970 began."""
    return days.astype("datetime64[D]").astype("int64")


def _is_date_of_arrow(pd: Any, kind: Any) -> bool:
    is_arrow = isinstance(kind, pd.ArrowDtype)
    return is_arrow and str(kind).startswith(("date", "timestamp", "null"))


def _require_texts(values: Iterable[Any], column: str) -> None:
    """A number is none: 14 in a column of objects would be read as a tooth, and 14.0 as none."""
    for value in values:
        if value is not None and not isinstance(value, str):
            kind = type(value).__name__
            advice = 'where text is expected; convert it first, such as by .astype("string")'
            message = f"the column {quoted_name(column)} holds a value of type {kind}, {advice}"
            raise DataFormatError(message, column=column)


def _no_dates(column: str, held: object) -> DataFormatError:
    message = (
        f"the column {quoted_name(column)} holds {held}, where a date is expected; convert it first"
    )
    return DataFormatError(message, column=column)
