"""Polars, eager and lazy."""

from __future__ import annotations

import datetime as dt
import functools
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from cdtref.frame.engines.base import (
    Answers,
    Deferring,
    Engine,
    InMemory,
    Table,
    are_wide,
    is_older,
)
from cdtref.frame.kinds import DIGITS, PLACES, Dialect, Kind, ListOf


class _Polars(Engine):
    package = "polars"

    def __init__(self) -> None:
        super().__init__()
        pl = self._library
        self.dialect: Dialect = Dialect(
            scalars={
                str: pl.String(),
                bool: pl.Boolean(),
                int: pl.Int64(),
                Decimal: pl.Decimal(DIGITS, PLACES),
                dt.date: pl.Date(),
            },
            list_of=pl.List,
            fields_of=pl.Struct,
        )

    def frame_of(self, columns: Table) -> Any:
        series = {name: self._series(answers) for name, answers in columns.items()}
        return self._library.DataFrame(series)

    def names_of(self, native: Any) -> list[Any]:
        return list(native.collect_schema())

    def without(self, native: Any, names: Iterable[str]) -> Any:
        return native.drop(list(names))

    def _type_of(self, native: Any, column: str) -> object:
        return native.collect_schema()[column]

    def _series(self, answers: Answers) -> Any:
        kind = self.dialect.name(answers.kind)
        if not isinstance(answers.kind, ListOf):
            return self._library.Series(answers.values, dtype=kind)
        # Most rows share their lists, of sources for one, which Polars takes from Python singly.
        texts = list(map(repr, answers.values))
        distinct = dict(zip(texts, answers.values, strict=True))
        place_of = {text: place for place, text in enumerate(distinct)}
        series = self._library.Series(list(distinct.values()), dtype=kind)
        return series.gather([place_of[text] for text in texts])


class PolarsEngine(_Polars, InMemory):
    """DataFrames of Polars."""

    def encode(self, native: Any, column: str) -> tuple[list[Any], Any]:
        pl = self._library
        # Renamed, since methods of a Series take its name for a pattern.
        texts = native.get_column(column).alias("text")
        if texts.dtype == pl.Null:
            texts = texts.cast(pl.String)
        if texts.dtype == pl.Enum:
            values = texts.dtype.categories.to_list()
        else:
            distinct = texts.unique().drop_nulls().cast(pl.String)
            values = distinct.to_list()
            # A third of the time of `replace_strict`.
            texts = texts.cast(pl.Enum(distinct))
        places = texts.to_physical()
        return [*values, None], places.cast(pl.UInt32).fill_null(len(values))

    def renumber(self, places: Any, numbers: Sequence[int]) -> Any:
        pl = self._library
        kind = pl.UInt64 if are_wide(numbers) else pl.UInt32
        return pl.Series(numbers, dtype=kind).gather(places)

    def multiplied(self, places: Any, factor: int, *, wide: bool) -> Any:
        return places.cast(self._library.UInt64) * factor if wide else places * factor

    def total(self, parts: Sequence[Any]) -> Any:
        return functools.reduce(operator.add, parts)

    def take(self, answers: Answers, places: Any) -> Any:
        return self._series(answers).gather(places)

    def numbered(self, native: Any, column: str) -> Any:
        pl = self._library
        return native.get_column(column).rank("dense").cast(pl.Int64).fill_null(0) - 1

    def days(self, native: Any, date: str, missing: int) -> Any:
        pl = self._library
        return (
            self._days_of(native.get_column(date)).to_physical().cast(pl.Int64).fill_null(missing)
        )

    def day_places(self, native: Any, date: str, first: int, last: int) -> Any:
        days = self._days_of(native.get_column(date)).to_physical()
        places = days.clip(first, last) - first
        return places.cast(self._library.UInt32).fill_null(last - first + 1)

    def with_columns(self, native: Any, columns: Mapping[str, Any]) -> Any:
        return native.with_columns(column.alias(name) for name, column in columns.items())

    def _days_of(self, dates: Any) -> Any:
        pl = self._library
        if dates.dtype == pl.Datetime:  # the day of its own zone, where a cast goes by UTC
            return dates.dt.date()
        return dates.cast(pl.Date)


class LazyPolarsEngine(_Polars, Deferring):
    """LazyFrames of Polars."""

    def fault_of_name(self, name: str, *, is_read: bool) -> str | None:
        is_pattern = name == "*" or (name.startswith("^") and name.endswith("$"))
        if is_read and is_pattern and is_older(self._library, 1, 38):
            return "is what Polars before 1.38 takes for a pattern"
        return None

    def batched(
        self,
        native: Any,
        columns: Sequence[str],
        work: Callable[[Any], Any],
        kinds: Mapping[str, Kind],
        name: str,
    ) -> Any:
        if not kinds:
            return native
        pl = self._library

        def told(batch: Any) -> Any:
            return work(batch.struct.unnest()).select(list(kinds)).to_struct()

        held = pl.Struct({name: self.dialect.name(kind) for name, kind in kinds.items()})
        # By a selector, since "*" and "^c.*$" are patterns to `col`; one column may be two fields.
        given = pl.struct(pl.selectors.by_name(*dict.fromkeys(columns)))
        answers = given.map_batches(told, return_dtype=held, is_elementwise=True)
        return native.with_columns(answers.alias(name)).unnest(name)

    def deferred(self, native: Any, work: Callable[[Any], Any], names: Iterable[str]) -> Any:
        schema = dict(native.collect_schema())
        for name in names:
            schema[name] = self._library.String
        passing = dict.fromkeys(
            ("predicate_pushdown", "projection_pushdown", "slice_pushdown"), False
        )
        return native.map_batches(work, schema=schema, **passing)
