"""Rebuild all bundled data: `python -m tasks --facts DIR [--data DIR]`."""

from __future__ import annotations

import argparse
from pathlib import Path

from tasks import fees, procedures, search

DATA = Path(__file__).resolve().parent.parent / "src" / "cdtref" / "data"


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m tasks", description=__doc__)
    arguments.add_argument("--facts", type=Path, required=True, help="folder with cdt/, claims/ and cms/")
    arguments.add_argument("--data", type=Path, default=DATA, help="folder to write to; texts are read from it too")
    given = arguments.parse_args()
    procedures.build(given.facts, given.data)
    fees.build(given.facts / "cms", given.data)
    search.build(given.data)


if __name__ == "__main__":
    main()
