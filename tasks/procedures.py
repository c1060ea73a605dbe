"""
Code facts and claim requirements -> data/procedures/*.json and data/editions.json.

The texts are written in those files by hand and are kept as they are found; the facts beside them are written anew.
What we decided where the sources are unsure stands in `requirements.csv` beside this file.
"""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tasks import datafile

Row = dict[str, str]
Record = dict[str, Any]

EDITION, EFFECTIVE, RETRIEVED = "2026", "2026-01-01", "2026-11-23"
DECISIONS = Path(__file__).with_name("requirements.csv")
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

SHELVES = {
    "Diagnostic": "diagnostic",
    "Preventive": "preventive",
    "Restorative": "restorative",
    "Endodontics": "endodontics",
    "Periodontics": "periodontics",
    "Prosthodontics, removable": "prosthodontics-removable",
    "Maxillofacial prosthetics": "maxillofacial-prosthetics",
    "Implant services": "implant-services",
    "Prosthodontics, fixed": "prosthodontics-fixed",
    "Oral & maxillofacial surgery": "oral-surgery",
    "Orthodontics": "orthodontics",
    "Adjunctive general services": "adjunctive",
    "Sleep apnea services": "sleep-apnea",
}

# Numbers that lived twice: the end of the life before the one in codes.csv (examples.md, traps 8 and 9).
FORMER_ENDS = {"D2970": "2005-01-01", "D7993": "1996-04-15", "D7994": "1996-04-15"}

# Successors that examples.md states (traps 6, 10 and 20); where it states none, none is given.
REPLACED_BY = {
    "D1515": ["D1516", "D1517"],
    "D1525": ["D1526", "D1527"],
    "D5281": ["D5282", "D5283"],
    "D7110": ["D7111", "D7140"],
    "D7120": ["D7111", "D7140"],
    "D7130": ["D7111", "D7140"],
    "D9931": ["D9932", "D9933", "D9934", "D9935"],
    "D9940": ["D9944", "D9945", "D9946"],
}

INVERSE = {
    "capture_only_of": "has_capture_only",
    "interpretation_of": "has_interpretation",
    "additional_to": "has_additional",
    "retreatment_of": "has_retreatment",
    "repair_of": "has_repair",
    "removal_of": "has_removal",
    "recementation_of": "has_recementation",
    "adjustment_of": "has_adjustment",
    "maintenance_of": "has_maintenance",
    "follows": "precedes",
    "part_of": "has_part",
    "less_specific_than": "more_specific_than",
    "successor_of": "succeeded_by",
}
INVERSE |= {inverse: relation for relation, inverse in INVERSE.items()}

SOURCES = (
    (
        "Numbers, categories and dates, from the IHS RPMS dental package, CMS PPRRVU files 2019-2026 and VA file 81",
        "https://github.com/CivicActions/FOIA-RPMS and https://www.cms.gov",
        "cdt/codes.csv",
    ),
    (
        "What each edition added, ended and revised, compiled from the same and from announcements",
        "https://github.com/CivicActions/FOIA-RPMS and https://www.cms.gov",
        "cdt/changes.md",
    ),
    (
        "Claim requirements, from Open Dental defaults, VA file 228, IHS operative-site flags and nomenclature",
        "https://github.com/leelingco/opendental and https://github.com/CivicActions/FOIA-RPMS",
        "claims/requirements.csv",
    ),
)


def build(facts: Path, data: Path) -> None:
    rows = _table(facts / "cdt/codes.csv")
    texts = _texts(data)
    missing = sorted(rows.keys() - texts.keys())
    if missing:
        raise SystemExit(f"write a record with code and title first for {', '.join(missing)}")
    links = _closed({code: {(r, c) for r, c in texts[code].get("related", ())} for code in rows})
    needs = _needs(_table(facts / "claims/requirements.csv"), _table(DECISIONS))
    shelves: dict[str, list[Record]] = defaultdict(list)
    for code, row in sorted(rows.items()):
        record = {**texts[code], "related": sorted(links[code], key=lambda link: (link[1], link[0]))}
        record |= _lifecycle(row) | needs.get(code, {})
        shelves[SHELVES[row["category"]]].append({"code": code} | _filled(record))
    _write_shelves(facts, data, shelves)
    _write_editions(facts, data, set(rows))


def _table(file: Path) -> dict[str, Row]:
    with file.open(encoding="utf-8", newline="") as lines:
        return {row["code"]: row for row in csv.DictReader(lines)}


def _texts(data: Path) -> dict[str, Record]:
    """The texts as they stand in the data files, by code."""
    files = [json.loads(path.read_text("utf-8")) for path in sorted((data / "procedures").glob("*.json"))]
    records = [record for file in files for record in file.get("procedures", ())]
    return {record["code"]: {field: record[field] for field in TEXTS if field in record} for record in records}


