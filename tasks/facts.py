"""The tables of facts/ as they are read, and where they come from."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

from tasks import datafile

Row = dict[str, str]


def read_table(folder: Path, table: str) -> list[Row]:
    """The rows of a table; one that is not as long as the header ends the run with its line."""
    file = folder / f"{table}.csv"
    rows = []
    with file.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines, strict=True)
        for row in reader:
            if None in row or None in row.values():
                place = f"{file.name}, line {reader.line_num}"
                raise SystemExit(f"{place}: not as many fields as the header has")
            rows.append(row)
    return rows


def read_by_key(folder: Path, table: str, key: str = "code") -> dict[str, Row]:
    """The rows of a table in which each key stands once, by it."""
    rows: dict[str, Row] = {}
    for row in read_table(folder, table):
        if row[key] in rows:
            raise SystemExit(f"{table}.csv has {row[key]} twice")
        rows[row[key]] = row
    return rows


def read_groups(folder: Path, table: str, key: str = "code") -> dict[str, list[Row]]:
    """The rows of a table in which a key may stand several times, by it, in their order."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in read_table(folder, table):
        groups[row[key]].append(row)
    return dict(groups)


def source_of(folder: Path, table: str) -> dict[str, str]:
    """A table as an entry of a header's `source`, with the addresses that it was compiled from."""
    told = read_by_key(folder, "tables", "table")[table]
    known = read_by_key(folder, "sources", "name")
    sources = [known[name] for name in told["sources"].split("; ")]
    addresses = dict.fromkeys(source["address"] for source in sources if source["address"])
    retrieved = max(source["retrieved"] for source in sources)
    file = folder / f"{table}.csv"
    return datafile.source(told["title"], " and ".join(addresses), retrieved, file)
