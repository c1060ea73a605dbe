"""DuckDB relations, whose columns are those of SQL."""

from __future__ import annotations

import datetime as dt
import importlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from cdtref.frame import patterns
from cdtref.frame.engines.base import Answers, Grouping, Table, is_older
from cdtref.frame.kinds import DIGITS, PLACES, Dialect
from cdtref.tooth import SITE_SIGNS

_KINDS: Final = {
    str: "VARCHAR",
    bool: "BOOLEAN",
    int: "BIGINT",
    Decimal: f"DECIMAL({DIGITS},{PLACES})",
    dt.date: "DATE",
}
_NOTHING: Final = "[]"
# ASCII's own separators, which are white space to whoever reads a cell.
_GROUP, _RECORD, _UNIT = "\x1d", "\x1e", "\x1f"


def _struct_of(fields: Mapping[str, str]) -> str:
    # Quoted, since some names are words of SQL.
    parts = (f'"{name}" {kind}' for name, kind in fields.items())
    return f"STRUCT({', '.join(parts)})"


_OUTER_SPACE: Final = f"^{patterns.SPACE_RUN}|{patterns.SPACE_RUN}$"


# The types as `from_json` takes them.
_STRUCTURES: Final = Dialect(_KINDS, list_of=lambda item: [item], fields_of=dict)


