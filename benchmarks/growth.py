"""
How the figures grow with the code set, 1, 10 and 100 times as large: `python benchmarks/growth.py`.
"""

from __future__ import annotations

import itertools
import time

import attrs
from stopwatch import call_nanoseconds, table

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


def row(times: int) -> tuple[str, ...]:
    catalog = grown(times)
    some = f"D{len(catalog) // 2:05}"
    lookup = call_nanoseconds(lambda: catalog.lookup(some))
    listed = call_nanoseconds(lambda: catalog.procedures(on="2026-01-01")) / 1e6
    index = searched(catalog) if times <= 10 else ("not built", "")
    return f"{times}x, {len(catalog)} codes", f"{lookup:.0f}", f"{listed:.2f}", *index


if __name__ == "__main__":
    head = (
        "code set",
        "lookup, ns",
        "procedures(on=), ms",
        "index built, s",
        "search, microseconds",
    )
    print(table(head, [row(times) for times in (1, 10, 100)]))
