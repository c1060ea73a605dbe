"""Reading and pricing the fee schedule: `CDTREF_CMS_DIR=... python benchmarks/fees.py`."""

from __future__ import annotations

import os
from pathlib import Path

from stopwatch import fresh_mebibytes, fresh_milliseconds, nanoseconds, table

CMS = Path(os.environ.get("CDTREF_CMS_DIR", "."))
READY = "import importlib_resources, cdtref; importlib_resources.files('cdtref'); from cdtref import FeeSchedule"
FILES = (
    "PPRRVU2026_Jul_nonQPP.csv",
    "PPRRVU2025_Oct.csv",
    "PPRRVU2025_Oct.txt",
    "PPRRVU2025_Oct.xlsx",
)

READS = {"bundled JSON": "cdtref.fee_schedule()"} | {
    name: f"FeeSchedule.from_cms({str(CMS / name)!r})" for name in FILES if (CMS / name).exists()
}

CALLS = {
    "rvu": "fee.rvu('99213')",
    "payment, national": "fee.payment('99213')",
    "payment, locality": "fee.payment('99213', locality='CA-18')",
}

if __name__ == "__main__":
    reads = [
        (name, f"{fresh_milliseconds(code, READY):.0f}", f"{fresh_mebibytes(code, READY):.1f}")
        for name, code in READS.items()
    ]
    print(table(("read a release from", "ms", "MiB"), reads))
    setup = "import cdtref; fee = cdtref.fee_schedule(); fee.payment('99213')"
    print(
        "\n"
        + table(
            ("call", "microseconds"),
            [(n, f"{nanoseconds(c, setup) / 1e3:.1f}") for n, c in CALLS.items()],
        )
    )
