"""
DataFrames beside what each engine's user would write by hand: `python benchmarks/frames.py [rows]
[--spark]`.

"By hand" gives the same answer, nulls and odd spellings included, by the best way known for the
engine; where `check` would be a plan it may look at the distinct values first, which ours may not.
A plan of Polars by hand is one of joins, where ours hands its rows to Python some at a time.
A "bare join" takes codes that are canonical already, which claim files do not promise. Each engine
has a process of its own, the least CPU time of up to five runs counts, and both sides of a ratio run
in turns in the same process. `--faults ENGINE` tells where the two answers differ. Spark, which takes
minutes for what others do in seconds, is given two million rows at most.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from itertools import chain, product
from pathlib import Path
from typing import Any

import byhand
from byhand import CATALOG
from stopwatch import table

import cdtref
from cdtref.frame import annotate, check, check_claims, validate
from cdtref.frame import patterns as pattern
from cdtref.testing import varied_visits
from cdtref.tooth import SPACES

ROUNDS, LONG = 5, 90  # seconds of CPU, after which no further round begins
COLUMNS = ("title", "category")
CODE = "procedure_code"


MOST_ROWS = {"PySpark": 2_000_000}
ALLOWED = {"DuckDB": 300, "Polars lazy": None}  # MiB of buffers; Polars has no such setting


def write(path: str, rows: int, *, claims: bool = False) -> None:
    """A parquet file of claim lines: nine codes in ten canonical, one spelled otherwise or not
    known; with *claims* also the number of each line's claim, a column that does not compress."""
    import polars as pl

    codes = list(cdtref.catalog())
    odd = [
        *(c.lower() for c in codes[::5]),
        *(f"D-{c[1:]}" for c in codes[::20]),
        "99213",
        "0389",
        "junk",
        None,
    ]
    pool = pl.Series(CODE, codes * (9 * len(odd) // len(codes) + 1) + odd, dtype=pl.String)
    days = pl.date_range(pl.date(2019, 1, 1), pl.date(2026, 12, 31), eager=True)
    teeth = pl.Series([None, *map(str, range(1, 33)), *"ABCDEFGHIJKLMNOPQRST", "#03", "6-11", "99"])
    surfaces = pl.Series([None, None, "O", "MO", "mod", "MODBL", "F", "XY"])
    areas = pl.Series([None, None, "10", "UR", "01", "50"])
    frame = pl.DataFrame(
        {
            name: values.sample(rows, with_replacement=True, seed=seed)
            for seed, (name, values) in enumerate(
                {
                    CODE: pool,
                    "service_date": days,
                    "tooth": teeth,
                    "surfaces": surfaces,
                    "area": areas,
                }.items()
            )
        }
    )
    if claims:
        dice = random.Random(1)
        frame = frame.with_columns(
            claim=pl.Series([f"{dice.getrandbits(64):016x}" for _ in range(rows)])
        )
    frame.write_parquet(path, row_group_size=2**18)


def write_claims(path: str, rows: int) -> None:
    """A parquet file of the claims of the test kit's visits, of which one in a hundred repeats a line."""
    import polars as pl

    dice = random.Random(1)
    visits = [visit.lines for visit in varied_visits(1, 6_000)]
    lines: list[tuple[Any, ...]] = []
    for number in range(rows):
        claim = dice.choice(visits)
        if dice.random() < 0.01:
            claim = (*claim, dice.choice(claim))
        for line in claim:
            sites = line.tooth, line.surfaces, line.area
            lines.append((f"C{number:08d}", line.code, line.date, *sites))
        if len(lines) >= rows:
            break
    names = ("claim", CODE, "service_date", "tooth", "surfaces", "area")
    pl.DataFrame(lines[:rows], schema=names, orient="row").write_parquet(path)


NOTHING = (None, None)
DATE = "service_date"
DOORS = ("annotate", "annotate, date=", "validate", "validate, date=", "check")
facts_of = {code: (p.title, str(p.category)) for code, p in CATALOG.items()}


def read_one(text: object) -> tuple[str | None, str | None]:
    code = byhand.code_of(text)
    return facts_of.get(code, NOTHING) if code else NOTHING


def form_of(text: object) -> tuple[str | None, bool, bool]:
    code = byhand.code_of(text)
    return code, code is not None, code in CATALOG


FORMS = (("cdt_code", str), ("cdt_valid", bool), ("cdt_known", bool))
FACTS = (("cdt_title", str), ("cdt_category", str))


class InMemory:
    """
    What a user writes for tables in memory, over the few things that each library has: `places` (the
    distinct texts of a column, None at last, and each row's place among them), `spans` (the span of
    each row's day), `look_up` (a value for each row's place) and `with_columns`.
    """

    def __init__(self, df: Any) -> None:
        self.df = df

    def doors(self) -> dict[str, Callable[[], object]]:
        return {
            "annotate": lambda: self.told_of_codes(FACTS, read_one),
            "annotate, date=": lambda: self.told_of_codes(FACTS, read_one, dated=True),
            "validate": lambda: self.told_of_codes(FORMS, form_of),
            "validate, date=": lambda: self.told_of_codes(FORMS, form_of, dated=True),
            "check": self.checked,
        }

    def told_of_codes(self, names: Any, read: Any, *, dated: bool = False) -> Any:
        distinct, places = self.places(CODE)
        told = zip(*map(read, distinct), strict=True)
        columns = {
            name: self.look_up(values, kind, places)
            for (name, kind), values in zip(names, told, strict=True)
        }
        if dated:
            standing = [byhand.in_force(byhand.procedure_of(text)) for text in distinct]
            at = places * len(byhand.SPANS) + self.spans()
            columns["cdt_in_force"] = self.look_up(list(chain(*standing)), bool, at)
        return self.with_columns(columns)

    def checked(self) -> Any:
        texts, codes = self.places(CODE)
        codes = codes * len(byhand.SPANS) + self.spans()
        kinds = self.look_up(list(chain(*map(byhand.kinds_of_code, texts))), int, codes)
        teeth, tooth = self.places("tooth")
        surfaces, surface = self.places("surfaces")
        of_teeth, teeth_kinds = byhand.kinds_of_teeth(product(teeth, surfaces))
        areas, area = self.places("area")
        of_areas, area_kinds = byhand.kinds_of_areas(areas)
        number = (
            kinds * (len(teeth_kinds.examples) * len(area_kinds.examples))
            + self.look_up(of_teeth, int, tooth * len(surfaces) + surface)
            * len(area_kinds.examples)
            + self.look_up(of_areas, int, area)
        )
        errors, warnings = byhand.answers_of(byhand.CODES, teeth_kinds, area_kinds)
        columns = {
            "cdt_errors": self.look_up(errors, str, number),
            "cdt_warnings": self.look_up(warnings, str, number),
        }
        return self.with_columns(columns)


class PandasByHand(InMemory):
    def places(self, column: str) -> tuple[list[Any], Any]:
        import pandas as pd

        texts = self.df[column]
        if isinstance(texts.dtype, pd.CategoricalDtype):
            places, distinct = texts.cat.codes.to_numpy(), texts.cat.categories
        else:
            places, distinct = pd.factorize(texts)
        places = places.astype("int32")  # a null has -1, which takes the last
        places[places < 0] = len(distinct)
        return [*distinct, None], places

    def spans(self) -> Any:
        import numpy as np

        days = self.df[DATE].astype("datetime64[us]").to_numpy()
        numbers = days.astype("datetime64[D]").astype("int64")
        spans = np.array(byhand.SPAN_OF_DAY, "int32")[
            numbers.clip(byhand.FIRST, byhand.LAST) - byhand.FIRST
        ]
        spans[np.isnat(days)] = byhand.UNDATED
        return spans

    def look_up(self, values: Any, kind: type, places: Any) -> Any:
        import numpy as np
        import pandas as pd

        if kind is int:
            return np.array(values, "int32")[places]
        return pd.array(values, dtype={str: "string", bool: "boolean"}[kind]).take(places)

    def with_columns(self, columns: Any) -> Any:
        return self.df.assign(**columns)


class ArrowByHand(InMemory):
    def places(self, column: str) -> tuple[list[Any], Any]:
        encoded = self.df[column].dictionary_encode()
        distinct = encoded.chunk(0).dictionary.to_pylist()
        return [*distinct, None], Chunks(
            [c.indices.fill_null(len(distinct)) for c in encoded.chunks]
        )

    def spans(self) -> Any:
        import pyarrow as pa
        import pyarrow.compute as pc

        first, last = (pa.scalar(day, pa.int32()) for day in (byhand.FIRST, byhand.LAST))
        found = []
        for days in self.df[DATE].chunks:
            numbers = days.cast(pa.int32())
            least = pc.max_element_wise(numbers, first, skip_nulls=False)
            inside = pc.min_element_wise(least, last, skip_nulls=False)
            of_day = pa.array(byhand.SPAN_OF_DAY, pa.int32())
            found.append(of_day.take(pc.subtract(inside, first)).fill_null(byhand.UNDATED))
        return Chunks(found)

    def look_up(self, values: Any, kind: type, places: Any) -> Any:
        import pyarrow as pa

        held = pa.array(values, {str: pa.string(), bool: pa.bool_(), int: pa.int32()}[kind])
        chunks = [held.take(part) for part in places.parts]
        return Chunks(chunks) if kind is int else pa.chunked_array(chunks)

    def with_columns(self, columns: Any) -> Any:
        out = self.df
        for name, values in columns.items():
            out = out.append_column(name, values)
        return out


class Chunks:
    """Numbers in chunks, which Arrow's own have no signs of arithmetic for."""

    def __init__(self, parts: list[Any]) -> None:
        self.parts = parts

    def __mul__(self, by: int) -> Chunks:
        import pyarrow as pa
        import pyarrow.compute as pc

        return Chunks([pc.multiply(part, pa.scalar(by, pa.int32())) for part in self.parts])

    def __add__(self, other: Chunks) -> Chunks:
        import pyarrow.compute as pc

        return Chunks([pc.add(*both) for both in zip(self.parts, other.parts, strict=True)])


class PolarsByHand(InMemory):
    def places(self, column: str) -> tuple[list[Any], Any]:
        import polars as pl

        texts = self.df[column]
        if texts.dtype == pl.Enum:
            distinct, places = texts.dtype.categories, texts.to_physical()
        else:
            distinct = texts.unique().drop_nulls()
            places = texts.cast(pl.Enum(distinct)).to_physical()
        places = places.cast(pl.UInt32)
        return [*distinct, None], places.fill_null(len(distinct))

    def spans(self) -> Any:
        import polars as pl

        days = self.df[DATE].to_physical().clip(byhand.FIRST, byhand.LAST) - byhand.FIRST
        spans = pl.Series(byhand.SPAN_OF_DAY, dtype=pl.UInt32)
        return spans.gather(days).fill_null(byhand.UNDATED)

    def look_up(self, values: Any, kind: type, places: Any) -> Any:
        import polars as pl

        kinds = {str: pl.String, bool: pl.Boolean, int: pl.UInt32}
        return pl.Series(values, dtype=kinds[kind]).gather(places)

    def with_columns(self, columns: Any) -> Any:
        return self.df.with_columns(**columns)


def best(runs: dict[str, Callable[[], object]]) -> dict[str, float]:
    """
    The least CPU time of each, all threads, in turns: so what else the machine does falls on all
    alike. Spark works in a process of its own.
    """
    times = dict.fromkeys(runs, float("inf"))
    began = cpu_seconds()
    for turn in range(ROUNDS):
        if turn and cpu_seconds() - began > LONG:
            break
        for name, run in runs.items():
            start = cpu_seconds()
            run()
            times[name] = min(times[name], cpu_seconds() - start)
    return times


def cpu_seconds() -> float:
    """Of this process and of those that it started and that still run."""
    ticks = 0
    for listed in Path("/proc/self/task").glob("*/children"):
        for child in listed.read_text("ascii").split():
            fields = Path(f"/proc/{child}/stat").read_text("ascii").rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])  # utime and stime
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


