"""
The texts of data/procedures and data/thesaurus.json -> data/search.json, the search index ready to
be read.

Building it takes half a second, reading it a few milliseconds; it is a derived file and holds no
fact of its own.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cdtref.procedure import Procedure
from cdtref.procedure.stored import procedure_of
from cdtref.textsearch import Index, Thesaurus
from tasks import datafile


def build(data: Path) -> None:
    """Write search.json beside the texts that it is made of."""
    words = Thesaurus(_read_json(data / "thesaurus.json"))
    index = Index.of(_read_procedures(data), words).to_dict()
    header = {
        "title": "Search index, derived from procedures/ and thesaurus.json",
        "copyright": datafile.COPYRIGHT,
    }
    whole = {**header, "count": len(index["codes"]), **index, "phrases": dict(words.phrases)}
    sections = ",\n".join(
        f" {datafile.compact(name)}: {_packed_section(value)}" for name, value in whole.items()
    )
    (data / "search.json").write_text("{\n" + sections + "\n}\n", encoding="utf-8", newline="\n")


def _packed_section(value: Any) -> str:
    """One entry a line, so that a change is a readable diff."""
    if isinstance(value, dict):
        lines = []
        for key, entry in value.items():
            lines.append(f"  {datafile.compact(key)}: {datafile.compact(entry)}")
        return "{\n" + ",\n".join(lines) + "\n }"
    if isinstance(value, list) and value and isinstance(value[0], list):
        return "[\n" + ",\n".join("  " + datafile.compact(entry) for entry in value) + "\n ]"
    return datafile.compact(value)


def _read_procedures(data: Path) -> list[Procedure]:
    folder = data / "procedures"
    found: list[Procedure] = []
    for shelf in _read_json(folder / "index.json")["shelves"]:
        records = _read_json(folder / f"{shelf}.json")["procedures"]
        found += [procedure_of(shelf, raw) for raw in records]
    return sorted(found, key=lambda procedure: procedure.code)


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))
