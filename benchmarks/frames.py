"""
DataFrames beside what each engine's user would write by hand: `python benchmarks/frames.py [rows]
[--spark]`.

Two hand-written ones: "same answer" reads codes in every spelling that cdtref reads and is given
the best plan known for the engine; "bare join" takes codes that are canonical already, which claim
files do not promise. Each engine has a process of its own, the best of five runs counts, and both
sides of a ratio run in the same process.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from stopwatch import table

import cdtref
from cdtref.frame import annotate, check, check_claims, validate
from cdtref.frame import patterns as pattern
from cdtref.testing import varied_visits

ROUNDS = 5
COLUMNS = ("title", "category")
CODE = "procedure_code"


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


def facts() -> dict[str, tuple[str, str]]:
    return {code: (p.title, str(p.category)) for code, p in cdtref.catalog().items()}


def read_one(text: object) -> tuple[str | None, str | None]:
    return facts_of.get(cdtref.parse_code(text), NOTHING) if cdtref.is_valid_code(text) else NOTHING


NOTHING = (None, None)
facts_of = facts()


def best(runs: dict[str, Callable[[], object]]) -> dict[str, float]:
    """
    The shortest time of each, in turns, so that what else the machine does falls on all alike.
    """
    times = dict.fromkeys(runs, float("inf"))
    for _ in range(ROUNDS):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            times[name] = min(times[name], time.perf_counter() - start)
    return times


def of_pandas(path: str) -> dict[str, Callable[[], object]]:
    import pandas as pd

    df = pd.read_parquet(path)

    def same(key: Any) -> Any:
        places, distinct = pd.factorize(df[CODE], use_na_sentinel=False)
        read = [key(text) for text in distinct]
        columns = {
            f"cdt_{n}": pd.array([r[i] for r in read], dtype="string").take(places)
            for i, n in enumerate(COLUMNS)
        }
        return df.assign(**columns)

    bare = pd.DataFrame(
        {
            CODE: list(facts_of),
            "title": [t for t, _ in facts_of.values()],
            "cat": [c for _, c in facts_of.values()],
        }
    )
    return ours(df) | {
        "same answer": lambda: same(read_one),
        "bare join": lambda: df.merge(bare, on=CODE, how="left"),
    }


def of_pyarrow(path: str) -> dict[str, Callable[[], object]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    df = pq.read_table(path)

    def same() -> Any:
        encoded = df[CODE].dictionary_encode()
        read = [read_one(text) for text in encoded.chunk(0).dictionary.to_pylist()]
        out = df
        for i, name in enumerate(COLUMNS):
            values = pa.array([r[i] for r in read], pa.string())
            out = out.append_column(
                f"cdt_{name}", pa.chunked_array([values.take(c.indices) for c in encoded.chunks])
            )
        return out

    bare = pa.table(
        {
            CODE: pa.array(list(facts_of), df[CODE].type),
            "title": [t for t, _ in facts_of.values()],
            "cat": [c for _, c in facts_of.values()],
        }
    )
    return ours(df) | {
        "same answer": same,
        "bare join": lambda: df.join(bare, CODE, join_type="left outer"),
    }


def small_polars() -> Any:
    import polars as pl

    return pl.DataFrame(
        [(c, *f) for c, f in facts_of.items()],
        schema=["cdt_key", "cdt_title", "cdt_category"],
        orient="row",
    )


def of_polars(path: str) -> dict[str, Callable[[], object]]:
    import polars as pl

    df = pl.read_parquet(path)
    small = small_polars()

    def same() -> Any:
        distinct = df[CODE].unique()
        read = pl.DataFrame(
            [read_one(t) for t in distinct], schema=["cdt_title", "cdt_category"], orient="row"
        )
        return df.join(
            read.with_columns(cdt_key=distinct),
            left_on=CODE,
            right_on="cdt_key",
            how="left",
            maintain_order="left",
        )

    return ours(df) | {
        "same answer": same,
        "bare join": lambda: df.join(small, left_on=CODE, right_on="cdt_key", how="left"),
    }


def of_polars_lazy(path: str) -> dict[str, Callable[[], object]]:
    import polars as pl

    df = pl.scan_parquet(path)
    small = small_polars()
    spelled = pl.concat(
        [small, *(small.with_columns(pl.col("cdt_key").str.replace("^D", d)) for d in ("D-", "D "))]
    ).lazy()
    # Full-width characters by one pass of replace_many, as small letters: no faster expression was
    # found.
    key = (
        pl.col(CODE)
        .str.strip_chars(pattern.SPACES)
        .str.replace_many(list(pattern.CODE_SIGNS), list(pattern.CODE_SIGNS.values()))
    )

    def run(plan: Any) -> Callable[[], object]:
        return lambda: plan().collect(engine="streaming")

    def same() -> Any:
        return (
            df.with_columns(cdt_key=key)
            .join(spelled, on="cdt_key", how="left", maintain_order="left")
            .drop("cdt_key")
        )

    plans = ours(df) | {
        "same answer": same,
        "bare join": lambda: df.join(small.lazy(), left_on=CODE, right_on="cdt_key", how="left"),
    }
    return {name: run(plan) for name, plan in plans.items()}


def of_duckdb(path: str) -> dict[str, Callable[[], object]]:
    import duckdb

    small = small_polars()  # noqa: F841  # DuckDB finds it by its name
    con = duckdb.connect()
    con.sql("CREATE TABLE small AS SELECT * FROM small")
    con.sql(
        "CREATE TABLE spelled AS SELECT * FROM small UNION ALL SELECT 'D-' || cdt_key[2:], * EXCLUDE cdt_key FROM small"
        " UNION ALL SELECT 'D ' || cdt_key[2:], * EXCLUDE cdt_key FROM small"
    )
    con.sql(f"CREATE TABLE line AS SELECT * FROM '{path}'")
    df = con.table("line")
    signs = [
        "".join(pattern.CODE_SIGNS).replace("'", "''"),
        "".join(pattern.CODE_SIGNS.values()).replace("'", "''"),
    ]
    text = f"trim({CODE}, '{pattern.SPACES}')"
    wide = f"translate({text}, '{signs[0]}', '{signs[1]}')"
    is_ascii = f"strlen({CODE}) = length({CODE})"
    key = f"CASE WHEN strlen({CODE}) = 5 THEN upper({CODE}) WHEN {is_ascii} THEN upper({text}) ELSE {wide} END"
    written = {
        "same answer": lambda: con.sql(
            f"SELECT line.*, cdt_title, cdt_category FROM line LEFT JOIN spelled ON cdt_key = {key}"
        ),
        "bare join": lambda: con.sql(
            f"SELECT line.*, cdt_title, cdt_category FROM line LEFT JOIN small ON cdt_key = {CODE}"
        ),
    }
    return {
        name: lambda plan=plan: plan().to_arrow_table()
        for name, plan in (ours(df) | written).items()
    }


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
    key = f.translate(f.btrim(df[CODE], f.lit(pattern.SPACES)), *signs)
    written = {
        "same answer": lambda: (
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
    return {
        "annotate": lambda: annotate(df, CODE, columns=COLUMNS),
        "annotate, date=": lambda: annotate(df, CODE, "service_date", COLUMNS),
        "validate, date=": lambda: validate(df, CODE, "service_date"),
        "check": lambda: check(
            df, CODE, "service_date", tooth="tooth", surfaces="surfaces", area="area"
        ),
    }


ENGINES = {
    "pandas": of_pandas,
    "PyArrow": of_pyarrow,
    "Polars": of_polars,
    "Polars lazy": of_polars_lazy,
    "DuckDB": of_duckdb,
    "PySpark": of_spark,
}


def speed(path: str, rows: int, engines: list[str]) -> str:
    lines = []
    for engine in engines:
        times = json.loads(_alone("--engine", engine, path))
        hand, bare = times.pop("same answer"), times.pop("bare join")
        lines.append(
            (
                engine,
                "by hand, same answer",
                f"{rows / hand / 1e6:.1f}",
                "1.00",
                f"{hand / bare:.2f}",
            )
        )
        for name, seconds in times.items():
            ratio = f"{seconds / hand:.2f}" if name == "annotate" else ""
            lines.append(
                (engine, name, f"{rows / seconds / 1e6:.1f}", ratio, f"{seconds / bare:.2f}")
            )
    return table(("engine", "function", "M rows/s", "x same answer by hand", "x bare join"), lines)


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
    parser.add_argument("--memory")
    parser.add_argument("--claims")
    parser.add_argument("--files", type=int, default=1)
    parser.add_argument("--bare", action="store_true")
    given = parser.parse_args()
    if given.engine:
        print(json.dumps(best(ENGINES[given.engine](given.rows))))
    elif given.claims:
        print(_claims_seconds(given.claims, given.rows))
    elif given.memory:
        print(_peak(given.memory, given.rows, given.files, bare=given.bare))
    else:
        rows = int(given.rows)
        with tempfile.TemporaryDirectory() as folder:
            write(f"{folder}/lines.parquet", rows)
            print(
                speed(
                    f"{folder}/lines.parquet",
                    rows,
                    [e for e in ENGINES if given.spark or e != "PySpark"],
                )
            )
        with tempfile.TemporaryDirectory() as folder:
            write_claims(f"{folder}/claims.parquet", rows // 10)
            print("", claims_speed(f"{folder}/claims.parquet", rows // 10), sep="\n")
        with tempfile.TemporaryDirectory() as folder:
            print("", memory(folder, rows // 5), sep="\n")


if __name__ == "__main__":
    main()
