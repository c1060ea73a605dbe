"""PyArrow: columns in chunks, and dictionaries that hold each distinct value once."""

from __future__ import annotations

import datetime as dt
import functools
import importlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import narwhals.stable.v2 as nw

from cdtref.frame.engines.base import Answers, InMemory, Table, are_wide
from cdtref.frame.kinds import DIGITS, PLACES, Dialect

_BATCH: Final = 2**20  # rows; keeps a batch of Arrow text below the 2 GiB of its offsets


class ArrowEngine(InMemory):
    """Tables of PyArrow. A null has the place behind the last of the dictionary."""

    package = "pyarrow"

    def __init__(self) -> None:
        super().__init__()
        self._compute: Any = importlib.import_module("pyarrow.compute")
        pa = self._library
        self.dialect: Dialect = Dialect(
            scalars={
                str: pa.string(),
                bool: pa.bool_(),
                int: pa.int64(),
                Decimal: pa.decimal128(DIGITS, PLACES),
                dt.date: pa.date32(),
            },
            list_of=pa.list_,
            fields_of=lambda fields: pa.struct(list(fields.items())),
        )

    def names_of(self, native: Any) -> list[Any]:
        return list(native.column_names)

    def takes_text(self, native: Any, column: str, kind: Any) -> bool:
        if isinstance(kind, nw.Categorical):
            return "string" in str(native.schema.field(column).type.value_type)
        return super().takes_text(native, column, kind)

    def takes_date(self, native: Any, column: str, kind: Any) -> bool:
        is_date64 = self._library.types.is_date64(native.schema.field(column).type)
        return is_date64 or super().takes_date(native, column, kind)

    def frame_of(self, columns: Table) -> Any:
        pa = self._library
        arrays = {}
        for name, answers in columns.items():
            arrays[name] = pa.array(answers.values, self.dialect.name(answers.kind))
        return pa.table(arrays)

    def without(self, native: Any, names: Iterable[str]) -> Any:
        return native.drop_columns(list(names))

    def encode(self, native: Any, column: str) -> tuple[list[Any], Any]:
        pa = self._library
        texts = native[column]
        if pa.types.is_null(texts.type):
            texts = texts.cast(pa.string())
        if not pa.types.is_dictionary(texts.type):
            texts = texts.dictionary_encode()
        chunks = texts.unify_dictionaries().chunks
        distinct = chunks[0].dictionary.to_pylist() if chunks else []
        places = [chunk.indices.cast(pa.int32()).fill_null(len(distinct)) for chunk in chunks]
        return [*distinct, None], pa.chunked_array(_in_batches(places), pa.int32())

    def renumber(self, places: Any, numbers: Sequence[int]) -> Any:
        pa = self._library
        kind = pa.int64() if are_wide(numbers) else pa.int32()
        return self._gathered(numbers, kind, places)

    def multiplied(self, places: Any, factor: int, *, wide: bool) -> Any:
        kind = self._library.int64() if wide else self._library.int32()
        return self._compute.multiply(places.cast(kind), self._library.scalar(factor, kind))

    def total(self, parts: Sequence[Any]) -> Any:
        return functools.reduce(self._compute.add, parts)

    def take(self, answers: Answers, places: Any) -> Any:
        return self._gathered(answers.values, self.dialect.name(answers.kind), places)

    def numbered(self, native: Any, column: str) -> Any:
        pa = self._library
        values = native[column]
        if not pa.types.is_dictionary(values.type):
            values = values.dictionary_encode()
        places = [chunk.indices.cast(pa.int64()) for chunk in values.unify_dictionaries().chunks]
        return pa.chunked_array(places, pa.int64()).fill_null(-1)

    def days(self, native: Any, date: str, missing: int) -> Any:
        pa = self._library
        numbers = self._days_of(native[date]).cast(pa.int32()).cast(pa.int64())
        return numbers.fill_null(missing)

    def day_places(self, native: Any, date: str, first: int, last: int) -> Any:
        pa, compute = self._library, self._compute
        days = self._days_of(native[date]).cast(pa.int32())
        least, most = (pa.scalar(day, pa.int32()) for day in (first, last))
        inside = compute.min_element_wise(
            compute.max_element_wise(days, least, skip_nulls=False), most, skip_nulls=False
        )
        return compute.subtract(inside, least).fill_null(last - first + 1)

    def with_columns(self, native: Any, columns: Mapping[str, Any]) -> Any:
        for name, column in columns.items():
            native = native.append_column(name, column)
        return native

    def _type_of(self, native: Any, column: str) -> object:
        return native.schema.field(column).type

    def _gathered(self, values: Sequence[Any], kind: Any, places: Any) -> Any:
        pa = self._library
        found = pa.array(values, kind)
        return pa.chunked_array([found.take(part) for part in places.chunks], kind)

    def _days_of(self, dates: Any) -> Any:
        if getattr(dates.type, "tz", None) is not None:  # the day of its own zone
            dates = self._compute.local_timestamp(dates)
        return dates.cast(self._library.date32(), safe=False)


def _in_batches(chunks: Iterable[Any]) -> Iterator[Any]:
    for chunk in chunks:
        for at in range(0, len(chunk), _BATCH):
            yield chunk.slice(at, _BATCH)
