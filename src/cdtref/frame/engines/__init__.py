"""The DataFrame engines: one class each, with the few things in which they differ."""

from __future__ import annotations

import importlib
from typing import Any, Final, cast

# Not of stable.v2, which knew nothing of DuckDB before narwhals 2.19.
from narwhals import dependencies

from cdtref.errors import quoted_name
from cdtref.frame.engines.base import (
    Answers,
    Deferring,
    Engine,
    Grouping,
    InMemory,
    Lazy,
    Table,
    are_wide,
)

__all__ = [
    "Answers",
    "Deferring",
    "Engine",
    "Grouping",
    "InMemory",
    "Lazy",
    "Table",
    "are_wide",
    "engine_named",
    "engine_of",
]

_CLASSES: Final = (
    (dependencies.is_pandas_dataframe, "pandas", "PandasEngine"),
    (dependencies.is_pyarrow_table, "arrow", "ArrowEngine"),
    (dependencies.is_polars_dataframe, "polars", "PolarsEngine"),
    (dependencies.is_polars_lazyframe, "polars", "LazyPolarsEngine"),
    (dependencies.is_duckdb_relation, "duckdb", "DuckDBEngine"),
    (dependencies.is_pyspark_dataframe, "spark", "SparkEngine"),
    (dependencies.is_pyspark_connect_dataframe, "spark", "SparkEngine"),
)


_BACKENDS: Final = {
    "pandas": ("pandas", "PandasEngine"),
    "polars": ("polars", "PolarsEngine"),
    "pyarrow": ("arrow", "ArrowEngine"),
    "duckdb": ("duckdb", "DuckDBEngine"),
    "pyspark": ("spark", "SparkEngine"),
}


def engine_named(backend: str) -> Engine:
    """
    The engine of a library.

    Raises:
        ValueError: there is none of that name.
        ImportError: the library is not installed.

    >>> engine_named("polars").package
    'polars'
    >>> engine_named("excel")
    Traceback (most recent call last):
    ValueError: no backend 'excel'; there are pandas, polars, pyarrow, duckdb, pyspark
    """
    if backend not in _BACKENDS:
        raise ValueError(f"no backend {quoted_name(backend)}; there are {', '.join(_BACKENDS)}")
    try:
        return _engine_in(*_BACKENDS[backend])
    except ImportError as error:
        raise ImportError(f"{backend} is not installed: pip install {backend}") from error


def _engine_in(module: str, name: str) -> Engine:
    found = getattr(importlib.import_module(f"cdtref.frame.engines.{module}"), name)
    return cast(Engine, found())


def engine_of(df: Any) -> Engine:
    """
    The engine of a native DataFrame.

    Raises:
        TypeError: *df* is no DataFrame, or one of an engine that is not supported.

    >>> import polars as pl
    >>> engine_of(pl.LazyFrame()).package
    'polars'
    >>> engine_of([])
    Traceback (most recent call last):
    TypeError: a DataFrame of pandas, Polars, PyArrow, DuckDB or PySpark is expected, not list
    """
    for is_one, module, name in _CLASSES:
        if is_one(df):
            return _engine_in(module, name)
    expected = "a DataFrame of pandas, Polars, PyArrow, DuckDB or PySpark is expected"
    raise TypeError(f"{expected}, not {_named_type(df)}")


def _named_type(value: object) -> str:
    """The type of a value with its library, as 'dask DataFrame' for one of another engine."""
    kind = type(value)
    library = kind.__module__.partition(".")[0]
    return kind.__name__ if library == "builtins" else f"{library} {kind.__name__}"
