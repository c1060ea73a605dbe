"""
Search beside its baselines on the same texts: `python benchmarks/search/run.py [--queries FILE]`.

Both files were written by people who had not read the texts. The rows of `queries.csv` are split
within each kind and
category, in turns: the first half served to tune. The other half did not, but its queries were seen
while the thesaurus was made, so it flatters. `second.csv` is by another hand and stayed closed
until the first version was done; since then changes were accepted with a look at its totals, so it
flatters a little too. `third.csv` is by a third hand, who had seen neither texts nor thesaurus nor
the other files; it stayed closed until the mechanisms of its day were done, and what came after it
was not sought by looking at its misses. A file given with --queries is scored as one part.
"""

from __future__ import annotations

import argparse
import csv
import re
import sqlite3
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rapidfuzz import fuzz, process
from stopwatch import fresh_mebibytes, fresh_milliseconds, table

import cdtref
from cdtref.textsearch import Index, bundled

HERE = Path(__file__).parent
LIMIT = 10
WORST = 10
READY = "import importlib_resources, cdtref, cdtref.textsearch; importlib_resources.files('cdtref'); cdtref.procedures()"
Row = dict[str, str]
Engine = Callable[[str], list[str]]


def texts() -> dict[str, str]:
    """The same texts for all, by code: those in force."""
    fields = (
        "title",
        "synonyms",
        "subcategory",
        "plain_language",
        "description",
        "clinical_context",
    )
    return {
        p.code: "\n".join(_text(getattr(p, field)) for field in fields) for p in cdtref.procedures()
    }


