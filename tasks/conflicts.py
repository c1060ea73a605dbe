"""
facts/conflicts.csv, a row a pair -> data/conflicts.json: what may not stand together on a claim.

Rows that say the same of several pairs become one record; each pair keeps sources of its own. Lists
and ranges of codes stay as they are written, for opened they are fifteen times as many pairs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from tasks import datafile, facts

COPYRIGHT = "Texts: the cdtref authors, MIT licence. No wording of a code set or payer is included."

_COLUMNS: Final = {
    "kind": {
        "included in": "included",
        "mutually exclusive": "exclusive",
        "duplicate of": "duplicate",
        "needs": "needs",
    },
    "scope": {
        "same tooth": "tooth",
        "same site": "site",
        "same quadrant": "quadrant",
        "same arch": "arch",
        "same visit": "visit",
        "same day": "day",
        "patient": "patient",
    },
    "looks": {"": "back", "back": "back", "both ways": "both"},
    "questioned": {"first": "first", "second": "second", "either": "either"},
    "dentist": {"": "any", "same": "same"},
    "strength": {"code set": "code set", "practice": "practice"},
    "confidence": {"high": "high", "medium": "medium", "low": "low"},
}
"""What a column may say, and what it is called in the data."""


def build(folder: Path, data: Path) -> None:
    rows = facts.read_table(folder, "conflicts")
    sources = facts.read_by_key(folder, "conflict_sources", "key")
    known = sorted(facts.read_by_key(folder, "codes"))
    for row in rows:
        _check_codes(row, known)
        _check_sources(row, sources)
    records = _joined(rows)
    header = {
        "content": "complete",
        "source": [facts.source_of(folder, "conflicts")],
        "copyright": COPYRIGHT,
        "count": len(records),
        "sources": {key: _packed_source(row) for key, row in sources.items()},
    }
    datafile.write(data / "conflicts.json", header, "conflicts", records)


def _joined(rows: Iterable[facts.Row]) -> list[dict[str, Any]]:
    """Rows that differ only in codes and sources are one record, at the place of the first."""
    records: dict[tuple[object, ...], dict[str, Any]] = {}
    for row in rows:
        said = _said_of(row)
        record = records.setdefault(tuple(said.values()), said | {"pairs": []})
        record["pairs"].append([row["code_a"], row["code_b"], row["sources"]])
    return list(records.values())


def _said_of(row: facts.Row) -> dict[str, Any]:
    strength, _, since = row["strength"].partition(" since ")
    told = row | {"strength": strength}
    said: dict[str, Any] = {}
    for column, names in _COLUMNS.items():
        if told[column] not in names:
            raise SystemExit(f"{_place_of(row)}: {column} cannot be {told[column]!r}")
        said[column] = names[told[column]]
    said["days"] = None if row["days"] == "ever" else int(row["days"])
    said["reason"] = row["reason"]
    if since:  # most rules hold for every day that their codes do
        said["since"] = since
    return said


def _check_codes(row: facts.Row, known: list[str]) -> None:
    """Every code is known, and every range holds one; its ends need not be codes."""
    for part in f"{row['code_a']}|{row['code_b']}".split("|"):
        first, _, last = part.partition("-")
        if not any(first <= code <= (last or first) for code in known):
            raise SystemExit(f"{_place_of(row)}: {part} is no known code")


def _check_sources(row: facts.Row, sources: Mapping[str, facts.Row]) -> None:
    for cited in row["sources"].split("; "):
        if not any(is_cited(key, cited) for key in sources):
            raise SystemExit(f"{_place_of(row)}: {cited!r} begins with no key of conflict_sources")


def is_cited(key: str, cited: str) -> bool:
    """A source is cited by its key, alone or with a place in it: 'VA 228 note D6080'."""
    return cited.startswith(key) and cited[len(key) : len(key) + 1] in ("", " ", "(")


def _packed_source(row: facts.Row) -> list[str]:
    return [row["name"], row["kind"], row["what"], row["address"]]


def _place_of(row: facts.Row) -> str:
    return f"conflicts.csv, {row['code_a']} with {row['code_b']}"