class DuckDBEngine(Grouping):
    """Relations of DuckDB, of any connection."""

    package = "duckdb"
    folds_names = True
    dialect: Dialect = Dialect(_KINDS, list_of="{}[]".format, fields_of=_struct_of)

    def frame_of(self, columns: Table) -> Any:
        """A relation of the default connection."""
        # Column by column, which takes a fifth of the time of rows in one text.
        one = self._library.sql("SELECT 1")
        return one.select(*(self._unnested(held).alias(name) for name, held in columns.items()))

    def fault_of_name(self, name: str, *, is_read: bool) -> str | None:  # noqa: ARG002
        if name == "*":
            return "is what DuckDB takes for all columns"
        if is_older(self._library, 2) and ("." in name or '"' in name):
            return "has a dot or a quote, which DuckDB before 2.0 takes for a table's name"
        return None

    def without(self, native: Any, names: Iterable[str]) -> Any:
        return native.select(self._library.StarExpression(exclude=list(names)))

    def with_code(self, native: Any, column: str, name: str) -> Any:
        text = self._text_of(column)
        trimmed = self._trimmed(text)
        signs = self._call("translate", trimmed, *map(self._constant, _joined(patterns.CODE_SIGNS)))
        # Translate is far slower than upper. Of five bytes that are a code, four are digits and the
        # other is ASCII: none can be spared, and only its case matters. Other ASCII text needs no
        # translate either.
        key = self._library.CaseExpression(self._has_five_bytes(text), self._call("upper", text))
        key = key.when(self._is_ascii(text), self._call("upper", trimmed)).otherwise(signs)
        return self._with_column(native, name, key)

    def with_texts(self, native: Any, columns: Mapping[str, str]) -> Any:
        texts = []
        for name, column in columns.items():
            text = self._library.CoalesceOperator(self._text_of(column), self._constant(""))
            texts.append(text.alias(name))
        return native.select(self._library.StarExpression(), *texts)

    def with_plain(self, native: Any, columns: Mapping[str, str]) -> Any:
        plain = [self._plain(column).alias(name) for name, column in columns.items()]
        return native.select(self._library.StarExpression(), *plain)

    def _plain(self, column: str) -> Any:
        trimmed = self._trimmed(self._text_of(column))
        signs = map(self._constant, _joined(SITE_SIGNS))
        # As in `plain_text`: nearly all is ASCII, and translate takes microseconds for each text.
        is_plain = self._call("regexp_full_match", trimmed, self._constant("[ -~]*"))
        plain = self._library.CaseExpression(is_plain, self._call("upper", trimmed))
        plain = plain.otherwise(self._call("translate", trimmed, *signs))
        # A null costs nothing then, and most are.
        is_text = self._library.ColumnExpression(column).isnotnull()
        return self._library.CaseExpression(is_text, plain)

    def look_up(self, native: Any, tables: Iterable[Table]) -> Any:
        # Subqueries, which DuckDB works out as joins: of a relation that is joined it makes six
        # steps, and plans all steps before it anew at each of them.
        found = ["*"]
        for table in tables:
            key, *names = table
            found.extend(_looked_up(table, key, name) for name in names)
        return native.project(", ".join(found))

    def join(self, native: Any, key: str, table: Table) -> Any:
        # One row of the same connection: relations of two connections cannot be joined.
        row = native.limit(0).aggregate("count(*) AS cdt__one")
        columns = [self._unnested(answers).alias(name) for name, answers in table.items()]
        facts = row.select(*columns).set_alias("cdt__facts")
        return native.set_alias("cdt__lines").join(facts, key, how="left")

    def with_places(self, native: Any, group: str, columns: Iterable[str], name: str) -> Any:
        order = ", ".join(map(_quoted_name, columns))
        window = f"PARTITION BY {_quoted_name(group)} ORDER BY {order}"
        return native.project(f"*, row_number() OVER ({window}) - 1 AS {_quoted_name(name)}")

    def asked_groups(
        self,
        native: Any,
        group: str,
        columns: Iterable[str],
        same: str,
        is_asked: Callable[[Sequence[Sequence[str]], bool], bool],
    ) -> Any:
        key, names = _quoted_name(group), list(columns)
        cells = (f"coalesce({_quoted_name(name)}::VARCHAR, '')" for name in names)
        row = f" || '{_UNIT}' || ".join(cells)
        is_same = f"min({_quoted_name(same)}) = max({_quoted_name(same)})"
        said = f"concat_ws('{_RECORD}', count(*), {is_same}, string_agg({row}, '{_RECORD}'))"
        groups = native.filter(f"{key} IS NOT NULL").aggregate(f"{key}, {said} AS cdt__said", group)
        # Beside what they say the groups as JSON, in which no separator stands as it is.
        texts = f"concat(cdt__said, '{_GROUP}', to_json(list({key}))) AS cdt__groups"

        def asked_in(texts: Iterable[str]) -> Iterator[str]:
            for text in texts:
                said, _, listed = text.rpartition(_GROUP)
                if _is_asked(said, len(names), is_asked):
                    yield listed

        asked = self._made_of(groups.aggregate(texts, "cdt__said"), asked_in, "cdt__asked")
        return asked.project(f"""unnest(from_json(cdt__asked, '["VARCHAR"]')) AS {key}""")

    def told_of_groups(
        self,
        native: Any,
        group: str,
        columns: Iterable[str],
        told_of: Callable[[Sequence[Sequence[str]]], Sequence[Mapping[str, Any]]],
        answers: Mapping[str, type],
    ) -> Any:
        names = list(map(_quoted_name, columns))
        row = f" || '{_UNIT}' || ".join(map(_cell_in_row, names))
        grouped = native.filter(f"{_quoted_name(group)} IS NOT NULL")
        texts = grouped.aggregate(f"string_agg({row}, '{_RECORD}') AS cdt__rows", group)

        def told_in(texts: Iterable[str]) -> Iterator[str]:
            for text in texts:
                rows = told_of(_rows_in(text))
                if rows:
                    yield json.dumps(rows)

        told = self._made_of(texts, told_in, "cdt__told")
        kinds = json.dumps([{name: _KINDS[kind] for name, kind in answers.items()}])
        return told.project(f"unnest(from_json(cdt__told, '{kinds}'), recursive := true)")

    def _made_of(
        self, texts: Any, make: Callable[[Iterable[str]], Iterable[str]], name: str
    ) -> Any:
        """
        A column of JSON lists that Python makes of a column of texts: of some at a time as many at
        most.
        """
        pandas = importlib.import_module("pandas")  # in whose frames DuckDB hands rows to Python
        kept: list[str] = []  # DuckDB reads the texts when their frame is gone, and they with it

        def made(frame: Any) -> Any:
            # Of no text at all DuckDB before 2.0 does not see that it would be text.
            found = list(make(frame.iloc[:, 0].to_numpy())) or [_NOTHING]
            kept.extend(found)
            return pandas.DataFrame({name: found}, dtype=object)

        return texts.map(made, schema={name: str})

    def _type_of(self, native: Any, column: str) -> object:
        return native.types[native.columns.index(column)]

    def _call(self, function: str, *arguments: Any) -> Any:
        return self._library.FunctionExpression(function, *arguments)

    def _text_of(self, column: str) -> Any:
        return self._library.ColumnExpression(column).cast("VARCHAR")

    def _trimmed(self, text: Any) -> Any:
        # Ten times as fast as `trim`, which takes each of its signs by itself.
        return self._call("regexp_replace", text, *map(self._constant, (_OUTER_SPACE, "", "g")))

    def _constant(self, value: Any) -> Any:
        return self._library.ConstantExpression(value)

    def _is_ascii(self, text: Any) -> Any:
        return self._call("strlen", text) == self._call("length", text)

    def _has_five_bytes(self, text: Any) -> Any:
        return self._call("strlen", text) == self._constant(5)

    def _with_column(self, native: Any, name: str, column: Any) -> Any:
        return native.select(self._library.StarExpression(), column.alias(name))

    def _unnested(self, answers: Answers) -> Any:
        """
        A column from one JSON text: a list of constants takes ten times as long, at every step
        that binds.
        """
        text, kind = map(self._constant, _as_json(answers))
        return self._call("unnest", self._call("from_json", text, kind))


