"""PySpark DataFrames, classic and of Spark Connect."""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from cdtref.frame import patterns
from cdtref.frame.engines.base import Lazy, Table
from cdtref.frame.kinds import DIGITS, PLACES, Dialect
from cdtref.tooth import SITE_SIGNS, SPACES

_KINDS: Final = {
    str: "string",
    bool: "boolean",
    int: "bigint",
    Decimal: f"decimal({DIGITS},{PLACES})",
    dt.date: "date",
}


def _struct_of(fields: Mapping[str, str]) -> str:
    return f"struct<{', '.join(f'{name}: {kind}' for name, kind in fields.items())}>"


class SparkEngine(Lazy):
    """DataFrames of PySpark."""

    package = "pyspark.sql.functions"
    folds_names = True
    dialect: Dialect = Dialect(_KINDS, list_of="array<{}>".format, fields_of=_struct_of)

    def frame_of(self, columns: Table) -> Any:
        """A frame of the active session."""
        session = importlib.import_module("pyspark.sql").SparkSession.active()
        return self._small_frame(session, columns)

    def fault_of_name(self, name: str, *, is_read: bool) -> str | None:
        if not is_read:
            return None
        if name == "*":
            return "is what Spark takes for all columns"
        return "has a dot, which Spark takes for a field within" if "." in name else None

    def without(self, native: Any, names: Iterable[str]) -> Any:
        return native.drop(*names)

    def with_code(self, native: Any, column: str, name: str) -> Any:
        signs = "".join(patterns.CODE_SIGNS), "".join(patterns.CODE_SIGNS.values())
        functions = self._library
        text = functions.btrim(self._text_of(column), functions.lit(SPACES))
        return native.withColumn(name, functions.translate(text, *signs))

    def with_texts(self, native: Any, columns: Mapping[str, str]) -> Any:
        blank = self._library.lit("")
        texts = {}
        for name, column in columns.items():
            texts[name] = self._library.coalesce(self._text_of(column), blank)
        return native.withColumns(texts)

    def with_plain(self, native: Any, columns: Mapping[str, str]) -> Any:
        functions = self._library
        signs = "".join(SITE_SIGNS), "".join(SITE_SIGNS.values())
        plain = {}
        for name, column in columns.items():
            text = functions.btrim(functions.col(column), functions.lit(SPACES))
            plain[name] = functions.translate(text, *signs)
        return native.withColumns(plain)

    def join(self, native: Any, key: str, table: Table) -> Any:
        small = self._small_frame(native.sparkSession, table)
        return native.join(self._library.broadcast(small), on=key, how="left")

    def _small_frame(self, session: Any, table: Table) -> Any:
        columns = []
        for name, answers in table.items():
            columns.append(f"`{name}` {self.dialect.name(answers.kind)}")
        rows = list(zip(*(answers.values for answers in table.values()), strict=True))
        return session.createDataFrame(rows, ", ".join(columns))

    def _type_of(self, native: Any, column: str) -> object:
        return type(native.schema[column].dataType).__name__

    def _text_of(self, column: str) -> Any:
        quoted = f"`{column.replace('`', '``')}`"
        return self._library.col(quoted).cast("string")