def _closed(links: dict[str, set[tuple[str, str]]]) -> dict[str, set[tuple[str, str]]]:
    """The links with their inverses; the successors that the sources state are links too."""
    stated = [(new, "successor_of", old) for old, news in REPLACED_BY.items() for new in news]
    given = [(code, relation, other) for code, found in links.items() for relation, other in found]
    closed: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for code, relation, other in (*given, *stated):
        closed[code].add((relation, other))
        closed[other].add((INVERSE.get(relation, relation), code))
    return closed


def _lifecycle(row: Row) -> Record:
    return {
        "subcategory": row["subcategory"],
        "periods": _periods(row),
        "dates_confidence": row["confidence"],
        "dates_note": row["note"],
        "replaced_by": REPLACED_BY.get(row["code"], []),
    }


def _periods(row: Row) -> list[Record]:
    start, end = row["effective_from"], row["deleted_on"] or None
    precision = {0: "unknown", 7: "month", 10: "day"}[len(start)]
    latest = {"effective": f"{start}-01"[:10] if start else None, "terminated": end, "precision": precision}
    former = FORMER_ENDS.get(row["code"])
    return [{"effective": None, "terminated": former, "precision": "unknown"}, latest] if former else [latest]


def _needs(facts: dict[str, Row], decisions: dict[str, Row]) -> dict[str, Record]:
    return {code: _need(row, decisions[code]) for code, row in facts.items()}


def _need(fact: Row, decided: Row) -> Record:
    """What a claim line must carry: the sources where they are sure of the area, else what we decided and why."""
    known = fact["confidence"] == "high" and not decided["reason"]
    return {
        "area": fact["treatment_area"] if known else decided["area"],
        "confidence": "high" if known else decided["confidence"],
        "surfaces": [int(count) for count in decided["surfaces"].split("-") if count],
        "arch": decided["arch"],
        "dentition": decided["dentition"],
        "dentition_hint": fact["dentition"] if fact["dentition_source"].startswith("IHS") else None,
        "tooth_class": decided["tooth_class"].split(),
        "teeth": fact["teeth_per_quadrant"] or decided["teeth"],
        "by_report": bool(fact["by_report"] or decided["by_report"]),
        "prosthesis": bool(fact["prosthesis_initial_or_replacement"] or decided["prosthesis"]),
        "add_on": bool(decided["add_on"]),
        "under_age": 3 if "under 3 years (nomenclature)" in fact["age_rule"] else None,
    }


def _filled(record: Record) -> Record:
    """Without the fields that say nothing, whose defaults the record class gives."""
    return {field: value for field, value in record.items() if value not in (None, "", [], False)}


def _header(facts: Path, what: Iterable[str], count: int) -> Record:
    return {
        "release": f"CDT {EDITION}",
        "effective": EFFECTIVE,
        "content": "complete",
        "source": [datafile.source(t, a, RETRIEVED, facts / file) for t, a, file in SOURCES if file in what],
        "copyright": datafile.COPYRIGHT,
        "count": count,
    }


def _write_shelves(facts: Path, data: Path, shelves: dict[str, list[Record]]) -> None:
    folder = data / "procedures"
    for shelf, records in shelves.items():
        header = {"category": shelf} | _header(facts, [file for *_, file in SOURCES], len(records))
        datafile.write(folder / f"{shelf}.json", header, "procedures", records)
    index = {shelf: [record["code"] for record in records] for shelf, records in shelves.items()}
    header = _header(facts, ["cdt/codes.csv"], sum(map(len, shelves.values())))
    datafile.write_map(folder / "index.json", header, "shelves", index)


def _write_editions(facts: Path, data: Path, known: set[str]) -> None:
    text = (facts / "cdt/changes.md").read_text("utf-8")
    counts = {year: int(n) for year, n in re.findall(r"^\| (\d{4}) \| \d+ \| \d+ \| (\d+)", text, re.MULTILINE)}
    sections = {_year(part): part for part in text.split("\n## ")[1:] if _year(part) in counts}
    editions = [
        {"name": year, "effective": f"{year}-01-01", "count": counts[year], **_revisions(sections[year], known)}
        for year in sorted(counts)
    ]
    datafile.write(data / "editions.json", _header(facts, ["cdt/changes.md"], len(editions)), "editions", editions)


def _year(section: str) -> str:
    found = re.match(r"CDT[ -](?:4 \()?(\d{4})", section)
    return found[1] if found else ""


def _revisions(section: str, known: set[str]) -> Record:
    """The codes that the edition reworded, and how far the list can be trusted, by the line's own words."""
    found = re.search(r"^Revised \((.*)\): (.*)$", section, re.MULTILINE)
    if found is None:
        return {"revised": [], "revision_list": "partial"}
    kind = next((word for word in ("complete", "partial") if word in found[1]), "unverified")
    return {"revised": sorted(known & set(found[2].split())), "revision_list": kind}
