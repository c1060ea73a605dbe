"""Lines checked a second on one core, and the memory of doing so: `python benchmarks/claims.py`."""

from __future__ import annotations

import random
import time

from stopwatch import fresh_mebibytes, table

import cdtref
from cdtref.testing import clean_line, varied_visits

LINES = 100_000
CLAIM, HISTORY = 100, 2_000  # lines


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


def claim_rate() -> float:
    """Lines a second of claims of four lines, conflicts and all."""
    visits = [visit.lines for visit in varied_visits(1, 4_000) if len(visit.lines) == 4]
    best = min(_claim_seconds(visits) for _ in range(5))
    return 4 * len(visits) / best


def _claim_seconds(claims: list[tuple[cdtref.ClaimLine, ...]]) -> float:
    start = time.perf_counter()
    for claim in claims:
        cdtref.check_claim(claim)
    return time.perf_counter() - start


def history_milliseconds() -> float:
    """One claim of many lines against years of earlier ones."""
    claim, history = many_lines(3, CLAIM), many_lines(2, HISTORY)
    best = min(_history_seconds(claim, history) for _ in range(20))
    return best * 1_000


def many_lines(seed: int, count: int) -> list[cdtref.ClaimLine]:
    found: list[cdtref.ClaimLine] = []
    for visit in varied_visits(seed, count):
        found += visit.lines
    return found[:count]


def _history_seconds(claim: list[cdtref.ClaimLine], history: list[cdtref.ClaimLine]) -> float:
    start = time.perf_counter()
    cdtref.check_claim(claim, history=history)
    return time.perf_counter() - start


GROWTH = """
for n in range({count}):
    cdtref.check(cdtref.ClaimLine("D2391", "2026-03-02", tooth="14", surfaces="O"))
"""

if __name__ == "__main__":
    print(table(("check", "lines a second"), [(f"{LINES} lines, one core", f"{rate():,.0f}")]))
    claims = [
        ("claims of 4 lines, lines a second", f"{claim_rate():,.0f}"),
        (f"{CLAIM} lines against {HISTORY}, milliseconds", f"{history_milliseconds():.1f}"),
    ]
    print("\n" + table(("check_claim with conflicts", ""), claims))
    setup = (
        "import cdtref; cdtref.procedures(); cdtref.check(cdtref.ClaimLine('D0120', '2026-03-02'))"
    )
    growth = [
        (f"{n} lines", f"{fresh_mebibytes(GROWTH.format(count=n), setup):.1f}")
        for n in (1_000, 100_000)
    ]
    print("\n" + table(("memory growth of checking", "MiB"), growth))
