"""
What each DataFrame engine does in a way of its own; all the rest is said once, in `frame`, for all
of them.

Tables in memory (pandas, PyArrow, Polars) read each distinct value of a column once and gather the
answers. Lazy ones (Polars, DuckDB, PySpark) join a small table, and nothing is collected.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import narwhals.stable.v2 as nw

from cdtref.errors import DataFormatError
from cdtref.frame import patterns

_BATCH: Final = 2**20  # rows; keeps a batch of Arrow text below the 2 GiB of its offsets


class Answers(NamedTuple):
    """A column of answers, of one kind: str, bool, int or date, each with None."""

    kind: type
    values: Sequence[Any]


Table = Mapping[str, Answers]

PANDAS: Final = nw.Implementation.PANDAS
ARROW: Final = nw.Implementation.PYARROW
POLARS: Final = nw.Implementation.POLARS
DUCKDB: Final = nw.Implementation.DUCKDB
SPARK: Final = (nw.Implementation.PYSPARK, nw.Implementation.PYSPARK_CONNECT)
KNOWN: Final = (PANDAS, ARROW, POLARS, DUCKDB, *SPARK)


def gather(
    frame: nw.DataFrame[Any], column: str, read: Callable[[Sequence[Any]], Mapping[str, Answers]]
) -> nw.DataFrame[Any]:
    """
    *Frame* with the columns that *read* gives for the distinct values of a column; it is given
    None for a null.
    """
    ways = {PANDAS: _gather_pandas, ARROW: _gather_arrow, POLARS: _gather_polars}
    return nw.from_native(
        ways[frame.implementation](frame.to_native(), column, read), eager_only=True
    )


def join(frame: nw.LazyFrame[Any], key: str, table: Table) -> nw.LazyFrame[Any]:
    """*Frame* with the columns of a small table, by a left join on *key*, a column of both."""
    way = {POLARS: _join_polars, DUCKDB: _join_duckdb}.get(frame.implementation, _join_spark)
    joined: nw.LazyFrame[Any] = nw.from_native(way(frame.to_native(), key, table))
    return joined


def spell(frame: nw.LazyFrame[Any], column: str, name: str) -> nw.LazyFrame[Any]:
    """
    *Frame* with a column *name*: the text of *column* without outer space, read by
    `patterns.CODE_SIGNS`.
    """
    way = {POLARS: _spell_polars, DUCKDB: _spell_duckdb}.get(frame.implementation, _spell_spark)
    spelled: nw.LazyFrame[Any] = nw.from_native(way(frame.to_native(), column, name))
    return spelled


def days(frame: Any, column: str, name: str) -> Any:
    """*Frame* with a column *name*: the dates of *column*, of which pandas knows only midnights."""
    if frame.implementation is not PANDAS:
        day = nw.col(column)
        is_time = isinstance(frame.collect_schema()[column], nw.Datetime)
        return frame.with_columns((day.dt.date() if is_time else day.cast(nw.Date)).alias(name))
    native = frame.to_native()
    return nw.from_native(native.assign(**{name: _days_pandas(native[column], column)}))


def selected(frame: Any, columns: Sequence[Any]) -> Any:
    """The native DataFrame with these columns in this order."""
    if frame.implementation in SPARK:  # which takes a name with a dot for a field within a column
        return frame.to_native().select(*map(_quoted, columns))
    return frame.select(*map(nw.col, columns)).to_native()


def is_null_typed(frame: Any, column: str) -> bool:
    """
    True for a column of a type of nothing but nulls, which narwhals does not tell from one that it
    does not know.
    """
    native = frame.to_native()
    kinds: Mapping[Any, Callable[[], Any]] = {
        PANDAS: lambda: native[column].dtype,
        ARROW: lambda: native.schema.field(column).type,
        POLARS: lambda: native.collect_schema()[column],
        DUCKDB: lambda: native.types[native.columns.index(column)],
        **dict.fromkeys(SPARK, lambda: type(native.schema[column].dataType).__name__),
    }
    return str(kinds[frame.implementation]()).casefold().strip('"') in (
        "null",
        "null[pyarrow]",
        "nulltype",
    )


def has_text_categories(frame: Any, column: str, typed: Any) -> bool:
    """False for categories that are numbers or the like, in the engines that have such."""
    if not isinstance(typed, nw.Categorical):
        return True
    native = frame.to_native()
    if frame.implementation is PANDAS and hasattr(native[column].dtype, "categories"):
        held = importlib.import_module("pandas").api.types.infer_dtype(
            native[column].dtype.categories
        )
        return held in ("string", "empty")
    if frame.implementation in (PANDAS, ARROW):
        kind = (
            native[column].dtype.pyarrow_dtype
            if frame.implementation is PANDAS
            else native[column].type
        )
        return "string" in str(kind.value_type)
    return True


def _days_pandas(dates: Any, column: str) -> Any:
    pd = importlib.import_module("pandas")
    kind = dates.dtype
    if getattr(kind, "kind", "") == "O" or isinstance(kind, pd.StringDtype):
        dates = _days_of_objects(pd, dates, column)
    elif isinstance(kind, pd.DatetimeTZDtype):
        dates = dates.dt.tz_localize(None)
    elif isinstance(kind, pd.ArrowDtype) and str(kind).startswith(("date", "timestamp", "null")):
        dates = (
            dates.dt.date if "tz=" in str(kind) else dates
        )  # tz_localize of pandas 2 goes by UTC here
    elif getattr(kind, "kind", "") != "M" or isinstance(kind, pd.SparseDtype):
        raise _no_dates(column, kind)
    return dates.astype("datetime64[us]").dt.floor("D")


def _days_of_objects(pd: Any, dates: Any, column: str) -> Any:
    held = pd.api.types.infer_dtype(dates, skipna=True)
    if held in ("datetime", "datetime64"):  # each by its own zone
        return dates.map(lambda value: pd.Timestamp(value).date(), na_action="ignore")
    if held not in ("date", "empty"):
        raise _no_dates(column, held)
    return dates


def _no_dates(column: str, held: object) -> DataFormatError:
    message = f"the column {column!r} holds {held}, where a date is expected; convert it first"
    return DataFormatError(message, column=column)


def _gather_pandas(native: Any, column: str, read: Callable[[Sequence[Any]], Table]) -> Any:
    pd = importlib.import_module("pandas")
    kinds = {"str": "string", "bool": "boolean", "int": "Int64", "date": "datetime64[us]"}
    try:
        positions, distinct = pd.factorize(native[column])
    except TypeError as error:  # lists and the like
        message = (
            f"the column {column!r} holds values that are no texts ({error}); convert it first"
        )
        raise DataFormatError(message, column=column) from error
    answers = read([*distinct, None])  # a null has the place -1, which takes the last
    found = {
        name: pd.array(a.values, dtype=kinds[a.kind.__name__]).take(positions)
        for name, a in answers.items()
    }
    return native.assign(**found)


def _gather_arrow(native: Any, column: str, read: Callable[[Sequence[Any]], Table]) -> Any:
    pa = importlib.import_module("pyarrow")
    kinds = {"str": pa.string(), "bool": pa.bool_(), "int": pa.int64(), "date": pa.date32()}
    distinct, positions = _positions_arrow(pa, native[column])
    for name, answers in read([*distinct, None]).items():
        values = pa.array(answers.values, kinds[answers.kind.__name__])
        found = [values.take(part) for part in positions]
        native = native.append_column(name, pa.chunked_array(found, values.type))
    return native


def _positions_arrow(pa: Any, column: Any) -> tuple[list[Any], list[Any]]:
    """
    The distinct values, and for each row the place of its own, in batches; a null has the place
    behind the last.
    """
    if pa.types.is_null(column.type):
        column = column.cast(pa.string())
    encoded = (
        column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    ).unify_dictionaries()
    distinct = encoded.chunk(0).dictionary.to_pylist() if encoded.num_chunks else []
    chunks = [chunk.indices.cast(pa.int32()).fill_null(len(distinct)) for chunk in encoded.chunks]
    return distinct, [
        chunk.slice(at, _BATCH) for chunk in chunks for at in range(0, len(chunk), _BATCH)
    ]


def _gather_polars(native: Any, column: str, read: Callable[[Sequence[Any]], Table]) -> Any:
    pl = importlib.import_module("polars")
    is_plain = native.schema[column] in (pl.String, pl.Int64)
    key = native[column] if is_plain else native[column].cast(pl.String)
    distinct = key.unique()
    table = _table_polars(pl, read(distinct.to_list())).with_columns(cdt__row=distinct)
    rows = native if is_plain else native.with_columns(cdt__text=key)
    left = column if is_plain else "cdt__text"
    return rows.join(
        table,
        left_on=left,
        right_on="cdt__row",
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )


def _table_polars(pl: Any, table: Table) -> Any:
    return pl.DataFrame(
        [pl.Series(name, answers.values, dtype=answers.kind) for name, answers in table.items()]
    )


def _join_polars(native: Any, key: str, table: Table) -> Any:
    pl = importlib.import_module("polars")
    return native.join(_table_polars(pl, table).lazy(), on=key, how="left", maintain_order="left")


def _join_duckdb(native: Any, key: str, table: Table) -> Any:
    # One row of the same connection: relations of two connections cannot be joined.
    row = native.limit(0).aggregate("count(*) AS cdt__one")
    facts = row.select(*(_unnested(answers).alias(name) for name, answers in table.items()))
    return native.set_alias("cdt__lines").join(facts.set_alias("cdt__facts"), key, how="left")


def _unnested(answers: Answers) -> Any:
    """
    A column of DuckDB, from one JSON text: a list of constants takes ten times as long, at every
    step that binds.
    """
    duckdb = importlib.import_module("duckdb")
    call, constant = duckdb.FunctionExpression, duckdb.ConstantExpression
    kind = {"str": "VARCHAR", "bool": "BOOLEAN", "int": "BIGINT", "date": "DATE"}[
        answers.kind.__name__
    ]
    text = json.dumps(list(answers.values), default=str)
    return call("unnest", call("from_json", constant(text), constant(f'["{kind}"]')))


def _join_spark(native: Any, key: str, table: Table) -> Any:
    functions = importlib.import_module("pyspark.sql.functions")
    kinds = {"str": "string", "bool": "boolean", "int": "bigint", "date": "date"}
    schema = ", ".join(
        f"`{name}` {kinds[answers.kind.__name__]}" for name, answers in table.items()
    )
    rows = list(zip(*(answers.values for answers in table.values()), strict=True))
    small = native.sparkSession.createDataFrame(rows, schema)
    return native.join(functions.broadcast(small), on=key, how="left")


def _spell_polars(native: Any, column: str, name: str) -> Any:
    pl = importlib.import_module("polars")
    text = pl.col(column).cast(pl.String).str.strip_chars(patterns.SPACES)
    return native.with_columns(text.str.replace_many(*_signs()).alias(name))


def _spell_duckdb(native: Any, column: str, name: str) -> Any:
    duckdb = importlib.import_module("duckdb")
    call, constant = duckdb.FunctionExpression, duckdb.ConstantExpression
    text = duckdb.ColumnExpression(column).cast("VARCHAR")
    trimmed = call("trim", text, constant(patterns.SPACES))
    # Trim, and still more translate, are far slower than upper. Of five bytes that are a code, four
    # are digits and the other is ASCII: none can be spared, and only its case matters. Other ASCII
    # text needs no translate either.
    key = (
        duckdb.CaseExpression(call("strlen", text) == constant(5), call("upper", text))
        .when(call("strlen", text) == call("length", text), call("upper", trimmed))
        .otherwise(call("translate", trimmed, *(constant("".join(signs)) for signs in _signs())))
    )
    return native.select(duckdb.StarExpression(), key.alias(name))


def _spell_spark(native: Any, column: str, name: str) -> Any:
    functions = importlib.import_module("pyspark.sql.functions")
    text = functions.btrim(
        functions.col(_quoted(column)).cast("string"), functions.lit(patterns.SPACES)
    )
    return native.withColumn(
        name, functions.translate(text, *("".join(signs) for signs in _signs()))
    )


def _quoted(column: str) -> str:
    return f"`{column.replace('`', '``')}`"


def _signs() -> tuple[list[str], list[str]]:
    return list(patterns.CODE_SIGNS), list(patterns.CODE_SIGNS.values())
