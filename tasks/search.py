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

from cdtref.bundled import procedure_of
from cdtref.procedure import Procedure
from cdtref.textsearch import Index, Thesaurus
from tasks import datafile


def build(data: Path) -> None:
    """Write search.json beside the texts that it is made of."""
    words = Thesaurus(_load(data / "thesaurus.json"))
    index = Index.of(_procedures(data), words).to_dict()
    header = {
        "title": "Search index, derived from procedures/ and thesaurus.json",
        "copyright": datafile.COPYRIGHT,
    }
    whole = {**header, "count": len(index["codes"]), **index, "phrases": words.phrases}
    sections = ",\n".join(
        f" {datafile.compact(name)}: {_section(value)}" for name, value in whole.items()
    )
    (data / "search.json").write_text("{\n" + sections + "\n}\n", encoding="utf-8", newline="\n")


def _section(value: Any) -> str:
    """One entry a line, so that a change is a readable diff."""
    if isinstance(value, dict):
        lines = (
            f"  {datafile.compact(key)}: {datafile.compact(entry)}" for key, entry in value.items()
        )
        return "{\n" + ",\n".join(lines) + "\n }"
    if isinstance(value, list) and value and isinstance(value[0], list):
        return "[\n" + ",\n".join("  " + datafile.compact(entry) for entry in value) + "\n ]"
    return datafile.compact(value)


def _procedures(data: Path) -> list[Procedure]:
    shelves = _load(data / "procedures" / "index.json")["shelves"]
    files = (
        (shelf, _load(data / "procedures" / f"{shelf}.json")["procedures"]) for shelf in shelves
    )
    found = [procedure_of(shelf, raw) for shelf, records in files for raw in records]
    return sorted(found, key=lambda procedure: procedure.code)


def _load(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))
