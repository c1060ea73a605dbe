"""Reading and checking a large 837D: `python benchmarks/interchange.py [CLAIMS]`."""

from __future__ import annotations

import importlib.util
import io
import sys
import tempfile
import tracemalloc
from pathlib import Path

from stopwatch import seconds_of, table

import cdtref
from cdtref import Claim, ClaimLine
from cdtref.testing import interchange

DAY = "2026-03-02"
AT_ONCE = 1000  # claims that are made together; the file is put together from such pieces
LINES = (
    ClaimLine("D0120", fee=60),
    ClaimLine("D2391", fee="112.50", tooth="14", surfaces="O"),
    ClaimLine("D1110", fee=90),
)


def large_file(path: Path, claims: int) -> None:
    """An 837D of several interchanges, which is allowed, of so many claims of three lines."""
    claim = Claim(
        LINES,
        id="26-1",
        date=DAY,
        place_of_service="11",
        birth_date="1990-01-01",
        provider_npi="1234567893",
    )
    piece = interchange([claim] * AT_ONCE).encode("ascii")
    with path.open("wb") as file:
        for _ in range(claims // AT_ONCE):
            file.write(piece)


def read_and_check(path: Path, *, check: bool) -> int:
    lines = 0
    for claim in cdtref.read_837(path):
        lines += len(claim.lines)
        if check:
            cdtref.check_claim(claim)
    return lines


def pyx12_segments(path: Path) -> int:
    """The bare segments, by a library that knows no dental claim."""
    from pyx12.x12file import X12Reader

    return sum(1 for _ in X12Reader(io.StringIO(path.read_text("ascii"))))


if __name__ == "__main__":
    claims = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    path = Path(tempfile.mkdtemp()) / "claims.837"
    large_file(path, claims)
    lines = read_and_check(path, check=True)
    rows = []
    for name, work in {
        "read_837": lambda: read_and_check(path, check=False),
        "read_837 and check_claim": lambda: read_and_check(path, check=True),
    }.items():
        rows.append((name, f"{lines / seconds_of(work):,.0f}"))
    if importlib.util.find_spec("pyx12"):
        rows.append(
            ("pyx12, segments alone", f"{lines / seconds_of(lambda: pyx12_segments(path)):,.0f}")
        )
    print(table((f"{path.stat().st_size / 1e6:.0f} MB, {claims} claims", "lines a second"), rows))
    tracemalloc.start()
    large_file(path, 10_000)
    read_and_check(path, check=True)
    print(
        f"\nhighest memory on 10,000 claims: {tracemalloc.get_traced_memory()[1] / 2**20:.1f} MiB"
    )