def _text(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else "; ".join(value)


def ours(query: str) -> list[str]:
    return [match.procedure.code for match in cdtref.search(query, limit=LIMIT)]


def fts5() -> Engine:
    """SQLite's full text search with Porter's stems, any word, ranked by bm25."""
    base = sqlite3.connect(":memory:")
    base.execute(
        "CREATE VIRTUAL TABLE codes USING fts5(code UNINDEXED, body, tokenize='porter unicode61')"
    )
    base.executemany("INSERT INTO codes VALUES (?, ?)", texts().items())

    def ask(query: str) -> list[str]:
        words = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", query))
        found = "SELECT code FROM codes WHERE codes MATCH ? ORDER BY bm25(codes), code LIMIT ?"
        return [code for (code,) in base.execute(found, (words, LIMIT))] if words else []

    return ask


def bm25_of_tantivy() -> Engine:
    """Tantivy's index with English stems, any word, ranked by its bm25."""
    import tantivy

    schema = tantivy.SchemaBuilder()
    schema.add_text_field("code", stored=True, tokenizer_name="raw")
    schema.add_text_field("body", tokenizer_name="en_stem")
    index = tantivy.Index(schema.build())
    writer = index.writer()
    for code, body in texts().items():
        writer.add_document(tantivy.Document(code=code, body=body))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def ask(query: str) -> list[str]:
        parsed, _ = index.parse_query_lenient(" ".join(re.findall(r"\w+", query)), ["body"])
        return [searcher.doc(place)["code"][0] for _, place in searcher.search(parsed, LIMIT).hits]

    return ask


def fuzzy(scorer: Callable[..., float]) -> Engine:
    """Rapidfuzz against every title and synonym; a code counts by its best one."""
    wordings = [
        (p.code, text.lower()) for p in cdtref.procedures() for text in (p.title, *p.synonyms)
    ]
    plain = [text for _, text in wordings]

    def ask(query: str) -> list[str]:
        best = process.extract(query.lower(), plain, scorer=scorer, limit=8 * LIMIT)
        return list(dict.fromkeys(wordings[number][0] for _, _, number in best))[:LIMIT]

    return ask


def substring() -> Engine:
    """The whole query somewhere in the text."""
    lower = {code: text.lower() for code, text in texts().items()}
    return lambda query: [code for code, text in lower.items() if query.lower() in text][:LIMIT]


def halves(rows: list[Row]) -> dict[str, list[Row]]:
    turn: Counter[tuple[str, str]] = Counter()
    parts: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        key = (row["kind"], row["category"])
        parts[("tuned on", "not tuned on")[turn[key] % 2]].append(row)
        turn[key] += 1
    return parts


def rank(row: Row, found: list[str]) -> int | None:
    wanted = row["codes"].split()
    return next((place for place, code in enumerate(found, 1) if code in wanted), None)


def scores(rows: list[Row], engine: Engine) -> list[str]:
    asked = [row for row in rows if row["codes"]]
    ranks = [rank(row, engine(row["query"])) for row in asked]
    negatives = [row for row in rows if not row["codes"]]
    empty = sum(not engine(row["query"]) for row in negatives)
    n = len(asked) or 1
    return [
        str(len(asked)),
        f"{sum(r == 1 for r in ranks) / n:.3f}",
        f"{sum(r is not None and r <= 5 for r in ranks) / n:.3f}",
        f"{sum(1 / r for r in ranks if r) / n:.3f}",
        f"{empty}/{len(negatives)}",
    ]


def times(rows: list[Row], engine: Engine) -> list[str]:
    """
    Median and 99th percentile in milliseconds; of each query the best of five, for the machine is
    not ours alone.
    """
    taken = sorted(min(_once(row["query"], engine) for _ in range(5)) for row in rows)
    return [f"{taken[int(len(taken) * share)] * 1e3:.2f}" for share in (0.5, 0.99)]


def _once(query: str, engine: Engine) -> float:
    start = time.perf_counter()
    engine(query)
    return time.perf_counter() - start


def report(parts: dict[str, list[Row]]) -> Iterator[str]:
    engines = {
        "cdtref.search": ours,
        "sqlite fts5, bm25, porter": fts5(),
        "tantivy, bm25, en_stem": bm25_of_tantivy(),
        "rapidfuzz WRatio": fuzzy(fuzz.WRatio),
        "rapidfuzz token_set_ratio": fuzzy(fuzz.token_set_ratio),
        "substring": substring(),
    }
    head = (
        "engine",
        "part",
        "queries",
        "recall@1",
        "recall@5",
        "MRR@10",
        "negatives empty",
        "p50 ms",
        "p99 ms",
    )
    lines = [
        (name, part, *scores(rows, engine), *times(rows, engine))
        for name, engine in engines.items()
        for part, rows in parts.items()
    ]
    yield table(head, lines)
    kinds = sorted({row["kind"] for rows in parts.values() for row in rows if row["codes"]})
    by_kind = [
        (kind, part, *scores([row for row in rows if row["kind"] == kind], ours)[:4])
        for kind in kinds
        for part, rows in parts.items()
    ]
    yield table(("kind", "part", "queries", "recall@1", "recall@5", "MRR@10"), by_kind)


def weight() -> str:
    index = "cdtref.catalog().search_index(); cdtref.search('deep cleaning lower left')"
    ready = fresh_milliseconds("cdtref.catalog().search_index()", READY)
    rows = [
        ("index ready, ms", f"{ready:.1f}"),
        ("memory, MiB", f"{fresh_mebibytes(index, READY):.1f}"),
        ("index of a catalog of its own, s", f"{seconds(own_index):.2f}"),
        ("the same, ten times the codes, s", f"{seconds(lambda: own_index(10)):.2f}"),
        ("index of an overlay of all codes, s", f"{seconds(overlaid_index):.2f}"),
    ]
    return table(("beyond the records", "figure"), rows)


def own_index(times: int = 1) -> None:
    Index.of([*cdtref.catalog().values()] * times, bundled())


def overlaid_index() -> None:
    wording = {p.code: f"own wording of {p.title}" for p in cdtref.catalog().values()}
    cdtref.catalog().with_nomenclature(wording).search_index()


def seconds(build: Callable[[], None]) -> float:
    """The processor's time, the best of three: a build is long enough to be disturbed."""
    taken = []
    for _ in range(3):
        start = time.process_time()
        build()
        taken.append(time.process_time() - start)
    return min(taken)


def read(name: str | Path) -> list[Row]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def misses(rows: list[Row]) -> str:
    """The queries whose code came last, worst first."""
    found = [(row, ours(row["query"])) for row in rows if row["codes"]]
    missed = [
        (rank(row, codes) or LIMIT + 1, row, codes) for row, codes in found if rank(row, codes) != 1
    ]
    worst = sorted(missed, key=lambda miss: (-miss[0], miss[1]["id"]))[:WORST]
    lines = [
        (
            row["id"],
            row["kind"],
            row["query"],
            row["codes"],
            place if place <= LIMIT else "none",
            " ".join(codes[:3]),
        )
        for place, row, codes in worst
    ]
    return table(("id", "kind", "query", "wanted", "rank", "found first"), lines)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument(
        "--queries", type=Path, help="another file with the columns of queries.csv"
    )
    given = arguments.parse_args()
    rows = read(given.queries or "queries.csv")
    parts = (
        {given.queries.name: rows}
        if given.queries
        else halves(rows) | {"second hand": read("second.csv"), "third hand": read("third.csv")}
    )
    print("\n\n".join([*report(parts), weight(), misses(list(parts.values())[-1])]))


if __name__ == "__main__":
    main()
