"""
How the figures grow with the code set, with the lines of a claim, with a patient's history and with
a file, 1, 10 and 100 times as large: `python benchmarks/growth.py`, about two minutes.
"""

from __future__ import annotations

import itertools
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import attrs
from claims import lines, many_lines
from stopwatch import call_nanoseconds, seconds_of, table

import cdtref

QUERIES = (
    "deep cleaning lower left",
    "FMX",
    "two surface white filling back tooth",
    "extracton",
    "night guard",
)


def grown(times: int) -> cdtref.Catalog:
    """The bundled set so many times over, each copy under numbers of its own."""
    numbers = itertools.count()
    copies = (
        attrs.evolve(procedure, code=cdtref.Code(f"D{next(numbers):05}"))
        for _ in range(times)
        for procedure in cdtref.catalog().values()
    )
    return cdtref.Catalog({copy.code: copy for copy in copies}, cdtref.editions)


def searched(catalog: cdtref.Catalog) -> tuple[str, str]:
    """Seconds to build the index, and microseconds of a search, over a few queries."""
    start = time.perf_counter()
    catalog.search(QUERIES[0])
    built = time.perf_counter() - start
    each = [call_nanoseconds(lambda query=query: catalog.search(query)) / 1e3 for query in QUERIES]
    return f"{built:.1f}", f"{sum(each) / len(each):.0f}"


def of_codes(times: int) -> tuple[str, ...]:
    catalog = grown(times)
    some = f"D{len(catalog) // 2:05}"
    lookup = call_nanoseconds(lambda: catalog.lookup(some))
    listed = call_nanoseconds(lambda: catalog.procedures(on="2026-01-01")) / 1e6
    name = f"{times}x, {len(catalog)} codes"
    return name, f"{lookup:.0f}", f"{listed:.2f}", *searched(catalog)


def of_claims(times: int) -> Iterator[tuple[str, str]]:
    """Microseconds a line: of a claim, of a history beside one of ten lines, of a file."""
    claim, earlier = many_lines(3, 10 * times), many_lines(2, 100 * times)
    few = claim[:10]
    checked = call_nanoseconds(lambda: cdtref.check_claim(claim)) / 1e3
    yield f"a claim of {len(claim):,} lines", f"{checked / len(claim):.1f}"
    beside = call_nanoseconds(lambda: cdtref.check_claim(few, history=earlier)) / 1e3
    yield f"a history of {len(earlier):,} lines", f"{beside / len(earlier):.1f}"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lines.csv"
        rows = lines()[: 1_000 * times]
        path.write_text("\n".join(["code,date", *map(_row_of, rows)]), "utf-8")
        read = seconds_of(lambda: sum(1 for _ in cdtref.check_file(path))) * 1e6
    yield f"a csv of {len(rows):,} lines", f"{read / len(rows):.1f}"


def _row_of(line: cdtref.ClaimLine) -> str:
    return f"{line.code},{line.date}"


if __name__ == "__main__":
    head = (
        "code set",
        "lookup, ns",
        "procedures(on=), ms",
        "index built, s",
        "search, microseconds",
    )
    sizes = (1, 10, 100)
    print(table(head, list(map(of_codes, sizes))), end="\n\n")
    cdtref.check_claim(many_lines(3, 4))  # the tables of conflicts are read once
    grown_claims = sorted(itertools.chain(*map(of_claims, sizes)), key=lambda row: row[0][:7])
    print(table(("what is checked", "microseconds a line"), grown_claims))