def _looked_up(table: Table, key: str, name: str) -> str:
    """A column of a small table, where its column *key* has what the one of the frame has."""
    rows = f"SELECT {_unnested_sql(table[key])} AS given, {_unnested_sql(table[name])} AS told"
    told = f"SELECT told FROM ({rows}) WHERE given = {_quoted_name(key)}"  # noqa: S608  # ours
    return f"({told}) AS {_quoted_name(name)}"


def _unnested_sql(answers: Answers) -> str:
    text, kind = map(_quoted_text, _as_json(answers))
    return f"unnest(from_json({text}, {kind}))"


def _as_json(answers: Answers) -> tuple[str, str]:
    """The values and their type, as `from_json` takes them."""
    text = json.dumps(list(answers.values), default=str)
    return text, json.dumps([_STRUCTURES.name(answers.kind)])


def _quoted_text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _joined(signs: Mapping[str, str]) -> tuple[str, str]:
    return "".join(signs), "".join(signs.values())


def _quoted_name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _cell_in_row(name: str) -> str:
    """A column as text without the separators; twice as fast by `replace` as by `translate`."""
    text = f"coalesce({name}::VARCHAR, '')"
    for separator in (_RECORD, _UNIT):
        text = f"replace({text}, '{separator}', ' ')"
    return text


def _is_asked(
    text: str, width: int, is_asked: Callable[[Sequence[Sequence[str]], bool], bool]
) -> bool:
    """
    The answer on the text of a group: how many rows it has, whether all have the same, and the
    rows. A separator within a cell, which would make more of them, is seen by the numbers.
    """
    count, is_same, *rows = text.split(_RECORD)
    cells = [row.split(_UNIT) for row in rows]
    if len(cells) != int(count) or any(len(row) != width for row in cells):
        return True
    return is_asked(cells, is_same == "true")


def _rows_in(text: str) -> list[list[str]]:
    return [row.split(_UNIT) for row in text.split(_RECORD)]
