"""
facts/ -> data/procedures/*.json: dates, successors and claim requirements of each code.

The texts are written in those files by hand and are kept as they are found; the facts beside them
are written anew.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cdtref.procedure import Category
from cdtref.relation import RELATIONS
from tasks import datafile, editions, facts, requirements

Record = dict[str, Any]
Rows = dict[str, facts.Row]
Links = dict[str, set[tuple[str, str]]]
Successors = dict[str, list[str]]

TABLES = ("codes", "former_lives", "successors", "requirements")
TEXTS = (
    "title",
    "description",
    "plain_language",
    "clinical_context",
    "synonyms",
    "documentation",
    "specialties",
    "related",
)
SHELVES = {category.label: category.value for category in Category}


def build(folder: Path, data: Path) -> None:
    codes = facts.read_by_key(folder, "codes")
    texts = _texts_by_code(data)
    _require_texts(codes, texts)
    successors = _successors_by_code(folder)
    links = _with_inverses({code: _links_of(texts[code]) for code in codes}, successors)
    lives = _lifecycle_records(folder, codes, successors)
    needs = requirements.read(folder, editions.newest(folder)["effective"])
    shelves: dict[str, list[Record]] = defaultdict(list)
    for code, row in sorted(codes.items()):
        related = sorted(links[code], key=lambda link: (link[1], link[0]))
        record = {**texts[code], "related": related, **lives[code], **needs.get(code, {})}
        shelves[SHELVES[row["category"]]].append({"code": code} | _without_defaults(record))
    _write_shelves(folder, data, shelves)


def _texts_by_code(data: Path) -> dict[str, Record]:
    """The texts as they stand in the data files, by code."""
    texts = {}
    for path in sorted((data / "procedures").glob("*.json")):
        for record in json.loads(path.read_text("utf-8")).get("procedures", ()):
            texts[record["code"]] = {field: record[field] for field in TEXTS if field in record}
    return texts


def _require_texts(codes: Iterable[str], texts: dict[str, Record]) -> None:
    missing = sorted(set(codes) - texts.keys())
    if missing:
        raise SystemExit(f"write a record with code and title first for {', '.join(missing)}")


def _links_of(texts: Record) -> set[tuple[str, str]]:
    return {(relation, code) for relation, code in texts.get("related", ())}


def _successors_by_code(folder: Path) -> Successors:
    groups = facts.read_groups(folder, "successors")
    return {code: [row["successor"] for row in rows] for code, rows in groups.items()}


def _with_inverses(links: Links, successors: Successors) -> Links:
    """The links with their inverses; the successors that the sources state are links too."""
    stated = [(new, "successor_of", old) for old, news in successors.items() for new in news]
    given = [(code, relation, other) for code, found in links.items() for relation, other in found]
    closed: Links = defaultdict(set)
    for code, relation, other in (*given, *stated):
        closed[code].add((relation, other))
        closed[other].add((RELATIONS[relation].inverse, code))
    return closed


def _lifecycle_records(folder: Path, codes: Rows, successors: Successors) -> dict[str, Record]:
    former = facts.read_groups(folder, "former_lives")
    return {
        code: {
            "subcategory": row["subcategory"],
            "periods": list(map(_period_record, (*former.get(code, ()), row))),
            "dates_confidence": row["confidence"],
            "dates_note": row["note"],
            "replaced_by": successors.get(code, []),
        }
        for code, row in codes.items()
    }


def _period_record(row: facts.Row) -> Record:
    """One life; a start that is known to the month alone counts from the first of it."""
    start = row["effective_from"]
    precision = {0: "unknown", 7: "month", 10: "day"}[len(start)]
    effective = f"{start}-01"[:10] if start else None
    return {"effective": effective, "terminated": row["deleted_on"] or None, "precision": precision}


def _without_defaults(record: Record) -> Record:
    """Without the fields that say nothing, whose defaults the record class gives."""
    return {field: value for field, value in record.items() if value not in (None, "", [], False)}


def _write_shelves(folder: Path, data: Path, shelves: dict[str, list[Record]]) -> None:
    for shelf, records in shelves.items():
        header = {"category": shelf} | editions.header(folder, TABLES, len(records))
        datafile.write(data / "procedures" / f"{shelf}.json", header, "procedures", records)
    index = {shelf: [record["code"] for record in records] for shelf, records in shelves.items()}
    header = editions.header(folder, ["codes"], sum(map(len, shelves.values())))
    datafile.write_map(data / "procedures" / "index.json", header, "shelves", index)
