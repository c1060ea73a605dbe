"""
facts/ -> data/procedures/*.json: dates, links, successors and claim requirements of each code.

The texts are written in those files by hand and are kept as they are found; the facts beside them
are written anew.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from cdtref.procedure import Category
from cdtref.procedure.stored import procedure_of
from tasks import datafile, editions, facts, relations, requirements, successors

Record = dict[str, Any]
Rows = dict[str, facts.Row]
Links = dict[str, list[relations.Link]]

TABLES = ("codes", "former_lives", "relations", "questions", "successors", "requirements")
TEXTS = (
    "title",
    "description",
    "plain_language",
    "clinical_context",
    "synonyms",
    "documentation",
    "specialties",
)
SHELVES = {category.label: category.value for category in Category}


def build(folder: Path, data: Path) -> None:
    codes = facts.read_by_key(folder, "codes")
    texts = _texts_by_code(data)
    _require_texts(codes, texts)
    found = _facts_by_code(folder, codes)
    shelves: dict[str, list[Record]] = defaultdict(list)
    for code, row in sorted(codes.items()):
        record = {"code": code} | _without_defaults(texts[code] | found[code])
        shelves[SHELVES[row["category"]]].append(record)
    _write_shelves(folder, data, shelves)


def _facts_by_code(folder: Path, codes: Rows) -> dict[str, Record]:
    """What the tables say of each code, in the order of the data files."""
    links = relations.read_links(folder)
    compared = relations.read_questions(folder)
    lives = _lifecycle_records(folder, codes, links)
    needs = requirements.read(folder, editions.newest(folder)["effective"])
    found = {}
    for code in codes:
        related = [(relation, other) for other, relation in links.get(code, ())]
        record = {"related": related, "compared_with": compared.get(code)}
        found[code] = record | lives[code] | needs.get(code, {})
    return found


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


def _lifecycle_records(folder: Path, codes: Rows, links: Links) -> dict[str, Record]:
    former = facts.read_groups(folder, "former_lives")
    became = successors.read(folder)
    periods = {
        code: list(map(_period_record, (*former.get(code, ()), row))) for code, row in codes.items()
    }
    records = {}
    for code, row in codes.items():
        kind, heirs = became.get(code, (None, ()))
        linked = [other for other, _ in links.get(code, ())]
        records[code] = {
            "subcategory": row["subcategory"],
            "periods": periods[code],
            "dates_confidence": row["confidence"],
            "dates_note": row["note"],
            "succession": kind,
            "replaced_by": list(heirs),
            "pointers": successors.pointers(code, became, periods, linked),
        }
    return records


def _period_record(row: facts.Row) -> Record:
    """One life; a start that is known to the month alone counts from the first of it."""
    start = row["effective_from"]
    precision = {0: "unknown", 7: "month", 10: "day"}[len(start)]
    effective = f"{start}-01"[:10] if start else None
    return {"effective": effective, "terminated": row["deleted_on"] or None, "precision": precision}


def _without_defaults(record: Record) -> Record:
    """Without the fields that say nothing, whose defaults the record class gives."""
    return {field: value for field, value in record.items() if value not in (None, "", [], False)}


def _not_in_force(shelves: dict[str, list[Record]], effective: date) -> list[str]:
    """The codes that are not in force at the end of the edition's year."""
    day = date(effective.year, 12, 31)
    codes = []
    for shelf, records in shelves.items():
        procedures = [procedure_of(shelf, record) for record in records]
        codes += [procedure.code for procedure in procedures if not procedure.in_force(day)]
    return sorted(codes)


def _write_shelves(folder: Path, data: Path, shelves: dict[str, list[Record]]) -> None:
    for shelf, records in shelves.items():
        header = {"category": shelf} | editions.header(folder, TABLES, len(records))
        datafile.write(data / "procedures" / f"{shelf}.json", header, "procedures", records)
    index = {shelf: [record["code"] for record in records] for shelf, records in shelves.items()}
    header = editions.header(folder, ["codes"], sum(map(len, shelves.values())))
    header["not_in_force"] = _not_in_force(shelves, date.fromisoformat(header["effective"]))
    datafile.write_map(data / "procedures" / "index.json", header, "shelves", index)
