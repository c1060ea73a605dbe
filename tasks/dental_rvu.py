"""
facts/ihs_rvu.csv, a row a code -> data/dental_rvu.json: the Indian Health Service's values.

A value is written beside the number of the patch that set it; the date of each patch stands once,
above. What IHS left blank stays blank: a code without a value has no row, and 0.00 is a value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tasks import datafile, facts

TABLES = ("ihs_rvu", "ihs_patches", "ihs_local_numbers")
COPYRIGHT = "Numbers: US government work. No name or description of a code is included."

_VALUE = re.compile(r"\d+\.\d\d")


def build(folder: Path, data: Path) -> None:
    patches = facts.read_table(folder, "ihs_patches")
    numbers = {row["date"]: int(row["patch"]) for row in patches}
    table = facts.read_by_key(folder, "ihs_rvu")
    rows = {code: _packed_row(row, numbers) for code, row in table.items()}
    local = facts.read_by_key(folder, "ihs_local_numbers")
    newest = patches[-1]
    header = {
        "release": f"IHS ADE 6.0 patch {newest['patch']}",
        "effective": newest["date"],
        "edition": newest["edition"],
        "content": "complete",
        "source": [_source_of(folder, table) for table in TABLES],
        "copyright": COPYRIGHT,
        "count": len(rows),
        "patches": {row["patch"]: row["date"] for row in patches},
        "local_numbers": {code: row["meaning"] for code, row in local.items()},
    }
    datafile.write_map(data / "dental_rvu.json", header, "values", rows)


def _source_of(folder: Path, table: str) -> dict[str, str]:
    """With the commit and the licence, since whose numbers these are has to be plain."""
    source = facts.read_by_key(folder, "sources", "name")["IHS relative values"]
    whose = {name: source[name] for name in ("place", "licence")}
    return facts.source_of(folder, table) | whose


def _packed_row(row: facts.Row, numbers: Mapping[str, int]) -> dict[str, Any]:
    """What is known of a code, without what is blank; values oldest first, each with its patch."""
    packed: dict[str, Any] = {"values": _dated_values(row, numbers)}
    if row["level_of_care"]:
        packed["level"] = int(row["level_of_care"])
    if row["service_minutes_2003"]:
        packed["minutes"] = int(row["service_minutes_2003"])
    if row["note"]:
        packed["note"] = row["note"]
    return packed


def _dated_values(row: facts.Row, numbers: Mapping[str, int]) -> list[tuple[str, int]]:
    """The older values and the last one, each with its patch."""
    texts = [*filter(None, row["history"].split(";")), f"{row['rvu']}@{row['since']}"]
    values = []
    for text in texts:
        value, _, day = text.partition("@")
        if not _VALUE.fullmatch(value) or day not in numbers:
            raise SystemExit(f"ihs_rvu.csv, {row['code']}: {text!r} is no value of a known patch")
        values.append((value, numbers[day]))
    patches = [patch for _, patch in values]
    if patches != sorted(set(patches)) or patches[-1] != int(row["patch"]):
        raise SystemExit(f"ihs_rvu.csv, {row['code']}: its patches are not in order: {patches}")
    return values
