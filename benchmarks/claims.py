"""Lines checked a second on one core, and the memory of doing so: `python benchmarks/claims.py`."""

from __future__ import annotations

import random
import time

from stopwatch import fresh_mebibytes, table

import cdtref
from cdtref.testing import clean_line

LINES = 100_000


def lines() -> list[cdtref.ClaimLine]:
    """Clean lines of every code in force, in a fixed shuffle."""
    dice = random.Random(1)
    clean = [clean_line(procedure) for procedure in cdtref.procedures()]
    return dice.choices(clean, k=LINES)


def rate() -> float:
    chosen = lines()
    for line in chosen[:1000]:
        cdtref.check(line)
    best = min(_seconds(chosen) for _ in range(3))
    return LINES / best


def _seconds(chosen: list[cdtref.ClaimLine]) -> float:
    start = time.perf_counter()
    for line in chosen:
        cdtref.check(line)
    return time.perf_counter() - start


GROWTH = """
for n in range({count}):
    cdtref.check(cdtref.ClaimLine("D2391", "2026-03-02", tooth="14", surfaces="O"))
"""

if __name__ == "__main__":
    print(table(("check", "lines a second"), [(f"{LINES} lines, one core", f"{rate():,.0f}")]))
    setup = (
        "import cdtref; cdtref.procedures(); cdtref.check(cdtref.ClaimLine('D0120', '2026-03-02'))"
    )
    growth = [
        (f"{n} lines", f"{fresh_mebibytes(GROWTH.format(count=n), setup):.1f}")
        for n in (1_000, 100_000)
    ]
    print("\n" + table(("memory growth of checking", "MiB"), growth))
