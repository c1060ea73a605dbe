"""
Rebuild the bundled data from facts/: `python -m tasks`, or one part of them alone.

CMS's figures are rebuilt only where CMS's own files are given, by `--pfs` and `--gpci` or in the
folder that CDTREF_CMS_DIR names; without them they stay as they are.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from tasks import conflicts, dental_rvu, editions, fees, procedures, schemas, search

ROOT = Path(__file__).resolve().parent.parent
FACTS, DATA = ROOT / "facts", ROOT / "src" / "cdtref" / "data"
PARTS = ("all", "procedures", "fees", "dental_rvu", "conflicts", "search", "schemas")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = _argument_parser()
    given = parser.parse_args(arguments)
    if (given.pfs is None) != (given.gpci is None):
        parser.error("give --pfs and --gpci together")
    if given.part in ("all", "procedures"):
        editions.build(given.facts, given.data)
        procedures.build(given.facts, given.data)
    if given.part in ("all", "fees"):
        _build_fees(given)
    if given.part in ("all", "dental_rvu"):
        dental_rvu.build(given.facts, given.data)
    if given.part in ("all", "conflicts"):
        conflicts.build(given.facts, given.data)
    if given.part in ("all", "search"):
        search.build(given.data)
    if given.part in ("all", "schemas"):
        schemas.build(given.data)


def _argument_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tasks", description=__doc__)
    parser.add_argument("part", nargs="?", choices=PARTS, default="all", help="what to rebuild")
    parser.add_argument("--pfs", type=Path, help="CMS's relative value file (PPRRVU...)")
    parser.add_argument("--gpci", type=Path, help="CMS's localities of the same year (GPCI...)")
    parser.add_argument("--facts", type=Path, default=FACTS, help="folder of the tables")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of texts and of results")
    return parser


def _build_fees(given: argparse.Namespace) -> None:
    files = (given.pfs, given.gpci) if given.pfs else fees.files_of_cms(given.facts)
    if files is not None:
        fees.build(given.facts, given.data, *files)
    elif given.part == "fees":
        raise SystemExit("give CMS's files by --pfs and --gpci, or their folder in CDTREF_CMS_DIR")


if __name__ == "__main__":
    main()
