"""
How a bundled file looks: a header that tells its sources, then a record a code with one field a
line.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

COPYRIGHT = (
    "Texts: the cdtref authors, MIT licence. CDT is a registered trademark of the American Dental "
    "Association, which owns the code set; no ADA nomenclature or descriptor is included."
)


def source(title: str, address: str, retrieved: str, file: Path) -> dict[str, str]:
    """One entry of a header's `source`: the checksum is that of the file we read."""
    checksum = hashlib.sha256(file.read_bytes()).hexdigest()
    return {"title": title, "address": address, "retrieved": retrieved, "sha256": checksum}


def compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def write(
    path: Path, header: Mapping[str, Any], name: str, records: Iterable[Mapping[str, Any]]
) -> None:
    """
    A header and a list of records under *name*, one field a line, so that a change is a readable
    diff.
    """
    lines = [f" {compact(key)}: {compact(value)},\n" for key, value in header.items()]
    body = ",\n".join(_record(record) for record in records)
    _save(path, "{\n" + "".join(lines) + f" {compact(name)}: [\n{body}\n ]\n" + "}\n")


def write_map(path: Path, header: Mapping[str, Any], name: str, rows: Mapping[str, Any]) -> None:
    """A header and a mapping under *name*, one key a line."""
    lines = [f" {compact(key)}: {compact(value)},\n" for key, value in header.items()]
    body = ",\n".join(f"  {compact(key)}: {compact(value)}" for key, value in rows.items())
    _save(path, "{\n" + "".join(lines) + f" {compact(name)}: {{\n{body}\n }}\n" + "}\n")


def _record(record: Mapping[str, Any]) -> str:
    fields = ",\n".join(f"   {compact(key)}: {compact(value)}" for key, value in record.items())
    return "  {\n" + fields + "\n  }"


def _save(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
