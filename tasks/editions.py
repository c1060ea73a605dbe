"""facts/editions.csv -> data/editions.json, and the header of all files that follow the edition."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tasks import datafile, facts


def build(folder: Path, data: Path) -> None:
    editions = [_edition_record(row) for row in facts.read_table(folder, "editions")]
    above = header(folder, ["editions"], len(editions))
    datafile.write(data / "editions.json", above, "editions", editions)


def newest(folder: Path) -> facts.Row:
    """The edition that the data are of: the last of the table."""
    return facts.read_table(folder, "editions")[-1]


def header(folder: Path, tables: Iterable[str], count: int) -> dict[str, Any]:
    """What stands above the records: the newest edition, and the tables that they are made of."""
    edition = newest(folder)
    return {
        "release": f"CDT {edition['edition']}",
        "effective": edition["effective"],
        "content": "complete",
        "source": [facts.source_of(folder, table) for table in tables],
        "copyright": datafile.COPYRIGHT,
        "count": count,
    }


def _edition_record(row: facts.Row) -> dict[str, Any]:
    return {
        "name": row["edition"],
        "effective": row["effective"],
        "count": int(row["count"]),
        "revised": row["revised"].split(),
        "revision_list": row["revision_list"],
    }