TEXTS = [CODE, "tooth", "surfaces", "area"]


def of_pandas(path: str, kind: str = "") -> dict[str, Callable[[], object]]:
    import pandas as pd

    df = pd.read_parquet(path)
    if kind:
        df = df.astype(dict.fromkeys(TEXTS, kind))
    bare = pd.DataFrame(
        {
            CODE: list(facts_of),
            "title": [t for t, _ in facts_of.values()],
            "cat": [c for _, c in facts_of.values()],
        }
    )
    return (
        ours(df)
        | by_hand(PandasByHand(df).doors())
        | {
            "bare join": lambda: df.merge(bare, on=CODE, how="left"),
        }
    )


def of_pyarrow(path: str, *, encoded: bool = False) -> dict[str, Callable[[], object]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    df = pq.read_table(path)
    if encoded:
        for name in TEXTS:
            column = df[name].dictionary_encode()
            df = df.set_column(df.column_names.index(name), name, column)

    bare = pa.table(
        {
            CODE: list(facts_of),
            "title": [t for t, _ in facts_of.values()],
            "cat": [c for _, c in facts_of.values()],
        }
    )
    # A join takes no dictionaries: that of texts stands beside both.
    plain = pq.read_table(path)
    bare = bare.set_column(0, CODE, bare[CODE].cast(plain[CODE].type))
    return (
        ours(df)
        | by_hand(ArrowByHand(df).doors())
        | {
            "bare join": lambda: plain.join(bare, CODE, join_type="left outer"),
        }
    )


def small_polars() -> Any:
    import polars as pl

    return pl.DataFrame(
        [(c, *f) for c, f in facts_of.items()],
        schema=["cdt_key", "cdt_title", "cdt_category"],
        orient="row",
    )


def of_polars(path: str, *, enum: bool = False) -> dict[str, Callable[[], object]]:
    import polars as pl

    df = pl.read_parquet(path)
    plain, small = df, small_polars()
    if enum:
        df = df.with_columns(
            df[name].cast(pl.Enum(df[name].unique().drop_nulls())) for name in TEXTS
        )

    return (
        ours(df)
        | by_hand(PolarsByHand(df).doors())
        | {
            "bare join": lambda: plain.join(small, left_on=CODE, right_on="cdt_key", how="left"),
        }
    )


def of_polars_lazy(path: str) -> dict[str, Callable[[], object]]:
    import polars as pl

    df = pl.scan_parquet(path)
    small = small_polars()
    rows = spelled_rows()
    spelled = pl.DataFrame(rows, schema=list(SPELLED), orient="row").lazy()
    # Full-width characters by one pass of replace_many, as small letters: no faster expression was
    # found.
    key = (
        pl.col(CODE)
        .str.strip_chars(SPACES)
        .str.replace_many(list(pattern.CODE_SIGNS), list(pattern.CODE_SIGNS.values()))
    )
    day = pl.col(DATE)
    lives = [day.is_between(f"first_{n}", f"last_{n}") for n in range(LIVES)]
    standing = pl.any_horizontal(lives).alias("cdt_in_force")
    code = pl.coalesce(
        "known",
        pl.when(pl.col("cdt_key").str.contains(pattern.CODE)).then(
            pl.col("cdt_key").str.replace_all(pattern.DENTAL_GAP, "D")
        ),
    ).alias("cdt_code")
    forms = [
        pl.col("cdt_code").is_not_null().alias("cdt_valid"),
        pl.col("known").is_not_null().alias("cdt_known"),
    ]

    def joined(*columns: str) -> Any:
        small = spelled.select("cdt_key", *columns)
        return df.with_columns(cdt_key=key).join(
            small, on="cdt_key", how="left", maintain_order="left"
        )

    def checked() -> Any:
        tables = {name: pl.LazyFrame(held) for name, held in check_tables(distinct_of).items()}
        same: dict[str, Any] = {"how": "left", "maintain_order": "left", "nulls_equal": True}
        days = pl.col(DATE).to_physical().clip(byhand.FIRST, byhand.LAST) - byhand.FIRST
        span = days.replace_strict(
            range(len(byhand.SPAN_OF_DAY)), byhand.SPAN_OF_DAY, return_dtype=pl.Int64
        ).fill_null(byhand.UNDATED)
        lines = df.with_columns(cdt_span=span).join(tables["codes"], on=[CODE, "cdt_span"], **same)
        lines = lines.join(tables["teeth"], on=["tooth", "surfaces"], **same)
        lines = lines.join(tables["areas"], on="area", **same)
        lines = lines.join(tables["told"], on=["of_code", "of_tooth", "of_area"], **same)
        return lines.drop("cdt_span", "of_code", "of_tooth", "of_area")

    def distinct_of(*columns: str) -> list[tuple[Any, ...]]:
        return df.select(columns).unique().collect(engine="streaming").rows()

    def run(plan: Any) -> Callable[[], object]:
        return lambda: plan().collect(engine="streaming")

    names = [name for name, _ in FACTS]
    left = ["cdt_key", "known", *BOUNDS]
    plans = {
        "annotate": lambda: joined(*names).drop("cdt_key"),
        "annotate, date=": lambda: (
            joined(*names, *BOUNDS).with_columns(standing).drop("cdt_key", *BOUNDS)
        ),
        "validate": lambda: joined("known").with_columns(code).with_columns(forms).drop(left[:2]),
        "validate, date=": lambda: (
            joined("known", *BOUNDS).with_columns(code).with_columns(*forms, standing).drop(left)
        ),
        "check": checked,
    }
    bare = {
        "bare join": lambda: df.join(small.lazy(), left_on=CODE, right_on="cdt_key", how="left")
    }
    return {name: run(plan) for name, plan in (ours(df) | by_hand(plans) | bare).items()}


LIVES = max(len(procedure.periods) for procedure in CATALOG.values())
BOUNDS = [f"{end}_{life}" for life in range(LIVES) for end in ("first", "last")]
SPELLED = ("cdt_key", "known", "cdt_title", "cdt_category", *BOUNDS)


def spelled_rows() -> list[tuple[Any, ...]]:
    """The codes as they may be spelled, with their facts and their lives."""
    rows = []
    for code, procedure in CATALOG.items():
        days: list[date] = []
        for period in procedure.periods:
            days.append(period.effective or date.min)
            days.append(period.terminated - timedelta(days=1) if period.terminated else date.max)
        days += [date.max, date.min] * (LIVES - len(procedure.periods))
        rows += [(key, code, *facts_of[code], *days) for key in pattern.spellings(code)]
    return rows


def check_tables(distinct_of: Callable[..., list[tuple[Any, ...]]]) -> dict[str, Any]:
    """
    What a user joins who may look at the distinct values first, which a plan of ours may not: the
    kinds of codes by span, of teeth with surfaces and of areas, and what is told of their numbers.
    """
    texts = [text for (text,) in distinct_of(CODE)]
    spans = list(range(len(byhand.SPANS)))
    pairs = distinct_of("tooth", "surfaces")
    of_teeth, teeth = byhand.kinds_of_teeth(pairs)
    areas = [area for (area,) in distinct_of("area")]
    of_areas, area_kinds = byhand.kinds_of_areas(areas)
    of_codes = list(chain(*map(byhand.kinds_of_code, texts)))
    errors, warnings = byhand.answers_of(byhand.CODES, teeth, area_kinds)
    counts = [len(kinds.examples) for kinds in (byhand.CODES, teeth, area_kinds)]
    code, tooth, area = zip(*product(*map(range, counts)), strict=True)
    told = {"of_code": code, "of_tooth": tooth, "of_area": area}
    return {
        "codes": {
            CODE: [text for text in texts for _ in spans],
            "cdt_span": spans * len(texts),
            "of_code": of_codes,
        },
        "teeth": {
            "tooth": [tooth for tooth, _ in pairs],
            "surfaces": [surfaces for _, surfaces in pairs],
            "of_tooth": of_teeth,
        },
        "areas": {"area": areas, "of_area": of_areas},
        "told": told | {"cdt_errors": errors, "cdt_warnings": warnings},
    }


def of_duckdb(path: str) -> dict[str, Callable[[], object]]:
    import duckdb
    import polars as pl

    con = duckdb.connect()
    con.register("given", pl.DataFrame(spelled_rows(), schema=list(SPELLED), orient="row"))
    con.sql("CREATE TABLE spelled AS SELECT * FROM given")
    con.sql("CREATE TABLE small AS SELECT * FROM spelled WHERE cdt_key = known")
    con.sql(f"CREATE TABLE line AS SELECT * FROM '{path}'")
    signs = [
        "".join(pattern.CODE_SIGNS).replace("'", "''"),
        "".join(pattern.CODE_SIGNS.values()).replace("'", "''"),
    ]
    text = f"trim({CODE}, '{SPACES}')"
    wide = f"translate({text}, '{signs[0]}', '{signs[1]}')"
    is_ascii = f"strlen({CODE}) = length({CODE})"
    key = f"CASE WHEN strlen({CODE}) = 5 THEN upper({CODE}) WHEN {is_ascii} THEN upper({text}) ELSE {wide} END"
    joined = f"FROM (SELECT *, {key} AS text FROM line) line LEFT JOIN spelled ON cdt_key = text"
    lines = "line.* EXCLUDE text"
    day = " OR ".join(f"{DATE} BETWEEN first_{n} AND last_{n}" for n in range(LIVES))
    spelled = f"regexp_replace(text, '{pattern.DENTAL_GAP}', 'D')"
    other = f"CASE WHEN regexp_matches(text, '{pattern.CODE}') THEN {spelled} END"
    forms = f"coalesce(known, {other}) AS cdt_code, cdt_code IS NOT NULL AS cdt_valid, known IS NOT NULL AS cdt_known"
    facts = "cdt_title, cdt_category"

    def distinct_of(*columns: str) -> list[tuple[Any, ...]]:
        return con.sql(f"SELECT DISTINCT {', '.join(columns)} FROM line").fetchall()

    def checked() -> Any:
        for name, held in check_tables(distinct_of).items():
            con.register(name, pl.DataFrame(held))
        spans = {"day": range(len(byhand.SPAN_OF_DAY)), "span": byhand.SPAN_OF_DAY}
        con.register("spans", pl.DataFrame(spans))
        days = f"greatest(least({DATE} - DATE '1970-01-01', {byhand.LAST}), {byhand.FIRST})"
        return con.sql(
            f"SELECT line.*, cdt_errors, cdt_warnings FROM line"
            f" LEFT JOIN spans ON day = {days} - {byhand.FIRST}"
            f" LEFT JOIN codes ON codes.{CODE} IS NOT DISTINCT FROM line.{CODE}"
            f" AND cdt_span = CASE WHEN {DATE} IS NULL THEN {byhand.UNDATED} ELSE span END"
            " LEFT JOIN teeth ON teeth.tooth IS NOT DISTINCT FROM line.tooth"
            " AND teeth.surfaces IS NOT DISTINCT FROM line.surfaces"
            " LEFT JOIN areas ON areas.area IS NOT DISTINCT FROM line.area"
            " LEFT JOIN told USING (of_code, of_tooth, of_area)"
        )

    written: dict[str, Callable[[], Any]] = {
        "annotate": lambda: con.sql(f"SELECT {lines}, {facts} {joined}"),
        "annotate, date=": lambda: con.sql(
            f"SELECT {lines}, {facts}, {day} AS cdt_in_force {joined}"
        ),
        "validate": lambda: con.sql(f"SELECT {lines}, {forms} {joined}"),
        "validate, date=": lambda: con.sql(
            f"SELECT {lines}, {forms}, {day} AS cdt_in_force {joined}"
        ),
        "check": checked,
    }
    bare = {
        "bare join": lambda: con.sql(
            f"SELECT line.*, {facts} FROM line LEFT JOIN small ON cdt_key = {CODE}"
        )
    }
    runs = ours(con.table("line")) | by_hand(written) | bare
    return {name: lambda plan=plan: plan().to_arrow_table() for name, plan in runs.items()}


def of_spark(path: str) -> dict[str, Callable[[], object]]:
    from pyspark.sql import SparkSession
    from pyspark.sql import functions as f

    spark = (
        SparkSession.builder.master("local[*]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "4g")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    df = spark.read.parquet(path)
    rows = [(s, *facts_of[c]) for c in facts_of for s in pattern.spellings(c)]
    spelled = spark.createDataFrame(rows, "cdt_key string, cdt_title string, cdt_category string")
    signs = ["".join(pattern.CODE_SIGNS), "".join(pattern.CODE_SIGNS.values())]
    key = f.translate(f.btrim(df[CODE], f.lit(SPACES)), *signs)
    written: dict[str, Callable[[], Any]] = {
        "annotate, by hand": lambda: (
            df.withColumn("cdt_key", key)
            .join(f.broadcast(spelled), "cdt_key", "left")
            .drop("cdt_key")
        ),
        "bare join": lambda: df.join(f.broadcast(spelled), df[CODE] == spelled["cdt_key"], "left"),
    }
    return {
        name: lambda plan=plan: plan().write.format("noop").mode("overwrite").save()
        for name, plan in (ours(df) | written).items()
    }


def ours(df: Any) -> dict[str, Callable[[], Any]]:
    sites = {"tooth": "tooth", "surfaces": "surfaces", "area": "area"}
    return {
        "annotate": lambda: annotate(df, CODE, columns=COLUMNS),
        "annotate, date=": lambda: annotate(df, CODE, DATE, COLUMNS),
        "validate": lambda: validate(df, CODE),
        "validate, date=": lambda: validate(df, CODE, DATE),
        "check": lambda: check(df, CODE, DATE, **sites),
    }


def by_hand(doors: dict[str, Callable[[], Any]]) -> dict[str, Callable[[], Any]]:
    return {f"{name}, by hand": door for name, door in doors.items()}


def faults(engine: str, path: str) -> list[str]:
    """The functions whose answers by hand differ from ours, rows in any order."""
    runs = ENGINES[engine](path)
    found = []
    for name in DOORS:
        if f"{name}, by hand" in runs:
            mine, theirs = (rows_of(runs[key]()) for key in (name, f"{name}, by hand"))
            if mine != theirs:
                found.append(name)
    return found


def rows_of(answer: Any) -> Any:
    import polars as pl
    import pyarrow as pa

    if not isinstance(answer, (pl.DataFrame, pa.Table)):
        answer = pa.Table.from_pandas(answer, preserve_index=False)
    frame = pl.DataFrame(answer)
    return Counter(frame.select(pl.all().cast(pl.String).fill_null("-")).rows())


ENGINES = {
    "pandas": of_pandas,
    "pandas, category": functools.partial(of_pandas, kind="category"),
    "PyArrow": of_pyarrow,
    "PyArrow, dictionary": functools.partial(of_pyarrow, encoded=True),
    "Polars": of_polars,
    "Polars, Enum": functools.partial(of_polars, enum=True),
    "Polars lazy": of_polars_lazy,
    "DuckDB": of_duckdb,
    "PySpark": of_spark,
}


def speed(folder: str, most: int, engines: list[str]) -> str:
    lines = []
    for engine in engines:
        rows = min(most, MOST_ROWS.get(engine, most))
        path = f"{folder}/{rows}.parquet"
        if not Path(path).exists():
            write(path, rows)
        times = json.loads(_alone("--engine", engine, path))
        bare = times.pop("bare join")
        for name in DOORS:
            hand = times.get(f"{name}, by hand")
            ratio = "" if hand is None else f"{times[name] / hand:.2f}"
            speeds = f"{rows / times[name] / 1e6:.1f}"
            given = f"{rows / 1e6:g}"
            lines.append((engine, given, name, speeds, ratio, f"{times[name] / bare:.2f}"))
    head = (
        "engine",
        "M rows",
        "function",
        "M rows/s of CPU",
        "x same answer by hand",
        "x bare join",
    )
    return table(head, lines)


def claims_speed(path: str, rows: int) -> str:
    """`check_claims` on each engine, in a process of its own."""
    lines = []
    for engine in ("pandas", "PyArrow", "Polars", "Polars lazy", "DuckDB"):
        seconds = float(_alone("--claims", engine, path))
        lines.append((engine, f"{rows / seconds / 1e6:.2f}"))
    return table(("engine", "check_claims, M rows/s"), lines)


def _claims_seconds(engine: str, path: str) -> float:
    import polars as pl

    df = pl.read_parquet(path)
    sites = {"tooth": "tooth", "surfaces": "surfaces", "area": "area"}
    given, answered = df, len
    if engine == "pandas":
        given = df.to_pandas()
    elif engine == "PyArrow":
        given = df.to_arrow()
    elif engine == "Polars lazy":
        given, answered = df.lazy(), lambda plan: plan.collect()
    elif engine == "DuckDB":
        import duckdb

        given, answered = duckdb.from_arrow(df.to_arrow()), lambda plan: plan.to_arrow_table()

    def run() -> object:
        return answered(check_claims(given, claim="claim", date="service_date", **sites))

    return best({"": run})[""]


def memory(folder: str, rows: int) -> str:
    """
    Peak resident memory of lazy engines that annotate and check more than fits in the memory they
    are given.
    """
    copies, path = 32, f"{folder}/lines.parquet"
    write(path, rows, claims=True)
    for copy in range(copies):
        os.link(path, f"{folder}/{copy}.parquet")
    size = Path(path).stat().st_size / 2**20
    lines = []
    for engine, allowed in ALLOWED.items():
        for files in (1, 8, copies):
            peaks = [
                _alone("--memory", engine, folder, "--files", str(files), *bare)
                for bare in ((), ("--bare",))
            ]
            shown = [f"{float(peak):.0f}" for peak in peaks]
            lines.append(
                (
                    engine,
                    allowed or "no limit",
                    f"{files * rows / 1e6:.0f}",
                    f"{files * size:.0f}",
                    *shown,
                )
            )
    head = (
        "engine",
        "allowed, MiB",
        "M rows",
        "file, MiB",
        "peak resident, MiB",
        "of reading and writing alone",
    )
    return table(head, lines)


def _peak(engine: str, folder: str, files: int, *, bare: bool) -> float:
    paths = [f"{folder}/{n}.parquet" for n in range(files)]
    out = f"{folder}/out.parquet"
    if engine == "DuckDB":
        import duckdb

        lines = duckdb.connect(config={"memory_limit": f"{ALLOWED[engine]}MiB"}).read_parquet(paths)
        _answered(lines, bare=bare).to_parquet(out)
    else:
        import polars as pl

        _answered(pl.scan_parquet(paths), bare=bare).sink_parquet(out)
    Path(out).unlink()
    # Not ru_maxrss, which begins with the peak of the process that started this one.
    status = Path("/proc/self/status").read_text("ascii")
    return int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) / 1024


def _answered(lines: Any, *, bare: bool) -> Any:
    return (
        lines
        if bare
        else check(annotate(lines, CODE, "service_date"), CODE, "service_date", tooth="tooth")
    )


def _alone(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, __file__, *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(done.stderr)
    return done.stdout.strip().splitlines()[-1]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", nargs="?", default="10000000")
    parser.add_argument("--spark", action="store_true")
    parser.add_argument("--engine")
    parser.add_argument("--faults", help="tell where the answers by hand differ")
    parser.add_argument("--memory")
    parser.add_argument("--claims")
    parser.add_argument("--files", type=int, default=1)
    parser.add_argument("--bare", action="store_true")
    given = parser.parse_args()
    byhand.prepare()
    if given.faults:
        print(faults(given.faults, given.rows))
    elif given.engine:
        print(json.dumps(best(ENGINES[given.engine](given.rows))))
    elif given.claims:
        print(_claims_seconds(given.claims, given.rows))
    elif given.memory:
        print(_peak(given.memory, given.rows, given.files, bare=given.bare))
    else:
        rows = int(given.rows)
        with tempfile.TemporaryDirectory() as folder:
            engines = [e for e in ENGINES if given.spark or e != "PySpark"]
            print(speed(folder, rows, engines))
        with tempfile.TemporaryDirectory() as folder:
            write_claims(f"{folder}/claims.parquet", rows // 10)
            print("", claims_speed(f"{folder}/claims.parquet", rows // 10), sep="\n")
        with tempfile.TemporaryDirectory() as folder:
            print("", memory(folder, rows // 5), sep="\n")


if __name__ == "__main__":
    main()
